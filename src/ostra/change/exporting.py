"""Export of a data set of the workspace as a file for others."""

from __future__ import annotations

from pathlib import Path

from ostra.change.report import Change
from ostra.errors import NotFoundError
from ostra.facts.export import export_dataset as export
from ostra.workspace import Workspace


def export_dataset(space: Workspace, dataset: str, file: Path) -> Change:
    """Write a data set to a file that ends with .csv, .parquet or .xlsx, its source and licence beside it.

    Raises
    ------
    NotFoundError
        There is no such data set.
    UsageError, DataError
        As `ostra.facts.export.export_dataset`.
    """
    tables = [found.table for found in space.facts.datasets() if found.id == dataset]
    if not tables:
        raise NotFoundError(f"there is no data set '{dataset}'. See: ostra data list")
    written, beside, rows = export(space.facts, file, tables[-1], dataset)
    line = f"{rows:,} rows written to {written}, source and licence to {beside}"
    return Change("exported", dataset, (line,), {"rows": rows}, written=(written, beside))
