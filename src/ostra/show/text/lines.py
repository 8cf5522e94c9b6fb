"""Text that fits a terminal: headings, and lines that are set in, each with what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

Line = tuple[str, str, int]  # text, what it rests on, depth


def begin(stream: IO[str], title: str) -> Console:
    """A console for plain text, with the title printed."""
    console = Console(file=stream, highlight=False, markup=False)
    console.print(Text(title, style="bold underline"))
    return console


def print_part(console: Console, heading: str, lines: Iterable[Line]) -> None:
    """A heading with its lines below."""
    console.print()
    console.print(Text(heading, style="bold"))
    for text, source, depth in lines:
        shown = Text.assemble(text, (f" [{source}]" if source else "", "dim"))
        console.print(Padding(shown, (0, 0, 0, 2 + 2 * depth)))
