"""How threads that work on the same tile wait for one another, within compiled loops."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from ostra.scenario.simulation.vectors import INDEX, nothing

PATIENCE = 200
"""So often a thread that waits for others looks again before it lets somebody else run."""


def meet_in_code(typing: Any, counter: Any, all_there: Any) -> Any:
    """Add one to counter[0], and wait until it is at least `all_there`: a meeting of threads.

    What a thread wrote before the meeting is seen by all after it.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        wanted = context.cast(builder, arguments[1], signature.args[1], types.int64)
        builder.atomic_rmw("add", place, ir.Constant(INDEX, 1), "acq_rel")
        let_others = cgutils.get_or_insert_function(  # type: ignore[no-untyped-call]
            builder.module, ir.FunctionType(ir.IntType(32), []), "sched_yield"
        )
        looked = cgutils.alloca_once_value(builder, ir.Constant(INDEX, 0))  # type: ignore[no-untyped-call]
        look, again, done = (builder.append_basic_block(name) for name in ("look", "again", "done"))
        builder.branch(look)
        builder.position_at_end(look)
        there = builder.load_atomic(place, "acquire", 8)
        builder.cbranch(builder.icmp_signed(">=", there, wanted), done, again)
        builder.position_at_end(again)
        times = builder.add(builder.load(looked), ir.Constant(INDEX, 1))
        builder.store(times, looked)
        with builder.if_then(builder.icmp_signed(">", times, ir.Constant(INDEX, PATIENCE))):
            builder.call(let_others, [])
        builder.branch(look)
        builder.position_at_end(done)
        return nothing(context)

    return types.none(counter, all_there), generate


# To those who call it it is a plain function of the remaining arguments.
meet: Any = intrinsic(meet_in_code)
