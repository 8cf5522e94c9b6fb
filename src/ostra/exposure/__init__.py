"""What can be asked of the input-output method (docs/methods/reliance.md, extraction.md), as listings."""

from __future__ import annotations

from ostra.exposure.extraction import each_sector, extract, extract_pair, mutual
from ostra.exposure.opening import Answer
from ostra.exposure.positions import positions
from ostra.exposure.reliance import (
    by_order,
    of_sectors,
    of_sectors_on_partners,
    on_partners,
    through_economies,
    through_sectors,
)

__all__ = [
    "Answer",
    "by_order",
    "each_sector",
    "extract",
    "extract_pair",
    "mutual",
    "of_sectors",
    "of_sectors_on_partners",
    "on_partners",
    "positions",
    "through_economies",
    "through_sectors",
]
