"""The PDF, printed from the same HTML: one report, or a volume of several."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ostra.errors import OstraError
from ostra.progress import Advance, quiet
from ostra.show.printed.volume import Volume

# What only a screen can use stands between the first marks and is left out; what only paper needs stands in a comment
# and is put in: printing takes a fifth of the time. Text of a dossier cannot contain the marks: it is escaped.
SCREEN_ONLY = re.compile(r"<!--screen-->.*?<!--/screen-->", re.DOTALL)
PAPER_ONLY = re.compile(r"<!--paper (.*?)paper-->", re.DOTALL)

# How WeasyPrint begins to say that no font has a character.
MISSING = ".notdef glyph"

VARIANT = "pdf/ua-1"
PAGE_ONE = "summary"  # class and name of the section; a chapter of a volume has a prefix before the name
ROMAN = "@page { @bottom-right { content: counter(page, lower-roman) } }"
ARABIC = "@page {{ @bottom-right {{ content: counter(page) }} }} @page :first {{ counter-reset: page {first} }}"


def ignored(_: str) -> None:
    """Take no notice of a character that no font has."""


Lost = Callable[[str], object]


class _Missing(logging.Handler):
    """Hands over the character of each warning that it cannot be drawn."""

    def __init__(self, lost: Lost) -> None:
        super().__init__(logging.WARNING)
        self._lost = lost

    def emit(self, record: logging.LogRecord) -> None:
        if MISSING in str(record.msg) and isinstance(record.args, tuple) and record.args:
            self._lost(str(record.args[0]))


@contextmanager
def telling(lost: Lost) -> Iterator[None]:
    """Call `lost` with the characters that WeasyPrint finds in no font while it writes."""
    logger = logging.getLogger("weasyprint")
    before = logger.handlers, logger.level, logger.propagate
    logger.handlers, logger.propagate = [_Missing(lost)], False
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.handlers, level, logger.propagate = before
        logger.setLevel(level)


def render_pdf(html: str, lost: Lost = ignored) -> bytes:
    """Print the report as tagged PDF (PDF/UA-1): A4, selectable text, the report's own fonts inside.

    The same HTML gives the same bytes: the dates are those in the page's head, and the identifier is its hash.

    Parameters
    ----------
    lost
        Called with each character that no font has, so that a box stands in its place.

    Raises
    ------
    OstraError
        WeasyPrint or the system library Pango that it draws with is not installed.
    """
    laid = Printer().lay_out(html)
    with telling(lost):
        pdf: bytes = laid.write_pdf(pdf_variant=VARIANT, pdf_identifier=_identifier(html))
    return pdf


def render_volume_pdf(volume: Volume, advance: Advance = quiet, lost: Lost = ignored) -> bytes:
    """Print the volume as one tagged PDF; the same volume gives the same bytes.

    Each part is laid out as a document of its own, numbered on from the part before, and all pages are written
    together, so that links lead across parts. The front comes last, when the numbers in its contents are known; its
    own pages are numbered in Roman.

    Parameters
    ----------
    advance
        Called with (parts done, parts), writing counted as half of all.
    lost
        As for `render_pdf`.

    Raises
    ------
    OstraError
        As for `render_pdf`.
    """
    printer = Printer()
    parts = [volume.overview, *volume.chapters, volume.sources]
    total = 2 * (len(parts) + 1)
    pages: list[Any] = []
    numbers: dict[str, int] = {}
    for done, part in enumerate(parts):
        advance(done, total)
        laid = printer.lay_out(volume.sheet(part, ARABIC.format(first=len(pages) + 1)))
        for page in laid.pages:
            pages.append(page)
            for name in page.anchors:  # what goes on over several pages has its anchor on each; the first counts
                numbers.setdefault(name, len(pages))
    advance(len(parts), total)
    front = printer.lay_out(volume.sheet(volume.front(numbers), ROMAN))
    advance(len(parts) + 1, total)

    def label_pages(document: object, pdf: Any) -> None:
        """Viewers count the front in Roman and the rest from 1, as the pages do."""
        import pydyf

        roman, arabic = pydyf.Dictionary({"S": "/r"}), pydyf.Dictionary({"S": "/D"})
        numbered = pydyf.Array([0, roman, len(front.pages), arabic])
        pdf.catalog["PageLabels"] = pydyf.Dictionary({"Nums": numbered})

    whole = front.copy([*front.pages, *pages])
    identifier = _identifier(volume.html())
    with telling(lost):
        written: bytes = whole.write_pdf(pdf_variant=VARIANT, pdf_identifier=identifier, finisher=label_pages)
    advance(total, total)
    return written


class Printer:
    """Lays documents out with WeasyPrint, the fonts shared between them.

    Raises
    ------
    OstraError
        WeasyPrint or the system library Pango that it draws with is not installed.
    """

    def __init__(self) -> None:
        try:
            import weasyprint
            from weasyprint.text.fonts import FontConfiguration
            from weasyprint.urls import URLFetcher
        except (ImportError, OSError) as error:
            raise OstraError(
                f"cannot print PDF: {error}. Install with `pip install 'ostra[pdf]'` and, on Debian, "
                "`apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0`"
            ) from error
        # Style rules meant for browsers only are reported one by one; they are no fault of the document.
        logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
        self._read = weasyprint.HTML
        # The page carries all that it needs; nothing else may be fetched, whatever a dossier says.
        self._fetcher = URLFetcher(allowed_protocols=("data",))
        self._fonts = FontConfiguration()

    def lay_out(self, html: str) -> Any:
        """The pages of a document, not written yet; page one of a report on one sheet, whatever its texts."""
        laid = self._lay_out(html)
        return self._lay_out(tightened(html)) if spills(laid) else laid

    def _lay_out(self, html: str) -> Any:
        document = self._read(string=for_paper(html), url_fetcher=self._fetcher)
        return document.render(font_config=self._fonts, pdf_variant=VARIANT)


def spills(laid: Any) -> bool:
    """Whether page one goes on to a second sheet: then its anchor is on that one too."""
    return any(name.rpartition("/")[2] == PAGE_ONE for page in laid.pages[1:2] for name in page.anchors)


def tightened(html: str) -> str:
    """The page with page one in closer lines, its texts cut after so many of them, which always fit on a sheet."""
    return str(html).replace(f'<section class="{PAGE_ONE}"', f'<section class="{PAGE_ONE} tight"')


def _identifier(html: str) -> bytes:
    return hashlib.sha256(html.encode()).digest()[:16]


def for_paper(html: str) -> str:
    """The page without what only a screen can use and with what only paper needs."""
    return PAPER_ONLY.sub(r"\1", SCREEN_ONLY.sub("", html))
