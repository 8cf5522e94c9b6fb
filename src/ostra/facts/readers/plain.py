"""The documented plain CSV: the columns of a table under their own names, in any order.

Economies may be given by code or by name. This is the format for data that no other reader knows.
"""

from __future__ import annotations

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
from ostra.facts.tables import Column, Table
from ostra.words import economies

ECONOMY = "ISO 3166-1 alpha-3"
PRODUCT = "HS code of 6 digits"
SHARE = "share 0 to 1"
EDITION = "HS edition"
EDITIONS = ("HS92", "HS96", "HS02", "HS07", "HS12", "HS17", "HS22")

# Kept apart from rejected rows: re-imports are real, but no dependency on another economy.
RE_IMPORT = Fault("exporter = importer", "importer", "exporter and importer are the same economy", aside=True)


def reading(table: Table, *, edition: str | None = None) -> Reading:
    """How a plain CSV becomes rows of a table; `edition` of the Harmonised System is that of its product codes."""
    trade = table.name == "trade"
    parts = [_column(column, f"r_{column.name}") for column in table.columns]
    economy_columns = tuple(column.name for column in table.columns if column.unit == ECONOMY)
    unstated = "The HS edition of the product codes was not stated; codes may mean other goods in another edition."
    return Reading(
        kind="plain" if trade else table.name.replace("_", "-"),
        table=table.name,
        title=f"Plain CSV of table {table.name}",
        source="stated by the user: none",
        licence="not stated",
        url="",
        columns={name: (name,) for name in table.names},
        optional=frozenset(column.name for column in table.columns if not column.required),
        resolve={"economy": (economy_columns, economies.iso3)} if economy_columns else {},
        fields=tuple(field for field, _ in parts),
        faults=tuple(fault for _, faults in parts for fault in faults),
        late=(RE_IMPORT,) if trade else (),
        select=f"SELECT {', '.join(table.names)} FROM {{staged}}",
        key=table.key,
        order=", ".join(f"sound.{column} NULLS FIRST" for column in table.key),
        edition=edition,
        notes=(unstated,) if trade and edition is None else (),
        multiline=not trade,
    )


def _column(column: Column, raw: str) -> tuple[Field, list[Fault]]:
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
