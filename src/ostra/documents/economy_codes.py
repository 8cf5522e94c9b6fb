"""Economies and blocs that a document names and that do not exist, such as CHI for China."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from ostra.documents.validation import dotted
from ostra.documents.yaml_tree import Path, Tree, line_at
from ostra.errors import NotFoundError, Problem, did_you_mean, shortened
from ostra.model.dossier import UNSPECIFIED, Dossier
from ostra.model.profile import Profile
from ostra.model.scenario import Scenario
from ostra.words.economies import blocs, code_and_name, economies, home, nearest

_CODE = re.compile(r"[A-Z]{3}")
_CODE_OR_BLOC = re.compile(r"[A-Z][A-Z0-9]{1,9}")
_TEXT = re.compile(r"(?s).*\S.*")  # an empty text is left to the model


@dataclass(frozen=True)
class _Named:
    """How a place names economies: by code alone, by code of an economy or bloc, or in any way that `home` reads."""

    keys: tuple[str, ...]
    form: re.Pattern[str] = _CODE
    unnamed: frozenset[str] = frozenset()  # other words that may stand there

    @property
    def blocs_too(self) -> bool:
        """Whether a bloc may stand there."""
        return self.form is not _CODE

    def knows(self, text: str) -> bool:
        """Whether the text names something, or is of a form that the model refuses by itself."""
        if not self.form.fullmatch(text) or text in self.unnamed:
            return True
        if self.form is not _TEXT:
            return text in economies() or (self.blocs_too and text in blocs())
        try:
            home(text)
        except NotFoundError:
            return False
        return True


# Where documents name economies: section -> how; the empty section is the document itself. A bloc may stand where it
# can act or stand for something by itself.
_NOBODY = frozenset({UNSPECIFIED})
_NAMED: dict[type[BaseModel], dict[str, _Named]] = {
    Dossier: {
        "provision": _Named(("economy", "among"), unnamed=_NOBODY),
        "ownership": _Named(("economy",), unnamed=_NOBODY),
        "actors": _Named(("economy",), unnamed=_NOBODY),
        "findings": _Named(("supplier",), unnamed=_NOBODY),
        "context": _Named(("economy",), _CODE_OR_BLOC, _NOBODY),
        "positions": _Named(("economy",), _CODE_OR_BLOC, _NOBODY),
    },
    Profile: {
        "": _Named(("home",), _TEXT),
        "relations": _Named(("economy", "like")),
        "cases": _Named(("coercer", "target"), _CODE_OR_BLOC),
    },
    Scenario: {
        "": _Named(("home",), _TEXT),
        "withheld": _Named(("seller", "buyers"), _TEXT),
        "items": _Named(("seller", "buyers"), _TEXT),
        "lost_capacity": _Named(("economy",), _TEXT),
        "demand": _Named(("economy",), _TEXT),
        "releases": _Named(("economy",), _TEXT),
        "new_capacity": _Named(("economy",), _TEXT),
    },
}


def unknown_economies(tree: Tree, model: type[BaseModel], file: str) -> Iterator[Problem]:
    """One problem for each name that no economy has; what is not of a code's form is left to the model.

    Parameters
    ----------
    tree : Tree
        The document: keys and values.
    model : type
        What the document is to become; kinds that name no economies have no problems.
    file : str
        What messages call the document.
    """
    for path, text in economies_named(tree, model):
        place = _NAMED[model][str(path[0]) if len(path) > 1 else ""]
        if not place.knows(text):
            yield _problem(tree, path, text, file, place)


def economies_named(tree: Tree, model: type[BaseModel]) -> Iterator[tuple[Path, str]]:
    """Every place of a document where an economy is named, and the name as it stands there."""
    for section, place in _NAMED.get(model, {}).items():
        rows = [((), tree.value)] if not section else _rows(tree.value, section)
        for path, row in rows:
            for key in place.keys if isinstance(row, dict) else ():
                yield from _texts(row.get(key), (*path, key))


def _rows(value: Any, section: str) -> list[tuple[Path, Any]]:
    rows = value.get(section)
    return [((section, number), row) for number, row in enumerate(rows if isinstance(rows, list) else ())]


def _problem(tree: Tree, path: Path, text: str, file: str, place: _Named) -> Problem:
    near = [code_and_name(code) for code in nearest(text, with_blocs=place.blocs_too)]
    code = "Use an ISO 3166 alpha-3 code such as NLD"
    return Problem(
        "no economy or bloc is called this" if place.form is _TEXT else "no economy has this code",
        file=file,
        line=line_at(tree, path),
        column=dotted(path, tree.value),
        value=shortened(text),
        mend=did_you_mean(near) if near else f"{code}, or a bloc such as EU27" if place.blocs_too else code,
    )


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """The texts at a place: the value, or each entry of a list."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            if isinstance(entry, str):
                yield (*path, number), entry
