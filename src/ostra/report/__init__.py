"""The report of an assessment: HTML for the screen, PDF for the table, XLSX for those who calculate on."""

from ostra.report.charts.matrix import matrix_picture
from ostra.report.page import render_html
from ostra.report.paper import render_pdf
from ostra.report.workbook import render_xlsx

__all__ = ["matrix_picture", "render_html", "render_pdf", "render_xlsx"]
