"""Holds: the share of an item that one economy provides, whatever the figure comes from."""

from __future__ import annotations

from dataclasses import dataclass

from ostra.model.base import Interval
from ostra.model.results.ecosystem import Measure


@dataclass(frozen=True)
class Hold:
    """One economy's share of one item, by one measure; `key` tells holds of the same economy and item apart."""

    item: str
    item_name: str
    economy: str
    measure: Measure
    key: str
    share: Interval
    year: int | None
    evidence: str
    product: str | None = None
    flagged: bool | None = None
    mutual: Interval | None = None
    mutual_evidence: str | None = None
    organisations: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
