"""`ostra chain` and `ostra import` as users type them, on the built-in dossier and on an ecosystem of one's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ostra.cli import main

CHIPS = Path(__file__).parents[1].parent / "shared" / "data" / "eto-chips"
needs_chips = pytest.mark.skipif(not CHIPS.exists(), reason="the ETO chips data set is not at hand (../shared/data)")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    streams = capsys.readouterr()
    return code, streams.out, streams.err


def rows(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    code, out, error = run(capsys, "chain", *arguments, "--json")
    assert code == 0, error
    found: list[dict[str, Any]] = json.loads(out)
    return found


@pytest.fixture(scope="module")
def chips(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A workspace with the ETO data set imported as `chips`."""
    folder = tmp_path_factory.mktemp("chips") / "workspace"
    assert main(["init", str(folder)]) == 0
    assert main(["import", "eto-chips", str(CHIPS), "--into", "chips", "-w", str(folder)]) == 0
    return str(folder)


def test_holds_on_an_item_have_bounds_path_and_source(capsys: pytest.CaptureFixture[str]) -> None:
    """Every economy's hold, ranked, with the agreed keys; the machine that all leading fabs need comes first."""
    found = rows(capsys, "holds", "semiconductors", "--item", "cloud")
    wanted = {"economy", "item", "hold_low", "hold_high", "chokepoint", "tier", "path", "year", "source"}
    assert wanted <= set(found[0])
    assert found[0]["economy"] == "NLD" and found[0]["chokepoint"] == "euv-lithography"
    assert found[0]["path"].split(" > ")[-1] == "euv-lithography"
    lows = [row["hold_low"] for row in found]
    assert lows == sorted(lows, reverse=True)
    assert len(found[0]["path_years"]) == len(found[0]["path_sources"]) == found[0]["path"].count(" > ") + 1
    assert found[0]["path_years"][-1] == 2022 and found[0]["path_sources"][-1] != "none"
    for row in found:
        assert 0 <= row["hold_low"] <= row["hold_high"] <= 1
        assert row["tier1_low"] <= row["tier2_low"] <= row["tier3_low"] <= row["hold_low"] + 1e-12


def test_two_places_together_stop_the_leading_edge(capsys: pytest.CaptureFixture[str]) -> None:
    """The report's point: whoever makes the machine, or both places that have such fabs, can stop them."""
    found = rows(capsys, "sets", "semiconductors", "front-end-leading", "--max-size", "2")
    assert [row["set"] for row in found] == [["NLD"], ["KOR", "TWN"]]
    possible = rows(capsys, "sets", "semiconductors", "front-end-leading", "--max-size", "1", "--possible")
    assert ["TWN"] in [row["set"] for row in possible]


def test_holds_of_one_economy_and_of_a_bloc(capsys: pytest.CaptureFixture[str]) -> None:
    """A bloc holds at least what each of its members does."""
    member = {row["item"]: row["hold_low"] for row in rows(capsys, "holds", "semiconductors", "--economy", "NLD")}
    bloc = {row["item"]: row["hold_low"] for row in rows(capsys, "holds", "semiconductors", "--economy", "EU27")}
    assert member and all(bloc[item] >= low - 1e-12 for item, low in member.items())


def test_location_and_headquarters_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    """Where things are made and who controls them differ; both bounds stand in one row."""
    found = rows(capsys, "compare", "semiconductors", "--item", "cloud")
    dutch = next(row for row in found if row["economy"] == "NLD")
    assert dutch["hold_low_headquarters"] == 1.0 and dutch["hold_low_location"] < 1.0


def test_mutual_holds_have_a_balance(capsys: pytest.CaptureFixture[str]) -> None:
    """The balance lies between the differences of the bounds, and turns its sign with the sides."""
    found = {row["item"]: row for row in rows(capsys, "mutual", "semiconductors", "EU27", "CHN")}
    turned = {row["item"]: row for row in rows(capsys, "mutual", "semiconductors", "CHN", "EU27")}
    gallium = found["gallium"]
    assert gallium["b_low"] > 0.9 and gallium["balance_high"] < 0
    for item, row in found.items():
        assert row["balance_low"] == pytest.approx(row["a_low"] - row["b_high"])
        assert turned[item]["balance_low"] == pytest.approx(-row["balance_high"])


def test_indispensability_and_importance(capsys: pytest.CaptureFixture[str]) -> None:
    """Home's own chokepoint is certain; an item whose failure alone stops another ranks first."""
    own = rows(capsys, "indispensable", "semiconductors", "--home", "EU27")
    assert own[0]["chokepoint"] == "euv-lithography" and own[0]["certain"]
    ranked = rows(capsys, "importance", "semiconductors", "front-end-leading", "--max-size", "1")
    assert "euv-lithography" in [row["member"] for row in ranked]
    assert [row["birnbaum"] for row in ranked] == sorted((row["birnbaum"] for row in ranked), reverse=True)


def test_diversion_lessens_a_hold_on_home(capsys: pytest.CaptureFixture[str]) -> None:
    """What arrives through third countries cannot be withheld."""
    none = {(r["economy"], r["item"]): r["hold_high"] for r in rows(capsys, "on-home", "semiconductors")}
    half = {
        (r["economy"], r["item"]): r["hold_high"]
        for r in rows(capsys, "on-home", "semiconductors", "--diversion", "0.5")
    }
    assert none and all(half.get(key, 0.0) <= high + 1e-12 for key, high in none.items())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["semiconductors", "--stop", "cloud"], "ostra chain sets ECOSYSTEM ITEM"),
        (["semiconductors"], "ostra chain holds ECOSYSTEM"),
        (["holds", "semiconductors", "--by", "law"], "--by"),
        (["holds", "semiconductors", "--item", "philosophers-stone"], "philosophers-stone"),
        (["sets", "semiconductors", "cloud", "--level", "2"], "level"),
        (["mutual", "semiconductors", "EU27", "DEU"], "both"),
        (["holds", "semiconductors", "--economy", "Atlantis"], "Atlantis"),
        (["on-home", "semiconductors", "--diversion", "3"], "diversion"),
    ],
)
def test_a_wrong_request_is_a_usage_error(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    """Exit code 2 and one message."""
    code, out, error = run(capsys, "chain", *arguments)
    assert code == 2, error
    assert message in error and out == ""


def write_ecosystem(folder: Path, **files: str) -> Path:
    folder.mkdir()
    texts = {
        "items": "id,name,kind,stage\ncar,Car,product,use\nchip,Chip,product,parts\nfab,Fab,process,parts\n",
        "links": "item,needs,kind\ncar,chip,requires\nchip,fab,requires\n",
        "provision": "item,provider,by,share,year,source\nfab,TWN,location,0.7,2024,own survey\n"
        "fab,KOR,location,0.2-0.3,2024,own survey\nchip,acme,headquarters,,2024,own survey\n",
        "providers": "id,name,economy\nacme,=Acme <b>Chips</b>,USA\n",
        **files,
    }
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_an_ecosystem_of_ones_own_from_a_spreadsheet(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Check, import, ask, assess: text that looks like markup or a formula stays text."""
    folder = write_ecosystem(tmp_path / "mine")
    space = str(tmp_path / "space")
    assert run(capsys, "init", space)[0] == 0
    code, _, error = run(capsys, "check", str(folder))
    assert code == 0, error
    assert run(capsys, "import", "csv", str(folder), "--into", "cars", "-w", space)[0] == 0
    found = rows(capsys, "holds", "cars", "--item", "car", "-w", space)
    first = next(row for row in found if row["economy"] == "TWN")
    assert first["hold_low"] == 0.7 and first["path"] == "car > chip > fab" and first["tier"] == 3
    code, _, error = run(capsys, "assess", "cars", "-w", space, "-o", str(tmp_path / "out"))
    assert code == 0, error
    page = (tmp_path / "out" / "cars.html").read_text(encoding="utf-8")
    assert "<b>Chips</b>" not in page
    assert run(capsys, "import", "csv", str(folder), "--into", "cars", "-w", space)[0] == 0
    (folder / "links.csv").write_text("item,needs,kind\ncar,chip,requires\n", encoding="utf-8")
    assert run(capsys, "import", "csv", str(folder), "--into", "cars", "-w", space)[0] == 4
    assert run(capsys, "import", "csv", str(folder), "--into", "cars", "--replace", "-w", space)[0] == 0


def test_check_tells_all_that_is_wrong_at_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Dangling, doubled, circular and impossible rows are all named with file and line, exit code 3."""
    folder = write_ecosystem(
        tmp_path / "bad",
        links="item,needs,kind\ncar,engine,requires\nchip,chip,requires\n",
        provision="item,provider,by,share\nfab,TWN,location,140 %\nfab,Atlantis,location,x\n",
    )
    code, _, error = run(capsys, "check", str(folder))
    assert code == 3
    for wanted in ("links.csv:2", "engine", "links.csv:3", "provision.csv:2", "140 %", "Atlantis"):
        assert wanted in error


@needs_chips
def test_every_command_runs_on_the_published_chips_data(capsys: pytest.CaptureFixture[str], chips: str) -> None:
    """Known facts of the data set come out: the only maker of EUV machines, and what it takes to stop logic chips."""
    capsys.readouterr()
    own = rows(capsys, "indispensable", "chips", "--home", "EU27", "-w", chips)
    euv = next(row for row in own if row["chokepoint"] == "euv-lithography-tools")
    assert euv["share_low"] == 1.0 and euv["certain"]
    sets = rows(capsys, "sets", "chips", "finished logic chip", "--max-size", "3", "-w", chips)
    assert ["JPN", "TWN", "USA"] in [row["set"] for row in sets]
    found = rows(capsys, "holds", "chips", "--item", "finished logic chip", "-w", chips)
    assert {row["economy"] for row in found[:4]} == {"DEU", "JPN", "USA", "NLD"}
    assert rows(capsys, "holds", "chips", "--economy", "CHN", "-w", chips)
    assert rows(capsys, "mutual", "chips", "EU27", "CHN", "-w", chips)
    assert rows(capsys, "compare", "chips", "--item", "finished logic chip", "-w", chips)
    makers = rows(capsys, "sets", "chips", "EUV lithography tools", "--of", "organisations", "-w", chips)
    assert [row["set"] for row in makers] == [["ASML"]]


@needs_chips
def test_the_chips_data_can_be_assessed_and_traced(capsys: pytest.CaptureFixture[str], chips: str) -> None:
    """An imported ecosystem goes through all four steps, and a number leads to its row in the published file."""
    capsys.readouterr()
    code, out, error = run(capsys, "assess", "chips", "-w", chips, "--json")
    assert code == 0, error
    holds = json.loads(out)["step1"]["chain"]
    assert {hold["holder"] for hold in holds} >= {"EU27", "JPN", "USA"}
    code, out, error = run(capsys, "trace", f"chips-EU27-2024#{holds[1]['evidence']}", "-w", chips)
    assert code == 0, error
    assert "provision.csv" in out and "CC BY-NC 4.0" in out
