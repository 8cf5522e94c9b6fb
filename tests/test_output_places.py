"""Where results go: a file's ending tells its form, and what cannot be written is told before anything is computed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ostra import cli


@pytest.fixture
def nothing_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever takes long fails the test."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("computed before the place was checked")

    monkeypatch.setattr("ostra.workspace.Workspace.assess", refuse)
    monkeypatch.setattr("ostra.workspace.Workspace.input_output", refuse)
    monkeypatch.setattr("ostra.workspace.Workspace.read_ahead", refuse)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["assess", "ai-ethics", "--json", "-o", "a.html"], "End the name with .json"),
        (["assess", "ai-ethics", "-o", "a.csv"], "a report is not written as .csv. End with .html"),
        (["assess", "ai-ethics", "-o", "notes"], "notes is a file. Name a folder"),
        (["report", "ai-ethics", "-o", "a.docx"], "a report is not written as .docx"),
        (["report", "--all", "-o", "notes"], "notes is a file"),
        (["simulate", "lithography", "-o", "s.html"], "Use .csv, .json, .xlsx or .txt, or .svg for a picture; a name"),
        (
            ["simulate", "lithography", "--csv", "-o", "folder"],
            "folder is a folder. Name a file, such as folder",
        ),
        (["simulate", "lithography", "--json", "-o", "s.csv"], "--json was asked for. End the name with .json"),
        (["compare", "scenarios", "lithography", "magnesium", "-o", "folder"], "folder/listing.txt"),
        (["compare", "scenarios", "lithography", "magnesium", "-o", "c.pdf"], "or .svg for a picture"),
        (["matrix", "--csv", "-o", "m.json"], "--csv was asked for. End the name with .csv"),
        (["matrix", "-o", "m.html"], "cannot be written as .html"),
        (["matrix", "rank", "-o", "m.svg"], "cannot be written as .svg"),
        (["sensitivity", "-o", "s.pdf"], "or .svg for a picture"),
        (["reliance", "--format", "xlsx", "-o", "r.csv"], "--format xlsx was asked for"),
        (["reliance", "stages", "-o", "r.svg"], "cannot be written as .svg"),
        (["extract", "CHN", "-o", "r.svg"], "cannot be written as .svg"),
        (["scenarios", "--json", "-o", "folder"], "folder/listing.json"),
        (["scenarios", "--json", "--csv"], "exclude each other"),
        (["scenarios", "--json", "--format", "csv"], "--json and --format csv exclude each other"),
        (["simulate", "lithography", "-o", "notes"], "notes is a file. Name a folder for all"),
        (["simulate", "lithography", "-o", "notes/x.csv"], "notes is a file, and holds no other. Name another folder"),
        (["assess", "ai-ethics", "-o", "notes/sub/x.json"], "notes is a file, and holds no other"),
        (["report", "--all", "-o", "notes/sub"], "notes is a file, and holds no other"),
        (["compare", "ai-ethics", "v2x", "-o", "c.svg"], "cannot be written as .svg"),
        (
            ["compare", "scenarios", "lithography", "lithography"],
            "two of the scenarios have the id 'lithography'. Give each its own",
        ),
        (["context", "CHN", "-o", "folder"], "folder is a folder"),
        (["policy", "ai-ethics", "-o", "p.pdf"], "cannot be written as .pdf"),
        (["embargo", "CHN", "EU27", "-o", "e.svg"], "cannot be written as .svg"),
    ],
)
@pytest.mark.usefixtures("nothing_computed")
def test_a_place_that_cannot_be_written_to_is_refused_at_once(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, the mend, and nothing made."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "notes").write_text("mine")
    assert cli.main(words) == 2
    assert told in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["folder", "notes"]
    assert (tmp_path / "notes").read_text() == "mine"


def test_a_file_receives_the_form_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One form alone, from an assessment or a stored one; a folder receives all four."""
    monkeypatch.chdir(tmp_path)
    assert cli.main(["assess", "ai-ethics", "--json", "-o", "a.json"]) == 0
    assert capsys.readouterr().out == ""
    stored = json.loads((tmp_path / "a.json").read_text())
    assert stored["ecosystem"] == "ai-ethics"
    assert cli.main(["report", "a.json", "-o", "page.HTML"]) == 0
    assert capsys.readouterr().out == "Written: page.HTML\n"
    assert (tmp_path / "page.HTML").read_text().startswith("<!DOCTYPE html>")
    assert cli.main(["report", "a.json", "-o", "sub/book.xlsx"]) == 0
    assert (tmp_path / "sub" / "book.xlsx").read_bytes()[:2] == b"PK"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "page.HTML", "sub"]
    (tmp_path / "old.html").mkdir()  # made by an earlier version: a folder stays one
    assert cli.main(["report", "a.json", "-o", "old.html"]) == 0
    assert sorted(path.suffix for path in (tmp_path / "old.html").iterdir()) == [".html", ".json", ".pdf", ".xlsx"]
    assert cli.main(["report", "a.json", "-o", "v1.2"]) == 0
    assert len(list((tmp_path / "v1.2").iterdir())) == 4
