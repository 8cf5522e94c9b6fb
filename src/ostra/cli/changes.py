"""Commands that change something or check it first: workspaces, dossiers, imports, exports. Each prints its report."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from ostra.cli.options import OUTPUT, WorkspaceOption, progress, workspace
from ostra.errors import DataError, UsageError

if TYPE_CHECKING:
    from ostra.change.facts_import import Options
    from ostra.change.report import Change


@Parameter(name="*")
@dataclass(frozen=True)
class Citing:
    """What a data set is cited by: the options that all imports of facts share."""

    title: Annotated[str, Parameter(help="Title to cite the data set by.", show_default=False)] = ""
    source: Annotated[str, Parameter(help="Publisher to cite.", show_default=False)] = ""
    licence: Annotated[str, Parameter(help="Licence of the data.", show_default=False)] = ""
    url: Annotated[str, Parameter(help="Where the data were got.", show_default=False)] = ""
    retrieved: Annotated[str | None, Parameter(help="ISO date on which they were got; today by default.")] = None


NOT_CITED = Citing()
Folder = Annotated[Path, Parameter(help="Folder with the CSV files of the ecosystem.")]
CasesFile = Annotated[Path, Parameter(help="CSV file with one case in each row.")]
Into = Annotated[str, Parameter(help="Id of the new ecosystem.")]
Replace = Annotated[
    bool, Parameter(negative=(), help="Overwrite a dossier or case of that id that says something else.")
]
Json = Annotated[bool, Parameter(negative=(), group=OUTPUT, help="Print what was done as JSON.")]

importing = App(
    name="import",
    help="Import an ecosystem as a dossier, coercion cases, or an input-output table; other facts: ostra data import.",
    help_format="plaintext",
)


def init(path: Path, /, *, json: Json = False) -> None:
    """Make a workspace: a folder for own facts, dossiers and a profile to edit.

    Parameters
    ----------
    path
        Folder to make; it must be empty or not exist yet.
    """
    from ostra.change.new_workspace import create_workspace

    tell(create_workspace(path), json)


def new(
    folder: Path,
    /,
    *,
    id: Annotated[str, Parameter(show_default=False)] = "",
    title: Annotated[str, Parameter(show_default=False)] = "",
    workspace_path: WorkspaceOption = None,
    json: Json = False,
) -> None:
    """Begin a dossier from a commented template that can be assessed at once; nothing that exists is overwritten.

    Parameters
    ----------
    folder
        New or empty: it becomes a workspace with the dossier in it. Inside a workspace, or with -w: its name is that
        of the dossier, which goes to the workspace's dossiers/.
    id
        Id of the dossier; by default from the folder's name.
    title
        Title of the dossier; by default from the folder's name.
    """
    from ostra.change.new_dossier import new_dossier

    tell(new_dossier(folder, workspace=workspace(workspace_path).path, id=id, title=title), json)


def check(
    document: Path, /, *, dataset: str | None = None, workspace_path: WorkspaceOption = None, json: Json = False
) -> None:
    """Check a dossier, profile, catalogue, scenario, ecosystem folder or workspace; all that is wrong is told at once.

    What a scenario names is looked up as well: economies and sectors in its input-output table, items in dossiers.

    Parameters
    ----------
    document
        YAML file, folder with the CSV files of an ecosystem, workspace, or CSV file of coercion cases.
    dataset
        Input-output table that a scenario is to run on; see: ostra data list.
    """
    from ostra.change import checking

    tell(checking.check(document, workspace=workspace_path, dataset=dataset), json)


def import_files(
    kind: str,
    files: list[Path],
    /,
    *,
    dataset: str | None = None,
    edition: str | None = None,
    covers: str = "",
    eur_usd: Annotated[list[str] | None, Parameter(negative=())] = None,
    cited: Citing = NOT_CITED,
    strict: Annotated[bool, Parameter(negative=())] = False,
    dry_run: Annotated[bool, Parameter(negative=())] = False,
    quick: Annotated[bool, Parameter(negative=())] = False,
    workspace_path: WorkspaceOption = None,
    json: Json = False,
) -> None:
    """Import files into the workspace; every row is checked, faulty ones are reported and left out.

    Parameters
    ----------
    kind
        Format of the files: baci, comext, plain, ec-supply-shares, ec-material-uses, production, governance,
        material-products, hs-products.
    files
        One or more files, plain, gzipped or zipped as published.
    dataset
        Id to give the data set; made from the file's name and content by default.
    edition
        Edition of the Harmonised System, HS92 to HS22, where the file's name does not tell.
    eur_usd
        US dollars for one euro in a year, such as 2022=1.0530; needed for values in euro; may be given several times.
    covers
        Whose trade the rows hold in full: all, imports (of the importers named), exports (of the exporters named) or
        both; read off the rows, and told, where it is not given.
    strict
        Refuse the files if any row is faulty.
    dry_run
        Only check the files; change nothing.
    quick
        Do not assess the dossiers without and with the data to tell whose numbers move.
    """
    from ostra.change.facts_import import import_facts

    with progress("import") as advance:
        change = import_facts(
            workspace(workspace_path), kind, files, dataset=dataset, options=stated(cited, eur_usd, edition, covers),
            retrieved=cited.retrieved, strict=strict, dry_run=dry_run, compare=not quick, advance=advance,
        )  # fmt: skip
    tell(change, json)


def check_store(*, workspace_path: WorkspaceOption = None, json: Json = False) -> None:
    """Check all facts against their manifests: files, rows, columns and checksums."""
    from ostra.change.checking import check_stored_facts

    with progress("check") as advance:
        change = check_stored_facts(workspace(workspace_path), advance=advance)
    tell(change, json)


def drop_dataset(dataset: str, /, *, workspace_path: WorkspaceOption = None, json: Json = False) -> None:
    """Take a data set out of the workspace again.

    Parameters
    ----------
    dataset
        Id of the data set; see: ostra data list.
    """
    from ostra.change.facts_import import drop_facts

    tell(drop_facts(workspace(workspace_path), dataset), json)


def export_dataset(
    dataset: str, output: Path, /, *, workspace_path: WorkspaceOption = None, json: Json = False
) -> None:
    """Export a data set with its source and licence beside it.

    Parameters
    ----------
    dataset
        Id of the data set; see: ostra data list.
    output
        File to write: .csv, .parquet or .xlsx.
    """
    from ostra.change import exporting

    tell(exporting.export_dataset(workspace(workspace_path), dataset, output), json)


@importing.command(name="eto-chips")
def eto_chips(
    folder: Folder,
    /,
    *,
    into: Into,
    replace: Replace = False,
    workspace_path: WorkspaceOption = None,
    json: Json = False,
) -> None:
    """Import the advanced semiconductor supply chain of ETO/CSET, a folder of CSV files as published."""
    from ostra.change.ecosystem_import import import_ecosystem

    tell(import_ecosystem(workspace(workspace_path), "eto-chips", folder, into=into, replace=replace), json)


@importing.command(name="csv")
def csv(
    folder: Folder,
    /,
    *,
    into: Into,
    replace: Replace = False,
    workspace_path: WorkspaceOption = None,
    json: Json = False,
) -> None:
    """Import an ecosystem from a folder with items.csv, links.csv, provision.csv, providers.csv."""
    from ostra.change.ecosystem_import import import_ecosystem

    tell(import_ecosystem(workspace(workspace_path), "csv", folder, into=into, replace=replace), json)


@importing.command
def cases(
    file: CasesFile, /, *, replace: Replace = False, workspace_path: WorkspaceOption = None, json: Json = False
) -> None:
    """Import coercion cases from one CSV file into the list of the workspace."""
    from ostra.change.cases_import import import_cases

    tell(import_cases(workspace(workspace_path), file, replace=replace), json)


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
    json: Json = False,
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
    from ostra.change.facts_import import import_input_output

    with progress("import") as advance:
        change = import_input_output(
            workspace(workspace_path), files, layout=layout, year=year, dataset=dataset,
            options=stated(cited, eur_usd), retrieved=cited.retrieved, strict=strict, dry_run=dry_run, advance=advance,
        )  # fmt: skip
    tell(change, json)


def tell(change: Change, json: bool) -> None:
    """Print the report of a change or check.

    Raises
    ------
    DataError
        It was a check, and found faults.
    """
    if json:
        from ostra.show.output import to_json

        sys.stdout.write(to_json(change.as_dict()))
    else:
        for line in change.lines:
            print(line)
    if change.done == "checked" and change.problems:
        raise DataError(change.problems)


def stated(cited: Citing, eur_usd: list[str] | None, edition: str | None = None, covers: str = "") -> Options:
    """What the user says of files that are imported, exchange rates written as YEAR=RATE among it.

    Raises
    ------
    UsageError
        A rate cannot be read.
    """
    from ostra.change.facts_import import Options

    rates = {}
    for text in eur_usd or ():
        year, separator, rate = text.partition("=")
        if not separator or not year.isdigit():
            raise UsageError(f"--eur-usd {text!r} is no rate. Write YEAR=RATE, such as 2022=1.0530")
        rates[int(year)] = rate
    told = asdict(cited)
    del told["retrieved"]  # of the manifest; it changes nothing of what is imported
    return Options(edition=edition, eur_usd=rates, covers=covers, **told)
