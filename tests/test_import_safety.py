"""Imports that are killed, run at the same time, or do not fit into memory: the store stays readable throughout."""

from __future__ import annotations

import fcntl
import json
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest

from ostra.errors import DataError, UsageError
from ostra.facts.checks import check_facts
from ostra.facts.imports import import_file
from ostra.facts.incoming import incoming
from ostra.facts.store import open_facts
from ostra.files.locks import locked

HEADER = "year,exporter,importer,product,value_kusd,quantity_t\n"

IMPORT = """
import sys
from pathlib import Path
from ostra.facts.imports import import_file
print("ready", flush=True)
import_file(Path(sys.argv[1]), "plain", Path(sys.argv[2]), dataset=sys.argv[3], threads=1)
"""


def flows(path: Path, rows: int, year: int = 2022) -> Path:
    """A plain CSV with this many different flows."""
    economies = ("CHN", "DEU", "FRA", "JPN", "USA")
    pairs = [(a, b) for a in economies for b in economies if a != b]
    with path.open("w", encoding="utf-8") as handle:
        handle.write(HEADER)
        for n in range(rows):
            a, b = pairs[n % len(pairs)]
            handle.write(f"{year},{a},{b},{100000 + n // len(pairs)},{n % 977}.5,{n % 13}\n")
    return path


def start(workspace: Path, path: Path, dataset: str) -> subprocess.Popen[str]:
    """A process that imports the file, once it has loaded everything."""
    process = subprocess.Popen(
        [sys.executable, "-c", IMPORT, str(workspace), str(path), dataset], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def finish(process: subprocess.Popen[str]) -> int:
    """The exit code of a process that is waited for."""
    with process:
        return process.wait(timeout=120)


def test_a_killed_import_leaves_the_old_data_and_no_rubbish(tmp_path: Path) -> None:
    """Killed at any moment, the store reads as before or with the new data whole; the next import clears up."""
    old = import_file(tmp_path / "base", "plain", flows(tmp_path / "old.csv", 50, 2001), dataset="old").dataset
    assert old is not None
    big, after = flows(tmp_path / "big.csv", 150_000), flows(tmp_path / "after.csv", 60, 2002)
    timed = start(tmp_path / "timed", big, "big")
    begun = time.monotonic()
    assert finish(timed) == 0
    whole = time.monotonic() - begun
    chance = random.Random(20261122)
    interrupted = 0
    for attempt in range(10):
        workspace = tmp_path / f"ws-{attempt}"
        shutil.copytree(tmp_path / "base", workspace)
        process = start(workspace, big, "big")
        time.sleep(whole * (attempt + chance.random()) / 10)
        process.send_signal(signal.SIGKILL)
        finish(process)
        assert check_facts(workspace / "facts") == []
        facts = open_facts(workspace)
        mine = {d.id: d for d in facts.datasets("trade") if not d.built_in}
        assert mine["old"].sha256 == old.sha256
        assert facts.relation("trade", "old").aggregate("count(*)").fetchall() == [(50,)]
        if "big" in mine:
            assert facts.relation("trade", "big").aggregate("count(*)").fetchall() == [(150_000,)]
        interrupted += "big" not in mine
        facts.close()
        import_file(workspace, "plain", after, dataset="after")
        listed = {d.id for d in open_facts(workspace).datasets("trade") if not d.built_in}
        assert listed == mine.keys() | {"after"}
        assert {p.name for p in (workspace / "facts" / "trade").iterdir()} == listed
        assert not list((workspace / "facts").glob(".incoming-*"))
        assert not list((workspace / "facts").glob(".manifest*"))
    assert interrupted  # some must have been killed on the way, or nothing was tested


def test_data_that_no_manifest_lists_are_not_there_and_are_cleared(tmp_path: Path) -> None:
    """The moment between putting data into place and listing them: nobody reads them, the next import removes them."""
    workspace = tmp_path / "ws"
    import_file(workspace, "plain", flows(tmp_path / "old.csv", 50), dataset="old")
    manifest = (workspace / "facts" / "manifest.json").read_bytes()
    import_file(workspace, "plain", flows(tmp_path / "new.csv", 70), dataset="new")
    (workspace / "facts" / "manifest.json").write_bytes(manifest)
    (workspace / "facts" / ".manifest.json.999999").write_text("{half")
    assert {d.id for d in open_facts(workspace).datasets("trade") if not d.built_in} == {"old"}
    report = import_file(workspace, "plain", tmp_path / "new.csv", dataset="new")
    assert report.rows == 70
    assert check_facts(workspace / "facts") == []
    assert not (workspace / "facts" / ".manifest.json.999999").exists()


def test_clearing_up_spares_what_a_lost_manifest_listed(tmp_path: Path) -> None:
    """If the manifest itself is gone, data sets are left alone: it may be restored."""
    workspace = tmp_path / "ws"
    import_file(workspace, "plain", flows(tmp_path / "old.csv", 50), dataset="old")
    (workspace / "facts" / "manifest.json").unlink()
    with incoming(workspace / "facts"):
        pass
    assert list((workspace / "facts" / "trade" / "old").glob("*.parquet"))


def test_a_broken_manifest_stops_an_import_and_is_not_overwritten(tmp_path: Path) -> None:
    """An import into a store whose manifest is damaged is refused, and deletes nothing."""
    workspace = tmp_path / "ws"
    import_file(workspace, "plain", flows(tmp_path / "old.csv", 50), dataset="old")
    (workspace / "facts" / "manifest.json").write_text("{half")
    with pytest.raises(DataError, match="not valid JSON"):
        import_file(workspace, "plain", flows(tmp_path / "new.csv", 70), dataset="new")
    assert (workspace / "facts" / "manifest.json").read_text() == "{half"
    assert list((workspace / "facts" / "trade" / "old").glob("*.parquet"))


def test_imports_at_the_same_time_all_arrive(tmp_path: Path) -> None:
    """Several processes that import at once do not overwrite each other's entries."""
    workspace = tmp_path / "ws"
    running = [start(workspace, flows(tmp_path / f"{n}.csv", 200 + n), f"set-{n}") for n in range(4)]
    assert [finish(process) for process in running] == [0, 0, 0, 0]
    found = {d.id: d.rows for d in open_facts(workspace).datasets("trade") if not d.built_in}
    assert found == {f"set-{n}": 200 + n for n in range(4)}
    assert check_facts(workspace / "facts") == []


def test_an_import_waits_for_the_lock(tmp_path: Path) -> None:
    """While another holds the lock, an import does not change the manifest; afterwards it goes through."""
    workspace = tmp_path / "ws"
    path = flows(tmp_path / "a.csv", 100)
    held = threading.Event()
    done: list[int] = []

    def work() -> None:
        held.wait()
        done.append(import_file(workspace, "plain", path).rows)

    thread = threading.Thread(target=work)
    thread.start()
    with locked(workspace / "facts"):
        held.set()
        thread.join(0.5)
        assert not done
        assert not (workspace / "facts" / "manifest.json").exists()
    thread.join(60)
    assert done == [100]


def test_clearing_up_spares_an_import_at_work(tmp_path: Path) -> None:
    """The folder of a living import is left alone, that of a dead one goes."""
    root = tmp_path / "facts"
    with incoming(root) as mine:
        (mine / "data").mkdir()
        dead = root / ".incoming-dead"
        dead.mkdir()
        (dead / "alive").touch()
        with incoming(root):
            assert (mine / "data").is_dir()
            assert not dead.exists()
    assert not mine.exists()


def test_the_lock_is_the_system_s(tmp_path: Path) -> None:
    """The lock is a lock of the operating system, which ends with its holder, not the mere presence of a file."""
    with locked(tmp_path), (tmp_path / ".lock").open("a") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with (tmp_path / ".lock").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_an_import_larger_than_its_memory_spills_and_gives_the_same(tmp_path: Path) -> None:
    """With much less memory than the rows need, the result is the same to the byte, on one thread or two."""
    path = tmp_path / "big.csv"
    duckdb.sql(
        "COPY (SELECT 2022 AS year, ['CHN', 'DEU', 'FRA', 'JPN'][1 + r % 4] AS exporter, 'USA' AS importer,"
        " 100000 + (r * 7919) % 250007 AS product, r / 10 AS value_kusd, r % 13 AS quantity_t"
        f" FROM range(1000000) AS t(r)) TO '{path}' (HEADER)"
    )
    wide = import_file(tmp_path / "wide", "plain", path, retrieved="2026-01-01")
    narrow = import_file(tmp_path / "narrow", "plain", path, memory="80MB", threads=1, retrieved="2026-01-01")
    assert wide.dataset is not None and narrow.dataset is not None
    assert wide.dataset.model_dump(exclude={"root"}) == narrow.dataset.model_dump(exclude={"root"})
    assert wide.rows == 1_000_000


def test_too_little_memory_is_said_plainly(tmp_path: Path) -> None:
    """Memory in which not even one piece of the file fits gives one sentence, and the store is as it was."""
    with pytest.raises(UsageError, match="allow more memory"):
        import_file(tmp_path / "ws", "plain", flows(tmp_path / "a.csv", 300_000), memory="10MB")
    assert [p.name for p in (tmp_path / "ws" / "facts").iterdir()] == [".lock"]


def test_an_error_in_the_progress_callback_stops_the_import(tmp_path: Path) -> None:
    """Whoever watches can break off an import at any step; the store is as it was."""
    workspace = tmp_path / "ws"
    path = flows(tmp_path / "a.csv", 60_000)
    ends: list[float] = []

    def count(done: float, total: float) -> None:
        if done == total:
            ends.append(total)

    import_file(tmp_path / "other", "plain", path, advance=count)
    assert len(ends) == 5  # read, checked, without duplicates, each year written, all written
    for wanted in range(1, 6):
        seen: list[float] = []

        def stop(done: float, total: float, wanted: int = wanted, seen: list[float] = seen) -> None:
            if done == total:
                seen.append(total)
            if len(seen) == wanted:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            import_file(workspace, "plain", path, advance=stop)
        assert [p.name for p in (workspace / "facts").iterdir()] == [".lock"]


def test_the_same_file_is_recognised(tmp_path: Path) -> None:
    """The same content under any name is not imported twice; with other options, or another content, it is."""
    workspace = tmp_path / "ws"
    first = import_file(workspace, "plain", flows(tmp_path / "a.csv", 100))
    before = (workspace / "facts" / "manifest.json").read_bytes()
    (tmp_path / "a.csv").rename(tmp_path / "b.csv")
    again = import_file(workspace, "plain", tmp_path / "b.csv")
    assert again.recognised and not first.recognised
    assert again.dataset == first.dataset
    assert (workspace / "facts" / "manifest.json").read_bytes() == before
    other = import_file(workspace, "plain", flows(tmp_path / "c.csv", 101))
    assert not other.recognised
    assert len(json.loads((workspace / "facts" / "manifest.json").read_text())["datasets"]) == 2


def test_strict_does_not_take_a_lenient_import_for_its_own(tmp_path: Path) -> None:
    """A file with faulty rows that was imported before is still refused with strict."""
    path = tmp_path / "a.csv"
    path.write_text(HEADER + "2022,CHN,DEU,811292,1,1\n2022,CHN,FRA,811292,-1,1\n")
    assert import_file(tmp_path / "ws", "plain", path).rejected == 1
    assert import_file(tmp_path / "ws", "plain", path).recognised
    with pytest.raises(DataError, match="negative value"):
        import_file(tmp_path / "ws", "plain", path, strict=True)
