"""The dossier: all that is known of one ecosystem, as one document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from ostra.model.base import (
    Dimension,
    Economy,
    EconomyOrBloc,
    Horizon,
    Hs6,
    Id,
    Interval,
    IsoDate,
    Model,
    Share,
    Text,
)
from ostra.model.evidence import Claim, Source

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
    claims: tuple[Id, ...] = ()

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

    id: Id
    name: Text
    kind: ItemKind
    stage: Id
    description: str = ""
    products: tuple[ProductBinding, ...] = ()
    sectors: tuple[SectorBinding, ...] = ()
    material: str = ""  # name in the production facts, for mined or refined materials
    # By which the listed providers are all there are. With none listed, the item has no provider of its own and is
    # what its inputs and variants make it.
    complete: tuple[Literal["location", "headquarters"], ...] = ()
    claims: tuple[Id, ...] = ()


class Stage(Model):
    """A column of the ecosystem map, in production order."""

    id: Id
    name: Text


class Link(Model):
    """`item` requires `needs` (all needed), or `needs` is one of its variants (kinds of one thing).

    `essentiality` is the part of the item's output that is lost when what it requires is lost altogether.
    """

    item: Id
    needs: Id
    kind: Literal["requires", "variant_of"] = "requires"
    weight: Share | None = None  # share of a variant where known
    essentiality: float = Field(default=1.0, gt=0.0, le=1.0, allow_inf_nan=False)
    claims: tuple[Id, ...] = ()


class Provision(Model):
    """Who provides which share of an item, by where it is made (`location`) or by who controls it (`headquarters`).

    An unknown share is left out and counts as the interval from 0 to 1.

    A source may speak of no single economy. `economy` is then `UNSPECIFIED`, and `among` lists the economies that
    share the provision in a way that nobody states; empty, it may be any. Each of them holds from nothing to all of
    it. Where a source gives an economy's total and the shares of its organisations too, the organisations' rows are
    marked `part_of_economy`: the total contains them, so that they must not be added to it.
    """

    item: Id
    economy: Economy
    among: tuple[Economy, ...] = ()
    organisation: str = ""
    part_of_economy: bool = False
    by: Literal["location", "headquarters"]
    share: Share | Interval | None = None
    year: int | None = Field(default=None, ge=1900, le=2100)
    claims: tuple[Id, ...] = Field(min_length=1)
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
    claims: tuple[Id, ...] = ()


class Actor(Model):
    """An organisation, or a public office holder in the public role, to watch."""

    id: Id
    name: Text
    kind: Literal["company", "state body", "research", "standards body", "alliance", "office holder"]
    economy: Economy | None
    role: Text
    why: Text
    since: str = ""
    claims: tuple[Id, ...] = Field(min_length=1)


class JudgedFinding(Model):
    """A signed judgement on one dimension; `effect` −1 weakens, +1 strengthens the home's autonomy.

    Severity 0 with effect −1 says that the author looked and found no challenge, which differs from saying nothing.
    """

    id: Id
    items: tuple[Id, ...] = Field(min_length=1)
    supplier: Economy | None = None
    dimension: Dimension
    effect: Literal[-1, 1]
    severity: Literal[0, 1, 2, 3]
    horizon: Horizon
    confidence: Share
    reason: Text
    author: Text
    date: IsoDate
    claims: tuple[Id, ...] = Field(min_length=1)

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

    id: Id
    economy: EconomyOrBloc
    kind: Literal["law", "export control", "coercion", "state ownership", "alliance", "market exclusion", "subsidy"]
    title: Text
    what: Text
    reach: tuple[Id, ...] = ()  # items within its reach
    since: str = ""
    claims: tuple[Id, ...] = Field(min_length=1)


class Recommendation(Model):
    """What the source advises, tied to an instrument of the catalogue."""

    id: Id
    instrument: Id
    text: Text
    dimensions: tuple[Dimension, ...]
    items: tuple[Id, ...] = ()
    claims: tuple[Id, ...] = Field(min_length=1)


class Position(Model):
    """Where one economy stands on a point on which the sources compare economies, such as its deployment or its law.

    `topic` is free; those in use are in docs/reference-dossier.md. There is one position for each topic and economy.
    Where the sources say nothing of an economy on a topic, there is no entry, and pages say so. Numbers are in the
    claims.
    """

    topic: Id
    economy: EconomyOrBloc
    text: Text
    claims: tuple[Id, ...] = Field(min_length=1)


class Dossier(Model):
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

    @model_validator(mode="after")
    def _references_resolve(self) -> Self:
        """Ids are unique, every reference leads somewhere, and no item's known shares exceed the whole."""
        faults = list(_duplicates("source", (s.id for s in self.sources)))
        faults += _duplicates("claim", (c.id for c in self.claims))
        faults += _duplicates("stage", (s.id for s in self.stages))
        faults += _duplicates("item", (i.id for i in self.items))
        faults += _duplicates("finding", (f.id for f in self.findings))
        faults += _duplicates("actor", (a.id for a in self.actors))
        faults += [
            f"position on '{topic}' of {economy} is defined twice"
            for (topic, economy), number in Counter((p.topic, p.economy) for p in self.positions).items()
            if number > 1
        ]
        sources = {s.id for s in self.sources}
        claims = {c.id for c in self.claims}
        stages = {s.id for s in self.stages}
        items = {i.id for i in self.items}

        def missing(what: str, where: str, wanted: Iterable[str], known: set[str]) -> None:
            faults.extend(f"{where}: no {what} '{name}'" for name in wanted if name not in known)

        for claim in self.claims:
            missing("source", f"claim '{claim.id}'", [claim.source], sources)
        for item in self.items:
            missing("stage", f"item '{item.id}'", [item.stage], stages)
            missing("claim", f"item '{item.id}'", item.claims, claims)
            for sector in item.sectors:
                missing("claim", f"item '{item.id}'", sector.claims, claims)
        for link in self.links:
            where = f"link '{link.item}' -> '{link.needs}'"
            missing("item", where, [link.item, link.needs], items)
            missing("claim", where, link.claims, claims)
            if link.item == link.needs:
                faults.append(f"{where}: an item cannot need itself")
        for provision in self.provision:
            where = f"provision of '{provision.item}' by {provision.organisation or provision.economy}"
            missing("item", where, [provision.item], items)
            missing("claim", where, provision.claims, claims)
        for owned in self.ownership:
            missing("claim", f"ownership of '{owned.organisation}'", owned.claims, claims)
        for finding in self.findings:
            missing("item", f"finding '{finding.id}'", finding.items, items)
            missing("claim", f"finding '{finding.id}'", finding.claims, claims)
        for actor in self.actors:
            missing("claim", f"actor '{actor.id}'", actor.claims, claims)
        for entry in self.context:
            missing("item", f"context '{entry.id}'", entry.reach, items)
            missing("claim", f"context '{entry.id}'", entry.claims, claims)
        for position in self.positions:
            missing("claim", f"position on '{position.topic}' of {position.economy}", position.claims, claims)
        for advice in self.recommendations:
            missing("item", f"recommendation '{advice.id}'", advice.items, items)
            missing("claim", f"recommendation '{advice.id}'", advice.claims, claims)
        faults += self._overfull()
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _overfull(self) -> list[str]:
        """Items whose least possible shares already sum to more than the whole (2 points allowed for rounding)."""
        totals: dict[tuple[str, str, int | None, bool], float] = {}
        for row in self.provision:
            key = (row.item, row.by, row.year, row.part_of_economy)
            totals[key] = totals.get(key, 0.0) + row.interval().low
        return [
            f"provision of '{item}' by {by} ({year or 'no year'}): shares sum to {total:.0%}, more than 100%"
            for (item, by, year, _), total in totals.items()
            if total > 1.02 + 1e-9
        ]

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


def _duplicates(what: str, ids: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    faults = []
    for name in ids:
        if name in seen:
            faults.append(f"{what} '{name}' is defined twice")
        seen.add(name)
    return faults
