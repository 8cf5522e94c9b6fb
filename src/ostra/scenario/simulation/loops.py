"""The compiled loops over one day of some runs, and the arrays that they work on; formulas: docs/methods/disruption.md.

Arrays by run have the run as last axis (a *lane*), flattened with the axis before it, so that the lanes of a row and
the rows of a group lie side by side. Each loop does the same arithmetic in every lane and nothing across lanes, every
sum has one fixed order, and nothing may be reassociated: a run gives the same bits whatever runs beside it.
Sums run over *differences* from the usual day: when nothing happens they are exactly zero, and so the day is the usual.

Everything that is compiled stands in this file, and so do the tuples handed to it: Numba keeps compiled code until the
file of the function changes, and looks at no other file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ostra.errors import MethodError

try:
    import numba
except ImportError as missing:
    raise MethodError(
        "simulating needs Numba, which is not installed; install it with: pip install 'ostra[simulate]'"
    ) from missing

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Function = TypeVar("Function", bound=Callable[..., Any])

LANES = 16
"""Runs that go through the loops together in a batch."""

FEW = 4
"""So many runs or fewer go through the loops one by one."""

GROUP = 8
"""Buyers that follow one another and share a list of sellers, and steps of the sums over that list."""

OPENING = -1
"""As day: nothing is delivered, but what is ordered on day 0 is counted."""

MET = 1e-9
"""Demand that exceeds output by less than this part of itself counts as met."""

SCARCE = 1e-9
"""When all suppliers together keep less than this part of their usual weight, the order multiplier grows no more."""


def lanes_for(runs: int) -> int:
    """How many runs of a batch go through the loops together."""
    return 1 if runs <= FEW else LANES


def part_of_loop(function: Function) -> Function:
    """Compile as a part of those who call it."""
    return numba.njit(nogil=True, error_model="numpy")(function)  # type: ignore[return-value]


def fused(function: Function) -> Function:
    """The same, with each product and the sum that it goes into rounded once, where the processor can (most do)."""
    return numba.njit(nogil=True, error_model="numpy", fastmath={"contract"})(function)  # type: ignore[return-value]


def compiled(function: Function) -> Function:
    """Compile at first use; keep the result on disk where that is possible, so that the next start is quick."""
    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy")(function)  # type: ignore[return-value]
    except RuntimeError:  # no folder for the cache can be written
        return part_of_loop(function)


class Flows(NamedTuple):
    """Flows that no shock withholds, by product and group of buyers; `first[product, group]` to `first[…, group + 1]`.

    seller: economy, for each that sells to somebody in the group, those who sell to most first; filled up to a multiple
    of `GROUP` by flows of none.
    share: part of what each buyer of the group usually gets of the product, flattened. full: whether every buyer of the
    group buys from every economy, and from none of them under a shock.
    """

    first: Whole
    seller: NDArray[np.uint32]
    share: Array
    full: NDArray[np.bool_]


class Apart(NamedTuple):
    """Flows one by one: those that shocks withhold, and those served before the buyer's others; `first` as in `Flows`.

    slot (of the buyer), seller (economy), tier, block, share: by flow.
    """

    first: Whole
    slot: Whole
    seller: Whole
    tier: Whole
    block: Whole
    share: Array


class Layout(NamedTuple):
    """What the loops need to know of the table and of the reach of shocks; money per day.

    Buyers have slots: the nodes first, then the destinations, each filled up to a multiple of `GROUP`. tier: of a
    slot's flows but those apart. output: by node. drawn: what the node sells from other sources than its output
    (stocks, discrepancy), constant. demand: usual sales, tiers × nodes. following: the part of it that follows the
    seller's weight and is not apart, tiers × products × economies. bought (usual use), open_share (part of it that is
    not apart), binds (1 if a lack of it can hold up production, else 0): products × slots. Groups number the sets of
    shocks that act on a node, on products × destinations, and on products × nodes.
    """

    sectors: int
    nodes: int
    ends: int
    flows: Flows
    apart: Apart
    tier: NDArray[np.uint32]
    output: Array
    drawn: Array
    demand: Array
    following: Array
    bought: Array
    open_share: Array
    binds: Array
    node_group: Whole
    want_group: Whole
    release_group: Whole


class Rules(NamedTuple):
    """Behaviour of the runs in the lanes.

    lanes: a tuple with an entry for each lane, so that loops are compiled for just as many. users: how many users the
    next four tell apart, 1 or sectors. stock_days, critical, called_for, cover_rate: products × users · lanes; users
    beyond the last are the first ones again, so that those of a group lie side by side. called_for is the stock, in
    days, that usual output calls for, cover_rate the output that a day of stock allows: 1 / called_for, rounded
    upwards, and infinite where the input is not fully critical. restore_rate (1 / days), unlimited (1 / limit):
    products × lanes, for each buyer of a group anew. speed, limit, boost_max, boost_days: products × lanes. Flags:
    exact_return, by_potential, final_substitutes, substitutes (somebody does), partial (some input is critical in
    part).
    """

    lanes: tuple[int, ...]
    users: int
    stock_days: Array
    critical: Array
    called_for: Array
    cover_rate: Array
    restore_rate: Array
    unlimited: Array
    speed: Array
    limit: Array
    boost_max: Array
    boost_days: Array
    exact_return: bool
    by_potential: bool
    final_substitutes: bool
    substitutes: bool
    partial: bool


class Calendar(NamedTuple):
    """What the shocks do, day by day: days + 1 × group × lanes; the groups are those of `Layout`.

    quota: largest flow over the usual one, by block (infinite where nothing is withheld). weight: what buyers expect
    from the sellers of a block. capacity: by group of nodes. wanted: final demand over the usual one. released: days of
    use added to stocks before the day begins.
    """

    quota: Array
    weight: Array
    capacity: Array
    wanted: Array
    released: Array


class State(NamedTuple):
    """The economy in the lanes; the last axis of every array is rows · lanes.

    products × slots: order, orders over the usual ones, minus 1. products × slots of nodes: stock, days of usual use.
    products × economies: trust and next_trust, the seller's weight, minus 1. products × tiers × economies: part, the
    part of orders that is delivered, minus 1; served, the same times the seller's weight, minus 1. products × 4 ×
    economies: asked, how far orders are from the usual ones, in money: in both tiers from those who follow the seller's
    weight, before that weight, and in both tiers from the others. Slots of nodes: made, planned, boost. Threads × slots
    of nodes: cover, the output over the usual one that stocks of fully critical inputs of the products in its hands
    allow.
    """

    order: Array
    stock: Array
    trust: Array
    next_trust: Array
    part: Array
    served: Array
    asked: Array
    made: Array
    planned: Array
    boost: Array
    cover: Array


class Totals(NamedTuple):
    """What is kept.

    Node × lane: lost, lowest, lowest_day, below_day. Product × destination × lane: unmet, unmet_today. Day × economy,
    sector or destination × lane: output, value, by_sector, value_by_sector, unmet_by, unmet_by_sector. Day × watched
    node × lane: watched_output.
    """

    lost: Array
    lowest: Array
    lowest_day: Whole
    below_day: Whole
    unmet: Array
    unmet_today: Array
    output: Array
    value: Array
    by_sector: Array
    value_by_sector: Array
    unmet_by: Array
    unmet_by_sector: Array
    watched_output: Array


@fused
def add_up(
    lanes: tuple[int, ...],
    seller: NDArray[np.uint32],
    share: Array,
    start: int,
    stop: int,
    x: Array,
    base: np.uint32,
    y: Array,
    got: Array,
    keep: Array,
    rows: Array,
) -> None:
    """got[buyer] += Σ share · x[base + seller] and keep[buyer] += Σ share · y[seller] over a group's flows, one by one.

    Eight flows at a time, so that sums are loaded and stored once for eight. One lane has code of its own, in which the
    buyers of the group take the place of lanes. With more, what the eight sellers deliver goes to `rows` first: the
    compiler then knows that sums and what is added to them lie apart. A buyer that gets nothing from any of the eight
    is passed over; sellers of few are listed last, so that in a sparse table this is often so.
    """
    width = len(lanes)
    for f in range(start, stop, GROUP):
        i0, i1, i2, i3 = seller[f] * width, seller[f + 1] * width, seller[f + 2] * width, seller[f + 3] * width
        i4, i5, i6, i7 = seller[f + 4] * width, seller[f + 5] * width, seller[f + 6] * width, seller[f + 7] * width
        if width == 1:
            x0, x1, x2, x3 = x[base + i0], x[base + i1], x[base + i2], x[base + i3]
            x4, x5, x6, x7 = x[base + i4], x[base + i5], x[base + i6], x[base + i7]
            y0, y1, y2, y3, y4, y5, y6, y7 = y[i0], y[i1], y[i2], y[i3], y[i4], y[i5], y[i6], y[i7]
            for j in range(GROUP):
                at = f * GROUP + j
                a0, a1, a2, a3 = share[at], share[at + GROUP], share[at + 2 * GROUP], share[at + 3 * GROUP]
                at += 4 * GROUP
                a4, a5, a6, a7 = share[at], share[at + GROUP], share[at + 2 * GROUP], share[at + 3 * GROUP]
                got[j] = got[j] + a0 * x0 + a1 * x1 + a2 * x2 + a3 * x3 + a4 * x4 + a5 * x5 + a6 * x6 + a7 * x7
                keep[j] = keep[j] + a0 * y0 + a1 * y1 + a2 * y2 + a3 * y3 + a4 * y4 + a5 * y5 + a6 * y6 + a7 * y7
            continue
        for k in range(width):
            b, z = base + k, GROUP * width + k
            rows[k], rows[width + k], rows[2 * width + k] = x[i0 + b], x[i1 + b], x[i2 + b]
            rows[3 * width + k], rows[4 * width + k], rows[5 * width + k] = x[i3 + b], x[i4 + b], x[i5 + b]
            rows[6 * width + k], rows[7 * width + k] = x[i6 + b], x[i7 + b]
            rows[z], rows[width + z], rows[2 * width + z] = y[i0 + k], y[i1 + k], y[i2 + k]
            rows[3 * width + z], rows[4 * width + z], rows[5 * width + z] = y[i3 + k], y[i4 + k], y[i5 + k]
            rows[6 * width + z], rows[7 * width + z] = y[i6 + k], y[i7 + k]
        for j in range(GROUP):
            at = f * GROUP + j
            a0, a1, a2, a3 = share[at], share[at + GROUP], share[at + 2 * GROUP], share[at + 3 * GROUP]
            at += 4 * GROUP
            a4, a5, a6, a7 = share[at], share[at + GROUP], share[at + 2 * GROUP], share[at + 3 * GROUP]
            if a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 == 0.0:
                continue
            for k in range(width):
                to = j * width + k
                first = got[to] + a0 * rows[k] + a1 * rows[width + k] + a2 * rows[2 * width + k]
                first = first + a3 * rows[3 * width + k] + a4 * rows[4 * width + k] + a5 * rows[5 * width + k]
                got[to] = first + a6 * rows[6 * width + k] + a7 * rows[7 * width + k]
            for k in range(width):
                to, z = j * width + k, GROUP * width + k
                first = keep[to] + a0 * rows[z] + a1 * rows[width + z] + a2 * rows[2 * width + z]
                first = first + a3 * rows[3 * width + z] + a4 * rows[4 * width + z] + a5 * rows[5 * width + z]
                keep[to] = first + a6 * rows[6 * width + z] + a7 * rows[7 * width + z]


@fused
def hand_out(
    lanes: tuple[int, ...],
    seller: NDArray[np.uint32],
    share: Array,
    start: int,
    stop: int,
    x: Array,
    asked: Array,
    base: np.uint32,
) -> None:
    """asked[base + seller] += Σ share · x[buyer] over a group's buyers, for each flow."""
    width = len(lanes)
    if width == 1:
        x0, x1, x2, x3, x4, x5, x6, x7 = x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]
        for f in range(start, stop):
            i, at = base + seller[f], f * GROUP
            first = asked[i] + share[at] * x0 + share[at + 1] * x1 + share[at + 2] * x2 + share[at + 3] * x3
            first = first + share[at + 4] * x4 + share[at + 5] * x5 + share[at + 6] * x6 + share[at + 7] * x7
            asked[i] = first
        return
    for f in range(start, stop):
        i, at = base + seller[f] * width, f * GROUP
        a0, a1, a2, a3 = share[at], share[at + 1], share[at + 2], share[at + 3]
        a4, a5, a6, a7 = share[at + 4], share[at + 5], share[at + 6], share[at + 7]
        for k in range(width):
            first = asked[i + k] + a0 * x[k] + a1 * x[k + width] + a2 * x[k + 2 * width] + a3 * x[k + 3 * width]
            first = first + a4 * x[k + 4 * width] + a5 * x[k + 5 * width]
            asked[i + k] = first + a6 * x[k + 6 * width] + a7 * x[k + 7 * width]


@part_of_loop
def find_largest(
    lanes: tuple[int, ...],
    seller: NDArray[np.uint32],
    share: Array,
    start: int,
    stop: int,
    x: Array,
    most: Array,
) -> None:
    """most[buyer] = the largest of itself and x[seller] of those from whom the buyer gets a share."""
    width = len(lanes)
    for f in range(start, stop, GROUP // 2):
        i0, i1, i2, i3 = seller[f] * width, seller[f + 1] * width, seller[f + 2] * width, seller[f + 3] * width
        for j in range(GROUP):
            at = f * GROUP + j
            a0, a1 = nothing_from(share[at]), nothing_from(share[at + GROUP])
            a2, a3 = nothing_from(share[at + 2 * GROUP]), nothing_from(share[at + 3 * GROUP])
            for k in range(width):
                to = j * width + k
                first = max(max(most[to], a0 + x[i0 + k]), a1 + x[i1 + k])
                most[to] = max(max(first, a2 + x[i2 + k]), a3 + x[i3 + k])


@part_of_loop
def nothing_from(share: float) -> float:
    """What, added to a number, keeps it from being the largest where there is no share."""
    return 0.0 if share > 0.0 else -np.inf


@compiled
def restock(
    begin: int,
    end: int,
    cover: Array,
    day: int,
    layout: Layout,
    rules: Rules,
    calendar: Calendar,
    state: State,
    totals: Totals,
) -> None:
    """What buyers get of the products `begin` to `end`, what is left in their stocks, and what they order next.

    Product by product, a group of buyers at a time: add up what suppliers deliver and how they are weighed tomorrow,
    settle the cells, and hand out their new orders among the suppliers while the shares are still at hand. Arrays are
    named before the loop over groups, in which places are counted from their beginning: to take one out of a tuple, or
    a part of one, makes Numba count references, which took longer than the sums. Beginnings are made unsigned, for the
    compiler to know that no place counts from the end.
    """
    lanes = rules.lanes
    width, nodes, slots = len(lanes), layout.nodes, layout.bought.shape[1]
    economies = nodes // layout.sectors
    size = GROUP * width
    firms = cover.shape[0] // width
    got, keep, extra, most, wish = np.empty(size), np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    share, bought, binds, follow = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    top, rows = np.empty(size), np.empty(2 * size)
    seller, shares, first, full = layout.flows.seller, layout.flows.share, layout.flows.first, layout.flows.full
    apart_first, apart_slot, apart_seller = layout.apart.first, layout.apart.slot, layout.apart.seller
    apart_tier, apart_block, apart_share = layout.apart.tier, layout.apart.block, layout.apart.share
    tiers, want_group, release_group = layout.tier, layout.want_group, layout.release_group
    substitutes, final_substitutes, users, ends = rules.substitutes, rules.final_substitutes, rules.users, layout.ends
    today, tomorrow = max(day, 0), day + 1
    weight, next_weight = calendar.weight[today], calendar.weight[tomorrow]
    quota, next_quota = calendar.quota[today], calendar.quota[tomorrow]
    wanted, next_wanted, released = calendar.wanted[today], calendar.wanted[tomorrow], calendar.released[tomorrow]
    releases = released.max() > 0.0
    made, planned = state.made, state.planned
    if day != OPENING:
        cover[:] = np.inf
    for product in range(begin, end):
        orders, stock, asked = state.order[product], state.stock[product], state.asked[product].ravel()
        trust, next_trust = state.trust[product], state.next_trust[product]
        part, served = state.part[product].ravel(), state.served[product].ravel()
        use, open_share, binding = layout.bought[product], layout.open_share[product], layout.binds[product]
        restore, unlimited = rules.restore_rate[product], rules.unlimited[product]
        stock_days, cover_rate = rules.stock_days[product], rules.cover_rate[product]
        missed_today, missed = totals.unmet_today[product], totals.unmet[product]
        asked[:] = 0.0
        for k in range(width):
            top[k] = -1.0
            for i in range(economies):
                top[k] = max(top[k], next_trust[i * width + k])
            for j in range(1, GROUP):
                top[j * width + k] = top[k]
        for slot in range(0, slots, GROUP):
            group = slot // GROUP
            mine, firm, tier = np.uint32(slot * width), slot < firms, tiers[slot] * economies * width
            kind = 0 if firm or final_substitutes else 2 * economies * width
            follows = substitutes and kind == 0
            start, stop = first[product, group], first[product, group + 1]
            single, singles = apart_first[product, group], apart_first[product, group + 1]
            spread(lanes, use, slot, bought)
            if day != OPENING:
                got[:] = 0.0
                keep[:] = 0.0
                extra[:] = 0.0
                spread(lanes, open_share, slot, share)
                came = served if follows else part
                add_up(lanes, seller, shares, start, stop, came, np.uint32(tier), next_trust, got, keep, rows)
                if not follows:
                    keep[:] = 0.0
                    most[:] = -1.0
                elif full[product, group]:
                    most[:] = top
                else:
                    most[:] = -1.0
                    find_largest(lanes, seller, shares, start, stop, next_trust, most)
                for f in range(single, singles):
                    at, i, block = (apart_slot[f] - slot) * width, apart_seller[f] * width, apart_block[f]
                    to = apart_tier[f] * economies * width + i
                    for k in range(width):
                        flow = 1.0 + orders[mine + at + k]
                        if follows:
                            flow *= (1.0 + trust[i + k]) * weight[block, k]
                            next_flow = (1.0 + next_trust[i + k]) * next_weight[block, k] - 1.0
                            keep[at + k] += apart_share[f] * next_flow
                            most[at + k] = max(most[at + k], next_flow)
                        accepted = min(flow, quota[block, k])
                        extra[at + k] += apart_share[f] * ((1.0 + part[to + k]) * accepted - 1.0)
                for m in range(size):  # what comes, over usual use
                    unhindered = (1.0 + orders[mine + m]) * got[m] + orders[mine + m] * share[m]
                    got[m] = max(1.0 + (unhindered + extra[m]), 0.0)
                if firm:
                    rule = np.uint32(slot % users * width)
                    spread(lanes, binding, slot, binds)
                    for m in range(size):
                        kept, makes = stock[mine + m], made[mine + m]
                        kept += got[m] - min(kept, makes)
                        gap = stock_days[rule + m] * planned[mine + m] - kept  # not a number where stocks are infinite
                        wish[m] = makes + (gap if gap > 0.0 else 0.0) * restore[m]
                        stock[mine + m] = kept
                    if releases:
                        for j in range(min(GROUP, nodes - slot)):
                            for k in range(width):
                                stock[mine + j * width + k] += released[release_group[product * nodes + slot + j], k]
                    for m in range(size):
                        allowed = stock[mine + m] * cover_rate[rule + m] if binds[m] > 0.0 else np.inf
                        cover[mine + m] = allowed if allowed < cover[mine + m] else cover[mine + m]
                else:
                    wish[:] = 1.0
                    for j in range(min(GROUP, ends - (slot - firms))):
                        place = slot - firms + j
                        group_of = want_group[product * ends + place]
                        for k in range(width):
                            lack = max(wanted[group_of, k] - got[j * width + k], 0.0)
                            missed_today[place * width + k] = bought[j * width] * lack
                            missed[place * width + k] += bought[j * width] * lack
                            wish[j * width + k] = next_wanted[group_of, k]
                for m in range(size):
                    together = 1.0 + keep[m]
                    most_of = (1.0 + most[m]) * unlimited[m]
                    high = max(wish[m], 1.0)
                    free = wish[m] * most_of < high * together
                    below = together if free else most_of
                    orders[mine + m] = (wish[m] if free else high) / max(below, SCARCE) - 1.0
            for m in range(size):
                follow[m] = bought[m] * orders[mine + m]
            hand_out(lanes, seller, shares, start, stop, follow, asked, np.uint32(kind + tier))
            for f in range(single, singles):
                at, i, block = (apart_slot[f] - slot) * width, apart_seller[f] * width, apart_block[f]
                to, usual = (2 + apart_tier[f]) * economies * width + i, apart_share[f] * bought[at]
                for k in range(width):
                    flow = 1.0 + orders[mine + at + k]
                    if follows:
                        flow *= (1.0 + next_trust[i + k]) * next_weight[block, k]
                    asked[to + k] += usual * (min(flow, next_quota[block, k]) - 1.0)


@part_of_loop
def spread(lanes: tuple[int, ...], numbers: Array, slot: int, to: Array) -> None:
    """The numbers of a group's buyers, each in every lane."""
    for j in range(GROUP):
        number = numbers[slot + j]
        for k in range(len(lanes)):
            to[j * len(lanes) + k] = number


@compiled
def produce(
    day: int, level: float, layout: Layout, rules: Rules, calendar: Calendar, state: State, totals: Totals
) -> None:
    """Demand, overproduction, output and rationing of all nodes."""
    sectors, width = layout.sectors, len(rules.lanes)
    economies = layout.nodes // sectors
    capacities = calendar.capacity[day]
    boosts, mades, plans, cover = state.boost, state.made, state.planned, state.cover
    lost, lowest, lowest_day, below_day = totals.lost, totals.lowest, totals.lowest_day, totals.below_day
    for product in range(sectors):
        trusts, next_trust, asked = state.trust[product], state.next_trust[product], state.asked[product]
        part, served, following = state.part[product], state.served[product], layout.following[:, product]
        boost_days, boost_max = rules.boost_days[product], rules.boost_max[product]
        speed, limit = rules.speed[product], rules.limit[product]
        for economy in range(economies):
            i = economy * sectors + product
            usual, demand, drawn = layout.output[i], layout.demand[:, i], layout.drawn[i]
            capacity_today = capacities[layout.node_group[i]]
            for k in range(width):
                at, me = i * width + k, economy * width + k
                trust = next_trust[me]
                trusts[me] = trust
                for tier in range(2):
                    followed = (1.0 + trust) * asked[tier, me] + trust * following[tier, economy]
                    asked[tier, me] = asked[2 + tier, me] + followed
                wanted = max(0.0, usual + (asked[0, me] + asked[1, me]))
                boost = boosts[at]
                if day > 0 and usual > 0.0:
                    scarcity = (wanted - mades[at] * usual) / wanted if wanted > 0.0 else 0.0
                    if scarcity > MET or (rules.exact_return and scarcity != 0.0):
                        boost += (boost_max[k] - boost) * scarcity / boost_days[k]
                    else:
                        boost += (1.0 - boost) / boost_days[k]
                    boost = max(boost, 1.0)
                    boosts[at] = boost
                allowed = cover[0, at]
                for thread in range(1, len(cover)):
                    allowed = min(allowed, cover[thread, at])
                capacity = boost * capacity_today[k]
                planned = min(wanted / usual, capacity) if usual > 0.0 else 0.0
                plans[at] = planned
                mades[at] = min(planned, allowed)
                next_trust[me] = min(capacity, allowed) if rules.by_potential else capacity
            if rules.partial:
                partly_critical(i, layout, rules, state, capacity_today)
            for k in range(width):
                at, me = i * width + k, economy * width + k
                made, trust = mades[at], trusts[me]
                available = made * usual + drawn
                for tier in range(2):
                    orders = max(0.0, demand[tier] + asked[tier, me])
                    delivered = min(1.0, available / orders) if orders > 0.0 else 1.0
                    part[tier, me] = delivered - 1.0
                    served[tier, me] = (1.0 + trust) * delivered - 1.0
                    available = max(0.0, available - orders)
                followed = trust + speed[k] * ((next_trust[me] - 1.0) - trust)
                next_trust[me] = min(followed, limit[k] - 1.0)
                lost[i, k] += usual * (1.0 - made)
                if made < lowest[i, k]:
                    lowest[i, k] = made
                    lowest_day[i, k] = day
                if made < level and below_day[i, k] < 0:
                    below_day[i, k] = day


@part_of_loop
def partly_critical(i: int, layout: Layout, rules: Rules, state: State, capacity: Array) -> None:
    """Lower the output of one node for stocks of inputs without which a part of production goes on."""
    width = len(rules.lanes)
    seller, economy = i % layout.sectors, i // layout.sectors
    for product in range(layout.sectors):
        if layout.binds[product, i] == 0.0:
            continue
        for k in range(width):
            rule, at = i % rules.users * width + k, i * width + k
            critical = rules.critical[product, rule]
            if critical <= 0.0 or critical >= 1.0 or rules.stock_days[product, rule] == np.inf:
                continue
            allowed = state.stock[product, at] / rules.called_for[product, rule]
            planned = state.planned[at]
            if allowed < planned:
                state.made[at] = min(state.made[at], planned - critical * (planned - allowed))
            full = capacity[k] * state.boost[at]
            if rules.by_potential and allowed < full:
                me = economy * width + k
                state.next_trust[seller, me] = min(state.next_trust[seller, me], full - critical * (full - allowed))


@compiled
def tally(day: int, layout: Layout, rate: Array, watched: Whole, state: State, totals: Totals) -> None:
    """Add up the day's output by economy and sector, and unmet final demand by destination and product."""
    sectors, width = layout.sectors, totals.output.shape[2]
    output, value = totals.output[day], totals.value[day]
    by_sector, value_by_sector = totals.by_sector[day], totals.value_by_sector[day]
    for i in range(layout.nodes):
        economy, product = i // sectors, i % sectors
        for k in range(width):
            made = state.made[i * width + k] * layout.output[i]
            output[economy, k] += made
            by_sector[product, k] += made
            value[economy, k] += made * rate[i]
            value_by_sector[product, k] += made * rate[i]
    for place in range(len(watched)):
        for k in range(width):
            i = watched[place]
            totals.watched_output[day, place, k] = state.made[i * width + k] * layout.output[i]
    for product in range(sectors):
        for end in range(layout.ends):
            for k in range(width):
                missed = totals.unmet_today[product, end * width + k]
                totals.unmet_by[day, end, k] += missed
                totals.unmet_by_sector[day, product, k] += missed
