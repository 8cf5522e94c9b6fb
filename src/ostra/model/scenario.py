"""The scenario: who withholds what from whom, when, how much, and what softens it; each number with its reason.

Where a number is not known, a range stands in its place: `{low, high}` (any value alike), or `{low, mode, high}` (a
triangle). Runs draw from it; without runs, the mild and the severe ends are computed beside the middle.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from ostra.model.base import HomeName, Id, IsoDate, Model, Sector, Share, SourceId, Text
from ostra.model.evidence import Source
from ostra.model.references import Document, Fault, Path

Number = Annotated[float, Field(allow_inf_nan=False)]
Days = Annotated[float, Field(ge=0.0, le=36500.0, allow_inf_nan=False)]
Factor = Annotated[float, Field(ge=1.0, le=10.0, allow_inf_nan=False)]
Money = Annotated[float, Field(ge=0.0, le=1e9, allow_inf_nan=False)]  # million USD
DayNumber = Annotated[int, Field(ge=0, le=36500)]  # 0 is the first day
FullDate = Annotated[str, StringConstraints(pattern=r"^[12][0-9]{3}-[01][0-9]-[0-3][0-9]$")]
Day = DayNumber | FullDate
OUR_CHOICE = "our choice"


class _Range(Model):
    """A value that is not known exactly; every kind of range keeps its ends within what the value may be."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low, high, mode = self.ends()
        if low > high:
            raise ValueError(f"low ({low:g}) is greater than high ({high:g})")
        if mode is not None and not low <= mode <= high:
            raise ValueError(f"mode ({mode:g}) is outside low ({low:g}) to high ({high:g})")
        return self

    def ends(self) -> tuple[float, float, float | None]:
        """Low, high and mode, the last None where any value is alike."""
        values: Any = self
        return values.low, values.high, values.mode


class ShareRange(_Range):
    """A share that is not known exactly."""

    low: Share
    high: Share
    mode: Share | None = None


class DaysRange(_Range):
    """A number of days that is not known exactly."""

    low: Days
    high: Days
    mode: Days | None = None


class FactorRange(_Range):
    """A factor of at least 1 that is not known exactly."""

    low: Factor
    high: Factor
    mode: Factor | None = None


class ChangeRange(_Range):
    """A signed change that is not known exactly, as a fraction."""

    low: Annotated[float, Field(ge=-1.0, le=10.0, allow_inf_nan=False)]
    high: Annotated[float, Field(ge=-1.0, le=10.0, allow_inf_nan=False)]
    mode: Annotated[float, Field(ge=-1.0, le=10.0, allow_inf_nan=False)] | None = None


UncertainShare = Share | ShareRange
UncertainDays = Days | DaysRange
UncertainFactor = Factor | FactorRange
UncertainChange = Annotated[float, Field(ge=-1.0, le=10.0, allow_inf_nan=False)] | ChangeRange


class Stated(Model):
    """What every entry carries: why these numbers, and from where. Without a source they are the author's choice.

    A source may say that something matters and not how much: `ours` then names the keys whose numbers are the author's
    choice all the same.
    """

    unique: ClassVar = ("id",)

    id: Id
    reason: Text
    source: SourceId | None = None
    locator: str = ""  # where in the source it stands
    ours: tuple[str, ...] = ()

    def source_of(self, key: str) -> str:
        """The source of a number; empty where it is our choice."""
        return "" if self.source is None or key in self.ours else self.source

    def origin_of(self, key: str) -> str:
        """The source of a number with the place in it, or that it is our choice."""
        return ", ".join(filter(None, (source, self.locator))) if (source := self.source_of(key)) else OUR_CHOICE


class Lasting(Stated):
    """An entry that holds from one day to another; without an end, to the last day of the scenario."""

    begins: Day = 0
    ends: Day | None = None  # the first day on which it no longer holds


class Concern(Model):
    """Items of an ecosystem that an entry without items of its own is about, so that assessments count it."""

    ecosystem: Id
    items: tuple[Id, ...] = Field(min_length=1)


class Withholding(Lasting):
    """A seller delivers less to buyers: all goods, or those of some sectors, to all users or to some sectors.

    `share` is the part of the usual deliveries that stops.
    """

    seller: HomeName  # a country or a bloc
    buyers: tuple[HomeName, ...] = ()  # none named: everybody else
    sectors: tuple[Sector, ...] = ()  # of the seller, by code or name; none named: all
    users: tuple[Sector, ...] = ()  # sectors of the buyers; none named: all, final users included
    share: UncertainShare = 1.0
    concerns: tuple[Concern, ...] = ()


class ItemWithholding(Lasting):
    """A seller withholds one item of a chain; its dossier says which sectors make and use it.

    Deliveries of the makers fall by the item's part in them, and the users can make less of what needs the item, as
    docs/methods/disruption-items.md tells. What the dossier leaves open and no key here narrows is a range from 0 to 1.
    """

    seller: HomeName
    buyers: tuple[HomeName, ...] = ()
    ecosystem: Id
    item: Id
    share: UncertainShare = 1.0  # of what the seller provides
    hold: UncertainShare | None = None  # the seller's share of what the buyers get; by default from the dossier
    value_share: UncertainShare | None = None  # of the makers' deliveries to the users, the part that is the item
    need: UncertainShare | None = None  # of the users' output, the part that cannot be made without the item
    store: UncertainDays = 0.0  # days of use of the item that its users hold


class CapacityLoss(Lasting):
    """Sectors of an economy cannot produce all that they usually do; `share` is the part that is lost."""

    economy: HomeName
    sectors: tuple[Sector, ...] = ()
    share: UncertainShare
    recovers: UncertainDays = 0.0  # days after the end until all is back, in equal steps
    concerns: tuple[Concern, ...] = ()


class DemandChange(Lasting):
    """Final users of an economy buy more or less of some sectors' goods, wherever they come from."""

    economy: HomeName
    sectors: tuple[Sector, ...] = ()
    change: UncertainChange  # −0.1 is a tenth less


class Stocks(Stated):
    """How many days of use of these sectors' goods their users hold at the start."""

    sectors: tuple[Sector, ...] = ()  # goods of these sectors; none named: all that no other entry names
    days: UncertainDays


class Overproduction(Stated):
    """How far producers can go above their usual output, and how many days that takes."""

    limit: UncertainFactor
    days: UncertainDays


class Substitution(Stated):
    """Buyers turn to other sellers of the same sector's goods.

    `limit` is the largest factor by which a buyer multiplies its usual orders from a seller that it turns to; each day
    it goes 1/`days` of the way to what sellers are able to deliver.
    """

    limit: UncertainFactor
    days: UncertainDays
    sectors: tuple[Sector, ...] = ()


class Essential(Stated):
    """How much of a user's production stops when it has none of these sectors' goods; all of it, unless said here.

    Where entries speak of the same goods and users, the last one counts.
    """

    sectors: tuple[Sector, ...] = Field(min_length=1)
    users: tuple[Sector, ...] = ()  # sectors that use them; none named: all
    share: UncertainShare


class StockRelease(Stated):
    """A policy response: a stockpile of goods is released to users in an economy, a part of it each day."""

    economy: HomeName
    sectors: tuple[Sector, ...] = Field(min_length=1)
    days_of_use: UncertainDays  # how large the stockpile is
    begins: Day
    lasts: Annotated[int, Field(ge=1, le=36500)]


class NewCapacity(Stated):
    """A policy response: producers of an economy can make more than before, `lag` days after the start."""

    economy: HomeName
    sectors: tuple[Sector, ...] = Field(min_length=1)
    share: UncertainShare  # of the usual output
    lag: UncertainDays
    ramp: UncertainDays = 0.0  # days from then until all of it works


Rationing = Literal["proportional", "domestic first", "intermediate first"]
HAPPENING = ("withheld", "items", "lost_capacity", "demand")  # without an entry in any of them nothing happens
SECTIONS = (
    *HAPPENING,
    "stocks",
    "essential",
    "substitution",
    "releases",
    "new_capacity",
)


class Scenario(Document):
    """One disruption and what softens it, as one document."""

    format: Literal["ostra-scenario/1"]
    id: Id
    title: Text
    summary: Text
    author: Text
    date: IsoDate
    home: HomeName = "EU27"  # from whose viewpoint results are told, unless another is asked for
    days: Annotated[int, Field(ge=1, le=36500)] = 365
    start: FullDate | None = None  # date of day 0, needed where days are written as dates
    level: Share = 0.99  # "days until output falls below" counts to this part of the output before
    sources: tuple[Source, ...] = ()
    withheld: tuple[Withholding, ...] = ()
    items: tuple[ItemWithholding, ...] = ()
    lost_capacity: tuple[CapacityLoss, ...] = ()
    demand: tuple[DemandChange, ...] = ()
    stocks: tuple[Stocks, ...] = ()
    essential: tuple[Essential, ...] = ()
    overproduction: Overproduction | None = None
    substitution: tuple[Substitution, ...] = ()
    rationing: Rationing = "proportional"
    releases: tuple[StockRelease, ...] = ()
    new_capacity: tuple[NewCapacity, ...] = ()
    caveats: tuple[Text, ...] = ()

    def rules(self) -> Iterator[Fault]:
        """Days lie in order within the scenario, `ours` names keys, and something happens."""
        for path, entry in self.entries():
            for number, key in enumerate(entry.ours):
                if key not in type(entry).model_fields:
                    yield Fault((*path, "ours", number), f"ours names '{key}', which is no key of the entry")
            yield from self._times(path, entry)
        if not any(getattr(self, section) for section in HAPPENING):
            reason = f"nothing happens. Add an entry to {', '.join(HAPPENING[:-1])} or {HAPPENING[-1]}"
            yield Fault((HAPPENING[0],), reason, lists=HAPPENING)

    def _times(self, path: Path, entry: Stated) -> Iterator[Fault]:
        """What is wrong with the days of an entry."""
        days: dict[str, int] = {}
        for name in ("begins", "ends"):
            written = getattr(entry, name, None)
            if isinstance(written, str) and self.start is None:
                yield Fault((*path, name), f"{name} is a date ({written}), and the scenario has no 'start'")
            elif written is not None:
                try:
                    days[name] = self.day(written)
                except ValueError as error:
                    yield Fault((*path, name), f"{name} {written} is no date ({error})")
        if "begins" in days and not 0 <= days["begins"] < self.days:
            reason = f"begins on day {days['begins']}, outside the {self.days} days of the scenario"
            yield Fault((*path, "begins"), reason)
        elif len(days) == 2 and days["ends"] <= days["begins"]:
            reason = f"ends on day {days['ends']}, not after it begins on day {days['begins']}"
            yield Fault((*path, "ends"), reason)

    def entries(self) -> Iterator[tuple[Path, Stated]]:
        """Every entry that states numbers, with its place."""
        for section in SECTIONS:
            for number, entry in enumerate(getattr(self, section)):
                yield (section, number), entry
        if self.overproduction is not None:
            yield ("overproduction",), self.overproduction

    def items_of(self, ecosystem: str) -> tuple[str, ...]:
        """Items of an ecosystem that are withheld, or that other entries concern; each once, in the order written."""
        named = [entry.item for entry in self.items if entry.ecosystem == ecosystem]
        concerns = [*(one.concerns for one in self.withheld), *(one.concerns for one in self.lost_capacity)]
        named += [item for some in concerns for one in some if one.ecosystem == ecosystem for item in one.items]
        return tuple(dict.fromkeys(named))

    def day(self, written: int | str) -> int:
        """The number of a day, however it is written; day 0 is `start`.

        Raises
        ------
        ValueError
            A date without `start`, or a date that is none.
        """
        if isinstance(written, int):
            return written
        if self.start is None:
            raise ValueError("the scenario has no start")
        return (date.fromisoformat(written) - date.fromisoformat(self.start)).days
