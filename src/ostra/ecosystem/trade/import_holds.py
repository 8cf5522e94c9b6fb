"""Shares of home's imports as holds of the items that are traded under the products."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import polars as pl

from ostra.ecosystem.holds import Hold
from ostra.ecosystem.trade.trade_evidence import trade_id
from ostra.model.base import Interval
from ostra.model.dossier import Dossier, ProductBinding


def import_holds(dossier: Dossier, this_year: pl.DataFrame, suppliers: pl.DataFrame) -> list[Hold]:
    """Each supplier's share of home's imports of each product that an item is traded under.

    Parameters
    ----------
    this_year, suppliers
        The frames of `dependency.trade_frames` for one year.
    """
    flagged = dict(this_year.select("product", "dependent").iter_rows())
    by_product: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in suppliers.filter(pl.col("share").is_not_null()).iter_rows(named=True):
        by_product[row["product"]].append(row)
    return [
        Hold(
            item=item.id,
            item_name=item.name,
            economy=row["supplier"],
            measure="import share",
            key=f"import.{binding.hs}",
            share=Interval.exactly(row["share"]),
            year=row["year"],
            evidence=trade_id(binding.hs, row["year"], f"share.{row['supplier']}"),
            product=binding.hs,
            flagged=flagged.get(binding.hs),
            mutual=None if row["reverse_share"] is None else Interval.exactly(row["reverse_share"]),
            mutual_evidence=None
            if row["reverse_share"] is None
            else trade_id(binding.hs, row["year"], f"reverse.{row['supplier']}"),
            caveats=_coverage_caveat(binding, item.name),
        )
        for item in dossier.items
        for binding in item.products
        for row in by_product[binding.hs]
    ]


def _coverage_caveat(binding: ProductBinding, name: str) -> tuple[str, ...]:
    if binding.coverage == "wider":
        return (f"HS {binding.hs} holds other goods beside {name}.",)
    if binding.coverage == "part":
        return (f"HS {binding.hs} is one of several forms in which {name} is traded.",)
    return ()
