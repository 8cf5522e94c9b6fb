"""What a simulated scenario comes to: losses, days below a level, recovery, who loses; each with its interval.

Rows of every table have the same statistics of one figure: `middle`, `mild` and `severe`, the runs with every open
number in the middle or at the end that hurts less or more; and `p05`, `p50`, `p95`, below which 5, 50 and 95 % of the
draws lie. What does not happen within the days of the scenario is null.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ostra.model.results.simulation import BEYOND, FIRST, LOST, LOST_PART, SECOND, THIRD
from ostra.scenario.compile import Compiled
from ostra.scenario.draws import FIXED, Array
from ostra.scenario.orders import PARTS, Orders, orders
from ostra.scenario.simulation.trajectories import Trajectories
from ostra.words.figures import exact_percent

Row = dict[str, Any]
STATISTICS = ("middle", "mild", "severe", "p05", "p50", "p95")
PERCENTILES = (5.0, 50.0, 95.0)
DAYS_A_YEAR = 365


@dataclass(frozen=True, eq=False)
class Outcome:
    """A scenario's results, each a list of flat rows.

    Attributes
    ----------
    summary
        One row for each measure of the home, of those who withhold, and of the world.
    economies, sectors
        Output lost by economy, and by sector of the home.
    course
        Output of the home, of those who withhold and of the world by day, as a part of usual.
    parameters
        Every number of the scenario with its range, origin and reason.
    """

    summary: list[Row]
    economies: list[Row]
    sectors: list[Row]
    course: list[Row]
    parameters: list[Row]


def outcome(scenario: Compiled, found: Trajectories) -> Outcome:
    """Measure what was simulated."""
    split = orders(scenario, found)
    return Outcome(
        summary=_summary(scenario, found, split),
        economies=_by_economy(scenario, found, split),
        sectors=_by_sector(scenario, found, split),
        course=_course(scenario, found),
        parameters=[
            {
                "parameter": one.name,
                "low": one.low,
                "middle": one.middle,
                "high": one.high,
                "unit": one.unit,
                "spread": "known" if not one.open else "any value alike" if one.mode is None else "triangle",
                "origin": one.origin,
                "reason": one.reason,
            }
            for one in scenario.parameters
        ],
    )


def statistics(values: Array, drawn: int) -> Row:
    """The statistics of one figure over the runs of a batch; infinite and undefined values become null."""
    row: Row = dict.fromkeys(STATISTICS)
    ordered = np.asarray(values, dtype=np.float64)
    fixed = len(ordered) - drawn
    for name, value in zip(FIXED, ordered[:fixed], strict=False):
        row[name] = _plain(value)
    if fixed == 1:  # nothing is open: all runs are this one
        row["mild"] = row["severe"] = row["middle"]
    if drawn:
        draws = ordered[fixed:]
        # An observed value, so that a day is a day and "never" is never mixed with one.
        for name, value in zip(STATISTICS[3:], np.percentile(draws, PERCENTILES, method="inverted_cdf"), strict=True):
            row[name] = _plain(value)
    return row


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _sides(scenario: Compiled, found: Trajectories) -> Iterator[tuple[str, list[int], Array, float]]:
    """Each side that is told of, with its economies by number, output by run and day as a part of usual, and usual.

    Who withholds or is hit is told of only where it is not the home.
    """
    width = len(scenario.table.sectors)
    numbers = scenario.table.economies.index
    home = sorted(numbers(code) for code in scenario.home.economies)
    sides = {"home": home}
    others = {
        "sellers": sorted({int(node) // width for node in scenario.sellers}),
        "hit": sorted(numbers(code) for code in scenario.hit),
    }
    sides |= {name: other for name, other in others.items() if other and other != home}
    sides["world"] = list(range(len(scenario.table.economies)))
    by_economy = found.baseline_output.reshape(-1, width).sum(axis=1)
    for where, mine in sides.items():
        usual = by_economy[mine].sum()
        yield where, mine, found.output_by_economy[:, :, mine].sum(axis=2) / usual, usual


def _summary(scenario: Compiled, found: Trajectories, split: Orders) -> list[Row]:
    rows = []
    width = len(found.sectors)
    for where, numbers, part, usual in _sides(scenario, found):
        nodes = np.concatenate([np.arange(number * width, (number + 1) * width) for number in numbers])
        lost = found.output_lost[:, nodes].sum(axis=1)
        # Sums of many nodes carry rounding; a day is below the level only if it is so beyond that.
        below = part < scenario.level * (1.0 - 1e-9)
        first, days, back = _times(below)
        added = found.value_added_lost[:, nodes].sum(axis=1)
        measures: list[tuple[str, str, Array]] = [
            (LOST, "million USD", lost),
            (LOST_PART, "share", lost / (usual * DAYS_A_YEAR)),
            (f"value added lost{', at most' if found.value_added == 'upper' else ''}", "million USD", added),
            ("lowest output of a day, part of usual", "share", part.min(axis=1)),
            (f"days until output falls below {exact_percent(scenario.level)}", "day", first),
            (f"days with output below {exact_percent(scenario.level)}", "days", days),
            ("day from which output is back", "day", back),
        ]
        if where == "world":
            measures.append(("final demand not met", "million USD", found.unmet.sum(axis=(1, 2))))
        for name in PARTS:
            measures.append((_PART_WORDS[name], "million USD", getattr(split, name)[:, nodes].sum(axis=1)))
        rows += [
            {"where": where, "measure": name, "unit": unit, **statistics(values, scenario.drawn)}
            for name, unit, values in measures
        ]
    return rows


_PART_WORDS = {
    "own": "of it sales lost by those who withhold",
    "first": FIRST,
    "second": SECOND,
    "third": THIRD,
    "beyond": BEYOND,
    "gained": "gains that make it less",
}


def _times(below: np.ndarray) -> tuple[Array, Array, Array]:
    """First day below, number of days below, and day from which it is never below again; infinite if there is none."""
    ever = below.any(axis=1)
    first = np.where(ever, below.argmax(axis=1), np.inf)
    last = below.shape[1] - 1 - below[:, ::-1].argmax(axis=1)
    back = np.where(ever & (last < below.shape[1] - 1), last + 1.0, np.inf)
    return first, below.sum(axis=1).astype(np.float64), back


def _by_economy(scenario: Compiled, found: Trajectories, split: Orders) -> list[Row]:
    width = len(found.sectors)
    places = {code: slice(k * width, (k + 1) * width) for k, code in enumerate(found.economies)}
    return _largest_first({"economy": code, **_loss(scenario, found, split, nodes)} for code, nodes in places.items())


def _by_sector(scenario: Compiled, found: Trajectories, split: Orders) -> list[Row]:
    starts = np.array([found.economies.index(code) * len(found.sectors) for code in scenario.home.economies])
    return _largest_first(
        {"sector": code, "name": name, **_loss(scenario, found, split, starts + number)}
        for number, (code, name) in enumerate(zip(found.sectors, scenario.table.sector_names, strict=True))
    )


def _largest_first(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: -(row["middle"] or 0.0))


def _loss(scenario: Compiled, found: Trajectories, split: Orders, nodes: Any) -> Row:
    """Output lost by some nodes: statistics, the part of a year's output, and the orders in the middle run."""
    lost = found.output_lost[:, nodes].sum(axis=1)
    a_year = float(found.baseline_output[nodes].sum()) * DAYS_A_YEAR
    row = statistics(lost, scenario.drawn)
    shares = {
        f"{name}_share": None if a_year <= 0 or row[name] is None else row[name] / a_year
        for name in ("middle", "mild", "severe")
    }
    parts = {
        f"{name}_order": float(getattr(split, name)[0, nodes].sum()) for name in ("first", "second", "third", "beyond")
    }
    return {**row, **shares, **parts, "output": a_year}


def _course(scenario: Compiled, found: Trajectories) -> list[Row]:
    return [
        {"where": where, "day": day, **statistics(part[:, day], scenario.drawn)}
        for where, _, part, _ in _sides(scenario, found)
        for day in range(found.days)
    ]
