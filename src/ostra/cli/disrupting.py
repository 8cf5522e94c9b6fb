"""Commands of method 5: what disruptions cost."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from ostra.cli.options import DEFAULT_OUTPUT, Output, WorkspaceOption, show, workspace


def embargo(
    seller: str,
    buyer: str,
    /,
    *,
    sector: Annotated[list[str] | None, Parameter(negative=())] = None,
    fraction: float = 1.0,
    both: Annotated[bool, Parameter(negative=())] = False,
    by: Literal["economy", "sector"] = "economy",
    friction: float | None = None,
    leakage: float | None = None,
    dataset: str | None = None,
    workspace_path: WorkspaceOption = None,
    output: Output = DEFAULT_OUTPUT,
) -> None:
    """What a ban on deliveries costs once all have adjusted, with and without new partners.

    Parameters
    ----------
    seller
        Country or bloc that may not deliver, by code or name.
    buyer
        Country or bloc that is not delivered to.
    sector
        Only deliveries of this sector, by code or name; may be given several times.
    fraction
        Part of the deliveries that is forbidden, 0 to 1.
    both
        The buyer may not deliver to the seller either.
    by
        One row for each economy, or for each sector of all economies.
    friction
        Part of blocked trade that finds no new partner, 0 to 1.
    leakage
        Part of forbidden trade that arrives all the same, 0 to 1.
    dataset
        Input–output table to use; see: ostra data list.
    """
    from ostra import disruptions
    from ostra.output import Column
    from ostra.scenario.embargo import Settings

    usual = Settings()
    chosen = Settings(
        friction=usual.friction if friction is None else friction,
        leakage=usual.leakage if leakage is None else leakage,
    )
    listing = disruptions.embargo(
        workspace(workspace_path),
        seller,
        buyer,
        sectors=sector or (),
        fraction=fraction,
        both_ways=both,
        by=by,
        settings=chosen,
        dataset=dataset,
    )
    columns = [
        Column(by, by.capitalize()),
        Column("name", "Name"),
        Column("lost_share_rerouted", "Lost, rerouted", "share"),
        Column("lost_share_rationed", "rationed", "share"),
        Column("lost_rerouted", "Lost M USD, rerouted", "number"),
        Column("lost_rationed", "rationed", "number"),
        Column("rerouting_saves", "Rerouting saves", "number"),
        Column("delivers_more", "Delivers more", "number"),
        Column("output", "Output M USD", "number"),
    ]
    show(listing, [column for column in columns if column.key in listing.frame.columns], output)
