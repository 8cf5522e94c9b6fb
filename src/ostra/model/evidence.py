"""Where things come from: sources, claims taken from them, and the evidence behind each number."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ostra.model.base import Entry, Id, IsoDate, Model, SourceId, Text

Basis = Literal["measures", "cites", "judges"]
"""How the source knows: it measured the thing itself, cites somebody who did, or judges."""

EvidenceKind = Literal["measured", "computed", "cited", "judged"]
"""measured: an aggregate of facts rows; computed: a formula over other evidence; cited: a dossier claim that
reports a fact; judged: an opinion with an author."""


class Source(Entry):
    """A document or data set that claims and facts rest on."""

    title: Text
    publisher: str
    authors: str = ""
    date: IsoDate
    """Of publication."""
    url: str = ""
    """Where it can be had."""
    licence: str = ""
    retrieved: IsoDate | None = None
    """When it was fetched."""
    note: str = ""
    """What to know when using it."""


class Claim(Entry):
    """One datum carried over from a source, in our own words, with the place where it stands.

    `value` (or `low` and `high`) with `unit` when it is a number; `as_of` is the time that it speaks of.
    """

    id: Id
    """Traced as `claim.ID`."""
    statement: Text
    """The datum in your own words."""
    source: SourceId
    locator: Text
    """Section, page, footnote or table."""
    basis: Basis
    """How the source knows: measured it, cites somebody who did, or judges."""
    as_of: str = ""
    """The time that it speaks of."""
    value: float | None = None
    """The number, if it is one."""
    low: float | None = None
    """At least; "more than 92" has this only."""
    high: float | None = None
    """At most."""
    unit: str = ""
    """Of the number."""

    @property
    def figure(self) -> str:
        """The number with its unit as people read it; empty where the claim has none."""
        if self.value is not None:
            number = _grouped(self.value, self.unit)
        elif self.low is not None and self.high is not None:
            number = f"{_grouped(self.low, self.unit)}–{_grouped(self.high, self.unit)}"
        elif self.low is not None:
            number = f"at least {_grouped(self.low, self.unit)}"
        elif self.high is not None:
            number = f"at most {_grouped(self.high, self.unit)}"
        else:
            return ""
        return f"{number} {self.unit}".strip() if self.unit != "year" else number


def _grouped(value: float, unit: str) -> str:
    """A number with its thousands set apart; years as they are."""
    return f"{value:.15g}" if unit == "year" else f"{value:,.15g}"


class FactRef(Model):
    """The facts rows that a number was aggregated from; `where` is column -> value(s) that select them."""

    table: str
    dataset: str
    where: dict[str, str | int | tuple[str, ...] | tuple[int, ...]]
    rows: int = Field(ge=0)


class Evidence(Model):
    """One number or judgement of an assessment and everything that it was made from.

    Follow `inputs` to other evidence, `facts` to rows of data sets, `claims` to the dossier, `sources` to
    documents. `formula` names the symbols, `substituted` is the same formula with the values put in.
    """

    id: str
    label: Text
    kind: EvidenceKind
    unit: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    text: str = ""  # when the value is a word: a level, a name
    formula: str = ""
    substituted: str = ""
    method: str = ""  # page of docs/methods, without suffix
    inputs: tuple[str, ...] = ()
    facts: tuple[FactRef, ...] = ()
    claims: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    author: str = ""  # whose judgement
    date: str = ""
    caveats: tuple[str, ...] = ()


class Provenance(Model):
    """Where a listing comes from: what it shows, the filters used, the data and how to cite them."""

    title: str
    filters: dict[str, str]
    sources: tuple[str, ...]
    method: str = ""  # page of docs/methods, without suffix
    caveats: tuple[str, ...] = ()

    def named(self) -> list[tuple[str, str]]:
        """The provenance as short texts, each with what it is; the title first."""
        method = [("method", f"docs/methods/{self.method}.md")] if self.method else []
        sources = [("source", source) for source in self.sources]
        caveats = [("caveat", caveat) for caveat in self.caveats]
        return [("title", self.title), *self.filters.items(), *sources, *method, *caveats]

    def lines(self) -> list[str]:
        """The provenance as short lines of text, the title first."""
        return [self.title, *(f"{name}: {text}" for name, text in self.named()[1:])]
