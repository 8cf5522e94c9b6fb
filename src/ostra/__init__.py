"""ostra: an observatory of strategic dependencies in emerging technologies.

import ostra
workspace = ostra.open()                        # the built-in dossiers and facts; or a workspace folder
workspace.deps(home="EU27", years=2022).frame   # a Polars frame; .provenance says where it comes from
assessment = workspace.assess("semiconductors", home="EU27", year=2023)
ostra.trace(assessment, "trade.284690.2023.top_share", workspace.facts)

What else can be asked of a workspace stands in modules, imported by name (`from ostra import exposure`). Most of their
functions take the workspace first, or assessments made by it, and answer with a `Listing`:

ostra.views         several ecosystems: matrix, compare, actors, positions, policy, answers
ostra.ranks         which is most serious: rank; how firm that is, in ostra.stability: perturb, sensitivity, by_horizon
ostra.portraits     one economy in context: supplier; coercion cases: cases
ostra.chains        the chain method: holds, on_home, mutual, minimal_sets, importance
ostra.exposure      the input-output method: by_order, on_partners, extract, mutual
ostra.balances      whether an input-output table adds up: balance
ostra.disruptions   what a disruption costs: simulations.simulate, simulations.compare, embargoes.embargo
ostra.report        pages, pictures and workbooks of assessments: render_html, make_volume
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ostra.version import __version__

__all__ = ["Assessment", "Listing", "OstraError", "Workspace", "__version__", "open", "trace"]

if TYPE_CHECKING:
    from os import PathLike

    from ostra.errors import OstraError
    from ostra.model.assessment import Assessment
    from ostra.provenance import trace
    from ostra.workspace import Listing, Workspace

_HOMES = {
    "Assessment": "ostra.model.assessment",
    "Listing": "ostra.workspace",
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
