"""ostra: an observatory of strategic dependencies in emerging technologies.

import ostra
workspace = ostra.open()                        # the built-in dossiers and facts; or a workspace folder
workspace.deps(home="EU27", years=2022).frame   # a Polars frame; .provenance says where it comes from
assessment = workspace.assess("semiconductors", home="EU27", year=2023)
ostra.trace(assessment, "trade.284690.2023.top_share", workspace.facts)

Every question of the command line is a method of what `open` gives, with `_` between its words, and answers with a
`Listing`: `workspace.chain_holds("semiconductors")`, `workspace.matrix(year=2023)`. `dir(workspace)` lists them; the
functions behind stand in `ostra.ask`, a module for each topic. `ostra.show` makes pages, pictures and workbooks.

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
    from collections.abc import Sequence
    from os import PathLike

    from ostra.ask.observatory import Observatory
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


def open(
    path: str | PathLike[str] | None = None, *, prefer: Sequence[str] = (), only: Sequence[str] = ()
) -> Observatory:
    """Open a workspace folder, or the built-in dossiers and facts when no folder is named.

    Parameters
    ----------
    path
        The folder.
    prefer
        Ids of data sets that answer before all others where both cover the same.
    only
        Ids of data sets; of their tables nothing else is read.

    Raises
    ------
    NotFoundError
        The folder does not exist.
    """
    from pathlib import Path

    from ostra.ask.observatory import Observatory

    return Observatory(None if path is None else Path(path), prefer=prefer, only=only)


def __getattr__(name: str) -> Any:
    # Names are loaded when first used: `import ostra` and `ostra --help` stay quick.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'ostra' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
