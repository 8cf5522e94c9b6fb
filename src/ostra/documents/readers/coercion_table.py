"""Coercion cases as CSV: one row a case, each with the source that documents it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from pydantic import ValidationError

from ostra.documents.readers.spreadsheet_table import Row, Table, clean, made_id, open_table
from ostra.errors import DataError, NotFoundError, Problem, shortened
from ostra.model.evidence import Source
from ostra.model.profile import CoercionCase
from ostra.words import economies

REQUIRED = ("id", "coercer", "target", "year", "means", "source", "publisher", "date", "locator")
OPTIONAL = ("form", "url", "licence")
COLUMNS = (
    "id",
    "coercer",
    "target",
    "year",
    "form",
    "means",
    "source",
    "publisher",
    "date",
    "locator",
    "url",
    "licence",
)
FORMS = ("measure", "pressure")
MOST_ROWS = 20_000
LONGEST = 4000  # characters of a text, as the model has it
FIRST_YEAR, LAST_YEAR = 1945, 2100
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DATE = re.compile(r"[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")


@dataclass(frozen=True)
class ListedCase:
    """One row: the case, the document that it rests on, and the line it was read from."""

    case: CoercionCase
    source: Source
    line: int

    @property
    def content(self) -> tuple[CoercionCase, Source]:
        """What the row says, wherever it stands."""
        return self.case, self.source


@dataclass(frozen=True)
class CasesReading:
    """What was read: cases in the order of the file, every fault, and what is to be known of the file as a whole."""

    cases: tuple[ListedCase, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]

    def sound(self) -> tuple[ListedCase, ...]:
        """The cases.

        Raises
        ------
        DataError
            A row is faulty; every fault at once.
        """
        if self.problems:
            raise DataError(self.problems)
        return self.cases


def coercion_cases_reading(path: Path) -> CasesReading:
    """Read coercion cases from a CSV file with the columns of `COLUMNS`, in any order and letter case.

    `form`, `url` and `licence` may be missing or empty. Economies and blocs are given by code or name. The id of the
    source is made from its title. A leading apostrophe, by which spreadsheets are kept from running a cell, is taken
    off.
    """
    table = open_table(path.parent, path.name, REQUIRED, OPTIONAL)
    cases: list[ListedCase] = []
    lines: dict[str, ListedCase] = {}
    for count, row in enumerate(table.rows(), 1):
        if count > MOST_ROWS:
            table.complain(f"more than {MOST_ROWS:,} rows", row.line, mend="Split the file")
            break
        listed = _case(table, row)
        if listed is None:
            continue
        earlier = lines.setdefault(listed.case.id, listed)
        if earlier is listed:
            cases.append(listed)
        elif earlier.content == listed.content:
            table.notes.append(f"{table.name}: line {listed.line} repeats line {earlier.line} and counts once.")
        else:
            table.complain(
                f"the id stands on line {earlier.line} too, with something else", listed.line, "id", listed.case.id,
                "Give each case an id of its own",
            )  # fmt: skip
    if not cases and not table.problems:
        table.complain("holds no case", 1, mend="Write one row for each case below the header")
    return CasesReading(tuple(cases), tuple(table.all_problems()), tuple(table.notes))


def source_id(title: str) -> str:
    """The id of a source that is known by its title."""
    return made_id(title)[:60].strip("-") or "source"


def _case(table: Table, row: Row) -> ListedCase | None:
    """The row as a case; None after telling all that is wrong with it."""
    before = len(table.problems) + table.left_out
    name = _id(table, row)
    coercer, target = _party(table, row, "coercer"), _party(table, row, "target")
    if coercer and coercer == target:
        table.complain("is the coercer itself", row.line, "target", row["target"], "Name whom the case was aimed at")
    year, form = _year(table, row), _form(table, row)
    means, title, locator = (_text(table, row, column) for column in ("means", "source", "locator"))
    publisher, date = _text(table, row, "publisher"), _date(table, row)
    url, licence = _url(table, row), _text(table, row, "licence", needed=False)
    if len(table.problems) + table.left_out > before:
        return None
    source = source_id(title)
    try:
        return ListedCase(
            CoercionCase(
                id=name, coercer=coercer, target=target, year=year, form=form, means=means, source=source,
                locator=locator,
            ),
            Source(id=source, title=title, publisher=publisher, date=date, url=url, licence=licence),
            row.line,
        )  # fmt: skip
    except ValidationError as error:  # what the model asks beyond the checks above, so that no row is lost silently
        for fault in error.errors():
            table.complain(fault["msg"], row.line, ".".join(str(part) for part in fault["loc"]))
        return None


def _unquoted(text: str) -> str:
    """The text of a cell without the apostrophe that keeps a spreadsheet from running it."""
    text = clean(text)
    return text[1:] if re.match(r"'[=+\-@]", text) else text


def _text(table: Table, row: Row, column: str, *, needed: bool = True) -> str:
    text = _unquoted(row[column])
    if needed and not text:
        table.complain("is empty", row.line, column, mend="Every case needs it")
    if len(text) > LONGEST:
        table.complain(f"longer than {LONGEST:,} characters", row.line, column, text, "Shorten the text")
    return text


def _id(table: Table, row: Row) -> str:
    text = clean(row["id"])
    if not text:
        table.complain("is empty", row.line, "id", mend="Give each case an id, such as china-lithuania-2021")
    elif not _ID.fullmatch(text) or len(text) > 80:
        made = made_id(text)
        mend = f"Write {made}" if made else "Write small letters, digits and hyphens"
        table.complain("no id: small letters, digits and hyphens, at most 80", row.line, "id", text, mend)
    return text


def _party(table: Table, row: Row, column: str) -> str:
    text = clean(row[column])
    if not text:
        table.complain("is empty", row.line, column, mend="Give an economy or bloc by code or name, such as DEU or EU")
        return ""
    try:
        return economies.home(text).code
    except NotFoundError as error:
        table.complain("no such economy or bloc", row.line, column, text, shortened(str(error), 300))
        return ""


def _year(table: Table, row: Row) -> int:
    text = clean(row["year"])
    if re.fullmatch(r"[0-9]{4}", text) and FIRST_YEAR <= int(text) <= LAST_YEAR:
        return int(text)
    mend = f"Write four digits between {FIRST_YEAR} and {LAST_YEAR}: the year in which the measure began"
    table.complain("not a year" if text else "is empty", row.line, "year", text, mend)
    return FIRST_YEAR


def _form(table: Table, row: Row) -> Literal["measure", "pressure"]:
    text = clean(row["form"]).casefold()
    if not text:
        return "measure"
    if text not in FORMS:
        close = difflib.get_close_matches(text, FORMS, 1)
        mend = f"Did you mean '{close[0]}'?" if close else "Write measure, pressure, or nothing for measure"
        table.complain("not one of the allowed words", row.line, "form", text, mend)
        return "measure"
    return cast(Literal["measure", "pressure"], text)


def _date(table: Table, row: Row) -> str:
    text = clean(row["date"])
    if not _DATE.fullmatch(text):
        mend = "Write the date of the source as 2021, 2021-12 or 2021-12-03"
        table.complain("not a date" if text else "is empty", row.line, "date", text, mend)
    return text


def _url(table: Table, row: Row) -> str:
    text = clean(row["url"])
    if text and not re.fullmatch(r"https?://[^\s\"'<>]+", text):
        table.complain(
            "not an address", row.line, "url", text, "Write it from http:// or https:// on, or leave it empty"
        )
    return text


def as_cells(cases: Sequence[ListedCase]) -> list[dict[str, str]]:
    """The cases as rows of text by column, in order of year and id."""
    return [
        {
            "id": case.id,
            "coercer": case.coercer,
            "target": case.target,
            "year": str(case.year),
            "form": case.form,
            "means": case.means,
            "source": source.title,
            "publisher": source.publisher,
            "date": source.date,
            "locator": case.locator,
            "url": source.url,
            "licence": source.licence,
        }
        for case, source in sorted((listed.content for listed in cases), key=lambda c: (c[0].year, c[0].id))
    ]
