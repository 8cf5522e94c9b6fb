"""The data of an assessment, or of a volume of several, as a workbook: one sheet for each kind of row."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence

from ostra.files.workbooks import Notes, Sheet, write_workbook
from ostra.model.assessment import Assessment
from ostra.show.printed.overview import HEADING
from ostra.show.sections import across
from ostra.show.sections.datasheets import sheet, sheets
from ostra.show.sections.selection import all_caveats
from ostra.words.economies import code_and_name
from ostra.words.sentences import listed

UNITS = (
    "Shares are fractions shown as per cent; values in thousands of current USD; the unit of each column stands in its "
    "heading. An empty cell is unknown or not applicable, never zero. At least and at most are the ends of an interval."
)


def render_xlsx(assessment: Assessment) -> bytes:
    """The assessment's rows as an Excel workbook; the same assessment gives the same bytes.

    Text is written as text, never as a formula or a link, whatever it begins with. Unknown is an empty cell.
    """
    title = f"{assessment.title}: strategic dependencies of {assessment.home_name}, {assessment.year}"
    about = f"{assessment.id}, made with ostra {assessment.hashes.version}"
    pages: list[Sheet | Notes] = [
        Notes("Read me", read_me_lines(assessment)),
        *(Sheet(*sheet) for sheet in sheets(assessment)),
    ]
    return _book(pages, title, assessment.dossier_author, about, assessment.dossier_date)


def render_volume_xlsx(assessments: Sequence[Assessment]) -> bytes:
    """A volume as one workbook: the overview first, then each kind of row of all ecosystems on one sheet.

    The first column names the ecosystem. Otherwise as `render_xlsx`.
    """
    first = assessments[0]
    authors = listed(list(dict.fromkeys(a.dossier_author for a in assessments)))
    about = f"{len(assessments)} assessments, made with ostra {first.hashes.version}"
    date = max(a.dossier_date for a in assessments)
    title = f"{HEADING}: {first.home_name}, {first.year}"
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
        *made_from(first),
    ]
    lines += [("Caveat", f"{a.ecosystem}: {text}") for a in assessments for text in all_caveats(a)]
    made = [(a.ecosystem, sheets(a)) for a in assessments]
    pages: list[Sheet | Notes] = [
        Notes("Read me", lines),
        Sheet("Overview", *sheet("overview", across.level_records(assessments))),
    ]
    for number, (name, columns, _) in enumerate(made[0][1]):
        rows = [(ecosystem, *row) for ecosystem, parts in made for row in parts[number][2]]
        pages.append(Sheet(name, [("ecosystem", "text"), *columns], rows))
    return _book(pages, title, authors, about, date)


def _book(pages: Sequence[Sheet | Notes], title: str, author: str, comments: str, date: str) -> bytes:
    """The workbook, with its properties."""
    buffer = io.BytesIO()
    properties = {"title": title, "author": author, "comments": comments, "created": _moment(date)}
    write_workbook(buffer, pages, properties)
    return buffer.getvalue()


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
        *made_from(a),
    ]
    return lines + [("Caveat", text) for text in all_caveats(a)]


def made_from(a: Assessment) -> list[tuple[str, str]]:
    """What all assessments of a volume are made from alike."""
    hashes = a.hashes
    named = {"Facts": hashes.facts, "Profile": hashes.profile, "Instruments": hashes.instruments}
    return [*((f"{name} SHA-256", value) for name, value in named.items()), ("Version", hashes.version)]
