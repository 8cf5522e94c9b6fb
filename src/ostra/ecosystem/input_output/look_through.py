"""Face-value and look-through reliance of every node on every economy, by order, and through whom it runs.

On the side of inputs, face value is what a node buys from an economy itself, look-through what the economy makes for it
at any order: `A`, and `L − I = A + A² + A³ + …`, rows summed over the economy's sectors. On the side of sales it is who
buys from the node, and who uses its product at any order: `B`, and `H − I`. See docs/methods/reliance.md.

References
----------
Baldwin, Freeman, Theodorakopoulos (2023), Hidden Exposure: Measuring US Supply Chain Reliance, Brookings Papers on
Economic Activity, Fall; the measures are compared in docs/methods/reliance.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ostra.ecosystem.input_output.coefficients import Chains, Nodes
from ostra.ecosystem.input_output.table import InputOutputTable, Matrix, Vector

Side = Literal["inputs", "sales"]


@dataclass(frozen=True)
class Reliance:
    """Every node's reliance on every economy, in USD for each USD of the node's output; NaN for idle nodes.

    Parameters
    ----------
    side
        Whether partners sell to the nodes (`inputs`) or buy from them (`sales`).
    table
        What it was computed from.
    first, second, third
        n × economies: the parts of order 1 (face value), 2 and 3.
    whole
        n × economies: all orders together, the look-through.
    """

    side: Side
    table: InputOutputTable
    first: Matrix
    second: Matrix
    third: Matrix
    whole: Matrix

    @property
    def beyond(self) -> Matrix:
        """Order 4 and all beyond."""
        return self.whole - self.first - self.second - self.third

    @property
    def hidden(self) -> Matrix:
        """What face value does not show: order 2 and all beyond."""
        return self.whole - self.first


def reliance(chains: Chains, side: Side = "inputs", product: int | None = None) -> Reliance:
    """Reliance of all nodes on all economies at once, with one solve for as many columns as there are economies.

    Parameters
    ----------
    chains
        The table and its factorisation.
    side
        Whether partners sell to the nodes or buy from them.
    product
        Only what this sector of the partners makes (or, for sales, uses), by its number; by default all.
    """
    table = chains.table
    economies, width = len(table.economies), len(table.sectors)
    members = np.zeros((table.size, economies), order="F")
    for number in range(economies):
        start = number * width
        made = slice(start, start + width) if product is None else start + product
        members[made, number] = 1.0
    members[chains.idle] = 0.0
    step = chains.bought if side == "inputs" else chains.sold
    if product is not None:
        first = step(members)
    else:
        first = chains.bought_of_economies() if side == "inputs" else chains.sold_to_economies()
    second = step(first)
    third = step(second)
    whole = (chains.solve_transposed if side == "inputs" else chains.solve_sales)(members)
    whole -= members
    for part in (first, second, third, whole):
        part[chains.idle] = np.nan
    return Reliance(side, table, first, second, third, whole)


def shares_of(table: InputOutputTable, nodes: Nodes) -> Vector:
    """n: the weight of each of the nodes in their common output, zero elsewhere; idle ones weigh nothing.

    NaN at the nodes where none of them has output.
    """
    weights = np.zeros(table.size)
    output = np.maximum(table.output[nodes], 0.0)
    weights[nodes] = output / output.sum() if output.any() else np.nan
    return weights


def pooled(values: Matrix, weights: Vector) -> Vector:
    """Rows of several nodes as one, by their weights in the common output: the money of all over the output of all."""
    used = np.flatnonzero(weights)
    return np.asarray(weights[used] @ values[used])


@dataclass(frozen=True)
class Through:
    """Through which direct partners a reliance runs, node by node, in USD for each USD of output.

    Parameters
    ----------
    second
        n: the part of order 2 that has this node between.
    hidden
        n: all that is hidden behind this node as the direct partner, order 2 and beyond.
    """

    second: Vector
    hidden: Vector


def through(chains: Chains, weights: Vector, partner: Nodes, side: Side = "inputs") -> Through:
    """Split what nodes rely on a partner for beyond face value by the direct partner that it runs through.

    Parameters
    ----------
    weights
        n: weights of the nodes that rely, from `shares_of`.
    partner
        The nodes relied on.
    side
        As for `reliance`.
    """
    marked = np.zeros(chains.table.size)
    marked[partner] = 1.0
    marked[chains.idle] = 0.0
    if side == "inputs":
        direct, once, always = chains.purchases(weights), chains.bought(marked), chains.solve_transposed(marked)
    else:
        direct, once, always = chains.deliveries(weights), chains.sold(marked), chains.solve_sales(marked)
    return Through(second=direct * once, hidden=direct * (always - marked))


def absorbed(chains: Chains) -> tuple[Matrix, Matrix]:
    """Where a node's output ends: sold to final users of each destination directly, and at any order.

    Returns
    -------
    two arrays, n × destinations
        Parts of output. Those at any order sum to 1 over destinations where rows balance; NaN for idle nodes.
    """
    table = chains.table
    output = np.where(chains.idle, np.nan, table.output)[:, None]
    return table.final / output, chains.solve(table.final) / output
