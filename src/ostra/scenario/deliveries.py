"""Deliveries, stocks and new orders on one day."""

from __future__ import annotations

import numpy as np

from ostra.scenario.kernels import Calendar, Rules, State, Totals, part_of_loop
from ostra.scenario.lanes import add_line, ask_line, weigh_largest, weigh_line
from ostra.scenario.rows import (
    ALLOWED,
    EXTRA,
    GOT,
    KEEP,
    MOST,
    NEXT,
    ROWS,
    TOP,
    ask_withheld,
    get_withheld,
    largest_row,
    least_row,
    scale_row,
    serve_row,
    set_row,
    settle_row,
)
from ostra.scenario.structure import Layout, Reach

OPENING = -1
"""As day: nothing is delivered, but what is ordered on day 0 is counted."""


@part_of_loop
def restock(
    begin: int,
    end: int,
    thread: int,
    day: int,
    layout: Layout,
    rules: Rules,
    reach: Reach,
    calendar: Calendar,
    state: State,
    totals: Totals,
) -> None:
    """What buyers get of the products `begin` to `end`, what is left in their stocks, and what they order next.

    Product by product, buyer by buyer: add up what suppliers deliver and how they are weighed tomorrow, settle the
    cell, and hand out its new order among the suppliers while their shares are still at hand. Arrays are named before
    the loops: to take one out of a tuple within them makes Numba count references, which took longer than the sums.
    """
    lanes, nodes, buyers, users = rules.lanes, layout.nodes, layout.buyers, rules.users
    economies, ends = nodes // layout.sectors, buyers - nodes
    flows, bought, binds = layout.flows, layout.bought, layout.binds
    segment_of, starts, stops, totals_of = flows.first, flows.start, flows.stop, flows.total
    tiers, blocks, seller, value = flows.tier, flows.block, flows.seller, flows.value
    orders, stock, trusts, next_trust = state.order, state.stock, state.trust, state.next_trust
    part, served, asked, cover = state.part, state.served, state.asked, state.cover
    made, planned, unmet, unmet_today = state.made, state.planned, totals.unmet, totals.unmet_today
    stock_days, cover_rate, restore, unlimited = rules.stock_days, rules.cover_rate, rules.restore_rate, rules.unlimited
    weights, next_weights = calendar.weight[max(day, 0)], calendar.weight[day + 1]
    quota, next_quota = calendar.quota[max(day, 0)], calendar.quota[day + 1]
    wanted, next_wanted = calendar.wanted[max(day, 0)], calendar.wanted[day + 1]
    released, release_group, want_group = calendar.released[day + 1], reach.release_group, reach.want_group
    rows = state.cell[thread * ROWS : (thread + 1) * ROWS]
    if day != OPENING:
        for node in range(nodes):
            set_row(lanes, cover, thread * nodes + node, np.inf)
    for product in range(begin, end):
        set_row(lanes, rows, TOP, -1.0)
        for i in range(product * economies, (product + 1) * economies):
            largest_row(lanes, rows, TOP, next_trust, i)
            for kind in range(4):
                set_row(lanes, asked, kind * nodes + i, 0.0)
        for buyer in range(buyers):
            cell = product * buyers + buyer
            first, last = segment_of[cell], segment_of[cell + 1]
            if first == last:
                continue
            kind = 0 if buyer < nodes or rules.final_substitutes else 2
            follows = rules.substitutes and kind == 0
            if day != OPENING:
                open_share = 0.0
                set_row(lanes, rows, GOT, 0.0)
                set_row(lanes, rows, EXTRA, 0.0)
                set_row(lanes, rows, KEEP, 0.0)
                set_row(lanes, rows, MOST, -1.0)
                for segment in range(first, last):
                    tier, block, start, stop = tiers[segment], blocks[segment], starts[segment], stops[segment]
                    base = tier * nodes
                    if block < 0:
                        open_share += totals_of[segment]
                        if not follows:
                            add_line(lanes, rows, GOT, part, base, seller, value, start, stop)
                        elif stop - start == economies:  # all sellers of the product, whose largest weight is known
                            weigh_line(lanes, rows, GOT, served, base, KEEP, next_trust, seller, value, start, stop)
                            largest_row(lanes, rows, MOST, rows, TOP)
                        else:
                            weigh_largest(
                                lanes, rows, GOT, served, base, KEEP, next_trust, MOST, seller, value, start, stop
                            )
                    else:
                        for f in range(start, stop):
                            i = seller[f]
                            get_withheld(
                                lanes,
                                rows,
                                follows,
                                orders,
                                cell,
                                trusts,
                                next_trust,
                                i,
                                weights,
                                next_weights,
                                quota,
                                block,
                                part,
                                base + i,
                                value[f],
                            )
                if buyer < nodes:
                    store = product * nodes + buyer
                    rule = product * users + (buyer % users)
                    settle_row(
                        lanes,
                        rows,
                        open_share,
                        bought[cell],
                        orders,
                        cell,
                        stock,
                        store,
                        made,
                        planned,
                        buyer,
                        stock_days,
                        cover_rate,
                        rule,
                        restore,
                        unlimited,
                        product,
                        released,
                        release_group[store],
                    )
                    if binds[cell]:
                        least_row(lanes, cover, thread * nodes + buyer, rows, ALLOWED)
                else:
                    place = product * ends + buyer - nodes
                    serve_row(
                        lanes,
                        rows,
                        open_share,
                        bought[cell],
                        orders,
                        cell,
                        unlimited,
                        product,
                        wanted,
                        next_wanted,
                        want_group[place],
                        unmet,
                        unmet_today,
                        place,
                    )
            else:
                scale_row(lanes, rows, bought[cell], orders, cell)
            for segment in range(first, last):
                tier, block, start, stop = tiers[segment], blocks[segment], starts[segment], stops[segment]
                if block < 0:
                    ask_line(lanes, asked, (kind + tier) * nodes, rows, NEXT, seller, value, start, stop)
                else:
                    for f in range(start, stop):
                        i = seller[f]
                        ask_withheld(
                            lanes,
                            asked,
                            (2 + tier) * nodes + i,
                            follows,
                            orders,
                            cell,
                            next_trust,
                            i,
                            next_weights,
                            next_quota,
                            block,
                            value[f] * bought[cell],
                        )
