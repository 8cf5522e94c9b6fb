"""An ecosystem from plain CSV files: what is read, and that all that is wrong is told at once."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ostra.change.ecosystem_import import check_ecosystem
from ostra.documents.readers.spreadsheet_csv import FILES, ecosystem_csv_reading
from ostra.documents.readers.spreadsheet_rows import RULES
from ostra.documents.yaml_documents import read_dossier
from ostra.documents.yaml_text import document_text
from ostra.errors import DataError, NotFoundError, Problem
from ostra.model.base import Interval
from ostra.model.dossier import UNSPECIFIED, Dossier, Ownership, Provision

WORLD = {
    "items.csv": "id,name,kind,stage,description,hs,material,complete\n"
    "car,Electric car,product,Assembly,Four wheels.,870380,,both\n"
    "battery,Battery cell,product,Parts,,850760 850650,,\n"
    "lithium,Lithium,material,Raw materials,,,Lithium,\n"
    "lfp,LFP cell,product,Parts,,,,\n",
    "links.csv": "item,needs,kind,weight,essentiality,source\n"
    "car,battery,,,,A handbook (2020)\n"
    "battery,lithium,requires,,0.9,\n"
    "battery,lfp,variant_of,0.4,,\n",
    "providers.csv": "id,name,economy,kind,owner\n"
    "catl,CATL,China,,\n"
    "byd,BYD,CHN,organisation,\n"
    "prc,China,,economy,\n"
    "rest,Rest of the world,,various,\n"
    "eu,Europe,EU27;CHE,region,\n"
    "volvo,Volvo Cars,SWE,,geely\n"
    "geely,Geely,CHN,,\n",
    "provision.csv": "item,provider,by,share,year,source,economy\n"
    "battery,catl,headquarters,0.37,2023,Survey https://example.org/x of 2024,\n"
    "battery,byd,headquarters,0.1-0.2,2023,,\n"
    "battery,KOR,headquarters,,2023,,\n"
    "battery,eu,headquarters,0.05,2023,,\n"
    "lithium,rest,location,0.4,,,\n"
    "battery,catl,location,0.5,2023,,DEU\n"
    "car,volvo,headquarters,.1,2023,,\n",
}


def world(folder: Path, **changed: str) -> Path:
    """The four files of a small world; `provision="..."` and the like replace one of them."""
    for name, text in WORLD.items():
        (folder / name).write_text(changed.get(name.removesuffix(".csv"), text), encoding="utf-8")
    return folder


def read_ecosystem_csv(folder: Path, into: str = "ecosystem") -> Dossier:
    """The dossier that the files are."""
    return ecosystem_csv_reading(folder, into=into).sound()


def problems(folder: Path) -> list[Problem]:
    """The problems of a folder, which the reader must refuse for exactly these."""
    found = check_ecosystem(folder).problems
    if found:
        with pytest.raises(DataError) as caught:
            read_ecosystem_csv(folder)
        assert caught.value.problems == found
        assert caught.value.exit_code == 3
    return list(found)


def places(folder: Path) -> set[tuple[str, int | None, str]]:
    """File, line and column of each problem."""
    return {(problem.file, problem.line, problem.column) for problem in problems(folder)}


def of(dossier: Dossier, item: str, by: str) -> dict[str, Provision]:
    """Provision of an item, by organisation or else economy."""
    return {row.organisation or row.economy: row for row in dossier.provision if (row.item, row.by) == (item, by)}


# --- what is read --------------------------------------------------------------------------------------------------


def test_items_stages_and_customs_headings(tmp_path: Path) -> None:
    """Each row is an item; stages come in order of appearance; headings are split."""
    dossier = read_ecosystem_csv(world(tmp_path), into="ev")
    assert (dossier.id, [stage.name for stage in dossier.stages]) == ("ev", ["Assembly", "Parts", "Raw materials"])
    battery = dossier.item("battery")
    assert [product.hs for product in battery.products] == ["850760", "850650"]
    assert dossier.item("lithium").material == "Lithium"
    assert dossier.item("car").complete == ("location", "headquarters")
    assert battery.complete == ()


def test_links_carry_kind_weight_essentiality_and_their_line(tmp_path: Path) -> None:
    """Each link is a claim at its line, with the source that the row names."""
    dossier = read_ecosystem_csv(world(tmp_path))
    links = {link.needs: link for link in dossier.links}
    assert (links["battery"].kind, links["battery"].essentiality, links["battery"].weight) == ("requires", 1.0, None)
    assert links["lithium"].essentiality == 0.9
    assert (links["lfp"].kind, links["lfp"].weight) == ("variant_of", 0.4)
    claims = {claim.id: claim for claim in dossier.claims}
    assert claims[links["battery"].claims[0]].locator == "links.csv line 2"
    source = next(s for s in dossier.sources if s.id == claims[links["battery"].claims[0]].source)
    assert (source.title, source.date) == ("A handbook (2020)", "2020")


def test_shares_are_numbers_intervals_or_unknown(tmp_path: Path) -> None:
    """A fraction, an interval, an empty cell: each is what it says, with its year and its line."""
    dossier = read_ecosystem_csv(world(tmp_path))
    rows = of(dossier, "battery", "headquarters")
    assert (rows["CATL"].share, rows["CATL"].economy, rows["CATL"].year) == (0.37, "CHN", 2023)
    assert rows["BYD"].share == Interval(low=0.1, high=0.2)
    assert rows["KOR"].share is None
    claims = {claim.id: claim for claim in dossier.claims}
    claim = claims[rows["CATL"].claims[0]]
    assert (claim.locator, claim.value, claim.as_of) == ("provision.csv line 2", 0.37, "2023")
    source = next(s for s in dossier.sources if s.id == claim.source)
    assert (source.url, source.date) == ("https://example.org/x", "2024")


@pytest.mark.parametrize("written", ["0.2-0.4", "0.2 – 0.4", "0.2 to 0.4", "0.2..0.4"])
def test_an_interval_may_be_written_in_four_ways(tmp_path: Path, written: str) -> None:
    """Spreadsheets turn hyphens into dashes."""
    folder = world(tmp_path, provision=f"item,provider,by,share\nbattery,byd,location,{written}\n")
    assert of(read_ecosystem_csv(folder), "battery", "location")["BYD"].share == Interval(low=0.2, high=0.4)


def test_regions_and_the_rest_are_economies_that_nobody_tells_apart(tmp_path: Path) -> None:
    """A region lists its members, blocs included; "various" may be anybody."""
    dossier = read_ecosystem_csv(world(tmp_path))
    region = of(dossier, "battery", "headquarters")[UNSPECIFIED]
    assert len(region.among) == 28
    assert {"CHE", "NLD"} <= set(region.among)
    rest = of(dossier, "lithium", "location")[UNSPECIFIED]
    assert (rest.among, rest.note) == ((), "Provider as listed: Rest of the world.")


def test_a_place_of_production_may_differ_from_the_seat(tmp_path: Path) -> None:
    """The column economy of a row by location says where; without it the provider's own economy, which is told."""
    dossier = read_ecosystem_csv(world(tmp_path))
    assert of(dossier, "battery", "location")["CATL"].economy == "DEU"
    folder = world(tmp_path, provision="item,provider,by,share\nbattery,catl,location,0.5\n")
    reading = ecosystem_csv_reading(folder)
    assert of(reading.dossier, "battery", "location")["CATL"].economy == "CHN"
    assert [o.line for o in reading.oddities if o.rule == "placed at home"] == [2]


def test_owners_are_kept_apart_from_seats(tmp_path: Path) -> None:
    """Volvo Cars has its seat in Sweden and its owner in China; both are there."""
    dossier = read_ecosystem_csv(world(tmp_path))
    assert dossier.ownership == (Ownership(organisation="Volvo Cars", owner="Geely", economy="CHN"),)
    assert of(dossier, "car", "headquarters")["Volvo Cars"].economy == "SWE"


def test_an_economys_total_contains_its_organisations(tmp_path: Path) -> None:
    """Beside a row for China, CATL is a part; nothing is counted twice."""
    text = (
        "item,provider,by,share,year\nbattery,prc,headquarters,0.6,2023\n"
        "battery,catl,headquarters,0.37,2023\nbattery,volvo,headquarters,0.4,2023\n"
    )
    rows = of(read_ecosystem_csv(world(tmp_path, provision=text)), "battery", "headquarters")
    assert {name: row.part_of_economy for name, row in rows.items()} == {
        "CHN": False,
        "CATL": True,
        "Volvo Cars": False,
    }


def test_ids_of_any_form_are_rewritten_and_told(tmp_path: Path) -> None:
    """Spreadsheet ids in capitals and with blanks work, in any letter case, and become ids of a dossier."""
    folder = world(
        tmp_path,
        items="id,name,kind,stage\nN 20,EUV,tool,Fab\nn21,Mirror,tool,Fab\n",
        links="item,needs\nn 20,N21\n",
        provision="item,provider,by,share\nN 20,NLD,headquarters,1\n",
    )
    reading = ecosystem_csv_reading(folder)
    assert [(link.item, link.needs) for link in reading.dossier.links] == [("n-20", "n21")]
    assert [(o.value, o.done) for o in reading.oddities if o.rule == "new id"] == [("N 20", "written n-20")]


def test_the_order_of_the_rows_changes_no_share(tmp_path: Path) -> None:
    """Provision comes out in an order of its own."""
    forward = read_ecosystem_csv(world(tmp_path)).provision
    header, *rows = WORLD["provision.csv"].splitlines()
    backward = read_ecosystem_csv(world(tmp_path, provision="\n".join([header, *rows[::-1]]) + "\n")).provision

    def without_lines(provision: tuple[Provision, ...]) -> list[Provision]:
        return [row.model_copy(update={"claims": ()}) for row in provision]

    assert without_lines(forward) == without_lines(backward)


@pytest.mark.parametrize(
    ("encoding", "note"),
    [("utf-8", ""), ("utf-8-sig", ""), ("latin-1", "items.csv is not UTF-8 (line 2) and was read as Latin-1")],
)
def test_encodings(tmp_path: Path, encoding: str, note: str) -> None:
    """A byte order mark is taken off; Latin-1 is read and noted in the dossier."""
    folder = world(tmp_path)
    text = "id,name,kind,stage\ncar,Citroën,product,Fin\n"
    (folder / "items.csv").write_bytes(text.encode(encoding))
    (folder / "links.csv").write_text("item,needs\n")
    (folder / "provision.csv").write_text("item,provider,by,share\n")
    dossier = read_ecosystem_csv(folder)
    assert dossier.item("car").name == "Citroën"
    assert any(note in caveat for caveat in dossier.caveats)


@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(tmp_path: Path, separator: str, end: str) -> None:
    """Semicolons, tabs and bars separate as well as commas, with the line ends of any system."""
    folder = world(tmp_path)
    for name in ("items.csv", "links.csv", "provision.csv"):
        text = WORLD[name].replace(",", separator).replace("\n", end)
        (folder / name).write_bytes(text.encode())
    assert read_ecosystem_csv(folder).provision == read_ecosystem_csv(world(tmp_path)).provision


def test_html_and_formulas_stay_the_text_that_they_are(tmp_path: Path) -> None:
    """Nothing is interpreted, nothing is lost, and formulas are told."""
    items = 'id,name,kind,stage,description\ncar,"<img src=x onerror=""alert(1)"">",product,=1+1,"=HYPERLINK(""x"")"\n'
    folder = world(tmp_path, items=items, links="item,needs\n", provision="item,provider,by,share\n")
    reading = ecosystem_csv_reading(folder)
    item = reading.dossier.item("car")
    assert (item.name, item.description) == ('<img src=x onerror="alert(1)">', '=HYPERLINK("x")')
    assert reading.dossier.stages[0].name == "=1+1"
    assert [o.rule for o in reading.oddities if o.rule == "formula"] == ["formula"]
    assert read_dossier(document_text(reading.dossier)) == reading.dossier


def test_columns_that_were_not_read_are_told_with_what_may_be_meant(tmp_path: Path) -> None:
    """A misspelt optional column does not vanish in silence."""
    folder = world(tmp_path, provision="item,provider,by,share,yaer,remark\nbattery,byd,location,0.2,2023,x\n")
    (note,) = [caveat for caveat in read_ecosystem_csv(folder).caveats if "not read" in caveat]
    assert "'yaer' (did you mean 'year'?), 'remark'" in note
    items = "id,name,kind,stage,x\u202ey\ncar,Car,product,A,\n"
    dossier = read_ecosystem_csv(
        world(tmp_path, items=items, links="item,needs\n", provision="item,provider,by,share\n")
    )
    assert read_dossier(document_text(dossier)) == dossier


def test_an_item_that_nobody_provides_is_told(tmp_path: Path) -> None:
    """Unknown is said, not assumed to be nothing."""
    reading = ecosystem_csv_reading(world(tmp_path))
    assert [o.value for o in reading.oddities if o.rule == "nobody listed"] == ["lfp"]


# --- what is wrong -------------------------------------------------------------------------------------------------


def test_everything_that_is_wrong_in_four_files_is_told_at_once(tmp_path: Path) -> None:
    """Dangling ids, self-links, duplicates, numbers that are none, unknown economies: each at its place."""
    folder = world(
        tmp_path,
        items="id,name,kind,stage,hs\n"
        "car,Car,product,A,87038\ncar,Car again,product,A,\nbattery,,gadget,A,12AB\n,No id,tool,A,\n",
        links="item,needs,kind,weight,essentiality\n"
        "car,car,,,\ncar,batery,,,\ncar,battery,needs,,0\ncar,battery,requires,0.5,\ncar,battery,variant_of,1.5,\n",
        providers="id,name,economy,kind,owner\n"
        "catl,CATL,Chyna,,nobody\ncatl,CATL,CHN,,\nbyd,BYD,CHN,firm,\nx,Self,CHN,,x\neu,Europe,,region,\n",
        provision="item,provider,by,share,year\n"
        "battery,catl,headquarters,37,2023\nbattery,bydd,headquarters,0.1,2023\nbatteri,byd,headquarters,0.1,2023\n"
        "battery,byd,seat,40%,20233\nbattery,byd,headquarters,a few,\nbattery,byd,headquarters,-0.1,\n"
        'battery,byd,headquarters,0.4-0.2,\nbattery,byd,headquarters,"0,25",\n',
    )
    assert places(folder) == {
        ("items.csv", 2, "hs"),
        ("items.csv", 3, "id"),
        ("items.csv", 4, "name"),
        ("items.csv", 4, "kind"),
        ("items.csv", 4, "hs"),
        ("items.csv", 5, "id"),
        ("links.csv", 2, "needs"),
        ("links.csv", 3, "needs"),
        ("links.csv", 4, "kind"),
        ("links.csv", 4, "essentiality"),
        ("links.csv", 5, "weight"),
        ("links.csv", 6, "weight"),
        ("providers.csv", 2, "economy"),
        ("providers.csv", 2, "owner"),
        ("providers.csv", 3, "id"),
        ("providers.csv", 4, "kind"),
        ("providers.csv", 5, "owner"),
        ("providers.csv", 6, "economy"),
        ("provision.csv", 2, "share"),
        ("provision.csv", 3, "provider"),
        ("provision.csv", 4, "item"),
        ("provision.csv", 5, "by"),
        ("provision.csv", 5, "share"),
        ("provision.csv", 5, "year"),
        ("provision.csv", 6, "share"),
        ("provision.csv", 7, "share"),
        ("provision.csv", 8, "share"),
        ("provision.csv", 9, "share"),
    }
    mends = {(p.file, p.line, p.column): p.mend for p in problems(folder)}
    assert mends["provision.csv", 2, "share"] == "Shares are fractions from 0 to 1: write 0.37 for 37%"
    assert mends["provision.csv", 5, "share"] == "Write 0.4"
    assert mends["provision.csv", 9, "share"] == "Use a decimal point: 0.25"
    assert "'byd'" in mends["provision.csv", 3, "provider"]
    assert "'battery'" in mends["links.csv", 3, "needs"]
    assert "China" in mends["providers.csv", 2, "economy"]
    assert all(problem.mend or "swap them" in problem.reason for problem in problems(folder))


@pytest.mark.parametrize(
    ("rows", "column"),
    [("a,A,CHN,,nobody\n", "owner"), ("a,A,CHN,,a\n", "owner"), ("a,A,CHN,,\nb,A,CHN,,\n", "name")],
)
def test_owners_and_names_of_providers(tmp_path: Path, rows: str, column: str) -> None:
    """An owner must exist and be another; two providers must be told apart by their names."""
    folder = world(tmp_path, providers=f"id,name,economy,kind,owner\n{rows}", provision="item,provider,by,share\n")
    assert [problem.column for problem in problems(folder)] == [column]


def test_a_file_that_is_missing_empty_or_no_csv(tmp_path: Path) -> None:
    """Each file is told in its own words; what refers to it is not called missing too."""
    folder = world(tmp_path)
    (folder / "items.csv").write_bytes(b"")
    (folder / "links.csv").write_bytes(b"PK\x03\x04 a spreadsheet")
    (folder / "providers.csv").unlink()
    (folder / "provision.csv").write_bytes(b"\xff\xfei\0t\0e\0m\0")
    assert {(p.file, p.reason) for p in problems(folder)} == {
        ("items.csv", "the file is empty"),
        ("links.csv", "is a zip archive or a spreadsheet, not CSV"),
        ("providers.csv", "no such file"),
        ("provision.csv", "is UTF-16 text, not CSV"),
    }


def test_missing_and_doubled_columns(tmp_path: Path) -> None:
    """A missing column is named with the one that may be meant; a doubled one is refused."""
    folder = world(tmp_path, items="ID,Name,kind,stages,Name\ncar,Car,product,A,B\n")
    found = {p.reason: p.mend for p in problems(folder) if p.file == "items.csv"}
    assert set(found) == {"column 'stage' is missing", "column is there twice"}
    assert "stages" in found["column 'stage' is missing"]


def test_only_a_header_of_items_is_a_problem_and_of_the_others_is_not(tmp_path: Path) -> None:
    """An ecosystem has at least one item; links, providers and shares may still be to come."""
    folder = world(
        tmp_path,
        items="id,name,kind,stage\n",
        links="item,needs\n",
        providers="id,name,economy\n",
        provision="item,provider,by,share\n",
    )
    assert [(p.file, p.reason) for p in problems(folder)] == [("items.csv", "holds no items")]
    (folder / "items.csv").write_text("id,name,kind,stage\ncar,Car,product,A\n")
    assert problems(folder) == []


def test_rows_of_another_length(tmp_path: Path) -> None:
    """A separator inside a text shifts cells: the row is refused, not misread; blank rows and cells are passed over."""
    folder = world(
        tmp_path, items="id,name,kind,stage\ncar,Car, fast,product,A\nbus,Bus\n\n,,,\nvan,Van,product,A,,\n",
        links="item,needs\n", provision="item,provider,by,share\n",
    )  # fmt: skip
    assert [(p.line, p.reason) for p in problems(folder)] == [
        (2, "5 cells where the header has 4"),
        (3, "2 cells where the header has 4"),
    ]


def test_a_quotation_mark_that_was_never_closed(tmp_path: Path) -> None:
    """It swallows the rest of the file, which is told at the line where it stands."""
    rest = "".join(f"item{n},Item {n},tool,A\n" for n in range(3000))
    folder = world(tmp_path, items=f'id,name,kind,stage\ncar,"Car,product,A\n{rest}')
    found = [p for p in problems(folder) if p.file == "items.csv"]
    assert [problem.line for problem in found][:1] == [2]


def test_huge_cells_are_refused_and_the_reader_lives_on(tmp_path: Path) -> None:
    """A cell of five million characters is one problem, and the limit of other readers is left as it was."""
    before = csv.field_size_limit()
    folder = world(tmp_path, items=f"id,name,kind,stage\ncar,{'x' * 5_000_000},product,A\nbus,Bus,product,A\n")
    found = [p for p in problems(folder) if p.file == "items.csv"]
    assert [(p.line, p.column) for p in found] == [(2, "name")]
    assert csv.field_size_limit() == before


def test_a_name_of_600_characters_is_too_long(tmp_path: Path) -> None:
    """Names are printed; long texts belong into the description, which may have them."""
    text = "id,name,kind,stage,description\ncar,{},product,A,{}\n"
    folder = world(tmp_path, items=text.format("x" * 600, "y" * 600), links="item,needs\n",
                   provision="item,provider,by,share\n")  # fmt: skip
    assert [(p.line, p.column) for p in problems(folder)] == [(2, "name")]


def test_more_rows_than_a_dossier_holds_are_told_and_checked_to_the_end(tmp_path: Path) -> None:
    """A table of 60,000 rows is refused as a whole, with the fault in its last row."""
    rows = "".join(f"battery,catl,headquarters,0.0001,{1900 + n % 200}\n" for n in range(60_000))
    folder = world(tmp_path, provision=f"item,provider,by,share,year\n{rows}battery,nobody,headquarters,0.1,2000\n")
    found = problems(folder)
    assert [problem.line for problem in found] == [60_002, None]
    assert "60,001 rows" in found[1].reason


def test_many_problems_are_counted(tmp_path: Path) -> None:
    """The first 200 of a file are listed, the rest is a number."""
    rows = "".join(f"battery,nobody-{n},headquarters,0.1\n" for n in range(1000))
    found = problems(world(tmp_path, provision=f"item,provider,by,share\n{rows}"))
    assert len(found) == 201
    assert found[-1].reason.startswith("800 more problems")


def test_a_folder_without_an_ecosystem(tmp_path: Path) -> None:
    """Neither format: the message names the files by which they are known."""
    with pytest.raises(NotFoundError, match=r"neither items.csv .* nor inputs.csv"):
        check_ecosystem(tmp_path)
    with pytest.raises(NotFoundError, match="no folder"):
        read_ecosystem_csv(tmp_path / "nowhere")


# --- whatever stands in the cells ----------------------------------------------------------------------------------

CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
NAME = CELL.map(lambda text: f"x{text}")
SHARE = st.one_of(st.just(""), st.floats(0, 1).map(lambda x: f"{x:.4f}"), st.sampled_from(["0.1-0.3", "1", "0"]))
SOUND_ROW = st.tuples(
    st.sampled_from(["one", "two", "three", "ONE"]),
    st.sampled_from(["a", "b", "rest", "NLD", "CHN"]),
    st.sampled_from(["location", "headquarters", "Headquarters"]),
    SHARE,
    st.sampled_from(["2020", "2021", ""]),
    CELL,
)
ANY_ROW = st.tuples(*[CELL] * 6)
LINK = st.tuples(st.sampled_from(["one", "two", "three"]), st.sampled_from(["one", "two", "four"]))
HEADER = ["item", "provider", "by", "share", "year", "source"]


def write(path: Path, header: list[str], rows: list[tuple[str, ...]]) -> None:
    """A CSV file as Python writes it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def write_world(
    folder: Path, names: list[str], stage: str, links: list[tuple[str, ...]], rows: list[tuple[str, ...]]
) -> None:
    """Four files with three items, three providers, and the links and rows of provision given."""
    items = [(i, name, "tool", stage, name) for i, name in zip(("one", "two", "three"), names, strict=True)]
    write(folder / "items.csv", ["id", "name", "kind", "stage", "description"], items)
    write(folder / "links.csv", ["item", "needs"], links)
    firms = [("a", "A", "NLD", "", "b"), ("b", "B", "CHN", "", ""), ("rest", "Rest", "", "various", "")]
    write(folder / "providers.csv", ["id", "name", "economy", "kind", "owner"], firms)
    write(folder / "provision.csv", HEADER, rows)


fuzzy = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@fuzzy
@given(names=st.lists(NAME, min_size=3, max_size=3), stage=CELL, rows=st.lists(SOUND_ROW, max_size=9))
def test_sound_rows_are_all_accounted_for_and_read_back_the_same(
    tmp_path: Path, names: list[str], stage: str, rows: list[tuple[str, ...]]
) -> None:
    """Whatever the texts and however the shares contradict each other, each row stands behind exactly one share."""
    write_world(tmp_path, names, stage, [("one", "two")], rows)
    dossier = read_ecosystem_csv(tmp_path)
    assert read_dossier(document_text(dossier)) == dossier
    claims = [claim for row in dossier.provision for claim in row.claims]
    assert len(claims) == len(set(claims)) == len(rows)
    shares = stated(tmp_path)
    for row in dossier.provision:
        known = [share for claim in row.claims if (share := shares[claim]) is not None]
        assert (row.share is None) == (not known)
        if known:
            # Shares may only widen: what is stated is within, or above where the sum exceeds the whole.
            assert row.interval().high == max(high for _, high in known)
            assert row.interval().low <= min(low for low, _ in known)


def stated(folder: Path) -> dict[str, tuple[float, float] | None]:
    """Claim -> the share stated on its line, by the csv module alone."""
    found: dict[str, tuple[float, float] | None] = {}
    with (folder / "provision.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        before = 0
        for row in reader:
            low, _, high = row[3].partition("-")
            if row != HEADER:
                found[f"provision-{before + 1}"] = (float(low), float(high or low)) if low else None
            before = reader.line_num
    return found


@fuzzy
@given(
    names=st.lists(CELL, min_size=3, max_size=3),
    rows=st.lists(st.one_of(SOUND_ROW, ANY_ROW), max_size=6),
    links=st.lists(LINK, max_size=4),
)
def test_whatever_the_cells_hold_each_fault_is_told_with_its_place(
    tmp_path: Path, names: list[str], rows: list[tuple[str, ...]], links: list[tuple[str, ...]]
) -> None:
    """Any text in any cell is read, or refused with file and line; never a crash of another kind."""
    write_world(tmp_path, names, "A", links, rows)
    try:
        dossier = read_ecosystem_csv(tmp_path)
    except DataError as error:
        assert all(problem.file and problem.line and problem.reason for problem in error.problems)
        return
    assert all("four" not in link and link[0] != link[1] for link in links)
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    assert sum(len(row.claims) for row in dossier.provision) == len(filled)


# --- the page that defines the format ------------------------------------------------------------------------------

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "bring-your-own-ecosystem.md"


def test_the_example_of_the_page_is_sound(tmp_path: Path) -> None:
    """The four blocks, saved under their names, are an ecosystem without a problem, and mean what the page says."""
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"^`(\w+\.csv)`\n\n```csv\n(.*?)```", text, re.DOTALL | re.MULTILINE)
    assert [name for name, _ in blocks] == ["items.csv", "links.csv", "providers.csv", "provision.csv"]
    for name, block in blocks:
        (tmp_path / name).write_text(block)
    assert problems(tmp_path) == []
    dossier = read_ecosystem_csv(tmp_path)
    rows = of(dossier, "cell", "headquarters")
    assert not rows["CHN"].part_of_economy
    assert rows["Alpha Cells"].part_of_economy
    assert dossier.ownership[0].owner == "Gamma Group"


def test_the_page_defines_each_column_and_names_each_rule() -> None:
    """What the reader knows is on the page: columns in their tables, rules in theirs."""
    text = PAGE.read_text(encoding="utf-8")
    for name, (required, optional) in FILES.items():
        section = text.split(f"### {name}")[1].split("\n##")[0]
        table = [line.split("|")[1:3] for line in section.splitlines() if line.startswith("| `")]
        described = {column: need.strip() for names, need in table for column in re.findall(r"`(\w+)`", names)}
        assert described == dict.fromkeys(required, "required") | dict.fromkeys(optional, "")
    named = text.split("## The rules")[1]
    assert [rule for rule in RULES if not re.search(rf"\b{rule}\b", named)] == []
