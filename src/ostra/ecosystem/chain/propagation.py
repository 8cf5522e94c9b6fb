"""Shares passed on along links to holds: the least fixed point of equation (1), for many sets of players at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ostra.ecosystem.chain.order import Cycle, Ints, blocks
from ostra.ecosystem.chain.policies import policy_values
from ostra.ecosystem.chain.structure import Floats, Structure

Bound = Literal["low", "high"]

# Cells of gathered links × sets in memory at once (8 bytes each).
CELLS = 4_000_000
# How near the iterates of a cycle with variants must be to the fixed point, and when to give up (our choice).
TOLERANCE = 1e-10
# Weights that sum to one only up to the last bit let a mean creep by that bit for ever.
ROUNDING = 2e-15
MAX_ROUNDS = 10_000
MIN_ROUNDS = 100
# After so many rounds each time, small cycles (dense solving is cubic) are solved for the choices made so far.
SOLVE_EVERY = 100
SOLVED = 400
WORK = 2_000_000_000  # links × sets × rounds


@dataclass(frozen=True, eq=False)
class Propagated:
    """Holds [items × sets], and the rows of items whose cycle was not followed to the end."""

    holds: Floats
    unresolved: Ints


def propagate(
    structure: Structure,
    shares: Floats,
    bound: Bound,
    *,
    inputs: Floats | None = None,
    passed_on: Floats | None = None,
) -> Propagated:
    """Holds from shares: h = max(s, max e·h over what is required, mean of h over variants).

    Parameters
    ----------
    shares
        s [items × sets], in [0, 1].
    bound
        Which end of the interval of unknown weights is taken: `low` gives the whole of it to the kind held least,
        `high` to the kind held most.
    inputs
        Holds on what is required [items × sets]; where given, they are not computed but taken (holds by tier).
    passed_on
        Part of each item [items] that is hit by what it requires; 1 where not given.

    Returns
    -------
    Propagated
        Exact up to rounding for items outside cycles and cycles of `requires` alone, else within TOLERANCE. Where
        that is not reached in MAX_ROUNDS, a low bound is from below and a high bound from above.
    """
    holds = shares.copy()
    if not holds.size:
        return Propagated(holds, np.array([], dtype=np.int64))
    unresolved: list[Ints] = []
    every = np.arange(len(structure.requires.item))
    if inputs is not None:
        _require(structure, holds, inputs, every, passed_on)
    for step in structure.steps if inputs is None else structure.variant_steps:
        if inputs is None:
            _require(structure, holds, holds, step.requires, passed_on)
        _vary(structure, holds, holds, step.variants, bound)
        for cycle in step.cycles:
            if not _settle(structure, holds, cycle, bound, passed_on, with_requires=inputs is None):
                unresolved.append(cycle.items)
    return Propagated(holds, np.concatenate(unresolved) if unresolved else np.array([], dtype=np.int64))


def input_holds(structure: Structure, holds: Floats, bound: Bound) -> Floats:
    """The part of each item that is lost through what it requires and its kinds, its own providers apart.

    max(max e·h over what is required, mean of h over variants), from finished holds [items × sets].
    """
    found = np.zeros_like(holds)
    _require(structure, found, holds, np.arange(len(structure.requires.item)), None)
    _vary(structure, found, holds, np.arange(len(structure.variants.item)), bound)
    return found


def variant_mean(structure: Structure, holds: Floats, row: int, bound: Bound) -> Floats:
    """The mean of finished holds [items × sets] over the variants of one item, [sets]."""
    first, last = np.searchsorted(structure.variants.item, [row, row + 1])
    found = np.zeros((1, holds.shape[1]))
    place = np.zeros(len(structure.items), dtype=np.int64)
    _vary(structure, found, holds, np.arange(first, last), bound, place)
    mean: Floats = found[0]
    return mean


def _segments(item: Ints) -> Ints:
    """Where a new item begins in an ascending array."""
    return np.concatenate([[0], np.flatnonzero(item[1:] != item[:-1]) + 1])


def _require(
    structure: Structure,
    target: Floats,
    source: Floats,
    links: Ints,
    passed_on: Floats | None,
    place: Ints | None = None,
) -> None:
    """Raise `target` to the largest e·source over the given `requires` links, in place.

    `place` gives the row of `target` for each item, where it is not the item itself.
    """
    requires = structure.requires
    for begin, end in blocks(len(links), max(1, CELLS // max(1, target.shape[1]))):
        part = links[begin:end]
        item = requires.item[part]
        starts = _segments(item)
        found = source[requires.needs[part]]
        e = requires.e[part]
        if (e != 1.0).any():
            found *= e[:, None]
        if len(starts) < len(part):
            found = np.maximum.reduceat(found, starts, axis=0)
        rows = item[starts]
        if passed_on is not None:
            found *= passed_on[rows, None]
        if place is not None:
            rows = place[rows]
        target[rows] = np.maximum(target[rows], found)


def _vary(
    structure: Structure, target: Floats, source: Floats, links: Ints, bound: Bound, place: Ints | None = None
) -> None:
    """Raise `target` to the mean of `source` over the given `variant_of` links, in place; `place` as above."""
    if not len(links):
        return
    variants = structure.variants
    rows = variants.item[links][_segments(variants.item[links])]
    number = np.searchsorted(rows, variants.item[links])  # links of a step are sorted by item
    width = target.shape[1]
    mean = np.zeros((len(rows), width))
    extreme = np.full((len(rows), width), np.inf if bound == "low" else -np.inf)
    reduce = np.minimum if bound == "low" else np.maximum
    for begin, end in blocks(len(links), max(1, CELLS // max(1, width))):
        part = links[begin:end]
        starts = _segments(variants.item[part])
        into = number[begin:end][starts]
        found = source[variants.needs[part]]
        mean[into] += np.add.reduceat(found * variants.w[part, None], starts, axis=0)
        free = variants.free[part]
        if free.any():
            found = found[free]
            into = number[begin:end][free]
            starts = _segments(into)
            into = into[starts]
            extreme[into] = reduce(extreme[into], reduce.reduceat(found, starts, axis=0))
    shared = variants.rest[rows] > 0.0
    mean[shared] += variants.rest[rows][shared, None] * extreme[shared]
    if bound == "high":
        mean += variants.unlisted[rows, None]
    if place is not None:
        rows = place[rows]
    target[rows] = np.maximum(target[rows], np.minimum(mean, 1.0))


def _settle(
    structure: Structure, holds: Floats, cycle: Cycle, bound: Bound, passed_on: Floats | None, *, with_requires: bool
) -> bool:
    """Bring the items of a cycle to their least fixed point, in place; whether it was reached."""
    items, kinds = cycle.items, cycle.variants
    links = cycle.requires if with_requires else cycle.requires[:0]
    needs, essential = structure.requires.needs[links], structure.requires.e[links]
    base = holds[items]
    place = np.zeros(len(holds), dtype=np.int64)

    def raised(rows: Ints, start: Floats, some_links: Ints, some_kinds: Ints) -> Floats:
        """`start` for some items, raised to what the present holds pass on along some links."""
        place[rows] = np.arange(len(rows))
        _require(structure, start, holds, some_links, passed_on, place)
        _vary(structure, start, holds, some_kinds, bound, place)
        return start

    if not cycle.inner_variants and passed_on is None and (essential[np.isin(needs, items)] == 1.0).all():
        holds[items] = raised(items, base.copy(), links, kinds).max(axis=0)
        return True
    cells = max(1, (len(links) + len(kinds)) * holds.shape[1])
    rounds = max(MIN_ROUNDS, min(MAX_ROUNDS, WORK // cells)) if cycle.inner_variants else len(items) + 1
    holds[items] = raised(items, base.copy(), links, kinds)
    moved = np.zeros(len(holds), dtype=bool)
    moved[items] = True
    change = 0.0
    free = bool(structure.variants.free[kinds].any())
    solvable = cycle.inner_variants and len(items) <= SOLVED and (bound == "high" or not free)
    for number in range(1, rounds + 1):
        if solvable and number % SOLVE_EVERY == 0:
            outer = raised(items, base.copy(), links[~np.isin(needs, items)], kinds[:0])
            found = policy_values(structure, holds, cycle, links, outer, passed_on, unlisted_count=bound == "high")
            old = holds[items]
            holds[items] = np.maximum(old, found)
            again = raised(items, base.copy(), links, kinds)
            if float(np.abs(again - holds[items]).max(initial=0.0)) <= TOLERANCE:
                return True
            moved[items] = True
        # Only what needs an item that has moved can move.
        some_links = links[moved[needs]]
        stirred = np.zeros(len(holds), dtype=bool)
        stirred[structure.variants.item[kinds[moved[structure.variants.needs[kinds]]]]] = True
        some_kinds = kinds[stirred[structure.variants.item[kinds]]]
        rows = np.unique(np.concatenate([structure.requires.item[some_links], structure.variants.item[some_kinds]]))
        old = holds[rows]
        new = raised(rows, old.copy(), some_links, some_kinds)
        before, change = change, float((new - old).max(initial=0.0))
        holds[rows] = new
        if change <= (ROUNDING if cycle.inner_variants else 0.0):
            return True
        ratio = change / before if before > 0.0 else 1.0
        if cycle.inner_variants and ratio < 1.0 and change * ratio / (1.0 - ratio) <= TOLERANCE:
            return True
        moved[:] = False
        moved[rows[(new > old).any(axis=1)]] = True
    if not cycle.inner_variants:
        return True
    if bound == "high":
        holds[items] = 1.0
        for _ in range(rounds):
            old = holds[items]
            new = np.minimum(raised(items, base.copy(), links, kinds), old)
            holds[items] = new
            if (new == old).all():
                break
    return False
