"""A parsed document against its model: what pydantic reports becomes problems with line, place, value and mend."""

from __future__ import annotations

import difflib
import json
import re
import types
import typing
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ostra.documents.economy_codes import unknown_economies
from ostra.documents.yaml_tree import MAX_PROBLEMS, Tree, holds
from ostra.errors import DataError, Problem, shortened
from ostra.model.references import Fault, Path, faults_between
from ostra.words.figures import exact_percent
from ostra.words.sentences import made_id

M = TypeVar("M", bound=BaseModel)
MANY = 2000  # words among which a near one is looked for

_SHARE_FIELDS = frozenset({"share", "low", "high", "weight", "confidence", "hold", "medium", "credible"})


def validated(tree: Tree, model: type[M]) -> M:
    """The model that a document describes.

    Parameters
    ----------
    tree : Tree
        A mapping as read by `parse_yaml`.
    model : type
        The model to validate against.

    Raises
    ------
    DataError
        As `examined` tells.
    """
    document, problems = examined(tree, model)
    if document is None or problems:
        raise DataError(problems)
    return document


def examined(tree: Tree, model: type[M], found: Sequence[Problem] = ()) -> tuple[M | None, list[Problem]]:
    """The model that a document describes, and all that is wrong with it, in the order of the document.

    Values are taken strictly: no text is read as a number, no number as true or false. The one exception is the other
    way round: where text is expected and a number stands (`hs: 280480`, `date: 2023`), the text as written is meant.
    References are followed whatever else is at fault; other rules between entries are checked among those that are
    sound.

    Parameters
    ----------
    found : sequence of Problem
        What the reader of the file found already, to be told in its place.

    Returns
    -------
    tuple
        The model is None if there is none; with a model, economies that it names may not exist.
    """
    document: M | None = None
    errors: list[ErrorDetails] = []
    value = tree.value
    for _ in range(2):
        try:
            document = model.model_validate_json(json.dumps(value), strict=True)
            errors = []
            break
        except ValidationError as error:
            errors = error.errors(include_url=False)
        repaired = _numbers_as_written(tree, errors)
        if repaired is None:
            break
        value = repaired
    problems = [*found, *unknown_economies(tree, model)]
    if document is None:
        problems += _field_problems(tree, value, model, errors)
        problems += _problems_between(tree, value, model, errors)
    ordered = sorted(dict.fromkeys(problems), key=lambda p: (p.file, p.line is None, p.line or 0, p.column, p.reason))
    more = len(ordered) - MAX_PROBLEMS
    rest = [Problem(f"{more:,} more problems are not listed", tree.file)] if more > 0 else []
    return document, [*ordered[:MAX_PROBLEMS], *rest]


def _numbers_as_written(tree: Tree, errors: list[ErrorDetails]) -> Any:
    """The document with the written text at every place where text was wanted and a number stood; None if nowhere."""
    value = None
    for error in errors:
        if error["type"] != "string_type":
            continue
        path = _path(tree.value, error)
        if path in tree.raw and isinstance(_at(tree.value, path), int | float) and path:
            if value is None:
                value = json.loads(json.dumps(tree.value))  # a copy, in a tenth of the time of copy.deepcopy
            _at(value, path[:-1])[path[-1]] = tree.raw[path]
    return value


def _path(value: Any, error: ErrorDetails) -> Path:
    """The place of an error in the document: pydantic's location without the names of union branches."""
    path: list[int | str] = []
    loc = error["loc"]
    for position, step in enumerate(loc):
        if holds(value, step):
            path.append(step)
            value = value[step]
        elif error["type"] == "missing" and position == len(loc) - 1:
            path.append(step)
    return tuple(path)


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _field_problems(tree: Tree, value: Any, model: type[BaseModel], errors: list[ErrorDetails]) -> Iterator[Problem]:
    """Problems of single fields; the branches of a union ("share or interval") are told as one."""
    by_path: dict[Path, list[ErrorDetails]] = {}
    for error in errors:
        if error["loc"]:
            by_path.setdefault(_path(value, error), []).append(error)
    meant = {
        (*path[:-1], close)
        for path, group in by_path.items()
        for error in group
        if error["type"] == "extra_forbidden" and (close := _nearest(str(path[-1]), _fields_at(model, path[:-1])))
    }
    around = {path[:length] for path in by_path for length in range(len(path))}
    for path, group in by_path.items():
        error = min(group, key=_unlikeliness)
        if error["type"] == "missing" and path in meant:
            continue  # it is there, misspelt, and told as such
        if _unlikeliness(error) and path in around:
            continue  # a union: the branch that was meant is told at a place further in
        if error["type"] == "missing":
            told = tree.missing(path)
            if told:
                yield tree.problem(path, *told)
            continue
        reason, mend = _reason_and_mend(error, path, model)
        nothing = error["type"] in ("extra_forbidden", "value_error")
        yield tree.problem(path, reason, mend, "" if nothing else tree.written(path) or _summary(error["input"]))


def _unlikeliness(error: ErrorDetails) -> int:
    """Of the branches of a union, the one that comes nearest to what was written tells the fault."""
    if error["type"] in ("model_type", "dict_type", "model_attributes_type"):
        return 2
    return 1 if error["type"] in ("float_type", "int_type", "string_type") else 0


def _nearest(word: str, known: Iterable[str]) -> str:
    """The known word that the given one is a likely misspelling of; empty if none is."""
    words = sorted(known)
    # Among very many, looking for near ones would take long; a table of so many faults is mended otherwise.
    return next(iter(difflib.get_close_matches(word, words, n=1, cutoff=0.6)), "") if len(words) <= MANY else ""


def _summary(value: Any) -> str:
    if isinstance(value, dict | list):
        return "keys and values" if isinstance(value, dict) else "a list"
    return "nothing" if value is None else str(value)


def _reason_and_mend(error: ErrorDetails, path: Path, model: type[BaseModel]) -> tuple[str, str]:
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    name = str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        known = _fields_at(model, path[:-1])
        close = _nearest(name, known)
        mend = f"Did you mean '{close}'?" if close else f"Known are {', '.join(sorted(known))}"
        return f"unknown key '{shortened(name)}'", mend
    if kind in ("less_than_equal", "greater_than_equal", "less_than", "greater_than"):
        return _range(kind, context, name, value)
    if kind in ("float_type", "float_parsing", "int_type", "int_parsing", "int_from_float"):
        return _number(kind, value)
    if kind in ("literal_error", "enum"):
        return "not one of the allowed words", _choices(model, path, value)
    if kind == "string_pattern_mismatch":
        return "not of the expected form", _form(str(context.get("pattern", "")), str(value))
    if kind == "too_short":
        return "the list is empty", "Name at least one"
    if kind == "string_too_short":
        return "the text is empty", "Write it, or leave the key out if it may be"
    if kind == "string_too_long":
        return f"the text is longer than {context.get('max_length')} characters", "Shorten it"
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return "expected keys and values", ""
    if kind in ("tuple_type", "list_type"):
        return "expected a list", "Write [a, b], or one entry per line, each beginning with '- '"
    if kind == "string_type":
        return "expected a text", "Write it in one line, in quotes if it holds ': ' or '#'"
    if kind == "bool_type":
        return "expected true or false", ""
    return str(context.get("error", error["msg"])), ""


def _range(kind: str, context: dict[str, Any], name: str, value: Any) -> tuple[str, str]:
    words = {
        "less_than_equal": ("at most", "le"),
        "greater_than_equal": ("at least", "ge"),
        "less_than": ("less than", "lt"),
        "greater_than": ("more than", "gt"),
    }
    word, key = words[kind]
    reason = f"expected {word} {context.get(key):g}"
    if name in _SHARE_FIELDS:
        if kind == "less_than_equal" and 1 < value <= 100:
            return reason, f"Shares are fractions from 0 to 1: write {value / 100:g} for {exact_percent(value / 100)}"
        return reason, "Shares are fractions from 0 to 1"
    return reason, "Write another number, or leave the entry out"


def _number(kind: str, value: Any) -> tuple[str, str]:
    if kind in ("int_type", "int_parsing", "int_from_float"):
        return "expected a whole number", "Write digits only, without quotes"
    if isinstance(value, str):
        percent = re.fullmatch(r"\s*([0-9]+(?:[.,][0-9]+)?)\s*%\s*", value)
        if percent is not None:
            share = float(percent[1].replace(",", ".")) / 100
            return "expected a fraction, found per cent", f"Write {share:g}"
        if re.fullmatch(r"[0-9]+,[0-9]+", value):
            return "expected a number", f"Use a decimal point: {value.replace(',', '.')}"
    return "expected a number", "Write digits such as 0.25, without quotes; leave an unknown number out"


def _choices(model: type[BaseModel], path: Path, value: Any) -> str:
    words = [
        str(word)
        for kind in _types_at(model, path)
        if typing.get_origin(kind) is Literal
        for word in typing.get_args(kind)
    ]
    close = _nearest(str(value), words) or _nearest(str(value).lower(), words)
    return f"Did you mean '{close}'?" if close else f"Allowed: {', '.join(words)}"


# How the forms of texts begin, and what is expected there.
_FORMS = {
    "^[A-Z]{3}": "Expected an ISO 3166 alpha-3 code such as NLD",
    "^[A-Z][A-Z0-9]": "Expected an ISO 3166 alpha-3 code such as NLD, or the code of a bloc such as EU27",
    "^[0-9]{6}": "Expected a heading of 6 digits such as 280480",
    "^[12][0-9]{3}": "Expected a date: 2022, 2022-10 or 2022-10-07",
    "^(https?:": "Write it from http:// or https:// on",
}


def _form(pattern: str, value: str) -> str:
    if pattern.startswith("^[0-9]{6}") and re.fullmatch("[0-9]{5}", value):
        return f"Expected 6 digits; a leading zero was probably lost: write 0{value}, in a spreadsheet as text"
    if pattern.startswith("^[a-z0-9]+"):
        return f"Expected small letters, digits and hyphens, such as {made_id(value) or 'euv-lithography'}"
    return next((words for form, words in _FORMS.items() if pattern.startswith(form)), f"Expected the form {pattern}")


def _fields_at(model: type[BaseModel], path: Path) -> set[str]:
    """Names of the fields that may stand at a place."""
    return {name for kind in _types_at(model, path) if _is_model(kind) for name in kind.model_fields}


def _types_at(model: type[BaseModel], path: Path) -> list[Any]:
    """The types that may stand at a place; of a mapping, those of its keys too."""
    here: list[Any] = [model]
    for step in path:
        there: list[Any] = []
        for kind in here:
            if _is_model(kind):
                there += _parts(kind.model_fields[step].annotation) if step in kind.model_fields else []
            elif typing.get_origin(kind) in (tuple, dict):
                there += [part for inner in typing.get_args(kind) for part in _parts(inner)]
        here = there
    return here


def _parts(kind: Any) -> list[Any]:
    """A type, or those of a union, without what is annotated."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return [part for inner in typing.get_args(kind) for part in _parts(inner)]
    return _parts(typing.get_args(kind)[0]) if origin is typing.Annotated else [kind]


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _problems_between(tree: Tree, value: Any, model: type[BaseModel], errors: list[ErrorDetails]) -> Iterator[Problem]:
    """Faults between entries, also where other entries are faulty; of a value that is told already, nothing more."""
    told = {_path(value, error) for error in errors if error["loc"]}
    for fault in (*faults_between(value, model), *_broken_rules(value, model, errors)):
        if fault.path not in told:
            yield tree.problem(fault.path, fault.reason, _mend(tree, value, fault))


def _broken_rules(value: Any, model: type[BaseModel], errors: list[ErrorDetails]) -> Iterator[Fault]:
    """Rules of the whole document that break among its sound entries; nothing where more than entries is at fault."""
    faulty = {_path(value, error)[:2] for error in errors if error["loc"]}
    if not faulty:
        yield from (fault for error in errors for fault in error.get("ctx", {}).get("rules", ()))
        return
    left: dict[str, list[int]] = {}
    for section in {path[0] for path in faulty if path}:
        rows = value.get(section) if isinstance(section, str) else None
        if not isinstance(rows, list) or (section,) in faulty:
            return
        left[str(section)] = [number for number in range(len(rows)) if (section, number) not in faulty]
    sound = value | {section: [value[section][number] for number in numbers] for section, numbers in left.items()}
    try:
        model.model_validate_json(json.dumps(sound), strict=True)
    except ValidationError as error:
        remaining = error.errors(include_url=False)
        if any(e["loc"] for e in remaining):
            return  # a list of which nothing is left
        for fault in _broken_rules(sound, model, remaining):
            if left.keys().isdisjoint(fault.lists):  # else the faulty entries may be what is missing
                section, *within = fault.path
                numbers = left.get(str(section))
                if numbers is not None and within:
                    within[0] = numbers[int(within[0])]
                yield replace(fault, path=(section, *within))


def _mend(tree: Tree, value: Any, fault: Fault) -> str:
    if fault.first:
        return f"{fault.mend}; the first stands on line {tree.line(fault.first)}"
    if not fault.missing:
        return fault.mend
    (section,) = fault.lists
    rows = value.get(section, ())
    close = _nearest(
        fault.missing, [row["id"] for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]
    )
    return f"Did you mean '{close}'?" if close else f"Add it to {tree.list_name(section)}, or name one that is there"
