"""`ostra import mrio`: whole or not at all, recognised when repeated, loaded exactly; and the commands on top of it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from mrio_worlds import icio_rows, world, write_csv, write_figaro
from ostra.cli import main
from ostra.errors import ConflictError, DataError
from ostra.facts.checks import check_facts
from ostra.facts.datasets import facts_root, read_manifest
from ostra.facts.kinds import Options
from ostra.facts.mrio_imports import check_mrio, import_mrio
from ostra.workspace import Workspace


@pytest.fixture
def icio(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "2022_SML.csv", icio_rows(world()))


def test_an_imported_table_is_the_one_that_is_read(tmp_path: Path, icio: Path) -> None:
    """The newest table of the workspace stands before the built-in one; source, licence and hashes are kept."""
    report = import_mrio(tmp_path, [icio], options=Options(title="Mine", licence="CC0"), retrieved="2026-11-26")
    assert (report.layout, report.years, report.economies, report.sectors) == ("icio", (2022, 2022), 4, 2)
    assert report.dataset is not None and report.residuals == ()
    entry = report.dataset
    assert (entry.title, entry.licence, entry.years, entry.input.kind) == ("Mine", "CC0", (2022, 2022), "mrio-icio")
    assert entry.source.startswith("OECD")
    assert check_facts(facts_root(tmp_path)) == []
    table = Workspace(tmp_path).input_output()
    assert table.dataset == report.dataset.id
    w = world()
    us = table.nodes_of("USA")
    assert np.array_equal(table.flows[us, us], w.flows[8:10, 8:10])
    assert np.array_equal(table.flows.sum(), w.flows.sum())
    assert np.array_equal(table.final.sum(axis=1), table.output - table.flows.sum(axis=1))
    assert any("added up under CHN" in caveat for caveat in table.caveats)
    assert Workspace(tmp_path).input_output("oecd-icio-2022-28-regions").size == 1400


def test_the_same_file_is_not_imported_twice(tmp_path: Path, icio: Path) -> None:
    """Same bytes and options: recognised. Another year: another data set. A taken id: refused."""
    first = import_mrio(tmp_path, [icio])
    again = import_mrio(tmp_path, [icio])
    assert again.recognised and again.dataset.id == first.dataset.id
    assert len(read_manifest(facts_root(tmp_path)).datasets) == 1
    other = import_mrio(tmp_path, [icio], year=2021, dataset="other")
    assert other.years == (2021, 2021)
    with pytest.raises(ConflictError, match="exists already"):
        import_mrio(tmp_path, [icio], year=2020, dataset="other")


def test_an_archive_of_years_is_one_data_set(tmp_path: Path) -> None:
    """Each year in a file of its own; a year with other economies cannot join."""
    archive = tmp_path / "2021-2022_SML.zip"
    with zipfile.ZipFile(archive, "w") as content:
        for year in (2021, 2022):
            content.write(write_csv(tmp_path / f"{year}_SML.csv", icio_rows(world(seed=year))), f"{year}_SML.csv")
    report = import_mrio(tmp_path, [archive])
    assert report.years == (2021, 2022)
    assert [file.path.rsplit("/", 1)[1] for file in report.dataset.files] == [
        "part-2021.parquet",
        "part-2022.parquet",
    ]
    space = Workspace(tmp_path)
    assert space.input_output(year=2021).flows.sum() == world(seed=2021).flows.sum()
    assert space.input_output().flows.sum() == world(seed=2022).flows.sum()
    odd = write_csv(tmp_path / "2023.csv", icio_rows(world(("AUT", "USA"))))
    with pytest.raises(DataError, match="2023 has other economies"):
        import_mrio(tmp_path, [tmp_path / "2022_SML.csv", odd])
    assert len(read_manifest(facts_root(tmp_path)).datasets) == 1


def test_strict_refuses_what_does_not_balance(tmp_path: Path) -> None:
    """Without it the table is kept, with a caveat and the residuals, largest first."""
    rows = [list(row) for row in icio_rows(world())]
    rows[1][-1] = float(rows[1][-1]) + 1000
    path = write_csv(tmp_path / "2022.csv", rows)
    with pytest.raises(DataError, match=r"AUT A01: row misses output by \+1,000\.00 million USD"):
        import_mrio(tmp_path, [path], strict=True)
    assert read_manifest(facts_root(tmp_path)).datasets == ()
    report = import_mrio(tmp_path, [path])
    assert (report.residuals[0].side, report.residuals[0].economy, report.residuals[0].residual) == (
        "column",
        "AUT",
        1000,
    )
    assert any("Sales miss output by more than 0.1 % in 1 rows" in note for note in report.caveats)


def test_a_dry_run_finds_the_same_and_keeps_nothing(tmp_path: Path, icio: Path) -> None:
    """The same caveats and residuals, no data set."""
    before = sorted(tmp_path.rglob("*"))
    checked = check_mrio([icio])
    assert sorted(tmp_path.rglob("*")) == before
    kept = import_mrio(tmp_path / "space", [icio])
    assert checked.dataset is None and checked.caveats == kept.caveats and checked.residuals == kept.residuals


def test_a_killed_import_leaves_the_last_good_state(tmp_path: Path) -> None:
    """Killed at several moments, the store holds what it held, and the next import clears up and succeeds."""
    first = write_csv(tmp_path / "2021.csv", icio_rows(world(seed=1)))
    import_mrio(tmp_path, [first], dataset="first")
    before = (facts_root(tmp_path) / "manifest.json").read_bytes()
    second = write_csv(tmp_path / "2022.csv", icio_rows(world(seed=2)))
    for stage in ("scan", "read", "write", "commit"):
        code = (
            "import os, signal, sys\n"
            "from pathlib import Path\n"
            "from ostra.facts import mrio_imports as m\n"
            "def die(*args, **kwargs): os.kill(os.getpid(), signal.SIGKILL)\n"
            f"stage = {stage!r}\n"
            "if stage == 'read': m.assemble = die\n"
            "if stage == 'scan': m.open_tables = die\n"
            "if stage == 'write':\n"
            "    whole = m.write_table\n"
            "    m.write_table = lambda *a, **k: (whole(*a, **k), die())\n"
            "if stage == 'commit':\n"
            "    from ostra.facts import commits\n"
            "    commits.write_manifest = die\n"
            "m.import_mrio(Path(sys.argv[1]), [Path(sys.argv[2])], dataset='second')\n"
        )
        done = subprocess.run([sys.executable, "-c", code, str(tmp_path), str(second)], check=False, timeout=60)
        assert done.returncode == -signal.SIGKILL
        assert (facts_root(tmp_path) / "manifest.json").read_bytes() == before
        assert Workspace(tmp_path).input_output().dataset == "first"
        assert check_facts(facts_root(tmp_path)) == []
    report = import_mrio(tmp_path, [second], dataset="second")
    assert Workspace(tmp_path).input_output().dataset == "second"
    assert report.dataset is not None and not list(facts_root(tmp_path).glob(".incoming-*"))


def test_commands(tmp_path: Path, icio: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """import, list, balance, check, export: each says what it did; errors have their exit codes."""
    space = str(tmp_path / "space")
    assert main(["init", space]) == 0
    assert main(["import", "mrio", str(icio), "--dry-run"]) == 0
    assert main(["import", "mrio", str(icio), "-w", space, "--dataset", "mine"]) == 0
    out = capsys.readouterr().out
    assert "icio, 2022: 4 economies x 2 sectors" in out and "data set mine" in out and "caveat: CN1, CN2, CHN" in out
    assert main(["import", "mrio", str(icio), "-w", space, "--dataset", "mine"]) == 0
    assert "already there, nothing was changed" in capsys.readouterr().out
    assert main(["data", "balance", "mine", "-w", space, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["data", "list", "--table", "input_output", "-w", space, "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(row["dataset"], row["place"]) for row in listed] == [
        ("mine", 1),
        ("oecd-icio-2022-28-regions", 2),
    ]
    assert main(["data", "check", "-w", space]) == 0
    assert main(["data", "export", "mine", str(tmp_path / "out.csv"), "-w", space]) == 0
    assert (tmp_path / "out.csv").read_text().count("\n") > 100
    capsys.readouterr()
    for words, code, says in (
        (["import", "mrio", str(icio)], 2, "-w FOLDER"),
        (["import", "mrio", str(tmp_path / "none.csv"), "-w", space], 3, "no such file"),
        (["import", "mrio", str(icio), "-w", space, "--layout", "eora99"], 2, "no layout 'eora99'. There are: icio"),
        (["data", "import", "mrio", str(icio), "-w", space], 2, "ostra import mrio FILE"),
        (["data", "balance", "none", "-w", space], 2, "no data set 'none'"),
        (["import", "mrio", str(write_figaro(tmp_path, flat=False)[0]), "-w", space], 3, "exchange rate"),
    ):
        assert main(words) == code, words
        assert says in capsys.readouterr().err


def test_balance_lists_residuals_by_economy_and_sector(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The listing is the library's residuals, largest first, with provenance."""
    rows = [list(row) for row in icio_rows(world())]
    rows[2][-1] = float(rows[2][-1]) + 10
    rows[9][-1] = float(rows[9][-1]) - 20
    report = import_mrio(tmp_path, [write_csv(tmp_path / "2022.csv", rows)], dataset="off")
    assert main(["data", "balance", "off", "-w", str(tmp_path), "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    found = [(row["side"], row["economy"], row["sector"], row["residual_musd"]) for row in listed]
    assert found == [
        ("column", "USA", "A01", -20),
        ("row", "USA", "A01", -20),
        ("column", "AUT", "C26", 10),
        ("row", "AUT", "C26", 10),
    ]
    assert [one.residual for one in report.residuals] == [row["residual_musd"] for row in listed]


def test_a_large_table_is_written_and_read_in_columns(tmp_path: Path) -> None:
    """A million cells take seconds and come back exactly."""
    rng = np.random.default_rng(3)
    n, sectors = 1000, 125
    known = ["AUT", "BEL", "BGR", "CHN", "USA", "DEU", "FRA", "ITA"]
    flows = rng.lognormal(0, 2, (n, n))
    final = rng.lognormal(3, 1, n)
    path = tmp_path / "large2020.npz"
    np.savez(
        path, Z=flows, final_demand=final, output=flows.sum(axis=1) + final, regions=np.array(known),
        sectors=np.array([f"S{k:03d}" for k in range(sectors)]),
    )  # fmt: skip
    start = time.perf_counter()
    import_mrio(tmp_path, [path])
    table = Workspace(tmp_path).input_output()
    assert time.perf_counter() - start < 30
    assert np.array_equal(table.flows, flows)
    assert np.array_equal(table.final[:, 0], final)
