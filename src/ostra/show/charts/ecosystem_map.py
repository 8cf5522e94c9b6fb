"""Ecosystem map: stages from left to right, who provides each item, and how much of it others can hold up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import NamedTuple

from ostra.model.assessment import Assessment
from ostra.model.base import Interval
from ostra.show.charts.ecosystem_layout import Layout, Need, Piece, Trunk, lay_out
from ostra.show.charts.palette import BLUE, INK, QUIET, SHADE_NAMES, SHADES, shade
from ostra.show.charts.svg import (
    box,
    element,
    fit,
    hatch,
    label,
    link,
    picture,
    rule,
    share_bar,
    text_width,
    unknown,
    wrap,
)
from ostra.show.sections.item_holds import BASES, Providers, is_unknown
from ostra.words.figures import percents
from ostra.words.sentences import listed

NODE, BETWEEN, MARGIN = 104.0, 24.0, 8.0
HEAD = 34.0  # room for the names of the stages
NAME_SIZES = (10.5, 9.6, 8.8)  # the first at which a name fits
SMALL, STUB_SIZE = 9.3, 8.0
PAD, LINE, BAR = 6.0, 12.0, 5.0
NAME_LINES = 3
LEGEND = 66.0  # about the height of the legend with the room above it
STUB = 120.0  # room at the left of a further sheet for the names of what comes from the sheet before
SHEET = 1290.0  # width of a sheet that has letters of 6 points on an A4 page across
MOST_ITEMS, MOST_COLUMNS = 300, 60
HOME_BAR, HOME_FILL = "#6b7680", "#eef0f2"
UNKNOWN_LINE = "#8a96a3"
# Lines need more contrast than areas: the palest of the five steps would vanish on white.
LINE_COLOURS = ("#9db6cf", "#83b0da", "#5b93c9", "#3b76b0", SHADES[4])
LINE_WIDTHS = (0.9, 1.3, 1.9, 2.7, 3.6)


class Drawing(NamedTuple):
    """A picture and its size in its own units."""

    svg: str
    width: float
    height: float


class EcosystemMap:
    """The map of one assessment: laid out once, drawn as one picture or as sheets for paper.

    `refused` says why nothing is drawn: an ecosystem may be too large for a picture.
    """

    def __init__(self, assessment: Assessment, provided: Mapping[str, Providers]) -> None:
        order = {stage.id: number for number, stage in enumerate(assessment.stages)}
        self.stages = [stage.name for stage in assessment.stages]
        self.items = {item.id: item for item in assessment.items}
        self.provided = provided
        place = {item: number for number, item in enumerate(self.items)}
        self.needs = sorted(
            {Need(ln.item, ln.needs, ln.kind) for ln in assessment.links},
            key=lambda n: (place[n.item], place[n.needs], n.kind),
        )
        self.names = {i.id: _name_lines(i.name) for i in assessment.items}
        self.heights = {i: LINE * len(lines) + LINE + BAR + 2 * PAD + 1 for i, (lines, _) in self.names.items()}
        self.layout: Layout | None = None
        self.refused = ""
        if len(self.items) > MOST_ITEMS:
            self.refused = f"{len(self.items):,} items are too many to draw (at most {MOST_ITEMS})"
        elif self.items:
            layout = lay_out({i.id: order[i.stage] for i in assessment.items}, self.heights, self.needs)
            if len(layout.stages) > MOST_COLUMNS:
                self.refused = f"{len(layout.stages)} steps in a row are too many to draw (at most {MOST_COLUMNS})"
            else:
                self.layout = layout

    def sheets(self, shape: float) -> list[tuple[int, int]]:
        """First and last column of each sheet of paper, of about equal width.

        Parameters
        ----------
        shape
            Width by height of what a sheet may take: a tall map is made smaller, and then more columns fit.
        """
        if self.layout is None:
            return []
        count = len(self.layout.stages)
        room = max(SHEET, shape * (HEAD + self.layout.height + LEGEND)) - STUB
        number = max(1, -int(-count * (NODE + BETWEEN) // room))
        edges = [round(part * count / number) for part in range(number + 1)]
        return [(first, last - 1) for first, last in pairwise(edges)]

    def draw(self, name: str, target: Callable[[str], str | None], columns: tuple[int, int] | None = None) -> Drawing:
        """The whole map, or some of its columns; empty where there is nothing to draw. The first has the legend.

        Parameters
        ----------
        target
            Item -> the place on the page that its node leads to; None for none.
        """
        layout = self.layout
        if layout is None:
            return Drawing("", 0.0, 0.0)
        first, last = columns or (0, len(layout.stages) - 1)
        left = MARGIN + (STUB if first else 0.0)
        x = {c: left + (c - first) * (NODE + BETWEEN) for c in range(first - 1, last + 2)}
        width = x[last] + NODE + (BETWEEN if last + 1 < len(layout.stages) else 0.0) + MARGIN
        bottom = HEAD + layout.height + 14
        parts = [hatch(name)]
        parts += self._stage_heads(layout, x, first, last, bottom)
        # Faint lines first, so that strong ones are seen where they cross.
        ordered = sorted(layout.trunks, key=lambda t: self._strength(t[0]))
        parts += [self._trunk(trunk, layout.trunks[trunk], x, first, last) for trunk in ordered]
        if first:
            parts += self._stubs(layout, first)
        for item, column in layout.columns.items():
            if first <= column <= last:
                parts.append(self._node(item, x[column], HEAD + layout.middles[item], name, target(item)))
        legend, depth = ("", 0.0) if first else _legend(name, MARGIN, bottom + 6, min(width, 1000.0) - 2 * MARGIN)
        known = sum(self.provided[i].top is not None for i in self.items)
        svg = picture(
            width,
            bottom + depth,
            "".join(parts) + legend,
            name=name,
            title="Ecosystem map" if columns is None else f"Ecosystem map, columns {first + 1} to {last + 1}",
            description=f"{len(self.items)} items by stage, {len(self.needs)} links; for {known} items a share of the "
            "largest provider is known. The table below has every item and what it needs.",
        )
        return Drawing(svg, width, bottom + depth)

    def _strength(self, item: str) -> float:
        outside = self.provided[item].outside
        return -1.0 if outside is None or is_unknown(outside) else outside.low

    def _stage_heads(self, layout: Layout, x: Mapping[int, float], first: int, last: int, bottom: float) -> list[str]:
        """The names of the stages above their columns, and thin lines between them."""
        stages = layout.stages
        parts = []
        for stage in dict.fromkeys(stages[first : last + 1]):
            mine = [c for c in range(first, last + 1) if stages[c] == stage]
            start, end = x[mine[0]], x[mine[-1]] + NODE
            lines = wrap(self.stages[stage], end - start, 11, 2, 600)
            parts += [label(start, 12 + 13 * n, text, size=11, weight=600, fill=BLUE) for n, text in enumerate(lines)]
            if mine[0] > first:
                edge = start - BETWEEN / 2
                parts.append(rule(edge, 2, edge, bottom))
        return parts

    def _trunk(self, trunk: Trunk, pieces: Sequence[Piece], x: Mapping[int, float], first: int, last: int) -> str:
        """All lines of one kind that leave one item, as one shape with its title."""
        source, kind, onward = trunk
        pieces = [p for p in pieces if first - (not p.across) <= p.column <= last]
        path = "".join(_curve(piece, x) for piece in pieces)
        if not path:
            return ""
        provided = self.provided[source]
        outside = provided.outside
        step = None if is_unknown(outside) or outside is None else shade(outside.low)
        dash = "5 3" if kind == "variant_of" else "1.5 2.5" if step is None else None
        arrows = "".join(
            element("path", d=f"M{x[p.column] + NODE + 7:.1f},{HEAD + p.left - 3.5:.1f}l-7,3.5l7,3.5z", fill=QUIET)
            for p in pieces
            if not onward and p.ends and p.column >= first
        )
        users = [n.item for n in self.needs if n.needs == source and n.kind == kind]
        verb = "is needed by" if kind == "requires" else "is a kind of"
        said = f"{self.items[source].name} {verb} {listed([self.items[u].name for u in users], 8)}; {provided.held}"
        line = element(
            "path",
            d=path,
            fill="none",
            stroke=UNKNOWN_LINE if step is None else LINE_COLOURS[step],
            stroke_width=1.0 if step is None else LINE_WIDTHS[step],
            stroke_dasharray=dash,
        )
        return f'<g class="edge"><title>{escape(said)}</title>{line}{arrows}</g>'

    def _stubs(self, layout: Layout, first: int) -> list[str]:
        """At the left edge of a further sheet: what its lines come from, or lead to."""
        found: set[tuple[str, float]] = set()
        for (source, _, onward), pieces in layout.trunks.items():
            for piece in pieces:
                if piece.column == first - 1 and not piece.across:
                    users = [n.item for n in self.needs if n.needs == source and layout.columns[n.item] < first]
                    name = self.items[source].name if onward else f"to {listed([self.items[u].name for u in users], 2)}"
                    found.add((name, piece.left))
        parts = []
        before = ("", 0.0)
        for name, height in sorted(found):
            # Trunks of two kinds leave an item side by side: one name is enough.
            if name != before[0] or height - before[1] > STUB_SIZE:
                text = fit(name, STUB - BETWEEN - 6, STUB_SIZE)
                parts.append(label(MARGIN, HEAD + height + 2.8, text, size=STUB_SIZE, fill=QUIET))
                before = (name, height)
        return parts

    def _node(self, item: str, x: float, middle: float, name: str, goal: str | None) -> str:
        """One item: its name, its largest provider with share, and a bar; grey where that is home."""
        mine = self.provided[item]
        height = self.heights[item]
        y = middle - height / 2
        top = mine.top
        at_home = top is not None and top.is_home
        fill, stroke, thick = (HOME_FILL, INK, 1.6) if at_home else ("#ffffff", BLUE, 0.8)
        shape = box(x, y, NODE, height, fill, rx=2, stroke=stroke, stroke_width=thick)
        lines, size = self.names[item]
        for number, text in enumerate(lines):
            shape += label(x + PAD, y + PAD + 9 + LINE * number, text, size=size, weight=600)
        under = y + PAD + 9 + LINE * len(lines)
        tag = ("home" if at_home else "") or BASES[mine.basis][0]
        tag = tag if top is not None else ""
        room = NODE - 2 * PAD - (text_width(tag, 8) + 4 if tag else 0.0)
        shape += label(x + PAD, under, self._provider_words(item, room), size=SMALL, fill=INK if top else QUIET)
        if tag:
            shape += label(x + NODE - PAD, under, tag, size=8, anchor="end", fill=QUIET)
        if mine.parts or not self.items[item].complete:
            shape += _bar(x, y + height - BAR - 1, None if top is None else top.hold, name, at_home=at_home)
        if goal is None:
            return f"<g><title>{escape(self.said(item))}</title>{shape}</g>"
        return link(goal, shape, self.said(item))

    def _provider_words(self, item: str, room: float) -> str:
        """The largest provider and its share, by its name or, where that is too long, its code."""
        mine = self.provided[item]
        top = mine.top
        if top is None:
            if not mine.parts:
                return "from its inputs" if self.items[item].complete else "provider unknown"
            codes = [p.economy for p in mine.parts]
            lists = [", ".join(p.name for p in mine.parts), ", ".join(codes)]
            lists += [f"{', '.join(codes[:n])} +{len(codes) - n}" for n in (2, 1) if n < len(codes)]
            words = [f"{named}: unknown" for named in lists]
        else:
            share = percents(top.hold).replace("at least ", "≥").replace("at most ", "≤")
            words = [f"{top.name} {share}", f"{top.economy} {share}"]
        for text in words:
            if text_width(text, SMALL) <= room:
                return text
        return fit(words[-1], room, SMALL)

    def said(self, item: str) -> str:
        """All that the node says, in one sentence for those who cannot see it."""
        mine = self.provided[item]
        text = f"{self.items[item].name}. "
        if not mine.parts:
            text += (
                "No provider of its own: it comes from its inputs"
                if self.items[item].complete
                else "Who provides it is unknown"
            )
        else:
            shares = [f"{p.name}{' (home)' if p.is_home else ''} {percents(p.hold)}" for p in mine.parts]
            text += f"{listed(shares, 5)}, {BASES[mine.basis][1]}"
            year = (mine.top or mine.parts[0]).year
            text += f", {year}" if year else ", year not stated"
        return f"{text}. {mine.held[0].upper()}{mine.held[1:]}."


def _name_lines(name: str) -> tuple[list[str], float]:
    """The lines of a name and the size of its letters: smaller where long words would not fit."""
    lines: list[str] = []
    for size in NAME_SIZES:
        lines = wrap(name, NODE - 2 * PAD, size, NAME_LINES, 600)
        if "".join(lines).replace(" ", "") == "".join(name.split()):
            return lines, size
    return lines, NAME_SIZES[-1]


def _curve(piece: Piece, x: Mapping[int, float]) -> str:
    """The path of a piece; straight where it passes a column."""
    y1, y2 = HEAD + piece.left, HEAD + piece.right
    if piece.across:
        return f"M{x[piece.column]:.1f},{y1:.1f}h{NODE:g}"
    start = x[piece.column] + NODE
    end = start + BETWEEN
    if abs(y1 - y2) < 0.05:
        return f"M{start:.1f},{y1:.1f}h{BETWEEN:g}"
    middle = (start + end) / 2
    return f"M{start:.1f},{y1:.1f}C{middle:.1f},{y1:.1f} {middle:.1f},{y2:.1f} {end:.1f},{y2:.1f}"


def _bar(x: float, y: float, hold: Interval | None, name: str, *, at_home: bool) -> str:
    """Along the foot of a node: dark is certain, pale is possible, hatched is unknown."""
    if hold is None:
        return box(x + 1, y, NODE - 2, BAR, unknown(name))
    dark, pale = (HOME_BAR, "#b3bac1") if at_home else (BLUE, SHADES[2])
    return share_bar(x + 1, y, NODE - 2, BAR, hold.low, hold.high, dark, pale)


def _legend(name: str, left: float, top: float, width: float) -> tuple[str, float]:
    """What lines and bars mean, in as many rows as the width needs; and how tall that is."""
    entries: list[tuple[str, str, float]] = []  # drawing at the origin, words, width of the drawing

    def line(colour: str, thick: float, dash: str | None, words: str) -> None:
        mark = element("path", d="M0,-3.5h30", stroke=colour, stroke_width=thick, stroke_dasharray=dash, fill="none")
        entries.append((mark, words, 30.0))

    entries.append(("", "Lines: what one economy outside home can stop of what is needed, at least:", -6.0))
    for colour, thick, words in zip(LINE_COLOURS, LINE_WIDTHS, SHADE_NAMES, strict=True):
        line(colour, thick, None, words)
    line(UNKNOWN_LINE, 1.0, "1.5 2.5", "unknown")
    line(UNKNOWN_LINE, 1.3, "5 3", "is a kind of")
    arrow = element("path", d="M7,-7l-7,3.5l7,3.5z", fill=QUIET)
    entries.append((arrow, "runs back to the left", 8.0))
    entries.append(("", "Bars: share of the largest provider:", -6.0))
    for low, high, words in ((0.6, 0.6, "certain"), (0.25, 0.6, "certain and possible")):
        entries.append((share_bar(0, -6, 40, BAR, low, high, BLUE, SHADES[2]), words, 40.0))
    grey = box(0, -10, 40, 12, HOME_FILL, stroke=INK, stroke_width=1.4)
    entries.append((grey + share_bar(0, -6, 40, BAR, 0.6, 0.6, HOME_BAR, HOME_BAR), "at home", 42.0))
    entries.append((box(0, -6, 40, BAR, unknown(name)), "unknown", 40.0))
    parts = []
    x, y = left, top + 10
    for mark, words, room in entries:
        wide = room + 6 + text_width(words, SMALL) + 16
        if x > left and (x + wide > left + width or not mark):  # what has no mark heads the marks after it
            x, y = left, y + 17
        if mark:
            parts.append(element("g", mark, transform=f"translate({x:.1f},{y:.1f})"))
        parts.append(label(x + room + 6, y, words, size=SMALL, fill=INK if mark else QUIET))
        x += wide
    return "".join(parts), y - top + 14
