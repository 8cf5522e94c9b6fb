"""Simulated scenarios as a part of an assessment: ranges, evidence, judgement and pages."""

from __future__ import annotations

import json

import pytest

import ostra
from ostra import cli
from ostra.ask.scenarios_assessed import scenario_results, scenarios_of
from ostra.dimensions.judge import judge
from ostra.documents.yaml_documents import builtin_dossiers
from ostra.model.assessment import Assessment
from ostra.model.results.simulation import LOST_PART
from ostra.provenance import trace
from ostra.show.printed.page import render_html

SCENARIO = """
format: ostra-scenario/1
id: short-halt
title: A short halt of gallium
summary: Three weeks without gallium.
author: the tests
date: 2026-11-26
days: 40
items:
  - {id: gallium, seller: CHN, buyers: [EU27], ecosystem: chips, item: gallium, share: {low: 0.5, high: 1},
     value_share: 0.1, need: {low: 0.05, high: 0.4}, store: 0, ends: 21, reason: made up for a test}
rationing: intermediate first
"""

STOP = """
format: ostra-scenario/1
id: short-stop
title: Foundries stop for ten days
summary: Nobody withholds anything.
author: the tests
date: 2026-11-26
days: 20
lost_capacity:
  - {id: foundries, economy: Taiwan, sectors: [C26], share: {low: 0.4, high: 0.6}, ends: 10, reason: made up for a test,
     concerns: [{ecosystem: design, items: [front-end-leading]}]}
  - {id: elsewhere, economy: JPN, sectors: [C26], share: 0.1, ends: 10, reason: not about the ecosystem}
rationing: intermediate first
"""


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> ostra.Workspace:
    """A workspace with the dossier on semiconductors under another name, and one scenario that names it."""
    folder = tmp_path_factory.mktemp("space")
    (folder / "dossiers").mkdir()
    (folder / "scenarios").mkdir()
    text = builtin_dossiers()["semiconductors"].read_text(encoding="utf-8")
    (folder / "dossiers" / "chips.yaml").write_text(text.replace("id: semiconductors\n", "id: chips\n", 1))
    (folder / "dossiers" / "design.yaml").write_text(text.replace("id: semiconductors\n", "id: design\n", 1))
    (folder / "scenarios" / "short-halt.yaml").write_text(SCENARIO)
    (folder / "scenarios" / "short-stop.yaml").write_text(STOP)
    return ostra.open(folder)


@pytest.fixture(scope="module")
def assessment(space: ostra.Workspace) -> Assessment:
    """The dossier assessed with its scenario, and three draws."""
    found = scenario_results(space, "chips", "EU27", runs=3, seed=4)
    return space.assess("chips", year=2023, scenarios=found)


def test_only_scenarios_that_withhold_its_items_belong_to_an_ecosystem(space: ostra.Workspace) -> None:
    """One of the workspace for the copy; built-in ones for the built-in dossier; none for a dossier without any."""
    assert [scenario.id for scenario in scenarios_of(space, "chips")] == ["short-halt"]
    assert {"rare-earths", "gallium-germanium"} <= {scenario.id for scenario in scenarios_of(space, "semiconductors")}
    nothing = scenario_results(space, "ai-ethics", "EU27")
    assert nothing.outcomes == () and nothing.evidence == () and nothing.sha256 == ""


def test_the_outcome_has_both_sides_and_its_range(assessment: Assessment) -> None:
    """Home's loss lies between the ends; draws lie within them; the other side is told too."""
    (outcome,) = assessment.step1.scenarios
    assert (outcome.scenario, outcome.items, outcome.sellers) == ("short-halt", ("gallium",), ("CHN",))
    lost = outcome.measure("home", LOST_PART)
    assert lost is not None and lost.mild < lost.middle < lost.severe
    assert lost.mild <= lost.p05 <= lost.p50 <= lost.p95 <= lost.severe
    assert outcome.measure("sellers", LOST_PART) is not None
    assert outcome.measure("nobody", LOST_PART) is None
    assert assessment.hashes.scenarios


def test_every_figure_can_be_traced_to_numbers_with_reasons(space: ostra.Workspace, assessment: Assessment) -> None:
    """The evidence of a figure leads to all numbers of the scenario and to the rows of the table."""
    for row in assessment.step1.scenarios[0].measures:
        step = trace(assessment, row.evidence, space.facts)
        assert step.facts and all(found.rows == found.reference.rows for found in step.facts)
        parameters = {below.evidence.id: below.evidence for below in step.inputs}
        need = next(entry for key, entry in parameters.items() if ".need" in key)
        assert (need.low, need.high) == (0.05, 0.4)
        assert need.author == "the tests" and "made up for a test" in need.caveats[0]


def test_the_loss_is_judged_by_the_profile(space: ostra.Workspace, assessment: Assessment) -> None:
    """A rule on simulated losses speaks where the mild end reaches its threshold, and once for each scenario."""
    rule = next(rule for rule in space.profile().severity if rule.indicator == "simulated_loss")
    mild = assessment.step1.scenarios[0].measure("home", LOST_PART).mild
    strict = rule.model_copy(update={"low": mild / 4, "medium": mild / 2, "high": min(1.0, 2 * mild)})
    profile = space.profile().model_copy(update={"severity": (strict,)})
    result = judge(assessment.step1, space.dossier("chips"), profile)
    found = [finding for finding in result.findings if finding.kind == "measured"]
    assert [(finding.items, finding.supplier, finding.severity) for finding in found] == [(("gallium",), "CHN", 2)]
    assert "what-if" in found[0].reason


def test_the_report_prints_it_and_says_so_where_there_is_none(space: ostra.Workspace, assessment: Assessment) -> None:
    """A row with links to the evidence; without a simulation, the command that makes one."""
    section = _section(render_html(assessment))
    assert "A short halt of gallium" in section and "who withholds" in section
    assert 'href="#ev-scenario.short-halt.home.' in section
    assert "--simulate" in _section(render_html(space.assess("chips", year=2023)))


def test_lost_capacity_belongs_to_the_items_that_it_concerns(space: ostra.Workspace) -> None:
    """It enters all steps as a withheld item does; who loses capacity stands as the supplier."""
    assert [scenario.id for scenario in scenarios_of(space, "design")] == ["short-stop"]
    assert "leading-edge" in {scenario.id for scenario in scenarios_of(space, "semiconductors")}
    made = space.assess("design", year=2023, scenarios=scenario_results(space, "design", "EU27"))
    (outcome,) = made.step1.scenarios
    assert (outcome.items, outcome.sellers, outcome.stopped) == (("front-end-leading",), (), ("TWN",))
    lost = outcome.measure("home", LOST_PART)
    assert lost.mild > 0.0
    assert trace(made, lost.evidence, space.facts).inputs
    rule = next(rule for rule in space.profile().severity if rule.indicator == "simulated_loss")
    strict = rule.model_copy(update={"low": lost.mild / 4, "medium": lost.mild / 2, "high": 1.0})
    judged = judge(
        made.step1, space.dossier("design"), space.profile().model_copy(update={"severity": (strict,)})
    ).findings
    measured = [(one.items, one.supplier, one.severity) for one in judged if one.kind == "measured"]
    assert measured == [(("front-end-leading",), "TWN", 2)]
    section = _section(render_html(made))
    assert "Foundries stop for ten days" in section and "where plants stop" in section and "nobody withholds" in section


def test_capacity_lost_at_home_is_no_dependence(space: ostra.Workspace) -> None:
    """From Taiwan's viewpoint the loss is told, and no rule on losses speaks of it."""
    made = space.assess("design", "TWN", 2023, scenarios=scenario_results(space, "design", "TWN"))
    (outcome,) = made.step1.scenarios
    assert outcome.stopped == () and outcome.measure("home", LOST_PART).severe > 0.0
    assert not [row for row in made.step2.findings if "what-if" in row.reason]


def test_the_command_simulates_and_traces(space: ostra.Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """`ostra assess --simulate`, and a trace of one of its numbers without naming a file."""
    options = ["-w", str(space.path), "--json"]
    assert cli.main(["assess", "chips", "--year", "2023", "--simulate", *options]) == 0
    made = json.loads(capsys.readouterr().out)
    proof = made["step1"]["scenarios"][0]["measures"][0]["evidence"]
    assert cli.main(["trace", f"{made['id']}#{proof}", *options]) == 0
    assert json.loads(capsys.readouterr().out)["inputs"]
    assert cli.main(["assess", "chips", "--year", "2023", "--simulate", "-w", str(space.path)]) == 0
    told = capsys.readouterr().out
    summary = " ".join(told.split())
    assert "A short halt of gallium: home" in summary and "[scenario.short-halt.home.output-lost-part" in summary
    assert "--simulate" in told.splitlines()[-1]  # how to follow a number of this very assessment
    assert cli.main(["assess", "ai-ethics", "--year", "2023", "--simulate"]) == 0
    assert "No scenario withholds or concerns" in capsys.readouterr().out
    assert cli.main(["trace", "x", "--in", "a.json", "--simulate"]) == 2
    assert "leave out --simulate" in capsys.readouterr().err
    assert cli.main(["assess", "chips", "--runs", "5", "-w", str(space.path)]) == 2
    assert "--simulate" in capsys.readouterr().err


def _section(html: str) -> str:
    return html[html.index('id="sectors"') :].partition("</section>")[0]
