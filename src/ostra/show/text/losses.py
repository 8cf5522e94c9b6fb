"""What scenarios cost, as a terminal shows it: the middle, the ends and the draws of a figure in one cell each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from ostra.model.listing import Listing
from ostra.model.results.simulation import Parties
from ostra.show.output import Shown
from ostra.words.columns import Column, column
from ostra.words.economies import code_and_name, economy_name
from ostra.words.figures import percent, rounded

Row = Mapping[str, Any]
SIDES = {"home": "home", "sellers": "who withholds", "hit": "who is hit", "world": "world"}
PERCENTILES = ("p05", "p50", "p95")
MOST_NAMES = 3  # of a side; more are counted
UNIT = "M USD: million US dollars of the table's year. Who is hit: cut off, or with less capacity.", "dim"
HEAD = "Measure"  # key of the first column beside scenarios, whose ids have small letters only


def simulated(listing: Listing) -> Shown:
    """A table of one scenario: rows by side, economy, sector or day, with middle, ends and draws in words."""
    by, parties = listing.behind.by, listing.behind.simulations[0].parties
    if by == "parameter":
        keys = ("parameter", "low", "middle", "high", "unit", "origin", "reason")
        return Shown(listing, [column(key, "simulate parameter") for key in keys], keep=1)
    with_draws = drawn_in(listing)
    names = sides_of(parties)
    rows: list[dict[str, str]] = []
    for row in listing.frame.to_dicts():
        unit = row.get("unit") or ("share" if by == "day" else "million USD")
        cells = figures_of(row, unit, with_draws)
        if by == "measure":
            if not rows or row["where"] != rows[-1]["where"]:
                rows.append({"where": row["where"], "measure": names[row["where"]].upper()})
            rows.append({"where": row["where"], "measure": measure_words(row), **cells})
        elif by == "day":
            rows.append({"where": SIDES[row["where"]], "day": str(row["day"]), **cells})
        else:
            parts = {f"{key}_order": words(row[f"{key}_order"], unit) for key in ("first", "second", "third", "beyond")}
            part = f"{words(row['middle_share'], 'share')} ({between(row['mild_share'], row['severe_share'], 'share')})"
            who = row["sector"] if by == "sector" else code_and_name(row["economy"])
            whole = {by: who, "name": row.get("name") or "", "part": part}
            rows.append({**whole, **parts, **cells})
    heads = {"day": ("where", "day"), "sector": ("sector", "name")}.get(by, (by,))
    orders = ("first_order", "second_order", "third_order", "beyond_order")
    more = ("part", *orders) if by in ("economy", "sector") else ()
    keys = (*heads, "middle", "ends", *(("draws",) if with_draws else ()), *more)
    legend = (UNIT,) if by == "measure" else ()
    columns = [column(key, "simulate table") for key in keys]
    return Shown(_listing(rows, listing), columns, legend, keep=2 if by in ("sector", "day") else 1)


def embargo(listing: Listing) -> Shown:
    """The losses of an embargo, with what the two views mean below."""
    keys = "lost_share_rerouted lost_share_rationed lost_rerouted lost_rationed rerouting_saves delivers_more output"
    there = [key for key in ("economy", "sector", "name", *keys.split()) if key in listing.frame.columns]
    legend = ("Rerouted: with new partners; rationed: without any. Losses of a year's output.", "dim")
    return Shown(listing, [column(key, "embargo") for key in there], (legend,))


def compared(listing: Listing) -> Shown:
    """Scenarios side by side: a column for each, the ends and the draws below the middle."""
    found: list[Parties] = [one.parties for one in listing.behind.simulations]
    homes = {one.home_name for one in found}
    names = SIDES | ({"home": f"home: {homes.pop()}"} if len(homes) == 1 else {})
    rows: list[dict[str, str]] = []
    side = ""
    for row in listing.frame.to_dicts():
        if row["where"] != side:
            side = row["where"]
            rows.append({HEAD: names[row["where"]].upper()})
        cells = {}
        for one in found:
            name = one.scenario
            figures = {"middle": row[name], "mild": row[f"{name}_low"], "severe": row[f"{name}_high"]}
            figures |= {key: row.get(f"{name}_{key}") for key in PERCENTILES}
            said = figures_of(figures, row["unit"], one.drawn)
            lines = [said["middle"], f"({said['ends']})" if said["ends"] != said["middle"] else ""]
            lines.append(f"draws {said['draws']}" if said["draws"] else "")
            cells[name] = "\n".join(line for line in lines if line) if row["where"] in one.sides else "–"
        rows.append({HEAD: measure_words(row), **cells})
    columns = [Column(HEAD, HEAD), *(Column(one.scenario, one.scenario) for one in found)]
    return Shown(_listing(rows, listing), columns, (UNIT,), keep=1)


def sides_of(parties: Parties) -> dict[str, str]:
    """What the sides of a scenario are called: what they do, and who they are."""
    own = SIDES["home"] + (f", {SIDES['sellers']}" if parties.withholds_itself else "")
    who = names_of(parties)
    return {side: f"{said}: {who[side]}" if side in who else said for side, said in (SIDES | {"home": own}).items()}


def sides_drawn(parties: Parties) -> dict[str, str]:
    """What the sides are called in a picture: who they are, and in short what they do."""
    who = names_of(parties)
    own = f"{parties.home} (withholds)" if parties.withholds_itself else who["home"]
    return {"home": own, "sellers": f"{who['sellers']} (withholds)", "hit": f"{who['hit']} (hit)", "world": "World"}


def names_of(parties: Parties) -> dict[str, str]:
    """Who is home, who withholds and who is hit; of more than a few, how many."""
    return {"home": parties.home_name, "sellers": _named(parties.sellers), "hit": _named(parties.hit)}


def _named(codes: Sequence[str]) -> str:
    names = [economy_name(code) for code in codes]
    return f"{len(names)} economies" if len(names) > MOST_NAMES else ", ".join(names)


def measure_words(row: Row) -> str:
    """A measure with its unit, set in below its side."""
    unit = ", M\N{NO-BREAK SPACE}USD" if row["unit"] == "million USD" else ""
    return f"  {row['measure']}{unit}"


def figures_of(row: Row, unit: str, with_draws: bool) -> dict[str, str]:
    """The middle, the ends and the draws of a figure in words; without draws, an empty text."""
    middle = words(row["middle"], unit)
    same = row["mild"] == row["middle"] == row["severe"]
    draws = ""
    if with_draws:
        median, span = words(row["p50"], unit), between(row["p05"], row["p95"], unit)
        draws = median if span == median else f"{median} ({span})"
    return {"middle": middle, "ends": middle if same else between(row["mild"], row["severe"], unit), "draws": draws}


def between(low: float | None, high: float | None, unit: str) -> str:
    """Two ends in words, one word where they read the same."""
    first, last = words(low, unit), words(high, unit)
    return first if first == last else f"{first} to {last}"


def words(value: float | None, unit: str) -> str:
    """A figure in the form of its unit; a day that does not come is `never`, an unknown a question mark."""
    if value is None:
        return "never" if unit == "day" else "?"
    return percent(value) if unit == "share" else rounded(value)


def drawn_in(listing: Listing) -> bool:
    """Whether a listing has figures of draws."""
    frame = listing.frame
    return any(name in frame.columns and frame[name].is_not_null().any() for name in PERCENTILES)


def _listing(rows: list[dict[str, str]], listing: Listing) -> Listing:
    keys = dict.fromkeys(key for row in rows for key in row)
    full = [{key: row.get(key, "") for key in keys} for row in rows]
    return Listing(pl.DataFrame(full, schema=dict.fromkeys(keys, pl.String)), listing.provenance)
