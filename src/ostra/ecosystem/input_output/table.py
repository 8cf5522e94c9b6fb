"""A multi-regional input-output table in memory: who sells how much to whom, and what is made of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ostra.errors import MethodError, NotFoundError

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class InputOutputTable:
    """One year of a multi-regional table, all money in million USD at current prices.

    The node of economy number e and sector number s is row and column `e * len(sectors) + s`.

    Parameters
    ----------
    dataset, year
        The facts that the table was read from.
    economies
        ISO alpha-3 codes, blocs that the table does not split (such as EU27), or ZZZ for the rest of the world.
    sectors, sector_names
        The table's own codes, and their names in words; the same sectors in every economy.
    flows
        n × n: what the row's node sells to the column's node as an intermediate input.
    final
        n × len(destinations): what the node sells to final users in each destination, changes in stocks included.
    destinations
        Economies of the final users; the single entry ZZZ where the table does not tell them apart.
    output
        n: gross output.
    value_added
        n: value added at basic prices; None where the table cannot tell it from taxes and from inputs that it omits.
    caveats
        What was mended or is missing, in plain sentences.
    """

    dataset: str
    year: int
    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    sector_names: tuple[str, ...]
    flows: Matrix
    final: Matrix
    destinations: tuple[str, ...]
    output: Vector
    value_added: Vector | None = None
    caveats: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n = self.size
        shapes = {
            "flows": (self.flows.shape, (n, n)),
            "final": (self.final.shape, (n, len(self.destinations))),
            "output": (self.output.shape, (n,)),
            "sector_names": ((len(self.sector_names),), (len(self.sectors),)),
        }
        if self.value_added is not None:
            shapes["value_added"] = (self.value_added.shape, (n,))
        wrong = [f"{name} is {got}, not {wanted}" for name, (got, wanted) in shapes.items() if got != wanted]
        if wrong:
            raise MethodError(f"input-output table '{self.dataset}' does not fit together: {'; '.join(wrong)}")

    @property
    def size(self) -> int:
        """Number of nodes: economies × sectors."""
        return len(self.economies) * len(self.sectors)

    def nodes_of(self, economy: str) -> slice:
        """The rows and columns of one economy.

        Raises
        ------
        NotFoundError
            The table has no such economy; the message lists those it has.
        """
        if economy not in self.economies:
            raise NotFoundError(f"table '{self.dataset}' has no economy {economy}. It has: {', '.join(self.economies)}")
        start = self.economies.index(economy) * len(self.sectors)
        return slice(start, start + len(self.sectors))

    def sector_number(self, sector: str) -> int:
        """The number of a sector: by code, by name, or by words that only one name begins with or, else, contains.

        Raises
        ------
        NotFoundError
            No sector fits, or several do; the message lists them.
        """
        wanted = sector.casefold()
        codes = [code.casefold() for code in self.sectors]
        names = [name.casefold() for name in self.sector_names]
        for exact in (codes, names):
            if wanted in exact:
                return exact.index(wanted)
        beginning = [number for number, name in enumerate(names) if name.startswith(wanted)]
        fitting = [number for number, name in enumerate(names) if wanted in name]
        for found in (beginning, fitting):
            if len(found) == 1:
                return found[0]
        shown = fitting or range(len(self.sectors))
        listed = ", ".join(f"{self.sectors[number]} ({self.sector_names[number]})" for number in shown)
        raise NotFoundError(
            f"{'several sectors fit' if fitting else 'no sector fits'} '{sector}'. "
            f"{'They are' if fitting else 'There are'}: {listed}"
        )
