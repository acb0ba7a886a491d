"""Functions around the ufuncs of rows and gates, where a ufunc cannot take the arguments.

A gufunc reduces over one axis, where ``logsumexp`` takes several; an elementwise ufunc
cannot split one array in halves, as ``glu`` does.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from fastact.engine.rowwise import GatedUnit, RowFunction, Rowwise

__all__ = ["is_wrapped", "wrapped"]


def is_wrapped(record: Rowwise, form: Any) -> bool:
    """Whether the public name of a form is a function over its ufunc."""
    if isinstance(record, GatedUnit):
        return record.splits
    return bool(form.scalar)


def wrapped(record: Rowwise, form: Any, ufunc: np.ufunc, module: str) -> Callable[..., Any]:
    """The public function of a form whose ufunc cannot be public itself."""
    if isinstance(record, RowFunction):
        function = _over_axes(record.name, ufunc)
    elif form.namespace:
        function = _gradient_of_halves(f"{form.namespace}.{record.name}", ufunc)
    else:
        function = _on_halves(record.name, ufunc)
    function.__name__ = function.__qualname__ = record.name
    function.__module__ = module
    function.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    return function


def _over_axes(name: str, ufunc: np.ufunc) -> Callable[..., Any]:
    def over_axes(
        x: Any,
        /,
        axis: int | tuple[int, ...] | None = None,
        keepdims: bool = False,
        **keywords: Any,
    ) -> Any:
        array = np.asanyarray(x)
        if axis is None:
            axes = tuple(range(array.ndim))
        else:
            named = axis if isinstance(axis, tuple) else (axis,)
            axes = tuple(_axis(name, array, one) for one in named)
        if len(set(axes)) < len(axes):
            raise ValueError(f"{name}(): axis must name each axis once, not {axis!r}")
        _check_out(name, keywords.get("out"), array.shape, axes, keepdims)
        if axis is not None and not isinstance(axis, tuple):
            return ufunc(array, axis=axes[0], keepdims=keepdims, **keywords)
        if keepdims and keywords.get("out") is not None:
            raise ValueError(f"{name}(): out with keepdims needs one axis, not {axis!r}")
        last = np.moveaxis(array, axes, range(array.ndim - len(axes), array.ndim))
        rows = last.reshape(*last.shape[: array.ndim - len(axes)], -1 if array.size else 0)
        result = ufunc(rows, **keywords)
        return np.expand_dims(result, axes) if keepdims else result

    return over_axes


def _check_out(
    name: str, out: Any, shape: tuple[int, ...], axes: tuple[int, ...], keepdims: bool
) -> None:
    """A larger ``out`` would have every row computed again for each of its elements."""
    (array,) = out if isinstance(out, tuple) and len(out) == 1 else (out,)
    if not isinstance(array, np.ndarray):
        return  # None, or what NumPy has its own error for
    kept = [(k in axes, length) for k, length in enumerate(shape)]
    wanted = tuple(1 if over else n for over, n in kept if keepdims or not over)
    if array.shape != wanted:
        raise ValueError(f"{name}(): out must be an array of shape {wanted}, not {array.shape}")


def _axis(name: str, array: Any, axis: Any) -> int:
    """``axis`` counted from the front; a clear error where the array has no such axis."""
    try:
        return int(np.lib.array_utils.normalize_axis_index(axis, array.ndim))
    except TypeError:
        raise TypeError(f"{name}(): axis must be an integer, not {axis!r}") from None


def _halves(name: str, x: Any, axis: int) -> tuple[Any, Any]:
    """Both halves of an array along an axis, as views."""
    position = _axis(name, x, axis)
    length = x.shape[position]
    if length % 2:
        raise ValueError(f"{name}(): x must have an even length along axis {axis}, not {length}")
    index = (slice(None),) * position
    return x[(*index, slice(length // 2))], x[(*index, slice(length // 2, None))]


def _on_halves(name: str, ufunc: np.ufunc) -> Callable[..., Any]:
    def on_halves(x: Any, /, axis: int = -1, **keywords: Any) -> Any:
        up, gate = _halves(name, np.asanyarray(x), axis)
        return ufunc(gate, up, **keywords)

    return on_halves


def _gradient_of_halves(name: str, ufunc: np.ufunc) -> Callable[..., Any]:
    def gradient_of_halves(
        g: Any, x: Any, /, axis: int = -1, *, out: Any = None, **keywords: Any
    ) -> Any:
        g, x = np.asanyarray(g), np.asanyarray(x)
        up, gate = _halves(name, x, axis)
        if out is None:
            asked = keywords.get("dtype")
            kinds = (g.dtype, x.dtype, x.dtype, asked, asked)
            out = np.empty(x.shape, ufunc.resolve_dtypes(kinds)[-1])
        elif not isinstance(out, np.ndarray) or out.shape != x.shape:
            shape = getattr(out, "shape", None)
            raise ValueError(f"{name}(): out must be an array of shape {x.shape}, not {shape}")
        up_gradient, gate_gradient = _halves(name, out, axis)
        ufunc(g, gate, up, out=(gate_gradient, up_gradient), **keywords)
        return out

    return gradient_of_halves
