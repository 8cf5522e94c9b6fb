"""The listing on raw materials: supply risk (method 2)."""

from __future__ import annotations

from collections.abc import Sequence

from ostra.ecosystem.fact_tables import FactTables
from ostra.ecosystem.materials import geopolrisk
from ostra.errors import NotFoundError
from ostra.facts.citing import cite
from ostra.facts.datasets import Facts
from ostra.model.evidence import Provenance
from ostra.model.listing import Listing
from ostra.words.economies import Home
from ostra.workspace.years import told, wanted_years


def supply_risk(
    facts: Facts,
    tables: FactTables,
    home: Home,
    years: int | Sequence[int] | None,
    materials_wanted: Sequence[str] | None,
) -> Listing:
    """Raw-material indicators, one row per material and year; parameters as for `Workspace.materials`."""
    production = facts.dataset("production")
    wanted = wanted_years(years, production)
    if materials_wanted:
        known = {name.casefold(): name for name in tables.products_of_materials()}
        missing = [name for name in materials_wanted if name.casefold() not in known]
        if missing:
            raise NotFoundError(f"there is no material '{missing[0]}'. There are: {', '.join(known.values())}")
        materials_wanted = [known[name.casefold()] for name in materials_wanted]
    frame = geopolrisk.indicators(
        tables.trade,
        tables.production,
        tables.governance,
        tables.material_products,
        [home],
        wanted,
        materials=materials_wanted,
        edition=tables.trade_edition,
        supply_shares=tables.supply_shares,
    )
    sources = [facts.dataset(name) for name in ("trade", "production", "governance", "material_products")]
    return Listing(
        frame,
        Provenance(
            title=f"Raw-material supply risk of {home.name}",
            filters=told(home, wanted),
            sources=tuple(cite(source) for source in sources),
            method="geopolrisk",
        ),
    )
