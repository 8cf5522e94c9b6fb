"""What a supplier did by controls and coercion: dated entries for its context, and a table offered to likelihoods."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ostra.ecosystem.controls_met import actors, aim, as_met, touching
from ostra.model.control import Control, Window, in_order
from ostra.model.dossier import Dossier
from ostra.model.profile import Profile
from ostra.model.results.context import ContextResult
from ostra.model.results.ecosystem import ControlMet
from ostra.words.economies import Home


def dated_entries(
    controls: Iterable[Control],
    supplier: str,
    home: Home,
    first_year: int,
    last_year: int,
    profile: Profile,
    *,
    how: Window = "begins",
) -> tuple[ControlMet, ...]:
    """The measures by which a supplier held something back, within a window of years, in order of their first day.

    Each says at whom it is aimed: home or a member of it, everybody alike, or others alone. Who counts them chooses by
    that, and by their form and confidence; nothing is counted here. What a bloc does is its members' doing, and what
    an economy does for which another decides is the other's. Members are those of the last year of the window.

    Parameters
    ----------
    supplier
        Economy, by ISO alpha-3 code.
    first_year, last_year
        The window, both years included.
    how
        Measures that begin in the window, or those that apply on some day of it.
    """
    who, members = profile.decider(supplier), home.members(last_year)
    return tuple(
        as_met(control, aim(control, home, members))
        for control in in_order(controls)
        if control.withholds and control.in_years(first_year, last_year, how) and who in actors(control, profile)
    )


def with_records(
    context: ContextResult, dossier: Dossier, controls: Sequence[Control], profile: Profile, home: Home, year: int
) -> ContextResult:
    """Each supplier with its measures that touch the ecosystem, and those aimed at home whatever they touch.

    Beside them stand the measures of home and its members that touch the ecosystem.
    """
    members = home.members(year)
    here = {control.id for control in touching(dossier, controls)}
    listed = [
        (as_met(control, at), control.id in here, actors(control, profile))
        for control in in_order(controls)
        if (at := aim(control, home, members)) == "home" or control.id in here
    ]
    suppliers = (
        supplier.model_copy(
            update={"controls": tuple(one for one, _, by in listed if profile.decider(supplier.economy) in by)}
        )
        for supplier in context.suppliers
    )
    own = tuple(one for one, touches, by in listed if touches and not members.isdisjoint(by))
    return context.model_copy(update={"suppliers": tuple(suppliers), "home_controls": own})
