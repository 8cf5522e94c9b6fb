"""Fewer economies or sectors in an input-output table: flows among those that are merged stay, as flows within."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.errors import MethodError, NotFoundError
from ostra.words.economies import Home, bloc_members, blocs, code_and_name

Groups = Mapping[str, Collection[str]]


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


def aggregate(
    table: InputOutputTable,
    economies: Groups | None = None,
    sectors: Groups | None = None,
    sector_names: Mapping[str, str] | None = None,
) -> InputOutputTable:
    """Merge economies and sectors by adding up; nothing is scaled, and every total stays what it was.

    Parameters
    ----------
    table
        The table, in million USD; it is not changed.
    economies, sectors
        New code -> codes that are merged under it. What no group names stays as it is. A merged economy or sector
        stands where its first member stood. Destinations of final demand are merged like economies.
    sector_names
        Names of merged sectors; a merged sector without one is called by the names of its members.

    Returns
    -------
    InputOutputTable
        Same dataset, year and caveats.

    Raises
    ------
    NotFoundError
        A group names an economy or sector that the table does not have.
    MethodError
        A group is empty, two groups share a member, or a new code belongs to something that is not merged under it.
    """
    economy_groups, sector_groups = economies or {}, sectors or {}
    new_economies, economy_of = _merged(table.economies, economy_groups, "economy")
    new_sectors, sector_of = _merged(table.sectors, sector_groups, "sector")
    kept = {
        code: [member for member in members if member in table.destinations] for code, members in economy_groups.items()
    }
    kept = {code: members for code, members in kept.items() if members}
    new_destinations, destination_of = _merged(table.destinations, kept, "destination")
    node_of = (economy_of[:, None] * len(new_sectors) + sector_of[None, :]).ravel()
    size = len(new_economies) * len(new_sectors)
    by_row = _summed(table.flows, node_of, size)
    return replace(
        table,
        economies=new_economies,
        sectors=new_sectors,
        sector_names=_names(table, new_sectors, sector_of, sector_groups, sector_names or {}),
        flows=np.ascontiguousarray(_summed(by_row.T, node_of, size).T),
        final=np.ascontiguousarray(
            _summed(_summed(table.final, node_of, size).T, destination_of, len(new_destinations)).T
        ),
        destinations=new_destinations,
        output=_summed(table.output, node_of, size),
        value_added=None if table.value_added is None else _summed(table.value_added, node_of, size),
    )


def _merged(codes: Sequence[str], groups: Groups, what: str) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """The new codes, and the number of the new one for each old one."""
    under: dict[str, str] = {}
    for code, members in groups.items():
        if not members:
            raise MethodError(f"{what} {code} is to be made of nothing; name its members")
        for member in members:
            if member not in codes:
                raise NotFoundError(f"the table has no {what} {member}. It has: {', '.join(codes)}")
            if under.setdefault(member, code) != code:
                raise MethodError(f"{what} {member} cannot be merged under both {under[member]} and {code}")
    for code in groups:
        if code in codes and under.get(code) != code:
            raise MethodError(f"{code} is {what} of the table already and not a member of the new {code}")
    after = [under.get(code, code) for code in codes]
    new = tuple(dict.fromkeys(after))
    place = {code: number for number, code in enumerate(new)}
    return new, np.array([place[code] for code in after], dtype=np.intp)


def _summed(values: NDArray[np.float64], group: NDArray[np.intp], size: int) -> NDArray[np.float64]:
    """Rows added up by group; the rows of a group are added in their order, so that a result can be reproduced."""
    if size == len(values):
        # Every group has one row, so this is only a new order.
        order = np.empty(size, dtype=np.intp)
        order[group] = np.arange(size)
        return values[order]
    total = np.zeros((size, *values.shape[1:]))
    for row, place in enumerate(group):
        total[place] += values[row]
    return total


def _names(
    table: InputOutputTable, new: Sequence[str], sector_of: NDArray[np.intp], groups: Groups, given: Mapping[str, str]
) -> tuple[str, ...]:
    members: list[list[str]] = [[] for _ in new]
    for name, number in zip(table.sector_names, sector_of, strict=True):
        members[number].append(name)
    return tuple(
        given.get(code, "; ".join(names)) if code in groups else names[0]
        for code, names in zip(new, members, strict=True)
    )
