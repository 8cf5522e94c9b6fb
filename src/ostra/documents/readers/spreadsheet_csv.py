"""An ecosystem from four plain CSV files, as analysts write them in a spreadsheet, as a dossier.

items.csv, links.csv, providers.csv and provision.csv; docs/how-to/bring-your-own-ecosystem.md defines the columns. All
files are read to their ends before anything is refused, so that all that is wrong is told at once.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, get_args

from ostra.documents.readers.spreadsheet_cells import (
    UNDATED,
    Gathered,
    choice_of,
    fraction_of,
    id_of,
    item_of,
    rows_of,
    source_of,
    text_of,
)
from ostra.documents.readers.spreadsheet_csv_provision import read_providers, read_provision
from ostra.documents.readers.spreadsheet_rows import EcosystemReading, Oddity, caveats, settled
from ostra.documents.readers.spreadsheet_table import Row, Table, clean, clean_lines, open_table
from ostra.errors import NotFoundError
from ostra.model.dossier import Dossier, Item, ItemKind, Link, ProductBinding, Stage
from ostra.model.evidence import Claim
from ostra.words.sentences import made_id

FILES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "items.csv": (("id", "name", "kind", "stage"), ("description", "hs", "material", "complete")),
    "links.csv": (("item", "needs"), ("kind", "weight", "essentiality", "source")),
    "providers.csv": (("id", "name", "economy"), ("kind", "owner")),
    "provision.csv": (("item", "provider", "by", "share"), ("year", "source", "economy")),
}
LINK_KINDS = {"": "requires", "requires": "requires", "variant_of": "variant_of"}
COMPLETE: dict[str, tuple[Literal["location", "headquarters"], ...]] = {
    "": (),
    "location": ("location",),
    "headquarters": ("headquarters",),
    "both": ("location", "headquarters"),
}


def read_ecosystem_csv(folder: Path, *, into: str = "ecosystem") -> Dossier:
    """The four files as a dossier; `ecosystem_csv_reading` returns what was odd about them too.

    Raises
    ------
    NotFoundError
        There is no such folder.
    DataError
        With one problem for each fault in any of the files.
    """
    return ecosystem_csv_reading(folder, into=into).sound()


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
    tables = {name: open_table(folder, name, *columns) for name, columns in FILES.items()}
    sound = {name: not table.problems for name, table in tables.items()}
    gathered = Gathered()
    read_items(gathered, tables["items.csv"])
    links = read_links(gathered, tables["links.csv"], known=sound["items.csv"])
    owners = read_providers(gathered, tables["providers.csv"])
    listed = read_provision(
        gathered, tables["provision.csv"], items=sound["items.csv"], providers=sound["providers.csv"]
    )
    problems = [problem for table in tables.values() for problem in table.all_problems()]
    notes = tuple(note for table in tables.values() for note in table.notes)
    if problems:
        return EcosystemReading(None, tuple(gathered.oddities), tuple(problems), notes)
    provision, oddities = settled(listed, "provision.csv")
    gathered.oddities += oddities
    provided = {row.item for row in provision}
    for item in gathered.items.values():
        if item.id not in provided and not item.complete:
            gathered.oddities.append(Oddity("nobody listed", "items.csv", None, item.id, "anybody may provide it"))
    dates = sorted(str(row.year) for row in provision if row.year)
    dossier = Dossier(
        format="ostra-dossier/1",
        id=into,
        title=into.replace("-", " ").capitalize(),
        summary=f"{len(gathered.items)} items, {len(links)} links and {len(provision)} shares, read from CSV files.",
        author="the author of the CSV files",
        date=dates[-1] if dates else UNDATED,
        sources=tuple(gathered.sources.values()),
        claims=tuple(gathered.claims),
        stages=tuple(gathered.stages.values()),
        items=tuple(gathered.items.values()),
        links=tuple(links),
        provision=provision,
        ownership=tuple(owners),
        caveats=(*caveats(gathered.oddities, carried=True), *notes),
    )
    return EcosystemReading(dossier, tuple(gathered.oddities), (), notes)


def read_items(gathered: Gathered, table: Table) -> None:
    """Items and their stages, in order of appearance."""
    ids: dict[str, int] = {}
    seen: dict[str, int] = {}
    any_row = False
    for row in rows_of(table):
        any_row = True
        key = id_of(table, row, "id", lambda written: written in seen)
        name = text_of(gathered, table, row, "name", needed=True)
        kind = choice_of(table, row, "kind", get_args(ItemKind))
        complete = choice_of(table, row, "complete", COMPLETE)
        stage = _stage(gathered, table, row)
        products = _products(table, row)
        if not key:
            continue
        seen[key] = row.line
        made = made_id(key)
        if not made:
            table.complain("an id needs a letter or digit", row.line, "id", row["id"], "Write it as euv-lithography")
            continue
        if made in ids:
            mend = f"Line {ids[made]} has an id that reads the same; tell them apart by letters or digits"
            table.complain("the id stands twice once it is written as an id", row.line, "id", row["id"], mend)
            continue
        ids[made] = row.line
        if made != row["id"]:
            gathered.odd("new id", table, row, row["id"], f"written {made}")
        if not name or kind is None or complete is None:
            kind, complete, name = kind or "product", complete or "", name or made
        gathered.items[key] = Item(
            id=made,
            name=name,
            kind=next(k for k in get_args(ItemKind) if k == kind),
            stage=stage,
            description=clean_lines(row["description"]),
            products=products,
            material=text_of(gathered, table, row, "material"),
            complete=COMPLETE[complete],
        )
    if not any_row and not table.problems:
        table.complain("holds no items", mend="Write one row for each item")


def _stage(gathered: Gathered, table: Table, row: Row) -> str:
    name = text_of(gathered, table, row, "stage") or "All"
    made = made_id(name) or f"stage-{row.line}"
    if made not in gathered.stages:
        gathered.stages[made] = Stage(id=made, name=name)
    return made


def _products(table: Table, row: Row) -> tuple[ProductBinding, ...]:
    """Customs headings: six digits, several separated by blanks or semicolons."""
    found = []
    for code in re.split(r"[\s;,|]+", row["hs"]):
        if re.fullmatch(r"[0-9]{6}", code):
            found.append(ProductBinding(hs=code))
        elif re.fullmatch(r"[0-9]{5}", code):
            mend = "A leading zero was probably lost: format the column as text and write 010121, not 10121"
            table.complain("HS code of 5 digits", row.line, "hs", code, mend)
        elif code:
            table.complain("not an HS code of 6 digits", row.line, "hs", code, "Write six digits without points")
    return tuple(dict.fromkeys(found))


def read_links(gathered: Gathered, table: Table, *, known: bool) -> list[Link]:
    """Links; `known` tells whether the items could be read, so that ends can be looked up."""
    links: dict[tuple[str, str, str], Link] = {}
    claims: dict[tuple[str, str, str], str] = {}
    for row in rows_of(table):
        item, needs = item_of(gathered, table, row, "item", known), item_of(gathered, table, row, "needs", known)
        kind = choice_of(table, row, "kind", LINK_KINDS)
        weight = fraction_of(table, row, "weight")
        essentiality = fraction_of(table, row, "essentiality")
        if essentiality == 0.0:
            mend = "Leave the link out if nothing is lost without it"
            table.complain("essentiality must be more than 0", row.line, "essentiality", row["essentiality"], mend)
        if weight is not None and kind in ("", "requires"):
            mend = "Weights belong to links of kind variant_of"
            table.complain("a link that requires has no weight", row.line, "weight", row["weight"], mend)
        if item is None or needs is None or kind is None:
            continue
        if item is needs:
            table.complain("an item cannot need itself", row.line, "needs", row["needs"], "Remove the row")
            continue
        key = (item.id, needs.id, LINK_KINDS[kind])
        made = Link(
            item=item.id,
            needs=needs.id,
            kind="variant_of" if kind == "variant_of" else "requires",
            weight=weight if kind == "variant_of" else None,
            essentiality=essentiality or 1.0,
        )
        if key in links:
            if links[key] != made:
                mend = "Keep one of the two"
                table.complain("the link stands twice, with other numbers", row.line, "needs", row["needs"], mend)
            gathered.odd("links twice", table, row, f"{row['item']} and {row['needs']}", "counted once")
            continue
        links[key] = made
        claims[key] = _link_claim(gathered, row, item, needs, made)
    return [link.model_copy(update={"claims": (claims[key],)}) for key, link in links.items()]


def _link_claim(gathered: Gathered, row: Row, item: Item, needs: Item, link: Link) -> str:
    """The row as a claim, so that each hop of a path can be followed to its line."""
    words = "requires" if link.kind == "requires" else "has as one of its kinds"
    claim = Claim(
        id=f"links-{row.line}",
        statement=f"{item.name} {words} {needs.name}.",
        source=source_of(gathered, clean(row["source"])),
        locator=f"links.csv line {row.line}",
        basis="cites",
        value=link.weight,
        unit="weight" if link.weight is not None else "",
    )
    gathered.claims.append(claim)
    return claim.id
