"""The documented plain CSV: the columns of a table under their own names, in any order.

Economies may be given by code or by name. This is the format for data that no other reader knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ostra.facts.readers.reading import (
    Fault,
    Field,
    Reading,
    decimal_field,
    number_faults,
    quoted,
    year_fault,
    year_field,
)
from ostra.words import economies

ECONOMY = "ISO 3166-1 alpha-3"
PRODUCT = "HS code of 6 digits"
SHARE = "share 0 to 1"
EDITION = "HS edition"
EDITIONS = ("HS92", "HS96", "HS02", "HS07", "HS12", "HS17", "HS22")

# Kept apart from rejected rows: re-imports are real, but no dependency on another economy.
RE_IMPORT = Fault("exporter = importer", "importer", "exporter and importer are the same economy", aside=True)


class ColumnLike(Protocol):
    """What this reader must know of a column; `facts.tables` defines them."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def required(self) -> bool: ...


def reading(
    table: str,
    columns: Sequence[ColumnLike],
    key: tuple[str, ...],
    *,
    edition: str | None = None,
    title: str = "",
    source: str = "",
    licence: str = "",
    url: str = "",
) -> Reading:
    """How a plain CSV becomes rows of `table`.

    Parameters
    ----------
    table, columns, key
        The definition of the table; `key` are the columns that identify a row.
    edition
        Edition of the Harmonised System that product codes are written in.
    title, source, licence, url
        What the user says of the data; carried into the manifest.
    """
    fields: list[Field] = []
    faults: list[Fault] = []
    economy_columns: list[str] = []
    for column in columns:
        raw = f"r_{column.name}"
        if column.unit == ECONOMY:
            economy_columns.append(column.name)
        field, found = _column(column, raw)
        fields.append(field)
        faults += found
    notes: list[str] = []
    late: list[Fault] = []
    if table == "trade":
        late.append(RE_IMPORT)
        if edition is None:
            notes.append(
                "The HS edition of the product codes was not stated; codes may mean other goods in another edition."
            )
    names = ", ".join(f"{c.name}" for c in columns)
    return Reading(
        kind="plain" if table == "trade" else table.replace("_", "-"),
        table=table,
        title=title or f"Plain CSV of table {table}",
        source=source or "stated by the user: none",
        licence=licence or "not stated",
        url=url,
        columns={column.name: (column.name,) for column in columns},
        optional=frozenset(column.name for column in columns if not column.required),
        resolve={"economy": (tuple(economy_columns), economies.iso3)} if economy_columns else {},
        fields=tuple(fields),
        faults=tuple(faults),
        late=tuple(late),
        select=f"SELECT {names} FROM {{staged}}",
        key=key,
        order=", ".join(f"sound.{column} NULLS FIRST" for column in key),
        edition=edition,
        notes=tuple(notes),
        multiline=table != "trade",
    )


def _column(column: ColumnLike, raw: str) -> tuple[Field, list[Fault]]:
    name, empty = column.name, f"({raw} IS NULL OR trim({raw}) = '')"
    missing = [Fault(empty, name, "value is missing", "Every row needs it.")] if column.required else []
    if column.unit == ECONOMY:
        return economy_field(name, raw), [*missing, economy_fault(name, raw)]
    if column.name == "year":
        return year_field(raw), [*missing, year_fault(name, name)]
    if column.unit == PRODUCT:
        return Field(name, "VARCHAR", f"trim({raw})"), [*missing, *hs_faults(name, raw)]
    if column.unit == EDITION:
        listed = ", ".join(quoted(e) for e in EDITIONS)
        wrong = f"NOT {empty} AND trim({raw}) NOT IN ({listed})"
        return _text(name, raw), [
            *missing,
            Fault(wrong, name, "not an HS edition", f"Write one of {', '.join(EDITIONS)}."),
        ]
    if column.type.startswith("DECIMAL"):
        return decimal_field(name, raw), number_faults(raw, name, name, required=column.required)
    if column.type in ("DOUBLE", "SMALLINT"):
        # Blank text is no number, so an empty optional value becomes NULL without a fault.
        field = Field(name, column.type, f"TRY_CAST({raw} AS {column.type})")
        faults = [
            *missing,
            Fault(
                f"NOT {empty} AND ({name} IS NULL OR NOT isfinite({name}::DOUBLE) OR contains({raw}, '_'))",
                name,
                "not a finite number",
                "Write digits with a point, such as 0.25; leave an unknown value empty.",
            ),
        ]
        if column.unit == SHARE:
            faults.append(Fault(f"{name} NOT BETWEEN 0 AND 1", name, "share outside 0 to 1", "Write 25 % as 0.25."))
        return field, faults
    return _text(name, raw), missing


def _text(name: str, raw: str) -> Field:
    return Field(name, "VARCHAR", f"nullif(regexp_replace(trim({raw}), '\\s+', ' ', 'g'), '')")


def economy_field(name: str, raw: str) -> Field:
    """An economy given by code or name, through the open list `economy`."""
    return Field(name, "code_economy", f"TRY_CAST(trim({raw}) AS code_economy)")


def economy_fault(name: str, raw: str) -> Fault:
    """The fault of an economy that is not known; how to mend it depends on the value."""
    return Fault(f"{raw} IS NOT NULL AND {name} IS NULL", name, "unknown economy", "Give an ISO 3166 code such as DEU.")


def hs_faults(name: str, raw: str) -> list[Fault]:
    """Faults of a product code that must be written with all six digits."""
    return [
        Fault(
            f"regexp_full_match(trim({raw}), '[0-9]{{5}}')",
            name,
            "HS code of 5 digits",
            "A leading zero was probably lost: format the column as text and write 010121, not 10121.",
        ),
        Fault(
            f"trim({raw}) <> '' AND NOT regexp_full_match(trim({raw}), '(0[1-9]|[1-9][0-9])[0-9]{{4}}')",
            name,
            "not an HS code of 6 digits",
            "Write the six digits of the HS subheading, without points.",
        ),
    ]
