"""What the tiles of one batch have in common."""

from __future__ import annotations

from dataclasses import dataclass

from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.scenario.simulation.behaviour import Behaviour
from ostra.scenario.simulation.economy import Array, Layout, Reach, Whole
from ostra.scenario.simulation.shocks import Shock


@dataclass(frozen=True, eq=False)
class Batch:
    """All that the tiles of one batch have in common; `width` is the number of lanes of each."""

    table: InputOutputTable
    shocks: tuple[Shock, ...]
    behaviour: Behaviour
    days: int
    runs: int
    width: int
    level: float
    watched: Whole
    layout: Layout
    reach: Reach
    rate: Array
    value_added_known: bool
    caveats: tuple[str, ...]
    fingerprint: str
