"""Mish: x times the hyperbolic tangent of softplus."""

from numpy import float32, float64

from fastact.elementary.exp import exp_within
from fastact.elementary.gaussian import (
    DOWN_DOUBLE,
    exp_double_terms,
)
from fastact.elementary.log1p import exp_pair
from fastact.elementary.minimum import mish_minimum_double
from fastact.elementary.pairs import sum_of_two
from fastact.elementary.scalar import fabs, fma, like, select
from fastact.engine.entry import OWED, Interval, activation
from fastact.engine.interleave import four_lines

# tanh(softplus(x)) is rational in e^x. With e = exp(-|x|), so that nothing overflows, it is
# f T / B where, for x < 0, f = e, T = 2 + e and B = T + e + e^2, and for x >= 0 f = 1,
# T = 1 + 2 e and B = T + 2 e^2. The derivative is f (T / B + 4 x (1 + e) g / B^2) with
# g = 1 and e^2. The factor f is kept apart, with its power of two too large by 1 / down, so
# that the result is rounded once where it is subnormal. Sums and quotients are pairs.

#: The slope at 0 as a sum of two.
_SLOPE, _SLOPE_LOW = 0.6, 2.2204460492503132e-17


def _quotient(negative, e, e_low):
    """T / B as a pair, 1 / B and its relative correction, e^2 as a pair."""
    one = like(e, 1.0)
    base = select(negative, one + one, one)
    y, y_low = select(negative, e, e + e), select(negative, e_low, e_low + e_low)
    top = base + y
    top_low = ((base - top) + y) + y_low
    square = e * e
    square_low = fma(e + e, e_low, fma(e, e, -square))
    both = e + square
    z = select(negative, both, square + square)
    z_low = select(negative, ((e - both) + square) + (square_low + e_low), square_low + square_low)
    d = top + z
    d_low = ((top - d) + z) + (top_low + z_low)
    i = one / d
    q = top * i
    q_low = (fma(-q, d_low, fma(-q, d, top)) + top_low) * i
    return q, q_low, i, fma(-d_low, i, fma(-d, i, one)), square, square_low


def _value(x, scale, r, w, down):
    """x tanh(softplus(x)) from the terms of exp(-|x|)."""
    one = like(x, 1.0)
    negative = x < like(x, 0.0)
    e, e_low = exp_pair(scale, r, w)
    q, q_low, _, _, _, _ = _quotient(negative, e * down, e_low * down)
    f = select(negative, x * e, x)
    f_low = select(negative, fma(x, e_low, fma(x, e, -f)), like(x, 0.0))
    m = f * q
    m_low = fma(f, q_low, fma(f_low, q, fma(f, q, -m)))
    return (m + m_low) * select(negative, down, one)


def _slope(x, scale, r, w, down):
    """The derivative, from the same."""
    one = like(x, 1.0)
    negative = x < like(x, 0.0)
    e, e_low = exp_pair(scale, r, w)
    small, small_low = e * down, e_low * down
    q, q_low, i, i_low, square, square_low = _quotient(negative, small, small_low)
    h = one + small
    h_low = ((one - h) + small) + small_low
    x4 = like(x, 4.0) * x
    g = select(negative, one, square)
    g_low = select(negative, like(x, 0.0), square_low)
    a = x4 * g
    a_low = fma(x4, g_low, fma(x4, g, -a))
    b = a * h
    b_low = fma(a_low, h, fma(a, h_low, fma(a, h, -b)))
    c = b * i
    c_low = fma(b_low, i, fma(b, i, -c))
    d = c * i
    d_low = fma(d, i_low + i_low, fma(c_low, i, fma(c, i, -d)))
    # The two meet at the zero of the derivative.
    y, y_low = sum_of_two(q, d)
    y_low = y_low + (q_low + d_low)
    f = select(negative, e, one)
    m = f * y
    m_low = fma(select(negative, e_low, like(x, 0.0)), y, fma(f, y_low, fma(f, y, -m)))
    return (m + m_low) * select(negative, down, one)


@activation(
    formula="x * tanh(log1p(exp(x)))",
    source="Misra 2019, arXiv:1908.08681",
    range=Interval(-0.30884341301725043, float("inf")),
    use="Detection networks that were tuned with it, YOLOv4 for one; smoother than silu.",
    drawback="Dearer than silu for about the same result.",
    max_ulp=OWED,
    derivative_zeros=(-1.1924312145154952,),
)
@four_lines(64)
def mish(x):
    """Mish, x tanh(softplus(x))."""
    bounded = select(x < -800.0, -800.0, x)
    inner = select(bounded > 60.0, 60.0, bounded)
    scale, r, w = exp_double_terms(-fabs(inner), 0.0)
    value = mish_minimum_double(x, _value(inner, scale, r, w, DOWN_DOUBLE))
    # Right of 60 tanh(softplus(x)) is 1; near 0 the products of pairs would underflow.
    return select(x > 60.0, x, select(fabs(x) < 2.0**-60, fma(_SLOPE, x, _SLOPE_LOW * x), value))


@mish.single
@four_lines(64)
def _(x):
    # By the terms above in float32 it would take a tenth longer.
    wide = float64(x)
    wide = select(wide < -200.0, -200.0, wide)
    e = exp_within(-select(wide > 700.0, 700.0, fabs(wide)))
    negative = wide < 0.0
    top = select(negative, e * (e + 2.0), 1.0 + 2.0 * e)
    return float32(wide * (top / (top + select(negative, 2.0, 2.0 * e * e))))


@mish.derivative
@four_lines(64)
def _(x):
    bounded = select(x < -800.0, -800.0, x)
    inner = select(bounded > 60.0, 60.0, bounded)
    scale, r, w = exp_double_terms(-fabs(inner), 0.0)
    return _slope(inner, scale, r, w, DOWN_DOUBLE)


@mish.derivative_single
@four_lines(64)
def _(x):
    wide = float64(x)
    wide = select(wide < -200.0, -200.0, select(wide > 200.0, 200.0, wide))
    e = exp_within(-fabs(wide))
    negative = wide < 0.0
    top = select(negative, e + 2.0, 1.0 + 2.0 * e)
    d = select(negative, 2.0 + e * (e + 2.0), 1.0 + 2.0 * e * (1.0 + e))
    slope = 4.0 * wide * (1.0 + e) * select(negative, 1.0, e * e)
    return float32(select(negative, e, 1.0) * (top * d + slope) / (d * d))
