"""Who loses how: those who withhold, those deprived at first, second and third hand, and beyond.

A node's loss is split by what could explain it. With d¹ the part of its output that a node would lose at worst if only
its own goods or capacity were missing, without stocks or substitutes, and

    d²_j = max over input sectors r of  e_rj Σ_{i in r} z_ij d¹_i / Σ_{i in r} z_ij

what it would lose at worst if the nodes at first hand stopped delivering, and d³ made from d² as d² is from d¹, its
loss L is, in this order: first = min(L, d¹ Y), second = min(L − first, d² Y), third = min(L − first − second, d³ Y),
beyond = the rest; Y is its usual output from the first day of the shocks to the last day of the scenario. So the parts
sum to the whole. *Beyond* holds fourth and further orders, and sales that suppliers lose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.scenario.compile import Compiled
from ostra.scenario.draws import Array
from ostra.scenario.rerouting import ratio
from ostra.scenario.simulation.shocks import ByRun, CapacityLoss, DemandShock, Withheld
from ostra.scenario.simulation.trajectories import Trajectories

PARTS = ("own", "first", "second", "third", "beyond", "gained")


@dataclass(frozen=True, eq=False)
class Orders:
    """Losses of output by node: runs × nodes each [million USD]; `gained` is negative, and all sum to the loss."""

    own: Array
    first: Array
    second: Array
    third: Array
    beyond: Array
    gained: Array


def orders(scenario: Compiled, found: Trajectories) -> Orders:
    """Split each node's loss of output in each run."""
    table = scenario.table
    critical = _critical(scenario)
    direct = _direct(scenario, critical)
    usual = found.baseline_output * max(found.days - scenario.begins, 0)
    lost = np.maximum(found.output_lost, 0.0)
    own = np.zeros_like(lost)
    own[:, scenario.sellers] = lost[:, scenario.sellers]
    left = lost - own
    first = np.minimum(left, direct * usual)
    left = left - first
    indirect = _passed_on(table, direct, critical)
    second = np.minimum(left, indirect * usual)
    left = left - second
    third = np.minimum(left, _passed_on(table, indirect, critical) * usual)
    return Orders(own, first, second, third, left - third, np.minimum(found.output_lost, 0.0))


def _critical(scenario: Compiled) -> Array:
    """input sectors × using sectors × runs (or 1)."""
    found = np.asarray(scenario.behaviour.critical, dtype=np.float64)
    found = found if found.ndim == 3 else found.reshape(1, 1, -1)
    width = len(scenario.table.sectors)
    return np.broadcast_to(found, (width, width, found.shape[2]))


def _by_run(value: ByRun, runs: int) -> Array:
    return np.broadcast_to(np.asarray(value, dtype=np.float64), (runs,))


def _bundles(table: InputOutputTable) -> tuple[NDArray[np.float64], Array]:
    """Flows as economies × sectors × nodes, and what each node buys of each sector's goods."""
    flows = np.maximum(table.flows, 0.0).reshape(len(table.economies), len(table.sectors), -1)
    return flows, flows.sum(axis=0)


def _direct(scenario: Compiled, critical: Array) -> Array:
    """runs × nodes: the part of output that is at stake at first hand."""
    table, runs = scenario.table, scenario.runs
    width = len(table.sectors)
    flows, bought = _bundles(table)
    found = np.zeros((runs, table.size))
    for shock in scenario.shocks:
        if isinstance(shock, Withheld):
            fraction = _by_run(shock.fraction, runs)
            sellers, buyers = np.asarray(shock.sellers), np.asarray(shock.buyers)
            if not len(sellers) or not len(buyers):
                continue
            for sector in np.unique(sellers % width):
                rows = sellers[sellers % width == sector]
                share = ratio(flows[rows // width, sector][:, buyers].sum(axis=0), bought[sector, buyers])
                at_stake = fraction[:, None] * (share[:, None] * critical[sector, buyers % width]).T
                found[:, buyers] = np.maximum(found[:, buyers], at_stake)
        elif isinstance(shock, CapacityLoss):
            nodes = np.asarray(shock.nodes)
            found[:, nodes] = np.maximum(found[:, nodes], _by_run(shock.fraction, runs)[:, None])
        elif isinstance(shock, DemandShock):
            wanted = table.final[:, list(shock.destinations)].sum(axis=1)
            wanted = np.where(np.isin(np.arange(table.size) % width, shock.sectors), np.maximum(wanted, 0.0), 0.0)
            part = ratio(wanted, table.output)
            less = np.maximum(-_by_run(shock.fraction, runs), 0.0)
            found = np.maximum(found, less[:, None] * np.minimum(part, 1.0))
    return np.minimum(found, 1.0)


def _passed_on(table: InputOutputTable, at_stake: Array, critical: Array) -> Array:
    """runs × nodes: what users of goods lose at worst when their makers stop what is at stake; one order on."""
    width = len(table.sectors)
    flows, bought = _bundles(table)
    found = np.zeros_like(at_stake)
    of_users = np.arange(table.size) % width
    for sector in range(width):
        makers = at_stake[:, sector::width]
        if not makers.any():
            continue
        share = ratio(makers @ flows[:, sector], bought[sector])
        found = np.maximum(found, share * critical[sector, of_users].T)
    return np.minimum(found, 1.0)
