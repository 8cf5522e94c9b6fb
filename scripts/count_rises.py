"""Count made-up tables in which more stock, substitution or overproduction adds to the loss somewhere along the way.

    python scripts/count_rises.py

Prints the rows of the table in docs/methods/disruption.md, and the largest rise of each row in days of world output.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import io_worlds
from ostra.scenario.simulation.behaviour import Behaviour
from ostra.scenario.simulation.engine import simulate
from ostra.scenario.simulation.shocks import CapacityLoss, Withheld

TABLES, VALUES, DAYS = 40, 24, 250
LARGER = {
    "stocks, 2 to 62 days": ("stock_days", np.linspace(2, 62, VALUES)),
    "substitution speed, 0 to 0.5 a day": ("substitution_speed", np.linspace(0, 0.5, VALUES)),
    "substitution limit, 1 to 4": ("substitution_limit", np.linspace(1, 4, VALUES)),
    "overproduction, 1 to 1.5": ("overproduction_max", np.linspace(1, 1.5, VALUES)),
}
SHOCKS = {"ban": Withheld(range(4), range(4, 8), [1], 0.7, 5, 60), "lost capacity": CapacityLoss(range(4), 0.5, 5, 60)}
RULES = ("proportional", "intermediate first")


def rise(name: str, values: np.ndarray, shock: str, rule: str, seed: int) -> float:
    """Largest step upwards of the total loss from one value to the next, in days of world output."""
    given = {"stock_days": 20.0, "restore_days": 20.0, "rationing": rule, name: values}
    result = simulate(io_worlds.random_table(seed), [SHOCKS[shock]], Behaviour(**given), days=DAYS, runs=VALUES)
    return float(np.diff(result.output_lost.sum(axis=1)).max() / result.baseline_output.sum())


def main() -> None:
    """Print a row for each parameter."""
    print("| made larger | " + " | ".join(f"{shock}, {rule}" for shock in SHOCKS for rule in RULES) + " |")
    for words, (name, values) in LARGER.items():
        rises = [[rise(name, values, s, r, seed) for seed in range(TABLES)] for s in SHOCKS for r in RULES]
        counts = [sum(one > 1e-9 for one in column) for column in rises]
        print(f"| {words} | " + " | ".join(map(str, counts)) + f" |  largest rise {max(map(max, rises)):.2g} days")


if __name__ == "__main__":
    main()
