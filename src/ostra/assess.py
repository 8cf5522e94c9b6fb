"""The one place that chains the four steps: a pure function of dossier, facts and profile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ostra.context.contextualise import contextualise
from ostra.context.governance import GovernanceScore
from ostra.dimensions.judge import judge
from ostra.ecosystem.analyse import analyse
from ostra.ecosystem.fact_tables import FactTables
from ostra.ecosystem.input_output.home_exposure import HomeExposure
from ostra.ecosystem.readings import Readings
from ostra.errors import MethodError
from ostra.model.assessment import Assessment, Hashes
from ostra.model.dossier import Dossier
from ostra.model.evidence import Claim, Evidence, Source
from ostra.model.instrument import Catalogue
from ostra.model.profile import Profile
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
    step2 = judge(step1, dossier, profile, members=members)
    step3 = contextualise(step1, step2, dossier, profile, governance_scores(tables, year), home=home, year=year)
    step4 = match(step1, step2, step3, dossier, profile, catalogue)
    evidence = merge_evidence(step1.evidence, step2.evidence, step3.evidence, step4.evidence)
    simulated = () if scenarios is None else scenarios.sources
    sources = merge_sources(fact_sources, dossier.sources, profile.sources, catalogue.sources, simulated)
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
        claims=claims_of(dossier, profile),
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
