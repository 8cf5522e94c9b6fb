"""Who provides what: the one reading of the provision rows of a dossier, and of shares inherited from facts.

The rules are those of the table in docs/methods/chain.md ("Shares"); each that changes what a row says leaves a caveat.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ostra.ecosystem.holds import Hold
from ostra.model.dossier import UNSPECIFIED, Dossier, Ownership
from ostra.words.figures import percent_range

# What counts as providing: hosting, controlling, controlling through owners, or hosting as well as controlling.
By = Literal["location", "headquarters", "ownership", "either"]
# What a row of a dossier speaks of.
RowBy = Literal["location", "headquarters"]
ROWS_BY: tuple[RowBy, ...] = ("location", "headquarters")


@dataclass(frozen=True)
class Row:
    """One provision row, whatever it comes from."""

    item: str
    economy: str
    organisation: str
    among: tuple[str, ...]
    part_of_economy: bool
    low: float
    high: float
    stated: bool
    year: int | None
    claims: tuple[str, ...] = ()
    evidence: str = ""
    notes: tuple[str, ...] = ()

    @property
    def provider(self) -> tuple[str, tuple[str, ...], str]:
        """What makes two rows speak of the same provider."""
        return self.economy, self.among, self.organisation


def row_by(by: By) -> RowBy:
    """Which rows count: owners are followed from the seats of organisations."""
    return "location" if by == "location" else "headquarters"


def rows_by_item(
    dossier: Dossier, by: By, year: int | None, inherited: Sequence[Hold] = ()
) -> tuple[dict[str, list[Row]], dict[str, list[str]]]:
    """The provision rows that count, item by item, and caveats on how they were chosen.

    Parameters
    ----------
    by
        `location`, `headquarters` or `ownership` (rows by headquarters, seats replaced by those of the last owners).
    year
        Rows of later years are left out; None takes all. Of each provider the latest year counts.
    inherited
        Holds from facts, for items without a row by location; production shares stand before import shares.
    """
    wanted = row_by(by)
    owners, rings = _last_owners(dossier.ownership) if by == "ownership" else ({}, set())
    rows: dict[str, list[Row]] = defaultdict(list)
    caveats: dict[str, list[str]] = defaultdict(list)
    for given in dossier.provision:
        if given.by != wanted or (year is not None and given.year is not None and given.year > year):
            continue
        interval = given.interval()
        row = Row(
            item=given.item,
            economy=given.economy,
            organisation=given.organisation,
            among=tuple(sorted(set(given.among))) if given.economy == UNSPECIFIED else (),
            part_of_economy=given.part_of_economy,
            low=interval.low,
            high=interval.high,
            stated=given.share is not None,
            year=given.year,
            claims=given.claims,
            evidence=f"provision.{given.item}.{given.economy}.{given.by}",
            notes=(given.note,) if given.note else (),
        )
        if row.organisation in owners:
            seat, claims = owners[row.organisation]
            if seat != row.economy:
                # The total of the first seat's economy no longer contains it.
                row = replace(row, economy=seat, claims=row.claims + claims, part_of_economy=False)
        if row.organisation in rings:
            caveats[row.item].append(f"The owners of {row.organisation} own each other; its own seat counts.")
        rows[row.item].append(row)
    if by == "location":
        _inherit(rows, caveats, inherited)
    return {item: _latest(item, found, caveats) for item, found in rows.items()}, caveats


def _last_owners(ownership: Iterable[Ownership]) -> tuple[dict[str, tuple[str, tuple[str, ...]]], set[str]]:
    """Organisation -> (seat of its last owner, claims of the chain), and organisations whose owners form a ring."""
    owner_of = {held.organisation: held for held in sorted(ownership, key=lambda o: (o.organisation, o.owner))}
    last, rings = {}, set()
    for name in owner_of:
        seen = {name}
        claims: tuple[str, ...] = ()
        held = owner_of[name]
        while True:
            claims += held.claims
            if held.owner in seen:
                rings.add(name)
                break
            seen.add(held.owner)
            if held.owner not in owner_of:
                last[name] = (held.economy, claims)
                break
            held = owner_of[held.owner]
    return last, rings


def _inherit(rows: dict[str, list[Row]], caveats: dict[str, list[str]], inherited: Sequence[Hold]) -> None:
    """Add shares from facts to items without a row of their own; several headings give the interval over them."""
    found: dict[str, dict[str, dict[str, list[Hold]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for hold in inherited:
        if hold.item not in rows:
            found[hold.item][hold.measure][hold.key].append(hold)
    for item, measures in found.items():
        measure = "production share" if "production share" in measures else sorted(measures)[0]
        keys = measures[measure]
        shares: dict[str, list[Hold]] = defaultdict(list)
        for holds in keys.values():
            for hold in holds:
                shares[hold.economy].append(hold)
        for economy, holds in sorted(shares.items()):
            missing = len({hold.key for hold in holds}) < len(keys)
            years = [hold.year for hold in holds if hold.year is not None]
            rows[item].append(
                Row(
                    item=item,
                    economy=economy,
                    organisation="",
                    among=(),
                    part_of_economy=False,
                    low=0.0 if missing else min(hold.share.low for hold in holds),
                    high=max(hold.share.high for hold in holds),
                    stated=True,
                    year=max(years) if years else None,
                    evidence=holds[0].evidence,
                )
            )
        caveats[item].append(f"Shares are inherited from facts ({measure}).")
        if len(keys) > 1:
            caveats[item].append(f"It is traded under {len(keys)} headings; shares span all of them.")


def _latest(item: str, rows: list[Row], caveats: dict[str, list[str]]) -> list[Row]:
    """One row for each provider: the latest year; differing shares of that year become an interval."""
    by_provider: dict[tuple[str, tuple[str, ...], str], list[Row]] = defaultdict(list)
    for row in rows:
        by_provider[row.provider].append(row)
    kept = []
    for _, same in sorted(by_provider.items()):
        newest = max(row.year or 0 for row in same)
        same = sorted(
            (row for row in same if (row.year or 0) == newest),
            key=lambda row: (not row.stated, row.low, row.high, row.part_of_economy, row.claims, row.notes),
        )
        stated = [row for row in same if row.stated] or same
        first = stated[0]
        high = max(row.high for row in stated)
        notes = tuple(note for row in same for note in row.notes)
        if len({(row.low, row.high) for row in stated}) > 1:
            who = first.organisation or first.economy
            several = f"{who} has several shares for {newest or 'no year'}: {percent_range(first.low, high)}."
            caveats[item].append(several)
            notes = (*notes, several)
        claims = tuple(dict.fromkeys(claim for row in same for claim in row.claims))
        kept.append(replace(first, high=high, claims=claims, notes=tuple(dict.fromkeys(notes))))
    years = sorted({row.year for row in kept if row.year is not None})
    if len(years) > 1:
        caveats[item].append(f"Shares of different years are taken together: {', '.join(map(str, years))}.")
    return kept
