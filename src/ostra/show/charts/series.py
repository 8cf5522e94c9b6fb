"""Time series of one product: the share of the largest supplier and the concentration of imports, year by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ostra.model.results.ecosystem import TradeIndicators
from ostra.show.charts.palette import BLUE, INK, QUIET
from ostra.show.charts.svg import box, curve, element, hatch, label, link, picture, rule, text_width, unknown
from ostra.words.figures import exact_percent, figure, number, percent

WIDTH, HEIGHT = 300, 190
LEFT, RIGHT, TOP, BOTTOM = 32, 58, 12, 24
LINES = (
    ("top_share", "share of the largest supplier", BLUE, None),
    ("concentration", "concentration (HHI)", QUIET, "4 3"),
)


def series_panel(rows: Sequence[TradeIndicators], name: str, title: str, evidence: Mapping[str, object]) -> str:
    """One small picture; years without a known value are hatched and never drawn as zero.

    Parameters
    ----------
    rows
        One row per year of one product, in any order.
    name
        Id of the picture, unique on the page.
    title
        What the product is called.
    evidence
        Evidence by id: a point is a link where its number has evidence.
    """
    rows = sorted(rows, key=lambda row: row.year)
    first, last = rows[0].year, rows[-1].year
    span = max(last - first, 1)
    step = (WIDTH - LEFT - RIGHT) / span

    def x(year: int) -> float:
        return LEFT + (year - first) * step

    def y(share: float) -> float:
        return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)

    parts = [hatch(name)]
    known = {row.year for row in rows if row.top_share is not None}
    for low, high in _runs([year for year in range(first, last + 1) if year not in known]):
        start, end = max(x(low) - step / 2, LEFT), min(x(high) + step / 2, WIDTH - RIGHT)
        parts.append(box(start, TOP, end - start, y(0) - TOP, unknown(name)))
    for share in (0.0, 0.5, 1.0):
        parts.append(rule(LEFT, y(share), WIDTH - RIGHT, y(share)))
        parts.append(label(LEFT - 5, y(share) + 3.5, exact_percent(share), size=9.5, anchor="end", fill=QUIET))
    parts.append(label(LEFT, HEIGHT - 8, str(first), size=9.5, fill=QUIET))
    parts.append(label(WIDTH - RIGHT, HEIGHT - 8, str(last), size=9.5, anchor="end", fill=QUIET))
    ends: list[tuple[float, int, str, str]] = []
    for indicator, words, colour, dash in LINES:
        values = {row.year: value for row in rows if (value := getattr(row, indicator)) is not None}
        for low, high in _runs(sorted(values)):
            points = " ".join(f"{x(year):.1f},{y(values[year]):.1f}" for year in range(low, high + 1))
            if high > low:
                parts.append(curve(points, colour, dash))
        for year, value in values.items():
            dot = element("circle", cx=x(year), cy=y(value), r=2.0, fill=colour)
            key = f"trade.{rows[0].product}.{year}.{indicator}"
            shown = percent(value) if indicator == "top_share" else number(value, 3)
            said = f"{title}, {year}: {words} {shown}"
            reach = element("circle", cx=x(year), cy=y(value), r=6.0, fill="#ffffff", fill_opacity=0)
            parts.append(link(f"ev-{key}", reach + dot, said, tab=False) if key in evidence else dot)
        if values:
            year = max(values)
            shown = percent(values[year]) if indicator == "top_share" else f"HHI {figure(values[year], '.2f')}"
            if year < last:
                shown = f"{shown} in {year}"
            ends.append((y(values[year]), year, shown, colour))
    ends.sort()
    height = -99.0
    for place, year, text, colour in ends:
        height = max(place + 3.5, height + 12)
        start = (WIDTH - RIGHT if year == last else x(year)) + 6
        if year < last:
            parts.append(box(start - 3, height - 9, text_width(text, 9.5, 600) + 6, 12, "#ffffff"))
        parts.append(label(start, height, text, size=9.5, weight=600, fill=colour))
    if not known:
        parts.append(label((LEFT + WIDTH - RIGHT) / 2, y(0.5) - 6, "unknown in all years", anchor="middle", fill=INK))
    return picture(
        WIDTH,
        HEIGHT,
        "".join(parts),
        name=name,
        title=f"{title}: largest supplier and concentration, {first}–{last}",
        description=f"{len(known)} of {len(rows)} years are known; the others are hatched. The table has all values.",
    )


def _runs(years: Sequence[int]) -> list[tuple[int, int]]:
    """Consecutive years as (first, last)."""
    runs: list[tuple[int, int]] = []
    for year in years:
        if runs and runs[-1][1] == year - 1:
            runs[-1] = (runs[-1][0], year)
        else:
            runs.append((year, year))
    return runs
