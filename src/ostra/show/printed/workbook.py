"""The data of an assessment, or of a volume of several, as a workbook: one sheet for each kind of row."""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ostra.model.assessment import Assessment
from ostra.show.charts.palette import listed
from ostra.show.printed import overview
from ostra.show.sections.sheets import COLUMNS, Columns, Row, columns_of, sheets
from ostra.words.economies import code_and_name

CELL_LIMIT = 32_767  # characters that a cell can hold
WIDEST = 60
FORMATS = {"share": "0.0%", "kusd": "#,##0", "number": "0.000", "count": "0", "text": "@"}
UNITS = (
    "Shares are fractions shown as per cent; values in thousands of current USD; the unit of each column stands in its "
    "heading. An empty cell is unknown or not applicable, never zero. At least and at most are the ends of an interval."
)
OVERVIEW = (
    "ecosystem,technology,dimension,challenge,P(none):share,P(low):share,P(medium):share,P(high):share,measured only,"
    "judged only,strength of home,stays so in nearby profiles:share,tensions:count,evidence"
)


def render_xlsx(assessment: Assessment) -> bytes:
    """The assessment's rows as an Excel workbook; the same assessment gives the same bytes.

    Text is written as text, never as a formula or a link, whatever it begins with. Unknown is an empty cell.
    """
    buffer = io.BytesIO()
    title = f"{assessment.title}: strategic dependencies of {assessment.home_name}, {assessment.year}"
    about = f"{assessment.id}, made with ostra {assessment.hashes.version}"
    with _book(buffer, title, assessment.dossier_author, about, assessment.dossier_date) as (book, formats):
        _read_me(book, formats, read_me_lines(assessment))
        for name, columns, rows in sheets(assessment):
            _sheet(book, formats, name, columns, rows)
    return buffer.getvalue()


def render_volume_xlsx(assessments: Sequence[Assessment]) -> bytes:
    """A volume as one workbook: the overview first, then each kind of row of all ecosystems on one sheet.

    The first column names the ecosystem. Otherwise as `render_xlsx`.
    """
    first = assessments[0]
    buffer = io.BytesIO()
    authors = listed(list(dict.fromkeys(a.dossier_author for a in assessments)))
    about = f"{len(assessments)} assessments, made with ostra {first.hashes.version}"
    date = max(a.dossier_date for a in assessments)
    title = f"{overview.HEADING}: {first.home_name}, {first.year}"
    with _book(buffer, title, authors, about, date) as (book, formats):
        lines = [
            ("Volume", title),
            ("Assessments", "; ".join(f"{a.id}: {a.title}" for a in assessments)),
            ("Home", code_and_name(first.home)),
            ("Year", str(first.year)),
            ("Profile", f"{first.profile_title} ({first.profile}), {first.profile_author}"),
            ("Dossiers by", authors),
            ("Filters", f"home {first.home}, assessed year {first.year}; all rows, nothing left out"),
            ("Units", UNITS),
            ("Evidence", "An identifier is unique within its ecosystem: ostra trace 'ASSESSMENT#IDENTIFIER'."),
            *(("Dossier SHA-256", f"{a.ecosystem}: {a.hashes.dossier}") for a in assessments),
            ("Facts SHA-256", first.hashes.facts),
            ("Profile SHA-256", first.hashes.profile),
            ("Instruments SHA-256", first.hashes.instruments),
            ("Version", first.hashes.version),
        ]
        lines += [
            ("Caveat", f"{a.ecosystem}: {text}")
            for a in assessments
            for text in dict.fromkeys((*a.caveats, *a.step1.caveats))
        ]
        _read_me(book, formats, lines)
        _sheet(book, formats, "Overview", columns_of(OVERVIEW), overview.matrix_rows(assessments))
        made = [(a.ecosystem, {name: rows for name, _, rows in sheets(a)}) for a in assessments]
        for name, text in COLUMNS.items():
            rows = ((ecosystem, *row) for ecosystem, parts in made for row in parts[name])
            _sheet(book, formats, name, columns_of(f"ecosystem,{text}"), rows)
    return buffer.getvalue()


@contextmanager
def _book(
    buffer: io.BytesIO, title: str, author: str, comments: str, date: str
) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    """An open workbook with its properties, and the formats of its cells."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": title, "author": author, "comments": comments, "created": _moment(date)})
    formats = {kind: book.add_format({"num_format": shape, "valign": "top"}) for kind, shape in FORMATS.items()}
    formats["heading"] = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
    formats["bold"] = book.add_format({"bold": True, "valign": "top"})
    formats["wrap"] = book.add_format({"text_wrap": True, "valign": "top"})
    yield book, formats
    book.close()


def _moment(date: str) -> datetime.datetime:
    """The dossier's date as a moment; a missing month or day is the first."""
    year, month, day = [*map(int, date.split("-")), 1, 1][:3]
    return datetime.datetime(year, month, day)  # the file format knows no time zone


def read_me_lines(a: Assessment) -> list[tuple[str, str]]:
    """What this is, which filters were used, what it is made from, how to cite it."""
    lines: list[tuple[str, str]] = [
        ("Assessment", a.id),
        ("Title", a.title),
        ("Summary", a.summary),
        ("Home", code_and_name(a.home)),
        ("Members", " ".join(a.members)),
        ("Year", str(a.year)),
        ("Profile", f"{a.profile_title} ({a.profile})"),
        ("Profile by", a.profile_author),
        ("Dossier by", f"{a.dossier_author}, {a.dossier_date}"),
        ("Filters", f"ecosystem {a.ecosystem}, home {a.home}, assessed year {a.year}; all rows, nothing left out"),
        ("Units", UNITS),
        (
            "Evidence",
            "Every number has an identifier in its row; the sheet Evidence has formula, rows and source for it.",
        ),
        (
            "How to cite",
            f"{a.dossier_author} ({a.dossier_date[:4]}). {a.title}: strategic dependencies of {a.home_name}, "
            f"{a.year}. Assessment {a.id}, ostra {a.hashes.version}. For single numbers cite the provider in Sources.",
        ),
        ("Dossier SHA-256", a.hashes.dossier),
        ("Facts SHA-256", a.hashes.facts),
        ("Profile SHA-256", a.hashes.profile),
        ("Instruments SHA-256", a.hashes.instruments),
        ("Version", a.hashes.version),
    ]
    return lines + [("Caveat", text) for text in dict.fromkeys((*a.caveats, *a.step1.caveats))]


def _read_me(book: Any, formats: Mapping[str, Any], lines: Sequence[tuple[str, str]]) -> None:
    """The first sheet: a name and a text on each line."""
    sheet = book.add_worksheet("Read me")
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 100)
    for row, (name, text) in enumerate(lines):
        sheet.write_string(row, 0, name, formats["bold"])
        sheet.write_string(row, 1, text[:CELL_LIMIT], formats["wrap"])


def _sheet(book: Any, formats: Mapping[str, Any], name: str, columns: Columns, rows: Iterable[Row]) -> None:
    """One sheet: frozen heading, filter, number formats."""
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 1)
    widths = [min(len(heading) + 2, 24) for heading, _ in columns]
    last = 0
    for column, (heading, _) in enumerate(columns):
        sheet.write_string(0, column, heading, formats["heading"])
    for last, row in enumerate(rows, start=1):
        for column, (value, (_, kind)) in enumerate(zip(row, columns, strict=True)):
            if value is None or value == "":
                continue
            if isinstance(value, int | float):
                if math.isfinite(value):
                    sheet.write_number(last, column, value, formats[kind])
                continue
            text = str(value)[:CELL_LIMIT]
            sheet.write_string(last, column, text, formats["text"])
            widths[column] = max(widths[column], min(len(text) + 1, WIDEST))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
