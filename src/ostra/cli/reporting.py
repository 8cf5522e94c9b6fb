"""Commands that print: the report of one assessment, or all in one volume."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from ostra.cli.options import WorkspaceOption, YearOption, progress, workspace
from ostra.errors import DataError, Problem, UsageError

if TYPE_CHECKING:
    from ostra.model.assessment import Assessment

FORMS = (".html", ".pdf", ".xlsx", ".json")


def report(
    what: str | None = None,
    /,
    *,
    all: Annotated[bool, Parameter(negative=())] = False,
    home: Annotated[str | None, Parameter(help="Country or bloc whose autonomy is assessed; EU27 by default.")] = None,
    year: YearOption = None,
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
        Folder to write to, made if absent.
    """
    if all == (what is not None):
        raise UsageError("say what to print: the id of an ecosystem, a stored FILE.json, or --all")
    if what is not None and (Path(what).is_file() or what.endswith(".json")):
        if home is not None or year is not None:
            raise UsageError("a stored assessment has its home and year already; leave out --home and --year")
        made = read_assessments(Path(what))
    else:
        space = workspace(workspace_path)
        with progress("assess") as advance:
            from ostra.views import assessments

            names = list(space.dossier_files()) if what is None else [what]
            made = assessments(space, names, home or "EU27", year, advance)
    base = write_volume(made, output) if all or len(made) > 1 else write_reports(made[0], output)
    print(f"Written: {', '.join(f'{base}{form}' for form in FORMS)}")


def write_reports(assessment: Assessment, folder: Path) -> Path:
    """Write the report in its four forms, with a progress bar on a terminal; return what their names have in common.

    Raises
    ------
    OstraError
        The extra for PDF is not installed, or a file cannot be written.
    """
    from ostra import report
    from ostra.output import to_json, write_file

    base = folder / assessment.ecosystem
    with progress("report") as advance:
        write_file(base.with_suffix(".json"), to_json(assessment.model_dump(mode="json")))
        advance(1, 4)
        html = report.render_html(assessment)
        write_file(base.with_suffix(".html"), html)
        advance(2, 4)
        write_file(base.with_suffix(".xlsx"), report.render_xlsx(assessment))
        advance(3, 4)
        write_file(base.with_suffix(".pdf"), report.render_pdf(html))
        advance(4, 4)
    return base


def write_volume(made: Sequence[Assessment], folder: Path) -> Path:
    """Write one volume of several assessments in four forms; progress and result as for `write_reports`.

    Raises
    ------
    OstraError
        The assessments do not belong together, the extra for PDF is not installed, or a file cannot be written.
    """
    from ostra import report
    from ostra.model.assessment import AssessmentSet
    from ostra.output import to_json, write_file

    with progress("chapters") as advance:
        volume = report.make_volume(made, advance)
    base = folder / volume.name
    with progress("data") as advance:
        stored = AssessmentSet(assessments=tuple(made))
        write_file(base.with_suffix(".json"), to_json(stored.model_dump(mode="json")))
        advance(1, 3)
        write_file(base.with_suffix(".html"), volume.html())
        advance(2, 3)
        write_file(base.with_suffix(".xlsx"), report.render_volume_xlsx(made))
        advance(3, 3)
    with progress("print") as advance:
        write_file(base.with_suffix(".pdf"), report.render_volume_pdf(volume, advance))
    return base


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
        raise DataError(Problem("holds several assessments where one is wanted", file=str(path), value=names))
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
        raise DataError(Problem("cannot be read", file=str(path), value=error.strerror or "")) from error
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
