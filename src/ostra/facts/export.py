"""Data sets as files for others: CSV, Parquet or XLSX, with a sidecar that says what they are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import duckdb

from ostra.errors import DataError, NotFoundError, UsageError
from ostra.facts.datasets import Dataset
from ostra.facts.readers.reading import quoted
from ostra.facts.store import Facts
from ostra.facts.tables import table
from ostra.files.spreadsheets import FORMULA_STARTS, harmless
from ostra.files.whole_files import file_sha256, whole_file, write_whole
from ostra.files.workbooks import Notes, Sheet, write_workbook
from ostra.version import __version__

Format = Literal["csv", "parquet", "xlsx"]
FORMATS: tuple[Format, ...] = ("csv", "parquet", "xlsx")
XLSX_ROWS = 1_048_575  # rows of a worksheet, less the header
PIECE = 10_000


def export_dataset(
    facts: Facts,
    target: Path,
    table_name: str,
    dataset: str | None = None,
    *,
    format: Format | None = None,
    where: Mapping[str, Sequence[str | int]] | None = None,
) -> tuple[Path, Path, int]:
    """Write a data set, or the rows of it that are asked for, and beside it what it is.

    Rows stream from Parquet to the file, which appears under its name only when it is complete. In CSV and XLSX, text
    that a spreadsheet would take for a formula has an apostrophe before it.

    Parameters
    ----------
    facts, table_name, dataset
        Which rows: the named data set of the table, or the one that is read by default.
    target
        File to write; its suffix tells the format unless `format` does.
    where
        Column -> values; only rows that have one of them are written.

    Returns
    -------
    tuple
        The file, its sidecar `<file>.source.json`, and the number of rows.

    Raises
    ------
    UsageError
        The format or a column is not known.
    DataError
        More rows than a worksheet holds.
    """
    chosen = format or target.suffix.lower().removeprefix(".")
    if chosen not in FORMATS:
        raise UsageError(f"no format {chosen!r}; formats are {', '.join(FORMATS)}")
    source = facts.dataset(table_name, dataset)
    condition = _condition(table_name, where or {})
    order = ", ".join(f"{column} NULLS FIRST" for column in table(table_name).key)
    if not target.parent.is_dir():
        raise UsageError(f"folder {target.parent} does not exist")
    spill = target.parent / ".ostra-export"
    try:
        with (
            whole_file(target) as part,
            duckdb.connect(":memory:", config={"temp_directory": str(spill)}) as connection,
        ):
            query = f"SELECT {', '.join(source.columns)} FROM {source.parquet()}{condition}"
            rows = connection.execute(f"SELECT count(*) FROM ({query})").fetchall()[0][0]
            ordered = f"{query} ORDER BY {order}"
            if chosen == "xlsx":
                _xlsx(connection, ordered, source, rows, part)
            elif chosen == "csv":
                safe = ", ".join(_safe(column.name, column.type) for column in table(table_name).columns)
                connection.execute(f"COPY (SELECT {safe} FROM ({ordered})) TO {quoted(str(part))} (FORMAT csv, HEADER)")
            else:
                connection.execute(f"COPY ({ordered}) TO {quoted(str(part))} (FORMAT parquet, COMPRESSION zstd)")
    except duckdb.Error as error:
        raise DataError(
            f"cannot be read or written: {str(error).splitlines()[0]}",
            source.id,
            mend="`ostra data check` tells whether the data set is sound; see also whether the disk is full.",
        ) from None
    finally:
        if spill.is_dir():
            spill.rmdir()
    sidecar = target.with_name(target.name + ".source.json")
    write_whole(sidecar, json.dumps(_sidecar(source, target, rows, where or {}), indent=2, ensure_ascii=False) + "\n")
    return target, sidecar, rows


def _condition(table_name: str, where: Mapping[str, Sequence[str | int]]) -> str:
    known = table(table_name).names
    parts = []
    for column, values in where.items():
        if column not in known:
            raise NotFoundError(f"table '{table_name}' has no column '{column}'; columns are {', '.join(known)}")
        listed = ", ".join(quoted(str(value)) for value in values)
        parts.append(f"{column}::VARCHAR IN ({listed})" if values else "false")
    return " WHERE " + " AND ".join(parts) if parts else ""


def _safe(name: str, kind: str) -> str:
    if kind != "VARCHAR":
        return name
    starts = " OR ".join(f"starts_with({name}, chr({ord(mark)}))" for mark in FORMULA_STARTS)
    return f"CASE WHEN {starts} THEN '''' || {name} ELSE {name} END AS {name}"


def _xlsx(connection: duckdb.DuckDBPyConnection, query: str, source: Dataset, rows: int, path: Path) -> None:
    if rows > XLSX_ROWS:
        raise DataError(
            f"{rows:,} rows are more than a worksheet holds ({XLSX_ROWS:,})",
            source.id,
            mend="Export CSV or Parquet, or select fewer rows.",
        )
    columns = [(column, "") for column in source.columns]
    notes = Notes("source", ((name, harmless(text)) for name, text in _about(source).items()))
    cells = ([_cell(value) for value in row] for row in _rows_of(connection.execute(query)))
    write_workbook(str(path), [Sheet(source.table, columns, cells), notes], many_rows=True)


def _rows_of(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while piece := cursor.fetchmany(PIECE):
        yield from piece


def _cell(value: Any) -> Any:
    """Text as harmless as in CSV; exact decimals as numbers."""
    return harmless(value) if isinstance(value, str) else None if value is None else float(value)


def _about(source: Dataset) -> dict[str, str]:
    return {
        "data set": source.id,
        "title": source.title,
        "source": source.source,
        "licence": source.licence,
        "url": source.url,
        "HS edition": source.edition or "",
        "retrieved": source.retrieved,
        "sha256": source.sha256,
        "notes": "\n".join(source.notes),
    }


def _sidecar(source: Dataset, target: Path, rows: int, where: Mapping[str, Sequence[str | int]]) -> dict[str, object]:
    return {
        "file": target.name,
        "sha256": file_sha256(target),
        "rows": rows,
        "filters": {column: list(values) for column, values in where.items()},
        "columns": [
            {"name": column.name, "unit": column.unit, "description": column.description}
            for column in table(source.table).columns
        ],
        "dataset": source.model_dump(mode="json", exclude={"root", "built_in"}),
        "written_by": f"ostra {__version__}",
    }
