"""Exponential linear units: linear right of 0, an exponential that levels off left of it."""

from numpy import float32, float64

from fastact.elementary.exp import exp_double_parts, exp_wide
from fastact.elementary.expm1 import expm1_double_parts, expm1_wide
from fastact.elementary.logistic import scaled_double
from fastact.elementary.scalar import fma, like, select
from fastact.engine.entry import Bound, Interval, activation

OWED = {"float32": Bound(1.0, 1.0), "float64": Bound(1.0, 1.5)}
INF = float("inf")


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
    wide = float64(x)
    left = float64(alpha) * expm1_wide(select(wide > 0.0, 0.0, wide))
    return float32(select(wide > 0.0, wide, left))


@elu.derivative
def _(x, alpha):
    z = select(x > 0.0, 0.0, select(x < -1400.0, -1400.0, x))
    return select(x > 0.0, 1.0, _exp_times(alpha, z, 0.0))


@elu.derivative_single
def _(x, alpha):
    wide = float64(x)
    left = float64(alpha) * exp_wide(select(wide > 0.0, 0.0, wide))
    return float32(select(wide > 0.0, 1.0, left))


@elu.from_output
def _(y, alpha):
    # alpha exp(x) = y + alpha: cancels near y = -alpha, where x is lost in y itself.
    return select(y > like(y, 0.0), like(y, 1.0), y + alpha)


_SCALE = 1.0507009873554805
_ALPHA = 1.6732632423543772
# Their product, as a sum of two float64.
_PRODUCT = _SCALE * _ALPHA
_PRODUCT_LOW = 5.75014648756476e-17


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
    wide = float64(x)
    left = _PRODUCT * expm1_wide(select(wide > 0.0, 0.0, wide))
    return float32(select(wide > 0.0, _SCALE * wide, left))


@selu.derivative
def _(x):
    z = select(x > 0.0, 0.0, select(x < -1400.0, -1400.0, x))
    return select(x > 0.0, _SCALE, _exp_times(_PRODUCT, z, 0.0))


@selu.derivative_single
def _(x):
    wide = float64(x)
    left = _PRODUCT * exp_wide(select(wide > 0.0, 0.0, wide))
    return float32(select(wide > 0.0, _SCALE, left))


@selu.from_output
def _(y):
    return select(y > like(y, 0.0), like(y, _SCALE), y + like(y, _PRODUCT))


def _quotient(x, alpha):
    """x / alpha for x <= 0 as a pair, kept where the exponential takes it."""
    q = x / alpha
    inside = (q > -700.0) & (q < 700.0)
    low = fma(-q, alpha, x) / alpha
    q = select(q < -700.0, -700.0, q)
    return q, select(inside & (low == low), low, 0.0)


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
    q, low = _quotient(z, alpha)
    m, m_low = expm1_double_parts(q, low)
    left = select(fabs_below(q, 2.0**-60), z, _times(alpha, m, m_low))
    return select(x > 0.0, x, left)


@celu.single
def _(x, alpha):
    wide, a = float64(x), float64(alpha)
    left = a * expm1_wide(select(wide > 0.0, 0.0, wide) / a)
    return float32(select(wide > 0.0, wide, left))


@celu.derivative
def _(x, alpha):
    z = select(x > 0.0, 0.0, x) / alpha
    low = fma(-z, alpha, select(x > 0.0, 0.0, x)) / alpha
    inside = (z > -1400.0) & (low == low)
    return _exp_times(1.0, select(z < -1400.0, -1400.0, z), select(inside, low, 0.0))


@celu.derivative_single
def _(x, alpha):
    return float32(exp_wide(select(x > float32(0.0), 0.0, float64(x)) / float64(alpha)))
