"""CSV files of an ecosystem, as analysts' spreadsheets leave them: rows with their lines, faults with their places.

Differs from `facts.readers.archives` in what it must live with: several small files that belong together, cells with
line breaks in files with other line ends, semicolons where the decimal mark is a comma, and faults that are collected
over all files before anything is refused.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path as File

from ostra.documents.yaml_tree import Tree
from ostra.errors import DataError, Problem, shortened
from ostra.files.given_files import DELIMITERS, SIGNATURES, check_is_file
from ostra.model.references import Path

MOST_BYTES = 512 << 20  # a million rows of provision are about 60 MB
LONGEST_CELL = 20_000  # characters; the longest description in published data has about 3,000
MOST_PROBLEMS = 200  # of one file; the rest is counted

# What hides or reverses text on a page, and what no YAML document may hold.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class Row:
    """One record: the line on which it begins, and its cells by column, without blanks around them."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass
class Table:
    """A file that was opened; its rows are read once, by `rows`."""

    name: str
    columns: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_out: int = 0  # problems beyond the most that are kept
    _lines: Iterator[tuple[int, list[str]]] = field(default_factory=lambda: iter(()))

    def complain(self, reason: str, line: int | None = None, column: str = "", value: str = "", mend: str = "") -> None:
        """Add one problem of this file."""
        if len(self.problems) >= MOST_PROBLEMS:
            self.left_out += 1
            return
        self.problems.append(Problem(reason, self.name, line, column, shortened(value), mend))

    def rows(self) -> Iterator[Row]:
        """The records after the header; blank ones are passed over, those of another length are problems."""
        width = len(self.columns)
        for line, cells in self._lines:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != width:
                extra = [cell for cell in cells[width:] if cell.strip()]
                if extra or len(cells) < width:
                    self.complain(
                        f"{len(cells)} cells where the header has {width}", line, value=",".join(cells),
                        mend="Put text that holds the separator in quotation marks",
                    )  # fmt: skip
                    continue
            long = next((c for c, text in zip(self.columns, cells, strict=False) if len(text) > LONGEST_CELL), None)
            if long is not None:
                self.complain(
                    f"a cell of more than {LONGEST_CELL:,} characters", line, long,
                    mend="A quotation mark may never have been closed; else shorten the text",
                )  # fmt: skip
                continue
            yield Row(line, {c: text.strip() for c, text in zip(self.columns, cells, strict=False) if c})

    def all_problems(self) -> list[Problem]:
        """The problems kept, and a last one that counts the others."""
        if not self.left_out:
            return self.problems
        return [*self.problems, Problem(f"{self.left_out:,} more problems in this file are not listed", self.name)]


@dataclass
class TableTree(Tree):
    """Tables as the lists of one document, in which a row is an entry and a cell a place."""

    tables: dict[str, Table] = field(default_factory=dict)  # by the name of the list
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def line(self, path: Path) -> int | None:
        """The line on which a row begins; of a table, its header."""
        return self.rows[str(path[0])][int(path[1])].line if len(path) > 1 else 1

    def written(self, path: Path) -> str:
        """What stands in a cell."""
        return self.rows[str(path[0])][int(path[1])][str(path[2])] if len(path) > 2 else ""

    def problem(self, path: Path, reason: str, mend: str = "", value: str = "") -> Problem:
        """A fault in a cell, a row or a table."""
        column = str(path[2]) if len(path) > 2 else ""
        name = self.tables[str(path[0])].name
        return Problem(reason, name, self.line(path), column, shortened(self.written(path) or value), mend)

    def missing(self, path: Path) -> tuple[str, str] | None:
        """What is said of a cell that must not be empty; nothing of a table that could not be read."""
        return ("is empty", "Every row needs it") if len(path) > 1 else None

    def list_name(self, section: str) -> str:
        """The file of a list."""
        return self.tables[section].name


def open_table(folder: File, name: str, required: Sequence[str], optional: Sequence[str] = ()) -> Table:
    """Open one CSV file of a folder and match its header.

    Columns may stand in any order and letter case; those that are neither required nor optional are passed over and
    told in `notes`. A byte order mark is taken off; bytes that are not UTF-8 are read as Latin-1, which is noted, as
    are separators other than the comma. Faults become `problems`; the table then has no rows.
    """
    table = Table(name)
    try:
        text = _text(folder / name, table)
    except DataError as error:
        table.problems += [Problem(p.reason, name, p.line, p.column, p.value, p.mend) for p in error.problems]
        return table
    delimiter = _delimiter(text, [*required, *optional], table)
    lines = _records(text, delimiter, table)
    header = next(lines, (1, []))[1]
    table.columns = _columns(header, required, optional, table)
    if not table.problems:
        table._lines = lines
    return table


def _text(path: File, table: Table) -> str:
    check_is_file(path)
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise DataError("the file is too large", value=f"{size:,} bytes", mend=f"At most {MOST_BYTES:,}")
    raw = path.read_bytes()
    for signature, what in SIGNATURES.items():
        if raw.startswith(signature):
            raise DataError(f"is {what}, not CSV", mend="Export it as CSV in UTF-8")
    if b"\0" in raw:
        line = raw[: raw.index(b"\0")].count(b"\n") + 1
        raise DataError("is not text: it holds NUL bytes", line=line, mend="Export it as CSV in UTF-8")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        table.notes.append(f"{table.name} is not UTF-8 (line {line}) and was read as Latin-1; check its accents.")
        text = raw.decode("latin-1")
    if not text.strip():
        raise DataError("the file is empty", mend="Write at least the header line")
    return text


def _delimiter(text: str, columns: Sequence[str], table: Table) -> str:
    """The separator under which the header names most columns; the comma if none does better."""
    first = text.lstrip().split("\n", 1)[0][:10_000]
    hits = {mark: sum(_plain(name) in columns for name in first.split(mark)) for mark in DELIMITERS}
    best = max(hits, key=lambda mark: (hits[mark], mark == ","))
    if best != ",":
        table.notes.append(f"The columns of {table.name} are separated by {DELIMITERS[best]}.")
    return best


def _records(text: str, delimiter: str, table: Table) -> Iterator[tuple[int, list[str]]]:
    """Records with the line on which each begins; a fault of the format ends the reading as a problem."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before = 0
    while True:
        # The limit belongs to the whole process, so it is raised for one step only.
        limit = csv.field_size_limit(len(text) + 1)
        try:
            record = next(reader, None)
        except csv.Error as error:
            table.complain(f"not CSV: {error}", before + 1, mend="Check the quotation marks of this record")
            return
        finally:
            csv.field_size_limit(limit)
        if record is None:
            return
        yield before + 1, record
        before = reader.line_num


def _columns(header: list[str], required: Sequence[str], optional: Sequence[str], table: Table) -> tuple[str, ...]:
    """The column that each field of the header stands for; empty for those that are passed over."""
    known = [*required, *optional]
    found: list[str] = []
    other: list[str] = []
    for name in header:
        plain = _plain(name)
        if plain in known and plain in found:
            table.complain("column is there twice", 1, plain, mend="Remove one of them")
        found.append(plain if plain in known else "")
        if plain and plain not in known:
            other.append(clean(name))
    absent = [name for name in required if name not in found]
    for name in absent:
        close = next((o for o in other if difflib.get_close_matches(_plain(o), [name], cutoff=0.6)), "")
        mend = f"Is it the column {shortened(close, 40)!r}? Rename it" if close else "Add it to the header"
        table.complain(f"column '{name}' is missing", 1, value=",".join(header), mend=mend)
    if other and not absent:
        meant = {o: difflib.get_close_matches(_plain(o), [n for n in optional if n not in found], 1) for o in other}
        listed = ", ".join(
            f"{shortened(o, 40)!r}" + (f" (did you mean '{m[0]}'?)" if m else "") for o, m in meant.items()
        )
        table.notes.append(f"Columns of {table.name} that were not read: {shortened(listed, 500)}.")
    return tuple(found)


def _plain(name: str) -> str:
    return name.strip().strip('"').strip().casefold()


def clean(text: str) -> str:
    """One line of visible text: runs of blanks become one, characters that hide or reverse text go."""
    return _BLANKS.sub(" ", _HIDDEN.sub("", text)).strip()


def clean_lines(text: str) -> str:
    """Like `clean`, keeping the breaks between lines."""
    lines = (clean(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return "\n".join(lines).strip()
