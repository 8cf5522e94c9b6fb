"""The evidence behind trade dependency: each figure with formula, the values put in, and the facts rows behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import polars as pl

from ostra.ecosystem.trade.dependency import FORMULAS
from ostra.model.evidence import Evidence, FactRef
from ostra.words.economies import economy_name
from ostra.words.figures import number
from ostra.words.sentences import shortened

if TYPE_CHECKING:
    from ostra.words.economies import Home

METHOD = "trade-dependency"
# Indicator -> (label, unit); {} is the largest supplier.
INDICATORS = {
    "imports_kusd": ("Imports from outside home", "kUSD"),
    "concentration": ("Concentration of imports (Herfindahl–Hirschman, 0 to 1)", "index"),
    "suppliers_effective": ("Effective number of suppliers", "suppliers"),
    "extra_share": ("Share of imports that comes from outside home", "share"),
    "import_export_ratio": ("Imports from outside over exports to outside", "ratio"),
    "top_share": ("Share of the largest supplier, {}", "share"),
    "diversification_potential": ("What others export beside what {} would have to be replaced for", "ratio"),
    "reverse_share": ("Home's share in what {} imports of the same product", "share"),
    "years_flagged": ("Years flagged as dependent in the window that ends here", "years"),
}
# Column of the frame of suppliers behind an indicator of one supplier.
_COLUMN = {"share": "share", "reverse": "reverse_share"}
Where = dict[str, str | int | tuple[str, ...] | tuple[int, ...]]


def trade_id(product: str, year: int, indicator: str) -> str:
    """Id of the evidence of one trade indicator."""
    return f"trade.{product}.{year}.{indicator}"


def trade_evidence(rows: pl.DataFrame, suppliers: pl.DataFrame, dataset: str, home: Home) -> list[Evidence]:
    """Evidence for every indicator of the year's trade rows and for every supplier's share; `dataset` is their source.

    Rows without trade yield none: there is no number to follow, and their `status` says why.
    """
    found = []
    shares: dict[str, list[dict[str, Any]]] = {
        key[0]: part.to_dicts() for key, part in suppliers.group_by(["product"], maintain_order=True)
    }
    for row in rows.filter(pl.col("status") == "traded").iter_rows(named=True):
        members = tuple(sorted(home.members(row["year"])))
        found += _product_evidence(row, shares.get(row["product"], []), dataset, home, members)
    return found


def _product_evidence(
    row: dict[str, Any],
    suppliers: Sequence[dict[str, Any]],
    dataset: str,
    home: Home,
    members: tuple[str, ...],
) -> list[Evidence]:
    product, year = row["product"], row["year"]
    name = row["description"] or f"HS {product}"
    what = f"HS {product} ({shortened(name, 60)}), {home.name}, {year}"

    def ref(rows: int, **where: Any) -> FactRef:
        return FactRef(table="trade", dataset=dataset, where={"year": year, "product": product, **where}, rows=rows)

    found: list[Evidence] = []

    unnamed = row["unnamed_kusd"]
    open_to = f"{number(unnamed)} kUSD of the imports come from areas that nobody can name." if unnamed else ""

    def add(
        indicator: str,
        value: float | None,
        label: str = "",
        unit: str = "share",
        of: dict[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """The indicator of the product's row, or of `of`; between its bounds where it is not known exactly."""
        if indicator in INDICATORS:
            label, unit = INDICATORS[indicator]
        column = indicator.partition(".")[0]
        name, bounds = (column, row) if of is None else (_COLUMN[column], of)
        low, high = (bounds.get(f"{name}_{end}") for end in ("low", "high"))
        if value is None and low is not None:
            more |= {"low": low, "high": high, "caveats": (*more.get("caveats", ()), *((open_to,) if open_to else ()))}
            more["substituted"] = f"between {number(low)} and {'any value' if high is None else number(high)}"
        leader = economy_name(row["top_supplier"]) if row["top_supplier"] else "which is not known for certain"
        found.append(
            Evidence(
                id=trade_id(product, year, indicator),
                label=f"{label.format(leader)}: {what}",
                kind="measured" if indicator == "imports_kusd" else "computed",
                unit=unit,
                value=value,
                method=METHOD,
                formula=FORMULAS[column],
                sources=(dataset,),
                **more,
            )
        )

    imported = {"importer": members, "exporter not": members}
    total, top = row["imports_kusd_high"], row["top_supplier"]
    imports = trade_id(product, year, "imports_kusd")
    add(
        "imports_kusd",
        row["imports_kusd"],
        substituted=f"M = {number(total)} kUSD, from {row['import_rows']:,} flows",
        facts=(ref(row["import_rows"], **imported),),
    )
    share_ids = []
    for supplier in suppliers:
        code = supplier["supplier"]
        share_ids.append(trade_id(product, year, f"share.{code}"))
        add(
            f"share.{code}",
            supplier["share"],
            f"Share of {economy_name(code)} in imports",
            of=supplier,
            substituted=f"s = {number(supplier['imports_kusd'])} / {number(total)}",
            inputs=(imports,),
            facts=(ref(supplier["flows"], importer=members, exporter=code),),
        )
        if supplier["reverse_share_low"] is not None:
            bought = supplier["supplier_imports_kusd"]
            add(
                f"reverse.{code}",
                supplier["reverse_share"],
                f"Home's share in what {economy_name(code)} imports of the same product",
                of=supplier,
                substituted=f"r = {number(supplier['reverse_share_low'] * bought)} / {number(bought)}",
                facts=(ref(supplier["reverse_flows"], importer=code),),
            )
    hhi = row["concentration"]
    terms = " + ".join(f"{s['share_low']:.3f}²" for s in suppliers[:4]) + (" + …" if row["suppliers"] > 4 else "")
    add(
        "concentration",
        hhi,
        substituted="" if hhi is None else f"HHI = {terms} = {hhi:.3f}",
        inputs=tuple(share_ids),
        facts=(ref(row["import_rows"], **imported),),
    )
    concentration = trade_id(product, year, "concentration")
    inverse = "" if hhi is None else f"1 / {hhi:.4g}"
    add("suppliers_effective", row["suppliers_effective"], substituted=inverse, inputs=(concentration,))
    add(
        "extra_share",
        row["extra_share"],
        substituted=f"{number(total)} / ({number(total)} + {number(row['intra_kusd'])})",
        inputs=(imports,),
        facts=(ref(row["intra_rows"], importer=members, exporter=members),) if row["intra_rows"] else (),
    )
    exported, ratio = {"exporter": members, "importer not": members}, row["import_export_ratio"]
    unbounded = "Home exports nothing: the ratio has no bound and counts as exceeded."
    add(
        "import_export_ratio",
        ratio,
        substituted=f"{number(total)} / {number(row['exports_kusd'])}",
        inputs=(imports,),
        facts=(ref(row["export_rows"], **exported),) if row["export_rows"] else (),
        caveats=(unbounded,) if ratio is None and not row["exports_kusd"] else (),
    )
    add("top_share", row["top_share"], inputs=(trade_id(product, year, f"share.{top}"),) if top else ())
    if row["diversification_potential_low"] is not None:
        add(
            "diversification_potential",
            row["diversification_potential"],
            substituted=f"{number(row['others_exports_kusd'])} / {number(row['top_imports_kusd'])}",
            facts=(ref(row["others_rows"], **{"importer not": members, "exporter not": (*members, top)}),),
        )
    if row["reverse_share_low"] is not None and top:
        add("reverse_share", row["reverse_share"], inputs=(trade_id(product, year, f"reverse.{top}"),))
    add(
        "years_flagged",
        float(row["years_flagged"]),
        substituted=f"{row['years_flagged']} of the {row['years_known']} years known",
    )
    return found


def series_evidence(series: pl.DataFrame, dataset: str, home: Home) -> list[Evidence]:
    """Each product's whole time series of concentration and largest share, as evidence."""
    found = []
    for (product,), part in series.group_by(["product"], maintain_order=True):
        traded = part.filter(pl.col("status") == "traded").to_dicts()
        if not traded:
            continue
        refs = []
        # One reference per run of years with the same members: a bloc's membership is that of each year.
        for members, run in groupby(traded, key=lambda row: tuple(sorted(home.members(row["year"])))):
            span = list(run)
            where: Where = {
                "year": tuple(row["year"] for row in span),
                "product": str(product),
                "importer": members,
                "exporter not": members,
            }
            rows = sum(row["import_rows"] for row in span)
            refs.append(FactRef(table="trade", dataset=dataset, where=where, rows=rows))
        unknown = part.filter(pl.col("status") == "unknown")["year"].to_list()
        found.append(
            Evidence(
                id=f"trade.{product}.series",
                label=f"Largest supplier's share and concentration by year: HS {product}, {home.name}, "
                f"{traded[0]['year']} to {traded[-1]['year']}",
                kind="computed",
                unit="share",
                text="; ".join(
                    f"{row['year']}: {row['top_supplier'] or 'first not known'} {_between(row, 'top_share')},"
                    f" HHI {_between(row, 'concentration')}"
                    for row in traded
                ),
                formula=f"as for each year: largest {FORMULAS['share']}, and {FORMULAS['concentration']}",
                method=METHOD,
                sources=(dataset,),
                facts=tuple(refs),
                caveats=(f"Not covered by the data, hence unknown: {year_spans(unknown)}.",) if unknown else (),
            )
        )
    return found


def _between(row: dict[str, Any], name: str) -> str:
    """A value to three decimals, or its bounds."""
    if row[name] is not None:
        return f"{row[name]:.3f}"
    return f"{row[f'{name}_low']:.3f} to {row[f'{name}_high']:.3f}"


def year_spans(years: Iterable[int]) -> str:
    """Years in short: 2017–2024, 2026."""
    spans: list[list[int]] = []
    for year in sorted(years):
        if spans and year == spans[-1][1] + 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in spans)
