"""Each outside format becomes the rows that its documentation promises, compared with independent twins."""

from __future__ import annotations

import csv
import gzip
import zipfile
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ostra.errors import DataError
from ostra.facts.imports import ImportReport, import_file
from ostra.facts.kinds import KINDS, Options
from ostra.facts.readers import comext, raw_materials
from ostra.facts.readers.partners import AREAS, TOTALS, UNNAMED
from ostra.facts.store import open_facts
from ostra.facts.tables import table
from ostra.words.economies import iso3_of_baci

STUDY = Path(__file__).parents[1].parent / "shared" / "data" / "ec-raw-materials-2023"
needs_study = pytest.mark.skipif(not STUDY.is_dir(), reason=f"the study's tables are not at {STUDY}")


def rows_of(workspace: Path, report: ImportReport) -> list[tuple[object, ...]]:
    """All rows of an imported data set, in stored order."""
    assert report.dataset is not None
    return open_facts(workspace).relation(report.dataset.table, report.dataset.id).fetchall()


def write(path: Path, text: str) -> Path:
    """A file with this text."""
    path.write_text(text, encoding="utf-8")
    return path


# ---------------------------------------------------------------- BACI

BACI = (
    "t,i,j,k,v,q\n"
    "2022,156,276,811292,     123.456,       1.500\n"
    "2022,490,276,854231,1.0,          NA\n"
    "2022,842,251,10121,0.000,\n"
    "2022,4,8,010129,7,2\n"
)


def test_baci_is_read_as_published(tmp_path: Path) -> None:
    """Padded numbers, blank and NA quantities, lost leading zeros and BACI's own country numbers are understood."""
    report = import_file(tmp_path, "baci", write(tmp_path / "BACI_HS92_Y2022_V202401.csv", BACI))
    assert rows_of(tmp_path, report) == [
        (2022, "USA", "FRA", "010121", Decimal("0.000"), None),
        (2022, "AFG", "ALB", "010129", Decimal("7.000"), Decimal("2.000")),
        (2022, "CHN", "DEU", "811292", Decimal("123.456"), Decimal("1.500")),
        (2022, "TWN", "DEU", "854231", Decimal("1.000"), None),
    ]
    assert report.dataset is not None
    assert report.dataset.edition == "HS92"
    assert report.dataset.title == "BACI HS92, version 202401"
    assert report.dataset.licence == "Etalab 2.0"
    assert report.dataset.years == (2022, 2022)


def test_baci_archive_as_published(tmp_path: Path) -> None:
    """The archive's yearly files become one partition for each year; its lists of codes are passed over."""
    archive = tmp_path / "BACI_HS92_V202401.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as content:
        content.writestr("BACI_HS92_Y2021_V202401.csv", BACI.replace("2022,", "2021,"))
        content.writestr("BACI_HS92_Y2022_V202401.csv", BACI)
        content.writestr("country_codes_V202401.csv", "country_code,country_name\n156,China\n")
        content.writestr("product_codes_HS92_V202401.csv", "code,description\n811292,x\n")
        content.writestr("Readme.txt", "x")
    report = import_file(tmp_path, "baci", archive)
    assert report.rows == 8
    assert report.dataset is not None
    assert [Path(file.path).name for file in report.dataset.files] == ["part-2021.parquet", "part-2022.parquet"]
    assert report.dataset.years == (2021, 2022)
    both = [
        write(tmp_path / f"BACI_HS92_Y{year}_V202401.csv", BACI.replace("2022,", f"{year},")) for year in (2022, 2021)
    ]
    apart = import_file(tmp_path / "apart", "baci", both)
    assert apart.dataset is not None
    assert apart.dataset.sha256 == report.dataset.sha256


def test_baci_aggregates_and_unknown_numbers_are_told_apart(tmp_path: Path) -> None:
    """A total is set aside, an area that nobody can name kept, an unknown number rejected, self-trade set aside."""
    text = BACI + "2022,899,276,811292,1,1\n2022,156,97,811292,1,1\n2022,999,276,811292,1,1\n2022,156,156,811292,1,1\n"
    report = import_file(tmp_path, "baci", write(tmp_path / "BACI_HS92_Y2022_V202401.csv", text))
    assert (report.rows, report.rejected) == (5, 1)
    assert sorted(report.set_aside.values()) == [1, 1]
    assert report.problems[0].value == "999"
    assert [row[1] for row in rows_of(tmp_path, report) if row[1] == UNNAMED] == ["ZZZ"]


def test_flows_of_one_economy_under_two_numbers_are_added(tmp_path: Path) -> None:
    """India is 699 in BACI and 356 in M49: what a source tells apart are two parts of one flow."""
    text = "t,i,j,k,v,q\n2022,699,276,811292,1,1\n2022,356,276,811292,2,1\n"
    report = import_file(tmp_path, "baci", write(tmp_path / "BACI_HS92_Y2022_V202401.csv", text))
    assert (report.rows, report.rejected) == (1, 0)
    assert rows_of(tmp_path, report)[0][4:] == (Decimal("3.000"), Decimal("2.000"))
    assert any("1 rows were added" in note for note in report.caveats)


def test_gzip_is_unpacked(tmp_path: Path) -> None:
    """A .csv.gz is read like the file inside it; a truncated one is refused."""
    path = tmp_path / "BACI_HS92_Y2022_V202401.csv.gz"
    path.write_bytes(gzip.compress(BACI.encode()))
    assert import_file(tmp_path, "baci", path, options=Options(edition="HS92")).rows == 4
    path.write_bytes(gzip.compress(BACI.encode() * 100)[:-9])
    with pytest.raises(DataError, match="truncated or damaged"):
        import_file(tmp_path, "baci", path, options=Options(edition="HS92"))


CELLS = st.one_of(
    st.sampled_from(
        ["", " ", "NA", "0", "-0", "-1", "1", "  12.5", "nan", "inf", "1e3", "1_0", "x", "999999999999999999", ".5"]
    ),
    st.decimals(0, 10**9, places=3).map(str),
)
COUNTRIES = st.sampled_from(["156", "276", "842", "004", "4", "899", "999", "", "CHN", " 251 ", "2.0"])
PRODUCTS = st.sampled_from(
    ["811292", "10121", "010121", "1012", "00123", "x", "", "8112920", "1e5", "+12345", "12 345"]
)
YEARS = st.sampled_from(["2022", "2021", "20222", "", "22", "2022.0", " 2022"])


def baci_twin(row: tuple[str, ...], seen: set[tuple[object, ...]]) -> tuple[object, ...] | str:
    """What becomes of one BACI row, worked out in plain Python: the flow, or `aside` or `rejected`."""
    t, i, j, k, v, q = (cell.strip() for cell in row)
    if not (t.isdigit() and len(t) == 4 and 1900 <= int(t) <= 2100):
        return "rejected"
    numbers = [int(c) if c.isdigit() else None for c in (i, j)]
    if any(n in TOTALS for n in numbers):
        return "aside"
    codes = [UNNAMED if n in AREAS else iso3_of_baci(n) if n is not None else None for n in numbers]
    if None in codes or not (k.isdigit() and len(k) in (5, 6) and int(k) >= 10000):
        return "rejected"

    def number(text: str) -> Decimal | None:
        try:
            value = Decimal(text) if "_" not in text else Decimal("NaN")
        except ArithmeticError:
            return None
        return value if value.is_finite() and abs(value) < 10**15 else None

    value = number(v)
    quantity = None if q in ("", "NA") else number(q)
    if value is None or v.startswith("-") or (q not in ("", "NA") and (quantity is None or q.startswith("-"))):
        return "rejected"
    if codes[0] == codes[1]:
        return "aside"
    key = (int(t), codes[0], codes[1], k.zfill(6))
    if key in seen:
        return "rejected"
    seen.add(key)
    tenth = Decimal("0.001")
    rounded = [n if n is None else n.quantize(tenth, ROUND_HALF_UP) for n in (value, quantity)]
    return (*key, *rounded)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(YEARS, COUNTRIES, COUNTRIES, PRODUCTS, CELLS, CELLS), min_size=1, max_size=60))
def test_baci_equals_a_twin_in_plain_python(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    """Whatever stands in the cells, the same rows are kept, set aside and rejected as by a row-by-row twin."""
    folder = tmp_path_factory.mktemp("twin")
    path = folder / "BACI_HS92_Y2022_V1.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow("tijkvq")
        writer.writerow(("2022", "156", "276", "999998", "1", "1"))  # so that one row is always sound
        writer.writerows(rows)
    seen: set[tuple[object, ...]] = set()
    fates = [baci_twin(row, seen) for row in [("2022", "156", "276", "999998", "1", "1"), *rows]]
    kept = sorted((f for f in fates if not isinstance(f, str)), key=lambda f: (f[0], f[3], f[1], f[2]))
    report = import_file(folder / "ws", "baci", path)
    assert rows_of(folder / "ws", report) == kept
    assert report.rejected == fates.count("rejected")
    assert sum(report.set_aside.values()) == fates.count("aside")


# ---------------------------------------------------------------- Comext

OLD = (
    "DECLARANT,DECLARANT_ISO,PARTNER,PARTNER_ISO,TRADE_TYPE,PRODUCT_NC,PRODUCT_SITC,PRODUCT_CPA2002,PRODUCT_CPA2008,"
    "PRODUCT_CPA2_1,PRODUCT_BEC,PRODUCT_SECTION,FLOW,STAT_REGIME,SUPP_UNIT,PERIOD,VALUE_IN_EUROS,QUANTITY_IN_KG,SUP_QUANTITY\n"
)
NEW = (
    "REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,PRODUCT_SITC,PRODUCT_CPA21,PRODUCT_CPA22,PRODUCT_BEC,PRODUCT_BEC5,"
    "PRODUCT_SECTION,FLOW,STAT_PROCEDURE,SUPPL_UNIT,PERIOD,VALUE_EUR,VALUE_NAC,QUANTITY_KG,QUANTITY_SUPPL_UNIT\n"
)
RATES = Options(eur_usd={2019: "1.1195", 2020: "1.1422", 2022: "1.0530", 2023: "1.0813"})


def new(
    reporter: str, partner: str, product: str, flow: int, period: str, value: object, kg: object, procedure: str = "1"
) -> str:
    """One row of the layout of today."""
    return f"{reporter},{partner},E,{product},1,2,3,4,5,06,{flow},{procedure},NO_SU,{period},{value},{value},{kg},0\n"


def old(
    reporter: str, partner: str, product: str, flow: int, period: str, value: object, kg: object, regime: str = "1"
) -> str:
    """One row of the layout until 2021."""
    return f"001,{reporter},0003,{partner},E,{product},1,2,3,4,5,06,{flow},{regime},A,{period},{value},{kg},0\n"


def test_comext_sums_cn8_and_months_in_both_directions(tmp_path: Path) -> None:
    """CN8 codes, months and procedures are summed; an import comes from the partner, an export goes to it."""
    months = "".join(new("DE", "CN", "81129281", 1, f"2023{m:02d}", 1000 * m, 10 * m) for m in range(1, 13))
    text = (
        NEW
        + months
        + new("DE", "CN", "81129289", 1, "202303", 500, 5)
        + new("DE", "CN", "81129281", 1, "202303", 7, 1, "3")
    )
    text += new("DE", "US", "84862000", 2, "202305", 2_000_000, 3000)
    report = import_file(tmp_path, "comext", write(tmp_path / "full_202301.dat", text), options=RATES)
    usd = Decimal("1.0813")
    assert rows_of(tmp_path, report) == [
        (
            2023,
            "CHN",
            "DEU",
            "811292",
            (78507 * usd / 1000).quantize(Decimal("0.001"), ROUND_HALF_UP),
            Decimal("0.786"),
        ),
        (2023, "DEU", "USA", "848620", Decimal("2162.600"), Decimal("3.000")),
    ]
    assert report.dataset is not None
    assert report.dataset.edition == "HS22"
    assert any("1.0813 USD per EUR" in note for note in report.caveats)
    assert any("Only flows with a reporter" in note for note in report.caveats)
    assert not any("incomplete" in note for note in report.caveats)


def test_comext_annual_rows_stand_before_monthly_ones(tmp_path: Path) -> None:
    """Where a year is there both as annual and as monthly file, nothing is counted twice."""
    monthly = write(tmp_path / "full_202301.dat", NEW + new("DE", "CN", "81129281", 1, "202301", 1000, 10))
    annual = write(tmp_path / "full_202352.dat", NEW + new("DE", "CN", "81129281", 1, "202352", 9000, 90))
    both = import_file(tmp_path / "a", "comext", [monthly, annual], options=RATES)
    alone = import_file(tmp_path / "b", "comext", annual, options=RATES)
    assert rows_of(tmp_path / "a", both) == rows_of(tmp_path / "b", alone)
    assert any("both as annual and as monthly" in note for note in both.caveats)
    only = import_file(tmp_path / "c", "comext", monthly, options=RATES)
    assert any("Year 2023 is incomplete: only 1 months (1)" in note for note in only.caveats)


def test_comext_flows_declared_by_both_sides_count_once(tmp_path: Path) -> None:
    """Between two reporters the importer counts; where the partner does not report, the exporter does."""
    text = NEW
    text += new("DE", "FR", "81129281", 1, "202352", 1000, 10) + new("FR", "DE", "81129281", 2, "202352", 800, 8)
    text += new("FR", "IT", "81129281", 2, "202352", 600, 6)
    report = import_file(tmp_path, "comext", write(tmp_path / "f.dat", text), options=RATES)
    assert [(row[1], row[2], row[4]) for row in rows_of(tmp_path, report)] == [
        ("FRA", "DEU", Decimal("1.081")),
        ("FRA", "ITA", Decimal("0.649")),
    ]
    assert any(note.startswith("1 flows between two reporters are declared by both") for note in report.caveats)


def test_comext_total_regime_is_not_added_to_its_parts(tmp_path: Path) -> None:
    """In the old layout regime 4 is the total of the others and stands for them."""
    text = OLD + old("FR", "CN", "81129281", 1, "201952", 70, 7) + old("FR", "CN", "81129281", 1, "201952", 30, 3, "2")
    parts = import_file(tmp_path / "a", "comext", write(tmp_path / "parts.dat", text), options=RATES)
    text += old("FR", "CN", "81129281", 1, "201952", 100, 10, "4")
    whole = import_file(tmp_path / "b", "comext", write(tmp_path / "whole.dat", text), options=RATES)
    assert rows_of(tmp_path / "a", parts) == rows_of(tmp_path / "b", whole)
    assert whole.dataset is not None and whole.dataset.edition == "HS17"


def test_comext_codes_outside_the_table_are_set_aside_and_said(tmp_path: Path) -> None:
    """Suppressed products, totals, groups of countries and unspecified partners are counted by reason, not rejected."""
    good = new("DE", "CN", "81129281", 1, "202352", 1000, 10)
    aside = [
        new("DE", "CN", "TOTAL", 1, "202352", 1, 1),
        new("DE", "CN", "8112XXXX", 1, "202352", 1, 1),
        new("DE", "CN", "99SSS999", 1, "202352", 1, 1),
        new("DE", "CN", "8112", 1, "202352", 1, 1),
        new("DE", "CN", "99500000", 1, "202352", 1, 1),
        new("DE", "EXT_EU27_2020", "81129281", 1, "202352", 1, 1),
        new("EU27_2020", "CN", "81129281", 1, "202352", 1, 1),
        new("DE", "DE", "81129281", 1, "202352", 1, 1),
    ]
    report = import_file(tmp_path, "comext", write(tmp_path / "f.dat", NEW + good + "".join(aside)), options=RATES)
    assert (report.rows, report.rejected) == (1, 0)
    assert sum(report.set_aside.values()) == len(aside)
    assert any("suppressed (confidential)" in note for note in report.caveats)


def test_comext_own_country_codes(tmp_path: Path) -> None:
    """Greece, Northern Ireland, Serbia and Kosovo have codes of their own in Comext."""
    partners = {"GR": "GRC", "EL": "GRC", "XI": "GBR", "GB": "GBR", "XS": "SRB", "XK": "XKX"}
    text = NEW + "".join(new("DE", partner, "81129281", 1, "202352", 1000, 10) for partner in partners)
    report = import_file(tmp_path, "comext", write(tmp_path / "f.dat", text), options=RATES)
    found = {row[1]: row[4] for row in rows_of(tmp_path, report)}
    assert found == {
        "GRC": Decimal("2.163"), "GBR": Decimal("2.163"), "SRB": Decimal("1.081"), "XKX": Decimal("1.081"),
    }  # fmt: skip


def test_comext_weights_that_are_missing_are_unknown_not_zero(tmp_path: Path) -> None:
    """A flow of which more than one per cent has no weight has an unknown quantity; tiny parts do not matter."""
    text = NEW + new("DE", "CN", "81129281", 1, "202352", 1000, 10) + new("DE", "CN", "81129289", 1, "202352", 5, 0)
    text += new("DE", "US", "81129281", 1, "202352", 1000, 10) + new("DE", "US", "81129289", 1, "202352", 500, "")
    report = import_file(tmp_path, "comext", write(tmp_path / "f.dat", text), options=RATES)
    assert {row[1]: row[5] for row in rows_of(tmp_path, report)} == {"CHN": Decimal("0.010"), "USA": None}


def test_comext_needs_exchange_rates(tmp_path: Path) -> None:
    """Without a rate, for no year or for one of them, or with an implausible one, nothing is invented."""
    path = write(tmp_path / "f.dat", NEW + new("DE", "CN", "81129281", 1, "202352", 1000, 10))
    with pytest.raises(DataError, match="no exchange rate was given"):
        import_file(tmp_path, "comext", path)
    with pytest.raises(DataError, match="no exchange rate for 2023"):
        import_file(tmp_path, "comext", path, options=Options(eur_usd={2022: "1.05"}))
    for wrong in ("0", "-1", "abc", "108.13", "nan"):
        with pytest.raises(DataError, match="not a price of one euro"):
            import_file(tmp_path, "comext", path, options=Options(eur_usd={2023: wrong}))


def test_comext_years_of_different_editions_are_not_mixed(tmp_path: Path) -> None:
    """2020 follows HS17, 2022 HS22: they cannot be one data set."""
    text = NEW + new("DE", "CN", "81129281", 1, "202052", 1000, 10) + new("DE", "CN", "81129281", 1, "202252", 1000, 10)
    with pytest.raises(DataError, match="different HS editions: HS17, HS22"):
        import_file(tmp_path, "comext", write(tmp_path / "f.dat", text), options=RATES)
    assert [comext.edition_of([y]) for y in (1988, 1996, 2002, 2007, 2012, 2021, 2026)] == [
        "HS92", "HS96", "HS02", "HS07", "HS12", "HS17", "HS22",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (new("DE", "CN", "8112928", 1, "202352", 1, 1), "not a CN code of 8 digits"),
        (new("DE", "CN", "81129281", 3, "202352", 1, 1), "neither import"),
        (new("DE", "CN", "81129281", 1, "202313", 1, 1), "not a month"),
        (new("DE", "CN", "81129281", 1, "2023-01", 1, 1), "not a period"),
        (new("DE", "AB", "81129281", 1, "202352", 1, 1), "unknown country code"),
        (new("DE", "CN", "81129281", 1, "202352", -1, 1), "negative value"),
        (new("DE", "CN", "81129281", 1, "202352", "x", 1), "not a finite decimal number"),
    ],
)
def test_comext_faulty_rows_are_rejected(tmp_path: Path, row: str, reason: str) -> None:
    """Each faulty row is named with its line."""
    text = NEW + new("DE", "CN", "81129281", 1, "202352", 1000, 10) + row
    report = import_file(tmp_path, "comext", write(tmp_path / "f.dat", text), options=RATES)
    assert [(p.line, reason in p.reason) for p in report.problems] == [(3, True)]


# ---------------------------------------------------------------- plain CSV

FLOWS = st.dictionaries(
    st.tuples(
        st.integers(1962, 2030),
        st.sampled_from(["CHN", "DEU", "USA", "TWN", "FRA"]),
        st.sampled_from(["CHN", "DEU", "USA", "TWN", "FRA"]),
        st.sampled_from(["010121", "811292", "854231", "999999"]),
    ).filter(lambda key: key[1] != key[2]),
    st.tuples(st.decimals(0, 10**14, places=3), st.none() | st.decimals(0, 10**14, places=3)),
    min_size=1,
    max_size=40,
)
NAMES = {"CHN": "China", "DEU": "de", "USA": "United States of America", "TWN": "490", "FRA": " France "}


@settings(deadline=None, max_examples=40)
@given(
    FLOWS,
    st.permutations(["year", "exporter", "importer", "product", "value_kusd", "quantity_t", "extra"]),
    st.booleans(),
)
def test_plain_rows_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory,
    flows: dict[tuple[int, str, str, str], tuple[Decimal, Decimal | None]],
    order: list[str],
    named: bool,
) -> None:
    """Any rows, in any order of rows and columns, economies by code or name, come back sorted and exact."""
    folder = tmp_path_factory.mktemp("plain")
    with (folder / "flows.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, order)
        writer.writerow({name: name.upper() for name in order})
        for (year, exporter, importer, product), (value, quantity) in flows.items():
            row = {
                "year": year, "exporter": NAMES[exporter] if named else exporter, "importer": importer,
                "product": product, "value_kusd": value, "quantity_t": quantity, "extra": 'a "b", c',
            }  # fmt: skip
            writer.writerow(row)
    report = import_file(folder, "plain", folder / "flows.csv", strict=True)
    expected = sorted(((*key, *numbers) for key, numbers in flows.items()), key=lambda r: (r[0], r[3], r[1], r[2]))
    assert rows_of(folder, report) == expected


def test_tables_can_be_imported_in_their_own_columns(tmp_path: Path) -> None:
    """Production and governance data of one's own come in as plain CSV under the names of the columns."""
    production = (
        "year,material,country,stage,quantity,unit,quality\n2023,Gallium,China,refining,590.5,t,estimated\n"
        "2023,Gallium,JPN,refining,,t,reported\n2023,Gallium,JPN,refining,3,t,reported\n2023,,JPN,refining,3,t,reported\n"
    )
    report = import_file(tmp_path, "production", write(tmp_path / "p.csv", production))
    assert (report.rows, report.rejected) == (2, 2)
    assert rows_of(tmp_path, report)[1] == (2023, "Gallium", "JPN", "refining", None, "t", "reported")
    governance = "year,country,indicator,estimate\n2023,DEU,PV,0.7\n2023,FRA,PV,nan\n"
    report = import_file(tmp_path, "governance", write(tmp_path / "g.csv", governance))
    assert rows_of(tmp_path, report) == [(2023, "DEU", "PV", 0.7, None, None, None, None, None)]


# ---------------------------------------------------------------- the Commission's study


@needs_study
def test_supply_shares_of_the_study(tmp_path: Path) -> None:
    """All 3,468 rows arrive; `<0.1%` is an interval; names and misprints are harmonised; sums are not scaled."""
    path = STUDY / "ec2023_supply_shares_tidy_utf8.csv"
    report = import_file(tmp_path, "ec-supply-shares", path, strict=True)
    assert (report.rows, report.rejected, report.dataset is not None) == (3468, 0, True)
    with path.open(encoding="utf-8", newline="") as handle:
        printed = list(csv.DictReader(handle))
    rows = rows_of(tmp_path, report)
    assert sum(1 for row in rows if row[4] != row[5]) == sum(r["share_as_printed"].startswith("<") for r in printed)
    below = [row for row in rows if row[6] == "<0.1%"]
    assert below and {(row[4], row[5]) for row in below} == {(0.0, 0.001)}
    exact = sum(
        Decimal(r["share_as_printed"].rstrip("%")) for r in printed if not r["share_as_printed"].startswith("<")
    )
    assert sum(Decimal(str(row[4])) for row in rows) * 100 == exact
    congo = [row for row in rows if row[:4] == ("Cobalt", "extraction", "global", "COD")]
    assert congo == [("Cobalt", "extraction", "global", "COD", 0.628, 0.628, "62.8%", 1.1, raw_materials.STUDY)]
    assert {"Baryte", "Boron Minerals", "Phosphorus", "Graphite"} <= {row[0] for row in rows}
    assert any("Chromium (Cr2O3) 9.0" in note for note in report.caveats)


@needs_study
def test_material_uses_of_the_study(tmp_path: Path) -> None:
    """All but the one row that the study prints twice arrive; line breaks in names go; `>0%` is unknown."""
    report = import_file(tmp_path, "ec-material-uses", STUDY / "ec2023_material_use_shares_utf8.csv")
    assert (report.rows, report.rejected) == (338, 1)
    rows = rows_of(tmp_path, report)
    assert not any("\n" in str(cell) for row in rows for cell in row)
    assert [row[0] for row in rows if row[2] is None] == ["Copper"]
    assert any("not known" in note for note in report.caveats)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("global,Unobtainium,E,China,5%,5,1.0", "unknown material"),
        ("global,Cobalt,X,China,5%,5,1.0", "neither extraction"),
        ("EU,Cobalt,E,China,5%,5,1.0", "neither global"),
        ("global,Cobalt,E,Atlantis,5%,5,1.0", "unknown economy"),
        ("global,Cobalt,E,China,140%,5,1.0", "share above 100"),
        ("global,Cobalt,E,China,much,5,1.0", "not a percentage"),
        ("global,Cobalt,E,China,5%,5,9", "not a trade variable"),
    ],
)
def test_faulty_rows_of_the_study_are_rejected(tmp_path: Path, row: str, reason: str) -> None:
    """A name that is not in the table of names, and shares that cannot be, are reported."""
    text = f"scope,Material,Stage,Country,share_as_printed,share_pct,t\nglobal,Cobalt,E,Brasilia,5%,5,1.0\n{row}\n"
    report = import_file(tmp_path, "ec-supply-shares", write(tmp_path / "s.csv", text))
    assert [(p.line, reason in p.reason) for p in report.problems] == [(3, True)]
    assert rows_of(tmp_path, report)[0][3] == "BRA"


# ---------------------------------------------------------------- the how-to page


def test_the_how_to_page_names_every_kind_and_column() -> None:
    """The page on imports lists each kind with its table, and the columns of the plain formats."""
    page = (Path(__file__).parents[1] / "docs" / "how-to" / "import-data.md").read_text(encoding="utf-8")
    for name, kind in KINDS.items():
        row = next((line for line in page.splitlines() if line.startswith(f"| `{name}` |")), "")
        assert f"| {kind.table} |" in row, name
        if name in ("plain", "production", "governance", "material-products", "hs-products"):
            assert ", ".join(table(kind.table).names) in row
