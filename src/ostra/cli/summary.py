"""The summary of an assessment that fits a terminal; every figure with its evidence id."""

from __future__ import annotations

from typing import IO

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from ostra.model.assessment import Assessment, Chokepoint, Dependency
from ostra.model.base import Interval
from ostra.report.selection import top_chokepoints, top_dependencies, top_instruments

TOP_BREACHES = 3
TOP_CAVEATS = 4


def print_summary(assessment: Assessment, stream: IO[str]) -> None:
    """Print headline findings, top dependencies with the mutual side, chokepoints and recommended instruments."""
    console = Console(file=stream, highlight=False, markup=False)

    def heading(text: str) -> None:
        console.print()
        console.print(Text(text, style="bold"))

    def line(text: str, *ids: str) -> None:
        shown = Text.assemble(text, *((f" [{evidence}]", "dim") for evidence in ids))
        console.print(Padding(shown, (0, 0, 0, 2)))

    console.print(
        Text(f"{assessment.title} seen from {assessment.home_name}, {assessment.year}", style="bold underline")
    )
    console.print(f"Profile: {assessment.profile_title} ({assessment.profile_author})")
    heading("Dimensions")
    for result in assessment.step2.dimensions:
        level = f"{result.challenge.level.upper()} (stays in {result.robustness:.0%} of nearby profiles)"
        line(f"{result.dimension}: {level}. {result.headline}", result.evidence)
    heading(f"Top dependencies (of {len(assessment.step1.dependencies)})")
    for dependency in top_dependencies(assessment):
        line(describe_dependency(dependency), dependency.evidence)
    heading("Chokepoints")
    points = top_chokepoints(assessment) + top_chokepoints(assessment, home=True)
    for point in points:
        line(describe_chokepoint(point), point.evidence)
    if not points:
        line("none known")
    certain = [breach for breach in assessment.step3.breaches if breach.certain]
    heading(f"Above tolerance ({len(certain)} certain, {len(assessment.step3.breaches) - len(certain)} possible)")
    names = {item.id: item.name for item in assessment.items}
    for breach in assessment.step3.breaches[:TOP_BREACHES]:
        line(
            f"{names[breach.item]} from {assessment.economy_names.get(breach.supplier, breach.supplier)}: "
            f"{percent(breach.hold)}, tolerated for {breach.dimension} {breach.tolerated:.0%}",
            breach.evidence,
        )
    heading("Instruments that fit")
    for match in top_instruments(assessment):
        reason = f" {match.reasons[0]}" if match.reasons else ""
        effect = f" Side effect: {match.side_effects[0]}" if match.side_effects else ""
        line(f"{match.name} ({match.lag}, cost {match.cost}).{reason}{effect}", match.evidence)
    if assessment.caveats:
        heading("Not known")
        for caveat in assessment.caveats[:TOP_CAVEATS]:
            line(caveat)
        if len(assessment.caveats) > TOP_CAVEATS:
            line(f"… and {len(assessment.caveats) - TOP_CAVEATS} more in the report")
    console.print()
    first = assessment.step2.dimensions[0].evidence
    console.print(f"Follow any number: ostra trace '{assessment.id}#{first}'", style="dim")


def describe_dependency(dependency: Dependency) -> str:
    """One dependency and its mutual side in a line."""
    year = f", {dependency.year}" if dependency.year else ""
    back = f"; in return {percent(dependency.mutual)}" if dependency.mutual else ""
    what = f"{dependency.item_name} from {dependency.supplier_name}"
    return f"{what}: {percent(dependency.hold)} {dependency.measure}{year}{back}"


def describe_chokepoint(point: Chokepoint) -> str:
    """One chokepoint in a line."""
    who = f" ({', '.join(point.organisations)})" if point.organisations else ""
    own = "home's own hold: " if point.is_home else ""
    reach = f"{len(point.reach)} end use{'s' if len(point.reach) != 1 else ''}"
    return f"{own}{point.item_name}: {point.holder_name}{who} holds {percent(point.hold)}, reaching {reach}"


def percent(interval: Interval) -> str:
    """A share in per cent, or its bounds."""
    if interval.known:
        return f"{interval.low:.0%}"
    return f"{interval.low:.0%} to {interval.high:.0%}"
