"""What templates read is written down: every field of a context is read, and nothing else is."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, get_origin, get_type_hints

import pytest
from jinja2 import meta

from ostra import show
from ostra.show.printed.overview import OverviewContext
from ostra.show.printed.page import Frame, environment
from ostra.show.printed.page_context import ChapterContext, EvidenceContext
from ostra.show.printed.volume import VolumeContext
from ostra.show.sections.evidence_index import EvidenceIndex
from sample_assessment import sample_assessment

WITHIN = {"m", "s"}  # macros and the source at hand, which an outer template sets for one that it includes


def read_by(*names: str) -> set[str]:
    """Names that templates, and those that they include, read from their context."""
    pages = environment(EvidenceIndex(sample_assessment()))
    found: set[str] = set()
    waiting, seen = [f"{name}.html.j2" for name in names], set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        assert pages.loader is not None
        tree = pages.parse(pages.loader.get_source(pages, name)[0])
        found |= meta.find_undeclared_variables(tree)
        waiting += [inner for inner in meta.find_referenced_templates(tree) if inner]
    return found - WITHIN - set(pages.globals)


@pytest.mark.parametrize(
    ("templates", "contexts", "more"),
    [
        (("page",), (Frame,), set()),
        (("contents",), (), set()),
        (("body", "evidence", "sources"), (ChapterContext, EvidenceContext), set()),
        (
            ("volume_contents", "volume_front", "volume_overview", "volume_sources"),
            (VolumeContext, OverviewContext),
            {"pages"},
        ),
    ],
    ids=lambda value: value[0] if value and isinstance(value, tuple) and isinstance(value[0], str) else "",
)
def test_templates_read_what_their_context_has(
    templates: tuple[str, ...], contexts: tuple[type[Any], ...], more: set[str]
) -> None:
    """A field that no template reads, or a name that no context has, breaks the build."""
    known = {field.name for context in contexts for field in fields(context)}
    assert read_by(*templates) == known | more


@pytest.mark.parametrize("context", [Frame, ChapterContext, EvidenceContext, VolumeContext, OverviewContext])
def test_each_field_of_a_context_is_described(context: type[Any]) -> None:
    """What a field holds stands beside it."""
    for name, hint in get_type_hints(context, include_extras=True).items():
        assert get_origin(hint) is Annotated, name
        assert all(isinstance(text, str) and len(text) > 10 for text in hint.__metadata__), name


SECTIONS = sorted((Path(show.__file__).parent / "sections").glob("*.py"))


@pytest.mark.parametrize("path", SECTIONS, ids=lambda path: path.stem)
def test_sections_are_data(path: Path) -> None:
    """What page, print and terminal share knows of none of them: no markup, no pictures, no terminal."""
    names = re.findall(r"^\s*(?:from|import) ([\w.]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    own = [name for name in names if name.startswith("ostra.show.")]
    assert all(name.startswith("ostra.show.sections") for name in own)
    assert not {name.partition(".")[0] for name in names} & {"markupsafe", "jinja2", "rich"}
