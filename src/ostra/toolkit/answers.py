"""Which findings and breaches does an instrument answer?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ostra.dimensions.pool import expected_level, pool_shares
from ostra.dimensions.wording import economy_names
from ostra.model.assessment import (
    Breach,
    Chokepoint,
    ContextResult,
    DimensionResult,
    DimensionsResult,
    EcosystemResult,
    Finding,
)
from ostra.model.base import DIMENSIONS, LEVELS, Dimension, Relation
from ostra.model.dossier import Dossier
from ostra.model.instrument import Instrument
from ostra.model.profile import Profile


@dataclass(frozen=True)
class Scene:
    """What was found in steps 1 to 3, arranged for looking up."""

    levels: Mapping[Dimension, DimensionResult]
    expected: Mapping[Dimension, float]
    challenges: tuple[Finding, ...]
    shares: Mapping[str, float]
    breaches: tuple[Breach, ...]
    excess: Mapping[Dimension, float]
    relations: Mapping[str, Relation]
    home_chokepoints: tuple[Chokepoint, ...]
    item_names: Mapping[str, str]
    item_kinds: Mapping[str, str]
    economies: dict[str, str]


@dataclass(frozen=True)
class Answers:
    """What one instrument answers: dimensions that it serves and that call for it, breaches, findings, items."""

    dimensions: tuple[Dimension, ...]
    breaches: tuple[Breach, ...]
    findings: tuple[Finding, ...]
    items: frozenset[str]

    @property
    def any(self) -> bool:
        """Whether it answers anything at all."""
        return bool(self.breaches or self.findings)

    def on(self, dimension: Dimension) -> list[Finding]:
        """The answered findings of one dimension."""
        return [f for f in self.findings if f.dimension == dimension]

    def answers_on(self, dimension: Dimension) -> bool:
        """Whether it answers a finding or a breach of the dimension."""
        return bool(self.on(dimension)) or any(b.dimension == dimension for b in self.breaches)


NO_ANSWERS = Answers((), (), (), frozenset())


def scene_of(
    step1: EcosystemResult, step2: DimensionsResult, step3: ContextResult, dossier: Dossier, profile: Profile
) -> Scene:
    """Arrange the results of steps 1 to 3 for matching."""
    levels = {d.dimension: d for d in step2.dimensions}
    relations = {c.economy: c.relation for c in step3.suppliers}
    for finding in step2.findings:
        if finding.supplier is not None and finding.supplier not in relations:
            # A judgement may speak of a supplier on which no dependency was measured.
            relations[finding.supplier] = profile.relation_to(finding.supplier, frozenset())
    challenges = tuple(sorted((f for f in step2.findings if f.effect < 0 and f.confidence > 0.0), key=lambda f: f.id))
    shares: dict[str, float] = {}
    for dimension in DIMENSIONS:
        shares.update(pool_shares(f for f in challenges if f.dimension == dimension))
    excess: dict[Dimension, float] = {}
    for breach in step3.breaches:
        excess[breach.dimension] = excess.get(breach.dimension, 0.0) + max(breach.expected_excess, 0.0)
    return Scene(
        levels=levels,
        expected={d: expected_level(levels[d].challenge) if levels[d].assessed else 0.0 for d in DIMENSIONS},
        challenges=challenges,
        shares=shares,
        breaches=step3.breaches,
        excess=excess,
        relations=relations,
        home_chokepoints=tuple(c for c in step1.chokepoints if c.is_home and c.hold.low > 0.0),
        item_names={item.id: item.name for item in dossier.items},
        item_kinds={item.id: item.kind for item in dossier.items},
        economies=economy_names(step1),
    )


def answers_of(instrument: Instrument, scene: Scene) -> Answers:
    """What the instrument answers; nothing if it needs a strength of home's that is not there.

    A finding or breach is answered when all of these hold: its dimension is one that the instrument serves, and the
    level of challenge on it was assessed and reaches `from_level`; the supplier stands in one of the instrument's
    relations (a finding without a supplier only fits an instrument for any relation); an item that it names is of
    one of the instrument's kinds.
    """
    if instrument.needs_home_strength and not scene.home_chokepoints:
        return NO_ANSWERS
    floor = LEVELS.index(instrument.from_level)
    dimensions = tuple(
        d
        for d in DIMENSIONS
        if d in instrument.serves
        and scene.levels[d].assessed
        and LEVELS.index(scene.levels[d].challenge.level) >= floor
    )

    def fits(supplier: str | None, items: tuple[str, ...]) -> bool:
        related = not instrument.relations or (
            supplier is not None and scene.relations.get(supplier) in instrument.relations
        )
        return related and bool(_fitting(items, instrument, scene))

    breaches = tuple(b for b in scene.breaches if b.dimension in dimensions and fits(b.supplier, (b.item,)))
    findings = tuple(f for f in scene.challenges if f.dimension in dimensions and fits(f.supplier, f.items))
    named = [b.item for b in breaches] + [item for f in findings for item in f.items]
    return Answers(dimensions, breaches, findings, frozenset(_fitting(tuple(named), instrument, scene)))


def _fitting(items: tuple[str, ...], instrument: Instrument, scene: Scene) -> list[str]:
    return [i for i in items if not instrument.item_kinds or scene.item_kinds.get(i) in instrument.item_kinds]
