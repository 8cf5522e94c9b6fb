"""How listings leave ostra: as a table that fits the terminal, or as CSV, JSON or XLSX with their provenance.

Numbers stay numbers in files; unknown is an empty cell or null. Text that a spreadsheet would take for a formula is
written so that it stays text.
"""

from __future__ import annotations

import io
import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

from ostra.errors import UsageError
from ostra.files.spreadsheets import csv_text
from ostra.files.whole_files import write_whole
from ostra.files.workbooks import Notes, Sheet, write_workbook
from ostra.model.evidence import Provenance
from ostra.model.listing import Listing
from ostra.words.columns import Column
from ostra.words.figures import Kind, format_cell
from ostra.words.sentences import counted

if TYPE_CHECKING:
    from rich.table import Table

Format = Literal["table", "csv", "json", "xlsx"]
Row = Mapping[str, Any]

Legend = Sequence[tuple[str, str]]
"""What stands below a table in a terminal: texts, each with its style."""

WIDE = 34  # characters of a column of text in a terminal
GAP = 2  # characters between columns
NARROW = 18  # characters to which a column of text may be squeezed in a terminal
SIGNIFICANT_DIGITS = 12  # of floats in JSON: the last bits may differ between machines, these digits do not


@dataclass(frozen=True)
class Shown:
    """A listing as a terminal shows it: other rows or columns perhaps, a legend, and how many columns head each part.

    Attributes
    ----------
    keep
        Not 0: no column is left out for width; the others follow in further tables that begin with so many.
    """

    listing: Listing
    columns: Sequence[Column]
    legend: Legend = ()
    keep: int = 0


def round_floats(value: Any) -> Any:
    """The same JSON-ready value with floats at 12 significant digits and NaN or infinity as None."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return float(f"{value:z.{SIGNIFICANT_DIGITS}g}")
    if isinstance(value, Mapping):
        return {key: round_floats(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [round_floats(item) for item in value]
    return value


def to_json(value: Any) -> str:
    """Canonical JSON text: UTF-8, two spaces, keys in the order given, a newline at the end."""
    return json.dumps(round_floats(value), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def to_csv(rows: Iterable[Row], keys: Sequence[str]) -> str:
    """The rows as CSV with a heading line; a list is one text."""
    return csv_text(keys, ([round_floats(_joined(row.get(key))) for key in keys] for row in rows))


def to_xlsx(rows: Sequence[Row], keys: Sequence[str], provenance: Provenance) -> bytes:
    """The rows as a workbook: the data on the first sheet, filters, sources and caveats on the second."""
    buffer = io.BytesIO()
    cells = ([_joined(row.get(key)) for key in keys] for row in rows)
    write_workbook(buffer, [Sheet("Data", [(key, "") for key in keys], cells), Notes("About", provenance.named())])
    return buffer.getvalue()


def _joined(value: Any) -> Any:
    return "; ".join(map(str, value)) if isinstance(value, list | tuple) else value


def to_terminal(listed: Shown, stream: IO[str]) -> None:
    """Print as many of the columns, first ones first, as fit the terminal, and say which were left out.

    With `keep`, none is left out: the others follow in further tables below, each beginning with the first `keep`
    columns. Colours are left out where the stream is no terminal or NO_COLOR is set.
    """
    from rich.console import Console
    from rich.text import Text

    rows, columns, keep = listed.listing.rows(), listed.columns, listed.keep
    provenance = listed.listing.provenance
    console = Console(file=stream, highlight=False, markup=False)
    texts = [[format_cell(row.get(column.key), column.kind) for column in columns] for row in rows]
    console.print(provenance.title, style="bold")
    left = list(range(len(columns)))
    while left:
        widths = shared_room(
            [columns[k] for k in left], [[line[k] for k in left] for line in texts], console.width + GAP
        )
        shown = fitting(widths, [columns[k].kind for k in left], console.width + GAP)
        # A column that is kept in front counts for nothing: at least one new one is shown.
        shown = max(shown, 1 if not keep or len(left) == len(columns) else keep + 1)
        console.print(_table(rows, columns, texts, list(zip(left, widths, strict=True))[:shown]))
        if not keep or shown >= len(left):
            left = left[shown:]
            break
        left = [*range(keep), *left[shown:]]
        console.print()
    if listed.legend:
        console.print(Text.assemble(*listed.legend))
    if not rows:
        console.print("(no rows)")
    if left:
        told = f"{counted(len(left), 'column')} left out for width"
        console.print(f"{told} ({', '.join(columns[k].key for k in left)}); --format csv has all.")
    for text in provenance.lines()[1:]:
        console.print(text, style="dim", soft_wrap=False)


def _table(
    rows: Sequence[Row], columns: Sequence[Column], texts: Sequence[Sequence[str]], chosen: Sequence[tuple[int, int]]
) -> Table:
    """A table of the chosen columns, each with its width."""
    from rich.table import Table
    from rich.text import Text

    styles: Mapping[str, str] = {}
    if any(columns[number].level for number, _ in chosen):  # colours are loaded by the tables that have some
        from ostra.show.text.shading import STYLES

        styles = STYLES
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    for number, width in chosen:
        column = columns[number]
        table.add_column(
            column.heading,
            justify="left" if column.kind in ("text", "flag") else "right",
            no_wrap=column.kind != "text",
            overflow="fold" if column.kind == "text" else "ellipsis",
            max_width=width,
        )
    for row, line in zip(rows, texts, strict=True):
        cells = ((line[number], columns[number].level, width) for number, width in chosen)
        # A shaded column is filled to its width, so that its ground is a block.
        table.add_row(
            *(
                Text(text.ljust(wide), styles.get(row[level], "")) if level else Text(text)
                for text, level, wide in cells
            )
        )
    return table


def fitting(widths: list[int], kinds: Sequence[Kind], room: int) -> int:
    """How many columns fit, first ones first; the width of one that folds to be seen at all is set to what is left."""
    shown = 0
    while shown < len(widths) and room >= widths[shown] + GAP:  # no gap after the last column, which `room` holds
        room -= widths[shown] + GAP
        shown += 1
    if shown < len(widths) and kinds[shown] == "text" and room >= NARROW + GAP:
        widths[shown] = room - GAP
        shown += 1
    return shown


def shared_room(columns: Sequence[Column], texts: Sequence[Sequence[str]], room: int) -> list[int]:
    """Widths of columns; where folding texts down to NARROW lets all fit, they are folded as little as needed."""
    wanted = [max([len(c.heading), *(_longest(line[i]) for line in texts)]) for i, c in enumerate(columns)]
    for most in range(WIDE, NARROW - 1, -1):
        widths = [
            min(width, max(most, len(column.heading))) if column.kind == "text" else width
            for column, width in zip(columns, wanted, strict=True)
        ]
        if sum(widths) + GAP * len(widths) <= room:
            return widths
    return [min(width, WIDE) for width in wanted]


def _longest(text: str) -> int:
    """Characters of the longest line of a text."""
    return max(map(len, text.splitlines()), default=0)


def write_listing(shown: Shown, *, form: Format, output: Path | None = None, stream: IO[str] | None = None) -> None:
    """Write a listing in the form asked for, to the file or the stream.

    A table has the columns shown, a file of data every column of the frame.

    Raises
    ------
    UsageError
        XLSX without a file to write to.
    """
    provenance, listing = shown.listing.provenance, shown.listing
    keys = listing.columns or [column.key for column in shown.columns]
    content: str | bytes
    if form == "xlsx" and output is None:
        raise UsageError("an XLSX workbook needs a file to go to; add -o FILE.xlsx")
    if form == "table":
        text = io.StringIO() if output is not None or stream is None else stream
        to_terminal(shown, text)
        if not isinstance(text, io.StringIO):
            return
        content = text.getvalue()
    elif form == "csv":
        content = to_csv(listing.rows(), keys)
    elif form == "json":
        content = to_json(listing.rows())
    else:
        content = to_xlsx(listing.rows(), keys, provenance)
    if output is None:
        (stream or sys.stdout).write(content if isinstance(content, str) else content.decode())
        return
    write_whole(output, content)
    if form in ("csv", "json"):
        # Beside the data, as `ostra data export` does, so that filters and sources travel with the file.
        write_whole(output.with_name(output.name + ".source.json"), to_json(provenance.model_dump()))
