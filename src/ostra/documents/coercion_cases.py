"""Coercion cases of a workspace: its cases.csv, and how they join those of the profile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ostra.documents.readers.coercion_table import ListedCase, coercion_cases_reading
from ostra.errors import ConflictError
from ostra.model.evidence import Source
from ostra.model.profile import CoercionCase, Profile

CASES_FILE = "cases.csv"


def read_cases(workspace: Path) -> tuple[ListedCase, ...]:
    """The cases of a workspace; none if it has no list.

    Raises
    ------
    DataError
        The list breaks its definition.
    """
    path = workspace / CASES_FILE
    return coercion_cases_reading(path).sound() if path.is_file() else ()


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
        if row.case.id in given and not same_case(given[row.case.id], told[given[row.case.id].source], row)
    ]
    if taken:
        raise ConflictError(taken_text(taken, given))
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


def same_case(case: CoercionCase, source: Source, row: ListedCase) -> bool:
    """Whether a row says what a case of the profile says, under whatever id the profile knows the source."""
    alike = row.case.model_copy(update={"source": case.source}) == case
    return alike and (row.source.title, row.source.publisher, row.source.date) == (
        source.title,
        source.publisher,
        source.date,
    )


def taken_text(taken: Sequence[str], given: Mapping[str, CoercionCase]) -> str:
    """What is said of ids that are taken, in the profile (`given`) or in the list of the workspace."""
    where = [f"{name} ({'profile' if name in given else 'cases.csv'})" for name in taken]
    mend = "Give them other ids"
    if any(name not in given for name in taken):
        mend += ", or say --replace for those in cases.csv"
    return f"these ids are taken by cases that say something else: {', '.join(where)}. {mend}. Nothing was changed."
