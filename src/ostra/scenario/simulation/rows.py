"""Arithmetic on single rows, in all lanes at once: what happens in one cell beside its sums.

As in lanes.py the vector instructions are written out, for the same reason. `rows` is the place for what is known of
the cells at hand: for each of the quantities below a row for each of the cells that go together, `lanes.ALIKE`. Cells
that follow one another lie side by side in every array, so that several are handled as one, in wider vectors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from ostra.scenario.simulation.lanes import ALIKE
from ostra.scenario.simulation.vectors import (
    INDEX,
    Row,
    check,
    chosen,
    constant,
    nothing,
    repeated,
    slot,
    spread,
    stretched,
)

GOT, EXTRA, KEEP, MOST, SHARE, ALLOWED, NEXT, TOP, QUANTITIES = range(9)
"""Differences from the usual day: what unhindered suppliers deliver of each order, what the others deliver, the weights
of the suppliers tomorrow, together and the largest. Then: the usual share of unhindered suppliers, output that the
stock allows, tomorrow's order in money, and the largest weight of all sellers of the product."""

SCARCE = 1e-9
"""When all suppliers together keep less than this part of their usual weight, the order multiplier grows no more."""


class Rows:
    """What the arguments of one function name, in the code that is being generated, for one or several cells."""

    def __init__(self, names: tuple[str, ...], context: Any, builder: Any, signature: Any, arguments: Any) -> None:
        self.context, self.builder = context, builder
        self.kinds = dict(zip(names, signature.args, strict=True))
        self.given = dict(zip(names, arguments, strict=True))
        self.width = self.kinds["lanes"].count
        self.cells = self.kinds["cells"].count if "cells" in names else 1

    def row(self, array: str, number: str | int) -> Row:
        """The rows of the cells in an array: those of a quantity, or those from the one on that an argument tells."""
        at = ir.Constant(INDEX, number * ALIKE[self.width]) if isinstance(number, int) else self.index(number)
        return Row(self.context, self.builder, self.width, self.kinds[array], self.given[array], at, self.cells)

    def same(self, array: str, number: str) -> Any:
        """One row, the same for every cell."""
        row = Row(self.context, self.builder, self.width, self.kinds[array], self.given[array], self.index(number))
        return repeated(self.builder, row.load(), self.cells)

    def each(self, array: str, number: str) -> Any:
        """A number for each cell, in every lane."""
        row = Row(self.context, self.builder, 1, self.kinds[array], self.given[array], self.index(number), self.cells)
        return stretched(self.builder, row.load(), self.width)

    def index(self, name: str) -> Any:
        return self.context.cast(self.builder, self.given[name], self.kinds[name], types.int64)

    def number(self, name: str) -> Any:
        """A number, the same for every cell and in every lane."""
        single = self.context.cast(self.builder, self.given[name], self.kinds[name], types.float64)
        return spread(self.builder, single, self.width * self.cells)

    def all(self, number: float) -> Any:
        return constant(self.width * self.cells, number)


def row_generator(names: tuple[str, ...], step: Callable[[Rows], None]) -> Callable[..., Any]:
    """Code of `step` for a function of these arguments."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        step(Rows(names, context, builder, signature, arguments))
        return nothing(context)

    return generate


def set_row_in_code(typing: Any, lanes: Any, to: Any, at: Any, value: Any) -> Any:
    """to[at] = value, in every lane."""
    check(lanes, to)

    def step(code: Rows) -> None:
        code.row("to", "at").store(code.number("value"))

    return types.none(lanes, to, at, value), row_generator(("lanes", "to", "at", "value"), step)


def set_cells_in_code(typing: Any, lanes: Any, cells: Any, rows: Any, at: Any, x: Any, number: Any) -> Any:
    """rows[at + cell] = x[number + cell], in every lane."""
    check(lanes, rows, x)

    def step(code: Rows) -> None:
        code.row("rows", "at").store(code.each("x", "number"))

    names = ("lanes", "cells", "rows", "at", "x", "number")
    return types.none(lanes, cells, rows, at, x, number), row_generator(names, step)


def begin_cells_in_code(typing: Any, lanes: Any, cells: Any, rows: Any) -> Any:
    """Nothing was delivered yet and no supplier weighed."""
    check(lanes, rows)

    def step(code: Rows) -> None:
        for quantity, value in ((GOT, 0.0), (KEEP, 0.0), (EXTRA, 0.0), (MOST, -1.0)):
            code.row("rows", quantity).store(code.all(value))

    return types.none(lanes, cells, rows), row_generator(("lanes", "cells", "rows"), step)


def least_row_in_code(typing: Any, lanes: Any, least: Any, at: Any, x: Any, number: Any) -> Any:
    """least[at] = the smaller of itself and x[number], in every lane; what is not a number does not count."""
    return extreme_row("<", lanes, least, at, x, number)


def largest_row_in_code(typing: Any, lanes: Any, largest: Any, at: Any, x: Any, number: Any) -> Any:
    """largest[at] = the larger of itself and x[number], in every lane; what is not a number does not count."""
    return extreme_row(">", lanes, largest, at, x, number)


def extreme_row(sign: str, lanes: Any, to: Any, at: Any, x: Any, number: Any) -> Any:
    """What the two above have in common."""
    check(lanes, to, x)

    def step(code: Rows) -> None:
        row = code.row("to", "at")
        row.store(chosen(code.builder, sign, code.row("x", "number").load(), row.load()))

    return types.none(lanes, to, at, x, number), row_generator(("lanes", "to", "at", "x", "number"), step)


def came(code: Rows, ordered: Any) -> Any:
    """Code for what a buyer gets over what it usually uses: at least 0."""
    b = code.builder
    unhindered = b.fadd(
        b.fmul(b.fadd(code.all(1.0), ordered), code.row("rows", GOT).load()),
        b.fmul(ordered, code.row("rows", SHARE).load()),
    )
    total = b.fadd(code.all(1.0), b.fadd(unhindered, code.row("rows", EXTRA).load()))
    return chosen(b, ">", total, code.all(0.0))


def order_again(code: Rows, wish: Any) -> None:
    """Code for tomorrow's order, before the suppliers' weights: the wish over their weight together.

    No supplier is asked for more than the limit times its usual part of the wish, or of the usual use if that is more.
    The smaller of wish / weight and larger · limit / largest weight is found before dividing, since division is slow.
    """
    b, one = code.builder, code.all(1.0)
    together = b.fadd(one, code.row("rows", KEEP).load())
    largest = b.fmul(b.fadd(one, code.row("rows", "most").load()), code.same("unlimited", "product"))
    most = chosen(b, ">", wish, one)
    free = b.fcmp_ordered("<", b.fmul(wish, largest), b.fmul(most, together))
    below = b.select(free, together, largest)
    new = b.fdiv(b.select(free, wish, most), chosen(b, ">", below, code.all(SCARCE)))
    new = b.fsub(new, one)
    code.row("order", "cell").store(new)
    code.row("rows", NEXT).store(b.fmul(code.each("bought", "cell"), new))


def settle_row_in_code(
    typing: Any,
    lanes: Any,
    cells: Any,
    rows: Any,
    most: Any,
    bought: Any,
    order: Any,
    cell: Any,
    stock: Any,
    store: Any,
    made: Any,
    planned: Any,
    buyer: Any,
    stock_days: Any,
    cover_rate: Any,
    rule: Any,
    restore: Any,
    unlimited: Any,
    product: Any,
    released: Any,
    group: Any,
) -> Any:
    """Use, deliveries, stock and new order of cells of one or more nodes, and what their stock allows tomorrow.

    `most` is the row among `rows` of the largest weight, `bought` the usual use in money.
    """
    check(lanes, rows, order, stock, made, planned, stock_days, cover_rate, restore, unlimited, released)
    names = (
        *("lanes", "cells", "rows", "most", "bought", "order", "cell", "stock", "store", "made", "planned", "buyer"),
        *("stock_days", "cover_rate", "rule", "restore", "unlimited", "product", "released", "group"),
    )

    def step(code: Rows) -> None:
        b = code.builder
        had, wants = code.row("stock", "store").load(), code.row("made", "buyer").load()
        ordered = code.row("order", "cell").load()
        kept = b.fadd(had, b.fsub(came(code, ordered), chosen(b, "<", had, wants)))
        gap = b.fsub(b.fmul(code.row("stock_days", "rule").load(), code.row("planned", "buyer").load()), kept)
        gap = chosen(b, ">", gap, code.all(0.0))  # none where stocks are infinite: the difference is not a number
        wish = b.fadd(wants, b.fmul(gap, code.same("restore", "product")))
        order_again(code, wish)
        kept = b.fadd(kept, code.same("released", "group"))
        code.row("stock", "store").store(kept)
        code.row("rows", ALLOWED).store(b.fmul(kept, code.row("cover_rate", "rule").load()))

    given = (lanes, cells, rows, most, bought, order, cell, stock, store, made, planned, buyer)
    rest = (stock_days, cover_rate, rule, restore, unlimited, product, released, group)
    return types.none(*given, *rest), row_generator(names, step)


def serve_row_in_code(
    typing: Any,
    lanes: Any,
    cells: Any,
    rows: Any,
    most: Any,
    bought: Any,
    order: Any,
    cell: Any,
    unlimited: Any,
    product: Any,
    wanted: Any,
    next_wanted: Any,
    group: Any,
    unmet: Any,
    unmet_today: Any,
    place: Any,
) -> Any:
    """What final users get of one product, what they miss (in money), and what they order next."""
    check(lanes, rows, order, unlimited, wanted, next_wanted, unmet, unmet_today)
    names = (
        *("lanes", "cells", "rows", "most", "bought", "order", "cell", "unlimited", "product", "wanted", "next_wanted"),
        *("group", "unmet", "unmet_today", "place"),
    )

    def step(code: Rows) -> None:
        b = code.builder
        lacks = b.fsub(code.row("wanted", "group").load(), came(code, code.row("order", "cell").load()))
        missed = b.fmul(code.each("bought", "cell"), chosen(b, ">", lacks, code.all(0.0)))
        code.row("unmet_today", "place").store(missed)
        total = code.row("unmet", "place")
        total.store(b.fadd(total.load(), missed))
        order_again(code, code.row("next_wanted", "group").load())

    given = (lanes, cells, rows, most, bought, order, cell, unlimited, product, wanted, next_wanted)
    return types.none(*given, group, unmet, unmet_today, place), row_generator(names, step)


def add_to(code: Rows, row: Row, more: Any) -> None:
    row.store(code.builder.fadd(row.load(), more))


def ordered_of(code: Rows, follows: Any, trust: str, weight: str) -> Any:
    """Code for an order over the usual one; of those who follow it, times the seller's and the block's weight."""
    b, one = code.builder, code.all(1.0)
    flow = slot(b, b.fadd(one, code.row("order", "cell").load()))
    with b.if_then(follows):
        weights = b.fmul(b.fadd(one, code.row(trust, "seller").load()), code.row(weight, "block").load())
        b.store(b.fmul(b.load(flow), weights), flow)
    return b.load(flow)


def get_withheld_in_code(
    typing: Any,
    lanes: Any,
    rows: Any,
    follows: Any,
    order: Any,
    cell: Any,
    trust: Any,
    next_trust: Any,
    seller: Any,
    weight: Any,
    next_weight: Any,
    quota: Any,
    block: Any,
    part: Any,
    at: Any,
    share: Any,
) -> Any:
    """What comes of one flow that shocks withhold, at most its quota, and how its seller is weighed tomorrow."""
    check(lanes, rows, order, trust, next_trust, weight, next_weight, quota, part)
    names = (
        *("lanes", "rows", "follows", "order", "cell", "trust", "next_trust", "seller", "weight", "next_weight"),
        *("quota", "block", "part", "at", "share"),
    )

    def step(code: Rows) -> None:
        b, one, share = code.builder, code.all(1.0), code.number("share")
        flow = ordered_of(code, code.given["follows"], "trust", "weight")
        with b.if_then(code.given["follows"]):
            tomorrow = b.fmul(
                b.fadd(one, code.row("next_trust", "seller").load()), code.row("next_weight", "block").load()
            )
            tomorrow = b.fsub(tomorrow, one)
            add_to(code, code.row("rows", KEEP), b.fmul(share, tomorrow))
            most = code.row("rows", MOST)
            most.store(chosen(b, ">", tomorrow, most.load()))
        accepted = chosen(b, "<", flow, code.row("quota", "block").load())
        delivered = b.fmul(b.fadd(one, code.row("part", "at").load()), accepted)
        add_to(code, code.row("rows", EXTRA), b.fmul(share, b.fsub(delivered, one)))

    given = (lanes, rows, follows, order, cell, trust, next_trust, seller, weight, next_weight)
    return types.none(*given, quota, block, part, at, share), row_generator(names, step)


def ask_withheld_in_code(
    typing: Any,
    lanes: Any,
    asked: Any,
    at: Any,
    follows: Any,
    order: Any,
    cell: Any,
    trust: Any,
    seller: Any,
    weight: Any,
    quota: Any,
    block: Any,
    usual: Any,
) -> Any:
    """asked[at] += how far the order for one flow that shocks withhold, at most its quota, is from the usual one."""
    check(lanes, asked, order, trust, weight, quota)
    names = (
        *("lanes", "asked", "at", "follows", "order", "cell", "trust", "seller", "weight", "quota", "block"),
        "usual",
    )

    def step(code: Rows) -> None:
        b = code.builder
        flow = ordered_of(code, code.given["follows"], "trust", "weight")
        flow = chosen(b, "<", flow, code.row("quota", "block").load())
        add_to(code, code.row("asked", "at"), b.fmul(code.number("usual"), b.fsub(flow, code.all(1.0))))

    given = (lanes, asked, at, follows, order, cell, trust, seller, weight, quota, block, usual)
    return types.none(*given), row_generator(names, step)


def scale_row_in_code(typing: Any, lanes: Any, rows: Any, bought: Any, order: Any, cell: Any) -> Any:
    """rows[NEXT] = bought · order[cell]."""
    check(lanes, rows, order)

    def step(code: Rows) -> None:
        order = code.row("order", "cell").load()
        code.row("rows", NEXT).store(code.builder.fmul(code.each("bought", "cell"), order))

    names = ("lanes", "rows", "bought", "order", "cell")
    return types.none(lanes, rows, bought, order, cell), row_generator(names, step)


# To those who call them they are plain functions of the remaining arguments.
set_row: Any = intrinsic(set_row_in_code)
set_cells: Any = intrinsic(set_cells_in_code)
begin_cells: Any = intrinsic(begin_cells_in_code)
least_row: Any = intrinsic(least_row_in_code)
largest_row: Any = intrinsic(largest_row_in_code)
settle_row: Any = intrinsic(settle_row_in_code)
serve_row: Any = intrinsic(serve_row_in_code)
get_withheld: Any = intrinsic(get_withheld_in_code)
ask_withheld: Any = intrinsic(ask_withheld_in_code)
scale_row: Any = intrinsic(scale_row_in_code)
