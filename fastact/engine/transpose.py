"""Blocks of LANES by LANES elements, transposed in registers: how short rows come side by side.

Element by element it took a third of softmax's time on rows of ten.
"""

# Numba calls the code generators below with positions and names of its own choosing.

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from fastact.engine.lanes import LANES

__all__ = ["transpose_int32", "transpose_int64"]

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


def _transposer(width: int) -> Any:
    def transpose(
        typingctx: Any, target: Any, target_step: Any, source: Any, source_step: Any
    ) -> Any:
        """Element j of row i goes to element i of row j; steps are bytes from row to row."""

        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            vector = ir.VectorType(ir.IntType(width), LANES).as_pointer()
            places = [
                [
                    builder.inttoptr(
                        builder.add(base, builder.mul(step, ir.Constant(step.type, k))), vector
                    )
                    for k in range(LANES)
                ]
                for base, step in (args[:2], args[2:])
            ]
            rows = [builder.load(place, align=width // 8) for place in places[1]]
            for row, place in zip(_exchanged(builder, rows), places[0], strict=True):
                builder.store(row, place, align=width // 8)
            return context.get_dummy_value()

        return types.void(*[types.int64] * 4), codegen

    return intrinsic(transpose)


transpose_int32, transpose_int64 = (_transposer(width) for width in (32, 64))
