"""The trace of a number as data: evidence, the rows and claims that it rests on, and what those rest on in turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ostra.model.evidence import Claim, Evidence, FactRef, Source


@dataclass(frozen=True)
class FactRows:
    """The rows behind a reference: how many there are now, and the largest of them."""

    reference: FactRef
    columns: tuple[str, ...]
    sample: tuple[tuple[Any, ...], ...]
    rows: int
    caveat: str = ""


@dataclass(frozen=True)
class Step:
    """One step of a trace: a piece of evidence with its rows, claims and sources, and the inputs that it rests on."""

    evidence: Evidence
    facts: tuple[FactRows, ...] = ()
    claims: tuple[Claim, ...] = ()
    sources: tuple[Source, ...] = ()
    inputs: tuple[Step, ...] = field(default=())
    repeated: bool = False  # shown in full higher up

    def as_dict(self) -> dict[str, Any]:
        """The trace as JSON-ready values."""
        return {
            **self.evidence.model_dump(mode="json", exclude={"inputs", "facts", "claims", "sources"}),
            "facts": [
                {
                    **rows.reference.model_dump(mode="json"),
                    "rows_now": rows.rows,
                    "sample": [dict(zip(rows.columns, row, strict=True)) for row in rows.sample],
                    "caveat": rows.caveat,
                }
                for rows in self.facts
            ],
            "claims": [claim.model_dump(mode="json") for claim in self.claims],
            "sources": [source.model_dump(mode="json") for source in self.sources],
            "inputs": [step.as_dict() for step in self.inputs],
        }

    def walk(self) -> Iterator[Step]:
        """This step and all below it, top first."""
        yield self
        for step in self.inputs:
            yield from step.walk()
