"""What is printed can be printed: terminals of few characters, fonts that lack some, words longer than a line."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from ostra.cli import main
from ostra.cli.characters import print_what_can_be_printed


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp850"])
@pytest.mark.parametrize(
    "words",
    [
        ["context", "TUR"], ["matrix"], ["deps", "--home", "DEU", "--year", "2022"], ["materials", "--year", "2022"],
        ["ecosystems"], ["data", "list"], ["chain", "holds", "semiconductors"], ["deps", "--year", "2022", "--json"],
    ],
)  # fmt: skip
def test_no_command_breaks_where_characters_are_missing(
    words: list[str], encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command ends as it does in UTF-8, and a minus stays one."""
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", out)
    code = main(words)
    out.flush()
    text = out.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]
    assert code == 0 and text
    if words[0] == "context":
        assert "-0.97" in text


def test_characters_that_are_lost_are_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An accent or a sign has a plain form; a character without one is counted and named at the end."""
    from ostra.cli import characters

    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    print_what_can_be_printed()
    print("Türkiye −0.5 ≥ 台", end="")
    out.flush()
    assert out.buffer.getvalue() == b"Turkiye -0.5 >= ?"  # type: ignore[attr-defined]
    characters._tell_losses("ascii")
    assert "ascii does not have" in capsys.readouterr().err


def test_a_long_word_stays_on_the_page_and_lost_characters_are_told(tmp_path: Path) -> None:
    """A word of 200 letters is broken; of characters that no font has, each is handed over."""
    weasyprint = pytest.importorskip("weasyprint")
    from ostra.show.printed.paper import Printer, render_pdf

    css = (Path(__file__).parents[1] / "src/ostra/show/templates/report.css").read_text(encoding="utf-8")
    html = f"<html lang=en><head><title>t</title><style>{css}</style></head><body><p>{'a' * 200}</p><p>\U0010fffd</p>"
    lost: list[str] = []
    assert render_pdf(html, lost.append).startswith(b"%PDF")
    assert lost == ["\U0010fffd"]
    page = Printer().lay_out(html).pages[0]
    widths = [box.position_x + box.width for box in page._page_box.descendants() if hasattr(box, "text")]
    assert weasyprint and max(widths) <= page.width
