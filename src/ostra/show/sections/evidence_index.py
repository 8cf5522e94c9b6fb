"""The evidence behind the numbers: which of it exists, which a printed page leads to, and whom to name for it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ostra.model.assessment import Assessment
from ostra.model.evidence import Claim, Evidence, Source


class EvidenceIndex:
    """Evidence, claims and sources of one assessment by id, and a record of what the printed page has cited."""

    def __init__(self, assessment: Assessment) -> None:
        self.evidence: dict[str, Evidence] = {e.id: e for e in assessment.evidence}
        self.claims: dict[str, Claim] = {c.id: c for c in assessment.claims}
        self.sources: dict[str, Source] = {s.id: s for s in assessment.sources}
        self.cited: set[str] = set()

    def known(self, target: str) -> bool:
        """Whether an id is evidence or, as `claim.<id>`, a claim."""
        return target in self.evidence or target.removeprefix("claim.") in self.claims

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
