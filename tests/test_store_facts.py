"""The facts store: what the manifest lists is there and unchanged; what it does not list does not exist."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from ostra.errors import DataError, NotFoundError, UsageError
from ostra.facts.checks import check_facts
from ostra.facts.datasets import FactsFile, builtin_root, files_sha256, read_manifest
from ostra.facts.export import export_dataset
from ostra.facts.imports import import_file
from ostra.facts.store import open_facts
from ostra.facts.tables import SORTED_BY, table, tables
from ostra.files.whole_files import file_sha256

HEADER = "year,exporter,importer,product,value_kusd,quantity_t\n"
ROWS = "2021,CHN,DEU,811292,10.5,2\n2022,CHN,DEU,811292,11,\n2022,USA,DEU,010121,1,1\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with one trade data set, `mine`."""
    path = tmp_path / "flows.csv"
    path.write_text(HEADER + ROWS)
    import_file(tmp_path / "ws", "plain", path, dataset="mine", retrieved="2026-01-01")
    return tmp_path / "ws"


def manifest(workspace: Path) -> Path:
    """The path of the manifest."""
    return workspace / "facts" / "manifest.json"


def edited(workspace: Path, **changes: Any) -> None:
    """Change the first entry of the manifest by hand."""
    document = json.loads(manifest(workspace).read_text())
    document["datasets"][0] |= changes
    manifest(workspace).write_text(json.dumps(document))


def test_every_table_is_defined_once_with_units() -> None:
    """The table of tables names a type, unit and meaning for every column, and keys that exist."""
    for name, definition in tables().items():
        assert definition.name == name
        assert len(set(definition.names)) == len(definition.names)
        assert set(SORTED_BY[name]) <= set(definition.names)
        for column in definition.columns:
            assert column.unit and column.description
            duckdb.sql(f"SELECT NULL::{column.type}")
    assert SORTED_BY.keys() == tables().keys()
    with pytest.raises(NotFoundError, match="tables are trade"):
        table("trades")


def test_a_manifest_says_what_a_data_set_is(workspace: Path) -> None:
    """Source, licence, edition, rows, years, hashes and input are in the manifest."""
    entry = read_manifest(workspace / "facts").datasets[0]
    assert (entry.id, entry.table, entry.rows, entry.years, entry.retrieved) == (
        "mine",
        "trade",
        3,
        (2021, 2022),
        "2026-01-01",
    )
    assert [file.path for file in entry.files] == ["trade/mine/part-2021.parquet", "trade/mine/part-2022.parquet"]
    assert entry.input is not None and entry.input.kind == "plain" and entry.input.name == "flows.csv"
    assert any("edition" in note for note in entry.notes)


def test_the_workspace_stands_before_the_built_in_facts(workspace: Path) -> None:
    """What the workspace holds is read first; what it does not hold, from the built-in facts of the same edition."""
    facts = open_facts(workspace)
    assert facts.dataset("trade").id == "mine"
    assert not facts.dataset("trade").built_in
    path = workspace.parent / "more.csv"
    path.write_text(HEADER + "2023,CHN,DEU,811292,1,1\n")
    import_file(workspace, "plain", path, dataset="later")
    later = open_facts(workspace)
    assert later.answering("trade").years == (2021, 2023)
    assert {part.id for part in later.answering("trade").parts} == {"mine", "later"}  # type: ignore[union-attr]
    assert later.relation("trade", "mine").aggregate("count(*)").fetchall() == [(3,)]
    assert later.sha256(["trade"]) != facts.sha256(["trade"])
    assert open_facts(workspace).sha256() == later.sha256()
    with pytest.raises(NotFoundError, match=r"there are: .*mine"):
        later.dataset("trade", "absent")
    with pytest.raises(NotFoundError, match="no table"):
        later.relation("trades")


def test_the_built_in_facts_are_what_their_manifest_says() -> None:
    """The facts that come with ostra pass the same check as those of a workspace."""
    assert builtin_root().joinpath("manifest.json").is_file()
    assert check_facts(builtin_root()) == []
    facts = open_facts(None)
    assert all(dataset.built_in for dataset in facts.datasets())
    for dataset in facts.datasets():
        definition = table(dataset.table)
        relation = facts.relation(dataset.table, dataset.id)
        assert relation.columns == list(definition.names)
        assert [str(kind) for kind in relation.types] == [column.type for column in definition.columns]


def test_an_empty_workspace_has_the_built_in_facts_only(tmp_path: Path) -> None:
    """A folder without facts is no error, and nothing is written into it."""
    assert open_facts(tmp_path).datasets() == open_facts(None).datasets()
    assert list(tmp_path.iterdir()) == []


def test_a_changed_file_is_found(workspace: Path) -> None:
    """One changed byte in a Parquet file is named by the check."""
    path = workspace / "facts" / "trade" / "mine" / "part-2022.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    problems = check_facts(workspace / "facts")
    assert [problem.file for problem in problems] == [str(path)]
    assert "hash differs" in problems[0].reason


def test_a_missing_file_is_found(workspace: Path) -> None:
    """A file that the manifest lists and that is gone stops reading and is named by the check."""
    path = workspace / "facts" / "trade" / "mine" / "part-2021.parquet"
    path.unlink()
    assert ["is missing" in problem.reason for problem in check_facts(workspace / "facts")] == [True]
    with pytest.raises(DataError, match="is missing"):
        open_facts(workspace).relation("trade")


def test_rows_that_break_the_definition_are_found(workspace: Path) -> None:
    """A file that was swapped together with its hash is still caught by rows, columns, years and keys."""
    path = workspace / "facts" / "trade" / "mine" / "part-2022.parquet"
    sound, other = "(2022, 'CHN', 'DEU', '811292', 1, 1)", "(2022, 'CHN', 'DEU', '811292', 2, 1)"

    def values(*rows: str) -> str:
        types = ", ".join(f"{column.name}::{column.type} AS {column.name}" for column in table("trade").columns)
        return f"SELECT {types} FROM (VALUES {', '.join(rows)}) AS t({', '.join(table('trade').names)})"

    cases = {
        "SELECT 1 AS one FROM range(2)": "columns differ",
        values(sound): "holds 1 rows",
        values(sound, other): "more than once",
        values(sound, "(2022, NULL, 'DEU', '811292', 1, 1)"): "without a value",
        values(sound, "(2024, 'USA', 'DEU', '811292', 1, 1)"): "years differ",
    }
    for query, message in cases.items():
        duckdb.sql(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
        files = list(read_manifest(workspace / "facts").datasets[0].files)
        files[1] = FactsFile(path=files[1].path, rows=2, sha256=file_sha256(path))
        edited(workspace, files=[file.model_dump() for file in files], sha256=files_sha256(files))
        assert message in " ".join(str(problem) for problem in check_facts(workspace / "facts"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rows": 4}, "the files hold 3 rows, not 4"),
        ({"table": "trades"}, "no table 'trades'"),
        ({"columns": ["year"]}, "columns of table 'trade' are"),
        ({"id": "../mine"}, "pattern"),
        ({"sha256": "abc"}, "pattern"),
        ({"surprise": 1}, "Extra inputs"),
        ({"files": [{"path": "../../secret.parquet", "rows": 3, "sha256": "0" * 64}]}, "must stay inside"),
        ({"files": [{"path": "/etc/passwd", "rows": 3, "sha256": "0" * 64}]}, "must stay inside"),
        ({"files": [{"path": "https://x/y.parquet", "rows": 3, "sha256": "0" * 64}]}, "must stay inside"),
    ],
)
def test_a_manifest_that_was_tampered_with_is_refused(workspace: Path, change: dict[str, Any], message: str) -> None:
    """Every broken promise of the manifest is an error with the file and the way out, not a guess."""
    edited(workspace, **change)
    with pytest.raises(DataError, match=message) as caught:
        open_facts(workspace)
    assert caught.value.problems[0].file == str(manifest(workspace))
    assert caught.value.problems[0].mend
    assert message.split("'")[0] in str(check_facts(workspace / "facts")[0])


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"format": "ostra-facts/2"}', b"\xff\xfe", b"[" * 100_000]
)
def test_a_manifest_that_is_no_manifest_is_refused(workspace: Path, content: bytes) -> None:
    """Half a file, another format or nesting without end give an error, never an empty store."""
    manifest(workspace).write_bytes(content)
    with pytest.raises(DataError):
        open_facts(workspace)


def test_a_data_set_listed_twice_is_refused(workspace: Path) -> None:
    """An id must lead to one data set."""
    document = json.loads(manifest(workspace).read_text())
    document["datasets"] *= 2
    manifest(workspace).write_text(json.dumps(document))
    with pytest.raises(DataError, match="listed twice: mine"):
        open_facts(workspace)


def test_a_symbolic_link_out_of_the_folder_is_refused(workspace: Path) -> None:
    """A file of the store may not be a link to somewhere else."""
    path = workspace / "facts" / "trade" / "mine" / "part-2022.parquet"
    outside = workspace.parent / "outside.parquet"
    path.rename(outside)
    path.symlink_to(outside)
    with pytest.raises(DataError, match="outside the facts folder"):
        open_facts(workspace).relation("trade")


@pytest.mark.parametrize(
    "name", ["it's; DROP", "a*c", "a?c", "[abc]", "a[b]c", "[", "a]c", "{a,b}", "~", "%20", "naïve"]
)
def test_paths_mean_themselves(tmp_path: Path, name: str) -> None:
    """Folders and files may be called anything: a name is neither SQL nor a pattern for its neighbours."""
    for folder, value in ((tmp_path / "abc", 1), (tmp_path / "a", 2), (tmp_path / name, 3)):
        folder.mkdir()
        for file in ("abc.csv", "a.csv", f"{name}.csv"):
            row = f"2022,CHN,DEU,811292,{value},{len(file)}\n"
            (folder / file).write_text(HEADER + row)
        report = import_file(folder, "plain", folder / f"{name}.csv", dataset="x", strict=True)
        assert report.dataset is not None
        rows = open_facts(folder).relation("trade", "x").fetchall()
        assert [(row[4], row[5]) for row in rows] == [(value, len(f"{name}.csv"))]
        assert check_facts(folder / "facts") == []
        assert export_dataset(open_facts(folder), folder / "out.csv", "trade", "x")[2] == 1


def test_csv_export_can_be_imported_again(workspace: Path, tmp_path: Path) -> None:
    """What is exported as CSV comes back as the same rows, with a sidecar that says what it is."""
    target, sidecar, rows = export_dataset(open_facts(workspace), tmp_path / "out.csv", "trade")
    assert rows == 3
    again = import_file(tmp_path / "again", "plain", target)
    assert again.dataset is not None
    assert again.dataset.sha256 == open_facts(workspace).dataset("trade").sha256
    about = json.loads(sidecar.read_text())
    assert about["dataset"]["id"] == "mine"
    assert about["rows"] == 3 and about["filters"] == {}
    assert [column["name"] for column in about["columns"]] == list(table("trade").names)


def test_parquet_export_keeps_types_and_filters(workspace: Path, tmp_path: Path) -> None:
    """Parquet keeps exact types; the filters used are in the sidecar."""
    facts = open_facts(workspace)
    target, sidecar, rows = export_dataset(
        facts, tmp_path / "out.parquet", "trade", where={"year": [2022], "exporter": ["CHN"]}
    )
    assert rows == 1
    relation = duckdb.read_parquet(str(target))
    assert [str(kind) for kind in relation.types] == [column.type for column in table("trade").columns]
    assert json.loads(sidecar.read_text())["filters"] == {"year": [2022], "exporter": ["CHN"]}
    with pytest.raises(NotFoundError, match="no column 'partner'"):
        export_dataset(facts, tmp_path / "x.csv", "trade", where={"partner": ["CHN"]})
    with pytest.raises(UsageError, match="no format"):
        export_dataset(facts, tmp_path / "x.doc", "trade")
    with pytest.raises(UsageError, match="does not exist"):
        export_dataset(facts, tmp_path / "no" / "x.csv", "trade")


def test_xlsx_export_holds_rows_and_source(workspace: Path, tmp_path: Path) -> None:
    """The worksheet holds the rows as numbers and text, a second one the source."""
    target, _, _ = export_dataset(open_facts(workspace), tmp_path / "out.xlsx", "trade")
    book = openpyxl.load_workbook(target)
    rows = list(book["trade"].iter_rows(values_only=True))
    assert rows[0] == table("trade").names
    assert rows[1] == (2021, "CHN", "DEU", "811292", 10.5, 2)
    assert rows[3][5] is None
    about = dict(book["source"].iter_rows(values_only=True))
    assert about["data set"] == "mine"
    book.close()


def test_exports_disarm_formulas(tmp_path: Path) -> None:
    """Text that a spreadsheet would run is exported as text."""
    path = tmp_path / "p.csv"
    path.write_text("year,material,country,stage,quantity,unit,quality\n2023,=1+1,CHN,@stage,1,t,-x\n")
    import_file(tmp_path / "ws", "production", path)
    facts = open_facts(tmp_path / "ws")
    target, _, _ = export_dataset(facts, tmp_path / "out.csv", "production")
    row = next(csv.DictReader(target.read_text(encoding="utf-8").splitlines()))
    assert (row["material"], row["stage"], row["quality"]) == ("'=1+1", "'@stage", "'-x")
    sheet, _, _ = export_dataset(facts, tmp_path / "out.xlsx", "production")
    book = openpyxl.load_workbook(sheet)
    assert book["production"]["B2"].value == "'=1+1"
    assert book["production"]["B2"].data_type == "s"
    book.close()


def test_an_export_that_fails_leaves_the_old_file(workspace: Path, tmp_path: Path) -> None:
    """A file is replaced only by a complete one."""
    target = tmp_path / "out.csv"
    target.write_text("old")
    os.truncate(workspace / "facts" / "trade" / "mine" / "part-2022.parquet", 10)
    with pytest.raises(DataError, match="cannot be read"):
        export_dataset(open_facts(workspace), target, "trade")
    assert target.read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["flows.csv", "out.csv", "ws"]
