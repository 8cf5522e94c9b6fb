"""An input-output table and the reach of the shocks, laid out for the kernels.

Every buyer is numbered: the nodes first, then the destinations of final demand. A *cell* is one buyer's use of one
product; its sellers are the nodes of that product. Cells are numbered product by product, and so are sellers: all that
one product's loops need lies together. A cell's flows are cut into *segments*: flows in a row that are rationed alike
(*tier*) and withheld alike (*block*, −1 for flows that no shock withholds). Only positive flows between a node that
makes something and a buyer that reacts are stored; what else a node sells is constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.errors import MethodError
from ostra.scenario.simulation.behaviour import Behaviour
from ostra.scenario.simulation.shocks import (
    CapacityLoss,
    DemandShock,
    NewCapacity,
    Numbers,
    Shock,
    StockRelease,
    Withheld,
)

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Short = NDArray[np.int32]

DAYS_A_YEAR = 365
TIERS = 2
MOST_SHOCKS = 62
"""Of one kind; sets of shocks are kept as bits of a whole number."""


class Segments(NamedTuple):
    """The flows of all cells; `first[cell]` to `first[cell + 1]` are the segments of a cell.

    start, stop, tier, block, total: by segment; total is the sum of its values. seller (counted product by product),
    value (share of what the cell usually gets): by flow. alike: by cell, how many cells from this one on, of nodes that
    follow one another, buy from all sellers of the product, all of them unhindered and rationed alike.
    """

    first: Short
    start: Whole
    stop: Whole
    tier: Short
    block: Short
    total: Array
    seller: Short
    value: Array
    alike: Short


class Layout(NamedTuple):
    """What the kernels need to know of the table, money per day.

    sectors, nodes, buyers: how many. flows: by cell, product × buyers + buyer. output: by node. drawn: what the node
    sells from other sources than its output (stocks, discrepancy), constant. demand: usual sales in each tier, 2 ×
    nodes. following: the part of it that follows the seller's weight and that no shock withholds, 2 × sellers. bought:
    usual use, by cell. binds: whether a lack of the input can hold up production, by cell.
    """

    sectors: int
    nodes: int
    buyers: int
    flows: Segments
    output: Array
    drawn: Array
    demand: Array
    following: Array
    bought: Array
    binds: NDArray[np.bool_]


class Reach(NamedTuple):
    """Which sets of shocks touch what: numbers into the tables of sets, whose rows are shocks in or out of the set.

    want_group: products × destinations. release_group: products × nodes.
    """

    block_product: Short
    block_sets: NDArray[np.bool_]
    node_group: Short
    node_sets: NDArray[np.bool_]
    want_group: Short
    want_sets: NDArray[np.bool_]
    release_group: Short
    release_sets: NDArray[np.bool_]


def laid_out(
    table: InputOutputTable, shocks: Sequence[Shock], behaviour: Behaviour
) -> tuple[Layout, Reach, tuple[str, ...]]:
    """The table and the shocks' reach as arrays, with the caveats that odd entries call for.

    Rules for odd entries, each told in a caveat that names the nodes:

    - negative intermediate flows are left out;
    - a negative final demand is a draw on stocks: a supply that stays as it is, whatever happens;
    - the rest of a row that does not add up to output is a constant sale (if positive) or a constant supply (negative);
    - what a node without output buys is a constant sale of its suppliers, and no input;
    - a node whose inputs cost more than its output keeps its coefficients.
    """
    n, count = table.size, len(table.sectors)
    output = np.maximum(table.output, 0.0) / DAYS_A_YEAR
    drawn = (np.maximum(-table.final, 0.0).sum(axis=1) + np.maximum(-rest_of_row(table), 0.0)) / DAYS_A_YEAR
    by_cell = cells_of(table, output > 0)
    there = by_cell > 0
    buyers = by_cell.shape[1]
    bought = by_cell.sum(axis=2)
    tiers = tiers_of(behaviour, by_cell.shape)
    kind, blocks = kinds(shocks, tiers, there)
    follows = (kind < TIERS) & ((np.arange(buyers) < n) | behaviour.final_substitutes)[:, None]
    usual = [np.where(tiers == tier, by_cell, 0.0) for tier in range(TIERS)]
    first_tier = by_node(usual[0])
    available = output + drawn
    two = behaviour.rationing != "proportional"
    demand = (
        np.stack([first_tier, np.maximum(available - first_tier, 0.0)]) if two else np.stack([available, 0 * output])
    )
    layout = Layout(
        sectors=count,
        nodes=n,
        buyers=buyers,
        flows=segments(by_cell, bought, there, kind),
        output=output,
        drawn=drawn,
        demand=demand,
        following=np.concatenate([np.where(follows, sales, 0.0).sum(axis=1).ravel() for sales in usual]),
        bought=bought.ravel(),
        binds=(bought > behaviour.negligible_input * np.append(output, np.zeros(buyers - n))).ravel(),
    )
    return layout, reach(shocks, table, blocks), odd_entries(table)


def cells_of(table: InputOutputTable, makes: NDArray[np.bool_]) -> Array:
    """Positive flows to buyers that react, money a day: products × buyers × economies that sell."""
    n, count = table.size, len(table.sectors)
    found = np.empty((count, n + table.final.shape[1], len(table.economies)))
    shape = found.shape[2], count  # of the rows
    sales = table.flows.reshape(*shape, n), table.final.reshape(*shape, table.final.shape[1])
    for product in range(count):  # one at a time, because a table transposed as a whole strides through memory
        found[product, :n] = np.where(makes, sales[0][:, product], 0.0).T
        found[product, n:] = sales[1][:, product].T
    return np.divide(np.maximum(found, 0.0, out=found), DAYS_A_YEAR, out=found)


def rest_of_row(table: InputOutputTable) -> Array:
    """Output less all sales, by node, a year; differences in the last digits count as none."""
    output = np.maximum(table.output, 0.0)
    rest = output - np.maximum(table.flows, 0.0).sum(axis=1) - table.final.sum(axis=1)
    return np.where(np.abs(rest) > 1e-9 * output, rest, 0.0)


def tiers_of(behaviour: Behaviour, shape: tuple[int, ...]) -> Whole:
    """0 for flows that are served first, 1 for those that get the rest: 1 × buyers (or 1) × economies (or 1)."""
    count, buyers, economies = shape
    buyer = np.arange(buyers)[None, :, None]
    n = count * economies
    if behaviour.rationing == "domestic first":
        home = np.where(buyer < n, buyer // count, buyer - n)
        return np.where(home == np.arange(economies), 0, 1)
    if behaviour.rationing == "intermediate first":
        return np.where(buyer < n, 0, 1)
    return np.zeros((1, 1, 1), dtype=np.int64)


def kinds(shocks: Sequence[Shock], tiers: Whole, there: NDArray[np.bool_]) -> tuple[Short, Whole]:
    """What sets flows of a cell apart: tier + 2 (block + 1), shaped as `there`; and each block's mask and product."""
    count, buyers, economies = there.shape
    kind = np.empty(there.shape, dtype=np.int32)
    kind[:] = tiers
    selling, buying = mask_of_withheld(shocks, count * economies, buyers)
    product, buyer, economy = np.nonzero(
        there & (selling.reshape(economies, count).T > 0)[:, None, :] & (buying > 0)[:, None]
    )
    mask = selling[economy * count + product] & buying[buyer]
    product, buyer, economy, mask = (array[mask > 0] for array in (product, buyer, economy, mask))
    blocks, number = np.unique(np.stack([mask, product]), axis=1, return_inverse=True)
    kind[product, buyer, economy] += (TIERS * (number.reshape(-1) + 1)).astype(np.int32)
    return kind, blocks


def segments(by_cell: Array, bought: Array, there: NDArray[np.bool_], kind: Short) -> Segments:
    """Flows cell by cell, cut where the cell or the kind changes."""
    count, buyers, economies = by_cell.shape
    seller = np.arange(count * economies, dtype=np.int32).reshape(count, 1, economies)
    shares = np.divide(by_cell, bought[:, :, None], out=np.zeros_like(by_cell), where=there)
    sellers, value, kind = np.broadcast_to(seller, there.shape)[there], shares[there], kind[there]
    flows = there.sum(axis=2).ravel()
    ends = np.cumsum(flows)
    cut = np.zeros(len(value) + 1, dtype=bool)
    cut[ends - flows] = True
    mixed = np.searchsorted(ends, np.flatnonzero((kind[1:] != kind[:-1]) & ~cut[1:-1]), side="right")
    if len(mixed):
        sort = np.zeros(len(flows), dtype=bool)
        sort[mixed] = True
        here = np.flatnonzero(np.repeat(sort, flows))
        order = here[np.lexsort((kind[here], np.repeat(np.arange(len(flows)), flows)[here]))]
        sellers[here], value[here], kind[here] = sellers[order], value[order], kind[order]
    cut[1:-1] |= kind[1:] != kind[:-1]
    start = np.flatnonzero(cut[:-1])
    first = np.searchsorted(start, np.append(0, ends))
    tier, block = kind[start] % TIERS, kind[start] // TIERS - 1
    begins = first[:-1]
    plain = (np.diff(first) == 1) & (flows == economies)
    plain[plain] = (tier[begins[plain]] == 0) & (block[begins[plain]] < 0)
    buyer = np.arange(buyers)
    different = np.where(plain.reshape(count, buyers) & (buyer < count * economies), buyers, buyer)
    alike = np.minimum.accumulate(different[:, ::-1], axis=1)[:, ::-1] - buyer
    return Segments(
        first=first.astype(np.int32),
        start=start,
        stop=np.append(start, len(value))[1:],
        tier=tier,
        block=block,
        total=np.add.reduceat(value, start) if len(start) else np.zeros(0),
        seller=sellers,
        value=value,
        alike=alike.ravel().astype(np.int32),
    )


def by_node(sales: Array) -> Array:
    """Sums over buyers of products × buyers × economies, by node."""
    return np.ascontiguousarray(sales.sum(axis=1).T).ravel()


def odd_entries(table: InputOutputTable) -> tuple[str, ...]:
    """Caveats on entries that a model of production has no place for, naming the nodes."""
    negative = np.minimum(table.flows, 0.0)
    stocks = np.minimum(table.final, 0.0).sum(axis=1)
    idle = table.output <= 0
    buys, sells = table.flows.sum(axis=0), table.flows.sum(axis=1)
    odd = [
        ("negative intermediate sales, left out", negative.sum(axis=1)),
        ("negative final demand, read as a constant draw on stocks", stocks),
        ("sales and output that differ; the difference is taken as constant", rest_of_row(table)),
        ("inputs but no output; their purchases are taken as constant", np.where(idle, buys, 0.0)),
        ("sales but no output; their sales are taken as a constant supply", np.where(idle, sells, 0.0)),
        ("negative output, taken as none", np.minimum(table.output, 0.0)),
        ("inputs worth more than their output", np.where(idle, 0.0, np.minimum(table.output - buys, 0.0))),
    ]
    return tuple(named(table, text, amounts) for text, amounts in odd if np.any(amounts))


def named(table: InputOutputTable, text: str, amounts: Array) -> str:
    """How many nodes are odd, the largest of them by name, and how much money it is together."""
    touched = np.flatnonzero(amounts)
    largest = touched[np.argsort(-np.abs(amounts[touched]), kind="stable")][:5]
    names = ", ".join(
        f"{table.economies[i // len(table.sectors)]} {table.sectors[i % len(table.sectors)]}" for i in largest
    )
    more = f" and {len(touched) - 5} more" if len(touched) > 5 else ""
    return f"{len(touched)} node(s) with {text}: {names}{more} (together {amounts.sum():,.6g} million USD a year)"


def mask_of_withheld(shocks: Sequence[Shock], nodes: int, buyers: int) -> tuple[Whole, Whole]:
    """By seller and by buyer: the `Withheld` shocks that name it, as bits."""
    selling, buying = np.zeros(nodes, dtype=np.int64), np.zeros(buyers, dtype=np.int64)
    for bit, shock in enumerate(of_kind(shocks, Withheld)):
        selling[whole(shock.sellers)] |= 1 << bit
        buying[whole(shock.buyers)] |= 1 << bit
        buying[nodes + whole(shock.destinations)] |= 1 << bit
    return selling, buying


def reach(shocks: Sequence[Shock], table: InputOutputTable, blocks: Whole) -> Reach:
    """Group nodes and cells by the set of shocks that touch them."""
    n, count, ends = table.size, len(table.sectors), len(table.destinations)
    capacity = np.zeros(n, dtype=np.int64)
    for bit, change in enumerate(capacity_shocks(shocks)):
        capacity[whole(change.nodes)] |= 1 << bit
    wants = np.zeros((count, ends), dtype=np.int64)
    for bit, demand in enumerate(of_kind(shocks, DemandShock)):
        wants[np.ix_(whole(demand.sectors), whole(demand.destinations))] |= 1 << bit
    released = np.zeros((count, n), dtype=np.int64)
    for bit, release in enumerate(of_kind(shocks, StockRelease)):
        released[np.ix_(whole(release.sectors), whole(release.nodes))] |= 1 << bit
    node_group, node_sets = grouped(capacity, len(capacity_shocks(shocks)))
    want_group, want_sets = grouped(wants.ravel(), len(of_kind(shocks, DemandShock)))
    release_group, release_sets = grouped(released.ravel(), len(of_kind(shocks, StockRelease)))
    return Reach(
        block_product=blocks[1].astype(np.int32),
        block_sets=bits(blocks[0], len(of_kind(shocks, Withheld))),
        node_group=node_group,
        node_sets=node_sets,
        want_group=want_group,
        want_sets=want_sets,
        release_group=release_group,
        release_sets=release_sets,
    )


Kind = TypeVar("Kind")


def of_kind(shocks: Sequence[Shock], kind: type[Kind]) -> list[Kind]:
    """The shocks of one kind, in their order."""
    found: list[Kind] = [shock for shock in shocks if isinstance(shock, kind)]
    if len(found) > MOST_SHOCKS:
        raise MethodError(
            f"{len(found)} shocks of kind {kind.__name__}, at most {MOST_SHOCKS} are possible; "
            "put nodes with the same fraction and days into one shock"
        )
    return found


def capacity_shocks(shocks: Sequence[Shock]) -> list[CapacityLoss | NewCapacity]:
    """Losses of capacity, then new capacity."""
    both: list[CapacityLoss | NewCapacity] = [*of_kind(shocks, CapacityLoss), *of_kind(shocks, NewCapacity)]
    if len(both) > MOST_SHOCKS:
        raise MethodError(f"{len(both)} changes of capacity, at most {MOST_SHOCKS} are possible; join some of them")
    return both


def grouped(mask: Whole, shocks: int) -> tuple[Short, NDArray[np.bool_]]:
    """Number the distinct sets of shocks; which group each entry is in, and which shocks each group has."""
    kinds, group = np.unique(mask, return_inverse=True)
    return group.astype(np.int32), bits(kinds, shocks)


def bits(masks: Whole, shocks: int) -> NDArray[np.bool_]:
    """Masks × shocks: whether the shock is in the set."""
    return (masks[:, None] >> np.arange(shocks)[None, :] & 1).astype(bool)


def whole(numbers: Numbers | Any) -> Whole:
    """Numbers of nodes, sectors or destinations as an array, even if there is none."""
    return np.asarray(numbers, dtype=np.int64).reshape(-1)
