"""What `import ostra` gives, and what its docstring says that there is."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import ostra

LISTED = re.findall(r"^(ostra\.[\w.]+) {2,}(.+)$", ostra.__doc__ or "", re.M)


def test_all_names_are_there_and_no_others_are_shown() -> None:
    """Every name of `__all__` can be had, `dir` shows these, and another name is an AttributeError."""
    assert dir(ostra) == sorted(ostra.__all__)
    for name in ostra.__all__:
        assert getattr(ostra, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing_like_it'"):
        _ = ostra.nothing_like_it


def test_the_names_are_what_their_modules_define() -> None:
    """A name loaded late is the very object of its module."""
    from ostra.errors import OstraError
    from ostra.model.assessment import Assessment
    from ostra.model.listing import Listing
    from ostra.provenance import trace
    from ostra.workspace import Workspace

    shown = (ostra.OstraError, ostra.Assessment, ostra.trace, ostra.Listing, ostra.Workspace)
    assert shown == (OstraError, Assessment, trace, Listing, Workspace)
    assert isinstance(ostra.open(), Workspace)


@pytest.mark.parametrize(("module", "said"), LISTED, ids=[module for module, _ in LISTED])
def test_modules_of_the_docstring_have_the_functions_it_names(module: str, said: str) -> None:
    """After each colon stand functions of the module, or of the one that is named before the colon."""
    found = 0
    for home, names in re.findall(r"(?:in (ostra\.[\w.]+))?: ([\w., ]+)", said):
        for name in names.split(", "):
            *inner, function = name.strip().split(".")
            holder = importlib.import_module(".".join([home or module, *inner]))
            assert inspect.isfunction(getattr(holder, function)), f"{holder.__name__}.{function}"
            found += 1
    assert found, f"the docstring says nothing that can be called of {module}"


def test_the_docstring_lists_modules() -> None:
    """The list that the test above goes through is not empty, and has the methods of issues and tutorials."""
    modules = {module for module, _ in LISTED}
    assert {"ostra.ask.reliance", "ostra.ask.disruption", "ostra.ask.chain", "ostra.ask.matrix"} <= modules


def test_the_version_is_one() -> None:
    """The package, its metadata and its citation name the same version."""
    root = Path(__file__).parents[1]
    assert (
        tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"] == ostra.__version__
    )
    assert f"\nversion: {ostra.__version__}\n" in (root / "CITATION.cff").read_text(encoding="utf-8")


def test_import_loads_no_library() -> None:
    """`import ostra` alone stays quick: no table library comes with it."""
    code = "import sys, ostra; print([n for n in ('polars', 'duckdb', 'pydantic', 'numpy') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
