"""Single points of failure: a world worked by hand, and an independent count over random worlds."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ostra.ecosystem.trade.network import COLUMNS, points_of_failure
from ostra.errors import UsageError
from worlds import FIVE, GALLIUM, Flow, relation

FACTS = Path(__file__).parents[1] / "src/ostra/data/facts/trade"


def test_five_country_network_by_hand() -> None:
    """China serves all four others; its loss could be made good to 40 % by the customers' other suppliers."""
    frame = points_of_failure(relation(FIVE), [2022])
    assert frame.columns == list(COLUMNS)
    china, america, germany = frame.rows(named=True)
    assert [china["exporter"], america["exporter"], germany["exporter"]] == ["CHN", "USA", "DEU"]
    assert china == {
        "product": GALLIUM,
        "year": 2022,
        "exporter": "CHN",
        "rank": 1,
        "exports_kusd": 1300.0,
        "world_share": 1300 / 2160,  # USA 550, DEU 140, JPN 110, FRA 60
        "importers_served": 4,
        "importers_dependent": 3,  # DEU 600 of 750, FRA 200 of 350, USA 400 of 520; JPN 100 of 340 is no majority
        "dependents": ["DEU", "FRA", "USA"],
        "centrality": 1.0,  # all four others
        "clustering": 6 / 12,  # USA→DEU, JPN→FRA, DEU→FRA, FRA→USA, USA→JPN, JPN→USA
        "density": 12 / 20,
        "substitutability": 520 / 1300,  # DEU 150 from others, FRA 150, USA 120; JPN can replace all of its 100
        "flagged": True,
        "rows": 4,
    }
    assert america["importers_dependent"] == 2  # JPN 240 of 340, CHN 160 of 200
    assert america["dependents"] == ["CHN", "JPN"]


def test_a_lone_exporter_with_one_customer() -> None:
    """One flow is a network of two: nothing to cluster, nothing to replace it."""
    got = points_of_failure(relation([(2022, "CHN", "DEU", GALLIUM, 5)]), [2022]).row(0, named=True)
    assert (got["world_share"], got["centrality"], got["clustering"]) == (1.0, 1.0, None)
    assert (got["density"], got["substitutability"], got["flagged"]) == (0.5, 0.0, True)


def test_the_hub_of_a_star_is_flagged_though_nothing_clusters() -> None:
    """When nobody else sells, the centre is the single point of failure, whatever its clustering."""
    got = points_of_failure(relation([(2022, "CHN", i, GALLIUM, 5) for i in ("DEU", "FRA", "USA")]), [2022])
    assert got.select("clustering", "flagged").rows() == [(0.0, True)]


def test_thresholds_and_number_of_exporters_are_the_callers() -> None:
    """Fewer exporters can be asked for, and stricter thresholds unflag."""
    world = relation(FIVE)
    assert points_of_failure(world, [2022], exporters=1)["exporter"].to_list() == ["CHN"]
    assert points_of_failure(world, [2022], exporters=60).height == 5
    assert not points_of_failure(world, [2022], world_share=0.7)["flagged"].any()
    assert not points_of_failure(world, [2022], substitutability=0.4)["flagged"].any()


def test_flows_of_no_value_and_re_imports_are_no_links() -> None:
    """A recorded flow of zero and a flow of a country with itself leave the network as it was."""
    more: list[Flow] = [(2022, "ZAF", "DEU", GALLIUM, 0), (2022, "CHN", "CHN", GALLIUM, 50)]
    assert points_of_failure(relation([*FIVE, *more]), [2022]).equals(points_of_failure(relation(FIVE), [2022]))


def test_years_without_trade_have_no_rows() -> None:
    """Asking for a year that the data do not hold gives an empty frame with all columns."""
    assert points_of_failure(relation(FIVE), [1990]).columns == list(COLUMNS)
    assert points_of_failure(relation(FIVE), [1990, 2022], ["000000"]).height == 0


@pytest.mark.parametrize(
    ("years", "options", "message"),
    [([], {}, "no year"), ([2022], {"exporters": 0}, "Ask for 1 to 60"), ([2022], {"products": ["1"]}, "six digits")],
)
def test_bad_requests_are_refused(years: list[int], options: dict[str, object], message: str) -> None:
    """The message says what to ask instead."""
    with pytest.raises(UsageError, match=message):
        points_of_failure(relation(FIVE), years, **options)  # type: ignore[arg-type]


ECONOMIES = ("AUT", "BEL", "CHN", "DEU", "FRA", "JPN", "USA")
keys = st.tuples(
    st.sampled_from((2021, 2022)),
    st.sampled_from(ECONOMIES),
    st.sampled_from(ECONOMIES),
    st.sampled_from(("260111", GALLIUM)),
).filter(lambda key: key[1] != key[2])
worlds = st.dictionaries(keys, st.integers(1, 50), min_size=1, max_size=70)


@settings(deadline=None, max_examples=40)
@given(world=worlds, seed=st.integers(0, 2**32))
def test_equals_a_count_by_hand_in_every_world(world: dict[tuple[int, str, str, str], int], seed: int) -> None:
    """Plain loops over dictionaries find the same figures, whatever the order of rows."""
    shuffled = random.Random(seed).sample(sorted(world), len(world))
    frame = points_of_failure(relation([(*key, world[key]) for key in shuffled]), [2021, 2022], exporters=60)
    networks: dict[tuple[str, int], dict[tuple[str, str], int]] = defaultdict(dict)
    for (year, exporter, importer, product), value in world.items():
        networks[product, year][exporter, importer] = value
    assert frame.height == sum(len({e for e, _ in flows}) for flows in networks.values())
    for got in frame.rows(named=True):
        flows = networks[got["product"], got["year"]]
        me = got["exporter"]
        bought: dict[str, int] = defaultdict(int)
        for (_, importer), value in flows.items():
            bought[importer] += value
        mine = {importer: value for (exporter, importer), value in flows.items() if exporter == me}
        traders = {economy for pair in flows for economy in pair}
        among = [pair for pair in flows if pair[0] in mine and pair[1] in mine]
        k, n = len(mine), len(traders)
        assert got["exports_kusd"] == sum(mine.values())
        assert got["world_share"] == sum(mine.values()) / sum(flows.values())
        assert (got["importers_served"], got["rows"]) == (k, k)
        assert got["dependents"] == sorted(i for i, v in mine.items() if 2 * v > bought[i])
        assert got["importers_dependent"] == len(got["dependents"])
        assert got["centrality"] == k / (n - 1)
        assert got["clustering"] == (len(among) / (k * (k - 1)) if k > 1 else None)
        assert got["density"] == len(flows) / (n * (n - 1))
        covered = sum(min(v, bought[i] - v) for i, v in mine.items())
        assert got["substitutability"] == pytest.approx(covered / sum(mine.values()), rel=1e-15)
        assert got["flagged"] == (got["world_share"] > 0.5 and got["substitutability"] < 0.5)


@pytest.mark.skipif(not FACTS.is_dir(), reason="the built-in trade facts have not been built")
def test_known_bottlenecks_in_the_built_in_facts() -> None:
    """In 2022 they are Brazil for ferro-niobium, South Africa for chromium ore, Turkey for borates."""
    import duckdb

    facts = duckdb.connect().sql(f"SELECT * FROM read_parquet('{FACTS}/*/*.parquet')")
    frame = points_of_failure(facts, [2022], ["720293", "261000", "252890"], exporters=1)
    assert dict(frame.select("product", "exporter").rows()) == {"252890": "TUR", "261000": "ZAF", "720293": "BRA"}
    assert frame["flagged"].all()
    assert frame.filter(pl.col("product") == "261000")["importers_dependent"].item() > 40
