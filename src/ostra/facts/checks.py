"""Is a facts folder what its manifest says? For `ostra data check`."""

from __future__ import annotations

from pathlib import Path

import duckdb

from ostra.errors import DataError, Problem
from ostra.facts.datasets import MANIFEST, Dataset, files_sha256, read_manifest
from ostra.facts.readers.reading import parquet
from ostra.facts.tables import table
from ostra.files.whole_files import file_sha256
from ostra.progress import Advance, quiet

MEND = "Remove the data set from the manifest and import it again."


def check_facts(root: Path, advance: Advance = quiet) -> list[Problem]:
    """Read every file of a facts folder again and compare it with the manifest.

    Hashes, row counts, columns and types, required values, years, and the uniqueness of rows are checked; an empty
    list means that all is well.
    """
    try:
        manifest = read_manifest(root)
    except DataError as error:
        return list(error.problems)
    found: list[Problem] = []
    for number, entry in enumerate(manifest.datasets):
        found += check_dataset(Dataset.of(root, entry))
        advance(number + 1, len(manifest.datasets))
    return found


def check_dataset(dataset: Dataset) -> list[Problem]:
    """Compare one data set with what its manifest says of it."""
    try:
        paths = dataset.paths()
    except DataError as error:
        return list(error.problems)
    found: list[Problem] = []
    for file, path in zip(dataset.files, paths, strict=True):
        if (seen := file_sha256(path)) != file.sha256:
            found.append(Problem("the file was changed: its hash differs", str(path), value=seen[:16], mend=MEND))
    if files_sha256(dataset.files) != dataset.sha256:
        found.append(
            Problem(f"the hash of data set '{dataset.id}' differs from its files", str(dataset.root / MANIFEST))
        )
    if found:
        return found  # what was changed need not be described further
    with duckdb.connect(":memory:") as connection:
        for file, path in zip(dataset.files, paths, strict=True):
            try:
                found += _check_file(connection, dataset, file.rows, path)
            except duckdb.Error as error:
                found.append(Problem(f"cannot be read: {str(error).splitlines()[0]}", str(path), mend=MEND))
        if not found:
            found += _check_rows(connection, dataset, paths)
    return found


def _check_file(connection: duckdb.DuckDBPyConnection, dataset: Dataset, rows: int, path: Path) -> list[Problem]:
    found = []
    relation = connection.sql(f"SELECT * FROM {parquet([path])}")
    expected = {column.name: column.type for column in table(dataset.table).columns}
    seen = dict(zip(relation.columns, (str(kind) for kind in relation.types), strict=True))
    if seen != expected:
        listed = ", ".join(f"{name} {kind}" for name, kind in seen.items())
        found.append(Problem("columns differ from the table's definition", str(path), value=listed, mend=MEND))
    count = connection.execute(f"SELECT count(*) FROM {parquet([path])}").fetchall()[0][0]
    if count != rows:
        found.append(Problem(f"holds {count:,} rows where the manifest says {rows:,}", str(path), mend=MEND))
    return found


def _check_rows(connection: duckdb.DuckDBPyConnection, dataset: Dataset, paths: tuple[Path, ...]) -> list[Problem]:
    definition = table(dataset.table)
    source = parquet(paths)
    found = []
    for column in definition.columns:
        if not column.required:
            continue
        count = connection.execute(f"SELECT count(*) FROM {source} WHERE {column.name} IS NULL").fetchall()[0][0]
        if count:
            found.append(Problem(f"{count:,} rows without a value", dataset.id, column=column.name, mend=MEND))
    if definition.has_years:
        years = connection.execute(f"SELECT min(year), max(year) FROM {source}").fetchall()[0]
        if years != dataset.years:
            found.append(
                Problem("years differ from the manifest", dataset.id, value=f"{years[0]} to {years[1]}", mend=MEND)
            )
    key = ", ".join(definition.key)
    count = connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM {source} GROUP BY {key} HAVING count(*) > 1)"
    ).fetchall()[0][0]
    if count:
        found.append(Problem(f"{count:,} rows are there more than once", dataset.id, column=key, mend=MEND))
    return found
