"""The hyperbolic tangent."""

from numpy import float32, float64

from fastact.elementary.exp import exp_twice_single
from fastact.elementary.logistic_double import logistic_derivative_double
from fastact.elementary.logistic_single import (
    LEAST_SINGLE,
    complement_single,
    exp_minus_single_pair,
    logistic_derivative_single,
)
from fastact.elementary.scalar import copysign, fabs, fma, like, select
from fastact.elementary.tanh_double import tanh_pair_double, tanh_shrink_double, tanh_terms_double
from fastact.engine.entry import EXACT, OWED, Interval, activation
from fastact.engine.interleave import ending_apart, four_lines


@activation(
    formula="tanh(x)",
    source="LeCun et al. 1998, Efficient BackProp, doi:10.1007/3-540-49430-8_2",
    range=Interval(-1.0, 1.0),
    use="Hidden state of recurrent networks: like sigmoid but centred on 0, with slope 1 there.",
    drawback="Saturates beyond |x| = 3: the gradient vanishes through depth.",
    max_ulp=OWED,
    monotone="increasing",
    odd=True,
)
def tanh(x):
    """Hyperbolic tangent.

    x + x g near 0 and 1 - c + g further out, where c is a power of two and g a quotient
    below 0.21: see :mod:`fastact.elementary.tanh_double`.
    """
    z = fabs(x)
    near, c, g = tanh_terms_double(select(z > 20.0, 20.0, z), float64(2.0))
    sign = copysign(1.0, x)
    return fma(select(near, x, sign), g, select(near, x, fma(-c, sign, sign)))


# The float32 kernels have two branches with one division between them: x - x w / q(w) near
# 0, w = x^2, and 1 - 2 / (1 + exp(2 |x|)) from here on. What is subtracted is a quarter of
# the result near 0 and two fifths of it further out at most, so the few roundings that are
# in it need no compensation.
_FAR_SINGLE = float32(0.915)


def _near_single(w):
    """w / (1 - tanh(x) / x) for w = x^2 <= 0.915^2: minimax, 2^-29.5 of tanh(x)."""
    q = fma(float32(0.00022938320762481775), w, float32(-0.005696515087038279))
    return fma(fma(q, w, float32(1.1999949216842651)), w, float32(3.000000476837158))


def _far_single(z):
    """(1 + exp(2 z)) / 2 for z in [0.5, 40]; its inverse is 1 - tanh(z)."""
    scale, t = exp_twice_single(z)
    return fma(scale, t, fma(float32(0.5), scale, float32(0.5)))


@tanh.single
def _(x):
    z = fabs(x)
    near = z < _FAR_SINGLE
    w = z * z
    one = float32(1.0)
    d = _far_single(select(z > float32(10.0), float32(10.0), z))
    quotient = select(near, z * w, one) / select(near, _near_single(w), d)
    return copysign(select(near, z, one) - quotient, x)


@tanh.derivative
def _(x):
    # sech^2 z = 4 s(2 z) s(-2 z): no 1 - tanh^2 to cancel.
    z = fabs(x)
    v = -(z + z)
    return logistic_derivative_double(select(v < -760.0, -760.0, v), 4.0)


@tanh.derivative_single
@four_lines(32)
def _(x):
    # sech^2 z = 4 s(2 z) s(-2 z).
    z = fabs(x)
    v = -(z + z)
    v = select(v < LEAST_SINGLE, LEAST_SINGLE, v)
    return logistic_derivative_single(v, float32(4.0))


@tanh.from_output
def _(y):
    # As a product: 1 - y^2 would round twice where y is near 1.
    one = like(y, 1.0)
    return (one - y) * (one + y)


@activation(
    formula="clip(x, min_val, max_val)",
    source="Collobert 2004, Large scale machine learning; PyTorch's hardtanh",
    range=Interval(-1.0, 1.0),
    use="tanh for quantised and embedded networks: two comparisons.",
    drawback="Gradient exactly 0 outside the interval: units can die on both sides.",
    max_ulp=EXACT,
    monotone="increasing",
    aliases=("hardtanh",),
    kinks={"min_val": "0", "max_val": "0"},
)
def hard_tanh(x, min_val=-1.0, max_val=1.0):
    """Piecewise linear tanh: x clipped to an interval."""
    above = select(x < min_val, min_val, x)
    return select(above > max_val, max_val, above)


@hard_tanh.derivative
def _(x, min_val, max_val):
    inside = (x > min_val) & (x < max_val)
    return select(x == x, select(inside, like(x, 1.0), like(x, 0.0)), x)


@activation(
    formula="x - tanh(x)",
    source="PyTorch's tanhshrink",
    range=Interval(-float("inf"), float("inf")),
    use="Shrinks small values towards 0 smoothly: denoising and sparse coding.",
    drawback="Gradient 0 at 0: a unit that starts small hardly moves.",
    max_ulp=OWED,
    monotone="increasing",
    odd=True,
    aliases=("tanhshrink",),
)
def tanh_shrink(x):
    """x minus its hyperbolic tangent."""
    return copysign(tanh_shrink_double(fabs(x)), x)


@tanh_shrink.single
@ending_apart(32)
def _(x):
    # With n + n' = x^3 and any a the result near 0 is
    # n / (h + 3.5) = n a + (n (1 - 3.5 a - a h) + n') / (h + 3.5).
    # With a close to 1 / (h + 3.5) the quotient is a few percent of the whole, and n a enters
    # the last sum unrounded. At 0, where it would be subnormal, the quotient vanishes. 3.5
    # keeps h small on either side, and its rounding with it.
    # From 1.28 on the result is z - 1 + 2 / (1 + exp(2 z)), with one division for both.
    z = fabs(x)
    near = z < float32(1.28)
    w = z * z
    n = z * w
    h = fma(float32(-1.015963152894983e-05), w, float32(0.00025139350327663124))
    h = fma(h, w, float32(-0.005713007412850857))
    # Only w and the sum are rounded at full weight.
    h = fma(float32(1.1999998092651367), w, fma(h, w * w, float32(-0.5)))
    # h falls short by what w lost.
    share = fma(float32(-0.2), h, float32(0.9))
    n_low = fma(z, fma(z, z, -w) * share, fma(z, w, -n))
    a = fma(float32(-0.083), w, float32(0.3333333432674408))
    rest = fma(-a, h, fma(float32(-3.5), a, float32(1.0)))
    one = float32(1.0)
    d = _far_single(select(z > float32(10.0), float32(10.0), z))
    top = select(near, fma(n, rest, n_low), one)
    quotient = top / select(near, h + float32(3.5), d)
    value = fma(select(near, n, z - one), select(near, a, one), quotient)
    return copysign(value, x)


@tanh_shrink.derivative
def _(x):
    t, t_low = tanh_pair_double(fabs(x), float64(2.0))
    return fma(t, t, (t + t) * t_low)


@tanh_shrink.derivative_single
def _(x):
    # w (1 + w p(w)) near 0 with w = x^2, minimax of degree 4, 2^-27.6; further out 1 - sech^2,
    # with sech^2 z = 4 s (1 - s) and s = s(-2 z), as a pair: it is four times the result there.
    z = fabs(x)
    near = z < float32(0.46)
    w = z * z
    square = w * w
    p0 = fma(float32(0.3777659833431244), w, float32(-0.6666665077209473))
    p1 = fma(float32(0.09497231990098953), w, float32(-0.19656608998775482))
    p = fma(fma(float32(-0.035197991877794266), square, p1), square, p0)
    # What w lost counts less the larger w is.
    low = fma(square, p, fma(z, z, -w))
    v = -(z + z)
    v = select(v < LEAST_SINGLE, LEAST_SINGLE, v)
    scale, i, e, u, u_low = complement_single(*exp_minus_single_pair(v, float32(-0.0)))
    i = float32(4.0) * scale * i
    m = i * u
    one = float32(1.0)
    far = one - m
    m_low = fma(i, fma(e, u, u_low), fma(i, u, -m))
    return select(near, w + low, far + (((one - far) - m) - m_low))


@activation(
    formula="x * tanh(x)",
    source="Roy et al. 2019, arXiv:1901.05894",
    range=Interval(0.0, float("inf")),
    use="A non-negative, even activation: both signs of a feature count alike.",
    drawback="Even: it throws the sign away, and its gradient is 0 at 0.",
    max_ulp=OWED,
)
def lisht(x):
    """Linearly scaled hyperbolic tangent."""
    z = fabs(x)
    t, t_low = tanh_pair_double(z, float64(1.5))
    # Bounded, as 0 times infinity is no number.
    return fma(z, t, t_low * select(z > 20.0, 20.0, z))


@lisht.single
def _(x):
    # The branches of tanh times x; near 0 with what the rounding of x^2 lost.
    z = fabs(x)
    near = z < _FAR_SINGLE
    w = x * x
    one = float32(1.0)
    bounded = select(z > float32(10.0), float32(10.0), z)
    quotient = select(near, w, bounded) / select(near, _near_single(w), _far_single(bounded))
    # d (x tanh x) / d (x^2) is between 0.64 and 1 there.
    lost = select(near, float32(0.7) * fma(x, x, -w), float32(0.0))
    return select(near, w, z) + fma(-select(near, w, one), quotient, lost)


@lisht.derivative
def _(x):
    # With q = 1 - tanh z, tanh z + z (1 - tanh^2 z) = 1 + q (z (2 - q) - 1), and near 0, with
    # tanh z = z + z g, it is 2 z + z (g - z^2 (1 + g)^2).
    z = fabs(x)
    z = select(z > 30.0, 30.0, z)
    near, c, g = tanh_terms_double(z, float64(1.5))
    u = 1.0 + g
    h = fma(-(z * z) * u, u, g)
    q = c - g
    twice = z + z
    far = fma(-z, q, twice - 1.0)
    value = fma(select(near, z, q), select(near, h, far), select(near, twice, 1.0))
    return copysign(value, x)


@lisht.derivative_single
def _(x):
    # x (2 + x^2 p(x^2)) near 0; further out, with q = 1 - tanh(z),
    # tanh z + z (1 - tanh^2 z) = 1 + q (z (2 - q) - 1), which q moves by a fifth at most.
    w = x * x
    square = w * w
    p = fma(float32(0.03129764646291733), w, float32(-0.09912249445915222))
    p = fma(p, square, fma(float32(0.21726809442043304), w, float32(-0.4316006898880005)))
    p = fma(p, w, float32(0.799993097782135))
    z = fabs(x)
    z = select(z > float32(20.0), float32(20.0), z)
    # Only w and the sum are rounded at full weight.
    near = fma(z, fma(float32(-1.3333332538604736), w, p * square), z + z)
    q = float32(1.0) / _far_single(z)
    far = fma(q, fma(-z, q, z + z - float32(1.0)), float32(1.0))
    return copysign(select(z < float32(0.55), near, far), x)
