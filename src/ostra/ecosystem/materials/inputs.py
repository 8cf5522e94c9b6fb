"""What the raw-material methods read from facts, as exact integers with bounds for whatever is unknown.

Quantities and values are kept in thousandths (kg, USD, m³ thousands) as 64-bit integers until the last step, so that
sums are exact and do not depend on the order of rows or threads. An unknown quantity is a pair of bounds; `None` as
the upper bound means that there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from ostra.ecosystem.materials.exact_sums import KEYS, frame_of, numbers, sum_in_order, sum_or_null, texts
from ostra.ecosystem.materials.production_facts import read_production, stage_of
from ostra.errors import MethodError
from ostra.words.economies import REST_OF_WORLD, Home

PV = "PV"  # political stability and absence of violence/terrorism, the WGI dimension that GeoPolRisk uses

# A governance year that was never published (1997, 1999, 2001) or is not out yet is read from the nearest earlier
# year, at most this many years back. Our choice: the two-yearly start of WGI leaves gaps of one year.
GOVERNANCE_CARRY = 2

# Unit values between which the quantity of a flow without quantity is bounded: the 5th and 95th percentile of the
# world's flows of that product in that year. Our choice; the tails of BACI unit values span several powers of ten.
UNIT_VALUE_QUANTILES = (0.05, 0.95)

# Tonnes per million cubic metres of natural gas at 15 °C and 101.325 kPa: relative density 0.555 to 0.700
# (EN 16726:2015, table 1) times the density of air, 1.2255 kg/m³.
GAS_TONNES = (680, 858)
GAS_UNIT = "Mio m3"


# Stands in trade facts for partners that nobody can name; for a bloc they may be its own members.
UNNAMED = REST_OF_WORLD


@dataclass(frozen=True)
class Grid:
    """What is asked: every material x home x year, sorted; no combination is ever dropped."""

    materials: tuple[str, ...]
    homes: tuple[Home, ...]
    years: tuple[int, ...]

    def frame(self) -> pl.DataFrame:
        """One row per combination: material, home, year."""
        return (
            pl.DataFrame({"material": self.materials}, schema={"material": pl.String})
            .join(pl.DataFrame({"home": [h.code for h in self.homes]}, schema={"home": pl.String}), how="cross")
            .join(pl.DataFrame({"year": self.years}, schema={"year": pl.Int64}), how="cross")
            .sort(KEYS)
        )

    def blocs(self) -> list[str]:
        """The codes of the homes that are blocs."""
        return [home.code for home in self.homes if home.is_bloc]

    def members(self) -> pl.DataFrame:
        """One row per home, year and member: home, year, member."""
        rows = [(h.code, year, iso3) for h in self.homes for year in self.years for iso3 in sorted(h.members(year))]
        return pl.DataFrame(rows, schema={"home": pl.String, "year": pl.Int64, "member": pl.String}, orient="row")


@dataclass(frozen=True)
class MaterialInputs:
    """Everything that the methods need, read once."""

    grid: Grid
    edition: str | None  # of the trade table's codes, where the caller said so
    codes: pl.DataFrame  # material, product
    shared: dict[str, tuple[str, ...]]  # material -> its codes that other materials count too
    trade_stages: dict[str, str]  # extraction or processing: what the trade codes stand for
    production_stages: dict[str, str]  # and which stage of the production figures counts
    other_stages: dict[str, tuple[str, ...]]  # stages that the production facts hold beside the one that counts
    recycling: dict[str, float | None]
    flows: pl.DataFrame  # year, product, exporter, importer, value, low, high, blank (see read_flows)
    imports: pl.DataFrame  # see imports_by_supplier
    covered: pl.DataFrame  # year, product: the data hold at least one flow of the product in that year
    production: pl.DataFrame  # see read_production
    governance: pl.DataFrame  # see read_governance: of political stability alone
    governance_mean: pl.DataFrame  # and of all dimensions that the facts hold


def read_inputs(
    trade: duckdb.DuckDBPyRelation,
    production: duckdb.DuckDBPyRelation,
    governance: duckdb.DuckDBPyRelation,
    material_products: duckdb.DuckDBPyRelation,
    homes: Sequence[Home],
    years: Sequence[int],
    *,
    materials: Sequence[str] | None = None,
    edition: str | None = None,
) -> MaterialInputs:
    """Read what the grid of materials, homes and years needs; see the single readers for the columns.

    Parameters
    ----------
    trade, production, governance, material_products : relations
        Facts tables.
    homes : sequence of Home
        Countries or blocs.
    years : sequence of int
        Calendar years.
    materials : sequence of str, optional
        Names as in the facts; all of them when left out.
    edition : str, optional
        Edition of the Harmonised System that the trade table's codes follow, such as "HS92". Codes of another edition
        are then not used, since they may stand for another good.

    Raises
    ------
    MethodError
        No home or no year, or a material of which there are no facts.
    """
    if not homes or not years:
        raise MethodError("no home or no year was asked for: give at least one of each")
    codes = frame_of(
        material_products,
        f"SELECT DISTINCT material, product, {stage_of('stage')} AS stage, eol_rir FROM material_facts ORDER BY ALL",
    )
    produced = frame_of(
        production,
        f"SELECT DISTINCT material, {stage_of('stage')} AS stage FROM material_facts ORDER BY ALL",
    )
    known = sorted(set(codes["material"].to_list()) | set(produced["material"].to_list()))
    wanted = known if materials is None else sorted(set(materials))
    absent = [name for name in wanted if name not in set(known)]
    if absent:
        raise MethodError(f"no facts on {', '.join(absent)}; there are facts on: {', '.join(known)}")
    grid = Grid(tuple(wanted), tuple(homes), tuple(sorted(set(years))))
    bound = codes.filter(pl.col("product").is_not_null()).select("material", "product").unique()
    if edition is not None:
        listed = frame_of(
            material_products,
            f"SELECT DISTINCT material, product FROM material_facts WHERE edition = {texts([edition])}",
        )
        bound = bound.join(listed, on=["material", "product"], how="semi")
    users = bound.group_by("product").agg(pl.col("material").sort()).filter(pl.col("material").list.len() > 1)
    shared: dict[str, list[str]] = {}
    for product, names in users.sort("product").iter_rows():
        for name in names:
            others = ", ".join(other for other in names if other != name)
            shared.setdefault(name, []).append(f"{product} ({others})")
    bound = bound.filter(pl.col("material").is_in(wanted)).sort("material", "product")
    flows = read_flows(trade, bound["product"].unique().sort().to_list(), grid.years)
    traded_stages = {row[0]: row[2] for row in codes.iter_rows() if row[2]}
    made_stages: dict[str, list[str]] = {}
    for material, stage in produced.iter_rows():
        made_stages.setdefault(material, []).append(stage)
    chosen = {
        name: traded_stages[name] if traded_stages.get(name) in stages else stages[0]
        for name, stages in made_stages.items()
    }
    return MaterialInputs(
        grid=grid,
        edition=edition,
        codes=bound,
        shared={name: tuple(values) for name, values in shared.items()},
        trade_stages=traded_stages,
        production_stages=chosen,
        other_stages={
            name: tuple(stage for stage in stages if stage != chosen[name])
            for name, stages in made_stages.items()
            if len(stages) > 1
        },
        recycling={row[0]: row[3] for row in codes.iter_rows()},
        flows=flows,
        imports=imports_by_supplier(flows, bound, grid.members(), grid.blocs()),
        covered=flows.select("year", "product").unique(),
        production=read_production(production, grid.materials, grid.years, stages=chosen),
        governance=read_governance(governance, grid.years, (PV,)),
        governance_mean=read_governance(governance, grid.years, None),
    )


def read_flows(trade: duckdb.DuckDBPyRelation, products: Sequence[str], years: Sequence[int]) -> pl.DataFrame:
    """Flows of the products in the years, the quantity of each as bounds.

    A flow with a value and no quantity did move something: its quantity lies between value / p95 and value / p5, with
    p5 and p95 the percentiles of the unit values (value / quantity) of all flows of that product in that year. Where no
    flow has a unit value the upper bound is null. A quantity of 0 beside a value is as unknown, and may be 0.

    Returns
    -------
    DataFrame
        year, product, exporter, importer, value [USD], low, high [kg] (integers; equal when known), blank (no quantity
        recorded). Sorted by product, year, exporter, importer.
    """
    schema = {"year": pl.Int64, "product": pl.String, "exporter": pl.String, "importer": pl.String}
    if not products:
        extra = {"value": pl.Int64, "low": pl.Int64, "high": pl.Int64, "blank": pl.Boolean}
        return pl.DataFrame(schema=schema | extra)
    flows = frame_of(
        trade,
        f"""
        SELECT CAST(year AS BIGINT) AS year, product, exporter, importer,
               CAST(CAST(value_kusd AS DECIMAL(18,3)) * 1000 AS BIGINT) AS value,
               CAST(CAST(quantity_t AS DECIMAL(18,3)) * 1000 AS BIGINT) AS quantity
        FROM material_facts WHERE year IN ({numbers(years)}) AND product IN ({texts(products)})
        """,
    )
    flows = flows.sort("product", "year", "exporter", "importer", "value", "quantity")
    low, high = UNIT_VALUE_QUANTILES
    unit_value = pl.col("value") / pl.col("quantity")
    prices = (
        flows.filter((pl.col("quantity") > 0) & (pl.col("value") > 0))
        .group_by("product", "year")
        .agg(
            unit_value.quantile(low, interpolation="nearest").alias("cheap"),
            unit_value.quantile(high, interpolation="nearest").alias("dear"),
        )
    )
    # A weight of 0 beside a value was not reported, or was rounded away: something moved, perhaps very little.
    zero = (pl.col("quantity") == 0) & (pl.col("value") > 0)
    blank = pl.col("quantity").is_null() | zero
    flows = flows.with_columns(blank.alias("blank"), pl.when(zero).then(None).otherwise("quantity").alias("quantity"),
                               zero.fill_null(False).alias("zero"))  # fmt: skip
    return (
        flows.join(prices, on=["product", "year"], how="left", maintain_order="left")
        .with_columns(
            pl.when("zero")
            .then(0)
            .otherwise(
                pl.coalesce("quantity", (pl.col("value") / pl.col("dear")).floor().cast(pl.Int64), pl.lit(0, pl.Int64))
            )
            .alias("low"),
            pl.coalesce("quantity", (pl.col("value") / pl.col("cheap")).ceil().cast(pl.Int64)).alias("high"),
        )
        .drop("quantity", "cheap", "dear", "zero")
        .select("year", "product", "exporter", "importer", "value", "low", "high", "blank")
    )


def read_governance(
    governance: duckdb.DuckDBPyRelation, years: Sequence[int], indicators: Sequence[str] | None
) -> pl.DataFrame:
    """Governance estimates for each asked year: the mean of the indicators, from the nearest published year.

    Parameters
    ----------
    indicators : sequence of str or None
        The WGI dimensions to average; None averages all that the facts hold.

    Returns
    -------
    DataFrame
        country, year, estimate (about -2.5 weak to 2.5 strong), governance_year, dimensions (how many were averaged).
        A country without estimate in that year has no row.
    """
    chosen = "" if indicators is None else f"AND indicator IN ({texts(indicators)})"
    table = frame_of(
        governance,
        f"""
        SELECT CAST(year AS BIGINT) AS governance_year, country, indicator, estimate
        FROM material_facts WHERE estimate IS NOT NULL AND NOT isnan(estimate) {chosen}
        """,
    )
    published = sorted(table["governance_year"].unique().to_list())
    pairs = [
        (year, max(candidates))
        for year in years
        if (candidates := [y for y in published if year - GOVERNANCE_CARRY <= y <= year])
    ]
    asked = pl.DataFrame(pairs, schema={"year": pl.Int64, "governance_year": pl.Int64}, orient="row")
    table = table.sort("country", "governance_year", "indicator").with_columns(pl.lit(1.0).alias("dimensions"))
    return (
        sum_in_order(table, ["country", "governance_year"], ["estimate", "dimensions"])
        .with_columns(pl.col("estimate") / pl.col("dimensions"), pl.col("dimensions").cast(pl.Int64))
        .join(asked, on="governance_year")
        .select("country", "year", "estimate", "governance_year", "dimensions")
        .sort("country", "year")
    )


def imports_by_supplier(
    flows: pl.DataFrame, codes: pl.DataFrame, members: pl.DataFrame, blocs: Sequence[str] = ()
) -> pl.DataFrame:
    """Imports of each home by material, year and supplier, the intra-bloc ones marked.

    What a bloc imports from partners that nobody can name may come from its own members: its low bound is 0.

    Returns
    -------
    DataFrame
        material, home, year, exporter, intra, value and weighed [USD; `weighed` only of flows with a quantity], low,
        high [kg], weight [kg, known quantities], flows, blanks, blank_value [USD]. Sorted.
    """
    known = pl.col("blank").not_()
    return (
        flows.join(codes, on="product")
        .join(members, left_on=["importer", "year"], right_on=["member", "year"])
        .join(
            members.with_columns(pl.lit(True).alias("intra")),
            left_on=["exporter", "year", "home"],
            right_on=["member", "year", "home"],
            how="left",
        )
        .with_columns(pl.col("intra").fill_null(False))
        .group_by("material", "home", "year", "exporter", "intra")
        .agg(
            pl.col("value").sum(),
            pl.col("value").filter(known).sum().alias("weighed"),
            pl.col("low").filter(known).sum().alias("weight"),
            pl.col("low").sum(),
            sum_or_null("high"),
            pl.len().cast(pl.Int64).alias("flows"),
            pl.col("blank").sum().cast(pl.Int64).alias("blanks"),
            pl.col("value").filter(pl.col("blank")).sum().alias("blank_value"),
        )
        .with_columns(_none_at_least("exporter", blocs))
        .sort("material", "home", "year", "exporter")
    )


def exports_outside(inputs: MaterialInputs) -> pl.DataFrame:
    """What each home sends outside: material, home, year, low, high [kg], flows."""
    members = inputs.grid.members()
    return (
        inputs.flows.join(inputs.codes, on="product")
        .join(members, left_on=["exporter", "year"], right_on=["member", "year"])
        .join(members, left_on=["importer", "year", "home"], right_on=["member", "year", "home"], how="anti")
        .with_columns(_none_at_least("importer", inputs.grid.blocs()))
        .group_by("material", "home", "year")
        .agg(pl.col("low").sum(), sum_or_null("high"), pl.len().cast(pl.Int64).alias("flows"))
        .sort("material", "home", "year")
    )


def _none_at_least(partner: str, blocs: Sequence[str]) -> pl.Expr:
    nobody = (pl.col(partner) == UNNAMED) & pl.col("home").is_in(list(blocs))
    return pl.when(nobody).then(0).otherwise("low").alias("low")


def production_of_members(inputs: MaterialInputs) -> pl.DataFrame:
    """Production of each home's members in kilograms, so that it can be added to trade.

    Gas in million cubic metres becomes an interval (`GAS_TONNES`). A unit that has no mass leaves the quantity unknown
    upwards.

    Returns
    -------
    DataFrame
        material, home, year, country, low, high [kg; high null when unbounded], unit. Sorted.
    """
    in_tonnes, in_gas = pl.col("unit") == "t", pl.col("unit") == GAS_UNIT
    nothing = pl.col("high") == 0
    low, high = GAS_TONNES
    return (
        inputs.production.with_columns(
            pl.when(in_tonnes).then("low").when(in_gas).then(pl.col("low") * low).otherwise(0).alias("low"),
            pl.when(in_tonnes | nothing)
            .then("high")
            .when(in_gas)
            .then(pl.col("high") * high)
            .otherwise(None)
            .alias("high"),
        )
        .join(inputs.grid.members(), left_on=["country", "year"], right_on=["member", "year"])
        .select("material", "home", "year", "country", "low", "high", "unit")
        .sort("material", "home", "year", "country")
    )
