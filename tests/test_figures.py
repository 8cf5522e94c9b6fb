"""One rule for numbers as text: what it says of shares, ranges and money, and that nothing in src writes its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ostra
from ostra.model.base import Interval
from ostra.words.figures import (
    exact_percent,
    figure,
    format_cell,
    money,
    number,
    percent,
    percent_range,
    percents,
    plain,
    rounded,
    signed,
    significant,
)
from ostra.words.sentences import counted, first_sentence, listed, possessive, shorten, shortened

PACKAGE = Path(ostra.__file__).parent

SHARES = st.floats(0.0, 1.0) | st.floats(0.0, 0.001) | st.floats(0.999, 1.0)


def read(text: str) -> float:
    """The share that a text says, of a mark the end it stands at."""
    return float(re.sub(r"under |over |[<>%,]", "", text).replace("−", "-")) / 100


@pytest.mark.parametrize(
    ("share", "prose", "column"),
    [
        (0.0, "0%", "0.0%"),
        (0.62, "62%", "62.0%"),
        (0.12345, "12.3%", "12.3%"),
        (1.0, "100%", "100.0%"),
        (1.136, "113.6%", "113.6%"),
        (0.9961, "99.6%", "99.6%"),
        (0.99961, ">99.9%", ">99.9%"),
        (1.0 - 1e-15, "100%", "100.0%"),
        (1.0004, ">100%", ">100%"),
        (0.0005, "0.1%", "0.1%"),
        (0.000336, "0.034%", "0.034%"),
        (0.000031, "0.0031%", "0.0031%"),
        (0.000003, "under 0.001%", "under 0.001%"),
        (-0.05, "−5%", "−5.0%"),
        (-0.000003, "over −0.001%", "over −0.001%"),
        (-0.9999, "<−99.9%", "<−99.9%"),
        (float("nan"), "an unknown share", "an unknown share"),
    ],
)
def test_a_share_as_per_cent(share: float, prose: str, column: str) -> None:
    """At most one decimal; neither nothing nor everything unless it is so; an idle decimal in columns alone."""
    assert (percent(share), percent(share, aligned=True)) == (prose, column)


@given(SHARES)
def test_nothing_and_everything_are_said_of_nothing_and_everything_alone(share: float) -> None:
    """0% is printed for zero only, 100% for one only, the processor's rounding apart."""
    assert (percent(share) == "0%") == (round(share, 12) == 0.0)
    assert (percent(share) == "100%") == (round(share, 12) == 1.0)


@given(SHARES, SHARES)
def test_a_larger_share_is_never_printed_as_a_smaller_one(one: float, other: float) -> None:
    """What is read back grows with the share."""
    less, more = sorted((one, other))
    assert read(percent(less)) <= read(percent(more))


@given(SHARES)
def test_what_is_read_back_is_the_share(share: float) -> None:
    """Within 0.05 percentage points, or beyond the end that it stands at; alike for losses and gains."""
    for aligned in (False, True):
        text = percent(share, aligned=aligned)
        if text == ">99.9%":
            assert 0.999 < share < 1.0
        else:
            assert read(text) == pytest.approx(share, abs=0.000501)
        assert read(percent(-share, aligned=aligned)) == -read(text)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0, 1, "unknown"), (0.62, 0.62, "62%"), (0.851, 0.92, "85.1–92%"), (0, 0.4, "at most 40%"),
     (0.6, 1, "at least 60%"), (1, 1, "100%"), (0, 0, "0%"), (0.0001, 0.0001, "0.01%"), (0.62, 0.6201, "62%"),
     (0.986, 0.9999, "at least 98.6%"), (0.9997, 1, ">99.9%"), (0, 0.9997, "under 100%"), (1e-7, 0.3, "at most 30%"),
     (0, 1e-7, "under 0.001%")],
)  # fmt: skip
def test_an_interval_in_words(low: float, high: float, words: str) -> None:
    """Ends that say nothing are not printed."""
    assert percents(Interval(low=low, high=high)) == words


def test_a_range_that_leaves_zero_to_one() -> None:
    """Shares of a table with negative flows have a minus, so their ends are joined by a word."""
    assert percent_range(-0.05, 0.12) == "−5% to 12%"
    assert percents(None) == "unknown"


def test_a_threshold_is_written_with_all_its_digits() -> None:
    """Nobody measured it: 99.99% is what was chosen."""
    assert [exact_percent(x) for x in (0.5, 0.925, 0.9999, 0.0005, 1.0, 1 - 0.001)] == [
        "50%", "92.5%", "99.99%", "0.05%", "100%", "99.9%",
    ]  # fmt: skip


@given(st.floats(-1.0, 1.0) | st.floats(-1e-3, 1e-3) | st.just(-0.0))
def test_no_zero_has_a_sign_anywhere(value: float) -> None:
    """Whatever is rounded for people has a true minus, and none before a zero."""
    written = [
        *(format_cell(value, kind) for kind in ("share", "kusd", "number")),
        *(words(value) for words in (rounded, percent, exact_percent, number, plain, signed, money)),
        figure(value, ".2f"),
        figure(value, ",.0f"),
        significant(value, 2),
    ]
    for text in written:
        assert not re.search(r"-|−0(\.0*)?(?![\d.])", text), text


def test_large_figures_are_not_written_as_powers_of_ten() -> None:
    """Whole numbers say it as shortly."""
    assert (significant(113.64, 4), significant(12345.6, 3), significant(-0.04, 1)) == ("113.6", "12,346", "−0.04")
    assert (figure(3.0, "+.1f"), figure(-0.04, "+.1f"), number(None)) == ("+3.0", "+0.0", "unknown")


@pytest.mark.parametrize(
    ("kusd", "words"),
    [(None, "unknown"), (0.0, "USD 0 k"), (0.4, "under USD 1 k"), (-0.4, "over USD −1 k"), (12.0, "USD 12 k"),
     (1234.0, "USD 1.23 m"), (-5.6e6, "USD −5.6 bn"), (1.234e9, "USD 1,234 bn")],
)  # fmt: skip
def test_money_in_readable_units(kusd: float | None, words: str) -> None:
    """Three digits of billions, millions or thousands; the currency may stand in the heading."""
    assert money(kusd) == words
    assert money(kusd, "") == words.replace("USD ", "")


@given(st.text(max_size=300), st.integers(20, 120))
def test_shortened_text_fits(text: str, most: int) -> None:
    """Shortening never gives more than the room, an ellipsis apart."""
    assert len(shorten(text, most)) <= most + 2
    assert len(shortened(text, most)) <= most + 2


def test_words_around_numbers_and_names() -> None:
    """Lists read as a sentence, what is too much is counted, nouns and names are inflected."""
    assert [listed(list("abcd"), most) for most in (1, 3, 4)] == ["a and 3 more", "a, b, c and 1 more", "a, b, c and d"]
    assert (listed(["a", "", "b"]), listed(["a"]), listed([])) == ("a and b", "a", "")
    assert (counted(1, "item"), counted(2, "breach", "breaches")) == ("1 item", "2 breaches")
    assert (possessive("China"), possessive("United States")) == ("China's", "United States'")
    assert (first_sentence("One. Two."), shortened("One two.", 9), shortened("One two.", 6)) == (
        "One.", "One two", "One …",
    )  # fmt: skip


# A width in a style sheet is no figure. What follows a placeholder, and what a placeholder itself asks for.
AFTER = re.compile(r"(?<!width:)\{[^{}]*\}\s*(?:%|per ?cent\b)|\{[^{}]*%\}|\d[dfg]\s*%%|\A[#0,.]+%\Z")
IN_TEMPLATE = re.compile(r"""\}\}\s*(?:%(?!\})|per ?cent\b)|~\s*["']\s*%|\*\s*100\b|\b100(?:\.0)?\s*\*|[dfg]\s*%%""")


def own_per_cent(path: Path) -> Iterator[int]:
    """Lines on which a file writes a number as per cent by itself."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".j2":
        yield from (n for n, line in enumerate(text.splitlines(), start=1) if IN_TEMPLATE.search(line))
        return
    tree = ast.parse(text)
    inside = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        words = ""
        if isinstance(node, ast.JoinedStr):
            # Nested formats are written out as they stand in the source, constants as they are.
            for part in node.values:
                if isinstance(part, ast.Constant):
                    words += str(part.value)
                elif isinstance(part, ast.FormattedValue):
                    words += "{:%}" if part.format_spec and "%" in ast.unparse(part.format_spec) else "{}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in inside:
            words = node.value
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and isinstance(node.right, ast.Constant):
            words = f"{{}}{node.right.value}" if str(node.right.value).lstrip().startswith("%") else ""
        if AFTER.search(words):
            yield getattr(node, "lineno", 0)


def test_no_file_writes_per_cent_by_itself() -> None:
    """Only words/figures.py formats shares; the rest, templates included, calls it."""
    files = [path for ending in ("*.py", "*.j2") for path in PACKAGE.rglob(ending)]
    assert len(files) > 200
    found = {
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in files
        if path != PACKAGE / "words" / "figures.py"
        for line in own_per_cent(path)
    }
    assert not found, "use percent or exact_percent of words/figures.py"


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.py", 'x = f"{share:.1%} of it"'),
        ("a.py", 'x = f"{100 * share:.0f}% of it"'),
        ("a.py", 'x = f"{100 * share:.4g} per cent"'),
        ("a.py", 'x = "{} {:.0%}".format(level, share)'),
        ("a.py", 'x = "{:.1f} %".format(share)'),
        ("a.py", 'x = str(100 * share) + "%"'),
        ("a.py", 'x = "%.1f%%" % (100 * share)'),
        ("a.py", 'x = {"num_format": "0.0%"}'),
        ("a.html.j2", "<td>{{ share }}%</td>"),
        ("a.html.j2", "{{ (share * 100) | round(1) }}"),
        ("a.html.j2", '{{ share ~ "%" }}'),
        ("a.html.j2", '{{ "%.1f%%" | format(share) }}'),
    ],
)
def test_the_check_sees_a_per_cent_format(tmp_path: Path, name: str, source: str) -> None:
    """The check itself fails where a number is written as per cent."""
    bad = tmp_path / name
    bad.write_text(f"{source}\n")
    assert list(own_per_cent(bad))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.py", "bar = '<i style=\"width:{}%\"></i>'; rect = '<rect width=\"100%\"/>'; rest = share % 2"),
        ("a.py", 'x = f"{percent(share)} of it, a few per cent more"'),
        ("a.html.j2", '{% if x %}{{ share | percent }}{% endif %}<td data-sort="{{ "%.6f" | format(share) }}">'),
    ],
)
def test_the_check_lets_pass_what_is_no_figure(tmp_path: Path, name: str, source: str) -> None:
    """Widths of a style, remainders, tags of templates, and the calls that it asks for."""
    good = tmp_path / name
    good.write_text(f"{source}\n")
    assert not list(own_per_cent(good))
