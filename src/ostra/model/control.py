"""Controls and coercion: dated measures by which one side withholds from another, or closes its market to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, ClassVar, Literal, Self, get_args

from pydantic import Field, StringConstraints, model_validator

from ostra.model.base import EconomyOrBloc, Hs6, Id, IsoDate, Model, SourceId, Text
from ostra.model.dossier import Edition
from ostra.model.evidence import Source
from ostra.model.references import Document, Fault

Withholding = Literal[
    "export licence",
    "export ban",
    "export quota",
    "entity listing",
    "sanctions",
    "trade halt",
    "withdrawal",
]
ControlForm = Literal[
    Withholding,
    "import ban",
    "import licence",
    "tariff",
    "market exclusion",
    "inbound investment",
    "outbound investment",
    "company order",
]

WITHHOLDING: tuple[ControlForm, ...] = get_args(Withholding)
"""Forms by which whoever acts holds back what it supplies; the others close its own market or steer money."""

Aim = Literal["home", "everybody", "others"]
"""Whom a measure is aimed at, as home sees it: home or one of its members, every other economy, or others alone."""

Window = Literal["begins", "in force"]
"""Whether a measure counts in a window because it begins there, or because it is in force at some time in it."""


class Good(Model):
    """A customs heading that a measure names, or part of it."""

    hs: Hs6
    """The heading."""
    edition: Edition = "HS22"
    """Edition of the Harmonized System."""
    coverage: Literal["exact", "part"] = "part"
    """Whether all goods of the heading are meant, or some."""


class Span(Model):
    """A time for which a measure was suspended."""

    since: IsoDate
    until: IsoDate | None = None
    """The last day; absent where no end is stated."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until is not None and before(self.until, self.since):
            raise ValueError(f"until ({self.until}) is before since ({self.since}): swap them")
        return self


class Control(Model):
    """One measure: who, against whom, on what, in which form, from when to when, and the document that shows it.

    `form` says how. `export licence`, `export ban`, `export quota`: a published rule on what leaves the country;
    `entity listing`: the same for deliveries to named organisations; `sanctions`: dealings with an economy,
    organisations or means of payment are forbidden; `trade halt`: deliveries stop without a published rule;
    `withdrawal`: firms stop by themselves. These hold back what the acting side supplies. `import ban`, `import
    licence`, `tariff`, `market exclusion` (from networks, procurement or app stores), `inbound investment`, `outbound
    investment` and `company order` (the state overrules a firm) do not.
    """

    unique: ClassVar = ("id",)

    id: Id
    by: EconomyOrBloc
    """Who acts: an economy or bloc."""
    against: tuple[EconomyOrBloc, ...] = ()
    """At whom it is aimed; absent is everybody else alike."""
    form: ControlForm
    """By what means; see above."""
    what: Text
    """What it does, in one plain sentence of your own."""
    since: IsoDate
    """The first day that it applies."""
    until: IsoDate | None = None
    """The last day that it applied; absent while it applies, or where no end is known."""
    suspended: tuple[Span, ...] = ()
    """Times for which it was suspended."""
    technologies: tuple[Id, ...] = Field(min_length=1)
    """Ecosystems that it touches, by id."""
    items: tuple[Text, ...] = ()
    """Items that it names: ids, names or materials as dossiers have them; absent where it names none."""
    goods: tuple[Good, ...] = ()
    """Customs headings that it names."""
    organisations: tuple[Text, ...] = ()
    """Organisations that it names, if few."""
    source: SourceId
    locator: str = ""
    """Where in the source, such as the number of an article."""
    basis: Literal["act", "report", "memory"]
    """What was read for this entry: the act itself, its full text or an official page on it; reports of it; or neither
    could be opened."""
    confidence: Literal["high", "medium", "low"]
    """How sure dates, parties and items are; low where only memory supports a detail."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.until is not None and before(self.until, self.since):
            raise ValueError(f"until ({self.until}) is before since ({self.since}): swap them")
        if self.by in self.against:
            raise ValueError(f"against names {self.by}, who acts: name whom it is aimed at")
        for span in self.suspended:
            late = self.until is not None and before(self.until, span.since)
            if before(span.since, self.since) or late:
                raise ValueError(f"suspended from {span.since}, when it did not apply: mend since, until or suspended")
        if self.basis == "memory" and self.confidence != "low":
            raise ValueError("confidence must be low where basis is memory: open the source, or write low")
        return self

    @property
    def withholds(self) -> bool:
        """Whether it holds back what the acting side supplies."""
        return self.form in WITHHOLDING

    @property
    def dates(self) -> str:
        """From when to when, with what was suspended, as people read it."""
        return f"since {self.span}" if self.until is None else self.span

    @property
    def span(self) -> str:
        """As `dates`, for a place that says since when already: of what goes on the beginning alone."""
        told = self.since if self.until in (None, self.since) else f"{self.since} to {self.until}"
        pauses = [f"{s.since} to {s.until}" if s.until else f"since {s.since}" for s in self.suspended]
        return f"{told}; suspended {', '.join(pauses)}" if pauses else told

    def in_years(self, first: int, last: int, how: Window = "in force") -> bool:
        """Whether it begins in the years, or applies on some day of them; suspension does not end it."""
        began = int(self.since[:4])
        if how == "begins":
            return first <= began <= last
        return began <= last and (self.until is None or int(self.until[:4]) >= first)


def before(one: str, other: str) -> bool:
    """Whether a date is certainly before another; dates known to the month or year alone are never before within it."""
    common = min(len(one), len(other))
    return one[:common] < other[:common]


def in_order(controls: Iterable[Control]) -> list[Control]:
    """By the first day, then by id, whatever the order of the file."""
    return sorted(controls, key=lambda control: (control.since, control.id))


Address = Annotated[str, StringConstraints(pattern=r"^(https?://[^\s\"'<>]+)$")]


class ControlSource(Source):
    """A document that shows a measure: a gazette, a register, else a publisher of repute. It must have an address."""

    url: Address
    """Where it can be read."""


class Timeline(Document):
    """A timeline of controls and coercion: the built-in one, or a workspace's own `controls.yaml` beside it."""

    format: Literal["ostra-controls/1"]
    """The version of this definition."""
    title: Text
    author: Text
    """Who answers for it."""
    date: IsoDate
    """Of this state."""
    sources: tuple[ControlSource, ...]
    controls: tuple[Control, ...]

    def rules(self) -> Iterator[Fault]:
        """Sources that nothing rests on."""
        used = {control.source for control in self.controls}
        for number, source in enumerate(self.sources):
            if source.id not in used:
                yield Fault(
                    ("sources", number, "id"), f"no entry rests on source '{source.id}'",
                    "Name it as source of an entry, or take it out", lists=("controls",),
                )  # fmt: skip
