"""The report of an assessment: HTML for the screen, PDF for the table, XLSX for those who calculate on."""

from ostra.report.page import render_html
from ostra.report.paper import render_pdf
from ostra.report.workbook import render_xlsx

__all__ = ["render_html", "render_pdf", "render_xlsx"]
