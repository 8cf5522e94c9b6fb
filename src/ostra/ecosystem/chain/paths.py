"""Where a hold comes from: its chokepoint, the way that leads there, and who else provides."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ostra.ecosystem.amounts import Backing
from ostra.ecosystem.chain.measure import Holds, set_holds
from ostra.ecosystem.chain.propagation import Bound
from ostra.ecosystem.chain.structure import Floats, Structure, total
from ostra.words.economies import economy_name

# Bounds nearer than this are equal; rounding moves them less.
EQUAL = 1e-9


@dataclass(frozen=True)
class Hop:
    """One item on the way from an item to its chokepoint.

    `link` says how the item before needs this one (none for the first), with essentiality or weight `factor` (None:
    unknown) and the claims of the link. `share_*` is what the holder provides of this item itself, with the rows
    behind it; `years` is empty where they are undated or there are none.
    """

    item: str
    name: str
    link: Literal["requires", "variant_of"] | None
    factor: float | None
    link_claims: tuple[str, ...]
    hold_low: float
    hold_high: float
    share_low: float
    share_high: float
    years: tuple[int, ...]
    claims: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class HoldPath:
    """One hold, and the way to its chokepoint.

    `certain` tells whether the way is that of the low bound; else only the high bound comes to rest there. `tier` is 1
    plus the number of `requires` links on the way. Where nothing can be held, `hops` is empty and `chokepoint` None.
    """

    holder: str
    holder_name: str
    item: str
    item_name: str
    low: float
    high: float
    certain: bool
    chokepoint: str | None
    tier: int | None
    hops: tuple[Hop, ...]
    suppliers_remaining: int | None
    organisations: tuple[str, ...]
    caveats: tuple[str, ...]

    @property
    def year(self) -> int | None:
        """The latest year of the rows behind the share at the chokepoint."""
        return max(self.hops[-1].years, default=None) if self.hops else None


def trace_holds(
    structure: Structure,
    holder: str | Collection[str],
    items: Sequence[str] | None = None,
    known: Holds | None = None,
) -> list[HoldPath]:
    """The ways from items (by default all) to the chokepoints where a holder (or a set that acts together) stops them.

    Of the ways that attain a hold, the one with fewest `requires` links, then fewest links, then by id. Ways that only
    lead round a cycle are not taken. Where `known` has the holds of the holder on all items already, they are not
    computed again.

    Raises
    ------
    NotFoundError
        An item does not exist.
    """
    players = [holder] if isinstance(holder, str) else list(holder)
    acting = frozenset(structure.player(name) for name in players)
    found = set_holds(structure, [acting]) if known is None else known.of_holder(acting)
    rows = range(len(structure.items)) if items is None else [structure.row(item) for item in items]
    ways: dict[Bound, _Ways] = {}

    def way(bound: Bound) -> _Ways:
        if bound not in ways:
            tables = (found.low, found.share_low) if bound == "low" else (found.high, found.share_high)
            ways[bound] = _Ways(structure, tables[0][:, 0], tables[1][:, 0], bound)
        return ways[bound]

    result = []
    for row in rows:
        certain = float(found.low[row, 0]) > EQUAL
        possible = float(found.high[row, 0]) > EQUAL
        links = way("low" if certain else "high").follow(row) if possible else []
        result.append(_path(structure, acting, players, row, found, links, certain))
    return result


def _path(
    structure: Structure,
    acting: frozenset[str],
    players: Sequence[str],
    row: int,
    found: Holds,
    links: list[tuple[int, Literal["requires", "variant_of"] | None, int]],
    certain: bool,
) -> HoldPath:
    hops = []
    for here, link, number in links:
        backing = [structure.backing.get((here, player), Backing()) for player in sorted(acting)]
        factor: float | None = None
        claims: tuple[str, ...] = ()
        if link == "requires":
            factor, claims = float(structure.requires.e[number]), structure.requires.claims[number]
        elif link == "variant_of":
            factor = None if structure.variants.free[number] else float(structure.variants.w[number])
            claims = structure.variants.claims[number]
        hops.append(
            Hop(
                item=structure.items[here],
                name=structure.names[structure.items[here]],
                link=link,
                factor=factor,
                link_claims=claims,
                hold_low=float(found.low[here, 0]),
                hold_high=float(found.high[here, 0]),
                share_low=float(found.share_low[here, 0]),
                share_high=float(found.share_high[here, 0]),
                years=tuple(sorted({year for b in backing for year in b.years})),
                claims=tuple(sorted({claim for b in backing for claim in b.claims})),
                evidence=tuple(sorted({evidence for b in backing for evidence in b.evidence})),
            )
        )
    end = links[-1][0] if links else None
    caveats = [f"{structure.names[hop.item]}: {text}" for hop in hops for text in structure.caveats.get(hop.item, ())]
    if hops and not certain:
        caveats.insert(0, "Possible only: no claim says that it can stop any of it for certain.")
        if not hops[-1].claims and not hops[-1].evidence:
            caveats.insert(1, f"No row names it as a provider of {hops[-1].name}.")
    if any(hop.link == "variant_of" for hop in hops):
        caveats.append("At a mean of several kinds the way goes on through the kind that adds most.")
    if structure.items[row] in found.unresolved:
        caveats.append("In a cycle of variants that was not followed to the end; the bounds are wider than need be.")
    name = " and ".join(sorted(players))
    return HoldPath(
        holder=name,
        holder_name=" and ".join(economy_name(player) for player in sorted(players)),
        item=structure.items[row],
        item_name=structure.names[structure.items[row]],
        low=float(found.low[row, 0]),
        high=float(found.high[row, 0]),
        certain=certain,
        chokepoint=hops[-1].item if hops else None,
        tier=1 + sum(hop.link == "requires" for hop in hops) if hops else None,
        hops=tuple(hops),
        suppliers_remaining=None if end is None else len(_others(structure, end, acting)),
        organisations=()
        if end is None
        else tuple(
            sorted(
                {name for player in acting for name in structure.backing.get((end, player), Backing()).organisations}
            )
        ),
        caveats=tuple(dict.fromkeys(caveats)),
    )


def _others(structure: Structure, row: int, acting: frozenset[str]) -> set[int]:
    """Named players outside the set that may provide some of an item."""
    inside = {structure.column[player] for player in acting if player in structure.column}
    found: set[int] = set()
    for amounts in structure.amounts:
        first, last = np.searchsorted(amounts.item, [row, row + 1])
        for number in range(int(first), int(last)):
            if amounts.high[number] > EQUAL:
                found.update(amounts.holders[amounts.start[number] : amounts.start[number + 1]].tolist())
    return found - inside


class _Ways:
    """For one holder and bound, the link by which each item's hold is best followed to a share that attains it."""

    def __init__(self, structure: Structure, held: Floats, share: Floats, bound: Bound) -> None:
        self.structure = structure
        size = len(held)
        # Links that attain the hold of their item, by the item that they lead to.
        requires, variants = structure.requires, structure.variants
        positive = held > EQUAL
        attains = (
            requires.e * held[requires.needs] >= held[requires.item] - EQUAL
            if len(requires.item)
            else np.zeros(0, dtype=bool)
        ) & positive[requires.item]
        weight = variants.w.copy()
        if len(variants.item):
            # Free weight goes to the kind held least (low) or most (high): any that has that hold.
            worst = np.full(size, np.inf if bound == "low" else -np.inf)
            free = np.flatnonzero(variants.free)
            (np.minimum if bound == "low" else np.maximum).at(worst, variants.item[free], held[variants.needs[free]])
            extreme = variants.free & (held[variants.needs] == worst[variants.item])
            weight = np.where(variants.free, np.where(extreme, variants.rest[variants.item], 0.0), weight)
        adds = weight * held[variants.needs]
        mean = total(variants.item, np.where(variants.free, 0.0, adds), size)
        if len(variants.item) and variants.free.any():
            best = np.zeros(size)
            np.maximum.at(best, variants.item, np.where(variants.free, adds, 0.0))
            mean = mean + best
        if bound == "high":
            mean = mean + variants.unlisted
        by_mean = positive & (mean >= held - EQUAL) & (np.bincount(variants.item, minlength=size) > 0)
        most = np.zeros(size)
        np.maximum.at(most, variants.item, adds)
        self.next: list[tuple[int, Literal["requires", "variant_of"], int] | None] = [None] * size
        self.ends = positive & (share >= held - EQUAL)
        # Kinds of which nobody knows anything end the way where nothing listed adds to the mean.
        self.ends |= by_mean & (most <= EQUAL)
        incoming: list[list[tuple[int, Literal["requires", "variant_of"], int, bool]]] = [[] for _ in range(size)]
        for number in np.flatnonzero(attains).tolist():
            incoming[requires.needs[number]].append((int(requires.item[number]), "requires", number, True))
        for number in np.flatnonzero(by_mean[variants.item] & (adds > EQUAL)).tolist():
            item = int(variants.item[number])
            first = bool(adds[number] >= most[item] - EQUAL)
            incoming[variants.needs[number]].append((item, "variant_of", number, first))
        cost: list[tuple[int, int] | None] = [(0, 0) if end else None for end in self.ends.tolist()]
        # First only through the kinds that add most; where these lead round a cycle, through any that adds.
        self._search(incoming, cost, first_only=True)
        self._search(incoming, cost, first_only=False)

    def _search(
        self,
        incoming: list[list[tuple[int, Literal["requires", "variant_of"], int, bool]]],
        cost: list[tuple[int, int] | None],
        *,
        first_only: bool,
    ) -> None:
        """Dijkstra from the chokepoints along links in reverse; items that have a way keep it."""
        fixed = [value is not None for value in cost]
        queue = [(*value, item) for item, value in enumerate(cost) if value is not None]
        heapq.heapify(queue)
        while queue:
            hops, links, item = heapq.heappop(queue)
            if cost[item] != (hops, links):
                continue
            for user, kind, number, first in incoming[item]:
                if fixed[user] or (first_only and not first):
                    continue
                new = (hops + (kind == "requires"), links + 1)
                before = cost[user]
                choice = self.next[user]
                if before is None or new < before or (new == before and choice is not None and item < choice[0]):
                    cost[user] = new
                    self.next[user] = (item, kind, number)
                    if before is None or new < before:
                        heapq.heappush(queue, (*new, user))

    def follow(self, row: int) -> list[tuple[int, Literal["requires", "variant_of"] | None, int]]:
        """The way from an item: (item, link that led to it, number of the link)."""
        way: list[tuple[int, Literal["requires", "variant_of"] | None, int]] = [(row, None, -1)]
        while not self.ends[way[-1][0]]:
            step = self.next[way[-1][0]]
            if step is None:
                break
            way.append(step)
        return way


def path_text(path: HoldPath) -> str:
    """The way in one line: `chips > fab > lithography ~ euv`."""
    parts = []
    for hop in path.hops:
        if hop.link is not None:
            parts.append(">" if hop.link == "requires" else "~")
        parts.append(hop.item)
    return " ".join(parts)
