"""Rebuild src/ostra/show/fonts: a subset of Inter (SIL Open Font License 1.1) and a table of its glyph widths.

Source: npm package inter-ui 4.1.1. Unpack it and name its folder:

    npm pack inter-ui@4.1.1 && tar xzf inter-ui-4.1.1.tgz
    python scripts/build_report_fonts.py package

The page, the PDF and the charts all use these two weights, so a label that fits when the chart is laid out also fits
when it is printed. The width table lets the charts measure text without a font library. Needs fontTools and brotli
(they come with WeasyPrint).
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parents[1] / "src" / "ostra" / "show" / "fonts"
WEIGHTS = {"Inter-Regular": 400, "Inter-SemiBold": 600}
# Latin with accents, Greek (formulas), punctuation, sub- and superscripts, currency, arrows, mathematics, shapes.
RANGES = [
    (0x20, 0x7E), (0xA0, 0x17F), (0x1C4, 0x24F), (0x2BB, 0x2DD), (0x391, 0x3C9), (0x1E00, 0x1EFF),
    (0x2010, 0x203A), (0x2044, 0x2044), (0x2070, 0x209C), (0x20A0, 0x20BF), (0x2113, 0x2122), (0x2190, 0x21BB),
    (0x2200, 0x22A5), (0x25A0, 0x25CF), (0x2713, 0x2718),
]  # fmt: skip
FEATURES = ["kern", "tnum", "ccmp", "mark", "mkmk", "calt"]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("package", type=Path, help="the unpacked folder of inter-ui 4.1.1")
    package: Path = parser.parse_args().package
    wanted = [code for low, high in RANGES for code in range(low, high + 1)]
    widths: dict[str, dict[str, int]] = {}
    for name, weight in WEIGHTS.items():
        options = subset.Options(
            flavor="woff2", layout_features=FEATURES, hinting=False, recalc_timestamp=False, desubroutinize=True
        )
        font = TTFont(package / "web" / f"{name}.woff2", recalcTimestamp=False)
        tool = subset.Subsetter(options)
        tool.populate(unicodes=wanted)
        tool.subset(font)
        font.flavor = "woff2"
        font.save(TARGET / f"{name}.woff2")
        per_em, metrics = font["head"].unitsPerEm, font["hmtx"]
        cmap = font.getBestCmap()
        widths[str(weight)] = {
            chr(code): round(1000 * metrics[cmap[code]][0] / per_em) for code in sorted(cmap) if code < 0x250
        }
        print(f"{name}: {len(cmap)} characters, {(TARGET / f'{name}.woff2').stat().st_size} bytes")
    text = json.dumps(widths, ensure_ascii=False, separators=(",", ":"))
    (TARGET / "widths.json").write_text(text + "\n", encoding="utf-8")
    shutil.copyfile(package / "LICENSE.txt", TARGET / "LICENSE.txt")


if __name__ == "__main__":
    main()
