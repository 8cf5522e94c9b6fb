"""What a reader says of its format, in a form that one engine can carry out on files larger than memory.

A reader does not read. It names the columns that it needs, how each becomes a value (SQL over the raw text), which
rows are faulty and why, and how the sound rows become rows of a table. `facts.staging` runs that in DuckDB.
Raw columns appear in SQL as `r_<name>`; all of them are text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

# Years outside are typing errors (20222) or not years at all; trade statistics by product begin in 1962.
FIRST_YEAR, LAST_YEAR = 1900, 2100

# What sources write where a number is not known, in small letters: R and UN Comtrade, the World Bank, Eurostat, Excel.
NA_WORDS = ("", "na", "n/a", "n.a.", "#n/a", "null", "none", ".", "..", "...", "…", ":", "-", "–", "—")

# How flows that are parts of one are added: a weight is known where all of their weights are.
ADDED_TRADE = {
    "value_kusd": "sum(value_kusd)::DECIMAL(18,3)",
    "quantity_t": "CASE WHEN count(quantity_t) = count(*) THEN sum(quantity_t)::DECIMAL(18,3) END",
}


@dataclass(frozen=True)
class Field:
    """A staged column: its SQL type, and the expression over raw columns, NULL where the text has no valid value."""

    name: str
    type: str
    sql: str


@dataclass(frozen=True)
class Fault:
    """Rows for which `when` holds are not kept.

    A plain fault goes to the report of rejected rows. `aside` marks rows that are sound but belong elsewhere (totals,
    suppressed or aggregate codes): they are counted, not rejected.
    """

    when: str
    column: str
    reason: str
    mend: str = ""
    aside: bool = False


class Resolve(NamedTuple):
    """An open list of codes: which raw columns hold it, text -> code or None, text -> how to mend it."""

    columns: tuple[str, ...]
    find: Callable[[str], str | None]
    explain: Callable[[str], str]


@dataclass(frozen=True)
class Reading:
    """How the files of one format become rows of one table.

    Attributes
    ----------
    kind, table, title, source, licence, url, edition
        What the manifest says of the data set.
    columns : mapping
        Raw column -> names under which the header may have it (compared without case); the first is shown.
    optional : frozenset
        Raw columns that the file need not have; they are then NULL.
    codes : mapping
        Name of a closed list -> raw text -> code. Fields of type `code_<name>` hold the raw text as an enumeration.
    resolve : mapping
        Like `codes`, for lists that are too open to write down: raw columns, a quick function from a text in them to
        its code (None where it has none), and one that tells how to mend such a text.
    marks : mapping
        Name of a list -> function from raw text to a small number. A field of type `mark_<name>` holds it, so that
        two texts with one code can be told apart.
    apart : tuple
        Mark fields: rows that differ in them alone are parts of one flow and are added by `add`.
    add : mapping
        Field -> SQL that adds its values over such rows.
    agree : tuple
        Fields in which rows of the same key must agree; where they do not, the files are refused.
    first : str
        SQL that is carried out once, before `select` and `caveats`, which may read what it makes.
    numbers : frozenset
        Raw columns that hold numbers: in files that are not separated by commas, they may have decimal commas.
    fields, faults
        Evaluated in order; the first fault that holds is the one reported.
    select : str
        SQL from the sound rows, `{staged}`, to the columns of the table.
    key : tuple
        Fields that identify a row; second and later rows with the same key are rejected. Empty: none are duplicates.
    sure
        SQL that holds only for rows without a fault, cheap to compute: such rows are not judged fault by fault.
    late
        Faults (asides only) that are judged after codes are decoded, when two spellings of one economy are one.
    order
        Sort order over the fields of `{staged}`, qualified with `sound.`, for a `select` to which `WHERE year = ...`
        and `ORDER BY` can be appended; empty: rows are sorted by the table's own order after `select`.
    caveats
        SQL over `{staged}` whose rows are texts: what the user should know of the data.
    settle
        Given the years found, returns the edition, or raises when the years cannot be imported together.
    multiline
        Whether a quoted value may hold line breaks. Where not, one is a quotation mark that was never closed.
    notes
        Carried into the manifest and the report.
    release
        What the source calls its vintage.
    reporting
        Of trade: SQL over `{staged}` for economy and side (importer, exporter) of those whose trade is reported; or
        `all`, where the data hold the trade of all with all. Empty: it is derived from the rows.
    """

    kind: str
    table: str
    title: str
    source: str
    licence: str
    url: str
    columns: Mapping[str, tuple[str, ...]]
    fields: tuple[Field, ...]
    faults: tuple[Fault, ...]
    select: str
    key: tuple[str, ...]
    edition: str | None = None
    optional: frozenset[str] = frozenset()
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    resolve: Mapping[str, Resolve] = field(default_factory=dict)
    marks: Mapping[str, Callable[[str], int]] = field(default_factory=dict)
    apart: tuple[str, ...] = ()
    add: Mapping[str, str] = field(default_factory=dict)
    agree: tuple[str, ...] = ()
    first: str = ""
    numbers: frozenset[str] = frozenset()
    sure: str = ""
    late: tuple[Fault, ...] = ()
    order: str = ""
    caveats: tuple[str, ...] = ()
    settle: Callable[[tuple[int, ...]], str | None] | None = None
    multiline: bool = False
    delimiter: str = ","
    notes: tuple[str, ...] = ()
    release: str = ""
    reporting: str = ""


def quoted(text: str) -> str:
    """The text as an SQL literal.

    A NUL would end the literal early in some engines; it never belongs to a code or a name.
    """
    return "'" + text.replace("\0", "").replace("'", "''") + "'"


def quoted_path(path: Path) -> str:
    """The path of a file to be read, as an SQL literal; DuckDB would take `*`, `?` and `[` for patterns."""
    return quoted("".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path)))


def parquet(paths: Iterable[Path]) -> str:
    """Parquet files as SQL that can be selected from."""
    return f"read_parquet([{', '.join(quoted_path(path) for path in paths)}], hive_partitioning = false)"


def year_field(raw: str, name: str = "year") -> Field:
    """A calendar year of four digits; anything else, such as 20222 or 2022.5, is NULL.

    The engine always has the list `code_year`, whose first entry is `FIRST_YEAR`; a lookup is faster than a pattern.
    """
    return Field(name, "SMALLINT", f"({FIRST_YEAR} + enum_code(TRY_CAST(trim({raw}) AS code_year))::INTEGER)::SMALLINT")


def decimal_field(name: str, raw: str, factor: str = "") -> Field:
    """An exact number of three decimals; text that is no finite decimal number is NULL."""
    value = f"TRY_CAST({raw} AS DECIMAL(18,3))"
    return Field(name, "DECIMAL(18,3)", f"({value}{factor})::DECIMAL(18,3)" if factor else value)


def number_faults(raw: str, field_name: str, column: str, *, required: bool, empty: str | None = None) -> list[Fault]:
    """Faults of a number that may not be negative: missing (if required), not a number, below zero.

    `empty` is SQL that tells an empty value; the default is NULL, blanks and NA_WORDS.
    """
    is_empty = empty or is_na(raw)
    faults = []
    if required:
        faults.append(Fault(is_empty, column, "value is missing", "Give the number, or leave the row out."))
    faults += [
        Fault(
            f"NOT {is_empty} AND ({field_name} IS NULL OR contains({raw}, '_'))",
            column,
            "not a finite decimal number",
            "Write digits with a point, such as 1234.5, below 1e15; no thousands separators, NaN or infinity.",
        ),
        Fault(
            f"NOT {is_empty} AND starts_with(ltrim({raw}), '-')",
            column,
            "negative value",
            "Trade and production cannot be negative; check the sign or the source.",
        ),
    ]
    return faults


def is_na(raw: str) -> str:
    """SQL that holds where a raw column has no value, or one of the words that say so."""
    return f"({raw} IS NULL OR lower(trim({raw})) IN ({', '.join(quoted(word) for word in NA_WORDS)}))"


def year_fault(field_name: str, column: str) -> Fault:
    """The fault of a year that is not four digits within the range that statistics can have."""
    return Fault(
        f"{field_name} IS NULL",
        column,
        "not a year",
        f"Write four digits between {FIRST_YEAR} and {LAST_YEAR}.",
    )
