"""One supplier in context: every section, both sides, whoever it is and whoever looks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ostra.ask import supplier
from ostra.ask.supplier_rows import SCHEMA, SECTIONS
from ostra.change.new_workspace import create_workspace
from ostra.cli import main
from ostra.show.text.portrait import MOST
from ostra.workspace import Workspace

CHIPS = ["semiconductors"]


def rows_of(code: str, *, home: str = "EU27", space: Workspace | None = None, year: int = 2023) -> list[dict[str, Any]]:
    return supplier.supplier(space or Workspace(), code, ecosystems=CHIPS, home=home, year=year).frame.to_dicts()


def only(rows: list[dict[str, Any]], **wanted: str) -> list[dict[str, Any]]:
    return [row for row in rows if all(row[key] == value for key, value in wanted.items())]


@pytest.fixture(scope="module")
def china() -> list[dict[str, Any]]:
    return rows_of("china")


def test_every_section_is_there_in_its_order(china: list[dict[str, Any]]) -> None:
    """From the relation to the facts; columns are those that are documented."""
    found = list(dict.fromkeys(row["section"] for row in china))
    assert found == [section for section in SECTIONS if section in found]
    assert {"relation", "regime", "likelihood", "legal reach", "coercion record", "mutual dependence"} <= set(found)
    assert {"position", "breaches", "facts"} <= set(found)
    assert all(tuple(row) == tuple(SCHEMA) for row in china)
    assert {row["economy"] for row in china} == {"CHN"}


def test_both_sides_of_dependence_are_told_with_evidence(
    china: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Its hold on home beside home's on it; each number can be traced."""
    (theirs,) = only(china, kind="its hold")
    (ours,) = only(china, kind="our hold")
    assert theirs["high"] >= theirs["low"] > 0.0 and ours["high"] > 0.0 and ours["items"]
    first = [only(china, kind=kind)[0] for kind in ("hold", "breach", "law", "likelihood", "indicator", "factor")]
    for row in [theirs, ours, *first, *only(china, kind="measure by it")]:
        assert main(["trace", row["evidence"], "--json"]) == 0
        capsys.readouterr()


def test_the_likelihood_is_that_of_the_assessment_with_its_factors(china: list[dict[str, Any]]) -> None:
    """Mean, interval and the log-odds that it is made of."""
    assessment = Workspace().assess("semiconductors", year=2023)
    found = next(s for s in assessment.step3.suppliers if s.economy == "CHN")
    (row,) = only(china, kind="likelihood")
    assert (row["value"], row["low"], row["high"]) == (
        found.likelihood.mean,
        found.likelihood.low,
        found.likelihood.high,
    )
    assert [(r["what"], r["value"]) for r in only(china, kind="factor")] == [
        (f.name, f.log_odds) for f in found.likelihood.factors
    ]
    (base,) = only(china, kind="base rate")
    assert base["value"] == found.likelihood.base_mean and "supplier-years" in base["detail"]


def test_the_regime_says_which_indicators_the_facts_hold(china: list[dict[str, Any]]) -> None:
    """An estimate with its error, year and scale, and what is not there."""
    (row,) = only(china, kind="indicator")
    assert row["low"] < row["value"] < row["high"] and row["since"] == "2023" and "−2.5 to 2.5" in row["unit"]
    (coverage,) = only(china, section="regime", kind="coverage")
    assert coverage["detail"].startswith("PV.")


def test_more_indicators_are_shown_once_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever governance facts a workspace holds is in the portrait, and in the assessment with its evidence."""
    create_workspace(tmp_path / "w")
    file = tmp_path / "g.csv"
    file.write_text("year,country,indicator,estimate,standard_error\n2023,CHN,RL,-0.1,0.2\n2023,CHN,PV,-0.5,\n")
    assert main(["data", "import", "governance", str(file), "-w", str(tmp_path / "w")]) == 0
    capsys.readouterr()
    space = Workspace(tmp_path / "w")
    found = only(rows_of("CHN", space=space), kind="indicator")
    assert [(row["what"], row["value"], row["low"]) for row in found] == [
        ("Political stability and absence of violence", -0.5, None),
        ("Rule of law", -0.1, pytest.approx(-0.3)),
    ]
    assessment = space.assess("semiconductors", year=2023)
    proof = next(e for e in assessment.evidence if e.id == "governance.CHN.RL.2023")
    assert proof.facts[0].where["indicator"] == "RL"
    context = next(s for s in assessment.step3.suppliers if s.economy == "CHN")
    assert context.governance == -0.5 and {r.indicator for r in context.regime} == {"PV", "RL"}


def test_export_controls_are_legal_reach() -> None:
    """The foreign direct product rule stands among the laws, with what it reaches."""
    (row,) = only(rows_of("USA"), what="Foreign direct product rule")
    assert row["section"] == "legal reach" and row["items"] and row["locator"]


def test_a_member_of_home_is_domestic_and_its_items_are_shown() -> None:
    """No likelihood, no breach; what it provides stands in their place, and cases against it too."""
    rows = rows_of("NLD")
    assert only(rows, kind="relation")[0]["what"] == "domestic"
    assert not only(rows, kind="likelihood") and not only(rows, section="breaches")
    provided = only(rows, kind="provides")
    assert any("ASML" in row["what"] for row in provided)
    assert "pressure against it" in {row["kind"] for row in rows}
    assert not only(rows, section="home's own side")


def test_an_economy_that_no_dossier_knows_has_what_facts_and_profile_say() -> None:
    """Relation, regime, base rate, record and facts; unknown is told and never zero."""
    rows = rows_of("Tuvalu")
    sections = {row["section"] for row in rows}
    assert {"relation", "regime", "likelihood", "coercion record", "facts"} <= sections
    assert "breaches" not in sections and "position" not in sections
    assert [row["what"] for row in only(rows, kind="gap")] == ["no hold on record", "no case on the list"]


def test_the_other_side_changes_with_home() -> None:
    """Seen from Japan the relations of the profile are used as they stand, which is said; its policy is home's own."""
    listing = supplier.supplier(Workspace(), "CHN", ecosystems=CHIPS, home="JPN", year=2022)
    assert any("written for EU27" in caveat for caveat in listing.provenance.caveats)
    own = [row for row in listing.frame.to_dicts() if row["section"] == "home's own side"]
    assert own and all("Japan" in row["what"] for row in own)


def test_the_sections_fit_a_terminal_of_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Headings, both sides, sources by number; no line is wider; what has more says how much."""
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["context", "CHN", "--ecosystem", "semiconductors", "--year", "2023"]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    for heading in ("Relation", "Regime", "Legal reach", "Mutual dependence", "Where it stands", "Breaches"):
        assert f"\n{heading}\n" in text
    assert "S2:" in text and "home's on it" in text and "holds, " in text
    assert text.count("(production share, 2023)") <= MOST


def test_files_are_flat_and_an_unknown_name_is_a_usage_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """JSON is a list of flat objects; CSV has the same columns."""
    assert main(["context", "RUS", "--ecosystem", "semiconductors", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert all(list(row) == list(SCHEMA) for row in found)
    file = tmp_path / "rus.csv"
    assert main(["context", "RUS", "--ecosystem", "semiconductors", "-o", str(file)]) == 0
    assert file.read_text().splitlines()[0] == ",".join(SCHEMA)
    capsys.readouterr()
    assert main(["context", "Atlantis"]) == 2
