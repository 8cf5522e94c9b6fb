"""Vectors of numbers in code that is being generated: loaded from rows of arrays, spread, repeated, compared."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils

NUMBER = ir.DoubleType()
INDEX = ir.IntType(64)


class Row:
    """Row `number` of an array, in the code that is being generated; `width` numbers, taken as one vector."""

    def __init__(
        self, context: Any, builder: Any, width: int, kind: Any, array: Any, number: Any, long: int = 1
    ) -> None:
        data = context.make_array(kind)(context, builder, array).data
        start = builder.gep(data, [builder.mul(number, ir.Constant(INDEX, width))])
        self.builder = builder
        self.pointer = builder.bitcast(start, ir.VectorType(NUMBER, width * long).as_pointer())

    def load(self) -> Any:
        return self.builder.load(self.pointer, align=8)

    def store(self, vector: Any) -> None:
        self.builder.store(vector, self.pointer, align=8)


def entry(context: Any, builder: Any, kind: Any, array: Any, number: Any) -> Any:
    """Entry `number` of a flat array; whole numbers as an index."""
    value = builder.load(builder.gep(context.make_array(kind)(context, builder, array).data, [number]))
    return value if kind.dtype == types.float64 else context.cast(builder, value, kind.dtype, types.int64)


def check(lanes: Any, *kinds: Any) -> None:
    """Refuse what the code below would misread, while compiling."""
    if not isinstance(lanes, types.UniTuple):
        raise TypeError(f"lanes are told by a tuple with an entry for each, not {lanes}")
    for kind in kinds:
        if kind.layout != "C":
            raise TypeError(f"an array of lanes must be contiguous, not {kind}")


def constant(width: int, number: float) -> Any:
    return ir.Constant(ir.VectorType(NUMBER, width), [number] * width)


def spread(builder: Any, number: Any, width: int) -> Any:
    """One number in every lane."""
    undefined = ir.Constant(ir.VectorType(NUMBER, width), ir.Undefined)
    single = builder.insert_element(undefined, number, place(0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), width), [0] * width)
    return builder.shuffle_vector(single, undefined, zeros)


def repeated(builder: Any, vector: Any, times: int) -> Any:
    """A vector several times, one after the other."""
    return shuffled(builder, vector, list(range(vector.type.count)) * times)


def stretched(builder: Any, vector: Any, times: int) -> Any:
    """Each number of a vector several times."""
    return shuffled(builder, vector, [number for number in range(vector.type.count) for _ in range(times)])


def shuffled(builder: Any, vector: Any, numbers: list[int]) -> Any:
    """These numbers of a vector."""
    mask = ir.Constant(ir.VectorType(ir.IntType(32), len(numbers)), numbers)
    return builder.shuffle_vector(vector, ir.Constant(vector.type, ir.Undefined), mask)


def place(number: int) -> Any:
    """Of a number in a vector."""
    return ir.Constant(ir.IntType(32), number)


def chosen(builder: Any, sign: str, one: Any, other: Any) -> Any:
    """In every lane `one` where it is larger (>) or smaller (<) than `other`, which also stands for not a number."""
    return builder.select(builder.fcmp_ordered(sign, one, other), one, other)


def slot(builder: Any, value: Any) -> Any:
    """A place for a vector, which the compiler turns into a register."""
    return cgutils.alloca_once_value(builder, value)  # type: ignore[no-untyped-call]


def fused(builder: Any, kind: Any) -> Any:
    """Multiply and add in one operation, rounded once."""
    name = f"llvm.fma.v{kind.count}f64" if isinstance(kind, ir.VectorType) else "llvm.fma.f64"
    return cgutils.get_or_insert_function(builder.module, ir.FunctionType(kind, [kind] * 3), name)  # type: ignore[no-untyped-call]


def nothing(context: Any) -> Any:
    """What a function that returns nothing returns."""
    return cgutils.get_null_value(context.get_value_type(types.none))  # type: ignore[no-untyped-call]
