"""Scenarios as a part of an assessment: those that name items of an ecosystem, simulated, with evidence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from ostra.ask.disruption import Simulation, simulate
from ostra.ask.scenario_list import find_scenario, scenario_files
from ostra.documents.yaml_documents import document_sha256
from ostra.ecosystem.input_output.groups import members_in
from ostra.facts.citing import as_source
from ostra.model.evidence import Evidence, FactRef
from ostra.model.results.simulation import OutcomeMeasure, ScenarioOutcome, ScenarioResults
from ostra.model.scenario import OUR_CHOICE, Scenario
from ostra.progress import Advance, quiet
from ostra.scenario.draws import Parameter
from ostra.words import economies
from ostra.words.figures import number
from ostra.words.sentences import LABEL, shortened, slug
from ostra.workspace import Workspace

METHOD = "disruption"


def scenarios_of(workspace: Workspace, ecosystem: str) -> list[Scenario]:
    """Scenarios, built-in and of the workspace, that withhold or concern an item of the ecosystem; by id."""
    read = (find_scenario(workspace, name) for name in scenario_files(workspace))
    return [scenario for scenario in read if scenario.items_of(ecosystem)]


def scenario_results(
    workspace: Workspace,
    ecosystem: str,
    home: str,
    *,
    runs: int = 0,
    seed: int = 0,
    advance: Advance = quiet,
) -> ScenarioResults:
    """Simulate every scenario of an ecosystem from the viewpoint of home.

    Parameters
    ----------
    runs, seed
        Draws of open numbers beside the middle, the mild and the severe end.
    advance
        Hears of progress as (done, total), over all scenarios.

    Raises
    ------
    NotFoundError, UsageError, DataError, MethodError
        As for `simulate`.
    """
    found = scenarios_of(workspace, ecosystem)
    source = as_source(workspace.facts.dataset("input_output"))
    outcomes: list[ScenarioOutcome] = []
    evidence: list[Evidence] = []
    for place, scenario in enumerate(found):

        def part_done(done: float, total: float, before: int = place) -> None:
            advance(before + done / max(total, 1.0), len(found))

        done = simulate(workspace, scenario.id, home=home, runs=runs, seed=seed, advance=part_done)
        proofs = list(_parameters(done))
        measures, figures = _measures(done, [proof.id for proof in proofs])
        outcomes.append(_outcome(done, ecosystem, measures, seed))
        evidence += [*proofs, *figures]
    digest = [[scenario.id, document_sha256(scenario)] for scenario in found]
    return ScenarioResults(
        outcomes=tuple(outcomes),
        evidence=tuple(evidence),
        sources=(source, *{one.id: one for scenario in found for one in scenario.sources}.values()),
        sha256=hashlib.sha256(json.dumps([digest, runs, seed]).encode()).hexdigest() if found else "",
    )


def _outcome(done: Simulation, ecosystem: str, measures: tuple[OutcomeMeasure, ...], seed: int) -> ScenarioOutcome:
    scenario, ready = done.scenario, done.compiled
    return ScenarioOutcome(
        scenario=scenario.id,
        title=scenario.title,
        author=scenario.author,
        date=scenario.date,
        items=scenario.items_of(ecosystem),
        sellers=done.sellers,
        stopped=_stopped(done, ecosystem),
        days=ready.days,
        draws=ready.drawn,
        seed=seed,
        year=ready.table.year,
        measures=measures,
        caveats=tuple(scenario.caveats),
    )


def _stopped(done: Simulation, ecosystem: str) -> tuple[str, ...]:
    """Economies of the table, but home, that lose capacity of items of the ecosystem."""
    table, home = done.compiled.table, done.compiled.home.economies
    losses = [loss for loss in done.scenario.lost_capacity if any(one.ecosystem == ecosystem for one in loss.concerns)]
    found = {code for loss in losses for code in members_in(table, economies.home(loss.economy))}
    return tuple(sorted(found - set(home)))


def _measures(done: Simulation, inputs: list[str]) -> tuple[tuple[OutcomeMeasure, ...], list[Evidence]]:
    """Every figure of the summary, and its evidence: all numbers of the scenario, and the table."""
    table = done.compiled.table
    facts = FactRef(
        table="input_output",
        dataset=table.dataset,
        where={"year": table.year, "part": "intermediate"},
        rows=int(np.count_nonzero(table.flows)),
    )
    rows, proofs = [], []
    for row in done.outcome.summary:
        proof = f"scenario.{done.scenario.id}.{row['where']}.{slug(row['measure'])}"
        rows.append(OutcomeMeasure(**row, evidence=proof))
        known = [row[name] for name in ("middle", "mild", "severe") if row[name] is not None]
        proofs.append(
            Evidence(
                id=proof,
                label=f"{shortened(done.scenario.title, LABEL)}: {row['measure']} ({row['where']})",
                kind="computed",
                unit=row["unit"],
                value=row["middle"],
                low=min(known) if known else None,
                high=max(known) if known else None,
                text="" if known else "does not happen within the days simulated",
                formula="day-by-day simulation with stocks, rationing, overproduction and substitution",
                substituted="; ".join(f"{name} {_number(row[name])}" for name in ("middle", "mild", "severe")),
                method=METHOD,
                inputs=tuple(inputs),
                facts=(facts,),
                sources=(table.dataset,),
                author=done.scenario.author,
                date=done.scenario.date,
                caveats=tuple(done.scenario.caveats),
            )
        )
    return tuple(rows), proofs


def _parameters(done: Simulation) -> Iterator[Evidence]:
    """Every number of the scenario: cited where a source is named, judged where it is the author's choice."""
    for one in done.compiled.parameters:
        yield Evidence(
            id=f"scenario.{done.scenario.id}.parameter.{one.name}",
            label=f"{shortened(done.scenario.title, LABEL)}: {one.name}",
            kind="judged" if one.origin == OUR_CHOICE else "cited" if one.source else "computed",
            unit=one.unit,
            value=None if one.open else one.middle,
            low=one.low,
            high=one.high,
            substituted=_spread(one),
            method=METHOD,
            sources=(one.source,) if one.source else (),
            author="" if one.source else done.scenario.author,
            date=done.scenario.date,
            caveats=(f"{one.origin}: {one.reason}",),
        )


def _spread(one: Parameter) -> str:
    if not one.open:
        return f"{one.middle:g}, known"
    middle = "any value between alike" if one.mode is None else f"most likely {one.mode:g}"
    return f"{one.low:g} to {one.high:g}, {middle}"


def _number(value: Any) -> str:
    return "never" if value is None else number(value)
