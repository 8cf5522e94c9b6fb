"""The report as one self-contained HTML page: page one for the minister, annexes for whoever checks it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import Annotated, Any

import jinja2
from markupsafe import Markup

from ostra.model.assessment import Assessment
from ostra.model.base import DIMENSIONS, LEVELS
from ostra.show.charts.palette import LEVEL_SHADE
from ostra.show.charts.path import link_words
from ostra.show.charts.svg import font_faces
from ostra.show.charts.worldmap import LEGEND, world
from ostra.show.printed.markup import interval_bar, linkify, ours, safe_url, spread_bar, value_of
from ostra.show.printed.page_context import ChapterContext, chapter_context, evidence_context
from ostra.show.sections.evidence_index import EvidenceIndex
from ostra.words import figures, levels, sentences

GROUP_NAMES = {
    "breach": "Holds above tolerance",
    "cell": "Cells of the matrix",
    "chain": "Holds through the chain",
    "choke": "Chokepoints",
    "dep": "Dependencies",
    "finding": "Findings",
    "governance": "Governance of suppliers",
    "input-output": "Sectors and their suppliers",
    "instrument": "Fit of instruments",
    "level": "Levels of the dimensions",
    "likelihood": "Likelihood of use",
    "material": "Raw materials",
    "mutual": "Mutual dependence",
    "provision": "Who provides what",
    "scenario": "What-ifs",
    "trade": "Trade",
}
HATCH = "repeating-linear-gradient(135deg,#fff 0,#fff 3px,#8a96a3 3px,#8a96a3 4px)"
ANNEXES = tuple(
    (section, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number], title)
    for number, (section, title) in enumerate(
        [
            ("dependencies", "Dependencies"),
            ("series", "The top dependencies over time"),
            ("flows", "Suppliers, items and stages"),
            ("ecosystem", "Ecosystem map and paths of holds"),
            ("sectors", "The economy behind the chain"),
            ("map", "World map"),
            ("matrix", "Items and dimensions"),
            ("context", "Suppliers in context"),
            ("positions", "Positions side by side"),
            ("findings", "Findings"),
            ("instruments", "Instruments"),
            ("actors", "Actors to watch and open questions"),
            ("evidence", "Evidence"),
            ("sources", "Sources, data and method"),
        ]
    )
)


# What every template may read beside its context.
CONSTANTS: dict[str, Any] = {
    "annexes": ANNEXES,
    "letters": {section: letter for section, letter, _ in ANNEXES},
    "dimensions": DIMENSIONS,
    "levels": LEVELS,
    "levels_shade": LEVEL_SHADE,
    "horizons": levels.HORIZONS,
    "group_names": GROUP_NAMES,
}
FILTERS: dict[str, Any] = {
    "percent": figures.percent,
    "percents": figures.percents,
    "rounded": figures.rounded,
    "number": figures.number,
    "money": figures.money,
    "signed": figures.signed,
    "shorten": sentences.shorten,
    "listed": sentences.listed,
    "first_sentence": sentences.first_sentence,
    "level_words": levels.level_words,
    "grave_words": levels.grave_words,
    "link_words": link_words,
    "value_of": value_of,
    "bar": interval_bar,
    "spread_bar": spread_bar,
    "url": safe_url,
}


@dataclass(frozen=True)
class Head:
    """What the head of a page says of it."""

    title: str
    description: str
    author: str
    version: str
    date: str


@dataclass(frozen=True)
class Frame:
    """What the template of every page reads."""

    head: Annotated[Head, "what the head of the page says of it"]
    parts: Annotated[Sequence[Markup], "what stands in the page, in order"]
    contents: Annotated[Markup | str, "the contents at the side; empty for none"]
    page_style: Annotated[Markup | str, "a style of this page alone"]
    style: Annotated[Markup, "the style of every page"]
    fonts: Annotated[Markup, "the fonts of every page"]
    script: Annotated[Markup, "the script of every page"]
    script_hash: Annotated[str, "by which browsers know the script"]


@dataclass(frozen=True)
class Chapter:
    """One assessment as parts of a page, each markup, and what the templates read."""

    context: ChapterContext
    body: Markup
    evidence: Markup
    sources: Markup


def render_html(assessment: Assessment) -> str:
    """The whole report as one HTML document that loads nothing from anywhere.

    The same assessment gives the same bytes. All text of the assessment is escaped.
    """
    chapter = render_chapter(assessment)
    head = Head(
        title=f"{assessment.title}: strategic dependencies of {assessment.home_name}, {assessment.year}",
        description=chapter.context.sentence,
        author=assessment.dossier_author,
        version=assessment.hashes.version,
        date=assessment.dossier_date,
    )
    return render_page(head, [chapter.body, chapter.evidence, chapter.sources], render("contents", {}))


def render_page(head: Head, parts: Sequence[Markup], contents: Markup | str = "", style: str = "") -> str:
    """A whole document of such parts."""
    script = resource("report.js")
    frame = Frame(
        head=head,
        parts=parts,
        contents=contents,
        page_style=ours(style),
        style=ours(resource("report.css")),
        fonts=ours(font_faces()),
        script=ours(script),
        script_hash=f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}",
    )
    return render("page", vars(frame))


def render_chapter(assessment: Assessment, *, in_volume: bool = False, cited: Iterable[str] = ()) -> Chapter:
    """Page one and the annexes of one assessment.

    Parameters
    ----------
    in_volume
        Whether it is one of several in a volume, which tells once how to read it and lists sources once.
    cited
        Evidence that other pages lead to, so that paper lists it too.
    """
    index = EvidenceIndex(assessment)
    index.cited.update(cited)
    context = chapter_context(assessment, index, in_volume=in_volume)
    body = render("body", vars(context), index)
    # The list of evidence comes last: only then is known what the printed pages cite.
    evidence = render("evidence", vars(context) | vars(evidence_context(index)))
    return Chapter(context, body, evidence, render("sources", vars(context)))


def render(name: str, context: Mapping[str, Any], index: EvidenceIndex | None = None) -> Markup:
    """The template of that name as markup; templates with text that names evidence need its index."""
    return ours(environment(index).get_template(f"{name}.html.j2").render(context))


def environment(index: EvidenceIndex | None = None) -> jinja2.Environment:
    """The templates with the filters and constants that they use."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("ostra.show", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    legend = [(fill or HATCH, words) for fill, words in LEGEND]
    made.globals.update(CONSTANTS, map_legend=legend, map_source=world()["source"])
    made.filters.update(FILTERS)
    if index is not None:
        made.filters.update(linkify=partial(linkify, index), without_ids=index.without_ids)
    return made


def resource(name: str) -> str:
    """Style or script of the page."""
    return (files("ostra.show") / "templates" / name).read_text(encoding="utf-8")
