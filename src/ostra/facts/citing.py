"""How data sets are cited and what they cover, in the words of listings, and the words for products."""

from __future__ import annotations

from collections.abc import Sequence

from ostra.errors import UsageError
from ostra.facts.datasets import Dataset
from ostra.facts.joined import Joined
from ostra.facts.store import Answering, Facts
from ostra.model.dossier import EDITIONS
from ostra.model.evidence import Source


def covered(source: Answering) -> tuple[int, int]:
    """First and last year of a data set.

    Raises
    ------
    UsageError
        The data set has no years.
    """
    if source.years is None:
        raise UsageError(f"data set '{source.id}' has no years")
    return source.years[0], source.years[1]


def lapsed_caveats(source: Answering, products: Sequence[str], years: Sequence[int]) -> tuple[str, ...]:
    """Which of the products the data no longer cover in some of the years, because reporters gave the code up."""
    return tuple(
        f"HS {product} is unknown from {first} on: reporters gave the code up"
        for product, first in sorted(source.lapsed.items())
        if product in products and years[-1] >= first
    )


def spans(years: Sequence[int]) -> str:
    """First and last year in words."""
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"


def cite(source: Dataset) -> str:
    """A data set as it is cited: title, publisher, licence, when retrieved."""
    return f"{source.title}. {source.source}. Licence {source.licence}, retrieved {source.retrieved} [{source.id}]"


def cited(source: Answering) -> tuple[str, ...]:
    """What was read, cited data set by data set, the one that goes before the others first."""
    return tuple(cite(part) for part in source.parts) if isinstance(source, Joined) else (cite(source),)


def as_source(source: Answering) -> Source:
    """A data set as a source that evidence can name."""
    return Source(
        id=source.id,
        title=source.title,
        publisher=source.source,
        date=source.retrieved,
        url=source.url,
        licence=source.licence,
        retrieved=source.retrieved,
        note=" ".join(source.notes)[:4000],
    )


def product_names(facts: Facts, source: Answering) -> dict[str, str]:
    """HS code -> words in the edition of the data set, else in the nearest later or earlier edition that has it."""
    rows = facts.relation("hs_products").query(
        "names", "select edition, product, description from names order by edition, product"
    )
    own = source.edition or "HS22"
    names: dict[str, tuple[int, str]] = {}
    for edition, product, description in rows.fetchall():
        distance = abs(EDITIONS.index(edition) - EDITIONS.index(own)) if own in EDITIONS else 0
        if product not in names or distance < names[product][0]:
            names[product] = (distance, description)
    return {product: text for product, (_, text) in names.items()}
