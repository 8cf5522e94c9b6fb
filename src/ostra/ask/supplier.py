"""One supplier in context: relation, regime, reach of its laws, record, and where it stands in every ecosystem."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ostra.ask.assessments import assessments
from ostra.ask.supplier_controls import control_rows
from ostra.ask.supplier_facts import fact_rows
from ostra.ask.supplier_rows import Row, Section, a_row, as_frame
from ostra.context.contextualise import stated_relation
from ostra.context.governance import SCALE, regime_of
from ostra.context.likelihood import base_rate, coercers
from ostra.model.assessment import Assessment
from ostra.model.base import Interval
from ostra.model.dossier import ContextEntry, Dossier
from ostra.model.evidence import Provenance
from ostra.model.listing import Listing
from ostra.model.profile import CoercionCase, Profile
from ostra.progress import Advance, quiet
from ostra.words import economies
from ostra.words.economies import Home
from ostra.words.figures import percent
from ostra.workspace import Workspace
from ostra.workspace.years import DEFAULT_HOME

OF_KIND: dict[str, Section] = {
    "law": "legal reach",
    "export control": "legal reach",
    "coercion": "coercion record",
    "market exclusion": "market exclusion",
    "state ownership": "state ownership",
    "subsidy": "subsidies and alliances",
    "alliance": "subsidies and alliances",
}
"""Where entries of each kind stand; export controls are laws whose reach does not end at a border."""

PROBABILITY = "probability per year"


def supplier(
    workspace: Workspace,
    supplier: str,
    *,
    ecosystems: Sequence[str] | None = None,
    home: str = DEFAULT_HOME,
    year: int | None = None,
    advance: Advance = quiet,
) -> Listing:
    """All that profile, dossiers and facts say of one economy, as seen from home.

    Parameters
    ----------
    supplier
        Economy, by code or name; also one that no ecosystem knows.

    Returns
    -------
    Listing
        One row for each statement, with the columns of `rows.SCHEMA`, in the order of `rows.SECTIONS`. An economy that
        no dossier names still has its relation, its regime, its record, the base rate of its relation and the facts.

    Raises
    ------
    NotFoundError
        No economy is called so.
    """
    code = economies.iso3(supplier)
    profile = workspace.profile()
    seen_from = economies.home(home)
    made = assessments(workspace, ecosystems=ecosystems, home=home, year=year, advance=advance)
    year = workspace.latest_year() if year is None else year
    members = seen_from.members(year)
    rows = [
        *_relation(code, profile, members),
        *_regime(workspace, code, made, year),
        *_likelihood(code, profile, members, made),
        *_record(code, profile, made),
        *control_rows(workspace, code, profile, seen_from, members, made),
        *(row for assessment in made for row in _entries(workspace.dossier(assessment.ecosystem), assessment, code)),
        *(row for assessment in made for row in _standing(assessment, code)),
        *fact_rows(workspace, code, seen_from, year),
    ]
    return Listing(as_frame(code, rows), _about(code, profile, seen_from, year, made))


def _relation(code: str, profile: Profile, members: frozenset[str]) -> list[Row]:
    relation = profile.relation_to(code, members)
    reason, proof = stated_relation(code, economies.economy_name(code), relation, profile, members)
    titles = {source.id: source.title for source in profile.sources}
    return [
        a_row(
            "relation",
            "relation",
            relation,
            detail=" ".join([reason, *proof.caveats]),
            since=profile.date,
            source="; ".join([*(titles[s] for s in proof.sources), f"judged by {profile.author}"]),
        )
    ]


def _regime(workspace: Workspace, code: str, made: Sequence[Assessment], year: int) -> list[Row]:
    """Every indicator that the governance facts hold, and what they do not hold."""
    scores = workspace.governance(year)
    known = {indicator for own in scores.values() for indicator in (score.indicator for score in own)}
    regime, _ = regime_of(code, economies.economy_name(code), scores.get(code, ()))
    proofs = {proof.id: f"{a.id}#{proof.id}" for a in reversed(made) for proof in a.evidence}
    rows = [
        a_row(
            "regime",
            "indicator",
            score.name,
            detail=None if score.standard_error is None else f"standard error {score.standard_error:.2f}",
            since=str(score.year),
            value=score.estimate,
            low=None if score.standard_error is None else score.estimate - score.standard_error,
            high=None if score.standard_error is None else score.estimate + score.standard_error,
            unit=SCALE,
            source=workspace.facts.answering("governance").title,
            locator=f"indicator {score.indicator}",
            evidence=proofs.get(score.evidence),
        )
        for score in regime
    ]
    if not rows:
        rows.append(a_row("regime", "gap", "no governance estimate", detail=f"None up to {year}; unknown, not zero."))
    held = ", ".join(sorted(known)) or "none"
    more = "More of the Worldwide Governance Indicators: ostra data import governance FILE -w WORKSPACE."
    rows.append(
        a_row(
            "regime",
            "coverage",
            "indicators in the facts",
            detail=f"{held}. {more}",
        )
    )
    return rows


def _likelihood(code: str, profile: Profile, members: frozenset[str], made: Sequence[Assessment]) -> list[Row]:
    """The likelihood in each ecosystem with its factors; without a hold the base rate of the relation alone."""
    relation = profile.relation_to(code, members)
    if relation == "domestic":
        return [
            a_row(
                "likelihood",
                "none",
                "not assessed",
                detail="A member of home: holds inside home are no leverage over it.",
            )
        ]
    rate = base_rate(relation, profile, members)
    counted = (
        f"In {rate.successes} of {rate.trials} supplier-years, the years of all these economies added up, a measure is "
        "documented"
    )
    rows = [
        a_row(
            "likelihood", "base rate", f"base rate of economies seen as {relation}", detail=counted, value=rate.mean,
            low=rate.low, high=rate.high, unit=PROBABILITY,
        )
    ]  # fmt: skip
    for assessment in made:
        found = next((context for context in assessment.step3.suppliers if context.economy == code), None)
        if found is None:
            continue
        chance = found.likelihood
        rows.append(
            a_row(
                "likelihood", "likelihood", "uses some hold for political ends", ecosystem=assessment.ecosystem,
                value=chance.mean, low=chance.low, high=chance.high, unit=PROBABILITY,
                evidence=f"{assessment.id}#{chance.evidence}",
            )
        )  # fmt: skip
        rows += [
            a_row(
                "likelihood", "factor", factor.name, ecosystem=assessment.ecosystem, value=factor.log_odds,
                unit="log-odds", evidence=f"{assessment.id}#{factor.evidence}",
            )
            for factor in chance.factors
        ]  # fmt: skip
    if len(rows) == 1:
        rows.append(
            a_row(
                "likelihood", "gap", "no hold on record",
                detail="No ecosystem shows a hold of this economy on home, so nothing moves the base rate.",
            )
        )  # fmt: skip
    return rows


def _record(code: str, profile: Profile, made: Sequence[Assessment]) -> list[Row]:
    """Cases in which the economy acted, and those in which it, or a bloc that it belonged to, was the target."""
    sources = {source.id: source for source in profile.sources}
    decider = profile.decider(code)

    def row(case: CoercionCase, kind: str, other: str, word: str) -> Row:
        return a_row(
            "coercion record",
            kind,
            f"{word} {economies.economy_name(other)}",
            detail=case.means,
            since=str(case.year),
            source=sources[case.source].title,
            locator=case.locator,
            evidence=f"{made[0].id}#claim.case-{case.id}" if made else None,
        )

    ordered = sorted(profile.cases, key=lambda c: (c.year, c.id))
    acted = [row(c, f"{c.form} by it", c.target, "against") for c in ordered if decider in coercers(c, profile)]
    suffered = [
        row(c, f"{c.form} against it", c.coercer, "by")
        for c in ordered
        if code in economies.covered_by(c.target, c.year)
    ]
    nothing = [
        a_row("coercion record", "gap", "no case on the list", detail="Absence of a record is no record of absence.")
    ]
    return (acted or nothing) + suffered


def _entries(dossier: Dossier, assessment: Assessment, code: str) -> list[Row]:
    """What a dossier tells of the political world: entries that bear on the economy, and home's own beside them."""
    names = {item.id: item.name for item in dossier.items}
    titles = {source.id: source.title for source in dossier.sources}
    claims = {claim.id: claim for claim in dossier.claims}

    def row(found: ContextEntry, section: Section) -> Row:
        whose = "" if found.economy == code else f" ({economies.economy_name(found.economy)})"
        return a_row(
            section,
            found.kind,
            f"{found.title}{whose}",
            ecosystem=assessment.ecosystem,
            detail=found.what,
            items=[names[item] for item in found.reach],
            since=found.since or None,
            source=titles[claims[found.claims[0]].source],
            locator=claims[found.claims[0]].locator,
            evidence=f"{assessment.id}#claim.{found.claims[0]}",
        )

    rows = [
        row(e, OF_KIND[e.kind]) for e in dossier.context if code in economies.covered_by(e.economy, assessment.year)
    ]
    if code not in assessment.members:
        rows += [row(e, "home's own side") for e in assessment.step3.home_entries]
    return rows


def _standing(assessment: Assessment, code: str) -> list[Row]:
    """Where the economy stands in one ecosystem: the largest hold each way, every hold, and what is breached."""
    names = {item.id: item.name for item in assessment.items}

    def share(section: Section, kind: str, what: str, hold: Interval, proof: str | None, **rest: Any) -> Row:
        return a_row(
            section, kind, what, ecosystem=assessment.ecosystem, low=hold.low, high=hold.high, unit="share",
            evidence=f"{assessment.id}#{proof}" if proof else None, **rest,
        )  # fmt: skip

    rows: list[Row] = []
    for both in (m for m in assessment.step1.mutual if m.supplier == code):
        theirs, ours = ([names.get(item, item) for item in items] for items in (both.their_items, both.our_items))
        first, last = (both.evidence[0], both.evidence[-1]) if both.evidence else (None, None)
        rows.append(
            share("mutual dependence", "its hold", "its largest hold on home", both.their_hold, first, items=theirs)
        )
        what = "home's largest hold on it"
        if both.our_hold is not None:
            rows.append(share("mutual dependence", "our hold", what, both.our_hold, last, items=ours))
        else:
            unknown = "Not known; the likelihood takes it as 0 to 1."
            rows.append(a_row("mutual dependence", "our hold", what, ecosystem=assessment.ecosystem, detail=unknown))
    for d in assessment.step1.dependencies:
        if d.supplier == code:
            rows.append(
                share("position", "hold", d.item_name, d.hold, d.evidence, detail=d.measure, since=_word(d.year))
            )
    for h in assessment.step1.holds if code in assessment.members else ():
        if h.economy == code:
            what = ", ".join([names.get(h.item, h.item), *h.organisations])
            rows.append(share("position", "provides", what, h.hold, h.evidence, detail=h.measure, since=_word(h.year)))
    for b in assessment.step3.breaches:
        if b.supplier == code:
            detail = f"above {percent(b.tolerated)} for {b.dimension} ({'certain' if b.certain else 'possible'})"
            more = {"detail": detail, "value": b.expected_excess, "certain": b.certain}
            rows.append(share("breaches", "breach", names[b.item], b.hold, b.evidence, **more))
    return rows


def _about(code: str, profile: Profile, home: Home, year: int, made: Sequence[Assessment]) -> Provenance:
    caveats = []
    if profile.home != home.code:
        caveats.append(
            f"The profile '{profile.id}' was written for {profile.home}; its relations and tolerances are used for "
            f"{home.code} as they stand."
        )
    return Provenance(
        title=f"{economies.code_and_name(code)} in context",
        filters={
            "home": economies.code_and_name(home.code),
            "year": str(year),
            "profile": f"{profile.title}, {profile.author}",
            "ecosystems": ", ".join(a.ecosystem for a in made),
        },
        sources=tuple(
            f"{a.id}: dossier {a.hashes.dossier[:12]}, facts {a.hashes.facts[:12]}, ostra {a.hashes.version}"
            for a in made
        ),
        method="likelihood",
        caveats=tuple(caveats),
    )


def _word(year: int | None) -> str | None:
    return None if year is None else str(year)
