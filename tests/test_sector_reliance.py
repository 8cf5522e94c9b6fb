"""What the sectors that make an ecosystem's items rely on: step 1 on an input-output table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ostra
from io_worlds import icio_countries, random_table, table
from ostra.dimensions.judge import judge
from ostra.ecosystem.input_output.classes import sectors_for
from ostra.ecosystem.input_output.coefficients import Chains
from ostra.ecosystem.input_output.groups import Group
from ostra.ecosystem.input_output.home_exposure import home_exposure, pair_losses
from ostra.ecosystem.input_output.hypothetical_extraction import extract_flows
from ostra.model.assessment import Assessment
from ostra.provenance import trace
from ostra.words.economies import home


@pytest.fixture(scope="module")
def workspace() -> ostra.Workspace:
    """The built-in facts and dossiers."""
    return ostra.open()


@pytest.fixture(scope="module")
def assessment(workspace: ostra.Workspace) -> Assessment:
    """The built-in dossier on semiconductors, which binds items to sectors."""
    return workspace.assess("semiconductors", home="EU27", year=2023)


@given(seed=st.integers(0, 10_000), members=st.sampled_from([("AAA",), ("BBB",), ("AAA", "CCC")]))
@settings(max_examples=30, deadline=None)
def test_losses_of_all_pairs_equal_the_extraction_of_each(seed: int, members: tuple[str, ...]) -> None:
    """The shared rows and columns of L give what extracting each pair alone gives, for a country and for a bloc."""
    world = random_table(seed, economies=4, sectors=3)
    chains = Chains(world)
    side = Group("XXX", "Home", members)
    own = side.nodes(world)
    at_home, abroad = pair_losses(chains, side)
    for number, code in enumerate(world.economies):
        if code in members:
            assert np.isnan(at_home[number]) and np.isnan(abroad[number])
            continue
        other = np.arange(number * 3, number * 3 + 3)
        lost = extract_flows(chains, other, own).supply[own].sum() / world.output[own].sum()
        assert at_home[number] == pytest.approx(lost, rel=1e-9)
        lost = extract_flows(chains, own, other).supply[other].sum() / world.output[other].sum()
        assert abroad[number] == pytest.approx(lost, rel=1e-9)


def test_an_economy_without_output_has_unknown_losses() -> None:
    """Nothing is lost of nothing: unknown, not zero."""
    world = random_table(1, economies=3, sectors=2)
    flows, final, output = world.flows.copy(), world.final.copy(), world.output.copy()
    flows[4:], flows[:, 4:], final[4:], output[4:] = 0.0, 0.0, 0.0, 0.0
    empty = table(flows, final, world.economies, world.sectors, output=output)
    at_home, abroad = pair_losses(Chains(empty), Group("AAA", "Home", ("AAA",)))
    assert np.isnan(at_home[2]) and np.isnan(abroad[2])
    assert at_home[1] > 0.0 and abroad[1] > 0.0


def test_the_real_table_of_countries_counts_members_as_one_home() -> None:
    """On the OECD's table of 80 countries the 27 members act as one, and one pair agrees with its extraction."""
    world = icio_countries()
    chains = Chains(world)
    exposure = home_exposure(world, home("EU27"))
    assert len(exposure.home.economies) == 27
    number = world.economies.index("CHN")
    other, own = np.arange(number * 50, number * 50 + 50), exposure.home.nodes(world)
    lost = extract_flows(chains, other, own).supply[own].sum() / world.output[own].sum()
    assert exposure.lost_at_home[number] == pytest.approx(lost, rel=1e-9)


@pytest.mark.parametrize(
    ("code", "found", "fit"),
    [
        ("C26", ["C26"], "exact"),
        ("C24", ["C24A", "C24B"], "split"),
        ("C30", ["C301", "C302T309"], "split"),
        ("C11", ["C10T12"], "merged"),
        ("C18", ["C17_18"], "merged"),
        ("J62", ["J62_63"], "merged"),
        ("J", ["J58T60", "J61", "J62_63"], "split"),
        ("C24B", ["C24B"], "exact"),
    ],
)
def test_classes_are_found_where_tables_merge_and_split(
    workspace: ostra.Workspace, code: str, found: list[str], fit: str
) -> None:
    """A division stands for its parts, or within the wider sector that holds it."""
    world = workspace.input_output()
    matched = sectors_for(world, code)
    assert matched is not None
    assert [world.sectors[sector] for sector in matched.sectors] == found
    assert matched.fit == fit


@pytest.mark.parametrize("code", ["U", "C99", "chips", ""])
def test_a_class_that_the_table_does_not_have_is_unknown(workspace: ostra.Workspace, code: str) -> None:
    """No sector is guessed."""
    assert sectors_for(workspace.input_output(), code) is None


def test_parts_by_order_sum_to_the_look_through(assessment: Assessment) -> None:
    """Order 1, 2, 3 and beyond are the whole; look-through over all economies stays below the whole."""
    rows = assessment.step1.sector_reliance
    assert rows
    for row in rows:
        assert row.face_value + row.order_2 + row.order_3 + row.beyond == pytest.approx(row.look_through, rel=1e-9)
        assert 0.0 < row.look_through < 1.0
    for sector in {row.sector for row in rows}:
        assert sum(row.look_through for row in rows if row.sector == sector) < 1.0


def test_a_part_equals_a_plain_sum_of_powers(workspace: ostra.Workspace, assessment: Assessment) -> None:
    """Electronics of home: adding up A, A², … A⁶⁰ by hand gives the printed part of one supplier."""
    world = workspace.input_output()
    coefficients = world.flows / np.where(world.output > 0, world.output, np.inf)
    node = world.nodes_of("EU27").start + world.sectors.index("C26")
    column = coefficients[:, node]
    total = column.copy()
    for _ in range(60):
        column = coefficients @ column
        total += column
    row = next(r for r in assessment.step1.sector_reliance if r.sector == "C26" and r.supplier == "CHN")
    made = total[world.nodes_of("CHN")].sum() / total.sum()
    assert row.look_through == pytest.approx(made, rel=1e-6)
    bought = coefficients[world.nodes_of("CHN"), node].sum() / coefficients[:, node].sum()
    assert row.direct_share == pytest.approx(bought, rel=1e-9)


def test_the_figures_enter_dependencies_and_can_be_traced(workspace: ostra.Workspace, assessment: Assessment) -> None:
    """Each figure has evidence whose rows are in the facts; large ones are dependencies on both sides."""
    dependencies = [d for d in assessment.step1.dependencies if d.measure == "look-through share"]
    assert dependencies
    assert all(d.mutual is not None and d.order == 2 for d in dependencies)
    wanted = {row.evidence for row in assessment.step1.sector_reliance}
    wanted |= {proof for row in assessment.step1.at_stake for proof in row.evidence}
    for proof in sorted(wanted)[::7]:
        step = trace(assessment, proof, workspace.facts)
        assert step.facts and all(rows.rows == rows.reference.rows and not rows.caveat for rows in step.facts)
        assert step.sources


def test_a_home_that_the_table_hides_is_unknown(workspace: ostra.Workspace) -> None:
    """Germany is inside the EU in the built-in table: no figure, and a caveat that says so."""
    seen = workspace.assess("semiconductors", home="DEU", year=2023)
    assert not seen.step1.sector_reliance
    assert any("does not tell DEU" in caveat for caveat in seen.caveats)


def test_one_sector_that_makes_several_products_speaks_once(workspace: ostra.Workspace) -> None:
    """Chip design names four products of one sector: each has its dependency, and one finding is counted."""
    dossier = workspace.dossier("chip-design")
    strict = workspace.profile().model_copy(
        update={
            "severity": tuple(
                rule.model_copy(update={"low": 0.05, "medium": 0.1, "high": 0.2})
                for rule in workspace.profile().severity
                if rule.indicator == "look_through_share"
            )
        }
    )
    step1 = workspace.assess("chip-design", year=2023).step1
    result = judge(step1, dossier, strict)
    found = [finding for finding in result.findings if finding.kind == "measured" and finding.supplier == "CHN"]
    assert len(found) > 1
    assert {finding.severity for finding in found} == {2}
    assert sum(finding.heard for finding in found) == 1
    assert "at any order, of the sector that makes" in found[0].reason
