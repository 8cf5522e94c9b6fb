"""How much each player or item matters for whether an item can be stopped: Birnbaum and Fussell–Vesely importance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from ostra.ecosystem.chain.cutsets import MinimalSets, minimal_sets
from ostra.ecosystem.chain.families import Probability, minimal
from ostra.ecosystem.chain.structure import Structure
from ostra.errors import UsageError

# Our choice: with equal probabilities the ranks say where in the structure a member stands, not how likely it fails.
PROBABILITY = 0.1


@dataclass(frozen=True)
class Importance:
    """`stopped` is P(the item is stopped); `table`: member, probability, birnbaum, fussell_vesely, sets.

    `sets` counts the minimal sets that contain the member. Where `cut_sets.truncated`, `stopped` is a lower bound, as
    only sets up to the size asked for count.
    """

    stopped: float
    table: pl.DataFrame
    cut_sets: MinimalSets


def importance(
    structure: Structure,
    item: str,
    *,
    level: float = 0.0,
    members: Literal["players", "items"] = "players",
    certain: bool = True,
    probability: float | Mapping[str, float] = PROBABILITY,
    max_size: int = 4,
) -> Importance:
    """Rank players (or items) by what their failure does to the probability that an item is stopped.

    Each fails independently with probability p. Birnbaum: P(stopped | x fails) − P(stopped | x works).
    Fussell–Vesely: P(some minimal set that contains x has failed) / P(stopped).

    Parameters
    ----------
    probability
        p in [0, 1], for all or by member (those not named: PROBABILITY).
    level, members, certain, max_size
        As for `minimal_sets`.

    Returns
    -------
    Importance
        Members of some minimal set, largest Birnbaum importance first, then Fussell–Vesely, then by name.

    Raises
    ------
    UsageError
        A probability is outside [0, 1].
    NotFoundError, MethodError
        As for `minimal_sets`; also if the sets are too many for exact probabilities.

    References
    ----------
    Birnbaum (1969); Fussell and Vesely (1972); Rauzy (1993), Reliab. Eng. Syst. Saf. 40, 203-211.
    """
    found = minimal_sets(structure, item, level=level, max_size=max_size, certain=certain, members=members)
    names = sorted({name for members_ in found.sets for name in members_})
    bit = {name: number for number, name in enumerate(names)}
    given = {} if isinstance(probability, float | int) else probability
    default = float(probability) if isinstance(probability, float | int) else PROBABILITY
    p = {number: float(given.get(name, default)) for name, number in bit.items()}
    for name, number in bit.items():
        if not 0.0 <= p[number] <= 1.0:
            raise UsageError(f"the probability of {name} is {p[number]}; it must lie in [0, 1]")
    family = frozenset(sum(1 << bit[name] for name in members_) for members_ in found.sets)
    chance = Probability(p)
    stopped = chance.of(family)
    rows = []
    for name, number in bit.items():
        own = 1 << number
        with_it = frozenset(mask for mask in family if mask & own)
        if own in family and p[number] <= 0.9:
            # A member that stops the item alone: Q = p + (1 − p) P(stopped | it works); near p = 1 this loses digits.
            birnbaum = 1.0 - (stopped - p[number]) / (1.0 - p[number])
            contains = p[number]
        else:
            failed = chance.of(minimal(mask & ~own for mask in family))
            birnbaum = failed - chance.of(family - with_it)
            contains = chance.of(with_it)
        rows.append((name, p[number], birnbaum, contains / stopped if stopped > 0.0 else None, len(with_it)))
    schema: dict[str, type[pl.DataType] | pl.DataType] = {
        "member": pl.String,
        "probability": pl.Float64,
        "birnbaum": pl.Float64,
        "fussell_vesely": pl.Float64,
        "sets": pl.Int64,
    }
    table = pl.DataFrame(rows, schema=schema, orient="row").sort(
        ["birnbaum", "fussell_vesely", "member"], descending=[True, True, False], nulls_last=True
    )
    return Importance(stopped, table, found)
