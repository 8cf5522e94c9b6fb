"""Measured findings: the profile's severity rules applied to the indicators of step 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ostra.dimensions.indicators import INDICES, Reading, readings
from ostra.dimensions.pool import AUDIBLE, Opinion
from ostra.model.base import LEVELS
from ostra.model.dossier import Item
from ostra.model.evidence import Evidence
from ostra.model.profile import Profile, SeverityRule
from ostra.model.results.dimensions import Finding
from ostra.model.results.ecosystem import EcosystemResult
from ostra.words.figures import percent, plain
from ostra.words.sentences import LABEL, shortened

METHOD = "levels"


@dataclass(frozen=True)
class Measurement:
    """One reading under one severity rule, whether or not it reaches a threshold."""

    rule: SeverityRule
    rule_number: int
    reading: Reading

    @property
    def voice(self) -> str:
        """Measurements that answer the same question, "how bad is this place by this rule?", share a voice.

        The place is the item, or for a hold through the chain its chokepoint: one share that reaches nine end
        products is one challenge and not nine.
        """
        return f"{self.rule_number}|{self.reading.origin or self.reading.item}"

    @property
    def severity(self) -> int:
        """How many of the rule's thresholds the reading reaches for certain: 0 to 3, and 0 for one that is unknown."""
        return 0 if self.reading.unknown else severity_of(self.reading.value.low, self.rule)

    @property
    def possible(self) -> int:
        """How many of the rule's thresholds the reading may reach: 0 to 3."""
        return severity_of(self.reading.value.high, self.rule)


@dataclass(frozen=True)
class MeasuredFindings:
    """Opinions of the severity rules, their evidence, and the measurements that they were made from."""

    opinions: tuple[Opinion, ...]
    evidence: tuple[Evidence, ...]
    measurements: tuple[Measurement, ...]


def severity_of(share: float, rule: SeverityRule) -> int:
    """How many of the rule's thresholds the share reaches: 0 to 3."""
    return (share >= rule.low) + (share >= rule.medium) + (share >= rule.high)


def measurements(
    step1: EcosystemResult, items: Sequence[Item], profile: Profile, members: frozenset[str]
) -> tuple[Measurement, ...]:
    """Every reading of step 1 that a severity rule of the profile speaks of, in a stable order."""
    kinds = {item.id: item.kind for item in items}
    rows = [
        Measurement(rule, number, reading)
        for number, rule in enumerate(profile.severity)
        for reading in readings(rule.indicator, step1, items)
        if (not rule.item_kinds or kinds.get(reading.item) in rule.item_kinds)
        and _in_scope(reading, rule, profile, members)
    ]
    return tuple(sorted(rows, key=lambda m: (m.rule_number, m.reading.key)))


def measured_findings(
    step1: EcosystemResult, items: Sequence[Item], profile: Profile, members: frozenset[str]
) -> MeasuredFindings:
    """Findings of the severity rules.

    severity = number of the rule's thresholds that the low end of the indicator's interval reaches (0: no finding);
    confidence = the rule's. What only the high end reaches is possible and not shown; the caller lists it, as it lists
    the shares of which nothing is known.
    """
    rows = measurements(step1, items, profile, members)
    opinions: list[Opinion] = []
    evidence: list[Evidence] = []
    taken: set[str] = set()
    for row in rows:
        if row.severity == 0 or row.rule.confidence < AUDIBLE:
            continue
        name = f"{row.rule.indicator}.{row.rule.dimension}.{row.reading.key}"
        if name in taken:  # two rules on one indicator and dimension, say for different relations or effects
            name += f".rule{row.rule_number + 1}"
        taken.add(name)
        finding = _finding(name, row, profile)
        opinions.append(Opinion(finding, row.voice, row.reading.told))
        evidence.append(_evidence(finding, row, profile))
    return MeasuredFindings(tuple(opinions), tuple(evidence), rows)


def _in_scope(reading: Reading, rule: SeverityRule, profile: Profile, members: frozenset[str]) -> bool:
    """Whether the rule speaks of this supplier; home's own members only where the rule names them."""
    if reading.indicator == "home_share":
        return True
    if reading.supplier is None:
        return not rule.relations
    relation = profile.relation_to(reading.supplier, members)
    return relation in rule.relations if rule.relations else relation != "domestic"


def _finding(name: str, row: Measurement, profile: Profile) -> Finding:
    rule, reading = row.rule, row.reading
    level = LEVELS[row.severity]
    threshold = (rule.low, rule.medium, rule.high)[row.severity - 1]
    reached = plain(threshold) if rule.indicator in INDICES else percent(threshold)
    when = f" in {reading.year}" if reading.year is not None else ""
    reason = (
        f"{reading.item_name}: {reading.phrase}{when} is {reading.said}, at or above {reached} ({level}). {rule.reason}"
    )
    if row.possible > row.severity:
        reason += f" Certainly {level}, possibly {LEVELS[row.possible]}."
    return Finding.model_validate(
        {
            "id": name,
            "kind": "measured",
            "items": (reading.item,),
            "supplier": reading.supplier,
            "dimension": rule.dimension,
            "effect": rule.effect,
            "severity": row.severity,
            "horizon": rule.horizon,
            "confidence": rule.confidence,
            "reason": reason,
            "author": f"severity rule {row.rule_number + 1} of profile '{profile.id}'",
            "date": str(reading.year) if reading.year is not None else "",
            "evidence": f"finding.{name}",
            "value": reading.value,
        }
    )


def _evidence(finding: Finding, row: Measurement, profile: Profile) -> Evidence:
    rule, reading = row.rule, row.reading
    level = LEVELS[row.severity]
    side = "challenge" if rule.effect < 0 else "strength"
    return Evidence(
        id=finding.evidence,
        label=shortened(f"{level} {side} on {rule.dimension}: {reading.item_name}, {reading.phrase}", LABEL),
        kind="computed",
        unit="severity, 1 to 3",
        value=float(row.severity),
        text=level,
        formula="severity = number of thresholds (low, medium, high) that the indicator reaches for certain, that is "
        "by its low end; confidence = confidence of the rule",
        substituted=f"{plain(reading.value.low)} against {plain(rule.low)}, {plain(rule.medium)}, {plain(rule.high)}: "
        f"{row.severity}; confidence {plain(rule.confidence)}",
        method=METHOD,
        inputs=reading.evidence,
        sources=(rule.source,),
        author=profile.author,
        date=profile.date,
        caveats=(f"{rule.reason}", *reading.caveats),
    )
