"""The rows that evidence refers to, looked up anew: how many there are, and the largest of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from ostra.facts.readers.reading import quoted
from ostra.facts.store import Facts
from ostra.model.evidence import FactRef
from ostra.model.trace import FactRows

if TYPE_CHECKING:
    import duckdb

SAMPLE_ROWS = 5  # facts rows shown at each reference; the whole count is always given
SIZES = ("value_kusd", "value_musd", "quantity")  # the columns, first found, by which rows are large or small

Value = str | int
Found = tuple[tuple[tuple[Any, ...], ...], int]


def referenced_rows(references: Sequence[FactRef], facts: Facts | None) -> list[FactRows]:
    """The facts rows that each reference names, the largest first.

    References that restrict the same columns of the same data set are looked up in one reading of it. A reference
    whose data set is not at hand, or names a column it does not have, is reported in `caveat`.
    """
    if facts is None:
        return [FactRows(reference, (), (), 0, "the rows were not looked up") for reference in references]
    found: dict[int, FactRows] = {}
    alike: dict[tuple[str, str, tuple[str, ...]], list[int]] = {}
    for number, reference in enumerate(references):
        alike.setdefault((reference.table, reference.dataset, tuple(reference.where)), []).append(number)
    for (table, dataset, names), numbers in alike.items():
        if not facts.holds(table, dataset):
            caveat = f"data set '{dataset}' is not in this workspace"
        else:
            relation = facts.relation(table, dataset)
            unknown = [column for column in map(_column, names) if column not in relation.columns]
            caveat = f"data set '{dataset}' has no column '{unknown[0]}'" if unknown else ""
        if caveat:
            found |= {number: FactRows(references[number], (), (), 0, caveat) for number in numbers}
            continue
        looked_up = _looked_up([references[number] for number in numbers], relation)
        for number, (sample, count) in zip(numbers, looked_up, strict=True):
            found[number] = FactRows(references[number], tuple(relation.columns), sample, count)
    return [found[number] for number in range(len(references))]


def _looked_up(references: list[FactRef], relation: duckdb.DuckDBPyRelation) -> list[Found]:
    """Sample and count of each reference; all of them restrict the same columns."""
    columns = relation.columns
    size = next((column for column in SIZES if column in columns), columns[0])
    first = references[0].where
    if all(one.where == first for one in references):
        rows = relation.query("rows", f"select * from rows where {_condition({k: _values(first[k]) for k in first})}")
        count = rows.aggregate("count(*)").fetchone()
        sample = rows.order(f"{size} desc nulls last, {', '.join(columns)}").limit(SAMPLE_ROWS).fetchall()
        return [(_plain(sample), count[0] if count else 0)] * len(references)
    # One reading finds the rows of all of them, and more: in each column, any value that one of them names.
    any_of = {
        name: tuple(dict.fromkeys(value for one in references for value in _values(one.where[name])))
        for name in first
        if name == _column(name)
    }
    frame = relation.query("rows", f"select * from rows where {_condition(any_of)}").pl()
    frame = frame.sort([size, *columns], descending=[True, *(False for _ in columns)], nulls_last=True)
    parts = (frame.filter(*(_within(name, _values(one.where[name])) for name in first)) for one in references)
    return [(_plain(part.head(SAMPLE_ROWS).rows()), part.height) for part in parts]


def _column(name: str) -> str:
    """The column of a condition; a name that ends with " not" leaves out the rows with its values."""
    return name.removesuffix(" not")


def _values(wanted: Value | tuple[str, ...] | tuple[int, ...]) -> tuple[Value, ...]:
    return wanted if isinstance(wanted, tuple) else (wanted,)


def _condition(where: Mapping[str, tuple[Value, ...]]) -> str:
    """A selection of rows in SQL."""
    return (
        " and ".join(
            f"{_column(name)}{' not' if name != _column(name) else ''} in ({', '.join(map(_literal, values))})"
            if values
            else str(name != _column(name))
            for name, values in where.items()
        )
        or "true"
    )


def _within(name: str, values: tuple[Value, ...]) -> pl.Expr:
    """One condition of a selection as Polars has it."""
    found = pl.col(_column(name)).is_in(list(values))
    return found if name == _column(name) else ~found


def _literal(value: Value) -> str:
    """A value as an SQL literal; quotes are doubled, so that text from a file stays text."""
    return str(int(value)) if isinstance(value, int) else quoted(value)


def _plain(rows: Iterable[tuple[Any, ...]]) -> tuple[tuple[Any, ...], ...]:
    """Decimals as floats; other values unchanged."""
    return tuple(tuple(float(value) if isinstance(value, Decimal) else value for value in row) for row in rows)
