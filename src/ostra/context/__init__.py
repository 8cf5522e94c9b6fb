"""Step 3: supplier profiles, likelihood of weaponisation, tolerance thresholds and breaches."""

from ostra.context.contextualise import GovernanceScore, contextualise

__all__ = ["GovernanceScore", "contextualise"]
