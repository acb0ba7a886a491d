"""The rational sigmoid x / (1 + |x|)."""

from numpy import float32

from fastact.elementary.scalar import copysign, fabs, fma, like, select
from fastact.engine.entry import OWED, Interval, activation


def _sum(z):
    """d and d' with 1 + z = d + d', for z >= 0."""
    one = like(z, 1.0)
    large = z > one
    d = one + z
    return d, (select(large, z, one) - d) + select(large, one, z)


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
    # Beyond 2^60 the result rounds to 1; an infinity would be multiplied by 0.
    z, end = fabs(x), like(x, 2.0**60)
    z = select(z > end, end, z)
    d, d_low = _sum(z)
    i = like(x, 1.0) / d
    q = z * i
    # Where q d' underflows it counts for nothing.
    return copysign(fma(fma(-q, d_low, fma(-q, d, z)), i, q), x)


def _slope(z):
    """(1 + z)^-2 = i^2 (1 + 2 e), rounded once; what p lacks may be subnormal, and is then, too."""
    d, d_low = _sum(z)
    one = like(z, 1.0)
    i = one / d
    e = fma(-i, d_low, fma(-i, d, one))
    p = i * i
    return p + fma(p + p, e, fma(i, i, -p))


@softsign.derivative
def _(x):
    # From there on i^2 is 0 and i is not: its products stay finite.
    z, end = fabs(x), 2.0**600
    return _slope(select(z > end, end, z))


@softsign.derivative_single
def _(x):
    z, end = fabs(x), float32(2.0**80)
    return _slope(select(z > end, end, z))
