"""The report of an assessment, or of several in one volume: HTML for the screen, PDF for the table, XLSX for those
who calculate on."""

from ostra.report.charts.course import course_picture
from ostra.report.charts.matrix import matrix_picture
from ostra.report.charts.sensitivity import sensitivity_picture
from ostra.report.page import render_html
from ostra.report.paper import render_pdf, render_volume_pdf
from ostra.report.volume import make_volume
from ostra.report.workbook import render_volume_xlsx, render_xlsx

__all__ = [
    "course_picture",
    "make_volume",
    "matrix_picture",
    "render_html",
    "render_pdf",
    "render_volume_pdf",
    "render_volume_xlsx",
    "render_xlsx",
    "sensitivity_picture",
]
