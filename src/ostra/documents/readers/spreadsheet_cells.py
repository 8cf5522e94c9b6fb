"""Cells of the plain CSV format of an ecosystem: what each may hold, and what is said when it holds something else."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ostra.documents.readers.spreadsheet_rows import Oddity
from ostra.documents.readers.spreadsheet_table import Row, Table, clean
from ostra.errors import shortened
from ostra.model.dossier import Item, Stage
from ostra.model.evidence import Claim, Source
from ostra.words.figures import exact_percent
from ostra.words.sentences import made_id

MOST_ROWS = 50_000  # of one file; a dossier is read by people, larger tables belong into facts
LONGEST_NAME = 500  # characters
UNDATED = "1900"  # the date of files that name no year: plainly not one
FILES_TITLE = "The CSV files themselves, which name no other source"
_INTERVAL = re.compile(r"([0-9.]+)\s*(?:-|–|—|to|\.\.)\s*([0-9.]+)")  # dashes as spreadsheets make them
_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+")
_PERCENT = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*%")
_FORMULA = re.compile(r"[=+@\t\r-]\s*\S")


@dataclass(frozen=True)
class Provider:
    name: str
    organisation: str
    economy: str
    among: tuple[str, ...]
    region: str
    owner: str
    line: int


@dataclass
class Gathered:
    """All that is gathered from the four files; ids are keyed as written, in any letter case."""

    oddities: list[Oddity] = field(default_factory=list)
    stages: dict[str, Stage] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    providers: dict[str, Provider] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    source_ids: dict[str, str] = field(default_factory=dict)  # by title
    claims: list[Claim] = field(default_factory=list)

    def odd(self, rule: str, table: Table, row: Row, value: str, done: str) -> None:
        self.oddities.append(Oddity(rule, table.name, row.line, shortened(value, 160), done))


def rows_of(table: Table) -> Iterable[Row]:
    """The rows, of which too many are one problem; all are checked nevertheless."""
    count = 0
    for row in table.rows():
        count += 1
        yield row
    if count > MOST_ROWS:
        table.complain(
            f"{count:,} rows, more than the {MOST_ROWS:,} that a dossier can hold",
            mend="Leave out small providers, or split the ecosystem",
        )


def text_of(gathered: Gathered, table: Table, row: Row, column: str, *, needed: bool = False) -> str:
    """A short text of one line; formulas stay the text that they are."""
    written = row[column]
    text = clean(written)
    if needed and not text:
        table.complain("is empty", row.line, column, mend="Every row needs it")
    if len(text) > LONGEST_NAME:
        table.complain(
            f"longer than {LONGEST_NAME} characters", row.line, column, text,
            mend="Move the text to the description",
        )  # fmt: skip
        return text[:LONGEST_NAME]
    if text and _FORMULA.match(text) and not number_of(text):
        gathered.odd("formula", table, row, text, "kept as text")
    if text != " ".join(written.split()):
        gathered.odd("shortened text", table, row, text, "hidden characters removed")
    return text


def id_of(table: Table, row: Row, column: str, taken: Callable[[str], bool]) -> str:
    """The id in a cell as it is looked up, or empty with a problem."""
    written = row[column].casefold()
    if not written:
        table.complain("is empty", row.line, column, mend="Every row needs an id of its own")
        return ""
    if taken(written):
        table.complain("the id stands twice", row.line, column, row[column], mend="Give each row an id of its own")
        return ""
    return written


def choice_of(table: Table, row: Row, column: str, allowed: Iterable[str]) -> str | None:
    """One of the allowed words, in any letter case; None with a problem."""
    written, words = clean(row[column]).casefold().replace(" ", "_"), list(allowed)
    if written in words:
        return written
    close = difflib.get_close_matches(written, words, n=1)
    mend = f"Did you mean '{close[0]}'?" if close else f"Allowed are {', '.join(word for word in words if word)}"
    table.complain("not one of the allowed words", row.line, column, row[column], mend)
    return None


def number_of(text: str) -> float | None:
    """A plain decimal number; None if it is none."""
    return float(text) if _NUMBER.fullmatch(text) else None


def fraction_of(table: Table, row: Row, column: str, text: str | None = None) -> float | None:
    """A number from 0 to 1, or None: if empty, or with a problem."""
    written = row[column] if text is None else text
    if not written:
        return None
    number = number_of(written)
    if number is not None and number <= 1:
        return number
    percent = _PERCENT.fullmatch(written)
    if number is not None:
        mend = (
            f"Write {number / 100:g} for {exact_percent(number / 100)}"
            if number <= 100
            else "Shares are fractions from 0 to 1"
        )
        table.complain("more than 1", row.line, column, row[column], mend)
    elif percent is not None:
        mend = f"Write {float(percent[1].replace(',', '.')) / 100:g}"
        table.complain("expected a fraction, found per cent", row.line, column, row[column], mend)
    elif re.fullmatch(r"[0-9]+,[0-9]+", written):
        mend = f"Use a decimal point: {written.replace(',', '.')}"
        table.complain("expected a number", row.line, column, row[column], mend)
    elif re.fullmatch(r"-\s*[0-9.]+", written):
        table.complain("less than 0", row.line, column, row[column], "Shares are fractions from 0 to 1")
    else:
        mend = "Write a fraction such as 0.25; leave an unknown one empty"
        table.complain("expected a number", row.line, column, row[column], mend)
    return None


def share_of(table: Table, row: Row) -> tuple[float | None, float | None]:
    """A share: a fraction, an interval such as 0.2-0.4, or nothing where it is unknown."""
    interval = _INTERVAL.fullmatch(row["share"])
    if interval is None:
        share = fraction_of(table, row, "share")
        return share, share
    low, high = (fraction_of(table, row, "share", part) for part in interval.groups())
    if low is not None and high is not None and low > high:
        table.complain("the interval ends below its beginning", row.line, "share", row["share"], "Swap its ends")
        return None, None
    return low, high


def year_of(table: Table, row: Row) -> int | None:
    written = row["year"]
    if re.fullmatch(r"(19|20)[0-9]{2}", written):
        return int(written)
    if written:
        table.complain("not a year", row.line, "year", written, "Write four digits such as 2024, or leave it empty")
    return None


def item_of(gathered: Gathered, table: Table, row: Row, column: str, known: bool) -> Item | None:
    written = row[column].casefold()
    item = gathered.items.get(written)
    if item is not None or not known:
        return item
    if not written:
        table.complain("is empty", row.line, column, mend="Name an id of items.csv")
        return None
    mend = "Add it to items.csv"
    if len(table.problems) < 20:  # looking for near names costs time that a broken file would multiply
        close = difflib.get_close_matches(written, gathered.items, n=1)
        mend = f"Did you mean '{close[0]}'? Else add it to items.csv" if close else mend
    table.complain("no such item", row.line, column, row[column], mend)
    return None


def source_of(gathered: Gathered, text: str) -> str:
    """The source that a row names, or the files themselves."""
    title = text or FILES_TITLE
    if title in gathered.source_ids:
        return gathered.source_ids[title]
    name = made_id(text)[:50].strip("-") or "files"
    unique, number = name, 2
    while unique in gathered.sources:
        unique, number = f"{name}-{number}", number + 1
    years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)
    address = re.search(r"https?://[^\s)\],;]+", text)
    gathered.source_ids[title] = unique
    gathered.sources[unique] = Source(
        id=unique,
        title=title,
        publisher="as written in the files" if text else "the author of the files",
        date=max(years) if years else UNDATED,
        url=address.group() if address else "",
        note="" if years else "The files give no date; 1900 stands for unknown.",
    )
    return unique
