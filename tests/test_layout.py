"""The corridor runs one way: a room imports only from rooms that come before it."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

import ostra

PACKAGE = Path(ostra.__file__).parent
ROOT = Path(__file__).parents[1]

# Each room and the rooms it may import from, itself included. The four steps see neither files nor stores.
BASE = {"errors", "model", "words"}
STEPS = {"ecosystem", "dimensions", "context", "toolkit"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "progress": set(),
    "version": set(),
    "model": {"errors"},
    "words": {"errors", "model"},
    "files": {"errors", "words"},
    "facts": {"version", "progress", "files", *BASE},
    "documents": {"version", "files", *BASE},
    "provenance": {"facts", *BASE},
    "show": {"progress", "files", *BASE},
    "ecosystem": BASE,
    "scenario": {"ecosystem", *BASE},
    "dimensions": {"ecosystem", *BASE},
    "context": {"ecosystem", "dimensions", *BASE},
    "toolkit": {"ecosystem", "dimensions", "context", *BASE},
    "assess": {*STEPS, *BASE},
    "workspace": {"scenario", "version", "files", "facts", "documents", "assess", *STEPS, *BASE},
    "ask": {"progress", "files", "facts", "documents", "scenario", "workspace", *STEPS, *BASE},
    "change": {"progress", "files", "facts", "documents", "workspace", *BASE},
    "__init__": {"version", "provenance", "workspace", "ask", *BASE},
    "cli": {"version", "progress", "ask", "change", "files", "provenance",
            "show", "workspace", "__init__", *BASE},
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


def test_nothing_imports_tests() -> None:
    """The package, the benchmarks and the scripts run without tests/; what they share with tests stands with them."""
    own = {path.stem for path in (ROOT / "tests").glob("*.py")} | {"tests"}
    found = []
    for path in [*PACKAGE.rglob("*.py"), *(ROOT / "benchmarks").glob("*.py"), *(ROOT / "scripts").glob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            if isinstance(node, ast.Constant) and node.value == "tests":  # a path to the folder
                names.append("tests")
            found += [f"{path.name}: {name}" for name in names if name.split(".")[0] in own]
    assert not found


METHODS = ("trade", "materials", "chain", "input_output")


@pytest.mark.parametrize("path", sorted((PACKAGE / "ecosystem").rglob("*.py")), ids=lambda p: p.stem)
def test_methods_of_step_1_import_none_of_each_other(path: Path) -> None:
    """What methods share stands in `ecosystem/` itself and needs none of them; `analyse` and what it
    reads of the facts, `readings`, alone bring them together."""
    own = path.parent.name
    others = {f"ostra.ecosystem.{method}" for method in METHODS if method != own}
    if path.stem not in ("analyse", "readings"):
        used = {name for name in imported_modules(path) if name.startswith(tuple(others))}
        assert not used, f"{path.relative_to(PACKAGE)} may not import {sorted(used)}"


# Where SQL stands: the facts, and the methods of step 1 that aggregate them.
SQL_ROOMS = ("facts/", "ecosystem/trade/", "ecosystem/materials/", "ecosystem/fact_tables.py")


def sql_in(path: Path) -> list[int]:
    """Lines of a module at which a string holds a query, or a method of a database is called."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("query", "sql", "execute"):
                found.append(node.lineno)
        elif isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in prose:
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            text = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
            if re.search(r"\bselect\b.+\bfrom\b", text, re.IGNORECASE | re.DOTALL):
                found.append(node.lineno)
    return sorted(set(found))


def test_sql_stands_in_the_facts_and_the_methods_of_step_1_alone() -> None:
    """Whoever asks for facts elsewhere calls a function that says what it gives."""
    names = {path: path.relative_to(PACKAGE).as_posix() for path in sorted(PACKAGE.rglob("*.py"))}
    found = [
        f"{name}:{line}" for path, name in names.items() if not name.startswith(SQL_ROOMS) for line in sql_in(path)
    ]
    assert not found


def test_the_search_for_sql_sees_it(tmp_path: Path) -> None:
    """A query in any form of string and a call of a database are found; a docstring and prose are not."""
    bad = tmp_path / "bad.py"
    bad.write_text(
        '"""Select a row from a table."""\n'
        "def f(relation, table):\n"
        '    relation.query("x", "..")\n'
        '    a = f"SELECT x FROM {table}"\n'
        '    return "with x as (select 1\\n  from y)", "rows are selected from a file"\n'
    )
    assert sql_in(bad) == [3, 4, 5]


MEASURES = {
    "trade.dependency": ("trade_frames",),
    "trade.network": ("points_of_failure",),
    "materials.geopolrisk": ("geopolrisk",),
    "materials.supply_risk": ("supply_risk",),
    "materials.production_shares": ("production_shares", "concentration", "hhi_bounds"),
    "chain.measure": ("holds", "set_holds", "tier_holds", "holds_on_home"),
    "chain.mutual": ("mutual", "indispensability"),
    "chain.cutsets": ("minimal_sets",),
    "chain.importance": ("importance",),
    "input_output.coefficients": ("Chains",),
    "input_output.look_through": ("reliance", "through", "absorbed"),
    "input_output.hypothetical_extraction": ("extract", "extract_flows", "extract_each"),
    "input_output.stages": ("steps_of",),
}


@pytest.mark.parametrize(("module", "measure"), [(m, name) for m, names in MEASURES.items() for name in names])
def test_a_measure_cites_its_reference(module: str, measure: str) -> None:
    """The function, one that its docstring names, or its module says where the method is from, or that it is ours."""
    code = importlib.import_module(f"ostra.ecosystem.{module}")
    text = f"{code.__doc__} {getattr(code, measure).__doc__}"
    named = [name for name in MEASURES[module] if f"As for `{name}`" in text]
    text += "".join(getattr(code, name).__doc__ for name in named)
    assert "References\n" in text or "our choice" in text
