"""Simulate a batch of runs: tiles of some runs, each simulated from the first day to the last."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.errors import ConflictError, MethodError
from ostra.scenario.processors import processors
from ostra.scenario.simulation.behaviour import Behaviour
from ostra.scenario.simulation.shocks import DAYS_A_YEAR, Numbers, Shock, whole
from ostra.scenario.simulation.trajectories import Trajectories, joined

if TYPE_CHECKING:
    from ostra.scenario.simulation.tile import Batch

TICK_S = 0.2
"""How often progress is told, in seconds."""

WORTH_A_THREAD = 100_000
"""Flows × lanes a day; with fewer, threads would wait for one another longer than they work."""


def silent(done: float, total: float) -> None:
    """Progress that nobody watches."""


def ignore(part: Trajectories) -> None:
    """Parts that nobody keeps."""


def simulate(
    table: InputOutputTable,
    shocks: Sequence[Shock],
    behaviour: Behaviour,
    *,
    days: int = DAYS_A_YEAR,
    runs: int = 1,
    level: float = 0.95,
    watched: Numbers = (),
    finished: Sequence[Trajectories] = (),
    part_done: Callable[[Trajectories], None] = ignore,
    advance: Callable[[float, float], None] = silent,
    threads: int | None = None,
) -> Trajectories:
    """What the shocks do to every node, day by day, in all runs of a batch.

    The same input gives the same bits: a run does not depend on the runs beside it, on the number of threads, or on
    whether the batch was interrupted.

    Parameters
    ----------
    table
        The economy on a usual day (its year divided by 365).
    shocks, behaviour
        What happens and how firms react; numbers may differ between runs.
    days
        How many days, from day 0.
    runs
        How many runs; every array by run has this length (or 1).
    level
        For `Trajectories.below_day`: part of the usual output.
    watched
        Nodes to be kept day by day.
    finished
        Parts of the same batch that were simulated before; they are not simulated again.
    part_done
        Called with each part (a few runs, all days) as soon as it is done, in the calling thread.
    advance
        Called a few times a second with the run-days done and all run-days; an exception raised in it stops the work
        and is passed on.
    threads
        Processors to use; None for all that this process may use. The result does not depend on it.

    Raises
    ------
    MethodError
        The scenario does not fit the table, a number is outside its bounds, or Numba is not installed.
    ConflictError
        `finished` holds parts of another batch.

    References
    ----------
    Hallegatte (2008), Risk Analysis 28, 779-799. Hallegatte (2014), Risk Analysis 34, 152-167. Henriet, Hallegatte and
    Tabourier (2012), J. Econ. Dyn. Control 36, 150-167.
    """
    # Numba is loaded only by those who simulate.
    from ostra.scenario.simulation.layout import laid_out, value_added_rate
    from ostra.scenario.simulation.loops import lanes_for
    from ostra.scenario.simulation.parameters import checked
    from ostra.scenario.simulation.tile import Batch

    if days < 1 or runs < 1:
        raise MethodError(f"{days} days and {runs} runs; at least one of each is needed")
    nodes = whole(watched)
    if np.any((nodes < 0) | (nodes >= table.size)):
        raise MethodError(f"watched nodes must lie between 0 and {table.size - 1}")
    checked(table, shocks, behaviour, runs)
    layout, sets, caveats = laid_out(table, shocks, behaviour)
    rate, known, rate_caveats = value_added_rate(table)
    batch = Batch(
        table=table,
        shocks=tuple(shocks),
        behaviour=behaviour,
        days=days,
        runs=runs,
        width=lanes_for(runs),
        level=level,
        watched=nodes,
        layout=layout,
        sets=sets,
        rate=rate,
        value_added_known=known,
        caveats=(*caveats, *rate_caveats),
        fingerprint=fingerprint(table, shocks, behaviour, days, runs, level, nodes),
    )
    if any(part.fingerprint != batch.fingerprint for part in finished):
        raise ConflictError("parts of another table, scenario or batch cannot be continued; start anew")
    parts = list(finished)
    there = {int(run) for part in parts for run in part.runs}
    tiles = [slice(first, min(first + batch.width, runs)) for first in range(0, runs, batch.width)]
    tiles = [tile for tile in tiles if not there.issuperset(range(tile.start, tile.stop))]
    if any(run in there for tile in tiles for run in range(tile.start, tile.stop)):
        raise ConflictError("parts of a batch end where the runs of a tile end; these were cut otherwise")
    parts += work(batch, tiles, threads or processors(), part_done, advance)
    return joined(parts)


def work(
    batch: Batch,
    tiles: Sequence[slice],
    threads: int,
    part_done: Callable[[Trajectories], None],
    advance: Callable[[float, float], None],
) -> list[Trajectories]:
    """Tiles side by side; if there are fewer of them than threads, the products of a tile are shared out instead."""
    from ostra.scenario.simulation.tile import Progress, simulated

    parts: list[Trajectories] = []
    told = {tile.start: Progress() for tile in tiles}
    total = batch.days * sum(tile.stop - tile.start for tile in tiles)
    before = batch.days * batch.runs - total
    a_day = len(batch.layout.flows.share) * batch.width
    sharing = 1
    if len(tiles) < threads:
        sharing = max(1, min(threads, batch.layout.sectors, a_day // WORTH_A_THREAD))
    at_once = 1 if sharing > 1 else threads
    # The tiles' pool is left first: until its tiles have stopped they may still call for threads of the other.
    with ThreadPoolExecutor(sharing) as inner, ThreadPoolExecutor(at_once) as outer:
        waiting: set[Future[Trajectories | None]] = set()
        try:
            for tile in tiles:
                waiting.add(outer.submit(simulated, batch, tile, inner, sharing, told[tile.start]))
            while waiting:
                ready, waiting = wait(waiting, timeout=TICK_S, return_when=FIRST_COMPLETED)
                for future in ready:
                    part = future.result()
                    if part is not None:
                        part_done(part)
                        parts.append(part)
                done = sum(told[tile.start].days * (tile.stop - tile.start) for tile in tiles)
                advance(before + done, before + total)
        except BaseException:
            for progress in told.values():
                progress.stop = True
            for future in waiting:
                future.cancel()
            raise
    return parts


def fingerprint(*inputs: Any) -> str:
    """SHA-256 of everything that a result depends on."""
    digest = hashlib.sha256()

    def add(value: Any) -> None:
        if isinstance(value, np.ndarray):
            digest.update(f"{value.dtype}{value.shape}".encode())
            digest.update(np.ascontiguousarray(value).data)
        elif isinstance(value, tuple | list):
            digest.update(f"{len(value)} of".encode())
            for entry in value:
                add(entry)
        elif is_dataclass(value):
            digest.update(type(value).__name__.encode())
            for field in fields(value):
                add(getattr(value, field.name))
        else:
            digest.update(repr(value).encode())

    add(inputs)
    return digest.hexdigest()
