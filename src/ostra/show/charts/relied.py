"""Reliance drawn: bars of face value and what is hidden, or a map of shades of every sector on every economy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ostra.model.listing import Listing
from ostra.show.charts.heatmap import heat_picture
from ostra.show.charts.hidden import PARTS, SALES_PARTS, THROUGH_PARTS, Bar, hidden_figure
from ostra.show.charts.svg import standalone

ORDERS = ("face_value", "order_2", "order_3", "beyond")
OF = {"inputs": "inputs", "sales": "uses by industries"}


def drawn(listing: Listing) -> str:
    """Bars by order; of what is hidden, by whom it runs through."""
    side, among = listing.behind
    rows: list[dict[str, Any]] = among or listing.frame.to_dicts()
    title, about = listing.provenance.title, _about(listing)
    parts: Sequence[str]
    name = "sector_name" if "sector_name" in rows[0] else "economy_name"
    if "hidden_share" in rows[0]:
        bars = [Bar(r[name], _known(r["second"], r["hidden"] and r["hidden"] - r["second"])) for r in rows]
        title, parts = f"{title}: what is hidden, in per cent of output", THROUGH_PARTS
    else:
        bars = [Bar(row[name], _known(*(row[part] for part in ORDERS))) for row in rows if not row.get("is_home")]
        title = f"{title}: share of all {OF[side]} at any order"
        parts = PARTS if side == "inputs" else SALES_PARTS
    return standalone(hidden_figure(bars, "reliance", title=title, said=listing.summary, about=about, parts=parts))


def map_of_shades(listing: Listing) -> str:
    """Every sector of home and every economy, look-through as shade."""
    rows = listing.frame.to_dicts()
    sectors = list(dict.fromkeys((row["sector"], row["sector_name"]) for row in rows))
    partners = list(dict.fromkeys((r["economy"], r["economy_name"]) for r in rows if not r["is_home"]))
    cells = {(row["sector"], row["economy"]): row["look_through"] for row in rows}
    title = f"{listing.provenance.title}: per cent of all {OF[listing.behind[0]]} at any order"
    return heat_picture(sectors, partners, cells, title=title, said=listing.summary, about=_about(listing))


def _about(listing: Listing) -> str:
    return "; ".join((*listing.provenance.sources, f"method: docs/methods/{listing.provenance.method}.md"))


def _known(*parts: float | None) -> tuple[float, ...] | None:
    """Parts of a bar; None where one of them is unknown."""
    known = tuple(part for part in parts if part is not None and part == part)
    return known if len(known) == len(parts) else None
