"""From a scenario as people write it to shocks and behaviour on the nodes of a table, for every run of a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ostra.ecosystem.input_output.groups import Group, group
from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.errors import MethodError, UsageError
from ostra.model.base import UNKNOWN, Interval
from ostra.model.dossier import Item, SectorBinding
from ostra.model.scenario import ItemWithholding, Lasting, Scenario, Stated, Stocks, Substitution, Withholding
from ostra.scenario.draws import Array, Draws, Hurts, Parameter, parameter
from ostra.scenario.sector_choice import sector_numbers
from ostra.scenario.simulation.behaviour import Behaviour
from ostra.scenario.simulation.shocks import (
    FOREVER,
    CapacityLoss,
    DemandShock,
    NewCapacity,
    Shock,
    StockRelease,
    Withheld,
)
from ostra.words import economies

Nodes = NDArray[np.int64]
LEAST_STOCK_DAYS = 1.0  # goods on the way; the engine's smallest stock


@dataclass(frozen=True)
class ItemFacts:
    """What a dossier knows of a withheld item: the item with its sectors, and the seller's hold on it."""

    item: Item
    hold: Interval
    origin: str
    caveats: tuple[str, ...] = ()


class Known(NamedTuple):
    """A share that no scenario says itself, and where it is from."""

    interval: Interval
    origin: str


@dataclass(frozen=True, eq=False)
class Compiled:
    """A scenario ready to be simulated.

    Attributes
    ----------
    shocks, behaviour, days, level
        For `engine.simulate`; numbers by run have the run as last axis.
    runs
        Runs of the batch: the fixed ones, then the draws.
    drawn
        How many of them are draws.
    parameters
        Every number of the scenario with its range, origin and reason.
    home
        From whose viewpoint results are told.
    sellers
        Nodes of those who withhold.
    hit
        Economies that are named as buyers, or that lose capacity.
    begins, ends
        First day of the first shock, and first day after the last one (the number of days if one never ends).
    caveats
        What was assumed or could not be told apart.
    """

    table: InputOutputTable
    shocks: tuple[Shock, ...]
    behaviour: Behaviour
    days: int
    level: float
    runs: int
    drawn: int
    parameters: tuple[Parameter, ...]
    home: Group
    sellers: Nodes
    hit: tuple[str, ...]
    begins: int
    ends: int
    caveats: tuple[str, ...]


def compiled(
    scenario: Scenario,
    table: InputOutputTable,
    *,
    items: Mapping[str, ItemFacts] | None = None,
    home: str | None = None,
    days: int | None = None,
    draws: int = 0,
    seed: int = 0,
) -> Compiled:
    """Resolve economies, sectors and items against a table, and give every run its numbers.

    Parameters
    ----------
    items
        What the dossiers say of withheld items: id of the entry -> facts.
    home
        From whose viewpoint, instead of the scenario's.
    days
        Instead of the scenario's.
    draws, seed
        How many draws of open numbers beside the middle, the mild and the severe end, and from which seed.

    Raises
    ------
    NotFoundError
        An economy or sector that the table does not have.
    MethodError
        An item without sectors, or a withholding that meets nobody.
    """
    length = days or scenario.days
    trial = _Compiler(scenario, table, items or {}, length, Draws(0, seed, anything_open=True))
    trial.all()
    anything_open = any(one.open for one in trial.draws.parameters)
    made = _Compiler(scenario, table, items or {}, length, Draws(draws, seed, anything_open))
    behaviour = made.all()
    viewpoint = made.side(home or scenario.home)
    return Compiled(
        table=table,
        shocks=tuple(made.shocks),
        behaviour=behaviour,
        days=length,
        level=scenario.level,
        runs=made.draws.runs,
        drawn=draws if anything_open else 0,
        parameters=tuple(made.draws.parameters),
        home=viewpoint,
        sellers=np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *made.sellers])),
        hit=tuple(dict.fromkeys(made.hit)),
        begins=made.begins,
        ends=made.ends,
        caveats=tuple(dict.fromkeys([*scenario.caveats, *table.caveats, *made.caveats])),
    )


@dataclass
class _Compiler:
    scenario: Scenario
    table: InputOutputTable
    items: Mapping[str, ItemFacts]
    days: int
    draws: Draws
    shocks: list[Shock] = field(default_factory=list)
    sellers: list[Nodes] = field(default_factory=list)
    hit: list[str] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)
    begins: int = FOREVER
    ends: int = 0

    def all(self) -> Behaviour:
        """Compile every shock and every answer of policy, and how firms react."""
        for withheld in self.scenario.withheld:
            self._withheld(withheld)
        for item in self.scenario.items:
            self._item(item)
        for loss in self.scenario.lost_capacity:
            first, last = self._period(loss)
            where_lost = self.side(loss.economy)
            self.hit += where_lost.economies
            nodes, share = self._nodes(where_lost, loss.sectors), self._number(loss, "share", "share", 1)
            recovers = np.round(self._number(loss, "recovers", "days", 1)).astype(np.int64)
            self.shocks.append(CapacityLoss(nodes, share, first, last, recovers))
        for change in self.scenario.demand:
            first, last = self._period(change)
            where = self._destinations(self.side(change.economy), change.id)
            sectors, fraction = self._sectors(change.sectors), self._number(change, "change", "fraction", -1)
            self.shocks.append(DemandShock(sectors, where, fraction, first, last))
        for release in self.scenario.releases:
            begin = self.scenario.day(release.begins)
            sectors, users = self._sectors(release.sectors), self._nodes(self.side(release.economy), ())
            held = self._number(release, "days_of_use", "days", -1)
            self.shocks.append(StockRelease(sectors, users, held, begin, begin + release.lasts - 1))
        for added in self.scenario.new_capacity:
            nodes = self._nodes(self.side(added.economy), added.sectors)
            share = self._number(added, "share", "share", -1)
            lag = np.ceil(self._number(added, "lag", "days", 1)).astype(np.int64)
            ramp = np.round(self._number(added, "ramp", "days", 1)).astype(np.int64)
            self.shocks.append(NewCapacity(nodes, share, lag, ramp))
        return self._behaviour()

    def side(self, name: str) -> Group:
        """An economy or bloc in the table."""
        found = group(self.table, economies.home(name))
        self.caveats += found.caveats
        return found

    def _number(
        self, entry: Stated, key: str, unit: str, hurts: Hurts, *, sector: str = "", known: Known | None = None
    ) -> Array:
        """A number of an entry in every run; `known` takes its place where the entry leaves it open."""
        written, origin, source = getattr(entry, key), entry.origin_of(key), entry.source_of(key)
        if written is None and known is not None:
            written, origin, source = known.interval, known.origin, ""
        name = f"{entry.id}.{key}.{sector}" if sector else f"{entry.id}.{key}"
        told = parameter(name, written, unit=unit, hurts=hurts, origin=origin, reason=entry.reason, source=source)
        return self.draws.values(told)

    def _sectors(self, names: Sequence[str]) -> Nodes:
        """Numbers of sectors; none named, all."""
        if not names:
            return np.arange(len(self.table.sectors))
        found = [sector_numbers(self.table, name) for name in names]
        self.caveats += [caveat for one in found for caveat in one.caveats]
        return np.array(sorted({number for one in found for number in one.numbers}))

    def _nodes(self, side: Group, sectors: Sequence[str]) -> Nodes:
        width = len(self.table.sectors)
        starts = np.array([self.table.economies.index(code) * width for code in side.economies])
        return np.asarray((starts[:, None] + self._sectors(sectors)[None, :]).ravel(), dtype=np.int64)

    def _buyers(self, entry: Withholding | ItemWithholding, seller: Group) -> list[Group]:
        """The sides that do not get the goods; everybody but the seller where none is named."""
        if entry.buyers:
            named = [self.side(name) for name in entry.buyers]
            self.hit += [code for side in named for code in side.economies]
            return named
        others = tuple(code for code in self.table.economies if code not in seller.economies)
        return [Group("all", "everybody else", others)]

    def _destinations(self, side: Group, entry: str) -> Nodes:
        """Numbers of final users in an economy, as far as the table tells them apart."""
        known = [self.table.destinations.index(code) for code in side.economies if code in self.table.destinations]
        if len(known) < len(side.economies):
            self.caveats.append(
                f"{entry}: the table does not tell final users of {side.name} apart; they are left out of it."
            )
        return np.array(known, dtype=np.int64)

    def _period(self, entry: Lasting) -> tuple[int, int]:
        """First and last day of an entry."""
        first = self.scenario.day(entry.begins)
        written = entry.ends
        last = FOREVER if written is None else self.scenario.day(written) - 1
        self.begins = min(self.begins, first)
        self.ends = max(self.ends, min(last + 1, self.days))
        return first, last

    def _withheld(self, entry: Withholding) -> None:
        seller = self.side(entry.seller)
        sides = self._buyers(entry, seller)
        sellers = self._nodes(seller, entry.sectors)
        buyers = self._across(sides, seller, entry.users)
        if not len(buyers):
            raise UsageError(f"withholding '{entry.id}': {seller.name} is seller and only buyer; name other buyers")
        finals = np.zeros(0, dtype=np.int64)
        if not entry.users:
            finals = np.concatenate([self._destinations(side, entry.id) for side in sides])
        first, last = self._period(entry)
        share = self._number(entry, "share", "share", 1)
        self.sellers.append(sellers)
        self.shocks.append(Withheld(sellers, buyers, finals, share, first, last))

    def _item(self, entry: ItemWithholding) -> None:
        """Two shocks, as docs/methods/disruption-items.md tells: deliveries stop, and users lack what they need."""
        facts = self.items.get(entry.id)
        if facts is None or not facts.item.sectors:
            raise MethodError(
                f"item '{entry.item}' of '{entry.ecosystem}' says nothing of sectors, so that it cannot be withheld. "
                "Add 'sectors:' to it in its dossier, with one that makes it and one that uses it"
            )
        self.caveats += facts.caveats
        seller = self.side(entry.seller)
        sides = self._buyers(entry, seller)
        first, last = self._period(entry)
        share = self._number(entry, "share", "share", 1)
        hold = self._number(entry, "hold", "share", 1, known=Known(facts.hold, facts.origin))
        store = self._number(entry, "store", "days", -1)
        missing = np.clip(share * hold, 0.0, 1.0)
        # Those who buy from the seller lack `share` of a day's use each day, so that their store lasts so many days.
        lasting = np.divide(store, share, out=np.full_like(store, float(self.days)), where=share > 0.0)
        lacking_from = first + np.ceil(np.minimum(lasting, self.days)).astype(np.int64)
        makers = [binding for binding in facts.item.sectors if binding.role == "makes"]
        users = [binding for binding in facts.item.sectors if binding.role == "uses"]
        using = [self._across(sides, seller, (binding.sector,)) for binding in users]
        for binding in makers:
            known = _known(entry, binding)
            value = self._number(entry, "value_share", "share", 1, sector=binding.sector, known=known)
            makes = self._nodes(seller, (binding.sector,))
            self.sellers.append(makes)
            if using:
                self.shocks.append(Withheld(makes, np.unique(np.concatenate(using)), (), share * value, first, last))
        last_day = last if last == FOREVER else np.maximum(last, lacking_from)
        for binding, nodes in zip(users, using, strict=True):
            need = self._number(entry, "need", "share", 1, sector=binding.sector, known=_known(entry, binding))
            stopped = np.where(lacking_from <= last, missing * need, 0.0)
            self.shocks.append(CapacityLoss(nodes, stopped, lacking_from, last_day))

    def _across(self, sides: Sequence[Group], seller: Group, sectors: Sequence[str]) -> Nodes:
        """Sectors of all sides but the seller."""
        nodes = np.concatenate([self._nodes(side, sectors) for side in sides])
        return np.setdiff1d(nodes, self._nodes(seller, ()))

    def _behaviour(self) -> Behaviour:
        """How firms react; what the scenario does not soften is not softened."""
        scenario = self.scenario
        over = scenario.overproduction
        limit = self._number(over, "limit", "factor", -1) if over else 1.0
        speed_up = np.maximum(self._number(over, "days", "days", 1), 1.0) if over else 1.0
        turning = self._by_sector(scenario.substitution, "days", np.inf, "days", 1)
        return Behaviour(
            stock_days=np.maximum(
                self._by_sector(scenario.stocks, "days", LEAST_STOCK_DAYS, "days", -1), LEAST_STOCK_DAYS
            ),
            overproduction_max=limit,
            overproduction_days=speed_up,
            substitution_speed=1.0 / np.maximum(turning, 1.0),
            substitution_limit=self._by_sector(scenario.substitution, "limit", 1.0, "factor", -1),
            final_substitutes=bool(scenario.substitution),
            rationing=scenario.rationing,
            critical=self._essential(),
        )

    def _by_sector(
        self, entries: Sequence[Stocks | Substitution], key: str, usual: float, unit: str, hurts: Hurts
    ) -> Array:
        """sectors × runs: entries that name sectors before the one that names none."""
        found = np.full((len(self.table.sectors), self.draws.runs), usual)
        for entry in sorted(entries, key=lambda entry: bool(entry.sectors)):
            found[self._sectors(entry.sectors)] = self._number(entry, key, unit, hurts)
        return found

    def _essential(self) -> Array | float:
        """input sectors × using sectors × runs: the part of production that stops without the input."""
        if not self.scenario.essential:
            return 1.0
        width = len(self.table.sectors)
        found = np.ones((width, width, self.draws.runs))
        for entry in self.scenario.essential:
            place = np.ix_(self._sectors(entry.sectors), self._sectors(entry.users))
            found[place] = self._number(entry, "share", "share", 1)
        return found


def _known(entry: ItemWithholding, binding: SectorBinding) -> Known:
    """What the dossier says of an item's part in a sector, and that it says nothing, if that is so."""
    interval, origin = binding.interval(), f"dossier {entry.ecosystem}, item {entry.item}"
    return Known(interval, f"unknown: {origin} states none" if interval == UNKNOWN else origin)
