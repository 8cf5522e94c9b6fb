"""The summary of an assessment that fits a terminal; every figure with its evidence id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

from ostra.model.assessment import Assessment
from ostra.model.results.dimensions import DimensionResult
from ostra.model.results.ecosystem import Chokepoint, Dependency
from ostra.model.results.simulation import OutcomeMeasure
from ostra.model.results.toolkit import InstrumentMatch
from ostra.show.sections.sector_reliance import WhatIf, what_ifs
from ostra.show.sections.selection import Card, cards, top_chokepoints, top_dependencies, top_instruments, why
from ostra.show.text.lines import Line, begin, print_part
from ostra.words.figures import percent, percents
from ostra.words.levels import grave_words, level_words
from ostra.words.sentences import counted, shorten

TOP_DEPENDENCIES = 5
TOP_CHOKEPOINTS = 2
TOP_INSTRUMENTS = 3


def print_summary(assessment: Assessment, stream: IO[str]) -> None:
    """Print the headline of each dimension, the most pressing dependencies with the mutual side, chokepoints,
    recommended instruments and what is not known, as on page one of the report.
    """
    console = begin(stream, f"{assessment.title}: {assessment.home_name}, {assessment.year}")
    console.print(f"seen with the profile '{assessment.profile_title}'")
    print_part(console, "How serious: the gravest finding that is more likely right than wrong", levels(assessment))
    rows = assessment.step1.dependencies
    which = "Most pressing of" if assessment.step3.breaches else "Largest known of"
    heading = f"{which} {counted(len(rows), 'dependency', 'dependencies')}" if rows else "Dependencies"
    pressing = top_dependencies(assessment, TOP_DEPENDENCIES)
    none = [("of none is a least share known" if rows else "none known", "", 0)]
    lines = [(describe_dependency(row), row.evidence, 0) for row in pressing]
    print_part(console, f"{heading}: their hold, and ours in return", lines or none)
    points = top_chokepoints(assessment, TOP_CHOKEPOINTS) + top_chokepoints(assessment, home=True)
    lines = [(describe_chokepoint(point), point.evidence, 0) for point in points]
    print_part(console, "Chokepoints", lines or [("none known", "", 0)])
    if found := what_ifs(assessment):
        lines = [describe_outcome(what_if) for what_if in found]
        print_part(console, "What-ifs: part of a year's output lost, middle (mild to severe)", lines)
    reasons, matches = why(assessment), top_instruments(assessment, TOP_INSTRUMENTS)
    lines = [(describe_instrument(match, reasons[match.instrument]), match.evidence, 0) for match in matches]
    print_part(console, "Recommended instruments", lines)
    console.print()
    console.print(
        f"{describe_breaches(assessment)} What is not known is named in the report. Follow a number:", style="dim"
    )
    first = assessment.step2.dimensions[0].evidence
    simulated = " --simulate" if assessment.step1.scenarios else ""
    console.print(f"ostra trace '{assessment.id}#{first}'{simulated}", style="dim")


def levels(assessment: Assessment) -> Iterable[Line]:
    """Each dimension with its level, and below it what shows that best."""
    found = cards(assessment)
    for result in assessment.step2.dimensions:
        card = found[result.dimension]
        yield f"{result.dimension.capitalize()}: {describe_level(result, card)}", result.evidence, 0
        for shown in card.lines[:1]:
            yield f"{shown.before}{shorten(shown.linked, 160)}{shown.after}", shown.evidence, 1


def describe_level(result: DimensionResult, card: Card) -> str:
    """The level with its probability, and how many findings stand behind it."""
    if not result.assessed:
        return "not assessed"
    level = result.challenge.level
    return f"{level_words(result.challenge)}; {grave_words(level, card.grave, card.counted)}"


def describe_breaches(assessment: Assessment) -> str:
    """How many holds are above tolerance, and how many of them for certain."""
    breaches = assessment.step3.breaches
    if not breaches:
        return "No hold whose size is known is above tolerance."
    certain = sum(breach.certain for breach in breaches)
    above = f"{counted(len(breaches), 'hold is', 'holds are')} above tolerance"
    return f"{above}, {'all' if certain == len(breaches) > 1 else certain or 'none'} for certain."


def describe_dependency(dependency: Dependency) -> str:
    """One dependency and its mutual side."""
    what = f"{dependency.item_name} from {dependency.supplier_name}"
    return f"{what}: {percents(dependency.hold)}, in return {percents(dependency.mutual)}"


def describe_chokepoint(point: Chokepoint) -> str:
    """One chokepoint: who holds how much, and what hangs on it."""
    who = f" ({', '.join(point.organisations)})" if point.organisations else ""
    own = "Held at home: " if point.is_home else ""
    further = [end for end in point.reach if end != point.item]
    reach = f"; needed for {counted(len(further), 'end product')}" if further else ""
    return f"{own}{point.item_name}, {point.holder_name}{who}: {percents(point.hold)}{reach}"


def describe_outcome(what_if: WhatIf) -> Line:
    """What a simulated scenario costs home and the other side, with the evidence of home's loss."""
    sides = (("home", what_if.home), ("the other side", what_if.other))
    told = [f"{who} {_loss(row)}" for who, row in sides if row is not None]
    return f"{what_if.outcome.title}: {'; '.join(told)}", what_if.home.evidence if what_if.home else "", 0


def _loss(row: OutcomeMeasure) -> str:
    if row.middle is None or row.mild is None or row.severe is None:
        return "unknown"
    return f"{percent(row.middle)} ({percent(row.mild)} to {percent(row.severe)})"


def describe_instrument(match: InstrumentMatch, reason: str) -> str:
    """One instrument, what it answers, its delay and cost."""
    return f"{match.name}: {reason or 'advised in the dossier'}; {match.lag}, cost {match.cost}"
