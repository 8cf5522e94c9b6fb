"""Trade dependency (method 1): how concentrated, how external and how replaceable home's imports of a product are.

The definitions, with symbols, units and limits, stand in docs/methods/trade-dependency.md. All sums are exact integers
(thousandths of kUSD) and every ratio is one division of two of them, so a result does not depend on row order, on
threads or on the machine.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
import polars as pl

from ostra.ecosystem.trade import flows
from ostra.errors import UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation

    from ostra.words.economies import Home

# The public columns of the dependencies, in order; `supplier` adds SUPPLIER_COLUMNS.
INDICATORS = (
    "product",
    "description",
    "year",
    "status",
    "imports_kusd",
    "concentration",
    "extra_share",
    "import_export_ratio",
    "top_supplier",
    "top_share",
    "suppliers_effective",
    "diversification_potential",
    "reverse_share",
    "years_flagged",
    "dependent",
)
SUPPLIER_COLUMNS = ("supplier", "supplier_share", "supplier_reverse_share")
# Indicators that lie between bounds, in columns `_low` and `_high`, where partners cannot be named; the indicator
# itself is null then. A null high bound beside a low one means that there is none.
BOUNDED = (
    "imports_kusd",
    "concentration",
    "extra_share",
    "import_export_ratio",
    "top_share",
    "suppliers_effective",
    "diversification_potential",
    "reverse_share",
)
BOUNDS = tuple(f"{name}_{end}" for name in BOUNDED for end in ("low", "high"))
SUPPLIER_BOUNDS = tuple(f"{name}_{end}" for name in SUPPLIER_COLUMNS[1:] for end in ("low", "high"))
# What the indicators were computed from: sums in kUSD and the number of facts rows behind each sum.
EVIDENCE_COLUMNS = (
    "unnamed_kusd",
    "suppliers",
    "intra_kusd",
    "exports_kusd",
    "top_imports_kusd",
    "others_exports_kusd",
    "top_supplier_imports_kusd",
    "top_supplier_from_home_kusd",
    "world_concentration",
    "years_known",
    "import_rows",
    "intra_rows",
    "export_rows",
    "top_rows",
    "others_rows",
    "reverse_rows",
    "world_rows",
)
# Each indicator in short, as evidence prints it: v is what home imports from one supplier outside, M the sum of all v.
FORMULAS = {
    "imports_kusd": "M = Σ value of flows into home from outside",
    "share": "s = v / M",
    "top_share": "largest s",
    "concentration": "HHI = Σ s²",
    "suppliers_effective": "1 / HHI",
    "extra_share": "M / (M + N), N the imports of members from each other",
    "import_export_ratio": "M / X, X the exports of home to outside",
    "reverse": "r = imports of the supplier from home / all its imports of the product",
    "reverse_share": "imports of the supplier from home / all its imports of the product",
    "diversification_potential": "exports of all others to outside home / imports of home from its largest supplier",
    "years_flagged": "number of years in the window in which all three thresholds are exceeded",
}


class Thresholds(Protocol):
    """What must be exceeded, all three, for a product to count as a dependency (model.TradeThresholds has these)."""

    @property
    def concentration(self) -> float: ...
    @property
    def extra_share(self) -> float: ...
    @property
    def import_export_ratio(self) -> float: ...


@dataclass(frozen=True)
class CommissionThresholds:
    """The thresholds of European Commission SWD(2021) 352."""

    concentration: float = 0.4
    extra_share: float = 0.5
    import_export_ratio: float = 1.0


COMMISSION = CommissionThresholds()


class TradeFrames(NamedTuple):
    """Both frames of one reading of the trade facts."""

    dependencies: pl.DataFrame
    suppliers: pl.DataFrame


def trade_frames(
    trade: DuckDBPyRelation,
    home: Home,
    years: Sequence[int],
    *,
    thresholds: Thresholds = COMMISSION,
    products: Sequence[str] | None = None,
    descriptions: Mapping[str, str] | None = None,
    supplier: str | None = None,
    group: Home | None = None,
    persistence_years: int = 3,
    every_supplier: bool = True,
    also: Sequence[str] = (),
    open_cells: pl.DataFrame | None = None,
) -> TradeFrames:
    """Trade-dependency indicators of home, and every supplier's part in its imports, from one reading of the data.

    FORMULAS has the formulas in short; dependent when concentration, extra_share and import_export_ratio all exceed
    `thresholds`. Every column, and the meaning of `status` (traded, zero, none, unknown), is defined in
    docs/methods/trade-dependency.md.

    Parameters
    ----------
    trade : DuckDBPyRelation
        The trade table: year, exporter, importer, product, value_kusd [kUSD per year], ...
    home : Home
        The economy assessed; a bloc's membership is that of each year.
    years : sequence of int
        Years wanted; a year that the data do not cover gives rows of status `unknown`.
    thresholds : Thresholds
        Fractions and a ratio, compared with `>`.
    products : sequence of str, optional
        HS codes of six digits; by default every product that the data know in any year.
    descriptions : mapping, optional
        Product code to words.
    supplier : str, optional
        Code of one supplier whose numbers are wanted too: adds `supplier`, `supplier_share` [fraction of
        imports_kusd] and `supplier_reverse_share` [home's share of that supplier's imports].
    group : Home, optional
        A bloc counted as one supplier: its members (of each year, without home's) are merged under its code and
        the trade between them is left out everywhere.
    persistence_years : int
        Length of the window, ending in the row's year, over which `years_flagged` counts.
    every_supplier : bool
        Whether the second frame is wanted; without it the reading is faster and that frame empty.
    also
        Products to answer for beside all that the data know, such as those whose code lapsed.
    open_cells
        Products and years of which the data hold the trade of some economies alone: product, year, imports_open,
        exports_open, as `facts.open_cells` finds them. Where home's imports are open, the row is of status `unknown`;
        where its exports are, imports over exports have no lower bound but 0; of the trade of others, known in part,
        what a supplier buys elsewhere and what others sell have a bound on one side.

    Returns
    -------
    dependencies : DataFrame
        One row per product and year, sorted by both: columns INDICATORS, then SUPPLIER_COLUMNS and their bounds when
        `supplier` is given, then BOUNDS and EVIDENCE_COLUMNS. Unknown is null; an indicator that partners whom nobody
        can name leave open is null between its bounds.
    suppliers : DataFrame
        Sorted by product, year, falling imports, supplier: product, year, supplier, imports_kusd, share [of home's
        extra-home imports], world_exports_kusd [the supplier's exports of the product to everybody], buyer_share
        [part of these that home buys], supplier_imports_kusd [the supplier's own imports of the product],
        reverse_share [part of those that come from home; null where it imports none], its bounds, flows, reverse_flows
        [facts rows behind imports_kusd and supplier_imports_kusd]. Only suppliers with a flow to home in the data;
        share is null when all of a product's flows to home are of no value.

    Raises
    ------
    UsageError
        A year list is empty, a product code has not six digits, or `supplier` is a member of home or of `group`.
    MethodError
        Home has no members in one of the years.

    References
    ----------
    European Commission (2021), SWD(2021) 352 final. Arjona, Connell and Herghelegiu (2023), European Commission,
    Single Market Economics Papers WP2023/14.
    """
    flows.check_request(home, years, products, supplier, group)
    if persistence_years < 1:
        raise UsageError(f"the persistence window is {persistence_years} years long. Give 1 or more")
    wanted = sorted(set(years))
    window = sorted({year - back for year in wanted for back in range(persistence_years)})
    codes = sorted(set(products)) if products is not None else sorted({*flows.known_products(trade), *also})
    frames = []
    for step in flows.plan(trade, home, window, products, group):
        answered = tuple(year for year in step.years if year in wanted)
        before = tuple(year for year in step.years if year not in wanted)
        if answered:
            part = replace(step, years=answered)
            frames.append(flows.read_pass(trade, part, products, supplier=supplier, every_supplier=every_supplier))
        if before:  # these years only count towards persistence: no need of what the suppliers buy
            frames.append(flows.read_pass(trade, replace(step, years=before), products, reverse=False))
    rows = _of_known_imports(pl.concat(frames), open_cells)
    grid = pl.DataFrame({"product": codes}, schema={"product": pl.String}).join(
        pl.DataFrame({"year": window}, schema={"year": pl.Int16}), how="cross"
    )
    table = grid.join(rows.filter(pl.col("rank") == 1), on=["product", "year"], how="left").sort("product", "year")
    table = table.with_columns(pl.col("in_part", "exports_open").fill_null(False))
    table = _with_persistence(_indicators(table, thresholds, home.is_bloc), window, wanted, persistence_years)
    names = dict(descriptions or {})
    table = table.with_columns(
        description=pl.Series([names.get(code, "") for code in table["product"]], dtype=pl.String),
        supplier=pl.lit(supplier, dtype=pl.String),
    )
    asked = SUPPLIER_COLUMNS + SUPPLIER_BOUNDS if supplier else ()
    columns = INDICATORS + asked + BOUNDS + EVIDENCE_COLUMNS
    shares = _shares(rows.filter(pl.col("year").is_in(wanted))) if every_supplier else pl.DataFrame()
    return TradeFrames(table.select(columns), shares)


def _of_known_imports(rows: pl.DataFrame, open_cells: pl.DataFrame | None) -> pl.DataFrame:
    """The rows of cells in which home's imports are held in full, told whether the trade of others and exports are."""
    if open_cells is None:
        return rows.with_columns(in_part=pl.lit(False), exports_open=pl.lit(False))
    cells = open_cells.with_columns(in_part=pl.lit(True))
    found = rows.join(cells, on=["product", "year"], how="left", maintain_order="left")
    found = found.with_columns(pl.col("in_part", "imports_open", "exports_open").fill_null(False))
    return found.filter(~pl.col("imports_open")).drop("imports_open")


def _indicators(table: pl.DataFrame, thresholds: Thresholds, bloc: bool) -> pl.DataFrame:
    """Ratios of the sums; every division is guarded, so that an undefined ratio is null and never NaN.

    Of the imports M, U come from partners that nobody can name: each may be any economy, or many. Of a bloc they may be
    its own members, so that imports from outside lie between M - U and M.
    """
    known = pl.col("world_rows").is_not_null()
    table = table.with_columns(
        pl.when(known).then(pl.col(name).fill_null(0)).alias(name)
        for name in (
            *("imports", "intra", "exports", "elsewhere", "suppliers", "import_rows", "intra_rows", "export_rows"),
            *("supplier_elsewhere", "supplier_elsewhere_rows", "supplier_from_home", "reverse_rows", "asked_imports"),
            *("unnamed", "unnamed_elsewhere", "exports_unnamed", "squares", "second", "supplier_from_nobody"),
        )
    )
    imports, intra, unnamed = pl.col("imports"), pl.col("intra"), pl.col("unnamed")
    top = pl.col("value").fill_null(0)
    traded = imports > 0
    within = unnamed if bloc else pl.lit(0.0)  # what may be trade between members
    at_least, exported = imports - within, pl.col("exports")
    # What nobody sells to others may be home's; exports that are not held in full may be any.
    exported_high = pl.when(pl.col("exports_open")).then(math.inf).otherwise(exported + pl.col("unnamed_elsewhere"))
    in_part = pl.col("in_part")  # of the trade of others there may be more
    exported_low = exported - (pl.col("exports_unnamed") if bloc else pl.lit(0.0))
    named = unnamed == 0
    # The largest supplier is known where nobody unnamed can have sold as much, or helped the second to it.
    first = traded & (top > 0) & (named | ((top > pl.col("second") + unnamed) & (top > unnamed)))
    spread = pl.when(named).then(pl.col("squares")).otherwise(pl.col("squares") - top**2 + (top + unnamed) ** 2)
    others = pl.col("elsewhere") - pl.col("supplier_elsewhere")
    bounds: dict[str, tuple[pl.Expr, pl.Expr, pl.Expr]] = {
        "imports_kusd": (known, at_least / 1000, imports / 1000),
        "concentration": (traded, pl.col("squares") / pl.col("squared"), spread / pl.col("squared")),
        "extra_share": (imports + intra > 0, at_least / (imports + intra), imports / (imports + intra)),
        "import_export_ratio": (exported_high > 0, at_least / exported_high, imports / exported_low),
        "top_share": (traded, top / imports, (top + unnamed) / imports),
        "suppliers_effective": (traded, pl.col("squared") / spread, pl.col("squared") / pl.col("squares")),
        "diversification_potential": (
            first,
            others / (pl.col("value") + unnamed),
            pl.when(in_part).then(math.inf).otherwise(others + pl.col("unnamed_elsewhere")) / pl.col("value"),
        ),
        "reverse_share": (
            first & (pl.col("supplier_imports") > 0),
            pl.when(in_part).then(0.0).otherwise(pl.col("supplier_from_home") / pl.col("supplier_imports")),
            (pl.col("supplier_from_home") + pl.col("supplier_from_nobody")) / pl.col("supplier_imports"),
        ),
        "supplier_share": (traded, pl.col("asked_imports") / imports, (pl.col("asked_imports") + unnamed) / imports),
        "supplier_reverse_share": (
            pl.col("asked_supplier_imports") > 0,
            pl.when(in_part).then(0.0).otherwise(pl.col("asked_from_home") / pl.col("asked_supplier_imports")),
            (pl.col("asked_from_home") + pl.col("asked_from_nobody")) / pl.col("asked_supplier_imports"),
        ),
    }
    table = table.with_columns(
        status=pl.when(~known)
        .then(pl.lit("unknown"))
        .when(pl.col("import_rows") == 0)
        .then(pl.lit("none"))
        .when(imports == 0)
        .then(pl.lit("zero"))
        .otherwise(pl.lit("traded")),
        top_supplier=pl.when(first).then(pl.col("supplier")),
        world_concentration=pl.when((pl.col("world") > 0) & named & (pl.col("unnamed_elsewhere") == 0) & ~in_part).then(
            pl.col("world_squares") / pl.col("world_squared")
        ),
        unnamed_kusd=unnamed / 1000,
        intra_kusd=intra / 1000,
        exports_kusd=exported / 1000,
        top_imports_kusd=pl.when(traded).then(pl.col("value") / 1000),
        others_exports_kusd=pl.when(traded).then(others / 1000),
        top_supplier_imports_kusd=pl.when(traded).then(pl.col("supplier_imports").fill_null(0) / 1000),
        top_supplier_from_home_kusd=pl.when(traded).then(pl.col("supplier_from_home") / 1000),
        top_rows=pl.when(traded).then(pl.col("flows")),
        others_rows=pl.when(traded).then(pl.col("elsewhere_rows") - pl.col("supplier_elsewhere_rows")),
        reverse_rows=pl.when(traded).then(pl.col("reverse_rows")),
        **{f"{name}_low": pl.when(defined).then(low) for name, (defined, low, _) in bounds.items()},
        **{
            # A division by nothing has no bound.
            f"{name}_high": pl.when(defined & high.is_finite()).then(high)
            for name, (defined, _, high) in bounds.items()
        },
    )
    table = table.with_columns(
        pl.when(pl.col(f"{name}_low") == pl.col(f"{name}_high")).then(pl.col(f"{name}_low")).alias(name)
        for name in bounds
    )

    def exceeded(end: str, unbounded: pl.Expr) -> pl.Expr:
        # No exports beside imports mean a ratio without bound, which exceeds any threshold.
        return (
            (pl.col(f"concentration_{end}") > thresholds.concentration)
            & (pl.col(f"extra_share_{end}") > thresholds.extra_share)
            & ((pl.col(f"import_export_ratio_{end}") > thresholds.import_export_ratio).fill_null(False) | unbounded)
        )

    surely, possibly = exceeded("low", exported_high == 0), exceeded("high", exported_low == 0)
    return table.with_columns(
        dependent=pl.when(traded & surely)
        .then(pl.lit(True))
        .when(traded & possibly)
        .then(None)
        .when(known)
        .then(pl.lit(False))
    )


def _with_persistence(
    table: pl.DataFrame, window: Sequence[int], wanted: Sequence[int], persistence_years: int
) -> pl.DataFrame:
    """The wanted years' rows, with the flagged and the known years of the window that ends in each."""
    dependent = table["dependent"].cast(pl.Int8).fill_null(-1).to_numpy().reshape(-1, len(window))
    column = {year: place for place, year in enumerate(window)}
    flagged = np.zeros(dependent.shape, dtype=np.int32)
    known = np.zeros(dependent.shape, dtype=np.int32)
    for year in wanted:
        ending_here = dependent[:, [column[year - back] for back in range(persistence_years)]]
        flagged[:, column[year]] = (ending_here == 1).sum(axis=1)
        known[:, column[year]] = (ending_here >= 0).sum(axis=1)
    table = table.with_columns(years_flagged=pl.Series(flagged.ravel()), years_known=pl.Series(known.ravel()))
    return table.filter(pl.col("year").is_in(wanted)).with_columns(
        years_flagged=pl.when(pl.col("status") != "unknown").then(pl.col("years_flagged"))
    )


def _shares(rows: pl.DataFrame) -> pl.DataFrame:
    rows = rows.filter(pl.col("supplier").is_not_null()).sort("product", "year", "rank")
    unnamed = pl.col("unnamed").fill_null(0)
    reverse = pl.col("supplier_imports") > 0
    share = (pl.col("value") / pl.col("imports"), (pl.col("value") + unnamed) / pl.col("imports"))
    bought = (
        pl.col("supplier_from_home") / pl.col("supplier_imports"),
        (pl.col("supplier_from_home") + pl.col("supplier_from_nobody")) / pl.col("supplier_imports"),
    )
    traded, whole = pl.col("imports") > 0, ~pl.col("in_part")
    return rows.select(
        "product",
        "year",
        "supplier",
        imports_kusd=pl.col("value") / 1000,
        share=pl.when(traded & (unnamed == 0)).then(share[0]),
        share_low=pl.when(traded).then(share[0]),
        share_high=pl.when(traded).then(share[1]),
        world_exports_kusd=pl.col("world_exports") / 1000,
        buyer_share=pl.when((pl.col("world_exports") > 0) & whole).then(pl.col("value") / pl.col("world_exports")),
        supplier_imports_kusd=pl.col("supplier_imports").fill_null(0) / 1000,
        reverse_share=pl.when(reverse & (pl.col("supplier_from_nobody") == 0) & whole).then(bought[0]),
        reverse_share_low=pl.when(reverse & whole).then(bought[0]).when(reverse).then(0.0),
        reverse_share_high=pl.when(reverse).then(bought[1]),
        flows=pl.col("flows"),
        reverse_flows=pl.col("reverse_rows").fill_null(0),
    )
