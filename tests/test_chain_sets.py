"""Minimal sets that stop an item, and the importance of their members: brute force, closed forms, networkx."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain_worlds import ECONOMIES, Link, Row, dossier, ecosystems, subsets, variant
from ostra.ecosystem import chain
from ostra.ecosystem.chain import families
from ostra.errors import MethodError, NotFoundError, UsageError

World = tuple[list[str], list[Link], list[Row], list[str]]


def build(world: World, **options: Any) -> chain.Structure:
    items, links, rows, complete = world
    return chain.structure(dossier(items, links, rows, complete=complete), **options)


def smallest(sets: list[frozenset[str]], largest: int) -> set[tuple[str, ...]]:
    """The minimal ones among sets, up to a size."""
    kept: list[frozenset[str]] = []
    for candidate in sorted(sets, key=len):
        if not any(other <= candidate for other in kept):
            kept.append(candidate)
    return {tuple(sorted(found)) for found in kept if len(found) <= largest}


LEVELS = st.sampled_from([0.0, 0.0, 0.1, 0.25, 0.5, 0.75, 0.9])


@settings(max_examples=200, deadline=None)
@given(ecosystems(cyclic=True), LEVELS, st.booleans(), st.integers(1, 4))
def test_minimal_sets_equal_those_of_all_subsets(world: World, level: float, certain: bool, size: int) -> None:
    """Every subset of the players is tried, with holds of the set; cycles, unknown shares and weights included."""
    made = build(world)
    sets = [players for players in subsets(made.players) if players]
    found = chain.set_holds(made, sets, [world[0][0]])
    held = found.low[0] if certain else found.high[0]
    expected = smallest([s for s, h in zip(sets, held, strict=True) if h >= 1 - level - 1e-9], len(ECONOMIES))
    got = chain.minimal_sets(made, world[0][0], level=level, max_size=size, certain=certain)
    assert set(got.sets) == {s for s in expected if len(s) <= size}
    assert got.truncated or all(len(s) <= size for s in expected)


@settings(max_examples=100, deadline=None)
@given(ecosystems(cyclic=True, intervals=False), LEVELS, st.integers(1, 3))
def test_minimal_sets_of_items_equal_those_of_all_subsets(world: World, level: float, size: int) -> None:
    """Items fail with all their providers: one owner for each item that has providers shows the same."""
    items, links, _, complete = world
    owners: list[Row] = [(item, f"X{chr(65 + k)}X", 1.0) for k, item in enumerate(items) if item not in complete]
    owned = build((items, links, owners, complete))
    by_player = chain.minimal_sets(owned, items[0], level=level, max_size=size)
    item_of = {row[1]: row[0] for row in owners}
    by_item = chain.minimal_sets(build(world), items[0], level=level, max_size=size, members="items")
    assert {tuple(sorted(item_of[p] for p in s)) for s in by_player.sets} == set(by_item.sets)


@settings(max_examples=60, deadline=None)
@given(ecosystems(cyclic=True, intervals=False), st.integers(1, 4))
def test_minimal_sets_of_organisations_equal_those_of_their_economies(world: World, size: int) -> None:
    """Firms, one for each economy and named after it, stop what their economies stop."""
    items, links, rows, complete = world
    firms: list[Row] = [(item, economy, share, {"organisation": economy.lower()}) for item, economy, share in rows]
    by_firm = chain.minimal_sets(build((items, links, firms, complete), of="organisations"), items[0], max_size=size)
    by_economy = chain.minimal_sets(build(world), items[0], max_size=size)
    assert {tuple(name.upper() for name in s) for s in by_firm.sets} == set(by_economy.sets)


# Where the problem reduces to one that networkx solves


@st.composite
def alternatives(draw: st.DrawFn) -> networkx.DiGraph:
    """A random acyclic graph with a way from 0 to the last node, which nothing else leaves unused."""
    count = draw(st.integers(4, 8))
    pairs = [(a, b) for a in range(count) for b in range(a + 1, count)]
    graph = networkx.DiGraph(draw(st.lists(st.sampled_from(pairs), unique=True, min_size=3)))
    graph.add_nodes_from(range(count))
    sink = count - 1
    for node in range(sink):
        if not graph.out_degree(node):
            graph.add_edge(node, sink)
    return graph


@settings(max_examples=80, deadline=None)
@given(alternatives())
def test_where_any_kind_will_do_single_stoppers_are_dominators_and_pairs_are_cuts(graph: networkx.DiGraph) -> None:
    """Kinds of kinds down to raw material: what stops the top alone dominates; the least set is a minimum node cut."""
    top, sink = 0, max(graph)
    reached = networkx.descendants(graph, top)
    names = {node: f"n{node}" for node in graph}
    made = build(
        (
            list(names.values()),
            [(names[a], names[b], variant()) for a, b in graph.edges],
            [(names[node], f"X{chr(65 + node)}X", 1.0) for node in graph],
            [],
        )
    )
    # An item that is stopped is stopped whatever its kinds do, so the top and the raw material are left out of cuts.
    found = chain.minimal_sets(made, names[top], max_size=len(graph), members="items")
    assert not found.truncated
    alone = {s[0] for s in found.sets if len(s) == 1}
    above = networkx.immediate_dominators(graph, top)
    dominators = set()
    node = sink
    while node != top:
        dominators.add(node)
        node = above[node]
    assert alone == {names[top], *(names[node] for node in dominators)}
    inner = [s for s in found.sets if not {names[top], names[sink]} & set(s)]
    if graph.has_edge(top, sink):
        assert inner == []
    else:
        assert min(len(s) for s in inner) == len(networkx.minimum_node_cut(graph, top, sink))
        for members in inner:
            cut = graph.copy()
            cut.remove_nodes_from([int(name[1:]) for name in members])
            assert not networkx.has_path(cut, top, sink)
    assert {name for s in found.sets for name in s} <= {names[node] for node in reached | {top}}


# Closed forms


def test_two_economies_share_a_machine_and_a_third_has_the_chemicals() -> None:
    """Alone: who has all chemicals. Together: the two that make the machine."""
    rows = [("tool", "AAA", 0.6), ("tool", "BBB", 0.4), ("gas", "CCC", 1.0)]
    made = build((["chip", "tool", "gas"], [("chip", "tool"), ("chip", "gas")], rows, ["chip"]))
    assert chain.minimal_sets(made, "chip").sets == (("CCC",), ("AAA", "BBB"))
    assert chain.minimal_sets(made, "chip", level=0.5).sets == (("AAA",), ("CCC",))
    small = chain.minimal_sets(made, "chip", max_size=1)
    assert (small.sets, small.truncated) == ((("CCC",),), True)
    assert "more than 1" in small.message
    assert chain.minimal_sets(made, "chip").message == "These are all minimal sets."


def test_possible_sets_use_the_high_bounds() -> None:
    """60 % known, the rest unknown between two: certainly only all three, possibly two of them."""
    rows = [("tool", "AAA", 0.6), ("tool", "BBB", None), ("tool", "CCC", None)]
    made = build((["tool"], [], rows, ["tool"]))
    assert chain.minimal_sets(made, "tool").sets == (("AAA", "BBB", "CCC"),)
    assert chain.minimal_sets(made, "tool", certain=False).sets == (("AAA", "BBB"), ("AAA", "CCC"))


def test_a_mean_in_a_cycle_that_stops_only_in_the_limit_counts_as_stopped() -> None:
    """x = 0.5 y + 0.5 z with y requiring x: who has z has all of x, though y never stops before x."""
    links = [("x", "y", variant(0.5)), ("x", "z", variant(0.5)), ("y", "x")]
    made = build((["x", "y", "z"], links, [("z", "AAA", 1.0)], ["x", "y"]))
    assert chain.minimal_sets(made, "x").sets == (("AAA",),)


def test_who_together_must_have_the_rest_are_tried_too() -> None:
    """Neither AAA nor BBB has a stated share of x, but they are all its providers: together they have half of top."""
    links = [("top", "x", variant(0.5)), ("top", "y", variant(0.5))]
    rows = [("x", "AAA", None), ("x", "BBB", None), ("y", "CCC", 1.0)]
    made = build((["top", "x", "y"], links, rows, ["top", "x"]))
    assert chain.minimal_sets(made, "top", level=0.5).sets == (("CCC",), ("AAA", "BBB"))


def test_what_is_asked_in_a_wrong_way_is_refused() -> None:
    """Levels outside [0, 1), sizes below 1, items that do not exist, probabilities beyond 1."""
    made = build((["i"], [], [("i", "AAA", 1.0)], []))
    with pytest.raises(UsageError, match="level"):
        chain.minimal_sets(made, "i", level=1.0)
    with pytest.raises(UsageError, match="max_size"):
        chain.minimal_sets(made, "i", max_size=0)
    with pytest.raises(NotFoundError, match="no item"):
        chain.minimal_sets(made, "j")
    with pytest.raises(UsageError, match="probability of AAA"):
        chain.importance(made, "i", probability=2.0)


def test_too_many_sets_end_with_a_message_and_not_with_a_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve equal providers have 220 sets of three that take a quarter; a limit of 100 is told."""
    rows = [("i", f"X{chr(65 + k)}X", 1 / 12) for k in range(12)]
    made = build((["i"], [], rows, []))
    assert len(chain.minimal_sets(made, "i", level=0.75).sets) == 220
    monkeypatch.setattr("ostra.ecosystem.chain.cutsets.MAX_SETS", 100)
    with pytest.raises(MethodError, match="smaller sets"):
        chain.minimal_sets(made, "i", level=0.75)


# Importance


def states(sets: list[tuple[str, ...]], p: dict[str, float]) -> float:
    """P(some set has failed), summed over all states."""
    names = sorted(p)
    total = 0.0
    for state in product([True, False], repeat=len(names)):
        failed = {name for name, down in zip(names, state, strict=True) if down}
        if any(set(s) <= failed for s in sets):
            chance = 1.0
            for name in names:
                chance *= p[name] if name in failed else 1.0 - p[name]
            total += chance
    return total


@settings(max_examples=100, deadline=None)
@given(ecosystems(), LEVELS, st.lists(st.floats(0.0, 1.0), min_size=4, max_size=4))
def test_importance_equals_the_sum_over_all_states(world: World, level: float, chances: list[float]) -> None:
    """Probability, Birnbaum and Fussell-Vesely importance by enumeration of what fails."""
    made = build(world)
    p = dict(zip(ECONOMIES, chances, strict=True))
    got = chain.importance(made, world[0][0], level=level, probability=p)
    sets = list(got.cut_sets.sets)
    used = {name: p[name] for s in sets for name in s}
    assert got.stopped == pytest.approx(states(sets, used), abs=1e-9)
    for row in got.table.iter_rows(named=True):
        member = row["member"]
        down, up = (states(sets, used | {member: chance}) for chance in (1.0, 0.0))
        assert row["birnbaum"] == pytest.approx(down - up, abs=1e-6)
        if got.stopped > 1e-6:
            with_it = states([s for s in sets if member in s], used)
            assert row["fussell_vesely"] == pytest.approx(with_it / got.stopped, abs=1e-6)
        assert row["sets"] == sum(member in s for s in sets)


def test_importance_in_series_in_parallel_and_two_of_three() -> None:
    """Series of n: Birnbaum (1 - p)^(n-1). Parallel of n: p^(n-1), all Fussell-Vesely 1. Two of three: 2p(1 - p)."""
    p = 0.2
    owners = [("a", "AAA", 1.0), ("b", "BBB", 1.0), ("c", "CCC", 1.0)]
    items = ["top", "a", "b", "c"]
    series = build((items, [("top", i) for i in "abc"], owners, ["top"]))
    found = chain.importance(series, "top", probability=p)
    assert found.stopped == pytest.approx(1 - 0.8**3)
    assert found.table["birnbaum"].to_list() == pytest.approx([0.8**2] * 3)
    assert found.table["fussell_vesely"].to_list() == pytest.approx([p / found.stopped] * 3)
    parallel = build((items, [("top", i, variant()) for i in "abc"], owners, ["top"]))
    found = chain.importance(parallel, "top", probability=p)
    assert found.stopped == pytest.approx(p**3)
    assert found.table["birnbaum"].to_list() == pytest.approx([p**2] * 3)
    assert found.table["fussell_vesely"].to_list() == pytest.approx([1.0] * 3)
    third = 1 / 3
    voting = build((["top"], [], [("top", "AAA", third), ("top", "BBB", third), ("top", "CCC", third)], []))
    found = chain.importance(voting, "top", level=0.34, probability=p)
    assert [len(s) for s in found.cut_sets.sets] == [2, 2, 2]
    assert found.stopped == pytest.approx(3 * p**2 * 0.8 + p**3)
    assert found.table["birnbaum"].to_list() == pytest.approx([2 * p * (1 - p)] * 3)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 255), max_size=25))
def test_minimal_families_and_products_equal_those_by_definition(masks: list[int]) -> None:
    """A set is kept if no other is a proper part of it; products are the minimal unions."""
    expected = {m for m in masks if not any(o != m and o & m == o for o in masks)}
    assert families.minimal(masks) == expected
    half = [families.minimal(masks[::2]), families.minimal(masks[1::2])]
    unions = [a | b for a in half[0] for b in half[1]]
    got, dropped = families.product(half, 8)
    assert got == {m for m in unions if not any(o != m and o & m == o for o in unions)}
    assert not dropped
    small, dropped = families.product(half, 2)
    assert small == {m for m in got if m.bit_count() <= 2}
    assert dropped == any(m.bit_count() > 2 for m in unions)


def test_a_family_that_needs_its_whole_size_is_found_by_combinations() -> None:
    """Four of five equal economies leave a fifth; every set of four does it and none smaller."""
    rows = [("i", f"X{chr(65 + k)}X", 0.2) for k in range(5)]
    found = chain.minimal_sets(build((["i"], [], rows, [])), "i", level=0.2, max_size=4)
    assert list(found.sets) == [tuple(s) for s in combinations(sorted(row[1] for row in rows), 4)]
