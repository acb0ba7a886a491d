"""Mish: x times the hyperbolic tangent of softplus."""

from numpy import float32, float64, int64

from fastact.elementary.exp import exp_double_parts, exp_wide, power_of_two
from fastact.elementary.logistic import scaled_double
from fastact.elementary.scalar import fabs, fma, select
from fastact.engine.entry import Bound, Interval, activation

# tanh(softplus(x)) is rational in e^x. With e = exp(-|x|), so that nothing overflows,
# it is N / (N + c) where N = e (e + 2), c = 2 for x < 0 and N = 1 + 2 e, c = 2 e^2 for
# x >= 0; the derivative is (N (N + c) + 4 x m) / (N + c)^2 with m = e (1 + e) and
# e^2 (1 + e). All terms are carried as pairs: e is one, and so is each product.


def _pair_times(a, a_low, b, b_low):
    """(a + a_low)(b + b_low) as a pair."""
    p = a * b
    p_low = fma(a_low, b, fma(a, b_low, fma(a, b, -p)))
    return p, p_low


def _fast_sum(a, a_low, b, b_low):
    """The sum of two pairs with |a| >= |b|."""
    s = a + b
    return s, ((a - s) + b) + (a_low + b_low)


def _pair_quotient(a, a_low, b, b_low):
    """(a + a_low) / (b + b_low) as a pair."""
    r = 1.0 / b
    q = a * r
    return q, (fma(-q, b_low, fma(-q, b, a)) + a_low) * r


def _exponential(x):
    """k - k', e, e' with exp(-|x|) = 2^(k - k') (e + e'), the exponent 0 unless |x| > 69."""
    z = fabs(x)
    k, t, u = exp_double_parts(-select(z > 800.0, 800.0, z))
    h = 1.0 + t
    near = select(k < int64(-100), int64(-100), k)
    scale = power_of_two(near)
    return int64(k - near), scale * h, scale * (((1.0 - h) + t) + u)


@activation(
    formula="x * tanh(log1p(exp(x)))",
    source="Misra 2019, arXiv:1908.08681",
    range=Interval(-0.3088403214, float("inf")),
    use="Detection networks that were tuned with it, YOLOv4 for one; smoother than silu.",
    drawback="Dearer than silu for about the same result.",
    max_ulp={"float32": Bound(1.0, 1.0), "float64": Bound(1.0, 1.5)},
    derivative_zeros=(-1.1924346,),
)
def mish(x):
    """Mish, x tanh(softplus(x))."""
    bounded = select(x < -800.0, -800.0, x)
    n, e, e_low = _exponential(bounded)
    left, left_low = _pair_times(e, e_low, *_fast_sum(2.0, 0.0, e, e_low))
    d, d_low = _fast_sum(2.0, 0.0, left * 0.5, left_low * 0.5)
    d, d_low = _fast_sum(d, d_low, left * 0.5, left_low * 0.5)
    right, right_low = _fast_sum(1.0, 0.0, e + e, e_low + e_low)
    square, square_low = _pair_times(e, e_low, e, e_low)
    c, c_low = _fast_sum(right, right_low, square + square, square_low + square_low)
    negative = x < 0.0
    q, q_low = _pair_quotient(
        select(negative, left, right),
        select(negative, left_low, right_low),
        select(negative, d, c),
        select(negative, d_low, c_low),
    )
    inner = select(bounded > 60.0, 60.0, bounded)
    m = inner * q
    value = scaled_double(m + fma(inner, q_low, fma(inner, q, -m)), select(negative, n, int64(0)))
    # Right of 60 tanh(softplus(x)) is 1; near 0 the products of pairs would underflow.
    return select(x > 60.0, x, select(fabs(x) < 2.0**-60, 0.6 * x, value))


@mish.single
def _(x):
    wide = float64(x)
    wide = select(wide < -200.0, -200.0, wide)
    e = exp_wide(-fabs(wide))
    negative = wide < 0.0
    top = select(negative, e * (e + 2.0), 1.0 + 2.0 * e)
    return float32(wide * (top / (top + select(negative, 2.0, 2.0 * e * e))))


@mish.derivative
def _(x):
    bounded = select(x < -800.0, -800.0, select(x > 60.0, 60.0, x))
    n, e, e_low = _exponential(bounded)
    negative = x < 0.0
    one, one_low = _fast_sum(1.0, 0.0, e, e_low)
    # Left: the common factor e is taken out, so that it scales the result at the end.
    two, two_low = _fast_sum(2.0, 0.0, e, e_low)
    top, top_low = _pair_times(e, e_low, two, two_low)
    d, d_low = _fast_sum(2.0, 0.0, top, top_low)
    a, a_low = _pair_times(two, two_low, d, d_low)
    b, b_low = _pair_times(4.0 * bounded, 0.0, one, one_low)
    # Right.
    n_right, n_right_low = _fast_sum(1.0, 0.0, e + e, e_low + e_low)
    square, square_low = _pair_times(e, e_low, e, e_low)
    c, c_low = _fast_sum(n_right, n_right_low, square + square, square_low + square_low)
    f, f_low = _pair_times(n_right, n_right_low, c, c_low)
    g, g_low = _pair_times(square, square_low, b, b_low)
    p = select(negative, a, f)
    p_low = select(negative, a_low, f_low)
    q = select(negative, b, g)
    q_low = select(negative, b_low, g_low)
    total = p + q
    back = total - p
    rest = ((p - (total - back)) + (q - back)) + (p_low + q_low)
    bottom, bottom_low = _pair_times(
        select(negative, d, c),
        select(negative, d_low, c_low),
        select(negative, d, c),
        select(negative, d_low, c_low),
    )
    y, y_low = _pair_quotient(total, rest, bottom, bottom_low)
    factor = select(negative, e, 1.0)
    factor_low = select(negative, e_low, 0.0)
    y, y_low = _pair_times(y, y_low, factor, factor_low)
    return scaled_double(y + y_low, select(negative, n, int64(0)))


@mish.derivative_single
def _(x):
    wide = float64(x)
    wide = select(wide < -200.0, -200.0, select(wide > 200.0, 200.0, wide))
    e = exp_wide(-fabs(wide))
    negative = wide < 0.0
    top = select(negative, e + 2.0, 1.0 + 2.0 * e)
    d = select(negative, 2.0 + e * (e + 2.0), 1.0 + 2.0 * e * (1.0 + e))
    slope = 4.0 * wide * (1.0 + e) * select(negative, 1.0, e * e)
    return float32(select(negative, e, 1.0) * (top * d + slope) / (d * d))
