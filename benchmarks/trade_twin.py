"""Method 1 once more, in plain pandas, independently of ostra: the oracle of the tests and of benchmarks/trade.py."""

from __future__ import annotations

import numpy as np
import pandas as pd


def twin(
    flows: pd.DataFrame,
    members: dict[int, frozenset[str]],
    years: list[int],
    group: tuple[str, dict[int, frozenset[str]]] | None = None,
    window: int = 3,
) -> pd.DataFrame:
    """Indicators by product and year.

    `flows` has year, exporter, importer, product and usd (whole numbers); `members` home's members of each year,
    `group` the code and members of a bloc counted as one supplier.
    """
    known = sorted(flows["product"].unique())
    parts = []
    for year in sorted({y - back for y in years for back in range(window)}):
        parts.append(_one_year(flows[flows["year"] == year], members.get(year, frozenset()), year, known, group))
    table = pd.concat(parts, ignore_index=True)
    flagged = {(p, y): f for p, y, f in zip(table["product"], table["year"], table["dependent"], strict=True)}
    table = table[table["year"].isin(years)].sort_values(["product", "year"], ignore_index=True)
    table["years_flagged"] = [
        None if status == "unknown" else sum(flagged[p, y - back] is True for back in range(window))
        for p, y, status in zip(table["product"], table["year"], table["status"], strict=True)
    ]
    return table


def _one_year(
    flows: pd.DataFrame,
    home: frozenset[str],
    year: int,
    known: list[str],
    group: tuple[str, dict[int, frozenset[str]]] | None,
) -> pd.DataFrame:
    flows = flows[flows["exporter"] != flows["importer"]]
    if group:
        merged = group[1].get(year, frozenset()) - home
        flows = flows[~(flows["exporter"].isin(merged) & flows["importer"].isin(merged))].copy()
        for side in ("exporter", "importer"):
            flows[side] = flows[side].where(~flows[side].isin(merged), group[0])
    sold_by_home, bought_by_home = flows["exporter"].isin(home), flows["importer"].isin(home)
    result = pd.DataFrame(index=pd.Index(known, name="product"))
    covered = result.index.isin(flows["product"].unique())

    extra = flows[bought_by_home & ~sold_by_home]
    by_supplier = extra.groupby(["product", "exporter"], as_index=False)["usd"].sum()
    total = by_supplier.groupby("product")["usd"].sum()
    by_supplier["share"] = by_supplier["usd"] / by_supplier["product"].map(total).astype("float64")
    result["imports"] = total
    result["concentration"] = (by_supplier["share"] ** 2).groupby(by_supplier["product"]).sum()
    top = by_supplier.sort_values(["product", "usd", "exporter"], ascending=[True, False, True])
    top = top.drop_duplicates("product").set_index("product")
    result["top_supplier"], result["top_share"], top_value = top["exporter"], top["share"], top["usd"]

    result["intra"] = flows[bought_by_home & sold_by_home].groupby("product")["usd"].sum()
    result["exports"] = flows[sold_by_home & ~bought_by_home].groupby("product")["usd"].sum()
    elsewhere = flows[~sold_by_home & ~bought_by_home]
    others = elsewhere[elsewhere["exporter"] != elsewhere["product"].map(result["top_supplier"])]
    result["others"] = others.groupby("product")["usd"].sum()
    into_top = flows[flows["importer"] == flows["product"].map(result["top_supplier"])]
    top_imports = into_top.groupby("product")["usd"].sum()
    from_home = into_top[into_top["exporter"].isin(home)].groupby("product")["usd"].sum()

    recorded = result.index.isin(extra["product"].unique())
    for column in ("imports", "intra", "exports", "others"):
        result[column] = result[column].fillna(0)
    traded = result["imports"] > 0
    result["status"] = np.select([~covered, ~recorded, ~traded], ["unknown", "none", "zero"], "traded")
    result["extra_share"] = result["imports"] / (result["imports"] + result["intra"])
    result["import_export_ratio"] = (result["imports"] / result["exports"]).replace([np.inf], np.nan)
    result["suppliers_effective"] = 1 / result["concentration"]
    result["diversification_potential"] = result["others"] / top_value
    result["reverse_share"] = from_home.reindex(result.index).fillna(0) / top_imports
    result["imports_kusd"] = result["imports"] / 1000
    exceeded = (result["concentration"] > 0.4) & (result["extra_share"] > 0.5)
    exceeded &= (result["import_export_ratio"] > 1) | (result["exports"] == 0)
    result["dependent"] = [
        None if status == "unknown" else bool(flag) and status == "traded"
        for flag, status in zip(exceeded, result["status"], strict=True)
    ]
    only_traded = ["concentration", "top_share", "suppliers_effective", "diversification_potential", "reverse_share"]
    result.loc[~traded, only_traded] = np.nan
    result["top_supplier"] = result["top_supplier"].where(traded)
    result.loc[~covered, ["imports_kusd", "extra_share", "import_export_ratio"]] = np.nan
    return result.reset_index().assign(year=year)
