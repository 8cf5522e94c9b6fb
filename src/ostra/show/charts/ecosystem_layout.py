"""Where everything on the ecosystem map stands: columns by stage, few crossings, lines as straight as may be.

A layered drawing after Sugiyama, Tagawa and Toda (1981): columns, then order within them by barycentres, then heights.
All lines that leave one item in one kind share a trunk, so that an item needed by nine others gives one line, not nine.
The same items and links give the same drawing, whatever the order of the links: ties keep the order of the items.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ostra.show.sections.selection import group

COLUMN_HEIGHT = 540.0  # a taller column is split: with 1,290 units of width this is the shape of a landscape page
GAP, LINE_GAP = 10.0, 7.0  # between two boxes, and where one of the two is a line that only passes
LINE_HEIGHT = 2.0
SWEEPS = 12

# A place in a column: an item, or the passage of a trunk (source, kind, whether it runs to the right, column).
Place = str | tuple[str, str, bool, int]
Trunk = tuple[str, str, bool]


@dataclass(frozen=True)
class Need:
    """`item` needs `needs`; `kind` tells apart links that are drawn apart."""

    item: str
    needs: str
    kind: str


@dataclass(frozen=True)
class Piece:
    """A part of a trunk: in the gap right of `column` from height `left` to `right`, or straight `across` a column."""

    column: int
    left: float
    right: float
    across: bool = False
    ends: bool = False  # at an item that needs the source


@dataclass(frozen=True)
class Layout:
    """Columns with the stage of each, items with column and middle height, trunks with their pieces.

    `height` is that of the tallest column.
    """

    stages: tuple[int, ...]
    columns: Mapping[str, int]
    middles: Mapping[str, float]
    trunks: Mapping[Trunk, tuple[Piece, ...]]
    height: float


def lay_out(stages: Mapping[str, int], heights: Mapping[str, float], needs: Sequence[Need]) -> Layout:
    """Place items in columns from left to right, and the lines between them.

    Parameters
    ----------
    stages
        Item -> number of its stage, in the order of the dossier.
    heights
        Item -> height of its box.
    needs
        Links between items of `stages`; an item does not need itself.
    """
    position = {item: number for number, item in enumerate(stages)}
    needs = sorted(set(needs), key=lambda n: (position[n.item], position[n.needs], n.kind))
    columns, stage_of = assign_columns(stages, heights, needs)
    trunks: dict[Trunk, list[str]] = group(
        ((need.needs, need.kind, columns[need.needs] < columns[need.item]), need.item) for need in needs
    )
    found: list[dict[Place, None]] = [{} for _ in stage_of]
    for item, column in columns.items():
        found[column][item] = None
    pairs: list[list[tuple[Place, Place]]] = [[] for _ in stage_of]  # neighbours across the gap right of a column
    for trunk, items in trunks.items():
        for column, left, right in _passages(trunk, items, columns):
            pairs[column].append((left, right))
            for place in (left, right):
                if isinstance(place, tuple):
                    found[place[3]][place] = None
    layers = order_layers(
        [
            sorted(layer, key=lambda p: (position[p if isinstance(p, str) else p[0]], not isinstance(p, str), str(p)))
            for layer in found
        ],
        pairs,
    )
    middles, height = _heights(layers, pairs, heights)
    return Layout(
        stages=tuple(stage_of),
        columns=columns,
        middles={item: middles[item] for item in stages},
        trunks={trunk: _pieces(trunk, items, columns, middles, heights) for trunk, items in trunks.items()},
        height=height,
    )


def assign_columns(
    stages: Mapping[str, int], heights: Mapping[str, float], needs: Sequence[Need]
) -> tuple[dict[str, int], list[int]]:
    """Item -> column, and the stage of each column.

    Items of one stage that need each other stand in columns of their own, what is needed as near to its users as may
    be. What no other item of its stage needs or is needed by goes where there is most room.
    """
    columns: dict[str, int] = {}
    stage_of: list[int] = []
    for stage in sorted(set(stages.values())):
        mine = [item for item, its in stages.items() if its == stage]
        inside = [n for n in needs if stages[n.item] == stage == stages[n.needs]]
        depth, free = _depths(mine, inside)
        parts: list[list[str]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
        for item, number in depth.items():
            parts[number].append(item)
        for item in free:
            fullness = [sum(heights[i] + GAP for i in part) for part in parts]
            # The rightmost of the emptiest: nearest to the later stages, which need it.
            parts[min(range(len(parts)), key=lambda k: (fullness[k], -k))].append(item)
        for part in parts:
            for chunk in _chunks(_by_user(part, needs, stages), heights):
                columns.update(dict.fromkeys(chunk, len(stage_of)))
                stage_of.append(stage)
    return {item: columns[item] for item in stages}, stage_of


def _depths(items: Sequence[str], needs: Sequence[Need]) -> tuple[dict[str, int], list[str]]:
    """Column within the stage of each item that has a link inside it, and the items that have none."""
    inputs: dict[str, list[str]] = {item: [] for item in items}
    for need in needs:
        inputs[need.item].append(need.needs)
    # Depth first, without recursion; a link back to an item that is still open closes a cycle and is left out.
    state: dict[str, int] = {}
    order: list[str] = []
    acyclic: dict[str, list[str]] = {item: [] for item in items}
    for start in items:
        stack = [] if start in state else [(start, iter(inputs[start]))]
        if stack:
            state[start] = 1
        while stack:
            item, rest = stack[-1]
            below = next(rest, None)
            if below is None:
                state[item] = 2
                order.append(item)
                stack.pop()
            elif state.get(below) != 1:
                acyclic[item].append(below)
                if below not in state:
                    state[below] = 1
                    stack.append((below, iter(inputs[below])))
    earliest: dict[str, int] = {}
    for item in order:
        earliest[item] = max((earliest[below] + 1 for below in acyclic[item]), default=0)
    latest: dict[str, int] = {}
    for item in reversed(order):
        own = latest.get(item, earliest[item])
        latest[item] = own
        for below in acyclic[item]:
            latest[below] = min(latest.get(below, own - 1), own - 1)
    linked = {end for need in needs for end in (need.item, need.needs)}
    return {i: latest[i] for i in items if i in linked}, [i for i in items if i not in linked]


def _by_user(items: Sequence[str], needs: Sequence[Need], stages: Mapping[str, int]) -> list[str]:
    """Items by the first item that needs them, so that a split column keeps together what belongs together."""
    position = {item: number for number, item in enumerate(stages)}
    users = group((need.needs, position[need.item]) for need in needs)
    return sorted(items, key=lambda i: (min(users.get(i, ()), default=len(position)), position[i]))


def _chunks(items: Sequence[str], heights: Mapping[str, float]) -> list[list[str]]:
    """The items in as few columns as their height needs, filled evenly."""
    total = sum(heights[item] + GAP for item in items)
    count = max(1, -int(-total // COLUMN_HEIGHT))
    chunks: list[list[str]] = [[] for _ in range(count)]
    filled = 0.0
    for item in items:
        middle = filled + (heights[item] + GAP) / 2
        chunks[min(int(middle / total * count), count - 1)].append(item)
        filled += heights[item] + GAP
    return [chunk for chunk in chunks if chunk]


def _passages(trunk: Trunk, items: Iterable[str], columns: Mapping[str, int]) -> list[tuple[int, Place, Place]]:
    """(column, place in it, place in the next column) for every step of a trunk, each once."""
    source, kind, onward = trunk
    found: dict[tuple[int, Place, Place], None] = {}
    for item in items:
        first, last = sorted((columns[source], columns[item]))
        ends: tuple[Place, Place] = (source, item) if onward else (item, source)
        line: list[Place] = [ends[0], *((source, kind, onward, c) for c in range(first + 1, last)), ends[1]]
        for step, (left, right) in enumerate(pairwise(line)):
            found[first + step, left, right] = None
    return list(found)


def order_layers(
    layers: Sequence[Sequence[Place]], pairs: Sequence[Sequence[tuple[Place, Place]]]
) -> list[list[Place]]:
    """Order each column by the mean place of its neighbours, to the right and back, and keep the best order met."""
    to_left, to_right = _neighbours(pairs)
    current = [list(layer) for layer in layers]
    best, fewest = [list(layer) for layer in current], crossings(current, pairs)
    for sweep in range(SWEEPS):
        onward = sweep % 2 == 0
        neighbours = to_left if onward else to_right
        for column in range(1, len(current)) if onward else range(len(current) - 2, -1, -1):
            beside = {p: (n + 0.5) for n, p in enumerate(current[column - 1 if onward else column + 1])}
            scale = len(current[column]) / max(len(beside), 1)
            mean = {
                place: sum(beside[p] for p in near) / len(near) * scale
                if (near := neighbours.get(place))
                else number + 0.5
                for number, place in enumerate(current[column])
            }
            current[column].sort(key=mean.__getitem__)
        count = crossings(current, pairs)
        if count < fewest:
            best, fewest = [list(layer) for layer in current], count
    return best


def _neighbours(
    pairs: Sequence[Sequence[tuple[Place, Place]]],
) -> tuple[dict[Place, list[Place]], dict[Place, list[Place]]]:
    """What each place is joined to in the column to its left, and in the one to its right."""
    joined = [pair for gap in pairs for pair in gap]
    return group((right, left) for left, right in joined), group(joined)


def crossings(layers: Sequence[Sequence[Place]], pairs: Sequence[Sequence[tuple[Place, Place]]]) -> int:
    """How many pairs of lines cross between neighbouring columns."""
    count = 0
    for column, gap in enumerate(pairs):
        if not gap:
            continue
        left = {place: number for number, place in enumerate(layers[column])}
        right = {place: number for number, place in enumerate(layers[column + 1])}
        seen: list[int] = []
        # Lines from the same place do not cross: sorted by both ends, none of them comes after a larger one.
        for _, end in sorted((left[a], right[b]) for a, b in gap):
            count += len(seen) - bisect_right(seen, end)
            insort(seen, end)
    return count


def _heights(
    layers: Sequence[Sequence[Place]],
    pairs: Sequence[Sequence[tuple[Place, Place]]],
    heights: Mapping[str, float],
) -> tuple[dict[Place, float], float]:
    """The middle height of every place: near its neighbours, in order, without overlaps, within the tallest column."""
    size = {p: heights[p] if isinstance(p, str) else LINE_HEIGHT for layer in layers for p in layer}
    offsets = []  # of each place's middle when its column is packed from the top
    for layer in layers:
        y, packed = 0.0, []
        for number, place in enumerate(layer):
            if number:
                both = isinstance(place, str) and isinstance(layer[number - 1], str)
                y += GAP if both else LINE_GAP
            packed.append(y + size[place] / 2)
            y += size[place]
        offsets.append(packed)
    bottoms = [
        packed[-1] + size[layer[-1]] / 2 if layer else 0.0 for layer, packed in zip(layers, offsets, strict=True)
    ]
    height = max(bottoms, default=0.0)
    middles = {
        place: offset + (height - bottom) / 2
        for layer, packed, bottom in zip(layers, offsets, bottoms, strict=True)
        for place, offset in zip(layer, packed, strict=True)
    }
    left_of, right_of = _neighbours(pairs)
    beside = {place: left_of.get(place, []) + right_of.get(place, []) for place in size}
    rounds = [left_of, right_of] * 4 + [beside, beside]
    for number, neighbours in enumerate(rounds):
        columns = range(len(layers)) if number % 2 == 0 else range(len(layers) - 1, -1, -1)
        for column in columns:
            layer, packed = layers[column], offsets[column]
            wanted, weight = [], []
            for place, offset in zip(layer, packed, strict=True):
                near = neighbours.get(place) or [place]
                wanted.append(sum(middles[p] for p in near) / len(near) - offset)
                weight.append(1.0 if isinstance(place, str) else 3.0)  # a bend in a long line disturbs more
            free = height - bottoms[column]
            for place, offset, shift in zip(layer, packed, rising(wanted, weight), strict=True):
                middles[place] = offset + min(max(shift, 0.0), free)
    return middles, height


def rising(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The non-decreasing numbers nearest to the values by weighted least squares (pool adjacent violators)."""
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many
    for value, weight in zip(values, weights, strict=True):
        pools.append((value, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (m1, w1, n1), (m2, w2, n2) = pools[-2:]
            pools[-2:] = [((m1 * w1 + m2 * w2) / (w1 + w2), w1 + w2, n1 + n2)]
    return [mean for mean, _, count in pools for _ in range(count)]


def _pieces(
    trunk: Trunk,
    items: Sequence[str],
    columns: Mapping[str, int],
    middles: Mapping[Place, float],
    heights: Mapping[str, float],
) -> tuple[Piece, ...]:
    """The pieces of a trunk. Kinds leave an item at heights of their own, and arrive where they aim at."""
    source, kind, _ = trunk
    shift = {"requires": 0.0}.get(kind, 4.0)

    def height(place: Place, other: Place) -> float:
        if place == source:
            return middles[source] + shift
        if isinstance(place, str):
            # Lines arrive on the side that they come from, so that those from above and below do not meet in a point.
            room = max(heights[place] / 2 - 9, 0.0)
            return middles[place] + min(max((middles[other] - middles[place]) / 8, -room), room)
        return middles[place]

    pieces: dict[Piece, None] = {}
    for column, left, right in _passages(trunk, items, columns):
        ends = any(isinstance(p, str) and p != source for p in (left, right))
        pieces[Piece(column, height(left, right), height(right, left), ends=ends)] = None
        for place in (left, right):
            if isinstance(place, tuple):
                pieces[Piece(place[3], middles[place], middles[place], across=True)] = None
    return tuple(pieces)
