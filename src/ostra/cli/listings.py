"""Commands that list: ecosystems, trade dependencies, raw materials."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from ostra.cli.options import (
    DEFAULT_OUTPUT,
    HomeOption,
    Output,
    WorkspaceOption,
    YearOption,
    first_line,
    show,
    workspace,
    years_from,
)
from ostra.errors import UsageError


def ecosystems(*, workspace_path: WorkspaceOption = None, output: Output = DEFAULT_OUTPUT) -> None:
    """List the ecosystems that can be assessed."""
    from ostra.show.output import Column

    columns = [
        Column("ecosystem", "Ecosystem"),
        Column("title", "Title"),
        Column("items", "Items", "count"),
        Column("claims", "Claims", "count"),
        Column("findings", "Findings", "count"),
        Column("date", "As of"),
        Column("origin", "Origin"),
    ]
    show(workspace(workspace_path).ecosystems(), columns, output)


def deps(
    *,
    home: HomeOption = "EU27",
    year: YearOption = None,
    years: str | None = None,
    product: Annotated[list[str] | None, Parameter(negative=())] = None,
    ecosystem: str | None = None,
    supplier: str | None = None,
    group: str | None = None,
    dependent: Annotated[bool, Parameter(negative=())] = False,
    min_concentration: float | None = None,
    min_extra_share: float | None = None,
    min_import_export_ratio: float | None = None,
    points_of_failure: Annotated[bool, Parameter(negative=())] = False,
    dataset: str | None = None,
    workspace_path: WorkspaceOption = None,
    output: Output = DEFAULT_OUTPUT,
) -> None:
    """Trade dependencies of home: how concentrated, how external, how replaceable its imports are.

    Parameters
    ----------
    years
        Span of years, first:last, for time series.
    product
        HS code of six digits; may be given several times.
    ecosystem
        Only products that items of this ecosystem are traded under.
    supplier
        Show this supplier's share, and home's share in what it imports, as well.
    group
        Count the members of this bloc as one supplier.
    dependent
        Only products that exceed all three thresholds.
    min_concentration
        Threshold of concentration, 0 to 1; the profile's by default.
    min_extra_share
        Threshold of the share of imports from outside home, 0 to 1.
    min_import_export_ratio
        Threshold of imports over exports.
    points_of_failure
        Instead: exporters whose loss would hit the world's trade in a product most.
    dataset
        Trade data set to use; see: ostra data list.
    """
    import polars as pl

    from ostra.model.profile import TradeThresholds
    from ostra.show.output import Column

    space = workspace(workspace_path)
    wanted = years_from(year, years)
    if points_of_failure:
        columns = [
            Column("product", "HS"),
            Column("year", "Year", "year"),
            Column("rank", "Rank", "count"),
            Column("exporter", "Exporter"),
            Column("flagged", "Flagged", "flag"),
            Column("centrality", "Centrality", "share"),
            Column("substitutability", "Replaceable", "share"),
            Column("world_share", "World share", "share"),
            Column("importers_dependent", "Dependent importers", "count"),
            Column("importers_served", "Served", "count"),
            Column("clustering", "Clustering", "number"),
        ]
        show(space.points_of_failure(wanted, products=product, dataset=dataset), columns, output)
        return
    limits = space.profile().trade
    try:
        limits = TradeThresholds(
            concentration=limits.concentration if min_concentration is None else min_concentration,
            extra_share=limits.extra_share if min_extra_share is None else min_extra_share,
            import_export_ratio=limits.import_export_ratio
            if min_import_export_ratio is None
            else min_import_export_ratio,
            source=limits.source,
        )
    except ValueError as error:
        raise UsageError(f"a threshold is out of range: {first_line(error)}") from None
    listing = space.deps(
        home,
        wanted,
        products=product,
        ecosystem=ecosystem,
        supplier=supplier,
        group=group,
        thresholds=limits,
        dataset=dataset,
    )
    if dependent:
        listing = type(listing)(listing.frame.filter(pl.col("dependent").fill_null(False)), listing.provenance)
    columns = [
        Column("product", "HS"),
        Column("description", "Product"),
        Column("year", "Year", "year"),
        Column("dependent", "Dep.", "flag"),
        Column("top_supplier", "Top"),
        Column("top_share", "Top share", "share"),
        *([Column("supplier_share", f"{supplier} share", "share")] if supplier else []),
        *([Column("supplier_reverse_share", f"{supplier} rev.", "share")] if supplier else []),
        Column("concentration", "HHI", "number"),
        Column("imports_kusd", "Imports MUSD", "kusd"),
        Column("extra_share", "Extra", "share"),
        Column("import_export_ratio", "Imp/exp", "number"),
        Column("reverse_share", "Reverse", "share"),
        Column("years_flagged", "Flagged", "count"),
        Column("suppliers_effective", "Eff. suppliers", "number"),
        Column("diversification_potential", "Diversif.", "number"),
        Column("status", "Status"),
    ]
    show(listing, columns, output)


def materials(
    *,
    home: HomeOption = "EU27",
    year: YearOption = None,
    years: str | None = None,
    material: Annotated[list[str] | None, Parameter(negative=())] = None,
    workspace_path: WorkspaceOption = None,
    output: Output = DEFAULT_OUTPUT,
) -> None:
    """Raw-material supply risk of home: GeoPolRisk and the EU criticality method, as intervals where unknown.

    Parameters
    ----------
    years
        Span of years, first:last, for time series.
    material
        Name of a material; may be given several times.
    """
    from ostra.show.output import Column

    listing = workspace(workspace_path).materials(home, years_from(year, years), materials_wanted=material)
    columns = [
        Column("material", "Material"),
        Column("year", "Year", "year"),
        Column("geopolrisk_low", "GeoPolRisk low", "number"),
        Column("geopolrisk_high", "high", "number"),
        Column("supply_risk_low", "Supply risk low", "number"),
        Column("supply_risk_high", "high", "number"),
        Column("import_risk_low", "Import risk low", "number"),
        Column("import_risk_high", "high", "number"),
        Column("production_concentration", "HHI prod.", "number"),
        Column("top_producer", "Top producer"),
        Column("top_producer_share", "Share", "share"),
        Column("caveats", "Caveats"),
    ]
    show(listing, columns, output)
