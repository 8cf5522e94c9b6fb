"""How numbers, intervals and levels are put into words and shades; the same on the page, in charts and in tables."""

from __future__ import annotations

from ostra.model.base import Interval, Level
from ostra.model.results.context import Breach
from ostra.model.results.dimensions import LevelDistribution
from ostra.words.figures import figure, significant

INK = "#15202b"
QUIET = "#4a5763"  # secondary text: 7.3:1 on white
RULE = "#c8d0d8"
BLUE = "#1f5a96"
SHADES = ("#e1ecf7", "#b9d3ec", "#83b0da", "#3b76b0", "#1b4f86")  # one hue, five steps
SHADE_TEXT = (INK, INK, INK, "#ffffff", "#ffffff")  # each at least 4.5:1 on its shade
SHADE_STEPS = (0.1, 0.25, 0.5, 0.75)  # our choice: lower bounds of the second to the fifth shade
SHADE_NAMES = ("under 10%", "10–25%", "25–50%", "50–75%", "75% and more")
LEVEL_SHADE: dict[Level, int] = {"none": 0, "low": 1, "medium": 2, "high": 4}
HORIZONS = {"now": "this year", "short": "within 2 years", "medium": "2 to 5 years", "long": "later"}


def percent(share: float) -> str:
    """A share as per cent: whole from 10% up, one decimal below, and never a zero that is not one."""
    value = 100.0 * share
    if 0.0 < value < 0.05:
        return "<0.1%"
    if value < 9.95 and value != 0.0:
        text = figure(value, ".1f")
        return f"{text.removesuffix('.0')}%"
    if 99.5 <= value < 100.0:
        return ">99%"
    return f"{figure(value, '.0f')}%"


def small_percent(share: float) -> str:
    """A share that may be tiny, as per cent with two digits: losses of a whole economy."""
    value = 100.0 * share
    if value == 0.0:
        return "0%"
    if abs(value) < 0.001:
        return "under 0.001%"
    return f"{significant(value, 2)}%".replace("-", "−")


def musd(value: float) -> str:
    """Millions of current USD as a whole number, with a minus sign that is read as one."""
    return figure(value, ",.0f").replace("-", "−")


def interval_words(interval: Interval | None) -> str:
    """An interval of shares in plain words: `62%`, `85–92%`, `at least 60%`, `at most 40%`, `unknown`."""
    if interval is None or (interval.low <= 0.0 and interval.high >= 1.0):
        return "unknown"
    low, high = percent(interval.low), percent(interval.high)
    if low == high:
        return low
    if interval.low <= 0.0:
        return f"at most {high}"
    if interval.high >= 0.995:  # of "99–>99%" only the lower end says anything
        return low if low.startswith(">") else f"at least {low}"
    return f"{low.removesuffix('%')}–{high}"


def number(value: float | None, digits: int = 3) -> str:
    """A plain number with so many significant digits; None is `unknown`."""
    if value is None:
        return "unknown"
    if abs(value) >= 1000:
        return figure(value, ",.0f").replace("-", "−")
    return significant(value, digits).replace("-", "−")


def money(kusd: float | None) -> str:
    """Thousands of current USD in readable units; None is `unknown`."""
    if kusd is None:
        return "unknown"
    if kusd >= 1e6:
        return f"USD {kusd / 1e6:,.1f} bn"
    if kusd >= 1e3:
        return f"USD {kusd / 1e3:,.1f} m"
    return f"USD {kusd:,.0f} k"


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign, with a true minus."""
    return figure(value, f"+.{digits}f").replace("-", "−")


def shade(share: float) -> int:
    """Which of the five shades a share has, 0 to 4."""
    return sum(share >= step for step in SHADE_STEPS)


def level_words(spread: LevelDistribution) -> str:
    """The level and its probability: `high, 62%`; `medium or more, 70%`."""
    more = " or more" if spread.reached_words != spread.level else ""
    return f"{spread.level}{more}, {percent(spread.reached)}"


def grave_words(level: Level, grave: int, counted: int) -> str:
    """How many findings stand behind a level: `4 of 10 findings are high`; `2 of 3 findings are medium or graver`."""
    if counted == 0:
        return "no finding"
    findings = counted_words(counted, "finding")
    if level == "none":
        return f"{findings}, {'not' if counted == 1 else 'none'} more likely than not"
    more = "" if level == "high" else " or graver"
    if counted == 1:
        return f"1 finding, {level}{more}"
    return f"{grave} of {findings} {'is' if grave == 1 else 'are'} {level}{more}"


def counted_words(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 finding`, `3 findings`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def tolerated_words(breach: Breach) -> str:
    """What home tolerates of a hold: `50% is tolerated`, with a doubt where the hold is above it only possibly."""
    return f"{percent(breach.tolerated)} is tolerated" + ("" if breach.certain else ", which it may exceed")


def shorten(text: str, most: int) -> str:
    """The first sentences that fit into so many characters; else whole words with an ellipsis."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    end = max(text.rfind(mark, 0, most) for mark in (". ", "; "))
    if end >= most // 3:
        return text[:end] + "."
    cut = text.rfind(" ", 0, most)
    # A single word longer than the room is cut within.
    return text[: cut if cut > 0 else most].rstrip(",;:– ") + " …"


def first_sentence(text: str) -> str:
    """Up to the first full stop that ends a sentence."""
    end = text.find(". ")
    return text if end < 0 else text[: end + 1]


def listed(words: tuple[str, ...] | list[str], most: int = 99) -> str:
    """`a, b and c`; with more than `most`, `a, b and 3 more`."""
    words = [w for w in words if w]
    if len(words) > most:
        return ", ".join(words[: most - 1]) + f" and {len(words) - most + 1} more"
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + f" and {words[-1]}" if words else ""
