"""How fast is an import with every row checked? Generates BACI-shaped CSV, imports it, and compares a naive twin.

    python benchmarks/import_csv.py [--rows 5000000] [--sizes 1000000 5000000] [--twin-rows 500000]

Prints, for each size, rows per second of wall-clock and of processor time (on a busy machine the latter is the steadier
one; one import uses all cores), the peak memory of the process that imported, and the same for a twin that checks
each row in plain Python with the csv module. Every measurement runs in a process of its own.
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

HERE = Path(__file__).resolve()


def generate(path: Path, rows: int) -> None:
    """Write a BACI-shaped file of different flows: padded quantities, a tenth of them NA, as published."""
    import duckdb

    from ostra.facts.readers.baci import AGGREGATES
    from ostra.words.economies import iso3_of_baci

    numbers = {iso3: n for n in range(999, 0, -1) if (iso3 := iso3_of_baci(n)) and n not in AGGREGATES}
    codes = sorted(numbers.values())
    count, partners = len(codes), 70
    duckdb.sql(
        f"COPY (SELECT 2022 AS t, {codes}[1 + (r // {partners}) % {count}] AS i,"
        f" {codes}[1 + ((r // {partners}) + 1 + (r % {partners}) * 3) % {count}] AS j,"
        f" lpad((10100 + (r // {partners * count}) * 17)::VARCHAR, 6, '0') AS k,"
        " round((hash(r * 3) % 10000000 + 1) / 1000.0, 3) AS v,"
        " CASE WHEN r % 11 = 0 THEN '          NA'"
        " ELSE lpad(((hash(r * 5) % 10000000) / 1000.0)::VARCHAR, 12, ' ') END AS q"
        f" FROM range({rows}) AS t(r)) TO '{path}' (HEADER)"
    )


def ours(path: Path, folder: Path) -> int:
    """Import with ostra."""
    from ostra.facts.imports import import_file

    report = import_file(folder / "workspace", "baci", path)
    if report.rejected:
        raise SystemExit(f"the generated file has {report.rejected} faulty rows")
    return report.rows


def twin(path: Path, folder: Path) -> int:
    """The same checks, row by row, with the csv module; sorted and written as CSV (no Parquet, no hashes)."""
    import csv

    from ostra.words.economies import iso3_of_baci

    codes = {str(n): iso3 for n in range(1000) if (iso3 := iso3_of_baci(n))}
    seen: set[tuple[int, str, str, str]] = set()
    rows: list[tuple[int, str, str, str, float, float | None]] = []
    with path.open(encoding="utf-8", newline="") as handle:
        for t, i, j, k, v, q in list(csv.reader(handle))[1:]:
            year, exporter, importer = int(t), codes[i], codes[j]
            if not (1900 <= year <= 2100 and k.isdigit() and len(k) in (5, 6)):
                raise SystemExit("faulty row")
            key = (year, k.zfill(6), exporter, importer)
            value, quantity = float(v), None if q.strip() in ("", "NA") else float(q)
            if key in seen or value < 0 or (quantity is not None and quantity < 0):
                raise SystemExit("faulty row")
            seen.add(key)
            rows.append((*key, value, quantity))
    rows.sort(key=lambda row: row[:4])
    with (folder / "twin.csv").open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)
    return len(rows)


def measure(which: str, path: Path) -> dict[str, float]:
    """Run one import in a process of its own."""
    result = subprocess.run(
        [sys.executable, str(HERE), "--measure", which, str(path)], capture_output=True, text=True, check=True
    )
    return dict(json.loads(result.stdout))


def measured(which: str, path: Path) -> None:
    """In the child: import, then print what it took. Loading the libraries is not counted."""

    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        wall, processor = time.perf_counter(), time.process_time()
        rows = (ours if which == "ours" else twin)(path, Path(folder))
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rows": rows, "wall_s": wall, "processor_s": processor, "peak_mb": peak}))


def show(name: str, found: dict[str, float]) -> None:
    """One line of the table."""
    rows = found["rows"]
    print(
        f"{name:<10} {rows:>12,.0f} {found['wall_s']:>8.2f} {found['processor_s']:>8.2f}"
        f" {rows / found['wall_s']:>12,.0f} {rows / found['processor_s']:>14,.0f} {found['peak_mb']:>8,.0f}"
    )


def main() -> None:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--sizes", type=int, nargs="*", default=None, help="several sizes, to see the growth")
    parser.add_argument("--twin-rows", type=int, default=500_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=None, help="where to put the generated files")
    parser.add_argument("--measure", nargs=2, metavar=("WHICH", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measured(options.measure[0], Path(options.measure[1]))
        return
    print(f"cores {os.cpu_count()}, load {os.getloadavg()[0]:.1f}; best of {options.repeat}")
    print("             rows   wall s    cpu s     rows/s wall   rows/s cpu   peak MB")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path = Path(folder) / "BACI_HS92_Y2022_V202401.csv"
        for rows in options.sizes or [options.rows // 5, options.rows]:
            generate(path, rows)
            runs = [measure("ours", path) for _ in range(options.repeat)]
            show("ostra", min(runs, key=lambda run: run["wall_s"]))
        generate(path, options.twin_rows)
        base = min((measure("twin", path) for _ in range(options.repeat)), key=lambda run: run["wall_s"])
        show("csv twin", base)
        best = min(runs, key=lambda run: run["wall_s"])
        ratio = (best["rows"] / best["wall_s"]) / (base["rows"] / base["wall_s"])
        print(f"ostra handles {ratio:.1f} times as many rows per second as the twin")


if __name__ == "__main__":
    main()
