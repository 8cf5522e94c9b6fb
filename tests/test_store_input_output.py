"""Input-output tables come back from the store exactly as they went in."""

from __future__ import annotations

import tempfile
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ostra.errors import DataError, NotFoundError
from ostra.facts.checks import check_dataset
from ostra.facts.datasets import Axes, Dataset, Entry, files_sha256
from ostra.facts.mrio.read_table import MrioTable
from ostra.facts.store import open_facts
from ostra.facts.stored_input_output import axes_of, read_table, sector_names, write_table
from ostra.facts.tables import table

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, 0.1, -1e-300, 1e300])


@st.composite
def mrio_tables(draw: st.DrawFn) -> MrioTable:
    """Tables of any shape with any finite numbers, below zero and at zero too."""
    economies = tuple(draw(st.lists(st.sampled_from(["AAA", "BBB", "EU27", "ZZZ"]), min_size=1, unique=True)))
    codes = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1, max_size=4)
    sectors = draw(st.dictionaries(codes, codes, min_size=1, max_size=3))
    destinations = draw(st.sampled_from([economies, ("ZZZ",)]))
    n, d = len(economies) * len(sectors), len(destinations)

    def values(*shape: int) -> np.ndarray:
        return draw(arrays.arrays(np.float64, shape, elements=NUMBERS))

    return MrioTable(
        year=draw(st.integers(1990, 2030)),
        economies=economies,
        sectors=sectors,
        flows=values(n, n),
        destinations=destinations,
        final=values(n, d),
        output=values(n),
        stocks=draw(st.sampled_from([None, values(n, d)])),
        discrepancy=draw(st.sampled_from([None, values(n)])),
        value_added=draw(st.sampled_from([None, values(n)])),
        taxes=draw(st.sampled_from([None, values(n)])),
    )


def stored(root: Path, *tables: MrioTable, axes: Axes | None = None) -> Dataset:
    """The tables as a data set of a facts root."""
    folder = root / "input_output" / "made-up"
    folder.mkdir(parents=True, exist_ok=True)
    files = [write_table(one, folder) for one in tables]
    files = [file.model_copy(update={"path": f"input_output/made-up/{file.path}"}) for file in files if file.rows]
    years = [one.year for one in tables]
    entry = Entry(
        id="made-up",
        table="input_output",
        title="Made up",
        source="nobody",
        licence="none",
        retrieved="2026-11-26",
        years=(min(years), max(years)),
        rows=sum(file.rows for file in files),
        columns=table("input_output").names,
        files=tuple(files),
        sha256=files_sha256(files),
        axes=axes or axes_of(tables[0]),
    )
    return Dataset.of(root, entry)


def small(year: int = 2022) -> MrioTable:
    """Two economies, two sectors."""
    flows = np.array([[1.0, 2, 0, 4], [0, 6, 7, 8], [9, 0, 1, 2], [3, 4, 5, 0]])
    final = np.array([[1.5, 0], [2, 2], [0, -3], [4, 4]])
    return MrioTable(
        year, ("BBB", "AAA"), {"x": "First", "y": "Second"}, flows, ("BBB", "AAA"), final,
        flows.sum(axis=1) + final.sum(axis=1),
    )  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(mrio_tables())
def test_a_table_comes_back_bit_for_bit(one: MrioTable) -> None:
    """Every part, axis and order is the same after storing and loading; only -0 becomes 0."""
    if not any(np.any(getattr(one, name)) for name in ("flows", "final", "output")):
        return  # nothing but zeros is no data set
    with tempfile.TemporaryDirectory() as name:
        dataset = stored(Path(name), one)
        back = read_table(dataset)
        assert check_dataset(dataset) == []
    for part in fields(MrioTable):
        given_part, got = getattr(one, part.name), getattr(back, part.name)
        if isinstance(given_part, np.ndarray):
            assert (given_part + 0.0).tobytes() == got.tobytes(), part.name
        else:
            assert given_part == got, part.name
    assert list(one.sectors) == list(back.sectors)


def test_years_of_one_data_set_share_their_axes(tmp_path: Path) -> None:
    """The latest year is read by default, another by name, a missing one is refused; other axes cannot join."""
    dataset = stored(tmp_path, small(2021), replace(small(2022), flows=np.eye(4)))
    assert read_table(dataset).flows.tolist() == np.eye(4).tolist()
    assert read_table(dataset, 2021).flows.tolist() == small().flows.tolist()
    with pytest.raises(NotFoundError, match=r"no year 1999. It has: 2021, 2022"):
        read_table(dataset, 1999)
    with pytest.raises(DataError, match="2022 has other economies"):
        axes_of(replace(small(2022), economies=("AAA", "BBB")), axes_of(small(2021)))


def test_rows_that_belong_to_no_axis_are_refused(tmp_path: Path) -> None:
    """A file whose rows name another economy than the manifest is never read as if they were not there."""
    axes = axes_of(small()).model_copy(update={"economies": ("BBB", "CCC")})
    with pytest.raises(DataError, match="economy or sector that it does not have"):
        read_table(stored(tmp_path, small(), axes=axes))


def test_a_value_that_is_no_number_is_refused(tmp_path: Path) -> None:
    """NaN in a stored file is an error, not a silent gap."""
    odd = replace(small(), flows=np.where(small().flows == 9, np.nan, small().flows))
    with pytest.raises(DataError, match="no number"):
        read_table(stored(tmp_path, odd))


def test_axes_say_what_every_table_needs() -> None:
    """Doubled economies, missing or invented parts are faults of the manifest."""
    good = axes_of(small()).model_dump()
    for change, says in (
        ({"economies": ("AAA", "AAA")}, "economies must be there, each once"),
        ({"parts": ("intermediate", "final")}, "needs output"),
        ({"parts": ("intermediate", "final", "output", "magic")}, "no part"),
        ({"sectors": {}}, "sectors must be there"),
    ):
        with pytest.raises(ValueError, match=says):
            Axes.model_validate({**good, **change})


def test_stored_rows_are_plain_facts(tmp_path: Path) -> None:
    """One row for each cell that is not zero, with the columns of the definition, readable by anybody."""
    dataset = stored(tmp_path, small())
    rows = duckdb.sql(f"SELECT * FROM read_parquet('{dataset.paths()[0]}')")
    assert tuple(rows.columns) == table("input_output").names
    found = rows.filter("part = 'intermediate' AND seller = 'AAA' AND seller_sector = 'x'").fetchall()
    assert found == [
        (2022, "intermediate", "AAA", "x", "BBB", "x", 9.0),
        (2022, "intermediate", "AAA", "x", "AAA", "x", 1.0),
        (2022, "intermediate", "AAA", "x", "AAA", "y", 2.0),
    ]
    assert rows.filter("value_musd = 0").fetchall() == []


def test_final_sales_hold_stocks_and_discrepancy() -> None:
    """Rows add up only with them; a discrepancy counts as a sale at home."""
    one = replace(small(), stocks=np.full((4, 2), -1.0), discrepancy=np.array([10.0, 0, 0, 20]))
    assert one.all_final().tolist() == [[10.5, -1], [1, 1], [-1, -4], [3, 23]]
    assert small().all_final().tolist() == small().final.tolist()
    assert one.node(2) == "AAA x First"


def test_codes_without_names_take_those_of_another_data_set() -> None:
    """Only if all codes are known there; a table's own names are never replaced."""
    with closing(open_facts()) as facts:
        assert sector_names(facts, {"C29": "C29", "A01": "A01"})["C29"].startswith("Motor vehicles")
        assert sector_names(facts, {"C29": "C29", "odd": "odd"}) == {"C29": "C29", "odd": "odd"}
        assert sector_names(facts, {"C29": "Cars", "A01": "A01"}) == {"C29": "Cars", "A01": "A01"}
