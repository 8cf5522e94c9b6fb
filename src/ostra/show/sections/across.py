"""What several assessments say together: the most serious per dimension, who holds most, what recurs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ostra.model.assessment import Assessment
from ostra.model.base import DIMENSIONS, LEVELS, Dimension, Interval, Relation
from ostra.model.dossier import UNSPECIFIED, Item
from ostra.model.results.dimensions import DimensionResult
from ostra.model.results.ecosystem import INDIRECT, Chokepoint, Dependency
from ostra.model.results.toolkit import InstrumentMatch
from ostra.show.sections import selection
from ostra.show.sections.datasheets import Record, flat
from ostra.show.sections.item_holds import ends

HALF = 0.5  # from which on a hold is a chokepoint

Serious = dict[Dimension, list[tuple[Assessment, DimensionResult]]]


class Largest(NamedTuple):
    """The largest hold in one direction, with the ecosystem in which it is held."""

    assessment: Assessment
    hold: Interval
    item: str
    evidence: str


class Holder(NamedTuple):
    """One economy outside home over all ecosystems, and what home holds of it."""

    economy: str
    name: str
    relation: Relation | None
    ecosystems: tuple[Assessment, ...]  # in which it holds a known share of something
    items: int  # of which it holds a known share; an item of two ecosystems counts twice
    half: int  # of which it holds at least half for certain
    theirs: Largest
    ours: Largest | None
    likelihood: tuple[float, float] | None  # least and largest yearly mean over the ecosystems


class Recurring(NamedTuple):
    """Items of one name in several ecosystems, and the chokepoints among them."""

    name: str
    items: tuple[tuple[Assessment, Item], ...]
    points: tuple[tuple[Assessment, Chokepoint], ...]


class Tool(NamedTuple):
    """One instrument over all ecosystems."""

    instrument: str
    name: str
    fits: tuple[tuple[Assessment, InstrumentMatch], ...]
    advised: tuple[Assessment, ...]  # whose dossier advises it
    leading: tuple[Assessment, ...]  # on whose page one it stands

    @property
    def best(self) -> tuple[Assessment, InstrumentMatch]:
        """The ecosystem in which it fits best."""
        return max(self.fits, key=lambda fit: fit[1].score)

    @property
    def least(self) -> float:
        """The least fit."""
        return min(match.score for _, match in self.fits)

    @property
    def mean(self) -> float:
        """The mean fit over the ecosystems in which it fits."""
        return sum(match.score for _, match in self.fits) / len(self.fits)


def most_serious(assessments: Sequence[Assessment]) -> Serious:
    """The assessed ecosystems by dimension: the highest level first, then the larger probability of it."""
    result = {}
    for dimension in DIMENSIONS:
        rows = [(a, r) for a in assessments for r in a.step2.dimensions if r.dimension == dimension and r.assessed]
        rows.sort(key=lambda row: (-LEVELS.index(row[1].challenge.level), -row[1].challenge.reached, row[0].ecosystem))
        result[dimension] = rows
    return result


def holders(assessments: Sequence[Assessment]) -> list[Holder]:
    """Economies outside home that hold a known share of an item, those with most chokepoints first.

    Holds through the chain repeat those at their chokepoints and are not counted.
    """
    held = selection.group(
        (row.supplier, (assessment, row))
        for assessment in assessments
        for row in assessment.step1.dependencies
        if row.measure not in INDIRECT and row.hold.low > 0 and row.supplier != UNSPECIFIED
    )
    found = [_holder(economy, rows, assessments) for economy, rows in held.items()]
    return sorted(found, key=lambda h: (-h.half, -h.items, -h.theirs.hold.low, h.economy))


def _holder(economy: str, rows: Sequence[tuple[Assessment, Dependency]], assessments: Sequence[Assessment]) -> Holder:
    by_item: dict[tuple[str, str], tuple[Assessment, Dependency]] = {}
    for assessment, row in rows:
        key = (assessment.ecosystem, row.item)
        if key not in by_item or (row.hold.low, row.hold.high) > (by_item[key][1].hold.low, by_item[key][1].hold.high):
            by_item[key] = (assessment, row)
    where, first = min(by_item.values(), key=lambda r: (-r[1].hold.low, -r[1].hold.high, r[0].ecosystem, r[1].item))
    contexts = [s for a in assessments for s in a.step3.suppliers if s.economy == economy]
    means = [s.likelihood.mean for s in contexts]
    mine = [
        Largest(a, hold, item, evidence)
        for a in assessments
        for supplier, (hold, item, evidence) in selection.in_return(a).items()
        if supplier == economy
    ]
    return Holder(
        economy=economy,
        name=first.supplier_name,
        relation=contexts[0].relation if contexts else None,
        ecosystems=tuple(a for a in assessments if any(a is one for one, _ in by_item.values())),
        items=len(by_item),
        half=sum(row.hold.low >= HALF for _, row in by_item.values()),
        theirs=Largest(where, first.hold, first.item_name, first.evidence),
        ours=max(mine, key=lambda m: (m.hold.low, m.hold.high), default=None),
        likelihood=(min(means), max(means)) if means else None,
    )


def held_at_home(assessments: Sequence[Assessment]) -> list[tuple[Assessment, Chokepoint]]:
    """Chokepoints that home holds, the largest first; one of the same name in several ecosystems once for each."""
    rows = [(a, c) for a in assessments for c in a.step1.chokepoints if c.is_home and c.hold.low > 0]
    return sorted(rows, key=lambda row: (-row[1].hold.low, row[1].item_name, row[0].ecosystem))


def recurring(assessments: Sequence[Assessment]) -> list[Recurring]:
    """Items that several ecosystems have under the same name, those with a chokepoint first.

    Only the name tells that two items are one: ids are chosen within a dossier and may stand for different things.
    """
    named = selection.group((item.name.casefold(), (a, item)) for a in assessments for item in a.items)
    found = []
    for rows in named.values():
        if len({a.ecosystem for a, _ in rows}) < 2:
            continue
        points = tuple(
            (a, point)
            for a, item in rows
            for point in sorted(a.step1.chokepoints, key=lambda c: -c.hold.low)
            if point.item == item.id and point.hold.low > 0
        )
        found.append(Recurring(rows[0][1].name, tuple(rows), points))
    return sorted(found, key=lambda r: (not r.points, -len(r.items), r.name))


def tools(assessments: Sequence[Assessment]) -> list[Tool]:
    """Instruments that fit in several ecosystems: those that most dossiers advise first, then by mean fit.

    Doing nothing is the yardstick and is left out.
    """
    matches = ((a, match) for a in assessments for match in a.step4.instruments)
    fits = selection.group((match.instrument, (a, match)) for a, match in matches if match.instrument != "no-action")
    leading = selection.group((match.instrument, a) for a in assessments for match in selection.top_instruments(a))
    found = [
        Tool(
            instrument=name,
            name=rows[0][1].name,
            fits=tuple(rows),
            advised=tuple(a for a, match in rows if match.recommended_by),
            leading=tuple(leading.get(name, ())),
        )
        for name, rows in fits.items()
        if len(rows) > 1 or len(assessments) == 1
    ]
    return sorted(found, key=lambda t: (-len(t.advised), -len(t.leading), -t.mean, t.instrument))


def level_records(assessments: Sequence[Assessment]) -> Iterable[Record]:
    """One row for each technology and dimension; no level where nothing was assessed."""
    for a in assessments:
        for r in a.step2.dimensions:
            spread = {"level": r.challenge.level} | {level: getattr(r.challenge, level) for level in LEVELS}
            yield {
                "ecosystem": a.ecosystem,
                "title": a.title,
                "dimension": r.dimension,
                **(spread if r.assessed else {}),
                "measured": r.measured and r.measured.level,
                "judged": r.judged and r.judged.level,
                "strength": r.strength and r.strength.level,
                "robustness": r.robustness if r.assessed else None,
                "tensions": tensions(a, r.dimension),
                "evidence": f"{a.id}#{r.evidence}",
            }


def holder_records(assessments: Sequence[Assessment]) -> Iterable[Record]:
    """One row for each economy outside home with a known hold."""
    for h in holders(assessments):
        row: Record = {
            "economy": h.economy,
            "name": h.name,
            "relation": h.relation,
            "ecosystems": "; ".join(a.ecosystem for a in h.ecosystems),
            "items": h.items,
            "at_least_half": h.half,
        }
        for before, hold, largest in (("", "largest_hold", h.theirs), ("our_", "our_hold", h.ours)):
            if largest:
                row |= ends(hold, largest.hold) | {
                    f"{before}item": largest.item,
                    f"{before}ecosystem": largest.assessment.ecosystem,
                    f"{before}evidence": f"{largest.assessment.id}#{largest.evidence}",
                }
        yield row | dict(zip(("likelihood_least", "likelihood_most"), h.likelihood or (), strict=False))


def recurring_records(assessments: Sequence[Assessment]) -> Iterable[Record]:
    """One row for each recurring item, ecosystem and holder of at least half; without holder where none is known."""
    for r in recurring(assessments):
        for a, item in r.items:
            place = {"item": r.name, "ecosystem": a.ecosystem, "item_id": item.id}
            points = [c for one, c in r.points if one is a and c.item == item.id]
            for c in points:
                home = "yes" if c.is_home else "no"
                yield flat(c) | place | {"is_home": home, "reach": len(c.reach), "evidence": f"{a.id}#{c.evidence}"}
            if not points:
                yield place


def tool_records(assessments: Sequence[Assessment]) -> Iterable[Record]:
    """One row for each instrument and ecosystem in which it fits."""
    for t in tools(assessments):
        for a, match in t.fits:
            yield flat(
                match,
                ecosystem=a.ecosystem,
                advised="yes" if match.recommended_by else "no",
                page_one="yes" if any(a is one for one in t.leading) else "no",
                evidence=f"{a.id}#{match.evidence}",
            )


def tensions(assessment: Assessment, dimension: Dimension) -> int:
    """How many items help this dimension at the cost of another, or the other way round."""
    return sum(dimension in (t.strengthens, t.weakens) for t in assessment.step2.tensions)
