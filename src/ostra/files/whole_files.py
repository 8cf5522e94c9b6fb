"""Files that are there whole or not at all, also after a loss of power."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ostra.facts.datasets import sync_folder


def write_whole(path: Path, text: str) -> None:
    """Write the text beside its place, flush it, and move it there in one step. The folder must exist."""
    folder = path.parent
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}.", suffix=".new", dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(folder)
