"""The command that lists coercion cases."""

from __future__ import annotations

from ostra.cli.options import DEFAULT_OUTPUT, HomeOption, Output, WorkspaceOption, YearOption, show, workspace


def cases(
    *,
    coercer: str | None = None,
    target: str | None = None,
    home: HomeOption = "EU27",
    year: YearOption = None,
    workspace_path: WorkspaceOption = None,
    output: Output = DEFAULT_OUTPUT,
) -> None:
    """Documented uses of a dependency for political ends: who, against whom, when, by what means, where written.

    Parameters
    ----------
    coercer
        Only cases by this economy or bloc.
    target
        Only cases against this economy or bloc.
    """
    from ostra.ask import cases
    from ostra.show.output import Column

    columns = [
        Column("year", "Year", "year"),
        Column("coercer", "By"),
        Column("target", "Against"),
        Column("form", "Form"),
        Column("counted", "Counted", "flag"),
        Column("means", "Means"),
        Column("source", "Source"),
        Column("locator", "Where"),
        Column("id", "Id"),
    ]
    space = workspace(workspace_path)
    show(cases.cases(space, home=home, year=year, coercer=coercer, target=target), columns, output)
