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
from ostra.facts.readers.partners import TOTALS, partner, territory
from ostra.facts.readers.plain import RE_IMPORT
from ostra.facts.readers.reading import (
    ADDED_TRADE,
    Fault,
    Field,
    Reading,
    decimal_field,
    number_faults,
    year_fault,
    year_field,
)
from ostra.model.dossier import EDITIONS

FILE_NAME = re.compile(r"BACI_(?P<edition>HS\d\d)_Y(?P<year>\d{4})_V(?P<version>\w+)\.csv$", re.IGNORECASE)


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
    known = {number: partner(str(number)) for number in range(1, 1000) if number not in TOTALS}
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
    totals = {text: name for number, name in TOTALS.items() for text in (str(number), f"{number:03d}")}
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
        codes={"baci": _codes(), "total": totals},
        marks={"baci": territory},
        apart=("exporter_part", "importer_part"),
        add=ADDED_TRADE,
        numbers=frozenset("vq"),
        fields=(
            year_field("r_t"),
            *(Field(name, "code_baci", f"TRY_CAST(trim(r_{column}) AS code_baci)") for column, name in sides.items()),
            *(
                Field(f"{name}_part", "mark_baci", f"TRY_CAST(trim(r_{column}) AS code_baci)")
                for column, name in sides.items()
            ),
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
                    f"TRY_CAST(trim(r_{column}) AS code_total) IS NOT NULL",
                    column,
                    f"{name} is a total over economies that are listed apart",
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
            *number_faults("r_q", "quantity_t", "q", required=False),
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
