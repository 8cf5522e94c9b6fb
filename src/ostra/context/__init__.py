"""Step 3: supplier profiles, likelihood of weaponisation, tolerance thresholds and breaches."""

from ostra.context.contextualise import contextualise
from ostra.context.governance import GovernanceScore

__all__ = ["GovernanceScore", "contextualise"]
