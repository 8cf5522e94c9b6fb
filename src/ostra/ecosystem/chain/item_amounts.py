"""The share of one set in one item, for searches that ask for a few sets of one item at a time."""

from __future__ import annotations

from dataclasses import dataclass

from ostra.ecosystem.chain.structure import Structure


@dataclass
class ItemAmounts:
    """The amounts of one item on one basis with their holders as bits (0: anybody)."""

    amounts: list[tuple[int, float, float]]
    claimed: float
    rest: float
    whole: bool
    closed: int
    low_sum: float
    high_sum: float

    def low(self, mask: int) -> float:
        """The least that a set provides."""
        own_low = own_high = 0.0
        for holders, low, high in self.amounts:
            if holders and holders & mask == holders:
                own_low += low
                own_high += high
        least = 1.0 - (self.high_sum + self.rest - own_high) if self.whole else 0.0
        return max(own_low, least)

    def high(self, mask: int) -> float:
        """The most that a set provides."""
        touch_low = touch_high = 0.0
        for holders, low, high in self.amounts:
            if not holders or holders & mask:
                touch_low += low
                touch_high += high
        if mask & ~self.closed:
            touch_high += self.claimed
        return min(touch_high, 1.0 - (self.low_sum - touch_low)) if self.whole else min(1.0, touch_high)


def item_amounts(structure: Structure, basis: int) -> list[ItemAmounts]:
    """The amounts of every item on one of the bases of a structure."""
    amounts = structure.amounts[basis]
    found = [
        ItemAmounts([], float(claimed), float(rest), bool(whole), 0, float(low), float(high))
        for claimed, rest, whole, low, high in zip(
            amounts.claimed, amounts.rest, amounts.whole, amounts.low_sum, amounts.high_sum, strict=True
        )
    ]
    holders = amounts.holders.tolist()
    start = amounts.start.tolist()
    for number, item in enumerate(amounts.item.tolist()):
        mask = 0
        for k in holders[start[number] : start[number + 1]]:
            mask |= 1 << k
        found[item].amounts.append((mask, float(amounts.low[number]), float(amounts.high[number])))
    for item, player in zip(*(part.tolist() for part in amounts.closed), strict=True):
        found[item].closed |= 1 << player
    return found
