"""STEP 1, method 2: the supply risk of the EU criticality method (Blengini et al., JRC 2017).

The method, its parameters and what is unknown in our facts: docs/methods/supply-risk.md.
"""

from __future__ import annotations

import duckdb
import polars as pl

from ostra.ecosystem.materials.exact_sums import KEYS, beside, sum_in_order
from ostra.ecosystem.materials.inputs import MaterialInputs, exports_outside, production_of_members
from ostra.ecosystem.materials.production_shares import with_shares

# The formula of this module in short, as evidence prints it.
SUPPLY_RISK = "[HHI(world) · IR/2 + HHI(sourcing) · (1 − IR/2)] · (1 − recycling) · substitution"

# Trade parameter t: 0.8 for members of the home (the method's value for EU countries), 1 without restrictions, up to
# 1.5 for an export prohibition. Unknown for a supplier, it lies in the method's whole range.
MEMBER_TRADE_PARAMETER = 0.8
TRADE_PARAMETER = (0.8, 1.5)

# Substitution index SI_SR: the geometric mean of three parameters that lie between 0.8 and 1 each (substitute's
# production, criticality and co-production), weighted by shares of use; 1 means no substitute.
SUBSTITUTION = (0.8, 1.0)

# Governance on the method's scale: 0 best, 10 worst, from WGI estimates between -2.5 and 2.5.
WGI_WORST = 10.0
WGI_DIMENSIONS = 6


def supply_risk(inputs: MaterialInputs, supply_shares: duckdb.DuckDBPyRelation | None = None) -> pl.DataFrame:
    """Supply risk of the EU criticality method, as the interval that our facts leave open.

    SR = [G x IR/2 + E x (1 - IR/2)] x (1 - EoL_RIR) x SI_SR, with G and E the concentration Σ_c S_c² W_c t_c of world
    production and of the home's sourcing (imports from outside and own production), S_c shares, W_c governance from 0
    (best) to 10, t_c the trade parameter; IR = (imports - exports) / (own production + imports - exports), 0 for a net
    exporter; EoL_RIR the end-of-life recycling input rate; SI_SR the substitution index.

    Unknown: SI_SR ∈ [0.8, 1], t_c ∈ [0.8, 1.5] unless `supply_shares` gives it (0.8 for the home's members), W_c ∈
    [0, 10] without an estimate. Without trade data SR is null and only its global part is given.

    Parameters
    ----------
    inputs : MaterialInputs
        Of the materials, homes and years wanted. Governance: the mean of the WGI dimensions in the facts (the method:
        all six).
    supply_shares : relation, optional
        Facts table with the Commission's trade parameters.

    Returns
    -------
    DataFrame
        One row for each material x home x year: supply_risk (null unless exact), supply_risk_low, supply_risk_high
        (dimensionless, 0 to 15; the study calls a material critical from 1.0), supply_risk_global_low and _high (G x
        (1 - EoL_RIR) x SI_SR, what the method uses without sourcing data), global_concentration_low and _high (G),
        sourcing_concentration_low and _high (E), import_reliance_low and _high (IR), recycling_rate, caveats.

    References
    ----------
    Blengini et al. (2017), Assessment of the methodology for establishing the EU list of critical raw materials, JRC
    EUR 28654 EN, doi:10.2760/73303; European Commission (2017), Methodology for establishing the EU list of critical
    raw materials: guidelines, doi:10.2873/769526.
    """
    risk = _governance_scale(inputs.governance_mean)
    produced_parameters = _trade_parameters(supply_shares, inputs.production_stages)
    traded_parameters = _trade_parameters(supply_shares, inputs.trade_stages)
    members = inputs.grid.members().rename({"member": "country"}).with_columns(pl.lit(True).alias("domestic"))

    world = (
        with_shares(inputs.production)
        .select("material", "year", "country", "share_low", "share_high")
        .join(pl.DataFrame({"home": [h.code for h in inputs.grid.homes]}, schema={"home": pl.String}), how="cross")
    )
    imports = inputs.imports.filter(pl.col("intra").not_()).select(
        *KEYS, pl.col("exporter").alias("country"), "low", "high"
    )
    own = production_of_members(inputs).select(*KEYS, "country", "low", "high")
    sourcing = with_shares(pl.concat([imports, own]), KEYS).select(*KEYS, "country", "share_low", "share_high")

    covered = inputs.codes.join(inputs.covered, on="product").select("material", "year").unique()
    listed = inputs.production.select("material", "year").unique()
    recycling = pl.DataFrame(
        [(name, inputs.recycling.get(name)) for name in inputs.grid.materials],
        schema={"material": pl.String, "recycling_rate": pl.Float64},
        orient="row",
    )
    table = beside(
        inputs.grid.frame(),
        _concentration(world, members, risk, produced_parameters, "global"),
        _concentration(sourcing, members, risk, traded_parameters, "sourcing"),
        _totals(imports, "imports"),
        _totals(exports_outside(inputs), "exports"),
        _totals(own, "own"),
        covered.with_columns(pl.lit(True).alias("has_trade")),
        listed.with_columns(pl.lit(True).alias("has_production")),
        recycling,
    ).with_columns(pl.col("has_trade", "has_production").fill_null(False))
    return _finish(table, risk)


def _finish(table: pl.DataFrame, risk: pl.DataFrame) -> pl.DataFrame:
    """Import reliance, then the formula at its two ends."""
    known = pl.col("has_trade") & pl.col("has_production")
    infinite = float("inf")
    amount = {
        name: (pl.col(f"{name}_low").fill_null(0.0), pl.col(f"{name}_high").fill_null(0.0))
        for name in ("imports", "exports", "own")
    }
    table = table.with_columns(
        (amount["imports"][0] - amount["exports"][1]).alias("net_low"),
        (amount["imports"][1] - amount["exports"][0]).alias("net_high"),
        amount["own"][0].alias("own_low"),
        amount["own"][1].alias("own_high"),
    )

    def reliance(net: str, own: str) -> pl.Expr:
        # IR grows with net imports and falls with own production; a net exporter relies on nobody.
        share = pl.col(net) / (pl.col(own) + pl.col(net))
        return (
            pl.when(pl.col(net) <= 0)
            .then(0.0)
            .when((pl.col(net) == infinite) & (pl.col(own) < infinite))
            .then(1.0)
            .when(pl.col(own) == infinite)
            .then(0.0)
            .otherwise(share)
        )

    unused = (pl.col("net_high") <= 0) & (pl.col("own_high") == 0)
    defined = known & unused.not_() & pl.col("sourcing_concentration_low").is_not_null()
    table = table.with_columns(
        pl.when(defined).then(reliance("net_low", "own_high")).alias("import_reliance_low"),
        pl.when(defined).then(reliance("net_high", "own_low")).alias("import_reliance_high"),
    )

    def mixed(end: str, reliance_end: str) -> pl.Expr:
        half = pl.col(f"import_reliance_{reliance_end}") / 2
        return pl.col(f"global_concentration_{end}") * half + pl.col(f"sourcing_concentration_{end}") * (1 - half)

    recycled_low, recycled_high = pl.col("recycling_rate").fill_null(0.0), pl.col("recycling_rate").fill_null(1.0)
    weakest, strongest = SUBSTITUTION[0] * (1 - recycled_high), SUBSTITUTION[1] * (1 - recycled_low)
    # The bracket is linear in IR, so that its extremes lie at the ends of IR.
    table = table.with_columns(
        (pl.min_horizontal(mixed("low", "low"), mixed("low", "high")) * weakest).alias("supply_risk_low"),
        (pl.max_horizontal(mixed("high", "low"), mixed("high", "high")) * strongest).alias("supply_risk_high"),
        (pl.col("global_concentration_low") * weakest).alias("supply_risk_global_low"),
        (pl.col("global_concentration_high") * strongest).alias("supply_risk_global_high"),
    )
    dimensions = max(risk["dimensions"].to_list(), default=0)
    partial = 0 < dimensions < WGI_DIMENSIONS
    sentences = [
        pl.when(pl.col("has_trade").not_()).then(
            pl.lit("supply risk unknown without trade data; its global part is given")
        ),
        pl.when(pl.col("has_production").not_()).then(pl.lit("supply risk unknown without production data")),
        pl.when(known & unused).then(pl.lit("home uses none on balance: import reliance and supply risk undefined")),
        pl.when(defined).then(
            pl.lit(
                "supply risk: substitution (0.8 to 1) and trade parameters of suppliers not in the facts are unknown"
            )
        ),
        pl.when(pl.col("recycling_rate").is_null()).then(pl.lit("recycling rate unknown: between 0 and 1")),
        pl.when(pl.lit(partial) & pl.col("has_production")).then(
            pl.lit(f"supply risk: governance from {dimensions} of the 6 WGI dimensions whose mean the method uses")
        ),
    ]
    caveats = pl.concat_list([sentence.otherwise(None) for sentence in sentences]).list.drop_nulls()
    names = ("supply_risk", "supply_risk_global", "global_concentration", "sourcing_concentration", "import_reliance")
    return table.with_columns(
        caveats.alias("caveats"),
        pl.when(pl.col("supply_risk_low") == pl.col("supply_risk_high")).then("supply_risk_low").alias("supply_risk"),
    ).select(
        *KEYS,
        "supply_risk",
        *[f"{name}_{end}" for name in names for end in ("low", "high")],
        "recycling_rate",
        "caveats",
    )


def _governance_scale(governance: pl.DataFrame) -> pl.DataFrame:
    worse = ((2.5 - pl.col("estimate")) * (WGI_WORST / 5)).clip(0.0, WGI_WORST)
    return governance.select("country", "year", worse.alias("governance"), "dimensions")


def _trade_parameters(supply_shares: duckdb.DuckDBPyRelation | None, stage_of: dict[str, str]) -> pl.DataFrame:
    """Trade parameters of the latest study for each material at its stage: material, country, trade_parameter."""
    schema = {"material": pl.String, "country": pl.String, "trade_parameter": pl.Float64}
    if supply_shares is None:
        return pl.DataFrame(schema=schema)
    stages = pl.DataFrame(sorted(stage_of.items()), schema={"material": pl.String, "stage": pl.String}, orient="row")
    given = pl.DataFrame(
        supply_shares.query(
            "material_facts",
            "SELECT material, lower(stage) AS stage, country, study, trade_parameter FROM material_facts "
            "WHERE trade_parameter IS NOT NULL",
        )
    )
    # One value per country: where global and EU lists differ the more restrictive one holds.
    return (
        given.join(stages, on=["material", "stage"])
        .filter(pl.col("study") == pl.col("study").max().over("material"))
        .group_by("material", "country")
        .agg(pl.col("trade_parameter").max())
        .sort("material", "country")
    )


def _concentration(
    shares: pl.DataFrame, members: pl.DataFrame, risk: pl.DataFrame, parameters: pl.DataFrame, name: str
) -> pl.DataFrame:
    """Σ_c S_c² W_c t_c by material, home and year, as outer bounds: each share at its end, whatever the others do."""
    low_t, high_t = TRADE_PARAMETER
    given = pl.when(pl.col("domestic")).then(MEMBER_TRADE_PARAMETER).otherwise("trade_parameter")
    table = (
        shares.filter(pl.col("share_high").is_not_null())
        .join(members, on=["home", "year", "country"], how="left")
        .join(risk, on=["country", "year"], how="left")
        .join(parameters, on=["material", "country"], how="left")
        .sort(*KEYS, "country")
        .with_columns(
            (pl.col("share_low").pow(2) * pl.col("governance").fill_null(0.0) * given.fill_null(low_t)).alias("low"),
            (pl.col("share_high").pow(2) * pl.col("governance").fill_null(WGI_WORST) * given.fill_null(high_t)).alias(
                "high"
            ),
        )
    )
    ceiling = WGI_WORST * high_t
    return sum_in_order(table, KEYS, ["low", "high"]).select(
        *KEYS,
        pl.col("low").alias(f"{name}_concentration_low"),
        pl.min_horizontal(pl.col("high"), pl.lit(ceiling)).alias(f"{name}_concentration_high"),
    )


def _totals(quantities: pl.DataFrame, name: str) -> pl.DataFrame:
    """Sums of the bounds as floats, infinite where there is no upper one."""
    unbounded = pl.col("high").is_null().any()
    return quantities.group_by(KEYS).agg(
        pl.col("low").sum().cast(pl.Float64).alias(f"{name}_low"),
        pl.when(unbounded).then(float("inf")).otherwise(pl.col("high").sum().cast(pl.Float64)).alias(f"{name}_high"),
    )
