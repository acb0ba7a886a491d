"""The public names inside ``@numba.njit``: scalars, arrays, and fused array expressions.

Numba imports this module through its ``numba_extensions`` entry point when the first
user function is compiled, and every name made before or after is then taught to it.
A scalar call becomes the scalar kernel, inlined; an array call goes through a
``numba.vectorize`` object of that kernel, and Numba fuses it into the array expression
it stands in, as it does with NumPy's own ufuncs.

In line means by force: LLVM finds the larger kernels not worth it, and a call keeps the loop it
stands in from becoming one of vectors. softplus of float32 took 24 ns per element so, and takes
1.0; gelu of float64 17, and 2.8. Around an array expression Numba puts one call more, which is the
user's to have in line, by ``@njit(forceinline=True)``. Without, those of float64 stay as slow.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import types
from numba.core.registry import cpu_target
from numba.extending import overload, register_jitable

from fastact.engine.entry import Activation
from fastact.engine.forms import Form
from fastact.engine.intrinsics.machine import compiling, teach
from fastact.engine.namespace import made

__all__ = ["register", "teach_numba"]

_taught: set[Any] = set()
_IN_LINE = {"forceinline": True}

#: By number of operands: the kernel called with every operand in one precision.
_CAST = {
    1: lambda f, t: lambda a: f(t(a)),
    2: lambda f, t: lambda a, b: f(t(a), t(b)),
    3: lambda f, t: lambda a, b, c: f(t(a), t(b), t(c)),
    4: lambda f, t: lambda a, b, c, d: f(t(a), t(b), t(c), t(d)),
}
#: The same with the first operand as a factor: the vjp forms.
_CAST_AND_SCALE = {
    2: lambda f, t: lambda g, a: t(g) * f(t(a)),
    3: lambda f, t: lambda g, a, b: t(g) * f(t(a), t(b)),
    4: lambda f, t: lambda g, a, b, c: t(g) * f(t(a), t(b), t(c)),
}
#: A function whose arguments are spelt out, as numba.vectorize wants them.
_SPELT_OUT = {
    1: lambda f: lambda a: f(a),
    2: lambda f: lambda a, b: f(a, b),
    3: lambda f: lambda a, b, c: f(a, b, c),
    4: lambda f: lambda a, b, c, d: f(a, b, c, d),
}


@functools.cache
def _kernel(entry: Activation, form: Form, output: int, precision: str) -> Any:
    """The jitted scalar function of one output of a form at one precision."""
    body = entry.body(form.outputs[output], precision)
    teach(body)
    register_jitable(error_model="numpy", **_IN_LINE)(body)
    wrap = _CAST_AND_SCALE if form.scaled else _CAST
    count = len(form.operands) + len(entry.parameters)
    kernel = wrap[count](body, getattr(numba, precision))
    return numba.njit(error_model="numpy", **_IN_LINE)(kernel)


@functools.cache
def _vectorised(entry: Activation, form: Form, output: int, precision: str) -> Any:
    count = len(form.operands) + len(entry.parameters)
    made = numba.vectorize(_SPELT_OUT[count](_kernel(entry, form, output, precision)))
    _inline(getattr(made, "_dispatcher", None))
    return made


def _inline(dispatcher: Any) -> None:
    """Have Numba put in line what an array expression calls, for which vectorize has no word.

    softplus of a float32 array took 24.8 ns per element without, and takes 1.0. Where Numba's
    inside is another one day, it does again.
    """
    compile_core = getattr(dispatcher, "_compile_core", None)
    if compile_core is None:
        return

    def compile_in_line(signature: Any, flags: Any, local: Any) -> Any:
        flags.forceinline = True
        return compile_core(signature, flags, local)

    dispatcher._compile_core = compile_in_line


def _typer(entry: Activation, form: Form, defaults: tuple[Any, ...]) -> Callable[..., Any]:
    count = len(form.operands) + len(entry.parameters)

    def typer(*operands: Any) -> Any:
        missing = count - len(operands)
        if not 0 <= missing <= len(defaults):
            return None
        if not all(isinstance(a, (types.Array, types.Number, types.Boolean)) for a in operands):
            return None
        # The activation's own input decides, as a weak Python scalar would in NumPy.
        inputs = operands[: len(form.operands)]
        narrow = all(getattr(a, "dtype", a) == types.float32 for a in inputs)
        make = _vectorised if any(isinstance(a, types.Array) for a in operands) else _kernel
        with compiling():
            parts = [
                make(entry, form, k, "float32" if narrow else "float64")
                for k in range(len(form.outputs))
            ]
        first, second = parts[0], parts[-1]
        rest = defaults[len(defaults) - missing :]
        if len(parts) == 2:
            return lambda *operands: (first(*(operands + rest)), second(*(operands + rest)))
        return lambda *operands: first(*(operands + rest))

    return typer


def teach_numba(function: Callable[..., Any]) -> None:
    """Register the overload of one public function or ufunc."""
    if function in _taught:
        return
    _taught.add(function)
    entry, form = made[function]
    defaults = () if isinstance(function, np.ufunc) else tuple(entry.parameters.values())
    overload(function, _IN_LINE, strict=False)(_typer(entry, form, defaults))
    cpu_target.typing_context.refresh()
    cpu_target.target_context.refresh()


def register() -> None:
    """Teach Numba every name made so far; later ones are taught as they are made."""
    for function in list(made):
        teach_numba(function)
