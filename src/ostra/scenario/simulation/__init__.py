"""Disruption over time (method 5): shocks on an input-output table, what softens them, and what they cost day by day.

The pieces, in the order in which they are used:

- `ostra.scenario.simulation.shocks`: what happens (`Withheld`, `CapacityLoss`, `DemandShock`) and what policy answers
  (`StockRelease`, `NewCapacity`), on numbers of nodes of an `InputOutputTable`;
- `ostra.scenario.simulation.behaviour`: `Behaviour`, how firms react: stocks, overproduction, substitution, rationing;
- `ostra.scenario.simulation.trajectories`: `Trajectories`, what comes out, by run and day.

`ostra.scenario.simulation.engine` joins them:

    simulate(table, shocks, behaviour, *, days=365, runs=1, level=0.95, watched=(),
             finished=(), part_done=ignore, advance=silent) -> Trajectories

`part_done` gets each finished part of a long batch, `finished` takes those parts back when it is resumed, and
`advance(done, total)` hears of progress; an exception raised in it stops the work.

Every number that may differ between the runs of a batch is either one number or an array whose *last* axis is the run.
"""
