"""A listing: rows, where they come from, and what they say in short."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from ostra.model.evidence import Provenance


@dataclass(frozen=True)
class Listing:
    """The answer to a question.

    Attributes
    ----------
    frame
        The rows; columns as `ostra.words.columns` defines them.
    provenance
        Where they come from.
    summary
        What they say in plain sentences; empty where they say it themselves.
    behind
        What they were taken from, such as assessments, for those who draw it.
    """

    frame: pl.DataFrame
    provenance: Provenance
    summary: str = ""
    behind: Any = None
