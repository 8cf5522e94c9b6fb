"""Commands that print: the report of one assessment, or all in one volume."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from ostra.cli.options import (
    OnlyOption,
    PreferOption,
    WorkspaceOption,
    YearOption,
    progress,
    refuse_within_a_file,
    workspace,
)
from ostra.errors import DataError, Problem, UsageError

if TYPE_CHECKING:
    from ostra.model.assessment import Assessment

FORMS = (".html", ".pdf", ".xlsx", ".json")
# Endings of files that people may expect from a report; any other name, such as "v1.2", may be that of a folder.
OTHER_FILES = (".csv", ".svg", ".png", ".txt", ".text", ".md", ".docx", ".odt", ".htm", ".xls", ".yaml", ".yml", ".zip")


def report(
    what: str | None = None,
    /,
    *,
    all: Annotated[bool, Parameter(negative=())] = False,
    home: Annotated[str | None, Parameter(help="Country or bloc whose autonomy is assessed; EU27 by default.")] = None,
    year: YearOption = None,
    prefer: PreferOption = None,
    only: OnlyOption = None,
    workspace_path: WorkspaceOption = None,
    output: Annotated[Path, Parameter(name=["--output", "-o"])] = Path("out"),
) -> None:
    """Print a report as HTML, PDF, XLSX and JSON: of one ecosystem, of a stored assessment, or all in one volume.

    Parameters
    ----------
    what
        Id of an ecosystem, or a JSON file that `ostra assess` or `ostra report` wrote.
    all
        All ecosystems in one volume: an overview with the matrix, then each report as a chapter.
    output
        Folder for all four forms, made if absent; a file that ends with .html, .pdf, .xlsx or .json is written alone.
    """
    report_files(output, "")  # a place that cannot be written to is told before anything is computed
    if all == (what is not None):
        raise UsageError("say what to print: the id of an ecosystem, a stored FILE.json, or --all")
    if what is not None and (Path(what).is_file() or what.endswith(".json")):
        if home is not None or year is not None:
            raise UsageError("a stored assessment has its home and year already; leave out --home and --year")
        made = read_assessments(Path(what))
    else:
        space = workspace(workspace_path, prefer=prefer, only=only)
        with progress("assess") as advance:
            from ostra.ask.assessments import assessments

            names = list(space.dossier_files()) if what is None else [what]
            made = assessments(space, ecosystems=names, home=home or "EU27", year=year, advance=advance)
    written = write_volume(made, output) if all or len(made) > 1 else write_reports(made[0], output)
    print(f"Written: {', '.join(map(str, written))}")


def report_files(output: Path, name: str) -> dict[str, Path]:
    """Form -> file: the one that `output` names by its ending, else all forms in the folder that it names.

    Raises
    ------
    UsageError
        The ending is that of a file and of none that a report has, or the folder is a file or lies in one.
    """
    refuse_within_a_file(output)
    suffix = output.suffix.lower()
    if not output.is_dir() and suffix in FORMS:
        return {suffix: output}
    known = ".html, .pdf, .xlsx or .json"
    if not output.is_dir() and suffix in OTHER_FILES:
        raise UsageError(f"{output}: a report is not written as {suffix}. End with {known}, or name a folder for all")
    if output.exists() and not output.is_dir():
        raise UsageError(f"{output} is a file. Name a folder for all forms, or a file that ends with {known}")
    return {form: output / f"{name}{form}" for form in FORMS}


def write_reports(assessment: Assessment, output: Path) -> list[Path]:
    """Write the report in its four forms or in the one asked for, with a progress bar on a terminal.

    Parameters
    ----------
    output
        As for `report_files`.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    UsageError
        As for `report_files`.
    OstraError
        The extra for PDF is not installed, or a file cannot be written.
    """
    from ostra.files.whole_files import write_whole
    from ostra.show.output import to_json
    from ostra.show.printed.page import render_html
    from ostra.show.printed.paper import render_pdf
    from ostra.show.printed.workbook import render_xlsx

    files = report_files(output, assessment.ecosystem)
    html = ""
    with progress("report") as advance:
        for done, (form, file) in enumerate(files.items(), start=1):
            if form in (".html", ".pdf"):
                html = html or render_html(assessment)
            if form == ".html":
                write_whole(file, html)
            elif form == ".pdf":
                lost: set[str] = set()
                write_whole(file, render_pdf(html, lost.add))
                _tell_lost(lost)
            elif form == ".xlsx":
                write_whole(file, render_xlsx(assessment))
            else:
                write_whole(file, to_json(assessment.model_dump(mode="json")))
            advance(done, len(files))
    return list(files.values())


def write_volume(made: Sequence[Assessment], output: Path) -> list[Path]:
    """Write one volume of several assessments; parameters, progress and result as for `write_reports`.

    Raises
    ------
    UsageError
        As for `report_files`.
    OstraError
        The assessments do not belong together, the extra for PDF is not installed, or a file cannot be written.
    """
    from ostra.files.whole_files import write_whole
    from ostra.model.assessment import AssessmentSet
    from ostra.show.output import to_json
    from ostra.show.printed.paper import render_volume_pdf
    from ostra.show.printed.volume import make_volume
    from ostra.show.printed.workbook import render_volume_xlsx

    with progress("chapters") as advance:
        volume = make_volume(made, advance)
    files = report_files(output, volume.name)
    if ".json" in files:
        stored = AssessmentSet(assessments=tuple(made))
        write_whole(files[".json"], to_json(stored.model_dump(mode="json")))
    if ".html" in files:
        write_whole(files[".html"], volume.html())
    if ".xlsx" in files:
        write_whole(files[".xlsx"], render_volume_xlsx(made))
    if ".pdf" in files:
        lost: set[str] = set()
        with progress("print") as advance:
            write_whole(files[".pdf"], render_volume_pdf(volume, advance, lost.add))
        _tell_lost(lost)
    return list(files.values())


def _tell_lost(lost: set[str]) -> None:
    """Say which characters no font has, so that none vanishes without a word."""
    if lost:
        print(
            f"ostra: no font on this computer has {len(lost)} characters of the report ({''.join(sorted(lost)[:12])}): "
            "boxes stand for them in the PDF. Install a font that has them, such as Noto Sans CJK "
            "(Debian: apt-get install fonts-noto-cjk), and print again; the HTML and the workbook have them.",
            file=sys.stderr,
        )


def read_assessment(path: Path) -> Assessment:
    """Read one assessment that was stored as JSON.

    Raises
    ------
    DataError
        The file cannot be read, is no assessment of this format, or holds several.
    """
    made = read_assessments(path)
    if len(made) > 1:
        names = ", ".join(a.id for a in made)
        raise DataError("holds several assessments where one is wanted", file=str(path), value=names)
    return made[0]


def read_assessments(path: Path) -> Sequence[Assessment]:
    """Read the assessment, or the set of them, that was stored as JSON.

    Raises
    ------
    DataError
        The file cannot be read, or is neither.
    """
    from pydantic import ValidationError

    from ostra.model.assessment import Assessment, AssessmentSet

    try:
        text = path.read_bytes()
        if b'"ostra-assessments/1"' in text[:200]:
            return AssessmentSet.model_validate_json(text).assessments
        return (Assessment.model_validate_json(text),)
    except OSError as error:
        raise DataError("cannot be read", file=str(path), value=error.strerror or "") from error
    except ValidationError as error:
        raise DataError(
            [
                Problem(
                    fault["msg"],
                    file=str(path),
                    column=".".join(str(part) for part in fault["loc"]),
                    mend="Make it with: ostra assess … --format json",
                )
                for fault in error.errors()[:20]
            ]
        ) from None
