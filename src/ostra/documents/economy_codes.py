"""Economies and blocs that a document names and that do not exist, such as CHI for China."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ostra.errors import NotFoundError, Problem, did_you_mean
from ostra.model.dossier import UNSPECIFIED, Dossier
from ostra.model.references import Path, named
from ostra.words.economies import blocs, code_and_name, economies, home, nearest

if TYPE_CHECKING:
    from ostra.documents.yaml_tree import Tree

# The form that a code has; what is of another form is left to the model.
_FORMS = {"economy": re.compile(r"[A-Z]{3}"), "economy or bloc": re.compile(r"[A-Z][A-Z0-9]{1,9}")}


def unknown_economies(tree: Tree, model: type[BaseModel]) -> Iterator[Problem]:
    """One problem for each name that no economy has; what is not of a code's form is left to the model.

    Parameters
    ----------
    tree : Tree
        The document: keys and values.
    model : type
        What the document is to become; kinds that name no economies have no problems.
    """
    for path, kind, text in unknown_names(tree.value, model):
        yield _problem(tree, path, kind, text)


def unknown_names(document: Any, model: type[BaseModel]) -> Iterator[tuple[Path, str, str]]:
    """Place, kind and text of each name that no economy has, in a model or in plain values."""
    for path, kind, text in named(document, model, "economy", "economy or bloc", "home"):
        if not _known(kind, text) and not (text == UNSPECIFIED and model is Dossier):
            yield path, kind, text


def _known(kind: str, text: str) -> bool:
    """Whether the text names something, or is of a form that the model refuses by itself."""
    if kind in _FORMS:
        known = text in economies() or (kind != "economy" and text in blocs())
        return known or not _FORMS[kind].fullmatch(text)
    try:
        home(text)
    except NotFoundError:
        return not text.strip()
    return True


def _problem(tree: Tree, path: Path, kind: str, text: str) -> Problem:
    near = [code_and_name(code) for code in nearest(text, with_blocs=kind != "economy")]
    code = "Use an ISO 3166 alpha-3 code such as NLD"
    return tree.problem(
        path,
        "no economy or bloc is called this" if kind == "home" else "no economy has this code",
        did_you_mean(near) if near else code if kind == "economy" else f"{code}, or a bloc such as EU27",
        text,
    )
