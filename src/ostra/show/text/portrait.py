"""One supplier in context as sections of text that fit a terminal; the listing itself is for files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from math import exp
from typing import IO, Any

from ostra.model.listing import Listing
from ostra.show.sections.selection import group
from ostra.show.text.lines import Line, begin, print_part
from ostra.words.figures import percent, percent_range, signed
from ostra.words.sentences import shorten

MOST = 3  # holds and breaches shown of each ecosystem, facts of each kind, and items within reach of a law
NAMES = {"position": "Where it stands", "facts": "What facts say", "likelihood": "Likelihood of use, a year"}

Row = dict[str, Any]


def print_portrait(listing: Listing, stream: IO[str]) -> None:
    """Print the sections of a portrait in their order, each statement with its source or the id of its evidence."""
    rows: list[Row] = listing.rows()
    about = listing.provenance
    console = begin(stream, about.title)
    console.print(f"seen from {about.filters['home']}, {about.filters['year']}; profile: {about.filters['profile']}")
    titles = number_sources(rows)
    for name, section in groupby(rows, key=lambda row: row["section"]):
        print_part(console, NAMES.get(name, name.capitalize()), PRINTERS.get(name, entries)(list(section)))
    console.print()
    for title, number in titles.items():
        console.print(f"{number}: {title}", style="dim")
    for caveat in about.caveats:
        console.print(f"caveat: {caveat}", style="dim")
    first = next((row["evidence"] for row in rows if row["evidence"]), None)
    follow = f" Follow evidence with its ecosystem before it: ostra trace '{first}'" if first else ""
    console.print(f"--json and --csv have every row with its source.{follow}", style="dim")


def number_sources(rows: Sequence[Row]) -> dict[str, str]:
    """Give each source that rows name with a place in it a short name, put `place` into the rows, return the names."""
    titles = {t: f"S{n}" for n, t in enumerate(dict.fromkeys(row["source"] for row in rows if row["locator"]), 1)}
    for row in rows:
        row["place"] = f"{titles[row['source']]}, {row['locator']}" if row["locator"] else row["source"] or ""
    return titles


def short(evidence: str | None) -> str:
    """The id of a number within its assessment."""
    return f"#{evidence.partition('#')[2]}" if evidence else ""


def relation(rows: Sequence[Row]) -> Iterable[Line]:
    """The relation and its reason."""
    for row in rows:
        yield f"{row['what']}. {row['detail']}", row["place"], 0


def regime(rows: Sequence[Row]) -> Iterable[Line]:
    """Each indicator with its error, year and scale, and what the facts hold."""
    for row in rows:
        if row["kind"] != "indicator":
            yield f"{row['what']}: {row['detail']}", "", 0
            continue
        error = "" if row["low"] is None else f" ± {row['value'] - row['low']:.2f}"
        yield f"{row['what']}: {signed(row['value'])}{error} ({row['since']}; {row['unit']})", short(row["evidence"]), 0


def likelihood(rows: Sequence[Row]) -> Iterable[Line]:
    """The base rate, then for each ecosystem the likelihood and what moves it."""
    for row in (row for row in rows if row["ecosystem"] is None):
        chance = "" if row["value"] is None else f": {spread(row)}"
        yield f"{row['what']}{chance}. {row['detail']}", "", 0
    for name, part in groupby((row for row in rows if row["ecosystem"]), key=lambda row: row["ecosystem"]):
        first, *factors = list(part)
        moved = " and ".join(f"× {exp(f['value']):.2f} by {f['what']}" for f in factors if f["what"] != "base rate")
        yield f"{name}: {spread(first)}; odds {moved or 'as the base rate'}", short(first["evidence"]), 0


def spread(row: Row) -> str:
    """A probability with its interval."""
    return f"{percent(row['value'])} ({percent(row['low'])} to {percent(row['high'])})"


def entries(rows: Sequence[Row]) -> Iterable[Line]:
    """Laws, cases and other entries; what several ecosystems say alike is told once, with all that it reaches."""
    for (kind, what), same in group(((row["kind"], row["what"]), row) for row in rows).items():
        first = same[0]
        if kind == "gap":
            yield f"{what}. {first['detail']}", "", 0
            continue
        since = next((row["since"] for row in same if row["since"]), None)
        began = f"since {since}" if since and first["ecosystem"] else since
        marks = "; ".join(part for part in (kind, began) if part)
        yield f"{what} ({marks}): {first['detail']}", first["place"], 0
        where = [f"{row['ecosystem']}{reach(row['items'])}" for row in same if row["ecosystem"]]
        if where:
            yield f"in {'; '.join(where)}", "", 1


def reach(items: Sequence[str]) -> str:
    """The first items that something reaches, and how many more."""
    if not items:
        return ""
    more = f", {len(items) - MOST} more" if len(items) > MOST else ""
    return f": {', '.join(items[:MOST])}{more}"


def both_ways(rows: Sequence[Row]) -> Iterable[Line]:
    """The largest hold each way, one ecosystem a line."""
    for name, part in groupby(rows, key=lambda row: row["ecosystem"]):
        told = []
        for row in part:
            on = f" ({shorten(', '.join(row['items']), 60)})" if row["items"] else ""
            who = "its hold on home" if row["kind"] == "its hold" else "home's on it"
            told.append(f"{who} {hold(row)}{on}")
        yield f"{name}: {'; '.join(told)}", "", 0


def standing(rows: Sequence[Row]) -> Iterable[Line]:
    """The largest holds of each ecosystem that something is known of; how many there are in all."""
    for name, part in groupby(rows, key=lambda row: row["ecosystem"]):
        found = list(part)
        known = [row for row in found if row["high"] - row["low"] < 1.0]
        unknown = f", {len(found) - len(known)} of them of unknown size" if len(known) < len(found) else ""
        kind = "item provided" if found[0]["kind"] == "provides" else "hold"
        many = kind if len(found) == 1 else "items provided" if kind.startswith("item") else "holds"
        yield f"{name}: {len(found)} {many}{unknown}", "", 0
        for row in known[:MOST]:
            since = f", {row['since']}" if row["since"] else ""
            yield f"{row['what']}: {hold(row)} ({row['detail']}{since})", short(row["evidence"]), 1


def above(rows: Sequence[Row]) -> Iterable[Line]:
    """The breaches of each ecosystem, ranked by expected excess; those of one hold together."""
    for name, part in groupby(rows, key=lambda row: row["ecosystem"]):
        found = list(part)
        certain = sum(row["certain"] for row in found)
        many = "breach" if len(found) == 1 else "breaches"
        yield f"{name}: {len(found)} {many} of tolerance, {certain} of them certain", "", 0
        merged = group(((row["what"], row["low"], row["high"]), row) for row in found)
        for (what, _, _), same in list(merged.items())[:MOST]:
            told = ", ".join(row["detail"] for row in same)
            yield f"{what}: {hold(same[0])}, {told}", short(same[0]["evidence"]), 1


def facts(rows: Sequence[Row]) -> Iterable[Line]:
    """The largest shares of each kind, then what was looked at."""
    for kind, part in groupby(rows, key=lambda row: row["kind"]):
        for row in list(part)[: MOST if kind != "coverage" else None]:
            if kind == "coverage":
                yield f"{row['what']}: {row['detail']}", "", 0
                continue
            detail = f"; {row['detail']}" if row["detail"] else ""
            yield f"{kind}, {shorten(row['what'], 60)}: {hold(row)}{detail}", row["place"], 0


def hold(row: Row) -> str:
    """A share in words."""
    return "not known" if row["low"] is None or row["high"] is None else percent_range(row["low"], row["high"])


PRINTERS: dict[str, Callable[[Sequence[Row]], Iterable[Line]]] = {
    "relation": relation,
    "regime": regime,
    "likelihood": likelihood,
    "mutual dependence": both_ways,
    "position": standing,
    "breaches": above,
    "facts": facts,
}
