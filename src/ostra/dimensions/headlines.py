"""One plain sentence for each dimension, built from its findings."""

from __future__ import annotations

from collections.abc import Sequence

from ostra.dimensions.pool import Opinion, heard, weight_of
from ostra.model.base import LEVELS, Dimension, Level
from ostra.model.results.dimensions import LevelDistribution, or_higher
from ostra.words.figures import percent
from ostra.words.sentences import counted, listed

MOST_TOLD = 2  # measured findings that a headline tells; more do not fit a sentence

SHARES = ("import_share.", "production_share.", "provision_share.")
"""Measured findings on shares open with these; they say more in a sentence than an index does."""


def headline(
    dimension: Dimension,
    challenge: LevelDistribution | None,
    against: Sequence[Opinion],
    strengths: Sequence[Opinion],
    unknown: int,
) -> str:
    """The level, what weighs most in it (measured and judged apart), what is unknown, and what stands against it.

    Measured findings are told with the gravest and, among them, the largest share first, one for each item; the
    weightiest judgement is quoted. `challenge` is None when nothing was assessed on the dimension; `unknown` counts
    the indicators and shares of which nothing is known.
    """
    loud = heard(against)
    if challenge is None:
        text = f"The challenge to {dimension} was not assessed: no finding and no indicator speaks of it"
    elif not loud:
        looked = [o for o in against if o.finding.severity == 0]
        text = f"No challenge to {dimension} was found: no indicator reaches a threshold and no judgement names one"
        if looked:
            first = max(looked, key=lambda o: (o.finding.confidence, o.finding.id))
            text = f"No challenge to {dimension} was found: {first.told}"
    elif challenge.level == "none":
        text = f"No challenge to {dimension} is more likely than not; what was found is unsure ({_unsure(challenge)}): "
        text += "; ".join(_clauses(loud, challenge.level))
    else:
        text = (
            f"The challenge to {dimension} is {challenge.level}, with a probability of {percent(challenge.reached)} "
            f"that it is {challenge.reached_words}: "
        )
        text += "; ".join(_clauses(loud, challenge.level))
    if unknown:
        text += f"; {counted(unknown, 'share or indicator is', 'shares or indicators are')} unknown and not counted"
    return text + _strengths(heard(strengths)) + "."


def _unsure(levels: LevelDistribution) -> str:
    """The gravest level that has any probability, with it: `low or higher 40%`."""
    grave, chance = levels.less_likely or ("low", 0.0)
    return f"{or_higher(grave)} {percent(chance)}"


def _clauses(loud: Sequence[Opinion], level: Level) -> list[str]:
    """What was measured and what was judged; first the kind that shows the level more surely."""
    grave = LEVELS.index(level)
    clauses: list[tuple[float, str]] = []

    def surest(own: Sequence[Opinion]) -> float:
        return max((o.finding.confidence for o in own if o.finding.severity >= grave), default=0.0)

    measured = [o for o in loud if o.finding.kind == "measured"]
    if measured:
        told = listed([o.told for o in _one_per_item(measured)[:MOST_TOLD]], 3)
        clauses.append((surest(measured), f"measured on {_items(measured)} – {told}"))
    judged = [o for o in loud if o.finding.kind == "judged"]
    if judged:
        first = min(judged, key=lambda o: (o.finding.severity < grave, -weight_of(o.finding), o.finding.id))
        several = "first " if len(judged) > 1 else ""
        clauses.append((surest(judged), f"judged on {_items(judged)} – {several}{first.told}"))
    return [text for _, text in sorted(clauses, key=lambda clause: -clause[0])]


def _strengths(loud: Sequence[Opinion]) -> str:
    if not loud:
        return ""
    measured = [o for o in loud if o.finding.kind == "measured"]
    first = _one_per_item(measured)[0] if measured else min(loud, key=lambda o: (-weight_of(o.finding), o.finding.id))
    return f"; strengths on {_items(loud)} stand beside it – {'first ' if len(loud) > 1 else ''}{first.told}"


def _one_per_item(measured: Sequence[Opinion]) -> list[Opinion]:
    """The gravest measured finding of each item, shares before indices, the largest first."""

    def rank(opinion: Opinion) -> tuple[bool, int, float, str]:
        finding = opinion.finding
        value = finding.value.low if finding.value is not None else 0.0
        return (not finding.id.startswith(SHARES), -finding.severity, -value, finding.id)

    kept: dict[tuple[str, ...], Opinion] = {}
    for opinion in sorted(measured, key=rank):
        kept.setdefault(opinion.finding.items, opinion)
    return list(kept.values())


def _items(opinions: Sequence[Opinion]) -> str:
    return counted(len({item for o in opinions for item in o.finding.items}), "item")
