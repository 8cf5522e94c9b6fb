"""Commands that help to write documents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ostra.cli.options import WorkspaceOption, workspace


def new(
    folder: Path,
    /,
    *,
    id: Annotated[str, Parameter(show_default=False)] = "",
    title: Annotated[str, Parameter(show_default=False)] = "",
    workspace_path: WorkspaceOption = None,
) -> None:
    """Begin a dossier from a commented template that can be assessed at once; nothing that exists is overwritten.

    Parameters
    ----------
    folder
        New or empty: it becomes a workspace with the dossier in it. Inside a workspace, or with -w: its name is that
        of the dossier, which goes to the workspace's dossiers/.
    id
        Id of the dossier; by default from the folder's name.
    title
        Title of the dossier; by default from the folder's name.
    """
    from ostra.change.new_dossier import new_dossier

    space = workspace(workspace_path).path
    begun = new_dossier(folder, workspace=space, id=id, title=title)
    for line in begun.made:
        print(line)
    print(f"{begun.path}: a dossier to edit, sound as it stands")
    print(f"Check it:  ostra check {begun.path}")
    print(f"Assess it: ostra assess {begun.id} -w {begun.workspace}")
