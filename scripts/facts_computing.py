"""Read Epoch AI's tables of GPU clusters and AI hardware, and add them up to shares by place, owner, chip and foundry.

All shares are of H100 equivalents, Epoch's measure of computing at 8 bit. A cluster whose place, owner, chip or foundry
is not told may be anybody's, so that shares are intervals. The stocks of past years are the clusters existing today
that ran by the end of that year; a cluster without a date may or may not have been among them.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from facts_origins import Reading, Row
from ostra.errors import DataError
from ostra.words.economies import iso3

FILES = ("gpu_clusters.csv", "ml_hardware.csv")
# The stock as the tables were fetched, and those of the ends of earlier years.
NOW = 2026
YEARS = (2022, 2023, 2024, NOW)
STUDY = "Epoch AI, Data on GPU Clusters and on Machine Learning Hardware, as fetched in March 2026"
UNKNOWN = frozenset({"", "Unknown", "Anonymized"})
# Where organisations have their seats: our knowledge, since the tables do not say. Those left out count as unknown.
SEATS = {
    "AMD": "USA",
    "Amazon": "USA",
    "Barcelona Supercomputing Center": "ESP",
    "Cerebras": "USA",
    "CoreWeave": "USA",
    "ETH Domain": "CHE",
    "Eni": "ITA",
    "ExxonMobil": "USA",
    "French Alternative Energies and Atomic Energy Commission (CEA)": "FRA",
    "G42": "ARE",
    "GENCI": "FRA",
    "Google": "USA",
    "Groq": "USA",
    "Huawei": "CHN",
    "IBM": "USA",
    "Imbue": "USA",
    "Intel": "USA",
    "Julich Supercomputing Center": "DEU",
    "Meta AI": "USA",
    "Microsoft": "USA",
    "NVIDIA": "USA",
    "Nat Friedman and Daniel Gross": "USA",
    "National Institute of Advanced Industrial Science and Technology (AIST)": "JPN",
    "Nebius AI": "NLD",
    "NexGen Cloud": "GBR",
    "Northern Data Group": "DEU",
    "OpenAI": "USA",
    "Oracle": "USA",
    "PEZY": "JPN",
    "SMIC": "CHN",
    "Sakura Internet": "JPN",
    "Samsung": "KOR",
    "Saudi Aramco": "SAU",
    "Sesterce": "FRA",
    "Softbank": "JPN",
    "TSMC": "TWN",
    "TensorWave": "USA",
    "Tesla": "USA",
    "Together": "USA",
    "UK Research and Innovation": "GBR",
    "US Department of Energy": "USA",
    "Vultr": "USA",
    "XTX Markets": "GBR",
    "Yandex": "RUS",
    "Yotta Data Services": "IND",
    "xAI": "USA",
}


@dataclass(frozen=True)
class Cluster:
    """One cluster: its size in H100 equivalents, the year in which it first ran (None: not told), and whose it is."""

    size: float
    year: int | None
    place: str
    owner: str
    supplier: str
    foundry: str


@dataclass(frozen=True)
class Share:
    """What one holder has of a stock: bounds, and the share among what is known."""

    amount: float
    low: float
    high: float
    known: float


def table_of(path: Path) -> list[dict[str, str]]:
    """All rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def clusters_of(folder: Path) -> tuple[list[Cluster], int, int]:
    """The existing clusters of the standard analysis, how many of them have no size, and how many rows are left out.

    Raises
    ------
    DataError
        A mark in the columns that choose clusters is none that was studied.
    """
    foundries = {row["Hardware name"]: row["Foundry"] for row in table_of(folder / FILES[1])}
    rows = table_of(folder / FILES[0])
    marks = {(row["Status"], row["Include in Standard Analysis"]) for row in rows}
    unforeseen = marks - {(s, i) for s in ("Existing", "Planned", "Decommissioned") for i in ("True", "")}
    if unforeseen:
        raise DataError(f"GPU clusters: status and standard analysis are marked {sorted(unforeseen)}")
    chosen = [row for row in rows if row["Status"] == "Existing" and row["Include in Standard Analysis"] == "True"]
    sized = [row for row in chosen if row["H100 equivalents"]]
    found = [
        Cluster(
            size=float(row["H100 equivalents"]),
            year=int(row["First Operational Date"][:4]) if row["First Operational Date"] else None,
            place=iso3(row["Country"]) if row["Country"] else "",
            owner=row["Owner"],
            supplier=row["GPU Supplier (primary)"],
            foundry=foundries.get(row["Chip type (primary)"], ""),
        )
        for row in sized
    ]
    return found, len(chosen) - len(sized), len(rows) - len(chosen)


def seat(name: str) -> str:
    """The economy where an organisation, or all of several that share something, has its seat; empty if unknown."""
    seats = {SEATS.get(part.strip(), "") for part in name.split(",")}
    return seats.pop() if len(seats) == 1 else ""


def shares(clusters: list[Cluster], holder: Callable[[Cluster], str], year: int) -> dict[str, Share]:
    """The share of each holder in the stock at the end of a year.

    Low: everything that may have been there and may be others' is. High: everything that may be the holder's is, and
    of the others only what is known to be theirs and to have been there.
    """
    sure = [c for c in clusters if year == NOW or (c.year is not None and c.year <= year)]
    perhaps = [] if year == NOW else [c for c in clusters if c.year is None]
    named = sorted({holder(c) for c in sure} - {""})
    known = sum(c.size for c in sure if holder(c))
    found = {}
    for name in named:
        own = sum(c.size for c in sure if holder(c) == name)
        most = (
            own + sum(c.size for c in sure if not holder(c)) + sum(c.size for c in perhaps if holder(c) in ("", name))
        )
        others = sum(c.size for c in [*sure, *perhaps] if holder(c) != name)
        least_others = sum(c.size for c in sure if holder(c) not in ("", name))
        found[name] = Share(own, own / (own + others), most / (most + least_others), own / known)
    return found


def read_computing(folder: Path) -> Reading:
    """Shares in AI computing, AI chips and their making, at the ends of years and as fetched."""
    clusters, without_size, left_out = clusters_of(folder)

    def clean(name: str) -> str:
        return "" if name in UNKNOWN else name

    def alone(name: str) -> str:
        return "" if "," in name else clean(name)

    # What is shared, by what; the holder's economy; the holder's own name, if shares of organisations are told.
    views: tuple[tuple[str, str, Callable[[Cluster], str], Callable[[Cluster], str] | None], ...] = (
        ("AI computing", "location", lambda c: c.place, None),
        ("AI computing", "headquarters", lambda c: seat(c.owner), lambda c: clean(c.owner)),
        ("AI chips", "headquarters", lambda c: seat(c.supplier), lambda c: clean(c.supplier)),
        ("AI chip making", "headquarters", lambda c: seat(c.foundry), lambda c: alone(c.foundry)),
    )

    def rows() -> Iterator[Row]:
        for technology, by, economy, name in views:
            for year in YEARS:
                for code, share in shares(clusters, economy, year).items():
                    yield row(year, technology, by, code, "", share)
                if name is not None:
                    for organisation, share in shares(clusters, name, year).items():
                        yield row(year, technology, by, seat(organisation), organisation, share)

    def row(year: int, technology: str, by: str, economy: str, organisation: str, share: Share) -> Row:
        numbers = (f"{value:.6f}" for value in (share.low, share.high, share.known))
        return year, technology, by, economy, organisation, *numbers, f"{share.amount:.3f}", "H100 equivalents", STUDY

    notes = [
        "Kept: clusters marked Existing and as included in the standard analysis. Planned and decommissioned ones, and "
        f"those outside the standard analysis, are left out ({left_out} rows).",
        f"{without_size} of the clusters kept have no size in H100 equivalents. They count for nothing.",
        "These are the clusters that Epoch AI knows, by its own account a fraction of the world's; Chinese clusters "
        "are known least, and many stand without a name. Shares are of what is known, not of the world.",
        f"{NOW} is the state as fetched in March 2026. An earlier year holds the clusters existing today that ran by "
        "its end; those without a date may or may not have.",
        "Place, owner, supplier or foundry that the tables do not tell may be anybody's: the share runs from what is "
        "told to that and all that is not. share_known leaves the untold out of the whole.",
        "Several owners in one cell count as one organisation, and for an economy only if all have their seat there.",
        "Seats of organisations are ours, since the tables do not give them; an owner without a seat here counts "
        "for organisations and is unknown for economies. EuroHPC, a body of the EU, has none.",
        "Only the primary chip of a cluster counts. Its foundry is that of the hardware table; where this is empty, or "
        "the chip is not in it, the foundry is unknown. A chip that two foundries make counts for neither.",
        "How to cite: Epoch AI, 'Data on GPU Clusters'. Published online at epoch.ai. Retrieved from "
        "'https://epoch.ai/data/gpu-clusters'. Added up by ostra; CC BY 4.0, https://creativecommons.org/licenses/by/4.0/.",
    ]
    return Reading(list(rows()), notes, rejected=left_out + without_size)
