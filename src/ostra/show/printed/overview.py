"""What the overview of a volume shows: the matrix, and tables across technologies with their downloads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

from markupsafe import Markup

from ostra.model.assessment import Assessment
from ostra.model.results.dimensions import DimensionResult
from ostra.model.results.ecosystem import Chokepoint
from ostra.show.charts.level_matrix import Target, matrix_figure
from ostra.show.printed.markup import csv_link, ours
from ostra.show.sections import across, selection
from ostra.show.sections.datasheets import Record, laid_out

HEADING = "Technologies and strategic autonomy"
SECTIONS = (
    ("volume-matrix", "Technologies and dimensions"),
    ("volume-serious", "The most serious by dimension"),
    ("volume-holders", "Who holds most, and what home holds"),
    ("volume-recurring", "Chokepoints that recur"),
    ("volume-tools", "Instruments that recur"),
)
# As the downloads of `sections/tables.py`.
DOWNLOADS: dict[str, tuple[Callable[[Sequence[Assessment]], Iterable[Record]], str]] = {
    "matrix": (
        across.level_records,
        "ecosystem,title,dimension,level,none,low,medium,high,measured,judged,strength,robustness,tensions,evidence",
    ),
    "holders": (
        across.holder_records,
        "economy,name,relation,ecosystems,items,at_least_half,largest_hold_low,largest_hold_high,item,ecosystem,"
        "evidence,our_hold_low,our_hold_high,our_item,our_ecosystem,our_evidence,likelihood_least,likelihood_most",
    ),
    "recurring": (
        across.recurring_records,
        "item,ecosystem,item_id,holder,holder_name,home=is_home,hold_low,hold_high,end_products=reach,evidence",
    ),
    "instruments": (
        across.tool_records,
        "instrument,name,ecosystem,fit=score,advised,page_one,side_effects,evidence",
    ),
}


@dataclass(frozen=True)
class OverviewContext:
    """What the template of the overview reads of the assessments."""

    matrix_svg: Annotated[Markup, "technologies and dimensions as a picture"]
    cells: Annotated[Sequence[tuple[Assessment, DimensionResult, int]], "the same as rows, with the number of tensions"]
    serious: Annotated[across.Serious, "dimension -> assessments and levels, the most serious first"]
    cards: Annotated[dict[str, dict[str, selection.Card]], "ecosystem -> dimension -> what shows its level"]
    holders: Annotated[Sequence[across.Holder], "who holds most, with home's side"]
    unknown_rows: Annotated[int, "dependencies without a known least share"]
    all_rows: Annotated[int, "dependencies of all chapters"]
    home_points: Annotated[dict[str, list[tuple[Assessment, Chokepoint]]], "item -> chokepoints that home holds"]
    points: Annotated[Sequence[across.Recurring], "items that recur, held by one economy in more than one technology"]
    others: Annotated[Sequence[across.Recurring], "items that recur without one known holder"]
    tools: Annotated[Sequence[across.Tool], "instruments that fit in several technologies"]
    saved: Annotated[dict[str, Markup], "table -> the link that saves its rows as CSV"]


def overview_context(assessments: Sequence[Assessment], target: Target, file_name: str) -> OverviewContext:
    """What the overview shows, with downloads called after the file.

    Parameters
    ----------
    target
        Where on the page a cell of the matrix leads to.
    """
    found = across.recurring(assessments)
    rows = [d for a in assessments for d in a.step1.dependencies]
    home: dict[str, list[tuple[Assessment, Chokepoint]]] = defaultdict(list)
    for assessment, point in across.held_at_home(assessments):
        home[point.item_name].append((assessment, point))
    first = assessments[0]
    notes = (
        f"{len(assessments)} assessments, home {first.home}, year {first.year}, profile {first.profile}, facts "
        f"{first.hashes.facts[:12]}, ostra {first.hashes.version}; all rows, no filter",
        "Shares and probabilities are fractions from 0 to 1; empty is unknown.",
    )
    return OverviewContext(
        matrix_svg=ours(matrix_figure(assessments, "volume-picture-matrix", target)),
        cells=[(a, r, across.tensions(a, r.dimension)) for a in assessments for r in a.step2.dimensions],
        serious=across.most_serious(assessments),
        cards={a.ecosystem: selection.cards(a) for a in assessments},
        holders=across.holders(assessments),
        unknown_rows=sum(d.hold.low <= 0 < d.hold.high for d in rows),
        all_rows=len(rows),
        home_points=home,
        points=[r for r in found if len({a.ecosystem for a, _ in r.points}) > 1],
        others=[r for r in found if not r.points],
        tools=across.tools(assessments),
        saved={
            name: csv_link(*laid_out(records(assessments), text), f"{file_name}-{name}", notes)
            for name, (records, text) in DOWNLOADS.items()
        },
    )
