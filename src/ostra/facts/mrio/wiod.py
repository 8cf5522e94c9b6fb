"""WIOD, release of 2016: the workbooks (.xlsb) and the Stata files (.dta), which hold the same table.

Both are published as archives of all years, `WIOTS_in_EXCEL.zip` and `WIOTS_in_STATA.zip`. The workbook is read by
calamine, the Stata file by pandas; pymrio has a parser for the release of 2013 only.

References
----------
Timmer, M. P., Los, B., Stehrer, R. and de Vries, G. J. (2016), An Anatomy of the Global Trade Slowdown based on the
WIOD 2016 Release, GGDC research memorandum 162.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ostra.errors import DataError
from ostra.facts.mrio.by_pymrio import MARGINS, WIOD_STOCKS, extra, parsing
from ostra.facts.mrio.labelled import Labelled, Node, User
from ostra.facts.mrio.read_table import Matrix, Vector
from ostra.facts.readers.archives import is_zip

# Stata columns after the 56 industries: consumption of households, institutions, government, fixed investment, stocks.
FINAL = {57: "CONS_h", 58: "CONS_np", 59: "CONS_g", 60: "GFCF", 61: "INVEN"}
# Rows under the economy TOT that are neither inputs nor value added: taxes, adjustments, purchases abroad, margins.
OTHER = ("TXSP", "EXP_adj", "PURR", "PURNR", "IntTTM")
TOTAL = "TOT"
# Of the workbook: rows of codes, names and economies of the columns, the first row and the first column of numbers.
CODES, NAMES, ECONOMIES, FIRST_ROW, FIRST_COLUMN = 2, 3, 4, 6, 4
WORKBOOK = "Import a world table of WIOD, such as WIOT2014_Nov16_ROW.xlsb."
PREVIOUS = "At prices of the previous year, not of the year itself."


def wiod16(path: Path, name: str) -> Labelled:
    """One year of the release of 2016, in million US dollars, from its workbook or its Stata file.

    Raises
    ------
    DataError
        The file is of another layout, or a cell that counts is no number.
    UsageError
        The reader is not installed.
    """
    return _workbook(path, name) if is_zip(path) else _stata(path, name)


def _workbook(path: Path, name: str) -> Labelled:
    calamine = extra("python_calamine")
    with parsing(name):
        book = calamine.CalamineWorkbook.from_path(str(path))
        sheets = [sheet for sheet in book.sheet_names if re.fullmatch(r"(19|20)\d\d", sheet.strip())]
        cells = book.get_sheet_by_name(sheets[0]).to_python(skip_empty_area=False) if sheets else []
    if not sheets or len(cells) <= FIRST_ROW:
        listed = ", ".join(book.sheet_names[:5])
        raise DataError("has no sheet named by its year with a table", name, value=listed, mend=WORKBOOK)
    columns = [(_text(cells[ECONOMIES], k), _text(cells[CODES], k), k) for k in range(FIRST_COLUMN, len(cells[CODES]))]
    rows = [(_text(row, 2), _text(row, 0), number) for number, row in enumerate(cells) if number >= FIRST_ROW]
    users = [one for one in columns if one[1] in FINAL.values()]
    at = {one[:2]: one[2] for one in columns if one[0] != TOTAL and one not in users}
    sellers = [one for one in rows if one[0] not in ("", TOTAL)]
    odd = [" ".join(one[:2]) for one in sellers if one[:2] not in at]
    totals = [k for economy, code, k in columns if economy == TOTAL and code == "GO"]
    if odd or len(at) != len(sellers) or not sellers or not users or not totals:
        reason = "rows and columns of industries differ, or final use or output is missing"
        raise DataError(reason, name, value=", ".join(odd[:5]), mend=WORKBOOK)
    buyers = [at[economy, code] for economy, code, _ in sellers]

    def block(numbers: Sequence[int], wanted: Sequence[int]) -> Matrix:
        return np.array([[_number(cells[k], column, name, k) for column in wanted] for k in numbers], dtype=np.float64)

    def inputs(*codes: str) -> Vector | None:
        found = [number for economy, code, number in rows if economy == TOTAL and code in codes]
        return block(found, buyers).sum(axis=0) if found else None

    numbers = [number for _, _, number in sellers]
    return Labelled(
        layout="wiod16",
        name=name,
        year=int(sheets[0]),
        nodes=[(economy, code) for economy, code, _ in sellers],
        users=[(economy, code) for economy, code, _ in users],
        flows=block(numbers, buyers),
        final=block(numbers, [k for _, _, k in users]),
        output=block(numbers, totals).ravel(),
        value_added=inputs("VA"),
        taxes=inputs(*OTHER),
        stocks=WIOD_STOCKS,
        sector_names={code: _text(cells[number], 1) for _, code, number in sellers},
        notes=(MARGINS, *([PREVIOUS] if "previous" in " ".join(_text(row, 0) for row in cells[:4]).casefold() else ())),
    )


def _text(row: Sequence[Any], column: int) -> str:
    return str(row[column]).strip() if column < len(row) else ""


def _number(row: Sequence[Any], column: int, name: str, line: int) -> float:
    value = row[column] if column < len(row) else ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    mend = "Get the workbook from its publisher again."
    raise DataError("a cell is no number", name, line + 1, f"column {column + 1}", str(value)[:80], mend)


def _stata(path: Path, name: str) -> Labelled:
    pandas = extra("pandas")
    with parsing(name):
        frame = pandas.read_stata(path)
    lower = {str(column).casefold(): column for column in frame.columns}
    missing = [key for key in ("industrycode", "country", "rnr", "year", "tot") if key not in lower]
    if missing:
        raise DataError(f"columns missing: {', '.join(missing)}", name, mend="Import the Stata file of WIOD.")
    economy = frame[lower["country"]].astype(str).str.strip()
    code = frame[lower["industrycode"]].astype(str).str.strip()
    number = frame[lower["rnr"]].astype(int)
    rows = np.flatnonzero((economy != TOTAL).to_numpy())
    cells = {column: found for column in frame.columns if (found := re.fullmatch(r"v([A-Za-z]{3})(\d+)", str(column)))}
    flows_columns, users = [], []
    of = {(found[1].upper(), int(found[2])): column for column, found in cells.items()}
    nodes: list[Node] = []
    for row in rows:
        key = (economy[row].upper(), int(number[row]))
        if key not in of:
            raise DataError("a row has no column of its own", name, value=f"{key[0]} {key[1]}")
        flows_columns.append(of[key])
        nodes.append((economy[row], code[row]))
    for (country, position), column in of.items():
        if position in FINAL:
            users.append(((country, FINAL[position]), column))
    values = frame[[*flows_columns, *(column for _, column in users)]].to_numpy(dtype=np.float64)
    n = len(nodes)

    def totals(*codes: str) -> Vector | None:
        chosen = np.flatnonzero(((economy == TOTAL) & code.isin(codes)).to_numpy())
        return values[chosen, :n].sum(axis=0) if len(chosen) else None

    described = lower.get("industrydescription")
    names = {} if described is None else {code[row]: str(frame[described][row]).strip() for row in rows}
    to: list[User] = [user for user, _ in users]
    return Labelled(
        layout="wiod16",
        name=name,
        year=int(frame[lower["year"]].iloc[0]),
        nodes=nodes,
        users=to,
        flows=values[rows, :n],
        final=values[rows, n:],
        output=frame[lower["tot"]].to_numpy(dtype=np.float64)[rows],
        value_added=totals("VA"),
        taxes=totals(*OTHER),
        stocks=WIOD_STOCKS,
        sector_names=names,
        notes=(MARGINS,),
    )
