"""Rows of provision, as sources list them, settled into the provision of a dossier: one rule for each oddity.

Sources repeat rows, contradict themselves, give totals beside their parts, and speak of "various countries". Every
such row is kept, and what was done with it is told: an `Oddity` for each row, and a sentence for each rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from ostra.documents.readers.spreadsheet_table import Row
from ostra.errors import DataError, Problem, shortened
from ostra.model.base import Interval
from ostra.model.dossier import UNSPECIFIED, Dossier, Provision, Stage
from ostra.model.evidence import Source
from ostra.words.figures import percent, percent_range

ROUNDING = 1.02  # shares that sum to this are taken as rounded; the model allows as much
LISTED = 5  # lines that a sentence on a rule names before it only counts

# What each rule does, as it is told; docs/how-to/bring-your-own-ecosystem.md gives the reasons.
RULES: dict[str, str] = {
    "repeated": "the same row more than once: it counts once",
    "contradictory": "several shares for one provider and year: read as the interval that holds them all",
    "overfull": "shares that sum to more than the whole: each read as at most what is stated",
    "rounded": "shares that sum to a little more than the whole: taken as rounded, kept as they are",
    "part": "an organisation beside its economy's total: counted as a part of the total, not added",
    "no share": "a provider without a share: unknown, anything from nothing to the whole",
    "unspecified": "economies that the source does not tell apart: each may hold from nothing to all of the share",
    "region": "a region instead of an economy: any of its members may hold from nothing to all of the share",
    "no economy": "an organisation of unknown economy: its share is held by an economy that nobody names",
    "several economies": "an organisation of several economies: any of them may hold its share",
    "printed as zero": "a share printed as zero for a listed provider: from zero to half the last digit printed",
    "in words": "a share in words: read as an interval",
    "mixed years": "rows of several years for one item: all are kept, each with its year",
    "no source": "a row without a source of its own: the data set itself is named as the source",
    "no year": "a row without a year: left open",
    "by name": "an id that does not exist: resolved by the name beside it",
    "other name": "a name that differs from the one its id stands for: the id counts",
    "several rows": "one provider on several rows: aliases of one organisation",
    "shortened text": "hidden characters or more text than a name can hold: removed",
    "set aside": "a row that cannot be used: set aside, told as a problem",
    "stage": "a stage of production: made an item that the final output needs and that needs its processes",
    "no provider": "an item without providers but with inputs or kinds: taken to be what these make it",
    "nobody listed": "an item without any provider: unknown, anybody may provide it",
    "by site": "a country's share that the data set states by site: by location, all others by headquarters",
    "not placed": "an item without a stage: put where the items go that need it",
    "links twice": "the same link more than once: it counts once",
    "weight": "kinds of one thing whose market sizes are known: weighted by size",
    "no weight": "kinds of one thing without comparable market sizes: weights unknown",
    "placed at home": "an organisation by location without an economy in the row: placed in its own economy",
    "new id": "an id that is not of the form small letters, digits and hyphens: rewritten",
    "formula": "a cell that a spreadsheet would run as a formula: kept as text",
}

# Rules that change how a row is written and not what it says.
HOUSEKEEPING = frozenset(
    {"repeated", "rounded", "part", "by name", "other name", "several rows", "shortened text", "not placed"}
    | {"links twice", "new id", "formula", "printed as zero", "no year", "no source"}
)


@dataclass(frozen=True)
class Oddity:
    """One row that a rule was applied to: where it stands, what stood there, and what was made of it."""

    rule: str
    file: str
    line: int | None
    value: str
    done: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line is not None else self.file
        return f"{place}: {self.value}: {self.done}"


@dataclass
class Gathered:
    """What every reader gathers from its files beside items, links and provision."""

    oddities: list[Oddity] = field(default_factory=list)
    stages: dict[str, Stage] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    source_ids: dict[str, str] = field(default_factory=dict)  # by the text that names them

    def odd(self, rule: str, file: str, row: Row, value: str, done: str) -> None:
        """Tell what was done with a row."""
        self.oddities.append(Oddity(rule, file, row.line, shortened(value, 160), done))

    def add_source(self, named: str, name: str, title: str, **about: str) -> str:
        """Add the source that a text names under an id of its own, made from `name`; the id."""
        unique, number = name, 2
        while unique in self.sources:
            unique, number = f"{name}-{number}", number + 1
        self.source_ids[named] = unique
        self.sources[unique] = Source(id=unique, title=title, **about)
        return unique


@dataclass(frozen=True)
class EcosystemReading:
    """What was read from an outside format.

    Attributes
    ----------
    dossier
        None if the problems forbid one.
    oddities
        Every row that a rule was applied to.
    problems
        What breaks the format: with a dossier, rows that could not be used in it.
    notes
        What is to be known of the files as a whole: encoding, separators, columns that were not read.
    """

    dossier: Dossier | None
    oddities: tuple[Oddity, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()

    @property
    def caveats(self) -> tuple[str, ...]:
        """The notes, and one sentence for each rule that was applied."""
        return (*self.notes, *caveats(self.oddities))

    def sound(self) -> Dossier:
        """The dossier.

        Raises
        ------
        DataError
            There is none, for every problem at once.
        """
        if self.dossier is None:
            raise DataError(self.problems)
        return self.dossier


@dataclass(frozen=True)
class Listed:
    """One row of provision as it is listed; `low` and `high` are None where no share is given."""

    line: int
    item: str
    economy: str
    among: tuple[str, ...]
    organisation: str
    by: Literal["location", "headquarters"]
    low: float | None
    high: float | None
    year: int | None
    claims: tuple[str, ...]
    shown: str  # the row in few words, for messages
    note: str = ""


def settled(rows: Sequence[Listed], file: str) -> tuple[tuple[Provision, ...], list[Oddity]]:
    """The provision that the rows amount to, by the rules `repeated` to `no share` and `mixed years`.

    The result is in order of item, basis, year, total before part, economy and organisation, so that the order of
    the rows changes nothing.
    """
    oddities: list[Oddity] = []
    single = _without_repetition(rows, file, oddities)
    totals = {(r.item, r.by, r.economy) for r in single if not r.organisation and r.economy != UNSPECIFIED}
    # "Various firms" are beside every economy's total, and contained in it as well, wherever such totals exist.
    counted = {(r.item, r.by) for r in single if not r.organisation}
    parts: set[int] = set()
    for row in single:
        contained = (row.item, row.by, row.economy) in totals or (
            row.economy == UNSPECIFIED and (row.item, row.by) in counted
        )
        if row.organisation and contained:
            parts.add(row.line)
            oddities.append(Oddity("part", file, row.line, row.shown, "part of its economy's total"))
        if row.low is None:
            oddities.append(Oddity("no share", file, row.line, row.shown, "unknown"))
    single = _within_the_whole(single, parts, file, oddities)
    oddities += _mixed_years(single, file)
    provision = [_provision(row, row.line in parts) for row in single]
    provision.sort(key=lambda p: (p.item, p.by, p.year or 0, p.part_of_economy, p.economy, p.among, p.organisation))
    return tuple(provision), oddities


def _without_repetition(rows: Sequence[Listed], file: str, oddities: list[Oddity]) -> list[Listed]:
    groups: dict[tuple[object, ...], list[Listed]] = defaultdict(list)
    for row in sorted(rows, key=lambda r: r.line):
        groups[row.item, row.by, row.economy, row.among, row.organisation, row.year].append(row)
    merged = []
    for group in groups.values():
        first, claims = group[0], tuple(dict.fromkeys(claim for row in group for claim in row.claims))
        known = [(row.low, row.high) for row in group if row.low is not None and row.high is not None]
        notes = list(dict.fromkeys(row.note for row in group if row.note))
        low, high = (min(k[0] for k in known), max(k[1] for k in known)) if known else (None, None)
        rule = "contradictory" if len(set(known)) > 1 else "repeated"
        for row in group[1:]:
            done = f"taken together with line {first.line}"
            oddities.append(Oddity(rule, file, row.line, row.shown, done))
        if rule == "contradictory":
            notes.append("The source gives several shares; the interval holds them all.")
        merged.append(replace(first, low=low, high=high, note=" ".join(notes), claims=claims))
    return merged


def _within_the_whole(rows: list[Listed], parts: set[int], file: str, oddities: list[Oddity]) -> list[Listed]:
    """Shares that sum to more than the whole contradict each other, and nobody knows which is wrong.

    With Σ > 1.02, share s becomes the interval from max(0, 1 − (Σ − s)) to s: each is at most what is stated, so that
    only what the others cannot provide is certain.
    """
    sums: dict[tuple[object, ...], float] = defaultdict(float)
    highs: dict[tuple[object, ...], float] = defaultdict(float)
    for row in rows:
        sums[_whole(row, parts)] += row.low or 0.0
        highs[_whole(row, parts)] += 1.0 if row.high is None else row.high
    result = []
    told: set[tuple[object, ...]] = set()
    for row in rows:
        key = _whole(row, parts)
        total = sums[key]
        if total > ROUNDING + 1e-9 and row.low is not None and row.high is not None:
            least = round(min(row.low, max(0.0, 1.0 - (highs[key] - row.high))), 12)
            note = f"The shares listed sum to {percent(total)}; each is read as at most what is stated."
            done = f"read as {percent_range(least, row.high)}"
            oddities.append(Oddity("overfull", file, row.line, f"{row.shown}, sum {percent(total)}", done))
            row = replace(row, low=least, note=f"{row.note} {note}".strip())
        elif total > 1.005 and key not in told:
            told.add(key)
            which = "organisations" if row.line in parts else "shares"
            value = f"{row.item}: {which} sum to {percent(total)}"
            oddities.append(Oddity("rounded", file, row.line, value, "kept as they are"))
        result.append(row)
    return result


def _whole(row: Listed, parts: set[int]) -> tuple[object, ...]:
    return row.item, row.by, row.year, row.line in parts


def _mixed_years(rows: Iterable[Listed], file: str) -> Iterator[Oddity]:
    years: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in rows:
        years[row.item, row.by].setdefault(str(row.year or "no year"), row.line)
    for (item, by), found in years.items():
        if len(found) > 1:
            listed = ", ".join(sorted(found))
            yield Oddity("mixed years", file, min(found.values()), f"{item} by {by}: {listed}", "all kept")


def _provision(row: Listed, part: bool) -> Provision:
    share: float | Interval | None = None
    if row.low is not None and row.high is not None:
        share = row.low if row.low == row.high else Interval(low=row.low, high=row.high)
    return Provision(
        item=row.item,
        economy=row.economy,
        among=row.among,
        organisation=row.organisation,
        part_of_economy=part,
        by=row.by,
        share=share,
        year=row.year,
        claims=row.claims,
        note=row.note,
    )


def caveats(oddities: Iterable[Oddity], *, carried: bool = False) -> tuple[str, ...]:
    """One sentence for each rule that was applied, in the order of `RULES`: how often, what it does, and where.

    With `carried`, only of the rules that bear on what results mean; these travel in the dossier.
    """
    by_rule: dict[str, list[Oddity]] = defaultdict(list)
    for oddity in oddities:
        by_rule[oddity.rule].append(oddity)
    sentences = []
    for rule, what in RULES.items():
        found = by_rule.get(rule, [])
        if not found or (carried and rule in HOUSEKEEPING):
            continue
        sentences.append(f"{len(found)} × {what} ({_places(found)}).")
    return tuple(sentences)


def _places(oddities: Iterable[Oddity]) -> str:
    """The first lines, by file, and how many more there are."""
    places = sorted({(oddity.file, oddity.line or 0) for oddity in oddities})
    lines: dict[str, list[str]] = defaultdict(list)
    for file, line in places[:LISTED]:
        lines[file] += [str(line)] if line else []
    shown = [f"{file} line {', '.join(numbers)}" if numbers else file for file, numbers in lines.items()]
    more = f" and {len(places) - LISTED:,} more" if len(places) > LISTED else ""
    return "; ".join(shown) + more
