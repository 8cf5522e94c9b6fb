"""The economy behind the chain: what the sectors that make the items rely on abroad, and what hangs on each trade."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ostra.model.assessment import Assessment
from ostra.model.evidence import Source
from ostra.model.results.ecosystem import SectorReliance
from ostra.report.charts.hidden import Bar, hidden_figure
from ostra.report.pieces import ours
from ostra.report.wording import percent, shorten

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
PER_SECTOR = 3  # suppliers of one sector in the picture; the table has all
MOST_BARS = 18


def sector_context(assessment: Assessment, sources_of: Callable[[Sequence[str]], list[Source]]) -> dict[str, Any]:
    """What the template reads; nothing is drawn where no sector is known."""
    rows = assessment.step1.sector_reliance
    if not rows:
        return {"sector_rows": (), "sector_csv": [], "sector_svg": "", "sector_sources": [], "sector_stakes": []}
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
