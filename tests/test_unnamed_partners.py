"""Imports from nobody who can be named: every indicator lies between bounds, whoever they come from in truth."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ostra.ecosystem.trade.dependency import BOUNDED, trade_frames
from ostra.ecosystem.trade.flows import UNNAMED
from ostra.ecosystem.trade.import_holds import import_holds
from ostra.ecosystem.trade.network import points_of_failure
from ostra.ecosystem.trade.trends import trends
from ostra.model.dossier import Dossier, Item, ProductBinding, Stage
from ostra.words.economies import home
from ostra.workspace import Workspace
from worlds import relation

CHIPS = "854231"
Flow = tuple[int, str, str, str, float]
NAMED = ("CHN", "TWN", "USA", "DEU", "FRA")


def completed(world: list[Flow], seed: int, country: bool) -> list[Flow]:
    """The world with each flow from nobody divided among economies; those of a country come from outside it."""
    rng = random.Random(seed)
    sums: dict[tuple[int, str, str, str], float] = {}
    for year, exporter, importer, product, value in world:
        parts = [(exporter, value)]
        if exporter == UNNAMED:
            others = [code for code in (*NAMED, "KOR", "VNM", "JPN") if code != importer]
            chosen = rng.sample(others, rng.randint(1, 4))
            cuts = sorted(rng.randint(0, int(value)) for _ in chosen[1:])
            parts = [
                (code, end - start) for code, start, end in zip(chosen, [0, *cuts], [*cuts, int(value)], strict=True)
            ]
        for code, part in parts:
            if part > 0:
                sums[year, code, importer, product] = sums.get((year, code, importer, product), 0) + part
    return [(*key, value) for key, value in sums.items()]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from((*NAMED, UNNAMED)), st.sampled_from(NAMED), st.integers(1, 100)),
        min_size=1, max_size=12, unique_by=lambda flow: flow[:2],
    ),
    st.integers(0, 10**6),
    st.sampled_from(["DEU", "EU27"]),
)  # fmt: skip
def test_bounds_hold_whoever_the_unnamed_are(flows: list[tuple[str, str, int]], seed: int, code: str) -> None:
    """Whatever economies the unnamed flows are given to, every indicator lies where the open world says."""
    world: list[Flow] = [(2022, a, b, CHIPS, float(value)) for a, b, value in flows if a != b]
    if not world:
        return
    seen_from = home(code)
    open_world = trade_frames(relation(world), seen_from, [2022], products=[CHIPS])
    row = open_world.dependencies.row(0, named=True)
    truth = trade_frames(relation(completed(world, seed, code == "DEU")), seen_from, [2022], products=[CHIPS])
    real = truth.dependencies.row(0, named=True)
    if row["status"] != "traded" or real["status"] != "traded":
        return
    for name in BOUNDED:
        low, high, value = row[f"{name}_low"], row[f"{name}_high"], real[name]
        if low is None or value is None:
            continue
        assert low - 1e-12 <= value and (high is None or value <= high + 1e-12), name
    if row["top_supplier"] is not None:
        assert real["top_supplier"] == row["top_supplier"]
    assert row["dependent"] in (None, real["dependent"])
    shares = {line["supplier"]: line["share"] for line in truth.suppliers.iter_rows(named=True)}
    for line in open_world.suppliers.iter_rows(named=True):
        assert line["share_low"] - 1e-12 <= shares[line["supplier"]] <= line["share_high"] + 1e-12


WORLD: list[Flow] = [
    (2022, "CHN", "DEU", CHIPS, 600), (2022, UNNAMED, "DEU", CHIPS, 400), (2022, "CHN", "JPN", CHIPS, 200),
    (2021, "CHN", "DEU", CHIPS, 500), (2020, "CHN", "DEU", CHIPS, 400), (2019, "CHN", "DEU", CHIPS, 300),
]  # fmt: skip


def test_shares_are_intervals_and_imports_are_whole() -> None:
    """600 of 1000 from China and 400 from nobody: 60 to 100 %, concentration 0.36 to 1, not surely dependent."""
    row = trade_frames(relation(WORLD), home("DEU"), [2022]).dependencies.row(0, named=True)
    assert (row["imports_kusd"], row["unnamed_kusd"]) == (1000.0, 400.0)
    assert (row["top_supplier"], row["top_share"], row["top_share_low"], row["top_share_high"]) == ("CHN", None, 0.6, 1)
    assert (row["concentration"], row["concentration_low"], row["concentration_high"]) == (None, 0.36, 1.0)
    assert row["dependent"] is None
    bloc = trade_frames(relation(WORLD), home("EU27"), [2022]).dependencies.row(0, named=True)
    assert (bloc["imports_kusd"], bloc["imports_kusd_low"], bloc["imports_kusd_high"]) == (None, 600.0, 1000.0)


def test_who_is_first_is_unknown_where_nobody_sells_more() -> None:
    """What nobody sells may be all of one supplier."""
    world: list[Flow] = [(2022, "CHN", "DEU", CHIPS, 60), (2022, UNNAMED, "DEU", CHIPS, 80)]
    row = trade_frames(relation(world), home("DEU"), [2022]).dependencies.row(0, named=True)
    assert (row["top_supplier"], row["status"], row["diversification_potential_low"]) == (None, "traded", None)


def test_holds_trends_and_network() -> None:
    """A hold spans what is open, a trend of shares leaves the open year out, and nobody is no node of the network."""
    dossier = Dossier.model_construct(
        items=(Item(id="chip", name="Chip", kind="product", stage="s", products=(ProductBinding(hs=CHIPS),)),),
        stages=(Stage(id="s", name="S"),),
    )
    frames = trade_frames(relation(WORLD), home("DEU"), [2022])
    (hold,) = import_holds(dossier, frames.dependencies, frames.suppliers)
    assert (hold.economy, hold.share.low, hold.share.high) == ("CHN", 0.6, 1.0)
    assert any("nobody can name" in caveat for caveat in hold.caveats)
    series = trends(trade_frames(relation(WORLD), home("DEU"), [2019, 2020, 2021, 2022]).dependencies)
    assert series.row(0, named=True)["top_share_trend"] == 0.0
    assert series.row(0, named=True)["imports_trend"] == pytest.approx(
        (-1.5 * 300 - 0.5 * 400 + 0.5 * 500 + 1.5 * 1000) / 5
    )
    network = points_of_failure(relation(WORLD), [2022])
    assert set(network["exporter"]) == {"CHN"}


def test_the_pages_say_so(tmp_path: Path) -> None:
    """From the file to the listing: the bounds, and a sentence with the value."""
    from ostra.ask.trade import dependencies
    from ostra.change.new_workspace import create_workspace
    from ostra.facts.imports import import_file

    create_workspace(tmp_path / "w")
    path = tmp_path / "BACI_HS17_Y2022_V202401.csv"
    path.write_text("t,i,j,k,v,q\n2022,156,276,854231,600,6\n2022,899,276,854231,300,3\n2022,568,276,854231,100,1\n")
    import_file(tmp_path / "w", "baci", path)
    found = dependencies(Workspace(tmp_path / "w"), home="DEU", years=2022)
    assert found.frame.row(0, named=True)["top_share_low"] == 0.6
    assert any("no single economy" in caveat for caveat in found.provenance.caveats)
