"""Policy instruments and the catalogue that holds them."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from ostra.model.base import Dimension, EconomyOrBloc, Id, Level, Model, Relation, Text
from ostra.model.dossier import ItemKind
from ostra.model.evidence import Source


class SideEffect(Model):
    """A dimension that the instrument may hurt, and how."""

    dimension: Dimension
    why: Text


class InstrumentUse(Model):
    """A documented use of an instrument, or of something of its kind, by whoever it was."""

    by: EconomyOrBloc
    what: Text
    since: str = ""
    source: Id
    locator: Text


class Instrument(Model):
    """A policy tool, when it fits, what it serves and what it may hurt.

    `cases` holds the uses that the sources tell of; without any, no source that was read names one.
    """

    id: Id
    name: Text
    goal: Text
    serves: tuple[Dimension, ...]
    side_effects: tuple[SideEffect, ...] = ()
    relations: tuple[Relation, ...] = ()  # fits dependencies on suppliers in these relations; empty: any
    item_kinds: tuple[ItemKind, ...] = ()  # fits items of these kinds; empty: any
    subjects: tuple[Text, ...] = ()  # fits items in whose name or description one of these words stands; empty: any
    needs_home_strength: bool = False  # only where home itself holds a chokepoint
    from_level: Level = "low"  # the lowest level of challenge that justifies it
    preconditions: tuple[Text, ...] = ()
    lead: tuple[Text, ...] = Field(min_length=1)
    lag: Literal["under 1 year", "1 to 3 years", "3 to 5 years", "over 5 years"]
    cost: Literal["low", "medium", "high", "very high"]
    cases: tuple[InstrumentUse, ...] = ()
    source: Id
    locator: Text


class Catalogue(Model):
    """All instruments that may be recommended; `no-action` is always one of them."""

    format: Literal["ostra-instruments/1"]
    sources: tuple[Source, ...]
    instruments: tuple[Instrument, ...]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        ids = [i.id for i in self.instruments]
        faults = [f"instrument '{i}' is defined twice" for i in sorted({i for i in ids if ids.count(i) > 1})]
        if "no-action" not in ids:
            faults.append("the catalogue must hold 'no-action'")
        known = {s.id for s in self.sources}
        cited = [(i.id, source) for i in self.instruments for source in (i.source, *(use.source for use in i.cases))]
        faults += [f"instrument '{name}': no source '{source}'" for name, source in cited if source not in known]
        if faults:
            raise ValueError("; ".join(faults))
        return self
