"""`ostra new`, and the page on writing a dossier, followed step by step."""

from __future__ import annotations

import datetime
import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest

from ostra.change.new_dossier import dossier_text, new_dossier
from ostra.cli import main
from ostra.documents.yaml_documents import builtin_catalogue, read_catalogue, read_dossier
from ostra.errors import ConflictError, UsageError
from ostra.words.economies import economy_name
from ostra.words.sentences import made_id
from ostra.workspace import Workspace

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "write-a-dossier.md"
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
KEY = re.compile(r"(?m)^([a-z_]+):")
TODAY = datetime.date(2026, 11, 26)


def with_sections(text: str, block: str) -> str:
    """The dossier with each section of a block in the place of the one that begins with the same word."""
    starts = [*(match.start() for match in KEY.finditer(block)), len(block)]
    for start, end in pairwise(starts):
        section = block[start:end]
        name = section.partition(":")[0]
        there = re.search(rf"(?m)^{name}:.*\n((  .*)?\n|  .*\n)*", text)
        if there is None:
            text = f"{text.rstrip()}\n\n{section}"
        else:
            text = f"{text[: there.start()]}{section.rstrip()}\n\n{text[there.end() :]}"
    return text


def run(capsys: pytest.CaptureFixture[str], command: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a line that begins with `ostra`."""
    words = shlex.split(command)
    assert words[0] == "ostra"
    code = main(words[1:])
    streams = capsys.readouterr()
    return code, streams.out, streams.err


def test_the_page_on_writing_a_dossier_leads_to_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From an empty folder: its commands end with 0, its blocks are pasted, and no example of the template is left."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OSTRA_WORKSPACE", raising=False)
    steps, _, errors = PAGE.read_text(encoding="utf-8").partition("## When something is wrong")
    file = tmp_path / "led-lighting" / "dossiers" / "led-lighting.yaml"
    commands = pasted = 0
    for language, block in BLOCK.findall(steps):
        if language == "yaml":
            file.write_text(with_sections(file.read_text(encoding="utf-8"), block), encoding="utf-8")
            pasted += 1
        for line in block.splitlines() if language == "console" else ():
            code, _, complaint = run(capsys, line.removeprefix("$ "))
            assert code == 0, f"{line}: {complaint}"
            commands += 1
    assert pasted >= 13 and commands >= 12
    for suffix in (".html", ".pdf", ".xlsx", ".json"):
        assert (tmp_path / "out" / f"led-lighting{suffix}").stat().st_size > 10_000
    finished = file.read_text(encoding="utf-8")
    written = re.sub(r"(?m)#.*$", "", finished)
    assert "EXAMPLE" not in written and "first-source" not in written
    dossier = read_dossier(file)
    used = {claim for section in (dossier.items, dossier.links, dossier.provision, dossier.actors, dossier.findings,
                                  dossier.context, dossier.positions, dossier.recommendations)
            for row in section for claim in row.claims}  # fmt: skip
    assert used == {claim.id for claim in dossier.claims}
    faults = BLOCK.findall(errors)
    assert len(faults) >= 14
    for (wrong, block), (right, said) in zip(faults[::2], faults[1::2], strict=True):
        assert (wrong, right) == ("yaml", "text")
        file.write_text(with_sections(finished, block), encoding="utf-8")
        code, _, complaint = run(capsys, f"ostra check {file}")
        assert code == 3
        for line in said.splitlines():
            assert line in complaint
            assert f"{file}:" in complaint  # with its line


def test_the_template_is_sound_and_explains_every_section() -> None:
    """It can be read, its instrument and economies exist, and every part of a dossier but rare ones is in it."""
    text = dossier_text("some-thing", "Some thing", TODAY)
    dossier = read_dossier(text)
    assert (dossier.id, dossier.title, dossier.date) == ("some-thing", "Some thing", "2026-11-26")
    known = {instrument.id for instrument in read_catalogue(builtin_catalogue()).instruments}
    assert {advice.instrument for advice in dossier.recommendations} <= known
    assert {finding.effect for finding in dossier.findings} == {-1, 1}
    assert all(economy_name(position.economy) != position.economy for position in dossier.positions)
    for section in set(type(dossier).model_fields) - {"ownership"}:
        assert re.search(rf"(?m)^(# )?{section}:", text), section
    assert "EXAMPLE" in text and any("template" in caveat for caveat in dossier.caveats)
    # The section that is commented out is sound as well.
    read_dossier(re.sub(r"(?m)^# (context:|  - \{id: licence-rule| +what: )", r"\1", text))


@pytest.mark.parametrize("title", ["Solar: cells & 'modules' # 2", "$id ${x} $", "a\nformat: other", "Ökostrom 100 %"])
def test_any_title_is_kept_as_it_is(title: str) -> None:
    """A title never becomes YAML, a comment or a placeholder."""
    assert read_dossier(dossier_text("some-thing", title, TODAY)).title == title


def test_names_become_ids() -> None:
    """Accents, blanks and case go; what is left is an id or nothing."""
    assert made_id("Électro Mobilité_2030") == "electro-mobilite-2030"
    assert made_id("--x--") == "x"
    assert made_id("電池") == ""
    assert len(made_id("a-" * 100)) <= 80


def test_a_new_folder_becomes_a_workspace(tmp_path: Path) -> None:
    """The dossier can be listed and assessed from it."""
    begun = new_dossier(tmp_path / "Power Cells", today=TODAY)
    assert [path.name for path in begun.written] == ["profile.yaml", "power-cells.yaml"]
    space = Workspace(tmp_path / "Power Cells")
    assert space.dossier("power-cells").title == "Power Cells"
    assert "first-actor" in {actor.id for actor in space.assess("power-cells", year=2023).actors}


def test_inside_a_workspace_only_a_dossier_is_added(tmp_path: Path) -> None:
    """Named below the workspace, named as the workspace with an id, or with the workspace given."""
    space = tmp_path / "ours"
    new_dossier(space)
    before = (space / "profile.yaml").read_bytes()
    made = [new_dossier(space / "second"), new_dossier(space, id="third"), new_dossier(Path("fourth"), workspace=space)]
    names = ("second", "third", "fourth")
    assert [begun.written for begun in made] == [(space / "dossiers" / f"{name}.yaml",) for name in names]
    assert (space / "profile.yaml").read_bytes() == before
    assert {"ours", "second", "third", "fourth"} <= set(Workspace(space).dossier_files())
    assert not (space / "second").exists()


def test_nothing_that_exists_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 4 and not a byte changed: the dossier, a folder with other things, a built-in id; exit 2 for no id."""
    space = tmp_path / "ours"
    new_dossier(space)
    file = space / "dossiers" / "ours.yaml"
    file.write_text("edited", encoding="utf-8")
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("mine", encoding="utf-8")
    (space / "dossiers" / "dangling.yaml").symlink_to(tmp_path / "nowhere.yaml")
    for place in (space, other, tmp_path / "6g", space / "dangling"):
        assert run(capsys, f"ostra new {shlex.quote(str(place))}")[0] == 4
    assert file.read_text(encoding="utf-8") == "edited"
    assert sorted(path.name for path in other.iterdir()) == ["letter.txt"]
    assert not (tmp_path / "6g").exists() and not (tmp_path / "nowhere.yaml").exists()
    with pytest.raises(UsageError, match="--id"):
        new_dossier(tmp_path / "電池")
    with pytest.raises(ConflictError, match="built-in"):
        new_dossier(tmp_path / "fine", id="6g")
    assert not (tmp_path / "fine").exists()


def test_a_workspace_is_checked_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The profile and every dossier: sound ones are named, and the faults of all are told at once."""
    folder = tmp_path / "mine"
    assert main(["new", str(folder)]) == 0
    capsys.readouterr()
    code, out, _ = run(capsys, f"ostra check {folder}")
    assert code == 0
    assert "profile.yaml: sound" in out
    assert "mine.yaml: sound" in out
    dossier = folder / "dossiers" / "mine.yaml"
    profile = folder / "profile.yaml"
    dossier.write_text(dossier.read_text(encoding="utf-8").replace("severity: 2", "severity: 9"), encoding="utf-8")
    profile.write_text(profile.read_text(encoding="utf-8") + "\nno_such_key: 1\n", encoding="utf-8")
    code, _, error = run(capsys, f"ostra check {folder}")
    assert code == 3
    assert "severity" in error
    assert "no_such_key" in error
