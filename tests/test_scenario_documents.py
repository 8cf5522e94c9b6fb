"""Scenario documents: what is accepted, how faults are told, and the reference that describes them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ostra.cli import main
from ostra.documents.yaml_documents import read_document, read_scenario
from ostra.documents.yaml_text import document_text
from ostra.errors import DataError, Problem
from ostra.model import scenario
from ostra.model.scenario import OUR_CHOICE, Scenario

SCENARIO = """\
format: ostra-scenario/1
id: toys-stop
title: Toys stop
summary: Norway sells no wood.
author: a tester
date: 2026-11-26
days: 100
start: 2027-01-01
sources:
  - {id: book, title: A book, publisher: A press, date: 2021}
withheld:
  - {id: wood, seller: NOR, buyers: [EU27], sectors: [C16], share: {low: 0.5, high: 1}, ends: 2027-03-01,
     reason: Half or all of it., source: book, locator: page 3}
stocks:
  - {id: store, days: {low: 10, mode: 20, high: 40}, reason: Nobody counted.}
substitution:
  - {id: swedes, limit: 1.5, days: 30, reason: Sweden has wood too.}
"""


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(DataError) as caught:
        read_scenario(text, file="toys.yaml")
    return caught.value.problems


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_a_sound_scenario_is_read_and_written_back() -> None:
    """Numbers may be ranges, days dates; the written text says the same."""
    read = read_scenario(SCENARIO)
    assert read.day("2027-03-01") == 59
    assert read.withheld[0].origin_of("share") == "book, page 3"
    assert read.stocks[0].origin_of("days") == OUR_CHOICE
    assert read_scenario(document_text(read)) == read
    assert read_document(SCENARIO) == read


@pytest.mark.parametrize(
    ("wrong", "right", "reason", "mend"),
    [
        ("share: {low: 0.5, high: 1}", "share: 40", "expected at most 1", "write 0.4 for 40%"),
        ("share: {low: 0.5, high: 1}", "share: {low: 0.9, high: 0.5}", "low (0.9) is greater than high (0.5)", ""),
        ("{low: 10, mode: 20, high: 40}", "{low: 10, mode: 50, high: 40}", "mode (50) is outside", ""),
        ("seller: NOR", "seler: NOR", "unknown key 'seler'", "seller"),
        ("source: book", "source: bok", "no source 'bok'", "Did you mean 'book'?"),
        ("ends: 2027-03-01", "ends: 2027-02-30", "is no date", ""),
        ("ends: 2027-03-01", "ends: 0", "ends on day 0, not after it begins on day 0", ""),
        ("ends: 2027-03-01", "begins: 200", "begins on day 200, outside the 100 days", ""),
        ("id: swedes", "id: store", "'store' is defined twice", "the first stands on line 15"),
        ("locator: page 3", "ours: [sharre]", "ours names 'sharre'", ""),
        ("days: 30", "days: -3", "expected at least 0", ""),
    ],
)
def test_a_fault_is_told_with_its_line_and_mend(wrong: str, right: str, reason: str, mend: str) -> None:
    """One wrong value, one problem, at the line where it stands."""
    text = SCENARIO.replace(wrong, right)
    found = problems(text)
    assert [problem for problem in found if reason in problem.reason and mend in problem.mend], found
    at = next(problem for problem in found if reason in problem.reason)
    entry = max(line_of(text, f"  - {{id: {name}") for name in ("wood", "store") if f"{{id: {name}" in text)
    assert at.line is not None and line_of(text, "withheld:") < at.line <= entry + 4


def test_dates_need_a_start_and_something_must_happen() -> None:
    """Two faults of the whole are told at once."""
    text = SCENARIO.replace("start: 2027-01-01\n", "")
    assert any("no 'start'" in problem.reason for problem in problems(text))
    nothing = re.sub(r"withheld:\n(  .*\n)+?(?=stocks)", "", SCENARIO)
    assert any("nothing happens" in problem.reason for problem in problems(nothing))


def test_an_item_alone_is_a_scenario() -> None:
    """A withheld item is enough to happen, and what is not known of it may stay out."""
    item = "items:\n  - {id: wood, seller: NOR, ecosystem: toys, item: wood, reason: A test.}\n"
    read = read_scenario(re.sub(r"withheld:\n(  .*\n)+?(?=stocks)", item, SCENARIO))
    assert read.items[0].need is None and read.items[0].share == 1.0


def test_check_tells_all_faults_and_ends_with_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command names file, line and key of each."""
    file = tmp_path / "toys.yaml"
    file.write_text(
        SCENARIO.replace("share: {low", "shear: {low").replace("limit: 1.5", "limit: 0.5"), encoding="utf-8"
    )
    assert main(["check", str(file)]) == 3
    told = capsys.readouterr().err
    assert f"{file}:{line_of(SCENARIO, '- {id: wood')}" in told and "'share'" in told
    assert f"{file}:{line_of(SCENARIO, '- {id: swedes')}" in told and "limit" in told
    file.write_text(SCENARIO, encoding="utf-8")
    assert main(["check", str(file)]) == 0
    assert "ostra-scenario/1" in capsys.readouterr().out


def test_the_default_of_a_scenario_softens_nothing() -> None:
    """Only what is written softens a disruption."""
    bare = Scenario(
        format="ostra-scenario/1",
        id="bare",
        title="Bare",
        summary="Nothing softens it.",
        author="a tester",
        date="2026-11-26",
        withheld=read_scenario(SCENARIO).withheld[:0],
        lost_capacity=(scenario.CapacityLoss(id="loss", economy="NOR", share=0.5, reason="A test."),),
    )
    assert not bare.stocks and bare.overproduction is None and not bare.substitution
