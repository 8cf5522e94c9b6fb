"""Small worlds of facts for the tests of raw materials, and a naive twin of GeoPolRisk in plain loops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

Flow = tuple[int, str, str, str, float, float | None]  # year, exporter, importer, product, value_kusd, quantity_t
Mine = tuple[int, str, str, float | None]  # year, material, country, quantity
Estimate = tuple[int, str, float]  # year, country, political stability


@dataclass
class World:
    """Facts tables as rows; `relations` hands them to ostra as DuckDB relations."""

    trade: Sequence[Flow]
    production: Sequence[Mine]
    governance: Sequence[Estimate]
    products: Sequence[tuple[str, str | None, float | None]]  # material, product, eol_rir
    units: Mapping[str, str] = field(default_factory=dict)
    indicator: str = "PV"

    def relations(self) -> tuple[duckdb.DuckDBPyRelation, ...]:
        """Trade, production, governance, material_products."""
        connection = duckdb.connect()

        def table(name: str, columns: str, rows: Sequence[Sequence[object]]) -> duckdb.DuckDBPyRelation:
            connection.execute(f"CREATE TABLE {name} ({columns})")
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
            return connection.table(name)

        return (
            table(
                "trade",
                "year SMALLINT, exporter VARCHAR, importer VARCHAR, product VARCHAR, value_kusd DECIMAL(18,3), "
                "quantity_t DECIMAL(18,3)",
                list(self.trade),
            ),
            table(
                "production",
                "year SMALLINT, material VARCHAR, country VARCHAR, stage VARCHAR, quantity DECIMAL(18,3), unit VARCHAR",
                [(y, m, c, "extraction", q, self.units.get(m, "t")) for y, m, c, q in self.production],
            ),
            table(
                "governance",
                "year SMALLINT, country VARCHAR, indicator VARCHAR, estimate DOUBLE",
                [(y, c, self.indicator, e) for y, c, e in self.governance],
            ),
            table(
                "material_products",
                "material VARCHAR, product VARCHAR, stage VARCHAR, eol_rir DOUBLE",
                [(m, p, "extraction", rate) for m, p, rate in self.products],
            ),
        )


def naive_score(
    flows: Sequence[tuple[str, float]],
    risk: Mapping[str, float],
    production: Mapping[str, float],
    members: Sequence[str],
) -> tuple[float, float | None]:
    """HHI and import risk of one material, home and year, everything known: the definition, term by term.

    `flows` are (supplier, quantity) pairs from outside the home; `risk` is g of each supplier.
    """
    total = 0.0
    squares = 0.0
    own = 0.0
    for country, quantity in production.items():
        total += quantity
        squares += quantity * quantity
        if country in members:
            own += quantity
    weighted = 0.0
    imported = 0.0
    for supplier, quantity in flows:
        weighted += quantity * risk[supplier]
        imported += quantity
    return squares / (total * total), weighted / (imported + own) if imported + own > 0 else None


def naive_risk(estimate: float) -> float:
    """Political risk of a supplier from its WGI estimate."""
    return min(1.0, max(0.0, 0.5 - 0.2 * estimate))
