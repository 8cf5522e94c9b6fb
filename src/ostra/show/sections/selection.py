"""What goes on page one, and in which order; shared by the page and the terminal summary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from ostra.model.assessment import Assessment
from ostra.model.base import DIMENSIONS, LEVELS, Interval
from ostra.model.results.context import Breach
from ostra.model.results.ecosystem import INDIRECT, TABLE_CAVEAT, ChainHold, Chokepoint, Dependency
from ostra.model.results.toolkit import InstrumentMatch
from ostra.words.figures import percents
from ostra.words.levels import tolerated_words
from ostra.words.sentences import counted, first_sentence, listed

Key = TypeVar("Key")
Value = TypeVar("Value")


def ranked_dependencies(assessment: Assessment) -> list[Dependency]:
    """All dependencies, the most pressing first.

    Those above tolerance come first, by expected excess (hold above tolerance times likelihood of use); then the rest
    by the least possible hold, then the largest possible one. The order is total, so it never depends on the input's.
    """
    excess: dict[str, float] = {}
    for breach in assessment.step3.breaches:
        excess[breach.dependency] = max(excess.get(breach.dependency, 0.0), breach.expected_excess)
    return sorted(
        assessment.step1.dependencies,
        key=lambda d: (-excess.get(d.id, 0.0), -d.hold.low, -d.hold.high, d.order, d.item, d.supplier, d.id),
    )


def top_dependencies(assessment: Assessment, most: int = 6, per_supplier: int = 3) -> list[Dependency]:
    """The most pressing dependencies: each item once, and no supplier more than `per_supplier` times.

    Holds through the chain repeat those at their chokepoints, which are named here, and what sectors rely on is no
    share of the item; both have figures of their own.
    """
    chosen: list[Dependency] = []
    for row in ranked_dependencies(assessment):
        if row.measure in INDIRECT or row.hold.low <= 0.0 or any(row.item == other.item for other in chosen):
            continue
        if sum(row.supplier == other.supplier for other in chosen) < per_supplier:
            chosen.append(row)
        if len(chosen) == most:
            break
    return chosen


def top_chokepoints(assessment: Assessment, most: int = 4, home: bool = False) -> list[Chokepoint]:
    """Chokepoints that others hold (or that home holds): by the least possible hold, then by reach; each item once."""
    rows = [c for c in assessment.step1.chokepoints if c.is_home == home and c.hold.low > 0.0]
    rows.sort(key=lambda c: (-c.hold.low, -len(c.reach), c.order, c.item, c.holder))
    return [same[0] for same in group((row.item, row) for row in rows).values()][:most]


def top_chain_holds(assessment: Assessment, most: int = 5, home: bool = False) -> list[tuple[ChainHold, list[str]]]:
    """The largest holds through the chain of others (or of home), and what else is held in the same place.

    By the least possible hold, then the largest possible one, then tier. One holder at one chokepoint counts once,
    for the item that it holds most of; the names of the other items held there stand beside it.
    """
    rows = sorted(
        (hold for hold in assessment.step1.chain if hold.is_home == home and hold.path),
        key=lambda c: (-c.hold.low, -c.hold.high, c.tier, c.item, c.holder, c.id),
    )
    chosen = list(group(((row.holder, row.chokepoint), row) for row in rows).values())[:most]
    return [(first, sorted({c.item_name for c in rest} - {first.item_name})) for first, *rest in chosen]


def top_instruments(assessment: Assessment, most: int = 4) -> list[InstrumentMatch]:
    """The best fitting instruments, in the order of step 4; doing nothing is the yardstick, not a recommendation."""
    return [i for i in assessment.step4.instruments if i.instrument != "no-action"][:most]


def top_challenges(assessment: Assessment, most: int = 4, answers: int = 3) -> list[dict[str, Any]]:
    """The gravest challenges of each dimension with their best answers; those on the same items and supplier as one.

    Answers are instruments that the assessment lists; a challenge may have none.
    """
    names = {item.id: item.name for item in assessment.items}
    instruments = {match.instrument: match.name for match in assessment.step4.instruments}
    shown = []
    for dimension in DIMENSIONS:
        alike = group(((c.items, c.supplier), c) for c in assessment.step4.challenges if c.dimension == dimension)
        for (items, supplier), same in list(alike.items())[:most]:
            what = listed([names.get(item, item) for item in items[:2]])
            if len(items) > 2:
                what += " and others"
            if supplier:
                what += f", {assessment.economy_names.get(supplier, supplier)}"
            found = [answer for answer in same[0].instruments if answer.instrument in instruments]
            best = found[:answers]
            shown.append(
                {
                    "dimension": dimension,
                    "what": what,
                    "count": len(same),
                    "level": same[0].level,
                    "gravity": same[0].gravity,
                    "evidence": same[0].evidence,
                    "answers": [
                        {"instrument": a.instrument, "name": instruments[a.instrument], "fit": a.fit} for a in best
                    ],
                    "more": len(found) - len(best),
                }
            )
    return shown


@dataclass(frozen=True)
class Statement:
    """One sentence: the words that lead to its evidence, and what stands before and after them."""

    before: str
    linked: str
    after: str
    evidence: str


@dataclass(frozen=True)
class Card:
    """What page one says of a dimension below its level, what shows the level first.

    At most one line is measured and one judged: the hold furthest above tolerance, which is not told again where an
    earlier card tells it, or, where neither it nor a judgement shows the level, a measured finding that does; and the
    judgement that shows the level most surely, else the weightiest one.
    """

    lines: tuple[Statement, ...]
    grave: int  # findings that are counted and of the level or graver
    counted: int  # findings that are counted


def cards(assessment: Assessment) -> dict[str, Card]:
    """For each dimension, what shows its level, and what else weighs most, measured and judged apart.

    A finding shows the level where it alone would give it: its severity is the level or graver and its confidence
    above one half. A hold above tolerance comes first only where a finding on the same item and supplier shows the
    level; where it may be above tolerance only, a judgement that shows the level comes before it. Holds above tolerance
    are ranked by other rules, so that the largest one may say little of the level. Holds through the chain or at
    look-through repeat others and say less of what home itself needs: they are left out.
    """
    indirect = {d.id for d in assessment.step1.dependencies if d.measure in INDIRECT}
    result: dict[str, Card] = {}
    told: set[tuple[str, str]] = set()
    items = {item.id: item.name for item in assessment.items}
    for outcome in assessment.step2.dimensions:
        dimension, level = outcome.dimension, LEVELS.index(outcome.challenge.level)
        against = [f for f in assessment.step2.findings if f.dimension == dimension and f.effect < 0]
        loud = [f for f in against if f.heard and f.severity > 0]
        show = [f for f in against if f.severity >= max(level, 1) and f.confidence > 0.5] if level else []
        judged = sorted(
            (f for f in against if f.kind == "judged"),
            key=lambda f: (f not in show, -f.confidence if f in show else -f.severity * f.confidence, f.id),
        )
        breach = min(
            (b for b in assessment.step3.breaches if b.dimension == dimension and b.dependency not in indirect),
            key=lambda b: (-b.expected_excess, b.id),
            default=None,
        )
        shows = bool(judged) and judged[0] in show
        sure = breach is not None and (breach.certain or not shows)
        seen = (
            breach is not None
            and sure
            and any((breach.item,) == f.items and breach.supplier == f.supplier for f in show)
        )
        measured = min(
            (f for f in show if f.kind == "measured"), key=lambda f: (-f.confidence, -f.severity, f.id), default=None
        )
        if seen or not (show or judged):
            order = ("breach", "finding")
        elif measured is not None and not shows:
            order = ("shown", "finding")
        else:
            order = ("finding", "breach")
        if breach is not None and order[0] != "breach" and (breach.item, breach.supplier) in told:
            breach = None
        if breach is not None and "breach" in order:
            told.add((breach.item, breach.supplier))
        finding = judged[0] if judged else None
        lines = {
            "breach": breach
            and Statement(
                f"{assessment.economy_names.get(breach.supplier, breach.supplier)} holds ",
                percents(breach.hold),
                f" of {items.get(breach.item, breach.item)}; {tolerated_words(breach)}.",
                breach.evidence,
            ),
            "finding": finding and Statement("Judged: ", finding.reason, "", finding.evidence),
            "shown": measured and Statement("Measured: ", first_sentence(measured.reason), "", measured.evidence),
        }
        result[dimension] = Card(
            lines=tuple(line for kind in order if (line := lines[kind])),
            grave=sum(f.severity >= max(level, 1) for f in loud),
            counted=len(loud),
        )
    return result


def caveats(assessment: Assessment) -> tuple[list[str], list[str]]:
    """What the assessment leaves out, and apart what the input-output table does, which stands with its figures."""
    apart = assessment.step1.table_caveats
    there = {f"{TABLE_CAVEAT}{caveat}" for caveat in apart}
    return [c for c in all_caveats(assessment) if c not in there], list(apart)


def all_caveats(assessment: Assessment) -> list[str]:
    """Each caveat of the dossier and of step 1 once."""
    return list(dict.fromkeys((*assessment.caveats, *assessment.step1.caveats)))


def breaches_by_supplier(assessment: Assessment) -> dict[str, list[list[Breach]]]:
    """Breaches by supplier, those of one dependency together, in the order of step 3."""
    by_supplier = group((b.supplier, b) for b in assessment.step3.breaches)
    return {
        supplier: list(group((b.dependency, b) for b in breaches).values())
        for supplier, breaches in by_supplier.items()
    }


def group(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    """Values by key, in the order met."""
    result: dict[Key, list[Value]] = {}
    for key, value in pairs:
        result.setdefault(key, []).append(value)
    return result


def why(assessment: Assessment) -> dict[str, str]:
    """For each instrument, what it answers, counted: `answers 13 holds above tolerance and 62 findings`."""
    breaches = {b.id for b in assessment.step3.breaches}
    findings = {f.id for f in assessment.step2.findings}
    result = {}
    for match in assessment.step4.instruments:
        held = len(breaches.intersection(match.answers))
        found = len(findings.intersection(match.answers))
        parts = [f"{counted(held, 'hold')} above tolerance"] if held else []
        parts += [counted(found, "finding")] if found else []
        result[match.instrument] = f"answers {listed(parts)}" if parts else ""
    return result


def in_return(assessment: Assessment) -> dict[str, tuple[Interval, str, str]]:
    """Supplier -> (home's largest hold on it over any item, that item, its evidence), where one is known."""
    names = {item.id: item.name for item in assessment.items}
    return {
        m.supplier: (m.our_hold, names.get(m.our_items[0], m.our_items[0]), m.evidence[-1])
        for m in assessment.step1.mutual
        if m.our_hold is not None and m.our_hold.low > 0 and m.our_items and m.evidence
    }


def largest_holds(assessment: Assessment) -> dict[str, tuple[Interval, int]]:
    """Supplier -> (largest hold on any item, number of items)."""
    rows = group((d.supplier, d) for d in assessment.step1.dependencies)
    return {
        supplier: (max((d.hold for d in mine), key=lambda hold: (hold.low, hold.high)), len({d.item for d in mine}))
        for supplier, mine in sorted(rows.items())
    }


def shares_by_item(assessment: Assessment) -> dict[str, dict[str, float]]:
    """For each item with a recorded dependency, the least share of each supplier, from one measure only.

    Measures of one item are never mixed: the best covered one is taken (largest sum of least shares). Where rounding
    lets the shares exceed the whole they are scaled to it. Indirect measures are no shares of the item: several
    economies can each stop the same one.
    """
    groups: dict[str, dict[tuple[str, str, int], dict[str, float]]] = {}
    for row in assessment.step1.dependencies:
        if row.measure in INDIRECT:
            continue
        key = (row.measure, row.product or "", row.year or 0)
        least = groups.setdefault(row.item, {}).setdefault(key, {})
        least[row.supplier] = max(least.get(row.supplier, 0.0), row.hold.low)
    result = {}
    for item, choices in groups.items():
        best = max(sorted(choices), key=lambda key: sum(choices[key].values()))
        total = max(1.0, sum(choices[best].values()))
        result[item] = {supplier: share / total for supplier, share in sorted(choices[best].items())}
    return result


def matrix_items(assessment: Assessment) -> list[tuple[str, list[Any]]]:
    """Items with at least one assessed cell, by stage in production order."""
    named = {cell.item for cell in assessment.step2.matrix}
    by_stage = group((item.stage, item) for item in assessment.items if item.id in named)
    return [(stage.name, by_stage[stage.id]) for stage in assessment.stages if stage.id in by_stage]


def in_one_sentence(assessment: Assessment) -> str:
    """The levels of all dimensions in one sentence, the most serious first."""
    rows = assessment.step2.dimensions
    by_level = group((row.challenge.level if row.assessed else "not assessed", row.dimension) for row in rows)
    parts = []
    for level in (*reversed(LEVELS), "not assessed"):
        if level in by_level:
            words = listed(by_level[level])
            parts.append(f"{level} for {words}" if level != "none" else f"none is likely for {words}")
    return "The challenge to strategic autonomy is " + listed(parts) + "."
