"""What can be asked of a static embargo, as listings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import polars as pl

from ostra.ecosystem.input_output.groups import group
from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.errors import UsageError
from ostra.facts.citing import cite
from ostra.model.evidence import Provenance
from ostra.model.listing import Listing
from ostra.scenario.rerouting import network
from ostra.scenario.sector_choice import sector_numbers
from ostra.scenario.trade_ban import Embargo, Settings, cut
from ostra.scenario.trade_ban import embargo as solve
from ostra.words import economies
from ostra.words.figures import exact_percent, rounded
from ostra.workspace import Workspace

By = Literal["economy", "sector"]


def embargo(
    workspace: Workspace,
    seller: str,
    buyer: str,
    *,
    sectors: Sequence[str] = (),
    fraction: float = 1.0,
    both: bool = False,
    by: By = "economy",
    friction: float | None = None,
    leakage: float | None = None,
    dataset: str | None = None,
) -> Listing:
    """What a ban on deliveries costs once all have adjusted, with and without new partners.

    Parameters
    ----------
    seller
        Country or bloc that may not deliver, by code or name.
    buyer
        Country or bloc that is not delivered to.
    sectors
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

    Returns
    -------
    Listing
        Money in million USD a year; the largest losses first.

    Raises
    ------
    NotFoundError, UsageError, MethodError
        An economy or sector that the table does not have, a side on both sides, flows that cannot be rerouted.
    """
    table = workspace.input_output(dataset)
    named = {"friction": friction, "leakage": leakage}
    chosen = replace(Settings(), **{key: value for key, value in named.items() if value is not None})
    net = network(table)
    sides = [group(table, economies.home(name)) for name in (seller, buyer)]
    numbers = [[table.economies.index(code) for code in side.economies] for side in sides]
    picked = [sector_numbers(table, name) for name in sectors]
    forbidden = sorted({number for found in picked for number in found.numbers})
    pairs = [(0, 1), (1, 0)] if both else [(0, 1)]
    cuts = [cut(net, numbers[a], numbers[b], sectors=forbidden, fraction=fraction) for a, b in pairs]
    if not any(net.blocks[:, part.sellers][:, :, part.buyers].any() for part in cuts):
        raise UsageError(f"table '{table.dataset}' has no deliveries from {sides[0].name} to {sides[1].name}")
    found = solve(net, cuts, chosen)
    filters = {
        "from": economies.code_and_name(sides[0].code),
        "to": economies.code_and_name(sides[1].code) + (", both ways" if both else ""),
        "sectors": ", ".join(table.sectors[number] for number in forbidden) or "all",
        "forbidden": f"{exact_percent(fraction)} of deliveries of inputs, {rounded(found.blocked)} million USD a year",
        "parameters": f"friction {chosen.friction:g}, leakage {chosen.leakage:g}, curvatures {chosen.inner:g} and "
        f"{chosen.outer:g}; defaults are the baseline of sanction-simulator 0.1.4",
        "finds no partner": f"{rounded(found.unplaced)} million USD a year",
        "lost output": f"{rounded(found.rerouted.output.sum())} million USD a year with rerouting, "
        f"{rounded(found.rationed.output.sum())} without",
    }
    caveats = [*table.caveats, *net.caveats]
    caveats += [caveat for side in sides for caveat in side.caveats]
    caveats += [caveat for one in picked for caveat in one.caveats]
    return Listing(
        _losses(table, net.output, found, by),
        Provenance(
            title=f"Embargo on deliveries from {sides[0].name} to {sides[1].name}: what it costs a year",
            filters=filters,
            sources=(cite(workspace.facts.dataset("input_output", dataset)),),
            method="embargo",
            caveats=tuple(dict.fromkeys(caveats)),
        ),
    )


def _losses(table: InputOutputTable, output: np.ndarray, found: Embargo, by: By) -> pl.DataFrame:
    shape = (len(table.economies), len(table.sectors))
    axis = 1 if by == "economy" else 0
    before, rerouted, rationed = (
        values.reshape(shape).sum(axis=axis) for values in (output, found.rerouted.output, found.rationed.output)
    )
    if by == "economy":
        labels = {"economy": table.economies, "name": [economies.economy_name(code) for code in table.economies]}
    else:
        labels = {"sector": table.sectors, "name": table.sector_names}
    frame = pl.DataFrame(
        {
            **labels,
            "output": before,
            "lost_rerouted": rerouted,
            "lost_rationed": rationed,
            "rerouting_saves": rationed - rerouted,
        }
    ).with_columns(
        lost_share_rerouted=pl.when(pl.col("output") > 0).then(pl.col("lost_rerouted") / pl.col("output")),
        lost_share_rationed=pl.when(pl.col("output") > 0).then(pl.col("lost_rationed") / pl.col("output")),
    )
    if by == "economy":
        frame = frame.with_columns(delivers_more=pl.Series(found.stepped_in))
    return frame.sort("lost_rerouted", descending=True)
