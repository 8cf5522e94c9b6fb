"""Imports of facts into a workspace, input-output tables among them, and the dry run before one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ostra.change.facts_effect import cells_told, dossiers_told
from ostra.change.new_workspace import folder_of
from ostra.change.report import Change, labelled
from ostra.facts import imports, mrio_imports
from ostra.facts.commits import drop
from ostra.facts.datasets import Dataset, facts_root
from ostra.facts.kinds import Options
from ostra.progress import Advance, quiet
from ostra.words.figures import figure, percent
from ostra.workspace import Workspace

__all__ = ["Options", "drop_facts", "import_facts", "import_input_output"]

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
    dry_run: bool = False,
    compare: bool = True,
    advance: Advance = quiet,
) -> Change:
    """Import files as one data set; every row is checked, faulty ones are reported and left out.

    What the new facts change is told: the cells added and replaced and, with `compare`, each dossier whose numbers
    move, which takes an assessment of every dossier without and with them.

    Parameters and errors as `ostra.facts.imports.import_file`; with `dry_run` the files are only checked. Without, it
    is a UsageError if the workspace has no folder.
    """
    found = (
        imports.check_file(kind, files, options=options, advance=advance)
        if dry_run
        else imports.import_file(
            folder_of(space, "the data go"), kind, files, dataset=dataset, options=options, retrieved=retrieved,
            strict=strict, advance=advance,
        )
    )  # fmt: skip
    rejects = () if found.rejects_path is None else (found.rejects_path,)
    effect: tuple[str, ...] = ()
    if found.dataset is not None and not found.recognised:
        effect = cells_told(space, found.dataset)
        if compare:
            effect += dossiers_told(space, found.dataset, advance)
    return Change(
        "checked" if dry_run else "imported",
        _subject(files, found.dataset),
        (
            f"{found.rows:,} rows {'are sound' if dry_run else 'imported'}, {found.rejected:,} rejected",
            *_stored(found.dataset, found.recognised),
            *labelled("rejected rows with reasons", tuple(map(str, rejects))),
            *(f"set aside: {count:,} rows, {reason}" for reason, count in found.set_aside.items()),
            *effect,
            *labelled("caveat", found.caveats),
        ),
        {"rows": found.rows, "rejected": found.rejected, "set_aside": sum(found.set_aside.values())},
        found.caveats,
        found.problems,
        () if found.dataset is None or found.recognised else (*found.dataset.paths(), *rejects),
    )


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
    dry_run: bool = False,
    advance: Advance = quiet,
) -> Change:
    """Import the years of one input-output table as one data set, whole or not at all.

    Parameters and errors as `ostra.facts.mrio_imports.import_mrio`; `dry_run` as for `import_facts`.
    """
    found = (
        mrio_imports.check_mrio(files, layout=layout, year=year, options=options, advance=advance)
        if dry_run
        else mrio_imports.import_mrio(
            folder_of(space, "the data go"), files, layout=layout, year=year, dataset=dataset, options=options,
            retrieved=retrieved, strict=strict, advance=advance,
        )
    )  # fmt: skip
    years = ", ".join(str(year) for year in dict.fromkeys(found.years))
    smaller = len(found.residuals) - SHOWN
    where = "import it, then data balance" if found.dataset is None else f"ostra data balance {found.dataset.id}"
    return Change(
        "checked" if dry_run else "imported",
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


def drop_facts(space: Workspace, dataset: str) -> Change:
    """Take a data set out of the workspace again; what it replaced answers as before.

    Raises
    ------
    NotFoundError
        The workspace has no data set of that id.
    UsageError
        The workspace has no folder, so that nothing of it can be dropped.
    """
    entry = drop(facts_root(folder_of(space, "the data set belongs")), dataset)
    return Change("dropped", dataset, (f"dropped: {entry.title}, {entry.rows:,} rows",), {"rows": entry.rows})


def _subject(files: Sequence[Path], dataset: Dataset | None) -> str:
    return ", ".join(map(str, files)) if dataset is None else dataset.id


def _stored(dataset: Dataset | None, recognised: bool) -> tuple[str, ...]:
    known = "already there, nothing was changed: " if recognised else ""
    return () if dataset is None else (f"{known}data set {dataset.id}",)
