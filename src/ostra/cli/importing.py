"""`ostra import`: ecosystems as dossiers, cases of coercion, and input-output tables as facts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from ostra.cli.facts import NOT_CITED, Citing, folder_of, rates, say
from ostra.cli.options import WorkspaceOption, progress, workspace
from ostra.errors import UsageError
from ostra.words.figures import figure, percent

if TYPE_CHECKING:
    from ostra.documents.ecosystem_imports import EcosystemKind
    from ostra.facts.mrio_imports import MrioReport

importing = App(
    name="import",
    help="Import an ecosystem as a dossier, coercion cases, or an input-output table; other facts: ostra data import.",
    help_format="plaintext",
)

Into = Annotated[str, Parameter(help="Id of the new ecosystem.")]
Replace = Annotated[
    bool, Parameter(negative=(), help="Overwrite a dossier or case of that id that says something else.")
]


@importing.command(name="eto-chips")
def eto_chips(folder: Path, /, *, into: Into, replace: Replace = False, workspace_path: WorkspaceOption = None) -> None:
    """Import the advanced semiconductor supply chain of ETO/CSET, a folder of CSV files as published."""
    _ecosystem("eto-chips", folder, into, replace, workspace_path)


@importing.command(name="csv")
def csv(folder: Path, /, *, into: Into, replace: Replace = False, workspace_path: WorkspaceOption = None) -> None:
    """Import an ecosystem from a folder with items.csv, links.csv, provision.csv, providers.csv."""
    _ecosystem("csv", folder, into, replace, workspace_path)


@importing.command
def cases(file: Path, /, *, replace: Replace = False, workspace_path: WorkspaceOption = None) -> None:
    """Import coercion cases from one CSV file into the list of the workspace."""
    from ostra.cli.cases import import_cases

    import_cases(file, workspace_path, replace=replace)


@importing.command
def mrio(
    files: list[Path],
    /,
    *,
    layout: str | None = None,
    year: int | None = None,
    dataset: str | None = None,
    eur_usd: Annotated[list[str] | None, Parameter(negative=())] = None,
    cited: Citing = NOT_CITED,
    strict: Annotated[bool, Parameter(negative=())] = False,
    dry_run: Annotated[bool, Parameter(negative=())] = False,
    workspace_path: WorkspaceOption = None,
) -> None:
    """Import a multi-regional input-output table; balances are checked, odd values told, nothing is dropped in silence.

    Parameters
    ----------
    files
        Files, archives or folders as published; several are several years of one table.
    layout
        icio, figaro, wiod13, wiod16, exiobase3, eora26, gloria or npz; by default told from name and header.
    year
        Year of the table, where the name of its file does not tell.
    dataset
        Id to give the data set; made from layout, name and content by default.
    eur_usd
        US dollars for one euro in a year, such as 2022=1.0530; needed for tables in euro (EXIOBASE, FIGARO).
    strict
        Refuse a table with a row or column that misses output by more than 0.1 %.
    dry_run
        Only check the files; change nothing.
    """
    from ostra.facts.kinds import Options
    from ostra.facts.mrio_imports import check_mrio, import_mrio

    options = Options(
        eur_usd=rates(eur_usd or []),
        title=cited.title,
        source=cited.source,
        licence=cited.licence,
        url=cited.url,
    )
    folder = None if dry_run else folder_of(workspace_path)
    with progress("import") as advance:
        if folder is None:
            report = check_mrio(files, layout=layout, year=year, options=options, advance=advance)
        else:
            report = import_mrio(
                folder,
                files,
                layout=layout,
                year=year,
                dataset=dataset,
                strict=strict,
                options=options,
                retrieved=cited.retrieved,
                advance=advance,
            )
    _tell(report)


def _tell(report: MrioReport) -> None:
    years = ", ".join(str(year) for year in dict.fromkeys(report.years))
    say(f"{report.layout}, {years}: {report.economies} economies x {report.sectors} sectors, {report.rows:,} cells")
    if report.dataset is not None:
        known = "already there, nothing was changed: " if report.recognised else ""
        say(f"{known}data set {report.dataset.id}")
    for one in report.residuals[:5]:
        of = f"{percent(one.share)} of output" if one.share is not None else "without output"
        say(f"residual: {one.side} {one.economy} {one.sector} {figure(one.residual, '+,.2f')} million USD, {of}")
    if len(report.residuals) > 5:
        more = len(report.residuals) - 5
        where = (
            f"ostra data balance {report.dataset.id}" if report.dataset is not None else "import it, then data balance"
        )
        say(f"{more:,} smaller residuals; see: {where}")
    for caveat in report.caveats:
        say(f"caveat: {caveat}")


def _ecosystem(kind: EcosystemKind, folder: Path, into: str, replace: bool, workspace_path: Path | None) -> None:
    from ostra.documents.ecosystem_imports import import_ecosystem

    space = workspace(workspace_path).path
    if space is None:
        raise UsageError("say which workspace the ecosystem goes to: -w FOLDER (make one with: ostra init FOLDER)")
    report = import_ecosystem(space, kind, folder, into=into, replace=replace)
    dossier = report.dossier
    state = "already there, nothing was changed" if report.unchanged else "written"
    lines = [
        f"{report.path}: {state}",
        f"{len(dossier.items)} items, {len(dossier.links)} links, {len(dossier.provision)} provisions",
        *(f"licence: {source.licence}" for source in dossier.sources[:1] if source.licence),
        *(f"caveat: {caveat}" for caveat in report.caveats),
        *(f"left out: {problem}" for problem in report.problems),
    ]
    print("\n".join(lines))
