"""A synthetic assessment, shaped like a real one, for the tests of the report. Every number in it is invented."""

from __future__ import annotations

from itertools import accumulate

from ostra.model.assessment import Assessment, Hashes
from ostra.model.base import DIMENSIONS, LEVELS, Dimension, Interval, Level, Relation
from ostra.model.dossier import Actor, ContextEntry, Item, Link, ProductBinding, Recommendation, Stage
from ostra.model.evidence import Claim, Evidence, FactRef, Source
from ostra.model.results.context import Breach, ContextResult, Factor, Likelihood, SupplierContext
from ostra.model.results.dimensions import (
    DimensionResult,
    DimensionsResult,
    Finding,
    LevelDistribution,
    MatrixCell,
    Tension,
)
from ostra.model.results.ecosystem import (
    ChainHold,
    ChainHop,
    Chokepoint,
    Dependency,
    EcosystemResult,
    ItemHold,
    MaterialIndicators,
    Measure,
    MutualDependence,
    SupplierShare,
    TradeIndicators,
)
from ostra.model.results.toolkit import InstrumentMatch, ToolkitResult

YEAR = 2023
NAMES = {
    "CHN": "China",
    "USA": "United States",
    "TWN": "Taiwan",
    "JPN": "Japan",
    "KOR": "South Korea",
    "ZAF": "South Africa",
    "COD": "Democratic Republic of the Congo",
    "NLD": "Netherlands",
    "DEU": "Germany",
    "EU27": "European Union (27)",
    "RUS": "Russia",
    "NOR": "Norway",
    "SGP": "Singapore",
    "BRA": "Brazil",
    "GBR": "United Kingdom",
}
SOURCES = (
    Source(
        id="trade-data",
        title="Sample bilateral trade in raw materials, HS92",
        publisher="Sample statistics office",
        date="2026-01",
        url="https://example.org/trade?edition=92&part=1",
        licence="Etalab 2.0",
        retrieved="2026-03-01",
    ),
    Source(
        id="mining-data",
        title="Sample mine production by country",
        publisher="Sample ministry",
        date="2026-04",
        licence="CC BY 4.0",
        retrieved="2026-05-02",
        url="https://example.org/mining",
    ),
    Source(
        id="report",
        title="Sample report on strategic autonomy",
        publisher="Sample institute",
        authors="A. Author",
        date="2023-01",
        note="Chapter on semiconductors.",
    ),
)
STAGES = tuple(
    Stage(id=i, name=n)
    for i, n in [
        ("materials", "Raw materials"),
        ("inputs", "Tools and equipment"),
        ("front-end", "Front-end fabrication"),
        ("back-end", "Back-end: assembly, test, packaging"),
        ("use", "End-user industries"),
    ]
)
# id, name, kind, stage, HS product, [(supplier, measure, low, high, order, mutual)]
ITEMS = [
    (
        "gallium",
        "Gallium",
        "material",
        "materials",
        None,
        [("CHN", "production share", 0.94, 0.98, 2, None), ("JPN", "production share", 0.01, 0.03, 2, None)],
    ),
    (
        "germanium",
        "Germanium",
        "material",
        "materials",
        "811230",
        [("CHN", "production share", 0.60, 0.83, 2, None), ("RUS", "production share", 0.03, 0.05, 2, None)],
    ),
    (
        "tungsten",
        "Tungsten",
        "material",
        "materials",
        "261100",
        [("CHN", "import share", 0.41, 0.41, 2, 0.06), ("BRA", "import share", 0.22, 0.22, 2, 0.01)],
    ),
    (
        "cobalt",
        "Cobalt",
        "material",
        "materials",
        "260500",
        [("COD", "import share", 0.62, 0.62, 2, 0.12), ("ZAF", "import share", 0.08, 0.08, 2, 0.2)],
    ),
    (
        "silicon",
        "Silicon metal",
        "material",
        "materials",
        "280461",
        [("NOR", "import share", 0.36, 0.36, 2, 0.3), ("CHN", "import share", 0.27, 0.27, 2, 0.04)],
    ),
    (
        "palladium",
        "Palladium",
        "material",
        "materials",
        "711021",
        [("RUS", "import share", 0.37, 0.37, 2, 0.02), ("ZAF", "import share", 0.31, 0.31, 2, 0.09)],
    ),
    (
        "eda",
        "Electronic design automation software",
        "software",
        "inputs",
        None,
        [("USA", "provision share", 0.70, 0.78, 1, 0.05)],
    ),
    ("lithography", "Extreme ultraviolet lithography", "tool", "inputs", None, []),
    ("photoresist", "Photoresists", "tool", "inputs", None, [("JPN", "provision share", 0.85, 0.92, 1, None)]),
    (
        "leading-edge",
        "Leading-edge logic fabrication (below 10 nm)",
        "process",
        "front-end",
        None,
        [("TWN", "provision share", 0.85, 0.92, 1, 1.0), ("KOR", "provision share", 0.08, 0.15, 1, 1.0)],
    ),
    (
        "trailing-edge",
        "Trailing-edge fabrication",
        "process",
        "front-end",
        None,
        [("TWN", "provision share", 0.2, 0.4, 1, None), ("CHN", "provision share", 0.0, 1.0, 1, None)],
    ),
    (
        "packaging",
        "Assembly, test and packaging",
        "process",
        "back-end",
        None,
        [
            ("CHN", "provision share", 0.3, 0.4, 1, None),
            ("TWN", "provision share", 0.25, 0.3, 1, None),
            ("SGP", "provision share", 0.03, 0.06, 1, None),
        ],
    ),
    ("automotive", "Automotive chips", "product", "use", None, []),
    ("telecom", "Telecommunications chips", "product", "use", None, []),
]
LINKS = (
    ("leading-edge", "gallium"),
    ("leading-edge", "cobalt"),
    ("leading-edge", "tungsten"),
    ("leading-edge", "eda"),
    ("leading-edge", "lithography"),
    ("leading-edge", "photoresist"),
    ("trailing-edge", "silicon"),
    ("trailing-edge", "germanium"),
    ("packaging", "palladium"),
    ("packaging", "leading-edge"),
    ("trailing-edge", "eda"),
    ("packaging", "trailing-edge"),
    ("automotive", "packaging"),
    ("telecom", "packaging"),
)
# holder, own share at the chokepoint (low, high), way from the end product to it, other suppliers named there
CHAIN = [
    ("CHN", (0.94, 0.98), ("automotive", "packaging", "leading-edge", "gallium"), 1),
    ("CHN", (0.94, 0.98), ("telecom", "packaging", "leading-edge", "gallium"), 1),
    ("TWN", (0.85, 0.92), ("automotive", "packaging", "leading-edge"), 1),
    ("JPN", (0.85, 0.92), ("automotive", "packaging", "leading-edge", "photoresist"), 0),
    ("USA", (0.70, 0.78), ("telecom", "packaging", "leading-edge", "eda"), 0),
    ("COD", (0.0, 0.62), ("telecom", "packaging", "leading-edge", "cobalt"), 3),
    ("EU27", (1.0, 1.0), ("automotive", "packaging", "leading-edge", "lithography"), 0),
]
RELATION: dict[str, Relation] = {
    "CHN": "rival",
    "USA": "ally",
    "TWN": "partner",
    "JPN": "ally",
    "KOR": "partner",
    "RUS": "rival",
}


def spread(none: float, low: float, medium: float, high: float) -> LevelDistribution:
    """A distribution over the four levels with its median level."""
    level: Level = "high"
    for name, part in reversed([*zip(LEVELS, accumulate((none, low, medium, high)), strict=True)]):
        if part >= 0.5:
            level = name
    return LevelDistribution(none=none, low=low, medium=medium, high=high, level=level)


class Box:
    """Collects evidence while the sample is put together."""

    def __init__(self) -> None:
        self.evidence: dict[str, Evidence] = {}

    def add(self, id: str, label: str, **fields: object) -> str:
        kind = fields.pop("kind", "computed")
        self.evidence[id] = Evidence.model_validate({"id": id, "label": label, "kind": kind, **fields})
        return id


def trade_facts(product: str, year: int, rows: int) -> FactRef:
    """The rows behind one trade number."""
    return FactRef(table="trade", dataset="trade-data", where={"product": product, "year": year}, rows=rows)


def trade_row(product: str, name: str, year: int, box: Box, place: int) -> TradeIndicators:
    """One invented product-year; the second product is not covered after 2016."""
    unknown = product == "811230" and year > 2016
    share = None if unknown else round(0.35 + 0.25 * ((year * (place + 3)) % 11) / 11, 3)
    for indicator in ("concentration", "top_share", "imports_kusd", "extra_share", "import_export_ratio"):
        box.add(
            f"trade.{product}.{year}.{indicator}",
            f"{name}: {indicator.replace('_', ' ')}, {year}",
            kind="measured",
            value=share,
            unit="share",
            formula="HHI = Σᵢ sᵢ²",
            substituted="0.41² + 0.22² + …",
            method="trade-dependency",
            facts=() if unknown else (trade_facts(product, year, 31 + place),),
            sources=("trade-data",),
            caveats=("The heading is not covered after 2016.",) if unknown else (),
        )
    return TradeIndicators(
        product=product,
        description=name,
        year=year,
        status="unknown" if unknown else "traded",
        imports_kusd=None if unknown else 1000.0 * (place + 1) * (year - 1990),
        concentration=share and round(share * 0.9, 3),
        extra_share=None if unknown else 0.82,
        import_export_ratio=None if unknown else 3.4,
        top_supplier=None if unknown else "CHN",
        top_share=share,
        suppliers_effective=None if unknown else 2.9,
        diversification_potential=None if unknown else 0.4,
        reverse_share=None if unknown else 0.05,
        years_flagged=None if unknown else 4,
        dependent=None if unknown else share is not None and share > 0.45,
    )


def step_one(box: Box) -> EcosystemResult:
    """Dependencies, chokepoints, mutual holds, series."""
    dependencies, trade, series, suppliers, materials = [], [], [], [], []
    for place, (item, name, _kind, stage, product, rows) in enumerate(ITEMS):
        if product:
            lines = [trade_row(product, name, year, box, place) for year in range(2010, YEAR + 1)]
            series += lines
            trade.append(lines[-1])
        for supplier, measure, low, high, order, mutual in rows:
            kind: Measure = measure  # type: ignore[assignment]
            traded = kind == "import share" and product
            key = f"trade.{product}.{YEAR}.share.{supplier}" if traded else f"provision.{item}.{supplier}.location"
            box.add(
                key,
                f"{NAMES[supplier]}'s part in {name}",
                kind="measured" if traded else "cited",
                low=low,
                high=high,
                unit="share",
                formula="s = imports from the supplier / extra-home imports",
                substituted=f"{low} = 41 / 100",
                facts=(trade_facts(product, YEAR, 12),) if traded else (),
                method="trade-dependency",
                claims=() if traded else ("claim-shares",),
                sources=("trade-data",) if traded else (),
            )
            back = f"{key}.reverse" if mutual is not None else None
            if back:
                box.add(back, f"Home's part in {NAMES[supplier]}'s imports of {name}", value=mutual, inputs=(key,))
            dependencies.append(
                Dependency(
                    id=f"{item}-{supplier.lower()}",
                    item=item,
                    item_name=name,
                    supplier=supplier,
                    supplier_name=NAMES[supplier],
                    order=order,
                    measure=kind,
                    hold=Interval(low=low, high=high),
                    year=YEAR if traded else 2022,
                    product=product,
                    flagged=low > 0.4 if traded else None,
                    mutual=None if mutual is None else Interval.exactly(mutual),
                    evidence=key,
                    mutual_evidence=back,
                    caveats=("The share is that of the year before.",) if not traded else (),
                )
            )
            if traded and product:
                suppliers.append(
                    SupplierShare(product=product, year=YEAR, supplier=supplier, imports_kusd=5e4 * low, share=low)
                )
        if stage == "materials":
            box.add(
                f"material.{item}.{YEAR}.geopolrisk", f"{name}: GeoPolRisk", low=0.1, high=0.2, facts=(), unit="score"
            )
            materials.append(
                MaterialIndicators(
                    material=name,
                    year=YEAR,
                    geopolrisk_low=0.1,
                    geopolrisk_high=0.2,
                    import_risk_low=0.4,
                    import_risk_high=0.5,
                    production_concentration=0.3,
                    supply_risk_low=None,
                    supply_risk_high=None,
                    caveats=("Substitution is unknown.",),
                )
            )
    chokes = []
    for item, holder, low, high, ours, firms in [
        ("leading-edge", "TWN", 0.85, 0.92, False, ("TSMC",)),
        ("gallium", "CHN", 0.94, 0.98, False, ()),
        ("eda", "USA", 0.7, 0.78, False, ("Synopsys", "Cadence")),
        ("photoresist", "JPN", 0.85, 0.92, False, ()),
        ("lithography", "NLD", 1.0, 1.0, True, ("ASML",)),
    ]:
        name = next(row[1] for row in ITEMS if row[0] == item)
        key = box.add(
            f"choke.{item}.{holder}",
            f"{name}: hold of {NAMES[holder]}",
            low=low,
            high=high,
            unit="share",
            formula="hold = 1 − left",
            substituted=f"1 − {1 - low:.2f}",
            method="chain",
            claims=("claim-shares",),
        )
        chokes.append(
            Chokepoint(
                item=item,
                item_name=name,
                holder=holder,
                holder_name=NAMES[holder],
                organisations=firms,
                hold=Interval(low=low, high=high),
                order=1,
                reach=("automotive", "telecom"),
                year=2022,
                is_home=ours,
                evidence=key,
            )
        )
    mutual = tuple(
        MutualDependence(
            supplier=code,
            supplier_name=NAMES[code],
            their_hold=Interval(low=low, high=high),
            their_items=items,
            our_hold=ours,
            our_items=our_items,
            evidence=(f"choke.{items[0]}.{code}",),
        )
        for code, low, high, items, ours, our_items in [
            ("TWN", 0.85, 0.92, ("leading-edge",), Interval.exactly(1.0), ("lithography",)),
            ("CHN", 0.94, 0.98, ("gallium", "germanium"), None, ()),
            ("USA", 0.7, 0.78, ("eda",), Interval(low=0.1, high=0.4), ("lithography",)),
        ]
    )
    holds = item_holds(box)
    chain = chain_holds(box)
    return EcosystemResult(
        dependencies=tuple(dependencies),
        chokepoints=tuple(chokes),
        mutual=mutual,
        holds=holds,
        chain=chain,
        trade=tuple(trade),
        trade_series=tuple(series),
        suppliers=tuple(suppliers),
        materials=tuple(materials),
        evidence=tuple(box.evidence.values()),
        caveats=("Trade in germanium under its HS92 code ends in 2016.",),
    )


def item_holds(box: Box) -> tuple[ItemHold, ...]:
    """What everybody provides of every item, home's two machine makers included."""
    rows = [
        (item, supplier, measure, low, high)
        for item, *_, shares in ITEMS
        for supplier, measure, low, high, *_ in shares
    ]
    rows += [("lithography", "NLD", "provision share", 1.0, 1.0), ("packaging", "DEU", "provision share", 0.02, 0.04)]
    holds = []
    for item, economy, measure, low, high in rows:
        product = next(row[4] for row in ITEMS if row[0] == item)
        key = f"provision.{item}.{economy}.location"
        if measure == "import share":
            key = f"trade.{product}.{YEAR}.share.{economy}"
        if key not in box.evidence:
            box.add(
                key, f"{NAMES[economy]}'s part in {item}", kind="cited", low=low, high=high, claims=("claim-shares",)
            )
        holds.append(
            ItemHold(
                item=item,
                economy=economy,
                economy_name=NAMES[economy],
                measure=measure,  # type: ignore[arg-type]
                hold=Interval(low=low, high=high),
                year=2022,
                organisations=("ASML",) if item == "lithography" else (),
                is_home=economy in ("DEU", "NLD"),
                evidence=key,
            )
        )
    return tuple(holds)


def chain_holds(box: Box) -> tuple[ChainHold, ...]:
    """Holds through the chain, largest first; one is possible only, one is home's."""
    names = {row[0]: row[1] for row in ITEMS}
    holds = []
    for holder, (low, high), way, remaining in CHAIN:
        economy = "NLD" if holder == "EU27" else holder
        key = f"provision.{way[-1]}.{economy}.location"
        evidence = (key,) if key in box.evidence else ()
        hops = tuple(
            ChainHop(
                item=item,
                item_name=names[item],
                link="requires" if place else None,
                factor=1.0 if place else None,
                hold=Interval(low=low, high=1.0) if item != way[-1] else Interval(low=low, high=high),
                share=Interval(low=low, high=high) if item == way[-1] else Interval(low=0.0, high=1.0),
                year=2022 if item == way[-1] else None,
                evidence=evidence if item == way[-1] else (),
            )
            for place, item in enumerate(way)
        )
        id = box.add(
            f"chain.{way[0]}.{holder}",
            f"What {NAMES[holder]} can stop of {names[way[0]]}",
            low=low,
            high=1.0,
            unit="share",
            formula="h = max(own share, largest e·h of the inputs, Σ w·h of the variants)",
            inputs=evidence,
            method="chain",
        )
        holds.append(
            ChainHold(
                id=id,
                item=way[0],
                item_name=names[way[0]],
                holder=holder,
                holder_name=NAMES[holder],
                is_home=holder == "EU27",
                hold=hops[0].hold,
                chokepoint=way[-1],
                chokepoint_name=names[way[-1]],
                tier=len(way),
                path=hops,
                suppliers_remaining=remaining,
                possible=low == 0.0,
                year=2022,
                evidence=id,
                caveats=("Possible only: no claim says that it can stop any of it for certain.",) if low == 0.0 else (),
            )
        )
    return tuple(sorted(holds, key=lambda c: (-c.hold.low, c.tier, c.item, c.holder)))


FINDINGS: list[tuple[str, tuple[str, ...], str | None, Dimension, int, int, str]] = [
    (
        "leading-edge-abroad",
        ("leading-edge",),
        "TWN",
        "resilience",
        -1,
        3,
        "Nearly all leading-edge logic is made in one place.",
    ),
    (
        "gallium-licences",
        ("gallium", "germanium"),
        "CHN",
        "resilience",
        -1,
        3,
        "Export licences can stop the flow at short notice.",
    ),
    (
        "design-tools",
        ("eda",),
        "USA",
        "competitiveness",
        -1,
        2,
        "Three firms under one jurisdiction supply the design tools.",
    ),
    (
        "lithography-lead",
        ("lithography",),
        None,
        "competitiveness",
        1,
        3,
        "Home firms alone build the most advanced machines.",
    ),
    (
        "hardware-trust",
        ("packaging",),
        "CHN",
        "security",
        -1,
        2,
        "Tampering in packaging is hard to detect afterwards.",
    ),
    ("mining-conditions", ("cobalt",), "COD", "values", -1, 2, "Working conditions in small-scale mines are poor."),
]


def step_two(box: Box) -> DimensionsResult:
    """Findings, levels, matrix, one tension."""
    findings = []
    for place, (id, items, supplier, dimension, effect, severity, reason) in enumerate(FINDINGS):
        measured = place % 3 == 1
        box.add(
            f"finding.{id}",
            f"Finding: {id}",
            kind="measured" if measured else "judged",
            text=reason,
            claims=("claim-shares",),
            author="" if measured else "A. Author",
            date="2023-01",
        )
        findings.append(
            Finding(
                id=id,
                kind="measured" if measured else "judged",
                items=items,
                supplier=supplier,
                dimension=dimension,
                effect=1 if effect > 0 else -1,
                severity=severity,
                horizon="short",
                confidence=0.7,
                reason=reason,
                author="rule" if measured else "A. Author",
                date="2023-01",
                evidence=f"finding.{id}",
            )  # type: ignore[arg-type]
        )
    levels = {
        "resilience": spread(0.02, 0.08, 0.28, 0.62),
        "security": spread(0.1, 0.2, 0.5, 0.2),
        "values": spread(0.2, 0.5, 0.2, 0.1),
        "competitiveness": spread(0.1, 0.2, 0.4, 0.3),
    }
    dimensions, matrix = [], []
    for dimension in DIMENSIONS:
        mine = [f for f in findings if f.dimension == dimension]
        ids = tuple(f.id for f in mine)
        inputs = tuple(f.evidence for f in mine)
        key = box.add(
            f"level.{dimension}.challenge",
            f"Challenge on {dimension}",
            text=levels[dimension].level,
            inputs=inputs,
            method="levels",
            formula="P(l) = Σ w·p / Σ w",
        )
        robust = box.add(f"level.{dimension}.robustness", f"Robustness on {dimension}", value=0.83, inputs=(key,))
        margin = box.add(f"level.{dimension}.margin", f"Margin on {dimension}", value=0.1, inputs=(key,))
        strength = spread(0.1, 0.2, 0.3, 0.4) if any(f.effect > 0 for f in mine) else None
        dimensions.append(
            DimensionResult(
                dimension=dimension,
                challenge=levels[dimension],
                measured=levels[dimension],
                judged=None,
                strength=strength,
                robustness=0.83,
                robustness_wide=0.71,
                margin=0.1,
                headline=mine[0].reason,
                findings=ids,
                evidence=key,
                robustness_evidence=robust,
                margin_evidence=margin,
            )
        )
        for finding in mine:
            for item in finding.items:
                cell = box.add(f"cell.{item}.{dimension}", f"{item} on {dimension}", inputs=(finding.evidence,))
                matrix.append(
                    MatrixCell(
                        item=item,
                        dimension=dimension,
                        challenge=levels[dimension],
                        strength=strength if finding.effect > 0 else None,
                        findings=(finding.id,),
                        evidence=cell,
                    )
                )
    tension = Tension(
        subject="eda",
        subject_kind="dependency",
        strengthens="security",
        weakens="competitiveness",
        findings=("design-tools",),
        text="Tools from an ally are safer to use, and keep home firms from building their own.",
    )
    whole = box.add("level.overall", "Challenge over all dimensions", value=0.6)
    return DimensionsResult(
        findings=tuple(findings),
        dimensions=tuple(dimensions),
        matrix=tuple(matrix),
        tensions=(tension,),
        overall=Interval(low=0.6, high=0.6),
        overall_evidence=whole,
        evidence=(),
    )


def step_three(box: Box, step1: EcosystemResult) -> ContextResult:
    """Supplier profiles and breaches."""
    suppliers, breaches = [], []
    for code in sorted({d.supplier for d in step1.dependencies}):
        rows = [d for d in step1.dependencies if d.supplier == code]
        largest = max(rows, key=lambda d: d.hold.low)
        factor = box.add(f"likelihood.{code}.hold", "Largest hold, log odds", value=largest.hold.low, unit="log odds")
        key = box.add(
            f"likelihood.{code}",
            f"Likelihood that {NAMES[code]} uses a hold",
            value=0.12,
            low=0.04,
            high=0.3,
            formula="logit p = logit p₀ + Σ factors",
            inputs=(factor,),
            method="likelihood",
        )
        governance = box.add(
            f"governance.{code}.{YEAR}", "Political stability", value=-0.4, kind="measured", sources=("report",)
        )
        entry = ContextEntry(
            id=f"licences-{code.lower()}",
            economy=code,
            kind="export control",
            title="Export licences",
            what="Exports of some materials need a licence.",
            reach=("gallium",),
            since="2023-08",
            claims=("claim-shares",),
        )
        suppliers.append(
            SupplierContext(
                economy=code,
                name=NAMES[code],
                relation=RELATION.get(code, "partner"),
                relation_reason="Stated by the profile.",
                governance=-0.4 if code != "TWN" else None,
                governance_error=0.2 if code != "TWN" else None,
                governance_year=YEAR if code != "TWN" else None,
                entries=(entry,) if code == "CHN" else (),
                cases=("case-2010",) if code == "CHN" else (),
                likelihood=Likelihood(
                    mean=0.12,
                    low=0.04,
                    high=0.3,
                    base_mean=0.05,
                    base_low=0.01,
                    base_high=0.1,
                    evidence=key,
                    factors=(Factor(name="largest hold", value=largest.hold.low, log_odds=0.8, evidence=factor),),
                ),
                largest_hold=largest.hold,
                dependencies=tuple(d.id for d in rows),
                evidence=(governance,),
            )
        )
        if largest.hold.high > 0.5:
            breach = box.add(f"breach.{largest.id}", "Hold above tolerance", value=0.05, inputs=(key, largest.evidence))
            breaches.append(
                Breach(
                    id=f"breach-{largest.id}",
                    dependency=largest.id,
                    item=largest.item,
                    supplier=code,
                    dimension="resilience",
                    hold=largest.hold,
                    tolerated=0.3,
                    certain=largest.hold.low > 0.3,
                    expected_excess=round((largest.hold.low - 0.3) * 0.12, 4),
                    evidence=breach,
                )
            )
    ranked = sorted(breaches, key=lambda b: (-b.expected_excess, b.id))
    return ContextResult(suppliers=tuple(suppliers), breaches=tuple(ranked), evidence=())


def step_four(box: Box) -> ToolkitResult:
    """Five instruments, one of them doing nothing."""
    instruments = []
    for place, (id, name, why, side) in enumerate(
        [
            (
                "stockpile",
                "Strategic stockpiles",
                "Gallium and germanium rest on one supplier above what is tolerated.",
                "Competitiveness: capital is tied up.",
            ),
            (
                "diversification",
                "Diversification of suppliers",
                "Other producers could replace part of the imports.",
                "Values: some alternatives have weak labour rules.",
            ),
            (
                "industrial-policy",
                "Industrial policy for fabrication",
                "Leading-edge capacity at home is missing.",
                "Competitiveness: subsidy races with partners.",
            ),
            (
                "trade-agreement",
                "Agreements with like-minded partners",
                "Partners hold what home lacks and need what home has.",
                "",
            ),
            (
                "no-action",
                "No action",
                "The yardstick: what happens if nothing is done.",
                "Resilience: the dependency stays.",
            ),
        ]
    ):
        key = box.add(
            f"instrument.{id}", f"Why {name}", value=round(0.9 - place * 0.15, 2), inputs=("finding.gallium-licences",)
        )
        instruments.append(
            InstrumentMatch(
                instrument=id,
                name=name,
                goal="Keep production running when a supplier stops.",
                score=0.9 - place * 0.15,
                answers=("gallium-licences",),
                items=("gallium",),
                dimensions=("resilience",),
                reasons=(why,),
                side_effects=(side,) if side else (),
                preconditions=("Budget agreed.",),
                lead=("European Commission",),
                lag="1 to 3 years",
                cost="medium",
                recommended_by=("advice-stock",) if id == "stockpile" else (),
                evidence=key,
            )
        )
    return ToolkitResult(instruments=tuple(instruments), tensions=(), evidence=())


def sample_assessment(title: str = "Semiconductors", hostile: str = "") -> Assessment:
    """The sample; `hostile` is put wherever the text of a dossier reaches a page."""
    box = Box()
    step1 = step_one(box)
    step2 = step_two(box)
    step3 = step_three(box, step1)
    step4 = step_four(box)
    claims = (
        Claim(
            id="claim-shares",
            statement="Shares of output by place, as the report's table prints them." + hostile,
            source="report",
            locator="section 4.2, table 3",
            basis="cites",
            as_of="2022",
            low=0.85,
            high=0.92,
            unit="share",
        ),
    )
    items = tuple(
        Item(
            id=id,
            name=name + hostile,
            kind=kind,
            stage=stage,
            claims=("claim-shares",),  # type: ignore[arg-type]
            products=(ProductBinding(hs=product),) if product else (),
        )
        for id, name, kind, stage, product, _ in ITEMS
    )
    if hostile:
        rows = tuple(d.model_copy(update={"item_name": d.item_name + hostile}) for d in step1.dependencies)
        chokes = tuple(c.model_copy(update={"item_name": c.item_name + hostile}) for c in step1.chokepoints)
        held = tuple(
            c.model_copy(
                update={
                    "item_name": c.item_name + hostile,
                    "holder_name": c.holder_name + hostile,
                    "chokepoint_name": c.chokepoint_name + hostile,
                    "path": tuple(h.model_copy(update={"item_name": h.item_name + hostile}) for h in c.path),
                }
            )
            for c in step1.chain
        )
        step1 = step1.model_copy(update={"dependencies": rows, "chokepoints": chokes, "chain": held})
    return Assessment(
        id=f"semiconductors-EU27-{YEAR}",
        ecosystem="semiconductors",
        title=title + hostile,
        summary="From raw materials and tools through fabrication to the industries that use chips." + hostile,
        home="EU27",
        home_name=NAMES["EU27"],
        members=("DEU", "FRA", "NLD"),
        year=YEAR,
        profile="eu-default",
        profile_title="European Union, default",
        profile_author="The sample's authors",
        dossier_author="A. Author",
        dossier_date="2023-01-15",
        hashes=Hashes(dossier="a" * 64, facts="b" * 64, profile="c" * 64, instruments="d" * 64, version="0.1.0"),
        economy_names=NAMES,
        stages=STAGES,
        items=items,
        links=tuple(Link(item=a, needs=b) for a, b in LINKS),
        actors=(
            Actor(
                id="tsmc",
                name="TSMC" + hostile,
                kind="company",
                economy="TWN",
                role="Contract manufacturer",
                why="Makes most leading-edge logic.",
                claims=("claim-shares",),
            ),
        ),
        recommendations=(
            Recommendation(
                id="advice-stock",
                instrument="stockpile",
                text="Build stocks of critical inputs.",
                dimensions=("resilience",),
                items=("gallium",),
                claims=("claim-shares",),
            ),
        ),
        open_questions=("Who provides trailing-edge capacity in detail is unknown." + hostile,),
        step1=step1,
        step2=step2,
        step3=step3,
        step4=step4,
        evidence=tuple(sorted(box.evidence.values(), key=lambda e: e.id)),
        claims=claims,
        sources=SOURCES,
        caveats=("Shares by headquarters and by location are not mixed.",),
    )
