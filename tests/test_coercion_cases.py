"""Coercion cases from CSV: read, refused with every fault, stored, merged with the profile, listed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ostra.ask import cases
from ostra.change.cases_import import cases_text, import_cases
from ostra.change.new_workspace import create_workspace
from ostra.cli import main
from ostra.context.likelihood import base_rate
from ostra.documents.coercion_cases import CASES_FILE, read_cases, with_cases
from ostra.documents.readers.coercion_table import COLUMNS, ListedCase, coercion_cases_reading
from ostra.errors import ConflictError, DataError
from ostra.model.evidence import Source
from ostra.model.profile import CoercionCase
from ostra.workspace import Workspace
from steps_world import a_profile

ROW = {
    "id": "chn-nor-2010",
    "coercer": "China",
    "target": "NOR",
    "year": "2010",
    "means": "Imports of salmon fell.",
    "source": "A study",
    "publisher": "Press",
    "date": "2015-03",
    "locator": "page 3",
}


def written(path: Path, *rows: dict[str, str]) -> Path:
    """A file with these rows, each a change of `ROW`."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows([ROW | row for row in rows])
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


@pytest.fixture
def space(tmp_path: Path) -> Path:
    folder = tmp_path / "space"
    create_workspace(folder)
    return folder


def test_a_row_becomes_a_case_with_its_source(tmp_path: Path) -> None:
    """Names of economies and blocs become codes; the form is a measure unless the row says otherwise."""
    reading = coercion_cases_reading(
        written(tmp_path / "c.csv", {}, {"id": "b", "target": "European Union", "form": "Pressure"})
    )
    first, second = reading.sound()
    assert (first.case.coercer, first.case.target, first.case.year, first.case.form) == ("CHN", "NOR", 2010, "measure")
    assert (second.case.target, second.case.form) == ("EU", "pressure")
    assert first.source == Source(id="a-study", title="A study", publisher="Press", date="2015-03")


@pytest.mark.parametrize(
    ("change", "column", "told"),
    [
        ({"coercer": "Chnia"}, "coercer", "CHN (China)"),
        ({"target": ""}, "target", "is empty"),
        ({"target": "CHN"}, "target", "the coercer itself"),
        ({"year": "20100"}, "year", "at most 2100"),
        ({"year": "1066"}, "year", "at least 1945"),
        ({"year": "x"}, "year", "whole number"),
        ({"date": "2015-13"}, "date", "2022-10"),
        ({"form": "mesure"}, "form", "Did you mean 'measure'"),
        ({"means": " "}, "means", "is empty"),
        ({"means": "x" * 4001}, "means", "longer than 4000"),
        ({"source": ""}, "source", "is empty"),
        ({"date": "March 2015"}, "date", "2022-10-07"),
        ({"url": "javascript:alert(1)"}, "url", "https://"),
        ({"id": "Not An Id"}, "id", "such as not-an-id"),
    ],
)
def test_a_bad_cell_is_named_with_its_place_and_mend(
    tmp_path: Path, change: dict[str, str], column: str, told: str
) -> None:
    """Line, column, what was found and what to do; sound rows beside it do not hide it."""
    with pytest.raises(DataError) as caught:
        coercion_cases_reading(written(tmp_path / "c.csv", {"id": "fine"}, change)).sound()
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.column) == ("c.csv", 3, column)
    assert told in str(problem)


def test_every_fault_is_told_and_nothing_written(space: Path, tmp_path: Path) -> None:
    """Two faults in two rows are two problems, and the good row is not kept either."""
    file = written(tmp_path / "c.csv", {}, {"id": "b", "year": "x"}, {"id": "c", "coercer": "?"})
    with pytest.raises(DataError) as caught:
        import_cases(Workspace(space), file)
    assert [(p.line, p.column) for p in caught.value.problems] == [(3, "year"), (4, "coercer")]
    assert not (space / CASES_FILE).exists()


def test_the_same_id_twice_is_a_fault_unless_the_rows_say_the_same(tmp_path: Path) -> None:
    """A repeated row counts once and is told; another one under its id is refused."""
    reading = coercion_cases_reading(written(tmp_path / "c.csv", {}, {}))
    assert len(reading.sound()) == 1
    assert "line 3 repeats line 2" in reading.notes[0]
    with pytest.raises(DataError, match="first stands on line 2"):
        coercion_cases_reading(written(tmp_path / "c.csv", {}, {"year": "2011"})).sound()


def test_importing_twice_changes_nothing(space: Path, tmp_path: Path) -> None:
    """The second time every case is there already and the file keeps its bytes."""
    file = written(tmp_path / "c.csv", {}, {"id": "b", "year": "2012"})
    assert import_cases(Workspace(space), file).counts["added"] == 2
    before = (space / CASES_FILE).read_bytes()
    report = import_cases(Workspace(space), file)
    assert report.counts == {"added": 0, "replaced": 0, "already_there": 2, "left_out_as_duplicates": 0}
    assert report.unchanged
    assert (space / CASES_FILE).read_bytes() == before
    assert import_cases(Workspace(space), space / CASES_FILE).counts["already_there"] == 2


def test_an_id_that_says_something_else_is_a_conflict(space: Path, tmp_path: Path) -> None:
    """Nothing is written, unless the user says that it is to be replaced; those of the profile never are."""
    import_cases(Workspace(space), written(tmp_path / "c.csv", {}))
    before = (space / CASES_FILE).read_bytes()
    other = written(tmp_path / "c.csv", {"year": "2011"}, {"id": "new"})
    with pytest.raises(ConflictError, match=r"chn-nor-2010 \(cases.csv\)"):
        import_cases(Workspace(space), other)
    assert (space / CASES_FILE).read_bytes() == before
    assert import_cases(Workspace(space), other, replace=True).counts["replaced"] == 1
    assert {row.case.id: row.case.year for row in read_cases(space)} == {"chn-nor-2010": 2011, "new": 2010}
    with pytest.raises(ConflictError, match=r"china-lithuania \(profile\)"):
        import_cases(Workspace(space), written(tmp_path / "c.csv", {"id": "china-lithuania"}), replace=True)


def test_duplicates_are_left_out_and_likenesses_told(space: Path, tmp_path: Path) -> None:
    """The same event from the same place is one case; from another source it is kept and said to count once."""
    file = written(
        tmp_path / "c.csv",
        {},
        {"id": "again", "source": "A STUDY", "means": "In other words."},
        {"id": "elsewhere", "source": "Another study"},
    )
    report = import_cases(Workspace(space), file)
    assert [row.case.id for row in read_cases(space)] == ["chn-nor-2010", "elsewhere"]
    assert report.lines[1:] == (
        "duplicate: again says what chn-nor-2010 says; left out",
        "alike: chn-nor-2010 has coercer, target and year of elsewhere; base rates count them once",
        "alike: elsewhere has coercer, target and year of chn-nor-2010; base rates count them once",
    )


def test_no_cell_is_run_by_a_spreadsheet_and_the_text_survives(space: Path, tmp_path: Path) -> None:
    """A formula is written as text, and read again it is what it was."""
    file = written(tmp_path / "c.csv", {"means": '=HYPERLINK("http://x")', "locator": "-3"})
    import_cases(Workspace(space), file)
    with (space / CASES_FILE).open(encoding="utf-8", newline="") as handle:
        (row,) = csv.DictReader(handle)
    assert row["means"].startswith("'=") and row["locator"] == "'-3"
    (listed,) = read_cases(space)
    assert (listed.case.means, listed.case.locator) == ('=HYPERLINK("http://x")', "-3")


def test_cases_join_the_profile_and_move_its_base_rate(space: Path, tmp_path: Path) -> None:
    """A case within the window raises the base rate of its relation; pressure and older ones do not."""
    before = base_rate("rival", Workspace(space).profile(), frozenset())
    rows = [
        {"id": "new", "year": "2016"},
        {"id": "old", "year": "2001"},
        {"id": "talk", "year": "2017", "form": "pressure"},
    ]
    import_cases(Workspace(space), written(tmp_path / "c.csv", *rows))
    after = base_rate("rival", Workspace(space).profile(), frozenset())
    assert (after.successes, after.trials) == (before.successes + 1, before.trials)
    assert after.mean > before.mean
    assessment = Workspace(space).assess("semiconductors", year=2023)
    proof = next(e for e in assessment.evidence if e.id == "likelihood.CHN.base")
    assert "case-new" in proof.claims and "a-study" in proof.sources
    assert "a-study" in {source.id for source in assessment.sources}


def a_listed(name: str, title: str, publisher: str) -> ListedCase:
    case = CoercionCase(id=name, coercer="CHN", target="NOR", year=2010, means="m", source="a-study", locator="p")
    return ListedCase(case, Source(id="a-study", title=title, publisher=publisher, date="2015"), 2)


@settings(deadline=None, max_examples=40)
@given(st.permutations([("a", "A study", "X"), ("b", "A study", "Y"), ("c", "A Study!", "X"), ("d", "A study", "X")]))
def test_sources_of_one_name_are_told_apart_in_any_order(rows: list[tuple[str, str, str]]) -> None:
    """Different documents have different ids, the same one has one, and the order of rows changes nothing."""
    profile = with_cases(a_profile(), [a_listed(*row) for row in rows])
    source = {case.id: case.source for case in profile.cases}
    assert source["a"] == source["d"]
    assert len({source["a"], source["b"], source["c"]}) == 3
    ordered = with_cases(a_profile(), [a_listed(*row) for row in sorted(rows)])
    assert profile == ordered
    assert cases_text([a_listed(*row) for row in rows]) == cases_text([a_listed(*row) for row in sorted(rows)])


def test_the_listing_tells_form_use_and_origin(space: Path, tmp_path: Path) -> None:
    """Cases of profile and workspace in one list, filtered by who acted and against whom, blocs included."""
    import_cases(Workspace(space), written(tmp_path / "c.csv", {}))
    rows = {row["id"]: row for row in cases.cases(Workspace(space)).frame.iter_rows(named=True)}
    assert (rows["chn-nor-2010"]["origin"], rows["chn-nor-2010"]["counted"]) == ("workspace", False)
    assert (rows["china-lithuania"]["origin"], rows["china-lithuania"]["relation"]) == ("profile", "rival")
    assert rows["us-pressure-on-europe"]["counted"] is False
    against = cases.cases(Workspace(space), target="Netherlands").frame["id"].to_list()
    assert against == ["russia-fossil-fuels", "us-pressure-on-europe"]
    assert set(cases.cases(Workspace(space), coercer="USA").frame["coercer"]) == {"USA"}
    assert cases.cases(Workspace(space), coercer="Tuvalu").frame.height == 0


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    streams = capsys.readouterr()
    return code, streams.out, streams.err


def test_the_commands(space: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Import, list, check; faults and conflicts have their exit codes."""
    file = written(tmp_path / "c.csv", {})
    assert run(capsys, "import", "cases", str(file))[0] == 2
    assert run(capsys, "import", "cases", str(file), "-w", str(space), "--into", "x")[0] == 2
    code, out, _ = run(capsys, "import", "cases", str(file), "-w", str(space))
    assert code == 0 and "1 added" in out
    code, out, _ = run(capsys, "cases", "-w", str(space), "--json")
    found: list[dict[str, Any]] = json.loads(out)
    assert code == 0 and "chn-nor-2010" in {row["id"] for row in found}
    assert run(capsys, "cases", "-w", str(space), "--coercer", "Tuvalu", "--csv")[0] == 0
    assert run(capsys, "check", str(space / CASES_FILE))[1].endswith("sound (1 case)\n")
    assert run(capsys, "import", "cases", str(written(tmp_path / "c.csv", {"year": "x"})), "-w", str(space))[0] == 3
    assert run(capsys, "import", "cases", str(written(tmp_path / "c.csv", {"year": "2011"})), "-w", str(space))[0] == 4
    assert run(capsys, "import", "cases", str(tmp_path / "absent.csv"), "-w", str(space))[0] == 3
