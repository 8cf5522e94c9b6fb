"""Markup that the page is made of: bars, links to evidence, to sources and to downloads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from markupsafe import Markup, escape

from ostra.files.spreadsheets import csv_text
from ostra.model.base import LEVELS, Interval
from ostra.model.evidence import Evidence
from ostra.model.results.dimensions import LevelDistribution
from ostra.show.charts import palette
from ostra.show.sections.evidence_index import EvidenceIndex
from ostra.words.figures import number

IDENTIFIER = re.compile(r"([a-z]+(?:\.[A-Za-z0-9_-]+)+)")


def ours(markup: str) -> Markup:
    """Markup that this package made itself, with all text of the assessment escaped in it."""
    return Markup(markup)  # noqa: S704


def link(index: EvidenceIndex, target: str | None, text: object, *, printed: bool = True) -> Markup:
    """The text as a link to its evidence; plain text where there is none.

    `printed=False` for places that paper does not show: what only they cite is left out of the printed list.
    """
    if not target or not index.known(target):
        return escape(text)
    if printed:
        index.cited.add(target)
    return Markup('<a class="ev" href="#ev-{}">{}</a>').format(target, text)


def linkify(index: EvidenceIndex, text: str) -> Markup:
    """The text with the evidence identifiers in it turned into links."""
    parts = IDENTIFIER.split(text)
    return Markup("").join(link(index, p, p) if place % 2 else escape(p) for place, p in enumerate(parts))


def safe_url(url: str) -> str:
    """The address if a browser may be sent there (http, https), else nothing: dossiers are not trusted."""
    text = url.strip()
    if re.search(r"[\s\x00-\x1f]", text):
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.netloc else ""


def value_of(evidence: Evidence) -> str:
    """The value in a few words, with its interval and unit."""
    words = [evidence.text] if evidence.text else []
    if evidence.value is not None:
        words.append(number(evidence.value))
    if evidence.low is not None or evidence.high is not None:
        words.append(f"{number(evidence.low)} to {number(evidence.high)}")
    unit = f" ({evidence.unit})" if evidence.unit and words else ""
    return (", ".join(words) or "unknown") + unit


def interval_bar(interval: Interval | None) -> Markup:
    """A small bar: solid up to the least possible share, pale up to the largest; the number stands beside it."""
    low, high = (interval.low, interval.high) if interval is not None else (0.0, 1.0)
    kind = "bar unknown" if low <= 0.0 and high >= 1.0 else "bar"
    return Markup(
        '<span class="{}" aria-hidden="true"><i style="width:{}%"></i><i style="width:{}%"></i></span>'
    ).format(kind, f"{100 * low:.1f}", f"{100 * (high - low):.1f}")


def spread_bar(spread: LevelDistribution) -> Markup:
    """The probabilities of the four levels as one bar in four shades."""
    parts = Markup("").join(
        Markup('<i class="s{}" style="width:{}%"></i>').format(
            palette.LEVEL_SHADE[level], f"{100 * getattr(spread, level):.1f}"
        )
        for level in LEVELS
    )
    return Markup('<span class="spread" aria-hidden="true">{}</span>').format(parts)


def csv_link(heading: Sequence[str], rows: Sequence[Sequence[Any]], name: str, notes: Sequence[str] = ()) -> Markup:
    """A link that saves the rows as CSV, made of the page itself; text that a spreadsheet would run stays text."""
    lines = [*rows, *([f"# {note}"] for note in notes)]
    return Markup('<a class="button" download="{}.csv" href="data:text/csv;charset=utf-8,{}">Data (CSV)</a>').format(
        name, quote(csv_text(heading, lines, line_end="\r\n"))
    )
