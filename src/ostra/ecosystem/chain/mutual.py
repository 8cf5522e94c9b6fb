"""What two sides can stop of each other's, and where home is the chokepoint of the world.

Both are our choice, on the holds of docs/methods/chain.md.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl

from ostra.ecosystem.chain.measure import set_holds
from ostra.ecosystem.chain.paths import path_text, trace_holds
from ostra.ecosystem.chain.propagation import input_holds
from ostra.ecosystem.chain.structure import Floats, Structure
from ostra.errors import UsageError

# Our choice: who holds at least half of an item cannot be replaced by all the others as they stand.
CHOKEPOINT_HOLD = 0.5

Side = str | Collection[str]


def _acting(structure: Structure, side: Side) -> frozenset[str]:
    players = frozenset(structure.player(name) for name in ([side] if isinstance(side, str) else side))
    if not players:
        raise UsageError("a side without members holds nothing; name at least one economy")
    return players


@dataclass(frozen=True)
class Mutual:
    """Item by item what a and b can stop, and of each other's.

    `table`: item, item_name, `a_low`, `a_high`, `b_low`, `b_high` (hold on all of the item), `a_share_*`, `b_share_*`
    (what they provide of it), `a_over_b_*` (the part of what b provides of the item that a can stop through its inputs;
    null where b provides none), `b_over_a_*`, `balance_low`, `balance_high` (hold of a less hold of b), `a_path`,
    `b_path`. Bounds of the balance are safe, the others exact.
    `a_largest`, `b_largest`: the largest of `a_over_b` and `b_over_a` (low, high, item), None where there is none.
    """

    table: pl.DataFrame
    a_largest: tuple[float, float, str] | None
    b_largest: tuple[float, float, str] | None


def mutual(structure: Structure, a: Side, b: Side) -> Mutual:
    """Mutual holds of two sides: economies, blocs made players, or sets of economies.

    Parameters
    ----------
    a, b
        They must not have members in common.

    Raises
    ------
    UsageError
        A side is empty, or the two overlap.
    """
    sides = (_acting(structure, a), _acting(structure, b))
    common = sorted(sides[0] & sides[1])
    if common:
        raise UsageError(f"{', '.join(common)} is on both sides; mutual dependence is between two sides apart")
    found = set_holds(structure, sides)
    over: list[tuple[Floats, Floats]] = []
    for inputs in (input_holds(structure, found.low, "low"), input_holds(structure, found.high, "high")):
        over.append((inputs[:, 0], inputs[:, 1]))
    paths = [trace_holds(structure, side) for side in sides]
    rows = []
    for row, item in enumerate(structure.items):
        record: dict[str, object] = {"item": item, "item_name": structure.names[item]}
        for number, name in enumerate("ab"):
            other = "ba"[number]
            record[f"{name}_low"], record[f"{name}_high"] = found.low[row, number], found.high[row, number]
            record[f"{name}_share_low"] = found.share_low[row, number]
            record[f"{name}_share_high"] = found.share_high[row, number]
            provides = found.share_high[row, 1 - number] > 0.0
            low, high = float(over[0][number][row]), float(over[1][number][row])
            record[f"{name}_over_{other}_low"] = low if provides else None
            record[f"{name}_over_{other}_high"] = high if provides else None
            record[f"{name}_path"] = path_text(paths[number][row])
        record["balance_low"] = found.low[row, 0] - found.high[row, 1]
        record["balance_high"] = found.high[row, 0] - found.low[row, 1]
        if found.high[row].any():
            rows.append(record)
    frame = pl.DataFrame(rows, schema=MUTUAL_COLUMNS)
    largest = []
    for key in ("a_over_b", "b_over_a"):
        some = frame.filter(pl.col(f"{key}_high") > 0).sort(
            [f"{key}_low", f"{key}_high", "item"], descending=[True, True, False]
        )
        largest.append((some[f"{key}_low"][0], some[f"{key}_high"][0], some["item"][0]) if some.height else None)
    return Mutual(frame, largest[0], largest[1])


MUTUAL_COLUMNS: dict[str, type[pl.DataType] | pl.DataType] = {
    "item": pl.String,
    "item_name": pl.String,
    **{
        f"{name}_{bound}": pl.Float64
        for name in ("a", "b", "a_share", "b_share", "a_over_b", "b_over_a", "balance")
        for bound in ("low", "high")
    },
    "a_path": pl.String,
    "b_path": pl.String,
}


def indispensability(structure: Structure, home: Side, *, least: float = CHOKEPOINT_HOLD) -> pl.DataFrame:
    """Items of which home itself provides so much that it is the chokepoint of the world there.

    Parameters
    ----------
    home
        An economy, a bloc made a player, or a set of economies that acts together.
    least
        Items of which home's share may reach this; 0.5 by default.

    Returns
    -------
    DataFrame
        chokepoint, chokepoint_name, share_low, share_high, certain (the low share reaches `least`), items (how many
        others need it at any tier), end_products (ids of those that nothing needs, on which home's hold through any
        way may reach `least`), end_hold_low, end_hold_high (the largest hold on one of them); certain ones first, then
        by share and id.

    Raises
    ------
    UsageError
        Home has no members, or `least` is not in (0, 1].
    """
    if not 0.0 < least <= 1.0:
        raise UsageError(f"least is a share above 0 and at most 1; found {least}")
    found = set_holds(structure, [_acting(structure, home)])
    users: list[list[int]] = [[] for _ in structure.items]
    for links in (structure.requires, structure.variants):
        for item, needs in zip(links.item.tolist(), links.needs.tolist(), strict=True):
            users[needs].append(item)
    rows = []
    for row in np.flatnonzero(found.share_high[:, 0] >= least).tolist():
        seen = {row}
        queue = deque([row])
        while queue:
            for user in users[queue.popleft()]:
                if user not in seen:
                    seen.add(user)
                    queue.append(user)
        ends = [end for end in sorted(seen) if not users[end] and found.high[end, 0] >= least]
        top = max(ends, key=lambda end: (found.low[end, 0], found.high[end, 0], -end), default=None)
        ends_held = (None, None) if top is None else (float(found.low[top, 0]), float(found.high[top, 0]))
        item, low, high = structure.items[row], float(found.share_low[row, 0]), float(found.share_high[row, 0])
        others = len(seen) - 1, [structure.items[end] for end in ends]
        rows.append((item, structure.names[item], low, high, low >= least, *others, *ends_held))
    schema: dict[str, type[pl.DataType] | pl.DataType] = {
        "chokepoint": pl.String,
        "chokepoint_name": pl.String,
        "share_low": pl.Float64,
        "share_high": pl.Float64,
        "certain": pl.Boolean,
        "items": pl.Int64,
        "end_products": pl.List(pl.String),
        "end_hold_low": pl.Float64,
        "end_hold_high": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row").sort(
        ["certain", "share_low", "share_high", "chokepoint"], descending=[True, True, True, False]
    )
