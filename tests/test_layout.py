"""The corridor runs one way: a room imports only from rooms that come before it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import ostra

PACKAGE = Path(ostra.__file__).parent

# Each room and the rooms it may import from, itself included. The four steps see neither files nor stores.
BASE = {"errors", "model", "words"}
STEPS = {"ecosystem", "dimensions", "context", "toolkit"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "progress": set(),
    "processors": set(),
    "version": set(),
    "model": {"errors"},
    "words": {"errors", "model"},
    "files": {"errors", "words"},
    "facts": {"version", "progress", "files", *BASE},
    "documents": {"files", "facts", *BASE},
    "provenance": {"facts", *BASE},
    "show": {"progress", "files", *BASE},
    "ecosystem": BASE,
    "scenario": {"processors", "ecosystem", *BASE},
    "dimensions": {"ecosystem", *BASE},
    "context": {"ecosystem", "dimensions", *BASE},
    "toolkit": {"ecosystem", "dimensions", "context", *BASE},
    "assess": {*STEPS, *BASE},
    "workspace": {"ask", "scenario", "version", "files", "facts", "documents", "assess", *STEPS, *BASE},
    "ask": {"progress", "files", "facts", "documents", "scenario", "workspace", *STEPS, *BASE},
    "change": {"progress", "facts", "documents", "workspace", *BASE},
    "__init__": {"version", "provenance", "workspace", *BASE},
    "cli": {"version", "progress", "ask", "change", "ecosystem", "files", "provenance",
            "scenario", "show", "workspace", "__init__", *BASE},
    "dossiers": set(),
}  # fmt: skip


def room_of(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.stem if len(relative.parts) == 1 else relative.parts[0]


def imported_modules(path: Path) -> set[str]:
    """What any import in the file names, wherever it stands (inside functions too), by its full name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = path.relative_to(PACKAGE.parent).parts[:-1]
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = [*own[: len(own) - node.level + 1]] if node.level else []
            base += [node.module] if node.module else []
            names |= {".".join([*base, alias.name]) for alias in node.names}
    return names


def imported_rooms(path: Path) -> set[str]:
    """Rooms of ostra named by any import in the file."""
    parts = [name.split(".") for name in imported_modules(path)]
    return {rest[0] if rest else "__init__" for first, *rest in parts if first == "ostra"}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_each_module_imports_only_rooms_before_its_own(path: Path) -> None:
    """A module that imports against the corridor breaks the build."""
    room = room_of(path)
    assert room in MAY_IMPORT, f"{path.name}: a new room; say in MAY_IMPORT what it may import"
    forbidden = imported_rooms(path) - MAY_IMPORT[room] - {room}
    assert not forbidden, f"{path.relative_to(PACKAGE)} may not import {sorted(forbidden)}"


def test_the_corridor_check_sees_a_forbidden_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check itself fails when a step reaches into the facts."""
    package = tmp_path / "ostra"
    (package / "ecosystem").mkdir(parents=True)
    bad = package / "ecosystem" / "bad.py"
    bad.write_text("def f():\n    from ostra.facts import datasets\n    from ..web import app\n")
    monkeypatch.setattr(f"{__name__}.PACKAGE", package)
    assert imported_rooms(bad) == {"facts", "web"}
    with pytest.raises(AssertionError, match="may not import"):
        test_each_module_imports_only_rooms_before_its_own(bad)


METHODS = ("trade", "materials", "chain", "input_output")


@pytest.mark.parametrize("path", sorted((PACKAGE / "ecosystem").rglob("*.py")), ids=lambda p: p.stem)
def test_methods_of_step_1_import_none_of_each_other(path: Path) -> None:
    """What methods share stands in `ecosystem/` itself and needs none of them; `analyse` alone brings them together."""
    own = path.parent.name
    others = {f"ostra.ecosystem.{method}" for method in METHODS if method != own}
    if path.stem != "analyse":
        used = {name for name in imported_modules(path) if name.startswith(tuple(others))}
        assert not used, f"{path.relative_to(PACKAGE)} may not import {sorted(used)}"
