"""The report as one self-contained HTML page: page one for the minister, annexes for whoever checks it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jinja2
from markupsafe import Markup

from ostra.model.assessment import Assessment
from ostra.model.base import DIMENSIONS, LEVELS, Interval, Relation
from ostra.model.results.ecosystem import Dependency, TradeIndicators
from ostra.show.charts import palette
from ostra.show.charts.sankey import sankey, shares_by_item
from ostra.show.charts.series import series_panel
from ostra.show.charts.worldmap import LEGEND, world, world_map
from ostra.show.sections import sector_reliance, selection, stands
from ostra.show.sections.ecosystem_section import ecosystem_context
from ostra.show.sections.evidence_index import Chain, group_of, safe_url
from ostra.show.sections.widgets import csv_link, font_faces, interval_bar, ours, resource, spread_bar, value_of
from ostra.words import figures, levels, sentences

SERIES_PANELS = 6
GROUP_NAMES = {
    "breach": "Holds above tolerance",
    "cell": "Cells of the matrix",
    "chain": "Holds through the chain",
    "choke": "Chokepoints",
    "dep": "Dependencies",
    "finding": "Findings",
    "governance": "Governance of suppliers",
    "input-output": "Sectors and their suppliers",
    "instrument": "Fit of instruments",
    "level": "Levels of the dimensions",
    "likelihood": "Likelihood of use",
    "material": "Raw materials",
    "mutual": "Mutual dependence",
    "provision": "Who provides what",
    "scenario": "What-ifs",
    "trade": "Trade",
}
HATCH = "repeating-linear-gradient(135deg,#fff 0,#fff 3px,#8a96a3 3px,#8a96a3 4px)"
ANNEXES = tuple(
    (section, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number], title)
    for number, (section, title) in enumerate(
        [
            ("dependencies", "Dependencies"),
            ("series", "The top dependencies over time"),
            ("flows", "Suppliers, items and stages"),
            ("ecosystem", "Ecosystem map and paths of holds"),
            ("sectors", "The economy behind the chain"),
            ("map", "World map"),
            ("matrix", "Items and dimensions"),
            ("context", "Suppliers in context"),
            ("positions", "Positions side by side"),
            ("findings", "Findings"),
            ("instruments", "Instruments"),
            ("actors", "Actors to watch and open questions"),
            ("evidence", "Evidence"),
            ("sources", "Sources, data and method"),
        ]
    )
)


@dataclass(frozen=True)
class Chapter:
    """One assessment as parts of a page, each markup, and what the templates read."""

    context: dict[str, Any]
    body: Markup
    evidence: Markup
    sources: Markup


def render_html(assessment: Assessment) -> str:
    """The whole report as one HTML document that loads nothing from anywhere.

    The same assessment gives the same bytes. All text of the assessment is escaped.
    """
    chapter = render_chapter(assessment)
    head = {
        "title": f"{assessment.title}: strategic dependencies of {assessment.home_name}, {assessment.year}",
        "description": chapter.context["sentence"],
        "author": assessment.dossier_author,
        "version": assessment.hashes.version,
        "date": assessment.dossier_date,
    }
    made = {"parts": [chapter.body, chapter.evidence, chapter.sources], "head": head, "page_style": ""}
    made["contents"] = ours(environment().get_template("contents.html.j2").render(annexes=ANNEXES))
    return environment().get_template("page.html.j2").render(page_head() | made)


def render_chapter(assessment: Assessment, *, in_volume: bool = False, cited: Iterable[str] = ()) -> Chapter:
    """Page one and the annexes of one assessment.

    Parameters
    ----------
    in_volume
        Whether it is one of several in a volume, which tells once how to read it and lists sources once.
    cited
        Evidence that other pages lead to, so that paper lists it too.
    """
    chain = Chain(assessment)
    chain.cited.update(cited)
    pages = environment(chain)
    context = page_context(assessment, chain) | {"volume": in_volume}
    # The list of evidence comes last: only then is known what the printed pages cite.
    body = pages.get_template("body.html.j2").render(context)
    printed = chain.closure(chain.cited)
    evidence = pages.get_template("evidence.html.j2").render(context | evidence_context(chain, printed))
    sources = pages.get_template("sources.html.j2").render(context)
    return Chapter(context, ours(body), ours(evidence), ours(sources))


def environment(chain: Chain | None = None) -> jinja2.Environment:
    """The templates with the filters they use; those on evidence need its chain."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("ostra.show", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters.update(
        percent=figures.percent,
        rounded=figures.rounded,
        percents=figures.percents,
        number=figures.number,
        money=figures.money,
        signed=figures.signed,
        shorten=sentences.shorten,
        listed=sentences.listed,
        level_words=levels.level_words,
        grave_words=levels.grave_words,
        tolerated=levels.tolerated_words,
        bar=interval_bar,
        first_sentence=sentences.first_sentence,
        spread_bar=spread_bar,
        url=safe_url,
        csv_link=csv_link,
    )
    if chain is not None:
        made.filters.update(linkify=chain.linkify, without_ids=chain.without_ids)
    return made


def page_head() -> dict[str, Any]:
    """Style, fonts and script of every page, and the hash by which browsers know the script."""
    script = resource("templates/report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return {
        "style": ours(resource("templates/report.css")),
        "fonts": ours(font_faces()),
        "script": ours(script),
        "script_hash": f"sha256-{digest}",
    }


def page_context(assessment: Assessment, chain: Chain) -> dict[str, Any]:
    """What the templates read, built once."""
    ranked = selection.ranked_dependencies(assessment)
    items = {item.id: item for item in assessment.items}
    first_row = {row.item: row for row in reversed(ranked)}
    relations = {s.economy: s.relation for s in assessment.step3.suppliers}
    panels = series_panels(assessment, chain)
    holds = largest_holds(assessment)
    flow_ids = [d.evidence for d in assessment.step1.dependencies]
    panel_ids = [
        f"trade.{p['product']}.{row.year}.{i}"
        for p in panels
        for row in p["rows"]
        for i in ("top_share", "concentration")
    ]
    finding_ids = {f.id: f for f in assessment.step2.findings}
    subjects = {t.subject for t in (*assessment.step2.tensions, *assessment.step4.tensions)}
    return {
        "a": assessment,
        "chain": chain,
        "ev": chain.link,
        "evq": partial(chain.link, printed=False),
        "annexes": ANNEXES,
        "letters": {section: letter for section, letter, _ in ANNEXES},
        "dimensions": DIMENSIONS,
        "levels": LEVELS,
        "levels_shade": palette.LEVEL_SHADE,
        "shade": palette.shade,
        "horizons": levels.HORIZONS,
        "interval_type": Interval,
        "ranked": ranked,
        "first_row": first_row,
        "items": items,
        "relations": relations,
        "names": assessment.economy_names,
        "findings_by_id": finding_ids,
        "top": selection.top_dependencies(assessment),
        "chokepoints": selection.top_chokepoints(assessment, most=6),
        "home_holds": selection.top_chokepoints(assessment, most=3, home=True),
        "instruments": selection.top_instruments(assessment),
        "sentence": in_one_sentence(assessment),
        "cards": selection.cards(assessment),
        "in_return": selection.in_return(assessment),
        "why": selection.why(assessment),
        "top_challenges": selection.top_challenges(assessment),
        **selection.caveats(assessment),
        "data_years": data_years(assessment),
        "panels": panels,
        "panel_sources": chain.sources_of(panel_ids),
        "flows_svg": ours(sankey(assessment, "picture-flows", first_row)),
        "flow_rows": flow_rows(assessment),
        "flow_sources": chain.sources_of(flow_ids),
        "map_svg": ours(
            world_map(
                holds,
                frozenset(assessment.members),
                assessment.economy_names,
                "picture-map",
                "Largest hold of each economy on any item",
            )
        ),
        "map_source": world()["source"],
        "map_legend": [(fill or HATCH, words) for fill, words in LEGEND],
        "holds": holds,
        "matrix": {(cell.item, cell.dimension): cell for cell in assessment.step2.matrix},
        "matrix_items": matrix_items(assessment),
        "tension_subjects": subjects,
        "breaches_by_supplier": selection.breaches_by_supplier(assessment),
        "entries_claims": {c.id: c for c in assessment.claims},
        "methods": sorted({e.method for e in assessment.evidence if e.method}),
        "position_topics": stands.topics(assessment),
        "position_rows": stands.rows(assessment),
        "position_heading": stands.CSV_HEADING,
        "sector_heading": sector_reliance.CSV_HEADING,
        "what_if_heading": sector_reliance.SCENARIO_HEADING,
        **sector_reliance.sector_context(assessment, chain.sources_of),
        **tables(assessment, ranked, relations),
        **ecosystem_context(assessment, chain, first_row),
    }


def tables(assessment: Assessment, ranked: Sequence[Dependency], relations: dict[str, Relation]) -> dict[str, Any]:
    """The rows that the download links of tables and pictures save."""
    sources = "; ".join(f"{s.title} ({s.licence})" if s.licence else s.title for s in assessment.sources)
    return {
        "csv_notes": (
            f"{assessment.id}, profile {assessment.profile}, facts {assessment.hashes.facts[:12]}, all rows, no filter",
            f"Sources: {sources}. Shares are fractions from 0 to 1; empty is unknown.",
        ),
        "dependency_csv": [
            (
                d.item_name,
                d.supplier_name,
                relations.get(d.supplier),
                d.order,
                d.measure,
                d.product,
                d.hold.low,
                d.hold.high,
                d.mutual.low if d.mutual else None,
                d.mutual.high if d.mutual else None,
                d.year,
                d.flagged,
                d.evidence,
                " ".join(d.caveats),
            )
            for d in ranked
        ],
        "map_csv": [
            (code, assessment.economy_names.get(code, code), hold.low, hold.high, count)
            for code, (hold, count) in largest_holds(assessment).items()
        ],
        "matrix_csv": [
            (
                c.item,
                c.dimension,
                c.assessed,
                c.challenge.level if c.assessed else None,
                *((getattr(c.challenge, level) if c.assessed else None) for level in LEVELS),
                c.strength.level if c.strength else None,
                c.evidence,
            )
            for c in assessment.step2.matrix
        ],
    }


def in_one_sentence(assessment: Assessment) -> str:
    """The levels of all dimensions in one sentence, the most serious first."""
    by_level: dict[str, list[str]] = {}
    for row in assessment.step2.dimensions:
        by_level.setdefault(row.challenge.level if row.assessed else "not assessed", []).append(row.dimension)
    parts = []
    for level in (*reversed(LEVELS), "not assessed"):
        if level in by_level:
            words = sentences.listed(by_level[level])
            parts.append(f"{level} for {words}" if level != "none" else f"none is likely for {words}")
    return "The challenge to strategic autonomy is " + sentences.listed(parts) + "."


def data_years(assessment: Assessment) -> str:
    """The years that the numbers of the dependencies speak of, as one year or a span."""
    years = sorted({d.year for d in assessment.step1.dependencies if d.year is not None})
    if not years:
        return "not stated"
    return str(years[0]) if years[0] == years[-1] else f"{years[0]}–{years[-1]}"


def series_panels(assessment: Assessment, chain: Chain) -> list[dict[str, Any]]:
    """One panel for each product behind the most pressing dependencies, then those with the largest top share."""
    by_product: dict[str, list[TradeIndicators]] = selection.group(
        (row.product, row) for row in assessment.step1.trade_series
    )
    order: list[str] = []
    for row in selection.ranked_dependencies(assessment):
        if row.product and row.product in by_product and row.product not in order:
            order.append(row.product)
    order += sorted(product for product in by_product if product not in order)
    names = {binding.hs: item.name for item in reversed(assessment.items) for binding in item.products}
    panels = []
    for product in order[:SERIES_PANELS]:
        rows = sorted(by_product[product], key=lambda row: row.year)
        title = names.get(product, rows[-1].description)
        svg = series_panel(rows, f"picture-series-{product}", title, chain.evidence)
        panels.append({"product": product, "title": title, "rows": rows, "svg": ours(svg), "csv": series_csv(rows)})
    return panels


def series_csv(rows: Sequence[TradeIndicators]) -> Markup:
    """The download link of one panel: every column of its rows."""
    heading = list(TradeIndicators.model_fields)
    return csv_link([[getattr(row, key) for key in heading] for row in rows], heading, f"series-{rows[0].product}")


def largest_holds(assessment: Assessment) -> dict[str, tuple[Interval, int]]:
    """Supplier -> (largest hold on any item, number of items)."""
    rows = selection.group((d.supplier, d) for d in assessment.step1.dependencies)
    holds = {}
    for supplier, mine in sorted(rows.items()):
        largest = max(mine, key=lambda d: (d.hold.low, d.hold.high))
        holds[supplier] = (largest.hold, len({d.item for d in mine}))
    return holds


def flow_rows(assessment: Assessment) -> list[tuple[str, str, float, str]]:
    """The table behind the Sankey picture: supplier, item, least share, stage."""
    items = {item.id: item for item in assessment.items}
    stages = {stage.id: stage.name for stage in assessment.stages}
    rows = []
    for item, shares in shares_by_item(assessment).items():
        known = items.get(item)
        for supplier, share in shares.items():
            name = known.name if known else item
            stage = stages.get(known.stage, "") if known else ""
            rows.append((assessment.economy_names.get(supplier, supplier), name, share, stage))
    return sorted(rows, key=lambda row: (row[1], -row[2], row[0]))


def matrix_items(assessment: Assessment) -> list[tuple[str, list[Any]]]:
    """Items with at least one assessed cell, by stage in production order."""
    named = {cell.item for cell in assessment.step2.matrix}
    result = []
    for stage in assessment.stages:
        mine = [item for item in assessment.items if item.stage == stage.id and item.id in named]
        if mine:
            result.append((stage.name, mine))
    return result


def evidence_context(chain: Chain, printed: set[str]) -> dict[str, Any]:
    """Evidence by group, with a mark on what paper shows."""
    groups = selection.group((group_of(e.id), e) for e in sorted(chain.evidence.values(), key=lambda e: e.id))
    formulas = {
        name: selection.group((e.formula, e.id) for e in rows if e.formula and e.id in printed)
        for name, rows in groups.items()
    }
    return {
        "formulas": formulas,
        "value_of": value_of,
        "group_names": GROUP_NAMES,
        "groups": groups,
        "printed": printed,
        "printed_groups": {group_of(t) for t in printed},
        "claims": sorted(chain.claims.values(), key=lambda c: c.id),
        "hidden": len(chain.evidence) + len(chain.claims) - len(printed),
    }
