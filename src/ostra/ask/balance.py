"""Do the rows and columns of an input-output table add up? As a listing (docs/methods/input-output.md)."""

from __future__ import annotations

import polars as pl

from ostra.facts.citing import cite
from ostra.facts.mrio.rules import residuals
from ostra.facts.stored_input_output import read_table
from ostra.model.evidence import Provenance
from ostra.model.listing import Listing
from ostra.workspace import Workspace

SCHEMA: dict[str, type[pl.DataType]] = {
    "side": pl.String,
    "economy": pl.String,
    "sector": pl.String,
    "name": pl.String,
    "output_musd": pl.Float64,
    "accounted_musd": pl.Float64,
    "residual_musd": pl.Float64,
    "share": pl.Float64,
}


def balance(workspace: Workspace, dataset: str | None = None, *, year: int | None = None) -> Listing:
    """Rows and columns whose parts differ from output beyond rounding, the largest difference first.

    Parameters
    ----------
    dataset
        Id of the table; by default the newest of the workspace, else the built-in one.
    year
        Year of the table; by default its latest.

    Returns
    -------
    Listing
        Columns side (row or column), economy, sector, name, output_musd, accounted_musd, residual_musd (output less
        what is accounted for) and share (of output, null where output is zero). Columns of the table are checked only
        where its value added is known.

    Raises
    ------
    NotFoundError, DataError
        There is no such table, or it cannot be read.
    """
    source = workspace.facts.dataset("input_output", dataset)
    table = read_table(source, year)
    rows = [
        {
            "side": one.side,
            "economy": one.economy,
            "sector": one.sector,
            "name": one.name,
            "output_musd": one.output,
            "accounted_musd": one.accounted,
            "residual_musd": one.residual,
            "share": one.share,
        }
        for one in residuals(table)
    ]
    checked = "rows and columns" if table.value_added is not None else "rows; value added is unknown"
    return Listing(
        pl.DataFrame(rows, schema=SCHEMA),
        Provenance(
            title=f"Balances of {source.title}",
            filters={"year": str(table.year), "checked": checked},
            sources=(cite(source),),
            method="input-output",
            caveats=table.notes,
        ),
    )
