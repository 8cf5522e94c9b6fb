"""What documents declare of their entries: which values name entries of other lists, and which tell entries apart.

A model says it in its types, `Annotated[Id, Refers("items", "item")]`, and by `unique`. Here the declarations are
gathered and held against a document, be it a model or the plain values of a file that is not sound yet.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Self, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, model_validator
from pydantic_core import PydanticCustomError

from ostra.model.base import Entry, Model, Names, Refers

Path = tuple[str | int, ...]
EACH = "*"  # in place of the numbers of a list's entries; no field is called so


@dataclass(frozen=True)
class Fault:
    """What is wrong between the entries of a document, at its place.

    Attributes
    ----------
    lists
        The lists in which something is missing or counted; a reader that left out entries of them leaves this out too.
    missing
        The id that no entry of `lists` has, if that is the fault.
    first
        The place of the earlier one, if something stands twice.
    """

    path: Path
    reason: str
    mend: str = ""
    lists: tuple[str, ...] = ()
    missing: str = ""
    first: Path = ()


@dataclass(frozen=True)
class Unique:
    """The entry is told from all others of `owner` in the document by the values of these keys."""

    owner: type[BaseModel]
    keys: tuple[str, ...]


class Document(Model):
    """A model with a file of its own, whose entries refer to each other."""

    def rules(self) -> Iterator[Fault]:
        """What is wrong between entries, beyond what their types declare."""
        yield from ()

    @model_validator(mode="after")
    def _entries_fit_together(self) -> Self:
        rules = tuple(self.rules())
        faults = [*faults_between(self, type(self)), *rules]
        if faults:
            words = "; ".join(f"{'.'.join(map(str, fault.path))}: {fault.reason}" for fault in faults)
            raise PydanticCustomError("entries", "{words}", {"words": words, "rules": rules})
        return self


def faults_between(document: Any, model: type[BaseModel]) -> Iterator[Fault]:
    """Ids that lead nowhere and entries that stand twice, in the order of the model's fields.

    Parameters
    ----------
    document
        A model, or plain values of any shape; what is not of the model's shape is passed over.
    model
        The model that declares the references.
    """
    known: dict[str, set[str] | None] = {}
    seen: dict[tuple[type[BaseModel], tuple[Any, ...]], Path] = {}
    for steps, mark in declared(model):
        if isinstance(mark, Refers):
            if mark.section not in known:
                known[mark.section] = _ids(document, model, mark.section)
            ids = known[mark.section]
            for path, name in values_at(document, steps):
                if ids is not None and isinstance(name, str) and name not in ids:
                    yield Fault(path, f"no {mark.word} '{name}'", lists=(mark.section,), missing=name)
        elif isinstance(mark, Unique):
            for path, entry in values_at(document, steps):
                key = tuple(_get(entry, name) for name in mark.keys)
                if not all(isinstance(part, str) for part in key):
                    continue
                first = seen.setdefault((mark.owner, key), path)
                if first != path:
                    words = " of ".join(f"'{part}'" for part in key)
                    mend = f"Give each its own {' and '.join(mark.keys)}"
                    yield Fault(
                        (*path, mark.keys[-1]), f"{words} is defined twice", mend, first=(*first, mark.keys[-1])
                    )


def named(document: Any, model: type[BaseModel], *kinds: str) -> Iterator[tuple[Path, str, str]]:
    """Every place where something of these kinds is named (`Names` in `model.base`), with the kind and the name."""
    for steps, mark in declared(model):
        if isinstance(mark, Names) and mark.kind in kinds:
            yield from ((path, mark.kind, name) for path, name in values_at(document, steps) if isinstance(name, str))


@cache
def declared(model: type[BaseModel]) -> tuple[tuple[tuple[str, ...], object], ...]:
    """What the types of a model declare: the way to each place, with `EACH` for any entry of a list, and the mark."""
    return tuple(_declared(model))


def _declared(kind: Any) -> Iterator[tuple[tuple[str, ...], object]]:
    origin = get_origin(kind)
    if origin is Annotated:
        kind, *marks = get_args(kind)
        yield from (((), mark) for mark in marks if isinstance(mark, Names | Refers))
        yield from _declared(kind)
    elif origin is tuple:
        yield from (((EACH, *steps), mark) for steps, mark in _declared(get_args(kind)[0]))
    elif origin in (Union, types.UnionType):
        for part in get_args(kind):
            yield from _declared(part)
    elif isinstance(kind, type) and issubclass(kind, Model):
        if kind.unique:  # the kind is the first class of the family: all that a scenario states are of one
            yield (), Unique(next(base for base in kind.__mro__ if base.__base__ in (Model, Entry)), kind.unique)
        hints = get_type_hints(kind, include_extras=True)
        for name in kind.model_fields:
            yield from (((name, *steps), mark) for steps, mark in _declared(hints[name]))


def values_at(document: Any, steps: tuple[str, ...]) -> list[tuple[Path, Any]]:
    """What stands at the places of a way, each with its path; nothing where the document is not of that shape."""
    found: list[tuple[Path, Any]] = [((), document)]
    for step in steps:
        if step == EACH:
            lists = ((path, value) for path, value in found if isinstance(value, list | tuple))
            found = [((*path, number), entry) for path, value in lists for number, entry in enumerate(value)]
        else:
            found = [((*path, step), _get(value, step)) for path, value in found]
    return found


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else getattr(value, key, None)


def _ids(document: Any, model: type[BaseModel], section: str) -> set[str] | None:
    """The ids of a list; none at all where it is not written; None where it cannot be told."""
    entries = _get(document, section)
    if entries is None and not model.model_fields[section].is_required():
        return set()
    if not isinstance(entries, list | tuple):
        return None
    return {name for entry in entries if isinstance(name := _get(entry, "id"), str)}
