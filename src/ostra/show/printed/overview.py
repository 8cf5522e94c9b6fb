"""What the overview of a volume shows: the matrix, and tables across technologies with their downloads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from ostra.model.assessment import Assessment
from ostra.model.base import LEVELS
from ostra.model.results.dimensions import DimensionResult
from ostra.model.results.ecosystem import Chokepoint
from ostra.show.charts.level_matrix import matrix_figure, tensions
from ostra.show.sections import across, selection
from ostra.show.sections.widgets import ours

HEADING = "Technologies and strategic autonomy"
FILE_NAME = "ostra-{home}-{year}"
SHOWN_HOLDERS, SHOWN_TOOLS = 12, 14
SECTIONS = (
    ("volume-matrix", "Technologies and dimensions"),
    ("volume-serious", "The most serious by dimension"),
    ("volume-holders", "Who holds most, and what home holds"),
    ("volume-recurring", "Chokepoints that recur"),
    ("volume-tools", "Instruments that recur"),
)
# These are the headings of downloads and of the workbook's sheets, in the order of the rows below.
# fmt: off
MATRIX_HEADING = (
    "ecosystem", "title", "dimension", "level", "none", "low", "medium", "high", "measured", "judged", "strength",
    "robustness", "tensions", "evidence",
)
HOLDER_HEADING = (
    "economy", "name", "relation", "ecosystems", "items", "at_least_half", "largest_hold_low", "largest_hold_high",
    "item", "ecosystem", "evidence", "our_hold_low", "our_hold_high", "our_item", "our_ecosystem", "our_evidence",
    "likelihood_least", "likelihood_most",
)
RECURRING_HEADING = ("item", "ecosystem", "item_id", "holder", "holder_name", "home", "hold_low", "hold_high",
                     "end_products", "evidence")
TOOL_HEADING = ("instrument", "name", "ecosystem", "fit", "advised", "page_one", "side_effects", "evidence")
# fmt: on


def overview_context(assessments: Sequence[Assessment], prefixes: Mapping[str, str]) -> dict[str, Any]:
    """What the template of the overview reads."""
    found = across.recurring(assessments)
    holders = across.holders(assessments)
    rows = [d for a in assessments for d in a.step1.dependencies]
    home: dict[str, list[tuple[Assessment, Chokepoint]]] = defaultdict(list)
    for assessment, point in across.held_at_home(assessments):
        home[point.item_name].append((assessment, point))

    def target(assessment: Assessment, result: DimensionResult) -> str:
        return f"{prefixes[assessment.ecosystem]}ev-{result.evidence}"

    first = assessments[0]
    return {
        "matrix_svg": ours(matrix_figure(assessments, "volume-picture-matrix", target)),
        "cells": [(a, r, tensions(a, r.dimension)) for a in assessments for r in a.step2.dimensions],
        "serious": across.most_serious(assessments),
        "cards": {a.ecosystem: selection.cards(a) for a in assessments},
        "item_names": {a.ecosystem: {item.id: item.name for item in a.items} for a in assessments},
        "holders": holders,
        "shown_holders": SHOWN_HOLDERS,
        "unknown_rows": sum(d.hold.low <= 0 < d.hold.high for d in rows),
        "all_rows": len(rows),
        "home_points": home,
        "points": [r for r in found if len({a.ecosystem for a, _ in r.points}) > 1],
        "others": [r for r in found if not r.points],
        "tools": across.tools(assessments),
        "shown_tools": SHOWN_TOOLS,
        "notes": (
            f"{len(assessments)} assessments, home {first.home}, year {first.year}, profile {first.profile}, facts "
            f"{first.hashes.facts[:12]}, ostra {first.hashes.version}; all rows, no filter",
            "Shares and probabilities are fractions from 0 to 1; empty is unknown.",
        ),
        "matrix_heading": MATRIX_HEADING,
        "matrix_rows": matrix_rows(assessments),
        "holder_heading": HOLDER_HEADING,
        "holder_rows": holder_rows(assessments),
        "recurring_heading": RECURRING_HEADING,
        "recurring_rows": recurring_rows(assessments),
        "tool_heading": TOOL_HEADING,
        "tool_rows": tool_rows(assessments),
    }


def matrix_rows(assessments: Sequence[Assessment]) -> list[tuple[Any, ...]]:
    """One row for each technology and dimension; empty where nothing was assessed."""
    return [
        (
            a.ecosystem,
            a.title,
            r.dimension,
            r.challenge.level if r.assessed else None,
            *((getattr(r.challenge, level) if r.assessed else None) for level in LEVELS),
            r.measured.level if r.measured else None,
            r.judged.level if r.judged else None,
            r.strength.level if r.strength else None,
            r.robustness if r.assessed else None,
            tensions(a, r.dimension),
            f"{a.id}#{r.evidence}",
        )
        for a in assessments
        for r in a.step2.dimensions
    ]


def holder_rows(assessments: Sequence[Assessment]) -> list[tuple[Any, ...]]:
    """One row for each economy outside home with a known hold."""
    rows = []
    for h in across.holders(assessments):
        ours_cells: tuple[Any, ...] = (None,) * 5
        if h.ours:
            ours_cells = (h.ours.hold.low, h.ours.hold.high, h.ours.item, h.ours.assessment.ecosystem)
            ours_cells += (f"{h.ours.assessment.id}#{h.ours.evidence}",)
        rows.append(
            (
                h.economy,
                h.name,
                h.relation,
                "; ".join(a.ecosystem for a in h.ecosystems),
                h.items,
                h.half,
                h.theirs.hold.low,
                h.theirs.hold.high,
                h.theirs.item,
                h.theirs.assessment.ecosystem,
                f"{h.theirs.assessment.id}#{h.theirs.evidence}",
                *ours_cells,
                *(h.likelihood or (None, None)),
            )
        )
    return rows


def recurring_rows(assessments: Sequence[Assessment]) -> list[tuple[Any, ...]]:
    """One row for each recurring item, ecosystem and holder of at least half; without holder where none is known."""
    rows: list[tuple[Any, ...]] = []
    for r in across.recurring(assessments):
        for assessment, item in r.items:
            points = [c for a, c in r.points if a is assessment and c.item == item.id]
            rows += [
                (
                    r.name,
                    assessment.ecosystem,
                    item.id,
                    c.holder,
                    c.holder_name,
                    "yes" if c.is_home else "no",
                    c.hold.low,
                    c.hold.high,
                    len(c.reach),
                    f"{assessment.id}#{c.evidence}",
                )
                for c in points
            ] or [(r.name, assessment.ecosystem, item.id, *(None,) * 7)]
    return rows


def tool_rows(assessments: Sequence[Assessment]) -> list[tuple[Any, ...]]:
    """One row for each instrument and ecosystem in which it fits."""
    return [
        (
            t.instrument,
            t.name,
            a.ecosystem,
            match.score,
            "yes" if match.recommended_by else "no",
            "yes" if any(a is one for one in t.leading) else "no",
            " ".join(match.side_effects),
            f"{a.id}#{match.evidence}",
        )
        for t in across.tools(assessments)
        for a, match in t.fits
    ]
