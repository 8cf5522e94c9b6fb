"""The folder of a workspace: made anew, or the one that something goes to."""

from __future__ import annotations

from pathlib import Path

from ostra.change.report import Change
from ostra.documents import yaml_documents
from ostra.errors import ConflictError, UsageError
from ostra.workspace import Workspace
from ostra.workspace.documents import DEFAULT_PROFILE


def create_workspace(path: Path) -> Change:
    """Make a workspace folder with the built-in profile to edit; nothing that exists is touched.

    Raises
    ------
    ConflictError
        The folder exists and holds something already.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise ConflictError(f"{path} exists and is not empty; nothing was changed. Name a new folder")
    (path / "dossiers").mkdir(parents=True, exist_ok=True)
    (path / "facts").mkdir(exist_ok=True)
    (path / "scenarios").mkdir(exist_ok=True)
    profile = path / "profile.yaml"
    profile.write_bytes(yaml_documents.builtin_profiles()[DEFAULT_PROFILE].read_bytes())
    lines = (
        f"{profile}: viewpoint, thresholds and tolerances, a copy of '{DEFAULT_PROFILE}' to edit",
        f"{path}/dossiers/: put ecosystems here, one YAML file each",
        f"{path}/facts/: filled by ostra data import, and with input-output tables by ostra import mrio",
        f"{path}/scenarios/: put scenarios of disruption here, one YAML file each",
        f"{path} itself: ostra import cases adds the coercion cases that you list",
    )
    return Change("made", str(path), lines, written=(profile,))


def folder_of(space: Workspace, what: str) -> Path:
    """The folder of the workspace that something goes to; `what` is such as "the data go".

    Raises
    ------
    UsageError
        The workspace is that of the built-in documents and facts.
    """
    if space.path is None:
        raise UsageError(f"say which workspace {what} to: -w FOLDER (make one with: ostra init FOLDER)")
    return space.path
