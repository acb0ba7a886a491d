"""Python function -> LLVM assembly, by Numba. Nothing is run, and no Numba symbol is left.

The functions taken from Numba's module have its calling convention,
``i32 (result *, exception *, operands...)``. Nothing lowered here can raise, so the
status is never read and the exception slot never written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["lower", "lower_address_function"]

#: (function, Numba signature) -> name in the assembly, assembly; forms share bodies.
_lowered: dict[tuple[Any, str], tuple[str, str]] = {}


def lower(function: Callable[..., Any], result: str, operands: list[str]) -> tuple[str, str]:
    """Name and LLVM assembly of ``function`` for Numba types given by name."""
    key = (function, f"{result}({', '.join(operands)})")
    if key not in _lowered:
        import numba

        from fastact.engine.intrinsics.machine import OPTIONS, lowering, teach

        teach(function)
        signature = getattr(numba, result)(*[getattr(numba, kind) for kind in operands])
        with lowering():
            (compiled,) = numba.njit(signature, **OPTIONS)(function).overloads.values()
        name = f"body.{len(_lowered)}"
        text = compiled.library.get_llvm_str()
        _lowered[key] = name, _isolate(text, compiled.fndesc.mangled_name, name)
    return _lowered[key]


def _isolate(text: str, native: str, name: str) -> str:
    """Numba's module without its environment, the function renamed and always inlined."""
    text = re.sub(r"^@_ZN\S*NumbaEnv.*$", "", text, flags=re.MULTILINE)
    text = re.sub(rf"@{re.escape(native)}(?=\()", f"@{name}", text)
    return re.sub(
        rf"^(define [^\n]*@{re.escape(name)}\([^\n{{]*?)(?: #\d+)? \{{",
        r"\1 alwaysinline {",
        text,
        flags=re.MULTILINE,
    )


def lower_address_function(
    name: str, function: Callable[..., Any], last: Mapping[str, int] | None = None
) -> list[str]:
    """Assembly modules of ``void name(intp...)`` for a function over addresses.

    ``last`` makes several of one body: ``name.KEY`` for every key, which have the value as their
    last argument. Lowered for each of three values, the carrier took 0.1 s longer.
    """
    arity = function.__code__.co_argcount
    body, text = lower(function, "void", ["int64"] * arity)
    names = [f"a{k}" for k in range(arity)]
    parameters = ", ".join(f"i64 %{k}" for k in names)
    inner = name if last is None else f"{name}.body"
    wrapper = f"""
define {"" if last is None else "internal "}void @{inner}({parameters}) noinline {{
  %result = alloca ptr
  %status = call i32 @{body}(ptr %result, ptr null, {parameters})
  ret void
}}
declare i32 @{body}(ptr, ptr{", i64" * arity})
"""
    others = ", ".join(f"i64 %{k}" for k in names[:-1])
    for key, value in (last or {}).items():
        wrapper += f"""
define void @{name}.{key}({others}) {{
  call void @{inner}({others}, i64 {value})
  ret void
}}
"""
    return [wrapper, text]
