"""Small pieces that every picture is made of: escaped elements, and text that is measured before it is placed."""

from __future__ import annotations

import base64
import functools
import json
import re
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from itertools import accumulate, takewhile
from typing import Any

from ostra.show.charts.palette import INK, QUIET, RULE

FONT = "Inter, 'Helvetica Neue', Arial, sans-serif"
BREAKS = re.compile(r"[^\s-]*-+(?=[^\s-])|\S+\s?")  # pieces that a line may end with
FONT_FILES = (("Inter-Regular.woff2", 400), ("Inter-SemiBold.woff2", 600))
FALLBACK_WIDTH = 1000  # thousandths of an em, for characters outside the font: as wide as any


def element(name: str, content: str = "", /, **attributes: object) -> str:
    """An SVG element; attribute names with `_` for `-`, values escaped, None left out. `content` is markup."""
    parts = []
    for key, value in attributes.items():
        if value is not None:
            shown = f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
            parts.append(f' {key.rstrip("_").replace("_", "-")}="{escape(shown)}"')
    return f"<{name}{''.join(parts)}>{content}</{name}>" if content else f"<{name}{''.join(parts)}/>"


@functools.cache
def _widths() -> dict[str, dict[str, int]]:
    text = (files("ostra.show") / "fonts" / "widths.json").read_text(encoding="utf-8")
    table: dict[str, dict[str, int]] = json.loads(text)
    return table


def text_width(text: str, size: float, weight: int = 400) -> float:
    """Width of a line of text in the report's font, in the units of `size`."""
    table = _widths()[str(weight)]
    return sum(table.get(character, FALLBACK_WIDTH) for character in text) * size / 1000


def fit(text: str, room: float, size: float, weight: int = 400) -> str:
    """The text, cut with an ellipsis where it would not fit."""
    if text_width(text, size, weight) <= room:
        return text
    table = _widths()[str(weight)]
    # In one pass from the start: a text may be thousands of times as long as its room.
    so_far = accumulate((table.get(c, FALLBACK_WIDTH) for c in text), initial=table.get("…", FALLBACK_WIDTH))
    kept = sum(1 for _ in takewhile(lambda width: width * size / 1000 <= room, so_far)) - 1
    return text[: max(kept, 0)].rstrip() + "…"


def wrap(text: str, room: float, size: float, lines: int, weight: int = 400) -> list[str]:
    """The text broken at spaces and hyphens into at most so many lines; the last is cut where it would not fit."""
    result: list[str] = []
    rest = BREAKS.findall(" ".join(text.split()))
    while rest and len(result) < lines - 1:
        line = rest.pop(0)
        while rest and text_width((line + rest[0]).rstrip(), size, weight) <= room:
            line += rest.pop(0)
        result.append(fit(line.rstrip(), room, size, weight))
    if rest:
        result.append(fit("".join(rest), room, size, weight))
    return result


def label(
    x: float, y: float, text: str, *, size: float = 11, weight: int = 400, anchor: str = "start", fill: str = INK
) -> str:
    """One line of text with its baseline at (x, y)."""
    heavy = weight if weight != 400 else None
    side = anchor if anchor != "start" else None
    return element("text", escape(text), x=x, y=y, font_size=size, font_weight=heavy, text_anchor=side, fill=fill)


def paragraph(
    y: float,
    text: str,
    *,
    x: float,
    room: float,
    lines: int,
    step: float,
    size: float,
    weight: int = 400,
    fill: str = INK,
) -> tuple[list[str], float]:
    """Text wrapped into lines from baseline y on, each `step` below the last, and the baseline of what comes next."""
    broken = wrap(text, room, size, lines, weight)
    shown = [label(x, y + row * step, line, size=size, weight=weight, fill=fill) for row, line in enumerate(broken)]
    return shown, y + len(broken) * step


def heading(title: str, said: str, *, x: float, width: float, lines: int) -> tuple[list[str], float]:
    """What a picture is called and what it says in so many lines at most, and the baseline of what comes next."""
    head, y = paragraph(22.0, title, x=x, room=width - 2 * x, lines=2, step=19, size=15, weight=600)
    about, y = paragraph(y, said, x=x, room=width - 2 * x, lines=lines, step=15, size=11.5, fill=QUIET)
    return head + about, y


def stacked(x: float, middle: float, lines: Sequence[str], *, step: float, **style: Any) -> str:
    """Lines of text with the middle of their baselines at a height."""
    first = middle - step * (len(lines) - 1) / 2
    return "".join(label(x, first + step * row, line, **style) for row, line in enumerate(lines))


def legend(
    entries: Iterable[tuple[str, str]],
    x: float,
    y: float,
    *,
    size: float = 10.5,
    gap: float = 16,
    swatch: tuple[float, float] = (18.0, 11.0),
    stroke: str = QUIET,
    stroke_width: float = 0.6,
) -> tuple[str, float]:
    """Boxes of a fill, each with its words, in a row with its baseline at (x, y); and where the row ends."""
    parts = []
    wide, tall = swatch
    for fill, words in entries:
        parts.append(box(x, y - tall + 2, wide, tall, fill, stroke=stroke, stroke_width=stroke_width))
        parts.append(label(x + wide + 5, y, words, size=size, fill=QUIET))
        x += wide + 5 + text_width(words, size) + gap
    return "".join(parts), x


def share_bar(x: float, y: float, width: float, height: float, low: float, high: float, dark: str, pale: str) -> str:
    """A share of a whole: dark up to the least that it is, pale up to the most that it may be."""
    bar = box(x, y, width, height, "#e8edf2")
    if high > low:
        bar += box(x, y, width * high, height, pale)
    return bar + box(x, y, width * low, height, dark) if low > 0.0 else bar


def focusable(said: str, content: str) -> str:
    """A group that can be reached by keyboard and is read out."""
    name = escape(said)
    return f'<g tabindex="0" role="img" aria-label="{name}"><title>{name}</title>{content}</g>'


def box(x: float, y: float, width: float, height: float, fill: str, *, rx: float | None = None, **more: object) -> str:
    """A rectangle from its upper left corner, rounded by `rx`; further attributes as for `element`."""
    return element("rect", x=x, y=y, width=width, height=height, rx=rx, fill=fill, **more)


def unknown(name: str) -> str:
    """The fill that stands for unknown in the picture of that name."""
    return f"url(#{name}-hatch)"


def hatch(name: str) -> str:
    """What a picture needs for that fill; its name must be unique on the page."""
    line = element("path", d="M0,6L6,0M-1,1L1,-1M5,7L7,5", stroke="#8a96a3", stroke_width=1)
    ground = element("rect", width=6, height=6, fill="#ffffff")
    pattern = element("pattern", ground + line, id=f"{name}-hatch", width=6, height=6, patternUnits="userSpaceOnUse")
    return element("defs", pattern)


def link(target: str, content: str, title: str, *, tab: bool = True) -> str:
    """A group that leads to a place on the page; without `tab` it is for the pointer only (a table twin has it too)."""
    name = escape(title)
    stop = "" if tab else ' tabindex="-1"'
    return f'<a href="#{escape(target)}"{stop} aria-label="{name}"><g><title>{name}</title>{content}</g></a>'


def picture(
    width: float, height: float, content: str, *, name: str, title: str, description: str, scale: float = 1.0
) -> str:
    """A whole picture: scales to its frame, named and described for those who cannot see it.

    Without a frame it is shown `scale` times as large as it is drawn.
    """
    head = element("title", escape(title), id=f"{name}-title") + element("desc", escape(description), id=f"{name}-desc")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{escape(name)}" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width * scale:g}" height="{height * scale:g}" role="group" aria-labelledby="{escape(name)}-title" '
        f'aria-describedby="{escape(name)}-desc" font-family="{escape(FONT)}">{head}{content}</svg>'
    )


def rule(x1: float, y1: float, x2: float, y2: float, stroke: str = RULE) -> str:
    """A thin straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=1)


def curve(points: str, stroke: str, dash: str | None = None) -> str:
    """A line through points, as SVG writes them."""
    style = {"stroke_width": 1.8, "stroke_dasharray": dash, "stroke_linejoin": "round"}
    return element("polyline", points=points, fill="none", stroke=stroke, **style)


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
