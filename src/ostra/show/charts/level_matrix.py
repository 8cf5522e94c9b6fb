"""Technologies × dimensions in one picture: level, distribution, strength and tensions of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ostra.model.assessment import Assessment
from ostra.model.base import DIMENSIONS, LEVELS
from ostra.model.listing import Listing
from ostra.model.results.dimensions import DimensionResult, LevelDistribution
from ostra.show.charts.palette import INK, LEVEL_SHADE, QUIET, RULE, SHADE_TEXT, SHADES
from ostra.show.charts.svg import (
    box,
    element,
    fit,
    focusable,
    hatch,
    label,
    legend,
    link,
    picture,
    stacked,
    standalone,
    text_width,
    unknown,
    wrap,
)
from ostra.show.sections.across import tensions
from ostra.words.figures import percent
from ostra.words.sentences import counted

LEFT = 4.0
NAMES, CELL, ROW, GAP = 206.0, 160.0, 62.0, 3.0  # width of names and cells, height of rows, room between cells
WIDTH = LEFT + NAMES + len(DIMENSIONS) * CELL
HEAD = 28.0
FOOT = 76.0
BAR = 11.0
TENSION = "±"

Target = Callable[[Assessment, DimensionResult], str | None]


def matrix_figure(assessments: Sequence[Assessment], name: str, target: Target | None = None) -> str:
    """One row for each assessment, one cell for each dimension, in the order given.

    A cell says the level in words and its probability, has the shade of the level, and shows all four probabilities
    as a bar. A ring with ± marks tensions, `+` a strength of home; hatched is what was not assessed.

    Parameters
    ----------
    name
        Id of the picture, unique on the page.
    target
        Where on the page a cell leads to; without it, cells can be reached by keyboard and lead nowhere.
    """
    parts = [hatch(name)]
    for column, dimension in enumerate(DIMENSIONS):
        parts.append(label(LEFT + NAMES + column * CELL + 2, HEAD - 9, dimension.capitalize(), size=12.5, weight=600))
    for row, assessment in enumerate(assessments):
        top = HEAD + row * ROW
        lines = wrap(assessment.title, NAMES - 14, 12.5, 3, weight=600)
        parts.append(stacked(LEFT, top + ROW / 2 + 3, lines, step=15, size=12.5, weight=600))
        results = {result.dimension: result for result in assessment.step2.dimensions}
        for column, dimension in enumerate(DIMENSIONS):
            result = results.get(dimension)
            drawn = _cell(LEFT + NAMES + column * CELL, top, name, assessment, result)
            said = f"{assessment.title}, {dimension}: {cell_words(assessment, result)}"
            leads = target(assessment, result) if target and result else None
            parts.append(link(leads, drawn, said) if leads else focusable(said, drawn))
    bottom = HEAD + len(assessments) * ROW
    parts.append(_legend(bottom + 18, name))
    if assessments:
        about = fit(about_words(assessments), WIDTH - LEFT, 11)
        parts.append(label(LEFT, bottom + FOOT - 5, about, size=11, fill=QUIET))
    return picture(
        WIDTH,
        bottom + FOOT,
        "".join(parts),
        name=name,
        title="How serious the challenge is: technologies and dimensions",
        description=f"{len(assessments)} technologies in rows, {len(DIMENSIONS)} dimensions in columns. Each cell has "
        "the level as a word, the probability of that level or a higher one, and a bar of the probabilities of none, "
        "low, medium and high. The table has all values.",
    )


def drawn(listing: Listing) -> str:
    """The matrix of the assessments behind a listing as an SVG file of its own, with the report's fonts inside."""
    return standalone(matrix_figure(listing.behind, "matrix"))


def about_words(assessments: Sequence[Assessment]) -> str:
    """Whose view this is and what it was made from, in one line."""
    first = assessments[0]
    return (
        f"{first.home_name}, {first.year} · profile: {first.profile_title} · facts {first.hashes.facts[:12]} · "
        f"ostra {first.hashes.version}"
    )


def cell_words(assessment: Assessment, result: DimensionResult | None) -> str:
    """All that a cell shows, as text."""
    if result is None or not result.assessed:
        return "not assessed"
    spread = result.challenge
    words = f"{spread.reached_words}, {percent(spread.reached)}"
    words += " (" + ", ".join(f"{level} {percent(getattr(spread, level))}" for level in LEVELS) + ")"
    if result.strength is not None and result.strength.level != "none":
        words += f"; strength of home {result.strength.level}"
    count = tensions(assessment, result.dimension)
    return words + (f"; {counted(count, 'tension')} with other dimensions" if count else "")


def _cell(x: float, top: float, name: str, assessment: Assessment, result: DimensionResult | None) -> str:
    width, height = CELL - GAP, ROW - GAP
    if result is None or not result.assessed:
        ground = box(x, top, width, height, unknown(name), stroke=RULE, stroke_width=1)
        room = text_width("not assessed", 11.5) + 12
        plate = box(x + 8, top + 19, room, 20.0, "#ffffff")
        return ground + plate + label(x + 14, top + 33, "not assessed", size=11.5, fill=QUIET)
    spread = result.challenge
    shade = LEVEL_SHADE[spread.level]
    ink = SHADE_TEXT[shade]
    parts = [box(x, top, width, height, SHADES[shade])]
    parts.append(label(x + 9, top + 19, spread.level, size=14, weight=600, fill=ink))
    more = "or higher, " if spread.reached_words != spread.level else ""
    words = f"{more}{percent(spread.reached)}"
    if spread.less_likely:
        level, mass = spread.less_likely
        words += f"; {level} {percent(mass)}"
    parts.append(label(x + 9, top + 34, words, size=11, fill=ink))
    if result.strength is not None and result.strength.level != "none":
        end = x + width - (28 if tensions(assessment, result.dimension) else 9)
        parts.append(label(end, top + 19, f"+ {result.strength.level}", size=11, anchor="end", fill=ink))
    if tensions(assessment, result.dimension):
        parts.append(_ring(x + width - 16, top + 14))
    parts.append(_distribution(x + 9, top + 41, width - 18, spread))
    return "".join(parts)


def _ring(x: float, y: float) -> str:
    disc = element("circle", cx=x, cy=y, r=7.5, fill="#ffffff", stroke=INK, stroke_width=1)
    return disc + label(x, y + 4, TENSION, size=11.5, weight=600, anchor="middle")


def _distribution(x: float, y: float, width: float, spread: LevelDistribution) -> str:
    """The four probabilities side by side, none first."""
    parts = [box(x - 1, y - 1, width + 2, BAR + 2, "#ffffff")]
    start = x
    for level in LEVELS:
        size = getattr(spread, level) * width
        if size > 0:
            parts.append(box(start, y, size, BAR, SHADES[LEVEL_SHADE[level]]))
            start += size
            if start < x + width - 0.5:
                parts.append(box(start - 0.4, y, 0.8, BAR, "#ffffff"))
    parts.append(box(x - 0.5, y - 0.5, width + 1, BAR + 1, "none", stroke=INK, stroke_width=1))
    return "".join(parts)


def _legend(y: float, name: str) -> str:
    fills = [*((SHADES[LEVEL_SHADE[level]], level) for level in LEVELS), (unknown(name), "not assessed")]
    shown, x = legend(fills, LEFT, y, size=11, swatch=(18.0, 12.0), stroke_width=0.8)
    marks = "tension: what helps one dimension hurts another", "+ strength of home"
    below = (
        "Per cent: probability of that level or a higher one (at none: of none). Bars: of none, low, medium and high.",
        "The level is the gravest that some finding, measured or judged, shows more likely than not. It is no "
        "forecast.",
    )
    places = (x + 21, x + 21 + text_width(marks[0], 11) + 16, LEFT, LEFT)
    parts = [shown, _ring(x + 8, y - 4)]
    for left, down, text in zip(places, (0, 0, 19, 35), (*marks, *below), strict=True):
        parts.append(label(left, y + down, text, size=11, fill=QUIET))
    return "".join(parts)
