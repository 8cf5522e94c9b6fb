"""From findings to a level: one opinion for each finding, joined by a linear opinion pool."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ostra.errors import MethodError
from ostra.model.assessment import Finding, LevelDistribution
from ostra.model.base import LEVELS, Level

Masses = tuple[float, float, float, float]
"""Probabilities of none, low, medium and high, in this order."""

UNIFORM: Masses = (0.25, 0.25, 0.25, 0.25)

SEVERITY_WEIGHT: Mapping[int, float] = {1: 1.0, 2: 2.0, 3: 3.0}
"""How loudly a finding speaks by its severity (our choice): most items of a chain are all needed, so many mild
findings must not talk one serious finding down."""

KIND_WEIGHT: Mapping[str, float] = {"measured": 1.0, "judged": 1.0}
"""How loudly all measured and all judged findings speak (our choice: alike). Measured findings come in dozens, one
for each rule and item; pooled with the judged ones in one pot they would drown them by number alone."""

AUDIBLE = 1e-6
"""A finding less sure than one in a million is not heard; below, sums would lose their digits."""

TIE = 1e-12
"""Slack of the comparison with one half, so that rounding in the last digit does not decide a level."""


@dataclass(frozen=True)
class Opinion:
    """A finding as the pool hears it.

    `masses` is where the finding's severity lies if the finding is right: one level for a known value, several for
    an interval. Of the opinions with one `voice` only the weightiest is heard: a small hold on an item is no
    evidence against a large hold on the same item. `told` is the finding in a short clause, for sentences.
    """

    finding: Finding
    masses: Masses
    voice: str
    told: str


@dataclass(frozen=True)
class Pooled:
    """The pool over all opinions, and over each kind alone; None where a kind has no weight."""

    total: Masses
    measured: Masses | None
    judged: Masses | None
    kind_weights: tuple[tuple[str, float], ...]


def certain(severity: int) -> Masses:
    """All mass on one level; 0 is none, 3 is high."""
    return (float(severity == 0), float(severity == 1), float(severity == 2), float(severity == 3))


def distribution(masses: Masses, confidence: float) -> Masses:
    """What a finding says about the level: p = c · m + (1 − c) · u.

    Parameters
    ----------
    masses : Masses
        m, where the severity lies if the finding is right.
    confidence : float
        c in [0, 1]; with probability 1 − c the finding is wrong and says nothing (u, uniform over the four levels).
    """
    a, b, c, d = (confidence * m + (1.0 - confidence) * u for m, u in zip(masses, UNIFORM, strict=True))
    return (a, b, c, d)


def linear_pool(parts: Sequence[Masses], weights: Sequence[float]) -> Masses:
    """Weighted arithmetic mean of distributions: P = Σ w p / Σ w.

    Raises
    ------
    MethodError
        No part has a positive weight, or a weight is negative.

    References
    ----------
    Stone (1961), The opinion pool, Annals of Mathematical Statistics 32, 1339-1342.
    """
    if any(w < 0.0 for w in weights):
        raise MethodError(f"weights of an opinion pool must not be negative; found {min(weights)}")
    total = math.fsum(weights)
    if not total > 0.0:
        raise MethodError("an opinion pool needs at least one opinion with a weight above 0")
    # fsum rounds once, so the result does not depend on the order of the findings.
    a, b, c, d = (math.fsum(w * p[k] for w, p in zip(weights, parts, strict=True)) / total for k in range(4))
    return (a, b, c, d)


def median_level(masses: Masses) -> Level:
    """The first level at which the cumulative probability reaches one half."""
    cumulative = 0.0
    for level, mass in zip(LEVELS, masses, strict=True):
        cumulative += mass
        if cumulative >= 0.5 - TIE:
            return level
    return "high"


def as_levels(masses: Masses) -> LevelDistribution:
    """The model record of a distribution, with its median level."""
    none, low, medium, high = masses
    return LevelDistribution(none=none, low=low, medium=medium, high=high, level=median_level(masses))


def expected_level(levels: LevelDistribution) -> float:
    """Mean level on the scale none = 0, low = 1/3, medium = 2/3, high = 1; only for ranking, never shown as a level."""
    return (levels.low + 2.0 * levels.medium + 3.0 * levels.high) / 3.0


def weight_of(finding: Finding) -> float:
    """Weight of a finding in its kind's pool: confidence × severity weight, 0 for one that is not audible."""
    return finding.confidence * SEVERITY_WEIGHT[finding.severity] if finding.confidence >= AUDIBLE else 0.0


def heard(opinions: Iterable[Opinion]) -> tuple[Opinion, ...]:
    """The weightiest opinion of each voice, sorted by finding id; opinions without weight are not heard."""
    best: dict[str, Opinion] = {}
    for opinion in sorted(opinions, key=lambda o: o.finding.id):
        weight = weight_of(opinion.finding)
        rival = best.get(opinion.voice)
        if weight > 0.0 and (rival is None or weight > weight_of(rival.finding)):
            best[opinion.voice] = opinion
    return tuple(sorted(best.values(), key=lambda o: o.finding.id))


def pool(opinions: Iterable[Opinion]) -> Pooled | None:
    """Pool within each kind, then between the kinds; None when nothing has any weight.

    Within a kind P_k = Σ w p / Σ w with w = confidence × severity weight. Between kinds P = Σ v_k P_k / Σ v_k with
    v_k = kind weight × the largest confidence in the kind, so that a kind that is hardly sure of anything hardly
    counts, and one more finding never makes its kind quieter.

    References
    ----------
    Stone (1961), The opinion pool, Annals of Mathematical Statistics 32, 1339-1342.
    """
    voices = heard(opinions)
    pooled: dict[str, Masses] = {}
    loudness: dict[str, float] = {}
    for kind in KIND_WEIGHT:
        own = [o for o in voices if o.finding.kind == kind]
        if own:
            pooled[kind] = linear_pool(
                [distribution(o.masses, o.finding.confidence) for o in own], [weight_of(o.finding) for o in own]
            )
            loudness[kind] = KIND_WEIGHT[kind] * max(o.finding.confidence for o in own)
    if not pooled:
        return None
    total = linear_pool([pooled[k] for k in pooled], [loudness[k] for k in pooled])
    return Pooled(total, pooled.get("measured"), pooled.get("judged"), tuple(loudness.items()))


def pool_shares(findings: Iterable[Finding]) -> dict[str, float]:
    """Each heard finding's share of the weight in its pool, by finding id; the shares sum to 1.

    share = v_k / Σ v × w / Σ_k w, with the weights of `pool`: how much of the level rests on the finding.

    Parameters
    ----------
    findings
        Of one dimension and effect; those that are not heard have no share.
    """
    loud = [f for f in sorted(findings, key=lambda f: f.id) if f.heard and weight_of(f) > 0.0]
    by_kind = {kind: [f for f in loud if f.kind == kind] for kind in KIND_WEIGHT}
    loudness = {k: KIND_WEIGHT[k] * max(f.confidence for f in own) for k, own in by_kind.items() if own}
    total = math.fsum(loudness.values())
    shares = {}
    for kind, part in loudness.items():
        weights = math.fsum(weight_of(f) for f in by_kind[kind])
        shares.update({f.id: part / total * weight_of(f) / weights for f in by_kind[kind]})
    return shares
