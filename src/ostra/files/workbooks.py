"""Workbooks: rows under frozen headings, to be filtered. Text is text, however it begins; unknown is empty."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from ostra.words.figures import SHARES_IN_SHEETS, SMALL, SMALL_SHARES_IN_SHEETS

CELL_LIMIT = 32_767  # characters that a cell can hold
WIDEST = 60
FORMATS = {"share": SHARES_IN_SHEETS, "kusd": "#,##0", "number": "0.000", "count": "0", "text": "@"}


@dataclass(frozen=True)
class Sheet:
    """Rows with the heading and kind of each column; numbers of a kind that is not in FORMATS are left as they are."""

    name: str
    columns: Sequence[tuple[str, str]]
    rows: Iterable[Sequence[Any]]


@dataclass(frozen=True)
class Notes:
    """What is to be known of the rows: on each line a name and a text."""

    name: str
    lines: Iterable[tuple[str, str]]


def write_workbook(
    target: IO[bytes] | str,
    sheets: Iterable[Sheet | Notes],
    properties: Mapping[str, Any] | None = None,
    *,
    many_rows: bool = False,
) -> None:
    """Write the sheets, in order, as an XLSX workbook.

    Parameters
    ----------
    target
        A stream, or the path of a file.
    properties
        Title, author, comments and moment of making; with such a moment, the same sheets give the same bytes.
    many_rows
        Rows go to disk as they come, and need no memory.
    """
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options | {"constant_memory" if many_rows else "in_memory": True}) as book:
        book.set_properties(dict(properties or {}))
        formats = {kind: book.add_format({"num_format": shape, "valign": "top"}) for kind, shape in FORMATS.items()}
        formats["small"] = book.add_format({"num_format": SMALL_SHARES_IN_SHEETS})
        formats["heading"] = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
        formats["bold"] = book.add_format({"bold": True, "valign": "top"})
        formats["wrap"] = book.add_format({"text_wrap": True, "valign": "top"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            if isinstance(sheet, Notes):
                _write_notes(page, sheet, formats)
            else:
                _write_rows(page, sheet, formats)


def _write_notes(page: Any, notes: Notes, formats: Mapping[str, Any]) -> None:
    page.set_column(0, 0, 18)
    page.set_column(1, 1, 100)
    for row, (name, text) in enumerate(notes.lines):
        page.write_string(row, 0, name, formats["bold"])
        page.write_string(row, 1, text[:CELL_LIMIT], formats["wrap"])


def _write_rows(page: Any, sheet: Sheet, formats: Mapping[str, Any]) -> None:
    page.freeze_panes(1, 1)
    widths = [min(len(heading) + 2, 24) for heading, _ in sheet.columns]
    last = 0
    for column, (heading, _) in enumerate(sheet.columns):
        page.write_string(0, column, heading, formats["heading"])
    for last, row in enumerate(sheet.rows, start=1):
        for column, (value, (_, kind)) in enumerate(zip(row, sheet.columns, strict=True)):
            if value is None or value == "":
                continue
            if isinstance(value, bool):
                page.write_boolean(last, column, value)
            elif isinstance(value, int | float):
                if math.isfinite(value):
                    page.write_number(last, column, value, formats.get(kind))
            else:
                text = str(value)[:CELL_LIMIT]
                page.write_string(last, column, text, formats["text"])
                widths[column] = max(widths[column], min(len(text) + 1, WIDEST))
    small = {"type": "cell", "criteria": "between", "minimum": 1e-12, "maximum": SMALL, "format": formats["small"]}
    for column, (width, (_, kind)) in enumerate(zip(widths, sheet.columns, strict=True)):
        page.set_column(column, column, width)
        if kind == "share":
            page.conditional_format(1, column, max(last, 1), column, small)
    page.autofilter(0, 0, max(last, 1), len(sheet.columns) - 1)
