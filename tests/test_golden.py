"""Every question answers as it did: JSON of the command line and the printed forms, against what was frozen.

After a change that is meant, `OSTRA_REFRESH=1 pytest tests/test_golden.py` writes them anew; git shows what moved.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ostra.cli import assessing, main, reporting, verbs
from ostra.workspace import Workspace

GOLDEN = Path(__file__).parent / "golden"
HOMES = ("EU27", "JPN")
WHOLE = 40_000  # characters of an answer that is kept whole; of a longer one its hash and its size
REFRESH = bool(os.environ.get("OSTRA_REFRESH"))


def questions() -> list[tuple[str, str]]:
    """Name and words of every question, one for each home that it is asked from."""
    found = []
    for line in (GOLDEN / "commands.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            name, _, words = line.partition(": ")
            homes = HOMES if "{home}" in words else ("",)
            found += [(f"{name}-{home}" if home else name, words.format(home=home)) for home in homes]
    return found


def steady(value: Any) -> Any:
    """Floats at eight significant digits: the last ones may differ between processors."""
    if isinstance(value, float):
        return float(f"{value:.8g}")
    if isinstance(value, dict):
        return {key: steady(item) for key, item in value.items()}
    return [steady(item) for item in value] if isinstance(value, list) else value


def digest(value: Any) -> dict[str, Any]:
    text = json.dumps(steady(value), ensure_ascii=False)
    columns = {"columns": list(value[0])} if isinstance(value, list) else {}
    return {"sha256": hashlib.sha256(text.encode()).hexdigest(), "length": len(value), **columns}


def differences(new: Any, old: Any, place: str = "") -> list[str]:
    """Where two answers differ; floats within a billionth are the same."""
    if isinstance(new, dict) and isinstance(old, dict):
        keys = dict.fromkeys([*new, *old])
        return [one for key in keys for one in differences(new.get(key), old.get(key), f"{place}.{key}")]
    if isinstance(new, list) and isinstance(old, list) and len(new) == len(old):
        return [one for k in range(len(new)) for one in differences(new[k], old[k], f"{place}[{k}]")]
    if isinstance(new, float | int) and isinstance(old, float | int) and not isinstance(new, bool):
        return [] if math.isclose(new, old, rel_tol=1e-9, abs_tol=1e-12) else [f"{place}: {old} -> {new}"]
    return [] if new == old else [f"{place}: {old!r} -> {new!r}"]


@pytest.fixture(autouse=True, scope="module")
def one_workspace() -> Iterator[None]:
    """The built-in workspace is opened once: what assessments share is read once, as on a server."""
    opened = Workspace()
    with pytest.MonkeyPatch.context() as patch:
        for module in (verbs, assessing, reporting):
            own = "open_workspace" if module is verbs else "workspace"
            patch.setattr(module, own, lambda *path, **seen: opened)
        yield


@pytest.mark.parametrize(("name", "words"), questions(), ids=[name for name, _ in questions()])
def test_a_question_answers_as_it_did(name: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON of each question, whole or by its hash."""
    assert main([*shlex.split(words), "--json"]) == 0
    text = capsys.readouterr().out
    new = json.loads(text)
    if folder := os.environ.get("OSTRA_ANSWERS"):  # whole answers beside, to look into a hash that moved
        (Path(folder) / f"{name}.json").write_text(text, encoding="utf-8")
    file = GOLDEN / f"{name}.json"
    kept = new if len(text) <= WHOLE else digest(new)
    if REFRESH:
        file.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert differences(kept, json.loads(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(("ecosystem", "home"), [("semiconductors", "EU27"), ("ai-ethics", "JPN")])
def test_a_report_is_printed_as_it_was(
    ecosystem: str, home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Bytes of page, workbook and JSON."""
    found = {}
    for form in ("html", "xlsx", "json"):
        path = tmp_path / f"report.{form}"
        assert main(["report", ecosystem, "--home", home, "--year", "2023", "-o", str(path)]) == 0
        found[form] = hashlib.sha256(path.read_bytes()).hexdigest()
        if folder := os.environ.get("OSTRA_ANSWERS"):
            (Path(folder) / f"report-{ecosystem}-{home}.{form}").write_bytes(path.read_bytes())
    capsys.readouterr()
    file = GOLDEN / f"report-{ecosystem}-{home}.json"
    if REFRESH:
        file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(file.read_text(encoding="utf-8"))


def test_no_answer_is_kept_that_nobody_asks() -> None:
    """Files of `golden/` are those that the tests above read."""
    kept = {file.stem for file in GOLDEN.glob("*.json")}
    assert kept == {name for name, _ in questions()} | {"report-semiconductors-EU27", "report-ai-ethics-JPN"}
