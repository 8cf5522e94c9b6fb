"""Step 4 as a whole: which instruments of the catalogue fit, why, and what they may cost elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from ostra.errors import DataError, Problem
from ostra.model.base import DIMENSIONS
from ostra.model.dossier import Dossier, Recommendation
from ostra.model.evidence import Evidence
from ostra.model.instrument import Catalogue, Instrument
from ostra.model.profile import Profile
from ostra.model.results.context import ContextResult
from ostra.model.results.dimensions import DimensionsResult, Tension
from ostra.model.results.ecosystem import EcosystemResult
from ostra.model.results.toolkit import InstrumentMatch, ToolkitResult
from ostra.toolkit.answers import Answers, Scene, aim, answers_of, scene_of
from ostra.toolkit.fit import FORMULA, Part, by_challenge, fit_of, parts_of, substituted
from ostra.toolkit.reasons import aim_reason, breach_reason, finding_reason, open_reason
from ostra.words.sentences import LABEL, listed, shortened

METHOD = "instruments"

NO_ACTION = "no-action"

COSTS = ("low", "medium", "high", "very high")
LAGS = ("under 1 year", "1 to 3 years", "3 to 5 years", "over 5 years")


def match(
    step1: EcosystemResult,
    step2: DimensionsResult,
    step3: ContextResult,
    dossier: Dossier,
    profile: Profile,
    catalogue: Catalogue,
) -> ToolkitResult:
    """Match instruments to findings and breaches by rules that a reader can follow (method 8, without the portfolio).

    An instrument fits when it answers at least one challenge, a finding or a breach: on a dimension that it serves, of
    a level that reaches its `from_level`, from a supplier in one of its relations, on an item of one of its kinds, and,
    if it builds on home's strength, only where home itself holds a chokepoint. The score measures fit, never merit: how
    grave the gravest challenge is that it answers, and how narrowly it is made for such. How many it answers, cost,
    delay and side effects stand beside the score and only break ties. What the dossier's authors recommend and the
    rules confirm comes first. `no-action` is always listed, last and with what it leaves open, and so is whatever the
    dossier recommends.

    Parameters
    ----------
    step1, step2, step3
        Home's chokepoints; findings and levels; relations and breaches.
    dossier, profile, catalogue
        Items and recommendations; weights of the dimensions; the instruments.

    Returns
    -------
    ToolkitResult
        Instruments: confirmed advice, then the rest, each by descending score, then `no-action`; tensions between
        what an instrument serves and what it may hurt.

    Raises
    ------
    DataError
        The dossier recommends an instrument that the catalogue does not hold.
    """
    _check_recommendations(dossier, catalogue)
    scene = scene_of(step1, step2, step3, dossier, profile)
    matches: list[tuple[tuple[int, float, int, int, int, int, str], InstrumentMatch]] = []
    answered: list[tuple[Instrument, Answers]] = []
    tensions: list[Tension] = []
    evidence: list[Evidence] = []
    for instrument in sorted(catalogue.instruments, key=lambda i: i.id):
        advice = [r for r in dossier.recommendations if r.instrument == instrument.id]
        answers = answers_of(instrument, scene) if instrument.id != NO_ACTION else Answers()
        if instrument.id != NO_ACTION and not answers.challenges and not advice:
            continue
        answered.append((instrument, answers))
        parts = parts_of(instrument, answers, profile) if instrument.id != NO_ACTION else []
        result, proof = _match(instrument, answers, parts, advice, scene)
        matches.append((_rank(result, instrument), result))
        evidence.append(proof)
        tensions += _tensions(instrument, answers)
    ranked = [result for _, result in sorted(matches, key=lambda pair: pair[0])]
    return ToolkitResult(
        instruments=tuple(ranked),
        tensions=tuple(tensions),
        evidence=tuple(evidence),
        challenges=by_challenge(scene, answered),
    )


def _check_recommendations(dossier: Dossier, catalogue: Catalogue) -> None:
    known = {i.id for i in catalogue.instruments}
    problems = [
        Problem(
            f"recommendation '{r.id}' names an instrument that the catalogue does not hold",
            file=f"dossier '{dossier.id}'",
            column="recommendations",
            value=r.instrument,
            mend="Add the instrument to the catalogue or name one of: " + ", ".join(sorted(known)),
        )
        for r in dossier.recommendations
        if r.instrument not in known
    ]
    if problems:
        raise DataError(problems)


def _match(
    instrument: Instrument, answers: Answers, parts: Sequence[Part], advice: Sequence[Recommendation], scene: Scene
) -> tuple[InstrumentMatch, Evidence]:
    score = fit_of(instrument, parts)
    name = f"instrument.{instrument.id}"
    made_for = aim_reason(instrument, aim(instrument)) if answers.challenges else ""
    reasons, behind = _reasons(instrument, answers, advice, scene, made_for)
    proof = Evidence(
        id=name,
        label=shortened(f"Fit of the instrument: {instrument.name}", LABEL),
        kind="computed",
        unit="fit, 0 to 1",
        value=score,
        formula=FORMULA if instrument.id != NO_ACTION else "no action answers nothing, so its score is 0",
        substituted=substituted(instrument, parts, score),
        method=METHOD,
        inputs=tuple(
            sorted(
                {scene.levels[d].evidence for d in answers.dimensions}
                | {challenge.evidence for challenge in answers.challenges}
                | set(behind)
            )
        ),
        claims=tuple(sorted({claim for r in advice for claim in r.claims})),
        sources=tuple(dict.fromkeys((instrument.source, *(use.source for use in instrument.cases)))),
        caveats=(
            f"Described in {instrument.source}, {instrument.locator}. The fit says how grave the gravest challenge is "
            "that the instrument answers and how narrowly it is made for such, not how well it works.",
        ),
    )
    ordered = [item for item in scene.item_names if item in answers.items]
    result = InstrumentMatch(
        instrument=instrument.id,
        name=instrument.name,
        goal=instrument.goal,
        score=score,
        answers=tuple(c.id for kind in ("breach", "finding") for c in answers.challenges if c.kind == kind),
        items=tuple(ordered),
        dimensions=answers.dimensions,
        reasons=tuple(reasons),
        side_effects=tuple(f"May hurt {effect.dimension}: {effect.why}" for effect in instrument.side_effects),
        preconditions=instrument.preconditions,
        lead=instrument.lead,
        lag=instrument.lag,
        cost=instrument.cost,
        recommended_by=tuple(r.id for r in advice),
        evidence=name,
        serves=instrument.serves,
        cases=instrument.cases,
        source=instrument.source,
        locator=instrument.locator,
        aim=made_for,
    )
    return result, proof


def _reasons(
    instrument: Instrument, answers: Answers, advice: Sequence[Recommendation], scene: Scene, made_for: str
) -> tuple[list[str], list[str]]:
    """Sentences that say why the instrument is listed, and evidence ids that they rest on beyond its answers."""
    if instrument.id == NO_ACTION:
        # What stays open is the point of the entry, so every level is part of its chain.
        return open_reason(scene), [scene.levels[d].evidence for d in DIMENSIONS]
    reasons: list[str] = []
    behind: list[str] = []
    for dimension in answers.dimensions:
        level = scene.levels[dimension]
        reasons.append(
            f"Serves {dimension}, where the challenge is {level.challenge.level} ({level.evidence}); the instrument is "
            f"meant for challenges from {instrument.from_level} on."
        )
        own = answers.on(dimension)
        if breaches := [scene.breaches[c.id] for c in own if c.kind == "breach"]:
            reasons.append(breach_reason(breaches, scene))
        if findings := [scene.findings[c.id] for c in own if c.kind == "finding"]:
            reasons.append(finding_reason(findings))
    reasons += [made_for] if made_for else []
    if instrument.needs_home_strength and scene.home_chokepoints:
        points = [f"{c.item_name} ({c.evidence})" for c in scene.home_chokepoints]
        reasons.append(f"Builds on a strength that home holds: {listed(points, 3)}.")
        behind += [c.evidence for c in scene.home_chokepoints]
    reasons += [f"Recommended in the dossier ({r.id}): {r.text}" for r in advice]
    if not answers.challenges:
        reasons.append("By the rules it answers no finding and no breach here; it is listed because it is recommended.")
    return reasons, behind


def _rank(result: InstrumentMatch, instrument: Instrument) -> tuple[int, float, int, int, int, int, str]:
    """Advice that the rules confirm first, then the best fit; of equal fits the one that answers more, with fewer side
    effects, lower cost, shorter delay, then by name; doing nothing last.
    """
    return (
        2 if instrument.id == NO_ACTION else 0 if result.recommended_by and result.answers else 1,
        -round(result.score, 9),
        -len(result.answers),
        len(instrument.side_effects),
        COSTS.index(instrument.cost),
        LAGS.index(instrument.lag),
        instrument.id,
    )


def _tensions(instrument: Instrument, answers: Answers) -> list[Tension]:
    """The dimensions that the instrument serves here against each that it may hurt."""
    tensions = []
    for effect in instrument.side_effects:
        for dimension in answers.dimensions:
            if dimension == effect.dimension:
                continue
            tensions.append(
                Tension(
                    subject=instrument.id,
                    subject_kind="instrument",
                    strengthens=dimension,
                    weakens=effect.dimension,
                    findings=tuple(c.id for c in answers.on(dimension) if c.kind == "finding"),
                    text=f"{instrument.name}: serves {dimension} and may hurt {effect.dimension}: {effect.why}",
                )
            )
    return tensions
