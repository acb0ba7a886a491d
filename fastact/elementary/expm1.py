"""exp(x) - 1 for x <= 0, with its relative accuracy kept at 0."""

from numpy import float32

from fastact.elementary.exp import exp_short_double, exp_short_single
from fastact.elementary.scalar import fma, like

__all__ = ["expm1_double_parts", "expm1_single_parts"]


def _parts(scale, r, r_low, q, square):
    """2^k exp(r + r') - 1 as a sum of two, from the terms of exp."""
    t = fma(q, square, r)
    # 2^k - 1 is exact or the larger term, and 0 where k = 0: t keeps its accuracy.
    a, b = scale - like(t, 1.0), scale * t
    total = a + b
    return total, fma(scale, fma(q, square, (r - t) + r_low), (a - total) + b)


def expm1_double_parts(x):
    """exp(x) - 1 as a sum of two, for x in [-60, 0]."""
    # An addition of -0 is none; of 0 it is one for LLVM, since -0 + 0 is 0.
    return _parts(*exp_short_double(x, -0.0))


def expm1_single_parts(x):
    """The same in float32 arithmetic, for x in [-30, 0]."""
    return _parts(*exp_short_single(x, float32(-0.0)))
