"""Parts of a long computation, kept so that it can be stopped and taken up again.

A folder holds one NPZ file for each part; a part that is there is whole.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ostra.errors import DataError
from ostra.files.whole_files import write_whole

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
                "no part of a batch", file=str(file), value=str(error)[:80], mend="Remove it and resume"
            ) from error
    return parts


def keep_part(folder: Path, number: int, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Keep a part under its number, whole or not at all.

    Raises
    ------
    OstraError
        The disk refuses.
    """
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    write_whole(folder / f"part-{number:08d}.npz", buffer.getvalue())


def drop_parts(folder: Path) -> None:
    """Remove the parts, and the folder if nothing else is in it."""
    if not folder.is_dir():
        return
    for file in folder.glob(PATTERN):
        file.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
