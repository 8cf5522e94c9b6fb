"""Providers and provision of the plain CSV format of an ecosystem: who provides which share of what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ostra.documents.readers.spreadsheet_cells import Gathered, source_of
from ostra.documents.readers.spreadsheet_model import (
    EcosystemTables,
    Provider,
    ProviderRow,
    ProvisionRow,
    known,
    who,
)
from ostra.documents.readers.spreadsheet_rows import Listed
from ostra.documents.readers.spreadsheet_table import Row
from ostra.model.base import Interval
from ostra.model.dossier import UNSPECIFIED, Item, Ownership
from ostra.model.evidence import Claim

PROVIDERS, PROVISION = "providers.csv", "provision.csv"


def ownership_of(gathered: Gathered, rows: Sequence[ProviderRow], places: Sequence[Row]) -> list[Ownership]:
    """Who owns whom; what is odd about the seats of providers is told."""
    providers = {row.id: who(row) for row in rows}
    owners = []
    for row, at in zip(rows, places, strict=True):
        provider = providers[row.id]
        if row.kind == "organisation" and not row.economy:
            gathered.odd("no economy", PROVIDERS, at, row.name, "its share is nobody's that is named")
        elif row.kind in ("organisation", "economy") and len(row.economy) > 1:
            done = f"any of {', '.join(provider.among)}"
            gathered.odd("several economies", PROVIDERS, at, f"{row.name}: {at['economy']}", done)
        if row.owner is not None:
            owner = providers[row.owner]
            owners.append(Ownership(organisation=provider.organisation, owner=owner.name, economy=owner.economy))
    return owners


def listed_of(
    gathered: Gathered, read: EcosystemTables, places: Sequence[Row], items: Mapping[str, Item]
) -> list[Listed]:
    """Provision; each row becomes a claim with its line."""
    providers = {row.id: who(row) for row in read.providers}
    listed = []
    for row, at in zip(read.provision, places, strict=True):
        provider = Provider(row.country, "", row.country) if row.provider is None else providers[row.provider]
        listed.append(_listed(gathered, at, row, items[row.item], provider))
    return listed


def _listed(gathered: Gathered, at: Row, row: ProvisionRow, item: Item, provider: Provider) -> Listed:
    economy, among = provider.economy, provider.among
    place = known(row.economy) if row.economy else None
    if place is not None:
        economy, among = place.code, ()
    elif row.by == "location" and provider.organisation and economy != UNSPECIFIED:
        gathered.odd("placed at home", PROVISION, at, provider.name, f"placed in {economy}")
    if provider.region:
        done = f"shared in an unknown way by {', '.join(among) or 'any economies'}"
        value = f"{provider.name} {at['share']} {item.name}"
        gathered.odd("region" if among else "unspecified", PROVISION, at, value, done)
    if not row.source:
        gathered.odd("no source", PROVISION, at, f"{provider.name}, {item.name}", "the files are named")
    if row.year is None:
        gathered.odd("no year", PROVISION, at, f"{provider.name}, {item.name}", "left open")
    interval = Interval.exactly(row.share) if isinstance(row.share, float) else row.share
    share = "an unstated share" if interval is None else f"a share of {at['share']}"
    when = f" in {row.year}" if row.year else ""
    number: dict[str, float] = {}
    if interval is not None:
        number = {"value": interval.low} if interval.known else {"low": interval.low, "high": interval.high}
    claim = Claim(
        id=f"provision-{at.line}",
        statement=f"{provider.name} provides {share} of {item.name}{when}, by {row.by}.",
        source=source_of(gathered, row.source),
        locator=f"provision.csv line {at.line}",
        basis="cites",
        as_of=str(row.year or ""),
        unit="share" if number else "",
        **number,
    )
    gathered.claims.append(claim)
    notes = [f"Provider as listed: {provider.name}."] if provider.region else []
    notes += ["Listed as a provider, without a share."] if interval is None else []
    return Listed(
        line=at.line,
        item=item.id,
        economy=economy,
        among=among,
        organisation=provider.organisation,
        by=row.by,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        year=row.year,
        claims=(claim.id,),
        shown=f"{provider.name}, {item.name}, {at['share'] or 'no share'}, {row.year or 'no year'}",
        note=" ".join(notes),
    )
