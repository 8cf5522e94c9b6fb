"""Output on terminals and pipes that know fewer characters than Unicode, such as Windows-1252 or ASCII."""

from __future__ import annotations

import atexit
import codecs
import io
import sys
import unicodedata

# What stands for a character that the stream does not know, where leaving it to its accents would change the meaning:
# a minus that became "?" would be a wrong number.
PLAIN = {
    "\u2212": "-", "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\xd7": "x",
    "\xb1": "+/-", "\u2192": "->", "\u2190": "<-", "\u2194": "<->", "\u2265": ">=", "\u2264": "<=", "\u2248": "~",
    "\u2026": "...", "\xb7": "*", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2260": "!=",
    "\u221e": "inf", "\u2191": "up", "\u2193": "down", "\u21c4": "<->", "\u2022": "*", "\xb0": " deg",
    "\u20ac": "EUR", "\xdf": "ss", "\xa0": " ", "\u202f": " ", "\u2009": " ", "\u03a3": "sum", "\u2211": "sum",
    "\u0394": "delta", "\xb2": "^2", "\xb3": "^3", "\u2208": "in", "\u221a": "sqrt", "\u25b2": "^", "\u25bc": "v",
    "\u25cf": "*", "\u2588": "#",
}  # fmt: skip
_HANDLER = "ostra-plain"
_lost: set[str] = set()


def print_what_can_be_printed() -> None:
    """Let standard output and errors say other characters plainly: no traceback, and a word where one is lost."""
    codecs.register_error(_HANDLER, _plainly)
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper) or stream.errors == _HANDLER:
            continue
        if codecs.lookup(stream.encoding or "ascii").name != "utf-8":
            stream.reconfigure(errors=_HANDLER)
            atexit.register(_tell_losses, stream.encoding)


def _plainly(error: UnicodeError) -> tuple[str | bytes, int]:
    """Each character as its plain form, without its accents, or as a question mark that is told of at the end."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    found = []
    for character in error.object[error.start : error.end]:
        bare = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
        plain = PLAIN.get(character) or (bare if bare.isascii() and bare else "")
        if not plain:
            _lost.add(character)
        found.append(plain or "?")
    return "".join(found), error.end


def _tell_losses(encoding: str) -> None:
    if _lost:
        print(
            f"ostra: {encoding} does not have {' '.join(sorted(map(ascii, _lost))[:5])}, printed as ?; "
            "set PYTHONIOENCODING=utf-8, or write to a file with -o.",
            file=sys.stderr,
        )
        _lost.clear()
