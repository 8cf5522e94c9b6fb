"""The evidence behind step 1: each figure with its formula, the values put in, and the facts rows behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import polars as pl

from ostra.model.evidence import Evidence, FactRef
from ostra.words.economies import economy_name
from ostra.words.figures import number
from ostra.words.sentences import shortened, slug

if TYPE_CHECKING:
    from ostra.ecosystem.fact_tables import FactTables
    from ostra.words.economies import Home

TRADE_METHOD = "trade-dependency"
Where = dict[str, str | int | tuple[str, ...] | tuple[int, ...]]


def trade_id(product: str, year: int, indicator: str) -> str:
    """Id of the evidence of one trade indicator."""
    return f"trade.{product}.{year}.{indicator}"


def production_id(material: str, year: int, country: str) -> str:
    """Id of the evidence of one producer's share."""
    return f"production.{slug(material)}.{year}.{country}"


def material_id(material: str, year: int, indicator: str) -> str:
    """Id of the evidence of one material indicator."""
    return f"material.{slug(material)}.{year}.{indicator}"


def trade_evidence(rows: pl.DataFrame, suppliers: pl.DataFrame, tables: FactTables, home: Home) -> list[Evidence]:
    """Evidence for every indicator of the year's trade rows and for every supplier's share.

    Rows without trade yield none: there is no number to follow, and their `status` says why.
    """
    found = []
    shares: dict[str, list[dict[str, Any]]] = {
        key[0]: part.to_dicts() for key, part in suppliers.group_by(["product"], maintain_order=True)
    }
    for row in rows.filter(pl.col("status") == "traded").iter_rows(named=True):
        members = tuple(sorted(home.members(row["year"])))
        found += _product_evidence(row, shares.get(row["product"], []), tables, home, members)
    return found


def _product_evidence(
    row: dict[str, Any],
    suppliers: Sequence[dict[str, Any]],
    tables: FactTables,
    home: Home,
    members: tuple[str, ...],
) -> list[Evidence]:
    product, year = row["product"], row["year"]
    name = row["description"] or f"HS {product}"
    what = f"HS {product} ({shortened(name, 60)}), {home.name}, {year}"

    def ref(rows: int, **where: Any) -> FactRef:
        return FactRef(
            table="trade", dataset=tables.trade_id, where={"year": year, "product": product, **where}, rows=rows
        )

    def figure(indicator: str, label: str, value: float | None, unit: str, **more: Any) -> Evidence:
        return Evidence(
            id=trade_id(product, year, indicator),
            label=f"{label}: {what}",
            kind=more.pop("kind", "computed"),
            unit=unit,
            value=value,
            method=TRADE_METHOD,
            sources=(tables.trade_id,),
            **more,
        )

    imported = {"importer": members, "exporter not": members}
    total = row["imports_kusd"]
    found = [
        figure(
            "imports_kusd",
            "Imports from outside home",
            total,
            "kUSD",
            kind="measured",
            formula="M = Σ value of flows into home from outside",
            substituted=f"M = {number(total)} kUSD, from {row['import_rows']:,} flows",
            facts=(ref(row["import_rows"], **imported),),
        )
    ]
    share_ids = []
    for supplier in suppliers:
        code = supplier["supplier"]
        share_ids.append(trade_id(product, year, f"share.{code}"))
        found.append(
            figure(
                f"share.{code}",
                f"Share of {economy_name(code)} in imports",
                supplier["share"],
                "share",
                formula="s = v / M",
                substituted=f"s = {number(supplier['imports_kusd'])} / {number(total)}",
                inputs=(trade_id(product, year, "imports_kusd"),),
                facts=(ref(supplier["flows"], importer=members, exporter=code),),
            )
        )
        if supplier["reverse_share"] is not None:
            found.append(
                figure(
                    f"reverse.{code}",
                    f"Home's share in what {economy_name(code)} imports of the same product",
                    supplier["reverse_share"],
                    "share",
                    formula="r = imports of the supplier from home / all its imports of the product",
                    substituted=f"r = {number(supplier['reverse_share'] * supplier['supplier_imports_kusd'])}"
                    f" / {number(supplier['supplier_imports_kusd'])}",
                    facts=(ref(supplier["reverse_flows"], importer=code),),
                )
            )
    terms = " + ".join(f"{s['share']:.3f}²" for s in suppliers[:4]) + (" + …" if row["suppliers"] > 4 else "")
    found.append(
        figure(
            "concentration",
            "Concentration of imports (Herfindahl–Hirschman, 0 to 1)",
            row["concentration"],
            "index",
            formula="HHI = Σ s²",
            substituted=f"HHI = {terms} = {row['concentration']:.3f}",
            inputs=tuple(share_ids),
            facts=(ref(row["import_rows"], **imported),),
        )
    )
    found.append(
        figure(
            "suppliers_effective",
            "Effective number of suppliers",
            row["suppliers_effective"],
            "suppliers",
            formula="1 / HHI",
            substituted=f"1 / {row['concentration']:.4g}",
            inputs=(trade_id(product, year, "concentration"),),
        )
    )
    found.append(
        figure(
            "extra_share",
            "Share of imports that comes from outside home",
            row["extra_share"],
            "share",
            formula="M / (M + N), N the imports of members from each other",
            substituted=f"{number(total)} / ({number(total)} + {number(row['intra_kusd'])})",
            inputs=(trade_id(product, year, "imports_kusd"),),
            facts=(ref(row["intra_rows"], importer=members, exporter=members),) if row["intra_rows"] else (),
        )
    )
    found.append(
        figure(
            "import_export_ratio",
            "Imports from outside over exports to outside",
            row["import_export_ratio"],
            "ratio",
            formula="M / X, X the exports of home to outside",
            substituted=f"{number(total)} / {number(row['exports_kusd'])}",
            inputs=(trade_id(product, year, "imports_kusd"),),
            facts=(ref(row["export_rows"], **{"exporter": members, "importer not": members}),)
            if row["export_rows"]
            else (),
            caveats=()
            if row["import_export_ratio"] is not None
            else ("Home exports nothing: the ratio has no bound and counts as exceeded.",),
        )
    )
    found.append(
        figure(
            "top_share",
            f"Share of the largest supplier, {economy_name(row['top_supplier'])}",
            row["top_share"],
            "share",
            formula="largest s",
            inputs=(trade_id(product, year, f"share.{row['top_supplier']}"),),
        )
    )
    if row["diversification_potential"] is not None:
        found.append(
            figure(
                "diversification_potential",
                f"What others export beside what {economy_name(row['top_supplier'])} would have to be replaced for",
                row["diversification_potential"],
                "ratio",
                formula="exports of all others to outside home / imports of home from its largest supplier",
                substituted=f"{number(row['others_exports_kusd'])} / {number(row['top_imports_kusd'])}",
                facts=(
                    ref(
                        row["others_rows"], **{"importer not": members, "exporter not": (*members, row["top_supplier"])}
                    ),
                ),
            )
        )
    if row["reverse_share"] is not None:
        found.append(
            figure(
                "reverse_share",
                f"Home's share in what {economy_name(row['top_supplier'])} imports of the same product",
                row["reverse_share"],
                "share",
                formula="imports of the supplier from home / all its imports of the product",
                inputs=(trade_id(product, year, f"reverse.{row['top_supplier']}"),),
            )
        )
    found.append(
        figure(
            "years_flagged",
            "Years flagged as dependent in the window that ends here",
            float(row["years_flagged"]),
            "years",
            formula="number of years in the window in which all three thresholds are exceeded",
            substituted=f"{row['years_flagged']} of the {row['years_known']} years known",
        )
    )
    return found


def series_evidence(series: pl.DataFrame, tables: FactTables, home: Home) -> list[Evidence]:
    """One piece of evidence per product for the whole time series of its concentration and largest share."""
    found = []
    for (product,), part in series.group_by(["product"], maintain_order=True):
        traded = part.filter(pl.col("status") == "traded").to_dicts()
        if not traded:
            continue
        refs = []
        # One reference per run of years with the same members: a bloc's membership is that of each year.
        for members, run in groupby(traded, key=lambda row: tuple(sorted(home.members(row["year"])))):
            span = list(run)
            where: Where = {
                "year": tuple(row["year"] for row in span),
                "product": str(product),
                "importer": members,
                "exporter not": members,
            }
            rows = sum(row["import_rows"] for row in span)
            refs.append(FactRef(table="trade", dataset=tables.trade_id, where=where, rows=rows))
        unknown = part.filter(pl.col("status") == "unknown")["year"].to_list()
        found.append(
            Evidence(
                id=f"trade.{product}.series",
                label=f"Largest supplier's share and concentration by year: HS {product}, {home.name}, "
                f"{traded[0]['year']} to {traded[-1]['year']}",
                kind="computed",
                unit="share",
                text="; ".join(
                    f"{row['year']}: {row['top_supplier']} {row['top_share']:.3f}, HHI {row['concentration']:.3f}"
                    for row in traded
                ),
                formula="as for each year: largest s = v / M, and HHI = Σ s²",
                method=TRADE_METHOD,
                sources=(tables.trade_id,),
                facts=tuple(refs),
                caveats=(f"Not covered by the data, hence unknown: {year_spans(unknown)}.",) if unknown else (),
            )
        )
    return found


def year_spans(years: Iterable[int]) -> str:
    """Years in short: 2017–2024, 2026."""
    spans: list[list[int]] = []
    for year in sorted(years):
        if spans and year == spans[-1][1] + 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in spans)


def production_evidence(produced: pl.DataFrame, tables: FactTables, least: float) -> list[Evidence]:
    """Evidence for each producer's share of the world production of a material, where it can reach `least`."""
    found = []
    for (material, year), part in produced.group_by(["material", "year"], maintain_order=True):
        rows = int(part["rows"].sum())
        known = sum(part["quantity"].drop_nulls().to_list())
        unknown = part.filter(pl.col("quantity").is_null())["country"].to_list()
        for row in part.filter(pl.col("share_high") >= least).iter_rows(named=True):
            quantity = "unknown" if row["quantity"] is None else number(row["quantity"])
            found.append(
                Evidence(
                    id=production_id(str(material), int(str(year)), row["country"]),
                    label=f"Share of {economy_name(row['country'])} in world production: {material}, {year}",
                    kind="computed",
                    unit="share",
                    low=row["share_low"],
                    high=row["share_high"],
                    value=row["share_low"] if row["share_low"] == row["share_high"] else None,
                    formula="s = q / Σ q",
                    substituted=f"s = {quantity} / {number(known)} {row['unit']}"
                    + (" and what the unknown producers add" if unknown else ""),
                    method="geopolrisk",
                    sources=(tables.production_id,),
                    facts=(
                        FactRef(
                            table="production",
                            dataset=tables.production_id,
                            where={"year": int(str(year)), "material": str(material)},
                            rows=rows,
                        ),
                    ),
                    caveats=(f"No quantity is known for {', '.join(unknown)}.",) if unknown else (),
                )
            )
    return found


# Indicator -> (label, formula, method page); the formulas are those of the method pages, in short.
MATERIAL_INDICATORS = {
    "geopolrisk": ("GeoPolRisk score", "HHI of production × import risk", "geopolrisk"),
    "import_risk": ("Import risk", "Σ q·g / (Σ q + own production)", "geopolrisk"),
    "production_concentration": ("Concentration of production", "HHI = Σ q² / (Σ q)²", "geopolrisk"),
    "supply_risk": (
        "Supply risk",
        "[HHI(world) · IR/2 + HHI(sourcing) · (1 − IR/2)] · (1 − recycling) · substitution",
        "supply-risk",
    ),
}


def material_evidence(rows: pl.DataFrame, tables: FactTables, home: Home) -> list[Evidence]:
    """Evidence for the indicators of each material; an unknown indicator is evidence too, with the reason."""
    found = []
    products = tables.products_of_materials()
    for row in rows.iter_rows(named=True):
        inputs = {
            "geopolrisk": ("production_concentration", "import_risk"),
            "supply_risk": ("production_concentration",),
        }
        datasets = (tables.trade_id, tables.production_id, tables.governance_id, tables.material_products_id)
        for indicator, (label, formula, method) in MATERIAL_INDICATORS.items():
            low, high = row[f"{indicator}_low"], row[f"{indicator}_high"]
            found.append(
                Evidence(
                    id=material_id(row["material"], row["year"], indicator),
                    label=f"{label}: {row['material']}, {row['home']}, {row['year']}",
                    kind="computed",
                    unit="index",
                    low=low,
                    high=high,
                    value=low if low is not None and low == high else None,
                    text="" if low is not None else "unknown",
                    formula=formula,
                    method=method,
                    inputs=tuple(material_id(row["material"], row["year"], name) for name in inputs.get(indicator, ())),
                    sources=datasets[1:2] if indicator == "production_concentration" else datasets,
                    facts=_material_facts(row, products.get(row["material"], ()), tables, home, indicator),
                    caveats=tuple(row["caveats"] or ()),
                )
            )
    return found


def _material_facts(
    row: dict[str, Any], products: tuple[str, ...], tables: FactTables, home: Home, indicator: str
) -> tuple[FactRef, ...]:
    production = FactRef(
        table="production",
        dataset=tables.production_id,
        where={"year": row["year"], "material": row["material"]},
        rows=row["production_rows"] or 0,
    )
    if indicator == "production_concentration" or not row["flows"]:
        return (production,)
    members = tuple(sorted(home.members(row["year"])))
    where: Where = {"year": row["year"], "product": products, "importer": members, "exporter not": members}
    return (production, FactRef(table="trade", dataset=tables.trade_id, where=where, rows=row["flows"]))
