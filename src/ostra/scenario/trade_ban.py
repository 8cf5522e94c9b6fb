"""A static embargo: what a ban on deliveries costs once everybody has adjusted, under two views of how they do.

*Rerouted*: sellers and buyers first look for new partners (ostra.scenario.rerouting), then inputs that are still short
are rationed (ostra.scenario.rationing). *Rationed*: nobody finds a new partner. The difference is what rerouting is
worth. docs/methods/embargo.md carries formulas, and the model of Bhattathiripad and Veetil that both follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ostra.errors import UsageError
from ostra.scenario.rationing import ration
from ostra.scenario.rerouting import Array, Cut, Network, Rerouted, reroute


@dataclass(frozen=True)
class Settings:
    """Parameters of an embargo; the defaults are the baseline of sanction-simulator 0.1.4.

    Parameters
    ----------
    friction
        τ, 0 to 1: the part of blocked trade that finds no new partner.
    leakage
        δ, 0 to 1: the part of forbidden trade that arrives all the same.
    inner, outer
        ρ, ϱ, below 0: how ill input bundles replace each other, and the composite the rest; −1 is an elasticity of ½.
    """

    friction: float = 0.30
    leakage: float = 0.10
    inner: float = -1.0
    outer: float = -1.0

    def __post_init__(self) -> None:
        for name in ("friction", "leakage"):
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise UsageError(f"{name} is a fraction from 0 to 1; found {value:g}")
        for name in ("inner", "outer"):
            value = getattr(self, name)
            if not -1000.0 <= value < 0.0:
                raise UsageError(f"{name} is a number below 0, such as -1; found {value:g}")


@dataclass(frozen=True, eq=False)
class Loss:
    """What an embargo costs under one view: nodes, million USD a year; `steps` tells how long the balance took."""

    output: Array
    steps: int


@dataclass(frozen=True, eq=False)
class Embargo:
    """An embargo under both views.

    Attributes
    ----------
    blocked
        Value of forbidden deliveries of inputs before [million USD a year], leakage not counted.
    unplaced
        Value of deliveries that rerouting finds no partner for.
    rerouted, rationed
        Losses of gross output with and without rerouting.
    stepped_in
        economies: what each delivers more to those who may not be sold to, after rerouting [million USD a year].
    """

    blocked: float
    unplaced: float
    rerouted: Loss
    rationed: Loss
    stepped_in: Array


def cut(
    net: Network, sellers: Sequence[int], buyers: Sequence[int], *, sectors: Sequence[int] = (), fraction: float = 1.0
) -> Cut:
    """A ban on deliveries from some economies to others.

    Parameters
    ----------
    sellers, buyers
        Numbers of economies of the table.
    sectors
        Numbers of the sellers' sectors; none named, all.
    fraction
        Part of the deliveries that is forbidden, 0 to 1.

    Raises
    ------
    UsageError
        An economy stands on both sides, or the fraction is outside 0 to 1.
    """
    both = sorted(set(sellers) & set(buyers))
    if both:
        names = ", ".join(net.table.economies[number] for number in both)
        raise UsageError(f"{names} stands on both sides of the embargo")
    if not 0.0 <= fraction <= 1.0:
        raise UsageError(f"the fraction forbidden is from 0 to 1; found {fraction:g}")
    width = len(net.table.sectors)
    blocked = np.zeros(width)
    blocked[list(sectors) if sectors else slice(None)] = fraction
    nodes = np.concatenate([np.arange(number * width, (number + 1) * width) for number in buyers])
    return Cut(np.asarray(sellers, dtype=np.int64), blocked, nodes)


def embargo(net: Network, cuts: list[Cut], settings: Settings | None = None) -> Embargo:
    """What the cuts cost, with and without rerouting.

    Raises
    ------
    MethodError
        Flows cannot be rerouted, or no balance exists; the message says what to change.
    """
    chosen = settings or Settings()
    views = [reroute(net, cuts, friction=friction, leakage=chosen.leakage) for friction in (chosen.friction, 1.0)]
    balances = ration(net, cuts, views, inner=chosen.inner, outer=chosen.outer, leakage=chosen.leakage)
    rerouted, rationed = (Loss(net.output * (1.0 - balance.output), balance.steps) for balance in balances)
    routed = views[0]
    blocked = sum(
        float((net.blocks[:, part.sellers][:, :, part.buyers].sum(axis=(1, 2)) * part.blocked).sum()) for part in cuts
    )
    return Embargo(
        blocked, float(routed.lost.sum()), rerouted, rationed, _stepped_in(net, cuts, routed, chosen.leakage)
    )


def _stepped_in(net: Network, cuts: list[Cut], routed: Rerouted, leakage: float) -> Array:
    """Change of each economy's deliveries to the buyers, before anybody makes less."""
    found = np.zeros(len(net.table.economies))
    for part in cuts:
        also = [(other, np.flatnonzero(np.isin(part.buyers, other.buyers))) for other in cuts]
        for sector, block in enumerate(net.blocks):  # one at a time, so that no second table is made
            before = block[:, part.buyers]
            kept = before.copy()
            for other, place in also:
                kept[np.ix_(other.sellers, place)] *= other.kept(sector, leakage)
            after = routed.rows[sector] * (kept @ routed.columns[sector, part.buyers])
            found += after - before.sum(axis=1)
    return found
