"""Who trades with whom: economies, partners that nobody can name, and codes that name a former or wider territory.

A flow with a partner "not elsewhere specified" is real and keeps its value under `UNNAMED`, so that shares become
intervals instead of being too large. Totals and groups of countries are no partners: their members are listed apart.
Two codes of a source may stand for one economy (Sudan before and after 2011): their flows are added, while the same
flow given twice under one code is a repetition.
"""

from __future__ import annotations

from ostra.errors import NotFoundError
from ostra.words import economies

UNNAMED = economies.REST_OF_WORLD

# Numbers of UN Comtrade for partners that cannot be named.
AREAS = {
    129: "Caribbean, nes", 221: "Eastern Europe, nes", 290: "Northern Africa, nes",
    471: "Central American Common Market, nes", 472: "Africa CAMEU region, nes", 473: "LAIA, nes",
    492: "Europe EU, nes", 527: "Oceania, nes", 536: "Neutral Zone", 568: "Other Europe, nes", 577: "Other Africa, nes",
    636: "Rest of America, nes", 637: "North America and Central America, nes", 697: "Europe EFTA, nes",
    837: "Bunkers", 838: "Free Zones", 839: "Special Categories", 849: "US Miscellaneous Pacific Islands",
    879: "Western Asia, nes", 899: "Areas, nes",
}  # fmt: skip
# And for totals over partners that are listed apart.
TOTALS = {0: "World", 97: "European Union"}

_AREA_NAMES = frozenset(
    economies.words_of(name)
    for name in (
        *AREAS.values(), "CACM, nes", "Area nes", "Not elsewhere specified", "Areas not elsewhere specified",
        "Unspecified", "Not specified", "Unspecified areas", "Special category", "Free zone", "Bunker", UNNAMED,
        "Other Africa, not elsewhere specified", "Other Europe, not elsewhere specified",
    )
)  # fmt: skip
# Names of territories other than the economy whose code they share, and the number that UN Comtrade has for them.
_OTHER_TERRITORIES = {
    economies.words_of(name): number
    for number, names in {
        58: ("Belgium-Luxembourg", "Belgium-Luxembourg (...1998)", "Belgium and Luxembourg"),
        249: ("France, metropolitan", "Metropolitan France"),
        251: ("France, Monaco", "France and Monaco"),
        280: ("West Germany", "Fed. Rep. of Germany", "Fed. Rep. of Germany (...1990)"),
        579: ("Norway, Svalbard and Jan Mayen",),
        736: ("Sudan (...2011)", "Sudan (former)", "Former Sudan", "Fmr Sudan"),
        757: ("Switzerland, Liechtenstein", "Switzerland and Liechtenstein", "Switzerland-Liechtenstein"),
        842: (
            "USA, Puerto Rico and US Virgin Islands", "United States, Puerto Rico and US Virgin Islands",
            "United States of America, Puerto Rico and US Virgin Islands",
        ),
    }.items()
    for name in names
}  # fmt: skip


def partner(text: str) -> str | None:
    """The alpha-3 code of an economy, `UNNAMED` for an area that nobody can name, None for any other text."""
    if text.isascii() and text.isdigit() and int(text) in AREAS:
        return UNNAMED
    return economies.find(text) or (UNNAMED if economies.words_of(text) in _AREA_NAMES else None)


def territory(text: str) -> int:
    """Which territory of its economy a code or name stands for; 0 for the economy itself.

    Numbers are those of UN M49 and BACI. Two texts with the same economy and territory are two spellings of one.
    """
    if text.isascii() and text.isdigit():
        number = int(text)
        return number if number in AREAS or economies.is_other_territory(number) else 0
    key = economies.words_of(text)
    if key in _OTHER_TERRITORIES:
        return _OTHER_TERRITORIES[key]
    areas = [number for number, name in AREAS.items() if economies.words_of(name) == key]
    return areas[0] if areas else 0


def unknown_economy(text: str) -> str:
    """Why a text is no economy, and which are most like it."""
    try:
        return f"{text!r} is an economy: {economies.iso3(text)}."
    except NotFoundError as error:
        return str(error)
