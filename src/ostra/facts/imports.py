"""Import of outside files: every row checked, nothing half-done visible, the same file recognised.

The order of events makes it safe to be killed at any moment: all files are written and flushed in a folder of the
import's own; that folder is renamed into place; only then is the manifest replaced, in one step.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from ostra.errors import DataError, Problem, UsageError
from ostra.facts import staging
from ostra.facts.commits import REJECTS, commit, described, input_of, recognised
from ostra.facts.coverage import Coverage, coverage
from ostra.facts.datasets import Dataset, FactsFile, facts_root, written
from ostra.facts.editions import lapsed_codes
from ostra.facts.incoming import incoming
from ostra.facts.kinds import Options, Prepared, prepare
from ostra.facts.readers.reading import Reading, parquet, quoted
from ostra.facts.rejected_rows import rejected_rows
from ostra.facts.tables import SORTED_BY, table
from ostra.files.spreadsheets import write_csv
from ostra.files.whole_files import flush_folder
from ostra.progress import Advance, quiet

DEFAULT_MEMORY = "1GB"
REJECTED = ("file", "line", "column", "value", "reason", "mend")  # columns of the report of rejected rows
SHOWN = 20  # how many problems an error lists before it only counts


@dataclass(frozen=True)
class ImportReport:
    """What an import, or the check before one, found.

    `set_aside` counts sound rows that do not belong into the table, by reason; `problems` are the first rejected rows.
    """

    dataset: Dataset | None
    rows: int
    rejected: int
    recognised: bool = False
    caveats: tuple[str, ...] = ()
    set_aside: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def rejects_path(self) -> Path | None:
        """Where the rejected rows are listed; None where there are none."""
        path = None if self.dataset is None else self.dataset.root / REJECTS / f"{self.dataset.id}.csv"
        return path if path is not None and path.is_file() else None


def import_file(
    workspace: Path,
    kind: str,
    paths: Path | Sequence[Path],
    *,
    dataset: str | None = None,
    strict: bool = False,
    options: Options | None = None,
    retrieved: str | None = None,
    memory: str = DEFAULT_MEMORY,
    threads: int | None = None,
    advance: Advance = quiet,
) -> ImportReport:
    """Import one or more files of one kind as one data set of the workspace.

    Parameters
    ----------
    workspace
        Folder whose `facts/` receives the data set.
    kind
        Format of the files; `kinds.KINDS` lists them.
    paths
        CSV files, or archives that hold them.
    dataset
        Id of the new data set; made from the name and content of the files if not given.
    strict
        Refuse the files if any row is faulty, instead of leaving faulty rows out.
    options
        What the reader must be told: edition, exchange rates, title, source, licence.
    retrieved
        ISO date for the manifest; today if not given.
    memory
        Memory that the import may use before it spills to disk, such as `500MB`.
    threads
        Number of threads; all cores if not given.
    advance
        Called with how much of the present step is done and how much there is.

    Returns
    -------
    ImportReport
        With the data set, which is the existing one if the same files were imported before with the same options.

    Raises
    ------
    DataError
        The files as a whole cannot be read, all rows are faulty, or with `strict` any row is. Nothing was changed.
    ConflictError
        A data set of that id exists with other content.
    """
    options = options or Options()
    root = facts_root(workspace)
    root.mkdir(parents=True, exist_ok=True)
    named = _paths(paths)
    with incoming(root) as folder:
        prepared = prepare(kind, named, folder, options, advance)
        made_from = input_of(prepared.reading.kind, prepared.originals, options.stated())
        known = recognised(root, made_from, strict)
        if known:
            return ImportReport(known, known.rows, known.rejected, recognised=True, caveats=known.notes)
        with _connected(folder, memory, threads) as connection:
            staged = staging.stage(connection, prepared.reading, prepared.files, advance)
            _refuse(staged, strict)
            edition, notes, covers = _settled(staged, prepared, options)
            data = folder / "data"
            files = _write(staged, data, advance)
            lapsed = _lapsed(connection, prepared.reading.table, edition, data)
            notes += _lapse_notes(edition, lapsed)
            found = rejected_rows(staged)
            first = tuple(itertools.islice(found, SHOWN))
            with (folder / "rejects.csv").open("w", encoding="utf-8", newline="") as handle:
                write_csv(handle, REJECTED, (_cells(problem) for problem in itertools.chain(first, found)))
        reading = prepared.reading
        entry = described(
            reading, reading.table, made_from, files, options, dataset=dataset, retrieved=retrieved, notes=notes,
            edition=edition, rejected=staged.rejected, release=reading.release, lapsed=lapsed, coverage=covers,
        )  # fmt: skip
        made = commit(root, folder, entry)
    return ImportReport(made, made.rows, made.rejected, caveats=notes, set_aside=staged.set_aside, problems=first)


def _cells(problem: Problem) -> tuple[str | int | None, ...]:
    """A rejected row by the columns of the report, which a spreadsheet opens without running anything."""
    return tuple(getattr(problem, column) for column in REJECTED)


def check_file(
    kind: str,
    paths: Path | Sequence[Path],
    *,
    options: Options | None = None,
    memory: str = DEFAULT_MEMORY,
    threads: int | None = None,
    advance: Advance = quiet,
) -> ImportReport:
    """Check files as `import_file` would, without importing them."""
    with TemporaryDirectory(prefix="ostra-check-") as folder:
        scratch = Path(folder)
        prepared = prepare(kind, _paths(paths), scratch, options or Options(), advance)
        with _connected(scratch, memory, threads) as connection:
            staged = staging.stage(connection, prepared.reading, prepared.files, advance)
            first = tuple(itertools.islice(rejected_rows(staged), SHOWN))
            rows = connection.execute("SELECT count(*) FROM sound").fetchall()[0][0]
            notes = _settled(staged, prepared, options or Options())[1] if rows else ()
            if rows:  # what only shows when rows are added up and converted is found by doing it
                _write(staged, scratch / "data", advance)
    return ImportReport(None, rows, staged.rejected, caveats=notes, set_aside=staged.set_aside, problems=first)


def _paths(paths: Path | Sequence[Path]) -> list[Path]:
    found = [paths] if isinstance(paths, Path) else list(paths)
    if not found:
        raise UsageError("name at least one file to import")
    if len({path.resolve() for path in found}) < len(found):
        raise UsageError("the same file is named twice")
    return found


@contextmanager
def _connected(folder: Path, memory: str, threads: int | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """The connection of one import, closed whatever happens."""
    if not re.fullmatch(r"\d+(\.\d+)?\s*[KMG]i?B", memory, re.IGNORECASE):
        raise UsageError(f"memory must be a size such as 500MB or 2GB, not {memory!r}")
    try:
        with staging.connect(folder / "spill", memory, threads) as connection:
            yield connection
    except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
        raise DataError(
            f"a sum is too large for the table: {str(error).splitlines()[0]}",
            mend="Values are thousand US dollars and tonnes below 1e15; check the unit of the source.",
        ) from None
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        raise UsageError(
            "the memory or the disk does not suffice for this import; allow more memory or free disk space"
            f" ({str(error).splitlines()[0]})"
        ) from None


def _refuse(staged: staging.Staged, strict: bool) -> None:
    rows = staged.connection.execute("SELECT count(*) FROM sound").fetchall()[0][0]
    if rows and not (strict and staged.rejected):
        return
    listed = list(itertools.islice(rejected_rows(staged), SHOWN))
    name = staged.files[0].name
    if not rows and not listed:
        why = "; ".join(f"{count:,} {reason}" for reason, count in staged.set_aside.items()) or "there are no rows"
        raise DataError(f"no row can be used: {why}", name)
    if len(listed) < staged.rejected or len(listed) > 1:
        total = staged.rows + sum(len(lines) for lines in staged.structure.values())
        faults = f"({staged.rejected:,} faults; {len(listed)} are listed)"
        if rows:
            why = f"strict: the files are refused because some of the {total:,} rows are faulty {faults}"
        else:
            why = f"no row can be used; {staged.rejected:,} of {total:,} are faulty ({len(listed)} are listed)"
        mend = "Mend them, or import without strict to leave them out." if rows else "Mend them."
        listed.append(Problem(why, name, mend=mend))
    raise DataError(listed)


def _settled(
    staged: staging.Staged, prepared: Prepared, options: Options
) -> tuple[str | None, tuple[str, ...], Coverage | None]:
    """The edition, what must be said of the data, and of trade whose it is."""
    reading, connection = prepared.reading, staged.connection
    edition = reading.edition
    if table(reading.table).has_years and reading.settle:
        years = connection.execute("SELECT DISTINCT year FROM sound ORDER BY year").fetchall()
        edition = reading.settle(tuple(row[0] for row in years))
    if reading.first:
        staging.run(connection, reading.first.format(staged="sound"))
    notes = [*reading.notes, *prepared.notes]
    if staged.added:
        notes.append(
            f"{staged.added:,} rows were added to others of the same flow: their source gives several codes for one"
            " economy, or for areas that cannot be named."
        )
    for sql in reading.caveats:
        notes += [row[0] for row in connection.execute(sql.format(staged="sound")).fetchall()]
    notes += [f"{count:,} rows set aside: {reason}." for reason, count in staged.set_aside.items()]
    if staged.rejected:
        notes.append(f"{staged.rejected:,} faulty rows were left out; the report of rejected rows lists them.")
    covers = coverage(connection, reading, options.covers)
    return edition, (*notes, *([covers.in_words()] if covers else [])), covers


def _lapsed(connection: duckdb.DuckDBPyConnection, table_name: str, edition: str | None, data: Path) -> dict[str, int]:
    """Product codes of the data that reporters gave up in the years covered: what is recorded then is a remnant."""
    if table_name != "trade" or edition is None:
        return {}
    products, last = connection.execute(
        f"SELECT list(DISTINCT product), max(year) FROM {parquet(sorted(data.iterdir()))}"
    ).fetchall()[0]
    return {code: year for code, year in lapsed_codes(edition, products or ()).items() if year <= last}


def _lapse_notes(edition: str | None, lapsed: Mapping[str, int]) -> tuple[str, ...]:
    if not lapsed:
        return ()
    first = ", ".join(f"{code} ({year})" for code, year in list(lapsed.items())[:3])
    more = f" and {len(lapsed) - 3:,} more" if len(lapsed) > 3 else ""
    return (f"Codes of {edition} that reporters gave up, unknown from the year on: {first}{more}.",)


def _write(staged: staging.Staged, data: Path, advance: Advance) -> list[FactsFile]:
    """Write one sorted Parquet file for each year, or one in all, and flush them to disk."""
    reading, connection = staged.reading, staged.connection
    definition = table(reading.table)
    data.mkdir()
    years: list[int | None] = [None]
    if definition.has_years:
        years = [row[0] for row in connection.execute("SELECT DISTINCT year FROM sound ORDER BY year").fetchall()]
    casts = ", ".join(f"{column.name}::{column.type} AS {column.name}" for column in definition.columns)
    for done, year in enumerate(years):
        name = "part-0.parquet" if year is None else f"part-{year}.parquet"
        staging.run(
            connection,
            f"COPY (SELECT {casts} FROM ({_sorted(reading, year)})) TO {quoted(str(data / name))}"
            " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)",
            advance,
        )
        advance(done + 1, len(years))
    files = [written(connection, path) for path in sorted(data.iterdir())]
    flush_folder(data)
    return [file for file in files if file.rows]


def _sorted(reading: Reading, year: int | None) -> str:
    """The rows of the table for one year, or all, in stored order.

    Where the reader says how, rows are sorted before codes become text: as numbers, which is half as much work.
    """
    select = reading.select.format(staged="sound")
    where = "" if year is None else f" WHERE year = {int(year)}"
    if reading.order:
        return f"{select}{where} ORDER BY {reading.order}"
    order = ", ".join(f"{column} NULLS FIRST" for column in SORTED_BY[reading.table])
    return f"SELECT * FROM ({select}){where} ORDER BY {order}"
