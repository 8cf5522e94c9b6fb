"""Import of outside files: every row checked, nothing half-done visible, the same file recognised.

The order of events makes it safe to be killed at any moment: all files are written and flushed in a folder of the
import's own; that folder is renamed into place; only then is the manifest replaced, in one step.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from ostra.errors import ConflictError, DataError, Problem, UsageError
from ostra.facts import staging
from ostra.facts.datasets import (
    Dataset,
    Entry,
    FactsFile,
    FactsInput,
    Manifest,
    facts_root,
    files_sha256,
    read_manifest,
    write_manifest,
)
from ostra.facts.incoming import incoming
from ostra.facts.kinds import Options, Prepared, prepare
from ostra.facts.readers.archives import Scanned, joined_hash
from ostra.facts.readers.reading import Reading, quoted, quoted_path
from ostra.facts.rejects import write_rejects
from ostra.facts.tables import SORTED_BY, table
from ostra.files.locks import locked
from ostra.files.whole_files import file_sha256, flush, flush_folder
from ostra.progress import Advance, quiet

DEFAULT_MEMORY = "1GB"
REJECTS = "rejects"
SHOWN = 20  # how many problems an error lists before it only counts


@dataclass(frozen=True)
class ImportReport:
    """What an import, or the check before one, found.

    `set_aside` counts sound rows that do not belong into the table, by reason; `problems` are the first rejected rows.
    """

    dataset: Dataset | None
    rows: int
    rejected: int
    rejects_path: Path | None = None
    recognised: bool = False
    caveats: tuple[str, ...] = ()
    set_aside: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


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
        known = _recognised(root, prepared, options, strict)
        if known:
            return ImportReport(
                known, known.rows, known.entry.rejected, _rejects_path(root, known.id), recognised=True,
                caveats=known.notes,
            )  # fmt: skip
        with _connected(folder, memory, threads) as connection:
            staged = staging.stage(connection, prepared.reading, prepared.files, advance)
            _refuse(staged, strict)
            edition, notes = _settled(staged, prepared)
            data = folder / "data"
            files = _write(staged, data, advance)
            first, rejected = write_rejects(folder / "rejects.csv", staging.problems(staged), SHOWN)
        entry = _entry(prepared, edition, notes, files, rejected, dataset, retrieved, options)
        commit(root, folder, entry)
    made = Dataset(root, entry)
    return ImportReport(
        made, made.rows, rejected, _rejects_path(root, made.id), caveats=entry.notes, set_aside=staged.set_aside,
        problems=first,
    )  # fmt: skip


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
            first = tuple(itertools.islice(staging.problems(staged), SHOWN))
            rows = connection.execute("SELECT count(*) FROM sound").fetchall()[0][0]
            notes = _settled(staged, prepared)[1] if rows else ()
    return ImportReport(None, rows, staged.rejected, caveats=notes, set_aside=staged.set_aside, problems=first)


def _paths(paths: Path | Sequence[Path]) -> list[Path]:
    found = [paths] if isinstance(paths, Path) else list(paths)
    if not found:
        raise UsageError("name at least one file to import")
    if len({path.resolve() for path in found}) < len(found):
        raise UsageError("the same file is named twice")
    return found


class _connected:
    """The connection of one import, closed whatever happens."""

    def __init__(self, folder: Path, memory: str, threads: int | None) -> None:
        if not re.fullmatch(r"\d+(\.\d+)?\s*[KMG]i?B", memory, re.IGNORECASE):
            raise UsageError(f"memory must be a size such as 500MB or 2GB, not {memory!r}")
        self._connection = staging.connect(folder / "spill", memory, threads)

    def __enter__(self) -> duckdb.DuckDBPyConnection:
        return self._connection

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._connection.close()
        if isinstance(error, (duckdb.OutOfMemoryException, duckdb.IOException)):
            raise UsageError(
                "the memory or the disk does not suffice for this import; allow more memory or free disk space"
                f" ({str(error).splitlines()[0]})"
            ) from None


def _recognised(root: Path, prepared: Prepared, options: Options, strict: bool) -> Dataset | None:
    wanted = (prepared.reading.kind, joined_hash(prepared.originals), options.stated())
    for entry in read_manifest(root).datasets:
        made_from = entry.input
        if made_from and (made_from.kind, made_from.sha256, made_from.options) == wanted:
            if strict and entry.rejected:
                continue  # the rows that were left out then must be refused now
            return Dataset(root, entry)
    return None


def _refuse(staged: staging.Staged, strict: bool) -> None:
    rows = staged.connection.execute("SELECT count(*) FROM sound").fetchall()[0][0]
    if rows and not (strict and staged.rejected):
        return
    listed = list(itertools.islice(staging.problems(staged), SHOWN))
    name = staged.files[0].name
    if not rows and not listed:
        why = "; ".join(f"{count:,} {reason}" for reason, count in staged.set_aside.items()) or "there are no rows"
        raise DataError(Problem(f"no row can be used: {why}", name))
    if len(listed) < staged.rejected or len(listed) > 1:
        total = staged.rows + sum(len(lines) for lines in staged.structure.values())
        what = "all" if not rows else "strict: the files are refused because some"
        listed.append(
            Problem(
                f"{what} of the {total:,} rows are faulty ({staged.rejected:,} faults; {len(listed)} are listed)"
                if rows
                else f"no row can be used; {staged.rejected:,} of {total:,} are faulty ({len(listed)} are listed)",
                name,
                mend="Mend them" + (", or import without strict to leave them out." if rows else "."),
            )
        )
    raise DataError(listed)


def _settled(staged: staging.Staged, prepared: Prepared) -> tuple[str | None, tuple[str, ...]]:
    """The edition and what must be said of the data."""
    reading, connection = prepared.reading, staged.connection
    edition = reading.edition
    if table(reading.table).has_years and reading.settle:
        years = connection.execute("SELECT DISTINCT year FROM sound ORDER BY year").fetchall()
        edition = reading.settle(tuple(row[0] for row in years))
    notes = [*reading.notes, *prepared.notes]
    for sql in reading.caveats:
        notes += [row[0] for row in connection.execute(sql.format(staged="sound")).fetchall()]
    notes += [f"{count:,} rows set aside: {reason}." for reason, count in staged.set_aside.items()]
    if staged.rejected:
        notes.append(f"{staged.rejected:,} faulty rows were left out; the report of rejected rows lists them.")
    return edition, tuple(notes)


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
    files = []
    for path in sorted(data.iterdir()):
        flush(path)
        rows = connection.execute(f"SELECT count(*) FROM read_parquet({quoted_path(path)})").fetchall()[0][0]
        files.append(FactsFile(path=path.name, rows=rows, sha256=file_sha256(path)))
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


def _entry(
    prepared: Prepared,
    edition: str | None,
    notes: tuple[str, ...],
    files: list[FactsFile],
    rejected: int,
    dataset: str | None,
    retrieved: str | None,
    options: Options,
) -> Entry:
    reading = prepared.reading
    sha256 = joined_hash(prepared.originals)
    name = ", ".join(Path(file.name).name for file in prepared.originals)
    chosen = checked_id(dataset or made_id(reading.kind, prepared.originals, sha256))
    definition = table(reading.table)
    years = [int(Path(file.path).stem.removeprefix("part-")) for file in files] if definition.has_years else []
    return Entry(
        id=chosen,
        table=reading.table,
        title=options.title or reading.title,
        source=options.source or reading.source,
        licence=options.licence or reading.licence,
        url=options.url or reading.url,
        edition=edition,
        retrieved=retrieved or datetime.now(UTC).date().isoformat(),
        years=(min(years), max(years)) if years else None,
        rows=sum(file.rows for file in files),
        columns=definition.names,
        files=tuple(file.model_copy(update={"path": f"{reading.table}/{chosen}/{file.path}"}) for file in files),
        sha256=files_sha256(files),
        input=FactsInput(
            name=name[:500],
            sha256=sha256,
            bytes=sum(file.bytes for file in prepared.originals),
            kind=reading.kind,
            options=options.stated(),
        ),
        rejected=rejected,
        notes=notes,
    )


def checked_id(dataset: str) -> str:
    """The id of a data set as it was given.

    Raises
    ------
    UsageError
        It cannot be the name of a folder on every system.
    """
    if not re.fullmatch(r"[a-z0-9]+([._-][a-z0-9]+)*", dataset) or len(dataset) > 120:
        raise UsageError(f"a data set id is lower-case letters, digits and hyphens, not {dataset!r}")
    return dataset


def made_id(kind: str, originals: Sequence[Scanned], sha256: str) -> str:
    """An id from kind, name and content of the files."""
    stem = unicodedata.normalize("NFKD", Path(originals[0].name).name).encode("ascii", "ignore").decode().lower()
    words = (
        re.sub(r"[^a-z0-9]+", "-", re.sub(r"\.(csv|dat|txt|zip|gz|npz|xlsx|dta)\b", "", stem))
        .strip("-")[:60]
        .strip("-")
    )
    parts = [part for part in (kind if not words.startswith(kind) else "", words, sha256[:8]) if part]
    return "-".join(parts)


def commit(root: Path, folder: Path, entry: Entry) -> None:
    """Move the data into place, then list them; between the two nobody sees them."""
    target = root / entry.table / entry.id
    with locked(root):
        manifest = read_manifest(root)
        if any(other.id == entry.id for other in manifest.datasets):
            raise ConflictError(f"a data set '{entry.id}' exists already; choose another id. Nothing was changed.")
        _clear_unlisted(target)
        target.parent.mkdir(exist_ok=True)
        (folder / "data").rename(target)
        flush_folder(target.parent)
        if entry.rejected:
            (root / REJECTS).mkdir(exist_ok=True)
            (folder / "rejects.csv").replace(_rejects_file(root, entry.id))
        write_manifest(root, Manifest(datasets=(*manifest.datasets, entry)))


def _clear_unlisted(target: Path) -> None:
    """Remove what an import that was killed between its last two steps left under the same name."""
    if target.is_dir():
        for path in target.iterdir():
            path.unlink()
        with suppress(FileNotFoundError):
            target.rmdir()


def _rejects_file(root: Path, dataset: str) -> Path:
    return root / REJECTS / f"{dataset}.csv"


def _rejects_path(root: Path, dataset: str) -> Path | None:
    path = _rejects_file(root, dataset)
    return path if path.is_file() else None
