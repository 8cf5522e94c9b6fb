"""One tile of a batch: one or more runs from the first day to the last."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ostra.scenario.simulation.batch import Batch
from ostra.scenario.simulation.deliveries import OPENING, restock
from ostra.scenario.simulation.economy import Array, Layout, Reach, Whole
from ostra.scenario.simulation.kernels import Calendar, Rules, State, Totals, compiled, lined_up
from ostra.scenario.simulation.meeting import meet
from ostra.scenario.simulation.parameters import calendar, rules
from ostra.scenario.simulation.producing import produce, tally_output, tally_unmet
from ostra.scenario.simulation.rows import QUANTITIES
from ostra.scenario.simulation.trajectories import NEVER, Trajectories

RESTS_ON = "ca80b35f9013298e"
"""First digits of the SHA-256 of the files that `live` is compiled from. Numba keeps `live` until this file changes; it
does not look into those, and does not notice that fields of a tuple changed places. Who changes one of them copies the
new hash; a test tells it."""

Number = TypeVar("Number", np.float64, np.int64)

STOP, GOES_ON, DAYS_DONE, MEETING = range(4)
"""Signals between the threads of a tile and those who wait for it: whether to stop, whether the day at hand is still
simulated, days done, and how often a thread came to a meeting."""

EVERYBODY = 2**62
"""As MEETING: more than ever come."""


def signals() -> NDArray[np.int64]:
    """Signals of a tile before its first day."""
    return np.zeros(4, dtype=np.int64)


def call_off(told: NDArray[np.int64]) -> None:
    """Let no thread wait for one that failed: all meet at once, and stop."""
    told[STOP] = 1
    told[MEETING] = EVERYBODY


def simulated(batch: Batch, tile: slice, pool: Executor, threads: int, told: NDArray[np.int64]) -> Trajectories | None:
    """One tile from the first day to the last; None if it was asked to stop.

    This thread and `threads - 1` of the pool work on it. `told` are its `signals`.
    """
    layout, days, width = batch.layout, batch.days, batch.width
    rule = rules(batch.behaviour, layout.sectors, tile, batch.runs, width)
    dates = calendar(batch.shocks, batch.reach, rule.speed, days, tile, batch.runs, width)
    state = usual_state(layout, rule, batch.reach, dates, threads)
    totals = nothing_yet(batch, width)
    state, totals = lined_up(state), lined_up(totals)
    given = (
        *(threads, days, batch.level, layout, lined_up(rule), batch.reach, lined_up(dates)),
        *(state, totals, batch.rate, batch.watched, told, told[MEETING:]),
    )
    others: list[Future[None]] = []
    try:
        for thread in range(1, threads):
            others.append(pool.submit(live, thread, *given))
            others[-1].add_done_callback(lambda other: call_off(told) if other.exception() else None)
        live(0, *given)
    except BaseException:
        call_off(told)
        raise
    for other in others:
        other.result()
    return None if told[DAYS_DONE] < days else trajectories(batch, tile, totals)


@compiled
def live(
    thread: int,
    threads: int,
    days: int,
    level: float,
    layout: Layout,
    rules: Rules,
    reach: Reach,
    calendar: Calendar,
    state: State,
    totals: Totals,
    rate: Array,
    watched: Whole,
    told: Whole,
    meeting: Whole,
) -> None:
    """Day after day, one of the threads that share out the sellers and the products of a tile.

    They meet twice a day: when everything is produced, for deliveries hang on all sellers, and when everything is
    delivered, for production hangs on all inputs. The first thread adds up while nothing that it reads is written.
    """
    nodes, sectors = layout.nodes, layout.sectors
    make, made = thread * nodes // threads, (thread + 1) * nodes // threads
    begin, end = thread * sectors // threads, (thread + 1) * sectors // threads
    met = 0
    restock(begin, end, thread, OPENING, layout, rules, reach, calendar, state, totals)
    for day in range(days):
        if threads > 1:
            met += threads
            meet(meeting, met)
        if thread == 0 and day > 0:
            tally_unmet(day - 1, layout, totals)
        produce(make, made, threads, day, level, layout, rules, reach, calendar, state, totals)
        if thread == 0:
            told[GOES_ON] = 1 - told[STOP]
        if threads > 1:
            met += threads
            meet(meeting, met)
        if told[GOES_ON] == 0:
            return
        if thread == 0:
            tally_output(day, layout, rate, watched, state, totals)
        restock(begin, end, thread, day, layout, rules, reach, calendar, state, totals)
        if thread == 0:
            told[DAYS_DONE] = day + 1
    if threads > 1:
        meet(meeting, met + threads)
    if thread == 0:
        tally_unmet(days - 1, layout, totals)


def usual_state(layout: Layout, rule: Rules, reach: Reach, dates: Calendar, threads: int) -> State:
    """The usual day, with the final demand and the released stocks of day 0."""
    n, sectors, buyers, width = layout.nodes, layout.sectors, layout.buyers, len(rule.lanes)
    user = np.arange(n) % rule.users
    rows = (np.arange(sectors)[:, None] * rule.stride + user[None, :]).ravel()
    stock = rule.stock_days[rows] + dates.released[0][reach.release_group]
    rate = rule.cover_rate[rows]
    binds = layout.binds.reshape(sectors, buyers)[:, :n].reshape(-1, 1) & np.isfinite(rate)
    allowed = np.multiply(stock, rate, out=np.full(stock.shape, np.inf), where=binds).reshape(sectors, n, width)
    order = np.zeros((sectors, buyers, width))
    order[:, n:] = dates.wanted[0][reach.want_group].reshape(sectors, buyers - n, width) - 1.0
    return State(
        order=order.reshape(sectors * buyers, width),
        stock=stock,
        trust=np.zeros((n, width)),
        next_trust=np.zeros((n, width)),
        part=np.zeros((2 * n, width)),
        served=np.zeros((2 * n, width)),
        asked=np.zeros((4 * n, width)),
        cells=np.zeros((threads * QUANTITIES * len(rule.alike), width)),
        made=np.ones((n, width)),
        planned=np.ones((n, width)),
        boost=np.ones((n, width)),
        cover=np.concatenate([allowed.min(axis=0), np.full(((threads - 1) * n, width), np.inf)]),
    )


def nothing_yet(batch: Batch, width: int) -> Totals:
    """Totals before the first day."""
    layout, days, economies = batch.layout, batch.days, len(batch.table.economies)
    ends, sectors = layout.buyers - layout.nodes, layout.sectors
    output, value = np.zeros((2, days, economies, width))
    by_sector, value_by_sector, unmet_by_sector = np.zeros((3, days, sectors, width))
    return Totals(
        lost=np.zeros((layout.nodes, width)),
        lowest=np.full((layout.nodes, width), np.inf),
        lowest_day=np.zeros((layout.nodes, width), dtype=np.int64),
        below_day=np.full((layout.nodes, width), NEVER),
        unmet=np.zeros((sectors * ends, width)),
        unmet_today=np.zeros((sectors * ends, width)),
        output=output,
        value=value,
        by_sector=by_sector,
        value_by_sector=value_by_sector,
        unmet_by=np.zeros((days, ends, width)),
        unmet_by_sector=unmet_by_sector,
        watched_output=np.zeros((days, len(batch.watched), width)),
    )


def trajectories(batch: Batch, tile: slice, totals: Totals) -> Trajectories:
    """What a tile that was simulated to its end gives."""
    layout, table, runs = batch.layout, batch.table, tile.stop - tile.start
    ends = layout.buyers - layout.nodes

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
        unmet=cut(totals.unmet).reshape(runs, layout.sectors, ends),
        lowest_output=np.where(makes, cut(totals.lowest), np.nan),
        lowest_day=np.where(makes, cut(totals.lowest_day), NEVER),
        below_day=np.where(makes, cut(totals.below_day), NEVER),
        level=batch.level,
        watched=batch.watched,
        watched_output=cut(totals.watched_output),
        baseline_output=layout.output.copy(),
        baseline_value_added=layout.output * batch.rate,
        baseline_final=layout.bought.reshape(layout.sectors, layout.buyers)[:, layout.nodes :].copy(),
        value_added="exact" if batch.value_added_known else "upper",
        caveats=batch.caveats,
    )
