"""The PDF, printed from the same HTML."""

from __future__ import annotations

import hashlib
import logging
import re

from ostra.errors import OstraError

# What only a screen can use stands between the first marks and is left out; what only paper needs stands in a comment
# and is put in: printing takes a fifth of the time. Text of a dossier cannot contain the marks: it is escaped.
SCREEN_ONLY = re.compile(r"<!--screen-->.*?<!--/screen-->", re.DOTALL)
PAPER_ONLY = re.compile(r"<!--paper (.*?)paper-->", re.DOTALL)


def render_pdf(html: str) -> bytes:
    """Print the report as tagged PDF (PDF/UA-1): A4, selectable text, the report's own fonts inside.

    The same HTML gives the same bytes: the dates are those in the page's head, and the identifier is its hash.

    Raises
    ------
    OstraError
        WeasyPrint or the system library Pango that it draws with is not installed.
    """
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:
        raise OstraError(
            f"cannot print PDF: {error}. Install with `pip install 'ostra[pdf]'` and, on Debian, "
            "`apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0`"
        ) from error
    # Style rules meant for browsers only are reported one by one; they are no fault of the document.
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    # The page carries all that it needs; nothing else may be fetched, whatever a dossier says.
    document = weasyprint.HTML(string=for_paper(html), url_fetcher=URLFetcher(allowed_protocols=("data",)))
    identifier = hashlib.sha256(html.encode()).digest()[:16]
    pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)
    return pdf


def for_paper(html: str) -> str:
    """The page without what only a screen can use and with what only paper needs."""
    return PAPER_ONLY.sub(r"\1", SCREEN_ONLY.sub("", html))
