"""The folder of an import at work, and whose half-done work may be cleared away."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ostra.facts.datasets import MANIFEST, read_manifest
from ostra.facts.tables import tables
from ostra.files.locks import is_held, lock_of, locked

INCOMING = ".incoming-"
ALIVE = "alive"


@contextmanager
def incoming(root: Path) -> Iterator[Path]:
    """A fresh folder for one import inside the root, removed at the end; left-overs of dead imports go first."""
    with locked(root):
        clear_left_overs(root)
        folder = Path(tempfile.mkdtemp(prefix=INCOMING, dir=root))
        alive = lock_of(folder / ALIVE)
        alive.acquire()
    try:
        yield folder
    finally:
        alive.release()
        shutil.rmtree(folder, ignore_errors=True)


def clear_left_overs(root: Path) -> None:
    """Remove what killed imports left: their folders, and data sets that no manifest lists. Call it locked."""
    for folder in root.glob(f"{INCOMING}*"):
        if not is_held(folder / ALIVE):
            shutil.rmtree(folder, ignore_errors=True)
    if not (root / MANIFEST).exists():
        return  # a manifest that somebody lost by accident may come back; its data sets must still be there then
    listed = {(entry.table, entry.id) for entry in read_manifest(root).datasets}
    for name in tables():
        for folder in (root / name).glob("*"):
            if (name, folder.name) not in listed:
                shutil.rmtree(folder, ignore_errors=True)
    for stale in root.glob(f".{MANIFEST}.*"):
        stale.unlink(missing_ok=True)
