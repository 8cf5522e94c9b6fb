"""The course of output in scenarios: for each, the home, those who withhold and the world, with bands; then a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ostra.report.charts.svg import element, fit, label, picture, rule
from ostra.report.wording import BLUE, INK, QUIET, SHADES, number, percent

Row = Mapping[str, Any]
WIDTH = 960
PLOT, GAP = 150, 24  # height of a plot, room between panels
LEFT, TOP = 46, 46
LINE = 18  # height of a row of the table
SIDES = {"home": "Home", "sellers": "Those who withhold", "hit": "Those hit", "world": "World"}
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
COLUMNS = ((LEFT, "start"), (360, "end"), (490, "end"), (690, "end"), (WIDTH - 8, "end"))


def course_picture(scenarios: Sequence[tuple[str, str, Sequence[Row], Sequence[Row]]], *, home: str) -> str:
    """Draw scenarios below each other on one scale, so that they can be compared.

    Parameters
    ----------
    scenarios
        Id, title, rows of the course (where, day, statistics) and rows of the summary of each.
    home
        What the home is called.
    """
    rows = [row for _, _, course, _ in scenarios for row in course]
    low = min(_least(row) for row in rows)
    span = next((step for step in STEPS if step >= 1.0 - low), 1.0)
    highest = max(_most(row) for row in rows)
    top = 1.0 + (0.0 if highest <= 1.0 + 0.02 * span else highest - 1.0)
    drawn, height = [], 10.0
    for number_, (name, title, course, summary) in enumerate(scenarios):
        drawn.append(label(LEFT, height + 18, fit(title, WIDTH - LEFT - 8, 15, 600), size=15, weight=600))
        parts = {side: [row for row in course if row["where"] == side] for side in SIDES}
        there = {side: part for side, part in parts.items() if part}
        width = (WIDTH - LEFT - 8 - GAP * (len(there) - 1)) / len(there)
        for place, (side, part) in enumerate(there.items()):
            left = LEFT + place * (width + GAP)
            said = home if side == "home" else SIDES[side]
            frame = (left, height + TOP, width, 1.0 - span, top)
            drawn.append(_panel(part, frame, said, f"{name}-{side}-{number_}"))
        height += TOP + PLOT + 40
        table, height = _table(summary, height, home)
        drawn.append(table)
        height += 14
    key = (
        "Line: middle. Pale: from the mild to the severe end of all open numbers. Darker: 5 to 95 % of the draws, if "
        "any were made."
    )
    drawn.append(label(LEFT, height + 4, key, size=10, fill=QUIET))
    return picture(
        WIDTH,
        height + 16,
        "".join(drawn),
        name="course",
        title="Output by day, as a part of usual",
        description=f"Scenarios: {len(scenarios)}; all panels run from {percent(1.0 - span)} to {percent(top)} of "
        "usual output, and the vertical axis does not begin at zero unless it says so. The table has the losses.",
    )


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

    parts = [label(left, top - 8, words, size=11, weight=600, fill=QUIET)]
    for share in (low, (low + 1.0) / 2, 1.0):
        parts.append(rule(left, y(share), left + width, y(share)))
        if left <= LEFT:
            parts.append(label(left - 5, y(share) + 3.5, _axis(share, 1.0 - low), size=9, anchor="end", fill=QUIET))
    for ends, shade in ((("mild", "severe"), SHADES[0]), (("p05", "p95"), SHADES[1])):
        if all(row[end] is not None for row in rows for end in ends):
            there = [f"{x(row['day']):.1f},{y(min(row[end] for end in ends)):.1f}" for row in rows]
            back = [f"{x(row['day']):.1f},{y(max(row[end] for end in ends)):.1f}" for row in reversed(rows)]
            parts.append(element("polygon", points=" ".join([*there, *back]), fill=shade))
    line = " ".join(f"{x(row['day']):.1f},{y(row['middle']):.1f}" for row in rows if row["middle"] is not None)
    parts.append(element("polyline", points=line, fill="none", stroke=BLUE, stroke_width=1.8, stroke_linejoin="round"))
    parts.append(label(left, top + PLOT + 14, "day 0", size=9.5, fill=QUIET))
    parts.append(label(left + width, top + PLOT + 14, f"day {days - 1}", size=9.5, anchor="end", fill=QUIET))
    worst = min(rows, key=_least)
    said = f"{words}: at worst {percent(_least(worst))} of usual output, on day {worst['day']}"
    return element("g", element("title", said) + "".join(parts), id=name, role="img", aria_label=said)


def _axis(share: float, span: float) -> str:
    """A share on the axis, with as many decimals as the span needs."""
    decimals = 0 if span >= 0.1 else 1 if span >= 0.01 else 2
    return f"{100 * share:.{decimals}f}%"


def _table(summary: Sequence[Row], top: float, home: str) -> tuple[str, float]:
    """Before and after: usual output of as many days, lost, left; the interval beside the middle."""
    heads = ("", "Usual output a year", "Lost in the scenario", "from mild to severe", "part of a year's output")
    parts = [
        label(x, top, head, size=10.5, weight=600, anchor=anchor, fill=QUIET)
        for (x, anchor), head in zip(COLUMNS, heads, strict=True)
    ]
    for side, words in SIDES.items():
        found = {row["measure"]: row for row in summary if row["where"] == side}
        lost, share = found.get("output lost"), found.get("output lost, part of a year's")
        if lost is None or share is None:
            continue
        top += LINE
        usual = lost["middle"] / share["middle"] if share["middle"] else None
        cells = (
            home if side == "home" else words,
            "" if usual is None else f"{_billion(usual)}",
            _billion(lost["middle"]),
            f"{_billion(lost['mild'])} to {_billion(lost['severe'])}",
            f"{_small(share['middle'])} ({_small(share['mild'])} to {_small(share['severe'])})",
        )
        parts.append(rule(LEFT, top - 13, WIDTH - 8, top - 13))
        parts += [
            label(x, top, cell, size=11, anchor=anchor, fill=INK)
            for (x, anchor), cell in zip(COLUMNS, cells, strict=True)
        ]
    return "".join(parts), top + 14


def _billion(millions: float | None) -> str:
    return "unknown" if millions is None else f"USD {number(millions / 1000.0)} bn"


def _small(share: float | None) -> str:
    """A share with three digits, so that small losses are told apart."""
    if share is None:
        return "unknown"
    return "under 0.001%" if abs(share) < 1e-5 else f"{100.0 * share:.3g}%".replace("-", "−")
