"""The data sets that a workspace holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ostra.model.evidence import Provenance
from ostra.model.listing import Listing, Rows
from ostra.workspace import Workspace

if TYPE_CHECKING:
    from ostra.facts.datasets import Dataset
    from ostra.facts.store import Facts


def datasets(workspace: Workspace, *, table: str | None = None, covers: bool = False) -> Listing:
    """The data sets at hand, one row each, those of a table in the order in which they answer.

    Data sets of a table answer together, trade edition by edition: `place` 1 answers first, and where it has no cell
    the next. Of input-output tables the first alone is read unless another is named.

    Parameters
    ----------
    table
        Only data sets of this table.
    covers
        Say as well what each covers: whose imports and exports (of trade), how many cells, and how many of these
        others have answered before it. Takes a reading of the data.
    """
    facts = workspace.facts
    held = facts.datasets(table)
    seen: dict[tuple[str, str | None], int] = {}
    place = []
    for one in held:
        key = (one.table, one.edition if one.table == "trade" else None)
        seen[key] = seen.get(key, 0) + 1
        place.append(seen[key])
    rows = [
        {
            "dataset": dataset.id,
            "table": dataset.table,
            "title": dataset.title,
            "source": dataset.source,
            "licence": dataset.licence,
            "edition": dataset.edition,
            "years": "–".join(str(year) for year in dict.fromkeys(dataset.years or ())),
            "rows": dataset.rows,
            "retrieved": dataset.retrieved,
            "place": place[number],
            "origin": "built-in" if dataset.built_in else "workspace",
            "sha256": dataset.sha256,
        }
        | (_covered(facts, dataset) if covers else {})
        for number, dataset in enumerate(held)
    ]
    order = "user's before built-in, then the newer release or day of retrieval, then by id; --prefer goes before all"
    return Listing(Rows(rows, ["edition"]), Provenance(title="Data sets", filters={"order": order}, sources=()))


def _covered(facts: Facts, dataset: Dataset) -> dict[str, int | str | None]:
    """What a data set covers, and what of it others answer."""
    found = facts.cells(dataset)

    def those(codes: tuple[str, ...] | None) -> str:
        return "all" if codes is None else ", ".join(codes) or "none"

    trade = dataset.table == "trade"
    return {
        "imports_of": those(dataset.imports_of) if trade else "",
        "exports_of": those(dataset.exports_of) if trade else "",
        "cells": found.added + found.replaced + found.unused,
        "answered_by_others": found.unused,
    }
