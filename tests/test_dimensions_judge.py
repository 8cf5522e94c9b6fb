"""Step 2 on a small world: measured and judged findings, levels, matrix, tensions, robustness."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ostra.dimensions.judge import judge, judged_findings
from ostra.dimensions.measured import measurements
from ostra.dimensions.perturbation import Draws, level_numbers, reach, robustness
from ostra.documents.yaml_documents import builtin_dossiers, read_dossier
from ostra.model.base import DIMENSIONS, LEVELS, Dimension
from ostra.model.results.dimensions import DimensionResult, DimensionsResult, MatrixCell
from steps_world import (
    a_chain_hold,
    a_chokepoint,
    a_dependency,
    a_dossier,
    a_finding,
    a_material_row,
    a_profile,
    a_rule,
    a_step1,
    a_trade_row,
    interval,
    unresolved,
)

QUICK = settings(deadline=None, max_examples=60)


def on(result: DimensionsResult, dimension: Dimension) -> DimensionResult:
    return next(d for d in result.dimensions if d.dimension == dimension)


def cell(result: DimensionsResult, item: str, dimension: Dimension) -> MatrixCell | None:
    return next((c for c in result.matrix if (c.item, c.dimension) == (item, dimension)), None)


@pytest.mark.parametrize(
    ("share", "severity"), [(0.29, None), (0.3, 1), (0.49, 1), (0.5, 2), (0.699, 2), (0.7, 3), (1.0, 3)]
)
def test_a_known_share_has_the_severity_of_the_threshold_it_reaches(share: float, severity: int | None) -> None:
    """Thresholds count as reached when the share equals them."""
    result = judge(a_step1([a_dependency("ore", "RIV", share)]), a_dossier(), a_profile([a_rule()]))
    assert [f.severity for f in result.findings] == ([] if severity is None else [severity])


@pytest.mark.parametrize(
    ("indicator", "step1", "value"),
    [
        ("import_share", {"dependencies": [a_dependency("ore", "RIV", 0.6)]}, 0.6),
        ("production_share", {"dependencies": [a_dependency("ore", "RIV", 0.6, measure="production share")]}, 0.6),
        ("provision_share", {"dependencies": [a_dependency("ore", "RIV", 0.6, measure="provision share")]}, 0.6),
        ("concentration", {"trade": [a_trade_row(0.6)]}, 0.6),
        ("geopolrisk", {"materials": [a_material_row(0.6, 0.6)]}, 0.6),
        ("home_share", {"chokepoints": [a_chokepoint("ore", "HOM", 0.6, True)]}, 0.6),
    ],
)
def test_each_indicator_reaches_its_finding(indicator: str, step1: dict[str, Any], value: float) -> None:
    """Every indicator that a rule can name becomes one finding on its item, with its value and evidence."""
    earlier = a_step1(**step1)
    result = judge(earlier, a_dossier(), a_profile([a_rule(indicator=indicator)]))
    (finding,) = result.findings
    assert finding.items == ("ore",)
    assert finding.value == interval(value)
    assert finding.severity == 2
    assert not unresolved(result.evidence, earlier.evidence)
    proof = next(e for e in result.evidence if e.id == finding.evidence)
    assert proof.inputs == tuple(e.id for e in earlier.evidence)


def test_a_chokepoint_of_others_is_no_share_of_home() -> None:
    """The rule on home's share does not speak of chokepoints that others hold."""
    step1 = a_step1(chokepoints=[a_chokepoint("ore", "RIV", 0.9, False)])
    assert judge(step1, a_dossier(), a_profile([a_rule(indicator="home_share", effect=1)])).findings == ()


def test_a_rule_for_rivals_leaves_allies_alone() -> None:
    """The relation filter of a rule decides whose holds it speaks of."""
    step1 = a_step1([a_dependency("ore", "RIV", 0.6), a_dependency("tool", "PAL", 0.8)])
    result = judge(step1, a_dossier(), a_profile([a_rule(relations=["rival"])]))
    assert [f.supplier for f in result.findings] == ["RIV"]


def test_members_of_home_are_no_foreign_suppliers() -> None:
    """A hold by a member of home is no finding unless the rule names domestic suppliers."""
    step1 = a_step1([a_dependency("ore", "PAL", 0.9)])
    members = frozenset({"PAL"})
    assert judge(step1, a_dossier(), a_profile([a_rule()]), members=members).findings == ()
    domestic = a_profile([a_rule(relations=["domestic"])])
    assert len(judge(step1, a_dossier(), domestic, members=members).findings) == 1


def test_judgements_on_home_as_a_supplier_are_left_out() -> None:
    """Seen from the supplier's own side its judgement is no finding; the dimension says which were left out."""
    dossier = a_dossier([a_finding("theirs", supplier="RIV"), a_finding("anybody", severity=1)])
    result = judge(a_step1(), dossier, a_profile(), members=frozenset({"RIV"}))
    assert [f.id for f in result.findings] == ["anybody"]
    assert on(result, "security").challenge.level == "low"
    assert any("theirs" in text for text in on(result, "security").caveats)


def test_an_interval_shows_its_low_end_and_tells_what_is_possible() -> None:
    """A hold between 0.4 and 0.8 is low for certain and possibly high; the level goes by what is certain."""
    result = judge(a_step1([a_dependency("ore", "RIV", 0.4, 0.8)]), a_dossier(), a_profile([a_rule()]))
    (finding,) = result.findings
    assert (finding.severity, finding.confidence) == (1, 1.0)
    assert "Certainly low, possibly high" in finding.reason
    assert on(result, "resilience").challenge.level == "low"


def test_an_unknown_share_is_neither_a_finding_nor_zero() -> None:
    """A share of which nothing is known is listed as unknown, and the dimension counts as not assessed."""
    result = judge(a_step1([a_dependency("ore", "RIV", 0.0, 1.0)]), a_dossier(), a_profile([a_rule()]))
    resilience = on(result, "resilience")
    assert result.findings == ()
    assert not resilience.assessed
    assert any("Unknown" in text and "Ore (Rivalia)" in text for text in resilience.caveats)


def test_a_share_that_only_may_reach_a_threshold_is_listed() -> None:
    """An interval whose low end lies below the lowest threshold is no finding, but is named."""
    result = judge(a_step1([a_dependency("ore", "RIV", 0.1, 0.4)]), a_dossier(), a_profile([a_rule()]))
    assert result.findings == ()
    assert any("May reach" in text and "Ore (Rivalia)" in text for text in on(result, "resilience").caveats)


def test_no_finding_is_none_only_where_something_was_assessed() -> None:
    """A small known share gives the level none; a dimension at which nobody looked says that it was not assessed."""
    result = judge(a_step1([a_dependency("ore", "RIV", 0.1)]), a_dossier(), a_profile([a_rule()]))
    resilience, values = on(result, "resilience"), on(result, "values")
    assert resilience.assessed
    assert resilience.challenge.level == "none"
    assert resilience.challenge.none == 1.0
    assert not values.assessed
    assert values.challenge.none == 0.25
    assert "not assessed" in values.headline
    assert values.robustness == 0.0


def test_measured_judged_and_pooled_stand_apart() -> None:
    """A measured low and a judged high finding are shown each for itself and pooled."""
    dossier = a_dossier([a_finding("grave", dimension="resilience")])
    result = on(judge(a_step1([a_dependency("ore", "RIV", 0.4)]), dossier, a_profile([a_rule()])), "resilience")
    assert result.measured is not None
    assert result.judged is not None
    assert (result.measured.level, result.judged.level) == ("low", "high")
    assert result.challenge.level == "high"


def test_strengths_are_shown_beside_challenges() -> None:
    """A finding with effect +1 makes a strength and no challenge."""
    step1 = a_step1(chokepoints=[a_chokepoint("tool", "HOM", 1.0, True)])
    rule = a_rule(indicator="home_share", effect=1, dimension="competitiveness")
    result = on(judge(step1, a_dossier(), a_profile([rule])), "competitiveness")
    assert result.strength is not None
    assert result.strength.level == "high"
    assert "strengths on 1 item" in result.headline
    assert result.strength_evidence == "level.competitiveness.strength"


def test_only_the_largest_hold_on_an_item_is_heard() -> None:
    """Two suppliers of one item give two findings, of which pools count the weightier."""
    step1 = a_step1([a_dependency("ore", "RIV", 0.5), a_dependency("ore", "PAL", 0.35)])
    result = judge(step1, a_dossier(), a_profile([a_rule()]))
    assert {(f.supplier, f.heard) for f in result.findings} == {("RIV", True), ("PAL", False)}
    assert on(result, "resilience").challenge.medium == 1.0


def test_the_matrix_shows_items_that_were_looked_at() -> None:
    """A cell holds the item's own pool; an item at which nobody looked has no cell."""
    step1 = a_step1([a_dependency("ore", "RIV", 0.8), a_dependency("tool", "RIV", 0.1)])
    result = judge(step1, a_dossier([a_finding("strong", items=["chip"], effect=1)]), a_profile([a_rule()]))
    ore, tool = cell(result, "ore", "resilience"), cell(result, "tool", "resilience")
    assert ore is not None
    assert ore.challenge.high == 1.0
    assert tool is not None
    assert tool.challenge.none == 1.0
    assert tool.findings == ()
    assert cell(result, "chip", "resilience") is None
    chip = cell(result, "chip", "security")
    assert chip is not None
    assert chip.strength is not None
    assert not chip.assessed


def test_a_tension_needs_one_item_and_two_dimensions() -> None:
    """The same supplier strengthening one dimension and weakening another on the same item is a tension."""
    rows = [
        a_finding("good", dimension="competitiveness", effect=1, supplier="RIV"),
        a_finding("bad", dimension="security", supplier="RIV"),
    ]
    (tension,) = judge(a_step1(), a_dossier(rows), a_profile()).tensions
    assert (tension.subject, tension.strengthens, tension.weakens) == ("tool", "competitiveness", "security")
    assert tension.findings == ("good", "bad")


@pytest.mark.parametrize(
    "changes",
    [
        {"items": ["ore"]},
        {"dimension": "security"},
        {"supplier": "PAL"},
        {"supplier": None},
        {"effect": -1},
        {"confidence": 0.0},
    ],
    ids=str,
)
def test_no_tension_without_opposition(changes: dict[str, Any]) -> None:
    """Another item, the same dimension, another or no supplier, the same sign, or no confidence: no tension."""
    good = a_finding("good", dimension="competitiveness", effect=1, supplier="RIV") | changes
    rows = [good, a_finding("bad", dimension="security", supplier="RIV")]
    assert judge(a_step1(), a_dossier(rows), a_profile()).tensions == ()


def test_a_sure_finding_far_from_every_threshold_is_robust() -> None:
    """No perturbation of a fifth moves a share of 1 against thresholds up to 0.7."""
    result = on(judge(a_step1([a_dependency("ore", "RIV", 1.0)]), a_dossier(), a_profile([a_rule()])), "resilience")
    assert result.robustness == 1.0


def test_robustness_hears_the_largest_hold_too() -> None:
    """A smaller hold of another supplier on the same item does not shake the level, whichever comes first."""
    for large, small in (("PAL", "RIV"), ("RIV", "PAL")):
        step1 = a_step1([a_dependency("ore", large, 1.0), a_dependency("ore", small, 0.4)])
        assert on(judge(step1, a_dossier(), a_profile([a_rule()])), "resilience").robustness == 1.0


def test_a_finding_at_a_threshold_stays_in_half_of_the_profiles() -> None:
    """A share that equals a threshold keeps its level when the threshold moves down: in about half of the draws."""
    result = on(judge(a_step1([a_dependency("ore", "RIV", 0.5)]), a_dossier(), a_profile([a_rule()])), "resilience")
    assert 0.44 < result.robustness < 0.56


def test_a_confidence_near_one_half_is_fragile() -> None:
    """A judgement of confidence 0.55 stays above one half where its factor and that of its kind allow it."""
    dossier = a_dossier([a_finding("grave", dimension="resilience", confidence=0.55)])
    result = on(judge(a_step1(), dossier, a_profile()), "resilience")
    assert result.challenge.level == "high"
    assert result.margin == pytest.approx(0.05)
    # 0.55 f g > 0.5 for independent f, g uniform on [0.8, 1.2]: f > 0.909 / g, which integrates to 0.688.
    assert 0.64 < result.robustness < 0.74
    assert result.robustness_wide < result.robustness


def test_looked_at_and_no_challenge_found_is_no_silence() -> None:
    """A judgement of severity 0 makes a level none with its reason; without it the dimension was not assessed."""
    clear = a_finding("clear", severity=0, confidence=0.7, reason="Experts looked and saw nothing.")
    result = judge(a_step1(), a_dossier([clear]), a_profile())
    security = on(result, "security")
    assert security.assessed and security.challenge.level == "none"
    assert "Experts looked and saw nothing" in security.headline
    assert not on(result, "values").assessed
    there = cell(result, "tool", "security")
    assert there is not None and there.assessed and there.challenge.none == 1.0
    with pytest.raises(ValidationError, match="looked at, no challenge found"):
        a_dossier([a_finding("odd", severity=0, effect=1)])


def test_a_rule_may_speak_of_some_kinds_of_items_only() -> None:
    """The ore is a material and the tool is none; without kinds the rule speaks of both."""
    step1 = a_step1([a_dependency("ore", "RIV", 0.9), a_dependency("tool", "RIV", 0.9)])
    found = judge(step1, a_dossier(), a_profile([a_rule(item_kinds=["material"])])).findings
    assert [f.items for f in found] == [("ore",)]
    assert len(judge(step1, a_dossier(), a_profile([a_rule()])).findings) == 2


def test_one_share_that_reaches_several_products_is_counted_once() -> None:
    """Holds through the chain at one chokepoint are one voice; at another chokepoint they are another."""
    holds = [a_chain_hold("chip", "RIV", 0.9, "ore"), a_chain_hold("tool", "RIV", 0.8, "ore")]
    step1 = a_step1(
        [
            a_dependency("chip", "RIV", 0.9, measure="chain hold"),
            a_dependency("tool", "RIV", 0.8, measure="chain hold"),
        ],
        chain=holds,
    )
    profile = a_profile([a_rule(indicator="chain_hold")])
    assert [f.heard for f in judge(step1, a_dossier(), profile).findings] == [True, False]
    elsewhere = step1.model_copy(update={"chain": (holds[0], a_chain_hold("tool", "RIV", 0.8, "chip"))})
    assert all(f.heard for f in judge(elsewhere, a_dossier(), profile).findings)


def test_the_overall_figure_follows_the_weights_and_leaves_the_unknown_open() -> None:
    """A high and a none dimension by weight; two that were not assessed span the rest of the scale."""
    dossier = a_dossier([a_finding("grave"), a_finding("clear", severity=0, dimension="values")])
    even = judge(a_step1(), dossier, a_profile())
    assert (even.overall.low, even.overall.high) == pytest.approx((0.25, 0.75))
    weights = {"resilience": 1.0, "security": 3.0, "values": 1.0, "competitiveness": 1.0}
    leaning = judge(a_step1(), dossier, a_profile(weights=weights))
    assert (leaning.overall.low, leaning.overall.high) == pytest.approx((0.5, 5 / 6))
    proof = next(e for e in even.evidence if e.id == even.overall_evidence)
    assert (proof.value, proof.low) == (None, pytest.approx(0.25))


def test_the_level_none_can_be_fragile() -> None:
    """A share a little below the lowest threshold becomes a finding in the profiles that lower it enough."""
    result = on(judge(a_step1([a_dependency("ore", "RIV", 0.27)]), a_dossier(), a_profile([a_rule()])), "resilience")
    assert result.challenge.level == "none"
    # 0.27 reaches 0.3 × factor when the factor is at most 0.9, in a quarter of the draws.
    assert 0.70 < result.robustness < 0.80


def test_robustness_without_perturbation_is_one() -> None:
    """The vectorised twin of the pool gives the probabilities of the pool itself when nothing is perturbed."""
    step1 = a_step1(
        [
            a_dependency("ore", "RIV", 0.55),
            a_dependency("ore", "PAL", 0.2, 0.7),
            a_dependency("tool", "NEU", 0.31),
            a_dependency("chip", "RIV", 0.4, 0.9),
        ]
    )
    profile = a_profile([a_rule(confidence=0.7)])
    dossier = a_dossier([a_finding("j", dimension="resilience", severity=1, confidence=0.9)])
    levels = on(judge(step1, dossier, profile), "resilience").challenge
    rows = measurements(step1, dossier.items, profile, frozenset())
    judged, _ = judged_findings(dossier, {}, {})
    reached = reach(Draws(number=3, spread=0.0), rows, [o.finding for o in judged])
    wanted = (levels.low + levels.medium + levels.high, levels.medium + levels.high, levels.high)
    assert all(tuple(column) == pytest.approx(wanted) for column in reached.T)


def test_one_perturbed_profile_is_the_same_for_all_ecosystems() -> None:
    """A rule's factors do not depend on the ecosystem; those of a judged finding are its dossier's own."""
    rows = measurements(
        a_step1([a_dependency("ore", "RIV", 0.5)]), a_dossier().items, a_profile([a_rule()]), frozenset()
    )
    judged, _ = judged_findings(a_dossier([a_finding("j", confidence=0.5)]), {}, {})
    first, second = Draws(number=50), Draws(number=50)
    assert (reach(first, rows, [], "one") == reach(second, rows, [], "two")).all()
    own, other = (reach(first, [], [o.finding for o in judged], name) for name in ("one", "two"))
    assert (own != other).any()


def test_headlines_name_the_weightiest_findings_with_their_numbers() -> None:
    """The sentence holds level, supplier, item, share and the judge's reason, and ends like a sentence."""
    dossier = a_dossier([a_finding("grave", dimension="resilience", supplier="RIV", reason="Nobody else makes it.")])
    step1 = a_step1([a_dependency("ore", "RIV", 0.81)])
    text = on(judge(step1, dossier, a_profile([a_rule()])), "resilience").headline
    assert text.startswith("The challenge to resilience is high")
    for word in ("Rivalia", "Ore", "81%", "2023", "Tool (Rivalia)", "Nobody else makes it"):
        assert word in text
    assert text.endswith(".")
    assert "\n" not in text


def test_rules_on_the_same_indicator_keep_their_findings_apart() -> None:
    """Two rules for one indicator and dimension give two findings with different ids."""
    rules = [a_rule(), a_rule(effect=1, reason="Cheap ore.")]
    result = judge(a_step1([a_dependency("ore", "RIV", 0.8)]), a_dossier(), a_profile(rules))
    assert len({f.id for f in result.findings}) == 2
    assert len({e.id for e in result.evidence}) == len(result.evidence)


def test_a_very_long_name_is_cut_in_labels_and_harms_nothing() -> None:
    """Names and reasons of a dossier may be as long as the model allows; labels of evidence stay short."""
    name = "Ore " * 999
    item = {"id": "ore", "name": name, "kind": "material", "stage": "all", "products": [{"hs": "260600"}]}
    dossier = a_dossier([a_finding("j", items=["ore"], reason="Why " * 999)], items=[item])
    step1 = a_step1([a_dependency("ore", "RIV", 0.8, item_name=name)], trade=[a_trade_row(0.9)])
    profile = a_profile([a_rule(), a_rule(indicator="concentration")])
    assert max(len(e.label) for e in judge(step1, dossier, profile).evidence) < 500


def test_the_reports_own_example_is_a_tension() -> None:
    """In the built-in dossier foreign fabs for older processes help resilience and hurt security."""
    dossier = read_dossier(builtin_dossiers()["semiconductors"])
    found = {(t.subject, t.strengthens, t.weakens) for t in judge(a_step1(), dossier, a_profile()).tensions}
    assert ("front-end-trailing", "resilience", "security") in found


shares = st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)).map(lambda p: (min(p), max(p)))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Any, Any, Any]:
    """A result of step 1, a dossier and a profile with a handful of everything."""
    places = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["ore", "tool", "chip"]),
                st.sampled_from(["RIV", "PAL", "NEU"]),
                st.sampled_from(["import share", "production share", "provision share"]),
            ),
            unique=True,
            max_size=6,
        )
    )
    dependencies = [a_dependency(i, s, *draw(shares), measure=m) for i, s, m in places]
    rules = [
        a_rule(
            indicator=indicator,
            effect=-1,
            dimension=draw(st.sampled_from(DIMENSIONS)),
            confidence=draw(st.floats(0.0, 1.0)),
        )
        for indicator in ("import_share", "production_share", "provision_share", "concentration", "geopolrisk")
    ]
    findings = [
        a_finding(
            f"j{n}",
            items=[draw(st.sampled_from(["ore", "tool", "chip"]))],
            supplier=draw(st.sampled_from([None, "RIV", "PAL"])),
            dimension=draw(st.sampled_from(DIMENSIONS)),
            effect=draw(st.sampled_from([-1, 1])),
            severity=draw(st.sampled_from([1, 2, 3])),
            confidence=draw(st.floats(0.0, 1.0)),
        )
        for n in range(draw(st.integers(0, 5)))
    ]
    risk = draw(st.one_of(st.none(), shares))
    materials = [a_material_row(*(risk or (None, None)))]
    trade = [a_trade_row(draw(st.one_of(st.none(), st.floats(0.0, 1.0))))]
    step1 = a_step1(dependencies, trade=trade, materials=materials)
    return step1, a_dossier(findings), a_profile(rules)


@QUICK
@given(worlds())
def test_every_result_is_sound(world: tuple[Any, Any, Any]) -> None:
    """Distributions sum to 1, robustness is a share, ids are unique and every reference leads somewhere."""
    step1, dossier, profile = world
    result = judge(step1, dossier, profile)
    finding_ids = {f.id for f in result.findings}
    evidence_ids = {e.id for e in result.evidence}
    assert len(finding_ids) == len(result.findings)
    assert len(evidence_ids) == len(result.evidence)
    assert not unresolved(result.evidence, step1.evidence)
    assert [d.dimension for d in result.dimensions] == list(DIMENSIONS)
    rows = measurements(step1, dossier.items, profile, frozenset())
    judged, _ = judged_findings(dossier, {}, {})
    for row in result.dimensions:
        assert 0.0 <= row.robustness <= 1.0
        if row.assessed:  # unperturbed, the vectorised pool agrees with the exact one
            own_rows = [m for m in rows if m.rule.dimension == row.dimension]
            views = [o.finding for o in judged if (o.finding.dimension, o.finding.effect) == (row.dimension, -1)]
            number = level_numbers(reach(Draws(number=1, spread=0.0), own_rows, views))
            assert LEVELS[number[0]] == row.challenge.level
            assert robustness(row.challenge.level, own_rows, views, ecosystem=dossier.id) == (
                row.robustness,
                row.robustness_wide,
            )
        assert {
            row.evidence,
            row.margin_evidence,
            row.robustness_evidence,
            *filter(None, [row.strength_evidence]),
        } <= evidence_ids
        assert set(row.findings) <= finding_ids
    for levels in [d.challenge for d in result.dimensions] + [c.challenge for c in result.matrix]:
        assert levels.none + levels.low + levels.medium + levels.high == pytest.approx(1.0, abs=1e-12)
    assert all(c.evidence in evidence_ids and set(c.findings) <= finding_ids for c in result.matrix)
    assert all(f.evidence in evidence_ids for f in result.findings)
    assert all(set(t.findings) <= finding_ids for t in result.tensions)


@QUICK
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_the_inputs_does_not_matter(world: tuple[Any, Any, Any], random: Any) -> None:
    """Dependencies and findings in another order give the same result, to the last bit."""
    step1, dossier, profile = world
    dependencies, findings = list(step1.dependencies), list(dossier.findings)
    random.shuffle(dependencies)
    random.shuffle(findings)
    again = judge(
        step1.model_copy(update={"dependencies": tuple(dependencies)}),
        dossier.model_copy(update={"findings": tuple(findings)}),
        profile,
    )
    assert again.model_dump_json() == judge(step1, dossier, profile).model_dump_json()


@QUICK
@given(worlds(), st.data())
def test_weaker_dependence_never_raises_a_challenge(world: tuple[Any, Any, Any], data: st.DataObject) -> None:
    """Lower either end of any hold: no dimension becomes more likely to reach any level, nor does the whole rise.

    A hold from 0 to 1 is unknown; a dimension of which nothing else is known then counts as not assessed.
    """
    step1, dossier, profile = world
    weaker = []
    for row in step1.dependencies:
        high = data.draw(st.floats(0.0, row.hold.high))
        low = data.draw(st.floats(0.0, min(row.hold.low, high)))
        weaker.append(row.model_copy(update={"hold": interval(low, high)}))
    before = judge(step1, dossier, profile)
    after = judge(step1.model_copy(update={"dependencies": tuple(weaker)}), dossier, profile)
    for dimension in DIMENSIONS:
        old, new = on(before, dimension), on(after, dimension)
        if old.assessed and new.assessed:
            was, now = old.challenge, new.challenge
            assert now.high <= was.high + 1e-12
            assert now.medium + now.high <= was.medium + was.high + 1e-12
            assert now.none >= was.none - 1e-12
    assert after.overall.low <= before.overall.low + 1e-12
