"""Deliveries, stocks and new orders on one day."""

from __future__ import annotations

import numpy as np

from ostra.scenario.simulation.economy import Layout, Reach
from ostra.scenario.simulation.kernels import Calendar, Rules, State, Totals, part_of_loop
from ostra.scenario.simulation.lanes import add_lines, ask_lines, weigh_largest, weigh_line
from ostra.scenario.simulation.rows import (
    ALLOWED,
    GOT,
    KEEP,
    MOST,
    NEXT,
    QUANTITIES,
    SHARE,
    TOP,
    ask_withheld,
    begin_cells,
    get_withheld,
    largest_row,
    least_row,
    scale_row,
    serve_row,
    set_cells,
    set_row,
    settle_row,
)

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
    cell, and hand out its new order among the suppliers while their shares are still at hand. Where buyers that follow
    one another all buy from every seller, several go together. Arrays are named before the loops: to take one out of a
    tuple within them makes Numba count references, which took longer than the sums.
    """
    lanes, nodes, buyers, users = rules.lanes, layout.nodes, layout.buyers, rules.users
    economies, ends = nodes // layout.sectors, buyers - nodes
    flows, bought, binds = layout.flows, layout.bought, layout.binds
    segment_of, starts, stops, totals_of = flows.first, flows.start, flows.stop, flows.total
    tiers, blocks, seller, value, like = flows.tier, flows.block, flows.seller, flows.value, flows.alike
    orders, stock, trusts, next_trust = state.order, state.stock, state.trust, state.next_trust
    part, served, asked, cover = state.part, state.served, state.asked, state.cover
    made, planned, unmet, unmet_today = state.made, state.planned, totals.unmet, totals.unmet_today
    stock_days, cover_rate, restore, unlimited = rules.stock_days, rules.cover_rate, rules.restore_rate, rules.unlimited
    weights, next_weights = calendar.weight[max(day, 0)], calendar.weight[day + 1]
    quota, next_quota = calendar.quota[max(day, 0)], calendar.quota[day + 1]
    wanted, next_wanted = calendar.wanted[max(day, 0)], calendar.wanted[day + 1]
    released, release_group, want_group = calendar.released[day + 1], reach.release_group, reach.want_group
    alike, one, together = rules.alike, (0,), len(rules.alike)
    rows = state.cells[thread * QUANTITIES * together : (thread + 1) * QUANTITIES * together]
    got, keep, most, share = GOT * together, KEEP * together, MOST * together, SHARE * together
    allowed, following, top = ALLOWED * together, NEXT * together, TOP * together
    released_today = day == OPENING or released.max() > 0.0
    if day != OPENING:
        for node in range(nodes):
            set_row(lanes, cover, thread * nodes + node, np.inf)
    for product in range(begin, end):
        for cell in range(together):
            set_row(lanes, rows, top + cell, -1.0)
        for i in range(product * economies, (product + 1) * economies):
            largest_row(lanes, rows, top, next_trust, i)
            for kind in range(4):
                set_row(lanes, asked, kind * nodes + i, 0.0)
        for cell in range(1, together):
            largest_row(lanes, rows, top + cell, rows, top)
        next_buyer = 0
        while next_buyer < buyers:
            buyer = next_buyer
            cell = product * buyers + buyer
            first, last = segment_of[cell], segment_of[cell + 1]
            if like[cell] >= together and not released_today:
                start, stop = starts[first], stops[first]
                begin_cells(lanes, alike, rows)
                set_cells(lanes, alike, rows, share, totals_of, first)
                if rules.substitutes:
                    add_lines(lanes, alike, rows, got, served, 0, seller, value, start, stop, economies)
                    add_lines(lanes, alike, rows, keep, next_trust, 0, seller, value, start, stop, economies)
                else:
                    add_lines(lanes, alike, rows, got, part, 0, seller, value, start, stop, economies)
                store = product * nodes + buyer
                settle_row(
                    lanes,
                    alike,
                    rows,
                    top if rules.substitutes else most,
                    bought,
                    orders,
                    cell,
                    stock,
                    store,
                    made,
                    planned,
                    buyer,
                    stock_days,
                    cover_rate,
                    product * rules.stride + buyer % users,
                    restore,
                    unlimited,
                    product,
                    released,
                    release_group[store],
                )
                for number in range(together):
                    if binds[cell + number]:
                        least_row(lanes, cover, thread * nodes + buyer + number, rows, allowed + number)
                ask_lines(lanes, alike, asked, 0, rows, following, seller, value, start, stop, economies)
                next_buyer += together
                continue
            next_buyer += 1
            if first == last:
                continue
            kind = 0 if buyer < nodes or rules.final_substitutes else 2
            follows = rules.substitutes and kind == 0
            if day != OPENING:
                open_share = 0.0
                begin_cells(lanes, one, rows)
                for segment in range(first, last):
                    tier, block, start, stop = tiers[segment], blocks[segment], starts[segment], stops[segment]
                    base = tier * nodes
                    if block < 0:
                        open_share += totals_of[segment]
                        if not follows:
                            add_lines(lanes, one, rows, got, part, base, seller, value, start, stop, 0)
                        elif stop - start == economies:  # all sellers of the product, whose largest weight is known
                            weigh_line(lanes, rows, got, served, base, keep, next_trust, seller, value, start, stop)
                            largest_row(lanes, rows, most, rows, top)
                        else:
                            weigh_largest(
                                lanes, rows, got, served, base, keep, next_trust, most, seller, value, start, stop
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
                set_row(lanes, rows, share, open_share)
                if buyer < nodes:
                    store = product * nodes + buyer
                    settle_row(
                        lanes,
                        one,
                        rows,
                        most,
                        bought,
                        orders,
                        cell,
                        stock,
                        store,
                        made,
                        planned,
                        buyer,
                        stock_days,
                        cover_rate,
                        product * rules.stride + buyer % users,
                        restore,
                        unlimited,
                        product,
                        released,
                        release_group[store],
                    )
                    if binds[cell]:
                        least_row(lanes, cover, thread * nodes + buyer, rows, allowed)
                else:
                    place = product * ends + buyer - nodes
                    serve_row(
                        lanes,
                        one,
                        rows,
                        most,
                        bought,
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
                scale_row(lanes, rows, bought, orders, cell)
            for segment in range(first, last):
                tier, block, start, stop = tiers[segment], blocks[segment], starts[segment], stops[segment]
                if block < 0:
                    ask_lines(lanes, one, asked, (kind + tier) * nodes, rows, following, seller, value, start, stop, 0)
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
