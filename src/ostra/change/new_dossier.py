"""The start of a dossier: a commented template, sound as it stands, in a workspace old or new."""

from __future__ import annotations

import datetime
import re
from importlib import resources
from pathlib import Path
from string import Template

from ostra.change.new_workspace import create_workspace
from ostra.change.report import Change
from ostra.documents.yaml_documents import builtin_dossiers, read_dossier
from ostra.documents.yaml_text import text_value
from ostra.errors import ConflictError, OstraError, UsageError
from ostra.words.sentences import made_id

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_ID = 80


def new_dossier(
    folder: Path,
    *,
    workspace: Path | None = None,
    id: str = "",
    title: str = "",
    today: datetime.date | None = None,
) -> Change:
    """Begin a dossier from the template; nothing that exists is touched.

    Parameters
    ----------
    folder
        A folder that does not exist or is empty becomes a workspace with the dossier in it. Of a workspace, or a name
        directly inside one, only the last part counts: the dossier goes to the `dossiers/` that is there.
    workspace
        The workspace to put the dossier in, wherever `folder` lies; its last part still gives the name.
    id, title
        By default the last part of `folder`, as small letters and hyphens, and as words.
    today
        Date of the dossier.

    Raises
    ------
    ConflictError
        The dossier exists, a built-in one has its id, or the folder holds something that is no workspace.
    UsageError
        The id is none, or the folder's name gives none.
    """
    name = folder.resolve().name
    identifier = id or made_id(name)
    if not ID.fullmatch(identifier) or len(identifier) > LONGEST_ID:
        raise UsageError(
            f"the id of a dossier is small letters, digits and hyphens, at most {LONGEST_ID}, not {identifier!r}. "
            "Give one with --id"
        )
    if identifier in builtin_dossiers():
        raise ConflictError(
            f"'{identifier}' is the id of a built-in dossier, which a dossier of that name would hide. "
            "Give another with --id. Nothing was changed"
        )
    around = folder.parent if folder.name not in ("", "..") else folder.resolve().parent
    home = workspace or next((place for place in (folder, around) if is_workspace(place)), folder)
    path = home / "dossiers" / f"{identifier}.yaml"
    if path.exists() or path.is_symlink():
        raise ConflictError(f"{path} exists. Give another id with --id. Nothing was changed")
    text = dossier_text(identifier, title or words_of(identifier if id else name), today or datetime.date.today())
    made = None if workspace or is_workspace(home) else create_workspace(home)
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:  # refuses a file that came in between
            file.write(text)
    except FileExistsError:
        raise ConflictError(f"{path} exists. Give another id with --id. Nothing was changed") from None
    except OSError as error:
        raise OstraError(f"cannot write {path}: {error.strerror or error}") from error
    lines = (
        *(made.lines if made else ()),
        f"{path}: a dossier to edit, sound as it stands",
        f"Check it:  ostra check {path}",
        f"Assess it: ostra assess {identifier} -w {home}",
    )
    return Change("made", str(path), lines, written=(*(made.written if made else ()), path))


def dossier_text(id: str, title: str, date: datetime.date) -> str:
    """The template with id, title and date put in."""
    template = (resources.files("ostra.documents") / "dossier-template.yaml").read_text(encoding="utf-8")
    heading, _, body = template.partition("\n")
    filled = Template(body).substitute(id=text_value(id), title=text_value(title), date=date.isoformat())
    text = f"{Template(heading).substitute(title=' '.join(title.split()))}\n{filled}"
    read_dossier(text, file="the template")  # what is written is sound, whatever the title
    return text


def is_workspace(folder: Path) -> bool:
    """Whether a folder is a workspace: it holds `dossiers/` and, as `ostra init` makes them, a profile or facts."""
    return (folder / "dossiers").is_dir() and ((folder / "profile.yaml").is_file() or (folder / "facts").is_dir())


def words_of(name: str) -> str:
    """A name as a title: words apart, the first letter a capital."""
    words = " ".join(re.split(r"[\s_-]+", name.strip()))
    return words[:1].upper() + words[1:]
