"""Measured findings: the profile's severity rules applied to the indicators of step 1."""

from __future__ import annotations

from dataclasses import dataclass

from ostra.dimensions.indicators import INDICES, Reading, readings
from ostra.dimensions.pool import AUDIBLE, Masses, Opinion, certain
from ostra.dimensions.wording import LABEL, percent, plain, shortened
from ostra.model.assessment import EcosystemResult, Finding
from ostra.model.base import LEVELS, Interval
from ostra.model.dossier import Dossier
from ostra.model.evidence import Evidence
from ostra.model.profile import Profile, SeverityRule

METHOD = "levels"


@dataclass(frozen=True)
class Measurement:
    """One reading under one severity rule, whether or not it reaches a threshold."""

    rule: SeverityRule
    rule_number: int
    reading: Reading

    @property
    def voice(self) -> str:
        """Measurements that answer the same question, "how bad is this item by this rule?", share a voice."""
        return f"{self.rule_number}|{self.reading.item}"

    @property
    def severity(self) -> int:
        """How many of the rule's thresholds the middle of the reading reaches: 0 to 3."""
        return severity_of(self.reading.middle, self.rule)

    @property
    def confidence(self) -> float:
        """The rule's confidence × (1 − width of the reading's interval)."""
        return self.rule.confidence * (1.0 - self.reading.width)


@dataclass(frozen=True)
class MeasuredFindings:
    """Opinions of the severity rules, their evidence, and the measurements that they were made from."""

    opinions: tuple[Opinion, ...]
    evidence: tuple[Evidence, ...]
    measurements: tuple[Measurement, ...]


def severity_of(share: float, rule: SeverityRule) -> int:
    """How many of the rule's thresholds the share reaches: 0 to 3."""
    return (share >= rule.low) + (share >= rule.medium) + (share >= rule.high)


def masses_of(value: Interval, rule: SeverityRule) -> Masses:
    """Where the severity lies: the parts of the interval between the rule's thresholds.

    A known value has all its mass on one level. Within an interval every value counts alike (our choice: nothing
    is known of where in it the value lies).
    """
    if value.known:
        return certain(severity_of(value.low, rule))
    width = value.high - value.low

    def below(threshold: float) -> float:
        return (min(max(threshold, value.low), value.high) - value.low) / width

    a, b, c = below(rule.low), below(rule.medium), below(rule.high)
    return (a, b - a, c - b, 1.0 - c)


def measurements(
    step1: EcosystemResult, dossier: Dossier, profile: Profile, members: frozenset[str]
) -> tuple[Measurement, ...]:
    """Every reading of step 1 that a severity rule of the profile speaks of, in a stable order."""
    rows = [
        Measurement(rule, number, reading)
        for number, rule in enumerate(profile.severity)
        for reading in readings(rule.indicator, step1, dossier)
        if _in_scope(reading, rule, profile, members)
    ]
    return tuple(sorted(rows, key=lambda m: (m.rule_number, m.reading.key)))


def measured_findings(
    step1: EcosystemResult, dossier: Dossier, profile: Profile, members: frozenset[str]
) -> MeasuredFindings:
    """Findings of the severity rules.

    severity = number of the rule's thresholds that the middle of the indicator's interval reaches (0: no finding);
    confidence = the rule's confidence × (1 − width of the interval). A share of which nothing is known (0 to 1) has
    width 1, so it is no finding; the caller lists it among the unknowns.
    """
    rows = measurements(step1, dossier, profile, members)
    opinions: list[Opinion] = []
    evidence: list[Evidence] = []
    taken: set[str] = set()
    for row in rows:
        if row.severity == 0 or row.confidence < AUDIBLE:
            continue
        name = f"{row.rule.indicator}.{row.rule.dimension}.{row.reading.key}"
        if name in taken:  # two rules on one indicator and dimension, say for different relations or effects
            name += f".rule{row.rule_number + 1}"
        taken.add(name)
        finding = _finding(name, row, profile)
        opinions.append(Opinion(finding, masses_of(row.reading.value, row.rule), row.voice, row.reading.told))
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
    # Severity goes by the middle of an interval: only a low bound that reaches the threshold is above it for certain.
    compared = "at or above" if reading.value.low >= threshold else "its middle at or above"
    reason = (
        f"{reading.item_name}: {reading.phrase}{when} is {reading.said}, {compared} {reached} ({level}). {rule.reason}"
    )
    if not reading.value.known:
        surely, possibly = severity_of(reading.value.low, rule), severity_of(reading.value.high, rule)
        reason += f" Certainly {LEVELS[surely]}, possibly {LEVELS[possibly]}; {level} by the middle of the interval."
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
            "confidence": row.confidence,
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
        formula="severity = number of thresholds (low, medium, high) that the middle of the indicator reaches; "
        "confidence = confidence of the rule × (1 − width of the interval)",
        substituted=f"{plain(reading.middle)} against {plain(rule.low)}, {plain(rule.medium)}, {plain(rule.high)}: "
        f"{row.severity}; confidence {plain(rule.confidence)} × (1 − {plain(reading.width)}) = {plain(row.confidence)}",
        method=METHOD,
        inputs=reading.evidence,
        sources=(rule.source,),
        author=profile.author,
        date=profile.date,
        caveats=(f"{rule.reason}", *reading.caveats),
    )
