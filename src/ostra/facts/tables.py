"""The tables that facts come in: every column with type, unit and meaning, defined once in `tables.csv`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ostra.errors import NotFoundError

# The order in which rows are kept: what queries select by comes first, so that row groups can be skipped.
SORTED_BY: dict[str, tuple[str, ...]] = {
    "trade": ("year", "product", "exporter", "importer"),
    "production": ("year", "material", "country", "stage"),
    "governance": ("year", "indicator", "country"),
    "material_products": ("material", "product", "edition", "role"),
    "supply_shares": ("study", "material", "stage", "scope", "country"),
    "material_uses": ("study", "material", "application", "nace"),
    "hs_products": ("edition", "product"),
    "technology_shares": ("technology", "basis", "year", "economy", "organisation"),
    "input_output": ("year", "part", "seller", "seller_sector", "buyer", "buyer_sector"),
}


@dataclass(frozen=True)
class Column:
    """One column of a table; `type` is its DuckDB type."""

    name: str
    type: str
    unit: str
    required: bool
    description: str


@dataclass(frozen=True)
class Table:
    """A table, its columns in the order in which they are stored, and the columns that identify a row."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in stored order."""
        return tuple(column.name for column in self.columns)

    @property
    def has_years(self) -> bool:
        """Whether rows belong to a year; such tables are kept in one file for each year."""
        return "year" in self.names


@cache
def tables() -> dict[str, Table]:
    """Every table by name, in the order of `tables.csv`."""
    columns: dict[str, list[Column]] = {}
    with Path(__file__).with_name("tables.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            columns.setdefault(row["table"], []).append(
                Column(row["column"], row["type"], row["unit"], row["required"] == "yes", row["description"])
            )
    return {name: Table(name, tuple(rows), SORTED_BY[name]) for name, rows in columns.items()}


def table(name: str) -> Table:
    """One table by name.

    Raises
    ------
    NotFoundError
        There is no such table; the message lists those that exist.
    """
    known = tables()
    if name not in known:
        raise NotFoundError(f"no table '{name}'; tables are {', '.join(known)}")
    return known[name]
