"""Functions with defaults over the ufuncs of parametric activations.

A ufunc takes neither defaults nor keywords of its own, so ``leaky_relu(x)`` needs a
thin function around it. It hands the defaults over as 0-dimensional arrays of the
operands' dtype: NumPy takes 0.35 us to make one of a Python float.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from fastact.engine.entry import Activation
from fastact.engine.forms import Form

__all__ = ["with_defaults"]


_NOTHING = object()


def with_defaults(
    entry: Activation, form: Form, ufunc: np.ufunc, module: str
) -> Callable[..., Any]:
    """``name(x, parameter=default, **ufunc_keywords)`` for a form of an entry."""
    required, count = len(form.operands), len(entry.parameters)
    checked = bool(entry.domain)
    arrays = {
        kind: tuple(np.array(value, dtype=kind) for value in entry.parameters.values())
        for kind in "efd"
    }
    firsts = {kind: values[0] for kind, values in arrays.items()}

    def function(first: Any = _NOTHING, /, *rest: Any, **keywords: Any) -> Any:
        # Spelled out rather than neat: unpacking and contextlib.suppress take as long as
        # the arithmetic of a hundred elements.
        if not keywords:
            given = len(rest) + 1
            try:
                if given == required:
                    kind = first.dtype.char
                    if required == count == 1:
                        return ufunc(first, firsts[kind])
                    # An array is not weak as a Python float is: all must be of its dtype.
                    if required == 1 or rest[0].dtype.char == kind:
                        return ufunc(first, *rest, *arrays[kind])
                elif given == required + count and not checked:
                    return ufunc(first, *rest)
            except (AttributeError, KeyError, TypeError):  # no array, or integers: in full
                pass
        operands = () if first is _NOTHING else (first, *rest)
        return _call_in_full(entry, form, ufunc, operands, keywords)

    function.__name__ = function.__qualname__ = entry.name
    function.__module__ = module
    function.__signature__ = _signature(entry, form)  # type: ignore[attr-defined]
    return function


def _call_in_full(
    entry: Activation,
    form: Form,
    ufunc: np.ufunc,
    operands: tuple[Any, ...],
    keywords: dict[str, Any],
) -> Any:
    """Sort parameters from the ufunc's keywords, check them, and call."""
    names = list(entry.parameters)
    required, given = len(form.operands), len(operands)
    name = f"{form.namespace}.{entry.name}".lstrip(".")
    if given < required:
        wanted = ", ".join(form.operands)
        raise TypeError(f"{name}() takes {wanted}: {required} operands, not {given}")
    if given > required + len(names):
        raise TypeError(
            f"{name}() takes at most {required + len(names)} positional arguments "
            f"({', '.join([*form.operands, *names])}), not {given}"
        )
    values = dict(entry.parameters) | dict(zip(names, operands[required:], strict=False))
    for parameter in names:
        if parameter in keywords:
            if parameter in names[: given - required]:
                raise TypeError(f"{name}() got two values for {parameter!r}")
            values[parameter] = keywords.pop(parameter)
    for parameter, value in values.items():
        _check(name, entry, parameter, value)
    return ufunc(*operands[:required], *values.values(), **keywords)


def _check(name: str, entry: Activation, parameter: str, value: Any) -> None:
    if isinstance(value, (float, int)):
        array = value
    else:
        dtype = getattr(value, "dtype", None) or np.asarray(value).dtype
        real = getattr(dtype, "kind", "") in "biuf" or np.can_cast(dtype, np.float64)  # bfloat16
        if not real and not hasattr(value, "__array_ufunc__"):
            raise TypeError(
                f"{name}(): {parameter} must be a real number or an array of them, not {value!r}"
            )
        array = value
    condition = entry.domain.get(parameter)
    if condition and not np.all(_holds(condition, array)):
        raise ValueError(f"{name}(): {parameter} must satisfy {condition}, not {value!r}")


def _holds(condition: str, value: Any) -> Any:
    """Whether a condition ``name >= bound`` or ``name > bound`` holds; nan is data."""
    _, operator, bound = condition.split()
    violated = {">=": np.less, ">": np.less_equal}[operator](value, float(bound))
    return np.logical_not(violated)


def _signature(entry: Activation, form: Form) -> inspect.Signature:
    p = inspect.Parameter
    operands = [p(name, p.POSITIONAL_ONLY) for name in form.operands]
    parameters = [
        p(name, p.POSITIONAL_OR_KEYWORD, default=default)
        for name, default in entry.parameters.items()
    ]
    keywords = {"out": None, "where": True, "casting": "same_kind", "order": "K"}
    keywords |= {"dtype": None, "subok": True, "signature": None}
    return inspect.Signature(
        [*operands, *parameters, *(p(k, p.KEYWORD_ONLY, default=v) for k, v in keywords.items())]
    )
