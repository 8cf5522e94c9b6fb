"""Who provides each item of the ecosystem, by one basis only, and what one economy outside home can stop of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from ostra.model.assessment import Assessment
from ostra.model.base import UNKNOWN, Interval
from ostra.model.results.ecosystem import ItemHold

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
    by_economy: dict[str, list[ItemHold]] = defaultdict(list)
    for row in rows:
        by_economy[row.economy].append(row)
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
