"""Ecosystems from outside formats: read, checked, and written as a dossier of the workspace.

Nothing half-done is ever visible: the dossier is written beside its place, flushed, and moved there in one step.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from ostra.change.new_workspace import folder_of
from ostra.change.report import Change, labelled
from ostra.documents.readers.eto_chips import eto_chips_reading
from ostra.documents.readers.spreadsheet_csv import ecosystem_csv_reading
from ostra.documents.readers.spreadsheet_rows import EcosystemReading
from ostra.documents.yaml_documents import read_dossier
from ostra.documents.yaml_text import document_text
from ostra.documents.yaml_tree import MAX_BYTES
from ostra.errors import ConflictError, DataError, NotFoundError, UsageError
from ostra.files.locks import locked
from ostra.files.whole_files import write_whole
from ostra.workspace import Workspace

EcosystemKind = Literal["eto-chips", "csv"]
# Of each kind, the file by which a folder is recognised, and the reader.
KINDS: dict[str, tuple[str, Callable[..., EcosystemReading]]] = {
    "eto-chips": ("inputs.csv", eto_chips_reading),
    "csv": ("items.csv", ecosystem_csv_reading),
}


def import_ecosystem(
    space: Workspace, kind: EcosystemKind, folder: Path, *, into: str, replace: bool = False
) -> Change:
    """Read an ecosystem from a folder and write it as `dossiers/<into>.yaml` of the workspace.

    Parameters
    ----------
    kind
        `eto-chips` or `csv`.
    folder
        Holds the files.
    into
        Id of the dossier.
    replace
        Overwrite a dossier of that id that says something else.

    Raises
    ------
    NotFoundError
        No such kind or folder.
    UsageError
        `into` is no id, or the workspace has no folder.
    DataError
        The files cannot be read, or break the format: every fault at once. Nothing was written.
    ConflictError
        A dossier of that id exists and says something else. Nothing was written.
    """
    home = folder_of(space, "the ecosystem goes")
    if kind not in KINDS:
        raise NotFoundError(f"no kind of ecosystem '{kind}'; kinds are {', '.join(KINDS)}")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", into) or len(into) > 80:
        raise UsageError(f"the id of a dossier is small letters, digits and hyphens, at most 80, not {into!r}")
    reading = KINDS[kind][1](folder, into=into)
    dossier = reading.sound()
    text = document_text(dossier, f"{dossier.title}\nRead by ostra from a folder of kind {kind}.")
    size = len(text.encode("utf-8"))
    if size > MAX_BYTES:
        mend = f"At most {MAX_BYTES:,} bytes are read; leave out small providers or split the ecosystem"
        raise DataError("too large for a dossier", str(folder), value=f"{size:,} bytes", mend=mend)
    path = home / "dossiers" / f"{into}.yaml"
    unchanged = _write(path, text, replace)
    counts = {"items": len(dossier.items), "links": len(dossier.links), "provisions": len(dossier.provision)}
    lines = (
        f"{path}: {'already there, nothing was changed' if unchanged else 'written'}",
        ", ".join(f"{count} {what}" for what, count in counts.items()),
        *labelled("licence", tuple(source.licence for source in dossier.sources[:1] if source.licence)),
        *labelled("caveat", reading.caveats),
        *labelled("left out", tuple(map(str, reading.problems))),
    )
    written = () if unchanged else (path,)
    return Change("imported", str(path), lines, counts, reading.caveats, reading.problems, written)


def check_ecosystem(folder: Path) -> Change:
    """Check a folder of either kind without writing anything: its problems, and as caveats what is odd about it.

    Raises
    ------
    NotFoundError
        There is no such folder, or it holds neither items.csv nor inputs.csv.
    """
    if not folder.is_dir():
        raise NotFoundError(f"there is no folder {folder}")
    reader = next((reader for sign, reader in KINDS.values() if (folder / sign).exists()), None)
    if reader is None:
        raise NotFoundError(f"{folder} holds no ecosystem: neither items.csv (your own) nor inputs.csv (ETO chips)")
    reading = reader(folder, into="check")
    sound = () if reading.problems else (f"{folder}: sound",)
    lines = (*labelled("caveat", reading.caveats), *sound)
    return Change("checked", str(folder), lines, caveats=reading.caveats, problems=reading.problems)


def _write(path: Path, text: str, replace: bool) -> bool:
    """Put the text in place; whether it was there already."""
    folder = path.parent
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        if path.exists() and not replace:
            if _says_the_same(path, text):
                return True
            raise ConflictError(
                f"{path} exists and says something else. Import into another id, or say that it is to be replaced. "
                "Nothing was changed."
            )
        write_whole(path, text)
    return False


def _says_the_same(path: Path, text: str) -> bool:
    """Whether the file holds this text, or a dossier with the same content in another layout."""
    if path.read_bytes() == text.encode("utf-8"):
        return True
    try:
        return read_dossier(path) == read_dossier(text)
    except DataError:
        return False
