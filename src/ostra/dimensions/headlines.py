"""One plain sentence for each dimension, built from its findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ostra.dimensions.pool import Opinion, heard, weight_of
from ostra.dimensions.wording import counted, name_of, shortened
from ostra.model.assessment import Finding, LevelDistribution
from ostra.model.base import LEVELS, Dimension


def headline(
    dimension: Dimension,
    challenge: LevelDistribution | None,
    against: Sequence[Opinion],
    strengths: Sequence[Opinion],
    item_names: Mapping[str, str],
    economies: dict[str, str],
) -> str:
    """The level, what weighs most in it (measured and judged apart), and the main strength that stands against it.

    `challenge` is None when nothing was assessed on the dimension.
    """
    if challenge is None:
        text = f"The challenge to {dimension} was not assessed: no finding and no indicator speaks of it"
    elif not heard(against):
        text = f"No challenge to {dimension} was found: no indicator reaches a threshold and no judgement names one"
    else:
        text = (
            f"The challenge to {dimension} is {challenge.level} (probability of this level or a higher one: "
            f"{at_least(challenge):.0%}): " + "; ".join(_clauses(against, item_names, economies))
        )
    loudest = _loudest(heard(strengths))
    if loudest is not None:
        number = len({item for o in heard(strengths) for item in o.finding.items})
        text += (
            f"; strengths on {counted(number, 'item')} stand beside it, first {_told(loudest, item_names, economies)}"
        )
    return text + "."


def at_least(levels: LevelDistribution) -> float:
    """Probability of the median level or a higher one."""
    masses = (levels.none, levels.low, levels.medium, levels.high)
    return min(1.0, sum(masses[LEVELS.index(levels.level) :]))


def _clauses(opinions: Sequence[Opinion], item_names: Mapping[str, str], economies: dict[str, str]) -> list[str]:
    clauses = []
    for kind in ("measured", "judged"):
        own = [o for o in heard(opinions) if o.finding.kind == kind]
        loudest = _loudest(own)
        if loudest is not None:
            rest = f" (first of {counted(len(own), 'finding')})" if len(own) > 1 else ""
            clauses.append(f"{kind}, {_told(loudest, item_names, economies)}{rest}")
    return clauses


def _loudest(opinions: Sequence[Opinion]) -> Finding | None:
    """The finding of the greatest weight; among equals the greatest measured value, then the first id."""
    if not opinions:
        return None

    def rank(finding: Finding) -> tuple[float, float, str]:
        value = finding.value.low if finding.value is not None else 0.0
        return (-weight_of(finding), -value, finding.id)

    return min((o.finding for o in opinions), key=rank)


def _told(finding: Finding, item_names: Mapping[str, str], economies: dict[str, str]) -> str:
    if finding.kind == "measured":
        # The reason of a measured finding opens with subject, indicator, year and value.
        return finding.reason.split(", at or above", 1)[0]
    subject = ", ".join(item_names.get(item, item) for item in finding.items[:2])
    if finding.supplier:
        subject += f" ({name_of(finding.supplier, economies)})"
    return f"{subject}: “{shortened(finding.reason)}”"
