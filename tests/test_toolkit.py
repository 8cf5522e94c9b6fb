"""Step 4: which instruments fit, why, in which order, and at what cost elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ostra.context.contextualise import contextualise
from ostra.dimensions.judge import judge
from ostra.errors import DataError
from ostra.model.base import DIMENSIONS
from ostra.model.evidence import Evidence
from ostra.model.results.toolkit import InstrumentMatch, ToolkitResult
from ostra.toolkit.match import match
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
    interval,
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


def test_the_fit_by_hand() -> None:
    """For everything aim is one half; the breach takes 5/7 of the room above 30 %, the finding is high and sure."""
    row = only(matched(an_instrument("stockpile"))[0], "stockpile")
    assert row.score == pytest.approx(0.5 * 1.0)
    calm = a_profile([a_rule(confidence=0.3)], tolerance=LIMITS)
    assert only(matched(an_instrument("stockpile"), profile=calm)[0], "stockpile").score == pytest.approx(0.5 * 5 / 7)
    narrow = an_instrument("stockpile", item_kinds=["material"], relations=["rival"])
    assert only(matched(narrow)[0], "stockpile").score == pytest.approx(1.0 - 1 / 10 * 1 / 4 / 2)
    both = an_instrument("stockpile", serves=["resilience", "values"])
    assert only(matched(both)[0], "stockpile").score == pytest.approx(0.25)


def test_how_many_challenges_are_answered_is_beside_the_fit_and_not_in_it() -> None:
    """Twice the challenges of the same gravity fit no better; of equal fits the one that answers more comes first."""
    dependencies = [a_dependency("ore", "RIV", 0.8), a_dependency("tool", "RIV", 0.8)]
    for_ore = an_instrument("a-for-ore", item_kinds=["material"])
    for_two = an_instrument("b-for-two", item_kinds=["material"])
    result, _ = matched(for_ore, for_two, an_instrument("wide"), dependencies=dependencies)
    assert only(result, "wide").score < only(result, "a-for-ore").score
    assert len(only(result, "wide").answers) == 2 * len(only(result, "a-for-ore").answers)
    wide = an_instrument("z-wide")
    two_kinds = an_instrument("a-ten", item_kinds=["material", "tool"])
    result, _ = matched(
        an_instrument("a-one", item_kinds=["material", "skill"]), two_kinds, wide, dependencies=dependencies
    )
    assert names(result)[:2] == ["a-ten", "a-one"]


@pytest.mark.parametrize(
    "changes",
    [
        {"serves": ["security"]},
        {"relations": ["ally"]},
        {"item_kinds": ["software"]},
        {"subjects": ["money", "or"]},
        {"needs_home_strength": True},
    ],
    ids=lambda c: next(iter(c)),
)
def test_an_instrument_that_does_not_fit_is_left_out(changes: dict[str, Any]) -> None:
    """Another dimension, relation or kind of item, or a strength that home lacks: not listed."""
    assert names(matched(an_instrument("stockpile", **changes))[0]) == ["no-action"]


@pytest.mark.parametrize(
    "changes",
    [
        {"serves": ["resilience", "values"]},
        {"relations": ["rival"]},
        {"item_kinds": ["tool", "material"]},
        {"subjects": ["money", "ORE"]},
    ],
    ids=lambda c: next(iter(c)),
)
def test_an_instrument_that_fits_is_listed(changes: dict[str, Any]) -> None:
    """The same filters let through what they name."""
    assert "stockpile" in names(matched(an_instrument("stockpile", **changes))[0])


def test_a_low_challenge_does_not_call_for_a_drastic_instrument() -> None:
    """An instrument meant from high on answers a high finding and not the low one beside it."""
    drastic = an_instrument("embargo", from_level="high")
    assert "embargo" not in names(matched(drastic, dependencies=[a_dependency("ore", "RIV", 0.4)])[0])
    two = [a_dependency("ore", "RIV", 0.8), a_dependency("tool", "RIV", 0.4)]
    result, _ = matched(drastic, dependencies=two)
    assert only(result, "embargo").items == ("ore",)


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
    assert "Leaves the yearly likelihoods that a hold is used as they stand: Rivalia " in text
    assert "resilience high" in text
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
    assert 0.0 < only(result, "narrow").score < only(result, "broad").score
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


# Invariants of fits


CHALLENGES = st.lists(
    st.tuples(
        st.sampled_from(["ore", "tool", "chip"]),
        st.sampled_from([None, "RIV", "PAL"]),
        st.sampled_from(DIMENSIONS),
        st.integers(1, 3),
        st.floats(0.05, 1.0),
    ),
    min_size=1,
    max_size=6,
)


def fits(rows: Any, *instruments: dict[str, Any], order: Sequence[int] | None = None) -> dict[str, float]:
    """Fits of the instruments where these are the findings; levels do not matter to a fit."""
    findings = [
        a_finding(f"f-{n}", items=[item], supplier=supplier, dimension=dimension, severity=severity, confidence=sure)
        for n, (item, supplier, dimension, severity, sure) in enumerate(rows)
    ]
    if order is not None:
        findings = [findings[n] for n in order]
    result, _ = matched(*instruments, dependencies=[a_dependency("ore", "NEU", 0.1)], findings=findings)
    return {m.instrument: m.score for m in result.instruments}


SEVERAL = [
    an_instrument("wide", serves=list(DIMENSIONS)),
    an_instrument("rivals", serves=["security", "resilience"], relations=["rival"]),
    an_instrument("tools", serves=["security"], item_kinds=["tool"], from_level="medium"),
    an_instrument("ores", serves=["resilience", "values"], subjects=["ore"]),
]


@settings(deadline=None, max_examples=40)
@given(CHALLENGES, st.data())
def test_taking_a_challenge_away_never_raises_a_fit(rows: Any, data: st.DataObject) -> None:
    """Whatever else was found, a challenge less leaves every instrument with at most the fit that it had."""
    gone = data.draw(st.integers(0, len(rows) - 1))
    before = fits(rows, *SEVERAL)
    after = fits([row for n, row in enumerate(rows) if n != gone], *SEVERAL)
    assert all(score <= before.get(name, 0.0) + 1e-12 for name, score in after.items())


@settings(deadline=None, max_examples=25)
@given(CHALLENGES, st.data())
def test_the_order_of_findings_and_instruments_changes_nothing(rows: Any, data: st.DataObject) -> None:
    """Fits and ranks are the same in any order."""
    order = data.draw(st.permutations(range(len(rows))))
    again = fits(rows, *reversed(SEVERAL), order=order)
    assert list(fits(rows, *SEVERAL).items()) == list(again.items())


@settings(deadline=None, max_examples=25)
@given(CHALLENGES, st.sampled_from(["material", "tool", "product"]))
def test_naming_the_kind_fits_at_least_as_well_at_each_challenge(rows: Any, kind: str) -> None:
    """Where both answer a challenge, the instrument that names its kind, subject or relation stands no lower there."""
    findings = [
        a_finding(f"f-{n}", items=[item], supplier=supplier, dimension=dimension, severity=severity, confidence=sure)
        for n, (item, supplier, dimension, severity, sure) in enumerate(rows)
    ]
    wide = an_instrument("wide", serves=list(DIMENSIONS))
    narrower = [
        wide | {"id": "by-kind", "item_kinds": [kind]},
        wide | {"id": "by-relation", "relations": ["rival", "ally"]},
        wide | {"id": "by-subject", "subjects": ["ore"]},
        wide | {"id": "by-all", "item_kinds": [kind], "relations": ["rival"], "subjects": ["ore"]},
    ]
    result, _ = matched(wide, *narrower, dependencies=[a_dependency("ore", "NEU", 0.1)], findings=findings)
    for challenge in result.challenges:
        by_name = {f.instrument: f.fit for f in challenge.instruments}
        assert all(fit >= by_name["wide"] - 1e-12 for fit in by_name.values())
        assert by_name.get("by-all", 1.0) >= by_name.get("by-kind", 0.0) - 1e-12


def test_a_hold_through_the_chain_calls_for_what_helps_at_its_chokepoint() -> None:
    """A product that fails for want of ore is answered by an instrument for materials, not by one for products."""
    hop = {
        "item": "ore", "item_name": "Ore", "link": "requires", "factor": 1.0, "hold": interval(0.8),
        "share": interval(0.8), "year": YEAR, "evidence": (),
    }  # fmt: skip
    chain = {
        "id": "h", "item": "chip", "item_name": "Chip", "holder": "RIV", "holder_name": "Rivalia", "is_home": False,
        "hold": interval(0.8), "chokepoint": "ore", "chokepoint_name": "Ore", "tier": 2, "path": [hop],
        "suppliers_remaining": 1, "possible": False, "year": YEAR, "evidence": "share.chip.RIV.chain",
    }  # fmt: skip
    result, _ = matched(
        an_instrument("for-materials", item_kinds=["material"]),
        an_instrument("for-products", item_kinds=["product"]),
        dependencies=[a_dependency("chip", "RIV", 0.8, measure="chain hold")],
        chain=[chain],
    )
    assert names(result) == ["for-materials", "no-action"]
    assert only(result, "for-materials").items == ("ore",)


def test_documented_uses_and_challenges_travel_with_the_result() -> None:
    """Uses of an instrument are listed as they are; each challenge names who answers it and why, best aimed first."""
    use = {"by": "PAL", "what": "Stored ore.", "source": "book", "locator": "page 9"}
    result, _ = matched(an_instrument("stockpile", cases=[use], item_kinds=["material"]), an_instrument("any"))
    row = only(result, "stockpile")
    assert [(u.by, u.what) for u in row.cases] == [("PAL", "Stored ore.")]
    assert (row.source, row.locator, row.serves) == ("book", "page 3", ("resilience",))
    assert [c.id for c in result.challenges] == [FINDING, BREACH]
    first = result.challenges[0]
    assert [f.instrument for f in first.instruments] == ["stockpile", "any"]
    assert "such as this (material)" in first.instruments[0].reason
    assert "no-action" not in {f.instrument for c in result.challenges for f in c.instruments}
