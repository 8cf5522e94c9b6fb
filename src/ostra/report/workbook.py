"""The data of an assessment as a workbook: one sheet for each kind of row, with units and evidence."""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ostra.model.assessment import Assessment
from ostra.model.base import LEVELS, Interval
from ostra.report import positions
from ostra.report.selection import ranked_dependencies

CELL_LIMIT = 32_767  # characters that a cell can hold
WIDEST = 60
WAY_MARKS = {"requires": " > ", "variant_of": " ~ "}
FORMATS = {"share": "0.0%", "kusd": "#,##0", "number": "0.000", "count": "0", "text": "@"}

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
    "Breaches": (
        "item,supplier,dimension,hold at least:share,hold at most:share,tolerated:share,certain,"
        "expected excess (share × probability):number,evidence"
    ),
    "Instruments": (
        "instrument,fit:number,goal,dimensions,items,reasons,side effects,preconditions,lead,lag,cost,evidence"
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


def render_xlsx(assessment: Assessment) -> bytes:
    """The assessment's rows as an Excel workbook; the same assessment gives the same bytes.

    Text is written as text, never as a formula or a link, whatever it begins with. Unknown is an empty cell.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties(
        {
            "title": f"{assessment.title}: strategic dependencies of {assessment.home_name}, {assessment.year}",
            "author": assessment.dossier_author,
            "comments": f"{assessment.id}, made with ostra {assessment.hashes.version}",
            "created": _moment(assessment.dossier_date),
        }
    )
    formats = {kind: book.add_format({"num_format": shape, "valign": "top"}) for kind, shape in FORMATS.items()}
    formats["heading"] = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
    formats["bold"] = book.add_format({"bold": True, "valign": "top"})
    formats["wrap"] = book.add_format({"text_wrap": True, "valign": "top"})
    _read_me(book, formats, assessment)
    for name, columns, rows in sheets(assessment):
        _sheet(book, formats, name, columns, rows)
    book.close()
    return buffer.getvalue()


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
            i.goal,
            "; ".join(i.dimensions),
            "; ".join(i.items),
            " ".join(i.reasons),
            " ".join(i.side_effects),
            " ".join(i.preconditions),
            "; ".join(i.lead),
            i.lag,
            i.cost,
            i.evidence,
        )
        for i in a.step4.instruments
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
    sides: list[Row] = list(positions.rows(a))
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
        "Breaches": breaches,
        "Instruments": instruments,
        "Evidence": evidence,
        "Claims": claims,
        "Sources": sources,
    }
    return [(name, _columns(COLUMNS[name]), rows[name]) for name in COLUMNS]


def _columns(text: str) -> Columns:
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


def _moment(date: str) -> datetime.datetime:
    """The dossier's date as a moment; a missing month or day is the first."""
    year, month, day = [*map(int, date.split("-")), 1, 1][:3]
    return datetime.datetime(year, month, day)  # the file format knows no time zone


def _read_me(book: Any, formats: Mapping[str, Any], a: Assessment) -> None:
    """The first sheet: what this is, which filters were used, what it is made from, how to cite it."""
    lines: list[tuple[str, str]] = [
        ("Assessment", a.id),
        ("Title", a.title),
        ("Summary", a.summary),
        ("Home", f"{a.home_name} ({a.home})"),
        ("Members", " ".join(a.members)),
        ("Year", str(a.year)),
        ("Profile", f"{a.profile_title} ({a.profile})"),
        ("Profile by", a.profile_author),
        ("Dossier by", f"{a.dossier_author}, {a.dossier_date}"),
        ("Filters", f"ecosystem {a.ecosystem}, home {a.home}, assessed year {a.year}; all rows, nothing left out"),
        (
            "Units",
            "Shares are fractions shown as per cent; values in thousands of current USD; the unit of each column "
            "stands in its heading. An empty cell is unknown or not applicable, never zero. At least and at most are "
            "the ends of an interval.",
        ),
        (
            "Evidence",
            "Every number has an identifier in its row; the sheet Evidence has formula, rows and source for it.",
        ),
        (
            "How to cite",
            f"{a.dossier_author} ({a.dossier_date[:4]}). {a.title}: strategic dependencies of {a.home_name}, "
            f"{a.year}. Assessment {a.id}, ostra {a.hashes.version}. For single numbers cite the provider in Sources.",
        ),
        ("Dossier SHA-256", a.hashes.dossier),
        ("Facts SHA-256", a.hashes.facts),
        ("Profile SHA-256", a.hashes.profile),
        ("Instruments SHA-256", a.hashes.instruments),
        ("Version", a.hashes.version),
    ]
    lines += [("Caveat", text) for text in dict.fromkeys((*a.caveats, *a.step1.caveats))]
    sheet = book.add_worksheet("Read me")
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 100)
    for row, (name, text) in enumerate(lines):
        sheet.write_string(row, 0, name, formats["bold"])
        sheet.write_string(row, 1, text[:CELL_LIMIT], formats["wrap"])


def _sheet(book: Any, formats: Mapping[str, Any], name: str, columns: Columns, rows: Iterable[Row]) -> None:
    """One sheet: frozen heading, filter, number formats."""
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 1)
    widths = [min(len(heading) + 2, 24) for heading, _ in columns]
    last = 0
    for column, (heading, _) in enumerate(columns):
        sheet.write_string(0, column, heading, formats["heading"])
    for last, row in enumerate(rows, start=1):
        for column, (value, (_, kind)) in enumerate(zip(row, columns, strict=True)):
            if value is None or value == "":
                continue
            if isinstance(value, int | float):
                if math.isfinite(value):
                    sheet.write_number(last, column, value, formats[kind])
                continue
            text = str(value)[:CELL_LIMIT]
            sheet.write_string(last, column, text, formats["text"])
            widths[column] = max(widths[column], min(len(text) + 1, WIDEST))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
