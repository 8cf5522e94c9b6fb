"""A workspace's own controls and coercion beside the built-in ones."""

from __future__ import annotations

from itertools import count

from ostra.model.control import Timeline, in_order

CONTROLS_FILE = "controls.yaml"


def joined(builtin: Timeline, own: Timeline) -> Timeline:
    """Both timelines as one; an own entry stands before a built-in one of the same id.

    Sources keep their ids; where an own source has the id of another document, a number is added.
    """
    given = {source.id: source for source in builtin.sources}
    taken = set(given) | {source.id for source in own.sources}
    renamed: dict[str, str] = {}
    for source in own.sources:
        if given.get(source.id, source) != source:
            number = next(n for n in count(2) if f"{source.id}-{n}" not in taken)
            renamed[source.id] = f"{source.id}-{number}"
            taken.add(renamed[source.id])
    controls = {control.id: control for control in builtin.controls}
    for control in own.controls:
        controls[control.id] = control.model_copy(update={"source": renamed.get(control.source, control.source)})
    sources = given | {
        renamed.get(s.id, s.id): s.model_copy(update={"id": renamed.get(s.id, s.id)}) for s in own.sources
    }
    used = {control.source for control in controls.values()}
    return own.model_copy(
        update={
            "sources": tuple(source for source in sources.values() if source.id in used),
            "controls": tuple(in_order(controls.values())),
        }
    )
