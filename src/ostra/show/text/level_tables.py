"""Levels, ranks and how firm they are as tables of words, as a terminal shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from ostra.model.base import DIMENSIONS, LEVELS
from ostra.model.listing import Listing
from ostra.show.output import Legend, Shown
from ostra.show.text.shading import MATRIX_LEGEND
from ostra.words.columns import Column, column
from ostra.words.figures import percent
from ostra.words.levels import cell_words

RANK_LEGEND: Legend = (
    ("1 is the gravest challenge. In brackets: the ranks in nine tenths of 1,000 profiles within ±20%. ", ""),
    ("In square brackets: open between these ranks, because something was not assessed. ", ""),
    ("5 → 2: before and after the change of profile or weights.", ""),
)
STABILITY_LEGEND: Legend = (
    ("Rank: the most frequent one, and in how many profiles within ±20% it is. Levels: in how many they stay. ", ""),
    ("JSON and CSV have the same within ±40%, all ranks and all pairs.", ""),
)
SENSITIVITY_LEGEND: Legend = (
    ("Thresholds × 0.5, 0.75, 1, 1.25, 2: findings of the rule; ecosystems whose level on its dimension is high. ", ""),
    ("JSON and CSV have all factors, levels, thresholds and their reasons; -o FILE.svg draws them.", ""),
)
HORIZONS = ("now", "short", "medium", "long")
FACTORS = (0.5, 0.75, 1.0, 1.25, 2.0)
"""Factors of thresholds that the table has."""
OVERALL = "overall"


def _shown(listing: Listing, rows: list[dict[str, Any]], columns: Sequence[Column], legend: Legend = ()) -> Shown:
    return Shown(Listing(pl.DataFrame(rows), listing.provenance), columns, legend)


def _dimensions(of: str) -> list[Column]:
    return [column(name, of, level=f"{name}_level") for name in DIMENSIONS]


def matrix(listing: Listing) -> Shown:
    """One row for each technology, and a word with its probability for each dimension."""
    rows = []
    for (name,), part in listing.frame.group_by(["ecosystem"], maintain_order=True):
        cells = {cell["dimension"]: cell for cell in part.iter_rows(named=True)}
        words = {d: cell_words(cell) if cell["level"] else f"░ {cell_words(cell)}" for d, cell in cells.items()}
        rows.append({"ecosystem": name, **words, **{f"{d}_level": cell["level"] for d, cell in cells.items()}})
    return _shown(listing, rows, [column("ecosystem"), *_dimensions("matrix")], MATRIX_LEGEND)


def ranks(listing: Listing) -> Shown:
    """One row for each ecosystem or item, and its ranks in words: `3 → 1 (1–2)`."""
    items = "item" in listing.frame.columns
    keys = ["ecosystem", "item", "name"] if items else ["ecosystem"]
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in listing.frame.iter_rows(named=True):
        blank = {**{k: row[k] for k in keys}, **dict.fromkeys((OVERALL, *DIMENSIONS), "not assessed")}
        rows.setdefault(tuple(row[k] for k in keys), blank)[row["dimension"]] = rank_words(row)
    heads = ("ecosystem", *(("name",) if items else ()), OVERALL, *DIMENSIONS)
    return _shown(listing, list(rows.values()), [column(head, "matrix rank") for head in heads], RANK_LEGEND)


def rank_words(row: dict[str, Any]) -> str:
    """A rank as `2 (1–4)`: as the profile stands, and in nine tenths of those near it; `5 → 2` after a change.

    Where something was not assessed, `2 [1–6]`: by what is shown, and between which ranks it may be.
    """

    now = row["rank_shown"]
    then = row["before_shown"] or now
    change = str(now) if then == now else f"{then} → {now}"
    if row["rank_best"] != row["rank_worst"]:
        return f"{change} [{span(row['rank_best'], row['rank_worst'])}]"
    return f"{change} ({span(row['near_best'], row['near_worst'])})"


def span(best: int, worst: int) -> str:
    """One rank, or the first and the last of several."""
    return str(best) if best == worst else f"{best}–{worst}"


def stability(listing: Listing) -> Shown:
    """One row for each ecosystem with how often rank and levels stay, those most often first on top."""
    rows = []
    for (name,), part in listing.frame.group_by(["ecosystem"], maintain_order=True):
        cells = {(row["figure"], row["of"]): row for row in part.iter_rows(named=True)}
        shares = [cell["near"] for (figure, _), cell in cells.items() if figure == "rank"]
        row: dict[str, Any] = {"ecosystem": name, "ranks": frequent_rank(shares)}
        for dimension in DIMENSIONS:
            cell = cells.get(("level stays", dimension))
            row[dimension] = "not assessed" if cell is None else f"{cell['level']} {percent(cell['near'])}"
            row[f"{dimension}_level"] = None if cell is None else cell["level"]
        # The mean rank; what is open counts as last.
        mean = sum(n * share for n, share in enumerate(shares, 1)) + len(shares) * (1 - sum(shares))
        rows.append((mean, name, row))
    ordered = [row for _, _, row in sorted(rows, key=lambda found: found[:2])]
    return _shown(
        listing, ordered, [column("ecosystem"), column("ranks"), *_dimensions("matrix perturb")], STABILITY_LEGEND
    )


def frequent_rank(shares: Sequence[float]) -> str:
    """The most frequent rank with its share: `4 in 33%`."""
    if max(shares) <= 0.0:
        return "open"
    often = max(range(len(shares)), key=lambda place: shares[place]) + 1
    return f"{often} in {percent(shares[often - 1])}"


def sensitivity(listing: Listing) -> Shown:
    """One row for each severity rule: findings, and ecosystems with a high level, as thresholds move."""
    rows = []
    for (number,), part in listing.frame.group_by(["rule"], maintain_order=True):
        at = [row for row in part.iter_rows(named=True) if row["factor"] in FACTORS]
        own = next(row for row in at if row["factor"] == 1.0)
        findings = [sum(row[f"findings_{level}"] for level in LEVELS[1:]) for row in at]
        rows.append(
            {
                "rule": number,
                "on": f"{own['indicator']}, {'−' if own['effect'] < 0 else '+'} {own['dimension']}",
                "confidence": own["confidence"],
                "findings": " ".join(map(str, findings)),
                "high_ecosystems_by_factor": " ".join(str(row["high_ecosystems"]) for row in at),
            }
        )
    keys = ("rule", "on", "confidence", "findings", "high_ecosystems_by_factor")
    return _shown(listing, rows, [column(key, "sensitivity") for key in keys], SENSITIVITY_LEGEND)


def horizons(listing: Listing) -> Shown:
    """Levels by horizon, with word and probability in one cell."""
    short = {"competitiveness": "competitive"}  # so that all horizons fit 80 characters

    def words(row: dict[str, Any], horizon: str) -> str:
        level = row[horizon]
        if level is None:
            return "not assessed"
        return "none" if level == "none" else f"{level} {percent(row[f'{horizon}_reached'])}"

    rows = [
        {
            "ecosystem": row["ecosystem"],
            "dimension": short.get(row["dimension"], row["dimension"]),
            **{horizon: words(row, horizon) for horizon in HORIZONS},
            **{f"{horizon}_level": row[horizon] for horizon in HORIZONS},
        }
        for row in listing.frame.iter_rows(named=True)
    ]
    heads = [column(horizon, "matrix horizon", level=f"{horizon}_level") for horizon in HORIZONS]
    return _shown(listing, rows, [column("ecosystem"), column("dimension"), *heads])
