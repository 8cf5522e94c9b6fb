"""The corridor runs one way: a room imports only from rooms that come before it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import ostra

PACKAGE = Path(ostra.__file__).parent

# Each room and the rooms it may import from, itself included. The four steps see neither files nor stores.
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "spreadsheets": set(),
    "progress": set(),
    "processors": set(),
    "version": set(),
    "model": {"errors"},
    "economies": {"errors", "model"},
    "sources": {"errors", "model", "economies"},
    "store": {"version", "errors", "model", "economies", "spreadsheets", "sources"},
    "ecosystem": {"errors", "model", "economies"},
    "scenario": {"processors", "errors", "model", "economies", "ecosystem"},
    "dimensions": {"errors", "model", "economies", "ecosystem"},
    "context": {"errors", "model", "economies", "ecosystem", "dimensions"},
    "toolkit": {"errors", "model", "economies", "ecosystem", "dimensions", "context"},
    "assess": {"errors", "model", "economies", "ecosystem", "dimensions", "context", "toolkit"},
    "report": {"progress", "errors", "model", "economies", "spreadsheets"},
    "workspace": {
        "version",
        "errors",
        "model",
        "economies",
        "sources",
        "store",
        "ecosystem",
        "dimensions",
        "context",
        "toolkit",
        "assess",
    },
    "authoring": {"errors", "store", "workspace"},
    "balances": {"model", "sources", "store", "workspace"},
    "chains": {"errors", "model", "economies", "store", "ecosystem", "workspace"},
    "disruptions": {
        "progress",
        "errors",
        "model",
        "economies",
        "store",
        "ecosystem",
        "scenario",
        "workspace",
        "chains",
    },
    "exposure": {"progress", "errors", "model", "economies", "store", "ecosystem", "workspace"},
    "views": {"progress", "errors", "model", "economies", "workspace"},
    "portraits": {"progress", "errors", "model", "economies", "ecosystem", "context", "workspace"},
    "ranks": {"progress", "errors", "model", "dimensions", "views", "workspace"},
    "stability": {"progress", "errors", "model", "dimensions", "ranks", "views", "workspace"},
    "output": {"errors", "model", "spreadsheets"},
    "provenance": {"errors", "model", "store"},
    "__init__": {"version", "errors", "model", "economies", "workspace", "provenance"},
    "cli": {
        "version",
        "progress",
        "errors",
        "model",
        "economies",
        "store",
        "ecosystem",
        "workspace",
        "authoring",
        "balances",
        "chains",
        "scenario",
        "disruptions",
        "exposure",
        "views",
        "ranks",
        "stability",
        "portraits",
        "output",
        "provenance",
        "report",
        "__init__",
    },
    "cases": set(),
}


def room_of(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.stem if len(relative.parts) == 1 else relative.parts[0]


def imported_rooms(path: Path) -> set[str]:
    """Rooms of ostra named by any import in the file, wherever it stands (inside functions too)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = path.relative_to(PACKAGE.parent).parts[:-1]
    rooms = set()
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*own[: len(own) - node.level + 1], *([base] if base else [])])
            names = [base] if base != "ostra" else [f"ostra.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "ostra":
                rooms.add(parts[1] if len(parts) > 1 else "__init__")
    return rooms


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_each_module_imports_only_rooms_before_its_own(path: Path) -> None:
    """A module that imports against the corridor breaks the build."""
    room = room_of(path)
    assert room in MAY_IMPORT, f"{path.name}: a new room; say in MAY_IMPORT what it may import"
    forbidden = imported_rooms(path) - MAY_IMPORT[room] - {room}
    assert not forbidden, f"{path.relative_to(PACKAGE)} may not import {sorted(forbidden)}"


def test_the_corridor_check_sees_a_forbidden_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check itself fails when a step reaches into the store."""
    package = tmp_path / "ostra"
    (package / "ecosystem").mkdir(parents=True)
    bad = package / "ecosystem" / "bad.py"
    bad.write_text("def f():\n    from ostra.store import facts\n    from ..web import app\n")
    monkeypatch.setattr(f"{__name__}.PACKAGE", package)
    assert imported_rooms(bad) == {"store", "web"}
    with pytest.raises(AssertionError, match="may not import"):
        test_each_module_imports_only_rooms_before_its_own(bad)
