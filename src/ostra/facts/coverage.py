"""Whose trade a data set holds in full: of those economies, a flow that has no row is known to be none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from ostra.errors import UsageError
from ostra.facts.readers.reading import Reading

if TYPE_CHECKING:
    import duckdb

Covers = Literal["all", "imports", "exports", "both"]
COVERS: tuple[Covers, ...] = get_args(Covers)
"""all: the trade of all with all; imports: those of the importers named; exports: those of the exporters; both."""


@dataclass(frozen=True)
class Coverage:
    """The economies whose imports, and those whose exports are reported; both None where the data hold all trade.

    `derived` tells that nobody said so: it was read off the rows, and is to be confirmed.
    """

    imports_of: tuple[str, ...] | None = None
    exports_of: tuple[str, ...] | None = None
    derived: bool = False

    def in_words(self) -> str:
        """One sentence on what is covered and, where that was derived, how to say otherwise."""
        if self.imports_of is None and self.exports_of is None:
            said = "the trade of all economies with each other"
        else:
            sides = (("imports", self.imports_of), ("exports", self.exports_of))
            said = " and ".join(f"the {side} of {_listed(codes)}" for side, codes in sides if codes)
        if not self.derived:
            return f"Covers {said}."
        return (
            f"Taken to cover {said}: of these a flow without a row counts as none, everything else as unknown. "
            f"If that is not so, import again with --covers {', '.join(COVERS[:-1])} or {COVERS[-1]}."
        )


def coverage(connection: duckdb.DuckDBPyConnection, reading: Reading, stated: str = "") -> Coverage | None:
    """What staged rows of trade cover: as stated, else as their format has it, else as the rows suggest.

    Rows suggest all trade where economies stand on both sides. Where nobody does, the side with fewer economies is
    taken for the reporters: many sellers to one buyer are that buyer's imports, one seller to many that seller's
    exports; one to one, as many as many, are taken for exports, so that no share of anybody's imports is made of them.

    Raises
    ------
    UsageError
        What is stated is no word of `COVERS`.
    """
    if stated and stated not in COVERS:
        raise UsageError(f"--covers is one of {', '.join(COVERS)}, not {stated!r}")
    if reading.table != "trade":
        return None
    if not stated and reading.reporting == "all":
        return Coverage()
    if not stated and reading.reporting:
        found = connection.execute(reading.reporting.format(staged="sound")).fetchall()
        importers, exporters = ({one for one, side in found if side == name} for name in ("importer", "exporter"))
        return Coverage(_codes(importers), _codes(exporters))
    rows = reading.select.format(staged="sound")
    pairs = connection.execute(f"SELECT DISTINCT importer::VARCHAR, exporter::VARCHAR FROM ({rows})").fetchall()
    importers, exporters = {one for one, _ in pairs}, {other for _, other in pairs}
    side = stated or _suggested(importers, exporters)
    if side == "all":
        return Coverage(derived=not stated)
    return Coverage(
        _codes(importers) if side in ("imports", "both") else (),
        _codes(exporters) if side in ("exports", "both") else (),
        derived=not stated,
    )


def _suggested(importers: set[str], exporters: set[str]) -> Covers:
    if importers & exporters:
        return "all"
    return "imports" if len(importers) < len(exporters) else "exports"


def _codes(found: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted(found))


def _listed(codes: tuple[str, ...]) -> str:
    return ", ".join(codes) if len(codes) <= 5 else f"{', '.join(codes[:4])} and {len(codes) - 4} more"
