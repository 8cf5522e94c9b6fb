"""What the templates of a chapter read: each field is read by one of them, and nothing else is (a test sees to it)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from markupsafe import Markup

from ostra.model.assessment import Assessment
from ostra.model.base import Interval, Relation
from ostra.model.evidence import Claim, Evidence, Source
from ostra.model.results.context import Breach
from ostra.model.results.dimensions import Finding, MatrixCell
from ostra.model.results.ecosystem import Chokepoint, Dependency, SectorReliance, TradeAtStake
from ostra.model.results.toolkit import InstrumentMatch
from ostra.show.charts.sankey import sankey
from ostra.show.charts.worldmap import world_map
from ostra.show.printed.markup import csv_link, link, ours
from ostra.show.printed.pictures import ecosystem_pictures, path_panels, sector_picture, series_panels
from ostra.show.sections import sector_reliance, selection, stands
from ostra.show.sections.datasheets import Record, downloads, flows, item_names
from ostra.show.sections.evidence_index import EvidenceIndex, group_of
from ostra.show.sections.item_holds import ItemRow, bases_words, item_rows, providers, years_words


@dataclass(frozen=True)
class ChapterContext:
    """One assessment as the templates of page one and of the annexes read it."""

    a: Annotated[Assessment, "the assessment"]
    volume: Annotated[bool, "whether the chapter is one of a volume, which tells once how to read it and lists sources"]
    index: Annotated[EvidenceIndex, "evidence, claims and sources by id"]
    ev: Annotated[Callable[..., Markup], "(id, text) -> the text as a link to its evidence"]
    evq: Annotated[Callable[..., Markup], "the same at places that paper does not show"]
    saved: Annotated[Mapping[str, Markup], "table -> the link that saves its rows as CSV"]
    names: Annotated[Mapping[str, str], "economy -> its name"]
    item_names: Annotated[Mapping[str, str], "item -> its name"]
    relations: Annotated[Mapping[str, Relation], "supplier -> its relation to home"]
    caveats: Annotated[Sequence[str], "what the assessment leaves out"]
    table_caveats: Annotated[Sequence[str], "what the input-output table leaves out"]
    data_years: Annotated[str, "the years that the numbers of the dependencies speak of"]
    # page one
    sentence: Annotated[str, "the levels of all dimensions in one sentence"]
    cards: Annotated[Mapping[str, selection.Card], "dimension -> what shows its level, and what else weighs most"]
    top: Annotated[Sequence[Dependency], "the most pressing dependencies"]
    in_return: Annotated[Mapping[str, tuple[Interval, str, str]], "supplier -> home's largest hold on it, where"]
    chokepoints: Annotated[Sequence[Chokepoint], "the largest chokepoints that others hold"]
    home_holds: Annotated[Sequence[Chokepoint], "the largest that home holds"]
    instruments: Annotated[Sequence[InstrumentMatch], "the best fitting instruments"]
    why: Annotated[Mapping[str, str], "instrument -> what it answers, counted"]
    # annexes
    ranked: Annotated[Sequence[Dependency], "all dependencies, the most pressing first"]
    panels: Annotated[Sequence[Mapping[str, Any]], "time series of one product each: title, rows, picture, download"]
    panel_sources: Annotated[Sequence[Source], "sources of the panels"]
    flows_svg: Annotated[Markup, "suppliers, items and stages as a picture"]
    flow_rows: Annotated[Sequence[Record], "the same as a table"]
    flow_sources: Annotated[Sequence[Source], "sources of all dependencies"]
    ecosystem_svg: Annotated[Markup, "the ecosystem map; empty where it is not drawn"]
    ecosystem_sheets: Annotated[Sequence[tuple[Markup, str]], "the map in sheets for paper, each with its width"]
    ecosystem_refused: Annotated[str, "why the map is not drawn"]
    ecosystem_rows: Annotated[Sequence[ItemRow], "items with providers and needs"]
    ecosystem_bases: Annotated[str, "what the shares in the map are shares of"]
    ecosystem_sources: Annotated[Sequence[Source], "sources of the shares in the map"]
    ecosystem_years: Annotated[str, "years of the shares in the map"]
    paths: Annotated[Sequence[Mapping[str, Any]], "paths of the largest holds, as pictures with words"]
    sector_rows: Annotated[Sequence[SectorReliance], "sectors of home and what they rely on"]
    sector_svg: Annotated[Markup, "the same as a picture"]
    sector_sources: Annotated[Sequence[Source], "sources of the sectors"]
    sector_stakes: Annotated[Sequence[TradeAtStake], "what hangs on the trade with each supplier"]
    what_ifs: Annotated[Sequence[sector_reliance.WhatIf], "simulated scenarios"]
    map_svg: Annotated[Markup, "the world map"]
    holds: Annotated[Mapping[str, tuple[Interval, int]], "economy -> its largest hold on any item, number of items"]
    matrix: Annotated[Mapping[tuple[str, str], MatrixCell], "item and dimension -> cell"]
    matrix_items: Annotated[Sequence[tuple[str, Sequence[Any]]], "stages with their items that have a cell"]
    tension_subjects: Annotated[set[str], "items and instruments that move two dimensions apart"]
    findings_by_id: Annotated[Mapping[str, Finding], "id -> finding"]
    breaches_by_supplier: Annotated[Mapping[str, Sequence[Sequence[Breach]]], "supplier -> holds above tolerance"]
    position_topics: Annotated[Sequence[tuple[str, Sequence[stands.Side]]], "topics with the position of each economy"]
    top_challenges: Annotated[Sequence[Mapping[str, Any]], "the gravest challenges with their best answers"]


@dataclass(frozen=True)
class EvidenceContext:
    """What the template of the evidence reads beside: it is made last, when all that the pages cite is known."""

    groups: Annotated[Mapping[str, Sequence[Evidence]], "heading -> evidence, by id"]
    printed: Annotated[set[str], "evidence and claims that paper lists: what the pages cite, and what that rests on"]
    printed_groups: Annotated[set[str], "headings that paper has"]
    formulas: Annotated[Mapping[str, Mapping[str, Sequence[str]]], "heading -> formula -> evidence on paper"]
    claims: Annotated[Sequence[Claim], "claims of the dossier, by id"]
    hidden: Annotated[int, "how many entries paper leaves out"]


def chapter_context(assessment: Assessment, index: EvidenceIndex, *, in_volume: bool) -> ChapterContext:
    """All that page one and the annexes show of an assessment; what pictures cite is noted in the index."""
    a = assessment
    ranked = selection.ranked_dependencies(a)
    first_row = {row.item: row for row in reversed(ranked)}
    panels = series_panels(a, index)
    panel_ids = [
        f"trade.{panel['product']}.{row.year}.{key}"
        for panel in panels
        for row in panel["rows"]
        for key in ("top_share", "concentration")
    ]
    holds = selection.largest_holds(a)
    provided = providers(a)
    shown = [part for who in provided.values() for part in who.parts[:1]]
    caveats, table_caveats = selection.caveats(a)
    sources = "; ".join(f"{s.title} ({s.licence})" if s.licence else s.title for s in a.sources)
    notes = (
        f"{a.id}, profile {a.profile}, facts {a.hashes.facts[:12]}, all rows, no filter",
        f"Sources: {sources}. Shares are fractions from 0 to 1; empty is unknown.",
    )
    return ChapterContext(
        a=a,
        volume=in_volume,
        index=index,
        ev=partial(link, index),
        evq=partial(link, index, printed=False),
        saved={name: csv_link(*table, f"{a.id}-{name}", notes) for name, table in downloads(a).items()},
        names=a.economy_names,
        item_names=item_names(a),
        relations={s.economy: s.relation for s in a.step3.suppliers},
        caveats=caveats,
        table_caveats=table_caveats,
        data_years=years_words(d.year for d in a.step1.dependencies),
        sentence=selection.in_one_sentence(a),
        cards=selection.cards(a),
        top=selection.top_dependencies(a),
        in_return=selection.in_return(a),
        chokepoints=selection.top_chokepoints(a, most=6),
        home_holds=selection.top_chokepoints(a, most=3, home=True),
        instruments=selection.top_instruments(a),
        why=selection.why(a),
        ranked=ranked,
        panels=panels,
        panel_sources=index.sources_of(panel_ids),
        flows_svg=ours(sankey(a, "picture-flows", first_row)),
        flow_rows=list(flows(a)),
        flow_sources=index.sources_of([d.evidence for d in a.step1.dependencies]),
        **ecosystem_pictures(a, provided, index, first_row),
        ecosystem_rows=item_rows(a, provided),
        ecosystem_bases=bases_words(provided),
        ecosystem_sources=index.sources_of([part.evidence for part in shown]),
        ecosystem_years=years_words(part.year for part in shown),
        paths=path_panels(a, index),
        sector_rows=sector_reliance.sector_rows(a),
        sector_svg=sector_picture(a),
        sector_sources=index.sources_of([row.evidence for row in a.step1.sector_reliance]),
        sector_stakes=sector_reliance.at_stake(a),
        what_ifs=sector_reliance.what_ifs(a),
        map_svg=ours(world_map(holds, frozenset(a.members), a.economy_names, "picture-map")),
        holds=holds,
        matrix={(cell.item, cell.dimension): cell for cell in a.step2.matrix},
        matrix_items=selection.matrix_items(a),
        tension_subjects={t.subject for t in (*a.step2.tensions, *a.step4.tensions)},
        findings_by_id={f.id: f for f in a.step2.findings},
        breaches_by_supplier=selection.breaches_by_supplier(a),
        position_topics=stands.topics(a),
        top_challenges=selection.top_challenges(a),
    )


def evidence_context(index: EvidenceIndex) -> EvidenceContext:
    """Evidence by group, with a mark on what paper shows."""
    printed = index.closure(index.cited)
    groups = selection.group((group_of(e.id), e) for e in sorted(index.evidence.values(), key=lambda e: e.id))
    return EvidenceContext(
        groups=groups,
        printed=printed,
        printed_groups={group_of(target) for target in printed},
        formulas={
            name: selection.group((e.formula, e.id) for e in rows if e.formula and e.id in printed)
            for name, rows in groups.items()
        },
        claims=sorted(index.claims.values(), key=lambda c: c.id),
        hidden=len(index.evidence) + len(index.claims) - len(printed),
    )
