"""Step 2 as a whole: findings, levels, matrix, tensions and robustness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ostra.dimensions.headlines import headline
from ostra.dimensions.measured import METHOD, Measurement, measured_findings
from ostra.dimensions.pool import UNIFORM, Masses, Opinion, Pooled, as_levels, certain, heard, pool
from ostra.dimensions.robustness import DRAWS, SPREAD, robustness
from ostra.dimensions.tensions import dependency_tensions
from ostra.dimensions.wording import LABEL, counted, economy_names, listed, name_of, plain, shortened
from ostra.model.assessment import (
    DimensionResult,
    DimensionsResult,
    EcosystemResult,
    Finding,
    LevelDistribution,
    MatrixCell,
)
from ostra.model.base import DIMENSIONS, LEVELS, Dimension
from ostra.model.dossier import Dossier
from ostra.model.evidence import Evidence
from ostra.model.profile import Profile

NOTHING: Masses = (1.0, 0.0, 0.0, 0.0)

POOL_FORMULA = (
    "P = Σ v_k P_k / Σ v_k over the kinds k (measured, judged), v_k = kind weight × largest confidence in the kind; "
    "P_k = Σ w p / Σ w over the findings of the kind, w = confidence × severity weight, "
    "p = confidence × (the finding's severity) + (1 − confidence) × (uniform over the four levels); "
    "level = the first of none, low, medium, high at which the cumulative probability reaches 1/2"
)


def judge(
    step1: EcosystemResult, dossier: Dossier, profile: Profile, *, members: frozenset[str] = frozenset()
) -> DimensionsResult:
    """Signed findings and pooled levels on the four dimensions (method 6).

    Parameters
    ----------
    step1 : EcosystemResult
        Dependencies, chokepoints and indicators.
    dossier : Dossier
        Its judged findings, item names and bindings of items to products and materials.
    profile : Profile
        Its severity rules turn indicators into measured findings.
    members : frozenset of str
        ISO alpha-3 codes of home; they count as domestic in the relation filter of the rules.

    Returns
    -------
    DimensionsResult
        Findings of both kinds, one result for each dimension, the matrix of items × dimensions, tensions, evidence.

    References
    ----------
    Stone (1961), The opinion pool, Annals of Mathematical Statistics 32, 1339-1342.
    """
    measured = measured_findings(step1, dossier, profile, members)
    item_names = {item.id: item.name for item in dossier.items}
    economies = economy_names(step1)
    # Judgements are written from one viewpoint; of a supplier that is part of this home they say nothing.
    foreign = dossier.model_copy(update={"findings": tuple(f for f in dossier.findings if f.supplier not in members)})
    judged, judged_evidence = judged_findings(foreign, item_names, economies)
    opinions = measured.opinions + judged
    # A rule has one dimension and one effect, so no voice crosses them and one call hears all.
    loud = {o.finding.id for o in heard(opinions)}
    findings = tuple(o.finding.model_copy(update={"heard": o.finding.id in loud}) for o in opinions)

    evidence: list[Evidence] = [*measured.evidence, *judged_evidence]
    results = []
    cells: list[MatrixCell] = []
    for dimension in DIMENSIONS:
        rows = [m for m in measured.measurements if m.rule.dimension == dimension]
        own = [o for o in opinions if o.finding.dimension == dimension]
        domestic = [f.id for f in dossier.findings if f.supplier in members and f.dimension == dimension]
        result, proofs = _dimension(dimension, own, rows, domestic, economies)
        results.append(result)
        evidence += proofs
    for item in dossier.items:
        for dimension in DIMENSIONS:
            cell, proof = _cell(
                item.id,
                item.name,
                dimension,
                [o for o in opinions if o.finding.dimension == dimension and item.id in o.finding.items],
                [m for m in measured.measurements if m.rule.dimension == dimension and m.reading.item == item.id],
            )
            if cell is not None and proof is not None:
                cells.append(cell)
                evidence.append(proof)
    return DimensionsResult(
        findings=tuple(sorted(findings, key=lambda f: (DIMENSIONS.index(f.dimension), f.id))),
        dimensions=tuple(results),
        matrix=tuple(cells),
        tensions=dependency_tensions(findings, item_names, economies),
        evidence=tuple(sorted(evidence, key=lambda e: e.id)),
    )


def judged_findings(
    dossier: Dossier, item_names: Mapping[str, str], economies: dict[str, str]
) -> tuple[tuple[Opinion, ...], tuple[Evidence, ...]]:
    """The dossier's judged findings as opinions, each with its own voice, and the evidence for them."""
    opinions = []
    evidence = []
    for row in dossier.findings:
        finding = Finding(
            id=row.id,
            kind="judged",
            items=row.items,
            supplier=row.supplier,
            dimension=row.dimension,
            effect=row.effect,
            severity=row.severity,
            horizon=row.horizon,
            confidence=row.confidence,
            reason=row.reason,
            author=row.author,
            date=row.date,
            evidence=f"finding.{row.id}",
        )
        subject = ", ".join(item_names.get(item, item) for item in row.items[:2])
        if row.supplier:
            subject += f" ({name_of(row.supplier, economies)})"
        told = f"{subject}: “{shortened(row.reason)}”"
        opinions.append(Opinion(finding, certain(row.severity), row.id, told))
        side = "challenge" if row.effect < 0 else "strength"
        evidence.append(
            Evidence(
                id=finding.evidence,
                label=f"{LEVELS[row.severity]} {side} on {row.dimension}, judged: {shortened(row.reason)}",
                kind="judged",
                unit="severity, 1 to 3",
                value=float(row.severity),
                text=LEVELS[row.severity],
                method=METHOD,
                claims=row.claims,
                author=row.author,
                date=row.date,
                caveats=(f"The author's confidence in it is {plain(row.confidence)}.",),
            )
        )
    return tuple(opinions), tuple(evidence)


def _dimension(
    dimension: Dimension,
    opinions: Sequence[Opinion],
    rows: Sequence[Measurement],
    domestic: Sequence[str],
    economies: dict[str, str],
) -> tuple[DimensionResult, list[Evidence]]:
    against = [o for o in opinions if o.finding.effect < 0]
    strengths = [o for o in opinions if o.finding.effect > 0]
    challenge_rows = [m for m in rows if m.rule.effect < 0]
    pooled, backed = pool(against), pool(strengths)
    assessed = pooled is not None or _assessed(challenge_rows)
    levels = as_levels(pooled.total if pooled else NOTHING if assessed else UNIFORM)
    strength = as_levels(backed.total) if backed else None
    unknown = sorted({_subject(m, economies) for m in challenge_rows if m.reading.unknown})
    caveats = _unknowns(unknown, challenge_rows, economies)
    if domestic:
        caveats = (
            *caveats,
            f"Left out, because they speak of home itself as a supplier: {', '.join(sorted(domestic))}.",
        )
    if not assessed:
        caveats = ("Nothing was assessed on this dimension: the level says nothing.", *caveats)
    elif pooled is None:
        caveats = (
            "No finding: every known indicator lies below its thresholds and no judgement is recorded.",
            *caveats,
        )
    share = (
        robustness(levels.level, challenge_rows, [o for o in against if o.finding.kind == "judged"])
        if assessed
        else 0.0
    )
    proofs = [
        _level_evidence(f"level.{dimension}.challenge", f"Challenge to {dimension}", pooled, levels, against, caveats)
    ]
    if backed is not None and strength is not None:
        proofs.append(
            _level_evidence(f"level.{dimension}.strength", f"Strength in {dimension}", backed, strength, strengths, ())
        )
    proofs.append(
        Evidence(
            id=f"level.{dimension}.robustness",
            label=f"Robustness of the level of challenge to {dimension}",
            kind="computed",
            unit="share of perturbed profiles",
            value=share,
            formula="number of perturbed profiles with the same level / number of perturbed profiles; thresholds, "
            f"confidences and weights are each multiplied by a factor between {1 - SPREAD:g} and {1 + SPREAD:g}",
            substituted=f"{round(share * DRAWS)} / {DRAWS} = {plain(share)}" if assessed else "not assessed",
            method=METHOD,
            inputs=(f"level.{dimension}.challenge",),
            caveats=(
                "Only weights, thresholds and confidences vary; whether findings are missing or wrong is not asked."
                if assessed
                else "Nothing was assessed on this dimension.",
            ),
        )
    )
    result = DimensionResult(
        dimension=dimension,
        challenge=levels,
        measured=as_levels(pooled.measured) if pooled and pooled.measured else None,
        judged=as_levels(pooled.judged) if pooled and pooled.judged else None,
        strength=strength,
        robustness=share,
        headline=headline(dimension, levels if assessed else None, against, strengths, len(unknown)),
        findings=tuple(sorted(o.finding.id for o in opinions)),
        evidence=f"level.{dimension}.challenge",
        robustness_evidence=f"level.{dimension}.robustness",
        strength_evidence=f"level.{dimension}.strength" if backed else None,
        assessed=assessed,
        caveats=caveats,
    )
    return result, proofs


def _cell(
    item: str, item_name: str, dimension: Dimension, opinions: Sequence[Opinion], rows: Sequence[Measurement]
) -> tuple[MatrixCell | None, Evidence | None]:
    """One cell of the matrix; None where nothing at all is known, so that blank means "not assessed"."""
    against = [o for o in opinions if o.finding.effect < 0]
    challenge_rows = [m for m in rows if m.rule.effect < 0]
    pooled, backed = pool(against), pool(o for o in opinions if o.finding.effect > 0)
    assessed = pooled is not None or _assessed(challenge_rows)
    if not assessed and backed is None:
        return None, None
    levels = as_levels(pooled.total if pooled else NOTHING if assessed else UNIFORM)
    known = [m for m in challenge_rows if not m.reading.unknown]
    caveats: tuple[str, ...] = ()
    if not assessed:
        caveats = ("Only strengths were looked at; the level of challenge says nothing.",)
    elif pooled is None:
        caveats = (f"{counted(len(known), 'indicator')} assessed, none reaches a threshold.",)
    name = f"cell.{item}.{dimension}"
    proof = _level_evidence(
        name, f"Challenge to {dimension} through {item_name}", pooled, levels, against or opinions, caveats
    )
    if pooled is None and assessed:
        proof = proof.model_copy(update={"inputs": tuple(sorted({e for m in known for e in m.reading.evidence}))})
    cell = MatrixCell(
        item=item,
        dimension=dimension,
        challenge=levels,
        strength=as_levels(backed.total) if backed else None,
        findings=tuple(sorted(o.finding.id for o in opinions)),
        evidence=name,
        assessed=assessed,
    )
    return cell, proof


def _level_evidence(
    name: str,
    label: str,
    pooled: Pooled | None,
    levels: LevelDistribution,
    opinions: Sequence[Opinion],
    caveats: tuple[str, ...],
) -> Evidence:
    parts = []
    if pooled is not None:
        apart = {"measured": pooled.measured, "judged": pooled.judged}
        for kind, loudness in pooled.kind_weights:
            masses = apart[kind]
            if masses is not None:
                number = sum(o.finding.kind == kind for o in heard(opinions))
                parts.append(f"{plain(loudness)} × {kind} ({counted(number, 'finding')}: {_printed(masses)})")
        divisor = sum(loudness for _, loudness in pooled.kind_weights)
        substituted = f"[{' + '.join(parts)}] / {plain(divisor)} = {_printed(pooled.total)}: {levels.level}"
    else:
        substituted = f"no finding has any weight: {_printed((levels.none, levels.low, levels.medium, levels.high))}"
    unheard = len(opinions) - len(heard(opinions))
    if unheard:
        caveats = (
            *caveats,
            f"{counted(unheard, 'finding')} shown but not heard: another finding of the same rule on the same item "
            "weighs more, or the confidence is 0.",
        )
    return Evidence(
        id=name,
        label=shortened(label, LABEL),
        kind="computed",
        unit=f"probability of {levels.reached_words}",
        value=levels.reached,
        text=levels.level,
        formula=POOL_FORMULA,
        substituted=substituted,
        method=METHOD,
        inputs=tuple(sorted(o.finding.evidence for o in opinions)),
        caveats=caveats,
    )


def _printed(masses: Masses) -> str:
    return "none {}, low {}, medium {}, high {}".format(*(plain(m) for m in masses))


def _assessed(rows: Iterable[Measurement]) -> bool:
    return any(not row.reading.unknown for row in rows)


def _subject(row: Measurement, economies: dict[str, str]) -> str:
    reading = row.reading
    return f"{reading.item_name} ({name_of(reading.supplier, economies)})" if reading.supplier else reading.item_name


def _unknowns(unknown: Sequence[str], rows: Sequence[Measurement], economies: dict[str, str]) -> tuple[str, ...]:
    """What could not be judged: indicators that are unknown, and intervals that only may reach a threshold."""
    caveats = []
    if unknown:
        caveats.append(
            f"Unknown, so not judged: {counted(len(unknown), 'indicator or share', 'indicators or shares')}, "
            f"of {listed(unknown, 6)}."
        )
    possible = sorted(
        {
            _subject(m, economies)
            for m in rows
            if not m.reading.unknown and m.reading.middle < m.rule.low <= m.reading.value.high
        }
    )
    if possible:
        caveats.append(
            f"May reach a threshold within {'its' if len(possible) == 1 else 'their'} uncertainty: "
            f"{listed(possible, 6)}."
        )
    return tuple(caveats)
