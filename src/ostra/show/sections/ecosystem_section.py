"""What the annex with the ecosystem map and the paths of holds shows: pictures, their tables and downloads."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from ostra.model.assessment import Assessment
from ostra.model.base import Interval
from ostra.model.results.ecosystem import ChainHold, ChainHop, Dependency
from ostra.show.charts.ecosystem_map import Drawing, EcosystemMap
from ostra.show.charts.path import end_words, hold_words, link_words, path_figure
from ostra.show.sections import selection
from ostra.show.sections.evidence_index import Chain
from ostra.show.sections.item_holds import BASES, Providers, providers
from ostra.show.sections.widgets import csv_link, ours
from ostra.words.sentences import listed

NAME = "picture-ecosystem"
# What a sheet may take of an A4 page across, in millimetres: beside the margins stand heading and introduction.
PAGE_WIDTH, PAGE_HEIGHT = 264.0, 146.0


@dataclass(frozen=True)
class ItemRow:
    """One item in the table of the map."""

    id: str
    name: str
    stage: str
    who: Providers
    needs: tuple[str, ...]
    needed_by: tuple[str, ...]

    @property
    def basis(self) -> str:
        """What its shares are shares of, in words."""
        return BASES[self.who.basis][1] if self.who.parts else ""


def ecosystem_context(assessment: Assessment, chain: Chain, first_row: Mapping[str, Dependency]) -> dict[str, Any]:
    """What the template of the annex reads.

    Parameters
    ----------
    first_row
        Item -> a dependency on it, to whose row its node leads.
    """
    provided = providers(assessment)
    drawn = EcosystemMap(assessment, provided)

    def on_paper(item: str) -> str | None:
        """The row among the dependencies, else the evidence of the largest share, for what home has itself."""
        if item in first_row:
            return f"dep-{first_row[item].id}"
        parts = provided[item].parts
        if parts and chain.known(parts[0].evidence):
            chain.cited.add(parts[0].evidence)
            return f"ev-{parts[0].evidence}"
        return None

    sheets = [
        drawn.draw(f"{NAME}-{n}", on_paper, columns)
        for n, columns in enumerate(drawn.sheets(PAGE_WIDTH / PAGE_HEIGHT), start=1)
    ]
    rows = item_rows(assessment, provided)
    shown = [p.evidence for w in provided.values() for p in w.parts[:1]]
    return {
        "ecosystem_svg": ours(drawn.draw(NAME, lambda item: on_paper(item) or f"item-{item}").svg),
        "ecosystem_refused": drawn.refused,
        "ecosystem_sheets": sized(sheets),
        "ecosystem_rows": rows,
        "ecosystem_csv": [item_cells(row) for row in rows],
        "ecosystem_heading": ITEM_HEADING,
        "ecosystem_bases": bases_words(provided),
        "ecosystem_sources": chain.sources_of(shown),
        "ecosystem_years": years_words(provided),
        "held": drawn.held,
        "paths": [path_panel(assessment, chain, hold, others) for hold, others in chosen_paths(assessment)],
        "chain_count": len(assessment.step1.chain),
        "link_words": link_words,
    }


def sized(sheets: list[Drawing]) -> list[tuple[Markup, str]]:
    """Each sheet with its width on paper, all on one scale, so that letters are equally large on all."""
    if not sheets:
        return []
    scale = min(PAGE_WIDTH / max(s.width for s in sheets), PAGE_HEIGHT / max(s.height for s in sheets))
    return [(ours(sheet.svg), f"{sheet.width * scale:.1f}mm") for sheet in sheets]


def item_rows(assessment: Assessment, provided: Mapping[str, Providers]) -> list[ItemRow]:
    """Every item by stage in production order, with what it needs; kinds of it are marked as such."""
    names = {item.id: item.name for item in assessment.items}
    needs: dict[str, list[str]] = defaultdict(list)
    needed_by: dict[str, list[str]] = defaultdict(list)
    for ln in assessment.links:
        needs[ln.item].append(names[ln.needs] + (" (a kind of it)" if ln.kind == "variant_of" else ""))
        needed_by[ln.needs].append(names[ln.item] + (" (as a kind of it)" if ln.kind == "variant_of" else ""))
    return [
        ItemRow(item.id, item.name, stage.name, provided[item.id], tuple(needs[item.id]), tuple(needed_by[item.id]))
        for stage in assessment.stages
        for item in assessment.items
        if item.stage == stage.id
    ]


# These are the headings of downloads, in the order of `item_cells` and of the panels' cells.
# fmt: off
ITEM_HEADING = (
    "item", "item_id", "stage", "top_provider", "top_provider_name", "share_low", "share_high", "year", "basis",
    "top_is_home", "home_low", "home_high", "outside_low", "outside_high", "outside_economy", "needs", "needed_by",
    "evidence",
)
PATH_HEADING = (
    "hop", "item", "item_id", "link", "factor", "hold_low", "hold_high", "own_share_low", "own_share_high", "year",
    "chokepoint", "evidence",
)
# fmt: on


def item_cells(row: ItemRow) -> tuple[Any, ...]:
    """The cells of a row in the download."""
    first = row.who.parts[0] if row.who.parts else None
    return (
        row.name,
        row.id,
        row.stage,
        first.economy if first else None,
        first.name if first else None,
        *ends(first.hold if first else None),
        first.year if first else None,
        row.basis,
        first.is_home if first else None,
        *ends(row.who.home),
        *ends(row.who.outside),
        row.who.outside_name,
        "; ".join(row.needs),
        "; ".join(row.needed_by),
        first.evidence if first else None,
    )


def ends(interval: Interval | None) -> tuple[float | None, float | None]:
    """Both ends of an interval; None for unknown."""
    return (None, None) if interval is None else (interval.low, interval.high)


def bases_words(provided: Mapping[str, Providers]) -> str:
    """Which basis the map shows, and for how many items another one stands in."""
    count = Counter(who.basis for who in provided.values() if who.parts)
    parts = [f"{words} for {count[basis]} of {len(provided)} items" for basis, (_, words) in BASES.items()]
    parts = [part for part, basis in zip(parts, BASES, strict=True) if count[basis]]
    return f"Shares are {listed(parts)}" if parts else "No provider is listed"


def years_words(provided: Mapping[str, Providers]) -> str:
    """The years of the shares shown, as one or a span."""
    years = sorted({p.year for who in provided.values() for p in who.parts[:1] if p.year})
    if not years:
        return "not stated"
    return str(years[0]) if years[0] == years[-1] else f"{years[0]}–{years[-1]}"


def chosen_paths(assessment: Assessment) -> list[tuple[ChainHold, list[str]]]:
    """The five largest holds of others, and the largest of home."""
    return [*selection.top_chain_holds(assessment), *selection.top_chain_holds(assessment, most=1, home=True)]


def path_panel(assessment: Assessment, chain: Chain, hold: ChainHold, others: list[str]) -> dict[str, Any]:
    """One figure with its table and download."""
    name = f"picture-path-{hold.holder}-{hold.chokepoint}"

    def target(hop: ChainHop) -> str | None:
        known = [e for e in hop.evidence if chain.known(e)]
        known += [hold.evidence] if hop == hold.path[0] and chain.known(hold.evidence) else []
        chain.cited.update(known[:1])
        return f"ev-{known[0]}" if known else None

    cells = [
        (
            number,
            hop.item_name,
            hop.item,
            hop.link,
            hop.factor,
            *ends(hop.hold),
            *ends(hop.share),
            hop.year,
            number == len(hold.path),
            " ".join(hop.evidence),
        )
        for number, hop in enumerate(hold.path, start=1)
    ]
    notes = (f"{hold_words(hold)}. {end_words(hold)}", f"{assessment.id}, evidence {hold.evidence}", *hold.caveats)
    years = sorted({hop.year for hop in hold.path if hop.year})
    return {
        "name": name,
        "hold": hold,
        "others": others,
        "words": hold_words(hold),
        "end": end_words(hold),
        "svg": ours(path_figure(hold, name, target)),
        "csv": csv_link(cells, PATH_HEADING, f"path-{hold.holder}-{hold.chokepoint}", notes),
        "sources": chain.sources_of([hold.evidence, *(e for hop in hold.path for e in hop.evidence)]),
        "years": f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0]) if years else "not stated",
    }
