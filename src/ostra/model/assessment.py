"""The results of the four steps, frozen, and the assessment that joins them.

Each step's result carries the evidence behind its numbers; `Assessment.evidence` is their union.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ostra.model.base import LEVELS, Dimension, Horizon, Interval, Level, Model, Relation
from ostra.model.dossier import Actor, ContextEntry, Item, Link, Position, Recommendation, Stage
from ostra.model.evidence import Claim, Evidence, Source
from ostra.model.instrument import InstrumentUse

Measure = Literal["import share", "production share", "provision share", "chain hold", "look-through share"]
INDIRECT: tuple[Measure, ...] = ("chain hold", "look-through share")
"""Measures of what reaches home through others; what home buys or needs itself is measured by the rest."""


class TradeIndicators(Model):
    """Method 1 for one product and year; None is unknown, and `status` says why a row has no trade.

    `status`: `traded`; `zero` (flows recorded, but of no value); `none` (the data cover the product, home records
    no imports); `unknown` (the data do not cover the product in that year).
    """

    product: str
    description: str
    year: int
    status: Literal["traded", "zero", "none", "unknown"]
    imports_kusd: float | None
    concentration: float | None
    extra_share: float | None
    import_export_ratio: float | None
    top_supplier: str | None
    top_share: float | None
    suppliers_effective: float | None
    diversification_potential: float | None
    reverse_share: float | None
    years_flagged: int | None
    dependent: bool | None


class SupplierShare(Model):
    """One supplier's part in home's extra-home imports of a product."""

    product: str
    year: int
    supplier: str
    imports_kusd: float
    share: float


class MaterialIndicators(Model):
    """Method 2 for one material and year; an interval where an input is unknown, None where nothing is known."""

    material: str
    year: int
    geopolrisk_low: float | None
    geopolrisk_high: float | None
    import_risk_low: float | None
    import_risk_high: float | None
    production_concentration: float | None
    supply_risk_low: float | None
    supply_risk_high: float | None
    caveats: tuple[str, ...] = ()


class Dependency(Model):
    """Home needs `item`; `supplier` provides a share of it. `hold` is that share, `mutual` home's hold in return.

    `order` 1: home needs the item itself or an end product needs it directly; 2 and 3: through inputs' inputs.
    """

    id: str
    item: str
    item_name: str
    supplier: str
    supplier_name: str
    order: int
    measure: Measure
    hold: Interval
    year: int | None
    product: str | None = None
    flagged: bool | None = None  # by the trade method
    mutual: Interval | None = None
    evidence: str
    mutual_evidence: str | None = None
    caveats: tuple[str, ...] = ()


class Chokepoint(Model):
    """An item that one economy can hold up; `reach` lists the end products that need it at any tier."""

    item: str
    item_name: str
    holder: str
    holder_name: str
    organisations: tuple[str, ...]
    hold: Interval
    order: int
    reach: tuple[str, ...]
    year: int | None
    is_home: bool
    evidence: str


class ItemHold(Model):
    """One economy's own share of one item, home's included: what the ecosystem map shows at the item."""

    item: str
    economy: str
    economy_name: str
    measure: Measure
    hold: Interval
    year: int | None
    organisations: tuple[str, ...]
    is_home: bool
    evidence: str


class ChainHop(Model):
    """One item on the way of a hold, from the item held to its chokepoint.

    `link` and `factor` say how the item is needed by the one before it (essentiality or weight; None at the first and
    where a weight is unknown); `hold` is the holder's hold on the item through the chain, `share` its own share of it.
    """

    item: str
    item_name: str
    link: Literal["requires", "variant_of"] | None
    factor: float | None
    hold: Interval
    share: Interval
    year: int | None
    evidence: tuple[str, ...]


class ChainHold(Model):
    """Method 3: what one economy can stop of an item through the chain, and where it does so.

    `tier` 1: by the item itself; 2: by its inputs; 3: by its inputs' inputs. `possible` when even the chokepoint is
    known only from the high bound.
    """

    id: str
    item: str
    item_name: str
    holder: str
    holder_name: str
    is_home: bool
    hold: Interval
    chokepoint: str
    chokepoint_name: str
    tier: int
    path: tuple[ChainHop, ...]
    suppliers_remaining: int
    possible: bool
    year: int | None
    evidence: str
    caveats: tuple[str, ...] = ()


class MutualDependence(Model):
    """What the supplier can stop of home's beside what home can stop of the supplier's: the largest hold each way."""

    supplier: str
    supplier_name: str
    their_hold: Interval
    their_items: tuple[str, ...]
    our_hold: Interval | None
    our_items: tuple[str, ...]
    evidence: tuple[str, ...]


class SectorReliance(Model):
    """Method 4: what home's sector that makes some items relies on in one economy, as parts of its inputs in [0, 1].

    `direct_share`: of what the sector buys itself; `look_through`: of all inputs that it, its suppliers, their
    suppliers and so on use, the sum of `face_value` (order 1), `order_2`, `order_3` and `beyond`. Over all economies,
    home's own included, both sum to 1. The reverse is the same sector of the economy on home; None where it makes
    nothing there.
    """

    sector: str  # class of ISIC Rev. 4, as the dossier names it
    sector_name: str
    items: tuple[str, ...]
    supplier: str
    supplier_name: str
    direct_share: float
    face_value: float
    order_2: float
    order_3: float
    beyond: float
    look_through: float
    reverse_direct_share: float | None
    reverse_look_through: float | None
    year: int
    evidence: str
    direct_evidence: str
    reverse_evidence: str | None


class TradeAtStake(Model):
    """Part of output that rests, at any order, on what the other side delivers: home's, and the economy's."""

    supplier: str
    supplier_name: str
    lost_at_home: float | None
    lost_abroad: float | None
    year: int
    evidence: tuple[str, str]


class EcosystemResult(Model):
    """Step 1: dependencies, chokepoints and mutual dependence, with the indicators that they come from."""

    dependencies: tuple[Dependency, ...]
    chokepoints: tuple[Chokepoint, ...]
    mutual: tuple[MutualDependence, ...]
    holds: tuple[ItemHold, ...] = ()  # every listed share of every item, home's included
    chain: tuple[ChainHold, ...] = ()  # holds through the chain on end products, largest first
    sector_reliance: tuple[SectorReliance, ...] = ()  # by sector, the largest look-through first
    at_stake: tuple[TradeAtStake, ...] = ()  # of the economies in `sector_reliance`
    trade: tuple[TradeIndicators, ...]  # the assessed year
    trade_series: tuple[TradeIndicators, ...]  # all years, for the items of the ecosystem
    suppliers: tuple[SupplierShare, ...]  # the assessed year
    materials: tuple[MaterialIndicators, ...]
    evidence: tuple[Evidence, ...]
    caveats: tuple[str, ...] = ()


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
        return self.level if self.level in ("none", "high") else f"{self.level} or higher"


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


class Factor(Model):
    """One named factor of the likelihood, as it entered on the log-odds scale."""

    name: str
    value: float
    log_odds: float
    evidence: str


class Likelihood(Model):
    """Yearly probability that the supplier uses a hold for political ends, with its credible interval."""

    mean: float
    low: float
    high: float
    base_mean: float
    base_low: float
    base_high: float
    factors: tuple[Factor, ...]
    evidence: str


class RegimeScore(Model):
    """One governance indicator of an economy: an estimate in standard units, about −2.5 (weak) to 2.5 (strong)."""

    indicator: str
    name: str
    estimate: float
    standard_error: float | None
    year: int
    evidence: str


class SupplierContext(Model):
    """Step 3 for one supplier: who it is, how likely it is to use its hold, what it holds."""

    economy: str
    name: str
    relation: Relation
    relation_reason: str
    governance: float | None  # WGI political stability estimate, about −2.5 to 2.5
    governance_error: float | None
    governance_year: int | None
    entries: tuple[ContextEntry, ...]  # laws, controls and events from the dossier
    cases: tuple[str, ...]  # ids of the profile's coercion cases
    regime: tuple[RegimeScore, ...] = ()  # every indicator that the governance facts hold
    likelihood: Likelihood
    largest_hold: Interval
    dependencies: tuple[str, ...]
    evidence: tuple[str, ...]


class Breach(Model):
    """A hold above what the home tolerates; `certain` when even its low bound is."""

    id: str
    dependency: str
    item: str
    supplier: str
    dimension: Dimension
    hold: Interval
    tolerated: float
    certain: bool
    expected_excess: float  # (mid hold − tolerated) × likelihood: what breaches are ranked by
    evidence: str


class ContextResult(Model):
    """Step 3."""

    suppliers: tuple[SupplierContext, ...]
    breaches: tuple[Breach, ...]
    evidence: tuple[Evidence, ...]
    home_entries: tuple[ContextEntry, ...] = ()  # laws, controls and alliances of home's own members and blocs
    caveats: tuple[str, ...] = ()


class InstrumentMatch(Model):
    """An instrument that fits, what it answers, why, and what it may cost on other dimensions."""

    instrument: str
    name: str
    goal: str
    score: float
    answers: tuple[str, ...]  # ids of findings and breaches
    items: tuple[str, ...]
    dimensions: tuple[Dimension, ...]
    reasons: tuple[str, ...]
    side_effects: tuple[str, ...]
    preconditions: tuple[str, ...]
    lead: tuple[str, ...]
    lag: str
    cost: str
    recommended_by: tuple[str, ...]  # recommendation ids of the dossier
    evidence: str
    serves: tuple[Dimension, ...] = ()  # what it is for, whether or not it is called for here
    cases: tuple[InstrumentUse, ...] = ()  # documented uses; without any, no source that was read names one
    source: str = ""
    locator: str = ""


class ChallengeFit(Model):
    """One instrument that answers a challenge: fit = gravity of the challenge × aim of the instrument, and why."""

    instrument: str
    fit: float
    reason: str


class ChallengeMatch(Model):
    """A finding that weakens home or a hold above tolerance, with the instruments that answer it, best aimed first."""

    id: str
    kind: Literal["finding", "breach"]
    dimension: Dimension
    level: Level
    gravity: float  # 0 to 1
    items: tuple[str, ...]
    supplier: str | None
    evidence: str
    instruments: tuple[ChallengeFit, ...]


class ToolkitResult(Model):
    """Step 4."""

    instruments: tuple[InstrumentMatch, ...]
    tensions: tuple[Tension, ...]
    evidence: tuple[Evidence, ...]
    challenges: tuple[ChallengeMatch, ...] = ()  # by dimension and falling gravity


class Hashes(Model):
    """SHA-256 of everything that the assessment is a function of."""

    dossier: str
    facts: str
    profile: str
    instruments: str
    version: str


class Assessment(Model):
    """The frozen result of the four steps for one ecosystem, seen from one home, for one year."""

    format: Literal["ostra-assessment/1"] = "ostra-assessment/1"
    id: str  # ecosystem-home-year
    ecosystem: str
    title: str
    summary: str
    home: str
    home_name: str
    members: tuple[str, ...]
    year: int
    profile: str
    profile_title: str
    profile_author: str
    dossier_author: str
    dossier_date: str
    hashes: Hashes
    economy_names: dict[str, str]
    stages: tuple[Stage, ...]
    items: tuple[Item, ...]
    links: tuple[Link, ...]
    actors: tuple[Actor, ...]
    positions: tuple[Position, ...] = ()  # absent from assessments stored before there were any
    recommendations: tuple[Recommendation, ...]
    open_questions: tuple[str, ...]
    step1: EcosystemResult
    step2: DimensionsResult
    step3: ContextResult
    step4: ToolkitResult
    evidence: tuple[Evidence, ...]  # of all steps, sorted by id
    claims: tuple[Claim, ...]
    sources: tuple[Source, ...]
    caveats: tuple[str, ...]


class AssessmentSet(Model):
    """Assessments that belong together, as one file: those of a volume."""

    format: Literal["ostra-assessments/1"] = "ostra-assessments/1"
    assessments: tuple[Assessment, ...] = Field(min_length=1)
