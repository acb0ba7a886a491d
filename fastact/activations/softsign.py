"""The rational sigmoid x / (1 + |x|)."""

from numpy import float32, float64

from fastact.elementary.scalar import copysign, fabs, fma, select
from fastact.engine.entry import OWED, Interval, activation


def _inverse(z):
    """i and e with 1 / (1 + z) = i (1 + e): e is exact but for its own last place."""
    large = z > 1.0
    d = 1.0 + z
    d_low = (select(large, z, 1.0) - d) + select(large, 1.0, z)
    i = 1.0 / d
    return i, fma(-i, d_low, fma(-i, d, 1.0))


@activation(
    formula="x / (1 + abs(x))",
    source="Turian et al. 2009; Glorot and Bengio 2010, Understanding the difficulty of training",
    range=Interval(-1.0, 1.0),
    use="tanh without an exponential, with tails that fade like 1 / x^2 rather than e^-x.",
    drawback="Saturates all the same, and has a jump in the second derivative at 0.",
    max_ulp=OWED,
    monotone="increasing",
    odd=True,
    aliases=("soft_sign",),
)
def softsign(x):
    """Softsign."""
    # x i (1 + e), rounded once; e is +0.0 at 0, so that the sign of a zero stays.
    x = select(x > 2.0**60, 2.0**60, x)
    x = select(x < -(2.0**60), -(2.0**60), x)
    i, e = _inverse(fabs(x))
    return fma(x, i, x * i * e)


@softsign.single
def _(x):
    # Beyond 2^60 the result rounds to 1; an infinity would be multiplied by 0.
    one, end = float32(1.0), float32(2.0**60)
    z = fabs(x)
    z = select(z > end, end, z)
    d = one + z
    d_low = (select(z > one, z, one) - d) + select(z > one, one, z)
    r = one / d
    q = z * r
    # Where q d_low underflows it counts for nothing.
    return copysign(fma(fma(-q, d_low, fma(-q, d, z)), r, q), x)


@softsign.derivative
def _(x):
    # i^2 (1 + 2 e): the last product is the only one to be subnormal.
    z = fabs(x)
    i, e = _inverse(select(z > 2.0**600, 2.0**600, z))
    return i * fma(e, i + i, i)


@softsign.derivative_single
def _(x):
    d = 1.0 + fabs(float64(x))
    return float32(1.0 / (d * d))
