"""Codes of economies in a document that are of the right form and stand for nothing, such as CHI for China."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel

from ostra.economies import blocs, economies, economy_name
from ostra.errors import Problem
from ostra.model.dossier import UNSPECIFIED, Dossier
from ostra.model.profile import Profile
from ostra.store.validation import dotted
from ostra.store.yaml_tree import Path, Tree

# Where documents name economies: section -> keys. A bloc may stand where it can act or stand for something by itself.
_NAMED: dict[type[BaseModel], dict[str, tuple[str, ...]]] = {
    Dossier: {
        "provision": ("economy", "among"),
        "ownership": ("economy",),
        "actors": ("economy",),
        "findings": ("supplier",),
        "context": ("economy",),
        "positions": ("economy",),
    },
    Profile: {"relations": ("economy", "like"), "cases": ("coercer", "target")},
}
_BLOCS_TOO = frozenset({"context", "positions", "cases"})
_CODE = re.compile(r"[A-Z]{3}")
_CODE_OR_BLOC = re.compile(r"[A-Z][A-Z0-9]{1,9}")


def unknown_economies(tree: Tree, model: type[BaseModel], file: str) -> Iterator[Problem]:
    """One problem for each code that no economy has; what is not of a code's form is left to the model.

    Parameters
    ----------
    tree : Tree
        The document: keys and values.
    model : type
        What the document is to become; kinds that name no economies have no problems.
    file : str
        What messages call the document.
    """
    unnamed = {UNSPECIFIED} if model is Dossier else set()
    for section, keys in _NAMED.get(model, {}).items():
        rows = tree.value.get(section)
        known = {*economies(), *unnamed, *(blocs() if section in _BLOCS_TOO else ())}
        for number, row in enumerate(rows if isinstance(rows, list) else ()):
            for key in keys if isinstance(row, dict) else ():
                for path, code in _codes(row.get(key), (section, number, key)):
                    if _form(section).fullmatch(code) and code not in known:
                        yield _problem(tree, path, code, known, file)


def _form(section: str) -> re.Pattern[str]:
    return _CODE_OR_BLOC if section in _BLOCS_TOO else _CODE


def _problem(tree: Tree, path: Path, code: str, known: set[str], file: str) -> Problem:
    near = get_close_matches(code, sorted(known), n=3, cutoff=0.6)
    names = ", ".join(f"{name} ({economy_name(name)})" for name in near)
    return Problem(
        "no economy has this code",
        file=file,
        line=next((tree.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in tree.lines), None),
        column=dotted(path, tree.value),
        value=code,
        mend=f"Near it are {names}" if near else "Use an ISO 3166 alpha-3 code such as NLD",
    )


def _codes(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """The texts at a place: the value, or each entry of a list."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            if isinstance(entry, str):
                yield (*path, number), entry
