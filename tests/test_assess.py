"""The assessment as a whole: pure, complete, traceable to the last number."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

import ostra
from ostra.assess import merge_evidence
from ostra.errors import MethodError, NotFoundError
from ostra.model.assessment import Assessment
from ostra.model.evidence import Evidence
from ostra.provenance import trace
from ostra.show.output import to_json
from ostra.show.printed.page import render_html


@pytest.fixture(scope="module")
def workspace() -> ostra.Workspace:
    return ostra.open()


@pytest.fixture(scope="module")
def assessment(workspace: ostra.Workspace) -> Assessment:
    return workspace.assess("semiconductors", home="EU27", year=2023)


def evidence_ids(value: Any, key: str = "") -> Iterator[str]:
    """Every id that stands under a key about evidence, anywhere in the assessment but in the evidence itself."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from evidence_ids(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from evidence_ids(item, key)
    elif isinstance(value, str) and (key == "evidence" or key.endswith("_evidence")):
        yield value


def test_every_number_has_evidence_that_exists(assessment: Assessment) -> None:
    """Each evidence id in the four steps is defined once, and so are the inputs, claims and sources behind it."""
    known = {entry.id for entry in assessment.evidence}
    assert len(known) == len(assessment.evidence)
    document = assessment.model_dump(mode="json", exclude={"evidence"})
    used = set(evidence_ids(document))
    assert len(used) > 100
    assert used - known == set()
    claims = {claim.id for claim in assessment.claims}
    sources = {source.id for source in assessment.sources}
    for entry in assessment.evidence:
        assert set(entry.inputs) <= known, entry.id
        assert set(entry.claims) <= claims, entry.id
        assert set(entry.sources) <= sources, entry.id


def test_every_chain_ends_in_facts_a_claim_or_an_author(workspace: ostra.Workspace, assessment: Assessment) -> None:
    """Follow each piece of evidence down: at the bottom stand rows, claims, named sources or a named author."""
    for entry in assessment.evidence:
        leaves = [step for step in trace(assessment, entry.id).walk() if not step.inputs and not step.repeated]
        assert leaves
        for leaf in leaves:
            own = leaf.evidence
            assert own.facts or leaf.claims or leaf.sources or own.author or own.text, (entry.id, own.id)


def test_the_same_inputs_give_the_same_bytes(workspace: ostra.Workspace, assessment: Assessment) -> None:
    """A second run, from freshly opened facts, serialises to the same text."""
    again = ostra.open().assess("semiconductors", home="EU27", year=2023)
    assert to_json(again.model_dump(mode="json")) == to_json(assessment.model_dump(mode="json"))


def test_the_json_reads_back_as_the_same_assessment(assessment: Assessment) -> None:
    """What is written can be read, and writes the same again."""
    text = to_json(assessment.model_dump(mode="json"))
    again = Assessment.model_validate_json(text)
    assert to_json(again.model_dump(mode="json")) == text


def test_facts_rows_behind_a_number_are_as_many_as_it_says(workspace: ostra.Workspace, assessment: Assessment) -> None:
    """The count in each reference is what the data hold under its condition."""
    checked = 0
    for entry in assessment.evidence:
        if not entry.id.startswith(("trade.", "production.")) or ".reverse." in entry.id or checked >= 60:
            continue
        for rows in trace(assessment, entry.id, workspace.facts).facts:
            assert rows.caveat == ""
            assert rows.rows == rows.reference.rows, entry.id
            checked += 1
    assert checked >= 60


def test_a_share_can_be_recomputed_from_its_rows(workspace: ostra.Workspace, assessment: Assessment) -> None:
    """Sum the rows that the trace names: their ratio is the printed share."""
    rare_earths = [d for d in assessment.step1.dependencies if d.product == "280530" and d.measure == "import share"]
    dependency = rare_earths[0]
    chain = trace(assessment, dependency.evidence, workspace.facts)
    trade = workspace.facts.relation("trade")
    members = ", ".join(f"'{code}'" for code in assessment.members)
    where = f"year = 2023 and product = '280530' and importer in ({members}) and exporter not in ({members})"
    total, part = trade.query(
        "t",
        f"select sum(value_kusd), sum(value_kusd) filter (where exporter = '{dependency.supplier}') "
        f"from t where {where}",
    ).fetchall()[0]
    assert chain.evidence.value == pytest.approx(float(part) / float(total), rel=1e-12)
    assert chain.evidence.value == dependency.hold.low


def test_shares_of_suppliers_never_exceed_the_whole(assessment: Assessment) -> None:
    """Listed suppliers of a product sum to at most 1; holds and distributions stay within their bounds."""
    totals: dict[str, float] = {}
    for row in assessment.step1.suppliers:
        totals[row.product] = totals.get(row.product, 0.0) + row.share
    assert totals and all(0.5 < total <= 1 + 1e-9 for total in totals.values())
    for result in assessment.step2.dimensions:
        levels = result.challenge
        assert levels.none + levels.low + levels.medium + levels.high == pytest.approx(1.0)
        assert 0.0 <= result.robustness <= 1.0


def test_both_sides_are_shown(assessment: Assessment) -> None:
    """Home's own chokepoint is found beside those of others, and suppliers that need it are told so."""
    own = [point for point in assessment.step1.chokepoints if point.is_home]
    assert [point.item for point in own] == ["euv-lithography", "lithography"]
    assert own[0].holder == "NLD"
    mutual = {row.supplier: row for row in assessment.step1.mutual}
    assert "euv-lithography" in mutual["TWN"].our_items


def test_unknown_trade_is_unknown_and_never_zero(assessment: Assessment) -> None:
    """Germanium's heading lapsed in 2016: its year is unknown, and production stands in its place."""
    row = next(row for row in assessment.step1.trade if row.product == "811230")
    assert row.status == "unknown"
    assert row.imports_kusd is None and row.top_share is None and row.dependent is None
    holds = [d for d in assessment.step1.dependencies if d.item == "germanium"]
    assert [(d.supplier, d.measure) for d in holds][:1] == [("CHN", "production share")]


def test_another_home_has_other_dependencies(workspace: ostra.Workspace) -> None:
    """Seen from the United States, its own shares are no dependency, and the foreign profile is a caveat."""
    seen = workspace.assess("semiconductors", home="USA", year=2023)
    assert all(d.supplier != "USA" for d in seen.step1.dependencies)
    assert any("was written for EU27" in caveat for caveat in seen.caveats)


def test_a_clash_of_evidence_is_refused() -> None:
    """Two different numbers under one id are an error, the same one twice is not."""
    one = Evidence(id="a", label="A", kind="computed", value=1.0)
    assert merge_evidence([one], [one]) == (one,)
    with pytest.raises(MethodError, match="'a' is defined twice"):
        merge_evidence([one], [one.model_copy(update={"value": 2.0})])


def test_an_unknown_id_is_answered_with_the_nearest(assessment: Assessment) -> None:
    """A misspelt id gets suggestions."""
    with pytest.raises(NotFoundError, match=r"Nearest: .*production\.gallium\.2023\.CHN"):
        trace(assessment, "production.galium.2023.CHN")


def test_a_trace_does_not_run_what_a_file_says(workspace: ostra.Workspace, assessment: Assessment) -> None:
    """Text in a reference stays text: a forged value is looked for, a forged column is refused."""
    entry = next(e for e in assessment.evidence if e.id.startswith("production.gallium"))
    forged = entry.facts[0].model_copy(update={"where": {"material": "x' or '1'='1"}})
    column = entry.facts[0].model_copy(update={"where": {"material or 1=1 --": "x"}})
    bad = entry.model_copy(update={"facts": (forged, column)})
    others = tuple(bad if e.id == entry.id else e for e in assessment.evidence)
    chain = trace(assessment.model_copy(update={"evidence": others}), entry.id, workspace.facts)
    assert chain.facts[0].rows == 0
    assert "has no column" in chain.facts[1].caveat
    assert json.loads(to_json(chain.as_dict()))["facts"][0]["rows_now"] == 0


def test_every_number_on_page_one_can_be_traced(workspace: ostra.Workspace, assessment: Assessment) -> None:
    """Each link of the real report's first page leads to evidence whose chain can be followed to its rows."""
    page = render_html(assessment)
    first = page[page.index('<section class="summary"') : page.index('<section class="annex"')]
    ids = set(re.findall(r'href="#ev-([^"]+)"', first))
    assert len(ids) >= 25
    for evidence in ids:
        chain = trace(assessment, evidence, workspace.facts)
        assert chain.evidence.id == evidence
        assert all(rows.caveat == "" for step in chain.walk() for rows in step.facts)


def test_caveats_of_the_dossier_travel_with_the_assessment(workspace: ostra.Workspace) -> None:
    """What a dossier warns of is shown with every result made from it."""
    dossier = workspace.dossier("blockchain")
    assert dossier.caveats
    assert set(dossier.caveats) <= set(workspace.assess("blockchain", year=2023).caveats)
