"""World map: how much of any one item each economy can hold up."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from ostra.model.base import Interval
from ostra.show.charts.palette import BLUE, QUIET, SHADE_NAMES, SHADES, shade
from ostra.show.charts.svg import box, element, hatch, label, link, picture, text_width, unknown
from ostra.words.figures import percents

HOME_FILL = "#6b7680"
NONE_FILL = "#f3f4f5"
COAST = "#b4bcc5"


# Fill and words; the empty fill stands for hatching.
LEGEND = (*zip(SHADES, SHADE_NAMES, strict=True), ("", "unknown"), (HOME_FILL, "home"), (NONE_FILL, "no hold recorded"))


@functools.cache
def world() -> dict[str, Any]:
    """The outlines that scripts/build_world_map.py made."""
    data: dict[str, Any] = json.loads((files("ostra.show") / "world.json").read_text(encoding="utf-8"))
    return data


def world_map(
    holds: Mapping[str, tuple[Interval, int]], members: frozenset[str], names: Mapping[str, str], name: str
) -> str:
    """Shade each economy by the least that its largest hold can be.

    Parameters
    ----------
    holds
        Economy -> (its largest hold on any item, number of items). An economy whose largest hold may be nothing
        (its low bound is 0) is hatched: unknown, not zero. Economies that are not named here are left pale.
    members
        The economies of the home.
    """
    data = world()
    width, height = float(data["width"]), float(data["height"]) + 80
    parts = [hatch(name).replace('width="6"', 'width="6" patternTransform="scale(2.4)"', 1)]
    shapes: list[tuple[int, str, str]] = []
    for code, outline in data["outlines"].items():
        fill, rank = _fill(code, holds, members, name)
        shape = element("path", d=outline, fill=fill, stroke=COAST, stroke_width=1)
        shapes.append((rank, code, shape))
    for code, (x, y) in data["points"].items():
        fill, rank = _fill(code, holds, members, name)
        if rank:
            mark = element("circle", cx=x, cy=y, r=11, fill=fill, stroke="#15202b", stroke_width=2)
            shapes.append((rank, code, mark))
    for _, code, shape in sorted(shapes, key=lambda s: s[:2]):
        if code in holds and code not in members:
            hold, items = holds[code]
            count = "1 item" if items == 1 else f"{items} items"
            said = f"{names.get(code, code)}: largest hold {percents(hold)}, {count}"
            shape = link(f"sup-{code}", shape, said)
        parts.append(shape)
    parts.append(_legend(name, float(data["height"]) + 30))
    unseen = sorted(code for code in holds if code not in data["outlines"] and code not in data["points"])
    return picture(
        width,
        height,
        "".join(parts),
        name=name,
        title="Largest hold of each economy on any item",
        description="Economies shaded by their largest hold on any item. The table has every economy and value."
        + (f" Not on the map: {', '.join(unseen)}." if unseen else ""),
    )


def _fill(code: str, holds: Mapping[str, tuple[Interval, int]], members: frozenset[str], name: str) -> tuple[str, int]:
    """The fill of an economy, and 0 when there is nothing to say about it."""
    if code in members:
        return HOME_FILL, 1
    if code not in holds:
        return NONE_FILL, 0
    low = holds[code][0].low
    return (SHADES[shade(low)] if low > 0 else unknown(name)), 2


def _legend(name: str, top: float) -> str:
    entries = [(fill or unknown(name), words) for fill, words in LEGEND]
    parts = [label(20, top + 26, "Largest hold, at least:", size=27, fill=QUIET)]
    x = 20 + text_width("Largest hold, at least:", 27) + 24
    for fill, words in entries:
        parts.append(box(x, top, 44, 34, fill, stroke=BLUE, stroke_width=1))
        parts.append(label(x + 54, top + 26, words, size=25))
        x += 54 + text_width(words, 25) + 28
    return element("g", "".join(parts), class_="own-legend")
