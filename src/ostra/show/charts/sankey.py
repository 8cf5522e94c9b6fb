"""Sankey picture: which suppliers provide which items, and the stages that need them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from ostra.model.assessment import Assessment
from ostra.model.results.ecosystem import Dependency
from ostra.show.charts.palette import BLUE, INK, QUIET
from ostra.show.charts.svg import box, element, hatch, label, link, picture, stacked, unknown, wrap
from ostra.show.sections.selection import shares_by_item
from ostra.words.figures import percent

WIDTH = 940
ITEM_HEIGHT, ITEM_GAP, TOP = 34.0, 9.0, 30.0
NAME_HEIGHT = 14.0
SUPPLIER_X, ITEM_X, ITEM_WIDTH, STAGE_X, BAR = 204.0, 418.0, 190.0, 774.0, 12.0
MOST_ITEMS, MOST_SUPPLIERS = 12, 8
OTHER, UNKNOWN = "other", "unknown"


@dataclass(frozen=True)
class Flow:
    """A share of one item that comes from one supplier, or that goes to one stage."""

    start: str
    end: str
    share: float


def choose(
    shares: Mapping[str, Mapping[str, float]], items: int, suppliers: int
) -> tuple[list[str], list[str], list[Flow]]:
    """The items with the largest single share, the suppliers with most of them, and flows with the rest as other.

    Returns
    -------
    tuple
        Item ids, supplier codes (`other` and `unknown` last, where they occur), and supplier -> item flows. The
        flows into each item sum to 1: what no supplier is known to provide is `unknown`.
    """
    chosen = sorted(shares, key=lambda i: (-max(shares[i].values(), default=0.0), i))[:items]
    totals: dict[str, float] = {}
    for item in chosen:
        for supplier, share in shares[item].items():
            totals[supplier] = totals.get(supplier, 0.0) + share
    named = [s for s in sorted(totals, key=lambda s: (-totals[s], s)) if totals[s] > 0][:suppliers]
    flows = []
    for item in chosen:
        rest = 1.0 - sum(shares[item].values())
        other = sum(share for supplier, share in shares[item].items() if supplier not in named)
        flows += [Flow(s, item, shares[item][s]) for s in named if shares[item].get(s, 0.0) > 0]
        flows += [Flow(OTHER, item, other)] if other > 0 else []
        flows += [Flow(UNKNOWN, item, rest)] if rest > 1e-9 else []
    present = {flow.start for flow in flows}
    return chosen, [*named, *(s for s in (OTHER, UNKNOWN) if s in present)], flows


def sankey(assessment: Assessment, name: str, rows: Mapping[str, Dependency]) -> str:
    """Draw suppliers -> items -> stages; every item is equally tall, so widths are shares of one item, not volumes.

    Parameters
    ----------
    rows
        Item id -> a dependency whose row in the table the item links to.
    """
    chosen, sources, flows = choose(shares_by_item(assessment), MOST_ITEMS, MOST_SUPPLIERS)
    stage_of = {item.id: item.stage for item in assessment.items}
    item_names = {item.id: item.name for item in assessment.items}
    order = [stage.id for stage in assessment.stages]
    stage_names = {stage.id: stage.name for stage in assessment.stages}
    chosen.sort(key=lambda i: (order.index(stage_of[i]) if i in stage_of else 99, i))
    onward = []
    for item in chosen:
        targets = sorted(_stages_beyond(assessment, item, stage_of), key=order.index) or [stage_of.get(item, "")]
        onward += [Flow(item, target, 1 / len(targets)) for target in targets if target]
    stages = [s for s in order if any(flow.end == s for flow in onward)]
    gap = max(ITEM_GAP, NAME_HEIGHT * len(sources) / max(len(chosen) - 1, 1))  # room for the suppliers' names
    item_y = {item: TOP + place * (ITEM_HEIGHT + gap) for place, item in enumerate(chosen)}
    bottom = TOP + len(chosen) * (ITEM_HEIGHT + gap) - gap
    sources = _by_middle(sources, flows, item_y)
    supplier_y, supplier_height = _stack(
        sources, {s: sum(f.share for f in flows if f.start == s) for s in sources}, bottom
    )
    stage_y, stage_height = _stack(stages, {s: sum(f.share for f in onward if f.end == s) for s in stages}, bottom)
    names = {**assessment.economy_names, OTHER: "Other suppliers", UNKNOWN: "Unknown"}

    parts = [hatch(name)]
    for x, text, anchor in [
        (SUPPLIER_X, "Suppliers", "end"),
        (ITEM_X + ITEM_WIDTH / 2, "What they provide", "middle"),
        (STAGE_X, "Where it is needed", "start"),
    ]:
        parts.append(label(x, 16, text, size=11.5, weight=600, anchor=anchor, fill=QUIET))
    parts += _ribbons(
        flows, sources, chosen, (SUPPLIER_X + BAR, supplier_y), (ITEM_X, item_y), names | item_names, name
    )
    parts += _ribbons(
        onward, chosen, stages, (ITEM_X + ITEM_WIDTH, item_y), (STAGE_X, stage_y), item_names | stage_names, name
    )
    for source in sources:
        y, height = supplier_y[source], supplier_height[source]
        fill = unknown(name) if source == UNKNOWN else QUIET if source == OTHER else BLUE
        shape = box(SUPPLIER_X, y, BAR, max(height, 2.0), fill)
        name_room = SUPPLIER_X - 14
        lines = wrap(names.get(source, source), name_room, 11.5, 2 if height > 2 * NAME_HEIGHT - 6 else 1)
        shape += stacked(SUPPLIER_X - 8, y + height / 2 + 4, lines, step=13, size=11.5, anchor="end")
        count = sum(1 for flow in flows if flow.start == source)
        said = f"{names.get(source, source)}: provides part of {count} of the {len(chosen)} items shown"
        parts.append(link(f"sup-{source}" if source not in (OTHER, UNKNOWN) else "dependencies", shape, said))
    for item in chosen:
        lines = wrap(item_names.get(item, item), ITEM_WIDTH - 16, 10.5, 2)
        shape = box(ITEM_X, item_y[item], ITEM_WIDTH, ITEM_HEIGHT, "#ffffff", rx=3, stroke=BLUE, stroke_width=1)
        shape += stacked(ITEM_X + 8, item_y[item] + ITEM_HEIGHT / 2 + 4, lines, step=13, size=10.5)
        largest = max((f for f in flows if f.end == item and f.start != UNKNOWN), key=lambda f: f.share, default=None)
        said = item_names.get(item, item)
        if largest is not None:
            said += f": at least {percent(largest.share)} from {names.get(largest.start, largest.start)}"
        parts.append(link(f"dep-{rows[item].id}" if item in rows else "dependencies", shape, said))
    for stage in stages:
        y, height = stage_y[stage], stage_height[stage]
        shape = box(STAGE_X, y, BAR, height, INK)
        lines = wrap(stage_names[stage], WIDTH - STAGE_X - BAR - 12, 11.5, 3)
        shape += stacked(STAGE_X + BAR + 8, y + height / 2 + 4, lines, step=14, size=11.5)
        parts.append(
            link("matrix", shape, f"{stage_names[stage]}: needs {sum(f.end == stage for f in onward)} of the items")
        )
    return picture(
        WIDTH,
        bottom + 14,
        "".join(parts),
        name=name,
        title="Suppliers, items and the stages that need them",
        description="Every item is drawn equally tall; a band is the least share that a supplier is known to provide.",
    )


def _stages_beyond(assessment: Assessment, item: str, stage_of: Mapping[str, str]) -> set[str]:
    """The first stages other than its own that need the item, directly or through items of its own stage."""
    found: set[str] = set()
    seen, waiting = {item}, [item]
    while waiting:
        needed = waiting.pop()
        for above in (ln.item for ln in assessment.links if ln.needs == needed and ln.item in stage_of):
            if stage_of[above] != stage_of.get(item):
                found.add(stage_of[above])
            elif above not in seen:
                seen.add(above)
                waiting.append(above)
    return found


def _by_middle(sources: Sequence[str], flows: Sequence[Flow], item_y: Mapping[str, float]) -> list[str]:
    """Suppliers by the mean height of what they provide, so that bands cross less; other and unknown stay last."""

    def middle(source: str) -> float:
        mine = [f for f in flows if f.start == source]
        return sum(item_y[f.end] * f.share for f in mine) / sum(f.share for f in mine)

    return sorted(sources, key=lambda s: ((OTHER, UNKNOWN).index(s) + 1 if s in (OTHER, UNKNOWN) else 0, middle(s), s))


def _stack(
    nodes: Sequence[str], totals: Mapping[str, float], bottom: float
) -> tuple[dict[str, float], dict[str, float]]:
    """Place nodes one under the other over the whole height; their heights are on the scale of the items."""
    heights = {node: totals[node] * ITEM_HEIGHT for node in nodes}
    free = bottom - TOP - sum(heights.values())
    gap = free / max(len(nodes) - 1, 1)
    places: dict[str, float] = {}
    y = TOP + (free / 2 if len(nodes) == 1 else 0)
    for node in nodes:
        places[node] = y
        y += heights[node] + gap
    return places, heights


def _ribbons(
    flows: Sequence[Flow],
    starts: Sequence[str],
    ends: Sequence[str],
    left: tuple[float, Mapping[str, float]],
    right: tuple[float, Mapping[str, float]],
    names: Mapping[str, str],
    name: str,
) -> list[str]:
    """The bands between two columns, each with its title; bands leave and arrive in the order of their nodes."""
    offset_left = dict.fromkeys(starts, 0.0)
    starting: dict[Flow, float] = {}
    for flow in sorted(flows, key=lambda f: (starts.index(f.start), ends.index(f.end))):
        starting[flow] = left[1][flow.start] + offset_left[flow.start]
        offset_left[flow.start] += flow.share * ITEM_HEIGHT
    offset_right = dict.fromkeys(ends, 0.0)
    parts = []
    middle = (left[0] + right[0]) / 2
    for flow in sorted(flows, key=lambda f: (ends.index(f.end), starts.index(f.start))):
        height = flow.share * ITEM_HEIGHT
        y1, y2 = starting[flow], right[1][flow.end] + offset_right[flow.end]
        offset_right[flow.end] += height
        curve = (
            f"M{left[0]:.1f},{y1:.1f}C{middle:.1f},{y1:.1f} {middle:.1f},{y2:.1f} {right[0]:.1f},{y2:.1f}"
            f"v{height:.1f}C{middle:.1f},{y2 + height:.1f} "
            f"{middle:.1f},{y1 + height:.1f} {left[0]:.1f},{y1 + height:.1f}z"
        )
        fill, strength = BLUE, round(0.18 + 0.42 * flow.share, 2)
        if flow.start == UNKNOWN:
            fill, strength = unknown(name), 0.55
        said = f"{names.get(flow.start, flow.start)} → {names.get(flow.end, flow.end)}: {percent(flow.share)}"
        parts.append(element("path", element("title", escape(said)), d=curve, fill=fill, fill_opacity=f"{strength}"))
    return parts
