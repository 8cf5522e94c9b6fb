"""Economies and blocs as a table knows them: which of its nodes are home, and which are the supplier's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostra.ecosystem.input_output.aggregate import members_in
from ostra.ecosystem.input_output.coefficients import Nodes
from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.words.economies import Home


@dataclass(frozen=True)
class Group:
    """One side in a table: an economy, or the members of a bloc that the table has.

    Parameters
    ----------
    code, name
        Of the economy or bloc.
    economies
        The table's economies that make it up.
    caveats
        Members that the table does not have.
    """

    code: str
    name: str
    economies: tuple[str, ...]
    caveats: tuple[str, ...] = ()

    def nodes(self, table: InputOutputTable, sector: int | None = None) -> Nodes:
        """Numbers of its nodes in the table, of one sector or of all."""
        width = len(table.sectors)
        starts = np.array([table.economies.index(code) * width for code in self.economies], dtype=np.intp)
        within = np.arange(width, dtype=np.intp) if sector is None else np.array([sector], dtype=np.intp)
        return np.asarray((starts[:, None] + within[None, :]).ravel())


def group(table: InputOutputTable, side: Home) -> Group:
    """Find an economy or a bloc in a table.

    A bloc that the table has as one economy is that economy; else it is its members of the table's year, each traced
    on its own.

    Raises
    ------
    NotFoundError
        The table has neither it nor any member.
    """
    found = members_in(table, side)
    if found == (side.code,):
        return Group(side.code, side.name, found)
    missing = sorted(side.members(table.year) - set(found))
    caveat = f"{side.name}: table '{table.dataset}' does not tell apart {', '.join(missing)}; they are not counted."
    return Group(side.code, side.name, found, (caveat,) if missing else ())
