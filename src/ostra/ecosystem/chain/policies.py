"""Cycles solved for the choices that their items make: what a share, an input or a mean of kinds decides."""

from __future__ import annotations

import numpy as np

from ostra.ecosystem.chain.order import Cycle, Ints
from ostra.ecosystem.chain.structure import Floats, Structure

# A choice is changed only for a gain beyond rounding; this keeps the systems regular.
GAIN = 1e-12
# Rounding of 1e-16 times this stays below the tolerance of 1e-10.
AMPLIFIED = 1e5


def policy_values(
    structure: Structure,
    holds: Floats,
    cycle: Cycle,
    links: Ints,
    outer: Floats,
    passed_on: Floats | None,
    *,
    unlisted_count: bool,
) -> Floats:
    """Holds of a cycle's items if each keeps the term of equation (1) that is largest at present.

    With a choice made for each item, the equation is linear, x = A x + b. Its solution is no larger than the least
    fixed point, which is the largest over all choices (Howard 1960: policy iteration for optimal stopping), so it may
    replace any smaller iterate. Unknown weights go to the kind held most: where they should go to the kind held least,
    this must not be used.

    Parameters
    ----------
    holds
        Iterates from below [items × sets].
    links
        Positions of the `requires` links of the items.
    outer
        Shares of the items, raised to what they require outside the cycle [items of the cycle × sets].
    passed_on
        Part of each item that is hit by what it requires, or None for all.
    unlisted_count
        Whether kinds that are not listed are held in full (high bounds).

    Returns
    -------
    array
        [items of the cycle × sets]; 0 for sets whose system has no solution in [0, 1] that is sure to 10⁻¹⁰.
    """
    items = cycle.items
    local = {row: number for number, row in enumerate(items.tolist())}
    inputs: list[list[tuple[int, float]]] = [[] for _ in local]
    for number in links.tolist():
        item, needs = int(structure.requires.item[number]), int(structure.requires.needs[number])
        if needs in local:
            e = float(structure.requires.e[number]) * (1.0 if passed_on is None else float(passed_on[item]))
            inputs[local[item]].append((local[needs], e))
    variants = structure.variants
    fixed: list[list[tuple[int, float]]] = [[] for _ in local]
    free: list[list[int]] = [[] for _ in local]
    for number in cycle.variants.tolist():
        item, kind = local[int(variants.item[number])], int(variants.needs[number])
        if variants.free[number]:
            free[item].append(kind)
        else:
            fixed[item].append((kind, float(variants.w[number])))
    result = np.zeros_like(outer)
    size = len(items)
    for column in range(outer.shape[1]):
        held = holds[:, column]
        matrix, constant = np.eye(size), outer[:, column].copy()
        for number, row in enumerate(items.tolist()):
            best = float(constant[number])
            chosen: list[tuple[int, float]] = []
            for other, e in inputs[number]:
                value = e * float(held[items[other]])
                if value > best + GAIN:
                    best, chosen = value, [(int(items[other]), e)]
            weights = list(fixed[number])
            if free[number]:
                most = max(free[number], key=lambda kind: (float(held[kind]), -kind))
                weights.append((most, float(variants.rest[row])))
            unlisted = float(variants.unlisted[row]) if unlisted_count else 0.0
            if weights and sum(w * float(held[kind]) for kind, w in weights) + unlisted > best + GAIN:
                chosen = weights
            else:
                unlisted = 0.0
            if not chosen:
                continue
            constant[number] = unlisted
            for kind, w in chosen:
                if kind in local:
                    matrix[number, local[kind]] -= w
                else:
                    constant[number] += w * float(held[kind])
        try:
            solved, amplified = np.linalg.solve(matrix, np.stack([constant, np.ones(size)], axis=1)).T
        except np.linalg.LinAlgError:
            continue
        # The inverse is non-negative, so its row sums tell by how much rounding is amplified.
        if amplified.max() > AMPLIFIED:
            continue
        if np.isfinite(solved).all() and solved.min() >= -GAIN and solved.max() <= 1.0 + GAIN:
            result[:, column] = np.clip(solved, 0.0, 1.0)
    return result
