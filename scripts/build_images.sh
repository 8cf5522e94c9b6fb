#!/bin/sh
# Make the pictures in the README from fresh assessments: page one of a report as it is printed, and the matrix.
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
.venv/bin/ostra assess semiconductors --home EU27 --year 2023 -o "$folder" >/dev/null
pdftoppm -r 110 -f 1 -l 1 -singlefile -png "$folder/semiconductors.pdf" "$folder/page"
.venv/bin/python - "$folder/page.png" docs/images/semiconductors.png <<'PYTHON'
import sys

from PIL import Image

page = Image.open(sys.argv[1]).quantize(colors=64)
page.crop((0, 0, page.width, int(page.height * 0.86))).save(sys.argv[2], optimize=True)
PYTHON
.venv/bin/ostra matrix --home EU27 --year 2023 -o docs/images/matrix.svg
