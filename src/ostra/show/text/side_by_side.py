"""Positions of economies side by side, as a table of words."""

from __future__ import annotations

from typing import Any

from ostra.model.dossier import NOT_SAID
from ostra.model.listing import Listing, Rows
from ostra.show.output import Shown
from ostra.words.columns import column


def positions(listing: Listing) -> Shown:
    """One row for each ecosystem and topic, and a column for each economy; gaps said in words."""
    codes = list(dict.fromkeys(row["economy"] for row in listing.rows()))
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for row in listing.rows():
        key = (row["ecosystem"], row["topic"])
        beside = rows.setdefault(key, {"ecosystem": key[0], "topic": key[1], **dict.fromkeys(codes, NOT_SAID)})
        if row["position"] is not None:
            beside[row["economy"]] = row["position"] + (f" [{row['figures']}]" if row["figures"] else "")
    names = ["topic"] if len({ecosystem for ecosystem, _ in rows}) == 1 else ["ecosystem", "topic"]
    beside_each_other = Listing(Rows(list(rows.values())), listing.provenance)
    return Shown(beside_each_other, [column(key) for key in [*names, *codes]])
