"""The course of output in scenarios: for each, home, the other sides and the world, with bands; then what is lost.

The picture is narrow and its letters are large for it, so that they can be read where a page of 390 px shrinks it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from ostra.model.evidence import Provenance
from ostra.model.listing import Listing
from ostra.show.charts.palette import BLUE, INK, QUIET, SHADES
from ostra.show.charts.svg import curve, element, fit, label, paragraph, picture, rule, standalone
from ostra.show.text.losses import sides_drawn
from ostra.words.figures import exact_percent, money, percent

Row = Mapping[str, Any]
WIDTH = 520
SCALE = 1.6  # how much larger it is shown where there is room
PLOT, GAP = 130, 22  # height of a plot, room between the two in a row
LEFT, RIGHT = 60, 10
ABOVE, BELOW = 30, 30  # room over a plot for its name, and under it for its days
LINE = 18  # height of a line of text
TEXT, SMALL = 13, 12  # sizes of letters
BESIDE = 2  # plots in a row
SIDES = ("home", "sellers", "hit", "world")
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
MIDDLE, END = 322, WIDTH - RIGHT  # where the columns of the table end
KEY = (
    "Lines: all open numbers in the middle. Pale: from the mild to the severe end. Darker: 5 to 95 % of the draws, "
    "where any were made. Losses: middle (mild to severe); numbers that hurt less one by one may hurt more together."
)


def drawn(listing: Listing) -> str:
    """The scenarios behind a listing, drawn below each other on one scale, so that they can be compared."""
    scenarios = listing.behind.simulations
    rows = [row for one in scenarios for row in one.outcome.course]
    low = min(_least(row) for row in rows)
    span = next((step for step in STEPS if step >= 1.0 - low), 1.0)
    highest = max(_most(row) for row in rows)
    top = 1.0 + (0.0 if highest <= 1.0 + 0.02 * span else highest - 1.0)
    body: list[str] = []
    height = 4.0
    for place, one in enumerate(scenarios):
        sides, title = sides_drawn(one.parties), one.scenario.title
        shown, height = paragraph(height + 18, title, x=8, room=WIDTH - 16, lines=3, step=21, size=16, weight=600)
        body += shown
        height -= 8
        parts = {side: [row for row in one.outcome.course if row["where"] == side] for side in SIDES}
        there = [(side, part) for side, part in parts.items() if part]
        width = (WIDTH - LEFT - RIGHT - GAP * (BESIDE - 1)) / BESIDE
        for number_, (side, part) in enumerate(there):
            left = LEFT + (number_ % BESIDE) * (width + GAP)
            if number_ and number_ % BESIDE == 0:
                height += ABOVE + PLOT + BELOW
            alone = number_ % BESIDE == 0 and number_ == len(there) - 1
            frame = (left, height + ABOVE, WIDTH - RIGHT - left if alone else width, 1.0 - span, top)
            body.append(_panel(part, frame, sides[side], f"{one.scenario.id}-{side}-{place}"))
        height += ABOVE + PLOT + BELOW + 14
        table, height = _table(one.outcome.summary, height, sides)
        body += table
        height += 12
    key, height = paragraph(height + 6, KEY, x=8, room=WIDTH - 16, lines=4, step=17, size=SMALL, fill=QUIET)
    source = _source([one.provenance for one in scenarios])
    foot, height = paragraph(height + 4, source, x=8, room=WIDTH - 16, lines=12, step=17, size=SMALL, fill=QUIET)
    return standalone(
        picture(
            WIDTH,
            height,
            "".join([*body, *key, *foot]),
            scale=SCALE,
            name="course",
            title="Output by day, as a part of usual",
            description=f"Scenarios: {len(scenarios)}; all panels run from {exact_percent(1.0 - span)} to "
            f"{percent(top)} of usual output, and the vertical axis does not begin at zero unless it says so. The "
            "tables have the losses.",
        )
    )


def _source(provenance: Sequence[Provenance]) -> str:
    """What the numbers rest on: draws, table, method."""
    runs = dict.fromkeys(one.filters["runs"] for one in provenance)
    tables = dict.fromkeys(one.sources[0] for one in provenance)
    method = dict.fromkeys(f"docs/methods/{one.method}.md" for one in provenance)
    return f"Runs: {'; '.join(runs)}. {' '.join(tables)}; method: {', '.join(method)}"


def _least(row: Row) -> float:
    return min(float(row[key]) for key in ("middle", "mild", "severe", "p05") if row[key] is not None)


def _most(row: Row) -> float:
    return max(float(row[key]) for key in ("middle", "mild", "severe", "p95") if row[key] is not None)


def _panel(rows: Sequence[Row], frame: tuple[float, float, float, float, float], words: str, name: str) -> str:
    """One panel; the frame is its left, top, width, lowest and highest value."""
    left, top, width, low, high = frame
    days = len(rows)

    def x(day: int) -> float:
        return left + width * day / max(days - 1, 1)

    def y(value: float) -> float:
        return top + PLOT * (high - max(value, low)) / (high - low)

    parts = [label(left, top - 9, fit(words, width, TEXT, 600), size=TEXT, weight=600, fill=QUIET)]
    for share in (low, (low + 1.0) / 2, 1.0):
        parts.append(rule(left, y(share), left + width, y(share)))
        if left <= LEFT:
            parts.append(label(left - 6, y(share) + 4, exact_percent(share), size=SMALL, anchor="end", fill=QUIET))
    for ends, shade in ((("mild", "severe"), SHADES[0]), (("p05", "p95"), SHADES[1])):
        if all(row[end] is not None for row in rows for end in ends):
            there = [f"{x(row['day']):.1f},{y(min(row[end] for end in ends)):.1f}" for row in rows]
            back = [f"{x(row['day']):.1f},{y(max(row[end] for end in ends)):.1f}" for row in reversed(rows)]
            parts.append(element("polygon", points=" ".join([*there, *back]), fill=shade))
    line = " ".join(f"{x(row['day']):.1f},{y(row['middle']):.1f}" for row in rows if row["middle"] is not None)
    parts.append(curve(line, BLUE))
    parts.append(label(left, top + PLOT + 16, "day 0", size=SMALL, fill=QUIET))
    parts.append(label(left + width, top + PLOT + 16, f"day {days - 1}", size=SMALL, anchor="end", fill=QUIET))
    worst = min(rows, key=_least)
    said = f"{words}: at worst {percent(_least(worst))} of usual output, on day {worst['day']}"
    return element("g", element("title", escape(said)) + "".join(parts), id=name, role="img", aria_label=said)


def _table(summary: Sequence[Row], top: float, sides: Mapping[str, str]) -> tuple[list[str], float]:
    """What each side loses of its output, in money and of a year's; the ends below the middle, and the year's below."""
    parts = [
        label(8, top, "Output lost", size=SMALL, weight=600, fill=QUIET),
        label(MIDDLE, top, "in the scenario", size=SMALL, weight=600, anchor="end", fill=QUIET),
        label(END, top, "of a year’s output", size=SMALL, weight=600, anchor="end", fill=QUIET),
    ]
    for side in SIDES:
        found = {row["measure"]: row for row in summary if row["where"] == side}
        lost, share = found.get("output lost"), found.get("output lost, part of a year's")
        if lost is None or share is None:
            continue
        parts.append(rule(8, top + 7, END, top + 7))
        top += LINE + 7
        usual = lost["middle"] / share["middle"] if share["middle"] else None
        lines = (
            (fit(sides[side], 190, TEXT), money(lost["middle"] * 1000.0), percent(share["middle"])),
            (
                "" if usual is None else f"of {money(usual * 1000.0)} a year",
                f"({money(lost['mild'] * 1000.0, '')} to {money(lost['severe'] * 1000.0, '')})",
                f"({percent(share['mild'])} to {percent(share['severe'])})",
            ),
        )
        for row, (cells, size, ink) in enumerate(zip(lines, (TEXT, SMALL), (INK, QUIET), strict=True)):
            line = top + row * LINE
            parts.append(label(8, line, cells[0], size=size, fill=ink))
            parts += [
                label(x, line, cell, size=size, anchor="end", fill=ink)
                for x, cell in zip((MIDDLE, END), cells[1:], strict=True)
            ]
        top += LINE
    return parts, top + 10
