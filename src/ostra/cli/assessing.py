"""Commands that assess: the four steps, and the trace of a number."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from ostra.cli.options import (
    OUTPUT,
    HomeOption,
    OnlyOption,
    PreferOption,
    ProfileOption,
    WeightOption,
    WorkspaceOption,
    YearOption,
    progress,
    workspace,
)
from ostra.cli.reporting import read_assessment, report_files, write_reports
from ostra.errors import UsageError

if TYPE_CHECKING:
    from ostra.model.results.simulation import ScenarioResults
    from ostra.workspace import Workspace


def assess(
    ecosystem: str,
    /,
    *,
    home: HomeOption = "EU27",
    year: YearOption = None,
    profile: ProfileOption = None,
    weight: WeightOption = None,
    prefer: PreferOption = None,
    only: OnlyOption = None,
    simulate: Annotated[bool, Parameter(negative=())] = False,
    runs: int = 0,
    seed: int = 0,
    workspace_path: WorkspaceOption = None,
    format: Annotated[Literal["table", "json"], Parameter(group=OUTPUT)] = "table",
    json: Annotated[bool, Parameter(negative=(), group=OUTPUT)] = False,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], group=OUTPUT)] = None,
) -> None:
    """Assess an ecosystem in four steps: dependencies, dimensions, geopolitical context, fitting instruments.

    Parameters
    ----------
    ecosystem
        Id of the ecosystem; see: ostra ecosystems.
    simulate
        Simulate the scenarios that withhold or concern items of the ecosystem as well (see: ostra scenarios); takes a
        while.
    runs, seed
        Draws of the numbers that scenarios leave open, with --simulate.
    format
        Print a summary, or the assessment itself as JSON.
    json
        Short for --format json.
    output
        Folder for ECOSYSTEM.html, .pdf, .xlsx and .json, made if absent; a file with one of these endings is written
        alone.
    """
    from ostra.show.output import to_json

    space = workspace(workspace_path, profile, weight, prefer, only)
    as_json = json or format == "json"
    files = {} if output is None else report_files(output, ecosystem)
    alone = len(files) == 1
    if alone and as_json and ".json" not in files:
        raise UsageError(f"{output}: JSON was asked for. End the name with .json, or leave that out")
    if runs and not simulate:
        raise UsageError("--runs are draws of scenarios; add --simulate")
    found = simulated(space, ecosystem, home, runs, seed) if simulate else None
    assessment = space.assess(ecosystem, home, year, scenarios=found)
    if output is not None:
        write_reports(assessment, output)
    if as_json:
        if not alone:
            sys.stdout.write(to_json(assessment.model_dump(mode="json")))
        return
    from ostra.show.text.summary import print_summary

    print_summary(assessment, sys.stdout)
    if found is not None and not found.outcomes:
        print("\nNo scenario withholds or concerns items of this ecosystem; see: ostra scenarios")
    if output is not None:
        print(f"\nWritten: {', '.join(map(str, files.values()))}")


def simulated(space: Workspace, ecosystem: str, home: str, runs: int = 0, seed: int = 0) -> ScenarioResults:
    """Simulate the scenarios of an ecosystem, with a progress bar on a terminal."""
    from ostra.ask.scenarios_assessed import scenario_results

    with progress("simulate") as advance:
        return scenario_results(space, ecosystem, home, runs=runs, seed=seed, advance=advance)


def trace(
    evidence: str,
    /,
    *,
    ecosystem: str = "semiconductors",
    home: HomeOption = "EU27",
    year: YearOption = None,
    assessment: Annotated[Path | None, Parameter(name=["--in"])] = None,
    simulate: Annotated[bool, Parameter(negative=())] = False,
    prefer: PreferOption = None,
    only: OnlyOption = None,
    workspace_path: WorkspaceOption = None,
    json: Annotated[bool, Parameter(negative=(), group=OUTPUT)] = False,
) -> None:
    """Follow one number to its formula, its values, the facts rows or claims, and their sources and licences.

    Parameters
    ----------
    evidence
        Id of the number; a full id, ECOSYSTEM-HOME-YEAR#ID, needs no further option.
    ecosystem
        Ecosystem whose assessment shows the number.
    assessment
        Look in this stored assessment (JSON) instead of making it anew.
    simulate
        The number is from an assessment made with --simulate; known by itself for numbers of scenarios.
    json
        Print the trace as JSON.
    """
    from ostra.provenance import trace as follow
    from ostra.show.output import to_json
    from ostra.show.text.trace_tree import print_trace

    space = workspace(workspace_path, prefer=prefer, only=only)
    if assessment is not None and simulate:
        raise UsageError("a stored assessment holds what was simulated for it; leave out --simulate")
    if assessment is not None:
        source = read_assessment(assessment)
    else:
        prefix, separator, short = evidence.partition("#")
        if separator:
            ecosystem, home, year = split_id(prefix)
            evidence = short
        simulate = simulate or evidence.startswith("scenario.") or "simulated_loss" in evidence
        found = simulated(space, ecosystem, home) if simulate else None
        source = space.assess(ecosystem, home, year, scenarios=found)
    found_trace = follow(source, evidence, space.facts)
    if json:
        sys.stdout.write(to_json(found_trace.as_dict()))
    else:
        print_trace(found_trace, source, sys.stdout)


def split_id(prefix: str) -> tuple[str, str, int]:
    """Ecosystem, home and year from the id of an assessment.

    Raises
    ------
    UsageError
        The text is not such an id.
    """
    parts = prefix.rsplit("-", 2)
    if len(parts) != 3 or not parts[2].isdigit():
        raise UsageError(
            f"'{prefix}' is no assessment id. Write it as ECOSYSTEM-HOME-YEAR, such as semiconductors-EU27-2023"
        )
    return parts[0], parts[1], int(parts[2])
