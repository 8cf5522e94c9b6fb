"""A listing: rows, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ostra.model.evidence import Provenance


@dataclass(frozen=True)
class Listing:
    """A Polars frame, and where it comes from."""

    frame: pl.DataFrame
    provenance: Provenance
