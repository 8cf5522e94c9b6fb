"""Locks of the operating system, which end with the process that holds them, however it ends."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import BaseFileLock

LOCK = ".lock"


def lock_of(path: Path) -> BaseFileLock:
    """The lock that a file stands for; the file is made where there is none."""
    from filelock import FileLock  # as late as this because it loads asyncio, and reading needs no lock

    return FileLock(path)


def locked(folder: Path) -> AbstractContextManager[object]:
    """Hold the folder's lock; others wait. The folder is made where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    return lock_of(folder / LOCK)


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock that a file stands for."""
    from filelock import Timeout

    try:
        with lock_of(path).acquire(blocking=False):
            return False
    except Timeout:
        return True
