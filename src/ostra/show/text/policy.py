"""Challenges and the instruments that answer them, as text that fits a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import IO, Any

from ostra.model.assessment import Assessment
from ostra.model.instrument import InstrumentUse
from ostra.model.listing import Listing
from ostra.model.results.toolkit import InstrumentMatch
from ostra.show.sections.selection import top_challenges
from ostra.show.text.lines import Line, begin, print_part
from ostra.words.economies import economy_name
from ostra.words.levels import level_words
from ostra.words.sentences import counted, listed

MOST_CHALLENGES = 3  # of each dimension: the gravest
MOST_ANSWERS = 3  # of each challenge: the best aimed
IN_FULL = 5  # instruments told in full, beside those that the dossier advises
NO_ACTION = "no-action"


def print_policy(listing: Listing, stream: IO[str]) -> None:
    """Print what calls for an instrument and what answers it, then each instrument, doing nothing last."""
    console = begin(stream, listing.provenance.title)
    rows: list[dict[str, Any]] = listing.rows()
    assessment: Assessment = listing.behind
    console.print(f"seen from {assessment.home_name}, {assessment.year}; profile: {assessment.profile_title}")

    print_part(console, "What calls for an instrument, and what answers it best", challenges(assessment))
    advised = [row for row in rows if row["recommended_by"]]
    others = [row for row in rows if not row["recommended_by"] and row["instrument"] != NO_ACTION]
    matches = {match.instrument: match for match in assessment.step4.instruments}

    def fully(chosen: Iterable[dict[str, Any]]) -> Iterable[Line]:
        return (line for row in chosen for line in in_full(row, matches[row["instrument"]]))

    print_part(console, "Instruments that the dossier advises", fully(advised))
    print_part(console, "Instruments that the rules find beside", fully(others[:IN_FULL]))
    rest = [
        (f"{row['name']}: fit {row['score']:.2f}, {row['lag']}, cost {row['cost']}", "", 0) for row in others[IN_FULL:]
    ]
    if rest:
        print_part(console, "Further ones, in short", rest)
    print_part(console, "Doing nothing", (line for row in rows if row["instrument"] == NO_ACTION for line in idle(row)))
    console.print()
    console.print(
        "Fit is the gravity of the gravest challenge answered times how narrowly the instrument is made for such, by "
        "dimension; not how well it works. Rules: docs/methods/instruments.md. --json has all, --by challenge every "
        "pair. "
        f"Follow a number: ostra trace '{rows[0]['evidence']}'",
        style="dim",
    )


def challenges(assessment: Assessment) -> Iterable[Line]:
    """For each dimension its level, and the gravest challenges with their best answers; alike ones together."""
    counts = Counter(challenge.dimension for challenge in assessment.step4.challenges)
    levels = {result.dimension: result for result in assessment.step2.dimensions}
    rows = top_challenges(assessment, MOST_CHALLENGES, MOST_ANSWERS)
    for dimension, part in groupby(rows, key=lambda row: row["dimension"]):
        level = levels[dimension]
        words = level_words(level.challenge) if level.assessed else "not assessed"
        many = counted(counts[dimension], "challenge")
        yield f"{dimension.capitalize()}: {words}; {many}", level.evidence, 0
        for row in part:
            count = f", {row['count']} challenges" if row["count"] > 1 else ""
            yield f"{row['what']}: {row['level']}, gravity {row['gravity']:.2f}{count}", row["evidence"], 1
            told = "; ".join(f"{a['name']} ({a['fit']:.2f})" for a in row["answers"])
            more = f"; {row['more']} more" if row["more"] > 0 else ""
            yield f"{told}{more}" if told else "nothing in the catalogue answers it", "", 2


def in_full(row: dict[str, Any], match: InstrumentMatch) -> Iterable[Line]:
    """One instrument: fit and coverage, why, what it may hurt, who acts, by when, at what cost, and who has used it."""
    serves = listed(row["serves"])
    yield (
        f"{row['name']}: fit {row['score']:.2f}, answers {row['answers']} of {row['of']}; serves {serves}",
        match.evidence,
        0,
    )
    yield f"why: {match.goal} {match.aim or match.reasons[-1]}", "", 1
    yield from ((effect, "", 1) for effect in row["side_effects"])
    yield f"who and when: {listed(row['lead'])}; {row['lag']}; cost {row['cost']}", "", 1
    yield f"first: {' '.join(row['preconditions'])}", "", 1
    used = "; ".join(used_by(case) for case in match.cases)
    yield f"used: {used or 'no source that was read names a use'}", "", 1


def used_by(use: InstrumentUse) -> str:
    """A documented use in short; its place is in the listing."""
    since = f" ({use.since})" if use.since else ""
    return f"{economy_name(use.by)}{since}: {use.what.rstrip('.')}"


def idle(row: dict[str, Any]) -> Iterable[Line]:
    """What doing nothing leaves as it is."""
    yield row["goal"], row["evidence"].partition("#")[2], 0
    for text in [*row["reasons"], *row["side_effects"]]:
        yield text, "", 1
