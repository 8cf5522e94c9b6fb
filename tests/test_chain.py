"""Holds through the chain: closed forms, a plain twin, intervals, cycles, tiers, rules for odd rows."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain_worlds import (
    ECONOMIES,
    Link,
    Row,
    amounts_of,
    dossier,
    ecosystems,
    extreme_share,
    subsets,
    twin,
    variant,
)
from ostra.ecosystem import chain
from ostra.ecosystem.holds import Hold
from ostra.errors import NotFoundError, UsageError
from ostra.model.base import Interval

World = tuple[list[str], list[Link], list[Row], list[str]]


def build(world: World, **options: Any) -> chain.Structure:
    items, links, rows, complete = world
    return chain.structure(dossier(items, links, rows, complete=complete), **options)


def hold(structure: chain.Structure, economy: str, item: str) -> tuple[float, float]:
    return chain.holds(structure, [economy], [item]).at(item)


# Closed forms


def test_a_chain_passes_on_the_largest_share_times_essentialities() -> None:
    """chips <- 0.5 fab <- 0.8 tool: the hold is max(s, 0.5 s', 0.4 s'')."""
    made = build(
        (
            ["chips", "fab", "tool"],
            [("chips", "fab", {"essentiality": 0.5}), ("fab", "tool", {"essentiality": 0.8})],
            [
                ("chips", "AAA", 0.3),
                ("chips", "BBB", 0.7),
                ("fab", "CCC", 1.0),
                ("tool", "AAA", 0.9),
                ("tool", "DDD", 0.1),
            ],
            [],
        )
    )
    assert hold(made, "AAA", "chips") == pytest.approx((0.36, 0.36))
    assert hold(made, "BBB", "chips") == pytest.approx((0.7, 0.7))
    assert hold(made, "CCC", "chips") == pytest.approx((0.5, 0.5))
    assert hold(made, "DDD", "chips") == pytest.approx((0.04, 0.04))


def test_a_diamond_takes_the_worse_arm_and_a_mean_over_kinds() -> None:
    """Required arms: the larger hold; kinds with weights 0.25 and 0.75: the mean; without: from best to worst."""
    arms = [("l", "AAA", 0.4), ("l", "BBB", 0.6), ("r", "AAA", 0.8), ("r", "BBB", 0.2)]
    required = build((["top", "l", "r"], [("top", "l"), ("top", "r")], arms, ["top"]))
    assert hold(required, "AAA", "top") == pytest.approx((0.8, 0.8))
    weighted = build((["top", "l", "r"], [("top", "l", variant(0.25)), ("top", "r", variant(0.75))], arms, ["top"]))
    assert hold(weighted, "AAA", "top") == pytest.approx((0.7, 0.7))
    free = build((["top", "l", "r"], [("top", "l", variant()), ("top", "r", variant())], arms, ["top"]))
    assert hold(free, "AAA", "top") == pytest.approx((0.4, 0.8))
    assert hold(free, "BBB", "top") == pytest.approx((0.2, 0.6))


def test_known_weights_leave_the_rest_to_kinds_of_unknown_weight() -> None:
    """Weight 0.5 known, two kinds share the other half in any way."""
    rows = [("x", "AAA", 1.0), ("y", "AAA", 0.2), ("y", "BBB", 0.8), ("z", "BBB", 1.0)]
    links = [("top", "x", variant(0.5)), ("top", "y", variant()), ("top", "z", variant())]
    made = build((["top", "x", "y", "z"], links, rows, ["top"]))
    assert hold(made, "AAA", "top") == pytest.approx((0.5, 0.6))


def test_weights_that_fall_short_leave_the_rest_to_kinds_not_listed() -> None:
    """0.6 listed: the other 0.4 may be held by anybody, or nobody; weights above one are divided by their sum."""
    short = build((["top", "x"], [("top", "x", variant(0.6))], [("x", "AAA", 1.0)], ["top"]))
    assert hold(short, "AAA", "top") == pytest.approx((0.6, 1.0))
    assert hold(short, "BBB", "top") == pytest.approx((0.0, 0.4))
    assert any("not listed" in text for text in short.caveats["top"])
    rows = [("x", "AAA", 1.0), ("y", "BBB", 1.0)]
    over = build((["top", "x", "y"], [("top", "x", variant(0.9)), ("top", "y", variant(0.9))], rows, ["top"]))
    assert hold(over, "AAA", "top") == pytest.approx((0.5, 0.5))


# The plain twin, on every subset of players


def check_against_twin(world: World) -> None:
    items, links, rows, complete = world
    sets = [players for players in subsets(ECONOMIES) if players]
    found = chain.set_holds(build(world), sets)
    for number, players in enumerate(sets):
        for most in (False, True):

            def share(item: str, players: frozenset[str] = players, most: bool = most) -> float:
                amounts = amounts_of(item, rows, complete)
                return 0.0 if amounts is None else extreme_share(amounts, players, most=most)

            expected = twin(items, links, share, high=most)
            table = found.high if most else found.low
            got = dict(zip(found.items, table[:, number].tolist(), strict=True))
            assert got == pytest.approx(expected, abs=1e-8), (sorted(players), most)


@settings(max_examples=150, deadline=None)
@given(ecosystems())
def test_holds_of_all_sets_equal_those_of_the_twin(world: World) -> None:
    """All subsets of four economies, with unknown shares and weights, without cycles."""
    check_against_twin(world)


@settings(max_examples=150, deadline=None)
@given(ecosystems(cyclic=True))
def test_holds_in_cycles_equal_those_of_the_twin(world: World) -> None:
    """The least fixed point of random cycles of required items and kinds, reached by plain iteration from zero."""
    check_against_twin(world)


@settings(max_examples=60, deadline=None)
@given(ecosystems(cyclic=True))
def test_players_at_once_equal_sets_of_one(world: World) -> None:
    """The sparse way for all players and the way for sets agree."""
    made = build(world)
    alone = chain.set_holds(made, [{player} for player in made.players])
    at_once = chain.holds(made)
    assert at_once.low == pytest.approx(alone.low, abs=1e-12)
    assert at_once.high == pytest.approx(alone.high, abs=1e-12)


# Invariants


@settings(max_examples=60, deadline=None)
@given(ecosystems(cyclic=True), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_bit(world: World, rng: random.Random) -> None:
    """Items, links and provision in any order give the same arrays, bit for bit."""
    items, links, rows, complete = world
    shuffled = ([*items], [*links], [*rows], complete)
    for part in shuffled[:3]:
        rng.shuffle(part)
    one, other = chain.holds(build(world)), chain.holds(build(shuffled))
    assert one.items == other.items
    assert one.low.tobytes() == other.low.tobytes()
    assert one.high.tobytes() == other.high.tobytes()


@settings(max_examples=80, deadline=None)
@given(ecosystems(cyclic=True), st.data())
def test_more_withholders_never_hold_less(world: World, data: st.DataObject) -> None:
    """Both bounds are monotone in the set."""
    small = data.draw(st.sets(st.sampled_from(ECONOMIES), min_size=1))
    large = small | data.draw(st.sets(st.sampled_from(ECONOMIES)))
    found = chain.set_holds(build(world), [small, large])
    assert (found.low[:, 1] >= found.low[:, 0] - 1e-9).all()
    assert (found.high[:, 1] >= found.high[:, 0] - 1e-9).all()


@settings(max_examples=80, deadline=None)
@given(ecosystems(cyclic=True), st.data())
def test_a_further_supplier_never_raises_anothers_hold(world: World, data: st.DataObject) -> None:
    """A supplier that nobody named takes from what no row accounted for, or from unknown shares."""
    items, links, rows, complete = world
    item = data.draw(st.sampled_from(items))
    taken = sum(low for who, low, _ in amounts_of(item, rows, complete) or [] if who)
    share = data.draw(st.floats(0.0, 1.0)) * max(0.0, 0.99 - taken)
    if item in complete or share <= 0.0:
        return
    before = chain.holds(build(world), ECONOMIES)
    after = chain.holds(build((items, links, [*rows, (item, "NEW", share)], complete)), ECONOMIES)
    assert (after.low <= before.low + 1e-9).all()
    assert (after.high <= before.high + 1e-9).all()


@settings(max_examples=60, deadline=None)
@given(ecosystems(cyclic=True), st.randoms(use_true_random=False))
def test_intervals_contain_every_completion(world: World, rng: random.Random) -> None:
    """Fill in shares and weights in ways that the rows allow: each hold lies within its bounds."""
    items, links, rows, complete = world
    found = chain.holds(build(world), ECONOMIES)
    for _ in range(5):
        filled: list[Row] = []
        for item in items:
            amounts = amounts_of(item, rows, complete)
            if amounts is None:
                continue
            order = rng.sample(range(len(amounts)), len(amounts))
            values = [low for _, low, _ in amounts]
            free = 1.0 - sum(values)
            for k in order:
                part = min(free, amounts[k][2] - amounts[k][1]) * rng.choice([1.0, rng.random()])
                values[k] += part
                free -= part
            for k in order:
                part = min(free, amounts[k][2] - values[k])
                values[k] += part
                free -= part
            # What no row accounts for goes to somebody whose total no row states.
            heir = rng.choice(sorted({*ECONOMIES, "EEE"} - {who for who, _, _ in amounts if who}))
            shares: dict[str, float] = {}
            for (who, _, _), value in zip(amounts, values, strict=True):
                shares[who or heir] = shares.get(who or heir, 0.0) + value
            filled += [(item, who, min(1.0, value)) for who, value in shares.items()]
        loose: dict[str, list[int]] = {}
        known: dict[str, float] = {}
        for k, link in enumerate(links):
            if len(link) == 3 and link[2].get("kind") == "variant_of":
                if "weight" in link[2]:
                    known[link[0]] = known.get(link[0], 0.0) + link[2]["weight"]
                else:
                    loose.setdefault(link[0], []).append(k)
        settled = list(links)
        for item, places in loose.items():
            cuts = [rng.choice([0.05, 1.0, 20.0]) for _ in places]
            for k, cut in zip(places, cuts, strict=True):
                settled[k] = (links[k][0], links[k][1], variant((1 - known.get(item, 0.0)) * cut / sum(cuts)))
        exact = chain.holds(build((items, settled, filled, complete)), ECONOMIES)
        assert (exact.low >= found.low - 1e-6).all()
        assert (exact.high <= found.high + 1e-6).all()


# Cycles and size


def test_in_a_cycle_of_required_items_all_have_the_largest_share() -> None:
    """Tools need chips, chips need fabs, fabs need tools; nothing is lost that no withholding explains."""
    links = [("chips", "fabs"), ("fabs", "tools"), ("tools", "chips")]
    rows = [
        ("chips", "AAA", 0.1),
        ("chips", "BBB", 0.9),
        ("tools", "AAA", 0.6),
        ("tools", "CCC", 0.4),
        ("fabs", "DDD", 1.0),
    ]
    found = chain.holds(build((["chips", "fabs", "tools"], links, rows, [])), ["AAA", "BBB", "EEE"])
    assert found.low[:, 0] == pytest.approx([0.6] * 3)
    assert found.low[:, 1] == pytest.approx([0.9] * 3)
    assert found.high[:, 2] == pytest.approx([0.0] * 3)


def test_a_cycle_through_a_mean_has_the_closed_form_of_its_equation() -> None:
    """x = 0.5 y + 0.5 z and y requires x, z held to 0.8: x = y = 0.8, though each round only halves the distance."""
    links = [("x", "y", variant(0.5)), ("x", "z", variant(0.5)), ("y", "x")]
    found = chain.holds(build((["x", "y", "z"], links, [("z", "AAA", 0.8), ("z", "BBB", 0.2)], ["x", "y"])), ["AAA"])
    assert found.low[:, 0] == pytest.approx([0.8] * 3, abs=1e-9)
    assert found.unresolved == ()


def test_weights_that_sum_to_one_but_for_the_last_bit_do_not_creep() -> None:
    """Kinds of weights 20 / 20.05 and 0.05 / 20.05 in a ring of required items: the largest share, and settled."""
    links = [("x", "y", variant(20.0 / 20.05)), ("x", "z", variant(0.05 / 20.05)), ("y", "x"), ("z", "x")]
    rows = [("x", "AAA", 7 / 9), ("x", "BBB", 2 / 9)]
    found = chain.holds(build((["x", "y", "z"], links, rows, ["y", "z"])), ["AAA"])
    assert found.high[:, 0] == pytest.approx([7 / 9] * 3, abs=1e-9)
    assert found.unresolved == ()


def test_a_cycle_that_settles_slowly_is_solved() -> None:
    """With weight 1e-4 on the way out, plain rounds would take some 200,000; the choices are right after 100."""
    links = [("x", "y", variant(1 - 1e-4)), ("x", "z", variant(1e-4)), ("y", "x")]
    made = build((["x", "y", "z"], links, [("z", "AAA", 0.8), ("z", "BBB", 0.2)], ["x", "y"]))
    found = chain.holds(made, ["AAA", "BBB"])
    assert found.low == pytest.approx(np.array([[0.8, 0.2]] * 3), abs=1e-9)
    assert found.unresolved == ()


def test_a_cycle_that_settles_too_slowly_keeps_safe_bounds_and_says_so() -> None:
    """With weight 1e-9 on the way out, the low bound stays below 0.8, the high one above, and the items are named."""
    links = [("x", "y", variant(1 - 1e-9)), ("x", "z", variant(1e-9)), ("y", "x")]
    made = build((["x", "y", "z"], links, [("z", "AAA", 0.8), ("z", "BBB", 0.2)], ["x", "y"]))
    found = chain.holds(made, ["AAA"])
    assert found.low[0, 0] <= 0.8 <= found.high[0, 0]
    assert found.unresolved == ("x", "y")
    assert any("not followed to the end" in text for text in chain.trace_holds(made, "AAA", ["x"])[0].caveats)


@pytest.mark.parametrize("ring", [False, True])
def test_five_thousand_items_in_a_row_or_a_ring(ring: bool) -> None:
    """No recursion, and the hold at the far end reaches the first item, path and all."""
    items = [f"i{k:04}" for k in range(5000)]
    links: list[Link] = list(pairwise(items))
    if ring:
        links.append((items[-1], items[0]))
    made = build((items, links, [(items[-1], "AAA", 0.7), (items[-1], "BBB", 0.3)], items[:-1]))
    assert hold(made, "AAA", items[0]) == pytest.approx((0.7, 0.7))
    path = chain.trace_holds(made, "AAA", [items[0]])[0]
    assert (path.chokepoint, path.tier) == (items[-1], 5000)
    assert chain.minimal_sets(made, items[0], level=0.3).sets == (("AAA",),)


def test_a_ring_in_which_each_step_loses_a_little() -> None:
    """A thousand items in a ring, each of essentiality 0.999 for the next: 0.999 to the power of the distance."""
    items = [f"i{k:03}" for k in range(1000)]
    links: list[Link] = [(a, b, {"essentiality": 0.999}) for a, b in pairwise([*items, items[0]])]
    made = build((items, links, [("i700", "AAA", 0.5), ("i700", "BBB", 0.5)], [i for i in items if i != "i700"]))
    found = chain.holds(made, ["AAA"], ["i000", "i701", "i700"])
    assert found.low[:, 0] == pytest.approx([0.5 * 0.999**700, 0.5 * 0.999**999, 0.5])
    path = chain.trace_holds(made, "AAA", ["i701"])[0]
    assert (path.tier, path.chokepoint) == (1000, "i700")


def test_an_item_with_a_hundred_thousand_links() -> None:
    """One item requires 100,000 others, and the one that is held decides."""
    count = 100_000
    items = ["top", *(f"i{k}" for k in range(count))]
    links: list[Link] = [("top", item) for item in items[1:]]
    made = build((items, links, [("i77777", "AAA", 0.4), ("i77777", "BBB", 0.6)], [i for i in items if i != "i77777"]))
    found = chain.holds(made, items=["top"])
    assert found.low[0].tolist() == pytest.approx([0.4, 0.6])
    assert chain.trace_holds(made, "AAA", ["top"])[0].chokepoint == "i77777"


# Tiers


@settings(max_examples=60, deadline=None)
@given(ecosystems())
def test_tiers_grow_to_the_hold(world: World) -> None:
    """T1 <= T2 <= ... and as many tiers as items give the hold itself."""
    made = build(world)
    tiers = chain.tier_holds(made, len(world[0]) + 1, made.players)
    for near, far in pairwise(tiers):
        assert (near.low <= far.low + 1e-9).all()
        assert (near.high <= far.high + 1e-9).all()
    every = chain.holds(made)
    assert tiers[-1].low == pytest.approx(every.low)
    assert tiers[-1].high == pytest.approx(every.high)


def test_tiers_count_required_links_and_not_kinds() -> None:
    """car (0.1) > chip ~ logic > fab (0.6) > tool (0.9): 0.1 at tier 1, 0.1 at 2, 0.6 at 3, 0.9 at 4."""
    rows: list[Row] = []
    for item, share in (("car", 0.1), ("fab", 0.6), ("tool", 0.9)):
        rows += [(item, "AAA", share), (item, "BBB", 1 - share)]
    links = [("car", "chip"), ("chip", "logic", variant(1.0)), ("logic", "fab"), ("fab", "tool")]
    made = build((["car", "chip", "logic", "fab", "tool"], links, rows, ["chip", "logic"]))
    assert [t.at("car")[0] for t in chain.tier_holds(made, 4, ["AAA"])] == pytest.approx([0.1, 0.1, 0.6, 0.9])
    with pytest.raises(UsageError, match="counted from 1"):
        chain.tier_holds(made, 0, made.players)


# Rules for odd rows


def shares(rows: list[Row], **options: Any) -> dict[str, tuple[float, float]]:
    """Shares of all players in an item with these rows."""
    complete = options.pop("complete", ())
    made = chain.structure(dossier(["i"], [], rows, complete=complete), **options)
    found = chain.holds(made)
    return {p: (float(found.share_low[0, k]), float(found.share_high[0, k])) for k, p in enumerate(made.players)}


def near(low: float, high: float | None = None) -> Any:
    return pytest.approx((low, low if high is None else high), abs=1e-9)


def test_a_provider_without_share_takes_at_most_what_others_leave() -> None:
    """AAA 60 %, BBB unknown: BBB has 0 to 40 %; AAA is stated as a total, so 60 %."""
    found = shares([("i", "AAA", 0.6), ("i", "BBB", None)])
    assert found == {"AAA": near(0.6), "BBB": near(0.0, 0.4)}


def test_the_only_providers_share_the_whole() -> None:
    """If AAA and BBB are all there are, BBB has the 40 % that AAA leaves."""
    assert shares([("i", "AAA", 0.6), ("i", "BBB", None)], complete=["i"]) == {"AAA": near(0.6), "BBB": near(0.4)}
    assert shares([("i", "AAA", 0.3), ("i", "BBB", 0.2)], complete=["i"]) == {"AAA": near(0.6), "BBB": near(0.4)}


def test_who_is_not_named_may_provide_what_no_row_accounts_for() -> None:
    """60 % are listed: a third economy has 0 to 40 %, unless the list is read as all."""
    made = dossier(["i"], [], [("i", "AAA", 0.6)])
    assert hold(chain.structure(made), "ZAF", "i") == near(0.0, 0.4)
    listed = chain.structure(made, unnamed="none")
    assert hold(listed, "ZAF", "i") == near(0.0)
    assert hold(listed, "AAA", "i") == near(0.6)
    assert any("nobody named" in text for text in listed.caveats["i"])


def test_an_item_without_rows_is_unknown_unless_complete() -> None:
    """Unknown is anything from 0 to 1; complete without rows is an item that has no provider of its own."""
    assert hold(build((["i"], [], [], [])), "AAA", "i") == near(0.0, 1.0)
    assert hold(build((["i"], [], [], ["i"])), "AAA", "i") == near(0.0)


def test_organisations_add_up_and_their_economy_may_have_more() -> None:
    """Two firms of AAA with 30 % and 20 %: at least 50 %; up to 90 % as long as nobody states AAA's total."""
    firms: list[Row] = [
        ("i", "AAA", 0.3, {"organisation": "One"}),
        ("i", "AAA", 0.2, {"organisation": "Two"}),
        ("i", "BBB", 0.1),
    ]
    assert shares(firms) == {"AAA": near(0.5, 0.9), "BBB": near(0.1)}
    by_firm = shares(firms, of="organisations")
    assert by_firm == {"One": near(0.3, 0.7), "Two": near(0.2, 0.6), "BBB (not named)": near(0.1)}


def test_a_total_contains_the_organisations_that_are_part_of_it() -> None:
    """AAA 60 % with firms of 50 %: 60 %, and 10 % are firms without a name; firms beyond the total widen it."""
    rows: list[Row] = [("i", "AAA", 0.6), ("i", "AAA", 0.5, {"organisation": "One", "part_of_economy": True})]
    assert shares(rows) == {"AAA": near(0.6)}
    found = shares(rows, of="organisations")
    assert found == {"AAA (not named)": near(0.1), "One": near(0.5)}
    rows[1] = ("i", "AAA", 0.7, {"organisation": "One", "part_of_economy": True})
    assert shares(rows) == {"AAA": near(0.6, 0.7)}


def test_a_region_touches_its_members_and_holds_with_all_of_them() -> None:
    """30 % from "AAA or BBB": each 0 to 30 %, both together 30 %."""
    rows: list[Row] = [("i", "ZZZ", 0.3, {"among": ["AAA", "BBB"]}), ("i", "CCC", 0.7)]
    assert shares(rows) == {"AAA": near(0.0, 0.3), "BBB": near(0.0, 0.3), "CCC": near(0.7)}
    made = chain.structure(dossier(["i"], [], rows))
    found = chain.set_holds(made, [{"AAA", "BBB"}, {"AAA", "CCC"}])
    assert found.low[0].tolist() == pytest.approx([0.3, 0.7])
    assert found.high[0].tolist() == pytest.approx([0.3, 1.0])
    assert any("does not tell apart" in text for text in made.caveats["i"])


def test_various_countries_may_be_anybody() -> None:
    """30 % "various": any economy, named or not, may have up to 30 % of it, and none has it for certain."""
    made = chain.structure(dossier(["i"], [], [("i", "ZZZ", 0.3), ("i", "CCC", 0.7)]))
    assert hold(made, "CCC", "i") == near(0.7, 1.0)
    assert hold(made, "AAA", "i") == near(0.0, 0.3)


def test_rounding_is_divided_out_and_contradiction_becomes_at_most() -> None:
    """102 % is rounding; 140 % (of two years) cannot be: each share is then at most what is stated."""
    found = shares([("i", "AAA", 0.51), ("i", "BBB", 0.51)])
    assert found == {"AAA": near(0.5), "BBB": near(0.5)}
    rows: list[Row] = [("i", "AAA", 0.8, {"year": 2020}), ("i", "BBB", 0.6, {"year": 2022})]
    made = chain.structure(dossier(["i"], [], rows))
    assert hold(made, "AAA", "i") == near(0.4, 0.8)
    assert hold(made, "BBB", "i") == near(0.2, 0.6)
    assert any("140%" in text for text in made.caveats["i"])
    assert any("2020, 2022" in text for text in made.caveats["i"])


def test_the_same_row_counts_once_and_differing_rows_span_an_interval() -> None:
    """Three times 30 % is 30 %; 30 % and 40 % of one year is 30 to 40 %; of two years the later."""
    assert shares([("i", "AAA", 0.3)] * 3) == {"AAA": near(0.3)}
    assert shares([("i", "AAA", 0.3), ("i", "AAA", 0.4)]) == {"AAA": near(0.3, 0.4)}
    years: list[Row] = [("i", "AAA", 0.3, {"year": 2020}), ("i", "AAA", 0.4, {"year": 2022})]
    assert shares(years) == {"AAA": near(0.4)}
    assert shares(years, year=2021) == {"AAA": near(0.3)}


def test_bases_are_kept_apart_and_joined_only_on_request() -> None:
    """Made in AAA and BBB, controlled from BBB and CCC; either: between the larger and the sum."""
    rows: list[Row] = [
        ("i", "AAA", 0.6),
        ("i", "BBB", 0.4),
        ("i", "BBB", 0.3, {"by": "headquarters", "organisation": "Firm"}),
        ("i", "CCC", 0.7, {"by": "headquarters"}),
    ]
    assert shares(rows) == {"AAA": near(0.6), "BBB": near(0.4)}
    assert shares(rows, by="headquarters") == {"BBB": near(0.3), "CCC": near(0.7)}
    assert shares(rows, by="either") == {"AAA": near(0.6), "BBB": near(0.4, 0.7), "CCC": near(0.7)}


def test_ownership_moves_a_firm_to_the_seat_of_its_last_owner() -> None:
    """Firm belongs to Mid of BBB, Mid to Top of CCC; two that own each other stay where they are."""
    rows: list[Row] = [
        ("i", "AAA", 0.6, {"by": "headquarters", "organisation": "Firm"}),
        ("i", "AAA", 0.4, {"by": "headquarters", "organisation": "Ring"}),
    ]
    owners = [("Firm", "Mid", "BBB"), ("Mid", "Top", "CCC"), ("Ring", "Gnir", "DDD"), ("Gnir", "Ring", "AAA")]
    made = chain.structure(
        dossier(
            ["i"],
            [],
            rows,
            ownership=[{"organisation": o, "owner": w, "economy": e, "claims": ["c"]} for o, w, e in owners],
        ),
        by="ownership",
    )
    assert hold(made, "CCC", "i") == near(0.6)
    assert hold(made, "AAA", "i") == near(0.4)
    assert any("own each other" in text for text in made.caveats["i"])


def test_items_without_rows_inherit_from_facts() -> None:
    """Production stands before imports; several headings give the interval over them; evidence is kept."""

    def fact(measure: Any, key: str, economy: str, share: float) -> Hold:
        return Hold("i", "I", economy, measure, key, Interval.exactly(share), 2022, f"material.i.{economy}")

    bare = dossier(["i"])
    imports = [fact("import share", "import.1", "AAA", 0.6), fact("import share", "import.2", "AAA", 0.2)]
    imports.append(fact("import share", "import.1", "BBB", 0.3))
    made = chain.structure(bare, inherited=imports)
    assert hold(made, "AAA", "i") == near(0.2, 0.6)
    assert hold(made, "BBB", "i") == near(0.0, 0.3)
    made = chain.structure(bare, inherited=[*imports, fact("production share", "production", "CCC", 0.9)])
    assert hold(made, "CCC", "i") == near(0.9)
    assert chain.trace_holds(made, "CCC", ["i"])[0].hops[-1].evidence == ("material.i.CCC",)
    own = chain.structure(dossier(["i"], [], [("i", "DDD", 1.0)]), inherited=imports)
    assert hold(own, "AAA", "i") == near(0.0)


def test_members_of_a_bloc_act_as_one() -> None:
    """AAA and BBB as one player; two blocs must not share a member."""
    made = dossier(["i"], [], [("i", "AAA", 0.3), ("i", "BBB", 0.5), ("i", "CCC", 0.2)])
    bloc = chain.structure(made, blocs={"BLOC": {"AAA", "BBB"}})
    assert bloc.players == ("BLOC", "CCC")
    assert hold(bloc, "AAA", "i") == hold(bloc, "BLOC", "i") == near(0.8)
    part = chain.structure(dossier(["i"], [], [("i", "AAA", 0.3), ("i", "CCC", 0.2)]), blocs={"BLOC": {"AAA", "BBB"}})
    assert hold(part, "BLOC", "i") == near(0.3, 0.8)  # BBB may provide what no row accounts for
    with pytest.raises(UsageError, match="must not overlap"):
        chain.structure(made, blocs={"ONE": {"AAA"}, "TWO": {"AAA", "BBB"}})


# Withholding from home alone


@settings(max_examples=60, deadline=None)
@given(ecosystems(cyclic=True), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_withholding_from_home_alone_never_does_more(world: World, one: float, other: float) -> None:
    """A hold on home is at most the hold on the world, falls with diversion, and vanishes when all is diverted."""
    made = build(world)
    least, most = sorted((one, other))
    world_wide = chain.holds(made, ["BBB", "CCC"])
    little = chain.holds_on_home(made, ["AAA"], ["BBB", "CCC"], diversion=least)
    much = chain.holds_on_home(made, ["AAA"], ["BBB", "CCC"], diversion=most)
    between = chain.holds_on_home(made, ["AAA"], ["BBB", "CCC"], diversion=(least, most))
    assert (little.high <= world_wide.high + 1e-9).all()
    assert (little.low <= world_wide.low + 1e-9).all()
    assert (much.high <= little.high + 1e-9).all()
    assert between.low == pytest.approx(much.low)
    assert between.high == pytest.approx(little.high)
    nothing = chain.holds_on_home(made, ["AAA"], ["BBB", "CCC"], diversion=1.0)
    assert not nothing.low.any()


def test_inputs_withheld_from_home_hit_only_what_home_makes() -> None:
    """BBB has all tools and 20 % of chips, home makes 50 % of chips: max(0.2 (1 - d), 0.5 (1 - d))."""
    rows = [("chips", "AAA", 0.5), ("chips", "BBB", 0.2), ("chips", "CCC", 0.3), ("tools", "BBB", 1.0)]
    made = build((["chips", "tools"], [("chips", "tools")], rows, []))
    assert hold(made, "BBB", "chips") == near(1.0)
    for d, expected in ((0.0, 0.5), (0.4, 0.3), (1.0, 0.0)):
        assert chain.holds_on_home(made, ["AAA"], ["BBB"], diversion=d).at("chips") == near(expected)
    with pytest.raises(UsageError, match="fraction"):
        chain.holds_on_home(made, ["AAA"], diversion=1.5)
    with pytest.raises(UsageError, match="belongs to home"):
        chain.holds_on_home(made, ["AAA"], ["AAA"])
    with pytest.raises(UsageError, match="no members"):
        chain.holds_on_home(made, [])


def test_an_item_that_does_not_exist_is_named_with_those_that_do() -> None:
    """Items are found by id or name."""
    made = build((["i"], [], [("i", "AAA", 1.0)], []))
    assert chain.holds(made, ["AAA"], ["I"]).low[0, 0] == 1.0
    with pytest.raises(NotFoundError, match=r"no item 'x'\. There are: i"):
        chain.holds(made, items=["x"])


def test_arrays_have_one_row_for_each_item_asked_for() -> None:
    """Items in the order asked for, economies in the order asked for."""
    made = build((["a", "b"], [("a", "b")], [("a", "AAA", 1.0), ("b", "BBB", 1.0)], []))
    found = chain.holds(made, ["BBB", "AAA"], ["b", "a"])
    assert found.items == ("b", "a")
    assert found.low.tolist() == [[1.0, 0.0], [1.0, 1.0]]
    assert np.array_equal(found.low, found.high)
