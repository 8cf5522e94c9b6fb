"""How stable levels and ranks are, what moving a threshold does, and which levels come when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

import polars as pl

from ostra.ask.assessments import Assessed, about, assessments
from ostra.ask.ranks import contenders_of, measurements_of
from ostra.dimensions.perturbation import SPREAD, WIDE, Draws, stays
from ostra.dimensions.pool import as_levels, pool
from ostra.dimensions.ranking import above, rank_shares, standings
from ostra.dimensions.sensitivity import responses
from ostra.errors import UsageError
from ostra.model.assessment import Assessment
from ostra.model.base import LEVELS, Horizon
from ostra.model.listing import Listing
from ostra.model.profile import Profile
from ostra.progress import Advance, quiet
from ostra.words.figures import exact_percent
from ostra.workspace import Workspace

MOST_DRAWS = 100_000
HORIZONS: tuple[Horizon, ...] = ("now", "short", "medium", "long")


def perturb(workspace: Workspace, *, draws: int = 1000, **options: Unpack[Assessed]) -> Listing:
    """Rank stability: how often levels, ranks and pairs stay in profiles near this one; columns as `perturb_of`.

    Parameters
    ----------
    draws
        Profiles to draw.
    """
    if not 1 <= draws <= MOST_DRAWS:  # told before anything is assessed
        raise UsageError(f"--draws {draws}: draw between 1 and {MOST_DRAWS:,} profiles, such as 1000")
    made = assessments(workspace, **options)
    return perturb_of(made, workspace.profile(), draws=draws, advance=options.get("advance", quiet))


def perturb_of(made: Sequence[Assessment], profile: Profile, *, draws: int = 1000, advance: Advance = quiet) -> Listing:
    """Rank stability: levels, ranks and pairs under perturbed profiles, within ±20 % and within ±40 %.

    One perturbed profile is one draw of thresholds, confidences, trust in each kind, steps between levels and weights
    of dimensions, the same for all ecosystems.

    Returns
    -------
    Listing
        ecosystem, figure (`level stays`, `rank`, `above`), of (dimension; rank; the other ecosystem), level [of the
        dimension as it stands], near, wide [share of perturbed profiles within ±20 % and ±40 %], evidence. Where
        something was not assessed only what holds for certain counts, so that shares may sum to less than 1.
    """
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


def sensitivity(workspace: Workspace, **options: Unpack[Assessed]) -> Listing:
    """The profile's severity rules: how findings and levels respond when the thresholds of one move.

    Columns as `sensitivity_of`.
    """
    return sensitivity_of(assessments(workspace, **options), workspace.profile())


def sensitivity_of(made: Sequence[Assessment], profile: Profile) -> Listing:
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


def horizon(workspace: Workspace, **options: Unpack[Assessed]) -> Listing:
    """Levels by when they bite: now, within two years, within five, later; columns as `horizons_of`."""
    return horizons_of(assessments(workspace, **options))


def horizons_of(made: Sequence[Assessment]) -> Listing:
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
