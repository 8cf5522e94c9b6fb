"""Supply risk of the EU criticality method: hand-worked, by Hypothesis, and beside the Commission's own shares."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from material_worlds import Flow, Mine, World
from ostra.ecosystem.materials.inputs import read_inputs
from ostra.ecosystem.materials.supply_risk import supply_risk as of_inputs
from ostra.errors import NotFoundError
from ostra.facts.store import open_facts
from ostra.words.economies import home, iso3

SHARED = Path(__file__).parents[1].parent / "shared" / "data" / "ec-raw-materials-2023"
EU = home("EU27")
PRODUCT = "260500"
MINES: list[Mine] = [(2020, "Cobalt", "COD", 60.0), (2020, "Cobalt", "CHN", 30.0), (2020, "Cobalt", "DEU", 10.0)]
FLOWS: list[Flow] = [
    (2020, "COD", "DEU", PRODUCT, 60.0, 30.0),
    (2020, "CHN", "DEU", PRODUCT, 10.0, 5.0),
    (2020, "FRA", "DEU", PRODUCT, 10.0, 5.0),
    (2020, "CHN", "FRA", PRODUCT, 20.0, 10.0),
    (2020, "DEU", "USA", PRODUCT, 4.0, 2.0),
]
# On the method's scale of 0 to 10: COD 9, CHN 6, DEU 3.
ESTIMATES = [(2020, "COD", -2.0), (2020, "CHN", -0.5), (2020, "DEU", 1.0), (2020, "USA", 0.0)]
WORLD = World(FLOWS, MINES, ESTIMATES, [("Cobalt", PRODUCT, 0.2)])


def supply_risk(*facts: Any, supply_shares: duckdb.DuckDBPyRelation | None = None) -> pl.DataFrame:
    """The risks of a world's facts."""
    return of_inputs(read_inputs(*facts), supply_shares)


def one(world: World, **options: Any) -> dict[str, object]:
    """The row of EU27 in 2020."""
    return supply_risk(*world.relations(), [EU], [2020], **options).row(0, named=True)


def shares_table(rows: list[tuple[str, str, str, float]]) -> duckdb.DuckDBPyRelation:
    """A supply_shares table that gives trade parameters: material, stage, country, t."""
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE shares (material VARCHAR, stage VARCHAR, scope VARCHAR, country VARCHAR, study VARCHAR, "
        "trade_parameter DOUBLE)"
    )
    connection.executemany(
        "INSERT INTO shares VALUES (?, ?, 'global', ?, '2023', ?)", [(m, s, c, t) for m, s, c, t in rows]
    )
    return connection.table("shares")


def test_the_formula_at_its_two_ends() -> None:
    """G from shares .6 .3 .1, E from 30, 15 and own 10 of 55 t, IR = 43 / 53, recycling 0.2, substitution 0.8 to 1."""
    row = one(WORLD)
    ends = []
    for t, substitution in ((0.8, 0.8), (1.5, 1.0)):
        world = (0.36 * 9 + 0.09 * 6) * t + 0.01 * 3 * 0.8
        sourcing = (30**2 * 9 + 15**2 * 6) / 55**2 * t + 10**2 / 55**2 * 3 * 0.8
        half = 43 / 53 / 2
        ends.append(((world * half + sourcing * (1 - half)) * 0.8 * substitution, world, sourcing))
    for name, position in (("supply_risk", 0), ("global_concentration", 1), ("sourcing_concentration", 2)):
        assert row[f"{name}_low"] == pytest.approx(ends[0][position], rel=1e-12)
        assert row[f"{name}_high"] == pytest.approx(ends[1][position], rel=1e-12)
    assert row["import_reliance_low"] == row["import_reliance_high"] == pytest.approx(43 / 53)
    assert row["supply_risk"] is None and row["recycling_rate"] == 0.2
    assert row["supply_risk_global_high"] == pytest.approx(ends[1][1] * 0.8, rel=1e-12)


def test_trade_parameters_of_the_study_leave_only_substitution_open() -> None:
    """With t for all suppliers the interval is that of the substitution index: 0.8 to 1."""
    row = one(
        WORLD, supply_shares=shares_table([("Cobalt", "extraction", "COD", 1.0), ("Cobalt", "extraction", "CHN", 1.1)])
    )
    world = 0.36 * 9 + 0.09 * 6 * 1.1 + 0.01 * 3 * 0.8
    assert row["global_concentration_low"] == row["global_concentration_high"] == pytest.approx(world, rel=1e-12)
    assert row["supply_risk_high"] == pytest.approx(row["supply_risk_low"] / 0.8, rel=1e-12)  # type: ignore[operator]


def test_unknown_recycling_and_governance_widen_the_interval() -> None:
    """No recycling rate: factor 0 to 1; no estimate for the Congo: governance 0 to 10."""
    row = one(replace(WORLD, products=[("Cobalt", PRODUCT, None)]))
    assert row["supply_risk_low"] == 0.0
    assert "recycling rate unknown: between 0 and 1" in row["caveats"]  # type: ignore[operator]
    dark = one(replace(WORLD, governance=ESTIMATES[1:]))
    assert dark["global_concentration_low"] == pytest.approx(0.09 * 6 * 0.8 + 0.01 * 3 * 0.8)
    assert dark["global_concentration_high"] == pytest.approx((0.36 * 10 + 0.09 * 6) * 1.5 + 0.01 * 3 * 0.8)


def test_a_net_exporter_relies_on_nobody() -> None:
    """Exports above imports: IR is 0, only the sourcing counts."""
    row = one(replace(WORLD, trade=[*FLOWS, (2020, "DEU", "USA", PRODUCT, 200.0, 100.0)]))
    assert row["import_reliance_low"] == row["import_reliance_high"] == 0.0
    assert row["supply_risk_high"] == pytest.approx(row["sourcing_concentration_high"] * 0.8)  # type: ignore[operator]


def test_without_trade_only_the_global_part_is_known() -> None:
    """No code: supply risk null with the reason, its global part an interval."""
    row = one(replace(WORLD, products=[("Cobalt", None, 0.2)]))
    assert row["supply_risk_low"] is None and row["import_reliance_low"] is None
    assert row["supply_risk_global_low"] > 0  # type: ignore[operator]
    assert row["caveats"][0] == "supply risk unknown without trade data; its global part is given"  # type: ignore[index]


def test_a_home_that_uses_none_has_no_supply_risk() -> None:
    """Neither production nor net imports: undefined, said so."""
    row = supply_risk(*WORLD.relations(), [home("JPN")], [2020]).row(0, named=True)
    assert row["supply_risk_low"] is None
    assert "home uses none on balance: import reliance and supply risk undefined" in row["caveats"]


def test_all_six_governance_dimensions_are_averaged() -> None:
    """The method's governance is the mean of what the facts hold; with six dimensions no caveat remains."""
    trade, production, _, products = WORLD.relations()
    connection = duckdb.connect()
    connection.execute("CREATE TABLE g (year INT, country VARCHAR, indicator VARCHAR, estimate DOUBLE)")
    for number, indicator in enumerate(("VA", "PV", "GE", "RQ", "RL", "CC")):
        for _, country, estimate in ESTIMATES:
            connection.execute("INSERT INTO g VALUES (2020, ?, ?, ?)", [country, indicator, estimate + number - 2.5])
    row = supply_risk(trade, production, connection.table("g"), products, [EU], [2020]).row(0, named=True)
    assert row["global_concentration_low"] == pytest.approx(one(WORLD)["global_concentration_low"])
    assert not any("dimensions" in caveat for caveat in row["caveats"])


quantities = st.integers(1, 5000).map(lambda n: n / 8)


@settings(max_examples=25, deadline=None)
@given(st.data(), st.randoms(use_true_random=False))
def test_the_interval_holds_every_admissible_fill(data: st.DataObject, chance: random.Random) -> None:
    """Fill substitution, trade parameters, governance and blank production: the naive SR lies in the interval."""
    suppliers = ("COD", "CHN", "USA")
    mines: list[Mine] = [(2020, "Cobalt", "COD", data.draw(quantities))]
    largest = {}
    for country in ("CHN", "USA", "DEU", "FRA"):
        if data.draw(st.booleans()):
            mines.append((2020, "Cobalt", country, None))
            largest[country] = data.draw(quantities)
            mines.append((2021, "Cobalt", country, largest[country]))
        else:
            mines.append((2020, "Cobalt", country, data.draw(quantities)))
    flows: list[Flow] = [(2020, c, "DEU", PRODUCT, 1.0, data.draw(quantities)) for c in suppliers]
    flows.append((2020, "FRA", "USA", PRODUCT, 1.0, data.draw(quantities)))
    estimates = [
        (2020, c, data.draw(st.integers(-25, 25)) / 10) for c in (*suppliers, "DEU") if data.draw(st.booleans())
    ]
    rate = data.draw(st.sampled_from([None, 0.0, 0.3]))
    row = one(World(flows, mines, [*estimates, (2020, "ZAF", 0.0)], [("Cobalt", PRODUCT, rate)]))
    known = {country: estimate for _, country, estimate in estimates}
    for _ in range(20):

        def pick(low: float, high: float) -> float:
            return chance.choice([low, high, chance.uniform(low, high)])

        weight = {}
        for c in (*suppliers, "DEU", "FRA"):
            governance = (2.5 - known[c]) * 2 if c in known else pick(0, 10)
            weight[c] = governance * (0.8 if c in ("DEU", "FRA") else pick(0.8, 1.5))
        produced = {c: pick(0, largest[c]) if q is None else q for year, _, c, q in mines if year == 2020}
        imports = {exporter: quantity for _, exporter, importer, *_, quantity in flows if importer == "DEU"}
        sourced = imports | {c: produced.get(c, 0.0) for c in ("DEU", "FRA")}
        net = sum(imports.values()) - flows[-1][-1]  # type: ignore[arg-type,operator]
        own = produced.get("DEU", 0.0) + produced.get("FRA", 0.0)
        if net <= 0 and own == 0:
            continue
        reliance = max(0.0, net) / (own + max(0.0, net))

        def concentrated(quantity: dict[str, float], weight: dict[str, float] = weight) -> float:
            total = sum(quantity.values())
            return sum((q / total) ** 2 * weight[c] for c, q in quantity.items())

        value = concentrated(produced) * reliance / 2 + concentrated(sourced) * (1 - reliance / 2)
        value *= (1 - (pick(0, 1) if rate is None else rate)) * pick(0.8, 1.0)
        assert row["supply_risk_low"] - 1e-9 <= value <= row["supply_risk_high"] + 1e-9  # type: ignore[operator]


# ---- beside the Commission's study ----------------------------------------------------------------------------------

# The study's names where they differ from those of the facts.
STUDY_NAMES = {
    "Barytes": "Baryte",
    "Borate": "Boron Minerals",
    "Chromium": "Chromium (Cr2O3)",
    "Coking coal": "Coking Coal",
    "Iron ore": "Iron (Fe)",
    "Lithium": "Lithium (Li2O)",
    "Natural Graphite": "Graphite",
    "Niobium": "Niobium (Nb2O5)",
    "Phosphate Rock": "Phosphate Rock (P2O5)",
    "Tantalum": "Tantalum (Ta2O5)",
    "Tungsten": "Tungsten (W)",
    "Vanadium": "Vanadium (V)",
}


@pytest.mark.skipif(not SHARED.exists(), reason="the Commission's study tables are not at hand (../shared/data)")
def test_global_concentration_agrees_with_the_shares_of_the_commissions_study() -> None:
    """G from the study's own shares and trade parameters (means of 2016-2020) beside ours for 2020: same ranking."""
    facts = open_facts(None)
    relations = [facts.relation(name) for name in ("trade", "production", "governance", "material_products")]
    governance = {
        country: (2.5 - estimate) * 2
        for country, estimate in relations[2].filter("year = 2020").project("country, estimate").fetchall()
    }
    stages = {"E": "extraction", "P": "processing"}
    study: dict[tuple[str, str], list[tuple[str, float, float]]] = defaultdict(list)
    with (SHARED / "ec2023_supply_shares_tidy_utf8.csv").open(encoding="utf-8-sig", newline="") as file:
        for line in csv.DictReader(file):
            if line["scope"] == "global":
                try:
                    country = iso3(line["Country"])
                except NotFoundError:
                    continue  # "Other" and the like have no governance
                material = STUDY_NAMES.get(line["Material"], line["Material"])
                share = float(line["share_pct"]) / 100
                study[material, stages[line["Stage"]]].append((country, share, float(line["t"])))
    stage_of = dict(relations[1].project("material, stage").distinct().fetchall())
    trade_parameters = shares_table(
        [(material, stage, country, t) for (material, stage), rows in study.items() for country, _, t in rows]
    )
    ours = {
        row["material"]: row for row in supply_risk(*relations, [EU], [2020], supply_shares=trade_parameters).to_dicts()
    }
    pairs = []
    for material, row in ours.items():
        rows = study.get((material, stage_of.get(material, "")))
        if rows and all(country in governance for country, share, _ in rows if share > 0.01):
            theirs = sum(share**2 * governance.get(country, 0.0) * t for country, share, t in rows)
            middle = (row["global_concentration_low"] + row["global_concentration_high"]) / 2
            pairs.append((material, theirs, middle))
    assert len(pairs) >= 35
    # Different years and editions of the same statistics: no material is far off, most are close, the order holds.
    ratios = sorted(ours_middle / theirs for _, theirs, ours_middle in pairs)
    assert ratios[0] > 0.6 and ratios[-1] < 1.6, pairs
    assert 0.9 < ratios[len(ratios) // 2] < 1.1
    first, second = ranks([theirs for _, theirs, _ in pairs]), ranks([middle for *_, middle in pairs])
    n = len(pairs)
    spearman = 1 - 6 * sum((a - b) ** 2 for a, b in zip(first, second, strict=True)) / (n * (n * n - 1))
    assert spearman > 0.9


def ranks(values: list[float]) -> list[int]:
    """Position of each value in ascending order."""
    order = sorted(range(len(values)), key=values.__getitem__)
    return [order.index(position) for position in range(len(values))]
