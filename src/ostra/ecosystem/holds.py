"""Holds: the share of an item that one economy provides, whatever the figure comes from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import fsum
from typing import Any

import polars as pl

from ostra.ecosystem.evidence import production_id, trade_id
from ostra.model.base import Interval
from ostra.model.dossier import UNSPECIFIED, Dossier, ProductBinding, Provision
from ostra.model.evidence import Evidence
from ostra.model.results.ecosystem import Measure
from ostra.words.economies import economy_name


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


def provision_holds(dossier: Dossier) -> list[Hold]:
    """Each economy's share of each item as the dossier tells it, by location and by headquarters apart.

    The organisations of one economy are added up. Where a provider has rows of several years the latest counts. An
    economy can provide at most what the others' least shares leave: high ≤ 1 − Σ low of the others. Rows that are
    part of their economy's total are named, not added; rows of unspecified economies are nobody's hold.
    """
    latest: dict[tuple[str, str, str, str], Provision] = {}
    named: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in dossier.provision:
        if row.economy == UNSPECIFIED:
            continue
        named[row.item, row.by, row.economy] += [row.organisation] if row.organisation else []
        if row.part_of_economy:
            continue
        key = (row.item, row.by, row.economy, row.organisation)
        if key not in latest or (row.year or 0) > (latest[key].year or 0):
            latest[key] = row
    groups: dict[tuple[str, str], dict[str, list[Provision]]] = defaultdict(lambda: defaultdict(list))
    for row in latest.values():
        groups[row.item, row.by][row.economy].append(row)
    names = {item.id: item.name for item in dossier.items}
    result = []
    for (item, by), economies in groups.items():
        low = {code: min(1.0, fsum(r.interval().low for r in rows)) for code, rows in economies.items()}
        for code, rows in economies.items():
            others = fsum(value for other, value in low.items() if other != code)
            high = min(1.0, fsum(r.interval().high for r in rows), max(low[code], 1.0 - others))
            years = [r.year for r in rows if r.year is not None]
            result.append(
                Hold(
                    item=item,
                    item_name=names[item],
                    economy=code,
                    measure="provision share",
                    key=f"provision.{by}",
                    share=Interval(low=low[code], high=high),
                    year=max(years) if years else None,
                    evidence=f"provision.{item}.{code}.{by}",
                    organisations=tuple(dict.fromkeys(named[item, by, code])),
                    claims=tuple(dict.fromkeys(c for r in rows for c in r.claims)),
                    caveats=tuple(dict.fromkeys(r.note for r in rows if r.note)),
                )
            )
    return result


def provision_evidence(holds: list[Hold], dossier: Dossier) -> list[Evidence]:
    """Evidence of the holds that the dossier states, with the claims and sources that they rest on."""
    source_of = {claim.id: claim.source for claim in dossier.claims}
    found = []
    for hold in holds:
        by = hold.key.removeprefix("provision.")
        where = "made in" if by == "location" else "controlled from"
        who = f" ({', '.join(hold.organisations)})" if hold.organisations else ""
        found.append(
            Evidence(
                id=hold.evidence,
                label=f"Share of {hold.item_name} {where} {economy_name(hold.economy)}{who}",
                kind="cited",
                unit="share",
                value=hold.share.low if hold.share.known else None,
                low=hold.share.low,
                high=hold.share.high,
                text="" if hold.share.known else "not stated exactly: the interval is what the claims allow",
                claims=hold.claims,
                sources=tuple(dict.fromkeys(source_of[claim] for claim in hold.claims)),
                date=str(hold.year or ""),
                caveats=hold.caveats,
            )
        )
    return found
