"""How far home's sectors stand from final use and from primary inputs, as a listing."""

from __future__ import annotations

import numpy as np
import polars as pl

from ostra.ask.input_output import open_table
from ostra.ask.reliance import METHOD
from ostra.ecosystem.input_output.look_through import pooled, shares_of
from ostra.ecosystem.input_output.stages import steps_of
from ostra.model.listing import Listing
from ostra.progress import Advance, quiet
from ostra.workspace import Workspace
from ostra.workspace.years import DEFAULT_HOME


def stages(
    workspace: Workspace,
    *,
    home: str = DEFAULT_HOME,
    dataset: str | None = None,
    year: int | None = None,
    advance: Advance = quiet,
) -> Listing:
    """Upstreamness and downstreamness of each of home's sectors, beside those of the sector in the world.

    Returns
    -------
    Listing
        sector, sector_name, upstreamness, downstreamness, world_upstreamness, world_downstreamness [steps], output
        [million USD]; most upstream first, null without output. Several economies are averaged by output.
    """
    question = open_table(workspace, home, dataset, year, advance)
    table = question.table
    found = steps_of(question.chains)
    width = len(table.sectors)
    rows = []
    for k, code in enumerate(table.sectors):
        nodes = question.home.nodes(table, k)
        own, world = shares_of(table, nodes), shares_of(table, np.arange(k, table.size, width))
        rows.append(
            {
                "sector": code,
                "sector_name": table.sector_names[k],
                "upstreamness": float(pooled(found.upstreamness, own)),
                "downstreamness": float(pooled(found.downstreamness, own)),
                "world_upstreamness": float(pooled(found.upstreamness, world)),
                "world_downstreamness": float(pooled(found.downstreamness, world)),
                "output": float(table.output[nodes].sum()),
            }
        )
    frame = pl.DataFrame(rows).fill_nan(None).sort("upstreamness", "sector", descending=[True, False], nulls_last=True)
    first = frame.row(0, named=True)
    said = ""
    if first["upstreamness"] is not None:
        said = (
            f"Of the sectors of {question.home.name}, {first['sector_name']} is farthest from final use: its product "
            f"is sold {first['upstreamness']:.1f} times on average until it is used finally, the last time included."
        )
    return question.answer(frame, f"Position in the chain of the sectors of {question.home.name}", METHOD, said, {})
