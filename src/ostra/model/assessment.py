"""The assessment: the results of the four steps for one ecosystem, with the documents and hashes they rest on.

Each step's result carries the evidence behind its numbers; `Assessment.evidence` is their union.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ostra.model.base import Model
from ostra.model.dossier import Actor, Item, Link, Position, Recommendation, Stage
from ostra.model.evidence import Claim, Evidence, Source
from ostra.model.results.context import ContextResult
from ostra.model.results.dimensions import DimensionsResult
from ostra.model.results.ecosystem import EcosystemResult
from ostra.model.results.toolkit import ToolkitResult


class Hashes(Model):
    """SHA-256 of everything that the assessment is a function of."""

    dossier: str
    facts: str
    profile: str
    instruments: str
    version: str
    scenarios: str = ""  # empty where none were simulated
    controls: str = ""  # empty where no timeline of controls was given


class Assessment(Model):
    """The frozen result of the four steps for one ecosystem, seen from one home, for one year."""

    format: Literal["ostra-assessment/1"] = "ostra-assessment/1"
    id: str  # ecosystem-home-year
    ecosystem: str
    title: str
    summary: str
    home: str
    home_name: str
    members: tuple[str, ...]
    year: int
    profile: str
    profile_title: str
    profile_author: str
    dossier_author: str
    dossier_date: str
    hashes: Hashes
    economy_names: dict[str, str]
    stages: tuple[Stage, ...]
    items: tuple[Item, ...]
    links: tuple[Link, ...]
    actors: tuple[Actor, ...]
    positions: tuple[Position, ...] = ()  # absent from assessments stored before there were any
    recommendations: tuple[Recommendation, ...]
    open_questions: tuple[str, ...]
    step1: EcosystemResult
    step2: DimensionsResult
    step3: ContextResult
    step4: ToolkitResult
    evidence: tuple[Evidence, ...]  # of all steps, sorted by id
    claims: tuple[Claim, ...]
    sources: tuple[Source, ...]
    caveats: tuple[str, ...]


class AssessmentSet(Model):
    """Assessments that belong together, as one file: those of a volume."""

    format: Literal["ostra-assessments/1"] = "ostra-assessments/1"
    assessments: tuple[Assessment, ...] = Field(min_length=1)
