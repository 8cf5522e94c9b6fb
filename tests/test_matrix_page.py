"""The printed numbers of docs/cases/matrix.md, and each case page's line on its rank, computed anew.

Run as a program it prints what the pages should say.
"""

from __future__ import annotations

import functools
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from ostra.ask import assessments, ranks, stability
from ostra.model.base import DIMENSIONS
from ostra.model.profile import reweighted
from ostra.show.charts.threshold_panels import drawn as draw_thresholds
from ostra.show.text import level_tables as levels
from ostra.workspace import Workspace

DOCS = Path(__file__).parents[1] / "docs"
YEAR = 2023


@functools.cache
def found() -> dict[str, list[dict[str, Any]]]:
    """Ranks, stability, horizons and sensitivity of all built-in ecosystems."""
    space = Workspace()
    made = assessments.assessments(space, year=YEAR)
    profile = space.profile()
    result = {
        "rank": ranks.rank_of(made, profile),
        "stability": stability.perturb_of(made, profile),
        "horizon": stability.horizons_of(made),
        "sensitivity": stability.sensitivity_of(made, profile),
    }
    for dimension in DIMENSIONS:
        heavier = reweighted(profile, {dimension: 2.0})
        result[f"double {dimension}"] = ranks.rank_of(made, heavier, (made, profile))
    return {name: listing.frame.to_dicts() for name, listing in result.items()}


def order() -> list[str]:
    """Ecosystems in the order of the matrix page: by overall rank."""
    return [row["ecosystem"] for row in found()["rank"] if row["dimension"] == "overall"]


def percent(share: float) -> str:
    """A share in whole per cent; neither all nor nothing unless it is."""
    text = f"{100 * share:.0f}"
    if text == "100" and share < 1.0:
        return ">99"
    return "<1" if text == "0" and share > 0.0 else text


def line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def rank_table() -> list[str]:
    """Rank overall and on each dimension, with the ranks in nine tenths of nearby profiles."""
    cells = {(row["ecosystem"], row["dimension"]): levels.rank_words(row) for row in found()["rank"]}
    return [line(name, *(cells[name, d] for d in ("overall", *DIMENSIONS))) for name in order()]


def weight_table() -> list[str]:
    """Overall rank when one dimension weighs double."""
    return [
        line(
            name,
            *(
                str(
                    next(r["rank_shown"] for r in found()[key] if (r["ecosystem"], r["dimension"]) == (name, "overall"))
                )
                for key in ("rank", *(f"double {d}" for d in DIMENSIONS))
            ),
        )
        for name in order()
    ]


def level_table() -> list[str]:
    """The level and in how many per cent of profiles within ±20 and ±40 % it stays."""
    cells = {
        (row["ecosystem"], row["of"]): f"{row['level']} {percent(row['near'])} / {percent(row['wide'])}"
        for row in found()["stability"]
        if row["figure"] == "level stays"
    }
    return [line(name, *(cells[name, d] for d in DIMENSIONS)) for name in order()]


def share_table() -> list[str]:
    """In how many per cent of profiles within ±20 % an ecosystem has each rank."""
    rows = [row for row in found()["stability"] if row["figure"] == "rank"]
    cells = {(row["ecosystem"], row["of"]): percent(row["near"]) if row["near"] > 0.0 else "" for row in rows}
    return [line(name, *(cells[name, str(n)] for n in range(1, len(order()) + 1))) for name in order()]


def pair_table() -> list[str]:
    """In how many per cent of profiles within ±20 % the row stands above the column."""
    cells = {(r["ecosystem"], r["of"]): percent(r["near"]) for r in found()["stability"] if r["figure"] == "above"}
    return [line(name, *("" if name == other else cells[name, other] for other in order())) for name in order()]


def horizon_table() -> list[str]:
    """Levels that change with time: now, within 2 years, within 5, and later."""
    return [
        line(row["ecosystem"], row["dimension"], *(row[h] for h in stability.HORIZONS))
        for row in found()["horizon"]
        if len({row[h] for h in stability.HORIZONS}) > 1
    ]


def sensitivity_table() -> list[str]:
    """Findings of each rule, and ecosystems with a high level, at half, own and double thresholds."""
    rows = {(row["rule"], row["factor"]): row for row in found()["sensitivity"]}
    lines = []
    for number in sorted({rule for rule, _ in rows}):
        own = rows[number, 1.0]
        at = [rows[number, factor] for factor in (0.5, 0.75, 1.0, 1.25, 2.0)]
        counts = [str(sum(r[f"findings_{level}"] for level in ("low", "medium", "high"))) for r in at]
        high = [str(r["high_ecosystems"]) for r in at]
        sign = "−" if own["effect"] < 0 else "+"
        what = f"`{own['indicator']}`, {sign} {own['dimension']}"
        lines.append(line(str(number), what, f"{own['confidence']:g}", " ".join(counts), " ".join(high)))
    return lines


def case_line(name: str) -> str:
    """What a case page says of its rank."""
    row = next(r for r in found()["rank"] if (r["ecosystem"], r["dimension"]) == (name, "overall"))
    shares = {
        int(r["of"]): (r["near"], r["wide"])
        for r in found()["stability"]
        if r["figure"] == "rank" and r["ecosystem"] == name
    }
    own = row["rank_shown"]
    near, wide = shares[own]
    return (
        f"Overall {name} ranks {own} of {len(order())}: so in {percent(near)} % of 1,000 profiles within ±20 % and in "
        f"{percent(wide)} % within ±40 %. In nine tenths of them its rank is "
        f"{levels.span(row['near_best'], row['near_worst'])} and {levels.span(row['wide_best'], row['wide_worst'])}."
    )


TABLES = [rank_table, weight_table, level_table, share_table, pair_table, horizon_table, sensitivity_table]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_each_table_of_the_matrix_page_is_what_is_computed(table: Any) -> None:
    """All rows stand on the page, in this order."""
    page = (DOCS / "cases" / "matrix.md").read_text(encoding="utf-8").splitlines()
    wanted = table()
    assert wanted
    missing = [row for row in wanted if row not in page]
    assert not missing, "docs/cases/matrix.md should say:\n" + "\n".join(wanted)
    start = page.index(wanted[0])
    assert page[start : start + len(wanted)] == wanted


@pytest.mark.parametrize("name", sorted(Workspace().dossier_files()))
def test_each_case_page_tells_its_rank(name: str) -> None:
    """Each case page has its own line and leads to the matrix page."""
    page = " ".join((DOCS / "cases" / f"{name}.md").read_text(encoding="utf-8").split())
    assert case_line(name) in page, f"docs/cases/{name}.md should say:\n{case_line(name)}"
    assert "](matrix.md)" in page


EACH_ROW_SAYS_HOW_OFTEN = ("6g", "ai-ethics", "blockchain", "digital-currency", "urban-ai")


@pytest.mark.parametrize("name", sorted(Workspace().dossier_files()))
def test_each_case_page_tells_its_levels(name: str) -> None:
    """The table beside the chapter has each level, its probability and, on most pages, how often it stays."""
    lines = (DOCS / "cases" / f"{name}.md").read_text(encoding="utf-8").splitlines()
    near = {row["of"]: row["near"] for row in found()["stability"] if row["ecosystem"] == name}
    for row in found()["horizon"]:
        if row["ecosystem"] == name:
            told = next(text for text in lines if text.startswith(f"| {row['dimension']} |") and "%" in text)
            wanted = ["none likely"] if row["long"] == "none" else [row["long"], f"{percent(row['long_reached'])} %"]
            if name in EACH_ROW_SAYS_HOW_OFTEN:
                wanted.append(f"{percent(near[row['dimension']])} %")
            assert all(word in told for word in wanted), f"{told}\nshould say {wanted}"


def test_the_methods_page_tells_how_far_robustness_differs() -> None:
    """Counts and median over all levels, as docs/methods/levels.md prints them."""
    rows = [row for row in found()["stability"] if row["figure"] == "level stays"]
    near, wide = ([row[key] for row in rows] for key in ("near", "wide"))
    assert max(wide) < 1.0
    below = sum(share < 0.9 for share in near)
    words = (
        f"Over the {len(rows)} levels of the built-in ecosystems ({YEAR}) robustness is exactly 1 in {near.count(1.0)} "
        f"at ±20 % and below 0.9 in {below}; at ±40 % it is nowhere 1, and its median is {median(wide):.1f}."
    )
    page = " ".join((DOCS / "methods" / "levels.md").read_text(encoding="utf-8").split())
    assert words in page, f"docs/methods/levels.md should say:\n{words}"


def test_the_figure_is_what_is_computed() -> None:
    """The picture of the docs is the one that the command draws."""
    space = Workspace()
    made = assessments.assessments(space, year=YEAR)
    listing = stability.sensitivity_of(made, space.profile())
    drawn = draw_thresholds(listing)
    stored = (DOCS / "images" / "sensitivity.svg").read_text(encoding="utf-8")
    assert drawn == stored, f"remake it: ostra sensitivity --year {YEAR} -o docs/images/sensitivity.svg"


if __name__ == "__main__":
    for make in TABLES:
        print(make.__doc__)
        print("\n".join(make()))
    for ecosystem in order():
        print(case_line(ecosystem))
