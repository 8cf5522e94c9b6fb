"""Cells of the plain CSV format of an ecosystem: what their texts say, as values of the models of their rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ostra.documents.readers import spreadsheet_rows
from ostra.documents.readers.spreadsheet_table import Row, Table, clean, clean_lines
from ostra.model.evidence import Claim
from ostra.words.sentences import made_id

MOST_ROWS = 50_000  # of one file; a dossier is read by people, larger tables belong into facts
UNDATED = "1900"  # the date of files that name no year: plainly not one
FILES_TITLE = "The CSV files themselves, which name no other source"
_INTERVAL = re.compile(r"([0-9.]+)\s*(?:-|–|—|to|\.\.)\s*([0-9.]+)")  # dashes as spreadsheets make them
_NUMBER = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_FORMULA = re.compile(r"[=+@\t\r-]\s*\S")
PROVIDER_KINDS = {"organization": "organisation", "company": "organisation", "country": "economy"}


def key(text: str) -> str:
    """An id as it is looked up."""
    return text.casefold()


def choice(text: str) -> str:
    """A word of a list, in any letter case; other words for a kind of provider are taken for it."""
    word = clean(text).casefold().replace(" ", "_")
    return PROVIDER_KINDS.get(word, word)


def number(text: str) -> float | str:
    """A plain decimal number; else the text, which is told as none."""
    return float(text) if _NUMBER.fullmatch(text) else text


def share(text: str) -> Any:
    """A fraction, an interval such as 0.2-0.4, or the text, which is told as neither."""
    interval = _INTERVAL.fullmatch(text)
    return number(text) if interval is None else dict(zip(("low", "high"), map(number, interval.groups()), strict=True))


def year(text: str) -> int | str:
    """A whole number, or the text, which is told as none."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else text


def codes(text: str) -> list[str]:
    """Customs headings, separated by blanks, commas, bars or semicolons."""
    return list(dict.fromkeys(filter(None, re.split(r"[\s;,|]+", text))))


def economies(text: str) -> list[str]:
    """Economies and blocs, separated by bars or semicolons."""
    return list(filter(None, re.split(r"\s*[;|]\s*", clean(text))))


# How each column is read; names and titles are told if anything odd stands in them.
CELLS: dict[str, dict[str, Callable[[str], Any]]] = {
    "items": {
        "id": key,
        "name": clean,
        "kind": choice,
        "stage": clean,
        "description": clean_lines,
        "hs": codes,
        "material": clean,
        "complete": choice,
    },
    "links": {"item": key, "needs": key, "kind": choice, "weight": number, "essentiality": number, "source": clean},
    "providers": {"id": key, "name": clean, "economy": economies, "kind": choice, "owner": key},
    "provision": {
        "item": key,
        "provider": key,
        "by": choice,
        "share": share,
        "year": year,
        "source": clean,
        "economy": clean,
    },
}
PRINTED = {"items": ("name", "stage", "material"), "links": (), "providers": ("name",), "provision": ("source",)}


@dataclass
class Gathered(spreadsheet_rows.Gathered):
    """All that is gathered from the four files beside what their rows say."""

    claims: list[Claim] = field(default_factory=list)


def rows_of(table: Table) -> list[Row]:
    """The rows, of which too many are one problem; all are checked nevertheless."""
    rows = list(table.rows())
    if len(rows) > MOST_ROWS:
        table.complain(
            f"{len(rows):,} rows, more than the {MOST_ROWS:,} that a dossier can hold",
            mend="Leave out small providers, or split the ecosystem",
        )
    return rows


def values_of(gathered: Gathered, section: str, file: str, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """What the cells of each row say; empty ones say nothing."""
    found = []
    for row in rows:
        values = {name: read(row[name]) for name, read in CELLS[section].items() if row[name]}
        values = {name: value for name, value in values.items() if value not in ("", [])}
        found.append(values)
        for name in PRINTED[section]:
            text = values.get(name, "")
            if text and _FORMULA.match(text) and not _NUMBER.fullmatch(text):
                gathered.odd("formula", file, row, text, "kept as text")
            if text != " ".join(row[name].split()):
                gathered.odd("shortened text", file, row, text, "hidden characters removed")
    return found


def source_of(gathered: Gathered, text: str) -> str:
    """The source that a row names, or the files themselves."""
    title = text or FILES_TITLE
    if title in gathered.source_ids:
        return gathered.source_ids[title]
    years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)
    address = re.search(r"https?://[^\s)\],;]+", text)
    return gathered.add_source(
        title,
        made_id(text)[:50].strip("-") or "files",
        title,
        publisher="as written in the files" if text else "the author of the files",
        date=max(years) if years else UNDATED,
        url=address.group() if address else "",
        note="" if years else "The files give no date; 1900 stands for unknown.",
    )
