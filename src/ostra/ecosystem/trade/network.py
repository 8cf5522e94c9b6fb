"""Single points of failure: exporters whose loss would hit the world network of a product most.

The definitions, and where they are our reading of the literature, stand in docs/methods/points-of-failure.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from ostra.ecosystem.trade import flows
from ostra.ecosystem.trade.flows import VIEW
from ostra.errors import UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation

COLUMNS = (
    "product",
    "year",
    "exporter",
    "rank",
    "exports_kusd",
    "world_share",
    "importers_served",
    "importers_dependent",
    "dependents",
    "centrality",
    "clustering",
    "density",
    "substitutability",
    "flagged",
    "rows",
)

# An importer depends on an exporter that supplies more than this share of what it imports: no other suppliers
# together supply as much.
MAJORITY = 0.5


def points_of_failure(
    trade: DuckDBPyRelation,
    years: Sequence[int],
    products: Sequence[str] | None = None,
    *,
    exporters: int = 3,
    world_share: float = 0.5,
    substitutability: float = 0.5,
) -> pl.DataFrame:
    """The largest exporters of each product, with what their loss would do to its world network.

    Flows with a partner that nobody can name have no place in the network and are left out.

    With v_ij what importer j buys from exporter i, V_j all that j buys, n the economies that trade the product and
    k_i the importers that i serves: world_share_i = sum_j v_ij / sum_j V_j; centrality_i = k_i / (n - 1), outdegree
    centrality; clustering_i = flows between i's customers / (k_i (k_i - 1)), directed clustering of type "out";
    substitutability_i = sum_j min(v_ij, V_j - v_ij) / sum_j v_ij, the part of i's deliveries that its customers would
    still receive if all their other suppliers doubled theirs.

    Parameters
    ----------
    trade : DuckDBPyRelation
        The trade table: year, exporter, importer, product, value_kusd [kUSD per year], ...; one row for each pair,
        product and year.
    years : sequence of int
        Years wanted.
    products : sequence of str, optional
        HS codes of six digits; all by default.
    exporters : int
        How many exporters to return for each product and year, 1 to 60.
    world_share, substitutability : float
        An exporter is flagged when its share of world exports is above the one and its substitutability below the
        other (both defaults are our choice).

    Returns
    -------
    DataFrame
        COLUMNS, sorted by product, year, rank (by exports). All ratios are fractions. `dependents` lists the
        importers that buy more than half of the product from the exporter; `density` is the part of all possible
        flows between the product's traders that exist, to compare clustering with; clustering is null for fewer than
        two customers; `rows` counts the facts rows of the exporter's sales. Product-years without trade have no row.

    Raises
    ------
    UsageError
        No years; a product code that has not six digits; fewer than 1 or more than 60 exporters asked for.

    References
    ----------
    Korniyenko, Pinat and Dew (2017), IMF Working Paper 17/30. Fagiolo (2007), Phys. Rev. E 76, 026107. Arjona,
    Connell and Herghelegiu (2023), European Commission, Single Market Economics Papers WP2023/14.
    """
    flows.check_selection(years, products)
    if not 1 <= exporters <= 60:
        raise UsageError(f"{exporters} exporters of each product were asked for. Ask for 1 to 60")
    wanted = sorted(set(years))
    rows = flows.rows_by_year(trade, wanted, products)
    batches = flows.batches(sorted(rows), rows) or [tuple(wanted[:1])]
    table = pl.concat([pl.DataFrame(trade.query(VIEW, _query(batch, products, int(exporters)))) for batch in batches])
    flagged = (pl.col("world_share") > world_share) & (pl.col("substitutability") < substitutability)
    return table.with_columns(flagged=flagged).select(COLUMNS).sort("product", "year", "rank")


def _query(years: Sequence[int], products: Sequence[str] | None, exporters: int) -> str:
    # A trader's mask has bit r - 1 set when it buys from the exporter of rank r; a flow between two traders with a
    # common bit closes a triangle with that exporter.
    closed = ", ".join(f"sum((seller & mask) >> {rank} & 1)" for rank in range(exporters))
    return f"""
    WITH sales AS NOT MATERIALIZED (
        SELECT year, product, exporter, importer, {flows.usd("value_kusd")} AS value
        FROM {VIEW}
        WHERE {flows.selection(years, products)} AND exporter <> importer AND value_kusd > 0
            AND exporter <> '{flows.UNNAMED}' AND importer <> '{flows.UNNAMED}'
    ), importers AS MATERIALIZED (
        SELECT year, product, importer, sum(value)::BIGINT AS bought FROM sales GROUP BY ALL
    ), exporters AS MATERIALIZED (
        SELECT year, product, exporter, sum(value)::BIGINT AS sold, count(*) AS served FROM sales GROUP BY ALL
    ), world AS (
        SELECT year, product, sum(sold) AS traded, sum(served) AS flows
        FROM exporters GROUP BY ALL
    ), traders AS (
        SELECT year, product, count(*) AS traders
        FROM (
            SELECT year, product, exporter FROM exporters
            UNION
            SELECT year, product, importer FROM importers
        )
        GROUP BY ALL
    ), central AS MATERIALIZED (
        SELECT *, row_number() OVER (PARTITION BY year, product ORDER BY sold DESC, exporter) AS rank
        FROM exporters QUALIFY rank <= {exporters}
    ), deliveries AS MATERIALIZED (
        SELECT year, product, rank, importer, value, bought
        FROM sales
        JOIN central USING (year, product, exporter)
        JOIN importers USING (year, product, importer)
    ), customers AS (
        SELECT year, product, rank,
               count(*) FILTER (value > {MAJORITY} * bought) AS importers_dependent,
               list(importer ORDER BY importer) FILTER (value > {MAJORITY} * bought) AS dependents,
               sum(least(value, bought - value)) AS covered
        FROM deliveries GROUP BY ALL
    ), masks AS MATERIALIZED (
        SELECT year, product, importer AS economy, sum(1::BIGINT << (rank - 1))::BIGINT AS mask
        FROM deliveries GROUP BY ALL
    ), halves AS MATERIALIZED (
        SELECT sales.year, sales.product, importer AS economy, mask AS seller
        FROM sales JOIN masks ON masks.year = sales.year AND masks.product = sales.product
            AND masks.economy = sales.exporter
    ), triangles AS (
        SELECT year, product, [{closed}] AS closed
        FROM halves JOIN masks USING (year, product, economy)
        GROUP BY ALL
    )
    SELECT product, year, exporter, rank::INTEGER AS rank,
           sold::DOUBLE / 1000 AS exports_kusd,
           sold::DOUBLE / traded::DOUBLE AS world_share,
           served::INTEGER AS importers_served,
           importers_dependent::INTEGER AS importers_dependent,
           coalesce(dependents, []) AS dependents,
           served::DOUBLE / (traders - 1) AS centrality,
           CASE WHEN served > 1 THEN coalesce(closed[rank], 0)::DOUBLE / (served * (served - 1)) END AS clustering,
           flows::DOUBLE / (traders * (traders - 1)) AS density,
           covered::DOUBLE / sold::DOUBLE AS substitutability,
           served::BIGINT AS rows
    FROM central
    JOIN world USING (year, product)
    JOIN traders USING (year, product)
    JOIN customers USING (year, product, rank)
    LEFT JOIN triangles USING (year, product)
    """
