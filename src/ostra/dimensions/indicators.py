"""The indicators of step 1 that severity rules can name, one reading for each subject."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ostra.model.base import UNKNOWN, Interval
from ostra.model.dossier import Item
from ostra.model.results.ecosystem import Chokepoint, Dependency, EcosystemResult
from ostra.model.results.simulation import LOST_PART
from ostra.words.economies import name_of
from ostra.words.figures import percents, plains
from ostra.words.sentences import possessive, slug

MEASURES = {
    "import_share": "import share",
    "production_share": "production share",
    "provision_share": "provision share",
    "chain_hold": "chain hold",
    "look_through_share": "look-through share",
}
"""Indicators that are holds, and the measure of step 1 that each stands for."""

INDICES = ("concentration", "geopolrisk")
"""Indicators that are pure numbers in [0, 1] and printed without a per cent sign."""


@dataclass(frozen=True)
class Reading:
    """The value of one indicator for one item, and supplier where it has one.

    `key` names the subject within its indicator and is the same in every run. `phrase` is the indicator in words
    without its value; `before` and `after` make a clause around the value. `origin` is the place where an indirect hold
    arises, an item of the chain or a sector; empty where that is the item itself.
    """

    indicator: str
    key: str
    item: str
    item_name: str
    supplier: str | None
    value: Interval
    phrase: str
    before: str
    after: str
    year: int | None
    evidence: tuple[str, ...]
    caveats: tuple[str, ...] = ()
    origin: str = ""

    @property
    def unknown(self) -> bool:
        """Whether nothing at all is known of the value."""
        return self.value == UNKNOWN

    @property
    def said(self) -> str:
        """The value as it stands in a sentence."""
        return plains(self.value) if self.indicator in INDICES else percents(self.value)

    @property
    def told(self) -> str:
        """The reading as one clause, for sentences."""
        when = f" ({self.year})" if self.year is not None else ""
        return f"{self.before}{self.said}{self.after}{when}"


def readings(indicator: str, step1: EcosystemResult, items: Sequence[Item]) -> Iterator[Reading]:
    """All readings of one indicator.

    Parameters
    ----------
    indicator : str
        `import_share`, `production_share`, `provision_share`, `chain_hold`, `look_through_share`: a supplier's hold in
        each dependency of that measure; `home_share`: home's hold at each of its chokepoints; `concentration`: of
        home's imports of each product that an item is bound to; `geopolrisk`: of each material that an item is bound
        to; `simulated_loss`: the part of a year's output that home loses in each scenario, mild to severe, where one
        was simulated.
    step1, items
        The indicators; the bindings of items to products and materials.

    Yields
    ------
    Reading
        A value that step 1 does not know is the interval from 0 to 1, never zero.
    """
    if indicator in MEASURES:
        for row in step1.dependencies:
            if row.measure == MEASURES[indicator]:
                yield _hold(indicator, row, _origin(indicator, row, step1))
    elif indicator == "home_share":
        for point in step1.chokepoints:
            if point.is_home:
                yield _home_share(point)
    elif indicator == "simulated_loss":
        yield from _simulated_losses(step1, items)
    elif indicator == "concentration":
        yield from _concentrations(step1, items)
    else:
        yield from _geopolrisks(step1, items)


def _origin(indicator: str, row: Dependency, step1: EcosystemResult) -> str:
    """The place where an indirect hold arises, the same for all that it reaches."""
    if indicator == "chain_hold":
        places = (hold.chokepoint for hold in step1.chain if (hold.item, hold.holder) == (row.item, row.supplier))
    else:
        places = (f"sector {made.sector}" for made in step1.sector_reliance if made.evidence == row.evidence)
    return next(places, "")


def _hold(indicator: str, row: Dependency, origin: str) -> Reading:
    phrase, before, after = _worded(indicator, row)
    return Reading(
        indicator=indicator,
        key=row.id.removeprefix("dep."),
        item=row.item,
        item_name=row.item_name,
        supplier=row.supplier,
        value=row.hold,
        phrase=phrase,
        before=before,
        after=after,
        year=row.year,
        evidence=(row.evidence,),
        caveats=row.caveats,
        origin=origin,
    )


def _worded(indicator: str, row: Dependency) -> tuple[str, str, str]:
    """What the hold is, and the words before and after its value."""
    who, item = row.supplier_name, row.item_name
    whose = possessive(who)
    if indicator == "chain_hold":
        return f"{whose} hold through the chain", f"{who} can stop ", f" of {item} through the chain"
    if indicator == "look_through_share":
        phrase = f"{whose} part in all inputs, at any order, of the sector that makes it"
        return phrase, f"{who} makes ", f" of all inputs, at any order, of the sector that makes {item}"
    heading = f" (customs heading {row.product})" if row.product else ""
    shared, whole = {
        "import_share": ("imports", "imports of "),
        "production_share": ("world production", "world production of "),
    }.get(indicator, ("provision", ""))
    return f"{whose} share in {shared}{heading}", f"{who} provides ", f" of {whole}{item}"


def _home_share(point: Chokepoint) -> Reading:
    return Reading(
        indicator="home_share",
        key=f"{point.item}.{point.holder}",
        item=point.item,
        item_name=point.item_name,
        supplier=point.holder,
        value=point.hold,
        phrase=f"share that {point.holder_name} can withhold",
        before=f"{point.holder_name} can withhold ",
        after=f" of {point.item_name}",
        year=point.year,
        evidence=(point.evidence,),
    )


def _simulated_losses(step1: EcosystemResult, items: Sequence[Item]) -> Iterator[Reading]:
    """What home loses when an item is withheld from it or no longer made elsewhere; gains count as no loss."""
    names = {item.id: item.name for item in items}
    for outcome in step1.scenarios:
        lost = outcome.measure("home", LOST_PART)
        if lost is None or lost.mild is None or lost.middle is None or lost.severe is None:
            continue
        withheld = outcome.measure("sellers", LOST_PART) is not None
        if not withheld and not outcome.stopped:
            continue  # where home itself withholds, or its own plants stop, nobody else is depended on
        others = {*(outcome.sellers if withheld else ()), *outcome.stopped}
        # Numbers that hurt less one by one may hurt more together, so that the middle can lie outside the ends.
        low, _, high = sorted(min(max(value, 0.0), 1.0) for value in (lost.mild, lost.middle, lost.severe))
        for item in outcome.items:
            yield Reading(
                indicator="simulated_loss",
                key=f"{item}.{outcome.scenario}",
                item=item,
                item_name=names[item],
                supplier=next(iter(others)) if len(others) == 1 else None,
                value=Interval(low=low, high=high),
                phrase=f"part of a year's output lost in the what-if '{outcome.title}'",
                before=f"in the what-if '{outcome.title}' home loses ",
                after=" of a year's output",
                year=outcome.year,
                evidence=(lost.evidence,),
                caveats=outcome.caveats,
                origin=f"scenario {outcome.scenario}",
            )


def _concentrations(step1: EcosystemResult, items: Sequence[Item]) -> Iterator[Reading]:
    known = {e.id for e in step1.evidence}
    names = step1.economy_names()
    for row in step1.trade:
        top = f", led by {name_of(row.top_supplier, names)}" if row.top_supplier else ""
        proof = f"trade.{row.product}.{row.year}.concentration"
        for item in items:
            if any(binding.hs == row.product for binding in item.products):
                yield Reading(
                    indicator="concentration",
                    key=f"{item.id}.{row.product}",
                    item=item.id,
                    item_name=item.name,
                    supplier=row.top_supplier,
                    value=UNKNOWN if row.concentration is None else Interval.exactly(row.concentration),
                    phrase=f"concentration of imports (customs heading {row.product}{top})",
                    before=f"imports of {item.name} are concentrated to ",
                    after="",
                    year=row.year,
                    evidence=(proof,) if proof in known else (),
                )


def _geopolrisks(step1: EcosystemResult, items: Sequence[Item]) -> Iterator[Reading]:
    known = {e.id for e in step1.evidence}
    for row in step1.materials:
        low, high = row.geopolrisk_low, row.geopolrisk_high
        # The score is a product of two numbers in [0, 1]; the cap only keeps rounding inside the interval.
        value = UNKNOWN if low is None or high is None else Interval(low=min(low, 1.0), high=min(high, 1.0))
        proof = f"material.{slug(row.material)}.{row.year}.geopolrisk"
        for item in items:
            if item.material == row.material:
                yield Reading(
                    indicator="geopolrisk",
                    key=item.id,
                    item=item.id,
                    item_name=item.name,
                    supplier=None,
                    value=value,
                    phrase="geopolitical supply risk (GeoPolRisk)",
                    before=f"the geopolitical supply risk of {item.name} is ",
                    after="",
                    year=row.year,
                    evidence=(proof,) if proof in known else (),
                    caveats=row.caveats,
                )
