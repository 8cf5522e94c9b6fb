"""Step 4: instruments that fit what was found, with reasons and side effects."""

from ostra.toolkit.match import match

__all__ = ["match"]
