"""Runs boario 0.7.2 on a table that it is handed; to be run by the Python of `.peers-boario`.

    .peers-boario/bin/python benchmarks/oracle_boario.py TABLE.npz RESULT.npz '{"days": 60, ...}'

TABLE.npz holds flows, final and output (a year), economies and sectors. The JSON holds days, hit (numbers of nodes),
fraction, first, duration, recovery_days, and boario's own words for the model. RESULT.npz gets production and unmet
final demand (days × nodes), and the seconds that the loop took.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
import time
import warnings

import numpy as np
import pandas as pd
import pymrio

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

from boario.event import EventArbitraryProd  # noqa: E402
from boario.extended_models import ARIOPsiModel  # noqa: E402
from boario.simulation import Simulation  # noqa: E402


def main(table: str, result: str, settings: str) -> None:
    """Simulate one event and save what came out."""
    asked = json.loads(settings)
    with np.load(table) as arrays:
        economies = [f"E{number:03d}" for number in range(int(arrays["economies"]))]
        sectors = [f"S{number:03d}" for number in range(int(arrays["sectors"]))]
        flows, final, output = arrays["flows"], arrays["final"], arrays["output"]
    nodes = pd.MultiIndex.from_product([economies, sectors], names=["region", "sector"])
    users = pd.MultiIndex.from_product([economies, ["final"]], names=["region", "category"])
    system = pymrio.IOSystem(
        Z=pd.DataFrame(flows, nodes, nodes),
        Y=pd.DataFrame(final, nodes, users),
        x=pd.DataFrame(output, nodes, ["indout"]),
    )
    system.calc_all()
    model = ARIOPsiModel(system, productive_capital_vector=pd.Series(4 * output, nodes), **asked["model"])
    event = EventArbitraryProd(
        impact=pd.Series(asked["fraction"], index=nodes[asked["hit"]]),
        occurrence=asked["first"],
        duration=asked["duration"],
        recovery_tau=asked["recovery_days"],
        recovery_function="linear",
    )
    records = ["production_realised", "final_demand_unmet"] if asked.get("records", True) else []
    with tempfile.TemporaryDirectory() as folder:
        run = Simulation(model, n_temporal_units_to_sim=asked["days"], boario_output_dir=folder, save_records=records)
        run.add_event(event)
        begin = time.perf_counter()
        run.loop()
        seconds = time.perf_counter() - begin
        kept = {}
        if records:
            kept = {"production": run.production_realised.to_numpy(), "unmet": run.final_demand_unmet.to_numpy()}
    np.savez(result, seconds=seconds, **kept)


if __name__ == "__main__":
    main(*sys.argv[1:])
