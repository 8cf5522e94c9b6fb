"""Coercion cases from a CSV file, checked, or added to the list of a workspace: all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ostra.change.new_workspace import folder_of
from ostra.change.report import Change, labelled
from ostra.documents.coercion_cases import CASES_FILE, read_cases, same_case, taken_text
from ostra.documents.readers.coercion_table import COLUMNS, ListedCase, as_cells, coercion_cases_reading
from ostra.errors import ConflictError
from ostra.files.locks import locked
from ostra.files.spreadsheets import csv_text
from ostra.files.whole_files import write_whole
from ostra.model.evidence import Source
from ostra.model.profile import CoercionCase
from ostra.words.sentences import counted
from ostra.workspace import Workspace


def import_cases(space: Workspace, file: Path, *, replace: bool = False) -> Change:
    """Add the cases of a CSV file to those of the workspace; cases of its profile are known already.

    A case with the coercer, target, year and place of another is a duplicate and left out; one with the coercer, target
    and year of another is told to be alike, and base rates count both once.

    Parameters
    ----------
    file
        As `coercion_cases_reading` describes it.
    replace
        Let a case of the file stand for one of the same id in the workspace that says something else.

    Raises
    ------
    UsageError
        The workspace has no folder.
    DataError
        A row of the file, or of the workspace's own list, is faulty: every fault at once. Nothing was written.
    ConflictError
        An id is taken by a case that says something else. Nothing was written.
    """
    home, profile = folder_of(space, "the cases go"), space.profile_alone()
    path = home / CASES_FILE
    reading = coercion_cases_reading(file)
    rows = reading.sound()
    with locked(home):
        own = {listed.case.id: listed for listed in read_cases(home)}
        given = {case.id: case for case in profile.cases}
        told = {source.id: source for source in profile.sources}
        replaced: list[str] = []
        known: list[str] = []
        taken: list[str] = []
        result = dict(own)
        for row in (row for row in rows if row.case.id in given or row.case.id in own):
            name = row.case.id
            if name in given:
                (known if same_case(given[name], told[given[name].source], row) else taken).append(name)
            elif own[name].content == row.content:
                known.append(name)
            elif replace:
                result[name] = row
                replaced.append(name)
            else:
                taken.append(name)
        # What is new is held against what will stand, so that a case may take the words of one that is replaced.
        places = {_place(row.case, row.source): row.case.id for row in result.values()}
        places |= {_place(case, told[case.source]): case.id for case in given.values()}
        added: list[str] = []
        duplicates: dict[str, str] = {}
        for row in (row for row in rows if row.case.id not in given and row.case.id not in own):
            name = row.case.id
            if (same := places.setdefault(_place(row.case, row.source), name)) != name:
                duplicates[name] = same
            else:
                result[name] = row
                added.append(name)
        if taken:
            raise ConflictError(taken_text(taken, given))
        if added or replaced:
            write_whole(path, cases_text(tuple(result.values())))
    everything = [*given.values(), *(row.case for row in result.values())]
    alike = {
        name: other.id
        for name in (*added, *replaced)
        for other in everything
        if other.id != name and _event(other) == _event(result[name].case)
    }
    counts = {
        "added": len(added),
        "replaced": len(replaced),
        "already_there": len(known),
        "left_out_as_duplicates": len(duplicates),
    }
    lines = (
        f"{path}: {', '.join(f'{count} {what}' for what, count in counts.items()).replace('_', ' ')}",
        *(f"duplicate: {name} says what {same} says; left out" for name, same in duplicates.items()),
        *(
            f"alike: {name} has coercer, target and year of {other}; base rates count them once"
            for name, other in alike.items()
        ),
        *labelled("note", reading.notes),
    )
    written = (path,) if added or replaced else ()
    return Change("imported", str(path), lines, counts, reading.notes, written=written)


def check_cases(file: Path) -> Change:
    """Check a file of cases without writing anything.

    Raises
    ------
    DataError
        A row is faulty; every fault at once.
    """
    reading = coercion_cases_reading(file)
    found = len(reading.sound())
    lines = (*labelled("note", reading.notes), f"{file}: sound ({counted(found, 'case')})")
    return Change("checked", str(file), lines, {"cases": found}, reading.notes)


def cases_text(cases: Sequence[ListedCase]) -> str:
    """The list as CSV, in order of year and id; no cell is run by a spreadsheet."""
    return csv_text(COLUMNS, ([cells[column] for column in COLUMNS] for cells in as_cells(cases)))


def _event(case: CoercionCase) -> tuple[str, str, int]:
    return case.coercer, case.target, case.year


def _place(case: CoercionCase, source: Source) -> tuple[object, ...]:
    """What makes two cases one: who, against whom, when, and where it is written."""
    return *_event(case), source.title.casefold(), case.locator.casefold()
