"""What is kept between assessments: nothing stale, nothing that depends on the order of questions."""

from __future__ import annotations

from pathlib import Path

import pytest

import ostra
from ostra.documents.yaml_documents import builtin_profiles
from ostra.facts.imports import import_file
from ostra.workspace.memo import Memo

YEAR = 2022
DOSSIER = """
format: ostra-dossier/1
id: {name}
title: Things of {name}
summary: A material and what is made of it.
author: a test
date: 2026-11-30
sources: [{{id: book, title: A book, publisher: Somebody, date: 2020}}]
claims: [{{id: known, statement: It is so., source: book, locator: page 1, basis: cites}}]
stages: [{{id: first, name: First}}]
items:
  - {{id: stuff, name: Stuff, kind: material, stage: first, material: {material}, products: [{{hs: "{hs}"}}]}}
  - {{id: thing, name: Thing, kind: product, stage: first}}
links: [{{item: thing, needs: stuff, kind: requires}}]
"""
PRODUCTS = {"germanium": "811230", "cobalt": "810510", "tungsten": "810110"}
MATERIALS = {"germanium": "Germanium", "cobalt": "Cobalt", "tungsten": "Tungsten (W)"}
GOVERNANCE = "country,year,indicator,estimate,standard_error\nCHN,2022,PV,-0.4,0.2\nCHN,2022,RL,-0.5,0.1\n"


@pytest.fixture
def workspace(tmp_path: Path) -> ostra.Workspace:
    """A folder with a profile and three small dossiers, two of which share a product."""
    (tmp_path / "dossiers").mkdir()
    for name, hs in PRODUCTS.items():
        text = DOSSIER.format(name=name, material=MATERIALS[name], hs=hs)
        if name == "tungsten":
            text = text.replace('"810110"}', '"810110"}, {hs: "810510"}')
        (tmp_path / "dossiers" / f"{name}.yaml").write_text(text, encoding="utf-8")
    profile = builtin_profiles()["eu27"].read_text(encoding="utf-8")
    (tmp_path / "profile.yaml").write_text(profile, encoding="utf-8")
    return ostra.open(tmp_path)


def replaced(file: Path, old: str, new: str) -> None:
    """Edit a file of the workspace as somebody else would."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_an_assessment_is_made_once_for_the_same_inputs(workspace: ostra.Workspace) -> None:
    """The same home and year give the same object; another home, another year or no year another assessment."""
    first = workspace.assess("germanium", year=YEAR)
    assert workspace.assess("germanium", year=YEAR) is first
    assert workspace.assess("germanium", "JPN", YEAR).home == "JPN"
    assert workspace.assess("germanium", year=YEAR - 1).year == YEAR - 1
    assert workspace.assess("germanium") is not workspace.assess("germanium", year=workspace.latest_year())


def test_documents_that_change_on_disk_are_seen(workspace: ostra.Workspace) -> None:
    """A dossier and a profile that somebody edits while the workspace is open."""
    assert workspace.path is not None
    first = workspace.assess("germanium", year=YEAR)
    replaced(workspace.path / "dossiers" / "germanium.yaml", "Things of germanium", "Germanium anew")
    second = workspace.assess("germanium", year=YEAR)
    assert (second.title, second.hashes.profile) == ("Germanium anew", first.hashes.profile)
    replaced(workspace.path / "profile.yaml", f"title: {first.profile_title}", "title: Another viewpoint")
    assert workspace.assess("germanium", year=YEAR).profile_title == "Another viewpoint"


def test_facts_that_are_imported_meanwhile_are_seen(workspace: ostra.Workspace, tmp_path: Path) -> None:
    """An import by another process replaces the governance facts of an open workspace."""
    assert workspace.path is not None
    before = workspace.assess("germanium", year=YEAR)
    file = tmp_path / "governance.csv"
    file.write_text(GOVERNANCE, encoding="utf-8")
    import_file(workspace.path, "governance", file)
    after = workspace.assess("germanium", year=YEAR)
    assert after.hashes.facts != before.hashes.facts
    assert after == ostra.open(workspace.path).assess("germanium", year=YEAR)
    assert len(workspace.facts.datasets("governance")) == 2


@pytest.mark.parametrize("first", [("germanium", "cobalt", "tungsten"), ("tungsten",), ()])
def test_facts_read_for_several_ecosystems_are_those_read_for_each(
    workspace: ostra.Workspace, first: tuple[str, ...]
) -> None:
    """Together, one after the other with others' products at hand, or alone: the same assessments."""
    workspace.read_ahead(first, "JPN", YEAR)
    for name in PRODUCTS:
        alone = ostra.open(workspace.path).assess(name, "JPN", YEAR)
        assert workspace.assess(name, "JPN", YEAR).model_dump_json() == alone.model_dump_json()
        assert alone.step1.materials
        assert name == "germanium" or any(row.imports_kusd for row in alone.step1.trade)  # not covered in that year


def test_a_memo_keeps_at_most_so_many_results() -> None:
    """The one that was longest not needed goes."""
    memo: Memo[int] = Memo(2)
    made: list[int] = []

    def once(key: int) -> int:
        return memo.once(key, lambda: made.append(key) or key)

    assert [once(key) for key in (1, 2, 1, 3, 1, 2)] == [1, 2, 1, 3, 1, 2]
    assert made == [1, 2, 3, 2]
