"""Numbers as text: the one place that rounds what people read, so that no page or listing prints a negative zero."""

from __future__ import annotations


def figure(value: float, form: str) -> str:
    """`format(value, form)`, and what rounds to zero is zero without a sign.

    Parameters
    ----------
    form
        A format of Python for numbers that begins with a sign (`+`), a comma or a precision: `.1f`, `,.0f`, `+.2f`.
    """
    sign = form[:1] if form[:1] in ("+", "-", " ") else ""
    return format(float(value), f"{sign}z{form[len(sign) :]}")


def significant(value: float, digits: int) -> str:
    """A number with so many significant digits, and never as a power of ten where whole numbers say it."""
    text = figure(value, f".{digits}g")
    return figure(value, ",.0f") if "e+" in text else text


def number(value: float) -> str:
    """A number as it is written into a formula: four significant digits, thousands apart."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return figure(value, ",.1f") if abs(value) >= 1000 else significant(value, 4)
