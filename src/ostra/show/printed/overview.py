"""What the overview of a volume shows: the matrix, and tables across technologies with their downloads."""

from __future__ import annotations

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
from ostra.show.sections.datasheets import Record, download

HEADING = "Technologies and strategic autonomy"
SECTIONS = (
    ("volume-matrix", "Technologies and dimensions"),
    ("volume-serious", "The most serious by dimension"),
    ("volume-holders", "Who holds most, and what home holds"),
    ("volume-recurring", "Chokepoints that recur"),
    ("volume-tools", "Instruments that recur"),
)
# What a download is called -> its table in `sections/tables.csv`, and the rows.
DOWNLOADS: dict[str, tuple[str, Callable[[Sequence[Assessment]], Iterable[Record]]]] = {
    "matrix": ("overview", across.level_records),
    "holders": ("holders", across.holder_records),
    "recurring": ("recurring", across.recurring_records),
    "instruments": ("tools", across.tool_records),
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
        home_points=selection.group((point.item_name, (a, point)) for a, point in across.held_at_home(assessments)),
        points=[r for r in found if len({a.ecosystem for a, _ in r.points}) > 1],
        others=[r for r in found if not r.points],
        tools=across.tools(assessments),
        saved={
            name: csv_link(*download(table, records(assessments)), f"{file_name}-{name}", notes)
            for name, (table, records) in DOWNLOADS.items()
        },
    )
