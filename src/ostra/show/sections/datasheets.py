"""The rows of an assessment by table: what the workbook prints as sheets, and the page offers as downloads.

Which columns a table has in the one and in the other, and what they are called there, stands in `tables.csv`.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

from ostra.model.assessment import Assessment
from ostra.model.base import LEVELS, Model
from ostra.model.results.ecosystem import ChainHold, ControlMet
from ostra.show.sections import stands
from ostra.show.sections.item_holds import ends, item_records
from ostra.show.sections.selection import group, largest_holds, ranked_dependencies, shares_by_item

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
    return (flat(d, relation=relations.get(d.supplier), controls=measures(d.controls)) for d in ranked_dependencies(a))


def measures(controls: Iterable[ControlMet]) -> str:
    """Controls and coercion as one text: form, dates, whom each is aimed at, and its id."""
    return "; ".join(f"{c.form} {c.dates}, {' '.join(c.against) or 'everybody'} [{c.id}]" for c in controls)


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
        laws = "; ".join(e.title for e in s.entries)
        yield flat(s, dependencies=len(s.dependencies), laws=laws, controls=measures(s.controls))


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


def _named(a: Assessment, models: Iterable[Model]) -> Iterable[Record]:
    """Models as rows with the names of their item and supplier, where these are codes only."""
    items = item_names(a)
    for model in models:
        row = flat(model)
        item, supplier = row.get("item", ""), row.get("supplier", "")
        names = {"item_name": items.get(item, item), "supplier_name": a.economy_names.get(supplier, supplier)}
        yield names | row


TABLES: dict[str, Callable[[Assessment], Iterable[Record]]] = {
    "dependencies": dependencies,
    "chain": lambda a: (flat(c, way=way(c)) for c in a.step1.chain),
    "holds": lambda a: _named(a, a.step1.holds),
    "suppliers": lambda a: _named(a, a.step1.suppliers),
    "trade": lambda a: _named(a, a.step1.trade_series),
    "materials": lambda a: _named(a, a.step1.materials),
    "findings": lambda a: _named(a, a.step2.findings),
    "matrix": levels,
    "context": suppliers_in_context,
    "positions": stands.rows,
    "sectors": sectors,
    "scenarios": scenarios,
    "breaches": lambda a: _named(a, a.step3.breaches),
    "instruments": instruments,
    "challenges": challenges,
    "evidence": evidence,
    "claims": lambda a: _named(a, a.claims),
    "sources": lambda a: _named(a, a.sources),
    "flows": flows,
    "ecosystem": item_records,
    "map": largest,
}


@cache
def _listed() -> dict[str, list[dict[str, str]]]:
    """Table -> its columns: key of the row, heading and kind in the workbook, heading in the download, or none."""
    with Path(__file__).with_name("tables.csv").open(encoding="utf-8", newline="") as lines:
        return group((column["table"], column) for column in csv.DictReader(lines))


def _columns(table: str, form: Literal["sheet", "file"]) -> list[dict[str, str]]:
    """The columns that a table has in the workbook, or in the download; none where it does not stand there."""
    return [column for column in _listed()[table] if column[form]]


def sheets(a: Assessment) -> list[tuple[str, Columns, list[Sequence[Any]]]]:
    """Name, columns and rows of every data sheet, in the order of the workbook."""
    return [
        (name.capitalize(), *sheet(name, records(a))) for name, records in TABLES.items() if _columns(name, "sheet")
    ]


def sheet(table: str, records: Iterable[Record]) -> tuple[Columns, list[Sequence[Any]]]:
    """Columns and rows of a table as the workbook has it; true and false are yes and no."""
    columns = _columns(table, "sheet")
    rows: list[Sequence[Any]] = [[_yes(record.get(column["key"])) for column in columns] for record in records]
    return [(column["sheet"], column["kind"]) for column in columns], rows


def downloads(a: Assessment) -> dict[str, tuple[Sequence[str], list[Sequence[Any]]]]:
    """Table -> heading and rows of its download."""
    return {name: download(name, records(a)) for name, records in TABLES.items() if _columns(name, "file")}


def download(table: str, records: Iterable[Record]) -> tuple[Sequence[str], list[Sequence[Any]]]:
    """Heading and rows of a table as pages offer it for download."""
    columns = _columns(table, "file")
    return [column["file"] for column in columns], [[record.get(c["key"]) for c in columns] for record in records]


def _yes(value: Any) -> Any:
    return ("yes" if value else "no") if isinstance(value, bool) else value
