"""Who provides each item of the ecosystem, by one basis only, and what one economy outside home can stop of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ostra.model.assessment import Assessment
from ostra.model.base import UNKNOWN, Interval
from ostra.model.results.ecosystem import ItemHold
from ostra.show.sections.selection import group
from ostra.words.figures import percents
from ostra.words.sentences import listed

# Short and long words for what a share is a share of, best first.
BASES = {
    "made": ("", "by where it is made"),
    "seat": ("seat", "by the seat of the firms that make it"),
    "imports": ("imports", "by home's imports"),
}


@dataclass(frozen=True)
class Part:
    """One economy's share of one item."""

    economy: str
    name: str
    hold: Interval
    year: int | None
    is_home: bool
    organisations: tuple[str, ...]
    evidence: str


@dataclass(frozen=True)
class Providers:
    """Who provides an item, the largest share first, all by the same basis.

    `outside` is the largest hold on the item of one economy outside home, with its name: its share, or what it can
    stop through the chain where that is more (`through_chain`). None where nobody outside home is known.
    """

    basis: str
    parts: tuple[Part, ...]
    outside: Interval | None
    outside_name: str
    through_chain: bool

    @property
    def top(self) -> Part | None:
        """The economy with the largest share that is certain; None where no share is known."""
        return self.parts[0] if self.parts and self.parts[0].hold.low > 0.0 else None

    @property
    def rivals(self) -> tuple[Part, ...]:
        """Those that may provide more than the first, as far as is known."""
        top = self.top
        return () if top is None else tuple(p for p in self.parts[1:] if p.hold.high > top.hold.high)

    @property
    def home(self) -> Interval | None:
        """What home provides altogether, where some of it is listed."""
        mine = [p.hold for p in self.parts if p.is_home]
        if not mine:
            return None
        low = min(1.0, sum(h.low for h in mine))
        return Interval(low=low, high=max(low, min(1.0, sum(h.high for h in mine))))

    @property
    def held(self) -> str:
        """What one economy outside home can stop of the item, in words."""
        if self.outside is None or is_unknown(self.outside):
            return "what one economy outside home can stop of it is unknown"
        how = " through its inputs" if self.through_chain else ""
        return f"{self.outside_name} can stop {percents(self.outside)} of it{how}"


def providers(assessment: Assessment) -> dict[str, Providers]:
    """Item -> who provides it, for every item of the assessment.

    Shares of different measures are never mixed: where it is made is taken from the dossier, else from production
    facts; else the seat of the firms; else home's imports. A measure that knows a share stands before one that does
    not. An economy with several rows (an item traded under several headings) gets the interval over them.
    """
    rows: dict[str, dict[tuple[int, str], list[ItemHold]]] = defaultdict(lambda: defaultdict(list))
    chained: dict[str, list[tuple[Interval, str]]] = defaultdict(list)
    for hold in assessment.step1.holds:
        if hold.measure == "chain hold":
            if not hold.is_home:
                chained[hold.item].append((hold.hold, hold.economy_name))
        else:
            rows[hold.item][_basis(hold)].append(hold)
    for way in assessment.step1.chain:
        if not way.is_home:
            for hop in way.path:
                chained[hop.item].append((hop.hold, way.holder_name))
    result = {}
    for item in assessment.items:
        choices = rows.get(item.id, {})
        ranked = sorted(choices, key=lambda k: (all(h.hold.low <= 0.0 for h in choices[k]), k))
        parts = _parts(choices[ranked[0]]) if ranked else ()
        own = [(p.hold, p.name) for p in parts if not p.is_home]
        largest = max([*own, *chained[item.id]], key=lambda h: (h[0].low, h[0].high), default=None)
        result[item.id] = Providers(
            basis=ranked[0][1] if ranked else "made",
            parts=parts,
            outside=None if largest is None else largest[0],
            outside_name="" if largest is None else largest[1],
            through_chain=largest is not None and largest not in own,
        )
    return result


def _basis(hold: ItemHold) -> tuple[int, str]:
    """Rank and name of the basis that a row speaks of; the last part of a provision's evidence names it."""
    if hold.measure == "import share":
        return 3, "imports"
    if hold.measure == "production share":
        return 1, "made"
    return (2, "seat") if hold.evidence.endswith(".headquarters") else (0, "made")


def _parts(rows: list[ItemHold]) -> tuple[Part, ...]:
    """One part for each economy, the largest first."""
    by_economy = group((row.economy, row) for row in rows)
    most = max(len(mine) for mine in by_economy.values())
    parts = []
    for economy, mine in by_economy.items():
        first = max(mine, key=lambda h: (h.hold.low, h.hold.high, h.evidence))
        # An economy that is not listed under one of several headings may have none of that one.
        low = 0.0 if len(mine) < most else min(h.hold.low for h in mine)
        parts.append(
            Part(
                economy=economy,
                name=first.economy_name,
                hold=Interval(low=low, high=max(h.hold.high for h in mine)),
                year=first.year,
                is_home=first.is_home,
                organisations=tuple(dict.fromkeys(name for h in mine for name in h.organisations)),
                evidence=first.evidence,
            )
        )
    return tuple(sorted(parts, key=lambda p: (-p.hold.low, -p.hold.high, p.economy)))


def is_unknown(hold: Interval | None) -> bool:
    """Whether nothing at all is known of a hold, or only that it may be nothing."""
    return hold is None or (hold.low <= 0.0 and hold != Interval.exactly(0.0)) or hold == UNKNOWN


@dataclass(frozen=True)
class ItemRow:
    """One item in the table of the map."""

    id: str
    name: str
    stage: str
    complete: bool  # it needs no provider of its own: it comes from its inputs
    who: Providers
    needs: tuple[str, ...]
    needed_by: tuple[str, ...]

    @property
    def basis(self) -> str:
        """What its shares are shares of, in words."""
        return BASES[self.who.basis][1] if self.who.parts else ""


def item_rows(assessment: Assessment, provided: Mapping[str, Providers]) -> list[ItemRow]:
    """Every item by stage in production order, with what it needs; kinds of it are marked as such."""
    names = {item.id: item.name for item in assessment.items}
    needs: dict[str, list[str]] = defaultdict(list)
    needed_by: dict[str, list[str]] = defaultdict(list)
    for ln in assessment.links:
        needs[ln.item].append(names[ln.needs] + (" (a kind of it)" if ln.kind == "variant_of" else ""))
        needed_by[ln.needs].append(names[ln.item] + (" (as a kind of it)" if ln.kind == "variant_of" else ""))
    return [
        ItemRow(
            id=item.id,
            name=item.name,
            stage=stage.name,
            complete=bool(item.complete),
            who=provided[item.id],
            needs=tuple(needs[item.id]),
            needed_by=tuple(needed_by[item.id]),
        )
        for stage in assessment.stages
        for item in assessment.items
        if item.stage == stage.id
    ]


def item_records(assessment: Assessment) -> Iterable[dict[str, Any]]:
    """The same as rows of a table."""
    for row in item_rows(assessment, providers(assessment)):
        first = row.who.parts[0] if row.who.parts else None
        yield {
            "item": row.name,
            "item_id": row.id,
            "stage": row.stage,
            "top_provider": first and first.economy,
            "top_provider_name": first and first.name,
            **ends("share", first.hold if first else None),
            "year": first and first.year,
            "basis": row.basis,
            "top_is_home": first and first.is_home,
            **ends("home", row.who.home),
            **ends("outside", row.who.outside),
            "outside_economy": row.who.outside_name,
            "needs": "; ".join(row.needs),
            "needed_by": "; ".join(row.needed_by),
            "evidence": first and first.evidence,
        }


def ends(name: str, interval: Interval | None) -> dict[str, float | None]:
    """Both ends of an interval under their names; None for unknown."""
    low, high = (None, None) if interval is None else (interval.low, interval.high)
    return {f"{name}_low": low, f"{name}_high": high}


def bases_words(provided: Mapping[str, Providers]) -> str:
    """Which basis the map shows, and for how many items another one stands in."""
    count = Counter(who.basis for who in provided.values() if who.parts)
    parts = [f"{words} for {count[basis]} of {len(provided)} items" for basis, (_, words) in BASES.items()]
    parts = [part for part, basis in zip(parts, BASES, strict=True) if count[basis]]
    return f"Shares are {listed(parts)}" if parts else "No provider is listed"


def years_words(years: Iterable[int | None]) -> str:
    """Years as one or a span; what is not dated does not count."""
    known = sorted({year for year in years if year})
    if not known:
        return "not stated"
    return str(known[0]) if known[0] == known[-1] else f"{known[0]}–{known[-1]}"
