"""Carries out a `Reading` in DuckDB: every row of every file is checked, in one pass, in bounded memory.

Sound rows and faulty ones are staged as typed columns in the order of the file, so that the number of a row leads
back to its line. Nothing is kept in Python but counts and, in pieces, the rejected rows.
"""

from __future__ import annotations

import bisect
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillRunning
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from ostra.errors import DataError, Problem
from ostra.facts.readers.archives import Header, Scanned, read_header, record_lines
from ostra.facts.readers.reading import FIRST_YEAR, LAST_YEAR, Field, Reading, Resolve, quoted, quoted_path
from ostra.progress import Advance, quiet

# A column with more different values than this is not what its header says (there are about 250 economies).
MOST_CODES = 20_000
MOST_SUGGESTIONS = 200
LONGEST_LINE = 2_000_000
PIECE = 10_000
ASIDE = 100  # added to the number of a fault that sets a row aside

# What DuckDB calls a record that it cannot split, and what we call it.
STRUCTURE = {
    "MISSING COLUMNS": ("too few columns", "Every row needs as many values as the header."),
    "TOO MANY COLUMNS": ("too many columns", "Put values that hold commas into quotation marks."),
    "UNQUOTED VALUE": ("quotation mark that is never closed", "Close the quotation mark, or double it inside a value."),
    "LINE SIZE OVER MAXIMUM": ("line longer than 2 MB", "A line break or a closing quotation mark is missing."),
    "INVALID ENCODING": ("text in an unknown encoding", "Save the file as UTF-8."),
}


@dataclass
class Staged:
    """The rows of all files, staged in `connection`, and what was found on the way."""

    connection: duckdb.DuckDBPyConnection
    reading: Reading
    files: list[Scanned] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)  # rows staged before each file
    rows: int = 0
    faulty: int = 0
    structure: dict[int, dict[int, Problem]] = field(default_factory=dict)  # file -> line -> problem
    explanations: dict[str, str] = field(default_factory=dict)  # raw text of an open list -> how to mend it
    set_aside: dict[str, int] = field(default_factory=dict)
    duplicates: int = 0
    added: int = 0  # rows that were added to another one of the same economies, given under other codes
    delimiters: list[str] = field(default_factory=list)  # of each file

    @property
    def rejected(self) -> int:
        """How many rows are not kept because something is wrong with them."""
        return self.faulty + self.duplicates + sum(len(lines) for lines in self.structure.values())


def connect(spill: Path, memory: str, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A connection for one import: what does not fit into `memory` (such as '1GB') goes to files in `spill`."""
    connection = duckdb.connect(
        ":memory:",
        config={"temp_directory": str(spill), "memory_limit": memory, "autoinstall_known_extensions": "false"},
    )
    if threads:
        connection.execute(f"SET threads = {int(threads)}")
    connection.execute("SET preserve_insertion_order = true")  # row numbers lead back to lines
    # Lists of constants as hash joins, which DuckDB likes, would lose that order.
    connection.execute("SET disabled_optimizers = 'in_clause'")
    connection.execute("SET enable_progress_bar_print = false")
    connection.execute("SET enable_progress_bar = true")
    connection.execute("SET progress_bar_time = 0")
    return connection


def run(connection: duckdb.DuckDBPyConnection, sql: str, advance: Advance = quiet) -> None:
    """Execute a long statement and tell how far it is; an error in `advance` or Ctrl-C stops it."""
    if advance is quiet:
        connection.execute(sql)
        return
    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(connection.execute, sql)
        try:
            while True:
                try:
                    running.result(timeout=0.1)
                    break
                except StillRunning:
                    advance(max(0, min(99, round(connection.query_progress()))), 100)
        except BaseException:
            connection.interrupt()
            raise
    advance(100, 100)


def stage(
    connection: duckdb.DuckDBPyConnection, reading: Reading, files: list[Scanned], advance: Advance = quiet
) -> Staged:
    """Read and check the files; afterwards the view `sound` holds the rows to keep.

    Raises
    ------
    DataError
        A file as a whole cannot be read: delimiter, columns, quotation marks.
    """
    staged = Staged(connection, reading)
    headers = [read_header(file, dict(reading.columns), reading.optional, reading.delimiter) for file in files]
    connection.execute(_enumeration("code_year", [str(year) for year in range(FIRST_YEAR, LAST_YEAR + 1)]))
    codes = {name: dict(closed) for name, closed in reading.codes.items()}
    codes |= {name: _resolved(staged, files, headers, open_list) for name, open_list in reading.resolve.items()}
    lists = {f"code_{name}": _declare(connection, name, closed) for name, closed in codes.items()}
    for name, mark in reading.marks.items():
        lists[f"mark_{name}"] = f"([{', '.join(str(mark(text)) for text in sorted(codes[name]))}]::SMALLINT[])"
    for number, (file, header) in enumerate(zip(files, headers, strict=True)):
        _stage_file(staged, number, file, header, lists, advance)
    _view(staged)
    _count(staged)
    _find_duplicates(staged, advance)
    _add_parts(staged)
    return staged


def _declare(connection: duckdb.DuckDBPyConnection, name: str, codes: dict[str, str]) -> str:
    """A closed list: one enumeration of the raw texts, one of the codes, and the SQL that leads from text to code.

    Codes are kept as numbers in the order of the alphabet, so that sorting and comparing them is fast and right.
    """
    texts = sorted(codes)
    connection.execute(_enumeration(f"code_{name}", texts))
    connection.execute(_enumeration(f"of_{name}", sorted(set(codes.values()))))
    listed = ", ".join(quoted(codes[text]) for text in texts)
    return f"([{listed}]::of_{name}[])"


def _enumeration(name: str, texts: list[str]) -> str:
    return f"CREATE TYPE {name} AS ENUM ({', '.join(quoted(text) for text in texts) or quoted('')})"


def _resolved(staged: Staged, files: list[Scanned], headers: list[Header], named: Resolve) -> dict[str, str]:
    """The codes of an open list, found for each different text that occurs.

    What a text without a code is most like takes long to find, so that it is told of the first of them only.
    """
    codes: dict[str, str] = {}
    for file, header in zip(files, headers, strict=True):
        present = [column for column in named.columns if column in header.raw]
        texts_in = ", ".join(f"trim(r_{column})" for column in present)
        query = (
            f"SELECT DISTINCT text FROM (SELECT unnest([{texts_in}]) AS text"
            f" FROM {_source(file, header, staged.reading, rejects=False)}) WHERE text <> ''"
            f" ORDER BY text LIMIT {MOST_CODES + 1}"
        )
        texts = [row[0] for row in staged.connection.execute(query).fetchall()]
        if len(texts) > MOST_CODES:
            raise DataError(
                f"more than {MOST_CODES:,} different values",
                file.name,
                column=", ".join(present),
                mend="These columns hold economies; check which column is which.",
            )
        for text in texts:
            if (code := named.find(text)) is not None:
                codes[text] = code
            elif len(staged.explanations) < MOST_SUGGESTIONS and text not in staged.explanations:
                staged.explanations[text] = named.explain(text)
    return codes


def _source(file: Scanned, header: Header, reading: Reading, *, rejects: bool) -> str:
    columns = ", ".join(f"{quoted('r_' + raw)}: 'VARCHAR'" for raw in header.raw)
    return (
        f"read_csv({quoted_path(file.path)}, columns = {{{columns}}}, header = true, auto_detect = false,"
        f" delim = {quoted(header.delimiter)}, quote = '\"', escape = '\"', encoding = 'utf-8',"
        f" new_line = {quoted(_line_end(file))}, compression = 'none', hive_partitioning = false,"
        f" max_line_size = {LONGEST_LINE},"
        + (" store_rejects = true, rejects_limit = 0)" if rejects else " ignore_errors = true)")
    )


def _line_end(file: Scanned) -> str:
    with file.path.open("rb") as handle:
        return "\\r\\n" if handle.readline().endswith(b"\r\n") else "\\n"


def _stage_file(
    staged: Staged, number: int, file: Scanned, header: Header, lists: dict[str, str], advance: Advance
) -> None:
    reading = staged.reading
    raws = list(reading.columns)
    absent = [raw for raw in raws if raw not in header.raw]
    commas = header.delimiter != "," and _has_decimal_commas(staged, file, header)
    given = ", ".join(
        [_decimal_point(raw) if commas and raw in reading.numbers else f"r_{raw}" for raw in raws if raw in header.raw]
        + [f"NULL::VARCHAR AS r_{raw}" for raw in absent]
    )
    values = ", ".join(_value(item, lists) for item in reading.fields)
    names = ", ".join(item.name for item in reading.fields)
    sure = f"WHEN {reading.sure} THEN 0 " if reading.sure else ""
    cases = sure + " ".join(
        f"WHEN {fault.when} THEN {index + (ASIDE if fault.aside else 0)}"
        for index, fault in enumerate(reading.faults, 1)
    )
    texts = ", ".join(f"r_{raw}" for raw in raws)
    connection = staged.connection
    for log in ("reject_errors", "reject_scans"):
        connection.execute(f"DROP TABLE IF EXISTS {log}")
    try:
        run(
            connection,
            f"CREATE TABLE staged_{number} AS SELECT {names}, fault,"
            f" CASE WHEN fault BETWEEN 1 AND {ASIDE} THEN [{texts}] END AS raw FROM ("
            f"  SELECT *, (CASE {cases} ELSE 0 END)::UTINYINT AS fault FROM ("
            f"    SELECT {values}, {texts} FROM (SELECT {given} FROM {_source(file, header, reading, rejects=True)})))",
            advance,
        )
    except duckdb.InvalidInputException as error:
        raise DataError(
            f"cannot be read as CSV: {str(error).splitlines()[0]}", file.name, mend="Export it again as CSV."
        ) from None
    staged.files.append(file)
    staged.delimiters.append(header.delimiter)
    staged.starts.append(staged.rows)
    count = connection.execute(f"SELECT count(*) FROM staged_{number}").fetchall()[0][0]
    staged.rows += count
    staged.structure[number] = _structure(staged, file, header)
    records = count + len(staged.structure[number])
    if not reading.multiline and file.quotes and file.lines != records + 1:
        _refuse_line_breaks(file, header.delimiter)


def _has_decimal_commas(staged: Staged, file: Scanned, header: Header) -> bool:
    """Whether a column of numbers holds one with a comma for decimals, such as 1234,5."""
    numbers = [f"coalesce(trim(r_{raw}), '')" for raw in header.raw if raw in staged.reading.numbers]
    if not numbers:
        return False
    written = " OR ".join(f"regexp_matches({text}, '^[+-]?[0-9. ]*,[0-9]+$')" for text in numbers)
    source = _source(file, header, staged.reading, rejects=False)
    return bool(staged.connection.execute(f"SELECT coalesce(bool_or({written}), false) FROM {source}").fetchall()[0][0])


def _decimal_point(raw: str) -> str:
    """A number of a file with decimal commas, with a point; one with points alone may mean either and is told as such.

    1.234,5 is 1234.5 and 12,5 is 12.5, but 1.234 may be a thousand or one and a bit.
    """
    text = f"trim(r_{raw})"
    return (
        f"CASE WHEN regexp_full_match({text}, '[+-]?([0-9]{{1,3}}([. ][0-9]{{3}})+|[0-9]*),[0-9]+')"
        f" THEN replace(replace(replace({text}, '.', ''), ' ', ''), ',', '.')"
        f" WHEN contains({text}, '.') AND regexp_full_match({text}, '[+-]?[0-9.]+')"
        f" THEN {text} || ' (point or comma?)' ELSE r_{raw} END AS r_{raw}"
    )


def _structure(staged: Staged, file: Scanned, header: Header) -> dict[int, Problem]:
    """Records that could not be split into columns, by line; a quotation mark left open spoils the file."""
    logged = staged.connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'reject_errors'"
    ).fetchall()
    if not logged[0][0]:
        return {}
    found: dict[int, Problem] = {}
    query = "SELECT line, error_type::VARCHAR, csv_line FROM reject_errors ORDER BY line, column_idx"
    cursor = staged.connection.execute(query)
    while rows := cursor.fetchmany(PIECE):
        for line, kind, text in rows:
            reason, mend = STRUCTURE.get(kind, (f"cannot be split into columns: {kind.lower()}", ""))
            if not (text or "").strip("\r\n \t"):
                reason, mend = "blank line", "Remove it."
            if kind == "MISSING COLUMNS" or kind == "TOO MANY COLUMNS":
                reason = f"{reason}: {len(header.names)} expected"
            problem = Problem(reason, file.name, line + file.skipped, value=(text or "").strip("\r\n")[:200], mend=mend)
            if kind == "UNQUOTED VALUE":
                raise DataError([problem])
            found.setdefault(line, problem)
    return found


def _refuse_line_breaks(file: Scanned, delimiter: str) -> None:
    for first, last in record_lines(file, delimiter):
        if first != last:
            raise DataError(
                f"a value in quotation marks runs from line {first} to line {last}",
                file.name,
                first,
                mend="A quotation mark is not closed, or a line break stands inside a value; mend that line.",
            )


def _value(item: Field, lists: dict[str, str]) -> str:
    """SQL of a staged column; of a closed list, from the raw text to the code."""
    if item.type.startswith(("code_", "mark_")):
        return f"{lists[item.type]}[enum_code({item.sql})::INTEGER + 1] AS {item.name}"
    return f"({item.sql})::{item.type} AS {item.name}"


def _view(staged: Staged) -> None:
    """Views over all files: `decoded` with the number of each row, `unlike` and `sound` with what is kept."""
    names = ", ".join(item.name for item in staged.reading.fields)
    parts = " UNION ALL ".join(
        f"SELECT rowid + {start} AS row, {names}, fault FROM staged_{number}"
        for number, start in enumerate(staged.starts)
    )
    late = "".join(f" AND ({fault.when}) IS NOT TRUE" for fault in staged.reading.late)
    staged.connection.execute(f"CREATE VIEW decoded AS {parts}")
    staged.connection.execute(f"CREATE VIEW unlike AS SELECT * FROM decoded WHERE fault = 0{late}")
    staged.connection.execute("CREATE VIEW sound AS SELECT * FROM unlike")
    staged.connection.execute("CREATE TABLE doubled (row BIGINT)")


def _count(staged: Staged) -> None:
    faults = staged.reading.faults
    for number in range(len(staged.files)):
        query = f"SELECT fault, count(*) FROM staged_{number} WHERE fault > 0 GROUP BY fault ORDER BY fault"
        for index, count in staged.connection.execute(query).fetchall():
            fault = faults[(index - 1) % ASIDE]
            if fault.aside:
                staged.set_aside[fault.reason] = staged.set_aside.get(fault.reason, 0) + count
            else:
                staged.faulty += count
    for fault in staged.reading.late:
        query = f"SELECT count(*) FROM decoded WHERE fault = 0 AND {fault.when}"
        if count := staged.connection.execute(query).fetchall()[0][0]:
            staged.set_aside[fault.reason] = staged.set_aside.get(fault.reason, 0) + count


def _find_duplicates(staged: Staged, advance: Advance) -> None:
    """Mark the second and later rows of each key; the first in the order of the files stays."""
    reading = staged.reading
    if not reading.key:
        return
    columns = (*reading.key, *_apart(staged))
    key = ", ".join(columns)
    run(
        staged.connection,
        f"CREATE TABLE repeated AS SELECT {key}, min(row) AS first FROM unlike GROUP BY {key} HAVING count(*) > 1",
        advance,
    )
    if not staged.connection.execute("SELECT count(*) FROM repeated").fetchall()[0][0]:
        return
    same = " AND ".join(f"u.{column} IS NOT DISTINCT FROM r.{column}" for column in columns)
    if reading.agree:
        _refuse_revisions(staged, columns)
    staged.connection.execute(
        f"INSERT INTO doubled SELECT u.row FROM unlike AS u JOIN repeated AS r ON {same} WHERE u.row > r.first"
    )
    staged.duplicates = staged.connection.execute("SELECT count(*) FROM doubled").fetchall()[0][0]
    staged.connection.execute("CREATE OR REPLACE VIEW sound AS SELECT * FROM unlike ANTI JOIN doubled USING (row)")


def _apart(staged: Staged) -> tuple[str, ...]:
    """The mark fields of the reading that tell any rows apart; mostly none does, and the key is shorter."""
    return tuple(
        name
        for name in staged.reading.apart
        if staged.connection.execute(f"SELECT coalesce(max({name}), 0) FROM unlike").fetchall()[0][0]
    )


def _refuse_revisions(staged: Staged, key: tuple[str, ...]) -> None:
    """Refuse files that give the same flow twice with different values: which of them holds is not known."""
    differing = " OR ".join(f"count(DISTINCT coalesce({name}::VARCHAR, '')) > 1" for name in staged.reading.agree)
    same = ", ".join(key)
    found = staged.connection.execute(
        f"SELECT count(*), min(first), min(last) FROM (SELECT min(row) AS first, max(row) AS last FROM unlike"
        f" SEMI JOIN repeated USING ({same}) GROUP BY {same} HAVING {differing})"
    ).fetchall()[0]
    if found[0]:
        names = [staged.files[bisect.bisect_right(staged.starts, row) - 1].name for row in found[1:]]
        both = " and ".join(dict.fromkeys(names))
        raise DataError(
            f"{found[0]:,} flows are given twice with different values, such as a month and its revision",
            both,
            mend="Import the newer file without the older one; within one file, remove the rows that do not hold.",
        )


def _add_parts(staged: Staged) -> None:
    """Add flows that a source gives under several codes of one economy, as the view `sound`."""
    reading = staged.reading
    if not _apart(staged):
        return
    key = ", ".join(reading.key)
    counted = f"SELECT count(*) - count(DISTINCT ({key})) FROM sound"
    staged.added = staged.connection.execute(counted).fetchall()[0][0]
    if not staged.added:
        return
    kept = [item.name for item in reading.fields if item.name not in reading.apart]
    summed = ", ".join(f"{reading.add[name]} AS {name}" if name in reading.add else name for name in kept)
    grouped = ", ".join(name for name in kept if name not in reading.add)
    staged.connection.execute(
        f"CREATE VIEW parted AS SELECT * FROM unlike ANTI JOIN doubled USING (row);"
        f"CREATE OR REPLACE VIEW sound AS SELECT min(row) AS row, {summed}, 0::UTINYINT AS fault FROM parted"
        f" GROUP BY {grouped}"
    )
