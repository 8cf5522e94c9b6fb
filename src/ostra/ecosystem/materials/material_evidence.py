"""The evidence behind raw materials: each figure with formula, the values put in, and the facts rows behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from ostra.ecosystem.materials import geopolrisk, supply_risk
from ostra.ecosystem.materials.production_shares import CONCENTRATION, SHARE, production_id
from ostra.model.evidence import Evidence, FactRef
from ostra.words.economies import economy_name
from ostra.words.figures import number
from ostra.words.sentences import slug

if TYPE_CHECKING:
    from ostra.words.economies import Home

# Indicator -> (label, formula, method page).
INDICATORS = {
    "geopolrisk": ("GeoPolRisk score", geopolrisk.SCORE, "geopolrisk"),
    "import_risk": ("Import risk", geopolrisk.IMPORT_RISK, "geopolrisk"),
    "production_concentration": ("Concentration of production", CONCENTRATION, "geopolrisk"),
    "supply_risk": ("Supply risk", supply_risk.SUPPLY_RISK, "supply-risk"),
}


def material_id(material: str, year: int, indicator: str) -> str:
    """Id of the evidence of one material indicator."""
    return f"material.{slug(material)}.{year}.{indicator}"


def production_evidence(produced: pl.DataFrame, dataset: str, least: float) -> list[Evidence]:
    """Evidence for each producer's share of the world production of a material, where it can reach `least`."""
    found = []
    for (material, year), part in produced.group_by(["material", "year"], maintain_order=True):
        rows = int(part["rows"].sum())
        known = sum(part["quantity"].drop_nulls().to_list())
        unknown = part.filter(pl.col("quantity").is_null())["country"].to_list()
        for row in part.filter(pl.col("share_high") >= least).iter_rows(named=True):
            stages = ", ".join(row["stages"] or ())
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
                    formula=SHARE,
                    substituted=f"between its shares at the stages {stages}"
                    if stages
                    else f"s = {quantity} / {number(known)} {row['unit']}"
                    + (" and what the unknown producers add" if unknown else ""),
                    method="geopolrisk",
                    sources=(dataset,),
                    facts=(
                        FactRef(
                            table="production",
                            dataset=dataset,
                            where={"year": int(str(year)), "material": str(material)},
                            rows=rows,
                        ),
                    ),
                    caveats=(f"Production is known at several stages: {stages}; they are not added up.",)
                    if stages
                    else (f"No quantity is known for {', '.join(unknown)}.",)
                    if unknown
                    else (),
                )
            )
    return found


def material_evidence(
    rows: pl.DataFrame, products: Mapping[str, tuple[str, ...]], datasets: Mapping[str, str], home: Home
) -> list[Evidence]:
    """Evidence for the indicators of each material; an unknown indicator is evidence too, with the reason.

    Parameters
    ----------
    rows
        Rows of `geopolrisk.indicators`.
    products, datasets
        The codes that each material is traded under, and the id of the data set of each table.
    """
    found = []
    for row in rows.iter_rows(named=True):
        inputs = {
            "geopolrisk": ("production_concentration", "import_risk"),
            "supply_risk": ("production_concentration",),
        }
        sources = tuple(datasets[table] for table in ("trade", "production", "governance", "material_products"))
        for indicator, (label, formula, method) in INDICATORS.items():
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
                    sources=sources[1:2] if indicator == "production_concentration" else sources,
                    facts=_material_facts(row, products.get(row["material"], ()), datasets, home, indicator),
                    caveats=tuple(row["caveats"] or ()),
                )
            )
    return found


def _material_facts(
    row: dict[str, Any], products: tuple[str, ...], datasets: Mapping[str, str], home: Home, indicator: str
) -> tuple[FactRef, ...]:
    production = FactRef(
        table="production",
        dataset=datasets["production"],
        where={"year": row["year"], "material": row["material"]},
        rows=row["production_rows"] or 0,
    )
    if indicator == "production_concentration" or not row["flows"]:
        return (production,)
    members = tuple(sorted(home.members(row["year"])))
    where: dict[str, str | int | tuple[str, ...]] = {
        "year": row["year"],
        "product": products,
        "importer": members,
        "exporter not": members,
    }
    return (production, FactRef(table="trade", dataset=datasets["trade"], where=where, rows=row["flows"]))
