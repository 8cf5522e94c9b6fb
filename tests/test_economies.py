"""Countries, blocs and their names, against country-converter's table and dated twins."""

from __future__ import annotations

import csv
import importlib.util
import re
import subprocess
import sys
from contextlib import suppress
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ostra.errors import NotFoundError, UsageError
from ostra.words import economies
from ostra.words.economies import Home, bloc_members, blocs, economy_name, home, iso3, iso3_of_baci


@cache
def oracle() -> tuple[dict[str, str], ...]:
    """country-converter's table, read without importing the package (and pandas)."""
    found = importlib.util.find_spec("country_converter")
    assert found is not None and found.origin is not None
    with (Path(found.origin).parent / "country_data.tsv").open(encoding="utf-8", newline="") as lines:
        return tuple(row for row in csv.DictReader(lines, delimiter="\t") if not row["obsolete"])


def current() -> list[economies.Economy]:
    return [entry for entry in economies._economies().values() if entry.kind == "current"]


def names_of(entry: economies.Economy) -> list[str]:
    return [name for name in (entry.name, entry.official, *entry.aliases) if name]


# --- names and codes -------------------------------------------------------------------------------------------------


def test_the_table_holds_exactly_the_economies_of_the_oracle() -> None:
    """No current ISO economy (and Kosovo) is missing, and none is invented."""
    assert {entry.iso3 for entry in current()} == {row["ISO3"] for row in oracle()}


@pytest.mark.parametrize("column", ["name_short", "name_official", "ISO2", "ISO3", "ISOnumeric"])
def test_every_name_and_code_of_the_oracle_is_understood(column: str) -> None:
    """Short and official names, alpha-2, alpha-3 and numeric codes of every economy lead to its alpha-3 code."""
    exceptions = {"Guiana"}  # said of French Guiana there; on its own it is ambiguous
    for row in oracle():
        # Two alpha-2 entries are patterns there: ^GR$|^EL$ and ^GB$|^UK$.
        for text in re.sub(r"[\^$]", "", row[column]).split("|") if column == "ISO2" else [row[column]]:
            if text and text not in exceptions:
                assert iso3(text) == row["ISO3"], text


def test_our_names_are_recognised_by_the_oracle_as_the_same_economy() -> None:
    """The short and official name of each economy match the oracle's pattern for it and for no other."""
    unknown_there = {"ESH": "Sahrawi Arab Democratic Republic"}
    for entry in current():
        for name in filter(None, (entry.name, entry.official)):
            if unknown_there.get(entry.iso3) == name:
                continue
            assert [row["ISO3"] for row in oracle() if re.search(row["regex"], name, re.IGNORECASE)] == [entry.iso3]


def test_no_alias_is_another_economy_for_the_oracle() -> None:
    """An alias that matches a pattern of the oracle matches that of its own economy."""
    wider = {"CHE", "FRA", "USA", "MYT", "NAM"}  # reporting territories wider than the country, and a former name
    for entry in current():
        for alias in entry.aliases:
            matched = {row["ISO3"] for row in oracle() if re.search(row["regex"], alias, re.IGNORECASE)}
            assert not matched or entry.iso3 in matched or entry.iso3 in wider, (alias, matched)


def test_no_two_economies_share_a_name_or_code() -> None:
    """Every name, alias and code in the table leads back to its own row."""
    for entry in economies._economies().values():
        for text in [*names_of(entry), entry.iso3, *filter(None, [entry.iso2])]:
            assert iso3(text) == entry.iso3, text
    numbers = [number for entry in economies._economies().values() for number in {entry.m49, entry.baci} - {None}]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Korea, Rep.", "KOR"),
        ("Republic of Korea", "KOR"),
        ("KOREA (SOUTH)", "KOR"),
        ("Korea, Dem. People's Rep.", "PRK"),
        ("Other Asia, nes", "TWN"),
        ("Chinese Taipei", "TWN"),
        ("Taiwan, China", "TWN"),
        ("China, People's Republic of", "CHN"),
        ("Viet Nam", "VNM"),
        ("Türkiye", "TUR"),
        ("turkiye", "TUR"),
        ("Turkey", "TUR"),
        ("Russian Federation", "RUS"),
        ("Czech Republic", "CZE"),
        ("UK", "GBR"),
        ("U.K.", "GBR"),
        ("u.s.a.", "USA"),
        ("Cote d’Ivoire", "CIV"),
        ("Congo, D.R.", "COD"),
        ("Congo", "COG"),
        ("Bolivia (Plurinational State of)", "BOL"),
        ("The Netherlands", "NLD"),
        ("St. Lucia", "LCA"),
        ("  germany ", "DEU"),
        ("EL", "GRC"),
        ("276", "DEU"),
        ("056", "BEL"),
        ("842", "USA"),
    ],
)
def test_names_as_statistical_files_write_them(text: str, code: str) -> None:
    """Word order, accents, case, punctuation and usual abbreviations do not matter."""
    assert iso3(text) == code


@given(st.sampled_from([name for entry in current() for name in names_of(entry)]), st.data())
@settings(max_examples=150, deadline=None)
def test_case_spaces_and_commas_do_not_change_an_economy(name: str, data: st.DataObject) -> None:
    """Any mix of cases, doubled spaces and stray commas is read as the plain name."""
    spoilt = "".join(data.draw(st.sampled_from([letter.lower(), letter.upper()])) for letter in name)
    spoilt = re.sub(" ", lambda _: data.draw(st.sampled_from([" ", "  ", ", ", "\t"])), spoilt)
    assert iso3(f" {spoilt}, ") == iso3(name)


def test_an_unknown_name_is_refused_with_the_nearest_ones() -> None:
    """The message names what was asked for and what may have been meant."""
    with pytest.raises(NotFoundError, match=r"'Germny'.*Germany \(DEU\)"):
        iso3("Germny")
    with pytest.raises(NotFoundError, match="Give an ISO 3166 code"):
        iso3("")
    with pytest.raises(NotFoundError):
        iso3("999")
    with pytest.raises(NotFoundError):
        iso3("²")


@given(st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_text_gives_an_economy_or_a_not_found_error(text: str) -> None:
    """No input, however odd, raises anything else."""
    with suppress(NotFoundError):
        assert iso3(text) in economies.economies()


def test_numbers_of_baci() -> None:
    """BACI's own numbers are understood beside M49; areas that are no economy give None."""
    departures = {58: "BEL", 251: "FRA", 490: "TWN", 579: "NOR", 699: "IND", 736: "SDN", 757: "CHE", 842: "USA"}
    assert {number: iso3_of_baci(number) for number in departures} == departures
    assert {number: iso3_of_baci(number) for number in (250, 158, 578, 356, 729, 756, 840)} == {
        250: "FRA",
        158: "TWN",
        578: "NOR",
        356: "IND",
        729: "SDN",
        756: "CHE",
        840: "USA",
    }
    assert iso3_of_baci(711) == "ZA1"
    assert [iso3_of_baci(number) for number in (697, 837, 838, 899, 0, -1, 10**9)] == [None] * 7


def test_names_of_economies_and_blocs_and_of_nothing() -> None:
    """A code that is not known is shown as it is."""
    assert economy_name("TUR") == "Türkiye"
    assert economy_name("EU27") == "European Union (EU27)"
    assert economy_name("ZA1") == "Southern African Customs Union (until 1999)"
    assert economy_name("Q?Q") == "Q?Q"


# --- homes and blocs -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"), [("EU27", "EU27"), ("eu-27", "EU27"), ("European Union", "EU"), ("nato", "NATO")]
)
def test_a_home_can_be_a_bloc(text: str, code: str) -> None:
    """Blocs are found by code or name, in any case."""
    found = home(text)
    assert (found.code, found.is_bloc) == (code, True)
    assert found.members(2022) == bloc_members(code, 2022)


def test_a_home_can_be_a_country() -> None:
    """A country is its own only member in every year."""
    assert home("germany") == Home("DEU", "Germany", is_bloc=False)
    assert home("de").members(1995) == frozenset({"DEU"})


def test_an_unknown_home_is_refused_with_the_blocs() -> None:
    """The message lists the blocs that exist."""
    with pytest.raises(NotFoundError, match="Blocs: EU, EU27"):
        home("EU28")
    with pytest.raises(NotFoundError, match="Blocs: EU, EU27"):
        bloc_members("NAFTA", 2000)


@pytest.mark.parametrize(
    ("year", "count"), [(1985, 10), (1986, 12), (1995, 15), (2003, 15), (2004, 25), (2007, 27), (2013, 28), (2020, 27)]
)
def test_number_of_members_of_the_union(year: int, count: int) -> None:
    """Accessions count from the year in which they cover more than half of the days; so does the exit."""
    assert len(bloc_members("EU", year)) == count
    assert ("GBR" in bloc_members("EU", year)) == (year < 2020)


@pytest.mark.parametrize(
    ("code", "column", "year"),
    [
        ("EU27", "EU27", 1999),
        ("EU27", "EU27", 2023),
        ("EU", "EU12", 1990),
        ("EU", "EU15", 2000),
        ("EU", "EU25", 2005),
        ("EU", "EU27_2007", 2010),
        ("EU", "EU28", 2014),
        ("EU", "EU27", 2021),
        ("G7", "G7", 2020),
        ("OECD", "OECD", 2024),
        ("EA", "EURO", 2024),
        ("BRICS", "BRIC", 2010),
    ],
)
def test_members_agree_with_the_oracle(code: str, column: str, year: int) -> None:
    """Membership in a year equals country-converter's list of that name."""
    assert bloc_members(code, year) == {row["ISO3"] for row in oracle() if row[column]}


@pytest.mark.parametrize(("code", "column"), [("OECD", "OECD"), ("EA", "EURO")])
def test_years_of_accession_agree_with_the_oracle(code: str, column: str) -> None:
    """Where country-converter prints the year of accession, ours is the same."""
    printed = {row["ISO3"]: int(row[column]) for row in oracle() if row[column]}
    ours = {entry.iso3: entry.start.year for entry in economies.bloc(code).memberships}
    assert {code: ours[code] for code in printed} == printed


def test_brics_by_year() -> None:
    """The enlargements of 2024 and 2025 count from these years."""
    assert bloc_members("BRICS", 2023) == {"BRA", "RUS", "IND", "CHN", "ZAF"}
    assert bloc_members("BRICS", 2024) - bloc_members("BRICS", 2023) == {"ARE", "EGY", "ETH", "IRN"}
    assert bloc_members("BRICS", 2025) - bloc_members("BRICS", 2024) == {"IDN"}


def test_suspension_and_return() -> None:
    """A membership with a gap counts before and after it: Paraguay in Mercosur."""
    assert ["PRY" in bloc_members("MERCOSUR", year) for year in (2011, 2012, 2013, 2014)] == [True, False, False, True]


@given(st.sampled_from(blocs()), st.integers(1950, 2030))
@settings(max_examples=60, deadline=None)
def test_more_than_half_of_the_days(code: str, year: int) -> None:
    """A twin that counts the days of the year one by one finds the same members."""
    days = [date(year, 1, 1) + timedelta(days=day) for day in range(366)]
    days = [day for day in days if day.year == year]
    counted: dict[str, int] = {}
    for entry in economies.bloc(code).memberships:
        inside = sum(entry.start <= day <= entry.end for day in days)
        counted[entry.iso3] = counted.get(entry.iso3, 0) + inside
    assert bloc_members(code, year) == {name for name, inside in counted.items() if inside > len(days) / 2}


@given(st.sampled_from(blocs()), st.integers(1900, 9998))
@settings(max_examples=60, deadline=None)
def test_members_are_current_economies(code: str, year: int) -> None:
    """No bloc contains an unknown, former or merely statistical economy."""
    assert bloc_members(code, year) <= {entry.iso3 for entry in current()}


def test_eu27_is_the_same_in_every_year() -> None:
    """EU27 is the membership since February 2020, applied throughout."""
    assert {bloc_members("EU27", year) for year in (1995, 2004, 2019, 2020, 2024)} == {bloc_members("EU", 2021)}


def test_a_year_that_is_none_is_refused() -> None:
    """A year outside the calendar is the request's fault, and the message says what to give."""
    with pytest.raises(UsageError, match="Give a calendar year"):
        bloc_members("EU", 20222)


def test_every_bloc_names_its_source() -> None:
    """Names, a title and a web page stand beside each bloc, and each membership carries the page."""
    for code in blocs():
        found = economies.bloc(code)
        assert found.name and found.source_title and found.source_url.startswith("http")
        assert {entry.source for entry in found.memberships} == {found.source_url}
        assert all(entry.start < entry.end for entry in found.memberships)


def test_no_bloc_is_called_like_a_country() -> None:
    """Codes of blocs and of economies are disjoint, so that a home is never ambiguous."""
    for code in (*economies.economies(), *(entry.iso2 for entry in current() if entry.iso2)):
        assert not home(code).is_bloc, code


def test_economies_stand_on_the_standard_library() -> None:
    """Importing the module loads none of the heavy libraries."""
    script = "import sys, ostra.words.economies as e; e.home('EU27').members(2022); print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pandas", "polars", "numpy", "duckdb", "pydantic", "country_converter"} & set(loaded)
