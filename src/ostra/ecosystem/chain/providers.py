"""From provision rows to amounts: who may provide how much of one item, with a written rule for every oddity.

The rules are those of the table in docs/methods/chain.md; each that changes what a row says leaves a caveat.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ostra.ecosystem.holds import Hold
from ostra.model.base import Interval
from ostra.model.dossier import UNSPECIFIED, Dossier, Ownership

Basis = Literal["location", "headquarters", "ownership", "either"]
Of = Literal["economies", "organisations"]

# Our choice: ten shares printed with one decimal stay within half a point of the whole.
WHOLE_FROM = 0.995
# What a dossier may exceed the whole by, see `Dossier`.
WHOLE_TO = 1.02
# Our choice: deviations that the reader is told of.
ROUNDING = 0.005
TOLD = 0.02


@dataclass(frozen=True)
class Row:
    """One provision row, whatever it comes from."""

    item: str
    economy: str
    organisation: str
    among: tuple[str, ...]
    part_of_economy: bool
    low: float
    high: float
    stated: bool
    year: int | None
    claims: tuple[str, ...] = ()
    evidence: str = ""

    @property
    def provider(self) -> tuple[str, tuple[str, ...], str]:
        """What makes two rows speak of the same provider."""
        return self.economy, self.among, self.organisation


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
    False where the amounts need not sum to one, because the item has no provider of its own.
    """

    amounts: tuple[Amount, ...]
    rest: float
    claimed: float
    whole: bool
    closed: frozenset[str] = frozenset()
    backing: Mapping[str, Backing] | None = None
    caveats: tuple[str, ...] = ()


def rows_by_item(
    dossier: Dossier, by: Basis, year: int | None, inherited: Sequence[Hold] = ()
) -> tuple[dict[str, list[Row]], dict[str, list[str]]]:
    """The provision rows that count, item by item, and caveats on how they were chosen.

    Parameters
    ----------
    by
        `location`, `headquarters` or `ownership` (rows by headquarters, seats replaced by those of the last owners).
    year
        Rows of later years are left out; None takes all. Of each provider the latest year counts.
    inherited
        Holds from facts, for items without a row by location; production shares stand before import shares.
    """
    basis = "location" if by == "location" else "headquarters"
    owners, rings = _last_owners(dossier.ownership) if by == "ownership" else ({}, set())
    rows: dict[str, list[Row]] = defaultdict(list)
    caveats: dict[str, list[str]] = defaultdict(list)
    for given in dossier.provision:
        if given.by != basis or (year is not None and given.year is not None and given.year > year):
            continue
        interval = given.interval()
        row = Row(
            item=given.item,
            economy=given.economy,
            organisation=given.organisation,
            among=tuple(sorted(set(given.among))) if given.economy == UNSPECIFIED else (),
            part_of_economy=given.part_of_economy,
            low=interval.low,
            high=interval.high,
            stated=given.share is not None,
            year=given.year,
            claims=given.claims,
            evidence=f"provision.{given.item}.{given.economy}.{given.by}",
        )
        if row.organisation in owners:
            seat, claims = owners[row.organisation]
            if seat != row.economy:
                # The total of the first seat's economy no longer contains it.
                row = replace(row, economy=seat, claims=row.claims + claims, part_of_economy=False)
        if row.organisation in rings:
            caveats[row.item].append(f"The owners of {row.organisation} own each other; its own seat counts.")
        rows[row.item].append(row)
    if by == "location":
        _inherit(rows, caveats, inherited)
    return {item: _latest(item, found, caveats) for item, found in rows.items()}, caveats


def _last_owners(ownership: Iterable[Ownership]) -> tuple[dict[str, tuple[str, tuple[str, ...]]], set[str]]:
    """Organisation -> (seat of its last owner, claims of the chain), and organisations whose owners form a ring."""
    owner_of = {held.organisation: held for held in sorted(ownership, key=lambda o: (o.organisation, o.owner))}
    last, rings = {}, set()
    for name in owner_of:
        seen = {name}
        claims: tuple[str, ...] = ()
        held = owner_of[name]
        while True:
            claims += held.claims
            if held.owner in seen:
                rings.add(name)
                break
            seen.add(held.owner)
            if held.owner not in owner_of:
                last[name] = (held.economy, claims)
                break
            held = owner_of[held.owner]
    return last, rings


def _inherit(rows: dict[str, list[Row]], caveats: dict[str, list[str]], inherited: Sequence[Hold]) -> None:
    """Add shares from facts to items without a row of their own; several headings give the interval over them."""
    found: dict[str, dict[str, dict[str, list[Hold]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for hold in inherited:
        if hold.item not in rows:
            found[hold.item][hold.measure][hold.key].append(hold)
    for item, measures in found.items():
        measure = "production share" if "production share" in measures else sorted(measures)[0]
        keys = measures[measure]
        shares: dict[str, list[Hold]] = defaultdict(list)
        for holds in keys.values():
            for hold in holds:
                shares[hold.economy].append(hold)
        for economy, holds in sorted(shares.items()):
            missing = len({hold.key for hold in holds}) < len(keys)
            years = [hold.year for hold in holds if hold.year is not None]
            rows[item].append(
                Row(
                    item=item,
                    economy=economy,
                    organisation="",
                    among=(),
                    part_of_economy=False,
                    low=0.0 if missing else min(hold.share.low for hold in holds),
                    high=max(hold.share.high for hold in holds),
                    stated=True,
                    year=max(years) if years else None,
                    evidence=holds[0].evidence,
                )
            )
        caveats[item].append(f"Shares are inherited from facts ({measure}).")
        if len(keys) > 1:
            caveats[item].append(f"It is traded under {len(keys)} headings; shares span all of them.")


def _latest(item: str, rows: list[Row], caveats: dict[str, list[str]]) -> list[Row]:
    """One row for each provider: the latest year; differing shares of that year become an interval."""
    by_provider: dict[tuple[str, tuple[str, ...], str], list[Row]] = defaultdict(list)
    for row in rows:
        by_provider[row.provider].append(row)
    kept = []
    for _, same in sorted(by_provider.items()):
        newest = max(row.year or 0 for row in same)
        same = [row for row in same if (row.year or 0) == newest]
        stated = [row for row in same if row.stated] or same
        first = min(stated, key=lambda row: (row.low, row.high))
        low, high = first.low, max(row.high for row in stated)
        if len({(row.low, row.high) for row in stated}) > 1:
            who = first.organisation or first.economy
            caveats[item].append(f"{who} has several shares for {newest or 'no year'}: {low:.1%} to {high:.1%}.")
        claims = tuple(sorted({claim for row in same for claim in row.claims}))
        kept.append(replace(first, low=low, high=high, claims=claims, part_of_economy=first.part_of_economy))
    years = sorted({row.year for row in kept if row.year is not None})
    if len(years) > 1:
        caveats[item].append(f"Shares of different years are taken together: {', '.join(map(str, years))}.")
    return kept


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
    caveats: list[str] = []
    amounts, closed = _amounts(rows, of, player_of, caveats)
    low, high = sum(a.low for a in amounts), sum(a.high for a in amounts)
    if low > WHOLE_TO + 1e-9:
        caveats.append(f"Shares sum to {low:.0%}; each is read as at most what is stated.")
        amounts = [replace(a, low=0.0) for a in amounts]
        rest = 0.0
    elif low >= WHOLE_FROM:
        if abs(low - 1.0) > ROUNDING:
            caveats.append(f"Shares sum to {low:.1%} and were divided by that.")
        amounts = [replace(a, low=a.low / low, high=max(a.low, min(a.high, 1.0)) / low) for a in amounts]
        rest = 0.0
    elif complete and high < 1.0:
        if high < 1.0 - TOLD:
            caveats.append(f"The providers are said to be all there are, but sum to {high:.1%}; divided by that.")
        amounts = [replace(a, low=a.low / high, high=a.high / high) for a in amounts] if high > 0 else amounts
        rest = 0.0
    else:
        rest = 0.0 if complete else 1.0 - low
    if unnamed == "none" and rest > 0 and high < WHOLE_FROM:
        caveats.append(f"{1.0 - high:.0%} is provided by nobody named; read as if nobody could stop that.")
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
        caveats=tuple(caveats),
    )


def _amounts(
    rows: Sequence[Row], of: Of, player_of: Mapping[str, str], caveats: list[str]
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
            if low > total.high + TOLD:
                caveats.append(f"The organisations of {economy} sum to {low:.1%}, its total is {total.high:.1%}.")
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
        # Differences of rounding are no knowledge.
        upper = most if most < a.high - 1e-12 else a.high
        lower = least if least > a.low + 1e-12 else a.low
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
