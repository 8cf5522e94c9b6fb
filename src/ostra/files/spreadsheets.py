"""What every writer of CSV and XLSX must know of spreadsheets: the one rule by which text stays text."""

from __future__ import annotations

# A cell that begins with one of these is run as a formula by some spreadsheet, or moves what follows into a cell of its
# own that then is (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """The text, led by an apostrophe where a spreadsheet would take it for a formula."""
    return "'" + text if text.startswith(FORMULA_STARTS) else text
