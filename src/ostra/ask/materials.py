"""The question on raw materials: supply risk (method 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ostra.ecosystem.fact_tables import FactTables
from ostra.ecosystem.materials import geopolrisk
from ostra.errors import NotFoundError
from ostra.facts.citing import cited
from ostra.model.evidence import Provenance
from ostra.model.listing import Listing
from ostra.words import economies
from ostra.workspace import Workspace
from ostra.workspace.years import DEFAULT_HOME, Years, told, wanted_years


def materials(
    workspace: Workspace,
    *,
    home: str = DEFAULT_HOME,
    years: Years = None,
    materials: Sequence[str] | None = None,
) -> Listing:
    """Raw-material supply risk of home: GeoPolRisk and the EU criticality method, as intervals where unknown.

    Parameters
    ----------
    materials
        Name of a material; may be given several times.

    Returns
    -------
    Listing
        One row per material and year; columns as `geopolrisk.indicators`.

    Raises
    ------
    NotFoundError
        An economy or material that does not exist.
    """
    facts, seen_from = workspace.facts, economies.home(home)
    tables = workspace.fact_tables(facts)
    wanted = wanted_years(years, facts.answering("production"))
    own = replace(tables, trade=tables.trade_of(seen_from))
    frame = geopolrisk.indicators(own, [seen_from], wanted, _known(tables, materials))
    sources = [workspace.answering(name) for name in ("trade", "production", "governance", "material_products")]
    return Listing(
        frame,
        Provenance(
            title=f"Raw-material supply risk of {seen_from.name}",
            filters=told(seen_from, wanted),
            sources=tuple(told for source in sources for told in cited(source)),
            method="geopolrisk",
        ),
    )


def _known(tables: FactTables, names: Sequence[str] | None) -> list[str] | None:
    """The materials as the facts spell them."""
    if not names:
        return None
    known = {name.casefold(): name for name in tables.products_of_materials()}
    missing = [name for name in names if name.casefold() not in known]
    if missing:
        raise NotFoundError(f"there is no material '{missing[0]}'. There are: {', '.join(known.values())}")
    return [known[name.casefold()] for name in names]
