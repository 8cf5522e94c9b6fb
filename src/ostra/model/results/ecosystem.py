"""Step 1, the ecosystem: dependencies, chokepoints and holds, with the indicators that they come from."""

from __future__ import annotations

from typing import Literal

from ostra.model.base import Interval, Model
from ostra.model.control import Aim, ControlForm, Span
from ostra.model.evidence import Evidence
from ostra.model.results.simulation import ScenarioOutcome

Measure = Literal["import share", "production share", "provision share", "chain hold", "look-through share"]
TABLE_CAVEAT = "Input-output table: "
"""Caveats of step 1 on the table as such open with this; a report prints them with the figures from the table."""

INDIRECT: tuple[Measure, ...] = ("chain hold", "look-through share")
"""Measures of what reaches home through others; what home buys or needs itself is measured by the rest."""


class TradeIndicators(Model):
    """Method 1 for one product and year; None is unknown, and `status` says why a row has no trade.

    `status`: `traded`; `zero` (flows recorded, but of no value); `none` (the data cover the product, home records
    no imports); `unknown` (the data do not cover the product in that year).
    """

    product: str
    description: str
    year: int
    status: Literal["traded", "zero", "none", "unknown"]
    imports_kusd: float | None
    concentration: float | None
    extra_share: float | None
    import_export_ratio: float | None
    top_supplier: str | None
    top_share: float | None
    suppliers_effective: float | None
    diversification_potential: float | None
    reverse_share: float | None
    years_flagged: int | None
    dependent: bool | None


class SupplierShare(Model):
    """One supplier's part in home's extra-home imports of a product; None where partners cannot be named."""

    product: str
    year: int
    supplier: str
    imports_kusd: float
    share: float | None


class MaterialIndicators(Model):
    """Method 2 for one material and year; an interval where an input is unknown, None where nothing is known."""

    material: str
    year: int
    geopolrisk_low: float | None
    geopolrisk_high: float | None
    import_risk_low: float | None
    import_risk_high: float | None
    production_concentration: float | None
    supply_risk_low: float | None
    supply_risk_high: float | None
    caveats: tuple[str, ...] = ()


NamedBy = Literal["item", "heading", "part of a heading"]
"""How a measure names an item: by a word, by a customs heading of it, or by some goods of such a heading."""


class ControlMet(Model):
    """A dated measure of controls or coercion as it stands at a dependency or a supplier; `claim` has its source.

    `aim`: at home or a member of it, at everybody alike, or at others alone. `named_by` is None where no item is meant.
    """

    id: str
    by: str
    against: tuple[str, ...]  # none is everybody
    form: ControlForm
    since: str
    until: str | None
    suspended: tuple[Span, ...] = ()
    dates: str  # the same as people read it
    aim: Aim
    named_by: NamedBy | None = None
    confidence: Literal["high", "medium", "low"]
    claim: str


class Dependency(Model):
    """Home needs `item`; `supplier` provides a share of it. `hold` is that share, `mutual` home's hold in return.

    `order` 1: home needs the item itself or an end product needs it directly; 2 and 3: through inputs' inputs.
    """

    id: str
    item: str
    item_name: str
    supplier: str
    supplier_name: str
    order: int
    measure: Measure
    hold: Interval
    year: int | None
    product: str | None = None
    flagged: bool | None = None  # by the trade method
    mutual: Interval | None = None
    evidence: str
    mutual_evidence: str | None = None
    caveats: tuple[str, ...] = ()
    controls: tuple[ControlMet, ...] = ()  # by which the supplier held back the item, by date


class Chokepoint(Model):
    """An item that one economy can hold up; `reach` lists the end products that need it at any tier."""

    item: str
    item_name: str
    holder: str
    holder_name: str
    organisations: tuple[str, ...]
    hold: Interval
    order: int
    reach: tuple[str, ...]
    year: int | None
    is_home: bool
    evidence: str


class ItemHold(Model):
    """One economy's own share of one item, home's included: what the ecosystem map shows at the item."""

    item: str
    economy: str
    economy_name: str
    measure: Measure
    hold: Interval
    year: int | None
    organisations: tuple[str, ...]
    is_home: bool
    evidence: str


class ChainHop(Model):
    """One item on the way of a hold, from the item held to its chokepoint.

    `link` and `factor` say how the item is needed by the one before it (essentiality or weight; None at the first and
    where a weight is unknown); `hold` is the holder's hold on the item through the chain, `share` its own share of it.
    """

    item: str
    item_name: str
    link: Literal["requires", "variant_of"] | None
    factor: float | None
    hold: Interval
    share: Interval
    year: int | None
    evidence: tuple[str, ...]


class ChainHold(Model):
    """Method 3: what one economy can stop of an item through the chain, and where it does so.

    `tier` 1: by the item itself; 2: by its inputs; 3: by its inputs' inputs. `possible` when even the chokepoint is
    known only from the high bound.
    """

    id: str
    item: str
    item_name: str
    holder: str
    holder_name: str
    is_home: bool
    hold: Interval
    chokepoint: str
    chokepoint_name: str
    tier: int
    path: tuple[ChainHop, ...]
    suppliers_remaining: int
    possible: bool
    year: int | None
    evidence: str
    caveats: tuple[str, ...] = ()


class MutualDependence(Model):
    """What the supplier can stop of home's beside what home can stop of the supplier's: the largest hold each way."""

    supplier: str
    supplier_name: str
    their_hold: Interval
    their_items: tuple[str, ...]
    our_hold: Interval | None
    our_items: tuple[str, ...]
    evidence: tuple[str, ...]


class SectorReliance(Model):
    """Method 4: what home's sector that makes some items relies on in one economy, as parts of its inputs in [0, 1].

    `direct_share`: of what the sector buys itself; `look_through`: of all inputs that it, its suppliers, their
    suppliers and so on use, the sum of `face_value` (order 1), `order_2`, `order_3` and `beyond`. Over all economies,
    home's own included, both sum to 1. The reverse is the same sector of the economy on home; None where it makes
    nothing there.
    """

    sector: str  # class of ISIC Rev. 4, as the dossier names it
    sector_name: str
    items: tuple[str, ...]
    supplier: str
    supplier_name: str
    direct_share: float
    face_value: float
    order_2: float
    order_3: float
    beyond: float
    look_through: float
    reverse_direct_share: float | None
    reverse_look_through: float | None
    year: int
    evidence: str
    direct_evidence: str
    reverse_evidence: str | None


class TradeAtStake(Model):
    """Part of output that rests, at any order, on what the other side delivers: home's, and the economy's."""

    supplier: str
    supplier_name: str
    lost_at_home: float | None
    lost_abroad: float | None
    year: int
    evidence: tuple[str, str]


class EcosystemResult(Model):
    """Step 1: dependencies, chokepoints and mutual dependence, with the indicators that they come from."""

    dependencies: tuple[Dependency, ...]
    chokepoints: tuple[Chokepoint, ...]
    mutual: tuple[MutualDependence, ...]
    holds: tuple[ItemHold, ...] = ()  # every listed share of every item, home's included
    chain: tuple[ChainHold, ...] = ()  # holds through the chain on end products, largest first
    sector_reliance: tuple[SectorReliance, ...] = ()  # by sector, the largest look-through first
    at_stake: tuple[TradeAtStake, ...] = ()  # of the economies in `sector_reliance`
    scenarios: tuple[ScenarioOutcome, ...] = ()  # simulated disruptions of the ecosystem, where they were asked for
    trade: tuple[TradeIndicators, ...]  # the assessed year
    trade_series: tuple[TradeIndicators, ...]  # all years, for the items of the ecosystem
    suppliers: tuple[SupplierShare, ...]  # the assessed year
    materials: tuple[MaterialIndicators, ...]
    evidence: tuple[Evidence, ...]
    caveats: tuple[str, ...] = ()
    table_caveats: tuple[str, ...] = ()  # of `caveats` those on the input-output table, without `TABLE_CAVEAT`

    def economy_names(self) -> dict[str, str]:
        """Names of the economies that the result speaks of, by code."""
        names = {d.supplier: d.supplier_name for d in self.dependencies}
        names.update({c.holder: c.holder_name for c in self.chokepoints})
        return names | {m.supplier: m.supplier_name for m in self.mutual}
