"""The opinion pool: closed forms and invariants."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ostra.dimensions.pool import (
    Opinion,
    as_levels,
    certain,
    distribution,
    expected_level,
    heard,
    linear_pool,
    median_level,
    pool,
    pool_shares,
)
from ostra.errors import MethodError
from ostra.model.assessment import Finding
from ostra.model.base import LEVELS

QUICK = settings(deadline=None, max_examples=150)


def opinion(name: str, severity: int, confidence: float, kind: str = "judged", voice: str = "") -> Opinion:
    finding = Finding.model_validate(
        {
            "id": name,
            "kind": kind,
            "items": ("tool",),
            "supplier": None,
            "dimension": "security",
            "effect": -1,
            "severity": severity,
            "horizon": "now",
            "confidence": confidence,
            "reason": "Because.",
            "author": "a tester",
            "date": "2026",
            "evidence": f"finding.{name}",
        }
    )
    return Opinion(finding, certain(severity), voice or name, f"Finding {name}")


opinions = st.lists(
    st.tuples(
        st.sampled_from([1, 2, 3]),
        st.floats(0.0, 1.0, allow_subnormal=False),
        st.sampled_from(["measured", "judged"]),
        st.integers(0, 4),
    ),
    max_size=8,
).map(
    lambda rows: [
        opinion(f"f{n}", severity, confidence, kind, f"v{voice}" if kind == "measured" else "")
        for n, (severity, confidence, kind, voice) in enumerate(rows)
    ]
)


def test_a_sure_finding_alone_is_the_whole_pool() -> None:
    """With confidence 1 and no other finding all probability lies on its severity."""
    pooled = pool([opinion("a", 2, 1.0)])
    assert pooled is not None
    assert pooled.total == (0.0, 0.0, 1.0, 0.0)
    assert pooled.measured is None


def test_doubt_is_spread_evenly() -> None:
    """With confidence c a quarter of 1 − c lies on each other level."""
    assert distribution(certain(3), 0.6) == pytest.approx((0.1, 0.1, 0.1, 0.7))


def test_two_findings_of_one_kind_by_hand() -> None:
    """Weights are confidence × severity: 0.8 × 3 against 0.5 × 1."""
    pooled = pool([opinion("a", 3, 0.8), opinion("b", 1, 0.5)])
    assert pooled is not None
    w, v = 2.4, 0.5
    assert pooled.total[3] == pytest.approx((w * 0.85 + v * 0.125) / (w + v))
    assert pooled.total[1] == pytest.approx((w * 0.05 + v * 0.625) / (w + v))


def test_many_measured_findings_do_not_drown_one_judgement() -> None:
    """Seventy sure, mild measurements and one sure, serious judgement share the pool evenly."""
    many = [opinion(f"m{n}", 1, 1.0, "measured") for n in range(70)]
    pooled = pool([*many, opinion("j", 3, 1.0)])
    assert pooled is not None
    assert pooled.total == pytest.approx((0.0, 0.5, 0.0, 0.5))
    assert pooled.measured == pytest.approx((0.0, 1.0, 0.0, 0.0))
    assert pooled.judged == pytest.approx((0.0, 0.0, 0.0, 1.0))


def test_a_kind_counts_by_its_surest_finding() -> None:
    """A judgement of confidence 0.2 has a fifth of the say of sure measurements."""
    pooled = pool([opinion("m", 1, 1.0, "measured"), opinion("j", 3, 0.2)])
    assert pooled is not None
    assert pooled.total[1] == pytest.approx((1.0 + 0.2 * 0.2) / 1.2)


def test_only_the_weightiest_of_a_voice_is_heard() -> None:
    """A small hold on an item is no evidence against a large hold on the same item."""
    large, small = opinion("a", 3, 0.9, "measured", "v"), opinion("b", 1, 0.9, "measured", "v")
    assert heard([small, large]) == (large,)


def test_nothing_pools_to_nothing() -> None:
    """Without findings, or with findings of no confidence, there is no pool to speak of."""
    assert pool([]) is None
    assert pool([opinion("a", 3, 0.0)]) is None


@pytest.mark.parametrize(
    ("masses", "level"),
    [
        ((0.5, 0.5, 0.0, 0.0), "none"),
        ((0.49, 0.02, 0.49, 0.0), "low"),
        ((0.2, 0.2, 0.2, 0.4), "medium"),
        ((0.1, 0.2, 0.199, 0.501), "high"),
        # 0.1 + 0.2 + 0.2 is a hair below one half in binary; rounding must not decide the level.
        ((0.1, 0.2, 0.2, 0.5), "medium"),
    ],
)
def test_the_level_is_the_median(masses: tuple[float, float, float, float], level: str) -> None:
    """The level is the first at which the cumulative probability reaches one half."""
    assert median_level(masses) == level


def test_expected_level_spans_zero_to_one() -> None:
    """All on none is 0, all on high is 1, evenly spread is one half."""
    assert expected_level(as_levels(certain(0))) == 0.0
    assert expected_level(as_levels(certain(3))) == 1.0
    assert expected_level(as_levels((0.25, 0.25, 0.25, 0.25))) == pytest.approx(0.5)


def test_a_pool_without_weight_is_refused() -> None:
    """A weighted mean with no weight, or a negative one, is undefined and says so."""
    with pytest.raises(MethodError, match="weight above 0"):
        linear_pool([certain(1)], [0.0])
    with pytest.raises(MethodError, match="negative"):
        linear_pool([certain(1), certain(2)], [1.0, -0.5])


@QUICK
@given(opinions)
def test_pools_are_distributions(rows: list[Opinion]) -> None:
    """Probabilities are not negative and sum to 1, in the pool and in each kind's part."""
    pooled = pool(rows)
    assert (pooled is None) == (not heard(rows))
    if pooled is not None:
        for masses in (pooled.total, pooled.measured, pooled.judged):
            if masses is not None:
                assert min(masses) >= 0.0
                assert sum(masses) == pytest.approx(1.0, abs=1e-12)


@QUICK
@given(opinions, st.randoms(use_true_random=False))
def test_order_does_not_matter(rows: list[Opinion], random: object) -> None:
    """The same findings in another order give the very same numbers."""
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert pool(shuffled) == pool(rows)


@QUICK
@given(opinions, st.sampled_from([1, 2, 3]), st.sampled_from(["measured", "judged"]))
def test_a_finding_without_confidence_has_no_influence(rows: list[Opinion], severity: int, kind: str) -> None:
    """Adding a finding of confidence 0 changes nothing."""
    assert pool([*rows, opinion("extra", severity, 0.0, kind)]) == pool(rows)


@QUICK
@given(opinions, st.floats(0.01, 1.0))
def test_a_sure_high_finding_never_lowers_the_level_of_its_kind(rows: list[Opinion], confidence: float) -> None:
    """A finding that is at least as sure as all others and high cannot lower the median of its kind."""
    own = [o for o in rows if o.finding.kind == "judged" and o.finding.confidence <= confidence]
    before, after = pool(own), pool([*own, opinion("extra", 3, confidence)])
    assert after is not None
    if before is not None:
        assert LEVELS.index(median_level(after.total)) >= LEVELS.index(median_level(before.total))


@QUICK
@given(opinions)
def test_pool_shares_sum_to_one_over_what_is_heard(rows: list[Opinion]) -> None:
    """How much of the level rests on each finding adds up to the whole, and reproduces the pool."""
    loud = {o.finding.id: o for o in heard(rows)}
    findings = [o.finding.model_copy(update={"heard": o.finding.id in loud}) for o in rows]
    shares = pool_shares(findings)
    assert set(shares) == set(loud)
    pooled = pool(rows)
    if pooled is not None:
        assert sum(shares.values()) == pytest.approx(1.0)
        for k in range(4):
            mixed = sum(
                share * distribution(loud[name].masses, loud[name].finding.confidence)[k]
                for name, share in shares.items()
            )
            assert mixed == pytest.approx(pooled.total[k], abs=1e-12)
