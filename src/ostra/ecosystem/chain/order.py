"""The order in which holds can be computed: components of a graph and their depth, without recursion."""

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

    Strongly connected components by Tarjan's algorithm (1972) with a stack of its own, then their depth: 0 for
    components that need nothing, else one more than the deepest that they need. Time linear in nodes and links.

    Parameters
    ----------
    size
        Number of nodes, which are 0 … size − 1.
    item, needs
        Links: `item[k]` needs `needs[k]`.
    """
    by_item = np.argsort(item, kind="stable")
    target = needs[by_item].tolist()
    start = np.searchsorted(item[by_item], np.arange(size + 1)).tolist()
    component = _components(size, start, target)
    count = max(component) + 1 if size else 0
    depth = [0] * count
    members: list[list[int]] = [[] for _ in range(count)]
    for node in range(size):
        members[component[node]].append(node)
    # Tarjan finds a component only after all those that it needs.
    for number in range(count):
        deepest = -1
        for node in members[number]:
            for other in target[start[node] : start[node + 1]]:
                if component[other] != number and depth[component[other]] > deepest:
                    deepest = depth[component[other]]
        depth[number] = deepest + 1
    singles: list[list[int]] = [[] for _ in range(max(depth, default=-1) + 1)]
    cycles: list[list[Ints]] = [[] for _ in singles]
    for number, nodes in enumerate(members):
        if len(nodes) == 1:
            singles[depth[number]].append(nodes[0])
        else:
            cycles[depth[number]].append(np.array(sorted(nodes), dtype=np.int64))
    return tuple(
        Level(np.array(sorted(nodes), dtype=np.int64), tuple(rings))
        for nodes, rings in zip(singles, cycles, strict=True)
    )


def _components(size: int, start: list[int], target: list[int]) -> list[int]:
    """The number of each node's strongly connected component, in the order in which Tarjan's algorithm ends them."""
    unseen = -1
    index = [unseen] * size
    lowest = [0] * size
    component = [unseen] * size
    stack: list[int] = []
    position = start[:-1].copy() if size else []
    seen = found = 0
    for root in range(size):
        if index[root] != unseen:
            continue
        way = [root]
        index[root] = lowest[root] = seen
        seen += 1
        stack.append(root)
        while way:
            node = way[-1]
            if position[node] < start[node + 1]:
                other = target[position[node]]
                position[node] += 1
                if index[other] == unseen:
                    index[other] = lowest[other] = seen
                    seen += 1
                    stack.append(other)
                    way.append(other)
                elif component[other] == unseen and index[other] < lowest[node]:
                    lowest[node] = index[other]
                continue
            way.pop()
            if way and lowest[node] < lowest[way[-1]]:
                lowest[way[-1]] = lowest[node]
            if lowest[node] == index[node]:
                while True:
                    other = stack.pop()
                    component[other] = found
                    if other == node:
                        break
                found += 1
    return component


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
    """Cut 0 … size into pieces of at most `limit`."""
    for begin in range(0, size, limit):
        yield begin, min(size, begin + limit)
