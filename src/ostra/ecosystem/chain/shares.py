"""Shares of sets of players in each item, as exact bounds (docs/methods/chain.md, "Shares")."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from ostra.ecosystem.chain.structure import Amounts, Floats, Structure, total

# Cells of a table of amounts × sets that are in memory at once (8 bytes each).
CELLS = 4_000_000
# Differences of rounding between a stated share and what the others leave are no knowledge.
ROUNDING = 1e-12


def player_shares(structure: Structure) -> tuple[Floats, Floats]:
    """Low and high share of each player alone in each item: two arrays [items × players]."""
    return _joined([_player_shares(amounts, structure) for amounts in structure.amounts])


def set_shares(structure: Structure, sets: Sequence[Collection[str]]) -> tuple[Floats, Floats]:
    """Low and high share of each set of players in each item: two arrays [items × sets].

    Names that are no player of the structure stand for somebody whom no row names.
    """
    size = len(structure.items)
    low, high = np.zeros((size, len(sets))), np.zeros((size, len(sets)))
    largest = max((len(amounts.item) for amounts in structure.amounts), default=0)
    step = max(1, CELLS // max(1, largest, size))
    for begin in range(0, len(sets), step):
        part = sets[begin : begin + step]
        shares = _joined([_set_shares(amounts, structure, part) for amounts in structure.amounts])
        low[:, begin : begin + step], high[:, begin : begin + step] = shares
    return low, high


def _joined(bases: list[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """What is hosted or controlled: at least the larger, at most the sum."""
    low, high = bases[0]
    for more_low, more_high in bases[1:]:
        low, high = np.maximum(low, more_low), np.minimum(1.0, high + more_high)
    return low, high


def _player_shares(amounts: Amounts, structure: Structure) -> tuple[Floats, Floats]:
    shape = (len(structure.items), len(structure.players))
    count = np.diff(amounts.start)
    single, several, anybody = count == 1, count > 1, count == 0
    cell = amounts.item[single] * shape[1] + amounts.holders[amounts.start[:-1][single]]

    def table(cells: NDArray[np.int64], weights: Floats) -> Floats:
        return total(cells, weights, shape[0] * shape[1]).reshape(shape)

    own_low, own_high = table(cell, amounts.low[single]), table(cell, amounts.high[single])
    touch_low, touch_high = own_low, own_high
    if several.any():
        item = np.repeat(amounts.item, count)[np.repeat(several, count)]
        shared = item * shape[1] + amounts.holders[np.repeat(several, count)]
        touch_low = own_low + table(shared, np.repeat(amounts.low[several], count[several]))
        touch_high = own_high + table(shared, np.repeat(amounts.high[several], count[several]))
    if anybody.any():
        rows = amounts.item[anybody]
        touch_low = touch_low + total(rows, amounts.low[anybody], shape[0])[:, None]
        touch_high = touch_high + total(rows, amounts.high[anybody], shape[0])[:, None]
    rest = np.repeat(amounts.claimed[:, None], shape[1], axis=1)
    rest[amounts.closed] = 0.0
    return _bounds(amounts, own_low, own_high, touch_low, touch_high, rest)


def _set_shares(amounts: Amounts, structure: Structure, sets: Sequence[Collection[str]]) -> tuple[Floats, Floats]:
    rows, width = len(structure.items), len(sets)
    inside_set = np.zeros((len(structure.players), width), dtype=bool)
    for number, players in enumerate(sets):
        for player in players:
            if player in structure.column:
                inside_set[structure.column[player], number] = True
    count = np.diff(amounts.start)
    held = inside_set[amounts.holders]
    inside = np.zeros((len(count), width), dtype=bool)
    touched = np.zeros((len(count), width), dtype=bool)
    named = np.flatnonzero(count > 0)
    if len(named):
        starts = amounts.start[:-1][named]
        inside[named] = np.logical_and.reduceat(held, starts, axis=0)
        touched[named] = np.logical_or.reduceat(held, starts, axis=0)
    somebody = np.array([len(players) > 0 for players in sets], dtype=bool)
    touched[count == 0] = somebody

    def sums(values: Floats, mask: NDArray[np.bool_]) -> Floats:
        result = np.zeros((rows, width))
        if len(values):
            items, starts = np.unique(amounts.item, return_index=True)
            result[items] = np.add.reduceat(values[:, None] * mask, starts, axis=0)
        return result

    open_to = np.repeat(somebody[None, :], rows, axis=0)
    if len(amounts.closed[0]):
        # The rest is closed to a set only if it is to each of its players.
        sizes = np.array([len(set(players)) for players in sets])
        closed = np.zeros((rows, width), dtype=np.int64)
        items, starts = np.unique(amounts.closed[0], return_index=True)
        closed[items] = np.add.reduceat(inside_set[amounts.closed[1]], starts, axis=0, dtype=np.int64)
        open_to &= closed < sizes
    rest = np.where(open_to, amounts.claimed[:, None], 0.0)
    return _bounds(
        amounts,
        sums(amounts.low, inside),
        sums(amounts.high, inside),
        sums(amounts.low, touched),
        sums(amounts.high, touched),
        rest,
    )


def _bounds(
    amounts: Amounts, own_low: Floats, own_high: Floats, touch_low: Floats, touch_high: Floats, rest: Floats
) -> tuple[Floats, Floats]:
    """The extremes of a sum over a box cut by Σ = 1, where amounts make up the whole."""
    whole = amounts.whole[:, None]
    least = 1.0 - (amounts.high_sum[:, None] + amounts.rest[:, None] - own_high)
    most = 1.0 - (amounts.low_sum[:, None] - touch_low)
    high = touch_high + rest
    low = np.where(whole & (least > own_low + ROUNDING), least, own_low)
    high = np.where(whole & (most < high - ROUNDING), most, high)
    low = np.clip(low, 0.0, 1.0)
    return low, np.clip(high, low, 1.0)
