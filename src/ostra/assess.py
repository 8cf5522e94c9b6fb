"""The one place that chains the four steps: a pure function of dossier, facts and profile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ostra.context.contextualise import contextualise
from ostra.context.control_record import with_records
from ostra.context.governance import GovernanceScore
from ostra.dimensions.judge import judge
from ostra.ecosystem.analyse import analyse
from ostra.ecosystem.controls_met import with_controls
from ostra.ecosystem.fact_tables import FactTables
from ostra.ecosystem.input_output.home_exposure import HomeExposure
from ostra.ecosystem.readings import Readings
from ostra.errors import MethodError
from ostra.model.assessment import Assessment, Hashes
from ostra.model.control import Control, Timeline, in_order
from ostra.model.dossier import Dossier
from ostra.model.evidence import Claim, Evidence, Source
from ostra.model.instrument import Catalogue
from ostra.model.profile import Profile
from ostra.model.results.context import ContextResult
from ostra.model.results.ecosystem import EcosystemResult
from ostra.model.results.simulation import ScenarioResults
from ostra.toolkit.match import match
from ostra.words.economies import Home, economy_name


def assess(
    dossier: Dossier,
    tables: FactTables,
    profile: Profile,
    catalogue: Catalogue,
    *,
    home: Home,
    year: int,
    hashes: Hashes,
    fact_sources: Iterable[Source] = (),
    scenarios: ScenarioResults | None = None,
    provision_until: int | None = None,
    exposure: HomeExposure | str = "",
    readings: Readings | None = None,
    timeline: Timeline | None = None,
) -> Assessment:
    """Run steps 1 to 4 for one ecosystem, seen from one home, for one year.

    Parameters
    ----------
    dossier, profile, catalogue
        What is known of the ecosystem; the viewpoint; the instruments to choose from.
    tables
        The facts, as lazily read relations.
    home, year
        The economy assessed and the year whose facts count. A home other than the profile's is a caveat.
    hashes
        Digests of the inputs, carried in the result.
    fact_sources
        One source per data set, its id the data set's id.
    scenarios
        What simulated disruptions of the ecosystem came to, with their evidence; part of step 1.
    provision_until, exposure, readings
        As for `analyse`.
    timeline
        Controls and coercion, told at the dependencies that they befell and with their suppliers; they move no number.

    Returns
    -------
    Assessment
        Frozen; every evidence id that any part refers to is in `evidence`.

    Raises
    ------
    MethodError
        Two steps gave the same id to different evidence.
    """
    members = home.members(year)
    step1 = analyse(
        dossier,
        tables,
        profile,
        home=home,
        year=year,
        provision_until=provision_until,
        exposure=exposure,
        readings=readings,
    )
    if scenarios is not None:
        known = tuple(sorted((*step1.evidence, *scenarios.evidence), key=lambda entry: entry.id))
        step1 = step1.model_copy(update={"scenarios": scenarios.outcomes, "evidence": known})
    controls = () if timeline is None else timeline.controls
    befallen = with_controls(step1.dependencies, step1.chain, dossier, controls, profile, home, year)
    step1 = step1.model_copy(update={"dependencies": befallen})
    step2 = judge(step1, dossier, profile, members=members)
    step3 = contextualise(step1, step2, dossier, profile, governance_scores(tables, year), home=home, year=year)
    step3 = with_records(step3, dossier, controls, profile, home, year)
    step4 = match(step1, step2, step3, dossier, profile, catalogue)
    evidence = merge_evidence(step1.evidence, step2.evidence, step3.evidence, step4.evidence)
    simulated = () if scenarios is None else scenarios.sources
    told = controls_told(step1, step3, timeline)
    sources = merge_sources(
        fact_sources, dossier.sources, profile.sources, catalogue.sources, simulated, control_sources(told, timeline)
    )
    caveats = [*dossier.caveats, *step1.caveats, *step3.caveats]
    if profile.home != home.code:
        caveats.append(
            f"The profile '{profile.id}' was written for {profile.home}; its relations and tolerances are used for "
            f"{home.code} as they stand."
        )
    codes = set(members) | {dependency.supplier for dependency in step1.dependencies}
    codes |= {holder.holder for holder in step1.chokepoints} | {s.supplier for s in step1.suppliers}
    codes |= {context.economy for context in step3.suppliers} | {a.economy for a in dossier.actors if a.economy}
    codes |= {case.coercer for case in profile.cases} | {entry.economy for entry in step3.home_entries}
    codes |= {use.by for match in step4.instruments for use in match.cases}
    codes |= {position.economy for position in dossier.positions}
    codes |= {code for control in told for code in (control.by, *control.against)}
    return Assessment(
        id=f"{dossier.id}-{home.code}-{year}",
        ecosystem=dossier.id,
        title=dossier.title,
        summary=dossier.summary,
        home=home.code,
        home_name=home.name,
        members=tuple(sorted(members)),
        year=year,
        profile=profile.id,
        profile_title=profile.title,
        profile_author=profile.author,
        dossier_author=dossier.author,
        dossier_date=dossier.date,
        hashes=hashes,
        economy_names={code: economy_name(code) for code in sorted(codes)},
        stages=dossier.stages,
        items=dossier.items,
        links=dossier.links,
        actors=dossier.actors,
        positions=dossier.positions,
        recommendations=dossier.recommendations,
        open_questions=dossier.open_questions,
        step1=step1.model_copy(update={"evidence": ()}),
        step2=step2.model_copy(update={"evidence": ()}),
        step3=step3.model_copy(update={"evidence": ()}),
        step4=step4.model_copy(update={"evidence": ()}),
        evidence=evidence,
        claims=claims_of(dossier, profile) + control_claims(told),
        sources=sources,
        caveats=tuple(caveats),
    )


def merge_evidence(*steps: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The evidence of all steps, sorted by id.

    Raises
    ------
    MethodError
        The same id stands for two different things.
    """
    merged: dict[str, Evidence] = {}
    for step in steps:
        for entry in step:
            if merged.setdefault(entry.id, entry) != entry:
                raise MethodError(f"evidence '{entry.id}' is defined twice with different content")
    return tuple(merged[key] for key in sorted(merged))


def merge_sources(*groups: Iterable[Source]) -> tuple[Source, ...]:
    """Sources of facts and documents, sorted by id; where two share an id, the first group's is kept."""
    merged: dict[str, Source] = {}
    for group in groups:
        for source in group:
            merged.setdefault(source.id, source)
    return tuple(merged[key] for key in sorted(merged))


def claims_of(dossier: Dossier, profile: Profile) -> tuple[Claim, ...]:
    """The dossier's claims and the profile's coercion cases as claims, so that both can be traced."""
    cases = tuple(
        Claim(
            id=f"case-{case.id}",
            statement=case.means,
            source=case.source,
            locator=case.locator,
            basis="cites",
            as_of=str(case.year),
        )
        for case in profile.cases
    )
    return dossier.claims + cases


def controls_told(step1: EcosystemResult, step3: ContextResult, timeline: Timeline | None) -> tuple[Control, ...]:
    """The measures that stand at some dependency or supplier, in order of their first day."""
    met = {one.id for row in step1.dependencies for one in row.controls}
    met |= {one.id for supplier in step3.suppliers for one in supplier.controls}
    met |= {one.id for one in step3.home_controls}
    return () if timeline is None else tuple(c for c in in_order(timeline.controls) if c.id in met)


def control_claims(controls: Iterable[Control]) -> tuple[Claim, ...]:
    """Measures as claims, so that each can be traced to its document; the claim of `x` is `control-x`."""
    read = {"act": "the act itself was read", "report": "reports of it were read", "memory": "nothing could be opened"}
    return tuple(
        Claim(
            id=f"control-{control.id}",
            statement=control.what,
            source=f"control-{control.source}",
            locator=f"{control.locator or 'the document'}; {read[control.basis]}, confidence {control.confidence}",
            basis="cites",
            as_of=control.span,
        )
        for control in controls
    )


def control_sources(controls: Iterable[Control], timeline: Timeline | None) -> tuple[Source, ...]:
    """The documents behind measures; their ids begin with `control-`, so that they are told from all others."""
    used = {control.source for control in controls}
    listed = () if timeline is None else timeline.sources
    return tuple(
        Source.model_validate(source.model_dump() | {"id": f"control-{source.id}"})
        for source in listed
        if source.id in used
    )


def governance_scores(tables: FactTables, year: int) -> Mapping[str, list[GovernanceScore]]:
    """Each economy's estimate of each indicator in the year, or in the nearest earlier year that has one."""
    scores: dict[str, list[GovernanceScore]] = {}
    for country, indicator, estimate, error, score_year in tables.governance_in(year):
        scores.setdefault(country, []).append(
            GovernanceScore(
                estimate=estimate,
                standard_error=error,
                year=score_year,
                dataset=tables.datasets["governance"],
                indicator=indicator,
            )
        )
    return scores
