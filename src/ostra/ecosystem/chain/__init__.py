"""Method 3: holds through the chain of items (docs/methods/chain.md)."""

from ostra.ecosystem.chain.cutsets import MinimalSets, minimal_sets
from ostra.ecosystem.chain.hold_table import hold_table
from ostra.ecosystem.chain.importance import Importance, importance
from ostra.ecosystem.chain.measure import Holds, holds, holds_on_home, set_holds, tier_holds
from ostra.ecosystem.chain.mutual import Mutual, indispensability, mutual
from ostra.ecosystem.chain.paths import HoldPath, Hop, path_text, trace_holds
from ostra.ecosystem.chain.structure import Structure, acting_blocs, structure

__all__ = [
    "HoldPath",
    "Holds",
    "Hop",
    "Importance",
    "MinimalSets",
    "Mutual",
    "Structure",
    "acting_blocs",
    "hold_table",
    "holds",
    "holds_on_home",
    "importance",
    "indispensability",
    "minimal_sets",
    "mutual",
    "path_text",
    "set_holds",
    "structure",
    "tier_holds",
    "trace_holds",
]
