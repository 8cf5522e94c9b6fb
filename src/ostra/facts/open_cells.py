"""Cells of trade that no data set holds in full for a home: what they say of it is a part, and no number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from ostra.facts.joined import Joined
from ostra.facts.store import Answering, Facts

if TYPE_CHECKING:
    from ostra.words.economies import Home

SCHEMA = {"product": pl.String, "year": pl.Int16, "imports_open": pl.Boolean, "exports_open": pl.Boolean}


def open_cells(facts: Facts, source: Answering, home: Home) -> pl.DataFrame:
    """The products and years of which the data hold the trade of some economies alone.

    Returns
    -------
    DataFrame
        product, year; `imports_open` where the imports of a member of home are in no data set, so that nobody's share
        in them is known; `exports_open` where the exports of a member are in none. No rows where all data sets hold the
        trade of all with all. Sorted.
    """
    parts = source.parts if isinstance(source, Joined) else (source,)
    partial = [part for part in parts if not part.covers_all]
    if not partial:
        return pl.DataFrame(schema=SCHEMA)
    met = pl.concat([pl.DataFrame(facts.cells_held(part)).with_columns(part=pl.lit(part.id)) for part in partial])
    for part in parts:
        if part.covers_all:
            met = met.join(pl.DataFrame(facts.cells_held(part)), on=["product", "year"], how="anti")
    grouped = met.group_by("product", "year").agg(pl.col("part").unique().sort())
    reported = {part.id: {side: facts.reported(part, side) for side in ("importer", "exporter")} for part in partial}

    def lacks(side: str, names: Sequence[str], year: int) -> bool:
        return not home.members(year) <= frozenset[str]().union(*(reported[name][side].get(year, ()) for name in names))

    kinds = grouped.select("part", "year").unique().rows()
    flags = pl.DataFrame(
        [(names, year, lacks("importer", names, year), lacks("exporter", names, year)) for names, year in kinds],
        schema={"part": pl.List(pl.String), "year": pl.Int16, "imports_open": pl.Boolean, "exports_open": pl.Boolean},
        orient="row",
    )
    return grouped.join(flags, on=["part", "year"]).select(list(SCHEMA)).sort("product", "year")
