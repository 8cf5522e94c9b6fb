"""The profile: from whose viewpoint, against which thresholds, with which weights. All of it is the user's to edit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from ostra.errors import UsageError
from ostra.model.base import (
    DIMENSIONS,
    Dimension,
    Economy,
    EconomyOrBloc,
    Entry,
    HomeName,
    Horizon,
    Id,
    IsoDate,
    Model,
    Relation,
    Share,
    SourceId,
    Text,
)
from ostra.model.dossier import ItemKind
from ostra.model.evidence import Source
from ostra.model.references import Document, Fault

Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]


class EconomyRelation(Model):
    """How the home sees one economy: a political judgement of the profile's author, with its reason.

    Either `relation`, or `like`: the economy is seen as another is, because that one decides for it. It then is no
    actor of its own: what it does counts as the other's, and it adds no supplier-years to a base rate. Members of home
    are domestic whatever the profile says.
    """

    unique: ClassVar = ("economy",)

    economy: Economy
    relation: Relation | None = None
    like: Economy | None = None
    """Seen as that one is, because it decides: same relation, same record, no supplier-years of its own."""
    reason: Text
    source: SourceId

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.relation is None) == (self.like is None):
            raise ValueError(f"relation to {self.economy}: give either 'relation' or 'like'")
        return self


class TradeThresholds(Model):
    """When imports of a product count as a dependency: all three exceeded (SWD(2021) 352)."""

    concentration: Share = 0.4
    """Of extra-home imports (HHI), above which it is high."""
    extra_share: Share = 0.5
    """Of imports from outside in all imports."""
    import_export_ratio: Positive = 1.0
    """Imports from outside over exports to it."""
    source: SourceId


class SeverityRule(Model):
    """How a measured indicator becomes a signed finding: at `low`, `medium` and `high` its severity is 1, 2, 3."""

    indicator: Literal[
        "import_share",
        "concentration",
        "production_share",
        "provision_share",
        "chain_hold",
        "look_through_share",
        "home_share",
        "geopolrisk",
        "simulated_loss",
    ]
    dimension: Dimension
    effect: Literal[-1, 1]
    low: Share
    """From here on the severity is 1."""
    medium: Share
    """From here on the severity is 2."""
    high: Share
    """From here on the severity is 3."""
    relations: tuple[Relation, ...] = ()
    """Only for suppliers in these; absent is any."""
    item_kinds: tuple[ItemKind, ...] = ()
    """Only for items of these kinds; absent is any."""
    confidence: Share
    """Of a finding by this rule."""
    horizon: Horizon
    reason: Text
    """Why these thresholds."""
    source: SourceId

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if not self.low < self.medium < self.high:
            raise ValueError(f"thresholds must ascend: low {self.low}, medium {self.medium}, high {self.high}")
        return self


class Tolerance(Model):
    """The largest hold that the home accepts from suppliers in this relation, for this dimension."""

    dimension: Dimension
    relation: Relation
    hold: Share
    """The largest accepted."""
    reason: Text


class CoercionCase(Entry):
    """One documented use of an economic dependency for political ends.

    `form`: a `measure` was taken; or `pressure` was put on somebody and the source names no measure. Base rates count
    measures alone, because pressure leaves no trace that could be counted alike everywhere. More of them by CSV:
    docs/how-to/add-coercion-cases.md.
    """

    coercer: EconomyOrBloc
    target: EconomyOrBloc
    year: int = Field(ge=1945, le=2100)
    """In which the measure began."""
    form: Literal["measure", "pressure"] = "measure"
    """`measure` was taken; `pressure` was put and no measure is named: recorded, not counted."""
    means: Text
    source: SourceId
    locator: Text


class LikelihoodSettings(Model):
    """Settings of method 7; the prior is Beta(`prior_cases`, `prior_quiet`) on a supplier-year."""

    prior_cases: Positive = 0.5
    """Beta prior on a supplier-year."""
    prior_quiet: Positive = 0.5
    """Beta prior on a supplier-year."""
    first_year: int
    """Of the window; supplier-years are the listed economies of a relation times its years."""
    last_year: int
    """Of the window."""
    hold_weight: float = Field(ge=0.0, le=10.0)
    """Log-odds that a full hold adds."""
    mutual_weight: float = Field(ge=0.0, le=10.0)
    """Log-odds that home's full hold on the supplier takes off."""
    credible: Share = 0.9
    """Width of the interval."""
    reason: Text

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first_year > self.last_year:
            raise ValueError("first_year is after last_year")
        return self


def _all_dimensions(weights: dict[Dimension, float]) -> dict[Dimension, float]:
    absent = [dimension for dimension in DIMENSIONS if dimension not in weights]
    if absent:
        raise ValueError(f"weights miss {', '.join(absent)}")
    return weights


class Profile(Document):
    """From whose viewpoint an assessment is made, and by whose yardsticks. All of it is yours to edit."""

    format: Literal["ostra-profile/1"]
    id: Id
    title: Text
    home: HomeName
    author: Text
    """Who answers for the judgements."""
    date: IsoDate
    sources: tuple[Source, ...]
    relations: tuple[EconomyRelation, ...]
    default_relation: Relation = "partner"
    """For economies not listed."""
    trade: TradeThresholds
    persistence_years: int = Field(default=3, ge=1, le=30)
    """Years over which flags are counted."""
    severity: tuple[SeverityRule, ...]
    weights: Annotated[dict[Dimension, Positive], AfterValidator(_all_dimensions)]
    tolerance: tuple[Tolerance, ...]
    likelihood: LikelihoodSettings
    cases: tuple[CoercionCase, ...] = ()

    def rules(self) -> Iterator[Fault]:
        """Economies that are seen like one which is itself seen like another."""
        inheriting = {row.economy for row in self.relations if row.like is not None}
        for number, row in enumerate(self.relations):
            if row.like is not None and row.like in {*inheriting, row.economy}:
                reason = f"'{row.like}' has no relation of its own to pass on"
                yield Fault(("relations", number, "like"), reason, "Name the economy that decides in the end")

    def relation_to(self, economy: str, members: frozenset[str]) -> Relation:
        """The relation to one economy; members of the home are domestic, unlisted ones have the default."""
        decider = self.decider(economy)
        if economy in members or decider in members:
            return "domestic"
        row = self.row_of(decider)
        return (row and row.relation) or self.default_relation

    def decider(self, economy: str) -> str:
        """The economy that decides for this one: itself, unless the profile says that it is like another."""
        row = self.row_of(economy)
        return row.like if row is not None and row.like is not None else economy

    def row_of(self, economy: str) -> EconomyRelation | None:
        """What the profile says of one economy; None where it is not listed."""
        return next((row for row in self.relations if row.economy == economy), None)


def reweighted(profile: Profile, weights: Mapping[str, float]) -> Profile:
    """The profile with other weights for some dimensions, and a title that says so; unchanged without any.

    Raises
    ------
    UsageError
        A dimension that does not exist, or a weight that is not a number above 0.
    """
    if not weights:
        return profile
    for name, weight in weights.items():
        if name not in DIMENSIONS:
            raise UsageError(f"there is no dimension '{name}' to weigh. There are: {', '.join(DIMENSIONS)}")
        if not (weight > 0.0 and math.isfinite(weight)):
            raise UsageError(f"the weight of {name} must be a number above 0; found {weight}")
    told = ", ".join(f"{name} {weight:g}" for name, weight in weights.items())
    return profile.model_copy(
        update={
            "weights": {**profile.weights, **{d: weights[d] for d in DIMENSIONS if d in weights}},
            "title": f"{profile.title} (weights changed: {told})",
        }
    )
