"""The documented plain CSV: the columns of a table under their own names, in any order.

Economies may be given by code or by name. This is the format for data that no other reader knows.
"""

from __future__ import annotations

from collections.abc import Sequence

from ostra.errors import DataError
from ostra.facts.readers.partners import partner, territory, unknown_economy
from ostra.facts.readers.reading import (
    ADDED_TRADE,
    Fault,
    Field,
    Reading,
    Resolve,
    decimal_field,
    is_na,
    number_faults,
    quoted,
    year_fault,
    year_field,
)
from ostra.facts.tables import Column, Table
from ostra.model.dossier import EDITIONS
from ostra.words import economies

# Names of totals over partners, in small letters.
TOTALS = ("world", "all countries", "all partners", "total", "european union", "0")
ECONOMY = "ISO 3166-1 alpha-3"
PRODUCT = "HS code of 6 digits"
SHARE = "share 0 to 1"
EDITION = "HS edition"

# Kept apart from rejected rows: re-imports are real, but no dependency on another economy.
SAME_ECONOMY = "exporter and importer are the same economy, or neither can be named"
RE_IMPORT = Fault("exporter = importer", "importer", SAME_ECONOMY, aside=True)


def reading(table: Table, *, edition: str | None = None, header: Sequence[str] = ()) -> Reading:
    """How a plain CSV becomes rows of a table; `edition` of the Harmonised System is that of its product codes.

    A file with this header that has no column `edition` may be of a table that has one: the stated edition is then
    that of every row.

    Raises
    ------
    DataError
        The file has a column `edition` and another edition was stated for the whole.
    """
    trade = table.name == "trade"
    constant = _constant_edition(table, edition, header)
    parts = [_column(column, f"r_{column.name}") for column in table.columns if column.name not in constant]
    economy_columns = tuple(column.name for column in table.columns if column.unit == ECONOMY)
    find = partner if trade else economies.find
    sides = tuple(Field(f"{name}_part", "mark_economy", _as_economy(f"r_{name}")) for name in economy_columns)
    unstated = "The HS edition of the product codes was not stated; codes may mean other goods in another edition."
    return Reading(
        kind="plain" if trade else table.name.replace("_", "-"),
        table=table.name,
        title=f"Plain CSV of table {table.name}",
        source="stated by the user: none",
        licence="not stated",
        url="",
        columns={name: (name,) for name in table.names if name not in constant},
        optional=frozenset(column.name for column in table.columns if not column.required),
        resolve={"economy": Resolve(economy_columns, find, unknown_economy)} if economy_columns else {},
        marks={"economy": territory} if trade else {},
        apart=tuple(field.name for field in sides) if trade else (),
        add=ADDED_TRADE if trade else {},
        fields=(*(field for field, _ in parts), *(sides if trade else ())),
        faults=(
            *(_total_fault(name) for name in economy_columns if trade),
            *(fault for _, faults in parts for fault in faults),
        ),
        numbers=frozenset(column.name for column in table.columns if column.type.startswith(("DECIMAL", "DOUBLE"))),
        late=(RE_IMPORT,) if trade else (),
        select=f"SELECT {', '.join(constant.get(name, name) for name in table.names)} FROM {{staged}}",
        key=tuple(name for name in table.key if name not in constant),
        order=", ".join(f"sound.{column} NULLS FIRST" for column in table.key if column not in constant),
        edition=edition,
        notes=(unstated,) if trade and edition is None else (),
        multiline=not trade,
    )


def _constant_edition(table: Table, edition: str | None, header: Sequence[str]) -> dict[str, str]:
    """The column `edition` as SQL where it was stated for the whole file."""
    column = next((column for column in table.columns if column.unit == EDITION), None)
    if edition is None or column is None:
        return {}
    if any(name.strip().casefold() == column.name for name in header):
        raise DataError(
            f"the file has a column {column.name}, and {edition} was stated for all of it",
            mend="Leave out --edition, or the column.",
        )
    return {column.name: f"{quoted(edition)} AS {column.name}"}


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
        empty = is_na(raw)
        missing = [Fault(empty, name, "value is missing", "Every row needs it.")] if column.required else []
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
    return Field(name, "code_economy", _as_economy(raw))


def _as_economy(raw: str) -> str:
    return f"TRY_CAST(trim({raw}) AS code_economy)"


def _total_fault(name: str) -> Fault:
    """Rows whose partner is a total over partners that are listed apart: sound, and not to be counted again."""
    listed = ", ".join(quoted(word) for word in TOTALS)
    when = f"lower(trim(r_{name})) IN ({listed})"
    return Fault(when, name, f"{name} is a total over economies that are listed apart", aside=True)


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
