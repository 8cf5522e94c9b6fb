"""Sectors as people and classifications name them, found in a table that splits or merges some of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.errors import NotFoundError

_DIVISION = re.compile(r"([A-Z])([0-9]{2})")
_CODE = re.compile(r"[A-Z](?:[0-9]{2}[0-9A-Z_]*)?")


@dataclass(frozen=True)
class Sectors:
    """Numbers of a table's sectors that a name stands for, and where the fit is not exact."""

    numbers: tuple[int, ...]
    caveats: tuple[str, ...] = ()


def sector_numbers(table: InputOutputTable, name: str) -> Sectors:
    """The sectors of a table that a code or name stands for.

    The table's own codes and names come first. A division of ISIC Rev. 4 that the table splits (C24 into C24A and C24B)
    stands for its parts; one that it merges with others (C14 in C13T15) for the merged sector, with a caveat.

    Raises
    ------
    NotFoundError
        No sector fits, or a name fits several; the message lists them.
    """
    code = name.strip().upper()
    own = [number for number, sector in enumerate(table.sectors) if sector.upper() == code]
    if own:
        return Sectors(tuple(own))
    if _CODE.fullmatch(code):
        parts = [k for k, sector in enumerate(table.sectors) if len(code) > 1 and sector.upper().startswith(code)]
        section = [k for k, sector in enumerate(table.sectors) if len(code) == 1 and sector[:1].upper() == code]
        division = _DIVISION.fullmatch(code)
        whole = [
            k for k, sector in enumerate(table.sectors) if division and _holds(sector, division[1], int(division[2]))
        ]
        if len(whole) == 1 and not parts:
            held = f"{table.sectors[whole[0]]} ({table.sector_names[whole[0]]})"
            return Sectors(tuple(whole), (f"sector {code} is part of {held} in the table and counts as all of it.",))
        if found := parts or section or whole:
            return Sectors(tuple(found))
    try:
        return Sectors((table.sector_number(name),))
    except NotFoundError as error:
        raise NotFoundError(f"table '{table.dataset}': {error}") from None


def like_sectors(table: InputOutputTable, name: str) -> tuple[list[str], bool]:
    """Sectors whose names or codes look most like the text, as code and name, and whether their names hold it."""
    text = name.strip().casefold()
    told = [f"{code} ({words})" for code, words in zip(table.sectors, table.sector_names, strict=True)]
    held = [one for one, words in zip(told, table.sector_names, strict=True) if text and text in words.casefold()]
    if held:
        return held, True
    keys: dict[str, str] = {}
    for one, code, words in zip(told, table.sectors, table.sector_names, strict=True):
        for key in (code.casefold(), words.casefold(), *re.findall(r"[a-z]{4,}", words.casefold())):
            keys.setdefault(key, one)
    near = get_close_matches(text, keys, n=5, cutoff=0.6)
    return list(dict.fromkeys(keys[key] for key in near)), False


def _holds(sector: str, letter: str, division: int) -> bool:
    """Whether a code such as C13T15, C17_18 or C302T309 holds a division; of 3 digits the first 2 are the division."""
    if not sector.startswith(letter):
        return False
    numbers = [int(digits[:2]) for digits in re.findall(r"[0-9]{2,3}", sector)]
    if not numbers:
        return False
    return numbers[0] <= division <= numbers[-1] if "T" in sector[1:] else division in numbers
