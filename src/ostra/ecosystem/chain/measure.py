"""Holds of players and of sets of players on items, at any tier, on the world or on home alone.

References
----------
Tarski (1955), Pacific J. Math. 5, 285-309, for the least fixed point that a hold is in cycles; tiers, and what home
alone loses, are our choice. See docs/methods/chain.md.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from ostra.ecosystem.chain.order import Ints
from ostra.ecosystem.chain.propagation import Bound, propagate
from ostra.ecosystem.chain.shares import player_shares, set_shares
from ostra.ecosystem.chain.structure import Floats, Structure
from ostra.errors import UsageError

# Our choice: no source at hand measures it for these goods, and none diverted is the most that home can lose.
DIVERSION = 0.0
# The formula of `holds` in short, as evidence prints it.
HOLD = "h = max(own share, largest e·h of the inputs, Σ w·h of the variants)"


@dataclass(frozen=True, eq=False)
class Holds:
    """Low and high hold of each holder on each item: arrays [items × holders], fractions.

    `share_low` and `share_high` are what the holders provide themselves. `unresolved` names items in a cycle of
    variants that was not followed to the end, so that their bounds are wider than they need be.
    """

    items: tuple[str, ...]
    holders: tuple[frozenset[str], ...]
    low: Floats
    high: Floats
    share_low: Floats
    share_high: Floats
    unresolved: tuple[str, ...] = ()

    def at(self, item: str, holder: int = 0) -> tuple[float, float]:
        """The bounds of one hold."""
        row = self.items.index(item)
        return float(self.low[row, holder]), float(self.high[row, holder])

    def of_holder(self, holder: frozenset[str]) -> Holds:
        """The holds of one of the holders."""
        column = [self.holders.index(holder)]
        low, high, share_low, share_high = (
            table[:, column] for table in (self.low, self.high, self.share_low, self.share_high)
        )
        return Holds(self.items, (holder,), low, high, share_low, share_high, self.unresolved)


def holds(structure: Structure, economies: Sequence[str] | None = None, items: Sequence[str] | None = None) -> Holds:
    """Hold of each economy (or organisation) on each item, if it alone withholds from the world.

    h_i = max(s_i, max over j required of e_ij h_j, Σ over variants of w_iv h_v); see docs/methods/chain.md. Both
    bounds are exact.

    Parameters
    ----------
    economies
        Players whose holds are wanted; by default all that a row names. One that no row names may be asked for too.
    items
        Items wanted, by default all; in the order given.

    Returns
    -------
    Holds

    Raises
    ------
    NotFoundError
        An item does not exist.
    """
    if economies is None:
        shares = player_shares(structure)
        return _holds(structure, [{player} for player in structure.players], shares, items)
    return set_holds(structure, [{structure.player(name)} for name in economies], items)


def set_holds(structure: Structure, sets: Sequence[Collection[str]], items: Sequence[str] | None = None) -> Holds:
    """Hold of each set of players on each item, if all of the set withhold together; otherwise as `holds`."""
    acting = [{structure.player(name) for name in players} for players in sets]
    return _holds(structure, acting, set_shares(structure, acting), items)


def _holds(
    structure: Structure, sets: Sequence[Collection[str]], shares: tuple[Floats, Floats], items: Sequence[str] | None
) -> Holds:
    low = propagate(structure, shares[0], "low")
    high = propagate(structure, shares[1], "high")
    return _result(structure, sets, shares, low.holds, high.holds, [low.unresolved, high.unresolved], items)


def _result(
    structure: Structure,
    sets: Sequence[Collection[str]],
    shares: tuple[Floats, Floats],
    low: Floats,
    high: Floats,
    unresolved: Sequence[Ints],
    items: Sequence[str] | None,
) -> Holds:
    rows = None if items is None else [structure.row(item) for item in items]
    low, high, share_low, share_high = (
        table if rows is None else table[rows] for table in (low, np.maximum(low, high), *shares)
    )
    open_rows = sorted({int(row) for part in unresolved for row in part} & set(rows or range(len(low))))
    return Holds(
        structure.items if rows is None else tuple(structure.items[row] for row in rows),
        tuple(frozenset(players) for players in sets),
        low,
        high,
        share_low,
        share_high,
        unresolved=tuple(structure.items[row] for row in open_rows),
    )


def tier_holds(structure: Structure, tiers: int, economies: Sequence[str]) -> tuple[Holds, ...]:
    """Holds if only items near by can be withheld: one result for each tier from 1 to `tiers`.

    Tier 1 is the item itself (and its kinds), 2 what it requires too, 3 what that requires too:
    T¹ = max(s, Σ w T¹), Tᵏ = max(s, max e Tᵏ⁻¹, Σ w Tᵏ). Tᵏ ≤ Tᵏ⁺¹ ≤ h.

    Raises
    ------
    UsageError
        `tiers` is less than 1.
    """
    if tiers < 1:
        raise UsageError(f"tiers are counted from 1, the item itself; {tiers} was asked for")
    sets = [{structure.player(name)} for name in economies]
    shares = set_shares(structure, sets)
    found = []
    before: list[Floats] = [np.zeros_like(shares[0]), np.zeros_like(shares[0])]
    bounds: tuple[Bound, Bound] = ("low", "high")
    for _ in range(tiers):
        now = [
            propagate(structure, share, bound, inputs=inputs)
            for share, bound, inputs in zip(shares, bounds, before, strict=True)
        ]
        before = [part.holds for part in now]
        unresolved = [part.unresolved for part in now]
        found.append(_result(structure, sets, shares, before[0], before[1], unresolved, None))
    return tuple(found)


def holds_on_home(
    structure: Structure,
    home: Collection[str],
    economies: Sequence[str] | None = None,
    items: Sequence[str] | None = None,
    *,
    diversion: float | tuple[float, float] = DIVERSION,
) -> Holds:
    """Holds of economies that withhold from home alone, while third countries pass on a part.

    h_i = max((1 − d) s_i, a_i max over j of e_ij h_j, Σ w h_v), a_i being home's share in making i (1 for items without
    provider of their own). Never more than the hold on the world. High bounds are exact, low ones safe.

    Parameters
    ----------
    home
        Economies of home; they do not withhold from themselves.
    economies
        By default all players outside home.
    diversion
        d in [0, 1], the part of what is withheld that arrives through third countries; (low, high) if uncertain.

    Raises
    ------
    UsageError
        `diversion` is outside [0, 1], home has no members, or an economy belongs to home.
    NotFoundError
        An item does not exist.
    """
    least, most = diversion if isinstance(diversion, tuple) else (diversion, diversion)
    if not 0.0 <= least <= most <= 1.0:
        raise UsageError(f"diversion is a fraction from 0 to 1 (low, high); found {diversion}")
    at_home = {structure.player(name) for name in home}
    if not at_home:
        raise UsageError("home has no members; name at least one economy")
    if economies is None:
        sets = [{player} for player in structure.players if player not in at_home]
    else:
        sets = [{structure.player(name)} for name in economies]
        inside = sorted(at_home.intersection(*[set().union(*sets)]))
        if inside:
            raise UsageError(f"{', '.join(inside)} belongs to home and does not withhold from it")
    share_low, share_high = set_shares(structure, sets)
    made_low, made_high = (table[:, 0] for table in set_shares(structure, [at_home]))
    made_low = np.where(structure.unprovided, 1.0, made_low)
    # Where nobody is taken to provide an item of unknown provider, home needs its inputs itself.
    made_high = np.where(structure.unprovided | structure.unclaimed, 1.0, made_high)
    low = propagate(structure, (1.0 - most) * share_low, "low", passed_on=made_low)
    high = propagate(structure, (1.0 - least) * share_high, "high", passed_on=made_high)
    return _result(
        structure, sets, (share_low, share_high), low.holds, high.holds, [low.unresolved, high.unresolved], items
    )
