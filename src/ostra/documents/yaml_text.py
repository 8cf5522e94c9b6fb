"""A document as readable YAML: the inverse of `yaml_tree`, in the layout of the built-in documents.

One line for each entry of a list, keys in the order of the model, what has its default left out. Every text is
written so that the reader gives it back unchanged: plain where that is certain, else in quotes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ostra.model.base import Model

# Words that are plain in every place, also within {…} and […]. Those that begin with a digit may be dates or numbers
# in base 8, 16 or 60 to other readers.
_PLAIN = re.compile(r"[A-Za-z(][A-Za-z0-9_./()%$€;'&+ -]*")
# YAML takes these as line breaks, and the reader refuses the rest of their kind.
_BREAKS = re.compile("[\x85\u2028\u2029\ufeff]")
_WORDS = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false", "null"})  # no text to some readers
WIDTH = 120  # longer texts stand on lines of their own


def document_text(document: Model, heading: str = "") -> str:
    """The YAML text of a document.

    Parameters
    ----------
    document
        A dossier, profile or catalogue.
    heading
        Written above it as a comment, line by line.
    """
    lines = [f"# {line}".rstrip() for line in heading.splitlines()]
    for key, value in document.model_dump(mode="json", exclude_defaults=True).items():
        lines += [""] if isinstance(value, list) else []
        lines += _entry(key, value)
    return "\n".join(lines).lstrip("\n") + "\n"


def _entry(key: str, value: Any) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{key}: {_value(value)}"
    elif not value:
        yield f"{key}: []"
    else:
        yield f"{key}:"
        for row in value:
            yield from _row(row) if isinstance(row, dict) else [f"  - {_value(row)}"]


def _row(row: dict[str, Any]) -> Iterator[str]:
    """One entry of a list: on one line if it is short, else one line for each key."""
    line = "{" + ", ".join(f"{key}: {_value(value)}" for key, value in row.items()) + "}"
    if len(line) + 4 <= 2 * WIDTH:
        yield f"  - {line}"
        return
    for number, (key, value) in enumerate(row.items()):
        yield f"  {'-' if not number else ' '} {key}: {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_value(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_value(part) for part in value) + "]"
    if isinstance(value, str):
        return text_value(value)
    return json.dumps(value)


def text_value(text: str) -> str:
    """A text as a YAML scalar that reads back as the same text, whatever it looks like."""
    if _PLAIN.fullmatch(text) and not text.endswith(" ") and text.lower() not in _WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _BREAKS.sub(lambda match: f"\\u{ord(match.group()):04x}", quoted)
