"""How stable levels and ranks are, what moving a threshold does, and which levels come when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from ostra.ask.assessments import about
from ostra.ask.ranks import contenders_of, measurements_of
from ostra.dimensions.perturbation import SPREAD, WIDE, Draws, stays
from ostra.dimensions.pool import as_levels, pool
from ostra.dimensions.ranking import above, rank_shares, standings
from ostra.dimensions.sensitivity import responses
from ostra.errors import UsageError
from ostra.model.assessment import Assessment
from ostra.model.base import DIMENSIONS, LEVELS, Horizon
from ostra.model.listing import Listing
from ostra.model.profile import Profile
from ostra.progress import Advance, quiet
from ostra.words.figures import exact_percent, percent

MOST_DRAWS = 100_000
HORIZONS: tuple[Horizon, ...] = ("now", "short", "medium", "long")


def perturb(made: Sequence[Assessment], profile: Profile, *, draws: int = 1000, advance: Advance = quiet) -> Listing:
    """Rank stability: levels, ranks and pairs under perturbed profiles, within ±20 % and within ±40 %.

    One perturbed profile is one draw of thresholds, confidences, trust in each kind, steps between levels and weights
    of dimensions, the same for all ecosystems.

    Returns
    -------
    Listing
        ecosystem, figure (`level stays`, `rank`, `above`), of (dimension; rank; the other ecosystem), level [of the
        dimension as it stands], near, wide [share of perturbed profiles within ±20 % and ±40 %], evidence. Where
        something was not assessed only what holds for certain counts, so that shares may sum to less than 1.

    Raises
    ------
    UsageError
        A number of draws below 1 or above 100,000.
    """
    if not 1 <= draws <= MOST_DRAWS:
        raise UsageError(f"--perturb {draws}: draw between 1 and {MOST_DRAWS:,} profiles, such as 1000")
    contenders = contenders_of(made, profile)
    found = []
    for number, spread in enumerate((SPREAD, WIDE)):
        advance(number, 2)
        found.append(standings(contenders, profile, Draws(number=draws, spread=spread)))
    advance(2, 2)
    near, wide = found
    rows: list[dict[str, Any]] = []

    def add(
        assessment: Assessment, figure: str, of: str, level: str | None, shares: Sequence[float], proof: str
    ) -> None:
        rows.append(
            {
                "ecosystem": assessment.ecosystem,
                "figure": figure,
                "of": of,
                "level": level,
                "near": shares[0],
                "wide": shares[1],
                "evidence": f"{assessment.id}#{proof}",
            }
        )

    for place, assessment in enumerate(made):
        for result in assessment.step2.dimensions:
            if result.assessed:
                level = result.challenge.level
                kept = [stays(level, s.reached[place][result.dimension]) for s in found]
                add(assessment, "level stays", result.dimension, level, kept, result.robustness_evidence)
        whole = assessment.step2.overall_evidence
        shares = [rank_shares(s.overall, place) for s in found]
        for number, pair in enumerate(zip(*shares, strict=True), start=1):
            add(assessment, "rank", str(number), None, pair, whole)
        for other, rival in enumerate(made):
            if other != place:
                pair = (above(near.overall, place, other), above(wide.overall, place, other))
                add(assessment, "above", rival.ecosystem, None, pair, whole)
    listing = about("Rank stability under perturbed profiles", made)
    filters = {
        **listing.filters,
        "profiles": f"{draws:,} drawn with a fixed seed, within ±{exact_percent(SPREAD)} (near) and within "
        f"±{exact_percent(WIDE)} (wide)",
    }
    frame = pl.DataFrame(rows, schema_overrides={"level": pl.String}, infer_schema_length=None)
    return Listing(frame, listing.model_copy(update={"filters": filters}))


def sensitivity(made: Sequence[Assessment], profile: Profile) -> Listing:
    """What moving the thresholds of each severity rule does, over all assessments at hand.

    Returns
    -------
    Listing
        rule (number in the profile), indicator, dimension, effect, factor, low, medium, high [thresholds],
        findings_low, findings_medium, findings_high, none_ecosystems to high_ecosystems, not_assessed [counts], mean
        [expected level, 0 to 1], confidence, reason, source.
    """
    found = responses([(measurements_of(a, profile), a.step2.findings) for a in made], profile.severity)
    sources = {source.id: source.title for source in profile.sources}
    rows = [
        {
            "rule": r.rule_number + 1,
            "indicator": r.rule.indicator,
            "dimension": r.rule.dimension,
            "effect": r.rule.effect,
            "factor": r.factor,
            "low": r.thresholds[0],
            "medium": r.thresholds[1],
            "high": r.thresholds[2],
            "findings_low": r.findings[0],
            "findings_medium": r.findings[1],
            "findings_high": r.findings[2],
            **{f"{level}_ecosystems": r.levels[level] for level in LEVELS},
            "not_assessed": r.levels[None],
            "mean": r.mean,
            "confidence": r.rule.confidence,
            "reason": r.rule.reason,
            "source": sources[r.rule.source],
        }
        for r in found
    ]
    listing = about("What moving the thresholds of a severity rule does", made)
    return Listing(pl.DataFrame(rows, infer_schema_length=None), listing)


TOLD = (0.5, 0.75, 1.0, 1.25, 2.0)
"""Factors of thresholds that a table in words has."""


def sensitivity_words(listing: Listing) -> Listing:
    """What moving thresholds does with one row for each rule: findings, and ecosystems with a high level."""
    rows = []
    for (number,), part in listing.frame.group_by(["rule"], maintain_order=True):
        at = [row for row in part.iter_rows(named=True) if row["factor"] in TOLD]
        own = next(row for row in at if row["factor"] == 1.0)
        findings = [sum(row[f"findings_{level}"] for level in LEVELS[1:]) for row in at]
        rows.append(
            {
                "rule": number,
                "on": f"{own['indicator']}, {'−' if own['effect'] < 0 else '+'} {own['dimension']}",
                "confidence": own["confidence"],
                "findings": " ".join(str(count) for count in findings),
                "high": " ".join(str(row["high_ecosystems"]) for row in at),
            }
        )
    return Listing(pl.DataFrame(rows), listing.provenance)


def by_horizon(made: Sequence[Assessment]) -> Listing:
    """Levels of challenge by when they bite: from findings that bite now, within two years, within five, and all.

    Returns
    -------
    Listing
        ecosystem, title, dimension, and for each of now, short, medium, long: its level and `_reached`, the probability
        of that level or a higher one (of none itself at none); null where nothing was assessed. Evidence.
    """
    rows = []
    for assessment in made:
        for result in assessment.step2.dimensions:
            own = [f for f in assessment.step2.findings if f.dimension == result.dimension and f.effect < 0]
            row: dict[str, Any] = {
                "ecosystem": assessment.ecosystem,
                "title": assessment.title,
                "dimension": result.dimension,
            }
            for number, horizon in enumerate(HORIZONS, start=1):
                pooled = pool(f for f in own if f.horizon in HORIZONS[:number])
                levels = as_levels(pooled.total if pooled else (1.0, 0.0, 0.0, 0.0)) if result.assessed else None
                row[horizon] = None if levels is None else levels.level
                row[f"{horizon}_reached"] = None if levels is None else levels.reached
            rows.append({**row, "evidence": f"{assessment.id}#{result.evidence}"})
    schema: dict[str, Any] = dict.fromkeys(HORIZONS, pl.String) | {f"{h}_reached": pl.Float64 for h in HORIZONS}
    listing = about("Levels by horizon", made)
    caveats = (
        "now: this year; short: within 2 years; medium: 2 to 5 years; long: later. Each column holds the findings of "
        "its horizon and of earlier ones. Where none is due yet, a dimension that was assessed has the level none.",
    )
    frame = pl.DataFrame(rows, schema_overrides=schema)
    return Listing(frame, listing.model_copy(update={"caveats": caveats}))


SHORT = {"competitiveness": "competitive"}  # so that all horizons fit 80 characters


def horizon_words(listing: Listing) -> Listing:
    """Levels by horizon with word and probability in one cell."""

    def words(row: dict[str, Any], horizon: Horizon) -> str:
        level = row[horizon]
        if level is None:
            return "not assessed"
        return "none" if level == "none" else f"{level} {percent(row[f'{horizon}_reached'])}"

    rows = [
        {
            "ecosystem": row["ecosystem"],
            "dimension": SHORT.get(row["dimension"], row["dimension"]),
            **{h: words(row, h) for h in HORIZONS},
            **{f"{h}_level": row[h] for h in HORIZONS},
        }
        for row in listing.frame.iter_rows(named=True)
    ]
    return Listing(pl.DataFrame(rows), listing.provenance)


def perturb_words(listing: Listing) -> Listing:
    """Rank stability with one row for each ecosystem, those most often first on top."""
    rows = []
    for (name,), part in listing.frame.group_by(["ecosystem"], maintain_order=True):
        cells = {(row["figure"], row["of"]): row for row in part.iter_rows(named=True)}
        shares = [cell["near"] for (figure, _), cell in cells.items() if figure == "rank"]
        row: dict[str, Any] = {"ecosystem": name, "ranks": rank_words(shares)}
        for dimension in DIMENSIONS:
            cell = cells.get(("level stays", dimension))
            row[dimension] = "not assessed" if cell is None else f"{cell['level']} {percent(cell['near'])}"
            row[f"{dimension}_level"] = None if cell is None else cell["level"]
        # The mean rank; what is open counts as last.
        row["order"] = sum(n * share for n, share in enumerate(shares, 1)) + len(shares) * (1 - sum(shares))
        rows.append(row)
    rows.sort(key=lambda row: (row["order"], row["ecosystem"]))
    return Listing(pl.DataFrame(rows).drop("order"), listing.provenance)


def rank_words(shares: Sequence[float]) -> str:
    """The most frequent rank with its share: `4 in 33%`."""
    if max(shares) <= 0.0:
        return "open"
    often = max(range(len(shares)), key=lambda place: shares[place]) + 1
    return f"{often} in {percent(shares[often - 1])}"
