"""Demand, overproduction, output and rationing on one day, and what is kept of it."""

from __future__ import annotations

import numpy as np

from ostra.scenario.simulation.economy import Layout, Reach
from ostra.scenario.simulation.kernels import Array, Calendar, Rules, State, Totals, Whole, part_of_loop

MET = 1e-9
"""Demand that exceeds output by less than this part of itself counts as met."""


@part_of_loop
def produce(
    begin: int,
    end: int,
    threads: int,
    day: int,
    level: float,
    layout: Layout,
    rules: Rules,
    reach: Reach,
    calendar: Calendar,
    state: State,
    totals: Totals,
) -> None:
    """Demand, overproduction, output and rationing of the sellers `begin` to `end` (numbered product by product)."""
    sectors, nodes = layout.sectors, layout.nodes
    economies = nodes // sectors
    lanes = rules.lanes
    group = reach.node_group
    # Arrays are named before the loops, see `restock`.
    trusts, next_trust, part, served, asked = state.trust, state.next_trust, state.part, state.served, state.asked
    boosts, mades, plans, cover = state.boost, state.made, state.planned, state.cover
    capacities = calendar.capacity[day]
    output, drawn, demand, following = layout.output, layout.drawn, layout.demand, layout.following
    boost_days, boost_max, speed, limit = rules.boost_days, rules.boost_max, rules.speed, rules.limit
    lost, lowest, lowest_day, below_day = totals.lost, totals.lowest, totals.lowest_day, totals.below_day
    for turn in range(begin, end):
        product, economy = turn // economies, turn % economies
        i = economy * sectors + product
        usual = output[i]
        for k in range(len(lanes)):
            trust = next_trust[turn, k]
            trusts[turn, k] = trust
            more = asked[2 * nodes + turn, k] + ((1.0 + trust) * asked[turn, k] + trust * following[turn])
            late = asked[3 * nodes + turn, k] + (
                (1.0 + trust) * asked[nodes + turn, k] + trust * following[nodes + turn]
            )
            asked[turn, k] = more
            asked[nodes + turn, k] = late
            wanted = max(0.0, usual + (more + late))
            boost = boosts[i, k]
            if day > 0 and usual > 0.0:
                scarcity = (wanted - mades[i, k] * usual) / wanted if wanted > 0.0 else 0.0
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
            allowed = cover[i, k]
            for thread in range(1, threads):
                allowed = min(allowed, cover[thread * nodes + i, k])
            capacity = boost * capacities[group[i], k]
            planned = min(wanted / usual, capacity) if usual > 0.0 else 0.0
            plans[i, k] = planned
            mades[i, k] = min(planned, allowed)
            next_trust[turn, k] = min(capacity, allowed) if rules.by_potential else capacity
        if rules.partial:
            partly_critical(i, turn, layout, rules, state, capacities[group[i]])
        for k in range(len(lanes)):
            made, trust = mades[i, k], trusts[turn, k]
            available = made * usual + drawn[i]
            first = max(0.0, demand[0, i] + asked[turn, k])
            second = max(0.0, demand[1, i] + asked[nodes + turn, k])
            part0 = min(1.0, available / first) if first > 0.0 else 1.0
            rest = max(0.0, available - first)
            part1 = min(1.0, rest / second) if second > 0.0 else 1.0
            part[turn, k] = part0 - 1.0
            part[nodes + turn, k] = part1 - 1.0
            served[turn, k] = (1.0 + trust) * part0 - 1.0
            served[nodes + turn, k] = (1.0 + trust) * part1 - 1.0
            ability = next_trust[turn, k]
            followed = trust + speed[product, k] * ((ability - 1.0) - trust)
            next_trust[turn, k] = min(followed, limit[product, k] - 1.0)
            lost[i, k] += usual * (1.0 - made)
            if made < lowest[i, k]:
                lowest[i, k] = made
                lowest_day[i, k] = day
            if made < level and below_day[i, k] < 0:
                below_day[i, k] = day


@part_of_loop
def partly_critical(i: int, turn: int, layout: Layout, rules: Rules, state: State, capacity: Array) -> None:
    """Lower the output of one node for stocks of inputs without which a part of production goes on."""
    lanes = rules.lanes
    for product in range(layout.sectors):
        if not layout.binds[product * layout.buyers + i]:
            continue
        rule = product * rules.stride + i % rules.users
        for k in range(len(lanes)):
            critical = rules.critical[rule, k]
            if critical <= 0.0 or critical >= 1.0 or rules.stock_days[rule, k] == np.inf:
                continue
            allowed = state.stock[product * layout.nodes + i, k] / rules.called_for[rule, k]
            planned = state.planned[i, k]
            if allowed < planned:
                state.made[i, k] = min(state.made[i, k], planned - critical * (planned - allowed))
            full = capacity[k] * state.boost[i, k]
            if rules.by_potential and allowed < full:
                state.next_trust[turn, k] = min(state.next_trust[turn, k], full - critical * (full - allowed))


@part_of_loop
def tally_output(day: int, layout: Layout, rate: Array, watched: Whole, state: State, totals: Totals) -> None:
    """Add up the day's output by economy and sector, in one fixed order."""
    sectors, usual = layout.sectors, layout.output
    made_by, output, value = state.made, totals.output, totals.value
    by_sector, value_by_sector, watched_output = totals.by_sector, totals.value_by_sector, totals.watched_output
    for i in range(layout.nodes):
        economy, product = i // sectors, i % sectors
        for k in range(made_by.shape[1]):
            made = made_by[i, k] * usual[i]
            output[day, economy, k] += made
            by_sector[day, product, k] += made
            value[day, economy, k] += made * rate[i]
            value_by_sector[day, product, k] += made * rate[i]
    for place in range(len(watched)):
        for k in range(made_by.shape[1]):
            watched_output[day, place, k] = made_by[watched[place], k] * usual[watched[place]]


@part_of_loop
def tally_unmet(day: int, layout: Layout, totals: Totals) -> None:
    """Add up the day's unmet final demand by destination and product, in one fixed order."""
    ends = layout.buyers - layout.nodes
    for end in range(ends):
        for product in range(layout.sectors):
            for k in range(totals.unmet_today.shape[1]):
                missed = totals.unmet_today[product * ends + end, k]
                totals.unmet_by[day, end, k] += missed
                totals.unmet_by_sector[day, product, k] += missed
