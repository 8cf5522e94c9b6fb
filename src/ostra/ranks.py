"""Ecosystems, and items within one, in order of their challenges, under this profile and those near it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from ostra.dimensions.measured import Measurement, measurements
from ostra.dimensions.perturbation import SPREAD, WIDE, Draws
from ostra.dimensions.pool import expected_level
from ostra.dimensions.ranking import (
    Contender,
    Standing,
    Standings,
    ecosystem_contender,
    item_contenders,
    rank_range,
    standings,
)
from ostra.model.assessment import Assessment
from ostra.model.base import DIMENSIONS
from ostra.model.profile import Profile
from ostra.views import Advance, about, quiet
from ostra.workspace import Listing

MOST_DRAWS = 100_000
OVERALL = "overall"


def measurements_of(assessment: Assessment, profile: Profile) -> tuple[Measurement, ...]:
    """The assessment's indicators under the profile's severity rules."""
    return measurements(assessment.step1, assessment.items, profile, frozenset(assessment.members))


def contenders_of(made: Sequence[Assessment], profile: Profile) -> list[Contender]:
    """The assessments as contenders, under the profile that they were made by."""
    return [ecosystem_contender(a.ecosystem, measurements_of(a, profile), a.step2) for a in made]


def rank(
    made: Sequence[Assessment],
    profile: Profile,
    before: tuple[Sequence[Assessment], Profile] | None = None,
    *,
    items: bool = False,
    advance: Advance = quiet,
) -> Listing:
    """Ecosystems in order of challenge, overall and by dimension, with the ranks that profiles near this one give.

    Parameters
    ----------
    made, profile
        The assessments, and the profile whose weights and rules count.
    before
        The same ecosystems under the profile that this one is compared with.
    items
        Rank the items of each ecosystem instead, each among those of its ecosystem.
    advance
        Called with (done, total).

    Returns
    -------
    Listing
        ecosystem, title, item [with `items`], dimension (`overall` first), weight, score_low, score_high [0 to 1; apart
        where something was not assessed], rank_best, rank_worst, before_best, before_worst [null without `before`],
        near_best, near_worst, wide_best, wide_worst [ranks in nine tenths of profiles within ±20 and ±40 %], evidence.
        A dimension on which a contender was not assessed has no row of that contender.
    """
    groups = item_groups(made, profile) if items else [(list(made), contenders_of(made, profile))]
    old_groups = (
        None
        if before is None
        else item_groups(*before)
        if items
        else [(list(before[0]), contenders_of(before[0], before[1]))]
    )
    rows: list[dict[str, Any]] = []
    for number, (owners, contenders) in enumerate(groups):
        advance(number, len(groups))
        homes = [a.ecosystem for a in owners]
        now, near, wide = (
            standings(contenders, profile, draws, homes)
            for draws in (Draws(number=1, spread=0.0), Draws(spread=SPREAD), Draws(spread=WIDE))
        )
        earlier: dict[str, int] = {}
        old: Standings | None = None
        if old_groups is not None and before is not None:
            old_owners, old_contenders = old_groups[number]
            old = standings(old_contenders, before[1], Draws(number=1, spread=0.0), [a.ecosystem for a in old_owners])
            earlier = {own.name: place for place, own in enumerate(old_contenders)}
        for place, (owner, own) in enumerate(zip(owners, contenders, strict=True)):
            for dimension in (OVERALL, *(d for d in DIMENSIONS if d in own.assessed)):
                then = pick(old, dimension) if old is not None and own.name in earlier else None
                rows.append(
                    {
                        "ecosystem": owner.ecosystem,
                        "title": owner.title,
                        **({"item": own.name, "name": owner_item(owner, own.name)} if items else {}),
                        "dimension": dimension,
                        "weight": weight_share(profile, dimension),
                        "score_low": float(pick(now, dimension).low[place, 0]),
                        "score_high": float(pick(now, dimension).high[place, 0]),
                        "rank_best": int(pick(now, dimension).best[place, 0]),
                        "rank_worst": int(pick(now, dimension).worst[place, 0]),
                        "before_best": None if then is None else int(then.best[earlier[own.name], 0]),
                        "before_worst": None if then is None else int(then.worst[earlier[own.name], 0]),
                        **ends("near", rank_range(pick(near, dimension), place)),
                        **ends("wide", rank_range(pick(wide, dimension), place)),
                        "evidence": f"{owner.id}#{proof_of(owner, own if items else None, dimension)}",
                    }
                )
    advance(len(groups), len(groups))
    order = {dimension: place for place, dimension in enumerate((OVERALL, *DIMENSIONS))}
    rows.sort(key=lambda r: (r["ecosystem"] if items else "", order[r["dimension"]], r["rank_best"], -r["score_low"]))
    schema = {"before_best": pl.Int64, "before_worst": pl.Int64}
    found = about("Items in order of challenge" if items else "Ecosystems in order of challenge", made)
    caveats = (
        "Rank 1 is the gravest challenge. A dimension that was not assessed may be none or high, so that scores and "
        "ranks are intervals there. Ranges hold nine tenths of 1,000 perturbed profiles.",
    )
    return Listing(
        pl.DataFrame(rows, schema_overrides=schema, infer_schema_length=None),
        found.model_copy(update={"caveats": caveats}),
    )


def item_groups(made: Sequence[Assessment], profile: Profile) -> list[tuple[list[Assessment], list[Contender]]]:
    """Of each ecosystem its items as contenders, beside the assessment that each belongs to."""
    groups = []
    for assessment in made:
        contenders = item_contenders(measurements_of(assessment, profile), assessment.step2)
        groups.append(([assessment] * len(contenders), contenders))
    return groups


def pick(found: Standings, dimension: str) -> Standing:
    """The standing overall or on one dimension."""
    return found.overall if dimension == OVERALL else found.dimensions[dimension]  # type: ignore[index]


def weight_share(profile: Profile, dimension: str) -> float | None:
    """The dimension's part of all weights; none for the whole."""
    total = sum(profile.weights[d] for d in DIMENSIONS)
    return next((profile.weights[d] / total for d in DIMENSIONS if d == dimension), None)


def owner_item(assessment: Assessment, item: str) -> str:
    """The name of an item."""
    return next(i.name for i in assessment.items if i.id == item)


def ends(prefix: str, ranks: tuple[int, int]) -> dict[str, int]:
    """A range of ranks as two columns."""
    return {f"{prefix}_best": ranks[0], f"{prefix}_worst": ranks[1]}


def proof_of(assessment: Assessment, item: Contender | None, dimension: str) -> str:
    """The evidence behind a score: of an ecosystem its levels, of an item its cell, or overall its gravest cell."""
    if item is None:
        return assessment.step2.overall_evidence if dimension == OVERALL else f"level.{dimension}.challenge"
    cells = [c for c in assessment.step2.matrix if c.item == item.name and c.assessed]
    wanted = [c for c in cells if c.dimension == dimension] or cells
    return max(wanted, key=lambda c: expected_level(c.challenge)).evidence


def rank_words(listing: Listing) -> Listing:
    """The ranking with one row for each contender and its ranks in words: `3 → 1 (1–2)`."""
    keys = ["ecosystem", "item", "name"] if "item" in listing.frame.columns else ["ecosystem"]
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in listing.frame.iter_rows(named=True):
        key = tuple(row[k] for k in keys)
        words = rows.setdefault(
            key, {**{k: row[k] for k in keys}, **dict.fromkeys((OVERALL, *DIMENSIONS), "not assessed")}
        )
        words[row["dimension"]] = in_words(row)
    frame = pl.DataFrame(list(rows.values()))
    return Listing(frame, listing.provenance)


def in_words(row: dict[str, Any]) -> str:
    """A rank as `2 (1–4)`: as the profile stands, and in nine tenths of those near it; `5 → 2` after a change."""
    now = span(row["rank_best"], row["rank_worst"])
    then = span(row["before_best"], row["before_worst"]) if row["before_best"] is not None else now
    change = now if then == now else f"{then} → {now}"
    return f"{change} ({span(row['near_best'], row['near_worst'])})"


def span(best: int, worst: int) -> str:
    """One rank, or the first and the last of several."""
    return str(best) if best == worst else f"{best}–{worst}"
