"""Every sector × every economy in one picture: the look-through reliance as a shade of one hue and a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from ostra.show.charts.palette import QUIET, RULE, SHADE_TEXT, SHADES
from ostra.show.charts.svg import element, fit, hatch, heading, label, legend, paragraph, picture, standalone
from ostra.words.figures import percent

LEFT, NAMES = 8.0, 308.0
CELL, ROW = 30.0, 17.0
MOST = 30  # columns in one picture
STEPS = (0.01, 0.025, 0.05, 0.10)  # our choice: lower bounds of the second to the fifth shade
STEP_NAMES = ("under 1%", "1–2.5%", "2.5–5%", "5–10%", "10% and more")

Cells = Mapping[tuple[str, str], float | None]


def heat_figure(
    rows: Sequence[tuple[str, str]],
    columns: Sequence[tuple[str, str]],
    cells: Cells,
    name: str,
    *,
    title: str,
    said: str,
    about: str,
) -> str:
    """Draw shares by row and column; the columns with the largest share come first, at most MOST of them.

    Parameters
    ----------
    rows, columns
        Id and name of each.
    cells
        (row id, column id) -> share; None, or no entry, is unknown and hatched.
    name
        Id of the picture, unique on the page.
    title, said, about
        The heading, what it says, and where it comes from.
    """

    def most(column: tuple[str, str]) -> float:
        return max((cells.get((row, column[0])) or 0.0 for row, _ in rows), default=0.0)

    shown = sorted(columns, key=lambda column: (-most(column), column[0]))[:MOST]
    width = max(NAMES + len(shown) * CELL + LEFT, 760.0)
    written, y = heading(title, said, x=LEFT, width=width, lines=3)
    fills = [*zip(SHADES, STEP_NAMES, strict=True), (f"url(#{name}-hatch)", "unknown")]
    steps, _ = legend(fills, LEFT, y + 10, gap=14, stroke=RULE, stroke_width=0.8)
    body = [element("defs", hatch(f"{name}-hatch")), *written, steps]
    y += 42
    for place, (code, _) in enumerate(shown):
        body.append(
            label(NAMES + (place + 0.5) * CELL, y - 6, fit(code, CELL, 9.5, 600), size=9.5, weight=600, anchor="middle")
        )
    for row_id, row_name in rows:
        body.append(label(NAMES - 8, y + ROW - 5, fit(row_name, NAMES - LEFT - 8, 10.5), size=10.5, anchor="end"))
        for place, (code, column_name) in enumerate(shown):
            share = cells.get((row_id, code))
            body.append(_cell(NAMES + place * CELL, y, share, f"{row_name}, {column_name}", name))
        y += ROW
    y += 16
    names = ", ".join(f"{code} {text}" for code, text in shown)
    left = f"; {len(columns) - len(shown)} with smaller shares stand in the table only" if len(columns) > MOST else ""
    written, y = paragraph(y, f"{names}{left}.", x=LEFT, room=width - 2 * LEFT, lines=4, step=13, size=9.5, fill=QUIET)
    body += written
    written, y = paragraph(y, about, x=LEFT, room=width - 2 * LEFT, lines=3, step=14, size=10, fill=QUIET)
    body += written
    return picture(
        width,
        y,
        "".join(body),
        name=name,
        title=title,
        description=f"{said} {len(rows)} sectors in rows, {len(shown)} economies in columns, the share in each cell in "
        "per cent and as a shade; hatched is unknown. The table has all values.",
    )


def heat_picture(
    rows: Sequence[tuple[str, str]],
    columns: Sequence[tuple[str, str]],
    cells: Cells,
    *,
    title: str,
    said: str,
    about: str,
) -> str:
    """The map as an SVG file of its own, with the report's fonts inside."""
    return standalone(heat_figure(rows, columns, cells, "reliance", title=title, said=said, about=about))


def _cell(x: float, y: float, share: float | None, said: str, name: str) -> str:
    size = {"x": x, "y": y, "width": CELL - 1, "height": ROW - 1}
    said = escape(f"{said}: {'unknown' if share is None else percent(share)}")
    if share is None:
        return f"<g><title>{said}</title>{element('rect', fill=f'url(#{name}-hatch)', **size)}</g>"
    step = sum(share >= bound for bound in STEPS)
    box = element("rect", fill=SHADES[step], **size)
    words = ""
    if share >= STEPS[0]:
        text = percent(share, aligned=True).removesuffix("%")
        words = label(x + CELL / 2, y + ROW - 5, text, size=8.5, anchor="middle", fill=SHADE_TEXT[step])
    return f"<g><title>{said}</title>{box}{words}</g>"
