"""Every sector × every economy in one picture: the look-through reliance as a shade of one hue and a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from ostra.show.charts.palette import QUIET, RULE, SHADE_TEXT, SHADES
from ostra.show.charts.svg import box, fit, hatch, heading, label, legend, paragraph, picture, standalone, unknown
from ostra.words.figures import percent

LEFT, NAMES = 8.0, 308.0
CELL, ROW = 30.0, 17.0
MOST = 30  # columns in one picture
STEPS = (0.01, 0.025, 0.05, 0.10)  # our choice: lower bounds of the second to the fifth shade
STEP_NAMES = ("under 1%", "1–2.5%", "2.5–5%", "5–10%", "10% and more")

Cells = Mapping[tuple[str, str], float | None]


def heat_picture(
    rows: Sequence[tuple[str, str]],
    columns: Sequence[tuple[str, str]],
    cells: Cells,
    *,
    title: str,
    said: str,
    about: str,
) -> str:
    """Draw shares by row and column as an SVG file; columns with the largest share come first, at most MOST of them.

    Parameters
    ----------
    rows, columns
        Id and name of each.
    cells
        (row id, column id) -> share; None, or no entry, is unknown and hatched.
    title, said, about
        The heading, what it says, and where it comes from.
    """
    name = "reliance"

    def most(column: tuple[str, str]) -> float:
        return max((cells.get((row, column[0])) or 0.0 for row, _ in rows), default=0.0)

    shown = sorted(columns, key=lambda column: (-most(column), column[0]))[:MOST]
    width = max(NAMES + len(shown) * CELL + LEFT, 760.0)
    written, y = heading(title, said, x=LEFT, width=width, lines=3)
    fills = [*zip(SHADES, STEP_NAMES, strict=True), (unknown(name), "unknown")]
    steps, _ = legend(fills, LEFT, y + 10, gap=14, stroke=RULE, stroke_width=0.8)
    body = [hatch(name), *written, steps]
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
    description = (
        f"{said} {len(rows)} sectors in rows, {len(shown)} economies in columns, the share in each cell in "
        "per cent and as a shade; hatched is unknown. The table has all values."
    )
    return standalone(picture(width, y, "".join(body), name=name, title=title, description=description))


def _cell(x: float, y: float, share: float | None, said: str, name: str) -> str:
    said = escape(f"{said}: {'unknown' if share is None else percent(share)}")
    if share is None:
        return f"<g><title>{said}</title>{box(x, y, CELL - 1, ROW - 1, unknown(name))}</g>"
    step = sum(share >= bound for bound in STEPS)
    cell = box(x, y, CELL - 1, ROW - 1, SHADES[step])
    words = ""
    if share >= STEPS[0]:
        text = percent(share, aligned=True).removesuffix("%")
        words = label(x + CELL / 2, y + ROW - 5, text, size=8.5, anchor="middle", fill=SHADE_TEXT[step])
    return f"<g><title>{said}</title>{cell}{words}</g>"
