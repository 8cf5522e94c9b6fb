"""Rows of a portrait: one flat form for whatever is said of an economy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

import polars as pl

Section = Literal[
    "relation",
    "regime",
    "likelihood",
    "legal reach",
    "coercion record",
    "controls",
    "market exclusion",
    "state ownership",
    "subsidies and alliances",
    "mutual dependence",
    "position",
    "breaches",
    "facts",
    "home's own side",
]
"""Parts of a portrait, in the order in which they are read."""

SECTIONS: tuple[Section, ...] = get_args(Section)

SCHEMA: dict[str, pl.DataType] = {
    "economy": pl.String(),
    "section": pl.String(),
    "ecosystem": pl.String(),
    "kind": pl.String(),
    "what": pl.String(),
    "detail": pl.String(),
    "items": pl.List(pl.String()),
    "since": pl.String(),
    "value": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "certain": pl.Boolean(),
    "unit": pl.String(),
    "source": pl.String(),
    "locator": pl.String(),
    "evidence": pl.String(),
}
"""Columns of a portrait; null is unknown or does not apply."""

Row = dict[str, Any]


def a_row(section: Section, kind: str, what: str, **rest: Any) -> Row:
    """A row with what does not apply left empty."""
    blank: Row = dict.fromkeys(SCHEMA) | {"items": []}
    return blank | {"section": section, "kind": kind, "what": what} | rest


def as_frame(economy: str, rows: Sequence[Row]) -> pl.DataFrame:
    """The rows in the order of the sections, each with the code of the economy."""
    ordered = sorted(rows, key=lambda row: SECTIONS.index(row["section"]))
    return pl.DataFrame([row | {"economy": economy} for row in ordered], schema=SCHEMA)
