"""What the four CSV files of an ecosystem may say: their rows as models, and the rules between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from ostra.errors import NotFoundError
from ostra.model.base import HomeName, Hs6, Interval, ItemId, Model, Refers, Share
from ostra.model.dossier import UNSPECIFIED, ItemKind
from ostra.model.references import Document, Fault
from ostra.words.economies import Home, bloc_members, home
from ostra.words.sentences import made_id

REGION_YEAR = 2024  # of the members of blocs, our choice: a row without a year must mean something too

Key = Annotated[str, StringConstraints(min_length=1)]  # an id in small letters, of any form
Named = Annotated[str, StringConstraints(min_length=1, max_length=500)]
ItemKey = Annotated[str, ItemId.__metadata__[-1]]
ProviderKey = Annotated[str, Refers("providers", "provider")]


class ItemRow(Model):
    """A row of items.csv."""

    unique: ClassVar = ("id",)

    id: Key
    name: Named
    kind: ItemKind
    stage: Named = "All"
    description: str = ""
    hs: tuple[Hs6, ...] = ()
    material: Annotated[str, StringConstraints(max_length=500)] = ""
    complete: Literal["", "location", "headquarters", "both"] = ""


class LinkRow(Model):
    """A row of links.csv."""

    item: ItemKey
    needs: ItemKey
    kind: Literal["requires", "variant_of"] = "requires"
    weight: Share | None = None
    essentiality: float = Field(default=1.0, gt=0.0, le=1.0, allow_inf_nan=False)
    source: str = ""


class ProviderRow(Model):
    """A row of providers.csv."""

    unique: ClassVar = ("id",)

    id: Key
    name: Named
    economy: tuple[HomeName, ...] = ()
    kind: Literal["organisation", "economy", "region", "various"] = "organisation"
    owner: ProviderKey | None = None


class ProvisionRow(Model):
    """A row of provision.csv; its provider is one of providers.csv or, without a row of its own, a country."""

    item: ItemKey
    provider: ProviderKey | None = None
    country: str = ""
    by: Literal["location", "headquarters"]
    share: Share | Interval | None = None
    year: int | None = Field(default=None, ge=1900, le=2099)
    source: Annotated[str, StringConstraints(max_length=500)] = ""
    economy: HomeName | None = None


@dataclass(frozen=True)
class Provider:
    """Who a row of providers.csv is: an organisation or not, of one economy or of any `among` several."""

    name: str
    organisation: str
    economy: str
    among: tuple[str, ...] = ()
    region: str = ""


class EcosystemTables(Document):
    """The four files as one document."""

    items: tuple[ItemRow, ...]
    links: tuple[LinkRow, ...]
    providers: tuple[ProviderRow, ...]
    provision: tuple[ProvisionRow, ...]

    def rules(self) -> Iterator[Fault]:
        """Ids that can be told apart as ids, links of one kind and number, providers that are somebody of their own."""
        ids: dict[str, int] = {}
        for number, item in enumerate(self.items):
            made, place = made_id(item.id), ("items", number, "id")
            if not made:
                yield Fault(place, "an id needs a letter or digit", "Write it as euv-lithography")
            elif self.items[ids.setdefault(made, number)].id != item.id:
                mend = "Tell them apart by letters or digits"
                yield Fault(place, "the id stands twice once it is written as an id", mend, first=("items", ids[made]))
        yield from self._links()
        yield from self._providers()
        providers = {row.id: row for row in self.providers}
        for number, row in enumerate(self.provision):
            if row.provider is None and not row.country:
                yield Fault(("provision", number, "provider"), "is empty", "Name an id of providers.csv")
            place = ("provision", number, "economy")
            if row.economy is None or (found := known(row.economy)) is None:
                continue
            provider = who(providers[row.provider]) if row.provider in providers else Provider("", "", row.country)
            if found.is_bloc:
                yield Fault(place, "a bloc is no single place", "Name the economy")
            elif found.code != provider.economy and (row.by == "headquarters" or not provider.organisation):
                mend = f"providers.csv says {provider.economy}; the column is for places of production"
                yield Fault(place, "another economy than the provider's", mend, lists=("providers",))

    def _links(self) -> Iterator[Fault]:
        first: dict[tuple[str, str, str], LinkRow] = {}
        for number, link in enumerate(self.links):
            if link.weight is not None and link.kind == "requires":
                mend = "Weights belong to links of kind variant_of"
                yield Fault(("links", number, "weight"), "a link that requires has no weight", mend)
            if link.item == link.needs:
                yield Fault(("links", number, "needs"), "an item cannot need itself", "Remove the row")
            numbers = (link.weight, link.essentiality)
            other = first.setdefault((link.item, link.needs, link.kind), link)
            if numbers != (other.weight, other.essentiality):
                yield Fault(
                    ("links", number, "needs"), "the link stands twice, with other numbers", "Keep one of the two"
                )

    def _providers(self) -> Iterator[Fault]:
        rows = {row.id: row for row in self.providers}
        seen: dict[Provider, int] = {}
        for number, row in enumerate(self.providers):
            place = ("providers", number)
            provider, parts = who(row), [known(part) for part in row.economy]
            if row.kind == "region" and not parts:
                mend = "List its members, separated by semicolons, or name a bloc such as EU27"
                yield Fault((*place, "economy"), "a region without members", mend)
            if row.kind != "region" and len(parts) == 1 and parts[0] is not None and parts[0].is_bloc:
                yield Fault((*place, "economy"), "a bloc is no single economy", "Name one, or give the kind region")
            first = seen.setdefault(Provider(provider.name, provider.organisation, provider.economy), number)
            if first != number:
                mend = "Use one id for both, or tell the names apart"
                reason = "two providers that cannot be told apart"
                yield Fault((*place, "name"), reason, mend, first=("providers", first, "name"))
            if row.owner == row.id:
                yield Fault((*place, "owner"), "a provider cannot own itself", "Leave it empty")
            elif (owner := rows.get(row.owner or "")) is not None and (
                not provider.organisation or who(owner).economy == UNSPECIFIED
            ):
                mend = "Only organisations are owned, and by a provider of one economy"
                yield Fault((*place, "owner"), "no ownership can be read", mend)


def who(row: ProviderRow) -> Provider:
    """Who a provider is; economies that do not exist are left out, since they are told by themselves."""
    if row.kind == "various":
        return Provider(row.name, "", UNSPECIFIED, (), row.name)
    found = [one for part in row.economy if (one := known(part)) is not None]
    organisation = row.name if row.kind == "organisation" else ""
    region = row.name if row.kind == "region" else ""
    if row.kind != "region" and len(row.economy) == 1 and found:
        return Provider(row.name, organisation, found[0].code)
    among = {code for one in found for code in (bloc_members(one.code, REGION_YEAR) if one.is_bloc else (one.code,))}
    return Provider(row.name, organisation, UNSPECIFIED, tuple(sorted(among)), region)


@cache
def known(text: str) -> Home | None:
    """The economy or bloc of this name; None if there is none."""
    try:
        return home(text)
    except NotFoundError:
        return None
