"""The logistic function in float64 arithmetic, with no more low parts than one ULP needs.

The structure is that of :mod:`fastact.elementary.logistic_single`: with exp(-v) = 2^-k exp(-r)
and c = 2^k, s(v) = c / (c + exp(-r)) and the divisor is d + d' with d = (c + 1) + t, all in
units of U, here 2^512. q is minimax of degree 9, 2^-57.9 relative to exp(r).
"""

from numpy import float64, int64

from fastact.elementary.exp import exp_series_double
from fastact.elementary.ln2 import LN2_HIGH, LN2_LOW, LOG2_E, ROUND
from fastact.elementary.scalar import bits, fma, from_bits, select

__all__ = [
    "LEAST_DOUBLE",
    "complement_double",
    "complement_double_short",
    "divisor_double",
    "exp_minus_double",
    "exp_minus_double_pair",
    "logistic_derivative_double",
    "logistic_double",
    "times_logistic_double",
    "times_slope_double",
]

#: -1535 log 2: the scale is an exact 0 here.
LEAST_DOUBLE = -1063.981

_RAISED = 512
_MAGIC = ROUND + 1023.0 + _RAISED
_UNIT = float64(2.0**_RAISED)
_ONE = float64(1.0)


def _raised(r):
    """U r by its exponent: an addition of integers. 0 becomes 2^-511, which is nothing beside U."""
    return from_bits(int64(bits(r) + int64(_RAISED << 52)))


def _terms(shifted, r, r_low):
    """scale, U r, U r', U q, r^2 with scale = U c and exp(-r) = 1 - r + r^2 q."""
    q, square = exp_series_double(-r, _UNIT)
    return from_bits(int64(bits(shifted) << int64(52))), _raised(r), r_low, q, square


def exp_minus_double(v):
    """scale, r, r', q, r^2 with U exp(-v) = (U - r - r' + r^2 q) / c, c = scale / U.

    For v in [-1063, 350] and at LEAST_DOUBLE. Here r' is 0, and r off by up to 2^-55 U.
    """
    shifted = fma(v, LOG2_E, _MAGIC)
    k = shifted - _MAGIC
    return _terms(shifted, fma(k, -LN2_LOW, fma(k, -LN2_HIGH, v)), 0.0)


def exp_minus_double_pair(v, v_low):
    """The same of v + v_low, with r' what rounding took from r."""
    shifted = fma(v, LOG2_E, _MAGIC)
    k = shifted - _MAGIC
    high = fma(k, -LN2_HIGH, v)
    low = fma(k, -LN2_LOW, v_low)
    r = high + low
    return _terms(shifted, r, _raised((high - r) + low))


def divisor_double(scale, r, r_low, q, square):
    """scale, d, d' with s(v) = scale / (d + d'), from the terms of exp(-v)."""
    both = scale + _UNIT
    d = both + fma(q, square, -r)
    # What the first addition lost is c itself in the left tail: joined last, as c counts
    # there, and t's tail is gone otherwise. U - both is exact for c <= 1.
    return scale, d, fma(q, square, ((both - d) - r) - r_low) + ((_UNIT - both) + scale)


def logistic_double(v):
    """s(v) for v in [-760, 38]: 0 below 2^-1075."""
    scale, d, d_low = divisor_double(*exp_minus_double(v))
    i = _ONE / d
    return fma(i, fma(-d_low, i, fma(-d, i, _ONE)), i) * scale


def times_logistic_double(x, scale, r, r_low, q, square):
    """x s(v) for |x| < 2^400 and v in [-1063, 70], rounded once, from the terms of exp(-v)."""
    _, d, d_low = divisor_double(scale, r, r_low, q, square)
    i = _ONE / d
    y = x * scale
    # May be subnormal, and rounded as such: its residual is not.
    m = y * i
    # The residual with this sign leaves -0 where x is negative and the scale 0.
    return fma(-fma(m, d_low, fma(m, d, -y)), i, m)


def _complement(scale, d, d_low):
    """scale, i, e, u, u' from the divisor d + d' of s(v)."""
    i = _ONE / d
    e = fma(-d_low, i, fma(-d, i, _ONE))
    s = i * scale
    u = _ONE - s
    return scale, i, e, u, fma(-s, e, (_ONE - u) - s)


def _sum_of_any(scale, t):
    """U (c + 1 + t), and what the first of its two sums lost."""
    d = (scale + _UNIT) + t
    large = scale > _UNIT
    # The larger of the two goes first: exact for every c.
    return d, (select(large, scale, _UNIT) - d) + select(large, _UNIT, scale)


def complement_double(scale, r, r_low, q, square):
    """scale, i, e, u, u' with s(v) = scale i (1 + e), 1 - s(v) = u + u', for v in [-800, 300].

    u + u' is good to 2^-57 of a unit, not of itself.
    """
    d, rest = _sum_of_any(scale, fma(q, square, -r))
    return _complement(scale, d, fma(q, square, (rest - r) - r_low))


def complement_double_short(scale, r, r_low, q, square):
    """The same with r^2 q - r as rounded, 2^-55 off: one operation less, in the longest chain."""
    t = fma(q, square, -r)
    d, rest = _sum_of_any(scale, t)
    return _complement(scale, d, (rest + t) - r_low)


def times_slope_double(scale, i, e, w, w_low):
    """scale i (1 + e)(1 + w + w_low), rounded once."""
    g = _ONE + w
    # g - 1 is exact for |w| < 2^53.
    g_low = (w - (g - _ONE)) + w_low
    return fma(i, g, i * fma(e, g, g_low)) * scale


def logistic_derivative_double(v, factor):
    """factor s(v) s(-v) for v in [-760, 0] and a power of two."""
    scale, r, _, q, square = exp_minus_double(v)
    t = fma(q, square, -r)
    d = (scale + _UNIT) + t
    i = _ONE / d
    # With t as rounded, and c too where it is small: 1.5 ULP are owed.
    e = fma(-(((_UNIT - d) + scale) + t), i, fma(-d, i, _ONE))
    s = i * scale
    u = _ONE - s
    return fma(i, u, i * fma(e, u - s, (_ONE - u) - s)) * (factor * scale)
