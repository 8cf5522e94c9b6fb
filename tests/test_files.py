"""Files that are there whole or not at all, and locks that need no module of one system."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import ostra
from ostra.files.locks import is_held, lock_of, locked
from ostra.files.whole_files import whole_file, write_whole

WITHOUT_FCNTL = """
import sys
sys.modules["fcntl"] = None
import ostra
print(len(ostra.open().deps(products=["811292"], years=2022).frame))
"""

LOCKED_WITHOUT_FCNTL = """
import sys, warnings
sys.modules["fcntl"] = None
warnings.simplefilter("ignore")
from pathlib import Path
from ostra.facts.imports import import_file
print(import_file(Path(sys.argv[1]), "plain", Path(sys.argv[2])).rows)
"""


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_new_file_has_the_mode_that_the_process_gives_its_files(tmp_path: Path, mask: int) -> None:
    """Permissions follow the umask, as those of any other file; the folder is made where there is none."""
    before = os.umask(mask)
    try:
        write_whole(tmp_path / "new" / "a.txt", "text")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new" / "a.txt").stat().st_mode) == 0o666 & ~mask


def test_what_was_begun_and_failed_leaves_the_old_file(tmp_path: Path) -> None:
    """An error while the file is written leaves what was there, and nothing beside it."""
    target = tmp_path / "a.txt"
    write_whole(target, b"old")
    with pytest.raises(KeyboardInterrupt), whole_file(target) as part:
        part.write_text("half")
        raise KeyboardInterrupt
    assert target.read_bytes() == b"old" and list(tmp_path.iterdir()) == [target]


def test_a_lock_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    """Threads of one process wait for each other like processes do, and a lock that was given back is free."""
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        with locked(tmp_path):
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 8
    with lock_of(tmp_path / "alive"):
        assert is_held(tmp_path / "alive")
    assert not is_held(tmp_path / "alive")


def test_no_module_of_one_system_is_needed(tmp_path: Path) -> None:
    """Without `fcntl`, which some systems do not have, facts are read, and imported too."""
    read = subprocess.run([sys.executable, "-c", WITHOUT_FCNTL], capture_output=True, text=True, check=True)
    assert read.stdout == "1\n" and read.stderr == ""
    (tmp_path / "a.csv").write_text("year,exporter,importer,product,value_kusd,quantity_t\n2022,CHN,DEU,811292,1,1\n")
    command = [sys.executable, "-c", LOCKED_WITHOUT_FCNTL, str(tmp_path / "ws"), str(tmp_path / "a.csv")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "1\n"
    sources = Path(ostra.__file__).parent.rglob("*.py")
    assert not [path for path in sources if "import fcntl" in path.read_text(encoding="utf-8")]
