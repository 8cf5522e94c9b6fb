"""What each column of a listing is called, its kind, unit and meaning: said once, in `columns.csv`.

Tables, workbooks, the data dictionary of the documentation and the tooltips of pages read it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import cast

from ostra.words.figures import Kind


@dataclass(frozen=True)
class Column:
    """A column of a listing; its key heads it in files, its heading where people read it."""

    key: str
    heading: str
    kind: Kind = "text"
    unit: str = ""
    meaning: str = ""
    level: str = ""  # the key of the level that a cell in a terminal is shaded by


@cache
def columns() -> dict[tuple[str, str], Column]:
    """Every column by key and by the words of the question that it is special to (empty: of any)."""
    with Path(__file__).with_name("columns.csv").open(encoding="utf-8", newline="") as lines:
        return {
            (row["column"], row["of"]): Column(
                row["column"], row["heading"], cast("Kind", row["kind"]), row["unit"], row["meaning"]
            )
            for row in csv.DictReader(lines)
        }


def column(key: str, of: str = "", *, level: str = "", sides: Mapping[str, str] | None = None) -> Column:
    """A column as a question shows it; one that nobody defined, such as the name of an ecosystem, heads itself.

    Parameters
    ----------
    of
        Words of the question, such as `reliance through`; what stands for its first words is found too.
    sides
        What stands for names in braces of a heading, such as `{a}` for the first of two sides.
    """
    words, known = of.split(), columns()
    for most in range(len(words), -1, -1):
        if found := known.get((key, " ".join(words[:most]))):
            heading = found.heading
            for name, side in (sides or {}).items():
                heading = heading.replace(f"{{{name}}}", side)
            return replace(found, heading=heading, level=level)
    return Column(key, key, level=level)
