"""Rerouting: where blocked deliveries go instead, by biproportional fitting of each sector's trade (RAS).

A seller whose deliveries are blocked turns to other buyers, a buyer to other sellers of the same sector's goods. The
flows of each selling sector, economies × buyers, are scaled by rows and columns until their margins are what they were
before, less the part that finds no new partner.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.errors import MethodError
from ostra.scenario.processors import processors
from ostra.words.figures import exact_percent

Array = NDArray[np.float64]
Result = TypeVar("Result")
MOST_INPUTS = 0.98  # largest share of intermediate inputs in output, as in sanction-simulator, so that sums converge
TOLERANCE = 1e-9  # of row margins, relative to the largest one of the sector; as in sanction-simulator
MOST_SWEEPS = 200


@dataclass(frozen=True, eq=False)
class Network:
    """A table made ready for embargoes: flows by selling sector, and what each node makes and buys.

    Nodes are numbered as in the table: economy number times the number of sectors, plus sector number.

    Attributes
    ----------
    blocks
        sectors × economies × nodes: what the economy's sector sells to the node [million USD].
    output, other
        nodes: gross output, and the part of it that goes to final users.
    inputs
        nodes: intermediate inputs as a share of output.
    caveats
        What was mended, in plain sentences.
    """

    table: InputOutputTable
    blocks: Array
    output: Array
    other: Array
    inputs: Array
    caveats: tuple[str, ...]

    @cached_property
    def rounded(self) -> NDArray[np.float32]:
        """The blocks in single precision: half the memory to read, exact enough for products with small changes."""
        return self.blocks.astype(np.float32)

    @cached_property
    def bought(self) -> Array:
        """sectors × nodes: what each node buys of each sector's goods, from wherever [million USD]."""
        return np.asarray(self.blocks.sum(axis=1))

    @cached_property
    def sold(self) -> Array:
        """sectors × economies: intermediate sales [million USD]."""
        return np.asarray(self.blocks.sum(axis=2))

    @cached_property
    def by_buyer(self) -> Array:
        """sectors × economies × economies: what the first sells to the second [million USD]."""
        sectors, economies, _ = self.blocks.shape
        return np.asarray(self.blocks.reshape(sectors, economies, economies, sectors).sum(axis=3))

    @cached_property
    def budgets(self) -> Array:
        """nodes: intermediate inputs bought in all [million USD]."""
        return np.asarray(self.bought.sum(axis=0))

    @cached_property
    def at_home(self) -> tuple[Array, Array, Array]:
        """How a gap spreads within each economy: inverses of I − M for fulfilment and output, and final sales' part.

        M is the change of the balance (ostra.scenario.rationing) with itself, were each economy's trade with itself all
        there is. Most of what producers buy is from home, so that this takes care of most knock-on effects at once.
        """
        sectors, economies, _ = self.blocks.shape
        four = self.blocks.reshape(sectors, economies, economies, sectors)
        own = np.ascontiguousarray(np.einsum("reef->erf", four))  # economy, selling sector, buying sector
        output = self.output.reshape(economies, sectors)
        per_output = np.divide(1.0, output, out=np.zeros_like(output), where=output > 0.0)
        unit, of_it = np.eye(sectors), per_output[:, :, None]
        of_buyers = np.linalg.inv(unit - own.transpose(0, 2, 1) * of_it)
        return of_buyers, np.linalg.inv(unit - own * of_it), self.other.reshape(economies, sectors) * per_output

    def by_node(self, by_sector: Array) -> Array:
        """sectors × economies as a vector of nodes."""
        return np.ascontiguousarray(by_sector.T).reshape(-1)

    def by_sector(self, by_node: Array) -> Array:
        """A vector of nodes as sectors × economies."""
        return by_node.reshape(len(self.table.economies), len(self.table.sectors)).T


def network(table: InputOutputTable) -> Network:
    """Make a table ready: negative flows become none, and no node buys more than 98 % of what it makes.

    Rules for what real tables hold. A negative flow is set to zero. A node without output neither buys nor sells. Where
    inputs exceed 98 % of output, all inputs of the node are scaled down, and what its sellers lose counts as sold to
    final users. Where a node sells more to producers than it makes (stocks run down), its output is taken to be that
    much. Each rule that was used is a caveat that names the nodes.
    """
    caveats = []
    flows = table.flows
    output = np.maximum(table.output, 0.0)
    negative = int((flows < 0.0).sum())
    if negative:
        caveats.append(f"{negative} negative flows were taken as none")
        flows = np.maximum(flows, 0.0)
    idle = output <= 0.0
    if idle.any():
        caveats.append(f"no output, so neither buying nor selling: {_names(table, idle)}")
        flows = np.where(idle[:, None] | idle[None, :], 0.0, flows)
    sales = flows.sum(axis=1)
    over = sales > output * (1.0 + 1e-9)
    if over.any():
        caveats.append(f"more sold to producers than made, so output is taken to be that much: {_names(table, over)}")
    output = np.maximum(output, sales)
    inputs = ratio(flows.sum(axis=0), output)
    heavy = inputs > MOST_INPUTS
    if heavy.any():
        caveats.append(f"inputs scaled down to {exact_percent(MOST_INPUTS)} of output: {_names(table, heavy)}")
        flows = flows * np.where(heavy, MOST_INPUTS / np.where(heavy, inputs, 1.0), 1.0)
        sales = flows.sum(axis=1)
        inputs = np.minimum(inputs, MOST_INPUTS)
    economies, sectors = len(table.economies), len(table.sectors)
    blocks = np.ascontiguousarray(flows.reshape(economies, sectors, -1).transpose(1, 0, 2))
    return Network(table, blocks, output, np.maximum(output - sales, 0.0), inputs, tuple(caveats))


def _names(table: InputOutputTable, chosen: NDArray[np.bool_]) -> str:
    """The nodes in words, at most eight of them."""
    numbers = np.flatnonzero(chosen)
    width = len(table.sectors)
    named = [f"{table.economies[k // width]} {table.sectors[k % width]}" for k in numbers[:8]]
    return ", ".join(named) + (f" and {len(numbers) - 8} more" if len(numbers) > 8 else "")


@dataclass(frozen=True, eq=False)
class Cut:
    """Deliveries that are blocked: which economies' sectors may not sell to which nodes, and the part that leaks.

    Attributes
    ----------
    sellers
        Numbers of the economies that may not sell.
    blocked
        sectors: the part of each sector's deliveries that is forbidden.
    buyers
        Numbers of the nodes that may not be sold to.
    """

    sellers: NDArray[np.int64]
    blocked: Array
    buyers: NDArray[np.int64]

    def kept(self, sector: int, leakage: float) -> float:
        """The part of the sector's deliveries that still arrives before anybody looks for new partners."""
        return float(1.0 - (1.0 - leakage) * self.blocked[sector])


@dataclass(frozen=True, eq=False)
class Rerouted:
    """Flows after rerouting, as factors: flow of sector r = rows[r] × what is kept × columns[r].

    Attributes
    ----------
    rows, columns
        sectors × economies, sectors × nodes: the factors.
    sold, bought
        The same: sums of the flows after rerouting [million USD].
    lost
        sectors × nodes: value of deliveries that found no new partner [million USD].
    sweeps
        Most that a sector needed.
    """

    rows: Array
    columns: Array
    sold: Array
    bought: Array
    lost: Array
    sweeps: int


def reroute(net: Network, cuts: list[Cut], *, friction: float, leakage: float) -> Rerouted:
    """Balance the flows of each sector that the cuts touch.

    minimise Σ_ij x_ij log(x_ij / k_ij) for flows x of one sector, subject to Σ_i x_ij = c_j and Σ_j x_ij = r_i, where k
    are the flows that the cuts leave, and c, r are the margins before, less `friction` × what is blocked. The solution
    is x_ij = u_i k_ij v_j. v is eliminated, and log u found by Newton steps whose matrix is taken where v is that of
    the cut flows.

    Parameters
    ----------
    friction
        τ in [0, 1]: the part of blocked value that finds no new partner on either side; 1 reroutes nothing.
    leakage
        δ in [0, 1]: the part of forbidden deliveries that arrives all the same.

    Raises
    ------
    MethodError
        The margins cannot be met: some buyer has no other seller at all.
    """
    sectors, economies, nodes = net.blocks.shape
    rows = np.ones((sectors, economies))
    columns = np.ones((sectors, nodes))
    lost = np.zeros((sectors, nodes))
    buyers = np.unique(np.concatenate([cut.buyers for cut in cuts]))
    sold, bought = net.sold.copy(), net.bought.copy()
    by_buyer = net.by_buyer  # made here, once, and not by every thread
    economies_cut, first_cut = np.unique(buyers // sectors, return_index=True)  # those with such buyers, and the first

    def of_sector(sector: int) -> int:
        """Fill in one sector, and tell how many sweeps it took."""
        touching = [cut for cut in cuts if cut.blocked[sector]]
        if not touching:
            return 0
        severed = []
        for cut in touching:
            place = np.ix_(cut.sellers, cut.buyers)
            gone = (1.0 - cut.kept(sector, leakage)) * net.blocks[sector][place]
            lost[sector, cut.buyers] += friction * gone.sum(axis=0)
            sold[sector, cut.sellers] -= friction * gone.sum(axis=1)
            severed.append((place, gone))
        np.maximum(sold[sector], 0.0, out=sold[sector])
        bought[sector] = np.maximum(bought[sector] - lost[sector], 0.0)
        if friction >= 1.0:
            return 0  # the margins are those of what is left: nothing to balance
        kept = net.blocks[sector].copy()
        for place, gone in severed:
            kept[place] = np.maximum(kept[place] - gone, 0.0)
        together = by_buyer[sector].copy()
        together[:, economies_cut] -= np.add.reduceat(net.blocks[sector][:, buyers], first_cut, axis=1)
        others, name = np.maximum(together, 0.0), net.table.sectors[sector]
        found = _balance(kept, buyers, others, sold[sector], bought[sector], name)
        rows[sector], columns[sector], sold[sector], sweeps = found
        bought[sector, columns[sector] == 0.0] = 0.0
        return sweeps

    sweeps = each_sector(of_sector, sectors)
    return Rerouted(rows, columns, sold, bought, lost, max(sweeps))


def each_sector(work: Callable[[int], Result], sectors: int) -> list[Result]:
    """Work done for each sector, on all cores: sectors do not hang on each other, and NumPy lets other threads run.

    A thread takes several sectors at a time, some four times in all, so that none waits long for the others.
    """
    threads = processors()
    size = max(1, sectors // (4 * threads))
    parts = [range(start, min(start + size, sectors)) for start in range(0, sectors, size)]
    with ThreadPoolExecutor(threads) as pool:
        return [found for part in pool.map(lambda part: [work(sector) for sector in part], parts) for found in part]


def _balance(
    kept: Array, buyers: NDArray[np.int64], others: Array, wanted_rows: Array, wanted_columns: Array, name: str
) -> tuple[Array, Array, Array, int]:
    """Row and column factors that give one sector's flows the wanted margins; the sums of rows, and the sweeps.

    Parameters
    ----------
    kept
        economies × nodes: flows as the cuts leave them.
    buyers
        Numbers of the nodes that a cut concerns.
    others
        economies × economies: flows to all other nodes, summed over each economy that buys.
    """
    scale = max(float(wanted_rows.max()), 1e-300)
    rows = np.ones(len(kept))
    # Columns that no cut concerns have their sums already, and those of an economy are alike: its nodes go together.
    columns = np.ones(len(wanted_columns))
    apart = kept[:, buyers]
    columns[buyers] = ratio(wanted_columns[buyers], apart.sum(axis=0))
    stuck = (wanted_columns > 1e-9 * scale) & (columns <= 0.0)
    if stuck.any():
        raise MethodError(
            f"{int(stuck.sum())} buyers of {name} have no other seller, so that nothing can be rerouted to them. "
            "Raise the leakage above 0, or set the friction to 1"
        )
    reached = kept @ columns
    alive = (wanted_rows > 0.0) & (reached > 0.0)
    inverse = _newton_matrix(np.hstack([others, apart * columns[buyers]]), alive)
    best = np.inf
    for sweep in range(1, MOST_SWEEPS + 1):
        gap = np.where(alive, wanted_rows - rows * reached, 0.0)
        error = float(np.abs(gap).max()) / scale
        if error < TOLERANCE:
            return rows, columns, rows * reached, sweep
        if error > 0.3 * best:
            elsewhere = columns.copy()
            elsewhere[buyers] = 0.0
            together = (kept * elsewhere).reshape(*others.shape, -1).sum(axis=2)
            inverse = _newton_matrix(rows[:, None] * np.hstack([together, apart * columns[buyers]]), alive)
        best = min(best, error)
        step = inverse @ gap
        rows = rows * np.exp(np.clip(step, -1.0, 1.0))
        columns = ratio(wanted_columns, rows @ kept)
        reached = kept @ columns
    raise MethodError(
        f"the flows of {name} cannot be rerouted to their former sums (still {error:.1e} apart): too little trade is "
        "left. Raise the leakage or the friction"
    )


def ratio(above: Array | float, below: Array) -> Array:
    """One by the other, by the rules of broadcasting; zero where there is nothing below."""
    shape = np.broadcast_shapes(np.shape(above), below.shape)
    return np.divide(above, below, out=np.zeros(shape), where=below > 0.0)


def _newton_matrix(flows: Array, alive: NDArray[np.bool_]) -> Array:
    """Inverse of the change of row sums with log u: diag(Σ_j x_ij) − Σ_j x_ij x_kj / c_j.

    The columns of flows are groups of buyers taken together, which costs a few more sweeps and saves most of the work.
    All rows alike change nothing, so that direction is pinned.
    """
    sums = flows.sum(axis=1)
    arriving = flows.sum(axis=0)
    flows = flows * np.sqrt(ratio(1.0, arriving))
    # einsum and not @: the threads of BLAS slow down matrices this small, and each other where sectors run at once.
    matrix = np.outer(sums, sums) / max(float(sums.sum()), 1e-300) - np.einsum("ij,kj->ik", flows, flows)
    matrix[np.diag_indices_from(matrix)] += sums
    matrix[~alive] = 0.0
    matrix[:, ~alive] = 0.0
    matrix[~alive, ~alive] = 1.0
    return np.linalg.inv(matrix)
