"""Economies and blocs as a table knows them: which of its nodes are home, and which are the supplier's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostra.ecosystem.input_output.coefficients import Nodes
from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.errors import NotFoundError
from ostra.words.economies import Home, bloc_members, blocs, code_and_name


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


def members_in(table: InputOutputTable, home: Home) -> tuple[str, ...]:
    """The economies of the table that make up a country or bloc in the table's year, in the table's order.

    Raises
    ------
    NotFoundError
        The table has none of them; if it has them only inside a bloc, the message names it.
    """
    if home.code in table.economies:
        return (home.code,)
    wanted = home.members(table.year)
    found = tuple(code for code in table.economies if code in wanted)
    if found:
        return found
    reason, mend = not_apart(table, home)
    raise NotFoundError(f"{reason}: {mend}")


def not_apart(table: InputOutputTable, home: Home) -> tuple[str, str]:
    """What to say of a country or bloc that a table does not have, and what to name instead."""
    within = _inside(table, home)
    has = f"{within}. It has: " if within else "it has "
    return (
        f"table '{table.dataset}' does not tell {code_and_name(home.code)} apart",
        f"{has}{', '.join(table.economies)}",
    )


def _inside(table: InputOutputTable, home: Home) -> str:
    """What to name instead, if the table has the home only as, or inside, a bloc."""
    wanted = home.members(table.year)
    for code in table.economies:
        members = bloc_members(code, table.year) if code in blocs() else frozenset()
        if wanted == members:
            return f"in {table.year} it is {code} there; write {code}"
        if wanted and wanted < members:
            return f"it is inside {code}; write {code}, or import a table of countries"
    return ""
