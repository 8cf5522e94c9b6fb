"""Merging economies and sectors: sums stay, order does not matter, wrong groups are refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from io_worlds import random_table, table
from ostra.ecosystem.input_output.aggregate import aggregate, members_in
from ostra.errors import MethodError, NotFoundError
from ostra.words import economies


def test_flows_of_merged_economies_become_flows_within() -> None:
    """Two of three economies merged: every block is the sum of its members' blocks, by hand."""
    flows = np.arange(36.0).reshape(6, 6)
    final = np.arange(18.0).reshape(6, 3)
    full = table(flows, final, ("AAA", "BBB", "CCC"), ("x", "y"))
    merged = aggregate(full, {"ACC": ["AAA", "CCC"]})
    assert merged.economies == ("ACC", "BBB")
    assert merged.destinations == ("ACC", "BBB")
    a, b, c = slice(0, 2), slice(2, 4), slice(4, 6)
    within = flows[a, a] + flows[a, c] + flows[c, a] + flows[c, c]
    assert merged.flows[:2, :2].tolist() == within.tolist()
    assert merged.flows[2:, :2].tolist() == (flows[b, a] + flows[b, c]).tolist()
    assert merged.flows[2:, 2:].tolist() == flows[b, b].tolist()
    assert merged.final[2:].tolist() == np.stack([final[b, 0] + final[b, 2], final[b, 1]], axis=1).tolist()
    assert merged.output[:2].tolist() == (full.output[a] + full.output[c]).tolist()


def test_sectors_merge_in_every_economy_and_are_named() -> None:
    """A merged sector stands where its first member stood and is called by what it is made of, unless named."""
    full = random_table(1, economies=2, sectors=4)
    merged = aggregate(full, sectors={"S13": ["S1", "S3"]})
    assert merged.sectors == ("S0", "S13", "S2")
    assert merged.sector_names == ("Sector S0", "Sector S1; Sector S3", "Sector S2")
    assert merged.output[1] == full.output[1] + full.output[3]
    assert merged.output[4] == full.output[5] + full.output[7]
    named = aggregate(full, sectors={"S13": ["S1", "S3"]}, sector_names={"S13": "both"})
    assert named.sector_names[1] == "both"


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.data())
def test_totals_and_balances_survive_any_grouping(seed: int, data: st.DataObject) -> None:
    """Whole numbers, for which sums are exact: totals, rows and columns of every part agree to the last unit."""
    rng = np.random.default_rng(seed)
    codes = ("AAA", "BBB", "CCC", "DDD")
    full = table(rng.integers(-9, 99, (12, 12)), rng.integers(-9, 99, (12, 4)), codes, ("x", "y", "z"))
    chosen = data.draw(st.lists(st.sampled_from(codes), unique=True, min_size=1))
    sectors = data.draw(st.lists(st.sampled_from(full.sectors), unique=True, min_size=1))
    merged = aggregate(full, {"NEW": chosen}, {"w": sectors})
    assert merged.flows.sum() == full.flows.sum()
    assert merged.final.sum() == full.final.sum()
    assert merged.output.tolist() == (merged.flows.sum(axis=1) + merged.final.sum(axis=1)).tolist()
    assert merged.value_added is not None
    assert merged.value_added.tolist() == (merged.output - merged.flows.sum(axis=0)).tolist()
    again = aggregate(full, {"NEW": list(reversed(chosen))}, {"w": set(sectors)})
    assert again.economies == merged.economies
    assert again.flows.tolist() == merged.flows.tolist()


def test_merging_nothing_changes_nothing() -> None:
    """Without groups the table comes back equal, and the given one is not touched."""
    full = random_table(2)
    same = aggregate(full)
    assert same.flows.tolist() == full.flows.tolist()
    assert same.final.tolist() == full.final.tolist()
    assert (same.economies, same.sectors, same.sector_names) == (full.economies, full.sectors, full.sector_names)


def test_final_demand_that_is_not_told_apart_stays_in_one_column() -> None:
    """The destination ZZZ of a table without destinations is no economy to be merged."""
    one = table(np.ones((4, 4)), np.ones(4), ("AAA", "BBB"), ("x", "y"))
    merged = aggregate(one, {"ABB": ["AAA", "BBB"]})
    assert merged.destinations == ("ZZZ",)
    assert merged.final.tolist() == [[2.0], [2.0]]


@pytest.mark.parametrize(
    ("groups", "error", "says"),
    [
        ({"NEW": ["XXX"]}, NotFoundError, "no economy XXX"),
        ({"NEW": []}, MethodError, "made of nothing"),
        ({"NEW": ["AAA"], "OTH": ["AAA"]}, MethodError, "both NEW and OTH"),
        ({"CCC": ["AAA", "BBB"]}, MethodError, "CCC is economy of the table already"),
    ],
)
def test_groups_that_make_no_sense_are_refused(groups: dict[str, list[str]], error: type[Exception], says: str) -> None:
    """Each with words that tell what to change."""
    with pytest.raises(error, match=says):
        aggregate(random_table(3), groups)


def test_a_bloc_is_found_whole_or_by_its_members() -> None:
    """EU27 is one economy where the table has it so, else those of its members that the table lists."""
    eu = economies.home("EU27")
    split = replace(random_table(4), economies=("DEU", "USA", "FRA"), destinations=("DEU", "USA", "FRA"))
    assert members_in(split, eu) == ("DEU", "FRA")
    merged = aggregate(split, {"EU27": members_in(split, eu)})
    assert merged.economies == ("EU27", "USA")
    assert members_in(merged, eu) == ("EU27",)
    with pytest.raises(NotFoundError, match="does not tell DEU"):
        members_in(merged, economies.home("Germany"))
