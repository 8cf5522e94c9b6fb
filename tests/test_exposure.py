"""Reliance and extraction as commands and listings: right numbers from a small world, and on the built-in table."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from io_worlds import random_table, table
from ostra.ask import extraction, reliance, upstreamness
from ostra.cli import main
from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.errors import NotFoundError, UsageError
from ostra.show.charts.heatmap import heat_picture
from ostra.show.charts.hidden import Bar, axis, hidden_figure
from ostra.workspace import Workspace

CODES = ("CHN", "DEU", "FRA", "USA")


class Small(Workspace):
    """A workspace that answers with a table of four economies, two of them members of the EU."""

    def __init__(self, made: InputOutputTable | None = None) -> None:
        super().__init__()
        world = random_table(31, economies=4, sectors=3)
        self.made = made or table(world.flows, world.final, CODES, world.sectors, output=world.output)

    def input_output(self, dataset: str | None = None, year: int | None = None) -> InputOutputTable:
        return self.made


def inverse(world: InputOutputTable) -> np.ndarray:
    return np.linalg.inv(np.eye(world.size) - world.flows / world.output)


def test_a_blocs_reliance_is_its_members_traced_one_by_one() -> None:
    """EU27 of Germany and France: shares of all inputs at any order, direct shares, and USD for each USD of output."""
    space = Small()
    world = space.made
    found = reliance.of_sectors(space, "CHN", home="EU27")
    row = next(row for row in found.frame.iter_rows(named=True) if row["sector"] == "S1")
    nodes = [4, 7]
    weights = world.output[nodes] / world.output[nodes].sum()
    direct = (world.flows / world.output)[:, nodes] @ weights
    whole = (inverse(world) - np.eye(12))[:, nodes] @ weights
    assert row["look_through"] == pytest.approx(whole[:3].sum() / whole.sum())
    assert row["face_value"] == pytest.approx(direct[:3].sum() / whole.sum())
    assert row["direct_share"] == pytest.approx(direct[:3].sum() / direct.sum())
    assert row["per_output_look_through"] == pytest.approx(whole[:3].sum())
    assert row["hidden"] == pytest.approx(row["order_2"] + row["order_3"] + row["beyond"])
    assert any("AUT" in caveat and "not counted" in caveat for caveat in found.provenance.caveats)
    assert "2 economies" in found.provenance.filters["home"]


def test_partners_add_up_to_all_and_home_is_one_of_them() -> None:
    """Look-through shares sum to 1, direct shares too, and the home row holds trade between its members."""
    frame = reliance.on_partners(Small(), home="EU27", sector="S0").frame
    assert frame["economy"].to_list()[0] == "EU27" and sorted(frame["economy"]) == ["CHN", "EU27", "USA"]
    for column in ("look_through", "direct_share"):
        assert frame[column].sum() == pytest.approx(1.0)
    assert (frame["look_through"] >= frame["face_value"]).all()
    every = reliance.of_sectors_on_partners(Small(), home="EU27").frame
    assert every.filter(sector="S0").sort("economy")["hidden"].to_list() == frame.sort("economy")["hidden"].to_list()


def test_orders_and_ways_through_add_up_to_the_same_sum() -> None:
    """Orders sum to the look-through; economies and sectors in between sum to the hidden part."""
    space = Small()
    options: dict[str, Any] = {"on": "CHN", "home": "DEU", "sector": "S2"}
    for side in ("inputs", "sales"):
        orders = reliance.by_order(space, **options, side=side).frame
        assert orders["share"][:4].sum() == pytest.approx(orders["share"][4])
        assert orders["per_output"][:4].sum() == pytest.approx(orders["per_output"][4])
        hidden = orders["per_output"][4] - orders["per_output"][0]
        for by in ("economy", "sector"):
            frame = reliance.runs_through(space, **options, by=by, side=side).frame
            assert frame["hidden"].sum() == pytest.approx(hidden)
            assert frame["second"].sum() == pytest.approx(orders["per_output"][1])
            assert frame["hidden_share"].sum() == pytest.approx(1.0)


def test_sales_tell_final_use_where_the_table_does() -> None:
    """Parts of output that end in each economy sum to 1; null with a caveat where destinations are unknown."""
    space = Small()
    found = reliance.on_partners(space, home="DEU", sector="S0", side="sales")
    assert found.frame["final_absorbed"].sum() == pytest.approx(1.0)
    assert (found.frame["final_absorbed"] >= found.frame["final_direct"]).all()
    blind = Small(replace(space.made, final=space.made.final.sum(axis=1)[:, None], destinations=("ZZZ",)))
    unknown = reliance.on_partners(blind, home="DEU", sector="S0", side="sales")
    assert unknown.frame["final_absorbed"].null_count() == 4
    assert any("final users" in caveat for caveat in unknown.provenance.caveats)


def test_what_cannot_be_asked_is_refused_in_words() -> None:
    """A partner inside home, an economy that is not there, sectors that fit several or none."""
    with pytest.raises(UsageError, match="share DEU"):
        reliance.of_sectors(Small(), "DEU", home="EU27")
    with pytest.raises(NotFoundError, match="CHN, DEU, FRA, USA"):
        reliance.of_sectors(Small(), "JPN", home="EU27")
    with pytest.raises(NotFoundError, match="several sectors fit 'sector'"):
        reliance.by_order(Small(), "CHN", home="EU27", sector="sector")
    with pytest.raises(UsageError, match="--sector"):
        extraction.extract(Small(), None, home="EU27")
    made = Small().made
    alone = table(made.flows[3:9, 3:9], made.final[3:9, 1:3], ("DEU", "FRA"), made.sectors, output=made.output[3:9])
    for ask in (reliance.on_partners, extraction.mutual, extraction.each_sector, reliance.of_sectors_on_partners):
        with pytest.raises(UsageError, match="no economy outside home EU27"):
            ask(Small(alone), home="EU27")


def test_a_sector_without_output_is_null_and_named() -> None:
    """Home's idle sector has no measures; its row stays."""
    made = Small().made
    flows, output = made.flows.copy(), made.output.copy()
    flows[3], flows[:, 3], output[3] = 0.0, 0.0, 0.0
    space = Small(replace(made, flows=flows, output=output, value_added=None))
    found = reliance.of_sectors(space, "CHN", home="DEU")
    row = next(row for row in found.frame.iter_rows(named=True) if row["sector"] == "S0")
    assert row["look_through"] is None and row["per_output_face_value"] is None
    assert any("DEU S0" in caveat for caveat in found.provenance.caveats)
    assert "nothing is known" in reliance.by_order(space, "CHN", home="DEU", sector="S0").summary
    assert upstreamness.stages(space, home="DEU").frame.filter(sector="S0")["upstreamness"].item() is None


def test_extraction_shows_both_sides() -> None:
    """China out, then the EU out; what each loses is what recomputing without rows and columns gives."""
    space = Small()
    world = space.made
    found = extraction.extract(space, "CHN", home="EU27")
    rows = {(row["taken_out"], row["loser"]): row for row in found.frame.iter_rows(named=True)}
    assert rows["CHN", "CHN"]["demand_share"] == pytest.approx(1.0) and rows["CHN", "CHN"]["is_taken_out"]
    rest = np.arange(3, 12)
    coefficients = world.flows / world.output
    final = world.output - world.flows.sum(axis=1) - world.final[:, 0]
    kept = np.linalg.solve(np.eye(9) - coefficients[3:, 3:], final[rest])
    lost = world.output[rest] - kept
    assert rows["CHN", "EU27"]["demand_lost"] == pytest.approx(lost[:6].sum())
    value = 1.0 - coefficients.sum(axis=0)
    assert rows["CHN", "EU27"]["demand_value_added_low"] == pytest.approx(lost[:6] @ value[3:9])
    assert rows["EU27", "CHN"]["demand_lost"] > 0
    by_sector = extraction.extract(space, "CHN", home="EU27", by="sector").frame
    of_home = by_sector.filter(taken_out="CHN")
    assert of_home["loser"].unique().to_list() == ["EU27"] and of_home.height == 3
    assert of_home["demand_lost"].sum() == pytest.approx(rows["CHN", "EU27"]["demand_lost"])
    every = extraction.extract(space, "CHN", home="EU27", by="both").frame.filter(taken_out="CHN", loser="EU27")
    assert every["supply_lost"].sum() == pytest.approx(rows["CHN", "EU27"]["supply_lost"])


def test_a_pair_loses_less_than_all_and_mutual_agrees_with_single() -> None:
    """Flows of a pair are part of an economy; the list of all economies says what each extraction says."""
    space = Small()
    blind = Small(replace(space.made, final=space.made.final.sum(axis=1)[:, None], destinations=("ZZZ",)))
    whole = extraction.extract(blind, "USA", home="EU27").frame.filter(taken_out="USA", loser="EU27")
    pair = extraction.extract_pair(blind, "USA", home="EU27").frame.filter(taken_out="USA>EU27", loser="EU27")
    assert 0 < pair["supply_lost"].item() < whole["supply_lost"].item()
    listed = extraction.mutual(blind, home="EU27").frame.filter(economy="USA")
    assert listed["home_supply_share"].item() == pytest.approx(whole["supply_share"].item())
    other = extraction.extract(blind, "USA", home="EU27").frame.filter(taken_out="EU27", loser="USA")
    assert listed["its_demand_share"].item() == pytest.approx(other["demand_share"].item())
    sector = extraction.extract(blind, "USA", home="EU27", sector="S1").frame.filter(taken_out="USA S1", loser="EU27")
    assert any("go on buying" in text for text in extraction.extract(space, "USA", sector="S1").provenance.caveats)
    node = extraction.each_sector(blind, home="EU27").frame.filter(economy="USA", sector="S1")
    assert node["supply_lost"].item() == pytest.approx(sector["supply_lost"].item())


def test_value_added_that_the_table_does_not_know_is_an_interval() -> None:
    """From nothing to what inputs leave, with a caveat."""
    found = extraction.extract(Small(replace(Small().made, value_added=None)), "CHN", home="EU27")
    row = found.frame.row(0, named=True)
    assert row["demand_value_added_low"] == 0.0 < row["demand_value_added_high"]
    assert any("does not know value added" in caveat for caveat in found.provenance.caveats)


def test_the_built_in_table_on_the_command_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The commands of the documentation, as a table, as JSON and as pictures."""
    assert main(["reliance", "--on", "CHN", "--sector", "motor vehicles", "--home", "EU27"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("For each 100 USD of output, Motor vehicles") and "all (look-through)" in text
    assert main(["reliance", "--on", "CHN", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 50 and rows[0]["look_through"] > rows[0]["face_value"] > 0
    assert main(["extract", "CHN", "--csv", "-o", str(tmp_path / "out.csv")]) == 0
    source = json.loads((tmp_path / "out.csv.source.json").read_text(encoding="utf-8"))
    assert source["method"] == "extraction" and "oecd-icio-2022-28-regions" in source["sources"][0]
    for words in (["all"], ["--on", "CHN"], ["--sector", "C29", "--on", "CHN"], ["through", "CHN", "--sector", "C29"]):
        file = tmp_path / "picture.svg"
        assert main(["reliance", *words, "-o", str(file)]) == 0
        root = ElementTree.fromstring(file.read_text(encoding="utf-8"))
        assert [child.tag.rpartition("}")[2] for child in root][2:4] == ["title", "desc"]


def test_computers_and_electronics_in_the_eus_electrical_equipment() -> None:
    """Of one product, the direct shares by origin are those that were noted with the origin; look-through by L."""
    space = Workspace()
    frame = reliance.on_partners(space, home="EU27", sector="C27", product="C26").frame
    found = {row["economy"]: row for row in frame.iter_rows(named=True)}
    for code, noted in (("EU27", 0.535), ("CHN", 0.258), ("USA", 0.035), ("TWN", 0.023)):
        assert found[code]["direct_share"] == pytest.approx(noted, abs=0.0006)
    world = space.input_output()
    active = world.output > 0
    coefficients = np.divide(world.flows, world.output, out=np.zeros_like(world.flows), where=active)
    node = world.nodes_of("EU27").start + world.sector_number("C27")
    column = np.linalg.inv(np.eye(world.size) - coefficients)[world.sector_number("C26") :: 50, node]
    shares = dict(zip(world.economies, column / column.sum(), strict=True))
    assert found["CHN"]["look_through"] == pytest.approx(shares["CHN"])
    assert frame["look_through"].sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    "words",
    [
        ["reliance", "--by", "order"],
        ["reliance", "all", "--on", "CHN"],
        ["reliance", "stages", "--on", "CHN"],
        ["reliance", "stages", "-o", "x.svg"],
        ["reliance", "--position"],
        ["extract"],
        ["extract", "pair"],
        ["extract", "CHN", "--each", "economy"],
        ["extract", "CHN", "-o", "x.svg"],
    ],
)
def test_wrong_use_is_exit_code_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Each says what to give instead."""
    assert main(words) == 2
    assert len(capsys.readouterr().err) > 20


def test_pictures_are_well_formed_and_say_what_is_unknown() -> None:
    """Text from tables is escaped, unknown is hatched, small shares do not become zero."""
    bars = [Bar('<b>&"', (0.1, 0.05, 0.02, 0.0004)), Bar("idle", None)]
    svg = hidden_figure(bars, "reliance", title="T <&>", said="S", about="A")
    ElementTree.fromstring(svg)
    assert "idle: unknown" in svg and "0.04%" in svg and 'fill="url(#reliance-hatch)"' in svg
    cells = {("a", "X"): 0.2, ("a", "Y"): None, ("b", "X"): 0.0002}
    svg = heat_picture([("a", "<A>"), ("b", "B")], [("X", "X & Co"), ("Y", "Y")], cells, title="T", said="", about="")
    ElementTree.fromstring(svg)
    assert svg.count("unknown") >= 3 and "B, X &amp; Co: 0.02%" in svg
    assert axis(0.158) == (pytest.approx(0.20), pytest.approx(0.05)) and axis(0.0)[0] == 1.0


def test_a_home_inside_a_bloc_is_told_what_to_write(capsys: pytest.CaptureFixture[str]) -> None:
    """The built-in table has the Union as one; whoever asks for a member, or for the Union of any year, is helped."""
    assert main(["reliance", "--home", "DEU", "--on", "CHN"]) == 2
    assert "it is inside EU27; write EU27" in capsys.readouterr().err
    assert main(["reliance", "--home", "EU", "--on", "CHN"]) == 2
    assert "in 2022 it is EU27 there; write EU27" in capsys.readouterr().err
