"""Checks of documents, folders and stored facts: every fault is told, nothing is changed."""

from __future__ import annotations

from pathlib import Path

from ostra.change.cases_import import check_cases
from ostra.change.ecosystem_import import check_ecosystem
from ostra.change.report import Change
from ostra.documents.own_controls import CONTROLS_FILE
from ostra.documents.yaml_documents import is_scenario, read_document
from ostra.errors import DataError, Problem, UsageError
from ostra.facts.checks import check_facts
from ostra.facts.datasets import builtin_root, facts_root
from ostra.progress import Advance, quiet
from ostra.workspace import Workspace
from ostra.workspace.scenario_names import fitting_scenario


def check(place: Path, *, workspace: Path | None = None, dataset: str | None = None) -> Change:
    """Check a dossier, profile, catalogue, scenario, timeline, list of cases, ecosystem folder or whole workspace.

    Parameters
    ----------
    place
        YAML file, CSV file of coercion cases, folder with the CSV files of an ecosystem, or workspace.
    workspace
        Folder whose dossiers and table a scenario is held against; the built-in ones if not given.
    dataset
        Input-output table that a scenario is to run on.

    Returns
    -------
    Change
        Its `problems` are the faults.

    Raises
    ------
    NotFoundError
        There is no such file, folder, workspace or table.
    UsageError
        A table is named for something that is no scenario.
    """
    if (place / "profile.yaml").is_file():
        return check_workspace(Workspace(place), place, dataset)
    try:
        # Nothing but a scenario is looked up elsewhere: a dossier is checked even where the workspace cannot be opened.
        document = not place.is_dir() and place.suffix.lower() != ".csv"
        space = Workspace(workspace) if document and is_scenario(place) else None
        if dataset is not None and space is None:
            raise UsageError(f"{place} is no scenario, and runs on no table; leave out --dataset")
        if document:
            return Change("checked", str(place), (_sound(place, space, dataset),))
        return check_ecosystem(place) if place.is_dir() else check_cases(place)
    except DataError as error:
        return Change("checked", str(place), problems=error.problems)


def check_workspace(space: Workspace, folder: Path, dataset: str | None = None) -> Change:
    """Check the profile of a workspace, its controls, dossiers and scenarios; parameters and errors as `check`."""
    lines: list[str] = []
    problems: list[Problem] = []
    files = [file for part in ("dossiers", "scenarios") for file in sorted((folder / part).glob("*.yaml"))]
    whole = [file for name in ("profile.yaml", CONTROLS_FILE) if (file := folder / name).is_file()]
    for file in (*whole, *files):
        try:
            lines.append(_sound(file, space, dataset))
        except DataError as error:
            problems += error.problems
    found = tuple(dict.fromkeys(problems))  # a dossier that scenarios name is told once
    return Change("checked", str(folder), tuple(lines), {"sound": len(lines)}, problems=found)


def check_stored_facts(space: Workspace, *, advance: Advance = quiet) -> Change:
    """Check all facts against their manifests, the built-in ones and those of the workspace."""
    roots = [builtin_root(), *([] if space.path is None else [facts_root(space.path)])]
    problems = tuple(problem for root in roots for problem in check_facts(root, advance))
    if problems:
        return Change("checked", "facts", problems=problems)
    count = len(space.facts.datasets())
    return Change("checked", "facts", (f"{count} data sets are sound",), {"data_sets": count})


def _sound(file: Path, space: Workspace | None, dataset: str | None) -> str:
    """What can be said of a YAML document without fault.

    Raises
    ------
    DataError
        With all faults of the document.
    """
    if space is None or not is_scenario(file):
        return f"{file}: sound ({read_document(file).format})"
    table = space.input_output(dataset)
    read = fitting_scenario(space, file, table)
    return f"{file}: sound ({read.format}); all that it names is known, with table {table.dataset}"
