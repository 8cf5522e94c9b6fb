"""The data sets that a workspace holds."""

from __future__ import annotations

from ostra.model.evidence import Provenance
from ostra.model.listing import Listing, Rows
from ostra.workspace import Workspace


def datasets(workspace: Workspace, *, table: str | None = None) -> Listing:
    """The data sets at hand, one row each; `default` marks those that are used unless another is named.

    Parameters
    ----------
    table
        Only data sets of this table.
    """
    facts = workspace.facts
    held = facts.datasets(table)
    read = {name: facts.dataset(name) for name in {dataset.table for dataset in held}}
    used = {name: (source.id, *source.parts) for name, source in read.items()}
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
            "default": dataset.id in used[dataset.table],
            "origin": "built-in" if dataset.built_in else "workspace",
            "sha256": dataset.sha256,
        }
        for dataset in held
    ]
    return Listing(Rows(rows, ["edition"]), Provenance(title="Data sets", filters={}, sources=()))
