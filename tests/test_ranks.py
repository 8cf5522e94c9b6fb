"""Ranks of ecosystems and items, their stability, horizons, and the sensitivity of thresholds."""

from __future__ import annotations

import itertools
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ostra
from ostra.ask import assessments, ranks, stability
from ostra.cli import main
from ostra.dimensions.judge import judge
from ostra.dimensions.measured import measurements
from ostra.dimensions.perturbation import Draws
from ostra.dimensions.pool import expected_level
from ostra.dimensions.ranking import above, ecosystem_contender, rank_range, rank_shares, standing, standings
from ostra.dimensions.sensitivity import responses
from ostra.errors import UsageError
from ostra.model.assessment import Assessment
from ostra.model.base import DIMENSIONS, LEVELS
from ostra.model.profile import Profile, reweighted
from ostra.show.text import level_tables as levels
from ostra.words.figures import percent
from ostra.workspace import Workspace
from steps_world import a_dependency, a_dossier, a_finding, a_profile, a_rule, a_step1

QUICK = settings(deadline=None, max_examples=80)
STILL = Draws(number=1, spread=0.0)


@pytest.fixture(scope="module")
def space() -> Workspace:
    return Workspace()


@pytest.fixture(scope="module")
def made(space: Workspace) -> list[Assessment]:
    return assessments.assessments(space, year=2023)


def contender(name: str, findings: list[dict[str, Any]], profile: Profile, **step1: Any) -> Any:
    dossier, earlier = a_dossier(findings, id=name), a_step1(**step1)
    rows = measurements(earlier, dossier.items, profile, frozenset())
    return ecosystem_contender(name, rows, judge(earlier, dossier, profile))


def everywhere(severity: int, confidence: float) -> list[dict[str, Any]]:
    """One judged finding on each dimension."""
    return [a_finding(f"on-{d}", dimension=d, severity=severity, confidence=confidence) for d in DIMENSIONS]


scores = st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)).map(sorted), min_size=1, max_size=5)


@QUICK
@given(scores)
def test_rank_intervals_hold_every_rank_that_the_unknown_allows(rows: list[list[float]]) -> None:
    """Put every score at either of its ends: all ranks that come out lie within best and worst, and both are met."""
    ends = np.round(np.array(rows), 3)
    own = standing(ends[:, :1], ends[:, 1:])
    met: list[set[int]] = [set() for _ in rows]
    for choice in itertools.product((0, 1), repeat=len(rows)):
        at = [ends[n, end] for n, end in enumerate(choice)]
        for n, value in enumerate(at):
            met[n].add(1 + sum(other > value + 1e-9 for other in at))
    for n, found in enumerate(met):
        assert min(found) == own.best[n, 0]
        assert max(found) == own.worst[n, 0]


def test_the_weights_decide_who_is_first() -> None:
    """One is grave on security, the other on values; the heavier dimension wins, and alike weights tie."""
    plain = a_profile()
    pair = [
        contender("a", [*everywhere(1, 0.9), a_finding("x", dimension="security")], plain),
        contender("b", [*everywhere(1, 0.9), a_finding("x", dimension="values")], plain),
    ]
    for weights, wanted in (({}, [1, 1]), ({"security": 2.0}, [1, 2]), ({"values": 2.0}, [2, 1])):
        found = standings(pair, reweighted(plain, weights), STILL).overall
        assert found.best[:, 0].tolist() == wanted


def test_what_was_not_assessed_is_an_interval_and_not_zero() -> None:
    """Assessed on security only, b may stand above or below a, which is medium everywhere."""
    profile = a_profile()
    pair = [
        contender("a", everywhere(2, 0.9), profile),
        contender("b", [a_finding("x", dimension="security", severity=1, confidence=0.9)], profile),
    ]
    found = standings(pair, profile, STILL)
    assert (found.overall.best[1, 0], found.overall.worst[1, 0]) == (1, 2)
    assert found.overall.low[1, 0] == pytest.approx(0.3 / 4)
    assert found.overall.high[1, 0] == pytest.approx((0.3 + 3) / 4)
    assert found.dimensions["security"].best[:, 0].tolist() == [1, 2]
    assert rank_shares(found.overall, 1) == [0.0, 0.0]
    assert above(found.overall, 0, 1) == above(found.overall, 1, 0) == 0.0


def test_an_ecosystem_that_dominates_stands_above_in_all_profiles() -> None:
    """Sure and high on everything beats unsure and low on everything, however weights and steps are drawn."""
    profile = a_profile()
    pair = [contender("low", everywhere(1, 0.5), profile), contender("high", everywhere(3, 0.9), profile)]
    found = standings(pair, profile, Draws(number=300, spread=0.2)).overall
    assert above(found, 1, 0) == 1.0
    assert rank_range(found, 1) == (1, 1)
    assert rank_shares(found, 0) == [0.0, 1.0]


def test_twins_tie_in_every_profile_where_only_shared_yardsticks_move() -> None:
    """Two ecosystems with the same measurements stand level in each draw: one perturbed profile is one draw."""
    profile = a_profile([a_rule(dimension=d, confidence=0.8) for d in DIMENSIONS])
    step1 = {"dependencies": [a_dependency("ore", "RIV", 0.55)]}
    pair = [contender(name, [], profile, **step1) for name in ("a", "b")]
    found = standings(pair, profile, Draws(number=200)).overall
    assert (found.best == 1).all() and (found.worst == 1).all()
    assert len(np.unique(found.low[0])) > 100  # and yet the profiles do differ


def test_unperturbed_scores_are_those_of_the_assessments(made: list[Assessment], space: Workspace) -> None:
    """With a spread of 0 each score is the expected level of the assessment, and the whole its weighted mean."""
    profile = space.profile()
    found = standings(ranks.contenders_of(made, profile), profile, STILL)
    for place, assessment in enumerate(made):
        for result in assessment.step2.dimensions:
            score = found.dimensions[result.dimension].low[place, 0]
            assert score == pytest.approx(expected_level(result.challenge))
        assert found.overall.low[place, 0] == pytest.approx(assessment.step2.overall.low)


def test_levels_stay_as_often_as_their_robustness_says(made: list[Assessment], space: Workspace) -> None:
    """The same 1,000 profiles stand behind the matrix's stability and each assessment's robustness."""
    listing = stability.perturb_of(made, space.profile())
    rows = {(r["ecosystem"], r["of"]): r for r in listing.frame.iter_rows(named=True) if r["figure"] == "level stays"}
    for assessment in made:
        for result in assessment.step2.dimensions:
            row = rows[assessment.ecosystem, result.dimension]
            assert (row["near"], row["wide"]) == (result.robustness, result.robustness_wide)


def test_rank_shares_and_pairs_add_up(made: list[Assessment], space: Workspace) -> None:
    """With everything assessed each ecosystem has one rank in each profile, and of a pair at most one is above."""
    frame = stability.perturb_of(made, space.profile(), draws=200).frame
    for (name,), part in frame.group_by(["ecosystem"]):
        of_rank = part.filter(part["figure"] == "rank")
        assert of_rank["near"].sum() == pytest.approx(1.0), name
    pairs = {(r["ecosystem"], r["of"]): r["wide"] for r in frame.iter_rows(named=True) if r["figure"] == "above"}
    assert len(pairs) == len(made) * (len(made) - 1)
    assert all(share + pairs[b, a] <= 1.0 + 1e-12 for (a, b), share in pairs.items())
    with pytest.raises(UsageError, match="between 1 and"):
        stability.perturb(space, draws=0)


def test_eight_ecosystems_and_a_thousand_profiles_are_quick(made: list[Assessment], space: Workspace) -> None:
    """Perturbing takes a small part of the ten seconds that the command may take."""
    start = time.perf_counter()
    stability.perturb_of(made, space.profile())
    assert time.perf_counter() - start < 5.0


def rows(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    code = main([*arguments, "--json"])
    streams = capsys.readouterr()
    assert code == 0, streams.err
    found: list[dict[str, Any]] = json.loads(streams.out)
    return found


def test_the_command_shows_ranks_before_and_after(capsys: pytest.CaptureFixture[str]) -> None:
    """Weighing values up lifts the ecosystem that is grave on values; evidence can be traced."""
    pair = ["--ecosystem", "semiconductors", "--ecosystem", "ai-ethics", "--year", "2023"]
    found = rows(capsys, "matrix", "rank", "--weight", "values=6", *pair)
    overall = {r["ecosystem"]: r for r in found if r["dimension"] == "overall"}
    assert overall["semiconductors"]["before_shown"] == overall["ai-ethics"]["rank_shown"] == 1
    assert overall["ai-ethics"]["before_shown"] == overall["semiconductors"]["rank_shown"] == 2
    assert main(["trace", overall["ai-ethics"]["evidence"], "--json"]) == 0
    capsys.readouterr()


def test_items_are_ranked_within_their_ecosystem(capsys: pytest.CaptureFixture[str]) -> None:
    """On a dimension only assessed items stand in the order; overall the unknown leaves an interval."""
    found = rows(capsys, "matrix", "rank", "--items", "--ecosystem", "6g", "--year", "2023")
    first = next(r for r in found if r["dimension"] == "resilience")
    assert (first["item"], first["rank_best"], first["rank_worst"]) == ("rare-earths", 1, 1)
    whole = next(r for r in found if r["dimension"] == "overall" and r["item"] == "rare-earths")
    assert whole["score_low"] < whole["score_high"]
    assert whole["rank_best"] < whole["rank_worst"]


def test_a_profile_file_changes_ranks_and_assessments(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, space: Workspace
) -> None:
    """A copy of the profile in which one rule is sure of nothing lowers what rested on that rule."""
    text = (Path(ostra.__file__).parent / "dossiers" / "profile-eu27.yaml").read_text(encoding="utf-8")
    old = "low: 0.25, medium: 0.5, high: 0.65, confidence: 0.6, horizon: now, source: crma"
    assert text.count(old) == 1
    file = tmp_path / "mine.yaml"
    file.write_text(text.replace(old, old.replace("confidence: 0.6", "confidence: 0.1")), encoding="utf-8")
    arguments = ("--ecosystem", "urban-ai", "--ecosystem", "v2x", "--year", "2023")
    found = rows(capsys, "matrix", "rank", "--profile", str(file), *arguments)
    urban = next(r for r in found if (r["ecosystem"], r["dimension"]) == ("urban-ai", "resilience"))
    assert urban["before_shown"] == 1
    own = rows(capsys, "matrix", "--profile", str(file), *arguments)
    assert next(r["level"] for r in own if (r["ecosystem"], r["dimension"]) == ("urban-ai", "resilience")) == "medium"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--rank"], "ostra matrix rank"),
        (["perturb", "--draws", "0"], "between 1 and"),
        (["--weight", "values"], "DIMENSION=NUMBER"),
        (["--weight", "beauty=2"], "no dimension 'beauty'"),
        (["--weight", "values=-1"], "above 0"),
        (["--weight", "values=nan"], "above 0"),
        (["--weight", "values=2", "--weight", "values=3"], "given twice"),
    ],
    ids=str,
)
def test_requests_that_make_no_sense_are_told(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    """Each exits with 2 and says what to write."""
    assert main(["matrix", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_later_horizons_only_add(made: list[Assessment]) -> None:
    """Levels by horizon never fall with time, and with all findings they are the assessment's own."""
    for row in stability.horizons_of(made).frame.iter_rows(named=True):
        levels = [LEVELS.index(row[h]) for h in stability.HORIZONS]
        assert levels == sorted(levels)
        assessment = next(a for a in made if a.ecosystem == row["ecosystem"])
        result = next(d for d in assessment.step2.dimensions if d.dimension == row["dimension"])
        assert (row["long"], row["long_reached"]) == (result.challenge.level, pytest.approx(result.challenge.reached))


def test_higher_thresholds_never_find_more(made: list[Assessment], space: Workspace) -> None:
    """As thresholds rise, findings, their severity and the mean level of the rule's dimension fall or stay."""
    profile = space.profile()
    frame = stability.sensitivity_of(made, profile).frame
    for _, part in frame.group_by(["rule"]):
        part = part.sort("factor")
        for columns in (["findings_high"], ["findings_medium", "findings_high"]):
            counts = part.select(columns).sum_horizontal().to_list()
            assert counts == sorted(counts, reverse=True)
        means = [m for m in part["mean"].to_list() if m is not None]
        assert all(later <= sooner + 1e-12 for sooner, later in itertools.pairwise(means))


def test_at_its_own_thresholds_a_rule_gives_the_assessments(made: list[Assessment], space: Workspace) -> None:
    """With the factor 1 the counts of findings and levels are those of the eight assessments."""
    frame = stability.sensitivity_of(made, space.profile()).frame
    for row in frame.filter(frame["factor"] == 1.0).iter_rows(named=True):
        author = f"severity rule {row['rule']} of profile"
        found = [f for a in made for f in a.step2.findings if f.author.startswith(author)]
        assert sum(row[f"findings_{level}"] for level in LEVELS[1:]) == len(found)
        for level in LEVELS:
            results = [d for a in made for d in a.step2.dimensions if d.dimension == row["dimension"]]
            own = [(d.challenge if d.assessed else None) if row["effect"] < 0 else d.strength for d in results]
            assert row[f"{level}_ecosystems"] == sum(o is not None and o.level == level for o in own)


def test_moving_one_rule_by_hand() -> None:
    """A share of 0.6 against 0.3, 0.5, 0.7: high at half the thresholds, medium as they stand, low at ×1.5."""
    profile = a_profile([a_rule()])
    step1, dossier = a_step1([a_dependency("ore", "RIV", 0.6)]), a_dossier()
    rows = measurements(step1, dossier.items, profile, frozenset())
    found = responses([(rows, judge(step1, dossier, profile).findings)], profile.severity, (0.5, 1.0, 1.5, 3.0))
    assert [r.findings for r in found] == [(0, 0, 1), (0, 1, 0), (1, 0, 0), (0, 0, 0)]
    assert [next(level for level, n in r.levels.items() if n) for r in found] == ["high", "medium", "low", "none"]


def test_the_figure_has_a_panel_for_each_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The picture is well-formed and names every rule; the table says why each threshold is what it is."""
    from xml.etree import ElementTree

    file = tmp_path / "sensitivity.svg"
    assert main(["sensitivity", "--ecosystem", "v2x", "--year", "2023", "-o", str(file)]) == 0
    text = " ".join(ElementTree.parse(file).getroot().itertext())
    found = rows(capsys, "sensitivity", "--ecosystem", "v2x", "--year", "2023")
    for number in {row["rule"] for row in found}:
        assert f"{number}. " in text
    assert all(row["reason"] and row["source"] for row in found)


def test_tables_fit_a_terminal(made: list[Assessment], space: Workspace) -> None:
    """In words each ecosystem and each rule has one row, with the numbers of the long listing."""
    listing = stability.perturb_of(made, space.profile(), draws=50)
    words = levels.stability(listing).listing.frame
    assert sorted(words["ecosystem"].to_list()) == sorted(a.ecosystem for a in made)
    first = words.row(0, named=True)
    stays = listing.frame.filter(
        (listing.frame["ecosystem"] == first["ecosystem"]) & (listing.frame["figure"] == "level stays")
    )
    own = stays.filter(stays["of"] == "values").row(0, named=True)
    assert first["values"] == f"{own['level']} {percent(own['near'])}"
    rules = levels.sensitivity(stability.sensitivity_of(made, space.profile())).listing.frame
    assert rules["rule"].to_list() == list(range(1, len(space.profile().severity) + 1))


def test_needing_less_of_rare_earths_raises_nothing_in_6g(tmp_path: Path, made: list[Assessment]) -> None:
    """What an average once got wrong: a tenth of the need raised resilience from 70 to 75 % for medium or more."""
    text = (Path(ostra.__file__).parent / "dossiers" / "6g.yaml").read_text(encoding="utf-8")
    old = "{item: radio-units, needs: rare-earths, "
    assert text.count(old) == 1
    (tmp_path / "dossiers").mkdir()
    (tmp_path / "dossiers" / "6g.yaml").write_text(text.replace(old, old + "essentiality: 0.1, "), encoding="utf-8")
    less = Workspace(tmp_path).assess("6g", "EU27", 2023)
    full = next(a for a in made if a.ecosystem == "6g")
    assert len(less.step3.breaches) < len(full.step3.breaches)
    for before, after in zip(full.step2.dimensions, less.step2.dimensions, strict=True):
        was, now = before.challenge, after.challenge
        assert now.high <= was.high
        assert now.medium + now.high <= was.medium + was.high
        assert now.none >= was.none


def test_weights_change_the_whole_and_not_the_levels(space: Workspace, made: list[Assessment]) -> None:
    """`ostra assess --weight`: levels stay, the overall figure leans towards the heavier dimension."""
    plain = next(a for a in made if a.ecosystem == "semiconductors")
    heavy = Workspace(weights={"resilience": 9.0}).assess("semiconductors", "EU27", 2023)
    assert [d.challenge for d in heavy.step2.dimensions] == [d.challenge for d in plain.step2.dimensions]
    resilience = expected_level(plain.step2.dimensions[0].challenge)
    assert abs(heavy.step2.overall.low - resilience) < abs(plain.step2.overall.low - resilience)
    assert "resilience 9" in heavy.profile_title
    assert heavy.hashes.profile != plain.hashes.profile


def test_a_profile_that_was_edited_is_read_anew(tmp_path: Path) -> None:
    """Documents are shared between assessments only while their file stays as it is."""
    text = (Path(ostra.__file__).parent / "dossiers" / "profile-eu27.yaml").read_text(encoding="utf-8")
    (tmp_path / "profile.yaml").write_text(text, encoding="utf-8")
    space = Workspace(tmp_path)
    assert space.profile().persistence_years == 3
    (tmp_path / "profile.yaml").write_text(
        text.replace("persistence_years: 3", "persistence_years: 12"), encoding="utf-8"
    )
    assert space.profile().persistence_years == 12
