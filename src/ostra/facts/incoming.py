"""Who may change a facts folder, and whose half-done work may be cleared away."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ostra.facts.datasets import MANIFEST, read_manifest
from ostra.facts.tables import tables

LOCK = ".lock"
INCOMING = ".incoming-"
ALIVE = "alive"


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Hold the folder's lock; others wait. The system releases it when the process ends, however it ends."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / LOCK).open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def incoming(root: Path) -> Iterator[Path]:
    """A fresh folder for one import inside the root, removed at the end; left-overs of dead imports go first."""
    with locked(root):
        clear_left_overs(root)
        folder = Path(tempfile.mkdtemp(prefix=INCOMING, dir=root))
        alive = (folder / ALIVE).open("a")
        fcntl.flock(alive, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        alive.close()


def clear_left_overs(root: Path) -> None:
    """Remove what killed imports left: their folders, and data sets that no manifest lists. Call it locked."""
    for folder in root.glob(f"{INCOMING}*"):
        try:
            with (folder / ALIVE).open("a") as alive:
                fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            continue  # its import is still at work
    if not (root / MANIFEST).exists():
        return  # a manifest that somebody lost by accident may come back; its data sets must still be there then
    listed = {(entry.table, entry.id) for entry in read_manifest(root).datasets}
    for name in tables():
        for folder in (root / name).glob("*"):
            if (name, folder.name) not in listed:
                shutil.rmtree(folder, ignore_errors=True)
    for stale in root.glob(".manifest.json.*"):
        if stale.name.rsplit(".", 1)[-1] != str(os.getpid()):
            stale.unlink(missing_ok=True)
