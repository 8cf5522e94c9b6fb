"""Step 4, the toolkit: instruments that fit, the challenges that they answer, and tensions between them."""

from __future__ import annotations

from typing import Literal

from ostra.model.base import Dimension, Level, Model
from ostra.model.evidence import Evidence
from ostra.model.instrument import InstrumentUse
from ostra.model.results.dimensions import Tension


class InstrumentMatch(Model):
    """An instrument that fits, what it answers, why, and what it may cost on other dimensions."""

    instrument: str
    name: str
    goal: str
    score: float
    answers: tuple[str, ...]  # ids of findings and breaches
    items: tuple[str, ...]
    dimensions: tuple[Dimension, ...]
    reasons: tuple[str, ...]
    side_effects: tuple[str, ...]
    preconditions: tuple[str, ...]
    lead: tuple[str, ...]
    lag: str
    cost: str
    recommended_by: tuple[str, ...]  # recommendation ids of the dossier
    evidence: str
    serves: tuple[Dimension, ...] = ()  # what it is for, whether or not it is called for here
    cases: tuple[InstrumentUse, ...] = ()  # documented uses; without any, no source that was read names one
    source: str = ""
    locator: str = ""
    aim: str = ""  # of the reasons the one that says what it is made for, where it answers anything


class ChallengeFit(Model):
    """One instrument that answers a challenge: fit = gravity of the challenge × aim of the instrument, and why."""

    instrument: str
    fit: float
    reason: str


class ChallengeMatch(Model):
    """A finding that weakens home or a hold above tolerance, with the instruments that answer it, best aimed first."""

    id: str
    kind: Literal["finding", "breach"]
    dimension: Dimension
    level: Level
    gravity: float  # 0 to 1
    items: tuple[str, ...]
    supplier: str | None
    evidence: str
    instruments: tuple[ChallengeFit, ...]


class ToolkitResult(Model):
    """Step 4."""

    instruments: tuple[InstrumentMatch, ...]
    tensions: tuple[Tension, ...]
    evidence: tuple[Evidence, ...]
    challenges: tuple[ChallengeMatch, ...] = ()  # by dimension and falling gravity
