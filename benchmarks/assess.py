"""Assess generated ecosystems: seconds, processor time and peak memory of assess, trace, context and matrix.

    python benchmarks/assess.py              8 and 60 ecosystems, growth with items, listings (about 5 minutes)
    python benchmarks/assess.py --quick      8 ecosystems of 20 items

Every job runs in a process of its own, imports included, as a command does. "Again" is a second call in the same
process, "one changed" one after somebody edited one of the dossiers. The ecosystems are generated: layers of items that
each need two of the next, every third item a raw material or a product that the built-in facts know, three providers
of every other item, and a judged finding on every fourth.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import ostra

YEAR = 2022
LAYERS = 5
ECONOMIES = ("CHN", "USA", "JPN", "KOR", "DEU", "TWN", "AUS", "BRA")
DIMENSIONS = ("resilience", "security", "values", "competitiveness")
KINDS = ("product", "service", "software", "tool", "material")

JOB = """
import io, json, resource, sys, time
from contextlib import redirect_stdout
workspace, changed, *jobs = json.loads(sys.argv[1])
figures = []
def command(words):
    from ostra.cli import main
    with redirect_stdout(io.StringIO()):
        assert main(words) == 0, words
def matrix(space):
    from ostra.ask.matrix import matrix
    return lambda: matrix(space, year=2022)
def timed(work):
    start, before = time.perf_counter(), time.process_time()
    work()
    figures.append((time.perf_counter() - start, time.process_time() - before))
if jobs[0] == "again":
    import ostra, pathlib
    work = matrix(ostra.open(workspace))
    work()
    timed(work)
    file = pathlib.Path(changed)
    file.write_text(file.read_text().replace("Generated", "Edited", 1))
    timed(work)
else:
    timed(lambda: command([*jobs, *(["-w", workspace] if workspace else [])]))
    figures[-1] = figures[-1][0], time.process_time()
print(json.dumps([figures, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def dossier(name: str, items: int, materials: list[tuple[str, str]], first: int) -> dict[str, Any]:
    """An ecosystem of so many items; `first` moves the choice of materials, providers and findings along."""
    width = -(-items // LAYERS)
    rows: list[dict[str, Any]] = []
    for number in range(items):
        row: dict[str, Any] = {"id": f"i{number}", "name": f"Item {number}", "stage": f"s{number // width}"}
        row["kind"] = KINDS[number // width]
        if number % 3 == 0:
            material, product = materials[(first + number) % len(materials)]
            row |= {"products": [{"hs": product}], **({"material": material} if number // width == 4 else {})}
        rows.append(row)
    links = [
        {"item": f"i{number}", "needs": f"i{needed}", "kind": "requires"}
        for number in range(items)
        for needed in sorted({min(number + width + step, items - 1) for step in (0, 1)})
        if needed // width > number // width
    ]
    provision = [
        {"item": f"i{number}", "economy": ECONOMIES[(first + number + place) % 8], "share": share, "year": YEAR}
        | {"by": "location", "claims": ["known"]}
        for number in range(0, items, 2)
        for place, share in enumerate((0.5, 0.3, 0.1))
    ]
    findings = [
        {"id": f"f{number}", "items": [f"i{number}"], "supplier": ECONOMIES[(first + number) % 4], "effect": -1}
        | {"dimension": DIMENSIONS[number % 4], "severity": 1 + number % 3, "horizon": "short", "confidence": 0.7}
        | {"reason": f"Judgement {number}.", "author": "nobody", "date": "2026-11-30", "claims": ["known"]}
        for number in range(0, items, 4)
    ]
    return {
        "format": "ostra-dossier/1", "id": name, "title": f"Generated {name}", "summary": "For a benchmark.",
        "author": "nobody", "date": "2026-11-30",
        "sources": [{"id": "none", "title": "No source", "publisher": "nobody", "date": "2026"}],
        "claims": [{"id": "known", "statement": "Assumed.", "source": "none", "locator": "-", "basis": "judges"}],
        "stages": [{"id": f"s{number}", "name": f"Layer {number}"} for number in range(LAYERS)],
        "items": rows, "links": links, "provision": provision, "findings": findings,
    }  # fmt: skip


def generated(folder: Path, ecosystems: int, items: int) -> Path:
    """A workspace whose dossiers are so many generated ones, in place of the built-in ones too."""
    facts = ostra.open().facts
    known = facts.relation("material_products").query(
        "m", "select material, min(product) from m where product is not null and edition = 'HS92' group by 1 order by 1"
    )
    materials = known.fetchall()
    place = folder / f"{ecosystems}-{items}"
    (place / "dossiers").mkdir(parents=True)
    names = [*ostra.open().dossier_files(), *(f"generated-{number}" for number in range(ecosystems))][:ecosystems]
    for number, name in enumerate(names):
        text = json.dumps(dossier(name, items, materials, number), indent=1)
        (place / "dossiers" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return place


def run(workspace: Path | None, *job: str) -> tuple[list[tuple[float, float]], float]:
    """Seconds and processor seconds of a job, and its peak memory in MB."""
    changed = "" if workspace is None else str(next((workspace / "dossiers").iterdir()))
    asked = json.dumps([str(workspace) if workspace else "", changed, *job])
    done = subprocess.run([sys.executable, "-c", JOB, asked], capture_output=True, text=True, check=True)
    figures, memory = json.loads(done.stdout)
    return figures, memory


def told(what: str, figures: list[tuple[float, float]], memory: float) -> None:
    for clock, processor in figures:
        print(f"{what:<58} {clock:7.2f} s {processor:7.2f} s CPU {memory:7.0f} MB", flush=True)


def main() -> None:
    """Run the jobs and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    for job in ("--help", "ecosystems", "scenarios", "data list", "actors semiconductors", "cases"):
        told(f"built in: {job}", *run(None, *job.split()))
    for job in ("assess semiconductors", "trace level.overall", "context CHN", "matrix"):
        told(f"built in: {job}", *run(None, *job.split()))
    with tempfile.TemporaryDirectory() as folder:
        for ecosystems in (8,) if quick else (8, 60):
            place = generated(Path(folder), ecosystems, 20 if quick else 75)
            first = next(iter(ostra.open(place).dossier_files()))
            for job in (f"assess {first}", f"trace level.overall --ecosystem {first}", "context CHN", "matrix"):
                told(f"{ecosystems} ecosystems: {job.split()[0]}", *run(place, *job.split()))
            (again, changed), memory = run(place, "again")
            told(f"{ecosystems} ecosystems: matrix again", [again], memory)
            told(f"{ecosystems} ecosystems: matrix, one changed", [changed], memory)
        for items in () if quick else (125, 250, 500, 1000):
            told(f"assess, {items} items", *run(generated(Path(folder), 8, items), "assess", "6g"))


if __name__ == "__main__":
    main()
