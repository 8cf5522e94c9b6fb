"""The scenario: who withholds what from whom, when, how much, and what softens it; each number with its reason.

Where a number is not known, a range stands in its place: `{low, high}` (any value alike), or `{low, mode, high}` (a
triangle). Runs draw from it; without runs, the mild and the severe ends are computed beside the middle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from ostra.model.base import Id, IsoDate, Model, Share, Text
from ostra.model.evidence import Source

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

    id: Id
    reason: Text
    source: Id | None = None
    locator: str = ""  # where in the source it stands
    ours: tuple[str, ...] = ()

    def origin_of(self, key: str) -> str:
        """The source of a number with the place in it, or that it is our choice."""
        if self.source is None or key in self.ours:
            return OUR_CHOICE
        return f"{self.source}, {self.locator}".rstrip(", ")


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

    seller: Text  # a country or a bloc
    buyers: tuple[Text, ...] = ()  # none named: everybody else
    sectors: tuple[Text, ...] = ()  # of the seller, by code or name; none named: all
    users: tuple[Text, ...] = ()  # sectors of the buyers; none named: all, final users included
    share: UncertainShare = 1.0
    concerns: tuple[Concern, ...] = ()


class ItemWithholding(Lasting):
    """A seller withholds one item of a chain; its dossier says which sectors make and use it.

    Deliveries of the makers fall by the item's part in them, and the users can make less of what needs the item, as
    docs/methods/disruption-items.md tells. What the dossier leaves open and no key here narrows is a range from 0 to 1.
    """

    seller: Text
    buyers: tuple[Text, ...] = ()
    ecosystem: Id
    item: Id
    share: UncertainShare = 1.0  # of what the seller provides
    hold: UncertainShare | None = None  # the seller's share of what the buyers get; by default from the dossier
    value_share: UncertainShare | None = None  # of the makers' deliveries to the users, the part that is the item
    need: UncertainShare | None = None  # of the users' output, the part that cannot be made without the item
    store: UncertainDays = 0.0  # days of use of the item that its users hold


class CapacityLoss(Lasting):
    """Sectors of an economy cannot produce all that they usually do; `share` is the part that is lost."""

    economy: Text
    sectors: tuple[Text, ...] = ()
    share: UncertainShare
    recovers: UncertainDays = 0.0  # days after the end until all is back, in equal steps
    concerns: tuple[Concern, ...] = ()


class DemandChange(Lasting):
    """Final users of an economy buy more or less of some sectors' goods, wherever they come from."""

    economy: Text
    sectors: tuple[Text, ...] = ()
    change: UncertainChange  # −0.1 is a tenth less


class Stocks(Stated):
    """How many days of use of these sectors' goods their users hold at the start."""

    sectors: tuple[Text, ...] = ()  # goods of these sectors; none named: all that no other entry names
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
    sectors: tuple[Text, ...] = ()


class Essential(Stated):
    """How much of a user's production stops when it has none of these sectors' goods; all of it, unless said here.

    Where entries speak of the same goods and users, the last one counts.
    """

    sectors: tuple[Text, ...] = Field(min_length=1)
    users: tuple[Text, ...] = ()  # sectors that use them; none named: all
    share: UncertainShare


class StockRelease(Stated):
    """A policy response: a stockpile of goods is released to users in an economy, a part of it each day."""

    economy: Text
    sectors: tuple[Text, ...] = Field(min_length=1)
    days_of_use: UncertainDays  # how large the stockpile is
    begins: Day
    lasts: Annotated[int, Field(ge=1, le=36500)]


class NewCapacity(Stated):
    """A policy response: producers of an economy can make more than before, `lag` days after the start."""

    economy: Text
    sectors: tuple[Text, ...] = Field(min_length=1)
    share: UncertainShare  # of the usual output
    lag: UncertainDays
    ramp: UncertainDays = 0.0  # days from then until all of it works


Rationing = Literal["proportional", "domestic first", "intermediate first"]
SECTIONS = (
    "withheld",
    "items",
    "lost_capacity",
    "demand",
    "stocks",
    "essential",
    "substitution",
    "releases",
    "new_capacity",
)


class Scenario(Model):
    """One disruption and what softens it, as one document."""

    format: Literal["ostra-scenario/1"]
    id: Id
    title: Text
    summary: Text
    author: Text
    date: IsoDate
    home: Text = "EU27"  # from whose viewpoint results are told, unless another is asked for
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

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        """Ids are unique, sources exist, days lie in order within the scenario, and something happens."""
        faults = []
        known = {source.id for source in self.sources}
        seen: set[str] = set()
        for section, entry in self.entries():
            where = section if section == "overproduction" else f"{_SINGULAR[section]} '{entry.id}'"
            if entry.id in seen:
                faults.append(f"{where} is defined twice")
            seen.add(entry.id)
            if entry.source is not None and entry.source not in known:
                faults.append(f"{where}: no source '{entry.source}'")
            strange = sorted(set(entry.ours) - set(type(entry).model_fields))
            faults += [f"{where}: ours names '{key}', which is no key of the entry" for key in strange]
            faults += [f"{where}: {fault}" for fault in self._times(entry)]
        if not (self.withheld or self.items or self.lost_capacity or self.demand):
            faults.append("withheld: nothing happens. Add an entry to withheld, items, lost_capacity or demand")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _times(self, entry: Stated) -> Iterable[str]:
        """What is wrong with the days of an entry."""
        days: dict[str, int] = {}
        for name in ("begins", "ends"):
            written = getattr(entry, name, None)
            if isinstance(written, str) and self.start is None:
                yield f"{name} is a date ({written}), and the scenario has no 'start'"
            elif written is not None:
                try:
                    days[name] = self.day(written)
                except ValueError as error:
                    yield f"{name} {written} is no date ({error})"
        if "begins" in days and not 0 <= days["begins"] < self.days:
            yield f"begins on day {days['begins']}, outside the {self.days} days of the scenario"
        elif len(days) == 2 and days["ends"] <= days["begins"]:
            yield f"ends on day {days['ends']}, not after it begins on day {days['begins']}"

    def entries(self) -> Iterator[tuple[str, Stated]]:
        """Every entry that states numbers, with the name of its section."""
        for section in SECTIONS:
            for entry in getattr(self, section):
                yield section, entry
        if self.overproduction is not None:
            yield "overproduction", self.overproduction

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


# One word each, by which faults are found again in the text of the document.
_SINGULAR = {
    "withheld": "withholding",
    "items": "item",
    "lost_capacity": "loss",
    "demand": "demand",
    "stocks": "stock",
    "essential": "essential",
    "substitution": "substitution",
    "releases": "release",
    "new_capacity": "addition",
}
