"""The economy behind the chain: what the sectors that make the items rely on abroad, and what hangs on each trade."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ostra.model.assessment import Assessment
from ostra.model.evidence import Source
from ostra.model.results.ecosystem import SectorReliance
from ostra.model.results.simulation import BEYOND, FIRST, LOST_PART, SECOND, THIRD
from ostra.show.charts.hidden import Bar, hidden_figure
from ostra.show.sections.widgets import ours
from ostra.words.figures import percent
from ostra.words.sentences import shorten

CSV_HEADING = (
    "sector",
    "sector_name",
    "supplier",
    "supplier_name",
    "direct_share",
    "face_value",
    "order_2",
    "order_3",
    "beyond",
    "look_through",
    "reverse_look_through",
    "lost_at_home",
    "lost_abroad",
    "year",
    "evidence",
)
SCENARIO_HEADING = (
    "scenario",
    "title",
    "where",
    "measure",
    "unit",
    "middle",
    "mild",
    "severe",
    "p05",
    "p50",
    "p95",
    "evidence",
)
PER_SECTOR = 3  # suppliers of one sector in the picture; the table has all
MOST_BARS = 18


def sector_context(assessment: Assessment, sources_of: Callable[[Sequence[str]], list[Source]]) -> dict[str, Any]:
    """What the template reads; nothing is drawn where no sector is known."""
    rows = assessment.step1.sector_reliance
    what_ifs = {"what_ifs": scenarios(assessment), "what_if_csv": scenario_table(assessment)}
    if not rows:
        nothing = {"sector_rows": (), "sector_csv": [], "sector_svg": "", "sector_sources": [], "sector_stakes": []}
        return nothing | what_ifs
    largest = max(rows, key=lambda row: row.look_through)
    bars = [
        Bar(f"{shorten(row.sector_name, 34)}: {row.supplier_name}", parts)
        for row in drawn(rows)
        for parts in [(row.face_value, row.order_2, row.order_3, row.beyond)]
    ]
    said = (
        f"Of all inputs that {largest.sector_name} at home uses at any order, {largest.supplier_name} makes "
        f"{percent(largest.look_through)}; bought there directly: {percent(largest.face_value)} of the same whole."
    )
    picture = hidden_figure(
        bars,
        "picture-sectors",
        title=f"What sectors of {assessment.home_name} rely on: share of all inputs at any order, {largest.year}",
        said=said,
        about=f"The {PER_SECTOR} largest suppliers of each sector. Home's own inputs make up most of the rest.",
    )
    return {
        "sector_rows": [row for mine in by_sector(rows) for row in mine],
        "sector_csv": table(assessment),
        "sector_svg": ours(picture),
        "sector_sources": sources_of([row.evidence for row in rows]),
        "sector_stakes": sorted(assessment.step1.at_stake, key=lambda row: (-(row.lost_at_home or 0.0), row.supplier)),
        **what_ifs,
    }


def drawn(rows: Sequence[SectorReliance]) -> list[SectorReliance]:
    """The largest suppliers of each sector, as `by_sector` has them."""
    return [row for mine in by_sector(rows) for row in mine[:PER_SECTOR]][:MOST_BARS]


def by_sector(rows: Sequence[SectorReliance]) -> list[list[SectorReliance]]:
    """The suppliers of each sector, the largest first, and sectors with the largest first."""
    groups: dict[str, list[SectorReliance]] = {}
    for row in sorted(rows, key=lambda row: -row.look_through):
        groups.setdefault(row.sector, []).append(row)
    return list(groups.values())


def table(assessment: Assessment) -> list[tuple[Any, ...]]:
    """Every sector and supplier as a row, headed by `CSV_HEADING`; unknown is None."""
    stakes = {row.supplier: row for row in assessment.step1.at_stake}
    return [
        (
            *(getattr(row, key) for key in CSV_HEADING[:11]),
            stakes[row.supplier].lost_at_home,
            stakes[row.supplier].lost_abroad,
            row.year,
            row.evidence,
        )
        for row in assessment.step1.sector_reliance
    ]


def scenarios(assessment: Assessment) -> list[dict[str, Any]]:
    """Each simulated scenario: what home loses, what the other side does, and how likely it is to use a hold at all."""
    likely = {supplier.economy: supplier.likelihood for supplier in assessment.step3.suppliers}
    rows = []
    for outcome in assessment.step1.scenarios:
        other = outcome.measure("sellers", LOST_PART) or outcome.measure("hit", LOST_PART)
        rows.append(
            {
                "outcome": outcome,
                "home": outcome.measure("home", LOST_PART),
                "other": other,
                "other_side": "who withholds"
                if other and other.where == "sellers"
                else "where plants stop"
                if outcome.stopped
                else "who is cut off",
                "orders": [outcome.measure("home", name) for name in (FIRST, SECOND, THIRD, BEYOND)],
                "likelihoods": [
                    (assessment.economy_names.get(seller, seller), likely[seller])
                    for seller in outcome.sellers
                    if seller in likely
                ],
            }
        )
    return rows


def scenario_table(assessment: Assessment) -> list[tuple[Any, ...]]:
    """Every figure of every scenario as a row, headed by `SCENARIO_HEADING`; what does not happen is None."""
    return [
        (outcome.scenario, outcome.title, *(getattr(row, key) for key in SCENARIO_HEADING[2:]))
        for outcome in assessment.step1.scenarios
        for row in outcome.measures
    ]
