"""The hyperbolic tangent."""

from numpy import float32, float64, int64

from fastact.elementary.exp import (
    exp_double_parts,
    exp_single_parts,
    exp_wide,
    power_of_two,
    power_of_two_single,
)
from fastact.elementary.scalar import copysign, fabs, fma, like, select
from fastact.engine.entry import Bound, Interval, activation


@activation(
    formula="tanh(x)",
    source="LeCun et al. 1998, Efficient BackProp, doi:10.1007/3-540-49430-8_2",
    range=Interval(-1.0, 1.0),
    use="Hidden state of recurrent networks: like sigmoid but centred on 0, with slope 1 there.",
    drawback="Saturates beyond |x| = 3: the gradient vanishes through depth.",
    max_ulp={"float32": Bound(1.0, 1.0), "float64": Bound(1.0, 1.5)},
    monotone="increasing",
    odd=True,
)
def tanh(x):
    """Hyperbolic tangent.

    m / (m + 2) with m = expm1(2 abs(x)) = (2^k - 1) + 2^k t, where t = expm1(r) comes
    from the reduced argument and keeps its relative accuracy at 0.
    """
    z = fabs(x)
    z = select(z > 20.0, 20.0, z)
    k, t, u = exp_double_parts(z + z)
    scale = power_of_two(k)
    # 2^k - 1 is exact up to 2^53, and 0 for small arguments, or not below 2^k t.
    a, b = scale - 1.0, scale * t
    m = a + b
    low = fma(scale, u, (a - m) + b)
    d = m + 2.0
    d_low = select(m > 2.0, (m - d) + 2.0, (2.0 - d) + m) + low
    r = 1.0 / d
    q = m * r
    q = fma(fma(-q, d_low, fma(-q, d, m) + low), r, q)
    # From here on the result is x itself, and the products above could underflow.
    return select(fabs(x) < 2.0**-30, x, copysign(q, x))


@tanh.single
def _(x):
    z = fabs(x)
    z = select(z > float32(10.0), float32(10.0), z)
    k, t, u = exp_single_parts(z + z)
    scale = power_of_two_single(k)
    two = float32(2.0)
    a, b = scale - float32(1.0), scale * t
    m = a + b
    low = fma(scale, u, (a - m) + b)
    d = m + two
    d_low = select(m > two, (m - d) + two, (two - d) + m) + low
    r = float32(1.0) / d
    q = m * r
    q = fma(fma(-q, d_low, fma(-q, d, m) + low), r, q)
    return select(fabs(x) < float32(2.0**-14), x, copysign(q, x))


@tanh.derivative
def _(x):
    # sech^2 = 4 e / (1 + e)^2 with e = exp(-2|x|): no 1 - tanh^2 to cancel.
    z = fabs(x)
    z = select(z > 380.0, 380.0, z)
    k, t, u = exp_double_parts(-(z + z))
    h = 1.0 + t
    h_low = ((1.0 - h) + t) + u
    scale = power_of_two(select(k < int64(-100), int64(-100), k))
    e, e_low = scale * h, scale * h_low
    d = 1.0 + e
    d_low = ((1.0 - d) + e) + e_low
    square = d * d
    square_low = fma(2.0 * d, d_low, fma(d, d, -square))
    r = 1.0 / square
    q = h * r
    q = 4.0 * fma(fma(-q, square_low, fma(-q, square, h) + h_low), r, q)
    half = int64(k >> int64(1))
    return q * power_of_two(half) * power_of_two(int64(k - half))


@tanh.derivative_single
def _(x):
    z = fabs(float64(x))
    e = exp_wide(-(z + z))
    d = 1.0 + e
    return float32(4.0 * e / (d * d))


@tanh.from_output
def _(y):
    # As a product: 1 - y^2 would round twice where y is near 1.
    one = like(y, 1.0)
    return (one - y) * (one + y)
