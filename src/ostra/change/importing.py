"""Imports into a workspace: facts, input-output tables, ecosystems and coercion cases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ostra.change.report import Change, labelled
from ostra.documents import coercion_cases, ecosystem_imports
from ostra.documents.ecosystem_imports import EcosystemKind
from ostra.errors import UsageError
from ostra.facts import imports, mrio_imports
from ostra.facts.datasets import Dataset
from ostra.facts.kinds import Options
from ostra.progress import Advance, quiet
from ostra.words.figures import figure, percent
from ostra.workspace import Workspace

__all__ = ["Options", "import_cases", "import_ecosystem", "import_facts", "import_input_output"]

SHOWN = 5  # residuals of an input-output table that are told one by one


def import_facts(
    space: Workspace,
    kind: str,
    files: Sequence[Path],
    *,
    dataset: str | None = None,
    options: Options | None = None,
    retrieved: str | None = None,
    strict: bool = False,
    advance: Advance = quiet,
) -> Change:
    """Import files as one data set; every row is checked, faulty ones are reported and left out.

    Parameters and errors as `ostra.facts.imports.import_file`; a UsageError as well if the workspace has no folder.
    """
    return facts_report(
        files,
        imports.import_file(
            _folder(space, "the data go"), kind, files, dataset=dataset, options=options, retrieved=retrieved,
            strict=strict, advance=advance,
        ),
    )  # fmt: skip


def import_input_output(
    space: Workspace,
    files: Sequence[Path],
    *,
    layout: str | None = None,
    year: int | None = None,
    dataset: str | None = None,
    options: Options | None = None,
    retrieved: str | None = None,
    strict: bool = False,
    advance: Advance = quiet,
) -> Change:
    """Import the years of one input-output table as one data set, whole or not at all.

    Parameters and errors as `ostra.facts.mrio_imports.import_mrio`; a UsageError as well if the workspace has no
    folder.
    """
    return input_output_report(
        files,
        mrio_imports.import_mrio(
            _folder(space, "the data go"), files, layout=layout, year=year, dataset=dataset, options=options,
            retrieved=retrieved, strict=strict, advance=advance,
        ),
    )  # fmt: skip


def import_ecosystem(
    space: Workspace, kind: EcosystemKind, folder: Path, *, into: str, replace: bool = False
) -> Change:
    """Import an ecosystem from a folder of CSV files as a dossier of the workspace.

    Parameters and errors as `ostra.documents.ecosystem_imports.import_ecosystem`; a UsageError as well if the workspace
    has no folder.
    """
    home = _folder(space, "the ecosystem goes")
    found = ecosystem_imports.import_ecosystem(home, kind, folder, into=into, replace=replace)
    dossier = found.dossier
    counts = {"items": len(dossier.items), "links": len(dossier.links), "provisions": len(dossier.provision)}
    return Change(
        "imported",
        str(found.path),
        (
            f"{found.path}: {'already there, nothing was changed' if found.unchanged else 'written'}",
            ", ".join(f"{count} {what}" for what, count in counts.items()),
            *labelled("licence", tuple(source.licence for source in dossier.sources[:1] if source.licence)),
            *labelled("caveat", found.caveats),
            *labelled("left out", tuple(map(str, found.problems))),
        ),
        counts,
        found.caveats,
        found.problems,
        () if found.unchanged else (found.path,),
    )


def import_cases(space: Workspace, file: Path, *, replace: bool = False) -> Change:
    """Add the coercion cases of a CSV file to those of the workspace; all of them or none.

    Parameters and errors as `ostra.documents.coercion_cases.import_cases`; a UsageError as well if the workspace has no
    folder.
    """
    home = _folder(space, "the cases go")
    found = coercion_cases.import_cases(home, file, space.profile_alone(), replace=replace)
    counts = {
        "added": len(found.added),
        "replaced": len(found.replaced),
        "already_there": len(found.known),
        "left_out_as_duplicates": len(found.duplicates),
    }
    counted = ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in counts.items())
    return Change(
        "imported",
        str(found.path),
        (
            f"{found.path}: {counted}",
            *(f"duplicate: {name} says what {same} says; left out" for name, same in found.duplicates.items()),
            *(
                f"alike: {name} has coercer, target and year of {other}; base rates count them once"
                for name, other in found.alike.items()
            ),
            *labelled("note", found.notes),
        ),
        counts,
        found.notes,
        written=(found.path,) if found.added or found.replaced else (),
    )


def facts_report(files: Sequence[Path], found: imports.ImportReport) -> Change:
    """The report of an import of facts, or of the check before one."""
    checked = found.dataset is None
    rejects = () if found.rejects_path is None else (found.rejects_path,)
    return Change(
        "checked" if checked else "imported",
        _subject(files, found.dataset),
        (
            f"{found.rows:,} rows {'are sound' if checked else 'imported'}, {found.rejected:,} rejected",
            *_stored(found.dataset, found.recognised),
            *labelled("rejected rows with reasons", tuple(map(str, rejects))),
            *(f"set aside: {count:,} rows, {reason}" for reason, count in found.set_aside.items()),
            *labelled("caveat", found.caveats),
        ),
        {"rows": found.rows, "rejected": found.rejected, "set_aside": sum(found.set_aside.values())},
        found.caveats,
        found.problems,
        () if found.dataset is None or found.recognised else (*found.dataset.paths(), *rejects),
    )


def input_output_report(files: Sequence[Path], found: mrio_imports.MrioReport) -> Change:
    """The report of an import of an input-output table, or of the check before one."""
    years = ", ".join(str(year) for year in dict.fromkeys(found.years))
    smaller = len(found.residuals) - SHOWN
    where = "import it, then data balance" if found.dataset is None else f"ostra data balance {found.dataset.id}"
    return Change(
        "checked" if found.dataset is None else "imported",
        _subject(files, found.dataset),
        (
            f"{found.layout}, {years}: {found.economies} economies x {found.sectors} sectors, {found.rows:,} cells",
            *_stored(found.dataset, found.recognised),
            *(
                f"residual: {one.side} {one.economy} {one.sector} {figure(one.residual, '+,.2f')} million USD, "
                + (f"{percent(one.share)} of output" if one.share is not None else "without output")
                for one in found.residuals[:SHOWN]
            ),
            *([f"{smaller:,} smaller residuals; see: {where}"] if smaller > 0 else []),
            *labelled("caveat", found.caveats),
        ),
        {
            "economies": found.economies,
            "sectors": found.sectors,
            "cells": found.rows,
            "residuals": len(found.residuals),
        },
        found.caveats,
        written=() if found.dataset is None or found.recognised else found.dataset.paths(),
    )


def _subject(files: Sequence[Path], dataset: Dataset | None) -> str:
    return ", ".join(map(str, files)) if dataset is None else dataset.id


def _stored(dataset: Dataset | None, recognised: bool) -> tuple[str, ...]:
    known = "already there, nothing was changed: " if recognised else ""
    return () if dataset is None else (f"{known}data set {dataset.id}",)


def _folder(space: Workspace, what: str) -> Path:
    """The folder of the workspace that something goes to.

    Raises
    ------
    UsageError
        The workspace is that of the built-in documents and facts.
    """
    if space.path is None:
        raise UsageError(f"say which workspace {what} to: -w FOLDER (make one with: ostra init FOLDER)")
    return space.path
