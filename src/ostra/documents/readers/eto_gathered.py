"""What is gathered while the ETO chips data set is read: nodes, claims, sources, oddities and problems."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from ostra.documents.readers import spreadsheet_rows
from ostra.documents.readers.spreadsheet_table import Row, clean
from ostra.errors import Problem, shortened
from ostra.model.dossier import ItemKind
from ostra.model.evidence import Claim, Source
from ostra.words.sentences import made_id

URL = "https://github.com/georgetown-cset/eto-chip-explorer"
LICENCE = "CC BY-NC 4.0"
PUBLISHER = "Emerging Technology Observatory, Center for Security and Emerging Technology (CSET), Georgetown University"
TITLE = "Advanced Semiconductor Supply Chain Dataset"
FIRST_RELEASE = "2021"  # the year that the first release describes, for files that name no year at all
UNITS = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}


@dataclass
class Node:
    """An input or a stage while it is read."""

    origin: str
    name: str
    kind: ItemKind
    file: str
    row: Row
    stage: str = ""
    id: str = ""
    size: tuple[float, str] | None = None


@dataclass
class Gathered(spreadsheet_rows.Gathered):
    """All that is gathered from the five files."""

    problems: list[Problem] = field(default_factory=list)
    claims: dict[str, Claim] = field(default_factory=dict)
    years: set[int] = field(default_factory=set)
    nodes: dict[str, Node] = field(default_factory=dict)

    def complain(self, reason: str, file: str, row: Row, column: str, value: str, mend: str = "") -> None:
        """Tell what is wrong with a cell."""
        self.problems.append(Problem(reason, file, row.line, column, shortened(value), mend))

    def set_aside(self, file: str, row: Row, reason: str, column: str, value: str, mend: str = "") -> None:
        """A row that cannot be used, told as an oddity and as a problem."""
        self.complain(reason, file, row, column, value, mend)
        self.odd("set aside", file, row, value, reason)

    def claim(self, file: str, row: Row, statement: str, source: str, **number: object) -> str:
        """The claim that a row is; one for each row, named for file and line."""
        name = f"{file.removesuffix('.csv')}-{row.line}"
        if name not in self.claims:
            self.claims[name] = Claim.model_validate(
                {"id": name, "statement": shortened(clean(statement), 2000), "source": source, "basis": "cites"}
                | {"locator": f"{file} line {row.line}"}
                | number
            )
        return name


def find_years(gathered: Gathered, rows: dict[str, list[Row]]) -> None:
    """The latest year that the files name, which is the best that is known of their date; then the base source."""
    for name in ("inputs.csv", "provision.csv"):
        for row in rows[name]:
            texts = row["year"], row["source"], row["market_share_chart_source"]
            gathered.years |= {int(year) for text in texts for year in re.findall(r"(?<!\d)20\d\d(?!\d)", text)}
    gathered.sources["eto-chips"] = Source(
        id="eto-chips",
        title=TITLE,
        publisher=PUBLISHER,
        date=str(max(gathered.years)) if gathered.years else FIRST_RELEASE,
        url=URL,
        licence=LICENCE,
        note="Fetched by the user; not part of ostra. The date is the latest year that the files name.",
    )


def source_of(gathered: Gathered, text: str) -> str:
    """The source that a row names, as a source of its own: the data set, resting on what is named."""
    text = clean(text)
    if not text:
        return "eto-chips"
    plain = re.sub(r"\[([^\]]*)\]\(([^)]*)\)", r"\1", text)
    plain = re.sub(r"\]\([^)]*\)?", "", plain)  # one link of the published files has no opening bracket
    if text in gathered.source_ids:
        return gathered.source_ids[text]
    years = re.findall(r"(?<!\d)20\d\d(?!\d)", plain)
    address = re.search(r"https?://[^\s)\],]+", text)
    return gathered.add_source(
        text,
        made_id(f"eto-chips {plain}")[:50].strip("-"),
        shortened(f"{TITLE}, from: {plain}", 600),
        publisher=PUBLISHER,
        date=max(years) if years else gathered.sources["eto-chips"].date,
        url=address.group() if address else URL,
        licence=LICENCE,
        note=text,
    )


def size_of(text: str) -> tuple[float, str] | None:
    """Market size in US dollars and its year, where the text is a plain figure such as "$7.5 billion (2025)"."""
    found = re.fullmatch(r"\$([0-9]+(?:\.[0-9]+)?) (thousand|million|billion|trillion)(?: \(([0-9]{4})\))?", text)
    if found is None:
        return None
    return float(Decimal(found[1]).scaleb(UNITS[found[2]])), found[3] or ""


def name_of(gathered: Gathered, file: str, row: Row, column: str) -> str:
    text = clean(row[column])
    short = shortened(text, 200)
    if short != row[column] and short != " ".join(row[column].split()):
        gathered.odd("shortened text", file, row, row[column], f"read as {short!r}")
    return short


def resolved(gathered: Gathered, file: str, row: Row, column: str, name_column: str) -> Node | None:
    """The node of an id; by the name beside it if the id dangles; None, and told, if neither exists."""
    node = gathered.nodes.get(row[column])
    if node is not None:
        return node
    name = clean(row[name_column])
    found = [n for n in gathered.nodes.values() if name and n.name.casefold() == name.casefold()]
    if len(found) == 1:
        gathered.odd("by name", file, row, f"{column} {row[column]!r}", f"read as {found[0].origin} by its name")
        return found[0]
    mend = "Name an id of inputs.csv or stages.csv"
    gathered.set_aside(file, row, "no such input or stage", column, row[column], mend)
    return None
