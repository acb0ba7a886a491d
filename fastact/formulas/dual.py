"""Dual numbers over NumPy arrays: forward differentiation of formulas.

A :class:`Dual` is an array and its derivative by ``x``. A slope that is a Python
number stays one: multiplying an array by 1.0 or adding an array of zeros is work that
nobody does by hand, and the baseline should not be slowed by it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["DUAL", "Dual"]

TWO_BY_ROOT_PI = 2.0 / math.sqrt(math.pi)


def _times(a: Any, b: Any) -> Any:
    """``a * b`` without the work where one factor is a plain 0, 1 or -1."""
    for one, other in ((a, b), (b, a)):
        if isinstance(one, (int, float)) and not isinstance(one, np.floating):
            if one == 0:
                return 0.0
            if one == 1:
                return other
            if one == -1:
                return -other
    return a * b


def _plus(a: Any, b: Any) -> Any:
    if isinstance(a, float) and a == 0:
        return b
    if isinstance(b, float) and b == 0:
        return a
    return a + b


def _choose(condition: Any, yes: Any, no: Any, value: Any) -> Any:
    """``where`` for slopes, in the precision of ``value``: two floats would give float64."""
    kind = np.asarray(value).dtype
    if isinstance(yes, float) and isinstance(no, float) and (yes, no) == (1.0, 0.0):
        return np.asarray(condition).astype(kind)  # a mask is its own slope
    return np.where(condition, *(s if np.ndim(s) else np.asarray(s, kind) for s in (yes, no)))


def _parts(operand: Any) -> tuple[Any, Any]:
    return (operand.value, operand.slope) if isinstance(operand, Dual) else (operand, 0.0)


class Dual:
    """A value and its slope, with the arithmetic that formulas use."""

    __array_ufunc__ = None  # an array on the left leaves the operation to us

    def __init__(self, value: Any, slope: Any) -> None:
        self.value, self.slope = value, slope

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope)

    def __add__(self, other: Any) -> Dual:
        value, slope = _parts(other)
        return Dual(self.value + value, _plus(self.slope, slope))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Dual:
        value, slope = _parts(other)
        return Dual(self.value - value, _plus(self.slope, -slope))

    def __rsub__(self, other: Any) -> Dual:
        return Dual(other - self.value, -self.slope)

    def __mul__(self, other: Any) -> Dual:
        value, slope = _parts(other)
        return Dual(self.value * value, _plus(_times(self.slope, value), _times(self.value, slope)))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Dual:
        if not isinstance(other, Dual):
            return Dual(self.value / other, self.slope / other)
        quotient = self.value / other.value
        numerator = _plus(self.slope, -_times(quotient, other.slope))
        return Dual(quotient, numerator / other.value)

    def __rtruediv__(self, other: Any) -> Dual:
        quotient = other / self.value
        return Dual(quotient, _times(-quotient / self.value, self.slope))

    def __pow__(self, exponent: Any) -> Dual:
        power = exponent * self.value if exponent == 2 else exponent * self.value ** (exponent - 1)
        return Dual(self.value**exponent, _times(power, self.slope))

    # Comparisons feed ``where``; they have no slope.
    def __le__(self, other: Any) -> Any:
        return self.value <= _parts(other)[0]

    def __gt__(self, other: Any) -> Any:
        return self.value > _parts(other)[0]

    def __ge__(self, other: Any) -> Any:
        return self.value >= _parts(other)[0]


def _rule(slope: Callable[[Any, Any], Any]) -> Callable[[Any], Callable[[Any], Any]]:
    """A function of one operand; ``slope(x, y)`` is its derivative at x, where it is y."""

    def of(function: Any) -> Callable[[Any], Any]:
        def apply(x: Any) -> Any:
            if not isinstance(x, Dual):
                return function(x)
            y = function(x.value)
            return Dual(y, _times(slope(x.value, y), x.slope))

        return apply

    return of


def _where(function: Any) -> Callable[..., Any]:
    def where(condition: Any, yes: Any, no: Any) -> Any:
        (a, da), (b, db) = _parts(yes), _parts(no)
        value = function(condition, a, b)
        return Dual(value, _choose(condition, da, db, value))

    return where


def _larger(sign: int) -> Callable[[Any], Callable[[Any, Any], Any]]:
    """maximum (sign 1) and minimum (sign -1); the slope at a tie is that of the second."""

    def of(function: Any) -> Callable[[Any, Any], Any]:
        def extreme(one: Any, other: Any) -> Any:
            (a, da), (b, db) = _parts(one), _parts(other)
            if not isinstance(one, Dual) and not isinstance(other, Dual):
                return function(a, b)
            value = function(a, b)
            return Dual(value, _choose(a > b if sign > 0 else a < b, da, db, value))

        return extreme

    return of


def _clip(function: Any) -> Callable[..., Any]:
    def clip(x: Any, low: Any, high: Any) -> Any:
        value, slope = _parts(x)
        inside = (value > low) & (value < high)
        return Dual(function(value, low, high), _choose(inside, slope, 0.0, value))

    return clip


#: For every function of the vocabulary: how to lift NumPy's to dual numbers.
DUAL: dict[str, Callable[[Any], Callable[..., Any]]] = {
    "exp": _rule(lambda _x, y: y),
    "expm1": _rule(lambda _x, y: y + 1.0),
    "log": _rule(lambda x, _y: 1.0 / x),
    "log1p": _rule(lambda x, _y: 1.0 / (1.0 + x)),
    "tanh": _rule(lambda _x, y: 1.0 - y * y),
    "sqrt": _rule(lambda _x, y: 0.5 / y),
    "erf": _rule(lambda x, _y: TWO_BY_ROOT_PI * np.exp(-x * x)),
    "erfc": _rule(lambda x, _y: -TWO_BY_ROOT_PI * np.exp(-x * x)),
    "abs": _rule(lambda x, _y: np.sign(x)),
    "sign": _rule(lambda _x, _y: 0.0),
    "where": _where,
    "maximum": _larger(1),
    "minimum": _larger(-1),
    "clip": _clip,
}
