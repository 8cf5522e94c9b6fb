"""What all documents and results have in common: frozen, strict about unknown keys, exact about intervals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator


@dataclass(frozen=True)
class Refers:
    """The value is the id of an entry in a list of its document; `word` is what an entry of it is called."""

    section: str
    word: str


@dataclass(frozen=True)
class Names:
    """The value names something that stands outside its document.

    `economy` is a code, `economy or bloc` too; `home` is a country or bloc by code or name; `sector` is one of an
    input-output table.
    """

    kind: Literal["economy", "economy or bloc", "home", "sector"]


Dimension = Literal["resilience", "security", "values", "competitiveness"]
DIMENSIONS: tuple[Dimension, ...] = ("resilience", "security", "values", "competitiveness")

Level = Literal["none", "low", "medium", "high"]
LEVELS: tuple[Level, ...] = ("none", "low", "medium", "high")

Relation = Literal["domestic", "ally", "partner", "competitor", "rival"]
RELATIONS: tuple[Relation, ...] = ("domestic", "ally", "partner", "competitor", "rival")

Horizon = Literal["now", "short", "medium", "long"]  # this year, within 2 years, 2 to 5 years, later

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Economy = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), Names("economy")]  # ISO 3166-1 alpha-3
EconomyOrBloc = Annotated[  # as Economy, or a bloc: EU27
    str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,9}$"), Names("economy or bloc")
]
Hs6 = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
Share = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]


def _in_the_calendar(text: str) -> str:
    """A date of year, month and day that exists; 2023-02-30 is a slip of the pen that no later step could use."""
    if len(text) == 10:
        try:
            date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{text} is no date: that month has no such day") from None
    return text


IsoDate = Annotated[
    str,
    StringConstraints(pattern=r"^[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"),
    AfterValidator(_in_the_calendar),
]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]
HomeName = Annotated[Text, Names("home")]  # a country or bloc by code or name
Sector = Annotated[Text, Names("sector")]  # by code or name

# Ids of entries of the same document.
SourceId = Annotated[Id, Refers("sources", "source")]
ClaimId = Annotated[Id, Refers("claims", "claim")]
StageId = Annotated[Id, Refers("stages", "stage")]
ItemId = Annotated[Id, Refers("items", "item")]


class Model(BaseModel):
    """A frozen record; unknown keys are errors, so that a misspelt key is never silently ignored."""

    # Validators are built when first used: most commands need few of the models.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    unique: ClassVar[tuple[str, ...]] = ()  # the keys that tell an entry from all others of its kind in a document


class Entry(Model):
    """An entry of a document with an id of its own, which no other entry of its kind has."""

    unique: ClassVar = ("id",)

    id: Id


class Interval(Model):
    """A closed interval in which a share lies; unknown is [0, 1], known is low == high."""

    low: Share
    high: Share

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low ({self.low}) is greater than high ({self.high}): swap them")
        return self

    @classmethod
    def exactly(cls, value: float) -> Interval:
        """The interval that holds one known value."""
        return cls(low=value, high=value)

    @property
    def known(self) -> bool:
        """Whether the interval is a single value."""
        return self.low == self.high


UNKNOWN = Interval(low=0.0, high=1.0)


def as_interval(share: float | Interval | None) -> Interval:
    """A share as an interval; unknown is 0 to 1."""
    return UNKNOWN if share is None else share if isinstance(share, Interval) else Interval.exactly(share)
