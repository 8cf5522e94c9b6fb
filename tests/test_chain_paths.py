"""Where holds come from, holds as tables, and what two sides hold of each other."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings

from chain_worlds import ECONOMIES, Link, Row, dossier, ecosystems, variant
from ostra.ecosystem import chain
from ostra.errors import UsageError
from ostra.model.dossier import Dossier

World = tuple[list[str], list[Link], list[Row], list[str]]


def build(world: World, **options: Any) -> chain.Structure:
    items, links, rows, complete = world
    return chain.structure(dossier(items, links, rows, complete=complete), **options)


def fab() -> Dossier:
    """Chips need a fab, the fab a lithography tool of two kinds; AAA has all of the better kind."""
    return dossier(
        ["chip", "fab", "litho", "euv", "duv", "gas"],
        [
            ("chip", "fab", {"claims": ["c"]}),
            ("fab", "litho"),
            ("fab", "gas", {"essentiality": 0.5}),
            ("litho", "euv", variant(0.75)),
            ("litho", "duv", variant(0.25)),
        ],
        [
            ("euv", "AAA", 1.0, {"organisation": "Maker", "year": 2022}),
            ("duv", "AAA", 0.4, {"year": 2020}),
            ("duv", "BBB", 0.6, {"year": 2020}),
            ("gas", "CCC", 0.9),
            ("gas", "AAA", 0.1),
        ],
        complete=["chip", "fab", "litho"],
    )


def test_a_path_names_each_hop_with_its_share_year_and_claims() -> None:
    """AAA's 0.75 + 0.25 · 0.4 = 0.85 of chips comes to rest at EUV tools, two required links away."""
    path = chain.trace_holds(chain.structure(fab()), "AAA", ["chip"])[0]
    assert (path.low, path.high) == pytest.approx((0.85, 0.85))
    assert chain.path_text(path) == "chip > fab > litho ~ euv"
    assert (path.chokepoint, path.tier, path.year, path.certain) == ("euv", 3, 2022, True)
    assert (path.suppliers_remaining, path.organisations) == (0, ("Maker",))
    assert [hop.link for hop in path.hops] == [None, "requires", "requires", "variant_of"]
    assert path.hops[1].link_claims == ("c",)
    assert path.hops[-1].factor == 0.75
    assert path.hops[-1].evidence == ("provision.euv.AAA.location",)
    assert path.hops[-1].claims == ("c",)
    assert any("several kinds" in text for text in path.caveats)


def test_essentiality_weakens_the_way_and_rivals_remain() -> None:
    """CCC's 0.9 of gas is 0.45 of chips; AAA remains as a supplier of gas."""
    path = chain.trace_holds(chain.structure(fab()), "CCC", ["chip"])[0]
    assert (path.low, path.chokepoint, path.suppliers_remaining) == (pytest.approx(0.45), "gas", 1)
    assert path.hops[-1].factor == 0.5


def test_the_way_with_fewest_required_links_is_taken() -> None:
    """top > z and top ~ k ~ m both lead to all of it: two kinds take no step, so the tier is 1."""
    links = [("top", "z"), ("top", "k", variant(1.0)), ("k", "m", variant(1.0))]
    made = build((["top", "z", "k", "m"], links, [("z", "AAA", 1.0), ("m", "AAA", 1.0)], ["top", "k"]))
    path = chain.trace_holds(made, "AAA", ["top"])[0]
    assert (chain.path_text(path), path.tier) == ("top ~ k ~ m", 1)


def test_a_hold_that_is_only_possible_says_so() -> None:
    """DDD is named nowhere, and all of fab's providers are known: nothing to hold; an unknown item changes that."""
    made = fab()
    nothing = chain.trace_holds(chain.structure(made), "DDD", ["chip"])[0]
    assert (nothing.chokepoint, nothing.tier, nothing.hops, nothing.high) == (None, None, (), 0.0)
    unknown = dossier(["chip", "fab"], [("chip", "fab")], [], complete=["chip"])
    path = chain.trace_holds(chain.structure(unknown), "DDD", ["chip"])[0]
    assert (path.low, path.high, path.certain, path.chokepoint) == (0.0, 1.0, False, "fab")
    assert any("No row names it" in text for text in path.caveats)


@settings(max_examples=100, deadline=None)
@given(ecosystems(cyclic=True))
def test_each_path_attains_its_hold(world: World) -> None:
    """Along links that exist, without repetition, from the item to a share; where only links are required, exactly."""
    made = build(world)
    links = {(a, b): dict(*rest) if rest else {} for a, b, *rest in world[1]}
    for economy in ECONOMIES:
        for path in chain.trace_holds(made, economy):
            assert bool(path.hops) == (path.high > 1e-9)
            if not path.hops:
                continue
            ids = [hop.item for hop in path.hops]
            assert ids[0] == path.item
            assert len(set(ids)) == len(ids)
            reached = 1.0
            for before, hop in zip(path.hops, path.hops[1:], strict=False):
                fields = links[before.item, hop.item]
                assert fields.get("kind", "requires") == hop.link
                reached *= fields.get("essentiality", 1.0) if hop.link == "requires" else 1.0
            end = path.hops[-1]
            if all(hop.link != "variant_of" for hop in path.hops):
                value, share = (path.low, end.share_low) if path.certain else (path.high, end.share_high)
                assert value == pytest.approx(reached * share, abs=1e-8)
            assert path.tier == 1 + sum(hop.link == "requires" for hop in path.hops)


@settings(max_examples=40, deadline=None)
@given(ecosystems(cyclic=True))
def test_the_table_says_what_holds_and_paths_say(world: World) -> None:
    """One row for each economy and item that it may hold, ranked, with the same bounds."""
    made = build(world)
    table = chain.hold_table(made)
    found = chain.holds(made)
    rows = table.rows(named=True)
    assert len(rows) == int((found.high > 0).sum())
    for row in rows:
        place = made.place[row["item"]], made.column[row["economy"]]
        assert (row["hold_low"], row["hold_high"]) == pytest.approx((found.low[place], found.high[place]))
        tiers = [row["tier1_low"], row["tier2_low"], row["tier3_low"], row["hold_low"]]
        assert all(near <= far + 1e-9 for near, far in pairwise(tiers))
    assert [row["hold_low"] for row in rows] == sorted((row["hold_low"] for row in rows), reverse=True)


def test_holds_on_one_item_are_ranked_with_source_and_year() -> None:
    """Every economy's hold on chips, largest first."""
    table = chain.hold_table(chain.structure(fab()), items=["chip"])
    assert table["economy"].to_list() == ["AAA", "CCC", "BBB"]
    first = table.row(0, named=True)
    assert (first["chokepoint_name"], first["year"], first["source"]) == ("EUV", 2022, "c")
    assert first["tier3_low"] == pytest.approx(0.85)
    assert first["tier2_low"] == 0.0


def test_mutual_holds_show_both_ways_and_turn_round() -> None:
    """AAA has the tools that BBB's fabs need; BBB has the fabs: 1.0 over BBB's part, 0.6 of chips in return."""
    rows = [("fab", "BBB", 0.6), ("fab", "AAA", 0.4), ("tool", "AAA", 1.0)]
    made = build((["chip", "fab", "tool"], [("chip", "fab"), ("fab", "tool")], rows, ["chip"]))
    found = chain.mutual(made, "AAA", "BBB")
    by_item = {row["item"]: row for row in found.table.iter_rows(named=True)}
    assert (by_item["chip"]["a_low"], by_item["chip"]["b_low"]) == pytest.approx((1.0, 0.6))
    assert by_item["chip"]["a_over_b_low"] is None
    assert (by_item["fab"]["a_over_b_low"], by_item["fab"]["b_over_a_low"]) == (1.0, 0.0)
    assert by_item["fab"]["a_share_low"] == pytest.approx(0.4)
    assert by_item["fab"]["balance_low"] == pytest.approx(0.4)
    assert by_item["chip"]["a_path"] == "chip > fab > tool"
    assert found.a_largest == (1.0, 1.0, "fab")
    assert found.b_largest is None
    back = chain.mutual(made, "BBB", "AAA").table
    assert back["balance_low"].to_list() == pytest.approx([-value for value in found.table["balance_high"].to_list()])
    unknown = build((["i"], [], [("i", "AAA", 0.5), ("i", "BBB", None)], []))
    row = chain.mutual(unknown, "AAA", "BBB").table.row(0, named=True)
    assert (row["balance_low"], row["balance_high"]) == pytest.approx((0.0, 0.5))
    with pytest.raises(UsageError, match="both sides"):
        chain.mutual(made, "AAA", ["AAA", "BBB"])
    with pytest.raises(UsageError, match="without members"):
        chain.mutual(made, "AAA", [])


def test_indispensability_lists_where_home_is_the_chokepoint_of_the_world() -> None:
    """AAA alone makes EUV tools: they reach chips, of which AAA can stop 0.85."""
    table = chain.indispensability(chain.structure(fab()), "AAA")
    assert table["chokepoint"].to_list() == ["euv"]
    row = table.row(0, named=True)
    assert (row["share_low"], row["certain"], row["items"], row["end_products"]) == (1.0, True, 3, ["chip"])
    assert row["end_hold_low"] == pytest.approx(0.85)
    bloc = chain.indispensability(chain.structure(fab()), ["AAA", "BBB"])
    assert set(bloc["chokepoint"].to_list()) == {"euv", "duv"}
    assert chain.indispensability(chain.structure(fab()), "DDD").height == 0
    with pytest.raises(UsageError, match="least"):
        chain.indispensability(chain.structure(fab()), "AAA", least=0.0)
