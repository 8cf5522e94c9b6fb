"""No room searches in the sentences that another one wrote: what is to be known of a result stands in its fields."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import ostra

PACKAGE = Path(ostra.__file__).parent
SEARCHES = frozenset(
    [
        "startswith",
        "endswith",
        "removeprefix",
        "removesuffix",
        "partition",
        "rpartition",
        "split",
        "rsplit",
        "index",
        "find",
        "search",
        "match",
        "fullmatch",
        "findall",
        "finditer",
        "sub",
        "compile",
    ]
)
PROSE = re.compile(r"[A-Za-z]{2,}[ ,:)]|[ (][A-Za-z]{2,}|[.:;] $")
# Where the text is somebody else's: formats of providers, labels of other libraries, markup.
OF_OTHERS = ("documents/readers", "facts/mrio", "show/printed")
ALLOWED = {
    ("facts/commits.py", r"\.(csv|dat|txt|zip|gz|npz|xlsx|dta)\b"),  # names of files
    ("facts/referenced_rows.py", " not"),  # of a column in the selection of facts rows, not of a sentence
    ("words/sentences.py", ". "),  # shortens texts of dossiers
}


def searches(text: str) -> Iterator[str]:
    """Words that any string method or regular expression looks for."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SEARCHES:
            for part in (one for argument in node.args[:1] for one in ast.walk(argument)):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and PROSE.search(part.value):
                    yield part.value


def test_nobody_searches_for_words_of_a_sentence() -> None:
    """Prefixes, suffixes and patterns of prose stand nowhere but where texts of others are read."""
    found = {
        (name, words)
        for path in PACKAGE.rglob("*.py")
        if not (name := path.relative_to(PACKAGE).as_posix()).startswith(OF_OTHERS)
        for words in searches(path.read_text(encoding="utf-8"))
    }
    assert found - ALLOWED == set()
    assert ALLOWED - found == set(), "allowed, and no longer there"


def test_the_search_sees_what_it_is_for() -> None:
    """The places that were mended, as they stood."""
    for was in (
        'row["detail"].endswith("(certain)")',
        'text.startswith("Made for")',
        'case.split(". ")[0]',
        'message.removeprefix("Value error, ")',
        """re.compile(r"no (\\w+) '([^']*)'")""",
    ):
        assert list(searches(was)), was
    assert not list(searches('name.endswith(".yaml") or code.partition("#") or key.removeprefix("dep.")'))
