"""What a command loads: listings that compute nothing do not wait for the analysis."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOADED = """
import sys
from ostra.cli import main
sys.stdout = sys.stderr
assert main(sys.argv[1:]) == 0
sys.stdout = sys.__stdout__
print(*sys.modules, sep="\\n")
"""
ANALYSIS = ("ostra.assess", "ostra.ecosystem", "ostra.dimensions", "ostra.context", "ostra.toolkit", "ostra.scenario")
HEAVY = ("numpy", "scipy", "numba", "polars", "duckdb", "jinja2", "ostra.show.printed", "ostra.show.charts")


def loaded(*arguments: str) -> set[str]:
    """The modules that a command has loaded by its end."""
    run = subprocess.run([sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize(
    "command", ["ecosystems", "scenarios", "data list", "actors semiconductors", "positions", "data list --json"]
)
def test_a_listing_that_computes_nothing_loads_no_analysis(command: str) -> None:
    """Neither the four steps and scenarios, nor what they compute with, nor pages and charts."""
    assert not loaded(*command.split()).intersection((*ANALYSIS, *HEAVY))


def test_the_list_of_coercion_cases_loads_no_library_to_compute_with() -> None:
    """Only the part of step 3 that says whose doing a case is."""
    assert not loaded("cases").intersection((*HEAVY, "ostra.assess", "ostra.context.contextualise"))


def test_help_loads_neither_models_nor_frames() -> None:
    """The command line says what it can before anything is read."""
    assert not loaded("--help").intersection((*ANALYSIS, *HEAVY, "pydantic", "ostra.workspace"))


def test_the_list_of_data_sets_loads_no_model_of_other_documents() -> None:
    """Nor what reads them."""
    models = ("ostra.model.scenario", "ostra.model.profile", "ostra.model.instrument")
    assert not loaded("data", "list").intersection((*models, "yaml", "ostra.documents.yaml_documents"))


def test_the_check_sees_what_an_assessment_loads() -> None:
    """The list of modules is that of the command, not an empty one."""
    assert loaded("context", "CHN", "--year", "2022").issuperset(("numpy", "duckdb", *ANALYSIS[:4]))
