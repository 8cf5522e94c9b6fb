"""A parsed document against its model: what pydantic reports becomes problems with line, place, value and mend."""

from __future__ import annotations

import copy
import difflib
import json
import re
import types
import typing
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ostra.documents.yaml_tree import MAX_PROBLEMS, Path, Tree, line_at
from ostra.errors import DataError, Problem, shortened

M = TypeVar("M", bound=BaseModel)

# Where the subjects of the models' own checks ("claim 'x': no source 'y'") are listed.
_SECTIONS = {
    "source": "sources",
    "claim": "claims",
    "stage": "stages",
    "item": "items",
    "finding": "findings",
    "actor": "actors",
    "context": "context",
    "recommendation": "recommendations",
    "instrument": "instruments",
    "case": "cases",
    "withholding": "withheld",
    "loss": "lost_capacity",
    "demand": "demand",
    "stock": "stocks",
    "essential": "essential",
    "substitution": "substitution",
    "release": "releases",
    "addition": "new_capacity",
}
_NO_SUCH = re.compile(r"no (\w+) '([^']*)'")
_SUBJECT = re.compile(r"^(\w+) '([^']*)'")
_LINK = re.compile(r"^link '([^']*)' -> '([^']*)'")
_PROVISION = re.compile(r"^provision of '([^']*)' by ([^:]*)")
_POSITION = re.compile(r"^position on '([^']*)' of (\w+)")
_RELATION = re.compile(r"^relation to (\w+) is given twice")
_SHARE_FIELDS = frozenset({"share", "low", "high", "weight", "confidence", "hold", "medium", "credible"})


def validated(tree: Tree, model: type[M], file: str) -> M:
    """The model that a document describes.

    Values are taken strictly: no text is read as a number, no number as true or false. The one exception is the other
    way round: where text is expected and a number stands (`hs: 280480`, `date: 2023`), the text as written is meant.

    Parameters
    ----------
    tree : Tree
        A mapping as read by `parse_yaml`.
    model : type
        The model to validate against.
    file : str
        Name of the document, for messages.

    Raises
    ------
    DataError
        One problem per fault. Faults inside entries come first; references between entries are checked among the
        entries that are sound.
    """
    value = tree.value
    try:
        return model.model_validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        errors = error.errors(include_url=False)
    repaired = _numbers_as_written(tree, errors)
    if repaired is not None:
        value = repaired
        try:
            return model.model_validate_json(json.dumps(value), strict=True)
        except ValidationError as error:
            errors = error.errors(include_url=False)
    problems = [*_field_problems(tree, value, model, file, errors), *_own_problems(tree, value, file, errors)]
    if any(e["loc"] for e in errors):
        problems += _problems_among_the_sound(tree, value, model, file, errors)
    unique = {(p.line, p.column, p.reason): p for p in problems}
    ordered = sorted(unique.values(), key=lambda p: (p.line or 0, p.column, p.reason))
    raise DataError(ordered[:MAX_PROBLEMS])


def _numbers_as_written(tree: Tree, errors: list[ErrorDetails]) -> Any:
    """The document with the written text at every place where text was wanted and a number stood; None if nowhere."""
    value = None
    for error in errors:
        if error["type"] != "string_type":
            continue
        path = _path(tree.value, error)
        if path in tree.raw and isinstance(_at(tree.value, path), int | float) and path:
            if value is None:
                value = copy.deepcopy(tree.value)
            _at(value, path[:-1])[path[-1]] = tree.raw[path]
    return value


def _path(value: Any, error: ErrorDetails) -> Path:
    """The place of an error in the document: pydantic's location without the names of union branches."""
    path: list[int | str] = []
    loc = error["loc"]
    for position, step in enumerate(loc):
        if _holds(value, step):
            path.append(step)
            value = value[step]
        elif error["type"] == "missing" and position == len(loc) - 1:
            path.append(step)
    return tuple(path)


def _holds(value: Any, step: int | str) -> bool:
    if isinstance(value, list):
        return isinstance(step, int) and 0 <= step < len(value)
    return isinstance(value, dict) and step in value


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def dotted(path: Path, value: Any) -> str:
    """The path as words: `provision.3(euv-lithography).share`; entries with an id or item carry it."""
    words = []
    for step in path:
        value = value[step] if _holds(value, step) else None
        label = ""
        if isinstance(step, int) and isinstance(value, dict):
            name = value.get("id", value.get("item", value.get("economy", "")))
            label = f"({shortened(name, 40)})" if isinstance(name, str) and name else ""
        words.append(f"{shortened(str(step), 60)}{label}")
    return ".".join(words)


def _field_problems(
    tree: Tree, value: Any, model: type[BaseModel], file: str, errors: list[ErrorDetails]
) -> Iterator[Problem]:
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
    for path, group in by_path.items():
        error = min(group, key=_unlikeliness)
        if error["type"] == "missing" and path in meant:
            continue  # it is there, misspelt, and told as such
        if _unlikeliness(error) and any(p[: len(path)] == path and p != path for p in by_path):
            continue  # a union: the branch that was meant is told at a place further in
        reason, mend = _reason_and_mend(error, path, model)
        seen = tree.raw.get(path, _summary(error["input"]))
        if error["type"] in ("missing", "extra_forbidden", "value_error"):
            seen = ""
        yield Problem(
            reason, file=file, line=line_at(tree, path), column=dotted(path, value), value=shortened(seen), mend=mend
        )


def _unlikeliness(error: ErrorDetails) -> int:
    """Of the branches of a union, the one that comes nearest to what was written tells the fault."""
    if error["type"] in ("model_type", "dict_type", "model_attributes_type"):
        return 2
    return 1 if error["type"] in ("float_type", "int_type", "string_type") else 0


def _nearest(word: str, known: Iterable[str]) -> str:
    """The known word that the given one is a likely misspelling of; empty if none is."""
    return next(iter(difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)), "")


def _summary(value: Any) -> str:
    if isinstance(value, dict | list):
        return "keys and values" if isinstance(value, dict) else "a list"
    return "nothing" if value is None else str(value)


def _reason_and_mend(error: ErrorDetails, path: Path, model: type[BaseModel]) -> tuple[str, str]:
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    name = str(path[-1]) if path else ""
    if kind == "missing":
        return f"'{name}' is missing", f"Add '{name}:'"
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
        return "not one of the allowed words", _choices(str(context.get("expected", "")), value)
    if kind == "string_pattern_mismatch":
        return "not of the expected form", _form(str(context.get("pattern", "")))
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
    return _plain(str(error["msg"])), ""


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")


def _range(kind: str, context: dict[str, Any], name: str, value: Any) -> tuple[str, str]:
    words = {
        "less_than_equal": ("at most", "le"),
        "greater_than_equal": ("at least", "ge"),
        "less_than": ("less than", "lt"),
        "greater_than": ("more than", "gt"),
    }
    word, key = words[kind]
    reason = f"expected {word} {context.get(key):g}"
    if name in _SHARE_FIELDS and kind == "less_than_equal" and isinstance(value, int | float):
        if 1 < value <= 100:
            return reason, f"Shares are fractions from 0 to 1: write {value / 100:g} for {value:g} %"
        return reason, "Shares are fractions from 0 to 1"
    return reason, ""


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
    return "expected a number", "Leave an unknown number out; write a known one without quotes"


def _choices(expected: str, value: Any) -> str:
    words = re.findall(r"'([^']*)'", expected)
    close = _nearest(str(value).lower(), words)
    return f"Did you mean '{close}'?" if close else f"Allowed: {expected}"


def _form(pattern: str) -> str:
    if pattern.startswith("^[A-Z]{3}"):
        return "Expected an ISO 3166 alpha-3 code such as NLD"
    if pattern.startswith("^[A-Z][A-Z0-9]"):
        return "Expected an ISO 3166 alpha-3 code such as NLD, or the code of a bloc such as EU27"
    if pattern.startswith("^[0-9]{6}"):
        return "Expected a heading of 6 digits such as 280480"
    if pattern.startswith("^[12][0-9]{3}"):
        return "Expected a date: 2022, 2022-10 or 2022-10-07"
    if pattern.startswith("^[a-z0-9]+"):
        return "Expected small letters, digits and hyphens, such as euv-lithography"
    return f"Expected the form {pattern}"


def _fields_at(model: Any, path: Path) -> set[str]:
    """Names of the fields that may stand at a place."""
    here: list[Any] = [model]
    for step in path:
        there: list[Any] = []
        for kind in here:
            if isinstance(step, str) and step in kind.model_fields:
                there += _models_in(kind.model_fields[step].annotation)
            elif isinstance(step, int):
                there.append(kind)  # an entry of a list: its models were found at the list
        here = there
    return {name for kind in here for name in kind.model_fields}


def _models_in(annotation: Any) -> list[Any]:
    """The models that a type names, through lists, unions and annotations."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    origin = typing.get_origin(annotation)
    if origin in (tuple, list, dict, typing.Union, types.UnionType, typing.Annotated):
        return [model for part in typing.get_args(annotation) for model in _models_in(part)]
    return []


def _own_problems(tree: Tree, value: Any, file: str, errors: list[ErrorDetails]) -> Iterator[Problem]:
    """Problems that the model's own check of the whole document found."""
    for error in errors:
        if error["loc"]:
            continue
        for fault in _plain(str(error["msg"])).split("; "):
            path = _subject_path(tree, value, fault)
            yield Problem(
                fault,
                file=file,
                line=line_at(tree, path),
                column=dotted(path, value),
                mend=_reference_mend(value, fault),
            )


def _subject_path(tree: Tree, value: dict[str, Any], fault: str) -> Path:
    """The entry that a fault speaks of; the last of several with the same id, because that one is the double."""
    link, provision, subject = _LINK.match(fault), _PROVISION.match(fault), _SUBJECT.match(fault)
    relation, missing = _RELATION.match(fault), _NO_SUCH.search(fault)
    position = _POSITION.match(fault)
    path: Path = ()
    if link is not None:
        path = _entry(value, "links", {"item": link[1], "needs": link[2]})
    elif provision is not None:
        by_name = _entry(value, "provision", {"item": provision[1], "organisation": provision[2]})
        by_economy = _entry(value, "provision", {"item": provision[1], "economy": provision[2]})
        path = by_name or by_economy or _entry(value, "provision", {"item": provision[1]})
    elif position is not None:
        path = _entry(value, "positions", {"topic": position[1], "economy": position[2]})
    elif relation is not None:
        path = _entry(value, "relations", {"economy": relation[1]})
    elif subject is not None and subject[1] in _SECTIONS:
        path = _entry(value, _SECTIONS[subject[1]], {"id": subject[2]})
    if missing is not None:
        # The very place where the name stands, within the entry if one is known.
        places = (p for p, text in tree.raw.items() if text == missing[2] and p[-1] != "id" and p[: len(path)] == path)
        path = next(places, path)
    key = fault.partition(":")[0]
    return path or ((key,) if key in value else ())


def _entry(value: dict[str, Any], section: str, wanted: dict[str, str]) -> Path:
    rows = value.get(section)
    if not isinstance(rows, list):
        return ()
    found = [i for i, row in enumerate(rows) if isinstance(row, dict) and wanted.items() <= row.items()]
    return (section, found[-1]) if found else ()


def _reference_mend(value: dict[str, Any], fault: str) -> str:
    missing = _NO_SUCH.search(fault)
    if missing is None:
        return "Give each its own id" if "defined twice" in fault else ""
    section = _SECTIONS.get(missing[1], "")
    known = [row["id"] for row in value.get(section, ()) if isinstance(row, dict) and isinstance(row.get("id"), str)]
    close = _nearest(missing[2], known)
    return f"Did you mean '{close}'?" if close else f"Add it to '{section}', or name one that is there"


def _problems_among_the_sound(
    tree: Tree, value: Any, model: type[BaseModel], file: str, errors: list[ErrorDetails]
) -> list[Problem]:
    """Faults between the entries that are sound by themselves, so that one reading names everything.

    The faulty entries are left out for this; what refers to them is not called missing.
    """
    faulty = {path[:2] for path in (_path(value, e) for e in errors) if len(path) >= 2}
    sound = copy.deepcopy(value)
    left_out: set[str] = set()
    for section, index in sorted(faulty, key=str, reverse=True):
        rows = sound.get(section)
        if isinstance(rows, list) and isinstance(index, int):
            entry = rows[index]
            if isinstance(entry, dict):
                left_out |= {str(entry.get(key)) for key in ("id", "item")}
            rows[index] = None
    for section, rows in sound.items():
        if isinstance(rows, list):
            sound[section] = [row for row in rows if row is not None]
    try:
        model.model_validate_json(json.dumps(sound), strict=True)
    except ValidationError as error:
        remaining = error.errors(include_url=False)
        if any(e["loc"] for e in remaining):
            return []  # a fault that is not inside an entry: the whole cannot be checked yet
        found = _own_problems(tree, value, file, remaining)
        emptied = [section for section, _ in faulty if sound.get(section) == []]  # not so in the document
        consequences = (*(f"'{name}'" for name in left_out), *map(str, emptied))
        return [p for p in found if not any(words in p.reason for words in consequences)]
    return []
