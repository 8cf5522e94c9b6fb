"""Follow one number of an assessment back to its formula, its inputs, the facts rows or claims, and their sources."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from ostra.errors import NotFoundError
from ostra.facts.datasets import Facts
from ostra.model.assessment import Assessment
from ostra.model.evidence import Claim, Evidence, FactRef
from ostra.model.trace import FactRows, Step

SAMPLE_ROWS = 5  # facts rows shown at each reference; the whole count is always given


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
    shown: set[str] = set()

    def follow(entry: Evidence) -> Step:
        if entry.id in shown:
            return Step(evidence=entry, repeated=True)
        shown.add(entry.id)
        own = [claims[claim] for claim in entry.claims]
        cited = dict.fromkeys([*entry.sources, *(claim.source for claim in own)])
        return Step(
            evidence=entry,
            facts=tuple(look_up(reference, facts) for reference in entry.facts),
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


def look_up(reference: FactRef, facts: Facts | None) -> FactRows:
    """The facts rows that a reference names, the largest first.

    A reference whose data set is not at hand, or names a column it does not have, is reported in `caveat`.
    """
    if facts is None:
        return FactRows(reference, (), (), 0, "the rows were not looked up")
    at_hand = {dataset.id for dataset in facts.datasets(reference.table)}
    if reference.dataset not in at_hand:
        return FactRows(reference, (), (), 0, f"data set '{reference.dataset}' is not in this workspace")
    relation = facts.relation(reference.table, reference.dataset)
    conditions = []
    for name, wanted in reference.where.items():
        column, negated = (name.removesuffix(" not"), " not") if name.endswith(" not") else (name, "")
        if column not in relation.columns:
            return FactRows(reference, (), (), 0, f"data set '{reference.dataset}' has no column '{column}'")
        values = wanted if isinstance(wanted, tuple) else (wanted,)
        if not values:
            conditions.append("false" if not negated else "true")
            continue
        conditions.append(f"{column}{negated} in ({', '.join(literal(value) for value in values)})")
    size = next(
        (column for column in ("value_kusd", "value_musd", "quantity") if column in relation.columns),
        relation.columns[0],
    )
    where = " and ".join(conditions) or "true"
    chosen = relation.query("rows", f"select * from rows where {where}")
    count = chosen.aggregate("count(*)").fetchone()
    order = f"{size} desc nulls last, {', '.join(relation.columns)}"
    ordered = relation.query("rows", f"select * from rows where {where} order by {order} limit {SAMPLE_ROWS}")
    sample = tuple(tuple(plain(value) for value in row) for row in ordered.fetchall())
    return FactRows(reference, tuple(relation.columns), sample, count[0] if count else 0)


def literal(value: str | int) -> str:
    """A value as an SQL literal; quotes are doubled, so that text from a file stays text."""
    return str(int(value)) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def plain(value: Any) -> Any:
    """Decimals as floats; other values unchanged."""
    return float(value) if hasattr(value, "as_tuple") else value
