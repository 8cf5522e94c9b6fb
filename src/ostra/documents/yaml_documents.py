"""Dossiers, profiles, catalogues and scenarios: from YAML to the model, with every fault named at once.

A model is imported where its kind is read: who lists dossiers does not wait for the model of scenarios.
"""

from __future__ import annotations

import hashlib
import json
import typing
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from ostra.documents.kept_documents import keep, kept
from ostra.documents.validation import examined, validated
from ostra.documents.yaml_tree import MAX_BYTES, Tree, parse_yaml
from ostra.errors import DataError, NotFoundError, Problem, shortened
from ostra.model.base import Model
from ostra.model.dossier import Dossier

if TYPE_CHECKING:
    from ostra.model.control import Timeline
    from ostra.model.instrument import Catalogue
    from ostra.model.profile import Profile
    from ostra.model.scenario import Scenario

M = TypeVar("M", bound=Model)
NO_DOSSIERS = ("instruments", "controls")  # built-in documents of other kinds; profiles are known by their names


def read_dossier(source: Path | str, *, file: str = "") -> Dossier:
    """Read a dossier.

    Parameters
    ----------
    source : Path or str
        A file, or the YAML text itself.
    file : str
        What messages call the document; by default the path, or `<text>`.

    Returns
    -------
    Dossier

    Raises
    ------
    NotFoundError
        The file does not exist.
    DataError
        The document breaks its definition: one problem per fault, with line, place, value and mend.
    """
    return _read(source, Dossier, file)


def read_profile(source: Path | str, *, file: str = "") -> Profile:
    """Read a profile; parameters and errors as `read_dossier`."""
    from ostra.model.profile import Profile

    return _read(source, Profile, file)


def read_catalogue(source: Path | str, *, file: str = "") -> Catalogue:
    """Read a catalogue of instruments; parameters and errors as `read_dossier`."""
    from ostra.model.instrument import Catalogue

    return _read(source, Catalogue, file)


def read_scenario(source: Path | str, *, file: str = "") -> Scenario:
    """Read a scenario; parameters and errors as `read_dossier`."""
    from ostra.model.scenario import Scenario

    return _read(source, Scenario, file)


def read_timeline(source: Path | str, *, file: str = "") -> Timeline:
    """Read a timeline of controls and coercion; parameters and errors as `read_dossier`."""
    from ostra.model.control import Timeline

    return _read(source, Timeline, file)


def scenario_as_written(source: Path | str, *, file: str = "") -> tuple[Scenario, Tree, list[Problem]]:
    """A scenario, its keys and values with their places, and its economies that do not exist, a problem each.

    For those who check more of it and tell all at once; parameters and errors otherwise as `read_dossier`.
    """
    from ostra.model.scenario import Scenario

    tree = _parsed(source, file)
    scenario, problems = examined(_keyed(tree, Scenario), Scenario)
    if scenario is None:
        raise DataError(problems)
    return scenario, tree, problems


def read_document(source: Path | str, *, file: str = "") -> Dossier | Profile | Catalogue | Scenario | Timeline:
    """Read a document of whichever kind its `format` names; parameters and errors as `read_dossier`."""
    from ostra.model.control import Timeline
    from ostra.model.instrument import Catalogue
    from ostra.model.profile import Profile
    from ostra.model.scenario import Scenario

    kinds: tuple[type[Dossier | Profile | Catalogue | Scenario | Timeline], ...] = (
        Dossier, Profile, Catalogue, Scenario, Timeline,
    )  # fmt: skip
    tree = _parsed(source, file)
    named = tree.value.get("format") if isinstance(tree.value, dict) else None
    for model in kinds:
        if named == _format_of(model):
            return validated(tree, model)
    mend = f"Write 'format: ' and one of {', '.join(_format_of(model) for model in kinds)}"
    path = ("format",)
    raise DataError(
        "the format of the document is not known",
        tree.file,
        tree.lines.get(path, 1),
        "format",
        shortened(tree.raw.get(path, "")),
        mend,
    )


def is_scenario(source: Path | str, *, file: str = "") -> bool:
    """Whether the `format` of a document is that of a scenario; parameters and errors as `read_dossier`."""
    from ostra.model.scenario import Scenario

    tree = _parsed(source, file)
    return isinstance(tree.value, dict) and tree.value.get("format") == _format_of(Scenario)


def builtin_dossiers() -> dict[str, Path]:
    """The dossiers that ship with ostra: id and file, in order of id."""
    return {p.stem: p for p in _cases() if not p.stem.startswith("profile-") and p.stem not in NO_DOSSIERS}


def builtin_profiles() -> dict[str, Path]:
    """The profiles that ship with ostra: id (such as `eu27`) and file, in order of id."""
    return {p.stem.removeprefix("profile-"): p for p in _cases() if p.stem.startswith("profile-")}


def builtin_catalogue() -> Path:
    """The file of the catalogue of instruments that ships with ostra."""
    return next(p for p in _cases() if p.stem == "instruments")


def builtin_timeline() -> Path:
    """The file of controls and coercion that ships with ostra."""
    return next(p for p in _cases() if p.stem == "controls")


def builtin_scenarios() -> dict[str, Path]:
    """The scenarios that ship with ostra: id and file, in order of id."""
    folder = Path(str(resources.files("ostra.dossiers"))) / "scenarios"
    return {p.stem: p for p in sorted(folder.glob("*.yaml"))}


def document_sha256(document: BaseModel) -> str:
    """SHA-256 of what a document says: of its canonical JSON, so that comments and layout change nothing.

    Canonical: keys sorted, no blanks, UTF-8, numbers as Python prints them (the shortest that reads back the same).
    """
    text = json.dumps(document.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _cases() -> list[Path]:
    folder = Path(str(resources.files("ostra.dossiers")))
    return sorted(folder.glob("*.yaml"))


def _read(source: Path | str, model: type[M], file: str) -> M:
    if not isinstance(source, Path):
        return validated(_keyed(_parsed(source, file), model), model)
    text = _text_of(source, file or str(source))
    known = kept(text, model)
    if known is None:
        known = validated(_keyed(parse_yaml(text, file or str(source)), model), model)
        keep(text, known)
    return known


def _keyed(tree: Tree, model: type[M]) -> Tree:
    """The tree, if it is one of keys and values."""
    if isinstance(tree.value, dict):
        return tree
    kind = "a list" if isinstance(tree.value, list) else "a single value"
    mend = f"Begin with 'format: {_format_of(model)}'"
    raise DataError(f"the document is {kind}, expected keys and values", file=tree.file, line=1, mend=mend)


def _parsed(source: Path | str, file: str) -> Tree:
    """The document as a tree, which knows what messages call it."""
    if isinstance(source, Path):
        file = file or str(source)
        return parse_yaml(_text_of(source, file), file)
    return parse_yaml(source.removeprefix("\ufeff"), file or "<text>")


def _text_of(path: Path, file: str) -> str:
    if not path.exists():
        raise NotFoundError(f"{file}: there is no such file")
    if not path.is_file():
        raise DataError("not a file", file=file, mend="Name the YAML file itself")
    size = path.stat().st_size
    if size > MAX_BYTES:
        mend = f"At most {MAX_BYTES} bytes are read"
        raise DataError("the document is too large", file=file, value=f"{size} bytes", mend=mend)
    try:
        return path.read_bytes().decode("utf-8-sig").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise DataError(
            "not UTF-8 text",
            file=file,
            line=line,
            value=repr(error.object[error.start : error.end]),
            mend="Save the document as UTF-8",
        ) from error
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", file=file) from error


def _format_of(model: type[BaseModel]) -> str:
    return str(typing.get_args(model.model_fields["format"].annotation)[0])
