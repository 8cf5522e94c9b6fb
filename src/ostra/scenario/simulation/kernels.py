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


def part_of_loop(function: Function) -> Function:
    """Compile as a part of those who call it."""
    return numba.njit(nogil=True, error_model="numpy")(function)  # type: ignore[return-value]


def compiled(function: Function) -> Function:
    """Compile at first use; keep the result on disk where that is possible, so that the next start is quick."""
    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy")(function)  # type: ignore[return-value]
    except RuntimeError:  # no folder for the cache can be written
        return numba.njit(nogil=True, error_model="numpy")(function)  # type: ignore[return-value]


class Rules(NamedTuple):
    """Behaviour of the runs in the lanes; the last axis is the lane.

    lanes, alike: tuples with an entry for each lane, and for each of the cells that go together, so that loops are
    compiled for just as many. users: how many different users the next four tell apart, 1 or sectors. stock_days,
    critical, called_for, cover_rate: (products · stride) × lanes, where users beyond the last are the first ones again,
    so that those of cells that go together lie side by side; called_for is the stock, in days, that usual output calls
    for, cover_rate the output that a day of stock allows: 1 / called_for, rounded upwards, and infinite where the input
    is not fully critical. restore_rate (1 / days), speed, limit, unlimited (1 / limit), boost_max, boost_days: products
    × lanes. Flags: exact_return, by_potential, final_substitutes, substitutes (somebody does), partial (some input is
    critical in part).
    """

    lanes: tuple[int, ...]
    alike: tuple[int, ...]
    users: int
    stride: int
    stock_days: Array
    critical: Array
    called_for: Array
    cover_rate: Array
    restore_rate: Array
    speed: Array
    limit: Array
    unlimited: Array
    boost_max: Array
    boost_days: Array
    exact_return: bool
    by_potential: bool
    final_substitutes: bool
    substitutes: bool
    partial: bool


class Calendar(NamedTuple):
    """What the shocks do, day by day: days + 1 × group × lanes; the groups are those of `structure.Reach`.

    quota: largest flow over the usual one, by block (infinite where nothing is withheld). weight: what buyers expect
    from the sellers of a block. capacity: by group of nodes. wanted: final demand over the usual one. released: days of
    use added to stocks before the day begins.
    """

    quota: Array
    weight: Array
    capacity: Array
    wanted: Array
    released: Array


class State(NamedTuple):
    """The economy in the lanes; every array is rows × lanes.

    By cell, product · buyers + buyer: order, orders over the usual ones, minus 1. By product · nodes + node: stock,
    days of usual use. By seller, counted product by product: trust and next_trust, the seller's weight, minus 1; part,
    two tiers one after the other, the part of orders that is delivered, minus 1; served, the same times the seller's
    weight, minus 1; asked, four after the other, how far orders are from the usual ones, in money: in both tiers from
    those who follow the seller's weight, before that weight, and in both tiers from the others. cells: what is known of
    the cells at hand, see rows.py, for each thread. By node: made, planned, boost; cover, one after the other for each
    thread, the output over the usual one that stocks of fully critical inputs of the products in its hands allow.
    """

    order: Array
    stock: Array
    trust: Array
    next_trust: Array
    part: Array
    served: Array
    asked: Array
    cells: Array
    made: Array
    planned: Array
    boost: Array
    cover: Array


class Totals(NamedTuple):
    """What is kept.

    By node and lane: lost, lowest, lowest_day, below_day. By product · destinations + destination and lane: unmet,
    unmet_today. By day, economy, sector or destination, and lane: output, value, by_sector, value_by_sector, unmet_by,
    unmet_by_sector. By day, watched node and lane: watched_output.
    """

    lost: Array
    lowest: Array
    lowest_day: Whole
    below_day: Whole
    unmet: Array
    unmet_today: Array
    output: Array
    value: Array
    by_sector: Array
    value_by_sector: Array
    unmet_by: Array
    unmet_by_sector: Array
    watched_output: Array


CACHE_LINE = 64
"""Bytes."""

Given = TypeVar("Given", Rules, Calendar, State, Totals)


def lined_up(given: Given) -> Given:
    """Copies of the arrays that begin where a cache line begins: a row is then read from one line and not from two."""

    def copy(array: NDArray[Any]) -> NDArray[Any]:
        room = np.empty(array.nbytes + CACHE_LINE, dtype=np.uint8)
        start = -room.ctypes.data % CACHE_LINE
        found = room[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
        found[...] = array
        return found

    changed: dict[str, Any] = {
        name: copy(value) for name, value in given._asdict().items() if isinstance(value, np.ndarray)
    }
    return given._replace(**changed)
