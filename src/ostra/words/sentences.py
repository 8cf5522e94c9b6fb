"""Words around numbers and names: counted, joined, shortened."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

LABEL = 400  # characters of an evidence label; names and reasons of a dossier may be ten times as long


def slug(name: str) -> str:
    """A name as part of an id: lower case, words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def made_id(text: str) -> str:
    """An id made from any text: small letters without accents, digits and hyphens, at most 80; else empty."""
    return slug(unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode())[:80].strip("-")


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 item`, `3 items`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def listed(words: Sequence[str], most: int = 99) -> str:
    """`a, b and c`; beyond `most` the rest is counted: `a, b and 3 more`."""
    words = [word for word in words if word]
    if len(words) > most:
        words = [*words[:most], f"{len(words) - most} more"]
    return " and ".join(", ".join(part) for part in (words[:-1], words[-1:]) if part)


def possessive(name: str) -> str:
    """A name's own: `China's`, `United States'`."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def first_sentence(text: str) -> str:
    """Up to the first full stop that ends a sentence."""
    end = text.find(". ")
    return text if end < 0 else text[: end + 1]


def shorten(text: str, most: int) -> str:
    """The first sentences that fit into so many characters; else whole words with an ellipsis."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    end = max(text.rfind(mark, 0, most) for mark in (". ", "; "))
    return text[:end] + "." if end >= most // 3 else shortened(text, most)


def shortened(text: str, most: int) -> str:
    """The first words that fit into so many characters, without a full stop, with an ellipsis for what is left out."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat.rstrip(".")
    cut = flat.rfind(" ", 0, most)
    # A single word longer than the room is cut within.
    return flat[: cut if cut > 0 else most].rstrip(".,;:– ") + " …"
