"""Inks, and the shades of shares and levels; the same on the page and in charts."""

from __future__ import annotations

from ostra.model.base import Level

INK = "#15202b"
QUIET = "#4a5763"  # secondary text: 7.3:1 on white
RULE = "#c8d0d8"
BLUE = "#1f5a96"
SHADES = ("#e1ecf7", "#b9d3ec", "#83b0da", "#3b76b0", "#1b4f86")  # one hue, five steps
SHADE_TEXT = (INK, INK, INK, "#ffffff", "#ffffff")  # each at least 4.5:1 on its shade
SHADE_STEPS = (0.1, 0.25, 0.5, 0.75)  # our choice: lower bounds of the second to the fifth shade
SHADE_NAMES = ("under 10%", "10–25%", "25–50%", "50–75%", "75% and more")
LEVEL_SHADE: dict[Level, int] = {"none": 0, "low": 1, "medium": 2, "high": 4}


def shade(share: float) -> int:
    """Which of the five shades a share has, 0 to 4."""
    return sum(share >= step for step in SHADE_STEPS)
