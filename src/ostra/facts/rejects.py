"""The report of rejected rows: a CSV that a spreadsheet opens without running anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ostra.errors import Problem
from ostra.files.spreadsheets import write_csv

COLUMNS = ("file", "line", "column", "value", "reason", "mend")


def write_rejects(path: Path, problems: Iterable[Problem], keep: int) -> tuple[tuple[Problem, ...], int]:
    """Write one line for each problem; return the first `keep` and how many there were."""
    first: list[Problem] = []
    count = 0

    def rows() -> Iterator[tuple[str | int | None, ...]]:
        nonlocal count
        for problem in problems:
            yield problem.file, problem.line, problem.column, problem.value, problem.reason, problem.mend
            count += 1
            if count <= keep:
                first.append(problem)

    with path.open("w", encoding="utf-8", newline="") as handle:
        write_csv(handle, COLUMNS, rows())
    return tuple(first), count
