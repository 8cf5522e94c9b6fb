"""Hypothetical extraction: against recomputing with rows and columns removed, both directions, pairs, and batches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import lu_factor

from io_worlds import icio_regions, random_table, table, two_sectors
from ostra.ecosystem.input_output.coefficients import Chains
from ostra.ecosystem.input_output.hypothetical_extraction import (
    extract,
    extract_each,
    extract_flows,
    value_added_ratios,
)
from ostra.ecosystem.input_output.table import InputOutputTable

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=25, deadline=None)


def recomputed(world: InputOutputTable, nodes: np.ndarray, unordered: np.ndarray | None = None) -> list[np.ndarray]:
    """Lost output by removing rows and columns and solving anew: Leontief, and Ghosh."""
    rest = np.setdiff1d(np.arange(world.size), nodes)
    final = world.output - world.flows.sum(axis=1) - (0.0 if unordered is None else unordered)
    primary = world.output - world.flows.sum(axis=0)
    a, b = world.flows / world.output, world.flows / world.output[:, None]
    lost = [world.output.copy(), world.output.copy()]
    eye = np.eye(len(rest))
    lost[0][rest] -= np.linalg.solve(eye - a[np.ix_(rest, rest)], final[rest])
    lost[1][rest] -= np.linalg.solve((eye - b[np.ix_(rest, rest)]).T, primary[rest])
    return lost


def cut_off(world: InputOutputTable, sellers: np.ndarray, buyers: np.ndarray, unordered: np.ndarray | float = 0.0):
    """Lost output with one block of flows at zero, solved anew."""
    final = world.output - world.flows.sum(axis=1) - unordered
    primary = world.output - world.flows.sum(axis=0)
    a, b = world.flows / world.output, world.flows / world.output[:, None]
    a[np.ix_(sellers, buyers)] = 0.0
    b[np.ix_(sellers, buyers)] = 0.0
    eye = np.eye(world.size)
    return [
        world.output - np.linalg.solve(eye - a, final),
        world.output - np.linalg.solve((eye - b).T, primary),
    ]


def test_miller_and_blair_two_sectors() -> None:
    """Of the printed example, sector 1 taken out leaves 1,700 / (1 − 0.05) of sector 2's 2,000."""
    found = extract(Chains(two_sectors()), np.array([0]))
    np.testing.assert_allclose(found.demand, [1000.0, 2000.0 - 1700.0 / 0.95])
    # Supply: sector 2's primary inputs of 1,400 over 1 − b22, b22 = 100 / 2,000.
    np.testing.assert_allclose(found.supply, [1000.0, 2000.0 - 1400.0 / 0.95])


@pytest.mark.parametrize("nodes", [[0, 1, 2, 3], [5], [1, 5, 9], [0, 1, 2, 3, 8, 9, 10, 11]])
def test_extraction_is_recomputing_without_rows_and_columns(nodes: list[int]) -> None:
    """An economy, a sector in one, a sector in all, a bloc."""
    world = random_table(21)
    found = extract(Chains(world), np.array(nodes))
    demand, supply = recomputed(world, np.array(nodes))
    np.testing.assert_allclose(found.demand, demand, rtol=1e-9)
    np.testing.assert_allclose(found.supply, supply, rtol=1e-9)
    assert not found.final_buyers


def test_final_buyers_can_go_too() -> None:
    """Where destinations are known, what others sell to final users of an extracted economy is lost as well."""
    world = random_table(22)
    found = extract(Chains(world), np.arange(4, 8), final_of=["BBB"])
    demand, supply = recomputed(world, np.arange(4, 8), world.final[:, 1])
    np.testing.assert_allclose(found.demand, demand, rtol=1e-9)
    np.testing.assert_allclose(found.supply, supply, rtol=1e-9)
    assert found.final_buyers
    blind = replace(world, final=world.final.sum(axis=1)[:, None], destinations=("ZZZ",))
    unknown = extract(Chains(blind), np.arange(4, 8), final_of=["BBB"])
    assert not unknown.final_buyers
    assert (unknown.demand <= found.demand + 1e-9).all()


@pytest.mark.parametrize("sellers", [[0, 1, 2, 3], [2]])
def test_a_pairs_flows_are_recomputing_with_a_block_at_zero(sellers: list[int]) -> None:
    """All that one economy sells to another, or one sector's part; with and without final users."""
    world = random_table(23)
    buyers = np.arange(8, 12)
    found = extract_flows(Chains(world), np.array(sellers), buyers)
    demand, supply = cut_off(world, np.array(sellers), buyers)
    np.testing.assert_allclose(found.demand, demand, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(found.supply, supply, rtol=1e-8, atol=1e-9)
    unordered = np.zeros(world.size)
    unordered[sellers] = world.final[sellers, 2]
    more = extract_flows(Chains(world), np.array(sellers), buyers, final_of=["CCC"])
    np.testing.assert_allclose(more.demand, cut_off(world, np.array(sellers), buyers, unordered)[0], rtol=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_each_in_turn_is_one_by_one(seed: int) -> None:
    """All economies and all nodes from one factorisation: the same as extracting each."""
    world = random_table(seed, economies=23, sectors=2)
    chains = Chains(world)
    value = value_added_ratios(chains)[1]
    for weight in (None, value):
        found = extract_each(chains, weight)
        for taken, demand, supply in [
            *((np.arange(e * 2, e * 2 + 2), found.economy_demand[e], found.economy_supply[e]) for e in range(0, 23, 4)),
            *((np.array([k]), found.node_demand[k], found.node_supply[k]) for k in range(0, 46, 3)),
        ]:
            one = extract(chains, taken)
            scale = np.ones(46) if weight is None else weight
            np.testing.assert_allclose(demand, (one.demand * scale).reshape(23, 2).sum(axis=1), rtol=1e-9)
            np.testing.assert_allclose(supply, (one.supply * scale).reshape(23, 2).sum(axis=1), rtol=1e-9)


def test_blocks_of_the_inverse_where_rows_change_place() -> None:
    """Cores are the diagonal blocks of L also when pivoting exchanges rows, near and far."""
    rng = np.random.default_rng(2)
    world = random_table(2, economies=11, sectors=2)
    flows = rng.permutation(np.eye(22)) * 0.9 * world.output  # each lives on one other
    cyclic = replace(world, flows=flows, value_added=None)
    chains = Chains(cyclic)
    inverse = np.linalg.inv(np.eye(22) - flows / world.output)
    expected = np.stack([inverse[k : k + 2, k : k + 2] for k in range(0, 22, 2)])
    np.testing.assert_allclose(chains.cores(), expected, rtol=1e-10, atol=1e-12)
    shuffled = Chains(cyclic)
    order = rng.permutation(22)
    shuffled.__dict__["factors"] = lu_factor((np.eye(22) - flows / world.output).T[order])
    matrix = np.linalg.inv((np.eye(22) - flows / world.output).T[order]).T
    assert (shuffled.factors[1] != np.arange(22)).any()
    np.testing.assert_allclose(
        shuffled.cores(), np.stack([matrix[k : k + 2, k : k + 2] for k in range(0, 22, 2)]), rtol=1e-9, atol=1e-11
    )


@FEW
@given(SEEDS, st.integers(0, 11))
def test_nobody_loses_more_than_it_makes_and_more_taken_out_is_more_lost(seed: int, node: int) -> None:
    """Losses lie between nothing and output, and grow with what is taken out."""
    world = random_table(seed)
    chains = Chains(world)
    one, more = extract(chains, np.array([node])), extract(chains, np.unique([node, (node + 5) % 12]))
    for less, larger in ((one.demand, more.demand), (one.supply, more.supply)):
        assert (less >= -1e-9).all()
        assert (larger <= world.output * (1 + 1e-12)).all()
        assert (larger >= less - 1e-9 * world.output).all()
    pair = extract_flows(chains, np.arange(4), np.arange(8, 12))
    whole = extract(chains, np.arange(4))
    assert (pair.demand <= whole.demand + 1e-9 * world.output).all()


@FEW
@given(SEEDS, st.floats(1e-5, 1e5))
def test_the_currency_only_scales_losses(seed: int, rate: float) -> None:
    """Per cent of output do not depend on the unit of money."""
    world = random_table(seed)
    other = replace(
        world, flows=world.flows * rate, final=world.final * rate, output=world.output * rate, value_added=None
    )
    one, two = extract(Chains(world), np.arange(4)), extract(Chains(other), np.arange(4))
    np.testing.assert_allclose(two.demand / other.output, one.demand / world.output, rtol=1e-8)
    np.testing.assert_allclose(two.supply / other.output, one.supply / world.output, rtol=1e-8)


@FEW
@given(SEEDS, st.floats(0.05, 0.95), st.permutations([0, 1, 2]))
def test_order_and_splitting_change_no_loss(seed: int, share: float, order: list[int]) -> None:
    """Economies in another order, and a sector told apart as two of one recipe: every economy loses what it lost."""
    world = random_table(seed)
    nodes = np.array([e * 4 + s for e in order for s in (0, 1, 2, 3, 3)])
    scale = np.tile([1.0, 1.0, 1.0, share, 1.0 - share], 3)
    other = table(
        world.flows[np.ix_(nodes, nodes)] * np.outer(scale, scale),
        world.final[nodes][:, order] * scale[:, None],
        tuple(world.economies[e] for e in order),
        (*world.sectors, "S3b"),
        output=world.output[nodes] * scale,
    )
    at = other.economies.index("BBB")
    one = extract(Chains(world), np.arange(4, 8), final_of=["BBB"])
    two = extract(Chains(other), np.arange(at * 5, at * 5 + 5), final_of=["BBB"])
    for lost, again in ((one.demand, two.demand), (one.supply, two.supply)):
        np.testing.assert_allclose(again.reshape(3, 5).sum(axis=1), lost.reshape(3, 4).sum(axis=1)[order], rtol=1e-8)


def test_an_economy_that_trades_with_nobody_takes_nothing_with_it() -> None:
    """The other loses nothing in either direction; the flows of a pair without trade are nothing."""
    flows = np.zeros((4, 4))
    flows[:2, :2], flows[2:, 2:] = [[10.0, 20.0], [5.0, 5.0]], [[1.0, 2.0], [3.0, 4.0]]
    world = table(flows, np.full((4, 2), 20.0), ("AAA", "BBB"), ("S", "T"))
    found = extract(Chains(world), np.array([0, 1]))
    np.testing.assert_allclose(found.demand, [*world.output[:2], 0.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(found.supply, [*world.output[:2], 0.0, 0.0], atol=1e-12)
    none = extract_flows(Chains(world), np.array([0, 1]), np.array([2, 3]))
    np.testing.assert_allclose([none.demand, none.supply], 0.0, atol=1e-12)


def test_sectors_without_output_lose_nothing_and_break_nothing() -> None:
    """An idle sector inside the extracted economy, and inside another."""
    world = random_table(25)
    flows, output = world.flows.copy(), world.output.copy()
    for node in (1, 6):
        flows[node], flows[:, node], output[node] = 0.0, 0.0, 0.0
    idle = replace(world, flows=flows, output=output, value_added=None)
    found = extract(Chains(idle), np.arange(4))
    keep = np.setdiff1d(np.arange(12), [1, 6])
    small = table(flows[np.ix_(keep, keep)], np.ones((10, 1)), ("AAA",), tuple("abcdefghij"), output=output[keep])
    demand, supply = recomputed(small, np.arange(3))
    np.testing.assert_allclose(found.demand[keep], demand, rtol=1e-9)
    np.testing.assert_allclose(found.supply[keep], supply, rtol=1e-9)
    assert found.demand[1] == found.demand[6] == found.supply[6] == 0.0
    pair = extract_flows(Chains(idle), np.arange(4), np.arange(4, 8))
    assert np.isfinite(pair.demand).all() and np.isfinite(pair.supply).all()


def test_value_added_is_an_interval_where_the_table_does_not_know_it() -> None:
    """Known: exact. Not known: from nothing to what inputs leave."""
    world = random_table(26)
    low, high = value_added_ratios(Chains(world))
    np.testing.assert_allclose(low, 1.0 - (world.flows / world.output).sum(axis=0), rtol=1e-10)
    assert (low == high).all()
    low, bound = value_added_ratios(Chains(replace(world, value_added=None)))
    assert (low == 0.0).all()
    np.testing.assert_allclose(bound, high, rtol=1e-10)


def test_the_real_table_against_recomputing() -> None:
    """One economy and one pair of OECD's table of 28 regions, both directions."""
    world = icio_regions()
    chains = Chains(world)
    nodes = np.arange(150, 200)
    found = extract(chains, nodes)
    active = np.flatnonzero(world.output > 0)
    small = table(
        world.flows[np.ix_(active, active)], world.final[active], ("AAA",),
        tuple(str(k) for k in active), output=world.output[active],
    )  # fmt: skip
    demand, supply = recomputed(small, np.flatnonzero(np.isin(active, nodes)))
    np.testing.assert_allclose(found.demand[active], demand, rtol=1e-8, atol=1e-6)
    np.testing.assert_allclose(found.supply[active], supply, rtol=1e-8, atol=1e-6)
