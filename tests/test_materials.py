"""GeoPolRisk and material indicators on worlds small enough to check by hand."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from material_worlds import Flow, Mine, World, naive_risk, naive_score
from ostra.ecosystem.fact_tables import FactTables
from ostra.ecosystem.materials.geopolrisk import IntraBloc, indicators
from ostra.ecosystem.materials.geopolrisk import geopolrisk as of_inputs
from ostra.ecosystem.materials.inputs import read_inputs
from ostra.ecosystem.materials.production_shares import hhi_bounds, production_shares
from ostra.errors import DataError, MethodError
from ostra.words.economies import Home, home

EU = home("EU27")
GERMANY = home("DEU")
PRODUCT = "260500"

# World production 100 t: 60 in the Congo, 30 in China, 10 in Germany.
MINES: list[Mine] = [(2020, "Cobalt", "COD", 60.0), (2020, "Cobalt", "CHN", 30.0), (2020, "Cobalt", "DEU", 10.0)]
FLOWS: list[Flow] = [
    (2020, "COD", "DEU", PRODUCT, 60.0, 30.0),
    (2020, "CHN", "DEU", PRODUCT, 10.0, 5.0),
    (2020, "FRA", "DEU", PRODUCT, 10.0, 5.0),
    (2020, "CHN", "FRA", PRODUCT, 20.0, 10.0),
    (2020, "DEU", "USA", PRODUCT, 4.0, 2.0),
]
ESTIMATES = [(2020, "COD", -2.0), (2020, "CHN", -0.5), (2020, "FRA", 0.5), (2020, "DEU", 1.0), (2020, "USA", 0.0)]
WORLD = World(FLOWS, MINES, ESTIMATES, [("Cobalt", PRODUCT, 0.2)])
HHI = 0.36 + 0.09 + 0.01


def geopolrisk(*facts: Any, intra_bloc: IntraBloc = "excluded", **options: Any) -> pl.DataFrame:
    """The scores of a world's facts."""
    return of_inputs(read_inputs(*facts, **options), intra_bloc)


def one(world: World, of: Home = GERMANY, year: int = 2020, **options: Any) -> dict[str, object]:
    """The single row for one home and year of a world with one material."""
    return geopolrisk(*world.relations(), [of], [year], **options).row(0, named=True)


def test_a_country_scores_concentration_times_import_risk() -> None:
    """Germany: (30 x 0.9 + 5 x 0.6 + 5 x 0.4) / (40 + 10) = 0.64, times HHI 0.46; all known, so exact."""
    row = one(WORLD)
    assert row["import_risk"] == pytest.approx(0.64, abs=1e-15)
    assert row["production_concentration"] == pytest.approx(HHI, abs=1e-15)
    assert row["geopolrisk"] == pytest.approx(0.64 * HHI, abs=1e-15)
    assert row["geopolrisk_low"] == row["geopolrisk_high"] == row["geopolrisk"]
    assert row["price_kusd_t"] == pytest.approx(2.0)
    assert (row["top_producer"], row["top_producer_share"]) == ("COD", 0.6)
    assert (row["imports_t"], row["suppliers"], row["flows"], row["production_rows"]) == (40.0, 3, 3, 3)
    assert row["caveats"] == []


def test_a_bloc_buys_nothing_from_itself_unless_asked() -> None:
    """EU27: without the French 5 t (27 + 3 + 6) / (45 + 10); with them as zero risk the same over 60."""
    assert one(WORLD, EU)["import_risk"] == pytest.approx(36 / 55, abs=1e-15)
    kept = one(WORLD, EU, intra_bloc="zero risk")
    assert kept["import_risk"] == pytest.approx(36 / 60, abs=1e-15)
    assert kept["caveats"] == ["trade between members counts as imports without risk"]


def test_every_combination_has_its_row() -> None:
    """A material without code, a year without data and a home without trade stay, with the reason."""
    world = replace(WORLD, products=[*WORLD.products, ("Gallium", None, None)])
    table = geopolrisk(*world.relations(), [GERMANY, home("JPN")], [2020, 2021])
    assert table.select("material", "home", "year").rows() == [
        (m, h, y) for m in ("Cobalt", "Gallium") for h in ("DEU", "JPN") for y in (2020, 2021)
    ]
    assert all(row["caveats"] for row in table.to_dicts() if row["geopolrisk"] is None)


def test_without_a_trade_code_the_score_lies_between_zero_and_the_concentration() -> None:
    """Gallium has producers and no code: import risk in [0, 1], score in [0, HHI], never zero."""
    world = World(
        [], [(2020, "Gallium", "CHN", 3.0), (2020, "Gallium", "JPN", 1.0)], ESTIMATES, [("Gallium", None, 0.0)]
    )
    row = one(world)
    assert (row["import_risk_low"], row["import_risk_high"]) == (0.0, 1.0)
    assert (row["geopolrisk"], row["geopolrisk_low"], row["geopolrisk_high"]) == (None, 0.0, 0.625)
    assert row["caveats"] == ["no trade code for this material: imports unknown, import risk between 0 and 1"]
    assert row["imports_t_low"] is None


def test_a_code_nobody_uses_any_more_is_unknown_trade() -> None:
    """No flow anywhere under the code in that year: unknown, with the code named; an empty importer is zero."""
    mines = [*MINES, *[(2021, m, c, q) for _, m, c, q in MINES]]
    row = one(replace(WORLD, production=mines), year=2021)
    assert (row["import_risk_low"], row["import_risk_high"]) == (0.0, 1.0)
    assert "no trade recorded anywhere under HS 260500 in 2021: imports unknown, not zero" in row["caveats"]
    partly = replace(WORLD, products=[*WORLD.products, ("Cobalt", "810510", 0.2)])
    assert one(partly)["caveats"] == ["no trade recorded anywhere under HS 810510 in 2020: only the other codes count"]


def test_no_imports_and_no_production_is_undefined_not_zero() -> None:
    """Japan buys and digs none: null with the reason; a producer without imports has import risk 0."""
    japan = one(WORLD, home("JPN"))
    assert japan["geopolrisk_low"] is None and japan["import_risk_low"] is None
    assert japan["caveats"] == ["home neither imports nor produces it: import risk undefined"]
    congo = one(WORLD, home("COD"))
    assert congo["geopolrisk"] == 0.0
    assert congo["caveats"] == ["no imports recorded: own production only"]


def test_a_year_without_production_has_no_score() -> None:
    """Production unknown: score null; own supply unknown, so import risk is anything up to imports alone."""
    world = replace(
        WORLD, trade=[*FLOWS, (2015, "CHN", "DEU", PRODUCT, 1.0, 1.0)], governance=[*ESTIMATES, (2015, "CHN", -0.5)]
    )
    row = one(world, year=2015)
    assert row["geopolrisk_low"] is None and row["production_concentration_low"] is None
    assert (row["import_risk_low"], row["import_risk_high"]) == (0.0, pytest.approx(0.6))
    assert row["caveats"] == ["no production data for 2015: concentration and score unknown"]


def test_a_blank_quantity_is_bounded_by_unit_values() -> None:
    """All unit values are 2 kUSD/t, so the blank flow of 20 kUSD is 10 t; its value stays out of the price."""
    world = replace(WORLD, trade=[*FLOWS, (2020, "USA", "DEU", PRODUCT, 20.0, None)])
    row = one(world)
    assert row["import_risk"] == pytest.approx((32 + 10 * 0.5) / 60, abs=1e-12)
    assert row["price_kusd_t"] == pytest.approx(2.0)
    assert (row["flows_without_quantity"], row["value_without_quantity"]) == (1, pytest.approx(0.2))
    assert (
        "import flows without quantity, bounded by unit values: 1 of 4, worth 20 of 100 thousand USD" in row["caveats"]
    )


def test_a_blank_quantity_between_cheap_and_dear_gives_an_interval() -> None:
    """With unit values 1 and 4 the blank 20 kUSD are 5 to 20 t of a risky supplier."""
    flows: list[Flow] = [
        (2020, "CHN", "DEU", PRODUCT, 10.0, 10.0),
        (2020, "CHN", "FRA", PRODUCT, 40.0, 10.0),
        (2020, "COD", "DEU", PRODUCT, 20.0, None),
    ]
    row = one(replace(WORLD, trade=flows))
    assert row["geopolrisk"] is None
    assert row["import_risk_low"] == pytest.approx((6 + 5 * 0.9) / 25, abs=1e-12)
    assert row["import_risk_high"] == pytest.approx((6 + 20 * 0.9) / 40, abs=1e-12)


def test_blank_quantities_without_any_unit_value_leave_the_risk_open() -> None:
    """Nobody recorded a quantity of the product: nothing bounds it."""
    row = one(replace(WORLD, trade=[(2020, "COD", "DEU", PRODUCT, 20.0, None)]))
    assert (row["import_risk_low"], row["import_risk_high"]) == (0.0, 1.0)
    assert row["imports_t_high"] is None


def test_a_supplier_without_governance_is_anything_from_safe_to_worst() -> None:
    """China without estimate: 5 t with g between 0 and 1, not 0.5."""
    row = one(replace(WORLD, governance=[e for e in ESTIMATES if e[1] != "CHN"]))
    assert row["import_risk_low"] == pytest.approx((27 + 2) / 50, abs=1e-15)
    assert row["import_risk_high"] == pytest.approx((27 + 2 + 5) / 50, abs=1e-15)
    assert row["suppliers_without_governance"] == 1


@pytest.mark.parametrize(("year", "used"), [(1996, 1996), (1997, 1996), (1998, 1996), (1999, None)])
def test_a_missing_governance_year_is_read_from_the_nearest_earlier(year: int, used: int | None) -> None:
    """Two years back at most, and said so; further back it is unknown."""
    flows: list[Flow] = [(year, "CHN", "DEU", PRODUCT, 1.0, 1.0)]
    world = World(flows, [(year, "Cobalt", "CHN", 1.0)], [(1996, "CHN", -0.5)], [("Cobalt", PRODUCT, 0.0)])
    row = one(world, year=year)
    assert row["governance_year"] == used
    assert row["import_risk"] == (None if used is None else pytest.approx(0.6))
    assert (f"governance of 1996 stands for {year}" in row["caveats"]) == (used not in (None, year))


def test_an_unknown_producer_makes_the_concentration_an_interval() -> None:
    """China blank in 2020 but 40 t in 2021: between 0 and 40 t, so HHI from its minimum to its maximum."""
    mines: list[Mine] = [
        (2020, "Cobalt", "COD", 60.0),
        (2020, "Cobalt", "DEU", 10.0),
        (2020, "Cobalt", "CHN", None),
        (2021, "Cobalt", "CHN", 40.0),
    ]
    row = one(replace(WORLD, production=mines))
    assert row["production_concentration"] is None
    assert row["production_concentration_low"] == pytest.approx((3600 + 100 + 1600) / 110**2, abs=1e-12)
    assert row["production_concentration_high"] == pytest.approx(3700 / 70**2, abs=1e-12)
    assert (row["producers_unknown"], row["top_producer_share"]) == (1, None)
    assert "producers without quantity in 2020, bounded by their largest year: 1" in row["caveats"]


def test_production_shares_are_intervals_when_a_producer_is_unknown() -> None:
    """60 t known, 0 to 40 t unknown: shares [0.6, 1] and [0, 0.4]; a year all known is exact."""
    mines: list[Mine] = [(2020, "Cobalt", "COD", 60.0), (2020, "Cobalt", "CHN", None), (2021, "Cobalt", "CHN", 40.0)]
    shares = production_shares(replace(WORLD, production=mines).relations()[1], [2020, 2021], ["Cobalt"])
    assert shares.rows() == [
        ("Cobalt", 2020, "COD", 60.0, "t", 0.6, 1.0, 1, None),
        ("Cobalt", 2020, "CHN", None, "t", 0.0, 0.4, 1, None),
        ("Cobalt", 2021, "CHN", 40.0, "t", 1.0, 1.0, 1, None),
    ]


def test_gas_volumes_become_tonnes_between_two_densities() -> None:
    """1 million m³ of own gas weighs 680 to 858 t; the concentration needs no conversion."""
    world = World(
        [(2020, "CHN", "DEU", "271111", 1.0, 1000.0)],
        [(2020, "Natural Gas", "DEU", 1.0), (2020, "Natural Gas", "CHN", 1.0)],
        ESTIMATES,
        [("Natural Gas", "271111", 0.0)],
        units={"Natural Gas": "Mio m3"},
    )
    row = one(world)
    assert row["production_concentration"] == 0.5
    assert row["import_risk_low"] == pytest.approx(600 / 1858, abs=1e-15)
    assert row["import_risk_high"] == pytest.approx(600 / 1680, abs=1e-15)


def test_a_unit_without_mass_leaves_own_production_open() -> None:
    """Carats cannot be added to tonnes: own supply is unknown, from 0 up."""
    row = one(replace(WORLD, units={"Cobalt": "ct"}))
    assert row["import_risk_low"] == 0.0
    assert row["import_risk_high"] == pytest.approx(32 / 40, abs=1e-15)


def test_a_code_shared_by_two_materials_is_said() -> None:
    """HS 270112 counts for coking and for steam coal: each names the other."""
    world = replace(WORLD, products=[("Cobalt", PRODUCT, 0.2), ("Nickel", PRODUCT, 0.2)])
    caveats = geopolrisk(*world.relations(), [GERMANY], [2020], materials=["Cobalt"])["caveats"].to_list()
    assert caveats == [[f"HS {PRODUCT} (Nickel) also counts for another material"]]


def test_codes_of_another_edition_are_not_used() -> None:
    """A code of HS92 may be another good in HS17 data: no code then, and the edition is named."""
    trade, production, governance, products = WORLD.relations()
    dated = products.query("dated", "SELECT *, 'HS92' AS edition FROM dated")
    used = geopolrisk(trade, production, governance, dated, [GERMANY], [2020], edition="HS92").row(0, named=True)
    assert used == one(WORLD)
    other = geopolrisk(trade, production, governance, dated, [GERMANY], [2020], edition="HS17").row(0, named=True)
    assert (other["import_risk_low"], other["import_risk_high"]) == (0.0, 1.0)
    assert other["caveats"] == ["no trade code for this material in HS17: imports unknown, import risk between 0 and 1"]


def test_two_units_for_one_material_are_refused() -> None:
    """Tonnes and carats of one material in one year cannot be added."""
    world = replace(WORLD, production=[*MINES, (2020, "Nickel", "CHN", 1.0)], units={"Nickel": "ct"})
    trade, production, governance, products = world.relations()
    mixed = production.query("mixed", "SELECT year, 'Cobalt' AS material, country, stage, quantity, unit FROM mixed")
    with pytest.raises(DataError, match="Cobalt in 2020 is given in several units"):
        geopolrisk(trade, mixed, governance, products, [GERMANY], [2020])


def test_a_material_without_facts_is_refused_with_the_list() -> None:
    """An unknown name lists the materials that exist."""
    with pytest.raises(MethodError, match=r"no facts on Unobtainium; there are facts on: Cobalt"):
        geopolrisk(*WORLD.relations(), [GERMANY], [2020], materials=["Unobtainium"])
    with pytest.raises(MethodError, match="no home or no year"):
        geopolrisk(*WORLD.relations(), [], [2020])


def test_indicators_join_both_methods() -> None:
    """One row has the score, its parts and the supply risk, and the caveats of both."""
    tables = FactTables(*WORLD.relations(), {}, (2020, 2020), None, {})
    row = indicators(tables, [EU], [2020]).row(0, named=True)
    assert row["geopolrisk"] == one(WORLD, EU)["geopolrisk"]
    assert row["supply_risk_low"] < row["supply_risk_high"]
    assert any("substitution" in caveat for caveat in row["caveats"])


# ---- Hypothesis -----------------------------------------------------------------------------------------------------

COUNTRIES = ("CHN", "COD", "DEU", "FRA", "USA", "TWN")
quantities = st.integers(1, 10_000).map(lambda n: n / 8)


@st.composite
def worlds(draw: st.DrawFn, *, unknowns: bool) -> World:
    """A world of six economies, one material and one year, with or without blanks."""
    flows: list[Flow] = []
    for exporter in COUNTRIES:
        for importer in ("DEU", "USA"):
            if exporter != importer and draw(st.booleans()):
                blank = unknowns and draw(st.booleans())
                flows.append((2020, exporter, importer, PRODUCT, draw(quantities), None if blank else draw(quantities)))
    mines: list[Mine] = [(2020, "Cobalt", "COD", draw(quantities))]
    for country in ("CHN", "DEU", "FRA", "USA"):
        if draw(st.booleans()):
            blank = unknowns and draw(st.booleans())
            mines.append((2020, "Cobalt", country, None if blank else draw(quantities)))
            if blank:
                mines.append((2021, "Cobalt", country, draw(quantities)))
    estimates = [
        (2020, country, draw(st.integers(-28, 20)) / 10) for country in COUNTRIES if not unknowns or draw(st.booleans())
    ]
    return World(flows, mines, [*estimates, (2020, "ZAF", 0.0)], [("Cobalt", PRODUCT, 0.0)])


def unit_value_bounds(flows: list[Flow]) -> tuple[float, float] | None:
    """5th and 95th percentile of unit values, nearest rank, as the method states."""
    prices = sorted(value / quantity for *_, value, quantity in flows if quantity)
    if not prices:
        return None
    return tuple(prices[int(share * (len(prices) - 1) + 0.5)] for share in (0.05, 0.95))  # type: ignore[return-value]


@settings(max_examples=30, deadline=None)
@given(worlds(unknowns=True), st.randoms(use_true_random=False))
def test_the_interval_holds_every_admissible_fill(world: World, chance: random.Random) -> None:
    """Fill each unknown with any admissible value: the naive score lies in the interval, which lies in [0, 1]."""
    row = one(world)
    prices = unit_value_bounds(list(world.trade))
    largest = {country: quantity for year, _, country, quantity in world.production if year == 2021}
    estimates = {country: estimate for _, country, estimate in world.governance}
    if row["geopolrisk_low"] is not None:
        assert 0.0 <= row["geopolrisk_low"] <= row["geopolrisk_high"] <= 1.0 + 1e-12  # type: ignore[operator]
    for _ in range(20):

        def pick(low: float, high: float) -> float:
            return chance.choice([low, high, chance.uniform(low, high)])

        flows = []
        for _, exporter, importer, _, value, quantity in world.trade:
            if importer == "DEU":
                if quantity is None:
                    quantity = chance.uniform(0, 1e6) if prices is None else pick(value / prices[1], value / prices[0])
                flows.append((exporter, quantity))
        risk = {c: naive_risk(estimates[c]) if c in estimates else pick(0.0, 1.0) for c in COUNTRIES}
        production = {
            country: pick(0.0, largest[country]) if quantity is None else quantity  # type: ignore[arg-type]
            for year, _, country, quantity in world.production
            if year == 2020
        }
        concentration, import_risk = naive_score(flows, risk, production, ["DEU"])
        assert (
            row["production_concentration_low"] - 1e-9 <= concentration <= row["production_concentration_high"] + 1e-9
        )  # type: ignore[operator]
        if import_risk is None:
            continue
        if not world.trade:
            assert (row["import_risk_low"], row["import_risk_high"]) == (0.0, 1.0)
        elif row["import_risk_low"] is not None:
            # Bounds of blank quantities are rounded outwards to whole kilograms.
            assert row["import_risk_low"] - 1e-6 <= import_risk <= row["import_risk_high"] + 1e-6  # type: ignore[operator]
        else:
            assert "home neither imports nor produces it: import risk undefined" in row["caveats"]  # type: ignore[operator]


@settings(max_examples=20, deadline=None)
@given(worlds(unknowns=False), st.integers(2, 50), st.randoms(use_true_random=False))
def test_scale_and_order_of_rows_change_nothing(world: World, factor: int, chance: random.Random) -> None:
    """Multiplying all quantities, or shuffling all rows, leaves every indicator as it is."""
    scaled = replace(
        world,
        trade=[(y, e, i, p, v, q * factor) for y, e, i, p, v, q in world.trade],  # type: ignore[operator]
        production=[(y, m, c, q * factor) for y, m, c, q in world.production],  # type: ignore[operator]
    )
    shuffled = replace(
        world,
        trade=chance.sample(list(world.trade), len(world.trade)),
        production=chance.sample(list(world.production), len(world.production)),
        governance=chance.sample(list(world.governance), len(world.governance)),
    )
    first, second, third = (one(w) for w in (world, scaled, shuffled))
    assert first == third
    for name in ("geopolrisk", "import_risk", "production_concentration"):
        assert second[name] == (None if first[name] is None else pytest.approx(first[name], rel=1e-12))


@settings(max_examples=20, deadline=None)
@given(worlds(unknowns=True), st.sampled_from(COUNTRIES), st.integers(1, 20))
def test_worse_governance_never_lowers_the_score(world: World, country: str, tenths: int) -> None:
    """Lowering one estimate moves neither end of the interval down."""
    worse = replace(world, governance=[(y, c, e - tenths / 10 if c == country else e) for y, c, e in world.governance])
    before, after = one(world), one(worse)
    for end in ("geopolrisk_low", "geopolrisk_high"):
        if before[end] is not None:
            assert after[end] >= before[end] - 1e-12  # type: ignore[operator]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(1, 1000), min_size=1, max_size=5), st.lists(st.integers(1, 1000), max_size=5), st.data())
def test_concentration_bounds_are_attained(known: list[int], bounds: list[int], data: st.DataObject) -> None:
    """The largest HHI is that of some corner; no corner and no inner point lies outside the bounds."""
    low = np.array([*known, *[0] * len(bounds)], dtype=float)
    high = np.array([*known, *bounds], dtype=float)
    result = hhi_bounds(low, high)
    assert result is not None

    def hhi(fill: list[float]) -> float:
        quantity = np.array([*known, *fill], dtype=float)
        return float((quantity**2).sum() / quantity.sum() ** 2)

    corners = [
        hhi([bound if mask >> n & 1 else 0.0 for n, bound in enumerate(bounds)]) for mask in range(2 ** len(bounds))
    ]
    assert result[1] == pytest.approx(max(corners), rel=1e-12)
    assert result[0] <= min(corners) + 1e-12
    level = result[0]
    inner = [data.draw(st.floats(0, bound)) for bound in bounds]
    assert level - 1e-12 <= hhi(inner) <= result[1] + 1e-12


def test_concentration_is_unknown_without_a_known_producer() -> None:
    """All blank, or all zero: no concentration."""
    assert hhi_bounds(np.array([0.0]), np.array([5.0])) is None
    assert hhi_bounds(np.array([0.0]), np.array([0.0])) is None
    assert hhi_bounds(np.array([1.0, 0.0]), np.array([1.0, np.inf])) == (0.5, 1.0)


def test_the_result_does_not_depend_on_what_else_is_asked() -> None:
    """One material for one home and year equals its row in the whole table, bit for bit."""
    world = replace(WORLD, products=[*WORLD.products, ("Nickel", PRODUCT, 0.1)])
    whole = geopolrisk(*world.relations(), [EU, GERMANY], [2020, 2021])
    alone = geopolrisk(*world.relations(), [GERMANY], [2020], materials=["Cobalt"])
    picked = whole.filter((pl.col("material") == "Cobalt") & (pl.col("home") == "DEU") & (pl.col("year") == 2020))
    assert picked.equals(alone)
