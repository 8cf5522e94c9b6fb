"""The facts that the steps read, as lazy relations: what they hold is agreed, where they lie is not known here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duckdb import DuckDBPyRelation

if TYPE_CHECKING:
    import polars as pl

    from ostra.words.economies import Home


@dataclass(frozen=True)
class FactTables:
    """Relations with the columns of the table definitions, the data sets that they read, and what trade covers."""

    trade: DuckDBPyRelation
    production: DuckDBPyRelation
    governance: DuckDBPyRelation
    material_products: DuckDBPyRelation
    datasets: Mapping[str, str]  # table -> the id of the data set
    trade_years: tuple[int, int]
    trade_edition: str | None  # edition of the Harmonised System that product codes are of
    product_names: Mapping[str, str]
    supply_shares: DuckDBPyRelation | None = None  # the Commission's study, where it was imported
    open_cells: Callable[[Home], pl.DataFrame] | None = None  # see `dependency.trade_frames`; None: all trade is held

    def open_for(self, home: Home) -> pl.DataFrame | None:
        """The cells of trade that no data set holds in full for home; None where none can be."""
        found = None if self.open_cells is None else self.open_cells(home)
        return None if found is None or found.is_empty() else found

    def trade_of(self, home: Home) -> DuckDBPyRelation:
        """Trade without the products and years in which home's imports are not held in full: they count as unknown."""
        cells = self.open_for(home)
        if cells is None:
            return self.trade
        by_year: dict[int, list[str]] = {}
        for product, year in cells.filter("imports_open").select("product", "year").iter_rows():
            by_year.setdefault(year, []).append(f"'{int(product):06d}'")
        open_rows = (f"(year = {int(year)} AND product IN ({', '.join(codes)}))" for year, codes in by_year.items())
        kept = " AND ".join(f"NOT {one}" for one in open_rows)
        return self.trade.query("trade", f"SELECT * FROM trade WHERE {kept or 'true'}")

    def products_of_materials(self) -> dict[str, tuple[str, ...]]:
        """Every material with the product codes that it is traded under, both in order; none where none is known."""
        rows = self.material_products.query("m", "SELECT DISTINCT material, product FROM m ORDER BY ALL").fetchall()
        codes: dict[str, tuple[str, ...]] = {}
        for material, product in rows:
            codes[material] = codes.get(material, ()) + ((product,) if product is not None else ())
        return codes

    def governance_in(self, year: int) -> list[tuple[str, str, float, float | None, int]]:
        """Country, indicator, estimate, standard error and year, of the year or of the nearest earlier one."""
        return self.governance.query(
            "governance",
            f"""
            SELECT country, indicator, estimate, standard_error, year FROM governance
            WHERE estimate IS NOT NULL AND year <= {int(year)}
            QUALIFY row_number() OVER (PARTITION BY country, indicator ORDER BY year DESC) = 1
            ORDER BY country, indicator
            """,
        ).fetchall()
