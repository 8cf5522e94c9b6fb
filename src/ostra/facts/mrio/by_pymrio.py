"""Tables that pymrio's parsers read: WIOD 2013, EXIOBASE 3, Eora26, GLORIA.

pymrio is an extra, because it brings pandas, pyarrow and matplotlib: `pip install "ostra[mrio]"`. What its parsers
leave out without a word is told here.

References
----------
Stadler, K. (2021), Pymrio: A Python Based Multi-Regional Input-Output Analysis Toolbox, JORS 9(1), 8.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from ostra.errors import DataError, UsageError
from ostra.facts.mrio.labelled import Labelled, User

INSTALL = 'this layout needs pymrio: pip install "ostra[mrio]"'
# EXIOBASE's five groups of economies that it does not list: Asia and Pacific, Europe, Africa, America, Middle East.
EXIOBASE_REST = dict.fromkeys(("WA", "WE", "WF", "WL", "WM"), "ZZZ")
# Accounts that hold no money flows; what they lack is no loss here.
EXIOBASE_ACCOUNTS = frozenset(
    {"impacts", "air_emissions", "employment", "energy", "land", "material", "nutrients", "water"}
)
# GLORIA's groups, by continent.
GLORIA_REST = dict.fromkeys(("XAM", "XEU", "XAF", "XAS"), "ZZZ")
# GLORIA's own acronyms; one economy stands there twice, once as a former state.
GLORIA_CODES = {"DYE": "YEM", "SDS": "SSD", **GLORIA_REST}
# Eora's own acronyms where they differ from ISO 3166.
EORA_CODES = {"SUD": "SDN", "SDS": "SSD", "USR": "SUN", "GAZ": "PSE", "ZAR": "COD", "ROM": "ROU", "TMP": "TLS"}
MARGINS = "Margins and purchases abroad, rows of WIOD, count with taxes."
WIOD_STOCKS = frozenset({"c42", "INVEN"})


def wiod13(path: Path, name: str) -> Labelled:
    """One year of the release of 2013 (`wiotYY_row_apr12.xlsx`), in million US dollars."""
    with parsing(name):
        io = extra("pymrio").parse_wiod(path, names=("isic", "c_codes"))
    inputs = io.factor_inputs.F
    labels = [str(label) for label in inputs.index.get_level_values(0)]
    chosen = np.array([label.casefold().startswith("value added") for label in labels])
    if not chosen.any():
        raise DataError("has no row of value added", name, value=", ".join(labels[:8]))
    values = inputs.to_numpy(dtype=np.float64)
    return replace(
        _parsed(io, "wiod13", name, int(io.factor_inputs.year)),
        value_added=values[chosen].sum(axis=0),
        taxes=values[~chosen].sum(axis=0),
        stocks=WIOD_STOCKS,
        notes=(MARGINS,),
    )


def exiobase3(folder: Path, name: str, year: int, usd: float) -> Labelled:
    """One year of EXIOBASE 3 (pxp or ixi), in million euros; `usd` is the price of one euro in US dollars."""
    _refuse_programs(folder, name)
    with parsing(name):
        io = extra("pymrio").parse_exiobase3(folder)
    computed = "Flows were computed from coefficients (Z = A diag(x)): the folder holds A and Y, no Z."
    from_coefficients = (computed,) if io.Z is None else ()
    value_added = taxes = None
    for extension in ("factor_inputs", "satellite"):
        if not hasattr(io, extension):
            continue
        inputs = getattr(io, extension).F
        labels = [str(label if isinstance(label, str) else label[0]) for label in inputs.index]
        tax = np.array([label.startswith("Taxes less subsidies on products") for label in labels])
        value = np.array([label.startswith(("Other net taxes", "Compensation", "Operating")) for label in labels])
        if value.any():
            cells = inputs.to_numpy(dtype=np.float64)
            value_added, taxes = cells[value].sum(axis=0), cells[tax].sum(axis=0)
            break
    return replace(
        _parsed(io, "exiobase3", name, year),
        value_added=value_added,
        taxes=taxes,
        stocks=frozenset({"Changes in inventories", "Changes in valuables"}),
        codes=EXIOBASE_REST,
        usd=usd,
        notes=(f"Converted from euros at {usd:g} US dollars.", *from_coefficients),
    )


def eora26(folder: Path, name: str, year: int, price: str) -> Labelled:
    """One year of Eora26 at basic (`bp`) or purchasers' (`pp`) prices, in thousand US dollars."""
    with parsing(name):
        io = extra("pymrio").parse_eora26(folder, year=year, price=price)
    notes = ["Converted from thousand US dollars."]
    if any("Rest of the World" in str(entry) for entry in io.meta.history):
        notes.append(
            "Eora's statistical discrepancy (its economy ROW) is left out by the parser; what it held is missing from "
            "rows and shows in the balances of columns."
        )
    if price == "pp":
        notes.append("At purchasers' prices: margins and taxes are inside the flows.")
    return replace(
        _parsed(io, "eora26", name, year),
        value_added=io.VA.F.to_numpy(dtype=np.float64).sum(axis=0),
        stocks=frozenset(category for _, category in _pairs(io.Y.columns) if "P.52" in category),
        codes=EORA_CODES,
        usd=1e-3,
        notes=tuple(notes),
    )


def gloria(folder: Path, name: str, year: int, version: str) -> Labelled:
    """One year of GLORIA from the folder that `pymrio.download_gloria` fills, at basic prices, in thousand US dollars.

    GLORIA's supply table is diagonal: each industry makes one product. Its use table is then the table of flows, and
    the diagonal is output as stated.
    """
    with parsing(name):
        parts, meta = extra("pymrio").tools.ioparser.parse_gloria_sut(
            folder, year, version=int(version) if version.isdigit() else version, price="bp"
        )
    supply = parts["V"].to_numpy(dtype=np.float64)
    if np.count_nonzero(supply - np.diag(np.diag(supply))):
        raise DataError("the supply table is not diagonal, so that industries are not products", name)
    empty = {
        str(entry).partition("(")[2].partition(")")[0] for entry in meta.history if "empty countries" in str(entry)
    }
    notes = ["Converted from thousand US dollars."]
    notes += [
        f"Economies without any flow are left out by the parser: {codes}." for codes in sorted(empty - {"[]", ""})
    ]
    categories = [category for _, category in _pairs(parts["Y"].columns)]
    return Labelled(
        layout="gloria",
        name=name,
        year=year,
        nodes=_pairs(parts["U"].index),
        users=_pairs(parts["Y"].columns),
        flows=parts["U"].to_numpy(dtype=np.float64),
        final=parts["Y"].to_numpy(dtype=np.float64),
        output=np.diag(supply).copy(),
        value_added=parts["VA"].to_numpy(dtype=np.float64).sum(axis=0),
        stocks=frozenset(category for category in categories if "nventor" in category or "tocks" in category),
        codes=GLORIA_CODES,
        usd=1e-3,
        notes=tuple(notes),
    )


def _parsed(io: Any, layout: str, name: str, year: int) -> Labelled:
    """Flows, final use and output as pymrio has them, without what each layout knows besides."""
    if io.Z is None and io.A is not None and io.Y is not None:
        _flows_from_coefficients(io, name)
    if io.Z is None or io.Y is None:
        raise DataError("the parser found no flows or no final use", name)
    nodes = _pairs(io.Z.index)
    if _pairs(io.Z.columns) != nodes or _pairs(io.Y.index) != nodes:
        raise DataError("rows and columns of the parsed table differ", name)
    return Labelled(
        layout=layout,
        name=name,
        year=year,
        nodes=nodes,
        users=_pairs(io.Y.columns),
        flows=io.Z.to_numpy(dtype=np.float64),
        final=io.Y.to_numpy(dtype=np.float64),
        output=None if io.x is None else io.x.reindex(io.Z.index).to_numpy(dtype=np.float64).ravel(),
    )


def _flows_from_coefficients(io: Any, name: str) -> None:
    """Flows of a table that states coefficients A and final use Y alone: x = (I − A)⁻¹ Y 1, Z = A diag(x).

    Reference: Miller, R. E. and Blair, P. D. (2022), Input-Output Analysis, 3rd edition, section 2.2.
    """
    pandas = extra("pandas")
    if io.x is None:
        coefficients = io.A.to_numpy(dtype=np.float64)
        final = io.Y.reindex(io.A.index).to_numpy(dtype=np.float64).sum(axis=1)
        try:
            output = np.linalg.solve(np.eye(len(coefficients)) - coefficients, final)
        except np.linalg.LinAlgError:
            raise DataError("states coefficients from which output cannot be solved", name) from None
        io.x = pandas.DataFrame(output, index=io.A.index, columns=["indout"])
    io.Z = io.A * io.x.reindex(io.A.columns).to_numpy(dtype=np.float64).ravel()


def _pairs(index: Any) -> list[User]:
    """The first and the last level of a pandas index of regions and sectors or categories."""
    return [(str(entry[0]).strip(), str(entry[-1]).strip()) for entry in index]


def extra(module: str) -> Any:
    """A module that comes with the extra.

    Raises
    ------
    UsageError
        It is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError:
        raise UsageError(INSTALL) from None


@contextmanager
def parsing(name: str) -> Iterator[None]:
    """Whatever a parser of others raises on a file is said of that file."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (UsageError, DataError, MemoryError):
        raise
    except Exception as error:
        raise DataError(
            f"cannot be read in this layout: {type(error).__name__}: {' '.join(str(error).split())[:200]}",
            name,
            mend="Check the layout (--layout) and that the download is complete.",
        ) from None


def _refuse_programs(folder: Path, name: str) -> None:
    """Refuse a folder whose index names anything but plain tables beside it: pymrio would run a pickle."""
    for index in sorted(folder.rglob("file_parameters.json")):
        try:
            files = json.loads(index.read_text(encoding="utf-8"))["files"]
            named = [str(entry["name"]) for entry in files.values()]
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise DataError("the list of files cannot be read", f"{name}/{index.name}") from None
        for file in named:
            if not re.fullmatch(r"[A-Za-z0-9_-]+\.(txt|parquet)", file):
                raise DataError(
                    "the list of files names something that is no table in text or Parquet",
                    f"{name}/{index.relative_to(folder).as_posix()}",
                    value=file[:80],
                    mend="Get the table from its publisher again.",
                )


def needed(layout: str, member: str) -> bool:
    """Whether a member of an archive or folder is read; EXIOBASE's large environmental accounts are not."""
    if layout != "exiobase3":
        return True
    return not EXIOBASE_ACCOUNTS & set(Path(member).parts)
