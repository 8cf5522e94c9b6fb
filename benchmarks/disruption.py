"""Measure the disruption model beside boario 0.7.2, in the same run: single runs, batches, growth, and memory traffic.

    python benchmarks/disruption.py                 needs boario in .peers-boario (scripts/setup.sh test)
    python benchmarks/disruption.py --no-peer       without boario
    python benchmarks/disruption.py --real          also 100 runs × 365 days on the OECD table of 80 × 50

The table is made up: 40 economies × 20 sectors, every cell filled, as boario keeps it. boario runs one event; the batch
is compared with its time for one run times the number of runs (a slice, scaled). Whole calls are timed: checking,
layout and fingerprint included. Times of the peer and ours alternate; the median of each counts and all ratios of one
round are told, because other work may share the machine. Compiling is timed apart, in a process with an empty cache.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import io_worlds
from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.scenario.simulation.behaviour import Behaviour
from ostra.scenario.simulation.engine import simulate
from ostra.scenario.simulation.loops import FEW, lanes_for
from ostra.scenario.simulation.shocks import CapacityLoss, Shock, Withheld

ROOT = Path(__file__).parents[1]
PEER = ROOT / ".peers-boario" / "bin" / "python"
DAYS = 365


def made_up(economies: int, sectors: int) -> InputOutputTable:
    """A productive table without an empty cell."""
    rng = np.random.default_rng([economies, sectors])
    n = economies * sectors
    final = rng.lognormal(2.0, 1.0, (n, economies))
    shape = rng.lognormal(0.0, 1.5, (n, n))
    coefficients = shape / shape.sum(axis=0) * rng.uniform(0.2, 0.7, n)
    output = np.linalg.solve(np.eye(n) - coefficients, final.sum(axis=1))
    codes = tuple(f"{number:03d}" for number in range(economies))
    names = tuple(f"S{number:02d}" for number in range(sectors))
    return io_worlds.table(coefficients * output, final, codes, names, output=output)


def shocks(table: InputOutputTable, runs: int) -> list[Shock]:
    """Capacity lost in one economy, and an export ban on a pair whose strength differs by run."""
    size = len(table.sectors)
    return [
        CapacityLoss(range(size), 0.3, first=3, last=40, recovery_days=30),
        Withheld(range(size, 2 * size), range(3 * size, 4 * size), fraction=np.linspace(0.2, 1.0, runs), first=5),
    ]


def behaviour(runs: int) -> Behaviour:
    """Stocks that differ by run, and graded substitution: the dearest rules."""
    return Behaviour(stock_days=np.linspace(20, 90, runs), substitution_speed=0.05)


def ours(table: InputOutputTable, runs: int, days: int = DAYS, threads: int | None = None) -> float:
    """Seconds of one call."""
    begin = time.perf_counter()
    simulate(table, shocks(table, runs), behaviour(runs), days=days, runs=runs, threads=threads)
    return time.perf_counter() - begin


def least(table: InputOutputTable, runs: int, days: int, repeat: int = 3) -> float:
    """Seconds of the shortest of some calls: what else runs on the machine adds time and never takes any away."""
    return min(ours(table, runs, days) for _ in range(repeat))


def peer(table: InputOutputTable, days: int, folder: Path) -> float:
    """Seconds of boario's loop over the days; reading the table and building the model are not counted."""
    np.savez(
        folder / "table.npz",
        flows=table.flows,
        final=table.final,
        output=table.output,
        economies=len(table.economies),
        sectors=len(table.sectors),
    )
    settings = {
        "days": days,
        "hit": list(range(len(table.sectors))),
        "fraction": 0.3,
        "first": 3,
        "duration": 37,
        "recovery_days": 30,
        "records": False,
        "model": {"main_inv_dur": 55},
    }
    script = str(ROOT / "benchmarks" / "oracle_boario.py")
    asked = [str(PEER), script, str(folder / "table.npz"), str(folder / "told.npz"), json.dumps(settings)]
    subprocess.run(asked, check=True, cwd=folder)
    with np.load(folder / "told.npz") as told:
        return float(told["seconds"])


def compiling() -> float:
    """Seconds of the first call with an empty cache, less those of a second call, in a process of its own."""
    script = (
        "import sys, time; sys.path.insert(0, 'benchmarks')\n"
        "import disruption as d; t = d.made_up(4, 4); a = time.perf_counter(); d.ours(t, 1, 2)\n"
        "b = time.perf_counter(); d.ours(t, 1, 2); print(b - a - (time.perf_counter() - b))"
    )
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
        told = subprocess.run(
            [sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=ROOT, env=environment
        )
    return float(told.stdout)


def triad(seconds: float = 2.0) -> float:
    """Memory bandwidth in GB a second as STREAM counts it: a = b + s c on arrays of 640 MB, all threads."""
    from numba import njit, prange

    @njit(parallel=True, fastmath=True)
    def add(a: np.ndarray, b: np.ndarray, c: np.ndarray, s: float) -> None:
        for i in prange(len(a)):
            a[i] = b[i] + s * c[i]

    a, b, c = np.ones((3, 80_000_000))
    add(a, b, c, 0.5)
    best, end = np.inf, time.perf_counter() + seconds
    while time.perf_counter() < end:
        begin = time.perf_counter()
        add(a, b, c, 0.5)
        best = min(best, time.perf_counter() - begin)
    return 3 * a.nbytes / best / 1e9


def traffic(table: InputOutputTable, runs: int) -> float:
    """Bytes that one day of all tiles must move at least: flows in, stocks and orders in and out."""
    cells = np.count_nonzero(table.flows > 0) + np.count_nonzero(table.final > 0)
    lanes = lanes_for(runs)
    return -(-runs // lanes) * (8 * cells + 4 * table.size * len(table.sectors) * lanes * 8)


def say(text: str) -> None:
    print(text, flush=True)


def main() -> None:
    """Print a line for each measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--real", action="store_true", help="the OECD table of 80 × 50 beside the repository")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--peer-days", type=int, default=DAYS)
    options = parser.parse_args()

    table = made_up(40, 20)
    say(f"compiling, cache empty: {compiling():.1f} s")
    ours(table, 1, 2)
    ours(table, FEW + 1, 2)
    rounds: list[tuple[float, float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(options.repeat):
            single, some = ours(table, 1), ours(table, 64)
            again = ours(table, 1)
            other = np.nan if options.no_peer else peer(table, options.peer_days, Path(folder))
            rounds.append(((single + again) / 2, some, other * DAYS / options.peer_days))
    single, some, theirs = np.median(rounds, axis=0)
    for one, batch, other in rounds:
        say(f"round: one run {one:.2f} s, 64 runs {batch:.1f} s, boario {other:.1f} s")
    each = ", ".join(f"{other / one:.0f}" for one, _, other in rounds)
    say(f"one run × {DAYS} days, 40 × 20: {single:.2f} s; boario {theirs:.1f} s: {theirs / single:.0f} times ({each})")
    each = ", ".join(f"{64 * other / batch:.0f}" for _, batch, other in rounds)
    say(f"64 runs: {some:.1f} s; boario run by run (scaled from one): {64 * theirs / some:.0f} times ({each})")
    batch = ours(table, options.runs)
    ratio = theirs * options.runs / batch
    say(
        f"{options.runs} runs: {batch:.1f} s, {batch / options.runs * 1e3:.0f} ms a run; boario run by run (scaled "
        f"from one) {theirs * options.runs:,.0f} s: {ratio:.0f} times"
    )
    bandwidth = triad()
    for runs in (1, 16, 64, 256):
        seconds = least(table, runs, 73)
        moved = traffic(table, runs) * 73 / seconds / 1e9
        say(
            f"growth with runs, 73 days: {runs} runs {seconds:.2f} s, {seconds / runs / 73 * 1e6:.0f} µs a run and "
            f"day; {moved:.1f} GB/s of {bandwidth:.1f} GB/s (triad)"
        )
    for economies, sectors in ((20, 20), (40, 20), (40, 40), (80, 40)):
        larger = made_up(economies, sectors)
        seconds = least(larger, 16, 21) - least(larger, 16, 1)
        moved = traffic(larger, 16) * 20 / seconds / 1e9
        cells = larger.size**2
        say(
            f"growth with n, 16 runs × 20 days: n = {larger.size}: {seconds:.2f} s, {seconds / 320 / cells * 1e9:.2f} "
            f"ns a cell, run and day; {moved:.1f} GB/s of {bandwidth:.1f} GB/s (triad)"
        )
    if options.real:
        real = io_worlds.icio_countries()
        begin = time.perf_counter()
        simulate(real, shocks(real, 100), behaviour(100), days=DAYS, runs=100)
        seconds = time.perf_counter() - begin
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        moved = traffic(real, 100) * DAYS / seconds / 1e9
        say(
            f"80 × 50, 100 runs × {DAYS} days: {seconds:.0f} s, peak {peak:.1f} GB with the table; {moved:.1f} GB/s of "
            f"{bandwidth:.1f} GB/s (triad)"
        )


if __name__ == "__main__":
    main()
