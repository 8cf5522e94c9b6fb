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


class ProductBinding(Model):
    """A customs heading under which an item is traded, so that trade facts flow in.

    `coverage` says how well the heading fits: `exact`, `wider` (the heading holds other goods too) or
    `part` (the heading is one of several forms of the item).
    """

    hs: Hs6
    edition: str = "HS92"
    coverage: Literal["exact", "wider", "part"] = "exact"
    note: str = ""


class SectorBinding(Model):
    """A sector of input-output tables that makes an item, or that uses it, so that a hold reaches the economy around.

    `share` says how much of the sector the item is: of a maker, the part of its sales that are this item; of a user,
    the part of its output that cannot be made without it. Left out, it is unknown and counts as 0 to 1. `coverage`
    is as for products: the sector is nearly always `wider`.
    """

    role: Literal["makes", "uses"]
    sector: Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9A-Z_]{0,9}$")]  # such as C24 or C20
    classification: Literal["ISIC Rev. 4", "ICIO"] = "ISIC Rev. 4"
    share: Share | Interval | None = None
    coverage: Literal["exact", "wider", "part"] = "wider"
    note: str = ""
    claims: tuple[ClaimId, ...] = ()

    def interval(self) -> Interval:
        """The share as an interval; unknown is 0 to 1."""
        if self.share is None:
            return Interval(low=0.0, high=1.0)
        return self.share if isinstance(self.share, Interval) else Interval.exactly(self.share)


NOT_SAID = "The sources do not say."
"""What stands where there is no position: unknown, not none."""

UNSPECIFIED: Economy = "ZZZ"
"""Stands for economies that a source does not tell apart; ISO 3166 leaves this code to users."""


class Item(Model):
    """A node of the ecosystem."""

    unique: ClassVar = ("id",)

    id: Id
    name: Text
    kind: ItemKind
    stage: StageId
    description: str = ""
    products: tuple[ProductBinding, ...] = ()
    sectors: tuple[SectorBinding, ...] = ()
    material: str = ""  # name in the production facts, for mined or refined materials
    # By which the listed providers are all there are. With none listed, the item has no provider of its own and is
    # what its inputs and variants make it.
    complete: tuple[Literal["location", "headquarters"], ...] = ()
    claims: tuple[ClaimId, ...] = ()


class Stage(Model):
    """A column of the ecosystem map, in production order."""

    unique: ClassVar = ("id",)

    id: Id
    name: Text


class Link(Model):
    """`item` requires `needs` (all needed), or `needs` is one of its variants (kinds of one thing).

    `essentiality` is the part of the item's output that is lost when what it requires is lost altogether.
    """

    item: ItemId
    needs: ItemId
    kind: Literal["requires", "variant_of"] = "requires"
    weight: Share | None = None  # share of a variant where known
    essentiality: float = Field(default=1.0, gt=0.0, le=1.0, allow_inf_nan=False)
    claims: tuple[ClaimId, ...] = ()

    @model_validator(mode="after")
    def _of_another(self) -> Self:
        if self.item == self.needs:
            raise ValueError("an item cannot need itself")
        return self


class Provision(Model):
    """Who provides which share of an item, by where it is made (`location`) or by who controls it (`headquarters`).

    An unknown share is left out and counts as the interval from 0 to 1.

    A source may speak of no single economy. `economy` is then `UNSPECIFIED`, and `among` lists the economies that
    share the provision in a way that nobody states; empty, it may be any. Each of them holds from nothing to all of
    it. Where a source gives an economy's total and the shares of its organisations too, the organisations' rows are
    marked `part_of_economy`: the total contains them, so that they must not be added to it.
    """

    item: ItemId
    economy: Economy
    among: tuple[Economy, ...] = ()
    organisation: str = ""
    part_of_economy: bool = False
    by: Literal["location", "headquarters"]
    share: Share | Interval | None = None
    year: int | None = Field(default=None, ge=1900, le=2100)
    claims: tuple[ClaimId, ...] = Field(min_length=1)
    note: str = ""

    def interval(self) -> Interval:
        """The share as an interval; unknown is 0 to 1."""
        if self.share is None:
            return Interval(low=0.0, high=1.0)
        if isinstance(self.share, Interval):
            return self.share
        return Interval.exactly(self.share)


class Ownership(Model):
    """Who controls an organisation: `owner`, seated in `economy`; chains arise where an owner is itself owned."""

    organisation: Text  # as in the provision
    owner: Text
    economy: Economy
    claims: tuple[ClaimId, ...] = ()


class Actor(Model):
    """An organisation, or a public office holder in the public role, to watch."""

    unique: ClassVar = ("id",)

    id: Id
    name: Text
    kind: Literal["company", "state body", "research", "standards body", "alliance", "office holder"]
    economy: Economy | None
    role: Text
    why: Text
    since: str = ""
    claims: tuple[ClaimId, ...] = Field(min_length=1)


class JudgedFinding(Model):
    """A signed judgement on one dimension; `effect` −1 weakens, +1 strengthens the home's autonomy.

    Severity 0 with effect −1 says that the author looked and found no challenge, which differs from saying nothing.
    """

    unique: ClassVar = ("id",)

    id: Id
    items: tuple[ItemId, ...] = Field(min_length=1)
    supplier: Economy | None = None
    dimension: Dimension
    effect: Literal[-1, 1]
    severity: Literal[0, 1, 2, 3]
    horizon: Horizon
    confidence: Share
    reason: Text
    author: Text
    date: IsoDate
    claims: tuple[ClaimId, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _looked_at(self) -> Self:
        if self.severity == 0 and self.effect != -1:
            raise ValueError(
                "severity 0 means looked at, no challenge found: its effect is -1; a strength is at least 1"
            )
        return self


class ContextEntry(Model):
    """Something in the political world that bears on suppliers: a law, a control, an alliance, an event.

    `economy` may be a bloc, whose entry bears on whoever is its member in the year assessed.
    """

    unique: ClassVar = ("id",)

    id: Id
    economy: EconomyOrBloc
    kind: Literal["law", "export control", "coercion", "state ownership", "alliance", "market exclusion", "subsidy"]
    title: Text
    what: Text
    reach: tuple[ItemId, ...] = ()  # items within its reach
    since: str = ""
    claims: tuple[ClaimId, ...] = Field(min_length=1)


class Recommendation(Model):
    """What the source advises, tied to an instrument of the catalogue."""

    unique: ClassVar = ("id",)

    id: Id
    instrument: Id
    text: Text
    dimensions: tuple[Dimension, ...]
    items: tuple[ItemId, ...] = ()
    claims: tuple[ClaimId, ...] = Field(min_length=1)


class Position(Model):
    """Where one economy stands on a point on which the sources compare economies, such as its deployment or its law.

    `topic` is free; those in use are in docs/reference-dossier.md. There is one position for each topic and economy.
    Where the sources say nothing of an economy on a topic, there is no entry, and pages say so. Numbers are in the
    claims.
    """

    unique: ClassVar = ("topic", "economy")

    topic: Id
    economy: EconomyOrBloc
    text: Text
    claims: tuple[ClaimId, ...] = Field(min_length=1)


class Dossier(Document):
    """One ecosystem: items and links, who provides what, what follows from it, and where each datum is from."""

    format: Literal["ostra-dossier/1"]
    id: Id
    title: Text
    summary: Text
    author: Text
    date: IsoDate
    sources: tuple[Source, ...]
    claims: tuple[Claim, ...]
    stages: tuple[Stage, ...]
    items: tuple[Item, ...]
    links: tuple[Link, ...] = ()
    provision: tuple[Provision, ...] = ()
    ownership: tuple[Ownership, ...] = ()
    actors: tuple[Actor, ...] = ()
    findings: tuple[JudgedFinding, ...] = ()
    context: tuple[ContextEntry, ...] = ()
    positions: tuple[Position, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    open_questions: tuple[Text, ...] = ()
    caveats: tuple[Text, ...] = ()  # what to know before using it; travels to every page

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
