"""Scenarios from document to result: draws, compilation, what results sum to, stopping and resuming, the commands."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ostra
from io_worlds import random_table
from io_worlds import table as io_table
from ostra.ask import disruption
from ostra.ask.scenario_list import find_scenario
from ostra.cli import main
from ostra.documents.yaml_documents import builtin_dossiers, builtin_scenarios, read_scenario
from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.errors import ConflictError, MethodError, NotFoundError, UsageError
from ostra.model.base import Interval
from ostra.model.dossier import Item, SectorBinding
from ostra.model.evidence import Evidence
from ostra.model.scenario import OUR_CHOICE, Range, Scenario
from ostra.scenario.compile import ItemFacts, compiled
from ostra.scenario.draws import Draws, parameter
from ostra.scenario.orders import PARTS, orders
from ostra.scenario.outcomes import Outcome, outcome, statistics
from ostra.scenario.simulation.engine import simulate
from ostra.scenario.simulation.shocks import CapacityLoss, Withheld
from ostra.show.text import losses
from ostra.show.text.trace_tree import value_of

HEAD = """\
format: ostra-scenario/1
id: test
title: A test
summary: A test.
author: a tester
date: 2026-11-26
home: BRA
days: 60
"""
BAN = (
    HEAD
    + "withheld:\n  - {id: ban, seller: CHN, buyers: [BRA], sectors: [S1], share: SHARE, ends: 30, reason: A test.}\n"
)
OPEN = BAN.replace("SHARE", "{low: 0.3, mode: 0.5, high: 0.9}") + (
    "stocks:\n  - {id: store, days: {low: 2, high: 20}, reason: A test.}\n"
    "substitution:\n  - {id: others, limit: {low: 1, high: 2}, days: 10, reason: A test.}\n"
    "overproduction: {id: more, limit: 1.1, days: 30, reason: A test.}\n"
)


def world(seed: int = 4) -> InputOutputTable:
    """A made-up table of three real economies."""
    made = random_table(seed, 3, 4)
    return replace(made, economies=("BRA", "CHN", "USA"), destinations=("BRA", "CHN", "USA"))


def results(text: str, table: InputOutputTable | None = None, draws: int = 0, seed: int = 0) -> Outcome:
    table = table or world()
    ready = compiled(read_scenario(text), table, draws=draws, seed=seed)
    return outcome(
        ready, simulate(table, ready.shocks, ready.behaviour, days=ready.days, runs=ready.runs, level=ready.level)
    )


def measure(found: Outcome, where: str, name: str) -> dict[str, float | None]:
    return next(row for row in found.summary if row["where"] == where and row["measure"] == name)


# Draws


@settings(max_examples=50, deadline=None)
@given(
    ends=st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)),
    with_mode=st.booleans(),
    seed=st.integers(0, 2**31),
    more=st.integers(0, 30),
)
def test_draws_lie_within_and_do_not_depend_on_the_batch(
    ends: tuple[float, float, float], with_mode: bool, seed: int, more: int
) -> None:
    """Run k is the same in a batch of 5 and in a larger one, and every draw lies between the ends."""
    low, mode, high = sorted(ends)
    written = Range[float](low=low, high=high, mode=mode if with_mode else None)
    one = parameter("a.share", written, unit="share", hurts=1, origin="", reason="")
    small = Draws(5, seed, anything_open=True).values(one)
    large = Draws(5 + more, seed, anything_open=True).values(one)
    np.testing.assert_array_equal(small, large[: len(small)])
    assert ((large >= low - 1e-12) & (large <= high + 1e-12)).all()
    assert list(large[1:3]) == [low, high]  # more of it hurts: the mild end is the low one
    less = parameter("a.share", written, unit="share", hurts=-1, origin="", reason="")
    assert list(Draws(0, seed, anything_open=True).values(less)[1:]) == [high, low]


def test_draws_have_the_distribution_that_the_range_says() -> None:
    """The inverse of the triangle and of the even spread, against closed forms; names have streams of their own."""
    triangle = parameter("t.x", Range[float](low=0.2, mode=0.4, high=1.0), unit="", hurts=1, origin="", reason="")
    for part in (0.1, 0.25, 0.6, 0.95):
        x = float(triangle.at(np.array([part]))[0])
        below = (x - 0.2) ** 2 / (0.8 * 0.2) if x < 0.4 else 1 - (1 - x) ** 2 / (0.8 * 0.6)
        assert below == pytest.approx(part)
    even = parameter("e.x", Interval(low=0.2, high=1.0), unit="", hurts=1, origin="", reason="")
    drawn = Draws(4000, 1, anything_open=True).values(even)[3:]
    assert drawn.mean() == pytest.approx(0.6, abs=0.02)
    other = Draws(4000, 1, anything_open=True).values(replace(even, name="e.y"))[3:]
    assert abs(np.corrcoef(drawn, other)[0, 1]) < 0.05


def test_statistics_keep_never_apart_from_days() -> None:
    """A day that is never reached is null, and percentiles are values that occurred."""
    row = statistics(np.array([5.0, np.inf, 3.0, 4.0, np.inf, 2.0, np.inf]), 4)
    assert (row["middle"], row["mild"], row["severe"]) == (5.0, None, 3.0)
    assert (row["p05"], row["p50"], row["p95"]) == (2.0, 4.0, None)


# From words to arrays


def test_names_are_found_in_the_table_and_numbers_carry_their_origin() -> None:
    """A ban becomes nodes; the open numbers have a value for each run, the others one alike in all."""
    ready = compiled(read_scenario(OPEN), world(), draws=2, seed=1)
    (ban,) = ready.shocks
    assert isinstance(ban, Withheld)
    assert list(ban.sellers) == [5] and list(ban.buyers) == [0, 1, 2, 3] and list(ban.destinations) == [0]
    assert (ban.first, ban.last) == (0, 29)
    assert ready.runs == 5 and np.shape(ban.fraction) == (5,)
    assert list(np.asarray(ban.fraction)[:3]) == [0.5, 0.3, 0.9]
    assert {one.origin for one in ready.parameters} == {OUR_CHOICE}
    assert ready.hit == ("BRA",) and (ready.begins, ready.ends) == (0, 30)


def test_nothing_open_is_one_run() -> None:
    """Without ranges nothing is drawn, however many draws are asked for."""
    ready = compiled(read_scenario(BAN.replace("SHARE", "0.5")), world(), draws=100)
    assert ready.runs == 1 and ready.drawn == 0


def test_without_buyers_everybody_else_is_cut_off() -> None:
    """The seller does not withhold from itself."""
    ready = compiled(read_scenario(BAN.replace("SHARE", "1").replace("buyers: [BRA], ", "")), world())
    assert list(ready.shocks[0].buyers) == [0, 1, 2, 3, 8, 9, 10, 11]


@pytest.mark.parametrize(
    ("wrong", "kind", "told"),
    [
        ("seller: FRA", NotFoundError, "does not tell FRA"),
        ("sectors: [S9]", NotFoundError, "no sector fits 'S9'"),
        ("buyers: [CHN]", UsageError, "seller and only buyer"),
    ],
)
def test_what_the_table_does_not_have_is_told(wrong: str, kind: type[Exception], told: str) -> None:
    """Economies and sectors that are not there, and a ban on oneself."""
    key = wrong.partition(":")[0]
    text = re.sub(rf"{key}: (\[[^]]*\]|\w+)", wrong, BAN.replace("SHARE", "1"), count=1)
    with pytest.raises(kind, match=told):
        compiled(read_scenario(text), world())


ITEM = HEAD + (
    "items:\n  - {id: metal, seller: CHN, buyers: [BRA], ecosystem: some, item: metal, share: 0.5, store: 10,\n"
    "     ends: 50, reason: A test.}\n"
)


def metal(**known: float) -> dict[str, ItemFacts]:
    """A metal that S0 makes and S3 uses, of which China holds 60 to 80 %."""
    sectors = (
        SectorBinding(role="makes", sector="S0", share=known.get("value")),
        SectorBinding(role="uses", sector="S3", share=known.get("need")),
    )
    item = Item(id="metal", name="Metal", kind="material", stage="one", sectors=sectors)
    return {"metal": ItemFacts(item, Interval(low=0.6, high=0.8), "a hold")}


def test_an_item_stops_deliveries_by_value_and_users_by_need() -> None:
    """w m of the makers' deliveries, and w h n of the users' capacity once the store is used up after d / w days."""
    ready = compiled(read_scenario(ITEM), world(), items=metal(value=0.1, need=0.5))
    deliveries, users = ready.shocks
    assert isinstance(deliveries, Withheld) and isinstance(users, CapacityLoss)
    assert list(deliveries.sellers) == [4] and list(deliveries.buyers) == [3]
    np.testing.assert_allclose(deliveries.fraction, 0.05)
    assert list(users.nodes) == [3]
    np.testing.assert_allclose(users.fraction, [0.5 * 0.7 * 0.5, 0.5 * 0.6 * 0.5, 0.5 * 0.8 * 0.5])
    assert set(np.asarray(users.first)) == {20} and set(np.asarray(users.last)) == {49}
    origins = {one.name: one.origin for one in ready.parameters}
    assert origins["metal.hold"] == "a hold" and origins["metal.need.S3"] == "dossier some, item metal"


def test_what_nobody_knows_of_an_item_is_a_range() -> None:
    """Unknown value and need run from nothing to all, and say so; keys of the scenario narrow them."""
    ready = compiled(read_scenario(ITEM), world(), items=metal())
    named = {one.name: one for one in ready.parameters}
    assert (named["metal.need.S3"].low, named["metal.need.S3"].high) == (0.0, 1.0)
    assert named["metal.need.S3"].origin == "unknown: dossier some, item metal states none"
    narrowed = ITEM.replace("share: 0.5,", "share: 0.5, need: {low: 0, high: 0.1},")
    own = {one.name: one for one in compiled(read_scenario(narrowed), world(), items=metal()).parameters}
    assert own["metal.need.S3"].high == 0.1 and own["metal.need.S3"].origin == OUR_CHOICE


def test_a_store_that_outlasts_the_ban_saves_all() -> None:
    """Stores of 25 days at half use last 50 days: no user stops."""
    ready = compiled(read_scenario(ITEM.replace("store: 10", "store: 30")), world(), items=metal(value=0.1, need=0.5))
    assert (np.asarray(ready.shocks[1].fraction) == 0.0).all()


def test_an_item_without_sectors_is_refused() -> None:
    """The message says what to add, and where."""
    bare = Item(id="metal", name="Metal", kind="material", stage="one")
    with pytest.raises(MethodError, match="Add 'sectors:'"):
        compiled(read_scenario(ITEM), world(), items={"metal": ItemFacts(bare, Interval(low=0, high=1), "")})


# Results


def test_parts_sum_to_the_whole_and_first_hand_is_who_was_cut_off() -> None:
    """For each node and run; nobody but the buyers loses at first hand, nobody but the seller its own sales."""
    table = world()
    ready = compiled(read_scenario(OPEN), table, draws=4, seed=2)
    found = simulate(table, ready.shocks, ready.behaviour, days=60, runs=ready.runs)
    split = orders(ready, found)
    np.testing.assert_allclose(sum(getattr(split, name) for name in PARTS), found.output_lost, atol=1e-9)
    assert (split.first[:, 4:] == 0.0).all() and split.first.max() > 0.0
    others = np.setdiff1d(np.arange(12), [5])
    assert (split.own[:, others] == 0.0).all()
    assert all((getattr(split, name) >= 0.0).all() for name in PARTS[:-1])


def test_each_hand_of_a_chain_loses_in_its_own_order() -> None:
    """A sells to B only, B to C, C to D, D to E: B is hit at first hand, C at second, D at third, E beyond."""
    flows = np.diag([73.0] * 4, 1) * 5.0
    final = np.diag([0.0] * 4 + [365.0])
    codes = ("CHN", "BRA", "USA", "JPN", "IND")
    table = io_table(flows, final, codes, ("S1",))
    ready = compiled(read_scenario(BAN.replace("SHARE", "1")), table)
    found = simulate(table, ready.shocks, ready.behaviour, days=60, runs=1)
    split = orders(ready, found)
    parts = ("own", "first", "second", "third", "beyond")
    by_node = np.array([getattr(split, name)[0] for name in parts])
    assert (by_node.argmax(axis=0) == np.arange(5)).all()
    np.testing.assert_allclose(np.diag(by_node), found.output_lost[0], atol=1e-9)
    assert (found.output_lost[0] > 0.0).all()


def test_no_shock_no_change() -> None:
    """A ban on nothing changes nothing on any day, in any run."""
    found = results(OPEN.replace("{low: 0.3, mode: 0.5, high: 0.9}", "0"), draws=3)
    for row in found.summary:
        if row["measure"] == "output lost":
            assert max(abs(row[name]) for name in ("middle", "mild", "severe", "p95")) < 1e-6
    assert measure(found, "home", "days with output below 99%")["severe"] == 0.0
    assert measure(found, "home", "day from which output is back")["middle"] is None


def test_currency_and_the_order_of_economies_do_not_matter() -> None:
    """In thousandths of the unit losses are a thousand times as much, and shares the same; so in a mirrored table."""
    table = world()
    plain = results(OPEN, table, draws=2)
    thousand = replace(
        table,
        flows=1000 * table.flows,
        final=1000 * table.final,
        output=1000 * table.output,
        value_added=1000 * table.value_added,
    )
    flip = np.arange(12).reshape(3, 4)[::-1].ravel()
    mirrored = replace(
        table,
        economies=table.economies[::-1],
        destinations=table.destinations[::-1],
        flows=table.flows[np.ix_(flip, flip)],
        final=table.final[flip][:, ::-1],
        output=table.output[flip],
        value_added=table.value_added[flip],
    )
    for other, factor in ((results(OPEN, thousand, draws=2), 1000.0), (results(OPEN, mirrored, draws=2), 1.0)):
        for row, same in zip(plain.summary, other.summary, strict=True):
            scale = factor if row["unit"] == "million USD" else 1.0
            for name in ("middle", "mild", "severe", "p50"):
                if row[name] is None:
                    assert same[name] is None
                else:
                    assert same[name] == pytest.approx(scale * row[name], rel=1e-6, abs=scale * 1e-5)


def test_more_withheld_hurts_home_more_and_the_severe_end_most() -> None:
    """Losses of home rise with the share withheld; the middle lies between the ends."""
    lost = [
        measure(results(BAN.replace("SHARE", share)), "home", "output lost")["middle"]
        for share in ("0.2", "0.5", "0.9")
    ]
    assert 0 < lost[0] < lost[1] < lost[2]
    row = measure(results(OPEN), "home", "output lost")
    assert row["mild"] < row["middle"] < row["severe"]


def test_the_course_and_the_days_below_agree() -> None:
    """Days below the level are those of the course, and the first of them is the day until output falls below."""
    found = results(OPEN)
    severe = [row["severe"] for row in found.course if row["where"] == "home"]
    assert len(severe) == 60
    below = [day for day, part in enumerate(severe) if part < 0.99]
    assert measure(found, "home", "days with output below 99%")["severe"] == len(below) > 0
    assert measure(found, "home", "days until output falls below 99%")["severe"] == below[0]
    back = measure(found, "home", "day from which output is back")["severe"]
    assert back is None or back == below[-1] + 1


# Commands


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, object]]:
    assert main([*words, "--json"]) == 0
    answer: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return answer


def test_every_built_in_scenario_fits_the_built_in_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Each is read and compiled, cites the report, marks its own choices, and needs no economy that is not there."""
    listed = {row["scenario"] for row in ask(capsys, "scenarios")}
    assert set(builtin_scenarios()) == listed and len(listed) == 6
    space = ostra.open()
    table = space.input_output()
    for name in listed:
        scenario = find_scenario(space, str(name))
        assert scenario.id == name and "report" in {source.id for source in scenario.sources}
        ready = compiled(scenario, table, items=disruption._items(space, scenario))
        assert all(one.origin for one in ready.parameters) and ready.runs == 3


def test_the_value_share_of_rare_earths_holds_what_the_facts_give() -> None:
    """EU imports of the three headings from China over the table's deliveries of chemicals to their users."""
    space = ostra.open()
    frame = space.deps(home="EU27", years=2022, products=["280530", "284610", "284690"], supplier="CHN").frame
    imports = float((frame["imports_kusd"] * frame["supplier_share"]).sum()) / 1000
    table = space.input_output()
    seller = table.nodes_of("CHN").start + table.sector_number("C20")
    users = [table.nodes_of("EU27").start + table.sector_number(code) for code in ("C26", "C27", "C28", "C29")]
    share = imports / table.flows[seller, users].sum()
    written = find_scenario(space, "rare-earths").items[0].value_share
    assert isinstance(written, Range) and written.low <= share <= written.high


def test_magnesium_takes_hold_and_users_from_the_dossier(tmp_path: Path) -> None:
    """Another share in the dossier is another hold in the scenario, and a user taken out of it is no longer hit."""
    text = builtin_dossiers()["v2x"].read_text(encoding="utf-8")
    written = "item: magnesium, economy: CHN, by: location, share: 0.906"
    vehicles = "      - {role: uses, sector: C29, claims: [ec-magnesium-use]}\n"
    assert text.count(written) == text.count(vehicles) == 1
    text = text.replace("id: v2x\n", "id: cars\n", 1).replace(written, written.replace("0.906", "0.5"))
    (tmp_path / "dossiers").mkdir()
    (tmp_path / "dossiers" / "cars.yaml").write_text(text.replace(vehicles, ""), encoding="utf-8")
    space = ostra.open(tmp_path)
    own = find_scenario(space, "magnesium")
    other = own.model_copy(update={"items": (own.items[0].model_copy(update={"ecosystem": "cars"}),)})
    table = space.input_output()
    found = []
    for scenario in (own, other):
        ready = compiled(scenario, table, items=disruption._items(space, scenario))
        named = {one.name: one for one in ready.parameters}
        hold = named["magnesium.hold"]
        assert hold.low == hold.high and hold.origin.startswith("hold of CHN on magnesium in dossier")
        users = {name.rpartition(".")[2] for name in named if name.startswith("magnesium.need.")}
        lost = [np.asarray(shock.fraction)[0] for shock in ready.shocks if isinstance(shock, CapacityLoss)]
        (need,) = {named[f"magnesium.need.{user}"].middle for user in users}
        assert lost == pytest.approx([named["magnesium.share"].middle * hold.middle * need] * len(users))
        found.append((hold.middle, users))
    assert found == [(0.906, {"C24B", "C25", "C29", "C30"}), (0.5, {"C24B", "C25", "C30"})]


def test_simulate_answers_in_every_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Measures, days, numbers with origins; a folder with tables, picture and JSON that agree."""
    rows = ask(capsys, "simulate", "lithography", "--days", "10", "--runs", "2", "--seed", "3")
    lost = next(row for row in rows if row["where"] == "home" and row["measure"] == "output lost")
    assert lost["p05"] is not None and lost["mild"] <= lost["severe"]
    folder = tmp_path / "out"
    assert main(["simulate", "lithography", "--days", "10", "--runs", "2", "--seed", "3", "-o", str(folder)]) == 0
    capsys.readouterr()
    whole = json.loads((folder / "lithography.json").read_text())
    assert whole["summary"] == rows and len(whole["course"]) == 3 * 10
    assert {"our choice"} < {row["origin"] for row in whole["parameters"]}
    for name in ("summary", "economies", "sectors", "course", "parameters"):
        assert (folder / f"{name}.csv").stat().st_size > 100
    picture = (folder / "course.svg").read_text()
    assert (
        picture.startswith("<svg") and "China (hit)" in picture and "EU27 (withholds)" in picture and "World" in picture
    )
    words = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", picture))
    assert "2 draws, seed 3" in words and "Licence OECD" in words and "docs/methods/disruption.md" in words
    assert not re.search(r"\de[+−-]\d", words), "sums are in billions or millions, never in powers of ten"
    head, _, _ = picture.partition(">")
    assert "viewBox" in head and "max-width:100%;height:auto" in head  # nothing is cut off on a narrow page
    assert not (folder / ".runs").exists()


@pytest.mark.parametrize("by", ["measure", "economy", "sector", "day", "parameter"])
def test_a_terminal_of_80_columns_shows_what_was_asked_for(
    by: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ends and draws of every view are there; nothing is cut, left out or wider than the terminal."""
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["simulate", "leading-edge", "--days", "6", "--runs", "2", "--by", by]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    assert "left out for width" not in text and "…" not in text
    wanted = ["Reason", "Origin"] if by == "parameter" else ["Middle", "Mild to severe", "Draws: median"]
    assert all(word in text for word in wanted)
    if by == "measure":
        assert "WHO IS HIT: TAIWAN" in text and "WORLD" in text


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["nowhere"], 2, "there is no scenario 'nowhere'. There are: gallium-germanium"),
        (["rare-earths", "--days", "0"], 2, "at least one day"),
        (["rare-earths", "--runs", "-1"], 2, "0 or more"),
        (["rare-earths", "--home", "NLD"], 2, "does not tell NLD"),
        (["rare-earths", "--resume"], 2, "nothing was kept"),
    ],
)
def test_simulate_tells_what_it_cannot_answer(
    words: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong names and numbers end with 2 and say which."""
    assert main(["simulate", *words]) == code
    assert told in capsys.readouterr().err


def test_a_bad_file_ends_with_3_and_names_line_and_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As ostra check does."""
    file = tmp_path / "bad.yaml"
    file.write_text(BAN.replace("SHARE", "1.5"))
    assert main(["simulate", str(file)]) == 3
    assert f"{file}:10, withheld.0(ban).share: expected at most 1" in capsys.readouterr().err


# Stopping and resuming


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ostra.Workspace:
    """A workspace whose table is small, with one scenario."""
    folder = tmp_path / "space"
    (folder / "scenarios").mkdir(parents=True)
    (folder / "scenarios" / "test.yaml").write_text(OPEN)
    monkeypatch.setattr("ostra.workspace.Workspace.input_output", lambda self, dataset=None, year=None: world())
    return ostra.open(folder)


def test_resumed_equals_uninterrupted(small: ostra.Workspace, tmp_path: Path) -> None:
    """Stopped after some parts and taken up again: the same numbers, and nothing is left behind."""
    whole = disruption.simulate(small, "test", runs=60, seed=5)
    keep = tmp_path / "kept"
    kept: list[int] = []

    def stop(done: float, total: float) -> None:
        kept[:] = [len(list(keep.glob("part-*.npz")))]
        if kept[0] >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        disruption.simulate(small, "test", runs=60, seed=5, keep=keep, advance=stop)
    assert len(list(keep.glob("part-*.npz"))) >= 2
    with pytest.raises(ConflictError):
        disruption.simulate(small, "test", runs=60, seed=6, keep=keep, resume=True)
    resumed = disruption.simulate(small, "test", runs=60, seed=5, keep=keep, resume=True)
    assert resumed.outcome.summary == whole.outcome.summary
    assert resumed.outcome.course == whole.outcome.course
    assert not keep.exists()


def test_a_stop_says_how_to_go_on(
    small: ostra.Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C ends with 130, names the folder and --resume; the resumed command ends with 0."""
    genuine = disruption.run_engine

    def stopped(*args: object, part_done, **named: object) -> object:  # type: ignore[no-untyped-def]
        def one_then_stop(part: object) -> None:
            part_done(part)
            raise KeyboardInterrupt

        return genuine(*args, part_done=one_then_stop, **named)

    words = ["simulate", "test", "--runs", "60", "-w", str(small.path)]
    monkeypatch.setattr(disruption, "run_engine", stopped)
    assert main(words) == 130
    told = capsys.readouterr().err
    assert "--resume" in told and str(small.path / "runs" / "test") in told
    monkeypatch.setattr(disruption, "run_engine", genuine)
    assert main([*words, "--resume"]) == 0
    assert not (small.path / "runs" / "test").exists()
    capsys.readouterr()
    assert any(row["scenario"] == "test" for row in ask(capsys, "scenarios", "-w", str(small.path)))


def test_a_damaged_part_is_named(small: ostra.Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is no part ends with 3 and says what to do."""
    keep = small.path / "runs" / "test"
    keep.mkdir(parents=True)
    (keep / "part-00000000.npz").write_bytes(b"nothing")
    assert main(["simulate", "test", "-w", str(small.path), "--resume"]) == 3
    assert "part-00000000.npz" in capsys.readouterr().err


def test_scenario_is_frozen() -> None:
    """A scenario that was read cannot be changed by those who use it."""
    read = read_scenario(OPEN)
    with pytest.raises(ValueError, match="frozen"):
        read.days = 3  # type: ignore[misc]
    assert isinstance(read, Scenario)


def test_scenarios_stand_side_by_side(
    small: ostra.Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scenarios with scenarios, from files too; mixed with ecosystems they are refused, and so are unknown names."""
    files = []
    for share in ("{low: 0.1, high: 0.2}", "{low: 0.7, high: 0.8}"):
        text = BAN.replace("SHARE", share)
        file = tmp_path / f"ban-{share[-2]}.yaml"
        file.write_text(text.replace("id: test", f"id: ban-{share[-2]}"))
        files.append(str(file))
    rows = ask(capsys, "compare", "scenarios", *files)
    lost = next(row for row in rows if row["where"] == "sellers" and row["measure"] == "output lost")
    assert 0 < lost["ban-2"] < lost["ban-8"]
    assert "ban-2_p50" not in lost
    banded = ask(capsys, "compare", "scenarios", *files, "--runs", "3", "--seed", "7")
    again = ask(capsys, "compare", "scenarios", *files, "--runs", "3", "--seed", "7")
    assert banded == again
    lost = next(row for row in banded if row["where"] == "sellers" and row["measure"] == "output lost")
    assert lost["ban-8_p05"] <= lost["ban-8_p50"] <= lost["ban-8_p95"]
    assert main(["compare", "scenarios", "lithography", "semiconductors"]) == 2
    assert "there is no scenario 'semiconductors'" in capsys.readouterr().err
    assert main(["compare", "lithography", "semiconductors"]) == 2
    assert "Write: ostra compare scenarios lithography semiconductors" in capsys.readouterr().err
    picture = tmp_path / "both.svg"
    assert main(["compare", "scenarios", *files, "-o", str(picture)]) == 0
    assert picture.read_text().count("A test") == 2


def test_no_scenario_takes_the_column_of_another(
    small: ostra.Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A copy that kept its id is refused, and so is the name of a column; a name inside the listing harms nothing."""
    text = BAN.replace("SHARE", "{low: 0.1, high: 0.2}")
    names = {"one": "test", "copy": "test", "place": "where", "other": "what"}
    files = {}
    for name, own in names.items():
        files[name] = tmp_path / f"{name}.yml"
        files[name].write_text(text.replace("id: test", f"id: {own}"))
    assert main(["compare", "scenarios", str(files["one"]), str(files["copy"])]) == 2
    assert "two of the scenarios have the id 'test'. Give each its own" in capsys.readouterr().err
    assert main(["compare", "scenarios", str(files["one"]), str(files["place"])]) == 2
    assert "a column of the comparison is called 'where'" in capsys.readouterr().err
    one = disruption.simulate(small, str(files["one"]))
    with pytest.raises(UsageError, match="two of the scenarios"):
        disruption.compare([one, one])
    assert main(["compare", "scenarios", str(files["one"]), str(files["other"])]) == 0
    told = capsys.readouterr().out
    assert "WORLD" in told and "output lost" in told


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (None, "day", "never"),
        (None, "share", "?"),
        (1.0, "share", "100%"),
        (1.0 - 1e-7, "share", ">99.9%"),
        (0.9961, "share", "99.6%"),
        (3e-7, "share", "under 0.001%"),
        (0.03, "million USD", "0.0"),
        (-0.03, "million USD", "0.0"),
        (12.4, "million USD", "12"),
    ],
)
def test_a_figure_in_words(value: float | None, unit: str, told: str) -> None:
    """What is less than usual is not called all of it."""
    assert losses.words(value, unit) == told


def test_a_small_share_is_not_traced_as_nothing() -> None:
    """The head of a trace says a small loss in digits, as the summary that leads to it does."""
    share = Evidence(id="x", kind="computed", label="lost", unit="share", value=0.000336, method="disruption")
    assert value_of(share) == "0.034%"
    assert value_of(share.model_copy(update={"value": 0.5})) == "50%"
    assert value_of(share.model_copy(update={"value": 0.0})) == "0%"
    assert value_of(share.model_copy(update={"value": None, "low": 0.0001, "high": 0.2})) == "0.01–20%"


def test_the_how_to_can_be_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each file of the page is written, each command ends as the page says, in order, in an empty folder."""
    page = (Path(__file__).parents[1] / "docs" / "how-to" / "write-a-scenario.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    commands = 0
    for language, text in re.findall(r"```(\w+)\n(.*?)```", page, re.DOTALL):
        if language == "yaml":
            (tmp_path / "my-scenario.yaml").write_text(text, encoding="utf-8")
        for line in text.splitlines() if language == "console" else ():
            if line.startswith("$ "):
                words = line[2:].split()
                assert words[0] == "ostra"
                assert main(words[1:]) == 0, capsys.readouterr().err
                commands += 1
    assert commands >= 6
    assert (tmp_path / "course.svg").is_file() and (tmp_path / "results" / "my-scenario.json").is_file()
