"""Method 3: holds through the chain of items (docs/methods/chain.md)."""

from ostra.ecosystem.chain.measure import Holds, holds, holds_on_home, set_holds, tier_holds
from ostra.ecosystem.chain.structure import Structure, structure

__all__ = ["Holds", "Structure", "holds", "holds_on_home", "set_holds", "structure", "tier_holds"]
