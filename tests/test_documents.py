"""Reading dossiers, profiles and catalogues: what is accepted, and how every fault is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ostra.documents import yaml_tree
from ostra.documents.yaml_documents import (
    builtin_catalogue,
    document_sha256,
    read_catalogue,
    read_document,
    read_dossier,
    read_profile,
)
from ostra.errors import DataError, NotFoundError, Problem
from ostra.model.base import Interval

DOSSIER = """\
format: ostra-dossier/1
id: toys
title: Toys
summary: Wooden toys.
author: a tester
date: 2022-10-07
sources:
  - id: book
    title: A book
    publisher: A press
    date: 2021
claims:
  - id: wood-needed
    statement: Toys are made of wood.
    source: book
    locator: page 3
    basis: cites
stages:
  - {id: stage-one, name: One}
items:
  - {id: toy, name: Toy, kind: product, stage: stage-one}
  - id: wood
    name: Wood
    kind: material
    stage: stage-one
    products:
      - {hs: 440710}
links:
  - {item: toy, needs: wood}
provision:
  - {item: wood, economy: NOR, by: location, share: 0.4, year: 2021, claims: [wood-needed]}
  - {item: wood, economy: SWE, by: location, share: {low: 0.1, high: 0.3}, year: 2021, claims: [wood-needed]}
  - {item: wood, economy: FIN, by: location, claims: [wood-needed]}
"""


def problems(text: str) -> tuple[Problem, ...]:
    """What the reader says of a dossier that it refuses."""
    with pytest.raises(DataError) as caught:
        read_dossier(text, file="toys.yaml")
    assert all(problem.file == "toys.yaml" and problem.reason for problem in caught.value.problems)
    return caught.value.problems


def the_problem(text: str) -> Problem:
    """The only fault found."""
    found = problems(text)
    assert len(found) == 1, found
    return found[0]


def line_of(text: str, part: str) -> int:
    """The line, from 1, in which the part first stands."""
    return text[: text.index(part)].count("\n") + 1


def test_a_sound_dossier_is_read() -> None:
    """Shares may be numbers, intervals or absent; an absent one is the whole range."""
    dossier = read_dossier(DOSSIER)
    assert [row.interval() for row in dossier.provision] == [
        Interval(low=0.4, high=0.4),
        Interval(low=0.1, high=0.3),
        Interval(low=0.0, high=1.0),
    ]


def test_codes_that_stand_for_nothing_are_told_with_the_other_faults() -> None:
    """Unknown codes and a misspelt key at once; blocs are known where they may stand, ZZZ everywhere."""
    text = (
        DOSSIER
        + """positions:
  - {topic: law, economy: EU27, text: Strict, claims: [wood-needed]}
  - {topic: law, economy: EU28, text: Strict, claims: [wood-needed]}
findings: []
"""
    )
    found = problems(text.replace("economy: NOR", "economy: ZZZ").replace("economy: FIN", "economy: FIM, nte: a"))
    assert [(problem.value, problem.column) for problem in found if problem.value] == [
        ("FIM", "provision.2(wood).economy"),
        ("EU28", "positions.1(EU28).economy"),
    ]
    assert any("unknown key 'nte'" in problem.reason for problem in found) and len(found) == 3
    assert all(problem.line for problem in found)


def test_codes_and_dates_are_read_as_they_are_written() -> None:
    """HS headings and dates need no quotes, leading zeros stay, and country codes are never truth values."""
    text = DOSSIER.replace("hs: 440710", "hs: 010121").replace("name: Toy,", "name: NO,")
    dossier = read_dossier(text)
    assert dossier.item("wood").products[0].hs == "010121"
    assert read_dossier(DOSSIER).item("wood").products[0].hs == "440710"
    assert dossier.item("toy").name == "NO"
    assert dossier.date == "2022-10-07"
    assert dossier.sources[0].date == "2021"


def test_a_file_is_read_with_and_without_byte_order_mark(tmp_path: Path) -> None:
    """Editors on Windows put a mark before the text; it changes nothing."""
    plain, marked = tmp_path / "a.yaml", tmp_path / "b.yaml"
    plain.write_text(DOSSIER, encoding="utf-8")
    marked.write_text(DOSSIER, encoding="utf-8-sig", newline="\r\n")
    assert read_dossier(plain) == read_dossier(marked)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A path that leads nowhere is a wrong request, not a broken document."""
    with pytest.raises(NotFoundError, match=re.escape("gone.yaml")):
        read_dossier(tmp_path / "gone.yaml")


def test_a_folder_is_not_a_document(tmp_path: Path) -> None:
    """A folder where a file is expected is refused by name."""
    with pytest.raises(DataError, match="not a file"):
        read_dossier(tmp_path)


def test_other_encodings_are_refused_with_the_line(tmp_path: Path) -> None:
    """Latin-1 and binary files are told from UTF-8, with the line of the first wrong byte."""
    file = tmp_path / "latin.yaml"
    file.write_bytes(DOSSIER.replace("Wooden", "Hölzerne").encode("latin-1"))
    with pytest.raises(DataError) as caught:
        read_dossier(file)
    assert caught.value.problems[0].line == line_of(DOSSIER, "Wooden")
    assert "UTF-8" in caught.value.problems[0].mend
    file.write_bytes(bytes(range(256)) * 40)
    with pytest.raises(DataError):
        read_dossier(file)


@pytest.mark.parametrize(
    ("old", "new", "column", "reason", "mend"),
    [
        ("share: 0.4,", "share: 1.4,", r"provision\.0\(wood\)\.share", "at most 1", "write 0.014"),
        ("share: 0.4,", "share: 140,", r"provision\.0\(wood\)\.share", "at most 1", "from 0 to 1"),
        ("share: 0.4,", "share: 40,", r"provision\.0\(wood\)\.share", "at most 1", "write 0.4 for 40%"),
        ("share: 0.4,", "share: 40 %,", r"provision\.0\(wood\)\.share", "per cent", "Write 0.4"),
        ("share: 0.4,", 'share: "0,4",', r"provision\.0\(wood\)\.share", "number", r"0\.4"),
        ("share: 0.4,", "share: -0.1,", r"provision\.0\(wood\)\.share", "at least 0", ""),
        ("share: 0.4,", "share: true,", r"provision\.0\(wood\)\.share", "number", ""),
        ("share: 0.4,", "share: .nan,", r"provision\.0\(wood\)\.share", "number", ""),
        ("low: 0.1,", "low: 0.5,", r"provision\.1\(wood\)\.share", "greater than high", ""),
        ("year: 2021, claims", "year: 20222, claims", r"provision\.0\(wood\)\.year", "at most 2100", ""),
        ("year: 2021, claims", "year: 2021.5, claims", r"provision\.0\(wood\)\.year", "whole number", ""),
        ("economy: NOR", "economy: Norway", r"provision\.0\(wood\)\.economy", "form", "alpha-3"),
        ("economy: NOR", "economy: NRO", r"provision\.0\(wood\)\.economy", "no economy", r"NOR \(Norway\)"),
        ("economy: NOR", "economy: NOR, among: [SWE, QQQ]", r"provision\.0\(wood\)\.among\.1", "no economy", "alpha-3"),
        ("kind: material", "kind: materials", r"items\.1\(wood\)\.kind", "allowed words", "Did you mean 'material'"),
        ("hs: 440710", "hs: 44071", r"items\.1\(wood\)\.products\.0\.hs", "form", "6 digits"),
        ("date: 2022-10-07", "date: 7.10.2022", "date", "form", "2022-10-07"),
        ("statement: Toys", "statment: Toys", r"claims\.0\(wood-needed\)\.statment", "unknown key", "'statement'"),
        ("    publisher: A press\n", "", r"sources\.0\(book\)\.publisher", "missing", "Add 'publisher:'"),
        ("title: Toys", "title: ''", "title", "empty", ""),
        ("title: Toys", "title: [Toys]", "title", "expected a text", ""),
        ("summary: Wooden toys.", "summary:", "summary", "expected a text", ""),
        ("  - {item: toy, needs: wood}", "  item: toy", "links", "list", "- "),
        ("id: toys", "id: Toys!", "id", "form", "hyphens"),
        ("format: ostra-dossier/1", "format: ostra-dossier/9", "format", "allowed", "ostra-dossier/1"),
    ],
)
def test_a_wrong_value_is_told_with_place_and_mend(old: str, new: str, column: str, reason: str, mend: str) -> None:
    """Each wrong value gives one problem: the line it stands in, its path, the reason and what to write."""
    text = DOSSIER.replace(old, new, 1)
    assert text != DOSSIER
    problem = the_problem(text)
    assert re.fullmatch(column, problem.column), problem.column
    assert reason in problem.reason
    assert re.search(mend, problem.mend), problem.mend
    lines = text.splitlines()
    if "missing" not in reason:
        word = new.strip().splitlines()[0].split(":")[0].lstrip("-{ ")
        assert problem.line is not None
        assert word in lines[problem.line - 1], (problem.line, word)


@pytest.mark.parametrize(
    ("old", "new", "reason", "mend"),
    [
        ("needs: wood", "needs: woood", "no item 'woood'", "'wood'"),
        ("source: book", "source: bok", "no source 'bok'", "'book'"),
        ("stage: stage-one}", "stage: two}", "no stage 'two'", "Add it to 'stages'"),
        ("{item: toy, needs: wood}", "{item: toy, needs: toy}", "cannot need itself", ""),
        ("by: location, share: 0.4", "by: location, share: 0.97", "sum to 1.07, more than 1", ""),
        ("  - id: wood\n", "  - id: toy\n", "defined twice", ""),
    ],
)
def test_a_reference_that_leads_nowhere_is_told(old: str, new: str, reason: str, mend: str) -> None:
    """Faults between entries carry the line of the entry at fault, and the nearest name there is."""
    text = DOSSIER.replace(old, new, 1)
    found = [problem for problem in problems(text) if reason in problem.reason]
    assert found
    assert re.search(re.escape(mend), found[0].mend)
    if "sum to" not in reason:
        assert found[0].line == line_of(text, new.strip())


PROFILE = """\
format: ostra-profile/1
id: test
title: A test
home: EU27
author: a tester
date: 2022
sources: [{id: book, title: A book, publisher: A press, date: 2021}]
relations:
  - {economy: USA, relation: ally, reason: a treaty, source: book}
  - {economy: CHN, relation: rival, reason: a rule, source: book}
trade: {source: book}
severity: []
weights: {resilience: 1, security: 1, values: 1, competitiveness: 1}
tolerance: []
likelihood: {first_year: 2010, last_year: 2020, hold_weight: 1, mutual_weight: 1, reason: a choice}
"""


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("relation: rival", "relation: friend", "allowed words"),
        ("economy: CHN, relation: rival", "economy: USA, relation: rival", "defined twice"),
        ("rule, source: book", "rule, source: bok", "no source 'bok'"),
        ("first_year: 2010", "first_year: 2030", "first_year is after last_year"),
        ("hold_weight: 1,", "hold_weight: 11,", "at most 10"),
        ("values: 1,", "values: 0,", "more than 0"),
        ("values: 1,", "value: 1,", "allowed words"),
        ("values: 1, ", "", "weights miss values"),
    ],
)
def test_faults_of_a_profile_are_told_with_their_line(old: str, new: str, reason: str) -> None:
    """Profiles are read by the same rules; faults between their parts have their lines too."""
    assert read_profile(PROFILE).id == "test"
    text = PROFILE.replace(old, new, 1)
    with pytest.raises(DataError) as caught:
        read_profile(text)
    told = [problem for problem in caught.value.problems if reason in problem.reason]
    assert told, caught.value
    if new:
        assert told[0].line == line_of(text, new)


CASE = "{id: c, coercer: CHN, target: EU, year: 2021, means: a ban, source: book, locator: p. 1}"


@pytest.mark.parametrize(
    ("old", "new", "column", "mend"),
    [
        ("economy: CHN", "economy: CNH", "relations.1(CNH).economy", r"CHN \(China\)"),
        ("economy: CHN, relation: rival", "economy: HKG, like: CNH", "relations.1(HKG).like", r"CHN \(China\)"),
        ("coercer: CHN", "coercer: RUX", "cases.0(c).coercer", r"RUS \(Russia"),
        ("target: EU", "target: EU28", "cases.0(c).target", r"EU27 \("),
    ],
)
def test_codes_that_no_economy_has_are_faults_of_a_profile(old: str, new: str, column: str, mend: str) -> None:
    """Relations and cases name economies that exist, and cases blocs too; a near code is offered."""
    text = PROFILE + f"cases:\n  - {CASE}\n"
    assert read_profile(text).cases[0].target == "EU"
    wrong = text.replace(old, new, 1)
    for read in (read_profile, read_document):
        with pytest.raises(DataError) as caught:
            read(wrong)
        (problem,) = caught.value.problems
        assert (problem.reason, problem.column) == ("no economy has this code", column)
        assert problem.line == line_of(wrong, new)
        assert problem.value == new.rpartition(": ")[2]
        assert re.search(mend, problem.mend)


def test_a_bloc_has_relations_only_through_its_members() -> None:
    """`EU` is no economy to have a relation with: the form of the code is refused."""
    with pytest.raises(DataError, match=r"relations\.0"):
        read_profile(PROFILE.replace("economy: USA", "economy: EU", 1))


def test_all_faults_are_told_at_once() -> None:
    """Wrong fields, unknown keys and dangling references come in one message, in the order of the file."""
    text = (
        DOSSIER.replace("share: 0.4,", "share: 40,")
        .replace("kind: product,", "kind: produkt,")
        .replace("source: book", "source: bok")
        .replace("locator:", "locater:")
        .replace("low: 0.1", "low: a tenth")
        .replace("    publisher: A press\n", "")
    )
    text += "  - {item: glue, economy: DNK, by: location, claims: [wood-needed]}\n"
    found = problems(text)
    reasons = " | ".join(problem.reason for problem in found)
    for part in ("at most 1", "allowed words", "unknown key 'locater'", "'publisher' is missing", "no item 'glue'"):
        assert part in reasons
    assert reasons.count("expected a number") == 1
    assert [p.line for p in found] == sorted(p.line or 0 for p in found)
    assert "no claim 'wood-needed'" not in reasons  # the claim is there, if broken


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("", "empty", None),
        ("# only a comment\n", "empty", None),
        ("just words", "single value", 1),
        ("- a\n- b\n", "a list", 1),
        ("a: &x [*x]\n", "anchors", 1),
        ("a: 1\nb: *a\n", "", 2),
        ("a: 1\nb: 2\na: 3\n", "stands twice", 3),
        ("a: 1\n---\nb: 2\n", "second document", 2),
        ("a: !!python/object/apply:os.system ['true']\n", "tags", 1),
        ("a:\n\t- b\n", "not YAML", 2),
        ("a: [1, 2\nb: 3\n", "not YAML", 2),
        ("a: 'open\n", "not YAML", None),
        ("? [a, b]\n: c\n", "key must be a word", 1),
        ('a: "\\e[31mred"\n', "hidden or control", 1),
        ('a: "\\u202Eabc"\n', "hidden or control", 1),
        ('a: "\\uD800"\n', "", 1),
        ("a: \x00\n", "", None),
        ("a: 1e999\n", "too large", 1),
        ("a: " + "[" * 400 + "]" * 400, "deep", 1),
        ("[" * 100_000, "deep", 1),
        ("{a: " * 100_000, "deep", 1),
    ],
)
def test_what_yaml_allows_and_dossiers_do_not(text: str, reason: str, line: int | None) -> None:
    """Cycles, tags, duplicates, depth, tabs and hidden characters are refused with their line."""
    with pytest.raises(DataError) as caught:
        read_dossier(text, file="x.yaml")
    reasons = " | ".join(problem.reason for problem in caught.value.problems)
    assert reason in reasons
    if line is not None:
        assert line in {problem.line for problem in caught.value.problems}


def test_a_billion_laughs_stays_small() -> None:
    """Aliases are refused before they can be multiplied."""
    laughs = "a0: &a0 [ha, ha]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
    with pytest.raises(DataError, match="aliases are not allowed"):
        read_dossier(laughs)


def test_a_document_beyond_the_size_limit_is_refused(tmp_path: Path) -> None:
    """A table pasted into a dossier is refused before it is parsed, as text and as a file."""
    text = "# " + "x" * 5_000_001
    file = tmp_path / "big.yaml"
    file.write_text(text)
    for source in (text, file):
        with pytest.raises(DataError, match="too large"):
            read_dossier(source)


def test_a_message_reads_as_file_line_place_reason_value_and_mend() -> None:
    """The words of a message are what a user sees; they are fixed here."""
    text = DOSSIER.replace("share: 0.4,", "share: 1.4,")
    with pytest.raises(DataError) as caught:
        read_dossier(text, file="toys.yaml")
    line = line_of(text, "share: 1.4")
    assert str(caught.value) == (
        f"toys.yaml:{line}, provision.0(wood).share: expected at most 1 (found '1.4'). "
        "Shares are fractions from 0 to 1: write 0.014 for 1.4%"
    )


def test_the_hash_is_of_the_content_not_of_the_layout() -> None:
    """Comments, order of keys, quotes and line ends change nothing; a changed value does."""
    dossier = read_dossier(DOSSIER)
    other = "# a comment\r\n" + DOSSIER.replace("\n", "\r\n").replace("title: Toys", 'title: "Toys"')
    swapped = DOSSIER.replace("{item: toy, needs: wood}", "{needs: wood, item: toy}")
    assert document_sha256(dossier) == document_sha256(read_dossier(other)) == document_sha256(read_dossier(swapped))
    changed = read_dossier(DOSSIER.replace("share: 0.4,", "share: 0.41,"))
    assert document_sha256(dossier) != document_sha256(changed)
    assert re.fullmatch(r"[0-9a-f]{64}", document_sha256(dossier))


def test_a_document_tells_by_itself_of_which_kind_it_is() -> None:
    """The format decides; without a known one the known are listed."""
    assert read_document(DOSSIER) == read_dossier(DOSSIER)
    assert read_document(PROFILE) == read_profile(PROFILE)
    for text in ("format: ostra-novel/1", "title: x", "- a", "format: [a]"):
        with pytest.raises(DataError, match="ostra-dossier/1, ostra-profile/1, ostra-instruments/1"):
            read_document(text)


@pytest.mark.parametrize("name", ["semiconductors", "profile-eu27", "instruments"])
def test_both_parsers_of_pyyaml_read_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PyYAML comes without libyaml, its own parser gives the same values and lines."""
    text = (builtin_catalogue().parent / f"{name}.yaml").read_text(encoding="utf-8")
    fast = yaml_tree.parse_yaml(text, name)
    monkeypatch.setattr(yaml_tree, "_LOADER", yaml.SafeLoader)
    slow = yaml_tree.parse_yaml(text, name)
    assert (fast.value, fast.lines, fast.raw) == (slow.value, slow.lines, slow.raw)


WORDS = st.sampled_from(
    ["format: ostra-dossier/1", "items:", "- ", "  ", "id: a", "{", "}", "[", "]", ": ", "&a", "*a", "!!set", "? ", "|",
     ">", "'", '"', "\\", "\t", "%", "@", "`", "#", "---", "...", "0.5", "1e400", "null", "true", "<<: ", "share", "é",
     "\u2028", "\x85", "\ufeff", "😀", "\x07", "9" * 30, ", ", "claims:", "sources: []", "Ø", "~"]
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.lists(st.one_of(WORDS, st.sampled_from(["\n", "\n  ", "\n- "])), max_size=30).map("".join))
def test_no_text_of_yaml_pieces_crashes_any_reader(text: str) -> None:
    """Whatever the text, the only complaint is a DataError with places; this holds for all kinds of documents."""
    for read in (read_dossier, read_profile, read_catalogue, read_document):
        with pytest.raises(DataError) as caught:
            read(text)
        assert caught.value.problems


@settings(deadline=None, max_examples=200)
@given(st.text(st.characters(), max_size=200))
def test_no_text_at_all_crashes_the_reader(text: str) -> None:
    """Surrogates, control characters and nonsense are refused like any other fault."""
    with pytest.raises(DataError):
        read_dossier(text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 3000) | st.floats(0, 2) | st.sampled_from(["toy", "wood", "x", "book"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "item", "claims"]), inner),
    max_leaves=6,
)


def as_flow(value: object) -> str:
    """The value in YAML's flow style."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {as_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(as_flow(inner) for inner in value) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(re.findall(r"[a-z_]+: [^\n{}]+?(?=[,}\n])", DOSSIER)), VALUES)
def test_any_value_in_any_place_is_read_or_refused(old: str, value: object) -> None:
    """One field of a sound dossier replaced by anything gives a dossier or problems with places, never a crash."""
    text = DOSSIER.replace(old, f"{old.split(':')[0]}: {as_flow(value)}", 1)
    try:
        read_dossier(text, file="toys.yaml")
    except DataError as error:
        assert all(problem.line is not None for problem in error.problems), error
