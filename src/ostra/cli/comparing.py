"""Commands that lay assessments side by side, or show one part of them: a supplier, actors, instruments."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

from cyclopts import Parameter

from ostra.cli.options import (
    DEFAULT_OUTPUT,
    HomeOption,
    Output,
    ProfileOption,
    WeightOption,
    WorkspaceOption,
    YearOption,
    progress,
    show,
    workspace,
)
from ostra.errors import NotFoundError, UsageError

Ecosystems = Annotated[list[str] | None, Parameter(negative=())]


def matrix(
    *,
    ecosystem: Ecosystems = None,
    rank: Annotated[bool, Parameter(negative=())] = False,
    items: Annotated[bool, Parameter(negative=())] = False,
    perturb: int | None = None,
    horizon: Annotated[bool, Parameter(negative=())] = False,
    profile: ProfileOption = None,
    weight: WeightOption = None,
    home: HomeOption = "EU27",
    year: YearOption = None,
    workspace_path: WorkspaceOption = None,
    output: Output = DEFAULT_OUTPUT,
) -> None:
    """Technologies and dimensions: the level of each as word and probability; ± marks tensions.

    With -o FILE.svg it is drawn as a picture, with the whole distribution in each cell.

    Parameters
    ----------
    ecosystem
        Only this one; may be given several times.
    rank
        Order them instead, overall by the weights and on each dimension, with the ranks in profiles near this one; with
        --weight or --profile the ranks before and after.
    items
        With --rank: order the items of each ecosystem.
    perturb
        Draw so many profiles near this one: how often do levels, ranks and pairs stay?
    horizon
        Levels by when they bite: now, within two years, within five, later.
    """
    from ostra.ask import assessments, matrix
    from ostra.cli import ranking
    from ostra.files.whole_files import write_whole
    from ostra.model.base import DIMENSIONS
    from ostra.show.output import Column
    from ostra.show.text.shading import MATRIX_LEGEND

    if sum((rank, perturb is not None, horizon)) > 1:
        raise UsageError("--rank, --perturb and --horizon exclude each other; give one")
    if items and not rank:
        raise UsageError("--items orders the items of ecosystems; add --rank")
    output.check(draws=not (rank or perturb is not None or horizon))
    space = workspace(workspace_path, profile, weight)
    names = ecosystem or list(space.dossier_files())
    with progress("assess") as advance:
        made = assessments.assessments(space, names, home, year, advance)
        before = None
        if rank and (profile or weight):
            plain = workspace(workspace_path)
            # Only a profile changes assessments; weights alone change nothing but the order.
            old = assessments.assessments(plain, names, home, year, advance) if profile else made
            before = (old, plain.profile())
    if rank:
        ranking.show_ranks(made, space.profile(), before, items, output)
        return
    if perturb is not None:
        ranking.show_stability(made, space.profile(), perturb, output)
        return
    if horizon:
        ranking.show_horizons(made, output)
        return
    file = output.output
    if output.form == "table" and file is not None and file.suffix.lower() == ".svg":
        from ostra.show import matrix_picture

        write_whole(file, matrix_picture(made))
        return
    listing = matrix.matrix_of(made)
    if output.form == "table":
        listing = matrix.matrix_words(listing)
    levels = (Column(name, name.capitalize(), level=f"{name}_level") for name in DIMENSIONS)
    show(listing, [Column("ecosystem", "Ecosystem"), *levels], output, MATRIX_LEGEND)


def compare(
    names: list[str],
    /,
    *,
    home: Annotated[str | None, Parameter(help="Country or bloc of the viewpoint; EU27, or each scenario's.")] = None,
    year: YearOption = None,
    runs: Annotated[int, Parameter(help="Of scenarios: draws of the numbers that they leave open.")] = 0,
    seed: Annotated[int, Parameter(help="Of the draws; the same seed gives the same draws.")] = 0,
    workspace_path: WorkspaceOption = None,
    output: Output = DEFAULT_OUTPUT,
) -> None:
    """Ecosystems side by side, or scenarios of disruption.

    Parameters
    ----------
    names
        Two or more ids, all of ecosystems or all of scenarios.
    """
    from ostra.ask import matrix
    from ostra.ask.scenario_list import scenario_files
    from ostra.cli.disrupting import compare_scenarios
    from ostra.show.output import Column

    if len(names) < 2:
        raise UsageError("name at least two ecosystems or two scenarios to compare")
    space = workspace(workspace_path)
    known = scenario_files(space)
    ecosystems = space.dossier_files()
    files = (".yaml", ".yml")
    unknown = [name for name in names if name not in ecosystems and name not in known and not name.endswith(files)]
    if unknown:
        raise NotFoundError(
            f"'{unknown[0]}' is no ecosystem and no scenario. Ecosystems: {', '.join(ecosystems)}. "
            f"Scenarios: {', '.join(known)}"
        )
    simulated = [name for name in names if name not in ecosystems and (name in known or name.endswith(files))]
    if simulated and len(simulated) < len(names):
        rest = ", ".join(name for name in names if name not in simulated)
        raise UsageError(
            f"{', '.join(simulated)} can be simulated, {rest} cannot: compare scenarios with scenarios and ecosystems "
            "with ecosystems. See: ostra scenarios, ostra ecosystems"
        )
    if simulated:
        if year is not None:
            raise UsageError("--year is for ecosystems; scenarios have the year of their table")
        compare_scenarios(space, names, home, output, runs=runs, seed=seed)
        return
    if runs or seed:
        raise UsageError("--runs and --seed are for scenarios; ecosystems have no draws")
    output.check()
    with progress("assess") as advance:
        listing = matrix.compare(space, names, home=home or "EU27", year=year, advance=advance)
    show(listing, [Column("measure", "Measure"), *(Column(name, name) for name in names)], output)


def context(
    supplier: str,
    /,
    *,
    ecosystem: Ecosystems = None,
    home: HomeOption = "EU27",
    year: YearOption = None,
    workspace_path: WorkspaceOption = None,
    output: Output = DEFAULT_OUTPUT,
) -> None:
    """One supplier in context: relation, regime, likelihood, laws and their reach, record, holds both ways, breaches.

    Parameters
    ----------
    supplier
        Economy, by code or name; also one that no ecosystem knows.
    ecosystem
        Only this one; may be given several times.
    """
    from ostra.ask.supplier import supplier as portrait
    from ostra.show.output import Column

    output.check()
    with progress("assess") as advance:
        listing = portrait(workspace(workspace_path), supplier, ecosystem, home=home, year=year, advance=advance)
    if output.form == "table" and output.output is None:
        from ostra.show.text.portrait import print_portrait

        print_portrait(listing, sys.stdout)
        return
    show(listing, [Column(key, key.capitalize()) for key in listing.frame.columns], output)


def actors(ecosystem: str, /, *, workspace_path: WorkspaceOption = None, output: Output = DEFAULT_OUTPUT) -> None:
    """Actors to watch: role, why they matter, since when, source.

    Parameters
    ----------
    ecosystem
        Id of the ecosystem.
    """
    from ostra.ask import actors
    from ostra.show.output import Column

    columns = [
        Column("actor", "Actor"),
        Column("economy", "Economy"),
        Column("role", "Role"),
        Column("why", "Why"),
        Column("since", "Since"),
        Column("kind", "Kind"),
        Column("source", "Source"),
    ]
    listing = actors.actors(workspace(workspace_path), ecosystem)
    if output.form == "table" and output.output is None:
        from ostra.show.text.watchlist import print_actors

        print_actors(listing, sys.stdout)
        return
    show(listing, columns, output)


def positions(
    ecosystems: list[str] | None = None,
    /,
    *,
    topic: Annotated[list[str] | None, Parameter(negative=())] = None,
    workspace_path: WorkspaceOption = None,
    output: Output = DEFAULT_OUTPUT,
) -> None:
    """Where the economies stand on each point that the sources compare, side by side.

    Parameters
    ----------
    ecosystems
        Ids of ecosystems; by default all.
    topic
        Only this topic, such as standards; may be given several times.
    """
    from ostra.ask import actors
    from ostra.show.output import Column

    listing = actors.positions(workspace(workspace_path), ecosystems, topics=topic)
    if output.form != "table":
        show(listing, [Column(name, name.capitalize()) for name in listing.frame.columns], output)
        return
    one = ecosystems is not None and len(ecosystems) == 1
    first = [Column("topic", "Topic")] if one else [Column("ecosystem", "Ecosystem"), Column("topic", "Topic")]
    economies = dict.fromkeys(listing.frame["economy"])
    show(actors.positions_beside(listing), [*first, *(Column(code, code) for code in economies)], output)


def policy(
    ecosystem: str,
    /,
    *,
    by: Literal["instrument", "challenge"] = "instrument",
    home: HomeOption = "EU27",
    year: YearOption = None,
    workspace_path: WorkspaceOption = None,
    output: Output = DEFAULT_OUTPUT,
) -> None:
    """Instruments that fit the challenges of an ecosystem, with reasons, side effects and uses; doing nothing is one.

    Parameters
    ----------
    ecosystem
        Id of the ecosystem.
    by
        Rows of JSON, CSV and XLSX: one for each instrument, or one for each challenge and instrument that answers it.
    """
    from ostra.ask import instruments
    from ostra.show.output import Column

    output.check()
    assessment = workspace(workspace_path).assess(ecosystem, home, year)
    if output.form == "table" and output.output is None:
        from ostra.show.text.policy import print_policy

        print_policy(assessment, instruments.policy_of(assessment), sys.stdout)
        return
    listing = instruments.policy_of(assessment) if by == "instrument" else instruments.answers_of(assessment)
    show(listing, [Column(key, key.capitalize()) for key in listing.frame.columns], output)
