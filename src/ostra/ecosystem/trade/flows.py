"""Bilateral flows summed by product and partner, as seen from one home: the one place where step 1 reads trade rows.

DuckDB does the sums, as exact integers. Membership of blocs is that of each year, so years with the same members are
read together, in passes of bounded size.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl

from ostra.errors import MethodError, UsageError
from ostra.words.economies import REST_OF_WORLD

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation

    from ostra.words.economies import Home

# Years are read together while their rows stay below this; it bounds memory, never results (our choice, measured in
# benchmarks/trade.py).
ROWS_PER_PASS = 12_000_000

# The name under which a query sees the trade relation.
VIEW = "ostra_trade_flows"
# Stands in the facts for partners that nobody can name. Their flows count in every sum; who they are is not known.
UNNAMED = REST_OF_WORLD
_PRODUCT = re.compile(r"[0-9]{6}")
_ECONOMY = re.compile(r"[A-Za-z0-9_-]{2,20}")


@dataclass(frozen=True)
class Pass:
    """Years that are read together, because home and the merged group have the same members in all of them."""

    years: tuple[int, ...]
    members: tuple[str, ...]
    group: str | None
    group_members: tuple[str, ...]
    unnamed: bool = False  # whether a partner that nobody can name occurs


def check_request(
    home: Home, years: Sequence[int], products: Sequence[str] | None, supplier: str | None, group: Home | None
) -> None:
    """Refuse a request that cannot be answered, naming what is wrong and how to mend it.

    Raises
    ------
    UsageError
        No years; a product code that has not six digits; a supplier that belongs to home or to the merged group.
    MethodError
        Home has no members in one of the years.
    """
    check_selection(years, products)
    empty = [year for year in sorted(set(years)) if not home.members(year)]
    if empty:
        raise MethodError(f"{home.code} has no members in {empty[0]}. Ask for years in which it exists")
    for code in [supplier, group.code if group else None]:
        if code is not None and not _ECONOMY.fullmatch(code):
            raise UsageError(f"{code!r} is not an economy code. Use ISO 3166 alpha-3 codes, such as CHN")
    for year in sorted(set(years)) if supplier else ():
        if supplier in home.members(year):
            raise UsageError(f"{supplier} is a member of {home.code} in {year}, not a supplier from outside")
        if group and supplier != group.code and supplier in group.members(year):
            raise UsageError(f"{supplier} is merged into {group.code} in {year}. Ask for supplier {group.code}")


def check_selection(years: Sequence[int], products: Sequence[str] | None) -> None:
    """Refuse a request for no years, or for a product code that has not six digits (UsageError)."""
    if not years:
        raise UsageError("no year was asked for. Give at least one, such as 2022")
    bad = [code for code in products or () if not _PRODUCT.fullmatch(code)]
    if bad:
        raise UsageError(f"product code {bad[0]!r} has not six digits. Write HS codes as 6 digits, such as 811292")


def plan(
    trade: DuckDBPyRelation, home: Home, years: Iterable[int], products: Sequence[str] | None, group: Home | None
) -> list[Pass]:
    """Passes over the years in which the data have rows and home has members; the others need no reading.

    When there is none there is one pass, over the first year with members, so that there is a frame to return.
    """
    wanted = [year for year in sorted(set(years)) if home.members(year)]
    rows = rows_by_year(trade, wanted, products) or {wanted[0]: 0}

    def who(year: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        members = home.members(year)
        merged = group.members(year) - members if group else frozenset()
        return tuple(sorted(members)), tuple(sorted(merged))

    unnamed = years_with_unnamed(trade, list(rows), products)
    return [
        Pass(batch, members, group.code if group else None, merged, not unnamed.isdisjoint(batch))
        for (members, merged), run in groupby(sorted(rows), key=who)
        for batch in batches(run, rows)
    ]


def rows_by_year(
    trade: DuckDBPyRelation, years: Sequence[int], products: Sequence[str] | None = None
) -> dict[int, int]:
    """How many rows the data hold for each of the years; years without a row are absent."""
    sql = f"SELECT year, count(*) FROM {VIEW} WHERE {selection(years, products)} GROUP BY year ORDER BY year"
    return dict(trade.query(VIEW, sql).fetchall())


def years_with_unnamed(trade: DuckDBPyRelation, years: Sequence[int], products: Sequence[str] | None) -> set[int]:
    """The years in which a flow has a partner that nobody can name."""
    # One comparison each: the code sorts behind all others, so that whole row groups are passed over by their maximum.
    sql = " UNION ".join(
        f"SELECT year FROM {VIEW} WHERE {selection(years, products)} AND {side} = {quoted(UNNAMED)}"
        for side in ("exporter", "importer")
    )
    return {row[0] for row in trade.query(VIEW, sql).fetchall()}


def batches(years: Iterable[int], rows: Mapping[int, int]) -> list[tuple[int, ...]]:
    """The years in runs of at most ROWS_PER_PASS rows; a year that is larger stands alone."""
    result: list[list[int]] = []
    size = 0
    for year in years:
        if result and size + rows[year] <= ROWS_PER_PASS:
            result[-1].append(year)
            size += rows[year]
        else:
            result.append([year])
            size = rows[year]
    return [tuple(batch) for batch in result]


def known_products(trade: DuckDBPyRelation) -> list[str]:
    """Every product code that the data hold in any year, sorted."""
    rows = trade.query(VIEW, f"SELECT DISTINCT product FROM {VIEW} ORDER BY product").fetchall()
    return [row[0] for row in rows]


def read_pass(
    trade: DuckDBPyRelation,
    step: Pass,
    products: Sequence[str] | None,
    *,
    supplier: str | None = None,
    every_supplier: bool = False,
    reverse: bool = True,
) -> pl.DataFrame:
    """One pass: a row per year, product and supplier to home (by `rank`, 1 the largest), product sums repeated on each.

    A product that nobody outside sells to home has one row with a null supplier. Flows of an economy with itself,
    and those inside the merged group, are left out. Partners that nobody can name are no suppliers; what they sell is
    in `imports` and `unnamed`. Values are whole numbers of USD; `squares` and `squared` are
    sums of squares and squares of sums, in USD squared, rounded to the nearest float in the same way.

    Parameters
    ----------
    trade : DuckDBPyRelation
        The trade table.
    step : Pass
        Years and members.
    products : sequence of str, optional
        Six-digit codes; all by default.
    supplier : str, optional
        An economy whose sums are wanted in columns of their own (`asked_...`).
    every_supplier : bool
        Whether to return all suppliers, or the largest only.
    reverse : bool
        Whether to sum up what each supplier buys, too; without it those columns are null and the pass is faster.
    """
    home = _list(step.members)
    exporter, importer, inside_group = "exporter", "importer", ""
    if step.group and step.group_members:
        merged = _list(step.group_members)
        exporter, importer = (
            f"CASE WHEN list_contains({merged}, {side}) THEN {quoted(step.group)} ELSE {side} END"
            for side in ("exporter", "importer")
        )
        inside_group = f"AND NOT (list_contains({merged}, exporter) AND list_contains({merged}, importer))"
    asked = quoted(supplier) if supplier else "NULL"
    # Where everybody is named, the columns for the others are constants, which cost nothing.
    nobody, named = f"economy = {quoted(UNNAMED)}", "NOT is_home"
    sides = second = unnamed = elsewhere = sold = ""
    bought = "0"
    if step.unnamed:
        named = f"NOT is_home AND NOT ({nobody})"
        sides = f""",
               exporter = {quoted(UNNAMED)} AS from_nobody, importer = {quoted(UNNAMED)} AS to_nobody"""
        sold = f""",
               {usd("sum(value) FILTER (to_nobody)")} AS to_nobody"""
        second = f"list_extract(max(to_home, 2) FILTER ({named}), 2)"
        unnamed, elsewhere = f"sum(to_home) FILTER ({nobody})", f"sum(value - to_home) FILTER ({nobody})"
        bought = usd("sum(value) FILTER (from_nobody)")
    if every_supplier:
        ranked = """
        SELECT *, row_number() OVER (PARTITION BY year, product ORDER BY to_home DESC, economy) AS rank
        FROM outside WHERE to_home_rows > 0"""
        buying = "flows"
    else:  # the largest needs no sorting, and what it buys no sums for everybody else
        ranked = """
        SELECT outside.*, 1 AS rank
        FROM outside
        JOIN (
            SELECT year, product, min(economy) AS economy
            FROM outside JOIN totals USING (year, product)
            WHERE to_home = largest AND to_home_rows > 0
            GROUP BY year, product
        ) USING (year, product, economy)"""
        buying = f"""flows SEMI JOIN (
            SELECT year, product, economy AS importer FROM ranked
            UNION
            SELECT year, product, {asked} FROM totals
        ) USING (year, product, importer)"""
    # A constant year is no key to hash.
    year = f"{int(step.years[0])}::SMALLINT" if len(step.years) == 1 else "year"
    # list_contains on a dictionary column runs once per distinct code, not once per row.
    sql = f"""
    WITH flows AS NOT MATERIALIZED (
        SELECT {year} AS year, product, {exporter} AS exporter, {importer} AS importer,
               value_kusd::DECIMAL(18, 3) AS value,
               list_contains({home}, exporter) AS from_home, list_contains({home}, importer) AS to_home{sides}
        FROM {VIEW}
        WHERE {selection(step.years, products)} AND exporter <> importer {inside_group}
    ), sellers AS MATERIALIZED (
        SELECT year, product, exporter AS economy, list_contains({home}, exporter) AS is_home,
               {usd("sum(value)")} AS value, count(*) AS rows,
               {usd("sum(value) FILTER (to_home)")} AS to_home, count(*) FILTER (to_home) AS to_home_rows{sold}
        FROM flows GROUP BY year, product, exporter
    ), outside AS (
        SELECT * FROM sellers WHERE {named}
    ), totals AS MATERIALIZED (
        SELECT year, product,
               sum(to_home) FILTER (NOT is_home) AS imports,
               sum(to_home_rows) FILTER (NOT is_home) AS import_rows,
               max(to_home) FILTER ({named}) AS largest, {second or "NULL"} AS second,
               coalesce({unnamed or "0"}, 0) AS unnamed,
               coalesce({elsewhere or "0"}, 0) AS unnamed_elsewhere,
               coalesce({"sum(to_nobody) FILTER (is_home)" if step.unnamed else "0"}, 0) AS exports_unnamed,
               count(*) FILTER ({named} AND to_home > 0) AS suppliers,
               sum(to_home::HUGEINT * to_home) FILTER ({named}) AS squares,
               sum(to_home) FILTER (is_home) AS intra,
               sum(to_home_rows) FILTER (is_home) AS intra_rows,
               sum(value - to_home) FILTER (is_home) AS exports,
               sum(rows - to_home_rows) FILTER (is_home) AS export_rows,
               sum(value - to_home) FILTER ({named}) AS elsewhere,
               sum(rows - to_home_rows) FILTER ({named}) AS elsewhere_rows,
               sum(value::HUGEINT * value) FILTER ({named}) AS world_squares,
               sum(value) FILTER (NOT is_home) AS world,
               sum(rows) AS world_rows,
               sum(to_home) FILTER (economy = {asked}) AS asked_imports
        FROM sellers GROUP BY year, product
    ), ranked AS MATERIALIZED ({ranked}
    ), suppliers AS (
        SELECT year, product, rank, economy AS supplier, to_home AS value, to_home_rows AS flows,
               value AS world_exports, value - to_home AS supplier_elsewhere,
               rows - to_home_rows AS supplier_elsewhere_rows
        FROM ranked
    ), buyers AS MATERIALIZED (
        SELECT year, product, importer AS economy, {usd("sum(value)")} AS supplier_imports,
               {usd("sum(value) FILTER (from_home)")} AS supplier_from_home, count(*) AS reverse_rows,
               {bought} AS supplier_from_nobody
        FROM {buying} WHERE {str(reverse).lower()} GROUP BY year, product, importer
    )
    SELECT totals.year, totals.product, coalesce(rank, 1)::INTEGER AS rank, suppliers.supplier,
           {_floats("suppliers", "value", "world_exports", "supplier_elsewhere")},
           {_counts("suppliers", "flows", "supplier_elsewhere_rows")},
           {_floats("buyers", "supplier_imports", "supplier_from_home", "supplier_from_nobody")},
           {_counts("buyers", "reverse_rows")},
           {_floats("totals", "imports", "squares", "intra", "exports", "elsewhere", "asked_imports")},
           {_floats("totals", "unnamed", "unnamed_elsewhere", "exports_unnamed", "second")},
           (imports::HUGEINT * imports)::DOUBLE AS squared,
           (coalesce(world_squares, 0) + coalesce(exports, 0)::HUGEINT * coalesce(exports, 0))::DOUBLE AS world_squares,
           (coalesce(world, 0) + coalesce(exports, 0))::DOUBLE AS world,
           ((coalesce(world, 0) + coalesce(exports, 0))::HUGEINT * (coalesce(world, 0) + coalesce(exports, 0)))::DOUBLE
               AS world_squared,
           {_counts("totals", "import_rows", "suppliers", "intra_rows", "export_rows", "elsewhere_rows", "world_rows")},
           asked.supplier_imports::DOUBLE AS asked_supplier_imports,
           asked.supplier_from_home::DOUBLE AS asked_from_home,
           asked.supplier_from_nobody::DOUBLE AS asked_from_nobody
    FROM totals
    LEFT JOIN suppliers USING (year, product)
    LEFT JOIN buyers ON buyers.year = totals.year AND buyers.product = totals.product
        AND buyers.economy = suppliers.supplier
    LEFT JOIN buyers AS asked ON asked.year = totals.year AND asked.product = totals.product
        AND asked.economy = {asked}
    """
    return pl.DataFrame(trade.query(VIEW, sql)).sort("product", "year", "rank")


def selection(years: Sequence[int], products: Sequence[str] | None) -> str:
    """The SQL condition that picks these years and products."""
    conditions = f"year IN ({', '.join(str(int(year)) for year in years)})"
    if products is not None:
        conditions += f" AND product IN ({', '.join(quoted(code) for code in products)})" if products else " AND false"
    return conditions


def usd(column: str) -> str:
    """A sum in kUSD with three decimals as a whole number of USD: exact, and small enough to square."""
    return f"(coalesce({column}, 0)::DECIMAL(18, 3) * 1000)::BIGINT"


def _floats(table: str, *columns: str) -> str:
    return ", ".join(f"{table}.{column}::DOUBLE AS {column}" for column in columns)


def _counts(table: str, *columns: str) -> str:
    return ", ".join(f"{table}.{column}::BIGINT AS {column}" for column in columns)


def _list(codes: Sequence[str]) -> str:
    return f"[{', '.join(quoted(code) for code in codes)}]::VARCHAR[]"


def quoted(text: str) -> str:
    """A string as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
