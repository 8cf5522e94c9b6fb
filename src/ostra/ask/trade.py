"""Listings on trade: dependency indicators (method 1) and single points of failure in the world network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ostra.ecosystem.trade import dependency, network
from ostra.facts.citing import cite, lapsed_caveats, spans
from ostra.facts.datasets import Facts
from ostra.model.evidence import Provenance
from ostra.model.listing import Listing
from ostra.model.profile import TradeThresholds
from ostra.words import economies
from ostra.words.economies import Home
from ostra.workspace.years import told, wanted_years


def dependencies(
    facts: Facts,
    home: Home,
    years: int | Sequence[int] | None,
    *,
    products: Sequence[str] | None,
    ecosystem: str | None,
    supplier: str | None,
    group: str | None,
    limits: TradeThresholds,
    persistence_years: int,
    names: Mapping[str, str],
    dataset: str | None,
) -> Listing:
    """Trade-dependency indicators; parameters and columns as for `Workspace.deps`.

    `products` are those of the ecosystem too, which is only told; `names` say the products in words.
    """
    source = facts.dataset("trade", dataset)
    wanted = wanted_years(years, source)
    frame = dependency.dependencies(
        facts.relation("trade", dataset),
        home,
        wanted,
        thresholds=limits,
        products=products,
        descriptions=names,
        supplier=economies.iso3(supplier) if supplier else None,
        group=economies.home(group) if group else None,
        persistence_years=persistence_years,
    )
    shown = [*dependency.INDICATORS, *(dependency.SUPPLIER_COLUMNS if supplier else ())]
    filters = told(home, wanted)
    filters["thresholds"] = (
        f"concentration > {limits.concentration}, extra_share > {limits.extra_share}, "
        f"import_export_ratio > {limits.import_export_ratio}; dependent when all three hold"
    )
    if products:
        filters["products"] = ", ".join(products)
    if ecosystem:
        filters["ecosystem"] = ecosystem
    if group:
        filters["one supplier"] = group
    return Listing(
        frame.select(shown),
        Provenance(
            title=f"Trade dependency of {home.name}",
            filters=filters,
            sources=(cite(source),),
            method="trade-dependency",
            caveats=lapsed_caveats(source, frame["product"].unique().to_list(), wanted),
        ),
    )


def points_of_failure(
    facts: Facts, years: int | Sequence[int] | None, *, products: Sequence[str] | None, dataset: str | None
) -> Listing:
    """Exporters whose loss would hit the world's trade in a product most."""
    source = facts.dataset("trade", dataset)
    wanted = wanted_years(years, source)
    frame = network.points_of_failure(facts.relation("trade", dataset), wanted, products=products)
    return Listing(
        frame,
        Provenance(
            title="Single points of failure in the world network",
            filters={"years": spans(wanted)},
            sources=(cite(source),),
            method="points-of-failure",
        ),
    )
