"""Facts: immutable Parquet tables, each data set listed in a manifest with source, licence, rows and hashes.

A root is a folder with `manifest.json` and `<table>/<dataset>/part-*.parquet`. A data set exists if and only if the
manifest lists it, so that an import that was killed leaves nothing behind that anybody reads.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Sequence
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, field_validator, model_validator

from ostra.errors import DataError, NotFoundError, Problem
from ostra.facts.readers.reading import parquet
from ostra.facts.tables import table as definition_of
from ostra.facts.tables import tables
from ostra.files.whole_files import file_sha256, flush, write_whole
from ostra.model.base import IsoDate, Model

if TYPE_CHECKING:
    import duckdb

MANIFEST = "manifest.json"
LARGEST_MANIFEST = 64 << 20
IO_PARTS = ("discrepancy", "final", "intermediate", "output", "stocks", "taxes", "value_added")
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
DATASET_ID = r"[a-z0-9]+([._-][a-z0-9]+)*"
DatasetId = Annotated[str, StringConstraints(pattern=f"^{DATASET_ID}$", max_length=120)]
Count = Annotated[int, Field(ge=0)]


class FactsFile(Model):
    """One Parquet file of a data set; `path` is relative to the root."""

    path: str
    rows: Count
    sha256: Sha256

    @field_validator("path")
    @classmethod
    def _inside(cls, path: str) -> str:
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts or "\\" in path or ":" in path or "\0" in path:
            raise ValueError(f"path must stay inside the facts folder, not {path!r}")
        return path


class FactsInput(Model):
    """The file that a data set was imported from; the same file with the same options is not imported twice."""

    name: str
    sha256: Sha256
    bytes: Count
    kind: str = ""
    options: dict[str, str] = Field(default_factory=dict)


class Axes(Model):
    """In which order the economies, sectors and destinations of an input-output table stand, and what they are called.

    `sectors` is code -> name. The parts listed in `parts` are known even where all their values are zero.
    """

    economies: tuple[str, ...]
    sectors: dict[str, str]
    destinations: tuple[str, ...]
    parts: tuple[str, ...]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for name in ("economies", "destinations"):
            codes = getattr(self, name)
            if not codes or len(set(codes)) < len(codes):
                raise ValueError(f"{name} must be there, each once")
        if not self.sectors:
            raise ValueError("sectors must be there")
        if missing := {"intermediate", "final", "output"} - set(self.parts):
            raise ValueError(f"an input-output table needs {', '.join(sorted(missing))}")
        if unknown := set(self.parts) - set(IO_PARTS):
            raise ValueError(f"no part of an input-output table: {', '.join(sorted(unknown))}")
        return self


class Entry(Model):
    """What a manifest says of one data set."""

    id: DatasetId
    table: str
    title: str
    source: str
    licence: str
    url: str = ""
    edition: str | None = None
    retrieved: IsoDate
    years: tuple[int, int] | None = None
    rows: Count
    columns: tuple[str, ...]
    files: tuple[FactsFile, ...]
    sha256: Sha256
    input: FactsInput | None = None
    rejected: Count = 0
    notes: tuple[str, ...] = ()
    # Product code -> first year from which reporters no longer used it: what is recorded later is a remnant, not the
    # product's trade, and is not read.
    lapsed: dict[str, Annotated[int, Field(ge=1900, le=2100)]] = Field(default_factory=dict)
    axes: Axes | None = None

    @field_validator("lapsed")
    @classmethod
    def _codes(cls, lapsed: dict[str, int]) -> dict[str, int]:
        if wrong := [code for code in lapsed if not re.fullmatch("[0-9]{6}", code)]:
            raise ValueError(f"'{wrong[0]}' is no product code of six digits")
        return lapsed

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.table not in tables():
            raise ValueError(f"no table '{self.table}'")
        if tuple(self.columns) != definition_of(self.table).names:
            raise ValueError(f"columns of table '{self.table}' are {', '.join(definition_of(self.table).names)}")
        if sum(file.rows for file in self.files) != self.rows:
            raise ValueError(f"the files hold {sum(file.rows for file in self.files)} rows, not {self.rows}")
        if not self.files:
            raise ValueError("no files")
        if (self.table == "input_output") != (self.axes is not None):
            raise ValueError("an input-output table, and no other, has axes")
        return self


class Manifest(Model):
    """All data sets of one root, oldest first."""

    format: Literal["ostra-facts/1"] = "ostra-facts/1"
    datasets: tuple[Entry, ...] = ()

    @model_validator(mode="after")
    def _unique(self) -> Self:
        ids = [entry.id for entry in self.datasets]
        if doubled := sorted({i for i in ids if ids.count(i) > 1}):
            raise ValueError(f"data set listed twice: {', '.join(doubled)}")
        return self


class Dataset(Entry):
    """A data set and the root that holds it, where it can be read."""

    root: Path
    built_in: bool = False
    parts: tuple[str, ...] = ()  # ids of the data sets that are read together as this one

    @classmethod
    def of(cls, root: Path, entry: Entry, built_in: bool = False) -> Self:
        """The data set that an entry of the root's manifest describes."""
        return cls(root=root, built_in=built_in, **dict(entry))

    @classmethod
    def joined(cls, parts: Sequence[Dataset]) -> Dataset:
        """Data sets of one folder that hold different years, as the one data set that they are together."""
        if len(parts) == 1:
            return parts[0]
        files = tuple(file for part in parts for file in part.files)
        first, last = (end(year for part in parts for year in part.years or ()) for end in (min, max))
        sha256 = files_sha256(files)

        def several(name: str) -> str:
            return "; ".join(dict.fromkeys(str(getattr(part, name)) for part in parts))

        return parts[-1].model_copy(
            update={
                "id": f"{_kind(parts[-1]) or parts[-1].table}-{first}-{last}-{sha256[:8]}",
                "title": several("title"),
                "source": several("source"),
                "licence": several("licence"),
                "retrieved": max(part.retrieved for part in parts),
                "years": (first, last),
                "rows": sum(part.rows for part in parts),
                "rejected": sum(part.rejected for part in parts),
                "files": files,
                "sha256": sha256,
                "input": None,
                "notes": tuple(dict.fromkeys(note for part in parts for note in part.notes)),
                "lapsed": {code: year for part in reversed(parts) for code, year in part.lapsed.items()},
                "parts": tuple(part.id for part in parts),
            }
        )

    def paths(self) -> tuple[Path, ...]:
        """The Parquet files.

        Raises
        ------
        DataError
            A file is missing, or leads out of the root through a symbolic link.
        """
        root = self.root.resolve()
        found = []
        for file in self.files:
            path = self.root / file.path
            if not path.is_file():
                raise DataError(
                    f"file of data set '{self.id}' is missing", str(path), mend="Import the data set again."
                )
            if not path.resolve().is_relative_to(root):
                raise DataError(
                    f"file of data set '{self.id}' lies outside the facts folder",
                    str(path),
                    mend="Replace the symbolic link by the file itself.",
                )
            found.append(path)
        return tuple(found)

    def own_years(self) -> frozenset[int]:
        """The years that the data set has a file for; empty where the table has no years."""
        stems = (PurePosixPath(file.path).stem.removeprefix("part-") for file in self.files)
        return frozenset(int(stem) for stem in stems if stem.isdigit()) if self.years else frozenset()

    def parquet(self) -> str:
        """The files as SQL that can be selected from; errors as of `paths`."""
        return parquet(self.paths())


def _kind(entry: Entry) -> str:
    """The kind of file that a data set was imported from."""
    return entry.input.kind if entry.input else ""


def read_together(candidates: Sequence[Dataset]) -> tuple[Dataset, ...]:
    """Which of a table's data sets answer by default: the newest, and older ones of its kind with other years.

    They are of the same folder, the same kind of file and the same edition, and no year is in two of them; where a year
    is in two, the newer data set answers and the older one is not read. Tables without years have one data set.
    """
    newest = candidates[-1]
    chosen = [newest]
    if newest.years is None or newest.axes is not None or newest.built_in:
        return (newest,)
    years = newest.own_years()
    for other in reversed(candidates[:-1]):
        alike = (other.root, _kind(other), other.edition) == (newest.root, _kind(newest), newest.edition)
        if alike and not years & other.own_years():
            chosen.append(other)
            years |= other.own_years()
    return tuple(sorted(chosen, key=lambda part: (part.years or (0, 0), part.id)))


class Facts:
    """Read-only view of the facts in one or more roots; the later root stands before the earlier.

    Threads may share it; a relation belongs to the thread that it was made in.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        self._datasets: list[Dataset] = []
        for root in roots:
            built_in = root == builtin_root()
            entries = read_manifest(root).datasets
            self._datasets += [Dataset.of(root, entry, built_in) for entry in entries]
        self._database: duckdb.DuckDBPyConnection | None = None
        self._opening = threading.Lock()
        self._own = threading.local()  # the cursor of each thread: a connection answers one thread at a time

    def datasets(self, table: str | None = None) -> tuple[Dataset, ...]:
        """All data sets, or those of one table; the one that is read by default comes last."""
        if table is not None:
            definition_of(table)
        return tuple(d for d in self._datasets if table is None or d.table == table)

    def dataset(self, table: str, dataset: str | None = None) -> Dataset:
        """The data set that `relation` reads: the named one, else the newest of the workspace, else the built-in one.

        Data sets of different years that were imported one by one are one: see `read_together`.

        Raises
        ------
        NotFoundError
            There is no such table or data set.
        """
        candidates = self.datasets(table)
        if dataset is not None:
            named = [d for d in (*candidates, *self.default(table)) if d.id == dataset]
            if not named:
                known = ", ".join(d.id for d in candidates) or "none"
                raise NotFoundError(f"no data set '{dataset}' of table '{table}'; there are: {known}")
            return named[-1]
        if not candidates:
            raise NotFoundError(f"no data set of table '{table}'; import one with `ostra data import`")
        return self.default(table)[0]

    def default(self, table: str) -> tuple[Dataset, ...]:
        """The one data set that a table's are read as, or none where there are none."""
        candidates = self.datasets(table)
        return (Dataset.joined(read_together(candidates)),) if candidates else ()

    def relation(self, table: str, dataset: str | None = None) -> duckdb.DuckDBPyRelation:
        """The rows of a data set as a lazy DuckDB relation, with the columns of the table in stored order.

        Trade under a product code from the year on in which it lapsed is left out: it then counts as unknown.
        """
        chosen = self.dataset(table, dataset)
        covered = " AND ".join(
            f"NOT (product = '{code}' AND year >= {year})" for code, year in sorted(chosen.lapsed.items())
        )
        return self._cursor().sql(
            f"SELECT {', '.join(chosen.columns)} FROM {chosen.parquet()} WHERE {covered or 'true'}"
        )

    def sha256(self, tables: Sequence[str] | None = None) -> str:
        """Hash of the data sets that are read by default, of the given tables or of all that have one."""
        named = sorted({d.table for d in self._datasets} if tables is None else set(tables))
        lines = [f"{name} {self.dataset(name).id} {self.dataset(name).sha256}" for name in named]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def close(self) -> None:
        """Give back the memory; relations made before must no longer be read."""
        with self._opening:
            if self._database is not None:
                self._database.close()
            self._database, self._own = None, threading.local()

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._own, "cursor", None)
        if cursor is None:
            with self._opening:
                if self._database is None:
                    import duckdb  # here, so that listings which read no facts do not load it

                    self._database = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
                cursor = self._own.cursor = self._database.cursor()
            # DuckDB would draw a bar of its own into the output of long queries on a terminal.
            cursor.execute("SET enable_progress_bar = false")
        return cursor


def builtin_root() -> Path:
    """The folder of the facts that come with ostra."""
    return Path(str(resources.files("ostra"))) / "data" / "facts"


def facts_root(workspace: Path) -> Path:
    """The folder of the facts of a workspace."""
    return workspace / "facts"


def open_facts(workspace: Path | None = None) -> Facts:
    """The built-in facts and, with a workspace, its own, which stand before the built-in ones."""
    return Facts([builtin_root()] + ([facts_root(workspace)] if workspace is not None else []))


def read_manifest(root: Path) -> Manifest:
    """The manifest of a root; a root without one has no data sets.

    Raises
    ------
    DataError
        The manifest is not valid; nothing is guessed from it.
    """
    path = root / MANIFEST
    mend = "Restore it from a backup, or remove it and import the data again."
    try:
        if path.stat().st_size > LARGEST_MANIFEST:
            raise DataError("the manifest is larger than 64 MB", str(path), mend=mend)
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return Manifest()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"the manifest cannot be read: {error}", str(path), mend=mend) from None
    try:
        return Manifest.model_validate(json.loads(text))
    except (json.JSONDecodeError, RecursionError) as error:
        raise DataError(f"the manifest is not valid JSON: {error}", str(path), mend=mend) from None
    except ValidationError as error:
        faults = [
            Problem(
                str(fault.get("ctx", {}).get("error", fault["msg"])),
                str(path),
                column=".".join(str(part) for part in fault["loc"]),
                mend=mend,
            )
            for fault in error.errors(include_url=False)
        ]
        raise DataError(faults) from None


def write_manifest(root: Path, manifest: Manifest) -> None:
    """Replace the manifest in one step; whoever reads meanwhile sees the old one or the new one, never a part."""
    write_whole(root / MANIFEST, json.dumps(manifest.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n")


def files_sha256(files: Sequence[FactsFile]) -> str:
    """The hash of a data set: SHA-256 of the sorted hashes of its files, one on a line."""
    return hashlib.sha256("\n".join(sorted(file.sha256 for file in files)).encode()).hexdigest()


def written(connection: duckdb.DuckDBPyConnection, path: Path) -> FactsFile:
    """What the manifest says of a Parquet file that was just written, once it is on the disk."""
    flush(path)
    rows = connection.execute(f"SELECT count(*) FROM {parquet([path])}").fetchall()[0][0]
    return FactsFile(path=path.name, rows=rows, sha256=file_sha256(path))
