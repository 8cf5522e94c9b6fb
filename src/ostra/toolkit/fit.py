"""How well an instrument fits: by challenge, by dimension, and on the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ostra.model.base import Dimension
from ostra.model.instrument import Instrument
from ostra.model.profile import Profile
from ostra.model.results.toolkit import ChallengeFit, ChallengeMatch
from ostra.toolkit.answers import Answers, Scene, aim, fitting_items
from ostra.toolkit.challenges import Challenge

FORMULA = (
    "fit = mean over the dimensions d that the instrument serves of w_d × aim × g_d; "
    "w_d = the profile's weight of d / the largest weight; aim = 1 − breadth / 2, breadth = kinds of items that it is "
    "for / all kinds × relations that it is for / all foreign relations, halved where it is for named subjects; "
    "g_d = gravity of the gravest challenge on d that it answers, 0 if it answers none (of a finding: severity / 3 × "
    "confidence; of a breach: (middle of the hold − tolerated) / (1 − tolerated))"
)


@dataclass(frozen=True)
class Part:
    """One served dimension's part of a fit: the gravest challenge answered there, if any."""

    dimension: Dimension
    weight: float
    gravest: Challenge | None

    @property
    def gravity(self) -> float:
        """Of the gravest challenge; 0 where nothing is answered."""
        return self.gravest.gravity if self.gravest else 0.0


def parts_of(instrument: Instrument, answers: Answers, profile: Profile) -> list[Part]:
    """The parts of the fit, one for each dimension that the instrument serves."""
    largest = max(profile.weights.values())
    return [
        Part(dimension, profile.weights[dimension] / largest, next(iter(answers.on(dimension)), None))
        for dimension in instrument.serves
    ]


def fit_of(instrument: Instrument, parts: Sequence[Part]) -> float:
    """The fit on the whole, in [0, 1]; adding a challenge never lowers it, and how many are answered is not in it."""
    if not parts:
        return 0.0
    return aim(instrument) * sum(part.weight * part.gravity for part in parts) / len(parts)


def substituted(instrument: Instrument, parts: Sequence[Part], fit: float) -> str:
    """The formula with the values put in."""
    if not any(part.gravest for part in parts):
        return "nothing answered: 0"
    told = [
        f"{part.dimension} {part.weight:.3f} × {aim(instrument):.3f} × {part.gravity:.3f}"
        + (f" ({part.gravest.id})" if part.gravest else " (nothing answered)")
        for part in parts
    ]
    return f"({' + '.join(told)}) / {len(parts)} = {fit:.3f}"


def by_challenge(scene: Scene, answered: Sequence[tuple[Instrument, Answers]]) -> tuple[ChallengeMatch, ...]:
    """Each challenge with the instruments that answer it, the most narrowly aimed first."""
    answering: dict[Challenge, list[Instrument]] = {challenge: [] for challenge in scene.challenges}
    for instrument, answers in answered:
        for challenge in answers.challenges:
            answering[challenge].append(instrument)
    rows = []
    for challenge in scene.challenges:
        fits = [
            ChallengeFit(
                instrument=instrument.id,
                fit=challenge.gravity * aim(instrument),
                reason=_reason(challenge, instrument, scene),
            )
            for instrument in answering[challenge]
        ]
        fits.sort(key=lambda f: (-round(f.fit, 9), f.instrument))
        rows.append(
            ChallengeMatch(
                id=challenge.id,
                kind=challenge.kind,
                dimension=challenge.dimension,
                level=challenge.level,
                gravity=challenge.gravity,
                items=challenge.items,
                supplier=challenge.supplier,
                evidence=challenge.evidence,
                instruments=tuple(fits),
            )
        )
    return tuple(rows)


def _reason(challenge: Challenge, instrument: Instrument, scene: Scene) -> str:
    """Why the instrument answers the challenge, by its own conditions."""
    kinds = dict.fromkeys(scene.item_kinds[item] for item in fitting_items(challenge, instrument, scene))
    item = f"for items such as this ({', '.join(kinds)})" if instrument.item_kinds else "for items of any kind"
    if instrument.subjects:
        item += f" that speak of {', '.join(instrument.subjects[:3])}" + (
            " or the like" if len(instrument.subjects) > 3 else ""
        )
    relation = scene.relations.get(challenge.supplier or "", "")
    supplier = f"for suppliers seen as {relation}" if instrument.relations else "for any supplier"
    strength = "; builds on a strength that home holds" if instrument.needs_home_strength else ""
    return f"serves {challenge.dimension}; {item}; {supplier}; meant from {instrument.from_level} on{strength}"
