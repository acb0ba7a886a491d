"""Python's exceptions, raised from compiled loops.

Like :mod:`fastact.engine.addresses`, without meaning outside compiled code.
"""

# Numba calls the code generators below with positions and names of its own choosing.

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

__all__ = ["out_of_memory", "raise_exception"]

_BYTE_POINTER = ir.PointerType(ir.IntType(8))


def _raiser(name: str, result: Any, *operands: Any) -> Any:
    """Code that calls a function of Python's which sets an exception.

    A loop runs without the interpreter's lock, so that is taken.
    """

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        def function(name: str, result: Any, *operands: Any) -> Any:
            kind = ir.FunctionType(result, operands)
            return cgutils.get_or_insert_function(builder.module, kind, name)

        number = ir.IntType(32)
        state = builder.call(function("PyGILState_Ensure", number), [])
        given = [builder.inttoptr(a, kind) for a, kind in zip(args, operands, strict=True)]
        builder.call(function(name, result, *operands), given)
        builder.call(function("PyGILState_Release", ir.VoidType(), number), [state])
        return context.get_dummy_value()

    return codegen


@intrinsic
def out_of_memory(typingctx: Any) -> Any:
    """Raise MemoryError in Python."""
    return types.void(), _raiser("PyErr_NoMemory", _BYTE_POINTER)


@intrinsic
def raise_exception(typingctx: Any, exception: Any) -> Any:
    """Raise the Python exception class at an address."""
    return types.void(types.int64), _raiser("PyErr_SetNone", ir.VoidType(), _BYTE_POINTER)
