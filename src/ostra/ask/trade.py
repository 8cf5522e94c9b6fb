"""Questions on trade (method 1): dependency, its trends, and single points of failure in the world network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, Unpack

import polars as pl

from ostra.ecosystem.trade import dependency, flows, network
from ostra.ecosystem.trade.trends import trends as slopes
from ostra.errors import UsageError
from ostra.facts.citing import cited, covered, lapsed_caveats, spans
from ostra.facts.editions import carried_dossier
from ostra.facts.store import UNSTATED, Answering
from ostra.model.evidence import Provenance
from ostra.model.listing import Listing
from ostra.model.profile import TradeThresholds
from ostra.words import economies
from ostra.words.economies import Home
from ostra.words.figures import number
from ostra.workspace import Workspace
from ostra.workspace.years import DEFAULT_HOME, Years, told, wanted_years

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation


def dependencies(
    workspace: Workspace,
    *,
    home: str = DEFAULT_HOME,
    years: Years = None,
    products: Sequence[str] | None = None,
    ecosystem: str | None = None,
    supplier: str | None = None,
    group: str | None = None,
    dependent: bool = False,
    min_concentration: float | None = None,
    min_extra_share: float | None = None,
    min_import_export_ratio: float | None = None,
    dataset: str | None = None,
    edition: str | None = None,
) -> Listing:
    """Trade-dependency indicators (method 1), one row per product and year.

    Parameters
    ----------
    products
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

    Returns
    -------
    Listing
        Columns as the dependencies of `dependency.trade_frames`, without the sums that they were computed from.

    Raises
    ------
    UsageError, NotFoundError
        A year, product, economy, ecosystem or threshold that cannot be had.
    """
    asked = _asked(workspace, home, products, ecosystem, dataset, edition)
    wanted = wanted_years(years, asked.source)
    limits = _limits(workspace.profile().trade, min_concentration, min_extra_share, min_import_export_ratio)
    frame = asked.frame(
        wanted,
        thresholds=limits,
        supplier=economies.iso3(supplier) if supplier else None,
        group=economies.home(group) if group else None,
        persistence_years=workspace.profile().persistence_years,
    )
    filters = told(asked.home, wanted)
    filters["thresholds"] = (
        f"concentration > {limits.concentration}, extra_share > {limits.extra_share}, "
        f"import_export_ratio > {limits.import_export_ratio}; dependent when all three hold"
    )
    named = {
        "products": ", ".join(asked.products or ()),
        "ecosystem": ecosystem,
        "supplier": supplier,
        "one supplier": group,
    }
    filters |= {key: value for key, value in named.items() if value}
    of_supplier = (*dependency.SUPPLIER_COLUMNS, *dependency.SUPPLIER_BOUNDS) if supplier else ()
    shown = frame.select(*dependency.INDICATORS, *of_supplier, *dependency.BOUNDS, "unnamed_kusd")
    return Listing(
        shown.filter(pl.col("dependent").fill_null(False)) if dependent else shown,
        Provenance(
            title=f"Trade dependency of {asked.home.name}",
            filters=filters,
            sources=cited(asked.source),
            method="trade-dependency",
            caveats=asked.told(frame, wanted),
        ),
    )


def trends(
    workspace: Workspace,
    *,
    home: str = DEFAULT_HOME,
    years: Years = None,
    products: Sequence[str] | None = None,
    ecosystem: str | None = None,
    dataset: str | None = None,
    edition: str | None = None,
) -> Listing:
    """How concentration, the first supplier's share and imports moved over the years, one row per product.

    Parameters
    ----------
    years
        Span of years, first:last; by default all that the data cover.
    products
        HS code of six digits; may be given several times.
    ecosystem
        Only products that items of this ecosystem are traded under.

    Returns
    -------
    Listing
        Columns as `ecosystem.trade.trends`.
    """
    asked = _asked(workspace, home, products, ecosystem, dataset, edition)
    first, last = covered(asked.source)
    wanted = wanted_years(range(first, last + 1) if years is None else years, asked.source)
    series = asked.frame(wanted)
    return Listing(
        slopes(series),
        Provenance(
            title=f"Trends in the trade dependency of {asked.home.name}",
            filters=told(asked.home, wanted) | ({"products": ", ".join(asked.products)} if asked.products else {}),
            sources=cited(asked.source),
            method="trade-dependency",
            caveats=asked.told(series, wanted),
        ),
    )


def points_of_failure(
    workspace: Workspace,
    *,
    years: Years = None,
    products: Sequence[str] | None = None,
    dataset: str | None = None,
    edition: str | None = None,
) -> Listing:
    """Exporters whose loss would hit the world's trade in a product most.

    Parameters
    ----------
    products
        HS code of six digits; may be given several times.
    """
    source = workspace.facts.answering("trade", dataset, edition)
    wanted = wanted_years(years, source)
    frame = network.points_of_failure(workspace.facts.relation("trade", dataset, edition), wanted, products=products)
    return Listing(
        frame,
        Provenance(
            title="Single points of failure in the world network",
            filters={"years": spans(wanted)},
            sources=cited(source),
            method="points-of-failure",
            caveats=(
                *_elsewhere_caveat(workspace, source, dataset),
                *_outside_the_network(workspace, dataset, edition, wanted, products),
            ),
        ),
    )


def _outside_the_network(
    workspace: Workspace,
    dataset: str | None,
    edition: str | None,
    years: Sequence[int],
    products: Sequence[str] | None,
) -> tuple[str, ...]:
    found = flows.years_with_unnamed(workspace.facts.relation("trade", dataset, edition), years, products)
    if not found:
        return ()
    return (f"Flows with areas that nobody can name are left out, in {', '.join(map(str, sorted(found)))}.",)


@dataclass(frozen=True)
class _Asked:
    """Which trade is read for whom: what the listings of dependencies and of their trends have in common."""

    workspace: Workspace
    home: Home
    source: Answering
    trade: DuckDBPyRelation
    products: Sequence[str] | None  # None is all
    open_cells: pl.DataFrame  # of `facts.open_cells`
    caveats: tuple[str, ...]  # on the choice of trade, whatever the years

    def frame(self, years: Sequence[int], **options: Unpack[_Options]) -> pl.DataFrame:
        """The dependencies of `trade_frames`."""
        return dependency.trade_frames(
            self.trade,
            self.home,
            years,
            products=self.products,
            descriptions=self.workspace.product_names(self.workspace.facts, self.source),
            every_supplier=False,
            also=(*self.source.lapsed, *self.open_cells["product"]),
            open_cells=self.open_cells,
            **options,
        ).dependencies

    def told(self, frame: pl.DataFrame, years: Sequence[int]) -> tuple[str, ...]:
        """What is to be known of the rows before they are used."""
        return (
            *self.caveats,
            *lapsed_caveats(self.source, frame["product"].unique().to_list(), years),
            *_unnamed_caveat(frame),
            *_open_caveat(self.open_cells, self.home, years),
        )


class _Options(TypedDict, total=False):
    thresholds: TradeThresholds
    supplier: str | None
    group: Home | None
    persistence_years: int


def _asked(
    workspace: Workspace,
    home: str,
    products: Sequence[str] | None,
    ecosystem: str | None,
    dataset: str | None,
    edition: str | None,
) -> _Asked:
    """The trade that is read: of the data set or edition named, else as an ecosystem is read, else of the first.

    Of an ecosystem, products are those asked for and those that its items are traded under.
    """
    dossier, facts = None if ecosystem is None else workspace.dossier(ecosystem), workspace.facts
    if dossier is not None and dataset is None and edition is None:
        edition = workspace.as_traded(dossier)[1]
    source, seen_from = facts.answering("trade", dataset, edition), economies.home(home)
    caveats = _elsewhere_caveat(workspace, source, dataset)
    if dossier is not None:
        carried = carried_dossier(dossier, source.edition, source.id)
        products = sorted({*(products or ()), *(binding.hs for item in carried.items for binding in item.products)})
        caveats = (*carried.caveats, *caveats)
    trade = facts.relation("trade", dataset, edition)
    return _Asked(
        workspace, seen_from, source, trade, products, workspace.open_cells(facts, source, seen_from), caveats
    )


def _elsewhere_caveat(workspace: Workspace, source: Answering, dataset: str | None) -> tuple[str, ...]:
    """That trade in other editions is at hand, which codes of this one cannot be compared with."""
    others = [edition for edition in workspace.facts.editions() if edition != (source.edition or UNSTATED)]
    if dataset is not None or not others:
        return ()
    told = [f"in {edition} (--edition {edition})" if edition else "in an edition nobody stated" for edition in others]
    here = f"in {source.edition}" if source.edition else "in an edition that was not stated"
    return (f"Shown is trade {here}; there is more {', '.join(told)}. See: ostra data list --table trade",)


def _open_caveat(cells: pl.DataFrame, home: Home, years: Sequence[int]) -> tuple[str, ...]:
    """That the data hold the trade of some economies alone, so that rows are unknown or have bounds."""
    here = cells.filter(pl.col("year").is_in(list(years)))
    if not here.height:
        return ()
    unknown = here["imports_open"].sum()
    return (
        f"Of {here.height:,} products and years the data hold the trade of some economies alone. In {unknown:,} the "
        f"imports of {home.name} are not among it, and unknown; in the others what is traded elsewhere, or exported "
        "where nobody reports it, lies between bounds. See: ostra data list --covers",
    )


def _unnamed_caveat(frame: pl.DataFrame) -> tuple[str, ...]:
    """That some imports come from nobody who can be named, so that indicators lie between bounds."""
    open_rows = frame.filter(pl.col("unnamed_kusd") > 0)
    if not open_rows.height:
        return ()
    largest = open_rows.sort("unnamed_kusd", "product", "year", descending=[True, False, False]).row(0, named=True)
    return (
        f"In {open_rows.height:,} rows some imports come from areas that no single economy stands for (most: HS "
        f"{largest['product']} in {largest['year']}, {number(largest['unnamed_kusd'])} of "
        f"{number(largest['imports_kusd_high'])} kUSD): what they leave open lies between the columns _low and _high.",
    )


def _limits(
    own: TradeThresholds, concentration: float | None, extra_share: float | None, ratio: float | None
) -> TradeThresholds:
    """The profile's thresholds with those that were named in their place."""
    named = {"concentration": concentration, "extra_share": extra_share, "import_export_ratio": ratio}
    try:
        return TradeThresholds(**{**own.model_dump(), **{k: v for k, v in named.items() if v is not None}})
    except ValueError as error:
        raise UsageError(f"a threshold is out of range: {' '.join(str(error).split())}") from None
