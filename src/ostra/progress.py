"""How long work tells how far it has got: a function called with what is done and the total."""

from __future__ import annotations

from collections.abc import Callable

Advance = Callable[[float, float], None]


def quiet(done: float, total: float) -> None:
    """Progress that nobody watches."""
