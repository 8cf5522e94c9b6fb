"""Instruments matched to the challenges of one ecosystem, and each challenge with what answers it."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from ostra.ask.assessments import about
from ostra.model.assessment import Assessment
from ostra.model.instrument import InstrumentUse
from ostra.model.listing import Listing
from ostra.words import economies
from ostra.workspace import Workspace
from ostra.workspace.years import DEFAULT_HOME

TEXTS = pl.List(pl.String())
ANSWER_SCHEMA: dict[str, pl.DataType] = {
    "dimension": pl.String(),
    "challenge": pl.String(),
    "kind": pl.String(),
    "level": pl.String(),
    "gravity": pl.Float64(),
    "items": TEXTS,
    "supplier": pl.String(),
    "rank": pl.Int64(),
    "instrument": pl.String(),
    "name": pl.String(),
    "fit": pl.Float64(),
    "reason": pl.String(),
    "side_effects": TEXTS,
    "lead": TEXTS,
    "lag": pl.String(),
    "cost": pl.String(),
    "cases": TEXTS,
    "evidence": pl.String(),
}


def policy(workspace: Workspace, ecosystem: str, *, home: str = DEFAULT_HOME, year: int | None = None) -> Listing:
    """Instruments matched to the challenges of one ecosystem, one row each.

    Returns
    -------
    Listing
        instrument, name, goal, score [fit], answers and of [counts of challenges], serves, dimensions [served and
        called for], reasons, side_effects, preconditions, lead, lag, cost, cases [documented uses], source, locator,
        recommended_by, evidence; confirmed advice first, doing nothing last.
    """
    return policy_of(workspace.assess(ecosystem, home, year))


def policy_of(assessment: Assessment) -> Listing:
    """The instruments of one assessment; columns as for `policy`."""
    titles = {source.id: source.title for source in assessment.sources}
    total = len(assessment.step4.challenges)
    rows = [
        {
            "instrument": match.instrument,
            "name": match.name,
            "goal": match.goal,
            "score": match.score,
            "answers": len(match.answers),
            "of": total,
            "serves": list(match.serves),
            "dimensions": list(match.dimensions),
            "reasons": list(match.reasons),
            "side_effects": list(match.side_effects),
            "preconditions": list(match.preconditions),
            "lead": list(match.lead),
            "lag": match.lag,
            "cost": match.cost,
            "cases": [use_in_words(use, titles) for use in match.cases],
            "source": titles.get(match.source, match.source),
            "locator": match.locator,
            "recommended_by": list(match.recommended_by),
            "evidence": f"{assessment.id}#{match.evidence}",
        }
        for match in assessment.step4.instruments
    ]
    found = about(f"Instruments that fit: {assessment.title}", [assessment])
    return Listing(pl.DataFrame(rows), found.model_copy(update={"method": "instruments"}), behind=assessment)


def use_in_words(use: InstrumentUse, titles: Mapping[str, str]) -> str:
    """A documented use of an instrument with its place."""
    since = f" ({use.since})" if use.since else ""
    return f"{economies.economy_name(use.by)}{since}: {use.what} {titles.get(use.source, use.source)}, {use.locator}"


def answers(workspace: Workspace, ecosystem: str, *, home: str = DEFAULT_HOME, year: int | None = None) -> Listing:
    """Each challenge of one ecosystem with the instruments that answer it: one row for each pair.

    A challenge that nothing answers has one row without an instrument.

    Returns
    -------
    Listing
        dimension, challenge [id], kind (finding or breach), level, gravity [0 to 1], items, supplier, rank [of the
        instrument at this challenge], instrument, name, fit [gravity × aim], reason, side_effects, lead, lag, cost,
        cases [documented uses], evidence.
    """
    return answers_of(workspace.assess(ecosystem, home, year))


def answers_of(assessment: Assessment) -> Listing:
    """The challenges of one assessment with what answers them; columns as for `answers`."""
    titles = {source.id: source.title for source in assessment.sources}
    matches = {match.instrument: match for match in assessment.step4.instruments}
    names = {item.id: item.name for item in assessment.items}
    rows = []
    for challenge in assessment.step4.challenges:
        said = {
            "dimension": challenge.dimension,
            "challenge": challenge.id,
            "kind": challenge.kind,
            "level": challenge.level,
            "gravity": challenge.gravity,
            "items": [names.get(item, item) for item in challenge.items],
            "supplier": challenge.supplier,
        }
        evidence = f"{assessment.id}#{challenge.evidence}"
        for rank, answer in enumerate(challenge.instruments, 1):
            match = matches[answer.instrument]
            rows.append(
                said
                | {
                    "rank": rank,
                    "instrument": answer.instrument,
                    "name": match.name,
                    "fit": answer.fit,
                    "reason": answer.reason,
                    "side_effects": list(match.side_effects),
                    "lead": list(match.lead),
                    "lag": match.lag,
                    "cost": match.cost,
                    "cases": [use_in_words(use, titles) for use in match.cases],
                    "evidence": evidence,
                }
            )
        if not challenge.instruments:
            rows.append(said | {"reason": "nothing in the catalogue answers it", "evidence": evidence})
    found = about(f"Challenges and what answers them: {assessment.title}", [assessment])
    frame = pl.DataFrame(rows, schema=ANSWER_SCHEMA)
    return Listing(frame, found.model_copy(update={"method": "instruments"}))
