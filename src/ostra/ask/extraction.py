"""What falls away without an economy, a sector or the flows of one pair, in both directions, as listings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from ostra.ask.input_output import HomeTable, open_table
from ostra.ecosystem.input_output.coefficients import Nodes
from ostra.ecosystem.input_output.groups import Group
from ostra.ecosystem.input_output.hypothetical_extraction import (
    Extraction,
    extract_each,
    extract_flows,
    value_added_ratios,
)
from ostra.ecosystem.input_output.hypothetical_extraction import extract as extract_nodes
from ostra.ecosystem.input_output.table import Vector
from ostra.errors import UsageError
from ostra.model.listing import Listing
from ostra.progress import Advance, quiet
from ostra.words.figures import part, percent, rounded
from ostra.workspace import Workspace
from ostra.workspace.years import DEFAULT_HOME

METHOD = "extraction"
By = Literal["economy", "sector", "both"]
LOSSES = (
    "output",
    "demand_lost",
    "demand_share",
    "supply_lost",
    "supply_share",
    "demand_value_added_low",
    "demand_value_added_high",
    "supply_value_added_low",
    "supply_value_added_high",
)
NO_DESTINATIONS = (
    "The table does not tell final users of different economies apart: what others sell to final users of those taken "
    "out is not among the losses."
)
FINAL_USERS_STAY = "Final users of an economy go on buying from the others also where its sectors are taken out."
NOT_FORECAST = "Nobody steps in and no price moves: a measure of how much hangs on it, not a forecast."
UNKNOWN_VALUE = (
    "The table does not know value added: at most it is what inputs leave of output, taxes and omitted inputs "
    "included; at least nothing is certain."
)


@dataclass(frozen=True)
class _Cut:
    """One thing taken out, and what every node loses by it."""

    label: str
    name: str
    found: Extraction
    taken: Nodes


def extract(
    workspace: Workspace,
    economy: str | None = None,
    *,
    home: str = DEFAULT_HOME,
    sector: str | None = None,
    by: By = "economy",
    dataset: str | None = None,
    year: int | None = None,
    advance: Advance = quiet,
) -> Listing:
    """Take an economy or bloc out of the world's table, or one of its sectors, and home in its turn.

    Parameters
    ----------
    economy
        Economy or bloc to take out; home is taken out in its turn. None takes out the sector of all economies.
    sector
        Only this sector, by code or name; without an economy, of all economies.
    by
        Losses of every economy, of every sector of the other side, or of every sector of every economy.

    Returns
    -------
    Listing
        taken_out, loser, loser_name, sector, sector_name, is_taken_out, output [million USD], demand_lost, supply_lost
        [million USD], demand_share, supply_share [of the loser's output], and value added in the output lost as an
        interval [million USD].

    Raises
    ------
    UsageError
        Neither economy nor sector is named.
    NotFoundError, MethodError
        As for `open_table` and `HomeTable.side`.
    """
    if economy is None and sector is None:
        raise UsageError("name an economy, a sector (--sector), or both")
    question = open_table(workspace, home, dataset, year, advance)
    number = None if sector is None else question.table.sector_number(sector)
    if economy is None:
        nodes = np.arange(number or 0, question.table.size, len(question.table.sectors))
        name = f"{question.sector_name(number or 0)} of all economies"
        cuts = [_Cut(f"all {question.table.sectors[number or 0]}", name, extract_nodes(question.chains, nodes), nodes)]
        losers = [question.home]
    else:
        partner = question.side(economy)
        cuts = [_taken_out(question, side, number) for side in (partner, question.home)]
        losers = [question.home, partner]
    what = " and ".join(cut.name for cut in cuts)
    return _answer(question, cuts, losers, by, f"Without {what}")


def extract_pair(
    workspace: Workspace,
    economy: str,
    *,
    home: str = DEFAULT_HOME,
    sector: str | None = None,
    by: By = "economy",
    dataset: str | None = None,
    year: int | None = None,
    advance: Advance = quiet,
) -> Listing:
    """Take out only what an economy sells to home, and then what home sells to it.

    Parameters
    ----------
    economy
        Economy or bloc that trades with home.
    sector
        Only what this sector sells.
    by
        Losses of every economy, of every sector of the other side, or of every sector of every economy.

    Returns
    -------
    Listing
        Columns as for `extract`; `taken_out` names the flows as `A>B`.
    """
    question = open_table(workspace, home, dataset, year, advance)
    number = None if sector is None else question.table.sector_number(sector)
    partner = question.side(economy)
    cuts = []
    for seller, buyer in ((partner, question.home), (question.home, partner)):
        sellers, buyers = seller.nodes(question.table, number), buyer.nodes(question.table)
        found = extract_flows(question.chains, sellers, buyers, final_of=buyer.economies)
        part_of = "" if number is None else f" of {question.sector_name(number)}"
        name = f"sales{part_of} from {seller.name} to {buyer.name}"
        cuts.append(_Cut(f"{seller.code}>{buyer.code}", name, found, np.empty(0, dtype=np.intp)))
    title = f"Without {cuts[0].name}, and the other way round"
    return _answer(question, cuts, [question.home, partner], by, title)


def mutual(
    workspace: Workspace,
    *,
    home: str = DEFAULT_HOME,
    dataset: str | None = None,
    year: int | None = None,
    advance: Advance = quiet,
) -> Listing:
    """Home and every other economy, each without the other: mutual dependence in one list.

    Returns
    -------
    Listing
        economy, economy_name, home_demand_lost, home_demand_share, home_supply_lost, home_supply_share (home without
        it), its_demand_lost, its_demand_share, its_supply_lost, its_supply_share (it without home) [million USD, and
        parts of output]; the largest loss of home's supply first. Final users stay.
    """
    question = open_table(workspace, home, dataset, year, advance)
    table, chains = question.table, question.chains
    each = extract_each(chains)
    advance(3, 4)
    without_home = extract_nodes(chains, question.home.nodes(table))
    columns = [table.economies.index(code) for code in question.home.economies]
    home_output = float(table.output[question.home.nodes(table)].sum())
    rows = []
    for partner in question.others():
        row, nodes = table.economies.index(partner.code), partner.nodes(table)
        output = float(table.output[nodes].sum())
        losses = {
            "home_demand": (float(each.economy_demand[row, columns].sum()), home_output),
            "home_supply": (float(each.economy_supply[row, columns].sum()), home_output),
            "its_demand": (float(without_home.demand[nodes].sum()), output),
            "its_supply": (float(without_home.supply[nodes].sum()), output),
        }
        found: dict[str, Any] = {"economy": partner.code, "economy_name": partner.name}
        for name, (lost, of) in losses.items():
            found |= {f"{name}_lost": lost, f"{name}_share": part(lost, of)}
        rows.append(found)
    rows.sort(key=lambda row: (-row["home_supply_lost"], row["economy"]))
    first = rows[0]
    said = (
        f"{question.home.name} rests most on deliveries of {first['economy_name']}: "
        f"{percent(first['home_supply_share'])} of its output; of what {first['economy_name']} makes, "
        f"{percent(first['its_supply_share'])} rests on deliveries of {question.home.name}."
    )
    title = f"{question.home.name} and every other economy, each without the other"
    return question.answer(pl.DataFrame(rows), title, METHOD, said, {}, (NOT_FORECAST, FINAL_USERS_STAY))


def each_sector(
    workspace: Workspace,
    *,
    home: str = DEFAULT_HOME,
    dataset: str | None = None,
    year: int | None = None,
    advance: Advance = quiet,
) -> Listing:
    """Each sector of each economy outside home taken out in turn: what home loses.

    Returns
    -------
    Listing
        economy, economy_name, sector, sector_name, demand_lost, demand_share, supply_lost, supply_share [million USD,
        and parts of home's output]; the largest loss of supply first. Final users stay.
    """
    question = open_table(workspace, home, dataset, year, advance)
    table = question.table
    each = extract_each(question.chains)
    advance(3, 4)
    columns = [table.economies.index(code) for code in question.home.economies]
    output = float(table.output[question.home.nodes(table)].sum())
    demand, supply = each.node_demand[:, columns].sum(axis=1), each.node_supply[:, columns].sum(axis=1)
    outside = np.setdiff1d(np.flatnonzero(~question.chains.idle), question.home.nodes(table))
    names = {partner.code: partner.name for partner in question.others()}
    width = len(table.sectors)
    rows = [
        {
            "economy": table.economies[node // width],
            "economy_name": names[table.economies[node // width]],
            "sector": table.sectors[node % width],
            "sector_name": table.sector_names[node % width],
            "demand_lost": float(demand[node]),
            "demand_share": part(float(demand[node]), output),
            "supply_lost": float(supply[node]),
            "supply_share": part(float(supply[node]), output),
        }
        for node in outside[np.argsort(-supply[outside], kind="stable")].tolist()
    ]
    first = rows[0]
    said = (
        f"Of all sectors outside {question.home.name}, {first['sector_name']} of {first['economy_name']} matters most: "
        f"{percent(first['supply_share'])} of home's output rests on its deliveries."
    )
    title = f"What {question.home.name} loses without each sector of each other economy"
    return question.answer(pl.DataFrame(rows), title, METHOD, said, {}, (NOT_FORECAST, FINAL_USERS_STAY))


def _taken_out(question: HomeTable, side: Group, sector: int | None) -> _Cut:
    nodes = side.nodes(question.table, sector)
    if sector is None:
        found = extract_nodes(question.chains, nodes, final_of=side.economies)
        return _Cut(side.code, side.name, found, nodes)
    label = f"{side.code} {question.table.sectors[sector]}"
    return _Cut(
        label, f"{question.sector_name(sector)} of {side.name}", extract_nodes(question.chains, nodes), nodes
    )  # fmt: skip


def _answer(question: HomeTable, cuts: list[_Cut], losers: list[Group], by: By, title: str) -> Listing:
    ratios = value_added_ratios(question.chains)
    question.advance(3, 4)
    rows: list[dict[str, Any]] = []
    said = []
    for cut, loser in zip(cuts, losers, strict=True):
        rows += _rows(question, cut, loser, by, ratios)
        losses = _losses(question, cut, loser.nodes(question.table), ratios)
        said.append(
            f"Without {cut.name}, {loser.name} loses the orders for {percent(losses['demand_share'])} and the "
            f"deliveries for {percent(losses['supply_share'])} of its output "
            f"({rounded(losses['demand_lost'])} and {rounded(losses['supply_lost'])} million USD)."
        )
    caveats: tuple[str, ...] = (NOT_FORECAST,)
    if not all(cut.found.final_buyers for cut in cuts):
        known = question.table.destinations != ("ZZZ",)
        caveats = (*caveats, FINAL_USERS_STAY if known else NO_DESTINATIONS)
    if question.table.value_added is None:
        caveats = (*caveats, UNKNOWN_VALUE)
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return question.answer(frame, title, METHOD, " ".join(said), {}, caveats)


def _rows(
    question: HomeTable, cut: _Cut, loser: Group, by: By, ratios: tuple[Vector, Vector]
) -> list[dict[str, Any]]:  # fmt: skip
    """Losses by one cut: of all economies, or of the loser's sectors, or of all nodes; the largest first."""
    table = question.table
    rows: list[dict[str, Any]] = []
    sides = question.partners() if by != "sector" else [loser]
    for side in sides:
        for sector in [None] if by == "economy" else range(len(table.sectors)):
            nodes = side.nodes(table, sector)
            rows.append(
                {
                    "taken_out": cut.label,
                    "loser": side.code,
                    "loser_name": side.name,
                    "sector": None if sector is None else table.sectors[sector],
                    "sector_name": None if sector is None else table.sector_names[sector],
                    "is_taken_out": bool(np.isin(nodes, cut.taken).all()),
                    **_losses(question, cut, nodes, ratios),
                }
            )
    rows.sort(key=lambda row: (row["loser"] != loser.code, -max(row["demand_lost"], row["supply_lost"])))
    return rows


def _losses(question: HomeTable, cut: _Cut, nodes: Nodes, ratios: tuple[Vector, Vector]) -> dict[str, float]:
    """Output and value added that some nodes lose, together."""
    output = float(np.maximum(question.table.output[nodes], 0.0).sum())
    losses: dict[str, float] = {"output": output}
    directions = {"demand": cut.found.demand[nodes], "supply": cut.found.supply[nodes]}
    for name, lost in directions.items():
        losses |= {f"{name}_lost": float(lost.sum()), f"{name}_share": part(float(lost.sum()), output)}
    for name, lost in directions.items():
        for end, ratio in zip(("low", "high"), ratios, strict=True):
            losses[f"{name}_value_added_{end}"] = float(lost @ ratio[nodes])
    return losses
