"""Levels in the terminal: one hue, darker for more, always with the word; plain where colours are not wanted."""

from __future__ import annotations

from ostra.show.charts.palette import LEVEL_SHADE, SHADE_TEXT, SHADES
from ostra.show.output import Legend

STYLES: dict[str, str] = {level: f"{SHADE_TEXT[shade]} on {SHADES[shade]}" for level, shade in LEVEL_SHADE.items()}
"""Both ink and ground are set, so that cells read the same on dark and on light terminals."""

MATRIX_LEGEND: Legend = (
    ("Levels: ", ""),
    *((f" {level} ", style) for level, style in STYLES.items()),
    ("  ░ not assessed\n", ""),
    ("%: probability of that level or higher. ±: helps one dimension, hurts another.", ""),
)
