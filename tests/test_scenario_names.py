"""What a scenario names is looked up before it runs: economies and sectors in its table, items in dossiers."""

from __future__ import annotations

from pathlib import Path

import pytest

from ostra.cli import main
from ostra.documents.yaml_documents import builtin_dossiers, builtin_profiles, builtin_scenarios

BAD = """\
format: ostra-scenario/1
id: misspelt
title: Misspelt
summary: Nothing here is called so.
author: a tester
date: 2026-11-26
home: EU28
days: 30
withheld:
  - id: ban
    seller: Chnia
    buyers: [EU27, NLD]
    sectors: [C99, motor vehicles]
    users:
      - mining
    concerns: [{ecosystem: semiconductors, items: [gallium, galium]}]
    reason: a test
items:
  - {id: one, seller: CHN, ecosystem: semicondutors, item: gallium, reason: a test}
  - {id: two, seller: CHN, ecosystem: semiconductors, item: galium, reason: a test}
  - {id: three, seller: CHN, ecosystem: semiconductors, item: front-end, reason: a test}
stocks:
  - {id: store, sectors: [Z], days: 3, reason: a test}
"""
WANTED = [
    (7, "home", "EU28", "EU27 (European Union)"),
    (11, "withheld.0(ban).seller", "Chnia", "CHN (China)"),
    (12, "withheld.0(ban).buyers.1", "NLD", "write EU27"),
    (13, "withheld.0(ban).sectors.0", "C99", "C29 (Motor vehicles"),
    (15, "withheld.0(ban).users.0", "mining", "B05 ("),
    (16, "withheld.0(ban).concerns.0.items.1", "galium", "gallium"),
    (19, "items.0(one).ecosystem", "semicondutors", "semiconductors?"),
    (20, "items.1(two).item", "galium", "gallium"),
    (21, "items.2(three).item", "front-end", "Add 'sectors:' to it in the dossier semiconductors"),
    (23, "stocks.0(store).sectors.0", "Z", "It has A01"),
]


@pytest.mark.parametrize("command", ["check", "simulate"])
def test_every_unknown_name_is_told_at_once(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """File, line, key, value and what is near, for each and for nothing else; both commands end with 3."""
    file = tmp_path / "misspelt.yaml"
    file.write_text(BAD)
    assert main([command, str(file)]) == 3
    lines = capsys.readouterr().err.removeprefix("ostra: ").splitlines()
    assert len(lines) == len(WANTED)
    for line, (number, key, value, near) in zip(lines, WANTED, strict=True):
        assert line.startswith(f"{file}:{number}, {key}: "), line
        before, _, mend = line.partition(f"(found '{value}'). ")
        assert before and near in mend, line


def test_a_broken_entry_and_an_unknown_economy_are_told_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Faults of the definition do not hide economies that do not exist."""
    file = tmp_path / "broken.yaml"
    file.write_text(BAD.replace("days: 3,", "dayz: 3,"))
    assert main(["check", str(file)]) == 3
    told = capsys.readouterr().err
    assert "unknown key 'dayz'" in told and "'EU28'" in told and "'Chnia'" in told


@pytest.mark.parametrize("name", sorted(builtin_scenarios()))
def test_what_built_in_scenarios_name_is_there(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """All of them are sound with the built-in table, and the answer names it."""
    assert main(["check", str(builtin_scenarios()[name])]) == 0
    assert "oecd-icio-2022-28-regions" in capsys.readouterr().out


def test_a_workspace_is_checked_with_its_scenarios(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Scenarios see the workspace's own dossiers."""
    space = tmp_path / "space"
    assert main(["init", str(space)]) == 0
    (space / "scenarios" / "misspelt.yaml").write_text(BAD)
    capsys.readouterr()
    assert main(["check", str(space)]) == 3
    seen = capsys.readouterr()
    assert "profile.yaml: sound" in seen.out and "misspelt.yaml:13, withheld.0(ban).sectors.0" in seen.err
    (space / "scenarios" / "misspelt.yaml").unlink()
    assert main(["check", str(space)]) == 0


def test_another_viewpoint_needs_no_home_of_the_scenario(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A home that the table does not tell apart is a fault only where results are told from it."""
    file = tmp_path / "dutch.yaml"
    text = builtin_scenarios()["leading-edge"].read_text(encoding="utf-8").replace("home: EU27", "home: NLD")
    file.write_text(text, encoding="utf-8")
    assert main(["simulate", str(file), "--days", "3"]) == 3
    assert f"{file}:7, home: " in capsys.readouterr().err
    assert main(["simulate", str(file), "--days", "3", "--home", "EU27"]) == 0


def test_the_home_of_a_profile_exists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A country or bloc, by code or name."""
    text = builtin_profiles()["eu27"].read_text(encoding="utf-8")
    file = tmp_path / "profile.yaml"
    for home, code in (("EU27", 0), ("Japan", 0), ("EU28", 3), ("Jpaan", 3)):
        file.write_text(text.replace("home: EU27", f"home: {home}", 1), encoding="utf-8")
        assert main(["check", str(file)]) == code
    line = next(number for number, row in enumerate(text.splitlines(), start=1) if row.startswith("home:"))
    told = capsys.readouterr().err
    assert f"{file}:{line}, home: no economy or bloc is called this (found 'Jpaan'). Did you mean JPN (Japan)" in told


def test_what_is_broken_is_not_called_missing_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The one entry that happens is at fault, so that nothing is said of a scenario in which nothing happens."""
    file = tmp_path / "only.yaml"
    head = BAD[: BAD.index("withheld:")].replace("EU28", "EU27")
    file.write_text(head + "withheld:\n  - {id: ban, seller: CHN, buyers: [EU27], share: 2, reason: a test}\n")
    assert main(["check", str(file)]) == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert f"{file}:10, withheld.0(ban).share: expected at most 1" in line
    file.write_text(head + "withheld: []\nstocks:\n  - {id: store, dayz: 3, reason: a test}\n")
    assert main(["check", str(file)]) == 3
    told = capsys.readouterr().err
    assert "nothing happens" in told and "unknown key 'dayz'" in told


def test_a_broken_dossier_hides_no_fault_of_the_scenario(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The scenario's faults come first, then the dossier's, each once."""
    space = tmp_path / "space"
    assert main(["init", str(space)]) == 0
    dossier = space / "dossiers" / "toys.yaml"
    dossier.write_text("format: ostra-dossier/1\nid: toys\nnonsense: 1\n")
    file = tmp_path / "misspelt.yaml"
    file.write_text(BAD.replace("ecosystem: semicondutors", "ecosystem: toys").replace("items: [gal", "items: [gel"))
    capsys.readouterr()
    assert main(["check", str(file), "-w", str(space)]) == 3
    lines = capsys.readouterr().err.removeprefix("ostra: ").splitlines()
    ours = [line for line in lines if line.startswith(f"{file}:")]
    assert lines[: len(ours)] == ours and any("sectors.0" in line for line in ours)
    assert any(line.startswith(f"{file}:23, ") for line in ours)  # the last of the scenario's
    theirs = lines[len(ours) :]
    assert theirs and all(line.startswith(f"{dossier}") for line in theirs) and len(set(theirs)) == len(theirs)


def test_only_scenarios_need_a_workspace_and_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dossier is checked whatever the workspace of the surroundings is; a table given for it is refused."""
    monkeypatch.setenv("OSTRA_WORKSPACE", str(tmp_path / "gone"))
    dossier = str(builtin_dossiers()["ai-ethics"])
    assert main(["check", dossier]) == 0
    assert main(["check", str(builtin_scenarios()["lithography"])]) == 2
    (tmp_path / "cases.csv").write_text("id\n")
    capsys.readouterr()
    for document in (dossier, str(tmp_path), str(tmp_path / "cases.csv")):
        assert main(["check", document, "--dataset", "oecd-icio-2022-28-regions"]) == 2
        assert f"{document} is no scenario" in capsys.readouterr().err
