"""Editions of the Harmonised System: what a product code of one edition is called in another, and when codes lapsed.

A code means a good only within its edition. The concordance of the UN leads each code of a later edition to the one of
an earlier edition that holds it; the other way a code may have several successors, and a successor may hold other goods
beside. What cannot be carried over is unknown: never the number of another good.

The table `data/hs_concordance.csv.gz` is made by scripts/build_facts.py from the R package concordance (MIT); it has
HS92, HS07, HS12, HS17 and HS22. HS96 and HS02 are not in it: of these, codes that mean the same in all others are read.

Reference: United Nations Statistics Division, HS correlation and conversion tables.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise

from ostra.model.control import Good, Timeline
from ostra.model.dossier import EDITIONS, CarriedBinding, Dossier, Item, ProductBinding

__all__ = ["EDITIONS", "Carried", "best_edition", "carried_controls", "carried_dossier", "carry", "lapsed_codes"]

# The year from which customs use each edition.
SINCE = {"HS92": 1988, "HS96": 1996, "HS02": 2002, "HS07": 2007, "HS12": 2012, "HS17": 2017, "HS22": 2022}
# Codes that later editions merged with others, and the first year of which BACI has a remnant only: see
# scripts/facts_origins.py.
DOCUMENTED_LAPSES: Mapping[str, Mapping[str, int]] = {
    "HS92": {"250390": 1996, "283030": 2007, "811230": 2007},
    "HS96": {"283030": 2007, "811230": 2007},
    "HS02": {"283030": 2007, "811230": 2007},
}
Codes = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Carried:
    """Where a product code of one edition leads in another: to `products`, none where that is not known.

    `wider`: they hold other goods beside it.
    """

    products: tuple[str, ...]
    wider: bool = False

    @property
    def exact(self) -> bool:
        """Whether one code stands for the same good."""
        return len(self.products) == 1 and not self.wider


@cache
def _rows() -> tuple[tuple[str, str, str, str], ...]:
    """Edition, earlier edition, code, earlier code; an empty code where none leads to the earlier one."""
    packed = resources.files("ostra").joinpath("data/hs_concordance.csv.gz").read_bytes()
    rows = csv.reader(gzip.decompress(packed).decode("ascii").splitlines()[1:])
    return tuple((later, earlier, code, before) for later, earlier, code, before in rows)


@cache
def _tables() -> dict[tuple[str, str], Codes]:
    """(edition, edition) -> code of the one -> codes of the other, in both directions."""
    found: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for later, earlier, code, before in _rows():
        if not code:
            continue
        found[later, earlier][code].add(before)
        found[earlier, later][before].add(code)
    return {pair: {code: frozenset(to) for code, to in codes.items()} for pair, codes in found.items()}


@cache
def _given_up() -> dict[str, dict[str, int]]:
    """Edition -> code that no code of a later edition leads to -> first year of the first such edition."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for later, earlier, code, before in _rows():
        if not code:
            year = SINCE[later]
            found[earlier][before] = min(year, found[earlier].get(before, year))
    return found


@cache
def _path(start: str, end: str) -> tuple[str, ...]:
    """The editions that lead from one to another by the fewest tables; empty where none do."""
    paths: list[tuple[str, ...]] = [(start,)]
    while paths:
        for path in paths:
            if path[-1] == end:
                return path
        seen = {edition for path in paths for edition in path}
        paths = [
            (*path, edition) for path in paths for edition in EDITIONS
            if edition not in seen and (path[-1], edition) in _tables()
        ]  # fmt: skip
    return ()


def _along(path: tuple[str, ...], codes: Collection[str]) -> frozenset[str]:
    found = frozenset(codes)
    for step in pairwise(path):
        found = frozenset(to for code in found for to in _tables()[step].get(code, ()))
    return found


@cache
def _unchanged(product: str) -> bool:
    """Whether a code means the same in every pair of editions that the concordance compares."""
    return all(codes.get(product) == frozenset({product}) for codes in _tables().values())


def carry(product: str, edition: str, to: str | None) -> Carried:
    """What a product code of an edition is called in another; None is an edition that was not stated.

    Editions that the concordance does not have, or that are not known, give the code itself where it means the same in
    all that it has, and nothing otherwise.
    """
    if edition == to:
        return Carried((product,))
    path = _path(edition, to) if to is not None else ()
    if not path:
        return Carried((product,) if _unchanged(product) else ())
    products = _along(path, {product})
    back = _along(path[::-1], products)
    return Carried(tuple(sorted(products)), wider=bool(products) and back != {product})


def best_edition(dossier: Dossier, held: Mapping[str, Collection[str]]) -> str:
    """The edition in which trade facts hold most of a dossier's customs headings; of equals the first.

    `held` is edition -> product codes of which there is trade, by precedence. So a few rows in another edition hide
    nothing from a dossier, and a full set of the user's takes over.
    """

    def found(edition: str) -> int:
        carried = (
            carry(binding.hs, binding.edition, edition or None).products
            for item in dossier.items
            for binding in item.products
        )
        return sum(any(code in held[edition] for code in codes) for codes in carried)

    return max(held, key=found)


def carried_dossier(dossier: Dossier, edition: str | None, dataset: str) -> Dossier:
    """The dossier with its customs headings in the edition of the trade facts, so that every step reads the same codes.

    A heading with several successors is bound to each, as one of several forms (`part`); one whose successor holds
    other goods beside is `wider`. Each says so in a caveat that names both editions; what cannot be carried over is
    left out with a caveat, so that its trade is unknown. `edition` None is one that was not stated.
    """
    items: list[Item] = []
    caveats: list[str] = []
    for item in dossier.items:
        bindings = [new for binding in item.products for new in _carried(binding, edition)]
        for binding in item.products:
            if not carry(binding.hs, binding.edition, edition).products:
                there = f"codes of {edition}" if edition else "codes of an edition that was not stated"
                caveats.append(
                    f"Trade in {item.name} is unknown: {binding.edition} {binding.hs} cannot be carried over to"
                    f" data set {dataset}, which has {there}."
                )
        caveats += [f"{item.name}: {new.carried}" for new in bindings if isinstance(new, CarriedBinding)]
        items.append(item.model_copy(update={"products": tuple({new.hs: new for new in bindings}.values())}))
    if tuple(items) == dossier.items:
        return dossier
    return dossier.model_copy(update={"items": tuple(items), "caveats": (*dossier.caveats, *dict.fromkeys(caveats))})


def _carried(binding: ProductBinding, edition: str | None) -> list[ProductBinding]:
    if binding.edition == edition:
        return [binding]
    found = carry(binding.hs, binding.edition, edition)
    if found.exact and found.products == (binding.hs,):
        return [binding.model_copy(update={"edition": edition or binding.edition})]
    listed = ", ".join(found.products)
    what = f"{binding.edition} {binding.hs} is {edition} {listed}"
    if len(found.products) > 1:
        what += ", each of which is one part of it"
    if found.wider:
        what += ", with other goods beside" if len(found.products) == 1 else " or holds other goods beside"
    coverage = "wider" if found.wider else "part" if len(found.products) > 1 else binding.coverage
    return [
        CarriedBinding(
            hs=product, edition=edition or binding.edition, note=binding.note, carried=f"{what}.",
            coverage="wider" if binding.coverage == "wider" else coverage,
        )
        for product in found.products
    ]  # fmt: skip


def carried_controls(timeline: Timeline, edition: str | None) -> Timeline:
    """The timeline with the customs headings of its measures in the edition of the trade facts, where they lead there.

    A heading whose successor holds other goods beside is `part`. One that cannot be carried over stays as it is, and
    names nothing in that edition. `edition` None is one that was not stated.
    """
    controls = tuple(
        control.model_copy(
            update={"goods": tuple(new for good in control.goods for new in _carried_good(good, edition))}
        )
        for control in timeline.controls
    )
    return timeline.model_copy(update={"controls": controls})


def _carried_good(good: Good, edition: str | None) -> list[Good]:
    found = carry(good.hs, good.edition, edition)
    if not found.products or edition is None:
        return [good]
    coverage = "part" if found.wider else good.coverage
    return [
        good.model_copy(update={"hs": product, "edition": edition, "coverage": coverage}) for product in found.products
    ]


def lapsed_codes(edition: str | None, products: Collection[str]) -> dict[str, int]:
    """Which of the products reporters gave up while data of the edition go on, and the first year of that.

    A code that no code of a later edition leads to cannot be reported any more once that edition is in use: what data
    of an older edition hold of it afterwards is a remnant, not its trade.
    """
    if edition is None:
        return {}
    found = {**_given_up().get(edition, {}), **DOCUMENTED_LAPSES.get(edition, {})}
    return {product: year for product, year in sorted(found.items()) if product in products}
