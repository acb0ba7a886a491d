"""Exponential linear units: linear right of 0, an exponential that levels off left of it."""

from numpy import float32

from fastact.elementary.exp import exp_double_parts
from fastact.elementary.expm1 import expm1_double_parts, expm1_single_parts
from fastact.elementary.gaussian import (
    DOWN_DOUBLE,
    DOWN_SINGLE,
    VANISHED_SINGLE,
    exp_double_terms,
    exp_single_terms,
)
from fastact.elementary.ndtr import one_and
from fastact.elementary.pairs import scaled_double
from fastact.elementary.scalar import fabs, fma, like, select
from fastact.engine.entry import OWED, Interval, activation
from fastact.engine.interleave import four_lines

INF = float("inf")
_UP_SINGLE = float32(2.0**60)
#: Products of pairs that begin here do not underflow.
_LITTLE, _LITTLE_SINGLE = 2.0**-60, float32(2.0**-30)


def _times(factor, m, m_low):
    """factor (m + m_low), rounded once: the product is exact inside the fma."""
    return fma(factor, m, factor * m_low)


def _times_pair(factor, factor_low, m, m_low):
    """(factor + factor_low)(m + m_low), rounded once."""
    return fma(factor, m, fma(factor, m_low, factor_low * m))


def _within(x, least, most):
    """x within [least, most], and nan where it is.

    Right of 0 a kernel is linear and forgets what its exponential was. ``most`` is a small
    number, not 0: from a comparison with 0, which the kernel needs as such, LLVM would not make
    the minimum it makes of this one.
    """
    return select(x > most, most, select(x < least, least, x))


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
@four_lines(64)
def elu(x, alpha=1.0):
    """Exponential linear unit."""
    m, m_low = expm1_double_parts(_within(x, -60.0, _LITTLE))
    left = select(fabs_below(x, 2.0**-60), alpha * x, _times(alpha, m, m_low))
    return select(x > 0.0, x, left)


def fabs_below(x, limit):
    """Whether |x| < limit: there expm1(x) is x, and products of pairs would underflow."""
    return (x < limit) & (x > -limit)


@elu.single
def _(x, alpha):
    zero = float32(0.0)
    m, m_low = expm1_single_parts(_within(x, float32(-30.0), _LITTLE_SINGLE))
    return select(x > zero, x, _times(alpha, m, m_low))


@elu.derivative
def _(x, alpha):
    # As a pair of powers: a large alpha brings back what underflows in exp(x) alone.
    k, t, u = exp_double_parts(_within(x, -1400.0, _LITTLE))
    h = 1.0 + t
    left = scaled_double(_times(alpha, h, ((1.0 - h) + t) + u), k)
    return select(x > 0.0, 1.0, left)


@elu.derivative_single
def _(x, alpha):
    zero, one = float32(0.0), float32(1.0)
    scale, r, w = exp_single_terms(_within(x, VANISHED_SINGLE, _LITTLE_SINGLE), -zero)
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
    m, m_low = expm1_double_parts(_within(x, -60.0, _LITTLE))
    value = _times_pair(_PRODUCT, _PRODUCT_LOW, m, m_low)
    left = select(fabs_below(x, 2.0**-60), _PRODUCT * x, value)
    return select(x > 0.0, _SCALE * x, left)


@selu.single
def _(x):
    zero = float32(0.0)
    m, m_low = expm1_single_parts(_within(x, float32(-30.0), _LITTLE_SINGLE))
    left = _times_pair(_PRODUCT_SINGLE, _PRODUCT_SINGLE_LOW, m, m_low)
    return select(x > zero, fma(x, _SCALE_SINGLE, x * _SCALE_SINGLE_LOW), left)


@selu.derivative
@four_lines(64)
def _(x):
    scale, r, w = exp_double_terms(_within(x, -800.0, _LITTLE), -0.0)
    h, h_low = one_and(r, w)
    left = _times_pair(_PRODUCT, _PRODUCT_LOW, h, h_low) * scale * DOWN_DOUBLE
    return select(x > 0.0, _SCALE, left)


@selu.derivative_single
def _(x):
    zero = float32(0.0)
    scale, r, w = exp_single_terms(_within(x, VANISHED_SINGLE, _LITTLE_SINGLE), -zero)
    h, h_low = one_and(r, w)
    left = _times_pair(_PRODUCT_SINGLE, _PRODUCT_SINGLE_LOW, h, h_low)
    return select(x > zero, float32(_SCALE), left * scale * DOWN_SINGLE)


@selu.from_output
def _(y):
    return select(y > like(y, 0.0), like(y, _SCALE), y + like(y, _PRODUCT))


def _quotient(x, alpha, limit):
    """x / alpha for x <= 0 as a pair, kept within the limit of the exponential."""
    q = x / alpha
    inside = fabs(q) < limit
    low = fma(-q, alpha, x) / alpha
    q = select(q < -limit, -limit, q)
    nothing = like(x, -0.0)
    low = select(inside & (low == low), low, nothing)
    # Said, for LLVM not to compute x - x, which is no 0 for an infinity.
    return q, select(alpha == like(x, 1.0), nothing, low)


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
    q, low = _quotient(z, alpha, 60.0)
    m, m_low = expm1_double_parts(q)
    left = select(fabs_below(q, 2.0**-60), z, _times(alpha, m, fma(low, m, m_low + low)))
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
@four_lines(64)
def _(x, alpha):
    q, low = _quotient(select(x > 0.0, 0.0, x), alpha, 800.0)
    scale, r, w = exp_double_terms(q, low)
    h, h_low = one_and(r, w)
    return (h + h_low) * scale * DOWN_DOUBLE


@celu.derivative_single
def _(x, alpha):
    zero = float32(0.0)
    q, low = _quotient(select(x > zero, zero, x), alpha, -VANISHED_SINGLE)
    scale, r, w = exp_single_terms(q, low)
    h, h_low = one_and(r, w)
    return (h + h_low) * scale * DOWN_SINGLE


@celu.from_output
def _(y, alpha):
    # exp(x / alpha) = (y + alpha) / alpha: the sum is exact where it cancels, near y = -alpha,
    # where x is lost in y itself.
    one, endless = like(y, 1.0), like(y, INF)
    slope = (y + alpha) / alpha
    return select((y > like(y, 0.0)) | ((alpha == endless) & (y == y)), one, slope)
