"""exp(x) - 1 for x <= 0, with its relative accuracy kept at 0."""

from numpy import float32

from fastact.elementary.exp import exp_double_parts, exp_short_single, power_of_two
from fastact.elementary.scalar import fma

__all__ = ["expm1_double_parts", "expm1_single_parts"]


def expm1_double_parts(x):
    """exp(x) - 1 as a pair, for x in [-708, 0]."""
    k, t, u = exp_double_parts(x)
    scale = power_of_two(k)
    # 2^k - 1 is exact or the larger term, and 0 where k = 0: t keeps its accuracy.
    a, b = scale - 1.0, scale * t
    total = a + b
    # For k <= -53 the -1 swallows scale; the two-step remainder gives it back.
    lost = scale - (a + 1.0)
    return total, fma(scale, u, ((a - total) + b) + lost)


def expm1_single_parts(x):
    """exp(x) - 1 as a sum of two in float32 arithmetic, for x in [-80, 0]."""
    # An addition of -0 is none; of 0 it is one for LLVM, since -0 + 0 is 0.
    scale, r, w = exp_short_single(x, float32(-0.0))
    t = r + w
    a, b = scale - float32(1.0), scale * t
    total = a + b
    return total, fma(scale, (r - t) + w, (a - total) + b)
