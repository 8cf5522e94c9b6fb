"""Who produces a raw material, in which shares, and how concentrated that is.

References
----------
Hirschman (1964), The Paternity of an Index, American Economic Review 54(5); its bounds where quantities are unknown are
our choice. See docs/methods/geopolrisk.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import polars as pl

from ostra.ecosystem.holds import Hold
from ostra.ecosystem.materials.exact_sums import as_floats
from ostra.ecosystem.materials.inputs import UNNAMED
from ostra.ecosystem.materials.production_facts import read_production
from ostra.model.base import Interval
from ostra.model.dossier import Dossier
from ostra.words.sentences import slug

# The formulas of this module in short, as evidence prints them.
SHARE = "s = q / Σ q"
CONCENTRATION = "HHI = Σ q² / (Σ q)²"


def production_shares(
    production: duckdb.DuckDBPyRelation, years: Sequence[int], materials: Sequence[str]
) -> pl.DataFrame:
    """Share of each country in the world production of a material.

    s_c = q_c / Σ_k q_k. A blank quantity lies between 0 and the largest that the facts hold for that producer in any
    year, so that every share of that material and year becomes an interval:
    s_c ∈ [low_c / (low_c + Σ_{k≠c} high_k), high_c / (high_c + Σ_{k≠c} low_k)]. Where the facts hold several stages of
    a material, such as mining and refining, a share lies anywhere between those at each stage.

    Parameters
    ----------
    production : relation
        Facts table `production`.
    years, materials : sequences
        What to return; a material or year without facts gives no row.

    Returns
    -------
    DataFrame
        material, year, country (ISO alpha-3), quantity (null when unknown), unit, share_low, share_high (fractions;
        null when nobody produces), rows (facts rows behind it), stages (null, or those that the share spans). Sorted by
        material, year, falling share_high, country.
    """
    by_stage = with_shares(
        read_production(production, sorted(set(materials)), sorted(set(years))), ("material", "year", "stage")
    )
    known = by_stage.filter(pl.col("share_high").is_not_null())
    counted = known.group_by("material", "year").agg(pl.col("stage").unique().sort().alias("stages"))
    several = counted.filter(pl.col("stages").list.len() > 1)
    one = by_stage.join(several, on=["material", "year"], how="anti", maintain_order="left")
    spanning = (
        known.join(several, on=["material", "year"])
        .group_by("material", "year", "country")
        .agg(
            pl.lit(None, pl.Float64).alias("quantity"),
            pl.col("unit").first(),
            # A country that is not listed at a stage has nothing of it.
            pl.when(pl.len() < pl.col("stages").first().list.len())
            .then(0.0)
            .otherwise(pl.col("share_low").min())
            .alias("share_low"),
            pl.col("share_high").max(),
            pl.col("rows").sum(),
            pl.col("stages").first(),
        )
    )
    columns = ["material", "year", "country", "quantity", "unit", "share_low", "share_high", "rows", "stages"]
    nobody = pl.lit(None, pl.List(pl.String)).alias("stages")
    return pl.concat([one.with_columns(nobody).select(columns), spanning.select(columns)]).sort(
        "material", "year", "share_high", "country", descending=[False, False, True, False], nulls_last=True
    )


def with_shares(production: pl.DataFrame, group: Sequence[str] = ("material", "year")) -> pl.DataFrame:
    """Add quantity (in units), share_low and share_high within each group to bounds `low`, `high` (integers).

    What nobody can name (`UNNAMED`) may be anybody's: it can be added to each share, and is nobody's for certain.
    """
    keys = list(group)
    low, high = pl.col("low").cast(pl.Float64), pl.col("high").cast(pl.Float64)
    unbounded = pl.col("high").is_null()
    # Sums of integers are exact in any order; only the final division is in floating point.
    rest_low = (pl.col("low").sum().over(keys) - pl.col("low")).cast(pl.Float64)
    rest_high = (pl.col("high").sum().over(keys) - pl.col("high").fill_null(0)).cast(pl.Float64)
    rest_unbounded = (unbounded.sum().over(keys) - unbounded.cast(pl.UInt32)) > 0
    nobody = pl.col("country") == UNNAMED
    spare = pl.when(nobody).then("high").otherwise(0).sum().over(keys).cast(pl.Float64)
    spare_low = pl.when(nobody).then("low").otherwise(0).sum().over(keys).cast(pl.Float64)
    endless = (nobody & unbounded).any().over(keys)
    high, rest_low = (
        pl.when(nobody).then(high).otherwise(high + spare),
        pl.when(nobody).then(rest_low).otherwise(rest_low - spare_low),
    )
    unbounded = unbounded | endless
    return production.with_columns(
        pl.when(pl.col("low") == pl.col("high")).then(low / 1000).alias("quantity"),
        pl.when(rest_unbounded | nobody)
        .then(0.0)
        .when(low + rest_high > 0)
        .then(low / (low + rest_high))
        .when(unbounded | (high > 0))
        .then(0.0)
        .alias("share_low"),
        pl.when(unbounded).then(1.0).when(high + rest_low > 0).then(high / (high + rest_low)).alias("share_high"),
    ).sort(*keys, "share_high", "country", descending=[False] * len(keys) + [True, False], nulls_last=True)


def concentration(production: pl.DataFrame) -> pl.DataFrame:
    """Herfindahl–Hirschman index of production, HHI = Σ_c q_c² / (Σ_c q_c)², with its exact bounds.

    Parameters
    ----------
    production : DataFrame
        As `material_inputs.read_production` returns it.

    Returns
    -------
    DataFrame
        material, year, production_concentration_low, production_concentration_high (in (0, 1]; null when no country is
        known to produce), top_producer, top_producer_share (null unless exact), producers, producers_unknown,
        production_rows, unit. Sorted.
    """
    rows = []
    for (material, year), group in production.group_by("material", "year", maintain_order=True):
        group = group.sort("country")
        low, high = as_floats(group["low"]) / 1000, as_floats(group["high"]) / 1000
        bounds = hhi_bounds(low, high)
        unknown = int((low != high).sum())
        total = float(low.sum())
        top = int(np.argmax(low)) if total > 0 else None
        country = None if top is None else group["country"][top]
        share = None if top is None or unknown else float(low[top]) / total
        counts = int((high > 0).sum()), unknown, int(group["rows"].sum())
        rows.append((material, year, *(bounds or (None, None)), country, share, *counts, group["unit"][0]))
    schema = {
        "material": pl.String,
        "year": pl.Int64,
        "production_concentration_low": pl.Float64,
        "production_concentration_high": pl.Float64,
        "top_producer": pl.String,
        "top_producer_share": pl.Float64,
        "producers": pl.Int64,
        "producers_unknown": pl.Int64,
        "production_rows": pl.Int64,
        "unit": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row").sort("material", "year")


def hhi_bounds(low: np.typing.NDArray[np.float64], high: np.typing.NDArray[np.float64]) -> tuple[float, float] | None:
    """Smallest and largest HHI of quantities of which some are unknown between 0 and an upper bound.

    With K known quantities, k1 = Σ q, k2 = Σ q², and unknown ones u_i ∈ [0, U_i]:

    * smallest: the HHI falls in u_i while u_i is below μ = Σ q² / Σ q of all, so the minimum is at u_i = min(μ, U_i).
      The j smallest bounds are reached, and μ = (k2 + Σ_{i≤j} U_i²) / (k1 + Σ_{i≤j} U_i).
    * largest: the HHI is quasi-convex in each u_i, so the maximum is at 0 or U_i for each; exchanging a smaller bound
      for a larger one never lowers it, so only the first m of the bounds, sorted falling, need to be tried.

    Parameters
    ----------
    low, high : arrays
        Equal for a known quantity; low = 0 for an unknown one, high its bound (infinite when there is none).

    Returns
    -------
    tuple of float, or None
        None when no known quantity is positive.
    """
    known = low == high
    k1, k2 = float(low[known].sum()), float((low[known] ** 2).sum())
    if k1 <= 0:
        return None
    bounds = np.sort(high[~known])
    s1, s2 = k1, k2
    level = s2 / s1
    reached = 0
    while reached < len(bounds) and bounds[reached] < level:
        s1, s2 = s1 + bounds[reached], s2 + bounds[reached] ** 2
        level = s2 / s1
        reached += 1
    free = len(bounds) - reached
    smallest = (s2 + free * level**2) / (s1 + free * level) ** 2
    largest = k2 / k1**2
    s1, s2 = k1, k2
    for bound in bounds[::-1]:
        if np.isinf(bound):
            largest = 1.0  # the limit of one producer who dwarfs all others
            break
        s1, s2 = s1 + float(bound), s2 + float(bound) ** 2
        largest = max(largest, s2 / s1**2)
    return min(float(smallest), largest), largest


def production_id(material: str, year: int, country: str) -> str:
    """Id of the evidence of one producer's share."""
    return f"production.{slug(material)}.{year}.{country}"


def _stages_caveat(stages: Sequence[str] | None) -> tuple[str, ...]:
    if not stages:
        return ()
    return (f"Production is known at several stages ({', '.join(stages)}); the share spans them.",)


def production_holds(dossier: Dossier, produced: pl.DataFrame) -> list[Hold]:
    """Each producer's share of the world production of each item that is a material.

    Parameters
    ----------
    produced
        Result of `production_shares` for one year.
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
            caveats=_stages_caveat(row["stages"]),
        )
        for item in dossier.items
        if item.material
        for row in by_material[item.material]
    ]
