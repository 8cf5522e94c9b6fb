"""Holds: the share of an item that one economy provides, whatever the figure comes from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import polars as pl

from ostra.ecosystem.evidence import production_id, trade_id
from ostra.model.base import Interval
from ostra.model.dossier import Dossier, ProductBinding
from ostra.model.results.ecosystem import Measure


@dataclass(frozen=True)
class Hold:
    """One economy's share of one item, by one measure; `key` tells holds of the same economy and item apart."""

    item: str
    item_name: str
    economy: str
    measure: Measure
    key: str
    share: Interval
    year: int | None
    evidence: str
    product: str | None = None
    flagged: bool | None = None
    mutual: Interval | None = None
    mutual_evidence: str | None = None
    organisations: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()


def import_holds(dossier: Dossier, this_year: pl.DataFrame, suppliers: pl.DataFrame) -> list[Hold]:
    """Each supplier's share of home's imports of each product that an item is traded under.

    Parameters
    ----------
    this_year, suppliers
        The frames of `trade.trade_position` for one year.
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


def production_holds(dossier: Dossier, produced: pl.DataFrame) -> list[Hold]:
    """Each producer's share of the world production of each item that is a material.

    Parameters
    ----------
    produced
        Result of `material_production.production_shares` for one year.
    """
    by_material: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in produced.filter(pl.col("share_high").is_not_null()).iter_rows(named=True):
        by_material[row["material"]].append(row)
    return [
        Hold(
            item=item.id,
            item_name=item.name,
            economy=row["country"],
            measure="production share",
            key="production",
            share=Interval(low=row["share_low"], high=row["share_high"]),
            year=row["year"],
            evidence=production_id(item.material, row["year"], row["country"]),
        )
        for item in dossier.items
        if item.material
        for row in by_material[item.material]
    ]
