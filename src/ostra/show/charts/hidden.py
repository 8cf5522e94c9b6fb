"""Face value and what it hides: bars of reliance by order, one for each sector or supplier."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ostra.show.charts.palette import INK, QUIET, RULE, SHADES
from ostra.show.charts.svg import (
    box,
    fit,
    focusable,
    hatch,
    heading,
    label,
    legend,
    paragraph,
    picture,
    rule,
    unknown,
)
from ostra.words.figures import exact_percent, percent

WIDTH = 880.0
LEFT, NAMES, NUMBERS = 8.0, 298.0, 130.0  # room for names on the left and for numbers on the right
ROW, BAR = 22.0, 14.0
MOST = 30  # bars in one picture
PARTS = ("face value: bought directly", "order 2", "order 3", "order 4 and beyond")
SALES_PARTS = ("face value: sold directly", *PARTS[1:])
THROUGH_PARTS = ("order 2", "order 3 and beyond")
FILLS = {
    4: (SHADES[4], SHADES[3], SHADES[2], SHADES[1]),
    2: (SHADES[3], SHADES[1]),
}  # from what is seen to the farthest


@dataclass(frozen=True)
class Bar:
    """One bar: its name, and its parts by order as shares; None where nothing is known."""

    name: str
    parts: tuple[float, ...] | None

    @property
    def whole(self) -> float:
        """All orders together."""
        return sum(self.parts) if self.parts else 0.0


def hidden_figure(
    bars: Sequence[Bar], name: str, *, title: str, said: str, about: str, parts: Sequence[str] = PARTS
) -> str:
    """Draw bars of reliance, largest first, what is hidden paler with each order; hatched is unknown.

    Parameters
    ----------
    bars
        As they shall stand; the first MOST are drawn.
    name
        Id of the picture, unique on the page.
    title, said, about
        The heading, what it says in a sentence or two, and where it comes from.
    parts
        What the parts are called: the four orders, or the two behind a direct partner.
    """
    shown = bars[:MOST]
    written, y = heading(title, said, x=LEFT, width=WIDTH, lines=4)
    body = [hatch(name), *written]
    y += 6
    body.append(_legend(y + 4, name, parts, any(bar.parts is None for bar in shown)))
    y += 34
    room = WIDTH - NAMES - NUMBERS
    top, step = axis(max((bar.whole for bar in shown), default=0.0))
    bottom = y + len(shown) * ROW
    for number in range(round(top / step) + 1):
        x = NAMES + room * number * step / top
        body.append(rule(x, y - 6, x, bottom, RULE))
        body.append(label(x, y - 10, exact_percent(number * step), size=9.5, anchor="middle", fill=QUIET))
    for row, bar in enumerate(shown):
        body.append(_bar(bar, y + row * ROW, room / top, name, parts))
    y = bottom + 16
    if len(bars) > len(shown):
        body.append(label(LEFT, y, f"The {len(shown)} largest of {len(bars)}; the table has all.", size=10, fill=QUIET))
        y += 15
    written, y = paragraph(y, about, x=LEFT, room=WIDTH - 2 * LEFT, lines=3, step=14, size=10, fill=QUIET)
    body += written
    return picture(
        WIDTH,
        y,
        "".join(body),
        name=name,
        title=title,
        description=f"{said} {len(shown)} bars, each by order. The table has all values.",
    )


def axis(most: float) -> tuple[float, float]:
    """End and step of an axis from zero that holds the value, in four to eight round steps."""
    if most <= 0.0:
        return 1.0, 0.25
    raw = most / 5
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * times for times in (1, 2, 2.5, 5, 10) if power * times >= raw)
    return step * math.ceil(most / step - 1e-9), step


def _bar(bar: Bar, y: float, scale: float, name: str, words: Sequence[str]) -> str:
    parts = [label(NAMES - 8, y + BAR - 2.5, fit(bar.name, NAMES - LEFT - 8, 11), size=11, anchor="end")]
    if bar.parts is None:
        parts.append(box(NAMES, y, 60.0, BAR, unknown(name), stroke=RULE))
        parts.append(label(NAMES + 66, y + BAR - 2.5, "unknown", size=10.5, fill=QUIET))
        return focusable(f"{bar.name}: unknown", "".join(parts))
    x = NAMES
    for share, fill in zip(bar.parts, FILLS[len(words)], strict=True):
        width = max(share, 0.0) * scale
        if width > 0:
            parts.append(box(x, y, width, BAR, fill))
            x += width
            parts.append(box(x - 0.4, y, 0.8, BAR, "#ffffff"))
    whole = percent(bar.whole)
    shown = f"{percent(bar.parts[0])} → {whole}" if len(words) == len(PARTS) else whole
    parts.append(label(x + 6, y + BAR - 2.5, shown, size=10.5, weight=600, fill=INK))
    orders = ", ".join(f"{text} {percent(share)}" for text, share in zip(words, bar.parts, strict=True))
    return focusable(f"{bar.name}: {whole} in all ({orders})", "".join(parts))


def _legend(y: float, name: str, words: Sequence[str], hatched: bool) -> str:
    entries = list(zip(FILLS[len(words)], words, strict=True))
    shown, x = legend(entries + [(unknown(name), "unknown")] * hatched, LEFT, y)
    if len(words) < len(PARTS):
        return shown
    return shown + label(x, y, "numbers: face value → all orders", size=10.5, fill=QUIET)
