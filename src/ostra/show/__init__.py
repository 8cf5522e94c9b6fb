"""The report of an assessment, or of several in one volume: HTML for the screen, PDF for the table, XLSX for those
who calculate on."""

from ostra.show.charts.course import course_picture
from ostra.show.charts.level_matrix import matrix_picture
from ostra.show.charts.threshold_panels import sensitivity_picture
from ostra.show.printed.page import render_html
from ostra.show.printed.paper import render_pdf, render_volume_pdf
from ostra.show.printed.volume import make_volume
from ostra.show.printed.workbook import render_volume_xlsx, render_xlsx

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
