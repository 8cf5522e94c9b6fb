"""An ecosystem from four plain CSV files, as analysts write them in a spreadsheet, as a dossier.

items.csv, links.csv, providers.csv and provision.csv; docs/how-to/bring-your-own-ecosystem.md defines the columns. All
files are read to their ends before anything is refused, so that all that is wrong is told at once.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from ostra.economies import bloc_members, economies, home, iso3
from ostra.errors import DataError, NotFoundError, OstraError
from ostra.model.dossier import UNSPECIFIED, Dossier, Item, ItemKind, Link, Ownership, ProductBinding, Stage
from ostra.model.evidence import Claim, Source
from ostra.sources.ecosystem_rows import EcosystemReading, Listed, Oddity, caveats, settled
from ostra.sources.ecosystem_table import (
    Row,
    Table,
    clean,
    clean_lines,
    made_id,
    open_table,
    shortened,
)

FILES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "items.csv": (("id", "name", "kind", "stage"), ("description", "hs", "material", "complete")),
    "links.csv": (("item", "needs"), ("kind", "weight", "essentiality")),
    "providers.csv": (("id", "name", "economy"), ("kind", "owner")),
    "provision.csv": (("item", "provider", "by", "share"), ("year", "source", "economy")),
}
MOST_ROWS = 50_000  # of one file; a dossier is read by people, larger tables belong into facts
LONGEST_NAME = 500  # characters

LINK_KINDS = {"": "requires", "requires": "requires", "variant_of": "variant_of"}
COMPLETE: dict[str, tuple[Literal["location", "headquarters"], ...]] = {
    "": (),
    "location": ("location",),
    "headquarters": ("headquarters",),
    "both": ("location", "headquarters"),
}
PROVIDER_KINDS = {
    "": "organisation",
    "organisation": "organisation",
    "organization": "organisation",
    "company": "organisation",
    "economy": "economy",
    "country": "economy",
    "region": "region",
    "various": "various",
}
_INTERVAL = re.compile(r"([0-9.]+)\s*(?:-|–|—|to|\.\.)\s*([0-9.]+)")  # dashes as spreadsheets make them
_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+")
_PERCENT = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*%")
_FORMULA = re.compile(r"[=+@\t\r-]\s*\S")


@dataclass(frozen=True)
class _Provider:
    name: str
    organisation: str
    economy: str
    among: tuple[str, ...]
    region: str
    owner: str
    line: int


@dataclass
class _Reading:
    """All that is gathered from the four files; ids are keyed as written, in any letter case."""

    oddities: list[Oddity] = field(default_factory=list)
    stages: dict[str, Stage] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    providers: dict[str, _Provider] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    source_ids: dict[str, str] = field(default_factory=dict)  # by title
    claims: list[Claim] = field(default_factory=list)

    def odd(self, rule: str, table: Table, row: Row, value: str, done: str) -> None:
        self.oddities.append(Oddity(rule, table.name, row.line, shortened(value, 160), done))


def read_ecosystem_csv(folder: Path, *, into: str = "ecosystem") -> Dossier:
    """The four files as a dossier; `ecosystem_csv_reading` returns what was odd about them too."""
    return ecosystem_csv_reading(folder, into=into).dossier


def ecosystem_csv_reading(folder: Path, *, into: str = "ecosystem") -> EcosystemReading:
    """Read the four files, which must be free of faults.

    Parameters
    ----------
    folder
        Holds items.csv, links.csv, providers.csv and provision.csv.
    into
        Id of the dossier.

    Returns
    -------
    EcosystemReading
        Without problems; the oddities say which rules were applied to which rows.

    Raises
    ------
    NotFoundError
        There is no such folder.
    DataError
        With one problem for each fault in any of the files.
    """
    if not folder.is_dir():
        raise NotFoundError(f"there is no folder {folder}")
    tables = {name: open_table(folder, name, *columns) for name, columns in FILES.items()}
    sound = {name: not table.problems for name, table in tables.items()}
    reading = _Reading()
    _read_items(reading, tables["items.csv"])
    links = _read_links(reading, tables["links.csv"], known=sound["items.csv"])
    owners = _read_providers(reading, tables["providers.csv"])
    listed = _read_provision(
        reading, tables["provision.csv"], items=sound["items.csv"], providers=sound["providers.csv"]
    )
    problems = [problem for table in tables.values() for problem in table.all_problems()]
    if problems:
        raise DataError(problems)
    provision, oddities = settled(listed, "provision.csv")
    reading.oddities += oddities
    provided = {row.item for row in provision}
    for item in reading.items.values():
        if item.id not in provided and not item.complete:
            reading.oddities.append(Oddity("nobody listed", "items.csv", None, item.id, "anybody may provide it"))
    notes = [note for table in tables.values() for note in table.notes]
    dates = sorted(str(row.year) for row in provision if row.year)
    dossier = Dossier(
        format="ostra-dossier/1",
        id=into,
        title=into.replace("-", " ").capitalize(),
        summary=f"{len(reading.items)} items, {len(links)} links and {len(provision)} shares, read from CSV files.",
        author="the author of the CSV files",
        date=dates[-1] if dates else UNDATED,
        sources=tuple(reading.sources.values()),
        claims=tuple(reading.claims),
        stages=tuple(reading.stages.values()),
        items=tuple(reading.items.values()),
        links=tuple(links),
        provision=provision,
        ownership=tuple(owners),
        caveats=(*caveats(reading.oddities, carried=True), *notes),
    )
    return EcosystemReading(dossier, tuple(reading.oddities), ())


UNDATED = "1900"  # the date of files that name no year: plainly not one


def _rows(table: Table) -> Iterable[Row]:
    """The rows, of which too many are one problem; all are checked nevertheless."""
    count = 0
    for row in table.rows():
        count += 1
        yield row
    if count > MOST_ROWS:
        table.complain(
            f"{count:,} rows, more than the {MOST_ROWS:,} that a dossier can hold",
            mend="Leave out small providers, or split the ecosystem",
        )


def _text(reading: _Reading, table: Table, row: Row, column: str, *, needed: bool = False) -> str:
    """A short text of one line; formulas stay the text that they are."""
    written = row[column]
    text = clean(written)
    if needed and not text:
        table.complain("is empty", row.line, column, mend="Every row needs it")
    if len(text) > LONGEST_NAME:
        table.complain(
            f"longer than {LONGEST_NAME} characters", row.line, column, text,
            mend="Move the text to the description",
        )  # fmt: skip
        return text[:LONGEST_NAME]
    if text and _FORMULA.match(text) and not _number(text):
        reading.odd("formula", table, row, text, "kept as text")
    if text != " ".join(written.split()):
        reading.odd("shortened text", table, row, text, "hidden characters removed")
    return text


def _id(table: Table, row: Row, column: str, taken: Callable[[str], bool]) -> str:
    """The id in a cell as it is looked up, or empty with a problem."""
    written = row[column].casefold()
    if not written:
        table.complain("is empty", row.line, column, mend="Every row needs an id of its own")
        return ""
    if taken(written):
        table.complain("the id stands twice", row.line, column, row[column], mend="Give each row an id of its own")
        return ""
    return written


def _choice(table: Table, row: Row, column: str, allowed: Iterable[str]) -> str | None:
    """One of the allowed words, in any letter case; None with a problem."""
    written, words = clean(row[column]).casefold().replace(" ", "_"), list(allowed)
    if written in words:
        return written
    close = difflib.get_close_matches(written, words, n=1)
    mend = f"Did you mean '{close[0]}'?" if close else f"Allowed are {', '.join(word for word in words if word)}"
    table.complain("not one of the allowed words", row.line, column, row[column], mend)
    return None


def _read_items(reading: _Reading, table: Table) -> None:
    """Items and their stages, in order of appearance."""
    ids: dict[str, int] = {}
    seen: dict[str, int] = {}
    any_row = False
    for row in _rows(table):
        any_row = True
        key = _id(table, row, "id", lambda written: written in seen)
        name = _text(reading, table, row, "name", needed=True)
        kind = _choice(table, row, "kind", get_args(ItemKind))
        complete = _choice(table, row, "complete", COMPLETE)
        stage = _stage(reading, table, row)
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
            reading.odd("new id", table, row, row["id"], f"written {made}")
        if not name or kind is None or complete is None:
            kind, complete, name = kind or "product", complete or "", name or made
        reading.items[key] = Item(
            id=made,
            name=name,
            kind=next(k for k in get_args(ItemKind) if k == kind),
            stage=stage,
            description=clean_lines(row["description"]),
            products=products,
            material=_text(reading, table, row, "material"),
            complete=COMPLETE[complete],
        )
    if not any_row and not table.problems:
        table.complain("holds no items", mend="Write one row for each item")


def _stage(reading: _Reading, table: Table, row: Row) -> str:
    name = _text(reading, table, row, "stage") or "All"
    made = made_id(name) or f"stage-{row.line}"
    if made not in reading.stages:
        reading.stages[made] = Stage(id=made, name=name)
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


def _read_links(reading: _Reading, table: Table, *, known: bool) -> list[Link]:
    """Links; `known` tells whether the items could be read, so that ends can be looked up."""
    links: dict[tuple[str, str, str], Link] = {}
    for row in _rows(table):
        item, needs = _item(reading, table, row, "item", known), _item(reading, table, row, "needs", known)
        kind = _choice(table, row, "kind", LINK_KINDS)
        weight = _fraction(table, row, "weight")
        essentiality = _fraction(table, row, "essentiality")
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
                table.complain("the link stands twice, with other numbers", row.line, "needs", row["needs"])
            reading.odd("links twice", table, row, f"{row['item']} and {row['needs']}", "counted once")
            continue
        links[key] = made
    return list(links.values())


def _item(reading: _Reading, table: Table, row: Row, column: str, known: bool) -> Item | None:
    written = row[column].casefold()
    item = reading.items.get(written)
    if item is not None or not known:
        return item
    if not written:
        table.complain("is empty", row.line, column, mend="Name an id of items.csv")
        return None
    mend = "Add it to items.csv"
    if len(table.problems) < 20:  # looking for near names costs time that a broken file would multiply
        close = difflib.get_close_matches(written, reading.items, n=1)
        mend = f"Did you mean '{close[0]}'? Else add it to items.csv" if close else mend
    table.complain("no such item", row.line, column, row[column], mend)
    return None


def _number(text: str) -> float | None:
    """A plain decimal number; None if it is none."""
    return float(text) if _NUMBER.fullmatch(text) else None


def _fraction(table: Table, row: Row, column: str, text: str | None = None) -> float | None:
    """A number from 0 to 1, or None: if empty, or with a problem."""
    written = row[column] if text is None else text
    if not written:
        return None
    number = _number(written)
    if number is not None and number <= 1:
        return number
    percent = _PERCENT.fullmatch(written)
    if number is not None:
        mend = f"Write {number / 100:g} for {number:g} %" if number <= 100 else "Shares are fractions from 0 to 1"
        table.complain("more than 1", row.line, column, row[column], mend)
    elif percent is not None:
        mend = f"Write {float(percent[1].replace(',', '.')) / 100:g}"
        table.complain("expected a fraction, found per cent", row.line, column, row[column], mend)
    elif re.fullmatch(r"[0-9]+,[0-9]+", written):
        mend = f"Use a decimal point: {written.replace(',', '.')}"
        table.complain("expected a number", row.line, column, row[column], mend)
    elif re.fullmatch(r"-\s*[0-9.]+", written):
        table.complain("less than 0", row.line, column, row[column], "Shares are fractions from 0 to 1")
    else:
        mend = "Write a fraction such as 0.25; leave an unknown one empty"
        table.complain("expected a number", row.line, column, row[column], mend)
    return None


def _share(table: Table, row: Row) -> tuple[float | None, float | None]:
    """A share: a fraction, an interval such as 0.2-0.4, or nothing where it is unknown."""
    interval = _INTERVAL.fullmatch(row["share"])
    if interval is None:
        share = _fraction(table, row, "share")
        return share, share
    low, high = (_fraction(table, row, "share", part) for part in interval.groups())
    if low is not None and high is not None and low > high:
        table.complain("the interval ends below its beginning", row.line, "share", row["share"], "Swap its ends")
        return None, None
    return low, high


def _read_providers(reading: _Reading, table: Table) -> list[Ownership]:
    """Providers, and who owns whom."""
    names: dict[tuple[str, str, str], int] = {}
    for row in _rows(table):
        key = _id(table, row, "id", lambda written: written in reading.providers)
        name = _text(reading, table, row, "name", needed=True)
        kind = _choice(table, row, "kind", PROVIDER_KINDS)
        provider = _provider(reading, table, row, name, PROVIDER_KINDS[kind or ""])
        same = names.get((name, provider.economy, provider.organisation))
        if name and same is not None:
            mend = f"Line {same} has the same name and economy; use one id for both, or tell the names apart"
            table.complain("two providers that cannot be told apart", row.line, "name", name, mend)
        names[name, provider.economy, provider.organisation] = row.line
        if key:
            reading.providers[key] = provider
    if table.problems:
        return []
    owners = []
    for provider in reading.providers.values():
        owner = reading.providers.get(provider.owner)
        if not provider.owner:
            continue
        if owner is None:
            mend = "Name the id of the owner, and give the owner a row of its own"
            table.complain("no such provider", provider.line, "owner", provider.owner, mend)
        elif owner is provider:
            table.complain("a provider cannot own itself", provider.line, "owner", provider.owner, "Leave it empty")
        elif not provider.organisation or owner.economy == UNSPECIFIED:
            mend = "Only organisations are owned, and by a provider of one economy"
            table.complain("no ownership can be read", provider.line, "owner", provider.owner, mend)
        else:
            owners.append(Ownership(organisation=provider.organisation, owner=owner.name, economy=owner.economy))
    return owners


@cache
def _codes() -> frozenset[str]:
    return frozenset(economies())


@cache
def _economy(text: str) -> str:
    return iso3(text)


@cache
def _region(text: str) -> tuple[str, ...]:
    """Members of a region: a bloc (with its members of 2024), or economies separated by semicolons."""
    members: set[str] = set()
    for part in filter(None, re.split(r"\s*[;|]\s*", text)):
        found = home(part)
        members |= bloc_members(found.code, REGION_YEAR) if found.is_bloc else {found.code}
    return tuple(sorted(members))


REGION_YEAR = 2024  # our choice: a row without a year must mean something too


def _provider(reading: _Reading, table: Table, row: Row, name: str, kind: str) -> _Provider:
    """Who a row of providers.csv is; where the economy is not known, a problem and an unspecified one."""
    written = clean(row["economy"])
    owner = row["owner"].casefold()
    economy: str = UNSPECIFIED
    among: tuple[str, ...] = ()
    try:
        if kind == "region":
            among = _region(written)
            if not among:
                mend = "List its members, separated by semicolons, or name a bloc such as EU27"
                table.complain("a region without members", row.line, "economy", mend=mend)
        elif kind == "various":
            pass
        elif not written and kind == "economy":
            economy = _economy(name)
        elif not written:
            reading.odd("no economy", table, row, name, "its share is nobody's that is named")
        elif ";" in written or "|" in written:
            among = _region(written)
            reading.odd("several economies", table, row, f"{name}: {written}", f"any of {', '.join(among)}")
        else:
            economy = _economy(written)
    except OstraError as error:
        table.complain("unknown economy", row.line, "economy" if written else "name", written or name, str(error))
    organisation = name if kind == "organisation" else ""
    return _Provider(name, organisation, economy, among, name if kind in ("region", "various") else "", owner, row.line)


def _read_provision(reading: _Reading, table: Table, *, items: bool, providers: bool) -> list[Listed]:
    """Provision; each row becomes a claim with its line."""
    listed: list[Listed] = []
    for row in _rows(table):
        item = _item(reading, table, row, "item", items)
        provider = _named_provider(reading, table, row, providers)
        by = _choice(table, row, "by", ("location", "headquarters"))
        low, high = _share(table, row)
        year = _year(table, row)
        source = _text(reading, table, row, "source")
        if item is None or provider is None or by is None or table.problems or len(listed) >= MOST_ROWS:
            continue
        economy, among = _where(reading, table, row, provider, by)
        listed.append(_listed(reading, table, row, item, provider, by, low, high, year, source, economy, among))
    return listed


def _named_provider(reading: _Reading, table: Table, row: Row, known: bool) -> _Provider | None:
    written = row["provider"]
    provider = reading.providers.get(written.casefold())
    if provider is not None:
        return provider
    if written in _codes():  # a country needs no row of its own
        return _Provider(written, "", written, (), "", "", row.line)
    if not known:
        return None
    if not written:
        table.complain("is empty", row.line, "provider", mend="Name an id of providers.csv")
        return None
    mend = "Add it to providers.csv, or write an economy as its code, such as NLD"
    if len(table.problems) < 20:
        close = difflib.get_close_matches(written.casefold(), reading.providers, n=1)
        mend = f"Did you mean '{close[0]}'? Else add it to providers.csv" if close else mend
    table.complain("no such provider", row.line, "provider", written, mend)
    return None


def _year(table: Table, row: Row) -> int | None:
    written = row["year"]
    if re.fullmatch(r"(19|20)[0-9]{2}", written):
        return int(written)
    if written:
        table.complain("not a year", row.line, "year", written, "Write four digits such as 2024, or leave it empty")
    return None


def _where(reading: _Reading, table: Table, row: Row, provider: _Provider, by: str) -> tuple[str, tuple[str, ...]]:
    """The economy of a row: its own column for a place of production, else the provider's."""
    written = clean(row["economy"])
    if not written:
        if by == "location" and provider.organisation and provider.economy != UNSPECIFIED:
            reading.odd("placed at home", table, row, provider.name, f"placed in {provider.economy}")
        return provider.economy, provider.among
    try:
        found = _economy(written)
    except NotFoundError as error:
        table.complain("unknown economy", row.line, "economy", written, str(error))
        return provider.economy, provider.among
    if found != provider.economy and (by == "headquarters" or not provider.organisation):
        mend = f"providers.csv says {provider.economy}; the column is for places of production"
        table.complain("another economy than the provider's", row.line, "economy", written, mend)
    return found, ()


def _listed(
    reading: _Reading,
    table: Table,
    row: Row,
    item: Item,
    provider: _Provider,
    by: str,
    low: float | None,
    high: float | None,
    year: int | None,
    source: str,
    economy: str,
    among: tuple[str, ...],
) -> Listed:
    if provider.region:
        rule = "region" if among else "unspecified"
        done = f"shared in an unknown way by {', '.join(among) or 'any economies'}"
        reading.odd(rule, table, row, f"{provider.name} {row['share']} {item.name}", done)
    if not source:
        reading.odd("no source", table, row, f"{provider.name}, {item.name}", "the files are named")
    if year is None:
        reading.odd("no year", table, row, f"{provider.name}, {item.name}", "left open")
    share = "an unstated share" if low is None else f"a share of {row['share']}"
    number: dict[str, float] = {}
    if low is not None and high is not None:
        number = {"value": low} if low == high else {"low": low, "high": high}
    claim = Claim(
        id=f"provision-{row.line}",
        statement=f"{provider.name} provides {share} of {item.name}{f' in {year}' if year else ''}, by {by}.",
        source=_source(reading, source),
        locator=f"provision.csv line {row.line}",
        basis="cites",
        as_of=str(year or ""),
        unit="share" if number else "",
        **number,
    )
    reading.claims.append(claim)
    notes = [f"Provider as listed: {provider.name}."] if provider.region else []
    notes += ["Listed as a provider, without a share."] if low is None else []
    return Listed(
        line=row.line,
        item=item.id,
        economy=economy,
        among=among,
        organisation=provider.organisation,
        by="location" if by == "location" else "headquarters",
        low=low,
        high=high,
        year=year,
        claim=claim.id,
        shown=f"{provider.name}, {item.name}, {row['share'] or 'no share'}, {year or 'no year'}",
        note=" ".join(notes),
    )


def _source(reading: _Reading, text: str) -> str:
    """The source that a row names, or the files themselves."""
    title = text or FILES_TITLE
    if title in reading.source_ids:
        return reading.source_ids[title]
    name = made_id(text)[:50].strip("-") or "files"
    unique, number = name, 2
    while unique in reading.sources:
        unique, number = f"{name}-{number}", number + 1
    years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)
    address = re.search(r"https?://[^\s)\],;]+", text)
    reading.source_ids[title] = unique
    reading.sources[unique] = Source(
        id=unique,
        title=title,
        publisher="as written in the files" if text else "the author of the files",
        date=max(years) if years else UNDATED,
        url=address.group() if address else "",
        note="" if years else "The files give no date; 1900 stands for unknown.",
    )
    return unique


FILES_TITLE = "The CSV files themselves, which name no source for these rows"
