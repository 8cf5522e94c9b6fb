"""Rebuild src/ostra/show/world.json: outlines of the world's economies in the Equal Earth projection.

Source: npm package world-atlas 2.0.2 (packaging ISC), which holds Natural Earth, public domain. Unpack it and name
its folder:

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scripts/build_world_map.py package

Outlines come from the 1:110m file. Economies too small for it (Singapore, Malta, Hong Kong, ...) become points, taken
as the centre of their largest outline in the 1:50m file. Antarctica is left out.
Needs country-converter (extra `test`).
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import itertools
import json
import math
from pathlib import Path
from typing import Any

import country_converter

TARGET = Path(__file__).parents[1] / "src" / "ostra" / "show" / "world.json"
WIDTH = 2000  # units of the drawing; coordinates are whole numbers
# Natural Earth gives these no ISO number. XKX is the World Bank's code for Kosovo; the other two have none at all
# and are drawn without one, so that they never carry data.
WITHOUT_NUMBER = {"Kosovo": "XKX", "N. Cyprus": "", "Somaliland": ""}
LEFT_OUT = {"Antarctica", "Fr. S. Antarctic Lands"}

Point = tuple[float, float]
Ring = list[Point]


def equal_earth(longitude: float, latitude: float) -> Point:
    """Project degrees to the Equal Earth plane (Šavrič, Patterson, Jenny 2018, doi 10.1080/13658816.2018.1504949)."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    lam, phi = math.radians(longitude), math.radians(latitude)
    theta = math.asin(math.sqrt(3) / 2 * math.sin(phi))
    t2 = theta * theta
    t6 = t2**3
    x = 2 * math.sqrt(3) * lam * math.cos(theta) / (3 * (9 * a4 * t6 * t2 + 7 * a3 * t6 + 3 * a2 * t2 + a1))
    y = theta * (a4 * t6 * t2 + a3 * t6 + a2 * t2 + a1)
    return x, y


def decode_arcs(topology: dict[str, Any]) -> list[Ring]:
    """Undo TopoJSON's quantisation and delta coding: one list of (longitude, latitude) for each arc."""
    scale, translate = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        ring: Ring = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            ring.append((x * scale[0] + translate[0], y * scale[1] + translate[1]))
        arcs.append(ring)
    return arcs


def rings(geometry: dict[str, Any], arcs: list[Ring]) -> list[Ring]:
    """All rings of a polygon or multipolygon."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    result = []
    for polygon in polygons:
        for ring in polygon:
            points: Ring = []
            for index in ring:
                piece = arcs[index] if index >= 0 else arcs[~index][::-1]
                points += piece[1:] if points else piece
            result.append(points)
    return result


def cut_at_date_line(ring: Ring) -> list[Ring]:
    """The ring in pieces that lie between 180° west and 180° east: the source joins outlines across the date line."""
    turned: Ring = [ring[0]]
    for longitude, latitude in ring[1:]:
        before = turned[-1][0]
        turned.append((longitude + 360 * round((before - longitude) / 360), latitude))
    pieces = []
    for turn in (-360, 0, 360):
        piece = [(longitude + turn, latitude) for longitude, latitude in turned]
        piece = clip(clip(piece, -180, 1), 180, -1)
        if len(piece) >= 3:
            pieces.append(piece)
    return pieces


def clip(ring: Ring, limit: float, sign: int) -> Ring:
    """The part of the ring on one side of a meridian (Sutherland and Hodgman 1974)."""
    result: Ring = []
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        inside1, inside2 = (x1 - limit) * sign >= 0, (x2 - limit) * sign >= 0
        if inside1:
            result.append((x1, y1))
        if inside1 != inside2:
            result.append((limit, y1 + (y2 - y1) * (limit - x1) / (x2 - x1)))
    return result


def area(ring: Ring) -> float:
    """Area enclosed by a projected ring (shoelace)."""
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True))) / 2


def path(ring: Ring) -> str:
    """An SVG path with whole, relative coordinates; empty when the ring shrinks to less than a triangle."""
    whole = [(round(x), round(y)) for x, y in ring]
    steps = [whole[0]]
    for point in whole[1:]:
        if point != steps[-1]:
            steps.append(point)
    if len(set(steps)) < 3:
        return ""
    text = f"M{steps[0][0]},{steps[0][1]}l"
    moves = [f"{x2 - x1},{y2 - y1}" for (x1, y1), (x2, y2) in itertools.pairwise(steps)]
    return text + " ".join(moves) + "z"


def codes(names: dict[str, str]) -> dict[str, str]:
    """ISO alpha-3 by Natural Earth name, from the ISO number."""
    # The table is read as text: pandas would take Namibia's code "NA" for a missing value.
    with Path(country_converter.__file__).with_name("country_data.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["ISOnumeric"].isdigit()]
    table = {int(row["ISOnumeric"]): row["ISO3"] for row in rows}
    found = {}
    for name, number in names.items():
        if name in WITHOUT_NUMBER:
            found[name] = WITHOUT_NUMBER[name]
        elif number and int(number) in table:
            found[name] = table[int(number)]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("package", type=Path, help="the unpacked folder of world-atlas 2.0.2")
    package: Path = parser.parse_args().package

    coarse = json.loads((package / "countries-110m.json").read_text())
    fine = json.loads((package / "countries-50m.json").read_text())
    left, _ = equal_earth(-180, 0)
    factor = WIDTH / (-2 * left)
    _, top = equal_earth(0, 84)
    _, bottom = equal_earth(0, -57)

    def draw(ring: Ring) -> Ring:
        return [((x - left) * factor, (top - y) * factor) for x, y in (equal_earth(*p) for p in ring)]

    def outlines_of(geometry: dict[str, Any], arcs: list[Ring]) -> list[Ring]:
        return [draw(piece) for ring in rings(geometry, arcs) for piece in cut_at_date_line(ring)]

    def read(topology: dict[str, Any]) -> list[tuple[str, str, list[Ring]]]:
        arcs = decode_arcs(topology)
        shapes = [g for g in topology["objects"]["countries"]["geometries"] if g["properties"]["name"] not in LEFT_OUT]
        iso = codes({g["properties"]["name"]: g.get("id", "") for g in shapes})
        return [
            (
                iso[g["properties"]["name"]],
                g["properties"]["name"],
                outlines_of(g, arcs),
            )
            for g in shapes
            if g["properties"]["name"] in iso
        ]

    outlines: dict[str, str] = {}
    for iso, name, shape in read(coarse):
        outlines[iso or f"-{name}"] = "".join(filter(None, map(path, shape)))
    points: dict[str, list[int]] = {}
    for iso, _, shape in read(fine):
        if iso and iso not in outlines:
            largest = max(shape, key=area)
            xs, ys = [x for x, _ in largest], [y for _, y in largest]
            points[iso] = [round((min(xs) + max(xs)) / 2), round((min(ys) + max(ys)) / 2)]

    digest = hashlib.sha256((package / "countries-110m.json").read_bytes()).hexdigest()
    world = {
        "source": "Natural Earth 1:110m and 1:50m (public domain), from world-atlas 2.0.2",
        "projection": "Equal Earth",
        "sha256_of_input": digest,
        "width": WIDTH,
        "height": round((top - bottom) * factor),
        "outlines": dict(sorted(outlines.items())),
        "points": dict(sorted(points.items())),
    }
    TARGET.write_text(json.dumps(world, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {len(outlines)} outlines, {len(points)} points, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
