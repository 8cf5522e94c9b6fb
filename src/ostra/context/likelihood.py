"""Method 7: how likely is it that a supplier uses a hold for political ends?"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from ostra.model.base import UNKNOWN, Interval, Relation
from ostra.model.evidence import Evidence
from ostra.model.profile import CoercionCase, LikelihoodSettings, Profile
from ostra.model.results.context import Factor, Likelihood
from ostra.words.economies import covered_by
from ostra.words.figures import exact_percent, plain, plains
from ostra.words.sentences import counted

METHOD = "likelihood"

DIGITS = 10
"""Significant digits kept: the last bits of a logarithm differ between platforms, an assessment must not."""


@dataclass(frozen=True)
class BaseRate:
    """Posterior of the yearly probability that a supplier in one relation coerces somebody.

    `successes` of `trials` supplier-years in the window hold at least one documented case. Relations, prior and weights
    are judgements of the profile's `author`, as of `date`.
    """

    relation: Relation
    successes: int
    trials: int
    suppliers: tuple[str, ...]
    cases: tuple[CoercionCase, ...]
    mean: float
    low: float
    high: float
    author: str
    date: str


def base_rate(relation: Relation, profile: Profile, members: frozenset[str]) -> BaseRate:
    """Base rate of coercion by suppliers in one relation: Beta–Binomial on supplier-years.

    With k of n supplier-years in which a case is documented, the posterior is Beta(a + k, b + n − k); its mean is
    (a + k) / (a + b + n) and its credible interval lies between its quantiles at (1 − c) / 2 and (1 + c) / 2.

    A supplier-year is an economy that the profile lists in this relation, in one year of the window; an economy that
    the profile does not list counts in its default relation only if a case is recorded of it. Several cases of one
    economy in one year are one success, whoever the target was. What a bloc does, each of its members of that year
    does. An economy for which another decides is no supplier of its own, and its cases are the other's. Pressure
    without a measure is no success.

    Parameters
    ----------
    relation : Relation
        The relation whose base rate is asked for.
    profile : Profile
        Relations, coercion cases, window and prior.
    members : frozenset of str
        ISO alpha-3 codes of home.

    Returns
    -------
    BaseRate
        Without any supplier-year, the prior itself.

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, 3rd edition, section 2.4.
    """
    from scipy.special import betaincinv  # loaded only where it is used: SciPy takes long to load

    settings = profile.likelihood
    window = range(settings.first_year, settings.last_year + 1)
    acts = {c.id: coercers(c, profile) for c in profile.cases if c.year in window and c.form == "measure"}
    candidates = {row.economy for row in profile.relations if row.like is None}.union(*acts.values())
    suppliers = tuple(sorted(e for e in candidates if profile.relation_to(e, members) == relation))
    cases = tuple(
        sorted(
            (c for c in profile.cases if not acts.get(c.id, frozenset()).isdisjoint(suppliers)),
            key=lambda c: (c.year, c.id),
        )
    )
    successes = len({(e, c.year) for c in cases for e in acts[c.id] if e in suppliers})
    trials = len(suppliers) * len(window)
    a = settings.prior_cases + successes
    b = settings.prior_quiet + trials - successes
    mean = a / (a + b)
    tail = (1.0 - settings.credible) / 2.0
    # A very skewed posterior can have its mean outside the central interval; the interval then reaches to the mean.
    low = min(mean, float(betaincinv(a, b, tail)))
    high = max(mean, float(betaincinv(a, b, 1.0 - tail)))
    bounds = (_kept(mean), _kept(low), _kept(high))
    return BaseRate(relation, successes, trials, suppliers, cases, *bounds, profile.author, profile.date)


def coercers(case: CoercionCase, profile: Profile) -> frozenset[str]:
    """The economies whose doing a case is: the coercer or a bloc's members that year, or who decides for them."""
    return frozenset(profile.decider(economy) for economy in covered_by(case.coercer, case.year))


def shifted(probability: float, log_odds: float) -> float:
    """The probability whose log-odds are `log_odds` more: logit p' = logit p + log_odds."""
    if probability <= 0.0 or probability >= 1.0:
        return min(max(probability, 0.0), 1.0)
    logit = math.log(probability) - math.log1p(-probability) + log_odds
    if logit >= 0.0:
        return 1.0 / (1.0 + math.exp(-logit))
    grown = math.exp(logit)
    return grown / (1.0 + grown)


def likelihood(
    economy: str,
    name: str,
    base: BaseRate,
    hold: Interval,
    mutual: Interval | None,
    settings: LikelihoodSettings,
    *,
    hold_evidence: Iterable[str],
    mutual_evidence: Iterable[str],
) -> tuple[Likelihood, tuple[Evidence, ...]]:
    """Yearly probability that the economy uses a hold for political ends, with its factors.

    logit p = logit base + w_h · hold − w_m · mutual. The mean takes the mean of the base rate and the middle of both
    intervals. The low end takes the low end of the base rate, the low end of the hold and the high end of the mutual
    hold; the high end the reverse: p rises with the first two and falls with the third.

    Parameters
    ----------
    economy, name : str
        ISO alpha-3 code and name of the supplier.
    base : BaseRate
        Of its relation.
    hold, mutual : Interval
        Its largest hold on home; home's largest hold on it. A mutual hold that is not known lies between 0 and 1.
    settings : LikelihoodSettings
        Weights w_h and w_m, in log-odds for a hold of 1.
    hold_evidence, mutual_evidence : iterable of str
        Evidence ids behind the two holds.

    Returns
    -------
    Likelihood and evidence
        Evidence ids `likelihood.<economy>` and `likelihood.<economy>.<base | hold | mutual>`.
    """
    ours = mutual if mutual is not None else UNKNOWN
    w_h, w_m = settings.hold_weight, settings.mutual_weight
    hold_mid, ours_mid = (hold.low + hold.high) / 2.0, (ours.low + ours.high) / 2.0
    up, down = w_h * hold_mid, 0.0 - w_m * ours_mid  # 0.0 − x, because −x of nothing prints as "-0"
    mean = _kept(shifted(base.mean, up + down))
    low = _kept(shifted(base.low, w_h * hold.low - w_m * ours.high))
    high = _kept(shifted(base.high, w_h * hold.high - w_m * ours.low))
    key = f"likelihood.{economy}"
    computed = partial(Evidence, kind="computed", method=METHOD, author=base.author, date=base.date)
    result = Likelihood(
        mean=mean,
        low=low,
        high=high,
        base_mean=base.mean,
        base_low=base.low,
        base_high=base.high,
        factors=(
            Factor(name="base rate", value=base.mean, log_odds=_logit(base.mean), evidence=f"{key}.base"),
            Factor(name="hold", value=hold_mid, log_odds=up, evidence=f"{key}.hold"),
            Factor(name="mutual dependence", value=ours_mid, log_odds=down, evidence=f"{key}.mutual"),
        ),
        evidence=key,
    )
    total = computed(
        id=key,
        label=f"Likelihood that {name} uses a hold for political ends",
        unit="probability per year",
        value=mean,
        low=low,
        high=high,
        formula="logit p = logit base + w_h · hold − w_m · mutual hold",
        substituted=f"logit p = logit {plain(base.mean)} + {plain(w_h)} × {plain(hold_mid)} − {plain(w_m)} × "
        f"{plain(ours_mid)} = {plain(_logit(base.mean) + up + down)}; p = {plain(mean)} "
        f"({plain(low)} to {plain(high)})",
        inputs=(f"{key}.base", f"{key}.hold", f"{key}.mutual"),
        caveats=(settings.reason,),
    )
    return result, (
        total,
        _base_evidence(key, base, settings),
        computed(
            id=f"{key}.hold",
            label=f"Largest hold of {name}, as it raises the likelihood",
            unit="log-odds",
            value=up,
            low=w_h * hold.low,
            high=w_h * hold.high,
            formula="w_h · hold",
            substituted=f"{plain(w_h)} × {plains(hold)} (middle {plain(hold_mid)}) = {plain(up)}",
            inputs=tuple(hold_evidence),
        ),
        computed(
            id=f"{key}.mutual",
            label=f"Home's largest hold on {name}, as it lowers the likelihood",
            unit="log-odds",
            value=down,
            low=0.0 - w_m * ours.high,
            high=0.0 - w_m * ours.low,
            formula="−w_m · mutual hold",
            substituted=f"−{plain(w_m)} × {plains(ours)} (middle {plain(ours_mid)}) = {plain(down)}",
            inputs=tuple(mutual_evidence),
            caveats=() if mutual is not None else ("Home's hold on this supplier is not known: taken as 0 to 1.",),
        ),
    )


def _base_evidence(key: str, base: BaseRate, settings: LikelihoodSettings) -> Evidence:
    a, b = settings.prior_cases, settings.prior_quiet
    years = settings.last_year - settings.first_year + 1
    caveats = ["Only documented cases count; coercion that nobody recorded, or that only was threatened, does not."]
    if not base.trials:
        caveats.append(f"No economy is listed as {base.relation}: this is the prior alone and says next to nothing.")
    return Evidence(
        id=f"{key}.base",
        label=f"Base rate of coercion by suppliers seen as {base.relation}",
        kind="computed",
        unit="probability per year",
        value=base.mean,
        low=base.low,
        high=base.high,
        formula="(a + k) / (a + b + n) with k of n supplier-years in which a case is documented and prior Beta(a, b); "
        f"the interval holds {exact_percent(settings.credible)} of the posterior",
        substituted=f"({plain(a)} + {base.successes}) / ({plain(a)} + {plain(b)} + {base.trials}) = "
        f"{plain(base.mean)}; n = {counted(len(base.suppliers), 'economy', 'economies')} × {years} years "
        f"({settings.first_year} to {settings.last_year})",
        method=METHOD,
        claims=tuple(f"case-{case.id}" for case in base.cases),
        sources=tuple(sorted({case.source for case in base.cases})),
        author=base.author,
        date=base.date,
        caveats=tuple(caveats),
    )


def _logit(probability: float) -> float:
    if probability <= 0.0 or probability >= 1.0:
        # Only a prior of extreme size gets here; the factor is then drawn at the end of the scale.
        return math.copysign(700.0, probability - 0.5)
    return _kept(math.log(probability) - math.log1p(-probability))


def _kept(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
