"""Documents kept between runs: the same as read from the text, and never in the way of a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from ostra.documents import kept_documents, yaml_documents
from ostra.documents.kept_documents import cache_folder
from ostra.documents.yaml_documents import builtin_dossiers, builtin_profiles, document_sha256, read_dossier
from ostra.errors import DataError


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "ostra" / "documents"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were read as YAML."""
    seen: list[str] = []
    parse = yaml_documents.parse_yaml

    def noted(text: str, file: str) -> yaml_documents.Tree:
        seen.append(Path(file).name)
        return parse(text, file)

    monkeypatch.setattr(yaml_documents, "parse_yaml", noted)
    return seen


@pytest.mark.parametrize("name", ["semiconductors", "v2x"])
def test_what_is_kept_is_what_is_written(name: str, cache: Path, reads: list[str]) -> None:
    """The second reading takes the kept document: equal, with the same hash, and no YAML is read."""
    first, again = read_dossier(builtin_dossiers()[name]), read_dossier(builtin_dossiers()[name])
    assert again == first and document_sha256(again) == document_sha256(first)
    assert again.model_dump_json(exclude_unset=True) == first.model_dump_json(exclude_unset=True)
    assert reads == [f"{name}.yaml"] and len(list(cache.iterdir())) == 1


def test_a_profile_and_a_scenario_are_kept_too(reads: list[str]) -> None:
    """Also what the model reads as text where a number is written."""
    profiles = [yaml_documents.read_profile(builtin_profiles()["eu27"]) for _ in range(2)]
    file = yaml_documents.builtin_scenarios()["leading-edge"]
    scenarios = [yaml_documents.read_scenario(file) for _ in range(2)]
    assert profiles[0] == profiles[1] and scenarios[0] == scenarios[1] and len(reads) == 2


def test_a_fault_is_told_each_time(tmp_path: Path, cache: Path) -> None:
    """A dossier that breaks its definition is never kept, and the second message is the first."""
    file = tmp_path / "semiconductors.yaml"
    text = builtin_dossiers()["semiconductors"].read_text(encoding="utf-8")
    file.write_text(text.replace("economy: NLD", "economy: NLX", 1), encoding="utf-8")
    told = []
    for _ in range(2):
        with pytest.raises(DataError) as error:
            read_dossier(file)
        told.append(str(error.value))
    assert told[0] == told[1] and "no economy has this code" in told[0]
    assert not cache.exists()


@pytest.mark.parametrize("damage", ["", "{", '{"format": "ostra-dossier/1"}', "NLD->NLX"])
def test_a_kept_document_that_cannot_be_taken_is_read_anew(damage: str, cache: Path, reads: list[str]) -> None:
    """Cut short, not of the model, or naming an economy that does not exist: the text is read."""
    file = builtin_dossiers()["semiconductors"]
    first = read_dossier(file)
    (place,) = cache.iterdir()
    place.write_text(place.read_text().replace('"NLD"', '"NLX"') if "->" in damage else damage)
    assert read_dossier(file) == first and len(reads) == 2
    assert read_dossier(file) == first and len(reads) == 2, "what was read anew is kept anew"


def test_a_change_of_the_text_is_read(tmp_path: Path, reads: list[str]) -> None:
    """Also when time and size of the file stay: the text counts."""
    file = tmp_path / "v2x.yaml"
    text = builtin_dossiers()["v2x"].read_text(encoding="utf-8")
    titles = []
    for title in ("title: Aaa", "title: Bbb"):
        lines = [title if line.startswith("title:") else line for line in text.splitlines()]
        file.write_text("\n".join(lines), encoding="utf-8")
        titles.append(read_dossier(file).title)
    assert titles == ["Aaa", "Bbb"] and len(reads) == 2


def test_without_a_folder_to_write_to_all_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file stands where the folder would; or there is no home at all."""
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "taken"))
    assert read_dossier(builtin_dossiers()["v2x"]).id == "v2x"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    assert cache_folder() is None and read_dossier(builtin_dossiers()["v2x"]).id == "v2x"


def test_the_folder_does_not_grow_without_bound(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents written first go."""
    monkeypatch.setattr(kept_documents, "MOST_KEPT", 2)
    for name in ("v2x", "blockchain", "urban-ai"):
        read_dossier(builtin_dossiers()[name])
    assert len(list(cache.iterdir())) == 2
