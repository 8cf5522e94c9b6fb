"""Commands on coercion cases: list them, and import more."""

from __future__ import annotations

from pathlib import Path

from ostra.cli.options import DEFAULT_OUTPUT, HomeOption, Output, WorkspaceOption, YearOption, show, workspace
from ostra.errors import UsageError


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


def import_cases(file: Path, workspace_path: Path | None, *, replace: bool) -> None:
    """Add the cases of a CSV file to the workspace's list and tell what was done.

    Raises
    ------
    UsageError
        No workspace was named.
    DataError, ConflictError
        A row is faulty, or an id is taken; nothing was written.
    """
    from ostra.documents.coercion_cases import import_cases as import_file

    space = workspace(workspace_path)
    if space.path is None:
        raise UsageError("say which workspace the cases go to: -w FOLDER (make one with: ostra init FOLDER)")
    report = import_file(space.path, file, space.profile_alone(), replace=replace)
    lines = [
        f"{report.path}: {len(report.added)} added, {len(report.replaced)} replaced, "
        f"{len(report.known)} already there, {len(report.duplicates)} left out as duplicates",
        *(f"duplicate: {name} says what {same} says; left out" for name, same in report.duplicates.items()),
        *(
            f"alike: {name} has coercer, target and year of {other}; base rates count them once"
            for name, other in report.alike.items()
        ),
        *(f"note: {note}" for note in report.notes),
    ]
    print("\n".join(lines))
