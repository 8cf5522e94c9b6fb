"""What calls for an instrument: findings that weaken home, and holds above what home tolerates, in one form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ostra.model.base import DIMENSIONS, LEVELS, Dimension, Level
from ostra.model.results.context import Breach
from ostra.model.results.dimensions import Finding
from ostra.model.results.ecosystem import EcosystemResult

THROUGH_CHAIN = "chain_hold"
"""How ids begin of findings by the indicator that measures holds through the chain."""

THIRDS: tuple[tuple[float, Level], ...] = ((2.0 / 3.0, "high"), (1.0 / 3.0, "medium"), (0.0, "low"))


@dataclass(frozen=True)
class Challenge:
    """One finding or breach; `gravity`, 0 to 1, is what it weighs here, `level` what instruments are meant from on."""

    id: str
    kind: Literal["finding", "breach"]
    dimension: Dimension
    items: tuple[str, ...]
    supplier: str | None
    gravity: float
    level: Level
    evidence: str


def of_finding(finding: Finding) -> Challenge:
    """A finding that weakens home: gravity = severity / 3 × confidence, 0 if another finding speaks for it."""
    return Challenge(
        id=finding.id,
        kind="finding",
        dimension=finding.dimension,
        items=finding.items,
        supplier=finding.supplier,
        gravity=finding.severity / 3.0 * finding.confidence if finding.heard else 0.0,
        level=LEVELS[finding.severity],
        evidence=finding.evidence,
    )


def of_breach(breach: Breach) -> Challenge:
    """A hold above the tolerance: gravity = the part that it takes of the room above the tolerance.

    gravity = ((low + high) / 2 − t) / (1 − t), never below 0; up to one third is low, up to two thirds medium, more is
    high. The likelihood of use is not in it: it ranks the breaches, and the tolerance differs by relation already.
    """
    middle = (breach.hold.low + breach.hold.high) / 2.0
    room = 1.0 - breach.tolerated
    gravity = max(0.0, (middle - breach.tolerated) / room) if room > 0.0 else 0.0
    return Challenge(
        id=breach.id,
        kind="breach",
        dimension=breach.dimension,
        items=(breach.item,),
        supplier=breach.supplier,
        gravity=gravity,
        level=next((level for least, level in THIRDS if gravity > least), "low"),
        evidence=breach.evidence,
    )


def challenges_of(
    findings: Sequence[Finding], breaches: Sequence[Breach], step1: EcosystemResult
) -> tuple[Challenge, ...]:
    """All challenges, by dimension and falling gravity.

    A hold through the chain arises at its chokepoint, and that is where an instrument must work: the chokepoint stands
    for the item that is held.
    """
    chokepoints = {hold.evidence: hold.chokepoint for hold in step1.chain}
    measured = {d.id: chokepoints[d.evidence] for d in step1.dependencies if d.evidence in chokepoints}
    held = {(d.item, d.supplier): measured[d.id] for d in step1.dependencies if d.id in measured}
    found = []
    for finding in findings:
        if finding.effect < 0 and finding.confidence > 0.0:
            challenge = of_finding(finding)
            if finding.kind == "measured" and finding.id.startswith(f"{THROUGH_CHAIN}."):
                places = dict.fromkeys(held.get((item, finding.supplier or ""), item) for item in finding.items)
                challenge = replace(challenge, items=tuple(places))
            found.append(challenge)
    for breach in breaches:
        challenge = of_breach(breach)
        if breach.dependency in measured:
            challenge = replace(challenge, items=(measured[breach.dependency],))
        found.append(challenge)
    return tuple(sorted(found, key=lambda c: (DIMENSIONS.index(c.dimension), -c.gravity, c.id)))
