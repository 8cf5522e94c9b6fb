"""Coercion cases of a workspace: its cases.csv, how rows are added to it, and how they join those of the profile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ostra.documents.readers.coercion_table import COLUMNS, ListedCase, as_cells, coercion_cases_reading
from ostra.errors import ConflictError
from ostra.files.locks import locked
from ostra.files.spreadsheets import csv_text
from ostra.files.whole_files import write_whole
from ostra.model.evidence import Source
from ostra.model.profile import CoercionCase, Profile
from ostra.words.sentences import counted

CASES_FILE = "cases.csv"


@dataclass(frozen=True)
class CasesReport:
    """What an import did.

    Attributes
    ----------
    path
        The list of the workspace.
    added, replaced, known
        Ids of cases that are new, that now say something else, and that were there already.
    duplicates
        Ids that were left out, each with the case that says the same: same coercer, target, year, source and place.
    alike
        Ids of added cases, each with another of the same coercer, target and year; base rates count such once.
    notes
        What is to be known of the file.
    """

    path: Path
    added: tuple[str, ...]
    replaced: tuple[str, ...]
    known: tuple[str, ...]
    duplicates: Mapping[str, str]
    alike: Mapping[str, str]
    notes: tuple[str, ...]


def read_cases(workspace: Path) -> tuple[ListedCase, ...]:
    """The cases of a workspace; none if it has no list.

    Raises
    ------
    DataError
        The list breaks its definition.
    """
    path = workspace / CASES_FILE
    return coercion_cases_reading(path).sound() if path.is_file() else ()


def check_cases(file: Path) -> tuple[str, ...]:
    """Check a file of cases without writing anything: what there is to say of it, a line each.

    Raises
    ------
    DataError
        A row is faulty; every fault at once.
    """
    reading = coercion_cases_reading(file)
    found = len(reading.sound())
    return *(f"note: {note}" for note in reading.notes), f"{file}: sound ({counted(found, 'case')})"


def import_cases(workspace: Path, file: Path, profile: Profile, *, replace: bool = False) -> CasesReport:
    """Add the cases of a CSV file to those of the workspace; all of them or none.

    Parameters
    ----------
    workspace
        Folder whose cases.csv receives them.
    file
        As `coercion_cases_reading` describes it.
    profile
        The profile as it stands without the workspace's list; its cases are known already.
    replace
        Let a case of the file stand for one of the same id in the workspace that says something else.

    Returns
    -------
    CasesReport

    Raises
    ------
    DataError
        A row of the file, or of the workspace's own list, is faulty: every fault at once. Nothing was written.
    ConflictError
        An id is taken by a case that says something else. Nothing was written.
    """
    reading = coercion_cases_reading(file)
    rows = reading.sound()
    with locked(workspace):
        own = {listed.case.id: listed for listed in read_cases(workspace)}
        given = {case.id: case for case in profile.cases}
        told = {source.id: source for source in profile.sources}
        replaced: list[str] = []
        known: list[str] = []
        taken: list[str] = []
        result = dict(own)
        for row in (row for row in rows if row.case.id in given or row.case.id in own):
            name = row.case.id
            if name in given:
                (known if _same(given[name], told[given[name].source], row) else taken).append(name)
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
            raise ConflictError(_conflict(taken, given))
        if added or replaced:
            write_whole(workspace / CASES_FILE, cases_text(tuple(result.values())))
    everything = [*given.values(), *(row.case for row in result.values())]
    alike = {
        name: other.id
        for name in (*added, *replaced)
        for other in everything
        if other.id != name and _event(other) == _event(result[name].case)
    }
    return CasesReport(
        workspace / CASES_FILE, tuple(added), tuple(replaced), tuple(known), duplicates, alike, reading.notes
    )


def cases_text(cases: Sequence[ListedCase]) -> str:
    """The list as CSV, in order of year and id; no cell is run by a spreadsheet."""
    return csv_text(COLUMNS, ([cells[column] for column in COLUMNS] for cells in as_cells(cases)))


def with_cases(profile: Profile, cases: Iterable[ListedCase]) -> Profile:
    """The profile with the cases and their sources added; a case that the profile has already is not added again.

    Sources keep the id made from their title; where it stands for another document, a number is added, in the order of
    what the documents are, so that the order of rows changes nothing.

    Raises
    ------
    ConflictError
        The profile has a case of the same id that says something else.
    """
    told = {source.id: source for source in profile.sources}
    given = {case.id: case for case in profile.cases}
    rows = sorted(cases, key=lambda row: (row.case.year, row.case.id))
    taken = [
        row.case.id
        for row in rows
        if row.case.id in given and not _same(given[row.case.id], told[given[row.case.id].source], row)
    ]
    if taken:
        raise ConflictError(_conflict(taken, given))
    rows = [row for row in rows if row.case.id not in given]
    ids: dict[Source, str] = {source: source.id for source in profile.sources}
    for source in sorted({row.source for row in rows}, key=lambda s: s.model_dump_json()):
        name, number = source.id, 2
        while name in told:
            name, number = f"{source.id}-{number}", number + 1
        if source not in ids:
            told[name] = source.model_copy(update={"id": name})
            ids[source] = name
    added = tuple(row.case.model_copy(update={"source": ids[row.source]}) for row in rows)
    return profile.model_copy(update={"cases": profile.cases + added, "sources": tuple(told.values())})


def _event(case: CoercionCase) -> tuple[str, str, int]:
    return case.coercer, case.target, case.year


def _place(case: CoercionCase, source: Source) -> tuple[object, ...]:
    """What makes two cases one: who, against whom, when, and where it is written."""
    return *_event(case), source.title.casefold(), case.locator.casefold()


def _same(case: CoercionCase, source: Source, row: ListedCase) -> bool:
    """Whether a row says what a case of the profile says, under whatever id the profile knows the source."""
    alike = row.case.model_copy(update={"source": case.source}) == case
    return alike and (row.source.title, row.source.publisher, row.source.date) == (
        source.title,
        source.publisher,
        source.date,
    )


def _conflict(taken: Sequence[str], given: Mapping[str, CoercionCase]) -> str:
    where = [f"{name} ({'profile' if name in given else 'cases.csv'})" for name in taken]
    mend = "Give them other ids"
    if any(name not in given for name in taken):
        mend += ", or say --replace for those in cases.csv"
    return f"these ids are taken by cases that say something else: {', '.join(where)}. {mend}. Nothing was changed."
