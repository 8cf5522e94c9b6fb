"""Open a table for a question: its factorisation, home and partner in it, and where the answer comes from."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ostra.ecosystem.input_output.coefficients import Chains, Nodes
from ostra.ecosystem.input_output.groups import Group, group
from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.errors import UsageError
from ostra.facts.citing import cite
from ostra.model.evidence import Provenance
from ostra.model.listing import Listing
from ostra.progress import Advance, quiet
from ostra.words import economies
from ostra.workspace import Workspace

STEPS = 4  # reading, factorising, solving, listing


@dataclass(frozen=True)
class HomeTable:
    """An input-output table opened for questions of one home.

    Parameters
    ----------
    chains
        The table and its factorisation.
    home
        Home in the table.
    source
        The data set, as it is cited.
    advance
        Told how far it got.
    """

    chains: Chains
    home: Group
    source: str
    advance: Advance

    @property
    def table(self) -> InputOutputTable:
        """The table asked."""
        return self.chains.table

    def side(self, code: str) -> Group:
        """Another economy or bloc in the table; not home, nor a part of it.

        Raises
        ------
        NotFoundError
            There is no such economy, or the table does not tell it apart.
        UsageError
            It shares economies with home.
        """
        rest = code.upper() == economies.REST_OF_WORLD
        side = economies.Home(code.upper(), economies.economy_name(code.upper()), False) if rest else None
        found = group(self.table, side or economies.home(code))
        shared = sorted({*found.economies} & {*self.home.economies})
        if shared:
            raise UsageError(
                f"{found.code} and home {self.home.code} share {', '.join(shared)}; name an economy outside home"
            )
        return found

    def partners(self) -> list[Group]:
        """Home first, then all economies outside home, in the table's order."""
        return [self.home, *self.others()]

    def others(self) -> list[Group]:
        """All economies outside home, in the table's order.

        Raises
        ------
        UsageError
            The table has none.
        """
        codes = [code for code in self.table.economies if code not in self.home.economies]
        if not codes:
            raise UsageError(f"table '{self.table.dataset}' has no economy outside home {self.home.code}")
        return [Group(code, economies.economy_name(code), (code,)) for code in codes]

    def sector_name(self, sector: int) -> str:
        """A sector in words, with its code."""
        code, name = self.table.sectors[sector], self.table.sector_names[sector]
        return code if code == name else f"{name} ({code})"

    def active(self, nodes: Nodes) -> bool:
        """Whether any of the nodes has output."""
        return bool((~self.chains.idle[nodes]).any())

    def answer(
        self,
        frame: pl.DataFrame,
        title: str,
        method: str,
        summary: str,
        filters: dict[str, str],
        caveats: tuple[str, ...] = (),
    ) -> Listing:
        """The listing with home, year, source and caveats; floats that are not known are null."""
        members = len(self.home.economies)
        inside = f"; its {members} economies in the table count as one" if members > 1 else ""
        self.advance(STEPS, STEPS)
        return Listing(
            frame.with_columns(pl.col(pl.Float64).fill_nan(None)),
            Provenance(
                title=title,
                filters={
                    "home": f"{economies.code_and_name(self.home.code)}{inside}",
                    "year": str(self.table.year),
                    **filters,
                },
                sources=(self.source,),
                method=method,
                caveats=tuple(dict.fromkeys((*caveats, *self.home.caveats, *self.chains.caveats))),
            ),
            summary,
        )


def open_table(
    workspace: Workspace, home: str, dataset: str | None = None, year: int | None = None, advance: Advance = quiet
) -> HomeTable:
    """Read a table and factorise it.

    Parameters
    ----------
    home
        Country or bloc, by code or name.
    dataset, year
        As for `Workspace.input_output`.
    advance
        Called with (done, total).

    Raises
    ------
    NotFoundError
        No such data set, year or economy.
    MethodError
        The table cannot be solved.
    """
    advance(0, STEPS)
    table = workspace.input_output(dataset, year)
    side = group(table, economies.home(home))
    advance(1, STEPS)
    chains = Chains(table)
    advance(2, STEPS)
    return HomeTable(chains, side, cite(workspace.facts.dataset("input_output", dataset)), advance)
