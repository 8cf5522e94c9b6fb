"""Read the origins of the built-in facts: rows as text, with everything odd that was met and what was done about it.

Each `read_*` function returns a `Reading`. Nothing is dropped in silence: a row that cannot be kept is counted in
`rejected` and explained in `notes`; the notes end up in the manifest and in SOURCES.md.
"""

from __future__ import annotations

import csv
import gzip
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ostra.errors import DataError
from ostra.words.economies import iso3, iso3_of_baci

Row = tuple[object, ...]


@dataclass
class Reading:
    """Rows in the column order of `tables.csv`, and what has to be said about them."""

    rows: Iterable[Row]
    notes: list[str] = field(default_factory=list)
    rejected: int = 0
    lapsed: dict[str, int] = field(default_factory=dict)  # product -> first year that is no longer covered


def connect(path: Path) -> sqlite3.Connection:
    """Open a SQLite file for reading only."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


# --- trade -----------------------------------------------------------------------------------------------------------

BACI_FIRST_YEAR, BACI_LAST_YEAR = 1995, 2024
# Codes of HS 1992 that reporters abandoned: last full year, and where the goods went. The number of flows collapses
# in the year after (germanium: 247, then 38), and what is left is no picture of the trade.
ABANDONED = {
    "250390": (1995, "HS 1996 merged it with 250310 into 250300"),
    "283030": (2006, "HS 2007 merged it into 283090"),
    "811230": (2006, "HS 2007 merged germanium into 811292 and 811299"),
}


def read_trade(path: Path) -> Reading:
    """BACI: one row per year, exporter, importer and product; value in thousand USD, quantity in tonnes."""
    database = connect(path)
    codes: dict[str, str] = {}
    for (number,) in database.execute("SELECT country_code FROM country_codes_V202401b"):
        found = iso3_of_baci(int(number))
        if found is not None:
            codes[number] = found
    used = {row[0] for row in database.execute("SELECT i FROM baci_trade UNION SELECT j FROM baci_trade")}
    unknown = used - codes.keys()
    if unknown:
        raise DataError(f"BACI: country numbers without an economy: {sorted(unknown)}")

    def rows() -> Iterator[Row]:
        for year, exporter, importer, product, value, quantity in database.execute(
            "SELECT t, i, j, k, v, q FROM baci_trade"
        ):
            yield year, codes[exporter], codes[importer], f"{product:06d}", value, quantity

    def count(where: str) -> int:
        found: int = database.execute(f"SELECT count(*) FROM baci_trade WHERE {where}").fetchone()[0]
        return found

    def flows(product: str, year: int) -> int:
        return count(f"k = {int(product)} AND t = '{year}'")

    years = [str(year) for year in range(BACI_FIRST_YEAR, BACI_LAST_YEAR + 1)]
    short = []
    for product, present in database.execute(
        "SELECT k, group_concat(DISTINCT t) FROM baci_trade GROUP BY k ORDER BY k"
    ):
        missing = sorted(set(years) - set(present.split(",")))
        if missing:
            short.append(f"{product:06d} has no flow in {runs_of(missing)}")
    blank = count("q IS NULL")
    return Reading(
        rows(),
        notes=[
            "Only flows above zero are recorded. A flow that is absent is 'no flow recorded'; a product without any "
            "flow in a year is unknown for that year, never zero.",
            f"{blank:,} flows have no quantity in the origin. Their quantity is empty here (unknown), never 0; their "
            "value is kept.",
            f"Products not covered in every year of {years[0]}-{years[-1]}: {'; '.join(short)}. Reporters stopped "
            "using these codes of HS 1992 when a later edition of the Harmonised System merged them into others; the "
            "flows recorded afterwards are a remnant that must not be read as the product's trade: "
            + "; ".join(
                f"{product} ({reason}; {flows(product, last)} flows in {last}, "
                f"{flows(product, last + 1)} in {last + 1})"
                for product, (last, reason) in ABANDONED.items()
            )
            + ".",
            f"Country 490, 'Other Asia, not elsewhere specified' ({count('i = 490 OR j = 490'):,} rows), is kept as "
            "TWN: BACI's source does not list Taiwan, and its trade makes up this item.",
            f"Country 711, the Southern African Customs Union ({count('i = 711 OR j = 711'):,} rows, 1995-1999), "
            "reports as one for Botswana, Eswatini, Lesotho, Namibia and South Africa. It cannot be split and is kept "
            "under BACI's own code ZA1; South Africa has rows of its own from 2000.",
            f"Country 58, Belgium-Luxembourg ({count('i = 58 OR j = 58'):,} rows, 1995-1998), is kept as BEL, as BACI "
            "does; Luxembourg has rows of its own from 1999. Country 736, Sudan before the secession of South Sudan "
            f"({count('i = 736 OR j = 736'):,} rows, until 2011), is kept as SDN.",
            f"Former economies keep their former codes: SCG, Serbia and Montenegro ({count('i = 891 OR j = 891'):,} "
            f"rows, until 2005); ANT, Netherlands Antilles ({count('i = 530 OR j = 530'):,} rows, until 2010). "
            f"Country 849, US Miscellaneous Pacific Islands ({count('i = 849 OR j = 849'):,} rows), is kept as UMI.",
            "Reporting territories of BACI are wider than the country for FRA (with Monaco and the overseas "
            "departments), CHE (with Liechtenstein), NOR (with Svalbard and Jan Mayen) and USA (with Puerto Rico and "
            "the Virgin Islands).",
            "Values and quantities are decimals with at most three places in all but 13 cells, where the origin prints "
            "the noise of binary arithmetic (0.23399999999999999); all are rounded to three places.",
            "The edition of BACI is not named in the origin: its code tables are those of release 202401b, while the "
            "flows run to 2024. CEPII warns that the last year of a release may be revised substantially.",
            "711290 (waste and scrap of other precious metals) is in the data but bound to no material.",
        ],
        lapsed={product: last + 1 for product, (last, _) in ABANDONED.items()},
    )


def runs_of(years: list[str]) -> str:
    """Write sorted years as runs: 2008-2024, 2001."""
    runs: list[list[int]] = []
    for year in map(int, years):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


# --- governance ------------------------------------------------------------------------------------------------------

# From this year on, the origin prints the 0-100 governance score in the columns that held percentile ranks.
SCORES_SINCE = 2023
# Position of a row in the origin: it is sorted by the World Bank's codes, which tells French Guiana (GUF, before GUM)
# from Guyana (GUY, after GUM), both of which it calls Guyana.
GUYANA_CONFUSED_SINCE = 2023


def read_governance(path: Path) -> Reading:
    """World Governance Indicators: political stability and absence of violence/terrorism."""
    database = connect(path)
    tables = {
        name: list(database.execute(f"SELECT * FROM {name}"))
        for name in ("Estimate", "StdErr", "Lower", "Upper", "Rank", "NumSrc")
    }
    columns = [entry[0] for entry in database.execute("SELECT * FROM Estimate").description]
    years = [(place, int(name)) for place, name in enumerate(columns) if name.isdigit()]
    if len({tuple(row[:2] for row in rows) for rows in tables.values()}) != 1:
        raise DataError("World Governance Indicators: the tables do not list the same economies in the same order")
    rows: list[Row] = []
    unknown, dropped, seen_guam = 0, Counter[str](), False
    for place, entry in enumerate(tables["Estimate"]):
        code = entry[1]
        seen_guam = seen_guam or code == "GUM"
        country = {"R20": "XKX", "PUS": None}.get(code, code)
        if code == "GUY" and not seen_guam:
            country = "GUF"
        if country is not None and iso3(country) != country:
            raise DataError(f"World Governance Indicators: unknown code {code}")
        for at, year in years:
            values = {name: _number(table[place][at]) for name, table in tables.items()}
            if values["Estimate"] is None:
                unknown += 1
                continue
            if country is None or (country == "GUY" and year >= GUYANA_CONFUSED_SINCE):
                dropped[code] += 1
                continue
            ranked = year < SCORES_SINCE
            rows.append(
                (
                    year,
                    country,
                    "PV",
                    values["Estimate"],
                    values["StdErr"],
                    values["Lower"] if ranked else None,
                    values["Upper"] if ranked else None,
                    values["Rank"] if ranked else None,
                    str(int(float(values["NumSrc"]))) if values["NumSrc"] else None,
                )
            )
    return Reading(
        rows,
        rejected=sum(dropped.values()),
        notes=[
            "Only one of the six dimensions is in the origin: political stability and absence of "
            "violence/terrorism (PV). Nothing was published for 1997, 1999 and 2001.",
            f"{unknown:,} cells without an estimate have no row: unknown.",
            "From 2023 on the origin prints the 0-100 governance score of the revised method where it printed "
            "percentile ranks before (it equals 65.9 + 17.08 x estimate exactly). rank, lower and upper are percentile "
            "ranks here and therefore empty for 2023 and 2024; estimate and standard_error are filled.",
            "The years until 2022 and those from 2023 come from two editions whose methods differ. The median change "
            "of an estimate is 0.13 between 2022 and 2023, against 0.07 the year before: part of it is method.",
            "French Guiana is printed with Guyana's name and code; it is told apart by its place (the origin is sorted "
            "by the World Bank's codes) and is GUF here. For 2023 and 2024 both rows print the same figures, from as "
            f"many sources as French Guiana had: Guyana is unknown in these years ({dropped['GUY']} rows rejected).",
            f"{dropped['PUS']} rows of an economy labelled 'US Misc. Pacific Isds' are rejected: these islands have no "
            "government to rate, and which economy is meant cannot be told.",
            "Kosovo carries R20 in the origin and is XKX here. Taiwan, TWN, has no BACI number in the origin.",
        ],
    )


def _number(text: str) -> str | None:
    """Return the printed number, or None for the origin's words for a missing one."""
    return None if text in ("nan", "None") else text


# --- names of HS products --------------------------------------------------------------------------------------------

HS_FILES = {"HS92": "hs0_desc.csv.gz", "HS12": "hs4_desc.csv.gz", "HS17": "hs5_desc.csv.gz", "HS22": "hs6_desc.csv.gz"}
LEGACY = re.compile(r"\s*\*\*\s*LEGACY NON-WCO CODE\s*\*\*")


def read_hs_names(folder: Path) -> Reading:
    """Names of six-digit products in the editions of 1992, 2012, 2017 and 2022."""
    rows: list[Row] = []
    rejected = legacy = spaced = 0
    for edition, name in HS_FILES.items():
        with gzip.open(folder / name, "rt", encoding="utf-8", newline="") as lines:
            for entry in csv.DictReader(lines):
                code, printed = entry["code"], entry["desc"]
                if len(code) != 6:
                    continue
                if not code.isdigit():
                    rejected += 1
                    continue
                legacy += bool(LEGACY.search(printed))
                text = LEGACY.sub(" (code outside the WCO's nomenclature)", printed)
                clean = " ".join(text.split())
                spaced += clean != text
                rows.append((edition, code, clean))
    return Reading(
        rows,
        rejected=rejected,
        notes=[
            "Names are of HS 1992, 2012, 2017 and 2022. No free list was found for 1996, 2002 and 2007; a name in "
            "these editions is looked up in the nearest edition that has the code, and says which.",
            "Headings of two and four digits are not kept.",
            f"{rejected} code that is no number (9999AA) is rejected. {legacy} codes of HS 1992 are marked by the "
            "origin as legacy codes outside the WCO's nomenclature; the mark is kept in words.",
            f"Repeated blanks were removed from {spaced} names.",
        ],
    )
