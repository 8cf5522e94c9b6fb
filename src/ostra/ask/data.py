"""What the facts of a workspace hold: its data sets, and the words for products."""

from __future__ import annotations

import polars as pl

from ostra.facts.datasets import Dataset, Facts, builtin_root
from ostra.model.evidence import Provenance
from ostra.model.listing import Listing

EDITIONS = ("HS92", "HS96", "HS02", "HS07", "HS12", "HS17", "HS22")


def datasets(facts: Facts, table: str | None = None) -> Listing:
    """The data sets at hand, one row each; `default` marks those that are used unless another is named."""
    held = facts.datasets(table)
    used = {name: facts.dataset(name).id for name in {dataset.table for dataset in held}}
    rows = [
        {
            "dataset": dataset.id,
            "table": dataset.table,
            "title": dataset.title,
            "source": dataset.source,
            "licence": dataset.licence,
            "edition": dataset.edition,
            "years": "–".join(str(year) for year in dict.fromkeys(dataset.years or ())),
            "rows": dataset.rows,
            "retrieved": dataset.retrieved,
            "default": used[dataset.table] == dataset.id,
            "origin": "built-in" if dataset.root == builtin_root() else "workspace",
            "sha256": dataset.sha256,
        }
        for dataset in held
    ]
    frame = pl.DataFrame(rows, schema_overrides={"rows": pl.Int64, "edition": pl.String})
    return Listing(frame, Provenance(title="Data sets", filters={}, sources=()))


def product_names(facts: Facts, source: Dataset) -> dict[str, str]:
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
