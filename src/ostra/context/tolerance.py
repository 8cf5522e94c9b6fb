"""Which holds are larger than the home tolerates?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ostra.model.base import DIMENSIONS, Dimension
from ostra.model.evidence import Evidence
from ostra.model.profile import Profile, Tolerance
from ostra.model.results.context import Breach, SupplierContext
from ostra.model.results.dimensions import Finding
from ostra.model.results.ecosystem import Dependency
from ostra.words.figures import percent, percents, plain
from ostra.words.sentences import LABEL, shortened

METHOD = "tolerance"

NAMED = 5  # shares of which nothing is known that a caveat names; the dependencies list them all

ALWAYS: tuple[Dimension, ...] = ("resilience",)
"""Dimensions on which every dependency is held against the tolerance, finding or not: a hold is by itself a limit to
resilience. On the others a hold matters only where a finding says what it threatens."""


def breaches(
    dependencies: Sequence[Dependency],
    findings: Sequence[Finding],
    suppliers: Mapping[str, SupplierContext],
    profile: Profile,
) -> tuple[tuple[Breach, ...], tuple[Evidence, ...], tuple[str, ...]]:
    """Dependencies whose hold exceeds the tolerance, by dimension.

    A hold [low, high] breaches a tolerance t when high > t; certainly when low > t, else possibly. Breaches are
    ranked by expected excess = ((low + high) / 2 − t) × likelihood, the largest first; a possible breach whose
    middle lies below t has a negative one. Where the profile sets no tolerance for a dimension and relation, nothing
    is breached. A hold of which nothing is known (0 to 1) is no breach but a caveat.

    Parameters
    ----------
    dependencies, findings
        Of steps 1 and 2.
    suppliers
        Contexts with relation and likelihood, by ISO alpha-3 code; dependencies on others are left out.
    profile
        The tolerances.

    Returns
    -------
    breaches, evidence, caveats
        Breaches in rank order; one evidence for each.
    """
    limits = {(t.dimension, t.relation): t for t in profile.tolerance}
    found: list[Breach] = []
    evidence: list[Evidence] = []
    unknown: set[str] = set()
    challenges: dict[tuple[str, Dimension], list[Finding]] = {}
    for finding in findings:
        if finding.effect < 0 and finding.confidence > 0.0:
            for item in dict.fromkeys(finding.items):
                challenges.setdefault((item, finding.dimension), []).append(finding)
    for row in sorted(dependencies, key=lambda d: d.id):
        context = suppliers.get(row.supplier)
        if context is None:
            continue
        for dimension in DIMENSIONS:
            limit = limits.get((dimension, context.relation))
            on_item = challenges.get((row.item, dimension), ())
            behind = [finding for finding in on_item if finding.supplier in (None, row.supplier)]
            if limit is None or not (dimension in ALWAYS or behind) or row.hold.high <= limit.hold:
                continue
            if row.hold.high - row.hold.low >= 1.0:
                unknown.add(f"{row.item_name} ({row.supplier_name})")
                continue
            breach, proof = _breach(row, dimension, limit, context, behind)
            found.append(breach)
            evidence.append(proof)
    caveats: tuple[str, ...] = ()
    if unknown:
        shown = sorted(unknown)[:NAMED]
        more = f" and {len(unknown) - NAMED} more, which stand as unknown among the dependencies"
        caveats = (
            "Not held against the tolerances, because nothing is known of the share: "
            + ", ".join(shown)
            + (more if len(unknown) > NAMED else "")
            + ".",
        )
    ranked = sorted(found, key=lambda b: (-b.expected_excess, b.id))
    return tuple(ranked), tuple(evidence), caveats


def _breach(
    row: Dependency, dimension: Dimension, limit: Tolerance, context: SupplierContext, behind: Sequence[Finding]
) -> tuple[Breach, Evidence]:
    middle = (row.hold.low + row.hold.high) / 2.0
    chance = context.likelihood.mean
    excess = (middle - limit.hold) * chance
    name = f"breach.{dimension}.{row.id.removeprefix('dep.')}"
    certain = row.hold.low > limit.hold
    breach = Breach(
        id=name,
        dependency=row.id,
        item=row.item,
        supplier=row.supplier,
        dimension=dimension,
        hold=row.hold,
        tolerated=limit.hold,
        certain=certain,
        expected_excess=excess,
        evidence=name,
    )
    proof = Evidence(
        id=name,
        label=f"{'Hold' if certain else 'Possible hold'} above tolerance on {dimension}: {row.supplier_name} on "
        f"{shortened(row.item_name, LABEL)}, {percents(row.hold)} against {percent(limit.hold)}",
        kind="computed",
        unit="expected excess: share × probability per year",
        value=excess,
        formula="(middle of the hold − tolerated hold) × likelihood",
        substituted=f"({plain(middle)} − {plain(limit.hold)}) × {plain(chance)} = {plain(excess)}",
        method=METHOD,
        inputs=(row.evidence, context.likelihood.evidence, *sorted(f.evidence for f in behind)),
        caveats=(f"Tolerance for suppliers seen as {context.relation}: {limit.reason}", *row.caveats),
    )
    return breach, proof
