"""What moving the thresholds of a severity rule does: one small panel for each rule of the profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ostra.model.base import LEVELS
from ostra.model.listing import Listing
from ostra.show.charts.palette import INK, LEVEL_SHADE, QUIET, RULE, SHADES
from ostra.show.charts.svg import box, element, fit, hatch, label, legend, picture, rule, standalone, unknown
from ostra.show.sections.selection import group

COLUMNS = 3
PANEL, HEIGHT = 286.0, 176.0  # of one panel with its heading
PLOT_LEFT, PLOT_TOP, PLOT_WIDTH, PLOT_HEIGHT = 14.0, 58.0, 248.0, 84.0
LEFT, FOOT = 4.0, 60.0
WIDTH = LEFT + COLUMNS * PANEL

Row = Mapping[str, Any]


def drawn(listing: Listing) -> str:
    """Ecosystems by level as stacked bars over the factor of the thresholds, findings as numbers: as an SVG file."""
    name = "sensitivity"
    kept = ("home", "year", "profile")
    about = " · ".join(text for key, text in listing.provenance.filters.items() if key in kept)
    rules = group((row["rule"], row) for row in listing.frame.to_dicts())
    parts = [hatch(name)]
    for number, own in enumerate(rules.values()):
        x = LEFT + (number % COLUMNS) * PANEL
        y = (number // COLUMNS) * HEIGHT
        parts.append(_panel(x, y, own, name))
    bottom = -(-len(rules) // COLUMNS) * HEIGHT
    parts.append(_legend(bottom + 18, name))
    if about:
        parts.append(label(LEFT, bottom + FOOT - 6, fit(about, WIDTH - LEFT, 11), size=11, fill=QUIET))
    title = "How findings and levels respond when the thresholds of one rule move"
    description = (
        f"{len(rules)} panels, one for each severity rule. In each the thresholds are multiplied by "
        "factors from a half to two; a bar has the number of ecosystems at each level of the rule's dimension, and "
        "above it stands the number of findings. The table has all values."
    )
    return standalone(picture(WIDTH, bottom + FOOT, "".join(parts), name=name, title=title, description=description))


def _panel(x: float, y: float, rows: Sequence[Row], name: str) -> str:
    first = next((row for row in rows if row["factor"] == 1.0), rows[0])
    side = "challenge to" if first["effect"] < 0 else "strength in"
    name_of_rule = (
        "GeoPolRisk" if first["indicator"] == "geopolrisk" else first["indicator"].replace("_", " ").capitalize()
    )
    heading = f"{first['rule']}. {name_of_rule}"
    thresholds = ", ".join(f"{first[level]:g}" for level in ("low", "medium", "high"))
    parts = [
        label(x, y + 16, heading, size=12.5, weight=600),
        label(x, y + 32, f"{side} {first['dimension']}, at {thresholds}", size=11, fill=QUIET),
    ]
    total = max(1, *(sum(_counts(row).values()) for row in rows))
    step = PLOT_WIDTH / len(rows)
    base = y + PLOT_TOP + PLOT_HEIGHT
    for place, row in enumerate(rows):
        left = x + PLOT_LEFT + place * step
        findings = sum(row[f"findings_{level}"] for level in LEVELS[1:])
        middle = left + (step - 3) / 2
        own = row["factor"] == 1.0
        top = base
        counts = _counts(row)
        said = f"×{row['factor']:g}: {findings} findings; ecosystems: "
        boxes = [element("title", said + ", ".join(f"{level} {count}" for level, count in counts.items() if count))]
        for level, count in counts.items():
            tall = PLOT_HEIGHT * count / total
            top -= tall
            if count:
                fill = _fill(level, name)
                boxes.append(box(left, top, step - 3, tall, fill, stroke="#ffffff", stroke_width=0.5))
        parts.append(element("g", "".join(boxes)))
        weight, ink = (600, INK) if own else (400, QUIET)
        parts.append(label(middle, y + PLOT_TOP - 6, str(findings), size=10.5, weight=weight, anchor="middle"))
        marked = own or place in (0, len(rows) - 1)
        if marked or place % 2 == 0:
            factor = f"{'×' if marked else ''}{row['factor']:g}"
            parts.append(label(middle, base + 15, factor, size=10.5, weight=weight, anchor="middle", fill=ink))
        if own:
            parts.append(rule(left, base + 3, left + step - 3, base + 3, INK))
    parts.append(rule(x + PLOT_LEFT, base + 0.5, x + PLOT_LEFT + PLOT_WIDTH - 3, base + 0.5, RULE))
    return "".join(parts)


def _counts(row: Row) -> dict[str, int]:
    """Ecosystems by level, from the gravest at the foot of the bar to those not assessed on top."""
    counts: dict[str, int] = {level: int(row[f"{level}_ecosystems"]) for level in reversed(LEVELS)}
    counts["not assessed"] = int(row["not_assessed"])
    return counts


def _fill(level: str, name: str) -> str:
    """The shade of a level; hatched where nothing was assessed."""
    return {str(known): SHADES[shade] for known, shade in LEVEL_SHADE.items()}.get(level, unknown(name))


def _legend(y: float, name: str) -> str:
    fills = [(_fill(level, name), level) for level in (*reversed(LEVELS), "not assessed")]
    shown, x = legend(fills, LEFT, y, size=11, swatch=(12, 11), stroke=RULE, stroke_width=0.5)
    about = "ecosystems by level; above: findings of the rule; below: factor of its thresholds (×1 as they stand)"
    return shown + label(x, y, about, size=11, fill=QUIET)
