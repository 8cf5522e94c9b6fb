"""Time reliance, stages and extraction; compare with one dense factorisation, with recomputing, and with pymrio.

    python benchmarks/input_output.py            4,000 nodes (80 economies × 50 sectors), and growth from 500
    python benchmarks/input_output.py --quick    1,000 nodes, no growth

Tables are generated, productive, with skewed flows. Every job runs in a process of its own that first times one dense
factorisation of the same size (scipy.linalg.lu_factor) and a product of two matrices, so that each ratio is taken
within one run; of several repeats the median ratio is shown. Memory is the peak of the process above what it held
before the table was made, in multiples of the table (n² numbers of 8 bytes; the table itself included).

Recomputing is what the textbook does: rows and columns removed, the rest inverted, for each extraction. It is measured
on a few of each kind and scaled to all, which is said. pymrio is measured where it is installed.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

SECTORS = 50
SIZES = (500, 1000, 2000, 4000)
SLICE = 3  # extractions of each kind that are recomputed


def timed(work: Callable[[], Any], repeats: int = 1) -> tuple[float, Any]:
    """Least seconds of a few repeats, and the last result."""
    best, result = float("inf"), None
    for _ in range(repeats):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return best, result


def peak() -> float:
    """Peak memory of this process so far in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0


def generated(n: int) -> Any:
    """A productive table of n nodes, made row by row so that it is the only matrix in memory."""
    from ostra.ecosystem.input_output.table import InputOutputTable

    rng = np.random.default_rng(5)
    economies = n // SECTORS
    flows = np.empty((n, n))
    for row in flows:
        row[:] = rng.lognormal(0.0, 1.5, n)
    inputs = flows.sum(axis=0)
    output = inputs / rng.uniform(0.3, 0.7, n)
    # Where more is sold than made, the flows of all are lowered until every row leaves something for final users.
    flows *= min(1.0, 0.9 * float((output / flows.sum(axis=1)).min()))
    codes = tuple(f"{chr(65 + k // 26)}{chr(65 + k % 26)}Q" for k in range(economies))
    return InputOutputTable(
        dataset="benchmark",
        year=2022,
        economies=codes,
        sectors=tuple(f"S{k:02}" for k in range(SECTORS)),
        sector_names=tuple(f"Sector {k:02}" for k in range(SECTORS)),
        flows=flows,
        final=(output - flows.sum(axis=1))[:, None],
        destinations=("ZZZ",),
        output=output,
    )


def machine(n: int) -> dict[str, float]:
    """One dense factorisation of the size as SciPy does it by default, and the speed of a plain product of matrices."""
    from scipy.linalg import lu_factor

    rng = np.random.default_rng(1)
    matrix = np.asfortranarray(np.eye(n) - rng.random((n, n)) / (2 * n))
    lu_factor(matrix[:200, :200])
    seconds, _ = timed(lambda: lu_factor(matrix), 3)
    square = rng.random((min(n, 2000), min(n, 2000)))
    product, _ = timed(lambda: square @ square, 3)
    return {
        "lu": seconds,
        "lu_gflops": 2 / 3 * n**3 / seconds / 1e9,
        "peak_gflops": 2 * len(square) ** 3 / product / 1e9,
    }


def job_memory(n: int) -> dict[str, float]:
    """Peak memory of reliance on both sides and of all extractions, in multiples of the table."""
    from ostra.ecosystem.input_output import hypothetical_extraction, look_through, stages
    from ostra.ecosystem.input_output.coefficients import Chains

    np.linalg.solve(np.eye(200), np.ones(200))
    before = peak()
    table = generated(n)
    matrix = 8.0 * n * n
    made = (peak() - before) / matrix
    chains = Chains(table)
    look_through.reliance(chains)
    stages.steps_of(chains)
    _ = chains.caveats
    relied = (peak() - before) / matrix
    hypothetical_extraction.extract_each(chains)
    return {"table": made, "reliance": relied, "extraction": (peak() - before) / matrix}


def job_measure(n: int) -> dict[str, float]:
    """Seconds of every method, from the table and from nothing else, beside one factorisation."""
    from ostra.ecosystem.input_output import hypothetical_extraction, look_through, stages
    from ostra.ecosystem.input_output.coefficients import Chains

    table = generated(n)
    found = machine(n)
    economies = np.arange(n).reshape(-1, SECTORS)
    nodes = np.arange(n)[:, None]

    def relied() -> Any:
        chains = Chains(table)
        return chains, look_through.reliance(chains)

    found["reliance"], (chains, _) = timed(relied, 2)
    found["sales"], _ = timed(lambda: look_through.reliance(chains, "sales"))
    found["stages"], _ = timed(lambda: stages.steps_of(chains))
    found["extraction"], each = timed(lambda: hypothetical_extraction.extract_each(Chains(table)), 2)
    found["one_economy"], _ = timed(lambda: hypothetical_extraction.extract(chains, economies[1]))
    found["pair"], _ = timed(lambda: hypothetical_extraction.extract_flows(chains, economies[0], economies[1]))

    # The textbook: remove, invert, multiply; a slice of each kind, scaled.
    coefficients = table.flows / table.output
    final = table.final[:, 0]

    def recomputed(nodes: Any) -> Any:
        rest = np.delete(np.arange(n), nodes)
        inverse = np.linalg.inv(np.eye(len(rest)) - coefficients[np.ix_(rest, rest)])
        return table.output[rest] - inverse @ final[rest], rest

    seconds = 0.0
    worst = 0.0
    for kind, demand in ((economies, each.economy_demand), (nodes, each.node_demand)):
        slice_seconds = 0.0
        for number in range(1, 1 + SLICE):
            once, (lost, rest) = timed(lambda taken=kind[number]: recomputed(taken))
            slice_seconds += once
            theirs = np.bincount(rest // SECTORS, weights=lost, minlength=len(economies))
            theirs += np.bincount(kind[number] // SECTORS, table.output[kind[number]], minlength=len(economies))
            worst = max(worst, float(np.abs(demand[number] / theirs - 1.0).max()))
        seconds += slice_seconds / SLICE * len(kind)
    found["recomputing"], found["difference"] = seconds, worst
    return found


def job_pymrio(n: int) -> dict[str, float]:
    """A and L by pymrio on the same table; one economy's rows and columns at zero and L anew."""
    import pandas as pd
    import pymrio

    table = generated(n)
    found = machine(n)
    flows, output = pd.DataFrame(table.flows), pd.DataFrame(table.output)

    def whole() -> Any:
        coefficients = pymrio.calc_A(flows, output)
        return coefficients, pymrio.calc_L(coefficients)

    found["a_and_l"], (coefficients, _) = timed(whole)
    cut = coefficients.copy()
    cut.iloc[:SECTORS, :] = 0.0
    cut.iloc[:, :SECTORS] = 0.0
    found["l_anew"], _ = timed(lambda: pymrio.calc_L(cut))
    return found


def run(job: str, n: int) -> dict[str, float]:
    """One job in a fresh process."""
    done = subprocess.run([sys.executable, __file__, "--job", job, str(n)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def measured(n: int, repeats: int) -> dict[str, float]:
    """Medians of fresh processes; ratios are taken in each process before the median."""
    runs = [run("measure", n) for _ in range(repeats)]
    for one in runs:
        for name in ("reliance", "sales", "stages", "extraction", "one_economy", "pair", "recomputing"):
            one[f"{name}_ratio"] = one[name] / one["lu"]
        one["faster"] = one["recomputing"] / one["extraction"]
    return {name: statistics.median(one[name] for one in runs) for name in runs[0]}


def main() -> None:
    """Measure, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--job", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        jobs = {"measure": job_measure, "memory": job_memory, "pymrio": job_pymrio}
        print(json.dumps(jobs[options.job[0]](int(options.job[1]))))
        return

    n = 1000 if options.quick else SIZES[-1]
    found = measured(n, options.repeats)
    memory = run("memory", n)
    print(
        f"{n:,} nodes, {n // SECTORS} economies. One dense factorisation: {found['lu']:.2f} s, "
        f"{found['lu_gflops']:.0f} GFLOP/s; a product of matrices reaches {found['peak_gflops']:.0f} GFLOP/s"
    )
    print(
        f"reliance of all nodes on all economies, inputs: {found['reliance']:.2f} s, {found['reliance_ratio']:.2f} × "
        f"one factorisation (target 1.5), peak {memory['reliance']:.1f} × the table with the table (target 4)\n"
        f"  then the side of sales {found['sales']:.2f} s, stages {found['stages']:.2f} s"
    )
    print(
        f"extraction of each of {n // SECTORS} economies and each of {n:,} nodes: {found['extraction']:.2f} s, "
        f"{found['extraction_ratio']:.2f} × one factorisation (target 4), peak {memory['extraction']:.1f} × the table\n"
        f"  then one economy node by node {found['one_economy']:.2f} s, one pair {found['pair']:.2f} s\n"
        f"  recomputing each: {found['recomputing']:,.0f} s scaled from {SLICE} of each kind, {found['faster']:,.0f} "
        f"times as long (target 500); largest relative difference {found['difference']:.1e}"
    )
    try:
        peer = run("pymrio", n)
        print(
            f"pymrio: A and L {peer['a_and_l']:.2f} s, {peer['a_and_l'] / peer['lu']:.1f} × one factorisation; L anew "
            f"without one economy {peer['l_anew']:.2f} s"
        )
    except SystemExit as error:
        print(f"pymrio: not measured ({str(error).strip().splitlines()[-1]})")
    if not options.quick:
        print(
            "growth (nodes: factorising s, reliance s and ratio, all extractions s and ratio, GFLOP/s of factorising)"
        )
        for size in SIZES[:-1]:
            grown = measured(size, options.repeats)
            print(
                f"  {size:>6,}: {grown['lu']:7.3f} {grown['reliance']:7.3f} {grown['reliance_ratio']:5.2f} "
                f"{grown['extraction']:7.3f} {grown['extraction_ratio']:5.2f} {grown['lu_gflops']:6.0f}"
            )
        print(
            f"  {n:>6,}: {found['lu']:7.3f} {found['reliance']:7.3f} {found['reliance_ratio']:5.2f} "
            f"{found['extraction']:7.3f} {found['extraction_ratio']:5.2f} {found['lu_gflops']:6.0f}"
        )


if __name__ == "__main__":
    main()
