"""Python's exceptions, raised from compiled loops.

Like :mod:`fastact.engine.intrinsics.addresses`, without meaning outside compiled code.
"""

# Numba calls the code generators below with positions and names of its own choosing.

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

__all__ = ["exception_pending", "out_of_memory", "raise_exception"]

_BYTE_POINTER = ir.PointerType(ir.IntType(8))


def _with_lock(builder: Any, work: Callable[[Callable[..., Any]], Any]) -> Any:
    """What ``work`` gives, holding the interpreter's lock: a loop runs without it.

    It is given what calls a function of Python's.
    """

    def call(name: str, result: Any, *given: Any) -> Any:
        kind = ir.FunctionType(result, [value.type for value in given])
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), given)

    number = ir.IntType(32)
    state = call("PyGILState_Ensure", number)
    found = work(call)
    call("PyGILState_Release", ir.VoidType(), state)
    return found


@intrinsic
def out_of_memory(typingctx: Any) -> Any:
    """Raise MemoryError in Python."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        _with_lock(builder, lambda call: call("PyErr_NoMemory", _BYTE_POINTER))
        return context.get_dummy_value()

    return types.void(), codegen


@intrinsic
def raise_exception(typingctx: Any, exception: Any) -> Any:
    """Raise the Python exception at an address, and give up a reference to it."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value = builder.inttoptr(args[0], _BYTE_POINTER)

        def work(call: Callable[..., Any]) -> None:
            kind = call("PyObject_Type", _BYTE_POINTER, value)
            call("PyErr_SetObject", ir.VoidType(), kind, value)
            call("Py_DecRef", ir.VoidType(), kind)
            call("Py_DecRef", ir.VoidType(), value)

        _with_lock(builder, work)
        return context.get_dummy_value()

    return types.void(types.int64), codegen


@intrinsic
def exception_pending(typingctx: Any) -> Any:
    """The address of the exception that this thread has raised and nobody has caught, or 0."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        found = _with_lock(builder, lambda call: call("PyErr_Occurred", _BYTE_POINTER))
        return builder.ptrtoint(found, ir.IntType(64))

    return types.int64(), codegen
