"""Scenarios simulated: found by name, joined with dossiers and tables, run, and laid out as listings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl

from ostra.ask.chain import structure_of
from ostra.ask.scenario_list import scenario_file, scenario_id
from ostra.ecosystem import chain
from ostra.errors import UsageError
from ostra.facts.citing import cite
from ostra.files.checkpoints import drop_parts, keep_part, kept_parts
from ostra.model.base import UNKNOWN, Interval
from ostra.model.evidence import Provenance
from ostra.model.listing import Listing
from ostra.model.results.simulation import Parties
from ostra.model.scenario import OUR_CHOICE, Scenario
from ostra.progress import Advance, quiet
from ostra.scenario.compile import Compiled, ItemFacts, compiled
from ostra.scenario.draws import FIXED
from ostra.scenario.outcomes import STATISTICS, Outcome, Row, outcome
from ostra.scenario.simulation.engine import simulate as run_engine
from ostra.scenario.simulation.trajectories import Trajectories
from ostra.words import economies
from ostra.workspace import Workspace
from ostra.workspace.scenario_names import fitting_scenario

By = Literal["measure", "economy", "sector", "day", "parameter"]
VIEWS: dict[By, tuple[str, str]] = {
    "measure": ("summary", "what it comes to"),
    "economy": ("economies", "output lost by economy, million USD"),
    "sector": ("sectors", "output lost by sector of home, million USD"),
    "day": ("course", "output by day, part of usual"),
    "parameter": ("parameters", "its numbers"),
}
MEASURED = ("where", "measure", "unit")
SIDES = ("home", "sellers", "hit", "world")
FRAMES: dict[By, dict[str, Any]] = {
    "measure": {"where": pl.String, "measure": pl.String, "unit": pl.String},
    "economy": {"economy": pl.String},
    "sector": {"sector": pl.String, "name": pl.String},
    "day": {"where": pl.String, "day": pl.Int64},
    "parameter": {},
}


@dataclass(frozen=True, eq=False)
class Simulation:
    """A scenario and what was found of it."""

    scenario: Scenario
    compiled: Compiled
    outcome: Outcome
    provenance: Provenance

    @property
    def sellers(self) -> tuple[str, ...]:
        """Economies that withhold."""
        return sellers_of(self.compiled)

    @property
    def parties(self) -> Parties:
        """Who is who in it."""
        home = self.compiled.home
        return Parties(
            scenario=self.scenario.id,
            home=home.code,
            home_name=home.name,
            sellers=self.sellers,
            hit=tuple(self.compiled.hit),
            withholds_itself=set(self.sellers) == set(home.economies),
            sides=frozenset(row["where"] for row in self.outcome.summary),
            drawn=bool(self.compiled.drawn),
        )

    def listing(self, by: By = "measure") -> Listing:
        """One of the tables; `by` says which."""
        name, about = VIEWS[by]
        rows: list[Row] = getattr(self.outcome, name)
        schema = FRAMES[by] | (dict.fromkeys(STATISTICS, pl.Float64) if by != "parameter" else {})
        frame = pl.DataFrame(rows, schema_overrides=schema, infer_schema_length=None)
        provenance = self.provenance.model_copy(update={"title": f"{self.scenario.title}: {about}"})
        return Listing(frame, provenance, behind=Simulated((self,), by))


@dataclass(frozen=True, eq=False)
class Simulated:
    """What a listing of scenarios was taken from, and which of its tables it is."""

    simulations: tuple[Simulation, ...]
    by: By = "measure"


def sellers_of(ready: Compiled) -> tuple[str, ...]:
    """Economies of the table that withhold."""
    width = len(ready.table.sectors)
    return tuple(sorted({ready.table.economies[int(node) // width] for node in ready.sellers}))


def simulate(
    workspace: Workspace,
    name: str,
    *,
    home: str | None = None,
    days: int | None = None,
    runs: int = 0,
    seed: int = 0,
    dataset: str | None = None,
    keep: Path | None = None,
    resume: bool = False,
    advance: Advance = quiet,
) -> Simulation:
    """Simulate a scenario day by day.

    Parameters
    ----------
    name
        Id of a scenario, or a file.
    home, days
        Instead of the scenario's.
    runs, seed
        Draws of open numbers, beside the middle, the mild and the severe end; run k of a seed is always the same.
    keep
        Folder that receives each part as soon as it is done, and is emptied when all are.
    resume
        Take up what `keep` holds; otherwise it is begun anew.
    advance
        Hears of progress as (done, total).

    Raises
    ------
    NotFoundError, UsageError, MethodError
        A scenario, home or data set that does not exist, or a scenario that does not fit the table.
    DataError
        The scenario breaks its definition, or names what is not there: one problem for each, with its line.
    ConflictError
        The parts kept are of another scenario, table or batch.
    """
    file = scenario_file(workspace, name)
    if days is not None and days < 1:
        raise UsageError(f"at least one day is simulated; {days} was asked for")
    if runs < 0 or seed < 0:
        raise UsageError(f"runs and seed are 0 or more; found {runs} and {seed}")
    table = workspace.input_output(dataset)
    scenario = fitting_scenario(workspace, file, table, other_home=home is not None)
    ready = compiled(scenario, table, items=_items(workspace, scenario), home=home, days=days, draws=runs, seed=seed)
    finished: list[Trajectories] = []
    if keep is not None and resume:
        finished = [Trajectories.from_arrays(part) for part in kept_parts(keep)]
    elif keep is not None:
        drop_parts(keep)

    def part_done(part: Trajectories) -> None:
        if keep is not None:
            keep_part(keep, int(part.runs[0]), part.arrays())

    found = run_engine(
        table,
        ready.shocks,
        ready.behaviour,
        days=ready.days,
        runs=ready.runs,
        level=ready.level,
        finished=finished,
        part_done=part_done,
        advance=advance,
    )
    if keep is not None:
        drop_parts(keep)
    provenance = _provenance(scenario, ready, found, seed, cite(workspace.facts.dataset("input_output", dataset)))
    return Simulation(scenario, ready, outcome(ready, found), provenance)


def results(
    workspace: Workspace,
    scenario: str,
    *,
    home: str | None = None,
    days: int | None = None,
    runs: int = 0,
    seed: int = 0,
    by: By = "measure",
    resume: bool = False,
    dataset: str | None = None,
    keep: Path | None = None,
    advance: Advance = quiet,
) -> Listing:
    """Simulate a disruption day by day: what is lost, when, by whom, and until when.

    In a workspace, or written to a file, runs that are done are kept until all are, so that one can go on after a stop.

    Parameters
    ----------
    scenario
        Id of a scenario (see: ostra scenarios), or a YAML file.
    home
        Country or bloc from whose viewpoint results are seen, instead of the scenario's.
    days
        Days simulated, instead of the scenario's.
    runs
        Draws of the numbers that the scenario leaves open.
    seed
        Of the draws; the same seed gives the same draws.
    by
        What the rows are: measures, economies, sectors of home, days, or the scenario's numbers with their reasons.
    resume
        Take up the runs that an earlier call kept.
    keep
        Folder that receives what is done.

    Returns
    -------
    Listing
        As `Simulation.listing`.

    Raises
    ------
    KeyboardInterrupt
        Stopped; says where what is done is kept, and how to go on.
    """
    if resume and keep is None:
        raise UsageError("nothing was kept that could be resumed: name a workspace with -w or a place with -o")
    try:
        found = simulate(
            workspace, scenario, home=home, days=days, runs=runs, seed=seed, dataset=dataset, keep=keep, resume=resume,
            advance=advance,
        )  # fmt: skip
    except KeyboardInterrupt:
        if keep is not None and any(keep.glob("part-*.npz")):
            raise KeyboardInterrupt(f"stopped; what is done is kept in {keep}. Go on with --resume") from None
        raise
    return found.listing(by)


def compare_named(
    workspace: Workspace,
    names: Sequence[str],
    *,
    home: str | None = None,
    runs: int = 0,
    seed: int = 0,
    advance: Advance = quiet,
) -> Listing:
    """Simulate scenarios and lay them side by side, as `compare`.

    Parameters
    ----------
    names
        Two or more ids of scenarios, or YAML files.
    home
        Country or bloc of the viewpoint, instead of each scenario's.
    runs
        Draws of the numbers that the scenarios leave open.
    seed
        Of the draws; the same seed gives the same draws.

    Raises
    ------
    UsageError
        Fewer than two names, or as for `tell_apart`.
    """
    if len(names) < 2:
        raise UsageError("name at least two scenarios to compare")
    tell_apart([scenario_id(workspace, name) for name in names])
    found = []
    for number, name in enumerate(names):

        def part_done(done: float, total: float, before: int = number) -> None:
            advance(before + done / max(total, 1.0), len(names))

        found.append(simulate(workspace, name, home=home, runs=runs, seed=seed, advance=part_done))
    return compare(found)


def tell_apart(ids: Sequence[str]) -> None:
    """Refuse to compare scenarios whose columns would bear one name, so that none takes the place of another.

    Raises
    ------
    UsageError
        Two have the same id, or one is called as the columns of `compare` that say what is measured.
    """
    for number, name in enumerate(ids):
        if name in ids[:number]:
            raise UsageError(
                f"two of the scenarios have the id '{name}'. Give each its own, with the key 'id' of its file"
            )
        if name in MEASURED:
            raise UsageError(f"a column of the comparison is called '{name}'. Give the scenario another id")


def compare(simulations: Sequence[Simulation]) -> Listing:
    """Scenarios side by side: the measures of the middle run, with the mild and severe ends as `_low` and `_high`.

    With draws, `_p05`, `_p50` and `_p95` too.

    Raises
    ------
    UsageError
        As for `tell_apart`.
    """
    tell_apart([one.scenario.id for one in simulations])
    bands = ("p05", "p50", "p95") if any(one.compiled.drawn for one in simulations) else ()
    rows: dict[tuple[str, str, str], Row] = {}
    for one in simulations:
        for row in one.outcome.summary:
            key = (row["where"], row["measure"], row["unit"])
            line = rows.setdefault(key, dict(zip(MEASURED, key, strict=True)))
            name = one.scenario.id
            line |= {name: row["middle"], f"{name}_low": row["mild"], f"{name}_high": row["severe"]}
            line |= {f"{name}_{band}": row[band] for band in bands}
    keys = [*MEASURED]
    keys += [
        f"{one.scenario.id}{end}"
        for one in simulations
        for end in ("", "_low", "_high", *(f"_{band}" for band in bands))
    ]
    ordered = sorted(rows.values(), key=lambda row: SIDES.index(row["where"]))  # measures stay in their order
    full = [{key: row.get(key) for key in keys} for row in ordered]
    schema = dict.fromkeys(keys[3:], pl.Float64)
    frame = pl.DataFrame(full, schema_overrides=schema, infer_schema_length=None)
    first = simulations[0].provenance
    filters = {one.scenario.id: one.scenario.title for one in simulations}
    filters |= {key: value for key, value in first.filters.items() if key in ("table", "runs")}
    return Listing(
        frame,
        Provenance(
            title="Scenarios side by side",
            filters=filters,
            sources=tuple(dict.fromkeys(source for one in simulations for source in one.provenance.sources)),
            method=first.method,
            caveats=tuple(dict.fromkeys(caveat for one in simulations for caveat in one.provenance.caveats)),
        ),
        behind=Simulated(tuple(simulations)),
    )


def _items(workspace: Workspace, scenario: Scenario) -> dict[str, ItemFacts]:
    """What dossiers and facts say of the withheld items."""
    found = {}
    for entry in scenario.items:
        dossier = workspace.dossier(entry.ecosystem)
        item = dossier.item(entry.item)  # `fitting_scenario` has seen that it is there
        if entry.hold is not None:
            found[entry.id] = ItemFacts(item, UNKNOWN, "")
            continue
        seller = economies.home(entry.seller)
        structure, _ = structure_of(
            workspace, entry.ecosystem, home=scenario.home, sides=[entry.seller] if seller.is_bloc else []
        )
        low, high = chain.holds(structure, [seller.code], [entry.item]).at(entry.item)
        origin = f"hold of {seller.code} on {entry.item} in dossier {entry.ecosystem}, method docs/methods/chain.md"
        found[entry.id] = ItemFacts(item, Interval(low=low, high=high), origin, tuple(dossier.caveats))
    return found


def _provenance(scenario: Scenario, ready: Compiled, found: Trajectories, seed: int, table: str) -> Provenance:
    ours = sum(one.origin == OUR_CHOICE for one in ready.parameters)
    unknown = sum(one.open for one in ready.parameters)
    behaviour = ready.behaviour
    sides = {"who withholds": sellers_of(ready), "who is hit": ready.hit}
    filters = {
        "scenario": f"{scenario.id}, {scenario.date}, {scenario.author}",
        "home": economies.code_and_name(ready.home.code),
        **{name: ", ".join(map(economies.code_and_name, codes)) for name, codes in sides.items() if codes},
        "days": f"{ready.days}",
        "runs": (
            ", ".join(FIXED) + (f" and {ready.drawn} draws, seed {seed}" if ready.drawn else "")
            if ready.runs > 1
            else "one: the scenario leaves nothing open"
        ),
        "table": f"{ready.table.dataset}, {ready.table.year}",
        "numbers": f"{len(ready.parameters)}, of which {unknown} are ranges and {ours} our choice; see --by parameter",
        "of the engine": f"gaps in stocks are refilled over {behaviour.restore_days:g} days, production slows below "
        f"{behaviour.stock_threshold:g} of the stock wanted; both as in boario or our choice, see method",
    }
    sources = [table]
    sources += [f"{source.title}. {source.publisher}, {source.date} [{source.id}]" for source in scenario.sources]
    return Provenance(
        title=scenario.title,
        filters=filters,
        sources=tuple(sources),
        method="disruption",
        caveats=tuple(dict.fromkeys([*ready.caveats, *found.caveats])),
    )
