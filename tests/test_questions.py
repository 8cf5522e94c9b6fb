"""The table of questions: each is a verb with its sentence, has a frozen answer, and columns that are defined once."""

from __future__ import annotations

import ast
import json
import shlex
from pathlib import Path

import pytest

import ostra
from ostra.ask.questions import COMMON, QUESTIONS, Question
from ostra.cli import main, make_app
from ostra.cli.verbs import command
from ostra.words.columns import columns

PACKAGE = Path(ostra.__file__).parent
GOLDEN = Path(__file__).parent / "golden"
DOCUMENTS = {"assess", "trace", "report"}
CHANGES = {"init", "new", "check", "import", "data import", "data check", "data drop", "data export"}


def frozen() -> dict[str, list[str]]:
    """Of each question the names of its frozen answers."""
    found: dict[str, list[str]] = {question.words: [] for question in QUESTIONS}
    for line in (GOLDEN / "commands.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            name, _, words = line.partition(": ")
            spelt = shlex.split(words)
            asked = max(
                (q.words for q in QUESTIONS if q.words.split() == spelt[: len(q.words.split())]), default="", key=len
            )
            if asked:
                found[asked] += [
                    file.stem
                    for file in GOLDEN.glob(f"{name}*.json")
                    if file.stem.removeprefix(name) in ("", "-EU27", "-JPN")
                ]
    return found


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.words)
def test_a_question_is_a_verb_with_its_sentence_and_a_frozen_answer(question: Question) -> None:
    """The command of each question has its sentence, and help for every option; its JSON is frozen."""
    run = command(question)
    assert run.__doc__ == question.about and question.about.endswith(".")
    for name, parameter in run.__signature__.parameters.items():
        if name not in ("workspace_path", "output"):
            assert parameter.annotation.__metadata__[0].help, f"{question.words}: nothing says what {name} is"
    assert frozen()[question.words], f"{question.words}: no command in golden/commands.txt"


def test_the_command_line_offers_exactly_the_questions_documents_and_changes() -> None:
    """No verb stands beside the table but those that print documents or change something."""
    offered = set()
    for verb in make_app([]):
        if not verb.startswith("-"):
            group = make_app([verb])[verb]
            own = {verb} if group.default_command else set()
            offered |= own | {f"{verb} {name}" for name in group if not name.startswith("-") and verb != "import"}
            offered |= {verb} if verb == "import" else set()
    assert offered == {question.words for question in QUESTIONS} | DOCUMENTS | CHANGES


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.words)
def test_every_column_of_a_listing_is_defined_once(question: Question) -> None:
    """Columns of frozen answers stand in columns.csv, but for names of economies, ecosystems and scenarios."""
    known = {key for key, _ in columns()}
    named = {"semiconductors", "6g", "lithography", "magnesium"}
    for name in frozen()[question.words]:
        answer = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
        keys = answer["columns"] if isinstance(answer, dict) else list(answer[0]) if answer else []
        unknown = {key for key in keys if key not in known and key.split("_")[0] not in named}
        assert not unknown, f"{name}: {sorted(unknown)}"
    assert {key for key in question.shown.split() if key not in known} == set()


def test_no_column_is_defined_that_no_answer_has() -> None:
    """Every row of columns.csv is used by some answer or some table, and names a question that there is."""
    used = {key for question in QUESTIONS for key in question.shown.split()}
    for names in frozen().values():
        for name in names:
            answer = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
            used |= set(answer["columns"] if isinstance(answer, dict) else answer[0] if answer else ())
    tables = "".join(file.read_text(encoding="utf-8") for file in (PACKAGE / "show" / "text").glob("*.py"))
    words = {question.words for question in QUESTIONS}
    for (key, of), column in columns().items():
        assert key in used or f'"{key}"' in tables or key in ("resilience", "security", "values", "competitiveness"), (
            key
        )
        assert not of or any(f"{word} ".startswith(f"{of} ") for word in words) or of.startswith("simulate "), of
        assert column.meaning and not column.meaning.endswith("."), key


def headings_said(source: str) -> list[int]:
    """Lines that give a column a heading of its own in place of columns.csv; one that heads itself is a name."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Column"
        and (len(node.args) < 2 or ast.dump(node.args[0]) != ast.dump(node.args[1]))
    ]


def test_no_heading_is_said_elsewhere() -> None:
    """Only words/columns.py makes columns with headings; the check sees one that is."""
    own = (PACKAGE / "words" / "columns.py", PACKAGE / "facts" / "tables.py")  # a column of stored facts has no heading
    for path in PACKAGE.rglob("*.py"):
        if path not in own:
            assert headings_said(path.read_text(encoding="utf-8")) == [], path
    assert headings_said('Column("a", "A")\nColumn(name, name)') == [1]


def test_shared_words_for_options_are_used() -> None:
    """What parameters mean that many questions share names parameters that there are."""
    names = {one.name for question in QUESTIONS for one in question.parameters()} | {"year", "profile", "weight"}
    assert set(COMMON) <= names


def test_the_old_spelling_is_answered_with_the_new_one(capsys: pytest.CaptureFixture[str]) -> None:
    """What was an option that excluded others is a verb now; who writes the option is told."""
    assert main(["chain", "holds", "semiconductors", "--by", "law"]) == 2
    assert "spelt anew" not in capsys.readouterr().err
    assert main(["matrix", "--rank"]) == 2
    assert "ostra matrix rank" in capsys.readouterr().err
    assert main(["chain", "semiconductors", "--mutual", "EU27", "CHN"]) == 2
    assert "ostra chain mutual ECOSYSTEM A B" in capsys.readouterr().err


def test_no_file_name_stands_in_two_rooms() -> None:
    """Who looks for a module by its name finds one."""
    seen: dict[str, Path] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.stem != "__init__":
            assert path.stem not in seen, f"{path} and {seen[path.stem]}"
            seen[path.stem] = path
