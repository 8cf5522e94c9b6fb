"""The same dependency moves two dimensions in opposite directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ostra.dimensions.wording import counted, name_of
from ostra.model.assessment import Finding, Tension
from ostra.model.base import DIMENSIONS, Dimension


def dependency_tensions(
    findings: Sequence[Finding], item_names: Mapping[str, str], economies: dict[str, str]
) -> tuple[Tension, ...]:
    """Items on which one dimension is strengthened and another weakened.

    Two findings are in tension when they name the same item, have opposite effects on different dimensions and do
    not speak of different suppliers (a finding without a supplier speaks of all). Findings of confidence 0 are in
    no tension. Each item and pair of dimensions gives at most one tension.

    Parameters
    ----------
    findings
        Measured and judged findings, in any order.
    item_names, economies
        Names for the sentence, by id and by code.
    """
    by_place: dict[tuple[str, Dimension, int], list[Finding]] = {}
    for finding in sorted(findings, key=lambda f: f.id):
        if finding.confidence > 0.0:
            for item in finding.items:
                by_place.setdefault((item, finding.dimension, finding.effect), []).append(finding)
    tensions = []
    for item in sorted({place[0] for place in by_place}):
        for better in DIMENSIONS:
            for worse in DIMENSIONS:
                if better == worse:
                    continue
                pairs = [
                    (plus, minus)
                    for plus in by_place.get((item, better, 1), ())
                    for minus in by_place.get((item, worse, -1), ())
                    if plus.supplier is None or minus.supplier is None or plus.supplier == minus.supplier
                ]
                if pairs:
                    tensions.append(_tension(item, better, worse, pairs, item_names, economies))
    return tuple(tensions)


def _tension(
    item: str,
    better: Dimension,
    worse: Dimension,
    pairs: Sequence[tuple[Finding, Finding]],
    item_names: Mapping[str, str],
    economies: dict[str, str],
) -> Tension:
    plus = sorted({p.id for p, _ in pairs})
    minus = sorted({m.id for _, m in pairs})
    suppliers = sorted({f.supplier for pair in pairs for f in pair if f.supplier})
    names = ", ".join(name_of(s, economies) for s in suppliers)
    where = f"{item_names.get(item, item)} ({names})" if names else item_names.get(item, item)
    return Tension(
        subject=item,
        subject_kind="dependency",
        strengthens=better,
        weakens=worse,
        findings=tuple(plus + minus),
        text=f"{where}: strengthens {better} ({counted(len(plus), 'finding')}: {', '.join(plus)}) and weakens {worse} "
        f"({counted(len(minus), 'finding')}: {', '.join(minus)}).",
    )
