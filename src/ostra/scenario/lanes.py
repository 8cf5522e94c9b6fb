"""Arithmetic on all lanes at once: the few loops in which nearly all of the time is spent.

Numba compiles plain loops over the lanes to the same results, at less than half of the speed, because it cannot know
that sums and the rows added to them do not overlap. Here the vector instructions are written out, and sums stay in
registers.
Arrays of numbers are rows × `LANES`, contiguous, of double precision.

Numba keeps compiled loops until kernels.py changes and does not look into this file: who changes it, counts up
`kernels.EDITION`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 8
"""Runs that go through the loops together: one wide register of the processor."""

VECTOR = ir.VectorType(ir.DoubleType(), LANES)
INDEX = ir.IntType(64)


class Row:
    """Row `number` of an array, in the code that is being generated."""

    def __init__(self, context: Any, builder: Any, kind: Any, array: Any, number: Any) -> None:
        data = context.make_array(kind)(context, builder, array).data
        start = builder.gep(data, [builder.mul(number, ir.Constant(INDEX, LANES))])
        self.builder = builder
        self.pointer = builder.bitcast(start, VECTOR.as_pointer())

    def load(self) -> Any:
        return self.builder.load(self.pointer, align=8)

    def store(self, vector: Any) -> None:
        self.builder.store(vector, self.pointer, align=8)


def entry(context: Any, builder: Any, kind: Any, array: Any, number: Any) -> Any:
    """Entry `number` of a flat array; whole numbers as an index."""
    value = builder.load(builder.gep(context.make_array(kind)(context, builder, array).data, [number]))
    return value if kind.dtype == types.float64 else context.cast(builder, value, kind.dtype, types.int64)


def check(*kinds: Any) -> None:
    """Refuse arrays that the code below would misread, while compiling."""
    for kind in kinds:
        if kind.layout != "C":
            raise TypeError(f"an array of lanes must be contiguous, not {kind}")


def spread(builder: Any, number: Any) -> Any:
    """One number in every lane."""
    single = builder.insert_element(ir.Constant(VECTOR, ir.Undefined), number, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(single, ir.Constant(VECTOR, ir.Undefined), zeros)


def chosen(builder: Any, sign: str, one: Any, other: Any) -> Any:
    """In every lane `one` where it is larger (>) or smaller (<) than `other`, which also stands for not a number."""
    return builder.select(builder.fcmp_ordered(sign, one, other), one, other)


def by_fours(builder: Any, start: Any, stop: Any, step: Callable[[Any, int], None]) -> None:
    """Call `step(first, count)` for the numbers from start to stop: in fours, then one by one."""
    whole = builder.add(start, builder.and_(builder.sub(stop, start), ir.Constant(INDEX, -4)))
    with cgutils.for_range_slice(builder, start, whole, ir.Constant(INDEX, 4), INDEX) as (first, _):
        step(first, 4)
    with cgutils.for_range_slice(builder, whole, stop, ir.Constant(INDEX, 1), INDEX) as (first, _):
        step(first, 1)


def generator(most: bool) -> Callable[[Any, Any, Any, Any], Any]:
    """Code for `add_line` (without the largest) and `weigh_line` (with it).

    The sum runs in four parts, each by fused multiply-add: (first + second) + (third + fourth) is added to the total.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = dict(zip(NAMES, signature.args, strict=True))
        given = dict(zip(NAMES, arguments, strict=True))
        number = {
            name: context.cast(builder, given[name], kinds[name], types.int64)
            for name in ("at", "base", "start", "stop")
        }
        total = Row(context, builder, kinds["total"], given["total"], number["at"])
        zero = ir.Constant(VECTOR, [0.0] * LANES)
        three_vectors = ir.FunctionType(VECTOR, [VECTOR] * 3)
        fused = cgutils.get_or_insert_function(builder.module, three_vectors, f"llvm.fma.v{LANES}f64")  # type: ignore[no-untyped-call]
        parts = [slot(builder, zero) for _ in range(4)]
        largest = Row(context, builder, kinds["most"], given["most"], number["at"])
        tops = [slot(builder, largest.load()) for _ in range(2)] if most else []

        def step(first: Any, count: int) -> None:
            for offset in range(count):
                f = builder.add(first, ir.Constant(INDEX, offset))
                other = entry(context, builder, kinds["other"], given["other"], f)
                vector = Row(context, builder, kinds["x"], given["x"], builder.add(number["base"], other)).load()
                value = spread(builder, entry(context, builder, kinds["value"], given["value"], f))
                part = parts[offset]
                builder.store(builder.call(fused, [value, vector, builder.load(part)]), part)
                if most:
                    top = tops[offset % 2]
                    builder.store(chosen(builder, ">", vector, builder.load(top)), top)

        by_fours(builder, number["start"], number["stop"], step)
        one, two, three, four = (builder.load(part) for part in parts)
        together = builder.fadd(builder.fadd(one, two), builder.fadd(three, four))
        total.store(builder.fadd(total.load(), together))
        if most:
            largest.store(chosen(builder, ">", builder.load(tops[0]), builder.load(tops[1])))
        return cgutils.get_null_value(context.get_value_type(types.none))  # type: ignore[no-untyped-call]

    return generate


def slot(builder: Any, value: Any) -> Any:
    """A place for a vector, which the compiler turns into a register."""
    return cgutils.alloca_once_value(builder, value)  # type: ignore[no-untyped-call]


NAMES = ("total", "most", "at", "x", "base", "other", "value", "start", "stop")
"""What `add_line` and `weigh_line` are given."""


def add_line_in_code(
    typing: Any, total: Any, most: Any, at: Any, x: Any, base: Any, other: Any, value: Any, start: Any, stop: Any
) -> Any:
    """total[at] += Σ value[f] x[base + other[f]] over f from start to stop, in every lane; `most` is left alone."""
    check(total, most, x, other, value)
    return types.none(total, most, at, x, base, other, value, start, stop), generator(most=False)


def weigh_line_in_code(
    typing: Any, total: Any, most: Any, at: Any, x: Any, base: Any, other: Any, value: Any, start: Any, stop: Any
) -> Any:
    """The same, and most[at] = the largest of itself and all x[base + other[f]]."""
    check(total, most, x, other, value)
    return types.none(total, most, at, x, base, other, value, start, stop), generator(most=True)


def least_row_in_code(typing: Any, least: Any, at: Any, x: Any, number: Any) -> Any:
    """least[at] = the smaller of itself and x[number], in every lane; what is not a number does not count."""
    check(least, x)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        places = [context.cast(builder, arguments[n], signature.args[n], types.int64) for n in (1, 3)]
        to = Row(context, builder, signature.args[0], arguments[0], places[0])
        vector = Row(context, builder, signature.args[2], arguments[2], places[1]).load()
        to.store(chosen(builder, "<", vector, to.load()))
        return cgutils.get_null_value(context.get_value_type(types.none))  # type: ignore[no-untyped-call]

    return types.none(least, at, x, number), generate


def copy_row_in_code(typing: Any, to: Any, at: Any, x: Any, number: Any) -> Any:
    """to[at] = x[number], in every lane."""
    check(to, x)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        places = [context.cast(builder, arguments[n], signature.args[n], types.int64) for n in (1, 3)]
        vector = Row(context, builder, signature.args[2], arguments[2], places[1]).load()
        Row(context, builder, signature.args[0], arguments[0], places[0]).store(vector)
        return cgutils.get_null_value(context.get_value_type(types.none))  # type: ignore[no-untyped-call]

    return types.none(to, at, x, number), generate


def set_row_in_code(typing: Any, to: Any, at: Any, value: Any) -> Any:
    """to[at] = value, in every lane."""
    check(to)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = context.cast(builder, arguments[1], signature.args[1], types.int64)
        number = context.cast(builder, arguments[2], signature.args[2], types.float64)
        Row(context, builder, signature.args[0], arguments[0], place).store(spread(builder, number))
        return cgutils.get_null_value(context.get_value_type(types.none))  # type: ignore[no-untyped-call]

    return types.none(to, at, value), generate


# To those who call them they are plain functions of the remaining arguments.
add_line: Any = intrinsic(add_line_in_code)
weigh_line: Any = intrinsic(weigh_line_in_code)
least_row: Any = intrinsic(least_row_in_code)
copy_row: Any = intrinsic(copy_row_in_code)
set_row: Any = intrinsic(set_row_in_code)
