"""The rows of an assessment by table: what the workbook prints as sheets, and the page offers as downloads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ostra.model.assessment import Assessment
from ostra.model.base import LEVELS, Model
from ostra.model.results.ecosystem import ChainHold
from ostra.show.sections import stands
from ostra.show.sections.item_holds import ends, item_records
from ostra.show.sections.selection import largest_holds, ranked_dependencies, shares_by_item

Record = dict[str, Any]
Columns = Sequence[tuple[str, str]]  # heading with its unit, kind of number

WAY_MARKS = {"requires": " > ", "variant_of": " ~ "}
SENTENCES = {"caveats", "reasons", "side_effects", "preconditions"}  # joined by a space; other lists by a semicolon


def flat(model: Model, **more: Any) -> Record:
    """The fields of a model as one row: those of a model within it behind its name (`hold_low`), lists as one text.

    Parameters
    ----------
    more
        What the row says beside, or instead.
    """
    row: Record = {}
    for key in type(model).model_fields:
        value = getattr(model, key)
        if isinstance(value, Model):
            row |= {f"{key}_{name}": part for name, part in flat(value).items()}
        elif isinstance(value, tuple) and all(isinstance(part, str) for part in value):
            row[key] = (" " if key in SENTENCES else "; ").join(value)
        else:
            row[key] = value
    return row | more


def dependencies(a: Assessment) -> Iterable[Record]:
    """What suppliers can withhold and home in return, the most pressing first."""
    relations = {s.economy: s.relation for s in a.step3.suppliers}
    return (flat(d, relation=relations.get(d.supplier)) for d in ranked_dependencies(a))


def way(hold: ChainHold) -> str:
    """The items of a hold from what is held down to the chokepoint, with a mark for how each is needed."""
    return "".join(WAY_MARKS.get(hop.link or "", "") + hop.item_name for hop in hold.path)


def levels(a: Assessment) -> Iterable[Record]:
    """The matrix of items and dimensions; where nothing was assessed, no level."""
    names = item_names(a)
    for cell in a.step2.matrix:
        row = flat(cell, item_name=names.get(cell.item, cell.item), strength=cell.strength and cell.strength.level)
        yield row if cell.assessed else row | dict.fromkeys(f"challenge_{k}" for k in ("level", *LEVELS))


def suppliers_in_context(a: Assessment) -> Iterable[Record]:
    """Who the suppliers are, and how likely they use a hold."""
    for s in a.step3.suppliers:
        yield flat(s, dependencies=len(s.dependencies), laws="; ".join(e.title for e in s.entries))


def instruments(a: Assessment) -> Iterable[Record]:
    """Instruments that fit, in the order of step 4."""
    for i in a.step4.instruments:
        uses = (f"{a.economy_names.get(u.by, u.by)}: {u.what} ({u.source}, {u.locator})" for u in i.cases)
        source = f"{i.source}, {i.locator}" if i.source else None
        yield flat(i, answers=len(i.answers), cases="; ".join(uses), source=source)


def challenges(a: Assessment) -> Iterable[Record]:
    """Each challenge with each instrument that answers it, the best first."""
    items, instruments = item_names(a), {i.instrument: i.name for i in a.step4.instruments}
    for c in a.step4.challenges:
        whole = flat(
            c,
            items="; ".join(items.get(item, item) for item in c.items),
            supplier=a.economy_names.get(c.supplier or "", c.supplier),
        )
        for rank, answer in enumerate(c.instruments, 1):
            name = instruments.get(answer.instrument, answer.instrument)
            yield whole | {"rank": rank, "instrument": name, "fit": answer.fit, "why": answer.reason}


def evidence(a: Assessment) -> Iterable[Record]:
    """Every number with its formula and what it is made from."""
    for e in a.evidence:
        yield flat(e, facts="; ".join(_facts(f.rows, f.table, f.dataset, f.where) for f in e.facts))


def _facts(rows: int, table: str, dataset: str, where: Mapping[str, Any]) -> str:
    chosen = ", ".join(
        f"{key} = {value if isinstance(value, str | int) else ' '.join(map(str, value))}"
        for key, value in where.items()
    )
    return f"{rows} rows of {table} in {dataset}" + (f" where {chosen}" if chosen else "")


def sectors(a: Assessment) -> Iterable[Record]:
    """Sectors of home and what they rely on, with what hangs on the trade with each supplier."""
    stakes = {row.supplier: flat(row) for row in a.step1.at_stake}
    return (stakes[row.supplier] | flat(row) for row in a.step1.sector_reliance)


def scenarios(a: Assessment) -> Iterable[Record]:
    """Every figure of every simulated scenario; what does not happen is None."""
    return (flat(row, scenario=s.scenario, title=s.title) for s in a.step1.scenarios for row in s.measures)


def largest(a: Assessment) -> Iterable[Record]:
    """The largest hold of each economy on any item, and on how many it has one."""
    for code, (hold, count) in largest_holds(a).items():
        yield {"economy": code, "name": a.economy_names.get(code, code), **ends("hold", hold), "items": count}


def flows(a: Assessment) -> Iterable[Record]:
    """The least share of each item that a supplier is known to provide, and the item's stage."""
    items = {item.id: item for item in a.items}
    stages = {stage.id: stage.name for stage in a.stages}
    rows = [
        {
            "supplier": a.economy_names.get(supplier, supplier),
            "item": items[item].name if item in items else item,
            "least_share": share,
            "stage": stages.get(items[item].stage, "") if item in items else "",
        }
        for item, shares in shares_by_item(a).items()
        for supplier, share in shares.items()
    ]
    return sorted(rows, key=lambda row: (row["item"], -row["least_share"], row["supplier"]))


def item_names(a: Assessment) -> dict[str, str]:
    """Item -> its name."""
    return {item.id: item.name for item in a.items}


def _named(rows: Callable[[Assessment], Iterable[Model]]) -> Callable[[Assessment], Iterable[Record]]:
    """Rows of models with the names of their item and supplier, where these are codes only."""

    def records(a: Assessment) -> Iterable[Record]:
        items = item_names(a)
        for model in rows(a):
            row = flat(model)
            item, supplier = row.get("item", ""), row.get("supplier", "")
            names = {"item_name": items.get(item, item), "supplier_name": a.economy_names.get(supplier, supplier)}
            yield names | row

    return records


# Heading with its unit, then the kind of number where it is one, then the key of the row where it is not the heading.
SHEETS: dict[str, tuple[Callable[[Assessment], Iterable[Record]], str]] = {
    "Dependencies": (
        dependencies,
        "item=item_name,item id=item,supplier (ISO 3166-1 alpha-3)=supplier,supplier name,order:count,measure,"
        "product (HS6)=product,their hold at least:share=hold_low,their hold at most:share=hold_high,"
        "our hold at least:share=mutual_low,our hold at most:share=mutual_high,year:count,flagged by trade=flagged,"
        "caveats,evidence,evidence of our hold=mutual_evidence",
    ),
    "Chain": (
        lambda a: (flat(c, way=way(c)) for c in a.step1.chain),
        "item=item_name,item id=item,holder,holder name,home=is_home,hold at least:share=hold_low,"
        "hold at most:share=hold_high,chokepoint=chokepoint_name,chokepoint id=chokepoint,tier:count,"
        "way (> requires; ~ is a kind of)=way,suppliers remaining:count,possible only=possible,year:count,caveats,"
        "evidence",
    ),
    "Holds": (
        _named(lambda a: a.step1.holds),
        "item=item_name,item id=item,economy (ISO 3166-1 alpha-3)=economy,economy name,home=is_home,measure,"
        "share at least:share=hold_low,share at most:share=hold_high,year:count,organisations,evidence",
    ),
    "Suppliers": (
        _named(lambda a: a.step1.suppliers),
        "product (HS6)=product,year:count,supplier (ISO 3166-1 alpha-3)=supplier,supplier name,"
        "imports (thousand current USD):kusd=imports_kusd,share of extra-home imports:share=share",
    ),
    "Trade": (
        _named(lambda a: a.step1.trade_series),
        "product (HS6)=product,description,year:count,status,imports (thousand current USD):kusd=imports_kusd,"
        "concentration (HHI 0 to 1):number=concentration,extra-home share:share=extra_share,"
        "import/export ratio:number=import_export_ratio,top supplier,share of top supplier:share=top_share,"
        "effective suppliers:number=suppliers_effective,diversification potential:number,reverse share:share,"
        "years flagged:count,dependent",
    ),
    "Materials": (
        _named(lambda a: a.step1.materials),
        "material,year:count,GeoPolRisk at least:number=geopolrisk_low,GeoPolRisk at most:number=geopolrisk_high,"
        "import risk at least:number=import_risk_low,import risk at most:number=import_risk_high,"
        "production concentration (HHI 0 to 1):number=production_concentration,"
        "supply risk at least:number=supply_risk_low,supply risk at most:number=supply_risk_high,caveats",
    ),
    "Findings": (
        _named(lambda a: a.step2.findings),
        "finding=id,kind,dimension,effect (−1 weakens; +1 strengthens):count=effect,severity (1 to 3):count=severity,"
        "horizon,confidence:share,items,supplier,value at least:share=value_low,value at most:share=value_high,reason,"
        "author,date,evidence",
    ),
    "Matrix": (
        levels,
        "item=item_name,dimension,challenge=challenge_level,P(none):share=challenge_none,P(low):share=challenge_low,"
        "P(medium):share=challenge_medium,P(high):share=challenge_high,strength,findings,evidence",
    ),
    "Context": (
        suppliers_in_context,
        "economy (ISO 3166-1 alpha-3)=economy,name,relation,reason=relation_reason,"
        "likelihood of use per year:share=likelihood_mean,likelihood at least:share=likelihood_low,"
        "likelihood at most:share=likelihood_high,base rate:share=likelihood_base_mean,"
        "political stability (WGI estimate):number=governance,its standard error:number=governance_error,"
        "its year:count=governance_year,largest hold at least:share=largest_hold_low,"
        "largest hold at most:share=largest_hold_high,dependencies:count,laws and controls=laws,coercion cases=cases,"
        "evidence=likelihood_evidence",
    ),
    "Positions": (
        stands.rows,
        "topic,economy,name,position (empty where the sources do not say)=position,figures,claims",
    ),
    "Sectors": (
        sectors,
        "sector,name=sector_name,supplier,supplier's name=supplier_name,of direct purchases:share=direct_share,"
        "face value:share,order 2:share,order 3:share,beyond:share,look-through:share=look_through,"
        "look-through in return:share=reverse_look_through,home's output at stake:share=lost_at_home,"
        "supplier's output at stake:share=lost_abroad,year:count,evidence",
    ),
    "Scenarios": (
        scenarios,
        "scenario,title,where,measure,unit,middle:number,mild:number,severe:number,5% of draws below:number=p05,"
        "half of draws below:number=p50,95% of draws below:number=p95,evidence",
    ),
    "Breaches": (
        _named(lambda a: a.step3.breaches),
        "item=item_name,supplier=supplier_name,dimension,hold at least:share=hold_low,hold at most:share=hold_high,"
        "tolerated:share,certain,expected excess (share × probability):number=expected_excess,evidence",
    ),
    "Instruments": (
        instruments,
        "instrument=name,fit:number=score,challenges answered:count=answers,goal,dimensions,items,reasons,side effects,"
        "preconditions,lead,lag,cost,documented uses=cases,source,evidence",
    ),
    "Challenges": (
        challenges,
        "dimension,challenge=id,kind,level,gravity (0 to 1):number=gravity,items,supplier,rank:count,instrument,"
        "fit:number,why,evidence",
    ),
    "Evidence": (
        evidence,
        "id,label,kind,value:number,low:number,high:number,unit,text,formula,with values=substituted,method,inputs,"
        "facts,claims,sources,author,date,caveats",
    ),
    "Claims": (
        _named(lambda a: a.claims),
        "id,statement,source,place=locator,basis,as of,value:number,low:number,high:number,unit",
    ),
    "Sources": (_named(lambda a: a.sources), "id,title,authors,publisher,date,licence,retrieved,address=url,note"),
}

# Headings of downloads, and the key of the row where it is not the heading.
DOWNLOADS: dict[str, tuple[Callable[[Assessment], Iterable[Record]], str]] = {
    "dependencies": (
        dependencies,
        "item=item_name,supplier=supplier_name,relation,order,measure,product_hs=product,hold_low,hold_high,mutual_low,"
        "mutual_high,year,flagged,evidence,caveats",
    ),
    "flows": (flows, "supplier,item,least_share,stage"),
    "ecosystem": (
        item_records,
        "item,item_id,stage,top_provider,top_provider_name,share_low,share_high,year,basis,top_is_home,home_low,"
        "home_high,outside_low,outside_high,outside_economy,needs,needed_by,evidence",
    ),
    "sectors": (
        sectors,
        "sector,sector_name,supplier,supplier_name,direct_share,face_value,order_2,order_3,beyond,look_through,"
        "reverse_look_through,lost_at_home,lost_abroad,year,evidence",
    ),
    "scenarios": (scenarios, "scenario,title,where,measure,unit,middle,mild,severe,p05,p50,p95,evidence"),
    "map": (largest, "economy,name,hold_low,hold_high,items"),
    "matrix": (
        levels,
        "item,dimension,assessed,level=challenge_level,p_none=challenge_none,p_low=challenge_low,"
        "p_medium=challenge_medium,p_high=challenge_high,strength,evidence",
    ),
    "positions": (stands.rows, "topic,economy,name,position,figures,claims"),
}


def sheets(a: Assessment) -> list[tuple[str, Columns, list[Sequence[Any]]]]:
    """Name, columns and rows of every data sheet, in the order of the workbook; true and false are yes and no."""
    return [(name, *sheet(records(a), text)) for name, (records, text) in SHEETS.items()]


def sheet(records: Iterable[Record], text: str) -> tuple[Columns, list[Sequence[Any]]]:
    """Columns and rows of one sheet, for a list of columns as in `SHEETS`."""
    keys, columns = columns_of(text)
    return columns, [[_yes(record.get(key)) for key in keys] for record in records]


def laid_out(records: Iterable[Record], text: str) -> tuple[Sequence[str], list[Sequence[Any]]]:
    """Heading and rows of a download, for a list of columns as in `DOWNLOADS`."""
    keys, columns = columns_of(text)
    return [heading for heading, _ in columns], [[record.get(key) for key in keys] for record in records]


def columns_of(text: str) -> tuple[list[str], Columns]:
    """Keys and columns of `heading:kind=key` separated by commas; no kind means text, no key that it is the heading."""
    keys, columns = [], []
    for part in text.split(","):
        shown, _, key = part.partition("=")
        heading, _, kind = shown.partition(":")
        keys.append(key or heading.replace(" ", "_"))
        columns.append((heading, kind or "text"))
    return keys, columns


def _yes(value: Any) -> Any:
    return ("yes" if value else "no") if isinstance(value, bool) else value
