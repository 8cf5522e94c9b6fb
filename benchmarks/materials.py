"""Score raw materials: seconds and peak memory for all of them, and the ratio to geopolrisk-py 2.0.1 in the same run.

    python benchmarks/materials.py --peer .peers/bin/python      with the peer (about 4 minutes, most of it the peer's)
    python benchmarks/materials.py                               ours only

The job: 53 materials with a trade code x (27 members + EU27) x 2020-2024 = 7,420 scores from the built-in Parquet. Ours
is timed in a process of its own from opening the facts to the finished frame, median of 5 processes; imports are
reported apart. The peer gets its data as installed and scores a slice, countries and the EU apart because a bloc costs
it 27 times a country; its loading plus the slice scaled to the whole job is what it would take. Both sets of numbers
are compared on that slice: where no definition differs (see docs/methods/geopolrisk.md) they are equal to 1e-9.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
YEARS = [2020, 2021, 2022, 2023, 2024]
SLICE_YEAR = 2022
SLICE_COUNTRIES = {"276": "DEU", "251": "FRA", "246": "FIN"}
SLICE_MATERIALS = (
    "Cobalt",
    "Copper",
    "Nickel",
    "Manganese",
    "Aluminium",
    "Lithium",
    "Niobium",
    "Tungsten",
    "Zinc",
    "Tin",
)
EU_MATERIALS = ("Cobalt", "Niobium", "Aluminium")
NAMES = {"Lithium": "Lithium (Li2O)", "Niobium": "Niobium (Nb2O5)", "Tungsten": "Tungsten (W)"}

# Run by a fresh interpreter, so that peak memory and caches are those of this job alone.
JOB = """
import json, resource, sys, time
start = time.perf_counter()
from ostra.words.economies import bloc_members, home
from ostra.ecosystem.materials.geopolrisk import geopolrisk
from ostra.ecosystem.materials.exact_sums import beside
from ostra.ecosystem.materials.inputs import read_inputs
from ostra.ecosystem.materials.supply_risk import supply_risk
from ostra.facts.store import open_facts
imported = time.perf_counter()
facts = open_facts(None)
relations = [facts.relation(name) for name in ("trade", "production", "governance", "material_products")]
years = json.loads(sys.argv[1])
homes = [home("EU27"), *map(home, sorted(bloc_members("EU27", years[0])))]
with_code = relations[3].filter("product IS NOT NULL").project("material").distinct().fetchall()
materials = sorted(name for (name,) in with_code)
inputs = read_inputs(*relations, homes, years, materials=materials)
table = geopolrisk(inputs, "zero risk")
if sys.argv[2] == "indicators":
    table = beside(table, supply_risk(inputs).drop("caveats"))
done = time.perf_counter()
rows = []
if len(sys.argv) > 3:
    keep = ["material", "home", "year", "geopolrisk", "geopolrisk_low", "geopolrisk_high"]
    rows = table.select(keep).to_dicts()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
times = {"import": imported - start, "seconds": done - imported}
print(json.dumps({"scores": table.height, "mb": peak, "rows": rows, **times}))
"""


def ours(what: str, repeats: int, keep_rows: bool = False) -> dict[str, object]:
    """Median of fresh processes."""
    runs = []
    for _ in range(repeats):
        command = [sys.executable, "-c", JOB, json.dumps(YEARS), what, *(["rows"] if keep_rows else [])]
        runs.append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    median = dict(runs[0])
    for name in ("import", "seconds", "mb"):
        median[name] = statistics.median(run[name] for run in runs)
    median["slowest"] = max(run["seconds"] for run in runs)
    return median


def peer(interpreter: Path, homes: list[str], materials: tuple[str, ...]) -> dict[str, object]:
    """One slice by the peer, on its data as installed."""
    command = [str(interpreter), str(ROOT / "benchmarks" / "oracle_geopolrisk.py"), "--full"]
    command += ["--years", str(SLICE_YEAR), "--homes", ",".join(homes), "--materials", ",".join(materials)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    """Measure, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", type=Path, help="interpreter with geopolrisk-py 2.0.1 (.peers/bin/python)")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()

    scores = ours("geopolrisk", options.repeats, keep_rows=True)
    both = ours("indicators", options.repeats)
    for name, run in (("GeoPolRisk", scores), ("GeoPolRisk and supply risk", both)):
        print(
            f"{name}: {run['scores']:,} rows in {run['seconds']:.2f} s with loading (median of {options.repeats}, "
            f"slowest {run['slowest']:.2f} s), imports {run['import']:.2f} s, peak {run['mb']:.0f} MB"
        )
    if options.peer is None:
        return

    countries = peer(options.peer, list(SLICE_COUNTRIES), SLICE_MATERIALS)
    bloc = peer(options.peer, ["EU"], EU_MATERIALS)
    per_country = float(countries["seconds_scores"]) / len(countries["rows"])
    per_bloc = float(bloc["seconds_scores"]) / len(bloc["rows"])
    loading = float(countries["seconds_import"]) + float(countries["seconds_mapping"])
    whole = 53 * len(YEARS)
    total = loading + whole * (27 * per_country + per_bloc)
    print(
        f"geopolrisk-py 2.0.1: loading {loading:.0f} s, {per_country:.3f} s a score for a country "
        f"({len(countries['rows'])} measured), {per_bloc:.2f} s for the EU ({len(bloc['rows'])} measured); "
        f"scaled to {whole * 28:,} scores {total:,.0f} s"
    )
    print(f"ratio: {total / float(scores['seconds']):,.0f} times faster")

    mine = {(row["material"], row["home"], row["year"]): row for row in scores["rows"]}
    equal = inside = other = 0
    for row in [*countries["rows"], *bloc["rows"]]:
        code = SLICE_COUNTRIES.get(row["home"], "EU27")
        own = mine[NAMES.get(row["material"], row["material"]), code, row["year"]]
        if own["geopolrisk"] is not None and abs(own["geopolrisk"] - row["score"]) < 1e-9:
            equal += 1
        elif own["geopolrisk_low"] is not None and own["geopolrisk_low"] <= row["score"] <= own["geopolrisk_high"]:
            inside += 1
        else:
            other += 1
    print(
        f"numbers on the slice: {equal} equal to 1e-9, {inside} inside our interval, {other} different by definition "
        "(Taiwan's governance, blank quantities, gas, Guyana; all accounted for in tests/test_materials_facts.py)"
    )


if __name__ == "__main__":
    main()
