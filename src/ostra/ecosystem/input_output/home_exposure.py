"""Where one home stands in a table: what its sectors rely on, and what hangs on its trade with each economy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostra.ecosystem.input_output.coefficients import Chains, unit_columns
from ostra.ecosystem.input_output.groups import Group, group
from ostra.ecosystem.input_output.look_through import Reliance, reliance
from ostra.ecosystem.input_output.table import InputOutputTable, Vector
from ostra.words.economies import Home


@dataclass(frozen=True)
class HomeExposure:
    """One home in one table, computed once for all ecosystems.

    Parameters
    ----------
    table
        The input-output table.
    home
        The economies of the table that make up home.
    inputs
        Reliance of every node on every economy, by order.
    lost_at_home
        economies: part of home's output that rests on what the economy delivers to home, at any order.
    lost_abroad
        economies: part of the economy's output that rests on what home delivers to it.
    flows
        Number of intermediate flows that are not zero: the rows of the facts that every look-through is made from.
    caveats
        What the table has that the figures are sensitive to.
    """

    table: InputOutputTable
    home: Group
    inputs: Reliance
    lost_at_home: Vector
    lost_abroad: Vector
    flows: int
    caveats: tuple[str, ...]


def home_exposure(table: InputOutputTable, home: Home) -> HomeExposure:
    """Reliance of all nodes, and the losses if deliveries between home and each economy stopped (method 4).

    Raises
    ------
    NotFoundError
        The table does not tell home apart.
    MethodError
        As for `Chains`.
    """
    chains = Chains(table)
    side = group(table, home)
    at_home, abroad = pair_losses(chains, side)
    return HomeExposure(
        table=table,
        home=side,
        inputs=reliance(chains),
        lost_at_home=at_home,
        lost_abroad=abroad,
        flows=int(np.count_nonzero(table.flows)),
        caveats=(*chains.caveats, *side.caveats),
    )


def pair_losses(chains: Chains, home: Group) -> tuple[Vector, Vector]:
    """What hangs on the intermediate deliveries between home and each economy, in both directions.

    The supply side of `extract_flows` for every pair with home. The rows and columns of L at home serve all pairs, and
    with D (I + M D)⁻¹ = (I + D M)⁻¹ D the system of a pair is as small as the smaller of the two sides.

    Returns
    -------
    two arrays of one entry per economy, parts of output
        Lost by home when the economy no longer delivers to it, and lost by the economy when home no longer delivers.
        NaN where an economy has no output, and for home itself.
    """
    table = chains.table
    width = len(table.sectors)
    own = home.nodes(table)
    corner = unit_columns(table.size, own)
    rows = chains.solve_transposed(corner).T  # L[home, :]
    columns = chains.solve(corner)  # L[:, home]
    output = np.where(chains.idle, 0.0, table.output)
    totals = output.reshape(len(table.economies), width).sum(axis=1)
    totals = np.where(totals > 0.0, totals, np.nan)
    at_home, abroad = np.full(len(totals), np.nan), np.full(len(totals), np.nan)
    unserved = np.zeros((table.size, len(totals)), order="F")
    others = [number for number, code in enumerate(table.economies) if code not in home.economies]
    for number in others:
        other = np.arange(number * width, (number + 1) * width)
        bought = chains.coefficients(other, own)
        lost = np.linalg.solve(np.eye(width) + (bought @ rows[:, other]).T, np.ones(width)) @ bought
        at_home[number] = ((lost @ rows[:, own]) @ output[own]) / output[own].sum()
        sold = chains.coefficients(own, other)
        unserved[other, number] = np.linalg.solve(np.eye(width) + (columns[other] @ sold).T, sold.sum(axis=0))
    held = output[:, None] * chains.solve_transposed(unserved)
    for number in others:
        abroad[number] = held[number * width : (number + 1) * width, number].sum() / totals[number]
        at_home[number] += 0.0 * totals[number]  # unknown too where the economy makes nothing
    return at_home, abroad
