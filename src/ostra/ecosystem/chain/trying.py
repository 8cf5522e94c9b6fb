"""Minimal sets by trying: where a threshold on a mean of variants is no gate, sets are evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from ostra.ecosystem.chain.families import Family, bits, has_subset, minimal
from ostra.ecosystem.chain.item_amounts import item_amounts
from ostra.ecosystem.chain.order import blocks
from ostra.ecosystem.chain.propagation import Bound, propagate, variant_mean
from ostra.ecosystem.chain.shares import player_shares, set_shares
from ostra.ecosystem.chain.structure import Amounts, Floats, Structure
from ostra.errors import MethodError

# Bounds nearer than this are equal; rounding moves them less.
EQUAL = 1e-9
# Our choice: how many sets are evaluated, and how many are looked at on the way.
MAX_TRIES = 200_000
MAX_LOOKS = 5_000_000
# Cells of items × sets that are tried at once.
CELLS = 4_000_000

Members = Literal["players", "items"]


def sets_by_trying(
    structure: Structure,
    row: int,
    threshold: float,
    bound: Bound,
    *,
    members: Members,
    max_size: int,
    known: Family = frozenset(),
) -> tuple[Family, bool]:
    """All minimal sets up to a size by which the mean over an item's variants attains a threshold; whether more may be.

    Holds are subadditive if shares are: h(S ∪ T) ≤ h(S) + h(T), since maximum and mean are. With g the hold of each
    candidate alone, reckoned with the most that it can add to any share, only sets with Σ g ≥ θ need be tried. Sets
    that contain one of `known` are left out: they attain what is asked for by other ways.

    Raises
    ------
    MethodError
        More than MAX_TRIES sets would have to be evaluated, or more than MAX_LOOKS looked at.
    """
    structure = _only(structure, _below(structure, row))
    gain = player_shares(structure)[1]
    candidates = _candidates(structure, row, gain, members)
    most = _most(structure, row, candidates, gain, bound, members, max_size)
    ranked = sorted((k for k in candidates if most[k] > EQUAL), key=lambda k: (-most[k], k))
    truncated = len(ranked) > max_size
    found: set[int] = set(known)
    ranked = [k for k in ranked if 1 << k not in found]
    tried = looked = 0
    step = max(1, CELLS // max(1, len(structure.items)))
    for size in range(1, min(max_size, len(ranked)) + 1):
        batch: list[tuple[int, ...]] = []
        attaining: list[int] = []
        for places in _combinations([most[k] for k in ranked], size, threshold - EQUAL):
            looked += 1
            mask = sum(1 << ranked[place] for place in places)
            if has_subset(mask, found):
                continue
            tried += 1
            if tried > MAX_TRIES or looked > MAX_LOOKS:
                raise MethodError(
                    f"too many sets of {len(ranked)} would have to be tried, because kinds have known weights and more "
                    "than nothing may be left; ask for smaller sets, level 0, or make blocs of the players"
                )
            batch.append(tuple(ranked[place] for place in places))
            if len(batch) == step:
                attaining += _attaining(structure, row, threshold, batch, bound, members)
                batch = []
        attaining += _attaining(structure, row, threshold, batch, bound, members)
        found.update(attaining)
        # Who attains it alone is in no larger minimal set.
        ranked = [k for k in ranked if 1 << k not in found]
    return minimal(found), truncated


def _only(structure: Structure, rows: list[int]) -> Structure:
    """The structure without providers of other items, so that less has to be summed."""
    wanted = np.zeros(len(structure.items), dtype=bool)
    wanted[rows] = True
    kept = []
    for amounts in structure.amounts:
        here = wanted[amounts.item]
        count = np.diff(amounts.start)
        closed = wanted[amounts.closed[0]]
        kept.append(
            Amounts(
                item=amounts.item[here],
                low=amounts.low[here],
                high=amounts.high[here],
                start=np.concatenate([[0], np.cumsum(count[here])]),
                holders=amounts.holders[np.repeat(here, count)],
                rest=np.where(wanted, amounts.rest, 0.0),
                claimed=np.where(wanted, amounts.claimed, 0.0),
                whole=amounts.whole & wanted,
                closed=(amounts.closed[0][closed], amounts.closed[1][closed]),
                low_sum=np.where(wanted, amounts.low_sum, 0.0),
                high_sum=np.where(wanted, amounts.high_sum, 0.0),
            )
        )
    return replace(structure, amounts=tuple(kept))


def _candidates(structure: Structure, row: int, gain: Floats, members: Members) -> list[int]:
    """Players with a share in an item or below it, or items there that have providers."""
    below = _below(structure, row)
    if members == "items":
        return [k for k in below if not structure.unprovided[k]]
    found: list[int] = np.flatnonzero(gain[below].max(axis=0) > EQUAL).tolist()
    return found


def _most(
    structure: Structure,
    row: int,
    candidates: list[int],
    gain: Floats,
    bound: Bound,
    members: Members,
    max_size: int,
) -> dict[int, float]:
    """The most that each candidate can add to the hold of a set on an item."""
    size = len(structure.items)
    most: dict[int, float] = {}
    low_gains = _low_gains(structure, max_size) if members == "players" and bound == "low" else gain
    for begin, end in blocks(len(candidates), max(1, CELLS // max(1, size))):
        part = candidates[begin:end]
        if members == "items":
            shares = np.zeros((size, len(part)))
            shares[part, np.arange(len(part))] = 1.0
        else:
            shares = low_gains[:, part]
        held = variant_mean(structure, propagate(structure, np.minimum(shares, 1.0), "high").holds, row, "high")
        most |= dict(zip(part, held.tolist(), strict=True))
    return most


def _low_gains(structure: Structure, max_size: int) -> Floats:
    """The most that each player can add to low shares, [items × players].

    Of the two lower bounds of a share, what is stated counts by itself; what others leave counts only where the
    largest amounts of as many players as a set may have exceed what the others could provide.
    """
    gains = np.zeros((len(structure.items), len(structure.players)))
    for basis in range(len(structure.amounts)):
        for item, provision in enumerate(item_amounts(structure, basis)):
            touched: dict[int, tuple[float, float]] = {}
            for holders, low, high in provision.amounts:
                for k in bits(holders):
                    before = touched.get(k, (0.0, 0.0))
                    touched[k] = (before[0] + low, before[1] + high)
            largest = sorted((high for _, high in touched.values()), reverse=True)[:max_size]
            short = provision.high_sum + provision.rest - 1.0
            left = provision.whole and sum(largest) > short + EQUAL
            for k, (low, high) in touched.items():
                gains[item, k] = max(gains[item, k], high if left else low)
    return gains


def _attaining(
    structure: Structure,
    row: int,
    threshold: float,
    batch: list[tuple[int, ...]],
    bound: Bound,
    members: Members,
) -> list[int]:
    """Which sets of a batch attain the threshold."""
    if not batch:
        return []
    if members == "items":
        shares = np.zeros((len(structure.items), len(batch)))
        for column, chosen in enumerate(batch):
            shares[list(chosen), column] = 1.0
    else:
        low, high = set_shares(structure, [{structure.players[k] for k in chosen} for chosen in batch])
        shares = low if bound == "low" else high
    held = variant_mean(structure, propagate(structure, shares, bound).holds, row, bound)
    return [sum(1 << k for k in batch[column]) for column in np.flatnonzero(held >= threshold - EQUAL).tolist()]


def _below(structure: Structure, row: int) -> list[int]:
    """The variants of an item and all that they need at any tier."""
    first_requires = np.searchsorted(structure.requires.item, np.arange(len(structure.items) + 1)).tolist()
    first_variant = np.searchsorted(structure.variants.item, np.arange(len(structure.items) + 1)).tolist()
    stack = structure.variants.needs[first_variant[row] : first_variant[row + 1]].tolist()
    seen = set(stack)
    while stack:
        here = stack.pop()
        for first, links in (
            (first_requires, structure.requires.needs),
            (first_variant, structure.variants.needs),
        ):
            for needs in links[first[here] : first[here + 1]].tolist():
                if needs not in seen:
                    seen.add(needs)
                    stack.append(needs)
    return sorted(seen)


def _combinations(gains: Sequence[float], size: int, least: float) -> Iterator[tuple[int, ...]]:
    """Places of `size` of the descending gains that sum to at least `least`."""

    def extend(chosen: tuple[int, ...], total: float, first: int) -> Iterator[tuple[int, ...]]:
        missing = size - len(chosen)
        if not missing:
            yield chosen
            return
        for place in range(first, len(gains) - missing + 1):
            if total + sum(gains[place : place + missing]) < least:
                return
            yield from extend((*chosen, place), total + gains[place], place + 1)

    yield from extend((), 0.0, 0)
