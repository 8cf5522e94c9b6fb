"""Weights, stages, dates and years: what does not fit the question is an interval, unknown, or refused."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from ostra.ask.materials import materials
from ostra.change.new_workspace import create_workspace
from ostra.documents.yaml_documents import read_profile
from ostra.ecosystem.materials.production_shares import production_shares
from ostra.errors import DataError, UsageError
from ostra.facts.imports import import_file
from ostra.facts.kinds import Options
from ostra.facts.mrio.by_pymrio import _parsed
from ostra.facts.mrio.layouts import Opened, _year_of
from ostra.model.evidence import Source
from ostra.workspace import Workspace

PRODUCTION = "year,material,country,stage,quantity,unit,quality\n"
TRADE = "year,exporter,importer,product,value_kusd,quantity_t\n"


def cobalt(folder: Path, production: str, trade: str) -> dict[str, object]:
    """The row of cobalt for Germany, 2022, of a workspace with these facts."""
    create_workspace(folder)
    for kind, text in (("production", production), ("plain", trade)):
        if text:
            path = folder.parent / f"{kind}.csv"
            path.write_text(text)
            import_file(folder, kind, path, options=Options(edition="HS92") if kind == "plain" else None)
    frame = materials(Workspace(folder), home="DEU", years=2022, materials=["Cobalt"]).frame
    return frame.row(0, named=True)


STAGES = (
    PRODUCTION + "2022,Cobalt,COD,mining,100000,t,reported\n2022,Cobalt,CHN,mining,1000,t,reported\n"
    "2022,Cobalt,CHN,refining,90000,t,reported\n2022,Cobalt,FIN,refining,10000,t,reported\n"
)


def test_stages_of_one_material_are_never_added(tmp_path: Path) -> None:
    """The stage that the traded code stands for counts, and the other is named."""
    row = cobalt(tmp_path / "w", STAGES, TRADE + "2022,COD,DEU,810510,500,120\n")
    mined, refined = (100 / 101) ** 2 + (1 / 101) ** 2, 0.9**2 + 0.1**2
    assert any(row["production_concentration"] == pytest.approx(value) for value in (mined, refined))
    assert any("not added" in str(caveat) for caveat in row["caveats"])  # type: ignore[attr-defined]


def test_a_share_spans_the_stages(tmp_path: Path) -> None:
    """China mines 1 of 101 and refines 90 of 100: an item that is cobalt is held between these."""
    create_workspace(tmp_path / "w")
    path = tmp_path / "p.csv"
    path.write_text(STAGES)
    import_file(tmp_path / "w", "production", path)
    shares = production_shares(Workspace(tmp_path / "w").facts.relation("production"), [2022], ["Cobalt"])
    china = shares.filter(pl.col("country") == "CHN").row(0, named=True)
    assert (china["share_low"], china["share_high"]) == (pytest.approx(1 / 101), 0.9)
    finland = shares.filter(pl.col("country") == "FIN").row(0, named=True)
    assert (finland["share_low"], finland["share_high"]) == (0.0, 0.1)


def test_units_of_mass_are_one(tmp_path: Path) -> None:
    """100 kt, 100000 t and 100,000,000 kg are the same production."""
    rows = [("100", "kt"), ("100000", "t"), ("100000000", "kg"), ("0.1", "Mt")]
    found = []
    for number, (quantity, unit) in enumerate(rows):
        text = PRODUCTION + f"2022,Cobalt,DEU,mining,{quantity},{unit},reported\n"
        found.append(cobalt(tmp_path / f"w{number}", text, TRADE + "2022,COD,DEU,810510,500,120\n")["production_t_low"])
    assert found == [100000.0] * 4


def test_no_weight_beside_a_value_is_not_nothing(tmp_path: Path) -> None:
    """0 t for 900 million dollars is as unknown as an empty cell: the import risk is an interval."""
    rest = "2022,CAN,DEU,810510,15,1\n2022,CHN,FRA,810510,30,2\n"
    zero = cobalt(tmp_path / "w", "", TRADE + "2022,COD,DEU,810510,900000,0\n" + rest)
    assert zero["import_risk"] is None
    assert any("without quantity" in str(caveat) for caveat in zero["caveats"])  # type: ignore[attr-defined]
    blank = cobalt(tmp_path / "v", "", TRADE + "2022,COD,DEU,810510,900000,\n" + rest)
    assert zero["import_risk_low"] <= blank["import_risk_low"]  # type: ignore[operator]
    assert zero["import_risk_high"] == blank["import_risk_high"]


def test_imports_of_a_material_from_nobody_leave_its_risk_open(tmp_path: Path) -> None:
    """An unnamed supplier may be as stable or as unstable as any."""
    row = cobalt(tmp_path / "w", "", TRADE + '2022,CAN,DEU,810510,15,1\n2022,"Areas, nes",DEU,810510,15,1\n')
    assert row["import_risk"] is None and row["import_risk_low"] < row["import_risk_high"]  # type: ignore[operator]
    assert any("nobody can name" in str(caveat) for caveat in row["caveats"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("day", ["2026-02-30", "2025-02-29", "2026-04-31"])
def test_a_day_that_does_not_exist_is_a_fault_of_the_document(day: str) -> None:
    """The date is refused where it stands, in every document that has one."""
    with pytest.raises(ValueError, match="no such day"):
        Source(id="s", title="T", publisher="P", date=day)
    with pytest.raises(DataError, match="no such day"):
        read_profile(f'format: ostra-profile/1\nid: p\ntitle: P\nhome: EU27\nauthor: A\ndate: "{day}"\n')
    assert Source(id="s", title="T", publisher="P", date="2024-02-29").date == "2024-02-29"


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("2018_SML_downloaded_2024.csv", 2018), ("ICIO2023_2018.csv", 2018), ("2018_SML.csv", 2018),
        ("matrix_eu-ic-io_ind-by-ind_25ed_2022.csv", 2022), ("IOT_2020_pxp.zip", 2020), ("table_2019.npz", 2019),
        ("Eora26_2017_bp_got_2024.zip", 2017), ("table.csv", None), ("table_2018_got_2024.csv", None),
    ],
)  # fmt: skip
def test_the_year_of_a_table_is_where_its_publisher_puts_it(name: str, year: int | None) -> None:
    """Of several years in a name the one that the publisher's pattern tells; else the year is asked for."""
    one = Opened(Path(name), name)
    if year is None:
        with pytest.raises(UsageError, match="--year"):
            _year_of(one)
    else:
        assert _year_of(one) == year


def test_flows_follow_from_coefficients() -> None:
    """A folder with A and Y and no Z: x = (I - A)^-1 Y 1 and Z = A diag(x)."""
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pymrio")
    index = pandas.MultiIndex.from_tuples([("DEU", "a"), ("CHN", "a")])
    flows, final = np.array([[10.0, 20.0], [5.0, 8.0]]), np.array([[70.0, 0.0], [7.0, 80.0]])
    output = flows.sum(axis=1) + final.sum(axis=1)
    users = pandas.MultiIndex.from_tuples([("DEU", "h"), ("CHN", "h")])
    io = SimpleNamespace(
        Z=None, x=None, A=pandas.DataFrame(flows / output, index=index, columns=index),
        Y=pandas.DataFrame(final, index=index, columns=users),
    )  # fmt: skip
    found = _parsed(io, "exiobase3", "t", 2020)
    assert found.output is not None
    np.testing.assert_allclose(found.flows, flows)
    np.testing.assert_allclose(found.output, output)


def test_importance_of_economies_is_answered_for_economies() -> None:
    """Who asks for economies gets economies; who asks for nothing gets items."""
    from ostra.ask.chain import importance

    space = Workspace()
    item = space.dossier("semiconductors").items[0].id
    asked = importance(space, "semiconductors", item, of="economies", level=0.5, possible=True, max_size=1)
    assert asked.provenance.filters["of"] == "economies"
    assert all(len(member) == 3 for member in asked.frame["member"])
