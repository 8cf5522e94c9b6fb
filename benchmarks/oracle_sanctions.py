"""Runs sanction-simulator on a table that it is handed; to be run by the Python of `.peers-sanction`.

usage: python oracle_sanctions.py IN.npz OUT.npz
IN holds its benchmark (A, omb, z, s, go, dbar, audit, countries, sectors) and `legs` (seller, buyer) with `parts` (one
row of fractions per leg, by sector), `tau`, `delta`, `rho`.
"""

from __future__ import annotations

import resource
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np

spec = find_spec("sanction_simulator")
assert spec is not None and spec.origin is not None
package = Path(spec.origin).parent
sys.path.insert(0, str(package))
import power_trade_estimation as peer  # noqa: E402  # found only now

given = np.load(sys.argv[1], allow_pickle=True)
bench = peer.Benchmark(str(package / "data"), cache=sys.argv[1])
legs = [(int(k), int(j), part) for (k, j), part in zip(given["legs"], given["parts"], strict=True)]
found = {}
for name, tau in (("rerouted", float(given["tau"])), ("rationed", 1.0)):
    begun = time.perf_counter()
    batch = peer.ScenarioBatch(bench, [legs], tau=tau, delta=float(given["delta"]))
    batch.balance()
    result = batch.solve(rho=float(given["rho"]))
    found[f"seconds_{name}"] = time.perf_counter() - begun
    found[name] = bench.s - result["s_omega"][0]
found["peak_kb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
np.savez(sys.argv[2], **found)
