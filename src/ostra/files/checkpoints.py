"""Parts of a long computation, kept so that it can be stopped and taken up again.

A folder holds one NPZ file for each part. A part is written beside its place, flushed, and moved there in one step, so
that a part that is there is whole.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ostra.errors import DataError, OstraError, Problem

PATTERN = "part-*.npz"


def kept_parts(folder: Path) -> list[dict[str, NDArray[np.generic]]]:
    """The parts in a folder, in order; none where there is no folder.

    Raises
    ------
    DataError
        A part cannot be read.
    """
    parts = []
    for file in sorted(folder.glob(PATTERN)):
        try:
            with np.load(file, allow_pickle=False) as arrays:
                parts.append({name: arrays[name] for name in arrays.files})
        except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise DataError(
                Problem("no part of a batch", file=str(file), value=str(error)[:80], mend="Remove it and resume")
            ) from error
    return parts


def keep_part(folder: Path, number: int, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Keep a part under its number, whole or not at all.

    Raises
    ------
    OstraError
        The disk refuses.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, **arrays)  # type: ignore[arg-type]
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(folder / f"part-{number:08d}.npz")
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OstraError(f"cannot keep a part in {folder}: {error.strerror or error}") from error


def drop_parts(folder: Path) -> None:
    """Remove the parts, and the folder if nothing else is in it."""
    if not folder.is_dir():
        return
    for file in folder.glob(PATTERN):
        file.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
