"""Which findings and breaches does an instrument answer, and how well is it aimed at them?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from ostra.model.base import DIMENSIONS, LEVELS, RELATIONS, Dimension, Relation
from ostra.model.dossier import Dossier, ItemKind
from ostra.model.instrument import Instrument
from ostra.model.profile import Profile
from ostra.model.results.context import Breach, ContextResult, SupplierContext
from ostra.model.results.dimensions import DimensionResult, DimensionsResult, Finding
from ostra.model.results.ecosystem import Chokepoint, EcosystemResult
from ostra.toolkit.challenges import Challenge, challenges_of

KINDS = len(get_args(ItemKind))
FOREIGN = len(RELATIONS) - 1  # domestic suppliers are nobody to guard against


@dataclass(frozen=True)
class Scene:
    """What was found in steps 1 to 3, arranged for looking up."""

    levels: Mapping[Dimension, DimensionResult]
    challenges: tuple[Challenge, ...]
    findings: Mapping[str, Finding]
    breaches: Mapping[str, Breach]
    suppliers: tuple[SupplierContext, ...]
    relations: Mapping[str, Relation]
    home_chokepoints: tuple[Chokepoint, ...]
    item_names: Mapping[str, str]
    item_kinds: Mapping[str, str]
    item_texts: Mapping[str, str]  # name and description
    economies: dict[str, str]


@dataclass(frozen=True)
class Answers:
    """The challenges that one instrument answers, by dimension and falling gravity, and the items that fit."""

    challenges: tuple[Challenge, ...] = ()
    items: frozenset[str] = frozenset()

    def on(self, dimension: Dimension) -> list[Challenge]:
        """Those of one dimension, the gravest first."""
        return [c for c in self.challenges if c.dimension == dimension]

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """The dimensions on which it answers something."""
        return tuple(d for d in DIMENSIONS if self.on(d))


def scene_of(
    step1: EcosystemResult, step2: DimensionsResult, step3: ContextResult, dossier: Dossier, profile: Profile
) -> Scene:
    """Arrange the results of steps 1 to 3 for matching."""
    relations = {c.economy: c.relation for c in step3.suppliers}
    for finding in step2.findings:
        if finding.supplier is not None and finding.supplier not in relations:
            # A judgement may speak of a supplier on which no dependency was measured.
            relations[finding.supplier] = profile.relation_to(finding.supplier, frozenset())
    return Scene(
        levels={d.dimension: d for d in step2.dimensions},
        challenges=challenges_of(step2.findings, step3.breaches, step1),
        findings={f.id: f for f in step2.findings},
        breaches={b.id: b for b in step3.breaches},
        suppliers=step3.suppliers,
        relations=relations,
        home_chokepoints=tuple(c for c in step1.chokepoints if c.is_home and c.hold.low > 0.0),
        item_names={item.id: item.name for item in dossier.items},
        item_kinds={item.id: item.kind for item in dossier.items},
        item_texts={item.id: f"{item.name}. {item.description}" for item in dossier.items},
        economies=step1.economy_names(),
    )


def answers_of(instrument: Instrument, scene: Scene) -> Answers:
    """What the instrument answers; nothing if it needs a strength of home's that is not there.

    A challenge is answered when all of these hold: its dimension is one that the instrument serves; its level reaches
    `from_level`; its supplier stands in one of the instrument's relations (a finding without a supplier only fits an
    instrument for any relation); an item that it names is of one of the instrument's kinds, and one of the instrument's
    subjects stands in its name or description.
    """
    if instrument.needs_home_strength and not scene.home_chokepoints:
        return Answers()
    floor = LEVELS.index(instrument.from_level)
    answered = tuple(
        c
        for c in scene.challenges
        if c.dimension in instrument.serves
        and LEVELS.index(c.level) >= floor
        and _related(c, instrument, scene)
        and fitting_items(c, instrument, scene)
    )
    return Answers(answered, frozenset(item for c in answered for item in fitting_items(c, instrument, scene)))


def fitting_items(challenge: Challenge, instrument: Instrument, scene: Scene) -> list[str]:
    """The items of a challenge that are of a kind, and of a subject, which the instrument is for."""
    kinds, subjects = instrument.item_kinds, instrument.subjects
    return [
        item
        for item in challenge.items
        if (not kinds or scene.item_kinds.get(item) in kinds)
        and (not subjects or any(_speaks_of(scene.item_texts.get(item, ""), subject) for subject in subjects))
    ]


def _speaks_of(text: str, subject: str) -> bool:
    """Whether the word stands in the text, in the singular or with an s, in any letter case."""
    return re.search(rf"\b{re.escape(subject)}s?\b", text, re.IGNORECASE) is not None


def _related(challenge: Challenge, instrument: Instrument, scene: Scene) -> bool:
    if not instrument.relations:
        return True
    return challenge.supplier is not None and scene.relations.get(challenge.supplier) in instrument.relations


def breadth(instrument: Instrument) -> float:
    """The part of all pairs of a kind of item and a foreign relation that the instrument is open to, in (0, 1].

    An instrument for named subjects is half as broad as the same for any; our choice, for nobody counts subjects.
    """
    kinds = len(set(instrument.item_kinds)) / KINDS if instrument.item_kinds else 1.0
    relations = [relation for relation in instrument.relations if relation != "domestic"]
    related = len(set(relations)) / FOREIGN if instrument.relations else 1.0
    return kinds * related * (0.5 if instrument.subjects else 1.0)


def aim(instrument: Instrument) -> float:
    """How narrowly the instrument is made for what it answers: 1 − breadth / 2, from one half to nearly 1."""
    return 1.0 - breadth(instrument) / 2.0
