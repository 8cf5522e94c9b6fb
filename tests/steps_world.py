"""A small made-up world for the tests of steps 2 to 4: three items, home HOM, suppliers RIV, PAL and NEU."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ostra.model.base import Interval
from ostra.model.dossier import Dossier
from ostra.model.evidence import Evidence
from ostra.model.instrument import Catalogue
from ostra.model.profile import Profile
from ostra.model.results.ecosystem import (
    ChainHold,
    Chokepoint,
    Dependency,
    EcosystemResult,
    MaterialIndicators,
    TradeIndicators,
)
from ostra.words.economies import Home

YEAR = 2023
NAMES = {"RIV": "Rivalia", "PAL": "Palland", "NEU": "Neutria", "HOM": "Homeland"}


def interval(low: float, high: float | None = None) -> Interval:
    """A known share, or an interval of shares."""
    return Interval(low=low, high=low if high is None else high)


def a_home() -> Home:
    """A country that is its own only member."""
    return Home(code="HOM", name="Homeland", is_bloc=False)


def a_finding(name: str, **changes: Any) -> dict[str, Any]:
    """A judged finding: a high challenge to security on the tool, fully confident."""
    row: dict[str, Any] = {
        "id": name,
        "items": ["tool"],
        "dimension": "security",
        "effect": -1,
        "severity": 3,
        "horizon": "now",
        "confidence": 1.0,
        "reason": f"Reason of {name}.",
        "author": "a tester",
        "date": "2026-01-01",
        "claims": ["seen"],
    }
    return row | changes


def a_dossier(findings: Iterable[Mapping[str, Any]] = (), **changes: Any) -> Dossier:
    """Ore (a material, customs heading 260600), a tool and a chip that needs both."""
    document: dict[str, Any] = {
        "format": "ostra-dossier/1",
        "id": "world",
        "title": "World",
        "summary": "A small world.",
        "author": "a tester",
        "date": "2026-01-01",
        "sources": [{"id": "book", "title": "Book", "publisher": "Press", "date": "2026"}],
        "claims": [
            {"id": "seen", "statement": "It was seen.", "source": "book", "locator": "page 1", "basis": "judges"}
        ],
        "stages": [{"id": "all", "name": "All"}],
        "items": [
            {
                "id": "ore",
                "name": "Ore",
                "kind": "material",
                "stage": "all",
                "products": [{"hs": "260600"}],
                "material": "Ore",
            },
            {"id": "tool", "name": "Tool", "kind": "tool", "stage": "all"},
            {"id": "chip", "name": "Chip", "kind": "product", "stage": "all"},
        ],
        "findings": list(findings),
    }
    return Dossier.model_validate(document | changes)


def a_rule(**changes: Any) -> dict[str, Any]:
    """A severity rule: import shares of 0.3, 0.5 and 0.7 challenge resilience, fully confident."""
    row: dict[str, Any] = {
        "indicator": "import_share",
        "dimension": "resilience",
        "effect": -1,
        "low": 0.3,
        "medium": 0.5,
        "high": 0.7,
        "confidence": 1.0,
        "horizon": "now",
        "reason": "A large share is hard to replace.",
        "source": "book",
    }
    return row | changes


def a_profile(
    rules: Iterable[Mapping[str, Any]] = (),
    cases: Iterable[tuple[str, int]] = (),
    tolerance: Iterable[tuple[str, str, float]] = (),
    likelihood: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Profile:
    """RIV is a rival, PAL an ally; anybody else is a partner. Cases are (coercer, year)."""
    document: dict[str, Any] = {
        "format": "ostra-profile/1",
        "id": "viewpoint",
        "title": "Viewpoint",
        "home": "HOM",
        "author": "a tester",
        "date": "2026-01-01",
        "sources": [{"id": "book", "title": "Book", "publisher": "Press", "date": "2026"}],
        "relations": [
            {"economy": "RIV", "relation": "rival", "reason": "So it is.", "source": "book"},
            {"economy": "PAL", "relation": "ally", "reason": "By treaty.", "source": "book"},
        ],
        "trade": {"source": "book"},
        "severity": list(rules),
        "weights": {"resilience": 1.0, "security": 1.0, "values": 1.0, "competitiveness": 1.0},
        "tolerance": [
            {"dimension": dimension, "relation": relation, "hold": hold, "reason": "Our choice."}
            for dimension, relation, hold in tolerance
        ],
        "likelihood": {
            "first_year": 2011,
            "last_year": 2020,
            "hold_weight": 2.0,
            "mutual_weight": 2.0,
            "reason": "Our choice.",
        }
        | dict(likelihood or {}),
        "cases": [
            {
                "id": f"case-{number}",
                "coercer": coercer,
                "target": "HOM",
                "year": year,
                "means": "An embargo.",
                "source": "book",
                "locator": "page 2",
            }
            for number, (coercer, year) in enumerate(cases, 1)
        ],
    }
    return Profile.model_validate(document | changes)


def a_dependency(
    item: str, supplier: str, low: float, high: float | None = None, measure: str = "import share", **changes: Any
) -> Dependency:
    """A dependency whose evidence id follows from item, supplier and measure."""
    key = f"{item}.{supplier}.{measure.split()[0]}"
    row: dict[str, Any] = {
        "id": f"dep.{key}",
        "item": item,
        "item_name": item.capitalize(),
        "supplier": supplier,
        "supplier_name": NAMES.get(supplier, supplier),
        "order": 1,
        "measure": measure,
        "hold": interval(low, high),
        "year": YEAR,
        "evidence": f"share.{key}",
    }
    return Dependency.model_validate(row | changes)


def a_chain_hold(item: str, holder: str, low: float, chokepoint: str) -> ChainHold:
    """A hold through the chain on an item, exercised at a chokepoint two tiers up."""
    return ChainHold(
        id=f"chain.{item}.{holder}",
        item=item,
        item_name=item.capitalize(),
        holder=holder,
        holder_name=NAMES[holder],
        is_home=False,
        hold=interval(low),
        chokepoint=chokepoint,
        chokepoint_name=chokepoint.capitalize(),
        tier=2,
        path=(),
        suppliers_remaining=0,
        possible=False,
        year=YEAR,
        evidence=f"chain.{item}.{holder}",
    )


def a_chokepoint(item: str, holder: str, hold: float, is_home: bool) -> Chokepoint:
    """A chokepoint whose evidence id follows from item and holder."""
    return Chokepoint(
        item=item,
        item_name=item.capitalize(),
        holder=holder,
        holder_name=NAMES[holder],
        organisations=(),
        hold=interval(hold),
        order=1,
        reach=("chip",),
        year=YEAR,
        is_home=is_home,
        evidence=f"choke.{item}.{holder}",
    )


def a_trade_row(concentration: float | None, top: str | None = "RIV") -> TradeIndicators:
    """The trade indicators of the ore; only concentration and top supplier matter here."""
    return TradeIndicators(
        product="260600",
        description="Ores",
        year=YEAR,
        status="traded" if concentration is not None else "unknown",
        imports_kusd=None,
        concentration=concentration,
        extra_share=None,
        import_export_ratio=None,
        top_supplier=top,
        top_share=None,
        suppliers_effective=None,
        diversification_potential=None,
        reverse_share=None,
        years_flagged=None,
        dependent=None,
    )


def a_material_row(low: float | None, high: float | None) -> MaterialIndicators:
    """The GeoPolRisk of the ore."""
    return MaterialIndicators(
        material="Ore",
        year=YEAR,
        geopolrisk_low=low,
        geopolrisk_high=high,
        import_risk_low=None,
        import_risk_high=None,
        production_concentration=None,
        supply_risk_low=None,
        supply_risk_high=None,
    )


def a_step1(
    dependencies: Sequence[Dependency] = (),
    chokepoints: Sequence[Chokepoint] = (),
    trade: Sequence[TradeIndicators] = (),
    materials: Sequence[MaterialIndicators] = (),
    **changes: Any,
) -> EcosystemResult:
    """A result of step 1 with evidence for everything in it."""
    ids = {d.evidence for d in dependencies} | {c.evidence for c in chokepoints}
    ids |= {d.mutual_evidence for d in dependencies if d.mutual_evidence}
    ids |= {f"trade.{t.product}.{t.year}.concentration" for t in trade if t.concentration is not None}
    ids |= {f"material.ore.{m.year}.geopolrisk" for m in materials if m.geopolrisk_low is not None}
    row: dict[str, Any] = {
        "dependencies": tuple(dependencies),
        "chokepoints": tuple(chokepoints),
        "mutual": (),
        "trade": tuple(trade),
        "trade_series": (),
        "suppliers": (),
        "materials": tuple(materials),
        "evidence": tuple(Evidence(id=i, label=i, kind="measured") for i in sorted(ids)),
    }
    return EcosystemResult.model_validate(row | changes)


def an_instrument(name: str, **changes: Any) -> dict[str, Any]:
    """An instrument that serves resilience for any supplier and item."""
    row: dict[str, Any] = {
        "id": name,
        "name": name.replace("-", " ").capitalize(),
        "goal": "To help.",
        "serves": ["resilience"],
        "lead": ["the ministry"],
        "lag": "1 to 3 years",
        "cost": "medium",
        "source": "book",
        "locator": "page 3",
    }
    return row | changes


def a_catalogue(*instruments: Mapping[str, Any]) -> Catalogue:
    """A catalogue of these instruments and `no-action`."""
    idle = an_instrument("no-action", serves=["competitiveness"], cost="low", lag="under 1 year")
    return Catalogue.model_validate(
        {
            "format": "ostra-instruments/1",
            "sources": [{"id": "book", "title": "Book", "publisher": "Press", "date": "2026"}],
            "instruments": [idle, *instruments],
        }
    )


def unresolved(evidence: Iterable[Evidence], earlier: Iterable[Evidence] = ()) -> set[str]:
    """Inputs of the evidence that lead nowhere."""
    rows = list(evidence)
    known = {e.id for e in rows} | {e.id for e in earlier}
    return {name for e in rows for name in e.inputs if name not in known}
