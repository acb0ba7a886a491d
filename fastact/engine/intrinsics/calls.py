"""Code by address: how one part of the machine code calls another.

Like :mod:`fastact.engine.intrinsics.addresses`, without meaning outside compiled code.
"""

# Numba calls the code generators below with positions and names of its own choosing.

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

__all__ = [
    "call_buffered",
    "call_gather",
    "call_lanes",
    "call_long_row",
    "call_loop",
    "call_maker",
    "call_scatter",
    "call_span",
    "call_transfer",
]

_INT = ir.IntType(64)


def _caller(arity: int) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [_INT] * arity)
        builder.call(builder.inttoptr(args[0], kind.as_pointer()), args[1:])
        return context.get_dummy_value()

    return codegen


@intrinsic
def call_span(typingctx: Any, span: Any, operands: Any, units: Any, past: Any) -> Any:
    """Call ``void span(char **operands, intp units, intp past)``."""
    return types.void(types.int64, types.int64, types.int64, types.int64), _caller(3)


@intrinsic
def call_lanes(typingctx: Any, lanes: Any, table: Any, blocks: Any) -> Any:
    """Call ``void lanes(void *table, intp blocks)``."""
    return types.void(types.int64, types.int64, types.int64), _caller(2)


@intrinsic
def call_loop(typingctx: Any, loop: Any, args: Any, dims: Any, steps: Any, data: Any) -> Any:
    """Call ``void loop(char **args, intp *dimensions, intp *steps, void *data)``."""
    return types.void(*[types.int64] * 5), _caller(4)


@intrinsic
def call_maker(typingctx: Any, maker: Any, plan: Any, word: Any) -> Any:
    """Call ``intp maker(void *plan, intp word)``."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(_INT, [_INT] * 2)
        return builder.call(builder.inttoptr(args[0], kind.as_pointer()), args[1:])

    return types.int64(types.int64, types.int64, types.int64), codegen


@intrinsic
def call_buffered(
    typingctx: Any,
    code: Any,
    args: Any,
    done: Any,
    n: Any,
    steps: Any,
    plan: Any,
    order: Any,
    span: Any,
    past: Any,
) -> Any:
    """Call :func:`fastact.engine.carrier.buffered.buffered`."""
    return types.void(*[types.int64] * 9), _caller(8)


@intrinsic
def call_long_row(
    typingctx: Any,
    code: Any,
    table: Any,
    tails: Any,
    plan: Any,
    size: Any,
    first: Any,
    out: Any,
    n: Any,
    done: Any,
) -> Any:
    """Call :func:`fastact.engine.carrier.online_row.long_row`."""
    return types.void(*[types.int64] * 9), _caller(8)


@intrinsic
def call_transfer(
    typingctx: Any,
    code: Any,
    plan: Any,
    place: Any,
    stride: Any,
    array: Any,
    outer: Any,
    inner: Any,
    size: Any,
    rows: Any,
    n: Any,
) -> Any:
    """Call :func:`fastact.engine.carrier.row_transfer.bring` or ``send``."""
    return types.void(*[types.int64] * 10), _caller(9)


@intrinsic
def call_gather(
    typingctx: Any, code: Any, buffer: Any, source: Any, step: Any, count: Any, room: Any
) -> Any:
    """Call ``void gather(buffer, source, step, count, room)``."""
    return types.void(*[types.int64] * 6), _caller(5)


@intrinsic
def call_scatter(typingctx: Any, code: Any, target: Any, step: Any, buffer: Any, count: Any) -> Any:
    """Call ``void scatter(target, step, buffer, count)``."""
    return types.void(*[types.int64] * 5), _caller(4)
