"""Deliveries, stocks and new orders on one day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ostra.scenario.kernels import Array, Day, Rules, Scratch, State, Totals, compiled
from ostra.scenario.lanes import add_line, copy_row, least_row, set_row, weigh_line
from ostra.scenario.structure import Layout

TOGETHER = 16
"""Buyers whose orders are fetched together."""

SCARCE = 1e-9
"""When all suppliers together keep less than this part of their usual weight, the order multiplier grows no more."""

LANES_ARE = "0d168fb3e77eed29"
"""First digits of the SHA-256 of lanes.py: a change of this file makes Numba compile anew, one of that does not."""


@compiled
def gather(
    buyer: int,
    follows: bool,
    layout: Layout,
    rules: Rules,
    today: Day,
    state: State,
    order: Array,
    row: int,
    into: Scratch,
) -> None:
    """Add up, product by product, what one buyer's suppliers deliver and how they are weighed tomorrow.

    From `row` on, `order` holds the buyer's orders over the usual ones, minus 1: products × lanes. `follows`
    says whether they follow the weights of its suppliers. Arrays are named before the loops: to take one out of a tuple
    within a branch makes Numba count references there, which took longer than the sums themselves.
    """
    cells, lanes, sectors, nodes = layout.cells, rules.lanes, layout.sectors, layout.nodes
    segment_of, starts, stops, totals = cells.first, cells.start, cells.stop, cells.total
    tiers, blocks, other, value = cells.tier, cells.block, cells.other, cells.value
    got, extra, keep, most, open_shares = into.got, into.extra, into.keep, into.most, into.share
    served, deliver, trust, next_trust = state.served, state.part, state.trust, state.next_trust
    weights, next_weights, quota = today.weight, today.next_weight, today.quota
    for product in range(sectors):
        cell = buyer * sectors + product
        open_share = 0.0
        set_row(lanes, got, product, 0.0)
        set_row(lanes, extra, product, 0.0)
        set_row(lanes, keep, product, 0.0)
        set_row(lanes, most, product, -1.0)
        for segment in range(segment_of[cell], segment_of[cell + 1]):
            tier, block = tiers[segment], blocks[segment]
            f, stop = starts[segment], stops[segment]
            if block >= 0:
                while f < stop:
                    i, share = other[f], value[f]
                    for k in range(len(lanes)):
                        flow = 1.0 + order[row + product, k]
                        if follows:
                            flow *= (1.0 + trust[i, k]) * weights[block, k]
                            weight = (1.0 + next_trust[i, k]) * next_weights[block, k] - 1.0
                            keep[product, k] += share * weight
                            most[product, k] = max(most[product, k], weight)
                        part = 1.0 + deliver[tier * nodes + i, k]
                        extra[product, k] += share * (part * min(flow, quota[block, k]) - 1.0)
                    f += 1
                continue
            base = tier * nodes
            open_share += totals[segment]
            if follows:
                weigh_line(
                    lanes,
                    got,
                    product,
                    served,
                    base,
                    keep,
                    most,
                    next_trust,
                    other,
                    value,
                    f,
                    stop,
                )
            else:
                add_line(lanes, got, product, deliver, base, other, value, f, stop)
        set_row(lanes, open_shares, product, open_share)


@compiled
def settle(
    size: int,
    follows: bool,
    rule: int,
    cell: int,
    row: int,
    days: Array,
    cover: Array,
    restore: Array,
    unlimited: Array,
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
    """Stocks and new orders of one buyer's cells, one after the other in memory: a loop that can be vectorised.

    All arrays are flat; days and cover begin at `rule`, stock at `cell`, order at `row`, all others at 0.
    """
    for x in range(size):
        had, wants, ordered = stock[cell + x], made[x], order[row + x]
        came = 1.0 + (((1.0 + ordered) * got[x] + ordered * share[x]) + extra[x])
        came = came if came > 0.0 else 0.0
        kept = had + (came - (had if had < wants else wants))
        gap = days[rule + x] * planned[x] - kept
        gap = gap if gap > 0.0 else 0.0  # none where stocks are infinite, too: the difference is not a number
        shift = 1.0
        if follows:
            together, largest = 1.0 + keep[x], (1.0 + most[x]) * unlimited[x]
            together = together if together > largest else largest
            shift = 1.0 / (together if together > SCARCE else SCARCE)
        order[row + x] = (wants + gap * restore[x]) * shift - 1.0
        stock[cell + x] = kept
        allowed[x] = kept * cover[rule + x]


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
    product is in another page. Views are made once and not for each buyer: each costs as much as some cells.
    """
    sectors, buyers, lanes = layout.sectors, layout.buyers, rules.lanes
    size = sectors * len(lanes)
    releases = today.released.size > 0 and today.released.max() > 0.0
    orders = np.empty((TOGETHER * sectors, len(lanes)))
    order = orders.ravel()
    stock = state.stock.ravel()
    days, cover = rules.stock_days.ravel(), rules.cover_rate.ravel()
    restore, unlimited = rules.restore_rate.ravel(), rules.unlimited.ravel()
    got, share, extra, keep = into.got.ravel(), into.share.ravel(), into.extra.ravel(), into.keep.ravel()
    least, usual, binds = into.allowed, layout.output, layout.binds
    asked, made_by, planned_by, cover_of = state.order, state.made, state.planned, state.cover
    made_rows, planned_rows = into.made, into.planned
    most, made, planned, allowed = into.most.ravel(), into.made.ravel(), into.planned.ravel(), into.allowed.ravel()
    for block in range(begin, end, TOGETHER):
        stop = min(block + TOGETHER, end)
        for product in range(sectors):
            for j in range(block, stop):
                copy_row(lanes, orders, (j - block) * sectors + product, asked, product * buyers + j)
        for j in range(block, stop):
            if usual[j] <= 0.0:
                continue
            first, row = j * sectors, (j - block) * sectors
            user = j % sectors if len(rules.stock_days) > 1 else 0
            gather(j, rules.substitutes, layout, rules, today, state, orders, row, into)
            for product in range(sectors):
                copy_row(lanes, made_rows, product, made_by, j)
                copy_row(lanes, planned_rows, product, planned_by, j)
            settle(
                size,
                rules.substitutes,
                user * size,
                first * len(lanes),
                row * len(lanes),
                days,
                cover,
                restore,
                unlimited,
                got,
                share,
                extra,
                keep,
                most,
                made,
                planned,
                stock,
                order,
                allowed,
            )
            if releases:
                for product in range(sectors):
                    for k in range(len(lanes)):
                        x = (first + product) * len(lanes) + k
                        stock[x] += today.released[group[first + product], k]
                        allowed[product * len(lanes) + k] = stock[x] * rules.cover_rate[user, product, k]
            set_row(lanes, cover_of, j, np.inf)
            for product in range(sectors):
                if binds[first + product]:
                    least_row(lanes, cover_of, j, least, product)
        for product in range(sectors):
            for j in range(block, stop):
                copy_row(lanes, asked, product * buyers + j, orders, (j - block) * sectors + product)


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
    sectors, nodes, buyers, lanes = layout.sectors, layout.nodes, layout.buyers, rules.lanes
    shifts = rules.substitutes and rules.final_substitutes
    orders = np.empty((sectors, len(lanes)))
    for end in range(buyers - nodes):
        for product in range(sectors):
            for k in range(len(lanes)):
                orders[product, k] = state.order[product * buyers + nodes + end, k]
        gather(nodes + end, shifts, layout, rules, today, state, orders, 0, into)
        for product in range(sectors):
            place = end * sectors + product
            usual = layout.bought[nodes * sectors + place]
            if usual <= 0.0:
                continue
            row = product * buyers + nodes + end
            for k in range(len(lanes)):
                ordered = orders[product, k]
                unhindered = (1.0 + ordered) * into.got[product, k] + ordered * into.share[product, k]
                came = max(0.0, 1.0 + (unhindered + into.extra[product, k]))
                missed = usual * max(0.0, today.wanted[group[place], k] - came)
                totals.unmet_today[end, product, k] = missed
                totals.unmet[end, product, k] += missed
                largest = (1.0 + into.most[product, k]) * rules.unlimited[product, k]
                together = max(max(1.0 + into.keep[product, k], largest), SCARCE)
                state.order[row, k] = today.next_wanted[group[place], k] * (1.0 / together) - 1.0
