"""How do findings and levels respond when the thresholds of one severity rule move?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ostra.dimensions.measured import Measurement
from ostra.dimensions.pool import as_levels, expected_level, pool
from ostra.model.base import LEVELS, Level
from ostra.model.profile import SeverityRule
from ostra.model.results.dimensions import Finding

FACTORS = (0.5, 0.6, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)
"""What thresholds are multiplied by (our choice): from half to double, closer together around the profile's own."""


@dataclass(frozen=True)
class Response:
    """One rule under one factor, over several ecosystems.

    `findings` counts readings that reach a threshold, by severity 1 to 3; `levels` counts ecosystems by the level of
    the rule's dimension and effect, None where nothing was assessed; `mean` is the mean expected level of the others.
    """

    rule_number: int
    rule: SeverityRule
    factor: float
    thresholds: tuple[float, float, float]
    findings: tuple[int, int, int]
    levels: Mapping[Level | None, int]
    mean: float | None


def responses(
    ecosystems: Sequence[tuple[Sequence[Measurement], Sequence[Finding]]],
    rules: Sequence[SeverityRule],
    factors: Sequence[float] = FACTORS,
) -> list[Response]:
    """Move the thresholds of each rule in turn; everything else stays as it is.

    Parameters
    ----------
    ecosystems
        Of each its measurements under all rules, and all its findings.
    rules
        The profile's severity rules.
    factors
        What the three thresholds of a rule are multiplied by; at most 1 results.

    Returns
    -------
    list of Response
        By rule, then by factor.
    """
    found = []
    for number, rule in enumerate(rules):
        sides = [_side(rows, findings, number, rule) for rows, findings in ecosystems]
        for factor in factors:
            low, medium, high = (min(t * factor, 1.0) for t in (rule.low, rule.medium, rule.high))
            counts = [0, 0, 0]
            levels: dict[Level | None, int] = {None: 0, **dict.fromkeys(LEVELS, 0)}
            expectations = []
            for side in sides:
                severities = [(share >= low) + (share >= medium) + (share >= high) for share in side.shares]
                for severity in severities:
                    if severity:
                        counts[severity - 1] += 1
                gravest = max(severities, default=0)
                moved = [side.template.model_copy(update={"severity": gravest})] if side.template and gravest else []
                pooled = pool([*side.others, *moved])
                if pooled is None and not side.looked_at:
                    levels[None] += 1
                    continue
                result = as_levels(pooled.total if pooled else (1.0, 0.0, 0.0, 0.0))
                levels[result.level] += 1
                expectations.append(expected_level(result))
            mean = sum(expectations) / len(expectations) if expectations else None
            found.append(
                Response(number, rule, factor, (low, medium, high), (counts[0], counts[1], counts[2]), levels, mean)
            )
    return found


@dataclass(frozen=True)
class _Side:
    """One ecosystem as one rule sees it."""

    shares: tuple[float, ...]  # low ends of the rule's readings
    template: Finding | None  # a finding of the rule's confidence; levels ask for nothing else
    others: tuple[Finding, ...]
    looked_at: bool


def _side(rows: Sequence[Measurement], findings: Sequence[Finding], number: int, rule: SeverityRule) -> _Side:
    own = [m for m in rows if m.rule_number == number and not m.reading.unknown]
    beside = [m for m in rows if (m.rule.dimension, m.rule.effect) == (rule.dimension, rule.effect)]
    judged = [f for f in findings if f.kind == "judged" and (f.dimension, f.effect) == (rule.dimension, rule.effect)]
    gravest: dict[int, Measurement] = {}
    for row in beside:
        if row.rule_number != number and row.severity > 0:
            best = gravest.get(row.rule_number)
            if best is None or row.severity > best.severity:
                gravest[row.rule_number] = row
    others = [*judged, *(_finding(m.rule, m.severity) for m in gravest.values())]
    # A strength of which nothing is known is not assessed; a challenge below its thresholds is, as for `judge`.
    looked_at = rule.effect < 0 and any(not m.reading.unknown for m in beside)
    return _Side(tuple(m.reading.value.low for m in own), _finding(rule, 1) if own else None, tuple(others), looked_at)


def _finding(rule: SeverityRule, severity: int) -> Finding:
    """A measured finding that carries what levels go by: severity and confidence."""
    return Finding.model_validate(
        {
            "id": "moved",
            "kind": "measured",
            "items": (),
            "supplier": None,
            "dimension": rule.dimension,
            "effect": rule.effect,
            "severity": severity,
            "horizon": rule.horizon,
            "confidence": rule.confidence,
            "reason": rule.reason,
            "author": "",
            "date": "",
            "evidence": "",
        }
    )
