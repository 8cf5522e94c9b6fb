"""Static embargoes: against sanction-simulator, against a closed form, and what must hold whatever the table."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from io_worlds import icio_regions, random_table, table
from ostra.cli import main
from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.errors import MethodError, UsageError
from ostra.scenario import rationing
from ostra.scenario.rerouting import Network, network, reroute
from ostra.scenario.sector_choice import sector_numbers
from ostra.scenario.trade_ban import Settings, cut, embargo

PEER = Path(__file__).parents[1] / ".peers-sanction" / "bin" / "python"
ORACLE = Path(__file__).parents[1] / "benchmarks" / "oracle_sanctions.py"


def peer_losses(net: Network, legs: list[tuple[int, int]], parts: np.ndarray, folder: Path) -> dict[str, np.ndarray]:
    """What sanction-simulator finds on the same table, in the order of ostra's nodes."""
    if not PEER.exists():
        pytest.skip("sanction-simulator is not here; scripts/setup.sh test installs it into .peers-sanction")
    economies, sectors = len(net.table.economies), len(net.table.sectors)
    # The peer's nodes run through economies within each sector.
    order = np.arange(economies * sectors).reshape(economies, sectors).T.ravel()
    flows = net.blocks.reshape(-1, economies * sectors)[:, order]
    budgets = flows.sum(axis=0)
    shares = np.divide(flows, budgets, out=np.zeros_like(flows), where=budgets > 0)
    np.savez(
        folder / "in.npz",
        A=shares,
        omb=net.inputs[order],
        z=net.other[order],
        s=net.output[order],
        go=net.output[order],
        dbar=flows.sum(axis=1),
        audit="{}",
        countries=np.array(net.table.economies),
        sectors=np.array(net.table.sectors),
        legs=np.array(legs),
        parts=parts,
        tau=0.3,
        delta=0.1,
        rho=-1.0,
    )
    subprocess.run([PEER, ORACLE, folder / "in.npz", folder / "out.npz"], check=True, capture_output=True, timeout=300)
    found = np.load(folder / "out.npz")
    back = np.argsort(order)
    return {name: found[name][back] for name in ("rerouted", "rationed")}


def ours(net: Network, legs: list[tuple[int, int]], parts: np.ndarray) -> dict[str, np.ndarray]:
    cuts = [replace(cut(net, [a], [b]), blocked=part) for (a, b), part in zip(legs, parts, strict=True)]
    found = embargo(net, cuts)
    return {"rerouted": found.rerouted.output, "rationed": found.rationed.output}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_agrees_with_sanction_simulator_on_random_tables(seed: int, tmp_path: Path) -> None:
    """One direction, both directions, and some sectors in part; both views."""
    net = network(random_table(seed, 4, 3))
    legs = [[(0, 1)], [(0, 1), (1, 0)], [(2, 3)]][seed - 1]
    parts = np.array([[1.0, 1.0, 1.0] if seed < 3 else [0.5, 0.0, 1.0]] * len(legs))
    peer, own = peer_losses(net, legs, parts, tmp_path), ours(net, legs, parts)
    for view in ("rerouted", "rationed"):
        np.testing.assert_allclose(own[view], peer[view], atol=2e-7 * net.output.max())
        assert peer[view].sum() > 1e-4 * net.output.sum()


def test_agrees_with_sanction_simulator_on_the_real_table(tmp_path: Path) -> None:
    """28 regions × 50 sectors: all deliveries of one large economy to another."""
    net = network(icio_regions())
    economies = net.table.economies
    legs = [(economies.index("CHN"), economies.index("EU27"))]
    parts = np.ones((1, 50))
    peer, own = peer_losses(net, legs, parts, tmp_path), ours(net, legs, parts)
    for view in ("rerouted", "rationed"):
        assert own[view].sum() == pytest.approx(peer[view].sum(), rel=1e-6)
        np.testing.assert_allclose(own[view], peer[view], atol=1e-6 * net.output.max())


def two_economies() -> InputOutputTable:
    """Two economies, one sector, each buying 20 from itself and 10 from the other of an output of 100."""
    return table(np.array([[20.0, 10.0], [10.0, 20.0]]), np.array([70.0, 70.0]), ("AAA", "BBB"), ("A",))


def test_following_small_changes_in_single_precision_moves_no_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against the same with every change in full precision, node by node."""
    net = network(icio_regions())
    found, parts = [], [cut(net, [0, 1], [5])]
    for small in (rationing.SMALL, 0.0):
        monkeypatch.setattr(rationing, "SMALL", small)
        found.append(embargo(net, parts))
    for view in ("rerouted", "rationed"):
        rounded, full = (getattr(one, view).output for one in found)
        assert np.abs(rounded - full).max() > 0.0  # single precision was used
        assert np.abs(rounded - full).sum() < 1e-7 * np.abs(full).sum()
        assert (np.abs(rounded - full) <= 1e-8 * net.output).all()


def test_rationing_in_closed_form() -> None:
    """One sector: κ is θ. A sells BBB no inputs: what BBB gets of its bundle is (20 h_B) / 30, A's all."""
    net = network(two_economies())
    found = embargo(net, [cut(net, [0], [1])], Settings(leakage=0.0)).rationed.output
    # By hand, ω = 0.3, ρ = ϱ = −1. BBB: θ = 20 h / 30, λ = 1 / (0.7 + 0.3/θ) = h, so h = (1 − 0.45) / 0.7.
    h_b = (1 - 0.45) / 0.7
    # AAA: θ = (20 h_a + 10 h_b) / 30 and h_a = λ_a; capacity never binds.
    h_a = 1.0
    for _ in range(200):
        theta = (20 * h_a + 10 * h_b) / 30
        h_a = 1 / (0.7 + 0.3 / theta)
    # s_b = (70 h_b + h_b (0.1 · s_a + 0.2 s_b)) / 100 and s_a = (70 h_a + h_a · 0.2 s_a) / 100, flows per output.
    s_a = 70 * h_a / (1 - 0.2 * h_a)
    s_b = h_b * (70 + 0.1 * s_a) / (1 - 0.2 * h_b)
    np.testing.assert_allclose(found, [100 - s_a, 100 - s_b], rtol=1e-7)


def test_rerouting_restores_the_margins() -> None:
    """Sums of rows and columns are what was asked for, and only cut flows fell before scaling."""
    net = network(random_table(5, 4, 3))
    ban = cut(net, [0], [1, 2], sectors=[1], fraction=0.8)
    routed = reroute(net, [ban], friction=0.25, leakage=0.1)
    kept = net.blocks[1].copy()
    severed = 0.8 * 0.9 * kept[0, ban.buyers]
    kept[0, ban.buyers] -= severed
    flows = routed.rows[1][:, None] * kept * routed.columns[1]
    wanted = net.sold[1].copy()
    wanted[0] -= 0.25 * severed.sum()
    np.testing.assert_allclose(flows.sum(axis=1), wanted, rtol=1e-8)
    np.testing.assert_allclose(flows.sum(axis=0), net.bought[1] - routed.lost[1], rtol=1e-12)
    assert routed.lost.sum() == pytest.approx(0.25 * severed.sum())
    assert (routed.rows[[0, 2]] == 1.0).all() and (routed.columns[[0, 2]] == 1.0).all()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), fraction=st.floats(0.0, 1.0), friction=st.floats(0.05, 1.0))
def test_what_holds_whatever_the_table(seed: int, fraction: float, friction: float) -> None:
    """Nothing forbidden, nothing lost; losses are never gains; rerouting helps; and currency does not matter."""
    world = random_table(seed, 3, 3)
    net = network(world)
    chosen = Settings(friction=friction)
    found = embargo(net, [cut(net, [0], [1, 2], fraction=fraction)], chosen)
    largest = net.output.max()
    assert found.rerouted.output.min() > -1e-7 * largest
    assert found.rationed.output.sum() >= found.rerouted.output.sum() - 1e-6 * largest
    if fraction == 0.0:
        assert np.abs(found.rationed.output).max() < 1e-8 * largest and found.blocked == 0.0
    thousand = network(
        replace(world, flows=1000 * world.flows, final=1000 * world.final, output=1000 * world.output, value_added=None)
    )
    scaled = embargo(thousand, [cut(thousand, [0], [1, 2], fraction=fraction)], chosen)
    np.testing.assert_allclose(scaled.rerouted.output, 1000 * found.rerouted.output, atol=1e-4 * largest)


def test_a_mirrored_world_loses_the_mirrored_amounts() -> None:
    """Economies in reverse order, and the same ban: the same losses in reverse order."""
    world = random_table(11, 3, 2)
    flip = np.arange(6).reshape(3, 2)[::-1].ravel()
    mirrored = replace(
        world,
        economies=world.economies[::-1],
        flows=world.flows[np.ix_(flip, flip)],
        final=world.final[flip],
        output=world.output[flip],
        value_added=None,
    )
    one, other = network(world), network(mirrored)
    here = embargo(one, [cut(one, [0], [1])]).rerouted.output
    there = embargo(other, [cut(other, [2], [1])]).rerouted.output
    np.testing.assert_allclose(there, here[flip], atol=1e-8 * one.output.max())


def test_odd_tables_are_mended_and_told() -> None:
    """Negative flows, no output, too many inputs, and sales beyond output: each is a caveat that names the node."""
    world = random_table(3, 3, 2)
    flows, output = world.flows.copy(), world.output.copy()
    flows[0, 1] = -5.0
    output[2] = 0.0
    flows[:, 3] *= 40.0
    net = network(replace(world, flows=flows, output=output, value_added=None))
    told = " ".join(net.caveats)
    assert "1 negative flows" in told and "BBB S0" in told and "scaled down to 98%" in told
    assert (net.inputs <= 0.98).all() and (net.blocks >= 0).all()
    np.testing.assert_allclose(net.by_node(net.sold) + net.other, net.output)
    found = embargo(net, [cut(net, [0], [1])])
    assert np.isfinite(found.rationed.output).all()


def test_what_cannot_be_is_refused_with_reason() -> None:
    """Both sides the same, fractions beyond 1, curvatures above 0, and a buyer without any other seller."""
    net = network(random_table(1, 3, 2))
    with pytest.raises(UsageError, match="AAA stands on both sides"):
        cut(net, [0], [0, 1])
    with pytest.raises(UsageError, match=r"from 0 to 1; found 1\.5"):
        cut(net, [0], [1], fraction=1.5)
    with pytest.raises(UsageError, match="inner is a number below 0"):
        Settings(inner=0.5)
    with pytest.raises(UsageError, match="leakage is a fraction"):
        Settings(leakage=2.0)
    alone = network(table(np.array([[5.0, 10.0], [3.0, 0.0]]), np.array([50.0, 50.0]), ("AAA", "BBB"), ("A",)))
    with pytest.raises(MethodError, match="no other seller"):
        embargo(alone, [cut(alone, [0], [1])], Settings(leakage=0.0))


def named_sectors() -> InputOutputTable:
    """A table with codes as the OECD writes them."""
    world = random_table(1, 2, 6)
    codes = ("C13T15", "C17_18", "C24A", "C24B", "C302T309", "D")
    return replace(world, sectors=codes, sector_names=("Textiles", "Paper", "Iron", "Other metals", "Trains", "Power"))


@pytest.mark.parametrize(
    ("name", "numbers", "caveat"),
    [
        ("C24B", (3,), ""),
        ("C24", (2, 3), ""),
        ("C14", (0,), "C14 is part of C13T15"),
        ("C18", (1,), "C18 is part of C17_18"),
        ("C30", (4,), ""),
        ("D", (5,), ""),
        ("c", (0, 1, 2, 3, 4), ""),
        ("metals", (3,), ""),
    ],
)
def test_sectors_by_code_division_and_name(name: str, numbers: tuple[int, ...], caveat: str) -> None:
    """Divisions that a table splits are its parts; those that it merges are the merged sector, with a caveat."""
    found = sector_numbers(named_sectors(), name)
    assert found.numbers == numbers
    assert caveat in " ".join(found.caveats) and bool(caveat) == bool(found.caveats)


def test_the_command_lists_losses_of_both_views(capsys: pytest.CaptureFixture[str]) -> None:
    """Every economy has a row, losses with rerouting are the smaller ones in all, and the buyer is hit."""
    assert main(["embargo", "China", "EU27", "--sector", "C26", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 28
    by_code = {row["economy"]: row for row in rows}
    assert by_code["EU27"]["lost_rationed"] > by_code["EU27"]["lost_rerouted"] > 0
    assert sum(row["rerouting_saves"] for row in rows) > 0
    assert by_code["CHN"]["delivers_more"] < 0 < by_code["USA"]["delivers_more"]
    assert main(["embargo", "CHN", "EU27", "--by", "sector", "--fraction", "0", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 50 and max(abs(row["lost_rationed"]) for row in rows) < 1e-3


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["CHN", "Atlantis"], "Atlantis"),
        (["CHN", "EU27", "--sector", "C99"], "no sector fits 'C99'"),
        (["CHN", "CHN"], "both sides"),
        (["CHN", "EU27", "--friction", "2"], "friction is a fraction"),
    ],
)
def test_the_command_tells_what_it_cannot_answer(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong name or number ends with 2 and says which."""
    assert main(["embargo", *words]) == 2
    assert told in capsys.readouterr().err
