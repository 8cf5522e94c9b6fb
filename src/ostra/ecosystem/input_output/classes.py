"""Which sectors of a table a class of ISIC Rev. 4 (or NACE Rev. 2) stands for: tables merge and split divisions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ostra.ecosystem.input_output.table import InputOutputTable

Fit = Literal["exact", "split", "merged"]

_CODE = re.compile(r"([A-U])(?:(\d{2,3})(?:(T|_|-)[A-U]?(\d{2,3}))?([A-Z]*))?")


@dataclass(frozen=True)
class Matched:
    """Numbers of the table's sectors that hold a class, and how well they fit it.

    `exact`: the class itself; `split`: several sectors or a part of it; `merged`: the sector holds other classes too.
    """

    sectors: tuple[int, ...]
    fit: Fit


def sectors_for(table: InputOutputTable, code: str) -> Matched | None:
    """The sectors of a table that hold a class such as `C26`, `C24B` or `C`; None where its codes tell of none.

    A code of the table itself is taken as it is. Else ranges (`C10T12`), joined divisions (`C17_18`) and split ones
    (`C24A`, `C301`) are compared by the divisions, of two digits, that they cover.
    """
    if code in table.sectors:
        return Matched((table.sectors.index(code),), "exact")
    wanted = _divisions(code)
    if wanted is None:
        return None
    covered = {number: _divisions(own) for number, own in enumerate(table.sectors)}
    holding = {number: own for number, own in covered.items() if own and _overlap(own, wanted)}
    if not holding:
        return None
    wider = any(not _within(own, wanted) for own in holding.values())
    return Matched(tuple(holding), "merged" if wider else "split")


def _divisions(code: str) -> tuple[str, frozenset[int] | None] | None:
    """Section letter and divisions of a code; None for divisions is the whole section, None at all is no such code."""
    found = _CODE.fullmatch(code)
    if found is None:
        return None
    letter, first, joint, last, _ = found.groups()
    if first is None:
        return letter, None
    start = int(first[:2])
    # `C302T309` are groups of division 30, `J62_63` two divisions, `C10T12` three.
    end = int(last[:2]) if last else start
    return letter, frozenset({start, end} if joint == "_" else range(start, end + 1))


def _overlap(a: tuple[str, frozenset[int] | None], b: tuple[str, frozenset[int] | None]) -> bool:
    return a[0] == b[0] and (a[1] is None or b[1] is None or bool(a[1] & b[1]))


def _within(a: tuple[str, frozenset[int] | None], b: tuple[str, frozenset[int] | None]) -> bool:
    return b[1] is None or (a[1] is not None and a[1] <= b[1])
