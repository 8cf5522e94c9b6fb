"""The ETO chips data set as a dossier: the published files where they are at hand, and a small world of oddities."""

from __future__ import annotations

import csv
import random
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from ostra.documents.readers.eto_chips import eto_chips_reading
from ostra.documents.readers.spreadsheet_rows import EcosystemReading
from ostra.documents.yaml_documents import read_dossier
from ostra.documents.yaml_text import document_text
from ostra.errors import DataError, NotFoundError
from ostra.model.base import Interval
from ostra.model.dossier import UNSPECIFIED, Dossier, Provision
from ostra.words.economies import iso3

PUBLISHED = Path(__file__).parents[1].parent / "shared" / "data" / "eto-chips"
published = pytest.mark.skipif(
    not (PUBLISHED / "provision.csv").exists(), reason="the ETO chips data set is not beside the repository"
)

TABLES = {
    "inputs.csv": "input_id,input_name,type,stage_name,stage_id,description,year,"
    "market_share_chart_global_market_size_info,market_share_chart_caption,market_share_chart_source",
    "stages.csv": "stage_id,stage_name,description,market_share_chart_global_market_size_info,"
    "market_share_chart_caption,market_share_chart_source",
    "sequence.csv": "input_name,input_id,goes_into_name,goes_into_id,is_type_of_name,is_type_of_id",
    "providers.csv": "provider_name,alias,provider_id,provider_type,country",
    "provision.csv": "provider_name,provider_id,provided_name,provided_id,share_provided,year,source",
}
WORLD = {
    "inputs.csv": [
        "N1,Baking,process,Making,S1,Bread is baked.,,,,",
        "N2,Ovens,tool_resource,,,,2025,$10 billion (2025),,",
        "N3,Gas ovens,tool_resource,,,,2025,$6 billion (2025),,",
        "N4,Stone ovens,tool_resource,,,,2025,$3 billion (2025),,",
        "N5,Bread,ultimate_output,,,,,,,",
        "N6,Oven software,tool_resource,,,,,,,",
    ],
    "stages.csv": ["S1,Making,,,Chart shows capacity by site location.,"],
    "sequence.csv": [
        "Ovens,N2,Baking,N1,,",
        "Gas ovens,N3,,,Ovens,N2",
        "Stone ovens,N4,,,Ovens,N2",
        "Baking,N1,Bread,N5,,",
        "Oven software,N6,Baking,N1,,",
    ],
    "providers.csv": [
        "NLD,Netherlands,P1,country,",
        "CHN,China,P2,country,",
        "Various countries,,P3,country,",
        "EUR,Europe,P4,country,EUR",
        "Hearth,,P5,organization,NLD",
        "Kiln,,P6,organization,CHN",
    ],
    "provision.csv": ["NLD,P1,Ovens,N2,60.5,2025,A survey (2024)"],
}


def read_eto_chips(folder: Path, into: str = "eto-chips") -> Dossier:
    """The dossier that the files are."""
    return eto_chips_reading(folder, into=into).sound()


def world(folder: Path, **changed: list[str]) -> Path:
    """The five files of a small world; `provision=[...]` and the like replace the rows of one of them."""
    for name, header in TABLES.items():
        rows = changed.get(name.removesuffix(".csv"), WORLD[name])
        (folder / name).write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return folder


def rules(reading: EcosystemReading) -> Counter[str]:
    """How often each rule was applied."""
    return Counter(oddity.rule for oddity in reading.oddities)


def of(dossier: Dossier, item: str) -> list[Provision]:
    """The provision of one item."""
    return [row for row in dossier.provision if row.item == item]


def only(dossier: Dossier, item: str) -> Provision:
    """The single provision of one item."""
    (row,) = of(dossier, item)
    return row


# --- the published data set ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chips() -> EcosystemReading:
    """The published data set, read once."""
    return eto_chips_reading(PUBLISHED, into="chips")


def published_rows(name: str) -> list[tuple[int, dict[str, str]]]:
    """The rows of a published file with the lines on which they end, by another reader than ours."""
    with (PUBLISHED / name).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return [(reader.line_num, row) for row in reader]


@published
def test_asml_holds_all_of_euv_and_993_per_mille_of_arf_immersion(chips: EcosystemReading) -> None:
    """The two figures that were checked by hand in the published rows of 2025."""
    for item, share in (("euv-lithography-tools", 1.0), ("arf-immersion-duv-lithography-tools", 0.993)):
        rows = {(r.economy, r.organisation): (r.share, r.year) for r in of(chips.dossier, item)}
        assert rows["NLD", "ASML"] == (share, 2025)
        assert rows["NLD", ""] == (share, 2025)


@published
def test_each_row_of_provision_is_a_claim_and_a_share_with_the_number_as_printed(chips: EcosystemReading) -> None:
    """A twin that knows nothing of the rules finds every row again, once, with its share, year, item and provider."""
    by_claim: dict[str, Provision] = {}
    for row in chips.dossier.provision:
        for claim in row.claims:
            assert claim not in by_claim
            by_claim[claim] = row
    names = {item.name: item.id for item in chips.dossier.items}
    providers = {row["provider_id"]: row for _, row in published_rows("providers.csv")}
    claims = {claim.id: claim for claim in chips.dossier.claims}
    rows = published_rows("provision.csv")
    assert len(rows) == len(by_claim) == 1300
    for line, row in rows:
        found, provider = by_claim[f"provision-{line}"], providers[row["provider_id"]]
        assert claims[f"provision-{line}"].locator == f"provision.csv line {line}"
        assert found.item == names[row["provided_name"]]
        assert found.year == int(row["year"])
        country = provider["provider_name"] if provider["provider_type"] == "country" else provider["country"]
        named = country not in ("EUR", "Various countries")
        assert found.economy == (iso3(country) if named else UNSPECIFIED)
        assert (found.organisation == "") == (provider["provider_type"] == "country")
        if not row["share_provided"]:
            assert found.share is None
        elif float(row["share_provided"]) == 0:
            assert found.share == Interval(low=0.0, high=0.0005)
        else:
            assert found.share == pytest.approx(float(row["share_provided"]) / 100, abs=1e-12)


@published
def test_links_are_those_of_the_sequence_and_those_of_the_stages(chips: EcosystemReading) -> None:
    """All 139 published links, each with its line, and one for each process of a stage and each stage of the output."""
    names = {item.id: item.name for item in chips.dossier.items}
    found = {(names[link.item], names[link.needs], link.kind, link.claims[0]) for link in chips.dossier.links}
    expected = set()
    for line, row in published_rows("sequence.csv"):
        kind = "requires" if row["goes_into_id"] else "variant_of"
        target = row["goes_into_name"] or row["is_type_of_name"]
        expected.add((target, row["input_name"], kind, f"sequence-{line}"))
    stages = {row["stage_name"] for _, row in published_rows("stages.csv")}
    assert expected <= found
    assert all(item in stages or needs in stages for item, needs, *_ in found - expected)
    processes = sum(1 for _, row in published_rows("inputs.csv") if row["stage_id"])
    assert len(found) == 139 + processes + len(stages)


@published
def test_country_shares_agree_with_the_organisations_by_headquarters(chips: EcosystemReading) -> None:
    """Why country rows are read as headquarters: no organisations of a country exceed its row by more than rounding."""
    totals: dict[tuple[str, str], float] = {}
    parts: dict[tuple[str, str], float] = defaultdict(float)
    for row in chips.dossier.provision:
        if row.economy == UNSPECIFIED or row.by == "location" or row.share is None:
            continue
        if row.organisation:
            parts[row.item, row.economy] += row.interval().low
        else:
            totals[row.item, row.economy] = row.interval().high
    assert len(parts) > 250
    assert max(part - totals[key] for key, part in parts.items()) < 0.0011


@published
def test_only_capacity_by_site_is_by_location(chips: EcosystemReading) -> None:
    """Fabrication and assembly capacity, of which the charts say so, are by location; design is not."""
    by = defaultdict(set)
    for row in chips.dossier.provision:
        by[row.by].add(row.item)
    assert by["location"] == {"fabrication", "assembly-testing-and-packaging-atp"}
    assert "design" in by["headquarters"]


@published
def test_the_licence_stands_in_every_source_and_first_among_the_caveats(chips: EcosystemReading) -> None:
    """Nobody can use the dossier without meeting CC BY-NC 4.0."""
    assert {source.licence for source in chips.dossier.sources} == {"CC BY-NC 4.0"}
    assert "not for commercial use" in chips.dossier.caveats[0]
    assert "not for commercial use" in chips.caveats[0]


@published
def test_nothing_of_the_published_data_set_is_a_problem_and_its_oddities_are_counted(chips: EcosystemReading) -> None:
    """The counts of a careful reading by hand."""
    assert chips.problems == ()
    counts = rules(chips)
    assert counts["no share"] == 246
    assert counts["no source"] == 127
    assert counts["unspecified"] == 134  # 64 rows of "Various countries", 70 of "Various companies"
    assert counts["region"] == 5
    assert counts["printed as zero"] == 15
    assert counts["several rows"] == 7


@published
def test_kinds_are_weighted_by_their_market_sizes(chips: EcosystemReading) -> None:
    """EUV tools are 13.0 of the 32.6 billion dollars of lithography tools; inspection has no size and no weights."""
    weights = {(link.item, link.needs): link.weight for link in chips.dossier.links}
    assert weights["lithography-tools", "euv-lithography-tools"] == pytest.approx(13.0 / 32.6, abs=1e-6)
    assert weights["lithography-tools", "maskless-lithography-tools"] is None
    assert weights["wafer-inspection-tools", "defect-inspection-tools"] is None
    assert (
        weights["test-tools", "linear-and-discrete-testing-tools"] is None
    )  # its size is of 2021, the whole's of 2025
    sums: dict[str, float] = defaultdict(float)
    for (item, _), weight in weights.items():
        sums[item] += weight or 0.0
    assert max(sums.values()) <= 1.0 + 1e-5


@published
def test_the_published_data_set_survives_being_written(chips: EcosystemReading) -> None:
    """The YAML text reads back as the same dossier."""
    assert read_dossier(document_text(chips.dossier)) == chips.dossier


@published
def test_the_order_of_the_rows_changes_nothing_but_the_lines(tmp_path: Path, chips: EcosystemReading) -> None:
    """All five files shuffled give the same shares and weighted links."""
    for name in TABLES:
        with (PUBLISHED / name).open(encoding="utf-8", newline="") as file:
            header, *rows = list(csv.reader(file))
        random.Random(7).shuffle(rows)
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
    shuffled = read_eto_chips(tmp_path, into="chips")

    def essence(dossier: Dossier) -> tuple[list[str], set[tuple[str, str, str, float | None]]]:
        shares = [row.model_copy(update={"claims": ("x",)}).model_dump_json() for row in dossier.provision]
        return shares, {(link.item, link.needs, link.kind, link.weight) for link in dossier.links}

    assert essence(shuffled) == essence(chips.dossier)


# --- oddities, one at a time ---------------------------------------------------------------------------------------


def test_the_small_world_is_read_as_it_stands(tmp_path: Path) -> None:
    """Inputs become items with kind and stage, stages too; the output needs its stage, the stage its process."""
    reading = eto_chips_reading(world(tmp_path), into="bread")
    dossier = reading.dossier
    assert dossier.id == "bread"
    assert {item.id: item.kind for item in dossier.items} == {
        "making": "process",
        "baking": "process",
        "ovens": "tool",
        "gas-ovens": "tool",
        "stone-ovens": "tool",
        "bread": "product",
        "oven-software": "software",
    }
    assert {item.stage for item in dossier.items} == {"making"}
    assert {(link.item, link.needs) for link in dossier.links if link.claims[0].startswith("stages")} == {
        ("bread", "making"),
        ("making", "baking"),
    }
    assert dossier.date == "2025"
    assert only(dossier, "ovens").share == 0.605
    assert reading.problems == ()
    complete = {item.id for item in dossier.items if item.complete}
    assert complete == {"making", "baking", "bread"}  # the ovens have a row, their kinds and the software nobody


def test_sources_of_rows_keep_their_words_address_and_year(tmp_path: Path) -> None:
    """A row's own source becomes a source, its address taken from the link; a row without one names the data set."""
    rows = [
        "NLD,P1,Ovens,N2,60,2025,[Survey](https://example.org/s) of 2019",
        "CHN,P2,Ovens,N2,40,2025,",
    ]
    reading = eto_chips_reading(world(tmp_path, provision=rows))
    claims = {claim.id: claim.source for claim in reading.dossier.claims}
    sources = {source.id: source for source in reading.dossier.sources}
    own = sources[claims["provision-2"]]
    assert (own.url, own.date, own.licence) == ("https://example.org/s", "2019", "CC BY-NC 4.0")
    assert "Survey of 2019" in own.title
    assert claims["provision-3"] == "eto-chips"
    assert rules(reading)["no source"] == 1


def test_various_countries_are_economies_that_nobody_tells_apart(tmp_path: Path) -> None:
    """Such a share is nobody's in particular and may be anybody's."""
    rows = ["NLD,P1,Ovens,N2,60,2025,x", "Various countries,P3,Ovens,N2,40,2025,x"]
    reading = eto_chips_reading(world(tmp_path, provision=rows))
    various = next(row for row in of(reading.dossier, "ovens") if row.economy == UNSPECIFIED)
    assert (various.among, various.share, various.note) == ((), 0.4, "Economy as listed: Various countries.")
    assert rules(reading)["unspecified"] == 1


def test_europe_is_its_members_in_an_unknown_way(tmp_path: Path) -> None:
    """The region's share is among EU, EFTA and British economies; China is not one of them."""
    reading = eto_chips_reading(world(tmp_path, provision=["EUR,P4,Ovens,N2,8,2025,x"]))
    row = only(reading.dossier, "ovens")
    assert row.economy == UNSPECIFIED
    assert {"NLD", "DEU", "GBR", "CHE", "NOR"} <= set(row.among)
    assert "CHN" not in row.among
    assert len(row.among) == 32


def test_the_same_row_three_times_counts_once_and_names_three_lines(tmp_path: Path) -> None:
    """Repetition changes no share and loses no line."""
    reading = eto_chips_reading(world(tmp_path, provision=["NLD,P1,Ovens,N2,60,2025,x"] * 3))
    row = only(reading.dossier, "ovens")
    assert (row.share, row.claims) == (0.6, ("provision-2", "provision-3", "provision-4"))
    assert rules(reading)["repeated"] == 2


def test_contradictory_shares_of_one_provider_become_the_interval_around_them(tmp_path: Path) -> None:
    """40 and 60 per cent of the same year are anything from 40 to 60."""
    rows = ["NLD,P1,Ovens,N2,60,2025,x", "NLD,P1,Ovens,N2,40,2025,y"]
    reading = eto_chips_reading(world(tmp_path, provision=rows))
    assert only(reading.dossier, "ovens").share == Interval(low=0.4, high=0.6)
    assert rules(reading)["contradictory"] == 1


def test_shares_that_sum_to_212_per_cent_are_at_most_what_they_say(tmp_path: Path) -> None:
    """Only what the others cannot provide is certain; nothing is scaled in silence."""
    rows = [
        "NLD,P1,Ovens,N2,100,2025,x",
        "CHN,P2,Ovens,N2,100,2025,x",
        "Various countries,P3,Ovens,N2,12,2025,x",
    ]
    reading = eto_chips_reading(world(tmp_path, provision=rows))
    shares = {row.economy: row.share for row in of(reading.dossier, "ovens")}
    assert shares == {
        "NLD": Interval(low=0.0, high=1.0),
        "CHN": Interval(low=0.0, high=1.0),
        UNSPECIFIED: Interval(low=0.0, high=0.12),
    }
    assert rules(reading)["overfull"] == 3
    assert any("212" in oddity.value for oddity in reading.oddities)


def test_shares_that_sum_to_110_per_cent_leave_something_certain(tmp_path: Path) -> None:
    """80 + 30: the first is at least the 70 that the second cannot provide."""
    rows = ["NLD,P1,Ovens,N2,80,2025,x", "CHN,P2,Ovens,N2,30,2025,x"]
    shares = {row.economy: row.share for row in of(read_eto_chips(world(tmp_path, provision=rows)), "ovens")}
    assert shares["NLD"] == Interval(low=0.7, high=0.8)
    assert shares["CHN"] == Interval(low=0.2, high=0.3)


def test_102_per_cent_is_rounding(tmp_path: Path) -> None:
    """Shares rounded to whole per cent stay as they are, and it is told."""
    rows = ["NLD,P1,Ovens,N2,62,2025,x", "CHN,P2,Ovens,N2,40,2025,x"]
    reading = eto_chips_reading(world(tmp_path, provision=rows))
    assert {row.economy: row.share for row in of(reading.dossier, "ovens")} == {"NLD": 0.62, "CHN": 0.4}
    assert rules(reading)["rounded"] == 1


def test_mixed_years_are_kept_apart(tmp_path: Path) -> None:
    """Rows of two years both stay, each with its year, and the item is told."""
    rows = ["NLD,P1,Ovens,N2,60,2019,x", "NLD,P1,Ovens,N2,70,2025,x", "CHN,P2,Ovens,N2,30,2025,x"]
    reading = eto_chips_reading(world(tmp_path, provision=rows))
    assert [(row.economy, row.year, row.share) for row in of(reading.dossier, "ovens")] == [
        ("NLD", 2019, 0.6),
        ("CHN", 2025, 0.3),
        ("NLD", 2025, 0.7),
    ]
    assert rules(reading)["mixed years"] == 1


def test_an_organisation_is_a_part_of_its_countrys_total(tmp_path: Path) -> None:
    """Beside a country row the organisation is a part; without one it stands for itself."""
    rows = [
        "NLD,P1,Ovens,N2,60,2025,x",
        "Hearth,P5,Ovens,N2,45,2025,x",
        "Hearth,P5,Gas ovens,N3,45,2025,x",
    ]
    dossier = read_eto_chips(world(tmp_path, provision=rows))
    assert {row.organisation: row.part_of_economy for row in of(dossier, "ovens")} == {"": False, "Hearth": True}
    assert not only(dossier, "gas-ovens").part_of_economy


@pytest.mark.parametrize(
    ("printed", "share"),
    [
        ("", None),
        ("Major", None),
        ("60%", 0.6),
        ("99.3", 0.993),
        ("0.0", Interval(low=0.0, high=0.0005)),
        ("0", Interval(low=0.0, high=0.005)),
        ("negligible", Interval(low=0.0, high=0.025)),
    ],
)
def test_a_share_is_read_as_printed(tmp_path: Path, printed: str, share: float | Interval | None) -> None:
    """Per cent become fractions, words intervals, a printed zero its rounding; nothing unknown is zero."""
    reading = eto_chips_reading(world(tmp_path, provision=[f"NLD,P1,Ovens,N2,{printed},2025,x"]))
    assert only(reading.dossier, "ovens").share == share
    assert reading.problems == ()


@pytest.mark.parametrize("printed", ["120", "-3", "many", "nan", "inf", "1e400"])
def test_a_share_that_is_none_is_a_problem_and_unknown(tmp_path: Path, printed: str) -> None:
    """The provider stays, its share unknown, and the problem names line and value."""
    reading = eto_chips_reading(world(tmp_path, provision=[f"NLD,P1,Ovens,N2,{printed},2025,x"]))
    assert only(reading.dossier, "ovens").share is None
    (problem,) = reading.problems
    assert (problem.file, problem.line, problem.column, problem.value) == (
        "provision.csv", 2, "share_provided", printed,
    )  # fmt: skip


def test_the_older_release_marks_negligible_shares_in_a_column_of_its_own(tmp_path: Path) -> None:
    """`negligible_market_share` is read as at most 2 %, rounded."""
    folder = world(tmp_path)
    (folder / "provision.csv").write_text(
        "provider_name,provider_id,provided_name,provided_id,share_provided,negligible_market_share\n"
        "NLD,P1,Ovens,N2,98%,\nCHN,P2,Ovens,N2,,negligible\n"
    )
    shares = {row.economy: row.share for row in of(read_eto_chips(folder), "ovens")}
    assert shares == {"NLD": 0.98, "CHN": Interval(low=0.0, high=0.025)}


def test_ids_that_dangle_are_mended_by_name_or_set_aside_and_told(tmp_path: Path) -> None:
    """A name that is known mends the id; without one the row is set aside as a problem with its line."""
    rows = [
        "NLD,P99,Ovens,N2,60,2025,x",
        "NLD,P1,Ovens,N99,30,2025,y",
        "Nobody,P98,Ovens,N2,5,2025,x",
        "NLD,P1,Nothing,N98,5,2025,x",
    ]
    sequence = [*WORLD["sequence.csv"], "Ghost,N77,Bread,N5,,", "Ovens,N2,,,,", "Ovens,N2,Ovens,N2,,"]
    reading = eto_chips_reading(world(tmp_path, provision=rows, sequence=sequence))
    assert only(reading.dossier, "ovens").claims == ("provision-2", "provision-3")
    assert rules(reading)["by name"] == 2
    places = {(problem.file, problem.line, problem.column) for problem in reading.problems}
    assert places == {
        ("provision.csv", 4, "provider_id"),
        ("provision.csv", 5, "provided_id"),
        ("sequence.csv", 7, "input_id"),
        ("sequence.csv", 8, "goes_into_id"),
        ("sequence.csv", 9, "goes_into_id"),
    }
    assert rules(reading)["set aside"] == 5


@pytest.mark.parametrize(
    ("country", "economy", "among", "rule"),
    [
        ("", UNSPECIFIED, (), "no economy"),
        ("Atlantis", UNSPECIFIED, (), "no economy"),
        ("USA; CHN", UNSPECIFIED, ("CHN", "USA"), "several economies"),
        ("Germany", "DEU", (), ""),
    ],
)
def test_the_economy_of_an_organisation(
    tmp_path: Path, country: str, economy: str, among: tuple[str, ...], rule: str
) -> None:
    """Unknown is nobody that is named, several is any of them, a name is as good as a code."""
    providers = [*WORLD["providers.csv"], f"Mixed,,P7,organization,{country}"]
    reading = eto_chips_reading(world(tmp_path, providers=providers, provision=["Mixed,P7,Ovens,N2,5,2025,x"]))
    row = only(reading.dossier, "ovens")
    assert (row.economy, row.among, row.organisation, row.share) == (economy, among, "Mixed", 0.05)
    assert [r for r in rules(reading) if r in ("no economy", "several economies")] == ([rule] if rule else [])


def test_one_provider_on_rows_with_different_countries_may_be_of_any(tmp_path: Path) -> None:
    """Two rows of one id that disagree about the country leave it open between the two."""
    providers = [*WORLD["providers.csv"], "Hearth,Old Hearth,P5,organization,CHN"]
    reading = eto_chips_reading(world(tmp_path, providers=providers, provision=["Hearth,P5,Ovens,N2,5,2025,x"]))
    assert only(reading.dossier, "ovens").among == ("CHN", "NLD")
    assert rules(reading)["several rows"] == 1


def test_a_country_that_is_none_keeps_its_share_as_nobodys(tmp_path: Path) -> None:
    """A country row of unknown name is a problem; its share still takes from what others can provide."""
    providers = [*WORLD["providers.csv"], "Atlantis,,P7,country,"]
    reading = eto_chips_reading(world(tmp_path, providers=providers, provision=["Atlantis,P7,Ovens,N2,5,2025,x"]))
    row = only(reading.dossier, "ovens")
    assert (row.economy, row.share, row.note) == (UNSPECIFIED, 0.05, "Economy as listed: Atlantis.")
    assert [problem.value for problem in reading.problems] == ["Atlantis"]


def test_weights_come_from_sizes_of_one_year_only(tmp_path: Path) -> None:
    """6 and 3 of 10 billion give 0.6 and 0.3; kinds that sum to more than the whole are scaled, or give no weights."""

    def weights(whole: str, gas: str, stone: str) -> list[float | None]:
        inputs = list(WORLD["inputs.csv"])
        for number, size in ((1, whole), (2, gas), (3, stone)):
            cells = inputs[number].split(",")
            cells[7] = size
            inputs[number] = ",".join(cells)
        dossier = read_eto_chips(world(tmp_path, inputs=inputs))
        return [link.weight for link in dossier.links if link.kind == "variant_of"]

    assert weights("$10 billion (2025)", "$6 billion (2025)", "$3 billion (2025)") == [0.6, 0.3]
    assert weights("$10 billion (2025)", "$6 billion (2025)", "$300 million (2021)") == [0.6, None]
    assert weights("$10 billion (2025)", "$6 billion (2025)", "$4.2 billion (2025)") == pytest.approx(
        [6 / 10.2, 4.2 / 10.2], abs=1e-6
    )
    assert weights("$10 billion (2025)", "$9 billion (2025)", "$9 billion (2025)") == [None, None]
    assert weights("", "$6 billion (2025)", "$3 billion (2025)") == [None, None]


def test_inputs_with_the_same_name_or_id(tmp_path: Path) -> None:
    """The same name twice gives two items; the same id twice sets the second aside."""
    inputs = [*WORLD["inputs.csv"], "N7,Ovens,tool_resource,,,,,,,", "N2,Other,tool_resource,,,,,,,"]
    reading = eto_chips_reading(world(tmp_path, inputs=inputs))
    assert {item.id for item in reading.dossier.items if item.name == "Ovens"} == {"ovens", "ovens-n7"}
    assert [(p.file, p.line, p.value) for p in reading.problems] == [("inputs.csv", 9, "N2")]


def test_an_input_that_leads_nowhere_gets_a_stage_of_its_own(tmp_path: Path) -> None:
    """An isolated input is kept, in a stage that says so."""
    inputs = [*WORLD["inputs.csv"], "N7,Salt,material_resource,,,,,,,"]
    dossier = read_eto_chips(world(tmp_path, inputs=inputs))
    assert dossier.item("salt").stage == "not-placed"


def test_links_in_a_circle_are_read(tmp_path: Path) -> None:
    """A process that needs what it makes is no fault of the files."""
    sequence = [*WORLD["sequence.csv"], "Bread,N5,Ovens,N2,,", "Ovens,N2,Bread,N5,,"]
    dossier = read_eto_chips(world(tmp_path, sequence=sequence))
    assert {("ovens", "bread"), ("bread", "ovens")} <= {(link.item, link.needs) for link in dossier.links}


def test_html_formulas_and_hidden_characters_stay_text_or_go(tmp_path: Path) -> None:
    """Markup and formulas are names like others; what hides or reverses text is taken out, told, and readable after."""
    inputs = [
        *WORLD["inputs.csv"],
        'N7,<script>alert(1)</script>,material_resource,,,"=1+1\n\nSecond: # line",,,,',
        "N8,=cmd|x!A0,material_resource,,,,,,,",
        "N9,Sa\u202elt\x07,material_resource,,,,,,,",
        "N\u202e10,Yeast,mat\u2066erial,,,,\u202e,\u202e$1 billion,\u202e,\u202e",
    ]
    reading = eto_chips_reading(world(tmp_path, inputs=inputs))
    names = {item.name: item.description for item in reading.dossier.items}
    assert names["<script>alert(1)</script>"] == "=1+1\n\nSecond: # line"
    assert "=cmd|x!A0" in names
    assert "Salt" in names
    assert rules(reading)["shortened text"] == 1
    assert read_dossier(document_text(reading.dossier)) == reading.dossier


def test_all_missing_files_and_columns_are_told_at_once(tmp_path: Path) -> None:
    """One error names each missing file and each missing column."""
    folder = world(tmp_path)
    (folder / "stages.csv").unlink()
    (folder / "providers.csv").write_text("")
    (folder / "provision.csv").write_text("provider_name,provider_id,provided_id,shares_provided\nNLD,P1,N2,4\n")
    with pytest.raises(DataError) as caught:
        read_eto_chips(folder)
    found = {(problem.file, problem.reason) for problem in caught.value.problems}
    assert found == {
        ("stages.csv", "no such file"),
        ("providers.csv", "the file is empty"),
        ("provision.csv", "column 'share_provided' is missing"),
    }
    assert any("shares_provided" in problem.mend for problem in caught.value.problems)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """Naming no folder is a usage error, not a crash."""
    with pytest.raises(NotFoundError, match="no folder"):
        read_eto_chips(tmp_path / "nowhere")
