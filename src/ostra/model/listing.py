"""A listing: rows, where they come from, and what they say in short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ostra.model.evidence import Provenance

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Rows:
    """Rows of what is read and not computed, each with the same keys: no library for frames is loaded to print them.

    Attributes
    ----------
    texts
        Columns of text that may be empty in all rows, so that a frame of them has a type.
    """

    dicts: Sequence[dict[str, Any]]
    texts: Sequence[str] = ()


@dataclass(frozen=True)
class Listing:
    """The answer to a question.

    Attributes
    ----------
    table
        The rows as they were made; those who ask take `frame`, or `rows` and `columns`.
    provenance
        Where they come from.
    summary
        What they say in plain sentences; empty where they say it themselves.
    behind
        What they were taken from, such as assessments, for those who draw it.
    """

    table: pl.DataFrame | Rows
    provenance: Provenance
    summary: str = ""
    behind: Any = None

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The rows as a Polars frame; columns as `ostra.words.columns` defines them."""
        if not isinstance(self.table, Rows):
            return self.table
        import polars as pl

        texts = dict.fromkeys(self.table.texts, pl.String)
        return pl.DataFrame(self.table.dicts, schema_overrides=texts, infer_schema_length=None)

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        table = self.table
        if not isinstance(table, Rows):
            return table.columns
        return list(table.dicts[0] if table.dicts else table.texts)

    def rows(self) -> list[dict[str, Any]]:
        """The rows, one dictionary each."""
        return list(self.table.dicts) if isinstance(self.table, Rows) else self.table.to_dicts()
