"""Pooling of findings: by hand, and the invariants that a reader relies on."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ostra.dimensions.pool import (
    Masses,
    Opinion,
    as_levels,
    expected_level,
    heard,
    margin,
    median_level,
    pool,
)
from ostra.model.results.dimensions import Finding

QUICK = settings(deadline=None, max_examples=150)


def finding(name: str, severity: int, confidence: float, kind: str = "judged") -> Finding:
    return Finding.model_validate(
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


def opinion(name: str, severity: int, confidence: float, kind: str = "judged", voice: str = "") -> Opinion:
    return Opinion(finding(name, severity, confidence, kind), voice or name, f"Finding {name}")


def reach(rows: list[Finding]) -> tuple[float, float, float]:
    """P(level ≥ low), P(level ≥ medium), P(level ≥ high), by summing the masses of the pool."""
    pooled = pool(rows)
    masses = pooled.total if pooled is not None else (1.0, 0.0, 0.0, 0.0)
    return (sum(masses[1:]), sum(masses[2:]), masses[3])


confidences = st.floats(0.0, 1.0, allow_subnormal=False)
rows = st.lists(
    st.tuples(st.sampled_from([0, 1, 2, 3]), confidences, st.sampled_from(["measured", "judged"])), max_size=8
).map(lambda made: [finding(f"f{n}", *row) for n, row in enumerate(made)])


def test_a_sure_finding_alone_is_the_whole_pool() -> None:
    """With confidence 1 and no other finding all probability lies on its severity."""
    pooled = pool([finding("a", 2, 1.0)])
    assert pooled is not None
    assert pooled.total == (0.0, 0.0, 1.0, 0.0)
    assert pooled.measured is None


def test_two_findings_by_hand() -> None:
    """A high finding of confidence 0.6 and a low one of 0.8: high 0.6, low or more 0.8, and the rest is not shown."""
    pooled = pool([finding("a", 3, 0.6), finding("b", 1, 0.8)])
    assert pooled is not None
    assert pooled.total == pytest.approx((0.2, 0.2, 0.0, 0.6))


def test_both_kinds_are_shown_apart_and_the_pool_is_the_larger_at_each_level() -> None:
    """Measured low and judged high: each kind alone, and together what either shows."""
    pooled = pool([finding("m", 1, 0.9, "measured"), finding("j", 3, 0.4)])
    assert pooled is not None
    assert pooled.measured == pytest.approx((0.1, 0.9, 0.0, 0.0))
    assert pooled.judged == pytest.approx((0.6, 0.0, 0.0, 0.4))
    assert pooled.total == pytest.approx((0.1, 0.5, 0.0, 0.4))


def test_neither_many_mild_findings_nor_repetition_move_the_level() -> None:
    """Seventy mild measurements leave one judgement as it is, and saying it nine times changes nothing."""
    many = [finding(f"m{n}", 1, 0.7, "measured") for n in range(70)]
    grave = [finding(f"j{n}", 3, 0.6) for n in range(9)]
    assert pool([*many, *grave]) == pool([many[0], grave[0]])


def test_looked_at_and_none_found_differs_from_nothing() -> None:
    """A finding of severity 0 is an assessment with all probability on none, and takes nothing from others."""
    clear = finding("clear", 0, 0.6)
    pooled = pool([clear])
    assert pooled is not None
    assert pooled.total == (1.0, 0.0, 0.0, 0.0)
    assert pool([]) is None
    other = finding("grave", 3, 0.7)
    assert pool([clear, other]) == pool([other])


def test_only_the_weightiest_of_a_voice_is_heard() -> None:
    """One share at one place is one challenge, however many products it reaches."""
    large, small = opinion("a", 3, 0.9, "measured", "v"), opinion("b", 1, 0.9, "measured", "v")
    assert heard([small, large]) == (large,)


def test_findings_without_confidence_pool_to_nothing() -> None:
    """Findings of no confidence are as good as none."""
    assert pool([finding("a", 3, 0.0)]) is None


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
    assert expected_level(as_levels((1.0, 0.0, 0.0, 0.0))) == 0.0
    assert expected_level(as_levels((0.0, 0.0, 0.0, 1.0))) == 1.0
    assert expected_level(as_levels((0.25, 0.25, 0.25, 0.25))) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("masses", "wanted"),
    [
        ((0.2, 0.0, 0.0, 0.8), 0.3),  # high at 0.8: falls below one half after 0.3
        ((0.2, 0.2, 0.6, 0.0), 0.1),  # medium at 0.6
        ((0.3, 0.1, 0.15, 0.45), 0.05),  # medium at 0.6, but high is only 0.05 away
        ((1.0, 0.0, 0.0, 0.0), 0.5),
        ((0.5, 0.5, 0.0, 0.0), 0.0),
    ],
)
def test_the_margin_is_the_distance_to_another_level(masses: Masses, wanted: float) -> None:
    """By how much a cumulative probability must move before the level changes."""
    assert margin(as_levels(masses)) == pytest.approx(wanted)


@QUICK
@given(rows)
def test_pools_are_distributions(found: list[Finding]) -> None:
    """Probabilities are not negative and sum to 1, in the pool and in each kind's part."""
    pooled = pool(found)
    assert (pooled is None) == all(f.confidence < 1e-6 for f in found)
    if pooled is not None:
        for masses in (pooled.total, pooled.measured, pooled.judged):
            if masses is not None:
                assert min(masses) >= 0.0
                assert sum(masses) == pytest.approx(1.0, abs=1e-12)


@QUICK
@given(rows, st.randoms(use_true_random=False))
def test_order_does_not_matter(found: list[Finding], random: object) -> None:
    """The same findings in another order give the very same numbers."""
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert pool(shuffled) == pool(found)


@QUICK
@given(rows, st.sampled_from([0, 1, 2, 3]), confidences, st.sampled_from(["measured", "judged"]))
def test_one_more_finding_never_lowers_a_level(
    found: list[Finding], severity: int, confidence: float, kind: str
) -> None:
    """A mild finding cannot talk a grave one down, nor one kind the other; without confidence it changes nothing."""
    more = [*found, finding("extra", severity, confidence, kind)]
    assert all(after >= before - 1e-12 for before, after in zip(reach(found), reach(more), strict=True))
    if confidence == 0.0:
        assert pool(more) == pool(found)


@QUICK
@given(rows.filter(bool), st.data())
def test_a_weaker_finding_never_raises_a_level(found: list[Finding], data: st.DataObject) -> None:
    """Less confidence or less severity in any finding: no probability of a level or a higher one rises."""
    number = data.draw(st.integers(0, len(found) - 1))
    old = found[number]
    weaker = old.model_copy(
        update={
            "confidence": data.draw(st.floats(0.0, old.confidence)),
            "severity": data.draw(st.integers(0, old.severity)),
        }
    )
    after = reach([*found[:number], weaker, *found[number + 1 :]])
    assert all(now <= before + 1e-12 for before, now in zip(reach(found), after, strict=True))


@QUICK
@given(rows)
def test_the_level_is_the_gravest_that_is_more_likely_than_not(found: list[Finding]) -> None:
    """A reader finds the level by eye: the gravest finding with a confidence above one half."""
    pooled = pool(found)
    wanted = max((f.severity for f in found if f.confidence > 0.5 + 1e-9), default=0)
    doubtful = any(abs(f.confidence - 0.5) <= 1e-9 for f in found)
    if pooled is not None and not doubtful:
        assert median_level(pooled.total) == ("none", "low", "medium", "high")[wanted]
