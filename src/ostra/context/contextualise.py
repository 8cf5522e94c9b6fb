"""Step 3 as a whole: every supplier that home depends on, and the breaches of tolerance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ostra.context.governance import GovernanceScore, regime_of, stability
from ostra.context.likelihood import base_rate, coercers, likelihood
from ostra.context.tolerance import breaches
from ostra.model.base import Interval
from ostra.model.dossier import Dossier
from ostra.model.evidence import Evidence
from ostra.model.profile import Profile
from ostra.model.results.context import ContextResult, SupplierContext
from ostra.model.results.dimensions import DimensionsResult
from ostra.model.results.ecosystem import Dependency, EcosystemResult, MutualDependence
from ostra.words.economies import Home, covered_by, economy_name, name_of
from ostra.words.sentences import LABEL, shortened

METHOD = "likelihood"


def contextualise(
    step1: EcosystemResult,
    step2: DimensionsResult,
    dossier: Dossier,
    profile: Profile,
    governance: Mapping[str, Sequence[GovernanceScore]],
    home: Home,
    year: int,
) -> ContextResult:
    """Who the suppliers are, how likely they are to use a hold, and which holds exceed what home tolerates.

    Parameters
    ----------
    step1, step2
        Dependencies with mutual holds; findings.
    dossier, profile
        Laws, controls and events; relations, coercion cases, likelihood settings and tolerances.
    governance
        Scores by ISO alpha-3 code; an economy without one has none in its context, never zero.
    home, year
        The economy assessed and the year whose membership counts.

    Returns
    -------
    ContextResult
        Suppliers by descending largest hold; breaches by descending expected excess.
    """
    members = home.members(year)
    names = step1.economy_names()
    mutual = {m.supplier: m for m in step1.mutual}
    by_supplier: dict[str, list[Dependency]] = {}
    for row in step1.dependencies:
        by_supplier.setdefault(row.supplier, []).append(row)
    evidence: list[Evidence] = []
    contexts: list[SupplierContext] = []
    caveats: list[str] = []
    for economy in sorted(by_supplier):
        context, proofs = _supplier(
            economy,
            name_of(economy, names),
            by_supplier[economy],
            mutual.get(economy),
            dossier,
            profile,
            governance.get(economy, ()),
            members,
            year,
        )
        contexts.append(context)
        evidence += proofs
    without = [c.name for c in contexts if c.governance is None]
    if without:
        caveats.append(f"No governance score: {', '.join(without)}.")
    found, breach_proofs, unknown = breaches(
        step1.dependencies, step2.findings, {c.economy: c for c in contexts}, profile
    )
    evidence += breach_proofs
    contexts.sort(key=lambda c: (-(c.largest_hold.low + c.largest_hold.high), c.economy))
    return ContextResult(
        suppliers=tuple(contexts),
        breaches=found,
        evidence=tuple(sorted(evidence, key=lambda e: e.id)),
        home_entries=tuple(e for e in dossier.context if not members.isdisjoint(covered_by(e.economy, year))),
        caveats=(*caveats, *unknown),
    )


def _supplier(
    economy: str,
    name: str,
    rows: Sequence[Dependency],
    mutual: MutualDependence | None,
    dossier: Dossier,
    profile: Profile,
    scores: Sequence[GovernanceScore],
    members: frozenset[str],
    year: int,
) -> tuple[SupplierContext, list[Evidence]]:
    relation = profile.relation_to(economy, members)
    largest, behind = _largest_hold(rows)
    ours, ours_behind = _our_hold(rows, mutual)
    base = base_rate(relation, profile, members)
    chance, proofs = likelihood(
        economy,
        name,
        base,
        largest,
        ours,
        profile.likelihood,
        hold_evidence=behind,
        mutual_evidence=ours_behind,
    )
    stated, relation_proof = stated_relation(economy, name, relation, profile, members)
    evidence = [*proofs, relation_proof]
    regime, regime_proofs = regime_of(economy, name, scores)
    evidence += regime_proofs
    score = stability(scores)
    in_order = sorted(profile.cases, key=lambda c: (c.year, c.id))
    own_cases = tuple(c.id for c in in_order if profile.decider(economy) in coercers(c, profile))
    return (
        SupplierContext(
            economy=economy,
            name=name,
            relation=relation,
            relation_reason=stated,
            governance=score.estimate if score else None,
            governance_error=score.standard_error if score else None,
            governance_year=score.year if score else None,
            regime=regime,
            entries=tuple(e for e in dossier.context if economy in covered_by(e.economy, year)),
            cases=own_cases,
            likelihood=chance,
            largest_hold=largest,
            dependencies=tuple(sorted(row.id for row in rows)),
            evidence=tuple(sorted(e.id for e in evidence)),
        ),
        evidence,
    )


def _largest_hold(rows: Sequence[Dependency]) -> tuple[Interval, tuple[str, ...]]:
    """The interval of the largest of all holds, with the evidence that attains its two ends."""
    lowest = min(rows, key=lambda r: (-r.hold.low, r.id))
    highest = min(rows, key=lambda r: (-r.hold.high, r.id))
    interval = Interval(low=lowest.hold.low, high=highest.hold.high)
    return interval, tuple(dict.fromkeys((lowest.evidence, highest.evidence)))


def _our_hold(rows: Sequence[Dependency], mutual: MutualDependence | None) -> tuple[Interval | None, tuple[str, ...]]:
    """Home's largest hold on the supplier: from mutual dependence, else from the dependencies; None when not known."""
    if mutual is not None:
        theirs = {r.evidence for r in rows}
        return mutual.our_hold, tuple(e for e in mutual.evidence if e not in theirs) if mutual.our_hold else ()
    known = [(r.mutual, r) for r in rows if r.mutual is not None]
    if not known:
        return None, ()
    low = max(hold.low for hold, _ in known)
    high = max(hold.high for hold, _ in known)
    behind = [r.mutual_evidence for hold, r in known if r.mutual_evidence and (hold.low == low or hold.high == high)]
    return Interval(low=low, high=high), tuple(sorted(set(behind)))


def stated_relation(
    economy: str, name: str, relation: str, profile: Profile, members: frozenset[str]
) -> tuple[str, Evidence]:
    """The reason for the relation and its evidence: a judgement of the profile's author."""
    source: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    reason = f"Not listed in profile '{profile.id}', whose default relation is {profile.default_relation}."
    if economy in members:
        reason = "A member of home."
    else:
        row = profile.row_of(economy)
        if row is not None:
            reason, source = row.reason, (row.source,)
            if row.like is not None:
                reason = f"Seen as {economy_name(row.like)} is, which decides for it. {reason}"
        else:
            caveats = ("The relation is the profile's default, not a judgement on this economy.",)
    return reason, Evidence(
        id=f"relation.{economy}",
        label=shortened(f"{name} is seen as {relation}: {reason}", LABEL),
        kind="judged",
        text=relation,
        method=METHOD,
        sources=source,
        author=profile.author,
        date=profile.date,
        caveats=caveats,
    )
