"""The command on chains: who can stop what, through how many hops, and together with whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from ostra.cli.options import DEFAULT_OUTPUT, HomeOption, Output, WorkspaceOption, YearOption, show, workspace
from ostra.errors import UsageError

if TYPE_CHECKING:
    from ostra.ecosystem.provision import By
    from ostra.show.output import Column
    from ostra.words.figures import Kind

Flag = Annotated[bool, Parameter(negative=())]


def chain(
    ecosystem: str,
    /,
    *,
    by: str | None = None,
    item: str | None = None,
    mutual: Annotated[tuple[str, str] | None, Parameter(negative=())] = None,
    indispensable: str | None = None,
    stop: str | None = None,
    importance: str | None = None,
    from_home: Flag = False,
    diversion: float = 0.0,
    max_size: int = 3,
    level: float = 0.0,
    possible: Flag = False,
    of: Literal["economies", "organisations", "items"] = "economies",
    probability: float = 0.1,
    location: Flag = False,
    headquarters: Flag = False,
    ownership: Flag = False,
    compare: Flag = False,
    every_item: Flag = False,
    least: float = 0.0,
    home: HomeOption = "EU27",
    year: YearOption = None,
    workspace_path: WorkspaceOption = None,
    output: Output = DEFAULT_OUTPUT,
) -> None:
    """Who can stop what through the chain: holds with low and high bound, chokepoint, tier, path, year and source.

    Parameters
    ----------
    ecosystem
        Id of the ecosystem; see: ostra ecosystems.
    by
        Holds of this economy or bloc on every product.
    item
        Every economy's hold on this item (id or name).
    mutual
        What each of two economies or blocs can stop of the other's, and the balance.
    indispensable
        Items at which this economy or bloc is the chokepoint of the world.
    stop
        Minimal sets that can stop this item, or push it to --level.
    importance
        Birnbaum and Fussell–Vesely importance for stopping this item; of items unless --of says otherwise.
    from_home
        Holds on home alone, with --diversion through third countries.
    diversion
        Part of what is withheld that still arrives, 0 to 1.
    max_size
        Largest set looked for.
    level
        What may be left of the item, 0 (stop) to below 1.
    possible
        Sets that possibly do it, by high bounds, instead of those that do it for certain.
    of
        Members of the sets.
    probability
        Of failure of each member, for importance.
    location
        By where it is made.
    headquarters
        By who controls it.
    ownership
        By the seat of the last known owner.
    compare
        Location and headquarters side by side.
    every_item
        Not only products.
    least
        Leave out holds of which even the high bound is not above this, 0 to 1.
    """
    from ostra.ask import chain

    asked = [name for name, value in (("--mutual", mutual), ("--indispensable", indispensable), ("--stop", stop),
             ("--importance", importance)) if value]  # fmt: skip
    if len(asked) > 1:
        raise UsageError(f"{' and '.join(asked)} exclude each other; give one")
    basis = basis_of(location, headquarters, ownership)
    space = workspace(workspace_path)
    players: Literal["economies", "organisations"] = "organisations" if of == "organisations" else "economies"
    members: Literal["players", "items"] = "items" if of == "items" else "players"
    if mutual:
        a, b = mutual
        show(chain.mutual(space, ecosystem, a, b, by=basis, year=year), mutual_columns(a, b), output)
    elif indispensable:
        show(chain.indispensable(space, ecosystem, indispensable, by=basis, year=year), own_columns(), output)
    elif stop:
        found = chain.minimal_sets(
            space, ecosystem, stop, level=level, max_size=max_size, possible=possible, of=players, members=members,
            by=basis, home=home, year=year,
        )  # fmt: skip
        show(found, columns(("size", "Size", "count"), ("set", "Set")), output)
    elif importance:
        found = chain.importance(
            space, ecosystem, importance, level=level, max_size=max_size, possible=possible, of=players,
            members="items" if of == "economies" else members, by=basis, probability=probability, home=home, year=year,
        )  # fmt: skip
        show(
            found,
            columns(
                ("member", "Member"),
                ("birnbaum", "Birnbaum", "number"),
                ("fussell_vesely", "Fussell-Vesely", "number"),
                ("sets", "Sets", "count"),
            ),
            output,
        )
    elif from_home:
        found = chain.on_home(
            space, ecosystem, home=home, item=item, diversion=diversion, by=basis, year=year
        )  # fmt: skip
        show(found, columns(("economy", "Economy"), ("item", "Item"), *BOUNDS), output)
    elif compare:
        found = chain.compared(
            space, ecosystem, economy=by, item=item, every_item=every_item, home=home, year=year, least=least
        )
        show(
            found,
            columns(
                ("economy", "Holder"),
                ("item", "Item"),
                ("hold_low_location", "Location low", "share"),
                ("hold_high_location", "high", "share"),
                ("hold_low_headquarters", "Headq. low", "share"),
                ("hold_high_headquarters", "high", "share"),
                ("chokepoint_location", "Chokepoint by location"),
                ("chokepoint_headquarters", "by headquarters"),
            ),
            output,
        )
    else:
        found = chain.holds(
            space, ecosystem, economy=by, item=item, every_item=every_item, by=basis, home=home, year=year, least=least
        )
        show(
            found,
            columns(
                ("economy", "Holder"),
                ("item", "Item"),
                *BOUNDS,
                ("tier", "Tier", "count"),
                ("chokepoint", "Chokepoint"),
                ("suppliers_remaining", "Left", "count"),
                ("year", "Year", "year"),
                ("path", "Path"),
                ("tier1_low", "T1 low", "share"),
                ("tier1_high", "T1 high", "share"),
                ("tier2_low", "T2 low", "share"),
                ("tier2_high", "T2 high", "share"),
                ("tier3_low", "T3 low", "share"),
                ("tier3_high", "T3 high", "share"),
                ("organisations", "Organisations"),
                ("source", "Source"),
            ),
            output,
        )


BOUNDS: tuple[tuple[str, str, Kind], ...] = (("hold_low", "Low", "share"), ("hold_high", "High", "share"))


def columns(*specified: tuple[str, str] | tuple[str, str, Kind]) -> list[Column]:
    """Columns of a terminal table from (key, heading[, kind])."""
    from ostra.show.output import Column

    return [Column(*entry) for entry in specified]


def mutual_columns(a: str, b: str) -> list[Column]:
    """Columns of mutual holds, headed by the names that were asked for."""
    return columns(
        ("item", "Item"),
        ("a_low", f"{a} low", "share"),
        ("a_high", "high", "share"),
        ("b_low", f"{b} low", "share"),
        ("b_high", "high", "share"),
        ("balance_low", "Balance low", "share"),
        ("balance_high", "high", "share"),
        ("a_over_b_low", f"{a} over {b} low", "share"),
        ("a_over_b_high", "high", "share"),
        ("b_over_a_low", f"{b} over {a} low", "share"),
        ("b_over_a_high", "high", "share"),
        ("a_path", f"Path of {a}"),
        ("b_path", f"Path of {b}"),
    )


def own_columns() -> list[Column]:
    """Columns of indispensability."""
    return columns(
        ("chokepoint", "Chokepoint"),
        ("share_low", "Share low", "share"),
        ("share_high", "high", "share"),
        ("certain", "Certain", "flag"),
        ("items", "Items", "count"),
        ("end_hold_low", "End product low", "share"),
        ("end_hold_high", "high", "share"),
        ("end_products", "End products"),
    )


def basis_of(location: bool, headquarters: bool, ownership: bool) -> By:
    """What counts as providing; both, unless one is asked for.

    Raises
    ------
    UsageError
        More than one was asked for.
    """
    if location + headquarters + ownership > 1:
        raise UsageError("--location, --headquarters and --ownership exclude each other; for both, give --compare")
    return "location" if location else "headquarters" if headquarters else "ownership" if ownership else "either"
