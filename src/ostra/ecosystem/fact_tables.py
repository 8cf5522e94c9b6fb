"""The facts that the steps read, as lazy relations: what they hold is agreed, where they lie is not known here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from duckdb import DuckDBPyRelation


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
