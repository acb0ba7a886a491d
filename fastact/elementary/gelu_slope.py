"""The slope of gelu left of 0, without its cancellation, in float32 arithmetic.

gelu'(-a) = exp(-a^2 / 2) (W(a) - a / sqrt(2 pi)) with W of :mod:`fastact.elementary.ndtr`. The two
terms meet at a = 0.75, where float32 ones would leave nothing; but with that zero z divided out,

    W(a) - a / sqrt(2 pi) = (z - a) S(a),

S falls smoothly from 2/3 to 1 / sqrt(2 pi), and z - a is exact where it is small. What S has
beyond its limit is 1/4 / (a + 15/16), the quotient in which its rounding counts for two
fifths at most, times 1 plus a rational that is 0 at a = 0: degree 4, minimax in the error of S,
2^-27.1 on [0, 13.6].
"""

from numpy import float32

from fastact.elementary.ndtr import PHI_0_SINGLE, PHI_0_SINGLE_LOW, over_sum_single
from fastact.elementary.scalar import fma

__all__ = ["slope_single_terms"]

# z as a sum of two float32.
_ZERO, _ZERO_LOW = float32(0.7517915368080139), float32(-1.211444988769017e-08)
_SHIFT = float32(0.9375)


def slope_single_terms(a, v):
    """d, d', s, s' with W(a) - a / sqrt(2 pi) = -(d + d')(s + s'), s' up to a twentieth of s.

    For a in [0, 13.6] and v = -a^2 / 2.
    """
    # Four times the rest is what i lacks, relative to it.
    i, rest = over_sum_single(float32(0.25), a, _SHIFT)
    n0 = fma(float32(0.39917662739753723), a, float32(-0.0019910521805286407))
    n1 = fma(float32(-0.1347203403711319), a, float32(-0.49211248755455017))
    n = fma(fma(float32(0.027908358722925186), v, n1), v, n0)
    d0 = fma(float32(1.4636963605880737), a, float32(1.0))
    d1 = fma(float32(-0.5232097506523132), a, float32(-1.7565691471099854))
    small = n / fma(fma(float32(0.13979338109493256), v, d1), v, d0)
    s = PHI_0_SINGLE + i
    s_low = fma(i, fma(float32(4.0), rest, small), ((PHI_0_SINGLE - s) + i) + PHI_0_SINGLE_LOW)
    # Knuth's two-sum: either may be the larger.
    d = a - _ZERO
    back = d - a
    d_low = ((a - (d - back)) - (_ZERO + back)) - _ZERO_LOW
    return d, d_low, s, s_low
