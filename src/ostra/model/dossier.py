"""The dossier: all that is known of one ecosystem, as one document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from ostra.model.base import (
    ClaimId,
    Dimension,
    Economy,
    EconomyOrBloc,
    Entry,
    Horizon,
    Hs6,
    Id,
    Interval,
    IsoDate,
    ItemId,
    Model,
    Share,
    StageId,
    Text,
    as_interval,
)
from ostra.model.evidence import Claim, Source
from ostra.model.references import Document, Fault

ItemKind = Literal[
    "material",
    "tool",
    "software",
    "ip",
    "process",
    "service",
    "infrastructure",
    "standard",
    "skill",
    "product",
]


Edition = Literal["HS92", "HS96", "HS02", "HS07", "HS12", "HS17", "HS22"]
EDITIONS: tuple[Edition, ...] = ("HS92", "HS96", "HS02", "HS07", "HS12", "HS17", "HS22")
"""Editions of the Harmonized System, oldest first."""


class ProductBinding(Model):
    """A customs heading under which an item is traded, so that trade facts flow in.

    `coverage` says how well the heading fits: `exact`, `wider` (the heading holds other goods too) or
    `part` (the heading is one of several forms of the item).
    """

    hs: Hs6
    """The heading."""
    edition: Edition = "HS92"
    """Edition of the Harmonized System."""
    coverage: Literal["exact", "wider", "part"] = "exact"
    """Whether the heading is the item, holds other goods too, or is one of several forms of it."""
    note: str = ""


class CarriedBinding(ProductBinding):
    """A heading that was carried over from the edition that the dossier names to that of the trade facts.

    Never written in a dossier: it is made when trade facts of another edition are read.
    """

    carried: str
    """Which code of which edition it stands for, and how well, as a sentence."""


class SectorBinding(Model):
    """A sector of input-output tables that makes an item, or that uses it, so that a hold reaches the economy around.

    `share` says how much of the sector the item is: of a maker, the part of its sales that are this item; of a user,
    the part of its output that cannot be made without it. Left out, it is unknown and counts as 0 to 1. `coverage`
    is as for products: the sector is nearly always `wider`. How a hold reaches sectors stands in
    docs/methods/disruption-items.md.
    """

    role: Literal["makes", "uses"]
    """Whether the sector makes the item or cannot do without it."""
    sector: Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9A-Z_]{0,9}$")]
    """Division of ISIC Rev. 4 (`C26`), or code of the OECD tables (`C24B`)."""
    classification: Literal["ISIC Rev. 4", "ICIO"] = "ISIC Rev. 4"
    """Of the code."""
    share: Share | Interval | None = None
    """Of a maker: the part of its sales that are the item; of a user: the part of its output that cannot be made
    without it; absent is unknown."""
    coverage: Literal["exact", "wider", "part"] = "wider"
    """Whether the sector is the item, holds other goods too, or is one of several that make or use it."""
    note: str = ""
    claims: tuple[ClaimId, ...] = ()

    def interval(self) -> Interval:
        """The share as an interval; unknown is 0 to 1."""
        return as_interval(self.share)


NOT_SAID = "The sources do not say."
"""What stands where there is no position: unknown, not none."""

UNSPECIFIED: Economy = "ZZZ"
"""Stands for economies that a source does not tell apart; ISO 3166 leaves this code to users."""


class Item(Entry):
    """A node of the ecosystem."""

    name: Text
    kind: ItemKind
    stage: StageId
    description: str = ""
    products: tuple[ProductBinding, ...] = ()
    """Customs headings, so that trade facts flow in."""
    sectors: tuple[SectorBinding, ...] = ()
    """Sectors of input–output tables that make or use it, so that a hold on it becomes a shock on them."""
    material: str = ""
    """Name in the production facts, so that production flows in."""
    complete: tuple[Literal["location", "headquarters"], ...] = ()
    """By which the listed providers are all there are; with none listed, the item has no provider of its own and only
    its inputs and variants count."""
    claims: tuple[ClaimId, ...] = ()
    """That it exists and matters."""


class Stage(Entry):
    """A column of the ecosystem map, in production order."""

    name: Text


class Link(Model):
    """`item` requires `needs` (all needed), or `needs` is one of its variants (kinds of one thing).

    `essentiality` is the part of the item's output that is lost when what it requires is lost altogether.
    """

    item: ItemId
    needs: ItemId
    kind: Literal["requires", "variant_of"] = "requires"
    """`requires`: `item` cannot be made without `needs`; `variant_of`: `needs` is one of the kinds of
    `item`."""
    weight: Share | None = None
    """Of the variant."""
    essentiality: float = Field(default=1.0, gt=0.0, le=1.0, allow_inf_nan=False)
    """Of what is required: the part of the output lost when it is lost altogether."""
    claims: tuple[ClaimId, ...] = ()

    @model_validator(mode="after")
    def _of_another(self) -> Self:
        if self.item == self.needs:
            raise ValueError("an item cannot need itself")
        return self


class Provision(Model):
    """Who provides which share of an item, by where it is made (`location`) or by who controls it (`headquarters`).

    An unknown share is left out and counts as the interval from 0 to 1.

    A source may speak of no single economy. `economy` is then `ZZZ`, and `among` lists the economies that
    share the provision in a way that nobody states; empty, it may be any. Each of them holds from nothing to all of
    it. Where a source gives an economy's total and the shares of its organisations too, the organisations' rows are
    marked `part_of_economy`: the total contains them, so that they must not be added to it.
    """

    item: ItemId
    economy: Economy
    """`ZZZ` where the source does not tell the economies apart."""
    among: tuple[Economy, ...] = ()
    """With `ZZZ`: they share it in an unknown way; absent, it may be any economy."""
    organisation: str = ""
    part_of_economy: bool = False
    """The row of the same economy without organisation contains this one; it is not added."""
    by: Literal["location", "headquarters"]
    """Where it is made, or who controls it."""
    share: Share | Interval | None = None
    """Of what the world is provided with; absent is unknown."""
    year: int | None = Field(default=None, ge=1900, le=2100)
    claims: tuple[ClaimId, ...] = Field(min_length=1)
    note: str = ""
    """How the share was read."""

    def interval(self) -> Interval:
        """The share as an interval; unknown is 0 to 1."""
        return as_interval(self.share)


class Ownership(Model):
    """Who controls an organisation: `owner`, seated in `economy`; chains arise where an owner is itself owned."""

    organisation: Text
    """As in the provision."""
    owner: Text
    economy: Economy
    """Where the owner has its seat."""
    claims: tuple[ClaimId, ...] = ()


class Actor(Entry):
    """An organisation, or a public office holder in the public role, to watch."""

    name: Text
    kind: Literal["company", "state body", "research", "standards body", "alliance", "office holder"]
    """Persons only as office holders, in their public role."""
    economy: Economy | None
    """Null where none fits."""
    role: Text
    why: Text
    """Why to watch it."""
    since: str = ""
    claims: tuple[ClaimId, ...] = Field(min_length=1)


class JudgedFinding(Entry):
    """A signed judgement on one dimension; `effect` −1 weakens, +1 strengthens the home's autonomy.

    Severity 0 with effect −1 says that the author looked and found no challenge, which differs from saying nothing.
    """

    items: tuple[ItemId, ...] = Field(min_length=1)
    supplier: Economy | None = None
    """On whom the dependency is, if on one."""
    dimension: Dimension
    effect: Literal[-1, 1]
    """Weakens or strengthens home's autonomy."""
    severity: Literal[0, 1, 2, 3]
    """Looked at and no challenge found (with effect −1 only), low, medium, high."""
    horizon: Horizon
    """This year, within 2 years, 2 to 5 years, later."""
    confidence: Share
    """Of the judge."""
    reason: Text
    author: Text
    """Who judges."""
    date: IsoDate
    """Of the judgement."""
    claims: tuple[ClaimId, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _looked_at(self) -> Self:
        if self.severity == 0 and self.effect != -1:
            raise ValueError(
                "severity 0 means looked at, no challenge found: its effect is -1; a strength is at least 1"
            )
        return self


class ContextEntry(Entry):
    """Something in the political world that bears on suppliers: a law, a control, an alliance, an event.

    `economy` may be a bloc, whose entry bears on whoever is its member in the year assessed.
    """

    economy: EconomyOrBloc
    """Whose law, control or act it is; a bloc's bears on its members of the year assessed."""
    kind: Literal["law", "export control", "coercion", "state ownership", "alliance", "market exclusion", "subsidy"]
    title: Text
    what: Text
    reach: tuple[ItemId, ...] = ()
    """What it can reach."""
    since: str = ""
    claims: tuple[ClaimId, ...] = Field(min_length=1)


class Recommendation(Entry):
    """What the source advises, tied to an instrument of the catalogue."""

    instrument: Id
    """Of the catalogue."""
    text: Text
    dimensions: tuple[Dimension, ...]
    items: tuple[ItemId, ...] = ()
    claims: tuple[ClaimId, ...] = Field(min_length=1)


class Position(Model):
    """Where one economy stands on a point on which the sources compare economies, such as its deployment or its law.

    There is one position for each topic and economy. Where the sources say nothing of an economy on a topic, there is
    no entry, and pages say so. Numbers are in the claims.
    """

    unique: ClassVar = ("topic", "economy")

    topic: Id
    """Free; use those in use where they fit: deployment, strategy, standards, openness, law, trial-sites, market,
    research, patents, investment, talent, supply, infrastructure, technology, security, privacy, sustainability,
    values."""
    economy: EconomyOrBloc
    """An ISO 3166 alpha-3 code, or the code of a bloc such as `EU27`."""
    text: Text
    """In your own words."""
    claims: tuple[ClaimId, ...] = Field(min_length=1)


class Dossier(Document):
    """One ecosystem: items and links, who provides what, what follows from it, and where each datum is from.

    Ids are unique; every reference leads somewhere; the least possible shares of one item (by location or by
    headquarters, in one year) sum to at most the whole.
    """

    format: Literal["ostra-dossier/1"]
    """The version of this definition."""
    id: Id
    """Name of the ecosystem; the name of the file without `.yaml`."""
    title: Text
    """As printed."""
    summary: Text
    """What it is about, in a few sentences."""
    author: Text
    """Who answers for the dossier."""
    date: IsoDate
    """Of this state."""
    sources: tuple[Source, ...]
    """Documents and data sets that claims rest on."""
    claims: tuple[Claim, ...]
    """Data carried over from sources."""
    stages: tuple[Stage, ...]
    """Columns of the map, in production order."""
    items: tuple[Item, ...]
    """Nodes of the ecosystem."""
    links: tuple[Link, ...] = ()
    """What needs what."""
    provision: tuple[Provision, ...] = ()
    """Who provides which share of what."""
    ownership: tuple[Ownership, ...] = ()
    """Who controls whom."""
    actors: tuple[Actor, ...] = ()
    """Whom to watch."""
    findings: tuple[JudgedFinding, ...] = ()
    """Signed judgements on the four dimensions."""
    context: tuple[ContextEntry, ...] = ()
    """Laws, controls, alliances and events."""
    positions: tuple[Position, ...] = ()
    """Where each economy stands on the points that are compared."""
    recommendations: tuple[Recommendation, ...] = ()
    """What the source advises."""
    open_questions: tuple[Text, ...] = ()
    """What nobody has answered."""
    caveats: tuple[Text, ...] = ()
    """What to know before using it, such as a licence; shown with every result."""

    def rules(self) -> Iterator[Fault]:
        """Items whose least possible shares already sum to more than the whole (2 points allowed for rounding)."""
        totals: dict[tuple[str, str, int | None, bool], float] = {}
        last: dict[tuple[str, str, int | None, bool], int] = {}
        for number, row in enumerate(self.provision):
            key = (row.item, str(row.by), row.year, row.part_of_economy)
            totals[key] = totals.get(key, 0.0) + row.interval().low
            last[key] = number
        for key, total in totals.items():
            if total > 1.02 + 1e-9:
                item, by, year, _ = key
                reason = f"provision of '{item}' by {by} ({year or 'no year'}): shares sum to {total:.4g}, more than 1"
                yield Fault(("provision", last[key], "share"), reason, "Make the larger ones intervals, or mend them")

    def item(self, item_id: str) -> Item:
        """The item with this id.

        Raises
        ------
        KeyError
            No such item.
        """
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)
