"""ostra: an observatory of strategic dependencies in emerging technologies.

import ostra
workspace = ostra.open()                        # the built-in dossiers and facts; or a workspace folder
workspace.deps(home="EU27", years=2022).frame   # a Polars frame; .provenance says where it comes from
assessment = workspace.assess("semiconductors", home="EU27", year=2023)
ostra.trace(assessment, "trade.284690.2023.top_share", workspace.facts)

What else can be asked of a workspace stands in `ostra.ask`, a module for each topic (`from ostra.ask import reliance`).
Most of its functions take the workspace first, or assessments made by it, and answer with a `Listing`:

ostra.ask.matrix        several ecosystems: matrix, compare
ostra.ask.actors        parts of dossiers: actors, positions
ostra.ask.instruments   what answers the challenges: policy, answers
ostra.ask.ranks         which is most serious: rank
ostra.ask.stability     how firm that is: perturb, sensitivity, by_horizon
ostra.ask.supplier      one economy in context: supplier; coercion cases, in ostra.ask.cases: cases
ostra.ask.chain         the chain method: holds, on_home, mutual, minimal_sets, importance
ostra.ask.reliance      the input-output method: by_order, on_partners; in ostra.ask.extraction: extract, mutual
ostra.ask.balance       whether an input-output table adds up: balance
ostra.ask.disruption    what a disruption costs: simulate, compare; in ostra.ask.embargo: embargo
ostra.show              pages, pictures and workbooks of assessments: render_html, make_volume

What changes a workspace stands in `ostra.change`; each of its functions answers with a `Change`, which says what was
done:

ostra.change.new_workspace   a folder for own facts and documents: create_workspace
ostra.change.new_dossier     a dossier to edit: new_dossier
ostra.change.facts_import    files as data sets: import_facts, import_input_output
ostra.change.ecosystem_import   a folder as a dossier: import_ecosystem; in ostra.change.cases_import: import_cases
ostra.change.checking        whether documents and facts are sound: check, check_stored_facts
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ostra.version import __version__

__all__ = ["Assessment", "Listing", "OstraError", "Workspace", "__version__", "open", "trace"]

if TYPE_CHECKING:
    from os import PathLike

    from ostra.errors import OstraError
    from ostra.model.assessment import Assessment
    from ostra.model.listing import Listing
    from ostra.provenance import trace
    from ostra.workspace import Workspace

_HOMES = {
    "Assessment": "ostra.model.assessment",
    "Listing": "ostra.model.listing",
    "OstraError": "ostra.errors",
    "Workspace": "ostra.workspace",
    "trace": "ostra.provenance",
}


def open(path: str | PathLike[str] | None = None) -> Workspace:
    """Open a workspace folder, or the built-in dossiers and facts when no folder is named.

    Raises
    ------
    NotFoundError
        The folder does not exist.
    """
    from pathlib import Path

    from ostra.workspace import Workspace

    return Workspace(None if path is None else Path(path))


def __getattr__(name: str) -> Any:
    # Names are loaded when first used: `import ostra` and `ostra --help` stay quick.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'ostra' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
