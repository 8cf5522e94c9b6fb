"""A workspace: facts and dossiers of one's own beside the built-in ones, and what can be asked of them.

Without a folder, the built-in dossiers and facts answer. A folder may hold `facts/` (imported tables), `cases.csv`
(imported coercion cases) and `controls.yaml` (controls and coercion), which are added to the built-in ones, and
`profile.yaml`, `instruments.yaml` and `dossiers/*.yaml`, which stand before built-in ones of the same name.
"""

from __future__ import annotations

from ostra.model.listing import Listing
from ostra.workspace.space import Workspace
from ostra.workspace.years import DEFAULT_HOME

__all__ = ["DEFAULT_HOME", "Listing", "Workspace"]
