"""Sums of flows in all lanes at once: the few loops in which most of the time is spent.

Numba compiles plain loops over the lanes to the same results, at less than half of the speed, because it cannot know
that sums and the rows added to them do not overlap. Here the vector instructions are written out, and sums stay in
registers. Arrays of numbers are rows × lanes, contiguous, of double precision. The first argument of every function is
a tuple with one entry for each lane, so that the number of lanes is known when the code is compiled, once for each
number that is used.

A sum over suppliers runs in four parts, flow after flow in turn, by fused multiply-add; what is left of a multiple of
four goes to the first part. Then (first + second) + (third + fourth) is added to the total. With many lanes a register
holds one part of several runs, with one lane it holds the four parts of one run: the same operations, hence the same
bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from ostra.scenario.simulation.vectors import (
    INDEX,
    NUMBER,
    Row,
    check,
    chosen,
    constant,
    entry,
    fused,
    nothing,
    place,
    slot,
    spread,
)

LANES = 16
"""Runs that go through the loops together in a batch: two wide registers of the processor."""

FEW = 4
"""So many runs or fewer go through the loops one by one."""

PARTS = 4
"""Parts of a sum that run beside one another, so that an addition does not wait for the one before."""

WIDE = 8
"""Sellers whose orders are added to at once if there is one lane."""

ALIKE = {1: 8, LANES: 2}
"""By lanes: so many cells go through the loops together where they have all sellers of a product in common."""


def lanes_for(runs: int) -> int:
    """How many runs of a batch go through the loops together."""
    return 1 if runs <= FEW else LANES


class Flows:
    """The flows of one segment, at least one, in the code that is being generated."""

    def __init__(self, context: Any, builder: Any, kinds: dict[str, Any], given: dict[str, Any]) -> None:
        self.context, self.builder, self.kinds, self.given = context, builder, kinds, given
        self.start, self.stop = self.number("start"), self.number("stop")
        last = builder.sub(self.stop, ir.Constant(INDEX, 1))
        self.shift = builder.sub(self.seller(self.start), self.start)
        self.gapless = builder.icmp_signed("==", builder.sub(self.seller(last), last), self.shift)

    def number(self, name: str) -> Any:
        return self.context.cast(self.builder, self.given[name], self.kinds[name], types.int64)

    def seller(self, f: Any) -> Any:
        return entry(self.context, self.builder, self.kinds["seller"], self.given["seller"], f)

    def value(self, f: Any) -> Any:
        return entry(self.context, self.builder, self.kinds["value"], self.given["value"], f)

    def row(self, name: str, width: int, number: Any, long: int = 1) -> Row:
        return Row(self.context, self.builder, width, self.kinds[name], self.given[name], number, long)

    def fours(self, step: Callable[[Any, bool], None]) -> Any:
        """Code of `step` for each four flows; gives the first flow that is left.

        Where the sellers follow one another, as in a table without empty cells, their numbers are not read: they
        are f + shift, and `step` is told so.
        """
        builder = self.builder
        whole = builder.and_(builder.sub(self.stop, self.start), ir.Constant(INDEX, -PARTS))
        end, by = builder.add(self.start, whole), ir.Constant(INDEX, PARTS)
        with builder.if_else(self.gapless) as (then, otherwise):
            for branch, gapless in ((then, True), (otherwise, False)):
                with branch, cgutils.for_range_slice(builder, self.start, end, by, INDEX) as (f, _):
                    step(f, gapless)
        return end

    def others(self, name: str, base: Any, f: Any, gapless: bool) -> Any:
        """The numbers of four flows in an array of one lane, as one vector."""
        builder = self.builder
        if gapless:
            return self.row(name, 1, builder.add(base, builder.add(f, self.shift)), PARTS).load()
        vector = ir.Constant(ir.VectorType(NUMBER, PARTS), ir.Undefined)
        for part in range(PARTS):
            number = builder.add(base, self.seller(builder.add(f, ir.Constant(INDEX, part))))
            single = entry(self.context, builder, self.kinds[name], self.given[name], number)
            vector = builder.insert_element(vector, single, place(part))
        return vector


Sum = tuple[str, str, str, str | None]
"""Names of the totals, their row, the array whose rows are added, and what their numbers start from."""


def add_up(flows: Flows, sums: Sequence[Sum], most: str | None, cells: int = 1) -> None:
    """Code for total[at] += Σ value[f] x[base + seller[f]] for each sum, and for the largest row of the last one.

    The first sum's totals hold the largest one too. For several cells with the same sellers, total[at + cell] gets the
    sum over value[f + cell · step], and each row is read once for all of them.
    """
    builder, width = flows.builder, flows.kinds["lanes"].count
    alone = width == 1
    kind = ir.VectorType(NUMBER, PARTS if alone else width)
    multiply_add = fused(builder, kind)
    zero = constant(kind.count, 0.0)
    totals = [(add, cell) for add in sums for cell in range(cells)]
    parts = [[slot(builder, zero) for _ in range(1 if alone else PARTS)] for _ in totals]
    bases = [flows.number(base) if base else ir.Constant(INDEX, 0) for _, _, _, base in sums]
    shifts = [ir.Constant(INDEX, 0)]
    for cell in range(1, cells):
        shifts.append(builder.mul(flows.number("step"), ir.Constant(INDEX, cell)))
    largest = flows.row(sums[0][0], width, flows.number(most)) if most else None
    before = largest.load() if largest else None
    if largest and alone:
        before = spread(builder, builder.extract_element(before, place(0)), PARTS)
    tops = [slot(builder, before) for _ in range(1 if alone else 2)] if most else []

    def add(values: Sequence[Any], part: int, vectors: Sequence[Any]) -> None:
        for number, places in enumerate(parts):
            factors = [values[number % cells], vectors[number // cells]]
            builder.store(builder.call(multiply_add, [*factors, builder.load(places[part])]), places[part])
        if most:
            top = tops[part % len(tops)]
            builder.store(chosen(builder, ">", vectors[-1], builder.load(top)), top)

    def add_row(f: Any, part: int, number: Any) -> None:
        values = [spread(builder, flows.value(builder.add(f, shift)), width) for shift in shifts]
        rows = (flows.row(x, width, builder.add(base, number)) for (_, _, x, _), base in zip(sums, bases, strict=True))
        add(values, part, [row.load() for row in rows])

    def step(f: Any, gapless: bool) -> None:
        if alone:
            vectors = [flows.others(x, base, f, gapless) for (_, _, x, _), base in zip(sums, bases, strict=True)]
            add([flows.row("value", 1, builder.add(f, shift), PARTS).load() for shift in shifts], 0, vectors)
            return
        for part in range(PARTS):
            one = builder.add(f, ir.Constant(INDEX, part))
            add_row(one, part, builder.add(one, flows.shift) if gapless else flows.seller(one))

    left = flows.fours(step)
    if alone:  # from here on each part, and the largest, is a vector of its own
        parts = [[slot(builder, taken(builder, places[0], part)) for part in range(PARTS)] for places in parts]
        tops = [slot(builder, taken(builder, tops[0], part)) for part in range(PARTS)] if most else []
        multiply_add = fused(builder, ir.VectorType(NUMBER, 1))
    with cgutils.for_range_slice(builder, left, flows.stop, ir.Constant(INDEX, 1), INDEX) as (f, _):
        add_row(f, 0, flows.seller(f))
    for ((name, at, _, _), cell), places in zip(totals, parts, strict=True):
        one, two, three, four = (builder.load(part) for part in places)
        total = flows.row(name, width, builder.add(flows.number(at), ir.Constant(INDEX, cell)))
        total.store(builder.fadd(total.load(), builder.fadd(builder.fadd(one, two), builder.fadd(three, four))))
    if largest:
        found = builder.load(tops[0])
        for top in tops[1:]:
            found = chosen(builder, ">", found, builder.load(top))
        largest.store(found)


def taken(builder: Any, vectors: Any, part: int) -> Any:
    """One number of a vector, as a vector of one lane."""
    return spread(builder, builder.extract_element(builder.load(vectors), place(part)), 1)


def generator(names: Sequence[str], sums: Sequence[Sum], most: str | None = None) -> Callable[..., Any]:
    """Code for a function of these arguments that adds up flows; `cells` among them tells of how many cells."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = dict(zip(names, signature.args, strict=True))
        cells = kinds["cells"].count if "cells" in kinds else 1
        add_up(Flows(context, builder, kinds, dict(zip(names, arguments, strict=True))), sums, most, cells)
        return nothing(context)

    return generate


def add_lines_in_code(
    typing: Any,
    lanes: Any,
    cells: Any,
    total: Any,
    at: Any,
    x: Any,
    base: Any,
    seller: Any,
    value: Any,
    start: Any,
    stop: Any,
    step: Any,
) -> Any:
    """total[at] += Σ value[f] x[base + seller[f]] over f from start to stop, in every lane.

    For several cells with the same sellers, total[at + cell] += Σ value[f + cell · step] x[base + seller[f]].
    """
    check(lanes, total, x, seller, value)
    names = ("lanes", "cells", "total", "at", "x", "base", "seller", "value", "start", "stop", "step")
    given = (lanes, cells, total, at, x, base, seller, value, start, stop, step)
    return types.none(*given), generator(names, [("total", "at", "x", "base")])


def weigh_line_in_code(
    typing: Any,
    lanes: Any,
    total: Any,
    at: Any,
    x: Any,
    base: Any,
    keep: Any,
    y: Any,
    seller: Any,
    value: Any,
    start: Any,
    stop: Any,
) -> Any:
    """`add_lines` for one cell, and total[keep] += Σ value[f] y[seller[f]]."""
    check(lanes, total, x, y, seller, value)
    names = ("lanes", "total", "at", "x", "base", "keep", "y", "seller", "value", "start", "stop")
    given = (lanes, total, at, x, base, keep, y, seller, value, start, stop)
    return types.none(*given), generator(names, [("total", "at", "x", "base"), ("total", "keep", "y", None)])


def weigh_largest_in_code(
    typing: Any,
    lanes: Any,
    total: Any,
    at: Any,
    x: Any,
    base: Any,
    keep: Any,
    y: Any,
    most: Any,
    seller: Any,
    value: Any,
    start: Any,
    stop: Any,
) -> Any:
    """The same, and total[most] = the largest of itself and all y[seller[f]]."""
    check(lanes, total, x, y, seller, value)
    names = ("lanes", "total", "at", "x", "base", "keep", "y", "most", "seller", "value", "start", "stop")
    given = (lanes, total, at, x, base, keep, y, most, seller, value, start, stop)
    return types.none(*given), generator(names, [("total", "at", "x", "base"), ("total", "keep", "y", None)], "most")


def ask_lines_in_code(
    typing: Any,
    lanes: Any,
    cells: Any,
    asked: Any,
    base: Any,
    x: Any,
    at: Any,
    seller: Any,
    value: Any,
    start: Any,
    stop: Any,
    step: Any,
) -> Any:
    """asked[base + seller[f]] += value[f] x[at] for every f from start to stop, in every lane.

    For several cells with the same sellers, one after the other: value[f + cell · step] x[at + cell].
    """
    check(lanes, asked, x, seller, value)
    names = ("lanes", "cells", "asked", "base", "x", "at", "seller", "value", "start", "stop", "step")

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = dict(zip(names, signature.args, strict=True))
        hand_out(Flows(context, builder, kinds, dict(zip(names, arguments, strict=True))), kinds["cells"].count)
        return nothing(context)

    return types.none(lanes, cells, asked, base, x, at, seller, value, start, stop, step), generate


def hand_out(flows: Flows, cells: int) -> None:
    """Code for asked[base + seller[f]] += value[f] x[at], cell by cell."""
    builder, width = flows.builder, flows.kinds["lanes"].count
    base, at, step = flows.number("base"), flows.number("at"), flows.number("step")
    numbers = [ir.Constant(INDEX, cell) for cell in range(cells)]
    rows = [flows.row("x", width, builder.add(at, number)).load() for number in numbers]
    shifts = [builder.mul(step, number) for number in numbers]

    def add(f: Any, number: Any, long: int) -> None:
        """Add to `long` rows that follow one another; several only if there is one lane."""
        to = flows.row("asked", width, builder.add(base, number), long)
        total = to.load()
        for row, shift in zip(rows, shifts, strict=True):
            if long > 1:
                value = flows.row("value", 1, builder.add(f, shift), long).load()
                factor = spread(builder, builder.extract_element(row, place(0)), long)
            else:
                value, factor = spread(builder, flows.value(builder.add(f, shift)), width), row
            total = builder.call(fused(builder, value.type), [value, factor, total])
        to.store(total)

    def run(first: Any, long: int, gapless: bool) -> Any:
        end = builder.add(first, builder.and_(builder.sub(flows.stop, first), ir.Constant(INDEX, -long)))
        with cgutils.for_range_slice(builder, first, end, ir.Constant(INDEX, long), INDEX) as (f, _):
            add(f, builder.add(f, flows.shift) if gapless else flows.seller(f), long)
        return end

    with builder.if_else(flows.gapless) as (then, otherwise):
        with then:
            run(run(flows.start, WIDE, True) if width == 1 else flows.start, 1, True)
        with otherwise:
            run(flows.start, 1, False)


# To those who call them they are plain functions of the remaining arguments.
weigh_line: Any = intrinsic(weigh_line_in_code)
weigh_largest: Any = intrinsic(weigh_largest_in_code)
add_lines: Any = intrinsic(add_lines_in_code)
ask_lines: Any = intrinsic(ask_lines_in_code)
