"""Coefficients, reliance by order, position in the chain: against printed examples, pymrio and plain inverses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from io_worlds import icio_regions, random_table, table, two_sectors
from ostra.ecosystem.input_output.coefficients import (
    Chains,
)
from ostra.ecosystem.input_output.groups import group
from ostra.ecosystem.input_output.look_through import Side, absorbed, pooled, reliance, shares_of, through
from ostra.ecosystem.input_output.stages import steps_of
from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.errors import MethodError, NotFoundError
from ostra.words import economies

SIDES: tuple[Side, ...] = ("inputs", "sales")
SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=25, deadline=None)


class Pair(economies.Home):
    """A bloc of two made-up economies."""

    def members(self, year: int) -> frozenset[str]:
        return frozenset({"AAA", "BBB"})


def plain(world: InputOutputTable, side: Side) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and inverse by the textbook; for sales transposed, so that columns are those that rely."""
    by = world.output if side == "inputs" else world.output[:, None]
    coefficients = world.flows / by if side == "inputs" else (world.flows / by).T
    return coefficients, np.linalg.inv(np.eye(world.size) - coefficients)


def by_economy(world: InputOutputTable, matrix: np.ndarray) -> np.ndarray:
    """Rows summed over the sectors of each economy, then nodes × economies."""
    return matrix.reshape(len(world.economies), len(world.sectors), world.size).sum(axis=1).T


def test_the_worked_example_of_miller_and_blair() -> None:
    """L as printed in section 2.3 of Input–Output Analysis, to their three decimals."""
    world = two_sectors()
    chains = Chains(world)
    np.testing.assert_allclose(chains.bought(np.eye(2)).T, [[0.15, 0.25], [0.20, 0.05]], atol=1e-12)
    np.testing.assert_allclose(chains.solve(np.eye(2)), [[1.254, 0.330], [0.264, 1.122]], atol=6e-4)
    np.testing.assert_allclose(chains.requirements, [1.518, 1.452], atol=1e-3)
    # Their question: final sales of 600 and 1,500 instead call forth these outputs.
    np.testing.assert_allclose(chains.solve(np.array([600.0, 1500.0])), [1247.52, 1841.58], atol=0.01)


def test_two_economies_in_closed_form() -> None:
    """One sector each: L has a formula, and so has every order of reliance."""
    a, b, c, d = 0.2, 0.1, 0.3, 0.4  # A = [[a, b], [c, d]]
    world = table(np.array([[a, b], [c, d]]) * 100.0, np.eye(2), ("AAA", "BBB"), ("S",), output=np.full(2, 100.0))
    whole = np.array([[1 - d, b], [c, 1 - a]]) / ((1 - a) * (1 - d) - b * c)
    found = reliance(Chains(world))
    np.testing.assert_allclose(found.first, np.array([[a, c], [b, d]]))
    np.testing.assert_allclose(found.whole, (whole - np.eye(2)).T)
    assert found.second[0, 1] == pytest.approx(c * a + d * c)  # A's purchases from B, through A and through B
    split = through(Chains(world), np.array([1.0, 0.0]), np.array([1]))
    np.testing.assert_allclose(split.second, [c * a, d * c])


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_reliance_is_that_of_the_plain_inverse(side: Side, seed: int) -> None:
    """Face value, orders and look-through of all nodes on all economies, against inverse and powers."""
    world = random_table(seed, economies=4, sectors=3)
    coefficients, inverse = plain(world, side)
    found = reliance(Chains(world), side)
    for part, power in ((found.first, 1), (found.second, 2), (found.third, 3)):
        np.testing.assert_allclose(part, by_economy(world, np.linalg.matrix_power(coefficients, power)), rtol=1e-10)
    np.testing.assert_allclose(found.whole, by_economy(world, inverse - np.eye(world.size)), rtol=1e-10)
    beyond = sum(np.linalg.matrix_power(coefficients, power) for power in range(4, 400))
    np.testing.assert_allclose(found.beyond, by_economy(world, beyond), rtol=1e-8)


def test_pymrio_agrees() -> None:
    """L and output multipliers of pymrio on the same table."""
    pymrio = pytest.importorskip("pymrio", reason="pymrio is not installed: pip install ostra[mrio]")
    import pandas as pd

    world = random_table(7, economies=3, sectors=5)
    flows, output = pd.DataFrame(world.flows), pd.DataFrame(world.output)
    coefficients = pymrio.calc_A(flows, output)
    inverse = pymrio.calc_L(coefficients)
    chains = Chains(world)
    np.testing.assert_allclose(chains.bought(np.eye(world.size)).T, coefficients.to_numpy(), rtol=1e-12)
    np.testing.assert_allclose(chains.solve(np.eye(world.size)), inverse.to_numpy(), rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(chains.requirements, inverse.to_numpy().sum(axis=0), rtol=1e-10)
    ghosh = pymrio.calc_L(pymrio.calc_A(flows.T, output).T)
    np.testing.assert_allclose(chains.sold(np.eye(world.size)), (flows.T / world.output).T, rtol=1e-12)
    np.testing.assert_allclose(chains.solve_sales(np.eye(world.size)), ghosh.to_numpy(), rtol=1e-9, atol=1e-14)


@FEW
@given(SEEDS, st.sampled_from(SIDES))
def test_orders_add_up_and_through_adds_up(seed: int, side: Side) -> None:
    """Orders sum to the whole, look-through is at least face value, the hidden part splits without rest."""
    world = random_table(seed)
    chains = Chains(world)
    found = reliance(chains, side)
    np.testing.assert_allclose(found.first + found.second + found.third + found.beyond, found.whole, rtol=1e-12)
    assert (found.beyond >= -1e-12).all()
    assert (found.hidden >= 0.0).all()
    home, partner = group(world, economies.Home("AAA", "A", False)), group(world, economies.Home("BBB", "B", False))
    weights = shares_of(world, home.nodes(world, 1))
    split = through(chains, weights, partner.nodes(world), side)
    assert split.second.sum() == pytest.approx(pooled(found.second, weights)[1])
    assert split.hidden.sum() == pytest.approx(pooled(found.hidden, weights)[1])
    assert (split.hidden >= split.second - 1e-12).all()


@FEW
@given(SEEDS, st.sampled_from(SIDES), st.floats(1e-6, 1e6))
def test_the_currency_changes_nothing(seed: int, side: Side, rate: float) -> None:
    """Money in another unit gives the same reliance and positions."""
    world = random_table(seed)
    other = replace(
        world, flows=world.flows * rate, final=world.final * rate, output=world.output * rate, value_added=None
    )
    np.testing.assert_allclose(reliance(Chains(other), side).whole, reliance(Chains(world), side).whole, rtol=1e-9)
    np.testing.assert_allclose(steps_of(Chains(other)).upstreamness, steps_of(Chains(world)).upstreamness, rtol=1e-9)


@FEW
@given(SEEDS, st.sampled_from(SIDES), st.randoms(use_true_random=False))
def test_the_order_of_economies_and_sectors_changes_nothing(seed: int, side: Side, random) -> None:
    """A table with its economies and sectors shuffled gives the same numbers, shuffled."""
    world = random_table(seed)
    economy, sector = list(range(3)), list(range(4))
    random.shuffle(economy)
    random.shuffle(sector)
    order = np.array([e * 4 + s for e in economy for s in sector])
    other = table(
        world.flows[np.ix_(order, order)],
        world.final[order][:, economy],
        tuple(world.economies[e] for e in economy),
        tuple(world.sectors[s] for s in sector),
        output=world.output[order],
    )
    found, shuffled = reliance(Chains(world), side), reliance(Chains(other), side)
    np.testing.assert_allclose(shuffled.whole, found.whole[order][:, economy], rtol=1e-9)
    np.testing.assert_allclose(
        steps_of(Chains(other)).downstreamness, steps_of(Chains(world)).downstreamness[order], rtol=1e-9
    )


@FEW
@given(SEEDS, st.floats(0.05, 0.95))
def test_splitting_a_sector_into_equal_recipes_changes_nothing(seed: int, part: float) -> None:
    """A sector told apart as two of the same recipe and customers: economies are relied on as before."""
    world = random_table(seed)
    keep = {k: [k * 4, k * 4 + 1, k * 4 + 2, k * 4 + 3, k * 4 + 3] for k in range(3)}
    index = np.array([node for nodes in keep.values() for node in nodes])
    scale = np.tile([1.0, 1.0, 1.0, part, 1.0 - part], 3)
    other = table(
        world.flows[np.ix_(index, index)] * np.outer(scale, scale),
        world.final[index] * scale[:, None],
        world.economies,
        (*world.sectors, "S3b"),
        output=world.output[index] * scale,
    )
    for side in SIDES:
        np.testing.assert_allclose(
            reliance(Chains(other), side).whole, reliance(Chains(world), side).whole[index], rtol=1e-9
        )


@FEW
@given(SEEDS, st.integers(0, 11), st.integers(0, 11), st.floats(0.1, 2.0))
def test_more_purchases_are_more_reliance(seed: int, seller: int, buyer: int, times: float) -> None:
    """A larger purchase, paid from value added, lowers no input reliance of anybody."""
    world = random_table(seed)
    flows = world.flows.copy()
    room = world.output[buyer] - flows[:, buyer].sum()
    flows[seller, buyer] += min(times * flows[seller, buyer], 0.5 * room)
    other = replace(world, flows=flows, value_added=None)
    before, after = reliance(Chains(world)).whole, reliance(Chains(other)).whole
    assert (after >= before - 1e-12).all()


def test_home_of_several_economies_pools_their_money() -> None:
    """A bloc's face value is its members' purchases over their output, and internal trade counts as home's own."""
    world = random_table(5)
    bloc = Pair("XYZ", "Bloc", True)
    side = group(world, bloc)
    nodes = side.nodes(world, 2)
    found = pooled(reliance(Chains(world)).first, shares_of(world, nodes))
    bought = world.flows[:, nodes].sum(axis=1).reshape(3, 4).sum(axis=1)
    np.testing.assert_allclose(found, bought / world.output[nodes].sum())


def test_groups_say_what_the_table_does_not_tell_apart() -> None:
    """Missing members are named; an economy that is not there is refused with those that are."""
    world = random_table(5)
    other = table(world.flows, world.final, ("AAA", "CCC", "DDD"), world.sectors, output=world.output)
    side = group(other, Pair("XYZ", "Bloc", True))
    assert side.economies == ("AAA",) and "BBB" in side.caveats[0]
    with pytest.raises(NotFoundError, match=r"does not tell DEU .*AAA, BBB, CCC"):
        group(world, economies.home("DEU"))


def test_upstreamness_and_downstreamness() -> None:
    """The textbook's inverses; a sector that sells to final users only has 1, and so has one that buys nothing."""
    world = random_table(11)
    found = steps_of(Chains(world))
    np.testing.assert_allclose(found.upstreamness, plain(world, "sales")[1].T @ np.ones(12), rtol=1e-10)
    np.testing.assert_allclose(found.downstreamness, plain(world, "inputs")[1].T @ np.ones(12), rtol=1e-10)
    line = table(np.array([[0.0, 40.0], [0.0, 0.0]]), np.array([0.0, 100.0]), ("AAA",), ("raw", "made"))
    ends = steps_of(Chains(line))
    np.testing.assert_allclose(ends.upstreamness, [2.0, 1.0])
    np.testing.assert_allclose(ends.downstreamness, [1.0, 1.4])


def test_final_use_is_where_output_ends() -> None:
    """All of a balanced table's output ends somewhere, directly or after any number of steps."""
    world = random_table(13)
    direct, whole = absorbed(Chains(world))
    np.testing.assert_allclose(whole.sum(axis=1), 1.0, rtol=1e-10)
    assert (whole >= direct - 1e-12).all()
    np.testing.assert_allclose(direct, world.final / world.output[:, None])


def test_sectors_without_output_are_unknown_and_named() -> None:
    """Never zero: NaN, with the economy, the sector and the money left out; the others do not change."""
    world = random_table(3)
    flows, output = world.flows.copy(), world.output.copy()
    flows[5], flows[:, 5], output[5] = 0.0, 0.0, 0.0
    without = replace(world, flows=flows, output=output, value_added=None)
    odd = replace(without, flows=flows.copy())
    odd.flows[2, 5] = 7.5  # bought, though nothing is made
    chains = Chains(odd)
    found = reliance(chains)
    assert np.isnan(found.whole[5]).all() and np.isnan(steps_of(chains).upstreamness[5])
    assert np.isfinite(np.delete(found.whole, 5, axis=0)).all()
    np.testing.assert_allclose(
        np.delete(found.whole, 5, axis=0), np.delete(reliance(Chains(without)).whole, 5, axis=0), rtol=1e-12
    )
    assert any("BBB S1" in caveat and "7.5 million USD" in caveat for caveat in chains.caveats)
    assert np.isnan(shares_of(odd, np.array([5]))[5])


def test_negative_flows_and_negative_value_added_are_named() -> None:
    """They stay as they are, and a caveat names the sectors."""
    world = random_table(3)
    flows = world.flows.copy()
    flows[1, 4] = -2.0
    flows[0, 6] += world.output[6] - flows[:, 6].sum() + 1.0
    chains = Chains(replace(world, flows=flows, value_added=None))
    text = " ".join(chains.caveats)
    assert "Negative flows of 2 million USD" in text and "AAA S1" in text
    assert "buy more inputs than their output is worth: BBB S2." in text
    assert "Sales and output differ" in text
    assert chains.table.flows[1, 4] == -2.0


def test_tables_that_cannot_be_solved_are_refused() -> None:
    """A product that needs more than itself, and cells that are no numbers."""
    with pytest.raises(MethodError, match="not productive: what AAA"):
        Chains(table(np.array([[90.0, 30.0], [30.0, 90.0]]), np.zeros(2), ("AAA",), ("S", "T"), output=np.full(2, 100)))
    broken = random_table(1)
    broken.flows[0, 0] = np.nan
    with pytest.raises(MethodError, match="no numbers"):
        Chains(broken)


def test_the_real_table() -> None:
    """OECD's table of 28 regions: finite, orders add up, look-through above face value; a spot check by the inverse."""
    world = icio_regions()
    chains = Chains(world)
    found = reliance(chains)
    active = ~chains.idle
    assert np.isfinite(found.whole[active]).all()
    assert (found.hidden[active] >= -1e-12).all()
    one = int(np.flatnonzero(active)[100])
    unit = np.zeros(world.size)
    unit[one] = 1.0
    column = chains.solve(unit)
    np.testing.assert_allclose(column - chains.purchases(column), unit, atol=1e-12)
    np.testing.assert_allclose(found.whole[one], by_economy(world, (column - unit)[:, None].repeat(world.size, 1))[0])
