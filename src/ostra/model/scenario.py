"""The scenario: who withholds what from whom, when, how much, and what softens it; each number with its reason.

Where a number is not known, a range stands in its place: `{low, high}` (any value alike), or `{low, mode, high}` (a
triangle). Runs draw from it; without runs, the mild and the severe ends are computed beside the middle.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import Field, StringConstraints, model_validator

from ostra.model.base import Entry, HomeName, Id, IsoDate, Model, Sector, Share, SourceId, Text
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


Change = Annotated[float, Field(ge=-1.0, le=10.0, allow_inf_nan=False)]  # signed, a fraction
N = TypeVar("N")


class Range(Model, Generic[N]):
    """A value that is not known exactly; both ends and the likeliest are what the value may be."""

    low: N
    """The ends."""
    high: N
    """The ends."""
    mode: N | None = None
    """The likeliest value."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low, high, mode = self.ends()
        if low > high:
            raise ValueError(f"low ({low:g}) is greater than high ({high:g}): swap them")
        if mode is not None and not low <= mode <= high:
            raise ValueError(f"mode ({mode:g}) is outside low ({low:g}) to high ({high:g})")
        return self

    def ends(self) -> tuple[float, float, float | None]:
        """Low, high and mode, the last None where any value is alike."""
        values: Any = self
        return values.low, values.high, values.mode


UncertainShare = Share | Range[Share]
UncertainDays = Days | Range[Days]
UncertainFactor = Factor | Range[Factor]
UncertainChange = Change | Range[Change]


class Stated(Entry):
    """What every entry carries: why these numbers, and from where. Without a source they are the author's choice.

    A source may say that something matters and not how much: `ours` then names the keys whose numbers are the author's
    choice all the same.
    """

    reason: Text
    source: SourceId | None = None
    locator: str = ""
    """Where in the source it stands."""
    ours: tuple[str, ...] = ()
    """Keys whose numbers are the author's choice although a source is named."""

    def source_of(self, key: str) -> str:
        """The source of a number; empty where it is our choice."""
        return "" if self.source is None or key in self.ours else self.source

    def origin_of(self, key: str) -> str:
        """The source of a number with the place in it, or that it is our choice."""
        return ", ".join(filter(None, (source, self.locator))) if (source := self.source_of(key)) else OUR_CHOICE


class Lasting(Stated):
    """An entry that holds from one day to another; without an end, to the last day of the scenario."""

    begins: Day = 0
    ends: Day | None = None
    """The first day on which it no longer holds; absent, it holds to the last."""


class Concern(Model):
    """Items of an ecosystem that an entry without items of its own is about, so that assessments count it.

    What whole sectors do can be about items of a chain: leading-edge foundries are a part of a country's electronics.
    It changes no number. A simulation with it stands in the assessment of the ecosystem as one with withheld items
    does, the economy that loses capacity being the supplier. Capacity that home itself loses is told and counts for no
    level: it depends on nobody else.
    """

    ecosystem: Id
    """The dossier."""
    items: tuple[Id, ...] = Field(min_length=1)
    """Its items."""


class Withholding(Lasting):
    """A seller delivers less to buyers: all goods, or those of some sectors, to all users or to some sectors.

    `share` is the part of the usual deliveries that stops.
    """

    seller: HomeName
    """Who withholds."""
    buyers: tuple[HomeName, ...] = ()
    """From whom; absent, from everybody else."""
    sectors: tuple[Sector, ...] = ()
    """Of the seller; absent, all."""
    users: tuple[Sector, ...] = ()
    """Of the buyers; absent, all, final users included."""
    share: UncertainShare = 1.0
    """The part of usual deliveries that stops."""
    concerns: tuple[Concern, ...] = ()
    """Items of an ecosystem that it is about, so that `ostra assess --simulate` counts it."""


class ItemWithholding(Lasting):
    """A seller withholds one item of a chain; its dossier says which sectors make and use it.

    Deliveries of the makers fall by the item's part in them, and the users can make less of what needs the item, as
    docs/methods/disruption-items.md tells. What the dossier leaves open and no key here narrows is a range from 0 to 1.
    """

    seller: HomeName
    """Who withholds."""
    buyers: tuple[HomeName, ...] = ()
    """From whom; absent, from everybody else."""
    ecosystem: Id
    """The dossier."""
    item: Id
    """Of that dossier."""
    share: UncertainShare = 1.0
    """The part of what the seller provides that stops."""
    hold: UncertainShare | None = None
    """The seller's share of what the buyers get; absent, what the dossier and the facts say."""
    value_share: UncertainShare | None = None
    """Of the makers' deliveries to the users, the part that is the item; absent, what the dossier says."""
    need: UncertainShare | None = None
    """Of the users' output, the part that cannot be made without the item; absent, what the dossier says."""
    store: UncertainDays = 0.0
    """Days of use of the item that its users hold."""


class CapacityLoss(Lasting):
    """Sectors of an economy cannot produce all that they usually do; `share` is the part that is lost."""

    economy: HomeName
    sectors: tuple[Sector, ...] = ()
    """Absent, all."""
    share: UncertainShare
    """The part of usual output that cannot be made."""
    recovers: UncertainDays = 0.0
    """Days after the end until all is back, in equal steps."""
    concerns: tuple[Concern, ...] = ()
    """Items of an ecosystem that it is about, so that `ostra assess --simulate` counts it."""


class DemandChange(Lasting):
    """Final users of an economy buy more or less of some sectors' goods, wherever they come from."""

    economy: HomeName
    """Of the final users."""
    sectors: tuple[Sector, ...] = ()
    """Whose goods; absent, all."""
    change: UncertainChange
    """−0.1 is a tenth less."""


class Stocks(Stated):
    """How many days of use of these sectors' goods their users hold at the start."""

    sectors: tuple[Sector, ...] = ()
    """Whose goods are held; absent, all that no other entry names."""
    days: UncertainDays
    """Of usual use; at least 1 is taken."""


class Overproduction(Stated):
    """How far producers can go above their usual output, and how many days that takes."""

    limit: UncertainFactor
    """1.1 is a tenth above usual."""
    days: UncertainDays
    """Until it is reached."""


class Substitution(Stated):
    """Buyers turn to other sellers of the same sector's goods.

    `limit` is the largest factor by which a buyer multiplies its usual orders from a seller that it turns to; each day
    it goes 1/`days` of the way to what sellers are able to deliver.
    """

    limit: UncertainFactor
    """Largest factor on usual orders from a seller that a buyer turns to; 2 is twice as much."""
    days: UncertainDays
    """Each day buyers go 1/`days` of the way to what sellers can deliver."""
    sectors: tuple[Sector, ...] = ()
    """Whose goods; absent, all that no other entry names."""


class Essential(Stated):
    """How much of a user's production stops when it has none of these sectors' goods; all of it, unless said here.

    Where entries speak of the same goods and users, the last one counts.
    """

    sectors: tuple[Sector, ...] = Field(min_length=1)
    """Whose goods."""
    users: tuple[Sector, ...] = ()
    """Who uses them; absent, all."""
    share: UncertainShare
    """The part of a user's production that stops without them; 1 for what no entry names; of several entries the last
    counts."""


class StockRelease(Stated):
    """A policy response: a stockpile of goods is released to users in an economy, a part of it each day."""

    economy: HomeName
    """Whose users receive it."""
    sectors: tuple[Sector, ...] = Field(min_length=1)
    """Whose goods are in the stockpile."""
    days_of_use: UncertainDays
    """How large it is."""
    begins: Day
    lasts: Annotated[int, Field(ge=1, le=36500)]
    """Days over which it is handed out evenly."""


class NewCapacity(Stated):
    """A policy response: producers of an economy can make more than before, `lag` days after the start."""

    economy: HomeName
    sectors: tuple[Sector, ...] = Field(min_length=1)
    share: UncertainShare
    """Of usual output, added."""
    lag: UncertainDays
    """Days from the start until it works."""
    ramp: UncertainDays = 0.0
    """Days from then until all of it works, in equal steps."""


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
    """One disruption and what softens it, as one document.

    At least one of `withheld`, `items`, `lost_capacity` and `demand` has an entry. Ids are unique; sources exist; each
    entry begins within the days of the scenario and ends after it begins.
    """

    format: Literal["ostra-scenario/1"]
    """The version of this definition."""
    id: Id
    """Name of the scenario; the name of the file without `.yaml`."""
    title: Text
    """As printed."""
    summary: Text
    """What it is about."""
    author: Text
    """Who answers for it."""
    date: IsoDate
    """Of this state."""
    home: HomeName = "EU27"
    """From whose viewpoint results are told, unless another is asked for."""
    days: Annotated[int, Field(ge=1, le=36500)] = 365
    """How many days are computed."""
    start: FullDate | None = None
    """Date of day 0; needed where days are written as dates."""
    level: Share = 0.99
    """Results count the days until output falls below this part of the output before."""
    sources: tuple[Source, ...] = ()
    """As in [dossiers](reference-dossier.md)."""
    withheld: tuple[Withholding, ...] = ()
    """Who delivers less to whom."""
    items: tuple[ItemWithholding, ...] = ()
    """Which items of a chain are withheld."""
    lost_capacity: tuple[CapacityLoss, ...] = ()
    """Who can make less."""
    demand: tuple[DemandChange, ...] = ()
    """Whose final users buy more or less."""
    stocks: tuple[Stocks, ...] = ()
    """What users have in store; without it, one day of use."""
    essential: tuple[Essential, ...] = ()
    """Inputs without which production goes on in part."""
    overproduction: Overproduction | None = None
    """How far producers go beyond their usual output; without it, not at all."""
    substitution: tuple[Substitution, ...] = ()
    """How buyers turn to other sellers; without it, not at all."""
    rationing: Rationing = "proportional"
    """Who is served when there is too little: all alike, buyers at home before others, or firms before
    final users."""
    releases: tuple[StockRelease, ...] = ()
    """Stockpiles that are opened."""
    new_capacity: tuple[NewCapacity, ...] = ()
    """Capacity that is built."""
    caveats: tuple[Text, ...] = ()
    """Shown with every result."""

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
