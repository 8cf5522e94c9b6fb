"""One volume of several assessments: an overview, then each report as a chapter, with sources listed once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, NamedTuple

from markupsafe import Markup, escape

from ostra.errors import OstraError
from ostra.model.assessment import Assessment
from ostra.model.evidence import Source
from ostra.model.results.dimensions import DimensionResult
from ostra.progress import Advance, quiet
from ostra.show.printed.markup import link, ours
from ostra.show.printed.overview import HEADING, SECTIONS, overview_context
from ostra.show.printed.page import Head, render, render_chapter, render_page
from ostra.show.sections.evidence_index import EvidenceIndex
from ostra.show.sections.selection import group
from ostra.words.sentences import listed

OWN = "volume-"  # what ids of the volume itself begin with; chapters have a prefix with a slash instead

# What names a place on the page or points to one. Text of a dossier cannot look like it: its quotes are escaped.
NAMES = re.compile(r'(?<=\s)(id|for|aria-labelledby|aria-describedby|data-picture)="([^"]*)"')
LINKS = re.compile(r'href="#([^"]*)"')
PATTERNS = re.compile(r"url\(#([^)]*)\)")
REGIONS = re.compile(r'role="region" aria-label="([^"]*)"')


class ChapterHead(NamedTuple):
    """What the contents say of a chapter."""

    id: str
    title: str
    prefix: str


@dataclass(frozen=True)
class VolumeContext:
    """What contents, front, overview and sources of a volume read, the overview beside its own context."""

    a: Annotated[Assessment, "the first assessment: home, year, profile and facts are those of all"]
    heading: Annotated[str, "what every volume is called"]
    chapters: Annotated[Sequence[ChapterHead], "the chapters in order"]
    prefixes: Annotated[Mapping[str, str], "ecosystem -> what the names of places in its chapter begin with"]
    sections: Annotated[Sequence[tuple[str, str]], "sections of the overview: place, title"]
    authors: Annotated[str, "authors of the dossiers"]
    dates: Annotated[str, "date of the dossiers, or the first and the last"]
    ev: Annotated[Callable[..., Markup], "(assessment, id, text) -> the text as a link to its evidence in the chapter"]
    without_ids: Annotated[Callable[[Assessment, str], str], "a text without evidence identifiers"]
    sources: Annotated[Sequence[tuple[str, Source, str]], "place, source, and the chapters that list it; none for all"]


@dataclass(frozen=True)
class Volume:
    """The parts of a volume, each markup; `context` is what contents and front are made with.

    `name` is what its files are called, without suffix.
    """

    name: str
    head: Head
    context: VolumeContext
    overview: Markup
    chapters: tuple[Markup, ...]
    sources: Markup

    def html(self) -> str:
        """The whole volume as one HTML document that loads nothing from anywhere."""
        parts = [self.front({}), self.overview, *self.chapters, self.sources]
        return render_page(self.head, parts, render("volume_contents", vars(self.context)))

    def front(self, pages: Mapping[str, int]) -> Markup:
        """Title, contents with the numbers of pages where they are known, and how to read the volume."""
        return render("volume_front", {**vars(self.context), "pages": pages})

    def sheet(self, part: Markup, style: str) -> str:
        """One part as a document of its own, for printing, with a style of its own."""
        return render_page(self.head, [part], style=style)


def make_volume(assessments: Sequence[Assessment], advance: Advance = quiet) -> Volume:
    """Render overview and chapters; the same assessments give the same volume.

    Parameters
    ----------
    assessments
        At least one, of different ecosystems, with the same home, year and profile.
    advance
        Called with (chapters done, chapters).

    Raises
    ------
    OstraError
        The assessments do not belong into one volume.
    """
    check_alike(assessments)
    first = assessments[0]
    listed_sources, renamed = merge_sources(assessments)
    prefixes = {a.ecosystem: f"{a.ecosystem}/" for a in assessments}
    indexes = {a.ecosystem: EvidenceIndex(a) for a in assessments}

    def evidence(assessment: Assessment, target: str | None, text: object, *, printed: bool = True) -> Markup:
        """The text as a link to its evidence in the chapter."""
        name = assessment.ecosystem
        return prefixed(link(indexes[name], target, text, printed=printed), prefixes[name], renamed[name])

    authors = listed(list(dict.fromkeys(a.dossier_author for a in assessments)))
    file_name = f"ostra-{first.home}-{first.year}"
    head = Head(
        title=f"{HEADING}: {first.home_name}, {first.year}",
        description=f"Overview and {len(assessments)} chapters: {listed([a.title for a in assessments])}.",
        author=authors,
        version=first.hashes.version,
        date=max(a.dossier_date for a in assessments),
    )
    context = VolumeContext(
        a=first,
        heading=HEADING,
        chapters=[ChapterHead(a.id, a.title, prefixes[a.ecosystem]) for a in assessments],
        prefixes=prefixes,
        sections=SECTIONS,
        authors=authors,
        dates=span([a.dossier_date for a in assessments]),
        ev=evidence,
        without_ids=lambda assessment, text: indexes[assessment.ecosystem].without_ids(text),
        sources=listed_sources,
    )

    def target(assessment: Assessment, result: DimensionResult) -> str:
        return f"{prefixes[assessment.ecosystem]}ev-{result.evidence}"

    compared = overview_context(assessments, target, file_name)
    overview = render("volume_overview", vars(context) | vars(compared))
    sources = render("volume_sources", vars(context))
    chapters = []
    for number, assessment in enumerate(assessments):
        advance(number, len(assessments))
        name = assessment.ecosystem
        parts = render_chapter(assessment, in_volume=True, cited=indexes[name].cited)
        body = Markup("").join((parts.body, parts.evidence, parts.sources))
        inside = named_after(prefixed(body, prefixes[name], renamed[name]), prefixes[name], assessment.title)
        chapters.append(
            Markup('<article class="chapter" aria-labelledby="{}title">\n{}\n</article>').format(prefixes[name], inside)
        )
    advance(len(assessments), len(assessments))
    return Volume(file_name, head, context, overview, tuple(chapters), sources)


def prefixed(markup: Markup, prefix: str, sources: Mapping[str, str]) -> Markup:
    """The markup with a prefix before all names of places and links to them, so that chapters do not collide.

    Links to what is the volume's own stay, and those to a source lead to the list at the end of the volume.

    Parameters
    ----------
    sources
        Id of a source in the chapter -> id of its entry in the volume.
    """

    def target(name: str) -> str:
        if name.startswith(OWN):
            return name
        source = sources.get(name.removeprefix("src-")) if name.startswith("src-") else None
        return source or prefix + name

    text = NAMES.sub(lambda m: f'{m[1]}="{" ".join(prefix + name for name in m[2].split())}"', markup)
    text = LINKS.sub(lambda m: f'href="#{target(m[1])}"', text)
    return ours(PATTERNS.sub(lambda m: f"url(#{prefix}{m[1]})", text))


def named_after(markup: Markup, prefix: str, title: str) -> Markup:
    """The markup with the chapter's title in the names of its regions: a screen reader lists those of a whole page."""

    def both(found: re.Match[str]) -> str:
        named = found[2] if f"{prefix}title" in found[2].split() else f"{found[2]} {prefix}title"
        return f'{found[1]}="{named}"'

    text = re.sub(r'(?<=\s)(aria-labelledby)="([^"]*)"', both, markup)
    return ours(REGIONS.sub(lambda found: f'role="region" aria-label="{found[1]}, {escape(title)}"', text))


def merge_sources(
    assessments: Sequence[Assessment],
) -> tuple[list[tuple[str, Source, str]], dict[str, dict[str, str]]]:
    """Every source once, and where each chapter's ids lead.

    Sources are the same when all their fields are; two that share an id but not the rest both stay.

    Returns
    -------
    list of (id in the volume, source, titles of the chapters that list it, empty for all)
    dict of ecosystem -> id of the source -> id in the volume
    """
    users = group((source, assessment) for assessment in assessments for source in assessment.sources)
    entries = []
    renamed: dict[str, dict[str, str]] = {a.ecosystem: {} for a in assessments}
    taken: set[str] = set()
    for source in sorted(users, key=lambda s: (s.id, s.title)):
        name = f"{OWN}src-{source.id}"
        number = 1
        while name in taken:
            number += 1
            name = f"{OWN}src-{source.id}/{number}"
        taken.add(name)
        where = users[source]
        entries.append((name, source, listed([a.title for a in where]) if len(where) < len(assessments) else ""))
        for assessment in where:
            renamed[assessment.ecosystem][source.id] = name
    return entries, renamed


def check_alike(assessments: Sequence[Assessment]) -> None:
    """See that assessments can stand in one volume.

    Raises
    ------
    OstraError
        There are none, two are of one ecosystem, or home, year, profile or facts differ.
    """
    if not assessments:
        raise OstraError("a volume needs at least one assessment")
    names = [a.ecosystem for a in assessments]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise OstraError(f"'{twice[0]}' is twice among the assessments of the volume; give each ecosystem once")
    kinds = {
        "home": {a.home for a in assessments},
        "year": {str(a.year) for a in assessments},
        "profile": {a.hashes.profile for a in assessments},
        "facts": {a.hashes.facts for a in assessments},
    }
    for what, values in kinds.items():
        if len(values) > 1:
            raise OstraError(f"assessments of one volume must have the same {what}, not {listed(sorted(values))}")


def span(dates: Sequence[str]) -> str:
    """One date, or the first and the last."""
    first, last = min(dates), max(dates)
    return first if first == last else f"{first} to {last}"
