"""The printed report: one page for the minister, text and fonts inside, tagged, nothing beyond the paper."""

from __future__ import annotations

import ctypes.util
import io
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pypdf
import pytest

from ostra.show.printed.page import render_html
from ostra.show.printed.paper import render_pdf
from sample_assessment import sample_assessment

pytestmark = pytest.mark.skipif(
    ctypes.util.find_library("pango-1.0") is None, reason="Pango is not installed: apt-get install libpangoft2-1.0-0"
)


@pytest.fixture(scope="module")
def html() -> str:
    return render_html(sample_assessment())


@pytest.fixture(scope="module")
def data(html: str) -> bytes:
    return render_pdf(html)


@pytest.fixture(scope="module")
def pdf(data: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(data))


@pytest.fixture(scope="module")
def texts(pdf: pypdf.PdfReader) -> list[str]:
    return [words(page) for page in pdf.pages]


def words(page: pypdf.PageObject) -> str:
    """The text of a page with single spaces."""
    return " ".join(page.extract_text().split())


def test_page_one_holds_the_whole_summary(texts: list[str]) -> None:
    """Title, levels, dependencies, instruments and limits are on the first sheet, the contents on the second."""
    for part in ("Semiconductors", "Resilience", "Competitiveness", "94–98%", "Chokepoints", "Held at home",
                 "Strategic stocks", "What it is not", "semiconductors-EU27-2023"):  # fmt: skip
        assert part in texts[0]
    assert "Contents" not in texts[0]
    assert texts[1].startswith("Contents")


LONG = " which goes on for a good while and then, after a comma, for a while longer" * 60


@pytest.mark.parametrize(
    "more", [LONG, "W" * 800, " WWWWWWW" * 500, " 供应链 👩‍🔬 سلسلة ที่นี่" * 100], ids=["words", "word", "wide", "scripts"]
)
def test_page_one_stays_one_sheet_whatever_its_texts(more: str, request: pytest.FixtureRequest) -> None:
    """Texts as long as a dossier may have them are cut after so many lines, never pushed to a second sheet.

    What page one is about is all there still, and it says where the whole stands.
    """
    sample = sample_assessment(hostile=more)
    home = next(c for c in sample.step1.chokepoints if c.is_home)
    more_held = (home.model_copy(update={"item": f"other-{n}"}) for n in range(3))
    step1 = sample.step1.model_copy(update={"chokepoints": (*sample.step1.chokepoints, *more_held)})
    html = render_html(sample.model_copy(update={"step1": step1}))
    first, last = html.index('<section class="annex'), html.rindex("</section>") + len("</section>")
    printed = pypdf.PdfReader(io.BytesIO(render_pdf(html[:first] + html[last:])))
    if "scripts" in request.node.name:  # what the fonts lack cannot be read back
        assert len(printed.pages) == 2
        return
    text = words(printed.pages[0])
    for part in ("Semiconductors", "Resilience", "Competitiveness", "94–98%", "Chokepoints", "Held at home",
                 "Strategic", "What it is not", "What is shortened here stands whole in annex N"):  # fmt: skip
        assert part in text
    assert "Contents" not in text
    assert words(printed.pages[1]).startswith("Contents")


def test_what_page_one_cuts_stands_whole_further_on() -> None:
    """Title, summary, profile, items, findings and instruments are in the annexes that page one names."""
    a = sample_assessment(hostile=LONG)
    html = render_html(a)
    annexes = {name: html[html.index(f'id="{name}"') :].partition("</section>")[0] for name in
               ("sources", "dependencies", "findings", "instruments")}  # fmt: skip
    judged = [finding.reason for finding in a.step2.findings if finding.kind == "judged"]
    assert min(map(len, (a.title, a.summary, a.profile_title, a.profile_author, a.dossier_author, *judged))) > 3900
    for text in (a.title, a.summary, a.profile_title, a.profile_author, a.dossier_author):
        assert text in unescape(annexes["sources"])
    for text in judged:
        assert text in unescape(annexes["findings"])
    for row in a.step1.dependencies:
        assert row.item_name in unescape(annexes["dependencies"])
    for match in a.step4.instruments:
        assert match.name in unescape(annexes["instruments"]) and match.goal in unescape(annexes["instruments"])


def test_every_annex_is_printed(texts: list[str]) -> None:
    """The text of all annexes can be selected, the labels of the pictures among it."""
    text = " ".join(texts)
    for part in ("World map", "Items and dimensions", "Suppliers in context", "Open questions", "How to cite",
                 "Largest hold, at least:", "Front-end fabrication", "provision.gallium.CHN.location"):  # fmt: skip
        assert part in text


def test_paper_leaves_out_what_only_a_screen_can_use(texts: list[str]) -> None:
    """Buttons and the series of numbers that no printed page cites stay on the screen."""
    text = " ".join(texts)
    assert "Picture (PNG)" not in text
    assert "trade.261100.2012.concentration" not in text
    assert "On paper, in brief" in text


def test_fonts_are_inside(pdf: pypdf.PdfReader) -> None:
    """Every font of every page is embedded, and only the report's own is used."""
    names = set()
    for page in pdf.pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            names.add(str(inner["/BaseFont"]))
            descriptor = inner["/FontDescriptor"].get_object()
            assert any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
    assert names
    assert all("Inter" in name for name in names)


def test_pdf_is_tagged_and_described(pdf: pypdf.PdfReader) -> None:
    """PDF/UA: structure tree, language, title, bookmarks, alternative text for pictures."""
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/StructTreeRoot"]["/K"]
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Semiconductors: strategic dependencies of European Union (EU27), 2023"
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert next(entry.title for entry in pdf.outline if not isinstance(entry, list)) == "Semiconductors"
    alternatives = [
        str(thing["/Alt"])
        for number in range(int(pdf.trailer["/Size"]))
        if (thing := _object(pdf, number)) and "/Alt" in thing
    ]
    assert any("Largest hold of each economy" in text for text in alternatives)


def _object(pdf: pypdf.PdfReader, number: int) -> pypdf.generic.DictionaryObject | None:
    thing = pdf.get_object(pypdf.generic.IndirectObject(number, 0, pdf)) if number else None
    return thing if isinstance(thing, pypdf.generic.DictionaryObject) else None


def test_same_page_same_bytes(html: str, data: bytes) -> None:
    """Printing again gives the same file; its date is the dossier's."""
    assert render_pdf(html) == data
    meta = pypdf.PdfReader(io.BytesIO(data)).metadata
    assert meta is not None
    assert meta.creation_date_raw == "D:20230115"


def test_nothing_lies_beyond_the_paper(data: bytes, tmp_path: Path) -> None:
    """No word and no ink touches the outermost 5 mm of any page."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed: apt-get install poppler-utils")
    path = tmp_path / "report.pdf"
    path.write_bytes(data)
    boxes = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, text=True, check=True).stdout
    seen = 0
    width = height = 0.0
    for line in boxes.splitlines():
        fields = {
            key: value for part in line.split() if "=" in part for key, _, value in [part.rstrip("/>").partition("=")]
        }
        if line.strip().startswith("<page"):
            width, height = (float(fields[key].strip('"')) for key in ("width", "height"))
        elif line.strip().startswith("<word"):
            box = [float(fields[key].split('"')[1]) for key in ("xMin", "yMin", "xMax", "yMax")]
            assert box[0] >= 14
            assert box[1] >= 14
            assert box[2] <= width - 14
            assert box[3] <= height - 14
            seen += 1
    assert seen > 1000


def test_the_map_is_printed_on_a_page_across(pdf: pypdf.PdfReader, texts: list[str]) -> None:
    """In the PDF the whole map stands on one landscape page, with its legend; its sources and the paths follow."""
    number = next(n for n, text in enumerate(texts) if "Bars: share of the largest provider" in text)
    assert pdf.pages[number].mediabox.width > pdf.pages[number].mediabox.height
    for part in ("Ecosystem map and paths of holds", "Gallium", "Telecommunications", "certain and possible"):
        assert part in texts[number]
    assert texts[number + 1].startswith("Source:")
    assert texts[number + 2].startswith("Paths of the largest holds")
    assert "Tier 4; at the chokepoint" in texts[number + 2]
