"""Does a level stay when the profile is a little different?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ostra.dimensions.measured import Measurement
from ostra.dimensions.pool import AUDIBLE, KIND_WEIGHT, SEVERITY_WEIGHT, TIE, Opinion
from ostra.model.base import LEVELS, Level

DRAWS = 1000
SPREAD = 0.2  # our choice: thresholds, weights and confidences within ±20 % count as "a profile near this one"
SEED = 20221007  # any fixed number; it makes the figure the same in every run

Row = NDArray[np.float64]


def robustness(
    level: Level,
    measurements: Sequence[Measurement],
    judged: Sequence[Opinion],
    *,
    draws: int = DRAWS,
    spread: float = SPREAD,
) -> float:
    """Share of perturbed profiles in which a dimension's level stays.

    In each draw the thresholds of each severity rule are multiplied by one factor (at most 1 results), and so are
    the confidence of each rule and of each judged finding (at most 1 results), each severity weight and each kind
    weight; the factors are independent and uniform on [1 − spread, 1 + spread].

    Parameters
    ----------
    level : Level
        The level under the profile as it stands.
    measurements : sequence of Measurement
        All measurements of the dimension and effect, those below their thresholds too.
    judged : sequence of Opinion
        The judged findings of the dimension and effect.
    draws, spread
        Number of perturbed profiles; half-width of the factors.

    Returns
    -------
    float
        In [0, 1].
    """
    rng = np.random.Generator(np.random.PCG64(SEED))

    def factors() -> Row:
        return 1.0 + spread * (2.0 * rng.random(draws) - 1.0)

    severity_weight = np.stack([np.zeros(draws), *(SEVERITY_WEIGHT[s] * factors() for s in (1, 2, 3))])
    kind_weight = {kind: weight * factors() for kind, weight in KIND_WEIGHT.items()}
    pools = {kind: _Pot(draws) for kind in KIND_WEIGHT}

    rows = sorted(measurements, key=lambda m: (m.rule_number, m.reading.key))
    scales: dict[int, tuple[Row, Row]] = {}
    voices: dict[str, tuple[Row, Row, list[Row]]] = {}  # weight, confidence, masses of the weightiest so far
    for row in rows:
        rule = row.rule
        if row.rule_number not in scales:
            scales[row.rule_number] = (factors(), np.minimum(rule.confidence * factors(), 1.0))
        scale, sure = scales[row.rule_number]
        known_part = 1.0 - row.reading.width
        if row.reading.middle < rule.low * (1.0 - spread) or rule.confidence * known_part < AUDIBLE:
            continue  # in no draw a finding
        thresholds = [np.minimum(t * scale, 1.0) for t in (rule.low, rule.medium, rule.high)]
        severity = sum((row.reading.middle >= t).astype(np.intp) for t in thresholds)
        confidence = sure * known_part
        weight = confidence * severity_weight[severity, np.arange(draws)]
        masses = _masses(row, thresholds)
        best = voices.get(row.voice)
        if best is None:
            voices[row.voice] = (weight, confidence, masses)
            continue
        louder = weight > best[0]
        voices[row.voice] = (
            np.where(louder, weight, best[0]),
            np.where(louder, confidence, best[1]),
            [np.where(louder, new, old) for new, old in zip(masses, best[2], strict=True)],
        )
    for weight, confidence, masses in voices.values():
        pools["measured"].add(weight, confidence, masses)
    for opinion in sorted(judged, key=lambda o: o.finding.id):
        if opinion.finding.confidence < AUDIBLE:
            continue
        confidence = np.minimum(opinion.finding.confidence * factors(), 1.0)
        weight = confidence * severity_weight[opinion.finding.severity]
        pools["judged"].add(weight, confidence, [np.full(draws, m) for m in opinion.masses])

    return float(np.mean(_level_numbers(pools, kind_weight, draws) == LEVELS.index(level)))


class _Pot:
    """Running sums of one kind's pool, one column for each draw; rows are added in a fixed order."""

    def __init__(self, draws: int) -> None:
        self.weight: Row = np.zeros(draws)
        self.loudest: Row = np.zeros(draws)
        self.sums: list[Row] = [np.zeros(draws) for _ in LEVELS]

    def add(self, weight: Row, confidence: Row, masses: Sequence[Row]) -> None:
        self.weight = self.weight + weight
        self.loudest = np.maximum(self.loudest, np.where(weight > 0.0, confidence, 0.0))
        for k, mass in enumerate(masses):
            self.sums[k] = self.sums[k] + weight * (confidence * mass + (1.0 - confidence) / 4.0)


def _masses(row: Measurement, thresholds: Sequence[Row]) -> list[Row]:
    """The measurement's masses on the four levels, for thresholds that differ by draw."""
    low, high = row.reading.value.low, row.reading.value.high
    if row.reading.value.known:
        below = [(low < t).astype(np.float64) for t in thresholds]
    else:
        below = [(np.clip(t, low, high) - low) / (high - low) for t in thresholds]
    return [below[0], below[1] - below[0], below[2] - below[1], 1.0 - below[2]]


def _level_numbers(pools: dict[str, _Pot], kind_weight: dict[str, Row], draws: int) -> NDArray[np.intp]:
    """The median level of the pool over kinds in each draw; none where nothing is heard."""
    total = np.zeros(draws)
    sums = [np.zeros(draws) for _ in LEVELS]
    for kind, pot in pools.items():
        heard = pot.weight > 0.0
        loudness = np.where(heard, kind_weight[kind] * pot.loudest, 0.0)
        divisor = np.where(heard, pot.weight, 1.0)
        total = total + loudness
        for k, part in enumerate(pot.sums):
            sums[k] = sums[k] + loudness * (part / divisor)
    silent = total <= 0.0
    divisor = np.where(silent, 1.0, total)
    cumulative = np.zeros(draws)
    level = np.zeros(draws, dtype=np.intp)
    for part in sums[:-1]:
        cumulative = cumulative + part / divisor
        level += ((cumulative < 0.5 - TIE) & ~silent).astype(np.intp)
    return level
