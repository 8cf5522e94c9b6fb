"""Codes of one edition of the Harmonised System are never read as those of another, and lapsed ones are unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from ostra.ask.chain import holds
from ostra.ask.trade import dependencies
from ostra.change.new_workspace import create_workspace
from ostra.documents.yaml_documents import read_dossier
from ostra.errors import DataError
from ostra.facts.editions import carry, lapsed_codes
from ostra.facts.imports import import_file
from ostra.facts.kinds import Options
from ostra.facts.store import open_facts
from ostra.workspace import Workspace

HEADER = "year,exporter,importer,product,value_kusd,quantity_t\n"
DOSSIER = """\
format: ostra-dossier/1
id: cells
title: Cells
summary: Cells.
author: A test
date: "2026"
sources:
  - {id: s, title: S, publisher: P, date: "2026"}
claims:
  - {id: c, statement: It is needed., source: s, locator: p. 1, basis: cites}
stages:
  - {id: parts, name: Parts}
items:
  - {id: cell, name: Cells, kind: product, stage: parts, products: [{hs: "HS", edition: EDITION}], claims: [c]}
"""


@pytest.mark.parametrize(
    ("code", "start", "end", "products", "wider"),
    [
        ("850780", "HS92", "HS17", ("850750", "850760", "850780"), False),  # split
        ("850760", "HS17", "HS92", ("850780",), True),  # merged with others
        ("811230", "HS92", "HS17", (), False),  # given up
        ("711021", "HS92", "HS22", ("711021",), False),
        ("850780", "HS92", "HS12", ("850750", "850760", "850780"), False),  # by way of HS17
        ("711021", "HS92", "HS96", ("711021",), False),  # the same everywhere, so in HS96 as well
        ("850780", "HS92", "HS96", (), False),
        ("850780", "HS92", None, (), False),
        ("711021", "HS92", None, ("711021",), False),
        ("999999", "HS92", "HS92", ("999999",), False),
    ],
)
def test_a_code_is_carried_to_its_successors(
    code: str, start: str, end: str | None, products: tuple[str, ...], wider: bool
) -> None:
    """One to one, one to many, many to one, and unknown where there is no way."""
    found = carry(code, start, end)
    assert (found.products, found.wider) == (products, wider)


def workspace(folder: Path, code: str, edition: str, *, stated: str | None, rows: str) -> Workspace:
    """A workspace with one dossier that is bound to a code, and trade in an edition."""
    create_workspace(folder)
    (folder / "dossiers" / "cells.yaml").write_text(DOSSIER.replace("EDITION", edition).replace('"HS"', f'"{code}"'))
    path = folder.parent / "trade.csv"
    path.write_text(HEADER + rows)
    import_file(folder, "plain", path, options=Options(edition=stated))
    return Workspace(folder)


ROWS = "2022,CHN,DEU,850760,900,9\n2022,KOR,DEU,850760,100,1\n2022,FRA,DEU,850780,60,6\n2022,KOR,DEU,850780,40,4\n"


def test_an_item_gets_the_successors_of_its_code_with_a_word(tmp_path: Path) -> None:
    """HS92 850780 is three codes of HS17: what is known of them is said to be parts of it, with both editions."""
    space = workspace(tmp_path / "w", "850780", "HS92", stated="HS17", rows=ROWS)
    found = [d for d in space.assess("cells", "DEU", 2022).step1.dependencies if d.measure == "import share"]
    assert {d.product for d in found} == {"850760", "850780"}
    assert all(any("HS92 850780" in caveat and "HS17" in caveat for caveat in d.caveats) for d in found)
    listed = dependencies(space, home="DEU", years=2022, ecosystem="cells")
    assert listed.frame["product"].to_list() == ["850750", "850760", "850780"]
    assert any("HS92 850780 is HS17" in caveat for caveat in listed.provenance.caveats)
    chain = holds(space, "cells", home="DEU", by="location", year=2022).frame
    china = chain.filter(chain["economy"] == "CHN").row(0, named=True)
    assert (china["hold_low"], china["hold_high"]) == (0.0, 0.9)


def test_what_cannot_be_carried_over_is_unknown_and_told(tmp_path: Path) -> None:
    """An edition that was not stated, or a code without successor, gives no number of another good."""
    space = workspace(tmp_path / "w", "850780", "HS92", stated=None, rows=ROWS)
    assessment = space.assess("cells", "DEU", 2022)
    assert not [d for d in assessment.step1.dependencies if d.measure == "import share"]
    assert any("HS92 850780 cannot be carried over" in caveat for caveat in assessment.caveats)


def test_the_same_edition_changes_nothing(tmp_path: Path) -> None:
    """Codes of the edition of the data are read as they stand, without a word on editions."""
    space = workspace(tmp_path / "w", "850780", "HS17", stated="HS17", rows=ROWS)
    found = [d for d in space.assess("cells", "DEU", 2022).step1.dependencies if d.measure == "import share"]
    assert {(d.supplier, d.hold.low) for d in found} == {("FRA", 0.6), ("KOR", 0.4)}
    assert not any("HS92" in caveat for d in found for caveat in d.caveats)


def test_an_edition_that_does_not_exist_is_refused_with_the_mend(tmp_path: Path) -> None:
    """HS2017 is written HS17."""
    path = tmp_path / "cells.yaml"
    path.write_text(DOSSIER.replace("EDITION", "HS2017").replace('"HS"', '"850780"'))
    with pytest.raises(DataError, match="Did you mean 'HS17'"):
        read_dossier(path)


def test_codes_that_were_given_up_are_unknown_in_imported_data(tmp_path: Path) -> None:
    """What is left of germanium in HS92 after 2007 is a remnant, from whatever file it comes."""
    path = tmp_path / "g.csv"
    path.write_text(HEADER + "2006,CHN,DEU,811230,9,1\n2012,CHN,DEU,811230,9,1\n2012,CHN,DEU,711021,9,1\n")
    report = import_file(tmp_path / "w", "plain", path, options=Options(edition="HS92"))
    assert report.dataset is not None and report.dataset.lapsed == {"811230": 2007}
    assert any("811230 (2007)" in note for note in report.caveats)
    assert open_facts(tmp_path / "w").relation("trade").filter("product = '811230'").fetchall()[0][0] == 2006
    found = dependencies(Workspace(tmp_path / "w"), home="DEU", years=2012, products=["711021", "811230"]).frame
    assert dict(zip(found["product"], found["status"], strict=True)) == {"811230": "unknown", "711021": "traded"}
    assert lapsed_codes("HS92", ["010120", "711021"]) == {"010120": 2017}
    assert lapsed_codes(None, ["811230"]) == lapsed_codes("HS22", ["811230"]) == {}


def test_years_imported_one_by_one_are_read_together(tmp_path: Path) -> None:
    """Other years of the same kind and edition add up, in any order; of one year the newer data set answers."""
    ids = []
    for place, order in (("a", (2021, 2022)), ("b", (2022, 2021))):
        for year in order:
            path = tmp_path / f"BACI_HS92_Y{year}_V1.csv"
            path.write_text(f"t,i,j,k,v,q\n{year},156,276,711021,9,1\n")
            import_file(tmp_path / place, "baci", path)
        space = Workspace(tmp_path / place)
        found = dependencies(space, home="DEU", years=[2021, 2022], products=["711021"])
        assert found.frame["imports_kusd"].to_list() == [9.0, 9.0]
        assert any("baci-hs92-y2021-v1" in source for source in found.provenance.sources)
        default = space.facts.answering("trade")
        assert space.facts.answering("trade", default.id) == default
        ids.append(default.sha256)
    assert ids[0] == ids[1]
    again = tmp_path / "BACI_HS92_Y2022_V2.csv"
    again.write_text("t,i,j,k,v,q\n2022,156,276,711021,5,1\n")
    newer = import_file(tmp_path / "a", "baci", again)
    assert newer.dataset is not None
    rows = open_facts(tmp_path / "a").relation("trade").filter("product = '711021' AND importer = 'DEU'")
    assert [row[4] for row in rows.filter("year >= 2021 AND year <= 2022").order("year").fetchall()] == [9, 5]
