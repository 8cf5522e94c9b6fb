"""Order by challenge: of ecosystems beside each other, and of items within one, as the profile and near it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ostra.dimensions.measured import Measurement
from ostra.dimensions.perturbation import Draws, Row, expected, reach
from ostra.model.base import DIMENSIONS, Dimension
from ostra.model.profile import Profile
from ostra.model.results.dimensions import DimensionsResult, Finding

SAME = 1e-9  # scores that differ by less are equal: sums of the same numbers in another order

Ranks = NDArray[np.int64]


@dataclass(frozen=True)
class Contender:
    """What is ranked, an ecosystem or an item: what speaks of its challenges, and which dimensions were assessed."""

    name: str
    measurements: tuple[Measurement, ...]
    judged: tuple[Finding, ...]
    assessed: frozenset[Dimension]

    def reach(self, dimension: Dimension, draws: Draws, ecosystem: str) -> Row:
        """P(level ≥ low, medium, high) of one dimension in each perturbed profile."""
        return reach(
            draws,
            [m for m in self.measurements if m.rule.dimension == dimension],
            [f for f in self.judged if f.dimension == dimension],
            ecosystem,
        )


def ecosystem_contender(name: str, rows: Iterable[Measurement], result: DimensionsResult) -> Contender:
    """An ecosystem as a contender, from its measurements and the result of step 2."""
    return Contender(
        name,
        tuple(m for m in rows if m.rule.effect < 0),
        tuple(f for f in result.findings if f.effect < 0 and f.kind == "judged"),
        frozenset(d.dimension for d in result.dimensions if d.assessed),
    )


def item_contenders(rows: Iterable[Measurement], result: DimensionsResult) -> list[Contender]:
    """The items of an ecosystem with at least one assessed cell in the matrix, as contenders."""
    whole = ecosystem_contender("", rows, result)
    assessed: dict[str, set[Dimension]] = {}
    for cell in result.matrix:
        if cell.assessed:
            assessed.setdefault(cell.item, set()).add(cell.dimension)
    return [
        Contender(
            item,
            tuple(m for m in whole.measurements if m.reading.item == item),
            tuple(f for f in whole.judged if item in f.items),
            frozenset(dimensions),
        )
        for item, dimensions in assessed.items()
    ]


@dataclass(frozen=True)
class Standing:
    """Scores and ranks of all contenders, one row each, in each perturbed profile, one column each.

    A dimension that was not assessed may be none or high, so a score is an interval and so is a rank: `best` is the
    rank if everything unknown is none here and high elsewhere, `worst` the reverse. Rank 1 is the gravest challenge.
    """

    low: Row
    high: Row
    best: Ranks
    worst: Ranks

    def shown(self, number: int) -> int:
        """The rank by what is shown, that is by the low ends of all scores, in the first profile."""
        return 1 + int((self.low[:, 0] > self.low[number, 0] + SAME).sum())


@dataclass(frozen=True)
class Standings:
    """Overall and by dimension, and the probabilities that they come from, by contender and dimension."""

    overall: Standing
    dimensions: Mapping[Dimension, Standing]
    reached: Sequence[Mapping[Dimension, Row]]


def standings(
    contenders: Sequence[Contender],
    profile: Profile,
    draws: Draws,
    ecosystems: Sequence[str] = (),
    *,
    among_assessed: bool = False,
) -> Standings:
    """Scores and ranks in each perturbed profile.

    The score of a dimension is its expected level, 0 for none to 1 for high; overall it is the mean over dimensions by
    the profile's weights. One draw perturbs thresholds, confidences, the trust in each kind, the steps between levels
    and the weights of dimensions for all contenders alike.

    Parameters
    ----------
    contenders
        What is ranked.
    profile
        Its weights; its rules stand in the measurements already.
    draws
        The perturbed profiles; with a spread of 0 the profile as it stands.
    ecosystems
        For each contender the ecosystem whose judged findings it has; by default its own name.
    among_assessed
        On each dimension let those that were not assessed stand outside the order, instead of anywhere in it: for
        items, of which most dimensions say nothing. Overall they stay anywhere.
    """
    steps = draws.steps()
    weights = draws.dimension_weights(profile)
    total: Row = np.sum([weights[d] for d in DIMENSIONS], axis=0)
    reached = [
        {d: own.reach(d, draws, home) for d in DIMENSIONS}
        for own, home in zip(contenders, ecosystems or [c.name for c in contenders], strict=True)
    ]
    shape = (len(contenders), draws.number)
    sums = {"low": np.zeros(shape), "high": np.zeros(shape)}
    by_dimension: dict[Dimension, Standing] = {}
    for dimension in DIMENSIONS:
        low, high = np.zeros(shape), np.ones(shape)
        for number, own in enumerate(contenders):
            if dimension in own.assessed:
                low[number] = high[number] = expected(reached[number][dimension], steps)
        outside = np.array([among_assessed and dimension not in own.assessed for own in contenders], dtype=bool)
        by_dimension[dimension] = standing(*(np.where(outside[:, None], -1.0, end) for end in (low, high)))
        sums["low"] += weights[dimension] * low / total
        sums["high"] += weights[dimension] * high / total
    return Standings(standing(sums["low"], sums["high"]), by_dimension, reached)


def standing(low: Row, high: Row) -> Standing:
    """Ranks from the ends of scores: how many others are greater for certain, and how many may be."""
    surely = np.zeros(low.shape, dtype=np.int64)
    perhaps = np.zeros(low.shape, dtype=np.int64)
    for number in range(len(low)):
        surely[number] = (low > high[number] + SAME).sum(axis=0)
        above = high > low[number] + SAME
        above[number] = False
        perhaps[number] = above.sum(axis=0)
    return Standing(low, high, 1 + surely, 1 + perhaps)


def rank_range(own: Standing, number: int) -> tuple[int, int]:
    """The ranks between which a contender stands in nine tenths of the perturbed profiles."""
    best = np.quantile(own.best[number], 0.05, method="inverted_cdf")
    worst = np.quantile(own.worst[number], 0.95, method="inverted_cdf")
    return int(best), int(worst)


def rank_shares(own: Standing, number: int) -> list[float]:
    """Share of perturbed profiles in which the contender has each rank for certain; the rest is open."""
    certain = own.best[number] == own.worst[number]
    return [float(np.mean(certain & (own.best[number] == rank))) for rank in range(1, len(own.best) + 1)]


def above(own: Standing, one: int, other: int) -> float:
    """Share of perturbed profiles in which one stands above the other for certain."""
    return float(np.mean(own.low[one] > own.high[other] + SAME))
