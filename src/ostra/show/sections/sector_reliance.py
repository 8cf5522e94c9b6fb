"""The economy behind the chain: what the sectors that make the items rely on abroad, and what hangs on each trade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ostra.model.assessment import Assessment
from ostra.model.results.context import Likelihood
from ostra.model.results.ecosystem import SectorReliance, TradeAtStake
from ostra.model.results.simulation import (
    BEYOND,
    FIRST,
    LOST_PART,
    SECOND,
    THIRD,
    OutcomeMeasure,
    ScenarioOutcome,
)
from ostra.show.sections.selection import group

PER_SECTOR = 3  # suppliers of one sector in the picture; the table has all
MOST_BARS = 18


def sector_rows(assessment: Assessment) -> list[SectorReliance]:
    """Sectors and their suppliers, as `by_sector` has them."""
    return [row for mine in by_sector(assessment.step1.sector_reliance) for row in mine]


def at_stake(assessment: Assessment) -> list[TradeAtStake]:
    """What hangs on the trade with each supplier, the most of home's output first."""
    return sorted(assessment.step1.at_stake, key=lambda row: (-(row.lost_at_home or 0.0), row.supplier))


def drawn(rows: Sequence[SectorReliance]) -> list[SectorReliance]:
    """The largest suppliers of each sector, as `by_sector` has them."""
    return [row for mine in by_sector(rows) for row in mine[:PER_SECTOR]][:MOST_BARS]


def by_sector(rows: Sequence[SectorReliance]) -> list[list[SectorReliance]]:
    """The suppliers of each sector, the largest first, and sectors with the largest first."""
    largest_first = sorted(rows, key=lambda row: -row.look_through)
    return list(group((row.sector, row) for row in largest_first).values())


@dataclass(frozen=True)
class WhatIf:
    """A simulated scenario: what home loses of a year's output, what the other side does, and how likely it is at all.

    `orders` are the first, second, third and further order of home's loss in money; `likelihoods` the sellers by name,
    with the probability that each uses any hold within a year.
    """

    outcome: ScenarioOutcome
    home: OutcomeMeasure | None
    other: OutcomeMeasure | None
    other_side: str
    orders: tuple[OutcomeMeasure | None, ...]
    likelihoods: tuple[tuple[str, Likelihood], ...]


def what_ifs(assessment: Assessment) -> list[WhatIf]:
    """Each simulated scenario with what pages and summaries say of it."""
    likely = {supplier.economy: supplier.likelihood for supplier in assessment.step3.suppliers}
    rows = []
    for outcome in assessment.step1.scenarios:
        withheld = outcome.measure("sellers", LOST_PART)
        stopped = "where plants stop" if outcome.stopped else "who is cut off"
        rows.append(
            WhatIf(
                outcome=outcome,
                home=outcome.measure("home", LOST_PART),
                other=withheld or outcome.measure("hit", LOST_PART),
                other_side="who withholds" if withheld else stopped,
                orders=tuple(outcome.measure("home", name) for name in (FIRST, SECOND, THIRD, BEYOND)),
                likelihoods=tuple(
                    (assessment.economy_names.get(seller, seller), likely[seller])
                    for seller in outcome.sellers
                    if seller in likely
                ),
            )
        )
    return rows
