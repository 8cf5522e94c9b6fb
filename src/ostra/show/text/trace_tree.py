"""The trace of a number as a tree on the terminal."""

from __future__ import annotations

from typing import IO

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from ostra.model.assessment import Assessment
from ostra.model.evidence import Evidence
from ostra.model.trace import FactRows, Step
from ostra.words.figures import number, percent, percent_range


def print_trace(found: Step, assessment: Assessment, stream: IO[str]) -> None:
    """Print a trace: number, formula with values, facts rows or claims, sources with licences."""
    console = Console(file=stream, highlight=False)
    tree = Tree(headline(found.evidence))
    fill(tree, found)
    console.print(tree)
    hashes = assessment.hashes
    console.print(
        Text(
            f"assessment {assessment.id}; ostra {hashes.version}; dossier {hashes.dossier[:12]}, "
            f"facts {hashes.facts[:12]}, profile {hashes.profile[:12]}",
            style="dim",
        )
    )


def headline(evidence: Evidence) -> Text:
    """Label, value with unit, id."""
    return Text.assemble((evidence.label, "bold"), f" = {value_of(evidence)}", (f"  [{evidence.id}]", "dim"))


def value_of(evidence: Evidence) -> str:
    """The value as people read it: per cent for shares, an interval where it is one, a word where it is a word."""
    share = evidence.unit in ("share", "probability")
    if evidence.value is not None:
        return percent(evidence.value) if share else f"{number(evidence.value, 3)} {evidence.unit}".strip()
    if evidence.low is not None and evidence.high is not None:
        if share:
            return percent_range(evidence.low, evidence.high)
        return f"{number(evidence.low, 3)} to {number(evidence.high, 3)}"
    return evidence.text or "unknown"


def fill(tree: Tree, step: Step) -> None:
    """Hang what a step rests on below it."""
    evidence = step.evidence
    if step.repeated:
        tree.add(Text("shown above", style="dim"))
        return
    about = [evidence.kind, f"method docs/methods/{evidence.method}.md" if evidence.method else ""]
    about += [f"author {evidence.author}" if evidence.author else "", f"date {evidence.date}" if evidence.date else ""]
    tree.add(Text("; ".join(part for part in about if part)))
    if evidence.formula:
        tree.add(Text(f"formula: {evidence.formula}"))
    if evidence.substituted:
        tree.add(Text(f"values:  {evidence.substituted}"))
    for rows in step.facts:
        hang_rows(tree, rows)
    for claim in step.claims:
        place = f"{claim.source}, {claim.locator}; the source {claim.basis}"
        place += f", as of {claim.as_of}" if claim.as_of else ""
        tree.add(Text(f"claim [{claim.id}]: {claim.statement} ({place})"))
    for below in step.inputs:
        fill(tree.add(headline(below.evidence)), below)
    for source in step.sources:
        parts = [source.publisher, source.date, f"licence: {source.licence}" if source.licence else "", source.url]
        tree.add(Text(f"source [{source.id}]: {source.title}. {'; '.join(part for part in parts if part)}"))
    for caveat in evidence.caveats:
        tree.add(Text(f"caveat: {caveat}"))


def hang_rows(tree: Tree, rows: FactRows) -> None:
    """Hang a reference to facts, with its largest rows."""
    reference = rows.reference
    where = "; ".join(f"{name} {describe(value)}" for name, value in reference.where.items())
    branch = tree.add(Text(f"facts: {reference.rows:,} rows of {reference.table}/{reference.dataset} where {where}"))
    if rows.caveat:
        branch.add(Text(f"caveat: {rows.caveat}"))
    for row in rows.sample:
        branch.add(Text(", ".join(f"{name} {value}" for name, value in zip(rows.columns, row, strict=True))))
    if rows.rows > len(rows.sample) > 0:
        branch.add(Text(f"… and {rows.rows - len(rows.sample):,} more", style="dim"))


def describe(value: object) -> str:
    """A value of a condition, or a list of them shortened to its ends."""
    if not isinstance(value, tuple):
        return f"= {value}"
    if len(value) <= 6:
        return f"in {', '.join(map(str, value))}"
    return f"in {value[0]}, {value[1]}, … {value[-1]} ({len(value)} values)"
