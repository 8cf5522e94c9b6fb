"""Parameters of a batch as arrays by run: checked, and cut to the runs that go through the loops together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.errors import MethodError
from ostra.scenario.simulation.behaviour import Behaviour
from ostra.scenario.simulation.layout import Array, Sets, Whole, of_kind
from ostra.scenario.simulation.loops import GROUP, Calendar, Rules
from ostra.scenario.simulation.shocks import (
    ByRun,
    CapacityLoss,
    DemandShock,
    NewCapacity,
    Numbers,
    Shock,
    StockRelease,
    Withheld,
    whole,
)


def by_run(value: Any, name: str, runs: int, low: float, high: float = np.inf, before: tuple[int, ...] = ()) -> Array:
    """A parameter as an array of shape `before` (each 1 or as given) + (1 or runs,), checked.

    Raises
    ------
    MethodError
        The shape does not fit, or a number lies outside `low` to `high` or is not a number.
    """
    array = np.asarray(value, dtype=np.float64)
    shape = (1,) * (1 + len(before) - array.ndim) + array.shape
    fits = len(shape) == 1 + len(before) and all(
        got in (1, wanted) for got, wanted in zip(shape, (*before, runs), strict=True)
    )
    if not fits:
        wanted = " × ".join(str(length) for length in (*before, runs))
        raise MethodError(
            f"{name} has shape {array.shape}; one number or {wanted} (the last axis is the run) is needed"
        )
    if not np.all((array >= low) & (array <= high)):
        wrong = array[~((array >= low) & (array <= high))][0]
        raise MethodError(f"{name} is {wrong:g}; it must lie between {low:g} and {high:g}")
    return array.reshape(shape)


def checked(table: InputOutputTable, shocks: Sequence[Shock], behaviour: Behaviour, runs: int) -> None:
    """Refuse a scenario that names what the table does not have, or a number outside its bounds.

    Raises
    ------
    MethodError
        The message names the shock, the field, what was found and what is possible.
    """
    sizes = {"node": table.size, "sector": len(table.sectors), "destination": len(table.destinations)}

    def known(name: str, numbers: Numbers, kind: str) -> None:
        found = whole(numbers)
        outside = found[(found < 0) | (found >= sizes[kind])]
        if len(outside):
            raise MethodError(f"{name}: no {kind} has number {outside[0]}; numbers run from 0 to {sizes[kind] - 1}")

    fields: dict[type, dict[str, str]] = {
        Withheld: {"sellers": "node", "buyers": "node", "destinations": "destination"},
        CapacityLoss: {"nodes": "node"},
        DemandShock: {"sectors": "sector", "destinations": "destination"},
        StockRelease: {"sectors": "sector", "nodes": "node"},
        NewCapacity: {"nodes": "node"},
    }
    for number, shock in enumerate(shocks):
        name = f"shock {number} ({type(shock).__name__})"
        for field, kind in fields[type(shock)].items():
            known(f"{name}, {field}", getattr(shock, field), kind)
        profile(shock, np.arange(1), slice(0, runs), runs, name)
    rules(behaviour, len(table.sectors), slice(0, runs), runs)


def lanes(array: Array, part: slice, width: int) -> Array:
    """The runs `part` of a by-run array; further lanes repeat the last of them."""
    if array.shape[-1] == 1:
        return np.repeat(array, width, axis=-1)
    cut = array[..., part]
    return np.concatenate([cut, np.repeat(cut[..., -1:], width - cut.shape[-1], axis=-1)], axis=-1)


def profile(shock: Shock, days: Whole, part: slice, runs: int, name: str, width: int | None = None) -> Array:
    """Strength of one shock: days × lanes; a fraction, or for a release the days of use handed out that day."""
    width = part.stop - part.start if width is None else width

    def given(value: ByRun, field: str, low: float, high: float = np.inf) -> Array:
        return lanes(by_run(value, f"{name}, {field}", runs, low, high), part, width)

    day = days[:, None].astype(np.float64)
    first = given(shock.first, "first", 0)
    if isinstance(shock, NewCapacity):
        ramp = np.maximum(given(shock.ramp_days, "ramp_days", 0), 1.0)
        added: Array = given(shock.fraction, "fraction", 0) * np.clip((day - first + 1) / ramp, 0.0, 1.0)
        return added
    last = given(shock.last, "last", 0)
    on = (day >= first) & (day <= last)
    if isinstance(shock, StockRelease):
        amount: Array = given(shock.days_of_use, "days_of_use", 0) / np.maximum(last - first + 1, 1.0) * on
        return amount
    high = np.inf if isinstance(shock, DemandShock) else 1.0
    fraction = given(shock.fraction, "fraction", -1.0 if isinstance(shock, DemandShock) else 0.0, high)
    if not isinstance(shock, CapacityLoss):
        return np.asarray(fraction * on)
    recovery = given(shock.recovery_days, "recovery_days", 0)
    since = np.maximum(day - last, 0.0)
    span = np.maximum(recovery, 1.0)
    left = np.clip(1 - since / span, 0.0, 1.0) if shock.recovery == "linear" else (1 - 1 / span) ** since
    return np.asarray(fraction * (on + ((day > last) & (last >= first) & (recovery > 0)) * left))


def strongest(profiles: Sequence[Array], sets: NDArray[np.bool_], shape: tuple[int, int]) -> Array:
    """By day, set and lane, the entry farthest from 0 among the shocks of the set: days × sets × lanes."""
    result = np.zeros((shape[0], len(sets), shape[1]))
    for number, strength in enumerate(profiles):
        touched = np.flatnonzero(sets[:, number])
        old = result[:, touched]
        new = np.broadcast_to(strength[:, None, :], old.shape)
        result[:, touched] = np.where(np.abs(new) > np.abs(old), new, old)
    return result


def together(profiles: Sequence[Array], sets: NDArray[np.bool_], shape: tuple[int, int]) -> Array:
    """By day, set and lane, the sum over the shocks of the set: days × sets × lanes."""
    result = np.zeros((shape[0], len(sets), shape[1]))
    for number, strength in enumerate(profiles):
        result[:, sets[:, number]] += strength[:, None, :]
    return result


def calendar(
    shocks: Sequence[Shock], sets: Sets, speed: Array, days: int, part: slice, runs: int, width: int
) -> Calendar:
    """What the shocks do on each day in the lanes of one tile."""
    day = np.arange(days + 1)
    shape = (days + 1, width)

    def strengths(kind: type[Any]) -> list[Array]:
        return [profile(s, day, part, runs, kind.__name__, width) for s in of_kind(shocks, kind)]

    held = strongest(strengths(Withheld), sets.block, shape)
    weight = np.ones_like(held)
    for now in range(days):
        weight[now + 1] = weight[now] + speed[sets.block_product] * ((1.0 - held[now]) - weight[now])
    split = len(of_kind(shocks, CapacityLoss))
    losses, gains = sets.node[:, :split], sets.node[:, split:]
    lost, gained = strongest(strengths(CapacityLoss), losses, shape), together(strengths(NewCapacity), gains, shape)
    return Calendar(
        quota=np.where(held > 0, 1.0 - held, np.inf),
        weight=weight,
        capacity=(1.0 - lost) + gained,
        wanted=1.0 + strongest(strengths(DemandShock), sets.want, shape),
        released=together(strengths(StockRelease), sets.release, shape),
    )


def rules(behaviour: Behaviour, sectors: int, part: slice, runs: int, width: int | None = None) -> Rules:
    """The behaviour of the runs of one tile."""
    width = part.stop - part.start if width is None else width

    def pair(name: str, low: float, high: float = np.inf) -> Array:
        """Products × users (1 or sectors) × lanes."""
        given = np.asarray(getattr(behaviour, name))
        array = by_run(given, name, runs, low, high, (sectors, sectors))
        if given.ndim == 2:  # products × runs
            array = array.reshape(-1, 1, array.shape[-1])
        array = np.broadcast_to(array, (sectors, *array.shape[1:]))
        return lanes(array, part, width)

    def each(name: str, low: float, high: float = np.inf) -> Array:
        array = by_run(getattr(behaviour, name), name, runs, low, high, (sectors,))
        return np.array(np.broadcast_to(lanes(array, part, width), (sectors, width)), order="C")

    stock_days, critical = pair("stock_days", 1.0), pair("critical", 0.0, 1.0)
    threshold = each("stock_threshold", 0.0, 1.0)
    users = max(stock_days.shape[1], critical.shape[1], 1 if np.all(threshold == threshold[:1]) else sectors)
    shape = (sectors, users, width)
    stock_days, critical = (np.array(np.broadcast_to(array, shape), order="C") for array in (stock_days, critical))
    called_for = np.maximum(
        threshold[None, :users, :] * stock_days, 1.0, where=np.isfinite(stock_days), out=np.ones(shape)
    )
    part_critical = np.asarray(behaviour.critical)
    cover_rate = np.where((critical >= 1.0) & np.isfinite(stock_days), np.nextafter(1.0 / called_for, np.inf), np.inf)
    user = np.arange(users + GROUP - 1) % users  # so that the users of every group lie side by side

    def by_rule(array: Array) -> Array:
        return array[:, user].reshape(sectors, -1)

    def by_group(array: Array) -> Array:
        return np.tile(array, GROUP)

    return Rules(
        lanes=(0,) * width,
        users=users,
        stock_days=by_rule(stock_days),
        critical=by_rule(critical),
        called_for=by_rule(called_for),
        cover_rate=by_rule(cover_rate),
        restore_rate=by_group(1.0 / each("restore_days", 1.0)),
        unlimited=by_group(1.0 / each("substitution_limit", 1.0)),
        speed=each("substitution_speed", 0.0, 1.0),
        limit=each("substitution_limit", 1.0),
        boost_max=each("overproduction_max", 1.0),
        boost_days=each("overproduction_days", 1.0),
        exact_return=behaviour.overproduction_return == "at exact balance",
        by_potential=behaviour.signal == "potential",
        final_substitutes=behaviour.final_substitutes,
        substitutes=bool(np.any(np.asarray(behaviour.substitution_speed) > 0)),
        partial=bool(np.any((part_critical > 0) & (part_critical < 1))),
    )
