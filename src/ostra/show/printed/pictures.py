"""The pictures of the annexes, each with its downloads and sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from ostra.model.assessment import Assessment
from ostra.model.results.ecosystem import ChainHold, ChainHop, Dependency, TradeIndicators
from ostra.show.charts.ecosystem_map import EcosystemMap
from ostra.show.charts.hidden import Bar, hidden_figure
from ostra.show.charts.path import end_words, hold_words, path_figure
from ostra.show.charts.series import series_panel
from ostra.show.printed.markup import csv_link, ours
from ostra.show.sections import selection
from ostra.show.sections.datasheets import flat
from ostra.show.sections.evidence_index import EvidenceIndex
from ostra.show.sections.item_holds import Providers, ends, years_words
from ostra.show.sections.sector_reliance import PER_SECTOR, drawn
from ostra.words.figures import percent
from ostra.words.sentences import shorten

SERIES_PANELS = 6
MAP = "picture-ecosystem"
# What a sheet may take of an A4 page across, in millimetres: beside the margins stand heading and introduction.
PAGE_WIDTH, PAGE_HEIGHT = 264.0, 146.0


def series_panels(assessment: Assessment, index: EvidenceIndex) -> list[dict[str, Any]]:
    """One panel for each product behind the most pressing dependencies, then those with the largest top share."""
    by_product: dict[str, list[TradeIndicators]] = selection.group(
        (row.product, row) for row in assessment.step1.trade_series
    )
    pressing = dict.fromkeys(row.product or "" for row in selection.ranked_dependencies(assessment))
    order = [product for product in (*pressing, *sorted(by_product)) if product in by_product]
    names = {binding.hs: item.name for item in reversed(assessment.items) for binding in item.products}
    panels = []
    for product in list(dict.fromkeys(order))[:SERIES_PANELS]:
        rows = sorted(by_product[product], key=lambda row: row.year)
        title = names.get(product, rows[-1].description)
        svg = ours(series_panel(rows, f"picture-series-{product}", title, index.evidence))
        heading = list(TradeIndicators.model_fields)
        saved = csv_link(heading, [list(flat(row).values()) for row in rows], f"series-{product}")
        panels.append({"product": product, "title": title, "rows": rows, "svg": svg, "csv": saved})
    return panels


def ecosystem_pictures(
    assessment: Assessment,
    provided: Mapping[str, Providers],
    index: EvidenceIndex,
    first_row: Mapping[str, Dependency],
) -> dict[str, Any]:
    """The map for the screen, the same in sheets for paper with the width of each, and why it is not drawn.

    Parameters
    ----------
    first_row
        Item -> a dependency on it, to whose row its node leads.
    """
    drawing = EcosystemMap(assessment, provided)

    def on_paper(item: str) -> str | None:
        """The row among the dependencies, else the evidence of the largest share, for what home has itself."""
        if item in first_row:
            return f"dep-{first_row[item].id}"
        parts = provided[item].parts
        if parts and index.known(parts[0].evidence):
            index.cited.add(parts[0].evidence)
            return f"ev-{parts[0].evidence}"
        return None

    columns = drawing.sheets(PAGE_WIDTH / PAGE_HEIGHT)
    sheets = [drawing.draw(f"{MAP}-{n}", on_paper, part) for n, part in enumerate(columns, start=1)]
    # All sheets have one scale, so that letters are equally large on all.
    widest, tallest = max((s.width for s in sheets), default=1.0), max((s.height for s in sheets), default=1.0)
    scale = min(PAGE_WIDTH / widest, PAGE_HEIGHT / tallest)
    return {
        "ecosystem_svg": ours(drawing.draw(MAP, lambda item: on_paper(item) or f"item-{item}").svg),
        "ecosystem_sheets": [(ours(sheet.svg), f"{sheet.width * scale:.1f}mm") for sheet in sheets],
        "ecosystem_refused": drawing.refused,
    }


def path_panels(assessment: Assessment, index: EvidenceIndex) -> list[dict[str, Any]]:
    """A figure for each of the five largest holds of others and for the largest of home, with table and download."""
    chosen = [*selection.top_chain_holds(assessment), *selection.top_chain_holds(assessment, most=1, home=True)]
    return [_path_panel(assessment, index, hold, others) for hold, others in chosen]


def _path_panel(assessment: Assessment, index: EvidenceIndex, hold: ChainHold, others: list[str]) -> dict[str, Any]:
    name = f"{hold.holder}-{hold.chokepoint}"

    def target(hop: ChainHop) -> str | None:
        known = [e for e in hop.evidence if index.known(e)]
        known += [hold.evidence] if hop == hold.path[0] and index.known(hold.evidence) else []
        index.cited.update(known[:1])
        return f"ev-{known[0]}" if known else None

    rows = [
        {
            "hop": number,
            "item": hop.item_name,
            "item_id": hop.item,
            "link": hop.link,
            "factor": hop.factor,
            **ends("hold", hop.hold),
            **ends("own_share", hop.share),
            "year": hop.year,
            "chokepoint": number == len(hold.path),
            "evidence": " ".join(hop.evidence),
        }
        for number, hop in enumerate(hold.path, start=1)
    ]
    notes = (f"{hold_words(hold)}. {end_words(hold)}", f"{assessment.id}, evidence {hold.evidence}", *hold.caveats)
    return {
        "name": f"picture-path-{name}",
        "hold": hold,
        "others": others,
        "words": hold_words(hold),
        "end": end_words(hold),
        "svg": ours(path_figure(hold, f"picture-path-{name}", target)),
        "csv": csv_link(list(rows[0]), [list(row.values()) for row in rows], f"path-{name}", notes),
        "sources": index.sources_of([hold.evidence, *(e for hop in hold.path for e in hop.evidence)]),
        "years": years_words(hop.year for hop in hold.path),
    }


def sector_picture(assessment: Assessment) -> Markup:
    """What sectors of home rely on abroad as bars by order; nothing where no sector is known."""
    rows = assessment.step1.sector_reliance
    if not rows:
        return Markup("")
    largest = max(rows, key=lambda row: row.look_through)
    picture = hidden_figure(
        [
            Bar(
                f"{shorten(row.sector_name, 34)}: {row.supplier_name}",
                (row.face_value, row.order_2, row.order_3, row.beyond),
            )
            for row in drawn(rows)
        ],
        "picture-sectors",
        title=f"What sectors of {assessment.home_name} rely on: share of all inputs at any order, {largest.year}",
        said=f"Of all inputs that {largest.sector_name} at home uses at any order, {largest.supplier_name} makes "
        f"{percent(largest.look_through)}; bought there directly: {percent(largest.face_value)} of the same whole.",
        about=f"The {PER_SECTOR} largest suppliers of each sector. Home's own inputs make up most of the rest.",
    )
    return ours(picture)
