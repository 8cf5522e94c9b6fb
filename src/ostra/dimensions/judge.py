"""Step 2 as a whole: findings, levels, matrix, tensions and robustness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ostra.dimensions.headlines import headline
from ostra.dimensions.level_evidence import level_evidence, overall, stability_evidence
from ostra.dimensions.measured import METHOD, Measurement, measured_findings
from ostra.dimensions.perturbation import SPREAD, WIDE, Draws, robustness
from ostra.dimensions.pool import UNIFORM, Masses, Opinion, as_levels, heard, margin, pool
from ostra.dimensions.tensions import dependency_tensions
from ostra.model.base import DIMENSIONS, LEVELS, Dimension, Level
from ostra.model.dossier import Dossier
from ostra.model.evidence import Evidence
from ostra.model.profile import Profile
from ostra.model.results.dimensions import DimensionResult, DimensionsResult, Finding, MatrixCell
from ostra.model.results.ecosystem import EcosystemResult
from ostra.words.economies import name_of
from ostra.words.figures import plain
from ostra.words.sentences import counted, listed, shortened

NOTHING: Masses = (1.0, 0.0, 0.0, 0.0)


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
    """
    measured = measured_findings(step1, dossier.items, profile, members)
    item_names = {item.id: item.name for item in dossier.items}
    economies = step1.economy_names()
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
    draws = {spread: Draws(spread=spread) for spread in (SPREAD, WIDE)}
    for dimension in DIMENSIONS:
        rows = [m for m in measured.measurements if m.rule.dimension == dimension]
        own = [o for o in opinions if o.finding.dimension == dimension]
        domestic = [f.id for f in dossier.findings if f.supplier in members and f.dimension == dimension]
        challenge_rows = [m for m in rows if m.rule.effect < 0]
        views = [o.finding for o in own if o.finding.effect < 0 and o.finding.kind == "judged"]
        level = _level(own, challenge_rows)
        shares = robustness(level, challenge_rows, views, ecosystem=dossier.id, draws=draws) if level else (0.0, 0.0)
        result, proofs = _dimension(dimension, own, challenge_rows, domestic, economies, shares)
        results.append(result)
        evidence += proofs
    opinions_on: dict[tuple[str, Dimension], list[Opinion]] = {}
    for opinion in opinions:
        for name in dict.fromkeys(opinion.finding.items):
            opinions_on.setdefault((name, opinion.finding.dimension), []).append(opinion)
    rows_on: dict[tuple[str, Dimension], list[Measurement]] = {}
    for row in measured.measurements:
        rows_on.setdefault((row.reading.item, row.rule.dimension), []).append(row)
    for item in dossier.items:
        for dimension in DIMENSIONS:
            cell, proof = _cell(
                item.id,
                item.name,
                dimension,
                opinions_on.get((item.id, dimension), []),
                rows_on.get((item.id, dimension), []),
            )
            if cell is not None and proof is not None:
                cells.append(cell)
                evidence.append(proof)
    whole, proof = overall(results, profile.weights)
    evidence.append(proof)
    return DimensionsResult(
        findings=tuple(sorted(findings, key=lambda f: (DIMENSIONS.index(f.dimension), f.id))),
        dimensions=tuple(results),
        matrix=tuple(cells),
        tensions=dependency_tensions(findings, item_names, economies),
        overall=whole,
        overall_evidence=proof.id,
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
        told = f"{subject}: “{shortened(row.reason, 160)}”"
        opinions.append(Opinion(finding, row.id, told))
        side = "challenge" if row.effect < 0 else "strength"
        grade = LEVELS[row.severity] if row.severity else "looked at, no"
        evidence.append(
            Evidence(
                id=finding.evidence,
                label=f"{grade} {side} on {row.dimension}, judged: {shortened(row.reason, 160)}",
                kind="judged",
                unit="severity, 0 to 3",
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


def _level(opinions: Sequence[Opinion], challenge_rows: Sequence[Measurement]) -> Level | None:
    """The level of challenge; None when nothing was assessed."""
    pooled = pool(o.finding for o in opinions if o.finding.effect < 0)
    if pooled is None:
        return "none" if _assessed(challenge_rows) else None
    return as_levels(pooled.total).level


def _dimension(
    dimension: Dimension,
    opinions: Sequence[Opinion],
    challenge_rows: Sequence[Measurement],
    domestic: Sequence[str],
    economies: dict[str, str],
    shares: tuple[float, float],
) -> tuple[DimensionResult, list[Evidence]]:
    against = [o for o in opinions if o.finding.effect < 0]
    strengths = [o for o in opinions if o.finding.effect > 0]
    pooled, backed = pool(o.finding for o in against), pool(o.finding for o in strengths)
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
    proofs = [
        level_evidence(f"level.{dimension}.challenge", f"Challenge to {dimension}", pooled, levels, against, caveats)
    ]
    if backed is not None and strength is not None:
        proofs.append(
            level_evidence(f"level.{dimension}.strength", f"Strength in {dimension}", backed, strength, strengths, ())
        )
    proofs += stability_evidence(dimension, levels, shares, assessed)
    result = DimensionResult(
        dimension=dimension,
        challenge=levels,
        measured=as_levels(pooled.measured) if pooled and pooled.measured else None,
        judged=as_levels(pooled.judged) if pooled and pooled.judged else None,
        strength=strength,
        robustness=shares[0],
        robustness_wide=shares[1],
        margin=margin(levels) if assessed else 0.0,
        headline=headline(dimension, levels if assessed else None, against, strengths, len(unknown)),
        findings=tuple(sorted(o.finding.id for o in opinions)),
        evidence=f"level.{dimension}.challenge",
        robustness_evidence=f"level.{dimension}.robustness",
        margin_evidence=f"level.{dimension}.margin",
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
    pooled, backed = pool(o.finding for o in against), pool(o.finding for o in opinions if o.finding.effect > 0)
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
    proof = level_evidence(
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
            if not m.reading.unknown and m.reading.value.low < m.rule.low <= m.reading.value.high
        }
    )
    if possible:
        caveats.append(
            f"May reach a threshold within {'its' if len(possible) == 1 else 'their'} uncertainty: "
            f"{listed(possible, 6)}."
        )
    return tuple(caveats)
