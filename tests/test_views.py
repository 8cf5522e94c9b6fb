"""Assessments side by side: matrix, comparison, one supplier, actors, instruments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ostra.ask import instruments, matrix
from ostra.cli import main
from ostra.model.base import DIMENSIONS
from ostra.model.evidence import Claim
from ostra.show.text import level_tables as levels
from ostra.words.levels import cell_words
from ostra.workspace import Workspace


def rows(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    code = main([*arguments, "--json"])
    streams = capsys.readouterr()
    assert code == 0, streams.err
    found: list[dict[str, Any]] = json.loads(streams.out)
    return found


def test_the_matrix_has_a_distribution_for_each_technology_and_dimension() -> None:
    """Every ecosystem, every dimension; probabilities sum to one; the progress ends at the whole."""
    told: list[tuple[float, float]] = []
    space = Workspace()
    listing = matrix.matrix(
        space, ecosystems=["semiconductors"], year=2023, advance=lambda done, total: told.append((done, total))
    )
    frame = listing.frame
    assert frame["dimension"].to_list() == list(DIMENSIONS)
    for row in frame.iter_rows(named=True):
        assert row["none"] + row["low"] + row["medium"] + row["high"] == pytest.approx(1.0)
        assert 0 <= row["robustness"] <= 1
    assert told[-1] == (1, 1)
    words = levels.matrix(listing).listing.frame
    assert words.height == 1 and words["resilience"][0].split()[0] in ("low", "medium", "high")


def test_what_was_not_assessed_is_not_a_level() -> None:
    """A dimension of which nothing speaks has no level, only a word that says so."""
    assert cell_words({"level": None, "tensions": 0}) == "not assessed"
    cell = {"level": "medium", "none": 0.1, "low": 0.2, "medium": 0.3, "high": 0.4, "tensions": 2}
    assert cell_words(cell) == "medium 70% ±"
    unsure = {"level": "none", "none": 0.6, "low": 0.1, "medium": 0.3, "high": 0.0, "tensions": 0}
    assert cell_words(unsure) == "none, medium 30%"
    assert cell_words(unsure | {"none": 1.0, "low": 0.0, "medium": 0.0}) == "none"


def test_compare_has_a_column_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    """An ecosystem compared with itself reads the same in both columns."""
    found = rows(capsys, "compare", "semiconductors", "semiconductors", "--year", "2023")
    assert {"resilience", "security", "values", "competitiveness", "held at home"} <= {row["measure"] for row in found}
    assert main(["compare", "semiconductors"]) == 2


def test_actors_are_told_in_full_on_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Role, reason, date and source of every actor stand in the terminal, not in files only."""
    found = rows(capsys, "actors", "6g")
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["actors", "6g"]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    told = " ".join(text.split())
    for row in found:
        for key in ("actor", "role", "why", "source"):
            assert " ".join(row[key].split()) in told
        assert row["since"] is None or f"since {row['since']}" in told


def test_actors_have_a_source_and_instruments_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    """Doing nothing is always among the instruments, with what it leaves open."""
    assert all(row["source"] and row["why"] for row in rows(capsys, "actors", "semiconductors"))
    found = {row["instrument"]: row for row in rows(capsys, "policy", "semiconductors", "--year", "2023")}
    assert "no-action" in found and found["no-action"]["reasons"]
    assert all(row["reasons"] for row in found.values() if row["answers"])


def test_positions_lay_each_topic_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    """One row for each topic and economy; what the sources do not say is null in data and said in the table."""
    found = rows(capsys, "positions", "6g")
    topics = list(dict.fromkeys(row["topic"] for row in found))
    assert [(row["topic"], row["economy"]) for row in found] == [(t, e) for t in topics for e in ("EU27", "CHN")]
    by_place = {(row["topic"], row["economy"]): row for row in found}
    assert by_place["deployment", "CHN"]["figures"] == "1.85 million base stations"
    assert by_place["deployment", "EU27"]["figures"] == "256,074 base stations"
    assert "6G chapter" in by_place["patents", "EU27"]["source"]
    assert by_place["patents", "EU27"]["claims"] == "patents-eu; patents-quality"
    assert by_place["patents", "EU27"]["ecosystem"] == "6g"
    unsaid = by_place["trial-sites", "EU27"]
    assert unsaid["position"] is None and unsaid["source"] is None and unsaid["name"] == "European Union (EU27)"
    assert main(["positions", "6g"]) == 0
    table = " ".join(capsys.readouterr().out.split())
    assert "The sources do not say." in table and "256,074 base" in table


def test_one_topic_can_be_read_across_ecosystems(capsys: pytest.CaptureFixture[str]) -> None:
    """All ecosystems by default, only those that compare the topic; a topic that nobody has is refused with a list."""
    found = rows(capsys, "positions", "--topic", "standards")
    assert {row["topic"] for row in found} == {"standards"}
    assert {"6g", "v2x", "urban-ai"} <= {row["ecosystem"] for row in found} and len(found) == 12
    assert len(rows(capsys, "positions", "6g", "v2x", "--topic", "law", "--topic", "market")) == 8
    assert main(["positions", "6g", "--topic", "weather"]) == 2
    assert "There are some on: deployment" in capsys.readouterr().err


def test_figures_of_claims_are_read_as_people_read_them() -> None:
    """Values, bounds and years with their units; no number, no words."""

    def figure(**number: Any) -> str:
        return Claim(id="a", statement="a", source="a", locator="a", basis="cites", **number).figure

    assert figure(value=256074, unit="base stations") == "256,074 base stations"
    assert figure(value=2030, unit="year") == "2030"
    assert figure(low=92, unit="per cent") == "at least 92 per cent"
    assert figure(high=52000) == "at most 52,000"
    assert figure(low=1.5, high=2, unit="GW") == "1.5–2 GW"
    assert figure(unit="per cent") == ""


def test_a_dossier_without_positions_has_none(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """No row, no error."""
    assert main(["new", str(tmp_path / "ours")]) == 0
    file = tmp_path / "ours" / "dossiers" / "ours.yaml"
    before, _, _ = file.read_text(encoding="utf-8").partition("\npositions:\n")
    file.write_text(before, encoding="utf-8")
    capsys.readouterr()
    assert rows(capsys, "positions", "ours", "-w", str(tmp_path / "ours")) == []
    assert main(["positions", "ours", "-w", str(tmp_path / "ours")]) == 0


def test_policy_tells_uses_and_matches_each_challenge(capsys: pytest.CaptureFixture[str]) -> None:
    """Documented uses with their place; by challenge a row for each pair, the best aimed first, flat and traceable."""
    found = {row["instrument"]: row for row in rows(capsys, "policy", "semiconductors", "--year", "2023")}
    assert any("Japan" in case and "note 50" in case for case in found["strategic-indispensability"]["cases"])
    assert found["strategic-stocks"]["of"] >= found["strategic-stocks"]["answers"] > 0
    left = " ".join(found["no-action"]["reasons"])
    assert "levels of challenge as they are" in left and "likelihoods that a hold is used as they stand" in left
    pairs = rows(capsys, "policy", "challenges", "semiconductors", "--year", "2023")
    assert all(tuple(row) == tuple(instruments.ANSWER_SCHEMA) for row in pairs)
    answered = [row for row in pairs if row["instrument"]]
    assert all(row["reason"] and row["lead"] and row["lag"] and row["side_effects"] for row in answered)
    first = answered[0]
    alike = [row["fit"] for row in answered if row["challenge"] == first["challenge"]]
    assert alike == sorted(alike, reverse=True)
    assert main(["trace", first["evidence"], "--json"]) == 0
    capsys.readouterr()


def test_policy_fits_a_terminal_of_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Challenges with their answers, advice, what the rules find beside, and doing nothing; no line is wider."""
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["policy", "semiconductors", "--year", "2023"]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    for heading in (
        "What calls for an instrument, and what answers it best",
        "Further ones, in short",
        "Doing nothing",
    ):
        assert f"\n{heading}\n" in text
    assert "used: no source that was read names a use" in text and "who and when: " in text
