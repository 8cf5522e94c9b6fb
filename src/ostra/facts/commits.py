"""From files that an import has written to a data set that everybody sees: recognised, described, put in place."""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ostra.errors import ConflictError, NotFoundError, UsageError
from ostra.facts.coverage import Coverage
from ostra.facts.datasets import (
    DATASET_ID,
    Axes,
    Dataset,
    Entry,
    FactsFile,
    FactsInput,
    Manifest,
    files_sha256,
    read_manifest,
    write_manifest,
)
from ostra.facts.kinds import Options
from ostra.facts.readers.archives import Scanned, joined_hash
from ostra.facts.tables import table
from ostra.files.locks import locked
from ostra.files.whole_files import flush_folder

if TYPE_CHECKING:
    from ostra.facts.mrio.layouts import Layout
    from ostra.facts.readers.reading import Reading

REJECTS = "rejects"


def input_of(kind: str, originals: Sequence[Scanned], stated: dict[str, str]) -> FactsInput:
    """What a data set is made from: the files as the user has them, and the options that change what is imported."""
    return FactsInput(
        name=", ".join(Path(file.name).name for file in originals)[:500],
        sha256=joined_hash(originals),
        bytes=sum(file.bytes for file in originals),
        kind=kind,
        options=stated,
    )


def recognised(root: Path, made_from: FactsInput, strict: bool = False) -> Dataset | None:
    """The data set that the same content was imported to before, under whatever name, with the same options."""
    for entry in read_manifest(root).datasets:
        known = entry.input
        same = known and (known.kind, known.sha256, known.options) == (
            made_from.kind,
            made_from.sha256,
            made_from.options,
        )
        # Where rows were left out then, strict must refuse them now.
        if same and not (strict and entry.rejected):
            return Dataset.of(root, entry)
    return None


def described(
    about: Reading | Layout,
    table_name: str,
    made_from: FactsInput,
    files: Sequence[FactsFile],
    options: Options,
    *,
    dataset: str | None,
    retrieved: str | None,
    notes: tuple[str, ...],
    edition: str | None = None,
    rejected: int = 0,
    axes: Axes | None = None,
    release: str = "",
    coverage: Coverage | None = None,
    lapsed: Mapping[str, int] | None = None,
) -> Entry:
    """What the manifest is to say of the files `part-YEAR.parquet`, or the one file, of a new data set.

    Raises
    ------
    UsageError
        The id that the user gave cannot be the name of a folder on every system.
    """
    if dataset and (not re.fullmatch(DATASET_ID, dataset) or len(dataset) > 120):
        raise UsageError(f"a data set id is lower-case letters, digits and hyphens, not {dataset!r}")
    chosen = dataset or _made_id(made_from)
    definition = table(table_name)
    years = [int(Path(file.path).stem.removeprefix("part-")) for file in files] if definition.has_years else []
    return Entry(
        id=chosen,
        table=table_name,
        title=options.title or about.title,
        source=options.source or about.source,
        licence=options.licence or about.licence,
        url=options.url or about.url,
        edition=edition,
        retrieved=retrieved or datetime.now(UTC).date().isoformat(),
        years=(min(years), max(years)) if years else None,
        rows=sum(file.rows for file in files),
        columns=definition.names,
        files=tuple(file.model_copy(update={"path": f"{table_name}/{chosen}/{file.path}"}) for file in files),
        sha256=files_sha256(files),
        input=made_from,
        rejected=rejected,
        notes=notes,
        release=release,
        imports_of=coverage.imports_of if coverage else None,
        exports_of=coverage.exports_of if coverage else None,
        axes=axes,
        lapsed=dict(lapsed or {}),
    )


def _made_id(made_from: FactsInput) -> str:
    """An id from kind, name of the first file and content."""
    kind = made_from.kind.removeprefix("mrio-")
    first = made_from.name.split(", ")[0]
    stem = unicodedata.normalize("NFKD", first).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"\.(csv|dat|txt|zip|gz|npz|xlsx|dta)\b", "", stem)
    words = re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:60].strip("-")
    return "-".join(part for part in ("" if words.startswith(kind) else kind, words, made_from.sha256[:8]) if part)


def commit(root: Path, folder: Path, entry: Entry) -> Dataset:
    """Move the data into place, then list them; between the two nobody sees them.

    Raises
    ------
    ConflictError
        There is a data set of that id.
    """
    target = root / entry.table / entry.id
    with locked(root):
        manifest = read_manifest(root)
        if any(other.id == entry.id for other in manifest.datasets):
            raise ConflictError(f"a data set '{entry.id}' exists already; choose another id. Nothing was changed.")
        shutil.rmtree(target, ignore_errors=True)  # of an import that was killed between its last two steps
        target.parent.mkdir(exist_ok=True)
        (folder / "data").rename(target)
        flush_folder(target.parent)
        if entry.rejected:
            (root / REJECTS).mkdir(exist_ok=True)
            (folder / "rejects.csv").replace(root / REJECTS / f"{entry.id}.csv")
        write_manifest(root, Manifest(datasets=(*manifest.datasets, entry)))
    return Dataset.of(root, entry)


def drop(root: Path, dataset: str) -> Entry:
    """Take a data set out again: out of the manifest in one step, then its files.

    Raises
    ------
    NotFoundError
        The root has no data set of that id.
    """
    with locked(root):
        manifest = read_manifest(root)
        found = [entry for entry in manifest.datasets if entry.id == dataset]
        if not found:
            known = ", ".join(entry.id for entry in manifest.datasets) or "none"
            raise NotFoundError(f"no data set '{dataset}' in the workspace; there are: {known}")
        write_manifest(root, Manifest(datasets=tuple(entry for entry in manifest.datasets if entry.id != dataset)))
        shutil.rmtree(root / found[0].table / dataset, ignore_errors=True)
        (root / REJECTS / f"{dataset}.csv").unlink(missing_ok=True)
    return found[0]
