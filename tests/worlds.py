"""Small worlds of trade for tests: made by hand or at random, held in DuckDB with the columns of the trade table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import duckdb

Flow = tuple[int, str, str, str, float | int | Decimal]  # year, exporter, importer, product, value [kUSD]

COLUMNS = (
    "year::SMALLINT AS year, exporter::VARCHAR AS exporter, importer::VARCHAR AS importer, product::VARCHAR AS product,"
    " value_kusd::DECIMAL(18, 3) AS value_kusd, NULL::DECIMAL(18, 3) AS quantity_t"
)


@dataclass(frozen=True)
class Bloc:
    """A home or group for tests: the same members in every year, or those listed for some years."""

    code: str
    always: frozenset[str]
    by_year: Mapping[int, frozenset[str]] = field(default_factory=dict)
    is_bloc: bool = True

    @property
    def name(self) -> str:
        return self.code

    def members(self, year: int) -> frozenset[str]:
        return self.by_year.get(year, self.always)


def bloc(code: str, *members: str) -> Bloc:
    """A bloc with these members in every year."""
    return Bloc(code, frozenset(members))


def relation(flows: Iterable[Flow]) -> duckdb.DuckDBPyRelation:
    """The flows as a trade relation, in the order given."""
    rows = list(flows)
    con = duckdb.connect()
    if not rows:
        return con.sql(
            f"SELECT {COLUMNS} FROM (SELECT 0 AS year, '' AS exporter, '' AS importer, '' AS product, 0 AS value_kusd)"
            " WHERE false"
        )
    values = ", ".join(f"({y}, '{e}', '{i}', '{p}', {Decimal(str(v))})" for y, e, i, p, v in rows)
    table = f"(VALUES {values}) t(year, exporter, importer, product, value_kusd)"
    con.execute(f"CREATE TABLE trade AS SELECT {COLUMNS} FROM {table}")
    return con.sql("SELECT * FROM trade")


GALLIUM = "811292"

# Five economies, one product, one year, in kUSD. Home is Germany and France. Worked by hand in test_trade.py.
FIVE: tuple[Flow, ...] = (
    (2022, "CHN", "DEU", GALLIUM, 600),
    (2022, "CHN", "FRA", GALLIUM, 200),
    (2022, "USA", "DEU", GALLIUM, 150),
    (2022, "JPN", "FRA", GALLIUM, 50),
    (2022, "DEU", "FRA", GALLIUM, 100),
    (2022, "DEU", "CHN", GALLIUM, 40),
    (2022, "FRA", "USA", GALLIUM, 60),
    (2022, "CHN", "USA", GALLIUM, 400),
    (2022, "CHN", "JPN", GALLIUM, 100),
    (2022, "USA", "JPN", GALLIUM, 240),
    (2022, "JPN", "USA", GALLIUM, 60),
    (2022, "USA", "CHN", GALLIUM, 160),
)
HOME = bloc("HOME", "DEU", "FRA")
