"""The logistic function in float32 arithmetic: what the float32 kernels of its family share.

With exp(-v) = 2^-k exp(-r) and c = 2^k,

    s(v) = c / (c + exp(-r)),    c + exp(-r) = d + d',    d = (c + 1) + t,

so the shift that makes the power of two serves the sum and the result. d is off by up to
an ULP; d' is what it lacks, and one residual of the quotient takes it in together with the
quotient's own rounding. exp(-r) = 1 - r + r^2 q with q minimax of degree 4, 2^-28.2.

All of this is in units of U = 2^48: the scale is U c, which stays normal where c and the result
are subnormal, and what is added to it is U exp(-r), with r and the coefficients of q raised as
well. The quotient of two such numbers has no unit, so nothing is to be taken back.
"""

from numpy import float32, int32

from fastact.elementary.exp import exp_series_single
from fastact.elementary.ln2 import LN2_HIGH_SINGLE, LN2_LOW_SINGLE, LOG2_E_SINGLE, ROUND_SINGLE
from fastact.elementary.scalar import bits, fma, from_bits, select

__all__ = [
    "LEAST_SINGLE",
    "complement_single",
    "divisor_single",
    "exp_minus_single",
    "exp_minus_single_pair",
    "logistic_derivative_single",
    "logistic_single",
    "times_logistic_single",
    "times_slope_single",
]

#: -175 log 2: the scale is an exact 0 here, and so is the last product, as at
#: :data:`fastact.elementary.gaussian.VANISHED_SINGLE`. s, and x s, are below 2^-150.
LEAST_SINGLE = float32(-121.30076)

_RAISED = 48
_MAGIC = float32(ROUND_SINGLE + 127.0 + _RAISED)
_UNIT = float32(2.0**_RAISED)
_ONE = float32(1.0)


def _raised(r):
    """U r by its exponent: an addition of integers, where multipliers are what is short.

    0 becomes 2^-79, which is nothing beside U.
    """
    return from_bits(int32(bits(r) + int32(_RAISED << 23)))


def _terms(shifted, r, r_low):
    """scale, U r, U r', U q, r^2 with scale = U c and exp(-r) = 1 - r + r^2 q."""
    q, square = exp_series_single(-r, _UNIT)
    return from_bits(int32(bits(shifted) << int32(23))), _raised(r), r_low, q, square


def exp_minus_single(v):
    """scale, r, r', q, r^2 with U exp(-v) = (U - r - r' + r^2 q) / c, c = scale / U.

    For v in [-121, 54] and at LEAST_SINGLE. Here r' is 0, and r off by up to 2^-26 U.
    """
    shifted = fma(v, LOG2_E_SINGLE, _MAGIC)
    k = shifted - _MAGIC
    return _terms(shifted, fma(k, -LN2_LOW_SINGLE, fma(k, -LN2_HIGH_SINGLE, v)), float32(0.0))


def exp_minus_single_pair(v, v_low):
    """The same of v + v_low, with r' what rounding took from r.

    An argument with more bits than a float32 meets the worst r; alone it would cost 0.3 ULP.
    """
    shifted = fma(v, LOG2_E_SINGLE, _MAGIC)
    k = shifted - _MAGIC
    high = fma(k, -LN2_HIGH_SINGLE, v)
    low = fma(k, -LN2_LOW_SINGLE, v_low)
    r = high + low
    return _terms(shifted, r, _raised((high - r) + low))


def logistic_single(v):
    """s(v) for v in [-121, 18], to 0.994 ULP: 0 below 2^-150."""
    scale, r, _, q, square = exp_minus_single(v)
    # t as rounded is all the budget asks for, and c is exact where it counts.
    t = fma(q, square, -r)
    d = (scale + _UNIT) + t
    i = _ONE / d
    return fma(i, fma(-(((_UNIT - d) + scale) + t), i, fma(-d, i, _ONE)), i) * scale


def divisor_single(scale, r, r_low, q, square):
    """scale, d, d' with s(v) = scale / (d + d'), from the terms of exp(-v).

    With all that c loses: at 2^-25 and below what :func:`times_logistic_single` does without would
    cost swish 1.07 ULP, where beta x is rounded as well.
    """
    both = scale + _UNIT
    d = both + fma(q, square, -r)
    lost = (_UNIT - both) + scale
    return scale, d, fma(q, square, ((both - d) - r) - r_low) + lost


def times_logistic_single(x, scale, r, r_low, q, square):
    """x s(v) for |x| < 2^50 and v in [-121, 54], rounded once, from the terms of exp(-v)."""
    d = (scale + _UNIT) + fma(q, square, -r)
    # Exact where c is in [2^-24, 2^24], else good to 2^-26 d.
    rest = (_UNIT - d) + scale
    d_low = fma(q, square, (rest - r) - r_low)
    i = _ONE / d
    y = x * scale
    # May be subnormal, and rounded as such: its residual is not.
    m = y * i
    # The residual with this sign leaves -0 where x is negative and the scale 0.
    residual = fma(m, d_low, fma(m, d, -y))
    return fma(-residual, i, m)


def complement_single(scale, r, r_low, q, square):
    """scale, i, e, u, u' with s(v) = scale i (1 + e), 1 - s(v) = u + u', for v in [-121, 54].

    u + u' is good to 2^-28 of a unit, not of itself.
    """
    d = (scale + _UNIT) + fma(q, square, -r)
    large = scale > _UNIT
    # The larger of the two goes first: exact for every c.
    rest = (select(large, scale, _UNIT) - d) + select(large, _UNIT, scale)
    i = _ONE / d
    e = fma(-fma(q, square, (rest - r) - r_low), i, fma(-d, i, _ONE))
    s = i * scale
    u = _ONE - s
    return scale, i, e, u, fma(-s, e, (_ONE - u) - s)


def times_slope_single(scale, i, e, w, w_low):
    """scale i (1 + e)(1 + w + w_low), rounded once."""
    g = _ONE + w
    # g - 1 is exact for |w| < 2^23.
    g_low = (w - (g - _ONE)) + w_low
    return fma(i, g, i * fma(e, g, g_low)) * scale


def logistic_derivative_single(v, factor):
    """factor s(v) s(-v) for v in [-121, 0] and a power of two, to 0.986 ULP."""
    scale, r, _, q, square = exp_minus_single(v)
    t = fma(q, square, -r)
    d = (scale + _UNIT) + t
    i = _ONE / d
    e = fma(-(((_UNIT - d) + scale) + t), i, fma(-d, i, _ONE))
    s = i * scale
    u = _ONE - s
    return fma(i, u, i * fma(e, u - s, (_ONE - u) - s)) * (factor * scale)
