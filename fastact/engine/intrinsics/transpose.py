"""Blocks of LANES by LANES elements, transposed in registers: how short rows come side by side.

Element by element it took a third of softmax's time on rows of ten. Several blocks are joined
before they are stored: what is read next is a whole vector, and a processor that finds it in two
stores has to wait for both.
"""

# Numba calls the code generators below with positions and names of its own choosing.

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from fastact.engine.lanes import LANES, SIDE_LANES

__all__ = [
    "copy_side_int32",
    "copy_side_int64",
    "transpose_int32",
    "transpose_int64",
    "transpose_two_int32",
    "transpose_two_int64",
]

_STEPS = tuple(1 << bit for bit in reversed(range(LANES.bit_length() - 1)))


def _exchanged(builder: Any, rows: list[Any]) -> list[Any]:
    """Rows to columns, in log2(LANES) rounds (Eklundh, IEEE Trans. Comput. C-21 (1972) 801)."""
    for step in _STEPS:
        lanes = range(LANES)
        kept = [lane if not lane & step else LANES + lane - step for lane in lanes]
        moved = [lane + step if not lane & step else LANES + lane for lane in lanes]
        for k in (k for k in lanes if not k & step):
            pair = rows[k], rows[k + step]
            rows[k], rows[k + step] = (
                builder.shuffle_vector(*pair, ir.Constant(ir.VectorType(ir.IntType(32), LANES), m))
                for m in (kept, moved)
            )
    return rows


def _place(builder: Any, base: Any, step: Any, k: int, vector: Any) -> Any:
    """Where row ``k`` is."""
    offset = builder.mul(step, ir.Constant(step.type, k))
    return builder.inttoptr(builder.add(base, offset), vector.as_pointer())


def _transposer(width: int, blocks: int) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        target, target_step, source_step, *sources = args
        narrow = ir.VectorType(ir.IntType(width), LANES)
        parts = []
        for source in sources:
            places = [_place(builder, source, source_step, k, narrow) for k in range(LANES)]
            rows = [builder.load(place, align=width // 8) for place in places]
            parts.append(_exchanged(builder, rows))
        lanes = blocks * LANES
        order = ir.Constant(ir.VectorType(ir.IntType(32), lanes), list(range(lanes)))
        for k, row in enumerate(zip(*parts, strict=True)):
            whole = row[0] if blocks == 1 else builder.shuffle_vector(*row, order)
            place = _place(builder, target, target_step, k, whole.type)
            builder.store(whole, place, align=width // 8)
        return context.get_dummy_value()

    signature = types.void(*[types.int64] * (3 + blocks))

    def transpose(
        typingctx: Any, target: Any, target_step: Any, source_step: Any, source: Any
    ) -> Any:
        """Element j of row i goes to element i of row j; steps are bytes from row to row."""
        return signature, codegen

    def transpose_two(
        typingctx: Any, target: Any, target_step: Any, source_step: Any, first: Any, second: Any
    ) -> Any:
        """Likewise, the rows of the second block to the elements behind those of the first."""
        return signature, codegen

    return intrinsic(transpose if blocks == 1 else transpose_two)


transpose_int32, transpose_int64 = (_transposer(width, 1) for width in (32, 64))
transpose_two_int32, transpose_two_int64 = (_transposer(width, 2) for width in (32, 64))


def _copier(width: int) -> Any:
    def copy(typingctx: Any, target: Any, source: Any) -> Any:
        """SIDE_LANES elements that lie side by side already."""

        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            vector = ir.VectorType(ir.IntType(width), SIDE_LANES).as_pointer()
            target, source = (builder.inttoptr(address, vector) for address in args)
            builder.store(builder.load(source, align=width // 8), target, align=width // 8)
            return context.get_dummy_value()

        return types.void(types.int64, types.int64), codegen

    return intrinsic(copy)


copy_side_int32, copy_side_int64 = (_copier(width) for width in (32, 64))
