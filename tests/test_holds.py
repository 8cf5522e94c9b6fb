"""Shares that a dossier states, read as holds: intervals, organisations, years; holds through the chain in step 1."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ostra
from ostra.ecosystem import chain
from ostra.ecosystem.provision_holds import provision_holds
from ostra.model.assessment import Assessment
from ostra.model.dossier import Dossier


def dossier(provision: list[dict[str, Any]]) -> Dossier:
    """One item with these provision rows, all from one claim."""
    return Dossier.model_validate(
        {
            "format": "ostra-dossier/1",
            "id": "test",
            "title": "Test",
            "summary": "A made-up ecosystem.",
            "author": "tests",
            "date": "2026-01-01",
            "sources": [{"id": "s", "title": "Source", "publisher": "P", "date": "2026"}],
            "claims": [{"id": "c", "statement": "A claim", "source": "s", "locator": "p. 1", "basis": "cites"}],
            "stages": [{"id": "all", "name": "All"}],
            "items": [{"id": "thing", "name": "Thing", "kind": "product", "stage": "all"}],
            "provision": [{"item": "thing", "by": "location", "claims": ["c"], **row} for row in provision],
        }
    )


def shares(*rows: dict[str, Any]) -> dict[str, tuple[float, float]]:
    return {hold.economy: (hold.share.low, hold.share.high) for hold in provision_holds(dossier(list(rows)))}


def test_an_unknown_share_is_what_the_others_leave() -> None:
    """With 60 % known elsewhere, a provider without a share may hold up to 40 %."""
    assert shares({"economy": "AAA", "share": 0.6}, {"economy": "BBB"}) == {
        "AAA": (0.6, 0.6),
        "BBB": (0.0, pytest.approx(0.4)),
    }


def test_organisations_of_one_economy_add_up_and_the_latest_year_counts() -> None:
    """Two firms of one economy sum; a newer row of the same firm replaces the older; of others nothing is known."""
    found = shares(
        {"economy": "AAA", "organisation": "One", "share": 0.5, "year": 2020},
        {"economy": "AAA", "organisation": "One", "share": 0.2, "year": 2022},
        {"economy": "AAA", "organisation": "Two", "share": 0.3, "year": 2021},
    )
    assert found == {"AAA": (pytest.approx(0.5), 1.0)}


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(0, 100), min_size=1, max_size=6), st.integers(0, 3), st.randoms(use_true_random=False))
def test_bounds_hold_every_way_to_fill_the_unknown(parts: list[int], unknown: int, random: Any) -> None:
    """However the unknown part is dealt out, each economy's share lies within its bounds, whatever the row order."""
    total = max(1, sum(parts)) * 2
    known = [{"economy": f"A{chr(65 + i)}A", "share": part / total} for i, part in enumerate(parts)]
    rows = known + [{"economy": f"Z{chr(65 + i)}Z"} for i in range(unknown)]
    found = shares(*rows)
    mixed = list(rows)
    random.shuffle(mixed)
    assert {k: pytest.approx(v) for k, v in shares(*mixed).items()} == found
    rest = 1.0 - sum(row["share"] for row in known)
    for row in known:
        assert found[row["economy"]][0] == row["share"]
    for i in range(unknown):
        low, high = found[f"Z{chr(65 + i)}Z"]
        assert low == 0.0 and high >= rest - 1e-9


def test_firms_that_stand_in_a_total_are_not_added_to_it() -> None:
    """Country totals that sum to the whole stay exact beside a row of firms that are not told apart."""
    made = dossier(
        [
            {"economy": "AAA", "share": 0.6},
            {"economy": "BBB", "share": 0.4},
            {"economy": "ZZZ", "organisation": "Various", "part_of_economy": True, "share": 0.3},
        ]
    )
    for of in ("economies", "organisations"):
        found = chain.holds(chain.structure(made, by="location", of=of))  # type: ignore[arg-type]
        held = {
            "".join(holder): (low, high)
            for holder, low, high in zip(found.holders, found.low[0], found.high[0], strict=True)
        }
        firm = next(name for name in held if "AAA" in name)
        assert held[firm] == (pytest.approx(0.6), pytest.approx(0.6))


@pytest.fixture(scope="module")
def assessment() -> Assessment:
    return ostra.open().assess("semiconductors", home="EU27", year=2023)


def test_holds_through_the_chain_enter_the_four_steps(assessment: Assessment) -> None:
    """What others can stop of end products through inputs is a dependency of higher order, judged like the rest."""
    through = [d for d in assessment.step1.dependencies if d.measure == "chain hold"]
    assert through and all(d.order >= 2 and d.hold.low >= 0.5 for d in through)
    by_id = {hold.id: hold for hold in assessment.step1.chain}
    for dependency in through:
        hold = by_id[dependency.evidence]
        assert hold.path[0].item == dependency.item and hold.path[-1].item == hold.chokepoint
        assert hold.tier == 1 + sum(hop.link == "requires" for hop in hold.path)
        lows = [hop.hold.low for hop in hold.path]
        assert lows == sorted(lows), "a hold never grows on the way from the chokepoint to the product"
    answered = {item for finding in assessment.step2.findings if "chain_hold" in finding.id for item in finding.items}
    assert answered == {d.item for d in through}
    assert {b.dependency for b in assessment.step3.breaches} & {d.id for d in through}


def test_home_acts_as_one_and_its_own_hold_stands_beside(assessment: Assessment) -> None:
    """The bloc holds what its member does, and dependencies on others show it as the mutual side."""
    own = [hold for hold in assessment.step1.chain if hold.is_home]
    assert own and {hold.holder for hold in own} == {"EU27"}
    assert {hold.chokepoint for hold in own} == {"euv-lithography", "lithography"}
    cars = next(d for d in assessment.step1.dependencies if d.measure == "chain hold" and d.item == "automotive")
    assert cars.mutual is not None and cars.mutual.low == 1.0
