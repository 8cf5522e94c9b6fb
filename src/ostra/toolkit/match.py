"""Step 4 as a whole: which instruments of the catalogue fit, why, and what they may cost elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ostra.dimensions.wording import LABEL, listed, shortened
from ostra.errors import DataError, Problem
from ostra.model.assessment import (
    ContextResult,
    DimensionsResult,
    EcosystemResult,
    InstrumentMatch,
    Tension,
    ToolkitResult,
)
from ostra.model.base import DIMENSIONS, Dimension
from ostra.model.dossier import Dossier, Recommendation
from ostra.model.evidence import Evidence
from ostra.model.instrument import Catalogue, Instrument
from ostra.model.profile import Profile
from ostra.toolkit.answers import NO_ANSWERS, Answers, Scene, answers_of, scene_of
from ostra.toolkit.reasons import breach_reason, finding_reason, open_reason

METHOD = "instruments"

NO_ACTION = "no-action"

COSTS = ("low", "medium", "high", "very high")
LAGS = ("under 1 year", "1 to 3 years", "3 to 5 years", "over 5 years")

FORMULA = (
    "score = Σ over the dimensions d that it serves and whose challenge is at least the instrument's level: "
    "w_d × E_d × A_d; w_d = the profile's weight of d / sum of the weights; E_d = expected level of the challenge "
    "(none 0, low 1/3, medium 2/3, high 1); A_d = (share of the findings' weight answered + share of the breaches' "
    "expected excess answered) / 2, or the first alone where no breach has an expected excess above 0"
)


@dataclass(frozen=True)
class Part:
    """One dimension's part of a score: weight × expected level × share answered."""

    dimension: Dimension
    weight: float
    expected: float
    findings_share: float
    breaches_share: float | None

    @property
    def answered(self) -> float:
        """Share of the dimension's findings and breaches that the instrument answers."""
        if self.breaches_share is None:
            return self.findings_share
        return (self.findings_share + self.breaches_share) / 2.0

    @property
    def value(self) -> float:
        """The part of the score, in [0, 1]."""
        return self.weight * self.expected * self.answered


def match(
    step1: EcosystemResult,
    step2: DimensionsResult,
    step3: ContextResult,
    dossier: Dossier,
    profile: Profile,
    catalogue: Catalogue,
) -> ToolkitResult:
    """Match instruments to findings and breaches by rules that a reader can follow (method 8, without the portfolio).

    An instrument fits when it answers at least one finding or breach: on a dimension that it serves and whose level
    of challenge reaches its `from_level`, from a supplier in one of its relations, on an item of one of its kinds,
    and, if it builds on home's strength, only where home itself holds a chokepoint. The score measures fit, never
    merit: an instrument for every supplier and item answers more by its nature, and cost, delay and side effects stand
    beside the score and only break ties. What the dossier's authors recommend and the rules confirm therefore comes
    first. `no-action` is always listed, last and with what it leaves open, and so is whatever the dossier recommends.

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
    matches: list[tuple[tuple[int, float, int, int, int, str], InstrumentMatch]] = []
    tensions: list[Tension] = []
    evidence: list[Evidence] = []
    for instrument in sorted(catalogue.instruments, key=lambda i: i.id):
        advice = [r for r in dossier.recommendations if r.instrument == instrument.id]
        answers = answers_of(instrument, scene) if instrument.id != NO_ACTION else NO_ANSWERS
        if instrument.id != NO_ACTION and not answers.any and not advice:
            continue
        parts = _parts(answers, scene, profile)
        result, proof = _match(instrument, answers, parts, advice, scene)
        matches.append((_rank(result, instrument), result))
        evidence.append(proof)
        tensions += _tensions(instrument, answers)
    ranked = [result for _, result in sorted(matches, key=lambda pair: pair[0])]
    return ToolkitResult(instruments=tuple(ranked), tensions=tuple(tensions), evidence=tuple(evidence))


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


def _parts(answers: Answers, scene: Scene, profile: Profile) -> list[Part]:
    total_weight = sum(profile.weights[d] for d in DIMENSIONS)
    parts = []
    for dimension in answers.dimensions:
        excess = scene.excess.get(dimension, 0.0)
        answered = sum(max(b.expected_excess, 0.0) for b in answers.breaches if b.dimension == dimension)
        parts.append(
            Part(
                dimension=dimension,
                weight=profile.weights[dimension] / total_weight,
                expected=scene.expected[dimension],
                findings_share=min(1.0, sum(scene.shares.get(f.id, 0.0) for f in answers.on(dimension))),
                breaches_share=min(1.0, answered / excess) if excess > 0.0 else None,
            )
        )
    return parts


def _match(
    instrument: Instrument, answers: Answers, parts: Sequence[Part], advice: Sequence[Recommendation], scene: Scene
) -> tuple[InstrumentMatch, Evidence]:
    score = sum(part.value for part in parts)
    name = f"instrument.{instrument.id}"
    reasons, behind = _reasons(instrument, answers, advice, scene)
    proof = Evidence(
        id=name,
        label=shortened(f"Fit of the instrument: {instrument.name}", LABEL),
        kind="computed",
        unit="fit, 0 to 1",
        value=score,
        formula=FORMULA if instrument.id != NO_ACTION else "no action answers nothing, so its score is 0",
        substituted=_substituted(parts, score),
        method=METHOD,
        inputs=tuple(
            sorted(
                {scene.levels[d].evidence for d in answers.dimensions}
                | {f.evidence for f in answers.findings}
                | {b.evidence for b in answers.breaches}
                | set(behind)
            )
        ),
        claims=tuple(sorted({claim for r in advice for claim in r.claims})),
        sources=(instrument.source,),
        caveats=(
            f"Described in {instrument.source}, {instrument.locator}. The score says how much of what was found the "
            "instrument speaks to, not how well it works.",
        ),
    )
    ordered = [item for item in scene.item_names if item in answers.items]
    result = InstrumentMatch(
        instrument=instrument.id,
        name=instrument.name,
        goal=instrument.goal,
        score=score,
        answers=tuple([b.id for b in answers.breaches] + [f.id for f in answers.findings]),
        items=tuple(ordered),
        dimensions=tuple(answers.dimensions),
        reasons=tuple(reasons),
        side_effects=tuple(f"May hurt {effect.dimension}: {effect.why}" for effect in instrument.side_effects),
        preconditions=instrument.preconditions,
        lead=instrument.lead,
        lag=instrument.lag,
        cost=instrument.cost,
        recommended_by=tuple(r.id for r in advice),
        evidence=name,
    )
    return result, proof


def _reasons(
    instrument: Instrument, answers: Answers, advice: Sequence[Recommendation], scene: Scene
) -> tuple[list[str], list[str]]:
    """Sentences that say why the instrument is listed, and evidence ids that they rest on beyond its answers."""
    if instrument.id == NO_ACTION:
        # What stays open is the point of the entry, so every level is part of its chain.
        return open_reason(scene), [scene.levels[d].evidence for d in DIMENSIONS]
    reasons: list[str] = []
    behind: list[str] = []
    for dimension in answers.dimensions:
        level = scene.levels[dimension]
        own_breaches = [b for b in answers.breaches if b.dimension == dimension]
        own_findings = answers.on(dimension)
        if own_breaches or own_findings:
            reasons.append(
                f"Serves {dimension}, where the challenge is {level.challenge.level} ({level.evidence}); the "
                f"instrument is meant from {instrument.from_level} on."
            )
        if own_breaches:
            reasons.append(breach_reason(own_breaches, scene))
        if own_findings:
            reasons.append(finding_reason(own_findings, scene))
    if instrument.needs_home_strength and scene.home_chokepoints:
        points = [f"{c.item_name} ({c.evidence})" for c in scene.home_chokepoints]
        reasons.append(f"Builds on a strength that home holds: {listed(points)}.")
        behind += [c.evidence for c in scene.home_chokepoints]
    reasons += [f"Recommended in the dossier ({r.id}): {r.text}" for r in advice]
    if not answers.any:
        reasons.append("By the rules it answers no finding and no breach here; it is listed because it is recommended.")
    return reasons, behind


def _substituted(parts: Sequence[Part], score: float) -> str:
    if not parts:
        return "nothing answered: 0"
    told = []
    for part in parts:
        share = f"{part.findings_share:.3f}"
        if part.breaches_share is not None:
            share = f"({part.findings_share:.3f} + {part.breaches_share:.3f}) / 2"
        told.append(f"{part.dimension} {part.weight:.3f} × {part.expected:.3f} × {share} = {part.value:.3f}")
    return f"{'; '.join(told)}; score {score:.3f}"


def _rank(result: InstrumentMatch, instrument: Instrument) -> tuple[int, float, int, int, int, str]:
    """Advice that the rules confirm first, then the best fit; of equal fits the one with fewer side effects, lower
    cost, shorter delay, then by name; doing nothing last.
    """
    return (
        2 if instrument.id == NO_ACTION else 0 if result.recommended_by and result.answers else 1,
        -round(result.score, 9),
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
            if dimension == effect.dimension or not answers.answers_on(dimension):
                continue
            tensions.append(
                Tension(
                    subject=instrument.id,
                    subject_kind="instrument",
                    strengthens=dimension,
                    weakens=effect.dimension,
                    findings=tuple(f.id for f in answers.on(dimension)),
                    text=f"{instrument.name}: serves {dimension} and may hurt {effect.dimension}: {effect.why}",
                )
            )
    return tensions
