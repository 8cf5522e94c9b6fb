"""Minimal sets of players (or items) that stop an item: minimal cut sets, found top-down with thresholds as gates.

References
----------
Vesely, Goldberg, Roberts, Haasl (1981), Fault Tree Handbook, NUREG-0492; Fussell, Vesely (1972), Trans. Am. Nucl. Soc.
15, 262-263. See docs/methods/chain.md.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ostra.ecosystem.chain.families import MAX_SETS, Family, bits, minimal, product, too_many
from ostra.ecosystem.chain.item_amounts import item_amounts
from ostra.ecosystem.chain.propagation import Bound
from ostra.ecosystem.chain.shares import player_shares
from ostra.ecosystem.chain.structure import Floats, Structure
from ostra.ecosystem.chain.trying import sets_by_trying
from ostra.errors import UsageError

# Thresholds nearer than this are equal; rounding moves shares less.
EQUAL = 1e-9

Gate = tuple[int, float]


@dataclass(frozen=True)
class MinimalSets:
    """The minimal sets that push `item` to `level` or below, smallest first, then by name.

    `certain`: by the low bounds of their holds, else by the high ones. `truncated`: there are, or may be, minimal sets
    of more than `max_size` members that are not listed.
    """

    item: str
    level: float
    certain: bool
    members: Literal["players", "items"]
    max_size: int
    sets: tuple[tuple[str, ...], ...]
    truncated: bool

    @property
    def message(self) -> str:
        """What the reader must know about limits, in a sentence."""
        if not self.truncated:
            return "These are all minimal sets."
        return f"Sets of more than {self.max_size} were not looked for; there may be some."


def minimal_sets(
    structure: Structure,
    item: str,
    *,
    level: float = 0.0,
    max_size: int = 3,
    certain: bool = True,
    members: Literal["players", "items"] = "players",
) -> MinimalSets:
    """All minimal sets of at most `max_size` players that can push an item to a level or below.

    Parameters
    ----------
    item
        Id or name.
    level
        What may be left of the item, in [0, 1); 0 is stop.
    certain
        Sets that do it for certain; else those that possibly do.
    members
        `players` (economies, organisations or blocs, as the structure was made), or `items`: items that fail with
        all their providers.

    Returns
    -------
    MinimalSets
        Exact up to `max_size`; `truncated` tells whether that cut anything off.

    Raises
    ------
    UsageError
        `level` or `max_size` is out of range.
    NotFoundError
        The item does not exist.
    MethodError
        More sets arise than can be handled; the message says what to change.
    """
    if not 0.0 <= level < 1.0:
        raise UsageError(f"level is what may be left, from 0 (stop) to below 1; found {level}")
    if max_size < 1:
        raise UsageError(f"sets have at least one member; max_size is {max_size}")
    search = _Search(structure, max_size, "low" if certain else "high", members)
    row = structure.row(item)
    family = search.top(row, 1.0 - level)
    names = structure.players if members == "players" else structure.items
    sets = sorted((_names(mask, names) for mask in family if mask), key=lambda found: (len(found), found))
    return MinimalSets(structure.items[row], level, certain, members, max_size, tuple(sets), search.truncated)


def _names(mask: int, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(names[k] for k in bits(mask))


@dataclass
class _Inputs:
    """A gate h_i ≥ θ: the sets that attain it by themselves, gates any of which does, and groups all of which do."""

    own: Family
    any_of: list[Gate]
    all_of: list[list[Gate]]


class _Search:
    def __init__(self, structure: Structure, max_size: int, bound: Bound, members: Literal["players", "items"]) -> None:
        self.structure = structure
        self.max_size = max_size
        self.bound: Bound = bound
        self.members = members
        self.truncated = False
        size = len(structure.items)
        requires, variants = structure.requires, structure.variants
        self.in_cycle = {
            int(row) for step in structure.steps for cycle in step.cycles if cycle.inner_variants for row in cycle.items
        }
        self.first_requires = np.searchsorted(requires.item, np.arange(size + 1)).tolist()
        self.first_variant = np.searchsorted(variants.item, np.arange(size + 1)).tolist()
        if members == "players":
            low, high = player_shares(structure)
            self.share = low if bound == "low" else high
            self.gain = high
            self.providers = [item_amounts(structure, basis) for basis in range(len(structure.amounts))]

    def top(self, row: int, threshold: float) -> Family:
        """The family of the gate at the top."""
        return self._solve((row, threshold))

    # Gates

    def _solve(self, top: Gate) -> Family:
        """Families of all gates below the top, grown from empty until nothing changes."""
        inputs: dict[Gate, _Inputs] = {}
        users: dict[Gate, list[Gate]] = defaultdict(list)
        order: list[Gate] = []
        waiting = [top]
        while waiting:
            gate = waiting.pop()
            if gate in inputs:
                continue
            inputs[gate] = self._expand(gate)
            order.append(gate)
            for below in [*inputs[gate].any_of, *(g for group in inputs[gate].all_of for g in group)]:
                users[below].append(gate)
                waiting.append(below)
        families: dict[Gate, Family] = dict.fromkeys(order, frozenset())
        queue = deque(self._inputs_first(top, inputs))
        queued = set(queue)
        while queue:
            gate = queue.popleft()
            queued.discard(gate)
            new = self._family(inputs[gate], families)
            if new != families[gate]:
                families[gate] = new
                for user in users[gate]:
                    if user not in queued:
                        queued.add(user)
                        queue.append(user)
        return families[top]

    @staticmethod
    def _inputs_first(top: Gate, inputs: dict[Gate, _Inputs]) -> list[Gate]:
        """Gates in an order in which those below come first, as far as cycles allow."""
        order: list[Gate] = []
        seen: set[Gate] = set()
        stack: list[tuple[Gate, bool]] = [(top, False)]
        while stack:
            gate, left = stack.pop()
            if left:
                order.append(gate)
                continue
            if gate in seen:
                continue
            seen.add(gate)
            stack.append((gate, True))
            below = [*inputs[gate].any_of, *(g for group in inputs[gate].all_of for g in group)]
            stack.extend((other, False) for other in below if other not in seen)
        return order

    def _family(self, inputs: _Inputs, families: dict[Gate, Family]) -> Family:
        parts = [inputs.own, *(families[gate] for gate in inputs.any_of)]
        for group in inputs.all_of:
            joined, dropped = product([families[gate] for gate in group], self.max_size)
            self.truncated |= dropped
            parts.append(joined)
        filled = [part for part in parts if part]
        if len(filled) <= 1:
            return filled[0] if filled else frozenset()
        result = minimal(mask for part in filled for mask in part)
        if len(result) > MAX_SETS:
            raise too_many()
        return result

    def _expand(self, gate: Gate) -> _Inputs:
        row, threshold = gate
        structure = self.structure
        any_of = []
        for number in range(self.first_requires[row], self.first_requires[row + 1]):
            e = float(structure.requires.e[number])
            if threshold <= e + EQUAL:
                any_of.append((int(structure.requires.needs[number]), _threshold(threshold / e)))
        inputs = _Inputs(self._own(row, threshold), any_of, [])
        self._expand_mean(row, threshold, inputs)
        return inputs

    def _expand_mean(self, row: int, threshold: float, inputs: _Inputs) -> None:
        """Add the gates of Σ w h ≥ θ over the variants of an item."""
        variants = self.structure.variants
        links = range(self.first_variant[row], self.first_variant[row + 1])
        if not links:
            return
        fixed = {int(variants.needs[k]): float(variants.w[k]) for k in links if not variants.free[k]}
        free = [int(variants.needs[k]) for k in links if variants.free[k]]
        rest = float(variants.rest[row]) if free else 0.0
        needed = threshold - (float(variants.unlisted[row]) if self.bound == "high" else 0.0)
        fixed = {kind: w for kind, w in fixed.items() if w > EQUAL}
        if rest <= EQUAL:
            free, rest = [], 0.0
        weight = sum(fixed.values()) + rest
        if needed > weight + EQUAL:
            return
        if needed <= EQUAL:
            # Kinds that are not listed may be held by anybody.
            inputs.own = minimal([*inputs.own, *(1 << k for k in range(len(self.structure.players)))])
            return
        everything = needed >= weight - EQUAL
        # In a cycle a mean may reach a threshold in the limit only, which gates that wait for each other never see.
        if fixed and len(fixed) + len(free) > 1 and (not everything or row in self.in_cycle):
            tried, cut = sets_by_trying(
                self.structure,
                row,
                threshold,
                self.bound,
                members=self.members,
                max_size=self.max_size,
                known=inputs.own,
            )
            self.truncated |= cut
            inputs.own = tried
            return
        # All kinds in full, or free weight alone, or a single kind.
        inner = 1.0 if everything else _threshold(needed / weight)
        gates = [(kind, inner) for kind in fixed]
        free_gates = [(kind, inner) for kind in free]
        if self.bound == "low" or not free_gates:
            inputs.all_of.append(gates + free_gates)
        else:
            inputs.all_of += [[*gates, gate] for gate in free_gates]

    # Providers

    def _own(self, row: int, threshold: float) -> Family:
        """Minimal sets whose own share of an item attains the threshold."""
        if self.members == "items":
            return frozenset() if self.structure.unprovided[row] else frozenset([1 << row])
        gains = self._gains(row)
        candidates = [int(k) for k in np.argsort(-gains, kind="stable") if gains[k] > EQUAL]
        # Formulas are evaluated for one set at a time: few providers of one item, and most branches are cut.
        value = self._share_of(row)
        if not candidates or value(sum(1 << k for k in candidates)) < threshold - EQUAL:
            return frozenset()
        rest_masks = [0] * (len(candidates) + 1)
        for place in range(len(candidates) - 1, -1, -1):
            rest_masks[place] = rest_masks[place + 1] | 1 << candidates[place]
        found: list[int] = []
        stack = [(0, 0, 0)]
        while stack:
            mask, place, size = stack.pop()
            now = value(mask) if mask else 0.0
            if now >= threshold - EQUAL:
                found.append(mask)
                if len(found) > MAX_SETS:
                    raise too_many()
                continue
            left = self.max_size - size
            best = now + float(sum(gains[k] for k in candidates[place : place + left]))
            if left == 0 or best < threshold - EQUAL:
                if value(mask | rest_masks[place]) >= threshold - EQUAL:
                    self.truncated = True
                continue
            for further in range(len(candidates) - 1, place - 1, -1):
                stack.append((mask | 1 << candidates[further], further + 1, size + 1))
        return minimal(found)

    def _gains(self, row: int) -> Floats:
        """The most that each player can add to the share of a set it joins.

        High shares are submodular in the set (they are the largest sums over a base polytope), so nobody adds more
        than alone. Low shares are not; there, nobody adds more than all amounts that it has a part in.
        """
        if self.bound == "high":
            alone: Floats = self.gain[row]
            return alone
        gains = np.zeros(len(self.structure.players))
        for basis in self.providers:
            touched = np.zeros(len(gains))
            for holders, _, high in basis[row].amounts:
                for k in bits(holders):
                    touched[k] += high
            gains = np.maximum(gains, touched)
        return gains

    def _share_of(self, row: int) -> Callable[[int], float]:
        """The share of a set in one item by the exact formulas of docs/methods/chain.md."""
        bases = [basis[row] for basis in self.providers]
        if self.bound == "low":
            return lambda mask: max(basis.low(mask) for basis in bases)
        return lambda mask: min(1.0, sum(basis.high(mask) for basis in bases))


def _threshold(value: float) -> float:
    """A threshold that two ways of computing it agree on."""
    return min(1.0, round(value, 12))
