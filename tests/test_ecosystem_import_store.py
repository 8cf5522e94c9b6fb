"""Ecosystems written into a workspace: whole or not at all, never over another's work, and readable by people."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ostra.change import ecosystem_import
from ostra.change.ecosystem_import import check_ecosystem, import_ecosystem
from ostra.documents.readers.spreadsheet_csv import ecosystem_csv_reading
from ostra.documents.yaml_documents import builtin_dossiers, builtin_profiles, read_dossier, read_profile
from ostra.documents.yaml_text import document_text, text_value
from ostra.documents.yaml_tree import parse_yaml
from ostra.errors import ConflictError, DataError, NotFoundError, OstraError, UsageError
from ostra.workspace import Workspace

FILES = {
    "items.csv": "id,name,kind,stage\ncar,Electric car,product,Assembly\nbattery,Battery,product,Parts\n",
    "links.csv": "item,needs\ncar,battery\n",
    "providers.csv": "id,name,economy\ncatl,CATL,CHN\n",
    "provision.csv": "item,provider,by,share,year\nbattery,catl,headquarters,0.37,2023\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound ecosystem in plain CSV."""
    made = tmp_path / "files"
    made.mkdir()
    for name, text in FILES.items():
        (made / name).write_text(text)
    return made


def test_an_imported_ecosystem_is_one_of_the_workspace(tmp_path: Path, folder: Path) -> None:
    """The dossier is written under its id, reads back the same, and the workspace finds it."""
    space = Workspace(tmp_path)
    report = import_ecosystem(space, "csv", folder, into="ev")
    assert report.written == (tmp_path / "dossiers" / "ev.yaml",)
    assert report.counts == {"items": 2, "links": 1, "provisions": 1}
    assert read_dossier(report.written[0]) == ecosystem_csv_reading(folder, into="ev").dossier == space.dossier("ev")
    assert report.problems == ()
    assert any("without a source" in caveat for caveat in report.caveats)


def test_importing_the_same_again_changes_nothing(tmp_path: Path, folder: Path) -> None:
    """The same files are recognised; the file is not touched, also when only its layout was changed since."""
    path = import_ecosystem(Workspace(tmp_path), "csv", folder, into="ev").written[0]
    stamp = path.stat().st_mtime_ns
    assert import_ecosystem(Workspace(tmp_path), "csv", folder, into="ev").unchanged
    assert path.stat().st_mtime_ns == stamp
    path.write_text("# a remark of mine\n" + path.read_text())
    assert import_ecosystem(Workspace(tmp_path), "csv", folder, into="ev").unchanged
    assert path.read_text().startswith("# a remark of mine")


@pytest.mark.parametrize("edit", ["title: Mine\n", "no yaml: ["])
def test_another_dossier_of_that_id_is_not_overwritten(tmp_path: Path, folder: Path, edit: str) -> None:
    """What somebody changed stays, unless it is to be replaced."""
    path = import_ecosystem(Workspace(tmp_path), "csv", folder, into="ev").written[0]
    original = path.read_bytes()
    changed = path.read_text().replace("title: Ev\n", edit)
    path.write_text(changed)
    with pytest.raises(ConflictError, match="says something else"):
        import_ecosystem(Workspace(tmp_path), "csv", folder, into="ev")
    assert path.read_text() == changed
    assert not import_ecosystem(Workspace(tmp_path), "csv", folder, into="ev", replace=True).unchanged
    assert path.read_bytes() == original


def test_faulty_files_write_nothing(tmp_path: Path, folder: Path) -> None:
    """A refused import leaves the dossier that was there, and no other file."""
    path = import_ecosystem(Workspace(tmp_path), "csv", folder, into="ev").written[0]
    before = path.read_bytes()
    (folder / "provision.csv").write_text("item,provider,by,share\nbattery,catl,headquarters,37\n")
    with pytest.raises(DataError, match=r"provision.csv:2, share: expected at most 1 .* write 0.37"):
        import_ecosystem(Workspace(tmp_path), "csv", folder, into="ev", replace=True)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir() if p.suffix != ".yaml" and p.name != ".lock"] == []


def test_a_failing_disk_leaves_the_old_dossier(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the text cannot be flushed, neither the dossier nor a half of it is changed or left about."""
    path = import_ecosystem(Workspace(tmp_path), "csv", folder, into="ev").written[0]
    path.write_text(path.read_text().replace("title: Ev", "title: Mine"))
    before = path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OstraError, match="No space"):
        import_ecosystem(Workspace(tmp_path), "csv", folder, into="ev", replace=True)
    assert path.read_bytes() == before
    assert {p.name for p in path.parent.iterdir()} == {"ev.yaml", ".lock"}


@pytest.mark.parametrize("into", ["", "Chips", "../chips", "a b", "a" * 81, "chips.yaml"])
def test_an_id_that_is_none(tmp_path: Path, folder: Path, into: str) -> None:
    """Ids become names of files, so nothing else is accepted."""
    with pytest.raises(UsageError, match="small letters"):
        import_ecosystem(Workspace(tmp_path), "csv", folder, into=into)


def test_an_unknown_kind_and_a_missing_folder(tmp_path: Path) -> None:
    """Both are usage errors that say what there is."""
    with pytest.raises(NotFoundError, match="eto-chips, csv"):
        import_ecosystem(Workspace(tmp_path), "xlsx", tmp_path, into="x")  # type: ignore[arg-type]
    with pytest.raises(NotFoundError, match="no folder"):
        import_ecosystem(Workspace(tmp_path), "csv", tmp_path / "nowhere", into="x")


def test_what_could_not_be_read_again_is_not_written(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dossier beyond the reader's limit is refused with its size."""
    monkeypatch.setattr(ecosystem_import, "MAX_BYTES", 1000)
    with pytest.raises(DataError, match="too large for a dossier"):
        import_ecosystem(Workspace(tmp_path), "csv", folder, into="ev")
    assert not (tmp_path / "dossiers").exists()


def test_check_tells_without_writing(tmp_path: Path, folder: Path) -> None:
    """A sound folder has no problems, and its oddities are told."""
    report = check_ecosystem(folder)
    assert report.problems == ()
    assert any("without a source" in caveat for caveat in report.caveats)
    assert sorted(p.name for p in folder.iterdir()) == sorted(FILES)


# --- the text ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(builtin_dossiers()))
def test_built_in_dossiers_survive_being_written(name: str) -> None:
    """Comments go, everything else reads back."""
    dossier = read_dossier(builtin_dossiers()[name])
    assert read_dossier(document_text(dossier)) == dossier


def test_a_profile_survives_being_written() -> None:
    """Documents with nested mappings too."""
    profile = read_profile(next(iter(builtin_profiles().values())))
    assert read_profile(document_text(profile)) == profile


@settings(max_examples=400, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u202a\u202b\u202c\u202d\u202e"
                                  "\u2066\u2067\u2068\u2069\ufffe\uffff"), max_size=30))  # fmt: skip
def test_any_text_reads_back_as_the_same_text(text: str) -> None:
    """In a block, in a flow mapping and in a flow list; as our reader sees it and as any YAML reader does."""
    value = text_value(text)
    written = f"a: {value}\nb:\n  - {{c: {value}, d: [{value}, {value}]}}\n"
    expected = {"a": text, "b": [{"c": text, "d": [text, text]}]}
    assert parse_yaml(written, "x").value == expected
    assert yaml.safe_load(written) == expected


LOOKS = [
    *("null", "true", "NO", "on", "1", "1.5", "1e5", "0123", "2022-10-07", "~", "-", "- a", "a: b", "a #b", "@a", "%a"),
    *("...", "---", "a,b", "[a", "{a", "'", '"', "line\nline", "\\", "=1+1", "1_000", "0x1f", "12:30:45", " a", ""),
]


@pytest.mark.parametrize("text", LOOKS)
def test_words_that_look_like_something_else_stay_text(text: str) -> None:
    """Codes, dates, numbers and signs that mean something in YAML."""
    assert parse_yaml(f"a: {text_value(text)}\n", "x").value == {"a": text}
    assert yaml.safe_load(f"a: {text_value(text)}\n") == {"a": text}


def test_check_tells_notes_beside_problems(tmp_path: Path, folder: Path) -> None:
    """The encoding and the columns that were not read are told whether or not there are problems."""
    (folder / "items.csv").write_bytes("id,name,kind,stage,remark\ncar,Citroën,product,,\n".encode("latin-1"))
    report = check_ecosystem(folder)
    assert [(p.file, p.value) for p in report.problems] == [("links.csv", "battery"), ("provision.csv", "battery")]
    assert any("read as Latin-1" in caveat for caveat in report.caveats)
    assert any("'remark'" in caveat for caveat in report.caveats)
