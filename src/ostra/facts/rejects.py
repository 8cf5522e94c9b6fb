"""The report of rejected rows: a CSV that a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from ostra.errors import Problem
from ostra.files.spreadsheets import harmless

COLUMNS = ("file", "line", "column", "value", "reason", "mend")


def write_rejects(path: Path, problems: Iterable[Problem], keep: int) -> tuple[tuple[Problem, ...], int]:
    """Write one line for each problem; return the first `keep` and how many there were."""
    first: list[Problem] = []
    count = 0
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(COLUMNS)
        for problem in problems:
            line = "" if problem.line is None else str(problem.line)
            cells = (problem.file, line, problem.column, problem.value, problem.reason, problem.mend)
            writer.writerow([harmless(cell) for cell in cells])
            count += 1
            if count <= keep:
                first.append(problem)
    return tuple(first), count
