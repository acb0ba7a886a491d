"""Swish, x times the logistic function of beta x."""

from numpy import float32, float64, int64

from fastact.elementary.exp import exp_wide
from fastact.elementary.ln2 import LN2_700, LN2_700_REST
from fastact.elementary.logistic_double import (
    LEAST_DOUBLE,
    complement_double,
    divisor_double,
    exp_minus_double_pair,
    times_logistic_double,
    times_slope_double,
)
from fastact.elementary.logistic_parts import logistic_double_parts
from fastact.elementary.logistic_single import (
    LEAST_SINGLE,
    complement_single,
    divisor_single,
    exp_minus_single_pair,
    times_slope_single,
)
from fastact.elementary.minimum import (
    SILU_LEAST,
    silu_parts_near_minimum,
    silu_parts_near_minimum_single,
)
from fastact.elementary.pairs import scaled_double
from fastact.elementary.scalar import copysign, fabs, fma, like, select
from fastact.engine.amendment import amended
from fastact.engine.entry import OWED, Interval, activation
from fastact.engine.interleave import ending_apart, four_lines

INF = float("inf")


def _argument(x, beta, least, most, most_low):
    """beta x as a pair, v within [least, most], where the logistic parts are defined."""
    v = beta * x
    low = fma(beta, x, -v)
    # Where v is cut off, its low part may be anything, also nan: it is kept within what it can be
    # elsewhere.
    low = select(low > -most_low, low, -most_low)
    low = select(low > most_low, most_low, low)
    v = select(v < least, least, v)
    v = select(v > most, most, v)
    # Said, for LLVM not to compute x - x, which is no 0 for an infinity.
    return v, select(beta == like(beta, 1.0), like(beta, -0.0), low)


def _argument_double(x, beta, least):
    return _argument(x, beta, least, 60.0, 2.0**-42)


def _everywhere_double(x, beta):
    # Where beta is tiny, x may be huge: made smaller, it is never so small as to be subnormal.
    # And s(v) may be far below the subnormal numbers: it is 2^-700 s(v + 700 log 2) there.
    huge = fabs(x) > 2.0**400
    shrunk = x * select(huge, 2.0**-600, 1.0)
    end = select(huge, -1460.0, LEAST_DOUBLE)
    v, low = _argument_double(x, beta, end)
    lost = v <= end
    passed = v >= 38.0
    near, least, rise = silu_parts_near_minimum(v, low)
    far = huge & (v < -540.0)
    moved = v + LN2_700
    low = select(far, low + (((v - moved) + LN2_700) + LN2_700_REST), low)
    v = select(far, moved, v)
    scale, d, d_low = divisor_double(*exp_minus_double_pair(v, low))
    # One division for both: s(v) = c / (d + d'), and silu(v) / beta near the minimum.
    d = select(near, beta, d)
    i = 1.0 / d
    y = select(near, least, shrunk * scale)
    m = y * i
    residual = fma(m, d, -y)
    residual = select(near, residual - rise, fma(m, d_low, residual))
    y = fma(-residual, i, m)
    y = y * select(near, 1.0, select(huge, select(far, 2.0**-100, 2.0**600), 1.0))
    # An infinite x times the tail of s: the tail wins.
    return select(lost, copysign(0.0, x), select(passed, x, y))


def _usual_double(x, beta):
    """The same bits but near the minimum, where beta is usual."""
    v, low = _argument_double(x, beta, LEAST_DOUBLE)
    # A larger x is far beyond both clamps; cut off, its products are finite.
    inner = select(x > 2.0**400, 2.0**400, select(x < -(2.0**400), -(2.0**400), x))
    value = times_logistic_double(inner, *exp_minus_double_pair(v, low))
    return select(v >= 38.0, x, value)


def _unusual_beta_double(beta):
    """Whether s is needed below what its scale can hold, or beta x may overflow."""
    return (fabs(beta) < 2.0**-380) | (fabs(beta) > 2.0**600)


def _unusual_double(x, beta):
    """Next to the minimum, a little wider than there (0.035) as beta x is rounded; or so a beta."""
    return (fabs(beta * x + SILU_LEAST) < 0.036) | _unusual_beta_double(beta)


def _amended_double(x, beta, value):
    # The operations of _everywhere_double, for the same bits.
    v, low = _argument_double(x, beta, LEAST_DOUBLE)
    near, least, rise = silu_parts_near_minimum(v, low)
    i = 1.0 / beta
    m = least * i
    value = select(near, fma(-(fma(m, beta, -least) - rise), i, m), value)
    return select(_unusual_beta_double(beta), _everywhere_double(x, beta), value)


@activation(
    formula="x / (1 + exp(-beta * x))",
    source="Ramachandran et al. 2017, arXiv:1710.05941",
    range=Interval(-0.2784645427610738, INF),
    use="silu with a learned steepness: beta = 0 is x / 2, large beta approaches relu.",
    drawback="One more parameter to train for a small gain over silu.",
    max_ulp=OWED,
    derivative_zeros=(-1.2784645427610738,),
    derivative_zeros_in="beta * x",
)
@amended(value=_usual_double, where=_unusual_double, by=_amended_double)
def swish(x, beta=1.0):
    """Swish: x times the sigmoid of beta x."""
    return _everywhere_double(x, beta)


def _everywhere_single(x, beta):
    wide = float64(x)
    v = float64(beta) * wide
    value = wide / (1.0 + exp_wide(-v))
    return float32(select(v < -300.0, copysign(0.0, wide), value))


def _usual_single(x, beta):
    """In float32 arithmetic, where beta and x are usual."""
    v, low = _argument(x, beta, LEAST_SINGLE, float32(18.0), float32(2.0**-16))
    scale, d, d_low = divisor_single(*exp_minus_single_pair(v, low))
    near, least, rise = silu_parts_near_minimum_single(v, low)
    d = select(near, beta, d)
    i = float32(1.0) / d
    y = select(near, least, x * scale)
    m = y * i
    residual = fma(m, d, -y)
    residual = select(near, residual - rise, fma(m, d_low, residual))
    return fma(-residual, i, m)


def _unusual_single(x, beta):
    """Whether s is needed below what its scale can hold, or a product may overflow."""
    steep = fabs(beta)
    beyond = (steep < float32(2.0**-18)) | (steep > float32(2.0**70))
    return beyond | (fabs(x) > float32(2.0**50))


def _amended_single(x, beta, value):
    return select(_unusual_single(x, beta), _everywhere_single(x, beta), value)


@swish.single
@four_lines(64)
@amended(value=_usual_single, where=_unusual_single, by=_amended_single)
def _(x, beta):
    return _amended_single(x, beta, _usual_single(x, beta))


@swish.derivative
@four_lines(64)
def _(x, beta):
    v, low = _argument_double(x, beta, -800.0)
    scale, i, e, u, u_low = complement_double(*exp_minus_double_pair(v, low))
    w = v * u
    return times_slope_double(scale, i, e, w, fma(v, u_low, fma(low, u, fma(v, u, -w))))


@swish.derivative_single
@four_lines(32, 64)
@ending_apart(32)
def _(x, beta):
    v, low = _argument(x, beta, LEAST_SINGLE, float32(32.0), float32(2.0**-16))
    scale, i, e, u, u_low = complement_single(*exp_minus_single_pair(v, low))
    w = v * u
    return times_slope_single(scale, i, e, w, fma(v, u_low, fma(low, u, fma(v, u, -w))))


@swish.parameter_derivative
def _(x, beta):
    # x^2 s(v) s(-v), v = beta x: even in v, and for v <= 0 the power of two of s is at hand.
    z = fabs(x)
    huge = z > 2.0**300
    end = select(huge, -2200.0, -1200.0)
    v, low = _argument_double(-z, fabs(beta), end)
    n, s, s_low, q, q_low = logistic_double_parts(v, low)
    m = s * q
    m_low = fma(s, q_low, fma(s_low, q, fma(s, q, -m)))
    z = z * select(huge, 2.0**-600, 1.0)
    p = z * z
    y = m * p
    y_low = fma(m, fma(z, z, -p), fma(m_low, p, fma(m, p, -y)))
    value = scaled_double(y + y_low, n + select(huge, int64(1200), int64(0)))
    return select(v <= end, like(x, 0.0), value)


@swish.parameter_derivative_single
def _(x, beta):
    wide = float64(x)
    v = float64(beta) * wide
    e = exp_wide(-select(v < 0.0, -v, v))
    value = wide * wide * (e / ((1.0 + e) * (1.0 + e)))
    return float32(select((v < -300.0) | (v > 300.0), 0.0, value))
