"""Providers and provision of the ETO chips data set: who provides which share, by headquarters or by site."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from ostra.documents.readers import spreadsheet_model
from ostra.documents.readers.eto_gathered import FIRST_RELEASE, Gathered, name_of, resolved, source_of
from ostra.documents.readers.spreadsheet_rows import Listed
from ostra.documents.readers.spreadsheet_table import Row, clean
from ostra.errors import NotFoundError, shortened
from ostra.model.dossier import UNSPECIFIED
from ostra.words.economies import bloc_members, economy_name, iso3
from ostra.words.figures import exact_percent, percent_range

# The publisher's documentation: country shares "rely on company headquarters locations". A chart whose caption says
# otherwise is by site.
BY_SITE = re.compile(r"\bsites?\b|\blocations?\b", re.IGNORECASE)
# data/technical_notes.md: "negligible" is 2 % or less, rounded.
NEGLIGIBLE = re.compile(r"negligible|minor", re.IGNORECASE)
NEGLIGIBLE_HIGH = 0.025
NO_SHARE_WORDS = frozenset({"", "major", "unknown", "n/a", "na", "-"})
VARIOUS = re.compile(r"^(various|other|others|rest|multiple|unknown|unspecified)\b", re.IGNORECASE)


def europe(year: int) -> tuple[str, ...]:
    """Whom "Europe" may mean: EU-27, EFTA and the United Kingdom; our choice, as the data set does not say."""
    return tuple(sorted(bloc_members("EU27", year) | bloc_members("EFTA", year) | {"GBR"}))


REGIONS: dict[str, Callable[[int], tuple[str, ...]]] = {"eur": europe, "europe": europe}


@dataclass(frozen=True)
class Provider(spreadsheet_model.Provider):
    """Who a provider id stands for; `rule` names the oddity that its rows are, if any."""

    rule: str = ""


def read_providers(gathered: Gathered, rows: list[Row]) -> dict[str, Provider]:
    file = "providers.csv"
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if not row["provider_id"] or not row["provider_name"]:
            gathered.set_aside(file, row, "a provider without id or name", "provider_id", row["provider_id"])
            continue
        grouped[row["provider_id"]].append(row)
    providers = {}
    for origin, found in grouped.items():
        names = list(dict.fromkeys(name_of(gathered, file, row, "provider_name") for row in found))
        for row in found[1:]:
            value = f"{origin} {row['provider_name']}, alias {row['alias']!r}"
            gathered.odd("several rows", file, row, value, f"the provider of line {found[0].line}")
        if found[0]["provider_type"].casefold() == "country":
            providers[origin] = _country(gathered, found[0], names[0])
        else:
            providers[origin] = _organisation(gathered, found, names[0])
    return providers


def _place_of(text: str, year: int) -> tuple[str, tuple[str, ...], str]:
    """Economy, members and rule of a country as the data set writes it."""
    name = clean(text)
    if VARIOUS.match(name):
        return UNSPECIFIED, (), "unspecified"
    if name.casefold() in REGIONS:
        return UNSPECIFIED, REGIONS[name.casefold()](year), "region"
    try:
        return iso3(name), (), ""
    except NotFoundError:
        return UNSPECIFIED, (), "no economy"


def _country(gathered: Gathered, row: Row, name: str) -> Provider:
    year = max(gathered.years, default=int(FIRST_RELEASE))
    economy, among, rule = _place_of(name, year)
    if rule == "no economy" and row["alias"]:
        economy, among, rule = _place_of(row["alias"], year)
    if rule == "no economy":
        mend = "Its share is kept as that of economies that nobody names"
        gathered.complain("no economy of that name", "providers.csv", row, "provider_name", name, mend)
    region = (clean(row["alias"]) or name) if rule else ""
    return Provider(name, "", economy, among, region, rule)


def _organisation(gathered: Gathered, rows: list[Row], name: str) -> Provider:
    year = max(gathered.years, default=int(FIRST_RELEASE))
    written = [part for row in rows for part in re.split(r"\s*[;/|,]\s*", clean(row["country"])) if part]
    places = list(dict.fromkeys(_place_of(part, year) for part in written))
    known = [economy for economy, _, rule in places if not rule]
    if len(places) == 1 and known:
        return Provider(name, name, known[0])
    row = rows[0]
    if places and len(known) == len(places):
        done = f"any of {', '.join(sorted(known))}"
        gathered.odd("several economies", "providers.csv", row, f"{name}: {'; '.join(written)}", done)
        return Provider(name, name, UNSPECIFIED, tuple(sorted(known)), "; ".join(written), "")
    if len(places) == 1 and places[0][2] != "no economy":
        return Provider(name, name, UNSPECIFIED, places[0][1], written[0], places[0][2])
    gathered.odd("no economy", "providers.csv", row, f"{name}: {'; '.join(written) or 'no country'}", "nobody names it")
    return Provider(name, name, UNSPECIFIED, (), "; ".join(written) or "no country", "")


def read_provision(gathered: Gathered, rows: list[Row], providers: dict[str, Provider]) -> list[Listed]:
    file = "provision.csv"
    listed = []
    for row in rows:
        node = resolved(gathered, file, row, "provided_id", "provided_name")
        if node is None:
            continue
        provider = _provider_of(gathered, row, providers)
        if provider is None:
            continue
        low, high, note = _share(gathered, row)
        year = _year(gathered, row)
        if not row["source"]:
            gathered.odd("no source", file, row, f"{provider.name}, {node.name}", "the data set is named")
        by: Literal["location", "headquarters"] = "headquarters"
        if not provider.organisation and BY_SITE.search(node.row["market_share_chart_caption"]):
            by = "location"
            gathered.odd("by site", file, row, f"{provider.name}, {node.name}", "by location")
        if provider.rule:
            done = f"shared in an unknown way by {', '.join(provider.among) or 'any economies'}"
            value = f"{provider.name} {row['share_provided']} {node.name}"
            gathered.odd(provider.rule, file, row, value, done)
        if provider.region:
            note = f"Economy as listed: {provider.region}. {note}".strip()
        what = f"{percent_range(low, high)} of" if low is not None and high is not None else "an unstated share of"
        seat = f" ({economy_name(provider.economy)})" if provider.organisation and not provider.region else ""
        who = provider.name if provider.organisation or provider.region else economy_name(provider.economy)
        when = f" in {year}" if year else ""
        number: dict[str, object] = {"as_of": str(year or "")}
        if low is not None and high is not None:
            number |= {"unit": "%"} | (
                {"value": round(100 * low, 10)}
                if low == high
                else {"low": round(100 * low, 10), "high": round(100 * high, 10)}
            )
        claim = gathered.claim(
            file, row, f"{who}{seat} provides {what} {node.name}{when}.", source_of(gathered, row["source"]), **number
        )
        shown = f"{provider.name}, {node.name}, {row['share_provided'] or 'no share'}, {row['year'] or 'no year'}"
        listed.append(
            Listed(
                line=row.line, item=node.id, economy=provider.economy, among=provider.among,
                organisation=provider.organisation, by=by, low=low, high=high, year=year, claims=(claim,), shown=shown,
                note=note,
            )
        )  # fmt: skip
    return listed


def _provider_of(gathered: Gathered, row: Row, providers: dict[str, Provider]) -> Provider | None:
    file, name = "provision.csv", clean(row["provider_name"])
    provider = providers.get(row["provider_id"])
    if provider is not None:
        if name and name.casefold() != provider.name.casefold():
            gathered.odd("other name", file, row, f"{name!r} for {row['provider_id']}", f"read as {provider.name!r}")
        return provider
    found = [p for p in providers.values() if name and p.name.casefold() == name.casefold()]
    if len(found) == 1:
        value = f"provider_id {row['provider_id']!r}"
        gathered.odd("by name", file, row, value, f"read as {found[0].name} by its name")
        return found[0]
    mend = "Name an id of providers.csv"
    gathered.set_aside(file, row, "no such provider", "provider_id", row["provider_id"], mend)
    return None


def _share(gathered: Gathered, row: Row) -> tuple[float | None, float | None, str]:
    """The share as an interval of fractions with what must be said of it; None where it is unknown."""
    file, text = "provision.csv", row["share_provided"]
    words = row["negligible_market_share"] or row["minor_share"]
    if NEGLIGIBLE.search(text) or (not text and NEGLIGIBLE.search(words)):
        gathered.odd("in words", file, row, text or words, f"0 to {exact_percent(NEGLIGIBLE_HIGH)}")
        return 0.0, NEGLIGIBLE_HIGH, "Listed as negligible, which the data set defines as 2 % or less, rounded."
    if text.casefold() in NO_SHARE_WORDS:
        return None, None, "Listed as a provider, without a share."
    try:
        number = Decimal(text.removesuffix("%").strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number <= 100:
        reason = "share is not a number from 0 to 100; taken as unknown"
        gathered.complain(reason, file, row, "share_provided", text, "Write per cent")
        gathered.odd("no share", file, row, text, "not a number from 0 to 100; unknown")
        return None, None, f"The share listed, {shortened(clean(text), 40)!r}, is none."
    share = float(number / 100)
    if number == 0:
        exponent = number.as_tuple().exponent
        half = float(Decimal(5).scaleb((exponent if isinstance(exponent, int) else 0) - 3))
        gathered.odd("printed as zero", file, row, text, f"0 to {exact_percent(half)}")
        return 0.0, half, f"Printed as {text}, in per cent."
    return share, share, ""


def _year(gathered: Gathered, row: Row) -> int | None:
    text = row["year"]
    if re.fullmatch(r"(19|20)[0-9]{2}", text):
        return int(text)
    if text:
        gathered.complain("not a year; left open", "provision.csv", row, "year", text, "Write four digits")
    gathered.odd("no year", "provision.csv", row, text or "no year", "left open")
    return None
