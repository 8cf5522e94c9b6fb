"""Coercion cases as CSV: one row a case, each with the source that documents it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import StringConstraints

from ostra.documents.readers.spreadsheet_table import Row, TableTree, clean, open_table
from ostra.documents.validation import examined
from ostra.errors import DataError, NotFoundError, Problem
from ostra.model.base import HomeName, IsoDate, Text
from ostra.model.evidence import Source
from ostra.model.profile import CoercionCase
from ostra.model.references import Document, Fault
from ostra.words import economies
from ostra.words.sentences import made_id

MOST_ROWS = 20_000


class CaseRow(CoercionCase):
    """One row: a case, with the title of its source in place of an id, and what else the source is."""

    coercer: HomeName
    target: HomeName
    source: Text
    publisher: Text
    date: IsoDate
    url: Annotated[str, StringConstraints(pattern=r"^(https?://[^\s\"'<>]+)?$")] = ""
    licence: Annotated[str, StringConstraints(max_length=4000)] = ""


class CaseTable(Document):
    """A file of cases."""

    cases: tuple[CaseRow, ...]

    def rules(self) -> Iterator[Fault]:
        """Nobody coerces themselves."""
        for number, row in enumerate(self.cases):
            if row.coercer == row.target:
                yield Fault(("cases", number, "target"), "is the coercer itself", "Name whom the case was aimed at")


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
REQUIRED = tuple(column for column in COLUMNS if CaseRow.model_fields[column].is_required())
OPTIONAL = tuple(column for column in COLUMNS if column not in REQUIRED)


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
    if table.problems:
        return CasesReading((), tuple(table.all_problems()), tuple(table.notes))
    kept: dict[int, dict[str, Any]] = {}  # by line
    first: dict[str, int] = {}
    rows: list[Row] = []
    for count, row in enumerate(table.rows(), 1):
        if count > MOST_ROWS:
            table.complain(f"more than {MOST_ROWS:,} rows", row.line, mend="Split the file")
            break
        values = _values(row)
        earlier = first.setdefault(values.get("id", ""), row.line)
        if earlier != row.line and kept[earlier] == values:
            table.notes.append(f"{table.name}: line {row.line} repeats line {earlier} and counts once.")
            continue
        kept[row.line] = values
        rows.append(row)
    if not rows and not table.problems:
        table.complain("holds no case", 1, mend="Write one row for each case below the header")
    tree = TableTree(value={"cases": list(kept.values())}, tables={"cases": table}, rows={"cases": rows})
    read, problems = examined(tree, CaseTable, table.all_problems())
    cases = () if read is None or problems else map(_listed, read.cases, rows)
    return CasesReading(tuple(cases), tuple(problems), tuple(table.notes))


def source_id(title: str) -> str:
    """The id of a source that is known by its title."""
    return made_id(title)[:60].strip("-") or "source"


def _values(row: Row) -> dict[str, Any]:
    """What the cells of a row say; empty ones say nothing."""
    values: dict[str, Any] = {column: text for column in COLUMNS if (text := _unquoted(row[column]))}
    if re.fullmatch(r"[0-9]{1,9}", values.get("year", "")):
        values["year"] = int(values["year"])
    if "form" in values:
        values["form"] = values["form"].casefold()
    for column in ("coercer", "target"):
        try:
            values |= {column: economies.home(values[column]).code} if column in values else {}
        except NotFoundError:
            continue  # told with the other faults, with what is near
    return values


def _listed(row: CaseRow, at: Row) -> ListedCase:
    source = source_id(row.source)
    values = row.model_dump()
    return ListedCase(
        CoercionCase(**{key: values[key] for key in CoercionCase.model_fields} | {"source": source}),
        Source(id=source, title=row.source, **{key: values[key] for key in ("publisher", "date", "url", "licence")}),
        at.line,
    )


def _unquoted(text: str) -> str:
    """The text of a cell without the apostrophe that keeps a spreadsheet from running it."""
    text = clean(text)
    return text[1:] if re.match(r"'[=+\-@]", text) else text


def as_cells(cases: Sequence[ListedCase]) -> list[dict[str, str]]:
    """The cases as rows of text by column, in order of year and id."""
    ordered = sorted((listed.content for listed in cases), key=lambda content: (content[0].year, content[0].id))
    rows = [source.model_dump() | case.model_dump() | {"source": source.title} for case, source in ordered]
    return [{column: str(row[column]) for column in COLUMNS} for row in rows]
