"""What must hold in every disruption: balances, closed forms, and that names and money do not matter."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import io_worlds
from disruption_twin import simulate_slowly
from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.scenario.simulation.behaviour import Behaviour
from ostra.scenario.simulation.engine import simulate
from ostra.scenario.simulation.shocks import CapacityLoss, DemandShock, NewCapacity, Shock, StockRelease, Withheld

FEW = settings(max_examples=12, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
RATIONINGS = ("proportional", "domestic first", "intermediate first")


@st.composite
def behaviours(draw: Any) -> Behaviour:
    """Any way to react."""
    return Behaviour(
        stock_days=draw(st.floats(1, 60)),
        restore_days=draw(st.floats(1, 60)),
        stock_threshold=draw(st.floats(0, 1)),
        overproduction_max=draw(st.floats(1, 2)),
        overproduction_days=draw(st.floats(1, 100)),
        overproduction_return=draw(st.sampled_from(["when demand is met", "at exact balance"])),
        substitution_speed=draw(st.floats(0, 1)),
        substitution_limit=draw(st.sampled_from([1.0, 1.5, 4.0, np.inf])),
        signal=draw(st.sampled_from(["potential", "capacity"])),
        final_substitutes=draw(st.booleans()),
        rationing=draw(st.sampled_from(RATIONINGS)),
        critical=draw(st.sampled_from([0.0, 0.3, 1.0])),
    )


@st.composite
def scenarios(draw: Any) -> list[Shock]:
    """Some shocks on three economies × four sectors."""
    node, economy = st.integers(0, 11), st.integers(0, 2)
    first = st.integers(0, 10)
    one, other = draw(economy), draw(economy)
    return [
        Withheld(
            range(4 * one, 4 * one + 4), range(4 * other, 4 * other + 4), [other], draw(st.floats(0, 1)), draw(first)
        ),
        CapacityLoss(
            [draw(node)], draw(st.floats(0, 1)), draw(first), draw(st.integers(0, 20)), draw(st.integers(0, 9))
        ),
        DemandShock([draw(st.integers(0, 3))], [draw(economy)], draw(st.floats(-1, 1)), draw(first)),
        StockRelease([draw(st.integers(0, 3))], [draw(node)], draw(st.floats(0, 9)), 3, draw(st.integers(3, 9))),
    ]


def odd_table() -> InputOutputTable:
    """A table with what real ones have: a node without output, stocks drawn down, a discrepancy, a negative flow."""
    plain = io_worlds.random_table(7)
    flows, final, output = plain.flows.copy(), plain.final.copy(), plain.output.copy()
    final[2, 1] = -0.3 * final[2].sum()  # stocks drawn down
    flows[6, 3] *= -1  # a negative sale
    output[5] = 0.0  # buys and sells, but makes nothing
    output[8] *= 1.1  # makes more than it is seen to sell
    value = output - np.maximum(flows, 0).sum(axis=0)
    return replace(plain, flows=flows, final=final, output=output, value_added=value)


@FEW
@given(behaviours(), st.integers(0, 99))
def test_no_shock_no_change(behaviour: Behaviour, seed: int) -> None:
    """Whatever the rules, an undisturbed economy stays as it is to the last bit."""
    result = simulate(io_worlds.random_table(seed), [], behaviour, days=25)
    assert not result.output_lost.any() and not result.unmet.any()
    assert (result.lowest_output == 1.0).all()


def test_no_shock_no_change_on_an_odd_table() -> None:
    """Negative entries, empty nodes and discrepancies do not set anything in motion either."""
    for rationing in RATIONINGS:
        result = simulate(odd_table(), [], Behaviour(stock_days=4.0, rationing=rationing), days=25)  # type: ignore[arg-type]
        assert not result.output_lost.any() and not result.unmet.any()


@FEW
@given(behaviours(), scenarios(), st.integers(0, 99))
def test_engine_equals_the_twin_on_any_scenario(behaviour: Behaviour, shocks: list[Shock], seed: int) -> None:
    """The engine and the slow twin agree, and in the twin everything balances on every day."""
    table = odd_table() if seed % 2 else io_worlds.random_table(seed)
    days = 25
    result = simulate(table, shocks, behaviour, days=days, watched=range(table.size))
    told = simulate_slowly(table, shocks, behaviour, days, keep=True)
    usual = table.output.max() / 365
    assert result.watched_output[0] == pytest.approx(told.output, rel=1e-7, abs=1e-9 * usual)
    assert result.unmet[0] == pytest.approx(told.unmet.sum(axis=0), rel=1e-7, abs=1e-7 * usual)
    assert told.output.min() >= 0 and result.unmet.min() >= 0
    product = np.equal.outer(np.arange(4), np.arange(table.size) % 4)
    for day in range(days):
        handed = told.deliveries[day].sum(axis=1) + told.constant[day]
        available = told.output[day] + told.drawn
        plain = told.drawn == 0
        assert handed[plain] == pytest.approx(available[plain], abs=1e-9 * usual)
        assert (handed <= available + 1e-9 * usual).all()  # what is drawn from stocks may stay unsold
        assert (told.deliveries[day] <= told.orders[day] * (1 + 1e-12)).all()
        assert told.stocks[day].min() >= -1e-9 * usual
        if day:
            came = (product @ told.deliveries[day])[:, : table.size]
            change = came + told.released[day] - told.used[day]
            assert told.stocks[day] - told.stocks[day - 1] == pytest.approx(change, abs=1e-8 * usual)


def test_odd_entries_are_told_by_name() -> None:
    """Each rule that was applied is a caveat that names the node."""
    caveats = simulate(odd_table(), [], Behaviour(), days=1).caveats
    told = "\n".join(caveats)
    for words in (
        "negative intermediate sales, left out: BBB S2",
        "negative final demand, read as a constant draw on stocks: AAA S2",
        "inputs but no output; their purchases are taken as constant: BBB S1",
        "sales but no output; their sales are taken as a constant supply: BBB S1",
        "sales and output that differ; the difference is taken as constant:",
        "value added but no output; it is left out: BBB S1",
    ):
        assert words in told
    assert "CCC S0" in next(line for line in caveats if "differ" in line)
    assert simulate(io_worlds.random_table(1), [], Behaviour(), days=1).caveats == ()


def test_without_value_added_the_figures_are_upper_bounds() -> None:
    """Value added that the table does not have is at most output less known inputs, and a caveat says so."""
    table = io_worlds.random_table(1)
    shock = CapacityLoss([2], 0.5)
    known = simulate(table, [shock], Behaviour(), days=9)
    bound = simulate(replace(table, value_added=None), [shock], Behaviour(), days=9)
    assert (known.value_added, bound.value_added) == ("exact", "upper")
    assert bound.value_added_lost == pytest.approx(known.value_added_lost)
    assert any("upper bounds" in caveat for caveat in bound.caveats)


@FEW
@given(scenarios(), st.integers(0, 99), st.floats(1e-6, 1e6))
def test_the_currency_does_not_matter(shocks: list[Shock], seed: int, factor: float) -> None:
    """The same table in another unit gives the same ratios."""
    table = io_worlds.random_table(seed)
    scaled = InputOutputTable(
        **{
            field.name: getattr(table, field.name) * factor
            if field.name in ("flows", "final", "output", "value_added")
            else getattr(table, field.name)
            for field in fields(table)
        }
    )
    one = simulate(table, shocks, Behaviour(stock_days=5.0), days=20)
    other = simulate(scaled, shocks, Behaviour(stock_days=5.0), days=20)
    assert other.lowest_output == pytest.approx(one.lowest_output, rel=1e-9, abs=1e-12)
    assert other.output_lost == pytest.approx(one.output_lost * factor, rel=1e-8, abs=1e-9 * factor)


@FEW
@given(scenarios(), st.permutations(range(3)), st.integers(0, 99))
def test_names_do_not_matter(shocks: list[Shock], order: list[int], seed: int) -> None:
    """Economies in another order, and the shocks with them, give the same results under other names."""
    table = io_worlds.random_table(seed)
    nodes = np.concatenate([np.arange(4) + 4 * economy for economy in order])
    there = np.argsort(nodes)  # where each old node went
    ends = np.argsort(order)
    moved = replace(
        table,
        flows=table.flows[np.ix_(nodes, nodes)],
        final=table.final[np.ix_(nodes, order)],
        output=table.output[nodes],
        value_added=table.value_added[nodes],  # type: ignore[index]
    )

    def rename(shock: Shock) -> Shock:
        new: dict[str, Any] = {}
        for name in ("sellers", "buyers", "nodes"):
            if hasattr(shock, name):
                new[name] = there[np.asarray(getattr(shock, name), dtype=int)]
        if hasattr(shock, "destinations"):
            new["destinations"] = ends[np.asarray(shock.destinations, dtype=int)]
        return replace(shock, **new)

    one = simulate(table, shocks, Behaviour(stock_days=5.0), days=20)
    other = simulate(moved, [rename(shock) for shock in shocks], Behaviour(stock_days=5.0), days=20)
    assert other.output_lost == pytest.approx(one.output_lost[:, nodes], rel=1e-8, abs=1e-9)
    assert other.output_by_economy == pytest.approx(one.output_by_economy[:, :, order], rel=1e-8, abs=1e-9)


def test_a_mirrored_ban_mirrors_the_losses() -> None:
    """In a table that is its own mirror image, a ban of A on B costs what a ban of B on A costs, sides exchanged."""
    half = io_worlds.random_table(4, economies=2, sectors=3)
    swap = np.r_[3:6, 0:3]
    flows = half.flows + half.flows[np.ix_(swap, swap)]
    final = half.final + half.final[swap][:, ::-1]
    table = io_worlds.table(flows, final, ("AAA", "BBB"), ("A", "B", "C"))
    behaviour = Behaviour(stock_days=6.0)
    one = simulate(table, [Withheld(range(3), range(3, 6), [1], 0.8)], behaviour, days=60)
    other = simulate(table, [Withheld(range(3, 6), range(3), [0], 0.8)], behaviour, days=60)
    assert other.output_lost == pytest.approx(one.output_lost[:, swap], rel=1e-9)
    assert one.output_lost[0, :3].sum() > 0 and one.output_lost[0, 3:].sum() > 0  # it hurts both sides


def chain(input_share: float = 0.4) -> InputOutputTable:
    """A sells its whole output to B as the only input; B sells to final users in B."""
    flows = np.array([[0.0, 365.0 * input_share], [0.0, 0.0]])
    final = np.array([[0.0, 0.0], [0.0, 365.0]])
    # One sector only, so that the two nodes are two economies with one product each of the same kind.
    return io_worlds.table(flows, final, ("AAA", "BBB"), ("S",))


@FEW
@given(st.floats(2, 40), st.floats(0.1, 1))
def test_a_full_ban_runs_down_stocks_as_in_the_closed_form(stock: float, threshold: float) -> None:
    """Full output while the stock is above ψ n, from then on h(t + 1) = h(t) (1 − 1 / max(ψ n, 1))."""
    behaviour = Behaviour(stock_days=stock, stock_threshold=threshold)
    result = simulate(chain(), [Withheld([0], [1])], behaviour, days=50, watched=[0, 1])
    kept, called_for = stock, max(threshold * stock, 1.0)
    for day in range(50):
        output = min(1.0, kept / called_for)
        assert result.watched_output[0, day, 1] == pytest.approx(output, rel=1e-9, abs=1e-12)
        assert result.unmet_by_destination[0, day, 1] == pytest.approx(1 - output, abs=1e-9)
        kept -= output
    # The seller loses the whole sale at once: it makes nothing that it may not sell.
    assert result.watched_output[0, :, 0] == pytest.approx(0.0, abs=1e-12)


def test_more_stock_lasts_longer_where_nothing_else_moves() -> None:
    """Under the closed form output rises with stocks on every day."""
    stocks = np.linspace(1, 60, 24)
    behaviour = Behaviour(stock_days=stocks)
    result = simulate(chain(), [Withheld([0], [1])], behaviour, days=100, runs=24, watched=[1])
    assert (np.diff(result.watched_output[:, :, 0], axis=0) >= -1e-12).all()
    assert (np.diff(result.output_lost[:, 1]) < 0).all()


@pytest.mark.parametrize("fraction", [0.1, 0.5, 0.9])
def test_a_partial_ban_is_a_quota_of_usual_sales(fraction: float) -> None:
    """However much is ordered to refill stocks, no more than the quota passes; output settles at it."""
    behaviour = Behaviour(stock_days=5.0, restore_days=1.0, substitution_speed=0.0)
    result = simulate(chain(), [Withheld([0], [1], fraction=fraction)], behaviour, days=200, watched=[0, 1])
    assert result.watched_output[0, :, 0].max() <= 0.4 * (1 - fraction) * (1 + 1e-12)
    assert result.watched_output[0, -1, 1] == pytest.approx(1 - fraction, rel=1e-6)


def test_more_overproduction_never_lost_more_in_these_tables() -> None:
    """Between 1 and 1.5, in ten tables, the total loss falls with the overproduction that is possible."""
    most = np.linspace(1, 1.5, 8)
    for seed in range(10):
        shocks = [Withheld(range(4), range(4, 8), [1], 0.7, 5, 60)]
        behaviour = Behaviour(stock_days=20.0, restore_days=20.0, overproduction_max=most)
        result = simulate(io_worlds.random_table(seed), shocks, behaviour, days=120, runs=8)
        assert (np.diff(result.output_lost.sum(axis=1)) <= 1e-9 * result.baseline_output.sum()).all()


@FEW
@given(
    sales=st.tuples(*[st.floats(1, 100)] * 3),
    fraction=st.floats(0.1, 1),
    spare=st.floats(0, 3),
    stock=st.floats(5, 60),
    restore=st.floats(1, 60),
    other=st.floats(0, 1),
    rationing=st.sampled_from(["proportional", "intermediate first"]),
    signal=st.sampled_from(["potential", "capacity"]),
    what=st.sampled_from(["substitution_speed", "substitution_limit"]),
)
def test_more_substitution_loses_less_where_suppliers_do_not_compete_for_inputs(
    sales: tuple[float, float, float],
    fraction: float,
    spare: float,
    stock: float,
    restore: float,
    other: float,
    rationing: Any,
    signal: Any,
    what: str,
) -> None:
    """A bans B, who turns to C; A and C make their goods from nothing. Whatever C has to spare, the loss of B falls."""
    banned, turned_to, own = sales
    flows, final = np.zeros((3, 3)), np.diag([own, 2 * (banned + turned_to), own])
    flows[0, 1], flows[2, 1] = banned, turned_to
    table = io_worlds.table(flows, final, ("AAA", "BBB", "CCC"), ("S",))
    given = {"substitution_speed": other, "substitution_limit": 1 + 5 * other} | {
        what: np.linspace(0, 1, 9) if what == "substitution_speed" else np.linspace(1, 6, 9)
    }
    behaviour = Behaviour(
        stock_days=stock,
        restore_days=restore,
        overproduction_max=1.0,
        final_substitutes=False,
        rationing=rationing,
        signal=signal,
        **given,
    )
    shocks = [Withheld([0], [1], fraction=fraction, first=3), NewCapacity([2], spare)]
    result = simulate(table, shocks, behaviour, days=120, runs=9)
    lost = result.output_lost[:, 1] / result.baseline_output[1]
    assert (np.diff(lost) <= 1e-9).all()


def test_more_substitution_can_lose_more() -> None:
    """The counterexample of docs/methods/disruption.md: orders that move away starve others, and whom they leave."""
    speed = np.array([0.0, 0.1])
    behaviour = Behaviour(stock_days=20.0, restore_days=20.0, substitution_speed=speed)
    shocks = [Withheld(range(4), range(4, 8), [1], 0.7, 5, 60)]
    result = simulate(io_worlds.random_table(23), shocks, behaviour, days=250, runs=2)
    without, with_it = result.output_lost.sum(axis=1) / result.baseline_output.sum()
    assert with_it > without + 1
