"""The built-in dossiers, profile and catalogue: sound, sourced, in our own words, and true to their sources."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from ostra.documents.yaml_documents import (
    builtin_catalogue,
    builtin_dossiers,
    builtin_profiles,
    document_sha256,
    read_catalogue,
    read_dossier,
    read_profile,
)
from ostra.facts.store import open_facts
from ostra.model.base import DIMENSIONS, RELATIONS
from ostra.model.dossier import UNSPECIFIED, Dossier
from ostra.model.instrument import Catalogue
from ostra.model.profile import Profile
from ostra.words.economies import home, iso3

SHARED = Path(__file__).parents[1].parent / "shared"
REPORT = SHARED / "seeds" / "open-strategic-autonomy-report-2023.txt"
BRIEF = SHARED / "seeds" / "smart-city-brief-2021.txt"
EC_TABLES = SHARED / "data" / "ec-raw-materials-2023"
EC_DOSSIERS = ("semiconductors", "v2x")

CASES = Path(__file__).parents[1] / "docs" / "cases"

NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "decade": 10,
}  # fmt: skip


@cache
def dossier(name: str) -> Dossier:
    """A built-in dossier."""
    return read_dossier(builtin_dossiers()[name])


@cache
def profile() -> Profile:
    """The built-in profile."""
    return read_profile(builtin_profiles()["eu27"])


@cache
def catalogue() -> Catalogue:
    """The built-in catalogue."""
    return read_catalogue(builtin_catalogue())


def seed(path: Path) -> str:
    """The text of a source document, with words joined that were divided at line ends."""
    if not path.is_file():
        pytest.skip(f"{path.name} is not here; it is not part of the repository")
    return rejoined(path.read_text(encoding="utf-8"))


def rejoined(text: str) -> str:
    """The text with words joined that were divided at line ends."""
    return re.sub(r"(\w)-\s*\n\s*(\w)", r"\1\2", text)


def numbers_in(text: str) -> set[float]:
    """All numbers of a text, written in digits or, up to ten, in words."""
    digits = {float(n) for n in re.findall(r"(?<![\w.])\d+(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d{3})", "", text))}
    words = {float(v) for w, v in NUMBER_WORDS.items() if re.search(rf"\b{w}\b", text, re.IGNORECASE)}
    return digits | words


def words_of(text: str) -> list[str]:
    """The words of a text in small letters, without punctuation."""
    return re.findall(r"[a-z0-9]+", text.lower())


def runs(words: list[str], length: int) -> set[tuple[str, ...]]:
    """All runs of so many words that follow each other."""
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


def texts(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """All texts of a document with their places; names of sources are no texts of ours."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            if name != "sources":
                yield from texts(getattr(value, name), f"{place}.{name}")
    elif isinstance(value, tuple):
        for index, entry in enumerate(value):
            yield from texts(entry, f"{place}.{getattr(entry, 'id', index)}")
    elif isinstance(value, str):
        yield place, value


def test_the_built_in_documents_are_listed_and_load() -> None:
    """Every dossier is found under its own id, and profile and catalogue are there."""
    assert "semiconductors" in builtin_dossiers()
    for name in builtin_dossiers():
        assert dossier(name).id == name
    for name, file in builtin_profiles().items():
        assert read_profile(file).id == name
    assert 40 <= len(catalogue().instruments) <= 48


def test_reading_twice_gives_the_same_hash() -> None:
    """The hash that an assessment carries depends on the content alone."""
    file = builtin_dossiers()["semiconductors"]
    text = file.read_text(encoding="utf-8")
    commented = "\n".join(line + ("  # a comment" if line.startswith("id:") else "") for line in text.splitlines())
    assert document_sha256(read_dossier(file)) == document_sha256(read_dossier(commented))


def test_shared_sources_are_described_alike() -> None:
    """A source that several documents name is the same record in each, so that merging them loses nothing."""
    documents = [*(dossier(name) for name in builtin_dossiers()), profile(), catalogue()]
    seen: dict[str, Any] = {}
    for document in documents:
        for source in document.sources:
            assert seen.setdefault(source.id, source) == source


def test_every_claim_and_source_of_a_dossier_is_used() -> None:
    """Nothing is carried along that no item, link, provision, finding, actor, context, position or advice rests on."""
    for name in builtin_dossiers():
        case = dossier(name)
        rows = [*case.items, *case.links, *case.provision, *case.findings, *case.actors, *case.context]
        used = {claim for row in [*rows, *case.positions, *case.recommendations] for claim in row.claims}
        assert {claim.id for claim in case.claims} == used
        assert {source.id for source in case.sources} == {claim.source for claim in case.claims}


def test_every_item_is_sourced_and_joined_to_the_rest() -> None:
    """Items rest on claims, and each needs something or is needed."""
    for name in builtin_dossiers():
        case = dossier(name)
        joined = {end for link in case.links for end in (link.item, link.needs)}
        assert {item.id for item in case.items} == joined
        assert all(item.claims for item in case.items)
        assert all(link.claims for link in case.links)
        assert {item.stage for item in case.items} == {stage.id for stage in case.stages}


def test_requirements_run_towards_the_end_products_without_a_cycle() -> None:
    """Removing items that need nothing more, one layer after the other, leaves nothing."""
    for name in builtin_dossiers():
        case = dossier(name)
        needs = {item.id: {link.needs for link in case.links if link.item == item.id} for item in case.items}
        while True:
            done = {item for item, rest in needs.items() if not rest}
            if not done:
                break
            needs = {item: rest - done for item, rest in needs.items() if item not in done}
        assert not needs


def test_items_are_bound_to_facts_that_exist() -> None:
    """Every customs heading has flows, and every material name is one of the production facts."""
    facts = open_facts(None)
    materials = {row[0] for row in facts.relation("production").project("material").distinct().fetchall()}
    products = {row[0] for row in facts.relation("trade").project("product").distinct().fetchall()}
    for name in builtin_dossiers():
        for item in dossier(name).items:
            assert not item.material or item.material in materials
            assert {binding.hs for binding in item.products} <= products


def test_chips_findings_cover_the_four_dimensions_with_both_signs() -> None:
    """The report judges all four; strengths stand beside challenges."""
    findings = dossier("semiconductors").findings
    assert {f.dimension for f in findings} == set(DIMENSIONS)
    for dimension in DIMENSIONS:
        assert {f.effect for f in findings if f.dimension == dimension} == {-1, 1}


def test_both_sides_of_the_chip_chain_are_provided() -> None:
    """Home's own suppliers stand beside those of others."""
    members = home("EU27").members(2023)
    providers = {row.organisation for row in dossier("semiconductors").provision if row.economy in members}
    assert {"ASML", "Zeiss", "Trumpf", "Infineon", "NXP"} <= providers
    others = {row.economy for row in dossier("semiconductors").provision} - members
    assert {"USA", "TWN", "KOR", "CHN", "JPN"} <= others


def test_what_the_report_leaves_open_is_sourced_or_unknown() -> None:
    """Where the report gives no share, another source does, or none is stated: argon, xenon, process chemicals."""
    case = dossier("semiconductors")
    source = {claim.id: claim.source for claim in case.claims}
    for item in ("front-end-leading", "eda-tools", "back-end", "semiconductor-ip"):
        stated = [row for row in case.provision if row.item == item and row.share is not None]
        assert stated
        assert all({source[claim] for claim in row.claims} - {"report", "ostra", "company-seats"} for row in stated)
    assert not [row for row in case.provision if row.item in ("argon", "xenon", "process-chemicals")]


def test_economies_of_all_documents_exist() -> None:
    """Each code is a country that economies.py knows, or a bloc where one may act; nobody is left to name by guess."""
    cases = [dossier(name) for name in builtin_dossiers()]
    codes = {row.economy for case in cases for row in case.provision} - {UNSPECIFIED}
    codes |= {code for case in cases for row in case.provision for code in row.among}
    codes |= {row.economy for row in profile().relations} | {r.like for r in profile().relations if r.like}
    codes |= {row.economy for case in cases for row in case.ownership}
    codes |= {row.economy for case in cases for row in case.actors if row.economy}
    codes |= {row.supplier for case in cases for row in case.findings if row.supplier}
    assert {iso3(code) for code in codes} == codes
    parties = {row.economy for case in cases for row in case.context}
    parties |= {end for case in profile().cases for end in (case.coercer, case.target)}
    assert {home(code).code for code in parties} == parties


def test_both_sides_stand_side_by_side() -> None:
    """Home and the economy that the report compares it with are told apart on several topics, in the topics in use."""
    page = (Path(__file__).parents[1] / "docs" / "reference-dossier.md").read_text(encoding="utf-8")
    listed = re.search(r"\| `topic` .*?fit: ([\w, -]+)", page)
    assert listed
    known = set(listed[1].strip().split(", "))
    for name in builtin_dossiers():
        positions = dossier(name).positions
        assert {home(position.economy).code for position in positions} == {"EU27", "CHN"}, name
        assert {position.topic for position in positions} <= known, name
        both = {p.topic for p in positions if p.economy == "EU27"} & {p.topic for p in positions if p.economy == "CHN"}
        assert len(both) >= 4, name
        page_of_case = (CASES / f"{name}.md").read_text(encoding="utf-8")
        assert f"{len(positions)} positions in all" in page_of_case, name
        # Each point that the issue names is told of one side at least, or the case page says that nobody tells.
        for topic in ("deployment", "strategy", "standards", "openness", "law", "trial-sites", "market"):
            assert topic in {p.topic for p in positions} or f"`{topic}`" in page_of_case, (name, topic)


def test_each_page_on_a_case_counts_what_its_dossier_holds() -> None:
    """The line that sums a dossier up is true; whoever adds an entry is told to mend it."""
    for name in builtin_dossiers():
        d = dossier(name)
        page = (CASES / f"{name}.md").read_text(encoding="utf-8")
        line = (
            f"{len(d.items)} items, {len(d.links)} links, {len(d.claims)} claims, "
            f"{len(d.provision)} rows of provision, {len(d.findings)} findings, {len(d.actors)} actors, "
            f"{len(d.context)} entries of context, {len(d.positions)} positions, "
            f"{len(d.recommendations)} recommendations."
        )
        assert line in page.splitlines(), f"docs/cases/{name}.md should say: {line}"


@pytest.mark.parametrize(
    ("name", "item", "strengthens", "weakens"),
    [
        ("semiconductors", "front-end-mature", "resilience", "security"),
        ("semiconductors", "front-end-mature", "resilience", "competitiveness"),
        ("6g", "sixg-standard", "competitiveness", "security"),
        ("6g", "network-6g", "competitiveness", "security"),
        ("urban-ai", "facial-recognition", "security", "values"),
    ],
)
def test_the_tensions_that_the_report_names_are_in_the_findings(
    name: str, item: str, strengthens: str, weakens: str
) -> None:
    """Older fabs, standards of 5G, 6G as a whole and facial recognition: both signs on one item, one supplier."""
    on_item = [finding for finding in dossier(name).findings if item in finding.items]
    better = {f.supplier for f in on_item if f.dimension == strengthens and f.effect == 1}
    worse = {f.supplier for f in on_item if f.dimension == weakens and f.effect == -1}
    assert better & worse


def test_each_page_on_a_case_reads_it_beside_its_chapter() -> None:
    """It says where ostra agrees with the report, where it does not, and why."""
    for name in builtin_dossiers():
        page = (CASES / f"{name}.md").read_text(encoding="utf-8").lower()
        assert re.search(r"where (they|both) agree|\*\*agree|agree on|## .*(agree|beside)", page), name
        assert re.search(r"disagree|do not agree|where they do not|where they differ", page), name


def test_numbers_of_a_position_are_those_of_its_claims() -> None:
    """A position may repeat a number of its claims; it brings none of its own."""
    for name in builtin_dossiers():
        case = dossier(name)
        said = {claim.id: numbers_in(claim.statement) for claim in case.claims}
        for position in case.positions:
            own = numbers_in(re.sub(r"(?i)\b(one|two|ten)\b|\b[456]G\b|3GPP", "", position.text))
            assert own <= {n for claim in position.claims for n in said[claim]}, (name, position)


def test_recommendations_name_instruments_of_the_catalogue() -> None:
    """What the report advises can be matched."""
    known = {instrument.id for instrument in catalogue().instruments}
    for name in builtin_dossiers():
        assert {advice.instrument for advice in dossier(name).recommendations} <= known


def test_no_instrument_serves_and_hurts_the_same_dimension() -> None:
    """A tension lies between two dimensions; an instrument that hurts what it serves would say nothing."""
    for instrument in catalogue().instruments:
        hurt = {effect.dimension for effect in instrument.side_effects}
        assert not hurt & set(instrument.serves), instrument.id
        assert instrument.id == "no-action" or instrument.serves
        assert hurt, f"{instrument.id}: every instrument costs something somewhere"
        assert instrument.preconditions


def test_every_dimension_is_served() -> None:
    """Whatever dimension is challenged, some instrument speaks to it."""
    assert {d for instrument in catalogue().instruments for d in instrument.serves} == set(DIMENSIONS)


def test_the_profile_answers_for_every_relation_and_dimension() -> None:
    """There is one tolerance for each dimension and foreign relation, and rivals are never trusted further."""
    holds = {(t.dimension, t.relation): t.hold for t in profile().tolerance}
    foreign = [relation for relation in RELATIONS if relation != "domestic"]
    assert set(holds) == {(d, r) for d in DIMENSIONS for r in foreign}
    assert len(holds) == len(profile().tolerance)
    for dimension in DIMENSIONS:
        row = [holds[dimension, relation] for relation in foreign]
        assert all(nearer >= farther for nearer, farther in pairwise(row))


def test_allies_of_the_profile_are_parties_to_the_alliance() -> None:
    """Allies are exactly the members of the alliance outside home, as the dated blocs say."""
    allies = {row.economy for row in profile().relations if row.relation == "ally"}
    year = profile().likelihood.last_year
    assert allies == home("NATO").members(year) - home("EU27").members(year)


def test_no_relation_is_given_to_a_member_of_home() -> None:
    """Members are domestic whatever a profile says; a row for one would be a mistake."""
    assert not {row.economy for row in profile().relations} & home("EU27").members(2023)


def test_coercion_cases_lie_in_the_window() -> None:
    """A case outside the window would silently count for nothing."""
    window = range(profile().likelihood.first_year, profile().likelihood.last_year + 1)
    assert profile().cases
    assert all(case.year in window for case in profile().cases)


@pytest.mark.parametrize("path", [REPORT, BRIEF], ids=["report", "brief"])
def test_no_run_of_eight_words_is_shared_with_the_sources(path: Path) -> None:
    """Facts are carried over in our own words."""
    theirs = runs(words_of(seed(path)), 8)
    documents = {**{name: dossier(name) for name in builtin_dossiers()}, "profile": profile(), "catalogue": catalogue()}
    shared = [
        (name, place, " ".join(run))
        for name, document in documents.items()
        for place, text in texts(document)
        for run in sorted(runs(words_of(text), 8) & theirs)
    ]
    assert not shared


def test_the_test_for_shared_words_sees_a_copied_sentence() -> None:
    """A sentence copied from a text whose words are divided at line ends is found."""
    theirs = runs(words_of(rejoined("so that the dimen-\nsions of one thing are told apart by all")), 8)
    assert runs(words_of("It says that the dimensions of one thing are told."), 8) & theirs
    assert not runs(words_of("It says that the dimensions of things are told apart."), 8) & theirs


def test_every_number_of_a_report_claim_stands_in_the_report() -> None:
    """No figure is misread or invented: each number in a claim from the report is in its text."""
    theirs = numbers_in(seed(REPORT))
    for name in builtin_dossiers():
        for claim in dossier(name).claims:
            if claim.source != "report":
                continue
            stated = numbers_in(re.sub(r"\bnotes? \d+( and \d+| to \d+)?", "", claim.statement))
            stated |= {float(v) for v in (claim.value, claim.low, claim.high) if v is not None}
            assert stated <= theirs, (claim.id, stated - theirs)


def test_every_value_of_a_claim_is_said_in_its_words() -> None:
    """The number that a claim carries is the number that its statement says."""
    for name in builtin_dossiers():
        for claim in dossier(name).claims:
            values = {float(v) for v in (claim.value, claim.low, claim.high) if v is not None}
            said = numbers_in(claim.statement)
            sums = said | {a + b for a in said for b in said}
            assert values <= sums, claim.id


def test_every_number_of_an_instrument_or_case_from_the_report_stands_there() -> None:
    """What the catalogue says of an instrument or its use, and the profile of a case, invents no figure either."""
    theirs = numbers_in(seed(REPORT))
    told = [(use.source, use.what) for instrument in catalogue().instruments for use in instrument.cases]
    told += [(i.source, text) for i in catalogue().instruments for text in (i.goal, *i.preconditions)]
    told += [(i.source, effect.why) for i in catalogue().instruments for effect in i.side_effects]
    told += [(case.source, case.means) for case in profile().cases]
    assert len([text for source, text in told if source == "report" and numbers_in(text)]) > 5
    for source, text in told:
        assert source != "report" or numbers_in(text) <= theirs, (text, numbers_in(text) - theirs)


def test_instruments_are_those_that_the_report_asks_for() -> None:
    """Each kind of tool that the report advises has an instrument, and uses that it tells of are cited."""
    known = {instrument.id: instrument for instrument in catalogue().instruments}
    asked = {
        "industrial-alliance", "active-industrial-policy", "first-of-a-kind-subsidy", "strategic-indispensability",
        "trade-diversification", "procurement-incentives", "export-controls", "tariffs-and-sanctions",
        "anti-coercion-instrument", "security-toolbox", "cybersecurity-rules", "technical-mitigation",
        "network-diversity", "origin-transparency", "footprint-transparency", "early-regulatory-signalling",
        "standards-participation", "privacy-enhancing-technology", "data-localisation", "wto-dispute",
        "open-standards", "open-source", "funding-rules", "research-funding", "joint-pilots",
        "digital-currency-speed", "third-country-offers", "supply-chain-mapping", "technology-watch",
        "media-literacy", "dual-standard-units", "allied-controls-check", "use-restrictions", "no-action",
    }  # fmt: skip
    assert asked <= set(known)
    assert sum(bool(instrument.cases) for instrument in known.values()) >= 18
    users = {use.by for instrument in known.values() for use in instrument.cases}
    assert {home(code).code for code in users} == users
    assert {"EU", "CHN", "USA", "JPN"} <= users


def test_footnotes_named_in_locators_exist() -> None:
    """Each footnote number in a locator is the number of a footnote of the report."""
    text = seed(REPORT)
    footnotes = {int(n) for n in re.findall(r"(?m)^ ?(\d{1,3}) [A-Z“‘0-9]", text)}
    for name in builtin_dossiers():
        for claim in dossier(name).claims:
            if claim.source == "report":
                for numbers in re.findall(r"notes? ([\d, and to]+)", claim.locator):
                    assert {int(n) for n in re.findall(r"\d+", numbers)} <= footnotes, claim.id
    places = [(i.id, i.source, i.locator) for i in catalogue().instruments]
    places += [(i.id, use.source, use.locator) for i in catalogue().instruments for use in i.cases]
    places += [(case.id, case.source, case.locator) for case in profile().cases]
    for name, source, locator in places:
        if source == "report":
            for numbers in re.findall(r"notes? ([\d, and to]+)", locator):
                assert {int(n) for n in re.findall(r"\d+", numbers)} <= footnotes, name


def ec_rows(name: str) -> list[dict[str, str]]:
    """One of the tables of the Commission's study."""
    path = EC_TABLES / name
    if not path.is_file():
        pytest.skip(f"{name} is not here; it is not part of the repository")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_shares_from_the_commission_are_those_of_its_tables() -> None:
    """Each provision that cites the study's world supply has the printed share of the refining stage."""
    printed = {
        (
            row["Material"].lower(),
            iso3(row["Country"].replace("Congo, D.R.", "COD").replace("Korea, South", "KOR")),
        ): row
        for row in ec_rows("ec2023_supply_shares_tidy_utf8.csv")
        if row["scope"] == "global" and row["Stage"] == "P" and row["Country"] not in ("Other", "Others")
    }
    rows = [row for name in EC_DOSSIERS for row in dossier(name).provision if row.claims[0].startswith("ec-")]
    assert len(rows) > 20
    for row in rows:
        material = row.item.replace("-", " ")
        assert row.share == pytest.approx(float(printed[material, row.economy]["share_pct"]) / 100), row


def test_uses_from_the_commission_are_those_of_its_tables() -> None:
    """Each claim on the use of a material carries a share that the study's use table prints for it."""
    printed: dict[str, set[float]] = {}
    for row in ec_rows("ec2023_material_use_shares_utf8.csv"):
        share = re.match(r"[\d.]+", row["Share"] or "")
        if share:
            printed.setdefault(row["Material"].lower(), set()).add(float(share[0]))
    claims = [
        c for name in EC_DOSSIERS for c in dossier(name).claims if c.id.startswith("ec-") and c.id.endswith("-use")
    ]
    assert len(claims) > 12
    for claim in claims:
        material = claim.locator.split(",")[1].strip()
        assert numbers_in(claim.statement) <= printed[material], claim.id
