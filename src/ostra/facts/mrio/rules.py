"""What is odd in an input-output table, and whether its rows and columns balance.

Nothing is changed here: rules say what is refused and what is told (docs/methods/input-output.md, Data and rules).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ostra.errors import DataError, Problem
from ostra.facts.mrio.read_table import Matrix, MrioTable, Vector

# A difference above this share of output is told in a caveat: our choice.
NOTABLE = 1e-3
# Below this share of output a difference is the rounding of printed numbers.
ROUNDING = 1e-6
# How many nodes a caveat names before it counts the rest.
SHOWN = 12
SHOWN_IDLE = 60


@dataclass(frozen=True)
class Residual:
    """What is missing (above zero) or too much in one row or column, in million USD."""

    side: Literal["row", "column"]
    economy: str
    sector: str
    name: str
    output: float
    accounted: float

    @property
    def residual(self) -> float:
        """Output less what is accounted for."""
        return self.output - self.accounted

    @property
    def share(self) -> float | None:
        """The residual as a share of output; None where output is zero."""
        return self.residual / self.output if self.output else None


def residuals(table: MrioTable) -> list[Residual]:
    """Every row and column that does not balance beyond rounding, the largest difference first.

    Columns are checked only where value added is known; taxes count with it where the source has them.
    """
    accounted: dict[Literal["row", "column"], Vector] = {"row": table.flows.sum(axis=1) + table.all_final().sum(axis=1)}
    if table.value_added is not None:
        taxes = 0.0 if table.taxes is None else table.taxes
        accounted["column"] = table.flows.sum(axis=0) + table.value_added + taxes
    codes, names = list(table.sectors), list(table.sectors.values())
    found = []
    for side, values in accounted.items():
        beyond = np.abs(table.output - values) > np.maximum(ROUNDING * np.abs(table.output), 1e-6)
        for number in np.flatnonzero(beyond):
            economy, sector = divmod(int(number), len(codes))
            found.append(
                Residual(
                    side,
                    table.economies[economy],
                    codes[sector],
                    names[sector],
                    float(table.output[number]),
                    float(values[number]),
                )
            )
    return sorted(found, key=lambda one: (-abs(one.residual), one.side, one.economy, one.sector))


def oddities(table: MrioTable) -> tuple[str, ...]:
    """What must be said of a table, one sentence for each rule that applies.

    Raises
    ------
    DataError
        An output is negative: no method is defined for it.
    """
    if (table.output < 0).any():
        raise DataError(
            [
                Problem(
                    "negative output",
                    f"year {table.year}",
                    column=table.node(int(number)),
                    value=f"{table.output[number]:g}",
                    mend="No method is defined for it: mend the source, or merge the sector with another.",
                )
                for number in np.flatnonzero(table.output < 0)[:20]
            ]
        )
    idle: NDArray[np.bool_] = np.equal(table.output, 0)
    sold, bought = table.flows.any(axis=1) | table.final.any(axis=1), table.flows.any(axis=0)
    used: NDArray[np.bool_] = np.logical_or(sold, bought)
    said = [
        _said(table, _any(table.flows), "Negative intermediate sales are kept as they are, of"),
        _said(table, _any(table.final), "Negative final sales are kept as they are, of"),
    ]
    if table.stocks is not None:
        said.append(_said(table, _any(table.stocks), "Stocks fall; that counts as negative final sales, of"))
    if table.discrepancy is not None:
        words = f"A discrepancy of {table.discrepancy.sum():,.1f} million USD counts as final sales at home, of"
        said.append(_said(table, np.not_equal(table.discrepancy, 0), words))
    said += [
        _said(table, idle & ~used, "Without any output, so that input shares are undefined:", SHOWN_IDLE),
        _said(table, idle & used, "Sales or purchases without any output, kept as residuals:", SHOWN_IDLE),
    ]
    if table.value_added is not None:
        said.append(_said(table, np.less(table.value_added, 0), "Negative value added is kept as it is, of"))
    else:
        said.append("Value added is not stated and stays unknown.")
    if table.destinations == ("ZZZ",) and len(table.economies) > 1:
        said.append("Final sales are known by seller only, not by destination.")
    return tuple(text for text in said if text) + balance_note(residuals(table))


def balance_note(found: Iterable[Residual]) -> tuple[str, ...]:
    """The differences that matter, in one sentence for rows and one for columns."""
    notes = []
    for side, what in (("row", "Sales"), ("column", "Inputs and value added")):
        notable = [one for one in found if one.side == side and (one.share is None or abs(one.share) > NOTABLE)]
        if notable:
            listed = "; ".join(f"{one.economy} {one.sector} {one.residual:+,.1f}" for one in notable[:5])
            notes.append(
                f"{what} miss output by more than 0.1 % in {len(notable)} {side}s (million USD, largest: {listed})."
            )
    return tuple(notes)


def _any(values: Matrix) -> NDArray[np.bool_]:
    """Which rows hold anything below zero."""
    return np.asarray((values < 0).any(axis=1), dtype=bool)


def _said(table: MrioTable, where: NDArray[np.bool_], words: str, shown: int = SHOWN) -> str | None:
    """The sentence with the nodes it is about; many are named by their number and the first of them."""
    numbers = np.flatnonzero(where)
    if not len(numbers):
        return None
    codes = list(table.sectors)
    named = [f"{table.economies[number // len(codes)]} {codes[number % len(codes)]}" for number in numbers[:shown]]
    more = f" and {len(numbers) - shown} more" if len(numbers) > shown else ""
    return f"{words} {', '.join(named)}{more}."
