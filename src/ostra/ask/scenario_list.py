"""The scenarios at hand: found by name, read, and listed; nothing is simulated here."""

from __future__ import annotations

from pathlib import Path

from ostra.documents.yaml_documents import builtin_scenarios, read_scenario, scenario_as_written
from ostra.errors import NotFoundError
from ostra.model.evidence import Provenance
from ostra.model.listing import Listing, Rows
from ostra.model.scenario import Scenario
from ostra.workspace import Workspace


def scenario_files(workspace: Workspace) -> dict[str, Path]:
    """Scenario id -> file, the workspace's `scenarios/` before built-in ones."""
    files = dict(builtin_scenarios())
    if workspace.path is not None:
        files |= {file.stem: file for file in sorted((workspace.path / "scenarios").glob("*.yaml"))}
    return dict(sorted(files.items()))


def find_scenario(workspace: Workspace, name: str) -> Scenario:
    """Read a scenario by its id, or from a file.

    Raises
    ------
    NotFoundError
        Neither exists; the message lists the ids.
    DataError
        The file breaks the definition of a scenario.
    """
    return read_scenario(scenario_file(workspace, name))


def scenario_file(workspace: Workspace, name: str) -> Path:
    """The file of a scenario, by its id or its own name; errors as for `find_scenario`."""
    files = scenario_files(workspace)
    if name in files:
        return files[name]
    if name.endswith((".yaml", ".yml")) or Path(name).is_file():
        return Path(name)
    raise NotFoundError(
        f"there is no scenario '{name}'. There are: {', '.join(files)}; or name a file that ends with .yaml"
    )


def scenario_id(workspace: Workspace, name: str) -> str:
    """Id of a scenario that need not fit any table; errors as for `find_scenario`."""
    return scenario_as_written(scenario_file(workspace, name))[0].id


def scenarios(workspace: Workspace) -> Listing:
    """The scenarios that can be simulated, one row each."""
    builtin = builtin_scenarios()
    rows = []
    for name, file in scenario_files(workspace).items():
        read = read_scenario(file)
        ours = [entry for _, entry in read.entries() if entry.source is None or entry.ours]
        rows.append(
            {
                "scenario": name,
                "title": read.title,
                "home": read.home,
                "days": read.days,
                "entries": len(list(read.entries())),
                "our_choice": len(ours),
                "date": read.date,
                "author": read.author,
                "origin": "built-in" if builtin.get(name) == file else "workspace",
            }
        )
    return Listing(
        Rows(rows),
        Provenance(
            title="Scenarios", filters={"our_choice": "entries of which some numbers rest on no source"}, sources=()
        ),
    )
