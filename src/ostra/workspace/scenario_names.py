"""What a scenario names, looked up before it runs: economies and sectors in its table, items in dossiers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path as File

from ostra.documents.yaml_documents import scenario_as_written
from ostra.documents.yaml_tree import MAX_PROBLEMS, Tree
from ostra.ecosystem.input_output.groups import members_in, not_apart
from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.errors import DataError, NotFoundError, Problem, did_you_mean
from ostra.model.dossier import Dossier, Item
from ostra.model.references import Path, named
from ostra.model.scenario import CapacityLoss, Scenario, Withholding
from ostra.scenario.sector_choice import like_sectors, sector_numbers
from ostra.words import economies
from ostra.workspace.space import Workspace


def fitting_scenario(space: Workspace, file: File, table: InputOutputTable, *, other_home: bool = False) -> Scenario:
    """Read a scenario of which every name is known.

    Parameters
    ----------
    table
        The table that it is to run on.
    other_home
        Results are told from another viewpoint, so that its own need not be in the table.

    Raises
    ------
    NotFoundError
        The file does not exist.
    DataError
        The file breaks the definition of a scenario, or names an economy, sector or item that is not there: one problem
        for each, with line, place, value and what is near.
    """
    scenario, tree, problems = scenario_as_written(file)
    problems += unknown_names(space, scenario, tree, table)
    problems = [one for one in problems if not (other_home and one.column == "home")]
    if problems:
        # Faults of a dossier follow, told once however many entries name it.
        found = sorted(dict.fromkeys(problems), key=lambda one: (one.file != str(file), one.line or 0, one.column))
        raise DataError(found[:MAX_PROBLEMS])
    return scenario


def unknown_names(space: Workspace, scenario: Scenario, tree: Tree, table: InputOutputTable) -> Iterator[Problem]:
    """One problem for each name of a scenario that table and dossiers do not know; codes of no economy are left out.

    A dossier that cannot be read gives its own problems instead.

    Parameters
    ----------
    tree
        The document that the scenario was read from, with the places of its values.
    """

    def problem(path: Path, value: str, reason: str, mend: str) -> Problem:
        return tree.problem(path, reason, mend, value)

    for path, _, text in named(scenario, Scenario, "home"):
        try:
            side = economies.home(text)
        except NotFoundError:
            continue
        try:
            members_in(table, side)
        except NotFoundError:
            reason, mend = not_apart(table, side)
            yield problem(path, text, reason, mend[:1].upper() + mend[1:])
    for path, _, name in named(scenario, Scenario, "sector"):
        wrong = _no_sector(table, name)
        if wrong:
            yield problem(path, name, *wrong)
    for path, ecosystem, items in _items_named(scenario):
        wrong = _no_ecosystem(space, ecosystem)
        if wrong:
            yield problem((*path, "ecosystem"), ecosystem, *wrong)
            continue
        try:
            dossier = space.dossier(ecosystem)
        except DataError as error:
            yield from error.problems
            continue
        for place_of_item, item in items:
            known = next((one for one in dossier.items if one.id == item), None)
            if known is None:
                yield problem((*path, *place_of_item), item, *_no_item(dossier, item))
            elif path[0] == "items":
                for reason, mend in _unusable(table, ecosystem, known):
                    yield problem((*path, *place_of_item), item, reason, mend)


def _items_named(scenario: Scenario) -> Iterator[tuple[Path, str, list[tuple[Path, str]]]]:
    """Every place where a scenario names items of an ecosystem: the place, the ecosystem, and each item's place."""
    for number, entry in enumerate(scenario.items):
        yield ("items", number), entry.ecosystem, [(("item",), entry.item)]
    sections: tuple[tuple[str, Sequence[Withholding | CapacityLoss]], ...] = (
        ("withheld", scenario.withheld),
        ("lost_capacity", scenario.lost_capacity),
    )
    for section, entries in sections:
        for number, whole in enumerate(entries):
            for place, one in enumerate(whole.concerns):
                items: list[tuple[Path, str]] = [(("items", k), item) for k, item in enumerate(one.items)]
                yield (section, number, "concerns", place), one.ecosystem, items


def _no_sector(table: InputOutputTable, name: str) -> tuple[str, str] | None:
    """What is wrong with a sector's name, and the mend; None if a sector is called so."""
    try:
        sector_numbers(table, name)
    except NotFoundError:
        near, held = like_sectors(table, name)
        if held:
            return (
                f"several sectors of table '{table.dataset}' have this in their names",
                f"Name one: {', '.join(near)}",
            )
        every = f"It has {', '.join(table.sectors)}"
        return f"table '{table.dataset}' has no such sector", did_you_mean(near) if near else every
    return None


def _no_ecosystem(space: Workspace, name: str) -> tuple[str, str] | None:
    files = space.dossier_files()
    if name in files:
        return None
    return "there is no such ecosystem", _near_or_all(name, list(files))


def _no_item(dossier: Dossier, name: str) -> tuple[str, str]:
    ids = [one.id for one in dossier.items]
    by_name = [one.id for one in dossier.items if name.replace("-", " ") in one.name.casefold()]
    return f"ecosystem '{dossier.id}' has no such item", _near_or_all(name, ids, by_name)


def _unusable(table: InputOutputTable, ecosystem: str, item: Item) -> Iterator[tuple[str, str]]:
    """Why a known item cannot be withheld in a table."""
    if not item.sectors:
        yield (
            "the item says nothing of sectors, so that it cannot be withheld",
            f"Add 'sectors:' to it in the dossier {ecosystem}, with one that makes it and one that uses it",
        )
    for name in dict.fromkeys(binding.sector for binding in item.sectors):
        found = _no_sector(table, name)
        if found:
            yield f"its sector {name} in the dossier {ecosystem} is unknown: {found[0]}", found[1]


def _near_or_all(name: str, known: list[str], more: list[str] | None = None) -> str:
    near = list(dict.fromkeys([*get_close_matches(name, known, n=5, cutoff=0.6), *(more or [])]))[:5]
    return did_you_mean(near) if near else f"There are {', '.join(known)}"
