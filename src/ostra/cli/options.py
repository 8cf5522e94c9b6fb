"""Options that commands share, and how a listing is shown."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Group, Parameter

from ostra.errors import UsageError
from ostra.progress import Advance, quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ostra.workspace import Workspace

OUTPUT = Group("Output", sort_key=2)


Form = Literal["table", "csv", "json", "xlsx"]
SUFFIXES: dict[str, Form] = {".csv": "csv", ".json": "json", ".xlsx": "xlsx"}
SUFFIX_OF: dict[Form, str] = {"table": "txt", "csv": "csv", "json": "json", "xlsx": "xlsx"}
PLAIN = ("", ".txt", ".text", ".md", ".log")  # endings of files that a table may be written to as text
PROMISES = (*SUFFIXES, ".svg", ".png", ".html", ".pdf", ".docx")  # endings that say what is in a file


@Parameter(name="*", group=OUTPUT)
@dataclass(frozen=True)
class Output:
    """Where a listing goes and in which form."""

    format: Form = "table"
    "Form of the listing."
    json: Annotated[bool, Parameter(negative=())] = False
    "Short for --format json."
    csv: Annotated[bool, Parameter(negative=())] = False
    "Short for --format csv."
    output: Annotated[Path | None, Parameter(alias="-o")] = None
    "File to write instead of the terminal; written whole or not at all."

    def __post_init__(self) -> None:
        """Refuse forms that exclude each other, among them one that the file's ending denies."""
        if self.json and self.csv:
            raise UsageError("--json and --csv exclude each other; give one")
        if self.format not in ("table", self._asked):
            raise UsageError(f"--{self._asked} and --format {self.format} exclude each other; give one")
        asked = self._asked
        suffix = "" if self.output is None else self.output.suffix.lower()
        if asked != "table" and suffix in PROMISES and SUFFIXES.get(suffix) != asked:
            option = f"--{asked}" if asked in ("json", "csv") else f"--format {asked}"
            raise UsageError(f"{self.output}: {option} was asked for. End the name with .{asked}, or leave that out")

    @property
    def _asked(self) -> Form:
        return "json" if self.json else "csv" if self.csv else self.format

    @property
    def form(self) -> Form:
        """The form asked for, by whichever option."""
        if self._asked == "table" and self.output is not None:
            return SUFFIXES.get(self.output.suffix.lower(), "table")
        return self._asked

    def check(self, *, draws: bool = False, folder: bool = False) -> None:
        """Refuse a place that cannot be written to, before anything is computed for it.

        Parameters
        ----------
        draws
            Whether the command draws a picture into a file that ends with .svg.
        folder
            Whether it writes several files into a folder.

        Raises
        ------
        UsageError
            The file is a folder or lies in a file, or its ending promises something else than what would be in it.
        """
        file = self.output
        if file is None:
            return
        if file.is_dir() and not (folder and self.form == "table"):
            raise UsageError(f"{file} is a folder. Name a file, such as {file / 'listing'}.{SUFFIX_OF[self.form]}")
        refuse_within_a_file(file)
        suffix = file.suffix.lower()
        if folder and not suffix and self.form == "table" and file.is_file():
            raise UsageError(f"{file} is a file. Name a folder for all, or a file that ends with .csv, .json or .svg")
        if file.is_dir() or self.form != "table" or suffix in PLAIN or (draws and suffix == ".svg"):
            return
        forms = ".csv, .json, .xlsx or .txt" + (", or .svg for a picture" if draws else "")
        more = "; a name without an ending is a folder for all" if folder else ""
        raise UsageError(f"{file.name}: this cannot be written as {suffix}. Use {forms}{more}")


DEFAULT_OUTPUT = Output()


def refuse_within_a_file(place: Path) -> None:
    """Refuse a file or folder to be written where one of the folders above it is a file.

    Raises
    ------
    UsageError
        With the file that is in the way.
    """
    above = next((folder for folder in place.parents if folder.exists()), None)
    if above is not None and not above.is_dir():
        raise UsageError(f"{place}: {above} is a file, and holds no other. Name another folder")


WorkspaceOption = Annotated[
    Path | None, Parameter(name=["--workspace", "-w"], env_var="OSTRA_WORKSPACE", help="Workspace folder.")
]
HomeOption = Annotated[str, Parameter(help="Country or bloc whose autonomy is assessed, by code or name.")]
YearOption = Annotated[int | None, Parameter(help="Year; by default the latest that the data cover.")]


ProfileOption = Annotated[
    Path | None, Parameter(help="Profile to assess by, a YAML file, instead of the workspace's or the built-in one.")
]
PREFER = "Data set that answers before all others where both cover the same; may be given several times."
ONLY = "Data set to read alone of its table; may be given several times."
PreferOption = Annotated[list[str] | None, Parameter(negative=(), help=PREFER)]
OnlyOption = Annotated[list[str] | None, Parameter(negative=(), help=ONLY)]
WeightOption = Annotated[
    list[str] | None,
    Parameter(negative=(), help="Weight of a dimension, such as values=2; may be given several times."),
]


def workspace(
    path: Path | None,
    profile: Path | None = None,
    weight: Sequence[str] | None = None,
    prefer: Sequence[str] | None = None,
    only: Sequence[str] | None = None,
) -> Workspace:
    """Open the workspace that a command works on, seen through another profile, weights or data sets where asked."""
    from ostra.workspace import Workspace

    return Workspace(path, profile=profile, weights=weights_from(weight or ()), prefer=prefer or (), only=only or ())


def weights_from(given: Sequence[str]) -> dict[str, float]:
    """Weights written as DIMENSION=NUMBER.

    Raises
    ------
    UsageError
        One cannot be read, or a dimension is weighed twice.
    """
    weights: dict[str, float] = {}
    for text in given:
        name, _, number = text.partition("=")
        try:
            value = float(number)
        except ValueError:
            raise UsageError(
                f"--weight {text!r} is no weight. Write it as DIMENSION=NUMBER, such as values=2"
            ) from None
        if name in weights:
            raise UsageError(f"--weight {name} is given twice; give one")
        weights[name] = value
    return weights


def years_from(year: int | None, years: str | None) -> int | list[int] | None:
    """One year, or a span written as first:last.

    Raises
    ------
    UsageError
        Both were given, or the span cannot be read.
    """
    if years is None:
        return year
    if year is not None:
        raise UsageError("give --year or --years, not both")
    first, colon, last = years.partition(":")
    try:
        span = list(range(int(first), int(last if colon else first) + 1))
    except ValueError:
        raise UsageError(f"--years {years!r} is not a span. Write it as first:last, such as 2015:2024") from None
    if len(span) > 200:
        raise UsageError(f"--years {years!r} spans {len(span)} years; 200 are the most")
    return span


@contextmanager
def progress(what: str) -> Iterator[Advance]:
    """A progress bar on standard error when that is a terminal; yields a function of (done, total)."""
    if not sys.stderr.isatty():
        yield quiet
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
