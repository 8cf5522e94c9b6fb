"""What can be asked of the chain method (docs/methods/chain.md), as listings: holds, mutual holds, minimal sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from ostra.ecosystem import chain, graph
from ostra.ecosystem.amounts import Of
from ostra.ecosystem.chain import Structure
from ostra.ecosystem.holds import Hold
from ostra.ecosystem.materials import production_shares
from ostra.ecosystem.provision import ROWS_BY, By
from ostra.ecosystem.trade import dependency
from ostra.ecosystem.trade.import_holds import import_holds
from ostra.facts.citing import cited
from ostra.model.dossier import Dossier
from ostra.model.evidence import Provenance
from ostra.model.listing import Listing
from ostra.words import economies
from ostra.words.economies import Home
from ostra.words.figures import exact_percent, percent
from ostra.workspace import Workspace
from ostra.workspace.years import DEFAULT_HOME

METHOD = "chain"


def structure_of(
    workspace: Workspace,
    ecosystem: str,
    *,
    by: By = "either",
    of: Of = "economies",
    home: str = DEFAULT_HOME,
    year: int | None = None,
    sides: Sequence[str] = (),
    unnamed: Literal["possible", "none"] = "possible",
) -> tuple[Structure, Dossier]:
    """An ecosystem ready for computing, items bound to facts inheriting provision from them.

    Parameters
    ----------
    by, of
        What counts as providing (`location`, `headquarters`, `ownership`, `either`), and who plays (`economies`,
        `organisations`).
    home, year
        From where imports are seen, and the year of the facts, by default the latest; provision rows of later years
        than the one named are left out.
    sides
        Blocs whose members shall act as one.
    unnamed
        Whether economies that no row names may provide what no row accounts for.

    Raises
    ------
    NotFoundError, DataError, UsageError
        As for `Workspace.dossier` and `chain.structure`.
    """
    (made,), dossier = structures(workspace, ecosystem, [by], of=of, home=home, year=year, sides=sides, unnamed=unnamed)
    return made, dossier


def structures(
    workspace: Workspace,
    ecosystem: str,
    bys: Sequence[By],
    *,
    of: Of = "economies",
    home: str = DEFAULT_HOME,
    year: int | None = None,
    sides: Sequence[str] = (),
    unnamed: Literal["possible", "none"] = "possible",
) -> tuple[list[Structure], Dossier]:
    """As `structure_of`, for several ways to count at the cost of reading the facts once."""
    dossier, edition = workspace.as_traded(workspace.dossier(ecosystem))
    facts_year = year or workspace.latest_year()
    inherited = _inherited_holds(workspace, dossier, economies.home(home), facts_year, edition)
    blocs = chain.acting_blocs(map(economies.home, sides), facts_year)
    return [
        chain.structure(dossier, by=by, of=of, year=year, inherited=inherited, blocs=blocs, unnamed=unnamed)
        for by in bys
    ], dossier


def _inherited_holds(workspace: Workspace, dossier: Dossier, home: Home, year: int, edition: str) -> list[Hold]:
    """Holds from facts for items that are bound to materials and customs headings."""
    names = sorted({item.material for item in dossier.items if item.material})
    products = sorted({binding.hs for item in dossier.items for binding in item.products})
    tables = workspace.fact_tables(workspace.facts, edition)
    produced = production_shares.production_shares(tables.production, [year], names)
    holds = production_shares.production_holds(dossier, produced)
    if products:
        trade = dependency.trade_frames(tables.trade, home, [year], products=products, open_cells=tables.open_for(home))
        holds += import_holds(dossier, trade.dependencies, trade.suppliers)
    return holds


def holds(
    workspace: Workspace,
    ecosystem: str,
    *,
    economy: str | None = None,
    item: str | None = None,
    every_item: bool = False,
    by: By = "either",
    home: str = DEFAULT_HOME,
    year: int | None = None,
    least: float = 0.0,
) -> Listing:
    """Holds of one economy on the products of an ecosystem, of every economy on one item, or of all on all products.

    Parameters
    ----------
    economy, item
        Whose holds; on what (id or name).
    every_item
        Not only products and end products.
    least
        Rows of which even the high bound is not above this are left out.

    Returns
    -------
    Listing
        Columns as `chain.hold_table`.
    """
    holder = economies.home(economy).code if economy else None
    structure, dossier = structure_of(
        workspace, ecosystem, by=by, home=home, year=year, sides=[economy] if economy else []
    )
    wanted = wanted_items(structure, dossier, item, every_item)
    frame = chain.hold_table(structure, economies=[holder] if holder else None, items=wanted, least=least)
    filters: dict[str, str] = {"basis": by}
    if holder:
        filters["holder"] = holder
    if item:
        filters["item"] = item
    return listing(workspace, dossier, frame, "Holds through the chain", filters)


def wanted_items(structure: Structure, dossier: Dossier, item: str | None, every_item: bool) -> list[str]:
    """One item by id or name, else all, else products and end products."""
    if item is not None:
        return [structure.items[structure.row(item)]]
    if every_item:
        return list(structure.items)
    ends = set(graph.end_products(dossier))
    return [entry.id for entry in dossier.items if entry.kind == "product" or entry.id in ends]


def compared(
    workspace: Workspace,
    ecosystem: str,
    *,
    economy: str | None = None,
    item: str | None = None,
    every_item: bool = False,
    home: str = DEFAULT_HOME,
    year: int | None = None,
    least: float = 0.0,
) -> Listing:
    """`holds` by location and by headquarters, side by side: where it is made, and who controls it."""
    holder = economies.home(economy).code if economy else None
    sides = [economy] if economy else []
    made, dossier = structures(workspace, ecosystem, ROWS_BY, home=home, year=year, sides=sides)
    players = [holder] if holder else sorted({player for structure in made for player in structure.players})
    wanted = wanted_items(made[0], dossier, item, every_item)
    frames = []
    for basis, structure in zip(ROWS_BY, made, strict=True):
        table = chain.hold_table(structure, economies=players, items=wanted, least=-1.0)
        named = {name: f"{name}_{basis}" for name in ("hold_low", "hold_high", "chokepoint", "tier", "path")}
        keys = ["economy", "economy_name", "item", "item_name"]
        frames.append(table.select(*keys, *named).rename(named))
    frame = frames[0].join(frames[1], on=["economy", "economy_name", "item", "item_name"], how="full", coalesce=True)
    low = pl.max_horizontal("hold_low_location", "hold_low_headquarters")
    high = pl.max_horizontal("hold_high_location", "hold_high_headquarters")
    frame = frame.filter(high > least).sort([low, high, "economy", "item"], descending=[True, True, False, False])
    return listing(workspace, dossier, frame, "Holds by location and by headquarters", {})


def on_home(
    workspace: Workspace,
    ecosystem: str,
    *,
    home: str = DEFAULT_HOME,
    item: str | None = None,
    diversion: float = 0.0,
    by: By = "either",
    year: int | None = None,
) -> Listing:
    """Holds of economies that withhold from home alone, while a part `diversion` arrives through third countries."""
    structure, dossier = structure_of(workspace, ecosystem, by=by, home=home, year=year, sides=[home])
    members = economies.home(home).members(year or workspace.latest_year())
    wanted = [structure.items[structure.row(item)]] if item else list(graph.end_products(dossier))
    found = chain.holds_on_home(structure, members, items=wanted, diversion=diversion)
    rows = [
        {
            "economy": " and ".join(sorted(holder)),
            "item": name,
            "item_name": structure.names[name],
            "hold_low": float(found.low[row, column]),
            "hold_high": float(found.high[row, column]),
        }
        for row, name in enumerate(found.items)
        for column, holder in enumerate(found.holders)
        if found.high[row, column] > 0
    ]
    schema = {"economy": pl.String, "item": pl.String, "item_name": pl.String, "hold_low": pl.Float64}
    frame = pl.DataFrame(rows, schema={**schema, "hold_high": pl.Float64}).sort(
        ["hold_low", "hold_high", "economy", "item"], descending=[True, True, False, False]
    )
    filters = {"withheld from": home, "diversion": f"{diversion:g}", "basis": by}
    return listing(workspace, dossier, frame, "Holds on home alone", filters)


def mutual(
    workspace: Workspace, ecosystem: str, a: str, b: str, *, by: By = "either", year: int | None = None
) -> Listing:
    """What each of two sides can stop of the other's, item by item, with the balance (a's hold less b's).

    Returns
    -------
    Listing
        Columns as `chain.Mutual.table`; items of which neither can stop anything are left out.
    """
    first, second = economies.home(a), economies.home(b)
    structure, dossier = structure_of(workspace, ecosystem, by=by, home=first.code, year=year, sides=[a, b])
    found = chain.mutual(structure, first.code, second.code)
    caveats = tuple(
        f"{one.code} over {other.code}: at most certain for {percent(low)} (possibly {percent(high)}), at {item}"
        for one, other, (low, high, item) in (
            (first, second, found.a_largest or (0.0, 0.0, "no item")),
            (second, first, found.b_largest or (0.0, 0.0, "no item")),
        )
    )
    filters = {"a": economies.code_and_name(first.code), "b": economies.code_and_name(second.code), "basis": by}
    return listing(workspace, dossier, found.table, "Mutual holds", filters, caveats)


def indispensable(
    workspace: Workspace, ecosystem: str, *, home: str = DEFAULT_HOME, by: By = "either", year: int | None = None
) -> Listing:
    """Items at which home itself is the chokepoint of the world, and the end products that hang on them."""
    structure, dossier = structure_of(workspace, ecosystem, by=by, home=home, year=year, sides=[home])
    frame = chain.indispensability(structure, economies.home(home).code)
    return listing(workspace, dossier, frame, "Where home is indispensable", {"home": home, "basis": by})


def minimal_sets(
    workspace: Workspace,
    ecosystem: str,
    item: str,
    *,
    level: float = 0.0,
    max_size: int = 3,
    possible: bool = False,
    of: Of = "economies",
    members: Literal["players", "items"] = "players",
    by: By = "either",
    home: str = DEFAULT_HOME,
    year: int | None = None,
) -> Listing:
    """The smallest sets of economies, organisations or items that can push an item to a level or below.

    Sets that possibly do it are those of providers that some row names: of the others everything is possible.

    Returns
    -------
    Listing
        set, size; whether sets of more members may exist stands in the provenance.
    """
    structure, dossier = structure_of(
        workspace, ecosystem, by=by, of=of, home=home, year=year, unnamed="none" if possible else "possible"
    )
    found = chain.minimal_sets(
        structure, item, level=level, max_size=max_size, certain=not possible, members=members
    )  # fmt: skip
    rows = [{"set": list(names), "size": len(names)} for names in found.sets]
    frame = pl.DataFrame(rows, schema={"set": pl.List(pl.String), "size": pl.Int64})
    filters = {
        "item": found.item,
        "what may be left": exact_percent(level),
        "sets that do it": "possibly" if possible else "for certain",
        "at most": f"{max_size} members",
        "of": "items" if members == "items" else of,
        "basis": by,
    }
    return listing(workspace, dossier, frame, "Minimal sets that can stop an item", filters, (found.message,))


def importance(
    workspace: Workspace,
    ecosystem: str,
    item: str,
    *,
    level: float = 0.0,
    max_size: int = 3,
    possible: bool = False,
    of: Of | None = None,
    members: Literal["players", "items"] | None = None,
    by: By = "either",
    probability: float = 0.1,
    home: str = DEFAULT_HOME,
    year: int | None = None,
) -> Listing:
    """How much each member matters for whether an item can be stopped: Birnbaum and Fussell–Vesely importance.

    Parameters
    ----------
    of
        Who plays: economies, or organisations; whoever says it is answered for players.
    members
        What the sets are made of: players, or items; items where neither this nor `of` is said.
    """
    members = members or ("items" if of is None else "players")
    of = of or "economies"
    structure, dossier = structure_of(workspace, ecosystem, by=by, of=of, home=home, year=year)
    found = chain.importance(
        structure, item, level=level, members=members, certain=not possible, probability=probability, max_size=max_size
    )
    played = "items" if members == "items" else of
    filters = {"item": item, "probability of failure": f"{probability:g}", "of": played, "basis": by}
    caveats = (f"P(stopped) = {found.stopped:.4g}.", found.cut_sets.message)
    return listing(workspace, dossier, found.table, "Importance", filters, caveats)


def listing(
    workspace: Workspace,
    dossier: Dossier,
    frame: pl.DataFrame,
    title: str,
    filters: dict[str, str],
    caveats: tuple[str, ...] = (),
) -> Listing:
    """A frame with its provenance: the dossier, its own caveats, and the facts that items inherit from."""
    bound = any(item.material or item.products for item in dossier.items)
    facts = [told for table in ("production", "trade") for told in cited(workspace.answering(table))] if bound else []
    licences = sorted({source.licence for source in dossier.sources if source.licence})
    if not frame.height and "item" in filters:
        caveats = (*caveats, "Nothing is known to do it; with --possible, sets that might are listed.")
    return Listing(
        frame,
        Provenance(
            title=f"{title}: {dossier.title}",
            filters=filters,
            sources=(
                f"dossier '{dossier.id}' of {dossier.date}, {dossier.author}; {len(dossier.sources)} sources, under "
                f"{', '.join(licences) or 'licences not stated'}",
                *facts,
            ),
            method=METHOD,
            caveats=caveats,
        ),
    )
