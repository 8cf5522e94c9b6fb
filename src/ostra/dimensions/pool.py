"""From findings to a level: the gravest severity that a finding shows with a confidence of more than one half."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ostra.model.base import LEVELS, Level
from ostra.model.results.dimensions import Finding, LevelDistribution

Masses = tuple[float, float, float, float]
"""Probabilities of none, low, medium and high, in this order."""

UNIFORM: Masses = (0.25, 0.25, 0.25, 0.25)
"""Stands where nothing was assessed; such a distribution is never read as a level."""

KINDS = ("measured", "judged")

SEVERITY_WEIGHT: Mapping[int, float] = {0: 0.0, 1: 1.0, 2: 2.0, 3: 3.0}
"""What a finding counts for by its severity when instruments are matched to findings, and which one of a voice is
heard (our choice: in proportion to severity). Levels do not depend on it."""

AUDIBLE = 1e-6
"""A finding less sure than one in a million is not heard; below, sums would lose their digits."""

TIE = 1e-12
"""Slack of the comparison with one half, so that rounding in the last digit does not decide a level."""


@dataclass(frozen=True)
class Opinion:
    """A finding as the pool hears it.

    Opinions with one `voice` say the same thing several times, such as one share at one chokepoint for each product
    that it reaches: only the weightiest counts as heard. `told` is the finding in a short clause, for sentences.
    """

    finding: Finding
    voice: str
    told: str


@dataclass(frozen=True)
class Pooled:
    """The pool over all opinions, and over each kind alone; None where nothing of the kind is heard."""

    total: Masses
    measured: Masses | None
    judged: Masses | None


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
    """What a finding counts for beside others: confidence × severity weight, 0 for one that is not audible."""
    return finding.confidence * SEVERITY_WEIGHT[finding.severity] if finding.confidence >= AUDIBLE else 0.0


def heard(opinions: Iterable[Opinion]) -> tuple[Opinion, ...]:
    """The weightiest opinion of each voice, sorted by finding id; opinions without weight are not heard.

    What is heard is counted, told in headlines and weighed when instruments are matched; the level is the same with
    or without the others wherever the findings of a voice share their confidence, as those of one rule do.
    """
    best: dict[str, Opinion] = {}
    for opinion in sorted(opinions, key=lambda o: o.finding.id):
        weight = weight_of(opinion.finding)
        rival = best.get(opinion.voice)
        if weight > 0.0 and (rival is None or weight > weight_of(rival.finding)):
            best[opinion.voice] = opinion
    return tuple(sorted(best.values(), key=lambda o: o.finding.id))


def pool(findings: Iterable[Finding]) -> Pooled | None:
    """P(level ≥ k) = the largest confidence among the findings of severity k or graver, for k = 1, 2, 3.

    A finding that was looked at and found no challenge (severity 0) raises no probability, but it is an assessment:
    with nothing else the whole pool lies on none. Each kind is pooled alone too; the pool over both is, at each level,
    the larger of the two.

    Returns
    -------
    Pooled or None
        None when no finding is audible.

    Notes
    -----
    Any rule that ignores findings that are not there, lets one finding alone speak for itself and never falls when a
    finding is added or made surer or graver gives at least this much; of all such rules this one gives the least.
    It is the lower Fréchet bound on the probability that at least one finding of severity k or graver is right,
    whatever the findings have to do with each other.

    References
    ----------
    Fréchet (1935), Généralisation du théorème des probabilités totales, Fundamenta Mathematicae 25, 379-387.
    """
    audible = [f for f in findings if f.confidence >= AUDIBLE]
    if not audible:
        return None
    kinds = {kind: [f for f in audible if f.kind == kind] for kind in KINDS}
    apart = {kind: _masses(own) if own else None for kind, own in kinds.items()}
    return Pooled(_masses(audible), apart["measured"], apart["judged"])


def reached(findings: Sequence[Finding]) -> tuple[float, float, float]:
    """P(level ≥ low), P(level ≥ medium) and P(level ≥ high): what `pool` says, cumulated from above."""
    low, medium, high = (max((f.confidence for f in findings if f.severity >= k), default=0.0) for k in (1, 2, 3))
    return (low, medium, high)


def _masses(findings: Sequence[Finding]) -> Masses:
    low, medium, high = reached(findings)
    return (1.0 - low, low - medium, medium - high, high)


def margin(levels: LevelDistribution) -> float:
    """How far the nearest cumulative probability is from one half: by how much it must move to change the level."""
    reach = (1.0, levels.low + levels.medium + levels.high, levels.medium + levels.high, levels.high, 0.0)
    number = LEVELS.index(levels.level)
    above = reach[number] - 0.5  # the level is reached; for none that is certain
    below = 0.5 - reach[number + 1]
    return max(0.0, min(above, below))
