"""What the production facts hold of a material: by stage and country, in one unit, with bounds for what is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import polars as pl

from ostra.ecosystem.materials.exact_sums import frame_of, sum_or_null, texts
from ostra.errors import DataError, Problem

# Units of mass, as sources write them, in kilograms.
MASS = {"t": 1000, "tonne": 1000, "tonnes": 1000, "metric t": 1000, "kt": 10**6, "mt": 10**9, "kg": 1}

# What sources call the two stages that the methods know; any other word is a stage of its own.
STAGES = {
    **dict.fromkeys(("extraction", "mining", "mine", "mine production", "mined"), "extraction"),
    **dict.fromkeys(
        (
            "processing",
            "refining",
            "refinery",
            "refinery production",
            "refined",
            "smelting",
            "smelter",
            "smelter production",
        ),
        "processing",
    ),
}


def read_production(
    production: duckdb.DuckDBPyRelation,
    materials: Sequence[str],
    years: Sequence[int],
    *,
    stages: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """Production by material, year, stage and country, the quantity of each as bounds.

    A producer whose quantity is blank in a year lies between 0 and the largest quantity that the facts hold for it in
    any year; without any such quantity the upper bound is null. Countries that are not listed produce nothing. What is
    mined and what is refined of it are the same metal twice: stages are never added.

    Parameters
    ----------
    stages : mapping, optional
        The one stage of each material that is wanted; all stages by default.

    Returns
    -------
    DataFrame
        material, year, stage, country, unit, low, high (integers in thousandths of the unit), rows. Sorted.

    Raises
    ------
    DataError
        A stage of a material is given in two units in one year, so that its quantities cannot be added.
    """
    factor = " ".join(f"WHEN '{unit}' THEN {kilograms}" for unit, kilograms in MASS.items())
    mass = f"lower(trim(unit)) IN ({texts(MASS)})"
    table = frame_of(
        production,
        f"""
        SELECT material, CAST(year AS BIGINT) AS year, country, {stage_of("stage")} AS stage,
               CASE WHEN {mass} THEN 't' ELSE unit END AS unit,
               CAST(quantity::DECIMAL(27,3) * (CASE lower(trim(unit)) {factor} ELSE 1000 END)::DECIMAL(11,0) AS BIGINT)
                   AS quantity
        FROM material_facts WHERE material IN ({texts(materials)})
        """,
    )
    if stages is not None:
        wanted = pl.DataFrame(sorted(stages.items()), schema={"material": pl.String, "stage": pl.String}, orient="row")
        table = table.join(wanted, on=["material", "stage"], how="semi", maintain_order="left")
    keys = ["material", "year", "stage"]
    mixed = table.group_by(keys).agg(pl.col("unit").unique().sort()).filter(pl.col("unit").list.len() > 1)
    if mixed.height:
        raise DataError(
            Problem(
                reason=f"production of {material} in {year} is given in several units",
                column="unit",
                value=", ".join(units),
                mend="Give one unit for each material",
            )
            for material, year, _, units in mixed.sort(keys).iter_rows()
        )
    largest = pl.col("quantity").max().over("material", "country", "stage")
    unknown = pl.col("quantity").is_null()
    return (
        table.with_columns(pl.coalesce("quantity", largest).alias("high"))
        .filter(pl.col("year").is_in(list(years)))
        .group_by(*keys, "country")
        .agg(
            pl.col("unit").first(),
            # One blank among a country's rows leaves its sum unknown from 0 on: a wider bound, and still a bound.
            pl.when(unknown.any()).then(0).otherwise(pl.col("quantity").sum()).alias("low"),
            sum_or_null("high"),
            pl.len().cast(pl.Int64).alias("rows"),
        )
        .sort(*keys, "country")
    )


def stage_of(column: str) -> str:
    """SQL from the word of a source for a stage to one of STAGES, or to itself in small letters."""
    known = " ".join(f"WHEN '{word}' THEN '{stage}'" for word, stage in STAGES.items())
    return f"CASE lower(trim({column})) {known} ELSE lower(trim({column})) END"
