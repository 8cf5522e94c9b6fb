"""From the labels of a published table to ours: economies by ISO code, one rectangle of sectors, million US dollars.

A reader of a layout finds the blocks and their labels; what the labels mean, which blocks are merged and which rules
apply to odd values is decided here, for all layouts alike (docs/methods/input-output.md, Data and rules).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ostra.errors import DataError, NotFoundError, Problem
from ostra.facts.mrio.read_table import Matrix, MrioTable, Vector
from ostra.words import economies
from ostra.words.economies import REST_OF_WORLD

# The largest table that is published today has 19,680 nodes (GLORIA); dense, it takes 3.1 GB.
MOST_NODES = 20_000
# What sources call the economies that they do not list, beside what a layout says of its own.
REST = frozenset({"ROW", "REST", "REST OF WORLD", "REST OF THE WORLD", "WRL_REST", "FIGW1", "ZZZ"})
# Parts of an economy that the OECD tells apart by kind of firm.
SPLIT = {"CN1": "CHN", "CN2": "CHN", "CN3": "CHN", "CN4": "CHN", "MX1": "MEX", "MX2": "MEX", "MX3": "MEX"}

Node = tuple[str, str]  # economy and sector as the source writes them
User = tuple[str, str]  # economy and category of final use


@dataclass(frozen=True)
class Labelled:
    """One year of a table with the labels that the source gives.

    Parameters
    ----------
    layout, name
        The layout, and the file as the user knows it.
    nodes, users
        Labels of the rows (and of the columns, in the same order), and of the columns of final use.
    flows, final, output
        Nodes × nodes, nodes × users, nodes; `output` is None where the source does not state it.
    value_added, taxes
        By column, where the source states them.
    stocks, discrepancy
        Categories of final use that are changes in stocks, and that are a statistical discrepancy.
    sector_names
        Code -> name, for those that the source names.
    codes
        Labels of economies that mean something of their own in this layout -> our code.
    usd
        Million US dollars for one unit of the source.
    unknown_users
        The source does not tell final users apart by economy.
    notes
        What the reader has to say.
    """

    layout: str
    name: str
    year: int
    nodes: Sequence[Node]
    users: Sequence[User]
    flows: Matrix
    final: Matrix
    output: Vector | None = None
    value_added: Vector | None = None
    taxes: Vector | None = None
    stocks: frozenset[str] = frozenset()
    discrepancy: frozenset[str] = frozenset()
    sector_names: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    usd: float = 1.0
    unknown_users: bool = False
    notes: tuple[str, ...] = ()


def assemble(found: Labelled) -> MrioTable:
    """The table under our labels; parts of one economy are added up, and odd values are told.

    Raises
    ------
    DataError
        An economy is not known, a value is no finite number, an output is negative, or the blocks do not fit together.
    """
    _check_shapes(found)
    codes, merged = _codes(found)
    order = tuple(dict.fromkeys(codes[economy] for economy, _ in found.nodes))
    order = (*(code for code in order if code != REST_OF_WORLD), *(code for code in order if code == REST_OF_WORLD))
    sectors = {sector: found.sector_names.get(sector, sector) for _, sector in found.nodes}
    place = {code: number * len(sectors) for number, code in enumerate(order)}
    column = {sector: number for number, sector in enumerate(sectors)}
    at = np.array([place[codes[economy]] + column[sector] for economy, sector in found.nodes], dtype=np.intp)
    n = len(order) * len(sectors)
    if n > MOST_NODES:
        raise DataError(f"{n:,} nodes are more than {MOST_NODES:,}, the most that can be read", found.name)
    notes = [*found.notes, *merged]
    if absent := n - len(set(at.tolist())):
        notes.append(f"{absent} of {n} pairs of economy and sector are not in the source and count as zero output.")
    flows = _added(_added(found.flows, at, n).T, at, n).T
    final = _added(found.final, at, n)
    output = None if found.output is None else _added(found.output, at, n)
    if output is None:
        output = flows.sum(axis=1) + final.sum(axis=1)
        notes.append("The source states no output; it is what the rows add up to, so that rows cannot be checked.")
    kinds = {
        "stocks": np.array([category in found.stocks for _, category in found.users], dtype=bool),
        "discrepancy": np.array([category in found.discrepancy for _, category in found.users], dtype=bool),
    }
    plain = ~(kinds["stocks"] | kinds["discrepancy"])
    if found.unknown_users:
        destinations: tuple[str, ...] = (REST_OF_WORLD,)
        to = np.zeros(len(found.users), dtype=np.intp)
    else:
        told = list(
            dict.fromkeys(codes[economy] for economy, category in found.users if category not in found.discrepancy)
        )
        destinations = (*(code for code in order if code in told), *(code for code in told if code not in order))
        number = {code: position for position, code in enumerate(destinations)}
        to = np.array([number.get(codes.get(economy, ""), 0) for economy, _ in found.users], dtype=np.intp)

    def by_destination(chosen: NDArray[np.bool_]) -> Matrix:
        return np.ascontiguousarray(_added(final[:, chosen].T, to[chosen], len(destinations)).T) * found.usd

    def primary(values: Vector | None) -> Vector | None:
        return None if values is None else _added(values, at, n) * found.usd

    if REST_OF_WORLD not in order:
        notes.append("The source has no rest of the world: what is sold to it and bought from it is missing.")
    return MrioTable(
        year=found.year,
        economies=order,
        sectors=sectors,
        flows=np.ascontiguousarray(flows) * found.usd,
        destinations=destinations,
        final=by_destination(plain),
        output=output * found.usd,
        stocks=by_destination(kinds["stocks"]) if kinds["stocks"].any() else None,
        discrepancy=final[:, kinds["discrepancy"]].sum(axis=1) * found.usd if kinds["discrepancy"].any() else None,
        value_added=primary(found.value_added),
        taxes=primary(found.taxes),
        notes=tuple(notes),
    )


def _check_shapes(found: Labelled) -> None:
    n, users = len(found.nodes), len(found.users)
    wanted: dict[str, tuple[Matrix | Vector | None, tuple[int, ...]]] = {
        "flows": (found.flows, (n, n)),
        "final use": (found.final, (n, users)),
        "output": (found.output, (n,)),
        "value added": (found.value_added, (n,)),
        "taxes": (found.taxes, (n,)),
    }
    problems = []
    for name, (values, shape) in wanted.items():
        if values is None:
            continue
        if values.shape != shape:
            problems.append(Problem(f"{name} is {values.shape}, not {shape}", found.name))
        elif not np.isfinite(values).all():
            first = np.unravel_index(int(np.argmin(np.isfinite(values))), values.shape)
            row = " ".join(found.nodes[int(first[0])])
            problems.append(
                Problem(
                    f"a value of {name} is no finite number",
                    found.name,
                    value=str(values[first]),
                    column=row,
                    mend="Export the table again; an unknown value cannot be guessed.",
                )
            )
    if len(set(found.nodes)) < n:
        twice = next(node for node in found.nodes if list(found.nodes).count(node) > 1)
        problems.append(Problem("a node is there twice", found.name, value=" ".join(twice)))
    if not n:
        problems.append(Problem("the table has no sectors", found.name))
    if problems:
        raise DataError(problems)


def _codes(found: Labelled) -> tuple[dict[str, str], list[str]]:
    """Our code for each label of an economy, and which labels were added up under one code."""
    labels = dict.fromkeys(
        [
            *(economy for economy, _ in found.nodes),
            *(economy for economy, category in found.users if category not in found.discrepancy),
        ]
    )
    codes: dict[str, str] = {}
    problems = []
    for label in labels:
        if found.unknown_users and label == REST_OF_WORLD:
            codes[label] = REST_OF_WORLD
            continue
        try:
            codes[label] = economy_code(label, found.codes)
        except NotFoundError as error:
            problems.append(
                Problem(
                    "unknown economy",
                    found.name,
                    value=label,
                    mend=f"{error} Rename it in the file, to ROW if it stands for the rest of the world.",
                )
            )
    if problems:
        raise DataError(problems[:20])
    under: dict[str, list[str]] = {}
    for economy in dict.fromkeys(economy for economy, _ in found.nodes):
        under.setdefault(codes[economy], []).append(economy)
    merged = [
        f"{', '.join(members)} of the source are added up under {code}."
        for code, members in under.items()
        if len(members) > 1
    ]
    return codes, merged


def economy_code(label: str, own: Mapping[str, str]) -> str:
    """Our code for the label of an economy; `own` are the labels that a layout uses in a way of its own.

    Raises
    ------
    NotFoundError
        No economy is known by that label.
    """
    text = label.strip()
    if text in own:
        return own[text]
    if text.upper() in REST:
        return REST_OF_WORLD
    if text in SPLIT:
        return SPLIT[text]
    return economies.home(text).code


def _added(values: NDArray[np.float64], at: NDArray[np.intp], size: int) -> NDArray[np.float64]:
    """Rows moved to their new places; rows of the same place are added in their order."""
    if size == len(at) and np.array_equal(at, np.arange(size)):
        return values
    moved = np.zeros((size, *values.shape[1:]))
    if len(set(at.tolist())) == len(at):
        moved[at] = values
        return moved
    for row, place in enumerate(at):
        moved[place] += values[row]
    return moved
