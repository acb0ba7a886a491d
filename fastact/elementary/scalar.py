"""The scalar operations that Python has no operator for.

Kernels are ordinary Python functions over scalars. The few operations below are
one machine instruction each; here they stand as plain Python, exact to the bit,
so that every kernel runs and can be debugged without a compiler. The engine
teaches their machine form to Numba (:mod:`fastact.engine.intrinsics.machine`).

Rules of the kernel language, each with its reason:

* float32 constants are ``float32(...)`` objects: a bare ``0.5`` is a float64 and
  would widen the expression.
* Integer results are wrapped (``int32(a + b)``): Numba widens them to int64.
* :func:`select` in place of ``if``: both sides are always computed, so the loop
  stays free of branches and vectorises. Neither side may raise.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

__all__ = ["bits", "copysign", "fabs", "fma", "from_bits", "like", "select", "sqrt"]


def fma(a: Any, b: Any, c: Any) -> Any:
    """``a * b + c`` rounded once, for three float32 or three float64."""
    kind = type(a)
    if not (math.isfinite(a) and math.isfinite(b) and math.isfinite(c)):
        with np.errstate(all="ignore"):
            return kind(a * b + c)
    exact = Fraction(float(a)) * Fraction(float(b)) + Fraction(float(c))
    if exact == 0:
        with np.errstate(all="ignore"):
            product_sign = math.copysign(1.0, float(a)) * math.copysign(1.0, float(b))
            return kind(product_sign * 0.0 + c) if a == 0 or b == 0 else kind(0.0)
    return _round(exact, kind)


def _round(exact: Fraction, kind: Any) -> Any:
    """The float of type ``kind`` nearest to a nonzero fraction, ties to even."""
    info = np.finfo(kind)
    numerator, denominator = abs(exact.numerator), exact.denominator
    exponent = numerator.bit_length() - denominator.bit_length()
    if Fraction(numerator, denominator) < Fraction(2) ** exponent:
        exponent -= 1
    quantum = max(exponent, int(info.minexp)) - int(info.nmant)
    steps = round(Fraction(numerator, denominator) / Fraction(2) ** quantum)
    if steps.bit_length() + quantum > int(info.maxexp):
        return kind(math.copysign(math.inf, 1 if exact > 0 else -1))
    return kind(math.copysign(math.ldexp(steps, quantum), 1 if exact > 0 else -1))


def bits(x: Any) -> Any:
    """The bit pattern of a float32 as int32, of a float64 as int64."""
    # A bare constant that a select has chosen is Python's float.
    return x.view(np.int32) if isinstance(x, np.float32) else np.float64(x).view(np.int64)


def from_bits(pattern: Any) -> Any:
    """The float32 of an int32 bit pattern, the float64 of an int64 one."""
    return pattern.view(np.float32 if isinstance(pattern, np.int32) else np.float64)


def select(condition: Any, yes: Any, no: Any) -> Any:
    """``yes if condition else no`` with both sides computed and no branch."""
    return yes if condition else no


def fabs(x: Any) -> Any:
    """Absolute value: the sign bit cleared, also of nan."""
    return type(x)(math.fabs(x))


def copysign(magnitude: Any, sign: Any) -> Any:
    """``magnitude`` with the sign bit of ``sign``."""
    return type(magnitude)(math.copysign(magnitude, sign))


def sqrt(x: Any) -> Any:
    """Correctly rounded square root; nan below zero."""
    return type(x)(math.sqrt(x)) if x >= 0 else type(x)(math.nan)


def like(x: Any, constant: float) -> Any:
    """``constant`` in the precision of ``x``, for kernels that serve both."""
    return type(x)(constant)
