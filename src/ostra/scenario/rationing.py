"""Rationing: what economies make when inputs are short, each input bundle replaced by others only in part (CES).

Users that get less of a sector's goods make less, as a CES function of what they get; sellers that can make less
deliver less to all, in proportion. The balance of both is a fixed point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ostra.errors import MethodError
from ostra.scenario.rerouting import Array, Cut, Network, Rerouted, each_sector, ratio

TOLERANCE = 1e-9  # of output and fulfilment, relative to before
MOST_STEPS = 500
DEPTH = 6  # past steps that each new one is extrapolated from
LEAST = 1e-12
SMALL = 0.01  # changes of fulfilment and output below this are followed in single precision
CACHED = 650_000  # bytes of flows between two products with them; the cache of a core should hold them


@dataclass(frozen=True, eq=False)
class Rationed:
    """The balance.

    Attributes
    ----------
    output
        nodes: part of the output before that is still made.
    fulfilment
        nodes: part of orders that the node's buyers get.
    steps
        Evaluations of the map that were needed.
    """

    output: Array
    fulfilment: Array
    steps: int


def ration(
    net: Network, cuts: list[Cut], views: list[Rerouted], *, inner: float, outer: float, leakage: float
) -> list[Rationed]:
    """Find output and fulfilment after the cuts, for several views of who delivers to whom at once.

    With flows x_ij = u_i k_ij v_rj (the rerouted ones), budgets w_j, and α_rj what j buys of sector r over w_j:

        θ_rj = v_rj Σ_{i in r} k_ij u_i h_i / (α_rj w_j), at most 1     what j gets of its bundle r
        κ_j  = (Σ_r α_rj θ_rj^ρ)^(1/ρ)                                  the composite of all bundles
        λ_j  = (1 − ω_j + ω_j κ_j^ϱ)^(1/ϱ)                              output that it allows, ω the share of inputs
        D_i  = Σ_j x_ij s_j                                              orders, s output as a part of before
        s_i  = (λ_i z_i + h_i D_i) / output_i,   h_i = λ_i min(1, sales_i / D_i)

    Parameters
    ----------
    inner, outer
        ρ and ϱ, both below 0: −1 is an elasticity of substitution of one half, among bundles and between the composite
        and the rest.

    Raises
    ------
    MethodError
        No balance was reached.
    """
    market = _Market(net, cuts, views, inner, outer, leakage)
    paths = [_Path(2 * len(net.output)) for _ in views]
    for step in range(1, MOST_STEPS + 1):
        if all(path.steps for path in paths):
            break
        images = market.image(np.array([path.state for path in paths]))
        for path, image in zip(paths, images, strict=True):
            if not path.steps:
                path.take(image, step, net.at_home)
    else:
        worst = max(path.best for path in paths)
        raise MethodError(f"no balance was reached in {MOST_STEPS} steps (still {worst:.1e} apart). Raise the leakage")
    half = len(net.output)
    return [Rationed(path.state[half:], path.state[:half], path.steps) for path in paths]


class _Market:
    """One step towards the balance, for fulfilment and output stacked in one vector, a row for each view.

    What arrives and what is ordered is known where all are served in full, from the sums of rerouting, and followed
    from there: each step adds the product of the flows with the change since the last one. Changes shrink from step to
    step, so that soon flows in single precision do, which are half the memory to read; their rounding comes to some
    10⁻⁹ of output. See docs/methods/embargo.md.
    """

    def __init__(
        self, net: Network, cuts: list[Cut], views: list[Rerouted], inner: float, outer: float, leakage: float
    ) -> None:
        self.net, self.cuts, self.inner, self.outer = net, cuts, inner, outer
        self.rows = np.stack([view.rows for view in views], axis=1)  # sectors × views × economies
        self.columns = np.stack([view.columns for view in views], axis=1)  # sectors × views × nodes
        self.severed = []  # for each cut: sectors × sellers × buyers
        for cut in cuts:
            gone = np.array([1.0 - cut.kept(sector, leakage) for sector in range(len(cut.blocked))])
            self.severed.append(net.blocks[:, cut.sellers][:, :, cut.buyers] * gone[:, None, None])
        self.states = np.ones((len(views), 2 * len(net.output)))
        arriving = np.stack([view.bought for view in views], axis=1)
        self.delivered = ratio(arriving, self.columns)  # Σ u h k at these states: sectors × views × nodes
        self.orders = np.array([net.by_node(view.sold) for view in views])  # D at these states: views × nodes
        self.reach = ratio(self.columns, net.bought[:, None])
        self.alpha = ratio(net.bought, net.budgets)
        self.per_output = ratio(1.0, net.output)
        self.sales = net.by_node(net.sold)

    def image(self, states: Array) -> Array:
        """The next state of each view."""
        net = self.net
        fulfilment = states[:, : len(net.output)]
        bundles = self._bundles(states).sum(axis=0)
        kappa = np.where(net.budgets > 0.0, bundles, 1.0) ** (1.0 / self.inner)
        # λ as κ · (ω + (1 − ω) κ^−ϱ)^(1/ϱ), in which nothing overflows.
        allowed = kappa * (net.inputs + (1.0 - net.inputs) * kappa**-self.outer) ** (1.0 / self.outer)
        orders = np.maximum(self.orders, 0.0)  # rounding may leave a little less than nothing
        served = np.where(orders > self.sales, self.sales / np.maximum(orders, LEAST), 1.0)
        made = np.where(net.output > 0.0, (allowed * net.other + fulfilment * orders) * self.per_output, 1.0)
        return np.concatenate([allowed * served, made], axis=1)

    def _bundles(self, states: Array) -> Array:
        """sectors × views × nodes: α_rj θ_rj^ρ at these states, to which deliveries and orders are brought."""
        changes = states - self.states
        self.states = states
        moved = float(np.abs(changes).max())
        blocks: NDArray[Any] = self.net.rounded if moved < SMALL else self.net.blocks
        fulfilment, output = np.split(changes, 2, axis=1)
        offered = self.rows * np.stack([self.net.by_sector(part) for part in fulfilment], axis=1)
        ordered, bundles = np.zeros_like(offered), np.empty_like(self.delivered)

        # Few and large steps of NumPy: threads wait for each other around every one.
        def of_sector(sector: int) -> None:
            if moved:
                right = (self.columns[sector] * output).astype(blocks.dtype)
                delivered, ordered[sector] = _products(blocks[sector], offered[sector].astype(blocks.dtype), right)
                for cut, severed in zip(self.cuts, self.severed, strict=True):
                    delivered[:, cut.buyers] -= offered[sector][:, cut.sellers] @ severed[sector]
                    ordered[sector][:, cut.sellers] -= right[:, cut.buyers] @ severed[sector].T
                self.delivered[sector] += delivered
            theta = np.clip(self.reach[sector] * self.delivered[sector], LEAST, 1.0)
            # Where nothing of a bundle was bought, α is 0 and θ does not matter.
            bundles[sector] = self.alpha[sector] * (np.reciprocal(theta) if self.inner == -1.0 else theta**self.inner)

        each_sector(of_sector, len(blocks))
        ordered *= self.rows
        self.orders += ordered.transpose(1, 2, 0).reshape(self.orders.shape)
        return bundles


def _products(block: NDArray[Any], left: NDArray[Any], right: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """`left · block` and `right · blockᵀ`, by runs of rows that stay in a core's cache from the first to the second."""
    rows = max(1, int(CACHED // block[0].nbytes))
    sums, backward = [], []
    for start in range(0, len(block), rows):
        run = block[start : start + rows]
        sums.append(left[:, start : start + rows] @ run)
        backward.append(right @ run.T)
    return sum(sums[1:], start=sums[0]), np.hstack(backward)


def _corrected(gap: Array, at_home: tuple[Array, Array, Array]) -> Array:
    """The step that closes a gap in fulfilment and output within each economy.

    Output follows the step of fulfilment, f: of what a node sells to producers all of it, and of what it sells to final
    users the part that its gap has not told already.
    """
    fulfilment, output = gap.reshape(2, at_home[0].shape[0], -1)
    of_buyers, of_sellers, to_finals = at_home
    first = np.einsum("eij,ej->ei", of_buyers, fulfilment)
    second = np.einsum("eij,ej->ei", of_sellers, output + first - to_finals * fulfilment)
    return np.concatenate([first.ravel(), second.ravel()])


class _Path:
    """The way of one view to its fixed point, by Anderson's extrapolation of corrected steps (Walker and Ni 2011).

    Where extrapolation makes the gap grow, plain half steps follow, which always converge.
    """

    def __init__(self, size: int) -> None:
        self.state = np.ones(size)
        self.steps = 0  # needed to arrive; 0 while on the way
        self.best = np.inf
        self._states: list[Array] = []
        self._moves: list[Array] = []
        self._cautious = 0

    def take(self, image: Array, step: int, at_home: tuple[Array, Array, Array]) -> None:
        """Go on from the image of the state."""
        gap = image - self.state
        error = float(np.abs(gap).max())
        if error < TOLERANCE:
            self.state, self.steps = image, step
            return
        if error > 10.0 * self.best:
            self._states, self._moves, self._cautious = [], [], 3
        self.best = min(self.best, error)
        if self._cautious:
            self._cautious -= 1
            self.state = np.clip(self.state + 0.5 * gap, LEAST, 1.0)
            return
        self._states = [*self._states[-DEPTH:], self.state]
        self._moves = [*self._moves[-DEPTH:], _corrected(gap, at_home)]
        self.state = np.clip(_extrapolated(self._states, self._moves), LEAST, 1.0)


def _extrapolated(states: list[Array], steps: list[Array]) -> Array:
    if len(steps) == 1:
        return states[0] + steps[0]
    changes, moved = np.diff(steps, axis=0), np.diff(states, axis=0)
    products = changes @ changes.T
    products[np.diag_indices_from(products)] *= 1.0 + 1e-12
    weights = np.linalg.lstsq(products, changes @ steps[-1], rcond=1e-13)[0]
    new: Array = states[-1] + steps[-1] - weights @ (moved + changes)
    return new
