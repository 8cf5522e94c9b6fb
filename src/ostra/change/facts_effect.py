"""What a data set changes: the cells that it adds or replaces, and the dossiers whose numbers move with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ostra.errors import OstraError
from ostra.facts.datasets import Dataset
from ostra.facts.joined import CELLS
from ostra.facts.store import UNSTATED
from ostra.model.assessment import Assessment
from ostra.progress import Advance, quiet
from ostra.workspace import Workspace
from ostra.workspace.years import DEFAULT_HOME


@dataclass(frozen=True)
class Moved:
    """How many numbers of a dossier's assessment differ, of how many there are, and the levels that do."""

    ecosystem: str
    numbers: int
    of: int
    levels: Mapping[str, tuple[str, str]]

    def in_words(self) -> str:
        """The same in one line."""
        levels = "".join(f"; {name} {old} before, {new} now" for name, (old, new) in self.levels.items())
        return f"{self.ecosystem}: {self.numbers:,} of {self.of:,} numbers move{levels}"


def cells_told(space: Workspace, dataset: Dataset) -> tuple[str, ...]:
    """How many cells of its table a data set adds, replaces, or leaves to others; none for input-output tables."""
    if dataset.table not in CELLS:
        return ()
    found = space.facts.cells(dataset)
    cell = " × ".join(CELLS[dataset.table])
    told = f"cells ({cell}): {found.added:,} added, {found.replaced:,} answered instead of other data sets"
    return (told + (f", {found.unused:,} left to data sets that go before it" if found.unused else ""),)


def dossiers_told(space: Workspace, dataset: Dataset, advance: Advance = quiet) -> tuple[str, ...]:
    """The dossiers whose numbers differ with and without a data set, a line each, seen from the default home.

    Both assessments are of the last year of the data set, or of the latest that trade and production covered before.
    """
    before, after = Workspace(space.path, without=(dataset.id,)), Workspace(space.path)
    names = _concerned(after, dataset)
    if not names:
        return ("no dossier has an item that the data are on",)
    year = before.latest_year()
    if dataset.years is not None:
        year = min(year, dataset.years[1])
    told: list[str] = []
    for done, name in enumerate(names, 1):
        try:
            change = _between(*(one.assess(name, DEFAULT_HOME, year) for one in (before, after)))
            if change.numbers:
                told.append(change.in_words())
        except OstraError as error:
            told.append(f"{name}: cannot be assessed: {error}")
        advance(done, len(names))
    return tuple(told) or (f"no number moves in {', '.join(names)} ({DEFAULT_HOME}, {year})",)


def _concerned(space: Workspace, dataset: Dataset) -> list[str]:
    """The dossiers whose assessment reads cells that a data set can hold."""
    names = list(space.dossier_files())
    if dataset.table in ("hs_products", "material_uses"):
        return []  # names, and what no step reads
    column = {"trade": "product", "production": "material"}.get(dataset.table)
    if column is None:
        return names
    held = {value for (value,) in space.facts.relation(dataset.table, dataset.id).project(column).distinct().fetchall()}
    traded = space.fact_tables(space.facts).products_of_materials()

    def met(name: str) -> bool:
        dossier, edition = space.as_traded(space.dossier(name))
        materials = {item.material for item in dossier.items if item.material}
        if column == "material":
            return bool(held & materials)
        codes = {binding.hs for item in dossier.items for binding in item.products}
        codes = codes.union(*(traded.get(material, ()) for material in materials))
        return edition == (dataset.edition or UNSTATED) and bool(held & codes)

    return [name for name in names if met(name)]


def _between(old: Assessment, new: Assessment) -> Moved:
    numbers = [{e.id: (e.value, e.low, e.high) for e in one.evidence} for one in (old, new)]
    differing = sum(numbers[0].get(key) != numbers[1].get(key) for key in numbers[0].keys() | numbers[1].keys())
    levels = [
        {str(one.dimension): str(one.challenge.level) for one in assessment.step2.dimensions}
        for assessment in (old, new)
    ]
    other = {name: (levels[0][name], level) for name, level in levels[1].items() if levels[0].get(name, level) != level}
    return Moved(new.ecosystem, differing, len(numbers[1]), other)
