"""Ecosystems from outside formats: read, checked, and written as a dossier of the workspace.

Nothing half-done is ever visible: the dossier is written beside its place, flushed, and moved there in one step.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from ostra.documents.readers.eto_chips import eto_chips_reading
from ostra.documents.readers.spreadsheet_csv import ecosystem_csv_reading
from ostra.documents.readers.spreadsheet_rows import EcosystemReading, Oddity
from ostra.documents.yaml_documents import read_dossier
from ostra.documents.yaml_text import document_text
from ostra.documents.yaml_tree import MAX_BYTES
from ostra.errors import ConflictError, DataError, NotFoundError, Problem, UsageError
from ostra.files.locks import locked
from ostra.files.whole_files import write_whole
from ostra.model.dossier import Dossier

EcosystemKind = Literal["eto-chips", "csv"]
ECOSYSTEM_KINDS: dict[str, str] = {
    "eto-chips": "the advanced semiconductor supply chain data set of ETO/CSET: a folder of 5 CSV files as published",
    "csv": "an ecosystem of one's own: a folder with items.csv, links.csv, provision.csv and providers.csv",
}
# The file by which a folder is recognised.
_SIGNS: dict[str, str] = {"inputs.csv": "eto-chips", "items.csv": "csv"}
_READERS: dict[str, Callable[[Path, str], EcosystemReading]] = {
    "eto-chips": lambda folder, into: eto_chips_reading(folder, into=into),
    "csv": lambda folder, into: ecosystem_csv_reading(folder, into=into),
}


@dataclass(frozen=True)
class EcosystemReport:
    """What an import made and found.

    Attributes
    ----------
    dossier, path
        The dossier and its file.
    caveats
        One sentence for each rule that was applied, with how often and where.
    problems
        Rows that could not be used, or only in part.
    oddities
        Every single row that a rule was applied to.
    unchanged
        Whether the file was there already with the same content.
    """

    dossier: Dossier
    path: Path
    caveats: tuple[str, ...]
    problems: tuple[Problem, ...]
    oddities: tuple[Oddity, ...] = ()
    unchanged: bool = False


def import_ecosystem(
    workspace: Path, kind: EcosystemKind, folder: Path, *, into: str, replace: bool = False
) -> EcosystemReport:
    """Read an ecosystem from a folder and write it as `<workspace>/dossiers/<into>.yaml`.

    Parameters
    ----------
    workspace
        Folder whose `dossiers/` receives the dossier.
    kind
        `eto-chips` or `csv`.
    folder
        Holds the files.
    into
        Id of the dossier.
    replace
        Overwrite a dossier of that id that says something else.

    Returns
    -------
    EcosystemReport

    Raises
    ------
    NotFoundError
        No such kind or folder.
    UsageError
        `into` is no id.
    DataError
        The files cannot be read, or break the format: every fault at once. Nothing was written.
    ConflictError
        A dossier of that id exists and says something else. Nothing was written.
    """
    if kind not in get_args(EcosystemKind):
        raise NotFoundError(f"no kind of ecosystem '{kind}'; kinds are {', '.join(ECOSYSTEM_KINDS)}")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", into) or len(into) > 80:
        raise UsageError(f"the id of a dossier is small letters, digits and hyphens, at most 80, not {into!r}")
    reading = _READERS[kind](folder, into)
    dossier = reading.sound()
    text = document_text(dossier, f"{dossier.title}\nRead by ostra from a folder of kind {kind}.")
    size = len(text.encode("utf-8"))
    if size > MAX_BYTES:
        raise DataError(
            Problem(
                "too large for a dossier", str(folder), value=f"{size:,} bytes",
                mend=f"At most {MAX_BYTES:,} bytes are read; leave out small providers or split the ecosystem",
            )
        )  # fmt: skip
    path = workspace / "dossiers" / f"{into}.yaml"
    unchanged = _write(path, text, replace)
    return EcosystemReport(dossier, path, reading.caveats, reading.problems, reading.oddities, unchanged)


def check_ecosystem(folder: Path) -> tuple[tuple[Problem, ...], tuple[str, ...]]:
    """All that is wrong with a folder of either kind, and all that is odd about it, without writing anything.

    Returns
    -------
    tuple
        The problems, each with file, line, column, value and mend; and what is to be known: encoding, columns that
        were not read, and one sentence for each rule that applies.

    Raises
    ------
    NotFoundError
        There is no such folder, or it holds neither items.csv nor inputs.csv.
    """
    kind = kind_of_ecosystem(folder)
    reading = _READERS[kind](folder, "check")
    return reading.problems, reading.caveats


def kind_of_ecosystem(folder: Path) -> str:
    """The kind that a folder is, by the file it holds.

    Raises
    ------
    NotFoundError
        There is no such folder, or it holds neither items.csv nor inputs.csv.
    """
    if not folder.is_dir():
        raise NotFoundError(f"there is no folder {folder}")
    for sign, kind in _SIGNS.items():
        if (folder / sign).exists():
            return kind
    raise NotFoundError(f"{folder} holds no ecosystem: neither items.csv (your own) nor inputs.csv (ETO chips)")


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
