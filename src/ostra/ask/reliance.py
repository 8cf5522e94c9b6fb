"""Face-value and look-through reliance of home's sectors on other economies, as listings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, TypedDict, Unpack

import numpy as np
import polars as pl

from ostra.ask.input_output import HomeTable, open_table
from ostra.ecosystem.input_output.coefficients import Nodes
from ostra.ecosystem.input_output.groups import Group
from ostra.ecosystem.input_output.look_through import Reliance, Side, absorbed, pooled, reliance, shares_of, through
from ostra.ecosystem.input_output.table import Matrix, Vector
from ostra.model.listing import Listing
from ostra.progress import Advance
from ostra.words.economies import code_and_name
from ostra.words.figures import figure, part, percent
from ostra.workspace import Workspace
from ostra.workspace.years import DEFAULT_HOME

METHOD = "reliance"
MEASURES = (
    "face_value",
    "look_through",
    "hidden",
    "order_2",
    "order_3",
    "beyond",
    "direct_share",
    "per_output_face_value",
    "per_output_look_through",
)
FINAL = ("final_direct", "final_absorbed")
ORDERS = ("1 (face value)", "2", "3", "4 and beyond", "all (look-through)")


class Options(TypedDict, total=False):
    """What every question may name besides home and partner: side, product, data set, year, who is told of progress.

    `product` is a sector of the partners: only what it makes (for sales: uses) is counted then, and shares are of that.
    """

    side: Side
    product: str | None
    dataset: str | None
    year: int | None
    advance: Advance


class _Asked:
    """A question with its reliance solved."""

    def __init__(self, workspace: Workspace, home: str, options: Options) -> None:
        self.side: Side = options.get("side", "inputs")
        named = {key: value for key, value in options.items() if key not in ("side", "product")}
        self.question: HomeTable = open_table(workspace, home, **named)  # type: ignore[arg-type]
        product = options.get("product")
        self.product = None if product is None else self.question.table.sector_number(product)
        self.found: Reliance = reliance(self.question.chains, self.side, self.product)
        knows = self.question.table.destinations != ("ZZZ",)
        self.final: tuple[Matrix, Matrix] | None = (
            absorbed(self.question.chains) if self.side == "sales" and knows else None
        )
        self.question.advance(3, 4)

    @property
    def noun(self) -> str:
        """What is counted: inputs, or uses of the product."""
        if self.product is None:
            return "inputs" if self.side == "inputs" else "uses of its product"
        name = self.question.sector_name(self.product)
        return f"inputs of {name}" if self.side == "inputs" else f"uses of its product by {name}"

    def nodes(self, sector: int | None) -> Nodes:
        """Home's nodes of a sector, or all."""
        return self.question.home.nodes(self.question.table, sector)

    def rows(self, sector: int | None, partners: list[Group]) -> list[dict[str, Any]]:
        """One row of measures for each partner."""
        weights = shares_of(self.question.table, self.nodes(sector))
        found = self.found
        orders = [pooled(matrix, weights) for matrix in (found.first, found.second, found.third, found.whole)]
        return [self._measures(orders, partner, weights) for partner in partners]

    def _measures(self, orders: list[Vector], partner: Group, weights: Vector) -> dict[str, Any]:
        columns = [self.question.table.economies.index(code) for code in partner.economies]
        first, second, third, whole = (float(order[columns].sum()) for order in orders)
        all_direct, all_orders = float(orders[0].sum()), float(orders[3].sum())
        row: dict[str, Any] = {
            "face_value": part(first, all_orders),
            "look_through": part(whole, all_orders),
            "hidden": part(whole - first, all_orders),
            "order_2": part(second, all_orders),
            "order_3": part(third, all_orders),
            "beyond": part(whole - first - second - third, all_orders),
            "direct_share": part(first, all_direct),
            "per_output_face_value": first,
            "per_output_look_through": whole,
        }
        if self.side == "sales" and self.product is None:
            row |= dict.fromkeys(FINAL)
            if self.final is not None:
                at = [k for k, code in enumerate(self.question.table.destinations) if code in partner.economies]
                row |= {
                    name: float(pooled(matrix, weights)[at].sum())
                    for name, matrix in zip(FINAL, self.final, strict=True)
                }
        return row

    def answer(
        self, rows: list[dict[str, Any]], keys: dict[str, Any], title: str, summary: str, **filters: str
    ) -> Listing:
        """The listing; `keys` are the columns before the measures, with their types."""
        measures = [name for name in (rows[0] if rows else keys) if name not in keys]
        schema = {**keys, **dict.fromkeys(measures, pl.Float64)}
        caveats = () if self.side == "inputs" or self.final is not None else (NO_DESTINATIONS,)
        side = "sales: who uses what home makes" if self.side == "sales" else "inputs: who makes what home uses"
        if self.product is not None:
            filters["product"] = self.question.sector_name(self.product)
        frame = pl.DataFrame(rows, schema=schema)
        found = self.question.answer(frame, title, METHOD, summary, {"side": side, **filters}, caveats)
        return replace(found, behind=(self.side, None))

    def subject(self, sector: int | None) -> str:
        """Home, or one of its sectors, as the subject of a sentence."""
        home = self.question.home.name
        return home if sector is None else f"{self.question.sector_name(sector)} of {home}"

    def sentence(self, sector: int | None, partner: Group) -> str:
        """Face value and look-through in plain words."""
        row = self.rows(sector, [partner])[0]
        first, whole = row["per_output_face_value"], row["per_output_look_through"]
        subject = self.subject(sector)
        if np.isnan(whole):
            return f"{subject}: no output in this table, so that nothing is known."
        if np.isnan(row["look_through"]):
            return f"{subject}: no {self.noun} in this table."
        hidden = percent(part(whole - first, whole)) if whole else "nothing"
        whose = "" if self.product is None else f" of {self.question.sector_name(self.product)}"
        direct, through = figure(100 * first, ".2f"), figure(100 * whole, ".2f")
        if self.side == "inputs":
            return (
                f"For each 100 USD of output, {subject} buys inputs{whose} for {direct} USD from "
                f"{partner.name} directly and for {through} USD through the whole chain: {hidden} of the "
                f"reliance does not show at face value. Of all its {self.noun} at any order, "
                f"{percent(row['look_through'])} are made there."
            )
        return (
            f"Of each 100 USD of output, {subject} sells {direct} USD to industries{whose} of {partner.name} "
            f"directly; counted at every step, {through} USD are used there: {hidden} of the reliance does not "
            f"show at face value. Of all {self.noun} at any order, {percent(row['look_through'])} are there."
        )


NO_DESTINATIONS = (
    "The table does not tell final users of different economies apart, so that only sales to industries are counted."
)
SECTOR_KEYS = {"sector": pl.String, "sector_name": pl.String}
PARTNER_KEYS = {"economy": pl.String, "economy_name": pl.String}


def of_home(
    workspace: Workspace,
    *,
    on: str | None = None,
    sector: str | None = None,
    home: str = DEFAULT_HOME,
    **options: Unpack[Options],
) -> Listing:
    """What home relies on through its suppliers' suppliers: face value against look-through, and what is hidden.

    Nothing named: on every economy. An economy named: of each of home's sectors. A sector too: by order.

    Parameters
    ----------
    on
        Economy or bloc relied on.
    sector
        One of home's sectors, by code, name or words of it.

    Returns
    -------
    Listing
        As `on_partners`, `of_sectors` or `by_order`.
    """
    if on is None:
        return on_partners(workspace, home=home, sector=sector, **options)
    if sector is None:
        return of_sectors(workspace, on, home=home, **options)
    return by_order(workspace, on, home=home, sector=sector, **options)


def of_sectors(workspace: Workspace, on: str, *, home: str = DEFAULT_HOME, **options: Unpack[Options]) -> Listing:
    """Reliance of each of home's sectors on one economy or bloc, largest look-through first.

    Parameters
    ----------
    on
        The partner, by code or name.
    home
        Home, by code or name.
    options
        As `Options`.

    Returns
    -------
    Listing
        sector, sector_name, and MEASURES: shares of all inputs at any order (on the side of sales: of all uses by
        industries), `direct_share` of direct purchases, `per_output` in USD for each USD of output; on the side of
        sales FINAL, as shares of output. Null where a sector has no output.

    Raises
    ------
    NotFoundError, UsageError, MethodError
        As for `open_table` and `HomeTable.side`.
    """
    asked = _Asked(workspace, home, options)
    partner = asked.question.side(on)
    table = asked.question.table
    rows = [
        {"sector": code, "sector_name": table.sector_names[k], **asked.rows(k, [partner])[0]}
        for k, code in enumerate(table.sectors)
    ]
    rows.sort(key=lambda row: (-np.nan_to_num(row["look_through"], nan=-1.0), row["sector"]))
    title = f"Reliance of the sectors of {asked.question.home.name} on {partner.name}"
    said = asked.sentence(None, partner)
    return asked.answer(rows, SECTOR_KEYS, title, said, on=code_and_name(partner.code))


def on_partners(
    workspace: Workspace, *, home: str = DEFAULT_HOME, sector: str | None = None, **options: Unpack[Options]
) -> Listing:
    """Reliance of one of home's sectors, or of all together, on every economy, home itself included.

    Returns
    -------
    Listing
        economy, economy_name, is_home, and the measures of `of_sectors`; home first.
    """
    asked = _Asked(workspace, home, options)
    number = None if sector is None else asked.question.table.sector_number(sector)
    rows = _on_all(asked, number)
    abroad = [row for row in rows if not row["is_home"]]
    said = f"{asked.subject(number)}: nothing is known; the table has no output or no {asked.noun} of it."
    if not np.isnan(rows[0]["look_through"]):
        first, all_orders = sum(row["direct_share"] for row in abroad), sum(row["look_through"] for row in abroad)
        said = (
            f"{asked.subject(number)}: {percent(first)} of its direct {asked.noun}, and {percent(all_orders)} of those "
            f"at any order, are outside home; most in {abroad[0]['economy_name']} "
            f"({percent(abroad[0]['direct_share'])} and {percent(abroad[0]['look_through'])})."
        )
    title = f"On whom {asked.subject(number)} relies"
    return asked.answer(rows, {**PARTNER_KEYS, "is_home": pl.Boolean}, title, said, sector=_sector(asked, number))


def _on_all(asked: _Asked, sector: int | None) -> list[dict[str, Any]]:
    """The measures on every economy, home first, then by falling look-through."""
    partners = asked.question.partners()
    rows = [
        {"economy": partner.code, "economy_name": partner.name, "is_home": k == 0, **row}
        for k, (partner, row) in enumerate(zip(partners, asked.rows(sector, partners), strict=True))
    ]
    return sorted(rows, key=lambda r: (not r["is_home"], -np.nan_to_num(r["look_through"], nan=-1.0), r["economy"]))


def by_order(
    workspace: Workspace, on: str, *, home: str = DEFAULT_HOME, sector: str | None = None, **options: Unpack[Options]
) -> Listing:
    """Reliance on one partner by order: direct, through one hand, through two, and beyond.

    Returns
    -------
    Listing
        order, share [of all inputs at any order], of_look_through [of this partner's look-through], per_output [USD
        for each USD of output].
    """
    asked = _Asked(workspace, home, options)
    partner = asked.question.side(on)
    number = None if sector is None else asked.question.table.sector_number(sector)
    row = asked.rows(number, [partner])[0]
    on_all = _on_all(asked, number)
    names = ("face_value", "order_2", "order_3", "beyond", "look_through")
    scale = part(row["per_output_look_through"], row["look_through"])
    rows = [
        {
            "order": order,
            "share": row[name],
            "of_look_through": part(row[name], row["look_through"]),
            "per_output": row[name] * scale if row["look_through"] else 0.0,
        }
        for order, name in zip(ORDERS, names, strict=True)
    ]
    title = f"Reliance of {asked.subject(number)} on {partner.name}, by order"
    said = asked.sentence(number, partner)
    found = asked.answer(
        rows, {"order": pl.String}, title, said, on=code_and_name(partner.code), sector=_sector(asked, number)
    )  # fmt: skip
    return replace(found, behind=(asked.side, on_all))  # one bar says little: drawn among those on all others


def runs_through(
    workspace: Workspace,
    on: str,
    *,
    by: Literal["economy", "sector"] = "economy",
    home: str = DEFAULT_HOME,
    sector: str | None = None,
    **options: Unpack[Options],
) -> Listing:
    """Through whom the hidden part of a reliance runs: economies or sectors that home's sector itself buys from.

    Parameters
    ----------
    on
        Economy or bloc relied on.
    by
        Split by economy, or by sector of whatever economy.
    sector
        One of home's sectors, by code, name or words of it.

    Returns
    -------
    Listing
        economy, economy_name (or sector, sector_name), second [order 2], hidden [order 2 and beyond], both in USD for
        each USD of output, second_share, hidden_share [of the sums]; largest first. The partner itself and home are
        among them.
    """
    economies = by == "economy"
    asked = _Asked(workspace, home, options)
    question, table = asked.question, asked.question.table
    partner = question.side(on)
    number = None if sector is None else table.sector_number(sector)
    weights = shares_of(table, asked.nodes(number))
    split = through(question.chains, weights, partner.nodes(table, asked.product), asked.side)
    rows: list[dict[str, Any]] = []
    if economies:
        groups = [(group.code, group.name, group.nodes(table)) for group in question.partners()]
    else:
        width = len(table.sectors)
        groups = [
            (code, table.sector_names[k], np.arange(k, table.size, width)) for k, code in enumerate(table.sectors)
        ]
    second, hidden = float(split.second.sum()), float(split.hidden.sum())
    for code, name, nodes in groups:
        row = {"second": float(split.second[nodes].sum()), "hidden": float(split.hidden[nodes].sum())}
        keys = PARTNER_KEYS if economies else SECTOR_KEYS
        named = dict(zip(keys, (code, name), strict=True))
        rows.append(
            {**named, **row, "second_share": part(row["second"], second), "hidden_share": part(row["hidden"], hidden)}
        )
    rows.sort(key=lambda row: (-np.nan_to_num(row["hidden"], nan=-1.0), next(iter(row.values()))))
    name_key = "economy_name" if economies else "sector_name"
    verb = "buys from" if asked.side == "inputs" else "sells to"
    said = asked.sentence(number, partner)
    if hidden > 0.0:
        largest = ", ".join(f"{row[name_key]} {percent(row['hidden_share'])}" for row in rows[:3])
        said += f" What is hidden runs through those it {verb} directly: {largest}."
    title = f"Through whom {asked.subject(number)} relies on {partner.name}"
    keys = dict(PARTNER_KEYS if economies else SECTOR_KEYS)
    return asked.answer(rows, keys, title, said, on=code_and_name(partner.code), sector=_sector(asked, number))


def of_sectors_on_partners(workspace: Workspace, *, home: str = DEFAULT_HOME, **options: Unpack[Options]) -> Listing:
    """Reliance of every one of home's sectors on every economy, home itself included.

    Returns
    -------
    Listing
        sector, sector_name, economy, economy_name, is_home, and the measures of `of_sectors`, in the table's order.
    """
    asked = _Asked(workspace, home, options)
    table, partners = asked.question.table, asked.question.partners()
    rows = [
        {
            "sector": code,
            "sector_name": table.sector_names[k],
            "economy": partner.code,
            "economy_name": partner.name,
            "is_home": partner is partners[0],
            **row,
        }
        for k, code in enumerate(table.sectors)
        for partner, row in zip(partners, asked.rows(k, partners), strict=True)
    ]
    abroad = [row for row in rows if not row["is_home"] and not np.isnan(row["look_through"])]
    most = max(abroad, key=lambda row: row["look_through"], default=None)
    said = ""
    if most is not None:
        said = (
            f"The largest reliance of one sector of {asked.question.home.name} on one economy: {most['sector_name']} "
            f"on {most['economy_name']}, {percent(most['look_through'])} of its {asked.noun} at any order, "
            f"{percent(most['face_value'])} of them at face value."
        )
    title = f"Reliance of every sector of {asked.question.home.name} on every economy"
    return asked.answer(rows, {**SECTOR_KEYS, **PARTNER_KEYS, "is_home": pl.Boolean}, title, said)


def _sector(asked: _Asked, sector: int | None) -> str:
    return "all together" if sector is None else asked.question.sector_name(sector)
