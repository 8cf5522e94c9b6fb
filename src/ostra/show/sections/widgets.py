"""Small pieces of the page: bars, download links, the font, and values in words."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from ostra.files.spreadsheets import csv_text
from ostra.model.base import LEVELS, Interval
from ostra.model.evidence import Evidence
from ostra.model.results.dimensions import LevelDistribution
from ostra.show.charts import palette
from ostra.words.figures import number

FONT_FILES = (("Inter-Regular.woff2", 400), ("Inter-SemiBold.woff2", 600))


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


def csv_link(rows: Sequence[Sequence[Any]], heading: Sequence[str], name: str, notes: Sequence[str] = ()) -> Markup:
    """A link that saves the rows as CSV, made of the page itself; text that a spreadsheet would run stays text."""
    lines = [*rows, *([f"# {note}"] for note in notes)]
    return Markup('<a class="button" download="{}.csv" href="data:text/csv;charset=utf-8,{}">Data (CSV)</a>').format(
        name, quote(csv_text(heading, lines, line_end="\r\n"))
    )


def font_faces() -> str:
    """The two weights of the report's font, inside the page."""
    faces = []
    for name, weight in FONT_FILES:
        data = base64.b64encode((files("ostra.show") / "fonts" / name).read_bytes()).decode("ascii")
        faces.append(
            f'@font-face{{font-family:"Inter";font-weight:{weight};font-style:normal;'
            f'src:url("data:font/woff2;base64,{data}") format("woff2")}}'
        )
    return "".join(faces)


def standalone(svg: str) -> str:
    """A picture as a file of its own: with the report's fonts inside, on white, so that it looks the same anywhere.

    On a page that is narrower than the picture it shrinks, so that nothing is cut off.
    """
    head, closing, content = svg.partition(">")
    head += ' style="max-width:100%;height:auto"'
    ground = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return f"{head}{closing}<style>{font_faces()}</style>{ground}{content}\n"


def ours(markup: str) -> Markup:
    """Markup that this package made itself, with all text of the assessment escaped in it."""
    return Markup(markup)  # noqa: S704


def resource(name: str) -> str:
    return (files("ostra.show") / name).read_text(encoding="utf-8")
