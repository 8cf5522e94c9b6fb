"""What a reader of multi-regional input-output tables hands over: one year as published, in million USD."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ostra.words.economies import REST_OF_WORLD

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class MrioTable:
    """One year of a table; the node of economy number e and sector number s is `e * len(sectors) + s`.

    Parameters
    ----------
    year
        Calendar year of the flows.
    economies
        ISO alpha-3 codes, codes of blocs that the source does not split, ZZZ for the rest of the world.
    sectors
        The source's own code of each sector -> its name in words, in the source's order.
    flows
        n × n, million USD: what the row's node sells to the column's node as an intermediate input.
    destinations
        Economies of the final users; the single entry ZZZ where the source does not tell them apart.
    final
        n × destinations, million USD: sales to final users, without those in `stocks` and `discrepancy`.
    output
        n, million USD: gross output as the source states it.
    stocks
        n × destinations, million USD: changes in stocks, where the source has them apart.
    discrepancy
        n, million USD: what the source books as statistical discrepancy of the row.
    value_added, taxes
        n, million USD: by the column's node; None where the source cannot tell.
    notes
        Which rule was applied to what, in plain sentences.
    """

    year: int
    economies: tuple[str, ...]
    sectors: dict[str, str]
    flows: Matrix
    destinations: tuple[str, ...]
    final: Matrix
    output: Vector
    stocks: Matrix | None = None
    discrepancy: Vector | None = None
    value_added: Vector | None = None
    taxes: Vector | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def size(self) -> int:
        """Number of nodes."""
        return len(self.economies) * len(self.sectors)

    def node(self, number: int) -> str:
        """A node in words: economy, code and name of the sector."""
        code, name = list(self.sectors.items())[number % len(self.sectors)]
        label = code if name == code else f"{code} {name}"
        return f"{self.economies[number // len(self.sectors)]} {label}"

    def all_final(self) -> Matrix:
        """Sales to final users with changes in stocks and the statistical discrepancy; n × destinations.

        A discrepancy belongs to the seller and counts as a sale at home, else (destinations not told apart) as a sale
        like any other, so that rows add up to output.
        """
        total = self.final if self.stocks is None else self.final + self.stocks
        if self.discrepancy is None:
            return total
        total = total.copy()
        rows = np.arange(self.size)
        told_apart = self.destinations != (REST_OF_WORLD,)
        at_home = [
            self.destinations.index(code) if told_apart and code in self.destinations else 0 for code in self.economies
        ]
        total[rows, np.repeat(at_home, len(self.sectors))] += self.discrepancy
        return total
