"""Numbers that a scenario leaves open: the middle, the mild and the severe end, and draws by seed and run.

Each open number has a stream of its own, made from the seed and its name, and draw k of it is the k-th number of that
stream. So run k is the same whatever the size of the batch and whatever other numbers are open.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ostra.errors import MethodError
from ostra.model.base import Interval
from ostra.model.scenario import Range

Array = NDArray[np.float64]
Written = float | Range[float] | Interval
Hurts = Literal[-1, 1]
FIXED = ("middle", "mild", "severe")
"""The runs that come before the draws where anything is open; the first alone where nothing is."""


@dataclass(frozen=True)
class Parameter:
    """One number of a scenario, with what is known of it.

    Attributes
    ----------
    name
        The entry and the key, such as `gallium.share`.
    low, middle, high
        The ends, and the middle: the mode, or halfway where none is given.
    mode
        None where any value between the ends is alike.
    hurts
        1 if more of it makes losses larger, −1 if smaller.
    """

    name: str
    low: float
    middle: float
    high: float
    mode: float | None
    unit: str
    hurts: Hurts
    origin: str
    reason: str
    source: str = ""  # of the scenario's, if it is cited

    @property
    def open(self) -> bool:
        """Whether it is not known exactly."""
        return self.low < self.high

    def at(self, part: Array) -> Array:
        """The values below which these parts of all draws lie (the inverse of the distribution)."""
        if self.mode is None or not self.open:
            return self.low + part * (self.high - self.low)
        width, rise = self.high - self.low, self.mode - self.low
        peak = rise / width
        left = self.low + np.sqrt(part * width * rise)
        right = self.high - np.sqrt((1.0 - part) * width * (self.high - self.mode))
        return np.where(part < peak, left, right)


@dataclass
class Draws:
    """Values of all parameters in all runs: `FIXED` first, then the draws.

    Parameters
    ----------
    count
        How many draws are wanted, 0 or more.
    seed
        0 or more.
    anything_open
        Whether the scenario leaves anything open; otherwise there is one run.
    """

    count: int
    seed: int
    anything_open: bool
    parameters: list[Parameter] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.count < 0 or self.seed < 0:
            raise MethodError(f"runs and seed are 0 or more; found {self.count} and {self.seed}")

    @property
    def runs(self) -> int:
        """All runs of the batch."""
        return len(FIXED) + self.count if self.anything_open else 1

    def values(self, parameter: Parameter) -> Array:
        """The parameter in every run."""
        self.parameters.append(parameter)
        if not parameter.open:
            return np.full(self.runs, parameter.middle)
        ends = (parameter.low, parameter.high)
        mild, severe = ends if parameter.hurts > 0 else ends[::-1]
        fixed = np.array([parameter.middle, mild, severe])
        # CRC-32 only tells names apart; it is the same on every machine, as Python's own hash is not.
        stream = np.random.default_rng([self.seed, zlib.crc32(parameter.name.encode("utf-8"))])
        return np.concatenate([fixed, parameter.at(stream.random(self.count))])


def parameter(
    name: str, written: Written, *, unit: str, hurts: Hurts, origin: str, reason: str, source: str = ""
) -> Parameter:
    """A parameter from what the document says: a number, a range or an interval."""
    mode = None
    if isinstance(written, int | float):
        low = high = float(written)
    elif isinstance(written, Interval):
        low, high = written.low, written.high
    else:
        low, high, mode = written.ends()
    middle = (low + high) / 2.0 if mode is None else mode
    return Parameter(name, low, middle, high, mode, unit, hurts, origin, reason, source)
