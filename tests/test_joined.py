"""Data sets of a table answer together: each cell once, from the data set that goes before the others."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ostra.ask.data import datasets
from ostra.ask.trade import dependencies
from ostra.change.facts_import import drop_facts, import_facts
from ostra.change.new_workspace import create_workspace
from ostra.cli import main
from ostra.errors import NotFoundError, UsageError
from ostra.facts.imports import import_file
from ostra.facts.joined import Joined
from ostra.facts.kinds import Options
from ostra.facts.store import Facts, open_facts
from ostra.workspace import Workspace

HEADER = "year,exporter,importer,product,value_kusd,quantity_t\n"
ECONOMIES = ("CHN", "DEU", "FRA", "USA")
Flow = tuple[int, str, str, str]

flows = st.dictionaries(
    st.tuples(
        st.integers(2020, 2021),
        st.sampled_from(ECONOMIES),
        st.sampled_from(ECONOMIES),
        st.sampled_from(("811292", "810510")),
    ).filter(lambda flow: flow[1] != flow[2]),
    st.integers(1, 9),
    min_size=1,
    max_size=8,
)
# The same rows twice are recognised at import and are one data set: nothing to be joined.
sets = st.lists(
    st.tuples(flows, st.sampled_from(("all", "imports", "exports", "both"))),
    min_size=1,
    max_size=3,
    unique_by=lambda one: (tuple(sorted(one[0].items())), one[1]),
)


def imported(folder: Path, name: str, rows: dict[Flow, int], covers: str = "", edition: str | None = "HS92") -> None:
    """One data set of trade."""
    path = folder / f"{name}.csv"
    path.write_text(HEADER + "".join(f"{y},{e},{i},{p},{value},1\n" for (y, e, i, p), value in rows.items()))
    import_file(folder, "plain", path, dataset=name, options=Options(edition=edition, covers=covers))


def covered(flow: Flow, rows: dict[Flow, int], covers: str) -> bool:
    """Whether a data set answers for a flow, spelt out: the brute-force twin of the SQL."""
    year, exporter, importer, product = flow
    if not any((y, p) == (year, product) for y, _, _, p in rows):
        return False
    bought = covers in ("imports", "both") and any((y, i) == (year, importer) for y, _, i, _ in rows)
    sold = covers in ("exports", "both") and any((y, e) == (year, exporter) for y, e, _, _ in rows)
    return covers == "all" or bought or sold


@settings(max_examples=25, deadline=None)
@given(sets)
def test_joined_rows_are_those_of_a_brute_force_twin(given_sets: list[tuple[dict[Flow, int], str]]) -> None:
    """Every flow once, from the first data set that covers it; the order of imports plays no part."""
    from tempfile import TemporaryDirectory

    expected: dict[Flow, int] = {}
    order = list(enumerate(given_sets))[::-1]  # of equal age, the greater id goes before
    for place, (_, (rows, _)) in enumerate(order):
        before = [one for _, one in order[:place]]
        expected |= {flow: v for flow, v in rows.items() if not any(covered(flow, *one) for one in before)}
    for sequence in (range(len(given_sets)), reversed(range(len(given_sets)))):
        with TemporaryDirectory() as name:
            for number in sequence:
                imported(Path(name), f"set-{number}", *given_sets[number])
            facts = Facts([Path(name) / "facts"])
            found = {(y, e, i, p): int(value) for y, e, i, p, value, _ in facts.relation("trade").fetchall()}
            assert found == expected
            facts.close()


def test_a_few_rows_hide_nothing(tmp_path: Path) -> None:
    """Four rows of another edition leave what the built-in facts say of a dossier as it was."""
    create_workspace(tmp_path / "w")
    before = Workspace(tmp_path / "w").assess("semiconductors", year=2022)
    path = tmp_path / "chips.csv"
    path.write_text(
        HEADER + "".join(f"2022,{e},DEU,854231,{v},1\n" for e, v in (("TWN", 9), ("KOR", 5), ("MYS", 2), ("CHN", 1)))
    )
    told = import_facts(Workspace(tmp_path / "w"), "plain", [path], options=Options(edition="HS17"))
    assert "cells (year × product): 1 added, 0 answered instead of other data sets" in told.lines
    assert any("no dossier" in line or "no number moves" in line for line in told.lines)
    after = Workspace(tmp_path / "w").assess("semiconductors", year=2022)
    assert [d.hold for d in after.step1.dependencies] == [d.hold for d in before.step1.dependencies]
    shown = dependencies(Workspace(tmp_path / "w"), home="DEU", years=2022)
    assert shown.frame["product"].to_list() == ["854231"]
    assert any("there is more in HS92 (--edition HS92)" in caveat for caveat in shown.provenance.caveats)
    old = dependencies(Workspace(tmp_path / "w"), home="DEU", years=2022, edition="HS92").frame
    assert old.equals(dependencies(Workspace(), home="DEU", years=2022).frame)


def test_what_moves_is_told_and_a_data_set_can_be_dropped(tmp_path: Path) -> None:
    """New production of a material of a dossier moves numbers; without the data set all is as before."""
    create_workspace(tmp_path / "w")
    space = Workspace(tmp_path / "w")
    before = space.assess("semiconductors", year=2022)
    path = tmp_path / "p.csv"
    path.write_text("year,material,country,stage,quantity,unit,quality\n2022,Gallium,DEU,refining,9,t,reported\n")
    told = import_facts(space, "production", [path], dataset="mine")
    assert any(line.startswith("semiconductors: ") and "numbers move" in line for line in told.lines)
    assert Workspace(tmp_path / "w").assess("semiconductors", year=2022).evidence != before.evidence
    assert drop_facts(Workspace(tmp_path / "w"), "mine").done == "dropped"
    assert Workspace(tmp_path / "w").assess("semiconductors", year=2022) == before
    assert not (tmp_path / "w" / "facts" / "production" / "mine").exists()
    with pytest.raises(NotFoundError, match="there are: none"):
        drop_facts(Workspace(tmp_path / "w"), "mine")


def test_precedence_can_be_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By default the user's data go before; `--prefer` and `--only` say otherwise, and the listing tells the order."""
    create_workspace(tmp_path / "w")
    imported(tmp_path / "w", "mine", {(2022, "CHN", "DEU", "260300"): 7}, "all")
    read = {
        choice: open_facts(tmp_path / "w", **{choice: names}).relation("trade").filter(
            "product = '260300' AND year = 2022 AND importer = 'DEU'"
        ).aggregate("count(*)").fetchall()[0][0]
        for choice, names in {"prefer": ["baci-raw-materials-hs92"], "only": ["mine"], "without": ["mine"]}.items()
    }  # fmt: skip
    assert read["only"] == 1
    assert read["prefer"] == read["without"] > 1
    listed = datasets(Workspace(tmp_path / "w"), table="trade", covers=True).frame
    assert listed.select("dataset", "place", "answered_by_others").rows() == [
        ("mine", 1, 0),
        ("baci-raw-materials-hs92", 2, 1),
    ]
    assert main(["deps", "--home", "DEU", "--year", "2022", "--only", "mine", "-w", str(tmp_path / "w"), "--json"]) == 0
    assert [row["product"] for row in json.loads(capsys.readouterr().out)] == ["260300"]
    with pytest.raises(NotFoundError, match="no data set 'absent'"):
        open_facts(tmp_path / "w", only=["absent"])


@pytest.mark.parametrize(
    ("rows", "covers", "imports_of", "exports_of"),
    [
        ([("TWN", "DEU"), ("TWN", "FRA")], "", (), ("TWN",)),
        ([("TWN", "DEU"), ("KOR", "DEU")], "", ("DEU",), ()),
        ([("TWN", "DEU")], "", (), ("TWN",)),
        ([("TWN", "DEU"), ("DEU", "TWN")], "", None, None),
        ([("TWN", "DEU"), ("TWN", "FRA")], "all", None, None),
        ([("TWN", "DEU"), ("TWN", "FRA")], "both", ("DEU", "FRA"), ("TWN",)),
    ],
)
def test_what_is_covered_is_read_off_the_rows_or_stated(
    tmp_path: Path, rows: list[tuple[str, str]], covers: str, imports_of: object, exports_of: object
) -> None:
    """One seller to many is that seller's exports, many to one that buyer's imports; who knows better says so."""
    imported(tmp_path, "x", {(2022, e, i, "854231"): 1 for e, i in rows}, covers)
    held = open_facts(tmp_path).dataset("trade", "x")
    assert (held.imports_of, held.exports_of) == (imports_of, exports_of)
    assert any(note.startswith("Covers" if covers else "Taken to cover") for note in held.notes)
    with pytest.raises(UsageError, match="--covers is one of"):
        imported(tmp_path, "y", {(2022, "CHN", "DEU", "854231"): 1}, "some")


def test_the_id_of_joined_data_sets_does_not_depend_on_the_order_of_imports(tmp_path: Path) -> None:
    """Nor do their hash and their rows."""
    found = set()
    for number, order in enumerate(permutations(("a", "b", "c"))):
        (tmp_path / str(number)).mkdir()
        for name in order:
            imported(tmp_path / str(number), name, {(2022, "CHN", "DEU", "260300"): ord(name)}, "all")
        facts = open_facts(tmp_path / str(number))
        joined = facts.answering("trade")
        assert isinstance(joined, Joined)
        found.add((joined.id, facts.sha256(["trade"])))
        assert facts.relation("trade", joined.id).filter("product = '260300' AND year = 2022").fetchall() == [
            (2022, "CHN", "DEU", "260300", 99, 1)
        ]
    assert len(found) == 1


COVERAGE = [
    # Taiwan's exports alone; Germany's imports alone; both; and the trade of all.
    ([("TWN", "DEU", 100), ("TWN", "FRA", 50), ("TWN", "USA", 50)], "exports", "unknown", None, None),
    ([("TWN", "DEU", 100), ("KOR", "DEU", 50)], "imports", "traded", 2 / 3, None),
    ([("TWN", "DEU", 100), ("KOR", "DEU", 50)], "both", "traded", 2 / 3, None),
    ([("TWN", "DEU", 100), ("KOR", "DEU", 50)], "all", "traded", 2 / 3, True),
]


@pytest.mark.parametrize(("rows", "covers", "status", "top", "dependent"), COVERAGE)
def test_a_part_of_the_trade_gives_no_number_of_the_whole(
    tmp_path: Path, rows: list[tuple[str, str, int]], covers: str, status: str, top: float | None, dependent: object
) -> None:
    """Exports of one economy are nobody's imports; without home's exports nothing is said to be dependent."""
    imported(tmp_path, "x", {(2022, e, i, "854231"): v for e, i, v in rows}, covers, "HS17")
    found = dependencies(Workspace(tmp_path), home="DEU", years=2022)
    (row,) = found.frame.to_dicts()
    assert (row["status"], row["top_share"], row["dependent"]) == (status, top and pytest.approx(top), dependent)
    if status == "traded" and covers != "all":
        assert (row["import_export_ratio_low"], row["import_export_ratio_high"]) == (0.0, None)
        assert row["diversification_potential"] is None
    assert any("of some economies alone" in caveat for caveat in found.provenance.caveats) == (covers != "all")


def test_parts_add_up_to_what_they_hold_together(tmp_path: Path) -> None:
    """Taiwan's exports and Germany's imports, file by file: Germany is known, France is not."""
    imported(tmp_path, "a", {(2022, "TWN", i, "854231"): 100 for i in ("DEU", "FRA", "USA")}, "exports", "HS17")
    imported(tmp_path, "b", {(2022, e, "DEU", "854231"): 100 for e in ("TWN", "KOR")}, "imports", "HS17")
    space = Workspace(tmp_path)
    shown = {
        home: dependencies(space, home=home, years=2022).frame.row(0, named=True) for home in ("DEU", "FRA", "EU27")
    }
    assert (shown["DEU"]["status"], shown["DEU"]["imports_kusd"]) == ("traded", 200.0)
    assert shown["FRA"]["status"] == shown["EU27"]["status"] == "unknown"


def test_a_material_of_which_home_s_imports_are_not_held_has_no_risk(tmp_path: Path) -> None:
    """One seller's exports, taken before the built-in rows, make home's supply risk unknown, not certain."""
    from ostra.ask.materials import materials

    create_workspace(tmp_path / "w")
    whole = materials(Workspace(tmp_path / "w"), home="DEU", years=2022, materials=["Cobalt"]).frame["import_risk"][0]
    assert whole is not None
    imported(tmp_path / "w", "x", {(2022, "COD", i, "810510"): 9 for i in ("DEU", "FRA", "USA")}, "exports")
    only = Workspace(tmp_path / "w", only=["x"])
    assert materials(only, home="DEU", years=2022, materials=["Cobalt"]).frame["import_risk"][0] is None


def test_comext_holds_the_trade_of_its_reporters(tmp_path: Path) -> None:
    """By the codes that the rows have: France's imports are known, those of Italy and, by XI alone, of GBR are not."""
    path = tmp_path / "full202252.dat"
    path.write_text(
        "REPORTER,PARTNER,PRODUCT_NC,FLOW,STAT_PROCEDURE,PERIOD,VALUE_EUR,QUANTITY_KG\n"
        "FR,CN,85423190,1,1,202252,900000,900\n"
        "FR,IT,85423190,2,1,202252,400000,400\n"
        "XI,CN,85423190,1,1,202252,100000,100\n"
    )
    made = import_file(tmp_path, "comext", path, dataset="x", options=Options(eur_usd={2022: "1.0"}))
    assert made.dataset is not None
    assert (made.dataset.imports_of, made.dataset.exports_of) == (("FRA",), ("FRA",))
    space = Workspace(tmp_path)
    shown = {home: dependencies(space, home=home, years=2022).frame["status"][0] for home in ("FRA", "ITA", "GBR")}
    assert shown == {"FRA": "traded", "ITA": "unknown", "GBR": "unknown"}
