"""One tile of a batch: one or more runs from the first day to the last."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.scenario.simulation.behaviour import Behaviour
from ostra.scenario.simulation.layout import Array, Sets, Whole, filled
from ostra.scenario.simulation.loops import (
    OPENING,
    Calendar,
    Layout,
    Rules,
    State,
    Totals,
    produce,
    restock,
    tally,
)
from ostra.scenario.simulation.parameters import calendar, rules
from ostra.scenario.simulation.shocks import Shock
from ostra.scenario.simulation.trajectories import NEVER, Trajectories

Number = TypeVar("Number", np.float64, np.int64)
Given = TypeVar("Given", Rules, Calendar, State, Totals)

CACHE_LINE = 64
"""Bytes."""


@dataclass(frozen=True, eq=False)
class Batch:
    """All that the tiles of one batch have in common; `width` is the number of lanes of each."""

    table: InputOutputTable
    shocks: tuple[Shock, ...]
    behaviour: Behaviour
    days: int
    runs: int
    width: int
    level: float
    watched: Whole
    layout: Layout
    sets: Sets
    rate: Array
    value_added_known: bool
    caveats: tuple[str, ...]
    fingerprint: str


@dataclass
class Progress:
    """What a tile and those who wait for it tell each other: days done, and whether to stop."""

    days: int = 0
    stop: bool = False


def simulated(batch: Batch, tile: slice, pool: Executor, threads: int, progress: Progress) -> Trajectories | None:
    """One tile from the first day to the last; None if it was asked to stop.

    Threads of the pool share out the products of each day, if there is more than one.
    """
    layout, width = batch.layout, batch.width
    rule = rules(batch.behaviour, layout.sectors, tile, batch.runs, width)
    dates = lined_up(calendar(batch.shocks, batch.sets, rule.speed, batch.days, tile, batch.runs, width))
    rule, totals = lined_up(rule), lined_up(nothing_yet(batch, width))
    state = lined_up(usual_state(layout, rule, dates, threads))
    cuts = [layout.sectors * thread // threads for thread in range(threads + 1)]

    def restock_all(day: int) -> None:
        def some(thread: int) -> None:
            restock(cuts[thread], cuts[thread + 1], state.cover[thread], day, layout, rule, dates, state, totals)

        for _ in map(some, range(threads)) if threads == 1 else pool.map(some, range(threads)):
            pass

    restock_all(OPENING)
    for day in range(batch.days):
        if progress.stop:
            return None
        produce(day, batch.level, layout, rule, dates, state, totals)
        restock_all(day)
        tally(day, layout, batch.rate, batch.watched, state, totals)
        progress.days = day + 1
    return trajectories(batch, tile, totals)


def usual_state(layout: Layout, rule: Rules, dates: Calendar, threads: int) -> State:
    """The usual day, with the final demand and the released stocks of day 0."""
    n, sectors, ends, width = layout.nodes, layout.sectors, layout.ends, len(rule.lanes)
    economies, slots = n // sectors, layout.bought.shape[1]
    firms = slots - filled(ends)
    user = np.arange(firms) % rule.users
    stock, rate = (
        array.reshape(sectors, -1, width)[:, user].reshape(sectors, firms, width)
        for array in (rule.stock_days, rule.cover_rate)
    )
    stock = stock.copy()
    stock[:, :n] += dates.released[0][layout.release_group].reshape(sectors, n, width)
    binds = (layout.binds[:, :firms, None] > 0) & np.isfinite(rate)
    allowed = np.multiply(stock, rate, out=np.full(stock.shape, np.inf), where=binds)
    order = np.zeros((sectors, slots, width))
    order[:, firms : firms + ends] = dates.wanted[0][layout.want_group].reshape(sectors, ends, width) - 1.0
    cover = np.full((threads, firms, width), np.inf)
    cover[0] = allowed.min(axis=0)
    return State(
        order=order.reshape(sectors, -1),
        stock=stock.reshape(sectors, -1),
        trust=np.zeros((sectors, economies * width)),
        next_trust=np.zeros((sectors, economies * width)),
        part=np.zeros((sectors, 2, economies * width)),
        served=np.zeros((sectors, 2, economies * width)),
        asked=np.zeros((sectors, 4, economies * width)),
        made=np.ones(firms * width),
        planned=np.ones(firms * width),
        boost=np.ones(firms * width),
        cover=cover.reshape(threads, -1),
    )


def nothing_yet(batch: Batch, width: int) -> Totals:
    """Totals before the first day."""
    layout, days, economies = batch.layout, batch.days, len(batch.table.economies)
    nodes, ends, sectors = layout.nodes, layout.ends, layout.sectors
    output, value = np.zeros((2, days, economies, width))
    by_sector, value_by_sector, unmet_by_sector = np.zeros((3, days, sectors, width))
    return Totals(
        lost=np.zeros((nodes, width)),
        lowest=np.full((nodes, width), np.inf),
        lowest_day=np.zeros((nodes, width), dtype=np.int64),
        below_day=np.full((nodes, width), NEVER),
        unmet=np.zeros((sectors, ends * width)),
        unmet_today=np.zeros((sectors, ends * width)),
        output=output,
        value=value,
        by_sector=by_sector,
        value_by_sector=value_by_sector,
        unmet_by=np.zeros((days, ends, width)),
        unmet_by_sector=unmet_by_sector,
        watched_output=np.zeros((days, len(batch.watched), width)),
    )


def lined_up(given: Given) -> Given:
    """Copies of the arrays that begin where a cache line begins: a row is then read from one line and not from two."""

    def copy(array: NDArray[Any]) -> NDArray[Any]:
        room = np.empty(array.nbytes + CACHE_LINE, dtype=np.uint8)
        start = -room.ctypes.data % CACHE_LINE
        found = room[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
        found[...] = array
        return found

    changed: dict[str, Any] = {
        name: copy(value) for name, value in given._asdict().items() if isinstance(value, np.ndarray)
    }
    return given._replace(**changed)


def trajectories(batch: Batch, tile: slice, totals: Totals) -> Trajectories:
    """What a tile that was simulated to its end gives."""
    layout, table, runs = batch.layout, batch.table, tile.stop - tile.start
    firms = layout.bought.shape[1] - filled(layout.ends)

    def cut(array: NDArray[Number]) -> NDArray[Number]:
        return np.ascontiguousarray(np.moveaxis(array, -1, 0)[:runs])

    lost = cut(totals.lost)
    makes = layout.output > 0
    return Trajectories(
        fingerprint=batch.fingerprint,
        runs=np.arange(tile.start, tile.stop),
        days=batch.days,
        economies=table.economies,
        sectors=table.sectors,
        destinations=table.destinations,
        output_by_economy=cut(totals.output),
        output_by_sector=cut(totals.by_sector),
        value_added_by_economy=cut(totals.value),
        value_added_by_sector=cut(totals.value_by_sector),
        unmet_by_destination=cut(totals.unmet_by),
        unmet_by_sector=cut(totals.unmet_by_sector),
        output_lost=lost,
        value_added_lost=lost * batch.rate,
        unmet=cut(totals.unmet.reshape(layout.sectors, layout.ends, batch.width)),
        lowest_output=np.where(makes, cut(totals.lowest), np.nan),
        lowest_day=np.where(makes, cut(totals.lowest_day), NEVER),
        below_day=np.where(makes, cut(totals.below_day), NEVER),
        level=batch.level,
        watched=batch.watched,
        watched_output=cut(totals.watched_output),
        baseline_output=layout.output.copy(),
        baseline_value_added=layout.output * batch.rate,
        baseline_final=layout.bought[:, firms : firms + layout.ends].copy(),
        value_added="exact" if batch.value_added_known else "upper",
        caveats=batch.caveats,
    )
