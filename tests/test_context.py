"""Step 3: base rates, likelihood, tolerance, and the supplier contexts as a whole."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ostra.context.contextualise import contextualise
from ostra.context.governance import GovernanceScore
from ostra.context.likelihood import BaseRate, base_rate, likelihood, shifted
from ostra.dimensions.judge import judge
from ostra.model.base import Interval
from ostra.model.profile import LikelihoodSettings
from ostra.model.results.context import ContextResult, Likelihood, SupplierContext
from ostra.model.results.ecosystem import MutualDependence
from steps_world import (
    YEAR,
    a_dependency,
    a_dossier,
    a_finding,
    a_home,
    a_profile,
    a_rule,
    a_step1,
    interval,
    unresolved,
)

QUICK = settings(deadline=None, max_examples=100)
NOBODY: frozenset[str] = frozenset()


def context_of(
    dependencies: Any, profile: Any = None, dossier: Any = None, scores: Any = None, **step1: Any
) -> ContextResult:
    first = a_step1(dependencies, **step1)
    dossier = dossier or a_dossier()
    profile = profile or a_profile()
    return contextualise(first, judge(first, dossier, profile), dossier, profile, scores or {}, a_home(), YEAR)


def supplier(result: ContextResult, code: str) -> SupplierContext:
    return next(s for s in result.suppliers if s.economy == code)


# Base rate


@QUICK
@given(st.floats(0.2, 500.0), st.floats(0.01, 0.99), st.booleans())
def test_bounds_without_a_supplier_are_those_of_the_prior(n: float, credible: float, often: bool) -> None:
    """Beta(n, 1) has quantile p^(1/n) and Beta(1, n) has 1 − (1 − p)^(1/n)."""
    given = {"prior_cases": n, "prior_quiet": 1.0} if often else {"prior_cases": 1.0, "prior_quiet": n}
    base = base_rate("competitor", a_profile(likelihood={**given, "credible": credible}), NOBODY)
    low, high = (1.0 - credible) / 2.0, (1.0 + credible) / 2.0
    for found, p in ((base.low, low), (base.high, high)):
        assert found in (
            pytest.approx(p ** (1.0 / n) if often else -math.expm1(math.log1p(-p) / n), rel=1e-8),
            base.mean,
        )


@QUICK
@given(st.floats(0.01, 0.99))
def test_bounds_of_the_default_prior_have_a_closed_form(credible: float) -> None:
    """Beta(1/2, 1/2), the arcsine distribution, has quantile sin²(π p / 2)."""
    base = base_rate("competitor", a_profile(likelihood={"credible": credible}), NOBODY)
    for found, p in ((base.low, (1.0 - credible) / 2.0), (base.high, (1.0 + credible) / 2.0)):
        assert found == pytest.approx(math.sin(math.pi * p / 2.0) ** 2, rel=1e-8)


@pytest.mark.parametrize(("a", "b"), [(2, 5), (1, 40), (7, 2), (30, 30), (3, 400), (200, 1)])
def test_bounds_of_whole_shapes_are_binomial_tails(a: int, b: int) -> None:
    """The probability that Beta(a, b) is at most x is that of at least a successes in a + b − 1 trials."""
    base = base_rate("competitor", a_profile(likelihood={"prior_cases": a, "prior_quiet": b}), NOBODY)
    for x, p in ((base.low, 0.05), (base.high, 0.95)):
        n = a + b - 1
        tail = math.fsum(math.comb(n, k) * x**k * (1.0 - x) ** (n - k) for k in range(a, n + 1))
        assert tail == pytest.approx(p, rel=1e-7)


def test_the_base_rate_counts_supplier_years_once() -> None:
    """Two cases in one year are one success; ten years of one rival are ten trials."""
    base = base_rate("rival", a_profile(cases=[("RIV", 2012), ("RIV", 2012), ("RIV", 2015)]), NOBODY)
    assert (base.successes, base.trials) == (2, 10)
    assert base.mean == pytest.approx(2.5 / 11.0)
    assert base.low < base.mean < base.high


def test_cases_outside_the_window_do_not_count() -> None:
    """A case before the first or after the last year is no success."""
    base = base_rate("rival", a_profile(cases=[("RIV", 2010), ("RIV", 2021)]), NOBODY)
    assert (base.successes, base.cases) == (0, ())


def test_an_unlisted_coercer_joins_the_default_relation_with_its_years() -> None:
    """Its cases are not lost, and its quiet years count as trials too."""
    base = base_rate("partner", a_profile(cases=[("NEU", 2012)]), NOBODY)
    assert (base.suppliers, base.successes, base.trials) == (("NEU",), 1, 10)


def test_without_supplier_years_the_base_rate_is_the_prior() -> None:
    """A relation in which nobody is listed has the prior: as good as unknown, and it shows."""
    base = base_rate("competitor", a_profile(), NOBODY)
    assert (base.trials, base.mean) == (0, 0.5)
    # Beta(1/2, 1/2) is the arcsine distribution, with quantile sin²(π p / 2).
    assert base.low == pytest.approx(math.sin(math.pi * 0.05 / 2.0) ** 2, rel=1e-9)
    assert base.high == pytest.approx(math.sin(math.pi * 0.95 / 2.0) ** 2, rel=1e-9)


def test_a_very_skewed_posterior_keeps_its_mean_inside() -> None:
    """With a tiny prior the mean exceeds the upper quantile; the interval then reaches to the mean."""
    base = base_rate("rival", a_profile(likelihood={"prior_cases": 0.001}), NOBODY)
    assert base.low <= base.mean <= base.high


# Likelihood


def settings_of(hold_weight: float = 2.0, mutual_weight: float = 2.0) -> LikelihoodSettings:
    return a_profile(likelihood={"hold_weight": hold_weight, "mutual_weight": mutual_weight}).likelihood


def chance(hold: Interval, mutual: Interval | None, base: BaseRate, **weights: float) -> Likelihood:
    result, _ = likelihood(
        "RIV", "Rivalia", base, hold, mutual, settings_of(**weights), hold_evidence=(), mutual_evidence=()
    )
    return result


BASE = base_rate("rival", a_profile(cases=[("RIV", 2012), ("RIV", 2015)]), NOBODY)


def test_the_likelihood_by_hand() -> None:
    """Odds of the base rate times exp(w_h hold − w_m mutual)."""
    result = chance(interval(0.8), interval(0.3), BASE, hold_weight=2.0, mutual_weight=1.0)
    odds = 2.5 / 8.5 * math.exp(2.0 * 0.8 - 1.0 * 0.3)
    assert result.mean == pytest.approx(odds / (1.0 + odds))
    assert [f.log_odds for f in result.factors] == pytest.approx([math.log(2.5 / 8.5), 1.6, -0.3])


def test_without_weights_the_base_rate_remains() -> None:
    """With both weights at 0 mean and interval are those of the base rate."""
    result = chance(interval(0.1, 0.9), None, BASE, hold_weight=0.0, mutual_weight=0.0)
    assert (result.mean, result.low, result.high) == pytest.approx((BASE.mean, BASE.low, BASE.high))


def test_an_unknown_mutual_hold_widens_the_interval() -> None:
    """Not knowing home's hold is not the same as home having none."""
    unknown, none = chance(interval(0.8), None, BASE), chance(interval(0.8), interval(0.0), BASE)
    assert unknown.low < none.low
    assert unknown.high == none.high


shares = st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)).map(lambda p: interval(min(p), max(p)))


def in_order(ends: list[float], overlap: bool) -> tuple[Interval, Interval]:
    """Two intervals of which the first is nowhere above the second: all such pairs come from four ends in order."""
    lowest, low, high, highest = sorted(ends)
    return (
        (interval(lowest, high), interval(low, highest))
        if overlap
        else (interval(lowest, low), interval(high, highest))
    )


ordered_shares = st.builds(in_order, st.lists(st.floats(0.0, 1.0), min_size=4, max_size=4), st.booleans())


@QUICK
@given(ordered_shares, shares, st.floats(0.0, 10.0), st.floats(0.0, 10.0))
def test_likelihood_rises_with_hold_and_falls_with_mutual_hold(
    pair: tuple[Interval, Interval], other: Interval, w_h: float, w_m: float
) -> None:
    """All three figures are monotone in both holds, ordered, and probabilities."""
    first, second = pair
    slack = 1e-9
    a = chance(first, other, BASE, hold_weight=w_h, mutual_weight=w_m)
    b = chance(second, other, BASE, hold_weight=w_h, mutual_weight=w_m)
    c = chance(other, first, BASE, hold_weight=w_h, mutual_weight=w_m)
    d = chance(other, second, BASE, hold_weight=w_h, mutual_weight=w_m)
    for less, more in ((a, b), (d, c)):
        assert less.mean <= more.mean + slack
        assert less.low <= more.low + slack
        assert less.high <= more.high + slack
    for row in (a, b, c, d):
        assert 0.0 <= row.low <= row.mean <= row.high <= 1.0


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_certainties_do_not_shift(probability: float) -> None:
    """No finite log-odds move a probability of 0 or 1."""
    assert shifted(probability, 3.0) == probability


# Tolerance


def test_a_hold_above_the_tolerance_is_a_certain_breach() -> None:
    """Expected excess is what exceeds the tolerance times the likelihood."""
    result = context_of([a_dependency("ore", "RIV", 0.8)], a_profile(tolerance=[("resilience", "rival", 0.3)]))
    (breach,) = result.breaches
    assert breach.certain
    assert breach.expected_excess == pytest.approx(0.5 * supplier(result, "RIV").likelihood.mean)


def test_an_interval_across_the_tolerance_is_a_possible_breach() -> None:
    """If only the high end exceeds it the breach is possible, and its expected excess may be negative."""
    result = context_of([a_dependency("ore", "RIV", 0.1, 0.4)], a_profile(tolerance=[("resilience", "rival", 0.3)]))
    (breach,) = result.breaches
    assert not breach.certain
    assert breach.expected_excess < 0.0


def test_a_hold_that_starts_at_the_tolerance_is_a_possible_breach() -> None:
    """At its low end the hold equals the tolerance, which is accepted."""
    result = context_of([a_dependency("ore", "RIV", 0.3, 0.5)], a_profile(tolerance=[("resilience", "rival", 0.3)]))
    assert [b.certain for b in result.breaches] == [False]


@pytest.mark.parametrize(
    ("tolerance", "why"),
    [
        (("resilience", "rival", 0.8), "the hold equals the tolerance"),
        (("resilience", "ally", 0.1), "the tolerance is for another relation"),
        (("security", "rival", 0.1), "no finding on security names the item"),
    ],
)
def test_no_breach(tolerance: tuple[str, str, float], why: str) -> None:
    """A hold is a breach only above a tolerance for its relation, on a dimension that it matters for."""
    result = context_of([a_dependency("ore", "RIV", 0.8)], a_profile(tolerance=[tolerance]))
    assert result.breaches == (), why


@pytest.mark.parametrize(("named", "breached"), [("RIV", 1), (None, 1), ("PAL", 0)])
def test_on_other_dimensions_a_finding_makes_the_hold_matter(named: str | None, breached: int) -> None:
    """A challenge to security that names the item, and this supplier or none, brings its tolerance into play."""
    dossier = a_dossier([a_finding("grave", items=["ore"], supplier=named)])
    profile = a_profile(tolerance=[("security", "rival", 0.3)])
    assert len(context_of([a_dependency("ore", "RIV", 0.8)], profile, dossier).breaches) == breached


def test_an_unknown_hold_is_a_caveat_and_no_breach() -> None:
    """Of a share between 0 and 1 nothing is known; it is named as such."""
    result = context_of([a_dependency("ore", "RIV", 0.0, 1.0)], a_profile(tolerance=[("resilience", "rival", 0.3)]))
    assert result.breaches == ()
    assert any("nothing is known" in text and "Ore (Rivalia)" in text for text in result.caveats)


holds = st.lists(
    st.tuples(st.sampled_from(["ore", "tool", "chip"]), st.sampled_from(["RIV", "PAL", "NEU"]), shares),
    unique_by=lambda row: row[:2],
    max_size=6,
)


@QUICK
@given(holds, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_tolerating_more_never_adds_a_breach(rows: Any, one: float, other: float) -> None:
    """Breaches at a higher tolerance are among those at a lower one, certain ones among the certain."""
    dependencies = [a_dependency(item, code, hold.low, hold.high) for item, code, hold in rows]

    def at(tolerance: float) -> tuple[set[str], set[str]]:
        limits = [("resilience", relation, tolerance) for relation in ("rival", "ally", "partner")]
        found = context_of(dependencies, a_profile(tolerance=limits)).breaches
        assert [b.expected_excess for b in found] == sorted((b.expected_excess for b in found), reverse=True)
        return {b.id for b in found}, {b.id for b in found if b.certain}

    strict, lax = at(min(one, other)), at(max(one, other))
    assert lax[0] <= strict[0]
    assert lax[1] <= strict[1]


# The step as a whole


def test_the_context_of_a_supplier_joins_what_is_known_of_it() -> None:
    """Relation with reason, governance, laws, cases and dependencies, each from its own place."""
    law = {
        "id": "ban",
        "economy": "RIV",
        "kind": "export control",
        "title": "Ban",
        "what": "Licences for ore.",
        "claims": ["seen"],
    }
    score = [GovernanceScore(estimate=-0.4, standard_error=0.2, year=2022, rows=1, dataset="wgi")]
    result = context_of(
        [a_dependency("ore", "RIV", 0.8), a_dependency("tool", "NEU", 0.2)],
        a_profile(cases=[("RIV", 2012)]),
        a_dossier(context=[law]),
        {"RIV": score},
    )
    rival, neutral = supplier(result, "RIV"), supplier(result, "NEU")
    assert (rival.relation, rival.relation_reason) == ("rival", "So it is.")
    assert (rival.governance, rival.governance_error, rival.governance_year) == (-0.4, 0.2, 2022)
    assert [e.id for e in rival.entries] == ["ban"]
    assert rival.cases == ("case-1",)
    assert rival.dependencies == ("dep.ore.RIV.import",)
    assert neutral.relation == "partner"
    assert "Not listed" in neutral.relation_reason
    assert neutral.governance is None
    assert any("No governance score" in text and neutral.name in text for text in result.caveats)
    proof = next(e for e in result.evidence if e.id == "governance.RIV.2022")
    assert proof.facts[0].where == {"country": "RIV", "indicator": "PV", "year": 2022}
    assert (proof.low, proof.high) == pytest.approx((-0.6, -0.2))


def test_the_largest_hold_takes_in_what_is_unknown() -> None:
    """A known hold of 0.2 beside one between 0.1 and 0.9 means a largest hold between 0.2 and 0.9."""
    result = context_of([a_dependency("ore", "RIV", 0.2), a_dependency("tool", "RIV", 0.1, 0.9)])
    assert supplier(result, "RIV").largest_hold == interval(0.2, 0.9)


def test_home_in_return_is_taken_from_mutual_dependence() -> None:
    """Home's hold on the supplier lowers the likelihood and is traced to the evidence of step 1."""
    row = a_dependency("ore", "RIV", 0.8, mutual=interval(0.9), mutual_evidence="mutual.ore.RIV")
    mutual = MutualDependence(
        supplier="RIV",
        supplier_name="Rivalia",
        their_hold=interval(0.8),
        their_items=("ore",),
        our_hold=interval(0.9),
        our_items=("ore",),
        evidence=("share.ore.RIV.import", "mutual.ore.RIV"),
    )
    alone = supplier(context_of([a_dependency("ore", "RIV", 0.8)]), "RIV").likelihood
    from_row, from_mutual = context_of([row]), context_of([row], mutual=(mutual,))
    assert supplier(from_row, "RIV").likelihood.mean < alone.mean
    assert supplier(from_mutual, "RIV").likelihood == supplier(from_row, "RIV").likelihood
    for result in (from_row, from_mutual):
        proof = next(e for e in result.evidence if e.id == "likelihood.RIV.mutual")
        assert proof.inputs == ("mutual.ore.RIV",)


def test_every_reference_of_the_context_leads_somewhere() -> None:
    """Evidence ids are unique, and all inputs exist in this step or an earlier one."""
    first = a_step1([a_dependency("ore", "RIV", 0.8), a_dependency("tool", "PAL", 0.2, 0.7)])
    dossier = a_dossier([a_finding("grave", items=["ore"])])
    profile = a_profile(
        [a_rule()],
        cases=[("RIV", 2012)],
        tolerance=[("resilience", "rival", 0.3), ("security", "rival", 0.3), ("resilience", "ally", 0.5)],
    )
    second = judge(first, dossier, profile)
    third = contextualise(first, second, dossier, profile, {}, a_home(), YEAR)
    assert len(third.breaches) == 3
    assert not unresolved(third.evidence, [*first.evidence, *second.evidence])
    ids = [e.id for e in third.evidence]
    assert len(set(ids)) == len(ids)
    for row in third.suppliers:
        assert set(row.evidence) <= set(ids)
        assert {f.evidence for f in row.likelihood.factors} | {row.likelihood.evidence} <= set(ids)
    base = next(e for e in third.evidence if e.id == "likelihood.RIV.base")
    assert base.claims == ("case-case-1",)
    assert base.sources == ("book",)


# Blocs, and economies for which another decides


def an_entry(name: str, economy: str) -> dict[str, Any]:
    return {"id": name, "economy": economy, "kind": "law", "title": name, "what": "It binds.", "claims": ["seen"]}


def test_the_entry_of_a_bloc_bears_on_its_members_of_the_year() -> None:
    """A law of the EU binds Germany in 2023 and no longer the United Kingdom; home's own laws are the other side."""
    dossier = a_dossier(context=[an_entry("of-the-bloc", "EU"), an_entry("own", "DEU"), an_entry("at-home", "HOM")])
    result = context_of([a_dependency("ore", "DEU", 0.5), a_dependency("tool", "GBR", 0.5)], dossier=dossier)
    assert [e.id for e in supplier(result, "DEU").entries] == ["of-the-bloc", "own"]
    assert supplier(result, "GBR").entries == ()
    assert [e.id for e in result.home_entries] == ["at-home"]


def test_a_case_of_a_bloc_is_a_success_of_each_member_of_its_year() -> None:
    """The ten of the union of 2013 that nobody lists join the default relation with their years."""
    profile = a_profile(cases=[("USMCA", 2020)])
    rate = base_rate("partner", profile, NOBODY)
    assert rate.suppliers == ("CAN", "MEX", "USA")
    assert (rate.successes, rate.trials) == (3, 30)


LIKE = [
    {"economy": "RIV", "relation": "rival", "reason": "So it is.", "source": "book"},
    {"economy": "NEU", "like": "RIV", "reason": "Rivalia decides for it.", "source": "book"},
]


def test_an_economy_for_which_another_decides_is_seen_like_it_and_adds_no_years() -> None:
    """Its relation and record are the other's; the base rate is the same with it and without it."""
    alone = a_profile(cases=[("RIV", 2015)], relations=LIKE[:1])
    both = a_profile(cases=[("RIV", 2015), ("NEU", 2016)], relations=LIKE)
    assert base_rate("rival", a_profile(cases=[("RIV", 2015)], relations=LIKE), NOBODY) == base_rate(
        "rival", alone, NOBODY
    )
    assert base_rate("rival", both, NOBODY).successes == 2
    result = context_of([a_dependency("ore", "NEU", 0.5)], profile=both)
    found = supplier(result, "NEU")
    assert (found.relation, found.cases) == ("rival", ("case-1", "case-2"))
    assert "RIV" in found.relation_reason and "decides for it" in found.relation_reason
    assert both.relation_to("NEU", frozenset({"RIV"})) == "domestic"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"economy": "NEU", "reason": "r", "source": "book"}, "either 'relation' or 'like'"),
        ({"economy": "NEU", "like": "RIV", "relation": "ally", "reason": "r", "source": "book"}, "either"),
        ({"economy": "NEU", "like": "NEU", "reason": "r", "source": "book"}, "no relation of its own"),
    ],
)
def test_a_relation_is_stated_or_inherited_once(row: dict[str, Any], told: str) -> None:
    """Neither both nor neither, nor from itself or from one that inherits."""
    with pytest.raises(ValueError, match=told):
        a_profile(relations=[LIKE[0], row])
    with pytest.raises(ValueError, match="no relation of its own"):
        a_profile(relations=[*LIKE, {"economy": "PAL", "like": "NEU", "reason": "r", "source": "book"}])


def test_pressure_is_no_success_but_is_shown() -> None:
    """A case without a measure stands in the record and not in the base rate."""
    rows = [
        {
            "id": "talk",
            "coercer": "RIV",
            "target": "HOM",
            "year": 2015,
            "form": "pressure",
            "means": "Words.",
            "source": "book",
            "locator": "p",
        }
    ]
    profile = a_profile().model_copy(
        update={"cases": tuple(type(a_profile(cases=[("RIV", 2015)]).cases[0]).model_validate(r) for r in rows)}
    )
    assert base_rate("rival", profile, NOBODY).successes == 0
    assert supplier(context_of([a_dependency("ore", "RIV", 0.5)], profile=profile), "RIV").cases == ("talk",)
