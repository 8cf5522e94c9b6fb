"""The page on the economy behind the chain: every figure that it prints is computed anew."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

import ostra
from io_worlds import icio_countries
from ostra.ask import reliance
from ostra.ecosystem.input_output import look_through
from ostra.ecosystem.input_output.coefficients import Chains
from ostra.ecosystem.input_output.groups import group
from ostra.ecosystem.input_output.home_exposure import HomeExposure, home_exposure
from ostra.ecosystem.input_output.look_through import pooled, shares_of
from ostra.words import economies

PAGE = Path(__file__).parents[1] / "docs" / "cases" / "exposure.md"


@pytest.fixture(scope="module")
def page() -> str:
    """The page with its lines joined."""
    return re.sub(r"\s+", " ", PAGE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def workspace() -> ostra.Workspace:
    """The built-in facts."""
    return ostra.open()


@pytest.fixture(scope="module")
def stakes(workspace: ostra.Workspace) -> HomeExposure:
    """The EU in the built-in table."""
    return home_exposure(workspace.input_output(), economies.home("EU27"))


def cells(heading: str) -> list[list[str]]:
    """The rows of the table on the page whose first heading starts so."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {heading}"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def one(value: float) -> str:
    """A share as the page prints it."""
    return f"{100 * value:.1f}%"


def test_the_table_of_industries(workspace: ostra.Workspace) -> None:
    """Direct purchases, face value, look-through and hidden of each industry that the page names."""
    frame = reliance.of_sectors(workspace, "CHN").frame
    rows = cells("industry of the EU")
    assert len(rows) == 7
    for name, *printed in rows:
        code = name[name.rindex("(") + 1 : -1]
        row = frame.filter(pl.col("sector") == code).row(0, named=True)
        assert row["sector_name"] == name[: name.rindex("(")].strip()
        assert printed == [one(row[key]) for key in ("direct_share", "face_value", "look_through", "hidden")]


def test_the_figures_in_short(workspace: ostra.Workspace, page: str) -> None:
    """The EU as a whole: outside parts, China and the United States, and single industries."""
    frame = reliance.on_partners(workspace).frame
    shares = {row["economy"]: row for row in frame.to_dicts()}
    outside = [row for code, row in shares.items() if code != "EU27"]
    assert f"{100 * sum(row['look_through'] for row in outside):.0f}% are made outside the EU" in page
    assert f"buy themselves it is {100 * sum(row['direct_share'] for row in outside):.0f}%" in page
    china, states = shares["CHN"], shares["USA"]
    assert f"China's part is {one(china['direct_share'])} of direct purchases and {one(china['look_through'])}" in page
    assert f"the United States is {one(states['direct_share'])} and {one(states['look_through'])}" in page
    by_sector = {row["sector"]: row["look_through"] for row in reliance.of_sectors(workspace, "CHN").frame.to_dicts()}
    assert f"Electronics (C26) takes {one(by_sector['C26'])}" in page
    assert f"car making (C29) {one(by_sector['C29'])}, finance (K) {one(by_sector['K'])}" in page


def test_cars_by_money_and_by_way(workspace: ostra.Workspace, page: str) -> None:
    """Per 100 USD of output, and through whom what is hidden runs."""
    row = reliance.of_sectors(workspace, "CHN").frame.filter(pl.col("sector") == "C29").row(0, named=True)
    assert f"{100 * row['per_output_face_value']:.2f} USD for each 100 USD of output" in page
    assert f"it is {100 * row['per_output_look_through']:.2f} USD" in page
    ways = reliance.runs_through(workspace, "CHN", sector="motor vehicles").frame
    of_hidden = dict(ways.select("economy", "hidden_share").iter_rows())
    assert f"{100 * of_hidden['EU27']:.0f}% runs through other industries of the EU" in page
    assert f"and {100 * of_hidden['CHN']:.0f}% through China itself" in page
    third = max((value, code) for code, value in of_hidden.items() if code not in ("EU27", "CHN"))
    assert third[1] == "KOR" and f"{one(third[0])} through South Korea" in page


def test_what_the_map_of_all_shows(workspace: ostra.Workspace, page: str) -> None:
    """The cells that the page reads from the heat map."""
    frame = reliance.of_sectors_on_partners(workspace).frame
    cell = {(row["sector"], row["economy"]): row["look_through"] for row in frame.to_dicts()}
    assert f"medicines ({one(cell['C21', 'USA'])}) and refining ({100 * cell['C19', 'USA']:.0f}%)" in page
    assert f"Norway's ({100 * cell['C19', 'NOR']:.0f}%) and Russia's ({one(cell['C19', 'RUS'])})" in page


def test_both_sides(stakes: HomeExposure, page: str) -> None:
    """Output that rests on the deliveries between the EU and each economy of the table."""
    codes = {
        "the United States": "USA",
        "China": "CHN",
        "the United Kingdom": "GBR",
        "Russia": "RUS",
        "Norway": "NOR",
        "Switzerland": "CHE",
        "Taiwan": "TWN",
    }
    rows = cells("without the deliveries between")
    assert len(rows) == len(codes)
    for name, ours, theirs in rows:
        index = stakes.table.economies.index(codes[name.removeprefix("the EU and ")])
        assert [ours, theirs] == [one(stakes.lost_at_home[index]), one(stakes.lost_abroad[index])]
    for code, words in (("CHN", "1.6% of the EU's output and 1.3% of China's"), ("CHE", "14.8% of Switzerland's")):
        index = stakes.table.economies.index(code)
        assert words in page and one(stakes.lost_abroad[index]) in words


def test_the_members_one_by_one() -> None:
    """Look-through on China of each member that the page names, from the OECD's table of 80 economies."""
    world = icio_countries()
    inputs = look_through.reliance(Chains(world))
    china = world.economies.index("CHN")
    rows = cells("look-through on China")
    assert len(rows) == 8
    for name, *printed in rows:
        side = group(world, economies.home("EU27" if name == "all 27" else name))
        found = []
        for sector in ("C26", "C29"):
            whole = pooled(inputs.whole, shares_of(world, side.nodes(world, world.sectors.index(sector))))
            found.append(one(whole[china] / whole.sum()))
        assert printed == found, name
