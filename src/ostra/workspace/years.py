"""Home and years as they are asked for, checked against the data and told in listings."""

from __future__ import annotations

from collections.abc import Sequence

from ostra.errors import UsageError
from ostra.facts.citing import covered, spans
from ostra.facts.store import Answering
from ostra.words.economies import Home, code_and_name

DEFAULT_HOME = "EU27"
Years = int | Sequence[int] | None
"""One year, several, or the latest that the data cover."""


def wanted_years(years: Years, source: Answering) -> list[int]:
    """The years asked for, in order; the latest that the data set covers when none is named.

    Raises
    ------
    UsageError
        No year is left, one is none, or the data set covers none of them.
    """
    first, last = covered(source)
    if years is None:
        return [last]
    wanted = [years] if isinstance(years, int) else sorted(set(years))
    if not wanted:
        raise UsageError("the span of years is empty. Write it as first:last, such as 2015:2024")
    outside = [year for year in wanted if not 1900 <= year <= 2100]
    if outside:
        raise UsageError(f"{outside[0]} is no year between 1900 and 2100. The data cover {first} to {last}")
    if all(year < first or year > last for year in wanted):
        raise UsageError(f"data set '{source.id}' covers {first} to {last}, not {spans(wanted)}")
    return wanted


def told(home: Home, years: Sequence[int]) -> dict[str, str]:
    """Home and years as a listing tells them; of a bloc with its members in the last year."""
    filters = {"home": code_and_name(home.code), "years": spans(years)}
    if home.is_bloc:
        filters["members"] = ", ".join(sorted(home.members(years[-1]))) + f" (in {years[-1]})"
    return filters
