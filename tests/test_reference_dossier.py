"""The field reference of documents says what the model says."""

from __future__ import annotations

import re
import typing
from pathlib import Path

import pytest
from pydantic import BaseModel

from ostra.model import dossier, evidence, instrument, profile
from ostra.model.base import Model

PAGE = Path(__file__).parents[1] / "docs" / "reference-dossier.md"

NOT_WRITTEN = {
    "Document",
    "Evidence",
    "FactRef",
    "Interval",
    "Model",
    "Provenance",
}  # results, bases, and what rows are made of


def models() -> list[type[BaseModel]]:
    """The models that documents are written in."""
    found = {
        value
        for module in (dossier, evidence, instrument, profile)
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Model) and value.__name__ not in NOT_WRITTEN
    }
    return sorted(found, key=lambda model: model.__name__)


def section(name: str) -> str:
    """The part of the page below the heading of this name, up to the next heading."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(rf"(?ms)^##+ {name}$(.*?)(?=^##|\Z)", text)
    assert found is not None, f"{PAGE.name} has no section {name}"
    return found[1]


def rows(name: str) -> dict[str, tuple[str, str]]:
    """Key -> (type, required) of the table in a section; one row may hold several keys."""
    table: dict[str, tuple[str, str]] = {}
    for line in section(name).splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if line.startswith("| `"):
            table |= dict.fromkeys(re.findall(r"`([^`]+)`", cells[1]), (cells[2], cells[3]))
    return table


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_each_field_has_a_row_that_agrees_with_the_model(model: type[BaseModel]) -> None:
    """All keys are described, no other is, and required means required."""
    table = rows(model.__name__)
    assert set(table) == set(model.model_fields)
    for name, field in model.model_fields.items():
        assert (table[name][1] == "yes") == field.is_required(), name


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_each_choice_of_words_is_listed(model: type[BaseModel]) -> None:
    """Where only certain words are allowed and the page lists words, it lists exactly those."""
    table = rows(model.__name__)
    for name, field in model.model_fields.items():
        listed = re.findall(r"`([^`]+)`", table[name][0])
        if typing.get_origin(field.annotation) is typing.Literal and listed:
            assert listed == [str(word) for word in typing.get_args(field.annotation)], name
