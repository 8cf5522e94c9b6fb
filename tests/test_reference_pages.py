"""The reference pages are what the code says: written anew, they stay as they are."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from pydantic import BaseModel

from ostra.model.dossier import Dossier
from ostra.model.instrument import Catalogue
from ostra.model.profile import Profile
from ostra.model.scenario import Scenario, Stated

ROOT = Path(__file__).parents[1]


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script that writes the pages."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import build_reference

    return build_reference


def test_each_page_is_what_the_script_writes(script: ModuleType) -> None:
    """After a change of the model: `python scripts/build_reference.py`."""
    for name in script.PAGES:
        assert (ROOT / "docs" / name).read_text(encoding="utf-8") == script.page(name), name


@pytest.mark.parametrize("model", [Dossier, Profile, Catalogue, Scenario], ids=lambda model: model.__name__)
def test_every_key_of_every_model_is_on_its_page(model: type[BaseModel], script: ModuleType) -> None:
    """All that a document may hold has a row, whatever depth it stands at."""
    text = script.scenario_page() if model is Scenario else script.dossier_page()
    for part in (model, *script.parts(model)):
        if issubclass(part, script.TOLD_ABOVE) or (model is Scenario and part.__name__ == "Source"):
            continue
        (table,) = [found for found in text.split("\n#") if found.partition("\n")[0].split()[-1] == part.__name__]
        shared = Stated.model_fields if issubclass(part, Stated) else ()
        rows = [line.split("`")[1] for line in table.splitlines() if line.startswith("| `")]
        assert rows == [name for name in part.model_fields if name not in shared]


def test_types_are_told_in_the_words_of_the_page(script: ModuleType) -> None:
    """References, bounds, choices and defaults come from the types alone."""
    text = script.dossier_page()
    for row in (
        "| `source` | id of a source | yes |",
        "| `claims` | list of claim ids (at least one) | yes |",
        "| `essentiality` | number above 0, at most 1 | no |",
        "| `basis` | `measures`, `cites`, `judges` | yes |",
        "| `economy` | economy or null | yes |",
    ):
        assert row in text
    assert "Edition of the Harmonized System; `HS92` unless given" in text
