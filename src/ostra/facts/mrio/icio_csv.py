"""Published tables in CSV: the OECD's ICIO and Eurostat's FIGARO, wide and flat.

Wide: one line for each row of the table, labelled in its first column; the header labels the columns. FIGARO's flat
form has one line for each cell. pymrio's parser of the OECD's files is not used, because it drops the stated output
and fills blanks with zero; it serves as a twin in the tests.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from ostra.errors import DataError, Problem
from ostra.facts.mrio.labelled import MOST_NODES, Labelled
from ostra.facts.mrio.read_table import Matrix, Vector
from ostra.facts.readers.archives import Scanned, header_line, split_line

ICIO_FINAL = frozenset({"HFCE", "NPISH", "NPS", "GGFC", "GFCF", "INVNT", "INV", "DIRP", "DPABR", "P33", "FD", "DISC"})
ICIO_STOCKS = frozenset({"INVNT", "INV"})
ICIO_DISCREPANCY = frozenset({"DISC"})
ICIO_JOINT = "VA+TAXSUB"
JOINT_NOTE = "Value added holds taxes less subsidies on products, which the edition of 2016 does not tell apart."
ICIO_TOTALS = frozenset({"OUT", "OUTPUT", "TOTAL"})
# Final use in ESA 2010: consumption of households, institutions and government, fixed investment, stocks and valuables.
FIGARO_FINAL = re.compile(r"P3(_S1[345])?|P5(1G|M)?")
FIGARO_STOCKS = frozenset({"P5M"})
# Rows that are no products of any economy (area W2): taxes, and purchases of residents and non-residents.
FIGARO_VALUE_ADDED = frozenset({"D1", "D29X39", "B2A3G", "B1G"})
FIGARO_OTHER = frozenset({"D21X31", "OP_RES", "OP_NRES"})
# The flat form names rows and columns as products (rowPi) or as industries (rowIi).
FIGARO_FLAT = tuple(("refarea", f"row{kind}", "counterpartarea", f"col{kind}", "obsvalue") for kind in ("pi", "ii"))
FIGARO_REST = {"FIGW1": "ZZZ", "WRL_REST": "ZZZ"}
LONGEST_HEADER = 16 << 20


@dataclass(frozen=True)
class Wide:
    """A labelled rectangle; `values` is rows × columns."""

    name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: Matrix
    gaps: bool = False  # whether any cell is blank

    def picked(self, rows: Sequence[int], columns: Sequence[int]) -> Matrix:
        """The block of these rows and columns."""
        return self.values[_slice(rows)][:, _slice(columns)]


def icio(file: Scanned, year: int) -> Labelled:
    """One year of the OECD's inter-country tables, of the editions 2016 to 2025.

    Rows are `ECO_SECTOR`, then taxes (`TLS`, or `ECO_TAXSUB` by origin), value added (`VA`, `VALU`) and output; columns
    are `ECO_SECTOR`, then final use `ECO_CATEGORY` and output. The edition of 2016 writes final use the other way
    round (`CATEGORY_ECO`) and states value added with taxes in one row (`VA+TAXSUB`). Values are million US dollars.
    """
    table = read_wide(file)
    users = _where(table.columns, lambda label: _icio_user(label)[1] in ICIO_FINAL)
    totals = _where(table.columns, ICIO_TOTALS.__contains__)
    buyers = _others(table.columns, users, totals)
    joint = _where(table.rows, ICIO_JOINT.__eq__)
    value_added = _where(table.rows, ("VA", "VALU").__contains__) + joint
    taxes = _where(table.rows, lambda x: x != ICIO_JOINT and (x == "TLS" or "TAX" in x.split("_")[-1]))
    output_rows = _where(table.rows, ICIO_TOTALS.__contains__)
    sellers = _others(table.rows, taxes, value_added, output_rows)
    sellers, buyers = _same_nodes(table, sellers, buyers)
    output = table.values[sellers, totals[0]] if totals else None
    if output is None and output_rows:
        output = table.values[output_rows[0], buyers]
    _no_gaps(table, sellers, [*buyers, *users, *totals[:1]])
    _no_gaps(table, [*taxes, *value_added], buyers)
    return Labelled(
        layout="icio",
        name=file.name,
        year=year,
        nodes=[_node(table, number) for number in sellers],
        users=[_icio_user(table.columns[number]) for number in users],
        flows=table.picked(sellers, buyers),
        final=table.picked(sellers, users),
        output=output,
        value_added=table.picked(value_added, buyers).sum(axis=0) if value_added else None,
        taxes=table.picked(taxes, buyers).sum(axis=0) if taxes else None,
        stocks=ICIO_STOCKS,
        discrepancy=ICIO_DISCREPANCY,
        notes=(JOINT_NOTE,) if joint else (),
    )


def figaro(file: Scanned, year: int, usd: float) -> Labelled:
    """One year of FIGARO, industry by industry or product by product, in its matrix or flat form, in million euros.

    Parameters
    ----------
    usd
        US dollars for one euro in that year.
    """
    header = [name.strip().casefold() for name in _header(file)]
    flat = next((names for names in FIGARO_FLAT if set(names) <= set(header)), None)
    table = read_wide(file) if flat is None else _flat(file, header, flat)
    users: list[int] = []
    buyers: list[int] = []
    for number, label in enumerate(table.columns):
        category = label.partition("_")[2]
        (users if FIGARO_FINAL.fullmatch(category) else buyers).append(number)
    sectors = {table.columns[number] for number in buyers}
    sellers = [number for number, label in enumerate(table.rows) if label in sectors]
    rest = {number: label.partition("_")[2] for number, label in enumerate(table.rows) if label not in sectors}
    strange = [table.rows[number] for number, kind in rest.items() if kind not in FIGARO_VALUE_ADDED | FIGARO_OTHER]
    if strange:
        raise DataError(
            "a row is neither an industry nor a known item of value added or taxes",
            file.name,
            value=", ".join(strange[:5]),
            mend="Import the input-output tables of FIGARO (not supply or use tables).",
        )
    sellers, buyers = _same_nodes(table, sellers, buyers)
    _no_gaps(table, [*sellers, *rest], buyers)
    _no_gaps(table, sellers, users)
    value_added = [number for number, kind in rest.items() if kind in FIGARO_VALUE_ADDED]
    other = [number for number, kind in rest.items() if kind in FIGARO_OTHER]
    notes = [f"Converted from euros at {usd:g} US dollars."]
    if any(rest[number].startswith("OP_") for number in other):
        notes.append(
            "Purchases of residents abroad and of non-residents count with taxes, as FIGARO books them in rows."
        )
    return Labelled(
        layout="figaro",
        name=file.name,
        year=year,
        nodes=[_split(table.rows[number]) for number in sellers],
        users=[_split(table.columns[number]) for number in users],
        flows=table.picked(sellers, buyers),
        final=table.picked(sellers, users),
        value_added=table.picked(value_added, buyers).sum(axis=0) if value_added else None,
        taxes=table.picked(other, buyers).sum(axis=0) if other else None,
        stocks=FIGARO_STOCKS,
        codes=FIGARO_REST,
        usd=usd,
        notes=tuple(notes),
    )


def read_wide(file: Scanned) -> Wide:
    """The rectangle of a wide CSV; blanks are NaN, so that the caller decides whether they matter.

    Raises
    ------
    DataError
        A label is there twice, a cell is no number, or a line has too few or too many cells.
    """
    header = _header(file)
    columns = tuple(name.strip() for name in header[1:])
    _once(columns, file.name, "column")
    if len(columns) > 2 * MOST_NODES:
        raise DataError(f"{len(columns):,} columns are more than a table has", file.name, 1)
    names = ["label", *(f"c{number}" for number in range(len(columns)))]
    schema: dict[str, type[pl.DataType]] = {"label": pl.String} | dict.fromkeys(names[1:], pl.Float64)
    frame = _frame(file, has_header=False, skip_rows=1, schema=schema, ignore_errors=True, truncate_ragged_lines=False)
    rows = tuple((label or "").strip() for label in frame["label"].to_list())
    _once(rows, file.name, "row")
    values = frame.drop("label").to_numpy().astype(np.float64, copy=False)
    gaps = bool(np.isnan(values).any())
    if gaps:
        _refuse_words(file, columns)
    return Wide(file.name, rows, columns, values, gaps)


def _frame(file: Scanned, **options: Any) -> pl.DataFrame:
    """The lines of a CSV as Polars reads them."""
    try:
        return pl.read_csv(file.path, **options)
    except pl.exceptions.PolarsError as error:
        reason = f"cannot be read as CSV: {str(error).splitlines()[0]}"
        raise DataError(reason, file.name, mend="Export it again as CSV.") from None


def _slice(numbers: Sequence[int]) -> slice | list[int]:
    """Numbers in a row as a slice, which needs no copy."""
    chosen = list(numbers)
    if chosen and chosen == list(range(chosen[0], chosen[0] + len(chosen))):
        return slice(chosen[0], chosen[0] + len(chosen))
    return chosen


def _refuse_words(file: Scanned, columns: Sequence[str]) -> None:
    """Go through the cells that are no numbers; blanks may be meant, words are not."""
    found: list[Problem] = []
    with file.path.open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines)
        next(reader, None)
        for record in reader:
            if len(record) != len(columns) + 1:
                found.append(
                    Problem(
                        f"{len(record)} cells where the header has {len(columns) + 1}",
                        file.name,
                        reader.line_num,
                        mend="Every line needs as many cells as the header.",
                    )
                )
            for number, cell in enumerate(record[1:]):
                text = cell.strip()
                if text and not _is_number(text):
                    column = columns[number] if number < len(columns) else ""
                    found.append(
                        Problem(
                            "not a finite number",
                            file.name,
                            reader.line_num,
                            column,
                            text[:80],
                            "Write digits with a point and no thousands separators.",
                        )
                    )
            if len(found) >= 20:
                break
    if found:
        raise DataError(found[:20])


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text))) and "_" not in text
    except ValueError:
        return False


def _no_gaps(table: Wide, rows: Sequence[int], columns: Sequence[int]) -> None:
    """Refuse blanks in the cells that count."""
    if not table.gaps or not rows or not columns:
        return
    block = np.isnan(table.picked(rows, columns))
    if block.any():
        row, column = np.unravel_index(int(np.argmax(block)), block.shape)
        raise DataError(
            f"{int(block.sum()):,} cells are blank",
            table.name,
            int(rows[int(row)]) + 2,
            table.columns[columns[int(column)]],
            mend="Write 0 for a flow that is zero; a blank is unknown, and no method can use it.",
        )


def _header(file: Scanned) -> list[str]:
    text = header_line(file, LONGEST_HEADER)
    names = split_line(text)
    if len(names) < 3:
        raise DataError(
            "is no table separated by commas",
            file.name,
            1,
            value=text[:80],
            mend="Save it with a comma as separator and a point as decimal mark.",
        )
    return names


def _once(labels: Sequence[str], name: str, what: str) -> None:
    seen: set[str] = set()
    for number, label in enumerate(labels):
        if not label:
            raise DataError(f"{what} {number + 2} has no label", name, mend=f"Every {what} needs one.")
        if label in seen:
            raise DataError(f"the {what} is there twice", name, value=label, mend="Remove one of them.")
        seen.add(label)


def _where(labels: Sequence[str], fits: Callable[[str], bool]) -> list[int]:
    return [number for number, label in enumerate(labels) if fits(label)]


def _others(labels: Sequence[str], *taken: Sequence[int]) -> list[int]:
    gone = {number for group in taken for number in group}
    return [number for number in range(len(labels)) if number not in gone]


def _same_nodes(table: Wide, sellers: list[int], buyers: list[int]) -> tuple[list[int], list[int]]:
    """Rows in their order, and the columns with the same labels in the same order."""
    column = {table.columns[number]: number for number in buyers}
    row_labels = {table.rows[number] for number in sellers}
    odd = [label for label in column if label not in row_labels]
    odd += [table.rows[number] for number in sellers if table.rows[number] not in column]
    if odd or not sellers:
        raise DataError(
            f"{len(odd)} labels are in the rows or in the columns only" if odd else "has no rows of industries",
            table.name,
            value=", ".join(odd[:5]),
            mend="Rows and columns of industries must be the same; check the layout (--layout).",
        )
    return sellers, [column[table.rows[number]] for number in sellers]


def _split(label: str) -> tuple[str, str]:
    economy, _, rest = label.partition("_")
    return economy, rest


def _node(table: Wide, number: int) -> tuple[str, str]:
    economy, sector = _split(table.rows[number])
    if not sector:
        raise DataError(
            "a row is neither an industry (ECONOMY_SECTOR) nor taxes, value added or output",
            table.name,
            number + 2,
            value=table.rows[number],
            mend="Check the layout (--layout).",
        )
    return economy, sector


def _icio_user(label: str) -> tuple[str, str]:
    """Economy and category of a column of final use; the discrepancy of early editions belongs to no economy."""
    first, _, second = label.partition("_")
    if not second:
        return "", label
    return (second, first) if first in ICIO_FINAL else (first, second)


def _flat(file: Scanned, header: Sequence[str], names: Sequence[str]) -> Wide:
    """The flat form as a rectangle; a pair of labels that has no line is zero."""
    wanted = [header.index(name) for name in names]
    frame = _frame(file, columns=sorted(wanted), infer_schema=False)
    frame.columns = [name for _, name in sorted(zip(wanted, names, strict=True))]
    area, item, to_area, to_item, _ = names
    frame = frame.with_columns(
        row=pl.concat_str(area, item, separator="_"),
        column=pl.concat_str(to_area, to_item, separator="_"),
        value=pl.col("obsvalue").str.strip_chars().cast(pl.Float64, strict=False),
    )
    bad = frame.with_row_index("line", offset=2).filter(
        pl.col("value").is_null() | ~pl.col("value").is_finite() | pl.col("row").is_null() | pl.col("column").is_null()
    )
    if len(bad):
        raise DataError(
            [
                Problem("not a finite number, or a label is missing", file.name, line, "obsValue", value or "")
                for line, value in bad.select("line", "obsvalue").head(20).rows()
            ]
        )
    rows = tuple(frame["row"].unique(maintain_order=True).to_list())
    columns = tuple(frame["column"].unique(maintain_order=True).to_list())
    if max(len(rows), len(columns)) > 2 * MOST_NODES:
        raise DataError("more labels than a table has", file.name)
    at = _positions(frame["row"], rows) * len(columns) + _positions(frame["column"], columns)
    counts = np.bincount(at, minlength=1)
    if counts.max(initial=0) > 1:
        line = int(np.flatnonzero(counts[at] > 1)[1]) + 2
        raise DataError("the same flow is given twice", file.name, line, mend="Remove one of them.")
    values = np.zeros(len(rows) * len(columns))
    values[at] = frame["value"].to_numpy()
    return Wide(file.name, rows, columns, values.reshape(len(rows), len(columns)))


def _positions(labels: pl.Series, order: Sequence[str]) -> Vector:
    return labels.cast(pl.Enum(list(order))).to_physical().to_numpy().astype(np.int64)
