"""Words around numbers and names: shortened, joined, counted."""

from __future__ import annotations

import re


def slug(name: str) -> str:
    """A name as part of an id: lower case, words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def shorten(text: str, limit: int = 60) -> str:
    """The text, cut at a word with an ellipsis where it is longer than the limit."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(",;: ") + "…"
