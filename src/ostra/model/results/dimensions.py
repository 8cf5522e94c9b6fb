"""Step 2, the dimensions: findings, how serious each challenge is, and where dimensions pull apart."""

from __future__ import annotations

from typing import Literal

from ostra.model.base import LEVELS, Dimension, Horizon, Interval, Level, Model
from ostra.model.evidence import Evidence


class Finding(Model):
    """One signed result on one dimension, measured by a rule or judged by an author."""

    id: str
    kind: Literal["measured", "judged"]
    items: tuple[str, ...]
    supplier: str | None
    dimension: Dimension
    effect: Literal[-1, 1]
    severity: Literal[0, 1, 2, 3]  # 0, judged only: looked at, no challenge found
    horizon: Horizon
    confidence: float
    reason: str
    author: str
    date: str
    evidence: str
    value: Interval | None = None  # of the indicator, for measured findings
    heard: bool = True  # whether it is counted: for each rule and place only the weightiest measured finding is


class LevelDistribution(Model):
    """Probabilities of the four levels; they sum to 1."""

    none: float
    low: float
    medium: float
    high: float
    level: Level  # the median level: the first at which the cumulative probability reaches one half

    @property
    def reached(self) -> float:
        """Probability of the median level or a higher one; at level `none`, of `none` itself.

        None or higher is certain and says nothing, so that `none` is told by how likely it is.
        """
        if self.level == "none":
            return self.none
        masses = (self.none, self.low, self.medium, self.high)
        return min(1.0, sum(masses[LEVELS.index(self.level) :]))

    @property
    def less_likely(self) -> tuple[Level, float] | None:
        """At level `none`, the gravest level that some finding shows, though not more likely than not; else None."""
        masses = {level: getattr(self, level) for level in LEVELS[1:]}
        shown = [(level, mass) for level, mass in masses.items() if mass > 0.0]
        return shown[-1] if self.level == "none" and shown else None

    @property
    def reached_words(self) -> str:
        """What `reached` is the probability of: `medium or higher`, but plainly `none` and `high`."""
        return or_higher(self.level)


def or_higher(level: Level) -> str:
    """A level and those above it in words; for the highest, and for none, the level alone."""
    return level if level in ("none", "high") else f"{level} or higher"


class DimensionResult(Model):
    """How serious the challenge on one dimension is, and what strength stands against it."""

    dimension: Dimension
    challenge: LevelDistribution
    measured: LevelDistribution | None  # the same from measured findings only
    judged: LevelDistribution | None  # and from judged findings only
    strength: LevelDistribution | None  # from findings with effect +1
    robustness: float  # share of profiles within ±20 % in which the level of challenge stays
    robustness_wide: float  # the same within ±40 %
    margin: float  # distance of the nearest cumulative probability from one half, where the level would change
    headline: str  # one plain sentence, built from the findings
    findings: tuple[str, ...]
    evidence: str
    robustness_evidence: str
    margin_evidence: str
    strength_evidence: str | None = None
    assessed: bool = True  # False: nothing was looked at; `challenge` is then uniform and says nothing
    caveats: tuple[str, ...] = ()


class MatrixCell(Model):
    """One item on one dimension: the pooled challenge of the findings that name the item."""

    item: str
    dimension: Dimension
    challenge: LevelDistribution
    strength: LevelDistribution | None
    findings: tuple[str, ...]
    evidence: str
    assessed: bool = True  # False: only strengths were looked at; `challenge` is then uniform and says nothing


class Tension(Model):
    """The same subject moves two dimensions in opposite directions."""

    subject: str  # item or instrument id
    subject_kind: Literal["dependency", "instrument"]
    strengthens: Dimension
    weakens: Dimension
    findings: tuple[str, ...]
    text: str


class DimensionsResult(Model):
    """Step 2."""

    findings: tuple[Finding, ...]
    dimensions: tuple[DimensionResult, ...]
    matrix: tuple[MatrixCell, ...]
    tensions: tuple[Tension, ...]
    overall: Interval  # expected level over the dimensions by the profile's weights; only for ranking
    overall_evidence: str
    evidence: tuple[Evidence, ...]
