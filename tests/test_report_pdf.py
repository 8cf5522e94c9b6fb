"""The printed report: one page for the minister, text and fonts inside, tagged, nothing beyond the paper."""

from __future__ import annotations

import ctypes.util
import io
import shutil
import subprocess
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


def words(page: pypdf.PageObject) -> str:
    """The text of a page with single spaces."""
    return " ".join(page.extract_text().split())


def test_page_one_holds_the_whole_summary(pdf: pypdf.PdfReader) -> None:
    """Title, levels, dependencies, instruments and limits are on the first sheet, the contents on the second."""
    text = words(pdf.pages[0])
    for part in ("Semiconductors", "Resilience", "Competitiveness", "94–98%", "Chokepoints", "Held at home",
                 "Strategic stockpiles", "What it is not", "semiconductors-EU27-2023"):  # fmt: skip
        assert part in text
    assert "Contents" not in text
    assert words(pdf.pages[1]).startswith("Contents")


def test_page_one_stays_one_page_when_texts_are_long() -> None:
    """Long names, goals, side effects and judgements are shortened, never pushed to a second sheet."""
    sample = sample_assessment(title="Semiconductors and everything that is needed to design and make them")
    words_on = "which goes on for a good while and then, after a comma, for a while longer " * 6
    long = sample.model_copy(
        update={
            "summary": words_on,
            "profile_author": "An office with a long name, its unit for economic security, and others",
            "step2": sample.step2.model_copy(
                update={"findings": tuple(f.model_copy(update={"reason": words_on}) for f in sample.step2.findings)}
            ),
            "step4": sample.step4.model_copy(
                update={
                    "instruments": tuple(
                        i.model_copy(update={"goal": words_on, "side_effects": (words_on,), "name": words_on[:60]})
                        for i in sample.step4.instruments
                    )
                }
            ),
            "step1": sample.step1.model_copy(
                update={
                    "trade_series": (),
                    "dependencies": tuple(
                        d.model_copy(update={"item_name": f"{d.item_name} {words_on[:60]}"})
                        for d in sample.step1.dependencies
                    ),
                    "chokepoints": tuple(
                        c.model_copy(update={"item_name": f"{c.item_name} {words_on[:60]}"})
                        for c in sample.step1.chokepoints
                    ),
                }
            ),
        }
    )
    printed = pypdf.PdfReader(io.BytesIO(render_pdf(render_html(long))))
    assert "semiconductors-EU27-2023" in words(printed.pages[0])
    assert words(printed.pages[1]).startswith("Contents")


def test_every_annex_is_printed(pdf: pypdf.PdfReader) -> None:
    """The text of all annexes can be selected, the labels of the pictures among it."""
    text = " ".join(words(page) for page in pdf.pages)
    for part in ("World map", "Items and dimensions", "Suppliers in context", "Open questions", "How to cite",
                 "Largest hold, at least:", "Front-end fabrication", "provision.gallium.CHN.location"):  # fmt: skip
        assert part in text


def test_paper_leaves_out_what_only_a_screen_can_use(pdf: pypdf.PdfReader) -> None:
    """Buttons and the series of numbers that no printed page cites stay on the screen."""
    text = " ".join(words(page) for page in pdf.pages)
    assert "Picture (PNG)" not in text
    assert "trade.260500.2012.concentration" not in text
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
    assert pdf.metadata.title == "Semiconductors: strategic dependencies of European Union (27), 2023"
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
