"""Controls and coercion: the built-in timeline, what is refused, what befell which dependency, and how it is told."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ostra.ask.controls import controls as asked
from ostra.change.checking import check
from ostra.change.new_workspace import create_workspace
from ostra.context.control_record import dated_entries
from ostra.documents.own_controls import CONTROLS_FILE, joined
from ostra.documents.yaml_documents import builtin_profiles, builtin_timeline, read_profile, read_timeline
from ostra.ecosystem.controls_met import actors, aim, named_by, touching, with_controls
from ostra.errors import DataError, NotFoundError
from ostra.facts.editions import carried_controls
from ostra.model.control import Control, Timeline, before, in_order
from ostra.model.dossier import Item
from ostra.model.results.ecosystem import Dependency
from ostra.words import economies
from ostra.workspace import Workspace
from steps_world import a_chain_hold, a_dependency, a_dossier

TIMELINE = read_timeline(builtin_timeline())
PROFILE = read_profile(builtin_profiles()["eu27"])
EU = economies.home("EU27")
MEMBERS = EU.members(2024)
BY_ID = {control.id: control for control in TIMELINE.controls}


def a_control(name: str = "one", **changes: Any) -> Control:
    """A licence of China's on gallium since August 2023."""
    return Control.model_validate(
        {
            "id": name,
            "by": "CHN",
            "form": "export licence",
            "what": "A licence is needed.",
            "since": "2023-08-01",
            "technologies": ["semiconductors"],
            "items": ["gallium"],
            "source": "gazette",
            "basis": "act",
            "confidence": "high",
        }
        | changes
    )


# --- the built-in timeline ---------------------------------------------------------------------------------------


def test_every_entry_has_a_document_with_an_address_and_dates_in_order() -> None:
    """At least sixty entries from 2010 on; each source is named, dated and can be looked up."""
    sources = {source.id: source for source in TIMELINE.sources}
    assert len(TIMELINE.controls) >= 60
    assert min(c.since for c in TIMELINE.controls).startswith("2010")
    for control in TIMELINE.controls:
        source = sources[control.source]
        assert re.fullmatch(r"https?://\S+\.\S+", source.url) and source.title and source.publisher and source.date
        assert control.until is None or not before(control.until, control.since)
        for one, other in pairwise(control.suspended):
            assert one.until is not None and before(one.until, other.since)
        assert control.what.endswith(".") and len(control.what) < 250, control.id


def test_what_only_memory_supports_is_of_low_confidence() -> None:
    """Nothing is sure that nobody could look up."""
    assert all(control.confidence == "low" for control in TIMELINE.controls if control.basis == "memory")


def test_all_eight_technologies_and_both_sides_are_told() -> None:
    """Every built-in ecosystem is touched; the measures of allies, partners, home and rivals stand alike."""
    touched = {name for control in TIMELINE.controls for name in control.technologies}
    assert touched == set(Workspace().dossier_files())
    assert {"USA", "CHN", "EU", "NLD", "JPN", "KOR", "TWN", "IND", "RUS", "GBR"} <= {c.by for c in TIMELINE.controls}


FACTS = [
    ("chn-gallium-germanium-2023", "CHN", (), "2023-08-01", None, "gallium"),
    ("chn-graphite-2023", "CHN", (), "2023-12-01", None, "graphite"),
    ("chn-antimony-2024", "CHN", (), "2024-09-15", None, "antimony"),
    ("chn-usa-ban-2024", "CHN", ("USA",), "2024-12-03", None, "germanium"),
    ("chn-rare-earths-japan-2010", "CHN", ("JPN",), "2010-09-21", "2010-11-20", "rare-earths"),
    ("chn-rare-earths-2025", "CHN", (), "2025-04-04", None, "rare-earths"),
    ("chn-lithuania-2021", "CHN", ("LTU",), "2021-12", None, None),
    ("usa-huawei-2019", "USA", ("CHN",), "2019-05-16", None, "eda-tools"),
    ("usa-chips-2022", "USA", ("CHN",), "2022-10-07", None, "chips-ai"),
    ("usa-ai-chips-2023", "USA", ("CHN",), "2023-11-17", None, "ai-chips"),
    ("usa-connected-cars-2025", "USA", ("CHN", "RUS"), "2025-03-17", None, "driving-software"),
    ("nld-immersion-2023", "NLD", (), "2023-09-01", None, "deposition-equipment"),
    ("jpn-korea-materials-2019", "JPN", ("KOR",), "2019-07-04", "2023-03-23", "process-chemicals"),
    ("rus-noble-gases-2022", "RUS", (), "2022-05-30", "2022-12-31", "neon"),
    ("ind-apps-2020", "IND", ("CHN",), "2020-06-29", None, "video-app"),
]


@pytest.mark.parametrize(("name", "by", "against", "since", "until", "item"), FACTS, ids=[f[0] for f in FACTS])
def test_well_known_measures_stand_as_they_are_documented(
    name: str, by: str, against: tuple[str, ...], since: str, until: str | None, item: str | None
) -> None:
    """Who, against whom, from when to when."""
    control = BY_ID[name]
    assert (control.by, control.against, control.since, control.until) == (by, against, since, until)
    assert item is None or item in control.items


def test_suspensions_are_told_with_their_ends() -> None:
    """The ban on gallium for the United States, and the rule on affiliates, were put off for a year."""
    assert [(s.since, s.until) for s in BY_ID["chn-usa-ban-2024"].suspended] == [("2025-11-09", "2026-11-27")]
    assert [(s.since, s.until) for s in BY_ID["usa-affiliates-2025"].suspended] == [("2025-11-10", "2026-11-09")]
    assert BY_ID["usa-affiliates-2025"].dates == "since 2025-09-29; suspended 2025-11-10 to 2026-11-09"


# --- what is refused ---------------------------------------------------------------------------------------------

OWN = """format: ostra-controls/1
title: Our own
author: us
date: 2026-11-30
sources:
  - {id: paper, title: A paper, publisher: Press, date: "2026-05-01", url: "https://example.org/paper"}
controls:
  - id: tur-boron-2026
    by: TUR
    against: [DEU]
    form: export quota
    what: "An example and no fact: less boron leaves the country."
    since: "2026-04-01"
    technologies: [semiconductors]
    items: [boron]
    source: paper
    basis: report
    confidence: medium
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("since: \"2026-04-01\"", "since: \"2026-04-01\"\n    until: \"2026-03-01\"", 8, "before since"),
        ("by: TUR", "by: TRU", 9, "no economy has this code"),
        ("form: export quota", "form: export quote", 11, "export quota"),
        ("source: paper", "source: papers", 16, "paper"),
        ("basis: report", "basis: memory", 8, "confidence must be low"),
        ("https://example.org/paper", "example.org/paper", 6, "https://"),
        ("against: [DEU]", "against: [TUR]", 8, "who acts"),
        ("technologies: [semiconductors]", "technologies: []", 14, "at least"),
        ("    items: [boron]\n", "    item: [boron]\n", 15, "items"),
        ("    source:", "    suspended: [{since: \"2026-01-01\"}]\n    source:", 8, "did not apply"),
    ],
)  # fmt: skip
def test_a_faulty_file_is_refused_at_its_place(tmp_path: Path, old: str, new: str, line: int, reason: str) -> None:
    """One validator for all documents: line, place, value and mend."""
    file = tmp_path / "controls.yaml"
    assert old in OWN
    file.write_text(OWN.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_timeline(file)
    told = str(caught.value)
    assert f"{file}:{line}" in told and reason in told, told


def test_a_source_that_nothing_rests_on_is_a_fault() -> None:
    """What stands in the list of sources was used."""
    more = '  - {id: other, title: B, publisher: P, date: "2026", url: "https://example.org/b"}\ncontrols:'
    with pytest.raises(DataError, match="no entry rests on source 'other'"):
        read_timeline(OWN.replace("controls:\n", f"{more}\n", 1))


# --- a workspace of one's own ------------------------------------------------------------------------------------


@pytest.fixture
def space(tmp_path: Path) -> Path:
    folder = tmp_path / "space"
    create_workspace(folder)
    (folder / CONTROLS_FILE).write_text(OWN, encoding="utf-8")
    return folder


def test_own_entries_stand_beside_the_built_in_ones(space: Path) -> None:
    """They are checked with the workspace, listed with their origin, and reach the dependencies of its assessments."""
    report = check(space)
    assert not report.problems and any(CONTROLS_FILE in line for line in report.lines)
    own = Workspace(space)
    listed = asked(own, by="Türkiye").frame.to_dicts()
    assert [(row["id"], row["origin"], row["against"]) for row in listed] == [("tur-boron-2026", "workspace", "DEU")]
    made, builtin = own.assess("semiconductors"), Workspace().assess("semiconductors")
    met = {(d.item, d.supplier): [(c.id, c.aim) for c in d.controls] for d in made.step1.dependencies}
    assert met["boron", "TUR"] == [("tur-boron-2026", "home")]
    assert made.hashes.controls != builtin.hashes.controls
    assert [c.model_copy(update={"controls": ()}) for c in made.step3.suppliers] == [
        c.model_copy(update={"controls": ()}) for c in builtin.step3.suppliers
    ]  # nothing but what is told has changed


def test_an_own_entry_of_the_same_id_stands_before_the_built_in_one() -> None:
    """Its source may have the id of another document; both keep theirs."""
    taken = TIMELINE.controls[0]
    text = OWN.replace("tur-boron-2026", taken.id).replace("paper", TIMELINE.controls[1].source)
    both = joined(TIMELINE, read_timeline(text))
    assert len(both.controls) == len(TIMELINE.controls)
    found = next(control for control in both.controls if control.id == taken.id)
    assert found.by == "TUR" and found.source == f"{TIMELINE.controls[1].source}-2"
    urls = {source.id: source.url for source in both.sources}
    assert urls[found.source] == f"https://example.org/{TIMELINE.controls[1].source}"
    assert Timeline.model_validate(both.model_dump()) == both


# --- the question ------------------------------------------------------------------------------------------------


def ids(**filters: Any) -> list[str]:
    return [row["id"] for row in asked(Workspace(), **filters).frame.to_dicts()]


def test_the_list_is_asked_by_who_whom_what_and_when() -> None:
    """Blocs and their members meet in the year of the measure; items are found by word or heading."""
    assert "chn-gallium-germanium-2023" in ids(by="CHN", item="gallium", since=2019)
    assert "chn-gallium-germanium-2023" in ids(item="811292") and not ids(item="gallium", since=2027)
    assert ids(against="EU27") == ["chn-lithuania-2021", "chn-nexperia-2025"]
    assert set(ids(against="EU27")) < set(ids(against="EU27", everybody=True))
    assert "nld-euv-2019" in ids(by="EU27") and "gbr-huawei-2020" not in ids(by="EU27")
    assert ids(technology="blockchain") == [c.id for c in TIMELINE.controls if "blockchain" in c.technologies]
    with pytest.raises(NotFoundError, match="there is no ecosystem 'chips'"):
        ids(technology="chips")
    with pytest.raises(NotFoundError):
        ids(by="Atlantis")
    assert asked(Workspace(), item="no such item").frame.is_empty()


# --- what befell which dependency --------------------------------------------------------------------------------

ITEMS = [
    {"id": "gallium", "name": "Gallium metal", "kind": "material", "stage": "s", "material": "Gallium"},
    {"id": "wafers", "name": "Wafers", "kind": "product", "stage": "s"},
]


def an_item(**changes: Any) -> Item:
    return Item.model_validate(ITEMS[0] | changes)


@pytest.mark.parametrize(
    ("names", "products", "goods", "how"),
    [
        (["Gallium Metal"], [], [], "item"),
        (["GALLIUM"], [], [], "item"),
        (["gallium-wafers"], [], [], None),
        ([], [("811292", "exact")], [("811292", "exact")], "heading"),
        ([], [("811292", "wider")], [("811292", "exact")], "heading"),
        ([], [("811292", "exact")], [("811292", "part")], "part of a heading"),
        ([], [("811292", "part")], [("811292", "part")], "part of a heading"),
        ([], [("811292", "wider")], [("811292", "part")], None),
        ([], [("811299", "exact")], [("811292", "exact")], None),
    ],
)
def test_a_measure_names_an_item_by_a_word_or_a_heading(
    names: Sequence[str], products: Sequence[tuple[str, str]], goods: Sequence[tuple[str, str]], how: str | None
) -> None:
    """Two parts of one heading need not meet."""
    bound = [{"hs": hs, "edition": "HS22", "coverage": fit} for hs, fit in products]
    meant = [{"hs": hs, "coverage": fit} for hs, fit in goods]
    assert named_by(a_control(items=names, goods=meant), an_item(material="", products=bound)) == how


def test_headings_meet_in_the_edition_of_the_trade_facts() -> None:
    """Germanium had a heading of its own in 1992; today it shares one, of which the measure is a part."""
    timeline = TIMELINE.model_copy(update={"controls": (a_control(goods=[{"hs": "381800"}]),)})
    carried = carried_controls(timeline, "HS92").controls[0].goods
    assert [(good.hs, good.edition) for good in carried] == [("381800", "HS92")]
    assert carried_controls(timeline, "HS22").controls == timeline.controls
    assert carried_controls(timeline, None).controls == timeline.controls


def befallen(controls: Sequence[Control], *rows: Dependency, **more: Any) -> tuple[Dependency, ...]:
    dossier = a_dossier(items=ITEMS, stages=[{"id": "s", "name": "S"}], links=[], provision=[], context=[])
    return with_controls(rows, more.get("chain", ()), dossier, controls, PROFILE, EU, 2024)


@pytest.mark.parametrize(
    ("against", "told"),
    [((), "everybody"), (("USA",), "others"), (("LTU",), "home"), (("USA", "EU"), "home"), (("GBR",), "others")],
)
def test_whom_a_measure_is_aimed_at_is_told_as_home_sees_it(against: tuple[str, ...], told: str) -> None:
    """An entry against others only is told as such, and stands at the dependency all the same."""
    control = a_control(against=against)
    assert aim(control, EU, MEMBERS) == told
    (row,) = befallen([control], a_dependency("gallium", "CHN", 0.9))
    assert [(c.id, c.aim, c.claim) for c in row.controls] == [("one", told, "control-one")]


def test_only_the_suppliers_own_withholding_stands_at_a_dependency() -> None:
    """Neither what others did, nor what closes a market; what is like the supplier counts as the supplier's."""
    others = [a_control("b", by="USA"), a_control("c", form="import ban"), a_control("d", items=["graphite"])]
    here, there, hong_kong = befallen(
        [a_control(), *others],
        a_dependency("gallium", "CHN", 0.9),
        a_dependency("wafers", "CHN", 0.9),
        a_dependency("gallium", "HKG", 0.2),
    )
    assert [c.id for c in here.controls] == [c.id for c in hong_kong.controls] == ["one"] and not there.controls


def test_a_hold_through_the_chain_has_what_befell_its_chokepoint() -> None:
    """The end product is not named, the material at which the hold arises is."""
    hold = a_chain_hold("wafers", "RIV", 0.9, "gallium")
    row = a_dependency("wafers", "CHN", 0.9).model_copy(update={"evidence": hold.evidence})
    (met,) = befallen([a_control()], row, chain=[hold])
    assert [c.id for c in met.controls] == ["one"]


SOME = st.lists(
    st.builds(
        lambda number, by, against, since, items, form: a_control(
            f"c{number}", by=by, against=[a for a in against if a != by], since=since, items=items, form=form
        ),
        st.integers(0, 999),
        st.sampled_from(["CHN", "USA", "EU", "HKG"]),
        st.lists(st.sampled_from(["USA", "LTU", "JPN", "EU"]), max_size=2, unique=True),
        st.sampled_from(["2010", "2019-05", "2019-05-16", "2023-08-01"]),
        st.lists(st.sampled_from(["gallium", "wafers", "graphite"]), max_size=2, unique=True),
        st.sampled_from(["export licence", "tariff", "trade halt"]),
    ),
    max_size=8,
    unique_by=lambda control: control.id,
)


@settings(max_examples=60, deadline=None)
@given(SOME, st.randoms(use_true_random=False))
def test_the_order_of_entries_changes_nothing_and_no_number_moves(some: list[Control], random: Any) -> None:
    """Any permutation gives the same dependencies, which are but for their controls what they were."""
    rows = (a_dependency("gallium", "CHN", 0.9), a_dependency("wafers", "USA", 0.5))
    other = some[:]
    random.shuffle(other)
    met = befallen(some, *rows)
    assert met == befallen(other, *rows)
    assert in_order(some) == in_order(other)
    assert tuple(row.model_copy(update={"controls": ()}) for row in met) == rows
    for row in met:
        for one in row.controls:
            told = next(control for control in some if control.id == one.id)
            assert told.withholds and PROFILE.decider(row.supplier) in actors(told, PROFILE)
            assert (one.aim == "everybody") == (not told.against)
            if one.aim == "others":
                assert not any(economies.covered_by(a, 2019) & MEMBERS for a in told.against if a != "EU")


# --- what is offered to a likelihood, and told in context --------------------------------------------------------


def test_dated_entries_of_a_supplier_in_a_window() -> None:
    """By the year in which they begin, or all that are in force; no more than the supplier's own withholding."""
    begun = dated_entries(TIMELINE.controls, "CHN", EU, 2021, 2023, PROFILE)
    assert {"chn-lithuania-2021", "chn-gallium-germanium-2023", "chn-graphite-2023"} <= {one.id for one in begun}
    assert all("2021" <= one.since[:4] <= "2023" and one.by == "CHN" for one in begun)
    assert {one.id: one.aim for one in begun}["chn-lithuania-2021"] == "home"
    assert "chn-micron-2023" not in {one.id for one in begun}
    running = dated_entries(TIMELINE.controls, "CHN", EU, 2024, 2024, PROFILE, how="in force")
    assert {"chn-gallium-germanium-2023", "chn-antimony-2024"} <= {one.id for one in running}
    assert "chn-rare-earths-japan-2010" not in {one.id for one in running}
    hong_kong = dated_entries(TIMELINE.controls, "HKG", EU, 2021, 2023, PROFILE)
    assert hong_kong == begun
    assert dated_entries(TIMELINE.controls[::-1], "CHN", EU, 2021, 2023, PROFILE) == begun
    assert "eu-swift-russia-2022" in {
        one.id for one in dated_entries(TIMELINE.controls, "FRA", EU, 2022, 2022, PROFILE)
    }


def test_context_tells_what_touches_the_ecosystem_and_what_is_aimed_at_home() -> None:
    """With the supplier stand its measures; those of home's own side stand apart; each leads to its document."""
    made = Workspace().assess("digital-currency")
    china = next(s for s in made.step3.suppliers if s.economy == "CHN")
    here = {c.id for c in touching(Workspace().dossier("digital-currency"), TIMELINE.controls)}
    assert {c.id for c in china.controls} - here == {"chn-lithuania-2021", "chn-nexperia-2025"}
    assert {c.id for c in made.step3.home_controls} <= here and "eu-swift-russia-2022" in {
        c.id for c in made.step3.home_controls
    }
    claims = {claim.id: claim for claim in made.claims}
    urls = {source.id: source.url for source in made.sources}
    for one in (*china.controls, *made.step3.home_controls):
        assert urls[claims[one.claim].source].startswith("http")
        assert one.since in claims[one.claim].as_of
    json.dumps(made.model_dump(mode="json"))


def test_dependencies_name_only_claims_that_the_assessment_has() -> None:
    """Gallium and germanium of China with the licence of 2023, as evidence with a date."""
    made = Workspace().assess("semiconductors")
    claims = {claim.id for claim in made.claims}
    assert {c.claim for d in made.step1.dependencies for c in d.controls} <= claims
    for item in ("gallium", "germanium"):
        row = next(d for d in made.step1.dependencies if (d.item, d.supplier) == (item, "CHN"))
        assert "2023-08-01" in {c.since for c in row.controls}
