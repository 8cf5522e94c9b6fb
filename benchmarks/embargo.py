"""Static embargoes on the real table of 80 economies × 50 sectors, and the ratio to sanction-simulator in the same run.

    python benchmarks/embargo.py              needs sanction-simulator 0.1.4 in .peers-sanction (scripts/setup.sh test)
    python benchmarks/embargo.py --repeat 9   more rounds; the median counts

The table is the peer's own copy of the OECD's, handed to both. The job is both views, with and without rerouting, for
one seller and one buyer; the peer is called once for each view. Reading the table is not counted for either; what ostra
prepares once per table is shown apart. Rounds alternate, so that both meet the same load of the machine. Losses are
compared: they must agree to 1e-6 of the total.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PEER = ROOT / ".peers-sanction" / "bin" / "python"
ORACLE = ROOT / "benchmarks" / "oracle_sanctions.py"
CASES = {"CHN to DEU": (("CHN", "DEU"),), "USA and CHN, both ways": (("USA", "CHN"), ("CHN", "USA"))}

# Run by a fresh interpreter, so that peak memory is that of this job alone.
JOB = """
import json, resource, sys, time
import numpy as np
from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.scenario.trade_ban import cut, embargo
from ostra.scenario.rerouting import network
given = np.load(sys.argv[1], allow_pickle=True)
countries, sectors = (tuple(str(x) for x in given[key]) for key in ("countries", "sectors"))
n = len(countries) * len(sectors)
order = np.arange(n).reshape(len(sectors), len(countries)).T.ravel()
flows = given["A"]
flows *= (given["omb"] * given["s"])[None]
table = InputOutputTable("icio", 2022, countries, sectors, sectors, flows[np.ix_(order, order)],
                         given["z"][order][:, None], ("ZZZ",), given["s"][order])
del flows
begun = time.perf_counter()
net = network(table)
net.bought, net.sold, net.budgets, net.by_buyer, net.at_home, net.rounded
prepared = time.perf_counter() - begun
legs = json.loads(sys.argv[2])
cuts = [cut(net, [countries.index(a)], [countries.index(b)]) for a, b in legs]
begun = time.perf_counter()
found = embargo(net, cuts)
seconds = time.perf_counter() - begun
print(json.dumps({"seconds": seconds, "prepared": prepared, "steps": found.rerouted.steps,
    "lost": [found.rerouted.output.sum(), found.rationed.output.sum()],
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def bench_cache() -> Path:
    """The table inside the peer's package."""
    found = sorted(PEER.parents[1].glob("lib/python3*/site-packages/sanction_simulator/data/bench_cache.npz"))
    if not PEER.exists() or not found:
        sys.exit("sanction-simulator is not here. Install it with: scripts/setup.sh test")
    return found[0]


def ours(cache: Path, legs: tuple[tuple[str, str], ...]) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", JOB, str(cache), json.dumps(legs)], check=True, capture_output=True, text=True
    )
    return dict(json.loads(done.stdout))


def peers(cache: Path, legs: tuple[tuple[str, str], ...], folder: Path) -> dict[str, object]:
    import numpy as np

    with np.load(cache, allow_pickle=True) as given:
        countries = [str(code) for code in given["countries"]]
        width = len(given["sectors"])
        whole = folder / "in.npz"
        numbers = [[countries.index(code) for code in leg] for leg in legs]
        np.savez(
            whole,
            **{key: given[key] for key in given.files},
            legs=np.array(numbers),
            parts=np.ones((len(legs), width)),
            tau=0.3,
            delta=0.1,
            rho=-1.0,
        )
    subprocess.run([PEER, ORACLE, whole, folder / "out.npz"], check=True, capture_output=True)
    with np.load(folder / "out.npz") as found:
        return {
            "seconds": float(found["seconds_rerouted"]) + float(found["seconds_rationed"]),
            "lost": [float(found["rerouted"].sum()), float(found["rationed"].sum())],
            "peak_mb": float(found["peak_kb"]) / 1024,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3)
    chosen = parser.parse_args()
    cache = bench_cache()
    for name, legs in CASES.items():
        rounds = []
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(chosen.repeat):
                rounds.append((ours(cache, legs), peers(cache, legs, Path(folder))))
        own, peer = ([pair[k] for pair in rounds] for k in (0, 1))
        seconds = [statistics.median(float(one["seconds"]) for one in side) for side in (own, peer)]
        for a, b in zip(own[0]["lost"], peer[0]["lost"], strict=True):
            if abs(a - b) > 1e-6 * abs(b):
                sys.exit(f"{name}: ostra finds {a}, sanction-simulator {b}")
        ratio = statistics.median(float(b["seconds"]) / float(a["seconds"]) for a, b in rounds)
        prepared = statistics.median(float(one["prepared"]) for one in own)
        print(
            f"{name}: ostra {seconds[0]:.2f} s (table prepared in {prepared:.2f} s), peak {own[0]['peak_mb']:,.0f} MB; "
            f"sanction-simulator {seconds[1]:.2f} s, peak {peer[0]['peak_mb']:,.0f} MB; ratio {ratio:.1f}; "
            f"lost {own[0]['lost'][0]:,.0f} and {own[0]['lost'][1]:,.0f} million USD a year, both agree"
        )


if __name__ == "__main__":
    main()
