"""The page for contributors does what it says: its toy question is added as it tells, and answers."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ostra

PACKAGE = Path(ostra.__file__).parent
PAGE = Path(__file__).parents[1] / "docs" / "contributing.md"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with the function, the row of the question and the column that the page gives."""
    blocks = dict(re.findall(r"```(\w+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL))
    folder = tmp_path_factory.mktemp("source")
    package = folder / "ostra"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("data", "__pycache__"))
    (package / "data").symlink_to(PACKAGE / "data")
    (package / "ask" / "gaps.py").write_text(blocks["python"], encoding="utf-8")
    questions = package / "ask" / "questions.py"
    table, found, rest = questions.read_text(encoding="utf-8").partition("QUESTIONS = (\n")
    assert found
    questions.write_text(table + found + blocks["text"] + rest, encoding="utf-8")
    with (package / "words" / "columns.csv").open("a", encoding="utf-8") as columns:
        columns.write(blocks["csv"])
    return folder


def answer(source: Path, code: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_the_toy_question_answers_on_the_command_line(source: Path) -> None:
    """As JSON, as a table with the heading of the new column, and in help with its option."""
    said = 'from ostra.cli import main; main(["gaps", "semiconductors", {}])'
    rows = json.loads(answer(source, said.format('"--json"')))
    named = {row.item for row in ostra.open().dossier("semiconductors").provision}
    assert rows and all(row["item"] not in named for row in rows)
    assert "Stage" in answer(source, said.format('"--stage", "design"'))
    assert "Only items of this stage." in answer(source, said.format('"--help"'))


def test_the_toy_question_is_a_method_of_what_open_gives(source: Path) -> None:
    """The same rows from Python."""
    count = answer(source, 'import ostra; print(ostra.open().gaps("semiconductors").frame.height)')
    assert int(count) > 0


def test_every_place_that_the_page_names_is_there() -> None:
    """Modules, tables and scripts of the page exist."""
    for place in re.findall(r"`([\w/]+\.(?:py|csv))`", PAGE.read_text(encoding="utf-8")):
        if not place.endswith("gaps.py"):
            roots = (PACKAGE, PACKAGE.parents[1], PACKAGE.parent)
            assert any((root / place).exists() for root in roots), place
