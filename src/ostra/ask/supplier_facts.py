"""What facts alone say of an economy: what home imports from it, and its part in the world's raw materials."""

from __future__ import annotations

import polars as pl

from ostra.ask.supplier_rows import Row, a_row
from ostra.ask.trade import dependencies
from ostra.ecosystem.materials.production_shares import production_shares
from ostra.words import economies
from ostra.words.economies import Home
from ostra.words.figures import percent_range
from ostra.workspace import Workspace

MOST = 10  # rows of each kind: the largest; the commands named in the last row have all


def fact_rows(workspace: Workspace, code: str, home: Home, year: int) -> list[Row]:
    """The largest shares of the economy in home's imports, with the other side, and in world production."""
    return [*_imports(workspace, code, home, year), *_production(workspace, code, year)]


def _imports(workspace: Workspace, code: str, home: Home, year: int) -> list[Row]:
    if code in home.members(year):
        return []
    frame = dependencies(workspace, home=home.code, years=year, supplier=code).frame
    bought = frame.filter(pl.col("supplier_share_low") > 0.0).sort(
        "supplier_share_low", "product", descending=[True, False]
    )
    cited = workspace.facts.answering("trade")
    rows = []
    for row in bought.head(MOST).iter_rows(named=True):
        least, most = row["supplier_reverse_share_low"], row["supplier_reverse_share_high"]
        rows.append(
            a_row(
                "facts",
                "import share",
                row["description"] or row["product"],
                detail="share of home in its imports of the same: "
                + ("unknown" if least is None else percent_range(least, most)),
                since=str(year),
                low=row["supplier_share_low"],
                high=row["supplier_share_high"],
                unit="share",
                source=cited.title,
                locator=f"heading {row['product']}",
            )
        )
    told = f"{bought.height} of the {frame.height} products in the trade facts; ostra deps --supplier {code} has all"
    name = economies.economy_name(code)
    return [*rows, a_row("facts", "coverage", f"home imports from {name}", detail=told, since=str(year))]


def _production(workspace: Workspace, code: str, year: int) -> list[Row]:
    cited = workspace.facts.answering("production")
    relation = workspace.facts.relation("production")
    names = [name for (name,) in relation.project("material").distinct().order("material").fetchall()]
    frame = production_shares(relation, [year], names)
    made = frame.filter((pl.col("country") == code) & (pl.col("share_high") > 0.0))
    made = made.sort("share_high", "material", descending=[True, False])
    rows = [
        a_row(
            "facts", "production share", row["material"], since=str(year), low=row["share_low"], high=row["share_high"],
            unit="share", source=cited.title, locator=f"{row['material']}, {year}",
        )
        for row in made.head(MOST).iter_rows(named=True)
    ]  # fmt: skip
    told = f"{made.height} of the {frame['material'].n_unique()} materials in the production facts of the year"
    return [*rows, a_row("facts", "coverage", "world production", detail=told, since=str(year))]
