"""Controls and coercion in the order of their dates: who, against whom, on what, in which form, where written."""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl

from ostra.ecosystem.controls_met import item_word
from ostra.errors import NotFoundError
from ostra.model.control import Control, in_order
from ostra.model.evidence import Provenance
from ostra.model.listing import Listing
from ostra.words import economies
from ostra.workspace import Workspace

COLUMNS = (
    "since", "until", "suspended", "by", "by_name", "against", "form", "withholds", "what", "items", "goods",
    "technologies", "organisations", "source", "publisher", "date", "locator", "url", "basis", "confidence", "origin",
    "id",
)  # fmt: skip
"""Texts, but for `withholds`."""


def controls(
    workspace: Workspace,
    *,
    by: str | None = None,
    against: str | None = None,
    everybody: bool = False,
    item: str | None = None,
    technology: str | None = None,
    since: int | None = None,
) -> Listing:
    """Controls and coercion, the built-in ones and those of the workspace's controls.yaml, by first day and id.

    Parameters
    ----------
    by
        Only measures by this economy or bloc, a member of it, or a bloc that it belonged to when they began.
    against
        Only measures aimed at this economy or bloc, a member of it, or a bloc that it belonged to when they began.
    everybody
        With --against: measures that are aimed at everybody alike too.
    item
        Only measures that name this item, by a word as dossiers have it (gallium) or by a customs heading (811292).
    technology
        Only measures that touch this ecosystem, by id.
    since
        Only measures that began in this year or later.

    Returns
    -------
    Listing
        since, until [null while it applies, or where no end is known], suspended, by, by_name, against, form, withholds
        [whether it holds back what the acting side supplies], what, items, goods, technologies, organisations, source,
        publisher, date, locator, url, basis, confidence, origin ("built-in" or "workspace"), id.

    Raises
    ------
    NotFoundError
        An economy or bloc that does not exist, or an ecosystem that neither a dossier nor a measure names.
    DataError
        The workspace's controls.yaml breaks its definition.
    """
    timeline = workspace.timeline()
    tests: list[Callable[[Control], bool]] = []
    filters: dict[str, str] = {}
    if by:
        acting = economies.home(by).code
        tests.append(lambda control: _meet(acting, control.by, control))
        filters["by"] = economies.code_and_name(acting)
    if against:
        aimed_at = economies.home(against).code
        tests.append(
            lambda control: (
                any(_meet(aimed_at, one, control) for one in control.against) or (everybody and not control.against)
            )
        )
        filters["against"] = economies.code_and_name(aimed_at) + (" or everybody" if everybody else "")
    if item:
        tests.append(lambda control: _names(control, item))
        filters["item"] = item
    if technology:
        known = {*workspace.dossier_files(), *(name for control in timeline.controls for name in control.technologies)}
        if technology not in known:
            raise NotFoundError(f"there is no ecosystem '{technology}'. There are: {', '.join(sorted(known))}")
        tests.append(lambda control: technology in control.technologies)
        filters["technology"] = technology
    if since is not None:
        tests.append(lambda control: int(control.since[:4]) >= since)
        filters["since"] = str(since)
    sources = {source.id: source for source in timeline.sources}
    own = workspace.own_controls()
    rows = []
    for control in in_order(timeline.controls):
        if not all(test(control) for test in tests):
            continue
        source = sources[control.source]
        rows.append(
            {
                "since": control.since,
                "until": control.until,
                "suspended": "; ".join(f"{s.since} to {s.until or 'no end stated'}" for s in control.suspended) or None,
                "by": control.by,
                "by_name": economies.economy_name(control.by),
                "against": "; ".join(control.against) or "everybody",
                "form": control.form,
                "withholds": control.withholds,
                "what": control.what,
                "items": "; ".join(control.items) or None,
                "goods": "; ".join(f"{g.edition} {g.hs}" for g in control.goods) or None,
                "technologies": "; ".join(control.technologies),
                "organisations": "; ".join(control.organisations) or None,
                "source": source.title,
                "publisher": source.publisher,
                "date": source.date,
                "locator": control.locator or None,
                "url": source.url,
                "basis": control.basis,
                "confidence": control.confidence,
                "origin": "workspace" if control.id in own else "built-in",
                "id": control.id,
            }
        )
    schema = dict.fromkeys(COLUMNS, pl.String()) | {"withholds": pl.Boolean()}
    return Listing(
        pl.DataFrame(rows, schema=schema),
        Provenance(
            title="Controls and coercion",
            filters=filters | {"timeline": f"{timeline.title}, {timeline.author}, {timeline.date}"},
            sources=tuple(sorted({row["source"] for row in rows})),
            caveats=(
                "Only what a public source documents and somebody wrote down; that nothing stands here does not show "
                "that nothing happened.",
            ),
        ),
    )


def _meet(asked: str, party: str, control: Control) -> bool:
    """Whether two economies or blocs are one, or have a member in common in the year in which the measure began."""
    year = int(control.since[:4])
    return asked == party or not economies.covered_by(asked, year).isdisjoint(economies.covered_by(party, year))


def _names(control: Control, item: str) -> bool:
    if re.fullmatch(r"[0-9]{6}", item):
        return any(good.hs == item for good in control.goods)
    return item_word(item) in {item_word(text) for text in control.items}
