"""One reading of who provides what: an assessment and the chain question give the same shares and holds."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ostra
from chain_worlds import dossier as dossier_of
from ostra.ask import chain as question
from ostra.ecosystem import chain
from ostra.ecosystem.provision import ROWS_BY
from ostra.ecosystem.provision_holds import provision_holds
from ostra.model.dossier import Dossier
from ostra.workspace import Workspace

BUILT_IN = ("6g", "ai-ethics", "blockchain", "chip-design", "digital-currency", "semiconductors", "urban-ai", "v2x")
Shares = dict[tuple[str, str, str, str], float]  # item, basis, economy, bound


@functools.cache
def workspace() -> Workspace:
    return ostra.open()


def reported(dossier: Dossier, year: int | None) -> Shares:
    """Shares as an assessment reports them."""
    return {
        (hold.item, hold.key.removeprefix("provision."), hold.economy, bound): getattr(hold.share, bound)
        for hold in provision_holds(dossier, year)
        for bound in ("low", "high")
    }


def answered(dossier: Dossier, year: int | None, wanted: Shares) -> Shares:
    """The same shares, as the chain question answers them."""
    found: Shares = {}
    economies = sorted({economy for _, _, economy, _ in wanted})
    for by in ROWS_BY:
        structure = chain.structure(dossier, by=by, year=year)
        held = chain.holds(structure, economies)
        tables = {"low": held.share_low, "high": held.share_high}
        for item, basis, economy, bound in wanted:
            if basis == by:
                place = structure.row(item), economies.index(economy)
                found[item, by, economy, bound] = float(tables[bound][place])
    return found


@pytest.mark.parametrize("ecosystem", BUILT_IN)
def test_shares_of_built_in_dossiers_are_the_same_by_both_doors(ecosystem: str) -> None:
    """Every share that an assessment reports of any year from 2018 is the one that the chain question starts from."""
    dossier = workspace().dossier(ecosystem)
    for year in [*range(2018, 2025), None]:
        shares = reported(dossier, year)
        assert shares == pytest.approx(answered(dossier, year, shares), abs=1e-12), year


@pytest.mark.parametrize(
    ("ecosystem", "year"), [("urban-ai", 2019), ("digital-currency", 2019), ("semiconductors", 2021)]
)
def test_an_assessment_and_the_chain_question_answer_alike(ecosystem: str, year: int) -> None:
    """Shares and holds through the chain, from the assessment and from `ostra chain`, for the year asked for."""
    space = workspace()
    step1 = space.assess(ecosystem, "EU27", year).step1
    for by in ROWS_BY:
        asked_for = question.holds(space, ecosystem, every_item=True, by=by, year=year, least=-1.0).frame
        tiers = {(row["item"], row["economy"]): row for row in asked_for.iter_rows(named=True)}
        kinds = {link.item for link in space.dossier(ecosystem).links if link.kind == "variant_of"}
        for hold in step1.holds:
            # The nearest tier of an item that has kinds counts these too.
            if hold.measure == "provision share" and hold.evidence.endswith(by) and hold.item not in kinds:
                row = tiers[hold.item, hold.economy]
                assert (hold.hold.low, hold.hold.high) == pytest.approx((row["tier1_low"], row["tier1_high"]))
    for held in step1.chain:
        listing = question.holds(space, ecosystem, economy=held.holder, item=held.item, year=year)
        row = listing.frame.row(0, named=True)
        assert (held.hold.low, held.hold.high) == pytest.approx((row["hold_low"], row["hold_high"]))
        assert (held.chokepoint, held.tier) == (row["chokepoint"], row["tier"])


def test_rows_of_later_years_are_left_out_of_an_assessment() -> None:
    """What is known of cameras since 2020 says nothing of 2019: neither a share nor a dependency."""
    step1 = workspace().assess("urban-ai", "EU27", 2019).step1
    assert not [hold for hold in step1.holds if hold.item == "cameras" and hold.measure == "provision share"]
    assert not [d for d in step1.dependencies if d.item == "cameras" and d.measure == "provision share"]
    assert any("later years than 2019" in caveat and "cameras" in caveat.lower() for caveat in step1.caveats)


def test_two_shares_of_one_provider_and_year_are_an_interval_by_both_doors() -> None:
    """Whichever row stands first in the file."""
    rows: list[Any] = [("a", "AAA", 0.3, {"year": 2020}), ("a", "AAA", 0.5, {"year": 2020}), ("a", "BBB", 0.2)]
    for order in (rows, rows[::-1]):
        made = dossier_of(["a"], provision=order)
        shares = reported(made, 2020)
        assert [shares["a", "location", "AAA", bound] for bound in ("low", "high")] == [0.3, 0.5]
        assert shares == pytest.approx(answered(made, 2020, shares))


@st.composite
def provisions(draw: st.DrawFn) -> list[Any]:
    """Rows of two items in any mixture of years, organisations, intervals, unknown shares and unspecified economies."""
    rows = []
    for _ in range(draw(st.integers(1, 7))):
        low, high = sorted((draw(st.integers(0, 35)) / 100, draw(st.integers(0, 120)) / 120))
        more: dict[str, Any] = {
            "by": draw(st.sampled_from(ROWS_BY)),
            "organisation": draw(st.sampled_from(["", "", "One", "Two"])),
            "part_of_economy": draw(st.booleans()),
        }
        year = draw(st.sampled_from([None, 2019, 2020, 2021]))
        economy = draw(st.sampled_from(["AAA", "AAA", "BBB", "CCC", "ZZZ"]))
        if economy == "ZZZ":
            more["among"] = draw(st.sampled_from([[], ["AAA", "BBB"], ["DDD"]]))
        share = draw(st.sampled_from([None, low, {"low": low, "high": high}]))
        rows.append((draw(st.sampled_from("ab")), economy, share, more | ({} if year is None else {"year": year})))
    return rows


@settings(deadline=None, max_examples=150)
@given(provisions(), st.sampled_from([None, 2018, 2019, 2020, 2024]), st.randoms(use_true_random=False), st.booleans())
def test_any_rows_read_alike_by_both_doors_in_any_order(
    rows: list[Any], year: int | None, random: Any, complete: bool
) -> None:
    """Two doors, one number; and the order of rows in a dossier changes no share, year, claim or organisation."""
    whole = ["a"] if complete else []
    try:
        made = dossier_of(["a", "b"], provision=rows, complete=whole)
    except ValueError:  # more than the whole in one year: no dossier
        return
    shares = reported(made, year)
    assert shares == pytest.approx(answered(made, year, shares), abs=1e-12)
    mixed = list(rows)
    random.shuffle(mixed)
    first, second = (
        {
            (hold.item, hold.key, hold.economy): (hold.share, hold.year, sorted(hold.organisations), set(hold.claims))
            for hold in provision_holds(dossier_of(["a", "b"], provision=order, complete=whole), year)
        }
        for order in (rows, mixed)
    )
    assert first == second
