"""Data sets of one table that answer together: which goes before which, and what one leaves to the next.

The rule stands here and nowhere else. A data set covers cells: for trade a product in a year, for the economies whose
imports or exports it reports; for other tables what `CELLS` names. Where two cover the same cell, all of it is taken
from the one that goes before, so that nothing is counted twice and no two vintages are mixed within a sum.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ostra.facts.readers.reading import quoted
from ostra.facts.tables import table as definition_of

if TYPE_CHECKING:
    from ostra.facts.datasets import Dataset

CELLS: dict[str, tuple[str, ...]] = {
    "trade": ("year", "product"),
    # Sources name stages and units in their own words, so that a material is taken from one of them as a whole.
    "production": ("year", "material"),
    "governance": ("year", "indicator", "country"),
    "material_products": ("material", "edition"),
    "supply_shares": ("study", "material", "stage", "scope"),
    "material_uses": ("study", "material"),
    "hs_products": ("edition", "product"),
}
"""The columns that a data set answers for as a whole. An input-output table is one whole; two are never joined."""

SIDES = {"importer": "imports_of", "exporter": "exports_of"}


def precedence(dataset: Dataset, prefer: Sequence[str] = ()) -> tuple[int, bool, str, str]:
    """What data sets are sorted by; of two that cover the same cell, the greater one answers.

    Those preferred by the user come first, in the user's order; then the user's own before built-in ones; then by
    release, or where the source names none by the day of retrieval, the newer first; then by id, so that the order of
    imports plays no part.
    """
    named = len(prefer) - prefer.index(dataset.id) if dataset.id in prefer else 0
    newness = "".join(letter for letter in dataset.release or dataset.retrieved if letter.isdigit())
    return named, not dataset.built_in, newness, dataset.id


@dataclass(frozen=True)
class Cells:
    """How many cells of a data set nobody else holds, how many it answers before others, how many others before it."""

    added: int
    replaced: int
    unused: int


@dataclass(frozen=True)
class Joined:
    """Several data sets of one table as one; attributes as those of a data set.

    Attributes
    ----------
    parts
        The data sets, in falling order of precedence.
    """

    table: str
    parts: tuple[Dataset, ...]

    @property
    def id(self) -> str:
        """An id that the same data sets always have, in whatever order they were imported."""
        named = "\n".join(part.id for part in self.parts)
        return f"joined-{self.table.replace('_', '-')}-{hashlib.sha256(named.encode()).hexdigest()[:8]}"

    @property
    def title(self) -> str:
        """The titles of the parts."""
        return "; where it has nothing, ".join(part.title for part in self.parts)

    @property
    def source(self) -> str:
        """The publishers, each once."""
        return "; ".join(dict.fromkeys(part.source for part in self.parts))

    @property
    def licence(self) -> str:
        """The licences, each once; all of them bind."""
        return "; ".join(dict.fromkeys(part.licence for part in self.parts))

    @property
    def url(self) -> str:
        """Where the first part can be had."""
        return next((part.url for part in self.parts if part.url), "")

    @property
    def edition(self) -> str | None:
        """The edition of the Harmonised System that the product codes are of."""
        return next((part.edition for part in self.parts if part.edition), None)

    @property
    def retrieved(self) -> str:
        """The day on which the last part was retrieved."""
        return max(part.retrieved for part in self.parts)

    @property
    def years(self) -> tuple[int, int] | None:
        """The first and the last year of any part."""
        spans = [part.years for part in self.parts if part.years is not None]
        return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None

    @property
    def lapsed(self) -> dict[str, int]:
        """Product code -> the first year from which no part holds its trade."""
        common = set[str].intersection(*(set(part.lapsed) for part in self.parts))
        return {code: max(part.lapsed[code] for part in self.parts) for code in sorted(common)}

    @property
    def notes(self) -> tuple[str, ...]:
        """What goes before what, then the notes of the parts."""
        order = "; ".join(f"{place}. {part.id}" for place, part in enumerate(self.parts, 1))
        return (
            f"Data sets in the order in which they answer: {order}.",
            *(n for part in self.parts for n in part.notes),
        )

    @property
    def sha256(self) -> str:
        """The hash of the hashes of the parts, in order."""
        return hashlib.sha256("\n".join(part.sha256 for part in self.parts).encode()).hexdigest()


def own_rows(dataset: Dataset) -> str:
    """The rows of one data set as SQL; trade under a product code from the year on in which it lapsed is left out."""
    kept = " AND ".join(f"NOT (product = '{code}' AND year >= {year})" for code, year in sorted(dataset.lapsed.items()))
    return f"SELECT {', '.join(dataset.columns)} FROM {dataset.parquet()} WHERE {kept or 'true'}"


def joined_rows(parts: Sequence[Dataset], kept: Callable[[str], str]) -> str:
    """The rows of several data sets as SQL: of each those in cells that none before it covers.

    Parameters
    ----------
    parts
        In falling order of precedence.
    kept
        Keeps the rows of a select and returns the name to select them by, so that cells are looked for once.
    """
    columns = ", ".join(definition_of(parts[0].table).names)
    selects = []
    for place, part in enumerate(parts):
        free = [_outside(before, kept) for before in parts[:place] if _may_meet(before, part)]
        selects.append(f"SELECT {columns} FROM ({own_rows(part)}) part WHERE {' AND '.join(free) or 'true'}")
    return " UNION ALL ".join(selects)


def _may_meet(one: Dataset, other: Dataset) -> bool:
    """Whether two data sets can cover a cell in common, by what the manifest says of their years."""
    if one.years is None or other.years is None:
        return True
    return one.years[0] <= other.years[1] and other.years[0] <= one.years[1]


def _outside(before: Dataset, kept: Callable[[str], str]) -> str:
    """The condition that a row of `part` lies in no cell that the data set before it covers."""
    cell = CELLS[before.table]
    met = cells_of(before, cell, kept)
    free = f"NOT EXISTS (FROM {met} met WHERE {' AND '.join(f'met.{name} = part.{name}' for name in cell)})"
    if before.table != "trade" or before.covers_all:
        return free
    sides = [
        f"EXISTS (FROM {reporters_of(before, side, kept)} met WHERE met.year = part.year AND met.economy = part.{side})"
        for side in SIDES
        if getattr(before, SIDES[side])
    ]
    return f"({free} OR NOT ({' OR '.join(sides) or 'false'}))"


def cells_of(dataset: Dataset, cell: Sequence[str], kept: Callable[[str], str]) -> str:
    """The name of a relation with the distinct values that a data set has in some columns."""
    return kept(f"SELECT DISTINCT {', '.join(cell)} FROM ({own_rows(dataset)})")


def reporters_of(dataset: Dataset, side: str, kept: Callable[[str], str]) -> str:
    """The name of a relation of year and economy: whose imports (side importer) or exports a data set reports."""
    listed = ", ".join(quoted(code) for code in getattr(dataset, SIDES[side]))
    return kept(
        f"SELECT DISTINCT year, {side} AS economy FROM ({own_rows(dataset)}) WHERE {side} IN ({listed or 'NULL'})"
    )
