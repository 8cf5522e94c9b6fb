"""Path of a hold: hop by hop from the item held to its chokepoint, with what is known at each."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from ostra.model.base import Interval
from ostra.model.results.ecosystem import ChainHold, ChainHop
from ostra.show.charts.palette import BLUE, INK, QUIET, SHADES
from ostra.show.charts.svg import (
    box,
    element,
    fit,
    hatch,
    label,
    link,
    picture,
    share_bar,
    stacked,
    text_width,
    unknown,
    wrap,
)
from ostra.words.figures import percent, percents

WIDTH = 400.0  # nearly that of a telephone, so that nothing has to be scrolled there
BOX, BAR_X, BAR, WORDS_X = 158.0, 168.0, 80.0, 254.0
HEAD, STEP, BETWEEN = 20.0, 44.0, 24.0
BAR_HEIGHT = 8.0


def path_figure(hold: ChainHold, name: str, target: Callable[[ChainHop], str | None]) -> str:
    """Draw one hold from the item down to the chokepoint: at each hop the hold through the chain and the own share.

    Parameters
    ----------
    target
        Hop -> the place on the page that it leads to; None for none.
    """
    parts = [
        hatch(name),
        label(BAR_X, 10, f"What {fit(hold.holder_name, 130, 9)} can stop of it", size=9, fill=QUIET),
        label(WIDTH, 10, "Year", size=9, anchor="end", fill=QUIET),
    ]
    y = HEAD
    for number, hop in enumerate(hold.path):
        last = number == len(hold.path) - 1
        if number:
            parts.append(_arrow(y))
            parts.append(label(30, y + BETWEEN / 2 + 3.5, link_words(hop), size=9, fill=QUIET))
            y += BETWEEN
        shape = _hop(hop, y, name, chokepoint=last)
        said = f"{hop.item_name}: {hold.holder_name} can stop {percents(hop.hold)}, provides "
        said += percents(hop.share) + (f", {hop.year}" if hop.year else "")
        said += ". The chokepoint." if last else "."
        goal = target(hop)
        parts.append(link(goal, shape, said) if goal else f"<g><title>{escape(said)}</title>{shape}</g>")
        y += STEP
    parts.append(label(0, y + 16, end_words(hold), size=9.5, weight=600))
    return picture(
        WIDTH,
        y + 24,
        "".join(parts),
        name=name,
        title=hold_words(hold),
        description=f"{len(hold.path)} steps from {hold.item_name} to the chokepoint {hold.chokepoint_name}. "
        + end_words(hold),
    )


def hold_words(hold: ChainHold) -> str:
    """What the figure shows, in one sentence."""
    amount = percents(hold.hold)
    share = "an unknown part" if amount == "unknown" else amount
    where = "" if hold.chokepoint == hold.item else f" at {hold.chokepoint_name}"
    return f"{hold.holder_name} can stop {share} of {hold.item_name}{where}"


def end_words(hold: ChainHold) -> str:
    """Tier, who else provides the chokepoint, and whether the hold is possible only."""
    left = {0: "no other supplier is named", 1: "1 other supplier is named"}.get(
        hold.suppliers_remaining, f"{hold.suppliers_remaining} other suppliers are named"
    )
    words = f"Tier {hold.tier}; at the chokepoint {left}."
    return f"Possible only. {words}" if hold.possible else words


def link_words(hop: ChainHop) -> str:
    """How an item needs the one below it."""
    if hop.link == "variant_of":
        return "in the kind" + (", its weight is unknown" if hop.factor is None else f", {percent(hop.factor)} of it")
    lost = "" if hop.factor in (None, 1.0) else f": {percent(hop.factor or 0.0)} is lost without it"
    return f"requires{lost}"


def _arrow(y: float) -> str:
    """From the box above to the one below."""
    line = element("path", d=f"M18,{y:.1f}v{BETWEEN - 5:g}", stroke=INK, stroke_width=1.2, fill="none")
    return line + element("path", d=f"M14.5,{y + BETWEEN - 6:.1f}h7l-3.5,6z", fill=INK)


def _hop(hop: ChainHop, y: float, name: str, *, chokepoint: bool) -> str:
    """One row: the item, two bars with their numbers, the year; the chokepoint is dark."""
    fill, stroke, ink = (INK, INK, "#ffffff") if chokepoint else ("#ffffff", BLUE, INK)
    shape = box(0.6, y, BOX, STEP, fill, rx=2, stroke=stroke, stroke_width=1)
    lines = wrap(hop.item_name, BOX - 18, 11, 3, 600)
    shape += stacked(9, y + STEP / 2 + 4, lines, step=13, size=11, weight=600, fill=ink)
    for place, (interval, words) in enumerate(((hop.hold, "hold"), (hop.share, "own share"))):
        top = y + 7 + 18 * place
        shape += _bar(top, interval, name, strong=place == 0)
        text = percents(interval)
        if place and interval == Interval.exactly(0.0):
            text = "none listed"
        shape += label(WORDS_X, top + 8, text, size=10.5, weight=600 if place == 0 else 400)
        after = WORDS_X + text_width(text, 10.5, 600 if place == 0 else 400) + 5
        shape += label(after, top + 8, words, size=9, fill=QUIET)
    year = str(hop.year) if hop.year else "–"
    return shape + label(WIDTH, y + 15, year, size=9.5, anchor="end", fill=INK if hop.year else QUIET)


def _bar(top: float, interval: Interval, name: str, *, strong: bool) -> str:
    """Dark is certain, pale is possible, hatched is unknown."""
    if interval.low <= 0.0 and interval.high >= 1.0:
        return box(BAR_X, top, BAR, BAR_HEIGHT, unknown(name), stroke=QUIET)
    dark = BLUE if strong else SHADES[2]
    return share_bar(BAR_X, top, BAR, BAR_HEIGHT, interval.low, interval.high, dark, SHADES[1])
