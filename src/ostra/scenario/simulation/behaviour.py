"""How firms react to a disruption: what softens it, and how fast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

BySector = float | NDArray[np.float64]
"""One number, or an array of shape (runs,), (sectors, runs): the last axis is the run, and may have length 1."""

ByPair = float | NDArray[np.float64]
"""As `BySector`, or of shape (input sectors, using sectors, runs)."""

Rationing = Literal["proportional", "domestic first", "intermediate first"]
Signal = Literal["potential", "capacity"]
Return = Literal["when demand is met", "at exact balance"]


@dataclass(frozen=True, eq=False)
class Behaviour:
    """The parameters of reaction. Defaults marked * are those of boario 0.7.2, the others are our choice.

    Parameters
    ----------
    stock_days
        * Usual stock of each input, in days of usual use; at least 1, `inf` for an input that never runs out.
    restore_days
        * Days over which a gap in stocks is refilled, at least 1.
    stock_threshold
        * Production slows down once a stock is below this part of what the wanted production calls for, 0 to 1
        (ψ of Henriet et al. 2012).
    overproduction_max
        * Largest output over usual capacity when demand is not met, at least 1.
    overproduction_days
        * Days over which overproduction builds up and falls back, at least 1.
    overproduction_return
        When overproduction falls back to 1: as soon as the day's demand is no larger than yesterday's output, or, as in
        boario, in proportion to excess output and otherwise only when the two are equal to the last bit.
    substitution_speed
        Part of the way, per day, that buyers move their orders from what suppliers usually sell to what they are able
        to sell: 0 never, * 1 at once.
    substitution_limit
        Largest factor by which a buyer multiplies its usual orders from the suppliers that it turns to, at least 1;
        * `inf` for no limit.
    signal
        What a supplier's ability is: its capacity *, or its potential, that is capacity and stocks of inputs together.
    final_substitutes
        Whether final users look for other suppliers as firms do (* no).
    rationing
        Who is served when output is short: all in proportion to their orders *, buyers in the own economy first, or
        firms before final users.
    critical
        Part of production that stops when an input is missing: 1 all (Leontief) *, 0 none.
    negligible_input
        * Inputs below this part of the user's output never hold up its production.
    """

    stock_days: ByPair = 90.0
    restore_days: BySector = 60.0
    stock_threshold: BySector = 0.8
    overproduction_max: BySector = 1.25
    overproduction_days: BySector = 365.0
    overproduction_return: Return = "when demand is met"
    substitution_speed: BySector = 1 / 30
    substitution_limit: BySector = 2.0
    signal: Signal = "potential"
    final_substitutes: bool = True
    rationing: Rationing = "proportional"
    critical: ByPair = 1.0
    negligible_input: float = 1e-5
