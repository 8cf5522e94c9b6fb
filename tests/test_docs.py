"""The documentation does what it says: its commands run, its links lead somewhere, its pages cover the code."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from ostra.cli import main, make_app
from ostra.errors import OstraError
from ostra.provenance import trace
from ostra.version import __version__
from ostra.workspace import Workspace

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    return [text for found, text in BLOCK.findall(page.read_text(encoding="utf-8")) if found == language]


def test_the_tutorial_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command of the tutorial ends with 0, in order, in an empty folder."""
    page = DOCS / "tutorial.md"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trade.csv").write_text(blocks(page, "csv")[0], encoding="utf-8")
    commands = [line[2:] for text in blocks(page, "console") for line in text.splitlines() if line.startswith("$ ")]
    assert len(commands) >= 15
    for command in commands:
        words = shlex.split(command)
        assert words[0] == "ostra"
        code = main(words[1:])
        assert code == 0, f"{command}: {capsys.readouterr().err}"
    for name in ("html", "pdf", "xlsx", "json"):
        assert (tmp_path / "out" / f"semiconductors.{name}").stat().st_size > 10_000


@pytest.mark.parametrize("page", [DOCS / "tutorial.md", ROOT / "README.md"], ids=lambda p: p.name)
def test_python_examples_run(page: Path, tmp_path: Path) -> None:
    """Each Python block runs on its own in a fresh interpreter."""
    for text in blocks(page, "python"):
        done = subprocess.run([sys.executable, "-c", text], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_every_command_is_in_the_documentation() -> None:
    """Each verb of the command line is shown somewhere in docs or README."""
    text = "\n".join(page.read_text(encoding="utf-8") for page in [*PAGES, ROOT / "README.md"])
    for name in make_app([]):
        if not name.startswith("-"):
            assert f"ostra {name}" in text, name


def test_every_method_that_evidence_names_has_a_page() -> None:
    """The method page of each piece of evidence exists and says where the method is from or that it is our choice."""
    assessment = Workspace().assess("semiconductors", year=2023)
    methods = {entry.method for entry in assessment.evidence if entry.method}
    assert len(methods) >= 6
    for name in methods:
        assert (DOCS / "methods" / f"{name}.md").is_file(), name


def test_relative_links_lead_to_files() -> None:
    """No page links to a file that does not exist."""
    broken = []
    for page in [*PAGES, ROOT / "README.md", ROOT / "CHANGELOG.md"]:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {target}")
    assert broken == []


def has_ended(until: str, today: date, version: str) -> bool:
    """Whether the date has passed, or the version been reached, that a decision names as its end."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", until):
        return today > date.fromisoformat(until)
    wanted, now = (tuple(int(part) for part in text.split(".")) for text in (until, version))
    return now >= wanted


def test_no_decision_has_outlived_the_end_that_it_names() -> None:
    """A line `until:` in the head of a decision, with a date or a version, tells when it has to go or be renewed."""
    heads = {page.name: page.read_text(encoding="utf-8").split("\n\n**")[0] for page in DOCS.glob("decisions/*.md")}
    ends = {name: found for name, head in heads.items() for found in re.findall(r"^until: *(.*)$", head, re.MULTILINE)}
    assert ends
    assert [name for name, end in ends.items() if has_ended(end, date.today(), __version__)] == []


@pytest.mark.parametrize(
    ("until", "ended"),
    [("2026-11-29", True), ("2026-11-30", False), ("0.1", True), ("0.1.1", False), ("0.2", False), ("0.0.9", True)],
)
def test_an_end_is_a_date_or_a_version(until: str, ended: bool) -> None:
    """The day itself still counts; a version ends it when it is reached."""
    assert has_ended(until, date(2026, 11, 30), "0.1.0") is ended


def test_an_example_id_in_the_documentation_resolves() -> None:
    """Ids after `ostra trace` in README and docs exist in the assessment that they name."""
    assessment = Workspace().assess("semiconductors", year=2023)
    text = "\n".join(page.read_text(encoding="utf-8") for page in [*PAGES, ROOT / "README.md"])
    ids = set(re.findall(r"semiconductors-EU27-2023#([\w.-]+)", text))
    assert ids
    for evidence in ids:
        try:
            trace(assessment, evidence)
        except OstraError as error:
            pytest.fail(str(error))
