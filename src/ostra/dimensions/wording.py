"""Numbers and names as they stand in sentences and formulas."""

from __future__ import annotations

from collections.abc import Sequence

from ostra.model.base import Interval
from ostra.model.results.ecosystem import EcosystemResult
from ostra.words.economies import economy_name
from ostra.words.figures import figure


def plain(value: float) -> str:
    """A number with at most three decimals and no idle zeros; one too small for that keeps two digits."""
    text = figure(value, ".3f").rstrip("0").rstrip(".")
    if text == "0":
        return "0" if value == 0.0 else f"{value:.2g}"
    return text


def percent(value: float) -> str:
    """A share in per cent with at most one decimal; a share too small for that keeps two digits."""
    hundredfold = 100.0 * value
    text = figure(hundredfold, ".1f").removesuffix(".0")
    if text == "0" and value != 0.0:
        text = f"{hundredfold:.2g}"
    return f"{text}%"


def percents(interval: Interval) -> str:
    """An interval of shares in per cent: one number when known, `a to b` otherwise."""
    if interval.known:
        return percent(interval.low)
    return f"{percent(interval.low)} to {percent(interval.high)}"


def plains(interval: Interval) -> str:
    """An interval of pure numbers: one number when known, `a to b` otherwise."""
    return plain(interval.low) if interval.known else f"{plain(interval.low)} to {plain(interval.high)}"


def possessive(name: str) -> str:
    """A name's own: `China's`, `United States'`."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 item`, `3 items`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def listed(names: Sequence[str], most: int = 3) -> str:
    """Names joined for a sentence; beyond `most` the rest is counted."""
    shown = list(names[:most])
    rest = len(names) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {rest} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""


LABEL = 400  # characters of an evidence label; names and reasons of a dossier may be ten times as long


def shortened(text: str, most: int = 160) -> str:
    """The text's first `most` characters, cut between words, with an ellipsis when something is left out."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat.rstrip(".")
    return flat[:most].rsplit(" ", 1)[0].rstrip(".,;:") + " …"


def economy_names(step1: EcosystemResult) -> dict[str, str]:
    """Names of the economies that step 1 speaks of, by code."""
    names = {d.supplier: d.supplier_name for d in step1.dependencies}
    names.update({c.holder: c.holder_name for c in step1.chokepoints})
    names.update({m.supplier: m.supplier_name for m in step1.mutual})
    return names


def name_of(economy: str, names: dict[str, str]) -> str:
    """The economy's name in step 1, else its common English name, else its code."""
    return names.get(economy) or economy_name(economy)
