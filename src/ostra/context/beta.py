"""Quantiles of the Beta distribution, so that SciPy need not be installed for one function."""

from __future__ import annotations

import functools
import math

from ostra.errors import MethodError

EPSILON = 1e-16
TINY = 1e-300
MOST_TERMS = 10_000
LARGEST_SHAPE = 1e12  # beyond, the logarithms lose the digits that the result needs


def beta_cdf(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function I_x(a, b): probability that a Beta(a, b) variable is at most x.

    I_x(a, b) = x^a (1 − x)^b / (a B(a, b)) × 1 / (1 + d₁ / (1 + d₂ / (1 + …))), the continued fraction DLMF 8.17.22,
    evaluated by the modified Lentz algorithm; for x > (a + 1) / (a + b + 2) by I_x(a, b) = 1 − I_{1−x}(b, a).

    Parameters
    ----------
    x : float
        In [0, 1].
    a, b : float
        Shapes, greater than 0.

    Raises
    ------
    MethodError
        A shape is not greater than 0 or too large, or the fraction does not converge.

    References
    ----------
    NIST Digital Library of Mathematical Functions, 8.17.22 and 8.17.4.
    """
    if not (a > 0.0 and b > 0.0):
        raise MethodError(f"shapes of a Beta distribution must be greater than 0; found {a} and {b}")
    if max(a, b) > LARGEST_SHAPE:
        raise MethodError(f"shapes of a Beta distribution must be at most {LARGEST_SHAPE:g}; found {a} and {b}")
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - _lower(1.0 - x, b, a)
    return _lower(x, a, b)


@functools.lru_cache(maxsize=1024)  # suppliers of one relation and record share their base rate
def beta_quantile(p: float, a: float, b: float) -> float:
    """The x with I_x(a, b) = p, by bisection to the last bit.

    Parameters
    ----------
    p : float
        Probability in [0, 1].
    a, b : float
        Shapes, greater than 0.

    Raises
    ------
    MethodError
        `p` lies outside [0, 1], or a shape is not greater than 0.
    """
    if not 0.0 <= p <= 1.0:
        raise MethodError(f"a probability lies in [0, 1]; found {p}")
    if p == 0.0 or p == 1.0:
        beta_cdf(0.5, a, b)  # refuses bad shapes
        return p
    low, high = 0.0, 1.0
    while True:
        middle = (low + high) / 2.0
        if middle in (low, high):
            return middle
        if beta_cdf(middle, a, b) < p:
            low = middle
        else:
            high = middle


def _lower(x: float, a: float, b: float) -> float:
    log_front = a * math.log(x) + b * math.log1p(-x) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    c = 1.0
    d = _safe_inverse(1.0 - (a + b) * x / (a + 1.0))
    fraction = d
    for m in range(1, MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = _safe_inverse(1.0 + even * d)
        c = _away_from_zero(1.0 + even / c)
        fraction *= c * d
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = _safe_inverse(1.0 + odd * d)
        c = _away_from_zero(1.0 + odd / c)
        step = c * d
        fraction *= step
        if abs(step - 1.0) <= EPSILON:
            return min(1.0, math.exp(log_front) * fraction / a)
    raise MethodError(f"the Beta distribution with shapes {a} and {b} is too narrow to be evaluated at {x}")


def _away_from_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY


def _safe_inverse(value: float) -> float:
    return 1.0 / _away_from_zero(value)
