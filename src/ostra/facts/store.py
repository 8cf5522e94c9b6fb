"""The facts at hand: every data set of the built-in facts and of a workspace, read as one table each."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ostra.errors import NotFoundError
from ostra.facts.datasets import Dataset, builtin_root, facts_root, read_manifest
from ostra.facts.joined import CELLS, Cells, Joined, cells_of, joined_rows, own_rows, precedence, reporters_of
from ostra.facts.tables import table as definition_of

if TYPE_CHECKING:
    import duckdb

UNSTATED = ""  # stands for the edition of trade whose edition nobody stated
Answering = Dataset | Joined
"""What a table is read from: one data set, or several as one."""


class Facts:
    """Read-only view of the facts in one or more roots.

    Threads may share it; a relation belongs to the thread that it was made in.

    Parameters
    ----------
    roots
        Folders with a manifest each.
    prefer
        Ids of data sets that go before all others, the first before the second.
    only
        Ids of data sets; of their tables nothing else is read.
    without
        Ids of data sets that are not read, as if they had never been imported.

    Raises
    ------
    NotFoundError
        There is no data set of a preferred or only id.
    """

    def __init__(
        self,
        roots: Sequence[Path],
        *,
        prefer: Sequence[str] = (),
        only: Sequence[str] = (),
        without: Sequence[str] = (),
    ) -> None:
        held = [
            Dataset.of(root, entry, root == builtin_root())
            for root in roots
            for entry in read_manifest(root).datasets
            if entry.id not in without
        ]
        for name in (*prefer, *only):
            if name not in {one.id for one in held}:
                raise NotFoundError(f"no data set '{name}'; there are: {', '.join(one.id for one in held) or 'none'}")
        sole = {one.table for one in held if one.id in only}
        self._held = tuple(held)
        chosen = [one for one in held if one.id in only or one.table not in sole]
        self._answering = tuple(sorted(chosen, key=lambda one: precedence(one, prefer), reverse=True))
        self._database: duckdb.DuckDBPyConnection | None = None
        self._kept: dict[str, str] = {}
        self._opening = threading.RLock()
        self._own = threading.local()  # the cursor of each thread: a connection answers one thread at a time

    def datasets(self, table: str | None = None) -> tuple[Dataset, ...]:
        """All data sets, or those of one table, by precedence: the one that goes before the others comes first.

        Those left out by `only` come last.
        """
        if table is not None:
            definition_of(table)
        others = [one for one in self._held if one not in self._answering]
        return tuple(one for one in (*self._answering, *others) if table is None or one.table == table)

    def dataset(self, table: str, dataset: str | None = None) -> Dataset:
        """One data set of a table: the named one, else the one that goes before the others.

        Raises
        ------
        NotFoundError
            There is no such table or data set.
        """
        candidates = self.datasets(table)
        if dataset is not None:
            named = [one for one in candidates if one.id == dataset]
            if not named:
                known = ", ".join(one.id for one in candidates) or "none"
                raise NotFoundError(f"no data set '{dataset}' of table '{table}'; there are: {known}")
            return named[-1]
        if not candidates:
            raise NotFoundError(f"no data set of table '{table}'; import one with `ostra data import`")
        return candidates[0]

    def answering(self, table: str, dataset: str | None = None, edition: str | None = None) -> Answering:
        """What `relation` reads: all data sets of the table as one, or the named one alone.

        Of trade, those of one edition of the Harmonised System: the one named, else that of the data set that goes
        before the others.

        Raises
        ------
        NotFoundError
            There is no such table, data set or edition.
        """
        if dataset is not None:
            return self._joined_as(table, dataset) or self.dataset(table, dataset)
        if table not in CELLS:
            return self.dataset(table)
        parts = self._parts(table, edition)
        if not parts:
            self.dataset(table)
            known = ", ".join(one or "one that was not stated" for one in self.editions(table))
            raise NotFoundError(f"no data set of table '{table}' in edition {edition}; there are: {known}")
        return parts[0] if len(parts) == 1 else Joined(table, parts)

    def holds(self, table: str, dataset: str) -> bool:
        """Whether there is a data set of that id, or several that are joined under it."""
        return any(one.id == dataset for one in self.datasets(table)) or self._joined_as(table, dataset) is not None

    def editions(self, table: str = "trade") -> tuple[str, ...]:
        """The editions of the Harmonised System that data sets of a table are in, by precedence; UNSTATED is one."""
        return tuple(dict.fromkeys(one.edition or UNSTATED for one in self._answering if one.table == table))

    def relation(self, table: str, dataset: str | None = None, edition: str | None = None) -> duckdb.DuckDBPyRelation:
        """The rows of what answers as a lazy DuckDB relation, with the columns of the table in stored order.

        Parameters and errors as for `answering`. Trade under a product code from the year on in which it lapsed is
        left out: it then counts as unknown.
        """
        chosen = self.answering(table, dataset, edition)
        rows = own_rows(chosen) if isinstance(chosen, Dataset) else joined_rows(chosen.parts, self._keep)
        return self._cursor().sql(rows)

    def cells(self, dataset: Dataset) -> Cells:
        """What a data set adds to the others of its table: see `Cells`. Input-output tables have none.

        A data set of trade adds to those of its own edition that hold the trade of all, or of the same economies.
        """
        if dataset.table not in CELLS:
            return Cells(0, 0, 0)
        alike = (dataset.imports_of, dataset.exports_of)
        parts = [
            one
            for one in self._parts(dataset.table, dataset.edition or UNSTATED)
            if one.covers_all or (one.imports_of, one.exports_of) == alike
        ]
        place = next(i for i, one in enumerate(parts) if one.id == dataset.id)
        cell = CELLS[dataset.table]
        own, *others = (cells_of(one, cell, self._keep) for one in (dataset, *parts[:place], *parts[place + 1 :]))
        before, behind = others[:place], others[place:]

        def within(names: Sequence[str]) -> str:
            same = " AND ".join(f"met.{name} = own.{name}" for name in cell)
            return " OR ".join(f"EXISTS (FROM {name} met WHERE {same})" for name in names) or "false"

        found = self._cursor().execute(
            f"SELECT count(*) FILTER (NOT taken AND NOT held), count(*) FILTER (NOT taken AND held),"
            f" count(*) FILTER (taken) FROM (SELECT {within(before)} AS taken, {within(behind)} AS held FROM {own} own)"
        )
        return Cells(*found.fetchall()[0])

    def products(self, edition: str) -> frozenset[str]:
        """The product codes of which there is trade in an edition."""
        rows = self.relation("trade", edition=edition).project("product").distinct().fetchall()
        return frozenset(code for (code,) in rows)

    def cells_held(self, dataset: Dataset) -> duckdb.DuckDBPyRelation:
        """Year and product of every cell that a data set of trade covers."""
        return self._cursor().sql(f"FROM {cells_of(dataset, CELLS['trade'], self._keep)}")

    def reported(self, dataset: Dataset, side: str) -> dict[int, frozenset[str]]:
        """Year -> the economies whose imports (side `importer`) or exports (`exporter`) a data set of trade reports."""
        found: dict[int, set[str]] = {}
        for year, economy in self._cursor().execute(f"FROM {reporters_of(dataset, side, self._keep)}").fetchall():
            found.setdefault(year, set()).add(economy)
        return {year: frozenset(economies) for year, economies in found.items()}

    def sha256(self, tables: Sequence[str] | None = None) -> str:
        """Hash of what the given tables, or all that have a data set, are read from."""
        named = sorted({one.table for one in self._held} if tables is None else set(tables))
        return hashlib.sha256("\n".join(f"{name} {self._identity(name)}" for name in named).encode()).hexdigest()

    def close(self) -> None:
        """Give back the memory; relations made before must no longer be read."""
        with self._opening:
            if self._database is not None:
                self._database.close()
            self._database, self._own, self._kept = None, threading.local(), {}

    def _identity(self, table: str) -> str:
        if table not in CELLS:
            chosen = self.dataset(table)
            return f"{chosen.id} {chosen.sha256}"
        parts = [one for one in self._answering if one.table == table] or [self.dataset(table)]
        return " ".join(f"{one.id} {one.sha256}" for one in parts)

    def _parts(self, table: str, edition: str | None) -> tuple[Dataset, ...]:
        """The data sets that answer together; trade whose edition nobody stated is joined with its like alone."""
        parts = tuple(one for one in self._answering if one.table == table)
        if table != "trade" or not parts:
            return parts
        own = parts[0].edition if edition is None else edition
        return tuple(one for one in parts if (one.edition or UNSTATED) == (own or UNSTATED))

    def _joined_as(self, table: str, name: str) -> Joined | None:
        """The data sets that answer under the id of a joined one."""
        joined = [Joined(table, self._parts(table, edition)) for edition in (None, *self.editions(table))]
        return next((one for one in joined if len(one.parts) > 1 and one.id == name), None)

    def _keep(self, select: str) -> str:
        """Rows of a select kept in memory, looked for once; the name to select them by."""
        with self._opening:
            if select not in self._kept:
                name = f"kept_{len(self._kept)}"
                self._cursor().execute(f"CREATE TABLE {name} AS {select}")
                self._kept[select] = name
            return self._kept[select]

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._own, "cursor", None)
        if cursor is None:
            with self._opening:
                if self._database is None:
                    import duckdb  # here, so that listings which read no facts do not load it

                    self._database = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
                cursor = self._own.cursor = self._database.cursor()
            # DuckDB would draw a bar of its own into the output of long queries on a terminal.
            cursor.execute("SET enable_progress_bar = false")
        return cursor


def open_facts(
    workspace: Path | None = None,
    *,
    prefer: Sequence[str] = (),
    only: Sequence[str] = (),
    without: Sequence[str] = (),
) -> Facts:
    """The built-in facts and, with a workspace, its own; `prefer`, `only` and `without` as for `Facts`."""
    roots = [builtin_root()] + ([facts_root(workspace)] if workspace is not None else [])
    return Facts(roots, prefer=prefer, only=only, without=without)
