"""Time holds through the chain and minimal sets; compare with a plain networkx twin in the same run.

    python benchmarks/chain.py            10,000 items, 50,000 links, 200 economies; growth; the chips data if at hand
    python benchmarks/chain.py --quick    a fifth of the size, no growth table

The ecosystem is generated: links go from an item to one of those up to 400 places further on, a tenth of them to a kind
(half of these with known weights), one in a thousand back (cycles); each item has one to eight providers, a third of
them without share. The job is all holds of all economies on all items, low and high, from a structure that stands; its
construction from the dossier is reported apart. Each is run in a process of its own; the median of five is shown. The
twin walks the same equations item by item over a networkx graph, for a few economies and scaled to all.

The chips data are read from ../shared/data/eto-chips, where they were fetched to; nothing of them is in the repository.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CHIPS = ROOT.parent / "shared" / "data" / "eto-chips"
ITEMS, LINKS, ECONOMIES = 10_000, 50_000, 200
GROWTH = ((10_000, 50_000, 50), (10_000, 50_000, 100), (10_000, 50_000, 200), (10_000, 100_000, 200))
GROWTH = (*GROWTH, (20_000, 100_000, 200), (20_000, 200_000, 200))

TARGET = "Finished logic chip"
PLAYERS = ("economies", "organisations")


def document(items: list[dict[str, Any]], links: list[dict[str, Any]], provision: list[dict[str, Any]]) -> Any:
    """A dossier of these rows with one claim."""
    from ostra.model.dossier import Dossier

    return Dossier.model_validate(
        {
            "format": "ostra-dossier/1",
            "id": "benchmark",
            "title": "Benchmark",
            "summary": "Generated.",
            "author": "benchmark",
            "date": "2026",
            "sources": [{"id": "s", "title": "S", "publisher": "P", "date": "2026"}],
            "claims": [{"id": "c", "statement": "S", "source": "s", "locator": "1", "basis": "cites"}],
            "stages": [{"id": "all", "name": "All"}],
            "items": [{"kind": "product", "stage": "all", **item} for item in items],
            "links": links,
            "provision": [{"claims": ["c"], **row} for row in provision],
        }
    )


def generated(items: int, links: int, economies: int) -> Any:
    """A random ecosystem, the same in every run."""
    rng = random.Random(3)
    names = [f"i{k:06}" for k in range(items)]
    codes = [f"{chr(65 + k // 26 % 26)}{chr(65 + k % 26)}Q" for k in range(economies)]
    chosen: dict[tuple[int, int], dict[str, Any]] = {}
    while len(chosen) < links:
        a = rng.randrange(items - 1)
        b = min(items - 1, a + rng.randint(1, 400))
        if rng.random() < 0.001:
            a, b = b, a
        fields: dict[str, Any] = {"item": names[a], "needs": names[b]}
        if rng.random() < 0.1:
            fields |= {"kind": "variant_of"} | ({"weight": 0.2} if a % 2 else {})
        elif rng.random() < 0.3:
            fields["essentiality"] = rng.choice([0.25, 0.5, 0.75])
        chosen.setdefault((a, b), fields)
    provision = []
    for name in names:
        who = rng.sample(codes, rng.randint(1, 8))
        for code in who:
            row: dict[str, Any] = {"item": name, "economy": code, "by": "location", "year": 2025}
            if rng.random() > 1 / 3:
                row["share"] = round(rng.random() / len(who), 3)
            provision.append(row)
    return document(
        [{"id": n, "name": n, "complete": ["location"] if rng.random() < 0.7 else []} for n in names],
        list(chosen.values()),
        provision,
    )


def job_holds(items: int, links: int, economies: int) -> dict[str, float]:
    """All holds of all economies on all items, low and high."""
    from ostra.ecosystem import chain

    start = time.perf_counter()
    made = generated(items, links, economies)
    validated = time.perf_counter()
    structure = chain.structure(made)
    built = time.perf_counter()
    found = chain.holds(structure)
    done = time.perf_counter()
    return {
        "dossier": validated - start,
        "structure": built - validated,
        "holds": done - built,
        "cells": float(found.low.size),
        "cycles": float(sum(len(step.cycles) for step in structure.steps)),
        "steps": float(len(structure.steps)),
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def job_twin(items: int, links: int, economies: int) -> dict[str, float]:
    """The same by a plain walk over a networkx graph for a few economies; and whether both agree."""
    import networkx

    from ostra.ecosystem import chain

    structure = chain.structure(generated(items, links, economies))
    few = list(structure.players[:: max(1, economies // 4)])[:4]
    found = chain.holds(structure, few)
    requires, variants = structure.requires, structure.variants
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(len(structure.items)))
    for a, b, e in zip(requires.item.tolist(), requires.needs.tolist(), requires.e.tolist(), strict=True):
        graph.add_edge(a, b, e=e)
    for a, b, w, free in zip(
        variants.item.tolist(), variants.needs.tolist(), variants.w.tolist(), variants.free.tolist(), strict=True
    ):
        graph.add_edge(a, b, w=None if free else w)
    start = time.perf_counter()
    condensed = networkx.condensation(graph)
    order = [sorted(condensed.nodes[c]["members"]) for c in reversed(list(networkx.topological_sort(condensed)))]
    worst = 0.0
    for column in range(len(few)):
        for table, shares, most in (
            (found.low, found.share_low, False),
            (found.high, found.share_high, True),
        ):
            held = shares[:, column].tolist()
            own = list(held)
            for members in order:
                for _ in range(1 if len(members) == 1 else 10_000):
                    before = [held[i] for i in members]
                    for i in members:
                        value, mean, free, weight, kinds = own[i], 0.0, [], 0.0, False
                        for j, link in graph[i].items():
                            if "e" in link:
                                value = max(value, link["e"] * held[j])
                            if "w" in link:
                                kinds = True
                                if link["w"] is None:
                                    free.append(held[j])
                                else:
                                    weight += link["w"]
                                    mean += link["w"] * held[j]
                        if free:
                            mean += (1.0 - weight) * (max(free) if most else min(free))
                        elif kinds and most:
                            mean += float(structure.variants.unlisted[i])
                        held[i] = max(value, min(1.0, mean))
                    if max(abs(held[i] - b) for i, b in zip(members, before, strict=True)) < 1e-13:
                        break
            worst = max(worst, max(abs(a - b) for a, b in zip(held, table[:, column].tolist(), strict=True)))
    seconds = time.perf_counter() - start
    return {"seconds": seconds / len(few) * len(structure.players), "difference": worst, "economies": float(len(few))}


def job_chips() -> dict[str, Any]:
    """Minimal sets up to size 3 on the chips data: economies and organisations, certain and possible, three levels."""
    from ostra.documents.readers.eto_chips import eto_chips_reading
    from ostra.ecosystem import chain

    start = time.perf_counter()
    made = eto_chips_reading(CHIPS).sound()
    done = time.perf_counter()
    structures = {of: chain.structure(made, by="headquarters", of=of, unnamed="none") for of in PLAYERS}
    built = time.perf_counter()
    chain.hold_table(structures["economies"], least=0.1)
    table = time.perf_counter()
    rows = []
    for of, structure in structures.items():
        for level in (0.0, 0.1, 0.5):
            for certain in (True, False):
                before = time.perf_counter()
                found = chain.minimal_sets(structure, TARGET, level=level, certain=certain)
                rows.append((of, level, certain, time.perf_counter() - before, len(found.sets)))
    before = time.perf_counter()
    chain.importance(structures["economies"], TARGET, members="items")
    return {
        "read": done - start,
        "structure": (built - done) / 2,
        "table": table - built,
        "importance": time.perf_counter() - before,
        "sets": rows,
    }


def run(job: str, *arguments: int) -> dict[str, Any]:
    """One job in a fresh process."""
    command = [sys.executable, __file__, "--job", job, *map(str, arguments)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def median(job: str, repeats: int, *arguments: int) -> dict[str, Any]:
    """Median of fresh processes, figure by figure."""
    runs = [run(job, *arguments) for _ in range(repeats)]
    return {name: statistics.median(r[name] for r in runs) for name in runs[0]}


def main() -> None:
    """Measure, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--job", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        jobs = {"holds": job_holds, "twin": job_twin, "chips": job_chips}
        print(json.dumps(jobs[options.job[0]](*map(int, options.job[1:]))))
        return

    size = (ITEMS // 5, LINKS // 5, ECONOMIES // 5) if options.quick else (ITEMS, LINKS, ECONOMIES)
    job = median("holds", options.repeats, *size)
    print(
        f"holds, {size[0]:,} items, {size[1]:,} links, {size[2]} economies, low and high: {job['holds']:.2f} s, peak "
        f"{job['mb']:.0f} MB with dossier and imports (median of {options.repeats}); {job['steps']:.0f} steps, "
        f"{job['cycles']:.0f} cycles. Apart: dossier {job['dossier']:.2f} s, structure {job['structure']:.2f} s"
    )
    twin = run("twin", *size)
    print(
        f"networkx twin: {twin['seconds']:.0f} s scaled from {twin['economies']:.0f} economies, largest difference "
        f"{twin['difference']:.1e}; ratio {twin['seconds'] / job['holds']:.0f}"
    )
    if not options.quick:
        print("growth (items, links, economies: seconds, nanoseconds for each link and economy, peak MB)")
        for growth in GROWTH:
            grown = median("holds", 3, *growth)
            each = grown["holds"] / growth[1] / growth[2] * 1e9
            size_text = f"{growth[0]:>7,} {growth[1]:>8,} {growth[2]:>4}"
            print(f"  {size_text}: {grown['holds']:6.2f} {each:6.1f} {grown['mb']:6.0f}")
    if not CHIPS.is_dir():
        print(f"chips: not measured, there are no data in {CHIPS.name}")
        return
    found = run("chips")
    print(
        f"chips: read {found['read']:.2f} s, structure {found['structure']:.2f} s, holds of all economies on all items "
        f"with paths {found['table']:.2f} s, importance of items {found['importance']:.3f} s"
    )
    for of, level, certain, seconds, count in found["sets"]:
        how = "certain" if certain else "possible"
        print(f"  minimal sets of up to 3 {of}, {TARGET}, left {level:.0%}, {how}: {count} in {seconds:.3f} s")


if __name__ == "__main__":
    main()
