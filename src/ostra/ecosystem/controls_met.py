"""Which controls and coercion befell an item, by whom, and whom they are aimed at as home sees it.

Our choice of what counts as naming an item. A measure names it by a word that is the item's id, name or material; or by
a customs heading to which the item is bound, in one edition of the Harmonized System. Where measure and item each are
only a part of a heading that holds other goods too, nothing says that they meet, and the heading counts for nothing.
A bloc acts for those who were its members in the year in which the measure began.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ostra.model.control import Aim, Control, in_order
from ostra.model.dossier import Dossier, Item
from ostra.model.profile import Profile
from ostra.model.results.ecosystem import ChainHold, ControlMet, Dependency, NamedBy
from ostra.words.economies import Home, covered_by


def actors(control: Control, profile: Profile) -> frozenset[str]:
    """The economies whose doing a measure is: who acts or a bloc's members, or who decides for them."""
    return frozenset(profile.decider(economy) for economy in covered_by(control.by, int(control.since[:4])))


def aim(control: Control, home: Home, members: frozenset[str]) -> Aim:
    """Whom a measure is aimed at: home or a member of it, every other economy alike, or others alone."""
    if not control.against:
        return "everybody"
    began = int(control.since[:4])
    met = any(one == home.code or not members.isdisjoint(covered_by(one, began)) for one in control.against)
    return "home" if met else "others"


def item_word(text: str) -> str:
    """A word as it is compared: without case, hyphens as blanks."""
    return " ".join(text.casefold().replace("-", " ").split())


def words_of_item(item: Item) -> frozenset[str]:
    """By which words an item is named: its id, its name, its material in the production facts."""
    return frozenset(item_word(text) for text in (item.id, item.name, item.material) if text)


def named_by(control: Control, item: Item) -> NamedBy | None:
    """How a measure names an item: by a word, by a heading, by part of a heading; None where it does not."""
    if not words_of_item(item).isdisjoint(item_word(text) for text in control.items):
        return "item"
    found: NamedBy | None = None
    for good in control.goods:
        for binding in item.products:
            if (good.hs, good.edition) == (binding.hs, binding.edition):
                if good.coverage == "exact":
                    return "heading"
                if binding.coverage != "wider":
                    found = "part of a heading"
    return found


def as_met(control: Control, at: Aim, how: NamedBy | None = None) -> ControlMet:
    """What a result carries of a measure: who, how, when, whom it is aimed at, and the claim behind it."""
    return ControlMet(
        id=control.id,
        by=control.by,
        against=control.against,
        form=control.form,
        since=control.since,
        until=control.until,
        suspended=control.suspended,
        dates=control.dates,
        aim=at,
        named_by=how,
        confidence=control.confidence,
        claim=f"control-{control.id}",
    )


def with_controls(
    dependencies: Sequence[Dependency],
    chain: Sequence[ChainHold],
    dossier: Dossier,
    controls: Iterable[Control],
    profile: Profile,
    home: Home,
    year: int,
) -> tuple[Dependency, ...]:
    """Each dependency with the measures by which its supplier held back its item, in order of their first day.

    Of a hold through the chain, also those on the item at which it arises. Measures that close a market, and those of
    others than the supplier or who decides for it, do not stand at a dependency.
    """
    members = home.members(year)
    items = {item.id: item for item in dossier.items}
    through = {hold.evidence: hold.chokepoint for hold in chain}
    ordered = [(control, actors(control, profile)) for control in in_order(controls) if control.withholds]
    naming = {
        item.id: [(c, by, how) for c, by in ordered if (how := named_by(c, item)) is not None] for item in dossier.items
    }

    def met(row: Dependency) -> tuple[ControlMet, ...]:
        who = profile.decider(row.supplier)
        found: dict[str, ControlMet] = {}
        for place in dict.fromkeys((row.item, through.get(row.evidence, row.item))):
            for control, by, how in naming[place] if place in items else ():
                if who in by:
                    found.setdefault(control.id, as_met(control, aim(control, home, members), how))
        return tuple(sorted(found.values(), key=lambda one: (one.since, one.id)))

    return tuple(row.model_copy(update={"controls": met(row)}) for row in dependencies)


def touching(dossier: Dossier, controls: Iterable[Control]) -> tuple[Control, ...]:
    """The measures that touch an ecosystem: they name it, or one of its items; in order of their first day."""
    return tuple(
        control
        for control in in_order(controls)
        if dossier.id in control.technologies or any(named_by(control, item) for item in dossier.items)
    )
