"""Every label of an economy that the publishers of input-output tables use is understood, as another project reads it.

mariopy (Tahavori et al., GPL-3.0) ships a list of the labels by publisher with their ISO codes. It is read from the
wheel at test time and is no part of ostra.
"""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from ostra.facts.mrio import by_pymrio, icio_csv
from ostra.facts.mrio.labelled import economy_code
from ostra.words.economies import REST_OF_WORLD

ROOT = Path(__file__).parents[1]
WHEEL = Path(os.environ.get("OSTRA_MARIOPY_WHEEL", ROOT / ".cache" / "mariopy-1.3.2-py3-none-any.whl"))
LISTED = "mario/clusters/Country_coverage.xlsx"
OWN = {
    "EXIOBASE": by_pymrio.EXIOBASE_REST,
    "GLORIA": by_pymrio.GLORIA_CODES,
    "EORA1": by_pymrio.EORA_CODES,
    "FIGARO": icio_csv.FIGARO_REST,
    "WIOD": {},
    "OECD": {},
}
# Where we differ on purpose: Eora's SUD is Sudan (its USR is the Soviet Union), and GLORIA's DYE is a part of Yemen.
DIFFERENT = {("EORA1", "SUD"): "SDN", ("GLORIA", "DYE"): "YEM"}


def labels() -> list[tuple[str, str, str]]:
    """Publisher, label, ISO code."""
    openpyxl = pytest.importorskip("openpyxl")
    if not WHEEL.exists():
        pytest.skip(f"{WHEEL.name} is neither in .cache/ nor named by OSTRA_MARIOPY_WHEEL")
    with zipfile.ZipFile(WHEEL) as wheel:
        book = openpyxl.load_workbook(io.BytesIO(wheel.read(LISTED)), read_only=True)
    rows = list(book["concordance"].iter_rows(values_only=True))
    header = rows[1]
    return [
        (publisher, str(row[header.index(publisher)]).strip(), str(row[0]))
        for publisher in OWN
        for row in rows[2:]
        if row[header.index(publisher)]
    ]


def test_the_labels_of_every_publisher_are_understood() -> None:
    """None is unknown, and each means the economy that mariopy says, but for two that are explained above."""
    found = labels()
    numbers = {publisher: len({label for name, label, _ in found if name == publisher}) for publisher in OWN}
    assert numbers == {"EXIOBASE": 44, "GLORIA": 160, "EORA1": 188, "FIGARO": 49, "WIOD": 43, "OECD": 87}
    meant: dict[tuple[str, str], set[str]] = {}
    for publisher, label, iso in found:
        meant.setdefault((publisher, label), set()).add(iso)
    wrong = {
        key: (economy_code(key[1], OWN[key[0]]), isos)
        for key, isos in meant.items()
        if economy_code(key[1], OWN[key[0]]) not in (isos if key not in DIFFERENT else {DIFFERENT[key]})
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("publisher", "rest"),
    [
        ("EXIOBASE", "WA WE WF WL WM"),
        ("GLORIA", "XAF XAM XAS XEU"),
        ("FIGARO", "FIGW1"),
        ("WIOD", "ROW RoW"),
        ("OECD", "ROW"),
    ],
)
def test_what_stands_for_the_rest_of_the_world(publisher: str, rest: str) -> None:
    """What publishers call the economies that they do not list becomes one rest of the world."""
    assert {economy_code(label, OWN[publisher]) for label in rest.split()} == {REST_OF_WORLD}
