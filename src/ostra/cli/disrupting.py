"""Commands of method 5: what disruptions cost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from ostra.cli.options import DEFAULT_OUTPUT, Output, WorkspaceOption, progress, show, workspace
from ostra.errors import UsageError
from ostra.show.text import losses

if TYPE_CHECKING:
    from ostra.ask.disruption import Simulation
    from ostra.workspace import Workspace

RUNS = Annotated[int, Parameter(help="Draws of the numbers that the scenario leaves open.")]
SEED = Annotated[int, Parameter(help="Of the draws; the same seed gives the same draws.")]


def scenarios(*, workspace_path: WorkspaceOption = None, output: Output = DEFAULT_OUTPUT) -> None:
    """List the scenarios of disruption that can be simulated."""
    from ostra.ask import scenario_list
    from ostra.show.output import Column

    columns = [
        Column("scenario", "Scenario"),
        Column("title", "Title"),
        Column("days", "Days", "count"),
        Column("entries", "Entries", "count"),
        Column("our_choice", "Our choice", "count"),
        Column("home", "Home"),
        Column("date", "As of"),
        Column("origin", "Origin"),
    ]
    show(scenario_list.scenarios(workspace(workspace_path)), columns, output)


def simulate(
    scenario: str,
    /,
    *,
    home: str | None = None,
    days: int | None = None,
    runs: RUNS = 0,
    seed: SEED = 0,
    by: Literal["measure", "economy", "sector", "day", "parameter"] = "measure",
    resume: Annotated[bool, Parameter(negative=())] = False,
    dataset: str | None = None,
    workspace_path: WorkspaceOption = None,
    output: Output = DEFAULT_OUTPUT,
) -> None:
    """Simulate a disruption day by day: what is lost, when, by whom, and until when.

    With -o FILE.svg the course is drawn; with -o FOLDER (a name without an ending) all tables and the picture are
    written. In a workspace or with -o, runs that are done are kept until all are, so that --resume goes on after a
    stop.

    Parameters
    ----------
    scenario
        Id of a scenario (see: ostra scenarios), or a YAML file.
    home
        Country or bloc from whose viewpoint results are told, instead of the scenario's.
    days
        Days simulated, instead of the scenario's.
    by
        What the rows are: measures, economies, sectors of home, days, or the scenario's numbers with their reasons.
    resume
        Take up the runs that an earlier call kept.
    dataset
        Input–output table to use; see: ostra data list.
    """
    from ostra.ask import disruption, scenario_list
    from ostra.files.whole_files import write_whole

    output.check(draws=True, folder=True)
    space = workspace(workspace_path)
    name = scenario_list.scenario_id(space, scenario)
    keep = kept_in(space.path, output.output, name)
    if resume and keep is None:
        raise UsageError("nothing was kept that could be resumed: name a workspace with -w or a place with -o")
    try:
        with progress("simulate") as advance:
            found = disruption.simulate(
                space,
                scenario,
                home=home,
                days=days,
                runs=runs,
                seed=seed,
                dataset=dataset,
                keep=keep,
                resume=resume,
                advance=advance,
            )
    except KeyboardInterrupt:
        if keep is not None and any(keep.glob("part-*.npz")):
            raise KeyboardInterrupt(f"stopped; what is done is kept in {keep}. Go on with --resume") from None
        raise
    place = output.output
    if place is not None and output.form == "table" and place.suffix.lower() == ".svg":
        write_whole(place, drawn([found]))
    elif place is not None and output.form == "table" and (place.is_dir() or not place.suffix):
        write_folder(found, place)
        print(f"Written to {place}")
    elif output.form == "table":
        listing, columns = losses.view(found.listing(by), by, found.parties)
        legend = (losses.UNIT,) if by == "measure" else ()
        show(listing, columns, output, legend, keep=2 if by in ("sector", "day") else 1)
    else:
        listing = found.listing(by)
        show(listing, losses.columns_of(by, listing), output)


def compare_scenarios(
    space: Workspace, names: list[str], home: str | None, output: Output, *, runs: int = 0, seed: int = 0
) -> None:
    """Simulate scenarios and show them side by side; with -o FILE.svg, draw them below each other."""
    from ostra.ask import disruption, scenario_list
    from ostra.files.whole_files import write_whole
    from ostra.show.output import Column

    output.check(draws=True)
    disruption.tell_apart([scenario_list.scenario_id(space, name) for name in names])
    found = []
    for number, name in enumerate(names, start=1):
        with progress(f"simulate {number} of {len(names)}") as advance:
            found.append(disruption.simulate(space, name, home=home, runs=runs, seed=seed, advance=advance))
    place = output.output
    if place is not None and output.form == "table" and place.suffix.lower() == ".svg":
        write_whole(place, drawn(found))
        return
    listing = disruption.compare(found)
    if output.form == "table":
        shown, columns = losses.side_by_side([one.parties for one in found], listing)
        show(shown, columns, output, (losses.UNIT,), keep=1)
    else:
        show(listing, [Column(key, key) for key in listing.frame.columns], output)


def kept_in(space: Path | None, output: Path | None, name: str) -> Path | None:
    """Where the runs that are done are kept: beside the output, else in the workspace, else nowhere."""
    if output is not None:
        return output / ".runs" if not output.suffix else output.with_name(f".{output.name}.runs")
    return None if space is None else space / "runs" / name


def drawn(found: list[Simulation]) -> str:
    """The picture of one scenario or several."""
    from ostra.show import course_picture

    return course_picture(
        [
            (
                one.scenario.id,
                one.scenario.title,
                one.outcome.course,
                one.outcome.summary,
                losses.sides_drawn(one.parties),
            )
            for one in found
        ],
        source=_rests_on(found),
    )


def _rests_on(found: list[Simulation]) -> str:
    """Draws, table and method of a picture, each named once."""
    provenance = [one.provenance for one in found]
    runs = dict.fromkeys(one.filters["runs"] for one in provenance)
    tables = dict.fromkeys(one.sources[0] for one in provenance)
    method = dict.fromkeys(f"docs/methods/{one.method}.md" for one in provenance)
    return f"Runs: {'; '.join(runs)}. {' '.join(tables)}; method: {', '.join(method)}"


def write_folder(found: Simulation, folder: Path) -> None:
    """All tables as CSV with their provenance, the picture, and everything as one JSON."""
    from ostra.ask.disruption import VIEWS
    from ostra.files.whole_files import write_whole
    from ostra.show.output import to_json

    for by, (name, _) in VIEWS.items():
        listing = found.listing(by)
        show(listing, losses.columns_of(by, listing), Output(csv=True, output=folder / f"{name}.csv"))
    write_whole(folder / "course.svg", drawn([found]))
    whole = {
        "format": "ostra-simulation/1",
        "scenario": found.scenario.model_dump(mode="json", exclude_defaults=True),
        "provenance": found.provenance.model_dump(),
        **{name: getattr(found.outcome, name) for name, _ in VIEWS.values()},
    }
    write_whole(folder / f"{found.scenario.id}.json", to_json(whole))


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
    from ostra.ask import embargo
    from ostra.scenario.trade_ban import Settings
    from ostra.show.output import Column

    output.check()
    usual = Settings()
    chosen = Settings(
        friction=usual.friction if friction is None else friction,
        leakage=usual.leakage if leakage is None else leakage,
    )
    listing = embargo.embargo(
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
        Column("lost_share_rationed", "Lost, rationed", "share"),
        Column("lost_rerouted", "M USD, rerouted", "number"),
        Column("lost_rationed", "M USD, rationed", "number"),
        Column("rerouting_saves", "Rerouting saves", "number"),
        Column("delivers_more", "Delivers more, M USD", "number"),
        Column("output", "Output, M USD", "number"),
    ]
    legend = ("Rerouted: with new partners; rationed: without any. Losses of a year's output.", "dim")
    show(listing, [column for column in columns if column.key in listing.frame.columns], output, (legend,))
