"""Import of input-output tables: read in their layout, checked by rule and balance, kept whole or not at all.

The order of events is that of other imports: written and flushed in a folder of the import's own, renamed into place,
then listed in the manifest in one step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ostra.errors import DataError, Problem, UsageError
from ostra.facts.commits import commit, described, input_of, recognised
from ostra.facts.datasets import Axes, Dataset, FactsFile, facts_root
from ostra.facts.incoming import incoming
from ostra.facts.kinds import Options
from ostra.facts.mrio.labelled import assemble
from ostra.facts.mrio.layouts import Opened, layout_of, open_tables, read_tables
from ostra.facts.mrio.read_table import MrioTable
from ostra.facts.mrio.rules import NOTABLE, Residual, oddities, residuals
from ostra.facts.stored_input_output import TABLE, axes_of, write_table
from ostra.progress import Advance, quiet


@dataclass(frozen=True)
class MrioReport:
    """What an import, or the check before one, found; `residuals` are those of the last year, largest first."""

    dataset: Dataset | None
    layout: str
    years: tuple[int, ...]
    economies: int
    sectors: int
    rows: int
    caveats: tuple[str, ...]
    residuals: tuple[Residual, ...]
    recognised: bool = False


def import_mrio(
    workspace: Path,
    paths: Sequence[Path],
    *,
    layout: str | None = None,
    year: int | None = None,
    dataset: str | None = None,
    strict: bool = False,
    options: Options | None = None,
    retrieved: str | None = None,
    advance: Advance = quiet,
) -> MrioReport:
    """Import the years of one table as one data set of the workspace.

    Parameters
    ----------
    workspace
        Folder whose `facts/` receives the data set.
    paths
        Files, archives or folders as published; several files are several years.
    layout
        One of `mrio.LAYOUTS`; recognised by name and header if not given.
    year
        Year of the table where the name of its file does not tell.
    dataset
        Id of the new data set; made from layout, name and content if not given.
    strict
        Refuse the table if a row or column misses output by more than 0.1 %.
    options
        Exchange rates, title, source, licence, address.
    retrieved
        ISO date for the manifest; today if not given.

    Raises
    ------
    DataError
        The files cannot be read, or break a rule that no caveat can mend. Nothing was changed.
    ConflictError
        A data set of that id exists with other content.
    """
    options = options or Options()
    if not paths:
        raise UsageError("name at least one file to import")
    root = facts_root(workspace)
    root.mkdir(parents=True, exist_ok=True)
    with incoming(root) as folder:
        chosen, originals, opened = open_tables(paths, folder, layout, advance)
        stated = options.stated() | ({"year": str(year)} if year is not None else {})
        made_from = input_of(f"mrio-{chosen}", originals, stated)
        known = recognised(root, made_from)
        if known:
            return _report(known, chosen, (), known.notes, recognised=True)
        data = folder / "data"
        data.mkdir()
        axes, files, notes, found = _written(chosen, opened, data, year, options, strict, advance)
        years = [int(Path(file.path).stem.removeprefix("part-")) for file in files]
        about = layout_of(chosen)
        about = replace(about, title=f"{about.title} {'–'.join(map(str, sorted({min(years), max(years)})))}")
        entry = described(
            about, TABLE, made_from, files, options, dataset=dataset, retrieved=retrieved, notes=notes, axes=axes
        )
        made = commit(root, folder, entry)
    return _report(made, chosen, found, notes)


def check_mrio(
    paths: Sequence[Path],
    *,
    layout: str | None = None,
    year: int | None = None,
    options: Options | None = None,
    advance: Advance = quiet,
) -> MrioReport:
    """Check tables as `import_mrio` would, without importing them."""
    with TemporaryDirectory(prefix="ostra-check-") as folder:
        chosen, _, opened = open_tables(paths, Path(folder), layout, advance)
        notes: list[str] = []
        years = []
        one: MrioTable | None = None
        for one in _checked(chosen, opened, year, options or Options(), notes, advance):
            years.append(one.year)
        if one is None:
            raise DataError("there is no table in the files", ", ".join(str(path) for path in paths))
    rows = int((one.flows != 0).sum())
    return MrioReport(
        None, chosen, tuple(years), len(one.economies), len(one.sectors), rows, tuple(dict.fromkeys(notes)),
        tuple(residuals(one)),
    )  # fmt: skip


def _checked(
    layout: str, opened: Sequence[Opened], year: int | None, options: Options, notes: list[str], advance: Advance
) -> Iterator[MrioTable]:
    """The tables under our labels, one after the other; what must be said of them is added to `notes`."""
    advance(0, len(opened))
    for number, labelled in enumerate(read_tables(layout, opened, year=year, eur_usd=options.eur_usd)):
        one = assemble(labelled)
        prefix = f"{one.year}: " if len(opened) > 1 else ""
        notes += [prefix + note for note in (*one.notes, *oddities(one))]
        yield one
        advance(number + 1, len(opened))


def _written(
    layout: str,
    opened: Sequence[Opened],
    data: Path,
    year: int | None,
    options: Options,
    strict: bool,
    advance: Advance,
) -> tuple[Axes, list[FactsFile], tuple[str, ...], tuple[Residual, ...]]:
    """Every year checked and written; the axes of all must agree."""
    axes: Axes | None = None
    years: set[int] = set()
    files: list[FactsFile] = []
    notes: list[str] = []
    found: tuple[Residual, ...] = ()
    for one in _checked(layout, opened, year, options, notes, advance):
        if one.year in years:
            raise DataError(f"the year {one.year} is there twice", mend="Import each release by itself.")
        years.add(one.year)
        axes = axes_of(one, axes)
        found = tuple(residuals(one))
        if strict:
            _refuse(found)
        files.append(write_table(one, data, advance=advance))
    if axes is None:
        raise DataError("there is no table in the files")
    return axes, files, tuple(dict.fromkeys(notes)), found


def _refuse(found: Sequence[Residual]) -> None:
    notable = [one for one in found if one.share is None or abs(one.share) > NOTABLE]
    if notable:
        raise DataError(
            [
                Problem(
                    f"{one.side} misses output by {one.residual:+,.2f} million USD",
                    column=f"{one.economy} {one.sector}",
                    mend="Import without --strict to keep the table with a caveat.",
                )
                for one in notable[:20]
            ]
        )


def _report(
    dataset: Dataset, layout: str, found: tuple[Residual, ...], notes: tuple[str, ...], *, recognised: bool = False
) -> MrioReport:
    axes, years = dataset.axes, dataset.years
    if axes is None or years is None:
        raise DataError(f"data set '{dataset.id}' is no input-output table")
    return MrioReport(
        dataset, layout, years, len(axes.economies), len(axes.sectors), dataset.rows, notes, found, recognised
    )
