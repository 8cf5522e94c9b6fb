"""The evidence behind the numbers: which of it exists, which a printed page leads to, and whom to name for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from ostra.model.assessment import Assessment
from ostra.model.evidence import Claim, Evidence, Source

IDENTIFIER = re.compile(r"([a-z]+(?:\.[A-Za-z0-9_-]+)+)")


class Chain:
    """Evidence, claims and sources of one assessment by id, and a record of what the page has cited."""

    def __init__(self, assessment: Assessment) -> None:
        self.evidence: dict[str, Evidence] = {e.id: e for e in assessment.evidence}
        self.claims: dict[str, Claim] = {c.id: c for c in assessment.claims}
        self.sources: dict[str, Source] = {s.id: s for s in assessment.sources}
        self.cited: set[str] = set()

    def link(self, target: str | None, text: object, *, printed: bool = True) -> Markup:
        """The text as a link to its evidence; plain text where there is none.

        `printed=False` for places that paper does not show: what only they cite is left out of the printed list.
        """
        if not target or not self.known(target):
            return escape(text)
        if printed:
            self.cited.add(target)
        return Markup('<a class="ev" href="#ev-{}">{}</a>').format(target, text)

    def known(self, target: str) -> bool:
        """Whether an id is evidence or, as `claim.<id>`, a claim."""
        return target in self.evidence or target.removeprefix("claim.") in self.claims

    def linkify(self, text: str) -> Markup:
        """The text with the evidence identifiers in it turned into links."""
        parts = IDENTIFIER.split(text)
        return Markup("").join(self.link(p, p) if place % 2 else escape(p) for place, p in enumerate(parts))

    def without_ids(self, text: str) -> str:
        """The text without evidence identifiers in brackets, for places too narrow for them."""
        return re.sub(r"\s*\(([^()]*)\)", lambda m: "" if self.known(m[1]) else m[0], text)

    def closure(self, targets: Iterable[str]) -> set[str]:
        """These ids and all that they rest on, claims as `claim.<id>`."""
        found: set[str] = set()
        waiting = [t for t in targets if self.known(t)]
        while waiting:
            target = waiting.pop()
            if target in found:
                continue
            found.add(target)
            evidence = self.evidence.get(target)
            if evidence is not None:
                onward = [*evidence.inputs, *(f"claim.{c}" for c in evidence.claims)]
                waiting += [t for t in onward if self.known(t)]
        return found

    def sources_of(self, targets: Iterable[str]) -> list[Source]:
        """The sources that these numbers rest on at the end of their chains, the most used first."""
        count: dict[str, int] = {}
        for target in self.closure(targets):
            evidence = self.evidence.get(target)
            claim = self.claims.get(target.removeprefix("claim."))
            names = [*evidence.sources, *(f.dataset for f in evidence.facts)] if evidence else []
            for name in {*names, *([claim.source] if claim else [])}:
                count[name] = count.get(name, 0) + 1
        return [self.sources[n] for n in sorted(count, key=lambda n: (-count[n], n)) if n in self.sources]


def group_of(target: str) -> str:
    """The heading under which an evidence id is listed: its first part."""
    return target.split(".", 1)[0]


def safe_url(url: str) -> str:
    """The address if a browser may be sent there (http, https), else nothing: dossiers are not trusted."""
    text = url.strip()
    if re.search(r"[\s\x00-\x1f]", text):
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.netloc else ""
