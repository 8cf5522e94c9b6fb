"""Orders, their stability, and what moving a threshold does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from ostra.cli.options import (
    DEFAULT_OUTPUT,
    HomeOption,
    Output,
    ProfileOption,
    WorkspaceOption,
    YearOption,
    progress,
    show,
    workspace,
)

if TYPE_CHECKING:
    from ostra.model.assessment import Assessment
    from ostra.model.profile import Profile

RANK_LEGEND = (
    ("1 is the gravest challenge. In brackets: the ranks in nine tenths of 1,000 profiles within ±20%. ", ""),
    ("In square brackets: open between these ranks, because something was not assessed. ", ""),
    ("5 → 2: before and after the change of profile or weights.", ""),
)
STABILITY_LEGEND = (
    ("Rank: the most frequent one, and in how many profiles within ±20% it is. Levels: in how many they stay. ", ""),
    ("JSON and CSV have the same within ±40%, all ranks and all pairs.", ""),
)
SENSITIVITY_LEGEND = (
    ("Thresholds × 0.5, 0.75, 1, 1.25, 2: findings of the rule; ecosystems whose level on its dimension is high. ", ""),
    ("JSON and CSV have all factors, levels, thresholds and their reasons; -o FILE.svg draws them.", ""),
)


def show_ranks(
    made: Sequence[Assessment],
    profile: Profile,
    before: tuple[Sequence[Assessment], Profile] | None,
    items: bool,
    output: Output,
) -> None:
    """Print ecosystems, or the items of each, in order of challenge."""
    from ostra.ask import ranks
    from ostra.model.base import DIMENSIONS
    from ostra.show.output import Column

    with progress("rank") as advance:
        listing = ranks.rank(made, profile, before, items=items, advance=advance)
    if output.form == "table":
        listing = ranks.rank_words(listing)
    columns = [
        Column("ecosystem", "Ecosystem"),
        *([Column("name", "Item")] if items else []),
        Column("overall", "Overall"),
        *(Column(name, name.capitalize()) for name in DIMENSIONS),
    ]
    show(listing, columns, output, RANK_LEGEND)


def show_stability(made: Sequence[Assessment], profile: Profile, draws: int, output: Output) -> None:
    """Print how often levels, ranks and pairs stay in profiles near this one."""
    from ostra.ask import stability
    from ostra.model.base import DIMENSIONS
    from ostra.show.output import Column

    with progress("perturb") as advance:
        listing = stability.perturb(made, profile, draws=draws, advance=advance)
    if output.form == "table":
        listing = stability.perturb_words(listing)
    headings = {"competitiveness": "Competitive"}  # so that all columns fit 80 characters
    levels = (Column(name, headings.get(name, name.capitalize()), level=f"{name}_level") for name in DIMENSIONS)
    show(listing, [Column("ecosystem", "Ecosystem"), Column("ranks", "Rank"), *levels], output, STABILITY_LEGEND)


def show_horizons(made: Sequence[Assessment], output: Output) -> None:
    """Print levels by when they bite."""
    from ostra.ask import stability
    from ostra.show.output import Column

    listing = stability.by_horizon(made)
    if output.form == "table":
        listing = stability.horizon_words(listing)
    columns = [Column("ecosystem", "Ecosystem"), Column("dimension", "Dimension")]
    columns += [Column(name, name.capitalize(), level=f"{name}_level") for name in stability.HORIZONS]
    show(listing, columns, output)


def sensitivity(
    *,
    ecosystem: Annotated[list[str] | None, Parameter(negative=())] = None,
    profile: ProfileOption = None,
    home: HomeOption = "EU27",
    year: YearOption = None,
    workspace_path: WorkspaceOption = None,
    output: Output = DEFAULT_OUTPUT,
) -> None:
    """The profile's severity rules: how findings and levels respond when the thresholds of one move.

    With -o FILE.svg it is drawn as a picture, one panel for each rule.

    Parameters
    ----------
    ecosystem
        Only this one; may be given several times.
    """
    from ostra.ask import assessments, stability
    from ostra.files.whole_files import write_whole
    from ostra.show.output import Column

    output.check(draws=True)
    space = workspace(workspace_path, profile)
    with progress("assess") as advance:
        made = assessments.assessments(space, ecosystem or list(space.dossier_files()), home, year, advance)
    listing = stability.sensitivity(made, space.profile())
    file = output.output
    if output.form == "table" and file is not None and file.suffix.lower() == ".svg":
        from ostra.show import sensitivity_picture

        write_whole(file, sensitivity_picture(listing.frame.to_dicts(), listing.provenance))
        return
    if output.form == "table":
        listing = stability.sensitivity_words(listing)
    columns = [
        Column("rule", "Rule", "count"),
        Column("on", "On"),
        Column("confidence", "Conf.", "number"),
        Column("findings", "Findings"),
        Column("high", "High"),
    ]
    show(listing, columns, output, SENSITIVITY_LEGEND)
