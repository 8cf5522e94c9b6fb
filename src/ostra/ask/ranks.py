"""Ecosystems, and items within one, in order of their challenges, under this profile and those near it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

import polars as pl

from ostra.ask.assessments import Assessed, about, assessments
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
from ostra.model.listing import Listing
from ostra.model.profile import Profile
from ostra.progress import Advance, quiet
from ostra.workspace import Workspace

OVERALL = "overall"
STANDING = Draws(number=1, spread=0.0)  # the profile as it stands


def measurements_of(assessment: Assessment, profile: Profile) -> tuple[Measurement, ...]:
    """The assessment's indicators under the profile's severity rules."""
    return measurements(assessment.step1, assessment.items, profile, frozenset(assessment.members))


def contenders_of(made: Sequence[Assessment], profile: Profile) -> list[Contender]:
    """The assessments as contenders, under the profile that they were made by."""
    return [ecosystem_contender(a.ecosystem, measurements_of(a, profile), a.step2) for a in made]


def rank(workspace: Workspace, *, items: bool = False, **options: Unpack[Assessed]) -> Listing:
    """Ecosystems in order of challenge, with the ranks in profiles near this one; after a change, before too.

    Seen through another profile or other weights than the workspace's own, the ranks by its own stand beside.

    Parameters
    ----------
    items
        Order the items of each ecosystem instead.

    Returns
    -------
    Listing
        Columns as `rank_of`.
    """
    made = assessments(workspace, **options)
    before = None
    if (plain := workspace.unchanged()) is not workspace:
        # Only a profile changes assessments; weights alone change nothing but the order.
        old = assessments(plain, **options) if workspace.other_profile else made
        before = (old, plain.profile())
    return rank_of(made, workspace.profile(), before, items=items, advance=options.get("advance", quiet))


def rank_of(
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
        ecosystem, title, item and name [with `items`], dimension (`overall` first), weight, score_low, score_high [0 to
        1; apart where something was not assessed], rank_shown [by score_low], rank_best, rank_worst; before_shown,
        before_best, before_worst [null without `before`]; near_best, near_worst, wide_best, wide_worst [ranks in nine
        tenths of profiles within ±20 and ±40 %], evidence.
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
        now, near, wide = (
            standings(contenders, profile, draws, [a.ecosystem for a in owners], among_assessed=items)
            for draws in (STANDING, Draws(spread=SPREAD), Draws(spread=WIDE))
        )
        earlier = earlier_ranks(old_groups[number], before[1], items) if old_groups and before else {}
        for place, (owner, own) in enumerate(zip(owners, contenders, strict=True)):
            for dimension in (OVERALL, *(d for d in DIMENSIONS if d in own.assessed)):
                rows.append(
                    {
                        "ecosystem": owner.ecosystem,
                        "title": owner.title,
                        **({"item": own.name, "name": owner_item(owner, own.name)} if items else {}),
                        "dimension": dimension,
                        "weight": weight_share(profile, dimension),
                        "score_low": float(pick(now, dimension).low[place, 0]),
                        "score_high": float(pick(now, dimension).high[place, 0]),
                        **as_columns("rank", as_they_stand(pick(now, dimension), place)),
                        **as_columns("before", earlier.get((own.name, dimension), (None, None, None))),
                        **as_columns("near", (None, *rank_range(pick(near, dimension), place))),
                        **as_columns("wide", (None, *rank_range(pick(wide, dimension), place))),
                        "evidence": f"{owner.id}#{proof_of(owner, own if items else None, dimension)}",
                    }
                )
    advance(len(groups), len(groups))
    order = {dimension: place for place, dimension in enumerate((OVERALL, *DIMENSIONS))}
    rows.sort(key=lambda r: (r["ecosystem"] if items else "", order[r["dimension"]], r["rank_shown"]))
    schema = {f"before_{end}": pl.Int64 for end in ("shown", "best", "worst")}
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


def as_they_stand(own: Standing, number: int) -> tuple[int, int, int]:
    """Rank by what is shown, and the first and last that the unknown allows."""
    return own.shown(number), int(own.best[number, 0]), int(own.worst[number, 0])


def earlier_ranks(
    group: tuple[Sequence[Assessment], Sequence[Contender]], profile: Profile, items: bool
) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Ranks under another profile, by contender and dimension; only of what was assessed."""
    owners, contenders = group
    found = standings(contenders, profile, STANDING, [a.ecosystem for a in owners], among_assessed=items)
    return {
        (own.name, dimension): as_they_stand(pick(found, dimension), place)
        for place, own in enumerate(contenders)
        for dimension in (OVERALL, *own.assessed)
    }


def as_columns(prefix: str, ranks: tuple[int | None, int | None, int | None]) -> dict[str, int | None]:
    """Ranks as columns: shown where there is one, best, worst."""
    shown, best, worst = ranks
    first = {f"{prefix}_shown": shown} if prefix in ("rank", "before") else {}
    return {**first, f"{prefix}_best": best, f"{prefix}_worst": worst}


def proof_of(assessment: Assessment, item: Contender | None, dimension: str) -> str:
    """The evidence behind a score: of an ecosystem its levels, of an item its cell, or overall its gravest cell."""
    if item is None:
        return assessment.step2.overall_evidence if dimension == OVERALL else f"level.{dimension}.challenge"
    cells = [c for c in assessment.step2.matrix if c.item == item.name and c.assessed]
    wanted = [c for c in cells if c.dimension == dimension] or cells
    return max(wanted, key=lambda c: expected_level(c.challenge)).evidence
