"""Levels, horizons and tolerated holds in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ostra.model.base import LEVELS, Level
from ostra.model.results.context import Breach
from ostra.model.results.dimensions import LevelDistribution
from ostra.words.figures import percent
from ostra.words.sentences import counted

HORIZONS = {"now": "this year", "short": "within 2 years", "medium": "2 to 5 years", "long": "later"}


def level_words(spread: LevelDistribution) -> str:
    """The level and its probability: `high, 62%`; `medium or more, 70%`."""
    more = " or more" if spread.reached_words != spread.level else ""
    return f"{spread.level}{more}, {percent(spread.reached)}"


def grave_words(level: Level, grave: int, number: int) -> str:
    """How many findings stand behind a level: `4 of 10 findings are high`; `2 of 3 findings are medium or graver`."""
    if number == 0:
        return "no finding"
    findings = counted(number, "finding")
    if level == "none":
        return f"{findings}, {'not' if number == 1 else 'none'} more likely than not"
    more = "" if level == "high" else " or graver"
    if number == 1:
        return f"1 finding, {level}{more}"
    return f"{grave} of {findings} {'is' if grave == 1 else 'are'} {level}{more}"


def tolerated_words(breach: Breach) -> str:
    """What home tolerates of a hold: `50% is tolerated`, with a doubt where the hold is above it only possibly."""
    return f"{percent(breach.tolerated)} is tolerated" + ("" if breach.certain else ", which it may exceed")


def cell_words(cell: Mapping[str, Any]) -> str:
    """A row of the matrix as a word, the probability of that level or a higher one, and a mark for tensions.

    At level none, what was found but is not more likely than not stands behind it: `none, low 40%`.
    """
    if cell["level"] is None:
        return "not assessed"
    spread = LevelDistribution(level=cell["level"], **{level: cell[level] for level in LEVELS})
    mark = " ±" if cell["tensions"] else ""
    if spread.level == "none":
        level, chance = spread.less_likely or ("", 0.0)
        return f"none{f', {level} {percent(chance)}' if level else ''}{mark}"
    return f"{spread.level} {percent(spread.reached)}{mark}"
