"""What parameters must satisfy, and the errors that say so.

A condition is text, ``name >= bound`` or ``name > bound``: documentation quotes it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from fastact.engine.entry import Activation
from fastact.engine.forms import Form

__all__ = ["check_parameter", "check_rounded", "conditions_of", "refuses_number"]


def conditions_of(entry: Activation, form: Form) -> dict[str, str]:
    """What the parameters of a form must satisfy, by name."""
    conditions = dict(entry.domain)
    if form.namespace == "vjp_from_output" and entry.from_output_domain:
        conditions[entry.from_output_domain.partition(" ")[0]] = entry.from_output_domain
    return conditions


def check_parameter(name: str, parameter: str, value: Any, condition: str | None) -> None:
    """TypeError or ValueError, by name, where a value is no number or violates a condition."""
    if not isinstance(value, (float, int)):
        dtype = getattr(value, "dtype", None) or np.asarray(value).dtype
        if getattr(dtype, "kind", "") not in "biuf" and not _is_real(value, dtype):
            raise TypeError(
                f"{name}(): {parameter} must be a real number or an array of them, not {value!r}"
            )
    if condition is None or _surely_holds(condition, value):
        return
    held = _holds(condition, value)
    if not np.all(held):
        wrong = repr(value)
        if np.ndim(held):
            at = tuple(map(int, np.argwhere(np.logical_not(held))[0]))
            wrong = f"{np.asarray(value)[at]} (at index {', '.join(map(str, at))})"
        raise ValueError(f"{name}(): {parameter} must satisfy {condition}, not {wrong}")


def _is_real(value: Any, dtype: Any) -> bool:
    """Whether numbers of an unusual dtype are real: bfloat16, or what another library says."""
    if isinstance(dtype, np.dtype) and (dtype.kind in "SU" or dtype.type is np.void):
        return False  # NumPy would cast text
    numpys = isinstance(value, (np.ndarray, np.generic))
    foreign = not numpys and hasattr(value, "__array_ufunc__")
    return foreign or np.can_cast(dtype, np.float64)


def _surely_holds(condition: str, value: Any) -> bool:
    """Whether a condition holds, as far as one pass tells: of an array by the least in it."""
    if type(value) is np.ndarray and value.size and value.dtype.kind in "biuf":
        value = value.min()
    elif not isinstance(value, (float, int, np.floating, np.integer)):
        return False
    strict, bound = _parsed(condition)
    return bool(value > bound if strict else value >= bound)


def check_rounded(
    name: str,
    parameter: str,
    value: float,
    condition: str,
    operands: tuple[Any, ...],
    keywords: dict[str, Any],
) -> None:
    """ValueError where a number satisfies a condition and, in the dtype it takes, does not."""
    kinds = [operand.dtype for operand in operands if isinstance(operand, (np.ndarray, np.generic))]
    chosen = keywords.get("dtype")
    dtype = np.dtype(chosen) if chosen is not None else np.result_type(*kinds or [np.float64])
    if dtype.kind in "biu" or dtype.itemsize == 8:
        return
    with np.errstate(all="ignore"):
        rounded = np.asarray(value).astype(dtype)
    if not np.all(_holds(condition, rounded)):
        raise ValueError(
            f"{name}(): {parameter} must satisfy {condition}, not {value!r}, which is "
            f"{float(rounded):g} in {dtype}"
        )


def _parsed(condition: str) -> tuple[bool, float]:
    """Whether a condition excludes its bound, and the bound."""
    _, operator, bound = condition.split()
    return operator == ">", float(bound)


def _holds(condition: str, value: Any) -> Any:
    """Whether a condition holds, element by element; nan is data."""
    strict, bound = _parsed(condition)
    return np.logical_not((np.less_equal if strict else np.less)(value, bound))


#: The least normal number of float16: what is smaller may round to 0 in an array's dtype.
_SMALL = 2.0**-14


def refuses_number(condition: str | None) -> Callable[[float], bool] | None:
    """Whether a Python number may violate a condition, in a hundredth of the time NumPy takes."""
    if condition is None:
        return None
    strict, bound = _parsed(condition)
    least = bound + _SMALL if strict else bound
    return lambda value: value < least
