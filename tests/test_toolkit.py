"""Step 4: which instruments fit, why, in which order, and at what cost elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ostra.context import contextualise
from ostra.dimensions import judge
from ostra.errors import DataError
from ostra.model.assessment import InstrumentMatch, ToolkitResult
from ostra.model.base import DIMENSIONS
from ostra.model.evidence import Evidence
from ostra.toolkit import match
from steps_world import (
    YEAR,
    a_catalogue,
    a_chokepoint,
    a_dependency,
    a_dossier,
    a_finding,
    a_home,
    a_profile,
    a_rule,
    a_step1,
    an_instrument,
    unresolved,
)

RULES = [a_rule()]
LIMITS = [("resilience", "rival", 0.3), ("resilience", "ally", 0.6)]


def matched(
    *instruments: dict[str, Any],
    dependencies: Sequence[Any] = (),
    findings: Sequence[dict[str, Any]] = (),
    profile: Any = None,
    dossier: dict[str, Any] | None = None,
    **step1: Any,
) -> tuple[ToolkitResult, list[Evidence]]:
    """The result of step 4 and the evidence of the steps before it."""
    first = a_step1(dependencies or [a_dependency("ore", "RIV", 0.8)], **step1)
    document = a_dossier(findings, **(dossier or {}))
    viewpoint = profile or a_profile(RULES, tolerance=LIMITS)
    second = judge(first, document, viewpoint)
    third = contextualise(first, second, document, viewpoint, {}, a_home(), YEAR)
    result = match(first, second, third, document, viewpoint, a_catalogue(*instruments))
    return result, [*first.evidence, *second.evidence, *third.evidence]


def names(result: ToolkitResult) -> list[str]:
    return [m.instrument for m in result.instruments]


def only(result: ToolkitResult, name: str) -> InstrumentMatch:
    return next(m for m in result.instruments if m.instrument == name)


FINDING = "import_share.resilience.ore.RIV.import"
BREACH = "breach.resilience.ore.RIV.import"


def test_an_instrument_answers_what_it_serves() -> None:
    """It names the breach and the finding that it answers, and says so in sentences."""
    result, earlier = matched(an_instrument("stockpile"))
    row = only(result, "stockpile")
    assert row.answers == (BREACH, FINDING)
    assert row.items == ("ore",)
    text = " ".join(row.reasons)
    assert BREACH in text
    assert FINDING in text
    assert "80% against 30% tolerated" in text
    assert not unresolved(result.evidence, earlier)


def test_the_score_by_hand() -> None:
    """One dimension of four, at high, wholly answered: a quarter."""
    row = only(matched(an_instrument("stockpile"))[0], "stockpile")
    assert row.score == pytest.approx(0.25)


def test_half_of_the_findings_without_breaches_is_half_the_score() -> None:
    """Without a breach the score counts the share of the findings' weight alone."""
    dependencies = [a_dependency("ore", "RIV", 0.8), a_dependency("tool", "RIV", 0.8)]
    result, _ = matched(
        an_instrument("stockpile", item_kinds=["material"]), dependencies=dependencies, profile=a_profile(RULES)
    )
    assert only(result, "stockpile").score == pytest.approx(0.25 / 2.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"serves": ["security"]},
        {"relations": ["ally"]},
        {"item_kinds": ["software"]},
        {"needs_home_strength": True},
    ],
    ids=lambda c: next(iter(c)),
)
def test_an_instrument_that_does_not_fit_is_left_out(changes: dict[str, Any]) -> None:
    """Another dimension, relation or kind of item, or a strength that home lacks: not listed."""
    assert names(matched(an_instrument("stockpile", **changes))[0]) == ["no-action"]


@pytest.mark.parametrize(
    "changes",
    [{"serves": ["resilience", "values"]}, {"relations": ["rival"]}, {"item_kinds": ["tool", "material"]}],
    ids=lambda c: next(iter(c)),
)
def test_an_instrument_that_fits_is_listed(changes: dict[str, Any]) -> None:
    """The same filters let through what they name."""
    assert "stockpile" in names(matched(an_instrument("stockpile", **changes))[0])


def test_a_low_challenge_does_not_call_for_a_drastic_instrument() -> None:
    """An instrument meant from high on is not listed at low, but at high it is."""
    drastic = an_instrument("embargo", from_level="high")
    assert "embargo" not in names(matched(drastic, dependencies=[a_dependency("ore", "RIV", 0.4)])[0])
    assert "embargo" in names(matched(drastic)[0])


def test_strength_at_home_is_named_where_an_instrument_builds_on_it() -> None:
    """With a chokepoint of its own home may use an instrument that needs one."""
    result, earlier = matched(
        an_instrument("leverage", needs_home_strength=True), chokepoints=[a_chokepoint("tool", "HOM", 0.9, True)]
    )
    assert "choke.tool.HOM" in " ".join(only(result, "leverage").reasons)
    assert not unresolved(result.evidence, earlier)


def test_a_judgement_without_supplier_fits_only_instruments_for_any_relation() -> None:
    """A weakness at home is nobody else's, so an instrument against rivals does not answer it."""
    finding = a_finding("weak", dimension="competitiveness")
    open_to_all = an_instrument("funding", serves=["competitiveness"])
    for_rivals = an_instrument("screening", serves=["competitiveness"], relations=["rival"])
    assert names(matched(open_to_all, for_rivals, findings=[finding])[0]) == ["funding", "no-action"]


def test_doing_nothing_is_always_listed_with_what_it_leaves_open() -> None:
    """`no-action` says how many breaches and findings remain, answers nothing and scores 0."""
    row = only(matched()[0], "no-action")
    assert (row.score, row.answers) == (0.0, ())
    text = " ".join(row.reasons)
    assert "Leaves 1 breach of tolerance open, 1 of them certain" in text
    assert "1 finding unanswered" in text


def test_advice_of_the_dossier_is_attached() -> None:
    """A recommendation stands at its instrument, with its claims, even where no rule would list it."""
    advice = {"id": "r1", "instrument": "stockpile", "text": "Store ore.", "dimensions": ["values"], "claims": ["seen"]}
    result, _ = matched(an_instrument("stockpile", serves=["values"]), dossier={"recommendations": [advice]})
    row = only(result, "stockpile")
    assert row.recommended_by == ("r1",)
    assert row.score == 0.0
    assert any("listed because it is recommended" in reason for reason in row.reasons)
    assert next(e for e in result.evidence if e.id == row.evidence).claims == ("seen",)


def test_advice_for_an_unknown_instrument_is_refused() -> None:
    """The message names the recommendation, the instrument and what the catalogue holds."""
    advice = {"id": "r1", "instrument": "magic", "text": "Use magic.", "dimensions": [], "claims": ["seen"]}
    with pytest.raises(DataError, match=r"r1.*magic.*no-action"):
        matched(dossier={"recommendations": [advice]})


def test_side_effects_become_tensions() -> None:
    """An instrument that serves resilience and may hurt competitiveness is in tension with itself."""
    hurt = {"dimension": "competitiveness", "why": "It costs money."}
    result, _ = matched(an_instrument("stockpile", side_effects=[hurt]))
    (tension,) = result.tensions
    assert (tension.subject, tension.strengthens, tension.weakens) == ("stockpile", "resilience", "competitiveness")
    assert tension.findings == (FINDING,)
    assert "It costs money." in tension.text
    assert only(result, "stockpile").side_effects == ("May hurt competitiveness: It costs money.",)


def test_a_dimension_on_which_nothing_is_answered_is_in_no_tension() -> None:
    """It serves security too, but the judgement there is on a tool and the instrument is for materials."""
    hurt = {"dimension": "values", "why": "It hurts."}
    instrument = an_instrument(
        "stockpile", serves=["resilience", "security"], item_kinds=["material"], side_effects=[hurt]
    )
    result, _ = matched(instrument, findings=[a_finding("grave", items=["tool"])])
    assert [(t.strengthens, t.weakens) for t in result.tensions] == [("resilience", "values")]


def test_no_tension_for_an_instrument_that_answers_nothing() -> None:
    """Side effects of an instrument that is not listed are no tension here."""
    hurt = {"dimension": "competitiveness", "why": "It costs money."}
    assert matched(an_instrument("stockpile", serves=["values"], side_effects=[hurt]))[0].tensions == ()


def test_equal_fits_are_ordered_by_cost_delay_and_name() -> None:
    """Of instruments that answer the same the one with fewer side effects, cheaper, faster comes first."""
    hurt = {"dimension": "values", "why": "It hurts."}
    result, _ = matched(
        an_instrument("d-harmful", side_effects=[hurt], cost="low"),
        an_instrument("c-dear", cost="very high"),
        an_instrument("b-slow", lag="over 5 years"),
        an_instrument("a-slow", lag="over 5 years"),
        an_instrument("e-quick", lag="under 1 year"),
    )
    assert names(result) == ["e-quick", "a-slow", "b-slow", "c-dear", "d-harmful", "no-action"]


def test_confirmed_advice_comes_first() -> None:
    """What the dossier recommends and the rules confirm stands before a better fit that only the rules found."""
    advice = {"id": "r1", "instrument": "narrow", "text": "Do it.", "dimensions": ["resilience"], "claims": ["seen"]}
    idle = advice | {"id": "r2", "instrument": "idle"}
    result, _ = matched(
        an_instrument("broad"),
        an_instrument("narrow", item_kinds=["tool"]),
        an_instrument("idle", serves=["values"]),
        dependencies=[a_dependency("ore", "RIV", 0.8), a_dependency("tool", "RIV", 0.4)],
        dossier={"recommendations": [advice, idle]},
    )
    assert only(result, "narrow").score < only(result, "broad").score
    assert names(result) == ["narrow", "broad", "idle", "no-action"]


def test_weights_of_the_profile_move_the_ranking() -> None:
    """Who weighs security more gets the instrument that serves security first."""
    finding = a_finding("grave", severity=2, items=["tool"])
    instruments = [an_instrument("stockpile"), an_instrument("audit", serves=["security"])]
    plain_view = a_profile(RULES)
    guarded = a_profile(RULES, weights={"resilience": 1, "security": 9, "values": 1, "competitiveness": 1})
    assert names(matched(*instruments, findings=[finding], profile=plain_view)[0])[0] == "stockpile"
    assert names(matched(*instruments, findings=[finding], profile=guarded)[0])[0] == "audit"


instruments = st.lists(
    st.builds(
        lambda serves, relations, kinds, level, hurt: {
            "serves": serves,
            "relations": relations,
            "item_kinds": kinds,
            "from_level": level,
            "side_effects": [{"dimension": d, "why": "It may."} for d in hurt],
        },
        st.lists(st.sampled_from(DIMENSIONS), unique=True, min_size=1),
        st.lists(st.sampled_from(["rival", "ally", "partner"]), unique=True),
        st.lists(st.sampled_from(["material", "tool", "product"]), unique=True),
        st.sampled_from(["none", "low", "medium", "high"]),
        st.lists(st.sampled_from(DIMENSIONS), unique=True),
    ),
    max_size=5,
)


@settings(deadline=None, max_examples=60)
@given(instruments, st.floats(0.0, 1.0), st.sampled_from([None, "RIV", "PAL"]), st.sampled_from(DIMENSIONS))
def test_every_match_is_sound(rows: list[dict[str, Any]], hold: float, code: str | None, dimension: str) -> None:
    """Scores lie in [0, 1] and descend, answers exist, evidence resolves, `no-action` is there."""
    finding = a_finding("judged", supplier=code, dimension=dimension)
    result, earlier = matched(
        *(an_instrument(f"i-{n}", **row) for n, row in enumerate(rows)),
        dependencies=[a_dependency("ore", "RIV", hold), a_dependency("tool", "PAL", 0.3, 0.9)],
        findings=[finding],
    )
    scores = [m.score for m in result.instruments]
    assert all(later <= before + 1e-8 for before, later in pairwise(scores))
    assert all(0.0 <= s <= 1.0 + 1e-9 for s in scores)
    assert "no-action" in names(result)
    known = {e.id for e in earlier}
    for row in result.instruments:
        assert all(a in known or f"finding.{a}" in known for a in row.answers)
    ids = [e.id for e in result.evidence]
    assert len(set(ids)) == len(ids)
    assert {m.evidence for m in result.instruments} == set(ids)
    assert not unresolved(result.evidence, earlier)
    assert all(t.strengthens != t.weakens for t in result.tensions)
