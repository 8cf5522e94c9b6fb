"""An input-output table and the reach of the shocks, laid out for the compiled loops.

Every buyer has a slot: the nodes first, then the destinations of final demand, each filled up to a multiple of `GROUP`.
A *cell* is one buyer's use of one product; its sellers are the nodes of that product, one in each economy. The flows of
buyers whose slots follow one another lie together. Flows that a shock withholds, or that are served before the buyer's
others (*tier*), are kept *apart*. Only positive flows between a node that makes something and a buyer that reacts are
stored; what else a node sells is constant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.errors import MethodError
from ostra.scenario.simulation.behaviour import Behaviour
from ostra.scenario.simulation.loops import GROUP, Apart, Flows, Layout
from ostra.scenario.simulation.shocks import (
    DAYS_A_YEAR,
    CapacityLoss,
    DemandShock,
    NewCapacity,
    Shock,
    StockRelease,
    Withheld,
    whole,
)

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

TIERS = 2
MOST_SHOCKS = 62
"""Of one kind; sets of shocks are kept as bits of a whole number."""


class Sets(NamedTuple):
    """Which shocks act together, by group of `Layout`: groups × shocks, whether the shock is in the set.

    block_product: the product of each block of flows.
    """

    block_product: Whole
    block: Flags
    node: Flags
    want: Flags
    release: Flags


def laid_out(
    table: InputOutputTable, shocks: Sequence[Shock], behaviour: Behaviour
) -> tuple[Layout, Sets, tuple[str, ...]]:
    """The table and the shocks' reach as arrays, with the caveats that odd entries call for.

    Rules for odd entries, each told in a caveat that names the nodes:

    - negative intermediate flows are left out;
    - a negative final demand is a draw on stocks: a supply that stays as it is, whatever happens;
    - the rest of a row that does not add up to output is a constant sale (if positive) or a constant supply (negative);
    - what a node without output buys is a constant sale of its suppliers, and no input;
    - a node whose inputs cost more than its output keeps its coefficients.
    """
    output = np.maximum(table.output, 0.0) / DAYS_A_YEAR
    drawn = (np.maximum(-table.final, 0.0).sum(axis=1) + np.maximum(-rest_of_row(table), 0.0)) / DAYS_A_YEAR
    by_cell = cells_of(table, output > 0)
    bought = by_cell.sum(axis=2)
    share = np.divide(by_cell, bought[:, :, None], out=np.zeros_like(by_cell), where=by_cell > 0)
    uses = np.zeros(bought.shape[1])
    uses[: table.size] = output
    tiers = tiers_of(table, behaviour)
    tier = tiers.max(axis=1)
    first_tier = output + drawn
    if behaviour.rationing != "proportional":
        first_tier = np.where(tiers == 0, by_cell, 0.0).sum(axis=1).T.ravel()
    mask = mask_of_withheld(shocks, table)
    alone = (by_cell > 0) & ((tiers != tier[:, None]) | (mask > 0))
    apart, blocks = kept_apart(alone, share[alone], mask[alone], tiers)
    by_cell[alone] = share[alone] = 0.0
    follows = (np.arange(len(tier)) < filled(table.size)) | behaviour.final_substitutes
    node_group, node_sets = grouped(capacity_shocks(shocks), table.size, lambda change: whole(change.nodes))
    want_group, want_sets = grouped(
        of_kind(shocks, DemandShock),
        (len(table.sectors), len(table.destinations)),
        lambda shock: np.ix_(whole(shock.sectors), whole(shock.destinations)),
    )
    release_group, release_sets = grouped(
        of_kind(shocks, StockRelease),
        (len(table.sectors), table.size),
        lambda shock: np.ix_(whole(shock.sectors), whole(shock.nodes)),
    )
    layout = Layout(
        sectors=len(table.sectors),
        nodes=table.size,
        ends=len(table.destinations),
        flows=flows_of(share, bought > 0),
        apart=apart,
        tier=tier.astype(np.uint32),  # not below 0, as the compiler then knows
        output=output,
        drawn=drawn,
        demand=np.stack([first_tier, np.maximum(output + drawn - first_tier, 0.0)]),
        following=np.stack([by_cell[:, follows & (tier == one)].sum(axis=1) for one in range(TIERS)]),
        bought=bought,
        open_share=share.sum(axis=2),
        binds=(bought > behaviour.negligible_input * uses).astype(float),
        node_group=node_group,
        want_group=want_group,
        release_group=release_group,
    )
    sets = Sets(blocks[1], bits(blocks[0], len(of_kind(shocks, Withheld))), node_sets, want_sets, release_sets)
    return layout, sets, odd_entries(table)


def filled(number: Any) -> Any:
    """The next multiple of `GROUP`."""
    return -(-number // GROUP) * GROUP


def cells_of(table: InputOutputTable, makes: Flags) -> Array:
    """Positive flows to buyers that react, money a day: products × slots × economies that sell."""
    n, count, ends = table.size, len(table.sectors), len(table.destinations)
    firms = filled(n)
    found = np.zeros((count, firms + filled(ends), len(table.economies)))
    sales = table.flows.reshape(-1, count, n), table.final.reshape(len(table.economies), count, ends)
    for product in range(count):  # one at a time, because a table transposed as a whole strides through memory
        found[product, :n] = np.where(makes, sales[0][:, product], 0.0).T
        found[product, firms : firms + ends] = sales[1][:, product].T
    return np.divide(np.maximum(found, 0.0, out=found), DAYS_A_YEAR, out=found)


def rest_of_row(table: InputOutputTable) -> Array:
    """Output less all sales, by node, a year; differences in the last digits count as none."""
    output = np.maximum(table.output, 0.0)
    rest = output - np.maximum(table.flows, 0.0).sum(axis=1) - table.final.sum(axis=1)
    return np.where(np.abs(rest) > 1e-9 * output, rest, 0.0)


def tiers_of(table: InputOutputTable, behaviour: Behaviour) -> Whole:
    """0 for flows that are served first, 1 for those that get the rest: slots × economies that sell."""
    firms, economies = filled(table.size), len(table.economies)
    slot = np.arange(firms + filled(len(table.destinations)))[:, None]
    if behaviour.rationing == "domestic first":
        home = np.where(slot < firms, slot // len(table.sectors), slot - firms)
        return np.where(home == np.arange(economies), 0, 1)
    late = behaviour.rationing == "intermediate first"
    return np.repeat(np.where(late & (slot >= firms), 1, 0), economies, axis=1)


def mask_of_withheld(shocks: Sequence[Shock], table: InputOutputTable) -> Whole:
    """The `Withheld` shocks that name a flow, as bits: products × slots × economies."""
    count, firms = len(table.sectors), filled(table.size)
    selling = np.zeros(table.size, dtype=np.int64)
    buying = np.zeros(firms + filled(len(table.destinations)), dtype=np.int64)
    for bit, shock in enumerate(of_kind(shocks, Withheld)):
        selling[whole(shock.sellers)] |= 1 << bit
        buying[whole(shock.buyers)] |= 1 << bit
        buying[firms + whole(shock.destinations)] |= 1 << bit
    return selling.reshape(-1, count).T[:, None, :] & buying[:, None]


def kept_apart(alone: Flags, share: Array, mask: Whole, tiers: Whole) -> tuple[Apart, Whole]:
    """The flows `alone`, with their shares and the shocks that name them; each block's mask and product."""
    product, slot, economy = np.nonzero(alone)
    blocks, block = np.unique(np.stack([mask, product]), axis=1, return_inverse=True)
    groups = alone.shape[1] // GROUP
    count = np.bincount(product * groups + slot // GROUP, minlength=len(alone) * groups)
    first = firsts(count.reshape(len(alone), groups))
    return Apart(first, slot, economy, tiers[slot, economy], block.reshape(-1), share), blocks


def flows_of(share: Array, buys: Flags) -> Flows:
    """Flows group by group: every economy that sells to somebody in the group, with its share in each buyer's use.

    Those who sell to most of the group come first: where few buy, most buyers are then passed over together.
    """
    count, slots, economies = share.shape
    groups = share.reshape(count, slots // GROUP, GROUP, economies)
    serves = np.count_nonzero(groups, axis=2)
    rank = np.argsort(np.argsort(-serves, axis=2, kind="stable"), axis=2)
    first = firsts(filled(np.count_nonzero(serves, axis=2)))
    product, group, economy = np.nonzero(serves)
    place = first[product, group] + rank[product, group, economy]
    seller = np.zeros(first[-1, -1], dtype=np.uint32)
    seller[place] = economy
    by_flow = np.zeros((len(seller), GROUP))
    by_flow[place] = groups[product, group, :, economy]
    full: Flags = np.all(groups.all(axis=3) | ~buys.reshape(groups.shape[:3]), axis=2)
    return Flows(first, seller, by_flow.ravel(), np.asarray(full))


def firsts(counts: Whole) -> Whole:
    """Where each group begins, and the last of a product ends: products × groups + 1."""
    ends = np.cumsum(counts).reshape(counts.shape)
    return np.column_stack([np.append(0, ends[:-1, -1]), ends])


def value_added_rate(table: InputOutputTable) -> tuple[Array, bool, tuple[str, ...]]:
    """Value added over output by node, whether it is known, and caveats.

    Where the table has no value added it lies between 0 and output less known inputs, which is what is returned.
    """
    makes = table.output > 0
    known = table.value_added is not None
    value = table.value_added if table.value_added is not None else table.output - table.flows.sum(axis=0)
    rate = np.divide(value, table.output, out=np.zeros(table.size), where=makes)
    if not known:
        caveat = "the table has no value added: figures for it are upper bounds, output less the inputs in the table"
        return np.maximum(rate, 0.0), False, (caveat,)
    negative = np.minimum(np.where(makes, value, 0.0), 0.0)
    idle = np.where(makes, 0.0, value)
    found = [
        ("negative value added, so that a loss of output adds to value added", negative),
        ("value added but no output; it is left out", idle),
    ]
    return rate, True, tuple(named(table, text, amounts) for text, amounts in found if np.any(amounts))


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


def grouped(
    shocks: Sequence[Kind], shape: int | tuple[int, int], touched: Callable[[Kind], Any]
) -> tuple[Whole, Flags]:
    """Number the distinct sets of shocks that touch an entry; the set of each entry, and the shocks of each set."""
    mask = np.zeros(shape, dtype=np.int64)
    for bit, shock in enumerate(shocks):
        mask[touched(shock)] |= 1 << bit
    masks, group = np.unique(mask, return_inverse=True)
    return group.ravel(), bits(masks, len(shocks))


def bits(masks: Whole, shocks: int) -> Flags:
    """Masks × shocks: whether the shock is in the set."""
    return (masks[:, None] >> np.arange(shocks)[None, :] & 1).astype(bool)
