"""The economy behind the chain, in step 1: what home's sectors that make an ecosystem's items rely on abroad.

Customs facts show what home buys itself. Here the sectors that make items are traced through all orders of buying, so
that inputs of inputs count too, in both directions: home's sector on the supplier, and the supplier's on home.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from ostra.ecosystem.input_output.classes import Matched, sectors_for
from ostra.ecosystem.input_output.home_exposure import HomeExposure
from ostra.ecosystem.input_output.look_through import pooled, shares_of
from ostra.ecosystem.input_output.table import Vector
from ostra.model.base import Interval
from ostra.model.dossier import UNSPECIFIED, Dossier, Item
from ostra.model.evidence import Evidence, FactRef
from ostra.model.results.ecosystem import Dependency, SectorReliance, TradeAtStake
from ostra.words.economies import economy_name
from ostra.words.figures import number
from ostra.words.sentences import slug

METHOD = "reliance"
TABLE = "input_output"
# Our choice: smaller parts count in every sum, but are not listed one by one.
LISTED_SHARE = 0.01


@dataclass(frozen=True)
class SectorResult:
    """What step 1 learns from an input-output table."""

    reliance: tuple[SectorReliance, ...] = ()
    at_stake: tuple[TradeAtStake, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Making:
    """The sectors of the table that make some items, under one name; `parts` is what they buy, by economy."""

    code: str
    name: str
    matched: Matched
    items: tuple[Item, ...]


def sector_reliance(
    dossier: Dossier, exposure: HomeExposure | str, ends: Collection[str], least: float
) -> SectorResult:
    """Trace the sectors that the dossier binds its items to as makers.

    A sector's reliance on an economy is a part of all inputs that the sector, its suppliers, their suppliers and so on
    use: the parts of all economies, home's own included, sum to 1.

    Parameters
    ----------
    dossier
        Its items' `sectors` with role `makes`.
    exposure
        Home in the input-output table, or why there is no table that tells home apart.
    ends
        End products: their making depends on the sector's suppliers; items on the way to them would only repeat it.
    least
        Look-through parts from which on a supplier counts as a dependency.
    """
    if isinstance(exposure, str):
        return SectorResult()
    rows: list[SectorReliance] = []
    evidence: list[Evidence] = []
    caveats: list[str] = []
    for making in _makings(dossier, exposure, caveats):
        for row, proofs in _of_sector(making, exposure):
            rows.append(row)
            evidence += proofs
    suppliers = sorted({row.supplier for row in rows})
    at_stake = [_at_stake(code, exposure) for code in suppliers]
    evidence += [proof for _, proofs in at_stake for proof in proofs]
    if rows:
        caveats += exposure.caveats
    names = {item.id: item.name for item in dossier.items}
    return SectorResult(
        reliance=tuple(sorted(rows, key=lambda row: (row.sector, -row.look_through, row.supplier))),
        at_stake=tuple(row for row, _ in at_stake),
        dependencies=tuple(d for row in rows if row.look_through >= least for d in _dependencies(row, names, ends)),
        evidence=tuple(evidence),
        caveats=tuple(dict.fromkeys(caveats)),
    )


def _makings(dossier: Dossier, exposure: HomeExposure, caveats: list[str]) -> Iterator[_Making]:
    """Each class of sectors that makes items, once."""
    items: dict[str, list[Item]] = {}
    for item in dossier.items:
        for binding in item.sectors:
            if binding.role == "makes":
                items.setdefault(binding.sector, []).append(item)
    for code, made in sorted(items.items()):
        matched = sectors_for(exposure.table, code)
        if matched is None:
            caveats.append(f"'{exposure.table.dataset}' has no sector that holds {code}; what it relies on is unknown.")
            continue
        name = ", ".join(exposure.table.sector_names[sector] for sector in matched.sectors)
        if matched.fit == "merged":
            caveats.append(f"{code} stands within the wider sector {name} of '{exposure.table.dataset}'.")
        yield _Making(code, name, matched, tuple(made))


def _of_sector(making: _Making, exposure: HomeExposure) -> Iterator[tuple[SectorReliance, list[Evidence]]]:
    """The sector's suppliers abroad, with evidence."""
    table = exposure.table
    home = _parts(making, exposure, exposure.home.economies)
    if home is None:
        return
    for index, code in enumerate(table.economies):
        if code in exposure.home.economies or code == UNSPECIFIED or home.whole[index] < LISTED_SHARE:
            continue
        back = _parts(making, exposure, (code,))
        own = [table.economies.index(member) for member in exposure.home.economies]
        row = SectorReliance(
            sector=making.code,
            sector_name=making.name,
            items=tuple(item.id for item in making.items),
            supplier=code,
            supplier_name=economy_name(code),
            direct_share=float(home.direct[index]),
            face_value=float(home.first[index]),
            order_2=float(home.second[index]),
            order_3=float(home.third[index]),
            beyond=float(home.beyond[index]),
            look_through=float(home.whole[index]),
            reverse_direct_share=None if back is None else float(back.direct[own].sum()),
            reverse_look_through=None if back is None else float(back.whole[own].sum()),
            year=table.year,
            evidence=_id(making.code, code, "look_through"),
            direct_evidence=_id(making.code, code, "direct_share"),
            reverse_evidence=None if back is None else _id(making.code, code, "reverse"),
        )
        yield row, _evidence(row, exposure, making)


@dataclass(frozen=True)
class _Parts:
    """Parts of what a sector uses, by economy: of what it buys itself (`direct`), and of all orders (the rest)."""

    direct: Vector
    first: Vector
    second: Vector
    third: Vector
    beyond: Vector
    whole: Vector


def _parts(making: _Making, exposure: HomeExposure, economies: tuple[str, ...]) -> _Parts | None:
    """None where the sector makes nothing there, or buys nothing."""
    table, inputs = exposure.table, exposure.inputs
    width = len(table.sectors)
    starts = [table.economies.index(code) * width for code in economies]
    nodes = np.array([start + sector for start in starts for sector in making.matched.sectors], dtype=np.intp)
    weights = shares_of(table, nodes)
    if np.isnan(weights[nodes]).any():
        return None
    first, whole = pooled(inputs.first, weights), pooled(inputs.whole, weights)
    if not whole.sum() > 0.0 or not first.sum() > 0.0:
        return None
    second, third = pooled(inputs.second, weights), pooled(inputs.third, weights)
    beyond = whole - first - second - third
    total = whole.sum()
    return _Parts(first / first.sum(), first / total, second / total, third / total, beyond / total, whole / total)


def _dependencies(row: SectorReliance, names: Mapping[str, str], ends: Collection[str]) -> Iterator[Dependency]:
    """One for each end product that the sector makes: home's making of it relies on the supplier."""
    mutual = row.reverse_look_through
    for item in sorted(set(row.items) & set(ends)):
        yield Dependency(
            id=f"dep.{item}.{row.supplier}.look-through.{slug(row.sector)}",
            item=item,
            item_name=names[item],
            supplier=row.supplier,
            supplier_name=row.supplier_name,
            order=2,
            measure="look-through share",
            hold=Interval.exactly(_within_one(row.look_through)),
            year=row.year,
            mutual=None if mutual is None else Interval.exactly(_within_one(mutual)),
            evidence=row.evidence,
            mutual_evidence=row.reverse_evidence,
            caveats=(f"Of all inputs of the sector {row.sector_name}, which makes other goods too.",),
        )


def _within_one(value: float) -> float:
    """Negative flows of a table can carry a part out of [0, 1]; a share stays within, and a caveat names the flows."""
    return min(1.0, max(0.0, value))


def _at_stake(code: str, exposure: HomeExposure) -> tuple[TradeAtStake, list[Evidence]]:
    """What hangs on the deliveries between home and one economy, in both directions."""
    table = exposure.table
    index = table.economies.index(code)
    ours, theirs = float(exposure.lost_at_home[index]), float(exposure.lost_abroad[index])
    prefix = f"input-output.trade.{code}"
    row = TradeAtStake(
        supplier=code,
        supplier_name=economy_name(code),
        lost_at_home=None if np.isnan(ours) else ours,
        lost_abroad=None if np.isnan(theirs) else theirs,
        year=table.year,
        evidence=(f"{prefix}.lost_at_home", f"{prefix}.lost_abroad"),
    )
    home, other = exposure.home.name, row.supplier_name
    sides = ((home, other, exposure.home.economies, (code,)), (other, home, (code,), exposure.home.economies))
    proofs = []
    for proof, value, (loser, deliverer, buyers, sellers) in zip(
        row.evidence, (row.lost_at_home, row.lost_abroad), sides, strict=True
    ):
        proofs.append(
            Evidence(
                id=proof,
                label=f"Part of the output of {loser} that rests on what {deliverer} delivers to it, {table.year}",
                kind="computed",
                unit="share",
                value=value,
                formula="x · (1ᵀ · (I + D · L)⁻¹ · D · L) / Σ x, with D the deliveries and L the Leontief inverse",
                substituted="unknown" if value is None else f"{number(value)} of output",
                method="extraction",
                sources=(table.dataset,),
                facts=(_flows(exposure, sellers, buyers),),
            )
        )
    return row, proofs


def _evidence(row: SectorReliance, exposure: HomeExposure, making: _Making) -> list[Evidence]:
    """What is bought directly, look-through and the reverse side of one sector and supplier."""
    table = exposure.table
    home = exposure.home
    what = f"{home.name}: {row.sector_name}"
    sectors = tuple(table.sectors[sector] for sector in making.matched.sectors)
    figure = partial(Evidence, unit="share", method=METHOD, sources=(table.dataset,))
    direct = figure(
        id=row.direct_evidence,
        label=f"Part of the inputs bought from {row.supplier_name}, {what}, {row.year}",
        kind="measured",
        value=row.direct_share,
        formula="Σ a(supplier) / Σ a",
        substituted=f"{number(row.direct_share)} of what the sector buys",
        facts=(_flows(exposure, (row.supplier,), home.economies, sectors),),
    )
    orders = (row.face_value, row.order_2, row.order_3, row.beyond)
    look = figure(
        id=row.evidence,
        label=f"Part of all inputs, at any order, made in {row.supplier_name}, {what}, {row.year}",
        kind="computed",
        value=row.look_through,
        formula="Σ (L − I)(supplier) / Σ (L − I) = face value + order 2 + order 3 + beyond",
        substituted=" + ".join(number(part) for part in orders) + f" = {number(row.look_through)}",
        inputs=(row.direct_evidence,),
        facts=(
            FactRef(
                table=TABLE,
                dataset=table.dataset,
                where={"year": table.year, "part": "intermediate"},
                rows=exposure.flows,
            ),
        ),
    )
    if row.reverse_evidence is None or row.reverse_look_through is None:
        return [direct, look]
    reverse = figure(
        id=row.reverse_evidence,
        label=f"Part of all inputs, at any order, from {home.name}: {row.supplier_name}, {row.sector_name}, {row.year}",
        kind="computed",
        value=row.reverse_look_through,
        formula="Σ (L − I)(home) / Σ (L − I) of the supplier's sector",
        substituted=f"{number(row.reverse_look_through)} of all inputs at any order",
        facts=(_flows(exposure, home.economies, (row.supplier,), sectors),),
    )
    return [direct, look, reverse]


def _flows(
    exposure: HomeExposure, sellers: tuple[str, ...], buyers: tuple[str, ...], sectors: tuple[str, ...] = ()
) -> FactRef:
    """The rows of the table with what some sellers sell to some buyers, or to some sectors of theirs."""
    table = exposure.table
    width = len(table.sectors)
    rows = [table.nodes_of(code) for code in sellers]
    wanted = [table.sectors.index(code) for code in sectors] or list(range(width))
    columns = [table.nodes_of(code).start + sector for code in buyers for sector in wanted]
    where: dict[str, str | int | tuple[str, ...] | tuple[int, ...]] = {
        "year": table.year,
        "part": "intermediate",
        "seller": sellers,
        "buyer": buyers,
    }
    if sectors:
        where["buyer_sector"] = sectors
    count = sum(int(np.count_nonzero(table.flows[nodes][:, columns])) for nodes in rows)
    return FactRef(table=TABLE, dataset=table.dataset, where=where, rows=count)


def _id(sector: str, supplier: str, indicator: str) -> str:
    return f"input-output.{slug(sector)}.{supplier}.{indicator}"
