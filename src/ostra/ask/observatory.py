"""A workspace that answers: every question of the command line is a method of what `ostra.open()` gives."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ostra.ask.questions import QUESTIONS
from ostra.workspace import Workspace


class Observatory(Workspace):
    """A workspace whose methods are the questions: `.deps(home="EU27")` is `ostra deps --home EU27`.

    Words of a question are joined by `_`: `.chain_holds("semiconductors", economy="CHN")`, `.reliance_all()`. Each
    takes what its function in `ostra.ask` takes, and answers with a `Listing`.
    """

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """The question that is called so."""
        for question in QUESTIONS:
            if question.method == name:
                return partial(question.function, self)
        raise AttributeError(f"a workspace has no '{name}', and no question is called so")

    def __dir__(self) -> list[str]:
        """Attributes, and the questions as methods."""
        return [*super().__dir__(), *(question.method for question in QUESTIONS)]
