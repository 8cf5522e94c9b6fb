"""Whatever is changed or checked from the command line answers with one report, for people and as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mrio_worlds import icio_rows, world, write_csv
from ostra.cli import main

FLOWS = "year,exporter,importer,product,value_kusd,quantity_t\n2022,CHN,DEU,811292,10,1\n"
FAULTY = "2022,CHN,FRA,811292,-5,1\n"
CASES = "id,coercer,target,year,means,source,publisher,date,locator\n"
CASE = "chn-nor-2010,China,NOR,2010,Imports of salmon fell.,A study,Press,2015-03,page 3\n"
ITEMS = "id,name,kind,stage\ncar,Car,product,use\nchip,Chip,product,parts\n"
LINKS = "item,needs,kind\ncar,chip,requires\n"
PROVISION = "item,provider,by,share,year,source\nchip,TWN,location,0.7,2024,own survey\n"
KEYS = {"done", "subject", "lines", "counts", "caveats", "problems", "written", "unchanged"}


@pytest.fixture
def space(tmp_path: Path) -> Path:
    assert main(["init", str(tmp_path / "space")]) == 0
    return tmp_path / "space"


def written(file: Path, text: str) -> str:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return str(file)


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    """The report of a command as JSON."""
    capsys.readouterr()
    assert main([*words, "--json"]) == code, words
    report = json.loads(capsys.readouterr().out)
    assert set(report) == KEYS
    return dict(report)


def commands(folder: Path) -> dict[str, list[str]]:
    """One command for each kind of import, with files of its own."""
    written(folder / "cars" / "items.csv", ITEMS)
    written(folder / "cars" / "links.csv", LINKS)
    written(folder / "cars" / "provision.csv", PROVISION)
    written(folder / "cars" / "providers.csv", "id,name,economy\n")
    return {
        "facts": ["data", "import", "plain", written(folder / "flows.csv", FLOWS)],
        "table": ["import", "mrio", str(write_csv(folder / "2022_SML.csv", icio_rows(world())))],
        "ecosystem": ["import", "csv", str(folder / "cars"), "--into", "cars"],
        "cases": ["import", "cases", written(folder / "cases.csv", CASES + CASE)],
    }


@pytest.mark.parametrize("kind", ["facts", "table", "ecosystem", "cases"])
def test_each_import_says_what_it_wrote_and_the_second_time_that_nothing_changed(
    kind: str, tmp_path: Path, space: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Files that are named exist and hold what was counted; the same import again writes none."""
    words = [*commands(tmp_path)[kind], "-w", str(space)]
    first = told(capsys, *words)
    assert (first["done"], first["unchanged"]) == ("imported", False)
    assert first["written"] and all(Path(file).is_file() for file in first["written"])
    assert sum(first["counts"].values()) > 0
    again = told(capsys, *words)
    assert (again["subject"], again["unchanged"], again["written"]) == (first["subject"], True, [])


def test_what_people_read_is_in_the_report(tmp_path: Path, space: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --json its lines are printed, one below the other."""
    file = written(tmp_path / "flows.csv", FLOWS + FAULTY)
    words = ["data", "import", "plain", file, "--dry-run"]
    report = told(capsys, *words, code=3)
    assert main(words) == 3
    out, errors = capsys.readouterr()
    assert out.splitlines() == report["lines"]
    assert report["counts"] == {"rows": 1, "rejected": 1, "set_aside": 0} and report["unchanged"]
    (problem,) = report["problems"]
    assert (problem["line"], problem["column"]) == (3, "value_kusd")
    assert f"{file}:3, value_kusd" in errors


def test_a_check_tells_every_fault_in_its_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A document, a folder, a list of cases, a workspace, files of facts: exit 3 and the same problems on both ways."""
    faulty = written(tmp_path / "faulty.yaml", "format: ostra-dossier/1\nid: x\nno_such_key: 1\n")
    folder = tmp_path / "cars"
    written(folder / "items.csv", ITEMS)
    written(folder / "provision.csv", PROVISION)
    written(folder / "providers.csv", "id,name,economy\n")
    written(folder / "links.csv", LINKS.replace("chip", "bus"))
    cases = written(tmp_path / "cases.csv", CASES + CASE.replace("NOR,2010", "NOR,soon"))
    assert main(["new", str(tmp_path / "mine")]) == 0
    dossier = tmp_path / "mine" / "dossiers" / "mine.yaml"
    dossier.write_text(dossier.read_text(encoding="utf-8").replace("severity: 2", "severity: 9"), encoding="utf-8")
    for place in (faulty, str(folder), cases, str(tmp_path / "mine")):
        report = told(capsys, "check", place, code=3)
        assert (report["done"], report["subject"], report["unchanged"]) == ("checked", place, True)
        assert main(["check", place]) == 3
        errors = capsys.readouterr().err
        assert report["problems"] and all(problem["reason"] in errors for problem in report["problems"])


def test_making_checking_and_exporting_are_told_alike(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A workspace, a dossier in it, its facts checked, a data set exported."""
    space = tmp_path / "space"
    made = told(capsys, "init", str(space))
    assert made["written"] == [str(space / "profile.yaml")]
    begun = told(capsys, "new", str(space / "next"))
    assert begun["written"] == [str(space / "dossiers" / "next.yaml")]
    assert told(capsys, "check", str(space))["counts"] == {"sound": 2}
    assert told(capsys, "data", "check", "-w", str(space))["counts"]["data_sets"] > 3
    out = tmp_path / "out.csv"
    exported = told(capsys, "data", "export", "geopolrisk-materials", str(out))
    assert exported["written"] == [str(out), f"{out}.source.json"]
    assert exported["counts"]["rows"] == out.read_text(encoding="utf-8").count("\n") - 1


def test_a_workspace_is_made_by_a_process_that_has_loaded_nothing_else(tmp_path: Path) -> None:
    """No room needs another to be loaded before it."""
    code = "import sys; from ostra.cli import main; sys.exit(main(['init', sys.argv[1]]))"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "new")], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
