"""The matrix of technologies and dimensions as a picture and in the terminal."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ostra.cli import main
from ostra.model.assessment import Assessment
from ostra.model.base import DIMENSIONS, LEVELS
from ostra.model.results.dimensions import LevelDistribution
from ostra.show.charts.level_matrix import BAR, CELL, GAP, cell_words, matrix_figure
from ostra.show.charts.palette import LEVEL_SHADE, SHADES
from ostra.show.charts.svg import standalone
from sample_assessment import sample_assessment

SVG = "{http://www.w3.org/2000/svg}"


def with_unassessed(assessment: Assessment) -> Assessment:
    """The same assessment, of which nobody looked at the last dimension."""
    *others, last = assessment.step2.dimensions
    step2 = assessment.step2.model_copy(update={"dimensions": (*others, last.model_copy(update={"assessed": False}))})
    return assessment.model_copy(update={"step2": step2})


@pytest.fixture(scope="module")
def pair() -> list[Assessment]:
    first = sample_assessment()
    second = first.model_copy(update={"ecosystem": "other", "title": "Another technology <b>&"})
    return [first, with_unassessed(second)]


def matrix_picture(assessments: list[Assessment]) -> str:
    return standalone(matrix_figure(assessments, "matrix"))


def test_each_cell_can_be_reached_and_says_all_that_it_shows(pair: list[Assessment]) -> None:
    """As many stops of the keyboard as cells; each has a title with level, probabilities and tensions."""
    root = ElementTree.fromstring(matrix_picture(pair))
    stops = [one for one in root.iter(f"{SVG}g") if one.get("tabindex") == "0"]
    assert len(stops) == len(pair) * len(DIMENSIONS)
    said = [one.findtext(f"{SVG}title") for one in stops]
    expected = [f"{a.title}, {r.dimension}: {cell_words(a, r)}" for a in pair for r in a.step2.dimensions]
    assert said == expected == [one.get("aria-label") for one in stops]
    assert all(level in text for text in expected[: len(DIMENSIONS)] for level in LEVELS)
    assert any("tension" in text for text in expected)


def test_not_assessed_is_hatched_and_has_no_level(pair: list[Assessment]) -> None:
    """The ground is the hatch, the words say so, no bar stands there."""
    root = ElementTree.fromstring(matrix_picture(pair))
    last = [one for one in root.iter(f"{SVG}g") if one.get("tabindex") == "0"][-1]
    fills = [one.get("fill") for one in last.iter(f"{SVG}rect")]
    assert fills[0] == "url(#matrix-hatch)"
    assert not set(fills) & set(SHADES)
    assert [one.text for one in last.iter(f"{SVG}text")] == ["not assessed"]


def test_bars_are_as_long_as_the_probabilities(pair: list[Assessment]) -> None:
    """The four parts fill the bar, in order, each by its probability."""
    root = ElementTree.fromstring(matrix_picture(pair))
    cell = next(one for one in root.iter(f"{SVG}g") if one.get("tabindex") == "0")
    spread = pair[0].step2.dimensions[0].challenge
    for level in LEVELS:
        width = sum(
            float(one.get("width", 0))
            for one in cell.iter(f"{SVG}rect")
            if one.get("fill") == SHADES[LEVEL_SHADE[level]] and one.get("height") == f"{BAR:g}"
        )
        assert width == pytest.approx(getattr(spread, level) * (CELL - GAP - 18), abs=0.06)


def test_the_file_is_complete_in_itself(pair: list[Assessment]) -> None:
    """Fonts are inside, nothing is loaded, text of a dossier stays text, the same input gives the same bytes."""
    svg = matrix_picture(pair)
    assert svg == matrix_picture(pair)
    assert "data:font/woff2" in svg
    assert not re.search(r"""(?:href|src)=["']?http|url\(["']?http""", svg)
    assert "Another technology &lt;b&gt;&amp;" in svg and "<b>" not in svg


def test_cells_lead_to_where_the_page_says(pair: list[Assessment]) -> None:
    """With a target a cell is a link, without one it is none."""
    svg = matrix_figure(pair, "picture-matrix", lambda a, r: f"{a.ecosystem}/{r.dimension}" if r.assessed else None)
    targets = re.findall(r'<a href="#([^"]+)"', svg)
    assert targets == [f"{a.ecosystem}/{r.dimension}" for a in pair for r in a.step2.dimensions if r.assessed]


@pytest.mark.parametrize(
    ("masses", "level", "words", "reached"),
    [
        ((0.7, 0.1, 0.1, 0.1), "none", "none", 0.7),
        ((0.2, 0.4, 0.2, 0.2), "low", "low or higher", 0.8),
        ((0.1, 0.2, 0.3, 0.4), "medium", "medium or higher", 0.7),
        ((0.1, 0.1, 0.2, 0.6), "high", "high", 0.6),
    ],
)
def test_the_probability_told_is_of_the_words_told(
    masses: tuple[float, ...], level: str, words: str, reached: float
) -> None:
    """None is told by its own probability: none or higher is certain and says nothing."""
    spread = LevelDistribution.model_validate({**dict(zip(LEVELS, masses, strict=True)), "level": level})
    assert spread.reached_words == words
    assert spread.reached == pytest.approx(reached)


def test_the_command_draws_a_picture_and_shades_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SVG by its suffix; colours in a terminal only, none with NO_COLOR, words always; 80 columns are enough."""
    file = tmp_path / "matrix.svg"
    command = ["matrix", "--ecosystem", "6g", "--year", "2023"]
    assert main([*command, "-o", str(file)]) == 0
    assert ElementTree.fromstring(file.read_text(encoding="utf-8")).tag == f"{SVG}svg"
    monkeypatch.setenv("COLUMNS", "80")
    outputs = {}
    for name, value in (("FORCE_COLOR", "1"), ("NO_COLOR", "1")):
        monkeypatch.setenv("COLORTERM", "truecolor")
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setenv(name, value)
        assert main(command) == 0
        outputs[name] = capsys.readouterr().out
        monkeypatch.delenv(name)
    assert "\x1b[38;2;" in outputs["FORCE_COLOR"] and "48;2;" in outputs["FORCE_COLOR"]
    assert "48;2;" not in outputs["NO_COLOR"]
    plain = re.sub(r"\x1b\[[0-9;]*m", "", outputs["NO_COLOR"])
    assert "Competitiveness" in plain and "±: helps one dimension, hurts another" in plain
    assert max(map(len, plain.splitlines())) <= 80
