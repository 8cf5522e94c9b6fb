"""Levels, horizons and tolerated holds in words."""

from __future__ import annotations

from ostra.model.base import Level
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
