"""The rational sigmoid x / (1 + |x|)."""

from numpy import float32, float64

from fastact.elementary.scalar import fabs, fma, like, select
from fastact.engine.entry import Bound, Interval, activation


@activation(
    formula="x / (1 + abs(x))",
    source="Turian et al. 2009; Glorot and Bengio 2010, Understanding the difficulty of training",
    range=Interval(-1.0, 1.0),
    use="tanh without an exponential, with tails that fade like 1 / x^2 rather than e^-x.",
    drawback="Saturates all the same, and has a jump in the second derivative at 0.",
    max_ulp={"float32": Bound(1.0, 1.0), "float64": Bound(1.0, 1.5)},
    monotone="increasing",
    odd=True,
    aliases=("soft_sign",),
)
def softsign(x):
    """Softsign."""
    one = like(x, 1.0)
    z = fabs(x)
    big = z > one
    d = one + z
    d_low = select(big, (z - d) + one, (one - d) + z)
    r = one / d
    q = x * r
    # The residual is of use where it neither underflows nor meets an infinity.
    corrected = fma(fma(-q, d_low, fma(-q, d, x)), r, q)
    ordinary = (z > like(x, 2.0**-60)) & (z < like(x, 2.0**60))
    far = select(x > like(x, 0.0), one, -one)
    return select(ordinary, corrected, select(z >= like(x, 2.0**60), far, x))


@softsign.derivative
def _(x):
    # 1 / (1 + |x|)^2; beyond 2^55 it is (1 / |x|)^2, which does not overflow on the way.
    one = like(x, 1.0)
    z = fabs(x)
    near = select(z > like(x, 2.0**55), like(x, 2.0**55), z)
    d = one + near
    d_low = select(near > one, (near - d) + one, (one - d) + near)
    s = d * d
    s_low = fma(like(x, 2.0) * d, d_low, fma(d, d, -s))
    r = one / s
    r = fma(fma(-s_low, r, fma(-s, r, one)), r, r)
    # z 2^-k before it is squared, the powers after: one rounding for a subnormal result.
    inverse = one / select(z > like(x, 2.0**55), z, one)
    residual = fma(-inverse, select(z < like(x, float("inf")), z, like(x, 0.0)), one)
    residual = select(z < like(x, float("inf")), residual, like(x, 0.0))
    far = inverse * inverse
    far = far + like(x, 2.0) * far * residual
    return select(z > like(x, 2.0**55), far, select(x == x, r, x))


@softsign.derivative_single
def _(x):
    d = 1.0 + fabs(float64(x))
    return float32(1.0 / (d * d))
