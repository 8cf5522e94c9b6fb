"""Whatever refers to an entry that is not there is told at its own place; so is whatever stands twice."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, ValidationError

from ostra.documents.yaml_documents import read_document
from ostra.documents.yaml_tree import parse_yaml
from ostra.errors import DataError, Problem
from ostra.model.base import Names, Refers
from ostra.model.dossier import Dossier
from ostra.model.instrument import Catalogue
from ostra.model.profile import Profile
from ostra.model.references import EACH, Unique, declared, values_at
from ostra.model.scenario import Scenario

SOURCES = [
    {"id": name, "title": "A book", "publisher": "A press", "date": "2021"} for name in ("book", "study", "survey")
]
HEAD = {"title": "Toys", "summary": "Wooden toys.", "author": "a tester", "date": "2022-10-07", "sources": SOURCES}
CITED = {"source": "book", "locator": "page 3"}
STATED = {"reason": "A test.", "source": "book"}


def twice(entry: dict[str, Any], *keys: str) -> list[dict[str, Any]]:
    """Three entries that differ in these keys alone."""
    return [copy.deepcopy(entry) | {key: f"{entry[key]}-{n}" for key in keys} for n in range(3)]


def dossier() -> dict[str, Any]:
    """A dossier in which everything that can refer to something does so at least twice."""
    claims = {"claims": ["wood-0", "wood-1"]}
    sectors = {"sectors": [{"role": "makes", "sector": "C16", **claims}]}
    judged = {"id": "judged", "items": ["toy-0"], "dimension": "security", "effect": -1, "severity": 2}
    by = {"horizon": "now", "confidence": 0.5, "reason": "So.", "author": "A", "date": "2022"}
    actor = {
        "id": "firm",
        "name": "A firm",
        "kind": "company",
        "economy": "NOR",
        "role": "Sells.",
        "why": "Sells much.",
    }
    context = {"id": "rule", "economy": "NOR", "kind": "law", "title": "A rule", "what": "It binds."}
    advice = {"id": "act", "instrument": "stockpile", "text": "Store.", "dimensions": ["security"], "items": ["toy-0"]}
    return {
        "format": "ostra-dossier/1",
        "id": "toys",
        **HEAD,
        "claims": twice({"id": "wood", "statement": "Wood is needed.", "basis": "cites", **CITED}, "id"),
        "stages": twice({"id": "stage", "name": "A stage"}, "id"),
        "items": twice({"id": "toy", "name": "Toy", "kind": "product", "stage": "stage-0", **sectors, **claims}, "id"),
        "links": [{"item": "toy-0", "needs": "toy-1", **claims}, {"item": "toy-1", "needs": "toy-2", **claims}],
        "provision": [{"item": "toy-0", "economy": code, "by": "location", **claims} for code in ("NOR", "SWE")],
        "ownership": [{"organisation": "A firm", "owner": "B", "economy": code, **claims} for code in ("NOR", "SWE")],
        "actors": twice({**actor, **claims}, "id"),
        "findings": twice({**judged, **by, **claims}, "id"),
        "context": twice({**context, "reach": ["toy-0", "toy-1"], **claims}, "id"),
        "positions": twice({"topic": "law", "economy": "NOR", "text": "Strict.", **claims}, "topic"),
        "recommendations": twice({**advice, **claims}, "id"),
    }  # fmt: skip


def profile() -> dict[str, Any]:
    """A profile that cites its sources at each place that can."""
    relation = {"relation": "ally", "reason": "A treaty.", "source": "book"}
    rule = {"indicator": "concentration", "dimension": "security", "effect": -1, "low": 0.1, "medium": 0.2, "high": 0.3}
    case = {"id": "ban", "coercer": "CHN", "target": "NOR", "year": 2010, "means": "A ban.", **CITED}
    likelihood = {"first_year": 2010, "last_year": 2020, "hold_weight": 1, "mutual_weight": 1, "reason": "A choice."}
    return {
        "format": "ostra-profile/1",
        "id": "test",
        "home": "EU27",
        **{key: HEAD[key] for key in ("title", "author", "date", "sources")},
        "relations": [{"economy": code, **relation} for code in ("USA", "JPN", "CAN")],
        "trade": {"source": "book"},
        "severity": [
            {**rule, "confidence": 0.5, "horizon": "now", "reason": "So.", "source": "book"} for _ in range(2)
        ],
        "weights": dict.fromkeys(("resilience", "security", "values", "competitiveness"), 1),
        "tolerance": [],
        "likelihood": likelihood,
        "cases": twice(case, "id"),
    }


def catalogue() -> dict[str, Any]:
    """A catalogue whose instruments and their uses cite sources."""
    entry = {"id": "store", "name": "Store", "goal": "Time.", "serves": ["security"], "lead": ["A ministry"], **CITED}
    entry |= {"lag": "under 1 year", "cost": "low", "cases": [{"by": "NOR", "what": "It did.", **CITED}] * 2}
    instruments = [*twice(entry, "id"), copy.deepcopy(entry) | {"id": "no-action"}]
    return {"format": "ostra-instruments/1", "sources": SOURCES, "instruments": instruments}


def scenario() -> dict[str, Any]:
    """A scenario with two entries in each section."""
    sections: dict[str, dict[str, Any]] = {
        "withheld": {"seller": "NOR", "sectors": ["C16"]},
        "items": {"seller": "NOR", "ecosystem": "toys", "item": "wood"},
        "lost_capacity": {"economy": "NOR", "share": 0.5},
        "demand": {"economy": "NOR", "change": 0.1},
        "stocks": {"days": 10},
        "essential": {"sectors": ["C16"], "share": 0.5},
        "substitution": {"limit": 1.5, "days": 30},
        "releases": {"economy": "NOR", "sectors": ["C16"], "days_of_use": 10, "begins": 0, "lasts": 10},
        "new_capacity": {"economy": "NOR", "sectors": ["C16"], "share": 0.1, "lag": 30},
    }
    written = {
        section: [{"id": f"{section.replace('_', '-')}-{n}", **entry, **STATED} for n in range(2)]
        for section, entry in sections.items()
    }
    over = {"id": "over", "limit": 1.1, "days": 30, **STATED}
    return {"format": "ostra-scenario/1", "id": "stop", **HEAD, "days": 100, **written, "overproduction": over}


# Through JSON, so that no list is shared between entries.
DOCUMENTS: dict[type[BaseModel], dict[str, Any]] = {
    model: json.loads(json.dumps(value))
    for model, value in ((Dossier, dossier()), (Profile, profile()), (Catalogue, catalogue()), (Scenario, scenario()))
}


def marked(kind: type) -> list[Any]:
    """One case for each place of each kind of document that carries such a mark."""
    return [
        pytest.param(model, steps, mark, id=f"{model.__name__}-{'.'.join(steps)}")
        for model in DOCUMENTS
        for steps, mark in declared(model)
        if isinstance(mark, kind)
    ]


def changed(value: Any, path: tuple[str | int, ...], new: Any) -> None:
    """Put something else at a place."""
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = new


def problems(value: dict[str, Any]) -> tuple[tuple[Problem, ...], list[str]]:
    """What the reader tells of a document written out in lines, and the lines."""
    text = yaml.dump(value, sort_keys=False, width=1000, Dumper=NoAliases)
    with pytest.raises(DataError) as caught:
        read_document(text)
    return caught.value.problems, text.splitlines()


class NoAliases(yaml.SafeDumper):
    """Writes out what stands in several places."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def numbers(lines: list[str], *words: str) -> list[int]:
    """The lines in which any of the words stands, from 1."""
    return [number for number, line in enumerate(lines, 1) if any(word in line for word in words)]


@pytest.mark.parametrize("model", DOCUMENTS, ids=lambda model: model.__name__)
def test_the_documents_are_sound(model: type[BaseModel]) -> None:
    """What the other tests break is whole before."""
    assert isinstance(read_document(yaml.dump(DOCUMENTS[model], Dumper=NoAliases)), model)


@pytest.mark.parametrize(("model", "steps", "mark"), marked(Refers))
@pytest.mark.parametrize("names", [("nowhere-one", "nowhere-two"), ("nowhere", "nowhere")], ids=["two", "same"])
def test_each_reference_that_leads_nowhere_is_told_at_its_own_line(
    model: type[BaseModel], steps: tuple[str, ...], mark: Refers, names: tuple[str, str]
) -> None:
    """Two at once, of different names or of the same: two problems, each at the line where the name stands."""
    value = copy.deepcopy(DOCUMENTS[model])
    places = [path for path, found in values_at(value, steps) if found is not None]
    broken = dict(zip((places[0], places[-1]), names, strict=True))  # a single place holds the second name
    for path, name in broken.items():
        changed(value, path, name)
    found, lines = problems(value)
    assert [problem.line for problem in found] == numbers(lines, *names)
    assert [problem.reason for problem in found] == [f"no {mark.word} '{name}'" for name in broken.values()]
    assert all(problem.mend and problem.column.startswith(f"{steps[0]}.") for problem in found)


@pytest.mark.parametrize(("model", "steps", "mark"), marked(Refers))
def test_references_are_told_beside_entries_that_are_broken(
    model: type[BaseModel], steps: tuple[str, ...], mark: Refers
) -> None:
    """A misspelt key in the very entry hides nothing, and what refers to a broken entry is not called missing."""
    value = copy.deepcopy(DOCUMENTS[model])
    path = [path for path, found in values_at(value, steps) if found is not None][-1]
    changed(value, path, "nowhere")
    broken = value
    for step in path[:-1] if isinstance(path[-1], str) else path[:-2]:
        broken = broken[step]
    broken["misspelt"] = 1
    value[mark.section][0]["misspelt"] = 2
    found, lines = problems(value)
    assert sorted(problem.line or 0 for problem in found) == numbers(lines, "nowhere", "misspelt: 1", "misspelt: 2")


@pytest.mark.parametrize(("model", "steps", "mark"), [case for case in marked(Unique) if EACH in case.values[1]])
def test_each_entry_that_stands_twice_is_told_at_its_own_line(
    model: type[BaseModel], steps: tuple[str, ...], mark: Unique
) -> None:
    """Two doubles of one entry are two problems, each naming the line of the first."""
    value = copy.deepcopy(DOCUMENTS[model])
    entries = [entry for _, entry in values_at(value, steps)]
    doubles = entries[1:3]
    for entry in doubles:
        for key in mark.keys:
            entry[key] = entries[0][key]
    found, lines = problems(value)
    told = [problem for problem in found if "is defined twice" in problem.reason]
    tree = parse_yaml("\n".join(lines), "")
    first, *others = [tree.lines[*path, mark.keys[-1]] for path, _ in values_at(value, steps)][: 1 + len(doubles)]
    assert [problem.line for problem in told] == others
    assert all(f"the first stands on line {first}" in problem.mend for problem in told)


def test_ids_of_a_scenario_are_unique_across_its_sections() -> None:
    """An addition may not be called as a withholding is; the single overproduction counts too."""
    value = copy.deepcopy(DOCUMENTS[Scenario])
    value["new_capacity"][0]["id"] = value["overproduction"]["id"] = "withheld-0"
    found, lines = problems(value)
    assert [problem.line for problem in found] == numbers(lines, "id: withheld-0")[1:]


def test_two_wrong_names_on_lines_16_and_18_are_told_there() -> None:
    """The same wrong name in one item and the next."""
    text = """\
format: ostra-dossier/1
id: toys
title: Toys
summary: Toys.
author: a tester
date: 2022
sources: []
claims: []
stages:
  - {id: one, name: One}
items:
  - id: toy
    name: Toy
    kind: product
    stage: one
    claims: [gone]
  - {id: car, name: Car, kind: product, stage: one,
     claims: [gone]}
"""
    with pytest.raises(DataError) as caught:
        read_document(text)
    assert [(problem.line, problem.column) for problem in caught.value.problems] == [
        (16, "items.0(toy).claims.0"),
        (18, "items.1(car).claims.0"),
    ]


def test_a_model_that_is_built_in_code_is_held_to_the_same() -> None:
    """No document exists whose references lead nowhere; the error says where."""
    value = copy.deepcopy(DOCUMENTS[Dossier])
    value["links"][1]["needs"] = "glue"
    with pytest.raises(ValidationError, match=r"links\.1\.needs: no item 'glue'"):
        Dossier.model_validate(value)


def test_whatever_is_an_id_of_another_entry_is_declared() -> None:
    """The declarations, counted by hand: whoever adds a reference adds it here."""
    counted = {
        model.__name__: [sum(isinstance(mark, kind) for _, mark in declared(model)) for kind in (Refers, Unique, Names)]
        for model in DOCUMENTS
    }
    assert counted == {
        "Dossier": [18, 9, 7],
        "Profile": [4, 3, 5],
        "Catalogue": [2, 2, 1],
        "Scenario": [10, 11, 19],
    }
