"""Assess several ecosystems in turn, and say where listings of assessments come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from ostra.model.assessment import Assessment
from ostra.model.base import DIMENSIONS
from ostra.model.evidence import Provenance
from ostra.progress import Advance, quiet
from ostra.words.economies import code_and_name
from ostra.workspace import Workspace
from ostra.workspace.years import DEFAULT_HOME


class Assessed(TypedDict, total=False):
    """Which assessments a question is about: ecosystems (by default all), home, year, who is told of progress."""

    ecosystems: Sequence[str] | None
    home: str
    year: int | None
    advance: Advance


def assessments(
    workspace: Workspace,
    *,
    ecosystems: Sequence[str] | None = None,
    home: str = DEFAULT_HOME,
    year: int | None = None,
    advance: Advance = quiet,
) -> list[Assessment]:
    """Assess several ecosystems in turn, by default all there are, telling how far it got; facts are read together."""
    names = list(ecosystems or workspace.dossier_files())
    advance(0, len(names))
    workspace.read_ahead(names, home, year)
    made = []
    for number, name in enumerate(names):
        advance(number, len(names))
        made.append(workspace.assess(name, home, year))
    advance(len(names), len(names))
    return made


def about(title: str, made: Sequence[Assessment]) -> Provenance:
    """Where a listing of assessments comes from: home, year, profile and hashes."""
    first = made[0]
    return Provenance(
        title=title,
        filters={
            "home": code_and_name(first.home),
            "year": str(first.year),
            "profile": f"{first.profile_title}, {first.profile_author}",
            "dimensions": ", ".join(DIMENSIONS),
        },
        sources=tuple(
            f"{a.id}: dossier {a.hashes.dossier[:12]}, facts {a.hashes.facts[:12]}, ostra {a.hashes.version}"
            for a in made
        ),
        method="levels",
    )
