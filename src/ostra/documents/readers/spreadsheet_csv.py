"""An ecosystem from four plain CSV files, as analysts write them in a spreadsheet, as a dossier.

items.csv, links.csv, providers.csv and provision.csv; docs/how-to/bring-your-own-ecosystem.md defines the columns. All
files are read to their ends before anything is refused, so that all that is wrong is told at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from ostra.documents.readers.spreadsheet_cells import UNDATED, Gathered, rows_of, source_of, values_of
from ostra.documents.readers.spreadsheet_csv_provision import listed_of, ownership_of
from ostra.documents.readers.spreadsheet_model import EcosystemTables, ItemRow, LinkRow
from ostra.documents.readers.spreadsheet_rows import EcosystemReading, Oddity, caveats, settled
from ostra.documents.readers.spreadsheet_table import Row, TableTree, open_table
from ostra.documents.validation import examined
from ostra.errors import NotFoundError
from ostra.model.dossier import Dossier, Item, Link, ProductBinding, Stage
from ostra.model.evidence import Claim
from ostra.words.economies import economies
from ostra.words.sentences import made_id

FILES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "items.csv": (("id", "name", "kind", "stage"), ("description", "hs", "material", "complete")),
    "links.csv": (("item", "needs"), ("kind", "weight", "essentiality", "source")),
    "providers.csv": (("id", "name", "economy"), ("kind", "owner")),
    "provision.csv": (("item", "provider", "by", "share"), ("year", "source", "economy")),
}
COMPLETE: dict[str, tuple[Literal["location", "headquarters"], ...]] = {
    "": (),
    "location": ("location",),
    "headquarters": ("headquarters",),
    "both": ("location", "headquarters"),
}


def ecosystem_csv_reading(folder: Path, *, into: str = "ecosystem") -> EcosystemReading:
    """Read the four files to their ends.

    Parameters
    ----------
    folder
        Holds items.csv, links.csv, providers.csv and provision.csv.
    into
        Id of the dossier.

    Returns
    -------
    EcosystemReading
        With a dossier and no problems, or with one problem for each fault and no dossier.

    Raises
    ------
    NotFoundError
        There is no such folder.
    """
    if not folder.is_dir():
        raise NotFoundError(f"there is no folder {folder}")
    tables = {name.removesuffix(".csv"): open_table(folder, name, *columns) for name, columns in FILES.items()}
    gathered = Gathered()
    rows = {section: rows_of(table) for section, table in tables.items() if not table.problems}
    values = {section: values_of(gathered, section, tables[section].name, found) for section, found in rows.items()}
    _spelt_out(values, rows)
    if rows.get("items") == [] and not tables["items"].problems:
        tables["items"].complain("holds no items", mend="Write one row for each item")
    found = [problem for table in tables.values() for problem in table.all_problems()]
    read, problems = examined(TableTree(value=values, tables=tables, rows=rows), EcosystemTables, found)
    notes = tuple(note for table in tables.values() for note in table.notes)
    if read is None or problems:
        return EcosystemReading(None, tuple(gathered.oddities), tuple(problems), notes)
    items = {row.id: _item(gathered, row, at) for row, at in zip(read.items, rows["items"], strict=True)}
    links = _links(gathered, read.links, rows["links"], items)
    owners = ownership_of(gathered, read.providers, rows["providers"])
    provision, oddities = settled(listed_of(gathered, read, rows["provision"], items), "provision.csv")
    gathered.oddities += oddities
    provided = {row.item for row in provision}
    for item in items.values():
        if item.id not in provided and not item.complete:
            gathered.oddities.append(Oddity("nobody listed", "items.csv", None, item.id, "anybody may provide it"))
    dates = sorted(str(row.year) for row in provision if row.year)
    dossier = Dossier(
        format="ostra-dossier/1",
        id=into,
        title=into.replace("-", " ").capitalize(),
        summary=f"{len(items)} items, {len(links)} links and {len(provision)} shares, read from CSV files.",
        author="the author of the CSV files",
        date=dates[-1] if dates else UNDATED,
        sources=tuple(gathered.sources.values()),
        claims=tuple(gathered.claims),
        stages=tuple(gathered.stages.values()),
        items=tuple(items.values()),
        links=tuple(links),
        provision=provision,
        ownership=tuple(owners),
        caveats=(*caveats(gathered.oddities, carried=True), *notes),
    )
    return EcosystemReading(dossier, tuple(gathered.oddities), (), notes)


def _spelt_out(values: dict[str, list[dict[str, Any]]], rows: dict[str, list[Row]]) -> None:
    """What cells leave unsaid: an economy's own name, the many of "various", a country that has no row of its own."""
    for row in values.get("providers", ()):
        if row.get("kind") == "various":
            row.pop("economy", None)
        elif row.get("kind") == "economy" and "name" in row:
            row.setdefault("economy", [row["name"]])
    listed = {row.get("id") for row in values.get("providers", ())}
    codes = frozenset(economies())
    for row, at in zip(values.get("provision", ()), rows.get("provision", ()), strict=True):
        if at["provider"] in codes and row["provider"] not in listed:
            row["country"] = row.pop("provider").upper()


def _item(gathered: Gathered, row: ItemRow, at: Row) -> Item:
    """An item; its stage is added, in order of appearance."""
    stage, made = made_id(row.stage) or f"stage-{at.line}", made_id(row.id)
    gathered.stages.setdefault(stage, Stage(id=stage, name=row.stage))
    if made != at["id"]:
        gathered.odd("new id", "items.csv", at, at["id"], f"written {made}")
    return Item(
        id=made,
        name=row.name,
        kind=row.kind,
        stage=stage,
        description=row.description,
        products=tuple(ProductBinding(hs=code) for code in row.hs),
        material=row.material,
        complete=COMPLETE[row.complete],
    )


def _links(gathered: Gathered, rows: tuple[LinkRow, ...], places: list[Row], items: dict[str, Item]) -> list[Link]:
    """Links, each once, with its row as a claim, so that each hop of a path can be followed to its line."""
    links: dict[tuple[str, str, str], Link] = {}
    for row, at in zip(rows, places, strict=True):
        item, needs = items[row.item], items[row.needs]
        if (item.id, needs.id, row.kind) in links:
            gathered.odd("links twice", "links.csv", at, f"{at['item']} and {at['needs']}", "counted once")
            continue
        words = "requires" if row.kind == "requires" else "has as one of its kinds"
        claim = Claim(
            id=f"links-{at.line}",
            statement=f"{item.name} {words} {needs.name}.",
            source=source_of(gathered, row.source),
            locator=f"links.csv line {at.line}",
            basis="cites",
            value=row.weight,
            unit="weight" if row.weight is not None else "",
        )
        gathered.claims.append(claim)
        links[item.id, needs.id, row.kind] = Link(
            item=item.id,
            needs=needs.id,
            kind=row.kind,
            weight=row.weight,
            essentiality=row.essentiality,
            claims=(claim.id,),
        )
    return list(links.values())
