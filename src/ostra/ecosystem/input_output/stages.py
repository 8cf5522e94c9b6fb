"""How far a sector stands from final use, and from primary inputs.

References
----------
Antràs, Chor, Fally, Hillberry (2012), Measuring the Upstreamness of Production and Trade Flows, American Economic
Review 102(3); Fally (2012), Production Staging: Measurement and Facts; Miller, Temurshoev (2017), Output Upstreamness
and Input Downstreamness of Industries/Countries in World Production, International Regional Science Review 40(5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostra.ecosystem.input_output.coefficients import Chains
from ostra.ecosystem.input_output.table import Vector


@dataclass(frozen=True)
class Steps:
    """How far every node stands from both ends, in steps; NaN for nodes without output.

    Parameters
    ----------
    upstreamness
        Mean number of sales until the product is used finally, the last one included: 1 when all is sold to final
        users. `U = H · 1`.
    downstreamness
        Mean number of stages of making behind the product, its own included: 1 when nothing is bought in. `D = Lᵀ · 1`.
    """

    upstreamness: Vector
    downstreamness: Vector


def steps_of(chains: Chains) -> Steps:
    """Upstreamness and downstreamness of every node."""
    ones = np.where(chains.idle, 0.0, 1.0)
    return Steps(
        upstreamness=np.where(chains.idle, np.nan, chains.solve_sales(ones)),
        downstreamness=np.where(chains.idle, np.nan, chains.requirements),
    )
