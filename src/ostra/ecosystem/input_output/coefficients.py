"""Coefficients of an input-output table, and the one factorisation that all its measures are solved with.

`A[i, j] = Z[i, j] / x[j]` is what j buys from i for each unit of its output (Leontief), `B[i, j] = Z[i, j] / x[i]` the
part of i's output that j buys (Ghosh). `L = (I − A)⁻¹` holds all orders of buying, `H = (I − B)⁻¹ = x⁻¹ L x` all orders
of selling, so that one factorisation of `I − A` serves both. No inverse is formed to solve.

All matrix work goes through SciPy's BLAS, products too. NumPy brings a BLAS of its own with threads of its own, which
wait for more work by spinning: changing from one to the other makes both slow for tens of milliseconds.
See docs/methods/input-output.md.

References
----------
Miller, Blair (2009), Input–Output Analysis: Foundations and Extensions, 2nd ed., chapters 2 and 12.
Ghosh (1958), Input–Output Approach in an Allocation System, Economica 25.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ostra.ecosystem.input_output.table import InputOutputTable, Matrix, Vector
from ostra.errors import MethodError
from ostra.words.figures import percent, rounded

Nodes = NDArray[np.intp]

NAMED = 5  # sectors that a caveat names before it counts the rest
IDLE_NAMED = 24  # of what has no measures all should be known, where they are few
RUNS = 10  # runs of columns in which blocks of the inverse are computed: fewer waste work, more copy factors
BALANCE = 1e-3  # part of all output by which rows may miss their balance before a caveat says so


class Chains:
    """A table ready for solving: what every node needs, and whom it serves, through any number of orders.

    Nodes whose output is zero or below make nothing that could be traced: they are *idle*. Their purchases and sales
    are left out, their own measures are unknown (NaN), and a caveat names them with the money left out. Negative
    flows and value added below zero stay as the table has them, with caveats.

    Parameters
    ----------
    table
        The table; it is not changed.

    Raises
    ------
    MethodError
        The flows hold a value that is no number, or the table is not productive: some product needs, through the
        chain, at least as much of itself as is made.
    """

    def __init__(self, table: InputOutputTable) -> None:
        self.table = table
        if not (np.isfinite(table.flows.sum()) and np.isfinite(table.output.sum())):
            raise MethodError(f"input-output table '{table.dataset}' holds cells that are no numbers; import it anew")
        self.idle = table.output <= 0.0
        self._weight = np.zeros(table.size)
        np.divide(1.0, table.output, out=self._weight, where=~self.idle)
        self._output = np.where(self.idle, 1.0, table.output)
        if self.requirements.min() <= 0.0:
            worst = int(np.argmin(self.requirements))
            raise MethodError(
                f"input-output table '{table.dataset}' is not productive: what {node_name(table, worst)} needs through "
                "the chain adds up to less than nothing. Check the flows of this sector"
            )

    @cached_property
    def factors(self) -> tuple[Matrix, NDArray[np.int32]]:
        """LU factors of (I − A)ᵀ; the transpose, because NumPy keeps rows together and LAPACK columns."""
        from scipy.linalg import lu_factor  # here, as everywhere below: SciPy takes a fifth of a second to load

        left = np.multiply(self.table.flows, -self._weight, order="C")
        if self.idle.any():
            left[self.idle] = 0.0
        left.reshape(-1)[:: self.table.size + 1] += 1.0
        lower, pivots = lu_factor(left.T, overwrite_a=True, check_finite=False)
        if not np.diagonal(lower).all():
            raise MethodError(f"input-output table '{self.table.dataset}': I − A cannot be inverted; check its flows")
        return lower, pivots

    def solve(self, right: Matrix) -> Matrix:
        """`L · right`: output that final sales `right` (n, or n × k) call forth."""
        return self._solved(right, trans=1)

    def solve_transposed(self, right: Matrix) -> Matrix:
        """`Lᵀ · right`: for each node, what a unit of its product holds of the quantities `right` of all others."""
        return self._solved(right, trans=0)

    def _solved(self, right: Matrix, trans: int) -> Matrix:
        from scipy.linalg import lu_solve

        return np.asarray(lu_solve(self.factors, right, trans=trans, check_finite=False))

    def solve_sales(self, right: Matrix) -> Matrix:
        """`H · right`: the part of each node's output that reaches `right` through any number of sales."""
        output = self._output if right.ndim == 1 else self._output[:, None]
        return self.solve(right * output) / output

    def bought(self, right: Matrix) -> Matrix:
        """`Aᵀ · right`: one order of buying."""
        return self._scaled(_product(self.table.flows, self._active(right), transposed=True))

    def sold(self, right: Matrix) -> Matrix:
        """`B · right`: one order of selling."""
        return self._scaled(_product(self.table.flows, self._active(right)))

    def bought_of_economies(self) -> Matrix:
        """`bought` of the members of every economy, n × economies, as plain sums, which are faster."""
        flows = self._without_idle(self.table.flows, axis=0)
        width = len(self.table.sectors)
        return self._scaled(flows.reshape(-1, width, self.table.size).sum(axis=1).T)

    def sold_to_economies(self) -> Matrix:
        """`sold` to the members of every economy, n × economies."""
        flows = self._without_idle(self.table.flows, axis=1)
        width = len(self.table.sectors)
        return self._scaled(flows.reshape(self.table.size, -1, width).sum(axis=2))

    def coefficients(self, sellers: Nodes, buyers: Nodes) -> Matrix:
        """`A` between some sellers and some buyers, without idle nodes."""
        active = np.outer(~self.idle[sellers], ~self.idle[buyers])
        return np.where(active, self.table.flows[np.ix_(sellers, buyers)] / self._output[buyers], 0.0)

    def purchases(self, output: Vector) -> Vector:
        """`A · output`: what the nodes sell to those that make `output`."""
        return self._active(_product(self.table.flows, self._weight * output))

    def deliveries(self, output: Vector) -> Vector:
        """`Bᵀ · output`: what the nodes buy from those that sell `output`."""
        return self._active(_product(self.table.flows, self._weight * output, transposed=True))

    @cached_property
    def requirements(self) -> Vector:
        """Sum of each column of L: output of all nodes for a unit of final sales of this one.

        Where no flow is negative, all of them being positive proves that the series I + A + A² + … converges to L.
        """
        return np.asarray(self.solve_transposed(np.ones(self.table.size)))

    def cores(self) -> NDArray[np.float64]:
        """The blocks of L on its diagonal, one for each economy: economies × sectors × sectors.

        A run of columns of the inverse needs only the factors below and right of where it starts, so that all blocks
        together cost about as much as the factors, a quarter of what the whole inverse costs, and no room for it.
        """
        from scipy.linalg.blas import dtrsm

        factors, pivots = self.factors
        size, width = self.table.size, len(self.table.sectors)
        place = _places(pivots)
        cores = np.empty((size // width, width, width))
        run = -(-cores.shape[0] // RUNS) * width
        room = np.empty(size * size)  # one for all runs: only what is written takes memory, and fresh memory is slow
        for start in range(0, size, run):
            stop = min(start + run, size)
            first = min(start, int(place[start:stop].min()))
            below = factors if first == 0 else _corner(factors, first, room)
            columns = np.zeros((size - first, stop - start), order="F")
            columns[place[start:stop] - first, np.arange(stop - start)] = 1.0
            columns = dtrsm(1.0, below, columns, lower=1, diag=1, overwrite_b=1)
            columns = dtrsm(1.0, below, columns, lower=0, overwrite_b=1)
            for at in range(start, stop, width):
                # The factors are those of the transpose.
                block = columns[at - first : at - first + width, at - start : at - start + width]
                cores[at // width] = block.T
        return cores

    @cached_property
    def caveats(self) -> tuple[str, ...]:
        """What the table has that the measures are sensitive to, each with the sectors' names."""
        return (*self.table.caveats, *table_caveats(self.table, self.idle, self._weight))

    def _without_idle(self, flows: Matrix, axis: int) -> Matrix:
        """The flows without rows (0) or columns (1) of idle nodes; copied only where such flows are not zero."""
        stray = flows[self.idle] if axis == 0 else flows[:, self.idle]
        if not stray.any():
            return flows
        kept = flows.copy()
        kept[(self.idle, slice(None)) if axis == 0 else (slice(None), self.idle)] = 0.0
        return kept

    def _scaled(self, values: Matrix) -> Matrix:
        return values * (self._weight if values.ndim == 1 else self._weight[:, None])

    def _active(self, values: Matrix) -> Matrix:
        if not self.idle.any():
            return values
        return np.where(self.idle if values.ndim == 1 else self.idle[:, None], 0.0, values)


def unit_columns(size: int, nodes: Nodes) -> Matrix:
    """The columns of the identity at the nodes."""
    columns = np.zeros((size, len(nodes)), order="F")
    columns[nodes, np.arange(len(nodes))] = 1.0
    return columns


def _corner(factors: Matrix, first: int, room: Vector) -> Matrix:
    """The factors right of and below a place, columns kept together as BLAS wants them, copied into the room given."""
    left = len(factors) - first
    corner = room[: left * left].reshape((left, left), order="F")
    corner[:] = factors[first:, first:]
    return corner


def _product(flows: Matrix, right: Matrix, *, transposed: bool = False) -> Matrix:
    """`flows · right`, or `flowsᵀ · right`, by the BLAS that also factorises and solves.

    NumPy keeps rows together and BLAS columns, so that BLAS is handed the transpose, which it takes without a copy.
    """
    from scipy.linalg.blas import dgemm, dgemv

    back = not transposed
    if right.ndim == 1:
        return np.asarray(dgemv(1.0, flows.T, right, trans=back))
    return np.asarray(dgemm(1.0, flows.T, right, trans_a=back))


def _places(pivots: NDArray[np.int32]) -> Nodes:
    """For each row, where LAPACK's exchanges of rows have put it."""
    order = np.arange(len(pivots))
    for row in np.flatnonzero(pivots != order).tolist():
        order[[row, pivots[row]]] = order[[pivots[row], row]]
    return np.argsort(order)


def node_name(table: InputOutputTable, node: int) -> str:
    """Economy and sector of a node, such as `DEU C29`."""
    economy, sector = divmod(node, len(table.sectors))
    return f"{table.economies[economy]} {table.sectors[sector]}"


def names_of(table: InputOutputTable, nodes: Sequence[int] | Nodes, most: int = NAMED) -> str:
    """The first nodes by name, at most so many, and how many more there are."""
    shown = ", ".join(node_name(table, int(node)) for node in nodes[:most])
    return shown if len(nodes) <= most else f"{shown} and {len(nodes) - most:,} more"


def table_caveats(table: InputOutputTable, idle: NDArray[np.bool_], weight: Vector) -> list[str]:
    """Idle sectors, negative flows, value added below zero, rows out of balance."""
    found = []
    bought, sold = table.flows.sum(axis=0), table.flows.sum(axis=1)
    if idle.any():
        nodes = np.flatnonzero(idle)
        money = float(np.abs(table.flows[nodes]).sum() + np.abs(table.flows[:, nodes]).sum())
        left = f" {rounded(money)} million USD of their purchases and sales are left out." if money else ""
        found.append(f"Without output, so that their measures are unknown: {names_of(table, nodes, IDLE_NAMED)}.{left}")
    if table.flows.min() < 0.0:
        sums = np.minimum(table.flows, 0.0).sum(axis=1)
        nodes = np.argsort(sums, kind="stable")[: np.count_nonzero(sums)]
        found.append(
            f"Negative flows of {rounded(-sums.sum())} million USD in all are kept as they are; shares may then leave "
            f"the span from 0 to 1. Sellers, largest first: {names_of(table, nodes)}."
        )
    over = np.flatnonzero((bought * weight > 1.0) & ~idle)
    if len(over):
        over = over[np.argsort(-(bought * weight)[over], kind="stable")]
        found.append(f"These sectors buy more inputs than their output is worth: {names_of(table, over)}.")
    missing = np.where(idle, 0.0, table.output - sold - table.final.sum(axis=1))
    part = float(np.abs(missing).sum() / table.output[~idle].sum()) if not idle.all() else 0.0
    if part > BALANCE:
        nodes = np.argsort(-np.abs(missing), kind="stable")[: np.count_nonzero(missing)]
        found.append(
            f"Sales and output differ by {percent(part)} of all output, taken as final sales; most in "
            f"{names_of(table, nodes[:NAMED])}."
        )
    return found
