"""Profiles near a profile: one draw changes all yardsticks at once and is the same for every ecosystem."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ostra.dimensions.measured import Measurement
from ostra.dimensions.pool import AUDIBLE, KINDS, TIE
from ostra.model.base import DIMENSIONS, LEVELS, Dimension, Level
from ostra.model.profile import Profile, SeverityRule
from ostra.model.results.dimensions import Finding

DRAWS = 1000
SPREAD = 0.2  # our choice: thresholds, weights and confidences within ±20 % count as "a profile near this one"
WIDE = 0.4  # our choice: twice as far, for a second figure
SEED = 20221007  # any fixed number; it makes the figures the same in every run

Row = NDArray[np.float64]


@dataclass(frozen=True)
class Draws:
    """So many perturbed profiles; each factor is uniform on [1 − spread, 1 + spread] and independent of the others.

    Every factor has a name and a random stream of its own, so that it is the same for all ecosystems and does not
    depend on what else is perturbed: one perturbed profile is one draw.
    """

    number: int = DRAWS
    spread: float = SPREAD
    _made: dict[str, Row] = field(default_factory=dict, repr=False, compare=False)

    def factor(self, name: str) -> Row:
        """The factors of one yardstick, one for each perturbed profile."""
        if name not in self._made:
            stream = np.random.Generator(np.random.PCG64([SEED, zlib.crc32(name.encode())]))
            self._made[name] = 1.0 + self.spread * (2.0 * stream.random(self.number) - 1.0)
        return self._made[name]

    def dimension_weights(self, profile: Profile) -> dict[Dimension, Row]:
        """The profile's weight of each dimension in each perturbed profile."""
        return {d: profile.weights[d] * self.factor(f"weight of {d}") for d in DIMENSIONS}

    def steps(self) -> Row:
        """How far apart none, low, medium and high are, one row for each step; they sum to 1 in each profile."""
        steps = np.stack([self.factor(f"step to {level}") for level in LEVELS[1:]])
        shared: Row = steps / steps.sum(axis=0)
        return shared


def reach(draws: Draws, measurements: Iterable[Measurement], judged: Iterable[Finding], ecosystem: str = "") -> Row:
    """P(level ≥ low), P(level ≥ medium) and P(level ≥ high) in each perturbed profile, as `pool` defines them.

    A rule's thresholds are multiplied by one factor (at most 1 results), its confidence by another; so is the
    confidence of each judged finding. Confidences are multiplied by the factor of their kind as well, which says how
    far measurements, or judgements, are trusted as a whole (at most 1 results).

    Parameters
    ----------
    draws : Draws
        The perturbed profiles.
    measurements
        All measurements of one dimension and effect, those below their thresholds too.
    judged
        The judged findings of the dimension and effect.
    ecosystem
        Id; it tells judged findings of the same id in two dossiers apart.

    Returns
    -------
    ndarray, shape (3, number)
    """
    result = np.zeros((3, draws.number))
    trust = {kind: draws.factor(f"trust in {kind}") for kind in KINDS}
    largest: dict[int, Measurement] = {}
    for row in measurements:
        best = largest.get(row.rule_number)
        if not row.reading.unknown and (best is None or row.reading.value.low > best.reading.value.low):
            largest[row.rule_number] = row
    # All readings of a rule share its confidence, so the largest one decides.
    for row in largest.values():
        rule, name = row.rule, _name(row.rule)
        if rule.confidence < AUDIBLE:
            continue
        scale = draws.factor(f"thresholds of {name}")
        sure = np.minimum(rule.confidence * draws.factor(f"confidence of {name}") * trust["measured"], 1.0)
        for k, threshold in enumerate((rule.low, rule.medium, rule.high)):
            reached = row.reading.value.low >= np.minimum(threshold * scale, 1.0)
            result[k] = np.maximum(result[k], np.where(reached, sure, 0.0))
    for finding in judged:
        if finding.confidence >= AUDIBLE and finding.severity > 0:
            factor = draws.factor(f"confidence of {ecosystem}/{finding.id}") * trust["judged"]
            sure = np.minimum(finding.confidence * factor, 1.0)
            result[: finding.severity] = np.maximum(result[: finding.severity], sure)
    return result


def _name(rule: SeverityRule) -> str:
    """What a rule speaks of: its name in the draws, whatever stands before it in the profile."""
    scope = ",".join((*rule.relations, *rule.item_kinds))
    return f"{rule.indicator} on {rule.dimension} {rule.effect} {scope}"


def level_numbers(reached: Row) -> NDArray[np.intp]:
    """The median level in each perturbed profile, 0 for none to 3 for high."""
    numbers: NDArray[np.intp] = (reached > 0.5 + TIE).sum(axis=0)
    return numbers


def stays(level: Level, reached: Row) -> float:
    """Share of perturbed profiles in which the level is this one."""
    return float(np.mean(level_numbers(reached) == LEVELS.index(level)))


def expected(reached: Row, steps: Row) -> Row:
    """The expected level in each perturbed profile, from 0 for none to 1 for high."""
    result: Row = (reached * steps).sum(axis=0)
    return result


def robustness(
    level: Level,
    measurements: Sequence[Measurement],
    judged: Sequence[Finding],
    *,
    ecosystem: str = "",
    draws: Mapping[float, Draws] | None = None,
) -> tuple[float, float]:
    """Shares of profiles within ±20 % and within ±40 % in which a dimension's level stays.

    Parameters
    ----------
    level : Level
        The level under the profile as it stands.
    measurements, judged, ecosystem
        As for `reach`.
    draws
        By spread; made here when absent.

    Returns
    -------
    (float, float)
        In [0, 1].
    """
    near = (draws or {}).get(SPREAD) or Draws(spread=SPREAD)
    far = (draws or {}).get(WIDE) or Draws(spread=WIDE)
    return (
        stays(level, reach(near, measurements, judged, ecosystem)),
        stays(level, reach(far, measurements, judged, ecosystem)),
    )
