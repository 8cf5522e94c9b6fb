"""Listings as table, CSV, JSON and XLSX."""

from __future__ import annotations

import io
import json
import math
import stat
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostra.errors import OstraError, UsageError
from ostra.files.whole_files import write_whole
from ostra.model.evidence import Provenance
from ostra.model.listing import Listing
from ostra.show.output import Shown, round_floats, to_csv, to_json, to_xlsx, write_listing
from ostra.words.columns import Column
from ostra.words.figures import format_cell

ROWS = [
    {"name": "=cmd|' /C calc'!A0", "share": 0.25, "known": True, "parts": ["a", "b"]},
    {"name": "plain", "share": None, "known": None, "parts": []},
]
ABOUT = Provenance(title="Test", filters={"year": "2023"}, sources=("a source",), caveats=("one caveat",))


@given(st.floats(min_value=-1e-6, max_value=1e-6) | st.just(-0.0))
def test_no_zero_has_a_sign_in_files(value: float) -> None:
    """JSON and CSV write zero as zero."""
    assert to_json(value * 0.0) == "0.0\n"
    assert to_csv([{"x": value * 0.0}], ["x"]) == "x\n0.0\n"


def test_csv_keeps_numbers_and_makes_formulas_harmless() -> None:
    """A cell that a spreadsheet would run is led by an apostrophe; unknown is empty, truth is lower case."""
    text = to_csv(ROWS, list(ROWS[0]))
    assert text.splitlines() == ["name,share,known,parts", "'=cmd|' /C calc'!A0,0.25,true,a; b", "plain,,,"]


def test_json_writes_unknown_and_infinite_as_null() -> None:
    """Neither NaN nor infinity is JSON; both are null."""
    read = json.loads(to_json([{"a": math.inf, "b": math.nan, "c": None, "d": 0.1 + 0.2}]))
    assert read == [{"a": None, "b": None, "c": None, "d": 0.3}]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_rounding_changes_a_number_by_less_than_a_trillionth_of_it(value: float) -> None:
    """Twelve significant digits are kept."""
    assert math.isclose(round_floats(value), value, rel_tol=1e-11, abs_tol=0.0)


def test_xlsx_holds_typed_cells_and_the_provenance() -> None:
    """Text stays text, numbers stay numbers, the second sheet says where they come from."""
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(ROWS, list(ROWS[0]), ABOUT)))
    data = book["Data"]
    assert [cell.value for cell in data[2]] == ["=cmd|' /C calc'!A0", 0.25, True, "a; b"]
    assert data["A2"].data_type == "s"
    assert list(book["About"].iter_rows(values_only=True)) == ABOUT.named()
    assert ABOUT.lines() == ["Test", "year: 2023", "source: a source", "caveat: one caveat"]


def test_a_narrow_terminal_gets_the_first_columns_and_is_told_of_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """No line is wider than the terminal, and the columns left out are named."""
    monkeypatch.setenv("COLUMNS", "40")
    columns = [
        Column("name", "Name"),
        Column("share", "Share", "share"),
        *(Column(f"c{i}", f"Column {i}") for i in range(6)),
    ]
    stream = io.StringIO()
    rows = [{"name": "x", "share": 0.5, **{f"c{i}": "value" for i in range(6)}}]
    write_listing(Shown(Listing(pl.DataFrame(rows), ABOUT), columns), form="table", stream=stream)
    text = stream.getvalue()
    assert max(map(len, text.splitlines())) <= 40
    assert "50.0%" in text
    assert "left out" in text and "c5" in text


def test_columns_that_were_asked_for_follow_below(monkeypatch: pytest.MonkeyPatch) -> None:
    """With columns to keep in front, none is left out at any width, and no line is wider than the terminal."""
    columns = [Column("name", "Name"), *(Column(f"c{k}", f"Column {k}", "number") for k in range(9))]
    rows = [{"name": f"row {k}", **{f"c{n}": 100.0 * k + n for n in range(9)}} for k in range(3)]
    for width in (24, 40, 80, 200):
        monkeypatch.setenv("COLUMNS", str(width))
        stream = io.StringIO()
        write_listing(Shown(Listing(pl.DataFrame(rows), ABOUT), columns, keep=1), form="table", stream=stream)
        text = stream.getvalue()
        assert max(map(len, text.splitlines())) <= width
        assert all(f"Column {k}" in text for k in range(9)) and "left out" not in text
        tables = text.split("\n\n")
        assert all("row 2" in part for part in tables) and (width < 200) == (len(tables) > 1)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """The old file stays when the new one cannot be put in its place, and nothing else is left behind."""
    target = tmp_path / "out.txt"
    write_whole(target, "old")
    assert stat.S_IMODE(target.stat().st_mode) & stat.S_IRUSR
    blocked = tmp_path / "folder"
    blocked.mkdir()
    with pytest.raises(OstraError, match="cannot write"):
        write_whole(blocked, "new")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "out.txt"]
    assert target.read_text() == "old"


def test_data_files_travel_with_their_provenance(tmp_path: Path) -> None:
    """Beside a CSV stands a JSON file with filters, sources and caveats."""
    target = tmp_path / "deps.csv"
    write_listing(Shown(Listing(pl.DataFrame(ROWS), ABOUT), []), form="csv", output=target)
    assert json.loads((tmp_path / "deps.csv.source.json").read_text())["filters"] == {"year": "2023"}


def test_a_workbook_is_not_printed() -> None:
    """XLSX to the terminal is a usage error that says what to add."""
    with pytest.raises(UsageError, match=r"-o FILE\.xlsx"):
        write_listing(Shown(Listing(pl.DataFrame(ROWS), ABOUT), []), form="xlsx")


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (None, "share", "?"),
        (0.0, "share", "0.0%"),
        (0.12345, "share", "12.3%"),
        (-0.0004, "share", "−0.04%"),
        (-0.0, "number", "0"),
        (-3.0, "kusd", "0.0"),
        (-12.0, "number", "−12"),
        (999.7, "number", "1,000"),
        (1234567.0, "kusd", "1,234.6"),
        (0.98765, "number", "0.988"),
        (math.inf, "number", "?"),
        (True, "flag", "yes"),
        (1234, "count", "1,234"),
        (2023, "year", "2023"),
    ],
)
def test_cells_are_written_as_people_read_them(value: object, kind: str, expected: str) -> None:
    """Unknown is a question mark and never looks like zero."""
    assert format_cell(value, kind) == expected  # type: ignore[arg-type]
