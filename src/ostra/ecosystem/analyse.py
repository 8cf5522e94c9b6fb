"""Step 1: from facts and dossier to dependencies, chokepoints and mutual dependence.

Three kinds of hold are read off, each with its own evidence: the share of a supplier in what home imports (trade
facts), the share of a producer in what the world produces (production facts), and the share that the dossier says a
provider has (see provision.py). What these add up to through several tiers is the chain method's (see
chain/results.py); what the sectors around the items rely on, that of input-output analysis (see
input_output/sectors.py).
"""

from __future__ import annotations

from collections import defaultdict

import polars as pl

from ostra.ecosystem import chain, graph
from ostra.ecosystem.chain import results
from ostra.ecosystem.fact_tables import FactTables
from ostra.ecosystem.holds import Hold
from ostra.ecosystem.input_output.home_exposure import HomeExposure
from ostra.ecosystem.input_output.sectors import sector_reliance
from ostra.ecosystem.materials.material_evidence import material_evidence, production_evidence
from ostra.ecosystem.materials.production_shares import production_holds
from ostra.ecosystem.provision_holds import provision_evidence, provision_holds
from ostra.ecosystem.readings import Readings, materials_of, products_of, read_facts
from ostra.ecosystem.trade import dependency
from ostra.ecosystem.trade.import_holds import import_holds
from ostra.ecosystem.trade.trade_evidence import series_evidence, trade_evidence
from ostra.model.base import Interval
from ostra.model.dossier import Dossier
from ostra.model.profile import Profile
from ostra.model.results.ecosystem import (
    INDIRECT,
    TABLE_CAVEAT,
    Chokepoint,
    Dependency,
    EcosystemResult,
    ItemHold,
    MaterialIndicators,
    MutualDependence,
    SupplierShare,
    TradeIndicators,
)
from ostra.words.economies import Home, economy_name

# Our choice: below a tenth, a supplier's part is listed in the annex of suppliers but is no dependency of its own.
MIN_HOLD = 0.1
# Our choice: smaller parts of a whole count in every sum, but are not listed one by one.
LISTED_SHARE = 0.01
# Our choice: an economy that holds at least half of an item cannot be replaced by all the others as they stand.
CHOKEPOINT_HOLD = 0.5


def analyse(
    dossier: Dossier,
    tables: FactTables,
    profile: Profile,
    *,
    home: Home,
    year: int,
    provision_until: int | None = None,
    exposure: HomeExposure | str = "",
    readings: Readings | None = None,
) -> EcosystemResult:
    """Find what home depends on in the ecosystem, on whom, and what it holds in return.

    Parameters
    ----------
    dossier, profile
        The ecosystem, and the thresholds of the trade method.
    tables
        Facts of trade, production and governance.
    home, year
        Whose dependencies, and in which year.
    provision_until
        Provision rows of the dossier of later years are left out; None takes all.
    exposure
        Home in an input-output table where the ecosystem names sectors, or why there is none.
    readings
        What the methods find in the facts for this home and year, of this and maybe other ecosystems; read by default.

    Returns
    -------
    EcosystemResult
        Dependencies sorted by low bound of the hold (largest first), then high bound, then id.

    Raises
    ------
    UsageError, MethodError
        As for `dependency.trade_frames`.
    """
    if readings is None:
        readings = read_facts(tables, profile, home, year, products_of(dossier), materials_of(dossier))
    own = readings.of(dossier)
    series, suppliers, produced, indicators = own.trade, own.suppliers, own.produced, own.indicators
    this_year = series.filter(pl.col("year") == year)
    listed_suppliers = suppliers.filter(pl.col("share_high") >= LISTED_SHARE)

    members = home.members(year)
    order = graph.orders(dossier)
    needed_by = graph.needed_by(dossier)
    ends = graph.end_products(dossier)
    reach = {item: tuple(end for end in ends if end in users) for item, users in needed_by.items()}
    provided = provision_holds(dossier, provision_until)
    from_facts = import_holds(dossier, this_year, suppliers) + production_holds(dossier, produced)
    holds = [hold for hold in from_facts if hold.share.high >= LISTED_SHARE] + provided
    dependencies = [
        _dependency(hold, order[hold.item])
        for hold in holds
        if hold.economy not in members and hold.share.high >= MIN_HOLD
    ]
    structure = chain.structure(
        dossier, by="either", year=provision_until, inherited=from_facts, blocs=chain.acting_blocs([home], year)
    )
    through_chain, chain_evidence = results.with_evidence(
        results.chain_holds(structure, dossier, home, CHOKEPOINT_HOLD), holds, dossier, home, members
    )
    dependencies += results.chain_dependencies(through_chain)
    behind = sector_reliance(dossier, exposure, graph.end_products(dossier), MIN_HOLD)
    dependencies += behind.dependencies
    dependencies.sort(key=lambda d: (-d.hold.low, -d.hold.high, d.id))
    chokepoints = _chokepoints([h for h in holds if h.measure != "import share"], members, home, order, reach)
    found = [
        *trade_evidence(this_year, listed_suppliers, tables.datasets["trade"], home),
        *series_evidence(series, tables.datasets["trade"], home),
        *production_evidence(produced, tables.datasets["production"], LISTED_SHARE),
        *material_evidence(indicators, own.traded_as, tables.datasets, home),
        *provision_evidence(provided, dossier),
        *chain_evidence,
        *behind.evidence,
    ]
    return EcosystemResult(
        dependencies=tuple(dependencies),
        chokepoints=tuple(chokepoints),
        mutual=tuple(_mutual(dependencies, chokepoints, holds, needed_by)),
        holds=tuple(_item_hold(hold, members) for hold in holds),
        chain=tuple(through_chain),
        sector_reliance=behind.reliance,
        at_stake=behind.at_stake,
        trade=tuple(_trade_rows(this_year)),
        trade_series=tuple(_trade_rows(series)),
        suppliers=tuple(
            SupplierShare(**row)
            for row in listed_suppliers.select("product", "year", "supplier", "imports_kusd", "share").iter_rows(
                named=True
            )
        ),
        materials=tuple(_material_rows(indicators)),
        evidence=tuple(sorted(found, key=lambda e: e.id)),
        caveats=(
            *_caveats(dossier, this_year, produced, year, provision_until),
            *(f"{TABLE_CAVEAT}{caveat}" for caveat in behind.caveats),
            *((exposure,) if isinstance(exposure, str) and exposure else ()),
        ),
        table_caveats=behind.caveats,
    )


def _dependency(hold: Hold, order: int) -> Dependency:
    return Dependency(
        id=f"dep.{hold.item}.{hold.economy}.{hold.key}",
        item=hold.item,
        item_name=hold.item_name,
        supplier=hold.economy,
        supplier_name=economy_name(hold.economy),
        order=order,
        measure=hold.measure,
        hold=hold.share,
        year=hold.year,
        product=hold.product,
        flagged=hold.flagged,
        mutual=hold.mutual,
        evidence=hold.evidence,
        mutual_evidence=hold.mutual_evidence,
        caveats=hold.caveats,
    )


def _item_hold(hold: Hold, members: frozenset[str]) -> ItemHold:
    return ItemHold(
        item=hold.item,
        economy=hold.economy,
        economy_name=economy_name(hold.economy),
        measure=hold.measure,
        hold=hold.share,
        year=hold.year,
        organisations=hold.organisations,
        is_home=hold.economy in members,
        evidence=hold.evidence,
    )


def _chokepoints(
    holds: list[Hold], members: frozenset[str], home: Home, order: dict[str, int], reach: dict[str, tuple[str, ...]]
) -> list[Chokepoint]:
    """World-wide holds of at least CHOKEPOINT_HOLD by one economy, home's own included; certain ones first."""
    result = [
        Chokepoint(
            item=hold.item,
            item_name=hold.item_name,
            holder=hold.economy,
            holder_name=economy_name(hold.economy),
            organisations=hold.organisations,
            hold=hold.share,
            order=order[hold.item],
            reach=reach[hold.item],
            year=hold.year,
            is_home=hold.economy in members,
            evidence=hold.evidence,
        )
        for hold in holds
        if hold.share.low >= CHOKEPOINT_HOLD
    ]
    # The same item may be held by location and by headquarters: the firmer one stands for both.
    result.sort(key=lambda c: (-c.hold.low, -len(c.reach), c.item, c.holder))
    seen: set[tuple[str, str]] = set()
    kept = []
    for point in result:
        if (point.item, point.holder) not in seen:
            seen.add((point.item, point.holder))
            kept.append(point)
    return kept


def _mutual(
    dependencies: list[Dependency],
    chokepoints: list[Chokepoint],
    holds: list[Hold],
    needed_by: dict[str, frozenset[str]],
) -> list[MutualDependence]:
    """For each supplier, its largest hold on home beside home's largest hold on it.

    Home's hold on a supplier is the larger of home's share in what the supplier imports of one of the products, and of
    home's chokepoints that the supplier needs: those that something it provides needs at some tier.
    """
    own = [point for point in chokepoints if point.is_home]
    provides: dict[str, set[str]] = defaultdict(set)
    for hold in holds:
        if hold.share.high > 0:
            provides[hold.economy].add(hold.item)
    # Indirect ones repeat those at their chokepoints, or speak of whole sectors: neither side need buy of the other.
    direct = [d for d in dependencies if d.measure not in INDIRECT]
    result = []
    for supplier in sorted({d.supplier for d in direct}):
        theirs = [d for d in direct if d.supplier == supplier]
        largest = max(theirs, key=lambda d: (d.hold.low, d.hold.high))
        ours = [
            (point.hold, point.item, point.evidence)
            for point in own
            if (needed_by[point.item] - {point.item}) & provides[supplier]
        ]
        ours += [(d.mutual, d.item, d.mutual_evidence) for d in theirs if d.mutual and d.mutual_evidence]
        ours.sort(key=lambda held: (-held[0].low, -held[0].high, held[1]))
        result.append(
            MutualDependence(
                supplier=supplier,
                supplier_name=largest.supplier_name,
                their_hold=Interval(low=largest.hold.low, high=max(d.hold.high for d in theirs)),
                their_items=tuple(dict.fromkeys(d.item for d in theirs)),
                our_hold=ours[0][0] if ours else None,
                our_items=tuple(dict.fromkeys(item for hold, item, _ in ours if hold.low >= MIN_HOLD)),
                evidence=(largest.evidence, *((ours[0][2],) if ours else ())),
            )
        )
    result.sort(key=lambda m: (-m.their_hold.low, -m.their_hold.high, m.supplier))
    return result


def _trade_rows(frame: pl.DataFrame) -> list[TradeIndicators]:
    return [TradeIndicators(**row) for row in frame.select(*dependency.INDICATORS).iter_rows(named=True)]


def _material_rows(frame: pl.DataFrame) -> list[MaterialIndicators]:
    return [
        MaterialIndicators(**{name: row[name] for name in MaterialIndicators.model_fields})
        for row in frame.iter_rows(named=True)
    ]


def _caveats(
    dossier: Dossier, this_year: pl.DataFrame, produced: pl.DataFrame, year: int, provision_until: int | None
) -> list[str]:
    """What facts and provision rows do not cover for items of this ecosystem, in plain sentences."""
    status = dict(this_year.select("product", "status").iter_rows())
    with_production = set(produced["material"].to_list())
    materials_only = [item for item in dossier.items if item.kind == "material"]
    lapsed = [
        f"{item.name} (HS {binding.hs})"
        for item in dossier.items
        for binding in item.products
        if status.get(binding.hs) == "unknown"
    ]
    later = {row.item for row in dossier.provision if (row.year or 0) > (provision_until or row.year or 0)}
    groups = (
        (
            f"What is known only of later years than {year} is left out of who provides",
            [i.name for i in dossier.items if i.id in later],
        ),
        (f"Trade in {year} is unknown, because the data do not cover it", lapsed),
        (
            "Trade is unknown, because the data have no product for them",
            [i.name for i in materials_only if not i.products],
        ),
        (
            f"World production in {year} is unknown to the production data",
            [i.name for i in materials_only if i.material not in with_production],
        ),
    )
    return [f"{what}: {', '.join(names)}." for what, names in groups if names]
