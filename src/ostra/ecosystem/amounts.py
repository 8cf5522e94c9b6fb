"""From provision rows to amounts: who may provide how much of one item, with a written rule for every oddity.

The rules are those of the table in docs/methods/chain.md; each that changes what a row says leaves a caveat.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ostra.ecosystem.provision import Row
from ostra.model.base import Interval
from ostra.model.dossier import UNSPECIFIED
from ostra.words.figures import percent

Of = Literal["economies", "organisations"]

# Our choice: ten shares printed with one decimal stay within half a point of the whole.
WHOLE_FROM = 0.995
# What a dossier may exceed the whole by, see `Dossier`.
WHOLE_TO = 1.02
# Our choice: deviations that leave a caveat.
ROUNDING = 0.005
DEVIATION = 0.02
# Differences of rounding between a stated share and what the others leave are no knowledge.
NO_KNOWLEDGE = 1e-12


@dataclass(frozen=True)
class Backing:
    """What stands behind the share of one player in one item."""

    organisations: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    claims: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Amount:
    """A part of an item: between `low` and `high`, provided by `holders` (none: anybody)."""

    holders: tuple[str, ...]
    low: float
    high: float


@dataclass(frozen=True)
class ItemProvision:
    """The amounts of one item, what no row accounts for, and whose total is stated.

    `rest` is the most that no row accounts for, `claimed` the part of it that anybody is taken to provide. `whole` is
    False where the amounts need not sum to one, because the item has no provider of its own. `corrections` say which
    stated shares were not taken as they stand, `caveats` what else is uncertain.
    """

    amounts: tuple[Amount, ...]
    rest: float
    claimed: float
    whole: bool
    closed: frozenset[str] = frozenset()
    backing: Mapping[str, Backing] | None = None
    corrections: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()

    def share(self, player: str) -> Interval:
        """What one player alone provides: the extremes of its amounts while all sums to one."""
        own = [a for a in self.amounts if a.holders == (player,)]
        others = [a for a in self.amounts if a.holders and player not in a.holders]
        not_own = [a for a in self.amounts if a.holders != (player,)]
        touching = [a for a in self.amounts if not a.holders or player in a.holders]
        low, high = sum(a.low for a in own), sum(a.high for a in touching)
        high += 0.0 if player in self.closed else self.claimed
        if self.whole:
            least = 1.0 - sum(a.high for a in not_own) - self.rest
            most = 1.0 - sum(a.low for a in others)
            low = least if least > low + NO_KNOWLEDGE else low
            high = most if most < high - NO_KNOWLEDGE else high
        low = min(1.0, max(0.0, low))
        return Interval(low=low, high=min(1.0, max(low, high)))


def provision_of(
    rows: Sequence[Row],
    *,
    of: Of,
    complete: bool,
    unnamed: Literal["possible", "none"],
    player_of: Mapping[str, str],
) -> ItemProvision:
    """The amounts of one item from its rows, see docs/methods/chain.md ("Shares").

    Parameters
    ----------
    rows
        One row for each provider, of one item and basis.
    complete
        The rows are all providers that there are.
    unnamed
        Whether those whom no row names may provide what no row accounts for.
    player_of
        Economy -> player where economies act as one, for instance members of a bloc.
    """
    if not rows:
        if complete:
            return ItemProvision((), 0.0, 0.0, whole=False)
        if unnamed == "none":
            return ItemProvision((), 1.0, 0.0, whole=True, caveats=("Who provides it is unknown; read as nobody.",))
        return ItemProvision((), 1.0, 1.0, whole=True, caveats=("Who provides it is unknown.",))
    corrections: list[str] = []
    caveats: list[str] = []
    amounts, closed = _amounts(rows, of, player_of, corrections)
    low, high = sum(a.low for a in amounts), sum(a.high for a in amounts)
    if low > WHOLE_TO + 1e-9:
        corrections.append(f"Shares sum to {percent(low)}; each is read as at most what is stated.")
        amounts = [replace(a, low=0.0) for a in amounts]
        rest = 0.0
    elif low >= WHOLE_FROM:
        if abs(low - 1.0) > ROUNDING:
            corrections.append(f"Shares sum to {percent(low)} and were divided by that.")
        amounts = [replace(a, low=a.low / low, high=max(a.low, min(a.high, 1.0)) / low) for a in amounts]
        rest = 0.0
    elif complete and high < 1.0:
        if high < 1.0 - DEVIATION:
            corrections.append(
                f"The providers are said to be all there are, but sum to {percent(high)}; divided by that."
            )
        amounts = [replace(a, low=a.low / high, high=a.high / high) for a in amounts] if high > 0 else amounts
        rest = 0.0
    else:
        rest = 0.0 if complete else 1.0 - low
    if unnamed == "none" and rest > 0 and high < WHOLE_FROM:
        caveats.append(f"{percent(1.0 - high)} is provided by nobody named; read as if nobody could stop that.")
    amounts = _tightened(amounts, rest)
    if any(not row.stated for row in rows):
        caveats.append("A provider without a share may provide anything that the others leave.")
    if any(len(a.holders) != 1 for a in amounts):
        caveats.append("Part of it is provided by economies that the source does not tell apart.")
    return ItemProvision(
        amounts=tuple(amounts),
        rest=rest,
        claimed=rest if unnamed == "possible" else 0.0,
        # Amounts that cannot make up the whole are not held to it.
        whole=sum(a.high for a in amounts) + rest >= 1.0 - 1e-9,
        closed=frozenset(closed),
        backing=_backing(rows, of, player_of),
        corrections=tuple(corrections),
        caveats=tuple(caveats),
    )


def _amounts(
    rows: Sequence[Row], of: Of, player_of: Mapping[str, str], corrections: list[str]
) -> tuple[list[Amount], set[str]]:
    """Amounts by holder; an economy's total contains the organisations marked as part of it."""
    totals: dict[str, Interval] = {}
    named: dict[str, list[Row]] = defaultdict(list)
    amounts = []
    for row in rows:
        if row.economy == UNSPECIFIED and row.part_of_economy:
            continue  # firms that are not told apart, but stand in the totals of their economies already
        if row.economy == UNSPECIFIED:
            holders = (row.organisation,) if of == "organisations" and row.organisation else row.among
            if of == "economies":
                holders = tuple(sorted({player_of.get(code, code) for code in holders}))
            elif not row.organisation:
                holders = ()
            amounts.append(Amount(holders, row.low, row.high))
        elif row.organisation:
            named[row.economy].append(row)
        else:
            totals[row.economy] = Interval(low=row.low, high=row.high)
    by_player: dict[str, tuple[float, float]] = {}

    def add(player: str, low: float, high: float) -> None:
        before = by_player.get(player, (0.0, 0.0))
        by_player[player] = (before[0] + low, before[1] + high)

    closed: set[str] = set()
    open_players: set[str] = set()
    for economy in sorted(totals.keys() | named.keys()):
        total = totals.get(economy)
        parts = [row for row in named[economy] if row.part_of_economy and total is not None]
        others = [row for row in named[economy] if row not in parts]
        low = sum(row.low for row in parts)
        if total is not None:
            if low > total.high + DEVIATION:
                most = percent(total.high)
                corrections.append(f"The organisations of {economy} sum to {percent(low)}, its total is {most}.")
            least = total.low if low > total.high else max(total.low, low)
            total = Interval(low=least, high=min(1.0, max(total.high, low)))
        if of == "organisations":
            open_players |= {row.organisation for row in others}
            for row in [*parts, *others]:
                add(row.organisation, row.low, row.high)
            if total is not None:
                closed |= {unnamed_of(economy), *(row.organisation for row in parts)}
                rest_low = max(0.0, total.low - sum(row.high for row in parts))
                rest_high = max(0.0, total.high - low)
                if rest_high > ROUNDING or not parts:
                    add(unnamed_of(economy), rest_low, rest_high)
            continue
        player = player_of.get(economy, economy)
        (open_players if total is None else closed).add(player)
        if total is not None:
            add(player, total.low, total.high)
        for row in others:
            add(player, row.low, row.high)
    amounts += [Amount((player,), min(1.0, low), min(1.0, high)) for player, (low, high) in sorted(by_player.items())]
    # Several economies acting as one are closed only if none of them is open; a bloc may have members without rows.
    blocs = set(player_of.values())
    return sorted(amounts, key=lambda a: (a.holders, a.low, a.high)), closed - open_players - blocs


def unnamed_of(economy: str) -> str:
    """The player that stands for organisations of an economy that no row names."""
    return f"{economy} (not named)"


def _tightened(amounts: Sequence[Amount], rest: float) -> list[Amount]:
    """Bounds that the others leave when all sums to one: u ≤ 1 − Σ other l, l ≥ 1 − Σ other u − rest."""
    low, high = sum(a.low for a in amounts), sum(a.high for a in amounts)
    if high + rest < 1.0 - 1e-9 or low > 1.0 + 1e-9:
        return list(amounts)
    result = []
    for a in amounts:
        most, least = 1.0 - (low - a.low), 1.0 - (high - a.high) - rest
        upper = most if most < a.high - NO_KNOWLEDGE else a.high
        lower = least if least > a.low + NO_KNOWLEDGE else a.low
        result.append(replace(a, low=min(lower, upper), high=max(lower, upper)))
    return result


def _backing(rows: Sequence[Row], of: Of, player_of: Mapping[str, str]) -> dict[str, Backing]:
    """The rows behind each player's share."""
    behind: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if of == "organisations":
            behind[row.organisation or unnamed_of(row.economy)].append(row)
        else:
            for code in (row.among or (UNSPECIFIED,)) if row.economy == UNSPECIFIED else (row.economy,):
                behind[player_of.get(code, code)].append(row)
    return {
        player: Backing(
            organisations=tuple(sorted({row.organisation for row in found if row.organisation})),
            years=tuple(sorted({row.year for row in found if row.year is not None})),
            claims=tuple(sorted({claim for row in found for claim in row.claims})),
            evidence=tuple(sorted({row.evidence for row in found if row.evidence})),
        )
        for player, found in behind.items()
    }
