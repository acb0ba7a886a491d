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
        if isinstance(array, np.ma.MaskedArray):
            raise TypeError(f"{name}(): x must not be masked: fill what is masked with -inf")
        if "axes" in keywords:
            if axis is not None:
                raise TypeError(f"{name}() takes axis or axes, not both")
            return ufunc(array, keepdims=keepdims, **keywords)
        if axis is None:
            axes = tuple(range(array.ndim))
        else:
            named = axis if isinstance(axis, tuple) else (axis,)
            axes = tuple(_axis(name, array, one, " or a tuple of them") for one in named)
        if len(set(axes)) < len(axes):
            raise ValueError(f"{name}(): axis must name each axis once, not {axis!r}")
        _check_out(name, keywords.get("out"), array.shape, axes, keepdims)
        if axis is not None and not isinstance(axis, tuple):
            return ufunc(array, axis=axes[0], keepdims=keepdims, **keywords)
        if keepdims and keywords.get("out") is not None:
            raise ValueError(f"{name}(): out with keepdims needs one axis, not {axis!r}")
        end = tuple(range(array.ndim - len(axes), array.ndim))
        # NumPy takes 3 us to move nothing.
        last = array if axes == end else np.moveaxis(array, axes, end)
        rows = last.reshape(*last.shape[: array.ndim - len(axes)], -1 if array.size else 0)
        result = ufunc(rows, **keywords)
        return np.expand_dims(result, axes) if keepdims else result

    return over_axes


def _check_out(
    name: str, out: Any, shape: tuple[int, ...], axes: tuple[int, ...], keepdims: bool
) -> None:
    """A larger ``out`` would have every row computed again for each of its elements."""
    array = _only(out)
    if not isinstance(array, np.ndarray):
        return  # None, or what NumPy has its own error for
    kept = [(k in axes, length) for k, length in enumerate(shape)]
    wanted = tuple(1 if over else n for over, n in kept if keepdims or not over)
    if array.shape != wanted:
        raise ValueError(f"{name}(): out must be an array of shape {wanted}, not {array.shape}")


def _only(out: Any) -> Any:
    """The one array that ``out`` is, or a tuple of it."""
    return out[0] if isinstance(out, tuple) and len(out) == 1 else out


def _axis(name: str, array: Any, axis: Any, more: str = "") -> int:
    """``axis`` counted from the front; a clear error where the array has no such axis."""
    try:
        return int(np.lib.array_utils.normalize_axis_index(axis, array.ndim))
    except TypeError:
        given = f"an array of shape {axis.shape}" if isinstance(axis, np.ndarray) else repr(axis)
        raise TypeError(f"{name}(): axis must be an integer{more}, not {given}") from None


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


def _broadcasts_to(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    try:
        return shape == target or np.broadcast_shapes(shape, target) == target
    except ValueError:
        return False


def _gradient_of_halves(name: str, ufunc: np.ufunc) -> Callable[..., Any]:
    def gradient_of_halves(
        g: Any, x: Any, /, axis: int = -1, *, out: Any = None, **keywords: Any
    ) -> Any:
        x = np.asanyarray(x)
        up, gate = _halves(name, x, axis)
        shape = np.shape(g)
        if not _broadcasts_to(shape, gate.shape):
            raise ValueError(
                f"{name}(): g must broadcast to {gate.shape}, the shape of half of x, "
                f"not have the shape {shape}"
            )
        found, target = None, _only(out)
        if target is None:
            if type(x) is np.ndarray and type(g) in _PLAIN and keywords.keys() <= {"dtype"}:
                target = np.empty_like(x, _result_dtype(ufunc, g, x, **keywords))
            else:  # NumPy decides what becomes of masks, subclasses, other keywords
                found = ufunc(g, gate, up, **keywords)
                target = np.empty_like(x, found[0].dtype, keywords.get("order", "K"))
        elif not isinstance(target, np.ndarray) or target.shape != x.shape:
            given = getattr(target, "shape", repr(target))
            raise ValueError(f"{name}(): out must be an array of shape {x.shape}, not {given}")
        up_gradient, gate_gradient = _halves(name, target, axis)
        if found is None:
            ufunc(g, gate, up, out=(gate_gradient, up_gradient), **keywords)
        else:
            gate_gradient[...], up_gradient[...] = found
        return target

    return gradient_of_halves


#: What a gradient may be without that anything but the dtype depends on it.
_PLAIN = (np.ndarray, float, int, bool)


def _result_dtype(ufunc: np.ufunc, g: Any, x: Any, dtype: Any = None) -> Any:
    """The dtype of both results; a Python number is weak."""
    kind = g.dtype if isinstance(g, np.ndarray) else float
    if dtype is None and kind == x.dtype and x.dtype.kind == "f":
        return kind
    chosen = None if dtype is None else np.dtype(dtype)
    signature = (None, None, None, chosen, chosen)
    return ufunc.resolve_dtypes((kind, x.dtype, x.dtype, None, None), signature=signature)[-1]
