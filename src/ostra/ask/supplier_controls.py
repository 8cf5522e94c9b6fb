"""What an economy did by controls and coercion, and what home's own side did, as rows of a portrait."""

from __future__ import annotations

from collections.abc import Sequence

from ostra.ask.supplier_rows import Row, Section, a_row
from ostra.ecosystem.controls_met import actors, aim
from ostra.model.assessment import Assessment
from ostra.model.control import Control, in_order
from ostra.model.profile import Profile
from ostra.words import economies
from ostra.words.economies import Home
from ostra.workspace import Workspace


def control_rows(
    workspace: Workspace,
    code: str,
    profile: Profile,
    home: Home,
    members: frozenset[str],
    made: Sequence[Assessment],
) -> list[Row]:
    """The economy's measures that touch the ecosystems asked for, and those of home and its members, by date.

    Measures aimed at home or a member stand in the coercion record, beside its cases, whatever they touch. Of one that
    an assessment tells of, the id of its evidence is that of the first that does.
    """
    timeline = workspace.timeline()
    sources = {source.id: source for source in timeline.sources}
    told = {claim.id: f"{a.id}#claim.{claim.id}" for a in reversed(made) for claim in a.claims}
    ecosystems = {a.ecosystem for a in made}
    who = profile.decider(code)

    def row(control: Control, section: Section, whose: str = "") -> Row:
        against = ", ".join(economies.economy_name(one) for one in control.against) or "everybody"
        return a_row(
            section,
            control.form,
            f"{whose}{control.form} against {against}",
            detail=control.what,
            items=list(control.items),
            since=control.span,
            source=sources[control.source].title,
            locator=control.locator or "the document",
            evidence=told.get(f"control-{control.id}"),
        )

    theirs: list[Row] = []
    ours: list[Row] = []
    for control in in_order(timeline.controls):
        by, at = actors(control, profile), aim(control, home, members)
        touches = f"control-{control.id}" in told or not ecosystems.isdisjoint(control.technologies)
        if who in by and at == "home":
            theirs.append(row(control, "coercion record"))
        elif who in by and touches:
            theirs.append(row(control, "controls"))
        elif touches and code not in members and not members.isdisjoint(by):
            ours.append(row(control, "home's own side", f"{economies.economy_name(control.by)}: "))
    return theirs + ours
