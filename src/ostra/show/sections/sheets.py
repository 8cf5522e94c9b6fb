"""The rows of an assessment by sheet of the workbook, with headings, units and evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ostra.model.assessment import Assessment
from ostra.model.base import LEVELS, Interval
from ostra.show.sections import sector_reliance, stands
from ostra.show.sections.selection import ranked_dependencies

WAY_MARKS = {"requires": " > ", "variant_of": " ~ "}

# Heading with its unit, then the kind of number where it is one.
COLUMNS = {
    "Dependencies": (
        "item,item id,supplier (ISO 3166-1 alpha-3),supplier name,order:count,measure,product (HS6),"
        "their hold at least:share,their hold at most:share,our hold at least:share,our hold at most:share,"
        "year:count,flagged by trade,caveats,evidence,evidence of our hold"
    ),
    "Chain": (
        "item,item id,holder,holder name,home,hold at least:share,hold at most:share,chokepoint,chokepoint id,"
        "tier:count,way (> requires; ~ is a kind of),suppliers remaining:count,possible only,year:count,caveats,"
        "evidence"
    ),
    "Holds": (
        "item,item id,economy (ISO 3166-1 alpha-3),economy name,home,measure,share at least:share,share at most:share,"
        "year:count,organisations,evidence"
    ),
    "Suppliers": (
        "product (HS6),year:count,supplier (ISO 3166-1 alpha-3),supplier name,"
        "imports (thousand current USD):kusd,share of extra-home imports:share"
    ),
    "Trade": (
        "product (HS6),description,year:count,status,imports (thousand current USD):kusd,"
        "concentration (HHI 0 to 1):number,extra-home share:share,import/export ratio:number,top supplier,"
        "share of top supplier:share,effective suppliers:number,diversification potential:number,"
        "reverse share:share,years flagged:count,dependent"
    ),
    "Materials": (
        "material,year:count,GeoPolRisk at least:number,GeoPolRisk at most:number,import risk at least:number,"
        "import risk at most:number,production concentration (HHI 0 to 1):number,supply risk at least:number,"
        "supply risk at most:number,caveats"
    ),
    "Findings": (
        "finding,kind,dimension,effect (−1 weakens; +1 strengthens):count,severity (1 to 3):count,horizon,"
        "confidence:share,items,supplier,value at least:share,value at most:share,reason,author,date,evidence"
    ),
    "Matrix": (
        "item,dimension,challenge,P(none):share,P(low):share,P(medium):share,P(high):share,strength,findings,evidence"
    ),
    "Context": (
        "economy (ISO 3166-1 alpha-3),name,relation,reason,likelihood of use per year:share,"
        "likelihood at least:share,likelihood at most:share,base rate:share,"
        "political stability (WGI estimate):number,its standard error:number,its year:count,"
        "largest hold at least:share,largest hold at most:share,dependencies:count,laws and controls,"
        "coercion cases,evidence"
    ),
    "Positions": "topic,economy,name,position (empty where the sources do not say),figures,claims",
    "Sectors": (
        "sector,name,supplier,supplier's name,of direct purchases:share,face value:share,order 2:share,order 3:share,"
        "beyond:share,look-through:share,look-through in return:share,home's output at stake:share,"
        "supplier's output at stake:share,year:count,evidence"
    ),
    "Scenarios": (
        "scenario,title,where,measure,unit,middle:number,mild:number,severe:number,5% of draws below:number,"
        "half of draws below:number,95% of draws below:number,evidence"
    ),
    "Breaches": (
        "item,supplier,dimension,hold at least:share,hold at most:share,tolerated:share,certain,"
        "expected excess (share × probability):number,evidence"
    ),
    "Instruments": (
        "instrument,fit:number,challenges answered:count,goal,dimensions,items,reasons,side effects,preconditions,lead,"
        "lag,cost,documented uses,source,evidence"
    ),
    "Challenges": (
        "dimension,challenge,kind,level,gravity (0 to 1):number,items,supplier,rank:count,instrument,fit:number,why,"
        "evidence"
    ),
    "Evidence": (
        "id,label,kind,value:number,low:number,high:number,unit,text,formula,with values,method,inputs,facts,"
        "claims,sources,author,date,caveats"
    ),
    "Claims": ("id,statement,source,place,basis,as of,value:number,low:number,high:number,unit"),
    "Sources": ("id,title,authors,publisher,date,licence,retrieved,address,note"),
}

Row = Sequence[Any]
Columns = Sequence[tuple[str, str]]  # heading with its unit, kind of number


def sheets(assessment: Assessment) -> list[tuple[str, Columns, list[Row]]]:
    """Name, columns and rows of every data sheet, in the order of the workbook."""
    a = assessment
    names = a.economy_names
    item_names = {item.id: item.name for item in a.items}
    dependencies: list[Row] = [
        (
            d.item_name,
            d.item,
            d.supplier,
            d.supplier_name,
            d.order,
            d.measure,
            d.product,
            d.hold.low,
            d.hold.high,
            *_ends(d.mutual),
            d.year,
            _yes(d.flagged),
            " ".join(d.caveats),
            d.evidence,
            d.mutual_evidence,
        )
        for d in ranked_dependencies(a)
    ]
    chain: list[Row] = [
        (
            c.item_name,
            c.item,
            c.holder,
            c.holder_name,
            _yes(c.is_home),
            *_ends(c.hold),
            c.chokepoint_name,
            c.chokepoint,
            c.tier,
            "".join(WAY_MARKS.get(hop.link or "", "") + hop.item_name for hop in c.path),
            c.suppliers_remaining,
            _yes(c.possible),
            c.year,
            " ".join(c.caveats),
            c.evidence,
        )
        for c in a.step1.chain
    ]
    holds: list[Row] = [
        (
            item_names.get(h.item, h.item),
            h.item,
            h.economy,
            h.economy_name,
            _yes(h.is_home),
            h.measure,
            *_ends(h.hold),
            h.year,
            "; ".join(h.organisations),
            h.evidence,
        )
        for h in a.step1.holds
    ]
    suppliers: list[Row] = [
        (s.product, s.year, s.supplier, names.get(s.supplier, s.supplier), s.imports_kusd, s.share)
        for s in a.step1.suppliers
    ]
    trade: list[Row] = [
        (
            t.product,
            t.description,
            t.year,
            t.status,
            t.imports_kusd,
            t.concentration,
            t.extra_share,
            t.import_export_ratio,
            t.top_supplier,
            t.top_share,
            t.suppliers_effective,
            t.diversification_potential,
            t.reverse_share,
            t.years_flagged,
            _yes(t.dependent),
        )
        for t in a.step1.trade_series
    ]
    materials: list[Row] = [
        (
            m.material,
            m.year,
            m.geopolrisk_low,
            m.geopolrisk_high,
            m.import_risk_low,
            m.import_risk_high,
            m.production_concentration,
            m.supply_risk_low,
            m.supply_risk_high,
            " ".join(m.caveats),
        )
        for m in a.step1.materials
    ]
    findings: list[Row] = [
        (
            f.id,
            f.kind,
            f.dimension,
            f.effect,
            f.severity,
            f.horizon,
            f.confidence,
            "; ".join(f.items),
            f.supplier,
            *_ends(f.value),
            f.reason,
            f.author,
            f.date,
            f.evidence,
        )
        for f in a.step2.findings
    ]
    matrix: list[Row] = [
        (
            item_names.get(c.item, c.item),
            c.dimension,
            c.challenge.level if c.assessed else None,
            *((getattr(c.challenge, level) if c.assessed else None) for level in LEVELS),
            c.strength.level if c.strength else None,
            "; ".join(c.findings),
            c.evidence,
        )
        for c in a.step2.matrix
    ]
    context: list[Row] = [
        (
            s.economy,
            s.name,
            s.relation,
            s.relation_reason,
            s.likelihood.mean,
            s.likelihood.low,
            s.likelihood.high,
            s.likelihood.base_mean,
            s.governance,
            s.governance_error,
            s.governance_year,
            *_ends(s.largest_hold),
            len(s.dependencies),
            "; ".join(e.title for e in s.entries),
            "; ".join(s.cases),
            s.likelihood.evidence,
        )
        for s in a.step3.suppliers
    ]
    breaches: list[Row] = [
        (
            item_names.get(b.item, b.item),
            names.get(b.supplier, b.supplier),
            b.dimension,
            b.hold.low,
            b.hold.high,
            b.tolerated,
            _yes(b.certain),
            b.expected_excess,
            b.evidence,
        )
        for b in a.step3.breaches
    ]
    instruments: list[Row] = [
        (
            i.name,
            i.score,
            len(i.answers),
            i.goal,
            "; ".join(i.dimensions),
            "; ".join(i.items),
            " ".join(i.reasons),
            " ".join(i.side_effects),
            " ".join(i.preconditions),
            "; ".join(i.lead),
            i.lag,
            i.cost,
            "; ".join(f"{names.get(u.by, u.by)}: {u.what} ({u.source}, {u.locator})" for u in i.cases),
            f"{i.source}, {i.locator}" if i.source else None,
            i.evidence,
        )
        for i in a.step4.instruments
    ]
    instrument_names = {i.instrument: i.name for i in a.step4.instruments}
    challenges: list[Row] = [
        (
            c.dimension,
            c.id,
            c.kind,
            c.level,
            c.gravity,
            "; ".join(item_names.get(item, item) for item in c.items),
            names.get(c.supplier or "", c.supplier),
            rank,
            instrument_names.get(answer.instrument, answer.instrument),
            answer.fit,
            answer.reason,
            c.evidence,
        )
        for c in a.step4.challenges
        for rank, answer in enumerate(c.instruments, 1)
    ]
    evidence: list[Row] = [
        (
            e.id,
            e.label,
            e.kind,
            e.value,
            e.low,
            e.high,
            e.unit,
            e.text,
            e.formula,
            e.substituted,
            e.method,
            "; ".join(e.inputs),
            "; ".join(_facts(f.rows, f.table, f.dataset, f.where) for f in e.facts),
            "; ".join(e.claims),
            "; ".join(e.sources),
            e.author,
            e.date,
            " ".join(e.caveats),
        )
        for e in a.evidence
    ]
    claims: list[Row] = [
        (c.id, c.statement, c.source, c.locator, c.basis, c.as_of, c.value, c.low, c.high, c.unit) for c in a.claims
    ]
    sources: list[Row] = [
        (s.id, s.title, s.authors, s.publisher, s.date, s.licence, s.retrieved, s.url, s.note) for s in a.sources
    ]
    sides: list[Row] = list(stands.rows(a))
    behind: list[Row] = list(sector_reliance.table(a))
    what_ifs: list[Row] = list(sector_reliance.scenario_table(a))
    rows = {
        "Dependencies": dependencies,
        "Chain": chain,
        "Holds": holds,
        "Suppliers": suppliers,
        "Trade": trade,
        "Materials": materials,
        "Findings": findings,
        "Matrix": matrix,
        "Context": context,
        "Positions": sides,
        "Sectors": behind,
        "Scenarios": what_ifs,
        "Breaches": breaches,
        "Instruments": instruments,
        "Challenges": challenges,
        "Evidence": evidence,
        "Claims": claims,
        "Sources": sources,
    }
    return [(name, columns_of(COLUMNS[name]), rows[name]) for name in COLUMNS]


def columns_of(text: str) -> Columns:
    """`heading:kind` separated by commas; no kind means text."""
    return [(heading, kind or "text") for heading, _, kind in (part.partition(":") for part in text.split(","))]


def _ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if interval is None else (interval.low, interval.high)


def _yes(flag: bool | None) -> str | None:
    return None if flag is None else "yes" if flag else "no"


def _facts(rows: int, table: str, dataset: str, where: Mapping[str, Any]) -> str:
    chosen = ", ".join(
        f"{key} = {value if isinstance(value, str | int) else ' '.join(map(str, value))}"
        for key, value in where.items()
    )
    return f"{rows} rows of {table} in {dataset}" + (f" where {chosen}" if chosen else "")
