"""Providers and provision of the plain CSV format of an ecosystem: who provides which share of what."""

from __future__ import annotations

import difflib
import re
from functools import cache

from ostra.documents.readers.spreadsheet_cells import (
    MOST_ROWS,
    Gathered,
    Provider,
    choice_of,
    id_of,
    item_of,
    rows_of,
    share_of,
    source_of,
    text_of,
    year_of,
)
from ostra.documents.readers.spreadsheet_rows import Listed
from ostra.documents.readers.spreadsheet_table import Row, Table, clean
from ostra.errors import NotFoundError, OstraError
from ostra.model.dossier import UNSPECIFIED, Item, Ownership
from ostra.model.evidence import Claim
from ostra.words.economies import bloc_members, economies, home, iso3

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
REGION_YEAR = 2024  # our choice: a row without a year must mean something too


def read_providers(gathered: Gathered, table: Table) -> list[Ownership]:
    """Providers, and who owns whom."""
    names: dict[tuple[str, str, str], int] = {}
    for row in rows_of(table):
        key = id_of(table, row, "id", lambda written: written in gathered.providers)
        name = text_of(gathered, table, row, "name", needed=True)
        kind = choice_of(table, row, "kind", PROVIDER_KINDS)
        provider = _provider(gathered, table, row, name, PROVIDER_KINDS[kind or ""])
        same = names.get((name, provider.economy, provider.organisation))
        if name and same is not None:
            mend = f"Line {same} has the same name and economy; use one id for both, or tell the names apart"
            table.complain("two providers that cannot be told apart", row.line, "name", name, mend)
        names[name, provider.economy, provider.organisation] = row.line
        if key:
            gathered.providers[key] = provider
    if table.problems:
        return []
    owners = []
    for provider in gathered.providers.values():
        owner = gathered.providers.get(provider.owner)
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


def _provider(gathered: Gathered, table: Table, row: Row, name: str, kind: str) -> Provider:
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
            gathered.odd("no economy", table, row, name, "its share is nobody's that is named")
        elif ";" in written or "|" in written:
            among = _region(written)
            gathered.odd("several economies", table, row, f"{name}: {written}", f"any of {', '.join(among)}")
        else:
            economy = _economy(written)
    except OstraError as error:
        table.complain("unknown economy", row.line, "economy" if written else "name", written or name, str(error))
    organisation = name if kind == "organisation" else ""
    return Provider(name, organisation, economy, among, name if kind in ("region", "various") else "", owner, row.line)


def read_provision(gathered: Gathered, table: Table, *, items: bool, providers: bool) -> list[Listed]:
    """Provision; each row becomes a claim with its line."""
    listed: list[Listed] = []
    for row in rows_of(table):
        item = item_of(gathered, table, row, "item", items)
        provider = _named_provider(gathered, table, row, providers)
        by = choice_of(table, row, "by", ("location", "headquarters"))
        low, high = share_of(table, row)
        year = year_of(table, row)
        source = text_of(gathered, table, row, "source")
        if item is None or provider is None or by is None or table.problems or len(listed) >= MOST_ROWS:
            continue
        economy, among = _where(gathered, table, row, provider, by)
        listed.append(_listed(gathered, table, row, item, provider, by, low, high, year, source, economy, among))
    return listed


def _named_provider(gathered: Gathered, table: Table, row: Row, known: bool) -> Provider | None:
    written = row["provider"]
    provider = gathered.providers.get(written.casefold())
    if provider is not None:
        return provider
    if written in _codes():  # a country needs no row of its own
        return Provider(written, "", written, (), "", "", row.line)
    if not known:
        return None
    if not written:
        table.complain("is empty", row.line, "provider", mend="Name an id of providers.csv")
        return None
    mend = "Add it to providers.csv, or write an economy as its code, such as NLD"
    if len(table.problems) < 20:
        close = difflib.get_close_matches(written.casefold(), gathered.providers, n=1)
        mend = f"Did you mean '{close[0]}'? Else add it to providers.csv" if close else mend
    table.complain("no such provider", row.line, "provider", written, mend)
    return None


def _where(gathered: Gathered, table: Table, row: Row, provider: Provider, by: str) -> tuple[str, tuple[str, ...]]:
    """The economy of a row: its own column for a place of production, else the provider's."""
    written = clean(row["economy"])
    if not written:
        if by == "location" and provider.organisation and provider.economy != UNSPECIFIED:
            gathered.odd("placed at home", table, row, provider.name, f"placed in {provider.economy}")
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
    gathered: Gathered,
    table: Table,
    row: Row,
    item: Item,
    provider: Provider,
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
        gathered.odd(rule, table, row, f"{provider.name} {row['share']} {item.name}", done)
    if not source:
        gathered.odd("no source", table, row, f"{provider.name}, {item.name}", "the files are named")
    if year is None:
        gathered.odd("no year", table, row, f"{provider.name}, {item.name}", "left open")
    share = "an unstated share" if low is None else f"a share of {row['share']}"
    number: dict[str, float] = {}
    if low is not None and high is not None:
        number = {"value": low} if low == high else {"low": low, "high": high}
    claim = Claim(
        id=f"provision-{row.line}",
        statement=f"{provider.name} provides {share} of {item.name}{f' in {year}' if year else ''}, by {by}.",
        source=source_of(gathered, source),
        locator=f"provision.csv line {row.line}",
        basis="cites",
        as_of=str(year or ""),
        unit="share" if number else "",
        **number,
    )
    gathered.claims.append(claim)
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
