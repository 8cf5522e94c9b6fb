"""The order in which holds can be computed: components of a graph and their depth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Level:
    """Items that need only items of earlier levels: those outside cycles, and the cycles among them."""

    items: Ints
    cycles: tuple[Ints, ...]


def levels(size: int, item: Ints, needs: Ints) -> tuple[Level, ...]:
    """Sort `size` nodes so that each comes after what it needs; nodes of one cycle come together.

    Strongly connected components, then their depth: 0 for components that need nothing, else one more than the deepest
    that they need. Time linear in nodes and links.

    Parameters
    ----------
    size
        Number of nodes, which are 0 … size − 1.
    item, needs
        Links: `item[k]` needs `needs[k]`.
    """
    from scipy.sparse import coo_array  # here, because SciPy takes a fifth of a second to load
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(item), dtype=np.int8), (item, needs)), shape=(size, size))
    count, component = connected_components(graph, connection="strong") if size else (0, needs)
    upper, lower = component[item], component[needs]
    between = upper != lower
    above: list[list[int]] = [[] for _ in range(count)]
    for user, used in zip(upper[between].tolist(), lower[between].tolist(), strict=True):
        above[used].append(user)
    waiting = np.bincount(upper[between], minlength=count).tolist()
    depth = [0] * count
    ready = [number for number in range(count) if not waiting[number]]
    for used in ready:  # which grows while it is walked
        for user in above[used]:
            depth[user] = max(depth[user], depth[used] + 1)
            waiting[user] -= 1
            if not waiting[user]:
                ready.append(user)
    members: list[list[int]] = [[] for _ in range(count)]
    for node, number in enumerate(component.tolist()):
        members[number].append(node)
    singles: list[list[int]] = [[] for _ in range(max(depth, default=-1) + 1)]
    cycles: list[list[Ints]] = [[] for _ in singles]
    for nodes, level in zip(members, depth, strict=True):
        if len(nodes) == 1:
            singles[level] += nodes
        else:
            cycles[level].append(np.array(nodes, dtype=np.int64))
    return tuple(
        Level(np.array(sorted(nodes), dtype=np.int64), tuple(sorted(rings, key=lambda ring: int(ring[0]))))
        for nodes, rings in zip(singles, cycles, strict=True)
    )


@dataclass(frozen=True, eq=False)
class Cycle:
    """Items that need each other, and the positions of all their links among those that require and are variants."""

    items: Ints
    requires: Ints
    variants: Ints
    inner_variants: bool


@dataclass(frozen=True, eq=False)
class Step:
    """What is computed at once: positions of the links of the items outside cycles, and the cycles."""

    requires: Ints
    variants: Ints
    cycles: tuple[Cycle, ...]


def plan(size: int, in_order: Sequence[Level], requires: Ints, variants: Ints, variant_needs: Ints) -> tuple[Step, ...]:
    """The steps by which values are passed on along links, level by level.

    Parameters
    ----------
    requires, variants
        The item of each link of the two kinds, ascending.
    variant_needs
        The kind that each variant link names.
    """
    level_of = np.zeros(size, dtype=np.int64)
    in_cycle = np.zeros(size, dtype=bool)
    for number, level in enumerate(in_order):
        level_of[level.items] = number
        for ring in level.cycles:
            level_of[ring] = number
            in_cycle[ring] = True

    def by_level(item: Ints) -> list[Ints]:
        loose = np.flatnonzero(~in_cycle[item])
        loose = loose[np.argsort(level_of[item[loose]], kind="stable")]
        return np.split(loose, np.searchsorted(level_of[item[loose]], np.arange(1, len(in_order))))

    def of_ring(item: Ints, ring: Ints) -> Ints:
        first, last = np.searchsorted(item, ring), np.searchsorted(item, ring + 1)
        return np.concatenate([np.arange(a, b) for a, b in zip(first.tolist(), last.tolist(), strict=True)])

    steps = []
    for level, loose_requires, loose_variants in zip(in_order, by_level(requires), by_level(variants), strict=True):
        cycles = []
        for ring in level.cycles:
            kinds = of_ring(variants, ring)
            inner = bool(np.isin(variant_needs[kinds], ring).any())
            cycles.append(Cycle(ring, of_ring(requires, ring), kinds, inner))
        steps.append(Step(loose_requires, loose_variants, tuple(cycles)))
    return tuple(steps)


def blocks(size: int, limit: int) -> Iterator[tuple[int, int]]:
    """Cut 0 … size into blocks of at most `limit`."""
    for begin in range(0, size, limit):
        yield begin, min(size, begin + limit)
