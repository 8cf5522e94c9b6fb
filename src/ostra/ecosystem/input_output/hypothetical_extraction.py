"""Hypothetical extraction: the output that falls away without an economy, a sector, or the flows of one pair.

Two directions, never added up. *Demand*: those extracted neither order nor use inputs any more, and what others made
for them, directly and further up, falls away (Leontief). *Supply*: those extracted no longer deliver, and the part of
others' output that rests on their deliveries, directly and further down, falls away (Ghosh). Nobody steps in: the
figures measure how much hangs on them, and forecast nothing.

With K the nodes extracted and L = (I − A)⁻¹, the output lost is

    demand   L[:, K] · L[K, K]⁻¹ · x[K]
    supply   x · (1ᵀ · L[K, K]⁻¹ · L[K, :])

and, for flows D = A[S, B] of sellers S to buyers B, with W = (I + D · L[B, S])⁻¹ · D,

    demand   L[:, S] · W · x[B]
    supply   x · (1ᵀ · W · L[B, :])

which follow from the inverse of a partitioned matrix and from Woodbury's formula. See docs/methods/extraction.md.

References
----------
Dietzenbacher, van der Linden, Steenge (1993), The Regional Extraction Method: EC Input–Output Comparisons, Economic
Systems Research 5(2); Dietzenbacher, Lahr (2013), Expanding Extractions, Economic Systems Research 25(3); Miller, Lahr
(2001), A Taxonomy of Extractions, in Regional Science Perspectives in Economic Analysis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ostra.ecosystem.input_output.coefficients import Chains, Nodes, unit_columns
from ostra.ecosystem.input_output.table import Matrix, Vector


@dataclass(frozen=True)
class Extraction:
    """Output lost by every node when something is taken out, in million USD.

    Parameters
    ----------
    demand
        n: for want of the orders of what is taken out.
    supply
        n: for want of its deliveries.
    final_buyers
        Whether final users are among the buyers taken out; not where the table does not tell them apart.
    """

    demand: Vector
    supply: Vector
    final_buyers: bool


def extract(chains: Chains, nodes: Nodes, *, final_of: Sequence[str] = ()) -> Extraction:
    """Take nodes out of the table: all that they make, sell and buy.

    Parameters
    ----------
    nodes
        Their numbers: a whole economy or bloc, or a sector of one or of all.
    final_of
        Economies whose final users stop buying from all other nodes as well, where the table knows destinations.
    """
    table = chains.table
    output = np.where(chains.idle, 0.0, table.output)
    orders = _final_sales(chains, final_of)
    if orders is not None:
        orders[nodes] = 0.0
    unbought = chains.solve(orders) if orders is not None else np.zeros(table.size)
    core = chains.solve(unit_columns(table.size, nodes))[nodes]
    orders_lost = _solved(core, (output - unbought)[nodes])
    demand = unbought + chains.solve(_placed(table.size, nodes, orders_lost))
    weights = _solved(core.T, np.ones(len(nodes)))
    supply = output * chains.solve_transposed(_placed(table.size, nodes, weights))
    return Extraction(demand, supply, orders is not None)


def extract_flows(chains: Chains, sellers: Nodes, buyers: Nodes, *, final_of: Sequence[str] = ()) -> Extraction:
    """Take out what sellers sell to buyers, and nothing else.

    Parameters
    ----------
    sellers, buyers
        Nodes between which intermediate sales stop, in this direction only.
    final_of
        Economies whose final users stop buying from the sellers as well, where the table knows destinations.
    """
    table = chains.table
    output = np.where(chains.idle, 0.0, table.output)
    cut = chains.coefficients(sellers, buyers)
    orders = _final_sales(chains, final_of)
    if orders is not None:
        others = np.ones(table.size, dtype=bool)
        others[sellers] = False
        orders[others] = 0.0
    unbought = chains.solve(orders) if orders is not None else np.zeros(table.size)
    reach = chains.solve(unit_columns(table.size, sellers))[buyers]
    core = _solved(np.eye(len(sellers)) + cut @ reach, cut)
    demand = unbought + chains.solve(_placed(table.size, sellers, core @ (output - unbought)[buyers]))
    supply = output * chains.solve_transposed(_placed(table.size, buyers, core.sum(axis=0)))
    return Extraction(demand, supply, orders is not None)


@dataclass(frozen=True)
class Extractions:
    """Losses by economy of many extractions, each on its own, in million USD; final users stay.

    Parameters
    ----------
    economy_demand, economy_supply
        economies × economies: what the column loses without the row, as `Extraction`; the row's own output on the
        diagonal.
    node_demand, node_supply
        nodes × economies: the same without one sector of one economy.
    """

    economy_demand: Matrix
    economy_supply: Matrix
    node_demand: Matrix
    node_supply: Matrix


def extract_each(chains: Chains, value: Vector | None = None) -> Extractions:
    """Take out each economy, and each sector of each economy, in turn; all from one factorisation.

    What the losses need of L are its sums over economies, which are solved for, and its blocks on the diagonal.

    Parameters
    ----------
    value
        n: what is summed for each USD of output lost, such as value added; output itself where not given.
    """
    table = chains.table
    output = np.where(chains.idle, 0.0, table.output)
    members = np.repeat(np.eye(len(table.economies)), len(table.sectors), axis=0)
    weights = np.asfortranarray(members if value is None else members * value[:, None])
    calls = chains.solve_transposed(weights)
    serves = chains.solve(weights * output[:, None])
    cores = chains.cores()
    single = np.diagonal(cores, axis1=1, axis2=2).ravel()
    ones = np.ones((*cores.shape[:2], 1))
    orders = np.linalg.solve(cores, output.reshape(*cores.shape[:2], 1))
    deliveries = np.linalg.solve(cores.transpose(0, 2, 1), ones)
    blocks = (*cores.shape[:2], -1)
    return Extractions(
        economy_demand=(calls.reshape(blocks) * orders).sum(axis=1),
        economy_supply=(serves.reshape(blocks) * deliveries).sum(axis=1),
        node_demand=calls * (output / single)[:, None],
        node_supply=serves / single[:, None],
    )


def value_added_ratios(chains: Chains) -> tuple[Vector, Vector]:
    """Value added for each USD of output, at least and at most.

    Where the table does not know value added, at least nothing and at most what inputs leave of output: taxes, and
    inputs that the table omits, are in that rest too. Zero for idle nodes, which have no output to lose.
    """
    table = chains.table
    if table.value_added is not None:
        known = np.divide(table.value_added, table.output, out=np.zeros(table.size), where=~chains.idle)
        return known, known
    most = np.where(chains.idle, 0.0, 1.0 - chains.bought(np.ones(table.size)))
    return np.zeros(table.size), np.maximum(most, 0.0)


def _final_sales(chains: Chains, destinations: Sequence[str]) -> Vector | None:
    """Sales of every node to final users in these economies; None where the table cannot tell."""
    table = chains.table
    known = [number for number, code in enumerate(table.destinations) if code in destinations]
    if not known or table.destinations == ("ZZZ",):
        return None
    return np.where(chains.idle, 0.0, table.final[:, known].sum(axis=1))


def _solved(core: Matrix, right: Matrix) -> Matrix:
    """The small system of the nodes taken out."""
    return np.asarray(np.linalg.solve(core, right), dtype=np.float64)


def _placed(size: int, nodes: Nodes, values: Vector) -> Vector:
    """A vector of n with the values at the nodes."""
    placed = np.zeros(size)
    placed[nodes] = values
    return placed
