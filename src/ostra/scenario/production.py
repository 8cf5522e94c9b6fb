"""Demand, overproduction, output and rationing on one day, and what is kept of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ostra.scenario.kernels import Array, Day, Rules, State, Totals, Whole, compiled
from ostra.scenario.lanes import add_line
from ostra.scenario.structure import Layout

MET = 1e-9
"""Demand that exceeds output by less than this part of itself counts as met."""

LANES_ARE = "0d168fb3e77eed29"
"""First digits of the SHA-256 of lanes.py: a change of this file makes Numba compile anew, one of that does not."""


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
    lanes = rules.lanes
    sales = layout.sales
    sums = np.zeros((2, len(lanes)))
    line = np.zeros((1, len(lanes)))
    # Arrays are named before the loops, see `gather`.
    segment_of, starts, stops, totals_of = sales.first, sales.start, sales.stop, sales.total
    tiers, blocks, kept, other, value = sales.tier, sales.block, sales.fixed, sales.other, sales.value
    order, trusts, next_trust, part, served = state.order, state.trust, state.next_trust, state.part, state.served
    boosts, mades, plans, cover = state.boost, state.made, state.planned, state.cover
    weights, quota, capacities = today.weight, today.quota, today.capacity
    output, drawn, demand = layout.output, layout.drawn, layout.demand
    boost_days, boost_max, speed = rules.boost_days, rules.boost_max, rules.speed
    lost, lowest, lowest_day, below_day = totals.lost, totals.lowest, totals.lowest_day, totals.below_day
    for turn in range(begin, end):
        product, economy = turn // economies, turn % economies
        i = economy * sectors + product
        base = product * buyers
        sums[:] = 0.0
        for segment in range(segment_of[i], segment_of[i + 1]):
            tier, block = tiers[segment], blocks[segment]
            start, stop = starts[segment], stops[segment]
            follows = 0.0 if kept[segment] else 1.0
            if block < 0:
                line[:] = 0.0
                add_line(lanes, line, 0, order, base, other, value, start, stop)
                total = totals_of[segment]
                for k in range(len(lanes)):
                    trust = follows * trusts[turn, k]
                    sums[tier, k] += (1.0 + trust) * line[0, k] + trust * total
            else:
                for f in range(start, stop):
                    a, va = base + other[f], value[f]
                    for k in range(len(lanes)):
                        flow = 1.0 + order[a, k]
                        if follows > 0.0:
                            flow *= (1.0 + trusts[turn, k]) * weights[block, k]
                        sums[tier, k] += va * (min(flow, quota[block, k]) - 1.0)
        usual = output[i]
        for k in range(len(lanes)):
            asked = max(0.0, usual + (sums[0, k] + sums[1, k]))
            boost = boosts[i, k]
            if day > 0 and usual > 0.0:
                scarcity = (asked - mades[i, k] * usual) / asked if asked > 0.0 else 0.0
                days = boost_days[product, k]
                if rules.exact_return:
                    if scarcity != 0.0:
                        boost += (boost_max[product, k] - boost) * scarcity / days
                    else:
                        boost += (1.0 - boost) / days
                elif scarcity > MET:
                    boost += (boost_max[product, k] - boost) * scarcity / days
                else:
                    boost += (1.0 - boost) / days
                boost = max(boost, 1.0)
                boosts[i, k] = boost
            capacity = boost * capacities[group[i], k]
            planned = min(asked / usual, capacity) if usual > 0.0 else 0.0
            made = min(planned, cover[i, k])
            potential = min(capacity, cover[i, k])
            plans[i, k] = planned
            mades[i, k] = made
            next_trust[turn, k] = potential if rules.by_potential else capacity
        if rules.partial:
            partly_critical(i, turn, layout, rules, state, capacities[group[i]])
        for k in range(len(lanes)):
            made = mades[i, k]
            trust = trusts[turn, k]
            available = made * usual + drawn[i]
            first = max(0.0, demand[0, i] + sums[0, k])
            second = max(0.0, demand[1, i] + sums[1, k])
            part0 = min(1.0, available / first) if first > 0.0 else 1.0
            rest = max(0.0, available - first)
            part1 = min(1.0, rest / second) if second > 0.0 else 1.0
            part[turn, k] = part0 - 1.0
            part[nodes + turn, k] = part1 - 1.0
            served[turn, k] = (1.0 + trust) * part0 - 1.0
            served[nodes + turn, k] = (1.0 + trust) * part1 - 1.0
            ability = next_trust[turn, k]
            next_trust[turn, k] = trust + speed[product, k] * ((ability - 1.0) - trust)
            lost[i, k] += usual * (1.0 - made)
            if made < lowest[i, k]:
                lowest[i, k] = made
                lowest_day[i, k] = day
            if made < level and below_day[i, k] < 0:
                below_day[i, k] = day


@compiled
def partly_critical(i: int, turn: int, layout: Layout, rules: Rules, state: State, capacity: Array) -> None:
    """Lower the output of one node for stocks of inputs without which a part of production goes on."""
    sectors = layout.sectors
    lanes = rules.lanes
    user = i % sectors if len(rules.critical) > 1 else 0
    for product in range(sectors):
        cell = i * sectors + product
        if not layout.binds[cell]:
            continue
        for k in range(len(lanes)):
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


@compiled
def tally(
    day: int,
    layout: Layout,
    rules: Rules,
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
    lanes = rules.lanes
    sectors = layout.sectors
    for i in range(layout.nodes):
        economy, product = i // sectors, i % sectors
        for k in range(len(lanes)):
            made = state.made[i, k] * layout.output[i]
            output[day, economy, k] += made
            by_sector[day, product, k] += made
            value[day, economy, k] += made * rate[i]
            value_by_sector[day, product, k] += made * rate[i]
    for end in range(layout.buyers - layout.nodes):
        for product in range(sectors):
            for k in range(len(lanes)):
                missed = totals.unmet_today[end, product, k]
                unmet[day, end, k] += missed
                unmet_by_sector[day, product, k] += missed
    for place in range(len(watched)):
        for k in range(len(lanes)):
            watched_output[day, place, k] = state.made[watched[place], k] * layout.output[watched[place]]
