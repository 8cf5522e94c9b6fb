"""The rows that an import rejects, each with its place in the user's file, its value and how to mend it."""

from __future__ import annotations

import bisect
from collections.abc import Iterator

from ostra.errors import Problem
from ostra.facts.readers.archives import Scanned, record_lines
from ostra.facts.staging import PIECE, Staged


def rejected_rows(staged: Staged) -> Iterator[Problem]:
    """Every rejected row with its place, file by file and in the order of lines."""
    cursor = staged.connection.cursor()
    for number, (file, start) in enumerate(zip(staged.files, staged.starts, strict=True)):
        count = (staged.starts[number + 1] if number + 1 < len(staged.starts) else staged.rows) - start
        lines = _Lines(staged, number, count)
        pending = iter(sorted(staged.structure[number].items()))
        waiting = next(pending, None)
        cursor.execute(
            f"SELECT rowid, fault, raw, NULL FROM staged_{number} WHERE raw IS NOT NULL UNION ALL"
            f" SELECT d.row - {start}, 0, NULL, concat_ws(', ', {', '.join(staged.reading.key) or 'NULL'})"
            " FROM doubled AS d JOIN decoded USING (row)"
            f" WHERE d.row BETWEEN {start} AND {start + count - 1} ORDER BY 1"
        )
        while rows := cursor.fetchmany(PIECE):
            for row, fault, raw, key in rows:
                line = lines.of(row)
                while waiting and (line is None or waiting[0] < line):
                    yield waiting[1]
                    waiting = next(pending, None)
                shown = None if line is None else line + file.skipped
                yield _problem(staged, file, shown, fault, raw, key)
        while waiting:
            yield waiting[1]
            waiting = next(pending, None)


def _problem(
    staged: Staged, file: Scanned, line: int | None, fault: int, raw: list[str | None] | None, key: str
) -> Problem:
    if raw is None:
        return Problem(
            "the same flow is given twice" if staged.reading.table == "trade" else "the same row is given twice",
            file.name,
            line,
            ", ".join(staged.reading.key),
            key,
            "The first in the file is kept; remove the others, or add them up.",
        )
    found = staged.reading.faults[fault - 1]
    columns = zip(staged.reading.columns.values(), raw, strict=True)
    name, value = next(((names[0], text or "") for names, text in columns if found.column in names), (found.column, ""))
    mend = staged.explanations.get(value.strip(), found.mend)
    return Problem(found.reason, file.name, line, name, value[:200], mend)


class _Lines:
    """From the number of a staged row to the line that it began on.

    Without line breaks inside values, that is the row number plus header plus unsplittable lines before it; files
    with such breaks or with blank lines are read again, record by record.
    """

    def __init__(self, staged: Staged, number: int, count: int) -> None:
        file = staged.files[number]
        self._bad = sorted(staged.structure[number])
        self._exact: list[int] | None = None
        if file.lines != count + len(self._bad) + 1:
            bad = set(self._bad)
            self._exact = [first for first, _ in record_lines(file, staged.delimiters[number]) if first not in bad]
            if len(self._exact) != count:
                self._exact = []

    def of(self, row: int) -> int | None:
        if self._exact is not None:
            return self._exact[row] if row < len(self._exact) else None
        line = row + 2
        while True:
            moved = row + 2 + bisect.bisect_right(self._bad, line)
            if moved == line:
                return line
            line = moved
