"""The one report that every change, and every check before one, answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from ostra.errors import Problem


@dataclass(frozen=True)
class Change:
    """What was done to what.

    Attributes
    ----------
    done
        What kind of change it was; what is only checked is left as it is.
    subject
        What it was done to: a path, or the id of a data set.
    lines
        What people are to know of it, a line each.
    counts
        How many rows, cases, items or other things, by what became of them.
    caveats
        What is to be known of the result before it is used, a sentence each; among `lines` as well.
    problems
        Rows that could not be used, the first of them where there are many; of a check, every fault that it found.
    written
        Files that were written.
    """

    done: Literal["made", "imported", "exported", "checked", "dropped"]
    subject: str
    lines: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    written: tuple[Path, ...] = ()

    @property
    def unchanged(self) -> bool:
        """Whether nothing was written or taken out: it was there already, or was only checked."""
        return not self.written and self.done != "dropped"

    def as_dict(self) -> dict[str, Any]:
        """The report as values that JSON knows."""
        return asdict(self) | {"written": [str(path) for path in self.written], "unchanged": self.unchanged}


def labelled(label: str, said: tuple[str, ...]) -> tuple[str, ...]:
    """Each text with a word before it that says what it is."""
    return tuple(f"{label}: {text}" for text in said)
