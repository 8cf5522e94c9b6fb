"""How fast is an input-output table imported and loaded? In the OECD's CSV layout, beside pymrio doing the same.

    python benchmarks/import_mrio.py [--icio FOLDER]

Writes the built-in table (28 regions x 50 sectors) and, with a folder that holds the archive of 80 economies, the table
of 4,000 nodes as the OECD publishes it. Prints, for each, seconds, cells per second and peak memory of importing it
(read, checked by rule and balance, written as Parquet, hashed) and of loading it; and of pymrio reading the same file
(no checks, no output), saving it as Parquet and loading that. Every measurement runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve()
DATA = HERE.parents[2] / "shared" / "data" / "oecd-icio-2022"
ARCHIVE = "icio2022_80countries_x_50sectors_sparse_ge50kUSD.npz"


def write_icio(table, path: Path) -> int:  # type: ignore[no-untyped-def]
    """The table in the OECD's layout; final use in one category, value added is what the columns leave."""
    import polars as pl

    economies = ["ROW" if code == "ZZZ" else code for code in table.economies]
    nodes = [f"{economy}_{sector}" for economy in economies for sector in table.sectors]
    final = np.zeros((len(nodes), len(economies)))
    final[:, 0] = table.output - table.flows.sum(axis=1)
    left = table.output - table.flows.sum(axis=0)
    cells = np.hstack([table.flows, final, table.output[:, None]])
    rest = np.zeros(len(economies) + 1)
    cells = np.vstack([cells, np.concatenate([left, rest]), np.concatenate([table.output, rest])])
    columns = [*nodes, *(f"{economy}_HFCE" for economy in economies), "OUT"]
    frame = pl.DataFrame({"V1": [*nodes, "VA", "OUT"]}).hstack(pl.DataFrame(cells, schema=columns))
    frame.write_csv(path)
    return int(np.count_nonzero(table.flows))


def ours(path: Path, folder: Path) -> dict[str, float]:
    """Import and load with ostra."""
    from ostra.facts.mrio_imports import import_mrio
    from ostra.workspace import Workspace

    start = time.perf_counter()
    import_mrio(folder, [path], dataset="benchmark")
    done = time.perf_counter()
    table = Workspace(folder).input_output("benchmark")
    end = time.perf_counter()
    return {"import": done - start, "load": end - done, "sum": float(table.flows.sum())}


def twin(path: Path, folder: Path) -> dict[str, float]:
    """Read, save and load with pymrio."""
    import warnings

    import pymrio

    warnings.simplefilter("ignore")
    start = time.perf_counter()
    io = pymrio.parse_oecd(path)
    io.save_all(folder / "pymrio", table_format="parquet")
    done = time.perf_counter()
    table = pymrio.load_all(folder / "pymrio").Z.to_numpy()
    end = time.perf_counter()
    return {"import": done - start, "load": end - done, "sum": float(table.sum())}


def measured(which: str, path: Path) -> dict[str, float]:
    """One measurement in a process of its own."""
    done = subprocess.run(
        [sys.executable, str(HERE), "--one", which, str(path)], check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--icio", type=Path, default=DATA, help="folder with the archive of 80 economies")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        with tempfile.TemporaryDirectory() as name:
            found = (ours if options.one[0] == "ours" else twin)(Path(options.one[1]), Path(name))
        # Of this process alone: what getrusage tells includes the parent's at the time of the fork.
        peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
        found["megabytes"] = int(peak[1]) / 1024 if peak else float("nan")
        print(json.dumps(found))
        return

    from ostra.facts.mrio_imports import import_mrio
    from ostra.workspace import Workspace

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables = {"28 x 50": Workspace().input_output()}
        if (options.icio / ARCHIVE).is_file():
            import_mrio(folder / "space", [options.icio / ARCHIVE])
            tables["80 x 50"] = Workspace(folder / "space").input_output()
        for label, table in tables.items():
            path = folder / "2022_SML.csv"
            cells = write_icio(table, path)
            print(f"{label}: {cells:,} cells that are not zero, {path.stat().st_size / 1e6:.0f} MB of CSV")
            results = {which: measured(which, path) for which in ("ours", "twin")}
            for which, found in results.items():
                if not np.isclose(found["sum"], table.flows.sum(), rtol=1e-12):
                    raise SystemExit(f"{which} read other numbers: {found['sum']} instead of {table.flows.sum()}")
                speed = table.size**2 / found["import"]
                print(
                    f"  {'ostra' if which == 'ours' else 'pymrio'}: import {found['import']:.1f} s"
                    f" ({speed / 1e6:.2f} M cells/s), load {found['load']:.2f} s, peak {found['megabytes']:,.0f} MB"
                )
            print(f"  import {results['twin']['import'] / results['ours']['import']:.1f} times as fast as pymrio")


if __name__ == "__main__":
    main()
