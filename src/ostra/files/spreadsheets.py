"""CSV for spreadsheets: unknown is an empty cell, and text stays text whatever it begins with."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import IO, Any

# A cell that begins with one of these is run as a formula by some spreadsheet, or moves what follows into a cell of its
# own that then is (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """The text, led by an apostrophe where a spreadsheet would take it for a formula."""
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def write_csv(stream: IO[str], headings: Sequence[str], rows: Iterable[Iterable[Any]], line_end: str = "\n") -> None:
    """Write headings and rows; true and false in lower case, and no zero has a sign."""
    writer = csv.writer(stream, lineterminator=line_end)
    writer.writerow(headings)
    writer.writerows([_cell(cell) for cell in row] for row in rows)


def csv_text(headings: Sequence[str], rows: Iterable[Iterable[Any]], line_end: str = "\n") -> str:
    """The same as a text."""
    stream = io.StringIO()
    write_csv(stream, headings, rows, line_end)
    return stream.getvalue()


def _cell(cell: Any) -> Any:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, str):
        return harmless(cell)
    return 0.0 if isinstance(cell, float) and cell == 0.0 else cell
