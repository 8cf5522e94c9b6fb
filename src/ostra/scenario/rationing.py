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
from ostra.scenario.rerouting import Array, Cut, Network, Rerouted, by_sector

TOLERANCE = 1e-9  # of output and fulfilment, relative to before
MOST_STEPS = 500
DEPTH = 6  # past steps that each new one is extrapolated from
LEAST = 1e-12
SMALL = 0.01  # changes of fulfilment and output below this are followed in single precision
RUN = 20  # economies whose sales of one sector's goods are read at a time: 0.6 MB with 4,000 buyers


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
        A curvature is not below 0, or no balance was reached.
    """
    for name, value in (("inner", inner), ("outer", outer)):
        if not -1e3 <= value < 0.0:
            raise MethodError(f"the {name} curvature is {value:g}; expected a number below 0, such as −1")
    market = _Market(net, cuts, views, inner, outer, leakage)
    paths = [_Path(2 * len(net.output)) for _ in views]
    for step in range(1, MOST_STEPS + 1):
        moving = [number for number, path in enumerate(paths) if not path.steps]
        if not moving:
            break
        images = market.image(moving, np.array([paths[number].state for number in moving]))
        for number, image in zip(moving, images, strict=True):
            paths[number].take(image, step, net.at_home)
    else:
        worst = max(path.best for path in paths)
        raise MethodError(f"no balance was reached in {MOST_STEPS} steps (still {worst:.1e} apart). Raise the leakage")
    half = len(net.output)
    return [Rationed(path.state[half:], path.state[:half], path.steps) for path in paths]


class _Market:
    """One step towards the balance, for fulfilment and output stacked in one vector, a row for each view.

    What arrives and what is ordered is known where all are served in full, from the sums of rerouting, and followed
    from there: each step adds the product of the flows with the change since the last one. Changes shrink from step to
    step, so that soon half the digits of the flows do, which are half the memory to read; what they leave out is some
    10⁻⁹ of output. See docs/decisions/0122-changes-in-single-precision.md.
    """

    def __init__(
        self, net: Network, cuts: list[Cut], views: list[Rerouted], inner: float, outer: float, leakage: float
    ) -> None:
        self.net, self.cuts, self.inner, self.outer = net, cuts, inner, outer
        self.rows = np.array([view.rows for view in views])  # views × sectors × economies
        self.columns = np.array([view.columns for view in views])  # views × sectors × nodes
        self.severed = []
        for cut in cuts:
            gone = np.array([1.0 - cut.kept(sector, leakage) for sector in range(len(cut.blocked))])
            self.severed.append(net.blocks[:, cut.sellers][:, :, cut.buyers] * gone[:, None, None])
        self.states = np.ones((len(views), 2 * len(net.output)))
        self.arriving = np.array([view.bought for view in views])  # views × sectors × nodes, at these states
        self.orders = np.array([net.by_node(view.sold) for view in views])  # views × nodes, at these states
        some = net.bought > 0.0
        self.per_bought = np.divide(1.0, net.bought, out=np.zeros_like(net.bought), where=some)
        self.alpha = np.divide(net.bought, net.budgets, out=np.zeros_like(net.bought), where=net.budgets > 0.0)
        self.per_output = np.divide(1.0, net.output, out=np.zeros_like(net.output), where=net.output > 0.0)
        self.sales = net.by_node(net.sold)

    def image(self, moving: list[int], states: Array) -> Array:
        """The next state of each view that still moves."""
        net = self.net
        fulfilment = states[:, : len(net.output)]
        self._follow(moving, states)
        orders = self.orders[moving]
        kappa = np.where(net.budgets > 0.0, self._bundles(moving), 1.0) ** (1.0 / self.inner)
        # λ as κ · (ω + (1 − ω) κ^−ϱ)^(1/ϱ), in which nothing overflows.
        allowed = kappa * (net.inputs + (1.0 - net.inputs) * kappa**-self.outer) ** (1.0 / self.outer)
        served = np.where(orders > self.sales, self.sales / np.maximum(orders, LEAST), 1.0)
        made = np.where(net.output > 0.0, (allowed * net.other + fulfilment * orders) * self.per_output, 1.0)
        return np.concatenate([allowed * served, made], axis=1)

    def _bundles(self, moving: list[int]) -> Array:
        """views × nodes: Σ_r α_rj θ_rj^ρ, sector by sector, so that little is moved through memory."""
        found = np.zeros((len(moving), len(self.net.output)))
        for sector, alpha in enumerate(self.alpha):
            theta = np.clip(self.per_bought[sector] * self.arriving[moving, sector], LEAST, 1.0)
            # Where nothing of a bundle was bought, α is 0 and θ does not matter.
            found += alpha * (np.reciprocal(theta) if self.inner == -1.0 else theta**self.inner)
        return found

    def _follow(self, moving: list[int], states: Array) -> None:
        """Bring what arrives and what is ordered to these states, in one pass over the flows."""
        changes = states - self.states[moving]
        self.states[moving] = states
        if not changes.any():
            return
        net = self.net
        blocks: NDArray[Any] = net.rounded if np.abs(changes).max() < SMALL else net.blocks
        fulfilment, output = changes.reshape(len(moving), 2, -1).swapaxes(0, 1)
        offers = np.array([net.by_sector(part) for part in fulfilment]) * self.rows[moving]
        ordered = np.empty_like(offers)

        def of_sector(sector: int) -> None:
            offered, columns = offers[:, sector], self.columns[moving, sector]
            wanted = columns * output
            left, right = offered.astype(blocks.dtype), wanted.astype(blocks.dtype)
            arriving, leaving = np.zeros_like(wanted), np.empty_like(offered)
            for start in range(0, blocks.shape[1], RUN):
                # A run of sellers stays in the cache for the second product.
                run, flows = slice(start, start + RUN), blocks[sector, start : start + RUN]
                arriving += left[:, run] @ flows
                leaving[:, run] = right @ flows.T
            for cut, severed in zip(self.cuts, self.severed, strict=True):
                arriving[:, cut.buyers] -= offered[:, cut.sellers] @ severed[sector]
                leaving[:, cut.sellers] -= wanted[:, cut.buyers] @ severed[sector].T
            self.arriving[moving, sector] += columns * arriving
            ordered[:, sector] = leaving

        by_sector(of_sector, len(blocks))
        self.orders[moving] += np.array([net.by_node(part) for part in self.rows[moving] * ordered])


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
