"""Holds as a table: one row for each economy and item, with all that a page or a file shows of it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from ostra.ecosystem.chain.measure import holds, tier_holds
from ostra.ecosystem.chain.paths import path_text, trace_holds
from ostra.ecosystem.chain.structure import Structure

COLUMNS: dict[str, type[pl.DataType] | pl.DataType] = {
    "economy": pl.String,
    "economy_name": pl.String,
    "item": pl.String,
    "item_name": pl.String,
    "hold_low": pl.Float64,
    "hold_high": pl.Float64,
    "tier1_low": pl.Float64,
    "tier1_high": pl.Float64,
    "tier2_low": pl.Float64,
    "tier2_high": pl.Float64,
    "tier3_low": pl.Float64,
    "tier3_high": pl.Float64,
    "certain": pl.Boolean,
    "chokepoint": pl.String,
    "chokepoint_name": pl.String,
    "tier": pl.Int64,
    "path": pl.String,
    "path_years": pl.List(pl.Int64),
    "path_sources": pl.List(pl.String),
    "suppliers_remaining": pl.Int64,
    "organisations": pl.String,
    "year": pl.Int64,
    "source": pl.String,
    "caveats": pl.List(pl.String),
}


def hold_table(
    structure: Structure,
    *,
    economies: Sequence[str] | None = None,
    items: Sequence[str] | None = None,
    least: float = 0.0,
) -> pl.DataFrame:
    """Holds of economies on items, one row each, with chokepoint, path, holds by tier, year and source.

    Parameters
    ----------
    economies, items
        By default all players that a row names, and all items.
    least
        Rows whose high bound is not above this are left out.

    Returns
    -------
    DataFrame
        Columns as COLUMNS, largest low bound first, then high bound, economy, item. `path` lists item ids from item to
        chokepoint, `>` for requires and `~` for a kind; `path_years` and `path_sources` give year and source of the
        holder's share at each hop (null, "none" where no row names it); `source` lists the claims, or evidence from
        facts, behind the share at the chokepoint.

    Raises
    ------
    NotFoundError
        An item does not exist.
    """
    wanted = list(structure.players) if economies is None else list(dict.fromkeys(economies))
    tiers = tier_holds(structure, 3, wanted)
    every = holds(structure, wanted)
    rows = []
    places = list(range(len(structure.items))) if items is None else [structure.row(item) for item in items]
    for column, economy in enumerate(wanted):
        shown = [row for row in places if every.high[row, column] > least]
        paths = trace_holds(structure, economy, [structure.items[row] for row in shown], every) if shown else ()
        for row, path in zip(shown, paths, strict=True):
            last = path.hops[-1] if path.hops else None
            record: dict[str, object] = {
                "economy": path.holder,
                "economy_name": path.holder_name,
                "item": path.item,
                "item_name": path.item_name,
                "hold_low": path.low,
                "hold_high": path.high,
                "certain": path.certain,
                "chokepoint": path.chokepoint,
                "chokepoint_name": last.name if last else None,
                "tier": path.tier,
                "path": path_text(path),
                "path_years": [max(hop.years, default=None) for hop in path.hops],
                "path_sources": [", ".join(hop.claims or hop.evidence) or "none" for hop in path.hops],
                "suppliers_remaining": path.suppliers_remaining,
                "organisations": ", ".join(path.organisations),
                "year": path.year,
                "source": ", ".join(last.claims or last.evidence) if last else "",
                "caveats": list(path.caveats),
            }
            for number, tier in enumerate(tiers, start=1):
                record[f"tier{number}_low"] = float(tier.low[row, column])
                record[f"tier{number}_high"] = float(tier.high[row, column])
            rows.append(record)
    return pl.DataFrame(rows, schema=COLUMNS).sort(
        ["hold_low", "hold_high", "economy", "item"], descending=[True, True, False, False]
    )
