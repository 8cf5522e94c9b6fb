"""The disruption model once more, slowly: one run, plain NumPy, every order and delivery as an n × n matrix.

Written from the formulas of docs/methods/disruption.md, in money per day and not in ratios, and sharing nothing with
the engine but the words of a scenario. It keeps the matrices of every day if asked, so that balances can be checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.scenario.simulation.behaviour import Behaviour
from ostra.scenario.simulation.shocks import CapacityLoss, DemandShock, NewCapacity, Shock, StockRelease, Withheld


@dataclass
class Told:
    """What the twin reports: day × node, and day × product × destination; the matrices of each day if asked."""

    output: np.ndarray
    unmet: np.ndarray
    orders: list[np.ndarray] = field(default_factory=list)
    deliveries: list[np.ndarray] = field(default_factory=list)
    stocks: list[np.ndarray] = field(default_factory=list)
    used: list[np.ndarray] = field(default_factory=list)
    released: list[np.ndarray] = field(default_factory=list)
    constant: list[np.ndarray] = field(default_factory=list)
    drawn: np.ndarray | None = None


def pick(value: object, run: int, *places: int) -> float:
    """One number out of a parameter: its last axis is the run, the axes before it are the places."""
    array = np.asarray(value, dtype=float)
    if array.ndim == 0:
        return float(array)
    index = [*places[: array.ndim - 1], run]
    return float(array[tuple(0 if length == 1 else at for at, length in zip(index, array.shape, strict=True))])


def strength(shock: Shock, day: int, run: int) -> float:
    first = pick(shock.first, run)
    if isinstance(shock, NewCapacity):
        if day < first:
            return 0.0
        return pick(shock.fraction, run) * min(1.0, (day - first + 1) / max(pick(shock.ramp_days, run), 1.0))
    last = pick(shock.last, run)
    if last < first:
        return 0.0
    if isinstance(shock, StockRelease):
        return pick(shock.days_of_use, run) / (last - first + 1) if first <= day <= last else 0.0
    fraction = pick(shock.fraction, run)
    if first <= day <= last:
        return fraction
    if isinstance(shock, CapacityLoss) and day > last:
        span = pick(shock.recovery_days, run)
        if span == 0:
            return 0.0
        if shock.recovery == "linear":
            return fraction * max(0.0, 1 - (day - last) / span)
        return fraction * (1 - 1 / span) ** (day - last)
    return 0.0


def simulate_slowly(
    table: InputOutputTable, shocks: Sequence[Shock], behaviour: Behaviour, days: int, run: int = 0, keep: bool = False
) -> Told:
    n, S, D = table.size, len(table.sectors), len(table.destinations)
    product = np.arange(n) % S
    home = np.arange(n) // S
    x0 = np.maximum(table.output, 0) / 365
    z = np.where((table.flows > 0) & (x0 > 0)[None, :], table.flows, 0) / 365
    f = np.maximum(table.final, 0) / 365
    usual = np.hstack([z, f])  # n sellers × (n + D) buyers
    idle = np.where(table.flows > 0, table.flows, 0)[:, x0 <= 0].sum(axis=1) / 365
    rest = x0 - np.maximum(table.flows, 0).sum(axis=1) / 365 - table.final.sum(axis=1) / 365
    rest[np.abs(rest) <= 1e-9 * x0] = 0
    constant = idle + np.maximum(rest, 0)
    drawn = np.maximum(-table.final, 0).sum(axis=1) / 365 + np.maximum(-rest, 0)

    where_product = np.equal.outer(np.arange(S), product)  # S × n
    use0 = where_product @ usual  # S × (n + D)
    first_tier = np.ones((n, n + D), dtype=bool)
    if behaviour.rationing == "domestic first":
        buyer_home = np.concatenate([home, np.arange(D)])
        first_tier = home[:, None] == buyer_home[None, :]
    elif behaviour.rationing == "intermediate first":
        first_tier[:, n:] = False
    constant_first = behaviour.rationing == "proportional"

    def par(name: str, *places: int) -> float:
        return pick(getattr(behaviour, name), run, *places)

    stock_days = np.array([[par("stock_days", s, product[j]) for j in range(n)] for s in range(S)])
    critical = np.array([[par("critical", s, product[j]) for j in range(n)] for s in range(S)])
    psi = np.array([par("stock_threshold", product[j]) for j in range(n)])
    restore = np.array([par("restore_days", s) for s in range(S)])
    speed = np.array([par("substitution_speed", s) for s in range(S)])
    limit = np.array([par("substitution_limit", s) for s in range(S)])
    boost_max = np.array([par("overproduction_max", s) for s in product])
    boost_days = np.array([par("overproduction_days", s) for s in product])
    follows = np.ones(n + D, dtype=bool)
    follows[n:] = behaviour.final_substitutes

    def held(day: int) -> np.ndarray:
        """Part of each flow withheld."""
        part = np.zeros((n, n + D))
        for shock in shocks:
            if isinstance(shock, Withheld):
                columns = [*np.asarray(shock.buyers, dtype=int), *(n + np.asarray(shock.destinations, dtype=int))]
                at = np.ix_(np.asarray(shock.sellers, dtype=int), np.asarray(columns, dtype=int))
                part[at] = np.maximum(part[at], strength(shock, day, run))
        return part

    def wanted(day: int) -> np.ndarray:
        """Final demand over the usual one, S × D."""
        change = np.zeros((S, D))
        for shock in shocks:
            if isinstance(shock, DemandShock):
                new = strength(shock, day, run)
                for s in np.asarray(shock.sectors, dtype=int):
                    for d in np.asarray(shock.destinations, dtype=int):
                        if abs(new) > abs(change[s, d]):
                            change[s, d] = new
        return 1 + change

    def capacity_factor(day: int) -> np.ndarray:
        loss, new = np.zeros(n), np.zeros(n)
        for shock in shocks:
            if isinstance(shock, CapacityLoss):
                at = np.asarray(shock.nodes, dtype=int)
                loss[at] = np.maximum(loss[at], strength(shock, day, run))
            if isinstance(shock, NewCapacity):
                at = np.asarray(shock.nodes, dtype=int)
                new[at] += strength(shock, day, run)
        return 1 - loss + new

    def released(day: int) -> np.ndarray:
        """S × n, money."""
        more = np.zeros((S, n))
        for shock in shocks:
            if isinstance(shock, StockRelease):
                at = np.ix_(np.asarray(shock.sectors, dtype=int), np.asarray(shock.nodes, dtype=int))
                more[at] += strength(shock, day, run)
        return more * use0[:, :n]

    with np.errstate(invalid="ignore"):
        stock = np.where(use0[:, :n] > 0, stock_days * use0[:, :n], 0.0)
    weight = np.ones(n)  # of each supplier, in the orders of all
    expected = np.ones((n, n + D))  # weight of a pair, for what is withheld
    boost = np.ones(n)
    made = x0.copy()
    orders = usual.copy()
    orders[:, n:] = f * wanted(0)[product]
    told = Told(np.zeros((days, n)), np.zeros((days, S, D)), drawn=drawn)
    binds = use0[:, :n] > behaviour.negligible_input * x0[None, :]

    for day in range(days):
        stock = stock + released(day)
        part_held = held(day)
        # What sellers accept: no more than the quota of the usual flow.
        accepted = np.where(part_held > 0, np.minimum(orders, (1 - part_held) * usual), orders)
        asked = np.maximum(0, accepted.sum(axis=1) + constant - drawn)
        if day > 0:
            scarcity = np.divide(asked - made, asked, out=np.zeros(n), where=asked > 0)
            for i in range(n):
                if behaviour.overproduction_return == "at exact balance":
                    if abs(scarcity[i]) > 1e-13:
                        boost[i] += (boost_max[i] - boost[i]) * scarcity[i] / boost_days[i]
                    else:
                        boost[i] += (1 - boost[i]) / boost_days[i]
                elif scarcity[i] > 1e-9:
                    boost[i] += (boost_max[i] - boost[i]) * scarcity[i] / boost_days[i]
                else:
                    boost[i] += (1 - boost[i]) / boost_days[i]
            boost = np.maximum(boost, 1)
        capacity = x0 * boost * capacity_factor(day)
        planned = np.minimum(asked, capacity)
        made, able = planned.copy(), capacity.copy()
        for j in range(n):
            for s in range(S):
                if not binds[s, j] or critical[s, j] == 0 or np.isinf(stock_days[s, j]):
                    continue
                days_kept = max(psi[j] * stock_days[s, j], 1)
                allows = x0[j] * stock[s, j] / (use0[s, j] * days_kept)
                made[j] = min(made[j], planned[j] - critical[s, j] * max(0, planned[j] - allows))
                able[j] = min(able[j], capacity[j] - critical[s, j] * max(0, capacity[j] - allows))
        if behaviour.signal == "capacity":
            able = capacity
        # Rationing, tier by tier.
        available = made + drawn
        first = np.where(first_tier, accepted, 0).sum(axis=1) + (constant if constant_first else 0)
        second = np.where(first_tier, 0, accepted).sum(axis=1) + (0 if constant_first else constant)
        served1 = np.minimum(1, np.divide(available, first, out=np.ones(n), where=first > 0))
        left = np.maximum(0, available - first)
        served2 = np.minimum(1, np.divide(left, second, out=np.ones(n), where=second > 0))
        deliveries = accepted * np.where(first_tier, served1[:, None], served2[:, None])
        told.output[day] = made
        got = where_product @ deliveries
        told.unmet[day] = np.maximum(0, wanted(day) * (where_product @ f) - got[:, n:])
        # Stocks and wishes.
        per_output = np.divide(use0[:, :n], x0[None, :], out=np.zeros((S, n)), where=x0[None, :] > 0)
        use = np.minimum(stock, per_output * made)
        stock = stock + got[:, :n] - use
        with np.errstate(invalid="ignore"):
            gap = np.where(np.isinf(stock_days), 0, np.maximum(0, stock_days * per_output * planned - stock))
        wish = np.hstack([per_output * made + gap / restore[:, None], (where_product @ f) * wanted(day + 1)])
        # Who is asked.
        weight = weight + speed[product] * (np.divide(able, x0, out=capacity_factor(day), where=x0 > 0) - weight)
        weight = np.minimum(weight, limit[product])
        expected = expected + speed[product][:, None] * ((1 - part_held) - expected)
        pair = np.where(follows[None, :], weight[:, None] * expected, 1.0)
        orders = np.zeros_like(usual)
        for s in range(S):
            rows = product == s
            share = np.divide(usual[rows], use0[s][None, :], out=np.zeros_like(usual[rows]), where=use0[s][None, :] > 0)
            kept = (share * pair[rows]).sum(axis=0)
            most = np.where(share > 0, pair[rows], 0).max(axis=0)
            most_asked = np.maximum(wish[s], use0[s]) / np.maximum(most, 1e-9)
            bound = np.where(most_asked > 0, most_asked, 1.0) * limit[s]  # nothing wished, nothing used: no bound
            placed = np.where(follows, np.minimum(wish[s] / np.maximum(kept, 1e-9), bound), wish[s])
            orders[rows] = share * pair[rows] * placed[None, :]
        if keep:
            told.released.append(released(day))
            told.constant.append(constant * (served1 if constant_first else served2))
            told.orders.append(accepted)
            told.deliveries.append(deliveries)
            told.stocks.append(stock.copy())
            told.used.append(use)
    return told
