"""Published layouts are read to the last digit, through files made to the layout; faults are said with their place."""

from __future__ import annotations

import json
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mrio_worlds as worlds
from mrio_worlds import World, icio_rows, world, write_csv
from ostra.errors import DataError, UsageError
from ostra.facts.mrio.labelled import Labelled, assemble
from ostra.facts.mrio.layouts import open_tables, read_tables
from ostra.facts.mrio.read_table import MrioTable
from ostra.facts.mrio.rules import oddities, residuals

ROW = {"CN1": "CHN", "CN2": "CHN", "ROW": "ZZZ", "RoW": "ZZZ", "FIGW1": "ZZZ", "XEU": "ZZZ"}
ROW |= {"WA": "ZZZ", "WF": "ZZZ"}
ISO = {"AT": "AUT", "CN": "CHN", "EL": "GRC", "US": "USA", "SUD": "SDN"}


def read(paths: list[Path], **options: Any) -> list[MrioTable]:
    with tempfile.TemporaryDirectory() as scratch:
        layout, _, opened = open_tables(paths, Path(scratch), options.pop("layout", None))
        return [assemble(labelled) for labelled in read_tables(layout, opened, **options)]


def code(label: str) -> str:
    return ROW.get(label, ISO.get(label, label))


def agrees(table: MrioTable, w: World, *, usd: float = 1.0, stocks: str = "INVNT", exact: bool = True) -> None:
    """The table holds the numbers of the world under our codes; sums over members are taken another way here."""
    codes = list(dict.fromkeys(code(label) for label in w.economies))
    assert sorted(table.economies) == sorted(codes)
    nodes = {(economy, sector): number for number, (economy, sector) in enumerate(
        (economy, sector) for economy in table.economies for sector in table.sectors)}  # fmt: skip
    join = np.zeros((len(w.nodes), table.size))
    for row, (economy, sector) in enumerate(w.nodes):
        join[row, nodes[code(economy), sector]] = 1
    to = np.zeros((len(w.uses), len(table.destinations)))
    for row, (economy, _) in enumerate(w.uses):
        to[row, table.destinations.index(code(economy))] = 1
    is_stock = np.array([category == stocks for _, category in w.uses])
    wanted = {
        "flows": join.T @ w.flows @ join,
        "final": join.T @ w.final[:, ~is_stock] @ to[~is_stock],
        "stocks": join.T @ w.final[:, is_stock] @ to[is_stock],
        "output": join.T @ w.output,
        "value_added": join.T @ w.value_added,
        "taxes": join.T @ w.taxes,
    }
    for name, values in wanted.items():
        got = getattr(table, name)
        if exact:
            assert np.array_equal(got, values * usd), name
        else:
            assert np.allclose(got, values * usd, rtol=1e-12, atol=1e-9), name
    assert residuals(table) == [] or not exact


def test_icio_with_split_economies_and_the_rest_of_the_world(tmp_path: Path) -> None:
    """Parts of China are added up and said, ROW is ZZZ at the end, output, taxes and value added are those stated."""
    w = world()
    (table,) = read([write_csv(tmp_path / "2022_SML.csv", icio_rows(w))])
    assert (table.year, table.economies) == (2022, ("AUT", "CHN", "USA", "ZZZ"))
    agrees(table, w)
    assert "CN1, CN2, CHN of the source are added up under CHN." in table.notes
    assert any(note.startswith("Stocks fall") for note in oddities(table))


def test_icio_agrees_with_pymrio(tmp_path: Path) -> None:
    """pymrio's parser, which knows the same layout, finds the same flows and final use."""
    pymrio = pytest.importorskip("pymrio")
    path = write_csv(tmp_path / "ICIO2023_2016.csv", icio_rows(world()))
    (table,) = read([path])
    twin = pymrio.parse_oecd(path)
    order = [("ROW" if code == "ZZZ" else code, sector) for code in table.economies for sector in table.sectors]
    assert np.array_equal(twin.Z.loc[order, order].to_numpy(), table.flows)
    final = twin.Y.T.groupby(level=0).sum().T.loc[order, ["ROW" if c == "ZZZ" else c for c in table.destinations]]
    assert np.allclose(final.to_numpy(), table.all_final(), rtol=0, atol=1e-9)
    assert table.year == 2016


def test_icio_of_2018_books_taxes_by_origin_and_a_discrepancy(tmp_path: Path) -> None:
    """`ECO_TAXSUB` rows add up to taxes; the column DISC is kept apart and counts as a sale at home."""
    w = world(("AUT", "USA"))
    rows = icio_rows(w)
    rows[0] = [*rows[0][:-1], "DISC", "TOTAL"]
    for number, row in enumerate(rows[1:5]):
        row[-1:] = [number / 8, w.output[number] + number / 8]
    taxes = rows[5]
    rows[5:8] = [
        ["AUT_TAXSUB", *(value - 1 for value in taxes[1:5]), *taxes[5:], 0],
        ["USA_TAXSUB", *([1] * 4), *taxes[5:], 0],
        ["VALU", *w.value_added, *taxes[5:], 0],
        ["OUTPUT", *(w.output + np.arange(4) / 8), *taxes[5:], 0],
    ]
    (table,) = read([write_csv(tmp_path / "ICIO2018_2011.csv", rows)])
    assert table.taxes is not None and table.discrepancy is not None and table.value_added is not None
    assert table.taxes.tolist() == w.taxes.tolist()
    assert table.discrepancy.tolist() == [0, 1 / 8, 2 / 8, 3 / 8]
    assert table.all_final().sum(axis=1).tolist() == (table.output - table.flows.sum(axis=1)).tolist()
    assert any("A discrepancy of 0.8 million USD" in note and "USA C26" in note for note in oddities(table))
    assert any("no rest of the world" in note for note in table.notes)
    # The discrepancy is no one's value added: columns miss it.
    assert [(one.side, one.economy, one.sector, one.residual) for one in residuals(table)] == [
        ("column", "USA", "C26", 0.375), ("column", "USA", "A01", 0.25), ("column", "AUT", "C26", 0.125)
    ]  # fmt: skip


def test_icio_of_2016_writes_final_use_the_other_way_round(tmp_path: Path) -> None:
    """`HFCE_AUT`, and one row for value added with taxes: it stays joint, is said, and columns balance."""
    w = world()
    path = write_csv(tmp_path / "ICIO2016_2011.csv", worlds.icio2016_rows(w))
    (table,) = read([path])
    assert table.year == 2011
    assert table.taxes is None
    joint = replace(w, taxes=np.zeros(len(w.taxes)), value_added=w.value_added + w.taxes)
    agrees(replace(table, taxes=np.zeros(table.size)), joint)
    assert any("does not tell apart" in note for note in table.notes)
    pymrio = pytest.importorskip("pymrio")
    twin = pymrio.parse_oecd(path).Y.drop(columns="ALL", level=0).T.groupby(level=0).sum().T
    labels = ["ROW" if code == "ZZZ" else code for code in table.destinations]
    economies = [code for code in table.economies if code != "CHN"]
    rows = [("ROW" if code == "ZZZ" else code, sector) for code in economies for sector in table.sectors]
    chosen = [number for number in range(table.size) if table.economies[number // 2] != "CHN"]
    assert np.allclose(twin.loc[rows, labels].to_numpy(), table.all_final()[chosen], rtol=0, atol=1e-9)


@pytest.mark.parametrize(("flat", "products"), [(False, False), (True, False), (True, True)])
def test_figaro_in_both_forms(tmp_path: Path, flat: bool, products: bool) -> None:
    """Euros become dollars at the stated rate, Eurostat's codes ISO codes, and both forms the same table."""
    path, w = worlds.write_figaro(tmp_path, flat=flat, products=products)
    (table,) = read([path], eur_usd={2022: "1.5"})
    assert table.economies == ("AUT", "GRC", "USA", "ZZZ")
    agrees(table, w, usd=1.5, stocks="P5M")
    assert "Converted from euros at 1.5 US dollars." in table.notes
    with pytest.raises(DataError, match=r"no exchange rate was given for 2022.*State the euro's price"):
        read([path])


def test_wiod_of_2013(tmp_path: Path) -> None:
    """The Excel sheet through pymrio: margins count with taxes, totals are no inputs."""
    pytest.importorskip("pymrio")
    path, w = worlds.write_wiod13(tmp_path)
    (table,) = read([path])
    assert table.year == 2011
    agrees(table, w, stocks="c42")


@pytest.mark.parametrize("write", [worlds.write_wiod16, worlds.write_wiod16_workbook])
def test_wiod_of_2016(tmp_path: Path, write: Callable[[Path], tuple[Path, World]]) -> None:
    """The Stata file and the workbook: names of industries come along, output is the stated one."""
    pytest.importorskip("pandas")
    pytest.importorskip("python_calamine")
    path, w = write(tmp_path)
    (table,) = read([path])
    assert (table.year, table.sectors) == (2014, {"A01": "Sector A01", "C26": "Sector C26"})
    agrees(table, w, stocks="INVEN")


def test_wiod_in_archives_of_several_years(tmp_path: Path) -> None:
    """The archives as published: tables are read one by one, notes and national tables in them are passed over."""
    pytest.importorskip("pymrio")
    files = {
        "WIOTS_in_STATA.zip": worlds.write_wiod16(tmp_path)[0],
        "WIOTS_in_EXCEL.zip": worlds.write_wiod16_workbook(tmp_path)[0],
        "wiots_2013.zip": worlds.write_wiod13(tmp_path)[0],
    }
    for name, file in files.items():
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.write(file, f"folder/{file.name}")
            archive.writestr("readme.xlsx", "no table")
            archive.writestr("AUT_NIOT_nov16.xlsx", "no table")
        (table,) = read([tmp_path / name])
        (alone,) = read([file])
        assert np.array_equal(table.flows, alone.flows)
        assert (table.year, table.economies) == (alone.year, alone.economies)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ((7, 5, "n/a"), r"ROW\.xlsb:8, column 6: a cell is no number \(found 'n/a'\)"),
        ((7, 5, ""), r"ROW\.xlsb:8, column 6: a cell is no number"),
        ((7, 2, "XYZ"), r"rows and columns of industries differ.*XYZ C26"),
    ],
)
def test_a_faulty_workbook_names_its_cell(tmp_path: Path, wrong: tuple[int, int, object], says: str) -> None:
    """A word or nothing where a number belongs, and a row that no column has."""
    pytest.importorskip("python_calamine")
    path, _ = worlds.write_wiod16_workbook(tmp_path, wrong=wrong)
    with pytest.raises(DataError, match=says):
        read([path])


def test_eora26_tells_of_the_discrepancy_that_its_parser_drops(tmp_path: Path) -> None:
    """Thousand dollars become million; the economy ROW is gone, which a caveat says and the columns show."""
    pytest.importorskip("pymrio")
    path, w = worlds.write_eora26(tmp_path)
    (table,) = read([path, tmp_path / "indices.zip"])
    assert (table.year, table.economies) == (2017, ("AUT", "SDN", "USA"))
    assert np.allclose(table.flows, w.flows[:6, :6] / 1000, rtol=1e-12)
    assert table.stocks is not None
    assert np.allclose(table.all_final().sum(axis=1), w.final[:6, :15].sum(axis=1) / 1000, rtol=1e-12)
    assert any("left out by the parser" in note for note in table.notes)
    assert {one.side for one in residuals(table)} == {"column"}
    with pytest.raises(DataError, match=r"holds no labels_T.txt.*indices\.zip"):
        read([path])


def test_exiobase_through_pymrios_own_table(tmp_path: Path) -> None:
    """pymrio's test table, saved as EXIOBASE is published: three rests of the world become one, euros dollars."""
    pymrio = pytest.importorskip("pymrio")
    path = worlds.write_exiobase3(tmp_path)
    (table,) = read([path], eur_usd={2011: "1.25"})
    assert table.economies == ("AUT", "CHN", "USA", "ZZZ")
    twin = pymrio.load_test()
    flows = twin.Z.to_numpy(dtype=float) * 1.25
    assert np.allclose(table.flows[:8, :8], flows[:8, :8], rtol=1e-9)
    rest = sum(flows[24 + 8 * i : 32 + 8 * i, 24 + 8 * k : 32 + 8 * k] for i in range(3) for k in range(3))
    assert np.allclose(table.flows[24:, 24:], rest, rtol=1e-9)
    assert "WA, WF, WM of the source are added up under ZZZ." in table.notes
    assert table.value_added is not None


@pytest.mark.parametrize("account", ["satellite", "factor_inputs"])
def test_exiobase_tells_primary_inputs_from_jobs_and_emissions(tmp_path: Path, account: str) -> None:
    """By its own labels, from its folder: taxes and value added in money, inventories and valuables as stocks."""
    pytest.importorskip("pymrio")
    folder, w = worlds.write_exiobase3_accounts(tmp_path, account)
    (table,) = read([folder], eur_usd={2011: "1"})
    both = ("Changes in inventories", "Changes in valuables")
    final = w.final.copy()
    for number, (_, category) in enumerate(w.uses):
        if category == both[1]:
            final[:, number - 1] += final[:, number]
    keep = [number for number, (_, category) in enumerate(w.uses) if category != both[1]]
    joint = replace(w, categories=w.categories[:-1], final=final[:, keep])
    assert table.economies == ("AUT", "CHN", "USA", "ZZZ")
    agrees(table, joint, stocks=both[0], exact=False)


def test_gloria(tmp_path: Path) -> None:
    """Supply and use in one matrix: the use table is the table of flows, the diagonal of supply is output."""
    pytest.importorskip("pymrio")
    folder, w = worlds.write_gloria(tmp_path)
    (table,) = read([folder])
    assert table.year == 2022, "the folders inside name the year"
    merged = replace(w, taxes=np.zeros(len(w.taxes)), value_added=w.value_added + w.taxes)
    assert table.taxes is None
    agrees(replace(table, taxes=np.zeros(table.size)), merged, usd=1e-3, stocks="Changes in inventories", exact=False)


def test_a_missing_extra_is_named_with_its_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pymrio the message says what to install."""
    (tmp_path / "wiot11_row_apr12.xlsx").write_bytes(b"PK\x03\x04")
    monkeypatch.setitem(sys.modules, "pymrio", None)
    with pytest.raises(UsageError, match=r'pip install "ostra\[mrio\]"'):
        read([tmp_path / "wiot11_row_apr12.xlsx"])


def _set(rows: list[list[object]], row: int, column: int, value: object) -> None:
    rows[row][column] = value


BAD: dict[str, tuple[Callable[[list[list[object]]], object], str]] = {
    "a word": (lambda rows: _set(rows, 2, 3, "n/a"), r"2022\.csv:3, CN1_A01: not a finite number \(found 'n/a'\)"),
    "infinity": (lambda rows: _set(rows, 2, 3, "inf"), r"no finite number"),
    "a blank flow": (lambda rows: _set(rows, 2, 3, ""), r"2022\.csv:3, CN1_A01: 1 cells are blank.*Write 0"),
    "an unknown economy": (
        lambda rows: [_set(rows, 0, 1, "XYZ_A01"), _set(rows, 0, 2, "XYZ_C26"), _set(rows, 1, 0, "XYZ_A01"),
                      _set(rows, 2, 0, "XYZ_C26")],
        r"unknown economy \(found 'XYZ'\).*Rename it",
    ),
    "a column twice": (lambda rows: _set(rows, 0, 2, "AUT_A01"), r"the column is there twice \(found 'AUT_A01'\)"),
    "a row twice": (lambda rows: _set(rows, 2, 0, "AUT_A01"), r"the row is there twice"),
    "a row that no column has": (lambda rows: _set(rows, 2, 0, "AUT_B99"), r"or in the columns only.*AUT_B99"),
    "a short line": (lambda rows: rows[4].pop(), r"2022\.csv:5: \d+ cells where the header has|cells are blank"),
    "a strange row": (lambda rows: rows.append(["NOTE", *rows[1][1:]]), r"in the rows or in the columns only"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD)
def test_a_faulty_file_is_refused_with_place_and_mend(tmp_path: Path, fault: str) -> None:
    """Each fault names the file, the line or label, what was found, and what to do."""
    change, says = BAD[fault]
    rows = [list(row) for row in icio_rows(world())]
    change(rows)
    with pytest.raises(DataError, match=says):
        read([write_csv(tmp_path / "2022.csv", rows)])


def test_other_separators_and_lost_years_are_explained(tmp_path: Path) -> None:
    """A file with semicolons, and one whose name tells no year."""
    path = tmp_path / "2022.csv"
    path.write_text("\n".join(";".join(map(str, row)) for row in icio_rows(world())), encoding="utf-8")
    with pytest.raises(DataError, match="no table separated by commas"):
        read([path])
    plain = write_csv(tmp_path / "table.csv", icio_rows(world()))
    with pytest.raises(UsageError, match="say it with --year"):
        read([plain])
    assert read([plain], year=2019)[0].year == 2019


def test_rows_with_blanks_where_nothing_is_sold_are_read(tmp_path: Path) -> None:
    """Taxes and value added have no final users; blanks there are no gaps."""
    rows = [list(row) for row in icio_rows(world())]
    users = len(world().uses)
    for row in rows[-3:]:
        row[-users - 1 :] = [""] * (users + 1)
    (table,) = read([write_csv(tmp_path / "2022.csv", rows)])
    agrees(table, world())


def test_a_member_that_leads_out_of_its_archive_is_refused(tmp_path: Path) -> None:
    """Names inside archives never become paths outside."""
    path = tmp_path / "IOT_2011_pxp.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../escape/Z.txt", "x")
    with pytest.raises(DataError, match="leads out of the archive"):
        read([path], eur_usd={2011: "1.3"})


@pytest.mark.parametrize("file", ["Z.pkl", "../Z.txt", "/etc/passwd", "Z.pickle"])
def test_an_index_that_names_a_program_is_refused(tmp_path: Path, file: str) -> None:
    """A pickle would be run by the parser, and a path could lead anywhere; neither is opened."""
    path = tmp_path / "IOT_2011_pxp.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "IOT_2011_pxp/file_parameters.json",
            json.dumps(
                {"systemtype": "IOSystem", "files": {"Z": {"name": file, "nr_index_col": "2", "nr_header": "2"}}}
            ),
        )
        archive.writestr("IOT_2011_pxp/Z.pkl", b"not to be run")
    with pytest.raises(DataError, match="no table in text or Parquet"):
        read([path], eur_usd={2011: "1.3"})


def labelled(w: World) -> Labelled:
    return Labelled(
        "made-up", "made-up.csv", 2022, w.nodes, w.uses, w.flows, w.final, w.output, w.value_added, w.taxes,
        stocks=frozenset({"INVNT"}),
    )  # fmt: skip


def test_odd_values_are_kept_and_named() -> None:
    """Negative flows, sectors without output, lost value added: each has its sentence, and no number is changed."""
    w = world(("AUT", "USA"))
    flows, final, output, value = w.flows.copy(), np.abs(w.final), w.output.copy(), w.value_added.copy()
    flows[0, 1] = -5
    flows[2], flows[:, 2], final[2], output[2] = 0, 0, 0, 0
    final[3], output[3] = final[3], 0
    value[0] = -1
    table = assemble(replace(labelled(w), flows=flows, final=final, output=output, value_added=value))
    said = oddities(table)
    assert table.flows[0, 1] == -5
    for words in (
        "Negative intermediate sales are kept as they are, of AUT A01.",
        "Without any output, so that input shares are undefined: USA A01.",
        "Sales or purchases without any output, kept as residuals: USA C26.",
        "Negative value added is kept as it is, of AUT A01.",
    ):
        assert words in said, words
    assert any(note.startswith("Sales miss output by more than 0.1 %") and "USA C26" in note for note in said)
    largest = residuals(table)[0]
    assert abs(largest.residual) == max(abs(one.residual) for one in residuals(table))
    with pytest.raises(DataError, match=r"AUT C26: negative output \(found '-3'\)"):
        oddities(replace(table, output=np.array([1.0, -3, 1, 1])))


def test_pairs_that_the_source_leaves_out_are_zero_output_and_said() -> None:
    """A table in which one economy lacks a sector becomes a rectangle."""
    w = world(("AUT", "USA"))
    keep = [0, 1, 2]
    cut = replace(
        labelled(w), nodes=[w.nodes[k] for k in keep], flows=w.flows[np.ix_(keep, keep)], final=w.final[keep],
        output=w.output[keep], value_added=w.value_added[keep], taxes=w.taxes[keep],
    )  # fmt: skip
    table = assemble(cut)
    assert table.output.tolist() == [*w.output[keep], 0]
    assert "1 of 4 pairs of economy and sector are not in the source and count as zero output." in table.notes


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(12)), st.permutations(range(24)))
def test_the_order_of_the_source_does_not_matter(nodes: list[int], users: list[int]) -> None:
    """Rows, columns and users in any order give the same numbers under the same labels."""
    w = world()
    first = assemble(labelled(w))
    moved = replace(
        labelled(w), nodes=[w.nodes[k] for k in nodes], users=[w.uses[k] for k in users],
        flows=w.flows[np.ix_(nodes, nodes)], final=w.final[np.ix_(nodes, users)], output=w.output[nodes],
        value_added=w.value_added[nodes], taxes=w.taxes[nodes],
    )  # fmt: skip
    second = assemble(moved)

    def by_label(table: MrioTable) -> dict[tuple[str, str, str, str], float]:
        keys = [(economy, sector) for economy in table.economies for sector in table.sectors]
        cells = {(*a, *b): table.flows[i, k] for i, a in enumerate(keys) for k, b in enumerate(keys)}
        final = table.all_final()
        cells |= {(*a, to, "final"): final[i, k] for i, a in enumerate(keys) for k, to in enumerate(table.destinations)}
        return cells | {(*a, "", "output"): table.output[i] for i, a in enumerate(keys)}

    assert by_label(first) == by_label(second)
