"""The disruption model: equal to a slow twin, still when nothing happens, and the same whatever runs beside a run."""

from __future__ import annotations

import ast
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import io_worlds
from disruption_twin import simulate_slowly
from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.errors import ConflictError, MethodError
from ostra.scenario.simulation import engine, loops, tile
from ostra.scenario.simulation.behaviour import Behaviour
from ostra.scenario.simulation.engine import simulate
from ostra.scenario.simulation.loops import FEW, LANES, lanes_for
from ostra.scenario.simulation.shocks import CapacityLoss, DemandShock, NewCapacity, Shock, StockRelease, Withheld
from ostra.scenario.simulation.trajectories import BY_RUN, Trajectories, joined


def all_kinds(runs: int, seed: int = 0) -> list[Shock]:
    """Every kind of shock and policy on three economies × four sectors, overlapping, with strengths by run."""
    rng = np.random.default_rng(seed)
    return [
        Withheld(range(4), range(4, 8), [1], rng.uniform(0, 1, runs), first=5, last=30),
        Withheld([0, 9], [5, 11], [2], fraction=0.7, first=10),
        CapacityLoss([9, 2], rng.uniform(0, 0.5, runs), first=3, last=20, recovery_days=10),
        CapacityLoss([9], 0.4, first=8, last=12, recovery_days=10, recovery="exponential"),
        DemandShock([1, 2], [0], rng.uniform(-0.2, 0.2, runs), first=4, last=30),
        DemandShock([2], [0, 1], -0.3, first=0, last=20),
        StockRelease([1], range(4, 8), rng.uniform(0, 5, runs), 20, 24),
        StockRelease([0, 1], [4], 1.5, 0, 0),
        NewCapacity([7, 2], 0.2, first=15, ramp_days=10),
    ]


def behaviours(runs: int) -> dict[str, Behaviour]:
    """Ways to react that between them use every rule."""
    rng = np.random.default_rng(1)
    by_pair = rng.uniform(2, 9, (4, 4, runs))
    by_sector = np.array([[np.inf], [5.0], [4.0], [3.5]])
    return {
        "graded": Behaviour(
            stock_days=by_pair,
            restore_days=rng.uniform(3, 9, (4, runs)),
            critical=rng.choice([0.0, 0.5, 1.0], (4, 4, 1)),
            stock_threshold=rng.uniform(0.5, 1, (4, runs)),
            substitution_speed=rng.uniform(0, 1, (4, runs)),
            substitution_limit=rng.uniform(1, 3, (4, runs)),
            overproduction_days=30.0,
        ),
        "at once, as in boario": Behaviour(
            stock_days=rng.uniform(2, 9, (4, runs)),
            final_substitutes=False,
            signal="capacity",
            substitution_speed=1.0,
            substitution_limit=np.inf,
            overproduction_return="at exact balance",
        ),
        "no substitution": Behaviour(stock_days=by_sector, restore_days=2.0, substitution_speed=0.0),
    }


def same(one: Trajectories, other: Trajectories, rows: slice = slice(None)) -> bool:
    """Whether every figure of the first is, bit for bit, that of the second's rows."""
    return all(np.array_equal(getattr(one, name), getattr(other, name)[rows], equal_nan=True) for name in BY_RUN)


def wide_table(seed: int) -> InputOutputTable:
    """Thirteen economies, so that sums are taken several flows at once, and every sixth flow zero."""
    full = io_worlds.random_table(seed, economies=13)
    flows = np.where(np.random.default_rng(seed).random(full.flows.shape) < 1 / 6, 0.0, full.flows)
    return io_worlds.table(flows, full.final, full.economies, full.sectors)


TABLES = {"three economies": io_worlds.random_table, "thirteen, with gaps": wide_table}


@pytest.mark.parametrize("world", TABLES)
@pytest.mark.parametrize("rationing", ["proportional", "domestic first", "intermediate first"])
@pytest.mark.parametrize("manner", behaviours(1))
def test_engine_equals_the_slow_twin(manner: str, rationing: Any, world: str) -> None:
    """Full n × n orders in plain NumPy give the same output and unmet demand, every rule and kind of shock in play."""
    table, runs, days = TABLES[world](1), 3, 50
    parameters = {field.name: getattr(behaviours(runs)[manner], field.name) for field in fields(Behaviour)}
    behaviour = Behaviour(**{**parameters, "rationing": rationing})
    result = simulate(table, all_kinds(runs), behaviour, days=days, runs=runs, watched=range(table.size))
    for run in range(runs):
        told = simulate_slowly(table, all_kinds(runs), behaviour, days, run)
        assert result.watched_output[run] == pytest.approx(told.output, rel=1e-9, abs=1e-12)
        assert result.unmet[run] == pytest.approx(told.unmet.sum(axis=0), rel=1e-9, abs=1e-9)
        assert result.unmet_by_destination[run] == pytest.approx(told.unmet.sum(axis=1), rel=1e-9, abs=1e-12)
        lost = (table.output / 365 - told.output).sum(axis=0)
        assert result.output_lost[run] == pytest.approx(lost, rel=1e-9, abs=1e-9)
        by_economy = told.output.reshape(days, -1, 4)
        assert result.output_by_economy[run] == pytest.approx(by_economy.sum(axis=2), rel=1e-9)
        assert result.output_by_sector[run] == pytest.approx(by_economy.sum(axis=1), rel=1e-9)
    assert result.output_lost.max() > 0.01 * result.baseline_output.sum()


def test_nothing_happens_when_nothing_happens() -> None:
    """Without a shock every day is the usual day, to the last bit."""
    for manner in behaviours(2).values():
        result = simulate(io_worlds.random_table(3), [], manner, days=40, runs=2)
        assert not result.output_lost.any() and not result.unmet.any()
        assert np.array_equal(result.lowest_output, np.ones_like(result.lowest_output))


@pytest.mark.parametrize("world", TABLES)
def test_a_run_does_not_depend_on_its_company(monkeypatch: pytest.MonkeyPatch, world: str) -> None:
    """Alone (its sellers and products shared out to threads), in a batch, in reverse order: the same bits."""
    monkeypatch.setattr(engine, "WORTH_A_THREAD", 1)
    table, runs = TABLES[world](2), LANES + 3
    stock = np.linspace(2, 9, runs)
    fraction = np.linspace(0.1, 1, runs)

    def run(order: np.ndarray, threads: int) -> Trajectories:
        shocks = [Withheld(range(4), range(4, 8), [1], fraction[order], first=3), CapacityLoss([9], 0.3)]
        behaviour = Behaviour(stock_days=stock[order], substitution_speed=0.2 * (order % 2))
        return simulate(table, shocks, behaviour, days=30, runs=len(order), threads=threads)

    batch = run(np.arange(runs), 2)
    for alone in (0, 1, runs - 1):
        single = run(np.array([alone]), 2)
        single = Trajectories(**{f.name: getattr(single, f.name) for f in fields(single)} | {"runs": np.array([alone])})
        assert same(single, batch, slice(alone, alone + 1))
    assert lanes_for(1) == lanes_for(FEW) == 1 and lanes_for(FEW + 1) == lanes_for(runs) == LANES
    few = run(np.arange(FEW), 1)  # one by one, in loops compiled for one lane
    assert same(few, batch, slice(0, FEW))
    back = run(np.arange(runs)[::-1], 1)
    assert np.array_equal(back.output_by_economy[::-1], batch.output_by_economy)
    assert np.array_equal(back.output_lost[::-1], batch.output_lost)


def test_compiled_loops_rest_on_their_own_file_alone() -> None:
    """Numba keeps compiled code until the file of the function changes, and looks at no other file."""
    source = ast.parse(Path(str(loops.__file__)).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(source) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {node.module if isinstance(node, ast.ImportFrom) else node.names[0].name for node in imports}
    assert {name for name in names if str(name).startswith("ostra")} == {"ostra.errors"}


@pytest.mark.parametrize("runs", [1, LANES])
def test_tables_without_final_demand_or_without_flows(monkeypatch: pytest.MonkeyPatch, runs: int) -> None:
    """Nobody to deliver to, or nobody to buy from, is no reason to fail: the engine still equals the twin."""
    monkeypatch.setattr(engine, "WORTH_A_THREAD", 1)
    table = io_worlds.random_table(2)
    none = replace(table, final=np.zeros((table.size, 0)), destinations=())
    unlinked = replace(table, flows=np.zeros_like(table.flows), value_added=table.output)
    for world, lost in ((none, CapacityLoss([9], 0.3)), (unlinked, CapacityLoss([1], 0.5))):
        result = simulate(world, [lost], Behaviour(stock_days=5.0), days=20, runs=runs, watched=range(12), threads=7)
        told = simulate_slowly(world, [lost], Behaviour(stock_days=5.0), 20)
        assert result.watched_output[-1] == pytest.approx(told.output, rel=1e-9)
        assert result.unmet[-1] == pytest.approx(told.unmet.sum(axis=0), rel=1e-9)
        assert result.output_lost.any()


def test_a_thread_that_fails_stops_the_tile(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes wrong in one of the threads that share a tile is passed on."""

    def without_room(begin: int, *given: Any) -> None:
        if begin > 0:
            raise MemoryError("no room for this thread")

    monkeypatch.setattr(engine, "WORTH_A_THREAD", 1)
    monkeypatch.setattr(tile, "restock", without_room)
    with pytest.raises(MemoryError, match="no room"):
        simulate(io_worlds.random_table(2), [], Behaviour(), days=20, threads=2)


def test_an_interrupted_batch_stops_after_the_day_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who interrupts need not wait for the last day of a tile."""
    produce, days = tile.produce, []

    def counted(day: int, *given: Any) -> None:
        days.append(day)
        produce(day, *given)

    def interrupt(done: float, total: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "WORTH_A_THREAD", 1)
    monkeypatch.setattr(tile, "produce", counted)
    with pytest.raises(KeyboardInterrupt):
        simulate(io_worlds.random_table(2), [], Behaviour(), days=20_000, threads=2, advance=interrupt)
    assert len(days) < 20_000


def test_stopped_and_resumed_equals_uninterrupted() -> None:
    """A batch that is stopped goes on from its finished parts, kept as plain arrays, to the same result."""
    table, runs = io_worlds.random_table(2), 3 * LANES
    behaviour = Behaviour(stock_days=np.linspace(2, 9, runs))
    shocks = [CapacityLoss([9], np.linspace(0, 0.9, runs))]
    whole = simulate(table, shocks, behaviour, days=20, runs=runs, threads=1)
    kept: list[dict[str, Any]] = []

    def stop(done: float, total: float) -> None:
        if kept:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(
            table,
            shocks,
            behaviour,
            days=20,
            runs=runs,
            threads=1,
            part_done=lambda part: kept.append(part.arrays()),
            advance=stop,
        )
    parts = [Trajectories.from_arrays(arrays) for arrays in kept]
    assert 0 < sum(len(part.runs) for part in parts) < runs
    anew: list[int] = []
    again = simulate(
        table,
        shocks,
        behaviour,
        days=20,
        runs=runs,
        finished=parts,
        part_done=lambda part: anew.extend(part.runs.tolist()),
    )
    assert same(again, whole)
    assert not set(anew) & {int(run) for part in parts for run in part.runs}
    with pytest.raises(ConflictError, match="start anew"):
        simulate(table, shocks, behaviour, days=21, runs=runs, finished=parts)
    with pytest.raises(ConflictError, match="start anew"):
        joined([parts[0], simulate(table, [], behaviour, days=20, runs=runs)])


@pytest.mark.parametrize(
    ("shocks", "behaviour", "message"),
    [
        ([Withheld([12], [0])], Behaviour(), r"shock 0 \(Withheld\), sellers: no node has number 12; .* 0 to 11"),
        ([CapacityLoss([0], 1.5)], Behaviour(), r"shock 0 \(CapacityLoss\), fraction is 1.5; .* between 0 and 1"),
        ([CapacityLoss([0], np.nan)], Behaviour(), "fraction is nan"),
        ([CapacityLoss([0], np.ones(5))], Behaviour(), r"has shape \(5,\); one number or 2 "),
        ([DemandShock([0], [3], 0.1)], Behaviour(), "no destination has number 3"),
        ([], Behaviour(stock_days=0.5), "stock_days is 0.5; it must lie between 1 and inf"),
        ([], Behaviour(stock_days=np.ones((3, 1))), r"stock_days has shape \(3, 1\)"),
        ([], Behaviour(critical=1.1), "critical is 1.1"),
    ],
)
def test_a_wrong_number_is_named(shocks: list[Shock], behaviour: Behaviour, message: str) -> None:
    """What is wrong, in which shock and field, and what is possible."""
    table: InputOutputTable = io_worlds.random_table(1)
    with pytest.raises(MethodError, match=message):
        simulate(table, shocks, behaviour, days=2, runs=2)
