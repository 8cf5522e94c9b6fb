"""What governance facts say of an economy: estimates of the Worldwide Governance Indicators, with their errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ostra.model.evidence import Evidence, FactRef
from ostra.model.results.context import RegimeScore

METHOD = "likelihood"

STABILITY = "PV"
"""The indicator that material supply risk weighs suppliers by, and that reports show first."""

INDICATORS = {
    "VA": "Voice and accountability",
    "PV": "Political stability and absence of violence",
    "GE": "Government effectiveness",
    "RQ": "Regulatory quality",
    "RL": "Rule of law",
    "CC": "Control of corruption",
}
"""The dimensions of the indicators by their code, in the order of the World Bank."""

SCALE = "standard units, about −2.5 to 2.5"


@dataclass(frozen=True)
class GovernanceScore:
    """An economy's estimate of one indicator, in standard units of about −2.5 to 2.5.

    `year` is the year of the estimate; `rows` how many rows of the data set it was taken from.
    """

    estimate: float
    standard_error: float | None
    year: int
    rows: int = 1
    dataset: str = "wgi"
    indicator: str = STABILITY

    @property
    def name(self) -> str:
        """The indicator in words; a code that is not one of the six stands for itself."""
        return INDICATORS.get(self.indicator, self.indicator)


def stability(scores: Sequence[GovernanceScore]) -> GovernanceScore | None:
    """The score of political stability among these."""
    return next((score for score in scores if score.indicator == STABILITY), None)


def regime_of(
    economy: str, name: str, scores: Sequence[GovernanceScore]
) -> tuple[tuple[RegimeScore, ...], tuple[Evidence, ...]]:
    """All scores of an economy with the evidence behind each, in the order of `INDICATORS`."""
    order = list(INDICATORS)
    ordered = sorted(scores, key=lambda s: (order.index(s.indicator) if s.indicator in order else 99, s.indicator))
    proofs = tuple(_evidence(economy, name, score) for score in ordered)
    rows = tuple(
        RegimeScore(
            indicator=score.indicator,
            name=score.name,
            estimate=score.estimate,
            standard_error=score.standard_error,
            year=score.year,
            evidence=proof.id,
        )
        for score, proof in zip(ordered, proofs, strict=True)
    )
    return rows, proofs


def _evidence(economy: str, name: str, score: GovernanceScore) -> Evidence:
    error = score.standard_error
    bounds = "The data set gives no standard error." if error is None else "Low and high are one standard error away."
    infix = "" if score.indicator == STABILITY else f".{score.indicator}"
    return Evidence(
        id=f"governance.{economy}{infix}.{score.year}",
        label=f"{score.name} in {name}, {score.year}",
        kind="measured",
        unit=SCALE,
        value=score.estimate,
        low=None if error is None else score.estimate - error,
        high=None if error is None else score.estimate + error,
        method=METHOD,
        facts=(
            FactRef(
                table="governance",
                dataset=score.dataset,
                where={"country": economy, "indicator": score.indicator, "year": score.year},
                rows=score.rows,
            ),
        ),
        caveats=(bounds,),
    )
