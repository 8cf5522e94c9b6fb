"""The sentences that say why an instrument fits, or what doing nothing leaves open."""

from __future__ import annotations

from collections.abc import Sequence

from ostra.model.base import DIMENSIONS
from ostra.model.instrument import Instrument
from ostra.model.results.context import Breach
from ostra.model.results.dimensions import Finding
from ostra.toolkit.answers import Scene
from ostra.words.economies import name_of
from ostra.words.figures import percent, percents
from ostra.words.sentences import counted, listed, possessive

MOST_LIKELY = 3  # suppliers whose likelihood is told where nothing is done


def breach_reason(breaches: Sequence[Breach], scene: Scene) -> str:
    """How many breaches of tolerance it answers, and the gravest of them by name and number."""
    first = breaches[0]
    certain = sum(b.certain for b in breaches)
    ids = listed([b.id for b in breaches], 3)
    return (
        f"Answers {counted(len(breaches), 'breach', 'breaches')} of tolerance, {certain} of them certain ({ids}); "
        f"the furthest above is {possessive(name_of(first.supplier, scene.economies))} hold on "
        f"{scene.item_names.get(first.item, first.item)}, {percents(first.hold)} against {percent(first.tolerated)} "
        "tolerated."
    )


def finding_reason(findings: Sequence[Finding]) -> str:
    """How many findings it answers, the gravest first."""
    return f"Answers {counted(len(findings), 'finding')}, the gravest first: {listed([f.id for f in findings], 3)}."


def aim_reason(instrument: Instrument, aim: float) -> str:
    """What the instrument is made for, and how narrow that is."""
    kinds = f"items of the kinds {', '.join(instrument.item_kinds)}" if instrument.item_kinds else "items of any kind"
    if instrument.subjects:
        kinds += f" that speak of {', '.join(instrument.subjects)}"
    seen = f"suppliers seen as {' or '.join(instrument.relations)}" if instrument.relations else "any supplier"
    return f"Made for {kinds} and for {seen}: aim {aim:.2f}, where 0.50 is for everything and 1 for one thing alone."


def open_reason(scene: Scene) -> list[str]:
    """What is left as it is when nothing is done: the levels, the likelihoods, the breaches and the findings."""
    levels = [
        f"{d} {scene.levels[d].challenge.level}" if scene.levels[d].assessed else f"{d} not assessed"
        for d in DIMENSIONS
    ]
    reasons = [f"Leaves the levels of challenge as they are: {', '.join(levels)}."]
    likely = sorted(scene.suppliers, key=lambda s: (-s.likelihood.mean, s.economy))
    if likely:
        told = [
            f"{s.name} {percent(s.likelihood.mean)} ({percent(s.likelihood.low)} to {percent(s.likelihood.high)})"
            for s in likely[:MOST_LIKELY]
        ]
        more = f" and {len(likely) - MOST_LIKELY} less likely" if len(likely) > MOST_LIKELY else ""
        reasons.append(f"Leaves the yearly likelihoods that a hold is used as they stand: {', '.join(told)}{more}.")
    breaches = [scene.breaches[c.id] for c in scene.challenges if c.kind == "breach"]
    if breaches:
        first = next(iter(scene.breaches.values()))
        certain = sum(b.certain for b in breaches)
        reasons.append(
            f"Leaves {counted(len(breaches), 'breach', 'breaches')} of tolerance open, {certain} of them certain, "
            f"first {possessive(name_of(first.supplier, scene.economies))} hold on "
            f"{scene.item_names.get(first.item, first.item)} ({first.id})."
        )
    else:
        reasons.append("No hold exceeds what home tolerates.")
    findings = sum(c.kind == "finding" for c in scene.challenges)
    reasons.append(f"Leaves {counted(findings, 'finding')} unanswered.")
    return reasons
