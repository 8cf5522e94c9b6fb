"""The sentences that say why an instrument fits, or what doing nothing leaves open."""

from __future__ import annotations

from collections.abc import Sequence

from ostra.dimensions.wording import counted, listed, name_of, percent, percents
from ostra.model.assessment import Breach, Finding
from ostra.model.base import DIMENSIONS
from ostra.toolkit.answers import Scene


def breach_reason(breaches: Sequence[Breach], scene: Scene) -> str:
    """How many breaches of tolerance it answers, and the gravest of them by name and number."""
    first = breaches[0]
    certain = sum(b.certain for b in breaches)
    ids = listed([b.id for b in breaches])
    return (
        f"Answers {counted(len(breaches), 'breach', 'breaches')} of tolerance, {certain} of them certain ({ids}); "
        f"the largest expected excess is {name_of(first.supplier, scene.economies)}'s hold on "
        f"{scene.item_names.get(first.item, first.item)}, {percents(first.hold)} against {percent(first.tolerated)} "
        "tolerated."
    )


def finding_reason(findings: Sequence[Finding], scene: Scene) -> str:
    """How many findings it answers and how much of the level rests on them; the weightiest by id."""
    ordered = sorted(findings, key=lambda f: (-scene.shares.get(f.id, 0.0), f.id))
    share = min(1.0, sum(scene.shares.get(f.id, 0.0) for f in findings))
    return (
        f"Answers {counted(len(findings), 'finding')} on which {share:.0%} of that level rests: "
        f"{listed([f.id for f in ordered])}."
    )


def open_reason(scene: Scene) -> list[str]:
    """What is left as it is when nothing is done: the levels, the breaches and the findings."""
    levels = [
        f"{d} {scene.levels[d].challenge.level}" if scene.levels[d].assessed else f"{d} not assessed"
        for d in DIMENSIONS
    ]
    certain = sum(b.certain for b in scene.breaches)
    reasons = [f"Leaves the levels of challenge as they are: {', '.join(levels)}."]
    if scene.breaches:
        first = scene.breaches[0]
        reasons.append(
            f"Leaves {counted(len(scene.breaches), 'breach', 'breaches')} of tolerance open, {certain} of them "
            f"certain, first {name_of(first.supplier, scene.economies)}'s hold on "
            f"{scene.item_names.get(first.item, first.item)} ({first.id})."
        )
    else:
        reasons.append("No hold exceeds what home tolerates.")
    reasons.append(f"Leaves {counted(len(scene.challenges), 'finding')} unanswered.")
    return reasons
