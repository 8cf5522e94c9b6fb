"""The volume: chapters that do not collide, sources once, an overview that counts right, in all four forms."""

from __future__ import annotations

import ctypes.util
import dataclasses
import io
import json
import re
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pypdf
import pytest

from ostra.cli import main
from ostra.errors import OstraError
from ostra.model.assessment import Assessment, AssessmentSet
from ostra.model.base import DIMENSIONS, LEVELS
from ostra.model.results.ecosystem import INDIRECT
from ostra.show.printed.markup import ours
from ostra.show.printed.page import render_chapter
from ostra.show.printed.paper import render_volume_pdf
from ostra.show.printed.volume import Volume, make_volume, merge_sources, prefixed
from ostra.show.printed.workbook import render_volume_xlsx
from ostra.show.sections import across
from ostra.show.sections.datasheets import sheets
from sample_assessment import sample_assessment
from test_report import HOSTILE, Page


def other(sample: Assessment, **changes: object) -> Assessment:
    """The same assessment as if of another ecosystem."""
    return sample.model_copy(update={"ecosystem": "other", "id": "other-EU27-2023", "title": "Other chips", **changes})


@pytest.fixture(scope="module")
def pair() -> list[Assessment]:
    sample = sample_assessment()
    changed = sample.sources[0].model_copy(update={"title": "Another edition under the same id"})
    return [sample, other(sample, sources=(changed, *sample.sources[1:]))]


@pytest.fixture(scope="module")
def volume(pair: list[Assessment]) -> Volume:
    return make_volume(pair)


@pytest.fixture(scope="module")
def html(volume: Volume) -> str:
    return volume.html()


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_chapters_do_not_collide_and_all_links_lead_somewhere(page: Page) -> None:
    """Every id once in the whole volume; every inner link has its place, in the chapter that it stands in."""
    inner = {unquote(link[1:]) for link in page.links if link.startswith("#")}
    assert len(page.ids) == len(set(page.ids))
    assert inner <= set(page.ids)
    for name in ("semiconductors", "other"):
        assert sum(link.startswith(f"{name}/ev-") for link in inner) > 50


def test_names_used_by_assistive_technology_exist(html: str, page: Page) -> None:
    """What labels, describes or is saved points to something on the page."""
    html = re.sub(r"<!--paper .*?paper-->", "", html, flags=re.DOTALL)
    for attribute in ("aria-labelledby", "aria-describedby", "data-picture", "for"):
        named = {name for value in re.findall(rf'\s{attribute}="([^"]*)"', html) for name in value.split()}
        assert named <= set(page.ids), attribute
    assert set(re.findall(r"url\(#([^)]+)\)", html)) <= set(page.ids)


def test_markup_is_well_formed_and_headings_are_in_order(page: Page) -> None:
    """One first heading for title, overview, each chapter and the sources; none skipped; tables have captions."""
    assert page.wrong == []
    assert page.open == []
    assert page.headings.count(1) == 2 + 2 + 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert page.tables == page.captions
    assert page.bare_headers == 0


def test_a_chapter_is_the_report_itself(pair: list[Assessment], html: str) -> None:
    """Page one of a chapter reads as page one of the report alone."""

    def words(text: str) -> list[str]:
        found = re.search(r'<section class="summary".*?</section>\s*<div class="paper', text, re.DOTALL)
        assert found
        return re.sub(r"<[^>]*>", " ", found[0]).split()

    alone = [words(render_chapter(a).body) for a in pair]
    chapters = html.split('<article class="chapter"')[1:]
    assert [words(chapter) for chapter in chapters] == alone


def test_sources_are_listed_once_and_never_confused(pair: list[Assessment], page: Page) -> None:
    """What both chapters share stands once; two sources under one id both stay, each linked from its chapter."""
    entries, renamed = merge_sources(pair)
    listed = [name for name in page.ids if name.startswith("volume-src-")]
    assert listed == [name for name, _, _ in entries]
    assert len(entries) == len(pair[0].sources) + 1
    id_ = pair[0].sources[0].id
    first, second = (renamed[a.ecosystem][id_] for a in pair)
    assert first != second
    titles = {name: source.title for name, source, _ in entries}
    assert titles[second] == "Another edition under the same id"
    assert not [name for name in page.ids if "/src-" in name.removeprefix("volume-src-")]


def test_hostile_text_stays_text_in_a_volume() -> None:
    """Words of a dossier neither become markup nor are taken for names of places."""
    tricky = HOSTILE + ' id="main" href="#summary" url(#x)'
    sample = sample_assessment(hostile=tricky)
    text = make_volume([sample, other(sample)]).html()
    found = Page(text)
    assert found.open == []
    assert found.handlers == []
    assert "<script>alert" not in text
    assert found.ids.count("main") == 1
    assert text.count("&#34;main&#34;") > 2  # shown as it was written


def test_the_prefix_leaves_what_is_not_a_name() -> None:
    """Outside addresses, the volume's own places and plain text stay as they are."""
    markup = ours(
        '<a id="a" href="#b">id</a> <a href="https://x.org/#b">c</a> <a href="#volume-sources">d</a> '
        '<p aria-labelledby="e f" fill="url(#g)" data-id="h"> id=&#34;i&#34;</p> <a href="#src-j">k</a>'
    )
    assert prefixed(markup, "6g/", {"j": "volume-src-j"}) == (
        '<a id="6g/a" href="#6g/b">id</a> <a href="https://x.org/#b">c</a> <a href="#volume-sources">d</a> '
        '<p aria-labelledby="6g/e 6g/f" fill="url(#6g/g)" data-id="h"> id=&#34;i&#34;</p> '
        '<a href="#volume-src-j">k</a>'
    )


def test_the_most_serious_come_first(pair: list[Assessment]) -> None:
    """By level, then by its probability; what was not assessed is not ranked."""
    none, low, medium, high = (
        pair[0]
        .step2.dimensions[0]
        .challenge.model_copy(update={"level": level, **{one: float(one == level) for one in LEVELS}})
        for level in LEVELS
    )
    half = medium.model_copy(update={"medium": 0.6, "low": 0.4})

    def with_challenge(name: str, spread: object, assessed: bool = True) -> Assessment:
        first, *rest = pair[0].step2.dimensions
        result = first.model_copy(update={"challenge": spread, "assessed": assessed})
        step2 = pair[0].step2.model_copy(update={"dimensions": (result, *rest)})
        return pair[0].model_copy(update={"ecosystem": name, "step2": step2})

    made = [
        with_challenge("a", low),
        with_challenge("b", half),
        with_challenge("c", high, assessed=False),
        with_challenge("d", medium),
        with_challenge("e", high),
        with_challenge("f", none),
    ]
    rows = across.most_serious(made)[DIMENSIONS[0]]
    assert [a.ecosystem for a, _ in rows] == ["e", "d", "b", "a", "f"]


def test_holders_are_counted_over_all_chapters(pair: list[Assessment]) -> None:
    """Known holds outside home, each item of each ecosystem once, chains left out; both sides where known."""
    found = {holder.economy: holder for holder in across.holders(pair)}
    rows = [(a.ecosystem, d) for a in pair for d in a.step1.dependencies if d.measure not in INDIRECT]
    known = [(name, d) for name, d in rows if d.hold.low > 0]
    assert set(found) == {d.supplier for _, d in known}
    for economy, holder in found.items():
        mine = [(name, d) for name, d in known if d.supplier == economy]
        assert holder.items == len({(name, d.item) for name, d in mine})
        assert holder.half == len({(name, d.item) for name, d in mine if d.hold.low >= 0.5})
        assert holder.theirs.hold.low == max(d.hold.low for _, d in mine)
    assert any(holder.ours for holder in found.values())
    order = [(-h.half, -h.items) for h in across.holders(pair)]
    assert order == sorted(order)


def test_items_recur_by_name_and_not_by_id(pair: list[Assessment]) -> None:
    """The same id under another name is another thing; the same name under another id is the same."""
    first, *rest = pair[1].items
    renamed = pair[1].model_copy(update={"items": (first.model_copy(update={"name": "Something else"}), *rest)})
    names = {r.name for r in across.recurring([pair[0], renamed])}
    assert first.name not in names
    assert {item.name for item in rest} == names
    assert across.recurring([pair[0]]) == []


def test_doing_nothing_is_no_instrument_that_recurs(pair: list[Assessment]) -> None:
    """Instruments that fit in both chapters, without the yardstick; the mean lies between least and best."""
    found = across.tools(pair)
    wanted = {m.instrument for m in pair[0].step4.instruments} - {"no-action"}
    assert {tool.instrument for tool in found} == wanted
    assert all(tool.least <= tool.mean <= tool.best[1].score for tool in found)


def test_a_volume_is_of_one_home_one_year_and_different_ecosystems(pair: list[Assessment]) -> None:
    """What cannot stand side by side is refused with the reason."""
    with pytest.raises(OstraError, match="at least one"):
        make_volume([])
    with pytest.raises(OstraError, match="'semiconductors' is twice"):
        make_volume([pair[0], pair[0]])
    with pytest.raises(OstraError, match="same year, not 2022 and 2023"):
        make_volume([pair[0], pair[1].model_copy(update={"year": 2022})])


def test_the_workbook_has_every_row_of_every_chapter(pair: list[Assessment]) -> None:
    """One overview, then one sheet for each kind of row with the ecosystem before it; the same bytes again."""
    data = render_volume_xlsx(pair)
    assert data == render_volume_xlsx(pair)
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    assert book.sheetnames == ["Read me", "Overview", *(name for name, _, _ in sheets(pair[0]))]
    overview = list(book["Overview"].iter_rows(values_only=True))
    assert [row[0] for row in overview[1:]] == ["semiconductors"] * 4 + ["other"] * 4
    for name, columns, rows in sheets(pair[0]):
        read = list(book[name].iter_rows(values_only=True))
        assert read[0][0] == "ecosystem"
        assert list(read[0][1:]) == [heading for heading, _ in columns]
        assert len([row for row in read[1:] if row[0] == "semiconductors"]) == len(rows)


def test_the_command_prints_a_stored_volume_anew(
    pair: list[Assessment], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """JSON in, the same JSON, HTML and workbook out; what makes no sense is refused."""
    monkeypatch.setattr("ostra.show.printed.paper.render_volume_pdf", lambda volume, advance, lost: b"%PDF")
    stored = tmp_path / "stored.json"
    stored.write_text(AssessmentSet(assessments=tuple(pair)).model_dump_json(), encoding="utf-8")
    assert main(["report", str(stored), "-o", str(tmp_path / "out")]) == 0
    assert "ostra-EU27-2023.html" in capsys.readouterr().out
    again = json.loads((tmp_path / "out" / "ostra-EU27-2023.json").read_text(encoding="utf-8"))
    assert [a["id"] for a in again["assessments"]] == [a.id for a in pair]
    assert (tmp_path / "out" / "ostra-EU27-2023.html").stat().st_size > 100_000
    for wrong, code in ((["report"], 2), (["report", "6g", "--all"], 2), (["report", str(stored), "--year", "2020"], 2),
                        (["report", "absent.json"], 3), (["report", "nothing-of-this-name"], 2),
                        (["trace", "x", "--in", str(stored)], 3)):  # fmt: skip
        assert main(wrong) == code, wrong
        capsys.readouterr()


@pytest.fixture(scope="module")
def pdf(volume: Volume) -> pypdf.PdfReader:
    if ctypes.util.find_library("pango-1.0") is None:
        pytest.skip("Pango is not installed: apt-get install libpangoft2-1.0-0")
    short = dataclasses.replace(volume, chapters=volume.chapters[1:])  # one is enough, and printed in half the time
    return pypdf.PdfReader(io.BytesIO(render_volume_pdf(short)))


def test_the_contents_tell_the_numbers_that_stand_on_the_pages(pdf: pypdf.PdfReader) -> None:
    """Roman numbers in front, then from 1 on across chapters; viewers are told the same."""
    labels = pdf.page_labels
    front = labels.index("1")
    assert labels[:front] == ["i", "ii", "iii"][:front]
    assert labels[front:] == [str(number) for number in range(1, len(labels) - front + 1)]
    contents = " ".join(" ".join(page.extract_text().split()) for page in pdf.pages[:front])
    for title, anchor in (
        ("Overview", "volume-overview"),
        ("Other chips", "other/summary"),
        ("Dependencies", "other/dependencies"),
        ("Findings", "other/findings"),
        ("Sources", "volume-sources"),
    ):
        place = pdf.get_destination_page_number(pdf.named_destinations[anchor])
        assert place is not None
        assert re.search(rf"{title}[ .]*{labels[place]}\b", contents), title
        assert labels[place] in pdf.pages[place].extract_text().split()
    last = pdf.pages[-1].extract_text()
    assert labels[-1] in last.split()


def test_links_lead_from_the_overview_into_the_chapters(pdf: pypdf.PdfReader) -> None:
    """Every link has a place, links leave their part, the file is tagged and has bookmarks for each chapter."""
    places = pdf.named_destinations
    aims = {
        str(annotation.get_object()["/Dest"])
        for page in pdf.pages
        for annotation in page.get("/Annots", [])
        if "/Dest" in annotation.get_object()
    }
    assert aims <= set(places)
    assert any(aim.startswith("other/ev-") for aim in aims)
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    tops = [entry.title for entry in pdf.outline if not isinstance(entry, list)]
    assert tops[-3:] == ["Overview", "Other chips", "Sources"]


def test_the_same_volume_prints_to_the_same_bytes(volume: Volume) -> None:
    """Told on the parts that are the volume's own; the chapters' are the report's."""
    if ctypes.util.find_library("pango-1.0") is None:
        pytest.skip("Pango is not installed: apt-get install libpangoft2-1.0-0")
    short = dataclasses.replace(volume, chapters=())
    told: list[tuple[float, float]] = []
    assert render_volume_pdf(short, lambda done, total: told.append((done, total))) == render_volume_pdf(short)
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]
