"""The report of an assessment, or of several in one volume: HTML for the screen, PDF for the table, XLSX for those
who calculate on."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ostra.show.printed.page import render_html
    from ostra.show.printed.paper import render_pdf, render_volume_pdf
    from ostra.show.printed.volume import make_volume
    from ostra.show.printed.workbook import render_volume_xlsx, render_xlsx

__all__ = [
    "make_volume",
    "render_html",
    "render_pdf",
    "render_volume_pdf",
    "render_volume_xlsx",
    "render_xlsx",
]

_HOMES = {
    "make_volume": "printed.volume",
    "render_html": "printed.page",
    "render_pdf": "printed.paper",
    "render_volume_pdf": "printed.paper",
    "render_volume_xlsx": "printed.workbook",
    "render_xlsx": "printed.workbook",
}


def __getattr__(name: str) -> Any:
    # Loaded when first used: a table on the terminal needs neither charts nor pages.
    if name in _HOMES:
        return getattr(import_module(f"ostra.show.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'ostra.show' has no attribute {name!r}")
