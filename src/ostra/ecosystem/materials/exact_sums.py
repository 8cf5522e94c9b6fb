"""Sums and queries that give the same bits on any machine: what the raw-material methods have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

KEYS = ["material", "home", "year"]


def sum_in_order(table: pl.DataFrame, keys: Sequence[str], columns: Sequence[str]) -> pl.DataFrame:
    """Sum float columns by group, term after term in the order of the rows: the same bits on any machine.

    Polars adds floats with whatever vector width the processor has; NumPy's bincount adds one by one.
    """
    groups = table.select(keys).unique(maintain_order=True).with_row_index("group")
    if groups.height == 0:
        return groups.drop("group").with_columns(pl.lit(0.0).alias(name) for name in columns)
    index = table.join(groups, on=list(keys), maintain_order="left")
    position = index["group"].cast(pl.Int64).to_numpy()
    return groups.drop("group").with_columns(
        pl.Series(name, np.bincount(position, index[name].to_numpy(), groups.height)) for name in columns
    )


def as_floats(column: pl.Series) -> Floats:
    """Integers with null for "no upper bound", as floats with infinity."""
    return column.cast(pl.Float64).fill_null(float("inf")).to_numpy().astype(np.float64)


def beside(table: pl.DataFrame, *parts: pl.DataFrame) -> pl.DataFrame:
    """The rows of a table with the columns of the parts, by those of material, home and year that each part has."""
    for part in parts:
        table = table.join(part, on=[key for key in KEYS if key in part.columns], how="left", maintain_order="left")
    return table


def sum_or_null(name: str) -> pl.Expr:
    """The sum of a column of bounds; null where one of them is."""
    return pl.when(pl.col(name).is_null().any()).then(None).otherwise(pl.col(name).sum()).alias(name)


def frame_of(relation: duckdb.DuckDBPyRelation, sql: str) -> pl.DataFrame:
    """The result of a query on a relation, which it knows as `material_facts`."""
    # Polars reads DuckDB's Arrow stream itself; `relation.pl()` would ask for pyarrow, which ostra does not install.
    return pl.DataFrame(relation.query("material_facts", sql))


def numbers(values: Iterable[int]) -> str:
    """Whole numbers as an SQL list."""
    return ", ".join(str(int(value)) for value in values)


def texts(values: Iterable[str]) -> str:
    """Values as an SQL list; an empty one equals nothing."""
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values) or "NULL"
