"""Miller and Blair's interregional example, through the public functions, against exact arithmetic in fractions.

Miller, R. E. and Blair, P. D. (2009), Input–Output Analysis, 2nd ed., chapter 3: region r with three sectors, region s
with two. Flows and outputs are those that two projects give independently of each other (JGCRI metis, in R, and CLIMADA
petals, in Python). What follows from them is computed here without rounding, so that nothing rests on a second copying.
The book's two-sector example of chapter 2 is tested in test_reliance.py and test_extraction.py.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from io_worlds import table
from ostra.ecosystem.input_output.coefficients import Chains
from ostra.ecosystem.input_output.hypothetical_extraction import extract
from ostra.ecosystem.input_output.look_through import reliance
from ostra.ecosystem.input_output.table import InputOutputTable

FLOWS = (
    (150, 500, 50, 25, 75),
    (200, 100, 400, 200, 100),
    (300, 500, 50, 60, 40),
    (75, 100, 60, 200, 250),
    (50, 25, 25, 150, 100),
)
OUTPUT = (1000, 2000, 1000, 1200, 800)
FINAL = (200, 1000, 50, 515, 450)
R, S, IDLE = np.array([0, 1, 2]), np.array([3, 4, 5]), 5

Exact = list[list[Fraction]]


def world() -> InputOutputTable:
    """As a rectangle of two economies and three sectors: region s lacks the third, which has no output."""
    flows = np.zeros((6, 6))
    flows[:5, :5] = FLOWS
    return table(flows, np.array([*FINAL, 0.0]), ("RRR", "SSS"), ("1", "2", "3"), dataset="interregional")


def exact_inverse(matrix: Exact) -> Exact:
    """Gauss–Jordan in fractions."""
    n = len(matrix)
    rows = [[*row, *(Fraction(int(i == k)) for k in range(n))] for i, row in enumerate(matrix)]
    for i in range(n):
        pivot = next(k for k in range(i, n) if rows[k][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for k in range(n):
            if k != i and rows[k][i]:
                rows[k] = [a - rows[k][i] * b for a, b in zip(rows[k], rows[i], strict=True)]
    return [row[n:] for row in rows]


def exact(nodes: range, *, sales: bool = False) -> Exact:
    """(I − A)⁻¹ of these nodes alone; for sales (I − B)⁻¹, with what is sold over the seller's output."""
    return exact_inverse(
        [[Fraction(int(i == k)) - Fraction(FLOWS[i][k], OUTPUT[i if sales else k]) for k in nodes] for i in nodes]
    )


def floats(matrix: Exact) -> np.ndarray:
    return np.array([[float(value) for value in row] for row in matrix])


def test_the_example_balances() -> None:
    """Final sales are what rows leave; the outputs given are those that the table holds."""
    assert [x - sum(row) for x, row in zip(OUTPUT, FLOWS, strict=True)] == list(FINAL)
    assert world().output.tolist() == [*OUTPUT, 0]


def test_coefficients_and_inverse_of_the_interregional_example() -> None:
    """A, B and L, block by block; the sector that a region lacks stays out and harms nothing."""
    chains = Chains(world())
    a = [[Fraction(FLOWS[i][k], OUTPUT[k]) for k in range(5)] for i in range(5)]
    b = [[Fraction(FLOWS[i][k], OUTPUT[i]) for k in range(5)] for i in range(5)]
    np.testing.assert_allclose(chains.bought(np.eye(6))[:5, :5].T, floats(a), rtol=1e-15)
    np.testing.assert_allclose(chains.sold(np.eye(6))[:5, :5], floats(b), rtol=1e-15)
    np.testing.assert_allclose(chains.solve(np.eye(6))[:5, :5], floats(exact(range(5))), rtol=1e-14, atol=1e-15)
    assert chains.idle.tolist() == [False] * 5 + [True]


def test_the_feedback_between_regions() -> None:
    """100 of new final demand in r calls forth more in r than r alone would tell: trade comes back."""
    chains = Chains(world())
    demand = np.array([100.0, 0, 0, 0, 0, 0])
    found = chains.solve(demand)
    whole, alone = exact(range(5)), exact(range(3))
    np.testing.assert_allclose(found[:5], [float(100 * row[0]) for row in whole], rtol=1e-14)
    isolated = np.array([float(100 * row[0]) for row in alone])
    assert (found[:3] > isolated).all()
    assert found[:3].sum() - isolated.sum() == pytest.approx(float(100 * sum(
        whole[i][0] - alone[i][0] for i in range(3))), rel=1e-12)  # fmt: skip


@pytest.mark.parametrize(("out", "kept"), [(S, range(3)), (R, range(3, 5))])
def test_either_region_extracted(out: np.ndarray, kept: range) -> None:
    """Without one region the other makes what its own inverse and its own final demand (primary inputs) call for."""
    found = extract(Chains(world()), out)
    own, sold = exact(kept), exact(kept, sales=True)
    for n, node in enumerate(kept):
        left = sum(own[n][k] * FINAL[other] for k, other in enumerate(kept))
        primary = [OUTPUT[other] - sum(row[other] for row in FLOWS) for other in kept]
        fed = sum(sold[k][n] * primary[k] for k in range(len(primary)))
        assert found.demand[node] == pytest.approx(float(OUTPUT[node] - left), rel=1e-12)
        assert found.supply[node] == pytest.approx(float(OUTPUT[node] - fed), rel=1e-12)
    assert found.demand[IDLE] == found.supply[IDLE] == 0


def test_reliance_by_order_in_fractions() -> None:
    """What each sector of r takes from s: directly, then through one more hand, and all of it."""
    found = reliance(Chains(world()))
    a = [[Fraction(FLOWS[i][k], OUTPUT[k]) for k in range(5)] for i in range(5)]
    squared = [[sum(a[i][j] * a[j][k] for j in range(5)) for k in range(5)] for i in range(5)]
    whole = exact(range(5))
    for sector in range(3):
        first = a[3][sector] + a[4][sector]
        second = squared[3][sector] + squared[4][sector]
        assert found.first[sector, 1] == pytest.approx(float(first), rel=1e-13)
        assert found.second[sector, 1] == pytest.approx(float(second), rel=1e-13)
        assert found.whole[sector, 1] == pytest.approx(float(whole[3][sector] + whole[4][sector]), rel=1e-13)
