"""The shares that a dossier states, as holds with their evidence."""

from __future__ import annotations

from collections import defaultdict

from ostra.ecosystem.amounts import provision_of
from ostra.ecosystem.holds import Hold
from ostra.ecosystem.provision import ROWS_BY, Row, RowBy, rows_by_item
from ostra.model.dossier import UNSPECIFIED, Dossier
from ostra.model.evidence import Evidence
from ostra.words.economies import economy_name
from ostra.words.sentences import LABEL, shortened


def provision_holds(dossier: Dossier, year: int | None = None) -> list[Hold]:
    """Each economy's share of each item as the dossier tells it, by location and by headquarters apart.

    The shares are those that the chain reads (docs/methods/chain.md, "Shares"), each economy for itself. Rows that are
    part of their economy's total are named, not added; rows of unspecified economies are nobody's hold.

    Parameters
    ----------
    year
        Rows of later years are left out; None takes all.

    Returns
    -------
    list of Hold
        In the order in which the dossier names items, bases and economies.
    """
    items = {item.id: item for item in dossier.items}
    place: dict[tuple[str, str, str, str], int] = {
        (row.item, row.by, row.economy, row.organisation): number
        for number, row in reversed(list(enumerate(dossier.provision)))
    }
    found: dict[tuple[str, RowBy], list[Row]] = {}
    for by in ROWS_BY:
        for item, rows in rows_by_item(dossier, by, year)[0].items():
            found[item, by] = sorted(rows, key=lambda row: place[item, by, row.economy, row.organisation])
    first = {key: min(place[*key, row.economy, row.organisation] for row in rows) for key, rows in found.items()}
    result = []
    for item, by in sorted(found, key=first.__getitem__):
        rows = found[item, by]
        whole = provision_of(
            rows, of="economies", complete=by in items[item].complete, unnamed="possible", player_of={}
        )
        of_economy: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            if row.economy != UNSPECIFIED:
                of_economy[row.economy].append(row)
        for economy, own in of_economy.items():
            added = [row for row in own if not row.part_of_economy] or own
            result.append(
                Hold(
                    item=item,
                    item_name=items[item].name,
                    economy=economy,
                    measure="provision share",
                    key=f"provision.{by}",
                    share=whole.share(economy),
                    year=max((row.year for row in added if row.year is not None), default=None),
                    evidence=own[0].evidence,
                    organisations=tuple(dict.fromkeys(row.organisation for row in own if row.organisation)),
                    claims=tuple(dict.fromkeys(claim for row in added for claim in row.claims)),
                    caveats=tuple(dict.fromkeys([*(note for row in added for note in row.notes), *whole.corrections])),
                )
            )
    return result


def provision_evidence(holds: list[Hold], dossier: Dossier) -> list[Evidence]:
    """Evidence of the holds that the dossier states, with the claims and sources that they rest on."""
    source_of = {claim.id: claim.source for claim in dossier.claims}
    found = []
    for hold in holds:
        by = hold.key.removeprefix("provision.")
        where = "made in" if by == "location" else "controlled from"
        who = f" ({', '.join(hold.organisations)})" if hold.organisations else ""
        found.append(
            Evidence(
                id=hold.evidence,
                label=shortened(f"Share of {hold.item_name} {where} {economy_name(hold.economy)}{who}", LABEL),
                kind="cited",
                unit="share",
                value=hold.share.low if hold.share.known else None,
                low=hold.share.low,
                high=hold.share.high,
                text="" if hold.share.known else "not stated exactly: the interval is what the claims allow",
                claims=hold.claims,
                sources=tuple(dict.fromkeys(source_of[claim] for claim in hold.claims)),
                date=str(hold.year or ""),
                caveats=hold.caveats,
            )
        )
    return found
