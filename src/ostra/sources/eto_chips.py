"""The advanced semiconductor supply chain data set of ETO and CSET, five CSV files as published, as a dossier.

The data set lists inputs (tools, materials, designs, processes), what goes into what and what is a kind of what, and
which countries and organisations provide which share of each input, with year and source of each row. Its licence is
CC BY-NC 4.0; ostra ships none of it.

References
----------
Emerging Technology Observatory, "Documentation: Advanced Semiconductor Supply Chain Dataset",
https://eto.tech/dataset-docs/chipexplorer, and data/technical_notes.md in the repository that `URL` names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal

from ostra.economies import bloc_members, economy_name, iso3
from ostra.errors import DataError, NotFoundError, Problem
from ostra.model.dossier import UNSPECIFIED, Dossier, Item, ItemKind, Link, Stage
from ostra.model.evidence import Claim, Source
from ostra.sources.ecosystem_rows import EcosystemReading, Listed, Oddity, caveats, settled
from ostra.sources.ecosystem_table import Row, Table, clean, clean_lines, made_id, open_table, shortened

URL = "https://github.com/georgetown-cset/eto-chip-explorer"
LICENCE = "CC BY-NC 4.0"
PUBLISHER = "Emerging Technology Observatory, Center for Security and Emerging Technology (CSET), Georgetown University"
TITLE = "Advanced Semiconductor Supply Chain Dataset"
FIRST_RELEASE = "2021"  # the year that the first release describes, for files that name no year at all

FILES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "inputs.csv": (
        ("input_id", "input_name", "type"),
        (
            "stage_name",
            "stage_id",
            "description",
            "year",
            "market_share_chart_global_market_size_info",
            "market_share_chart_caption",
            "market_share_chart_source",
        ),
    ),
    "stages.csv": (
        ("stage_id", "stage_name"),
        (
            "description",
            "market_share_chart_global_market_size_info",
            "market_share_chart_caption",
            "market_share_chart_source",
        ),
    ),
    "sequence.csv": (
        ("input_id", "goes_into_id", "is_type_of_id"),
        ("input_name", "goes_into_name", "is_type_of_name"),
    ),
    "providers.csv": (("provider_name", "provider_id", "provider_type", "country"), ("alias",)),
    "provision.csv": (
        ("provider_id", "provided_id", "share_provided"),
        ("provider_name", "provided_name", "year", "source", "negligible_market_share", "minor_share"),
    ),
}

KINDS: dict[str, ItemKind] = {
    "process": "process",
    "tool_resource": "tool",
    "material_resource": "material",
    "design_resource": "ip",
    "ultimate_output": "product",
}
# The data set has no type for software and licensed designs; these words in a name tell them.
KIND_BY_WORD: dict[str, ItemKind] = {"software": "software", "intellectual property": "ip"}

# The publisher's documentation: country shares "rely on company headquarters locations". A chart whose caption says
# otherwise is by site.
BY_SITE = re.compile(r"\bsites?\b|\blocations?\b", re.IGNORECASE)

# data/technical_notes.md: "negligible" is 2 % or less, rounded.
NEGLIGIBLE = re.compile(r"negligible|minor", re.IGNORECASE)
NEGLIGIBLE_HIGH = 0.025
NO_SHARE_WORDS = frozenset({"", "major", "unknown", "n/a", "na", "-"})
VARIOUS = re.compile(r"^(various|other|others|rest|multiple|unknown|unspecified)\b", re.IGNORECASE)
UNITS = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
WEIGHT_SLACK = 1.05  # sizes are printed with two digits, so that kinds may sum to this much of their whole


def europe(year: int) -> tuple[str, ...]:
    """Whom "Europe" may mean: EU-27, EFTA and the United Kingdom; our choice, as the data set does not say."""
    return tuple(sorted(bloc_members("EU27", year) | bloc_members("EFTA", year) | {"GBR"}))


REGIONS: dict[str, Callable[[int], tuple[str, ...]]] = {"eur": europe, "europe": europe}


@dataclass(frozen=True)
class _Provider:
    """Who a provider id stands for; `rule` names the oddity that its rows are, if any."""

    name: str
    organisation: str
    economy: str
    among: tuple[str, ...] = ()
    region: str = ""
    rule: str = ""


@dataclass
class _Node:
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
class _Reading:
    """All that is gathered from the five files."""

    into: str
    tables: dict[str, Table]
    oddities: list[Oddity] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    claims: dict[str, Claim] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    source_ids: dict[str, str] = field(default_factory=dict)  # by the text that names them
    years: set[int] = field(default_factory=set)
    nodes: dict[str, _Node] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)

    def odd(self, rule: str, file: str, row: Row, value: str, done: str) -> None:
        self.oddities.append(Oddity(rule, file, row.line, shortened(value, 160), done))

    def set_aside(self, file: str, row: Row, reason: str, column: str, value: str, mend: str = "") -> None:
        """A row that cannot be used, told as an oddity and as a problem."""
        self.problems.append(Problem(reason, file, row.line, column, shortened(value), mend))
        self.odd("set aside", file, row, value, reason)

    def claim(self, file: str, row: Row, statement: str, source: str, **number: object) -> str:
        """The claim that a row is; one for each row, named for file and line."""
        name = f"{file.removesuffix('.csv')}-{row.line}"
        if name not in self.claims:
            self.claims[name] = Claim.model_validate(
                {"id": name, "statement": shortened(statement, 2000), "source": source, "basis": "cites"}
                | {"locator": f"{file} line {row.line}"}
                | number
            )
        return name


def read_eto_chips(folder: Path, *, into: str = "eto-chips") -> Dossier:
    """The data set as a dossier; `eto_chips_reading` returns what was odd about it too."""
    return eto_chips_reading(folder, into=into).dossier


def eto_chips_reading(folder: Path, *, into: str = "eto-chips") -> EcosystemReading:
    """Read the five files.

    Items are the inputs and the stages. `goes_into` becomes `requires`, `is_type_of` becomes `variant_of`; kinds whose
    market sizes are known for the year of the whole's are weighted by size. Country rows are totals by headquarters
    (by location where the chart's caption says "site"), organisation rows parts of them. Shares in per cent become
    fractions; a missing share stays unknown. Every row becomes a claim with its line.

    Parameters
    ----------
    folder
        Holds inputs.csv, providers.csv, provision.csv, sequence.csv and stages.csv.
    into
        Id of the dossier.

    Returns
    -------
    EcosystemReading
        Rows that cannot be used are among the problems and the oddities; nothing is left out in silence.

    Raises
    ------
    NotFoundError
        There is no such folder.
    DataError
        A file is missing or cannot be read, or a column is missing: every such fault at once.
    """
    if not folder.is_dir():
        raise NotFoundError(f"there is no folder {folder}")
    tables = {name: open_table(folder, name, *columns) for name, columns in FILES.items()}
    faults = [problem for table in tables.values() for problem in table.all_problems()]
    if faults:
        raise DataError(faults)
    rows = {name: list(table.rows()) for name, table in tables.items()}
    reading = _Reading(into, tables)
    _find_years(reading, rows)
    _read_nodes(reading, rows)
    if not reading.nodes:
        raise DataError(Problem("holds no input", "inputs.csv", mend="Fetch the data set again"))
    links = _read_links(reading, rows["sequence.csv"])
    links += _stage_links(reading)
    _place(reading, links)
    providers = _read_providers(reading, rows["providers.csv"])
    listed = _read_provision(reading, rows["provision.csv"], providers)
    provision, oddities = settled(listed, "provision.csv")
    reading.oddities += oddities
    items = _items(reading, links, {row.item for row in provision})
    for table in tables.values():
        reading.problems += table.all_problems()
        reading.oddities += [Oddity("set aside", table.name, p.line, p.value, p.reason) for p in table.all_problems()]
    notes = [note for table in tables.values() for note in table.notes]
    base = reading.sources["eto-chips"]
    dossier = Dossier(
        format="ostra-dossier/1",
        id=into,
        title="Advanced semiconductor supply chain (ETO)",
        summary=f"{len(items)} inputs and stages of the production of advanced logic chips, {len(links)} links between "
        f"them and {len(provision)} shares of countries and organisations in them, as published by the Emerging "
        "Technology Observatory and read by ostra.",
        author="Emerging Technology Observatory (CSET); read by ostra",
        date=base.date,
        sources=tuple(reading.sources.values()),
        claims=tuple(reading.claims.values()),
        stages=tuple(reading.stages.values()),
        items=items,
        links=tuple(links),
        provision=provision,
        caveats=(
            f"Licence {LICENCE}: not for commercial use; name the Emerging Technology Observatory as the source.",
            "Country shares are by headquarters, as the publisher's documentation says, except where a chart is "
            "captioned by site; where things are made is mostly unknown here.",
            *caveats(reading.oddities, carried=True),
            *notes,
        ),
    )
    return EcosystemReading(dossier, tuple(reading.oddities), tuple(reading.problems))


def _find_years(reading: _Reading, rows: dict[str, list[Row]]) -> None:
    """The latest year that the files name, which is the best that is known of their date; then the base source."""
    for name in ("inputs.csv", "provision.csv"):
        for row in rows[name]:
            texts = row["year"], row["source"], row["market_share_chart_source"]
            reading.years |= {int(year) for text in texts for year in re.findall(r"(?<!\d)20\d\d(?!\d)", text)}
    reading.sources["eto-chips"] = Source(
        id="eto-chips",
        title=TITLE,
        publisher=PUBLISHER,
        date=str(max(reading.years)) if reading.years else FIRST_RELEASE,
        url=URL,
        licence=LICENCE,
        note="Fetched by the user; not part of ostra. The date is the latest year that the files name.",
    )


def _source(reading: _Reading, text: str) -> str:
    """The source that a row names, as a source of its own: the data set, resting on what is named."""
    text = clean(text)
    if not text:
        return "eto-chips"
    plain = re.sub(r"\[([^\]]*)\]\(([^)]*)\)", r"\1", text)
    name = made_id(f"eto-chips {plain}")[:50].strip("-")
    if text in reading.source_ids:
        return reading.source_ids[text]
    number = 2
    unique = name
    while unique in reading.sources:
        unique, number = f"{name}-{number}", number + 1
    years = re.findall(r"(?<!\d)20\d\d(?!\d)", plain)
    address = re.search(r"https?://[^\s)\],]+", text)
    reading.source_ids[text] = unique
    reading.sources[unique] = Source(
        id=unique,
        title=shortened(f"{TITLE}, from: {plain}", 600),
        publisher=PUBLISHER,
        date=max(years) if years else reading.sources["eto-chips"].date,
        url=address.group() if address else URL,
        licence=LICENCE,
        note=text,
    )
    return unique


def _size(text: str) -> tuple[float, str] | None:
    """Market size in US dollars and its year, where the text is a plain figure such as "$7.5 billion (2025)"."""
    found = re.fullmatch(r"\$([0-9]+(?:\.[0-9]+)?) (thousand|million|billion|trillion)(?: \(([0-9]{4})\))?", text)
    if found is None:
        return None
    return float(Decimal(found[1]).scaleb(UNITS[found[2]])), found[3] or ""


def _name(reading: _Reading, file: str, row: Row, column: str) -> str:
    text = clean(row[column])
    short = shortened(text, 200)
    if short != row[column] and short != " ".join(row[column].split()):
        reading.odd("shortened text", file, row, row[column], f"read as {short!r}")
    return short


def _read_nodes(reading: _Reading, rows: dict[str, list[Row]]) -> None:
    for row in rows["stages.csv"]:
        name = _name(reading, "stages.csv", row, "stage_name")
        origin = row["stage_id"]
        if not origin or not name or origin in reading.stages:
            reading.set_aside("stages.csv", row, "no id, no name, or an id that stands twice", "stage_id", origin)
            continue
        made = made_id(name) or made_id(origin) or f"stage-{row.line}"
        taken = {stage.id for stage in reading.stages.values()}
        reading.stages[origin] = Stage(id=made if made not in taken else f"{made}-{row.line}", name=name)
        node = _Node(origin, name, "process", "stages.csv", row, stage=reading.stages[origin].id)
        reading.nodes[origin] = node
    for row in rows["inputs.csv"]:
        name, origin, kind = _name(reading, "inputs.csv", row, "input_name"), row["input_id"], row["type"]
        if not origin or not name or origin in reading.nodes:
            reading.set_aside("inputs.csv", row, "no id, no name, or an id that stands twice", "input_id", origin)
            continue
        if kind not in KINDS:
            mend = f"Known are {', '.join(KINDS)}"
            reading.problems.append(
                Problem("type not known; read as a product", "inputs.csv", row.line, "type", kind, mend)
            )
        found = next((k for word, k in KIND_BY_WORD.items() if word in name.lower()), KINDS.get(kind, "product"))
        node = _Node(origin, name, found, "inputs.csv", row)
        node.size = _size(row["market_share_chart_global_market_size_info"])
        stage = reading.stages.get(row["stage_id"])
        if row["stage_id"] and stage is None:
            mend = "The stage is found by what the input goes into"
            reading.problems.append(Problem("no such stage", "inputs.csv", row.line, "stage_id", row["stage_id"], mend))
        node.stage = stage.id if stage else ""
        reading.nodes[origin] = node
    ids: set[str] = set()
    for node in sorted(reading.nodes.values(), key=lambda n: (n.file, n.row.line)):
        node.id = made_id(node.name) or made_id(node.origin) or f"input-{node.row.line}"
        if node.id in ids:
            node.id = f"{node.id[:60].strip('-')}-{made_id(node.origin) or node.row.line}"
        ids.add(node.id)
        size = clean(node.row["market_share_chart_global_market_size_info"])
        words = f"{node.name} is listed as {node.row['type'] or 'a stage of production'} ({node.origin})"
        words += f", world market {size}" if size else ""
        number: dict[str, object] = {}
        if node.size:
            number = {"value": node.size[0], "unit": "USD", "as_of": node.size[1]}
        reading.claim(
            node.file, node.row, f"{words}.", _source(reading, node.row["market_share_chart_source"]), **number
        )


def _resolve(reading: _Reading, file: str, row: Row, column: str, name_column: str) -> _Node | None:
    """The node of an id; by the name beside it if the id dangles; None, and told, if neither exists."""
    node = reading.nodes.get(row[column])
    if node is not None:
        return node
    name = clean(row[name_column])
    found = [n for n in reading.nodes.values() if name and n.name.casefold() == name.casefold()]
    if len(found) == 1:
        reading.odd("by name", file, row, f"{column} {row[column]!r}", f"read as {found[0].origin} by its name")
        return found[0]
    mend = "Name an id of inputs.csv or stages.csv"
    reading.set_aside(file, row, "no such input or stage", column, row[column], mend)
    return None


def _read_links(reading: _Reading, rows: list[Row]) -> list[Link]:
    file = "sequence.csv"
    pairs: dict[tuple[str, str, Literal["requires", "variant_of"]], list[Row]] = defaultdict(list)
    for row in rows:
        targets: tuple[tuple[str, str, Literal["requires", "variant_of"]], ...] = (
            ("goes_into_id", "goes_into_name", "requires"),
            ("is_type_of_id", "is_type_of_name", "variant_of"),
        )
        if not row["goes_into_id"] and not row["is_type_of_id"]:
            reading.set_aside(file, row, "goes into nothing and is a kind of nothing", "goes_into_id", row["input_id"])
            continue
        node = _resolve(reading, file, row, "input_id", "input_name")
        for column, name_column, kind in targets:
            if node is None or not row[column]:
                continue
            target = _resolve(reading, file, row, column, name_column)
            if target is node:
                reading.set_aside(file, row, "an input cannot go into itself", column, row[column])
            elif target is not None:
                pairs[target.origin, node.origin, kind].append(row)
    for (above, below, _), found in pairs.items():
        for row in found[1:]:
            value = f"{below} and {above}"
            reading.odd("links twice", file, row, value, f"the link of line {found[0].line}")
    weights = _weights(reading, pairs)
    links = []
    for (above, below, kind), found in pairs.items():
        item, needs = reading.nodes[above], reading.nodes[below]
        words = "is a kind of" if kind == "variant_of" else "goes into"
        claims = [reading.claim(file, row, f"{needs.name} {words} {item.name}.", "eto-chips") for row in found]
        weight = weights.get((above, below)) if kind == "variant_of" else None
        if weight is not None:
            claims += [f"inputs-{needs.row.line}", f"inputs-{item.row.line}"]
        links.append(Link(item=item.id, needs=needs.id, kind=kind, weight=weight, claims=tuple(dict.fromkeys(claims))))
    return links


def _weights(
    reading: _Reading, pairs: dict[tuple[str, str, Literal["requires", "variant_of"]], list[Row]]
) -> dict[tuple[str, str], float]:
    """Weights of kinds: w = size of the kind / size of the whole, both of one year.

    Where the kinds sum to a little more than the whole, because sizes are rounded, w is a kind's part of the sum of
    kinds; where to more than `WEIGHT_SLACK`, they do not belong together and no weight is known.
    """
    kinds: dict[str, list[str]] = defaultdict(list)
    for above, below, kind in pairs:
        if kind == "variant_of":
            kinds[above].append(below)
    weights: dict[tuple[str, str], float] = {}
    for above, below_all in kinds.items():
        whole = reading.nodes[above].size
        sizes = {b: reading.nodes[b].size for b in below_all}
        known = {b: size[0] for b, size in sizes.items() if whole and size and size[1] == whole[1]}
        row = reading.nodes[above].row
        total = sum(known.values())
        name = f"{reading.nodes[above].name}: {len(known)} of {len(below_all)} kinds"
        if not whole or not known or total > WEIGHT_SLACK * whole[0]:
            why = "no size of the whole, none of the same year, or kinds that sum to more than the whole"
            reading.odd("no weight", "inputs.csv", row, name, why)
            continue
        unknown = len(below_all) - len(known)
        rest = "; the others share the rest in an unknown way" if unknown else ""
        done = f"weighted by size, together {100 * min(1.0, total / whole[0]):.1f} per cent{rest}"
        reading.odd("weight", "inputs.csv", row, name, done)
        weights |= {(above, b): round(size / max(total, whole[0]), 6) for b, size in known.items()}
    return weights


def _stage_links(reading: _Reading) -> list[Link]:
    """The final output needs each stage, and a stage needs each of its processes; the data set draws them so."""
    stages = [node for node in reading.nodes.values() if node.file == "stages.csv"]
    outputs = [node for node in reading.nodes.values() if node.row["type"] == "ultimate_output"]
    links = []
    for stage in stages:
        claim = f"stages-{stage.row.line}"
        links += [Link(item=output.id, needs=stage.id, claims=(claim,)) for output in outputs]
        processes = [n for n in reading.nodes.values() if n.file == "inputs.csv" and n.row["stage_id"] == stage.origin]
        links += [Link(item=stage.id, needs=p.id, claims=(claim, f"inputs-{p.row.line}")) for p in processes]
        done = f"an item, needed by {len(outputs)} outputs and needing {len(processes)} processes"
        reading.odd("stage", "stages.csv", stage.row, f"{stage.origin} {stage.name}", done)
    return links


def _place(reading: _Reading, links: list[Link]) -> None:
    """Give inputs without a stage that of the nearest items that need them, the earliest stage where there are several.

    The final output stands in the last stage. What nothing leads to is put into a stage of its own.
    """
    above: dict[str, list[str]] = defaultdict(list)
    for link in links:
        above[link.needs].append(link.item)
    by_id = {node.id: node for node in reading.nodes.values()}
    order = [stage.id for stage in reading.stages.values()]
    own = {node.id: node.stage for node in reading.nodes.values() if node.stage}
    outputs = {node.id for node in reading.nodes.values() if node.row["type"] == "ultimate_output"}
    for node in reading.nodes.values():
        if node.stage:
            continue
        if node.id in outputs and order:
            node.stage = order[-1]
            continue
        seen, level = {node.id}, [node.id]
        while level and not node.stage:
            level = [a for b in level for a in above[b] if a not in seen and a not in outputs]
            seen |= set(level)
            found = {own[name] for name in level if name in own}
            if found:
                node.stage = min(found, key=order.index)
        if not node.stage:
            if "not-placed" not in reading.stages:
                reading.stages["not-placed"] = Stage(id="not-placed", name="Not placed")
            node.stage = "not-placed"
        value = by_id[node.id].name
        reading.odd("not placed", node.file, node.row, value, f"put into stage {node.stage}")


def _read_providers(reading: _Reading, rows: list[Row]) -> dict[str, _Provider]:
    file = "providers.csv"
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if not row["provider_id"] or not row["provider_name"]:
            reading.set_aside(file, row, "a provider without id or name", "provider_id", row["provider_id"])
            continue
        grouped[row["provider_id"]].append(row)
    providers = {}
    for origin, found in grouped.items():
        names = list(dict.fromkeys(_name(reading, file, row, "provider_name") for row in found))
        for row in found[1:]:
            value = f"{origin} {row['provider_name']}, alias {row['alias']!r}"
            reading.odd("several rows", file, row, value, f"the provider of line {found[0].line}")
        if found[0]["provider_type"].casefold() == "country":
            providers[origin] = _country(reading, found[0], names[0])
        else:
            providers[origin] = _organisation(reading, found, names[0])
    return providers


def _place_of(text: str, year: int) -> tuple[str, tuple[str, ...], str]:
    """Economy, members and rule of a country as the data set writes it."""
    name = clean(text)
    if VARIOUS.match(name):
        return UNSPECIFIED, (), "unspecified"
    if name.casefold() in REGIONS:
        return UNSPECIFIED, REGIONS[name.casefold()](year), "region"
    try:
        return iso3(name), (), ""
    except NotFoundError:
        return UNSPECIFIED, (), "no economy"


def _country(reading: _Reading, row: Row, name: str) -> _Provider:
    year = max(reading.years, default=int(FIRST_RELEASE))
    economy, among, rule = _place_of(name, year)
    if rule == "no economy" and row["alias"]:
        economy, among, rule = _place_of(row["alias"], year)
    if rule == "no economy":
        mend = "Its share is kept as that of economies that nobody names"
        reading.problems.append(
            Problem("no economy of that name", "providers.csv", row.line, "provider_name", name, mend)
        )
    region = (clean(row["alias"]) or name) if rule else ""
    return _Provider(name, "", economy, among, region, rule)


def _organisation(reading: _Reading, rows: list[Row], name: str) -> _Provider:
    year = max(reading.years, default=int(FIRST_RELEASE))
    written = [part for row in rows for part in re.split(r"\s*[;/|,]\s*", clean(row["country"])) if part]
    places = list(dict.fromkeys(_place_of(part, year) for part in written))
    known = [economy for economy, _, rule in places if not rule]
    if len(places) == 1 and known:
        return _Provider(name, name, known[0])
    row = rows[0]
    if places and len(known) == len(places):
        done = f"any of {', '.join(sorted(known))}"
        reading.odd("several economies", "providers.csv", row, f"{name}: {'; '.join(written)}", done)
        return _Provider(name, name, UNSPECIFIED, tuple(sorted(known)), "; ".join(written), "")
    if len(places) == 1 and places[0][2] != "no economy":
        return _Provider(name, name, UNSPECIFIED, places[0][1], written[0], places[0][2])
    reading.odd("no economy", "providers.csv", row, f"{name}: {'; '.join(written) or 'no country'}", "nobody names it")
    return _Provider(name, name, UNSPECIFIED, (), "; ".join(written) or "no country", "")


def _read_provision(reading: _Reading, rows: list[Row], providers: dict[str, _Provider]) -> list[Listed]:
    file = "provision.csv"
    listed = []
    for row in rows:
        node = _resolve(reading, file, row, "provided_id", "provided_name")
        if node is None:
            continue
        provider = _provider_of(reading, row, providers)
        if provider is None:
            continue
        low, high, note = _share(reading, row)
        year = _year(reading, row)
        if not row["source"]:
            reading.odd("no source", file, row, f"{provider.name}, {node.name}", "the data set is named")
        by: Literal["location", "headquarters"] = "headquarters"
        if not provider.organisation and BY_SITE.search(node.row["market_share_chart_caption"]):
            by = "location"
            reading.odd("by site", file, row, f"{provider.name}, {node.name}", "by location")
        if provider.rule:
            done = f"shared in an unknown way by {', '.join(provider.among) or 'any economies'}"
            value = f"{provider.name} {row['share_provided']} {node.name}"
            reading.odd(provider.rule, file, row, value, done)
        if provider.region:
            note = f"Economy as listed: {provider.region}. {note}".strip()
        printed = row["share_provided"]
        what = f"{shortened(printed, 40)} % of" if printed and low is not None else "an unstated share of"
        seat = f" ({economy_name(provider.economy)})" if provider.organisation and not provider.region else ""
        who = provider.name if provider.organisation or provider.region else economy_name(provider.economy)
        when = f" in {year}" if year else ""
        number: dict[str, object] = {"as_of": str(year or "")}
        if low is not None and high is not None:
            number |= {"unit": "%"} | (
                {"value": round(100 * low, 10)}
                if low == high
                else {"low": round(100 * low, 10), "high": round(100 * high, 10)}
            )
        claim = reading.claim(
            file, row, f"{who}{seat} provides {what} {node.name}{when}.", _source(reading, row["source"]), **number
        )
        shown = f"{provider.name}, {node.name}, {row['share_provided'] or 'no share'}, {row['year'] or 'no year'}"
        listed.append(
            Listed(
                line=row.line, item=node.id, economy=provider.economy, among=provider.among,
                organisation=provider.organisation, by=by, low=low, high=high, year=year, claim=claim, shown=shown,
                note=note,
            )
        )  # fmt: skip
    return listed


def _provider_of(reading: _Reading, row: Row, providers: dict[str, _Provider]) -> _Provider | None:
    file, name = "provision.csv", clean(row["provider_name"])
    provider = providers.get(row["provider_id"])
    if provider is not None:
        if name and name.casefold() != provider.name.casefold():
            reading.odd("other name", file, row, f"{name!r} for {row['provider_id']}", f"read as {provider.name!r}")
        return provider
    found = [p for p in providers.values() if name and p.name.casefold() == name.casefold()]
    if len(found) == 1:
        value = f"provider_id {row['provider_id']!r}"
        reading.odd("by name", file, row, value, f"read as {found[0].name} by its name")
        return found[0]
    mend = "Name an id of providers.csv"
    reading.set_aside(file, row, "no such provider", "provider_id", row["provider_id"], mend)
    return None


def _share(reading: _Reading, row: Row) -> tuple[float | None, float | None, str]:
    """The share as an interval of fractions with what must be said of it; None where it is unknown."""
    file, text = "provision.csv", row["share_provided"]
    words = row["negligible_market_share"] or row["minor_share"]
    if NEGLIGIBLE.search(text) or (not text and NEGLIGIBLE.search(words)):
        reading.odd("in words", file, row, text or words, f"0 to {100 * NEGLIGIBLE_HIGH:g} per cent")
        return 0.0, NEGLIGIBLE_HIGH, "Listed as negligible, which the data set defines as 2 % or less, rounded."
    if text.casefold() in NO_SHARE_WORDS:
        return None, None, "Listed as a provider, without a share."
    try:
        number = Decimal(text.removesuffix("%").strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number <= 100:
        reason = "share is not a number from 0 to 100; taken as unknown"
        reading.problems.append(Problem(reason, file, row.line, "share_provided", shortened(text), "Write per cent"))
        reading.odd("no share", file, row, text, "not a number from 0 to 100; unknown")
        return None, None, f"The share listed, {shortened(clean(text), 40)!r}, is none."
    share = float(number / 100)
    if number == 0:
        exponent = number.as_tuple().exponent
        half = float(Decimal(5).scaleb((exponent if isinstance(exponent, int) else 0) - 3))
        reading.odd("printed as zero", file, row, text, f"0 to {100 * half:g} per cent")
        return 0.0, half, f"Printed as {text} per cent."
    return share, share, ""


def _year(reading: _Reading, row: Row) -> int | None:
    text = row["year"]
    if re.fullmatch(r"(19|20)[0-9]{2}", text):
        return int(text)
    if text:
        reason = "not a year; left open"
        reading.problems.append(
            Problem(reason, "provision.csv", row.line, "year", shortened(text), "Write four digits")
        )
    reading.odd("no year", "provision.csv", row, text or "no year", "left open")
    return None


def _items(reading: _Reading, links: list[Link], provided: set[str]) -> tuple[Item, ...]:
    """The items, in the order of the files, with what is known of their providers."""
    made_of = {link.item for link in links}
    items = []
    both: tuple[Literal["location", "headquarters"], ...] = ("location", "headquarters")
    for node in reading.nodes.values():
        complete: tuple[Literal["location", "headquarters"], ...] = ()
        if node.id not in provided:
            rule = "no provider" if node.id in made_of else "nobody listed"
            done = "what its inputs and kinds make it" if node.id in made_of else "anybody may provide it"
            complete = both if node.id in made_of else ()
            reading.odd(rule, node.file, node.row, f"{node.origin} {node.name}", done)
        items.append(
            Item(
                id=node.id,
                name=node.name,
                kind=node.kind,
                stage=node.stage,
                description=clean_lines(node.row["description"]),
                complete=complete,
                claims=(f"{node.file.removesuffix('.csv')}-{node.row.line}",),
            )
        )
    return tuple(items)
