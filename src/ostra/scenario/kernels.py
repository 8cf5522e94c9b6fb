"""One day of `LANES` runs at once, as compiled loops; the formulas are in docs/methods/disruption.md.

Each loop over lanes does the same arithmetic in every lane and nothing across lanes, and reassociation is not allowed,
so a run gives the same bits whatever runs beside it. Sums of flows are taken over *differences* from the usual day:
when nothing happens they are exactly zero, and the day is exactly the usual one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ostra.errors import MethodError
from ostra.scenario.structure import Layout

try:
    import numba
except ImportError as missing:
    raise MethodError(
        "simulating needs Numba, which is not installed; install it with: pip install 'ostra[simulate]'"
    ) from missing

from ostra.scenario.lanes import LANES, add_line, copy_row, least_row, set_row, weigh_line

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Function = TypeVar("Function", bound=Callable[..., Any])

EDITION = 2
"""Of the instructions in lanes.py; a change of this file makes Numba compile anew."""

TOGETHER = 16
"""Buyers whose orders are fetched together."""

MET = 1e-9
"""Demand that exceeds output by less than this part of itself counts as met."""

SCARCE = 1e-9
"""When all suppliers together keep less than this part of their usual weight, the order multiplier grows no more."""


def compiled(function: Function) -> Function:
    """Compile at first use; keep the result on disk where that is possible, so that the next start is quick."""
    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy")(function)  # type: ignore[return-value]
    except RuntimeError:  # no folder for the cache can be written
        return numba.njit(nogil=True, error_model="numpy")(function)  # type: ignore[return-value]


class Rules(NamedTuple):
    """Behaviour of the runs in the lanes; the last axis is the lane.

    stock_days, critical, called_for, cover_rate: users (1 or sectors) × products × lanes; called_for is the stock, in
    days, that usual output calls for, cover_rate the output that a day of stock allows: 1 / called_for, rounded
    upwards, and infinite where the input is not fully critical. restore_rate (1 / days), speed, unlimited (1 / limit),
    boost_max, boost_days: products × lanes. Flags: exact_return, by_potential, final_substitutes, substitutes (somebody
    does), partial (some input is critical in part).
    """

    stock_days: Array
    critical: Array
    called_for: Array
    cover_rate: Array
    restore_rate: Array
    speed: Array
    unlimited: Array
    boost_max: Array
    boost_days: Array
    exact_return: bool
    by_potential: bool
    final_substitutes: bool
    substitutes: bool
    partial: bool


class Day(NamedTuple):
    """What shocks do on one day, by group and lane.

    quota: largest flow over the usual one, by block (infinite where nothing is withheld). weight, next_weight: what
    buyers expect from the sellers of a block today and tomorrow. capacity: by group of nodes. wanted, next_wanted:
    final demand over the usual one today and tomorrow. released: days of use added to stocks before tomorrow begins.
    """

    quota: Array
    weight: Array
    next_weight: Array
    capacity: Array
    wanted: Array
    next_wanted: Array
    released: Array


class State(NamedTuple):
    """The economy in the lanes.

    order: products × buyers × lanes, orders over the usual ones, minus 1. stock: cells of nodes × lanes, days of usual
    use. cover: nodes × lanes, the output over the usual one that stocks of fully critical inputs allow. made, planned,
    boost: nodes × lanes. part: (2 tiers · nodes) × lanes, the part of orders that is delivered, minus 1. served: the
    same times the supplier's weight, minus 1. trust, next_trust: nodes × lanes, the supplier's weight, minus 1. In
    part, served, trust and next_trust the nodes are in the order of sellers: product by product.
    """

    order: Array
    stock: Array
    cover: Array
    made: Array
    planned: Array
    boost: Array
    served: Array
    part: Array
    trust: Array
    next_trust: Array


class Totals(NamedTuple):
    """What is kept: sums and extremes by node and lane, and unmet final demand by destination × product × lane."""

    lost: Array
    lowest: Array
    lowest_day: Whole
    below_day: Whole
    unmet: Array
    unmet_today: Array


@compiled
def produce(
    begin: int,
    end: int,
    day: int,
    level: float,
    layout: Layout,
    rules: Rules,
    group: NDArray[np.int32],
    today: Day,
    state: State,
    totals: Totals,
) -> None:
    """Demand, overproduction, output and rationing of the sellers `begin` to `end` (numbered product by product)."""
    sectors, nodes, buyers = layout.sectors, layout.nodes, layout.buyers
    economies = nodes // sectors
    sales = layout.sales
    sums = np.zeros((2, LANES))
    line = np.zeros((1, LANES))
    for turn in range(begin, end):
        product, economy = turn // economies, turn % economies
        i = economy * sectors + product
        base = product * buyers
        sums[:] = 0.0
        for segment in range(sales.first[i], sales.first[i + 1]):
            tier, block = sales.tier[segment], sales.block[segment]
            start, stop = sales.start[segment], sales.stop[segment]
            follows = 0.0 if sales.fixed[segment] else 1.0
            if block < 0:
                line[:] = 0.0
                add_line(line, line, 0, state.order, base, sales.other, sales.value, start, stop)
                total = sales.total[segment]
                for k in range(LANES):
                    trust = follows * state.trust[turn, k]
                    sums[tier, k] += (1.0 + trust) * line[0, k] + trust * total
            else:
                for f in range(start, stop):
                    a, va = base + sales.other[f], sales.value[f]
                    for k in range(LANES):
                        flow = 1.0 + state.order[a, k]
                        if follows > 0.0:
                            flow *= (1.0 + state.trust[turn, k]) * today.weight[block, k]
                        sums[tier, k] += va * (min(flow, today.quota[block, k]) - 1.0)
        usual = layout.output[i]
        for k in range(LANES):
            asked = max(0.0, usual + (sums[0, k] + sums[1, k]))
            boost = state.boost[i, k]
            if day > 0 and usual > 0.0:
                scarcity = (asked - state.made[i, k] * usual) / asked if asked > 0.0 else 0.0
                days = rules.boost_days[product, k]
                if rules.exact_return:
                    if scarcity != 0.0:
                        boost += (rules.boost_max[product, k] - boost) * scarcity / days
                    else:
                        boost += (1.0 - boost) / days
                elif scarcity > MET:
                    boost += (rules.boost_max[product, k] - boost) * scarcity / days
                else:
                    boost += (1.0 - boost) / days
                boost = max(boost, 1.0)
                state.boost[i, k] = boost
            capacity = boost * today.capacity[group[i], k]
            planned = min(asked / usual, capacity) if usual > 0.0 else 0.0
            made = min(planned, state.cover[i, k])
            potential = min(capacity, state.cover[i, k])
            state.planned[i, k] = planned
            state.made[i, k] = made
            state.next_trust[turn, k] = potential if rules.by_potential else capacity
        if rules.partial:
            partly_critical(i, turn, layout, rules, state, today.capacity[group[i]])
        for k in range(LANES):
            made = state.made[i, k]
            trust = state.trust[turn, k]
            available = made * usual + layout.drawn[i]
            first = max(0.0, layout.demand[0, i] + sums[0, k])
            second = max(0.0, layout.demand[1, i] + sums[1, k])
            part0 = min(1.0, available / first) if first > 0.0 else 1.0
            rest = max(0.0, available - first)
            part1 = min(1.0, rest / second) if second > 0.0 else 1.0
            state.part[turn, k] = part0 - 1.0
            state.part[nodes + turn, k] = part1 - 1.0
            state.served[turn, k] = (1.0 + trust) * part0 - 1.0
            state.served[nodes + turn, k] = (1.0 + trust) * part1 - 1.0
            ability = state.next_trust[turn, k]
            state.next_trust[turn, k] = trust + rules.speed[product, k] * ((ability - 1.0) - trust)
            totals.lost[i, k] += usual * (1.0 - made)
            if made < totals.lowest[i, k]:
                totals.lowest[i, k] = made
                totals.lowest_day[i, k] = day
            if made < level and totals.below_day[i, k] < 0:
                totals.below_day[i, k] = day


@compiled
def partly_critical(i: int, turn: int, layout: Layout, rules: Rules, state: State, capacity: Array) -> None:
    """Lower the output of one node for stocks of inputs without which a part of production goes on."""
    sectors = layout.sectors
    user = i % sectors if len(rules.critical) > 1 else 0
    for product in range(sectors):
        cell = i * sectors + product
        if not layout.binds[cell]:
            continue
        for k in range(LANES):
            critical = rules.critical[user, product, k]
            if critical <= 0.0 or critical >= 1.0 or rules.stock_days[user, product, k] == np.inf:
                continue
            allowed = state.stock[cell, k] / rules.called_for[user, product, k]
            planned = state.planned[i, k]
            if allowed < planned:
                state.made[i, k] = min(state.made[i, k], planned - critical * (planned - allowed))
            full = capacity[k] * state.boost[i, k]
            if rules.by_potential and allowed < full:
                state.next_trust[turn, k] = min(state.next_trust[turn, k], full - critical * (full - allowed))


class Scratch(NamedTuple):
    """The cells of one buyer, products × lanes.

    Differences from the usual day: got (what unhindered suppliers deliver of each order), extra (what the others
    deliver), keep and most (weight of the suppliers tomorrow, together and the largest). share: usual share of those
    unhindered. made, planned: the buyer's own, repeated for each product. allowed: output that the stock allows.
    """

    got: Array
    extra: Array
    keep: Array
    most: Array
    share: Array
    made: Array
    planned: Array
    allowed: Array


@compiled
def gather(buyer: int, follows: bool, layout: Layout, today: Day, state: State, order: Array, into: Scratch) -> None:
    """Add up, product by product, what one buyer's suppliers deliver and how they are weighed tomorrow.

    `order` holds the buyer's orders over the usual ones, minus 1: products × lanes. `follows` says whether they follow
    the weights of its suppliers.
    """
    cells = layout.cells
    served = state.served if follows else state.part
    for product in range(layout.sectors):
        cell = buyer * layout.sectors + product
        open_share = 0.0
        set_row(into.got, product, 0.0)
        set_row(into.extra, product, 0.0)
        set_row(into.keep, product, 0.0)
        set_row(into.most, product, -1.0)
        for segment in range(cells.first[cell], cells.first[cell + 1]):
            tier, block = cells.tier[segment], cells.block[segment]
            f, stop = cells.start[segment], cells.stop[segment]
            if block >= 0:
                while f < stop:
                    i, share = cells.other[f], cells.value[f]
                    for k in range(LANES):
                        flow = 1.0 + order[product, k]
                        if follows:
                            flow *= (1.0 + state.trust[i, k]) * today.weight[block, k]
                            weight = (1.0 + state.next_trust[i, k]) * today.next_weight[block, k] - 1.0
                            into.keep[product, k] += share * weight
                            into.most[product, k] = max(into.most[product, k], weight)
                        part = 1.0 + state.part[tier * layout.nodes + i, k]
                        into.extra[product, k] += share * (part * min(flow, today.quota[block, k]) - 1.0)
                    f += 1
                continue
            base = tier * layout.nodes
            open_share += cells.total[segment]
            add_line(into.got, into.got, product, served, base, cells.other, cells.value, f, stop)
            if follows:
                weigh_line(into.keep, into.most, product, state.next_trust, 0, cells.other, cells.value, f, stop)
        set_row(into.share, product, open_share)


@compiled
def settle(
    size: int,
    follows: bool,
    days: Array,
    restore: Array,
    unlimited: Array,
    cover: Array,
    got: Array,
    share: Array,
    extra: Array,
    keep: Array,
    most: Array,
    made: Array,
    planned: Array,
    stock: Array,
    order: Array,
    allowed: Array,
) -> None:
    """Stocks and new orders of one buyer's cells, one after the other in memory: a loop that can be vectorised."""
    for x in range(size):
        had, wants, ordered = stock[x], made[x], order[x]
        came = 1.0 + (((1.0 + ordered) * got[x] + ordered * share[x]) + extra[x])
        came = came if came > 0.0 else 0.0
        kept = had + (came - (had if had < wants else wants))
        gap = days[x] * planned[x] - kept
        gap = gap if gap > 0.0 else 0.0  # none where stocks are infinite, too: the difference is not a number
        shift = 1.0
        if follows:
            together, largest = 1.0 + keep[x], (1.0 + most[x]) * unlimited[x]
            together = together if together > largest else largest
            shift = 1.0 / (together if together > SCARCE else SCARCE)
        order[x] = (wants + gap * restore[x]) * shift - 1.0
        stock[x] = kept
        allowed[x] = kept * cover[x]


@compiled
def restock(
    begin: int,
    end: int,
    layout: Layout,
    rules: Rules,
    group: NDArray[np.int32],
    today: Day,
    state: State,
    into: Scratch,
) -> None:
    """Use, deliveries, stocks and new orders of the nodes `begin` to `end`.

    Orders lie product by product in memory, for `produce`. They are fetched for some buyers together, since each
    product is in another page.
    """
    sectors, buyers = layout.sectors, layout.buyers
    releases = today.released.size > 0 and today.released.max() > 0.0
    orders = np.empty((TOGETHER * sectors, LANES))
    for block in range(begin, end, TOGETHER):
        stop = min(block + TOGETHER, end)
        for product in range(sectors):
            for j in range(block, stop):
                copy_row(orders, (j - block) * sectors + product, state.order, product * buyers + j)
        for j in range(block, stop):
            if layout.output[j] <= 0.0:
                continue
            first = j * sectors
            user = j % sectors if len(rules.stock_days) > 1 else 0
            stock = state.stock[first : first + sectors]
            order = orders[(j - block) * sectors : (j - block + 1) * sectors]
            gather(j, rules.substitutes, layout, today, state, order, into)
            for product in range(sectors):
                copy_row(into.made, product, state.made, j)
                copy_row(into.planned, product, state.planned, j)
            settle(
                sectors * LANES,
                rules.substitutes,
                rules.stock_days[user].ravel(),
                rules.restore_rate.ravel(),
                rules.unlimited.ravel(),
                rules.cover_rate[user].ravel(),
                into.got.ravel(),
                into.share.ravel(),
                into.extra.ravel(),
                into.keep.ravel(),
                into.most.ravel(),
                into.made.ravel(),
                into.planned.ravel(),
                stock.ravel(),
                order.ravel(),
                into.allowed.ravel(),
            )
            if releases:
                for product in range(sectors):
                    for k in range(LANES):
                        stock[product, k] += today.released[group[first + product], k]
                        into.allowed[product, k] = stock[product, k] * rules.cover_rate[user, product, k]
            set_row(state.cover, j, np.inf)
            for product in range(sectors):
                if layout.binds[first + product]:
                    least_row(state.cover, j, into.allowed, product)
        for product in range(sectors):
            for j in range(block, stop):
                copy_row(state.order, product * buyers + j, orders, (j - block) * sectors + product)


@compiled
def serve(
    layout: Layout,
    rules: Rules,
    group: NDArray[np.int32],
    today: Day,
    state: State,
    totals: Totals,
    into: Scratch,
) -> None:
    """What final users get, what they miss, and what they order next."""
    sectors, nodes, buyers = layout.sectors, layout.nodes, layout.buyers
    shifts = rules.substitutes and rules.final_substitutes
    orders = np.empty((sectors, LANES))
    for end in range(buyers - nodes):
        for product in range(sectors):
            for k in range(LANES):
                orders[product, k] = state.order[product * buyers + nodes + end, k]
        gather(nodes + end, shifts, layout, today, state, orders, into)
        for product in range(sectors):
            place = end * sectors + product
            usual = layout.bought[nodes * sectors + place]
            if usual <= 0.0:
                continue
            row = product * buyers + nodes + end
            for k in range(LANES):
                ordered = orders[product, k]
                unhindered = (1.0 + ordered) * into.got[product, k] + ordered * into.share[product, k]
                came = max(0.0, 1.0 + (unhindered + into.extra[product, k]))
                missed = usual * max(0.0, today.wanted[group[place], k] - came)
                totals.unmet_today[end, product, k] = missed
                totals.unmet[end, product, k] += missed
                largest = (1.0 + into.most[product, k]) * rules.unlimited[product, k]
                together = max(max(1.0 + into.keep[product, k], largest), SCARCE)
                state.order[row, k] = today.next_wanted[group[place], k] * (1.0 / together) - 1.0


@compiled
def tally(
    day: int,
    layout: Layout,
    rate: Array,
    state: State,
    totals: Totals,
    output: Array,
    by_sector: Array,
    value: Array,
    value_by_sector: Array,
    unmet: Array,
    unmet_by_sector: Array,
    watched: Whole,
    watched_output: Array,
) -> None:
    """Add up the day by economy, sector and destination, in one fixed order."""
    sectors = layout.sectors
    for i in range(layout.nodes):
        economy, product = i // sectors, i % sectors
        for k in range(LANES):
            made = state.made[i, k] * layout.output[i]
            output[day, economy, k] += made
            by_sector[day, product, k] += made
            value[day, economy, k] += made * rate[i]
            value_by_sector[day, product, k] += made * rate[i]
    for end in range(layout.buyers - layout.nodes):
        for product in range(sectors):
            for k in range(LANES):
                missed = totals.unmet_today[end, product, k]
                unmet[day, end, k] += missed
                unmet_by_sector[day, product, k] += missed
    for place in range(len(watched)):
        for k in range(LANES):
            watched_output[day, place, k] = state.made[watched[place], k] * layout.output[watched[place]]
