"""What `import ostra` gives, and what its docstring says that there is."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import ostra
from ostra.ask.questions import QUESTIONS


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


def test_every_question_is_a_method_of_what_open_gives() -> None:
    """`dir` lists the questions, each is the function of the table, and another name is an AttributeError."""
    workspace = ostra.open()
    for question in QUESTIONS:
        assert question.method in dir(workspace)
        assert getattr(workspace, question.method).func is question.function
    with pytest.raises(AttributeError, match="no 'nothing_like_it'"):
        _ = workspace.nothing_like_it


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
