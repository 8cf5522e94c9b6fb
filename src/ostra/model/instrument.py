"""Policy instruments and the catalogue that holds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from ostra.model.base import Dimension, EconomyOrBloc, Entry, Level, Model, Relation, SourceId, Text
from ostra.model.dossier import ItemKind
from ostra.model.evidence import Source
from ostra.model.references import Document, Fault


class SideEffect(Model):
    """A dimension that the instrument may hurt, and how."""

    dimension: Dimension
    """That it may hurt."""
    why: Text


class InstrumentUse(Model):
    """A documented use of an instrument, or of something of its kind, by whoever it was."""

    by: EconomyOrBloc
    what: Text
    since: str = ""
    source: SourceId
    locator: Text


class Instrument(Entry):
    """A policy tool, when it fits, what it serves and what it may hurt.

    `cases` holds the uses that the sources tell of; without any, no source that was read names one.
    """

    name: Text
    goal: Text
    serves: tuple[Dimension, ...]
    side_effects: tuple[SideEffect, ...] = ()
    relations: tuple[Relation, ...] = ()
    """Fits dependencies on suppliers in these; absent is any."""
    item_kinds: tuple[ItemKind, ...] = ()
    """Fits items of these; absent is any."""
    subjects: tuple[Text, ...] = ()
    """Fits items in whose name or description one of these words stands; absent is any."""
    needs_home_strength: bool = False
    """Only where home itself holds a chokepoint."""
    from_level: Level = "low"
    """The lowest level of a finding or breach that it answers."""
    preconditions: tuple[Text, ...] = ()
    lead: tuple[Text, ...] = Field(min_length=1)
    """Who would act."""
    lag: Literal["under 1 year", "1 to 3 years", "3 to 5 years", "over 5 years"]
    """Until it works."""
    cost: Literal["low", "medium", "high", "very high"]
    cases: tuple[InstrumentUse, ...] = ()
    """Documented uses, by anybody and of whatever success."""
    source: SourceId
    locator: Text


class Catalogue(Document):
    """All instruments that may be recommended; `no-action` is always one of them."""

    format: Literal["ostra-instruments/1"]
    sources: tuple[Source, ...]
    instruments: tuple[Instrument, ...]

    def rules(self) -> Iterator[Fault]:
        """Doing nothing is among what can be done."""
        if all(instrument.id != "no-action" for instrument in self.instruments):
            yield Fault(("instruments",), "the catalogue must hold 'no-action'", lists=("instruments",))
