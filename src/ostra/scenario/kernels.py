"""What the compiled loops over one day of some runs have in common; the formulas are in docs/methods/disruption.md.

Each loop over lanes does the same arithmetic in every lane and nothing across lanes, and reassociation is not allowed,
so a run gives the same bits whatever runs beside it. Sums of flows are taken over *differences* from the usual day:
when nothing happens they are exactly zero, and the day is exactly the usual one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ostra.errors import MethodError

try:
    import numba
except ImportError as missing:
    raise MethodError(
        "simulating needs Numba, which is not installed; install it with: pip install 'ostra[simulate]'"
    ) from missing

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile at first use; keep the result on disk where that is possible, so that the next start is quick."""
    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy")(function)  # type: ignore[return-value]
    except RuntimeError:  # no folder for the cache can be written
        return numba.njit(nogil=True, error_model="numpy")(function)  # type: ignore[return-value]


class Rules(NamedTuple):
    """Behaviour of the runs in the lanes; the last axis is the lane.

    lanes: a tuple with an entry for each lane, so that loops are compiled for just as many.
    stock_days, critical, called_for, cover_rate: users (1 or sectors) × products × lanes; called_for is the stock, in
    days, that usual output calls for, cover_rate the output that a day of stock allows: 1 / called_for, rounded
    upwards, and infinite where the input is not fully critical. restore_rate (1 / days), speed, unlimited (1 / limit),
    boost_max, boost_days: products × lanes. Flags: exact_return, by_potential, final_substitutes, substitutes (somebody
    does), partial (some input is critical in part).
    """

    lanes: tuple[int, ...]
    stock_days: Array
    critical: Array
    called_for: Array
    cover_rate: Array
    restore_rate: Array
    speed: Array
    unlimited: Array
    boost_max: Array
    boost_days: Array
    exact_return: bool
    by_potential: bool
    final_substitutes: bool
    substitutes: bool
    partial: bool


class Day(NamedTuple):
    """What shocks do on one day, by group and lane.

    quota: largest flow over the usual one, by block (infinite where nothing is withheld). weight, next_weight: what
    buyers expect from the sellers of a block today and tomorrow. capacity: by group of nodes. wanted, next_wanted:
    final demand over the usual one today and tomorrow. released: days of use added to stocks before tomorrow begins.
    """

    quota: Array
    weight: Array
    next_weight: Array
    capacity: Array
    wanted: Array
    next_wanted: Array
    released: Array


class State(NamedTuple):
    """The economy in the lanes.

    order: products × buyers × lanes, orders over the usual ones, minus 1. stock: cells of nodes × lanes, days of usual
    use. cover: nodes × lanes, the output over the usual one that stocks of fully critical inputs allow. made, planned,
    boost: nodes × lanes. part: (2 tiers · nodes) × lanes, the part of orders that is delivered, minus 1. served: the
    same times the supplier's weight, minus 1. trust, next_trust: nodes × lanes, the supplier's weight, minus 1. In
    part, served, trust and next_trust the nodes are in the order of sellers: product by product.
    """

    order: Array
    stock: Array
    cover: Array
    made: Array
    planned: Array
    boost: Array
    served: Array
    part: Array
    trust: Array
    next_trust: Array


class Totals(NamedTuple):
    """What is kept: sums and extremes by node and lane, and unmet final demand by destination × product × lane."""

    lost: Array
    lowest: Array
    lowest_day: Whole
    below_day: Whole
    unmet: Array
    unmet_today: Array


class Scratch(NamedTuple):
    """The cells of one buyer, products × lanes.

    Differences from the usual day: got (what unhindered suppliers deliver of each order), extra (what the others
    deliver), keep and most (weight of the suppliers tomorrow, together and the largest). share: usual share of those
    unhindered. made, planned: the buyer's own, repeated for each product. allowed: output that the stock allows.
    """

    got: Array
    extra: Array
    keep: Array
    most: Array
    share: Array
    made: Array
    planned: Array
    allowed: Array
