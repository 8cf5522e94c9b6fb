"""Shares of home's imports as holds of the items that are traded under the products."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import polars as pl

from ostra.ecosystem.holds import Hold
from ostra.ecosystem.trade.trade_evidence import trade_id
from ostra.model.base import Interval
from ostra.model.dossier import CarriedBinding, Dossier, ProductBinding
from ostra.words.figures import number


def import_holds(dossier: Dossier, this_year: pl.DataFrame, suppliers: pl.DataFrame) -> list[Hold]:
    """Each supplier's share of home's imports of each product that an item is traded under.

    Parameters
    ----------
    this_year, suppliers
        The frames of `dependency.trade_frames` for one year.
    """
    flagged = dict(this_year.select("product", "dependent").iter_rows())
    unnamed = {
        product: (f"{number(kusd)} kUSD of imports under HS {product} come from areas that nobody can name.",)
        for product, kusd in this_year.select("product", "unnamed_kusd").iter_rows()
        if kusd
    }
    by_product: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in suppliers.filter(pl.col("share_high").is_not_null()).iter_rows(named=True):
        by_product[row["product"]].append(row)
    return [
        Hold(
            item=item.id,
            item_name=item.name,
            economy=row["supplier"],
            measure="import share",
            key=f"import.{binding.hs}",
            share=Interval(low=row["share_low"], high=row["share_high"]),
            year=row["year"],
            evidence=trade_id(binding.hs, row["year"], f"share.{row['supplier']}"),
            product=binding.hs,
            flagged=flagged.get(binding.hs),
            mutual=None
            if row["reverse_share_low"] is None
            else Interval(low=row["reverse_share_low"], high=row["reverse_share_high"]),
            mutual_evidence=None
            if row["reverse_share_low"] is None
            else trade_id(binding.hs, row["year"], f"reverse.{row['supplier']}"),
            caveats=(*_coverage_caveat(binding, item.name), *unnamed.get(binding.hs, ())),
        )
        for item in dossier.items
        for binding in item.products
        for row in by_product[binding.hs]
    ]


def _coverage_caveat(binding: ProductBinding, name: str) -> tuple[str, ...]:
    if isinstance(binding, CarriedBinding):
        return (binding.carried, *_coverage_of(binding, name))
    return _coverage_of(binding, name)


def _coverage_of(binding: ProductBinding, name: str) -> tuple[str, ...]:
    if binding.coverage == "wider":
        return (f"HS {binding.hs} holds other goods beside {name}.",)
    if binding.coverage == "part":
        return (f"HS {binding.hs} is one of several forms in which {name} is traded.",)
    return ()
