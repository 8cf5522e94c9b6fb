"""Shares from public sources: two for what heads a page, told how they were read, and in line with data at hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import duckdb
import pytest

import ostra
from ostra.documents.readers.eto_chips import eto_chips_reading
from ostra.documents.yaml_documents import builtin_dossiers, read_dossier
from ostra.model.dossier import Dossier

ETO_CHIPS = Path(__file__).parents[1].parent / "shared" / "data" / "eto-chips"
COMPUTING = Path(ostra.__file__).parent / "data" / "facts" / "technology_shares"
HEADS = {
    "semiconductors": (
        "front-end-leading", "euv-lithography", "eda-tools", "photoresist", "front-end-memory", "rare-earths",
    ),
    "v2x": ("batteries",),
    "6g": ("single-vendor-ran",),
    "urban-ai": ("cameras", "cloud", "drones"),
    "blockchain": ("payment-rails",),
}  # fmt: skip
# Our item and holder, and what ETO calls them; a holder of ETO is an economy or an organisation.
COMPARED = (
    ("euv-lithography", "NLD", "EUV lithography tools", "NLD"),
    ("lithography", "NLD", "Lithography tools", "NLD"),
    ("etch-equipment", "USA", "Dry etch tools", "Lam Research"),
    ("inspection-equipment", "USA", "Process control tools", "USA"),
    ("back-end", "CHN", "Assembly, testing, and packaging (ATP)", "CHN"),
    ("back-end", "TWN", "Assembly, testing, and packaging (ATP)", "TWN"),
    ("design-memory", "KOR", "Memory chip design", "KOR"),
    ("design-memory", "USA", "Memory chip design", "USA"),
)
# ETO speaks of other years than most claims do; further apart than this, one of the two is misread.
APART = 0.05


@cache
def dossier(name: str) -> Dossier:
    """A built-in dossier."""
    return read_dossier(builtin_dossiers()[name])


def computing(technology: str, basis: str, holder: str, year: int = 2026) -> tuple[float, float, float]:
    """Least share, largest share and share of what is told: of an economy, or of an organisation."""
    column, none = ("economy", "AND organisation IS NULL") if holder in ("USA", "CHN") else ("organisation", "")
    found = duckdb.sql(
        f"SELECT share_low, share_high, share_known FROM '{COMPUTING}/*/*.parquet' "
        f"WHERE technology = '{technology}' AND basis = '{basis}' AND {column} = '{holder}' AND year = {year} {none}"
    ).fetchall()
    assert len(found) == 1, (technology, basis, holder, year)
    low, high, known = found[0]
    return float(low), float(high), float(known)


@pytest.mark.parametrize(("name", "item"), [(name, item) for name, items in HEADS.items() for item in items])
def test_what_heads_a_page_has_two_sources(name: str, item: str) -> None:
    """The rows with a share rest on at least two documents of different publishers."""
    case = dossier(name)
    source = {claim.id: claim.source for claim in case.claims}
    publisher = {entry.id: entry.publisher for entry in case.sources}
    rows = [row for row in case.provision if row.item == item and row.share is not None]
    named = {publisher[source[claim]] for row in rows for claim in row.claims}
    assert len(named - {"ostra", "the companies' own public information"}) >= 2, named


def test_most_of_the_items_that_matter_have_a_share() -> None:
    """The pages of the cases say of how many items a share is known, and that is true."""
    total = 0
    for name in builtin_dossiers():
        case = dossier(name)
        known = {row.item for row in case.provision if row.share is not None}
        total += len(known)
        page = (Path(__file__).parents[1] / "docs" / "cases" / f"{name}.md").read_text(encoding="utf-8")
        assert f"{len(known)} of {len(case.items)}. Per cent" in page, name
    assert total >= 79


def test_each_public_source_says_how_it_was_read() -> None:
    """Whoever cites a market share says where it was read, or that it was not, and how far to trust it."""
    for name in builtin_dossiers():
        case = dossier(name)
        source = {claim.id: claim.source for claim in case.claims}
        cited = {source[claim] for row in case.provision if row.share is not None for claim in row.claims}
        for entry in case.sources:
            if entry.id in cited and entry.note and ("Read in" in entry.note or "Stated from" in entry.note):
                assert entry.url.startswith("http"), entry.id
                assert "onfidence " in entry.note or entry.id == "company-seats" or entry.licence, entry.id


def test_computing_for_ai_is_as_published() -> None:
    """Of the computing in known clusters the United States host 80.9 %, China 7.1 %; NVIDIA's chips give 85.4 %."""
    assert computing("AI computing", "location", "USA")[2] == pytest.approx(0.809, abs=0.001)
    assert computing("AI computing", "location", "CHN")[2] == pytest.approx(0.071, abs=0.001)
    assert computing("AI chips", "headquarters", "NVIDIA")[0] == pytest.approx(0.854, abs=0.001)


def test_untold_computing_widens_a_share_and_never_narrows_it() -> None:
    """The share of what is told lies within the bounds; economies hold at least what their organisations hold."""
    outside = duckdb.sql(
        f"SELECT count(*) FROM '{COMPUTING}/*/*.parquet' WHERE share_low > share_high + 1e-9 OR share_low < 0 "
        "OR share_high > 1 OR share_known < share_low - 1e-6 OR share_known > share_high + 1e-6"
    ).fetchone()
    assert outside == (0,)
    for year in (2024, 2026):
        economy = computing("AI chips", "headquarters", "USA", year)
        assert economy[0] >= computing("AI chips", "headquarters", "NVIDIA", year)[0]


@pytest.mark.parametrize(
    ("name", "item", "economy", "organisation", "technology", "holder"),
    [
        ("semiconductors", "design-ai", "USA", "Nvidia", "AI chips", "NVIDIA"),
        ("semiconductors", "design-ai", "USA", "AMD", "AI chips", "AMD"),
        ("chip-design", "design-cloud-ai", "USA", "Nvidia", "AI chips", "NVIDIA"),
        ("chip-design", "design-cloud-ai", "USA", "Google", "AI chips", "Google"),
        ("urban-ai", "ai-chips", "TWN", "TSMC", "AI chip making", "TSMC"),
    ],
)
def test_shares_of_computing_are_those_of_the_facts(
    name: str, item: str, economy: str, organisation: str, technology: str, holder: str
) -> None:
    """What a dossier says of chips in known clusters is what the built-in facts hold, to a tenth of a per cent."""
    rows = [
        row
        for row in dossier(name).provision
        if (row.item, row.economy, row.organisation) == (item, economy, organisation) and row.share is not None
    ]
    assert rows
    for row in rows:
        assert row.year
        low, high, _ = computing(technology, "headquarters", holder, row.year)
        assert row.interval().low == pytest.approx(low, abs=0.0011)
        assert row.interval().high == pytest.approx(high, abs=0.0011)


@pytest.mark.skipif(not (ETO_CHIPS / "provision.csv").exists(), reason="the ETO chips data set is not at hand")
@pytest.mark.parametrize(("item", "economy", "theirs", "holder"), COMPARED)
def test_the_users_import_of_eto_agrees(item: str, economy: str, theirs: str, holder: str) -> None:
    """The data of ETO, which may not be shipped, are near the claims where both speak of the same thing."""
    imported = eto_chips_reading(ETO_CHIPS, into="eto-chips").sound()
    names = {entry.id: entry.name for entry in imported.items}
    other = [
        row.interval()
        for row in imported.provision
        if names[row.item] == theirs
        and row.share is not None
        and (row.organisation == holder or (row.economy == holder and not row.organisation))
    ]
    assert other
    ours = [
        row
        for row in dossier("semiconductors").provision
        if row.item == item and row.economy == economy and row.share is not None and not row.part_of_economy
    ]
    basis = "headquarters" if any(row.by == "headquarters" for row in ours) else "location"
    low = sum(row.interval().low for row in ours if row.by == basis)
    high = sum(row.interval().high for row in ours if row.by == basis)
    assert low - APART <= other[0].high
    assert other[0].low <= high + APART
