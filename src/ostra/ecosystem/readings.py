"""What the methods read of the facts for one home and year: of several ecosystems at once, and each part only once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Self

import polars as pl

from ostra.ecosystem.fact_tables import FactTables
from ostra.ecosystem.materials import geopolrisk, production_shares
from ostra.ecosystem.trade import dependency
from ostra.model.dossier import Dossier
from ostra.model.profile import Profile
from ostra.words.economies import Home


@dataclass(frozen=True)
class Readings:
    """Results of methods 1 and 2; every row is of one product or one material and depends on no other's."""

    traded_as: Mapping[str, tuple[str, ...]]  # every known material, with the product codes it is traded under
    products: frozenset[str]
    materials: frozenset[str]
    trade: pl.DataFrame  # of `dependency.trade_frames`, of every year that the data cover
    suppliers: pl.DataFrame  # of `dependency.trade_frames`, of the year
    produced: pl.DataFrame  # `production_shares` of the year
    indicators: pl.DataFrame  # `geopolrisk.indicators` of the year

    def of(self, dossier: Dossier) -> Self:
        """The rows on products and materials of one ecosystem."""
        products, materials = self.products & products_of(dossier), self.materials & materials_of(dossier)
        traded, made = pl.col("product").is_in(sorted(products)), pl.col("material").is_in(sorted(materials))
        return type(self)(
            self.traded_as,
            products,
            materials,
            self.trade.filter(traded),
            self.suppliers.filter(traded),
            self.produced.filter(made),
            self.indicators.filter(made),
        )

    def joined(self, other: Self) -> Self:
        """These rows and those on other products and materials."""

        def both(one: pl.DataFrame, more: pl.DataFrame, by: str) -> pl.DataFrame:
            return pl.concat([one, more]).sort(by, maintain_order=True)

        return type(self)(
            self.traded_as,
            self.products | other.products,
            self.materials | other.materials,
            both(self.trade, other.trade, "product"),
            both(self.suppliers, other.suppliers, "product"),
            both(self.produced, other.produced, "material"),
            both(self.indicators, other.indicators, "material"),
        )


def products_of(*dossiers: Dossier) -> frozenset[str]:
    """The product codes that items of the ecosystems are traded under."""
    return frozenset(binding.hs for dossier in dossiers for item in dossier.items for binding in item.products)


def materials_of(*dossiers: Dossier) -> frozenset[str]:
    """The raw materials among the items of the ecosystems."""
    return frozenset(item.material for dossier in dossiers for item in dossier.items if item.material)


def read_facts(
    tables: FactTables, profile: Profile, home: Home, year: int, products: Collection[str], materials: Collection[str]
) -> Readings:
    """Trade positions, production shares and supply risks of products and materials; unknown materials are left out.

    Raises
    ------
    UsageError, MethodError
        As for `dependency.trade_frames`.
    """
    traded_as = tables.products_of_materials()
    known = sorted(set(materials) & traded_as.keys())
    first, last = tables.trade_years
    trade = dependency.trade_frames(
        tables.trade,
        home,
        range(min(first, year), max(last, year) + 1),
        thresholds=profile.trade,
        products=sorted(products),
        descriptions=tables.product_names,
        persistence_years=profile.persistence_years,
        open_cells=tables.open_for(home),
    )
    return Readings(
        traded_as,
        frozenset(products),
        frozenset(materials),
        trade.dependencies,
        trade.suppliers.filter(pl.col("year") == year),
        production_shares.production_shares(tables.production, [year], known),
        geopolrisk.indicators(replace(tables, trade=tables.trade_of(home)), [home], [year], known),
    )
