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

__all__ = ["exception_pending", "out_of_memory", "raise_exception"]

_BYTE_POINTER = ir.PointerType(ir.IntType(8))


def _call(builder: Any, name: str, result: Any, given: list[Any]) -> Any:
    """Call a function of Python's with the interpreter's lock: a loop runs without it."""

    def function(name: str, result: Any, *operands: Any) -> Any:
        kind = ir.FunctionType(result, operands)
        return cgutils.get_or_insert_function(builder.module, kind, name)

    number = ir.IntType(32)
    state = builder.call(function("PyGILState_Ensure", number), [])
    found = builder.call(function(name, result, *(value.type for value in given)), given)
    builder.call(function("PyGILState_Release", ir.VoidType(), number), [state])
    return found


def _raiser(name: str, result: Any, *operands: Any) -> Any:
    """Code that calls a function of Python's which sets an exception."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        given = [builder.inttoptr(a, kind) for a, kind in zip(args, operands, strict=True)]
        _call(builder, name, result, given)
        return context.get_dummy_value()

    return codegen


@intrinsic
def out_of_memory(typingctx: Any) -> Any:
    """Raise MemoryError in Python."""
    return types.void(), _raiser("PyErr_NoMemory", _BYTE_POINTER)


@intrinsic
def raise_exception(typingctx: Any, kind: Any, exception: Any) -> Any:
    """Raise the Python exception at an address, whose class is at another."""
    return types.void(types.int64, types.int64), _raiser(
        "PyErr_SetObject", ir.VoidType(), _BYTE_POINTER, _BYTE_POINTER
    )


@intrinsic
def exception_pending(typingctx: Any) -> Any:
    """The address of the exception that this thread has raised and nobody has caught, or 0."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.ptrtoint(_call(builder, "PyErr_Occurred", _BYTE_POINTER, []), ir.IntType(64))

    return types.int64(), codegen
