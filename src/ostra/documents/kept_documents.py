"""Documents found sound, kept as JSON in the user's cache folder, so that the same text is not read as YAML again.

Reading YAML with its places is most of what a listing of dossiers costs; a model reads JSON many times as fast. Kept
is what a document says, under the hash of its text. It is held to the model and to the codes of economies again when
it is taken; where anything is amiss with it, the text itself is read, so that faults are told as ever. The folder may
be deleted at any time.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from ostra.documents.economy_codes import unknown_names
from ostra.errors import OstraError
from ostra.files.whole_files import write_whole
from ostra.model.base import Model
from ostra.version import __version__

M = TypeVar("M", bound=Model)
MOST_KEPT = 400  # documents; of more, those written first go
RULES = 1  # of reading YAML: to be raised when `yaml_tree` takes or refuses what it did not


def cache_folder() -> Path | None:
    """Where documents are kept: below XDG_CACHE_HOME, LOCALAPPDATA or ~/.cache; None where there is no home."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        return (Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache") / "ostra" / "documents"
    except RuntimeError:
        return None


def kept(text: str, model: type[M]) -> M | None:
    """What an earlier reading of the same text found; None where there was none, or it can no longer be taken."""
    place = _place(text, model)
    try:
        document = model.model_validate_json(place.read_bytes(), strict=True) if place else None
    except (OSError, ValidationError):
        return None
    if document is None or any(unknown_names(document, model)):
        return None
    return document


def keep(text: str, document: Model) -> None:
    """Keep a sound document for the next reading of its text; where it cannot be written, all goes on without it."""
    place = _place(text, type(document))
    said = document.model_dump_json(exclude_unset=True)
    # Only what reads back the same, to the last digit, stands for the text.
    if place is None or type(document).model_validate_json(said, strict=True).model_dump_json() != (
        document.model_dump_json()
    ):
        return
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(place, said)
        files = sorted(place.parent.glob("*.json"), key=lambda file: file.stat().st_mtime)
        for file in files[:-MOST_KEPT]:
            file.unlink(missing_ok=True)
    except (OSError, OstraError):
        return


def _place(text: str, model: type[Model]) -> Path | None:
    folder = cache_folder()
    key = "\n".join((__version__, str(RULES), model.__name__, text))
    return folder and folder / f"{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}.json"
