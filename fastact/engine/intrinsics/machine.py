"""Teaches the kernel language to Numba.

The scalar operations of :mod:`fastact.elementary.scalar` become LLVM instructions;
every other plain function that a kernel calls becomes compilable as it stands.
Imported only when something must be compiled: it brings Numba in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FunctionType
from typing import Any

from llvmlite import ir
from numba import config, types
from numba.core.compiler_lock import global_compiler_lock
from numba.extending import lower_builtin, register_jitable, type_callable

from fastact.elementary import scalar

_INTEGER_OF = {types.float32: types.int32, types.float64: types.int64}
_RESULT_OF_BITCAST = _INTEGER_OF | {i: f for f, i in _INTEGER_OF.items()}

# Typing and lowering are registered directly. Going through @overload would compile
# one more function per operation: 3x the time to compile a kernel.


# The typers must spell out their arguments: Numba folds calls by their signature.
_TYPERS = {
    1: lambda a: _one_kind(a),
    2: lambda a, b: _one_kind(a, b),
    3: lambda a, b, c: _one_kind(a, b, c),
}


def _one_kind(*operands: Any) -> Any:
    return operands[0] if operands[0] in _INTEGER_OF and len(set(operands)) == 1 else None


def _teach_llvm_intrinsic(operation: Any, name: str, arity: int) -> None:
    type_callable(operation)(lambda context: _TYPERS[arity])

    def lower(context: Any, builder: Any, signature: Any, operands: Any) -> Any:
        kind = operands[0].type
        signature_ = ir.FunctionType(kind, [kind] * arity)
        function = builder.module.declare_intrinsic(name, [kind], signature_)
        return builder.call(function, operands)

    for kind in _INTEGER_OF:
        lower_builtin(operation, *[kind] * arity)(lower)


for _operation, _name, _arity in (
    (scalar.fma, "llvm.fma", 3),
    (scalar.fabs, "llvm.fabs", 1),
    (scalar.sqrt, "llvm.sqrt", 1),
    (scalar.copysign, "llvm.copysign", 2),
):
    _teach_llvm_intrinsic(_operation, _name, _arity)


@type_callable(scalar.bits)
def _type_bits(context: Any) -> Any:
    return lambda x: _INTEGER_OF.get(x)


@type_callable(scalar.from_bits)
def _type_from_bits(context: Any) -> Any:
    return lambda pattern: None if pattern in _INTEGER_OF else _RESULT_OF_BITCAST.get(pattern)


def _lower_bitcast(context: Any, builder: Any, signature: Any, operands: Any) -> Any:
    return builder.bitcast(operands[0], context.get_value_type(signature.return_type))


for _kind, _integer in _INTEGER_OF.items():
    lower_builtin(scalar.bits, _kind)(_lower_bitcast)
    lower_builtin(scalar.from_bits, _integer)(_lower_bitcast)


@type_callable(scalar.select)
def _type_select(context: Any) -> Any:
    def typer(condition: Any, yes: Any, no: Any) -> Any:
        return yes if condition == types.boolean and yes == no else None

    return typer


@lower_builtin(scalar.select, types.boolean, types.Any, types.Any)
def _lower_select(context: Any, builder: Any, signature: Any, operands: Any) -> Any:
    return builder.select(*operands)


@type_callable(scalar.like)
def _type_like(context: Any) -> Any:
    return lambda x, constant: x if x in _INTEGER_OF else None


@lower_builtin(scalar.like, types.Any, types.Any)
def _lower_like(context: Any, builder: Any, signature: Any, operands: Any) -> Any:
    x, constant = signature.args
    if isinstance(constant, types.Literal):
        constant = constant.literal_type
    return context.cast(builder, operands[1], constant, x)


#: How everything is compiled here. Nothing needs Numba's rewrites, a tenth of the time to compile
#: the carrier, or its wrappers, which would bring in the interpreter: a warm start loads this code
#: where no Numba is. Where two callers differ in these, Numba compiles what both call twice.
OPTIONS = {
    "error_model": "numpy",
    "no_rewrites": True,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}

_taught: set[Any] = {getattr(scalar, name) for name in scalar.__all__}


def teach(function: Any) -> None:
    """Make compilable every plain function that ``function`` reaches by name."""
    code = function.__code__
    reached = [function.__globals__.get(name) for name in code.co_names]
    reached += [cell.cell_contents for cell in function.__closure__ or ()]
    for callee in reached:
        if isinstance(callee, FunctionType) and callee not in _taught:
            _taught.add(callee)
            register_jitable(**OPTIONS)(callee)
            teach(callee)


@contextmanager
def compiling(**settings: Any) -> Iterator[None]:
    """Compile alike whatever Numba is told of the user's own code: without it, for debuggers."""
    settings = {"DISABLE_JIT": 0, "DEBUGINFO_DEFAULT": 0, **settings}
    with global_compiler_lock:
        before = {name: getattr(config, name) for name in settings}
        vars(config).update(settings)
        try:
            yield
        finally:
            vars(config).update(before)


def lowering() -> AbstractContextManager[None]:
    """Compile without Numba's optimisation, for code that is optimised once it is linked.

    A first relu from a cold cache then takes a third less time.
    """
    return compiling(OPT=type(config.OPT)(0))
