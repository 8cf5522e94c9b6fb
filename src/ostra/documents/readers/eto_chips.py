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

from collections import Counter
from pathlib import Path

from ostra.documents.readers.eto_gathered import LICENCE, Gathered, find_years
from ostra.documents.readers.eto_inputs import items_of, place, read_links, read_nodes, stage_links
from ostra.documents.readers.eto_provision import read_providers, read_provision
from ostra.documents.readers.spreadsheet_rows import EcosystemReading, Oddity, caveats, settled
from ostra.documents.readers.spreadsheet_table import Table, open_table
from ostra.errors import NotFoundError, Problem
from ostra.model.dossier import Dossier, Provision

CHART = ("market_share_chart_global_market_size_info", "market_share_chart_caption", "market_share_chart_source")
FILES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # columns that must be there, and others that are read
    "inputs.csv": (("input_id", "input_name", "type"), ("stage_name", "stage_id", "description", "year", *CHART)),
    "stages.csv": (("stage_id", "stage_name"), ("description", *CHART)),
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
        Rows that cannot be used are among the problems and the oddities; nothing is left out in silence. Without a
        dossier if a file is missing or cannot be read, or a column is missing: every such fault at once.

    Raises
    ------
    NotFoundError
        There is no such folder.
    """
    if not folder.is_dir():
        raise NotFoundError(f"there is no folder {folder}")
    tables = {name: open_table(folder, name, *columns) for name, columns in FILES.items()}
    faults = [problem for table in tables.values() for problem in table.all_problems()]
    if faults:
        return EcosystemReading(None, (), tuple(faults), _notes(tables))
    rows = {name: list(table.rows()) for name, table in tables.items()}
    gathered = Gathered()
    find_years(gathered, rows)
    read_nodes(gathered, rows)
    if not gathered.nodes:
        gathered.problems.append(Problem("holds no input", "inputs.csv", mend="Fetch the data set again"))
        return EcosystemReading(None, tuple(gathered.oddities), tuple(gathered.problems), _notes(tables))
    links = read_links(gathered, rows["sequence.csv"])
    links += stage_links(gathered)
    place(gathered, links)
    providers = read_providers(gathered, rows["providers.csv"])
    listed = read_provision(gathered, rows["provision.csv"], providers)
    provision, oddities = settled(listed, "provision.csv")
    gathered.oddities += oddities
    items = items_of(gathered, links, {row.item for row in provision})
    for table in tables.values():
        gathered.problems += table.all_problems()
        gathered.oddities += [Oddity("set aside", table.name, p.line, p.value, p.reason) for p in table.all_problems()]
    notes = _notes(tables)
    about = (
        f"Licence {LICENCE}: not for commercial use; name the Emerging Technology Observatory as the source.",
        "Country shares are by headquarters, as the publisher's documentation says, except where a chart is "
        "captioned by site; where things are made is mostly unknown here.",
        _years(provision),
    )
    base = gathered.sources["eto-chips"]
    dossier = Dossier(
        format="ostra-dossier/1",
        id=into,
        title="Advanced semiconductor supply chain (ETO)",
        summary=f"{len(items)} inputs and stages of the production of advanced logic chips, {len(links)} links between "
        f"them and {len(provision)} shares of countries and organisations in them, as published by the Emerging "
        "Technology Observatory and read by ostra.",
        author="Emerging Technology Observatory (CSET); read by ostra",
        date=base.date,
        sources=tuple(gathered.sources.values()),
        claims=tuple(gathered.claims.values()),
        stages=tuple(gathered.stages.values()),
        items=items,
        links=tuple(links),
        provision=provision,
        caveats=(*about, *caveats(gathered.oddities, carried=True), *notes),
    )
    return EcosystemReading(dossier, tuple(gathered.oddities), tuple(gathered.problems), (*about, *notes))


def _notes(tables: dict[str, Table]) -> tuple[str, ...]:
    return tuple(note for table in tables.values() for note in table.notes)


def _years(provision: tuple[Provision, ...]) -> str:
    """Which years the shares are of, with how many of each."""
    counts = Counter(str(row.year or "no year") for row in provision)
    listed = ", ".join(f"{year} ({count})" for year, count in sorted(counts.items()))
    return f"Shares are of different years, told apart by item: {listed}."
