"""The ecosystem as a graph: how many hops away from an end product an item stands, and what needs it.

`requires` links are one hop; `variant_of` links are none, because a variant is the thing itself in one of its kinds.
"""

from __future__ import annotations

from collections import defaultdict, deque

from ostra.model.dossier import Dossier


def end_products(dossier: Dossier) -> tuple[str, ...]:
    """Items that no other item needs: what the home finally uses. In the dossier's order."""
    needed = {link.needs for link in dossier.links}
    return tuple(item.id for item in dossier.items if item.id not in needed)


def orders(dossier: Dossier) -> dict[str, int]:
    """Order of a dependency on each item: 1 for what an end product needs directly, 2 for its inputs, and so on.

    The order is the least number of `requires` links between the item and any end product, and at least 1: home needs
    its end products and their direct inputs at first hand. A 0–1 breadth-first search; cycles are harmless, because
    the least number of hops never goes round one.

    Returns
    -------
    dict
        Item id -> order, for every item of the dossier.
    """
    inputs: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for link in dossier.links:
        inputs[link.item].append((link.needs, 0 if link.kind == "variant_of" else 1))
    hops = dict.fromkeys(end_products(dossier), 0)
    queue = deque(hops)
    while queue:
        item = queue.popleft()
        for needs, step in inputs[item]:
            distance = hops[item] + step
            if distance < hops.get(needs, len(dossier.items) + 1):
                hops[needs] = distance
                # Free steps go to the front, so that items leave the queue in order of distance.
                (queue.appendleft if step == 0 else queue.append)(needs)
    # An item that only a cycle needs has no end product above it; home then needs it at first hand.
    return {item.id: max(1, hops.get(item.id, 1)) for item in dossier.items}


def needed_by(dossier: Dossier) -> dict[str, frozenset[str]]:
    """For each item, all items that need it at any tier, itself included."""
    consumers: dict[str, list[str]] = defaultdict(list)
    for link in dossier.links:
        consumers[link.needs].append(link.item)
    result = {}
    for item in dossier.items:
        seen = {item.id}
        stack = [item.id]
        while stack:
            for consumer in consumers[stack.pop()]:
                if consumer not in seen:
                    seen.add(consumer)
                    stack.append(consumer)
        result[item.id] = frozenset(seen)
    return result
