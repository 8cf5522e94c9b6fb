"""Files that are there whole or not at all, also after a loss of power, and the hash of a file."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ostra.errors import OstraError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A place beside the file to write it to; at the end it is flushed and moved into place in one step.

    The folder must exist. If anything goes wrong, what was written is removed and the file stays as it was.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        yield part
        flush(part)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write the file whole or not at all; text as UTF-8. Its folder is made where there is none.

    Raises
    ------
    OstraError
        The folder cannot be made, or the disk refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as part:
            part.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    except OSError as error:
        raise OstraError(f"cannot write {path}: {error.strerror or error}") from error


def flush(path: Path) -> None:
    """Wait until the file is on the disk."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Make renames within the folder survive a loss of power, where the system lets a folder be flushed."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
