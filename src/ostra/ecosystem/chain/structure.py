"""The structure of an ecosystem as arrays: links sorted by item, shares as bounds, and the order of computing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ostra.ecosystem.amounts import Backing, ItemProvision, Of, provision_of
from ostra.ecosystem.chain.order import Ints, Step, levels, plan
from ostra.ecosystem.holds import Hold
from ostra.ecosystem.provision import ROWS_BY, By, row_by, rows_by_item
from ostra.errors import NotFoundError, UsageError
from ostra.model.dossier import Dossier
from ostra.words.economies import Home
from ostra.words.figures import percent

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Requires:
    """`item[k]` requires `needs[k]` with essentiality `e[k]`; sorted by item, then needs."""

    item: Ints
    needs: Ints
    e: Floats
    claims: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, eq=False)
class Variants:
    """`needs[k]` is a kind of `item[k]`, with weight `w[k]`; sorted by item, then needs.

    Where `free[k]`, the weight is unknown: such kinds of an item share `rest` in every possible way. `unlisted` is the
    weight of kinds that are not listed.
    """

    item: Ints
    needs: Ints
    w: Floats
    free: NDArray[np.bool_]
    rest: Floats  # one for each item of the structure
    unlisted: Floats  # one for each item of the structure
    claims: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, eq=False)
class Amounts:
    """The amounts of all items on one basis; amount k has the players `holders[start[k]:start[k + 1]]`."""

    item: Ints
    low: Floats
    high: Floats
    start: Ints
    holders: Ints
    rest: Floats  # what no row accounts for, by item
    claimed: Floats  # the part of it that anybody is taken to provide
    whole: NDArray[np.bool_]  # whether amounts and rest sum to one, by item
    closed: tuple[Ints, Ints]  # (item, player): the player provides nothing of the rest
    low_sum: Floats
    high_sum: Floats


@dataclass(frozen=True, eq=False)
class Structure:
    """An ecosystem ready for computing; made by `structure`.

    Items, players and links are sorted by id, so that the order of rows in a dossier changes nothing, not even the
    last digit.
    """

    ecosystem: str
    by: By
    of: Of
    items: tuple[str, ...]
    names: Mapping[str, str]
    players: tuple[str, ...]
    members: Mapping[str, tuple[str, ...]]  # player -> economies that act as one in it
    requires: Requires
    variants: Variants
    amounts: tuple[Amounts, ...]  # several for basis "either"
    backing: Mapping[tuple[int, str], Backing]
    steps: tuple[Step, ...]  # the order in which holds are computed
    variant_steps: tuple[Step, ...]  # the same along variant links alone, for holds by tier
    unprovided: NDArray[np.bool_]  # items without provider of their own
    unclaimed: NDArray[np.bool_]  # items of unknown provider, read as if nobody provided them
    caveats: Mapping[str, tuple[str, ...]]

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Item id -> row."""
        return {item: row for row, item in enumerate(self.items)}

    @cached_property
    def column(self) -> Mapping[str, int]:
        """Player -> column."""
        return {player: column for column, player in enumerate(self.players)}

    def row(self, item: str) -> int:
        """The row of an item, by its id or, where it is unique, its name.

        Raises
        ------
        NotFoundError
            No such item.
        """
        if item in self.place:
            return self.place[item]
        same = [i for i in self.items if self.names[i].casefold() == item.casefold()]
        if len(same) == 1:
            return self.place[same[0]]
        shown = ", ".join(self.items[:20]) + (", …" if len(self.items) > 20 else "")
        why = f"'{item}' names {len(same)} items; use an id" if same else f"there is no item '{item}'"
        raise NotFoundError(f"{why}. There are: {shown}")

    def player(self, economy: str) -> str:
        """The player that an economy acts in: itself, or its bloc."""
        for player, codes in self.members.items():
            if economy in codes:
                return player
        return economy


def acting_blocs(sides: Iterable[Home], year: int) -> dict[str, frozenset[str]]:
    """The blocs among the sides, with their members of the year: those that act as one."""
    return {side.code: side.members(year) for side in sides if side.is_bloc}


def structure(
    dossier: Dossier,
    *,
    by: By = "location",
    of: Of = "economies",
    year: int | None = None,
    inherited: Sequence[Hold] = (),
    blocs: Mapping[str, Collection[str]] | None = None,
    unnamed: Literal["possible", "none"] = "possible",
) -> Structure:
    """Read a dossier into the arrays that all measures of the chain work on.

    Parameters
    ----------
    by
        `location`, `headquarters`, `ownership`, or `either`: what an economy hosts or controls.
    of
        Players: economies, or organisations (those that no row names are one player for each economy).
    year
        Provision rows of later years are left out. Of each provider the latest year counts.
    inherited
        Holds from facts for items without rows by location (production before imports).
    blocs
        Name -> economies that act as one player, for instance {"EU27": members}.
    unnamed
        `possible`: economies that no row names may provide what no row accounts for. `none`: they provide nothing,
        which is a reading of the list, no bound.

    Returns
    -------
    Structure

    Raises
    ------
    UsageError
        An economy is in two blocs.
    """
    items = tuple(sorted(item.id for item in dossier.items))
    position = {item: row for row, item in enumerate(items)}
    members = {name: tuple(sorted(codes)) for name, codes in sorted((blocs or {}).items())}
    player_of: dict[str, str] = {}
    for name, codes in members.items():
        for code in codes:
            if code in player_of:
                raise UsageError(f"{code} is in both {player_of[code]} and {name}; blocs that act must not overlap")
            player_of[code] = name

    bases: tuple[By, ...] = ROWS_BY if by == "either" else (by,)
    complete = {item.id: set(item.complete) for item in dossier.items}
    caveats: dict[str, list[str]] = defaultdict(list)
    found: list[dict[str, ItemProvision]] = []
    rows = {basis: rows_by_item(dossier, basis, year, inherited) for basis in bases}
    for basis in bases:
        listed, remarks = rows[basis]
        provisions = {}
        for item in items:
            if by == "either" and not listed.get(item) and any(rows[b][0].get(item) for b in bases):
                caveats[item].append(f"Nobody is listed by {basis}; read as if that added nothing.")
                provisions[item] = ItemProvision((), 0.0, 0.0, whole=False)
                continue
            provisions[item] = provision_of(
                listed.get(item, []),
                of=of,
                complete=row_by(basis) in complete[item],
                unnamed=unnamed,
                player_of=player_of,
            )
            caveats[item] += [*remarks.get(item, ()), *provisions[item].corrections, *provisions[item].caveats]
        found.append(provisions)

    players = {holder for provisions in found for p in provisions.values() for a in p.amounts for holder in a.holders}
    columns = tuple(sorted(players | set(members)))
    column = {player: number for number, player in enumerate(columns)}
    requires, variants = _links(dossier, position, caveats)
    backing: dict[tuple[int, str], Backing] = {}
    for provisions in found:
        for item, provision in provisions.items():
            for player, behind in (provision.backing or {}).items():
                key = (position[item], player)
                backing[key] = _joined(backing[key], behind) if key in backing else behind
    size = len(items)
    every_level = levels(
        size, np.concatenate([requires.item, variants.item]), np.concatenate([requires.needs, variants.needs])
    )
    variant_level = levels(size, variants.item, variants.needs)
    nothing = np.array([], dtype=np.int64)
    return Structure(
        ecosystem=dossier.id,
        by=by,
        of=of,
        items=items,
        names={item.id: item.name for item in dossier.items},
        players=columns,
        members=members,
        requires=requires,
        variants=variants,
        amounts=tuple(_amounts(provisions, items, column) for provisions in found),
        backing=backing,
        steps=plan(size, every_level, requires.item, variants.item, variants.needs),
        variant_steps=plan(size, variant_level, nothing, variants.item, variants.needs),
        unprovided=np.array([all(not p[i].amounts and not p[i].whole for p in found) for i in items], dtype=bool),
        unclaimed=np.array([all(not p[i].amounts and p[i].claimed == 0.0 for p in found) for i in items], dtype=bool),
        caveats={item: tuple(dict.fromkeys(texts)) for item, texts in sorted(caveats.items()) if texts},
    )


def total(index: Ints, values: Floats, size: int) -> Floats:
    """Sums of values by index, 0 … size − 1, added in the order given."""
    return np.asarray(np.bincount(index, weights=values, minlength=size), dtype=np.float64)


def _joined(one: Backing, other: Backing) -> Backing:
    return Backing(
        *(
            tuple(sorted({*getattr(one, name), *getattr(other, name)}))
            for name in ("organisations", "years", "claims", "evidence")
        )
    )


def _links(dossier: Dossier, position: Mapping[str, int], caveats: dict[str, list[str]]) -> tuple[Requires, Variants]:
    """Links as arrays; a link stated twice counts once, with the larger essentiality or an unknown weight."""
    required: dict[tuple[int, int], tuple[float, tuple[str, ...]]] = {}
    kinds: dict[tuple[int, int], tuple[float | None, tuple[str, ...]]] = {}
    for link in dossier.links:
        key = (position[link.item], position[link.needs])
        if link.kind == "requires":
            e, claims = required.get(key, (0.0, ()))
            required[key] = (max(e, link.essentiality), (*claims, *link.claims))
        elif key not in kinds:
            kinds[key] = (link.weight, link.claims)
        else:
            weight, claims = kinds[key]
            if weight != link.weight:
                caveats[link.item].append(f"The weight of {link.needs} is stated in several ways; read as unknown.")
            kinds[key] = (weight if weight == link.weight else None, (*claims, *link.claims))
    size = len(position)
    keys = sorted(required)
    requires = Requires(
        item=np.array([item for item, _ in keys], dtype=np.int64),
        needs=np.array([needs for _, needs in keys], dtype=np.int64),
        e=np.array([required[key][0] for key in keys]),
        claims=tuple(tuple(sorted(set(required[key][1]))) for key in keys),
    )
    keys = sorted(kinds)
    weights = [kinds[key][0] for key in keys]
    item = np.array([item for item, _ in keys], dtype=np.int64)
    free = np.array([weight is None for weight in weights], dtype=bool)
    w = np.array([weight or 0.0 for weight in weights])
    known = total(item, w, size)
    scale = np.where(known > 1.0, known, 1.0)
    any_free = np.bincount(item, weights=free, minlength=size) > 0
    rest = np.maximum(0.0, 1.0 - known)
    # Known weights that fall short of one only by rounding are the whole.
    rounded = ~any_free & (known >= 0.995) & (known < 1.0)
    scale = np.where(rounded, known, scale)
    has_kinds = np.bincount(item, minlength=size) > 0
    names = {row: name for name, row in position.items()}
    for row in np.flatnonzero(known > 1.02):
        caveats[names[int(row)]].append(f"Weights of its kinds sum to {percent(known[row])} and were divided by that.")
    for row in np.flatnonzero(has_kinds & ~any_free & ~rounded & (rest > 0)):
        caveats[names[int(row)]].append(f"{percent(rest[row])} of it are kinds that are not listed.")
    variants = Variants(
        item=item,
        needs=np.array([needs for _, needs in keys], dtype=np.int64),
        w=w / scale[item],
        free=free,
        rest=np.where(any_free, rest, 0.0),
        unlisted=np.where(has_kinds & ~any_free & ~rounded, rest, 0.0),
        claims=tuple(tuple(sorted(set(kinds[key][1]))) for key in keys),
    )
    return requires, variants


def _amounts(provisions: Mapping[str, ItemProvision], items: Sequence[str], column: Mapping[str, int]) -> Amounts:
    item: list[int] = []
    low: list[float] = []
    high: list[float] = []
    start = [0]
    holders: list[int] = []
    closed: tuple[list[int], list[int]] = ([], [])
    for row, name in enumerate(items):
        provision = provisions[name]
        for amount in provision.amounts:
            item.append(row)
            low.append(amount.low)
            high.append(amount.high)
            holders.extend(column[holder] for holder in amount.holders)
            start.append(len(holders))
        for player in sorted(provision.closed & column.keys()):
            closed[0].append(row)
            closed[1].append(column[player])
    rows = np.array(item, dtype=np.int64)
    lows, highs = np.array(low, dtype=np.float64), np.array(high, dtype=np.float64)
    return Amounts(
        item=rows,
        low=lows,
        high=highs,
        start=np.array(start, dtype=np.int64),
        holders=np.array(holders, dtype=np.int64),
        rest=np.array([provisions[name].rest for name in items], dtype=np.float64),
        claimed=np.array([provisions[name].claimed for name in items], dtype=np.float64),
        whole=np.array([provisions[name].whole for name in items], dtype=bool),
        closed=(np.array(closed[0], dtype=np.int64), np.array(closed[1], dtype=np.int64)),
        low_sum=total(rows, lows, len(items)),
        high_sum=total(rows, highs, len(items)),
    )
