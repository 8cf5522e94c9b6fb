"""The evidence behind levels: which finding decides each probability, how stable the level is, the weighted whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ostra.dimensions.measured import METHOD
from ostra.dimensions.perturbation import DRAWS, SPREAD, WIDE
from ostra.dimensions.pool import AUDIBLE, Masses, Opinion, Pooled, expected_level, heard, margin
from ostra.model.base import DIMENSIONS, LEVELS, Dimension, Interval
from ostra.model.evidence import Evidence
from ostra.model.results.dimensions import DimensionResult, LevelDistribution
from ostra.words.figures import exact_percent, plain
from ostra.words.sentences import LABEL, counted, shortened

POOL_FORMULA = (
    "P(level ≥ k) = largest confidence among the findings of severity k or graver, measured and judged alike; "
    "level = the first of none, low, medium, high at which the cumulative probability reaches 1/2, that is the gravest "
    "severity that some finding shows with a confidence above 1/2"
)

OVERALL = "level.overall"


def level_evidence(
    name: str,
    label: str,
    pooled: Pooled | None,
    levels: LevelDistribution,
    opinions: Sequence[Opinion],
    caveats: tuple[str, ...],
) -> Evidence:
    """Evidence of one pooled distribution, with the finding that decides each of its probabilities."""
    if pooled is not None:
        substituted = f"{'; '.join(_deciding(opinions))}: {_printed(pooled.total)}: {levels.level}"
    else:
        substituted = f"no finding has any weight: {_printed((levels.none, levels.low, levels.medium, levels.high))}"
    unheard = sum(o.finding.severity > 0 for o in opinions) - len(heard(opinions))
    if unheard:
        caveats = (
            *caveats,
            f"{counted(unheard, 'finding')} shown but not counted: another finding of the same rule on the same item "
            "or chokepoint is as grave or graver, or the confidence is 0.",
        )
    return Evidence(
        id=name,
        label=shortened(label, LABEL),
        kind="computed",
        unit=f"probability of {levels.reached_words}",
        value=levels.reached,
        text=levels.level,
        formula=POOL_FORMULA,
        substituted=substituted,
        method=METHOD,
        inputs=tuple(sorted(o.finding.evidence for o in opinions)),
        caveats=caveats,
    )


def _deciding(opinions: Sequence[Opinion]) -> list[str]:
    """For each level the surest finding of that severity or graver; levels that share one are told together."""
    clauses: dict[str, list[str]] = {}
    for number, level in enumerate(LEVELS[1:], start=1):
        grave = [o.finding for o in opinions if o.finding.severity >= number and o.finding.confidence >= AUDIBLE]
        if grave:
            surest = min(grave, key=lambda f: (-f.confidence, -f.severity, f.id))
            clauses.setdefault(f"{plain(surest.confidence)} ({surest.id})", []).append(level)
    told = [f"P(level ≥ {', '.join(levels)}) = {value}" for value, levels in clauses.items()]
    return told or ["every finding looked and found no challenge"]


def _printed(masses: Masses) -> str:
    return "none {}, low {}, medium {}, high {}".format(*(plain(m) for m in masses))


def stability_evidence(
    dimension: Dimension, levels: LevelDistribution, shares: tuple[float, float], assessed: bool
) -> list[Evidence]:
    """Evidence of a level's robustness and of its margin."""
    near, far = shares
    inputs = (f"level.{dimension}.challenge",)
    silent = "Nothing was assessed on this dimension."
    reach = (levels.low + levels.medium + levels.high, levels.medium + levels.high, levels.high)
    return [
        Evidence(
            id=f"level.{dimension}.robustness",
            label=f"Robustness of the level of challenge to {dimension}",
            kind="computed",
            unit="share of perturbed profiles",
            value=near,
            formula="number of perturbed profiles with the same level / number of perturbed profiles; thresholds, "
            f"confidences and the trust in each kind are each multiplied by a factor between {1 - SPREAD:g} and "
            f"{1 + SPREAD:g}; for a second figure between {1 - WIDE:g} and {1 + WIDE:g}",
            substituted=f"{round(near * DRAWS)} / {DRAWS} = {plain(near)}; within ±{exact_percent(WIDE)}: "
            f"{round(far * DRAWS)} / {DRAWS} = {plain(far)}"
            if assessed
            else "not assessed",
            method=METHOD,
            inputs=inputs,
            caveats=(
                "Only yardsticks vary; whether findings are missing or wrong is not asked." if assessed else silent,
            ),
        ),
        Evidence(
            id=f"level.{dimension}.margin",
            label=f"Margin of the level of challenge to {dimension}",
            kind="computed",
            unit="probability",
            value=margin(levels) if assessed else None,
            formula="smallest distance from 1/2 of P(level ≥ k), for the level itself and for the next one",
            substituted=f"P(≥ low) {plain(reach[0])}, P(≥ medium) {plain(reach[1])}, P(≥ high) {plain(reach[2])}; "
            f"level {levels.level}: {plain(margin(levels))}"
            if assessed
            else "not assessed",
            method=METHOD,
            inputs=inputs,
            caveats=() if assessed else (silent,),
        ),
    ]


def overall(results: Sequence[DimensionResult], weights: Mapping[Dimension, float]) -> tuple[Interval, Evidence]:
    """The expected level over all dimensions by the profile's weights; a dimension not assessed may be none or high."""
    by_dimension = {r.dimension: r for r in results}
    total = sum(weights[d] for d in DIMENSIONS)
    low = high = 0.0
    parts = []
    for dimension in DIMENSIONS:
        row = by_dimension[dimension]
        own = expected_level(row.challenge)
        low += weights[dimension] * (own if row.assessed else 0.0) / total
        high += weights[dimension] * (own if row.assessed else 1.0) / total
        told = plain(own) if row.assessed else "0 to 1, not assessed"
        parts.append(f"{plain(weights[dimension])} × {dimension} {told}")
    value = Interval(low=min(low, 1.0), high=min(max(low, high), 1.0))
    silent = [d for d in DIMENSIONS if not by_dimension[d].assessed]
    return value, Evidence(
        id=OVERALL,
        label="Challenge over all dimensions, for ranking",
        kind="computed",
        unit="expected level, 0 (none) to 1 (high)",
        value=value.low if value.known else None,
        low=None if value.known else value.low,
        high=None if value.known else value.high,
        formula="Σ weight × expected level / Σ weight over the dimensions; expected level = (P(level ≥ low) + "
        "P(level ≥ medium) + P(level ≥ high)) / 3; a dimension not assessed counts as 0 to 1",
        substituted=f"({' + '.join(parts)}) / {plain(total)} = "
        + (plain(value.low) if value.known else f"{plain(value.low)} to {plain(value.high)}"),
        method=METHOD,
        inputs=tuple(f"level.{d}.challenge" for d in DIMENSIONS),
        caveats=(
            "A number to order by, not a level: levels are steps, and their distance is a convention.",
            *((f"Not assessed, so unknown: {', '.join(silent)}.",) if silent else ()),
        ),
    )
