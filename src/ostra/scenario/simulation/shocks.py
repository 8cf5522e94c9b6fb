"""What happens to an economy in a scenario, on the nodes of one input-output table.

Days are counted from 0; `first` and `last` are both included, and a shock whose last day lies before its first does not
happen. Shocks that overlap on the same flow or node do not add
up: the largest counts, as with two locks on one door. New capacity does add up.

Every `ByRun` is one number for all runs or an array with one entry for each run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

ByRun = float | NDArray[np.float64] | NDArray[np.int64]
Numbers = Sequence[int] | NDArray[np.int64]

DAYS_A_YEAR = 365

FOREVER = 2**31 - 1
"""As `last`: the shock does not end."""


@dataclass(frozen=True, eq=False)
class Withheld:
    """Sellers hold back part of their usual sales to some buyers: an export ban or quota on a pair, a bloc, a sector.

    On each day of the ban every flow from a seller to a buyer is at most (1 − fraction) of what it is in the table,
    whatever is ordered. Sellers do not make what they may not sell: they lose the sale, so the damage on both sides
    shows. A refusal to buy is the same shock.

    Parameters
    ----------
    sellers
        Nodes that withhold.
    buyers
        Nodes that do not get intermediate inputs.
    destinations
        Numbers of `table.destinations` whose final users do not get the goods either.
    fraction
        Part of the usual flow withheld, 0 to 1.
    first, last
        First and last day of the ban.
    """

    sellers: Numbers
    buyers: Numbers
    destinations: Numbers = ()
    fraction: ByRun = 1.0
    first: ByRun = 0
    last: ByRun = FOREVER


@dataclass(frozen=True, eq=False)
class CapacityLoss:
    """Nodes cannot make a part of their usual output.

    Parameters
    ----------
    nodes
        Who is hit.
    fraction
        Part of the capacity lost, 0 to 1.
    first, last
        First and last day of the full loss.
    recovery_days
        Days after `last` until the capacity is back; 0 for at once.
    recovery
        linear: the loss falls in equal steps to zero on day last + recovery_days. exponential: it falls by
        1/recovery_days of what is left each day.
    """

    nodes: Numbers
    fraction: ByRun = 1.0
    first: ByRun = 0
    last: ByRun = FOREVER
    recovery_days: ByRun = 0
    recovery: Literal["linear", "exponential"] = "linear"


@dataclass(frozen=True, eq=False)
class DemandShock:
    """Final users in some destinations want more or less of some products.

    Parameters
    ----------
    sectors
        Numbers of `table.sectors`: the products, from wherever they come.
    destinations
        Numbers of `table.destinations`.
    fraction
        Change of final demand, −1 (nothing is wanted) upwards; 0.1 is ten per cent more. Of shocks that overlap the one
        farthest from 0 counts.
    first, last
        First and last day.
    """

    sectors: Numbers
    destinations: Numbers
    fraction: ByRun
    first: ByRun = 0
    last: ByRun = FOREVER


@dataclass(frozen=True, eq=False)
class StockRelease:
    """A public stockpile of an input is handed to its users: goods from outside the flows of the table.

    Parameters
    ----------
    sectors
        Numbers of `table.sectors`: the inputs released.
    nodes
        Users who get them, each in proportion to its usual use.
    days_of_use
        Amount, in days of each user's usual use.
    first, last
        The amount is handed out in equal parts on these days, before production of the day begins.
    """

    sectors: Numbers
    nodes: Numbers
    days_of_use: ByRun
    first: ByRun = 0
    last: ByRun = 0


@dataclass(frozen=True, eq=False)
class NewCapacity:
    """Nodes get capacity on top of their usual one; it earns orders only through substitution.

    Parameters
    ----------
    nodes
        Who builds.
    fraction
        Added capacity, as a fraction of the usual one, 0 upwards.
    first
        Day on which the first part is ready: the lag.
    ramp_days
        Days from `first` until all of it is ready, in equal steps; 0 for at once.
    """

    nodes: Numbers
    fraction: ByRun
    first: ByRun = 0
    ramp_days: ByRun = 0


Shock = Withheld | CapacityLoss | DemandShock | StockRelease | NewCapacity


def whole(numbers: Numbers) -> NDArray[np.int64]:
    """Numbers of nodes, sectors or destinations as an array, even if there is none."""
    return np.asarray(numbers, dtype=np.int64).reshape(-1)
