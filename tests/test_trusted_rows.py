"""Every row of a file is counted once, under the economy that it names, whatever the file's encoding and codes."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from ostra.errors import DataError
from ostra.facts.imports import ImportReport, check_file, import_file
from ostra.facts.kinds import Options
from ostra.facts.store import open_facts
from ostra.files.workbooks import Sheet, write_workbook

HEADER = "year,exporter,importer,product,value_kusd,quantity_t\n"
RATES = Options(eur_usd=dict.fromkeys((1990, 2003, 2015, 2022), "1.0"))
OLD = (
    "DECLARANT,DECLARANT_ISO,PARTNER,PARTNER_ISO,TRADE_TYPE,PRODUCT_NC,FLOW,STAT_REGIME,SUPP_UNIT,PERIOD,"
    "VALUE_IN_EUROS,QUANTITY_IN_KG,SUP_QUANTITY\n"
)
NEW = (
    "REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,FLOW,STAT_PROCEDURE,SUPPL_UNIT,PERIOD,VALUE_EUR,QUANTITY_KG,"
    "QUANTITY_SUPPL_UNIT\n"
)


def old(reporter: str, partner: str, regime: str, period: str, value: int, flow: int = 1) -> str:
    return f"004,{reporter},0720,{partner},E,85423190,{flow},{regime},NO,{period},{value},{value // 1000},0\n"


def new(reporter: str, partner: str, period: str, value: int, flow: int = 1, product: str = "85423190") -> str:
    return f"{reporter},{partner},E,{product},{flow},1,NO,{period},{value},{value // 1000},0\n"


def write(folder: Path, text: str | bytes, name: str = "data.csv") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def values(workspace: Path, report: ImportReport) -> dict[tuple[str, str], Decimal]:
    """Exporter and importer -> value, summed over the years and products of the import."""
    assert report.dataset is not None
    sums: dict[tuple[str, str], Decimal] = {}
    for row in open_facts(workspace).relation("trade", report.dataset.id).fetchall():
        sums[row[1], row[2]] = sums.get((row[1], row[2]), Decimal(0)) + row[4]
    return sums


# ---------------------------------------------------------------- names


def test_known_economies_are_kept_beside_any_number_of_unknown_names(tmp_path: Path) -> None:
    """What sorts behind hundreds of unknown names is looked up all the same."""
    text = HEADER + "".join(f"2022,Customs office {n:03d},DEU,854231,1,\n" for n in range(900))
    report = import_file(
        tmp_path, "plain", write(tmp_path, text + "2022,Taiwan,DEU,854231,700,\n2022,ZMB,DEU,854231,5,\n")
    )
    assert values(tmp_path, report) == {("TWN", "DEU"): 700, ("ZMB", "DEU"): 5}
    assert report.rejected == 900


def test_territories_of_one_economy_are_added_and_spellings_are_not(tmp_path: Path) -> None:
    """Sudan before and after 2011 are two parts of a flow; Czechia and Czech Republic are one name twice."""
    text = HEADER + "2012,Sudan (...2011),CHN,811292,900,9\n2012,Sudan,CHN,811292,100,\n"
    text += "2012,Czechia,CHN,811292,5,1\n2012,Czech Republic,CHN,811292,5,1\n2012,Belgium-Luxembourg,CHN,811292,7,1\n"
    report = import_file(tmp_path, "plain", write(tmp_path, text))
    assert values(tmp_path, report) == {("SDN", "CHN"): 1000, ("CZE", "CHN"): 5, ("BEL", "CHN"): 7}
    assert report.rejected == 1
    assert report.dataset is not None
    rows = open_facts(tmp_path).relation("trade").filter("exporter = 'SDN'").fetchall()
    assert rows[0][5] is None  # the weight of one part is unknown, so that of both is


def test_partners_that_cannot_be_named_keep_their_value_and_totals_do_not_count(tmp_path: Path) -> None:
    """Areas nes, bunkers and special categories are added up as nobody; the world is no partner."""
    text = HEADER + '2022,"Areas, nes",DEU,854231,30,\n2022,Bunkers,DEU,854231,4,\n2022,World,DEU,854231,99,\n'
    report = import_file(tmp_path, "plain", write(tmp_path, text + "2022,CHN,DEU,854231,60,\n"))
    assert values(tmp_path, report) == {("ZZZ", "DEU"): 34, ("CHN", "DEU"): 60}
    assert (report.rejected, sum(report.set_aside.values())) == (0, 1)


# ---------------------------------------------------------------- encodings, separators, numbers

ROWS = (
    HEADER + "2022,Türkiye,Germany,854231,10.5,1\n2022,Côte d’Ivoire,Germany,854231,20,NA\n2022,NA,Germany,010121,40,\n"
)


@pytest.mark.parametrize(
    "content",
    [
        ROWS.encode(), ROWS.encode("utf-8-sig"), ROWS.encode("cp1252"), ROWS.encode("utf-16"), ROWS.encode("utf-16-le"),
        ROWS.replace("\n", "\r").encode(), ROWS.replace("\n", "\r\n").encode("cp1252"), ("sep=,\n" + ROWS).encode(),
        ROWS.replace(",", "\t").encode("utf-16"), ROWS.replace(",", ";").encode("utf-8-sig"),
        ("sep=;\n" + ROWS.replace(",", ";").replace("10.5", "10,5")).encode("cp1252"), ROWS.replace(",", "|").encode(),
    ],
)  # fmt: skip
def test_the_same_rows_are_read_whatever_the_encoding_and_separator(tmp_path: Path, content: bytes) -> None:
    """UTF-8, Windows-1252, UTF-16; comma, semicolon, tab, bar; decimal commas; NA is Namibia or an unknown number."""
    report = import_file(tmp_path, "plain", write(tmp_path, content))
    assert report.rejected == 0
    assert values(tmp_path, report) == {("TUR", "DEU"): Decimal("10.5"), ("CIV", "DEU"): 20, ("NAM", "DEU"): 40}


@pytest.mark.parametrize("word", ["NA", "N/A", "n/a", "..", ":", "-", "NULL", "#N/A", "…"])
def test_a_value_is_kept_where_a_word_says_that_the_weight_is_not_known(tmp_path: Path, word: str) -> None:
    """What sources write for `not known` is an empty cell, in weights of every kind of file."""
    report = import_file(tmp_path, "plain", write(tmp_path, f"{HEADER}2022,CHN,DEU,850511,900,{word}\n"))
    assert values(tmp_path, report) == {("CHN", "DEU"): 900}


def test_numbers_with_decimal_commas(tmp_path: Path) -> None:
    """1.234,5 and 12,5 are read; 1.234 beside them may mean either and is rejected."""
    text = (
        HEADER.replace(",", ";")
        + "2022;CHN;DEU;854231;1.234,5;\n2022;TWN;DEU;854231;12,5;\n2022;USA;DEU;854231;1.234;\n"
    )
    report = import_file(tmp_path, "plain", write(tmp_path, text))
    assert values(tmp_path, report) == {("CHN", "DEU"): Decimal("1234.5"), ("TWN", "DEU"): Decimal("12.5")}
    assert report.rejected == 1


def test_faults_have_the_line_of_the_users_file(tmp_path: Path) -> None:
    """A line before the header counts."""
    report = import_file(
        tmp_path, "plain", write(tmp_path, "sep=,\n" + HEADER + "2022,CHN,DEU,854231,1,\n2022,X,DEU,854231,1,\n")
    )
    assert report.problems[0].line == 4


def test_other_encodings_and_workbooks_are_refused_by_name(tmp_path: Path) -> None:
    """The file is named, and what it is."""
    mac = write(tmp_path, (HEADER + "2022,Curaçao,DEU,854231,1,\n").encode("mac-roman"), "mac.csv")
    with pytest.raises(DataError, match=r"mac\.csv.*unknown encoding"):
        import_file(tmp_path, "plain", mac)
    book = tmp_path / "book.xlsx"
    write_workbook(str(book), [Sheet("a", [("year", "")], [[2022]])])
    with pytest.raises(DataError, match="is a spreadsheet"):
        import_file(tmp_path, "plain", book)


def test_the_edition_of_names_can_be_stated(tmp_path: Path) -> None:
    """A list of names without a column for the edition is of the edition that is said."""
    names = write(tmp_path, "product,description\n854231,Processors\n")
    report = import_file(tmp_path, "hs-products", names, options=Options(edition="HS17"))
    assert report.dataset is not None
    assert open_facts(tmp_path).relation("hs_products", report.dataset.id).fetchall() == [
        ("HS17", "854231", "Processors")
    ]
    with pytest.raises(DataError, match="Leave out --edition"):
        own = write(tmp_path, "edition,product,description\nHS12,854231,Processors\n", "own.csv")
        import_file(tmp_path, "hs-products", own, options=Options(edition="HS17"))


# ---------------------------------------------------------------- Comext


def test_a_month_given_twice_counts_once(tmp_path: Path) -> None:
    """The same file under two names, a row twice, and rows of one file inside another."""
    month = NEW + new("DE", "CN", "202201", 1_000_000)
    report = import_file(
        tmp_path, "comext", [write(tmp_path, month, "a.dat"), write(tmp_path, month, "copy.dat")], options=RATES
    )
    assert values(tmp_path, report) == {("CHN", "DEU"): 1000}
    assert any("same bytes" in note for note in report.caveats)
    more = write(tmp_path, month + new("DE", "TW", "202201", 5000) + new("DE", "CN", "202201", 1_000_000), "more.dat")
    both = import_file(tmp_path / "b", "comext", [tmp_path / "a.dat", more], options=RATES)
    assert values(tmp_path / "b", both) == {("CHN", "DEU"): 1000, ("TWN", "DEU"): 5}
    assert both.rejected == 2


def test_a_month_and_its_revision_are_refused(tmp_path: Path) -> None:
    """Which of two values holds is not known, and adding them would be wrong."""
    files = [
        write(tmp_path, NEW + new("DE", "CN", "202201", value), f"{value}.dat") for value in (1_000_000, 1_200_000)
    ]
    with pytest.raises(DataError, match="given twice with different values"):
        import_file(tmp_path, "comext", files, options=RATES)


def test_precedence_is_decided_flow_by_flow(tmp_path: Path) -> None:
    """The total regime, the annual file and the importer's declaration of one flow leave all others alone."""
    regimes = OLD + old("DE", "CN", "1", "201552", 600_000) + old("DE", "CN", "4", "201552", 1_000_000)
    regimes += old("FR", "CN", "1", "201552", 700_000) + old("FR", "CN", "2", "201552", 50_000)
    report = import_file(tmp_path / "a", "comext", write(tmp_path, regimes, "r.dat"), options=RATES)
    assert values(tmp_path / "a", report) == {("CHN", "DEU"): 1000, ("CHN", "FRA"): 750}
    text = (
        NEW
        + new("DE", "CN", "202252", 900_000)
        + new("DE", "CN", "202201", 100_000)
        + new("FR", "CN", "202201", 50_000)
    )
    report = import_file(tmp_path / "b", "comext", write(tmp_path, text, "y.dat"), options=RATES)
    assert values(tmp_path / "b", report) == {("CHN", "DEU"): 900, ("CHN", "FRA"): 50}
    text = NEW + new("DE", "CN", "202252", 900_000) + new("FR", "DE", "202252", 40_000, flow=2)
    text += new("IT", "DE", "202252", 30_000, flow=2) + new("DE", "IT", "202252", 33_000)
    report = import_file(tmp_path / "c", "comext", write(tmp_path, text, "m.dat"), options=RATES)
    assert values(tmp_path / "c", report) == {("CHN", "DEU"): 900, ("FRA", "DEU"): 40, ("ITA", "DEU"): 33}
    assert any(note.startswith("1 flows between two reporters are declared by both") for note in report.caveats)
    assert any("1 flows to economies that report themselves rest on the exporter" in note for note in report.caveats)


def test_northern_ireland_does_not_speak_for_the_united_kingdom(tmp_path: Path) -> None:
    """What XI declares to import says nothing of what GB imports."""
    text = NEW + new("XI", "IE", "202252", 70_000) + new("IE", "XI", "202252", 60_000, flow=2)
    text += new("IE", "GB", "202252", 500_000, flow=2)
    report = import_file(tmp_path, "comext", write(tmp_path, text), options=RATES)
    assert values(tmp_path, report) == {("IRL", "GBR"): 570}


def test_codes_of_earlier_years_and_of_nobody(tmp_path: Path) -> None:
    """AN, TP and CS are former states, CS by the year; Q codes keep their value as nobody; CN8 sums over billions."""
    text = OLD + "".join(old("DE", code, "1", "200352", 1000) for code in ("AN", "TP", "CS", "YU", "ZR", "QV", "QX"))
    report = import_file(tmp_path / "a", "comext", write(tmp_path, text, "o.dat"), options=RATES)
    found = {exporter for exporter, _ in values(tmp_path / "a", report)}
    assert found == {"ANT", "TLS", "SCG", "COD", "ZZZ"} and report.rejected == 0
    early = write(tmp_path, OLD + old("DE", "CS", "1", "199052", 1000) + old("DE", "YU", "1", "199052", 1000), "e.dat")
    report = import_file(tmp_path / "b", "comext", early, options=RATES)
    assert {exporter for exporter, _ in values(tmp_path / "b", report)} == {"CSK", "YUG"}


def test_flows_above_a_billion_dollars(tmp_path: Path) -> None:
    """Values are kept to the dollar up to 1e15 thousand USD; a larger sum is refused by the dry run as well."""
    text = NEW + new("DE", "CN", "202252", 9_876_543_210_123)
    report = import_file(tmp_path, "comext", write(tmp_path, text), options=RATES)
    assert values(tmp_path, report) == {("CHN", "DEU"): Decimal("9876543210.123")}
    huge = HEADER + "".join(f"2012,{name},CHN,811292,900000000000000,\n" for name in ("Sudan", "Sudan (...2011)"))
    path = write(tmp_path, huge, "huge.csv")
    for act in (lambda: check_file("plain", path), lambda: import_file(tmp_path / "h", "plain", path)):
        with pytest.raises(DataError, match="too large"):
            act()


def test_rejected_rows_of_every_kind_stand_in_the_report(tmp_path: Path) -> None:
    """A semicolon file with a line before its header leads to the right places."""
    text = "sep=;\n" + HEADER.replace(",", ";") + "2022;CHN;DEU;854231;1;\n\n2022;CHN;DEU;85423;1;\n"
    report = import_file(tmp_path, "plain", write(tmp_path, text))
    assert report.rejects_path is not None
    with report.rejects_path.open(encoding="utf-8", newline="") as lines:
        assert [row["line"] for row in csv.DictReader(lines)] == ["5"]
