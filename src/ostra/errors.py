"""Every error that ostra raises on purpose.

OstraError                 base; `exit_code` is what the command line returns
├── UsageError        2    the request itself cannot be answered: unknown option value, unknown id
│   └── NotFoundError 2    a named thing (economy, ecosystem, product, evidence id) does not exist
├── DataError         3    a file or document breaks its definition; carries one `Problem` per fault
├── MethodError       3    a measure is undefined for the given input
└── ConflictError     4    somebody else changed what this change was based on
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class OstraError(Exception):
    """Base class; the message is meant to be read by the user as it stands."""

    exit_code = 1


class UsageError(OstraError):
    """The request cannot be answered as it was put."""

    exit_code = 2


class NotFoundError(UsageError):
    """A thing named in the request does not exist; the message lists what does."""


class MethodError(OstraError):
    """A measure is undefined for the given input; the message states the precondition that failed."""

    exit_code = 3


class ConflictError(OstraError):
    """The thing was changed by somebody else in between; nothing was written."""

    exit_code = 4


@dataclass(frozen=True)
class Problem:
    """One fault in one place of an input: what is wrong, what was seen, and how to mend it."""

    reason: str
    file: str = ""
    line: int | None = None
    column: str = ""
    value: str = ""
    mend: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.line is not None:
            place += f":{self.line}"
        if self.column:
            place += f", {self.column}" if place else self.column
        text = f"{place}: {self.reason}" if place else self.reason
        if self.value:
            text += f" (found {self.value!r})"
        if self.mend:
            text += f". {self.mend}"
        return text


def shortened(text: str, length: int = 80) -> str:
    """The text, or its beginning with an ellipsis, for what a message shows of an input."""
    return text if len(text) <= length else text[: length - 1] + "…"


def did_you_mean(names: Iterable[str]) -> str:
    """A mend that offers what is near; names as they are to be written."""
    *others, last = names
    return f"Did you mean {', '.join(others)} or {last}?" if others else f"Did you mean {last}?"


class DataError(OstraError):
    """An input breaks its definition.

    `problems` holds every fault that was found, so that all can be mended at once. One alone may be given as its
    reason, with the place, the value and the mend as in `Problem`.
    """

    exit_code = 3

    def __init__(
        self,
        problems: str | Iterable[Problem],
        file: str = "",
        line: int | None = None,
        column: str = "",
        value: str = "",
        mend: str = "",
    ) -> None:
        if isinstance(problems, str):
            problems = (Problem(problems, file, line, column, value, mend),)
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
