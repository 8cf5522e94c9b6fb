"""Trade dependency: worked by hand, against an independent twin, and by invariants that hold in every world."""

from __future__ import annotations

import math
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trade_twin
from ostra.ecosystem.trade.dependency import (
    BOUNDED,
    BOUNDS,
    EVIDENCE_COLUMNS,
    INDICATORS,
    SUPPLIER_BOUNDS,
    SUPPLIER_COLUMNS,
    trade_frames,
)
from ostra.ecosystem.trade.trends import trends
from ostra.errors import MethodError, UsageError
from ostra.model.profile import TradeThresholds
from ostra.model.results.ecosystem import TradeIndicators
from ostra.words.economies import home as find_home
from worlds import FIVE, GALLIUM, HOME, Bloc, Flow, bloc, relation

GERMANY = Bloc("DEU", frozenset({"DEU"}), is_bloc=False)


def row(frame: pl.DataFrame, **where: object) -> dict[str, object]:
    """The one row of the frame with these values."""
    return frame.row(by_predicate=pl.all_horizontal(pl.col(c) == v for c, v in where.items()), named=True)


def dependencies(*world: Any, **options: Any) -> pl.DataFrame:
    """The first frame alone."""
    return trade_frames(*world, every_supplier=False, **options).dependencies


# --- worked by hand: worlds.FIVE ---


def test_five_country_world_by_hand() -> None:
    """Every indicator of the five-country world equals the number worked out on paper."""
    frame = dependencies(relation(FIVE), HOME, [2022], descriptions={GALLIUM: "Gallium and others"})
    assert frame.columns == [*INDICATORS, *BOUNDS, *EVIDENCE_COLUMNS]
    got = frame.row(0, named=True)
    expected = {
        "product": GALLIUM,
        "description": "Gallium and others",
        "year": 2022,
        "status": "traded",
        "imports_kusd": 1000.0,  # 600 + 200 + 150 + 50
        "concentration": 0.665,  # 0.8² + 0.15² + 0.05²
        "extra_share": 1000 / 1100,  # DEU sells 100 to FRA
        "import_export_ratio": 10.0,  # home sells 40 + 60
        "top_supplier": "CHN",
        "top_share": 0.8,
        "suppliers_effective": 1 / 0.665,
        "diversification_potential": 460 / 800,  # USA sells 240 + 160, JPN 60, outside home
        "reverse_share": 40 / 200,  # CHN buys 40 from DEU and 160 from USA
        "years_flagged": 1,
        "dependent": True,
        "suppliers": 3,
        "intra_kusd": 100.0,
        "exports_kusd": 100.0,
        "top_imports_kusd": 800.0,
        "others_exports_kusd": 460.0,
        "top_supplier_imports_kusd": 200.0,
        "top_supplier_from_home_kusd": 40.0,
        "world_concentration": (1300**2 + 550**2 + 110**2 + 100**2) / 2060**2,
        "years_known": 1,
        "import_rows": 4,
        "intra_rows": 1,
        "export_rows": 2,
        "top_rows": 2,
        "others_rows": 3,
        "reverse_rows": 2,
        "world_rows": 12,
        "unnamed_kusd": 0.0,
    }
    expected |= {f"{name}_{end}": expected[name] for name in BOUNDED for end in ("low", "high")}
    assert got == {k: pytest.approx(v, rel=1e-15) if isinstance(v, float) else v for k, v in expected.items()}


def test_five_country_suppliers_by_hand() -> None:
    """Suppliers come in falling order, with what each needs of home beside what home needs of it."""
    got = trade_frames(relation(FIVE), HOME, [2022]).suppliers.rows(named=True)
    china, america, japan = got
    assert [r["supplier"] for r in got] == ["CHN", "USA", "JPN"]
    assert [r["share"] for r in got] == [0.8, 0.15, 0.05]
    assert china["world_exports_kusd"] == 1300.0
    assert china["buyer_share"] == 800 / 1300
    assert china["reverse_share"] == 0.2
    assert china["flows"] == 2 and china["reverse_flows"] == 2
    assert america["reverse_share"] == 60 / 520  # buys 60 from FRA, 400 from CHN, 60 from JPN
    assert japan["reverse_share"] == 0.0  # buys 340, none of it from home
    assert japan["supplier_imports_kusd"] == 340.0


def test_one_scan_serves_both_frames() -> None:
    """The dependencies are the same whether all suppliers are wanted or none."""
    world = relation(FIVE)
    both = trade_frames(world, HOME, [2022], supplier="USA")
    assert both.dependencies.equals(dependencies(world, HOME, [2022], supplier="USA"))
    assert trade_frames(world, HOME, [2022], every_supplier=False).suppliers.is_empty()


def test_one_supplier_in_columns_of_its_own() -> None:
    """`supplier` adds that supplier's share, and home's share of its imports."""
    world = [*FIVE, (2022, "FRA", "BRA", GALLIUM, 30)]
    frame = dependencies(relation(world), HOME, [2022], supplier="USA")
    assert frame.columns == [*INDICATORS, *SUPPLIER_COLUMNS, *SUPPLIER_BOUNDS, *BOUNDS, *EVIDENCE_COLUMNS]
    got = frame.row(0, named=True)
    assert (got["supplier"], got["supplier_share"], got["supplier_reverse_share"]) == ("USA", 0.15, 60 / 520)
    buyer = dependencies(relation(world), HOME, [2022], supplier="BRA").row(0, named=True)
    assert (buyer["supplier_share"], buyer["supplier_reverse_share"]) == (0.0, 1.0)
    absent = dependencies(relation(world), HOME, [2022], supplier="KEN").row(0, named=True)
    assert (absent["supplier_share"], absent["supplier_reverse_share"]) == (0.0, None)


def test_a_bloc_as_one_supplier() -> None:
    """Members of the group are one supplier, and what they sell each other is left out everywhere."""
    pacific = bloc("PACIFIC", "USA", "JPN", "DEU")  # DEU is home's: home comes first
    got = dependencies(relation(FIVE), HOME, [2022], group=pacific).row(0, named=True)
    assert got["concentration"] == pytest.approx(0.8**2 + 0.2**2, rel=1e-15)
    assert got["suppliers"] == 2
    assert got["diversification_potential"] == 160 / 800  # only USA -> CHN is left; USA <-> JPN is inside the group
    shares = trade_frames(relation(FIVE), HOME, [2022], group=pacific).suppliers
    merged = row(shares, supplier="PACIFIC")
    assert (merged["imports_kusd"], merged["world_exports_kusd"]) == (200.0, 360.0)
    assert merged["reverse_share"] == 60 / 560  # buys 60 from FRA, 500 from CHN
    assert merged["flows"] == 2
    asked = dependencies(relation(FIVE), HOME, [2022], group=pacific, supplier="PACIFIC").row(0, named=True)
    assert (asked["supplier_share"], asked["supplier_reverse_share"]) == (0.2, 60 / 560)


def test_the_largest_of_equal_suppliers_is_the_first_by_code() -> None:
    """A tie between suppliers is broken by code, not by the order of rows."""
    flows: list[Flow] = [(2022, s, "DEU", GALLIUM, 5) for s in ("USA", "CHN", "JPN")]
    for order in (flows, flows[::-1]):
        assert dependencies(relation(order), HOME, [2022])["top_supplier"].to_list() == ["CHN"]
        assert trade_frames(relation(order), HOME, [2022]).suppliers["supplier"].to_list() == ["CHN", "JPN", "USA"]


def test_a_country_does_not_trade_with_itself() -> None:
    """Re-imports (exporter and importer the same) count neither as trade between members nor as world trade."""
    world = [*FIVE, (2022, "DEU", "DEU", GALLIUM, 999), (2022, "CHN", "CHN", GALLIUM, 999)]
    assert dependencies(relation(world), HOME, [2022]).equals(dependencies(relation(FIVE), HOME, [2022]))


# --- single countries ---


def test_a_country_has_no_trade_between_members() -> None:
    """For a single country every import is from outside, so the extra-home share is 1."""
    got = dependencies(relation(FIVE), GERMANY, [2022]).row(0, named=True)
    assert (got["imports_kusd"], got["extra_share"], got["intra_kusd"]) == (750.0, 1.0, 0.0)
    assert got["import_export_ratio"] == 750 / 140  # to FRA and CHN
    assert got["concentration"] == 0.68  # 0.8² + 0.2²


# --- traded, zero, none, unknown ---

STATUS_WORLD: tuple[Flow, ...] = (
    (2021, "CHN", "DEU", "111111", 10),  # covered in 2021 only
    (2022, "CHN", "DEU", "222222", 10),
    (2022, "CHN", "USA", "333333", 10),  # others trade it
    (2022, "DEU", "FRA", "333333", 4),
    (2022, "CHN", "DEU", "444444", 0),  # recorded, of no value
    (2022, "FRA", "USA", "444444", 7),
)


def test_zero_none_and_unknown_are_three_things() -> None:
    """A product is traded, of zero value, not imported, or unknown; only the last leaves the value open."""
    frame = dependencies(
        relation(STATUS_WORLD), HOME, [2022], products=["111111", "222222", "333333", "444444", "555555"]
    )
    got = {r["product"]: r for r in frame.rows(named=True)}
    assert {p: r["status"] for p, r in got.items()} == {
        "111111": "unknown",
        "222222": "traded",
        "333333": "none",
        "444444": "zero",
        "555555": "unknown",
    }
    assert {p: r["imports_kusd"] for p, r in got.items()} == {
        "111111": None,
        "222222": 10.0,
        "333333": 0.0,
        "444444": 0.0,
        "555555": None,
    }
    assert {p: r["dependent"] for p, r in got.items()} == {
        "111111": None,
        "222222": True,  # no exports at all: the ratio has no bound, so it exceeds the threshold
        "333333": False,
        "444444": False,
        "555555": None,
    }
    assert got["222222"]["import_export_ratio"] is None and got["222222"]["exports_kusd"] == 0.0
    assert got["333333"]["extra_share"] == 0.0 and got["333333"]["intra_kusd"] == 4.0
    assert got["444444"]["import_export_ratio"] == 0.0 and got["444444"]["top_supplier"] is None
    values = [c for c in (*INDICATORS, *EVIDENCE_COLUMNS) if c not in ("product", "description", "year", "status")]
    for product in ("111111", "555555"):
        assert {c: got[product][c] for c in values if c != "years_known"} == dict.fromkeys(
            set(values) - {"years_known"}
        )


def test_products_known_in_other_years_are_unknown_not_missing() -> None:
    """Without a product list, a product that the data know in another year has a row, and it says unknown."""
    frame = dependencies(relation(STATUS_WORLD), HOME, [2022])
    assert row(frame, product="111111")["status"] == "unknown"
    assert frame["product"].to_list() == ["111111", "222222", "333333", "444444"]


def test_a_year_without_data_is_unknown_for_every_product() -> None:
    """Years that the data do not hold give unknown rows, not an empty answer."""
    frame = dependencies(relation(STATUS_WORLD), HOME, [1990])
    assert frame["status"].unique().to_list() == ["unknown"]
    assert frame.height == 4
    assert trade_frames(relation(STATUS_WORLD), HOME, [1990]).suppliers.height == 0


def test_no_data_and_no_products_give_no_rows() -> None:
    """Empty facts and an empty product list both give an empty frame with all columns."""
    assert dependencies(relation([]), HOME, [2022]).columns == [*INDICATORS, *BOUNDS, *EVIDENCE_COLUMNS]
    assert dependencies(relation(FIVE), HOME, [2022], products=[]).height == 0


def test_each_row_is_a_trade_indicators_document() -> None:
    """The public columns fit model.TradeIndicators as they stand, in every status."""
    frame = dependencies(relation(STATUS_WORLD), HOME, [2021, 2022])
    documents = [TradeIndicators(**r) for r in frame.select(INDICATORS).iter_rows(named=True)]
    assert {d.status for d in documents} == {"traded", "none", "zero", "unknown"}


# --- thresholds, persistence, trend ---


@pytest.mark.parametrize(
    ("changed", "flag"),
    [
        ({}, True),
        ({"concentration": 0.7}, False),
        ({"extra_share": 0.95}, False),
        ({"import_export_ratio": 10.0}, False),  # exactly 10 does not exceed 10
        ({"import_export_ratio": 9.99}, True),
    ],
)
def test_all_three_thresholds_must_be_exceeded(changed: dict[str, float], flag: bool) -> None:
    """A profile's thresholds decide, each of them strictly."""
    thresholds = TradeThresholds(source="swd-2021-352", **changed)
    assert dependencies(relation(FIVE), HOME, [2022], thresholds=thresholds)["dependent"].to_list() == [flag]


def flagged_in(*years: int) -> list[Flow]:
    """One product that is a dependency in these years, and traded but no dependency in 2016 to 2022 otherwise."""
    flows: list[Flow] = [(year, "CHN", "DEU", GALLIUM, 10) for year in range(2016, 2023)]
    return flows + [(year, "DEU", "CHN", GALLIUM, 20) for year in range(2016, 2023) if year not in years]


def test_years_flagged_counts_the_window_that_ends_in_the_year() -> None:
    """Persistence looks back over the window, into years that were not asked for."""
    world = relation(flagged_in(2017, 2018, 2020, 2022))
    frame = dependencies(world, HOME, [2016, 2018, 2019, 2022])
    assert frame["years_flagged"].to_list() == [0, 2, 2, 2]
    assert frame["years_known"].to_list() == [1, 3, 3, 3]
    assert dependencies(world, HOME, [2022], persistence_years=1)["years_flagged"].to_list() == [1]
    assert dependencies(world, HOME, [2022], persistence_years=7)["years_flagged"].to_list() == [4]


# --- membership of the year ---


@pytest.mark.parametrize(
    ("country", "last_outside", "first_inside"), [("POL", 2003, 2004), ("HRV", 2012, 2013), ("GBR", 2020, 2019)]
)
def test_membership_of_the_year_decides_what_is_outside(country: str, last_outside: int, first_inside: int) -> None:
    """A country's sales to Germany are imports from outside before it joins the EU or after it leaves, not inside."""
    years = sorted((last_outside, first_inside))
    flows: list[Flow] = [(year, country, "DEU", GALLIUM, 30) for year in years]
    flows += [(year, "CHN", "DEU", GALLIUM, 10) for year in years]
    frame = dependencies(relation(flows), find_home("EU"), years)
    outside, inside = row(frame, year=last_outside), row(frame, year=first_inside)
    assert (outside["imports_kusd"], outside["intra_kusd"], outside["top_supplier"]) == (40.0, 0.0, country)
    assert (inside["imports_kusd"], inside["intra_kusd"], inside["top_supplier"]) == (10.0, 30.0, "CHN")


def test_eu27_is_the_same_in_every_year() -> None:
    """EU27 counts Poland inside in 2003 and the United Kingdom outside in 2019."""
    flows: list[Flow] = [(2003, "POL", "DEU", GALLIUM, 30), (2019, "GBR", "DEU", GALLIUM, 30)]
    frame = dependencies(relation(flows), find_home("EU27"), [2003, 2019])
    assert frame["status"].to_list() == ["none", "traded"]


def test_a_group_has_the_members_of_the_year() -> None:
    """A merged bloc's membership is dated too."""
    flows: list[Flow] = [(y, s, "DEU", GALLIUM, 10) for y in (2020, 2021) for s in ("CHN", "RUS")]
    group = Bloc("PAIR", frozenset({"CHN"}), {2021: frozenset({"CHN", "RUS"})})
    assert dependencies(relation(flows), HOME, [2020, 2021], group=group)["concentration"].to_list() == [0.5, 1.0]


# --- requests that cannot be answered ---


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"years": []}, "no year"),
        ({"products": ["81129"]}, "'81129' has not six digits"),
        ({"products": ["8112x2"]}, "has not six digits"),
        ({"supplier": "DEU"}, "DEU is a member of HOME in 2022"),
        ({"supplier": "'; DROP"}, "not an economy code"),
        ({"supplier": "USA", "group": bloc("PACIFIC", "USA", "JPN")}, "Ask for supplier PACIFIC"),
        ({"persistence_years": 0}, "Give 1 or more"),
    ],
)
def test_bad_requests_are_refused_with_a_way_out(options: dict[str, object], message: str) -> None:
    """The message names what is wrong and what to ask instead."""
    years = options.pop("years", [2022])
    with pytest.raises(UsageError, match=message):
        dependencies(relation(FIVE), HOME, years, **options)


def test_a_home_without_members_is_undefined() -> None:
    """A bloc that did not exist in the year has no dependencies, which is an error and not an empty table."""
    early = Bloc("HOME", frozenset({"DEU"}), {2022: frozenset()})
    with pytest.raises(MethodError, match="no members in 2022"):
        dependencies(relation(FIVE), early, [2022])
    late = Bloc("HOME", frozenset({"DEU"}), {2020: frozenset(), 2021: frozenset()})
    assert dependencies(relation(FIVE), late, [2022])["years_known"].to_list() == [1]


# --- random worlds ---

ECONOMIES = ("AUT", "BEL", "CHN", "DEU", "FRA", "JPN", "USA", "ZAF")
PRODUCTS = ("260111", "810420", "811292")
YEARS = (2019, 2020, 2021, 2022)
VALUES = st.one_of(st.just(0), st.integers(1, 5_000), st.integers(1, 10**12))  # USD


@st.composite
def random_worlds(draw: st.DrawFn) -> list[tuple[int, str, str, str, int]]:
    """Flows between eight economies, at most one for each pair, product and year."""
    keys = st.tuples(
        st.sampled_from(YEARS), st.sampled_from(ECONOMIES), st.sampled_from(ECONOMIES), st.sampled_from(PRODUCTS)
    )
    world = draw(st.dictionaries(keys.filter(lambda k: k[1] != k[2]), VALUES, min_size=1, max_size=90))
    return [(*key, usd) for key, usd in world.items()]


homes = st.sets(st.sampled_from(ECONOMIES), min_size=1, max_size=4).map(lambda m: Bloc("HOME", frozenset(m)))


def kusd(world: list[tuple[int, str, str, str, int]], factor: int = 1) -> list[Flow]:
    return [(y, e, i, p, Decimal(usd * factor) / 1000) for y, e, i, p, usd in world]


def same(frame: pl.DataFrame, expected: pd.DataFrame) -> None:
    """Both have the same rows, exact in words and counts, to 12 digits in numbers."""
    assert frame["product"].to_list() == expected["product"].tolist()
    assert frame["year"].to_list() == expected["year"].tolist()
    for column in INDICATORS:
        if column == "description":
            continue
        theirs = [None if value is None or value != value else value for value in expected[column].tolist()]
        for place, (mine, other) in enumerate(zip(frame[column].to_list(), theirs, strict=True)):
            if isinstance(other, float) and mine is not None:
                assert math.isclose(mine, other, rel_tol=1e-12), (column, place, mine, other)
            else:
                assert mine == other, (column, place, mine, other)


@settings(deadline=None, max_examples=60)
@given(world=random_worlds(), home=homes, data=st.data())
def test_equals_the_pandas_twin(world: list[tuple[int, str, str, str, int]], home: Bloc, data: st.DataObject) -> None:
    """On any world, with dated membership and with or without a merged group, the twin says the same."""
    joiner = data.draw(st.sampled_from(ECONOMIES), label="joins home in 2021")
    home = Bloc("HOME", home.always, dict.fromkeys((2021, 2022), home.always | {joiner}))
    members = data.draw(st.none() | st.sets(st.sampled_from(ECONOMIES), min_size=1, max_size=3), label="group")
    group = Bloc("GRP", frozenset(members)) if members else None
    flows = pd.DataFrame(world, columns=["year", "exporter", "importer", "product", "usd"])
    span = range(min(YEARS) - 3, max(YEARS) + 1)
    expected = trade_twin.twin(
        flows,
        {year: home.members(year) for year in span},
        [2020, 2021, 2022],
        (group.code, {year: group.members(year) for year in span}) if group else None,
    )
    same(dependencies(relation(kusd(world)), home, [2020, 2021, 2022], group=group), expected)


@settings(deadline=None, max_examples=40)
@given(world=random_worlds(), home=homes)
def test_shares_and_concentration_stay_in_their_ranges(world: list[tuple[int, str, str, str, int]], home: Bloc) -> None:
    """Shares sum to one, HHI lies in (0, 1], and the effective number of suppliers between 1 and their count."""
    both = trade_frames(relation(kusd(world)), home, YEARS)
    sums = both.suppliers.group_by("product", "year").agg(pl.col("share").sum())
    known = sums.filter(pl.col("share").is_not_null() & (pl.col("share") > 0))
    assert known["share"].to_list() == pytest.approx([1.0] * known.height, rel=1e-12)
    for r in both.dependencies.filter(pl.col("status") == "traded").rows(named=True):
        assert 0 < r["concentration"] <= 1
        assert 1 <= r["suppliers_effective"] <= r["suppliers"] * (1 + 1e-15)
        assert 0 < r["top_share"] <= 1 and 0 < r["extra_share"] <= 1
        assert r["top_share"] ** 2 <= r["concentration"] * (1 + 1e-15)
        assert r["reverse_share"] is None or 0 <= r["reverse_share"] <= 1
        assert r["diversification_potential"] >= 0
        if r["suppliers"] == 1:
            assert r["concentration"] == r["top_share"] == r["suppliers_effective"] == 1


@settings(deadline=None, max_examples=30)
@given(world=random_worlds(), home=homes, seed=st.integers(0, 2**32))
def test_order_and_scale_change_nothing(world: list[tuple[int, str, str, str, int]], home: Bloc, seed: int) -> None:
    """Permuting rows changes no bit, and multiplying every value changes no share."""
    original = trade_frames(relation(kusd(world)), home, YEARS)
    shuffled = random.Random(seed).sample(world, len(world))
    again = trade_frames(relation(kusd(shuffled)), home, YEARS)
    assert again.dependencies.equals(original.dependencies)
    assert again.suppliers.equals(original.suppliers)

    scaled = dependencies(relation(kusd(world, factor=7)), home, YEARS)
    ratios = [
        "concentration",
        "extra_share",
        "import_export_ratio",
        "top_share",
        "suppliers_effective",
        "diversification_potential",
        "reverse_share",
    ]
    for column in ratios:
        pairs = zip(scaled[column].to_list(), original.dependencies[column].to_list(), strict=True)
        assert all(a == b or math.isclose(a, b, rel_tol=1e-14) for a, b in pairs)
    for column in ("status", "top_supplier", "years_flagged"):
        assert scaled[column].equals(original.dependencies[column])


@settings(deadline=None, max_examples=30)
@given(world=random_worlds(), home=homes, joiner=st.sampled_from(ECONOMIES))
def test_merging_countries_into_home_never_raises_its_extra_home_imports(
    world: list[tuple[int, str, str, str, int]], home: Bloc, joiner: str
) -> None:
    """A bloc imports no more from outside than its members do on their own."""
    facts = relation(kusd(world))
    grown = Bloc("HOME", home.always | {joiner})
    merged = dependencies(facts, grown, YEARS)["imports_kusd"]
    alone = [dependencies(facts, Bloc(m, frozenset({m})), YEARS)["imports_kusd"] for m in sorted(grown.always)]
    for together, *apart in zip(merged.to_list(), *(a.to_list() for a in alone), strict=True):
        assert (together is None) == all(value is None for value in apart)
        if together is not None:
            assert together <= math.fsum(apart) * (1 + 1e-12)


@settings(deadline=None, max_examples=30)
@given(world=random_worlds(), home=homes, usd=st.integers(1, 10**12))
def test_a_new_supplier_takes_from_the_others_in_proportion(
    world: list[tuple[int, str, str, str, int]], home: Bloc, usd: int
) -> None:
    """After v more from a new supplier, HHI is (HHI·M² + v²) / (M + v)², and old shares shrink by M / (M + v)."""
    before = dependencies(relation(kusd(world)), home, [2022], products=["811292"]).row(0, named=True)
    newcomer = (2022, "KEN", min(home.always), "811292", usd)
    after = dependencies(relation(kusd([*world, newcomer])), home, [2022], products=["811292"]).row(0, named=True)
    m, v = (before["imports_kusd"] or 0.0), usd / 1000
    hhi = before["concentration"] or 0.0
    assert after["imports_kusd"] == pytest.approx(m + v, rel=1e-12)
    assert after["concentration"] == pytest.approx((hhi * m * m + v * v) / (m + v) ** 2, rel=1e-9)
    assert after["suppliers"] == (before["suppliers"] or 0) + 1
    assert after["top_share"] == pytest.approx(max((before["top_share"] or 0.0) * m, v) / (m + v), rel=1e-9)
    assert after["extra_share"] >= (before["extra_share"] or 0.0)


def test_passes_split_by_size_give_the_same_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many years are read together changes nothing."""
    chooser = random.Random(5)
    world = [
        (year, e, i, p, chooser.randrange(10**6))
        for year in YEARS
        for e in ECONOMIES
        for i in ECONOMIES
        for p in PRODUCTS
        if e != i and chooser.random() < 0.4
    ]
    facts = relation(kusd(world))
    whole = trade_frames(facts, HOME, YEARS)
    monkeypatch.setattr("ostra.ecosystem.trade.flows.ROWS_PER_PASS", 1)
    split = trade_frames(facts, HOME, YEARS)
    assert split.dependencies.equals(whole.dependencies)
    assert split.suppliers.sort("product", "year", "supplier").equals(
        whole.suppliers.sort("product", "year", "supplier")
    )


# --- the built-in facts ---

FACTS = Path(__file__).parents[1] / "src/ostra/data/facts/trade"
with_facts = pytest.mark.skipif(not FACTS.is_dir(), reason="the built-in trade facts have not been built")


@pytest.fixture(scope="module")
def facts() -> duckdb.DuckDBPyRelation:
    """The built-in trade facts."""
    return duckdb.connect().sql(f"SELECT * FROM read_parquet('{FACTS}/*/*.parquet')")


@with_facts
def test_built_in_facts_equal_the_twin_for_the_dated_union(facts: duckdb.DuckDBPyRelation) -> None:
    """On all products of real data, with the EU's membership of each year, the twin says the same."""
    union = find_home("EU")
    years = [2003, 2004, 2013, 2020]
    span = range(2000, 2021)
    flows = facts.filter("year BETWEEN 2000 AND 2020").select(
        "year, exporter, importer, product, (value_kusd * 1000)::BIGINT AS usd"
    )
    frame = pd.DataFrame(flows.fetchnumpy())
    products = sorted(frame["product"].unique())
    expected = trade_twin.twin(frame, {year: union.members(year) for year in span}, years)
    same(dependencies(facts, union, years, products=products), expected)


@with_facts
def test_plausible_dependencies_of_the_eu27_in_2022(facts: duckdb.DuckDBPyRelation) -> None:
    """Borates come from Turkey, lithium carbonate from Chile, rare-earth compounds mostly from China."""
    frame = dependencies(facts, find_home("EU27"), [2022], supplier="CHN")
    assert row(frame, product="252890")["top_supplier"] == "TUR"
    assert row(frame, product="283691")["top_supplier"] == "CHL"
    assert row(frame, product="283691")["dependent"] is True
    earths = row(frame, product="284690")
    assert earths["top_supplier"] == "CHN" and earths["supplier_share"] == earths["top_share"]
    assert frame.filter(pl.col("dependent"))["years_flagged"].min() == 1


@with_facts
def test_germanium_is_unknown_after_2016(facts: duckdb.DuckDBPyRelation) -> None:
    """Trade under germanium's HS92 code ends in 2016: later years are unknown, never zero."""
    frame = dependencies(facts, find_home("EU27"), [2006, 2016, 2017, 2020], products=["811230"])
    assert frame["status"].to_list() == ["traded", "none", "unknown", "unknown"]
    assert frame["imports_kusd"].to_list()[2:] == [None, None]
    assert frame["world_rows"].to_list() == [247, 3, None, None]


def test_trends_are_least_squares_slopes() -> None:
    """A share that grows by a tenth a year has that slope, and two years make no trend."""
    flows: list[Flow] = []
    for year, china in ((2018, 50), (2019, 60), (2020, 70), (2021, 80)):
        flows += [(year, "CHN", "DEU", GALLIUM, china), (year, "USA", "DEU", GALLIUM, 100 - china)]
    flows += [(year, "USA", "DEU", "222222", 1) for year in (2020, 2021)]
    got = trends(dependencies(relation(flows), HOME, range(2018, 2022)))
    gallium, other = got.rows(named=True)[::-1]
    assert gallium["top_share_trend"] == pytest.approx(0.1)
    assert gallium["imports_trend"] == 0.0
    # HHI 0.50, 0.52, 0.58, 0.68: sum of (t − T)(y − Y) is −1.5·(−0.07) − 0.5·(−0.05) + 0.5·0.01 + 1.5·0.11 = 0.30
    assert gallium["concentration_trend"] == pytest.approx(0.30 / 5)
    assert (gallium["first_year"], gallium["last_year"], gallium["years"]) == (2018, 2021, 4)
    assert (other["years"], other["top_share_trend"]) == (2, None)
