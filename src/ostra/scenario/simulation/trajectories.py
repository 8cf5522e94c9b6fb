"""What a batch of simulated runs leaves behind: totals by day, economy and sector, and losses by node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ostra.errors import ConflictError, MethodError

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

NEVER = -1
"""As a day: it did not happen within the days simulated."""


@dataclass(frozen=True, eq=False)
class Trajectories:
    """Runs side by side; money in the table's unit per day (million USD, a year has 365 days).

    The first axis is always the run. Baselines are what every day brings when nothing happens.

    Parameters
    ----------
    fingerprint
        Hash of table, shocks, behaviour and days: only parts with the same one belong together.
    runs
        Numbers of the runs, in the order of the first axes.
    days
        How many days were simulated.
    economies, sectors, destinations
        Labels of the axes, from the table.
    output_by_economy, output_by_sector
        runs × days × economies and runs × days × sectors: gross output.
    value_added_by_economy, value_added_by_sector
        The same for value added; see `value_added`.
    unmet_by_destination, unmet_by_sector
        Final demand that got nothing: runs × days × destinations, and runs × days × sectors (products).
    output_lost, value_added_lost
        runs × nodes: baseline minus actual, summed over all days; negative where a node gained.
    unmet
        runs × sectors × destinations: final demand unmet, summed over all days.
    lowest_output, lowest_day
        runs × nodes: the smallest output over the usual one (1 is usual; NaN for nodes that never make anything), and
        the first day that had it.
    below_day
        runs × nodes: first day with output under `level` × usual output, `NEVER` if none.
    level
        The level that `below_day` refers to.
    watched, watched_output
        Nodes that were asked for day by day, and their output: runs × days × len(watched).
    baseline_output, baseline_value_added
        By node, per day.
    baseline_final
        sectors × destinations, per day: final demand that counts when it is unmet.
    value_added
        "exact", or "upper" where the table has no value added: then the figures are what output minus known inputs
        allows at most, and the least is 0.
    caveats
        What the table made us assume, in plain sentences.
    """

    fingerprint: str
    runs: Whole
    days: int
    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    destinations: tuple[str, ...]
    output_by_economy: Array
    output_by_sector: Array
    value_added_by_economy: Array
    value_added_by_sector: Array
    unmet_by_destination: Array
    unmet_by_sector: Array
    output_lost: Array
    value_added_lost: Array
    unmet: Array
    lowest_output: Array
    lowest_day: Whole
    below_day: Whole
    level: float
    watched: Whole
    watched_output: Array
    baseline_output: Array
    baseline_value_added: Array
    baseline_final: Array
    value_added: Literal["exact", "upper"]
    caveats: tuple[str, ...] = ()

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Every field as an array, to be kept in a file (such as NPZ) until the batch is resumed."""
        return {field.name: np.asarray(getattr(self, field.name)) for field in fields(self)}

    @staticmethod
    def from_arrays(arrays: Mapping[str, NDArray[np.generic]]) -> Trajectories:
        """The reverse of `arrays`."""
        plain: dict[str, object] = {}
        for field in fields(Trajectories):
            value = arrays[field.name]
            if field.type.startswith("tuple"):
                plain[field.name] = tuple(str(text) for text in value)
            else:
                plain[field.name] = value.item() if value.ndim == 0 else value
        return Trajectories(**plain)  # type: ignore[arg-type]


BY_RUN = (
    "runs",
    "output_by_economy",
    "output_by_sector",
    "value_added_by_economy",
    "value_added_by_sector",
    "unmet_by_destination",
    "unmet_by_sector",
    "output_lost",
    "value_added_lost",
    "unmet",
    "lowest_output",
    "lowest_day",
    "below_day",
    "watched_output",
)
"""The fields whose first axis is the run."""


def joined(parts: Sequence[Trajectories]) -> Trajectories:
    """Parts of one batch as a whole, by number of run.

    Raises
    ------
    ConflictError
        The parts come from different scenarios.
    MethodError
        There is no part, or a run is in two of them.
    """
    if not parts:
        raise MethodError("no part of the batch was simulated")
    if len({part.fingerprint for part in parts}) > 1:
        raise ConflictError("these parts were simulated with different tables, shocks or behaviour; start anew")
    runs = np.concatenate([part.runs for part in parts])
    if len(np.unique(runs)) < len(runs):
        raise MethodError("a run is in two parts of the batch")
    if len(parts) == 1:
        return parts[0]
    order = np.argsort(runs)
    merged: dict[str, object] = {field.name: getattr(parts[0], field.name) for field in fields(Trajectories)}
    for name in BY_RUN:
        merged[name] = np.concatenate([getattr(part, name) for part in parts])[order]
    return Trajectories(**merged)  # type: ignore[arg-type]
