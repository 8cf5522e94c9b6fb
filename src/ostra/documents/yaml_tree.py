"""YAML text from strangers, read into plain values that remember where they stood.

Only what dossiers need is accepted: mappings, lists and scalars. Anchors and aliases (cycles, the "billion laughs"),
tags, merge keys, several documents in one file, duplicate keys and control characters are refused, each with its
line. Nothing is guessed from the looks of a word: `NO` is Norway and not false, `2022-10-07` and `0123` stay text;
only null, true, false and decimal numbers are more than text. Recursion is bounded by `MAX_DEPTH`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from ostra.errors import DataError, Problem, shortened
from ostra.model.references import Path

MAX_BYTES = 5_000_000
MAX_DEPTH = 30  # the deepest built-in document has 6 levels
DEEP = f"nested more than {MAX_DEPTH} levels deep"
MAX_PROBLEMS = 200  # more help nobody; the rest is counted

Scalar = str | int | float | bool | None

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)([eE][-+]?[0-9]+)?")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
# Control characters, lone surrogates and the marks that reverse the direction of writing hide what a text says.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")

# libyaml is ten times faster and comes with the wheels; the pure Python parser reads the same language.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Tree:
    """The values of a document, and for each path its line (from 1) and, for scalars, the text as written."""

    file: str = ""  # what messages call the document
    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    raw: dict[Path, str] = field(default_factory=dict)

    def line(self, path: Path) -> int | None:
        """The line of the place, or of the nearest place around it."""
        return next((self.lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.lines), None)

    def column(self, path: Path) -> str:
        """The path as words: `provision.3(euv-lithography).share`; entries with an id or item carry it."""
        words, value = [], self.value
        for step in path:
            value = value[step] if holds(value, step) else None
            label = ""
            if isinstance(step, int) and isinstance(value, dict):
                name = value.get("id", value.get("item", value.get("economy", "")))
                label = f"({shortened(name, 40)})" if isinstance(name, str) and name else ""
            words.append(f"{shortened(str(step), 60)}{label}")
        return ".".join(words)

    def written(self, path: Path) -> str:
        """The text that stands at a place; empty where there is none, or more than one."""
        return self.raw.get(path, "")

    def problem(self, path: Path, reason: str, mend: str = "", value: str = "") -> Problem:
        """A fault at a place of the document."""
        return Problem(reason, self.file, self.line(path), self.column(path), shortened(value), mend)

    def missing(self, path: Path) -> tuple[str, str] | None:
        """What is said of a key that must be there, and the mend."""
        return f"'{path[-1]}' is missing", f"Add '{path[-1]}:'"

    def list_name(self, section: str) -> str:
        """What a list of the document is called."""
        return f"'{section}'"


def holds(value: Any, step: int | str) -> bool:
    """Whether a list or mapping has something at a step of a path."""
    if isinstance(value, list):
        return isinstance(step, int) and 0 <= step < len(value)
    return isinstance(value, dict) and step in value


@dataclass
class _Open:
    """A mapping or list that is being read."""

    value: dict[str, Any] | list[Any]
    path: Path
    key: str | None = None  # of a mapping: the key that waits for its value
    skip: bool = False  # the waiting value belongs to a duplicate key


def parse_yaml(text: str, file: str) -> Tree:
    """Read one YAML document.

    Parameters
    ----------
    text : str
        The whole document.
    file : str
        Its name, for messages.

    Returns
    -------
    Tree
        Plain values with their places.

    Raises
    ------
    DataError
        With one problem per fault; a fault of syntax ends the reading, other faults are collected.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise DataError(
            "the document is too large",
            file=file,
            value=f"{size} bytes",
            mend=f"At most {MAX_BYTES} bytes are read; keep large tables as facts, not in a dossier",
        )
    reader = _Reader(file)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        reader.problems.append(_syntax_problem(error, text, file))
    except yaml.reader.ReaderError as error:
        reader.problems.append(
            Problem(
                "a character that YAML does not allow",
                file=file,
                line=text.count("\n", 0, max(error.position, 0)) + 1,
                value=f"U+{error.character:04X}" if isinstance(error.character, int) else repr(error.character),
                mend="Save the document as plain UTF-8 text",
            )
        )
    except (yaml.YAMLError, UnicodeError, ValueError) as error:
        reader.problems.append(Problem(f"not readable as YAML: {error}", file=file, mend="Save it as UTF-8 text"))
    except _TooDeep:
        pass  # already among the problems
    if not reader.problems and not reader.documents:
        reader.problems.append(Problem("the document is empty", file=file))
    if reader.problems:
        raise DataError(reader.problems[:MAX_PROBLEMS])
    return reader.tree


class _TooDeep(Exception):
    """Ends the reading: nesting beyond the bound."""


class _Reader:
    """Builds the tree from parser events, so that no depth of nesting can exhaust the stack."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.tree = Tree(file)
        self.problems: list[Problem] = []
        self.documents = 0
        self._open: list[_Open] = []

    def _complain(self, event: yaml.Event, reason: str, value: str = "", mend: str = "") -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(
                Problem(reason, file=self.file, line=_line_of(event), value=shortened(value), mend=mend)
            )

    def take(self, event: yaml.Event) -> None:
        """Take the next event of the parser."""
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self._complain(event, "a second document in the same file", "---", "Keep one document per file")
        elif isinstance(event, yaml.AliasEvent):
            self._complain(event, "aliases are not allowed", f"*{event.anchor}", "Write the value out")
            self._place(event, None)
        elif isinstance(event, yaml.NodeEvent):
            self._node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()

    def _node(self, event: yaml.NodeEvent) -> None:
        if event.anchor is not None:
            self._complain(event, "anchors are not allowed", f"&{event.anchor}", "Remove the anchor")
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            self._complain(event, "tags are not allowed", tag, "Remove the tag")
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
            return
        if len(self._open) >= MAX_DEPTH:
            self._complain(event, DEEP, mend="Flatten the document")
            raise _TooDeep
        value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self._place(event, value)
        self._open.append(_Open(value, path))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        text = event.value
        hidden = _HIDDEN.search(text)
        if hidden is not None:
            code = f"U+{ord(hidden.group()):04X}"
            self._complain(event, "a hidden or control character in a text", code, "Remove it")
            text = _HIDDEN.sub("", text)
        parent = self._open[-1] if self._open else None
        if parent is not None and isinstance(parent.value, dict) and parent.key is None:
            self._key(event, parent, text)
            return
        plain = bool(event.implicit[0])
        value = resolve(text) if plain else text
        if isinstance(value, float) and not math.isfinite(value):
            self._complain(event, "a number that is too large", text)
            value = None
        path = self._place(event, value)
        self.tree.raw[path] = text

    def _key(self, event: yaml.Event, parent: _Open, text: str) -> None:
        parent.key = text
        path = (*parent.path, text)
        if text in parent.value:
            first = self.tree.lines.get(path, 0)
            self._complain(
                event, f"the key '{shortened(text)}' stands twice", mend=f"It stands in line {first} already"
            )
            parent.skip = True

    def _place(self, event: yaml.Event, value: Any) -> Path:
        line = _line_of(event)
        if not self._open:
            if self.documents == 1:
                self.tree.value = value
                self.tree.lines[()] = line
            return ()
        parent = self._open[-1]
        if isinstance(parent.value, list):
            path: Path = (*parent.path, len(parent.value))
            parent.value.append(value)
        elif parent.key is None:
            self._complain(event, "a key must be a word", mend="Keys are plain words such as 'title'")
            parent.key = ""
            return parent.path
        else:
            path = (*parent.path, parent.key)
            if parent.skip:
                path = (*path, "(again)")
            else:
                parent.value[parent.key] = value
            parent.key, parent.skip = None, False
        self.tree.lines[path] = line
        return path


def _line_of(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 1


def resolve(text: str) -> Scalar:
    """What an unquoted word means: null, true, false, a decimal number, or itself.

    Numbers with leading zeros stay text: they are codes such as HS headings.
    """
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _LEADING_ZERO.fullmatch(text):
        return text
    if _INTEGER.fullmatch(text) and len(text) < 20:
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else None
    lines = text.splitlines()
    seen = lines[line - 1] if line is not None and line <= len(lines) else ""
    reason = " ".join(part for part in (error.context, error.problem) if part)
    if "nesting depth" in reason:
        # Some versions of libyaml have a bound of their own, and meet it while they read ahead of the events.
        return Problem(DEEP, file=file, line=line, value=shortened(seen.strip()), mend="Flatten the document")
    mend = "Check indentation, quotes and colons in this line and the one before"
    if "\t" in seen[: len(seen) - len(seen.lstrip())] or "'\\t'" in reason:
        mend = "Indent with spaces, not with tabs"
    return Problem(f"not YAML: {reason}", file=file, line=line, value=shortened(seen.strip()), mend=mend)
