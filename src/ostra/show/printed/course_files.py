"""A simulated scenario as a folder of files: every table, the picture, and all of it as JSON."""

from __future__ import annotations

from pathlib import Path

from ostra.files.whole_files import write_whole
from ostra.model.listing import Listing
from ostra.show.charts.course import drawn
from ostra.show.output import Shown, to_json, write_listing
from ostra.words.columns import Column

TABLES = {"measure": "summary", "economy": "economies", "sector": "sectors", "day": "course", "parameter": "parameters"}


def write(listing: Listing, folder: Path) -> None:
    """All tables as CSV with their provenance, the picture, and everything as one JSON."""
    (found,) = listing.behind.simulations
    for by, name in TABLES.items():
        table = found.listing(by)
        columns = [Column(key, key) for key in table.frame.columns]
        write_listing(Shown(table, columns), form="csv", output=folder / f"{name}.csv")
    write_whole(folder / "course.svg", drawn(listing))
    whole = {
        "format": "ostra-simulation/1",
        "scenario": found.scenario.model_dump(mode="json", exclude_defaults=True),
        "provenance": found.provenance.model_dump(),
        **{name: getattr(found.outcome, name) for name in TABLES.values()},
    }
    write_whole(folder / f"{found.scenario.id}.json", to_json(whole))
