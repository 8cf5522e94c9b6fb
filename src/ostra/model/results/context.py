"""Step 3, the context: who the suppliers are, how likely they use a hold, and what exceeds the tolerance."""

from __future__ import annotations

from ostra.model.base import Dimension, Interval, Model, Relation
from ostra.model.dossier import ContextEntry
from ostra.model.evidence import Evidence
from ostra.model.results.ecosystem import ControlMet


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
    controls: tuple[ControlMet, ...] = ()  # its measures that touch the ecosystem, and those aimed at home, by date
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
    home_controls: tuple[ControlMet, ...] = ()  # measures of home's own side that touch the ecosystem, by date
    caveats: tuple[str, ...] = ()
