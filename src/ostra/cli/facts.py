"""Commands that list the facts at hand, and what of an input-output table does not add up."""

from __future__ import annotations

from ostra.cli.options import DEFAULT_OUTPUT, Output, WorkspaceOption, show, workspace


def list_datasets(
    *, table: str | None = None, workspace_path: WorkspaceOption = None, output: Output = DEFAULT_OUTPUT
) -> None:
    """List data sets: what they hold, from where, under which licence.

    Parameters
    ----------
    table
        Only data sets of this table.
    """
    from ostra.show.output import Column

    columns = [
        Column("dataset", "Data set"),
        Column("table", "Table"),
        Column("years", "Years"),
        Column("rows", "Rows", "count"),
        Column("edition", "Edition"),
        Column("default", "Used", "flag"),
        Column("licence", "Licence"),
        Column("origin", "Origin"),
        Column("title", "Title"),
        Column("sha256", "SHA-256"),
    ]
    show(workspace(workspace_path).datasets(table), columns, output)


def balance(
    dataset: str | None = None,
    /,
    *,
    year: int | None = None,
    workspace_path: WorkspaceOption = None,
    output: Output = DEFAULT_OUTPUT,
) -> None:
    """List rows and columns of an input-output table that do not add up to output, the largest difference first.

    Parameters
    ----------
    dataset
        Id of the table; by default the newest of the workspace, else the built-in one.
    year
        Year of the table; by default its latest.
    """
    from ostra.ask.balance import balance as listed
    from ostra.show.output import Column

    columns = [
        Column("side", "Side"),
        Column("economy", "Economy"),
        Column("sector", "Sector"),
        Column("name", "Name"),
        Column("output_musd", "Output MUSD", "number"),
        Column("accounted_musd", "Accounted MUSD", "number"),
        Column("residual_musd", "Residual MUSD", "number"),
        Column("share", "Share", "share"),
    ]
    show(listed(workspace(workspace_path), dataset, year), columns, output)
