"""Actors to watch as text that fits a terminal; the listing itself is for files."""

from __future__ import annotations

from typing import IO, Any

from rich.padding import Padding
from rich.text import Text

from ostra.model.listing import Listing
from ostra.show.text.lines import begin


def print_actors(listing: Listing, stream: IO[str]) -> None:
    """Print each actor with economy, kind and since when, its role, why it matters and where that is written."""
    about = listing.provenance
    console = begin(stream, about.title)
    if not listing.rows():
        console.print("(no rows)")
    for row in listing.rows():
        console.print()
        console.print(Text.assemble((row["actor"], "bold"), f" ({marks(row)})"))
        console.print(Padding(Text(f"{row['role']}."), (0, 0, 0, 2)))
        source = f" [{row['source']}]" if row["source"] else ""
        console.print(Padding(Text.assemble(f"Why watch: {row['why']}.", (source, "dim")), (0, 0, 0, 2)))
    console.print()
    for text in about.lines()[1:]:
        console.print(text, style="dim", soft_wrap=False)


def marks(row: dict[str, Any]) -> str:
    """Economy, kind and since when, as far as they are known: `CHN, alliance, since 2019-06`."""
    economy = row["economy"] or "no one economy"
    since = f"since {row['since']}" if row["since"] else ""
    return ", ".join(part for part in (economy, row["kind"], since) if part)
