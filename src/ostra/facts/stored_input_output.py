"""Input-output tables in the facts store: one row for each cell that is not zero, written and read column by column.

A table of 4,000 nodes has up to 16 million cells, so that neither way passes through Python row by row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from ostra.errors import DataError, NotFoundError
from ostra.facts.datasets import Axes, Dataset, FactsFile, written
from ostra.facts.mrio.labelled import MOST_NODES
from ostra.facts.mrio.read_table import Matrix, MrioTable, Vector
from ostra.facts.readers.reading import quoted
from ostra.facts.store import Facts
from ostra.facts.tables import table
from ostra.files.whole_files import flush_folder
from ostra.progress import Advance, quiet

TABLE = "input_output"
MEND = "Import the data set again."

# Which labels a part has beside the year: the seller's node or none, the buyer's node, its economy only, or none.
PARTS: dict[str, tuple[bool, str]] = {
    "discrepancy": (True, ""),
    "final": (True, "economy"),
    "intermediate": (True, "node"),
    "output": (True, ""),
    "stocks": (True, "economy"),
    "taxes": (False, "node"),
    "value_added": (False, "node"),
}


def axes_of(one: MrioTable, before: Axes | None = None) -> Axes:
    """The axes of one year, which must be those of the years before it in a data set.

    Raises
    ------
    DataError
        The years have different economies, sectors, destinations or parts.
    """
    parts = tuple(name for name in PARTS if _part(one, name) is not None)
    axes = Axes(economies=one.economies, sectors=one.sectors, destinations=one.destinations, parts=parts)
    if before is not None and (axes != before or list(axes.sectors) != list(before.sectors)):
        raise DataError(f"{one.year} has other economies, sectors or parts", mend="Import the years one by one.")
    return axes


def write_table(
    table_of_year: MrioTable,
    folder: Path,
    *,
    level: int = 3,
    threads: int | None = None,
    advance: Advance = quiet,
) -> FactsFile:
    """Write one year as `part-YEAR.parquet` in the folder, sorted by part and node, and flush it to disk.

    Parameters
    ----------
    table_of_year
        Cells that are zero get no row.
    level
        Of zstd; higher is smaller and slower.
    threads
        1 gives the same bytes on every machine.

    Returns
    -------
    FactsFile
        Its path is relative to `folder`.
    """
    path = folder / f"part-{table_of_year.year}.parquet"
    parts = [name for name in PARTS if _part(table_of_year, name) is not None]
    with duckdb.connect(":memory:") as connection:
        if threads:
            connection.execute(f"SET threads = {int(threads)}")
        queries = []
        for number, name in enumerate(parts):
            values = _part(table_of_year, name)
            assert values is not None  # noqa: S101  # chosen above
            flat = np.ascontiguousarray(values, dtype=np.float64).ravel()
            place = np.flatnonzero(flat)
            cells = {"place": place.astype(np.int64, copy=False), "value": flat[place]}
            connection.register(f"cells_{number}", cells)
            queries.append(_select(table_of_year, name, f"cells_{number}"))
            advance(number + 1, len(parts))
        columns = ", ".join(f"{column.name}::{column.type} AS {column.name}" for column in table(TABLE).columns)
        union = " UNION ALL ".join(queries)
        connection.execute(
            f"COPY (SELECT {columns} FROM ({union})) TO {quoted(str(path))}"
            f" (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL {int(level)}, ROW_GROUP_SIZE 122880)"
        )
        file = written(connection, path)
    flush_folder(folder)
    advance(1, 1)
    return file


def read_table(dataset: Dataset, year: int | None = None) -> MrioTable:
    """One year of a stored table, exactly as it was written.

    Parameters
    ----------
    dataset
        A data set of the table `input_output`.
    year
        The latest by default.

    Raises
    ------
    NotFoundError
        The data set has no such year.
    DataError
        Its rows do not belong to its axes, or a value is no finite number.
    """
    axes, years = dataset.axes, dataset.years
    if axes is None or years is None:
        raise DataError(f"data set '{dataset.id}' is no input-output table", mend=MEND)
    n = len(axes.economies) * len(axes.sectors)
    if n > MOST_NODES:
        raise DataError(f"data set '{dataset.id}' has {n:,} nodes; {MOST_NODES:,} are the most")
    wanted = years[1] if year is None else year
    shapes = {"node": (n, n), "economy": (n, len(axes.destinations)), "": (n,)}
    found: dict[str, Matrix | Vector] = {}
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET enable_progress_bar = false")
        source = dataset.parquet()
        known = connection.execute(f"SELECT DISTINCT year FROM {source} ORDER BY year").fetchall()
        if (wanted,) not in known:
            listed = ", ".join(str(one) for (one,) in known)
            raise NotFoundError(f"data set '{dataset.id}' has no year {wanted}. It has: {listed}")
        _declare(connection, axes)
        for name in axes.parts:
            has_seller, bought_by = PARTS[name]
            shape = shapes[bought_by] if has_seller else (n,)
            found[name] = _read_part(connection, source, name, wanted, shape, dataset)
    return MrioTable(
        year=wanted,
        economies=axes.economies,
        sectors=dict(axes.sectors),
        destinations=axes.destinations,
        notes=dataset.notes,
        flows=found.pop("intermediate"),
        **found,
    )


def _part(one: MrioTable, name: str) -> Matrix | Vector | None:
    return one.flows if name == "intermediate" else getattr(one, name)


def _labels(values: Sequence[str], number: str) -> str:
    return f"[{', '.join(quoted(value) for value in values)}][({number}) + 1]"


def _select(one: MrioTable, part: str, cells: str) -> str:
    """SQL from numbered cells to labelled rows; the number of a cell runs through the columns of each row."""
    sectors = list(one.sectors)
    has_seller, bought_by = PARTS[part]
    width = {"node": one.size, "economy": len(one.destinations), "": 1}[bought_by] if has_seller else one.size
    seller = f"place // {width}"
    buyer = f"place % {width}"
    none = "NULL::VARCHAR"
    return (
        f"SELECT {int(one.year)} AS year, {quoted(part)} AS part,"
        f" {_labels(one.economies, f'{seller} // {len(sectors)}') if has_seller else none} AS seller,"
        f" {_labels(sectors, f'({seller}) % {len(sectors)}') if has_seller else none} AS seller_sector,"
        + {
            "node": f" {_labels(one.economies, f'({buyer}) // {len(sectors)}')} AS buyer,"
            f" {_labels(sectors, f'({buyer}) % {len(sectors)}')} AS buyer_sector,",
            "economy": f" {_labels(one.destinations, buyer)} AS buyer, {none} AS buyer_sector,",
            "": f" {none} AS buyer, {none} AS buyer_sector,",
        }[bought_by]
        + f" value AS value_musd FROM {cells}"
    )


def _declare(connection: duckdb.DuckDBPyConnection, axes: Axes) -> None:
    """The labels as enumerations, whose numbers are the places on the axes."""
    lists = (("economy", axes.economies), ("sector", tuple(axes.sectors)), ("destination", axes.destinations))
    for name, values in lists:
        connection.execute(f"CREATE TYPE {name} AS ENUM ({', '.join(quoted(value) for value in values)})")


def _read_part(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    part: str,
    year: int,
    shape: tuple[int, ...],
    dataset: Dataset,
) -> NDArray[np.float64]:
    has_seller, bought_by = PARTS[part]
    sectors = int(connection.execute("SELECT len(enum_range(NULL::sector))").fetchall()[0][0])

    def number(column: str, kind: str) -> str:
        return f"enum_code(TRY_CAST({column} AS {kind}))::INTEGER"

    seller = f"{number('seller', 'economy')} * {sectors} + {number('seller_sector', 'sector')}"
    buyer = {
        "node": f"{number('buyer', 'economy')} * {sectors} + {number('buyer_sector', 'sector')}",
        "economy": number("buyer", "destination"),
        "": "0",
    }[bought_by]
    row, column = (seller, buyer) if has_seller else (buyer, "0")
    values = np.zeros(shape)
    found = connection.execute(
        f"SELECT {row} AS row, {column} AS col, value_musd AS value FROM {source}"
        f" WHERE part = {quoted(part)} AND year = {int(year)}"
    ).fetchnumpy()
    unknown = any(np.ma.is_masked(found[name]) for name in ("row", "col", "value"))
    if unknown or not np.isfinite(found["value"]).all():
        raise DataError(
            f"rows of data set '{dataset.id}' name an economy or sector that it does not have, or no number",
            column=part,
            mend=MEND,
        )
    place = (found["row"],) if len(shape) == 1 else (found["row"], found["col"])
    values[place] = found["value"]
    return values


def sector_names(facts: Facts, sectors: Mapping[str, str]) -> dict[str, str]:
    """Code -> name; a table that gives codes only takes the names of another data set that has all of its codes."""
    if any(code != name for code, name in sectors.items()):
        return dict(sectors)
    for other in facts.datasets("input_output"):
        known = {} if other.axes is None else dict(other.axes.sectors)
        if sectors.keys() <= known.keys() and any(code != name for code, name in known.items()):
            return {code: known[code] for code in sectors}
    return dict(sectors)
