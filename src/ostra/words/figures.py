"""Numbers as text: the one place that rounds what people read, on pages, in charts, terminals and sentences.

The rule for shares. A share has at most one decimal of a per cent, and says neither nothing nor everything unless it is
so: what would round to zero keeps two digits (`0.0031%`) down to `under 0.001%`, what would round to a hundred is
`>99.9%` or `>100%`. An idle `.0` is dropped in prose (`62%`) and kept in the columns of a table (`62.0%`). Only numbers
that somebody chose (a threshold, a tick of an axis) are written with all their digits. A minus is a true minus, and
what rounds to zero has none.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from ostra.model.base import Interval

Kind = Literal["text", "share", "kusd", "number", "count", "flag", "year", "range"]  # range: figures as a text

EXACT = 12  # decimals of a share; what differs from 0 or 1 beyond them is the processor's rounding
TINY = 0.001  # per cent below which a share is only told to be there
SHARES_IN_SHEETS = '[>=1]0.0%;[>=0.9995]">99.9%";0.0%'  # the rule as a number format of a workbook
SMALL_SHARES_IN_SHEETS = "0.0000%"  # for what lies above zero and up to SMALL
SMALL = 0.00049999  # the largest share that would be 0.0%


def figure(value: float, form: str) -> str:
    """`format(value, form)` with a true minus; what rounds to zero has no sign.

    Parameters
    ----------
    form
        A format of Python for numbers that begins with a sign (`+`), a comma or a precision: `.1f`, `,.0f`, `+.2f`.
    """
    sign = form[:1] if form[:1] in ("+", "-", " ") else ""
    return format(float(value), f"{sign}z{form[len(sign) :]}").replace("-", "−")


def significant(value: float, digits: int) -> str:
    """A number with so many significant digits, and never as a power of ten where whole numbers say it."""
    text = figure(value, f".{digits}g")
    return figure(value, ",.0f") if "e+" in text else text


def number(value: float | None, digits: int = 4) -> str:
    """A number with so many significant digits, whole from a thousand up; None is `unknown`."""
    if value is None:
        return "unknown"
    return figure(value, ",.0f") if abs(value) >= 1000 else significant(value, digits)


def plain(value: float) -> str:
    """A number of a formula: at most three decimals and no idle zeros; one too small for that keeps two digits."""
    text = figure(value, ".3f").rstrip("0").rstrip(".")
    return significant(value, 2) if text == "0" else text


def plains(interval: Interval) -> str:
    """An interval of numbers of a formula: one when known, `a to b` otherwise."""
    return plain(interval.low) if interval.known else f"{plain(interval.low)} to {plain(interval.high)}"


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign."""
    return figure(value, f"+.{digits}f")


def rounded(value: float) -> str:
    """An amount below a heading that says its unit, as days or millions of USD: one decimal below ten, none above."""
    return figure(value, ",.0f" if abs(value) >= 10.0 or value == round(value) else ".1f")


def part(above: float, below: float) -> float:
    """A share; NaN where there is nothing to be a share of."""
    return above / below if below else float("nan")


def percent(share: float, *, aligned: bool = False) -> str:
    """A share as per cent, by the rule above; NaN is `an unknown share`.

    Parameters
    ----------
    share
        A fraction: 0.62 is `62%`. It may be negative, as the loss of who gains, or above one.
    aligned
        For a column of a table: keep an idle decimal, `62.0%`.
    """
    if math.isnan(share):
        return "an unknown share"
    share = round(share, EXACT)
    value = abs(100.0 * share)
    mark, text = "", figure(value, ",.1f")
    if text == "0.0" and share:
        mark, text = ("under ", "0.001") if value < TINY else ("", significant(value, 2))
    elif text == "100.0" and abs(share) != 1.0:
        mark, text = (">", "99.9" if abs(share) < 1.0 else "100")
    elif not aligned:
        text = text.removesuffix(".0")
    if share < 0.0:
        mark, text = {"under ": "over ", ">": "<"}.get(mark, ""), f"−{text}"
    return f"{mark}{text}%"


def _tiny(share: float) -> bool:
    """Whether a share is above nothing and printed as `under 0.001%`."""
    return 0.0 < 100.0 * round(share, EXACT) < TINY


def exact_percent(share: float) -> str:
    """A share that was chosen, not measured (a threshold, a tick of an axis), as per cent with all its digits."""
    return f"{figure(round(100.0 * share, EXACT - 2), ',.8g')}%"


def percents(interval: Interval | None) -> str:
    """An interval of shares: `62%`, `85.1–92%`, `at least 60%`, `at most 40%`, `unknown`."""
    return "unknown" if interval is None else percent_range(interval.low, interval.high)


def percent_range(least: float, most: float) -> str:
    """The same of two ends, which may lie outside 0 to 1: `−5% to 12%`."""
    low, high = percent(least), percent(most)
    if low == high:
        return low
    if least < 0.0:
        return f"{low} to {high}"
    if low == "0%" and high in (">99.9%", "100%"):
        return "unknown" if high == "100%" else "under 100%"
    if _tiny(most):
        return high
    if low == "0%" or _tiny(least):
        return f"at most {high}"
    if high in (">99.9%", "100%"):  # of "99.9–>99.9%" only the lower end says anything
        return low if low == ">99.9%" else f"at least {low}"
    return f"{low.removesuffix('%')}–{high}"


def money(kusd: float | None, currency: str = "USD ") -> str:
    """Thousands of current USD in bn, m or k with three digits: `USD 1.23 bn`, `under USD 1 k`; None is `unknown`."""
    if kusd is None:
        return "unknown"
    if 0.0 < abs(kusd) < 1.0:
        return f"under {currency}1 k" if kusd > 0.0 else f"over {currency}−1 k"
    for size, unit in ((1e6, "bn"), (1e3, "m")):
        if abs(kusd) >= size:
            return f"{currency}{number(kusd / size, 3)} {unit}"
    return f"{currency}{number(kusd, 3)} k"


def format_cell(value: Any, kind: Kind) -> str:
    """A value in a column as people read it: money in millions of USD, unknown as a question mark."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "?"
    if kind == "share":
        return percent(value, aligned=True)
    if kind == "kusd":
        return figure(value / 1000, ",.1f")
    if kind == "number":
        return number(value, 3)
    if kind == "flag":
        return "yes" if value else "no"
    if kind == "count":
        return f"{int(value):,}"
    if isinstance(value, list | tuple):
        return "; ".join(str(item) for item in value)
    return str(value)
