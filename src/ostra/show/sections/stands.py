"""Positions side by side: what each economy's entry on a topic says, and where the sources say nothing."""

from __future__ import annotations

from dataclasses import dataclass

from ostra.model.assessment import Assessment
from ostra.model.dossier import NOT_SAID


@dataclass(frozen=True)
class Side:
    """One economy on one topic.

    Attributes
    ----------
    economy, name
        Its code and name.
    text
        Its position in words, or that the sources do not say.
    claims
        Id of each claim that it rests on, with what the link to it reads: the claim's number, or its place in the list.
    """

    economy: str
    name: str
    text: str
    claims: tuple[tuple[str, str], ...]


def topics(assessment: Assessment) -> list[tuple[str, list[Side]]]:
    """Each topic in words with one side for each economy, in the order of the dossier."""
    claims = {claim.id: claim for claim in assessment.claims}
    said = {(position.topic, position.economy): position for position in assessment.positions}
    economies = dict.fromkeys(position.economy for position in assessment.positions)

    def side(topic: str, economy: str) -> Side:
        name, position = assessment.economy_names.get(economy, economy), said.get((topic, economy))
        if position is None:
            return Side(economy, name, NOT_SAID, ())
        links = tuple((c, claims[c].figure or f"[{number}]") for number, c in enumerate(position.claims, start=1))
        return Side(economy, name, position.text, links)

    return [
        (in_words(topic), [side(topic, code) for code in economies])
        for topic in dict.fromkeys(position.topic for position in assessment.positions)
    ]


def rows(assessment: Assessment) -> list[dict[str, str | None]]:
    """The same as rows of a table; what the sources do not say is None."""
    figures = {claim.id: claim.figure for claim in assessment.claims}
    return [
        {
            "topic": topic,
            "economy": cell.economy,
            "name": cell.name,
            "position": cell.text if cell.claims else None,
            "figures": "; ".join(filter(None, (figures[claim] for claim, _ in cell.claims))) or None,
            "claims": " ".join(claim for claim, _ in cell.claims) or None,
        }
        for topic, cells in topics(assessment)
        for cell in cells
    ]


def in_words(topic: str) -> str:
    """A topic as a heading: `trial-sites` is "Trial sites"."""
    return topic.replace("-", " ").capitalize()
