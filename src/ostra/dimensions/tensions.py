"""The same dependency moves two dimensions in opposite directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ostra.model.base import DIMENSIONS, Dimension
from ostra.model.results.dimensions import Finding, Tension
from ostra.words.economies import name_of
from ostra.words.sentences import counted


def dependency_tensions(
    findings: Sequence[Finding], item_names: Mapping[str, str], economies: dict[str, str]
) -> tuple[Tension, ...]:
    """Items on which one dimension is strengthened and another weakened.

    Two findings are in tension when they name the same item and the same supplier, or both none, and have opposite
    effects on different dimensions. A strength of home's own beside a hold of somebody else's is no tension: these
    are two dependencies, and mutual dependence shows them. Findings of confidence 0 are in no tension. Each item,
    supplier and pair of dimensions gives at most one tension.

    Parameters
    ----------
    findings
        Measured and judged findings, in any order.
    item_names, economies
        Names for the sentence, by id and by code.
    """
    by_place: dict[tuple[str, str, Dimension, int], list[Finding]] = {}
    for finding in sorted(findings, key=lambda f: f.id):
        if finding.confidence > 0.0:
            for item in finding.items:
                by_place.setdefault((item, finding.supplier or "", finding.dimension, finding.effect), []).append(
                    finding
                )
    tensions = []
    for item, supplier in sorted({place[:2] for place in by_place}):
        for better in DIMENSIONS:
            for worse in DIMENSIONS:
                plus = by_place.get((item, supplier, better, 1))
                minus = by_place.get((item, supplier, worse, -1))
                if better != worse and plus and minus:
                    where = item_names.get(item, item)
                    if supplier:
                        where += f" ({name_of(supplier, economies)})"
                    tensions.append(_tension(item, where, better, worse, plus, minus))
    return tuple(tensions)


def _tension(
    item: str, where: str, better: Dimension, worse: Dimension, plus: Sequence[Finding], minus: Sequence[Finding]
) -> Tension:
    helps, hurts = [f.id for f in plus], [f.id for f in minus]
    return Tension(
        subject=item,
        subject_kind="dependency",
        strengthens=better,
        weakens=worse,
        findings=tuple(helps + hurts),
        text=f"{where}: strengthens {better} ({counted(len(helps), 'finding')}: {', '.join(helps)}) and weakens "
        f"{worse} ({counted(len(hurts), 'finding')}: {', '.join(hurts)}).",
    )
