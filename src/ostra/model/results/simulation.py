"""What simulated scenarios come to, as a part of an assessment: every figure with its range and its evidence."""

from __future__ import annotations

from dataclasses import dataclass

from ostra.model.base import Id, Model
from ostra.model.evidence import Evidence, Source

LOST = "output lost"
LOST_PART = "output lost, part of a year's"
FIRST, SECOND, THIRD = "of it first order", "of it second order", "of it third order"
BEYOND = "of it beyond"
"""Names of measures that pages and rules read; all others are only listed."""


class OutcomeMeasure(Model):
    """One figure of a scenario: with every open number in the middle, or at the end that hurts less, or more.

    `where` is home, sellers (who withhold), hit (who else is cut off) or world. None: it does not happen within the
    days, or there were no draws; 5, 50 and 95 % of the draws lie below `p05`, `p50` and `p95`.
    """

    where: str
    measure: str
    unit: str
    middle: float | None
    mild: float | None
    severe: float | None
    p05: float | None
    p50: float | None
    p95: float | None
    evidence: str


class ScenarioOutcome(Model):
    """One scenario that names items of the ecosystem: a what-if, not a forecast.

    `stopped` are economies outside home that lose capacity of items that the scenario concerns.
    """

    scenario: Id
    title: str
    author: str
    date: str
    items: tuple[str, ...]
    sellers: tuple[str, ...]  # economies that withhold
    stopped: tuple[str, ...] = ()
    days: int
    draws: int
    seed: int
    year: int  # of the input-output table
    measures: tuple[OutcomeMeasure, ...]
    caveats: tuple[str, ...] = ()

    def measure(self, where: str, name: str) -> OutcomeMeasure | None:
        """One figure; None where the scenario has no such side or measure."""
        return next((row for row in self.measures if (row.where, row.measure) == (where, name)), None)


class ScenarioResults(Model):
    """Outcomes with their evidence and sources, and a digest of the scenarios that they were made from."""

    outcomes: tuple[ScenarioOutcome, ...]
    evidence: tuple[Evidence, ...]
    sources: tuple[Source, ...]
    sha256: str


@dataclass(frozen=True)
class Parties:
    """Who is who in a scenario that was simulated; economies by code.

    `sides` are those that its figures tell of (home, sellers, hit, world); `drawn` is whether open numbers were drawn.
    """

    scenario: Id
    home: str
    home_name: str
    sellers: tuple[str, ...]
    hit: tuple[str, ...]
    withholds_itself: bool  # home withholds, and nobody else
    sides: frozenset[str]
    drawn: bool
