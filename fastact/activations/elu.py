"""Exponential linear units: linear right of 0, an exponential that levels off left of it."""

from numpy import float32

from fastact.elementary.exp import exp_double_parts
from fastact.elementary.expm1 import expm1_double_parts, expm1_single_parts
from fastact.elementary.gaussian import DOWN_SINGLE, VANISHED_SINGLE, exp_single_terms
from fastact.elementary.logistic import scaled_double
from fastact.elementary.ndtr import one_and
from fastact.elementary.scalar import fabs, fma, like, select
from fastact.engine.entry import Bound, Interval, activation

OWED = {"float32": Bound(1.0, 1.0), "float64": Bound(1.0, 1.5)}
INF = float("inf")
_UP_SINGLE = float32(2.0**60)


def _times(factor, m, m_low):
    """factor (m + m_low), rounded once."""
    p = factor * m
    return p + fma(factor, m_low, fma(factor, m, -p))


def _exp_times(factor, x, x_low):
    """factor exp(x + x_low) for x in [-1400, 0], rounded once."""
    k, t, u = exp_double_parts(x)
    h = 1.0 + t
    return scaled_double(_times(factor, h, fma(x_low, h, ((1.0 - h) + t) + u)), k)


@activation(
    formula="where(x > 0, x, alpha * expm1(x))",
    source="Clevert et al. 2015, arXiv:1511.07289",
    range=Interval(-1.0, INF),
    use="relu with mean activations nearer to 0 and a live gradient left of 0.",
    drawback="Costs an exponential; saturates on the far left.",
    max_ulp=OWED,
    monotone="increasing",
    kinks={"0": "alpha"},
    from_output_domain="alpha >= 0",
)
def elu(x, alpha=1.0):
    """Exponential linear unit."""
    z = select(x > 0.0, 0.0, select(x < -700.0, -700.0, x))
    m, m_low = expm1_double_parts(z, 0.0)
    left = select(fabs_below(x, 2.0**-60), alpha * x, _times(alpha, m, m_low))
    return select(x > 0.0, x, left)


def fabs_below(x, limit):
    """Whether |x| < limit: there expm1(x) is x, and products of pairs would underflow."""
    return (x < limit) & (x > -limit)


@elu.single
def _(x, alpha):
    zero, least = float32(0.0), float32(-30.0)
    m, m_low = expm1_single_parts(select(x > zero, zero, select(x < least, least, x)))
    return select(x > zero, x, _times(alpha, m, m_low))


@elu.derivative
def _(x, alpha):
    z = select(x > 0.0, 0.0, select(x < -1400.0, -1400.0, x))
    return select(x > 0.0, 1.0, _exp_times(alpha, z, 0.0))


@elu.derivative_single
def _(x, alpha):
    zero, one, least = float32(0.0), float32(1.0), VANISHED_SINGLE
    z = select(x > zero, zero, select(x < least, least, x))
    scale, r, w = exp_single_terms(z, zero)
    h, h_low = one_and(r, w)
    # The power of two is too large by 2^60: a large alpha takes that back before the
    # product, which would overflow, any other after it, which would be subnormal.
    large = fabs(alpha) > _UP_SINGLE
    factor = select(large, alpha * DOWN_SINGLE, alpha) * scale
    left = fma(factor, h, factor * h_low) * select(large, one, DOWN_SINGLE)
    return select(x > zero, one, left)


@elu.from_output
def _(y, alpha):
    # alpha exp(x) = y + alpha: cancels near y = -alpha, where x is lost in y itself.
    return select(y > like(y, 0.0), like(y, 1.0), y + alpha)


_SCALE = 1.0507009873554805
_ALPHA = 1.6732632423543772
# Their product, as a sum of two float64.
_PRODUCT = _SCALE * _ALPHA
_PRODUCT_LOW = 5.75014648756476e-17
# The same for float32. The low part of the scale is positive: an infinite x times
# a negative one would be inf - inf.
_SCALE_SINGLE, _SCALE_SINGLE_LOW = float32(1.0507009029388428), float32(8.441664078873146e-08)
_PRODUCT_SINGLE, _PRODUCT_SINGLE_LOW = float32(1.7580993175506592), float32(2.3296717444054593e-08)


@activation(
    formula="1.0507009873554805 * where(x > 0, x, 1.6732632423543772 * expm1(x))",
    source="Klambauer et al. 2017, arXiv:1706.02515",
    range=Interval(-1.7580993408473768, INF),
    use="Plain deep networks without normalisation: activations keep mean 0 and variance 1.",
    drawback="The self-normalising property needs its own initialisation and dropout.",
    max_ulp=OWED,
    monotone="increasing",
    kinks={"0": "1.0507009873554805 * 1.6732632423543772"},
)
def selu(x):
    """Scaled exponential linear unit, with the constants in full."""
    z = select(x > 0.0, 0.0, select(x < -700.0, -700.0, x))
    m, m_low = expm1_double_parts(z, 0.0)
    p = _PRODUCT * m
    rest = fma(_PRODUCT_LOW, m, fma(_PRODUCT, m_low, fma(_PRODUCT, m, -p)))
    left = select(fabs_below(x, 2.0**-60), _PRODUCT * x, p + rest)
    return select(x > 0.0, _SCALE * x, left)


@selu.single
def _(x):
    zero, least = float32(0.0), float32(-30.0)
    m, m_low = expm1_single_parts(select(x > zero, zero, select(x < least, least, x)))
    p = _PRODUCT_SINGLE * m
    rest = fma(_PRODUCT_SINGLE, m_low, fma(_PRODUCT_SINGLE, m, -p))
    left = p + fma(_PRODUCT_SINGLE_LOW, m, rest)
    return select(x > zero, fma(x, _SCALE_SINGLE, x * _SCALE_SINGLE_LOW), left)


@selu.derivative
def _(x):
    z = select(x > 0.0, 0.0, select(x < -1400.0, -1400.0, x))
    return select(x > 0.0, _SCALE, _exp_times(_PRODUCT, z, 0.0))


@selu.derivative_single
def _(x):
    zero, least = float32(0.0), VANISHED_SINGLE
    z = select(x > zero, zero, select(x < least, least, x))
    scale, r, w = exp_single_terms(z, zero)
    h, h_low = one_and(r, w)
    p = _PRODUCT_SINGLE * h
    rest = fma(_PRODUCT_SINGLE, h_low, fma(_PRODUCT_SINGLE, h, -p))
    left = (p + fma(_PRODUCT_SINGLE_LOW, h, rest)) * scale * DOWN_SINGLE
    return select(x > zero, float32(_SCALE), left)


@selu.from_output
def _(y):
    return select(y > like(y, 0.0), like(y, _SCALE), y + like(y, _PRODUCT))


def _quotient(x, alpha, limit):
    """x / alpha for x <= 0 as a pair, kept within the limit of the exponential."""
    q = x / alpha
    inside = fabs(q) < limit
    low = fma(-q, alpha, x) / alpha
    q = select(q < -limit, -limit, q)
    return q, select(inside & (low == low), low, like(x, 0.0))


@activation(
    formula="maximum(x, 0) + minimum(0, alpha * expm1(x / alpha))",
    source="Barron 2017, arXiv:1704.07483",
    range=Interval(-1.0, INF),
    use="elu whose gradient is continuous for every alpha.",
    drawback="Costs an exponential; saturates on the far left.",
    max_ulp=OWED,
    monotone="increasing",
    domain={"alpha": "alpha > 0"},
)
def celu(x, alpha=1.0):
    """Continuously differentiable exponential linear unit."""
    z = select(x > 0.0, 0.0, x)
    q, low = _quotient(z, alpha, 700.0)
    m, m_low = expm1_double_parts(q, low)
    left = select(fabs_below(q, 2.0**-60), z, _times(alpha, m, m_low))
    return select(x > 0.0, x, left)


@celu.single
def _(x, alpha):
    zero = float32(0.0)
    q, low = _quotient(select(x > zero, zero, x), alpha, float32(30.0))
    m, m_low = expm1_single_parts(q)
    left = _times(alpha, m, fma(low, m, m_low + low))
    # The quotient of subnormal numbers has no remainder.
    return select((x > zero) | fabs_below(q, float32(2.0**-40)), x, left)


@celu.derivative
def _(x, alpha):
    z, low = _quotient(select(x > 0.0, 0.0, x), alpha, 1400.0)
    return _exp_times(1.0, z, low)


@celu.derivative_single
def _(x, alpha):
    zero = float32(0.0)
    q, low = _quotient(select(x > zero, zero, x), alpha, -VANISHED_SINGLE)
    scale, r, w = exp_single_terms(q, low)
    h, h_low = one_and(r, w)
    return (h + h_low) * scale * DOWN_SINGLE
