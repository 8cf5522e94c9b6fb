"""How the answers to questions are laid out beyond a plain table: as words, as text in full, as a picture, as files.

Faces look here by the words of the question; each function takes the listing alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from ostra.model.listing import Listing
from ostra.show.output import Shown
from ostra.words.columns import column


@dataclass(frozen=True)
class Layout:
    """Places of functions, `module:name` below `ostra.show`, loaded when used; empty where there is none.

    Attributes
    ----------
    table
        (listing) to what a terminal shows in place of the rows.
    text
        (listing, stream): all of it as text that fits a terminal.
    picture
        (listing) to SVG.
    folder
        (listing, folder): several files.
    """

    table: str = ""
    text: str = ""
    picture: str = ""
    folder: str = ""


LAYOUTS = {
    "actors": Layout(text="text.watchlist:print_actors"),
    "compare scenarios": Layout(table="text.losses:compared", picture="charts.course:drawn"),
    "context": Layout(text="text.portrait:print_portrait"),
    "embargo": Layout(table="text.losses:embargo"),
    "matrix": Layout(table="text.level_tables:matrix", picture="charts.level_matrix:drawn"),
    "matrix horizon": Layout(table="text.level_tables:horizons"),
    "matrix perturb": Layout(table="text.level_tables:stability"),
    "matrix rank": Layout(table="text.level_tables:ranks"),
    "policy": Layout(text="text.policy:print_policy"),
    "positions": Layout(table="text.side_by_side:positions"),
    "reliance": Layout(picture="charts.relied:drawn"),
    "reliance all": Layout(picture="charts.relied:map_of_shades"),
    "reliance through": Layout(picture="charts.relied:drawn"),
    "sensitivity": Layout(table="text.level_tables:sensitivity", picture="charts.threshold_panels:drawn"),
    "simulate": Layout(
        table="text.losses:simulated", picture="charts.course:drawn", folder="printed.course_files:write"
    ),
}
PLAIN = Layout()


def layout(words: str) -> Layout:
    """The layout of a question; a plain one where nothing special is known of it."""
    return LAYOUTS.get(words, PLAIN)


def load(place: str) -> Callable[..., Any]:
    """A function of a layout."""
    module, _, name = place.partition(":")
    found: Callable[..., Any] = getattr(import_module(f"ostra.show.{module}"), name)
    return found


def plain(listing: Listing, words: str, first: str = "") -> Shown:
    """The columns named first that there are, else all, headed as the question heads them."""
    there = listing.columns
    keys = [key for key in first.split() if key in there] or there
    sides = {key: value.split(" ")[0] for key, value in listing.provenance.filters.items()}
    return Shown(listing, [column(key, words, sides=sides) for key in keys])
