"""The disruption model against boario 0.7.2, where the two coincide: one event, the same parameters."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

import io_worlds
from ostra.scenario.simulation.behaviour import Behaviour
from ostra.scenario.simulation.engine import simulate
from ostra.scenario.simulation.shocks import CapacityLoss

ROOT = Path(__file__).parents[1]
PEER = ROOT / ".peers-boario" / "bin" / "python"


@pytest.mark.parametrize("orders", ["usual shares", "shares by capacity"])
def test_one_event_as_in_boario(orders: str, tmp_path: Path) -> None:
    """Output of every node on every day, and unmet final demand, are those of boario to a millionth."""
    if not PEER.exists():
        pytest.skip("boario is not here; scripts/setup.sh test installs it into .peers-boario")
    table = io_worlds.random_table(5, economies=4, sectors=5)
    days, hit, first, duration, recovery = 120, [3, 8, 12], 5, 20, 20
    np.savez(tmp_path / "table.npz", flows=table.flows, final=table.final, output=table.output, economies=4, sectors=5)
    settings = {
        "days": days,
        "hit": hit,
        "fraction": 0.3,
        "first": first,
        "duration": duration,
        "recovery_days": recovery,
        "model": {
            "order_type": "noalt" if orders == "usual shares" else "alt",
            "alpha_max": 1.25,
            "alpha_tau": 100,
            "main_inv_dur": 12,
            "psi_param": 0.8,
            "inventory_restoration_tau": 15,
        },
    }
    asked = [str(PEER), str(ROOT / "benchmarks" / "oracle_boario.py"), str(tmp_path / "table.npz")]
    subprocess.run([*asked, str(tmp_path / "told.npz"), json.dumps(settings)], check=True, timeout=100, cwd=tmp_path)
    with np.load(tmp_path / "told.npz") as told:
        production, unmet = told["production"], told["unmet"]
    behaviour = Behaviour(
        stock_days=12.0,
        restore_days=15.0,
        stock_threshold=0.8,
        overproduction_max=1.25,
        overproduction_days=100.0,
        overproduction_return="at exact balance",
        substitution_speed=0.0 if orders == "usual shares" else 1.0,
        substitution_limit=np.inf,
        signal="capacity",
        final_substitutes=False,
        negligible_input=1e-5 / 365,
    )
    # In boario the capacity follows this kind of event by a day, and the first day of recovery still has the full loss.
    shock = CapacityLoss(hit, 0.3, first=first + 1, last=first + duration + 2, recovery_days=recovery)
    result = simulate(table, [shock], behaviour, days=days, watched=range(table.size))
    assert result.watched_output[0] == pytest.approx(production, rel=1e-6)
    # boario counts what final users miss by economy of the user and product, day by day.
    by_destination = unmet.reshape(days, 4, 5).sum(axis=2)
    assert result.unmet_by_destination[0] == pytest.approx(by_destination, rel=1e-6, abs=1e-6 * unmet.max())
    assert production.min(axis=0) == pytest.approx(result.lowest_output[0] * result.baseline_output, rel=1e-6)
    assert result.output_lost.max() > 0.01
