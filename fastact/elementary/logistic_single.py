"""The logistic function in float32 arithmetic: what the float32 kernels of its family share.

With exp(-v) = 2^-k exp(-r) and c = 2^k,

    s(v) = c / (c + exp(-r)),    c + exp(-r) = d + d',    d = (c + 1) + t,

so the shift that makes the power of two serves the sum and the result. d is off by up to
an ULP; d' is what it lacks, and one residual of the quotient takes it in together with the
quotient's own rounding. exp(-r) = 1 - r + r^2 q with q minimax of degree 4, 2^-28.2.

c is first made too large by 2^60, which keeps it normal down to v = -128.
"""

from numpy import float32, int32

from fastact.elementary.exp import exp_series_single
from fastact.elementary.gaussian import DOWN_SINGLE
from fastact.elementary.ln2 import LN2_HIGH_SINGLE, LN2_LOW_SINGLE, LOG2_E_SINGLE, ROUND_SINGLE
from fastact.elementary.scalar import bits, fma, from_bits, select

__all__ = [
    "complement_single",
    "exp_minus_single",
    "exp_minus_single_pair",
    "logistic_derivative_single",
    "logistic_single",
    "times_logistic_single",
    "times_slope_single",
]

_MAGIC = float32(ROUND_SINGLE + 127.0 + 60.0)
_ONE = float32(1.0)


def _terms(shifted, r, r_low):
    """scale, r, r', q, r^2 with c = 2^-60 scale and exp(-r) = 1 - r + r^2 q."""
    q, square = exp_series_single(-r)
    return from_bits(int32(bits(shifted) << int32(23))), r, r_low, q, square


def exp_minus_single(v):
    """scale, r, r', q, r^2 with exp(-v) = (1 - r - r' + r^2 q) / (2^-60 scale).

    For v in [-128, 40] and at VANISHED_SINGLE. Here r' is 0, and r off by up to 2^-26.
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
    return _terms(shifted, r, (high - r) + low)


def _sum(scale, r, q, square):
    """c, d, t and c + 1 - d, exact where c is in [2^-24, 2^24], else good to 2^-26 d."""
    c = scale * DOWN_SINGLE
    t = fma(q, square, -r)
    d = (c + _ONE) + t
    return c, d, t, (_ONE - d) + c


def logistic_single(v):
    """s(v) for v in [-110, 18], to 0.994 ULP: 0 below 2^-150."""
    scale, r, _, q, square = exp_minus_single(v)
    c, d, t, rest = _sum(scale, r, q, square)
    i = _ONE / d
    # t as rounded is all the budget asks for. c itself is subnormal where s is.
    return fma(i, fma(-(rest + t), i, fma(-d, i, _ONE)), i) * c


def times_logistic_single(x, scale, r, r_low, q, square):
    """x s(v) for a finite x and v in [-128, 18], rounded once, from the terms of exp(-v)."""
    _, d, _, rest = _sum(scale, r, q, square)
    i = _ONE / d
    y = x * scale
    m = y * i
    # The residual with this sign leaves -0 where x is negative and the scale 0.
    residual = fma(m, fma(q, square, (rest - r) - r_low), fma(m, d, -y))
    return fma(-residual, i, m) * DOWN_SINGLE


def complement_single(scale, r, r_low, q, square):
    """a, e, u, u' with s(v) = 2^-60 a (1 + e) and 1 - s(v) = u + u', for v in [-128, 40].

    u + u' is good to 2^-28 of a unit, not of itself.
    """
    c = scale * DOWN_SINGLE
    d = (c + _ONE) + fma(q, square, -r)
    large = c > _ONE
    # The larger of the two goes first: exact for every c.
    rest = (select(large, c, _ONE) - d) + select(large, _ONE, c)
    i = _ONE / d
    e = fma(-fma(q, square, (rest - r) - r_low), i, fma(-d, i, _ONE))
    s = i * c
    u = _ONE - s
    return i * scale, e, u, fma(-s, e, (_ONE - u) - s)


def times_slope_single(a, e, w, w_low):
    """2^-60 a (1 + e)(1 + w + w_low), rounded once."""
    g = _ONE + w
    # g - 1 is exact for |w| < 2^23.
    g_low = (w - (g - _ONE)) + w_low
    return fma(a, g, a * fma(e, g, g_low)) * DOWN_SINGLE


def logistic_derivative_single(v, factor):
    """factor s(v) s(-v) for v in [-128, 0] and a power of two, to 0.986 ULP."""
    scale, r, _, q, square = exp_minus_single(v)
    c, d, t, rest = _sum(scale, r, q, square)
    i = _ONE / d
    e = fma(-(rest + t), i, fma(-d, i, _ONE))
    s = i * c
    u = _ONE - s
    a = i * scale
    return fma(a, u, a * fma(e, u - s, (_ONE - u) - s)) * (factor * DOWN_SINGLE)
