"""One tile of a batch: one or more runs from the first day to the last."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from ostra.scenario.deliveries import restock, serve
from ostra.scenario.kernels import Day, Rules, Scratch, State, Totals
from ostra.scenario.levels import Array, Calendar, rules
from ostra.scenario.production import produce, tally
from ostra.scenario.structure import Layout, Reach
from ostra.scenario.trajectories import NEVER, Trajectories

if TYPE_CHECKING:
    from ostra.scenario.engine import Batch


def simulated(
    batch: Batch, tile: slice, pool: ThreadPoolExecutor | None, helpers: int, tick: Callable[[int], bool]
) -> Trajectories | None:
    """One tile from the first day to the last; None if it was asked to stop."""
    layout, days, width = batch.layout, batch.days, batch.width
    rule = rules(batch.behaviour, layout.sectors, tile, batch.runs, width)
    calendar = Calendar(batch.shocks, batch.reach, rule.speed, days, tile, batch.runs, width)
    state = usual_state(layout, rule, batch.reach, calendar)
    ends = layout.buyers - layout.nodes
    totals = Totals(
        lost=np.zeros((layout.nodes, width)),
        lowest=np.full((layout.nodes, width), np.inf),
        lowest_day=np.zeros((layout.nodes, width), dtype=np.int64),
        below_day=np.full((layout.nodes, width), NEVER),
        unmet=np.zeros((ends, layout.sectors, width)),
        unmet_today=np.zeros((ends, layout.sectors, width)),
    )
    economies = len(batch.table.economies)
    output, value = np.zeros((2, days, economies, width))
    by_sector, value_by_sector, unmet_by_sector = np.zeros((3, days, layout.sectors, width))
    unmet = np.zeros((days, ends, width))
    watched_output = np.zeros((days, len(batch.watched), width))
    cuts = np.linspace(0, layout.nodes, (helpers if pool else 1) + 1).astype(int)
    pieces = list(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True))

    def spread(function: Callable[[int, int], None]) -> None:
        if pool is None:
            function(*pieces[0])
        else:
            list(pool.map(lambda piece: function(*piece), pieces))

    for day in range(days):
        today, now = calendar.day(day), state

        def make(begin: int, end: int, day: int = day, today: Day = today, now: State = now) -> None:
            produce(begin, end, day, batch.level, layout, rule, batch.reach.node_group, today, now, totals)

        def refill(begin: int, end: int, today: Day = today, now: State = now) -> None:
            restock(begin, end, layout, rule, batch.reach.release_group, today, now, scratch(layout.sectors, width))

        spread(make)
        spread(refill)
        serve(layout, rule, batch.reach.want_group, today, state, totals, scratch(layout.sectors, width))
        tally(
            day,
            layout,
            rule,
            batch.rate,
            state,
            totals,
            output,
            by_sector,
            value,
            value_by_sector,
            unmet,
            unmet_by_sector,
            batch.watched,
            watched_output,
        )
        state = state._replace(trust=state.next_trust, next_trust=state.trust)
        if not tick(day):
            return None
    table = batch.table

    def cut(array: Array) -> Array:
        return np.ascontiguousarray(np.moveaxis(array, -1, 0)[: tile.stop - tile.start])

    lost = cut(totals.lost)
    makes = layout.output > 0
    return Trajectories(
        fingerprint=batch.fingerprint,
        runs=np.arange(tile.start, tile.stop),
        days=days,
        economies=table.economies,
        sectors=table.sectors,
        destinations=table.destinations,
        output_by_economy=cut(output),
        output_by_sector=cut(by_sector),
        value_added_by_economy=cut(value),
        value_added_by_sector=cut(value_by_sector),
        unmet_by_destination=cut(unmet),
        unmet_by_sector=cut(unmet_by_sector),
        output_lost=lost,
        value_added_lost=lost * batch.rate,
        unmet=np.swapaxes(cut(totals.unmet), 1, 2).copy(),
        lowest_output=np.where(makes, cut(totals.lowest), np.nan),
        lowest_day=np.where(makes, np.moveaxis(totals.lowest_day, -1, 0)[: len(lost)], NEVER),
        below_day=np.where(makes, np.moveaxis(totals.below_day, -1, 0)[: len(lost)], NEVER),
        level=batch.level,
        watched=batch.watched,
        watched_output=cut(watched_output),
        baseline_output=layout.output.copy(),
        baseline_value_added=layout.output * batch.rate,
        baseline_final=layout.bought[layout.nodes * layout.sectors :].reshape(ends, layout.sectors).T.copy(),
        value_added="exact" if batch.value_added_known else "upper",
        caveats=batch.caveats,
    )


def usual_state(layout: Layout, rule: Rules, reach: Reach, calendar: Calendar) -> State:
    """The usual day, with the final demand and the released stocks of day 0."""
    n, sectors, buyers, width = layout.nodes, layout.sectors, layout.buyers, len(rule.lanes)
    user = np.arange(n) % sectors if len(rule.stock_days) > 1 else np.zeros(n, dtype=np.int64)
    stock = rule.stock_days[user] + calendar.released[0][reach.release_group].reshape(n, sectors, width)
    rate = rule.cover_rate[user]
    binds = layout.binds.reshape(n, sectors, 1) & np.isfinite(rate)
    allowed = np.multiply(stock, rate, out=np.full(stock.shape, np.inf), where=binds)
    order = np.zeros((sectors, buyers, width))
    wanted = calendar.wanted[0][reach.want_group].reshape(buyers - n, sectors, width)
    order[:, n:] = wanted.transpose(1, 0, 2) - 1.0
    return State(
        order=order.reshape(sectors * buyers, width),
        stock=stock.reshape(n * sectors, width),
        cover=allowed.min(axis=1),
        made=np.ones((n, width)),
        planned=np.ones((n, width)),
        boost=np.ones((n, width)),
        served=np.zeros((2 * n, width)),
        part=np.zeros((2 * n, width)),
        trust=np.zeros((n, width)),
        next_trust=np.zeros((n, width)),
    )


def scratch(sectors: int, width: int) -> Scratch:
    """Room for the cells of one buyer."""
    return Scratch(*np.zeros((8, sectors, width)))
