"""BACI, the harmonised bilateral trade of CEPII: yearly CSV files, and the zip archive as published.

Columns: t year, i exporter, j importer (numbers of BACI), k product (HS6), v value in thousand current USD,
q quantity in metric tons, blank or NA where unknown. The edition is in the file name: BACI_HS92_Y2022_V202401.csv.

Reference: Gaulier, G. and Zignago, S. (2010), BACI: International Trade Database at the Product-Level, CEPII
Working Paper 2010-23.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from ostra.errors import DataError
from ostra.facts.readers.plain import EDITIONS, RE_IMPORT
from ostra.facts.readers.reading import Fault, Field, Reading, decimal_field, number_faults, year_fault, year_field
from ostra.words import economies

FILE_NAME = re.compile(r"BACI_(?P<edition>HS\d\d)_Y(?P<year>\d{4})_V(?P<version>\w+)\.csv$", re.IGNORECASE)

# Numbers of UN Comtrade that stand for no single economy. Their flows are sound, yet nobody's dependency.
AGGREGATES = {
    0: "World", 97: "European Union", 129: "Caribbean, nes", 221: "Eastern Europe, nes", 290: "Northern Africa, nes",
    471: "Central American Common Market, nes", 472: "Africa CAMEU region, nes", 473: "LAIA, nes",
    492: "Europe EU, nes", 527: "Oceania, nes", 536: "Neutral Zone", 568: "Other Europe, nes", 577: "Other Africa, nes",
    636: "Rest of America, nes",
    637: "North America and Central America, nes", 697: "Europe EFTA, nes", 837: "Bunkers", 838: "Free Zones",
    839: "Special Categories", 849: "US Miscellaneous Pacific Islands", 879: "Western Asia, nes", 899: "Areas, nes",
}  # fmt: skip


def is_member(name: str) -> bool:
    """Whether a member of a CEPII archive is a yearly table of flows."""
    return FILE_NAME.search(name) is not None


def edition_of(names: Iterable[str], stated: str | None = None) -> str:
    """The HS edition in the names of the files, or the one that the user states.

    Raises
    ------
    DataError
        No name tells the edition and none is stated, or the names disagree.
    """
    found = {match["edition"].upper() for name in names if (match := FILE_NAME.search(name))}
    if stated:
        found.add(stated)
    if not found:
        raise DataError(
            "the HS edition is not known",
            next(iter(names), ""),
            mend="Keep the published name (BACI_HS92_Y2022_V202401.csv) or state the edition, such as HS92.",
        )
    if len(found) > 1:
        raise DataError(
            f"files of different HS editions: {', '.join(sorted(found))}",
            mend="Import each edition by itself; codes change their meaning between editions.",
        )
    edition = found.pop()
    if edition not in EDITIONS:
        raise DataError("not an HS edition", value=edition, mend=f"Editions are {', '.join(EDITIONS)}.")
    return edition


@cache
def _codes() -> dict[str, str]:
    known = {number: economies.iso3_of_baci(number) for number in range(1, 1000) if number not in AGGREGATES}
    plain = {str(number): iso3 for number, iso3 in known.items() if iso3}
    padded = {f"{number:03d}": iso3 for number, iso3 in known.items() if iso3}
    return plain | padded


def reading(names: Iterable[str], *, edition: str | None = None) -> Reading:
    """How yearly files of BACI, with these names, become rows of the table trade.

    Product codes of five digits get their leading zero back: the published files are often saved again by programs
    that take codes for numbers.
    """
    names = tuple(names)
    hs = edition_of(names, edition)
    versions = sorted({match["version"] for name in names if (match := FILE_NAME.search(name))})
    aggregates = {text: name for number, name in AGGREGATES.items() for text in (str(number), f"{number:03d}")}
    sides = {"i": "exporter", "j": "importer"}
    country = "A number of BACI's country_codes file, such as 156 for China."
    return Reading(
        kind="baci",
        table="trade",
        title=f"BACI {hs}" + (f", version {', '.join(versions)}" if versions else ""),
        source="CEPII, BACI: International Trade Database at the Product-Level",
        licence="Etalab 2.0",
        url="https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
        columns={name: (name,) for name in "tijkvq"},
        codes={"baci": _codes(), "aggregate": aggregates},
        fields=(
            year_field("r_t"),
            *(Field(name, "code_baci", f"TRY_CAST(trim(r_{column}) AS code_baci)") for column, name in sides.items()),
            Field(
                "product",
                "INTEGER",
                "CASE WHEN regexp_full_match(r_k, '\\s*[0-9]{5,6}\\s*') THEN TRY_CAST(r_k AS INTEGER) END",
            ),
            decimal_field("value_kusd", "r_v"),
            decimal_field("quantity_t", "r_q"),
        ),
        faults=(
            year_fault("year", "t"),
            *(
                Fault(
                    f"TRY_CAST(trim(r_{column}) AS code_aggregate) IS NOT NULL",
                    column,
                    f"{name} is no single economy (nes, special categories)",
                    aside=True,
                )
                for column, name in sides.items()
            ),
            *(Fault(f"{name} IS NULL", column, "unknown country code", country) for column, name in sides.items()),
            Fault(
                "product IS NULL OR product < 10000",
                "k",
                "not an HS code of 6 digits",
                "Five digits are read with a leading zero; anything else is not a subheading.",
            ),
            *number_faults("r_v", "value_kusd", "v", required=True),
            *number_faults("r_q", "quantity_t", "q", required=False, empty="(r_q IS NULL OR trim(r_q) IN ('', 'NA'))"),
        ),
        sure=(
            "year IS NOT NULL AND exporter IS NOT NULL AND importer IS NOT NULL AND product >= 10000"
            " AND value_kusd > 0 AND NOT contains(r_v, '_')"
            " AND ((quantity_t >= 0.001 AND NOT contains(r_q, '_')) OR trim(r_q) = 'NA')"
        ),
        late=(RE_IMPORT,),
        select=(
            "SELECT year, exporter, importer, lpad(product::VARCHAR, 6, '0') AS product, value_kusd, quantity_t"
            " FROM {staged}"
        ),
        key=("year", "product", "exporter", "importer"),
        order="sound.year, sound.product, sound.exporter, sound.importer",
        edition=hs,
        release=versions[-1] if versions else "",
        reporting="all",
    )
