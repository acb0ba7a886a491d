"""The logistic function in float64 arithmetic, with no more low parts than one ULP needs.

The structure is that of :mod:`fastact.elementary.logistic_single`: with exp(-v) = 2^-k exp(-r)
and c = 2^k, s(v) = c / (c + exp(-r)) and the divisor is d + d' with d = (c + 1) + t. q is
minimax of degree 9, 2^-57.9 relative to exp(r).
"""

from numpy import float64, int64

from fastact.elementary.exp import exp_series_double
from fastact.elementary.gaussian import DOWN_DOUBLE
from fastact.elementary.ln2 import LN2_HIGH, LN2_LOW, LOG2_E, ROUND
from fastact.elementary.scalar import bits, fma, from_bits, select

__all__ = [
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

_MAGIC = ROUND + 1023.0 + 512.0
_ONE = float64(1.0)


def _terms(shifted, r, r_low):
    """scale, r, r', q, r^2 with c = 2^-512 scale and exp(-r) = 1 - r + r^2 q."""
    q, s = exp_series_double(-r)
    return from_bits(int64(bits(shifted) << int64(52))), r, r_low, q, s


def exp_minus_double(v):
    """scale, r, r', q, r^2 with exp(-v) = (1 - r - r' + r^2 q) / (2^-512 scale).

    For v in [-1000, 300]. Here r' is 0, and r off by up to 2^-55.
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
    return _terms(shifted, r, (high - r) + low)


def divisor_double(scale, r, r_low, q, square):
    """scale, d, d' with s(v) = 2^-512 scale / (d + d'), from the terms of exp(-v)."""
    c = scale * DOWN_DOUBLE
    both = c + _ONE
    d = both + fma(q, square, -r)
    # What the first addition lost is c itself in the left tail: joined last, as c counts
    # there, and t's tail is gone otherwise. 1 - both is exact for c <= 1.
    return scale, d, fma(q, square, ((both - d) - r) - r_low) + ((_ONE - both) + c)


def logistic_double(v):
    """s(v) for v in [-760, 38]: 0 below 2^-1075."""
    scale, d, d_low = divisor_double(*exp_minus_double(v))
    c = scale * DOWN_DOUBLE
    i = _ONE / d
    # c itself is subnormal where s is.
    return fma(i, fma(-d_low, i, fma(-d, i, _ONE)), i) * c


def times_logistic_double(x, scale, r, r_low, q, square):
    """x s(v) for a finite x and v in [-800, 38], rounded once, from the terms of exp(-v)."""
    _, d, d_low = divisor_double(scale, r, r_low, q, square)
    i = _ONE / d
    y = x * scale
    m = y * i
    return fma(fma(-m, d_low, fma(-m, d, y)), i, m) * DOWN_DOUBLE


def _complement(scale, c, d, d_low):
    """a, e, u, u' from the divisor d + d' of s(v)."""
    i = _ONE / d
    e = fma(-d_low, i, fma(-d, i, _ONE))
    s = i * c
    u = _ONE - s
    return i * scale, e, u, fma(-s, e, (_ONE - u) - s)


def _sum_of_any(scale, t):
    """c, c + 1 + t, and what the first of its two sums lost."""
    c = scale * DOWN_DOUBLE
    d = (c + _ONE) + t
    large = c > _ONE
    # The larger of the two goes first: exact for every c.
    return c, d, (select(large, c, _ONE) - d) + select(large, _ONE, c)


def complement_double(scale, r, r_low, q, square):
    """a, e, u, u' with s(v) = 2^-512 a (1 + e) and 1 - s(v) = u + u', for v in [-800, 300].

    u + u' is good to 2^-57 of a unit, not of itself.
    """
    c, d, rest = _sum_of_any(scale, fma(q, square, -r))
    return _complement(scale, c, d, fma(q, square, (rest - r) - r_low))


def complement_double_short(scale, r, r_low, q, square):
    """The same with r^2 q - r as rounded, 2^-55 off: one operation less, in the longest chain."""
    t = fma(q, square, -r)
    c, d, rest = _sum_of_any(scale, t)
    return _complement(scale, c, d, (rest + t) - r_low)


def times_slope_double(a, e, w, w_low):
    """2^-512 a (1 + e)(1 + w + w_low), rounded once."""
    g = _ONE + w
    # g - 1 is exact for |w| < 2^53.
    g_low = (w - (g - _ONE)) + w_low
    return fma(a, g, a * fma(e, g, g_low)) * DOWN_DOUBLE


def logistic_derivative_double(v, factor):
    """factor s(v) s(-v) for v in [-760, 0] and a power of two."""
    scale, r, _, q, square = exp_minus_double(v)
    c = scale * DOWN_DOUBLE
    t = fma(q, square, -r)
    d = (c + _ONE) + t
    i = _ONE / d
    # With t as rounded, and c too where it is small: 1.5 ULP are owed.
    e = fma(-(((_ONE - d) + c) + t), i, fma(-d, i, _ONE))
    s = i * c
    u = _ONE - s
    a = i * scale
    return fma(a, u, a * fma(e, u - s, (_ONE - u) - s)) * (factor * DOWN_DOUBLE)
