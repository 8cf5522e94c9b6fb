"""Measured findings: the profile's severity rules applied to the indicators of step 1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ostra.dimensions.pool import AUDIBLE, Masses, Opinion
from ostra.dimensions.wording import economy_names, name_of, percent, percents, plain, plains
from ostra.model.assessment import Dependency, EcosystemResult, Finding
from ostra.model.base import LEVELS, UNKNOWN, Interval
from ostra.model.dossier import Dossier
from ostra.model.evidence import Evidence
from ostra.model.profile import Profile, SeverityRule

METHOD = "levels"

MEASURES = {
    "import share": "import_share",
    "production share": "production_share",
    "provision share": "provision_share",
}

NOT_SHARES = ("concentration", "geopolrisk")  # pure numbers in [0, 1], printed without a per cent sign


@dataclass(frozen=True)
class Measurement:
    """One indicator of one subject under one severity rule, whether or not it reaches a threshold."""

    rule: SeverityRule
    rule_number: int
    key: str  # names the subject within its indicator; stable across runs
    item: str
    item_name: str
    supplier: str | None
    value: Interval
    phrase: str  # the indicator in words, without its value
    year: int | None
    evidence: tuple[str, ...]
    caveats: tuple[str, ...]

    @property
    def voice(self) -> str:
        """Measurements that answer the same question, "how bad is this item by this rule?", share a voice."""
        return f"{self.rule_number}|{self.item}"


@dataclass(frozen=True)
class MeasuredFindings:
    """Opinions of the severity rules, their evidence, and the measurements that they were made from."""

    opinions: tuple[Opinion, ...]
    evidence: tuple[Evidence, ...]
    measurements: tuple[Measurement, ...]


def midpoint(value: Interval) -> float:
    """The middle of the interval."""
    return (value.low + value.high) / 2.0


def severity_of(share: float, rule: SeverityRule) -> int:
    """How many of the rule's thresholds the share reaches: 0 to 3."""
    return (share >= rule.low) + (share >= rule.medium) + (share >= rule.high)


def masses_of(value: Interval, rule: SeverityRule) -> Masses:
    """Where the severity lies: the parts of the interval between the rule's thresholds.

    A known value has all its mass on one level. Within an interval every value counts alike (our choice: nothing
    is known of where in it the value lies).
    """
    if value.known:
        s = severity_of(value.low, rule)
        return (float(s == 0), float(s == 1), float(s == 2), float(s == 3))
    width = value.high - value.low

    def below(threshold: float) -> float:
        return (min(max(threshold, value.low), value.high) - value.low) / width

    a, b, c = below(rule.low), below(rule.medium), below(rule.high)
    return (a, b - a, c - b, 1.0 - c)


def measurements(
    step1: EcosystemResult, dossier: Dossier, profile: Profile, members: frozenset[str]
) -> tuple[Measurement, ...]:
    """Every indicator of step 1 that a severity rule of the profile speaks of, in a stable order."""
    rows: list[Measurement] = []
    for number, rule in enumerate(profile.severity):
        for key, item, item_name, supplier, value, phrase, year, evidence, caveats in _indicators(
            rule.indicator, step1, dossier
        ):
            if rule.indicator != "home_share" and not _in_scope(supplier, rule, profile, members):
                continue
            rows.append(
                Measurement(rule, number, key, item, item_name, supplier, value, phrase, year, evidence, tuple(caveats))
            )
    return tuple(sorted(rows, key=lambda m: (m.rule_number, m.key)))


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
        severity = severity_of(midpoint(row.value), row.rule)
        confidence = row.rule.confidence * (1.0 - (row.value.high - row.value.low))
        if severity == 0 or confidence < AUDIBLE:
            continue
        name = f"{row.rule.indicator}.{row.rule.dimension}.{row.key}"
        if name in taken:  # two rules on one indicator and dimension, say for different relations or effects
            name += f".rule{row.rule_number + 1}"
        taken.add(name)
        finding, proof = _finding(name, row, severity, confidence, profile)
        opinions.append(Opinion(finding, masses_of(row.value, row.rule), row.voice))
        evidence.append(proof)
    return MeasuredFindings(tuple(opinions), tuple(evidence), rows)


def _finding(
    name: str, row: Measurement, severity: int, confidence: float, profile: Profile
) -> tuple[Finding, Evidence]:
    rule = row.rule
    level = LEVELS[severity]
    threshold = (rule.low, rule.medium, rule.high)[severity - 1]
    shares = rule.indicator not in NOT_SHARES
    said = percents(row.value) if shares else plains(row.value)
    reached = percent(threshold) if shares else plain(threshold)
    when = f" in {row.year}" if row.year is not None else ""
    reason = f"{row.item_name}: {row.phrase}{when} is {said}, at or above {reached} ({level}). {rule.reason}"
    if not row.value.known:
        lowest, highest = severity_of(row.value.low, rule), severity_of(row.value.high, rule)
        reason += f" Certainly {LEVELS[lowest]}, possibly {LEVELS[highest]}; {level} by the middle of the interval."
    finding = Finding.model_validate(
        {
            "id": name,
            "kind": "measured",
            "items": (row.item,),
            "supplier": row.supplier,
            "dimension": rule.dimension,
            "effect": rule.effect,
            "severity": severity,
            "horizon": rule.horizon,
            "confidence": confidence,
            "reason": reason,
            "author": f"severity rule {row.rule_number + 1} of profile '{profile.id}'",
            "date": str(row.year) if row.year is not None else "",
            "evidence": f"finding.{name}",
            "value": row.value,
        }
    )
    width = row.value.high - row.value.low
    proof = Evidence(
        id=finding.evidence,
        label=f"{level} {'challenge' if rule.effect < 0 else 'strength'} on {rule.dimension}: {row.item_name}, "
        f"{row.phrase}",
        kind="computed",
        unit="severity, 1 to 3",
        value=float(severity),
        text=level,
        formula="severity = number of thresholds (low, medium, high) that the middle of the indicator reaches; "
        "confidence = confidence of the rule × (1 − width of the interval)",
        substituted=f"{plain(midpoint(row.value))} against {plain(rule.low)}, {plain(rule.medium)}, "
        f"{plain(rule.high)}: {severity}; confidence {plain(rule.confidence)} × (1 − {plain(width)}) "
        f"= {plain(confidence)}",
        method=METHOD,
        inputs=row.evidence,
        sources=(rule.source,),
        author=profile.author,
        date=profile.date,
        caveats=row.caveats,
    )
    return finding, proof


def _in_scope(supplier: str | None, rule: SeverityRule, profile: Profile, members: frozenset[str]) -> bool:
    """Whether the rule speaks of this supplier; home's own members only where the rule names them."""
    if supplier is None:
        return not rule.relations
    relation = profile.relation_to(supplier, members)
    return relation in rule.relations if rule.relations else relation != "domestic"


_Row = tuple[str, str, str, str | None, Interval, str, int | None, tuple[str, ...], tuple[str, ...]]


def _indicators(indicator: str, step1: EcosystemResult, dossier: Dossier) -> Iterator[_Row]:
    """Rows (key, item, item name, supplier, value, phrase, year, evidence, caveats) of one indicator."""
    names = economy_names(step1)
    if indicator in MEASURES.values():
        for row in step1.dependencies:
            if MEASURES[row.measure] == indicator:
                key = row.id.removeprefix("dep.")
                yield (
                    key,
                    row.item,
                    row.item_name,
                    row.supplier,
                    row.hold,
                    _hold_phrase(row),
                    row.year,
                    (row.evidence,),
                    row.caveats,
                )
    elif indicator == "home_share":
        for choke in step1.chokepoints:
            if choke.is_home:
                key = f"{choke.item}.{choke.holder}"
                phrase = f"share that {choke.holder_name} can withhold"
                yield (
                    key,
                    choke.item,
                    choke.item_name,
                    choke.holder,
                    choke.hold,
                    phrase,
                    choke.year,
                    (choke.evidence,),
                    (),
                )
    elif indicator == "concentration":
        yield from _concentrations(step1, dossier, names)
    else:
        yield from _geopolrisks(step1, dossier)


def _hold_phrase(row: Dependency) -> str:
    where = f" (customs heading {row.product})" if row.product else ""
    wholes = {
        "import share": "share in imports",
        "production share": "share in world production",
        "provision share": "share in provision",
    }
    return f"{row.supplier_name}'s {wholes[row.measure]}{where}"


def _concentrations(step1: EcosystemResult, dossier: Dossier, names: dict[str, str]) -> Iterator[_Row]:
    known = {e.id for e in step1.evidence}
    bound: dict[str, list[tuple[str, str]]] = {}
    for item in dossier.items:
        for binding in item.products:
            bound.setdefault(binding.hs, []).append((item.id, item.name))
    for row in step1.trade:
        # Unknown is not zero: a product without a value is left out here and listed among the unknowns.
        value = UNKNOWN if row.concentration is None else Interval.exactly(row.concentration)
        top = f", led by {name_of(row.top_supplier, names)}" if row.top_supplier else ""
        phrase = f"concentration of imports (customs heading {row.product}{top})"
        proof = f"trade.{row.product}.{row.year}.concentration"
        for item_id, item_name in bound.get(row.product, ()):
            evidence = (proof,) if proof in known else ()
            yield (
                f"{item_id}.{row.product}",
                item_id,
                item_name,
                row.top_supplier,
                value,
                phrase,
                row.year,
                evidence,
                (),
            )


def _geopolrisks(step1: EcosystemResult, dossier: Dossier) -> Iterator[_Row]:
    known = {e.id for e in step1.evidence}
    for row in step1.materials:
        if row.geopolrisk_low is None or row.geopolrisk_high is None:
            value = UNKNOWN
        else:
            # The score is a product of two numbers in [0, 1]; the cap only keeps rounding inside the interval.
            value = Interval(low=min(row.geopolrisk_low, 1.0), high=min(row.geopolrisk_high, 1.0))
        slug = re.sub(r"[^a-z0-9]+", "-", row.material.lower()).strip("-")
        proof = f"material.{slug}.{row.year}.geopolrisk"
        evidence = (proof,) if proof in known else ()
        for item in dossier.items:
            if item.material == row.material:
                phrase = "geopolitical supply risk (GeoPolRisk)"
                yield item.id, item.id, item.name, None, value, phrase, row.year, evidence, row.caveats
