"""Measure trade dependency: rows per second, peak memory, growth with size, and the ratio to a pandas twin.

    python benchmarks/trade.py                              one year, 5,000 products, 11 million rows
    python benchmarks/trade.py --years 28 --rows 8600000    28 years, 240 million rows
    python benchmarks/trade.py --products 500 --rows 100000 a quick look

The data are made up, in the shape of BACI and in the columns of the trade table: sizes of economies and of products
are log-normal, and flows appear with a probability that grows with both sizes. They are written once as Parquet to
benchmarks/data/ and used again. Each measurement runs in a process of its own, from Parquet to the finished frame,
so that its peak memory is its own; start-up of Python and imports are not timed. The twin (trade_twin.py, plain
pandas on strings) gets the same file in the same run; its reading of the file is timed apart.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import numpy as np

HERE = Path(__file__).parent
DATA = HERE / "data"
FIRST_YEAR = 1995
HOME = "EU27"
ECONOMIES = 226  # about as many as report in BACI
MEASURED = {
    "dependencies": "dependencies",
    "position": "dependencies and all supplier shares",
    "network": "points of failure",
}


def make_year(year: int, products: int, rows: int, path: Path) -> None:
    """Write one year of about `rows` flows, sorted like the trade table."""
    from ostra.words.economies import economies, home

    codes = sorted(home(HOME).members(year))
    codes = sorted([*codes, *[code for code in economies() if code not in codes][: ECONOMIES - len(codes)]])
    rng = np.random.default_rng([year, products, rows])
    size = np.random.default_rng(0).lognormal(0.0, 1.6, len(codes))
    attraction = (size[:, None] * size[None, :]) ** 0.6
    np.fill_diagonal(attraction, 0.0)
    wanted = rng.lognormal(-0.28, 0.75, products)
    wanted *= rows / wanted.sum()
    parts = []
    for product in range(products):
        weight = (attraction * rng.lognormal(0.0, 1.0, len(codes))[:, None]).ravel()
        scale = wanted[product] / weight.sum()
        for _ in range(4):  # probabilities are capped at 1: raise the rest until the product has the flows wanted
            scale *= min(wanted[product] / np.minimum(1.0, weight * scale).sum(), 4.0)
        hit = np.flatnonzero(rng.random(weight.size) < weight * scale)
        usd = rng.lognormal(9.0, 2.5, hit.size) * (weight[hit] / weight.mean()) ** 0.8 + 1000.0
        parts.append((np.full(hit.size, product), hit // len(codes), hit % len(codes), usd))
    flows = {  # noqa: F841 - DuckDB finds it by name
        name: np.concatenate([part[place] for part in parts]).astype(kind)
        for place, (name, kind) in enumerate([("p", "int32"), ("e", "int16"), ("i", "int16"), ("usd", "int64")])
    }
    names = {"id": np.arange(len(codes), dtype="int16"), "code": np.array(codes, dtype=object)}  # noqa: F841
    unfinished = path.with_suffix(".part")
    duckdb.connect().execute(
        f"""
        COPY (
            SELECT {year}::SMALLINT AS year, seller.code::VARCHAR AS exporter, buyer.code::VARCHAR AS importer,
                   printf('%06d', 10000 + p * 190) AS product, (usd / 1000)::DECIMAL(18, 3) AS value_kusd,
                   CASE WHEN usd % 10 = 0 THEN NULL ELSE (usd / 3000)::DECIMAL(18, 3) END AS quantity_t
            FROM flows JOIN names AS seller ON seller.id = e JOIN names AS buyer ON buyer.id = i
            ORDER BY product, exporter, importer
        ) TO '{unfinished}' (FORMAT parquet, COMPRESSION zstd)
        """
    )
    unfinished.rename(path)


def make(years: int, products: int, rows: int) -> list[Path]:
    """The files of the data set, made where they are missing."""
    DATA.mkdir(exist_ok=True)
    files = [DATA / f"trade-{products}-{rows}-{FIRST_YEAR + n}.parquet" for n in range(years)]
    for number, path in enumerate(files):
        if not path.exists():
            print(f"making {path.name}", file=sys.stderr)
            make_year(FIRST_YEAR + number, products, rows, path)
    return files


def measure_ostra(files: list[str], years: list[int], what: str) -> dict[str, float]:
    """Seconds and result of one call, from Parquet."""
    from ostra.ecosystem.trade.dependency import trade_frames
    from ostra.ecosystem.trade.network import points_of_failure
    from ostra.words.economies import home

    economy = home(HOME)
    started = time.perf_counter()
    facts = duckdb.connect().read_parquet(files)  # type: ignore[arg-type]
    if what == "dependencies":
        frame = trade_frames(facts, economy, years, every_supplier=False).dependencies
    elif what == "position":
        frame = trade_frames(facts, economy, years).dependencies
    else:
        frame = points_of_failure(facts, years)
    seconds = time.perf_counter() - started
    result = {"seconds": seconds, "height": frame.height}
    if what == "dependencies":
        result["checksum"] = float(frame["concentration"].sum())
    return result


def measure_twin(files: list[str], years: list[int]) -> dict[str, float]:
    """Seconds of reading and of computing in pandas."""
    import trade_twin
    from ostra.words.economies import home

    started = time.perf_counter()
    flows = (
        duckdb.connect()
        .read_parquet(files)  # type: ignore[arg-type]
        .select("year, exporter, importer, product, (value_kusd * 1000)::BIGINT AS usd")
        .df()
    )
    read = time.perf_counter()
    table = trade_twin.twin(flows, {year: home(HOME).members(year) for year in years}, years)
    return {
        "seconds": time.perf_counter() - read,
        "reading": read - started,
        "height": len(table),
        "checksum": float(table["concentration"].sum()),
    }


def in_child(what: str, files: list[Path], years: list[int]) -> dict[str, float]:
    """Run one measurement in a process of its own."""
    task = json.dumps({"what": what, "files": [str(path) for path in files], "years": years})
    done = subprocess.run([sys.executable, __file__, "--child", task], stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout))


def child(task: str) -> None:
    """The measuring process: do the task, print what it took."""
    asked = json.loads(task)
    if asked["what"] == "twin":
        result = measure_twin(asked["files"], asked["years"])
    else:
        result = measure_ostra(asked["files"], asked["years"], asked["what"])
    result["peak_mb"] = peak_mb()
    print(json.dumps(result))


def peak_mb() -> float:
    """Peak resident memory of this process since it was started [MB]; ru_maxrss would count the parent's as well."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def rows_in(files: list[Path]) -> int:
    """Rows of the Parquet files, from their footers."""
    count = duckdb.connect().read_parquet([str(path) for path in files]).aggregate("count(*)").fetchone()  # type: ignore[arg-type]
    return int(count[0]) if count else 0


def main() -> None:
    """Make the data, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=5000)
    parser.add_argument("--years", type=int, default=1)
    parser.add_argument("--rows", type=int, default=11_000_000, help="rows of each year, about")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each measurement; the fastest counts")
    parser.add_argument(
        "--also", nargs="*", choices=list(MEASURED), default=list(MEASURED), help="what to measure beside dependencies"
    )
    parser.add_argument("--no-twin", action="store_true", help="leave out the pandas twin")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child)
        return
    files = make(options.years, options.products, options.rows)
    years = [FIRST_YEAR + n for n in range(options.years)]
    total = rows_in(files)
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{total:,} rows, {options.products:,} products, {options.years} year(s), {size:,.0f} MB of Parquet")
    threads = duckdb.connect().execute("SELECT current_setting('threads')").fetchall()[0][0]
    print(f"home {HOME}, DuckDB {duckdb.__version__}, {threads} threads")

    best: dict[str, dict[str, float]] = {}
    for what, label in MEASURED.items():
        if what not in ("dependencies", *options.also):
            continue
        runs = [in_child(what, files, years) for _ in range(options.repeat)]
        best[what] = min(runs, key=lambda run: run["seconds"])
        peak = max(run["peak_mb"] for run in runs)
        seconds = best[what]["seconds"]
        print(f"{label:38} {seconds:8.2f} s  {total / seconds / 1e6:7.1f} M rows/s  peak {peak:7,.0f} MB")

    print("growth with size:")
    if options.years > 1:
        steps = [n for n in (1, 2, 4, 8, 16) if n < options.years] + [options.years]
        for n in steps:
            run = in_child("dependencies", files[:n], years[:n])
            count = rows_in(files[:n])
            print(f"  {n:3} year(s) {count:12,} rows {run['seconds']:8.2f} s  peak {run['peak_mb']:7,.0f} MB")
    else:
        for part in (100, 10, 1):
            few = make(1, max(1, options.products // part), options.rows // part)
            run = in_child("dependencies", few, years)
            print(f"  {rows_in(few):12,} rows {run['seconds']:8.2f} s  peak {run['peak_mb']:7,.0f} MB")

    if not options.no_twin:
        twin = in_child("twin", files[:1], years[:1])
        one = best["dependencies"] if options.years == 1 else in_child("dependencies", files[:1], years[:1])
        if abs(twin["checksum"] - one["checksum"]) > 1e-6 * abs(twin["checksum"]) or twin["height"] != one["height"]:
            raise SystemExit(f"the twin disagrees: {twin} {one}")
        both = twin["seconds"] + twin["reading"]
        print(
            f"pandas twin, one year: {twin['seconds']:.2f} s and {twin['reading']:.2f} s of reading,"
            f" peak {twin['peak_mb']:,.0f} MB; ostra is {twin['seconds'] / one['seconds']:.1f} times faster"
            f" from Parquet than the twin from memory, {both / one['seconds']:.1f} times from Parquet to Parquet"
        )


if __name__ == "__main__":
    main()
