"""Rows behind references: looked up together as if each were looked up alone."""

from __future__ import annotations

import ostra
from ostra.facts.referenced_rows import SAMPLE_ROWS, referenced_rows
from ostra.model.evidence import FactRef

TRADE = "baci-raw-materials-hs92"


def reference(table: str = "trade", dataset: str = TRADE, **where: str | int | tuple[str, ...]) -> FactRef:
    return FactRef(table=table, dataset=dataset, where={name.replace("_", " "): v for name, v in where.items()}, rows=0)


def test_references_looked_up_together_find_what_each_finds_alone() -> None:
    """Alike and unalike ones, twice the same, with values left out, with no values, and of several data sets."""
    asked = [
        reference(year=2022, product="280530", importer=("DEU", "FRA"), exporter_not=("DEU", "FRA")),
        reference(year=2021, product="810411", importer=("DEU", "ITA"), exporter_not=("CHN",)),
        reference(year=2021, product="810411", importer=("DEU", "ITA"), exporter_not=("CHN",)),
        reference(year=2022, product="280530", importer=(), exporter_not=()),
        reference(year=2022, product="280530"),
        reference("production", "world-mining-data", year=2022, material="gallium"),
        reference("production", "world-mining-data", year=2022, material="cobalt"),
        reference("production", "world-mining-data"),
    ]
    together = referenced_rows(asked, ostra.open().facts)
    assert together == [referenced_rows([one], ostra.open().facts)[0] for one in asked]
    assert [found.reference for found in together] == asked
    assert together[0].rows > SAMPLE_ROWS == len(together[0].sample)
    assert together[3].rows == 0


def test_rows_that_cannot_be_looked_up_say_why_and_hide_no_others() -> None:
    """A data set that is not at hand, and a column that it does not have."""
    asked = [
        reference(dataset="of-somebody-else", year=2022),
        reference(year=2022, colour="red"),
        reference(year=2022, product="280530"),
    ]
    found = referenced_rows(asked, ostra.open().facts)
    assert "not in this workspace" in found[0].caveat
    assert "no column 'colour'" in found[1].caveat
    assert (found[2].caveat, found[2].rows > 0) == ("", True)
    assert [rows.caveat for rows in referenced_rows(asked, None)] == ["the rows were not looked up"] * 3
