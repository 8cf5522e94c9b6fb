"""Commands on the economy behind the chain: reliance through all orders, and what falls away without somebody."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from ostra.cli.options import (
    DEFAULT_OUTPUT,
    HomeOption,
    Output,
    WorkspaceOption,
    YearOption,
    progress,
    show,
    workspace,
)
from ostra.errors import UsageError

if TYPE_CHECKING:
    from ostra.ask.input_output import Answer
    from ostra.show.output import Column
    from ostra.words.figures import Kind

Flag = Annotated[bool, Parameter(negative=())]
DatasetOption = Annotated[str | None, Parameter(help="Input-output data set; see: ostra data list.")]
Heading = tuple[str, str] | tuple[str, str, "Kind"]

MEASURES: tuple[Heading, ...] = (
    ("face_value", "Face value", "share"),
    ("look_through", "Look-through", "share"),
    ("hidden", "Hidden", "share"),
    ("order_2", "Order 2", "share"),
    ("order_3", "Order 3", "share"),
    ("beyond", "Beyond", "share"),
    ("direct_share", "Of direct", "share"),
    ("per_output_face_value", "Direct, USD per USD", "number"),
    ("per_output_look_through", "All orders, USD per USD", "number"),
)


def reliance(
    *,
    home: HomeOption = "EU27",
    on: str | None = None,
    sector: str | None = None,
    product: str | None = None,
    side: Literal["inputs", "sales"] = "inputs",
    by: Literal["order", "economy", "sector"] | None = None,
    all_: Annotated[bool, Parameter(name="--all", negative=())] = False,
    position: Flag = False,
    dataset: DatasetOption = None,
    year: YearOption = None,
    workspace_path: WorkspaceOption = None,
    output: Output = DEFAULT_OUTPUT,
) -> None:
    """What home relies on through its suppliers' suppliers: face value against look-through, and what is hidden.

    With --on, each of home's sectors; with --sector, on whom it relies; with both, by order. -o FILE.svg draws it.

    Parameters
    ----------
    on
        The economy or bloc relied on.
    sector
        One of home's sectors, by code, name or words of it.
    product
        Only what this sector of the others makes, by code, name or words of it.
    side
        Who makes what home uses, or who uses what home makes.
    by
        Split the reliance on --on by order, or what is hidden by the economy or sector that it runs through.
    all_
        Every sector of home on every economy; drawn as a map of shades.
    position
        Instead: how many steps each sector stands from final use and from primary inputs.
    dataset
        Id of the input-output data set.
    """
    from ostra.ask import reliance, upstreamness

    output.check(draws=not position)
    if by is not None and on is None:
        raise UsageError("--by splits the reliance on one economy; name it with --on")
    if all_ and (on or sector or by):
        raise UsageError("--all lists every sector and economy; leave out --on, --sector and --by")
    if position and (on or sector or product or by or all_ or side != "inputs"):
        raise UsageError("--position stands alone with --home")
    space = workspace(workspace_path)
    headings: tuple[Heading, ...]
    with progress("trace") as advance:
        options: dict[str, Any] = {
            "side": side,
            "product": product,
            "dataset": dataset,
            "year": year,
            "advance": advance,
        }
        if position:
            found = upstreamness.positions(space, home, dataset=dataset, year=year, advance=advance)
            headings = POSITION
        elif all_:
            found = reliance.of_sectors_on_partners(space, home, **options)
            headings = (("sector", "Sector"), ("economy", "Economy"), *MEASURES)
        elif on is None:
            found = reliance.on_partners(space, home, sector, **options)
            headings = (("economy", "Code"), ("economy_name", "Economy"), *MEASURES)
        elif by is None and sector is None:
            found = reliance.of_sectors(space, on, home, **options)
            headings = (("sector", "Code"), ("sector_name", "Sector"), *MEASURES)
        elif by in (None, "order"):
            found = reliance.by_order(space, on, home, sector, **options)
            headings = ORDER
        elif by == "economy":
            found = reliance.through_economies(space, on, home, sector, **options)
            headings = (("economy", "Code"), ("economy_name", "Through"), *THROUGH)
        else:
            found = reliance.through_sectors(space, on, home, sector, **options)
            headings = (("sector", "Code"), ("sector_name", "Through"), *THROUGH)
        if _wants_picture(output):
            if found.frame.columns[0] == "order":
                # One bar says little: drawn among those on all others, under its own sentence.
                among = reliance.on_partners(space, home, sector, **options)
                found = replace(among, summary=found.summary)
            _draw(found, output, all_=all_, side=side)
            return
    _tell(found, headings, output)


ORDER: tuple[Heading, ...] = (
    ("order", "Order"),
    ("share", "Of all", "share"),
    ("of_look_through", "Of look-through", "share"),
    ("per_output", "USD per USD of output", "number"),
)
THROUGH: tuple[Heading, ...] = (
    ("hidden_share", "Of hidden", "share"),
    ("second_share", "Of order 2", "share"),
    ("hidden", "Hidden, USD per USD", "number"),
    ("second", "Order 2, USD per USD", "number"),
)
POSITION: tuple[Heading, ...] = (
    ("sector", "Code"),
    ("sector_name", "Sector"),
    ("upstreamness", "Upstream", "number"),
    ("downstreamness", "Downstream", "number"),
    ("world_upstreamness", "World up", "number"),
    ("world_downstreamness", "World down", "number"),
    ("output", "Output, M USD", "number"),
)


def extract(
    economy: str | None = None,
    /,
    *,
    home: HomeOption = "EU27",
    sector: str | None = None,
    pair: Flag = False,
    by: Literal["economy", "sector", "both"] = "economy",
    each: Literal["economy", "sector"] | None = None,
    dataset: DatasetOption = None,
    year: YearOption = None,
    workspace_path: WorkspaceOption = None,
    output: Output = DEFAULT_OUTPUT,
) -> None:
    """Output and value added that fall away without an economy, a sector, or the flows of a pair; both directions.

    Demand: for want of the orders of those taken out. Supply: for want of their deliveries. A measure, not a forecast.

    Parameters
    ----------
    economy
        Economy or bloc to take out; home is taken out in its turn.
    sector
        Only this sector; without an economy, of all economies.
    pair
        Only what the economy sells to home, and what home sells to it.
    by
        Losses of every economy, of every sector of the other side, or of every sector of every economy.
    each
        Instead: every other economy (with home in its turn), or every sector of each, one after the other.
    dataset
        Id of the input-output data set.
    """
    from ostra.ask import extraction

    if each is not None and (economy or sector or pair):
        raise UsageError("--each goes through all economies; leave out the economy, --sector and --pair")
    if pair and economy is None:
        raise UsageError("--pair needs the economy that trades with home, such as: ostra extract CHN --pair")
    output.check()
    space = workspace(workspace_path)
    headings: tuple[Heading, ...] = LOSSES
    with progress("take out") as advance:
        options: dict[str, Any] = {"dataset": dataset, "year": year, "advance": advance}
        if each == "economy":
            found, headings = extraction.mutual(space, home, **options), MUTUAL
        elif each == "sector":
            found, headings = extraction.each_sector(space, home, **options), EACH
        elif pair and economy is not None:
            found = extraction.extract_pair(space, economy, home, sector=sector, by=by, **options)
        else:
            found = extraction.extract(space, economy, home, sector=sector, by=by, **options)
    if each is None:
        names: tuple[Heading, ...] = (("taken_out", "Without"), ("loser", "Loser"))
        headings = (*names, *((("sector", "Sector"),) if by != "economy" else ()), *LOSSES)
    _tell(found, headings, output)


LOSSES: tuple[Heading, ...] = (
    ("demand_share", "Demand lost", "share"),
    ("supply_share", "Supply lost", "share"),
    ("demand_lost", "Demand, M USD", "number"),
    ("supply_lost", "Supply, M USD", "number"),
    ("output", "Output, M USD", "number"),
    ("is_taken_out", "Taken out", "flag"),
    ("demand_value_added_low", "Value added, demand: low", "number"),
    ("demand_value_added_high", "high", "number"),
    ("supply_value_added_low", "Value added, supply: low", "number"),
    ("supply_value_added_high", "high", "number"),
)
MUTUAL: tuple[Heading, ...] = (
    ("economy", "Code"),
    ("economy_name", "Economy"),
    ("home_supply_share", "Home: supply lost", "share"),
    ("its_supply_share", "It: supply lost", "share"),
    ("home_demand_share", "Home: demand lost", "share"),
    ("its_demand_share", "It: demand lost", "share"),
)
EACH: tuple[Heading, ...] = (
    ("economy", "Code"),
    ("sector", "Sector"),
    ("sector_name", "Name"),
    ("supply_share", "Supply lost", "share"),
    ("demand_share", "Demand lost", "share"),
    ("supply_lost", "Supply, M USD", "number"),
    ("demand_lost", "Demand, M USD", "number"),
)


def _wants_picture(output: Output) -> bool:
    file = output.output
    return output.form == "table" and file is not None and file.suffix.lower() == ".svg"


def _tell(found: Answer, headings: tuple[Heading, ...], output: Output) -> None:
    """The sentences above the table, and the listing."""
    from ostra.show.output import Column

    if output.form == "table" and output.output is None and found.summary:
        import shutil
        import textwrap

        width = min(100, shutil.get_terminal_size().columns)
        print(textwrap.fill(found.summary, width), end="\n\n", file=sys.stdout)
    columns: list[Column] = [Column(*heading) for heading in headings]
    show(found, columns, output)


def _draw(found: Answer, output: Output, *, all_: bool, side: str) -> None:
    """Bars by order, or a map of every sector × every economy."""
    from ostra.files.whole_files import write_whole
    from ostra.show.charts.heatmap import heat_picture
    from ostra.show.charts.hidden import PARTS, SALES_PARTS, THROUGH_PARTS, Bar, hidden_picture

    path = output.output or Path()
    rows = found.frame.to_dicts()
    about = "; ".join((*found.provenance.sources, f"method: docs/methods/{found.provenance.method}.md"))
    of = "inputs" if side == "inputs" else "uses by industries"
    if all_:
        sectors = list(dict.fromkeys((row["sector"], row["sector_name"]) for row in rows))
        partners = list(dict.fromkeys((r["economy"], r["economy_name"]) for r in rows if not r["is_home"]))
        cells = {(row["sector"], row["economy"]): row["look_through"] for row in rows}
        title = f"{found.provenance.title}: per cent of all {of} at any order"
        write_whole(path, heat_picture(sectors, partners, cells, title=title, said=found.summary, about=about))
        return
    name = "sector_name" if "sector_name" in found.frame.columns else "economy_name"
    if "hidden_share" in found.frame.columns:
        bars = [Bar(r[name], _known(r["second"], r["hidden"] and r["hidden"] - r["second"])) for r in rows]
        title = f"{found.provenance.title}: what is hidden, in per cent of output"
        write_whole(path, hidden_picture(bars, title=title, said=found.summary, about=about, parts=THROUGH_PARTS))
        return
    orders = ("face_value", "order_2", "order_3", "beyond")
    bars = [Bar(row[name], _known(*(row[part] for part in orders))) for row in rows if not row.get("is_home")]
    title = f"{found.provenance.title}: share of all {of} at any order"
    words = PARTS if side == "inputs" else SALES_PARTS
    write_whole(path, hidden_picture(bars, title=title, said=found.summary, about=about, parts=words))


def _known(*parts: float | None) -> tuple[float, ...] | None:
    """Parts of a bar; None where one of them is unknown."""
    known = tuple(part for part in parts if part is not None)
    return known if len(known) == len(parts) else None
