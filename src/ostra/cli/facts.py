"""Commands on facts: list what is there, import files, check that nothing was damaged, export."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ostra.cli.options import DEFAULT_OUTPUT, Output, WorkspaceOption, progress, show, workspace
from ostra.errors import DataError, NotFoundError, UsageError


@Parameter(name="*")
@dataclass(frozen=True)
class Citing:
    """What a data set is cited by: the options that all imports of facts share."""

    title: str = ""
    "Title to cite the data set by."
    source: str = ""
    "Publisher to cite."
    licence: str = ""
    "Licence of the data."
    url: str = ""
    "Where the data were got."
    retrieved: str | None = None
    "ISO date on which they were got; today by default."


NOT_CITED = Citing()


def list_datasets(
    *, table: str | None = None, workspace_path: WorkspaceOption = None, output: Output = DEFAULT_OUTPUT
) -> None:
    """List data sets: what they hold, from where, under which licence.

    Parameters
    ----------
    table
        Only data sets of this table.
    """
    from ostra.show.output import Column

    columns = [
        Column("dataset", "Data set"),
        Column("table", "Table"),
        Column("years", "Years"),
        Column("rows", "Rows", "count"),
        Column("edition", "Edition"),
        Column("default", "Used", "flag"),
        Column("licence", "Licence"),
        Column("origin", "Origin"),
        Column("title", "Title"),
        Column("sha256", "SHA-256"),
    ]
    show(workspace(workspace_path).datasets(table), columns, output)


def import_files(
    kind: str,
    files: list[Path],
    /,
    *,
    dataset: str | None = None,
    edition: str | None = None,
    eur_usd: Annotated[list[str] | None, Parameter(negative=())] = None,
    cited: Citing = NOT_CITED,
    strict: Annotated[bool, Parameter(negative=())] = False,
    dry_run: Annotated[bool, Parameter(negative=())] = False,
    workspace_path: WorkspaceOption = None,
) -> None:
    """Import files into the workspace; every row is checked, faulty ones are reported and left out.

    Parameters
    ----------
    kind
        Format of the files, such as baci, comext, trade, raw-materials; any other word lists them.
    files
        One or more files, plain, gzipped or zipped as published.
    dataset
        Id to give the data set; made from the file's name and content by default.
    edition
        Edition of the Harmonised System, HS92 to HS22, where the file's name does not tell.
    eur_usd
        US dollars for one euro in a year, such as 2022=1.0530; needed for values in euro; may be given several times.
    strict
        Refuse the files if any row is faulty.
    dry_run
        Only check the files; change nothing.
    """
    from ostra.facts.imports import check_file, import_file
    from ostra.facts.kinds import Options

    options = Options(
        edition=edition,
        eur_usd=rates(eur_usd or []),
        title=cited.title,
        source=cited.source,
        licence=cited.licence,
        url=cited.url,
    )
    with progress("import") as advance:
        if dry_run:
            report = check_file(kind, files, options=options, advance=advance)
        else:
            report = import_file(
                folder_of(workspace_path),
                kind,
                files,
                dataset=dataset,
                strict=strict,
                options=options,
                retrieved=cited.retrieved,
                advance=advance,
            )
    say(f"{report.rows:,} rows {'are sound' if dry_run else 'imported'}, {report.rejected:,} rejected")
    if report.dataset is not None:
        known = "already there, nothing was changed: " if report.recognised else ""
        say(f"{known}data set {report.dataset.id}")
    if report.rejects_path is not None:
        say(f"rejected rows with reasons: {report.rejects_path}")
    for reason, count in report.set_aside.items():
        say(f"set aside: {count:,} rows, {reason}")
    for caveat in report.caveats:
        say(f"caveat: {caveat}")
    if dry_run and report.problems:
        raise DataError(report.problems)


def check_store(*, workspace_path: WorkspaceOption = None) -> None:
    """Check all facts against their manifests: files, rows, columns and checksums."""
    from ostra.facts.checks import check_facts
    from ostra.facts.datasets import builtin_root, facts_root

    roots = [builtin_root()]
    space = workspace(workspace_path)
    if space.path is not None:
        roots.append(facts_root(space.path))
    with progress("check") as advance:
        problems = [problem for root in roots for problem in check_facts(root, advance)]
    if problems:
        raise DataError(problems)
    say(f"{len(space.facts.datasets())} data sets are sound")


def balance(
    dataset: str | None = None,
    /,
    *,
    year: int | None = None,
    workspace_path: WorkspaceOption = None,
    output: Output = DEFAULT_OUTPUT,
) -> None:
    """List rows and columns of an input-output table that do not add up to output, the largest difference first.

    Parameters
    ----------
    dataset
        Id of the table; by default the newest of the workspace, else the built-in one.
    year
        Year of the table; by default its latest.
    """
    from ostra.ask.balance import balance as listed
    from ostra.show.output import Column

    columns = [
        Column("side", "Side"),
        Column("economy", "Economy"),
        Column("sector", "Sector"),
        Column("name", "Name"),
        Column("output_musd", "Output MUSD", "number"),
        Column("accounted_musd", "Accounted MUSD", "number"),
        Column("residual_musd", "Residual MUSD", "number"),
        Column("share", "Share", "share"),
    ]
    show(listed(workspace(workspace_path), dataset, year), columns, output)


def export_dataset(dataset: str, output: Path, /, *, workspace_path: WorkspaceOption = None) -> None:
    """Export a data set with its source and licence beside it.

    Parameters
    ----------
    dataset
        Id of the data set; see: ostra data list.
    output
        File to write: .csv, .csv.gz, .parquet or .xlsx.
    """
    from ostra.facts.export import export_dataset as export

    facts = workspace(workspace_path).facts
    tables = [found.table for found in facts.datasets() if found.id == dataset]
    if not tables:
        raise NotFoundError(f"there is no data set '{dataset}'. See: ostra data list")
    written, beside, rows = export(facts, output, tables[-1], dataset)
    say(f"{rows:,} rows written to {written}, source and licence to {beside}")


def folder_of(workspace_path: Path | None) -> Path:
    """The workspace folder that data go to.

    Raises
    ------
    UsageError
        None was named.
    """
    folder = workspace(workspace_path).path
    if folder is None:
        raise UsageError("say which workspace the data go to: -w FOLDER (make one with: ostra init FOLDER)")
    return folder


def rates(texts: list[str]) -> dict[int, str]:
    """Exchange rates written as year=rate.

    Raises
    ------
    UsageError
        One of them cannot be read.
    """
    found = {}
    for text in texts:
        year, separator, rate = text.partition("=")
        if not separator or not year.isdigit():
            raise UsageError(f"--eur-usd {text!r} is no rate. Write YEAR=RATE, such as 2022=1.0530")
        found[int(year)] = rate
    return found


def say(text: str) -> None:
    """One line to standard output."""
    print(text)
