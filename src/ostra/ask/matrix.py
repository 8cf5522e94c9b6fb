"""Assessments side by side: technologies × dimensions, and ecosystems compared in short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

import polars as pl

from ostra.ask.assessments import Assessed, about, assessments
from ostra.ask.scenario_list import scenario_files
from ostra.errors import UsageError
from ostra.model.assessment import Assessment
from ostra.model.listing import Listing
from ostra.model.results.dimensions import DimensionResult
from ostra.model.results.ecosystem import INDIRECT
from ostra.progress import Advance, quiet
from ostra.words.figures import percent
from ostra.words.levels import cell_words
from ostra.workspace import Workspace
from ostra.workspace.years import DEFAULT_HOME


def matrix(workspace: Workspace, **options: Unpack[Assessed]) -> Listing:
    """Technologies × dimensions: one row each with level, distribution, strength, robustness and tensions.

    Returns
    -------
    Listing
        ecosystem, title, dimension, level (null where nothing was assessed), none, low, medium, high [probabilities],
        measured, judged, strength [levels], robustness [fraction of profiles within ±20 %], robustness_wide [±40 %],
        margin [probability], tensions [count], headline, evidence.
    """
    return matrix_of(assessments(workspace, **options))


def matrix_of(made: Sequence[Assessment]) -> Listing:
    """The rows of `matrix` from assessments at hand."""
    rows = [dimension_row(assessment, result) for assessment in made for result in assessment.step2.dimensions]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return Listing(frame, about("Technologies and dimensions", made), behind=made)


def dimension_row(assessment: Assessment, result: DimensionResult) -> dict[str, Any]:
    """One dimension of one assessment as a flat row."""
    tensions = [t for t in assessment.step2.tensions if result.dimension in (t.strengthens, t.weakens)]
    spread = result.challenge if result.assessed else None
    return {
        "ecosystem": assessment.ecosystem,
        "title": assessment.title,
        "dimension": result.dimension,
        "level": spread.level if spread else None,
        "none": spread.none if spread else None,
        "low": spread.low if spread else None,
        "medium": spread.medium if spread else None,
        "high": spread.high if spread else None,
        "measured": result.measured.level if result.measured else None,
        "judged": result.judged.level if result.judged else None,
        "strength": result.strength.level if result.strength else None,
        "robustness": result.robustness,
        "robustness_wide": result.robustness_wide,
        "margin": result.margin if result.assessed else None,
        "tensions": len(tensions),
        "headline": result.headline,
        "evidence": f"{assessment.id}#{result.evidence}",
    }


def compare(
    workspace: Workspace,
    names: Sequence[str],
    *,
    home: str = DEFAULT_HOME,
    year: int | None = None,
    advance: Advance = quiet,
) -> Listing:
    """Ecosystems side by side: levels, largest hold, chokepoints, breaches and first instrument.

    Parameters
    ----------
    names
        Two or more ids of ecosystems.

    Returns
    -------
    Listing
        measure, then one column for each ecosystem.

    Raises
    ------
    UsageError
        Fewer than two names, or a scenario among them.
    """
    if len(names) < 2:
        raise UsageError("name at least two ecosystems to compare")
    for name in names:
        if name not in workspace.dossier_files() and name in scenario_files(workspace):
            raise UsageError(f"'{name}' is a scenario. Write: ostra compare scenarios {' '.join(names)}")
    made = assessments(workspace, ecosystems=names, home=home, year=year, advance=advance)
    columns = {assessment.ecosystem: in_short(assessment) for assessment in made}
    measures = list(next(iter(columns.values())))
    frame = pl.DataFrame(
        [{"measure": name, **{eco: column[name] for eco, column in columns.items()}} for name in measures]
    )
    return Listing(frame, about("Compared", made))


def in_short(assessment: Assessment) -> dict[str, str]:
    """What is compared of one assessment, in words."""
    short: dict[str, str] = {}
    for result in assessment.step2.dimensions:
        short[result.dimension] = cell_words(dimension_row(assessment, result))
    known = [d for d in assessment.step1.dependencies if d.measure not in INDIRECT]
    chain = [hold for hold in assessment.step1.chain if not hold.is_home]
    own = [point for point in assessment.step1.chokepoints if point.is_home]
    instruments = [m for m in assessment.step4.instruments if m.instrument != "no-action"]
    short["largest dependency"] = (
        f"{known[0].item_name} from {known[0].supplier_name}, at least {percent(known[0].hold.low)}"
        if known and known[0].hold.low > 0
        else "none with a known share"
    )
    short["largest hold through the chain"] = (
        f"{chain[0].holder_name} on {chain[0].item_name} at {chain[0].chokepoint_name}, "
        f"at least {percent(chain[0].hold.low)}"
        if chain
        else "none known"
    )
    short["held at home"] = ", ".join(point.item_name for point in own) or "nothing known"
    short["above tolerance"] = f"{sum(b.certain for b in assessment.step3.breaches)} for certain"
    short["findings"] = str(len(assessment.step2.findings))
    short["first instrument"] = instruments[0].name if instruments else "none"
    return short
