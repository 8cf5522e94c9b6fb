"""Follow one number of an assessment back to its formula, its inputs, the facts rows or claims, and their sources."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import islice

from ostra.errors import NotFoundError
from ostra.facts.referenced_rows import referenced_rows
from ostra.facts.store import Facts
from ostra.model.assessment import Assessment
from ostra.model.evidence import Claim, Evidence
from ostra.model.trace import Step


def trace(assessment: Assessment, evidence_id: str, facts: Facts | None = None) -> Step:
    """Follow one number to where it comes from.

    Parameters
    ----------
    assessment
        The assessment that shows the number.
    evidence_id
        Its id, such as `trade.284690.2023.top_share`; with or without the assessment's own id and `#` before it, or
        `claim.<id>` for a single claim.
    facts
        Where to look the rows up; without it, references are given but no rows.

    Returns
    -------
    Step
        The number at the top, what it was made from below.

    Raises
    ------
    NotFoundError
        The assessment has no such evidence; the nearest ids are named.
    """
    wanted = evidence_id.removeprefix(f"{assessment.id}#").removeprefix("ev-")
    known = {entry.id: entry for entry in assessment.evidence}
    claims = {claim.id: claim for claim in assessment.claims}
    sources = {source.id: source for source in assessment.sources}
    if wanted.startswith("claim.") and wanted.removeprefix("claim.") in claims:
        entry = claim_evidence(claims[wanted.removeprefix("claim.")])
        known[entry.id] = entry
    if wanted not in known:
        near = get_close_matches(wanted, list(known), n=3, cutoff=0.5)
        hint = f" Nearest: {', '.join(near)}." if near else " The JSON of the assessment lists all under 'evidence'."
        raise NotFoundError(f"assessment '{assessment.id}' has no evidence '{evidence_id}'.{hint}")
    reached: dict[str, Evidence] = {}

    def reach(entry: Evidence) -> None:
        if entry.id not in reached:
            reached[entry.id] = entry
            for name in entry.inputs:
                if name in known:
                    reach(known[name])

    reach(known[wanted])
    # All rows are looked up together, because each data set is then read once.
    rows = iter(referenced_rows([reference for entry in reached.values() for reference in entry.facts], facts))
    rows_of = {name: tuple(islice(rows, len(entry.facts))) for name, entry in reached.items()}

    def follow(entry: Evidence) -> Step:
        if entry.id not in rows_of:
            return Step(evidence=entry, repeated=True)
        own = [claims[claim] for claim in entry.claims]
        cited = dict.fromkeys([*entry.sources, *(claim.source for claim in own)])
        return Step(
            evidence=entry,
            facts=rows_of.pop(entry.id),
            claims=tuple(own),
            sources=tuple(sources[name] for name in cited if name in sources),
            inputs=tuple(follow(known[name]) for name in entry.inputs if name in known),
        )

    return follow(known[wanted])


def claim_evidence(claim: Claim) -> Evidence:
    """A claim on its own as evidence, so that it can be traced like a number."""
    return Evidence(
        id=f"claim.{claim.id}",
        label=claim.statement,
        kind="judged" if claim.basis == "judges" else "cited",
        unit=claim.unit,
        value=claim.value,
        low=claim.low,
        high=claim.high,
        claims=(claim.id,),
        date=claim.as_of,
    )
